// SPDX-License-Identifier: EUPL-1.2
//
// What happens seldom: paper, a line that is cut, reminders, malware, papers
// that cannot be made, a restart while somebody writes.  Ha, Lan and Mai are at
// the centre, Bich and Cuong at the province.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { axe, beside, fillIn, finish, given, goes, is, launch, link, NARROW, ok,
	settled, shot, signsIn, someone, sticksOut, test, WIDE }
	from './browser.mjs';

const MIB = 1 << 20;
const EICAR = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$' +
	'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';
const TYPED = 'Viết khi trạm đang tắt: chuyển quân lúc 4 giờ.';

await launch();
const people = {};
let whole = true;

// Each goes on where the one before it ended, up to what begins a section.
async function part(name, what) {
	if (whole)
		whole = await test(name, what);
	else
		return;
	for (const [who, { page }] of Object.entries(whole ? {} : people))
		await shot(page, `rare-failed-${who}`).catch(() => undefined);
}

async function comes_in(who) {
	if (!people[who]) {
		const s = await someone();
		people[who] = s;
		await signsIn(s.page, who, given.stations[who]);
		await settled(s.page);
		await unlocks(s.page);
	}
	return people[who].page;
}

async function unlocks(page) {
	await goes(page, '/den');
	const open = page.getByRole('button', { name: 'Mở khóa bộ phận' });

	if (await open.count()) {
		await open.click();
		await open.waitFor({ state: 'detached' });
	}
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const dialog_yes = (page) => page.locator('dialog .dialog-actions .main, ' +
	'dialog .dialog-actions .danger');
const at = (page) => new URL(page.url()).pathname.split('/');
const text_of = (page) => page.getByLabel('Nội dung', { exact: true });
const fills = (page, label, value) =>
	page.getByLabel(label, { exact: false }).first().fill(value);

async function sees(page, where, text, name) {
	await page.locator(where).filter({ hasText: text }).first().waitFor();
	ok(true, name);
}

async function step(page, name, fill = async () => undefined) {
	await button(page, name).first().click();
	await page.locator('dialog[open]').waitFor();
	await fill(page.locator('dialog[open]'));
	await dialog_yes(page).click();
	await page.locator('dialog[open]').waitFor({ state: 'detached' });
	await settled(page);
}

async function inOrder(page) {
	await page.getByRole('button', { name: /^Làm lần lượt/ }).click();
	await dialog_yes(page).click();
	await page.locator('.seq').waitFor({ state: 'detached' });
	await settled(page);
}

function station(what, dir) {
	execFileSync(given.antin, ['station', what, join(given.work, dir)],
	    { stdio: 'ignore' });
}

// axe, and a picture; in the other language too, narrow and dark.
async function looked(page, name) {
	is(await axe(page), '', `axe finds nothing: ${name}`);
	await shot(page, `rare-${name}`);
	await page.setViewportSize(NARROW);
	await page.emulateMedia({ colorScheme: 'dark' });
	const turn = page.getByRole('button', { name: 'English' });
	if (await turn.first().isVisible().catch(() => false))
		await turn.first().click();
	else
		await page.evaluate(() => [...document.querySelectorAll('button')]
			.find((b) => b.textContent === 'English')?.click());
	await page.waitForFunction(() => document.documentElement.lang === 'en');
	await page.waitForTimeout(300);
	is(await sticksOut(page), '', `nothing is wider than a phone: ${name}`);
	is(await axe(page), '', `axe finds nothing in English: ${name}`);
	await shot(page, `rare-${name}-en-dark-360`);
	const said = await page.innerText('body');
	await page.evaluate(() => [...document.querySelectorAll('button')]
		.find((b) => b.textContent === 'Tiếng Việt')?.click());
	await page.waitForFunction(() => document.documentElement.lang === 'vi');
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(WIDE);
	return said;
}

function digest_of(path) {
	return new Promise((good, bad) => {
		const h = createHash('sha256');
		createReadStream(path).on('data', (x) => h.update(x)).on('error', bad)
			.on('end', () => good(h.digest('hex')));
	});
}

// A large file of the person's, no two pieces of which are alike; its SHA-256.
const makes = (page, name, size) => page.evaluate(async ([n, all]) => {
	const bytes = new Uint8Array(all);

	for (let i = 0, x = 1; i < all; i += 64) {
		x = (x * 1103515245 + 12345) % 2147483648;
		bytes[i] = x >> 16;
		bytes[i + 1] = x >> 8;
		bytes[i + 2] = i >> 20;
	}
	globalThis.testsFile = new File([bytes], n, { type: 'application/pdf' });
	return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
		.map((b) => b.toString(16).padStart(2, '0')).join('');
}, [name, size]);

const drops = (page) => page.evaluate(() => {
	const data = new DataTransfer();

	data.items.add(globalThis.testsFile);
	for (const kind of ['dragenter', 'dragover', 'drop'])
		document.querySelector('.drop').dispatchEvent(new DragEvent(kind,
			{ dataTransfer: data, bubbles: true, cancelable: true }));
});

// Uploads are let through up to so many pieces, and then cut, until "on" is
// called; "at" is where each piece was to go.
async function cuts(page, after) {
	const at = [];
	let cut = false;

	await page.route('**/api/1/uploads/*', (route) => {
		const r = route.request();

		if (r.method() === 'PUT') {
			at.push(Number(new URL(r.url()).searchParams.get('at')));
			cut ||= at.length === after + 1;
		}
		return cut ? route.abort('connectionreset') : route.continue();
	});
	return { at, on: () => page.unroute('**/api/1/uploads/*') };
}

// ---- paper that comes --------------------------------------------------------------

let paper = '';

await part('paper comes to Bich', async () => {
	const page = await comes_in('bich');

	await goes(page, '/den');
	await page.getByRole('link', { name: 'Văn bản giấy' }).or(
		page.locator('a[href="/den/giay"]')).first().click();
	await page.waitForURL('**/den/giay');
	await settled(page);
	await page.locator('form button[type=submit]').click();
	ok(await page.locator('.field-error').count() > 1,
	    'paper of which nothing is said is not taken in');
	await looked(page, 'giay-thieu');
	await fills(page, 'Số, ký hiệu', '15/QĐ-UBND');
	await fills(page, 'Ngày văn bản', '2026-11-20');
	await fills(page, 'Nơi gửi', 'UBND xã Mường Nhé');
	await fills(page, 'Số trang', '3');
	await looked(page, 'giay');
	await page.locator('form button[type=submit]').click();
	await page.waitForURL(/\/den\/[0-9a-f]{32}$/);
	await settled(page);
	paper = at(page)[2];
	await page.locator('.seq').waitFor();
	await page.getByLabel('Trích yếu').fill('Về sắp xếp bản');
	await page.getByRole('button', { name: /^Làm lần lượt/ }).click();
	is(await page.locator('dialog[open]').count(), 0,
	    'what nobody has looked at is not checked');
	await page.locator('.seq').getByRole('radio').first().check();
	await looked(page, 'giay-vao-so');
	await inOrder(page);
	await sees(page, '.way .way-now', 'đã gửi biên nhận',
	    'it is checked, stamped, registered, and its slip signed');
	await goes(page, '/so');
	await page.locator('table.register').waitFor();
	ok((await page.innerText('table.register')).includes('15/QĐ-UBND'),
	    'it stands in the register of what comes');
});

/* It stands on his page Today so many times. */
async function waits(page, what, times) {
	await goes(page, '/');
	await page.locator('.todo, .empty').first().waitFor();
	is(await page.locator(`.todo a[href$="${paper}"]`).count(), times, what);
}

await part('Cuong assigns it, and it is handled', async () => {
	const page = await comes_in('cuong');

	await goes(page, `/den/${paper}`);
	await step(page, 'Phân công', (d) => d.getByLabel(
	    'Người hoặc đơn vị giải quyết').fill('Phòng Nội vụ'));
	await sees(page, 'main', 'Phòng Nội vụ', 'paper is assigned');
	await waits(page, 'what is a unit’s waits for who may handle it', 1);
	const bich = people.bich.page;
	await waits(bich, 'and for each of them', 1);
	await goes(page, `/den/${paper}`);
	await step(page, 'Phân công', async (d) => {
		const field = d.getByLabel('Người hoặc đơn vị giải quyết');
		const offers = await field.evaluate((x) =>
		    [...x.list.options].map((o) => o.value));

		is(offers.join(', '), 'Lò Thị Bích, Quàng Văn Cường',
		    'who works at the desk is proposed');
		await axe(page, 'a name that is proposed');
		await field.fill(offers[0]);
	});
	await waits(page, 'what is given to one is no longer others’', 0);
	await waits(bich, 'and is hers', 1);
	await goes(bich, `/den/${paper}`);
	await step(bich, 'Báo giải quyết xong', (d) =>
	    d.getByLabel('Kết quả giải quyết').fill('Lưu hồ sơ'));
	await sees(bich, '.way .way-now', 'đã giải quyết', 'and she handles it');
	await looked(bich, 'giay-xong');
});

// ---- papers that the station cannot make ---------------------------------------------

// More than a session may ask, for as long as it takes until it is refused.
async function asksTooMuch(page, then) {
	const bad = page.locator('main .alert.bad').filter(
		{ hasText: 'Chưa tải về được' });

	for (let i = 0; i < 20 && await bad.count() === 0; i++) {
		const asked = page.evaluate(() => Promise.all([...Array(300)].map(() =>
			fetch('/api/1/duty').catch(() => undefined))).then(() => 0));
		await then();
		await asked;
		await page.locator('.file-progress').waitFor({ state: 'detached' });
	}
	return bad.innerText();
}

whole = true;
await part('a register that is not given', async () => {
	const page = people.bich.page;
	const csv = page.getByRole('button', { name: 'Xuất CSV' });

	await goes(page, '/so');
	await page.locator('table.register').waitFor();
	const said = await asksTooMuch(page, () => csv.click());
	ok(/dồn dập quá/.test(said),
	    'the page says in the station’s words why a register is not given',
	    said);
	await shot(page, 'rare-so-qua-nhieu');
	for (;;) {
		const file = page.waitForEvent('download', { timeout: 5000 })
			.catch(() => null);
		await csv.click();
		const got = await file;
		if (got === null)
			continue; // asked too much, still
		ok(/\.csv$/.test(got.suggestedFilename()) && readFileSync(
		    await got.path(), 'utf8').includes('sắp xếp bản'),
		    'later it is saved, under its name');
		break;
	}
	is(await page.locator('main .alert.bad').count(), 0,
	    'and nothing is said to be wrong any more');
	if (process.env.ANTIN_NO_FONTS) {
		await page.getByRole('button', { name: 'Bản in (PDF)' }).click();
		await sees(page, 'main .alert.bad', 'fonts-croscore',
		    'what the station has no font for it says, with the package');
		ok((await looked(page, 'so-khong-in')).includes('Not saved'),
		    'in English too');
	}
	await people.bich.context.setOffline(true);
	await page.getByRole('button', { name: 'Xuất CSV' }).click();
	await sees(page, 'main .alert.bad', 'Trạm không trả lời',
	    'a station that is away is no download that failed');
	await people.bich.context.setOffline(false);
});

// ---- paper that is digitised, over a line that is cut ----------------------------------

let ours = '', digest = '';

async function digitises(page, name, number = 7) {
	await goes(page, '/soan');
	await page.locator('textarea').last().waitFor();
	await page.getByRole('radio', { name: 'Số hóa văn bản giấy' }).check();
	const to = page.getByRole('combobox', { name: 'Nơi nhận' });
	await to.fill('dien bien');
	await page.getByRole('option').first().waitFor();
	await to.press('ArrowDown');
	await to.press('Enter');
	await page.getByRole('textbox', { name: /^Số( |$)/ }).first()
		.fill(String(number));
	await fills(page, 'Số, ký hiệu', `0${number}/BC-VP`);
	await fills(page, 'Ngày văn bản', '2026-11-19');
	await fills(page, 'Trích yếu', name);
	await fills(page, 'Số trang', '40');
}

whole = true;
await part('Ha digitises paper', async () => {
	const page = await comes_in('ha');
	const { context } = people.ha;

	await digitises(page, 'Báo cáo năm');
	digest = await makes(page, 'bản quét.pdf', 60 * MIB);
	const cut = await cuts(page, 4);
	const sent = [];
	page.on('request', (r) => r.method() === 'PUT' && /uploads/.test(r.url()) &&
		sent.push(Number(new URL(r.url()).searchParams.get('at'))));
	await drops(page);
	await page.getByText(/Bị ngắt ở \d+%\. Chờ trạm/).waitFor();
	ok(true, 'the page says that a file was cut off, and how far it is');
	await looked(page, 'tai-bi-ngat');
	await context.setOffline(true);
	await cut.on();
	await page.locator('.banner.bad').waitFor();
	await sees(page, '.file-progress', 'Bị ngắt ở 2',
	    'so it does without any network');
	await shot(page, 'rare-tai-mat-mang');
	const before = sent.length;
	await context.setOffline(false);
	await page.getByText('Đã tải lên').waitFor();
	ok(true, 'it goes on by itself');
	is(Math.min(...sent.slice(before)), 4 * 4 * MIB,
	    'from where it was, and not from the beginning');
	is(sent.filter((n) => n === 0).length, 1, 'nothing went up twice');
	await looked(page, 'so-hoa');
	await button(page, 'Đưa vào hệ thống').click();
	await page.locator('dialog[open]').waitFor();
	await looked(page, 'so-hoa-hoi');
	await dialog_yes(page).click();
	await page.waitForURL('**/ho-so/*');
	await settled(page);
	ours = at(page)[2];
	await goes(page, `/phat-hanh/${ours}`);
	await page.locator('.seq').waitFor();
	await inOrder(page);
	await page.locator('main .table').waitFor();
	ok((await page.innerText('.file-hash')).replace(/\s/g, '')
	    .includes(digest), 'what the station sealed is what was dropped');
});

// ---- a reminder -------------------------------------------------------------------------

await part('Ha chases it', async () => {
	const page = people.ha.page;

	await page.locator('main .table').getByRole('button', { name: /^Đôn đốc/ })
		.click();
	await page.locator('dialog[open]').waitFor();
	ok((await page.locator('dialog textarea').inputValue()).includes('07/BC-VP'),
	    'a reminder names the document');
	await looked(page, 'don-doc');
	await dialog_yes(page).click();
	await page.locator('dialog[open]').waitFor({ state: 'detached' });
	await page.getByText('Đôn đốc lần 1').waitFor();
	ok(true, 'that it was sent stands at the board');
	await goes(page, `/ho-so/${ours}`);
	await page.getByText('Đôn đốc lần 1').first().waitFor();
	ok(true, 'and in the story of the document, for all who have it');
	await looked(page, 'don-doc-ho-so');
	await page.reload();
	await settled(page);
	await page.getByText('Đôn đốc lần 1').first().waitFor();
	ok(true, 'where it is found again');
});

await part('it comes to Bich', async () => {
	const page = people.bich.page;

	await goes(page, '/den');
	await page.locator('.todo a[href*="/den/thu/"]').nth(1).waitFor();
	await looked(page, 'den-don-doc');
	// the newest is the reminder; the document is taken in first
	const letters = await page.locator('.todo a[href*="/den/thu/"]')
		.evaluateAll((all) => all.map((a) => a.getAttribute('href')));
	const about = [];
	for (const href of letters) {
		await goes(page, href);
		await button(page, 'Mở thư').click();
		await page.locator('.doc-files li').first().waitFor();
		about.push((await page.innerText('main')).includes('bản quét.pdf'));
	}
	const doc = letters[about.indexOf(true)];
	const reminder = letters[about.indexOf(false)];
	ok(doc && reminder, 'the document has come, and the reminder');
	await goes(page, doc);
	await button(page, 'Tiếp nhận văn bản').click();
	await page.waitForURL(/\/den\/[0-9a-f]{32}$/);
	await settled(page);
	const theirs = at(page)[2];
	await page.locator('.doc-files .file-hash').first().waitFor();
	ok((await page.innerText('.doc-files .file-hash')).replace(/\s/g, '')
	    .includes(digest), 'what arrived has the hash of what was dropped');
	const [file] = await Promise.all([page.waitForEvent('download'),
		page.getByRole('link', { name: 'Tải về bản quét.pdf' }).click()]);
	is(await digest_of(await file.path()), digest,
	    'and so has what is saved from there');
	await goes(page, reminder);
	await button(page, 'Mở thư').click();
	await page.locator(`main a[href="/ho-so/${theirs}"]`).waitFor();
	ok(true, 'the reminder leads to what it is about');
	await page.getByRole('button', { name: /^Mở noi-dung/ }).first().click();
	await page.locator('.paper-text').waitFor();
	ok((await page.innerText('.paper-text')).includes('07/BC-VP'),
	    'and is read in the page');
	await looked(page, 'den-thu-don-doc');
	await button(page, 'Đã xử lý, gửi biên nhận').click();
	await dialog_yes(page).click();
	await page.waitForURL('**/den');
	const ha = people.ha.page;
	await ha.locator('.timeline').filter({ hasText: 'Đôn đốc lần 1' })
		.getByText('đã tiếp nhận và xử lý').waitFor();
	ok(true, 'who sent it sees that it was acted on');
});

// ---- malware ------------------------------------------------------------------------------

whole = true;
await part('malware goes nowhere', async () => {
	const page = people.ha.page;

	await digitises(page, 'Có mã độc', 8);
	await page.setInputFiles('input[type=file]', [{ name: 'sach.txt',
		mimeType: 'text/plain', buffer: Buffer.from('sạch\n') },
		{ name: 'la.txt', mimeType: 'text/plain', buffer: Buffer.from(EICAR) }]);
	await page.getByText('Đã tải lên').nth(1).waitFor();
	await button(page, 'Đưa vào hệ thống').click();
	await dialog_yes(page).click();
	const ill = page.locator('.doc-files li').filter({ hasText: 'la.txt' });
	await ill.locator('.field-error').waitFor();
	ok((await ill.innerText()).includes('Eicar-Signature'),
	    'malware is named beside its file');
	ok(/điện thoại/.test(await ill.innerText()), 'with what to do');
	is(await page.locator('.doc-files li').filter({ hasText: 'sach.txt' })
	    .locator('.field-error').count(), 0, 'and beside no other');
	await looked(page, 'ma-doc-gui');
	await page.getByRole('button', { name: 'Bỏ tệp la.txt' }).click();
	await page.getByText('Đã lưu, niêm phong tại trạm').waitFor();
});

await part('malware that came stays closed', async () => {
	const page = people.ha.page;

	ok(await beside('malware'), 'malware is sent by a command');
	await goes(page, '/den');
	await page.locator('.todo a[href*="/den/thu/"]').first().click();
	await settled(page);
	await button(page, 'Mở thư').click();
	const file = page.locator('.doc-files li').filter({ hasText: 'thu-moi.txt' });
	await file.getByRole('link', { name: /^Tải về/ }).click();
	await file.locator('.alert.bad').waitFor();
	ok((await file.innerText()).includes('Eicar-Signature') &&
	    (await file.innerText()).includes('điện thoại'),
	    'what came with malware is not saved, and the page says why beside it');
	const said = await looked(page, 'ma-doc-den');
	ok(said.includes('Not saved'), 'in English');
	await page.getByRole('button', { name: /^Mở thu-moi/ }).click();
	await file.locator('.alert.bad').nth(1).waitFor();
	ok(true, 'nor opened');
	is(await page.locator('.paper-text').count(), 0, 'nothing of it is shown');
});

await part('clamd is away', async () => {
	const page = people.ha.page;

	ok(await beside('clamd', 'goes'), 'clamd goes');
	await goes(page, `/ho-so/${ours}`);
	const file = page.locator('.doc-files li').first();
	await file.waitFor();
	const [saved] = await Promise.all([page.waitForEvent('download'),
		file.getByRole('link', { name: /^Tải về/ }).click()]);
	is(await digest_of(await saved.path()), digest,
	    'a file that was not looked at is given');
	await file.getByText('Tệp này chưa được kiểm tra mã độc').waitFor();
	ok(true, 'and the page says so beside it');
	const said = await looked(page, 'chua-kiem-tra');
	ok(said.includes('This file was not looked at for malware'), 'in English');
	await digitises(page, 'Chưa kiểm tra', 9);
	await page.setInputFiles('input[type=file]', { name: 'a.txt',
		mimeType: 'text/plain', buffer: Buffer.from('a\n') });
	await page.getByText('Đã tải lên').waitFor();
	await button(page, 'Đưa vào hệ thống').click();
	await dialog_yes(page).click();
	await page.getByText('chưa kiểm tra mã độc: clamd').first().waitFor();
	ok(true, 'and of what goes too');
	await page.waitForURL('**/ho-so/*');
	await settled(page);
	await page.getByRole('button', { name: 'Mở a.txt' }).click();
	await page.locator('.doc-files .alert.warn').waitFor();
	ok(true, 'and where one is opened');
	await shot(page, 'rare-chua-kiem-tra-mo');
	ok(await beside('clamd', 'comes'), 'clamd is back');
	await page.getByRole('button', { name: 'Đóng a.txt' }).click();
	await page.getByRole('button', { name: 'Mở a.txt' }).click();
	await page.locator('.paper-text').waitFor();
	is(await page.locator('.doc-files .alert.warn').count(), 0,
	    'what was looked at has no such word');
});

// ---- a restart while somebody writes ---------------------------------------------------------

// In this very tab, without loading the page anew.
async function signsInAgain(page, who) {
	await page.locator('[name=link]').waitFor();
	await page.fill('[name=link]', link('TW'));
	await page.locator('form button[type=submit]:visible').first().click();
	await fillIn(page, who);
	await page.locator('[name=person]').waitFor({ state: 'detached' });
	await settled(page);
}

let draft = '';

whole = true;
await part('the station goes while Lan writes', async () => {
	const page = await comes_in('lan');

	await goes(page, '/soan');
	await page.locator('textarea').last().waitFor();
	await fills(page, 'Trích yếu', 'Việc gấp');
	await text_of(page).fill('Trước khi trạm tắt');
	await makes(page, 'to.pdf', 60 * MIB);
	const cut = await cuts(page, 4);
	await drops(page);
	await page.getByText(/Bị ngắt ở/).waitFor();
	await page.getByText('Đã lưu, niêm phong tại trạm').waitFor();
	draft = new URL(page.url()).searchParams.get('nhap');
	station('stop', 'TW');
	await cut.on();
	await text_of(page).fill(TYPED);
	await page.getByText('Chưa lưu được; tự lưu lại').waitFor();
	ok(true, 'what cannot be saved is said not to be');
	await shot(page, 'rare-tram-tat');
	station('start', 'TW');
	await page.locator('[name=link]').waitFor();
	ok(!(await page.innerText('body')).includes('chuyển quân'),
	    'a session that ended covers what was written');
	is(new URL(page.url()).pathname + new URL(page.url()).search, '/',
	    'and the address says nothing of it');
	await looked(page, 'phien-het');
	// a link that is opened in this tab loads nothing anew
	await page.goto(link('TW'));
	await fillIn(page, 'lan');
	await page.locator('[name=person]').waitFor({ state: 'detached' });
	await settled(page);
	is(await text_of(page).inputValue(), TYPED,
	    'the same person has what she typed while the station was down');
	is(new URL(page.url()).searchParams.get('nhap'), draft, 'where it was');
	await page.getByText('Đã lưu, niêm phong tại trạm').waitFor();
	ok(true, 'and it is saved');
	await page.getByText(/tự tải lại từ đầu|Đã tải lên/).first().waitFor();
	ok(true, 'the file, which the station lost, goes up again by itself');
	await page.getByText('Đã tải lên').waitFor();
	await page.getByText('Đã lưu, niêm phong tại trạm').waitFor();
	is(await page.evaluate(() => JSON.stringify([{ ...localStorage },
	    { ...sessionStorage }]).includes('quân')), false,
	    'the browser keeps no word of it');
});

await part('another person at the same browser', async () => {
	const page = people.lan.page;
	const typed = `${TYPED} Và thêm một câu.`;

	await unlocks(page);
	await goes(page, `/soan?nhap=${draft}`);
	await text_of(page).waitFor();
	station('stop', 'TW');
	await text_of(page).fill(typed);
	await page.getByText('Chưa lưu được; tự lưu lại').waitFor();
	station('start', 'TW');
	await signsInAgain(page, 'mai');
	await unlocks(page);
	await goes(page, `/soan?nhap=${draft}`);
	await page.locator('textarea').last().waitFor();
	const seen = await page.evaluate(() => document.body.innerHTML +
		[...document.querySelectorAll('textarea, input')]
			.map((x) => x.value).join('\n'));
	ok(!seen.includes('quân') && !seen.includes('Việc gấp'),
	    'who signs in there sees nothing of another’s');
	is(await page.getByRole('button', { name: /^Soạn tiếp/ }).count(), 0,
	    'and is offered no draft of hers');
	await shot(page, 'rare-nguoi-khac');
	await page.getByRole('button', { name: 'Đăng xuất' }).first().click();
	await fillIn(page, 'lan');
	await page.locator('[name=person]').waitFor({ state: 'detached' });
	await settled(page);
	await goes(page, `/soan?nhap=${draft}`);
	await page.waitForFunction((t) => [...document.querySelectorAll('textarea')]
		.some((x) => x.value === t), typed);
	ok(true, 'she herself has it when she comes back');

	const second = await people.lan.context.newPage();
	await second.goto(page.url());
	await second.getByText('đang mở ở một cửa sổ khác').waitFor();
	ok(true, 'a second window of hers says that it is open in the first');
	await second.close();
	is(await page.getByText('đang mở ở một cửa sổ khác').count(), 0,
	    'which says nothing of it');

	const other = await someone();
	await signsIn(other.page, 'lan', 'TW');
	await goes(other.page, `/soan?nhap=${draft}`);
	await other.page.waitForFunction((t) => [...document.querySelectorAll(
		'textarea')].some((x) => x.value === t), typed);
	ok(true, 'and it is saved: another browser has it as well');
});

for (const [who, { faults }] of Object.entries(people))
	is(faults.join('\n'), '', `${who}'s console says nothing is wrong`);
await finish();

// SPDX-License-Identifier: EUPL-1.2
//
// A clerk's day on both sides: Lan drafts, Mai decides and signs, Ha releases;
// at the other office Bich takes it in, Cuong assigns, Dung answers, and the
// answer comes.  What must be refused is refused on the way.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { axe, finish, given, goes, is, launch, NARROW, ok, settled, shot,
	signsIn, sticksOut, WIDE } from './browser.mjs';
import { at, button, chooses, comes_in, dialog_yes, fills, no_faults, part,
	people, saves, sees, step, unlocks } from './desk.mjs';

const ABSTRACT = 'Về kế hoạch hộ đê mùa lũ <b>năm nay</b>';
const TEXT = 'Thực hiện hộ đê trước ngày 30 tháng 8.\nKhông để vỡ đê.';
const MAP = 'bản đồ <img src=x onerror=alert(1)>.txt';
const REPLY = 'Đã nhận và bố trí lực lượng.';

await launch();

function station(what, dir) {
	execFileSync(given.antin, ['station', what, join(given.work, dir)],
	    { stdio: 'ignore' });
}

let ours = '', theirs = '', reply = '';

// ---- the centre: drafted --------------------------------------------------------

await part('Lan drafts', async () => {
	const page = await comes_in('lan');

	await goes(page, '/soan');
	await page.locator('textarea').last().waitFor();
	is(await axe(page), '', 'axe finds nothing in Soạn');
	await button(page, 'Trình dự thảo').click();
	ok(await page.locator('.field-error').count() > 0,
	    'what has nothing in it is not submitted');
	is(await page.locator('dialog[open]').count(), 0, 'and nothing is asked');
	await fills(page, 'Trích yếu', 'Vừa gõ');
	await page.goBack();
	await page.goForward();
	await page.locator('textarea').last().waitFor();
	is(await page.getByLabel('Trích yếu').inputValue(), 'Vừa gõ',
	    'what was typed is there for who goes back and forth');

	// who it goes to: typed without marks, chosen by the keyboard
	const to = page.getByRole('combobox', { name: 'Nơi nhận' });
	await to.fill('dien bien');
	await page.getByRole('option').first().waitFor();
	await to.press('ArrowDown');
	await to.press('Enter');
	ok((await page.innerText('.chips')).includes('dien-bien.vn/van-thu'),
	    'an addressee is found without diacritics');
	await to.fill('Lưu: VT');
	await to.press('Enter');
	ok((await page.innerText('.chips')).includes('Lưu: VT'),
	    'and one who gets it on paper is added as it is typed');

	await page.getByRole('button', { name: /^Bỏ .*dien-bien/ }).click();
	await to.click();
	ok(/^Danh sách: Các tỉnh/.test(await page.getByRole('option').first()
	    .innerText()), 'who there is stands below, lists first, with no word typed');
	await to.fill('cac tinh bien gioi');
	await page.getByRole('option', { name: /Danh sách/ }).click();
	ok((await page.innerText('.chips')).includes('dien-bien.vn/van-thu'),
	    'a list gives those who are on it');

	await fills(page, 'Viết tắt cơ quan trong ký hiệu', 'VP');
	await fills(page, 'Viết tắt đơn vị soạn thảo', 'TH');
	await fills(page, 'Trích yếu', ABSTRACT);
	await chooses(page, 'Độ mật', 'Mật');
	await button(page, 'Trình dự thảo').click();
	ok((await page.innerText('form')).includes('Cần ghi mục này'),
	    'a level wants its item of the catalogue, beside the field');
	is(await axe(page), '', 'axe finds nothing in what is wrong');
	await shot(page, 'soan-thieu');
	await fills(page, 'Mục trong danh mục bí mật nhà nước', '1.2');
	await page.getByLabel('Nội dung', { exact: true }).fill(TEXT);
	await page.setInputFiles('input[type=file]', { name: MAP,
		mimeType: 'text/plain', buffer: Buffer.from('bản đồ\n'.repeat(2000)) });
	await page.getByText('Đã tải lên').waitFor();

	// it is kept: another tab, or the day after, goes on with it
	await page.getByText('Đã lưu, niêm phong tại trạm').waitFor();
	const kept = page.url();
	ok(/nhap=[0-9a-f]{32}/.test(kept), 'it has an id of its own');
	ok(!decodeURIComponent(kept).includes('lũ'),
	    'and the address says nothing of it');
	is(await page.evaluate(() => JSON.stringify({ ...localStorage })
	    .includes('lũ')), false, 'nor does the browser keep a word');
	await page.reload();
	await settled(page);
	is(await page.getByLabel('Nội dung', { exact: true }).inputValue(), TEXT,
	    'what was not submitted is there again');
	is(await page.getByLabel('Trích yếu').inputValue(), ABSTRACT,
	    'with all its fields');
	await page.getByText('Đã tải lên').waitFor();
	ok(!/antin:/.test(await page.innerText('.chips')),
	    'who it goes to is called by name');
	await button(page, 'Xem trước').click();
	ok((await page.innerText('.paper')).includes('hộ đê'), 'it has a preview');
	is(await page.locator('.paper b').count(), 0,
	    'in which what was typed is text');
	is(await axe(page), '', 'axe finds nothing in the preview');
	await shot(page, 'soan-xem-truoc');
	await button(page, 'Trở lại soạn').click();
	await shot(page, 'soan-day-du');

	await button(page, 'Trình dự thảo').click();
	await page.locator('dialog[open]').waitFor();
	ok((await page.innerText('dialog[open]')).includes('Đề xuất độ mật'),
	    'what will be done is said first');
	is(await axe(page), '', 'axe finds nothing where it is asked');
	await shot(page, 'soan-trinh');
	await dialog_yes(page).click();
	await page.waitForURL('**/ho-so/*');
	await settled(page);
	ours = at(page)[2];
	ok(/^[0-9a-f]{32}$/.test(ours), 'it has become a document');
	ok((await page.innerText('.way')).includes('đã đề xuất độ mật'),
	    'its level is proposed');
	ok(!(await page.title()).includes('lũ'),
	    'a secret is not in the name of the window');
	is(await page.getByRole('button', { name: 'Ký', exact: true }).count(), 0,
	    'she who drafted it is not offered to sign it');
	is(await axe(page), '', 'axe finds nothing in Hồ sơ');
	await shot(page, 'ho-so-de-xuat');
	await goes(page, '/soan');
	ok(!(await page.innerText('main')).includes('Soạn tiếp'),
	    'and is no draft any more');
});

// ---- decided and signed by another, at another browser ------------------------------

await part('Mai decides and signs', async () => {
	const page = await comes_in('mai');

	await goes(page, '/duyet-ky');
	await page.locator('.todo a').first().waitFor();
	is(await axe(page), '', 'axe finds nothing in Duyệt và ký');
	await shot(page, 'duyet-ky-cho');
	await page.locator('.todo a').first().click();
	await page.waitForURL(`**/duyet-ky/${ours}`);
	await settled(page);
	await page.locator('.doc-files li').first().waitFor();
	const files = await page.innerText('.doc-files');
	ok(files.includes(MAP), 'a file of a hostile name is shown by its name');
	ok(/SHA-256/.test(files), 'each with its hash');
	await page.getByRole('button', { name: /^Mở / }).first().click();
	await page.locator('.paper-text').waitFor();
	ok((await page.innerText('.paper-text')).includes('vỡ đê') ||
	    (await page.innerText('.paper-text')).includes('bản đồ'),
	    'what she signs can be read in the page');
	is(await axe(page), '', 'axe finds nothing in what is to be signed');
	await shot(page, 'duyet-ky-mot');

	// returned first, with remarks; Lan sees it at once at her own browser
	const lan = people.lan.page;
	await goes(lan, `/ho-so/${ours}`);
	await button(page, 'Trả lại').click();
	await dialog_yes(page).click();
	ok((await page.innerText('dialog[open]')).includes('Cần ghi mục này'),
	    'nothing is returned without remarks');
	await page.locator('dialog[open]').getByLabel('Ý kiến').fill('Bổ sung tờ 2');
	await shot(page, 'duyet-ky-tra-lai');
	await dialog_yes(page).click();
	await page.waitForURL('**/duyet-ky');
	await lan.getByText('Bổ sung tờ 2').first().waitFor();
	ok(true, 'what was returned is seen by who drafted it, at once');
	await step(lan, 'Đề xuất độ mật');

	await goes(page, `/duyet-ky/${ours}`);
	await step(page, 'Quyết định độ mật');
	await button(page, 'Ký').waitFor();
	await button(page, 'Ký').click();
	await page.locator('dialog[open]').waitFor();
	ok(/[0-9a-f]{8}/.test(await page.innerText('dialog[open] .hash')),
	    'the hash that is signed stands where one signs');
	is(await axe(page), '', 'axe finds nothing where one signs');
	await shot(page, 'duyet-ky-ky');
	await dialog_yes(page).click();
	await page.waitForURL('**/duyet-ky');
	await settled(page);
	is(await page.locator(`.todo a[href$="${ours}"]`).count(), 0,
	    'it waits for her no more');
});

// ---- released ------------------------------------------------------------------------

await part('Ha releases it', async () => {
	const page = await comes_in('ha');

	await goes(page, '/phat-hanh');
	await page.locator(`.todo a[href$="${ours}"]`).waitFor();
	is(await axe(page), '', 'axe finds nothing in Phát hành');
	await page.locator(`.todo a[href$="${ours}"]`).click();
	await page.locator('.seq').waitFor();
	is(await page.locator('.seq > li').count(), 5,
	    'number, mark, agency signature, register and send are left');
	is(await axe(page), '', 'axe finds nothing in the steps');
	await shot(page, 'phat-hanh-buoc');
	await button(page, 'Làm lần lượt 5 bước').click();
	await page.locator('dialog[open]').waitFor();
	await shot(page, 'phat-hanh-hoi');
	await dialog_yes(page).click();
	await page.locator('main .table').waitFor();
	await settled(page);
	ok(/01\/VP-TH/.test(await page.innerText('main')), 'it has its number');
	is(await page.locator('.seq').count(), 0, 'and nothing is left to do');
	ok((await page.innerText('.table')).includes('Tỉnh Điện Biên'),
	    'its addressee is on the board');
	is(await axe(page), '', 'axe finds nothing on the board');
	await shot(page, 'phat-hanh-bang');
});

// ---- the other side -----------------------------------------------------------------

await part('Bich takes it in', async () => {
	const page = await comes_in('bich', {}, async (its) => {
		ok((await its.innerText('main')).includes(
		    'Chưa xem được văn bản đến'),
		    'who has not unlocked the desk is not told that nothing waits');
	});

	await goes(page, '/den');
	await page.locator('.todo a[href*="/den/thu/"]').waitFor();
	is(await axe(page), '', 'axe finds nothing in Đến');
	await shot(page, 'den-moi');
	await page.locator('.todo a[href*="/den/thu/"]').click();
	await settled(page);
	await button(page, 'Mở thư').click();
	await page.locator('.doc-files li').first().waitFor();
	ok((await page.innerText('main')).includes('đúng'),
	    'its signature is said to hold');
	is(await axe(page), '', 'axe finds nothing in a letter');
	await shot(page, 'den-thu');
	is(await page.innerText('h1'), 'Từ Văn phòng Ban, Tên tw-vt',
	    'who sent it is called by name');
	await goes(page, '/hom-nay');
	await page.locator('.todo a[href*="/den/thu/"]').waitFor();
	is(await page.locator('.todo a[href*="/den/thu/"]').count(), 1,
	    'what was opened and not taken in still waits');
	await page.locator('.todo a[href*="/den/thu/"]').click();
	await settled(page);
	await button(page, 'Mở thư').click();
	await page.locator('.doc-files li').first().waitFor();
	await button(page, 'Từ chối …').click();
	await dialog_yes(page).click();
	ok((await page.innerText('dialog[open]')).includes('Cần ghi mục này'),
	    'nothing is refused without a reason');
	await page.keyboard.press('Escape');
	await button(page, 'Tiếp nhận văn bản').click();
	await page.waitForURL(/\/den\/[0-9a-f]{32}$/);
	await settled(page);
	theirs = at(page)[2];
	await page.locator('.seq').waitFor();
	await shot(page, 'den-vao-so');
	await page.getByLabel('Trích yếu').fill('Hộ đê mùa lũ');
	await button(page, 'Làm lần lượt 5 bước').click();
	await dialog_yes(page).click();
	await page.locator('.seq').waitFor({ state: 'detached' });
	await settled(page);
	await sees(page, '.way .way-now', 'đã gửi biên nhận',
	    'it is checked, stamped, registered, and its receipt given');
	is(await axe(page), '', 'axe finds nothing in one that was taken in');
	await shot(page, 'den-da-vao-so');
});

await part('the sender sees it', async () => {
	const page = people.ha.page;

	await page.locator('.table').getByText('đã tiếp nhận và xử lý').waitFor();
	ok(true, 'the board of who sent it follows by itself');
	await step(page, 'Ghi nhận trả lời');
	await sees(page, '.table', 'đã ghi vào hồ sơ', 'and the answer is noted');
	await shot(page, 'phat-hanh-da-nhan');
});

// ---- assigned, answered, handled --------------------------------------------------------

await part('Cuong assigns it', async () => {
	const page = await comes_in('cuong');

	await goes(page, `/den/${theirs}`);
	await step(page, 'Phân công', (d) => d.getByLabel(
	    'Người hoặc đơn vị giải quyết').fill('Phòng Nông nghiệp'));
	await sees(page, 'main', 'Phòng Nông nghiệp', 'it is assigned');
});

await part('Dung answers', async () => {
	const page = await comes_in('dung');

	await goes(page, `/soan?tra-loi=${theirs}`);
	await page.locator('textarea').last().waitFor();
	ok((await page.innerText('.chips')).includes('vn/van-thu'),
	    'an answer goes back to where it came from');
	ok(await page.getByRole('radio', { name: 'Mật', exact: true }).isChecked(),
	    'as protected as what it answers');
	await fills(page, 'Viết tắt cơ quan trong ký hiệu', 'UBND');
	await fills(page, 'Viết tắt đơn vị soạn thảo', 'NN');
	await fills(page, 'Trích yếu', 'Trả lời về hộ đê');
	await chooses(page, 'Độ mật', 'Thường');
	await page.getByLabel('Nội dung', { exact: true }).fill(REPLY);
	await button(page, 'Trình dự thảo').click();
	await dialog_yes(page).click();
	await page.locator('dialog .alert.bad').waitFor();
	ok(/bảo vệ|độ mật/.test(await page.innerText('dialog .alert.bad')),
	    'a secret is not answered in the clear, and the page says why');
	await shot(page, 'soan-tra-loi-thuong');
	await page.keyboard.press('Escape');
	await chooses(page, 'Độ mật', 'Mật');
	await fills(page, 'Mục trong danh mục bí mật nhà nước', '1.2');
	await button(page, 'Trình dự thảo').click();
	await dialog_yes(page).click();
	await page.waitForURL('**/ho-so/*');
	await settled(page);
	reply = at(page)[2];
	ok((await page.innerText('.way')).includes('đã đề xuất độ mật'),
	    'the answer is submitted');

	const cuong = people.cuong.page;
	await goes(cuong, `/duyet-ky/${reply}`);
	await step(cuong, 'Quyết định độ mật');
	await step(cuong, 'Ký');

	const bich = people.bich.page;
	await goes(bich, `/phat-hanh/${reply}`);
	await button(bich, 'Làm lần lượt 5 bước').click();
	await dialog_yes(bich).click();
	await bich.locator('main .table').waitFor();
	ok(true, 'and has gone');
	await goes(cuong, `/den/${theirs}`);
	await step(cuong, 'Báo giải quyết xong', async (d) => {
		await d.getByLabel('Kết quả giải quyết').fill('Đã trả lời');
		await d.getByLabel('Văn bản trả lời').selectOption(reply);
	});
	await sees(cuong, '.way .way-now', 'đã giải quyết',
	    'what came is handled with it');
});

await part('the answer comes', async () => {
	const page = people.ha.page;

	await goes(page, '/den');
	await page.locator('.todo a[href*="/den/thu/"]').first().click();
	await settled(page);
	await button(page, 'Tiếp nhận văn bản').click();
	await page.waitForURL(/\/den\/[0-9a-f]{32}$/);
	await settled(page);
	ok(await page.locator(`main a[href="/ho-so/${ours}"]`).count() > 0,
	    'it is known what it answers');
});

// ---- traced, searched, printed ---------------------------------------------------------

await part('its story', async () => {
	const page = people.ha.page;

	await goes(page, '/ho-so');
	await fills(page, 'Tìm văn bản', 'ho de mua lu');
	await page.keyboard.press('Enter');
	await page.locator(`.todo a[href$="${ours}"]`).waitFor();
	ok(!page.url().includes('lu'), 'what is looked for is not in the address');
	is(await page.locator('.todo b').count(), 0, 'an abstract is text');
	await shot(page, 'ho-so-tim');
	await page.locator(`.todo a[href$="${ours}"]`).click();
	await page.locator('.timeline').waitFor();
	await settled(page);
	const said = await page.innerText('.timeline');
	for (const step of ['Lập dự thảo', 'Đề xuất độ mật', 'Trả lại, nêu ý kiến',
	    'Quyết định độ mật', 'Ký văn bản', 'Cấp số', 'Phát hành'])
		ok(said.includes(step), `its story has: ${step}`);
	ok(said.includes('Lê Thị Mai'), 'with who did it');
	is(await axe(page), '', 'axe finds nothing in a whole story');
	await shot(page, 'ho-so-toan-bo');
	ok((await saves(page, 'Tải tệp chứng cứ')).length > 1000,
	    'its evidence is a file');
	ok((await saves(page, 'Tải hồ sơ bước có chữ ký')).length > 1000,
	    'so are its signed steps');
	ok((await saves(page, 'In các dấu (PDF)')).subarray(0, 5)
	    .toString() === '%PDF-', 'its marks are printed');
	await page.emulateMedia({ media: 'print' });
	ok(!await page.locator('nav.side').isVisible() &&
	    await page.locator('.timeline').isVisible(), 'and so is its story');
	await page.emulateMedia({ media: 'screen' });
});

// ---- what must not be ------------------------------------------------------------------

await part('what is above a person', async () => {
	const page = people.lan.page;

	await goes(page, '/ho-so/00000000000000000000000000000000');
	ok((await page.innerText('main')).includes('Không có văn bản này'),
	    'what is not there is said to be not there');
	await shot(page, 'ho-so-khong-co');
});

await part('narrow, dark, and in English', async () => {
	const { page } = people.ha;

	await page.setViewportSize(NARROW);
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.evaluate(() => { localStorage.setItem('lang', 'en'); });
	await page.reload();
	await settled(page);
	const wide = [], found = [];
	for (const [path, name] of [['/soan', 'soan'], [`/ho-so/${ours}`, 'ho-so'],
	    [`/phat-hanh/${ours}`, 'phat-hanh'], ['/den', 'den'],
	    ['/duyet-ky', 'duyet-ky'], [`/duyet-ky/${ours}`, 'duyet-ky-mot'],
	    ['/den/giay', 'den-giay']]) {
		await goes(page, path);
		await page.waitForTimeout(200);
		await settled(page);
		await shot(page, `${name}-en-dark-360`);
		const out = await sticksOut(page), said = await axe(page);
		if (out)
			wide.push(`${path}: ${out}`);
		if (said)
			found.push(`${path}: ${said}`);
	}
	is(wide.join('\n'), '', 'nothing is wider than a phone');
	is(found.join('\n'), '', 'axe finds nothing there');
	is(await page.evaluate(() => document.documentElement.lang), 'en',
	    'in English');
	await page.evaluate(() => { localStorage.setItem('lang', 'vi'); });
	await page.setViewportSize(WIDE);
	await page.emulateMedia({ colorScheme: 'light' });
	await page.reload();
	await settled(page);
});

// ---- what goes wrong on the way ---------------------------------------------------------

async function drafts(page, abstract) {
	await goes(page, '/soan');
	await page.locator('textarea').last().waitFor();
	const to = page.getByRole('combobox', { name: 'Nơi nhận' });
	await to.fill('điện biên');
	await page.getByRole('option').first().waitFor();
	await to.press('Enter');
	await fills(page, 'Viết tắt cơ quan trong ký hiệu', 'VP');
	await fills(page, 'Viết tắt đơn vị soạn thảo', 'TH');
	await fills(page, 'Trích yếu', abstract);
	await page.getByLabel('Nội dung', { exact: true }).fill(abstract);
	await button(page, 'Trình dự thảo').click();
	await dialog_yes(page).click();
	await page.waitForURL('**/ho-so/*');
	await settled(page);
	return at(page)[2];
}

await part('what is refused', async () => {
	const id = await drafts(people.lan.page, 'Lịch giao ban tuần');
	const mai = people.mai.page, ha = people.ha.page, bich = people.bich.page;

	await goes(mai, `/duyet-ky/${id}`);
	await step(mai, 'Ký');
	await goes(ha, `/phat-hanh/${id}`);
	await button(ha, 'Làm lần lượt 4 bước').click();
	await dialog_yes(ha).click();
	await ha.locator('main .table').waitFor();
	ok(true, 'what is ordinary needs fewer steps');

	await goes(bich, '/den');
	await bich.locator('.todo a[href*="/den/thu/"]').first().click();
	await settled(bich);
	await button(bich, 'Tiếp nhận văn bản').click();
	await bich.waitForURL(/\/den\/[0-9a-f]{32}$/);
	await settled(bich);
	await button(bich, 'Từ chối nhận …').click();
	const dialog = bich.locator('dialog[open]');
	ok(await dialog_yes(bich).isDisabled(),
	    'what cannot be taken back wants a word before');
	await dialog.getByRole('radio', { name: 'Sai thể thức' }).check();
	await dialog.getByLabel('Lý do', { exact: false }).last()
	    .fill('Thiếu nơi nhận');
	await dialog.getByRole('checkbox').check();
	await shot(bich, 'den-tu-choi');
	await dialog_yes(bich).click();
	await dialog.waitFor({ state: 'detached' });
	await bich.getByText('bị từ chối').first().waitFor();
	await sees(bich, 'main', 'Phải báo bằng văn bản',
	    'what is owed in writing is said');
	await ha.locator('.table').getByText('bị từ chối: Sai thể thức').waitFor();
	ok(true, 'who sent it sees the code');
	ok(!(await ha.innerText('main')).includes('Thiếu nơi nhận'),
	    'and not the words, which stayed there');
	await goes(mai, `/phat-hanh/${id}`);
	await button(mai, 'Thu hồi …').click();
	await mai.locator('dialog[open]').getByLabel('Lý do').first().fill('Nhầm');
	await mai.locator('dialog[open]').getByRole('checkbox').check();
	await dialog_yes(mai).click();
	await mai.locator('.way .way-left').waitFor();
	await sees(mai, '.way .way-left', 'bị thu hồi',
	    'what was sent is recalled');
	await shot(mai, 'phat-hanh-thu-hoi');
});

await part('a telegram', async () => {
	const { page } = people.lan;

	await goes(page, '/soan');
	await page.getByRole('radio', { name: 'Bức điện' }).check();
	const to = page.getByRole('combobox', { name: 'Nơi nhận' });
	await to.fill('dien-bien');
	await page.getByRole('option').first().waitFor();
	await to.press('Enter');
	await chooses(page, 'Độ khẩn', 'Hỏa tốc');
	await page.getByLabel('Nội dung', { exact: true })
	    .fill('Bốn giờ sáng xuất phát');
	is(await page.getByLabel('Số từ').inputValue(), '5', 'words are counted');
	await button(page, 'Trình bức điện').click();
	await dialog_yes(page).click();
	await page.waitForURL('**/ho-so/*');
	await settled(page);
	ok((await page.innerText('main')).includes('HỎA TỐC') ||
	    (await page.innerText('main')).includes('Hỏa tốc'),
	    'it is there, and as urgent');
	await shot(page, 'ho-so-dien');
});

// What a station loses when it is started anew, and what it does not.
await part('a restart', async () => {
	const { page } = people.lan;
	const text = page.getByLabel('Nội dung', { exact: true });

	await goes(page, '/soan');
	await text.fill('Trước khi máy tắt');
	await page.setInputFiles('input[type=file]', { name: 'phu-luc.txt',
		mimeType: 'text/plain', buffer: Buffer.from('phụ lục\n') });
	await page.getByText('Đã tải lên').waitFor();
	await page.getByText('Đã lưu, niêm phong tại trạm').waitFor();
	const id = new URL(page.url()).searchParams.get('nhap');
	station('stop', 'TW');
	await text.fill('Trong khi máy tắt');
	await page.getByText('Chưa lưu được; tự lưu lại').waitFor();
	ok(true, 'what cannot be saved is said not to be');
	is(await text.inputValue(), 'Trong khi máy tắt', 'and is still there');
	await page.locator('.banner.bad').waitFor();
	ok(true, 'the page says that the station does not answer');
	await shot(page, 'soan-mat-lien-lac');
	station('start', 'TW');
	await signsIn(page, 'lan', 'TW');
	await settled(page);
	await unlocks(page);
	await goes(page, '/soan');
	await page.getByRole('button', { name: /^Soạn tiếp/ }).first().click();
	await page.getByText('khởi động lại nên tệp không còn').waitFor();
	ok(true, 'a file that the station has no more is asked for again');
	is(await text.inputValue(), 'Trước khi máy tắt',
	    'what was saved is there after a restart');
	is(new URL(page.url()).searchParams.get('nhap'), id, 'the same draft');
	await shot(page, 'soan-sau-khoi-dong');
	await page.getByRole('button', { name: 'Bỏ tệp phu-luc.txt' }).click();
	await page.getByText('Đã lưu, niêm phong tại trạm').waitFor();
	await goes(page, '/hom-nay');
	await goes(page, '/soan');
	const left = page.getByRole('button', { name: /^Soạn tiếp/ });
	await left.first().waitFor();
	const before = await left.count();
	await page.getByRole('button', { name: /^Bỏ: / }).first().click();
	await dialog_yes(page).click();
	await page.locator('dialog[open]').waitFor({ state: 'detached' });
	await left.nth(before - 1).waitFor({ state: 'detached' });
	is(await left.count(), before - 1, 'and one is discarded for good');
});

await no_faults();
await finish();

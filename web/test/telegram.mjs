// SPDX-License-Identifier: EUPL-1.2
//
// A secret telegram: Lan writes it, Mai signs, Oanh takes the text and enciphers,
// Phu checks, Ha sends; there the duty officer takes it in, Quy deciphers, Sang
// checks, Truc delivers, and what Oanh sees is that it was delivered.
import { finish, goes, is, launch, NARROW, ok, settled, shot, sticksOut, WIDE }
	from './browser.mjs';
import { addresses, at, button, chooses, clean, comes_in, dialog, dialog_yes,
	no_faults, part, people, saves, sees, state_is, step, step_for_good } from './desk.mjs';

const TEXT = 'Bốn giờ sáng xuất phát';
let ours = '', theirs = '';

await launch();

// The one thing that waits for him, by where Hôm nay sends him.
async function today(who, act, path) {
	const page = await comes_in(who);

	await goes(page, '/hom-nay');
	await page.locator(`.todo a[href^="${path}"]`).first().waitFor();
	const link = page.locator(`.todo a[href^="${path}"]`).first();
	is((await link.innerText()).trim(), act, `“${act}” waits for ${who}`);
	await link.click();
	await settled(page);
	return page;
}

const cipher = (groups) => async (d) => {
	await d.getByLabel('Số nhóm').fill(groups);
	await d.getByLabel('Sản phẩm mật mã').fill('KTL-1');
	await d.getByLabel('Số hiệu khóa').fill('K-07');
};

// ---- written and signed -----------------------------------------------------------

await part('Lan writes it', async () => {
	const page = await comes_in('lan');

	await goes(page, '/soan');
	await page.getByRole('radio', { name: 'Bức điện' }).check();
	await addresses(page, 'dien bien');
	await chooses(page, 'Độ mật', 'Tối mật');
	await chooses(page, 'Độ khẩn', 'Hỏa tốc');
	await page.getByLabel('Nội dung', { exact: true }).fill(TEXT);
	await button(page, 'Trình bức điện').click();
	ok((await page.innerText('form')).includes('Cần ghi mục này'),
	    'a secret telegram wants its item of the catalogue');
	await page.getByLabel('Mục trong danh mục bí mật nhà nước').fill('1.2');
	await clean(page, 'where a telegram is written');
	await shot(page, 'dien-soan');
	await button(page, 'Trình bức điện').click();
	await dialog_yes(page).click();
	await page.waitForURL('**/ho-so/*');
	await settled(page);
	ours = at(page)[2];
	await state_is(page, 'dự thảo', 'it is a draft');
	is(await button(page, 'Ký').count(), 0, 'which she does not sign');
	await sees(page, 'main', 'Đang chờ bước “Ký”',
	    'and she is told whom it waits for');
	await shot(page, 'dien-du-thao');
});

await part('Mai signs it', async () => {
	const page = await today('mai', 'Ký', '/duyet-ky/');

	await button(page, 'Ký').click();
	await dialog(page).waitFor();
	ok(await dialog(page).getByRole('radio', { name: 'Tối mật' })
	    .isChecked(), 'its level is the proposed one, and hers to change');
	await chooses(dialog(page), 'Độ khẩn', 'Thượng khẩn');
	await clean(page, 'where a telegram is signed');
	await shot(page, 'dien-ky');
	await dialog_yes(page).click();
	await page.waitForURL('**/duyet-ky');
	await settled(page);
});

// ---- enciphered, and checked by another --------------------------------------------

await part('a clerk does not encipher', async () => {
	const page = await comes_in('ha');

	await goes(page, `/phat-hanh/${ours}`);
	await page.locator('.way').waitFor();
	await sees(page, 'main', 'Đang chờ bước “Nhận bản thảo điện” của: nhân ' +
	    'viên cơ yếu', 'a clerk is told whom it waits for');
	for (const name of ['Nhận bản thảo điện', 'Ghi việc mã điện',
	    'Xác nhận đã kiểm tra', 'Phát hành'])
		is(await button(page, name).count(), 0, `and has no “${name}”`);
	await shot(page, 'dien-van-thu');
});

await part('Oanh takes the text and enciphers', async () => {
	const page = await today('oanh', 'Nhận bản thảo điện', '/phat-hanh/');

	await clean(page, 'where a telegram waits for its operator');
	await shot(page, 'dien-nhan-ban-thao');
	await page.getByRole('button', { name: /^Mở / }).first().click();
	await page.locator('.paper-text').waitFor();
	ok((await page.innerText('.paper-text')).includes(TEXT),
	    'she reads what she takes');
	await step(page, 'Nhận bản thảo điện', async (d) => {
		is(await d.getByLabel('Số từ').inputValue(), '5',
		    'its words stand there, to be compared');
		await d.getByLabel('Số trang').fill('');
		await dialog_yes(page).click();
		ok((await d.innerText()).includes('Cần ghi mục này'),
		    'a page count is wanted');
		await d.getByLabel('Số trang').fill('1');
	});
	await state_is(page, 'đã nhận bản thảo', 'its text is taken');
	await step(page, 'Cấp số');
	await state_is(page, 'đã cấp số', 'it has its number');
	await button(page, 'Ghi việc mã điện').click();
	await dialog(page).waitFor();
	await dialog_yes(page).click();
	ok((await dialog(page).innerText()).includes('Cần ghi mục này'),
	    'how it was enciphered is wanted');
	await dialog(page).getByLabel('Số hiệu khóa')
	    .fill('0123456789abcdef0123456789abcdef');
	await cipherless(page);
	await clean(page, 'where it is noted as enciphered');
	await cipher('12')(dialog(page));
	await shot(page, 'dien-ma');
	await dialog_yes(page).click();
	await dialog(page).waitFor({ state: 'detached' });
	await state_is(page, 'đã mã', 'it is enciphered');
});

// A key is named, and none fits where its name goes.
async function cipherless(page) {
	await dialog(page).getByLabel('Số nhóm').fill('12');
	await dialog(page).getByLabel('Sản phẩm mật mã').fill('KTL-1');
	await dialog_yes(page).click();
	await dialog(page).getByText(/Quá dài: nhiều nhất 24/).waitFor();
	ok(true, 'no key fits where its reference goes');
}

await part('she does not check her own', async () => {
	const { page } = people.oanh;

	await goes(page, `/duyet-ky/${ours}`);
	await page.locator('.way').waitFor();
	ok(await button(page, 'Xác nhận đã kiểm tra').isDisabled(),
	    'who enciphered it has no way to check it');
	await sees(page, '.alert', 'Phải là người khác, dùng khóa khác',
	    'and is told that another is needed');
	await sees(page, 'main', 'người thứ hai kiểm tra',
	    'with the rule that wants it');
	await clean(page, 'where she is told so');
	await shot(page, 'dien-tu-kiem-tra');
	await goes(page, '/hom-nay');
	await page.getByText('Không còn việc nào đang chờ').waitFor();
	ok(true, 'nor is it put before her');
	await goes(page, '/duyet-ky');
	await sees(page, 'main', 'Đang chờ người khác',
	    'but among what waits for others');
	await shot(page, 'dien-cho-nguoi-khac');
});

await part('Phu gives it back, and then checks it', async () => {
	const page = await today('phu', 'Xác nhận đã kiểm tra', '/duyet-ky/');

	await clean(page, 'where a telegram is checked');
	await shot(page, 'dien-kiem-tra');
	await step(page, 'Trả lại', (d) => d.getByLabel('Ý kiến')
	    .fill('Sai nhóm thứ 7'));
	const oanh = await today('oanh', 'Ghi việc mã điện', '/phat-hanh/');
	await sees(oanh, 'main', 'Sai nhóm thứ 7',
	    'what is wrong is seen where it is done again');
	await shot(oanh, 'dien-ma-lai');
	await step(oanh, 'Ghi việc mã điện', cipher('13'));
	await goes(page, `/duyet-ky/${ours}`);
	await step(page, 'Xác nhận đã kiểm tra');
	await goes(page, `/phat-hanh/${ours}`);
	await state_is(page, 'đã được người thứ hai kiểm tra', 'it is checked');
});

await part('Ha sends it', async () => {
	const page = await today('ha', 'Phát hành', '/phat-hanh/');

	await clean(page, 'where a telegram is sent');
	await step(page, 'Phát hành');
	await page.locator('main .table').waitFor();
	await state_is(page, 'đã phát hành', 'it has gone');
	is(await page.getByRole('button', { name: /^(Thu hồi|Hủy văn bản)/ })
	    .count(), 0, 'and is neither recalled nor cancelled any more');
	await shot(page, 'dien-da-gui');
});

// ---- the other side ------------------------------------------------------------------

await part('no clerk takes it in', async () => {
	const page = await comes_in('bich');

	await goes(page, '/den');
	await page.locator('.todo a[href*="/den/thu/"]').waitFor();
	await page.locator('.todo a[href*="/den/thu/"]').click();
	await settled(page);
	await button(page, 'Tiếp nhận văn bản').waitFor();
	is(await button(page, 'Tiếp nhận bức điện').count(), 0,
	    'a clerk is not offered to take in a telegram');
	await button(page, 'Tiếp nhận văn bản').click();
	await page.locator('main .alert.bad').waitFor();
	ok((await page.innerText('main .alert.bad')).includes('bức điện'),
	    'and as a document it is refused, with who takes it in');
	await shot(page, 'dien-den-van-thu');
});

await part('Truc takes it in at night', async () => {
	const page = await comes_in('truc');

	await goes(page, '/hom-nay');
	await sees(page, '.todo', 'đã mở',
	    'what a clerk opened still waits');
	await page.locator('.todo a[href*="/den/thu/"]').first().click();
	await settled(page);
	await button(page, 'Tiếp nhận bức điện').waitFor();
	await sees(page, 'main h1', 'Từ Văn phòng Ban', 'with where it comes from');
	await clean(page, 'where a telegram has come');
	await shot(page, 'dien-den');
	await button(page, 'Tiếp nhận bức điện').click();
	await page.waitForURL(/\/den\/[0-9a-f]{32}$/);
	await settled(page);
	theirs = at(page)[2];
	await step(page, 'Kiểm tra');
	await state_is(page, 'đã kiểm tra', 'he checks that it is whole');
	is(await button(page, 'Ghi việc dịch điện').count(), 0,
	    'and does not decipher');
	await sees(page, 'main', 'Đang chờ bước “Ghi việc dịch điện”',
	    'but sees whom it waits for');
	await clean(page, 'in a telegram that came');
	await shot(page, 'dien-den-truc-ban');
});

await part('Quy deciphers, and does not check it', async () => {
	const page = await today('quy', 'Ghi việc dịch điện', '/den/');

	await step(page, 'Ghi việc dịch điện', async (d) => {
		await cipher('13')(d);
		await d.getByLabel('Số từ').fill('5');
		await shot(page, 'dien-dich');
	});
	await state_is(page, 'đã dịch', 'it is deciphered');
	ok(await button(page, 'Xác nhận đã kiểm tra').isDisabled(),
	    'he does not check his own');
	await sees(page, '.alert', 'Phải là người khác, dùng khóa khác',
	    'and is told that another is needed');
	await shot(page, 'dien-den-tu-kiem-tra');
});

await part('Sang checks, and it goes into the book', async () => {
	const page = await today('sang', 'Xác nhận đã kiểm tra', '/duyet-ky/');

	await step(page, 'Xác nhận đã kiểm tra');
	await goes(page, `/den/${theirs}`);
	await step(page, 'Cấp số');
	await step(page, 'Đăng ký vào sổ');
	await state_is(page, 'đã đăng ký', 'it is registered');
	is(await button(page, 'Soạn trả lời').count(), 0,
	    'an operator is not sent to write a reply');
});

await part('Truc delivers it', async () => {
	const page = await today('truc', 'Giao cho nơi nhận', '/den/');

	await button(page, 'Giao cho nơi nhận').click();
	await dialog(page).waitFor();
	await dialog_yes(page).click();
	ok((await dialog(page).innerText()).includes('Cần ghi mục này'),
	    'it is not delivered without who signed for it');
	await dialog(page).getByRole('combobox', { name: /^Giao cho/ })
	    .fill('Trưởng ban');
	await dialog(page).getByLabel('Người ký nhận').fill('Quàng Văn Cường');
	await clean(page, 'where a telegram is delivered');
	await shot(page, 'dien-giao');
	await dialog_yes(page).click();
	await dialog(page).waitFor({ state: 'detached' });
	await state_is(page, 'đã giao', 'it is delivered');
});

await part('Sang sees to the clear copy, in English', async () => {
	const { page } = people.sang;

	await page.evaluate(() => { localStorage.setItem('lang', 'en'); });
	await page.reload();
	await settled(page);
	await goes(page, '/hom-nay');
	await page.locator('.todo a[href^="/den/"]').first().waitFor();
	await page.locator('.todo a[href^="/den/"]').first().click();
	await settled(page);
	await sees(page, 'main', 'Decipher, check and deliver',
	    'the page is in English');
	await step(page, 'See to the clear copy', async (d) => {
		ok((await d.innerText()).includes('What became of the clear copy'),
		    'what it does is said in English');
		await d.getByRole('radio', { name: 'Filed' }).check();
		await clean(page, 'in the English dialog');
		await shot(page, 'dien-ban-ro-en');
	});
	await state_is(page, 'clear copy seen to', 'nothing is left to do');
	is(await page.getByRole('button', { name: /^See to/ }).count(), 0,
	    'and it is not asked for again');
	await goes(page, `/ho-so/${theirs}`);
	await page.locator('.timeline').waitFor();
	const said = await page.innerText('.timeline');
	for (const x of ['Telegram taken in', 'Checked', 'Deciphered',
	    'Checked by a second person', 'Numbered', 'Registered', 'Delivered',
	    'Clear copy seen to'])
		ok(said.includes(x), `its story there has: ${x}`);
	await shot(page, 'dien-ho-so-en');
});

// ---- back at the centre ----------------------------------------------------------------

await part('its sender has the receipt', async () => {
	const page = await comes_in('oanh');

	await goes(page, `/phat-hanh/${ours}`);
	await page.locator('.table').getByText('đã tiếp nhận và xử lý').waitFor();
	ok(true, 'the board says that it was delivered');
	await step(page, 'Ghi nhận trả lời');
	await state_is(page, 'đã có biên nhận', 'the receipt is noted');
	await goes(page, '/phat-hanh');
	await sees(page, '.todo', 'đã có biên nhận',
	    'and it is still among what is followed');
	await goes(page, `/phat-hanh/${ours}`);
	await step(page, 'Đăng ký vào sổ');
	await step(page, 'Xử lý bản rõ', async (d) => {
		await d.getByRole('radio', { name: 'Tiêu hủy' }).check();
	});
	await state_is(page, 'đã xử lý bản rõ', 'its clear copy is seen to');
});

await part('its story', async () => {
	const page = people.oanh.page;

	await goes(page, `/ho-so/${ours}`);
	await page.locator('.timeline').waitFor();
	await settled(page);
	const said = await page.innerText('.timeline');
	for (const x of ['Soạn thảo bức điện', 'Ký', 'Nhân viên cơ yếu nhận bản ' +
	    'thảo điện', 'Cấp số', 'Mã điện', 'Trả lại, nêu ý kiến',
	    'Người thứ hai kiểm tra', 'Phát hành',
	    'Ghi nhận trả lời của nơi nhận', 'Đăng ký vào sổ', 'Xử lý bản rõ'])
		ok(said.includes(x), `its story has: ${x}`);
	for (const x of ['Trần Thị Lan', 'Lê Thị Mai', 'Đỗ Thị Oanh', 'Vũ Văn Phú',
	    'Nguyễn Thị Hà'])
		ok(said.includes(x), `and ${x}`);
	await clean(page, 'in its story');
	await shot(page, 'dien-ho-so');
	is((await saves(page, 'In mẫu điện (PDF)')).subarray(0, 5).toString(),
	    '%PDF-', 'its form is printed');
	ok((await saves(page, 'Tải tệp chứng cứ')).length > 1000,
	    'its evidence is a file');
	await goes(page, '/so');
	await page.locator('select').filter({ has: page.locator(
	    'option[value=telegram-out]') }).selectOption('telegram-out');
	await sees(page, '.register', 'Vũ Văn Phú',
	    'the register of telegrams says who checked it');
	await shot(page, 'dien-so');
});

await part('narrow and dark', async () => {
	const wide = [];

	for (const [who, path, name] of [['oanh', `/phat-hanh/${ours}`, 'di'],
	    ['oanh', `/ho-so/${ours}`, 'ho-so'], ['quy', `/den/${theirs}`, 'den'],
	    ['phu', `/duyet-ky/${ours}`, 'duyet-ky']]) {
		const { page } = people[who];

		await page.setViewportSize(NARROW);
		await page.emulateMedia({ colorScheme: 'dark' });
		await goes(page, path);
		await page.locator('.way').waitFor();
		await settled(page);
		await clean(page, `at 360 pixels in ${path.split('/')[1]}`);
		await shot(page, `dien-${name}-dark-360`);
		const out = await sticksOut(page);
		if (out)
			wide.push(`${path}: ${out}`);
		await page.setViewportSize(WIDE);
		await page.emulateMedia({ colorScheme: 'light' });
	}
	is(wide.join('\n'), '', 'nothing is wider than a phone');
});

// ---- what ends otherwise ------------------------------------------------------------------

async function writes(text) {
	const page = people.lan.page;

	await goes(page, '/soan');
	await page.getByRole('radio', { name: 'Bức điện' }).check();
	await addresses(page, 'dien bien');
	await page.getByLabel('Nội dung', { exact: true }).fill(text);
	await button(page, 'Trình bức điện').click();
	await dialog_yes(page).click();
	await page.waitForURL('**/ho-so/*');
	await settled(page);
	return at(page)[2];
}

await part('one is revised, returned, and cancelled', async () => {
	const id = await writes('Hủy lệnh hôm qua');
	const { page } = people.lan, mai = people.mai.page;

	await step(page, 'Sửa dự thảo', async (d) => {
		await d.locator('input[type=file]').setInputFiles({
			name: 'dien.txt', mimeType: 'text/plain',
			buffer: Buffer.from('Hủy lệnh hôm nay\n') });
		await d.getByText('Đã tải lên').waitFor();
		await d.getByLabel('Số từ').fill('4');
		await shot(page, 'dien-sua');
	});
	await sees(page, '.timeline', 'Sửa dự thảo', 'a draft is revised');
	await goes(mai, `/duyet-ky/${id}`);
	await step(mai, 'Ký');
	await goes(mai, `/duyet-ky/${id}`);
	await step(mai, 'Trả lại', (d) => d.getByLabel('Ý kiến').fill('Chưa gửi'));
	await goes(page, `/ho-so/${id}`);
	await state_is(page, 'dự thảo', 'what was signed comes back as a draft');
	await goes(mai, `/duyet-ky/${id}`);
	await step(mai, 'Ký');
	await goes(people.oanh.page, `/phat-hanh/${id}`);
	await step(people.oanh.page, 'Nhận bản thảo điện');
	await step(people.oanh.page, 'Cấp số');
	const ha = people.ha.page;
	await goes(ha, `/phat-hanh/${id}`);
	await button(ha, 'Hủy văn bản …').click();
	await dialog(ha).getByRole('checkbox').check();
	await dialog_yes(ha).click();
	ok((await dialog(ha).innerText()).includes('Cần ghi mục này'),
	    'nothing is cancelled without a reason');
	await dialog(ha).getByLabel('Lý do').fill('Không còn cần');
	await shot(ha, 'dien-huy');
	await dialog_yes(ha).click();
	await dialog(ha).waitFor({ state: 'detached' });
	await sees(ha, '.way .way-left', 'đã hủy', 'what was numbered is cancelled');
});

// A telegram that Lan wrote goes as far as it takes to be there.
async function goes_out(id) {
	const mai = people.mai.page, oanh = people.oanh.page;
	const phu = people.phu.page, ha = people.ha.page;

	await goes(mai, `/duyet-ky/${id}`);
	await step(mai, 'Ký');
	await goes(oanh, `/phat-hanh/${id}`);
	await step(oanh, 'Nhận bản thảo điện');
	await step(oanh, 'Cấp số');
	await step(oanh, 'Ghi việc mã điện', cipher('4'));
	await goes(phu, `/duyet-ky/${id}`);
	await step(phu, 'Xác nhận đã kiểm tra');
	await goes(ha, `/phat-hanh/${id}`);
	await step(ha, 'Phát hành');
	await ha.locator('main .table').waitFor();
}

await part('one is refused there', async () => {
	const id = await writes('Nhờ chuyển giúp');
	const page = people.quy.page, ha = people.ha.page;

	await goes_out(id);
	await goes(page, '/den');
	await page.locator('.todo a[href*="/den/thu/"]').first().click();
	await settled(page);
	await button(page, 'Tiếp nhận bức điện').click();
	await page.waitForURL(/\/den\/[0-9a-f]{32}$/);
	await settled(page);
	await step_for_good(page, 'Từ chối nhận', async (d) => {
		await d.getByRole('radio', { name: 'Không phải của đơn vị' }).check();
		await d.getByLabel('Lý do', { exact: false }).last()
		    .fill('Nhầm tỉnh');
		await shot(page, 'dien-tu-choi');
	});
	await sees(page, '.way .way-left', 'bị từ chối', 'it is refused');
	await ha.locator('.table').getByText('bị từ chối: Không phải của đơn vị')
	    .waitFor();
	ok(true, 'who sent it sees so, with the code');
	await sees(ha, '.alert', 'rồi chuyển lại', 'and what to do');
	is(await button(ha, 'Ghi nhận trả lời').count(), 0,
	    'a refusal ends no telegram');
	await clean(ha, 'where a telegram was refused');
	await shot(ha, 'dien-bi-tu-choi');
	await step(ha, 'Phát hành');
	await ha.locator('.table').getByText('bị từ chối')
	    .waitFor({ state: 'detached' });
	is(await button(ha, 'Phát hành').count(), 0, 'it is sent anew, once');
	await goes(page, '/den');
	await page.locator('.todo a[href*="/den/thu/"]').first().click();
	await settled(page);
	await button(page, 'Tiếp nhận bức điện').click();
	await page.waitForURL(/\/den\/[0-9a-f]{32}$/);
	ok(true, 'and is taken in there, now');
	await goes(ha, `/ho-so/${id}`);
	is(await ha.locator('.timeline').getByText('Phát hành', { exact: true })
	    .count(), 2, 'its story has both');
});

await no_faults();
await finish();

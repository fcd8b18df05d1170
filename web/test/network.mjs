// SPDX-License-Identifier: EUPL-1.2
//
// Mạng: a centre with two provinces below it, of which one was stopped and has
// something waiting for it.
import { axe, beside, finish, goes, is, launch, NARROW, ok, settled, shot,
    signsIn, someone, sticksOut, test, WIDE } from './browser.mjs';

await launch();
const a = await someone();
const { page } = a;

await test('the picture', async () => {
	await signsIn(page, 'ha');
	await goes(page, '/mang');
	const db = page.locator('.tree-picture a', { hasText: 'Tỉnh Điện Biên' });
	const hn = page.locator('.tree-picture a', { hasText: 'Thành phố Hà Nội' });

	await hn.waitFor();
	ok(/thông/.test(await hn.textContent()), 'the one that runs is up');
	ok(/mất liên lạc/.test(await db.textContent()),
	    'the one that was stopped is down, in words');
	ok(await db.locator('.mark-bad').count() && await hn.locator('.mark-good')
	    .count(), 'and by another shape');
	ok(/1 chờ/.test(await db.textContent()), 'what waits for it is told');
	is(await page.locator('.tree-list a').count(), 3,
	    'a list says the same as the picture');
	ok(/Tỉnh Điện Biên, cấp dưới; mất liên lạc; 1 chờ/.test(
	    await page.innerText('.tree-list')), 'with the same words');
	is(await axe(page), '', 'axe finds nothing');
	await shot(page, 'mang');
	await page.setViewportSize(NARROW);
	await settled(page);
	is(await sticksOut(page), '', 'it fits a narrow screen');
	is(await axe(page), '', 'axe finds nothing there');
	await shot(page, 'mang-hep');
	await page.emulateMedia({ colorScheme: 'dark' });
	is(await axe(page), '', 'nor in the dark');
	await shot(page, 'mang-toi');
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(WIDE);
});

await test('a line, by the keyboard', async () => {
	await page.locator('.tree-picture a', { hasText: 'Tỉnh Điện Biên' }).focus();
	await page.keyboard.press('Enter');
	await page.locator('h1', { hasText: 'Tỉnh Điện Biên' }).waitFor();
	await settled(page);
	is(await page.evaluate(() => document.activeElement.tagName), 'H1',
	    'Enter leads to the page of the line');
	ok(/tự chuyển đi theo độ khẩn.*không cần gửi lại/s.test(
	    await page.innerText('.alert')), 'which says what happens by itself');
	is(await page.locator('.table tbody tr').count(), 1, 'and what waits');
	ok(await page.getByText('antin media').count(),
	    'and how it is carried by disk');
	is(await axe(page), '', 'axe finds nothing');
	await shot(page, 'mang-tram');
	await page.setViewportSize(NARROW);
	is(await sticksOut(page), '', 'it fits a narrow screen');
	await shot(page, 'mang-tram-hep');
	await page.setViewportSize(WIDE);
});

const row = page.locator('.table tbody tr').first();
const press = async (name) => {
	await row.locator('.doings button', { hasText: name }).click();
	await page.locator('dialog').waitFor();
};

await test('an operator', async () => {
	await press('Tạm giữ');
	ok(/ở lại trạm này cho đến khi có người thả ra/.test(
	    await page.innerText('dialog')), 'what will happen is said first');
	is(await axe(page), '', 'axe finds nothing in the dialog');
	await shot(page, 'mang-giu');
	await page.keyboard.press('Escape');
	is(await page.locator('dialog').count(), 0, 'Escape leaves it');
	ok(/chờ đường/.test(await row.innerText()), 'and nothing was done');
	await press('Tạm giữ');
	await page.locator('dialog .button.main').click();
	await row.getByText('tạm giữ', { exact: true }).waitFor();
	ok(true, 'it is held');
	await press('Hủy gửi');
	await page.locator('dialog .button.danger').click();
	await page.locator('dialog .alert.bad, dialog .field-error').first()
	    .waitFor();
	ok(true, 'nothing is dropped without a reason, and the page says so');
	await page.keyboard.press('Escape');
	await press('Thả');
	await page.locator('dialog .button.main').click();
	await row.getByText('chờ đường').waitFor();
	ok(true, 'it is released');
});

await test('by hand', async () => {
	await goes(page, '/mang/dia');
	ok(/Cho Tỉnh Điện Biên: 1 văn bản/.test(await page.innerText('main')),
	    'what is to be carried is told, step by step');
	is(await axe(page), '', 'axe finds nothing');
	await shot(page, 'mang-dia');
	ok(await beside('disk'), 'a disk is written');
	await goes(page, '/hom-nay');
	await goes(page, '/mang');
	await page.locator('.tree-picture a', { hasText: 'chuyển tay bằng đĩa' })
	    .waitFor();
	ok(true, 'who is reached by disk is shown as that');
	await goes(page, '/mang/tram/dien-bien.vn');
	ok(/trên đĩa số 1/.test(await page.innerText('.table')) &&
	    /antin media lost 1/.test(await page.innerText('main')),
	    'what is on it says so, and what to do if it is lost');
	await page.reload();
	await page.getByText('antin media lost 1').waitFor();
	ok(true, 'a line\'s page can be loaded again');
});

await test('who asks for certificates', async () => {
	await goes(page, '/mang/ghi-danh');
	ok(/Tên moi.*antin:\/\/vn\/phong-moi/s.test(await page.innerText('.table')),
	    'the request is listed');
	ok(/Không lấy từ đối chiếu trong thư hay trên trang này/.test(
	    await page.innerText('main')), 'with how it is decided');
	is(await axe(page), '', 'axe finds nothing');
	await page.setViewportSize(NARROW);
	is(await sticksOut(page), '', 'it fits a narrow screen');
	await page.setViewportSize(WIDE);
	await shot(page, 'mang-ghi-danh');
});

await test('it goes by itself', async () => {
	await goes(page, '/mang');
	ok(await beside('up', 'DB'), 'the station starts again');
	const db = page.locator('.tree-picture a', { hasText: 'Tỉnh Điện Biên' });
	await db.locator('.mark-good').waitFor();
	ok(true, 'the picture shows that its line is up, nobody pressed anything');
	await page.waitForFunction(() => !/\d+ chờ/.test(document.querySelector(
	    '.tree-picture').textContent));
	ok(true, 'and what waited has gone');
	await goes(page, '/mang/cho');
	ok(await page.getByText('Không có văn bản nào đang chờ').count(),
	    'nothing waits any more, and the page says so');
	is(await axe(page), '', 'axe finds nothing where nothing is');
});

await test('the station does not answer', async () => {
	await goes(page, '/mang');
	await page.route('**/api/1/**', (r) => r.abort());
	await page.evaluate(() => fetch('/api/1/status').catch(() => 0));
	await goes(page, '/mang/dia');
	await page.locator('.banner.bad, .alert.bad').first().waitFor();
	ok(true, 'that is said');
	await shot(page, 'mang-khong-tra-loi');
	await page.unroute('**/api/1/**');
});

await test('in English', async () => {
	await goes(page, '/mang');
	await settled(page);
	await page.locator('nav.side button[lang=en]').click();
	await page.locator('h1', { hasText: 'Network' }).waitFor();
	ok(/this station/.test(await page.textContent('.tree-picture')),
	    'the picture speaks English');
	await shot(page, 'mang-en');
	await page.locator('nav.side button[lang=vi]').click();
	is(a.faults.join('\n'), '', 'the console says nothing is wrong');
});

await finish();

// SPDX-License-Identifier: EUPL-1.2
// Máy trạm, Người và vai, Quy định, Nhật ký: what tests/web/station.t has made.
import { axe, finish, goes, is, launch, NARROW, ok, passphrase, settled, shot,
    signsIn, someone, sticksOut, test, WIDE } from './browser.mjs';

await launch();
const a = await someone();
const { page } = a;

/* As it is wide, in the dark, and narrow. */
async function looks(name) {
	is(await axe(page), '', `${name}: axe finds nothing`);
	await shot(page, name);
	await page.emulateMedia({ colorScheme: 'dark' });
	is(await axe(page), '', `${name}: nor in the dark`);
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(NARROW);
	is(await sticksOut(page), '', `${name}: it fits a narrow screen`);
	is(await axe(page), '', `${name}: axe finds nothing there`);
	await shot(page, `${name}-hep`);
	await page.setViewportSize(WIDE);
}

await test('the station', async () => {
	await signsIn(page, 'ha');
	await goes(page, '/may-tram');
	await page.getByText('còn trống').waitFor();
	const said = await page.innerText('main');

	ok(/còn trống [\d,.]+ [GT]iB/.test(said), 'how much room the disk has');
	ok(/chưa thấy lần sao lưu nào\s*→ Sao lưu ngay: antin backup/
	    .test(said), 'that there is no backup, and what to do');
	ok(/cấu hình có clamd nhưng clamd không trả lời \(.*\): tệp được mở và gửi/
	    .test(said), 'that a clamd which is configured is away');
	ok(/→ Khởi động clamd/.test(said), 'and what to do');
	ok(/không có người trực theo lịch/.test(said), 'the alarm is there');
	ok(/antin doctor/.test(said), 'and what else is looked at, and how');
	await looks('may-tram');
	await goes(page, '/hom-nay');
	await page.locator('#canh-bao .todo button').waitFor();
	const [alarm, duty] = await Promise.all(['#canh-bao li', '#truc-ban']
	    .map((x) => page.locator(x).first().boundingBox()));
	ok(alarm.width > 600 && alarm.height < 200 && alarm.y + alarm.height <= duty.y,
	    'what to do about an alarm stands in lines that can be read');
	await looks('hom-nay-canh-bao');
	await goes(page, '/may-tram');
	await page.locator('#canh-bao .table button').first().click();
	await page.locator('dialog .button.main').click();
	await page.getByText(/^Nguyễn Thị Hà \(vn\/ha\) đã xem lúc/).waitFor();
	ok(true, 'an alarm that was seen says so, and by whom');
});

await test('people', async () => {
	await goes(page, '/nguoi');
	const said = await page.innerText('main');

	ok(/Nguyễn Thị Hà.*văn thư, người quản lý tài liệu mật/s.test(said),
	    'who has which roles');
	ok(/đang đăng nhập từ/.test(said) && /tại trình duyệt này/.test(said),
	    'who is signed in, and where');
	ok(/CHƯA CÓ NGƯỜI TRỰC|chưa có ai/.test(said), 'that nobody is on duty');
	await looks('nguoi');
	await page.locator('#truc-ban button', { hasText: 'Nhận trực' }).click();
	await page.locator('dialog .button.main').click();
	await page.locator('#truc-ban').getByText(/^\(từ/).or(page.locator(
	    '#truc-ban dd', { hasText: /Nguyễn Thị Hà.*\(từ/ })).first().waitFor();
	ok(true, 'who is signed in takes over, and is on duty');
	await page.locator('#truc-ban button', { hasText: 'Ghi sổ trực' }).click();
	await page.locator('dialog textarea').fill('Đã kiểm tra <b>máy phát</b>.');
	await page.locator('dialog .button.main').click();
	await page.getByText('Đã kiểm tra <b>máy phát</b>.').waitFor();
	ok(true, 'and writes into the records, where code is text');
	await page.locator('#truc-ban button', { hasText: 'Bàn giao trực' }).click();
	is(await axe(page), '', 'axe finds nothing in a hand-over');
	await shot(page, 'nguoi-ban-giao');
	await page.locator('dialog .button.main').click();
	await page.getByText(/Có bản bàn giao đang chờ/).waitFor();
	ok(true, 'a hand-over waits');
});

await test('who is in no rota', async () => {
	const b = await someone();

	await goes(page, '/nguoi');
	ok(/không đăng nhập/.test(await page.locator('.table tr',
	    { hasText: 'Trần Thị Lan' }).innerText()), 'she is not signed in');
	await signsIn(b.page, 'lan');
	await page.locator('.table tr', { hasText: 'Trần Thị Lan' })
	    .getByText(/đang đăng nhập từ/).waitFor();
	ok(true, 'that somebody signs in elsewhere is seen at once');
	await goes(b.page, '/nguoi');
	await b.page.locator('#truc-ban button', { hasText: 'Nhận trực' }).click();
	await b.page.locator('dialog .button.main').click();
	await b.page.locator('dialog .alert.bad').waitFor();
	ok(/lịch trực/.test(await b.page.innerText('dialog .alert.bad')),
	    'takes over nothing, and is told why');
	await b.context.close();
});

await test('new codes', async () => {
	await page.locator('.table tr', { hasText: 'Trần Thị Lan' })
	    .locator('button').click();
	const pass = page.locator('dialog input').first();
	const go = page.locator('dialog button[type=submit]');

	ok(await go.isDisabled(), 'nothing goes without a passphrase');
	await pass.fill('sai rồi');
	await page.locator('dialog select').selectOption({ label: 'Nguyễn Thị Hà' });
	await go.click();
	await page.locator('dialog .alert.bad, dialog .field-error').first()
	    .waitFor();
	ok(true, 'a wrong passphrase is refused, and the page says so');
	is(await axe(page), '', 'axe finds nothing in what is refused');
	await pass.fill(passphrase('lan'));
	await go.click();
	await page.locator('dialog img.qr').waitFor();
	ok(await page.locator('dialog img.qr').evaluate((i) => i.decode().then(
	    () => i.naturalWidth > 50)), 'new codes come as a picture');
	is((await page.innerText('dialog .secret')).replace(/ /g, '').length, 32,
	    'and as letters');
	is(await axe(page), '', 'axe finds nothing');
	await page.locator('dialog .button.main').click();
	is(await page.locator('img.qr').count(), 0, 'they are shown once');
	ok(!(await page.content()).includes('otpauth'), 'and are gone');
});

await test('rules', async () => {
	await goes(page, '/quy-dinh');
	const count = async () => Number(/^(\d+) \//.exec(await page.locator(
	    'p[role=status]').innerText())[1]);
	const all = await count();

	ok(all > 100, 'the rules in force are listed');
	ok(await page.locator('.badge.warn', { hasText: 'chưa đối chiếu' }).count(),
	    'what nobody has checked is marked');
	await page.locator('input[type=search]').fill('tuyet mat');
	const some = await count();

	ok(some > 0 && some < all, 'they are found by words, without marks');
	await page.locator('input[type=search]').fill('xyzzy');
	await page.getByText('Không có điều nào như vậy').waitFor();
	ok(true, 'what is not there is not found, and the page says so');
	await page.locator('input[type=search]').fill('');
	await page.locator('.radio input[type=checkbox]').check();
	ok(await page.locator('.rules .badge.good').count() === 0,
	    'what is unverified is shown alone');
	await page.locator('.radio input[type=checkbox]').uncheck();
	await looks('quy-dinh');
	await page.getByLabel('Quy định có hiệu lực ngày').fill('28/2/2026');
	await page.getByText('29/2018/QH14').first().waitFor();
	await settled(page);
	await page.locator('select').selectOption('level');
	ok(/29\/2018\/QH14/.test(await page.innerText('.rules')),
	    'on another day the law of that day stands');
});

await test('the journal', async () => {
	await goes(page, '/nhat-ky');
	ok(await page.locator('.table tbody tr').count() > 5, 'entries are listed');
	ok(/người dùng tại trạm: đăng nhập/.test(await page.innerText('.table')),
	    'with what was done');
	await looks('nhat-ky');
	await page.locator('button.main', { hasText: 'Kiểm tra nhật ký' }).click();
	await page.locator('.alert.good', { hasText: 'Nhật ký nguyên vẹn' }).waitFor();
	ok(true, 'it is checked, and whole');
	is(await axe(page), '', 'axe finds nothing');
	await shot(page, 'nhat-ky-kiem-tra');
	const first = await page.locator('.table tbody tr').last().innerText();

	if (await page.getByText('Cũ hơn').isEnabled()) {
		await page.getByText('Cũ hơn').click();
		await page.waitForFunction((was) => ![...document.querySelectorAll(
		    '.table tbody tr')].some((r) => r.innerText === was), first);
		ok(await page.getByText('Về mới nhất').count(), 'older ones follow');
	}
});

await test('in English', async () => {
	await goes(page, '/may-tram');
	await page.locator('nav.side button[lang=en]').click();
	await page.getByText('clamd is wanted and does not answer').waitFor();
	ok(!/[ăâđêôơưĂÂĐÊÔƠƯ]/.test(await page.locator('section', {
		has: page.getByRole('heading', { name: 'Health' }) }).first()
	    .innerText()), 'what the station judges is in English at once');
	for (const [path, title] of [['/may-tram', 'Station'],
		['/nguoi', 'People and roles'], ['/quy-dinh', 'Rules'],
		['/nhat-ky', 'Journal']]) {
		await goes(page, path);
		await page.locator('h1', { hasText: title }).waitFor();
		is(await axe(page), '', `${title}: axe finds nothing`);
		await shot(page, `${path.slice(1)}-en`);
	}
	is(a.faults.join('\n'), '', 'the console says nothing is wrong');
});

await finish();

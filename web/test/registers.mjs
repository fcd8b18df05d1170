// SPDX-License-Identifier: EUPL-1.2
// Sổ: what tests/web/registers.t has put into a register of secrets.
import { readFileSync } from 'node:fs';
import { axe, finish, goes, is, launch, NARROW, ok, settled, shot, signsIn,
    someone, sticksOut, test, WIDE } from './browser.mjs';

await launch();
const a = await someone();
const { page } = a;
const lines = page.locator('.register tbody tr');
const shown = async (n) => {
	await page.waitForFunction((want) => document.querySelectorAll(
	    '.register tbody tr').length === want, n);
	return lines.count();
};

await test('the table', async () => {
	await signsIn(page, 'ha');
	await goes(page, '/so?so=secret-out');
	is(await shown(4), 4, 'a volume is a table with a row for each line');
	is(await page.innerText('.register-head h2'), 'SỔ ĐĂNG KÝ BÍ MẬT NHÀ NƯỚC ĐI',
	    'under the name that the law gives it');
	ok((await page.locator('.register thead th').allInnerTexts()).join('|')
	    .startsWith('Số thứ tự|Số, ký hiệu|Ngày, tháng xác định|Tên loại'),
	    'with its columns');
	is(await page.innerText('.register-head .stamp'), 'TỐI MẬT',
	    'and the mark of its highest line');
	ok(/ĐÃ HỦY: Sai thể thức/.test(await lines.nth(1).innerText()) &&
	    await lines.nth(1).locator('s').count() > 2,
	    'what was cancelled is struck through, and says why');
	ok((await lines.nth(3).innerText()).includes('<img src=x onerror='),
	    'what would be code elsewhere is text here');
	ok(await page.title() !== '1' && await page.locator('main img').count() === 0,
	    'and nothing more');
	is(await axe(page), '', 'axe finds nothing');
	await shot(page, 'so');
	await page.emulateMedia({ colorScheme: 'dark' });
	is(await axe(page), '', 'nor in the dark');
	await shot(page, 'so-toi');
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(NARROW);
	is(await sticksOut(page), '', 'the page fits a narrow screen');
	await shot(page, 'so-hep');
	await page.setViewportSize(WIDE);
});

await test('finding', async () => {
	const find = page.locator('.filters input[type=search]');

	await find.fill('lut bao');
	is(await shown(1), 1, 'words are found without marks');
	await find.fill('lút');
	await page.getByText('Không có dòng nào như vậy').waitFor();
	ok(true, 'a wrong mark finds nothing, and the page says so');
	is(await axe(page), '', 'axe finds nothing where nothing is');
	await find.fill('');
	await page.locator('select').nth(4).selectOption('cancelled');
	is(await shown(1), 1, 'what was cancelled is filtered');
	await page.locator('select').nth(4).selectOption('all');
	await page.locator('select').nth(3).selectOption('toi-mat');
	is(await shown(1), 1, 'and a level');
	await page.locator('select').nth(3).selectOption('');
	is(await shown(4), 4, 'all are there again');
});

await test('a remark', async () => {
	await lines.nth(0).locator('button').click();
	await page.locator('dialog input').fill('Đã ký nhận ngày 23/11');
	is(await axe(page), '', 'axe finds nothing in the dialog');
	await shot(page, 'so-ghi-chu');
	await page.locator('dialog .button.main').click();
	await lines.nth(0).getByText('Đã ký nhận ngày 23/11').waitFor();
	ok(true, 'a remark stands at its line at once');
});

await test('papers', async () => {
	const fetched = async (name) => {
		const [file] = await Promise.all([page.waitForEvent('download'),
			page.getByText(name, { exact: true }).click()]);

		return readFileSync(await file.path());
	};

	is((await fetched('Bản in (PDF)')).subarray(0, 5).toString(), '%PDF-',
	    'the volume comes as PDF');
	const csv = (await fetched('Xuất CSV')).toString();

	is(csv.split('\r\n').filter(Boolean).length, 5, 'as CSV, with four lines');
	ok(!/(^|,)"[=+@-]/m.test(csv), 'of which no cell is a formula');
	const json = JSON.parse((await fetched('Xuất JSON')).toString());

	is(json.lines.length, 4, 'and as JSON');
	is(json.lines[1].note, 'ĐÃ HỦY: Sai thể thức', 'by the columns\' words');
	await page.emulateMedia({ media: 'print' });
	ok(await page.locator('.register').isVisible() &&
	    !await page.locator('nav.side').isVisible() &&
	    !await page.locator('.filters').first().isVisible(),
	    'printed, the page is the register alone');
	await shot(page, 'so-in');
	ok((await page.pdf({ preferCSSPageSize: true })).length > 5000,
	    'the browser prints it');
	await page.emulateMedia({ media: 'screen' });
});

await test('a series that goes on', async () => {
	await page.getByText('Tiếp tục dãy số sau khôi phục').click();
	await page.locator('dialog input[type=number]').fill('9');
	await page.locator('dialog textarea').fill('Thử');
	await page.locator('dialog .button.danger').click();
	await page.locator('dialog .alert.bad').waitFor();
	ok(true, 'where nothing was restored that is refused, and the page says so');
	is(await axe(page), '', 'axe finds nothing in what is refused');
	await page.keyboard.press('Escape');
});

await test('a volume is closed', async () => {
	await page.getByText('Đóng tập', { exact: true }).click();
	ok(/không mở lại được/.test(await page.innerText('dialog')),
	    'what will happen is said first');
	await shot(page, 'so-dong-tap');
	await page.keyboard.press('Escape');
	ok(/chưa đóng/.test(await page.innerText('.register-head')),
	    'Escape closes nothing');
	await page.getByText('Đóng tập', { exact: true }).click();
	await page.locator('dialog .button.danger').click();
	await page.waitForFunction(() => /đóng ngày \d\d\//.test(
	    document.querySelector('.register-head').textContent));
	ok(true, 'the volume is closed');
	is(await lines.nth(0).locator('button').count(), 0,
	    'and takes no remark any more');
	is(await page.getByText('Đóng tập', { exact: true }).count(), 0,
	    'nor is it closed twice');
	is(await axe(page), '', 'axe finds nothing');
	is(a.faults.join('\n'), '', 'the console says nothing is wrong');
	await a.context.close();
});

await test('who only looks', async () => {
	const b = await someone({ lang: 'en' });

	await signsIn(b.page, 'minh');
	await goes(b.page, '/so?so=secret-out');
	await b.page.locator('.register').waitFor();
	is(await b.page.locator('.register tbody tr').count(), 4,
	    'an inspector sees the lines');
	is(await b.page.locator('.register tbody button').count(), 0,
	    'and is offered nothing that he may not');
	is(await axe(b.page), '', 'axe finds nothing in English');
	await shot(b.page, 'so-en');
	is(b.faults.join('\n'), '', 'nor does the console');
});

await finish();

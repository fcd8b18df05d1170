// SPDX-License-Identifier: EUPL-1.2
// Lịch trực: what tests/web/rota.t has made.
import { axe, finish, goes, is, launch, NARROW, ok, shot, signsIn, someone,
    sticksOut, test, WIDE } from './browser.mjs';

await launch();
const a = await someone();
const { page } = a;
const shift = (n) => page.locator('.rota > li').nth(n);
const times = (n) => shift(n).locator('input[type=datetime-local]');
const saves = async () => {
	await page.getByRole('button', { name: 'Ghi lịch trực' }).click();
	await page.locator('dialog .button.main').click();
};
const later = async (n, hours) => {
	const from = await times(n).first().inputValue();
	const at = new Date(Date.parse(`${from}:00Z`) + hours * 3600e3);

	await times(n).last().fill(at.toISOString().slice(0, 16));
};

async function looks(name) {
	await page.evaluate(() => scrollTo(0, 0));
	is(await axe(page), '', `${name}: axe finds nothing`);
	await shot(page, name);
	await page.emulateMedia({ colorScheme: 'dark' });
	is(await axe(page), '', `${name}: nor in the dark`);
	await shot(page, `${name}-toi`);
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(NARROW);
	await page.evaluate(() => scrollTo(0, 0));
	is(await sticksOut(page), '', `${name}: it fits a narrow screen`);
	is(await axe(page), '', `${name}: axe finds nothing there`);
	await shot(page, `${name}-hep`);
	await page.setViewportSize(WIDE);
}

await test('a rota is made by keyboard', async () => {
	await signsIn(page, 'ha');
	await goes(page, '/nguoi');
	await page.locator('#truc-ban a', { hasText: 'lịch trực' }).focus();
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Lịch trực', level: 1 }).waitFor();
	await page.getByText('Chưa có ca nào').waitFor();
	ok(true, 'there is none yet');
	ok(await page.getByRole('button', { name: 'Thêm ca' }).isDisabled(),
	    'and nobody to be on duty');
	for (const name of [/Nguyễn Thị Hà/, /Trần Thị Lan/]) {
		await page.getByRole('checkbox', { name }).focus();
		await page.keyboard.press('Space');
	}
	await page.getByRole('button', { name: 'Thêm ca' }).focus();
	await page.keyboard.press('Enter');
	await shift(0).locator('select:focus').waitFor();
	ok(true, 'a shift is added, and the keyboard is in it');
	await page.getByRole('button', { name: 'Thêm ca' }).focus();
	await page.keyboard.press('Enter');
	await shift(1).locator('select:focus').waitFor();
	is(await times(1).first().inputValue(), await times(0).last().inputValue(),
	    'the next begins where it ends');
	ok(await shift(0).locator('select').inputValue() !==
	    await shift(1).locator('select').inputValue(), 'and is another’s');
	ok(await page.getByRole('checkbox', { name: /Trần Thị Lan/ }).isDisabled(),
	    'who has a shift takes part');
});

await test('what is wrong is said beside it', async () => {
	await later(1, -1);
	await saves();
	await shift(1).getByText('kết thúc trước khi bắt đầu').waitFor();
	is(await page.locator('.rota .field-error').count(), 1,
	    'beside that shift alone');
	await shift(1).locator('select:focus[aria-invalid]').waitFor();
	ok(true, 'and the keyboard is there');
	is(await axe(page), '', 'axe finds nothing in what is refused');
	await shot(page, 'lich-truc-sai');
	await later(1, 12);
	is(await page.locator('.field-error').count(), 0,
	    'what is mended is not wrong any more');
	await later(0, 13);
	await saves();
	await shift(1).getByText('trùng giờ với ca khác').waitFor();
	ok(true, 'two at once are refused');
	await later(0, 11);
	await page.getByText('Không có người trực từ').first().waitFor();
	ok(true, 'a gap is said before');
	await later(0, 12);
	is(await page.getByText('Không có người trực từ').count(), 0, 'none is left');
});

await test('it is put in force', async () => {
	await looks('lich-truc');
	let asked = 0;

	page.once('dialog', (d) => {
		asked++;
		void d.dismiss();
	});
	await page.locator('nav.side a', { hasText: 'Nhật ký' }).click();
	is(asked, 1, 'who leaves is asked whether he means it');
	await page.getByRole('button', { name: 'Ghi lịch trực' }).click();
	ok(/2 ca, từ .* đến /.test(await page.innerText('dialog')),
	    'what will happen is said before');
	is(await axe(page), '', 'axe finds nothing');
	await page.locator('dialog .button.main').click();
	await page.getByText('Lịch trực mới có hiệu lực').waitFor();
	await page.locator('#truc-ban').getByText('Trần Thị Lan').first().waitFor();
	ok(true, 'who is to be on duty stands there');
	await page.locator('#truc-ban button', { hasText: 'Nhận trực' }).click();
	await page.locator('dialog .button.main').click();
	await page.locator('#truc-ban dd', { hasText: /Nguyễn Thị Hà.*\(từ/ })
	    .first().waitFor();
	ok(true, 'and she takes over, who is no user of the machine');
});

await test('it is changed', async () => {
	await goes(page, '/nguoi/lich-truc');
	await shift(1).waitFor();
	await page.getByRole('button', { name: 'Lặp lại 7 ngày cuối' }).click();
	is(await page.locator('.rota > li').count(), 4, 'a week is repeated');
	await page.getByRole('button', { name: /^Bỏ ca 4/ }).click();
	is(await page.locator('.rota > li').count(), 3, 'a shift is taken out');
	await page.getByRole('button', { name: 'Bỏ thay đổi' }).click();
	is(await page.locator('.rota > li').count(), 2, 'and all undone');
	await page.getByRole('button', { name: 'Lặp lại 7 ngày cuối' }).click();
	await saves();
	await page.waitForURL('**/nguoi');
	await page.getByText('Lịch trực mới có hiệu lực').first().waitFor();
	await goes(page, '/nguoi/lich-truc');
	await shift(3).waitFor();
	ok(true, 'the longer one is in force');
});

await test('who has no role for it looks at it', async () => {
	const b = await someone();

	await signsIn(b.page, 'lan');
	await goes(b.page, '/nguoi/lich-truc');
	await b.page.getByText('Chỉ xem').waitFor();
	is(await b.page.locator('main input, main select').count(), 0,
	    'there is nothing to change');
	is(await b.page.locator('main tbody tr').count(), 4, 'but all to see');
	is(await axe(b.page), '', 'axe finds nothing');
	await shot(b.page, 'lich-truc-xem');
	await b.page.locator('nav.side button[lang=en]').click();
	await b.page.getByRole('heading', { name: 'Rota', level: 1 }).waitFor();
	await b.context.close();
});

await test('two change it', async () => {
	const other = await a.context.newPage();

	await goes(page, '/nguoi');
	await goes(page, '/nguoi/lich-truc');
	await shift(3).waitFor();
	await page.getByRole('button', { name: /^Bỏ ca 1/ }).click();
	await other.goto(page.url());
	await other.getByRole('button', { name: /^Bỏ ca 4/ }).click();
	await other.getByRole('button', { name: 'Ghi lịch trực' }).click();
	await other.locator('dialog .button.main').click();
	await other.waitForURL('**/nguoi');
	await other.close();
	await saves();
	await page.getByText('Người khác đã ghi lịch mới').waitFor();
	ok(true, 'who comes second is told of the other one');
	is(await axe(page), '', 'axe finds nothing');
	await shot(page, 'lich-truc-hai-nguoi');
	await page.getByRole('button', { name: /^Bỏ thay đổi, xem/ }).click();
	is(await page.locator('.rota > li').count(), 3, 'and begins with that');
	is(await page.getByText('Người khác đã ghi').count(), 0, 'without a word');
});

await test('in English', async () => {
	await page.locator('nav.side button[lang=en]').click();
	await page.getByRole('heading', { name: 'Rota', level: 1 }).waitFor();
	await looks('lich-truc-en');
	is(a.faults.filter((f) => !f.includes('400')).join('\n'), '',
	    'the console says nothing is wrong');
});

await finish();

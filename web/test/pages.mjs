// SPDX-License-Identifier: EUPL-1.2
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { axe, code, fillIn, finish, given, goes, is, launch, link, NARROW, ok,
    passphrase, settled, shot, signsIn, small, someone, sticksOut, test, WIDE }
    from './browser.mjs';

const ALL = ['hom-nay', 'soan', 'duyet-ky', 'phat-hanh', 'den', 'so', 'ho-so',
	'mang', 'nguoi', 'quy-dinh', 'nhat-ky', 'may-tram'];

await launch();

await test('signing in', async () => {
	const { page, faults, context } = await someone();
	const at = link();

	// without a link there is nothing
	await page.goto(new URL('/', at).href);
	await settled(page);
	ok(await page.getByText('antin desk').count(),
	    'without the link a page says how to come by one');
	is(await axe(page), '', 'axe finds nothing where there is no session');

	await page.goto(at);
	await page.locator('[name=person]').waitFor();
	is(new URL(page.url()).hash, '', 'the token is not kept in the address');
	is(await axe(page), '', 'axe finds nothing where one signs in');
	await shot(page, 'dang-nhap');

	await page.click('button[type=submit]');
	is(await page.locator('.field-error').count(), 3,
	    'what was left out is said beside each field');
	await page.waitForFunction(() => document.activeElement
	    .getAttribute('name') === 'person');
	ok(true, 'and the first is where one types next');
	is(await axe(page), '', 'axe finds nothing in what is wrong');
	await shot(page, 'dang-nhap-thieu');

	await page.selectOption('[name=person]', given.people.lan);
	await page.fill('[name=passphrase]', 'không phải mật khẩu này');
	await page.fill('[name=code]', '12 34 56');
	is(await page.inputValue('[name=code]'), '123456',
	    'a code may be typed with spaces');
	await page.click('button[type=submit]');
	await page.locator('.alert.bad').waitFor();
	ok(/Caps Lock/.test(await page.innerText('.alert.bad')),
	    'what is refused says what to do');
	is(await page.inputValue('[name=code]'), '', 'a code that was given is gone');
	await shot(page, 'dang-nhap-sai');

	await page.reload();
	await fillIn(page, 'lan');
	await page.locator('nav.side').waitFor();
	await settled(page);
	is(new URL(page.url()).pathname, '/hom-nay', 'one comes to what is to do');
	const day = new Intl.DateTimeFormat('vi', { weekday: 'long',
		timeZone: 'Asia/Ho_Chi_Minh' }).format(new Date()).toLowerCase();
	ok((await page.innerText('main')).toLowerCase().includes(`${day}, ngày`),
	    'of the day that it is', day);
	is(await page.evaluate(() => document.activeElement.tagName), 'H1',
	    'a reader is at its title');

	// the link is good once
	const other = await someone();
	await other.page.goto(at);
	await settled(other.page);
	ok(await other.page.getByText('antin desk').count(),
	    'a link that was used opens nothing for another');
	await other.context.close();

	// locked: nothing beneath, another code opens it
	await page.evaluate(() => globalThis.kept = 'the same page');
	const desk = await page.innerText('.who-here .desk');
	const second = await context.newPage();
	await second.goto(new URL('/ho-so', page.url()).href);
	await second.locator('nav.side').waitFor();
	await page.locator('header .button', { hasText: 'Khóa màn hình' }).click();
	await page.locator('[name=passphrase]').waitFor();
	is(await page.evaluate(() => document.activeElement.name), 'passphrase',
	    'one can type at once');
	await second.locator('[name=passphrase]').waitFor();
	ok(true, 'another window of the same session is locked with it');
	is(await page.locator('nav.side:visible, main .todo:visible').count(), 0,
	    'nothing can be read beneath the lock');
	ok(desk !== '' && !(await page.innerText('body')).includes(desk),
	    'not even at which desk one works');
	await page.waitForFunction(async () => (await (await fetch(
	    '/api/1/session')).json()).persons.length === 0);
	ok(true, 'and the keys are locked at the station');
	is(await axe(page), '', 'axe finds nothing on the lock screen');
	await shot(page, 'khoa');
	await page.fill('[name=passphrase]', passphrase('lan'));
	await page.fill('[name=code]', await code('lan'));
	await page.click('button[type=submit]');
	await page.locator('nav.side').waitFor();
	await second.locator('nav.side').waitFor();
	ok(true, 'and unlocked with it');
	await second.close();
	await page.locator('.gate button', { hasText: 'Mở khóa bộ phận' }).click();
	await page.locator('.gate').waitFor({ state: 'detached' });
	ok(!await page.locator('dialog').count(),
	    'a desk without a passphrase opens by a word');
	is(await page.evaluate(() => globalThis.kept), 'the same page',
	    'who unlocks it goes on where he was');

	await goes(page, '/ho-so');
	await page.locator('header .button', { hasText: 'Đăng xuất' }).click();
	await page.locator('[name=person]').waitFor();
	await page.waitForURL('**/hom-nay');
	ok(true, 'who comes next does not begin where another was');
	is((await page.evaluate(async () => (await (await fetch(
	    '/api/1/session')).json()).persons.length)), 0,
	    'who signs out is out at the station');
	is(faults.join('\n'), '', 'the console says nothing is wrong');
	await context.close();
});

const mai = await someone();
await test('by the keyboard alone', async () => {
	const { page, faults } = mai;
	const focused = () => page.evaluate(() => document.activeElement
	    ?.getAttribute('name') ?? document.activeElement?.textContent?.trim());
	const until = async (what, keys = 40) => {
		for (let i = 0; i < keys && !what(await focused()); i++)
			await page.keyboard.press('Tab');
		return focused();
	};

	await page.clock.install();
	await page.goto(link());
	await page.locator('[name=person]').waitFor();
	await until((x) => x === 'person');
	await page.keyboard.type('Lê');
	await until((x) => x === 'passphrase');
	await page.keyboard.type(passphrase('mai'));
	await until((x) => x === 'code');
	await page.keyboard.type(await code('mai'));
	await page.keyboard.press('Enter');
	await page.locator('nav.side').waitFor();
	await settled(page);
	// from the top, as who has just loaded it
	await page.evaluate(() => {
		document.body.tabIndex = -1;
		document.body.focus();
	});
	await page.keyboard.press('Tab');
	await page.evaluate(() => document.body.removeAttribute('tabindex'));
	is(await focused(), 'Đến nội dung chính', 'the first stop skips the menu');
	is(await until((x) => x === 'Sổ'), 'Sổ', 'the menu is reached by keys');
	ok(await page.evaluate(() => getComputedStyle(document.activeElement)
	    .outlineStyle !== 'none'), 'and one sees where one is');
	await page.keyboard.press('Enter');
	await settled(page);
	is(new URL(page.url()).pathname, '/so', 'a page is opened by Enter');
	is(await page.evaluate(() => document.activeElement.tagName), 'H1',
	    'and read from its title on');
	ok((await page.title()).startsWith(await page.innerText('h1')),
	    'the window bears its name');
	await page.goBack();
	await settled(page);
	is(new URL(page.url()).pathname, '/hom-nay', 'going back goes back');
	await page.clock.fastForward('09:30');
	await page.waitForTimeout(300);
	ok(await page.locator('nav.side').isVisible(),
	    'a signing authority may think for nine minutes');
	await page.clock.fastForward('01:00');
	await page.locator('[name=passphrase]').waitFor();
	ok(!await page.locator('nav.side').isVisible(),
	    'after ten the screen is locked by itself');
	is(faults.join('\n'), '', 'the console says nothing is wrong');
});

await test('whom the station puts out', async () => {
	const { page, context, faults } = await someone();

	await signsIn(page, 'minh');
	await settled(page);
	const other = await context.newPage();
	await other.goto(page.url());
	await settled(other);
	await other.evaluate(async () => {
		const { csrf } = await (await fetch('/api/1/session')).json();

		await fetch('/api/1/session/sign-out', { method: 'POST', body: '{}',
			headers: { 'Content-Type': 'application/json',
				'X-Antin': csrf } });
	});
	await page.locator('[name=passphrase]').waitFor();
	ok(!await page.locator('nav.side').isVisible(),
	    'who is signed out elsewhere sees a locked screen at once');
	is(faults.join('\n'), '', 'the console says nothing is wrong');
	await context.close();
});

/* Each page, once per look: what is wrong with all of them, at once. */
async function looks(page, name, each) {
	const wrong = { axe: [], wide: [], small: [] };

	for (const path of ALL) {
		await goes(page, `/${path}`);
		await page.waitForTimeout(150);
		await shot(page, `${path}-${name}`);
		const found = await axe(page);
		const out = await sticksOut(page);
		const tiny = await small(page);

		if (found)
			wrong.axe.push(`${path}: ${found}`);
		if (out)
			wrong.wide.push(`${path}: ${out}`);
		if (tiny)
			wrong.small.push(`${path}: ${tiny}`);
		await each?.(path);
	}
	ok(!wrong.axe.length, `axe finds nothing on any page: ${name}`,
	    wrong.axe.join('\n'));
	ok(!wrong.wide.length, `no page is wider than the screen: ${name}`,
	    wrong.wide.join('\n'));
	ok(!wrong.small.length, `what is pressed is large enough: ${name}`,
	    wrong.small.join('\n'));
}

const ha = await someone();
await test('every page, as it looks', async () => {
	const { page, faults } = ha;

	await signsIn(page, 'ha');
	await settled(page);
	const began = Date.now();
	await page.reload();
	await settled(page);
	const took = Date.now() - began;
	process.stdout.write(`# the first page can be used after ${took} ms\n`);
	ok(took < 10_000, 'a page that is opened is there soon');
	await looks(page, 'vi');
	const untold = [];

	await page.locator('.switches .button', { hasText: 'English' }).click();
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.setViewportSize(NARROW);
	is(await page.getAttribute('html', 'lang'), 'en',
	    'the language changes at once');
	await looks(page, 'en-dark-360', async (path) => {
		if (/[ạảấầẩẫậắằẳẵặẹẻẽếềểễệịọộớờởợụủứừửữựỳỵ]/.test(
		    await page.innerText('h1')))
			untold.push(path);
	});
	is(untold.join(' '), '', 'no English page has a Vietnamese title');
	await page.locator('nav.bottom button').click();
	await page.locator('dialog nav').waitFor();
	is(await page.locator('dialog nav a').count(), ALL.length,
	    'a narrow screen has all pages in its menu');
	is(await axe(page), '', 'axe finds nothing in the menu');
	await shot(page, 'menu-en-dark-360');
	await page.keyboard.press('Escape');
	is(await page.locator('dialog').count(), 0, 'Escape closes it');
	is(faults.join('\n'), '', 'the console says nothing is wrong');

	await page.setViewportSize(WIDE);
	await page.emulateMedia({ colorScheme: 'light', media: 'print' });
	await goes(page, '/hom-nay');
	ok(!await page.locator('nav.side').isVisible() &&
	    !await page.locator('header.top').isVisible(),
	    'what is printed is the page, not what is around it');
	await page.emulateMedia({ media: 'screen' });
	await page.locator('.switches .button', { hasText: 'Tiếng Việt' }).click();
});

await test('the station stops and comes again', async () => {
	const { page } = ha;
	const station = (what) => execFileSync(given.antin, ['station', what,
		join(given.work, 'TW')], { stdio: 'ignore' });

	station('stop');
	await page.locator('.banner.bad').waitFor();
	ok(/Trạm không trả lời/.test(await page.innerText('.banner.bad')),
	    'a page says that the station does not answer');
	is(await axe(page), '', 'axe finds nothing in that');
	await shot(page, 'tram-khong-tra-loi');
	station('start');
	await page.getByText('Phiên làm việc đã kết thúc').waitFor();
	is(await axe(page), '', 'axe finds nothing where a session has ended');
	await shot(page, 'phien-ket-thuc');

	// another window of the same browser opens a new link
	await page.evaluate(() => globalThis.kept = 'the same page');
	const other = await page.context().newPage();
	await other.goto(link());
	await other.locator('[name=person]').waitFor();
	await other.close();
	await page.getByRole('button', { name: /tiếp tục/i }).click({ timeout: 3000 })
	    .catch(() => undefined); // coming back may have done it
	await fillIn(page, 'ha');
	await page.locator('nav.side').waitFor();
	is(await page.evaluate(() => globalThis.kept), 'the same page',
	    'with a new link one goes on where one was');
});

await finish();

// SPDX-License-Identifier: EUPL-1.2
//
// A real browser for the tests of the pages: Debian's Chromium by playwright,
// what axe finds, phones' codes, and TAP.  What there is to test stands in the
// file that ANTIN_PAGES names (tests/web/Pages.pm writes it).
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const given = JSON.parse(readFileSync(process.env.ANTIN_PAGES, 'utf8'));
const require = createRequire(join(given.packages, 'package.json'));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const WAIT = 60_000; // for what must come; a slow machine is no failure

// ---- TAP ----------------------------------------------------------------------

let count = 0, bad = 0;

export function ok(so, name, why = '') {
	process.stdout.write(`${so ? 'ok' : 'not ok'} ${++count} - ${name}\n`);
	if (!so) {
		bad++;
		for (const line of String(why).split('\n').slice(0, 40))
			process.stdout.write(`# ${line}\n`);
	}
	return so;
}

export const is = (got, wanted, name) => ok(got === wanted, name,
    `got ${JSON.stringify(got)}\nwanted ${JSON.stringify(wanted)}`);

/* Run it; what it throws fails the test by that name. */
export async function test(name, what) {
	try {
		await what();
		return true;
	} catch (e) {
		return ok(false, name, e.stack);
	}
}

// ---- the browser ----------------------------------------------------------------

let browser, profile;

/* Speaks to nobody but this machine: every other name leads nowhere. */
export async function launch() {
	profile = mkdtempSync(join(tmpdir(), 'antin-browser.'));
	browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		timeout: WAIT,
		env: { ...process.env, HOME: profile },
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
			'--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync',
			'--disable-dev-shm-usage',
			'--host-resolver-rules=MAP * ~NOTFOUND, ' +
			'EXCLUDE 127.0.0.1, EXCLUDE localhost'],
	});
	return browser;
}

export async function finish() {
	await browser?.close();
	if (profile)
		rmSync(profile, { recursive: true, force: true });
	process.stdout.write(`1..${count}\n`);
	process.exit(bad ? 1 : 0);
}

export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 360, height: 740 };

/* Somebody's browser: cookies and storage of its own.  "faults" fills with what
 * the page's console said was wrong. */
export async function someone({ lang = 'vi', theme = 'light', size = WIDE } = {}) {
	const context = await browser.newContext({ viewport: size,
		colorScheme: theme, reducedMotion: 'reduce', locale: 'vi-VN' });
	const page = await context.newPage();
	const faults = [];

	context.setDefaultTimeout(WAIT);
	await context.addInitScript((l) => {
		if (!localStorage.getItem('lang'))
			localStorage.setItem('lang', l);
	}, lang);
	page.on('pageerror', (e) => faults.push(e.stack ?? e.message));
	page.on('console', (m) => {
		if (m.type() === 'error' &&
		    !/Failed to load resource/.test(m.text()))
			faults.push(m.text());
	});
	return { context, page, faults };
}

/* A new one-time link of a station of ours. */
export function link(station = 'TW') {
	return execFileSync(given.antin, ['desk', '--print', '--station',
		join(given.work, station)], { encoding: 'utf8',
		env: { ...process.env, LANG: 'C.UTF-8' } }).match(/http\S+/)[0];
}

let asked = 0;

/* Have the test do something beside the browser, such as stop a station, and
 * wait until it has (tests/web/Pages.pm). */
export async function beside(...words) {
	const done = join(given.work, `did.${++asked}`);

	process.stdout.write(`do ${asked} ${words.join(' ')}\n`);
	for (let i = 0; i < WAIT / 100 && !existsSync(done); i++)
		await new Promise((go) => setTimeout(go, 100));
	return existsSync(done);
}

// ---- people -----------------------------------------------------------------------

const used = {};

/* The code that somebody's phone shows; each is good once, so a new one may
 * have to be waited for (the station takes one that is early by a step). */
export async function code(who) {
	for (;;) {
		const now = Math.floor(Date.now() / 30000);
		const at = Math.max(now, (used[who] ?? given.used) + 1);

		if (at <= now + 1) {
			used[who] = at;
			const counter = Buffer.alloc(8);
			counter.writeBigUInt64BE(BigInt(at));
			const mac = createHmac('sha1', Buffer.from(
			    given.phones[who], 'hex')).update(counter).digest();
			const n = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
			return String(n % 1_000_000).padStart(6, '0');
		}
		await new Promise((go) => setTimeout(go, 500));
	}
}

export const passphrase = (who) => given.passphrases[who];

/* Open a station's pages by a link, and sign in there as somebody. */
export async function signsIn(page, who, station = 'TW') {
	await page.goto(link(station));
	await fillIn(page, who);
	await page.locator('nav.side, nav.bottom').first()
	    .waitFor({ state: 'attached' });
}

export async function fillIn(page, who) {
	await page.locator('[name=person]').waitFor();
	if (await page.locator('select[name=person]').count())
		await page.selectOption('select[name=person]',
		    given.people[who]);
	else
		await page.fill('[name=person]', given.people[who]);
	await page.fill('[name=passphrase]', passphrase(who));
	await page.fill('[name=code]', await code(who));
	await page.locator('button[type=submit]:visible').first().click();
}

/* Go to a page within the pages, as its link would. */
export async function goes(page, path) {
	await page.evaluate((to) => {
		const a = document.createElement('a');
		a.href = to;
		document.body.append(a);
		a.click();
		a.remove();
	}, path);
	await settled(page);
}

/* Nothing is being loaded any more. */
export async function settled(page) {
	await page.waitForFunction(() => document.querySelector('h1') !== null &&
	    document.querySelector('.skeleton, .spinner') === null);
}

// ---- what holds on every page ---------------------------------------------------

/* What axe finds against WCAG 2.2 AA, as lines. */
export async function axe(page) {
	if (!await page.evaluate(() => 'axe' in globalThis))
		await page.evaluate(axeSource);
	return page.evaluate(async () => {
		const r = await globalThis.axe.run(document, { runOnly: ['wcag2a',
			'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
			'best-practice'] });

		return r.violations.flatMap((v) => v.nodes.map((n) =>
		    `${v.id}: ${n.target.join(' ')}: ` +
		    n.failureSummary.split('\n')[1]?.trim())).join('\n');
	});
}

/* What sticks out to the right, if the page can be scrolled there. */
export const sticksOut = (page) => page.evaluate(() => {
	const wide = document.documentElement.clientWidth;

	if (document.documentElement.scrollWidth <= wide)
		return '';
	return [...document.querySelectorAll('body *')].filter((e) =>
	    e.getBoundingClientRect().right > wide + 1).slice(0, 5)
	    .map((e) => `${e.tagName}.${e.className}`).join(' ') || 'it';
});

/* What a finger cannot hit: targets below 24 pixels (WCAG 2.2, 2.5.8). */
export const small = (page) => page.evaluate(() =>
    [...document.querySelectorAll('button, select, input, .side a, .bottom a')]
    .filter((e) => {
	const r = e.getBoundingClientRect();
	return r.width > 0 && (r.width < 24 || r.height < 24) &&
	    !e.closest('label, .hidden') && !e.matches('.file-input');
    }).map((e) => e.outerHTML.slice(0, 100)).join('\n'));

export async function shot(page, name) {
	const dir = join(given.build, 'screenshots');

	mkdirSync(dir, { recursive: true });
	await page.screenshot({ path: join(dir, `${name}.png`),
		fullPage: true, animations: 'disabled' });
}

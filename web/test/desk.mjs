// SPDX-License-Identifier: EUPL-1.2
//
// People at their desks: each has a browser of his own, goes on where the part
// before ended, and takes steps by their buttons.
import { readFileSync } from 'node:fs';
import { axe, given, goes, is, ok, settled, shot, signsIn, someone, test }
	from './browser.mjs';

export const people = {};
let whole = true;

/* Each part goes on where the one before it ended; where one fails, what
 * everybody saw then is kept. */
export async function part(name, what) {
	if (!whole)
		return;
	whole = await test(name, what);
	for (const [who, { page }] of whole ? [] : Object.entries(people))
		await shot(page, `failed-${who}`).catch(() => undefined);
}

/* His page, signed in and with the desk unlocked; "how" as in someone(), and
 * what is looked at "first", before the desk is. */
export async function comes_in(who, how = {}, first = async () => undefined) {
	if (!people[who]) {
		const s = await someone(how);
		await signsIn(s.page, who, given.stations[who]);
		await settled(s.page);
		people[who] = s;
		await first(s.page);
		await unlocks(s.page);
	}
	return people[who].page;
}

/* Where the desk is locked, it is unlocked where a page says so. */
export async function unlocks(page) {
	await goes(page, '/den');
	const open = page.getByRole('button',
		{ name: /^(Mở khóa bộ phận|Unlock the desk)$/ });

	if (await open.count()) {
		await open.click();
		await open.waitFor({ state: 'detached' });
	}
}

export const button = (page, name) =>
	page.getByRole('button', { name, exact: true });
export const dialog = (page) => page.locator('dialog[open]');
export const dialog_yes = (page) => page.locator(
	'dialog .dialog-actions .main, dialog .dialog-actions .danger');
export const at = (page) => new URL(page.url()).pathname.split('/');

export async function fills(page, label, value) {
	await page.getByLabel(label).first().fill(value);
}

export async function chooses(page, group, option) {
	await page.getByRole('group', { name: group }).or(page.locator('fieldset')
		.filter({ has: page.locator('legend', { hasText: group }) })).first()
		.getByRole('radio', { name: option, exact: true }).check();
}

/* A step by its button, and the dialog that says what it will do. */
export async function step(page, name, fill = async () => undefined) {
	await button(page, name).first().click();
	await dialog(page).waitFor();
	await fill(dialog(page));
	await dialog_yes(page).click();
	await dialog(page).waitFor({ state: 'detached' });
	await settled(page);
}

/* One that cannot be taken back: its second word is wanted, and given. */
export async function step_for_good(page, name, fill = async () => undefined) {
	await step(page, `${name} …`, async (d) => {
		await fill(d);
		ok(await dialog_yes(page).isDisabled(),
		    `“${name}” wants a second word before`);
		await d.getByRole('checkbox').last().check();
	});
}

/* It comes to be there: what is shown follows the station a moment later. */
export async function sees(page, where, text, name) {
	await page.locator(where).filter({ hasText: text }).first().waitFor();
	ok(true, name);
}

/* The state a document is in, where its way is shown. */
export const state_is = (page, text, name) =>
	sees(page, '.way [aria-current=step]', text, name);

/* Into the field for addressees, found by these words. */
export async function addresses(page, words) {
	const to = page.getByRole('combobox', { name: /^(Nơi nhận|Recipients)$/ });

	await to.fill(words);
	await page.getByRole('option').first().waitFor();
	await to.press('Enter');
}

export async function saves(page, name) {
	const [file] = await Promise.all([page.waitForEvent('download'),
		button(page, name).click()]);
	return readFileSync(await file.path());
}

export async function no_faults() {
	for (const [who, { faults }] of Object.entries(people))
		is(faults.join('\n'), '', `${who}'s console says nothing is wrong`);
}

/* axe, by the name of where one is. */
export const clean = async (page, where) =>
	is(await axe(page), '', `axe finds nothing ${where}`);

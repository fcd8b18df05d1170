/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A rota as it is edited: shifts with times as fields hold them, Vietnam's
 * ("2026-11-23T07:00").  What is right is the station's to say (docs/duty.md 2).
 */
export interface Shift { key: number; login: string; from: string; until: string }
export interface Gap { from: number; until: number }

const VIETNAM = 7 * 3600;
const DAY = 86400;

export const toField = (s: number) =>
	new Date((s + VIETNAM) * 1000).toISOString().slice(0, 16);

/* null: it is no time. */
export function ofField(text: string): number | null {
	const ms = Date.parse(`${text}:00+07:00`);

	return Number.isNaN(ms) ? null : ms / 1000;
}

const whole = (list: Shift[]) => list.map((s) => ({ ...s,
	a: ofField(s.from), b: ofField(s.until) }))
    .filter((s): s is Shift & { a: number; b: number } =>
	s.a !== null && s.b !== null && s.b > s.a)
    .sort((x, y) => x.a - y.a);

/* One more: as long as the last, from its end on, by who comes after him. */
export function more(list: Shift[], logins: string[], key: number,
    now: number): Shift {
	const last = whole(list).at(-1);
	const from = last ? last.b : Math.ceil(now / 3600) * 3600;
	const at = last ? logins.indexOf(last.login) : -1;

	return { key, login: logins[(at + 1) % Math.max(1, logins.length)] ?? '',
		from: toField(from),
		until: toField(from + (last ? last.b - last.a : DAY / 2)) };
}

/* The shifts of the last seven days once more, a week later. */
export function week(list: Shift[], key: number): Shift[] {
	const all = whole(list);
	const end = all.at(-1)?.b ?? 0;

	return all.filter((s) => s.a >= end - 7 * DAY).map((s, i) => ({
		key: key + i, login: s.login,
		from: toField(s.a + 7 * DAY), until: toField(s.b + 7 * DAY) }));
}

/* Between shifts, where nobody is on duty. */
export function gaps(list: Shift[]): Gap[] {
	const all = whole(list);

	return all.slice(1).flatMap((s, i) => s.a > all[i]!.b ?
	    [{ from: all[i]!.b, until: s.a }] : []);
}

export function span(list: Shift[]): Gap | null {
	const all = whole(list);

	return all.length === 0 ? null :
	    { from: all[0]!.a, until: Math.max(...all.map((s) => s.b)) };
}

/* A login may be of these (docs/duty.md 2.2). */
export const isLogin = (s: string) => /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(s);

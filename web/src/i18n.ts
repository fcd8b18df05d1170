// SPDX-License-Identifier: EUPL-1.2
// Two languages side by side, and how Vietnamese offices write times and
// numbers.  Times are Vietnam's (UTC+7, without summer time), wherever the
// browser is.
import { keep, kept, store } from './store';

export type Lang = 'vi' | 'en';
export const lang = store<Lang>(kept('lang') === 'en' ? 'en' : 'vi');

export function setLang(to: Lang): void {
	keep('lang', to);
	document.documentElement.lang = to;
	lang.set(to);
}

/* English tells one from many; Vietnamese does not. */
export interface Text {
	vi: string;
	en: string | { one: string; other: string };
}
export type Values = Record<string, string | number>;

export interface Texts<K extends string> {
	(key: K, values?: Values): string;
	/* A word that came from the station: t.of('state', 'draft') is the text
	 * "state.draft", or the word itself where there is none. */
	of(prefix: string, word: string | null | undefined): string;
	has(key: string): boolean;
}

function say(text: Text, values: Values): string {
	const of = text[lang.get()];
	const n = values.n;
	const s = typeof of === 'string' ? of : n === 1 ? of.one : of.other;

	return s.replace(/\{(\w+)\}/g, (all, name: string) => {
		const v = values[name];

		return v === undefined ? all : typeof v === 'number' ? number(v) : v;
	});
}

export function texts<D extends Record<string, Text>>(
    d: D): Texts<keyof D & string> {
	const t = (key: string, values: Values = {}) => {
		const text = (d as Record<string, Text>)[key];

		return text ? say(text, values) : key;
	};

	t.of = (prefix: string, word: string | null | undefined) => {
		const text = (d as Record<string, Text>)[`${prefix}.${word}`];

		return text ? say(text, {}) : word ?? '';
	};
	t.has = (key: string) => key in d;
	return t;
}

// ---- times and numbers ------------------------------------------------------

const HOURS = 7 * 3600;
const pad = (n: number) => String(n).padStart(2, '0');

/* A station's time is seconds since 1970, or a text of ISO 8601. */
export type When = number | string | null | undefined;

export function seconds(when: When): number | null {
	if (when === null || when === undefined || when === '' || when === 0)
		return null;
	if (typeof when === 'number')
		return when;
	const ms = Date.parse(when);
	return Number.isNaN(ms) ? null : ms / 1000;
}

function parts(when: When): Date | null {
	const s = seconds(when);

	return s === null ? null : new Date((s + HOURS) * 1000);
}

/* 22/11/2026 */
export function date(when: When): string {
	const d = parts(when);

	return d === null ? '' : `${pad(d.getUTCDate())}/` +
	    `${pad(d.getUTCMonth() + 1)}/${d.getUTCFullYear()}`;
}

/* 14:05 */
export function clock(when: When): string {
	const d = parts(when);

	return d === null ? '' :
	    `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}`;
}

/* 14:05 ngày 22/11/2026; today only the hour. */
export function time(when: When, now = Date.now() / 1000): string {
	if (parts(when) === null)
		return '';
	if (date(when) === date(now))
		return lang.get() === 'vi' ? `${clock(when)} hôm nay` :
		    `${clock(when)} today`;
	return lang.get() === 'vi' ? `${clock(when)} ngày ${date(when)}` :
	    `${clock(when)}, ${date(when)}`;
}

/* "ngày 05 tháng 3 năm 2020": a day below 10 and the months 1 and 2 have two
 * digits, the others not (Nghị định 30/2020/NĐ-CP). */
export function officialDate(when: When): string {
	const d = parts(when);

	if (d === null)
		return '';
	const m = d.getUTCMonth() + 1;
	return lang.get() === 'vi' ? `ngày ${pad(d.getUTCDate())} tháng ` +
	    `${m < 3 ? pad(m) : m} năm ${d.getUTCFullYear()}` : date(when);
}

const WEEKDAYS = {
	vi: ['Chủ nhật', 'Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu',
		'Thứ Bảy'],
	en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday',
		'Saturday'],
};

export function weekday(when: When): string {
	const d = parts(when);

	return d === null ? '' : WEEKDAYS[lang.get()][d.getUTCDay()]!;
}

/* How long from now: "còn 2 giờ 5 phút", "quá hạn 3 phút". */
export function span(s: number): string {
	const vi = lang.get() === 'vi';
	const n = Math.max(0, Math.floor(Math.abs(s)));
	const units: [number, string, string][] = [
		[86400, 'ngày', 'd'], [3600, 'giờ', 'h'],
		[60, 'phút', 'min'], [1, 'giây', 's'],
	];
	const at = units.findIndex(([size]) => n >= size);
	const said: string[] = [];
	let rest = n;

	for (const [size, v, e] of units.slice(at < 0 ? 3 : at,
	    (at < 0 ? 3 : at) + (at === 2 ? 1 : 2))) {
		const k = Math.floor(rest / size);

		rest -= k * size;
		if (k > 0 || said.length === 0)
			said.push(`${k} ${vi ? v : e}`);
	}
	return said.join(' ');
}

/* 5.418 and 8,3 in Vietnamese; 5,418 and 8.3 in English. */
export function number(n: number, digits = 0): string {
	return n.toLocaleString(lang.get() === 'vi' ? 'de-DE' : 'en-GB',
	    { maximumFractionDigits: digits });
}

/* 1,5 MB */
export function size(bytes: number): string {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let at = 0;

	while (bytes >= 1000 && at < units.length - 1) {
		bytes /= 1000;
		at++;
	}
	return `${number(bytes, at && bytes < 100 ? 1 : 0)} ${units[at]}`;
}

/* For searching: "bao cao" finds "Báo cáo". */
export function folded(s: string): string {
	return s.normalize('NFD').replace(/[\u0300-\u036f]/g, '')
	    .replace(/[đĐ]/g, 'd').toLowerCase();
}

const order = new Intl.Collator('vi');
/* People go by their given name, which comes last. */
export function byName(a: string, b: string): number {
	const [x, y] = [a, b].map((s) => s.trim().split(/\s+/));

	return order.compare(x[x.length - 1], y[y.length - 1]) ||
	    order.compare(a, b);
}
export const byText = (a: string, b: string) => order.compare(a, b);

setLang(lang.get());

// SPDX-License-Identifier: EUPL-1.2
// Fields of steps: of what sort each is, what a person may write into it, and
// what is wrong with what he wrote (docs/registry.md 2.5).  The station holds
// them to the same; here it is said beside the field, at once.

export type Sort = 'text' | 'person' | 'long' | 'list' | 'number' | 'day' | 'time' |
	'choice' | 'level' | 'precedence' | 'document' | 'type' | 'grammar';

export interface FieldRow {
	sort: Sort;
	min?: number;
	max: number; // bytes of a text, items of a list, of a number the highest
	choices?: string[];
}

export const LEVELS = ['thuong', 'mat', 'toi-mat', 'tuyet-mat'];
export const PRECEDENCES = ['thuong', 'khan', 'thuong-khan', 'hoa-toc',
	'hoa-toc-hen-gio'];
const NAME = 255;
const LONG = 2000;
const VALUE = 16384;

const text = (max: number): FieldRow => ({ sort: 'text', max });
// Somebody's name: most often of one at the desk, who is proposed.
const person: FieldRow = { sort: 'person', max: NAME };
const number = (min: number, max: number): FieldRow =>
	({ sort: 'number', min, max });
const choice = (...choices: string[]): FieldRow =>
	({ sort: 'choice', max: 63, choices });
const day: FieldRow = { sort: 'day', max: 10 };
const time: FieldRow = { sort: 'time', max: 20 };
const long: FieldRow = { sort: 'long', max: LONG };
const list: FieldRow = { sort: 'list', max: 500 };

export const fields: Record<string, FieldRow> = {
	type: { sort: 'type', max: 63 },
	grammar: { sort: 'grammar', max: 63 },
	agency: text(60),
	unit: text(60),
	level: { sort: 'level', max: 63, choices: LEVELS },
	precedence: { sort: 'precedence', max: 63, choices: PRECEDENCES },
	catalogue: text(500),
	recipients: list,
	copies: number(1, 10000),
	copying: choice('yes', 'no'),
	until: day,
	documents: number(1, 1000),
	pages: number(0, 100000),
	attachments: number(0, 1000),
	answers: { sort: 'document', max: 32 },
	abstract: long,
	remarks: long,
	reason: long,
	signer: text(NAME),
	capacity: text(NAME),
	number: number(1, 999999999),
	symbol: text(200),
	date: day,
	keeper: person,
	from: text(500),
	named: person,
	integrity: choice('good', 'bad'),
	assignee: person,
	due: time,
	reply: { sort: 'document', max: 32 },
	result: long,
	instrument: text(NAME),
	act: choice('extended', 'relevelled', 'declassified'),
	form: choice('full', 'extract', 'photo', 'electronic'),
	made: number(1, 10000),
	spoiled: number(0, 10000),
	to: person,
	signed: person,
	council: list,
	method: text(NAME),
	minutes: text(NAME),
	traffic: choice('live', 'service', 'test'),
	words: number(0, 1000000),
	groups: number(1, 1000000),
	product: text(60),
	key: text(24),
	started: time,
	finished: time,
	disposal: choice('returned', 'destroyed', 'filed'),
	// not of a step: what its sender is told of a refusal
	code: choice('not-for-us', 'damaged', 'wrong-form', 'wrong-level',
		'not-our-business', 'other'),
};

export interface Wrong {
	what: 'must' | 'long' | 'number' | 'low' | 'high' | 'day' | 'time' |
		'choice' | 'twice' | 'many' | 'semicolon' | 'id';
	n?: number;
	item?: string;
}

const bytes = (s: string) => new TextEncoder().encode(s).length;

// One line, in NFC, without blanks around it or signs nobody sees.
export function clean(s: string): string {
	return s.normalize('NFC')
		.replace(/[\u00ad\u200b-\u200f\u2028\u2029\ufeff]/g, '')
		.replace(/[\s\u0000-\u001f\u007f-\u009f\u00a0]+/g, ' ').trim();
}

function number_wrong(row: FieldRow, v: string): Wrong | null {
	if (!/^(0|[1-9][0-9]{0,17})$/.test(v))
		return { what: 'number' };
	if (Number(v) < (row.min ?? 0))
		return { what: 'low', n: row.min ?? 0 };
	return Number(v) > row.max ? { what: 'high', n: row.max } : null;
}

function day_wrong(v: string): Wrong | null {
	const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(v);
	const at = m && new Date(v + 'T00:00:00Z');
	return at && !isNaN(at.getTime()) && at.toISOString().startsWith(v)
		? null : { what: 'day' };
}

function time_wrong(v: string): Wrong | null {
	return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(v) &&
		!isNaN(Date.parse(v)) ? null : { what: 'time' };
}

export const items = (list: string): string[] =>
	list === '' ? [] : list.split('; ');

function list_wrong(row: FieldRow, v: string): Wrong | null {
	const all = items(v);
	const twice = all.find((x, i) => all.indexOf(x) !== i);
	const long = all.find(x => bytes(x) > NAME);
	const semicolon = all.find(x => x.includes(';'));

	if (twice !== undefined)
		return { what: 'twice', item: twice };
	if (semicolon !== undefined)
		return { what: 'semicolon', item: semicolon };
	if (long !== undefined)
		return { what: 'long', n: NAME, item: long };
	if (all.length > row.max)
		return { what: 'many', n: row.max };
	return bytes(v) > VALUE ? { what: 'long', n: VALUE } : null;
}

// What is wrong with a value; null: nothing.  Empty is not there.
export function wrong(name: string, value: string, must: boolean): Wrong | null {
	const row = fields[name];

	if (value === '')
		return must ? { what: 'must' } : null;
	if (!row)
		return null;
	switch (row.sort) {
	case 'number': return number_wrong(row, value);
	case 'day': return day_wrong(value);
	case 'time': return time_wrong(value);
	case 'list': return list_wrong(row, value);
	case 'document':
		return /^[0-9a-f]{32}$/.test(value) ? null : { what: 'id' };
	case 'choice': case 'level': case 'precedence':
		return row.choices!.includes(value) ? null : { what: 'choice' };
	default:
		return bytes(value) > row.max ? { what: 'long', n: row.max } : null;
	}
}

// ---- times: the page shows Vietnam's clock (UTC+7, no summer time) ----------

const VN = 7 * 3600 * 1000;

// Days and times are typed and shown as offices write them, whatever the
// browser's own language would make of them: 05/12/2026, 16:30 05/12/2026.
export function day_said(day: string): string {
	return day_wrong(day) ? day : day.split('-').reverse().join('/');
}

// 5/12/2026, 05.12.2026, 05122026; empty: it is no day.
export function day_typed(typed: string): string {
	const m = /^\s*(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})\s*$/.exec(typed) ??
		/^\s*(\d\d)(\d\d)(\d{4})\s*$/.exec(typed);
	const day = m ? `${m[3]}-${m[2]!.padStart(2, '0')}-${
		m[1]!.padStart(2, '0')}` : '';
	return day && !day_wrong(day) ? day : '';
}

export function time_said(time: string): string {
	const at = Date.parse(time);
	if (time_wrong(time) || isNaN(at))
		return time;
	const local = new Date(at + VN).toISOString();
	return `${local.slice(11, 16)} ${day_said(local.slice(0, 10))}`;
}

// 16:30 5/12/2026, 16h30 ngày 05/12/2026; the day may come first.
export function time_typed(typed: string): string {
	const clock = /(?:^|\s)(\d{1,2})(?::| ?giờ ?| ?h ?)(\d{2})(?=\s|$|,)/i
		.exec(typed.normalize('NFC'));
	const day = clock && day_typed(typed.normalize('NFC')
		.replace(clock[0], ' ').replace(/ngày|,|phút/gi, ' '));
	if (!clock || !day || Number(clock[1]) > 23 || Number(clock[2]) > 59)
		return '';
	return new Date(Date.parse(`${day}T${clock[1]!.padStart(2, '0')}:${
		clock[2]}:00Z`) - VN).toISOString().slice(0, 19) + 'Z';
}

// Seconds since 1970, or a text: rows have either.  0: none.
export function seconds(v: unknown): number {
	if (typeof v === 'number')
		return v;
	const at = typeof v === 'string' ? Date.parse(v) : NaN;
	return isNaN(at) ? 0 : Math.floor(at / 1000);
}

// ---- recipients: "UBND tỉnh (antin://dien-bien.vn/van-thu)" -----------------

export interface Recipient { name: string; address: string }

export function recipient_of(item: string): Recipient {
	const m = /^(.*?)\s*\(?(antin:\/\/[^\s)>,]+)\)?\s*$/.exec(item);
	return m ? { name: m[1]!.trim(), address: m[2]! }
		: { name: item, address: '' };
}

export function recipient_text(r: Recipient): string {
	const name = clean(r.name.replace(/;/g, ','));
	if (!r.address)
		return name;
	return name && name !== r.address ? `${name} (${r.address})` : r.address;
}

export const recipients_of = (list: string | undefined): Recipient[] =>
	items(list ?? '').map(recipient_of);

// SPDX-License-Identifier: EUPL-1.2
// The way of a document: through which states it goes, what is next on it, and
// whom it waits for (docs/registry.md 3.3, 3.6 to 3.8).

import { clean, LEVELS } from './fields';

export interface Doc {
	document: string;
	kind: string;
	state: string;
	level: string;
	precedence: string;
	[name: string]: unknown;
}

export const secret = (d: { level: string }) => d.level !== LEVELS[0];
export const top_secret = (d: { level: string }) => d.level === 'tuyet-mat';
export const outgoing = (kind: string) =>
	['out', 'paper', 'telegram-out'].includes(kind);
export const telegram = (kind: string) => kind.startsWith('telegram');

const ways: Record<string, string[]> = {
	'out': ['draft', 'level-proposed!', 'level-decided!', 'signed', 'numbered',
		'marked!', 'agency-signed', 'registered', 'sent'],
	'paper': ['digitised', 'marked!', 'registered', 'sent'],
	'in': ['arrived', 'checked', 'stamped-in', 'registered', 'receipted',
		'assigned', 'handled'],
	'telegram-out': ['draft', 'signed', 'text-accepted', 'numbered',
		'enciphered', 'verified', 'sent', 'confirmed', 'registered',
		'cleared'],
	'telegram-in': ['arrived', 'checked', 'deciphered', 'verified', 'numbered',
		'registered', 'delivered', 'cleared'],
};

// The states it goes through; "!" are those of secrets alone.
export function way_of(d: { kind: string; level: string }): string[] {
	return (ways[d.kind] ?? [])
		.filter(x => secret(d) || !x.endsWith('!'))
		.map(x => x.replace('!', ''));
}

export type Mark = 'done' | 'now' | 'ahead';

// Each with how far it is.  What left its way (refused, cancelled, ...) has no
// "now"; what is over has nothing ahead.
export function way_marks(d: Doc, was: string[]): [string, Mark][] {
	const way = way_of(d);
	const at = way.indexOf(d.state);

	return way.map((s, i): [string, Mark] => [s,
		at >= 0 ? i < at ? 'done' : i === at ? 'now' : 'ahead'
			: was.includes(s) ? 'done' : 'ahead']);
}

// The state that an action led to, where it leads to one: what a document went
// through, of its steps.
const leads: Record<string, string> = {
	'draft': 'draft', 'digitise': 'digitised', 'arrive': 'arrived',
	'telegram-draft': 'draft', 'telegram-arrive': 'arrived',
	'propose-level': 'level-proposed', 'decide-level': 'level-decided',
	'sign': 'signed', 'number': 'numbered', 'mark': 'marked',
	'sign-agency': 'agency-signed', 'register': 'registered',
	'send': 'sent', 'confirm': 'confirmed', 'check': 'checked',
	'stamp': 'stamped-in', 'receipt': 'receipted', 'assign': 'assigned',
	'handle': 'handled', 'accept': 'text-accepted',
	'encipher': 'enciphered', 'decipher': 'deciphered',
	'verify': 'verified', 'deliver': 'delivered', 'clear': 'cleared',
};
export const went_through = (steps: { action: string }[]): string[] =>
	steps.map(s => leads[s.action] ?? '').filter(s => s);

// The one step that leads on from a state.
const leads_on: Record<string, Record<string, string>> = {
	'out': {
		'draft': 'propose-level', 'level-proposed': 'decide-level',
		'level-decided': 'sign', 'signed': 'number', 'numbered': 'mark',
		'marked': 'sign-agency', 'agency-signed': 'register',
		'registered': 'send',
	},
	'paper': { 'digitised': 'mark', 'marked': 'register',
		'registered': 'send' },
	'in': {
		'arrived': 'check', 'checked': 'stamp', 'stamped-in': 'register',
		'registered': 'receipt', 'receipted': 'assign',
		'assigned': 'handle',
	},
	'telegram-out': {
		'draft': 'sign', 'signed': 'accept', 'text-accepted': 'number',
		'numbered': 'encipher', 'enciphered': 'verify',
		'verified': 'send', 'sent': 'confirm', 'confirmed': 'register',
		'registered': 'clear',
	},
	'telegram-in': {
		'arrived': 'check', 'checked': 'decipher', 'deciphered': 'verify',
		'verified': 'number', 'numbered': 'register',
		'registered': 'deliver', 'delivered': 'clear',
	},
};

export function next_of(d: Doc): string | null {
	if (d.state === 'to-destroy')
		return 'witness';
	if (d.state === 'destroy-witnessed')
		return 'destroy';
	if (d.state === 'destroyed-unreported')
		return 'report-danger';
	if (!secret(d) && d.kind === 'out' && d.state === 'draft')
		return 'sign';
	if (!secret(d) && d.kind === 'out' && d.state === 'numbered')
		return 'sign-agency';
	if (!secret(d) && d.kind === 'paper' && d.state === 'digitised')
		return 'register';
	if (d.kind === 'in' && d.state === 'arrived' && d.named)
		return 'stamp';
	return leads_on[d.kind]?.[d.state] ?? null;
}

// ---- whom it waits for -------------------------------------------------------
// Roles by the rules as they are installed; the station judges by those in
// force, so this sorts lists and allows nothing.

const roles: Record<string, string[]> = {
	'propose-level': ['drafter'], 'decide-level': ['authority'],
	'sign': ['authority'], 'number': ['clerk', 'operator', 'custodian'],
	'mark': ['clerk', 'custodian'], 'sign-agency': ['clerk', 'custodian'],
	'register': ['clerk', 'operator', 'custodian'],
	'send': ['clerk', 'operator', 'custodian'],
	'confirm': ['clerk', 'operator', 'custodian', 'duty'],
	'check': ['clerk', 'operator', 'custodian', 'duty'],
	'stamp': ['clerk', 'custodian'],
	'receipt': ['clerk', 'custodian', 'duty'], 'assign': ['authority'],
	'handle': ['drafter', 'authority', 'clerk', 'custodian'],
	'accept': ['operator'], 'encipher': ['operator'],
	'decipher': ['operator'], 'verify': ['operator', 'authority'],
	'deliver': ['operator', 'duty'], 'clear': ['operator', 'custodian'],
	'witness': ['drafter', 'authority', 'clerk', 'operator', 'custodian',
		'inspector'],
	'destroy': ['clerk', 'operator', 'custodian'],
	'report-danger': ['drafter', 'authority', 'clerk', 'operator',
		'custodian', 'duty'],
};

// The decisions and signatures of Duyệt và ký.
const decisions = ['decide-level', 'sign', 'verify', 'witness', 'destroy'];

export const roles_of = (action: string): string[] => roles[action] ?? [];

// What another has to do than who did what is before it.
const another = ['decide-level', 'verify', 'witness', 'destroy'];

// "me" is the address of who asks.
export function waits_for(d: Doc, mine: string[], me = ''): string | null {
	const next = next_of(d);
	return next && (roles[next] ?? []).some(r => mine.includes(r)) &&
		!(another.includes(next) && d.by === me) ? next : null;
}

// What was given to somebody is his.  Given to a unit, or to a name that nobody
// here has, it is the work of all who may handle it: else it were nobody's.
export function is_his(d: Doc, me: { person: string; name: string },
    people: { person: string; name: string }[]): boolean {
	const same = (s: string) => clean(s).toLocaleLowerCase('vi');
	const to = String(d.assignee ?? '');
	const is = (p: { person: string; name: string }) =>
		p.person === to || same(p.name) === same(to);

	return !to || is(me) || !people.some(is);
}

export function decides(d: Doc, mine: string[], me = ''): string | null {
	const next = waits_for(d, mine, me);
	return next && decisions.includes(next) ? next : null;
}

// The page where a step is done best.
export function page_of(action: string, kind: string): string {
	if (decisions.includes(action))
		return '/duyet-ky';
	if (kind === 'in' || kind === 'telegram-in')
		return '/den';
	return ['propose-level', 'report-danger'].includes(action) ? '/ho-so'
		: '/phat-hanh';
}

// ---- releasing (Phát hành) ---------------------------------------------------

const release_steps = ['number', 'mark', 'sign-agency', 'describe', 'register',
	'send'];
const done_by: Record<string, number> = {
	'signed': 0, 'numbered': 1, 'marked': 2, 'agency-signed': 3,
	'registered': 5,
};

// What is left to do until it has gone, in order.  "describe" where it has no
// abstract yet and may have one: of what is top secret none is written.
export function release_of(d: Doc): string[] {
	if (d.kind === 'paper') {
		const rest = d.state === 'digitised' ? secret(d) ? ['mark'] : []
			: ['marked', 'registered'].includes(d.state) ? [] : null;
		if (!rest)
			return [];
		if (d.state !== 'registered')
			rest.push(...wants_abstract(d) ? ['describe'] : [], 'register');
		return [...rest, 'send'];
	}
	const from = done_by[d.state];
	if (d.kind !== 'out' || from === undefined)
		return [];
	return release_steps.slice(from).filter(x =>
		(x !== 'mark' || secret(d)) &&
		(x !== 'describe' || wants_abstract(d)));
}

export const wants_abstract = (d: Doc): boolean =>
	!d.abstract && !top_secret(d) && !telegram(d.kind) && !d.named;

// ---- coming in (Đến) ----------------------------------------------------------

const arrival_steps = ['check', 'stamp', 'describe', 'register', 'receipt'];
const arrived_by: Record<string, number> = {
	'arrived': 0, 'checked': 1, 'stamped-in': 2, 'registered': 4,
};

// What is left until its receipt is given.
export function arrival_of(d: Doc): string[] {
	const from = arrived_by[d.state];

	if (d.kind !== 'in' || from === undefined)
		return [];
	return arrival_steps.slice(from).filter(x =>
		(x !== 'check' || !d.named) &&
		(x !== 'describe' || wants_abstract(d)));
}

// ---- order of a list: what is urgent first, then what is due first -----------

const URGENT: Record<string, number> = {
	'hoa-toc-hen-gio': 4, 'hoa-toc': 4, 'thuong-khan': 2, 'khan': 1,
};

export const rank_of = (precedence: unknown): number =>
	URGENT[String(precedence)] ?? 0;

export function sooner(a: Doc, b: Doc): number {
	const due = (d: Doc) => Number(d['due-at']) || Infinity;
	const u = (URGENT[b.precedence] ?? 0) - (URGENT[a.precedence] ?? 0);

	if (u !== 0)
		return u;
	if (due(a) !== due(b))
		return due(a) < due(b) ? -1 : 1;
	return Number(b.changed) - Number(a.changed);
}

// ---- how far it is with each addressee (docs/registry.md 8.6) ----------------

export interface Far {
	desk: string;
	state: string;	// the last that is known
	code: string;	// of a refusal
	hop: string;	// where it is, or goes next
	by: string;	// how this is known: "receipt", or "station"
	at: number;
	noted: boolean; // a step has taken it into the document
}
type Row = Record<string, unknown>;
const word = (r: Row, name: string) =>
	typeof r[name] === 'string' ? r[name] as string : '';

const order = ['arrived', 'opened', 'acted', 'refused', 'recalled'];

export function how_far(trace: Row[], steps: Row[],
    time: (v: unknown) => number): Far[] {
	const out: Far[] = [];

	for (const row of trace) {
		if (word(row, 'row') !== 'destination' &&
		    word(row, 'row') !== 'delivery')
			continue;
		const desk = word(row, 'desk');
		const far: Far = { desk, state: word(row, 'state'), code: '',
			hop: word(row, 'hop'), by: 'station', at: time(row.at),
			noted: steps.some(s => s.action === 'confirm' &&
				s.from === desk) };
		for (const r of trace)
			if (word(r, 'row') === 'receipt' &&
			    word(r, 'about') === desk &&
			    order.indexOf(word(r, 'says')) >=
			    order.indexOf(far.state)) {
				far.state = word(r, 'says');
				far.code = word(r, 'code');
				far.by = 'receipt';
				far.at = time(r.at) || far.at;
			}
		if (!out.some(x => x.desk === desk))
			out.push(far);
	}
	return out;
}

export const is_over = (f: Far) => f.state === 'acted' || f.state === 'refused';

// SPDX-License-Identifier: EUPL-1.2
// What is written in Soạn becomes steps: the draft with its files, its
// abstract, and the proposal of its level (docs/registry.md 3.6, 3.8).

import { actions, type Ask } from './actions';
import { fields } from './fields';

export type Values = Record<string, string>;
export const BEGINS = ['draft', 'telegram-draft', 'digitise'] as const;

export const first_values: Values = {
	type: 'cong-van', grammar: 'nha-nuoc', level: 'thuong',
	precedence: 'thuong', traffic: 'live', copies: '1', copying: 'no', pages: '1',
};

const sections: [string, string[]][] = [
	['to', ['recipients', 'answers']],
	['what', ['traffic', 'type', 'grammar', 'agency', 'unit', 'number',
		'symbol', 'date', 'signer', 'abstract']],
	['level', ['level', 'catalogue', 'copies', 'copying', 'until']],
	['when', ['precedence', 'due']],
	['counts', ['pages', 'words']],
];

const of_secrets = ['catalogue', 'copies', 'copying', 'until'];

// What is asked for, section by section; by what is chosen so far.
export function compose_asks(action: string, v: Values): [string, Ask[]][] {
	const own = new Map((actions[action]?.asks ?? []).map((x) =>
		[x.name, x.must]));
	const secret = v.level !== 'thuong';

	if (action === 'draft' && secret)
		for (const name of of_secrets)
			own.set(name, name !== 'until');
	if (action === 'draft' && secret)
		own.set('recipients', true);
	if (action !== 'draft' && !secret)
		for (const name of of_secrets)
			own.delete(name);
	if (own.has('catalogue'))
		own.set('catalogue', secret);
	if (action !== 'telegram-draft' && v.level !== 'tuyet-mat')
		own.set('abstract', false);
	if (v.precedence !== 'hoa-toc-hen-gio')
		own.delete('due');
	else if (own.has('due'))
		own.set('due', true);
	return sections.map(([title, names]): [string, Ask[]] => [title,
		names.filter((n) => own.has(n))
			.map((n) => ({ name: n, must: own.get(n)! }))])
		.filter(([, asks]) => asks.length > 0);
}

export interface Step { action: string; fields: Values }

function only(v: Values, names: string[]): Values {
	return Object.fromEntries(names.filter((n) => v[n])
		.map((n) => [n, v[n]!]));
}

export function compose_steps(action: string, v: Values): Step[] {
	const asked = new Set(compose_asks(action, v).flatMap(([, asks]) =>
		asks.map((x) => x.name)));
	const mine = (actions[action]?.asks ?? []).map((x) => x.name)
		.filter((n) => asked.has(n));
	const out: Step[] = [{ action, fields: only(v, mine) }];

	if (asked.has('abstract') && v.abstract)
		out.push({ action: 'describe', fields: only(v, ['abstract']) });
	if (action === 'draft' && v.level !== 'thuong')
		out.push({ action: 'propose-level', fields: only(v, ['level',
			'catalogue', 'recipients', 'copies', 'copying', 'until']) });
	return out;
}

// Letters of the type, and who may use it: "type quyet-dinh abbr QĐ name ...",
// "... only dang ...".
export function type_is_for(text: string, grammar: string): boolean {
	const m = /\sonly\s+(\S+)/.exec(text);
	return !m || m[1] === grammar;
}

export const count_words = (text: string): number =>
	text.split(/\s+/).filter((x) => x).length;

// A draft as it is kept: what it is about, for its list, and what is in it.
export interface Kept {
	action: string; values: Values; text: string; files: unknown[];
}
export const KEPT_MAX = 47104;
export const kept_size = (k: Kept) =>
	new TextEncoder().encode(JSON.stringify(k)).length;

export function kept_of(text: unknown): Kept | null {
	let k: Partial<Kept> | null = null;

	try {
		k = JSON.parse(String(text));
	} catch {
		return null;
	}
	if (!k || typeof k.action !== 'string' || !(BEGINS as readonly string[])
		.includes(k.action) || typeof k.values !== 'object' || !k.values)
		return null;
	return {
		action: k.action,
		values: Object.fromEntries(Object.entries(k.values)
			.filter(([n, x]) => fields[n] && typeof x === 'string')),
		text: typeof k.text === 'string' ? k.text : '',
		files: Array.isArray(k.files) ? k.files : [],
	};
}

export const new_id = (): string => [...crypto.getRandomValues(
	new Uint8Array(16))].map((x) => x.toString(16).padStart(2, '0')).join('');

// SPDX-License-Identifier: EUPL-1.2
// What people do with documents (docs/registry.md 3.4): what of each step a
// person is asked for; what is left out, the station or the desk's machinery
// fills in.  A test holds this table to that page.

export type Group = 'way' | 'beside' | 'life' | 'end';

export interface Ask { name: string; must: boolean }

export interface Action {
	group: Group;
	danger: boolean; // it cannot be taken back, or destroys
	asks: Ask[];
	files: boolean; // files may come with it
}

function a(group: Group, fields: string, more: Partial<Action> = {}): Action {
	return {
		group, danger: false, files: false,
		asks: fields.split(' ').filter(x => x).map(x => ({
			name: x.replace('*', ''), must: x.endsWith('*'),
		})),
		...more,
	};
}

// The order is that in which they are offered.
export const actions: Record<string, Action> = {
	'draft': a('way', 'type* grammar* agency unit level* precedence* ' +
		'recipients pages answers due', { files: true }),
	'digitise': a('way', 'type* level* precedence* catalogue recipients ' +
		'copies copying until pages* number symbol* date* signer',
		{ files: true }),
	'arrive': a('way', 'type level* precedence* recipients copying until ' +
		'documents* pages* attachments answers symbol date from* named due'),
	'telegram-draft': a('way', 'traffic* level* precedence* catalogue ' +
		'recipients* until words pages answers due', { files: true }),
	'telegram-arrive': a('way', 'traffic* level* precedence* recipients ' +
		'until answers symbol date from* named groups due'),

	'propose-level': a('way', 'level* catalogue recipients* copies* copying* ' +
		'until reason'),
	'decide-level': a('way', 'level* catalogue recipients copies* copying* ' +
		'until remarks'),
	'sign': a('way', 'level precedence catalogue until capacity'),
	'accept': a('way', 'pages* words* remarks'),
	'check': a('way', ''),
	'decipher': a('way', 'words groups product* key* started finished'),
	'encipher': a('way', 'groups* product* key* started finished'),
	'verify': a('way', 'remarks'),
	'number': a('way', ''),
	'mark': a('way', '', { files: true }),
	'sign-agency': a('way', ''),
	'stamp': a('way', ''),
	'describe': a('way', 'abstract*'),
	'register': a('way', 'recipients copies keeper remarks'),
	'receipt': a('way', ''),
	'send': a('way', 'recipients'),
	'confirm': a('way', ''),
	'assign': a('way', 'assignee* due remarks'),
	'handle': a('way', 'result* reply'),
	'deliver': a('way', 'to* signed*'),
	'clear': a('way', 'disposal* to'),

	'revise': a('beside', 'recipients pages words', { files: true }),
	'return': a('beside', 'remarks*'),
	'hand-over': a('beside', 'to* signed remarks'),
	'permit-copy': a('beside', 'form* copies* recipients* reason'),
	'copy': a('beside', 'form* made* spoiled*'),

	'extend': a('life', 'until* instrument*'),
	'relevel': a('life', 'level* catalogue* until instrument*'),
	'declassify': a('life', 'reason* instrument*'),
	'expire': a('life', ''),
	'follow': a('life', 'act* instrument* level until'),

	'refuse': a('end', 'code* reason*', { danger: true }),
	'recall': a('end', 'reason* instrument', { danger: true }),
	'cancel': a('end', 'reason*', { danger: true }),
	'decide-destroy': a('end', 'reason* instrument* council',
		{ danger: true }),
	'stop-destroy': a('end', 'reason*'),
	'witness': a('end', 'remarks'),
	'destroy': a('end', 'method* minutes*', { danger: true }),
	'report-danger': a('end', 'instrument* to*'),
	'destroy-danger': a('end', 'reason* method*', { danger: true }),
};

// What came on paper a person has counted and looked at; what came by a dispatch
// is held to what was signed.
const of_paper: Ask[] = [{ name: 'documents', must: true },
	{ name: 'pages', must: true }, { name: 'attachments', must: false },
	{ name: 'integrity', must: true }];
export const on_paper = (doc: Record<string, unknown>): boolean =>
	doc.kind === 'in' && !doc.dispatch;

// What is asked for of this document: signing an ordinary draft or one whose
// level was decided asks for nothing that was decided already.
export function asks_of(action: string, kind: string, paper = false): Ask[] {
	const asks = actions[action]?.asks ?? [];

	if (action === 'check' && paper)
		return of_paper;
	if (action === 'sign' && kind !== 'telegram-out')
		return asks.filter(x => x.name === 'capacity');
	if (action === 'sign')
		return asks.filter(x => x.name !== 'capacity');
	if (action === 'recall' && kind === 'in')
		return asks.map(x => ({ ...x, must: true }));
	if (action === 'revise')
		return asks.filter(x => x.name !==
			(kind === 'telegram-out' ? 'pages' : 'words'));
	return asks;
}

// What stands in a field before anybody writes into it: what the document says
// already, where the step says it anew.
const carried: Record<string, string[]> = {
	'propose-level': ['level', 'catalogue', 'recipients', 'copies', 'copying',
		'until'],
	'decide-level': ['level', 'catalogue', 'recipients', 'copies', 'copying',
		'until'],
	'sign': ['level', 'precedence', 'catalogue', 'until'],
	'revise': ['recipients', 'pages', 'words'],
	'accept': ['pages', 'words'],
	'check': ['documents', 'pages', 'attachments'],
	'permit-copy': ['form'],
};

export function filled_in(action: string, kind: string,
    doc: Record<string, unknown>): Record<string, string> {
	const out: Record<string, string> = {};

	for (const { name } of asks_of(action, kind, on_paper(doc)))
		if ((carried[action] ?? []).includes(name) &&
		    typeof doc[name] === 'string')
			out[name] = doc[name] as string;
	if (action === 'propose-level' && !out.copies)
		out.copies = '1';
	if (action === 'propose-level' && !out.copying)
		out.copying = 'no';
	if (action === 'copy')
		out.spoiled = '0';
	return out;
}

// The fields of a step as they are sent: what is empty is not there, and
// neither is what only says again what the document says.
const only_changed: Record<string, string[]> = {
	'revise': ['recipients', 'pages', 'words'],
	'sign': ['level', 'precedence', 'catalogue', 'until'],
};

export function to_send(action: string, doc: Record<string, unknown>,
    values: Record<string, string>): Record<string, string> {
	const out: Record<string, string> = {};

	for (const [name, value] of Object.entries(values))
		if (value !== '' && !((only_changed[action] ?? []).includes(name) &&
		    doc[name] === value))
			out[name] = value;
	return out;
}

export function grouped(next: string[]): Record<Group, string[]> {
	const out: Record<Group, string[]> =
		{ way: [], beside: [], life: [], end: [] };

	for (const word of Object.keys(actions))
		if (next.includes(word))
			out[actions[word]!.group].push(word);
	return out;
}

// SPDX-License-Identifier: EUPL-1.2
// The pages' tables of documents are those of docs/registry.md, which the
// station's own are held to.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { actions, asks_of, filled_in, grouped, to_send } from '../src/logic/actions';
import { compose_asks, compose_steps, first_values, kept_of, type_is_for }
	from '../src/logic/compose';
import { clean, day_said, day_typed, fields, items, recipient_of, recipient_text,
	time_said, time_typed, wrong } from '../src/logic/fields';
import { found_in, targets_of } from '../src/logic/tree_pick';
import { arrival_of, decides, type Doc, how_far, is_his, next_of, release_of, sooner,
	waits_for, way_marks, way_of } from '../src/logic/way';
import { sentence_of } from '../src/logic/said';

const page = readFileSync(`${process.env.ANTIN_TREE}/docs/registry.md`, 'utf8');
const rows_after = (clause: string, columns: number) => {
	const lines = page.slice(page.indexOf(`\n${clause} `)).split('\n');
	const first = lines.findIndex((l) => /^\| ?---/.test(l));
	const out: string[][] = [];

	for (const l of lines.slice(first + 1)) {
		if (!l.startsWith('|'))
			break;
		out.push(l.split('|').slice(1, columns + 1).map((x) => x.trim()));
	}
	return out;
};

// What the machinery behind a step fills in (docs/registry.md 8).
const machine = ['content', 'documents', 'attachments', 'dispatch', 'digest',
	'integrity', 'outcome', 'body', 'from', 'reason'];

test('the actions are those of docs/registry.md 3.4, with their fields', () => {
	const table = rows_after('3.4', 3);

	assert.ok(table.length > 40);
	assert.deepEqual(table.map((r) => r[0]).sort(), Object.keys(actions).sort());
	for (const [action, , said] of table) {
		const theirs = said === '-' ? [] : said!.split(', ');
		const may = theirs.filter((x) => !x.startsWith('_'));
		const must = may.filter((x) => x.startsWith('**'))
			.map((x) => x.replace(/\*/g, ''));
		const names = may.map((x) => x.replace(/\*/g, ''));
		const asked = actions[action!]!.asks;

		for (const ask of asked.filter((x) => x.name !== 'code'))
			assert.ok(names.includes(ask.name),
				`${action} asks for ${ask.name}, which is none of its fields`);
		for (const name of must)
			assert.ok(asked.some((x) => x.name === name && x.must) ||
				machine.includes(name),
				`${action} needs ${name}, and nobody asks for it`);
		for (const ask of asked.filter((x) => x.must && x.name !== 'code'))
			assert.ok(must.includes(ask.name),
				`${action} says that it needs ${ask.name}`);
	}
});

test('every move of docs/registry.md 3.3 is on the way that the page shows', () => {
	for (const [action, kinds, from, to, when] of rows_after('3.3', 5)) {
		for (const kind of kinds!.split(', ')) {
			if (!['check', 'stamp', 'register', 'send', 'sign', 'number',
				'mark', 'sign-agency', 'receipt', 'accept', 'encipher',
				'decipher', 'verify', 'deliver', 'clear', 'handle',
				'decide-level', 'propose-level'].includes(action!) ||
				to!.startsWith('('))
				continue;
			const level = when === 'ordinary' ? 'thuong' : 'mat';
			const way = way_of({ kind, level });
			for (const state of from!.split(', '))
				assert.ok(way.includes(state) && way.includes(to!) &&
					way.indexOf(state) < way.indexOf(to!),
					`${kind}: ${state} -> ${to} by ${action}`);
		}
	}
});

test('what is next leads on from each state of a way', () => {
	const moves = rows_after('3.3', 5);

	for (const kind of ['out', 'paper', 'in', 'telegram-out', 'telegram-in'])
		for (const level of ['thuong', 'mat']) {
			const way = way_of({ kind, level });
			for (const state of way.slice(0, -1)) {
				const next = next_of({ kind, level, state } as Doc);
				assert.ok(moves.some(([a, kinds, from, , when]) => a === next &&
					kinds!.split(', ').includes(kind) &&
					from!.split(', ').includes(state) &&
					(when === 'any' || (when === 'secret') ===
						(level !== 'thuong'))),
					`${kind} ${level} ${state}: ${next}`);
			}
		}
});

const doc = (more: object): Doc => ({ document: 'd', kind: 'out', state: 'signed',
	level: 'mat', precedence: 'thuong', ...more });

test('a release has what is left, in order', () => {
	assert.deepEqual(release_of(doc({})), ['number', 'mark', 'sign-agency',
		'describe', 'register', 'send']);
	assert.deepEqual(release_of(doc({ level: 'thuong', abstract: 'x' })),
		['number', 'sign-agency', 'register', 'send']);
	assert.deepEqual(release_of(doc({ state: 'registered' })), ['send']);
	assert.deepEqual(release_of(doc({ state: 'draft' })), []);
	assert.deepEqual(release_of(doc({ kind: 'in' })), []);
});

test('what is top secret, or for one person, is not asked for an abstract', () => {
	assert.ok(!release_of(doc({ level: 'tuyet-mat' })).includes('describe'));
	const asked = (level: string) => compose_asks('draft',
		{ ...first_values, level }).flatMap(([, x]) => x).map((x) => x.name);
	assert.ok(asked('mat').includes('abstract'));
	assert.ok(!asked('tuyet-mat').includes('abstract'));
	assert.ok(!compose_steps('draft', { ...first_values, level: 'tuyet-mat',
		abstract: 'Tuyến phòng thủ' }).some((s) =>
		JSON.stringify(s).includes('phòng thủ')));
	assert.ok(!arrival_of(doc({ kind: 'in', state: 'arrived', named: 'X' }))
		.some((x) => x === 'describe' || x === 'check'));
});

test('a document waits for who may, and for nobody else', () => {
	const at = doc({ state: 'level-proposed' });

	assert.equal(decides(at, ['authority']), 'decide-level');
	assert.equal(decides(at, ['drafter', 'clerk']), null);
	assert.equal(waits_for(doc({}), ['clerk']), 'number');
	const wire = doc({ kind: 'telegram-out', state: 'enciphered', by: 'antin://x/a' });
	assert.equal(waits_for(wire, ['operator'], 'antin://x/a'), null);
	assert.equal(waits_for(wire, ['operator'], 'antin://x/b'), 'verify');
	assert.equal(decides(doc({}), ['clerk']), null);
	assert.equal(waits_for(doc({ state: 'cancelled' }), ['authority', 'clerk']),
		null);
});

test('what is urgent comes first, then what is due', () => {
	const rows = [doc({ document: 'a', changed: 9 }),
		doc({ document: 'b', precedence: 'hoa-toc', changed: 1 }),
		doc({ document: 'c', 'due-at': 5, changed: 2 })];
	assert.equal(rows.sort(sooner).map((x) => x.document).join(''), 'bca');
});

test('a way says what is done, where it is, and what is ahead', () => {
	assert.equal(way_marks(doc({ level: 'thuong' }), []).map(([, m]) => m[0])
		.join(''), 'dnaaaa');
	assert.ok(!way_marks(doc({ state: 'cancelled' }), ['draft']).some(([, m]) =>
		m === 'now'));
});

test('how far it is, is what was signed last', () => {
	const trace = [{ row: 'destination', desk: 'antin://a/b', state: 'passed',
		hop: 'antin://a' },
	{ row: 'receipt', about: 'antin://a/b', says: 'arrived', at: 5 },
	{ row: 'receipt', about: 'antin://a/b', says: 'refused', code: 'damaged',
		at: 7 },
	{ row: 'receipt', about: 'antin://c/d', says: 'acted', at: 9 }];
	const [far, ...rest] = how_far(trace, [{ action: 'confirm',
		from: 'antin://a/b' }], (v) => Number(v) || 0);
	assert.equal(rest.length, 0);
	assert.deepEqual([far!.state, far!.code, far!.at, far!.noted],
		['refused', 'damaged', 7, true]);
});

test('fields are held to what the station holds them to', () => {
	for (const [name, value, what] of [['copies', '0', 'low'],
		['copies', '10001', 'high'], ['copies', '01', 'number'],
		['until', '2026-02-30', 'day'], ['due', '2026-11-22', 'time'],
		['recipients', 'A; B; A', 'twice'], ['recipients', 'A;B', 'semicolon'],
		['level', 'mật', 'choice'], ['key', 'x'.repeat(25), 'long'],
		['abstract', 'ệ'.repeat(700), 'long'], ['reply', 'abc', 'id']] as const)
		assert.equal(wrong(name, value, false)?.what, what, `${name} ${value}`);
	assert.equal(wrong('abstract', '', true)?.what, 'must');
	assert.equal(wrong('abstract', '', false), null);
	assert.equal(wrong('recipients', items('A; B').join('; '), true), null);
	assert.equal(wrong('until', '2028-02-29', true), null);
});

test('what is typed is one line in NFC', () => {
	assert.equal(clean('  Hộ\u0301  đê\u00a0\n\u200bmùa '.normalize('NFD')),
		'Hộ\u0301 đê mùa'.normalize('NFC'));
});

test('times are Vietnam\'s, whatever the browser thinks', () => {
	for (const typed of ['06:30 23/11/2026', '6:30 23/11/2026',
	    ' 23.11.2026 06:30 ', '6h30 ngày 23/11/2026', '06 giờ 30 phút, ngày ' +
	    '23/11/2026', '06:30 23112026'])
		assert.equal(time_typed(typed), '2026-11-22T23:30:00Z', typed);
	assert.equal(time_said('2026-11-22T23:30:00Z'), '06:30 23/11/2026');
	for (const typed of ['', '06:30', '23/11/2026', '24:00 23/11/2026',
	    '06:60 23/11/2026', '06:30 31/11/2026', '06:30 11/23/2026'])
		assert.equal(time_typed(typed), '', typed);
});

test('a day is written day first, as offices do', () => {
	for (const typed of ['5/12/2026', '05-12-2026', '05.12.2026', '05122026'])
		assert.equal(day_typed(typed), '2026-12-05', typed);
	assert.equal(day_said('2026-12-05'), '05/12/2026');
	assert.equal(day_said('5/12'), '5/12', 'what is no day stays as written');
	for (const typed of ['', '31/02/2026', '12/31/2026', '5/12/26',
	    '2026-12-05', '1/1/20261'])
		assert.equal(day_typed(typed), '', typed);
});

test('a recipient is a name, an address, or both', () => {
	assert.deepEqual(recipient_of('UBND tỉnh (antin://a.vn/b)'),
		{ name: 'UBND tỉnh', address: 'antin://a.vn/b' });
	assert.deepEqual(recipient_of('antin://a.vn/b'),
		{ name: '', address: 'antin://a.vn/b' });
	assert.equal(recipient_text({ name: 'A; B', address: 'antin://a/b' }),
		'A, B (antin://a/b)');
});

test('whom one sends to is found with and without marks', () => {
	const all = targets_of([{ row: 'unit', unit: 1, name: 'Tỉnh Điện Biên' },
		{ row: 'unit', unit: 2, name: 'Thành phố Hà Nội' },
		{ row: 'desk', unit: 1, name: 'Văn thư', address: 'antin://db/vt',
			keys: 'good' },
		{ row: 'desk', unit: 2, name: 'Văn thư', address: 'antin://hn/vt',
			keys: 'revoked' },
		{ row: 'list', list: 'x', name: 'Các tỉnh' },
		{ row: 'member', list: 'x', desk: 'antin://db/vt' }]);
	const found = (words: string, chosen: string[] = []) =>
		found_in(all, words, chosen).map((f) => f.target.address ||
			f.target.members!.join());
	assert.deepEqual(found('dien bien'), ['antin://db/vt']);
	assert.deepEqual(found('điện'), ['antin://db/vt']);
	assert.deepEqual(found('van thu'), ['antin://db/vt', 'antin://hn/vt']);
	assert.deepEqual(found('tỉnh điện', ['Tỉnh Điện Biên, Văn thư (antin://db/vt)']),
		[]);
	assert.deepEqual(found('cac tinh'),
		['Tỉnh Điện Biên, Văn thư (antin://db/vt)']);
	assert.deepEqual(found('.*'), []);
	assert.ok(all.find((x) => x.address === 'antin://hn/vt')!.dead);
});

test('a secret wants its item; hỏa tốc hẹn giờ its time', () => {
	const asks = (v: object) => new Map(compose_asks('draft',
		{ ...first_values, ...v }).flatMap(([, x]) => x)
		.map((x) => [x.name, x.must]));
	assert.equal(asks({}).has('catalogue'), false);
	assert.equal(asks({ level: 'mat' }).get('catalogue'), true);
	assert.equal(asks({ level: 'mat' }).get('recipients'), true);
	assert.equal(asks({}).has('due'), false);
	assert.equal(asks({ precedence: 'hoa-toc-hen-gio' }).get('due'), true);
	assert.deepEqual(compose_steps('draft', { ...first_values, level: 'mat',
		catalogue: '1.2', recipients: 'A' }).map((s) => s.action),
		['draft', 'propose-level']);
});

test('what a draft kept is read with care', () => {
	assert.equal(kept_of('{'), null);
	assert.equal(kept_of('null'), null);
	assert.equal(kept_of('{"action":"destroy","values":{}}'), null);
	const k = kept_of(JSON.stringify({ action: 'draft', text: 5, files: {},
		values: { level: 'mat', __proto__x: 'y', copies: 7 } }))!;
	assert.deepEqual(k, { action: 'draft', values: { level: 'mat' }, text: '',
		files: [] });
});

test('paper is counted by who checks it', () => {
	assert.deepEqual(asks_of('check', 'in').map((x) => x.name), []);
	assert.ok(asks_of('check', 'in', true).some((x) =>
		x.name === 'integrity' && x.must));
	assert.deepEqual(filled_in('check', 'in', { kind: 'in', pages: '3' }),
		{ pages: '3' });
	assert.deepEqual(filled_in('check', 'in', { kind: 'in', pages: '3',
		dispatch: 'x' }), {});
});

test('signing asks for nothing that was decided', () => {
	assert.deepEqual(asks_of('sign', 'out').map((x) => x.name), ['capacity']);
	assert.ok(asks_of('sign', 'telegram-out').some((x) => x.name === 'level'));
	assert.equal(filled_in('decide-level', 'out', { level: 'mat',
		copies: '2' }).level, 'mat');
	assert.deepEqual(to_send('revise', { recipients: 'A' },
		{ recipients: 'A', pages: '2', words: '' }), { pages: '2' });
	assert.deepEqual(grouped(['cancel', 'sign', 'nothing']).way, ['sign']);
});

test('types are those of the grammar', () => {
	assert.ok(type_is_for('type cong-van name "Công văn"', 'nha-nuoc'));
	assert.ok(!type_is_for('type ket-luan abbr KL only dang name "x"', 'nha-nuoc'));
	assert.ok(type_is_for('type ket-luan abbr KL only dang name "x"', 'dang'));
});

test('what was given to somebody is his alone, and what to nobody here is all’s', () => {
	const lan = { person: 'antin://x/lan', name: 'Lê Thị Lan' };
	const hoa = { person: 'antin://x/hoa', name: 'Trần Hoa' };
	const given = (assignee?: string) => [lan, hoa].map((me) =>
		is_his(doc({ assignee }), me, [lan, hoa]));

	assert.deepEqual(given('Lê Thị Lan'), [true, false]);
	assert.deepEqual(given(' lê thị  LAN'.normalize('NFD')), [true, false]);
	assert.deepEqual(given('antin://x/hoa'), [false, true]);
	assert.deepEqual(given('Trần Hòa'), [true, true]);
	assert.deepEqual(given('Phòng Nội vụ'), [true, true]);
	assert.deepEqual(given(undefined), [true, true]);
});

test('every field of a form is known', () => {
	for (const [action, { asks }] of Object.entries(actions))
		for (const { name } of asks)
			assert.ok(fields[name], `${action}: ${name}`);
});

test('what the station says is called as the page calls it', () => {
	const names: Record<string, string> = {
		instrument: 'Số văn bản quyết định', sign: 'Ký',
	};
	const says = (x: string) => sentence_of(x, (w) => names[w] ?? null);

	assert.equal(says('"recall": theo giấy báo nào? Hãy ghi "instrument"'),
	    'Theo giấy báo nào? Hãy ghi “Số văn bản quyết định”.');
	assert.equal(says('nhờ người khác "sign"!'), 'Nhờ người khác “Ký”!');
	assert.equal(says('không có tệp "a-b-c"'), 'Không có tệp "a-b-c".');
	assert.equal(says('antin://xa.vn/x cần khóa'), 'antin://xa.vn/x cần khóa.');
	assert.equal(says(''), '');
});

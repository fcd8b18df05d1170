// SPDX-License-Identifier: EUPL-1.2
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filtered, matches, volumeOf, booksOf } from '../src/logic/register.ts';
import {
	LARGE_MOST, layout, stationsBelow, stationsOf, unitsOf, type Row,
} from '../src/logic/tree.ts';

const unit = (n: number, within: number | null, station = 'good'): Row => ({
	row: 'unit', unit: n, name: `Đơn vị ${n}`, address: `antin://u${n}.vn`,
	station, authority: 'none', ...(within === null ? {} : { in: within }),
});
const about = (more: object = {}): Row => ({
	row: 'station', station: 'antin://u0.vn', now: 10_000, clock: 'network',
	free: 2 ** 40, known: 9_990, alarms: 0, alarms_unseen: 0, ...more,
});
const link = (n: number): Row =>
	({ row: 'link', station: `antin://u${n}.vn`, state: 'up', since: 9_000, items: 3 });

test('a unit without a station is reached by the one above it', () => {
	const u = unitsOf([unit(0, null), unit(1, 0, 'none'), unit(2, 1), unit(3, 2),
		{ row: 'tree', own: 0 }]);
	assert.deepEqual(stationsBelow(u, 0), [{ unit: 2, behind: 1 }]);
});

test('a station whose line is gone is down, and says since when it waits', () => {
	const [own, hn, db] = stationsOf(
		[unit(0, null), unit(1, 0), unit(2, 0), { row: 'tree', own: 0 }],
		[about(), link(1), { row: 'hop', hop: 'antin://u2.vn', messages: 2,
			bytes: 100, oldest: 9_900, precedence: 'khan' }], [], []);
	assert.equal(own!.place, 'own');
	assert.equal(hn!.state, 'up');
	assert.equal(hn!.mood, 'good');
	assert.equal(db!.state, 'down');
	assert.equal(db!.mood, 'bad');
	assert.equal(db!.waiting, 2);
	assert.equal(db!.oldest, 9_900);
});

test('one that is reached by disk is neither down nor well', () => {
	const all = stationsOf([unit(0, null), unit(1, 0), { row: 'tree', own: 0 }],
		[about()], [{ row: 'media', station: 'antin://u1.vn', tag: '0123abcd',
			last: 4, last_at: 9_000 }], []);
	assert.equal(all[1]!.state, 'hand');
	assert.equal(all[1]!.mood, 'watch');
});

test('the parent is shown though the directory does not know its name', () => {
	const all = stationsOf([unit(1, null), { row: 'tree', own: 1 }],
		[about({ station: 'antin://u1.vn', parent: 'antin://vn' })], [], []);
	assert.equal(all[0]!.place, 'above');
	assert.equal(all[0]!.name, 'vn');
	assert.equal(all[0]!.state, 'down');
});

const country = (n: number, up: (i: number) => boolean) => stationsOf(
	[unit(0, null), ...Array.from({ length: n }, (_, i) => unit(i + 1, 0)),
		{ row: 'tree', own: 0 }],
	[about(), ...Array.from({ length: n }, (_, i) => i + 1).filter(up).map(link)],
	[], []);

for (const n of [0, 1, 2, 7, 24, 25, 34, 168, 600])
	for (const width of [320, 700, 1100, 1800])
		test(`${n} stations below have each a place of ${width}`, () => {
			const all = country(n, (i) => i % 50 !== 7);
			const p = layout(all, width);
			assert.equal(p.boxes.length, n + 1);
			for (const b of p.boxes) {
				assert.ok(b.x >= 0 && b.x + b.w <= p.width, 'within its width');
				assert.ok(b.y >= 0 && b.y + b.h <= p.height, 'within its height');
			}
			for (let i = 0; i < p.boxes.length; i++)
				for (let k = 0; k < i; k++) {
					const a = p.boxes[i]!, b = p.boxes[k]!;
					assert.ok(a.x >= b.x + b.w || b.x >= a.x + a.w ||
						a.y >= b.y + b.h || b.y >= a.y + a.h,
					`${i} lies on ${k}`);
				}
			const small = p.boxes.filter((b) => b.small);
			assert.ok(small.every((b) => b.station.mood === 'good'),
				'who wants somebody has words');
			assert.ok(n > LARGE_MOST || small.length === 0);
		});

test('who wants somebody comes first', () => {
	const p = layout(country(40, (i) => i !== 39), 900);
	assert.equal(p.boxes[1]!.station.unit, 39);
});

// ---- registers

const book: Row[] = [
	{ row: 'book', book: 'secret-out', office: 'Tỉnh', year: 2026, volume: 1, opened: 1 },
	{ row: 'title', title: 'Sổ đăng ký bí mật nhà nước đi' },
	...[['serial', 'Số thứ tự'], ['symbol', 'Số, ký hiệu'], ['type-abstract', 'Trích yếu'],
		['recipients', 'Nơi nhận và ký nhận'], ['note', 'Ghi chú']].map(([field, title]) =>
		({ row: 'column', field: field!, title: title!, width: 20 })),
	{ row: 'line', serial: 1, 'line-level': 'mat', at: 5, symbol: '01/A', type: 'Công văn',
		abstract: 'Hòa giải ở Điện Biên',
		recipients: 'Sở A (antin://a.vn/b); Sở C' },
	{ row: 'line', serial: 2, 'line-level': 'toi-mat', at: 6, symbol: '02/A', type: 'Công văn',
		recipients: 'Sở B', cancelled: 'Sai' },
	{ row: 'remark', serial: 1, at: 9, signed: 'Hà, 23/11' },
	{ row: 'remark', serial: 1, at: 9, extended: 'đến 2036' },
];

test('what was said later stands in its column, else among the notes', () => {
	const v = volumeOf(book)!;
	assert.deepEqual(v.lines[0]!.cells, ['01', '01/A', 'Công văn: Hòa giải ở Điện Biên',
		'Sở A; Sở C; Hà, 23/11', 'Gia hạn: đến 2036']);
	assert.deepEqual(v.lines[1]!.cells, ['02', '02/A', 'Công văn', 'Sở B', 'ĐÃ HỦY: Sai']);
	assert.equal(v.lines[1]!.cancelled, true);
	assert.equal(v.level, 'toi-mat');
});

test('a register without a column for notes has them in its last', () => {
	const v = volumeOf(book.filter((r) => r.field !== 'note'))!;
	assert.equal(v.lines[1]!.cells[3], 'Sở B; ĐÃ HỦY: Sai');
});

test('no volume is read out of rows that have none', () => {
	assert.equal(volumeOf([]), null);
});

test('what is typed without marks finds all, with a mark only that', () => {
	for (const typed of ['hoa giai', 'dien bien', 'ĐIỆN', 'Hòa', 'DIEN hoa', 'Ho\u0300a'])
		assert.ok(matches('Hòa giải ở Điện Biên', typed), typed);
	for (const typed of ['hỏa', 'điền biên', 'lut'])
		assert.ok(!matches('Hòa giải ở Điện Biên', typed), typed);
});

test('lines are filtered by words, level and state', () => {
	const v = volumeOf(book)!;
	const f = (typed: string, level: string, state: 'all' | 'valid' | 'cancelled') =>
		filtered(v, { typed, level, state }).map((l) => l.serial);
	assert.deepEqual(f('', '', 'all'), [1, 2]);
	assert.deepEqual(f('', '', 'cancelled'), [2]);
	assert.deepEqual(f('hoa giai', '', 'valid'), [1]);
	assert.deepEqual(f('', 'toi-mat', 'all'), [2]);
	assert.deepEqual(f('khong co', '', 'all'), []);
});

test('volumes stand under their register, the newest first', () => {
	const volume = (b: string, year: number, n: number): Row =>
		({ row: 'volume', book: b, title: b, year, volume: n });
	const books = booksOf([volume('out', 2025, 1), volume('out', 2026, 1),
		volume('in', 2026, 1), volume('out', 2026, 2), { row: 'series', book: 'out' }]);
	assert.deepEqual(books.map((b) => b.book), ['in', 'out']);
	assert.deepEqual(books[1]!.volumes.map((v) => [v.year, v.volume]),
		[[2026, 2], [2026, 1], [2025, 1]]);
});

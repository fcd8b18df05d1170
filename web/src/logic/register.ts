/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A volume of a register as its table (docs/registry.md 9.2, 9.3): where a
 * line's words and its later remarks stand.  The same rules as print's
 * (src/antin/register_print.c); all of a register is Vietnamese.
 */

export type Row = { row: string; [key: string]: string | number };
export type Column = { field: string; title: string; width: number };
export type Line = {
	serial: number;
	level: string;
	cancelled: boolean;
	cells: string[];
	at: number;
};
export type Volume = {
	book: string;
	title: string;
	office: string;
	superior: string;
	year: number;
	volume: number;
	opened: number;
	closed: number; /* 0: it is open */
	columns: Column[];
	lines: Line[];
	gap: { first: number; last: number; text: string } | null;
	level: string; /* the highest of its lines */
};

const LEVELS = ['thuong', 'mat', 'toi-mat', 'tuyet-mat'];
const FRAME = ['row', 'serial', 'volume', 'at', 'line-level', 'type', 'abstract'];
const LABELS: Record<string, string> = {
	cancelled: 'ĐÃ HỦY: ',
	refused: 'Nơi nhận từ chối: ',
	extended: 'Gia hạn: ',
	relevelled: 'Điều chỉnh độ mật: ',
	declassified: 'Giải mật: ',
	recalled: 'Thu hồi: ',
	destroyed: 'Đã tiêu hủy: ',
	sent: 'Chuyển ngày ',
	passed: 'Chuyển ngày ',
	delivered: 'Giao lúc ',
	disposal: 'Bản rõ: ',
	form: 'Hình thức sao: ',
};

const text = (row: Row | undefined, key: string) => {
	const v = row?.[key];
	return v === undefined ? '' : String(v);
};
const number = (row: Row | undefined, key: string) => {
	const v = row?.[key];
	return typeof v === 'number' ? v : 0;
};

/* The column that a word stands in; null: among the notes. */
function columnOf(columns: Column[], word: string): string | null {
	const has = (field: string) => columns.some((c) => c.field === field);
	if (word !== 'note' && has(word)) return word;
	if (word === 'signed' && has('recipients')) return 'recipients';
	if (word === 'signed' && has('to')) return 'to';
	return null;
}

/* The parts of a row that go into this column (null: among the notes). */
function parts(columns: Column[], row: Row, column: string | null): string[] {
	const out: string[] = [];
	for (const [name, value] of Object.entries(row)) {
		if (
			FRAME.includes(name) ||
			typeof value !== 'string' ||
			value === ''
		)
			continue;
		if (columnOf(columns, name) !== column) continue;
		out.push(column === null ? (LABELS[name] ?? '') + value
			: name === 'recipients' ? namesOf(value) : value);
	}
	return out;
}

/* Who it went to, by name: "Văn thư (antin://vn/van-thu)" is for machines. */
const namesOf = (list: string): string =>
	list.replace(/ \(antin:\/\/[^)]*\)/g, '');

function cell(columns: Column[], line: Row, remarks: Row[], n: number): string {
	const { field } = columns[n]!;
	const all = [line, ...remarks];
	const notes = () => all.flatMap((r) => parts(columns, r, null));
	if (field === 'serial')
		return String(number(line, 'serial')).padStart(2, '0');
	const has = columns.some((c) => c.field === 'note');
	const own =
		field === 'note'
			? notes()
			: field === 'type-abstract'
				? [
						[
							text(line, 'type'),
							text(line, 'abstract'),
						]
							.filter((s) => s !== '')
							.join(': '),
					]
				: all.flatMap((r) => parts(columns, r, field));
	/* where there is no column for notes they stand in the last */
	if (field !== 'note' && !has && n === columns.length - 1)
		own.push(...notes());
	return own.filter((s) => s !== '').join('; ');
}

/* The rows of `book-print`, of one answer or of several one after another. */
export function volumeOf(rows: Row[]): Volume | null {
	const about = rows.find((r) => r.row === 'book');
	if (!about) return null;
	const columns = rows
		.filter((r) => r.row === 'column')
		.map((r) => ({
			field: text(r, 'field'),
			title: text(r, 'title'),
			width: number(r, 'width'),
		}));
	const remarks = new Map<number, Row[]>();
	for (const r of rows) {
		if (r.row !== 'remark') continue;
		const of = remarks.get(number(r, 'serial'));
		if (of) of.push(r);
		else remarks.set(number(r, 'serial'), [r]);
	}
	let top = 0;
	const lines = rows
		.filter((r) => r.row === 'line')
		.map((r): Line => {
			const said = remarks.get(number(r, 'serial')) ?? [];
			top = Math.max(top, LEVELS.indexOf(text(r, 'line-level')));
			return {
				serial: number(r, 'serial'),
				level: text(r, 'line-level'),
				at: number(r, 'at'),
				cancelled: [r, ...said].some(
					(x) => text(x, 'cancelled') !== '',
				),
				cells: columns.map((_, n) =>
					cell(columns, r, said, n),
				),
			};
		});
	const gap = rows.find((r) => r.row === 'gap');
	return {
		book: text(about, 'book'),
		title: text(
			rows.find((r) => r.row === 'title'),
			'title',
		),
		office: text(about, 'office'),
		superior: text(about, 'superior'),
		year: number(about, 'year'),
		volume: number(about, 'volume'),
		opened: number(about, 'opened'),
		closed: number(about, 'closed'),
		columns,
		lines,
		gap: gap
			? {
					first: number(gap, 'first'),
					last: number(gap, 'last'),
					text: text(gap, 'text'),
				}
			: null,
		level: LEVELS[top]!,
	};
}

/* Letters without their marks, for finding: what was typed with a mark wants
 * that mark, what was typed without finds all (docs/registry.md 9.6). */
export function plain(s: string): string {
	return s
		.normalize('NFD')
		.replace(/[\u0300-\u036f]/g, '')
		.replace(/đ/g, 'd')
		.replace(/Đ/g, 'D')
		.toLowerCase();
}

export function matches(haystack: string, typed: string): boolean {
	const whole = haystack.normalize('NFC').toLowerCase();
	const bare = plain(haystack);
	return typed
		.normalize('NFC')
		.toLowerCase()
		.split(/\s+/)
		.filter((w) => w !== '')
		.every((w) =>
			plain(w) === w ? bare.includes(w) : whole.includes(w),
		);
}

export type Filter = {
	typed: string;
	level: string;
	state: 'all' | 'valid' | 'cancelled';
};

export function filtered(v: Volume, f: Filter): Line[] {
	return v.lines.filter(
		(l) =>
			(f.level === '' || l.level === f.level) &&
			(f.state === 'all' ||
				(f.state === 'cancelled') === l.cancelled) &&
			(f.typed.trim() === '' ||
				matches(l.cells.join(' '), f.typed)),
	);
}

/* The years and volumes that there are of a register, newest first. */
export type Held = { book: string; title: string; volumes: Row[] };
export function booksOf(rows: Row[]): Held[] {
	const books = new Map<string, Held>();
	for (const r of rows) {
		if (r.row !== 'volume') continue;
		const book = text(r, 'book');
		const held = books.get(book) ?? {
			book,
			title: text(r, 'title'),
			volumes: [],
		};
		held.volumes.push(r);
		books.set(book, held);
	}
	for (const b of books.values())
		b.volumes.sort(
			(x, y) =>
				number(y, 'year') - number(x, 'year') ||
				number(y, 'volume') - number(x, 'volume'),
		);
	return [...books.values()].sort((x, y) => (x.title < y.title ? -1 : 1));
}

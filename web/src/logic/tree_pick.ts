// SPDX-License-Identifier: EUPL-1.2
// Whom one can send to, from the rows of /tree, and what is found among them by
// words, with or without diacritics.

type Row = Record<string, unknown>;

export interface Target {
	key: string;
	name: string;	 // "Tỉnh Điện Biên, Văn thư"
	address: string; // of the desk; of a list what it is called
	members?: string[]; // of a list: items of recipients
	dead: boolean;	 // nobody could open what is sent there
	words: string;	 // folded: what is looked for in
}
export interface Found { target: Target; score: number }

export const fold = (s: string): string => s.normalize('NFD')
	.replace(/[\u0300-\u036f]/g, '').replace(/[đĐ]/g, 'd').toLowerCase();

const text = (r: Row | undefined, k: string) =>
	typeof r?.[k] === 'string' ? r[k] as string : '';

const item = (name: string, address: string) =>
	name ? `${name.replace(/;/g, ',')} (${address})` : address;

export function targets_of(rows: Row[]): Target[] {
	const units = new Map<unknown, Row>();
	const desks = new Map<string, string>();
	const out: Target[] = [];

	for (const r of rows)
		if (r.row === 'unit')
			units.set(r.unit, r);
	for (const r of rows) {
		if (r.row !== 'desk' || !text(r, 'address'))
			continue;
		const unit = text(units.get(r.unit), 'name');
		const own = text(r, 'name');
		const name = unit && own && !fold(own).includes(fold(unit))
			? `${unit}, ${own}` : own || unit;
		const keys = text(r, 'keys');
		desks.set(text(r, 'address'), name);
		out.push({
			key: text(r, 'address'), name, address: text(r, 'address'),
			dead: ['none', 'ended', 'revoked'].includes(keys),
			words: fold(`${unit} ${own} ${text(r, 'address')}`),
		});
	}
	for (const r of rows) {
		if (r.row !== 'list')
			continue;
		const members = rows.filter((m) => m.row === 'member' &&
			m.list === r.list).map((m) => text(m, 'desk'))
			.filter((x) => x);
		if (members.length > 0)
			out.push({
				key: `list ${text(r, 'list')}`, name: text(r, 'name'),
				address: '', dead: false,
				members: members.map((x) => item(desks.get(x) ?? '', x)),
				words: fold(text(r, 'name')),
			});
	}
	return out;
}

// Each word is the beginning of one of its words.  What is dead comes last,
// what was chosen not at all; who typed a mark wants that mark, where there is
// any such name.
export function found_in(all: Target[], typed: string,
    chosen: string[]): Found[] {
	const marked = typed.normalize('NFC').toLowerCase().split(/[\s,]+/)
		.filter((x) => x && fold(x) !== x);
	const found = looked_for(all, typed, chosen, marked);
	return found.length || !marked.length ? found
		: looked_for(all, typed, chosen, []);
}

function looked_for(all: Target[], typed: string, chosen: string[],
    marked: string[]): Found[] {
	const words = fold(typed).split(/[\s,]+/).filter((x) => x);
	const out: Found[] = [];

	for (const target of all) {
		if (chosen.includes(item(target.name, target.address)) ||
		    !words.every((w) => ` ${target.words}`
			.match(new RegExp(`[\\s/.,()-]${esc(w)}`))))
			continue;
		const plain = target.name.normalize('NFC').toLowerCase();
		if (!marked.every((w) => plain.includes(w) ||
		    target.address.includes(w)))
			continue;
		out.push({ target, score: (target.dead ? 2 : 0) +
			(words.length ? fold(target.name).startsWith(words[0]!) ? 0 : 1
				: target.members ? 0 : 1) });
	}
	return out.sort((a, b) => a.score - b.score);
}

const esc = (s: string) => s.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

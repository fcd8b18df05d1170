/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The stations around this one, from the rows of /tree, /status and /media: who
 * is above and below, how each of them is, and where it stands in the picture.
 */

export type Row = { row: string; [key: string]: string | number };

export type State = 'up' | 'down' | 'hand' | 'far';
export type Mood = 'good' | 'watch' | 'bad' | 'none';

export type Station = {
	unit: number;
	name: string;
	address: string;
	place: 'own' | 'above' | 'below';
	state: State;
	mood: Mood;
	since: number; /* of the line that is up; 0 */
	items: number; /* that went over it */
	waiting: number; /* dispatches */
	bytes: number;
	oldest: number; /* when it began to wait; 0 */
	precedence: string; /* the highest that waits */
	tag: string; /* of its bundles */
	lastDisk: number; /* number of the last bundle written for it; 0 */
	lastDiskAt: number;
	below: number; /* stations behind it */
	alarms: number;
};

export type Units = {
	byUnit: Map<number, Row>;
	own: number;
	children: Map<number, number[]>;
};

const text = (r: Row | undefined, k: string) =>
	r?.[k] === undefined ? '' : String(r[k]);
const num = (r: Row | undefined, k: string) =>
	typeof r?.[k] === 'number' ? (r[k] as number) : 0;

export function unitsOf(rows: Row[]): Units {
	const byUnit = new Map<number, Row>();
	const children = new Map<number, number[]>();
	let own = -1;
	for (const r of rows) {
		if (r.row === 'tree' && typeof r.own === 'number') own = r.own;
		if (r.row === 'unit') byUnit.set(num(r, 'unit'), r);
	}
	for (const [n, r] of byUnit) {
		if (typeof r.in !== 'number') continue;
		const of = children.get(r.in);
		if (of) of.push(n);
		else children.set(r.in, [n]);
	}
	return { byUnit, own, children };
}

const hasStation = (r: Row | undefined) =>
	text(r, 'station') !== '' && text(r, 'station') !== 'none';

/* The nearest station above a unit; -1: there is none. */
export function stationAbove(u: Units, unit: number): number {
	let r = u.byUnit.get(unit);
	for (let depth = 0; r && typeof r.in === 'number' && depth < 64; depth++) {
		const above = r.in;
		r = u.byUnit.get(above);
		if (hasStation(r)) return above;
	}
	return -1;
}

/* The stations right below a unit's, and how many stand behind each. */
export function stationsBelow(
	u: Units,
	unit: number,
): { unit: number; behind: number }[] {
	const out: { unit: number; behind: number }[] = [];
	const behind = (n: number): number =>
		(u.children.get(n) ?? []).reduce(
			(sum, c) =>
				sum +
				(hasStation(u.byUnit.get(c)) ? 1 : 0) +
				behind(c),
			0,
		);
	const walk = (n: number) => {
		for (const c of u.children.get(n) ?? []) {
			if (hasStation(u.byUnit.get(c)))
				out.push({ unit: c, behind: behind(c) });
			else walk(c);
		}
	};
	walk(unit);
	return out;
}

const RANKS = ['thuong', 'khan', 'thuong-khan', 'hoa-toc', 'hoa-toc-hen-gio'];
/* Seconds after which what waits wants a look, by rank: half an hour for what
 * is ordinary, at once for what is urgent. */
const LOOK = [3600, 1800, 600, 120, 120];

/*
 * Everybody that this station has a line with, or should have: itself, the one
 * above, those below.
 */
export function stationsOf(
	tree: Row[],
	status: Row[],
	media: Row[],
	alarms: Row[],
): Station[] {
	const u = unitsOf(tree);
	const about = status.find((r) => r.row === 'station');
	const now = num(about, 'now');
	const ownAddress = text(about, 'station');
	const parent = text(about, 'parent');
	const make = (
		address: string,
		place: Station['place'],
		unit: number,
		below: number,
	): Station => {
		const link = status.find(
			(r) => r.row === 'link' && r.station === address,
		);
		const hop = status.find(
			(r) => r.row === 'hop' && r.hop === address,
		);
		const disk = media.find(
			(r) => r.row === 'media' && r.station === address,
		);
		const of = alarms.filter(
			(r) =>
				r.row === 'alarm' &&
				r.state !== 'over' &&
				r.subject === address,
		);
		const up = link?.state === 'up';
		const waited = hop ? now - num(hop, 'oldest') : 0;
		const rank = Math.max(0, RANKS.indexOf(text(hop, 'precedence')));
		const hand = !up && num(disk, 'last') > 0;
		const late = hop !== undefined && waited > LOOK[rank]!;
		const mood: Mood =
			place === 'own'
				? 'good'
				: !up
					? hand && !late
						? 'watch'
						: 'bad'
					: late || of.length > 0
						? 'watch'
						: 'good';
		return {
			unit,
			name:
				text(u.byUnit.get(unit), 'name') ||
				address.replace('antin://', ''),
			address,
			place,
			state:
				place === 'own' || up
					? 'up'
					: hand
						? 'hand'
						: 'down',
			mood,
			since: num(link, 'since'),
			items: num(link, 'items'),
			waiting: num(hop, 'messages'),
			bytes: num(hop, 'bytes'),
			oldest: num(hop, 'oldest'),
			precedence: text(hop, 'precedence'),
			tag: text(disk, 'tag'),
			lastDisk: num(disk, 'last'),
			lastDiskAt: num(disk, 'last_at'),
			below,
			alarms: of.length,
		};
	};
	const out: Station[] = [];
	const above = stationAbove(u, u.own);
	if (parent !== '' || above >= 0)
		out.push(
			make(
				parent || text(u.byUnit.get(above), 'address'),
				'above',
				above,
				0,
			),
		);
	out.push(make(ownAddress, 'own', u.own, 0));
	for (const b of stationsBelow(u, u.own))
		out.push(
			make(
				text(u.byUnit.get(b.unit), 'address'),
				'below',
				b.unit,
				b.behind,
			),
		);
	return out;
}

/* What wants somebody first; then by name. */
export function byNeed(a: Station, b: Station): number {
	const moods: Mood[] = ['bad', 'watch', 'good', 'none'];
	return (
		moods.indexOf(a.mood) - moods.indexOf(b.mood) ||
		b.waiting - a.waiting ||
		a.name.localeCompare(b.name, 'vi')
	);
}

/* ---- the picture ---------------------------------------------------------- */

export type Box = {
	x: number;
	y: number;
	w: number;
	h: number;
	station: Station;
	small: boolean;
};
export type Edge = { points: string; state: State };
export type Picture = {
	width: number;
	height: number;
	boxes: Box[];
	edges: Edge[];
	trunk: string[];
};

const BOX_W = 208;
const BOX_H = 76;
const SMALL = 28;
const GAP = 16;
const LANE = 44; /* between rows of different depth, for the lines */
export const LARGE_MOST = 24; /* boxes with words; those that are well are dots beyond it */

/*
 * Above, this one, and below it in as many rows as the width wants: those that
 * want somebody with all their words, the many that are well as dots.
 */
export function layout(stations: Station[], width: number): Picture {
	const own = stations.find((s) => s.place === 'own');
	const above = stations.find((s) => s.place === 'above');
	const below = stations.filter((s) => s.place === 'below').sort(byNeed);
	const w = Math.max(width, BOX_W + 2 * GAP);
	const boxes: Box[] = [];
	const edges: Edge[] = [];
	const trunk: string[] = [];
	let y = GAP;
	const middle = (boxW: number) => Math.round((w - boxW) / 2);
	if (above) {
		boxes.push({
			x: middle(BOX_W),
			y,
			w: BOX_W,
			h: BOX_H,
			station: above,
			small: false,
		});
		y += BOX_H + LANE;
	}
	if (!own) return { width: w, height: y, boxes, edges, trunk };
	const ownBox: Box = {
		x: middle(BOX_W),
		y,
		w: BOX_W,
		h: BOX_H,
		station: own,
		small: false,
	};
	boxes.push(ownBox);
	y += BOX_H + LANE;
	const cx = w / 2;
	if (above)
		edges.push({
			points: `${cx},${ownBox.y - LANE} ${cx},${ownBox.y}`,
			state: above.state,
		});
	const firstGood = below.findIndex((s) => s.mood === 'good');
	const most = firstGood < 0 ? below.length : Math.max(firstGood, LARGE_MOST);
	const large = below.slice(0, most);
	const small = below.slice(most);
	/* a lane to the left of each row carries the lines down */
	const place = (
		list: Station[],
		bw: number,
		bh: number,
		isSmall: boolean,
	) => {
		const columns = Math.max(1, Math.floor((w - GAP) / (bw + GAP)));
		const rowW = (n: number) => n * bw + (n - 1) * GAP;
		list.forEach((station, i) => {
			const row = Math.floor(i / columns);
			const inRow = Math.min(
				columns,
				list.length - row * columns,
			);
			const x =
				Math.round((w - rowW(inRow)) / 2) +
				(i % columns) * (bw + GAP);
			const by = y + row * (bh + (isSmall ? GAP : LANE));
			const bus = by - LANE / 2;
			boxes.push({
				x,
				y: by,
				w: bw,
				h: bh,
				station,
				small: isSmall,
			});
			if (isSmall) return;
			edges.push({
				points: `${x + bw / 2},${bus} ${x + bw / 2},${by}`,
				state: station.state,
			});
			if (i % columns !== 0) return;
			/* what they share: a trunk behind the boxes, and a bar for each row */
			const left = Math.min(cx, x + bw / 2);
			const right = Math.max(cx, x + rowW(inRow) - bw / 2);
			trunk.push(
				`${cx},${ownBox.y + BOX_H} ${cx},${bus}`,
				`${left},${bus} ${right},${bus}`,
			);
		});
		const rows = Math.ceil(list.length / columns);
		y += rows * (bh + (isSmall ? GAP : LANE));
	};
	if (large.length > 0) place(large, BOX_W, BOX_H, false);
	if (small.length > 0) place(small, SMALL, SMALL, true);
	return { width: w, height: y, boxes, edges, trunk };
}

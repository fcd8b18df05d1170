/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How a station is, from what it says of itself (/status, /alarms): the same
 * questions and bounds as `antin doctor` (docs/operations.md 1) has for what a
 * station that runs can say.
 */

export type Row = { row: string; [key: string]: string | number };
export type How = 'fine' | 'look' | 'wrong';
export type Finding = {
	check: string;
	how: How;
	says: string; /* a key of the page's texts */
	todo: string; /* likewise; '' where nothing is to be done */
	with: Record<string, string | number>;
};

const DISK_LEAST = 2 ** 30;
const QUEUE_SECONDS = 3600;
const KNOWN_DAYS = 7;
const BACKUP_DAYS = 7;
const DAY = 86400;

const num = (r: Row | undefined, k: string) =>
	typeof r?.[k] === 'number' ? (r[k] as number) : 0;
const text = (r: Row | undefined, k: string) =>
	r?.[k] === undefined ? '' : String(r[k]);

export function findings(status: Row[], alarms: Row[]): Finding[] {
	const station = status.find((r) => r.row === 'station');
	const life = status.find((r) => r.row === 'life');
	const hops = status.filter((r) => r.row === 'hop');
	const links = status.filter((r) => r.row === 'link');
	const keys = status.filter((r) => r.row === 'key');
	const now = num(station, 'now');
	const count = (...kinds: string[]) =>
		alarms.filter(
			(a) =>
				a.state !== 'over' &&
				kinds.includes(text(a, 'kind')),
		).length;
	const out: Finding[] = [];
	const found = (
		check: string,
		how: How,
		says: string,
		todo = '',
		w: Finding['with'] = {},
	) =>
		out.push({
			check,
			how,
			says,
			todo: how === 'fine' ? '' : todo,
			with: w,
		});

	const free = num(station, 'free');
	const refuses = count('disk') > 0;
	found(
		'disk',
		refuses
			? 'wrong'
			: free < DISK_LEAST || count('room') > 0
				? 'look'
				: 'fine',
		refuses ? 'disk.refuses' : 'disk.free',
		'disk.do',
		{ bytes: free },
	);

	const ownClock = text(station, 'clock') === 'own';
	const root = text(station, 'parent') === '';
	found(
		'clock',
		count('clock') > 0 || (ownClock && !root) ? 'look' : 'fine',
		ownClock ? 'clock.own' : 'clock.network',
		'clock.do',
		{ time: now },
	);

	const known = num(station, 'known');
	const age = known === 0 ? 0 : now - known;
	found(
		'knowledge',
		count('fork', 'clash') > 0
			? 'wrong'
			: age > KNOWN_DAYS * DAY || count('old') > 0
				? 'look'
				: 'fine',
		count('fork', 'clash') > 0 ? 'knowledge.fork' : 'knowledge.age',
		'knowledge.do',
		{ age },
	);

	found(
		'keys',
		keys.length > 0 || count('key') > 0 ? 'look' : 'fine',
		keys.length > 0 ? 'keys.ends' : 'keys.good',
		'keys.do',
		{ n: keys.length },
	);

	const parent = text(station, 'parent');
	const up = links.filter((l) => l.state === 'up');
	if (parent !== '' && !up.some((l) => l.station === parent))
		found(
			'links',
			count('parent') > 0 ? 'wrong' : 'look',
			'links.above',
			'links.above.do',
			{ station: parent },
		);
	else
		found(
			'links',
			count('child') > 0 ? 'look' : 'fine',
			count('child') > 0 ? 'links.below' : 'links.up',
			'links.below.do',
			{ n: up.length, down: count('child') },
		);

	const waits = hops.reduce((n, h) => n + num(h, 'messages'), 0);
	const oldest = hops.reduce(
		(m, h) => Math.max(m, now - num(h, 'oldest')),
		0,
	);
	const late = count('waits', 'held', 'not-arrived');
	found(
		'queue',
		late > 0 ? 'wrong' : oldest > QUEUE_SECONDS ? 'look' : 'fine',
		late > 0 ? 'queue.late' : waits > 0 ? 'queue.waits' : 'queue.empty',
		'queue.do',
		{ n: waits, age: oldest, late },
	);

	const rolled = count('clone', 'rolled-back');
	const gaps = num(life, 'gaps');
	found(
		'journal',
		rolled > 0 ? 'wrong' : gaps > 0 ? 'look' : 'fine',
		rolled > 0
			? 'journal.rolled'
			: gaps > 0
				? 'journal.gaps'
				: 'journal.good',
		'journal.do',
		{ life: num(life, 'incarnation'), n: gaps },
	);

	if (num(life, 'restored') !== 0)
		found('closed', 'wrong', 'closed.says', 'closed.do', {
			time: num(life, 'reopen'),
		});

	const backup = num(life, 'backup');
	found(
		'backups',
		backup === 0 || now - backup > BACKUP_DAYS * DAY ? 'look' : 'fine',
		backup === 0 ? 'backups.none' : 'backups.age',
		'backups.do',
		{ age: now - backup },
	);

	const unseen = num(station, 'alarms_unseen');
	found(
		'alarms',
		unseen > 0 ? 'look' : 'fine',
		num(station, 'alarms') === 0
			? 'alarms.none'
			: unseen > 0
				? 'alarms.unseen'
				: 'alarms.seen',
		'alarms.do',
		{ n: num(station, 'alarms'), unseen },
	);
	return out;
}

export function worst(list: Finding[]): How {
	return list.some((f) => f.how === 'wrong')
		? 'wrong'
		: list.some((f) => f.how === 'look')
			? 'look'
			: 'fine';
}

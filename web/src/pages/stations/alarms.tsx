// SPDX-License-Identifier: EUPL-1.2
// What wants a person, with what to do; and who is there for it: panels for
// Hôm nay, Máy trạm and Người và vai.
import { useState } from 'preact/hooks';
import { post, useAct, useGet, type Row, type Rows } from '../../api';
import { name_of } from '../../doc/parts';
import { time } from '../../i18n';
import { nameAt } from '../../names';
import { useActing } from '../../session';
import { t } from '../../texts/alarms';
import { t as tr } from '../../texts/rota';
import { Badge, Button, Checkbox, Confirm, Empty, ErrorBox, Facts, Field,
    LinkButton, Loading, PrecedenceBadge, Section, Select, Table, Time, toast, wrong }
    from '../../ui';

export const alarmName = (kind: string) =>
    t.has(`kind.${kind}`) ? t.of('kind', kind) : t('kind.other');
export const alarmTodo = (kind: string) =>
    t.has(`do.${kind}`) ? t.of('do', kind) : t('do.other');

/* Whether it is of a dispatch, whose document is then looked for. */
const hex = (id: unknown) => String(id ?? '').replaceAll('-', '');
const ofDispatch = (row: Row) => /^[0-9a-f]{32}$/.test(hex(row.subject));

/* Where the document of an alarm is followed; without one what it is about. */
function Subject({ row, docs }: { row: Row; docs: Row[] }) {
	const doc = docs.find((d) => ofDispatch(row) &&
	    hex(d.dispatch) === hex(row.subject));
	const came = doc && ['in', 'telegram-in'].includes(doc.kind);

	return doc ? <a href={`/${came ? 'den' : 'phat-hanh'}/${doc.document}`}>
		{[doc.abstract && doc.symbol, name_of(doc)].filter(Boolean)
		    .join(' · ')}</a> :
	    <>{ofDispatch(row) ? t('dispatch', { id: hex(row.subject).slice(0, 8) }) :
		about(row)}</>;
}

function about(row: Row): string {
	const text = String(row.text ?? '');
	// of a station below: which alarm of its own, its number, its urgency
	const below = /^([a-z-]+) (\d+)( [a-z-]+)?$/.exec(text);
	const said = text.startsWith('contact ') ?
	    t('contact', { time: text.slice(8) }) :
	    below && t.has(`kind.${below[1]}`) ? alarmName(below[1]!) : text;
	const subject = nameAt(row.subject);

	return said === '' ? subject : subject === '' ? said :
	    `${subject} (${said})`;
}

function standing(row: Row) {
	return row.state === 'over' ? t('state.over', { time: time(row.over) }) :
	    row.seen ? row.by ? t('state.seen.by', { time: time(row.seen),
		who: row.by }) : t('state.seen', { time: time(row.seen) }) :
	    <Badge kind="bad">{t(row.escalated > 0 ? 'state.escalated' :
		'state.new')}</Badge>;
}

/* Alarms; "brief": those that nobody has seen, as a list. */
export function AlarmsPanel({ brief }: { brief?: boolean }) {
	const [all, setAll] = useState(false);
	const got = useGet<Rows>('/alarms', { all: !brief && all }, ['alarms']);
	const act = useAct();
	const me = useActing();
	const [asking, ask] = useState<Row | null>(null);
	const rows = (got.data?.rows ?? []).filter((r: Row) =>
	    r.row === 'alarm' && (!brief || !r.seen));
	const docs = useGet<Rows>(me.person && rows.some(ofDispatch) ?
	    '/documents' : null, { desk: me.desk, as: me.person, all: true,
		max: 500 }).data?.rows ?? [];
	const see = async () => {
		if (asking && await act.run(() => post(`/alarms/${asking.alarm}/seen`))) {
			toast(t('see.done'));
			ask(null);
			got.reload();
		}
	};
	const button = (r: Row) => r.state !== 'over' && !r.seen &&
		<Button onClick={() => {
			act.clear();
			ask(r);
		}} aria-label={t('see.what', { n: String(r.alarm),
			kind: alarmName(r.kind) })}>{t('see')}</Button>;

	return <Section title={t('title')} id="canh-bao">
		<ErrorBox error={got.error} again={got.reload} />
		{got.loading && <Loading rows={2} />}
		{!brief && <Checkbox label={t('all')} checked={all} onCheck={setAll} />}
		{got.data && rows.length === 0 && <Empty title={t('none')} />}
		{brief ? rows.length > 0 && <ul class="todo" aria-label={t('title')}>
			{rows.map((r) => <li key={r.alarm} class={r.precedence}>
				<div>
					<div class="todo-title">
						<PrecedenceBadge precedence={r.precedence} />{' '}
						<span class="todo-what">{alarmName(r.kind)}</span></div>
					<p>{alarmTodo(r.kind)}</p>
					<p class="soft"><Subject row={r} docs={docs} /> · <Time at={r.since} /> ·{' '}
						{t(r.escalated > 0 ? 'state.escalated' :
						    'state.new')}</p>
				</div>
				{button(r)}
			</li>)}</ul> :
		rows.length > 0 && <Table rows={rows} id={(r) => String(r.alarm)}
		    caption={t('title')} columns={[
			{ key: 'kind', head: t('kind'), narrow: 'title', cell: (r) =>
				<><PrecedenceBadge precedence={r.precedence} />{' '}
				<strong>{alarmName(r.kind)}</strong>
				<br /><small class="wrap"><Subject row={r} docs={docs} /></small></> },
			{ key: 'todo', head: t('todo'), cell: (r) => alarmTodo(r.kind) },
			{ key: 'since', head: t('since'), cell: (r) => <Time at={r.since} /> },
			{ key: 'state', head: t('state'), cell: standing },
			{ key: 'see', head: t('act'), cell: button },
		]} />}
		{asking && <Confirm title={t('see.what', { n: String(asking.alarm),
			kind: alarmName(asking.kind) })} yes={t('see')}
		    busy={act.busy} error={act.error} onYes={see}
		    onClose={() => ask(null)}>
			<p><Subject row={asking} docs={docs} /></p><p>{alarmTodo(asking.kind)}</p>
		</Confirm>}
	</Section>;
}

// ---- duty -------------------------------------------------------------------

const of = (rows: Row[], what: string) => rows.find((r) => r.what === what);
const who = (r: Row | undefined) => r ? r.text ?? r.login : t('duty.nobody');

/* "ha 1000 Nguyễn Thị Hà": the name; of who is in no rota, which user. */
function named(who: string): string {
	const m = /^(\S+) (\d+) (.*)$/.exec(who);

	return m === null ? who : m[3] === '-' ?
	    t('duty.user', { n: m[2] }) : m[3];
}

/* A line of a hand-over or a record (docs/duty.md 3). */
function line(text: string): string {
	const f = text.split('\t');
	const when = (s: string) => time(Number(s));

	switch (f[0]) {
	case 'offer':
		return f[2] === '-' ? t('line.then', { time: when(f[1]) }) :
		    t('line.offer', { time: when(f[1]), who: named(f[2]) });
	case 'note':
		return t('line.note', { text: f[1] });
	case 'alarm':
		return t('line.alarm', { n: f[1], kind: alarmName(f[2]),
			time: when(f[4]), state: f[5] === 'seen' ?
			    t('see') : t('state.new'), of: `${f[6]} ${f[7] ?? ''}` });
	case 'waits':
		return t('line.waits', { n: f[1], time: when(f[3]),
			station: f[4] ?? '' });
	case 'desk':
		return t('line.desk', { a: f[1], b: f[2], desk: f[3] });
	case 'more':
		return t('line.more', { n: f[2] });
	}
	if (/^[1-5]$/.test(f[0]))
		return `${when(f[1])}: ${t.of('did', f[0])}: ${named(f[2])}` +
		    (f[3] ? ` < ${named(f[3])}` : '') + (f[4] ? ` “${f[4]}”` : '');
	return text;
}

const SHOWN = 30; /* shifts; the rota's own page has all */

type Doing = 'offer' | 'take' | 'note';

function Do({ doing, rows, onEnd }: {
	doing: Doing; rows: Row[]; onEnd: (did: boolean) => void;
}) {
	const act = useAct();
	const [text, setText] = useState('');
	const [login, setLogin] = useState('');
	const offer = of(rows, 'offer');
	const on = of(rows, 'on');
	const yes = async () => {
		const body: Row = doing === 'offer' ? { ...(login ? { login } : {}),
			...(text ? { reason: text } : {}) } :
		    doing === 'note' ? { reason: text } :
		    offer && text === '' ? { offer: offer.number } :
		    text ? { reason: text } : {};

		if (await act.run(() => post(`/duty/${doing}`, body))) {
			toast(t(`duty.${doing}.done`));
			onEnd(true);
		}
	};

	return <Confirm title={t(`duty.${doing}`)} yes={t(`duty.${doing}`)}
	    busy={act.busy} error={act.error} onYes={yes}
	    onClose={() => onEnd(false)}>
		{doing === 'offer' && <>
			<p>{t('duty.offer.what')}</p>
			<Select label={t('duty.offer.to')} value={login}
			    onValue={setLogin} empty={t('duty.offer.any')}
			    error={wrong(act.error, 'login')}
			    options={rows.filter((r) => r.what === 'person')
				.map((r) => ({ value: r.login, label: r.text }))} />
			<Field label={t('duty.note.text')} value={text} lines={3}
			    onValue={setText} maxLength={900} /></>}
		{doing === 'note' && <Field label={t('duty.note.text')} must lines={3}
		    value={text} onValue={setText} maxLength={900}
		    error={wrong(act.error, 'reason')} />}
		{doing === 'take' && <>
			<p>{t('duty.take.what')}</p>
			{offer ? <ul>{rows.filter((r) => r.what === 'line' &&
			    r.number === offer.number).map((r, i) =>
				<li key={i}>{line(String(r.text))}</li>)}</ul> :
			on && <Field label={t('duty.take.reason')} must lines={2}
			    value={text} onValue={setText} maxLength={900}
			    error={wrong(act.error, 'reason')} />}</>}
	</Confirm>;
}

/* Who is on duty and who comes next; "brief": nothing else. */
export function DutyPanel({ brief }: { brief?: boolean }) {
	const got = useGet<Rows>('/duty', { all: !brief }, ['alarms']);
	const [doing, ask] = useState<Doing | null>(null);
	const rows = (got.data?.rows ?? []) as Row[];
	const desk = of(rows, 'desk');
	const on = of(rows, 'on'), planned = of(rows, 'planned'),
	    after = of(rows, 'next'), offer = of(rows, 'offer');
	const rota = desk && desk.number > 0;
	const shift = (r: Row | undefined) => r && <>{who(r)}, <Time at={r.since} />
		{' – '}<Time at={r.until} /></>;
	const shifts = rows.filter((r) => r.what === 'shift' || r.what === 'gap')
	    .sort((a, b) => a.since - b.since);
	const records = new Map<number, string[]>();

	for (const r of rows)
		if (r.what === 'record')
			records.set(r.number, [...records.get(r.number) ?? [],
				String(r.text)]);

	return <Section title={t('duty')} id="truc-ban" actions={rota &&
		<div class="actions">
			<Button onClick={() => ask('take')}>{t('duty.take')}</Button>
			{on && !brief && <>
				<Button onClick={() => ask('offer')}>{t('duty.offer')}</Button>
				<Button onClick={() => ask('note')}>{t('duty.note')}</Button>
			</>}
		</div>}>
		<ErrorBox error={got.error} again={got.reload} />
		{got.loading && <Loading rows={2} />}
		{got.data && !rota && <p>{t('duty.norota')}</p>}
		{rota && <Facts rows={[
			[t('duty.on'), on ? <><strong>{who(on)}</strong>{' '}
				({t('duty.since', { time: time(on.since) })})</> :
				<Badge kind="warn">{t('duty.nobody')}</Badge>],
			[t('duty.planned'), planned && planned.uid !== on?.uid &&
			    shift(planned)],
			[t('duty.next'), after?.since !== planned?.since &&
			    shift(after)],
			[t('duty.desk'), !brief && desk?.desk],
		]} />}
		{(!brief || !rota) && got.data && <p><LinkButton href="/nguoi/lich-truc">
			{tr('open')}</LinkButton></p>}
		{offer && <p><Badge kind="info">{t('duty.offer.waits', {
			who: offer.login ?? t('duty.offer.any') })}</Badge></p>}
		{!brief && rota && <>
			<h3>{t('duty.rota')}</h3>
			<Table rows={shifts.slice(0, SHOWN)} id={(r) => `${r.what}${r.since}`}
			    caption={t('duty.rota')} columns={[
				{ key: 'who', head: t('duty.who'), narrow: 'title',
					cell: (r) => r.what === 'gap' ? <Badge kind="warn">
						{t('duty.gap')}</Badge> : who(r) },
				{ key: 'from', head: t('duty.from'),
					cell: (r) => <Time at={r.since} /> },
				{ key: 'until', head: t('duty.until'),
					cell: (r) => <Time at={r.until} /> },
			]} />
			<h3>{t('duty.records')}</h3>
			{records.size === 0 ? <p>{t('duty.records.none')}</p> :
			    <ul class="records">{[...records].reverse().map(
				([n, [head, ...more]]) => <li key={n}>{line(head)}
				{/* of a rota its head alone: the rota stands above */}
				{more.length > 0 && !head.startsWith('1\t') &&
				    <ul>{more.map((x, i) => <li key={i}>{line(x)}</li>)}</ul>}
			    </li>)}</ul>}
		</>}
		{doing && <Do doing={doing} rows={rows} onEnd={(did) => {
			ask(null);
			if (did)
				got.reload();
		}} />}
	</Section>;
}

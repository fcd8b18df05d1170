// SPDX-License-Identifier: EUPL-1.2
// Lịch trực: who is to be on duty from when to when, seen by all and made by
// who holds a role for it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, get, post, useAct, useGet, type Row, type Rows }
    from '../../api';
import { byName, clock, date, time, weekday } from '../../i18n';
import { gaps, isLogin, more, ofField, span, toField, week, type Shift }
    from '../../logic/rota';
import { beforeLeaving, go } from '../../router';
import { useSession } from '../../session';
import { t } from '../../texts/rota';
import { Alert, Button, Checkbox, Confirm, Empty, ErrorBox, Field, LinkButton,
    Loading, Page, Section, Select, Table, Time, toast } from '../../ui';

interface Someone { login: string; name: string }

/* Of the rota, and whose keys the station has, at its own unit. */
function someones(duty: Row[], people: Row[], station: string): Someone[] {
	const all = new Map<string, string>();

	for (const r of people) {
		const [unit, login] = [r.person.slice(0, r.person.lastIndexOf('/')),
			r.person.slice(r.person.lastIndexOf('/') + 1)];

		if (r.row === 'user' && unit === station && isLogin(login))
			all.set(login, r.name || login);
	}
	for (const r of duty)
		if (r.what === 'person')
			all.set(r.login, r.text);
	return [...all].map(([login, name]) => ({ login, name }))
	    .sort((a, b) => byName(a.name, b.name));
}

const shiftsOf = (duty: Row[]): Shift[] => duty.filter((r) =>
    r.what === 'shift').sort((a, b) => a.since - b.since).map((r, i) => ({
	key: i, login: r.login, from: toField(r.since), until: toField(r.until) }));

/* As it is written here, whatever the browser makes of the field. */
function said(field: string): string {
	const s = ofField(field);

	return s === null ? '' : `${weekday(s)}, ${date(s)}, ${clock(s)}`;
}

function Gaps({ list }: { list: Shift[] }) {
	const all = gaps(list);

	return all.length === 0 ? null : <Alert kind="warn">
		{all.slice(0, 4).map((g) => <p key={g.from}>{t('gap', {
			from: time(g.from), until: time(g.until) })}</p>)}
		{all.length > 4 && <p>{t('gap.more', { n: all.length - 4 })}</p>}
	</Alert>;
}

function Edit({ duty, all, onSaved, onFresh }: {
	duty: Row[]; all: Someone[]; onSaved: () => void;
	onFresh: (duty: Row[]) => void; // what to begin with again
}) {
	const was = useRef(shiftsOf(duty)).current;
	const fresh = useRef<Row[] | null>(null); // another's, meanwhile
	const [list, set] = useState(was);
	const [in_, setIn] = useState(duty.filter((r) => r.what === 'person')
	    .map((r) => String(r.login)));
	const [changed, change] = useState(false);
	const [asking, ask] = useState(false);
	const act = useAct();
	const next = useRef(1000);
	const form = useRef<HTMLDivElement>(null);
	const chosen = all.filter((p) => in_.includes(p.login));
	const name = (login: string) => all.find((p) => p.login === login)?.name ??
	    login;
	const at = /^(shifts|people)\.(\d+)$/.exec(act.error?.field ?? '');
	const fault = (i: number) => at?.[1] === 'shifts' && Number(at[2]) === i ?
	    act.error?.text : undefined;
	const edit = (to: Shift[]) => {
		set(to);
		change(true);
		act.clear();
	};
	const put = (i: number, s: Partial<Shift>) => edit(list.map((x, k) =>
	    k === i ? { ...x, ...s } : x));
	const focus = (what: string) => setTimeout(() => form.current
	    ?.querySelector<HTMLElement>(what)?.focus());
	const reach = span(list);
	const plan = async () => {
		const { rows } = await get<Rows>('/duty', { all: true });

		fresh.current = JSON.stringify(shiftsOf(rows)) ===
		    JSON.stringify(was) ? null : rows;
		if (fresh.current)
			throw new ApiError(0, 'conflict', t('meanwhile'));
		await post('/duty/plan', { people: chosen, shifts: list.map((s) => ({
			login: s.login, from: ofField(s.from),
			until: ofField(s.until) })) });
	};
	const save = async () => {
		if (await act.run(plan)) {
			beforeLeaving(null);
			toast(t('done'));
			onSaved();
		} else {
			ask(false);
		}
	};

	// when the question is gone, where it is wrong
	useEffect(() => {
		if (!asking && act.error)
			focus('[aria-invalid]');
	}, [asking, act.error]);

	useEffect(() => {
		const stay = (ev: BeforeUnloadEvent) => ev.preventDefault();

		if (!changed)
			return;
		beforeLeaving(() => confirm(t('leave')));
		addEventListener('beforeunload', stay);
		return () => {
			beforeLeaving(null);
			removeEventListener('beforeunload', stay);
		};
	}, [changed]);

	return <div ref={form}>
		<Section title={t('people')}>
			<p class="hint">{t('people.how')}</p>
			{all.length === 0 && <Empty title={t('people.none')} />}
			<div class="rota-people">{all.map((p) => <Checkbox key={p.login}
			    label={p.name === p.login ? p.login :
				`${p.name} (${p.login})`}
			    checked={in_.includes(p.login)}
			    disabled={list.some((s) => s.login === p.login)}
			    onCheck={(yes) => {
				setIn(yes ? [...in_, p.login] :
				    in_.filter((x) => x !== p.login));
				change(true);
			    }} />)}</div>
		</Section>
		<Section title={t('shifts')}>
			{list.length === 0 && <Empty title={t('none')} />}
			<ol class="rota">{list.map((s, i) => <li key={s.key}>
				<fieldset class="sheet">
				<legend>{t('shift', { n: i + 1 })}</legend>
				<Select label={t('who')} must value={s.login}
				    empty={t('who.none')} error={fault(i)}
				    onValue={(login) => put(i, { login })}
				    options={chosen.map((p) => ({ value: p.login,
					label: p.name }))} />
				<Field label={t('from')} must type="datetime-local"
				    hint={said(s.from)} value={s.from}
				    onValue={(from) => put(i, { from })} />
				<Field label={t('until')} must type="datetime-local"
				    hint={said(s.until)} value={s.until}
				    onValue={(until) => put(i, { until })} />
				<Button aria-label={t('remove.what', { n: i + 1,
					who: name(s.login) })} onClick={() => {
					edit(list.filter((_, k) => k !== i));
					focus('.rota-add');
				}}>{t('remove')}</Button>
				</fieldset>
			</li>)}</ol>
			<div class="actions">
				<Button class="rota-add" disabled={chosen.length === 0}
				    onClick={() => {
					edit([...list, more(list, chosen.map((p) => p.login),
					    next.current++, Date.now() / 1000)]);
					focus('.rota li:last-child select');
				}}>{t('add')}</Button>
				<Button disabled={reach === null} onClick={() => {
					const add = week(list, next.current);

					next.current += add.length;
					edit([...list, ...add]);
				}}>{t('week')}</Button>
			</div>
		</Section>
		{!asking && <Gaps list={list} />}
		{act.error && at?.[1] !== 'shifts' && <ErrorBox
			title={t(fresh.current ? 'not.yet' : 'refused')} error={act.error}>
			{fresh.current && <Button onClick={() => {
				change(false);
				onFresh(fresh.current!);
			}}>{t('see.new')}</Button>}
		</ErrorBox>}
		<div class="actions rota-end">
			<Button kind="main" disabled={!changed || list.length === 0}
			    onClick={() => ask(true)}>{t('save')}</Button>
			<Button disabled={!changed} onClick={() => {
				set(was);
				change(false);
				act.clear();
			}}>{t('undo')}</Button>
		</div>
		{asking && <Confirm title={t('save.title')} yes={t('save')}
		    busy={act.busy} onYes={save} onClose={() => ask(false)}>
			<p>{reach === null ? t('save.plain') : t('save.what', {
				n: list.length, from: time(reach.from),
				until: time(reach.until) })}</p>
			<Gaps list={list} />
		</Confirm>}
	</div>;
}

export default function Rota() {
	const got = useGet<Rows>('/duty', { all: true });
	const people = useGet<Rows>('/people');
	const session = useSession();
	const [anew, setAnew] = useState<{ turn: number; rows: Row[] } | null>(null);
	const duty = anew?.rows ?? (got.data?.rows ?? []) as Row[];
	const may = session?.persons.some((p) => p.roles.some((r) =>
	    r.role === 'duty' || r.role === 'administrator'));
	const ready = got.data && people.data;

	return <Page title={t('title')} lead={t('lead')}>
		<p><LinkButton href="/nguoi">{t('back')}</LinkButton></p>
		<ErrorBox error={got.error ?? people.error} again={() => {
			got.reload();
			people.reload();
		}} />
		{!ready && !got.error && !people.error && <Loading rows={5} />}
		{ready && may && <Edit key={anew?.turn ?? 0} duty={duty}
		    onFresh={(rows) => setAnew({ turn: (anew?.turn ?? 0) + 1, rows })}
		    all={someones(duty, people.data!.rows, session?.station ?? '')}
		    onSaved={() => go('/nguoi')} />}
		{ready && !may && <>
			<p>{t('see')}</p>
			{duty.every((r) => r.what !== 'shift') ?
			    <Empty title={t('none')} /> :
			    <Table rows={duty.filter((r) => r.what === 'shift')}
				id={(r) => String(r.since)} caption={t('title')} columns={[
				{ key: 'who', head: t('who'), narrow: 'title',
					cell: (r) => r.text },
				{ key: 'from', head: t('from'),
					cell: (r) => <Time at={r.since} /> },
				{ key: 'until', head: t('until'),
					cell: (r) => <Time at={r.until} /> },
			    ]} />}
		</>}
	</Page>;
}

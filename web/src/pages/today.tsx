// SPDX-License-Identifier: EUPL-1.2
// Hôm nay: what needs me now, the most urgent first, each with the one thing to
// do next; alarms; who is on duty.
import { useState } from 'preact/hooks';
import { type Row, type Rows, useGet } from '../api';
import { officialDate, seconds, time, weekday } from '../i18n';
import { type Doc, is_his, page_of, telegram, waits_for } from '../logic/way';
import { title_of } from '../doc/parts';
import { useNames } from '../names';
import { type Acting, type Person, useActing, useSession } from '../session';
import { t as d } from '../texts/doc';
import { t } from '../texts/today';
import { Button, Due, Empty, ErrorBox, isLate, LevelStamp, LinkButton, Loading, Page,
    PrecedenceBadge, Section } from '../ui';
import { READS } from './gate';
import { AlarmsPanel, DutyPanel } from './stations/alarms';

const RANKS = ['thuong', 'khan', 'thuong-khan', 'hoa-toc', 'hoa-toc-hen-gio'];
const FIRST = 20; /* rows before one asks for more */

interface Todo {
	key: string; what: string; title: string; about: string; href: string; act: string;
	level?: string; precedence?: string; due?: number | null; at: number;
}

function ofDocument(row: Row, me: Acting, people: Person[]): Todo[] {
	const action = waits_for(row as unknown as Doc, me.roles,
	    me.person);

	if (action === null || (action === 'handle' &&
	    !is_his(row as unknown as Doc, me, people)))
		return [];
	return [{
		key: row.document,
		title: row.abstract || (telegram(row.kind) ? row.from ?
		    t('from', { from: row.from }) : title_of(row as Row) :
		    row.level === 'tuyet-mat' ?
		    t('hiddenAbstract') : t('unnamed')),
		what: [d.of('kind', row.kind), row.symbol &&
		    t('number', { n: String(row.symbol) })].filter(Boolean)
		    .join(' '),
		about: [d.of('state', row.state), action === 'handle' &&
		    row.assignee].filter(Boolean).join(': '),
		href: `${page_of(action, row.kind)}/${row.document}`,
		act: d.has(`do.${action}`) ? d.of('do', action) : action,
		level: row.level, precedence: row.precedence,
		due: row['due-at'] || seconds(row.due), at: row.changed,
	}];
}

const hex = (id: unknown) => String(id ?? '').replaceAll('-', '');

/* By what is late or soon due, then by urgency, then by how long it waits. */
export function order(a: Todo, b: Todo): number {
	const soon = Date.now() / 1000 + 7200;
	const presses = (x: Todo) => x.due && x.due < soon ? 0 : 1;
	const rank = (x: Todo) => RANKS.indexOf(x.precedence ?? 'thuong');

	return presses(a) - presses(b) || rank(b) - rank(a) ||
	    (a.due ?? Infinity) - (b.due ?? Infinity) || a.at - b.at || 0;
}

function Item({ x }: { x: Todo }) {
	const late = isLate(x.due);

	return <li class={`${late ? 'late' : ''} ${x.precedence ?? ''}`}>
		<div>
			<div class="marks"><span class="todo-what">{x.what}</span>
				<LevelStamp level={x.level} />
				<PrecedenceBadge precedence={x.precedence} /></div>
			<div class="todo-title">{x.title}</div>
			<div class="soft">{x.about}{x.due ?
			    <>{' · '}<Due at={x.due} /></> : null}</div>
		</div>
		<LinkButton href={x.href} kind="main"
		    aria-label={`${x.act}: ${x.what}, ${x.title}`}>{x.act}</LinkButton>
	</li>;
}

export default function Today() {
	const me = useActing();
	const here = { desk: me.desk, as: me.person };
	const reads = me.roles.some((r) => READS.includes(r));
	const docs = useGet<Rows>(me.desk ? '/documents' : null, here,
	    ['documents']);
	const mail = useGet<Rows>(reads && me.open ? '/mail/in' : null,
	    { desk: me.desk }, ['mail']);
	const drafts = useGet<Rows>(me.roles.includes('drafter') ? '/drafts' :
	    null, here, ['documents']);
	const [all, setAll] = useState(false);
	const nameAt = useNames();
	const people = useSession()?.people ?? [];
	const taken = new Set((docs.data?.rows ?? []).map((r) =>
	    hex(r.dispatch)));
	const todo: Todo[] = [
		...(docs.data?.rows ?? []).filter((r) => r.row === 'document')
		    .flatMap((r) => ofDocument(r, me, people)),
		// opened is not taken in
		...(mail.data?.rows ?? []).filter((r) => r.row === 'delivery' &&
		    (r.state === 'arrived' || r.state === 'opened') &&
		    !r.withheld && !taken.has(hex(r.id))).map((r): Todo => ({
			key: r.id, what: t('mail'), title: t('from', {
			    from: nameAt(r.origin) }),
			about: [r.state === 'opened' && d.of('far', 'opened'),
			    t('arrivedAt', { t: time(r.arrived ?? r.at) })]
			    .filter(Boolean).join(', '),
			href: `/den/thu/${hex(r.id)}`, act: t('open'),
			precedence: r.precedence, at: r.arrived ?? r.at,
		})),
		...(drafts.data?.rows ?? []).map((r): Todo => ({
			key: r.draft, what: t('draft'),
			title: r.title || t('unnamed'),
			about: t('changedAt', { t: time(r.changed) }),
			href: `/soan?nhap=${r.draft}`, act: t('goOn'), at: r.changed,
		})),
	].sort(order);
	const now = Date.now() / 1000;
	const late = todo.filter((x) => isLate(x.due)).length;

	return <Page title={t('title')} lead={<>{weekday(now)}, {officialDate(now)}
	    {todo.length > 0 && ` · ${t('counts', { n: todo.length })}`}
	    {late > 0 && <b class="late-count">{' · '}
		{t('lateCount', { n: late })}</b>}</>}
	    actions={me.roles.includes('drafter') && <LinkButton href="/soan"
		kind="main" icon="add">{t('write')}</LinkButton>}>
		<Section title={t('mine')}>
			<ErrorBox error={docs.error} again={docs.reload} />
			<ErrorBox error={mail.error} again={mail.reload} />
			{(docs.loading || mail.loading) && me.desk !== '' ?
			    <Loading /> :
			    todo.length === 0 && !docs.error && (reads && !me.open ?
			    <Empty title={t('sealed')} icon="lock"><p class="soft">
				{t('sealedHelp')}</p></Empty> :
			    <Empty title={t('nothing')}><p class="soft">
				{t('nothingHelp')}</p></Empty>)}
			{todo.length > 0 && <ul class="todo">{todo
			    .slice(0, all ? undefined : FIRST)
			    .map((x) => <Item key={x.key} x={x} />)}</ul>}
			{!all && todo.length > FIRST && <Button
			    onClick={() => setAll(true)}>
				{t('more', { n: todo.length - FIRST })}</Button>}
		</Section>
		<AlarmsPanel brief />
		<DutyPanel brief />
	</Page>;
}

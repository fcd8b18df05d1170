// SPDX-License-Identifier: EUPL-1.2
// Đến: what has come to the desk, and what is done with it until it is handled.
import { type Row, type Rows, useGet } from '../api';
import { useState } from 'preact/hooks';
import { DocFiles } from '../doc/files';
import { type One, NextSteps, OneOr, useOne, Waits } from '../doc/one';
import { DocFacts, DocList, facts_of, Marks, name_of, title_of, Secret, Way }
	from '../doc/parts';
import { Sequence } from '../doc/sequence';
import { actions, on_paper } from '../logic/actions';
import { arrival_of, type Doc, next_of, rank_of, sooner, telegram } from '../logic/way';
import { useNames } from '../names';
import { useActing } from '../session';
import { t as d } from '../texts/doc';
import { t } from '../texts/incoming';
import { Badge, Button, Due, Empty, ErrorBox, LinkButton, Loading, Page,
	PrecedenceBadge, Section, Time } from '../ui';
import type { PageProps } from '.';
import { Mail, Recalled } from './den/mail';
import { PaperIn } from './den/paper';

export const hex_of = (id: unknown) => String(id ?? '').replace(/-/g, '');

// ---- what came ---------------------------------------------------------------------

// What was withheld is nobody's work: it is said for a week, and then it is old.
const WEEK = 7 * 86400;
const is_old = (r: Row) => r.withheld > 0 &&
	Number(r.arrived ?? r.at) < Date.now() / 1000 - WEEK;

// The most urgent first, then what has waited longest.
const order = (a: Row, b: Row) => a.withheld - b.withheld || rank_of(b.precedence) - rank_of(a.precedence) ||
	Number(a.arrived ?? a.at) - Number(b.arrived ?? b.at);

function MailList({ rows, taken }: { rows: Row[]; taken: Map<string, Row> }) {
	const nameAt = useNames();

	return <ul class="todo" aria-label={t('fresh')}>
		{rows.map((r) => {
			const doc = taken.get(hex_of(r.id));
			const from = nameAt(r.origin ?? r.desk);
			const does = doc ? 'see_document' : r.withheld > 0 ? 'why' : 'look';

			return <li key={r.id} class={r.precedence}>
				<div>
					<span class="todo-title">{t('from', { from })}</span>
					{' '}<PrecedenceBadge precedence={r.precedence} />
					<p class="soft">{d.of('far', r.state)}{' · '}
						{r.due ? <Due at={r.due} />
							: <Time at={r.arrived ?? r.at} />}</p>
					{r.withheld > 0 && <p><Badge kind="warn">{t('withheld')}</Badge></p>}
					{doc && <p><Badge kind="good">{t('is_document')}</Badge></p>}
				</div>
				<LinkButton kind={doc || r.withheld > 0 ? 'plain' : 'main'}
					href={doc ? `/den/${doc.document}`
						: `/den/thu/${hex_of(r.id)}`}
					aria-label={`${t(does)}: ${t('from', { from })}`}>
					{t(does)}</LinkButton>
			</li>;
		})}
	</ul>;
}

function Lists() {
	const acting = useActing();
	const q = { desk: acting.desk, as: acting.person };
	const [all, setAll] = useState(false);
	const mail = useGet<Rows>(acting.open ? '/mail/in' : null,
		{ desk: acting.desk, all, max: 200 }, ['mail']);
	const docs = useGet<Rows>('/documents', { ...q, max: 500 }, ['documents']);
	// what is over has its dispatch too
	const over = useGet<Rows>(all ? '/documents' : null, { ...q, all: true,
		max: 500 }, ['documents']);
	const came = [...(docs.data?.rows ?? []), ...(over.data?.rows ?? [])]
		.filter((r) => r.kind === 'in' || r.kind === 'telegram-in');
	const taken = new Map(came.filter((r) => r.dispatch)
		.map((r) => [hex_of(r.dispatch), r]));
	const fresh = (mail.data?.rows ?? []).filter((r) => r.row === 'delivery' &&
		(all || (!taken.has(hex_of(r.id)) && !is_old(r)))).sort(order);
	const waiting = fresh.filter((r) => !r.withheld).length;
	const work = ((docs.data?.rows ?? []) as unknown as Doc[])
		.filter((x) => (x.kind === 'in' || x.kind === 'telegram-in') &&
			(next_of(x) !== null || x.state === 'recalled'))
		.sort(sooner);

	return <Page title={t('title')} lead={t('lead')} actions={
		<LinkButton href="/den/giay">{t('paper')}</LinkButton>}>
		<ErrorBox error={mail.error ?? docs.error} again={() => {
			mail.reload();
			docs.reload();
		}} />
		{acting.open && <Section title={`${t('fresh')} (${waiting})`} actions={<Button
			kind="quiet" aria-pressed={all} onClick={() => setAll(!all)}>
			{all ? t('new_only') : t('old')}</Button>}>
			{mail.loading || docs.loading ? <Loading /> : fresh.length
				? <MailList rows={fresh} taken={taken} />
				: mail.data && <Empty title={t('fresh_none')} />}
		</Section>}
		<Section title={`${t('work')} (${work.length})`}>
			{docs.loading ? <Loading /> : work.length ? <DocList label={t('work')}
				docs={work as unknown as Row[]}
				href={(x) => `/den/${x.document}`}
				note={(x) => next_of(x as unknown as Doc) && <p class="soft">
					{d.of('do', next_of(x as unknown as Doc))}</p>} />
				: docs.data && <Empty title={t('work_none')} />}
		</Section>
	</Page>;
}

// ---- one that was taken in -----------------------------------------------------------

// In which something may be answered, and what is said of it: a telegram by
// who may draft one.
const answered = (doc: Row, roles: string[]) => telegram(doc.kind)
	? ['delivered', 'cleared'].includes(String(doc.state)) &&
		roles.some((r) => r === 'drafter' || r === 'authority')
	: ['assigned', 'receipted', 'handled', 'registered']
		.includes(String(doc.state));

function Incoming({ one }: { one: One }) {
	const acting = useActing();
	const { doc } = one;
	const left = arrival_of(doc as unknown as Doc);
	const next = next_of(doc as unknown as Doc) ?? '';
	const wire = telegram(doc.kind);
	const reply = answered(doc, acting.roles);

	return <>
		<div class="row"><Marks doc={doc} /><Secret doc={doc} />
			{doc['due-at'] && <Due at={doc['due-at']} />}</div>
		{doc.state !== 'recalled' && <Recalled id={hex_of(doc.dispatch)} />}
		<Way doc={doc} steps={one.steps} />
		{left.length > 0 && <Section title={t('steps')}>
			<p class="soft">{t('steps_hint')}</p>
			<Sequence one={one} left={left} said={t(on_paper(doc)
				? 'steps_done_paper' : 'steps_done')} />
		</Section>}
		<Section title={wire ? t('wire') : t('handle')} actions={reply && <LinkButton
			href={`/soan?tra-loi=${doc.document}`} kind={next === 'handle'
				? 'main' : 'plain'}>{t('reply')}</LinkButton>}>
			{reply && !wire && <p class="soft">{t('reply_hint')}</p>}
			{left.length === 0 && <Waits one={one} />}
			<NextSteps one={one} main={next} only={(a) => !left.includes(a) &&
				actions[a]!.group !== 'life' && a !== 'decide-destroy' &&
				a !== 'destroy-danger'} />
		</Section>
		<Section title={t('letter')}>
			<div class="sheet"><DocFacts of={doc} names={['level', 'precedence',
				...facts_of(one)]} /></div>
			<DocFiles doc={doc} acting={acting} />
		</Section>
	</>;
}

function IncomingOne({ id }: { id: string }) {
	const got = useOne(id);

	return <Page title={got.one ? title_of(got.one.doc) : t('title')}
		heading={got.one ? name_of(got.one.doc) : undefined}
		actions={<>
		<LinkButton href="/den">{t('back')}</LinkButton>
		<LinkButton href={`/ho-so/${id}`}>{t('story')}</LinkButton>
	</>}><OneOr got={got}>{(one) => <Incoming one={one} />}</OneOr></Page>;
}

export default function IncomingPage({ rest }: PageProps) {
	if (rest[0] === 'thu' && rest[1])
		return <Mail id={hex_of(rest[1])} />;
	if (rest[0] === 'giay')
		return <PaperIn />;
	return rest[0] ? <IncomingOne id={rest[0]} /> : <Lists />;
}

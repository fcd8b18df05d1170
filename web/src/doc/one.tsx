// SPDX-License-Identifier: EUPL-1.2
// One document: asked for, shown, and what this person can do to it next.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { apiUrl, type Data, type Row, type Rows, useGet } from '../api';
import { sentence } from '../texts/said';
import { do_of } from './words';
import { actions, grouped } from '../logic/actions';
import { seconds } from '../logic/fields';
import { type Doc, next_of, roles_of } from '../logic/way';
import { useActing } from '../session';
import { t as d } from '../texts/doc';
import { t } from '../texts/parts';
import { Alert, Button, Empty, ErrorBox, LinkButton, Loading, toTitle }
	from '../ui';
import { useSaving } from './save';
import { type Acting, StepDialog, type Taken } from './step';

export interface Next { action: string; could: boolean; why?: string }
export interface One {
	doc: Row; steps: Row[]; next: Next[]; addressees: Row[];
	reload: () => void; old: boolean; // the station does not answer now
}

export function useOne(id: string | null): Data<Rows> & { one: One | null } {
	const acting = useActing();
	const got = useGet<Rows>(id ? `/documents/${id}` : null,
		{ desk: acting.desk, as: acting.person }, ['documents', 'mail']);
	const rows = got.data?.rows ?? [];
	const doc = rows.find((r) => r.row === 'document');

	return { ...got, one: doc ? {
		doc, steps: rows.filter((r) => r.row === 'step'),
		next: (got.data!.next ?? []) as Next[],
		addressees: (got.data!.addressees ?? []) as Row[],
		reload: got.reload, old: got.error !== null,
	} : null };
}

// Somebody has answered for it, and no step has noted that yet.
export const answers_wait = (one: One): boolean => one.addressees.some((a) =>
	(a.state === 'acted' || a.state === 'refused') && !one.steps.some((s) =>
		s.action === 'confirm' && s.from === a.desk));

// A telegram that everybody refused is sent anew (docs/registry.md 8.2).
export const was_refused = (one: One): boolean =>
	one.doc.kind === 'telegram-out' && one.addressees.length > 0 &&
	one.addressees.every((a) => a.state === 'refused');

// Until it is there, and where it is not.
export function OneOr({ got, children }: {
	got: ReturnType<typeof useOne>; children: (one: One) => ComponentChildren;
}) {
	if (got.one)
		return <>
			{got.one.old && <Alert kind="warn">{t('old')}</Alert>}
			{children(got.one)}
		</>;
	if (got.error?.code === 'absent')
		return <Empty icon="search" title={t('absent')}>
			<LinkButton href="/ho-so">{t('to_search')}</LinkButton></Empty>;
	return got.error ? <ErrorBox error={got.error} again={got.reload} />
		: <Loading rows={6} />;
}

export function Notes({ notes }: { notes: string[] }) {
	return notes.length === 0 ? null : <Alert kind="info">
		{notes.map((x, i) => <p key={i}>{x}</p>)}</Alert>;
}

// What the law wants said in writing after a step.
export function notes_of(r: Taken): string[] {
	const owed = (r.rows ?? []).map((x) => String(x.owes ?? ''))
		.filter((x) => x && t.has(`owes.${x}`))
		.map((x) => t.of('owes', x));
	return [...(r.notes ?? []), ...owed].filter((x, i, all) =>
		all.indexOf(x) === i);
}

// Whose turn it is, where it is not this person's.
export function Waits({ one }: { one: One }) {
	const next = was_refused(one) ? 'send'
		: next_of(one.doc as unknown as Doc);
	const who = next ? roles_of(next) : [];

	return !next || who.length === 0 || one.next.some((n) => n.action === next)
		? null : <p>{t('waits', { step: d.of('do', next),
			roles: who.map((r) => d.of('role', r)).join(', ') })}</p>;
}

// What the station would refuse for its time alone is not offered: it was sent,
// its protection has not ended, no copies are permitted that were not made.
function is_timely(one: One, action: string): boolean {
	const times = (x: string) => one.steps.filter((s) => s.action === x).length;

	return action === 'confirm' ? answers_wait(one) && !was_refused(one)
		: action === 'send' ? !one.doc.dispatch || was_refused(one)
		: action === 'expire' ? seconds(one.doc.expires) < Date.now() / 1000
		: action === 'copy' ? times('permit-copy') > times('copy') : true;
}

// Buttons for what is next, and the dialog of the one that was pressed.
export function NextSteps({ one, only, main, children, onTaken }: {
	one: One; only?: (action: string) => boolean;
	main?: string; // the one that stands out
	children?: (action: string) => ComponentChildren; // of its dialog
	onTaken?: (action: string, r: Taken) => void;
}) {
	const acting = useActing();
	const [at, setAt] = useState('');
	const [notes, setNotes] = useState<string[]>([]);
	const could = one.next.filter((n) => actions[n.action] &&
		is_timely(one, n.action) && (only?.(n.action) ?? true));
	const groups = grouped(could.map((n) => n.action));
	const barred = could.filter((n) => !n.could &&
		(actions[n.action]!.group === 'way' ||
			n.action === next_of(one.doc as unknown as Doc)));
	const press = (action: string) => {
		const n = could.find((x) => x.action === action)!;
		return <Button key={action} disabled={!n.could || one.old}
			title={n.could ? undefined : sentence(n.why ?? '')}
			kind={actions[action]!.danger ? 'plain'
				: action === main ? 'main' : 'plain'}
			onClick={() => setAt(action)}>
			{do_of(action, String(one.doc.kind))}
			{actions[action]!.danger && ' …'}</Button>;
	};

	return <>
		{(['way', 'beside', 'life', 'end'] as const).map((g) =>
			groups[g].length > 0 && <div key={g} class="row" role="group"
				aria-label={t.of('group', g)}>
				{g !== 'way' && <span class="soft">{t.of('group', g)}</span>}
				{groups[g].map(press)}
			</div>)}
		{barred.map((n) => <Alert key={n.action} kind="warn"
			title={t('barred', { step: d.of('do', n.action) })}>
			<p>{sentence(n.why ?? '')}</p></Alert>)}
		<Notes notes={notes} />
		{at && <StepDialog key={at} doc={one.doc} action={at} acting={acting}
			onClose={() => setAt('')} onDone={(r) => {
				setAt('');
				setNotes(notes_of(r));
				one.reload();
				toTitle();
				onTaken?.(at, r);
			}}>{children?.(at)}</StepDialog>}
	</>;
}

// ---- what can be taken away -------------------------------------------------------

// Files that the station makes; saved under the name that it gives.
export function Papers({ doc, acting }: { doc: Row; acting: Acting }) {
	const q = { desk: acting.desk, as: acting.person };
	const forms = String(doc.kind).startsWith('telegram') ? ['telegram']
		: ['stamps'];
	const saving = useSaving();
	const button = (path: string, name: string, label: string, query = {}) =>
		<Button key={name} icon="file" busy={saving.busy === name}
			onClick={() => saving.run(apiUrl(path, query), name)}>{label}</Button>;
	const id = String(doc.document);
	const hex = String(doc.dispatch ?? '').replace(/-/g, '');

	if (String(doc.state).startsWith('destroyed'))
		forms.push('destruction');
	return <><div class="row">
		{forms.map((f) => button(`/documents/${id}/forms/${f}`, `${f}.pdf`,
			t.of('form', f), q))}
		{button(`/documents/${id}/record`, 'antin-record', t('record'), q)}
		{hex && button(`/mail/${hex}/evidence`, `${hex}.evidence`,
			t('evidence'))}
		<Button onClick={() => print()}>{t('print')}</Button>
	</div>{saving.said}</>;
}

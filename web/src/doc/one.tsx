// SPDX-License-Identifier: EUPL-1.2
// One document: asked for, shown, and what this person can do to it next.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { apiUrl, type Data, type Row, type Rows, useGet } from '../api';
import { actions, grouped } from '../logic/actions';
import { useActing } from '../session';
import { t as d } from '../texts/doc';
import { t } from '../texts/parts';
import { Alert, Button, Empty, ErrorBox, LinkButton, Loading, toast } from '../ui';
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
		(n.action !== 'confirm' || answers_wait(one)) &&
		(only?.(n.action) ?? true));
	const groups = grouped(could.map((n) => n.action));
	const barred = could.filter((n) => !n.could &&
		actions[n.action]!.group === 'way');
	const press = (action: string) => {
		const n = could.find((x) => x.action === action)!;
		return <Button key={action} disabled={!n.could || one.old}
			title={n.could ? undefined : n.why}
			kind={actions[action]!.danger ? 'plain'
				: action === main ? 'main' : 'plain'}
			onClick={() => setAt(action)}>{d.of('do', action)}
			{actions[action]!.danger && ' …'}</Button>;
	};

	return <>
		{(['way', 'beside', 'life', 'end'] as const).map((g) =>
			groups[g].length > 0 && <div key={g} class="row" role="group"
				aria-label={t.of('group', g)}>
				{g !== 'way' && <span class="soft">{t.of('group', g)}</span>}
				{groups[g].map(press)}
			</div>)}
		{barred.map((n) => <p key={n.action} class="soft">
			{d.of('do', n.action)}: {n.why}</p>)}
		<Notes notes={notes} />
		{at && <StepDialog key={at} doc={one.doc} action={at} acting={acting}
			onClose={() => setAt('')} onDone={(r) => {
				setAt('');
				setNotes(notes_of(r));
				one.reload();
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
	const [busy, setBusy] = useState('');
	const save = async (url: string, name: string) => {
		setBusy(name);
		try {
			const r = await fetch(url, { cache: 'no-store' });
			if (!r.ok)
				throw new Error((await r.json().catch(() => ({})))
					.error?.text ?? `HTTP ${r.status}`);
			const made = URL.createObjectURL(await r.blob());
			const a = document.createElement('a');
			a.href = made;
			a.download = /filename="([^"]+)"/.exec(r.headers
				.get('Content-Disposition') ?? '')?.[1] ?? name;
			a.click();
			setTimeout(() => URL.revokeObjectURL(made), 10000);
		} catch (e) {
			toast(e instanceof Error ? e.message : String(e), 'bad');
		}
		setBusy('');
	};
	const button = (path: string, name: string, label: string, query = {}) =>
		<Button key={name} icon="file" busy={busy === name}
			onClick={() => save(apiUrl(path, query), name)}>{label}</Button>;
	const id = String(doc.document);
	const hex = String(doc.dispatch ?? '').replace(/-/g, '');

	if (String(doc.state).startsWith('destroyed'))
		forms.push('destruction');
	return <div class="row">
		{forms.map((f) => button(`/documents/${id}/forms/${f}`, `${f}.pdf`,
			t.of('form', f), q))}
		{button(`/documents/${id}/record`, 'antin-record', t('record'), q)}
		{hex && button(`/mail/${hex}/evidence`, `${hex}.evidence`,
			t('evidence'))}
		<Button onClick={() => print()}>{t('print')}</Button>
	</div>;
}

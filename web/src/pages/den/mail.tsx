// SPDX-License-Identifier: EUPL-1.2
// One dispatch that lies at the desk: its cover, what is in it, and what is
// done with it.
import { useState } from 'preact/hooks';
import { type ApiError, post, type Row, type Rows, useAct, useGet } from '../../api';
import { FileList } from '../../doc/files';
import { name_of } from '../../doc/parts';
import { clean } from '../../logic/fields';
import { useNames } from '../../names';
import { go } from '../../router';
import { useActing } from '../../session';
import { t as d } from '../../texts/doc';
import { t } from '../../texts/incoming';
import { t as p } from '../../texts/parts';
import { Alert, Button, Confirm, ErrorBox, Facts, Field, Hash, LevelStamp,
	LinkButton, Loading, Page, PrecedenceBadge, Radios, Section, Time, toast }
	from '../../ui';

// Their places are their codes (docs/receipts.md 3.1).
const codes = ['not-for-us', 'damaged', 'wrong-form', 'wrong-level',
	'not-our-business', 'other'];
const hex_of = (id: unknown) => String(id ?? '').replace(/-/g, '');
const inner = ['application/vnd.antin.content', 'application/vnd.antin.record'];

function Refuse({ id, onClose }: { id: string; onClose: () => void }) {
	const acting = useActing();
	const act = useAct();
	const [code, setCode] = useState('');
	const [reason, setReason] = useState('');
	const [bad, setBad] = useState(false);

	return <Confirm title={t('refuse')} yes={t('refuse')} danger busy={act.busy}
		error={act.error} onClose={onClose} onYes={async () => {
			setBad(true);
			if (!code || !clean(reason))
				return;
			if (await act.run(() => post(`/mail/${id}/refuse`, {
				desk: acting.desk, code: codes.indexOf(code) + 1,
				reason: clean(reason) }))) {
				toast(t('was_refused'));
				go('/den');
			}
		}}>
		<p>{t('refuse_ask')}</p>
		<Radios label={d('field.code')} must value={code} onValue={setCode}
			error={bad && !code ? d('wrong.must') : undefined}
			options={codes.map((x) => ({ value: x, label: d.of('code', x) }))} />
		<Field label={t('reason')} must lines={3} value={reason}
			onValue={setReason}
			error={bad && !clean(reason) ? t('reason_must') : undefined} />
	</Confirm>;
}

// What a letter is about, where it is a document of this desk.
function Referred({ id, docs }: { id: string; docs: Row[] }) {
	const doc = docs.find((r) => hex_of(r.dispatch) === id);

	return doc ? <p><a href={`/ho-so/${doc.document}`}>{name_of(doc)}</a></p>
		: <Hash group={8} value={id} />;
}

function Letter({ mail, id }: { mail: Row; id: string }) {
	const acting = useActing();
	const nameAt = useNames();
	const rows: Row[] = mail.rows ?? [];
	const of = (kind: string) => rows.filter((r) => r.row === kind);
	const docs = useGet<Rows>(of('reference').length ? '/documents' : null,
		{ desk: acting.desk, as: acting.person, all: true, max: 500 });
	const list = (all: Row[]) => all.map((r) => <div key={r.address ?? r.id}>
		{nameAt(r.address ?? r.desk)}
		{r.purpose && ` (${t.of('purpose', r.purpose)})`}</div>);
	const parts = of('part').map((r, n) => ({ ...r, n: r.n ?? n } as Row));
	const shown = parts.filter((r) => !inner.includes(r.type));
	const record = parts.some((r) => r.type === inner[1]);

	return <>
		<div class="row">
			<PrecedenceBadge precedence={mail.precedence} />
			<LevelStamp level={mail.level} /></div>
		<Section title={t('letter')}><div class="sheet"><Facts rows={[
			[t('originator'), nameAt(mail.originator)],
			[t('signer'), mail.signature === 'holds'
				? t('signature.holds', { who: mail.signer ?? '' })
				: t('signature.other', { who: mail.signer ?? '',
					state: String(mail.signature ?? '') })],
			[t('signed_at'), mail.signed_at && <Time at={mail.signed_at} />],
			[t('subject'), mail.subject],
			[t('addressees'), list(of('addressee'))],
			[t('references'), of('reference').length > 0 &&
				of('reference').map((r) => <Referred key={r.id}
					id={hex_of(r.id)} docs={docs.data?.rows ?? []} />)],
			[t('id'), <Hash value={id} group={8} />],
		]} /></div></Section>
		<Section title={t('parts')}>
			<FileList rows={shown} base={`/mail/${id}/parts`}
				query={{ desk: acting.desk }} />
			<p class="soft">{record ? t('has_record') : t('no_record')}</p>
		</Section>
	</>;
}

// Its issuer wants it back: the station was told (docs/receipts.md 8).
// "withheld": this desk had not opened it, and cannot any more; "unknown": the
// station has no such letter.
function useRecall(id: string): {
	said?: Row; withheld: boolean; unknown: ApiError | null;
} {
	const acting = useActing();
	const got = useGet<Rows>(id ? `/mail/${id}/trace` : null, {}, ['mail']);
	const rows = (got.data?.rows ?? []).filter((r) => r.row === 'receipt');

	return {
		said: rows.find((r) => r.says === 'recall' || r.says === 'supersede'),
		withheld: rows.some((r) => r.says === 'outcome' &&
			r.code === 'withheld' && r.about === acting.desk),
		unknown: got.error?.code === 'absent' ? got.error : null,
	};
}

export function Recalled({ id }: { id: string }) {
	const nameAt = useNames();
	const { said, withheld } = useRecall(id);

	return !said ? null : <Alert kind="warn"
		title={t('recalled', { from: nameAt(said.by ?? '') })}>
		<p><Time at={said.at} /></p>
		<p>{withheld ? t('recalled_unread') : t('recalled_help')}</p></Alert>;
}

export function Mail({ id }: { id: string }) {
	const acting = useActing();
	const nameAt = useNames();
	const [open, setOpen] = useState(false);
	const mail = useGet<Row>(open ? `/mail/${id}` : null, { desk: acting.desk });
	const [asking, setAsking] = useState('');
	const { withheld: closed, unknown } = useRecall(id);
	// what another than its sender recalled is opened all the same
	const withheld = closed && !mail.data;
	const act = useAct();
	const box = useGet<Rows>('/mail/in', { desk: acting.desk, all: true,
		max: 200 }, ['mail']);
	const cover = (box.data?.rows ?? []).find((r) => r.row === 'delivery' &&
		String(r.id).replace(/-/g, '') === id);
	const from = mail.data?.originator ?? cover?.origin;
	const take = (action: string) => act.run(async () => {
		const r = await post<Row>('/documents', { desk: acting.desk,
			as: acting.person, action, fields: { dispatch: id } });

		toast(t('taken'));
		go(`/den/${r.document ?? r.rows?.[0]?.document}`);
	});

	const begin = useGet<Row>('/documents/beginnings',
		{ desk: acting.desk, as: acting.person });
	const may = (action: string) => ((begin.data?.next ?? []) as Row[])
		.some((n) => n.action === action && n.could !== false);
	// a clerk takes in documents, an operator telegrams, the duty officer both
	const takes = ['arrive', 'telegram-arrive'].filter(may);

	if (unknown)
		return <Page title={t('fresh_one')} actions={<LinkButton
			href="/den">{t('back')}</LinkButton>}>
			<ErrorBox error={unknown} /></Page>;
	return <Page title={from ? t('from',
		{ from: nameAt(from) }) : t('fresh_one')}
		actions={<LinkButton href="/den">{t('back')}</LinkButton>}>
		<Recalled id={id} />
		{withheld && !open && <p><Button onClick={() => setOpen(true)}>
			{t('recalled_check')}</Button></p>}
		{!withheld && <Section title={t('do')}>
			{takes.length > 0 ? <p class="soft">{t('telling')}</p>
				: begin.data && <p>{t('may_none')}</p>}
			<ErrorBox error={begin.error} again={begin.reload} />
			<ErrorBox error={act.error} />
			<div class="row">
				{takes.map((x, i) => <Button key={x} busy={act.busy}
					kind={i === 0 ? 'main' : 'plain'}
					onClick={() => take(x)}>{x === 'arrive' ? t('take_in')
						: t('take_telegram')}</Button>)}
				<Button onClick={() => setAsking('ack')}>{t('ack')}</Button>
				<Button onClick={() => setAsking('refuse')}>{t('refuse')} …
				</Button>
			</div>
		</Section>}
		{!open && !withheld && <Section title={t('letter')}>
			{cover && <p class="row">
				<PrecedenceBadge precedence={cover.precedence} />
				{d.of('far', cover.state)}{' · '}
				<Time at={cover.arrived ?? cover.at} /></p>}
			<p class="soft">{t('opened')}</p>
			<p><Button onClick={() => setOpen(true)}>{t('open')}</Button></p>
		</Section>}
		{open && <ErrorBox error={mail.error} again={mail.reload} />}
		{mail.loading && <Loading />}
		{mail.data && <Letter mail={mail.data} id={id} />}
		{asking === 'ack' && <Confirm title={t('ack')} yes={t('ack')}
			busy={act.busy} error={act.error} onClose={() => setAsking('')}
			onYes={async () => {
				if (await act.run(() => post(`/mail/${id}/ack`,
					{ desk: acting.desk }))) {
					toast(t('acked'));
					go('/den');
				}
			}}><p>{t('ack_ask')}</p>
			<p class="soft">{p('signs', { person: acting.deskName,
				desk: nameAt(acting.desk) })}</p></Confirm>}
		{asking === 'refuse' && <Refuse id={id} onClose={() => setAsking('')} />}
	</Page>;
}

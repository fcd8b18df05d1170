// SPDX-License-Identifier: EUPL-1.2
// One dispatch that lies at the desk: its cover, what is in it, and what is
// done with it.
import { useState } from 'preact/hooks';
import { post, type Row, useAct, useGet } from '../../api';
import { FileList } from '../../doc/files';
import { short } from '../../doc/parts';
import { clean } from '../../logic/fields';
import { go } from '../../router';
import { useActing } from '../../session';
import { t as d } from '../../texts/doc';
import { t } from '../../texts/incoming';
import { t as p } from '../../texts/parts';
import { Button, Confirm, ErrorBox, Facts, Field, Hash, LevelStamp,
	LinkButton, Loading, Page, PrecedenceBadge, Radios, Section, Time, toast }
	from '../../ui';

// Their places are their codes (docs/receipts.md 3.1).
const codes = ['not-for-us', 'damaged', 'wrong-form', 'wrong-level',
	'not-our-business', 'other'];
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

function Letter({ mail, id }: { mail: Row; id: string }) {
	const acting = useActing();
	const rows: Row[] = mail.rows ?? [];
	const of = (kind: string) => rows.filter((r) => r.row === kind);
	const list = (all: Row[]) => all.map((r) => <div key={r.address ?? r.id}>
		{short(r.address ?? r.desk ?? '')}
		{r.purpose && ` (${t.of('purpose', r.purpose)})`}</div>);
	const parts = of('part').map((r, n) => ({ ...r, n: r.n ?? n } as Row));
	const shown = parts.filter((r) => !inner.includes(r.type));
	const record = parts.some((r) => r.type === inner[1]);

	return <>
		<div class="row">
			<PrecedenceBadge precedence={mail.precedence} />
			<LevelStamp level={mail.level} /></div>
		<Section title={t('letter')}><div class="sheet"><Facts rows={[
			[t('originator'), short(String(mail.originator ?? ''))],
			[t('signer'), mail.signature === 'holds'
				? t('signature.holds', { who: mail.signer ?? '' })
				: t('signature.other', { who: mail.signer ?? '',
					state: String(mail.signature ?? '') })],
			[t('signed_at'), mail.signed_at && <Time at={mail.signed_at} />],
			[t('subject'), mail.subject],
			[t('addressees'), list(of('addressee'))],
			[t('references'), of('reference').length > 0 &&
				of('reference').map((r) => <Hash key={r.id} group={8}
					value={String(r.id).replace(/-/g, '')} />)],
			[t('id'), <Hash value={id} group={8} />],
		]} /></div></Section>
		<Section title={t('parts')}>
			<FileList rows={shown} base={`/mail/${id}/parts`} acting={acting} />
			<p class="soft">{record ? t('has_record') : t('no_record')}</p>
		</Section>
	</>;
}

export function Mail({ id }: { id: string }) {
	const acting = useActing();
	const [open, setOpen] = useState(false);
	const mail = useGet<Row>(open ? `/mail/${id}` : null, { desk: acting.desk });
	const [asking, setAsking] = useState('');
	const act = useAct();
	const take = (action: string) => act.run(async () => {
		const r = await post<Row>('/documents', { desk: acting.desk,
			as: acting.person, action, fields: { dispatch: id } });

		toast(t('taken'));
		go(`/den/${r.document ?? r.rows?.[0]?.document}`);
	});

	return <Page title={t('from', { from: mail.data?.originator
		? short(mail.data.originator) : id.slice(0, 8) })}
		actions={<LinkButton href="/den">{t('back')}</LinkButton>}>
		<Section title={t('do')}>
			<p class="soft">{t('telling')}</p>
			<ErrorBox error={act.error} />
			<div class="row">
				<Button kind="main" busy={act.busy}
					onClick={() => take('arrive')}>{t('take_in')}</Button>
				<Button busy={act.busy}
					onClick={() => take('telegram-arrive')}>
					{t('take_telegram')}</Button>
				<Button onClick={() => setAsking('ack')}>{t('ack')}</Button>
				<Button onClick={() => setAsking('refuse')}>{t('refuse')} …
				</Button>
			</div>
		</Section>
		{!open && <Section title={t('letter')}>
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
				desk: short(acting.desk) })}</p></Confirm>}
		{asking === 'refuse' && <Refuse id={id} onClose={() => setAsking('')} />}
	</Page>;
}

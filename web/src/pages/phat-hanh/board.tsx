// SPDX-License-Identifier: EUPL-1.2
// How far a document is with every addressee, as it happens; and a reminder to
// who has not answered.
import { useState } from 'preact/hooks';
import { type Rows, useAct, useGet } from '../../api';
import type { One } from '../../doc/one';
import { short } from '../../doc/parts';
import { recipients_of, seconds } from '../../logic/fields';
import { type Far, how_far, is_over } from '../../logic/way';
import { nameAt } from '../../names';
import { useActing } from '../../session';
import { t as d } from '../../texts/doc';
import { t } from '../../texts/release';
import { Badge, Button, Confirm, ErrorBox, Field, Loading, Section, Table, Time,
	toast } from '../../ui';
import { remind, Reminders, useReminders } from './reminders';

function Chase({ one, to, sent, onClose }: {
	one: One; to: string[]; sent: number; onClose: () => void;
}) {
	const acting = useActing();
	const act = useAct();
	const { doc } = one;
	const [text, setText] = useState(t('chase_words',
		{ symbol: doc.symbol ?? String(doc.document).slice(0, 8) }));

	return <Confirm title={t('chase')} yes={t('chase')} busy={act.busy}
		error={act.error} onClose={onClose} onYes={async () => {
			if (await act.run(() => remind(String(doc.document), sent, {
				desk: acting.desk, to, level: doc.level,
				precedence: doc.precedence === 'hoa-toc-hen-gio' ? 'hoa-toc'
					: doc.precedence, text,
				references: [String(doc.dispatch).replace(/-/g, '')],
			}))) {
				toast(t('chased'));
				onClose();
			}
		}}>
		<p>{t('chase_what')}</p>
		<p>{t('chase_to')}: {to.map(short).join(', ')}</p>
		<Field label={t('chase_text')} lines={4} value={text} onValue={setText} />
	</Confirm>;
}

export function Board({ one }: { one: One }) {
	const { doc } = one;
	const hex = String(doc.dispatch).replace(/-/g, '');
	const got = useGet<Rows>(`/mail/${hex}/trace`, {}, ['mail', 'links']);
	const sent = useReminders(String(doc.document), got.data);
	const [chase, setChase] = useState<string[] | null>(null);
	const named = new Map(recipients_of(doc.recipients)
		.map((r) => [r.address, r.name]));
	const far = how_far(got.data?.rows ?? [], one.steps, seconds);
	const paper = recipients_of(doc.recipients).filter((r) => !r.address);
	const late = far.filter((f) => !is_over(f));
	const badge = (f: Far) => <Badge kind={f.state === 'refused' ? 'bad'
		: f.state === 'acted' ? 'good' : f.by === 'receipt' ? 'info' : ''}>
		{d.of('far', f.state)}{f.code && `: ${d.of('code', f.code)}`}</Badge>;

	return <Section title={t('board')} actions={late.length > 1 && <Button
		onClick={() => setChase(late.map((f) => f.desk))}>{t('chase_all')}
	</Button>}>
		<p class="soft">{t('board_hint')}{' '}
			{far.length > 0 && t('counts', { done: far.length - late.length,
				n: far.length })}</p>
		<ErrorBox error={got.error} again={got.reload} />
		{got.loading && <Loading />}
		<div aria-live="polite">
			{far.length > 0 && <Table caption={t('board')} rows={far}
				id={(f) => f.desk} columns={[
					{ key: 'to', head: d('field.recipients'), narrow: 'title',
						cell: (f) => <>{named.get(f.desk) || short(f.desk)}
							{named.get(f.desk) &&
								<small> {short(f.desk)}</small>}</> },
					{ key: 'state', head: d('field.state'), cell: (f) => <>
						{badge(f)}
						<br /><small class="soft">
							{f.by === 'receipt' ? t('by_receipt') : t('by_station')}
							{f.by !== 'receipt' && f.hop &&
								` · ${t(f.state === 'queued' ? 'next_hop' : 'at', { hop: nameAt(f.hop) })}`}
							{f.noted && ` · ${t('noted')}`}</small></> },
					{ key: 'at', head: d('field.changed'),
						cell: (f) => <Time at={f.at} /> },
					{ key: 'do', head: t('chase'), screen: true, cell: (f) => is_over(f) ? null
						: <Button kind="quiet" onClick={() => setChase([f.desk])}
							aria-label={`${t('chase')}: ${short(f.desk)}`}>
							{t('chase')}</Button> },
				]} />}
		</div>
		{paper.length > 0 && <p>{t('paper')}: {paper.map((r) => r.name)
			.join('; ')}</p>}
		<Reminders all={sent} />
		{chase && <Chase one={one} to={chase} sent={sent.length} onClose={() => setChase(null)} />}
	</Section>;
}

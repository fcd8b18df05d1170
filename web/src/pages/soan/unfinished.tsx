// SPDX-License-Identifier: EUPL-1.2
// Those that are not submitted yet, of this person at this desk.
import { useState } from 'preact/hooks';
import { ApiError, del, type Row, type Rows, useAct, useGet } from '../../api';
import type { Acting } from '../../doc/step';
import { useStore } from '../../store';
import { t } from '../../texts/compose';
import { Button, Confirm, ErrorBox, Section, Time } from '../../ui';
import { held, release } from './held';

export function Unfinished({ acting, at, onOpen }: {
	acting: Acting; at: string; onOpen: (id: string) => void;
}) {
	const q = { desk: acting.desk, as: acting.person };
	const got = useGet<Rows>('/drafts', q, ['documents']);
	const [drop, setDrop] = useState('');
	const act = useAct();
	const unsaved: Row[] = useStore(held).filter((h) =>
		h.person === acting.person && h.desk === acting.desk)
		.map((h) => ({ draft: h.id, title: h.title, unsaved: true }));
	const rows = [...unsaved, ...(got.data?.rows ?? []).filter((r) =>
		!unsaved.some((u) => u.draft === r.draft))]
		.filter((r) => r.draft !== at);

	if (rows.length === 0 && !got.error)
		return null;
	return <Section title={t('drafts')}>
		<ErrorBox error={got.error} again={got.reload} />
		<ul class="todo">
			{rows.map((r) => <li key={r.draft}>
				<div><span class="todo-title">
					{r.title || t('draft_untitled')}</span>
					<p class="soft">{r.unsaved ? t('unsaved')
						: <Time at={r.changed} />}</p></div>
				<div class="row">
					<Button onClick={() => onOpen(r.draft)}
						aria-label={`${t('draft_open')}: ${r.title}`}>
						{t('draft_open')}</Button>
					<Button kind="quiet" onClick={() => setDrop(r.draft)}
						aria-label={`${t('draft_drop')}: ${r.title}`}>
						{t('draft_drop')}</Button>
				</div>
			</li>)}
		</ul>
		{drop && <Confirm title={t('draft_drop')} yes={t('draft_drop')} danger
			busy={act.busy} error={act.error} onClose={() => setDrop('')}
			onYes={async () => {
				if (await act.run(() => del(`/drafts/${drop}`, q).catch(
				    (e) => {
					// it may never have come to the station
					if ((e as ApiError).code !== 'absent')
						throw e;
				    }))) {
					release(acting.person, acting.desk, drop);
					setDrop('');
					got.reload();
				}
			}}><p>{t('draft_drop_ask')}</p></Confirm>}
	</Section>;
}

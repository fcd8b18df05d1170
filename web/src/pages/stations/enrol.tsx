// SPDX-License-Identifier: EUPL-1.2
// Requests for certificates that wait for the authority's person.
import { useGet, type Row, type Rows } from '../../api';
import { t } from '../../texts/network';
import { Badge, Empty, ErrorBox, Loading, Table, Time } from '../../ui';

export function Enrolments() {
	const got = useGet<Rows>('/enrolments', {}, ['directory', 'alarms']);
	const rows = (got.data?.rows ?? []).filter((r: Row) => r.row === 'request');
	const [before, after] = t('e.words').split('{command}');

	return <>
		<p class="lead">{t('enrol.lead')}</p>
		<ErrorBox error={got.error} again={got.reload} />
		{got.loading && <Loading />}
		{got.data && rows.length === 0 && <Empty title={t('enrol.none')} />}
		{rows.length > 0 && <>
			<p>{before}<code class="command">antin enrol issue --station DIR
				--key FILE.key --words "…" ID</code>{after}</p>
			<Table rows={rows} id={(r) => r.id} caption={t('enrol')} columns={[
				{ key: 'name', head: t('e.name'), narrow: 'title',
					cell: (r) => <>{r.name}<br /><small>{r.address}</small></> },
				{ key: 'kind', head: t('e.kind'), cell: (r) => t.of('e.kind', r.kind) },
				{ key: 'by', head: t('e.by'), cell: (r) => <Badge
				    kind={r.by === 'nobody' ? 'warn' : 'good'}>
					{t.of('e.by', r.by)}</Badge> },
				{ key: 'at', head: t('e.at'), cell: (r) => <Time at={r.at} /> },
				{ key: 'until', head: t('e.until'),
					cell: (r) => <Time at={r.until} only="date" /> },
				{ key: 'state', head: t('e.state'),
					cell: (r) => t.of('e.state', r.state) },
				{ key: 'id', head: t('e.id'),
					cell: (r) => <code>{String(r.id).slice(0, 17)}</code> },
			]} />
		</>}
	</>;
}

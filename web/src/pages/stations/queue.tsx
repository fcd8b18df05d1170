// SPDX-License-Identifier: EUPL-1.2
// What waits, and for whom.
import { useState } from 'preact/hooks';
import type { Row } from '../../api';
import { size, span, time } from '../../i18n';
import type { Station } from '../../logic/tree';
import { t } from '../../texts/network';
import { Badge, Empty, PrecedenceBadge, Table } from '../../ui';
import { Ask, Doings, type Doing } from './doing';

export function Queue({ legs, stations, now, whole, onDone }: {
	legs: Row[]; stations: Station[]; now: number; whole?: boolean;
	onDone: () => void;
}) {
	const [asking, ask] = useState<{ doing: Doing; leg: Row } | null>(null);
	const name = (hop: string) =>
	    stations.find((s) => s.address === hop)?.name ?? hop;
	const over = (leg: Row) => stations.filter((s) => s.place !== 'own' &&
	    s.address !== leg.hop);
	const say = (leg: Row) => <>
		{leg.state === 'held' ? <Badge kind="warn">
			{leg.by === 'operator' ? t('q.held') : t('q.noway')}</Badge> :
		    t('q.queued')}
		{leg.by === 'operator' && leg.state !== 'held' &&
		    <small> {t('q.pinned')}</small>}
		{leg.disk && <small> {t('q.disk', { n: String(leg.disk),
		    time: time(leg.disk_since) })}</small>}
	</>;

	if (legs.length === 0)
		return <Empty title={t('queue.none')} />;
	return <>
		<Table rows={legs} id={(r) => String(r.q)} caption={t('queue')} columns={[
			{ key: 'id', head: t('q.id'), narrow: 'title',
				cell: (r) => <code class="nowrap">{String(r.id).slice(0, 8)}</code> },
			{ key: 'what', head: t('q.what'),
				cell: (r) => t.of('q', r.what) },
			...(whole ? [{ key: 'to', head: t('q.to'),
				cell: (r: Row) => r.hop ? name(r.hop) : t('q.noway') }] : []),
			{ key: 'precedence', head: t('q.precedence'),
				cell: (r) => <PrecedenceBadge precedence={r.precedence} always /> },
			{ key: 'age', head: t('q.age'), number: true,
				cell: (r) => span(now - r.at) },
			{ key: 'size', head: t('q.size'), number: true,
				cell: (r) => size(r.bytes) },
			{ key: 'state', head: t('q.state'), cell: say },
			{ key: 'do', head: t('act'), cell: (r) => r.what === 'dispatch' &&
				<Doings held={r.state === 'held'}
				    pinned={r.by === 'operator'}
				    over={over(r).length > 0}
				    label={t('of.leg', { id: String(r.id).slice(0, 8) })}
				    onPick={(doing) => ask({ doing, leg: r })} /> },
		]} />
		{asking && <Ask doing={asking.doing} over={over(asking.leg)}
		    which={{ leg: asking.leg.q, id: asking.leg.id }}
		    onEnd={(did) => {
			ask(null);
			if (did)
				onDone();
		    }} />}
	</>;
}

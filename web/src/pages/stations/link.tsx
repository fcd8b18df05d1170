// SPDX-License-Identifier: EUPL-1.2
// The page of one line: how it is, what will happen by itself, what waits.
import { useState } from 'preact/hooks';
import { number, size, span, time } from '../../i18n';
import type { Station } from '../../logic/tree';
import { t } from '../../texts/network';
import { Alert, Badge, Empty, ErrorBox, Facts, LinkButton, Loading, Page,
    Section, Time } from '../../ui';
import type { Around } from './data';
import { Ask, Doings, type Doing } from './doing';
import { Steps } from './media';
import { Queue } from './queue';

const moods = { good: 'good', watch: 'warn', bad: 'bad', none: '' } as const;

export function State({ station }: { station: Station }) {
	return <Badge kind={moods[station.mood]}>
		{t.of('state', station.state)}</Badge>;
}

function Self({ station: s }: { station: Station }) {
	const what = s.state === 'up' ? t('self.up') :
	    s.state === 'hand' ? t('self.hand') :
	    s.place === 'above' ? t('self.above') : t('self.below');

	return <Alert kind={s.state === 'up' ? 'info' : 'warn'} title={t('self')}>
		{what}</Alert>;
}

export function LinkPage({ host, around }: { host: string; around: Around }) {
	const { stations, queue, status, now } = around;
	const s = stations?.find((x) => x.address === `antin://${host}` &&
	    x.place !== 'own');
	const [doing, ask] = useState<Doing | null>(null);
	const back = <LinkButton href="/mang">{t('link.back')}</LinkButton>;
	const title = t('link', { name: s?.name ?? host });

	if (!stations)
		return <Page title={title} actions={back}>
			{around.error ? <ErrorBox error={around.error}
			    again={around.reload} /> : <Loading />}</Page>;
	if (!s)
		return <Page title={title} actions={back}>
			<Empty title={t('link.none')} /></Page>;
	const legs = queue.filter((r) => r.hop === s.address);
	const over = stations.filter((x) => x.place !== 'own' && x !== s);
	const lost = around.alarms.find((a) => a.state !== 'over' &&
	    (a.kind === 'child' || a.kind === 'parent') &&
	    a.subject === s.address);
	const unit = around.tree.find((r) => r.row === 'unit' &&
	    r.address === s.address);
	const own = status.find((r) => r.row === 'station')?.station ?? '';

	return <Page title={title} lead={s.address} actions={back}>
		<ErrorBox error={around.error} again={around.reload} />
		<Self station={s} />
		<Section title={t('link.state')}>
			<Facts rows={[
				[t('link.state'), <State station={s} />],
				[t('link.place'), t(s.place)],
				[t('link.kind'), t(s.state === 'hand' ? 'kind.disk' : 'kind.line')],
				[t('link.since'), s.since > 0 && <Time at={s.since} />],
				[t('link.lost'), lost && <Time at={lost.since} />],
				[t('link.items'), s.state === 'up' &&
				    t('items', { n: s.items })],
				[t('link.waiting'), s.waiting === 0 ? t('waits.none') :
				    `${t('waits', { n: s.waiting, age: span(now - s.oldest) })}, ` +
				    size(s.bytes)],
				[t('link.keys'), unit?.until && <Time at={unit.until} only="date" />],
				[t('link.disk'), s.lastDisk > 0 && t('disk.n', {
					n: number(s.lastDisk), time: time(s.lastDiskAt) })],
			]} />
		</Section>
		<Section title={t('queue')}>
			{s.waiting > 0 && <p>{t('do.all')}{' '}<Doings held={false}
			    pinned over={over.length > 0} onPick={ask}
			    label={t('of.hop', { name: s.name })} /></p>}
			<Queue legs={legs} stations={stations} now={now}
			    onDone={around.reload} />
		</Section>
		{s.state !== 'up' && s.waiting > 0 && <Section title={t('media')}>
			<Steps station={s} own={own} /></Section>}
		{doing && <Ask doing={doing} over={over}
		    which={{ hop: s.address, name: s.name }}
		    onEnd={(did) => {
			ask(null);
			if (did)
				around.reload();
		    }} />}
	</Page>;
}

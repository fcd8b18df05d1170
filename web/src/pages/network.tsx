// SPDX-License-Identifier: EUPL-1.2
// Mạng: the stations around this one, their lines, what waits for whom, what is
// carried by disk, and who asks for certificates.
import { useState } from 'preact/hooks';
import { byNeed, type Station } from '../logic/tree';
import { go } from '../router';
import { t } from '../texts/network';
import { Empty, ErrorBox, Loading, Page, Section, TabPanel, Tabs } from '../ui';
import type { PageProps } from './index';
import { useAround, type Around } from './stations/data';
import { Enrolments } from './stations/enrol';
import { LinkPage } from './stations/link';
import { Media } from './stations/media';
import { linkTo, Mark, Picture, spoken } from './stations/picture';
import { Queue } from './stations/queue';

const MANY = 12;

function Legend() {
	const one = (state: Station['state'], mood: Station['mood']) =>
	    ({ place: 'below', state, mood }) as Station;

	return <ul class="legend" aria-label={t('legend')}>{([
		[one('up', 'good'), t('state.up')],
		[one('up', 'watch'), `${t('state.up')}, ${t('mood.watch')}`],
		[one('hand', 'watch'), t('state.hand')],
		[one('down', 'bad'), t('state.down')],
	] as [Station, string][]).map(([s, text]) => <li key={text}>
		<svg width={22} height={22} aria-hidden="true">
			<Mark x={11} y={11} station={s} /></svg>{text}</li>)}</ul>;
}

/* What the picture shows, as a list in a list. */
function List({ stations, now }: { stations: Station[]; now: number }) {
	const own = stations.find((s) => s.place === 'own');
	const above = stations.find((s) => s.place === 'above');
	const below = stations.filter((s) => s.place === 'below').sort(byNeed);
	const item = (s: Station) => <a href={linkTo(s)}>{spoken(s, now)}</a>;
	const rest = <ul>{own && <li>{item(own)}
		{below.length > 0 && <ul>{below.map((s) =>
			<li key={s.address}>{item(s)}</li>)}</ul>}</li>}</ul>;

	return above ? <ul class="tree-list"><li>{item(above)}{rest}</li></ul> :
	    <div class="tree-list">{rest}</div>;
}

function Whole({ stations, now }: { stations: Station[]; now: number }) {
	const lines = stations.filter((s) => s.place !== 'own');
	const [listed, list] = useState(lines.length <= MANY);
	const up = lines.filter((s) => s.state === 'up').length;

	return <>
		<p>{t('picture.what', { up, down: lines.length - up,
			n: lines.reduce((n, s) => n + s.waiting, 0) })}</p>
		{lines.length === 0 && <Empty title={t('nobody')} icon="network" />}
		<Picture stations={stations} now={now} />
		<Legend />
		<details open={listed} onToggle={(ev) =>
		    list(ev.currentTarget.open)}>
			<summary>{t('list.what')}</summary>
			{listed && <List stations={stations} now={now} />}
		</details>
	</>;
}

const TABS = ['so-do', 'cho', 'dia', 'ghi-danh'] as const;

function Neighbours({ at, around }: { at: string; around: Around }) {
	const { stations, queue, status, now } = around;
	const own = status.find((r) => r.row === 'station')?.station ?? '';
	const labels = [t('picture'), t('queue.all'), t('media'), t('enrol')];

	return <Page title={t('title')} lead={t('lead')}>
		<Tabs label={t('title')} at={at} tabs={TABS.map((id, i) => ({ id,
			label: labels[i],
			count: id === 'cho' && queue.length > 0 ? queue.length :
			    undefined }))}
		    onPick={(id) => go(id === 'so-do' ? '/mang' : `/mang/${id}`)} />
		<ErrorBox error={around.error} again={around.reload} />
		<TabPanel id={at}>
			{!stations ? !around.error && <Loading rows={6} /> :
			at === 'cho' ? <Section title={t('queue.all')}>
				<Queue legs={queue} stations={stations} now={now}
				    whole onDone={around.reload} /></Section> :
			at === 'dia' ? <Section title={t('media')}>
				<Media stations={stations} own={own} /></Section> :
			at === 'ghi-danh' ? <Section title={t('enrol')}>
				<Enrolments /></Section> :
			<Whole stations={stations} now={now} />}
		</TabPanel>
	</Page>;
}

export default function Network({ rest }: PageProps) {
	const around = useAround();

	if (rest[0] === 'tram' && rest[1])
		return <LinkPage host={rest[1]} around={around} />;
	return <Neighbours around={around} at={TABS.find((x) => x === rest[0]) ??
	    'so-do'} />;
}

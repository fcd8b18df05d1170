// SPDX-License-Identifier: EUPL-1.2
// Máy trạm: how the station is, what to do where something is not well, its
// alarms, its keys and their ends.
import { useGet, type Row, type Rows } from '../api';
import { time } from '../i18n';
import { unitsOf, type Row as TreeRow } from '../logic/tree';
import { t } from '../texts/station';
import { Alert, Badge, ErrorBox, Facts, Loading, Page, Section, Table, Time }
    from '../ui';
import type { PageProps } from './index';
import { AlarmsPanel } from './stations/alarms';
import { useTree } from './stations/data';

const kinds = { fine: 'good', look: 'warn', wrong: 'bad' } as const;
const marks = { fine: '●', look: '◐', wrong: '○' };
const begins = (s: string) => s.charAt(0).toUpperCase() + s.slice(1);

interface Check {
	check: string; name: string; state: keyof typeof kinds;
	says: string; do?: string;
}

/* As the station judges itself: its sentences, in the page's language. */
function Health() {
	const got = useGet<{ worst: Check['state']; checks: Check[] }>(
	    '/station/health', {}, ['alarms', 'links', 'directory']);
	const how = got.data?.worst;
	const list = got.data?.checks ?? [];
	const n = list.filter((c) => c.state === how).length;

	return <>
		{how && <Alert kind={how === 'fine' ? 'good' : how === 'look' ? 'warn' :
		    'bad'} title={t(`all.${how}`, { n })} />}
		<Section title={t('health')}>
			<ErrorBox error={got.error} again={got.reload} />
			{got.loading && <Loading rows={8} />}
			{got.data && <Table rows={list} id={(c) => c.check}
			    caption={t('health')} columns={[
				{ key: 'check', head: t('check'), narrow: 'title',
					cell: (c) => begins(c.name) },
				{ key: 'how', head: t('how'), cell: (c) =>
					<Badge kind={kinds[c.state]}><span class="nowrap">
						<span aria-hidden="true">{marks[c.state]} </span>
						{t(c.state)}</span></Badge> },
				{ key: 'says', head: t('says'), cell: (c) => <>
					{c.says}
					{c.do && <><br /><strong>→ {begins(c.do)}
					</strong></>}</> },
			]} />}
			<p class="hint">{t('doctor').split('{command}')[0]}
				<code class="command">antin doctor</code>
				{t('doctor').split('{command}')[1]}</p>
		</Section>
	</>;
}

/* Whose certificates this station's work rests on, the sooner first. */
function Keys({ tree, status }: { tree: Row[]; status: Row[] }) {
	const { own } = unitsOf(tree as TreeRow[]);
	const asked = (address: string) => status.some((r) => r.row === 'key' &&
	    r.address === address && r.requested > 0);
	const rows = tree.filter((r) => r.unit === own && (r.row === 'desk' ||
	    r.row === 'person')).map((r) => ({ whose: r.row, ...r,
		state: r.keys }) as Row);
	const unit = tree.find((r) => r.row === 'unit' && r.unit === own);

	if (unit)
		rows.unshift(...(['station', 'authority'] as const).filter((k) =>
		    unit[k] !== 'none').map((k) => ({ ...unit, whose: k,
			state: unit[k] }) as Row));
	rows.sort((a, b) => (a.until ?? Infinity) - (b.until ?? Infinity));
	return <Section title={t('keys')}>
		<Table rows={rows} id={(r) => `${r.whose}${r.address}`}
		    caption={t('keys')} columns={[
			{ key: 'name', head: t('keys.whose'), narrow: 'title',
				cell: (r) => <>{r.name} <small>({t.of('whose', r.whose)})
				</small></> },
			{ key: 'until', head: t('keys.until'),
				cell: (r) => r.until && <Time at={r.until} only="date" /> },
			{ key: 'state', head: t('keys.state'), cell: (r) => <>
				<Badge kind={r.state === 'good' ? 'good' :
				    r.state === 'ending' ? 'warn' : 'bad'}>
					{t.of('k', r.state)}</Badge>
				{asked(r.address) && <small> {t('k.asked')}</small>}</> },
		]} />
	</Section>;
}

export default function Station(_: PageProps) {
	const got = useGet<Rows>('/station', {}, ['alarms', 'links', 'directory']);
	const tree = useTree();
	const rows = got.data?.rows ?? [];
	const about = rows.find((r) => r.row === 'station');
	const life = rows.find((r) => r.row === 'life');

	return <Page title={t('title')} lead={t('lead')}>
		<ErrorBox error={got.error ?? tree.error} again={() => {
			got.reload();
			tree.reload();
		}} />
		{got.loading && <Loading rows={8} />}
		<Health />
		{got.data && <AlarmsPanel />}
		{tree.data && <Keys tree={tree.data} status={rows} />}
		{about && <>
			<Section title={t('about')}><Facts rows={[
				[t('address'), about.station],
				[t('version'), String(got.data?.version ?? '')],
				[t('life'), life?.incarnation],
				[t('accepted'), about.dispatches],
				...rows.filter((r) => r.row === 'desk').map((r):
				    [string, string] => [r.name, r.until ?
					t('desk.in', { time: time(r.until) }) :
					t('desk.out')]),
			]} /></Section>
			<Section title={t('backup')}>
				<p>{t('backup.how')}</p>
				<p><code class="command">antin backup TRẠM.backup</code></p>
				<p><code class="command">antin backup verify TRẠM.backup</code></p>
			</Section>
		</>}
	</Page>;
}

// SPDX-License-Identifier: EUPL-1.2
// Nhật ký: how long it is, what was signed of it, its newest entries, and
// whether all of it is what was signed.
import { useRef, useState } from 'preact/hooks';
import { ApiError, post, useGet, type Row, type Rows } from '../api';
import { number, time } from '../i18n';
import { t } from '../texts/journal';
import { Alert, Badge, Button, Empty, ErrorBox, Facts, Loading, Page,
    Progress, Section, Table, Time } from '../ui';
import type { PageProps } from './index';

const SHOWN = 50;

type Outcome = { kind: 'busy'; done: number; total: number } |
    { kind: 'good'; said: Row } | { kind: 'bad'; error: ApiError } |
    { kind: 'stopped'; error: ApiError } | null;

/* Slice after slice, until the last says how it is. */
function Verify({ total }: { total: number }) {
	const [is, set] = useState<Outcome>(null);
	const at = useRef(false);
	const run = async () => {
		let state: Row = {};

		if (at.current)
			return;
		at.current = true;
		set({ kind: 'busy', done: 0, total });
		try {
			for (;;) {
				const said = await post<Row>('/journal/verify', state);

				if (said.whole !== false) {
					set({ kind: 'good', said });
					return;
				}
				set({ kind: 'busy', done: said.done ?? 0,
					total: said.total ?? total });
				state = { state: said.state };
			}
		} catch (e) {
			if (!(e instanceof ApiError))
				throw e;
			// what does not hold is no fault of the asking
			set({ kind: e.status === 403 || e.code === 'denied' ||
			    e.code === 'invalid' ? 'bad' : 'stopped', error: e });
		} finally {
			at.current = false;
		}
	};

	return <Section title={t('verify')}>
		<p>{t('verify.what')}</p>
		<div class="actions"><Button kind="main" busy={is?.kind === 'busy'}
		    onClick={() => void run()}>{t('verify')}</Button></div>
		<div aria-live="polite">
			{is?.kind === 'busy' && <>
				<Progress value={is.done} max={is.total}
				    label={t('verify')} />
				<p>{t('verify.busy', { done: is.done, all: is.total })}</p></>}
			{is?.kind === 'good' && <Alert kind="good"
			    title={t('verify.good', {
				n: is.said.entries ?? is.said.total ?? total,
				k: is.said.checkpoints ?? 0 })}>
				{is.said.destroyed > 0 && t('verify.destroyed',
				    { n: is.said.destroyed })}</Alert>}
			{is?.kind === 'bad' && <Alert kind="bad" title={t('verify.bad')}>
				<p>{is.error.text}</p>
				<p><strong>{t('verify.bad.do')}</strong></p></Alert>}
			{is?.kind === 'stopped' && <>
				<p>{t('verify.stopped')}</p>
				<ErrorBox error={is.error} again={() => void run()} /></>}
		</div>
	</Section>;
}

const plainId = (id: unknown) => typeof id === 'string' &&
    /[1-9a-f]/.test(id) ? id.slice(0, 8) : '';
/* What it was; of people and duty what they did. */
const what = (r: Row) => (r.says ?? r.kind) +
    (t.has(`${r.kind}.${r.code}`) ? `: ${t.of(r.kind, String(r.code))}` : '');
const about = (r: Row) => String(r.desk || r.station || r.text || '')
    .replaceAll('antin://', '');

export default function Journal(_: PageProps) {
	const [from, go] = useState<number | null>(null);
	const got = useGet<Rows>('/journal', { at: from === null ? undefined :
	    String(from), max: SHOWN }, from === null ?
	    ['mail', 'documents', 'links', 'directory', 'people'] : []);
	const total = Number(got.data?.total ?? 0);
	const rows = [...(got.data?.rows ?? [])].filter((r) =>
	    r.row === 'entry' || r.number !== undefined)
	    .sort((a, b) => b.number - a.number);
	const checkpoints = (got.data?.checkpoints ?? []) as Row[];
	const newest = [...checkpoints].sort((a, b) => b.size - a.size)[0];
	const first = rows.length ? rows[rows.length - 1].number : 0;

	return <Page title={t('title')} lead={t('lead')}>
		<ErrorBox error={got.error} again={got.reload} />
		{got.loading && <Loading rows={8} />}
		{got.data && <>
			<Facts rows={[
				[t('size'), number(total)],
				[t('checkpoint'), newest ? <>{t('checkpoint.of', {
					n: newest.size, time: time(newest.at) })}{' '}
					<Badge kind={newest.witnessed ? 'good' : ''}>
						{t(newest.witnessed ? 'witnessed' :
						    'unwitnessed')}</Badge></> :
				    t('checkpoint.none')],
				[t('checkpoints'), checkpoints.length > 0 &&
				    number(checkpoints.length)],
			]} />
			<Verify total={total} />
			<Section title={t('entries')}>
				{rows.length === 0 ? <Empty title={t('none')} /> :
				<Table rows={rows} id={(r) => String(r.number)}
				    caption={t('entries')} columns={[
					{ key: 'n', head: t('number'), number: true,
						cell: (r) => number(r.number) },
					{ key: 'at', head: t('at'), cell: (r) => <>
						<Time at={r.at} />{r.own_clock &&
						    <small> ({t('own')})</small>}</> },
					{ key: 'what', head: t('what'), narrow: 'title',
						cell: (r) => <>{what(r)}
						{r.destroyed && <small> ({t('destroyed')})</small>}</> },
					{ key: 'about', head: t('about'), cell: about },
					{ key: 'id', head: t('id'), cell: (r) =>
						plainId(r.id) && <code>{plainId(r.id)}</code> },
				]} />}
				<div class="actions">
					<Button disabled={first === 0} onClick={() =>
					    go(Math.max(0, first - SHOWN))}>{t('older')}</Button>
					{from !== null && <Button onClick={() => go(null)}>
						{t('newest')}</Button>}
				</div>
			</Section>
		</>}
	</Page>;
}

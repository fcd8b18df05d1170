// SPDX-License-Identifier: EUPL-1.2
// Sổ: a register's volume as the law's table; filter, search, print, export;
// close a volume, add a remark, take a series up again after a restore.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, apiUrl, get, post, useAct, useGet, type Row, type Rows }
    from '../api';
import { keepBlob, useSaving } from '../doc/save';
import { date } from '../i18n';
import { booksOf, filtered, volumeOf, type Filter, type Held, type Line,
    type Row as Plain, type Volume } from '../logic/register';
import { setQuery } from '../router';
import { useActing } from '../session';
import { t } from '../texts/books';
import { Alert, Button, Confirm, Empty, ErrorBox, Field, LevelStamp,
    Loading, Page, Select, toast, wrong } from '../ui';
import type { PageProps } from './index';

const CLERKS = ['clerk', 'operator', 'custodian'];

/* All of a volume, slice by slice: the station gives so many lines at once. */
function useVolume(book: string, desk: string, as: string, year: number,
    volume: number) {
	const [got, set] = useState<{ of: string; volume: Volume | null;
	    error: ApiError | null; whole: boolean }>({ of: '', volume: null,
	    error: null, whole: false });
	const [turn, next] = useState(0);
	const of = `${book}/${desk}/${as}/${year}/${volume}`;

	useEffect(() => {
		const stop = new AbortController();
		const read = async () => {
			const rows: Row[] = [];
			let at = 0, n: number;

			do {
				const part = (await get<Rows>(`/registers/${book}/print`,
				    { desk, as, year, volume, ...(at ? { at } : {}),
					max: 500 }, stop.signal)).rows;
				const lines = part.filter((r) => r.row === 'line');

				rows.push(...part);
				n = lines.length;
				at = n ? lines[n - 1].serial + 1 : 0;
				set({ of, volume: volumeOf(rows as Plain[]), error: null,
					whole: n < 500 });
			} while (n === 500);
		};

		if (book && desk && year)
			read().catch((error) => {
				if (!stop.signal.aborted)
					set((was) => ({ of, error, whole: true,
						volume: was.of === of ? was.volume : null }));
			});
		return () => stop.abort();
	}, [of, turn]);
	return { ...(got.of === of ? got : { volume: null, error: null,
		whole: false }), reload: () => next((x) => x + 1) };
}

// ---- what a clerk does ------------------------------------------------------

function Close({ volume: v, desk, as, onEnd }: {
	volume: Volume; desk: string; as: string; onEnd: (did: boolean) => void;
}) {
	const act = useAct();
	const last = v.lines[v.lines.length - 1];

	return <Confirm title={t('close')} yes={t('close')} danger busy={act.busy}
	    error={act.error} onClose={() => onEnd(false)} onYes={async () => {
		if (await act.run(() => post(`/registers/${v.book}/close`,
		    { desk, as, year: v.year }))) {
			toast(t('close.done', { n: v.volume }));
			onEnd(true);
		}
	    }}><p>{t('close.what', { n: v.volume, year: String(v.year),
		title: v.title, first: v.lines[0]?.serial ?? 0,
		last: last?.serial ?? 0 })}</p></Confirm>;
}

function Remark({ volume: v, line, desk, as, onEnd }: {
	volume: Volume; line: Line; desk: string; as: string;
	onEnd: (did: boolean) => void;
}) {
	const act = useAct();
	const [text, setText] = useState('');

	return <Confirm title={t('remark', { n: line.serial })}
	    yes={t('remark.short')} busy={act.busy} error={act.error}
	    onClose={() => onEnd(false)} onYes={async () => {
		if (await act.run(() => post(`/registers/${v.book}/remark`,
		    { desk, as, year: v.year, at: line.serial,
			text: text.trim() }))) {
			toast(t('remark.done', { n: line.serial }));
			onEnd(true);
		}
	    }}>
		<p>{line.cells.slice(1, 4).filter(Boolean).join(' · ')}</p>
		<Field label={t('remark.text')} must value={text} onValue={setText}
		    maxLength={500} error={wrong(act.error, 'text')} />
		<p class="hint">{t('remark.what')}</p>
	</Confirm>;
}

function Resume({ series, desk, as, onEnd }: {
	series: Row[]; desk: string; as: string; onEnd: () => void;
}) {
	const act = useAct();
	const [at, setAt] = useState('');
	const [which, pick] = useState(series[0] ?
	    `${series[0].book} ${series[0].year}` : '');
	const [reason, setReason] = useState('');
	const [book, year] = which.split(' ');
	const name = series.find((s) => s.book === book)?.title ?? book;

	return <Confirm title={t('resume')} yes={t('resume')} danger
	    busy={act.busy} error={act.error} onClose={onEnd}
	    onYes={async () => {
		let rows: Row[] = [];

		if (await act.run(async () => {
			rows = (await post<Rows>(`/registers/${book}/resume`,
			    { desk, as, year: Number(year), at: Number(at),
				text: reason.trim() })).rows ?? [];
		})) {
			toast(t(rows.some((r) => r.done === 'yes') ?
			    'resume.done' : 'resume.first'));
			onEnd();
		}
	    }}>
		<p>{t('resume.lead')}</p>
		<Select label={t('resume.series')} must value={which} onValue={pick}
		    error={wrong(act.error, 'book')} options={series.map((s) => ({
			value: `${s.book} ${s.year}`,
			label: `${s.title ?? s.book}, ${s.year}` }))} />
		<Field label={t('resume.at')} must type="number" min={1} value={at}
		    onValue={setAt} error={wrong(act.error, 'at')} />
		<Field label={t('resume.reason')} must value={reason} lines={2}
		    onValue={setReason} maxLength={500}
		    error={wrong(act.error, 'text')} />
		{at !== '' && <p>{t('resume.what', { series: name, year, n: at })}</p>}
	</Confirm>;
}

// ---- the table --------------------------------------------------------------

function Sheet({ volume: v, lines, clerk, onRemark }: {
	volume: Volume; lines: Line[]; clerk: boolean;
	onRemark: (line: Line) => void;
}) {
	const all = v.columns.reduce((n, c) => n + c.width, 0) || 1;
	const kept = ['date', 'arrived'];
	const middle = ['serial', 'number', 'date', 'arrived', 'level', 'copies'];

	return <div class="register-scroll" tabIndex={0} role="region"
	    aria-label={t('table.caption', { title: v.title, n: v.volume,
		year: String(v.year) })}>
		<table class={`register ${v.columns.length > 10 ? 'many' : ''}`} lang="vi">
			<caption class="hidden">{t('table.caption', { title: v.title,
				n: v.volume, year: String(v.year) })}</caption>
			<colgroup>{v.columns.map((c) => <col key={c.field}
			    width={`${Math.round(c.width / all * 100)}%`} />)}
			</colgroup>
			<thead><tr>{v.columns.map((c) =>
				<th key={c.field} scope="col">{c.title}</th>)}
				{clerk && <th scope="col" class="no-print">
					{t('act')}</th>}</tr>
				<tr class="numbers" aria-hidden="true">{v.columns.map((c, i) =>
					<td key={c.field}>({i + 1})</td>)}
					{clerk && <td class="no-print" />}</tr></thead>
			<tbody>{lines.map((l) => <tr key={l.serial}
			    class={l.cancelled ? 'cancelled' : ''}>
				{v.columns.map((c, i) => {
					const text = l.cells[i];
					const inner = l.cancelled && c.field !== 'note' &&
					    c.field !== 'serial' && text ?
						<s>{text}</s> : text;

					return i === 0 ? <th key={c.field} scope="row"
					    class="middle">{inner}</th> :
					    <td key={c.field} class={`${middle.includes(c.field) ?
						'middle' : ''} ${kept.includes(c.field) ?
						'nowrap' : ''} ${c.field === 'note' ? 'note' : ''}`}>{inner}</td>;
				})}
				{clerk && <td class="no-print nowrap">{!v.closed &&
				    <Button kind="quiet" aria-label={t('remark',
					{ n: l.serial })} onClick={() => onRemark(l)}>
					{t('remark.short')}</Button>}</td>}
			</tr>)}</tbody>
		</table>
	</div>;
}

const LEVELS = ['thuong', 'mat', 'toi-mat', 'tuyet-mat'];

function Shown({ volume: v, whole, desk, as, clerk, onChange }: {
	volume: Volume; whole: boolean; desk: string; as: string; clerk: boolean;
	onChange: () => void;
}) {
	const [f, filter] = useState<Filter>({ typed: '', level: '', state: 'all' });
	const [remark, setRemark] = useState<Line | null>(null);
	const [closing, close] = useState(false);
	const lines = filtered(v, f);
	const query = { desk, as, year: v.year, volume: v.volume };
	const name = `${v.book}-${v.year}-${v.volume}`;
	const saving = useSaving();
	const json = () => {
		const cells = v.lines.map((l) => Object.fromEntries(
		    v.columns.map((c, i) => [c.field, l.cells[i]])));

		keepBlob(new Blob([JSON.stringify({ ...v, lines: cells }, null, 1)],
		    { type: 'application/json' }), `${name}.json`);
	};
	const save = (what: 'pdf' | 'csv') => <Button
	    busy={saving.busy === `${name}.${what}`} disabled={!!saving.busy &&
	    saving.busy !== `${name}.${what}`} onClick={() => saving.run(
		apiUrl(`/registers/${v.book}/volume.${what}`, query),
		`${name}.${what}`)}>{t(what)}</Button>;
	const end = (did: boolean) => {
		setRemark(null);
		close(false);
		if (did)
			onChange();
	};

	return <>
		<div class="register-head" lang="vi">
			{v.superior && <p>{v.superior}</p>}
			<p><strong>{v.office}</strong></p>
			<h2>{v.title}</h2>
			<p>Năm {v.year} – Tập {v.volume}, {v.closed ?
			    `mở ngày ${date(v.opened)}, đóng ngày ${date(v.closed)}` :
			    `mở ngày ${date(v.opened)}, chưa đóng`}</p>
			<LevelStamp level={v.level} />
		</div>
		<div class="actions no-print">
			<Button icon="print" onClick={() => window.print()}>{t('print')}</Button>
			{save('pdf')}{save('csv')}
			<Button onClick={json}>{t('json')}</Button>
			{clerk && !v.closed && <Button kind="danger"
			    onClick={() => close(true)}>{t('close')}</Button>}
		</div>
		<div class="no-print">{saving.said}</div>
		<p class="hint no-print">{t('export.note')}</p>
		<div class="filters no-print" role="search">
			<Field label={t('search')} hint={t('search.hint')} type="search"
			    value={f.typed} onValue={(typed) => filter({ ...f, typed })} />
			<Select label={t('level')} value={f.level}
			    onValue={(level) => filter({ ...f, level })}
			    empty={t('level.all')} options={LEVELS.filter((l) =>
				v.lines.some((x) => x.level === l)).map((l) => ({
				value: l, label: t.of('level', l) }))} />
			<Select label={t('state')} value={f.state}
			    onValue={(s) => filter({ ...f, state: s as Filter['state'] })}
			    options={(['all', 'valid', 'cancelled'] as const).map((s) => ({
				value: s, label: t.of('state', s) }))} />
		</div>
		<p role="status" class="no-print">{t('shown', { n: lines.length,
			all: v.lines.length })}</p>
		{v.gap && <Alert kind="warn">{t('gap', { first: v.gap.first,
			last: v.gap.last, text: v.gap.text })}</Alert>}
		{v.lines.length === 0 ? <Empty title={t('empty')} /> :
		lines.length === 0 ? <Empty title={t('empty.filter')} icon="search" /> :
			<Sheet volume={v} lines={lines} clerk={clerk}
			    onRemark={setRemark} />}
		{!whole && <Loading rows={2} />}
		{remark && <Remark volume={v} line={remark} desk={desk} as={as}
		    onEnd={end} />}
		{closing && <Close volume={v} desk={desk} as={as} onEnd={end} />}
	</>;
}

function Book({ books, query, desk, as, clerk, onChange }: {
	books: Held[]; query: URLSearchParams; desk: string; as: string;
	clerk: boolean; onChange: () => void;
}) {
	const held = books.find((b) => b.book === query.get('so')) ?? books[0];
	const at = held.volumes.find((v) => String(v.year) === query.get('nam') &&
	    String(v.volume) === query.get('tap')) ??
	    held.volumes.find((v) => String(v.year) === query.get('nam')) ??
	    held.volumes[0];
	const year = Number(at.year), n = Number(at.volume);
	const got = useVolume(held.book, desk, as, year, n);
	const years = [...new Set(held.volumes.map((v) => String(v.year)))];

	return <>
		<div class="filters no-print">
			<Select label={t('book')} value={held.book}
			    onValue={(so) => setQuery({ so, nam: undefined,
				tap: undefined })}
			    options={books.map((b) => ({ value: b.book,
				label: b.title || b.book }))} />
			<Select label={t('year')} value={String(year)}
			    onValue={(nam) => setQuery({ so: held.book, nam,
				tap: undefined })}
			    options={years.map((y) => ({ value: y, label: y }))} />
			<Select label={t('volume')} value={String(n)}
			    onValue={(tap) => setQuery({ so: held.book,
				nam: String(year), tap })}
			    options={held.volumes.filter((v) => v.year === year)
				.map((v) => ({ value: String(v.volume),
				label: `${t('volume.n', { n: String(v.volume) })}, ` +
				    (v.closed ? t('volume.closed',
					{ day: date(v.closed) }) : t('volume.open')) }))} />
		</div>
		<ErrorBox error={got.error} again={got.reload} />
		{!got.volume && !got.error && <Loading rows={8} />}
		{got.volume && <Shown key={`${held.book}${year}/${n}`}
		    volume={got.volume} whole={got.whole} desk={desk} as={as}
		    clerk={clerk} onChange={() => {
			got.reload();
			onChange();
		    }} />}
	</>;
}

export default function Books({ query }: PageProps) {
	const me = useActing();
	const got = useGet<Rows>(me.person && me.desk ? '/registers' : null,
	    { desk: me.desk, as: me.person }, ['documents']);
	const [resuming, resume] = useState(false);
	const rows = got.data?.rows ?? [];
	const books = booksOf(rows as Plain[]);
	const titles = new Map(books.map((b) => [b.book, b.title]));
	const series = rows.filter((r) => r.row === 'series').map((r) => ({ ...r,
		title: titles.get(r.book) }) as Row);
	const clerk = me.roles.some((r) => CLERKS.includes(r));

	return <Page title={t('title')} lead={t('lead')}>
		{!me.person && <Alert>{t('person')}</Alert>}
		<ErrorBox error={got.error} again={got.reload} />
		{got.loading && <Loading rows={8} />}
		{got.data && books.length === 0 && <Empty title={t('none')} />}
		{books.length > 0 && <Book books={books} query={query} desk={me.desk}
		    as={me.person} clerk={clerk} onChange={got.reload} />}
		{clerk && series.length > 0 && <p class="no-print">
			<Button kind="quiet" onClick={() => resume(true)}>
				{t('resume')}</Button></p>}
		{resuming && <Resume series={series} desk={me.desk} as={me.person}
		    onEnd={() => {
			resume(false);
			got.reload();
		    }} />}
	</Page>;
}

// SPDX-License-Identifier: EUPL-1.2
// Quy định: the law as dated data, in force and coming, with its sources; what
// nobody has yet held to its source says so.
import { useState } from 'preact/hooks';
import { useGet, type Row, type Rows } from '../api';
import { lang, number } from '../i18n';
import { day_said, day_typed } from '../logic/fields';
import { matches } from '../logic/register';
import { t } from '../texts/rules';
import { Badge, Checkbox, Empty, ErrorBox, Facts, Field, Loading, Page,
    Section, Select, Table, Time, Written } from '../ui';
import type { PageProps } from './index';

const SHOWN = 25;
const said = (r: Row, key: string): string =>
    (lang.get() === 'en' && r[`${key}-en`]) || r[key] || '';
const states = { 'in-force': 'good', coming: 'info', over: '' } as const;

function Files({ rows }: { rows: Row[] }) {
	const order = ['coming', 'in-force', 'over'];
	const files = rows.filter((r) => r.row === 'file').sort((a, b) =>
	    order.indexOf(a.state) - order.indexOf(b.state) || b.from - a.from);

	return <Section title={t('files')}>
		<Table rows={files} id={(r) => r.file} caption={t('files')} columns={[
			{ key: 'title', head: t('f.title'), narrow: 'title', cell: (r) => <>
				{said(r, 'title')}<br /><small>{r.file} ·{' '}
				{t(r.own === 'yes' ? 'own' : 'law')}</small></> },
			{ key: 'from', head: t('f.from'),
				cell: (r) => <Time at={r.from} only="date" /> },
			{ key: 'until', head: t('f.until'), cell: (r) => r.until ?
				<Time at={r.until} only="date" /> : t('f.forever') },
			{ key: 'state', head: t('f.state'), cell: (r) => <>
				<Badge kind={states[r.state as 'over'] ?? ''}>
					{t.of('state', r.state)}</Badge>
				{r.unverified === 'yes' && <>{' '}<Badge kind="warn">
					{t('dates.unverified')}</Badge></>}</> },
		]} />
	</Section>;
}

function Rule({ rule: r }: { rule: Row }) {
	return <li class="rule sheet">
		<div class="row"><strong>{said(r, 'name') ||
		    String(r.text).split('\n')[0].split(/\s+/).slice(1, 3).join(' ')}</strong>
			<span class="soft">{t.of('k', r.kind)}</span>
			{r.unverified === 'yes' ? <Badge kind="warn">
				{t('unverified')}</Badge> : <Badge kind="good">
				{t('verified')}</Badge>}
			{r.own === 'yes' && <Badge kind="info">{t('own')}</Badge>}</div>
		<p><span class="soft">{t('source')}: </span>{said(r, 'source')}</p>
		<details><summary>{t('text')} <span class="soft">({t('where', {
			file: r.file, line: String(r.line) })})</span></summary>
			<pre class="rule-text" tabIndex={0}>{r.text}</pre></details>
	</li>;
}

function List({ rules }: { rules: Row[] }) {
	const [kind, setKind] = useState('');
	const [typed, type] = useState('');
	const [only, setOnly] = useState(false);
	const [most, more] = useState(SHOWN);
	const kinds = [...new Set(rules.map((r) => String(r.kind)))];
	const count = (k: string) => rules.filter((r) => r.kind === k).length;
	const found = rules.filter((r) => (kind === '' || r.kind === kind) &&
	    (!only || r.unverified === 'yes') && (typed.trim() === '' ||
		matches([r.name, r['name-en'], r.text, r.source, r['source-en'],
			t.of('k', r.kind)].filter(Boolean).join(' '), typed)));
	const bad = found.filter((r) => r.unverified === 'yes').length;

	return <Section title={t('title')}>
		<div class="filters" role="search">
			<Field label={t('search')} hint={t('search.hint')} type="search"
			    value={typed} onValue={type} />
			<Select label={t('kind')} value={kind} onValue={setKind}
			    empty={t('kind.all', { n: rules.length })}
			    options={kinds.map((k) => ({ value: k,
				label: `${t.of('k', k)} (${number(count(k))})` }))} />
			<Checkbox label={t('unverified.only')} checked={only}
			    onCheck={setOnly} hint={t('unverified.what')} />
		</div>
		<p role="status">{t('shown', { n: found.length, all: rules.length,
			bad })}</p>
		{found.length === 0 && <Empty title={t('empty')} icon="search" />}
		<ul class="rules">{found.slice(0, most).map((r) =>
			<Rule key={`${r.kind}${r.file}${r.line}`} rule={r} />)}</ul>
		{found.length > most && <button type="button" class="button"
		    onClick={() => more(most + SHOWN)}>
			{t('more', { n: Math.min(SHOWN, found.length - most) })}</button>}
	</Section>;
}

export default function Rules(_: PageProps) {
	const [day, setDay] = useState('');
	const known = day_typed(day_said(day)) !== '';
	/* noon of that day in Vietnam */
	const at = !known ? undefined :
	    Math.floor(Date.parse(`${day}T12:00:00+07:00`) / 1000);
	const got = useGet<Rows>('/rules', { from: at }, []);
	const rows = got.data?.rows ?? [];
	const rules = rows.filter((r) => r.row === 'rule');
	const about = rows.find((r) => r.row === 'rules');

	return <Page title={t('title')} lead={t('lead')}>
		<ErrorBox error={got.error} again={got.reload} />
		<div class="filters"><Written label={t('at')} hint={t('at.hint')}
		    value={day} onValue={setDay} said={day_said} typed={day_typed}
		    inputMode="numeric"
		    error={!known && /\d{4}$/.test(day) ?
			t('at.wrong') : undefined} /></div>
		{got.loading && <Loading rows={8} />}
		{got.data && <>
			<Facts rows={[[t('version'), about?.version &&
				<code>{about.version}</code>]]} />
			<Files rows={rows} />
			{rules.length === 0 ? <Empty title={t('none')} /> :
			    <List rules={rules} />}
		</>}
	</Page>;
}

// SPDX-License-Identifier: EUPL-1.2
// Người và vai: whose keys the station has, who is signed in, who holds which
// role, new codes for a phone, and who is on duty.
import { useState } from 'preact/hooks';
import { post, useAct, useGet, type Row, type Rows } from '../api';
import { byName, date, time } from '../i18n';
import { matches } from '../logic/register';
import { unitsOf, type Row as TreeRow } from '../logic/tree';
import { useNames } from '../names';
import { useSession } from '../session';
import { t } from '../texts/people';
import { Badge, Button, Dialog, Empty, ErrorBox, Field, LevelStamp, Loading,
    Page, Section, Select, Table, wrong } from '../ui';
import type { PageProps } from './index';
import { DutyPanel } from './stations/alarms';
import { nameOf, useTree } from './stations/data';
import Rota from './stations/rota';

const short = (address: string) => address.replace('antin://', '');

function Shown({ made, name, onClose }: {
	made: Row; name: string; onClose: () => void;
}) {
	return <Dialog title={t('newcodes.of', { name })} onClose={onClose}
	    actions={<Button kind="main" onClick={onClose}>
		{t('newcodes.done')}</Button>}>
		<p>{t('newcodes.scan')}</p>
		{made.svg && <img class="qr" alt={t('newcodes.scan')}
		    src={`data:image/svg+xml;utf8,${encodeURIComponent(made.svg)}`} />}
		<p>{t('newcodes.type')}</p>
		<p><code class="secret">{String(made.secret).match(/.{1,4}/g)
		    ?.join(' ')}</code></p>
	</Dialog>;
}

/* Two dialogs one after the other: what will happen, and the codes, once. */
function NewCodes({ person, admins, onEnd }: {
	person: Row; admins: Row[]; onEnd: () => void;
}) {
	const act = useAct();
	const [pass, setPass] = useState('');
	const [code, setCode] = useState('');
	const [by, setBy] = useState('');
	const [made, show] = useState<Row | null>(null);
	const make = async () => {
		let answer: Row = {};

		if (await act.run(async () => {
			answer = await post<Row>('/session/codes', {
				person: person.person, passphrase: pass,
				...(code ? { code } : {}), ...(by ? { by } : {}) });
		})) {
			setPass('');
			show(answer);
		}
	};

	if (made)
		return <Shown made={made} name={person.name} onClose={onEnd} />;
	return <Dialog title={t('newcodes.of', { name: person.name })}
	    onClose={onEnd}>
		<form onSubmit={(ev) => {
			ev.preventDefault();
			void make();
		}}>
			<p>{t('newcodes.what', { name: person.name })}</p>
			<Field label={t('newcodes.pass')} must type="password"
			    autocomplete="off" value={pass} onValue={setPass}
			    error={wrong(act.error, 'passphrase')} />
			{person.codes === 'has' && <Field label={t('newcodes.code')}
			    hint={t('newcodes.code.hint')} inputMode="numeric"
			    autocomplete="off" maxLength={6} value={code}
			    onValue={setCode} error={wrong(act.error, 'code')} />}
			{admins.length > 0 && person.codes === 'has' &&
			    <Select label={t('newcodes.by')} value={by}
				onValue={setBy} empty={t('newcodes.by.none')}
				error={wrong(act.error, 'by')}
				options={admins.map((a) => ({ value: a.person,
					label: a.name }))} />}
			<ErrorBox error={act.error} />
			<div class="actions"><Button kind="main" type="submit"
			    busy={act.busy} disabled={pass === ''}>
				{t('newcodes')}</Button></div>
		</form>
	</Dialog>;
}

function AtStation({ rows }: { rows: Row[] }) {
	const session = useSession();
	const nameAt = useNames();
	const [typed, type] = useState('');
	const [asked, ask] = useState<Row | null>(null);
	const people = rows.filter((r) => r.row === 'user')
	    .filter((r) => typed.trim() === '' ||
		matches(`${r.name} ${r.person}`, typed))
	    .sort((a, b) => byName(a.name, b.name));
	const roles = (person: string) => rows.filter((r) => r.row === 'role' &&
	    r.person === person);
	const here = (person: string) => session?.persons.some((p) =>
	    p.person === person);
	const admins = rows.filter((r) => r.row === 'user' && here(r.person) &&
	    r.person !== asked?.person &&
	    roles(r.person).some((x) => x.role === 'administrator'));
	const state = (r: Row) => r.state === 'in' ? <Badge kind="good">
		{r.since ? t('state.in.since', { time: time(r.since) }) :
		    t('state.in')}</Badge> : t('state.out');

	return <Section title={t('people')}>
		<div class="filters" role="search"><Field label={t('find')}
		    type="search" value={typed} onValue={type} /></div>
		{people.length === 0 && <Empty title={t('none')} />}
		{people.length > 0 && <Table rows={people} id={(r) => r.person}
		    caption={t('people')} columns={[
			{ key: 'name', head: t('name'), narrow: 'title', cell: (r) => <>
				<strong>{r.name}</strong><br />
				<small>{short(r.person)}</small></> },
			{ key: 'roles', head: t('roles'), cell: (r) =>
				roles(r.person).length === 0 ? t('roles.none') :
				<ul class="plain">{[...new Set(roles(r.person)
				    .map((x) => String(x.desk)))].map((desk) =>
					<li key={desk}>{roles(r.person)
					    .filter((x) => x.desk === desk)
					    .map((x) => t.of('r', x.role) + (x.until ?
						` (${t('until', { day: date(x.until) })})` : ''))
					    .join(', ')}{' '}<small>{nameAt(desk)}</small>
					</li>)}</ul> },
			{ key: 'level', head: t('clearance'), cell: (r) =>
				<>{r.level === 'thuong' ? t('level.thuong') : null}
				<LevelStamp level={r.level} /></> },
			{ key: 'state', head: t('state'), cell: (r) => <div
			    class="slim">{state(r)}
				{here(r.person) && <small> {t('here')}</small>}</div> },
			{ key: 'cert', head: t('certificate'), cell: (r) =>
				r.certificate === 'in-force' ?
					t('until', { day: date(r.ends) }) : <Badge kind="bad">
					{t('certificate.not-in-force')}</Badge> },
			{ key: 'codes', head: t('codes'), cell: (r) => <>
				{r.codes === 'has' ? t('codes.has') : <Badge kind="warn">
					{t('codes.none')}</Badge>}{' '}
				<Button aria-label={t('newcodes.of', { name: r.name })}
				    onClick={() => ask(r)}>{t('newcodes.short')}</Button></> },
		]} />}
		{asked && <NewCodes person={asked} admins={admins}
		    onEnd={() => ask(null)} />}
	</Section>;
}

/* Who holds what at the desks of this station's unit, by the directory. */
function Desks({ tree }: { tree: Row[] }) {
	const { own } = unitsOf(tree as TreeRow[]);
	const desks = tree.filter((r) => r.row === 'desk' && r.unit === own);
	const held = (desk: string) => tree.filter((r) => r.row === 'role' &&
	    r.desk === desk);
	const admins = [...new Set(desks.flatMap((d) => held(d.address))
	    .filter((r) => r.role === 'administrator')
	    .map((r) => String(r.person)))];

	return <>
		<Section title={t('desks')}>
			<p class="soft">{t('desks.how')}</p>
			{desks.every((d) => held(d.address).length === 0) &&
			    <Empty title={t('desks.none')} />}
			<div class="grid2">{desks.filter((d) =>
			    held(d.address).length > 0).map((d) =>
				<div key={d.address} class="sheet">
					<h3>{d.name}</h3><small>{short(d.address)}</small>
					<ul class="plain">{held(d.address).map((r) =>
						<li key={r.person + r.role}>
							<span class="soft">{t.of('r', r.role)}: </span>
							{nameOf(tree, r.person)}
							{r.for && <small> {t('for', {
								name: nameOf(tree, r.for) })}</small>}
							{r.until && <small> {t('until', {
								day: date(r.until) })}</small>}</li>)}</ul>
				</div>)}</div>
		</Section>
		<Section title={t('admins')}>
			{admins.length === 0 ? <Empty title={t('admins.none')} /> :
			    <ul class="plain">{admins.map((a) => <li key={a}>
				{nameOf(tree, a)} <small>{short(a)}</small></li>)}</ul>}
		</Section>
	</>;
}

export default function People({ rest }: PageProps) {
	return rest[0] === 'lich-truc' ? <Rota /> : <All />;
}

function All() {
	const got = useGet<Rows>('/people', {}, ['directory', 'people']);
	const tree = useTree();

	return <Page title={t('title')} lead={t('lead')}>
		<ErrorBox error={got.error ?? tree.error} again={() => {
			got.reload();
			tree.reload();
		}} />
		{got.loading && <Loading rows={5} />}
		{got.data && <AtStation rows={got.data.rows} />}
		<DutyPanel />
		{tree.loading && <Loading />}
		{tree.data && <Desks tree={tree.data} />}
	</Page>;
}

// SPDX-License-Identifier: EUPL-1.2
// What is around every page: the menu, who works here and at which desk, and
// the state of the station and of its line.
import type { ComponentChildren as Children } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { answering, type Row, type Rows, useGet } from './api';
import { lang, setLang } from './i18n';
import { learn } from './names';
import { type PageRow, pages } from './pages';
import { DeskGate } from './pages/gate';
import { go, place } from './router';
import { act, deskName, desksOf, lock, signOut, useActing, useSession }
    from './session';
import { useStore } from './store';
import { t } from './texts/shell';
import { setTheme, theme } from './theme';
import { Button, Dialog, Icon } from './ui';

const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;

export function Switches() {
	const l = useStore(lang);
	const now = useStore(theme);

	return <div class="switches">
		<Button kind="quiet" lang={l === 'vi' ? 'en' : 'vi'}
		    onClick={() => setLang(l === 'vi' ? 'en' : 'vi')}>
			{t('language')}</Button>
		<Button kind="quiet" icon="theme"
		    onClick={() => setTheme(next[now])}>
			{t.of('theme', now)}</Button>
	</div>;
}

function current(path: string): PageRow | undefined {
	return pages.find((p) => path === p.path || path.startsWith(`${p.path}/`));
}

function Links({ only }: { only?: (p: PageRow) => boolean }) {
	const { path } = useStore(place);
	const at = current(path);

	return <ul>{pages.filter(only ?? (() => true)).map((p) =>
		<li key={p.path}><a href={p.path}
		    aria-current={p === at ? 'page' : undefined}>
			<Icon name={p.icon} /><span>{t(p.title)}</span></a></li>)}</ul>;
}

function Menu() {
	return <>
		<Links only={(p) => p.group === 'today'} />
		<h2>{t('group.documents')}</h2>
		<Links only={(p) => p.group === 'documents'} />
		<h2>{t('group.watch')}</h2>
		<Links only={(p) => p.group === 'watch'} />
	</>;
}

/* For whom and at which desk the pages act. */
function Who() {
	const session = useSession();
	const me = useActing();
	const person = session?.persons.find((p) => p.person === me.person);

	if (!session || !person)
		return null;
	const desks = desksOf(session, person);
	return <div class="who-here">
		{session.persons.length > 1 ? <label><span class="hidden">
			{t('person')}</span>
			<select value={me.person} onChange={(ev) =>
			    act({ person: ev.currentTarget.value })}>
				{session.persons.map((p) => <option key={p.person}
				    value={p.person}>{p.name}</option>)}
			</select></label> : <strong>{me.name}</strong>}
		{desks.length > 1 ? <label><span class="hidden">{t('desk')}</span>
			<select value={me.desk} onChange={(ev) =>
			    act({ desk: ev.currentTarget.value })}>
				{desks.map((d) => <option key={d} value={d}>
					{deskName(session, d)}</option>)}
			</select></label> : <span class="desk">{me.deskName}</span>}
	</div>;
}

/* Lines that are up have a row each; the one to the station above should. */
function lineIsDown(rows: Row[] | undefined): boolean {
	const parent = rows?.find((r) => r.row === 'station')?.parent;

	return !!parent && !rows?.some((r) => r.row === 'link' &&
	    r.station === parent && r.state === 'up');
}

function Banner() {
	const up = useStore(answering);
	const status = useGet<Rows>('/status', {}, ['links']);
	const [late, set] = useState(false);

	// a blink is no news
	useEffect(() => {
		if (up) {
			set(false);
			return;
		}
		const id = setTimeout(() => set(true), 1500);
		return () => clearTimeout(id);
	}, [up]);
	return <div role="status" aria-live="polite">
		{!up && late ? <div class="banner bad"><Icon name="warn" />
			<span>{t('down')}</span></div> :
		up && lineIsDown(status.data?.rows) &&
			<div class="banner warn"><Icon name="warn" />
				<span>{t('lineDown')} <a href="/mang">
					{t('lineLink')}</a></span></div>}
	</div>;
}

/* What it calls the unit of this station. */
export function useUnit(): string {
	const session = useSession();
	const tree = useGet<Rows>(session &&
	    (session.persons.length > 0 || !session.secure) ? '/tree' : null, {}, ['directory']);
	const rows = tree.data?.rows ?? [];

	useEffect(() => learn(rows), [tree.data]);
	const own = tree.data?.own ?? rows.find((r) => r.row === 'tree')?.own;

	return rows.find((r) => r.row === 'unit' && r.unit === own)?.name ||
	    session?.name || session?.station?.replace('antin://', '') || '';
}

export function Layout({ children }: { children: Children }) {
	const unit = useUnit();
	const { path } = useStore(place);
	const [menu, open] = useState(false);
	const group = current(path)?.group;

	useEffect(() => open(false), [path]);
	return <div class="shell">
		<a class="skip" href="#main" onClick={(ev) => {
			ev.preventDefault();
			document.getElementById('main')?.focus();
		}}>{t('skip')}</a>
		<header class="top">
			<a class="brand" href="/hom-nay">
				<span class="brand-mark" aria-hidden="true" />
				<span class="brand-text"><b>{unit || 'Antin'}</b><small>{t('app')}</small></span></a>
			<Who />
			<div class="top-tools">
				<Button kind="quiet" icon="lock"
				    onClick={lock}>
					<span class="wide-text">{t('lock')}</span>
					<span class="hidden narrow-text">{t('lock')}</span>
				</Button>
				<Button kind="quiet" icon="out"
				    onClick={() => void signOut().then(() =>
					// who signs in next begins anew
					go('/hom-nay', true))}>
					<span class="wide-text">{t('signOut')}</span>
					<span class="hidden narrow-text">{t('signOut')}</span>
				</Button>
			</div>
		</header>
		<nav class="side" aria-label={t('nav')}><Menu /><Switches /></nav>
		<main id="main" tabIndex={-1}><Banner />
			{group !== 'watch' && <DeskGate />}{children}</main>
		<nav class="bottom" aria-label={t('navQuick')}>
			<Links only={(p) => p.quick === true} />
			<button type="button" aria-haspopup="dialog"
			    onClick={() => open(true)}>
				<Icon name="menu" /><span>{t('menuShort')}</span></button>
		</nav>
		{menu && <Dialog title={t('menu')} onClose={() => open(false)}>
			<nav class="menu" aria-label={t('menu')}><Menu /></nav>
			<Switches />
		</Dialog>}
	</div>;
}

// SPDX-License-Identifier: EUPL-1.2
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { lang } from './i18n';
import { Layout } from './layout';
import { pages } from './pages';
import { Enter } from './pages/enter';
import { Locked, watchIdle } from './pages/lock';
import { onUnscanned } from './api';
import { go, place, routes } from './router';
import { begin, known, locked, useActing } from './session';
import { useStore } from './store';
import { t as p } from './texts/parts';
import { t } from './texts/shell';
import './theme';
import { Empty, LinkButton, Loading, Page, toast, Toasts } from './ui';

function Missing() {
	return <Page title={t('noPage')}><Empty title={t('noPageHelp')}
	    icon="search"><LinkButton href="/hom-nay" kind="main">
		{t('backToday')}</LinkButton></Empty></Page>;
}

function Current() {
	const { path, query } = useStore(place);
	const row = pages.find((p) => path === p.path ||
	    path.startsWith(`${p.path}/`));

	if (row === undefined)
		return <Missing />;
	const rest = path.slice(row.path.length + 1).split('/').filter(Boolean)
	    .map((s) => {
		try {
			return decodeURIComponent(s);
		} catch {
			return s;
		}
	    });
	return <row.page key={`${row.path}/${rest.join('/')}`} rest={rest}
	    query={query} />;
}

/* Whose page it is: what another had in it is not there for him. */
function Own() {
	const { person } = useActing();

	return <Current key={person} />;
}

function App() {
	const { state, session } = useStore(known);
	const closed = useStore(locked);
	const { path } = useStore(place);

	useStore(lang); // a change of language draws everything anew
	useEffect(() => {
		if (path === '/')
			go('/hom-nay', true);
	}, [path]);
	useEffect(() => watchIdle(), []);
	if (state === 'wait')
		return <main class="enter"><Loading /></main>;
	if (session === null || session.persons.length === 0)
		return <><Enter /><Toasts /></>;
	const covered = closed || state !== 'here';
	return <>
		{/* nothing is readable beneath: it is not even laid out */}
		<div hidden={covered} inert={covered}><Layout><Own /></Layout></div>
		{state !== 'here' ? <Enter /> : closed && <Locked />}
		<Toasts />
	</>;
}

routes();
onUnscanned(() => toast(p('unscanned_sent'), 'bad'));
void begin();
render(<App />, document.getElementById('app')!);

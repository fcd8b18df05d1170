// SPDX-License-Identifier: EUPL-1.2
// Hồ sơ: documents are searched; one has its whole story, what can be done
// next, and its proofs.
import { useState } from 'preact/hooks';
import { type Row, type Rows, useGet } from '../api';
import { DocFiles } from '../doc/files';
import { type One, NextSteps, OneOr, Papers, useOne, Waits } from '../doc/one';
import { DocFacts, DocList, facts_of, Marks, name_of, title_of, Secret, Story, Way }
	from '../doc/parts';
import { clean } from '../logic/fields';
import { type Doc, next_of, page_of } from '../logic/way';
import { setQuery } from '../router';
import { useActing } from '../session';
import { t as d } from '../texts/doc';
import { t } from '../texts/story';
import { Button, Empty, ErrorBox, Field, LinkButton, Loading, Page, Section,
	Select } from '../ui';
import type { PageProps } from '.';
import { Board } from './phat-hanh/board';

const KINDS = ['out', 'in', 'telegram-out', 'telegram-in', 'paper'];
const SHOWN = 50;

function Results({ docs, got, none }: {
	docs: Row[]; got: ReturnType<typeof useGet<Rows>>; none: preact.JSX.Element;
}) {
	if (got.error && !got.data)
		return <ErrorBox error={got.error} again={got.reload} />;
	if (got.loading)
		return <Loading />;
	return docs.length === 0 ? none : <DocList docs={docs} label={t('title')}
		href={(x) => `/ho-so/${x.document}`} />;
}

// Words are never in the page's address: they may be what is secret.
function Search({ kind }: { kind: string }) {
	const acting = useActing();
	const q = { desk: acting.desk, as: acting.person };
	const [typed, setTyped] = useState('');
	const [words, setWords] = useState('');
	const [max, setMax] = useState(SHOWN);
	const found = useGet<Rows>(words ? '/documents/search' : null,
		{ ...q, text: words, max }, ['documents']);
	const newest = useGet<Rows>(words ? null : '/documents',
		{ ...q, all: true, text: kind, max }, ['documents']);
	const got = words ? found : newest;
	const docs = (got.data?.rows ?? []).filter((r) => !kind || r.kind === kind);

	return <Page title={t('title')} lead={t('lead')}>
		<form class="sheet" role="search" onSubmit={(ev) => {
			ev.preventDefault();
			setMax(SHOWN);
			setWords(clean(typed));
		}}>
			<Field label={t('search')} hint={t('search_hint')} type="search"
				value={typed} onValue={(v) => {
					setTyped(v);
					if (!v)
						setWords('');
				}} autocomplete="off" maxLength={300} />
			<Select label={t('kind')} value={kind} empty={t('all_kinds')}
				onValue={(v) => setQuery({ loai: v || undefined })}
				options={KINDS.map((x) => ({ value: x,
					label: d.of('kind', x) }))} />
			<div class="row"><Button kind="main" type="submit" icon="search">
				{t('go')}</Button></div>
		</form>
		<Section title={words ? t('found', { n: docs.length }) : t('newest')}>
			<div aria-live="polite">
				<Results docs={docs} got={got} none={words
					? <Empty icon="search" title={t('found_none')}>
						<p>{t('found_help')}</p></Empty>
					: <Empty title={t('none')} />} />
			</div>
			{(got.data?.rows.length ?? 0) >= max && max < 500 && <p><Button
				onClick={() => setMax(Math.min(500, max * 3))}>{t('more')}
			</Button></p>}
		</Section>
	</Page>;
}

function Whole({ one }: { one: One }) {
	const acting = useActing();
	const { doc } = one;
	const next = next_of(doc as unknown as Doc);
	const mine = one.next.some((n) => n.action === next);
	const page = next && mine ? page_of(next, String(doc.kind)) : '';

	return <>
		<div class="row"><Marks doc={doc} /><Secret doc={doc} /></div>
		<Way doc={doc} steps={one.steps} />
		<Section title={t('next')} screen actions={page && page !== '/ho-so' &&
			<LinkButton href={`${page}/${doc.document}`}>{t('at_page',
				{ page: t.of('page', page.slice(1)) })}</LinkButton>}>
			<Waits one={one} />
			{one.next.length === 0 && <p class="soft">{t('next_none')}</p>}
			<NextSteps one={one} main={next ?? ''} />
		</Section>
		<Section title={t('about')}><div class="sheet">
			<DocFacts of={doc} names={['kind', 'state', 'level', 'precedence',
				...facts_of(one), 'content', 'dispatch', 'digest']} /></div></Section>
		{doc.dispatch && ['out', 'paper', 'telegram-out']
			.includes(String(doc.kind)) && <Board one={one} />}
		<Section title={t('files')}><DocFiles doc={doc} acting={acting} />
		</Section>
		<Section title={t('story')}>
			<p class="soft">{t('story_hint')}</p>
			<Story steps={one.steps} />
		</Section>
		<Section title={t('papers')} screen>
			<p class="soft">{t('papers_hint')}</p>
			<Papers doc={doc} acting={acting} />
		</Section>
	</>;
}

function StoryOne({ id }: { id: string }) {
	const got = useOne(id);

	return <Page title={got.one ? title_of(got.one.doc) : t('title')}
		heading={got.one ? name_of(got.one.doc) : undefined}
		actions={<LinkButton href="/ho-so">{t('back')}</LinkButton>}>
		<OneOr got={got}>{(one) => <Whole one={one} />}</OneOr>
	</Page>;
}

export default function StoryPage({ rest, query }: PageProps) {
	return rest[0] ? <StoryOne id={rest[0]} />
		: <Search kind={KINDS.find((x) => x === query.get('loai')) ?? ''} />;
}

// SPDX-License-Identifier: EUPL-1.2
// Duyệt và ký: what waits for this person's decision or signature, and exactly
// what would be signed.
import { type Row, type Rows, useGet } from '../api';
import { DocFiles } from '../doc/files';
import { type One, NextSteps, OneOr, useOne, Waits } from '../doc/one';
import { DocFacts, DocList, facts_of, Marks, name_of, title_of, Secret, Story, Way }
	from '../doc/parts';
import { decides, type Doc, next_of, sooner } from '../logic/way';
import { go } from '../router';
import { useActing } from '../session';
import { t } from '../texts/approve';
import { t as d } from '../texts/doc';
import { Empty, ErrorBox, Hash, LinkButton, Loading, Page, Section }
	from '../ui';
import type { PageProps } from '.';

const is_decision = (a: string) => ['decide-level', 'sign', 'verify', 'witness',
	'destroy', 'return', 'decide-destroy', 'stop-destroy', 'declassify',
	'extend', 'relevel', 'permit-copy'].includes(a);

export function useWaiting(): { got: ReturnType<typeof useGet<Rows>>;
    mine: Doc[]; others: Doc[] } {
	const acting = useActing();
	const got = useGet<Rows>('/documents', { desk: acting.desk,
		as: acting.person, max: 500 }, ['documents']);
	const docs = ((got.data?.rows ?? []) as unknown as Doc[]).sort(sooner);
	const decision = (x: Doc) => ['decide-level', 'sign', 'verify', 'witness',
		'destroy'].includes(next_of(x) ?? '');

	return {
		got, mine: docs.filter((x) => decides(x, acting.roles,
			acting.person)),
		others: docs.filter((x) => decision(x) && 
			!decides(x, acting.roles, acting.person)),
	};
}

function Waiting() {
	const { got, mine, others } = useWaiting();
	const row = (docs: Doc[], label: string) => <DocList label={label}
		docs={docs as unknown as Row[]}
		href={(x) => `/duyet-ky/${x.document}`}
		note={(x) => <p class="soft">
			{d.of('do', next_of(x as unknown as Doc))}</p>} />;

	return <Page title={t('title')} lead={t('lead')}>
		<ErrorBox error={got.error} again={got.reload} />
		{got.loading ? <Loading /> : got.data && <>
			<Section title={`${t('mine')} (${mine.length})`}>
				{mine.length ? row(mine, t('mine')) :
					<Empty title={t('none')}><p>{t('none_help')}</p></Empty>}
			</Section>
			{others.length > 0 && <Section title={t('others')}>
				{row(others, t('others'))}</Section>}
		</>}
	</Page>;
}

// Above the fields of a dialog: what one puts his name to.
function Signed({ one, action }: { one: One; action: string }) {
	const { doc } = one;
	const names = action === 'decide-level' ? ['recipients'] :
		['type-name', 'recipients', 'catalogue', 'copies',
			'copying', 'pages'];

	return <div class="sheet">
		<p><strong>{name_of(doc)}</strong> <Marks doc={doc} /></p>
		<DocFacts of={doc} names={names} />
		{doc.content && action !== 'return' && <p class="file-hash">
			{t('sign_content')} <Hash value={String(doc.content)} group={8} />
		</p>}
	</div>;
}

function Approve({ one }: { one: One }) {
	const acting = useActing();
	const { doc } = one;
	const next = next_of(doc as unknown as Doc);
	const mine = one.next.some((n) => is_decision(n.action) && n.could);
	const about = next === 'decide-level' ? t('what_level')
		: next === 'verify' ? t('what_check') : t('what');

	return <>
		<div class="row"><Marks doc={doc} /><Secret doc={doc} /></div>
		<Way doc={doc} steps={one.steps} />
		<Section title={about}>
			<div class="sheet"><DocFacts of={doc}
				names={['kind', 'state', 'level', 'precedence', ...facts_of(one)]} />
			</div>
		</Section>
		<Section title={t('files')}>
			{next !== 'verify' && <p class="soft">{t('files_hint')}</p>}
			<DocFiles doc={doc} acting={acting} />
		</Section>
		<Section title={t('decide')} id="quyet-dinh">
			{!mine && <p>{t('not_yours')} {t('second')}</p>}
			<Waits one={one} />
			<NextSteps one={one} only={is_decision} main={next ?? ''}
				onTaken={(action) => {
					if (action !== 'decide-level')
						go('/duyet-ky');
				}}>{(action) => <Signed one={one} action={action} />}
			</NextSteps>
		</Section>
		<Section title={t('before')}><Story steps={one.steps} /></Section>
	</>;
}

function ApproveOne({ id }: { id: string }) {
	const got = useOne(id);

	return <Page title={got.one ? title_of(got.one.doc) : t('title')}
		heading={got.one ? name_of(got.one.doc) : undefined}
		actions={<>
			<LinkButton href="/duyet-ky">{t('back')}</LinkButton>
			<LinkButton href={`/ho-so/${id}`}>{t('all')}</LinkButton>
		</>}>
		<OneOr got={got}>{(one) => <Approve one={one} />}</OneOr>
	</Page>;
}

export default function ApprovePage({ rest }: PageProps) {
	return rest[0] ? <ApproveOne id={rest[0]} /> : <Waiting />;
}

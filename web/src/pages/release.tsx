// SPDX-License-Identifier: EUPL-1.2
// Phát hành: what is left until a document has gone, as one sequence; and then
// how far it is with every addressee.
import { type Row, type Rows, useGet } from '../api';
import { DocFiles } from '../doc/files';
import { type One, NextSteps, OneOr, useOne, Waits, was_refused }
	from '../doc/one';
import { DocFacts, DocList, facts_of, Marks, name_of, title_of, Secret, Way }
	from '../doc/parts';
import { Sequence } from '../doc/sequence';
import { type Doc, next_of, outgoing, release_of, sooner, telegram }
	from '../logic/way';
import { useActing } from '../session';
import { t as d } from '../texts/doc';
import { t as p } from '../texts/parts';
import { t } from '../texts/release';
import { Alert, Empty, ErrorBox, LinkButton, Loading, Page, Section } from '../ui';
import type { PageProps } from '.';
import { Board } from './phat-hanh/board';

const on_its_way = ['signed', 'numbered', 'marked', 'agency-signed',
	'registered', 'digitised', 'text-accepted', 'enciphered', 'verified'];
// a telegram is registered once its receipt has come
const is_gone = (x: Doc) => x.kind === 'telegram-out'
	? ['sent', 'confirmed', 'registered'].includes(x.state)
	: x.state === 'sent';

function Lists() {
	const acting = useActing();
	const q = { desk: acting.desk, as: acting.person };
	const open = useGet<Rows>('/documents', { ...q, max: 500 }, ['documents']);
	// what was sent is over for its state, and is still followed here
	const sent = useGet<Rows>('/documents', { ...q, text: 'sent', all: true,
		max: 100 }, ['documents', 'mail']);
	const docs = ((open.data?.rows ?? []) as unknown as Doc[])
		.filter((x) => outgoing(x.kind));
	const first = docs.filter((x) => on_its_way.includes(x.state) && !is_gone(x))
		.sort(sooner);
	const more = ((sent.data?.rows ?? []) as unknown as Doc[])
		.filter((x) => outgoing(x.kind) && is_gone(x));
	const gone = [...docs.filter((x) => is_gone(x) &&
		!more.some((y) => y.document === x.document)), ...more];

	return <Page title={t('title')} lead={t('lead')}>
		<ErrorBox error={open.error ?? sent.error} again={() => {
			open.reload();
			sent.reload();
		}} />
		{open.loading ? <Loading /> : open.data && <>
			<Section title={`${t('to_release')} (${first.length})`}>
				{first.length ? <DocList label={t('to_release')}
					docs={first as unknown as Row[]}
					href={(x) => `/phat-hanh/${x.document}`}
					note={(x) => <p class="soft">{d.of('do',
						next_of(x as unknown as Doc))}</p>} />
					: <Empty title={t('none')} />}
			</Section>
			<Section title={t('followed')}>
				{gone.length ? <DocList label={t('followed')}
					docs={gone as unknown as Row[]}
					href={(x) => `/phat-hanh/${x.document}`} />
					: <Empty title={t('none_sent')} />}
			</Section>
		</>}
	</Page>;
}

const after = (a: string) => ['confirm', 'recall', 'cancel', 'hand-over', 'return',
	'accept', 'number', 'encipher', 'verify', 'send', 'register', 'clear']
	.includes(a);

function Release({ one }: { one: One }) {
	const acting = useActing();
	const { doc } = one;
	const left = release_of(doc as unknown as Doc);
	const only = (a: string) => after(a) && !left.includes(a);
	const going = telegram(doc.kind) && !doc.dispatch;

	return <>
		<div class="row"><Marks doc={doc} /><Secret doc={doc} /></div>
		<Way doc={doc} steps={one.steps} />
		{left.length > 0 && <Section title={t('steps')}>
			<p class="soft">{t('steps_hint')} {t('waiting')}</p>
			<Sequence one={one} left={left} said={t('done')} />
		</Section>}
		{doc.dispatch && <Board one={one} />}
		<Section title={going ? p('group.way') : t('after')}>
			{was_refused(one) && <Alert kind="warn">{t('refused_anew')}</Alert>}
			{telegram(doc.kind) && <Waits one={one} />}
			<NextSteps one={one} only={only}
				main={was_refused(one) ? 'send'
					: next_of(doc as unknown as Doc) ?? ''} />
		</Section>
		<Section title={p.of('a', doc.kind)}>
			<div class="sheet"><DocFacts of={doc} names={facts_of(one)} /></div>
			<DocFiles doc={doc} acting={acting} />
		</Section>
	</>;
}

function ReleaseOne({ id }: { id: string }) {
	const got = useOne(id);

	return <Page title={got.one ? title_of(got.one.doc) : t('title')}
		heading={got.one ? name_of(got.one.doc) : undefined}
		actions={<>
		<LinkButton href="/phat-hanh">{t('back')}</LinkButton>
		<LinkButton href={`/ho-so/${id}`}>{t('story')}</LinkButton>
	</>}><OneOr got={got}>{(one) => <Release one={one} />}</OneOr></Page>;
}

export default function ReleasePage({ rest }: PageProps) {
	return rest[0] ? <ReleaseOne id={rest[0]} /> : <Lists />;
}

// SPDX-License-Identifier: EUPL-1.2
// What pages show of a document: its marks, how far it is on its way, what is
// known of it, and what was done, by whom and when.
import type { ComponentChildren } from 'preact';
import { type Row } from '../api';
import { date } from '../i18n';
import { fields, items, recipient_of, seconds } from '../logic/fields';
import { type Doc, secret, telegram, way_marks, went_through }
	from '../logic/way';
import { Due, Facts, Hash, LevelStamp, PrecedenceBadge, Time, Timeline } from '../ui';
import { t as d } from '../texts/doc';
import { t } from '../texts/parts';

export function Marks({ doc }: { doc: Row }) {
	return <span class="marks">
		<PrecedenceBadge precedence={doc.precedence} />
		<LevelStamp level={doc.level} />
	</span>;
}

// What a document is called where it is listed: never what is top secret about
// it, which nobody wrote down.
export function name_of(doc: Row): string {
	const symbol = doc.symbol as string | undefined;
	const said = doc.abstract as string | undefined;

	if (said)
		return said;
	if (symbol)
		return telegram(String(doc.kind)) ? t('wire_symbol', { symbol })
			: t('of_symbol', { symbol });
	return doc.level === 'tuyet-mat' ? t('top_secret', { a: t.of('a', doc.kind) })
		: t('no_abstract', { a: t.of('a', doc.kind) });
}

// And as a page: titles stay in the history of a browser, so that nothing of a
// secret is in them (docs/desk.md 13.8).
export const title_of = (doc: Row): string => secret(doc as Doc)
	? `${t.of('a', doc.kind)} ${String(doc.document).slice(0, 8)}`
	: name_of(doc);

// ---- how far it is on its way ---------------------------------------------------

export function Way({ doc, steps }: { doc: Row; steps: Row[] }) {
	const marks = way_marks(doc as Doc,
		went_through(steps as unknown as { action: string }[]));
	const left = !marks.some(([, m]) => m === 'now');

	return <ol class="way" aria-label={t('way')}>
		{marks.map(([state, mark]) =>
			<li key={state} class={`way-${mark}`}
				aria-current={mark === 'now' ? 'step' : undefined}>
				<span class="way-dot" aria-hidden="true" />
				<span>{d.of('state', state)}</span>
				<span class="hidden">
					{mark === 'ahead' ? t('ahead') : t('done')}
				</span>
			</li>)}
		{left && <li class="way-left" aria-current="step">
			<span class="way-dot" aria-hidden="true" />
			<span>{d.of('state', doc.state)}</span>
		</li>}
	</ol>;
}

// ---- values ----------------------------------------------------------------------

export const short = (address: string) => address.replace(/^antin:\/\//, '');

export function Recipients({ list }: { list: string }) {
	return <ul class="doc-plain">
		{items(list).map((item) => {
			const { name, address } = recipient_of(item);
			return <li key={item}>{name || short(address)}
				{name && address &&
					<small class="soft"> {short(address)}</small>}
				{!address && <small class="soft"> {t('on_paper')}</small>}
			</li>;
		})}
	</ul>;
}

const worded = ['copying', 'integrity', 'outcome', 'act', 'form', 'traffic',
	'disposal', 'grammar'];
const times = ['due', 'started', 'finished', 'begun', 'changed'];

// What a field's value is called.
export function Value({ name, value }: { name: string; value: unknown }) {
	const v = String(value);

	if (name === 'recipients' || name === 'council')
		return <Recipients list={v} />;
	if (name === 'kind' || name === 'state')
		return <>{d.of(name, v)}</>;
	if (name === 'level' || name === 'floor')
		return <>{d.of('level', v)}</>;
	if (name === 'precedence')
		return <>{d.of('precedence', v)}</>;
	if (name === 'content' || name === 'digest' || name === 'dispatch')
		return <Hash value={v.replace(/-/g, '')} group={8} />;
	if (name === 'answers' || name === 'reply')
		return <a href={`/ho-so/${v}`}>{v.slice(0, 8)}</a>;
	if (worded.includes(name))
		return <>{d.of('word', v)}</>;
	if (times.includes(name))
		return <Time at={seconds(value)} />;
	if (name === 'expires') // a term of the law ends with a day
		return <>{date(seconds(value))}</>;
	if (fields[name]?.sort === 'day')
		return <>{date(seconds(v + 'T00:00:00Z'))}</>;
	if (name === 'reason' && d.has(`code.${v}`))
		return <>{d.of('code', v)}</>;
	if (v.startsWith('antin://'))
		return <>{short(v)}</>;
	return <>{v}</>;
}

export function DocFacts({ of, names }: { of: Row; names: string[] }) {
	return <Facts rows={names.filter((n) => of[n] !== undefined && of[n] !== '')
		.map((n) => [d.of('field', n), <Value name={n} value={of[n]} />])} />;
}

// What is shown of a document, in this order.
export const FACTS = ['type-name', 'symbol', 'date', 'abstract', 'from',
	'recipients', 'traffic', 'catalogue', 'copies', 'copying', 'until',
	'expires', 'due', 'documents', 'pages', 'attachments', 'words', 'groups',
	'product', 'key', 'started', 'finished',
	'signer', 'capacity', 'named', 'answers', 'reply', 'assignee', 'result',
	'integrity', 'keeper', 'remarks', 'reason', 'instrument'];

// Without remarks that a later step has answered.
export const facts_of = (one: { steps: Row[] }): string[] =>
	one.steps.at(-1)?.remarks ? FACTS : FACTS.filter((n) => n !== 'remarks');

// ---- what was done -----------------------------------------------------------------

const not_told = ['row', 'step', 'at', 'action', 'person', 'person-name', 'role',
	'destroyed', 'name', 'series', 'year', 'number', 'grammar', 'agency',
	'unit', 'digest', 'type'];

export function Story({ steps, more }: {
	steps: Row[]; more?: (step: Row) => ComponentChildren;
}) {
	return <Timeline events={steps.map((s) => ({
		at: s.at,
		title: d.of('did', s.action),
		who: <>{s['person-name'] || short(s.person)}
			{' · '}{d.of('role', s.role)}
			{s['person-name'] && <small> {short(s.person)}</small>}</>,
		kind: ['refuse', 'cancel', 'recall', 'return'].includes(s.action) ?
			'warn' as const : '' as const,
		body: <>
			{s.destroyed ? <p class="soft">{t('destroyed')}</p> :
				<DocFacts of={s} names={Object.keys(s)
					.filter((n) => !not_told.includes(n))} />}
			{more?.(s)}
		</>,
	}))} />;
}

// ---- a list --------------------------------------------------------------------------

export function DocList({ docs, href, note, label }: {
	docs: Row[]; href: (doc: Row) => string; label: string;
	note?: (doc: Row) => ComponentChildren;
}) {
	return <ul class="todo" aria-label={label}>
		{docs.map((doc) => <li key={doc.document} class={doc.precedence}>
			<div>
				<a class="todo-title" href={href(doc)}>{name_of(doc)}</a>
				{' '}<Marks doc={doc} />
				<p class="soft">
					{[doc.abstract && doc.symbol, d.of('kind', doc.kind),
						d.of('state', doc.state), doc.from]
						.filter((x) => x).join(' · ')}
				</p>
			</div>
			<div class="doc-when">
				{doc['due-at'] ? <Due at={doc['due-at']} /> :
					<Time at={doc.changed} />}
				{note?.(doc)}
			</div>
		</li>)}
	</ul>;
}

export function Secret({ doc }: { doc: Row }) {
	return secret(doc as Doc) ? <p class="soft">{t('viewed')}</p> : null;
}

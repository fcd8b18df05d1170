// SPDX-License-Identifier: EUPL-1.2
// Soạn: a document, a telegram, or paper to be digitised, with its files; what
// is not submitted yet is saved, sealed at the station.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, get, type Row, type Rows, useGet } from '../api';
import { FieldOf, type Form, to_first_wrong, useForm, useRules }
	from '../doc/step';
import { back_of, keep_of, type Kept as KeptFile, ready, Uploads, useUploads }
	from '../doc/uploads';
import { type Ask } from '../logic/actions';
import { BEGINS, compose_asks, count_words, first_values, kept_of,
	new_id, type_is_for } from '../logic/compose';
import { recipients_of } from '../logic/fields';
import { useNames } from '../names';
import { go, setQuery } from '../router';
import { useActing } from '../session';
import { t } from '../texts/compose';
import { t as d } from '../texts/doc';
import { Alert, Button, ErrorBox, Field, Loading, Page, Radios, Section,
	Select, toTitle } from '../ui';
import type { PageProps } from '.';
import { useAlone } from './soan/alone';
import { gone, release } from './soan/held';
import { SavedSay, useKeeping } from './soan/keeping';
import { Preview } from './soan/preview';
import { Submit } from './soan/submit';
import { Unfinished } from './soan/unfinished';

type Action = typeof BEGINS[number];
type Hint = 'abstract_hint' | 'agency_hint' | 'unit_hint';

const hints: Record<string, Hint> = {
	abstract: 'abstract_hint', agency: 'agency_hint', unit: 'unit_hint',
};

interface Begun {
	action: Action; values: Record<string, string>; text: string;
	files: KeptFile[];
	unsaved?: boolean; // only this tab has it
}
const nothing: Begun = { action: 'draft', values: {}, text: '', files: [] };

// ---- the form -------------------------------------------------------------------

function Types({ ask, form }: { ask: Ask; form: Form }) {
	const types = useRules('type').filter((x) =>
		type_is_for(x.text, form.values.grammar ?? ''));
	const value = form.values.type ?? '';

	return <Select label={d.of('field', ask.name)} must={ask.must} value={value}
		onValue={(v) => form.set('type', v)} error={form.wrongs.type}
		options={types.length ? types.map((x) => ({ value: x.word,
			label: x.name })) : [{ value, label: value }]} />;
}

// 200 bytes are kept of it; a letter has at most three.
const short_title = (parts: string[]) => {
	const all = [...parts.filter((x) => x.trim()).join(' · ')];

	return all.length > 66 ? `${all.slice(0, 65).join('')}…` : all.join('');
};

function Compose({ id, acting, begun, beginnings }: {
	id: string; acting: ReturnType<typeof useActing>; begun: Begun;
	beginnings: string[];
}) {
	const [action, setAction] = useState<Action>(begun.action);
	const form = useForm({ ...first_values, ...begun.values });
	const [text, setText] = useState(begun.text);
	const [bad, setBad] = useState(0);
	const [bodyBad, setBodyBad] = useState('');
	const [asking, setAsking] = useState(false);
	const [preview, setPreview] = useState(false);
	const root = useRef<HTMLFormElement>(null);
	const touch = useRef<() => void>(() => undefined);
	const up = useUploads(() => touch.current());
	const alone = useAlone(id);
	const unit = useNames()(acting.desk.replace(/(antin:\/\/[^/]+).*/, '$1'));
	const v = form.values;
	const sections = compose_asks(action, v);
	const kept = { action, values: v, text, files: keep_of(up.items) };
	const keeping = useKeeping(id, acting, begun.unsaved === true, () => ({
		title: v.level === 'tuyet-mat' ? t.of('kind', action)
			: short_title([t.of('kind', action), v.abstract ?? '',
				...recipients_of(v.recipients).slice(0, 2)
					.map((r) => r.name || r.address)]),
		kept,
	}));

	touch.current = () => {
		setQuery({ nhap: id });
		keeping.touch();
	};
	useEffect(() => {
		if (begun.files.length)
			void back_of(begun.files).then(up.set);
	}, []);
	const set = (name: string, value: string) => {
		form.set(name, value);
		touch.current();
	};
	const field = (ask: Ask) => ask.name === 'type'
		? <Types key="type" ask={ask} form={{ ...form, set }} />
		: <FieldOf key={ask.name} ask={ask} acting={acting}
			value={v[ask.name] ?? ''} onValue={(x) => set(ask.name, x)}
			error={form.wrongs[ask.name]}
			hint={hints[ask.name] && t(hints[ask.name]!)} />;
	const left = Object.keys(form.wrongs).length + (bodyBad ? 1 : 0);
	const submit = () => {
		const n = form.check(sections.flatMap(([, asks]) => asks));
		const body = !text.trim() && up.items.length === 0 ? t('need_body')
			: !ready(up.items) ? t('need_files') : '';

		setBodyBad(body);
		setBad(n + (body ? 1 : 0));
		if (n || body)
			to_first_wrong(root.current);
		else
			setAsking(true);
	};

	return <>
		{!alone && <Alert kind="warn"><p>{t('elsewhere')}</p></Alert>}
		{preview && <Section title={t('preview')} actions={<Button
			onClick={() => {
				setPreview(false);
				toTitle();
			}}>{t('preview_off')}</Button>}>
			<Preview action={action} values={v} text={text}
				office={unit || acting.deskName} files={keep_of(up.items)} />
		</Section>}
		<form ref={root} noValidate hidden={preview} onSubmit={(ev) => {
			ev.preventDefault();
			submit();
		}}>
			<Radios label={t('kind')} value={action} onValue={(x) => {
				setAction(x as Action);
				touch.current();
			}} options={BEGINS.map((x) => {
				const barred = beginnings.length > 0 &&
					!beginnings.includes(x);

				return { value: x, label: t.of('kind', x), disabled: barred,
					hint: barred ? t('not_yours') : undefined };
			})} />
			{sections.filter(([s]) => s !== 'counts').map(([section, asks]) =>
				<section class={`sheet section compose-${section}`} key={section}>
					<h2>{t.of('section', section)}</h2>
					{asks.map(field)}
					{section === 'level' && v.level === 'tuyet-mat' &&
						<p class="hint">{t('no_abstract')}</p>}
				</section>)}
			<section class="sheet section">
				<h2>{t('section.body')}</h2>
				<Field label={t('text')} hint={t('text_hint')} lines={9}
					value={text} error={bodyBad || undefined} onValue={(x) => {
						setText(x);
						setBodyBad('');
						if (action === 'telegram-draft')
							form.set('words', String(count_words(x)));
						touch.current();
					}} />
				<Uploads up={up} beside={text.trim() !== ''} />
				{sections.filter(([s]) => s === 'counts')
					.flatMap(([, asks]) => asks).map(field)}
			</section>
			{bad > 0 && left > 0 && <p class="field-error" role="alert">
				{t('wrong', { n: left })}</p>}
			<div class="row">
				<Button kind="main" type="submit">{t.of('submit', action)}</Button>
				<Button onClick={() => {
					setPreview(true);
					toTitle();
				}}>{t('preview')}</Button>
				<SavedSay saved={keeping.saved} />
			</div>
		</form>
		{asking && <Submit action={action} form={form} text={text} up={up}
			acting={acting} onClose={() => setAsking(false)}
			onDone={async (document) => {
				await keeping.end();
				go(`/ho-so/${document}`);
			}} />}
	</>;
}

// ---- what it begins with -----------------------------------------------------------

// An answer goes back to where it came from, as protected and as urgent.
async function of_answer(document: string, q: Record<string, string>,
    stop: AbortSignal): Promise<Begun> {
	const { rows } = await get<Rows>(`/documents/${document}`, q, stop);
	const doc = rows[0] ?? {};
	const hex = String(doc.dispatch ?? '').replace(/-/g, '');
	let to = '';

	if (hex)
		try {
			const mail = await get<Row>(`/mail/${hex}`, { desk: q.desk }, stop);
			const desk = String(mail.originator ??
				mail.letter?.originator ?? '');
			to = desk && doc.from && !String(doc.from).startsWith('antin://')
				? `${String(doc.from).replace(/;/g, ',')} (${desk})` : desk;
		} catch {
			// it is chosen by hand then
		}
	return {
		...nothing,
		action: doc.kind === 'telegram-in' ? 'telegram-draft' : 'draft',
		values: { answers: document, level: doc.level,
			precedence: doc.precedence === 'hoa-toc-hen-gio' ? 'hoa-toc'
				: doc.precedence, recipients: to },
	};
}

async function of_draft(id: string, q: Record<string, string>,
    stop: AbortSignal): Promise<Begun> {
	await gone(id).catch(() => undefined);
	if (stop.aborted)
		return nothing;
	const here = release(q.as!, q.desk!, id);

	if (here)
		return { ...here.kept, action: here.kept.action as Action,
			files: here.kept.files as KeptFile[], unsaved: true };
	const got = await get<Row>(`/drafts/${id}`, q, stop);
	const kept = kept_of(got.data);

	return kept ? { ...kept, action: kept.action as Action,
		files: kept.files as KeptFile[] } : nothing;
}

export default function ComposePage({ query }: PageProps) {
	const acting = useActing();
	const answers = query.get('tra-loi') ?? '';
	const [id, setId] = useState(query.get('nhap') ?? '');
	const [fresh, setFresh] = useState(new_id);
	const [begun, setBegun] = useState<Begun | null>(null);
	const [error, setError] = useState<ApiError | null>(null);
	const may = useGet<Row>('/documents/beginnings',
		{ desk: acting.desk, as: acting.person });
	const next = (may.data?.next ?? []) as Row[];
	const allowed = next.filter((n) => n.could !== false)
		.map((n) => String(n.action));
	const none = may.data !== null &&
		!BEGINS.some((x) => allowed.includes(x));

	useEffect(() => {
		const stop = new AbortController();
		const q = { desk: acting.desk, as: acting.person };
		const said = id ? of_draft(id, q, stop.signal)
			: answers ? of_answer(answers, q, stop.signal)
			: Promise.resolve(nothing);

		setBegun(null);
		setError(null);
		said.then((b) => { if (!stop.signal.aborted) setBegun(b); },
			(e: ApiError) => {
				if (stop.signal.aborted)
					return;
				// it was submitted, or discarded elsewhere
				if (id && e.code === 'absent')
					setId('');
				else
					setError(e);
			});
		return () => stop.abort();
	}, [id, fresh, answers, acting.desk, acting.person]);
	const open = (x: string) => {
		setQuery({ nhap: x || undefined, 'tra-loi': undefined });
		setFresh(new_id());
		setId(x);
	};

	return <Page title={t('title')} lead={t('lead')} actions={<Button
		onClick={() => open('')}>{t('draft_new')}</Button>}>
		{none && <Alert kind="warn">{t('may_not', { roles: acting.roles
			.map((r) => d.of('role', r)).join(', ') || '–' })}</Alert>}
		<ErrorBox error={may.error} again={may.reload} />
		<ErrorBox error={error} again={() => setFresh(new_id())} />
		{!none && (begun && may.data ?
			<Compose key={`${id || fresh}${acting.desk}${acting.person}`} id={id || fresh}
				acting={acting} begun={begun} beginnings={allowed} />
			: !error && !may.error && <Loading rows={6} />)}
		<Unfinished acting={acting} at={id || fresh} onOpen={open} />
	</Page>;
}

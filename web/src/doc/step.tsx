// SPDX-License-Identifier: EUPL-1.2
// A step of a document, as a form: what it asks for, what will happen, who
// signs it; and what was wrong, beside the field.
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { ApiError, post, type Row, type Rows, useGet } from '../api';
import { Alert, Button, Checkbox, Dialog, ErrorBox, Field, Radios, Select,
	toast, Written } from '../ui';
import { actions, asks_of, type Ask, filled_in, on_paper, to_send } from '../logic/actions';
import { clean, day_said, day_typed, fields, items, time_said, time_typed, wrong }
	from '../logic/fields';
import { byName } from '../i18n';
import { nameAt } from '../names';
import { type Person, useSession } from '../session';
import { t as d } from '../texts/doc';
import { t } from '../texts/parts';
import { name_of } from './parts';
import { Pick } from './recipients';
import { Uploads, ready, useUploads } from './uploads';
import { do_of, hint_of, said_wrong, will_of } from './words';

export interface Acting { desk: string; person: string }

// ---- one field ------------------------------------------------------------------

export interface FieldProps {
	ask: Ask; value: string; onValue: (v: string) => void; error?: string;
	acting: Acting; hint?: ComponentChildren;
}

function Documents({ ask, value, onValue, error, acting }: FieldProps) {
	const got = useGet<Rows>('/documents',
		{ desk: acting.desk, as: acting.person, all: true, max: 200 });
	const wanted = ask.name === 'reply' ? ['out', 'telegram-out']
		: ['in', 'telegram-in'];
	const rows = (got.data?.rows ?? []).filter((r) => wanted.includes(r.kind));

	return <Select label={d.of('field', ask.name)} must={ask.must} error={error}
		value={value} onValue={onValue} empty={t('choose_doc')}
		options={rows.map((r) => ({ value: r.document,
			label: [r.symbol, name_of(r)].filter((x, i, all) =>
				x && all.indexOf(x) === i).join(' · ') }))} />;
}

// What the law's rules have of a kind: "type", "grammar".
export function useRules(kind: string): { word: string; name: string;
    text: string }[] {
	const got = useGet<Rows>('/rules', {});

	return (got.data?.rows ?? []).filter((r) => r.row === 'rule' &&
		r.kind === kind).map((r) => ({
		word: String(r.text ?? '').trim().split(/\s+/)[1] ?? '',
		name: String(r.name ?? ''), text: String(r.text ?? ''),
	})).filter((x) => x.word);
}

function OfRules({ ask, value, onValue, error }: FieldProps) {
	const rules = useRules(ask.name);
	const all = value && !rules.some((r) => r.word === value)
		? [...rules, { word: value, name: value, text: '' }] : rules;

	return <Select label={d.of('field', ask.name)} must={ask.must} error={error}
		value={value} onValue={onValue} empty={t('choose')}
		options={all.map((r) => ({ value: r.word, label: r.name || r.word }))} />;
}

function List({ ask, value, onValue, error }: FieldProps) {
	const id = useId();

	return <div class={`field ${error ? 'bad' : ''}`}>
		<label for={id}>{d.of('field', ask.name)}
			{ask.must && <span class="must"> ({t('required')})</span>}</label>
		<Pick id={id} label={d.of('field', ask.name)} value={items(value)}
			onChange={(x) => onValue(x.join('; '))} bad={!!error}
			described={error ? `${id}-error` : undefined} />
		{error && <div class="field-error" id={`${id}-error`} role="alert">
			{error}</div>}
	</div>;
}

const prefix_of = (name: string) => name === 'level' ? 'level'
	: name === 'precedence' ? 'precedence' : name === 'code' ? 'code' : 'word';

// Who works at a desk, to be proposed.
const names_at = (people: Person[], desk: string): string[] =>
	[...new Set(people.filter((p) => p.roles.some((r) => r.desk === desk))
		.map((p) => p.name))].sort(byName);

export function FieldOf(p: FieldProps) {
	const session = useSession();
	const { ask, value, onValue, error } = p;
	const row = fields[ask.name]!;
	const common = {
		label: d.of('field', ask.name), must: ask.must, error,
		hint: p.hint ?? (hint_of(ask.name) || undefined), value, onValue,
	};

	switch (row.sort) {
	case 'document': return <Documents {...p} />;
	case 'type': case 'grammar': return <OfRules {...p} />;
	case 'list': return <List {...p} />;
	case 'choice': case 'level': case 'precedence':
		return <Radios {...common} options={row.choices!.map((x) =>
			({ value: x, label: d.of(prefix_of(ask.name), x) }))} />;
	case 'person': return <Field {...common} autocomplete="off"
		offers={names_at(session?.people ?? [], p.acting.desk)} />;
	case 'long': return <Field {...common} lines={3} />;
	case 'number':
		return <Field {...common} inputMode="numeric" />;
	case 'day': return <Written {...common} said={day_said} typed={day_typed}
		inputMode="numeric" hint={common.hint ?? t('day_hint')} />;
	case 'time':
		return <Written {...common} said={time_said} typed={time_typed}
			hint={common.hint ?? t('time_hint')} />;
	default: return <Field {...common} />;
	}
}

// ---- a form of several ------------------------------------------------------------

export interface Form {
	values: Record<string, string>;
	set: (name: string, value: string) => void;
	wrongs: Record<string, string>;
	refused: (e: ApiError | null) => boolean; // shown beside a field
	check: (asks: Ask[]) => number; // how many are wrong
	all: (values: Record<string, string>) => void;
}

export function useForm(first: Record<string, string>): Form {
	const [values, setValues] = useState(first);
	const [wrongs, setWrongs] = useState<Record<string, string>>({});

	return {
		values, wrongs,
		all: setValues,
		set(name, value) {
			setValues((was) => ({ ...was, [name]: value }));
			setWrongs(({ [name]: _, ...rest }) => rest);
		},
		refused(e) {
			if (!e?.field || !fields[e.field])
				return false;
			setWrongs((was) => ({ ...was, [e.field]: e.text }));
			return true;
		},
		check(asks) {
			const found: Record<string, string> = {};
			for (const ask of asks) {
				const w = wrong(ask.name, tidy(ask.name,
					values[ask.name] ?? ''), ask.must);
				if (w)
					found[ask.name] = said_wrong(w);
			}
			setWrongs(found);
			return Object.keys(found).length;
		},
	};
}

// As it is sent: what is written is cleaned, what was chosen is as it is.
export function tidy(name: string, value: string): string {
	const sort = fields[name]?.sort;
	return sort === 'text' || sort === 'person' || sort === 'long' || sort === 'number'
		? clean(value) : value;
}

export const tidied = (values: Record<string, string>) =>
	Object.fromEntries(Object.entries(values)
		.map(([n, v]) => [n, tidy(n, v)]));

// Where the eyes and the keyboard go once something is wrong.
export function to_first_wrong(form: HTMLElement | null): void {
	requestAnimationFrame(() => form?.querySelector<HTMLElement>(
		'[aria-invalid="true"], .field.bad input, .field.bad select')
		?.focus());
}

// ---- taking it -----------------------------------------------------------------------

export interface Taken extends Rows { document?: string; notes?: string[] }

export function take(acting: Acting, doc: Row, action: string,
    values: Record<string, string> = {}, uploads: unknown[] = []): Promise<Taken> {
	const { code, ...rest } = to_send(action, doc, tidied(values));

	return post<Taken>(`/documents/${doc.document}/steps/${action}`, {
		desk: acting.desk, as: acting.person, fields: rest,
		...(code ? { code } : {}),
		...(uploads.length ? { uploads } : {}),
	});
}

export function StepDialog({ doc, action, acting, onClose, onDone, children }: {
	doc: Row; action: string; acting: Acting & { name: string };
	onClose: () => void; onDone: (r: Taken) => void;
	children?: ComponentChildren; // what it is about, above the fields
}) {
	const kind = String(doc.kind);
	const asks = asks_of(action, kind, on_paper(doc));
	const is = actions[action]!;
	const form = useForm(filled_in(action, kind, doc));
	const up = useUploads(() => undefined);
	const [sure, setSure] = useState(false);
	const [busy, setBusy] = useState(false);
	const [bad, setBad] = useState(0);
	const [error, setError] = useState<ApiError | null>(null);
	const root = useRef<HTMLFormElement>(null);
	const yes = async () => {
		const n = form.check(asks);

		setBad(n);
		setError(null);
		if (n > 0 || busy) {
			to_first_wrong(root.current);
			return;
		}
		setBusy(true);
		try {
			const r = await take(acting, doc, action, form.values,
				up.items.map(({ upload, attachment }) =>
					({ upload, attachment })));
			toast(t('step_done', { step: d.of('did', action) }));
			onDone(r);
		} catch (e) {
			if (!(e instanceof ApiError))
				throw e;
			if (!up.refused(e)) {
				form.refused(e);
				setError(e);
			}
		}
		setBusy(false);
	};

	return <Dialog title={do_of(action, kind)} wide={asks.length > 3}
		onClose={onClose} actions={<>
			<Button onClick={onClose}>{t('cancel')}</Button>
			<Button kind={is.danger ? 'danger' : 'main'} busy={busy}
				disabled={(is.danger && !sure) || !ready(up.items)}
				onClick={yes}>{do_of(action, kind)}</Button>
		</>}>
		<form ref={root} noValidate onSubmit={(ev) => {
			ev.preventDefault();
			if (!is.danger || sure)
				void yes();
		}}>
			{children}
			<Alert kind={is.danger ? 'warn' : 'info'} title={t('will')}>
				<p>{will_of(action, kind, on_paper(doc))}</p>
				<p>{t('signs', { person: acting.name,
					desk: nameAt(acting.desk) })}</p>
			</Alert>
			{asks.map((ask) => <FieldOf key={ask.name} ask={ask}
				acting={acting} value={form.values[ask.name] ?? ''}
				onValue={(v) => form.set(ask.name, v)}
				error={form.wrongs[ask.name]} />)}
			{is.files && <Uploads up={up} />}
			{is.danger && <Checkbox label={t('danger_yes')} checked={sure}
				onCheck={setSure} />}
			{bad > 0 && <p class="field-error" role="alert">
				{t('look_at', { n: bad })}</p>}
			<ErrorBox error={error} />
			<button type="submit" hidden />
		</form>
	</Dialog>;
}

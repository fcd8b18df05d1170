// SPDX-License-Identifier: EUPL-1.2
// Fields: each has a label, says what is wanted, and what is wrong beside it.
import type { ComponentChildren as Children } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { type ApiError } from '../api';
import { folded } from '../i18n';
import { Button } from './basic';
import { Icon } from './icons';
import { t } from './texts';

/* What is wrong with the field of this name, of a refusal. */
export function wrong(error: ApiError | null, field: string):
    string | undefined {
	return error?.field === field ? error.text : undefined;
}

interface Around {
	label: string; hint?: Children; error?: string; must?: boolean;
}

function Wrap({ id, label, hint, error, must, children, group }: Around & {
	id: string; children: Children; group?: boolean;
}) {
	const text = <>{label}{must && <span class="must"> ({t('required')})</span>}</>;
	const rest = <>
		{hint && <div class="hint" id={`${id}-hint`}>{hint}</div>}
		{children}
		{error && <div class="field-error" id={`${id}-error`} role="alert">
			<Icon name="warn" /> {error}</div>}
	</>;

	return group ? <fieldset class={`field ${error ? 'bad' : ''}`}>
		<legend>{text}</legend>{rest}</fieldset> :
	    <div class={`field ${error ? 'bad' : ''}`}>
		<label for={id}>{text}</label>{rest}</div>;
}

const said = (id: string, a: Around) => ({
	'aria-describedby': [a.hint && `${id}-hint`, a.error && `${id}-error`]
	    .filter(Boolean).join(' ') || undefined,
	'aria-invalid': a.error ? true as const : undefined,
	'aria-required': a.must || undefined,
});

/* What else an input may be told. */
interface More {
	type?: string; name?: string; class?: string; disabled?: boolean;
	readOnly?: boolean; inputMode?: string; autocomplete?: string;
	autocapitalize?: string; spellcheck?: boolean; maxLength?: number;
	pattern?: string;
	min?: string | number; max?: string | number; step?: string | number;
	placeholder?: string; lang?: string; list?: string; autofocus?: boolean;
	onBlur?: (ev: FocusEvent) => void;
	onKeyDown?: (ev: KeyboardEvent) => void;
}

type FieldProps = Around & More & {
	value: string; onValue: (value: string) => void;
	lines?: number; /* more than one: a text */
	offers?: string[]; /* what is proposed; anything else may be written */
};

export function Field({ label, hint, error, must, value, onValue, lines, offers,
    type = 'text', ...more }: FieldProps) {
	const id = useId();
	const rest = more as object;
	const around = { label, hint, error, must };
	const [shown, show] = useState(false);

	return <Wrap id={id} {...around}>
		{lines && lines > 1 ?
			<textarea id={id} rows={lines} value={value}
			    {...said(id, around)}
			    {...rest}
			    onInput={(ev) => onValue(ev.currentTarget.value)} /> :
		type === 'password' ? <div class="with-button">
			<input id={id}
			    type={(shown ? 'text' : 'password') as 'text'}
			    value={value} {...said(id, around)} {...rest}
			    spellcheck={false} autocapitalize="off"
			    onInput={(ev) => onValue(ev.currentTarget.value)} />
			<Button aria-pressed={shown}
			    aria-label={`${shown ? t('hide') : t('show')}: ${label}`}
			    onClick={() => show(!shown)}>
				{shown ? t('hide') : t('show')}</Button>
		</div> :
			<input id={id} type={type as 'text'} value={value}
			    list={offers?.length ? `${id}-offers` : undefined}
			    {...said(id, around)} {...rest}
			    onInput={(ev) => onValue(ev.currentTarget.value)} />}
		{offers && offers.length > 0 && <datalist id={`${id}-offers`}>
			{offers.map((o) => <option key={o} value={o} />)}</datalist>}
	</Wrap>;
}

/* A field whose value is written otherwise than it is kept, such as a day:
 * "said" writes it, "typed" reads what was written ('': that is nothing).  What
 * cannot be read is the value as it stands, so that it is found wrong. */
export function Written({ said, typed, value, onValue, ...rest }: FieldProps & {
	said: (value: string) => string; typed: (written: string) => string;
}) {
	const [raw, set] = useState<string | null>(null);

	return <Field {...rest} value={raw ?? said(value)} autocomplete="off"
	    onValue={(written) => {
		set(written);
		onValue(typed(written) || written.trim());
	    }} onBlur={() => set(null)} />;
}

export interface Option { value: string; label: string; hint?: string; disabled?: boolean }

export function Select({ label, hint, error, must, value, onValue, options,
    empty, ...rest }: Around & {
	value: string; onValue: (value: string) => void; options: Option[];
	empty?: string; /* a first row without a value */
    } & { name?: string; class?: string; disabled?: boolean }) {
	const id = useId();
	const around = { label, hint, error, must };

	return <Wrap id={id} {...around}>
		<select id={id} value={value} {...said(id, around)} {...rest}
		    onChange={(ev) => onValue(ev.currentTarget.value)}>
			{empty !== undefined && <option value="">{empty}</option>}
			{options.map((o) => <option key={o.value} value={o.value}
			    disabled={o.disabled}>{o.label}</option>)}
		</select>
	</Wrap>;
}

export function Radios({ label, hint, error, must, value, onValue, options }:
    Around & {
	value: string; onValue: (value: string) => void; options: Option[];
    }) {
	const id = useId();

	return <Wrap id={id} label={label} hint={hint} error={error} must={must}
	    group><div class="radios">{options.map((o) =>
		<label key={o.value} class="radio"><input type="radio" name={id}
		    value={o.value} checked={o.value === value}
		    disabled={o.disabled}
		    onChange={() => onValue(o.value)} />
			<span>{o.label}{o.hint && <small>{o.hint}</small>}</span>
		</label>)}</div></Wrap>;
}

export function Checkbox({ label, hint, checked, onCheck, disabled }: {
	label: Children; hint?: Children; checked: boolean;
	onCheck: (on: boolean) => void; disabled?: boolean;
}) {
	return <label class="radio"><input type="checkbox" checked={checked}
	    disabled={disabled}
	    onChange={(ev) => onCheck(ev.currentTarget.checked)} />
		<span>{label}{hint && <small>{hint}</small>}</span></label>;
}

/* One or many of a long list, by typing a part of a name or address, with or
 * without marks (the combobox pattern of ARIA). */
export function Combobox({ label, hint, error, must, options, chosen, onChosen,
    single, shown = 50 }: Around & {
	options: Option[]; chosen: string[];
	onChosen: (values: string[]) => void; single?: boolean; shown?: number;
    }) {
	const id = useId();
	const around = { label, hint, error, must };
	const [text, setText] = useState('');
	const [open, setOpen] = useState(false);
	const [at, setAt] = useState(0);
	const input = useRef<HTMLInputElement>(null);
	const words = folded(text).split(/\s+/).filter(Boolean);
	const found = !open ? [] : options.filter((o) => {
		const all = folded(`${o.label} ${o.hint ?? ''} ${o.value}`);

		return !chosen.includes(o.value) && !o.disabled &&
		    words.every((w) => all.includes(w));
	});
	const list = found.slice(0, shown);
	const pick = (o: Option) => {
		onChosen(single ? [o.value] : [...chosen, o.value]);
		setText('');
		setAt(0);
		setOpen(!single);
		input.current?.focus();
	};
	const keys = (ev: KeyboardEvent) => {
		if (ev.key === 'ArrowDown' || ev.key === 'ArrowUp') {
			ev.preventDefault();
			if (!open)
				setOpen(true);
			else
				setAt((at + (ev.key === 'ArrowDown' ? 1 : -1) +
				    list.length) % Math.max(1, list.length));
		} else if (ev.key === 'Enter' && open && list[at]) {
			ev.preventDefault();
			pick(list[at]);
		} else if (ev.key === 'Escape' && open) {
			ev.preventDefault();
			ev.stopPropagation();
			setOpen(false);
		} else if (ev.key === 'Backspace' && text === '' && chosen.length) {
			onChosen(chosen.slice(0, -1));
		}
	};

	useEffect(() => {
		document.getElementById(`${id}-${at}`)?.scrollIntoView?.(
		    { block: 'nearest' });
	}, [at]);
	return <Wrap id={id} {...around}>
		{chosen.length > 0 && <ul class="chips" aria-label={t('chosen')}>
			{chosen.map((v) => {
				const o = options.find((x) => x.value === v);
				const name = o?.label ?? v;

				return <li key={v}><span>{name}
					{o?.hint && <small>{o.hint}</small>}</span>
					<button type="button"
					    aria-label={t('remove', { name })}
					    onClick={() => onChosen(chosen.filter(
						(x) => x !== v))}>
						<Icon name="close" /></button></li>;
			})}</ul>}
		<div class="combobox">
			<input id={id} ref={input} role="combobox"
			    autocomplete="off" spellcheck={false} value={text}
			    aria-expanded={open && list.length > 0}
			    aria-controls={`${id}-list`} aria-autocomplete="list"
			    aria-activedescendant={open && list[at] ?
				`${id}-${at}` : undefined}
			    {...said(id, around)}
			    onInput={(ev) => {
				setText(ev.currentTarget.value);
				setOpen(true);
				setAt(0);
			    }}
			    onFocus={() => setOpen(true)}
			    onClick={() => setOpen(true)}
			    onBlur={() => setOpen(false)} onKeyDown={keys} />
			<ul id={`${id}-list`} role="listbox" aria-label={label}
			    hidden={!open || list.length === 0}>{list.map((o, i) =>
				<li key={o.value} id={`${id}-${i}`} role="option"
				    aria-selected={i === at}
				    onMouseDown={(ev) => {
					ev.preventDefault();
					pick(o);
				    }}>{o.label}
					{o.hint && <small>{o.hint}</small>}</li>)}
			</ul>
			<div class="hidden" role="status">{open && text !== '' &&
			    (found.length ? t('matches', { n: found.length }) :
			    t('none'))}</div>
			{open && text !== '' && found.length === 0 &&
			    <p class="hint">{t('none')}</p>}
		</div>
	</Wrap>;
}

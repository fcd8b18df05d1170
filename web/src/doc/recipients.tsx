// SPDX-License-Identifier: EUPL-1.2
// Who a document goes to: picked from the tree and its lists, by name, address
// or unit, with or without diacritics, by keyboard alone; who has no address
// gets it on paper.
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { get, type Row, type Rows } from '../api';
import { byText } from '../i18n';
import { clean, recipient_of, recipient_text } from '../logic/fields';
import { type Found, found_in, type Target, targets_of } from '../logic/tree_pick';
import { t } from '../texts/parts';
import { short } from './parts';

const SHOWN = 30;

// All of the tree that the station knows, page after page.
async function whole_tree(stop: AbortSignal): Promise<Row[]> {
	const rows: Row[] = [];
	let at: number | undefined;

	for (let turn = 0; turn < 200; turn++) {
		const got = await get<Rows>('/tree', { at }, stop);
		const last = got.rows.find((r) => r.row === 'tree');
		rows.push(...got.rows.filter((r) => r.row !== 'tree'));
		if (typeof last?.next !== 'number')
			break;
		at = last.next;
	}
	return rows;
}

// Null until they have come: what is typed before may well be one of them.
function useTargets(): Target[] | null {
	const [all, set] = useState<Target[] | null>(null);

	useEffect(() => {
		const stop = new AbortController();
		whole_tree(stop.signal).then((rows) =>
			set(targets_of(rows).sort((a, b) => byText(a.name, b.name))),
			() => undefined);
		return () => stop.abort();
	}, []);
	return all;
}

function Recipient({ item }: { item: string }) {
	const { name, address } = recipient_of(item);

	return <span>{name || short(address)}<small class="soft">{' '}
		{!address ? t('on_paper') : name && short(address)}</small></span>;
}

export function Pick({ id, value, onChange, label, described, bad }: {
	id: string; value: string[]; onChange: (items: string[]) => void;
	label: string; described?: string; bad?: boolean;
}) {
	const targets = useTargets();
	const list = useId();
	const [words, setWords] = useState('');
	const [at, setAt] = useState(-1);
	const [open, setOpen] = useState(false);
	const input = useRef<HTMLInputElement>(null);
	const found: Found[] = useMemo(
		() => found_in(targets ?? [], words, value).slice(0, SHOWN),
		[targets, words, value]);
	const typed = clean(words.replace(/;/g, ','));
	const paper = targets && typed && !typed.startsWith('antin://') ? 1 : 0;
	const count = found.length + paper;

	const add = (texts: string[]) => {
		onChange([...value, ...texts.filter((x) => !value.includes(x))]);
		setWords('');
		setAt(-1);
		setOpen(false);
		input.current?.focus();
	};
	const take = (n: number) => {
		const hit = found[n];
		if (hit)
			add(hit.target.members ?? [recipient_text(hit.target)]);
		else if (typed)
			add([typed]);
	};
	const key = (ev: KeyboardEvent) => {
		if (ev.key === 'ArrowDown' || ev.key === 'ArrowUp') {
			ev.preventDefault();
			setOpen(true);
			if (count)
				setAt((at + (ev.key === 'ArrowDown' ? 1 : count)) % count);
			if (at < 0 && ev.key === 'ArrowUp' && count)
				setAt(count - 1);
		} else if (ev.key === 'Enter') {
			ev.preventDefault();
			if (open && at >= 0)
				take(at);
			else if (typed && targets)
				take(0);
		} else if (ev.key === 'Escape' && open) {
			ev.preventDefault();
			ev.stopPropagation();
			setOpen(false);
		} else if (ev.key === 'Backspace' && !words && value.length) {
			onChange(value.slice(0, -1));
		}
	};

	return <div class="combobox">
		{value.length > 0 && <ul class="chips" aria-label={t('to_chosen')}>
			{value.map((item) => <li key={item}>
				<Recipient item={item} />
				<button type="button" aria-label={t('to_remove', { name: item })}
					onClick={() => onChange(value.filter((x) => x !== item))}>
					×
				</button>
			</li>)}
		</ul>}
		<input id={id} ref={input} type="text" role="combobox"
			autocomplete="off" aria-label={label}
			aria-expanded={open && count > 0} aria-controls={list}
			aria-autocomplete="list" aria-describedby={described}
			aria-invalid={bad || undefined}
			aria-activedescendant={open && at >= 0 ? `${list}-${at}` : undefined}
			placeholder={t('to_add')} value={words}
			onInput={(ev) => {
				setWords((ev.target as HTMLInputElement).value);
				setAt(-1);
				setOpen(true);
			}}
			onFocus={() => setOpen(true)}
			onClick={() => setOpen(true)}
			onBlur={() => setOpen(false)}
			onKeyDown={key} />
		<ul id={list} role="listbox"
			aria-label={label} hidden={!open || count === 0}>
			{found.map(({ target }, i) => <li key={target.key} role="option"
				id={`${list}-${i}`} aria-selected={i === at}
				onMouseDown={(ev) => { ev.preventDefault(); take(i); }}>
				<strong>{target.members ? t('to_list', { name: target.name })
					: target.name}</strong>
				<small class="soft">{' '}{short(target.address)}
					{target.dead && ` · ${t('to_no_key')}`}</small>
			</li>)}
			{paper > 0 && <li key="paper" role="option"
				id={`${list}-${found.length}`}
				aria-selected={found.length === at}
				onMouseDown={(ev) => { ev.preventDefault(); take(found.length); }}>
				{t('to_paper', { name: typed })}
			</li>}
		</ul>
		<p class="hidden" aria-live="polite">
			{open && words.trim() && targets ? found.length
				? t('to_count', { n: found.length }) : t('to_none') : ''}
		</p>
	</div>;
}

// SPDX-License-Identifier: EUPL-1.2
// Pages, buttons, what was refused, what is empty, marks of level and urgency.
import type { ComponentChildren as Children, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api';
import { clock, date, lang, seconds, span, time, type When } from '../i18n';
import { sentence } from '../texts/said';
import { Icon, type IconName } from './icons';
import { t } from './texts';

/* A page: its title takes the focus when one comes to it, so that a reader
 * hears where he is.  "heading" where it says more than the window's title may,
 * which stays in the browser's history (docs/desk.md 13.8). */
export function Page({ title, heading, lead, actions, children }: {
	title: string; heading?: string; lead?: Children; actions?: Children;
	children?: Children;
}) {
	const h1 = useRef<HTMLHeadingElement>(null);

	useEffect(() => {
		document.title = `${title} · Antin`;
	}, [title]);
	useEffect(() => {
		h1.current?.focus({ preventScroll: true });
		scrollTo(0, 0);
	}, []);
	return <div class="page">
		<header class="page-head">
			<div>
				<h1 ref={h1} tabIndex={-1}>{heading ?? title}</h1>
				{lead && <p class="lead">{lead}</p>}
			</div>
			{actions && <div class="actions">{actions}</div>}
		</header>
		{children}
	</div>;
}

/* Where the keyboard goes on when what it was on is gone. */
export function toTitle(): void {
	requestAnimationFrame(() =>
	    document.querySelector<HTMLElement>('main h1')?.focus());
}

export function Section({ title, actions, children, id, screen }: {
	title: string; actions?: Children; children?: Children; id?: string;
	screen?: boolean; /* it is not printed */
}) {
	return <section class={`section ${screen ? 'no-print' : ''}`} id={id}>
		<div class="section-head"><h2>{title}</h2>{actions}</div>
		{children}
	</section>;
}

type ButtonProps = Omit<JSX.IntrinsicElements['button'], 'icon'> & {
	kind?: 'plain' | 'main' | 'danger' | 'quiet';
	icon?: IconName; busy?: boolean; children?: Children;
};

export function Button({ kind = 'plain', icon, busy, children, disabled,
    class: more, ...rest }: ButtonProps) {
	return <button type="button" {...rest} disabled={disabled}
	    aria-busy={busy || undefined}
	    class={`button ${kind} ${more ?? ''}`}
	    onClick={busy ? (ev) => ev.preventDefault() : rest.onClick}>
		{busy ? <span class="spinner" aria-hidden="true" /> :
		    icon && <Icon name={icon} />}
		{children}
	</button>;
}

export function LinkButton({ href, kind = 'plain', icon, children, ...rest }:
    JSX.IntrinsicElements['a'] & {
	href: string; kind?: string; icon?: IconName; children?: Children;
    }) {
	return <a {...rest} href={href} class={`button ${kind}`}>
		{icon && <Icon name={icon} />}{children}
	</a>;
}

/* Something said of the page as a whole. */
export function Alert({ kind = 'info', title, children }: {
	kind?: 'info' | 'good' | 'warn' | 'bad'; title?: string;
	children?: Children;
}) {
	return <div class={`alert ${kind}`}
	    role={kind === 'bad' ? 'alert' : 'status'}>
		<Icon name={kind === 'good' ? 'check' :
		    kind === 'info' ? 'info' : 'warn'} />
		<div>{title && <strong>{title}</strong>}
			{children && <div>{children}</div>}</div>
	</div>;
}

/* What the station refused, and what to do. */
export function ErrorBox({ error, again, children, title }: {
	error: ApiError | null | undefined; again?: () => void;
	children?: Children; title?: string;
}) {
	if (!error)
		return null;
	const key = `error.${error.code}`;
	return <Alert kind="bad" title={title && !error.offline ? title : t.has(key) ? t.of('error', error.code) :
	    t('error.other')}>
		<p>{error.offline ? t('offline') : sentence(error.text)}</p>
		{children}
		{again && <Button onClick={again}>{t('again')}</Button>}
	</Alert>;
}

export function Loading({ rows = 3 }: { rows?: number }) {
	return <div class="skeleton" role="status">
		<span class="hidden">{t('loading')}</span>
		{Array.from({ length: rows }, (_, i) => <i key={i} />)}
	</div>;
}

export function Spinner() {
	return <span class="spinner" role="status" aria-label={t('loading')} />;
}

/* Nothing there, and what one can do. */
export function Empty({ title, children, icon = 'check' }: {
	title: string; children?: Children; icon?: IconName;
}) {
	return <div class="empty"><Icon name={icon} />
		<p class="empty-title">{title}</p>{children}</div>;
}

export function Badge({ kind = '', children }: {
	kind?: '' | 'good' | 'warn' | 'bad' | 'info'; children?: Children;
}) {
	return <span class={`badge ${kind}`}>{children}</span>;
}

/* As it is stamped on paper.  Nothing for what has no level. */
export function LevelStamp({ level }: { level?: string | null }) {
	if (!level || level === 'thuong')
		return null;
	return <span class="stamp level" lang="vi"
	    title={t.of('levelsaid', level)}>{t.of('level', level)}</span>;
}

export function PrecedenceBadge({ precedence, always }: {
	precedence?: string | null; always?: boolean;
}) {
	if (!precedence || (precedence === 'thuong' && !always))
		return null;
	return <span class={`stamp precedence ${precedence}`}>
		{t.of('precedence', precedence)}</span>;
}

/* A time as offices write it; the machine's form beside. */
export function Time({ at, only }: { at: When; only?: 'date' | 'clock' }) {
	const s = seconds(at);

	if (s === null)
		return null;
	return <time dateTime={new Date(s * 1000).toISOString()}>
		{only === 'date' ? date(at) : only === 'clock' ? clock(at) :
		    // on paper today is another day soon
		    <><span class="no-print">{time(at)}</span>
			<span class="print-only">{time(at, 0)}</span></>}</time>;
}

function useNow(every = 30): number {
	const [now, set] = useState(Date.now() / 1000);

	useEffect(() => {
		const id = setInterval(() => set(Date.now() / 1000),
		    every * 1000);
		return () => clearInterval(id);
	}, [every]);
	return now;
}

/* What is due at once is not late in its first minute. */
export const isLate = (due: number | null | undefined, now = Date.now() / 1000) =>
    !!due && due < now - 60;

/* How long is left until then, or how late it is. */
export function Due({ at }: { at: When }) {
	const now = useNow();
	const s = seconds(at);

	if (s === null)
		return null;
	const left = s - now;
	return <span class={`due ${isLate(s, now) ? 'late' : left < 7200 ? 'soon' : ''}`}>
		<Time at={at} />{' '}
		<b>{isLate(s, now) ? t('late', { t: span(left) }) :
		    left < 0 ? t('now') :
		    t('left', { t: span(left) })}</b>
	</span>;
}

export function Ago({ at }: { at: When }) {
	const now = useNow();
	const s = seconds(at);

	return s === null ? null : <time title={time(at)}
	    dateTime={new Date(s * 1000).toISOString()}>
		{t('ago', { t: span(now - s) })}</time>;
}

/* A long value that two people compare: in groups, and easily copied. */
export function Hash({ value, group = 4 }: { value: string; group?: number }) {
	const [copied, set] = useState(false);

	return <span class="hash"><code>{value.match(
	    new RegExp(`.{1,${group}}`, 'g'))?.join(' ')}</code>
		{navigator.clipboard && <Button kind="quiet" onClick={() => {
			void navigator.clipboard.writeText(value);
			set(true);
			setTimeout(() => set(false), 2000);
		}}>{copied ? t('copied') : t('copy')}</Button>}
	</span>;
}

/* Pairs of a name and a value. */
export function Facts({ rows }: { rows: [string, Children][] }) {
	return <dl class="facts">{rows.filter(([, v]) => v !== null &&
	    v !== undefined && v !== '' && v !== false).map(([k, v]) =>
		<div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>;
}

export interface Event {
	at?: When; title: Children; who?: Children; body?: Children;
	kind?: 'good' | 'warn' | 'bad' | 'todo' | '';
}

export function Timeline({ events }: { events: Event[] }) {
	return <ol class="timeline">{events.map((e, i) =>
		<li key={i} class={e.kind ?? ''}>
			<div class="timeline-head"><strong>{e.title}</strong>
				{e.at !== undefined && <Time at={e.at} />}</div>
			{e.who && <div class="who">{e.who}</div>}
			{e.body && <div>{e.body}</div>}
		</li>)}</ol>;
}

export function Tabs({ tabs, at, onPick, label }: {
	tabs: { id: string; label: string; count?: number }[]; at: string;
	onPick: (id: string) => void; label: string;
}) {
	const keys = (ev: KeyboardEvent) => {
		const i = tabs.findIndex((x) => x.id === at);
		const to = ev.key === 'ArrowRight' ? i + 1 :
		    ev.key === 'ArrowLeft' ? i - 1 : ev.key === 'Home' ? 0 :
		    ev.key === 'End' ? tabs.length - 1 : -2;

		if (to === -2)
			return;
		ev.preventDefault();
		const tab = tabs[(to + tabs.length) % tabs.length];
		const bar = ev.currentTarget as HTMLElement;
		onPick(tab.id);
		requestAnimationFrame(() => bar.querySelector<HTMLElement>(
		    '[aria-selected=true]')?.focus());
	};
	return <div class="tabs" role="tablist" aria-label={label}
	    onKeyDown={keys}>{tabs.map((x) =>
		<button key={x.id} type="button" role="tab" id={`tab-${x.id}`}
		    aria-selected={x.id === at}
		    tabIndex={x.id === at ? 0 : -1}
		    onClick={() => onPick(x.id)}>{x.label}
			{x.count !== undefined && <span class="count">{x.count}</span>}
		</button>)}</div>;
}

export function TabPanel({ id, children }: { id: string; children?: Children }) {
	return <div role="tabpanel" aria-labelledby={`tab-${id}`}>{children}</div>;
}

export function Progress({ value, max, label }: {
	value: number; max: number; label: string;
}) {
	const percent = max === 0 ? 100 : Math.floor(value / max * 100);

	return <div class="progress"><progress value={value} max={max || 1}
	    aria-label={label} /><span>{percent} %</span></div>;
}

/* The language of a text that is not the page's. */
export const inVietnamese = () => lang.get() === 'vi' ? undefined : 'vi';

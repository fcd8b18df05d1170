// SPDX-License-Identifier: EUPL-1.2
// What lies over a page: dialogs, and words that come and go.
import type { ComponentChildren as Children } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { ApiError } from '../api';
import { store, useStore } from '../store';
import { Button, ErrorBox } from './basic';
import { Icon } from './icons';
import { t } from './texts';

/* A dialog that holds the focus until it is closed.  "onClose" is also what
 * Escape does. */
export function Dialog({ title, children, actions, onClose, wide }: {
	title: string; children?: Children; actions?: Children;
	onClose: () => void; wide?: boolean;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	const id = useId();

	useEffect(() => {
		const d = dialog.current;
		const before = document.activeElement as HTMLElement | null;

		if (d && !d.open)
			d.showModal();
		return () => {
			d?.close();
			before?.focus?.();
		};
	}, []);
	return <dialog ref={dialog} class={wide ? 'wide' : ''}
	    aria-labelledby={id} onCancel={(ev) => {
		ev.preventDefault();
		onClose();
	    }}>
		<div class="dialog-head"><h2 id={id}>{title}</h2>
			<Button kind="quiet" icon="close" aria-label={t('close')}
			    onClick={onClose} /></div>
		<div class="dialog-body" tabIndex={0} role="group"
		    aria-labelledby={id}>{children}</div>
		{actions && <div class="dialog-actions">{actions}</div>}
	</dialog>;
}

/* Says exactly what will happen, and does it on the second word alone. */
export function Confirm({ title, children, yes, danger, busy, error, onYes,
    onClose, wide }: {
	title: string; children?: Children; yes: string; danger?: boolean;
	busy?: boolean; error?: ApiError | null; onYes: () => void;
	onClose: () => void; wide?: boolean;
}) {
	return <Dialog title={title} onClose={onClose} wide={wide} actions={<>
		<Button onClick={onClose}>{t('cancel')}</Button>
		<Button kind={danger ? 'danger' : 'main'} busy={busy}
		    onClick={onYes}>{yes}</Button>
	</>}>{children}<ErrorBox error={error} /></Dialog>;
}

interface Said { key: number; text: string; kind: 'good' | 'bad' }
const toasts = store<Said[]>([]);
let count = 0;

/* Say in passing what has been done; read aloud, gone after a while. */
export function toast(text: string, kind: 'good' | 'bad' = 'good'): void {
	const key = ++count;

	toasts.set([...toasts.get(), { key, text, kind }].slice(-4));
	setTimeout(() => dismiss(key), 8000);
}

function dismiss(key: number): void {
	toasts.set(toasts.get().filter((x) => x.key !== key));
}

export function Toasts() {
	const all = useStore(toasts);

	return <div class="toasts" role="status" aria-live="polite">
		{all.map((x) => <div key={x.key} class={`toast ${x.kind}`}>
			<Icon name={x.kind === 'good' ? 'check' : 'warn'} />
			<span>{x.text}</span>
			<Button kind="quiet" icon="close" aria-label={t('close')}
			    onClick={() => dismiss(x.key)} /></div>)}</div>;
}

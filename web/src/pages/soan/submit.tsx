// SPDX-License-Identifier: EUPL-1.2
// Submitting: what will be done is said before, and done step by step.
import { useRef, useState } from 'preact/hooks';
import { ApiError, post, type Row } from '../../api';
import { short } from '../../doc/parts';
import { type Acting, type Form, take, tidied } from '../../doc/step';
import type { useUploads } from '../../doc/uploads';
import { compose_steps } from '../../logic/compose';
import { recipients_of } from '../../logic/fields';
import { t } from '../../texts/compose';
import { t as d } from '../../texts/doc';
import { t as p } from '../../texts/parts';
import { Button, Dialog, ErrorBox, toast } from '../../ui';

export function Submit({ action, form, text, up, acting, onClose, onDone }: {
	action: string; form: Form; text: string;
	up: ReturnType<typeof useUploads>; acting: Acting;
	onClose: () => void; onDone: (document: string) => void;
}) {
	const values = tidied(form.values);
	const steps = compose_steps(action, values);
	const [at, setAt] = useState(-1);
	const [error, setError] = useState<ApiError | null>(null);
	const busy = useRef(false);
	const begin = async (): Promise<string> => {
		const r = await post<Row>('/documents', {
			desk: acting.desk, as: acting.person, action,
			fields: steps[0]!.fields,
			uploads: up.items.map(({ upload, attachment }) =>
				({ upload, attachment })),
			...(text.trim() ? { text: `${text.replace(/\s+$/, '')}\n` } : {}),
		});
		return String(r.document ?? r.rows?.[0]?.document ?? '');
	};
	const run = async () => {
		let document = '', now = steps[0]!;

		if (busy.current)
			return;
		busy.current = true;
		setError(null);
		try {
			for (const [i, step] of steps.entries()) {
				now = step;
				setAt(i);
				if (i === 0)
					document = await begin();
				else
					await take(acting, { document }, step.action,
						step.fields);
			}
			toast(t('made'));
			onDone(document);
			return;
		} catch (e) {
			if (!(e instanceof ApiError))
				throw e;
			// the draft is there: what is left is done on its page
			if (document) {
				toast(t('half', { step: d.of('did', now.action),
					why: e.offline ? p('offline') : e.text }), 'bad');
				onDone(document);
				return;
			}
			// what is wrong with one file is said beside it
			if (up.refused(e)) {
				onClose();
				return;
			}
			setError(e);
			form.refused(e);
		}
		busy.current = false;
		setAt(-1);
	};

	return <Dialog title={t.of('submit', action)} onClose={onClose} actions={<>
		<Button onClick={onClose}>{p('cancel')}</Button>
		<Button kind="main" busy={at >= 0} onClick={run}>
			{t.of('submit', action)}</Button>
	</>}>
		<p>{t('ask')}</p>
		<ol class="seq">
			{steps.map((s, i) => <li key={s.action} class={i < at ? 'done'
				: i === at ? 'now' : ''}
				aria-current={i === at ? 'step' : undefined}>
				<div><strong>{d.of('did', s.action)}</strong>
					{s.action === 'propose-level' && <p class="soft">
						{d.of('level', values.level)} · {d('field.catalogue')}
						{' '}{values.catalogue}</p>}
					{i === 0 && <p class="soft">
						{recipients_of(values.recipients).map((r) =>
							r.name || short(r.address)).join('; ')}</p>}</div>
			</li>)}
		</ol>
		<p class="soft">{action === 'digitise' ? t('after_paper')
			: values.level !== 'thuong' && action === 'draft'
				? t('after_secret') : t('after')}</p>
		<ErrorBox error={error} />
	</Dialog>;
}

// SPDX-License-Identifier: EUPL-1.2
// A document that came on paper: what stands on it is written down.
import { useRef, useState } from 'preact/hooks';
import { ApiError, post, type Row } from '../../api';
import { FieldOf, tidied, to_first_wrong, useForm } from '../../doc/step';
import { will_of } from '../../doc/words';
import { actions } from '../../logic/actions';
import { go } from '../../router';
import { useActing } from '../../session';
import { t } from '../../texts/incoming';
import { t as p } from '../../texts/parts';
import { Alert, Button, ErrorBox, LinkButton, Page, toast } from '../../ui';

export function PaperIn() {
	const acting = useActing();
	const form = useForm({ level: 'thuong', precedence: 'thuong',
		documents: '1', pages: '1', attachments: '0' });
	const asks = actions.arrive!.asks.filter((x) =>
		x.name !== 'due' || form.values.precedence === 'hoa-toc-hen-gio');
	const [busy, setBusy] = useState(false);
	const [bad, setBad] = useState(0);
	const [error, setError] = useState<ApiError | null>(null);
	const root = useRef<HTMLFormElement>(null);
	const submit = async () => {
		const n = form.check(asks);

		setBad(n);
		if (n > 0 || busy) {
			to_first_wrong(root.current);
			return;
		}
		setBusy(true);
		setError(null);
		try {
			const r = await post<Row>('/documents', { desk: acting.desk,
				as: acting.person, action: 'arrive',
				fields: Object.fromEntries(Object.entries(tidied(form.values))
					.filter(([, v]) => v !== '')) });
			toast(t('taken'));
			go(`/den/${r.document ?? r.rows?.[0]?.document}`);
		} catch (e) {
			if (!(e instanceof ApiError))
				throw e;
			form.refused(e);
			setError(e);
			setBusy(false);
		}
	};

	return <Page title={t('paper')} actions={<LinkButton href="/den">
		{t('back')}</LinkButton>}>
		<form ref={root} class="sheet" noValidate onSubmit={(ev) => {
			ev.preventDefault();
			void submit();
		}}>
			{asks.map((ask) => <FieldOf key={ask.name} ask={ask} acting={acting}
				value={form.values[ask.name] ?? ''}
				onValue={(v) => form.set(ask.name, v)}
				error={form.wrongs[ask.name]} />)}
			<Alert kind="info" title={p('will')}>{will_of('arrive')}</Alert>
			{bad > 0 && <p class="field-error" role="alert">
				{p('look_at', { n: bad })}</p>}
			<ErrorBox error={error} />
			<div class="row"><Button kind="main" type="submit" busy={busy}>
				{t('paper')}</Button></div>
		</form>
	</Page>;
}

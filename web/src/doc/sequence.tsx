// SPDX-License-Identifier: EUPL-1.2
// Several steps of a document, one after another: each can be taken by itself,
// or all in order until one is refused.  What was done stays.
import { useRef, useState } from 'preact/hooks';
import { ApiError } from '../api';
import { asks_of, filled_in, on_paper } from '../logic/actions';
import { useActing } from '../session';
import { t as d } from '../texts/doc';
import { t as p } from '../texts/parts';
import { t } from '../texts/release';
import { Alert, Button, Confirm, ErrorBox, toast, toTitle } from '../ui';
import { Notes, notes_of, type One } from './one';
import { FieldOf, take, to_first_wrong, useForm } from './step';
import { sentence } from '../texts/said';
import { will_of } from './words';

// What is asked for on the way, rather than in a dialog of its own.
const inline: Record<string, string[]> = {
	check: ['documents', 'pages', 'attachments', 'integrity'],
	describe: ['abstract'], register: ['keeper'],
};

export function Sequence({ one, left, said }: {
	one: One; left: string[]; said: string;
}) {
	const acting = useActing();
	const { doc } = one;
	const kind = String(doc.kind);
	const asks = (action: string) => asks_of(action, kind, on_paper(doc))
		.filter((x) => (inline[action] ?? []).includes(x.name));
	const form = useForm(Object.assign({}, ...left.map((x) =>
		filled_in(x, kind, doc))) as Record<string, string>);
	const [at, setAt] = useState('');
	const [asking, setAsking] = useState<string[] | null>(null);
	const [bad, setBad] = useState<{ action: string; error: ApiError } | null>(null);
	const [notes, setNotes] = useState<string[]>([]);
	const root = useRef<HTMLOListElement>(null);
	const busy = useRef(false);
	const ask = (actions: string[]) => {
		setBad(null);
		if (form.check(actions.flatMap(asks)) > 0)
			to_first_wrong(root.current);
		else
			setAsking(actions);
	};
	const run = async (actions: string[]) => {
		if (busy.current)
			return;
		busy.current = true;
		setAsking(null);
		for (const action of actions) {
			setAt(action);
			try {
				const values = Object.fromEntries(asks(action)
					.map((x) => [x.name, form.values[x.name] ?? '']));
				const r = await take(acting, doc, action, values);
				setNotes((was) => [...was, ...notes_of(r)]);
			} catch (e) {
				if (!(e instanceof ApiError))
					throw e;
				form.refused(e);
				setBad({ action, error: e });
				break;
			}
			if (action === actions[actions.length - 1])
				toast(actions.length === left.length ? said
					: p('step_done', { step: d.of('did', action) }));
		}
		setAt('');
		busy.current = false;
		one.reload();
		toTitle();
	};
	// the first is what this person could take now
	const may = one.next.find((n) => n.action === left[0]);

	return <>
		<ol class="seq" ref={root}>
			{left.map((action, i) => <li key={action} class={action === at ? 'now'
				: bad?.action === action ? 'bad' : i === 0 ? 'now' : ''}
				aria-current={action === at ? 'step' : undefined}>
				<div>
					<strong>{d.of('do', action)}</strong>
					<p class="soft">{will_of(action, String(doc.kind), on_paper(doc))}</p>
					{asks(action).map((x) => <FieldOf key={x.name} ask={x}
						acting={acting} value={form.values[x.name] ?? ''}
						onValue={(v) => form.set(x.name, v)}
						error={form.wrongs[x.name]}
						hint={x.name === 'keeper' ? t('keeper_hint')
							: x.name === 'abstract' ? t('abstract_first')
							: undefined} />)}
					{bad?.action === action && <ErrorBox error={bad.error}
						again={() => ask(left)} />}
				</div>
				{i === 0 && left.length > 1 && <Button busy={action === at}
					disabled={!may?.could || one.old || at !== ''}
					onClick={() => ask([action])}>{t('one')}</Button>}
			</li>)}
		</ol>
		{(!may || !may.could) && <Alert kind="warn">{t('may_not')}
			{may?.why && <p>{sentence(may.why)}</p>}</Alert>}
		<p class="row"><Button kind="main" busy={at !== ''}
			disabled={!may?.could || one.old}
			onClick={() => ask(left)}>{left.length === 1
				? d.of('do', left[0]) : t('all', { n: left.length })}
		</Button>{at && <span role="status">{d.of('do', at)}: {p('working')}
			</span>}</p>
		<Notes notes={notes} />
		{asking && <Confirm title={asking.length === 1
			? d.of('do', asking[0]) : t('all', { n: asking.length })}
			yes={asking.length === 1 ? d.of('do', asking[0])
				: t('all', { n: asking.length })}
			onYes={() => void run(asking)} onClose={() => setAsking(null)}>
			<p>{t('ask')}</p>
			<ol>{asking.map((a) => <li key={a}><strong>{d.of('do', a)}.</strong>
				{' '}{will_of(a, String(doc.kind), on_paper(doc))}</li>)}</ol>
			<p class="soft">{p('signs', { person: acting.name,
				desk: acting.deskName })}</p>
		</Confirm>}
	</>;
}

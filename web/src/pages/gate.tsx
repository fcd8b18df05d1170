// SPDX-License-Identifier: EUPL-1.2
// Opening the desk for this session: its keys read what comes and seal what
// goes.
import { useState } from 'preact/hooks';
import { ApiError, post, useAct } from '../api';
import { refresh, type Role, useActing } from '../session';
import { t as e } from '../texts/enter';
import { t } from '../texts/today';
import { Alert, Button, Dialog, ErrorBox, Field, toast } from '../ui';
import { Refused } from './enter';

/* Whose work is with what comes and goes. */
export const READS: Role[] = ['clerk', 'operator', 'custodian', 'duty'];

/* And who seals or opens a document's files besides. */
const WRITES: Role[] = [...READS, 'drafter', 'authority'];

/* The desk's keys, where they are under a passphrase of their own. */
export function DeskGate() {
	const me = useActing();
	const [asking, ask] = useState(false);
	const [passphrase, set] = useState('');
	const doing = useAct();
	const open = async (secret: string) => {
		await post('/session/desk', { desk: me.desk, passphrase: secret });
		await refresh();
		toast(e('deskOpened', { desk: me.deskName }));
		ask(false);
	};
	// a desk without a passphrase opens by the first word
	const first = () => void doing.run(async () => {
		try {
			await open('');
		} catch (why) {
			if ((why as ApiError).offline)
				throw why;
			ask(true);
		}
	});

	if (!me.desk || me.open || !me.roles.some((r) => WRITES.includes(r)))
		return null;
	return <div class="gate"><Alert kind="warn" title={t('deskClosed', { desk: me.deskName })}>
		<p>{t('deskClosedHelp')}</p>
		<Button kind="main" icon="lock" busy={doing.busy && !asking}
		    onClick={first}>{e('deskOpen')}</Button>
		{!asking && <ErrorBox error={doing.error} />}
		{asking && <Dialog title={e('deskTitle')} onClose={() => ask(false)}>
			<p>{e('deskLead', { desk: me.deskName })}</p>
			<form noValidate onSubmit={(ev) => {
				ev.preventDefault();
				void doing.run(() => open(passphrase))
				    .then(() => set(''));
			}}>
				<Field type="password" label={e('deskPassphrase')}
				    value={passphrase} onValue={set} must
				    name="desk-passphrase"
				    autocomplete="off" />
				<Refused error={doing.error} />
				<div class="actions">
					<Button type="submit" kind="main"
					    busy={doing.busy}>{e('deskOpen')}</Button>
					<Button onClick={() => ask(false)}>
						{e('deskLater')}</Button>
				</div>
			</form>
		</Dialog>}
	</Alert></div>;
}

// SPDX-License-Identifier: EUPL-1.2
// The lock screen: after a while in which nothing was done, sooner for who may
// do more (no more than 15 minutes, 5 for who runs the station), or at once by
// its button.  Nothing is readable beneath.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useAct } from '../api';
import { known, lock, type Person, signOut, unlock, useActing }
    from '../session';
import { t } from '../texts/enter';
import { Button, Field } from '../ui';
import { Frame, Refused, sixDigits } from './enter';

const MINUTES = 15;
const OF_ROLE: Record<string, number> = {
	administrator: 5, authority: 10, operator: 10, custodian: 10,
};

export function minutesOf(persons: Person[]): number {
	return Math.min(MINUTES, ...persons.flatMap((p) => p.roles.map(
	    (r) => OF_ROLE[r.role] ?? MINUTES)));
}

export function watchIdle(): () => void {
	let last = Date.now();
	const moved = () => {
		// a machine that slept is not touched by waking up
		check();
		last = Date.now();
	};
	const check = () => {
		const persons = known.get().session?.persons ?? [];

		if (persons.length > 0 &&
		    Date.now() - last > minutesOf(persons) * 60_000)
			lock();
	};
	const on = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
	const id = setInterval(check, 5000);

	on.forEach((ev) => addEventListener(ev, moved, { passive: true,
		capture: true }));
	return () => {
		clearInterval(id);
		on.forEach((ev) => removeEventListener(ev, moved,
		    { capture: true }));
	};
}

export function Locked() {
	const me = useActing();
	const [passphrase, setPassphrase] = useState('');
	const [code, setCode] = useState('');
	const doing = useAct();
	const form = useRef<HTMLFormElement>(null);
	const first = () => form.current?.querySelector('input')?.focus();
	const submit = (ev: Event) => {
		ev.preventDefault();
		void doing.run(() => unlock(me.person, passphrase, code))
		    .then((good) => {
			if (!good) {
				setCode('');
				first();
			}
		    });
	};

	useEffect(first, []);

	return <Frame title={t('lockTitle')}>
		<p>{t('lockLead', { name: me.name })}</p>
		<form ref={form} onSubmit={submit} noValidate>
			<Field label={t('passphrase')} type="password" must
			    value={passphrase} onValue={setPassphrase}
			    name="passphrase" autocomplete="current-password" />
			<Field label={t('code')} hint={t('codeHint')} must
			    value={code} onValue={(v) => setCode(sixDigits(v))}
			    inputMode="numeric" autocomplete="one-time-code"
			    name="code" class="digits" />
			<Refused error={doing.error} />
			<Button type="submit" kind="main" class="full"
			    busy={doing.busy}>{t('unlock')}</Button>
		</form>
		<Button kind="quiet" class="full" onClick={() => void signOut()}>
			{t('signOut')}</Button>
	</Frame>;
}

// SPDX-License-Identifier: EUPL-1.2
// Before the pages: the one-time link, who signs in, new codes for a phone.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, post, useAct } from '../api';
import { byName, lang } from '../i18n';
import { Switches, useUnit } from '../layout';
import { goOn, known, type Person, signIn, useSession } from '../session';
import { useStore } from '../store';
import { t } from '../texts/enter';
import { Alert, Button, ErrorBox, Field, Hash, Select } from '../ui';

export function Frame({ title, children }: {
	title: string; children: preact.ComponentChildren;
}) {
	const unit = useUnit();
	const h1 = useRef<HTMLHeadingElement>(null);

	useEffect(() => {
		document.title = `${title} · Antin`;
		h1.current?.focus();
	}, [title]);
	return <main class="enter">
		<div class="enter-card">
			<div class="enter-brand"><span class="brand-mark"
			    aria-hidden="true" /><b>{unit || 'Antin'}</b></div>
			<h1 ref={h1} tabIndex={-1}>{title}</h1>
			{children}
		</div>
		<Switches />
	</main>;
}

export function Enter() {
	const { state, why, session } = useStore(known);
	const [making, make] = useState<string | null>(null);

	useStore(lang);
	if (state === 'none')
		return why?.offline ? <Down /> : <NoLink why={why} ended={session !== null} />;
	return making !== null ?
	    <NewCodes person={making} onDone={() => make(null)} /> :
	    <SignIn onCodes={make} />;
}

function Down() {
	return <Frame title={t('down')}><p>{t('downDo')}</p>
		<Button kind="main" onClick={() => location.reload()}>
			{t('reload')}</Button></Frame>;
}

function NoLink({ why, ended }: { why?: ApiError; ended?: boolean }) {
	const used = why !== undefined && why.status !== 401;
	const [link, set] = useState('');
	const doing = useAct();
	const secure = location.protocol === 'https:';
	const on = (ev: Event) => {
		ev.preventDefault();
		void doing.run(() => goOn(link)).then(() => set(''));
	};

	if (secure)
		return <Frame title={ended ? t('endedTitle') : t('down')}>
			<p>{t(ended ? 'endedFar' : 'downDo')}</p>
			<Button kind="main" class="full" busy={doing.busy} onClick={on}>
				{t('goOnFar')}</Button>
		</Frame>;
	return <Frame title={ended ? t('endedTitle') : t('linkTitle')}>
		{ended && <p>{t('ended')}</p>}
		{used && <Alert kind="warn">{t('linkOld')}</Alert>}
		{!ended && <p>{t('linkLead')}</p>}
		<p>{t('linkDo')}</p>
		<pre class="command">antin desk</pre>
		<form onSubmit={on} noValidate>
			<Field label={t('paste')} hint={t('pasteHint')} value={link}
			    onValue={set} name="link" autocomplete="off"
			    spellcheck={false} autocapitalize="off" />
			<Button type="submit" kind={ended ? 'main' : 'plain'}
			    class="full" busy={doing.busy}>{t('goOn')}</Button>
		</form>
	</Frame>;
}

/* What to do about a refusal to sign in. */
export function Refused({ error }: { error: ApiError | null }) {
	return <ErrorBox error={error} title={t('refused')}>
		{error?.code === 'denied' && <p>{t('helpDenied')}</p>}
		{error?.status === 429 && <p>{t('helpLimit')}</p>}
	</ErrorBox>;
}

/* Whom there is to choose from; over TLS the station names nobody. */
function WhoField({ people, value, onValue, error }: {
	people: Person[]; value: string; onValue: (v: string) => void;
	error?: string;
}) {
	const sorted = [...people].sort((a, b) => byName(a.name, b.name));

	return people.length > 0 ?
	    <Select label={t('person')} must value={value} onValue={onValue}
		error={error} empty={t('choose')} name="person"
		options={sorted.map((p) => ({ value: p.person,
		    label: p.name }))} /> :
	    <Field label={t('address')} hint={t('addressHint')} must
		value={value} onValue={onValue} error={error} name="person"
		autocomplete="username" autocapitalize="off"
		spellcheck={false} />;
}

export const sixDigits = (s: string) => s.replace(/\D/g, '').slice(0, 6);

export function SignIn({ onCodes }: { onCodes: (person: string) => void }) {
	const session = useSession();
	const [person, setPerson] = useState('');
	const [passphrase, setPassphrase] = useState('');
	const [code, setCode] = useState('');
	const [tried, setTried] = useState(false);
	const doing = useAct();
	const who = session?.people.find((p) => p.person === person);
	const lacks = who?.codes === 'none';
	const submit = async (ev: Event) => {
		ev.preventDefault();
		setTried(true);
		if (!person || !passphrase || code.length !== 6) {
			requestAnimationFrame(() => document
			    .querySelector<HTMLElement>('[aria-invalid=true]')
			    ?.focus());
			return;
		}
		if (!await doing.run(() => signIn(person, passphrase, code))) {
			setCode('');
			document.querySelector<HTMLElement>('[name=passphrase]')
			    ?.focus();
		} else
			setPassphrase('');
	};

	return <Frame title={t('welcome')}>
		<p>{t('lead')}</p>
		<form onSubmit={(ev) => void submit(ev)} noValidate>
			<WhoField people={session?.people ?? []} value={person}
			    onValue={setPerson}
			    error={tried && !person ? t('needPerson') : undefined} />
			{lacks && <Alert kind="warn">{t('noCodes')}</Alert>}
			<Field label={t('passphrase')} hint={t('passphraseHint')}
			    type="password" must value={passphrase}
			    onValue={setPassphrase} name="passphrase"
			    autocomplete="current-password" error={tried &&
			    !passphrase ? t('needPassphrase') : undefined} />
			<Field label={t('code')} hint={t('codeHint')} must
			    value={code} onValue={(v) => setCode(sixDigits(v))}
			    inputMode="numeric" autocomplete="one-time-code"
			    name="code" class="digits" error={tried &&
			    code.length !== 6 && !doing.error ?
			    t('needCode') : undefined} />
			<Refused error={doing.error} />
			<Button type="submit" kind="main" class="full"
			    busy={doing.busy}>{t('signIn')}</Button>
		</form>
		<Button kind="quiet" class="full" onClick={() => onCodes(person)}>
			{t('newCodes')}</Button>
	</Frame>;
}

function NewCodes({ person: first, onDone }: {
	person: string; onDone: () => void;
}) {
	const session = useSession();
	const [person, setPerson] = useState(first);
	const [passphrase, setPassphrase] = useState('');
	const [code, setCode] = useState('');
	const [by, setBy] = useState('');
	const [made, setMade] = useState<{ secret: string; svg: string } | null>(
	    null);
	const doing = useAct();
	const admins = session?.people.filter((p) => p.person !== person &&
	    p.roles.some((r) => r.role === 'administrator')) ?? [];
	const submit = (ev: Event) => {
		ev.preventDefault();
		void doing.run(async () => {
			setMade(await post('/session/codes', { person, passphrase,
				...code ? { code } : {}, ...by ? { by } : {} }));
			setPassphrase('');
		});
	};

	if (made !== null)
		return <Frame title={t('codesTitle')}>
			<p>{t('codesScan')}</p>
			<img class="qr" alt={t('codesQr')} src={
			    `data:image/svg+xml,${encodeURIComponent(made.svg)}`} />
			<p class="label">{t('codesLetters')}</p>
			<Hash value={made.secret.replace(/\s/g, '')} />
			<Button kind="main" class="full" onClick={onDone}>
				{t('codesDone')}</Button>
		</Frame>;
	return <Frame title={t('codesTitle')}>
		<p>{t('codesLead')}</p>
		<form onSubmit={submit} noValidate>
			<WhoField people={session?.people ?? []} value={person}
			    onValue={setPerson} />
			<Field label={t('passphrase')} hint={t('passphraseHint')}
			    type="password" must value={passphrase}
			    onValue={setPassphrase} name="passphrase"
			    autocomplete="current-password" />
			<Field label={t('codesOld')} value={code} name="code"
			    onValue={(v) => setCode(sixDigits(v))} class="digits"
			    inputMode="numeric" autocomplete="one-time-code" />
			{admins.length > 0 && <Select label={t('codesBy')}
			    value={by} onValue={setBy} empty={t('codesNobody')}
			    options={admins.map((p) => ({ value: p.person,
				label: p.name }))} />}
			<Refused error={doing.error} />
			<Button type="submit" kind="main" class="full"
			    busy={doing.busy} disabled={!person || !passphrase}>
				{t('codesMake')}</Button>
		</form>
		<Button kind="quiet" class="full" onClick={onDone}>{t('back')}</Button>
	</Frame>;
}

// SPDX-License-Identifier: EUPL-1.2
// Who is at this browser: the persons whom its session has signed in, the desks
// it may open, and for whom and at which desk the pages act now.
import { allAnew, ApiError, get, onChange, onLost, post, setToken,
    watchStation } from './api';
import { lang } from './i18n';
import { hideAddress, showAddress } from './router';
import { keep, kept, store, useStore } from './store';

export type Role = 'drafter' | 'authority' | 'clerk' | 'operator' |
    'custodian' | 'inspector' | 'duty' | 'administrator';

export interface Person {
	person: string; /* address */
	name: string;
	level: string;
	state: 'in' | 'out';
	here?: boolean; /* signed in by this session */
	since?: number;
	codes: 'none' | 'has';
	certificate: string;
	ends?: number;
	roles: { desk: string; role: Role; until?: number }[];
}

export interface Desk {
	desk: string;
	name?: string;
	state?: string;
	until?: number;
	[more: string]: unknown;
}

export interface Session {
	csrf: string; secure: boolean; station?: string; name?: string;
	lang: string; version: string;
	persons: Person[]; desks: Desk[]; people: Person[];
}

/* What there is of a session:
 *	wait	it is being asked for
 *	none	it must begin by the link (or, over TLS, by itself)
 *	here	a session; persons may be empty: nobody is signed in
 *	again	one has begun where another ended, and nobody is signed in yet
 * Where one has ended, "session" stays what it was, so that pages stay as they
 * are beneath, until somebody goes on. */
export interface Known {
	state: 'wait' | 'none' | 'here' | 'again';
	why?: ApiError; /* of none */
	session: Session | null;
}

export const known = store<Known>({ state: 'wait', session: null });
export const locked = store(false);
const acting = store<{ person: string; desk: string }>(
    { person: '', desk: kept('desk') ?? '' });

/* The station's own sentences are in the language of the pages. */
function tellLang(): void {
	const session = known.get().session;

	if (session !== null && session.lang !== lang.get()) {
		session.lang = lang.get();
		void post('/session/lang', { lang: session.lang })
		    .then(allAnew, () => undefined);
	}
}

function take(session: Session): void {
	showAddress();
	setToken(session.csrf);
	known.set({ state: 'here', session });
	tellLang();
	watchStation(session.persons.length > 0);
}

let going = false; /* by his own word */

export async function refresh(): Promise<void> {
	try {
		const session = await get<Session>('/session');
		const was = known.get();

		if (was.state === 'here' && was.session?.persons.length &&
		    session.persons.length === 0 && !going) {
			// somebody's time ran out, or the station put him out:
			// as if the screen had been locked
			setToken(session.csrf);
			lock();
		} else if (was.state !== 'here' && was.session !== null &&
		    session.persons.length === 0) {
			setToken(session.csrf);
			known.set({ state: 'again', session: was.session });
		} else {
			take(session);
		}
	} catch (e) {
		if (!(e instanceof ApiError))
			throw e;
		if (!e.offline || known.get().session === null)
			known.set({ state: 'none', why: e,
				session: known.get().session });
	}
}

const token = (link: string) => /#link=([\w-]+)\s*$/.exec(link)?.[1] ?? '';

/* A session by a link, or by its token: good once, and taken out of the history
 * at once. */
async function useLink(link: string): Promise<ApiError | undefined> {
	history.replaceState(null, '', location.pathname);
	try {
		await post('/session/link', { token: link });
	} catch (e) {
		return e as ApiError;
	}
}

/* Go on after a session has ended: by the link that was pasted, by one that was
 * opened in another window, over TLS by itself. */
export async function goOn(pasted = ''): Promise<void> {
	const why = pasted ? await useLink(token(pasted) || pasted.trim()) :
	    location.protocol === 'https:' ?
	    await post('/session').then(() => undefined, (e) => e as ApiError) :
	    undefined;

	await refresh();
	if (why !== undefined && known.get().state === 'none')
		known.set({ state: 'none', why, session: known.get().session });
}

export async function begin(): Promise<void> {
	lang.watch(tellLang);
	const link = token(location.hash);
	let why: ApiError | undefined;

	onLost(() => {
		if (known.get().state === 'here') {
			hideAddress();
			watchStation(false);
			locked.set(false);
			known.set({ state: 'none',
				session: known.get().session });
		}
	});
	onChange((what) => {
		if (what.includes('people') && known.get().state === 'here' &&
		    !locked.get())
			void refresh();
	});
	// who unlocks one window has unlocked the others of the same session
	addEventListener('storage', (ev) => {
		if (ev.key === 'unlocked' && locked.get())
			void unlockedBeside().catch(() => undefined);
	});
	// a link that was opened in another window is ours too
	addEventListener('focus', () => {
		if (known.get().state === 'none')
			void refresh();
	});
	// and so is one that is opened in this one
	addEventListener('hashchange', () => {
		if (known.get().state === 'none' && token(location.hash))
			void goOn(location.hash);
	});
	if (link) {
		why = await useLink(link);
	} else if (location.protocol === 'https:') {
		await post('/session').catch(() => undefined);
	}
	await refresh();
	if (kept('locked') === '1' && known.get().session?.persons.length)
		await signOut().catch(() => undefined);
	if (why !== undefined && known.get().state === 'none')
		known.set({ state: 'none', why, session: null });
}

export async function signIn(person: string, passphrase: string,
    code: string): Promise<void> {
	await post('/session/sign-in', { person, passphrase,
		...code ? { code } : {} });
	await refresh();
}

/* Persons and desks of this session are locked at the station. */
async function leave(): Promise<void> {
	for (const d of known.get().session?.desks ?? [])
		if ((d.until ?? 0) > 0)
			await post('/session/desk-out', { desk: d.desk });
	await post('/session/sign-out');
	keep('locked', '');
}

export async function signOut(): Promise<void> {
	going = true;
	try {
		await leave();
	} finally {
		await refresh();
		going = false;
		locked.set(false);
	}
}

/* Cover the pages and lock the keys at the station; what was being written
 * stays in this page alone, for the same person to go on with.  Should the
 * station not answer, the next page begins with that. */
export function lock(): void {
	if (locked.get())
		return;
	keep('locked', '1');
	locked.set(true);
	watchStation(false);
	void leave().catch(() => undefined);
}

export async function unlock(person: string, passphrase: string,
    code: string): Promise<void> {
	await signIn(person, passphrase, code);
	keep('locked', '');
	keep('unlocked', String(Date.now())); /* another window hears it */
	locked.set(false);
}

/* Another window has signed somebody in: what is here goes on if it is the same
 * person, for whom it was covered. */
async function unlockedBeside(): Promise<void> {
	const was = known.get().session?.persons[0]?.person;
	const session = await get<Session>('/session');

	if (was !== undefined && session.persons[0]?.person === was) {
		take(session);
		locked.set(false);
	}
}

export async function unlockDesk(desk: string, passphrase: string):
    Promise<void> {
	await post('/session/desk', { desk, passphrase });
	await refresh();
}

// ---- for whom, and where ------------------------------------------------------

export interface Acting {
	person: string; /* address; '' while nobody is signed in */
	name: string;
	desk: string;
	deskName: string;
	roles: Role[]; /* of the person at the desk */
	open: boolean; /* the desk's keys are unlocked for this session */
	level: string; /* up to which the person may read */
}

export function act(as: { person?: string; desk?: string }): void {
	acting.set({ ...acting.get(), ...as });
	if (as.desk)
		keep('desk', as.desk);
}

/* Desks of somebody at this station, those with more of his roles first. */
export function desksOf(session: Session, person: Person): string[] {
	const count = new Map<string, number>();

	for (const r of person.roles)
		count.set(r.desk, (count.get(r.desk) ?? 0) + 1);
	for (const d of session.desks)
		if (!count.has(d.desk))
			count.set(d.desk, 0);
	return [...count.keys()].filter((d) => (count.get(d) ?? 0) > 0 ||
	    person.roles.length === 0)
	    .sort((a, b) => (count.get(b) ?? 0) - (count.get(a) ?? 0));
}

export function useSession(): Session | null {
	return useStore(known).session;
}

/* A desk is open to a session that has unlocked it.  What the station says of a
 * desk that is unlocked without a passphrase is "open" too. */
function isOpen(session: Session, desk: string): boolean {
	const d = session.desks.find((x) => x.desk === desk);

	return d !== undefined && (d.state === 'open' || d.state === 'in' ||
	    d.state === 'signed-in' || (d.until ?? 0) > 0);
}

export function useActing(): Acting {
	const session = useSession();
	const chosen = useStore(acting);
	const person = session?.persons.find((p) => p.person === chosen.person) ??
	    session?.persons[0];

	if (!session || !person)
		return { person: '', name: '', desk: '', deskName: '',
			roles: [], open: false, level: 'thuong' };
	const desks = desksOf(session, person);
	const desk = desks.includes(chosen.desk) ? chosen.desk : desks[0] ?? '';

	return {
		person: person.person, name: person.name, desk,
		deskName: deskName(session, desk),
		roles: person.roles.filter((r) => r.desk === desk)
		    .map((r) => r.role),
		open: isOpen(session, desk), level: person.level,
	};
}

/* The directory's name of a desk, or the last part of its address. */
export function deskName(session: Session | null, desk: string): string {
	return session?.desks.find((d) => d.desk === desk)?.name ||
	    desk.replace(/^antin:\/\//, '');
}

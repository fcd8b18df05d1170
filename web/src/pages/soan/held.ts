// SPDX-License-Identifier: EUPL-1.2
// What could not be saved before its page was left, for its person went or the
// station did not answer: in this tab's memory alone, by person and draft.  It
// is saved as soon as that person is signed in here again; another one's pages
// never ask for it (docs/desk.md 10.3).
import { ApiError, put } from '../../api';
import { type Kept, kept_size, KEPT_MAX } from '../../logic/compose';
import { known, locked } from '../../session';
import { store } from '../../store';

export interface Held {
	person: string; desk: string; id: string; title: string; kept: Kept;
}

const AGAIN = 5000;
const MOST = 16; // the oldest gives way
export const held = store<Held[]>([]);
const saving = new Set<Held>();
let timer = 0;

// ---- what is on its way to the station --------------------------------------------

const going = new Map<string, Promise<void>>();

// What is saved of a draft, one after the other.
export function goes(id: string, save: () => Promise<void>): Promise<void> {
	const done = gone(id).catch(() => undefined).then(save).finally(() => {
		if (going.get(id) === done)
			going.delete(id);
	});

	going.set(id, done);
	return done;
}

// Who comes back to a draft waits for what is being saved of it.
export const gone = (id: string): Promise<void> =>
	going.get(id) ?? Promise.resolve();

// ---- what could not be saved --------------------------------------------------------

const is = (h: Held, person: string, desk: string, id: string) =>
	h.person === person && h.desk === desk && h.id === id;

export function hold(h: Held): void {
	held.set([...held.get().filter((x) => !is(x, h.person, h.desk, h.id)), h]
		.slice(-MOST));
	clearTimeout(timer);
	timer = setTimeout(again, AGAIN);
}

// It is its page's again, which saves it, or it is discarded.
export function release(person: string, desk: string, id: string):
    Held | undefined {
	const h = held.get().find((x) => is(x, person, desk, id));

	if (h)
		held.set(held.get().filter((x) => x !== h));
	return h;
}

async function save(h: Held): Promise<void> {
	saving.add(h);
	try {
		await put(`/drafts/${h.id}`, { desk: h.desk, as: h.person,
			title: h.title, data: JSON.stringify(h.kept) });
		held.set(held.get().filter((x) => x !== h));
	} catch (e) {
		if (!(e instanceof ApiError))
			throw e;
	}
	saving.delete(h);
}

async function again(): Promise<void> {
	const { state, session } = known.get();
	const here = state === 'here' && !locked.get() ? session!.persons : [];

	clearTimeout(timer);
	for (const h of held.get())
		if (here.some((p) => p.person === h.person) && !saving.has(h) &&
		    kept_size(h.kept) <= KEPT_MAX)
			await save(h);
	clearTimeout(timer);
	if (held.get().length > 0)
		timer = setTimeout(again, AGAIN);
}

known.watch(() => void again());

addEventListener('beforeunload', (ev) => {
	if (held.get().length > 0)
		ev.preventDefault();
});

// SPDX-License-Identifier: EUPL-1.2
// Where we are: paths of the history, links that stay in the page, and the
// reader's place at the top of the new page.
import { store } from './store';

export interface Place {
	path: string; /* "/den/4f" */
	query: URLSearchParams;
}

function here(): Place {
	return {
		path: location.pathname,
		query: new URLSearchParams(location.search),
	};
}

export const place = store<Place>(here());
/* What must be asked before one leaves: unsaved work.  False: stay. */
let leaving: (() => boolean) | null = null;

export function beforeLeaving(ask: (() => boolean) | null): void {
	leaving = ask;
}

export function go(to: string, replace = false): void {
	if (leaving !== null && !leaving())
		return;
	leaving = null;
	history[replace ? 'replaceState' : 'pushState'](null, '', to);
	place.set(here());
}

/* While a session has ended the address is that of a link to the pages, so that
 * a new link which is opened in this very tab loads nothing anew, and what was
 * typed is still there (docs/desk.md 10.4). */
let away = false;

export function hideAddress(): void {
	if (!away)
		history.replaceState(null, '', '/');
	away = true;
}

export function showAddress(): void {
	const { path, query } = place.get();
	const s = query.toString();

	if (away)
		history.replaceState(null, '', path + (s ? `?${s}` : ''));
	away = false;
}

/* Change the query alone, without a new page. */
export function setQuery(values: Record<string, string | undefined>): void {
	const query = new URLSearchParams(place.get().query);

	for (const [name, value] of Object.entries(values))
		value ? query.set(name, value) : query.delete(name);
	const s = query.toString();
	if (away) {
		place.set({ path: place.get().path, query });
		return;
	}
	history.replaceState(null, '', location.pathname + (s ? `?${s}` : ''));
	place.set(here());
}

export function routes(): void {
	addEventListener('popstate', () => {
		if (away)
			return; // a link's token, or a way back that is not ours now
		leaving = null;
		place.set(here());
	});
	document.addEventListener('click', (ev) => {
		const a = (ev.target as Element | null)?.closest?.('a');

		if (a === null || a === undefined || ev.defaultPrevented ||
		    ev.button !== 0 || ev.metaKey || ev.ctrlKey ||
		    ev.shiftKey || ev.altKey || a.target !== '' ||
		    a.hasAttribute('download') ||
		    a.origin !== location.origin ||
		    a.pathname.startsWith('/api/') ||
		    a.getAttribute('href')?.startsWith('#'))
			return;
		ev.preventDefault();
		go(a.pathname + a.search);
	});
}

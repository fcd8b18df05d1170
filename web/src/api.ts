// SPDX-License-Identifier: EUPL-1.2
// Talking to the station: requests with the session's token, what it refuses
// as an ApiError, its changes as they happen, and files that go up in pieces
// and go on where they were broken off.
import { useEffect, useRef, useState } from 'preact/hooks';
import { store } from './store';

const ROOT = '/api/1';

export type Query = Record<string, string | number | boolean | null | undefined>;
/* A row of the station: what `antin ... --json` shows. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Row = Record<string, any>;
export interface Rows<R = Row> extends Row { rows: R[] }

export class ApiError extends Error {
	constructor(readonly status: number, readonly code: string,
	    readonly text: string, readonly field = '') {
		super(text);
	}
	/* The station did not answer at all. */
	get offline(): boolean {
		return this.code === 'offline';
	}
}

/* Whether the station answers: "no" until it has again. */
export const answering = store(true);
let csrf = '';
let lost: () => void = () => undefined;

export function setToken(token: string): void {
	csrf = token;
}
/* What to do when the station knows us no more. */
export function onLost(what: () => void): void {
	lost = what;
}

function url(path: string, query?: Query): string {
	const q = new URLSearchParams();

	for (const [name, value] of Object.entries(query ?? {}))
		if (value !== undefined && value !== null && value !== '' &&
		    value !== false)
			q.set(name, value === true ? '1' : String(value));
	const s = q.toString();
	return ROOT + path + (s ? `?${s}` : '');
}
export const apiUrl = url;

async function failure(r: Response): Promise<ApiError> {
	let said: Row = {};

	try {
		said = (await r.json()).error ?? {};
	} catch {
		// no JSON: the status says all there is
	}
	return new ApiError(r.status, said.code ?? String(r.status),
	    said.text ?? `HTTP ${r.status}`, said.field ?? '');
}

export async function request<T = Row>(method: string, path: string,
    query?: Query, body?: unknown, signal?: AbortSignal): Promise<T> {
	const headers: Record<string, string> = { Accept: 'application/json' };
	let r: Response;

	if (method !== 'GET')
		headers['X-Antin'] = csrf;
	if (body !== undefined)
		headers['Content-Type'] = 'application/json';
	try {
		r = await fetch(url(path, query), {
			method, headers, signal, cache: 'no-store',
			credentials: 'same-origin', redirect: 'error',
			body: body === undefined ? undefined :
			    JSON.stringify(body),
		});
	} catch (why) {
		if (signal?.aborted)
			throw why;
		answering.set(false);
		throw new ApiError(0, 'offline', '');
	}
	answering.set(true);
	if (!r.ok) {
		const e = await failure(r);

		if (r.status === 401)
			lost();
		throw e;
	}
	return (r.status === 204 ? {} : await r.json()) as T;
}

export const get = <T = Row>(path: string, query?: Query,
    signal?: AbortSignal) => request<T>('GET', path, query, undefined, signal);
export const post = <T = Row>(path: string, body: unknown = {}) =>
    request<T>('POST', path, undefined, body);
export const put = <T = Row>(path: string, body: unknown = {}) =>
    request<T>('PUT', path, undefined, body);
export const del = <T = Row>(path: string, query?: Query) =>
    request<T>('DELETE', path, query);
export const api = { get, post, put, del, request, url };

// ---- changes ----------------------------------------------------------------

export type What = 'mail' | 'documents' | 'alarms' | 'links' | 'directory' |
    'people';
type Seen = (what: What[]) => void;
const watchers = new Set<Seen>();
let events: EventSource | null = null;
let again = 0;

function listen(missed = false): void {
	let before = missed; /* what happened meanwhile is not known */

	events = new EventSource(`${ROOT}/events`);
	events.onopen = () => {
		answering.set(true);
		if (before)
			tell(['mail', 'documents', 'alarms', 'links',
				'directory', 'people']);
		before = false;
	};
	events.addEventListener('changed', (ev) => {
		tell((JSON.parse((ev as MessageEvent<string>).data) as
		    { what: What[] }).what);
	});
	events.onerror = () => {
		before = true;
		// a browser tries again by itself, unless it was refused
		if (events?.readyState === EventSource.CLOSED) {
			clearTimeout(again);
			again = setTimeout(probe, 3000);
		} else {
			probe();
		}
	};
}

/* Whether the station is there; the stream is begun anew when it is. */
async function probe(): Promise<void> {
	const ended = events?.readyState === EventSource.CLOSED;

	try {
		await get('/session');
		if (ended && watching)
			listen(true);
	} catch (e) {
		if (watching && (e as ApiError).offline) {
			clearTimeout(again);
			again = setTimeout(probe, 2000);
		}
	}
}

function tell(what: What[]): void {
	for (const seen of [...watchers])
		seen(what);
}

let watching = false, watched = false;

/* Hear of changes from now on, or no more. */
export function watchStation(on: boolean): void {
	if (on === watching)
		return;
	watching = on;
	clearTimeout(again);
	events?.close();
	events = null;
	if (on)
		listen(watched);
	watched ||= on;
}

// ---- what a page shows ------------------------------------------------------

export interface Data<T> {
	data: T | null; /* the last there was: it stays while nothing answers */
	error: ApiError | null;
	loading: boolean; /* and nothing yet */
	reload: () => void;
}

/* GET path (null: nothing yet) with the query, anew when it changes and when
 * one of "what" has changed at the station. */
export function useGet<T = Row>(path: string | null, query: Query = {},
    what: What[] = []): Data<T> {
	const at = path === null ? null : url(path, query);
	const [got, set] = useState<{ at: string | null; data: T | null;
	    error: ApiError | null }>({ at: null, data: null, error: null });
	const [turn, next] = useState(0);
	const wants = useRef(what);

	wants.current = what;
	useEffect(() => {
		const stop = new AbortController();

		if (at === null)
			return;
		request<T>('GET', at.slice(ROOT.length), undefined, undefined,
		    stop.signal).then(
		    (data) => set({ at, data, error: null }),
		    (error) => {
			if (stop.signal.aborted)
				return;
			set((was) => ({
				at, error,
				data: was.at === at ? was.data : null,
			}));
		    });
		return () => stop.abort();
	}, [at, turn]);
	useEffect(() => {
		const seen: Seen = (changed) => {
			if (changed.some((w) => wants.current.includes(w)))
				next((n) => n + 1);
		};
		const back = answering.watch(() => {
			if (answering.get())
				next((n) => n + 1);
		});

		watchers.add(seen);
		return () => {
			watchers.delete(seen);
			back();
		};
	}, []);
	return {
		data: got.at === at ? got.data : null,
		error: got.at === at ? got.error : null,
		loading: at !== null && (got.at !== at ||
		    (got.data === null && got.error === null)),
		reload: () => next((n) => n + 1),
	};
}

/* As useGet(), where the path says all. */
export const useData = <T = Row>(path: string | null, what: What[] = []) =>
    useGet<T>(path, {}, what);

/* A step that a button takes: whether it is at work, and what it was refused
 * for. */
export function useAct(): {
	busy: boolean;
	error: ApiError | null;
	clear: () => void;
	run: (what: () => Promise<unknown>) => Promise<boolean>;
} {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<ApiError | null>(null);
	const at = useRef(false);

	return {
		busy, error,
		clear: () => setError(null),
		run: async (what) => {
			if (at.current)
				return false; /* a second click is not a second act */
			at.current = true;
			setBusy(true);
			setError(null);
			try {
				await what();
				return true;
			} catch (e) {
				if (!(e instanceof ApiError))
					throw e;
				setError(e);
				return false;
			} finally {
				at.current = false;
				setBusy(false);
			}
		},
	};
}

// ---- uploads ----------------------------------------------------------------

const PIECE = 4 << 20;

export interface Upload {
	upload: string;
	name: string;
	type: string;
	size: number;
}

function sendPiece(path: string, at: number, piece: Blob,
    sent: (n: number) => void, signal?: AbortSignal): Promise<void> {
	return new Promise((good, bad) => {
		const x = new XMLHttpRequest();
		const stop = () => x.abort();

		x.open('PUT', url(path, { at: String(at) }));
		x.setRequestHeader('X-Antin', csrf);
		x.setRequestHeader('Content-Type', 'application/octet-stream');
		x.upload.onprogress = (ev) => sent(ev.loaded);
		x.onload = () => {
			signal?.removeEventListener('abort', stop);
			if (x.status >= 200 && x.status < 300) {
				good();
				return;
			}
			let said: Row = {};
			try {
				said = JSON.parse(x.responseText).error ?? {};
			} catch {
				// the status says all there is
			}
			bad(new ApiError(x.status, said.code ?? '',
			    said.text ?? `HTTP ${x.status}`, said.field ?? ''));
		};
		x.onerror = () => bad(new ApiError(0, 'offline', ''));
		x.onabort = () => bad(new ApiError(0, 'stopped', ''));
		signal?.addEventListener('abort', stop);
		x.send(piece);
	});
}

/* Send a file up in pieces.  Where the station stops answering it waits, asks
 * how much it has, and goes on from there. */
export async function upload(file: File, progress: (sent: number) => void,
    signal?: AbortSignal): Promise<Upload> {
	const type = file.type || 'application/octet-stream';
	const name = file.name.normalize('NFC');
	const { upload: id } = await post<{ upload: string }>('/uploads',
	    { name, type, size: file.size });
	let at = 0;

	while (at < file.size || file.size === 0) {
		const from = at;

		try {
			await sendPiece(`/uploads/${id}`, from,
			    file.slice(from, from + PIECE),
			    (n) => progress(Math.min(from + n, file.size)),
			    signal);
			at = Math.min(from + PIECE, file.size);
			progress(at);
			if (file.size === 0)
				break;
		} catch (e) {
			// 409: what a cut line still held came after we had asked
			if (!(e instanceof ApiError) ||
			    !(e.offline || e.status >= 500 || e.status === 409))
				throw e;
			at = await resume(id, signal);
		}
	}
	return { upload: id, name, type, size: file.size };
}

async function resume(id: string, signal?: AbortSignal): Promise<number> {
	for (;;) {
		await new Promise((go) => setTimeout(go, 1500));
		if (signal?.aborted)
			throw new ApiError(0, 'stopped', '');
		try {
			return (await get<{ have: number }>(`/uploads/${id}`)).have;
		} catch (e) {
			if (!(e instanceof ApiError) || !e.offline)
				throw e;
		}
	}
}

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
	    readonly text: string, readonly field = '',
	    readonly upload = '') {
		super(text);
	}
	/* The station did not answer at all. */
	get offline(): boolean {
		return this.code === 'offline';
	}
}

/* Whether the station answers: "no" until it has again. */
export const answering = store(true);
/* The session's token: another with each session. */
export const csrf = store('');
let lost: () => void = () => undefined;
let unscanned: () => void = () => undefined;

export function setToken(token: string): void {
	csrf.set(token);
}
/* What to say where a file went out that could not be looked at. */
export function onUnscanned(what: () => void): void {
	unscanned = what;
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

/* What the station says of a request that failed; without its words the
 * status says all there is. */
function refusal(status: number, body: string): ApiError {
	let said: Row = {};

	try {
		said = JSON.parse(body).error ?? {};
	} catch {
		// no JSON
	}
	return new ApiError(status, said.code ?? String(status),
	    said.text ?? `HTTP ${status}`, said.field ?? '',
	    String(said.upload ?? '').replace(/-/g, ''));
}

async function failure(r: Response): Promise<ApiError> {
	return refusal(r.status, await r.text().catch(() => ''));
}

const PATIENCE = 5; // times that a reading waits for its turn
const TURN = 1000, TURN_MOST = 5000; // ms

/* Until a station that is asked too often wants to be asked again; false: at
 * once, or not at all. */
async function turn(r: Response, signal?: AbortSignal | null): Promise<boolean> {
	const s = Number(r.headers.get('Retry-After')) * 1000;

	if (r.status !== 429 || signal?.aborted)
		return false;
	await new Promise((go) => setTimeout(go,
	    Math.min(Math.max(s, TURN), TURN_MOST)));
	return !signal?.aborted;
}

/* The station does not answer; it is looked for until it does. */
function offline(): ApiError {
	answering.set(false);
	if (watching) {
		clearTimeout(again);
		again = setTimeout(probe, 2000);
	}
	return new ApiError(0, 'offline', '');
}

/* What only reads and comes too often waits for its turn; a step is refused, for
 * who took it is to know. */
async function ask(at: string, init: RequestInit): Promise<Response> {
	for (let n = 0; ; n++) {
		let r: Response;

		try {
			r = await fetch(at, { cache: 'no-store', redirect: 'error',
				credentials: 'same-origin', ...init });
		} catch (why) {
			throw init.signal?.aborted ? why : offline();
		}
		if (init.method !== 'GET' || n === PATIENCE ||
		    !await turn(r, init.signal)) {
			answering.set(true);
			return r;
		}
	}
}

export async function request<T = Row>(method: string, path: string,
    query?: Query, body?: unknown, signal?: AbortSignal): Promise<T> {
	const headers: Record<string, string> = { Accept: 'application/json' };

	if (method !== 'GET')
		headers['X-Antin'] = csrf.get();
	if (body !== undefined)
		headers['Content-Type'] = 'application/json';
	const r = await ask(url(path, query), { method, headers, signal,
		body: body === undefined ? undefined : JSON.stringify(body) });
	if (!r.ok) {
		const e = await failure(r);

		if (r.status === 401)
			lost();
		throw e;
	}
	if (method !== 'GET' && r.headers.get('X-Antin-Scan') === 'away')
		unscanned();
	try {
		return (r.status === 204 ? {} : await r.json()) as T;
	} catch (why) {
		// it went in the middle of its answer
		throw signal?.aborted ? why : offline();
	}
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
			allAnew();
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
		if (watching && (e as ApiError).status === 429) {
			clearTimeout(again);
			again = setTimeout(probe, 3000);
		}
	}
}

/* Hear of every change, for as long as the page is open. */
export function onChange(seen: Seen): void {
	watchers.add(seen);
}

function tell(what: What[]): void {
	for (const seen of [...watchers])
		seen(what);
}

/* What pages show is asked for anew, all of it. */
export function allAnew(): void {
	tell(['mail', 'documents', 'alarms', 'links', 'directory', 'people']);
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
const PAUSE = 1500; // ms between two questions whether it goes on

export interface Upload {
	upload: string;
	name: string;
	type: string;
	size: number;
}

/* How far a file is, and how it goes:
 *	going	without a stop so far
 *	waiting	the station does not answer, or nobody is signed in
 *	resumed	after a stop, from where it was
 *	anew	the station had lost it: from its beginning */
export interface Sent {
	sent: number;
	how: 'going' | 'waiting' | 'resumed' | 'anew';
}

function sendPiece(path: string, at: number, piece: Blob,
    sent: (n: number) => void, signal?: AbortSignal): Promise<void> {
	return new Promise((good, bad) => {
		const x = new XMLHttpRequest();
		const stop = () => x.abort();

		x.open('PUT', url(path, { at: String(at) }));
		x.setRequestHeader('X-Antin', csrf.get());
		x.setRequestHeader('Content-Type', 'application/octet-stream');
		x.upload.onprogress = (ev) => sent(ev.loaded);
		x.onload = () => x.status >= 200 && x.status < 300 ? good()
			: bad(refusal(x.status, x.responseText));
		x.onerror = () => bad(new ApiError(0, 'offline', ''));
		x.onabort = () => bad(new ApiError(0, 'stopped', ''));
		x.onloadend = () => signal?.removeEventListener('abort', stop);
		signal?.addEventListener('abort', stop);
		x.send(piece);
	});
}

/* Whether waiting helps: no answer, too much at once, nobody is signed in
 * any more; or (409) what a cut line still held came after we had asked. */
const passes = (e: unknown): boolean => e instanceof ApiError && (e.offline ||
    e.status >= 500 || [401, 409, 429].includes(e.status) ||
    (e.status === 403 && !watching));

async function pause(signal?: AbortSignal): Promise<void> {
	do {
		await new Promise((go) => setTimeout(go, PAUSE));
		if (signal?.aborted)
			throw new ApiError(0, 'stopped', '');
	} while (!watching);
}

/* Send a file up in pieces.  Where that stops it waits, asks how much the
 * station has, and goes on from there; where the station has it no more, for it
 * was started anew, it is sent from its beginning. */
export async function upload(file: File, tell: (is: Sent) => void,
    signal?: AbortSignal): Promise<Upload> {
	const type = file.type || 'application/octet-stream';
	const name = file.name.normalize('NFC');
	let id = '', at = 0, how: Sent['how'] = 'going';
	const begin = async () => {
		id = (await post<{ upload: string }>('/uploads',
		    { name, type, size: file.size })).upload;
	};
	const piece = () => sendPiece(`/uploads/${id}`, at,
	    file.slice(at, at + PIECE), (n) =>
		tell({ sent: Math.min(at + n, file.size), how }), signal);
	const again = async () => {
		tell({ sent: at, how: 'waiting' });
		await pause(signal);
		if (!id)
			return;
		try {
			at = (await get<{ have: number }>(`/uploads/${id}`)).have;
			how = how === 'anew' ? how : 'resumed';
		} catch (e) {
			if ((e as ApiError).status !== 404)
				throw e;
			id = '';
			at = 0;
			how = 'anew';
		}
		tell({ sent: at, how });
	};

	try {
		for (let stopped = false; ;) {
			try {
				if (stopped)
					await again();
				stopped = false;
				if (!id)
					await begin();
				if (at < file.size || file.size === 0)
					await piece();
				at = Math.min(at + PIECE, file.size);
				if (at === file.size)
					return { upload: id, name, type,
						size: file.size };
			} catch (e) {
				const lost = e instanceof ApiError &&
				    e.status === 404 && id !== '';

				if (!passes(e) && !lost)
					throw e;
				stopped = true;
			}
		}
	} catch (e) {
		if (id)
			void del(`/uploads/${id}`).catch(() => undefined);
		throw e;
	}
}

// ---- files that are saved -----------------------------------------------------

const HELD = 64 << 20; // bytes that a page holds of one

export interface Fetched {
	blob: Blob;
	name: string; /* that the station gives it; may be empty */
	scan: string; /* X-Antin-Scan */
	unknown: number; /* characters that the font has no picture of */
}

/* Take a file of the station into this page's memory, so that what the station
 * refuses is a sentence and not a download that failed.  What is larger than a
 * page should hold is RangeError: then it is a link's matter. */
export async function fetchFile(at: string, tell: (got: number, size: number) =>
    void, signal?: AbortSignal, first = false): Promise<Fetched> {
	const parts: BlobPart[] = [];
	let got = 0, r: Response;

	try {
		r = await fetch(at, { signal, cache: 'no-store',
			credentials: 'same-origin', redirect: 'error',
			headers: first ? { Range: 'bytes=0-0' } : {} });
	} catch (why) {
		if (signal?.aborted)
			throw new ApiError(0, 'stopped', '');
		throw offline();
	}
	answering.set(true);
	if (!r.ok) {
		const e = await failure(r);

		if (r.status === 401)
			lost();
		throw e;
	}
	const size = Number(r.headers.get('Content-Length') ?? 0);
	const from = r.body!.getReader();
	if (size > HELD) {
		await from.cancel();
		throw new RangeError();
	}
	try {
		for (let part = await from.read(); !part.done;
		    part = await from.read()) {
			parts.push(part.value as Uint8Array<ArrayBuffer>);
			got += part.value.length;
			tell(got, Math.max(size, got));
			if (got > HELD) {
				await from.cancel();
				throw new RangeError();
			}
		}
	} catch (e) {
		if (e instanceof RangeError)
			throw e;
		throw new ApiError(0, signal?.aborted ? 'stopped' : 'offline', '');
	}
	const said = r.headers.get('Content-Disposition') ?? '';
	const coded = /filename\*=UTF-8''([^;]+)/.exec(said)?.[1];
	return {
		blob: new Blob(parts, { type: r.headers.get('Content-Type') ??
		    'application/octet-stream' }),
		name: coded ? decodeURIComponent(coded) :
		    /filename="([^"]+)"/.exec(said)?.[1] ?? '',
		scan: r.headers.get('X-Antin-Scan') ?? '',
		unknown: Number(r.headers.get('X-Antin-Unknown') ?? 0),
	};
}

// SPDX-License-Identifier: EUPL-1.2
// What several pages know of the station and those around it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, get, useGet, type Data, type Row, type Rows, type What }
    from '../../api';
import { stationsOf, type Row as Plain, type Station } from '../../logic/tree';

/* All rows of what is told in pages: who there is by the directory. */
async function wholeTree(signal: AbortSignal): Promise<Row[]> {
	const rows: Row[] = [];
	let at = 0;

	for (;;) {
		const part = (await get<Rows>('/tree', { at }, signal)).rows;
		const last = part[part.length - 1];

		rows.push(...part);
		if (!last || typeof last.next !== 'number' || last.next <= at)
			return rows;
		at = last.next;
	}
}

export function useTree(): Data<Row[]> {
	const [got, set] = useState<{ data: Row[] | null;
	    error: ApiError | null }>({ data: null, error: null });
	/* one small answer that is asked for again whenever the directory has
	 * changed, or the station is back */
	const seen = useGet<Rows>('/status', {}, ['directory', 'links']);
	const known = seen.data?.rows.find((r) => r.row === 'station')?.known;
	const [turn, next] = useState(0);

	useEffect(() => {
		const stop = new AbortController();

		wholeTree(stop.signal).then(
		    (data) => set({ data, error: null }),
		    (error) => {
			if (!stop.signal.aborted)
				set((was) => ({ data: was.data, error }));
		    });
		return () => stop.abort();
	}, [known, turn]);
	return {
		...got, loading: got.data === null && got.error === null,
		reload: () => next((n) => n + 1),
	};
}

/* The station's time, as it goes on between two answers. */
function useTicking(said: number): number {
	const heard = useRef({ said, at: Date.now() });
	const [, tick] = useState(0);

	if (heard.current.said !== said)
		heard.current = { said, at: Date.now() };
	useEffect(() => {
		const id = setInterval(() => tick((n) => n + 1), 15_000);

		return () => clearInterval(id);
	}, []);
	return said + Math.floor((Date.now() - heard.current.at) / 1000);
}

const LIVE: What[] = ['links', 'alarms', 'directory'];

export interface Around {
	stations: Station[] | null;
	status: Row[];
	queue: Row[];
	alarms: Row[];
	tree: Row[];
	now: number;
	error: ApiError | null;
	loading: boolean;
	reload: () => void;
}

/* The stations around this one, as they are now. */
export function useAround(): Around {
	const tree = useTree();
	const station = useGet<Rows>('/station', {}, LIVE);
	const queue = useGet<Rows>('/queue', {}, LIVE);
	const rows = station.data?.rows ?? [];
	const about = rows.find((r) => r.row === 'station');
	const now = useTicking(about?.now ?? 0);

	return {
		stations: tree.data && station.data ? stationsOf(
		    tree.data as Plain[], rows as Plain[], rows as Plain[],
		    rows as Plain[]) : null,
		status: rows,
		alarms: rows.filter((r) => r.row === 'alarm'),
		queue: queue.data?.rows ?? [],
		tree: tree.data ?? [],
		now,
		error: station.error ?? tree.error ?? queue.error,
		loading: tree.loading || station.loading,
		reload: () => {
			tree.reload();
			station.reload();
			queue.reload();
		},
	};
}

/* The name of an address by the tree; else the address. */
export function nameOf(tree: Row[], address: string): string {
	return tree.find((r) => r.address === address && r.name)?.name ??
	    address.replace('antin://', '');
}

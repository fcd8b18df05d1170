// SPDX-License-Identifier: EUPL-1.2
// Whether a draft is open in this tab alone: of two that write it the one that
// saves last would win, and nobody would know.
import { useEffect, useState } from 'preact/hooks';

const WAIT = 500; // ms; what this tab itself has just left is free by then

export function useAlone(id: string): boolean {
	const [alone, set] = useState(true);

	useEffect(() => {
		const stop = new AbortController();
		const timer = setTimeout(() => stop.abort(), WAIT);
		let over = false;
		let leave: () => void = () => undefined;
		const left = new Promise<void>((r) => { leave = r; });

		set(true);
		navigator.locks?.request(`draft ${id}`, { signal: stop.signal }, () => {
			clearTimeout(timer);
			return left;
		}).catch(() => over || set(false));
		return () => {
			over = true;
			leave();
			clearTimeout(timer);
			stop.abort();
		};
	}, [id]);
	return alone;
}

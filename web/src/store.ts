// SPDX-License-Identifier: EUPL-1.2
// A value that pages look at, and are drawn anew when it changes.
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
	get(): T;
	set(value: T): void;
	watch(seen: () => void): () => void;
}

export function store<T>(value: T): Store<T> {
	const watchers = new Set<() => void>();

	return {
		get: () => value,
		set(next) {
			if (next === value)
				return;
			value = next;
			for (const seen of [...watchers])
				seen();
		},
		watch(seen) {
			watchers.add(seen);
			return () => void watchers.delete(seen);
		},
	};
}

export function useStore<T>(s: Store<T>): T {
	const [, again] = useState(0);

	useEffect(() => {
		const stop = s.watch(() => again((n) => n + 1));

		// it may have changed between drawing and watching
		again((n) => n + 1);
		return stop;
	}, [s]);
	return s.get();
}

/* What a browser may keep of somebody's liking: never a word of content. */
export function kept(name: string): string | null {
	try {
		return localStorage.getItem(name);
	} catch {
		return null;
	}
}

export function keep(name: string, value: string): void {
	try {
		localStorage.setItem(name, value);
	} catch {
		// without storage it is good until the page is left
	}
}

// SPDX-License-Identifier: EUPL-1.2
// What the directory calls units and desks.  Who works at the pages reads names;
// an address stands beside where two could be mistaken for one another.
import type { Row } from './api';
import { folded } from './i18n';
import { store, useStore } from './store';

export const names = store<Map<string, string>>(new Map());

/* Of the rows of /tree. */
export function learn(rows: Row[]): void {
	const units = new Map(rows.filter((r) => r.row === 'unit')
	    .map((r) => [r.unit, String(r.name ?? '')]));
	const named = (r: Row) => {
		const unit = units.get(r.unit), own = String(r.name ?? '');

		return r.row !== 'desk' || !unit || folded(own)
		    .includes(folded(unit)) ? own :
		    own ? `${unit}, ${own}` : unit;
	};

	names.set(new Map(rows.filter((r) => (r.row === 'unit' ||
	    r.row === 'desk') && r.address && named(r))
	    .map((r) => [String(r.address), named(r)])));
}

/* The name of a unit or desk; without one its address, shortened. */
export function nameAt(address: unknown): string {
	const a = String(address ?? '');

	return names.get().get(a) ?? a.replace(/^antin:\/\//, '');
}

/* The same, drawn anew when the directory has come. */
export function useNames(): (address: unknown) => string {
	useStore(names);
	return nameAt;
}

// SPDX-License-Identifier: EUPL-1.2
// Pictures beside words, never in their place.
const paths = {
	today: 'M3 12h4l2-6 4 12 2-6h6',
	compose: 'M4 20h16M5 16l10-10 3 3L8 19H5z',
	approve: 'M4 19c4 1 3-8 6-8s-1 8 2 8 3-3 4-3 1 2 4 1M14 4l5 5',
	release: 'M4 11l16-7-6 16-3-7z',
	incoming: 'M4 13l3-8h10l3 8v6H4zM4 13h5l1 3h4l1-3h5',
	books: 'M5 4h6v16H5zM13 4h6v16h-6zM7 8h2M15 8h2',
	story: 'M7 4v16M7 7h10M7 12h10M7 17h10',
	network: 'M12 4v5M6 20v-5h12v5M12 9v6M9 4h6v3H9zM3 19h6v2H3zM15 19h6v2h-6z',
	people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-4 3-6 6-6s6 2 6 6M16 5a3 3 0 0 1 0 6M18 14c2 1 3 3 3 6',
	rules: 'M12 3v18M5 7h14M5 7l-3 7h6zM19 7l-3 7h6zM8 21h8',
	journal: 'M6 3h12v18H6zM9 8h6M9 12h6M9 16h3',
	station: 'M4 5h16v11H4zM9 20h6M12 16v4M8 11h2l1-3 2 5 1-2h2',
	check: 'M4 12l5 6L20 6',
	info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v6M12 7v1',
	warn: 'M12 3L2 20h20zM12 10v5M12 17v1',
	close: 'M5 5l14 14M19 5L5 19',
	menu: 'M4 6h16M4 12h16M4 18h16',
	lock: 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3M12 14v3',
	print: 'M7 9V4h10v5M5 9h14v8h-3M5 9v8h3M8 14h8v6H8z',
	file: 'M6 3h8l4 4v14H6zM14 3v4h4',
	search: 'M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5',
	add: 'M12 5v14M5 12h14',
	down: 'M12 4v12M6 11l6 6 6-6M5 20h14',
	theme: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
	out: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
	right: 'M9 5l7 7-7 7',
	back: 'M15 5l-7 7 7 7',
};

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
	return <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"
	    focusable="false"><path d={paths[name]} /></svg>;
}

// SPDX-License-Identifier: EUPL-1.2
// A table on a wide screen, a card a row on a narrow one.
import type { ComponentChildren as Children } from 'preact';

export interface Column<R> {
	key: string;
	head: string;
	cell: (row: R) => Children;
	narrow?: 'title' | 'hide'; /* on a card: its first line, or left out */
	number?: boolean;
	screen?: boolean; /* it is not printed */
	width?: string; /* of CSS, on wide screens */
}

/* On a card a cell is one thing beside its name; an empty one is left out. */
const whole = (cell: Children) => cell === null || cell === undefined ||
    cell === '' || cell === false ? null : <div>{cell}</div>;

export function Table<R>({ columns, rows, id, caption, rowClass, selected }: {
	columns: Column<R>[]; rows: R[]; id: (row: R) => string;
	caption: string; rowClass?: (row: R) => string;
	selected?: (row: R) => boolean;
}) {
	// roles are said again: what is shown as blocks is no table to a reader
	return <table class="table" role="table">
		<caption class="hidden">{caption}</caption>
		<thead role="rowgroup"><tr role="row">{columns.map((c) =>
			<th key={c.key} role="columnheader" scope="col"
			    class={`${c.number ? 'number' : ''} ${c.screen ?
				'no-print' : ''}`}>{c.head}</th>)}</tr></thead>
		<tbody role="rowgroup">{rows.map((row) =>
			<tr key={id(row)} role="row" class={rowClass?.(row) ?? ''}
			    aria-current={selected?.(row) || undefined}>
				{columns.map((c) => <td key={c.key} role="cell"
				    data-head={c.head}
				    class={`${c.number ? 'number' : ''} ` +
					`${c.screen ? 'no-print' : ''} ` +
					`${c.narrow === 'title' ? 'card-title' :
					c.narrow === 'hide' ? 'card-hide' : ''}`}>
					{whole(c.cell(row))}</td>)}</tr>)}</tbody>
	</table>;
}

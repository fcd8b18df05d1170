// SPDX-License-Identifier: EUPL-1.2
// The stations around this one as a picture: shapes and words besides colours,
// and each a link.
import { useEffect, useRef, useState } from 'preact/hooks';
import { span } from '../../i18n';
import { layout, type Box, type Edge, type Station } from '../../logic/tree';
import { go } from '../../router';
import { t } from '../../texts/network';

export const linkTo = (s: Station) => s.place === 'own' ? '/may-tram' :
    `/mang/tram/${encodeURIComponent(s.address.replace('antin://', ''))}`;

/* "Tỉnh Điện Biên, cấp dưới: mất liên lạc; 2 chờ, lâu nhất 5 phút" */
export function spoken(s: Station, now: number): string {
	const said = [`${s.name}, ${t(s.place)}`];

	if (s.place !== 'own')
		said.push(t.of('state', s.state));
	if (s.waiting > 0)
		said.push(t('waits', { n: s.waiting, age: span(now - s.oldest) }));
	if (s.below > 0)
		said.push(t('behind', { n: s.below }));
	return said.join('; ');
}

const cut = (text: string, most: number) =>
    text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;

/* A round disc is well, a square is carried by disk, a cross is down. */
export function Mark({ x, y, station }: {
	x: number; y: number; station: Station;
}) {
	const c = `mark-${station.mood}`;

	if (station.place === 'own')
		return <path class="mark-own" d={`M${x - 7} ${y + 6}v-6l7-6 7 6v6z`} />;
	if (station.state === 'down')
		return <g class={c}><circle cx={x} cy={y} r={9} />
			<path class="on" d={`M${x - 4} ${y - 4}l8 8m0-8l-8 8`} /></g>;
	if (station.state === 'hand')
		return <g class={c}><rect x={x - 8} y={y - 8} width={16} height={16}
		    rx={2} /><path class="on" d={`M${x - 3} ${y - 8}v6h6v-6`} /></g>;
	if (station.mood === 'watch')
		return <g class={c}><path d={`M${x} ${y - 10}l10 18h-20z`} />
			<path class="on" d={`M${x} ${y - 3}v5m0 3v1`} /></g>;
	return <g class={c}><circle cx={x} cy={y} r={9} />
		<path class="on" d={`M${x - 4} ${y}l3 3 5-6`} /></g>;
}

function Large({ box, now }: { box: Box; now: number }) {
	const s = box.station;
	const more = s.place === 'own' ? t('own') :
	    s.waiting > 0 ? t('waits', { n: s.waiting, age: span(now - s.oldest) }) :
	    s.below > 0 ? t('behind', { n: s.below }) : t('waits.none');

	return <>
		<rect class={`box ${s.mood} ${s.place}`} x={box.x} y={box.y}
		    width={box.w} height={box.h} rx={8} />
		<Mark x={box.x + 20} y={box.y + 22} station={s} />
		<text class="box-name" x={box.x + 38} y={box.y + 27}>
			{cut(s.name, 21)}</text>
		{s.place !== 'own' && <text class="box-state" x={box.x + 12}
		    y={box.y + 49}>{t.of('state', s.state)}</text>}
		<text class="box-more" x={box.x + 12}
		    y={box.y + (s.place === 'own' ? 52 : 67)}>
			{cut(more, 30)}</text>
	</>;
}

function Line({ edge }: { edge: Edge }) {
	return <polyline class={`edge ${edge.state}`} points={edge.points} />;
}

export function Picture({ stations, now }: {
	stations: Station[]; now: number;
}) {
	const around = useRef<HTMLDivElement>(null);
	const [width, setWidth] = useState(900);

	useEffect(() => {
		const el = around.current;

		if (el === null)
			return;
		const seen = new ResizeObserver(() =>
		    setWidth(Math.max(240, Math.floor(el.clientWidth))));
		seen.observe(el);
		return () => seen.disconnect();
	}, []);
	const p = layout(stations, width);
	const dots = p.boxes.filter((b) => b.small).length;

	return <div class="tree-picture" ref={around}>
		<svg viewBox={`0 0 ${p.width} ${p.height}`} width={p.width}
		    height={p.height} role="group" aria-label={t('picture.name')}>
			{p.trunk.map((points, i) => <polyline key={i} class="edge trunk"
			    points={points} />)}
			{p.edges.map((e, i) => <Line key={i} edge={e} />)}
			{p.boxes.map((b) => <a key={b.station.address}
			    href={linkTo(b.station)}
			    aria-label={b.small ? spoken(b.station, now) : undefined}
			    class={b.small ? 'dot' : 'station'}
			    onClick={(ev) => {
				// the router knows links of HTML alone
				if (ev.button === 0 && !ev.metaKey && !ev.ctrlKey &&
				    !ev.shiftKey && !ev.altKey) {
					ev.preventDefault();
					go(linkTo(b.station));
				}
			    }}>
				<title>{spoken(b.station, now)}</title>
				{b.small ? <>
					<rect class="dot-room" x={b.x} y={b.y}
					    width={b.w} height={b.h} rx={14} />
					<Mark x={b.x + b.w / 2} y={b.y + b.h / 2}
					    station={b.station} />
				</> : <Large box={b} now={now} />}
			</a>)}
		</svg>
		{dots > 0 && <p class="hint">{t('fold.dots', { n: dots })}</p>}
	</div>;
}

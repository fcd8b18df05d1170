// SPDX-License-Identifier: EUPL-1.2
// What an operator does with what waits: hold, release, reroute, drop; each
// says first exactly what will happen.
import { useState } from 'preact/hooks';
import { post, useAct, type Row } from '../../api';
import type { Station } from '../../logic/tree';
import { t } from '../../texts/network';
import { Button, Confirm, Field, Select, toast, wrong } from '../../ui';

export type Doing = 'hold' | 'release' | 'reroute' | 'drop';
/* One leg, or all that waits for a station. */
export type Which = { leg: number; id: string } | { hop: string; name: string };

const named = (w: Which) => 'leg' in w ?
    t('of.leg', { id: w.id.slice(0, 8) }) : t('of.hop', { name: w.name });

export function Ask({ doing, which, over, onEnd }: {
	doing: Doing; which: Which; over: Station[]; onEnd: (did: boolean) => void;
}) {
	const act = useAct();
	const [station, setStation] = useState(over[0]?.address ?? '');
	const [reason, setReason] = useState('');
	const yes = async () => {
		const body: Row = 'leg' in which ? { leg: which.leg } :
		    { hop: which.hop };
		let n = 0;

		if (doing === 'reroute')
			body.station = station;
		if (doing === 'drop')
			body.reason = reason.trim();
		if (await act.run(async () => {
			n = (await post<Row>(`/queue/${doing}`, body)).legs ?? 0;
		})) {
			toast(t('done', { n }));
			onEnd(true);
		}
	};

	return <Confirm title={`${t.of('do', doing)}: ${named(which)}`}
	    yes={t.of('do', doing)} danger={doing === 'drop'} busy={act.busy}
	    error={act.error} onYes={yes} onClose={() => onEnd(false)}>
		<p>{t(`what.${doing}` as 'what.hold', { what: named(which) })}</p>
		{doing === 'reroute' && <Select label={t('reroute.over')} must
		    value={station} onValue={setStation}
		    error={wrong(act.error, 'station')}
		    options={over.map((s) => ({ value: s.address, label: s.name }))} />}
		{doing === 'drop' && <Field label={t('drop.reason')} must
		    value={reason} onValue={setReason} maxLength={300}
		    error={wrong(act.error, 'reason')} />}
		<p class="hint">{t('logged')}</p>
	</Confirm>;
}

export function Doings({ held, pinned, over, onPick, label }: {
	held: boolean; pinned: boolean; over: boolean; label: string;
	onPick: (doing: Doing) => void;
}) {
	const can: Doing[] = [
		...(held ? [] : ['hold' as const]),
		...(held || pinned ? ['release' as const] : []),
		...(over ? ['reroute' as const] : []), 'drop',
	];

	return <span class="doings">{can.map((d) =>
		<Button key={d}
		    aria-label={`${t.of('do', d)}: ${label}`}
		    onClick={() => onPick(d)}>{t.of('do', d)}</Button>)}</span>;
}

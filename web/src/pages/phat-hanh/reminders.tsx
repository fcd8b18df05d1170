// SPDX-License-Identifier: EUPL-1.2
// Reminders that were sent about a document.  A dispatch says only inside what
// it refers to, and the store opens none; so a reminder's id is made of the
// document's own, which does not leave the station, and its number: who has
// the document finds its reminders, and nobody on the way can tell
// (docs/desk.md 13.12).
import { useEffect, useState } from 'preact/hooks';
import { ApiError, get, post, type Row, type Rows } from '../../api';
import { seconds } from '../../logic/fields';
import { type Far, how_far } from '../../logic/way';
import { useNames } from '../../names';
import { t as d } from '../../texts/doc';
import { t } from '../../texts/release';
import { Badge, Time, Timeline } from '../../ui';

const MOST = 20;

export interface Reminder { n: number; at: number; far: Far[] }

async function id_of(document: string, n: number): Promise<string> {
	const sum = await crypto.subtle.digest('SHA-256', new TextEncoder()
		.encode(`antin reminder ${document.replace(/-/g, '')} ${n}`));

	return [...new Uint8Array(sum, 0, 16)].map((x) =>
		x.toString(16).padStart(2, '0')).join('');
}

// "turn" is another whenever mail has changed.
export function useReminders(document: string, turn: unknown): Reminder[] {
	const [all, set] = useState<Reminder[]>([]);

	useEffect(() => {
		const stop = new AbortController();
		const read = async () => {
			const found: Reminder[] = [];

			for (let n = 1; n <= MOST; n++) {
				const { rows } = await get<Rows>(`/mail/${await id_of(
					document, n)}/trace`, {}, stop.signal);
				const far = how_far(rows, [], seconds);

				found.push({ n, far, at: Math.min(...rows
					.map((r) => seconds(r.at)).filter((x) => x > 0)) });
				set([...found]);
			}
		};

		// the one that is not there ends them
		read().catch((e) => {
			if (!stop.signal.aborted && !(e instanceof ApiError))
				throw e;
		});
		return () => stop.abort();
	}, [document, turn]);
	return all;
}

// The next one, whoever else sends one at the same time.
export async function remind(document: string, sent: number, mail: Row):
    Promise<void> {
	for (let n = sent + 1; ; n++)
		try {
			await post('/mail', { ...mail, id: await id_of(document, n) });
			return;
		} catch (e) {
			if (!(e instanceof ApiError) || e.code !== 'exists' ||
			    n >= MOST)
				throw e;
		}
}

export function Reminders({ all }: { all: Reminder[] }) {
	const nameAt = useNames();

	return all.length === 0 ? null : <div class="sheet">
		<h3>{t('reminders')}</h3>
		<Timeline events={all.map((x) => ({
			at: x.at, title: t('reminder', { n: x.n }),
			body: <ul class="doc-plain">{x.far.map((f) => <li key={f.desk}>
				{nameAt(f.desk)}{' '}
				<Badge kind={f.state === 'refused' ? 'bad'
					: f.state === 'acted' ? 'good'
					: f.by === 'receipt' ? 'info' : ''}>
					{d.of('far', f.state)}</Badge>
				{' '}<Time at={f.at} /></li>)}</ul>,
		}))} />
	</div>;
}

// SPDX-License-Identifier: EUPL-1.2
// Files on their way to the station: dropped or chosen, each with its progress;
// what broke off goes on by itself, and what the station lost is asked for
// again.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { answering, ApiError, csrf, del, get, type Sent, upload } from '../api';
import { size } from '../i18n';
import { useStore } from '../store';
import { t } from '../texts/parts';
import { sentence } from '../texts/said';

export const FILE_MAX = 256 << 20;

export interface Item {
	key: string;
	name: string;
	size: number;
	attachment: boolean;
	upload: string; // empty: it is not there yet
	sent: number;
	error: string;
	how?: Sent['how'];
	gone?: boolean; // the station has it no more
}

// What a draft keeps of it.
export interface Kept {
	name: string; size: number; attachment: boolean; upload: string;
}
export const keep_of = (items: Item[]): Kept[] => items.map((x) =>
	({ name: x.name, size: x.size, attachment: x.attachment,
		upload: x.upload }));

// What of a kept draft is still there.
export async function back_of(kept: Kept[]): Promise<Item[]> {
	return Promise.all(kept.map(async (k, i): Promise<Item> => {
		const item = { ...k, key: `kept ${i} ${k.name}`, sent: k.size,
			error: '' };
		try {
			const is = k.upload ? await get<{ size: number; have: number }>(
				`/uploads/${k.upload}`) : null;
			return is && is.have === is.size ? item
				: { ...item, upload: '', gone: true };
		} catch {
			return { ...item, upload: '', gone: true };
		}
	}));
}

export const ready = (items: Item[]) =>
	items.every((x) => x.upload !== '' && x.error === '');

let made = 0;

export function useUploads(changed: () => void): {
	items: Item[]; set: (items: Item[]) => void;
	add: (files: FileList | File[], attachment: boolean) => void;
	remove: (key: string) => void;
	turn: (key: string, attachment: boolean) => void;
	refused: (e: ApiError | null) => boolean; // shown beside a file
} {
	const [items, set] = useState<Item[]>([]);
	const stops = useRef(new Map<string, AbortController>());
	const files = useRef(new Map<string, File>());
	const told = useRef(changed);
	const now = useRef(items);

	told.current = changed;
	now.current = items;

	useEffect(() => () => {
		for (const stop of stops.current.values())
			stop.abort();
	}, []);
	const change = (key: string, to: Partial<Item>) => set((was) =>
		was.map((x) => x.key === key ? { ...x, ...to } : x));
	const send = async (key: string, file: File) => {
		const stop = new AbortController();

		stops.current.set(key, stop);
		files.current.set(key, file);
		try {
			const got = await upload(file, (is) => change(key, is),
				stop.signal);
			change(key, { upload: got.upload, sent: file.size });
			told.current();
		} catch (e) {
			if (!stop.signal.aborted)
				change(key, { error: e instanceof ApiError
					? e.text || e.code : String(e) });
		}
		stops.current.delete(key);
	};
	// a session after another: the files of that one are gone with it, and
	// what the page still has of them goes up again
	const look = async () => {
		for (const x of now.current.filter((y) => y.upload)) {
			const file = files.current.get(x.key);

			try {
				await get(`/uploads/${x.upload}`);
			} catch (e) {
				if ((e as ApiError).status !== 404)
					continue;
				change(x.key, { upload: '', sent: 0,
					how: 'anew', gone: !file });
				if (file)
					void send(x.key, file);
			}
		}
	};

	useEffect(() => csrf.watch(() => void look()), []);
	return {
		items, set,
		refused(e) {
			const x = e?.upload && ['denied', 'absent'].includes(e.code) &&
				items.find((y) => y.upload.replace(/-/g, '') === e.upload);

			if (!x)
				return false;
			change(x.key, e.code === 'absent' ? { upload: '', gone: true }
				: { error: e.text });
			return true;
		},
		add(chosen, attachment) {
			const fresh = [...chosen].map((file): [Item, File] => [{
				key: `file ${++made}`, name: file.name.normalize('NFC'),
				size: file.size, attachment, upload: '', sent: 0,
				error: file.size > FILE_MAX ? t('too_big')
					: file.size === 0 ? t('empty') : '',
			}, file]);
			// one that is chosen again takes the place of the one that is gone
			set((was) => [...was.filter((x) => !x.gone ||
				!fresh.some(([y]) => y.name === x.name)),
				...fresh.map(([x]) => x)]);
			for (const [item, file] of fresh)
				if (!item.error)
					void send(item.key, file);
		},
		remove(key) {
			const item = items.find((x) => x.key === key);
			stops.current.get(key)?.abort();
			files.current.delete(key);
			if (item?.upload)
				void del(`/uploads/${item.upload}`).catch(() => undefined);
			set(items.filter((x) => x.key !== key));
			told.current();
		},
		turn(key, attachment) {
			change(key, { attachment });
			told.current();
		},
	};
}

const said_of = (x: Item, there: boolean) => !there || x.how === 'waiting'
	? 'waiting' : x.how === 'resumed' || x.how === 'anew' ? x.how : 'sending';

/* "beside": there is a text, which the first file is attached to. */
export function Uploads({ up, error, beside }: {
	up: ReturnType<typeof useUploads>; error?: string; beside?: boolean;
}) {
	const attached = beside || up.items.length > 0;
	const [over, setOver] = useState(false);
	const id = useId();
	const there = useStore(answering);

	return <div class={`drop${over ? ' over' : ''}`}
		onDragOver={(ev) => { ev.preventDefault(); setOver(true); }}
		onDragLeave={() => setOver(false)}
		onDrop={(ev) => {
			ev.preventDefault();
			setOver(false);
			if (ev.dataTransfer?.files.length)
				up.add(ev.dataTransfer.files, attached);
		}}>
		<p class="drop-say">
			<input id={id} type="file" multiple class="hidden"
				aria-describedby={error ? `${id}-e` : undefined}
				onChange={(ev) => {
					const input = ev.target as HTMLInputElement;
					if (input.files?.length)
						up.add([...input.files], attached);
					input.value = '';
				}} />
			<label class="button" for={id}>{t('pick')}</label>{' '}
			<span class="soft">{t('drop')}</span>
		</p>
		{error && <p id={`${id}-e`} class="field-error">{error}</p>}
		<ul class="doc-files">
			{up.items.map((x) => <li key={x.key}>
				<div class="file-head">
					<strong class="file-name">{x.name}</strong>
					<span class="soft">{size(x.size)}</span>
					<select aria-label={x.name} value={x.attachment ? '1' : '0'}
						onChange={(ev) => up.turn(x.key,
							(ev.target as HTMLSelectElement).value === '1')}>
						<option value="0">{t('main_file')}</option>
						<option value="1">{t('as_attachment')}</option>
					</select>
					<button type="button" class="button quiet"
						aria-label={t('remove', { name: x.name })}
						onClick={() => up.remove(x.key)}>×</button>
				</div>
				{x.gone ? <p class="field-error" role="status">{t('gone')}</p> :
					x.error ? <p class="field-error" role="alert">
						{x.upload ? sentence(x.error)
							: t('failed', { why: x.error })}</p> :
					x.upload ? <p class="soft">{t('sent')}</p> :
						<p class="file-progress">
							<progress max={x.size} value={x.sent}
								aria-label={x.name} />{' '}
							{t(said_of(x, there), { percent:
								Math.floor(100 * x.sent / (x.size || 1)) })}
						</p>}

			</li>)}
		</ul>
	</div>;
}

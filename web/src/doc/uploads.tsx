// SPDX-License-Identifier: EUPL-1.2
// Files on their way to the station: dropped or chosen, each with its progress;
// what broke off goes on by itself, and what the station lost is asked for
// again.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { answering, ApiError, del, get, upload } from '../api';
import { size } from '../i18n';
import { useStore } from '../store';
import { t } from '../texts/parts';

export const FILE_MAX = 256 << 20;

export interface Item {
	key: string;
	name: string;
	size: number;
	attachment: boolean;
	upload: string; // empty: it is not there yet
	sent: number;
	error: string;
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
} {
	const [items, set] = useState<Item[]>([]);
	const stops = useRef(new Map<string, AbortController>());
	const told = useRef(changed);
	told.current = changed;

	useEffect(() => () => {
		for (const stop of stops.current.values())
			stop.abort();
	}, []);
	const change = (key: string, to: Partial<Item>) => set((was) =>
		was.map((x) => x.key === key ? { ...x, ...to } : x));
	const send = async (key: string, file: File) => {
		const stop = new AbortController();

		stops.current.set(key, stop);
		try {
			const got = await upload(file, (sent) => change(key, { sent }),
				stop.signal);
			change(key, { upload: got.upload, sent: file.size });
			told.current();
		} catch (e) {
			if (!stop.signal.aborted)
				change(key, { error: e instanceof ApiError && e.text
					? e.text : t('waiting') });
		}
		stops.current.delete(key);
	};
	return {
		items, set,
		add(files, attachment) {
			const fresh = [...files].map((file): [Item, File] => [{
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

export function Uploads({ up, error }: {
	up: ReturnType<typeof useUploads>; error?: string;
}) {
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
				up.add(ev.dataTransfer.files, up.items.length > 0);
		}}>
		<p class="drop-say">
			<input id={id} type="file" multiple class="hidden"
				aria-describedby={error ? `${id}-e` : undefined}
				onChange={(ev) => {
					const input = ev.target as HTMLInputElement;
					if (input.files?.length)
						up.add([...input.files], up.items.length > 0);
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
						{t('failed', { why: x.error })}</p> :
					x.upload ? <p class="soft">{t('sent')}</p> :
						<p class="file-progress">
							<progress max={x.size} value={x.sent}
								aria-label={x.name} />{' '}
							{there ? t('sending', { percent:
								Math.floor(100 * x.sent / (x.size || 1)) })
								: t('waiting')}
						</p>}
			</li>)}
		</ul>
	</div>;
}

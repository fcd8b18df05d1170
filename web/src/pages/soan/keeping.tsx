// SPDX-License-Identifier: EUPL-1.2
// What is not submitted yet is saved a while after it was touched, sealed at
// the station; what could not be saved is tried again until it is.
import { useEffect, useRef, useState } from 'preact/hooks';
import { answering, ApiError, del, put } from '../../api';
import type { Acting } from '../../doc/step';
import { clock } from '../../i18n';
import { type Kept, KEPT_MAX } from '../../logic/compose';
import { beforeLeaving } from '../../router';
import { t } from '../../texts/compose';

const AFTER = 1200; // ms of peace
const AGAIN = 5000;

export interface Saved {
	state: 'no' | 'saving' | 'saved' | 'bad' | 'long'; at: number;
}

export function useKeeping(id: string, acting: Acting,
    data: () => { title: string; kept: Kept }) {
	const [saved, set] = useState<Saved>({ state: 'no', at: 0 });
	const timer = useRef(0);
	const dirty = useRef(false);
	const ended = useRef(false);
	const now = useRef(data);
	const save = async (): Promise<void> => {
		const { title, kept } = now.current();

		if (ended.current || !dirty.current)
			return;
		const text = JSON.stringify(kept);
		if (new TextEncoder().encode(text).length > KEPT_MAX) {
			set({ state: 'long', at: 0 });
			return;
		}
		dirty.current = false;
		set((was) => ({ ...was, state: 'saving' }));
		try {
			await put(`/drafts/${id}`, { desk: acting.desk,
				as: acting.person, title, data: text });
			set({ state: 'saved', at: Date.now() / 1000 });
		} catch (e) {
			if (!(e instanceof ApiError))
				throw e;
			dirty.current = true;
			set({ state: 'bad', at: 0 });
			clearTimeout(timer.current);
			if (!ended.current)
				timer.current = setTimeout(save, AGAIN);
		}
	};

	now.current = data;
	useEffect(() => {
		const unload = (ev: BeforeUnloadEvent) => {
			if (dirty.current && !ended.current)
				ev.preventDefault();
		};

		addEventListener('beforeunload', unload);
		beforeLeaving(() => {
			if (!dirty.current || ended.current)
				return true;
			if (!answering.get())
				return confirm(t('leave'));
			void save();
			return true;
		});
		return () => {
			removeEventListener('beforeunload', unload);
			beforeLeaving(null);
			clearTimeout(timer.current);
			void save();
		};
	}, []);
	return {
		saved,
		touch() {
			dirty.current = true;
			// what was said of before is not so any more
			set((was) => was.state === 'saved' ? { state: 'no', at: 0 } : was);
			clearTimeout(timer.current);
			timer.current = setTimeout(save, AFTER);
		},
		async end() {
			ended.current = true;
			clearTimeout(timer.current);
			await del(`/drafts/${id}`, { desk: acting.desk,
				as: acting.person }).catch(() => undefined);
		},
	};
}

export function SavedSay({ saved }: { saved: Saved }) {
	return <p role="status" class={saved.state === 'bad' ||
		saved.state === 'long' ? 'field-error' : 'soft'}>
		{saved.state === 'saved' ? t('saved', { time: clock(saved.at) })
			: saved.state === 'saving' ? t('saving')
			: saved.state === 'bad' ? t('unsaved')
			: saved.state === 'long' ? t('too_long') : ''}
	</p>;
}

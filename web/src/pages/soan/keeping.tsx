// SPDX-License-Identifier: EUPL-1.2
// What is not submitted yet is saved a while after it was touched, sealed at
// the station; what could not be saved is tried again until it is, and where the
// page goes before, this tab's memory has it for its person (held.ts).
import { useEffect, useRef, useState } from 'preact/hooks';
import { answering, ApiError, del, put } from '../../api';
import type { Acting } from '../../doc/step';
import { clock } from '../../i18n';
import { type Kept, kept_size, KEPT_MAX } from '../../logic/compose';
import { beforeLeaving } from '../../router';
import { t } from '../../texts/compose';
import { goes, hold } from './held';

const AFTER = 1200; // ms of peace
const AGAIN = 5000;

export interface Saved {
	state: 'no' | 'saving' | 'saved' | 'bad' | 'long'; at: number;
}

// "unsaved": what it begins with was held, and is to be saved at once.
export function useKeeping(id: string, whose: Acting, unsaved: boolean,
    data: () => { title: string; kept: Kept }) {
	const acting = useRef(whose).current; // whoever acts next
	const [saved, set] = useState<Saved>({ state: 'no', at: 0 });
	const timer = useRef(0);
	const dirty = useRef(unsaved);
	const ended = useRef(false);
	const gone = useRef(false);
	const now = useRef(data);
	const keep = () => hold({ ...now.current(), person: acting.person,
		desk: acting.desk, id });
	const save_now = async (): Promise<void> => {
		const { title, kept } = now.current();

		if (ended.current || !dirty.current)
			return;
		if (kept_size(kept) > KEPT_MAX) {
			set({ state: 'long', at: 0 });
			return;
		}
		dirty.current = false;
		set((was) => ({ ...was, state: 'saving' }));
		try {
			await put(`/drafts/${id}`, { desk: acting.desk,
				as: acting.person, title, data: JSON.stringify(kept) });
			set({ state: 'saved', at: Date.now() / 1000 });
		} catch (e) {
			if (!(e instanceof ApiError))
				throw e;
			dirty.current = true;
			if (gone.current) {
				keep();
				return;
			}
			set({ state: 'bad', at: 0 });
			clearTimeout(timer.current);
			if (!ended.current)
				timer.current = setTimeout(save, AGAIN);
		}
	};
	const save = () => goes(id, save_now);

	now.current = data;
	useEffect(() => {
		const unload = (ev: BeforeUnloadEvent) => {
			if (dirty.current && !ended.current)
				ev.preventDefault();
		};

		if (unsaved)
			void save();
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
			gone.current = true;
			if (dirty.current && !ended.current && kept_size(now.current()
			    .kept) > KEPT_MAX)
				keep();
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

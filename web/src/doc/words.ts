// SPDX-License-Identifier: EUPL-1.2
// Words that need more than a name: what is wrong with a field, what a step
// will do, what is to be heeded in a field.
import type { Wrong } from '../logic/fields';
import { t as d } from '../texts/doc';
import { t } from '../texts/parts';

export function said_wrong(w: Wrong): string {
	return d(`wrong.${w.what}`, { n: w.n ?? 0, item: w.item ?? '' });
}

export const will_of = (action: string) =>
	d.has(`will.${action}`) ? d.of('will', action) : d('will.other');
export const hint_of = (name: string): string =>
	name === 'due' || name === 'started' || name === 'finished'
		? t('time_hint') : name === 'level' ? t('level_hint')
		: name === 'catalogue' ? t('catalogue_hint')
		: name === 'key' ? t('key_hint') : '';

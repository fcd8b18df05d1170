// SPDX-License-Identifier: EUPL-1.2
// Words that need more than a name: what is wrong with a field, what a step
// will do, what is to be heeded in a field.
import type { Wrong } from '../logic/fields';
import { t as d } from '../texts/doc';
import { t } from '../texts/parts';

export function said_wrong(w: Wrong): string {
	return d(`wrong.${w.what}`, { n: w.n ?? 0, item: w.item ?? '' });
}

// A step as it is asked for, of a document of this kind: an issuer recalls, and
// who has what was recalled notes it.
export const do_of = (action: string, kind: string): string =>
	d.of('do', action === 'recall' && kind === 'in' ? 'recall-in' : action);

export const will_of = (action: string, kind = '', paper = false) =>
	action === 'recall' && kind === 'in' ? d('will.recall-in') :
	paper && d.has(`will.${action}.paper`) ? d.of('will', `${action}.paper`)
		: d.has(`will.${action}`) ? d.of('will', action) : d('will.other');
export const hint_of = (name: string): string =>
	name === 'level' ? t('level_hint')
		: name === 'catalogue' ? t('catalogue_hint')
		: name === 'capacity' ? t('capacity_hint')
		: name === 'assignee' ? t('assignee_hint')
		: name === 'key' ? t('key_hint') : '';

// SPDX-License-Identifier: EUPL-1.2
import { sentence_of } from '../logic/said';
import { t as d } from './doc';

export const sentence = (s: string): string => sentence_of(s, (word) =>
	d.has(`field.${word}`) ? d.of('field', word)
		: d.has(`do.${word}`) ? d.of('do', word) : null);

// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Today() {
	return <Page title={t('today')}><Empty title={t('soon')} /></Page>;
}

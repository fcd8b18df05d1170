// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Journal() {
	return <Page title={t('journal')}><Empty title={t('soon')} /></Page>;
}

// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Rules() {
	return <Page title={t('rules')}><Empty title={t('soon')} /></Page>;
}

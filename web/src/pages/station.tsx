// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Station() {
	return <Page title={t('station')}><Empty title={t('soon')} /></Page>;
}

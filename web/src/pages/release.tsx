// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Release() {
	return <Page title={t('release')}><Empty title={t('soon')} /></Page>;
}

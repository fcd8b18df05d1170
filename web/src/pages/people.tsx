// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function People() {
	return <Page title={t('people')}><Empty title={t('soon')} /></Page>;
}

// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Story() {
	return <Page title={t('story')}><Empty title={t('soon')} /></Page>;
}

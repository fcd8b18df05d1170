// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Network() {
	return <Page title={t('network')}><Empty title={t('soon')} /></Page>;
}

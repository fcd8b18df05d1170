// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Approve() {
	return <Page title={t('approve')}><Empty title={t('soon')} /></Page>;
}

// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Incoming() {
	return <Page title={t('incoming')}><Empty title={t('soon')} /></Page>;
}

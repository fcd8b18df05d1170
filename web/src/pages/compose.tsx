// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Compose() {
	return <Page title={t('compose')}><Empty title={t('soon')} /></Page>;
}

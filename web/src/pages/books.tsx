// SPDX-License-Identifier: EUPL-1.2
import { t } from '../texts/shell';
import { Empty, Page } from '../ui';

export default function Books() {
	return <Page title={t('books')}><Empty title={t('soon')} /></Page>;
}

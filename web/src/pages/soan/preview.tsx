// SPDX-License-Identifier: EUPL-1.2
// About as it will look on paper; the station prints what is official.
import { useRules } from '../../doc/step';
import type { Kept } from '../../doc/uploads';
import { officialDate } from '../../i18n';
import { recipients_of } from '../../logic/fields';
import { t } from '../../texts/compose';
import { t as d } from '../../texts/doc';
import { LevelStamp, PrecedenceBadge } from '../../ui';

export function Preview({ action, values: v, text, files, office }: {
	action: string; values: Record<string, string>; text: string;
	files: Kept[]; office: string;
}) {
	const types = useRules('type');
	const type = action === 'telegram-draft' ? d.of('word', v.traffic)
		: types.find((x) => x.word === v.type)?.name ?? '';
	const to = recipients_of(v.recipients);

	return <article class="paper" aria-label={t('preview')}>
		<div class="paper-head">
			<div>
				<strong>{office}</strong>
				<span>{v.symbol || t('number_later')}</span>
				<span class="marks">
					<LevelStamp level={v.level} />
					<PrecedenceBadge precedence={v.precedence} />
				</span>
			</div>
			<div>
				<strong>{type.toUpperCase()}</strong>
				<em>{officialDate(v.date ? `${v.date}T00:00:00+07:00`
					: Date.now() / 1000)}</em>
			</div>
		</div>
		{v.abstract && <strong>{v.abstract}</strong>}
		{to.length > 0 && <div>{t('to')}
			<ul>{to.map((r) => <li key={r.name + r.address}>
				{r.name || r.address}</li>)}</ul></div>}
		<div class="paper-body">{text || <em>{t('no_text')}</em>}</div>
		{files.length > 0 && <div>{t('enclosed')}
			<ul>{files.map((f, i) => <li key={i}>{f.name}</li>)}</ul></div>}
	</article>;
}

// SPDX-License-Identifier: EUPL-1.2
// About as it will look on paper; the station prints what is official.
import { useRules } from '../../doc/step';
import { short } from '../../doc/parts';
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

	const wire = action === 'telegram-draft', party = v.grammar === 'dang';
	const letter = v.type === 'cong-van';
	const date = officialDate(v.date ? `${v.date}T00:00:00+07:00`
		: Date.now() / 1000);
	const receivers = to.length > 0 && <div>{t(letter || wire ? 'to' : 'goes_to')}
		<ul>{to.map((r) => <li key={r.name + r.address}>
			{r.name || short(r.address)}</li>)}</ul></div>;

	return <article class="paper" lang="vi" aria-label={t('preview')}>
		<div class="paper-head">
			<div>
				<strong>{office.toLocaleUpperCase('vi')}</strong>
				<span>{v.symbol || t('number_later')}</span>
				{letter && v.abstract && <span>V/v {v.abstract
					.replace(/^về (việc )?/i, '')}</span>}
				<span class="marks">
					<LevelStamp level={v.level} />
					<PrecedenceBadge precedence={v.precedence} />
				</span>
			</div>
			<div>
				{!wire && <strong>{party ? 'ĐẢNG CỘNG SẢN VIỆT NAM' :
					'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'}</strong>}
				{!wire && !party && <strong>Độc lập - Tự do - Hạnh phúc</strong>}
				<em>{date}</em>
			</div>
		</div>
		{!letter && <div class="paper-title">
			<strong>{type.toLocaleUpperCase('vi')}</strong>
			{v.abstract && <strong>{v.abstract}</strong>}</div>}
		{(letter || wire) && receivers}
		<div class="paper-body">{text || <em>{t('no_text')}</em>}</div>
		{!letter && !wire && receivers}
		{files.length > 0 && <div>{t('enclosed')}
			<ul>{files.map((f, i) => <li key={i}>{f.name}</li>)}</ul></div>}
	</article>;
}

// SPDX-License-Identifier: EUPL-1.2
// What is carried by disk: whose it is, and the steps for who carries it.
import { size, time } from '../../i18n';
import type { Station } from '../../logic/tree';
import { t } from '../../texts/network';
import { Empty } from '../../ui';

/* A sentence with a command in it. */
function With({ text, command }: { text: string; command: string }) {
	const [before, after] = text.split('{command}');

	return <>{before}<code class="command">{command}</code>{after}</>;
}

export function Steps({ station: s }: { station: Station; own: string }) {
	return <>
		<p>{t('media.for', { name: s.name, n: s.waiting,
			size: size(s.bytes), time: time(s.oldest) })}</p>
		<ol class="steps">
			<li>{t('media.1')}</li>
			<li><With text={t('media.2')} command="antin media /media/ĐĨA" /></li>
			<li>{t('media.3', { tag: s.tag })}</li>
			<li>{t('media.4', { name: s.name })}</li>
			<li>{t('media.5')}</li>
		</ol>
		{s.lastDisk > 0 && <p class="hint"><With
		    text={t('media.lost', { n: String(s.lastDisk) })}
		    command={`antin media lost ${s.lastDisk}`} /></p>}
	</>;
}

export function Media({ stations, own }: { stations: Station[]; own: string }) {
	const some = stations.filter((s) => s.place !== 'own' && s.tag !== '' &&
	    (s.waiting > 0 || s.lastDisk > 0) && s.state !== 'up');

	return <>
		<p class="lead">{t('media.lead')}</p>
		{some.length === 0 ? <Empty title={t('media.none')} /> :
		    some.map((s) => <Steps key={s.address} station={s} own={own} />)}
	</>;
}

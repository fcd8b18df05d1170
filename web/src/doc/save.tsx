// SPDX-License-Identifier: EUPL-1.2
// A file that is saved from the station: how far it is, that it was not looked
// at for malware, and in the station's own sentence why it is not given.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, fetchFile } from '../api';
import { size as bytes } from '../i18n';
import { t } from '../texts/parts';
import { Alert, Button, ErrorBox } from '../ui';

// A link that the browser follows by itself, into a file.
function follow(href: string, name: string): void {
	const a = document.createElement('a');

	a.href = href;
	a.download = name;
	a.click();
}

export function keepBlob(blob: Blob, name: string): void {
	const made = URL.createObjectURL(blob);

	follow(made, name);
	setTimeout(() => URL.revokeObjectURL(made), 10_000);
}

export interface Saving {
	busy: string; // the name of what comes; empty: nothing
	run: (url: string, name: string, link?: boolean) => Promise<void>;
	said: preact.JSX.Element | null;
}

// What is large ("link") is asked for its first byte, which the station gives
// only where it would give all of it; then the browser takes it by itself.
export function useSaving(): Saving {
	const [busy, setBusy] = useState('');
	const [far, setFar] = useState({ got: 0, size: 0 });
	const [error, setError] = useState<ApiError | null>(null);
	const [scan, setScan] = useState('');
	const [unknown, setUnknown] = useState(0);
	const stop = useRef<AbortController | null>(null);

	useEffect(() => () => stop.current?.abort(), []);
	const run = async (url: string, name: string, link = false) => {
		const mine = new AbortController();

		stop.current?.abort();
		stop.current = mine;
		setBusy(name);
		setFar({ got: 0, size: 0 });
		setError(null);
		setScan('');
		setUnknown(0);
		try {
			const got = await fetchFile(url, (n, size) =>
				setFar({ got: n, size }), mine.signal, link);

			setScan(got.scan);
			setUnknown(got.unknown);
			link ? follow(url, name) : keepBlob(got.blob, got.name || name);
		} catch (e) {
			if (e instanceof RangeError)
				follow(url, name);
			else if (!(e instanceof ApiError))
				throw e;
			else if (!mine.signal.aborted)
				setError(e);
		}
		if (stop.current === mine)
			setBusy('');
	};
	const said = busy || error || scan === 'away' || unknown > 0 ? <>
		{busy && <p class="file-progress" role="status">
			{far.size > 0 && <progress max={far.size} value={far.got}
				aria-label={busy} />}{' '}
			{far.size > 0 ? t('fetching', { got: bytes(far.got),
				size: bytes(far.size) }) : t('making')}{' '}
			<Button kind="quiet" aria-label={t('stop_name', { name: busy })}
				onClick={() => {
					stop.current?.abort();
					setBusy('');
				}}>{t('stop')}</Button>
		</p>}
		<ErrorBox error={error} title={t('not_saved')} />
		<Unscanned scan={scan} />
		{unknown > 0 && <Alert kind="warn">{t('unknown', { n: unknown })}</Alert>}
	</> : null;

	return { busy, run, said };
}

export function Unscanned({ scan }: { scan: string }) {
	return scan === 'away' ? <Alert kind="warn" title={t('unscanned')}>
		<p>{t('unscanned_do')}</p></Alert> : null;
}

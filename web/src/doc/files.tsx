// SPDX-License-Identifier: EUPL-1.2
// A document's files: their names, sizes and hashes in full, and what is in
// them, where it is text (docs/desk.md 6.10, 9.6).  Nothing of it is kept: what
// is shown is gone with the page.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, apiUrl, fetchFile, type Query, type Row, type Rows, useGet } from '../api';
import { size } from '../i18n';
import { Button, ErrorBox, Hash, Loading } from '../ui';
import { t } from '../texts/parts';
import { Unscanned, useSaving } from './save';

const SHOWN = 512 << 10; // bytes of a text that is shown in the page
const LARGE = 32 << 20; // and from here on the browser saves by itself

interface Acting { desk: string; person: string }

const is_text = (f: Row) => String(f.type).startsWith('text/plain') &&
	Number(f.size) <= SHOWN;
const is_shown = (f: Row) => is_text(f) ||
	/^image\/(png|jpeg|gif|webp)$/.test(String(f.type));

// The bytes of one, in the page's memory alone.
function Inside({ url, file }: { url: string; file: Row }) {
	const [text, set] = useState<string | null>(null);
	const [image, setImage] = useState('');
	const [scan, setScan] = useState('');
	const [error, setError] = useState<ApiError | null>(null);

	useEffect(() => {
		const stop = new AbortController();
		let made = '';

		fetchFile(url, () => undefined, stop.signal).then(async (got) => {
			const shown = is_text(file) ? await got.blob.text() : null;

			if (stop.signal.aborted)
				return;
			setScan(got.scan);
			if (shown === null)
				setImage(made = URL.createObjectURL(got.blob));
			else
				set(shown);
		}).catch((e) => {
			if (!stop.signal.aborted)
				setError(e instanceof ApiError ? e
					: new ApiError(0, 'limit', t('save_it')));
		});
		return () => {
			stop.abort();
			if (made)
				URL.revokeObjectURL(made);
		};
	}, [url]);
	if (error)
		return <ErrorBox error={error} title={t('not_opened')} />;
	return <>
		<Unscanned scan={scan} />
		{image ? <img class="file-image" src={image} alt={file.name} />
			: text === null ? <Loading />
			: <pre class="paper-text" tabIndex={0}>{text}</pre>}
	</>;
}

function OneFile({ file: f, url, open, onOpen }: {
	file: Row; url: string; open: boolean; onOpen: () => void;
}) {
	const digest = String(f.digest ?? f.hash ?? '');
	const saving = useSaving();

	return <li>
		<div class="file-head">
			<strong class="file-name">{f.name}</strong>
			<span class="soft">
				{size(Number(f.size))}
				{' · '}{f.attachment ? t('attachment') : t('document')}
			</span>
			<span class="buttons">
				{is_shown(f) && <Button aria-expanded={open}
					aria-label={t(open ? 'close_name' : 'open_name',
						{ name: f.name })} onClick={onOpen}>
					{open ? t('close') : t('open')}
				</Button>}
				<a class="button plain" href={url} download={f.name}
					aria-busy={saving.busy ? true : undefined}
					aria-label={t('save_name', { name: f.name })}
					onClick={(ev) => {
						ev.preventDefault();
						if (!saving.busy)
							void saving.run(url, f.name,
								Number(f.size) > LARGE);
					}}>{t('save')}</a>
			</span>
		</div>
		{digest && <p class="file-hash">SHA-256 <Hash value={digest} group={8} /></p>}
		{saving.said}
		{open && <Inside url={url} file={f} />}
	</li>;
}

// "base" is where they are: /documents/{id}/files; "query" what that is asked
// with.
export function FileList({ rows, base, query, content }: {
	rows: Row[]; base: string; query: Query; content?: string;
}) {
	const [open, setOpen] = useState<number | null>(null);

	if (rows.length === 0)
		return <p class="soft">{t('no_files')}</p>;
	return <>
		<ul class="doc-files">
			{rows.map((f, i) => {
				const n = Number(f.n ?? i);

				return <OneFile key={n} file={f} open={open === n}
					onOpen={() => setOpen(open === n ? null : n)}
					url={apiUrl(`${base}/${n}`, query)} />;
			})}
		</ul>
		{content && <p class="file-hash">{t('content')} <Hash value={content} group={8} /></p>}
	</>;
}

export function DocFiles({ doc, acting }: { doc: Row; acting: Acting }) {
	const has = doc.content || doc.dispatch;
	const query = { desk: acting.desk, as: acting.person };
	const got = useGet<Rows>(has ? `/documents/${doc.document}/files` : null,
		query, ['documents']);

	if (!has)
		return <p class="soft">{t('no_files')}</p>;
	if (got.error && !got.data)
		return got.error.code === 'absent' ?
			<p class="soft">{t('no_files')}</p> :
			<ErrorBox error={got.error} again={got.reload} />;
	if (!got.data)
		return <Loading />;
	return <FileList rows={got.data.rows} query={query}
		base={`/documents/${doc.document}/files`}
		content={String(got.data.content ?? doc.content ?? '')} />;
}

// SPDX-License-Identifier: EUPL-1.2
// A document's files: their names, sizes and hashes in full, and what is in
// them, where it is text.  Nothing of it is kept: what is shown is gone with
// the page.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, apiUrl, type Row, type Rows, useGet } from '../api';
import { size } from '../i18n';
import { Button, ErrorBox, Hash, Loading } from '../ui';
import { t } from '../texts/parts';

const SHOWN = 512 << 10; // bytes of a text that is shown in the page

interface Acting { desk: string; person: string }

const is_text = (f: Row) => String(f.type).startsWith('text/plain') &&
	Number(f.size) <= SHOWN;
const is_shown = (f: Row) => is_text(f) ||
	/^image\/(png|jpeg|gif|webp)$/.test(String(f.type));

// The bytes of one, in the page's memory alone.
function Inside({ url, file }: { url: string; file: Row }) {
	const [text, set] = useState<string | null>(null);
	const [image, setImage] = useState('');
	const [error, setError] = useState<ApiError | null>(null);

	useEffect(() => {
		const stop = new AbortController();
		let made = '';

		fetch(url, { cache: 'no-store', signal: stop.signal }).then(
			async (r) => {
				if (!r.ok) {
					const said = (await r.json().catch(() => ({})))
						.error ?? {};
					setError(new ApiError(r.status, said.code ?? '',
						said.text ?? `HTTP ${r.status}`));
				} else if (is_text(file)) {
					set(await r.text());
				} else {
					made = URL.createObjectURL(await r.blob());
					setImage(made);
				}
			}, (e) => {
				if (!stop.signal.aborted)
					setError(new ApiError(0, 'offline', String(e)));
			});
		return () => {
			stop.abort();
			if (made)
				URL.revokeObjectURL(made);
		};
	}, [url]);
	if (error)
		return <ErrorBox error={error} />;
	if (image)
		return <img class="file-image" src={image} alt={file.name} />;
	return text === null ? <Loading /> :
		<pre class="paper-text" tabIndex={0}>{text}</pre>;
}

// "base" is where they are: /documents/{id}/files.
export function FileList({ rows, base, acting, content }: {
	rows: Row[]; base: string; acting: Acting; content?: string;
}) {
	const [open, setOpen] = useState<number | null>(null);
	const at = (n: number) => apiUrl(`${base}/${n}`,
		{ desk: acting.desk, as: acting.person });

	if (rows.length === 0)
		return <p class="soft">{t('no_files')}</p>;
	return <>
		<ul class="doc-files">
			{rows.map((f, i) => {
				const n = Number(f.n ?? i);
				const digest = String(f.digest ?? f.hash ?? '');
				return <li key={n}>
					<div class="file-head">
						<strong class="file-name">{f.name}</strong>
						<span class="soft">
							{size(Number(f.size))}
							{' · '}{f.attachment ? t('attachment') : t('document')}
						</span>
						<span class="buttons">
							{is_shown(f) && <Button
								aria-expanded={open === n}
								aria-label={t(open === n ? 'close_name' : 'open_name',
									{ name: f.name })}
								onClick={() => setOpen(open === n ? null : n)}>
								{open === n ? t('close') : t('open')}
							</Button>}
							<a class="button plain" href={at(n)} download={f.name}
								aria-label={t('save_name', { name: f.name })}>
								{t('save')}
							</a>
						</span>
					</div>
					{digest && <p class="file-hash">SHA-256 <Hash value={digest} group={8} /></p>}
					{open === n && <Inside url={at(n)} file={f} />}
				</li>;
			})}
		</ul>
		{content && <p class="file-hash">{t('content')} <Hash value={content} group={8} /></p>}
	</>;
}

export function DocFiles({ doc, acting }: { doc: Row; acting: Acting }) {
	const has = doc.content || doc.dispatch;
	const got = useGet<Rows>(has ? `/documents/${doc.document}/files` : null,
		{ desk: acting.desk, as: acting.person }, ['documents']);

	if (!has)
		return <p class="soft">{t('no_files')}</p>;
	if (got.error && !got.data)
		return got.error.code === 'absent' ?
			<p class="soft">{t('no_files')}</p> :
			<ErrorBox error={got.error} again={got.reload} />;
	if (!got.data)
		return <Loading />;
	return <FileList rows={got.data.rows} acting={acting}
		base={`/documents/${doc.document}/files`}
		content={String(got.data.content ?? doc.content ?? '')} />;
}

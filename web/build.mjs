// SPDX-License-Identifier: EUPL-1.2
//
//	node web/build.mjs PACKAGES OUT
//
// Make the pages from web/src into OUT: app.js, app.css, mark.svg and
// index.html, each also compressed, and assets.c, which holds them all for the
// program (src/web/asset.h).  What a page asks for by name has its hash in the
// name, so that a browser may keep it for ever.  OUT/tsconfig.json is what the
// types are checked by.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const [packages, out] = process.argv.slice(2, 4).map((p) => resolve(p));
const src = join(dirname(fileURLToPath(import.meta.url)), 'src');
const modules = join(packages, 'node_modules');
const esbuild = createRequire(join(packages, 'package.json'))('esbuild');

mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'tsconfig.json'), JSON.stringify({
	compilerOptions: {
		target: 'es2022',
		lib: ['es2022', 'dom', 'dom.iterable'],
		module: 'esnext',
		moduleResolution: 'bundler',
		jsx: 'react-jsx',
		jsxImportSource: 'preact',
		strict: true,
		noUnusedLocals: true,
		noUnusedParameters: true,
		noFallthroughCasesInSwitch: true,
		skipLibCheck: true,
		noEmit: true,
		types: [],
		paths: {
			preact: [join(modules, 'preact')],
			'preact/*': [join(modules, 'preact/*')],
		},
	},
	include: [join(src, '**/*')],
}, null, '\t') + '\n');

const built = await esbuild.build({
	entryPoints: [join(src, 'main.tsx'), join(src, 'app.css')],
	entryNames: '[name]',
	outdir: out,
	nodePaths: [modules],
	bundle: true,
	minify: true,
	write: false,
	format: 'esm',
	target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
	charset: 'utf8',
	legalComments: 'none',
	jsx: 'automatic',
	jsxImportSource: 'preact',
	logLevel: 'warning',
});

const of = (name) => built.outputFiles.find((f) => f.path.endsWith(name))
    .contents;
const hashed = (name, ext, bytes) => `/${name}-${createHash('sha256')
    .update(bytes).digest('hex').slice(0, 12)}.${ext}`;
const named = [
	['app', 'js', 'text/javascript; charset=utf-8', of('main.js')],
	['app', 'css', 'text/css; charset=utf-8', of('app.css')],
	['mark', 'svg', 'image/svg+xml', readFileSync(join(src, 'mark.svg'))],
];
const assets = [];
let html = readFileSync(join(src, 'index.html'), 'utf8');
for (const [name, ext, type, bytes] of named) {
	const path = hashed(name, ext, bytes);
	html = html.replace(`/${name}.${ext}`, path);
	assets.push([`${name}.${ext}`, path, type, Buffer.from(bytes), true]);
}
assets.unshift(['index.html', '/', 'text/html; charset=utf-8',
	Buffer.from(html), false]);

let c = '/* Made by web/build.mjs. */\n#include "web/asset.h"\n\n';
let rows = '';
assets.forEach(([file, path, type, bytes, immutable], i) => {
	const gz = gzipSync(bytes, { level: 9 });

	writeFileSync(join(out, file), bytes);
	writeFileSync(join(out, `${file}.gz`), gz);
	c += `static const unsigned char asset_${i}[] = {\n`;
	for (let at = 0; at < gz.length; at += 24)
		c += `\t${[...gz.subarray(at, at + 24)].join(',')},\n`;
	c += '};\n';
	rows += `\t{ "${path}", "${type}", asset_${i}, sizeof asset_${i}, ` +
	    `${immutable} },\n`;
});
c += `\nconst struct web_asset web_assets[] = {\n${rows}` +
    '\t{ 0 },\n};\n';
writeFileSync(join(out, 'assets.c'), c);

// SPDX-License-Identifier: EUPL-1.2
//
// Pictures of the pages for people who read about them, in both languages.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { finish, goes, launch, ok, settled, signsIn, someone, test }
    from './browser.mjs';

const SIZE = { width: 1000, height: 720 };
const TEXT = 'Kính gửi: Văn thư Tỉnh Điện Biên.\n\nThực hiện Kế hoạch phòng, ' +
    'chống thiên tai năm 2026, đề nghị các đơn vị bảo đảm liên lạc cơ yếu ' +
    'thông suốt, trực 24/24 giờ; báo cáo trước 16 giờ hằng ngày.';

// ---- small: a palette is enough for pages ---------------------------------------

function crc32(bytes) {
	let c = 0xffffffff;

	for (const b of bytes) {
		c ^= b;
		for (let i = 0; i < 8; i++)
			c = c & 1 ? c >>> 1 ^ 0xedb88320 : c >>> 1;
	}
	return ~c >>> 0;
}

function chunk(type, data) {
	const head = Buffer.from(type, 'latin1');
	const out = Buffer.alloc(12 + data.length);

	out.writeUInt32BE(data.length, 0);
	head.copy(out, 4);
	data.copy(out, 8);
	out.writeUInt32BE(crc32(Buffer.concat([head, data])), 8 + data.length);
	return out;
}

/* The pixels of what Chromium writes: 8 bits, RGB or RGBA, not interlaced. */
function pixels(png) {
	const data = [];
	let width = 0, height = 0, n = 3;

	for (let at = 8; at < png.length;) {
		const len = png.readUInt32BE(at);
		const type = png.toString('latin1', at + 4, at + 8);

		if (type === 'IHDR') {
			width = png.readUInt32BE(at + 8);
			height = png.readUInt32BE(at + 12);
			n = png[at + 17] === 6 ? 4 : 3;
		} else if (type === 'IDAT') {
			data.push(png.subarray(at + 8, at + 8 + len));
		}
		at += 12 + len;
	}
	const raw = inflateSync(Buffer.concat(data)), row = width * n;
	const out = Buffer.alloc(row * height);
	for (let y = 0; y < height; y++) {
		const filter = raw[y * (row + 1)];

		for (let x = 0; x < row; x++) {
			const a = x < n ? 0 : out[y * row + x - n];
			const b = y < 1 ? 0 : out[(y - 1) * row + x];
			const c = x < n || y < 1 ? 0 : out[(y - 1) * row + x - n];
			const pa = Math.abs(b - c), pb = Math.abs(a - c);
			const pc = Math.abs(a + b - 2 * c);
			const guess = [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ?
			    a : pb <= pc ? b : c][filter];

			out[y * row + x] = raw[y * (row + 1) + 1 + x] + guess;
		}
	}
	return { width, height, n, out };
}

/* The 64 colours there are most of; each other becomes the nearest of them. */
function fewColours(png) {
	const { width, height, n, out } = pixels(png);
	const counts = new Map();
	const key = (i) => out[i] << 16 | out[i + 1] << 8 | out[i + 2];

	for (let i = 0; i < out.length; i += n)
		counts.set(key(i), (counts.get(key(i)) ?? 0) + 1);
	const far = (a, b) => [16, 8, 0].reduce((sum, s) =>
	    sum + ((a >> s & 255) - (b >> s & 255)) ** 2, 0);
	const best = [];
	for (const [c] of [...counts].sort((a, b) => b[1] - a[1])) {
		if (best.length < 64 && best.every((b) => far(b, c) > 300))
			best.push(c);
	}
	const nearest = new Map([...counts.keys()].map((c) => [c, best
	    .reduce((at, b, i) => far(b, c) < far(best[at], c) ? i : at, 0)]));
	const rows = Buffer.alloc((width + 1) * height);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			rows[y * (width + 1) + 1 + x] =
			    nearest.get(key((y * width + x) * n));
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head[8] = 8;
	head[9] = 3;
	return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'),
		chunk('IHDR', head), chunk('PLTE', Buffer.from(best.flatMap((c) =>
		    [c >> 16, c >> 8 & 255, c & 255]))),
		chunk('IDAT', deflateSync(rows, { level: 9 })),
		chunk('IEND', Buffer.alloc(0))]);
}

/* The page as it stands, in both languages. */
async function pictures(page, name, height = SIZE.height) {
	const path = (l) => join(process.env.ANTIN_PICTURES, `${name}.${l}.png`);

	await page.setViewportSize({ ...SIZE, height });
	for (const [l, other] of [['vi', 'English'], ['en', 'Tiếng Việt']]) {
		await page.waitForTimeout(400);
		await settled(page);
		await page.evaluate(() => document.activeElement?.blur());
		await page.mouse.move(0, 0);
		await page.evaluate(() => {
			scrollTo(0, 0);
			document.querySelector('nav.side').scrollTop = 0;
		});
		writeFileSync(path(l), fewColours(await page.screenshot(
		    { animations: 'disabled' })));
		await page.locator('nav.side .button', { hasText: other }).click();
	}
	ok(true, name);
}

const at = {};
const part = (name, what) => test(name, what);
const button = (page, name) => page.getByRole('button', { name, exact: true });
const yes = (page) => page.locator('dialog .dialog-actions .main').click();

await launch();
await part('they come', async () => {
	for (const who of ['lan', 'mai', 'ha']) {
		at[who] = (await someone({ size: SIZE })).page;
		await signsIn(at[who], who);
		await settled(at[who]);
		const gate = at[who].locator('.gate button').first();
		await gate.click();
		await gate.waitFor({ state: 'detached' });
		await at[who].locator('.toast button').first().click();
	}
	await at.ha.locator('.todo a[href*="/den/thu/"]').first().waitFor();
	await pictures(at.ha, 'hom-nay');
	await goes(at.ha, '/den');
	await pictures(at.ha, 'den');
	await goes(at.ha, '/mang');
	await pictures(at.ha, 'mang');
});

await part('Lan writes', async () => {
	const page = at.lan;

	await goes(page, '/soan');
	await page.locator('textarea').last().waitFor();
	const to = page.getByRole('combobox', { name: 'Nơi nhận' });
	await to.fill('dien bien');
	await page.getByRole('option').first().waitFor();
	await to.press('ArrowDown');
	await to.press('Enter');
	await to.press('Escape');
	await page.getByLabel('Viết tắt cơ quan trong ký hiệu').first().fill('VP');
	await page.getByLabel('Viết tắt đơn vị soạn thảo').first().fill('CY');
	await page.getByLabel('Trích yếu').first().fill(
	    'Về việc bảo đảm liên lạc cơ yếu mùa mưa lũ');
	await page.getByRole('radio', { name: 'Mật', exact: true }).check();
	await page.getByRole('radio', { name: 'Khẩn', exact: true }).check();
	await page.getByLabel('Mục trong danh mục bí mật nhà nước').first()
	    .fill('1.2');
	await page.getByLabel('Nội dung', { exact: true }).fill(TEXT);
	await page.setInputFiles('input[type=file]', { name: 'ke-hoach-lien-lac.pdf',
		mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n') });
	await page.getByText('Đã tải lên').waitFor();
	await page.evaluate(() => scrollTo(0, 0));
	await pictures(page, 'soan', 1400);
	await button(page, 'Trình dự thảo').click();
	await page.locator('dialog[open]').waitFor();
	await yes(page);
	const wrong = page.locator('dialog .alert.bad');
	await Promise.race([page.waitForURL('**/ho-so/*'), wrong.waitFor()]);
	if (await wrong.count())
		throw new Error(await wrong.innerText());
});

await part('Mai decides', async () => {
	const page = at.mai;

	await goes(page, '/duyet-ky');
	await page.locator('.todo a').first().click();
	await page.locator('.doc-files li').first().waitFor();
	await pictures(page, 'duyet-ky', 1000);
	for (const what of ['Quyết định độ mật', 'Ký']) {
		const id = new URL(at.lan.url()).pathname.split('/')[2];

		await goes(page, `/duyet-ky/${id}`);
		await button(page, what).first().click();
		await page.locator('dialog[open]').waitFor();
		await yes(page);
		await page.locator('dialog[open]').waitFor({ state: 'detached' });
		await settled(page);
	}
});

await part('Ha releases', async () => {
	const page = at.ha;
	const id = new URL(at.lan.url()).pathname.split('/')[2];

	await goes(page, `/phat-hanh/${id}`);
	await button(page, 'Làm lần lượt 5 bước').click();
	await page.locator('dialog[open]').waitFor();
	await yes(page);
	await page.locator('main .table').waitFor();
	await settled(page);
	await page.waitForTimeout(3000); // the first receipts
	await page.locator('.toast button').first().click({ timeout: 1000 })
	    .catch(() => undefined);
	await pictures(page, 'phat-hanh', 900);
	await goes(page, `/ho-so/${id}`);
	await page.locator('.timeline').waitFor();
	await pictures(page, 'ho-so', 1100);
	await goes(page, '/so');
	await pictures(page, 'so', 1000);
});
await finish();

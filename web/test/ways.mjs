// SPDX-License-Identifier: EUPL-1.2
//
// What else may become of a document: the steps beside and after its way, each by
// its button, by the people who may; and who may not is told so.
import { finish, goes, is, launch, NARROW, ok, settled, shot, sticksOut, WIDE }
	from './browser.mjs';
import { addresses, at, button, chooses, clean, comes_in, dialog, dialog_yes,
	fills, no_faults, part, people, saves, sees, state_is, step,
	step_for_good } from './desk.mjs';

const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString()
	.slice(0, 10);
let ours = '', theirs = '';

await launch();

// A document that Lan submits; its id.
async function drafts(abstract, secret = {}) {
	const page = await comes_in('lan');

	await goes(page, '/soan');
	await page.locator('textarea').last().waitFor();
	await addresses(page, 'dien bien');
	await fills(page, 'Viết tắt cơ quan trong ký hiệu', 'VP');
	await fills(page, 'Viết tắt đơn vị soạn thảo', 'TH');
	await fills(page, 'Trích yếu', abstract);
	if (secret.level) {
		await chooses(page, 'Độ mật', secret.level);
		await fills(page, 'Mục trong danh mục bí mật nhà nước', '1.2');
		await chooses(page, 'Được sao, chụp', 'Có');
		await fills(page, 'Bảo vệ đến ngày', secret.until);
	}
	await page.getByLabel('Nội dung', { exact: true }).fill(abstract);
	await button(page, 'Trình dự thảo').click();
	await dialog_yes(page).click();
	await page.waitForURL('**/ho-so/*');
	await settled(page);
	return at(page)[2];
}

async function is_signed(id, secret) {
	const page = await comes_in('mai');

	await goes(page, `/duyet-ky/${id}`);
	if (secret)
		await step(page, 'Quyết định độ mật');
	await step(page, 'Ký');
}

// All that is left, in order.
async function does_all(page) {
	await page.getByRole('button', { name: /^Làm lần lượt/ }).click();
	await dialog_yes(page).click();
	await dialog(page).waitFor({ state: 'detached' });
}

async function is_released(id) {
	const page = await comes_in('ha');

	await goes(page, `/phat-hanh/${id}`);
	await does_all(page);
	await page.locator('main .table').waitFor();
}

// The one that came last is taken in at the other office, and registered.
async function is_taken_in() {
	const page = await comes_in('bich');

	await goes(page, '/den');
	await page.locator('.todo a[href*="/den/thu/"]').first().click();
	await settled(page);
	await button(page, 'Tiếp nhận văn bản').click();
	await page.waitForURL(/\/den\/[0-9a-f]{32}$/);
	await settled(page);
	await page.locator('.seq').waitFor();
	if (await page.getByLabel('Trích yếu').count())
		await fills(page, 'Trích yếu', 'Đã đến');
	await does_all(page);
	await page.locator('.seq').waitFor({ state: 'detached' });
	await settled(page);
	return at(page)[2];
}

const story = async (who, id) => {
	const page = await comes_in(who);

	await goes(page, `/ho-so/${id}`);
	await page.locator('.timeline').waitFor();
	return page;
};

// ---- before it is sent ---------------------------------------------------------------

await part('one is revised, and cancelled', async () => {
	const id = await drafts('Lịch họp');
	const page = people.lan.page;

	await step(page, 'Sửa dự thảo', async (d) => {
		await dialog_yes(page).click();
		await d.locator('.field-error, .alert.bad').first().waitFor();
		ok(true, 'nothing is revised without a new text');
		await d.locator('input[type=file]').setInputFiles({
			name: 'lich.txt', mimeType: 'text/plain',
			buffer: Buffer.from('Lịch họp tuần sau\n') });
		await d.getByText('Đã tải lên').waitFor();
		await clean(page, 'where a draft is revised');
		await shot(page, 'khac-sua');
	});
	await sees(page, '.timeline', 'Sửa dự thảo', 'a draft is revised');
	await is_signed(id, false);
	const ha = await comes_in('ha');
	await goes(ha, `/phat-hanh/${id}`);
	await button(ha, 'Chỉ làm bước này').click();
	await dialog_yes(ha).click();
	await state_is(ha, 'đã cấp số', 'one step is taken by itself');
	await step_for_good(ha, 'Hủy văn bản', (d) => d.getByLabel('Lý do')
	    .fill('Họp hoãn'));
	await sees(ha, '.way .way-left', 'đã hủy', 'what has a number is cancelled');
	is(await ha.locator('.seq').count(), 0, 'and is not released any more');
	await shot(ha, 'khac-huy');
	await goes(ha, `/ho-so/${id}`);
	await sees(ha, 'main', '01/', 'its number stays');
});

// ---- what comes after -----------------------------------------------------------------

await part('a secret one goes', async () => {
	ours = await drafts('Phương án bảo vệ', { level: 'Mật', until: day(30) });
	await is_signed(ours, true);
	await is_released(ours);
	theirs = await is_taken_in();
	ok(theirs, 'it is with the other office');
});

await part('it is handed over', async () => {
	const page = await comes_in('ha');

	await goes(page, `/phat-hanh/${ours}`);
	await step(page, 'Chuyển giao', async (d) => {
		await dialog_yes(page).click();
		ok((await d.innerText()).includes('Cần ghi mục này'),
		    'not to nobody');
		await d.getByLabel('Giao cho').fill('Phòng Tổng hợp');
		await d.getByLabel('Người ký nhận').fill('Nguyễn Văn Nam');
		await clean(page, 'where it is handed over');
		await shot(page, 'khac-chuyen-giao');
	});
	await goes(page, `/ho-so/${ours}`);
	await sees(page, '.timeline', 'Phòng Tổng hợp', 'it is handed over');
});

await part('copies', async () => {
	const page = await story('mai', ours);

	await step(page, 'Cho phép sao, chụp', async (d) => {
		await d.getByRole('radio', { name: 'Sao toàn bộ' }).check();
		await d.getByLabel('Số lượng bản').fill('2');
		const to = d.getByRole('combobox', { name: 'Nơi nhận' });
		await to.fill('Phòng Tổng hợp');
		await to.press('Enter');
		await clean(page, 'where copies are permitted');
		await shot(page, 'khac-cho-sao');
	});
	await sees(page, '.timeline', 'Cho phép sao, chụp', 'copies are permitted');
	is(await button(page, 'Ghi việc sao, chụp').count(), 0,
	    'who permits them is not offered to make them');
	const ha = await story('ha', ours);
	is(await button(ha, 'Cho phép sao, chụp').count(), 0,
	    'and a clerk permits none');
	await button(ha, 'Ghi việc sao, chụp').click();
	await dialog(ha).getByRole('radio', { name: 'Sao toàn bộ' }).check();
	await dialog(ha).getByLabel('Số bản đã sao').fill('3');
	await dialog_yes(ha).click();
	await dialog(ha).locator('.alert.bad').waitFor();
	ok(true, 'more copies than were permitted are refused');
	await shot(ha, 'khac-sao-qua');
	await dialog(ha).getByLabel('Số bản đã sao').fill('2');
	await dialog_yes(ha).click();
	await dialog(ha).waitFor({ state: 'detached' });
	await sees(ha, '.timeline', 'Sao, chụp', 'and as many as were are made');
});

await part('its protection', async () => {
	const page = await story('mai', ours);

	await step(page, 'Gia hạn bảo vệ', async (d) => {
		await dialog_yes(page).click();
		ok((await d.innerText()).includes('Cần ghi mục này'),
		    'it is not extended without its decision');
		await d.getByLabel('Bảo vệ đến ngày').fill(day(400));
		await d.getByLabel('Số văn bản quyết định').fill('12/QĐ-VP');
		await shot(page, 'khac-gia-han');
	});
	await sees(page, 'main .alert', 'thời hạn bảo vệ đã được gia hạn',
	    'what is owed in writing is said');
	await step(page, 'Điều chỉnh độ mật', async (d) => {
		await d.getByRole('radio', { name: 'Tối mật' }).check();
		await d.getByLabel('Mục trong danh mục').fill('2.1');
		await d.getByLabel('Số văn bản quyết định').fill('13/QĐ-VP');
		await clean(page, 'where a level is changed');
		await shot(page, 'khac-dieu-chinh');
	});
	await sees(page, '.marks', 'TỐI MẬT', 'its level is another');
	const bich = await story('bich', theirs);
	await step(bich, 'Thực hiện quyết định của nơi gửi', async (d) => {
		await d.getByRole('radio', { name: 'Điều chỉnh độ mật' }).check();
		await d.getByRole('radio', { name: 'Tối mật' }).check();
		await d.getByLabel('Số văn bản quyết định').fill('13/QĐ-VP');
		await clean(bich, 'where an act is followed');
		await shot(bich, 'khac-thuc-hien');
	});
	await sees(bich, '.marks', 'TỐI MẬT', 'who holds it follows');
	const mai = await story('mai', ours);
	await step(mai, 'Giải mật', async (d) => {
		await d.getByLabel('Lý do').fill('Đã công bố');
		await d.getByLabel('Số văn bản quyết định').fill('14/QĐ-VP');
	});
	await sees(mai, 'main .alert', 'văn bản đã giải mật',
	    'what is declassified is to be said, too');
	await shot(mai, 'khac-giai-mat');
	is(await button(mai, 'Giải mật').count(), 0, 'it is no secret any more');
	await step(bich, 'Thực hiện quyết định của nơi gửi', async (d) => {
		await d.getByRole('radio', { name: 'Giải mật' }).check();
		await d.getByLabel('Số văn bản quyết định').fill('14/QĐ-VP');
	});
	await sees(bich, '.timeline', '14/QĐ-VP', 'nor there');
});

// ---- letters that are no documents ----------------------------------------------------

await part('letters', async () => {
	const id = await drafts('Báo cáo quý');
	await is_signed(id, false);
	await is_released(id);
	const ha = people.ha.page;
	const bich = await comes_in('bich');
	const chases = async () => {
		await ha.getByRole('button', { name: /^Đôn đốc/ }).first().click();
		await dialog_yes(ha).click();
		await dialog(ha).waitFor({ state: 'detached' });
	};

	await is_taken_in();
	await ha.locator('.table').getByText('đã tiếp nhận và xử lý').waitFor();
	const two = await drafts('Báo cáo tháng');
	await is_signed(two, false);
	await is_released(two);
	await chases();
	await goes(bich, '/den');
	await bich.locator('.todo a[href*="/den/thu/"]').nth(1).waitFor();
	is(await bich.locator('.todo a[href*="/den/thu/"]').count(), 2,
	    'a document and a reminder wait');
	for (const [act, done] of [['Đã xử lý, gửi biên nhận', 'ack'],
	    ['Từ chối …', 'refuse']]) {
		if (done === 'refuse')
			await chases();
		await finds_letter(bich);
		await button(bich, act).click();
		await dialog(bich).waitFor();
		await clean(bich, `where a letter is answered: ${done}`);
		if (done === 'refuse') {
			await dialog(bich).getByRole('radio',
			    { name: 'Không thuộc thẩm quyền' }).check();
			await dialog(bich).getByRole('textbox').fill('Gửi sở khác');
		}
		await shot(bich, `khac-thu-${done}`);
		await dialog_yes(bich).click();
		await bich.waitForURL('**/den');
		await settled(bich);
		ok(true, `a letter: ${done}`);
	}
	await bich.locator('.todo a[href*="/den/thu/"]').nth(1)
	    .waitFor({ state: 'detached' });
	ok(true, 'and neither waits any more');
});

// The one without a record; the other is a document.
async function finds_letter(page) {
	await goes(page, '/den');
	await page.locator('.todo a[href*="/den/thu/"]').nth(1).waitFor();
	const all = await page.locator('.todo a[href*="/den/thu/"]')
	    .evaluateAll((as) => as.map((a) => a.getAttribute('href')));
	for (const href of all) {
		await goes(page, href);
		await button(page, 'Mở thư').click();
		await page.locator('.facts, dl').first().waitFor();
		await settled(page);
		if ((await page.innerText('main')).includes('Không có hồ sơ bước'))
			return;
	}
	throw new Error('there is no letter');
}

// ---- its end -----------------------------------------------------------------------------

await part('it is recalled', async () => {
	const page = await comes_in('mai');

	await goes(page, `/phat-hanh/${ours}`);
	await step_for_good(page, 'Thu hồi', (d) => d.getByLabel('Lý do')
	    .fill('Thay bằng văn bản khác'));
	await sees(page, '.way .way-left', 'bị thu hồi', 'it is recalled here');
	const bich = await comes_in('bich');
	await goes(bich, `/den/${theirs}`);
	await sees(bich, '.alert', 'đã thu hồi văn bản này',
	    'where it came the clerk is told so');
	await clean(bich, 'where a recall is told');
	await shot(bich, 'khac-den-thu-hoi');
	const cuong = await story('cuong', theirs);
	await step_for_good(cuong, 'Ghi việc nơi gửi thu hồi', async (d) => {
		await d.getByLabel('Lý do').fill('Nơi gửi thu hồi');
		await d.getByLabel('Số văn bản quyết định').fill('14/TB-VP');
		await shot(cuong, 'khac-ghi-thu-hoi');
	});
	await sees(cuong, '.way .way-left', 'bị thu hồi', 'and where it had come');
	await shot(cuong, 'khac-thu-hoi');
});

await part('one is recalled before it is opened', async () => {
	const id = await drafts('Giấy mời');
	const bich = await comes_in('bich');

	await is_signed(id, false);
	await is_released(id);
	await goes(bich, '/den');
	await bich.locator('.todo a[href*="/den/thu/"]').nth(1).waitFor();
	// what has waited longest comes first
	await bich.locator('.todo a[href*="/den/thu/"]').last().click();
	await settled(bich);
	const gone = at(bich)[3];
	const page = people.mai.page;
	await goes(page, `/phat-hanh/${id}`);
	await step_for_good(page, 'Thu hồi', (d) => d.getByLabel('Lý do')
	    .fill('Nhầm nơi nhận'));
	await sees(bich, '.alert', 'bị thu hồi trước khi mở',
	    'who has not opened it sees that it is withheld');
	await shot(bich, 'khac-thu-hoi-chua-mo');
	is(await bich.getByRole('button', { name: /^(Mở thư|Tiếp nhận|Từ chối)/ })
	    .count(), 0, 'and is offered nothing that would be refused');
	await clean(bich, 'where a letter is withheld');
	await bich.getByRole('button', { name: /^Kiểm tra có đúng nơi gửi/ }).click();
	await sees(bich, '.alert.bad', 'thu hồi',
	    'nor is it opened, for its sender it was who recalled it');
	await goes(bich, '/den');
	await sees(bich, '.todo li', 'Bị thu hồi trước khi mở',
	    'among what came it is said, too');
	await clean(bich, 'where one of them is withheld');
	await goes(bich, '/');
	await bich.locator('main h1').waitFor();
	is(await bich.locator(`a[href="/den/thu/${gone}"]`).count(), 0,
	    'and it is no work of today');
});

await part('it is destroyed before two', async () => {
	const mai = await story('mai', ours);
	const decides = () => step_for_good(mai, 'Quyết định tiêu hủy',
	    async (d) => {
		await d.getByLabel('Lý do').fill('Hết giá trị');
		await d.getByLabel('Số văn bản quyết định').fill('15/QĐ-VP');
		await clean(mai, 'where destruction is decided');
		await shot(mai, 'khac-quyet-dinh-huy');
	    });

	await decides();
	await sees(mai, '.way-left', 'đã quyết định tiêu hủy', 'it is decided');
	ok(await button(mai, 'Chứng kiến tiêu hủy').isDisabled(),
	    'who decided witnesses nothing');
	await sees(mai, '.alert', 'Phải là người khác', 'and is told so');
	await shot(mai, 'khac-khong-chung-kien');
	await step(mai, 'Dừng việc tiêu hủy', (d) => d.getByLabel('Lý do')
	    .fill('Xem lại'));
	await sees(mai, '.way-left', 'bị thu hồi', 'the decision is taken back');
	await decides();
	const lan = await comes_in('lan');
	await goes(lan, '/duyet-ky');
	await lan.locator(`.todo a[href$="${ours}"]`).click();
	await settled(lan);
	await step(lan, 'Chứng kiến tiêu hủy');
	const ha = await comes_in('ha');
	await goes(ha, '/hom-nay');
	await ha.locator(`.todo a[href$="${ours}"]`).click();
	await settled(ha);
	await step_for_good(ha, 'Tiêu hủy', async (d) => {
		await d.getByLabel('Cách tiêu hủy').fill('Xóa, cắt vụn');
		await d.getByLabel('Biên bản số').fill('01/BB');
		await clean(ha, 'where it is destroyed');
		await shot(ha, 'khac-tieu-huy');
	});
	await goes(ha, `/ho-so/${ours}`);
	await sees(ha, '.way-left', 'đã tiêu hủy', 'it is destroyed');
	const said = await ha.innerText('main');
	ok(!said.includes('Phương án bảo vệ'), 'no word of it is left');
	ok(said.includes('Nội dung bước này đã tiêu hủy'),
	    'and its steps say that they are without words');
	ok(said.includes('Trần Thị Lan'), 'and who took them');
	await shot(ha, 'khac-da-tieu-huy');
	is((await saves(ha, 'In biên bản tiêu hủy (PDF)')).subarray(0, 5)
	    .toString(), '%PDF-', 'its minutes are printed');
});

await part('one is destroyed in danger', async () => {
	const id = await drafts('Sơ đồ kho', { level: 'Mật', until: day(900) });
	const page = await story('lan', id);

	await step_for_good(page, 'Tiêu hủy khẩn cấp', async (d) => {
		await d.getByLabel('Lý do').fill('Cháy');
		await d.getByLabel('Cách tiêu hủy').fill('Xóa');
		await shot(page, 'khac-nguy-cap');
	});
	await sees(page, '.way-left', 'còn phải báo cáo', 'its report is owed');
	await goes(page, '/hom-nay');
	await sees(page, '.todo a', 'Báo cáo việc tiêu hủy',
	    'which is put before her');
	await page.locator('.todo a').filter({ hasText: 'Báo cáo' }).first().click();
	await settled(page);
	await page.setViewportSize(NARROW);
	await page.emulateMedia({ colorScheme: 'dark' });
	await step(page, 'Báo cáo việc tiêu hủy', async (d) => {
		await d.getByLabel('Số văn bản quyết định').fill('16/BC-VP');
		await d.getByLabel('Giao cho').fill('Lãnh đạo Văn phòng');
		await clean(page, 'in a dialog at 360 pixels');
		await shot(page, 'khac-bao-cao-dark-360');
	});
	is(await sticksOut(page), '', 'nothing is wider than a phone');
	await sees(page, '.way-left', 'đã tiêu hủy', 'and then it is given');
	await clean(page, 'in what is destroyed, at 360 pixels');
	await shot(page, 'khac-da-huy-dark-360');
	await page.setViewportSize(WIDE);
	await page.emulateMedia({ colorScheme: 'light' });
});

await no_faults();
await finish();

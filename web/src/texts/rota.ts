/* SPDX-License-Identifier: EUPL-1.2 */
import { texts } from '../i18n';

export const t = texts({
	title: { vi: 'Lịch trực', en: 'Rota' },
	lead: {
		vi: 'Ai trực từ lúc nào đến lúc nào, theo giờ Việt Nam. Lịch không tự chuyển ca: người trực nhận ca tại trang Người và vai.',
		en: "Who is to be on duty from when to when, in Vietnam's time. Nobody is on duty by it alone: who comes takes over on the page People and roles.",
	},
	back: { vi: '← Người và vai', en: '← People and roles' },
	open: { vi: 'Xem và sửa lịch trực', en: 'See and change the rota' },
	see: { vi: 'Chỉ xem: lịch trực do người giữ vai trực ban hoặc quản trị lập.', en: 'To look at: a rota is made by a duty officer or an administrator.' },
	people: { vi: 'Người trực', en: 'Who takes part' },
	'people.how': {
		vi: 'Chọn trong những người có khóa tại trạm. Người đang có ca thì bỏ ca trước rồi mới bỏ chọn được.',
		en: 'Of those whose keys the station has. Who has a shift cannot be taken out before it is.',
	},
	'people.none': { vi: 'Trạm chưa có khóa của người nào để xếp lịch.', en: 'The station has the key of nobody who could be on duty.' },
	shifts: { vi: 'Các ca', en: 'Shifts' },
	shift: { vi: 'Ca {n}', en: { one: 'Shift {n}', other: 'Shift {n}' } },
	none: { vi: 'Chưa có ca nào.', en: 'There is no shift yet.' },
	who: { vi: 'Người trực', en: 'Who' },
	'who.none': { vi: 'chọn người', en: 'choose' },
	from: { vi: 'Từ', en: 'From' },
	until: { vi: 'Đến', en: 'Until' },
	add: { vi: 'Thêm ca', en: 'Add a shift' },
	week: { vi: 'Lặp lại 7 ngày cuối', en: 'Repeat the last 7 days' },
	remove: { vi: 'Bỏ ca', en: 'Take out' },
	'remove.what': { vi: 'Bỏ ca {n}: {who}', en: { one: 'Take out shift {n}: {who}', other: 'Take out shift {n}: {who}' } },
	gap: { vi: 'Không có người trực từ {from} đến {until}.', en: 'Nobody is on duty from {from} until {until}.' },
	'gap.more': { vi: 'và {n} khoảng nữa', en: { one: 'and {n} more', other: 'and {n} more' } },
	save: { vi: 'Ghi lịch trực', en: 'Put in force' },
	undo: { vi: 'Bỏ thay đổi', en: 'Undo changes' },
	'save.title': { vi: 'Ghi lịch trực mới?', en: 'Put this rota in force?' },
	'save.what': {
		vi: 'Lịch này thay lịch cũ ngay: {n} ca, từ {from} đến {until}. Người đang trực vẫn trực cho đến khi có người nhận ca. Việc này ghi vào nhật ký và sổ trực cùng tên người lập.',
		en: { one: 'It takes the place of the old one at once: {n} shift, from {from} until {until}. Who is on duty stays so until somebody takes over. The journal and the records of duty have it, with your name.',
			other: 'It takes the place of the old one at once: {n} shifts, from {from} until {until}. Who is on duty stays so until somebody takes over. The journal and the records of duty have it, with your name.' },
	},
	'save.plain': { vi: 'Lịch này thay lịch cũ ngay. Trạm kiểm tra từng ca trước khi ghi.', en: 'It takes the place of the old one at once. The station checks each shift before.' },
	done: { vi: 'Lịch trực mới có hiệu lực.', en: 'The rota is in force.' },
	leave: { vi: 'Lịch trực đã sửa mà chưa ghi. Rời trang này và bỏ thay đổi?', en: 'The rota was changed and not put in force. Leave, and lose the changes?' },
	refused: { vi: 'Trạm không nhận lịch này', en: 'The station does not take this rota' },
});

/* SPDX-License-Identifier: EUPL-1.2 */
import { texts } from '../i18n';

export const t = texts({
	title: { vi: 'Nhật ký', en: 'Journal' },
	lead: {
		vi: 'Mọi quyết định của trạm là một mục nhật ký, chỉ ghi thêm. Điểm chốt có chữ ký của trạm và của cấp trên làm cho không ai sửa hay bớt được mà không bị phát hiện. Nhật ký không chứa nội dung văn bản.',
		en: "Each decision of the station is an entry, and entries are only added. Checkpoints signed by the station and by the one above show any change. What a dispatch says is not in it.",
	},
	size: { vi: 'Số mục', en: 'Entries' },
	checkpoint: { vi: 'Điểm chốt mới nhất', en: 'Newest checkpoint' },
	'checkpoint.of': { vi: '{n} mục, {time}', en: '{n} entries, {time}' },
	'checkpoint.none': { vi: 'chưa có', en: 'none yet' },
	checkpoints: { vi: 'Điểm chốt đang giữ', en: 'Checkpoints that are kept' },
	witnessed: { vi: 'có chữ ký của trạm cấp trên', en: 'signed by the station above, too' },
	unwitnessed: { vi: 'chưa có chữ ký của trạm cấp trên', en: 'not signed by the station above' },
	verify: { vi: 'Kiểm tra nhật ký', en: 'Verify the journal' },
	'verify.what': {
		vi: 'Đọc lại toàn bộ nhật ký, đối chiếu từng mục và từng điểm chốt với chữ ký. Trạm vẫn làm việc trong lúc kiểm tra.',
		en: 'Reads all of it and holds each entry and each checkpoint to the signatures. The station works on meanwhile.',
	},
	'verify.busy': { vi: 'Đang kiểm tra: {done} / {all} mục', en: 'At work: {done} of {all} entries' },
	'verify.good': {
		vi: 'Nhật ký nguyên vẹn: {n} mục đúng với {k} điểm chốt đã ký.',
		en: 'The journal is whole: {n} entries are those of {k} signed checkpoints.',
	},
	'verify.destroyed': { vi: 'Nội dung của {n} mục đã được tiêu hủy theo quy định; các mục vẫn nguyên.', en: 'What {n} entries said was destroyed as the rules ask; the entries stand.' },
	'verify.bad': { vi: 'NHẬT KÝ KHÔNG ĐÚNG VỚI CHỮ KÝ', en: 'THE JOURNAL IS NOT WHAT WAS SIGNED' },
	'verify.bad.do': {
		vi: 'Không sửa gì trên máy này. Báo ngay đơn vị cấp trên và người kiểm tra; giữ nguyên máy làm chứng cứ.',
		en: 'Change nothing on this machine. Tell the unit above and the inspector at once; keep the machine as evidence.',
	},
	'verify.stopped': { vi: 'Chưa kiểm tra xong', en: 'It was not finished' },
	entries: { vi: 'Các mục mới nhất', en: 'Newest entries' },
	none: { vi: 'Nhật ký chưa có mục nào.', en: 'The journal has no entry yet.' },
	number: { vi: 'Số', en: 'Number' },
	at: { vi: 'Lúc', en: 'At' },
	what: { vi: 'Việc', en: 'What' },
	about: { vi: 'Về', en: 'About' },
	id: { vi: 'Văn bản', en: 'Dispatch' },
	own: { vi: 'giờ máy', en: 'own clock' },
	destroyed: { vi: 'nội dung đã tiêu hủy', en: 'what it said was destroyed' },
	older: { vi: 'Cũ hơn', en: 'Older' },
	newest: { vi: 'Về mới nhất', en: 'To the newest' },
	'gaps.none': { vi: 'Không thiếu gì: trạm chưa từng phải khôi phục.', en: 'Nothing is missing: the station never was restored.' },
	'e.started': { vi: 'trạm khởi động', en: 'the station started' },
});

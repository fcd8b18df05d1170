// SPDX-License-Identifier: EUPL-1.2
import { texts } from '../i18n';

export const t = texts({
	title: { vi: 'Hôm nay', en: 'Today' },
	mine: { vi: 'Việc cần làm', en: 'What needs you' },
	nothing: { vi: 'Không còn việc nào đang chờ', en: 'Nothing waits for you' },
	nothingHelp: { vi: 'Văn bản mới đến và việc mới được giao tự hiện ở đây, không cần tải lại trang.', en: 'What arrives or is given to you appears here by itself.' },
	sealed: { vi: 'Chưa xem được văn bản đến', en: 'What has arrived cannot be seen yet' },
	sealedHelp: { vi: 'Bộ phận chưa được mở khóa: văn bản đến, nếu có, còn nằm niêm phong. Mở khóa bộ phận ở trên để xem.', en: 'The desk is locked: what has arrived, if anything, lies sealed. Unlock the desk above to see it.' },
	write: { vi: 'Soạn văn bản', en: 'Write a document' },
	unnamed: { vi: 'Chưa có trích yếu', en: 'No abstract yet' },
	hiddenAbstract: { vi: 'Văn bản Tuyệt mật (không ghi trích yếu)', en: 'Top secret document (no abstract is kept)' },
	open: { vi: 'Mở và kiểm tra', en: 'Open and check' },
	arrivedAt: { vi: 'đến lúc {t}', en: 'arrived {t}' },
	changedAt: { vi: 'cập nhật {t}', en: 'changed {t}' },
	draft: { vi: 'Bản thảo chưa gửi', en: 'Unsent draft' },
	goOn: { vi: 'Soạn tiếp', en: 'Go on writing' },
	draftOf: { vi: 'Bản thảo: {title}', en: 'Draft: {title}' },
	more: { vi: 'Xem thêm {n} việc', en: 'Show {n} more' },
	deskClosed: { vi: 'Bộ phận {desk} chưa được mở khóa', en: '{desk} is locked' },
	deskClosedHelp: { vi: 'Văn bản đến nằm nguyên niêm phong tại trạm. Muốn đọc văn bản đến và gửi văn bản đi, hãy mở khóa bộ phận.', en: 'What arrives stays sealed at the station. Unlock the desk to read it, and to send.' },
	number: { vi: 'số {n}', en: 'no. {n}' },
	mail: { vi: 'Văn bản mới đến', en: 'New mail' },
	from: { vi: 'Nơi gửi: {from}', en: 'From: {from}' },
	counts: { vi: '{n} việc', en: { one: '{n} thing to do', other: '{n} things to do' } },
	lateCount: { vi: '{n} việc quá hạn', en: '{n} late' },
});

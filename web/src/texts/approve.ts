// SPDX-License-Identifier: EUPL-1.2
import { texts } from '../i18n';

export const t = texts({
	title: { vi: 'Duyệt và ký', en: 'Approve and sign' },
	lead: { vi: 'Những văn bản chờ bạn quyết định hoặc ký.', en: 'What waits for your decision or your signature.' },
	mine: { vi: 'Chờ bạn', en: 'They wait for you' },
	others: { vi: 'Đang chờ người khác', en: 'They wait for others' },
	none: { vi: 'Không có văn bản nào chờ bạn.', en: 'Nothing waits for you.' },
	none_help: { vi: 'Trang tự cập nhật khi có văn bản mới được trình.', en: 'This page shows by itself what is submitted.' },
	what: { vi: 'Đúng những gì sẽ được ký', en: 'Exactly what will be signed' },
	what_level: { vi: 'Đúng những gì được đề xuất', en: 'Exactly what is proposed' },
	what_check: { vi: 'Đúng những gì cần kiểm tra', en: 'Exactly what is to be checked' },
	about: { vi: 'Văn bản', en: 'The document' },
	files: { vi: 'Tệp và mã băm', en: 'Files and their hashes' },
	files_hint: { vi: 'Chữ ký gắn với mã băm của danh sách tệp: đổi một bit trong bất kỳ tệp nào thì chữ ký không còn đúng.', en: 'What is signed is the hash of the list of files: where one bit of any of them changes, the signature holds no more.' },
	before: { vi: 'Đã làm trước đó', en: 'What was done before' },
	decide: { vi: 'Quyết định của bạn', en: 'Your decision' },
	not_yours: { vi: 'Lúc này văn bản không chờ bạn quyết định.', en: 'It does not wait for a decision of yours now.' },
	all: { vi: 'Xem toàn bộ hồ sơ', en: 'The whole story' },
	back: { vi: 'Danh sách chờ ký', en: 'What waits' },
	sign_content: { vi: 'Mã băm nội dung bạn ký', en: 'Hash of the content you sign' },
	second: { vi: 'Cần hai người khác nhau. Người kia đăng nhập ở trình duyệt của mình; trang này tự cập nhật khi họ làm xong.', en: 'Two different people are needed. The other signs in at a browser of his own; this page follows by itself.' },
	next: { vi: 'Văn bản kế tiếp', en: 'The next one' },
});

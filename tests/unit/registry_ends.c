/* SPDX-License-Identifier: EUPL-1.2 */
/* How documents end, telegrams, numbers and the year's end, in a clerk's words
 * (docs/registry.md 3.8, 3.10, 4). */
#include "lives.h"

static void
recalled(struct record *r)
{
	secret_sent(r, "mat");
	MUST(r, MINH, RECALL, "reason=Sai số liệu");
}

/* ---- destruction ----------------------------------------------------------
 */

static void
three_people_destroy(struct office *o)
{
	struct clerk *kho = &clerks[KHO], was = *kho;
	struct record r;

	record_begin(&r, o);
	recalled(&r);
	ok(r.out.has_notice && r.out.notice.what == NOTICE_RECALLED,
	    "who recalls tells those who have it");
	REFUSED(&r, RC_DENIED, "out of order",
	    "nobody destroys without a decision", HOA, DESTROY, "method=Đốt",
	    "minutes=BB 1");
	DOES(&r, MINH, DECIDE_DESTROY, "reason=Hết giá trị", "instrument=QĐ 9",
	    "council=Minh; Hoa; Khó");
	REFUSED(&r, RC_DENIED, "out of order",
	    "nor before somebody witnessed it", HOA, DESTROY, "method=Đốt",
	    "minutes=BB 1");
	REFUSED(&r, RC_DENIED, "another person",
	    "who decided it does not witness it", MINH, WITNESS);
	kho->key = "minh";
	REFUSED(&r, RC_DENIED, "another key", "nor another under his key", KHO,
	    WITNESS);
	*kho = was;
	DOES(&r, KHO, WITNESS);
	kho->roles |= R(CLERK);
	REFUSED(&r, RC_DENIED, "another person",
	    "who witnessed it does not destroy it", KHO, DESTROY, "method=Đốt",
	    "minutes=BB 1");
	*kho = was;
	REFUSED(&r, RC_INVALID, "minutes",
	    "it is not destroyed without minutes", HOA, DESTROY, "method=Đốt");
	DOES(&r, HOA, DESTROY, "method=Đốt", "minutes=BB 1");
	is(r.out.destroys, DOC_DESTROY_OPENINGS | DOC_DESTROY_CONTENT,
	    "all that was written of it goes with it");
	ok(r.doc.state == STATE_DESTROYED && r.doc.did[0].destroyed &&
		!r.doc.did[r.doc.steps - 1].destroyed,
	    "what stays is who did what and when, and the minutes' number");
	ok(r.doc.value[FIELD_SYMBOL].len == 0, "nothing else can be read");
	ok(bytes_is(cell(&r, 0, "destroyed"), "20/11/2026: BB 1, Đốt"),
	    "the register has a remark of it");
	REFUSED(&r, RC_DENIED, "out of order", "there is nothing to recall",
	    MINH, RECALL, "reason=x");
	is(r.wrong, 0, "its statements still fold");
	record_end(&r);
}

static void
a_decision_to_destroy_is_taken_back(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	assigned_in(&r, "mat");
	MUST(&r, MINH, DECIDE_DESTROY, "reason=Nhầm", "instrument=QĐ 9");
	MUST(&r, KHO, WITNESS);
	DOES(&r, MINH, STOP_DESTROY, "reason=Còn cần");
	is(r.doc.state, STATE_ASSIGNED, "it is where it was before");
	REFUSED(&r, RC_DENIED, "out of order", "nobody can stop it twice", MINH,
	    STOP_DESTROY, "reason=x");
	is(r.wrong, 0, "its fold is what it was at each moment");
	record_end(&r);
}

static void
in_danger_the_holder_destroys_and_reports(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	assigned_in(&r, "mat");
	DOES(&r, DUNG, DESTROY_DANGER, "reason=Cháy nhà", "method=Đốt");
	is(r.doc.state, STATE_DESTROYED_UNREPORTED,
	    "one person alone may, and owes a report");
	ok(r.out.has_notice && r.out.notice.what == NOTICE_DESTROYED &&
		r.out.notice.by == o->now && r.out.due == o->now,
	    "which is due at once");
	DOES(&r, DUNG, REPORT_DANGER, "to=UBND tỉnh", "instrument=BC 5");
	is(r.doc.state, STATE_DESTROYED, "reported, it has ended");
	is(r.wrong, 0, "its statements still fold");
	record_end(&r);
	record_begin(&r, o);
	secret_signed(&r, "mat");
	MUST(&r, HOA, NUMBER);
	MUST(&r, HOA, DESTROY_DANGER, "reason=Cháy nhà", "method=Đốt");
	ok(r.out.line_count == 1 && r.out.lines[0].how == LINE_NEW &&
		cell(&r, 0, "symbol").len > 0 &&
		bytes_is(cell(&r, 0, "destroyed"), "20/11/2026: Đốt"),
	    "what was numbered and not yet registered gets its line");
	record_end(&r);
	record_begin(&r, o);
	ordinary_registered(&r);
	REFUSED(&r, RC_DENIED, "out of order",
	    "an ordinary document is not burnt in haste", DUNG, DESTROY_DANGER,
	    "reason=Cháy nhà", "method=Đốt");
	record_end(&r);
}

/* ---- cancelled ------------------------------------------------------------
 */

static void
a_cancelled_number_stays_with_its_reason(struct office *o)
{
	char symbol[40] = { 0 };
	struct record r;
	uint64_t number;

	record_begin(&r, o);
	secret_signed(&r, "mat");
	MUST(&r, HOA, NUMBER);
	number = field_uint(r.doc.value[FIELD_NUMBER]);
	memcpy(
	    symbol, r.doc.value[FIELD_SYMBOL].p, r.doc.value[FIELD_SYMBOL].len);
	REFUSED(&r, RC_INVALID, "reason", "nothing is cancelled without reason",
	    HOA, CANCEL);
	DOES(&r, HOA, CANCEL, "reason=Ký nhầm");
	ok(r.out.number.how == NUMBER_CANCELLED &&
		r.out.number.number == number && r.out.number.year == 2026 &&
		bytes_is(r.out.number.series, "secret-out") &&
		bytes_is(r.out.number.reason, "Ký nhầm"),
	    "its number stays taken, with the reason");
	ok(r.out.lines[0].how == LINE_NEW &&
		bytes_is(cell(&r, 0, "symbol"), symbol) &&
		bytes_is(cell(&r, 0, "cancelled"), "Ký nhầm"),
	    "it gets its line all the same, which says so");
	record_end(&r);

	record_begin(&r, o);
	secret_signed(&r, "mat");
	MUST(&r, HOA, NUMBER);
	is(field_uint(r.doc.value[FIELD_NUMBER]), number + 1,
	    "the next document has the next number");
	MUST(&r, HOA, MARK);
	MUST(&r, HOA, SIGN_AGENCY, "content=" HASH_A);
	MUST(&r, HOA, REGISTER);
	DOES(&r, HOA, CANCEL, "reason=Không phát hành");
	ok(r.out.line_count == 1 && r.out.lines[0].how == LINE_REMARK &&
		bytes_is(cell(&r, 0, "cancelled"), "Không phát hành"),
	    "what is registered already gets a remark");
	record_end(&r);

	record_begin(&r, o);
	draft(&r, "mat");
	DOES(&r, HOA, CANCEL, "reason=Thôi");
	ok(r.out.number.how == NUMBER_NONE && r.out.line_count == 0 &&
		r.out.destroys == DOC_DESTROY_CONTENT,
	    "a draft has no number to keep; its parts are destroyed");
	record_end(&r);

	record_begin(&r, o);
	secret_sent(&r, "mat");
	REFUSED(&r, RC_DENIED, "out of order",
	    "what was sent is recalled, not cancelled", HOA, CANCEL,
	    "reason=x");
	record_end(&r);
}

/* ---- telegrams ------------------------------------------------------------
 */

static void
telegram_accepted(struct record *r, const char *level, const char *traffic)
{
	char l[40], tr[40];

	(void)snprintf(l, sizeof(l), "level=%s", level);
	(void)snprintf(tr, sizeof(tr), "traffic=%s", traffic);
	MUST(r, LAN, TELEGRAM_DRAFT, tr, l, "precedence=hoa-toc",
	    "recipients=Tỉnh ủy", "content=" HASH_A, "catalogue=Mục 2");
	MUST(r, MINH, SIGN, "content=" HASH_A);
	MUST(r, NAM, ACCEPT, "words=120", "pages=1");
}

static void
a_telegram_goes_out(struct office *o)
{
	struct clerk *tuan = &clerks[TUAN], was = *tuan;
	struct record r;

	record_begin(&r, o);
	DOES(&r, LAN, TELEGRAM_DRAFT, "traffic=live", "level=mat",
	    "precedence=hoa-toc", "recipients=Tỉnh ủy", "content=" HASH_A);
	REFUSED(&r, RC_DENIED, "catalogue",
	    "a secret telegram needs its item of the catalogue, too", MINH,
	    SIGN, "content=" HASH_A);
	DOES(&r, MINH, SIGN, "content=" HASH_A, "level=toi-mat",
	    "precedence=thuong-khan", "catalogue=Mục 2");
	ok(r.doc.level == LEVEL_TOI_MAT &&
		r.doc.precedence == PRECEDENCE_THUONG_KHAN,
	    "the authority sets level and urgency in signing");
	DOES(&r, NAM, ACCEPT, "words=120", "pages=1");
	DOES(&r, HOA, NUMBER);
	ok(says(&r, FIELD_SYMBOL, "01") &&
		says(&r, FIELD_SERIES, "telegram-out"),
	    "telegrams have a series of their own");
	REFUSED(&r, RC_LIMIT, "\"key\"",
	    "a key itself is not written down, only which it was", NAM,
	    ENCIPHER, "groups=60", "product=SP-1", "key=" SOME_ID);
	DOES(&r, NAM, ENCIPHER, "groups=60", "product=SP-1", "key=K17",
	    "started=2026-11-20T00:40:00Z", "finished=2026-11-20T00:55:00Z");
	REFUSED(&r, RC_DENIED, "another person",
	    "the operator does not check himself", NAM, VERIFY);
	tuan->key = "nam";
	REFUSED(&r, RC_DENIED, "another key", "nor does somebody under his key",
	    TUAN, VERIFY);
	*tuan = was;
	DOES(&r, TUAN, VERIFY);
	o->now += 60;
	DOES(&r, NAM, SEND, "dispatch=" SOME_ID, "digest=" HASH_B);
	REFUSED(&r, RC_INVALID, "sent anew",
	    "what could not be read at the other end is sent anew", NAM,
	    CONFIRM, "from=Tỉnh ủy", "outcome=refused", "reason=Nhiễu");
	DOES(&r, NAM, SEND, "dispatch=" SOME_ID, "digest=" HASH_B);
	DOES(&r, NAM, CONFIRM, "from=Tỉnh ủy", "outcome=received");
	DOES(&r, HOA, REGISTER);
	ok(bytes_is(r.out.lines[0].book, "telegram-out") &&
		bytes_is(cell(&r, 0, "number"), "01") &&
		bytes_is(cell(&r, 0, "to"), "Tỉnh ủy") &&
		bytes_is(cell(&r, 0, "level"), "Tối mật") &&
		bytes_is(cell(&r, 0, "precedence"), "THƯỢNG KHẨN") &&
		bytes_is(cell(&r, 0, "words"), "120") &&
		bytes_is(cell(&r, 0, "groups"), "60") &&
		bytes_is(cell(&r, 0, "accepted"), "20/11/2026 08:00") &&
		bytes_is(cell(&r, 0, "enciphered"), "20/11/2026 08:00") &&
		bytes_is(cell(&r, 0, "sent"), "20/11/2026 08:01") &&
		bytes_is(cell(&r, 0, "operator"), "Lò Văn Nam") &&
		bytes_is(cell(&r, 0, "checker"), "Giàng A Tuấn") &&
		bytes_is(cell(&r, 0, "product"), "SP-1, K17"),
	    "its line has the times, the two people, words and groups");
	REFUSED(&r, RC_INVALID, "returned to whom",
	    "a clear copy that is returned goes to somebody", NAM, CLEAR,
	    "disposal=returned");
	DOES(&r, NAM, CLEAR, "disposal=destroyed");
	ok(bytes_is(cell(&r, 0, "disposal"), "Đã hủy"),
	    "what became of the clear copy is noted");
	is(r.wrong, 0, "its fold is what it was at each moment");
	record_end(&r);
}

static void
a_telegram_comes_in(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	DOES(&r, DUNG, TELEGRAM_ARRIVE, "traffic=live", "from=Tỉnh ủy",
	    "level=mat", "precedence=khan", "groups=80", "named=Trần Văn Minh");
	DOES(&r, DUNG, CHECK, "integrity=good");
	DOES(&r, NAM, DECIPHER, "product=SP-1", "key=K18");
	REFUSED(&r, RC_DENIED, "another person",
	    "a second person checks what one deciphered", NAM, VERIFY);
	DOES(&r, HOA, RETURN, "remarks=Sai nhóm 12");
	is(r.doc.state, STATE_CHECKED, "what is garbled is deciphered again");
	DOES(&r, NAM, DECIPHER, "product=SP-1", "key=K18");
	DOES(&r, TUAN, VERIFY);
	DOES(&r, HOA, NUMBER);
	ok(says(&r, FIELD_SERIES, "telegram-in") && says(&r, FIELD_NUMBER, "1"),
	    "what comes in has its own series");
	DOES(&r, HOA, REGISTER);
	ok(bytes_is(cell(&r, 0, "arrived"), "20/11/2026 08:01") &&
		bytes_is(cell(&r, 0, "operator"), "Lò Văn Nam") &&
		bytes_is(cell(&r, 0, "groups"), "80"),
	    "its line says when it came and who deciphered it");
	REFUSED(&r, RC_DENIED, "named addressee",
	    "it is given to nobody but whom it names", NAM, DELIVER,
	    "to=Lê Thị Hoa", "signed=Lê Thị Hoa");
	DOES(&r, NAM, DELIVER, "to=Trần Văn Minh", "signed=Trần Văn Minh");
	DOES(&r, NAM, CLEAR, "disposal=filed");
	is(r.wrong, 0, "its fold is what it was at each moment");
	record_end(&r);
}

static void
kinds_of_traffic_are_kept_apart(struct office *o)
{
	static const char *const want[][2] = {
		{ "service", "telegram-out.service" },
		{ "test", "telegram-out.test" },
	};
	struct record r;
	size_t i;

	for (i = 0; i < 2; i++) {
		record_begin(&r, o);
		telegram_accepted(&r, "mat", want[i][0]);
		MUST(&r, HOA, NUMBER);
		ok(says(&r, FIELD_SERIES, want[i][1]) &&
			says(&r, FIELD_NUMBER, "1"),
		    "%s traffic has its own numbers, none of the live ones",
		    want[i][0]);
		MUST(&r, NAM, ENCIPHER, "groups=60", "product=SP-1", "key=K17");
		MUST(&r, TUAN, VERIFY);
		MUST(&r, NAM, SEND, "dispatch=" SOME_ID, "digest=" HASH_B);
		MUST(&r, NAM, CONFIRM, "from=Tỉnh ủy", "outcome=received");
		DOES(&r, HOA, REGISTER);
		ok(bytes_is(r.out.lines[0].book, want[i][1]),
		    "and a book of its own");
		record_end(&r);
	}
}

static void
a_telegram_is_not_answered_in_the_clear(struct office *o)
{
	char answers[48] = "answers=";
	struct record in, out;

	record_begin(&in, o);
	MUST(&in, NAM, TELEGRAM_ARRIVE, "traffic=live", "from=Tỉnh ủy",
	    "level=thuong", "precedence=khan");
	hex_write(answers + 8, id_bytes(&in.id));
	record_begin(&out, o);
	out.about = &in.doc;
	REFUSED(&out, RC_DENIED, "enciphered text",
	    "also an ordinary telegram is not answered by an open document",
	    LAN, DRAFT, "type=bao-cao", "grammar=nha-nuoc", "level=thuong",
	    "precedence=khan", "content=" HASH_A, answers);
	DOES(&out, LAN, TELEGRAM_DRAFT, "traffic=live", "level=thuong",
	    "precedence=khan", "recipients=Tỉnh ủy", "content=" HASH_A,
	    answers);
	record_end(&out);
	record_end(&in);
}

static void
open_documents_do_not_name_telegrams(struct office *o)
{
	static const struct {
		const char *said;
		bool refused;
	} rows[] = {
		{ "abstract=Trả lời điện mật số 12 của Tỉnh ủy", true },
		{ "abstract=Theo ĐIỆN SỐ 7", true },
		{ "abstract=Phúc đáp điện mật số: 7/TU", true },
		{ "abstract=Theo (điện số \"7\")", true },
		{ "abstract=Về số điện 45/TU", true },
		{ "abstract=Thực hiện Công điện số 12/CĐ-TTg", false },
		{ "abstract=Lắp đặt số điện thoại 0215", false },
		{ "abstract=Tiền điện tháng 11", false },
		{ "abstract=Về điện, số", false },
		{ "abstract=7", false },
	};
	struct record r;
	size_t i;
	enum rc rc;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		record_begin(&r, o);
		draft(&r, "thuong");
		rc = does(&r, LAN, ACTION_DESCRIBE, rows[i].said, NULL);
		ok(rc == (rows[i].refused ? RC_DENIED : RC_OK), "\"%s\" is %s",
		    rows[i].said + 9, rows[i].refused ? "refused" : "taken");
		record_end(&r);
	}
	record_begin(&r, o);
	draft(&r, "mat");
	MUST(&r, LAN, DESCRIBE, "abstract=Theo điện số 7");
	propose(&r, "mat");
	MUST(&r, MINH, DECIDE_LEVEL, "level=thuong", "copies=1", "copying=yes");
	MUST(&r, MINH, SIGN, "content=" HASH_A);
	MUST(&r, HOA, NUMBER);
	MUST(&r, HOA, SIGN_AGENCY, "content=" HASH_A);
	REFUSED(&r, RC_DENIED, "no secret telegram",
	    "nor does one that became ordinary later", HOA, REGISTER);
	record_end(&r);
}

/* ---- numbers --------------------------------------------------------------
 */

static void
the_year_changes_with_work_in_flight(struct office *o)
{
	struct record a, b, c;
	struct office year;

	(void)o;
	office_open(&year, "2026-12-31T16:59:59Z");
	record_begin(&a, &year);
	record_begin(&b, &year);
	record_begin(&c, &year);
	secret_signed(&a, "mat");
	secret_signed(&b, "mat");
	secret_signed(&c, "mat");
	MUST(&a, HOA, NUMBER);
	ok(says(&a, FIELD_YEAR, "2026") && says(&a, FIELD_NUMBER, "1") &&
		says(&a, FIELD_DATE, "2026-12-31"),
	    "at 23:59:59 in Vietnam a number is of the old year");
	year.now += 1;
	MUST(&b, HOA, NUMBER);
	ok(says(&b, FIELD_YEAR, "2027") && says(&b, FIELD_NUMBER, "1") &&
		says(&b, FIELD_DATE, "2027-01-01"),
	    "a second later numbers begin with 01 again");
	MUST(&c, HOA, NUMBER);
	ok(says(&c, FIELD_NUMBER, "2"), "and go on");
	MUST(&a, HOA, MARK);
	MUST(&a, HOA, SIGN_AGENCY, "content=" HASH_A);
	MUST(&a, HOA, REGISTER);
	ok(says(&a, FIELD_YEAR, "2026") && a.out.lines[0].year == 2027,
	    "what has a number of the old year keeps it, and stands in the "
	    "book of the day it is registered");
	record_end(&a);
	record_end(&b);
	record_end(&c);
	office_close(&year);
}

static void
letters_follow_the_grammar(struct office *o)
{
	static const struct {
		const char *type, *grammar, *symbol;
	} rows[] = {
		{ "type=nghi-quyet", "grammar=nha-nuoc", "/NQ-UBND" },
		{ "type=cong-van", "grammar=nha-nuoc", "/UBND-VX" },
		{ "type=quyet-dinh", "grammar=dang", "-QĐ/TU" },
	};
	static const struct {
		const char *type, *grammar, *agency;
		uint64_t number;
		const char *symbol;
	} seen[] = {
		{ "type=nghi-quyet", "grammar=dang", "agency=TW", 56,
		    "56-NQ/TW" },
		{ "type=ke-hoach", "grammar=dang", "agency=TU", 73,
		    "73-KH/TU" },
		{ "type=quyet-dinh", "grammar=dang", "agency=TU", 430,
		    "430-QĐ/TU" },
		{ "type=nghi-quyet", "grammar=nha-nuoc", "agency=CP", 27,
		    "27/NQ-CP" },
		{ "type=quyet-dinh", "grammar=nha-nuoc", "agency=BNV", 15,
		    "15/QĐ-BNV" },
		{ "type=cong-van", "grammar=nha-nuoc", "agency=UBND", 12,
		    "12/UBND-VX" },
	};
	struct bytes symbol;
	struct record r;
	char want[40];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		record_begin(&r, o);
		MUST(&r, LAN, DRAFT, rows[i].type, rows[i].grammar,
		    "level=thuong", "precedence=thuong", "content=" HASH_A);
		MUST(&r, MINH, SIGN, "content=" HASH_A);
		MUST(&r, HOA, NUMBER);
		symbol = r.doc.value[FIELD_SYMBOL];
		(void)snprintf(want, sizeof(want), "%02u%s",
		    (unsigned)field_uint(r.doc.value[FIELD_NUMBER]),
		    rows[i].symbol);
		same(symbol, bytes_str(want), "the symbol is as wanted");
		record_end(&r);
	}
	for (i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		record_begin(&r, o);
		MUST(&r, LAN, DRAFT, seen[i].type, seen[i].grammar,
		    seen[i].agency, "level=thuong", "precedence=thuong",
		    "content=" HASH_A);
		MUST(&r, MINH, SIGN, "content=" HASH_A);
		*office_series(o, bytes_str("out"), 2026) = seen[i].number - 1;
		MUST(&r, HOA, NUMBER);
		ok(says(&r, FIELD_SYMBOL, seen[i].symbol),
		    "a number as it is seen: %s", seen[i].symbol);
		record_end(&r);
	}
	record_begin(&r, o);
	MUST(&r, LAN, DRAFT, "type=nghi-quyet", "grammar=nha-nuoc", "agency=CP",
	    "level=thuong", "precedence=thuong", "content=" HASH_A,
	    "body=hoi-dong-tu-van");
	MUST(&r, MINH, SIGN, "content=" HASH_A);
	MUST(&r, HOA, NUMBER);
	ok(says(&r, FIELD_SYMBOL, "01/NQ-CP") &&
		says(&r, FIELD_SERIES, "out.hoi-dong-tu-van"),
	    "an advisory council has its own series, a draft its own letters");
	record_end(&r);
}

static size_t gaps, unexplained;
static uint64_t first_gap, last_gap;

static void
a_gap(void *ctx, const struct number_gap *gap)
{
	(void)ctx;
	if (gaps++ == 0)
		first_gap = gap->from;
	last_gap = gap->to;
	unexplained += !gap->explained;
}

static enum rc
walk(const struct number_taken *t, size_t n, uint64_t resumed)
{
	struct err e;

	gaps = unexplained = 0;
	return number_gaps(
	    t, n, &resumed, resumed == 0 ? 0 : 1, a_gap, NULL, &e);
}

static void
every_gap_is_told(struct office *o)
{
	const struct number_taken whole[] = { { 1, 0, 0, 0 }, { 2, 1, 0, 1 },
		{ 3, 0, 0, 0 } };
	const struct number_taken holes[] = { { 1, 0, 0, 0 }, { 5, 0, 0, 0 },
		{ 6, 0, 1, 1 }, { 7, 0, 0, 0 } };
	const struct number_taken twice[] = { { 1, 0, 0, 0 }, { 1, 0, 0, 0 } };

	(void)o;
	ok(walk(whole, 3, 0) == RC_OK && gaps == 0,
	    "a cancelled number is no gap");
	ok(walk(holes, 4, 0) == RC_OK && gaps == 2 && first_gap == 2 &&
		last_gap == 6 && unexplained == 1,
	    "numbers that are missing are told, one left out with its reason");
	ok(walk(holes, 4, 5) == RC_OK && unexplained == 0,
	    "what lies before where a series was taken up again is explained");
	is(walk(twice, 2, 0), RC_INVALID, "no number comes twice");
}

/* ---- due times ------------------------------------------------------------
 */

static void
work_is_due_by_its_urgency(struct office *o)
{
	struct office day;
	struct record r;

	(void)o;
	office_open(&day, "2026-11-20T15:00"); /* a Friday */
	record_begin(&r, &day);
	ordinary_signed(&r);
	ok(r.out.due == at("2026-11-23T23:59:59"),
	    "signed on a Friday, it is registered on Monday at the latest");
	record_end(&r);
	record_begin(&r, &day);
	MUST(&r, HOA, ARRIVE, "from=x", "type=cong-van", "level=thuong",
	    "precedence=hoa-toc", "documents=1", "pages=1");
	is((uint64_t)r.out.due, (uint64_t)day.now,
	    "what is urgent is due at once");
	record_end(&r);
	record_begin(&r, &day);
	REFUSED(&r, RC_INVALID, "needs its time",
	    "hoa-toc-hen-gio without a time is refused", HOA, ARRIVE, "from=x",
	    "type=cong-van", "level=thuong", "precedence=hoa-toc-hen-gio",
	    "documents=1", "pages=1");
	MUST(&r, HOA, ARRIVE, "from=x", "type=cong-van", "level=thuong",
	    "precedence=hoa-toc-hen-gio", "due=2026-11-20T10:00:00Z",
	    "documents=1", "pages=1");
	MUST(&r, HOA, CHECK, "integrity=good", "documents=1", "pages=1");
	MUST(&r, HOA, DESCRIBE, "abstract=Họp");
	MUST(&r, HOA, STAMP);
	MUST(&r, HOA, REGISTER);
	MUST(&r, HOA, RECEIPT);
	ok(r.out.due == at("2026-11-20T17:00"),
	    "with one it is handled by then");
	record_end(&r);
	office_close(&day);
}

int
main(void)
{
	struct office o;

	office_open(&o, "2026-11-20T08:00");
	three_people_destroy(&o);
	a_decision_to_destroy_is_taken_back(&o);
	in_danger_the_holder_destroys_and_reports(&o);
	a_cancelled_number_stays_with_its_reason(&o);
	a_telegram_goes_out(&o);
	a_telegram_comes_in(&o);
	kinds_of_traffic_are_kept_apart(&o);
	a_telegram_is_not_answered_in_the_clear(&o);
	open_documents_do_not_name_telegrams(&o);
	the_year_changes_with_work_in_flight(&o);
	letters_follow_the_grammar(&o);
	every_gap_is_told(&o);
	work_is_due_by_its_urgency(&o);
	office_close(&o);
	return done();
}

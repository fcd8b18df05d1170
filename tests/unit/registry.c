/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The life of a document in a clerk's words (docs/registry.md 3 and 4), under
 * the law as it lies in the tree.
 */
#include "lives.h"

/* ---- made here ------------------------------------------------------------
 */

static void
a_secret_report_goes_out(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	DOES(&r, LAN, DRAFT, "type=bao-cao", "grammar=nha-nuoc", "level=mat",
	    "precedence=khan", "content=" HASH_A, "documents=1", "pages=3");
	DOES(&r, LAN, DESCRIBE, "abstract=Tình hình biên giới quý IV");
	REFUSED(&r, RC_DENIED, "out of order",
	    "nobody signs a secret draft before its level is decided", MINH,
	    SIGN, "content=" HASH_A);
	REFUSED(&r, RC_DENIED, "catalogue",
	    "a level without an item of the catalogue is refused", LAN,
	    PROPOSE_LEVEL, "level=mat", LIST_, "copies=2", "copying=no");
	DOES(&r, LAN, PROPOSE_LEVEL, "level=mat", "catalogue=Mục 3, khoản 2",
	    LIST_, "copies=2", "copying=no");
	DOES(&r, MINH, RETURN, "remarks=Bổ sung số liệu");
	is(r.doc.state, STATE_DRAFT, "what is returned is a draft again");
	DOES(&r, LAN, REVISE, "content=" HASH_B, "pages=4");
	propose(&r, "mat");
	decide(&r, "mat");
	REFUSED(&r, RC_DENIED, "not what lies here",
	    "the authority signs what was revised, not what was before", MINH,
	    SIGN, "content=" HASH_A);
	DOES(&r, MINH, SIGN, "content=" HASH_B, "capacity=CHỦ TỊCH");
	ok(says(&r, FIELD_SIGNER, "Trần Văn Minh"),
	    "the system says who signed");
	DOES(&r, HOA, NUMBER);
	ok(says(&r, FIELD_SYMBOL, "01/BC-UBND"),
	    "the number is the first of the secret series");
	ok(says(&r, FIELD_SERIES, "secret-out") &&
		says(&r, FIELD_DATE, "2026-11-20"),
	    "number and day are by the system");
	REFUSED(&r, RC_DENIED, "out of order",
	    "the agency signs only what is marked", HOA, SIGN_AGENCY,
	    "content=" HASH_B);
	DOES(&r, HOA, MARK);
	DOES(&r, HOA, SIGN_AGENCY, "content=" HASH_B);
	REFUSED(&r, RC_DENIED, "out of order",
	    "nothing is sent that is not registered", HOA, SEND,
	    "dispatch=" SOME_ID, "digest=" HASH_B);
	DOES(&r, HOA, REGISTER, "keeper=Văn phòng");
	REFUSED(&r, RC_DENIED, "no others",
	    "it does not go to somebody it was not decided for", HOA, SEND,
	    "recipients=Sở Nội vụ", "dispatch=" SOME_ID, "digest=" HASH_B);
	DOES(&r, HOA, SEND, "dispatch=" SOME_ID, "digest=" HASH_B);
	DOES(&r, HOA, CONFIRM, "from=UBND tỉnh", "outcome=received");
	is(r.doc.state, STATE_SENT, "a receipt leaves it sent");
	is(r.wrong, 0, "its fold is what it was at each moment");
	record_end(&r);
}

static void
its_line_is_in_the_register(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	secret_registered(&r, "mat");
	is(r.out.line_count, 1, "registering writes one line");
	ok(bytes_is(r.out.lines[0].book, "secret-out") &&
		r.out.lines[0].year == 2026 && r.out.lines[0].how == LINE_NEW,
	    "in the register of secret documents, of this year");
	ok(bytes_is(cell(&r, 0, "symbol"), "02/BC-UBND"), "its symbol");
	ok(bytes_is(cell(&r, 0, "date"), "20/11/2026"),
	    "the day its level was decided");
	ok(bytes_is(cell(&r, 0, "type"), "Báo cáo"), "its type");
	ok(bytes_is(cell(&r, 0, "abstract"), "Tình hình biên giới"),
	    "its abstract");
	ok(bytes_is(cell(&r, 0, "level"), "Mật"), "its level");
	ok(bytes_is(cell(&r, 0, "signer"), "Trần Văn Minh"), "who signed");
	ok(bytes_is(cell(&r, 0, "recipients"), "UBND tỉnh; Công an tỉnh"),
	    "for whom");
	ok(bytes_is(cell(&r, 0, "keeper"), "Văn phòng"), "who keeps it");
	ok(bytes_is(cell(&r, 0, "copies"), "2"), "how many were issued");
	ok(cell(&r, 0, "serial").len == 0, "the serial is the store's");
	MUST(&r, HOA, SEND, "dispatch=" SOME_ID, "digest=" HASH_B);
	ok(r.out.line_count == 1 && r.out.lines[0].how == LINE_REMARK &&
		bytes_is(cell(&r, 0, "sent"), "20/11/2026"),
	    "sending adds a remark to it");
	MUST(&r, HOA, CONFIRM, "from=UBND tỉnh", "outcome=received");
	ok(bytes_is(cell(&r, 0, "signed"), "UBND tỉnh, 20/11/2026 08:00"),
	    "a receipt stands there as who signed for it, and when");
	record_end(&r);
}

static void
an_ordinary_document_skips_what_only_secrets_have(struct office *o)
{
	struct buf said = { 0 };
	struct record r;

	record_begin(&r, o);
	draft(&r, "thuong");
	MUST(&r, LAN, DESCRIBE, "abstract=Kế hoạch công tác");
	DOES(&r, MINH, SIGN, "content=" HASH_A);
	DOES(&r, HOA, NUMBER);
	ok(says(&r, FIELD_SYMBOL, "01/BC-UBND") &&
		says(&r, FIELD_SERIES, "out"),
	    "its number is of the ordinary series, which has its own 01");
	REFUSED(&r, RC_DENIED, "out of order",
	    "there is no level to be marked on it", HOA, MARK);
	DOES(&r, HOA, SIGN_AGENCY, "content=" HASH_A);
	DOES(&r, HOA, REGISTER, "copies=5");
	ok(bytes_is(r.out.lines[0].book, "out") &&
		bytes_is(cell(&r, 0, "date"), "20/11/2026"),
	    "it stands in the ordinary register, of its day");
	ok(r.doc.expires == TIME_NEVER, "it has no term of protection");
	REFUSED(&r, RC_DENIED, "out of order",
	    "copying it needs nobody's permission, so none is given", MINH,
	    PERMIT_COPY, "copies=1", "recipients=a", "form=full");
	DOES(&r, HOA, HAND_OVER, "to=Phòng Văn hóa");
	ok(r.out.lines[0].how == LINE_REMARK &&
		bytes_is(cell(&r, 0, "to"), "Phòng Văn hóa"),
	    "who gets it is noted on its line");
	line_note(&said, &r.out.lines[0]);
	same(buf_bytes(&said),
	    bytes_str("Chuyển: Phòng Văn hóa; Ngày chuyển: 20/11/2026"),
	    "and reads so");
	buf_free(&said);
	is(r.wrong, 0, "its fold is what it was at each moment");
	record_end(&r);
}

static void
who_proposes_a_level_does_not_decide_it(struct office *o)
{
	struct clerk *minh = &clerks[MINH], was = *minh;
	struct record r;

	record_begin(&r, o);
	draft(&r, "mat");
	minh->roles = R(AUTHORITY) | R(DRAFTER);
	MUST(&r, MINH, PROPOSE_LEVEL, "level=mat", "catalogue=Mục 3", LIST_,
	    "copies=2", "copying=yes");
	REFUSED(&r, RC_DENIED, "another person",
	    "one person with both roles is still one person", MINH,
	    DECIDE_LEVEL, "level=mat", "copies=2", "copying=yes");
	*minh = was;
	record_end(&r);

	record_begin(&r, o);
	draft(&r, "mat");
	propose(&r, "mat");
	minh->key = "lan";
	REFUSED(&r, RC_DENIED, "another key",
	    "two people under one key are one person", MINH, DECIDE_LEVEL,
	    "level=mat", "copies=2", "copying=yes");
	*minh = was;
	decide(&r, "mat");
	is(r.doc.state, STATE_DECIDED, "another under his own key decides it");
	record_end(&r);
}

static void
what_is_proposed_loosens_nothing(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	draft(&r, "toi-mat");
	propose(&r, "mat");
	is(r.doc.level, LEVEL_TOI_MAT,
	    "until it is decided a draft is kept at its higher level");
	clerks[MINH].clearance = LEVEL_MAT;
	REFUSED(&r, RC_DENIED, "above your clearance",
	    "who is not cleared for it does not touch it", MINH, RETURN,
	    "remarks=Không");
	clerks[MINH].clearance = LEVEL_TUYET_MAT;
	decide(&r, "mat");
	is(r.doc.level, LEVEL_MAT, "then it has the level that was decided");
	record_end(&r);
	record_begin(&r, o);
	draft(&r, "mat");
	propose(&r, "mat");
	MUST(&r, MINH, DECIDE_LEVEL, "level=thuong", "copies=2", "copying=yes");
	is(r.doc.level, LEVEL_ORDINARY, "the authority may find it ordinary");
	ok(r.doc.expires == TIME_NEVER, "without a term of protection");
	record_end(&r);
}

/* ---- top secret -----------------------------------------------------------
 */

static void
of_what_is_top_secret_no_abstract_is_written(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	draft(&r, "tuyet-mat");
	REFUSED(&r, RC_DENIED, "no abstract",
	    "the law in force refuses its abstract", LAN, DESCRIBE,
	    "abstract=Kế hoạch A");
	record_end(&r);

	record_begin(&r, o);
	draft(&r, "mat");
	MUST(&r, LAN, DESCRIBE, "abstract=Kế hoạch A");
	propose(&r, "tuyet-mat");
	is(r.out.destroys, DOC_DESTROY_ABSTRACT,
	    "where a draft becomes top secret, what was written of it goes");
	is(r.doc.value[FIELD_ABSTRACT].len, 0, "it is in no record any more");
	decide(&r, "tuyet-mat");
	MUST(&r, MINH, SIGN, "content=" HASH_A);
	MUST(&r, HOA, NUMBER);
	MUST(&r, HOA, MARK);
	MUST(&r, HOA, SIGN_AGENCY, "content=" HASH_A);
	DOES(&r, HOA, REGISTER);
	ok(cell(&r, 0, "abstract").len == 0 &&
		bytes_is(cell(&r, 0, "type"), "Báo cáo"),
	    "its line has the type and no abstract");
	is(r.wrong, 0, "the fold stands without what was destroyed");
	record_end(&r);
}

static void
an_older_law_lets_the_authority_write_it(struct office *o)
{
	struct office old;
	struct record r;

	(void)o;
	office_open(&old, "2024-03-01T08:00");
	record_begin(&r, &old);
	draft(&r, "tuyet-mat");
	REFUSED(&r, RC_DENIED, "authority itself",
	    "under the decree of 2020 a drafter may not write it", LAN,
	    DESCRIBE, "abstract=Kế hoạch A");
	DOES(&r, MINH, DESCRIBE, "abstract=Kế hoạch A");
	old.now = at("2026-11-20T08:00");
	propose(&r, "tuyet-mat");
	is(r.out.destroys, 0,
	    "a document keeps the law that it was begun under");
	record_end(&r);
	record_begin(&r, &old);
	draft(&r, "tuyet-mat");
	REFUSED(&r, RC_DENIED, "no abstract",
	    "one that is begun after has the new one", MINH, DESCRIBE,
	    "abstract=Kế hoạch A");
	record_end(&r);
	office_close(&old);
}

/* ---- come in --------------------------------------------------------------
 */

static void
a_secret_letter_comes_in(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	arrives(&r, "mat");
	ok(r.doc.expires == at("2036-11-19T00:00:01"),
	    "its term runs from its own date");
	REFUSED(&r, RC_DENIED, "checked first",
	    "it is not stamped before it is checked", HOA, STAMP);
	REFUSED(&r, RC_DENIED, "not as many",
	    "where a page is missing it is not taken", HOA, CHECK,
	    "integrity=good", "documents=1", "pages=2", "attachments=1");
	REFUSED(&r, RC_DENIED, "not whole", "nor where it is not whole", HOA,
	    CHECK, "integrity=bad", "documents=1", "pages=3", "attachments=1");
	DOES(&r, HOA, CHECK, "integrity=good", "documents=1", "pages=3",
	    "attachments=1");
	DOES(&r, HOA, DESCRIBE, "abstract=Tăng cường tuần tra");
	DOES(&r, HOA, STAMP);
	ok(says(&r, FIELD_NUMBER, "1") && says(&r, FIELD_SERIES, "secret-in"),
	    "its arrival number is the first of its series");
	ok(says(&r, FIELD_SYMBOL, "12/UBND-VX"), "its symbol stays its own");
	DOES(&r, HOA, REGISTER);
	ok(bytes_is(cell(&r, 0, "number"), "01") &&
		bytes_is(cell(&r, 0, "arrived"), "20/11/2026") &&
		bytes_is(cell(&r, 0, "from"), "UBND tỉnh Điện Biên") &&
		bytes_is(cell(&r, 0, "symbol"), "12/UBND-VX") &&
		bytes_is(cell(&r, 0, "date"), "19/11/2026"),
	    "its line says when it came, from whom, under which number");
	DOES(&r, HOA, RECEIPT);
	DOES(&r, MINH, ASSIGN, "assignee=" HOST "lan");
	REFUSED(&r, RC_DENIED, "somebody else",
	    "who it is not assigned to does not handle it", MINH, HANDLE,
	    "result=Đã giải quyết");
	DOES(&r, LAN, HANDLE, "result=Đã giải quyết");
	is(r.doc.state, STATE_HANDLED, "then it is handled");
	is(r.wrong, 0, "its fold is what it was at each moment");
	record_end(&r);
}

static void
what_is_faulty_is_refused_with_a_reason(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	arrives(&r, "mat");
	REFUSED(&r, RC_INVALID, "needs \"reason\"",
	    "nothing is refused without a reason", HOA, REFUSE);
	DOES(&r, HOA, REFUSE, "reason=Thiếu trang 3");
	is(r.doc.state, STATE_REFUSED, "what lacks a page is refused");
	ok(r.out.has_notice && r.out.notice.what == NOTICE_REFUSED &&
		r.out.notice.by == at("2026-11-20T23:59:59"),
	    "its sender is told the same day");
	REFUSED(&r, RC_DENIED, "out of order",
	    "what is refused is not registered", HOA, STAMP);
	record_end(&r);
}

static void
what_is_for_one_person_stays_closed(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	MUST(&r, HOA, ARRIVE, "from=Tỉnh ủy", "level=mat", "precedence=thuong",
	    "documents=1", "pages=1", "named=Trần Văn Minh",
	    "dispatch=" SOME_ID);
	DOES(&r, HOA, STAMP);
	REFUSED(&r, RC_DENIED, "named person",
	    "of what one person alone may open no abstract is written", HOA,
	    DESCRIBE, "abstract=Gì đó");
	DOES(&r, HOA, REGISTER);
	record_end(&r);
}

static void
an_answer_is_not_below_what_it_answers(struct office *o)
{
	struct record in, out;
	char answers[48] = "answers=";

	record_begin(&in, o);
	assigned_in(&in, "toi-mat");
	hex_write(answers + 8, id_bytes(&in.id));
	record_begin(&out, o);
	out.about = &in.doc;
	REFUSED(&out, RC_DENIED, "protected as that is",
	    "a draft that answers a secret is not ordinary", LAN, DRAFT,
	    "type=bao-cao", "grammar=nha-nuoc", "level=mat",
	    "precedence=thuong", "content=" HASH_A, answers);
	MUST(&out, LAN, DRAFT, "type=bao-cao", "grammar=nha-nuoc",
	    "level=toi-mat", "precedence=thuong", "content=" HASH_A, answers);
	out.about = NULL;
	REFUSED(&out, RC_DENIED, "protected as that is",
	    "nor is a lower level proposed for it", LAN, PROPOSE_LEVEL,
	    "level=mat", "catalogue=Mục 3", LIST_, "copies=2", "copying=no");
	propose(&out, "toi-mat");
	REFUSED(&out, RC_DENIED, "protected as that is", "nor decided", MINH,
	    DECIDE_LEVEL, "level=mat", "copies=2", "copying=no");
	record_end(&out);

	record_begin(&out, o);
	secret_registered(&out, "mat");
	memcpy(answers, "reply=", 6);
	hex_write(answers + 6, id_bytes(&out.id));
	REFUSED(&in, RC_ABSENT, "not here",
	    "a reply that is not here answers nothing", LAN, HANDLE,
	    "result=Đã trả lời", answers);
	in.about = &out.doc;
	REFUSED(&in, RC_DENIED, "protected as that is",
	    "a reply below it does not finish it", LAN, HANDLE,
	    "result=Đã trả lời", answers);
	record_end(&out);
	record_begin(&out, o);
	secret_registered(&out, "toi-mat");
	hex_write(answers + 6, id_bytes(&out.id));
	DOES(&in, LAN, HANDLE, "result=Đã trả lời", answers);
	record_end(&out);
	record_end(&in);
}

/* ---- paper ----------------------------------------------------------------
 */

static void
digitised_paper_skips_numbering_and_signing(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	REFUSED(&r, RC_LIMIT, "at most", "one number does not use a series up",
	    HOA, DIGITISE, "type=quyet-dinh", "level=mat", "precedence=thuong",
	    "content=" HASH_A, "documents=1", "pages=2", "symbol=77/QĐ-UBND",
	    "number=999999999", "date=2026-11-18", LIST_);
	DOES(&r, HOA, DIGITISE, "type=quyet-dinh", "level=mat",
	    "precedence=thuong", "content=" HASH_A, "documents=1", "pages=2",
	    "symbol=77/QĐ-UBND", "number=77", "date=2026-11-18", LIST_,
	    "signer=Trần Văn Minh");
	is(r.out.number.how, NUMBER_GIVEN, "it brings its number along");
	is(r.out.number.number, 77, "which is taken of the same series");
	REFUSED(
	    &r, RC_DENIED, "out of order", "it is given no other", HOA, NUMBER);
	REFUSED(&r, RC_DENIED, "out of order", "nor signed again", MINH, SIGN,
	    "content=" HASH_A);
	MUST(&r, HOA, DESCRIBE, "abstract=Giao nhiệm vụ");
	REFUSED(&r, RC_DENIED, "out of order",
	    "a secret one is marked before it is registered", HOA, REGISTER);
	DOES(&r, HOA, MARK);
	DOES(&r, HOA, REGISTER);
	ok(bytes_is(cell(&r, 0, "symbol"), "77/QĐ-UBND") &&
		bytes_is(cell(&r, 0, "date"), "18/11/2026") &&
		bytes_is(cell(&r, 0, "signer"), "Trần Văn Minh"),
	    "its line is as the paper says");
	DOES(&r, HOA, SEND, "dispatch=" SOME_ID, "digest=" HASH_B);
	is(r.wrong, 0, "its fold is what it was at each moment");
	record_end(&r);

	record_begin(&r, o);
	secret_signed(&r, "mat");
	MUST(&r, HOA, NUMBER);
	ok(says(&r, FIELD_SYMBOL, "78/BC-UBND"),
	    "paper and electronic documents share one series");
	record_end(&r);
}

int
main(void)
{
	struct office o;

	office_open(&o, "2026-11-20T08:00");
	a_secret_report_goes_out(&o);
	its_line_is_in_the_register(&o);
	an_ordinary_document_skips_what_only_secrets_have(&o);
	who_proposes_a_level_does_not_decide_it(&o);
	what_is_proposed_loosens_nothing(&o);
	of_what_is_top_secret_no_abstract_is_written(&o);
	an_older_law_lets_the_authority_write_it(&o);
	a_secret_letter_comes_in(&o);
	what_is_faulty_is_refused_with_a_reason(&o);
	what_is_for_one_person_stays_closed(&o);
	an_answer_is_not_below_what_it_answers(&o);
	digitised_paper_skips_numbering_and_signing(&o);
	office_close(&o);
	return done();
}

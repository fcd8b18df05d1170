/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes after a document is registered, in a clerk's words: protection and
 * copies (docs/registry.md 3.9). */
#include "lives.h"

/* ---- protection -----------------------------------------------------------
 */

static void
protection_is_extended_shortly_before_it_ends(struct office *o)
{
	const int64_t was = o->now;
	struct record r;

	record_begin(&r, o);
	secret_sent(&r, "mat");
	ok(r.doc.expires == at("2036-11-20T08:00:01"),
	    "what is Mật is protected for ten years");
	o->now = at("2036-09-20T08:00");
	REFUSED(&r, RC_DENIED, "too early",
	    "61 days before the end is too early", MINH, EXTEND,
	    "until=2040-01-01", "instrument=QĐ 1");
	is(due_end(rules_at(o->rules, o->now), &r.doc, o->now), DUE_END_FAR,
	    "and nobody is reminded yet");
	o->now = at("2036-09-22T08:00");
	is(due_end(rules_at(o->rules, o->now), &r.doc, o->now), DUE_END_NEAR,
	    "from 60 days before the end on it is told");
	REFUSED(&r, RC_DENIED, "no longer than",
	    "it is not extended by more than ten years", MINH, EXTEND,
	    "until=2046-11-21", "instrument=QĐ 1");
	REFUSED(&r, RC_INVALID, "not after", "nor shortened by it", MINH,
	    EXTEND, "until=2036-11-19", "instrument=QĐ 1");
	DOES(&r, MINH, EXTEND, "until=2046-11-20", "instrument=QĐ 1");
	ok(r.doc.expires == at("2046-11-21"), "it ends with the day it says");
	ok(r.out.has_notice && r.out.notice.what == NOTICE_EXTENDED &&
		r.out.notice.by == at("2036-10-07T23:59:59"),
	    "holders are told within 15 days");
	o->now = at("2046-11-21T00:00:00");
	REFUSED(&r, RC_DENIED, "has ended", "what has ended is not extended",
	    MINH, EXTEND, "until=2050-01-01", "instrument=QĐ 2");
	is(due_end(rules_at(o->rules, o->now), &r.doc, o->now), DUE_END_PASSED,
	    "that it has ended is told");
	REFUSED(&r, RC_DENIED, "has ended", "nor given another level", MINH,
	    RELEVEL, "level=toi-mat", "catalogue=Mục 1", "instrument=QĐ 3");
	DOES(&r, KHO, EXPIRE);
	is(r.doc.level, LEVEL_ORDINARY, "then it is no secret any more");
	record_end(&r);
	o->now = was;
}

static void
protection_may_end_earlier_than_the_term(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	draft(&r, "mat");
	propose(&r, "mat");
	REFUSED(&r, RC_DENIED, "earlier than",
	    "a term is not longer than the level's", MINH, DECIDE_LEVEL,
	    "level=mat", "copies=2", "copying=yes", "until=2036-11-21");
	REFUSED(&r, RC_DENIED, "not before now", "nor over already", MINH,
	    DECIDE_LEVEL, "level=mat", "copies=2", "copying=yes",
	    "until=2026-11-19");
	DOES(&r, MINH, DECIDE_LEVEL, "level=mat", "copies=2", "copying=yes",
	    "until=2027-06-30");
	ok(r.doc.expires == at("2027-07-01"),
	    "where an earlier day is set, protection ends with that day");
	record_end(&r);
}

static void
it_is_declassified_or_given_another_level(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	secret_sent(&r, "mat");
	REFUSED(&r, RC_DENIED, "not ended yet",
	    "it does not expire before its time", KHO, EXPIRE);
	REFUSED(&r, RC_INVALID, "another one, and secret",
	    "the level it has is no other level", MINH, RELEVEL, "level=mat",
	    "catalogue=Mục 1", "instrument=QĐ 3");
	REFUSED(&r, RC_INVALID, "another one, and secret",
	    "what is to be ordinary is declassified", MINH, RELEVEL,
	    "level=thuong", "catalogue=Mục 1", "instrument=QĐ 3");
	DOES(&r, MINH, RELEVEL, "level=tuyet-mat", "catalogue=Mục 1",
	    "instrument=QĐ 3");
	is(r.out.destroys, DOC_DESTROY_ABSTRACT,
	    "raised to top secret, its abstract is destroyed everywhere");
	is(r.doc.value[FIELD_ABSTRACT].len, 0, "nothing of it is left");
	ok(bytes_is(cell(&r, 0, "relevelled"), "20/11/2026, QĐ 3: Tuyệt mật"),
	    "the register has a remark of it");
	ok(r.out.notice.by == at("2026-12-05T23:59:59"),
	    "holders are told within 15 days");
	DOES(&r, MINH, DECLASSIFY, "instrument=QĐ 4", "reason=Đã công bố");
	is(r.doc.level, LEVEL_ORDINARY, "an act declassifies it");
	ok(r.doc.expires == TIME_NEVER, "it has no term any more");
	ok(bytes_is(r.out.lines[0].book, "secret-out"),
	    "its line stays where it was registered");
	REFUSED(&r, RC_DENIED, "out of order",
	    "what is ordinary is not extended", MINH, EXTEND,
	    "until=2040-01-01", "instrument=QĐ 5");
	is(r.wrong, 0, "its fold is what it was at each moment");
	record_end(&r);
}

static void
who_holds_it_follows_its_issuer(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	registered_in(&r, "mat");
	REFUSED(&r, RC_DENIED, "out of order",
	    "who only holds a document does not declassify it", MINH,
	    DECLASSIFY, "instrument=QĐ 4", "reason=x");
	REFUSED(&r, RC_INVALID, "which other level",
	    "a change of level names the level", KHO, FOLLOW, "act=relevelled",
	    "instrument=CV 1");
	DOES(&r, KHO, FOLLOW, "act=relevelled", "level=toi-mat",
	    "instrument=CV 1");
	is(r.doc.level, LEVEL_TOI_MAT, "he marks it as its issuer tells");
	DOES(&r, KHO, FOLLOW, "act=extended", "until=2050-01-01",
	    "instrument=CV 2");
	DOES(&r, KHO, FOLLOW, "act=declassified", "instrument=CV 3");
	is(r.doc.level, LEVEL_ORDINARY, "also where it is declassified");
	record_end(&r);
}

/* ---- copies ---------------------------------------------------------------
 */

static void
exactly_the_permitted_copies_are_made(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	secret_sent(&r, "mat");
	REFUSED(&r, RC_DENIED, "no copies are permitted",
	    "nobody copies without permission", KHO, COPY, "form=full",
	    "made=1", "spoiled=0");
	DOES(&r, MINH, PERMIT_COPY, "copies=3", "recipients=Xã A; Xã B",
	    "form=full");
	REFUSED(&r, RC_DENIED, "exactly the permitted number",
	    "one too few is refused", KHO, COPY, "form=full", "made=2",
	    "spoiled=0");
	REFUSED(&r, RC_DENIED, "exactly the permitted number",
	    "one too many is refused", KHO, COPY, "form=full", "made=4",
	    "spoiled=0");
	REFUSED(&r, RC_DENIED, "another form", "a photo is not a copy in full",
	    KHO, COPY, "form=photo", "made=3", "spoiled=0");
	DOES(&r, KHO, COPY, "form=full", "made=5", "spoiled=2");
	ok(bytes_is(fields_get(&r.out.fields, FIELD_FIRST), "1") &&
		r.doc.copies == 3,
	    "the spoiled are destroyed at once and count for none");
	ok(bytes_is(r.out.lines[0].book, "copying") &&
		bytes_is(cell(&r, 0, "made"), "03") &&
		bytes_is(cell(&r, 0, "permitted-by"), "Trần Văn Minh") &&
		bytes_is(cell(&r, 0, "made-by"), "Vàng Thị Khó") &&
		bytes_is(cell(&r, 0, "to"), "Xã A; Xã B"),
	    "the register of copies says who permitted and who made them");
	REFUSED(&r, RC_DENIED, "no copies are permitted",
	    "a permission is good once", KHO, COPY, "form=full", "made=3",
	    "spoiled=0");
	MUST(&r, MINH, PERMIT_COPY, "copies=1", "recipients=Xã C", "form=full");
	MUST(&r, KHO, COPY, "form=full", "made=1", "spoiled=0");
	ok(bytes_is(fields_get(&r.out.fields, FIELD_FIRST), "4"),
	    "the next copy is number 4");
	ok(says(&r, FIELD_RECIPIENTS, "UBND tỉnh; Công an tỉnh"),
	    "its own recipients stay as they were decided");
	is(r.wrong, 0, "its fold is what it was at each moment");
	record_end(&r);

	record_begin(&r, o);
	draft(&r, "mat");
	MUST(&r, LAN, DESCRIBE, "abstract=Tình hình");
	propose(&r, "mat");
	MUST(&r, MINH, DECIDE_LEVEL, "level=mat", "copies=2", "copying=no");
	MUST(&r, MINH, SIGN, "content=" HASH_A);
	MUST(&r, HOA, NUMBER);
	MUST(&r, HOA, MARK);
	MUST(&r, HOA, SIGN_AGENCY, "content=" HASH_A);
	MUST(&r, HOA, REGISTER);
	REFUSED(&r, RC_DENIED, "not copied",
	    "what was decided not to be copied is not", MINH, PERMIT_COPY,
	    "copies=1", "recipients=a", "form=full");
	record_end(&r);
}

/* ---- one person -----------------------------------------------------------
 */

/* The directory: Khó's certificate and the older one are one person's. */
static bool
is_khos(const void *ctx, const uint8_t cert[static SHA256_SIZE])
{
	return memcmp(cert, ctx, SHA256_SIZE) == 0;
}

static void
another_address_is_no_other_person(struct office *o)
{
	uint8_t older[SHA256_SIZE];
	struct doc_ask ask;
	struct record r;

	record_begin(&r, o);
	secret_sent(&r, "mat");
	MUST(&r, MINH, DECIDE_DESTROY, "reason=Hết giá trị", "instrument=QĐ 9");
	ask = record_ask(&r, KHO, ACTION_WITNESS);
	sha256(older, bytes_str(clerks[MINH].key));
	ask.who.is_his = is_khos;
	ask.who.ctx = older;
	ok(record_try(&r, &ask) == RC_DENIED &&
		strstr(r.e.text, "another person") != NULL,
	    "who has another address and another key by now does not do both");
	sha256(older, bytes_str("nobody's"));
	went(record_try(&r, &ask), &r.e, "who is really another does");
	record_end(&r);
}

/* ---- very many steps ------------------------------------------------------
 */

static void
a_document_of_too_many_steps_still_ends(struct office *o)
{
	struct doc_did *did;
	struct record r;
	struct doc_ask ask;
	uint64_t steps, i;

	record_begin(&r, o);
	secret_sent(&r, "mat");
	steps = r.doc.steps;
	did = alloc(STEP_NUMBERS, sizeof(*did));
	for (i = 0; i < STEP_NUMBERS; i++)
		did[i] = r.doc.did[i < steps ? i : steps - 1];
	free(r.doc.did);
	r.doc.did = did;
	r.doc.steps = STEP_NUMBERS - STEP_ENDING;
	ask = record_ask(&r, HOA, ACTION_HAND_OVER);
	put_field(&ask.fields, ACTION_HAND_OVER, "to=Nam");
	is(record_try(&r, &ask), RC_LIMIT, "nothing more is done to it");
	ask = record_ask(&r, MINH, ACTION_DECIDE_DESTROY);
	put_field(&ask.fields, ACTION_DECIDE_DESTROY, "reason=x");
	put_field(&ask.fields, ACTION_DECIDE_DESTROY, "instrument=QĐ 9");
	went(record_try(&r, &ask), &r.e, "but it can be destroyed");
	r.doc.steps = steps;
	record_end(&r);
}

int
main(void)
{
	struct office o;

	office_open(&o, "2026-11-20T08:00");
	protection_is_extended_shortly_before_it_ends(&o);
	protection_may_end_earlier_than_the_term(&o);
	it_is_declassified_or_given_another_level(&o);
	who_holds_it_follows_its_issuer(&o);
	exactly_the_permitted_copies_are_made(&o);
	another_address_is_no_other_person(&o);
	a_document_of_too_many_steps_still_ends(&o);
	office_close(&o);
	return done();
}

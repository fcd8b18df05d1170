/* SPDX-License-Identifier: EUPL-1.2 */
/* The fold of steps (docs/registry.md 2.6, 2.7), also of hostile ones; what no
 * law loosens (3.5); and what doc_step() is asked in vain. */
#include "core/lang.h"
#include "lives.h"

#define STEPS 7u /* that are looked at */

/* Those of a document, to be spoilt. */
struct spoilt {
	struct doc_steps steps[STEPS];
	struct buf made, opening;
};

static struct record whole, another;

static struct spoilt
fresh(void)
{
	struct spoilt s = { 0 };
	size_t i;

	for (i = 0; i < STEPS; i++)
		s.steps[i] =
		    (struct doc_steps){ buf_bytes(&whole.steps[i].statement),
			    buf_bytes(&whole.steps[i].opening) };
	return s;
}

static enum rc
folds(struct spoilt *s, size_t count)
{
	struct doc d;
	struct err e;
	const enum rc rc = doc_fold(&d, s->steps, count, &e);

	doc_free(&d);
	buf_free(&s->made);
	buf_free(&s->opening);
	return rc;
}

/* Step n with another statement, as somebody forged it. */
static void
forge(struct spoilt *s, size_t n, void (*change)(struct step *))
{
	struct step step;
	struct err e;

	if (step_read(&step, s->steps[n].statement, &e) != RC_OK)
		bug(e.text);
	change(&step);
	step_write(&s->made, &step);
	s->steps[n].statement = buf_bytes(&s->made);
}

static void
other_previous(struct step *s)
{
	s->previous[0] ^= 1;
}

static void
other_document(struct step *s)
{
	s->document.b[3] ^= 1;
}

static void
other_number(struct step *s)
{
	s->number++;
}

static void
other_desk(struct step *s)
{
	s->desk = bytes_str(HOST "mot-cua");
}

static void
earlier(struct step *s)
{
	s->at -= 2 * TIME_DAY;
}

static void
other_level(struct step *s)
{
	s->level = LEVEL_ORDINARY;
}

static void
other_action(struct step *s)
{
	s->action = ACTION_SEND;
}

static void
hostile_steps_do_not_fold(void)
{
	static const struct {
		void (*change)(struct step *);
		const char *name;
	} rows[] = {
		{ other_previous, "a forged previous does not fold" },
		{ other_document, "nor a step of another document" },
		{ other_number, "nor one that left a number out" },
		{ other_desk, "nor one of another desk" },
		{ earlier, "nor one from before the last" },
		{ other_level, "nor one whose level its fields do not say" },
		{ other_action, "nor an action that has no move" },
	};
	struct doc_steps one;
	struct spoilt s;
	size_t i;

	s = fresh();
	is(folds(&s, STEPS), RC_OK, "as they were recorded they fold");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s = fresh();
		forge(&s, STEPS - 1, rows[i].change);
		is(folds(&s, STEPS), RC_INVALID, "%s", rows[i].name);
	}
	s = fresh();
	one = s.steps[2];
	s.steps[2] = s.steps[3];
	s.steps[3] = one;
	is(folds(&s, STEPS), RC_INVALID, "two in another order do not fold");
	s = fresh();
	memmove(&s.steps[2], &s.steps[3], (STEPS - 3) * sizeof(one));
	is(folds(&s, STEPS - 1), RC_INVALID, "nor where one was left out");
	s = fresh();
	s.steps[3] = s.steps[2];
	is(folds(&s, STEPS), RC_INVALID, "nor one that comes twice");
	s = fresh();
	memmove(&s.steps[0], &s.steps[1], (STEPS - 1) * sizeof(one));
	is(folds(&s, STEPS - 1), RC_INVALID, "nor without the first");
}

static void
what_was_written_cannot_be_changed(void)
{
	struct spoilt s;
	unsigned n, folded = 0;
	size_t i;

	for (n = 0; n < STEPS; n++) {
		s = fresh();
		for (i = 0; i < s.steps[n].opening.len; i += 3) {
			struct spoilt one = s;

			buf_add(&one.opening, s.steps[n].opening);
			one.opening.p[i] ^= 1;
			one.steps[n].opening = buf_bytes(&one.opening);
			one.made = (struct buf){ 0 };
			folded += folds(&one, STEPS) == RC_OK;
		}
	}
	is(folded, 0, "an opening of which a bit was changed does not fold");
	s = fresh();
	s.steps[1].opening =
	    bytes_of(another.steps[1].opening.p, another.steps[1].opening.len);
	is(folds(&s, STEPS), RC_INVALID,
	    "nor one that was taken from another document");
}

static void
only_what_may_be_lacking_may(void)
{
	struct spoilt s;
	unsigned n;

	for (n = 0; n < STEPS; n++) {
		s = fresh();
		s.steps[n].opening = bytes_str("");
		is(folds(&s, STEPS),
		    whole.doc.did[n].action == ACTION_DESCRIBE ? RC_OK
							       : RC_INVALID,
		    "without what was written in \"%s\" it %s",
		    action_row(whole.doc.did[n].action)->word,
		    whole.doc.did[n].action == ACTION_DESCRIBE
			? "folds"
			: "does not fold");
	}
}

static void
a_refused_step_changes_nothing(void)
{
	struct spoilt s = fresh();
	struct doc d, before;
	struct err e;
	size_t i;

	if (doc_fold(&d, s.steps, STEPS - 1, &e) != RC_OK ||
	    doc_fold(&before, s.steps, STEPS - 1, &e) != RC_OK)
		bug(e.text);
	forge(&s, STEPS - 1, other_level);
	for (i = 0; i < STEPS; i++)
		if (doc_add(&d, s.steps[i].statement, s.steps[i].opening, &e) ==
		    RC_OK)
			bug("a step that was taken twice");
	ok(same_doc(&d, &before), "what is refused changes nothing");
	doc_free(&d);
	doc_free(&before);
	buf_free(&s.made);
}

/* ---- what no law loosens --------------------------------------------------
 */

static void
no_law_makes_one_person_two(void)
{
	struct office o;
	struct record r;

	office_open(&o, "2026-11-20T08:00");
	rules_free(o.rules);
	o.rules = law(own_rules, true);
	is(rule_action(rules_at(o.rules, o.now), bytes_str("verify"))
		->differs_count,
	    0, "a law may forget that a second person is needed");
	clerks[MINH].roles = R(AUTHORITY) | R(DRAFTER) | R(CLERK) | R(OPERATOR);
	record_begin(&r, &o);
	draft(&r, "mat");
	MUST(&r, MINH, PROPOSE_LEVEL, "level=mat", "catalogue=Mục 3", LIST_,
	    "copies=2", "copying=yes");
	REFUSED(&r, RC_DENIED, "another person",
	    "who proposes a level does not decide it all the same", MINH,
	    DECIDE_LEVEL, "level=mat", "copies=2", "copying=yes");
	record_end(&r);
	record_begin(&r, &o);
	MUST(&r, NAM, TELEGRAM_ARRIVE, "traffic=live", "from=Tỉnh ủy",
	    "level=mat", "precedence=khan");
	MUST(&r, DUNG, CHECK, "integrity=good");
	MUST(&r, NAM, DECIPHER, "product=SP-1", "key=K18");
	REFUSED(&r, RC_DENIED, "another person",
	    "who deciphers does not check himself", NAM, VERIFY);
	record_end(&r);
	record_begin(&r, &o);
	MUST(&r, LAN, TELEGRAM_DRAFT, "traffic=live", "level=thuong",
	    "precedence=khan", "recipients=Tỉnh ủy", "content=" HASH_A);
	MUST(&r, MINH, SIGN, "content=" HASH_A);
	MUST(&r, NAM, ACCEPT, "words=5", "pages=1");
	MUST(&r, NAM, NUMBER);
	MUST(&r, NAM, ENCIPHER, "groups=5", "product=SP-1", "key=K1");
	REFUSED(&r, RC_DENIED, "another person", "nor does who enciphers", NAM,
	    VERIFY);
	record_end(&r);
	record_begin(&r, &o);
	secret_sent(&r, "mat");
	MUST(&r, MINH, DECIDE_DESTROY, "reason=Hết hạn", "instrument=QĐ 1");
	REFUSED(&r, RC_DENIED, "another person",
	    "who decides on destruction does not witness it", MINH, WITNESS);
	MUST(&r, KHO, WITNESS);
	REFUSED(&r, RC_DENIED, "another person",
	    "who witnesses does not destroy", KHO, DESTROY, "method=Đốt",
	    "minutes=BB 1");
	REFUSED(&r, RC_DENIED, "another person", "nor does who decided it",
	    MINH, DESTROY, "method=Đốt", "minutes=BB 1");
	record_end(&r);
	clerks[MINH].roles = R(AUTHORITY);
	office_close(&o);
}

static bool
begins(const struct buf *b, const char *text)
{
	return b->len > strlen(text) && memcmp(b->p, text, strlen(text)) == 0;
}

static bool
has_text(const struct buf *b, const char *text)
{
	return memmem(b->p, b->len, text, strlen(text)) != NULL;
}

/* A daemon speaks English; who asked it reads his own language, and the law in
 * its words. */
static void
a_refusal_is_read_in_vietnamese(struct office *o)
{
	struct buf said = { 0 };
	struct record r;

	record_begin(&r, o);
	draft(&r, "mat");
	(void)does(&r, HOA, ACTION_NUMBER, NULL);
	lang_set(LANG_VI);
	tr_said(&said, r.e.text);
	lang_set(LANG_EN);
	ok(said.len > 0 &&
		begins(&said,
		    "\"number\" sai trình tự: đây là: văn bản đi, dự thảo, ") &&
		has_text(&said, "(quy định: văn thư cấp số sau khi người có "
				"thẩm quyền đã ký)"),
	    "what is out of order is told in Vietnamese, and the law as it is");
	buf_free(&said);
	propose(&r, "mat");
	(void)does(&r, LAN, ACTION_DECIDE_LEVEL, "level=mat", "copies=1",
	    "copying=no", NULL);
	lang_set(LANG_VI);
	tr_said(&said, r.e.text);
	lang_set(LANG_EN);
	ok(has_text(&said, "không vai trò nào"), "and so is who may not");
	buf_free(&said);
	record_end(&r);
}

/* Where a store did not destroy what it was told to, no line repeats it. */
static void
no_line_says_what_is_top_secret(struct office *o)
{
	struct buf opening = { 0 };
	struct kept *describe;
	struct doc again;
	struct record r;

	record_begin(&r, o);
	secret_sent(&r, "mat");
	describe = &r.steps[1];
	buf_add(&opening, buf_bytes(&describe->opening));
	MUST(&r, MINH, RELEVEL, "level=tuyet-mat", "catalogue=Mục 1",
	    "instrument=QĐ 3");
	MUST(&r, MINH, PERMIT_COPY, "copies=1", "recipients=a", "form=full");
	r.steps[1].opening = opening;
	if (record_fold(&r, &again) != RC_OK)
		bug(r.e.text);
	doc_free(&r.doc);
	r.doc = again;
	ok(r.doc.value[FIELD_ABSTRACT].len > 0, "an abstract was left behind");
	DOES(&r, KHO, COPY, "form=full", "made=1", "spoiled=0");
	ok(bytes_is(cell(&r, 0, "level"), "Tuyệt mật") &&
		cell(&r, 0, "abstract").len == 0,
	    "a line of what is top secret has none all the same");
	record_end(&r);
}

/* ---- asked in vain --------------------------------------------------------
 */

static void
the_system_alone_says_what_is_its(struct office *o)
{
	struct record r;

	record_begin(&r, o);
	secret_signed(&r, "mat");
	REFUSED(&r, RC_INVALID, "for the system to say",
	    "nobody chooses his number", HOA, NUMBER, "number=1");
	REFUSED(&r, RC_INVALID, "for the system to say", "nor its day", HOA,
	    NUMBER, "date=2026-01-01");
	o->now -= TIME_DAY;
	REFUSED(&r, RC_EXPIRED, "clock",
	    "where the clock went back nothing is taken", HOA, NUMBER);
	o->now += TIME_DAY;
	record_end(&r);
}

static void
without_rules_nothing_is_begun(struct office *o)
{
	struct doc_outcome out;
	struct doc_ask ask;
	struct record r;
	struct err e;

	record_begin(&r, o);
	ask = record_ask(&r, LAN, ACTION_DRAFT);
	ask.rules = NULL;
	is(doc_step(&out, &r.doc, &ask, &e), RC_ABSENT,
	    "where no rules are in force nothing is begun");
	ask = record_ask(&r, LAN, (enum action)0);
	is(doc_step(&out, &r.doc, &ask, &e), RC_INVALID,
	    "an action that is none is refused");
	ask = record_ask(&r, LAN, ACTIONS);
	is(doc_step(&out, &r.doc, &ask, &e), RC_INVALID, "and so is another");
	record_end(&r);
}

static void
a_position_is_needed_where_the_law_names_one(void)
{
	static const char holders[] =
	    "own ours\ntitle \"Xã\" \"Xã\"\nin-force 2021-01-01\n"
	    "source \"QĐ 1\" \"QĐ 1\"\n"
	    "agency nha-nuoc symbol UBND name \"Xã\" \"Xã\"\n"
	    "unit van-thu symbol VX name \"Văn xã\" \"Văn xã\"\n"
	    "holder chu-tich-tinh person " HOST "minh from 2026-01-01 "
	    "until 2026-11-30 instrument \"QĐ 2\"\n";
	struct office o;
	struct record r;

	office_open(&o, "2026-11-20T08:00");
	rules_free(o.rules);
	o.rules = law(holders, false);
	record_begin(&r, &o);
	secret_sent(&r, "mat");
	DOES(&r, MINH, PERMIT_COPY, "copies=1", "recipients=a", "form=full");
	MUST(&r, KHO, COPY, "form=full", "made=1", "spoiled=0");
	clerks[HOA].roles = R(CLERK) | R(AUTHORITY);
	REFUSED(&r, RC_DENIED, "no authority",
	    "who has the role and not the position does not permit copies", HOA,
	    PERMIT_COPY, "copies=1", "recipients=a", "form=full");
	clerks[HOA].roles = R(CLERK);
	o.now = at("2026-12-01T08:00");
	REFUSED(&r, RC_DENIED, "no authority",
	    "nor who does not hold it any more", MINH, PERMIT_COPY, "copies=1",
	    "recipients=a", "form=full");
	record_end(&r);
	office_close(&o);
}

int
main(void)
{
	struct office o;

	office_open(&o, "2026-11-20T08:00");
	record_begin(&whole, &o);
	secret_signed(&whole, "mat");
	MUST(&whole, HOA, NUMBER);
	MUST(&whole, HOA, MARK);
	record_begin(&another, &o);
	draft(&another, "mat");
	MUST(&another, LAN, DESCRIBE, "abstract=Việc khác");
	if (whole.doc.steps != STEPS)
		bug("as many steps as are looked at");
	hostile_steps_do_not_fold();
	what_was_written_cannot_be_changed();
	only_what_may_be_lacking_may();
	a_refused_step_changes_nothing();
	no_law_makes_one_person_two();
	no_line_says_what_is_top_secret(&o);
	a_refusal_is_read_in_vietnamese(&o);
	the_system_alone_says_what_is_its(&o);
	without_rules_nothing_is_begun(&o);
	a_position_is_needed_where_the_law_names_one();
	record_end(&whole);
	record_end(&another);
	office_close(&o);
	return done();
}

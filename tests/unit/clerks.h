/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An office whose people take steps: the law as it is under rules/, the
 * office's own letters, numbers that are counted, and one document at a time,
 * folded anew after each step from what was recorded.
 */
#ifndef TESTS_UNIT_CLERKS_H
#define TESTS_UNIT_CLERKS_H

#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/doc.h"
#include "registry/due.h"
#include "rules/rules.h"

#define HOST "antin://muong-nhe.dien-bien.vn/"
#define DESK HOST "van-thu"
#define HASH_A                                                                 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B                                                                 \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SOME_ID "0123456789abcdef0123456789abcdef"

#define R(r) (1u << ROLE_##r)
#define SERIES_MAX 1000u

static const char own_rules[] =
    "own ours\ntitle \"Xã Mường Nhé\" \"Mường Nhé\"\nin-force 2021-01-01\n"
    "source \"Quyết định 1\" \"Decision 1\"\n"
    "agency nha-nuoc symbol UBND name \"UBND xã Mường Nhé\" \"Mường Nhé\"\n"
    "agency dang symbol TU name \"Đảng ủy\" \"Party committee\"\n"
    "unit van-thu symbol VX name \"Văn xã\" \"Culture\"\n";

/* Take " differs a,b" out of a law: it lets one person do all. */
static inline void
loosen(struct buf *text)
{
	uint8_t *at;
	size_t n;

	while ((at = memmem(text->p, text->len, " differs ", 9)) != NULL)
		for (n = 0; n < 9 || (*at != ' ' && *at != '\n'); n++)
			*at++ = ' ';
}

/* The law as it lies in the tree, or loosened, and an office's own rows. */
static inline struct rules *
law(const char *own, bool loose)
{
	struct rules *r = rules_new();
	struct buf text;
	struct err e;
	glob_t found;
	size_t i;

	if (glob("rules/*.rules", 0, NULL, &found) != 0)
		bug("run from the tree: rules/ is not here");
	for (i = 0; i < found.gl_pathc; i++) {
		text = slurp(found.gl_pathv[i]);
		if (loose)
			loosen(&text);
		if (rules_add(r, bytes_str(found.gl_pathv[i]), buf_bytes(&text),
			false, &e) != RC_OK)
			bug(e.text);
		buf_free(&text);
	}
	globfree(&found);
	if (rules_add(r, bytes_str("own"), bytes_str(own), true, &e) != RC_OK ||
	    rules_check(r, &e) != RC_OK)
		bug(e.text);
	return r;
}

struct clerk {
	const char *id, *name;
	unsigned roles;
	enum level clearance;
	const char *key; /* who shares one has another's certificate */
};

enum who { LAN, MINH, HOA, NAM, TUAN, KHO, DUNG, QUAN, WHO_COUNT };
static struct clerk clerks[WHO_COUNT] = {
	{ "lan", "Nguyễn Thị Lan", R(DRAFTER), LEVEL_TUYET_MAT, "lan" },
	{ "minh", "Trần Văn Minh", R(AUTHORITY), LEVEL_TUYET_MAT, "minh" },
	{ "hoa", "Lê Thị Hoa", R(CLERK), LEVEL_TUYET_MAT, "hoa" },
	{ "nam", "Lò Văn Nam", R(OPERATOR), LEVEL_TUYET_MAT, "nam" },
	{ "tuan", "Giàng A Tuấn", R(OPERATOR), LEVEL_TUYET_MAT, "tuan" },
	{ "kho", "Vàng Thị Khó", R(CUSTODIAN), LEVEL_TUYET_MAT, "kho" },
	{ "dung", "Phạm Dũng", R(DUTY) | R(INSPECTOR), LEVEL_MAT, "dung" },
	{ "quan", "Hồ Quân", R(ADMINISTRATOR), LEVEL_TUYET_MAT, "quan" },
};

struct office {
	struct rules *rules;
	int64_t now;
	struct counted {
		char series[NUMBER_SERIES];
		unsigned year;
		uint64_t last;
	} series[SERIES_MAX];
	size_t series_count;
	unsigned documents;
};

struct kept {
	struct buf statement, opening;
};

/* A document and all that was recorded of it. */
struct record {
	struct office *office;
	struct doc doc;
	struct kept *steps;
	struct id id;
	const struct doc *about;      /* what the next step refers to */
	const struct rule_set *rules; /* instead of the time's; NULL */
	/* of the last step */
	struct doc_outcome out;
	struct err e;
	char address[WHO_COUNT][64];
	unsigned wrong; /* what must never be, counted */
};

static inline int64_t
at(const char *text)
{
	int64_t t;

	if (!time_parse(&t, bytes_str(text)))
		bug("no time");
	return t;
}

static inline void
office_open(struct office *o, const char *day)
{
	*o = (struct office){ .rules = law(own_rules, false), .now = at(day) };
}

static inline void
office_close(struct office *o)
{
	rules_free(o->rules);
}

static inline uint64_t *
office_series(struct office *o, struct bytes series, unsigned year)
{
	struct counted *c;
	size_t i;

	for (i = 0; i < o->series_count; i++)
		if (bytes_is(series, o->series[i].series) &&
		    o->series[i].year == year)
			return &o->series[i].last;
	if (o->series_count == SERIES_MAX || series.len >= NUMBER_SERIES)
		bug("too many series");
	c = &o->series[o->series_count++];
	memcpy(c->series, series.p, series.len);
	c->year = year;
	return &c->last;
}

static inline void
record_begin(struct record *r, struct office *o)
{
	*r = (struct record){ .office = o };
	doc_init(&r->doc);
	memset(r->id.b, 0x40, ID_SIZE);
	r->id.b[0] = (uint8_t)++o->documents;
	r->id.b[1] = (uint8_t)(o->documents >> 8);
}

static inline void
record_end(struct record *r)
{
	uint64_t i;

	for (i = 0; i < r->doc.steps; i++) {
		buf_free(&r->steps[i].statement);
		buf_free(&r->steps[i].opening);
	}
	free(r->steps);
	doc_free(&r->doc);
	doc_outcome_free(&r->out);
}

static inline struct doc_ask
record_ask(struct record *r, enum who w, enum action a)
{
	const struct clerk *c = &clerks[w];
	struct doc_ask ask = {
		.document = r->id,
		.action = a,
		.desk = bytes_str(DESK),
		.at = r->office->now,
		.about = r->about,
	};

	(void)snprintf(r->address[w], sizeof(r->address[w]), HOST "%s", c->id);
	ask.who.person = bytes_str(r->address[w]);
	ask.who.name = bytes_str(c->name);
	sha256(ask.who.cert, bytes_str(c->key));
	ask.who.roles = c->roles;
	ask.who.clearance = c->clearance;
	ask.now = rules_at(r->office->rules, ask.at);
	ask.rules = r->rules != NULL ? r->rules
		    : r->doc.steps > 0
			? rules_version(r->office->rules, r->doc.rules)
			: ask.now;
	return ask;
}

/* "name=value" in any order; what is no field ends the test. */
static inline void
put_field(struct fields *f, enum action a, const char *pair)
{
	const char *is = strchr(pair, '=');
	enum field_name name;

	if (is == NULL ||
	    !field_by_word(&name, bytes_of(pair, (size_t)(is - pair))))
		bug(pair);
	fields_put(f, a, name, bytes_str(is + 1));
}

/* Two folds that say the same. */
static inline bool
same_doc(const struct doc *a, const struct doc *b)
{
	unsigned i;

	for (i = 0; i < FIELD_COUNT; i++)
		if (!bytes_eq(a->value[i], b->value[i]))
			return false;
	return a->kind == b->kind && a->state == b->state &&
	       a->before == b->before && a->level == b->level &&
	       a->precedence == b->precedence && a->steps == b->steps &&
	       a->expires == b->expires && a->copies == b->copies &&
	       a->permitted == b->permitted && a->at == b->at &&
	       memcmp(a->last, b->last, SHA256_SIZE) == 0;
}

/* All that was recorded, from the first step on. */
static inline enum rc
record_fold(struct record *r, struct doc *out)
{
	struct doc_steps *s = alloc(r->doc.steps + 1, sizeof(*s));
	uint64_t i;
	enum rc rc;

	for (i = 0; i < r->doc.steps; i++)
		s[i] = (struct doc_steps){ buf_bytes(&r->steps[i].statement),
			buf_bytes(&r->steps[i].opening) };
	rc = doc_fold(out, s, (size_t)r->doc.steps, &r->e);
	free(s);
	return rc;
}

/* What a store destroys. */
static inline void
record_destroy(struct record *r, unsigned what)
{
	const bool all = (what & DOC_DESTROY_OPENINGS) != 0;
	uint64_t i;

	for (i = 0; i + 1 < r->doc.steps; i++)
		if (all || ((what & DOC_DESTROY_ABSTRACT) != 0 &&
			       r->doc.did[i].action == ACTION_DESCRIBE))
			buf_free(&r->steps[i].opening);
}

/* Every cell of a remark has a label. */
static inline unsigned
without_label(const struct doc_outcome *o)
{
	unsigned bad = 0;
	size_t i, j;

	for (i = 0; i < o->line_count; i++)
		for (j = 0; j < o->lines[i].count; j++)
			bad += o->lines[i].how == LINE_REMARK &&
			       line_label(o->lines[i].cells[j].field).len == 0;
	return bad;
}

/* Apply what came out, as a store would; and hold the fold to it. */
static inline void
record_apply(struct record *r, const struct doc_ask *ask)
{
	static const uint8_t salt[STEP_SALT] = { 7 };
	struct kept k = { 0 };
	struct doc again;
	uint64_t *last;

	doc_write(&k.statement, &k.opening, &r->doc, ask, &r->out, salt);
	if (doc_add(&r->doc, buf_bytes(&k.statement), buf_bytes(&k.opening),
		&r->e) != RC_OK)
		bug(r->e.text);
	r->steps = vec_more(r->steps, r->doc.steps - 1, sizeof(*r->steps));
	r->steps[r->doc.steps - 1] = k;
	if (r->out.number.how == NUMBER_NEXT ||
	    r->out.number.how == NUMBER_GIVEN) {
		last = office_series(
		    r->office, r->out.number.series, r->out.number.year);
		if (*last < r->out.number.number)
			*last = r->out.number.number;
	}
	record_destroy(r, r->out.destroys);
	r->wrong += record_fold(r, &again) != RC_OK;
	r->wrong += without_label(&r->out);
	r->wrong += r->out.destroys == 0 && !same_doc(&again, &r->doc);
	r->wrong +=
	    again.state != r->out.state || again.level != r->out.level ||
	    again.precedence != r->out.precedence || again.kind != r->out.kind;
	doc_free(&r->doc);
	r->doc = again;
}

static inline enum rc
record_try(struct record *r, struct doc_ask *ask)
{
	enum rc rc;

	doc_outcome_free(&r->out);
	rc = doc_step(&r->out, &r->doc, ask, &r->e);
	if (rc != RC_OK || !r->out.number.wanted)
		return rc;
	ask->number = 1 + *office_series(r->office, r->out.number.series,
			      r->out.number.year);
	doc_outcome_free(&r->out);
	return doc_step(&r->out, &r->doc, ask, &r->e);
}

/* Somebody does something: "name=value" ..., NULL. */
static inline enum rc __attribute__((sentinel))
does(struct record *r, enum who w, enum action a, ...)
{
	struct doc_ask ask = record_ask(r, w, a);
	const char *pair;
	va_list ap;
	enum rc rc;

	va_start(ap, a);
	while ((pair = va_arg(ap, const char *)) != NULL)
		put_field(&ask.fields, a, pair);
	va_end(ap);
	rc = record_try(r, &ask);
	if (rc == RC_OK)
		record_apply(r, &ask);
	return rc;
}

#define DOES(r, w, a, ...)                                                     \
	went(does(r, w, ACTION_##a, ##__VA_ARGS__, NULL), &(r)->e,             \
	    "%s does \"%s\"", clerks[w].name, action_row(ACTION_##a)->word)
/* Silently; for what a test is not about. */
#define MUST(r, w, a, ...)                                                     \
	do {                                                                   \
		if (does(r, w, ACTION_##a, ##__VA_ARGS__, NULL) != RC_OK)      \
			bug((r)->e.text);                                      \
	} while (0)

/* It is refused so, with this in what is said, and nothing changed. */
#define REFUSED(r, code, why, name, w, a, ...)                                 \
	do {                                                                   \
		const uint64_t steps_ = (r)->doc.steps;                        \
		const enum rc rc_ =                                            \
		    does(r, w, ACTION_##a, ##__VA_ARGS__, NULL);               \
		if (!ok(rc_ == (code) && (r)->doc.steps == steps_ &&           \
			    strstr((r)->e.text, why) != NULL,                  \
			"%s", name))                                           \
			note("rc %s: %s", rc_name(rc_),                        \
			    rc_ == RC_OK ? "" : (r)->e.text);                  \
	} while (0)

static inline bool
says(struct record *r, enum field_name f, const char *text)
{
	return bytes_is(r->doc.value[f], text);
}

/* What a line of the last step says under this word. */
static inline struct bytes
cell(struct record *r, size_t line, const char *field)
{
	return line < r->out.line_count
		   ? line_get(&r->out.lines[line], bytes_str(field))
		   : (struct bytes){ 0 };
}

#endif

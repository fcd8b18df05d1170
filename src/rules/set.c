/* SPDX-License-Identifier: EUPL-1.2 */
/* What is in force when: docs/rules.md 3. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "rules/kinds.h"

#define VN_OFFSET (7 * 3600)

/* ---- generations
 * ----------------------------------------------------------------------- */

static int
by_topic(const void *a, const void *b)
{
	const struct rules_file *x = &(*(struct file *const *)a)->is;
	const struct rules_file *y = &(*(struct file *const *)b)->is;
	int c;

	if (x->own != y->own)
		return x->own ? 1 : -1;
	if ((c = bytes_cmp(x->topic, y->topic)) != 0)
		return c;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return bytes_cmp(x->name, y->name);
}

static void
day_write(char out[static TIME_TEXT], int64_t t)
{
	time_write(out, t + VN_OFFSET);
	out[sizeof("2026-03-01") - 1] = '\0';
}

/* Two generations of one topic: the second begins when the first ends. */
static void
check_generations(struct rules *r)
{
	const struct rules_file *a, *b;
	char end[TIME_TEXT], begin[TIME_TEXT];
	struct rule_source at = { .line = 1 };
	struct err e;
	size_t i;

	for (i = 0; i + 1 < r->files_count; i++) {
		a = &r->files[i]->is;
		b = &r->files[i + 1]->is;
		at.file = b->name;
		if (!bytes_eq(a->topic, b->topic) || a->own != b->own ||
		    a->until == b->from)
			continue;
		day_write(begin, b->from);
		day_write(end, b->from - TIME_DAY);
		if (a->until > b->from)
			(void)fail(&e, RC_INVALID,
			    "\"%.*s\" is in force from %s, and %.*s has not "
			    "ended then: write \"until %s\" there",
			    SHOWN(b->topic), begin, SHOWN(a->name), end);
		else
			(void)fail(&e, RC_INVALID,
			    "\"%.*s\" is in force from %s, and %.*s ended "
			    "before: write \"until %s\" there, or put "
			    "\"in-force\" right",
			    SHOWN(b->topic), begin, SHOWN(a->name), end);
		problem_once(r, &at, &e);
	}
}

/* An office's file is of another topic than the law's. */
static void
check_topics(struct rules *r)
{
	struct rule_source at = { .line = 1 };
	const struct rules_file *own, *law;
	struct err e;
	size_t i, j;

	for (i = 0; i < r->files_count; i++)
		for (j = 0; j < r->files_count; j++) {
			own = &r->files[i]->is;
			law = &r->files[j]->is;
			if (!own->own || law->own ||
			    !bytes_eq(own->topic, law->topic))
				continue;
			at.file = own->name;
			(void)fail(&e, RC_INVALID,
			    "the law has a topic \"%.*s\": give the office's "
			    "own another name",
			    SHOWN(own->topic));
			problem_once(r, &at, &e);
		}
}

/* ---- putting together
 * ----------------------------------------------------------------------- */

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The days on which a file begins or ends, by date, each once. */
static size_t
cut_days(const struct rules *r, int64_t days[static 2 * RULES_FILES_MAX])
{
	size_t i, n = 0, kept = 0;

	for (i = 0; i < r->files_count; i++) {
		days[n++] = r->files[i]->is.from;
		days[n++] = r->files[i]->is.until;
	}
	qsort(days, n, sizeof(days[0]), by_time);
	for (i = 0; i < n; i++)
		if (kept == 0 || days[i] != days[kept - 1])
			days[kept++] = days[i];
	return kept;
}

static bool
in_force(const struct file *f, int64_t t)
{
	return f->is.from <= t && t < f->is.until;
}

/* A set while it is put together: its rows' keys. */
struct making {
	struct set *s;		 /* owned */
	const struct row **rows; /* owned */
	size_t count;
};

static const struct row *
same_key(const struct making *m, const struct row *row, size_t *i)
{
	for (*i = 0; *i < m->count; (*i)++)
		if (m->rows[*i]->kind == row->kind &&
		    bytes_eq(
			buf_bytes(&m->rows[*i]->key), buf_bytes(&row->key)))
			return m->rows[*i];
	return NULL;
}

static void
said_twice(struct rules *r, const struct row *row, const struct row *was)
{
	const struct rule_source *at = row_source(row->data);
	const struct rule_source *before = row_source(was->data);
	struct err e;

	if (at->own && !before->own)
		(void)fail(&e, RC_INVALID,
		    "%s \"%.*s\": the law has it (%.*s:%u): choose another "
		    "word",
		    rule_kind_word(row->kind), SHOWN(row_word(row->data)),
		    SHOWN(before->file), before->line);
	else
		(void)fail(&e, RC_INVALID,
		    "%s \"%.*s\" is said at %.*s:%u for the same time: leave "
		    "one of them away, or end it with \"until\"",
		    rule_kind_word(row->kind), SHOWN(row_word(row->data)),
		    SHOWN(before->file), before->line);
	problem_once(r, at, &e);
}

static void
put_row(struct rules *r, struct making *m, const struct row *row)
{
	const struct rule_source *at = row_source(row->data), *before;
	const struct row *was;
	struct err e;
	size_t i;

	was = same_key(m, row, &i);
	if (was == NULL) {
		m->rows = vec_more(m->rows, m->count, sizeof(*m->rows));
		m->rows[m->count++] = row;
		return;
	}
	before = row_source(was->data);
	if (!at->own || before->own || kind_own(row->kind) != OWN_TIGHTEN) {
		said_twice(r, row, was);
		return;
	}
	if (!tightens(row->kind, row->data, was->data)) {
		(void)fail(&e, RC_INVALID,
		    "%s \"%.*s\" asks less than the law (%.*s:%u): write at "
		    "least as much, or leave it away",
		    rule_kind_word(row->kind), SHOWN(row_word(row->data)),
		    SHOWN(before->file), before->line);
		problem_once(r, at, &e);
	}
	m->rows[i] = row;
}

/* docs/rules.md 3.3 */
static void
name_set(struct set *s, const struct set *before, struct sha256 *hash)
{
	char hex[2 * SHA256_SIZE + 1], day[TIME_TEXT];

	sha256_end(hash, s->hash);
	if (before != NULL &&
	    memcmp(before->hash, s->hash, sizeof(s->hash)) == 0) {
		memcpy(s->version, before->version, sizeof(s->version));
	} else {
		hex_write(hex, bytes_of(s->hash, 16));
		day_write(day, s->is.from);
		(void)snprintf(
		    s->version, sizeof(s->version), "%.10s.%.32s", day, hex);
	}
	s->is.version = bytes_str(s->version);
}

static void
show_rows(struct making *m)
{
	struct set *s = m->s;
	enum rule_kind k;
	size_t i, *n;

	for (i = 0; i < m->count; i++) {
		k = m->rows[i]->kind;
		n = &s->is.of[k].count;
		s->rows[k] = vec_more(s->rows[k], *n, sizeof(void *));
		s->rows[k][(*n)++] = m->rows[i]->data;
	}
	for (i = 0; i < RULE_KINDS; i++)
		s->is.of[i].rows = s->rows[i];
}

/* What is in force from "from"; nothing where no file is. */
static void
make_set(struct rules *r, int64_t from, int64_t until)
{
	struct making m = { 0 };
	struct sha256 hash;
	size_t i, j, files = 0;

	for (i = 0; i < r->files_count; i++)
		files += in_force(r->files[i], from);
	if (files == 0)
		return;
	m.s = alloc(1, sizeof(*m.s));
	m.s->is.from = from;
	m.s->is.until = until;
	hash = sha256_start();
	for (i = 0; i < r->files_count; i++) {
		if (!in_force(r->files[i], from))
			continue;
		if (r->files[i]->counts)
			sha256_add(&hash, bytes_of(r->files[i]->hash,
					      sizeof(r->files[i]->hash)));
		for (j = 0; j < r->files[i]->count; j++)
			put_row(r, &m, &r->files[i]->rows[j]);
	}
	name_set(
	    m.s, r->sets_count == 0 ? NULL : r->sets[r->sets_count - 1], &hash);
	show_rows(&m);
	free(m.rows);
	set_check(r, &m.s->is);
	r->sets = vec_more(r->sets, r->sets_count, sizeof(struct set *));
	r->sets[r->sets_count++] = m.s;
}

void
sets_free(struct rules *r)
{
	size_t i, k;

	for (i = 0; i < r->sets_count; i++) {
		for (k = 0; k < RULE_KINDS; k++)
			free(r->sets[i]->rows[k]);
		free(r->sets[i]);
	}
	free(r->sets);
	r->sets = NULL;
	r->sets_count = 0;
}

/* Levels that were said once are said ever after. */
static void
check_ends(struct rules *r)
{
	const struct rule_rows *levels, *before;
	const struct rule_level *last;
	char day[TIME_TEXT];
	struct err e;
	size_t i;

	for (i = 1; i < r->sets_count; i++) {
		levels = &r->sets[i]->is.of[RULE_LEVEL];
		before = &r->sets[i - 1]->is.of[RULE_LEVEL];
		if (levels->count > 0 || before->count == 0)
			continue;
		last = before->rows[0];
		day_write(day, r->sets[i]->is.from);
		(void)fail(&e, RC_INVALID,
		    "from %s nothing says what the levels are: leave \"until\" "
		    "away here, or add what comes after",
		    day);
		problem_once(r, &last->source, &e);
	}
}

/* The first problem of several, as it was told. */
static enum rc
first_problem(const struct rules *r, struct err *e)
{
	struct bytes all = rules_problems(r);
	const uint8_t *end = memchr(all.p, '\n', all.len);

	e->rc = RC_INVALID;
	(void)snprintf(e->text, sizeof(e->text), "%.*s", (int)(end - all.p),
	    (const char *)all.p);
	return e->rc;
}

enum rc
rules_check(struct rules *r, struct err *e)
{
	int64_t days[2 * RULES_FILES_MAX];
	size_t n, i;

	sets_free(r);
	forget_problems(r);
	if (r->files_count > 1)
		qsort(
		    r->files, r->files_count, sizeof(struct file *), by_topic);
	check_generations(r);
	check_topics(r);
	n = cut_days(r, days);
	for (i = 0; i + 1 < n; i++)
		make_set(r, days[i], days[i + 1]);
	check_ends(r);
	if (r->problems_count == 0)
		return RC_OK;
	sets_free(r);
	return first_problem(r, e);
}

/* ---- asking by time
 * --------------------------------------------------------------------------
 */

const struct rule_set *
rules_nth(const struct rules *r, size_t i)
{
	return i < r->sets_count ? &r->sets[i]->is : NULL;
}

const struct rule_set *
rules_at(const struct rules *r, int64_t t)
{
	size_t i;

	for (i = 0; i < r->sets_count; i++)
		if (r->sets[i]->is.from <= t && t < r->sets[i]->is.until)
			return &r->sets[i]->is;
	return NULL;
}

const struct rule_set *
rules_version(const struct rules *r, struct bytes version)
{
	const size_t day = sizeof("2026-03-01") - 1;
	int64_t t;
	size_t i;

	for (i = 0; i < r->sets_count; i++)
		if (bytes_eq(r->sets[i]->is.version, version))
			return &r->sets[i]->is;
	if (version.len != day + 1 + 32 || version.p[day] != '.' ||
	    !day_parse(&t, bytes_of(version.p, day)))
		return NULL;
	return rules_at(r, t);
}

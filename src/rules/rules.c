/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of rows: their head, their rows, and what is wrong with them. */
#include <stdlib.h>
#include <string.h>

#include "core/lang.h"
#include "core/vec.h"
#include "rules/kinds.h"

/* ---- problems
 * ----------------------------------------------------------------------------
 */

void
problem(struct rules *r, struct bytes name, unsigned line, struct err *e)
{
	(void)fail_at(e, "%.*s:%u", SHOWN(name), line);
	if (r->problems_count++ >= RULES_PROBLEMS_MAX)
		return;
	buf_add(&r->problems, bytes_str(e->text));
	buf_u8(&r->problems, '\n');
}

/* Whether this line of a problem was written before. */
static bool
was_told(const struct rules *r, struct bytes text)
{
	struct bytes left = buf_bytes(&r->problems), line;

	while (left.len > 0) {
		line = left;
		line.len =
		    (size_t)((const uint8_t *)memchr(left.p, '\n', left.len) -
			     left.p);
		if (bytes_eq(line, text))
			return true;
		left.p += line.len + 1;
		left.len -= line.len + 1;
	}
	return false;
}

void
problem_once(struct rules *r, const struct rule_source *at, struct err *e)
{
	struct err told = *e;

	if (r->problems_count >= RULES_PROBLEMS_MAX)
		return;
	(void)fail_at(&told, "%.*s:%u", SHOWN(at->file), at->line);
	if (!was_told(r, bytes_str(told.text)))
		problem(r, at->file, at->line, e);
}

struct bytes
rules_problems(const struct rules *r)
{
	return buf_bytes(&r->problems);
}

void
forget_problems(struct rules *r)
{
	buf_free(&r->problems);
	r->problems_count = 0;
}

/* ---- the head of a file
 * ------------------------------------------------------------------------- */

struct head {
	struct file *f;
	size_t before; /* rows of the files before it */
	struct rule_source source;
	bool own;
	bool named, titled, dated, ended, sourced;
};

static enum rc
want(const struct tokens *t, size_t least, size_t most, struct err *e)
{
	if (t->count - 1 < least || t->count - 1 > most)
		return fail(e, RC_INVALID,
		    "%.*s: %zu to %zu words or texts go behind it, not %zu",
		    SHOWN(t->row[0].text), least, most, t->count - 1);
	return RC_OK;
}

static enum rc
named_twice(bool *has, const struct tokens *t, struct err *e)
{
	if (*has)
		return fail(e, RC_INVALID,
		    "%.*s is there twice: leave one away",
		    SHOWN(t->row[0].text));
	*has = true;
	return RC_OK;
}

/* "rules TOPIC" or "own TOPIC" */
static enum rc
head_name(struct head *h, const struct tokens *t, struct err *e)
{
	bool own = bytes_is(t->row[0].text, "own");

	if (named_twice(&h->named, t, e) != RC_OK || want(t, 1, 1, e) != RC_OK)
		return e->rc;
	if (own && !h->own)
		return fail(e, RC_INVALID,
		    "this is an office's own file: put it into the folder "
		    "data/rules of the station's folder");
	if (!own && h->own)
		return fail(e, RC_INVALID,
		    "a file in a station's folder begins with \"own\": the law "
		    "itself is not changed there (docs/rules.md 5.1)");
	if (!word_ok(t->row[1].text))
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no name of a topic: write small letters "
		    "without diacritics, digits and inner hyphens",
		    SHOWN(t->row[1].text));
	h->f->is.topic = t->row[1].text;
	h->f->is.own = h->own;
	return RC_OK;
}

static enum rc
take_texts(struct rule_text *out, const struct token *row, struct err *e)
{
	if (!row[0].quoted || !row[1].quoted || row[0].text.len == 0 ||
	    row[1].text.len == 0)
		return fail(e, RC_INVALID,
		    "here are two texts wanted: write \"the Vietnamese\" "
		    "\"the English\"");
	out->vi = row[0].text;
	out->en = row[1].text;
	return RC_OK;
}

static enum rc
head_title(struct head *h, const struct tokens *t, struct err *e)
{
	if (named_twice(&h->titled, t, e) != RC_OK || want(t, 2, 2, e) != RC_OK)
		return e->rc;
	return take_texts(&h->f->is.title, t->row + 1, e);
}

static bool
says_unverified(const struct token *k)
{
	return !k->quoted && bytes_is(k->text, "unverified");
}

/* A day, and "unverified" behind it or nothing. */
static enum rc
head_day(struct head *h, const struct tokens *t, int64_t *day, struct err *e)
{
	if (want(t, 1, 2, e) != RC_OK)
		return e->rc;
	if (!day_parse(day, t->row[1].text) || *day > TIME_MAX - TIME_DAY)
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no day: write it as 2026-03-01",
		    SHOWN(t->row[1].text));
	if (t->count == 3 && !says_unverified(&t->row[2]))
		return fail(e, RC_INVALID,
		    "behind a day stands \"unverified\" or nothing, not "
		    "\"%.*s\"",
		    SHOWN(t->row[2].text));
	h->f->is.unverified |= t->count == 3;
	return RC_OK;
}

static enum rc
head_from(struct head *h, const struct tokens *t, struct err *e)
{
	if (named_twice(&h->dated, t, e) != RC_OK)
		return e->rc;
	return head_day(h, t, &h->f->is.from, e);
}

static enum rc
head_until(struct head *h, const struct tokens *t, struct err *e)
{
	if (named_twice(&h->ended, t, e) != RC_OK ||
	    head_day(h, t, &h->f->is.until, e) != RC_OK)
		return e->rc;
	h->f->is.until += TIME_DAY;
	return RC_OK;
}

/* "source [unverified] vi en": of the rows behind it. */
static enum rc
head_source(struct head *h, const struct tokens *t, struct err *e)
{
	bool unverified = t->count > 1 && says_unverified(&t->row[1]);

	if (want(t, 2u + unverified, 2u + unverified, e) != RC_OK ||
	    take_texts(&h->source.text, t->row + 1 + unverified, e) != RC_OK)
		return e->rc;
	h->source.unverified = unverified;
	h->sourced = true;
	return RC_OK;
}

static const struct {
	const char *word;
	enum rc (*read)(struct head *h, const struct tokens *t, struct err *e);
} heads[] = {
	{ "rules", head_name },
	{ "own", head_name },
	{ "title", head_title },
	{ "in-force", head_from },
	{ "until", head_until },
	{ "source", head_source },
};

/* ---- files
 * ----------------------------------------------------------------------------
 */

static void
file_free(struct file *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->count; i++)
		row_free(&f->rows[i]);
	free(f->rows);
	arena_free(&f->keep);
	free(f);
}

/* docs/rules.md 3.3: words and texts, wherever they stand. */
static void
hash_row(struct sha256 *h, const struct tokens *t)
{
	uint8_t head[4];
	size_t i;

	for (i = 0; i < t->count; i++) {
		head[0] = t->row[i].quoted;
		head[1] = (uint8_t)(t->row[i].text.len >> 16);
		head[2] = (uint8_t)(t->row[i].text.len >> 8);
		head[3] = (uint8_t)t->row[i].text.len;
		sha256_add(h, bytes_of(head, sizeof(head)));
		sha256_add(h, t->row[i].text);
	}
	head[0] = 0xff;
	sha256_add(h, bytes_of(head, 1));
}

static enum rc
add_row(struct head *h, struct tokens *t, struct err *e)
{
	struct file *f = h->f;
	struct row row;

	t->at = t->row[0].line;
	if (!h->named || !h->titled || !h->dated)
		return fail(e, RC_INVALID,
		    "a file begins with \"rules\" or \"own\" and its topic, "
		    "\"title\" and \"in-force\": write them before the rows");
	if (!h->sourced)
		return fail(e, RC_INVALID,
		    "what does this row rest on? Write a row \"source\" before "
		    "it");
	if (f->count == RULES_ROWS_MAX)
		return fail(e, RC_INVALID,
		    "more than %u rows: make two files of it", RULES_ROWS_MAX);
	if (h->before + f->count >= RULES_ALL_MAX)
		return fail(e, RC_INVALID,
		    "more than %u rows in all files: leave some away",
		    RULES_ALL_MAX);
	h->source.line = t->row[0].line;
	if (row_read(&row, t, &h->source, e) != RC_OK)
		return e->rc;
	f->rows = vec_more(f->rows, f->count, sizeof(*f->rows));
	f->rows[f->count++] = row;
	f->counts |= row.kind != RULE_HOLDER;
	if (h->own && kind_own(row.kind) == OWN_NEVER)
		return fail(e, RC_INVALID,
		    "\"%s\": only the law says this: leave it away "
		    "(docs/rules.md 5.2)",
		    rule_kind_word(row.kind));
	if (!h->own && kind_own(row.kind) == OWN_ALONE)
		return fail(e, RC_INVALID,
		    "\"%s\": an office says this of itself: put it into a file "
		    "of its own (docs/rules.md 5.1)",
		    rule_kind_word(row.kind));
	return RC_OK;
}

static enum rc
read_row(struct head *h, struct tokens *t, struct sha256 *hash, struct err *e)
{
	struct bytes word = t->row[0].text;
	size_t i;

	t->at = t->row[0].line;
	/* neither an end that comes later nor who holds a post is another law
	 */
	if (!bytes_is(word, "until") && !bytes_is(word, "holder"))
		hash_row(hash, t);
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (!t->row[0].quoted && bytes_is(word, heads[i].word))
			return heads[i].read(h, t, e);
	return add_row(h, t, e);
}

static enum rc
whole(const struct head *h, struct tokens *t, struct err *e)
{
	t->at = t->line == 0 ? 1 : t->line;
	if (!h->named || !h->titled || !h->dated)
		return fail(e, RC_INVALID,
		    "the file has no head: write \"rules TOPIC\", \"title\" "
		    "and \"in-force\" at its beginning");
	if (h->f->is.until <= h->f->is.from)
		return fail(e, RC_INVALID,
		    "its last day is before its first: put \"in-force\" and "
		    "\"until\" right");
	return RC_OK;
}

/* Every row of the file; each problem is told.  How many there were. */
static size_t
read_rows(struct rules *r, struct head *h, struct bytes text, struct err *first)
{
	struct tokens *t = alloc(1, sizeof(*t)); /* large for a stack */
	struct sha256 hash = sha256_start();
	size_t bad = 0;
	struct err e;
	enum rc rc;

	t->left = text;
	t->keep = &h->f->keep;
	for (;;) {
		rc = tokens_next(t, &e);
		if (rc == RC_OK && t->count == 0)
			break;
		if (rc == RC_OK)
			rc = read_row(h, t, &hash, &e);
		if (rc == RC_OK)
			continue;
		problem(r, h->f->is.name, t->at, &e);
		if (bad++ == 0)
			*first = e;
	}
	if (bad == 0 && whole(h, t, &e) != RC_OK) {
		problem(r, h->f->is.name, t->at, &e);
		*first = e;
		bad++;
	}
	sha256_end(&hash, h->f->hash);
	wipe(t, sizeof(*t));
	free(t);
	return bad;
}

static struct bytes
without_mark(struct bytes text)
{
	if (text.len >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		return bytes_of(text.p + 3, text.len - 3);
	return text;
}

enum rc
rules_add(struct rules *r, struct bytes name, struct bytes text, bool own,
    struct err *e)
{
	struct head h = { .own = own };
	size_t i;

	sets_free(r);
	forget_problems(r);
	if (text.len > RULES_FILE_MAX)
		return fail(e, RC_LIMIT,
		    "%.*s: %zu bytes, at most %u: make two files of it",
		    SHOWN(name), text.len, RULES_FILE_MAX);
	if (r->files_count == RULES_FILES_MAX)
		return fail(e, RC_LIMIT,
		    "%.*s: there are more than %u files of rules: leave some "
		    "away",
		    SHOWN(name), RULES_FILES_MAX);
	h.f = alloc(1, sizeof(*h.f));
	h.f->is.name = arena_add(&h.f->keep, name);
	h.f->is.until = TIME_NEVER;
	for (i = 0; i < r->files_count; i++)
		h.before += r->files[i]->count;
	h.source.own = own;
	h.source.file = h.f->is.name;
	if (read_rows(r, &h, without_mark(text), e) > 0) {
		file_free(h.f);
		return e->rc;
	}
	r->files = vec_more(r->files, r->files_count, sizeof(struct file *));
	r->files[r->files_count++] = h.f;
	return RC_OK;
}

bool
rules_is_own(struct bytes text)
{
	struct tokens *t = alloc(1, sizeof(*t));
	struct arena keep = { 0 };
	struct err e;
	bool own;

	if (text.len > RULES_FILE_MAX)
		text.len = 0;
	t->left = without_mark(text);
	t->keep = &keep;
	own = tokens_next(t, &e) == RC_OK && t->count > 0 &&
	      bytes_is(t->row[0].text, "own");
	arena_free(&keep);
	free(t);
	return own;
}

struct rules *
rules_new(void)
{
	return alloc(1, sizeof(struct rules));
}

void
rules_free(struct rules *r)
{
	size_t i;

	if (r == NULL)
		return;
	sets_free(r);
	for (i = 0; i < r->files_count; i++)
		file_free(r->files[i]);
	free(r->files);
	buf_free(&r->problems);
	free(r);
}

const struct rules_file *
rules_file_nth(const struct rules *r, size_t i)
{
	return i < r->files_count ? &r->files[i]->is : NULL;
}

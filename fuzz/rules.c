/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A file of rules: it is read, or each of its problems has a line; what was
 * read is the same when it is written and read again, and its numbers are
 * written without reading beyond anything.
 */
#include <string.h>

#include "rules/rules.h"

#define NAME "a"
#define HEAD "title \"a\" \"b\"\nin-force 2026-01-01\nsource \"a\" \"b\"\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
problems_have_lines(const struct rules *r)
{
	struct bytes said = rules_problems(r);
	size_t i, lines = 0;

	for (i = 0; i < said.len; i++)
		lines += said.p[i] == '\n';
	if (lines == 0 || lines > RULES_PROBLEMS_MAX ||
	    said.p[said.len - 1] != '\n' || memcmp(said.p, NAME ":", 2) != 0)
		bug("a problem without its line");
}

/* Every row of a set, as a file of one source. */
static void
write_all(struct buf *out, const struct rule_set *s, bool own)
{
	size_t k, i;

	buf_add(out, bytes_str(own ? "own x\n" HEAD : "rules x\n" HEAD));
	for (k = 0; k < RULE_KINDS; k++)
		for (i = 0; i < s->of[k].count; i++)
			rule_write(out, (enum rule_kind)k, s->of[k].rows[i]);
}

static void
ask(const struct rule_set *s)
{
	const struct rule_rows *g = &s->of[RULE_GRAMMAR];
	const struct rule_rows *t = &s->of[RULE_TYPE];
	const struct rule_rows *d = &s->of[RULE_DUE];
	struct buf out = { 0 };
	struct err e;
	size_t i, j;

	for (i = 0; i < g->count && i < 4; i++)
		for (j = 0; j < t->count && j < 4; j++)
			if (rule_number_write(&out, g->rows[i], 7, t->rows[j],
				bytes_str("A"), bytes_str("B"), &e) == RC_OK &&
			    out.len == 0)
				bug("a number that is nothing");
	for (i = 0; i < d->count && i < 4; i++)
		if (rule_due_time(s, d->rows[i], s->from, s->from) < s->from)
			bug("due before it began");
	buf_free(&out);
}

static void
is_same_again(const struct rule_set *s, bool own)
{
	struct buf text = { 0 }, again = { 0 };
	struct rules *r = rules_new();
	struct err e;

	write_all(&text, s, own);
	if (text.len <= RULES_FILE_MAX) {
		if (rules_add(r, bytes_str(NAME), buf_bytes(&text), own, &e) !=
			RC_OK ||
		    rules_check(r, &e) != RC_OK)
			bug(e.text);
		write_all(&again, rules_nth(r, 0), own);
		if (!bytes_eq(buf_bytes(&text), buf_bytes(&again)))
			bug("a row that is written otherwise than it was "
			    "read");
	}
	rules_free(r);
	buf_free(&text);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes text = bytes_of(data, size);
	const bool own = rules_is_own(text);
	struct rules *r = rules_new();
	const struct rule_set *s;
	struct err e;
	enum rc rc;

	rc = rules_add(r, bytes_str(NAME), text, own, &e);
	if (rc == RC_OK)
		rc = rules_check(r, &e);
	if ((rc == RC_LIMIT) != (size > RULES_FILE_MAX))
		bug("a limit that is none");
	if (rc == RC_INVALID)
		problems_have_lines(r);
	s = rules_nth(r, 0);
	if ((rc == RC_OK) != (s != NULL))
		bug("rules that are neither good nor bad");
	if (s != NULL && rules_version(r, s->version) != s)
		bug("a version that is not found");
	if (s != NULL) {
		ask(s);
		is_same_again(s, own);
	}
	rules_free(r);
	return 0;
}

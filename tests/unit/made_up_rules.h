/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of rules, made up for tests. */
#ifndef TESTS_UNIT_MADE_UP_RULES_H
#define TESTS_UNIT_MADE_UP_RULES_H

#include <stdio.h>
#include <string.h>

#include "../tests/tap.h"
#include "rules/rules.h"

#define HEAD                                                                   \
	"rules law\ntitle \"Luật\" \"Law\"\nin-force 2026-03-01\n"           \
	"source \"Nguồn\" \"Source\"\n"
#define HEAD_LINES 4
#define OWN                                                                    \
	"own ours\ntitle \"Riêng\" \"Ours\"\nin-force 2026-03-01\n"           \
	"source \"Nguồn\" \"Source\"\n"
#define NAME " name \"a\" \"b\""
#define CITE " cite \"a\" \"b\""
#define COLUMN " column a 20 \"a\" \"b\""

static inline int64_t
at(const char *text)
{
	int64_t t;

	if (!time_parse(&t, bytes_str(text)))
		bug("no time");
	return t;
}

static inline enum rc
add(struct rules *r, const char *name, const char *text, bool own,
    struct err *e)
{
	return rules_add(r, bytes_str(name), bytes_str(text), own, e);
}

/* Law and an office's own, both good by themselves; NULL: none. */
static inline struct rules *
with(const char *law, const char *own)
{
	struct rules *r = rules_new();
	struct err e;

	if (add(r, "law.rules", law, false, &e) != RC_OK ||
	    (own != NULL && add(r, "own.rules", own, true, &e) != RC_OK))
		bug(e.text);
	return r;
}

static inline struct rules *
checked(const char *law, const char *own)
{
	struct rules *r = with(law, own);
	struct err e;

	if (rules_check(r, &e) != RC_OK)
		bug(e.text);
	return r;
}

/* The first problem of a file, from whichever of the two finds it. */
static inline enum rc
judged(struct rules *r, const char *text, bool own, struct err *e)
{
	const char *name = own ? "own.rules" : "law.rules";
	enum rc rc = add(r, name, text, own, e);

	return rc == RC_OK ? rules_check(r, e) : rc;
}

#endif

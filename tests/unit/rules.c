/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules (docs/rules.md 2 to 6): what is read, what is refused and where, what
 * is in force when. */
#include <stdio.h>
#include <stdlib.h>
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

static int64_t
at(const char *text)
{
	int64_t t;

	if (!time_parse(&t, bytes_str(text)))
		bug("no time");
	return t;
}

static enum rc
add(struct rules *r, const char *name, const char *text, bool own,
    struct err *e)
{
	return rules_add(r, bytes_str(name), bytes_str(text), own, e);
}

/* Law and an office's own, both good by themselves; NULL: none. */
static struct rules *
with(const char *law, const char *own)
{
	struct rules *r = rules_new();
	struct err e;

	if (add(r, "law.rules", law, false, &e) != RC_OK ||
	    (own != NULL && add(r, "own.rules", own, true, &e) != RC_OK))
		bug(e.text);
	return r;
}

static struct rules *
checked(const char *law, const char *own)
{
	struct rules *r = with(law, own);
	struct err e;

	if (rules_check(r, &e) != RC_OK)
		bug(e.text);
	return r;
}

/* ---- what is read
 * ----------------------------------------------------------------------- */

static void
a_file_is_read(void)
{
	struct rules *r =
	    checked("\xef\xbb\xbf# a remark\r\n"
		    "rules law\r\n"
		    "title \"Lu\xe1\xba\xa1t\" \"Law\" # behind\n"
		    "in-force 2026-03-01\n"
		    "source unverified \"Ngu\" \"S\"\n"
		    "\n"
		    "type cong-van\n"
		    "\n"
		    "  # between\n"
		    "\tname \"Co\xcc\x82ng va\xcc\x86n\" \"Letter\"\n",
		NULL);
	const struct rule_set *s = rules_at(r, at("2026-03-01"));
	const struct rule_type *t;

	ok(s != NULL && rules_at(r, at("2026-03-01") - 1) == NULL,
	    "a file is in force from its first day, in Vietnam's time");
	t = rule_type(s, bytes_str("cong-van"));
	ok(t != NULL && bytes_is(t->name.vi, "Công văn"),
	    "a row goes on over lines, and its letters are composed");
	ok(t->abbr.len == 0 && t->source.unverified && !t->source.own &&
		bytes_is(t->source.file, "law.rules") && t->source.line == 7 &&
		bytes_is(t->source.text.en, "S"),
	    "it knows its source and where it stands");
	ok(rule_type(s, bytes_str("cong-vam")) == NULL &&
		rule_level(s, LEVEL_MAT) == NULL,
	    "what is not said is not there");
	rules_free(r);
}

static const struct wrong {
	const char *text; /* behind HEAD */
	unsigned line;	  /* in it, from 1 */
	const char *says;
} wrong[] = {
	{ " type a" NAME, 0, "" }, /* it goes on with the head */
	{ "tipe a" NAME, 1, "see docs/rules.md 4" },
	{ "\"type\" a" NAME, 1, "begins no row" },
	{ "type", 1, "write 1 values there" },
	{ "type A" NAME, 1, "no word" },
	{ "type a-" NAME, 1, "no word" },
	{ "type aaaaaaaaaabbbbbbbbbbccccccccccddddddddddd" NAME, 1,
	    "at most 40" },
	{ "type a", 1, "has no \"name\"" },
	{ "type a name \"a\"", 1, "write 2 values there" },
	{ "type a name a b", 1, "write \"the Vietnamese\" \"the English\"" },
	{ "type a name \"\" \"b\"", 1, "two texts" },
	{ "type a" NAME "\n\tabr X", 2, "no part of a row \"type\"" },
	{ "type a" NAME "\n\n# x\n\tabbr A/B", 4, "no symbol" },
	{ "type a" NAME " abbr \"A B\"", 1, "no symbol" },
	{ "type a" NAME " abbr A abbr B", 1, "abbr is there twice" },
	{ "type a" NAME " as dang", 1, "write both or none" },
	{ "type a" NAME " only dang", 1, "there is no grammar \"dang\"" },
	{ "type a name \"a\" \"b", 1, "a text has no end" },
	{ "type a name \"a\"\"b\"", 1, "write a blank" },
	{ "type a na\"me\"", 1, "write a blank" },
	{ "type a name \"a\x01\" \"b\"", 1, "save the file as UTF-8" },
	{ "type a name \"\xff\" \"b\"", 1, "save the file as UTF-8" },
	{ "type a" NAME "\ntype a" NAME, 2, "law.rules:5 for the same time" },
	{ "rules b", 1, "rules is there twice" },
	{ "title \"a\" \"b\"", 1, "title is there twice" },
	{ "in-force 2026-03-02", 1, "in-force is there twice" },
	{ "until 2026-13-01", 1, "write it as 2026-03-01" },
	{ "until 2026-03-01 perhaps", 1, "\"unverified\" or nothing" },
	{ "until 2026-02-28", 1, "put \"in-force\" and \"until\" right" },
	{ "source \"a\"", 1, "2 to 2 words" },
	{ "source maybe \"a\" \"b\"", 1, "2 to 2 words" },
	{ "level geheim" NAME " abstract free", 1, "write thuong, mat," },
	{ "level mat" NAME " abstract yes", 1, "write never, agreed or free" },
	{ "level mat" NAME, 1, "has no \"abstract\"" },
	{ "level mat" NAME " abstract free years 0", 1, "number of 1 to 100" },
	{ "level mat" NAME " abstract free years 010", 1, "no number" },
	{ "level mat" NAME " abstract free years -1", 1, "no number" },
	{ "level mat" NAME " abstract free years 99999999999", 1, "no number" },
	{ "level mat" NAME " abstract free", 1, "no row \"level thuong\"" },
	{ "action sign roles boss" CITE, 1, "write drafter, authority," },
	{ "action sign roles clerk, duty" CITE, 1, "no role" },
	{ "action sign" CITE, 1, "has no \"roles\"" },
	{ "action sign roles clerk", 1, "has no \"cite\"" },
	{ "action sign roles clerk differs send" CITE, 1,
	    "there is no action \"send\"" },
	{ "action sign roles clerk differs a,,b" CITE, 1, "no word" },
	{ "action sign roles clerk people 0" CITE, 1, "number of 1 to 9" },
	{ "due send", 1, "Write at-once" },
	{ "due send at-once days 1", 1, "one of them only" },
	{ "due send at-once working", 1, "goes with days N" },
	{ "due send precedence now at-once", 1, "write thuong, khan," },
	{ "due send days 1\ndue send days 2", 2, "law.rules:5" },
	{ "grammar a" NAME " pattern {so}/{co-quan}", 1, "{loai} once" },
	{ "grammar a" NAME " pattern {so}/{loai}{so}", 1, "no pattern" },
	{ "grammar a" NAME " pattern {so}/{loai}-{x}", 1, "no pattern" },
	{ "grammar a" NAME " pattern {so}/{loai} plain {so}/{loai}", 1,
	    "without {loai}" },
	{ "code a-1" NAME " type b", 1, "there is no type \"b\"" },
	{ "series a" NAME, 1, "has no \"kind\"" },
	{ "register a title \"a\" \"b\"", 1, "has no \"column\"" },
	{ "register a title \"a\" \"b\"" COLUMN "\n" COLUMN, 2, "twice" },
	{ "register a title \"a\" \"b\" column a 2 \"a\" \"b\"", 1,
	    "number of 5 to 200" },
	{ "register a title \"a\" \"b\" column a 200 \"a\" \"b\"\n"
	  "\tcolumn b 68 \"a\" \"b\"",
	    1, "268 mm wide together: write at most 267" },
	{ "register a title \"a\" \"b\" series b" COLUMN, 1,
	    "there is no series \"b\"" },
	{ "series b" NAME " kind out secret\n"
	  "register a title \"a\" \"b\" series b" COLUMN,
	    2, "not of the same levels" },
	{ "stamp a text \"a\" \"b\" size 30", 1, "write them as 30x8" },
	{ "stamp a text \"a\" \"b\" size 0x8", 1, "numbers of 1 to 200" },
	{ "stamp a text \"a\" \"b\" size 30x8x9", 1, "two numbers" },
	{ "delegation sign level mat position p", 1,
	    "there is no action \"sign\"" },
	{ "holder p person antin://vn/a from 2026-01-01 instrument \"x\"", 1,
	    "put it into a file of its own" },
	{ "agency nha-nuoc symbol X" NAME, 1, "docs/rules.md 5.1" },
	{ "retention a" NAME, 1, "Write months N or forever" },
	{ "retention a" NAME " months 1 forever", 1, "one of them only" },
	{ "limit a" NAME " value x unit days", 1, "no number of 0 to" },
	{ "holiday 31-02" NAME, 1, "30-04 for each year" },
	{ "holiday 2027-02-29" NAME, 1, "2026-02-17 for one" },
	{ "weekend friday", 1, "write saturday or sunday" },
};

/* The first problem of a file, from whichever of the two finds it. */
static enum rc
judged(struct rules *r, const char *text, bool own, struct err *e)
{
	const char *name = own ? "own.rules" : "law.rules";
	enum rc rc = add(r, name, text, own, e);

	return rc == RC_OK ? rules_check(r, e) : rc;
}

static void
each_mistake_has_its_line_and_remedy(void)
{
	size_t i, n = sizeof(wrong) / sizeof(wrong[0]), found = 0;
	char text[4096], where[64];
	struct rules *r;
	struct err e;

	for (i = 0; i < n; i++) {
		r = rules_new();
		(void)snprintf(
		    text, sizeof(text), "%s%s\n", HEAD, wrong[i].text);
		(void)snprintf(where, sizeof(where),
		    "law.rules:%u: ", HEAD_LINES + wrong[i].line);
		if (judged(r, text, false, &e) == RC_INVALID &&
		    (wrong[i].line == 0 ||
			strncmp(e.text, where, strlen(where)) == 0) &&
		    strstr(e.text, wrong[i].says) != NULL &&
		    rules_problems(r).len > 0 &&
		    rules_at(r, at("2026-03-01")) == NULL)
			found++;
		else
			note("%s\nwanted %s ... %s, got %s", wrong[i].text,
			    where, wrong[i].says, e.text);
		rules_free(r);
	}
	is(found, n, "each of %zu mistakes is found, with line and remedy", n);
}

static void
all_problems_of_a_file_are_told(void)
{
	struct rules *r = rules_new();
	struct bytes said;
	struct err e;
	size_t i, lines = 0;

	ok(add(r, "x", HEAD "tipe a\ntype B\n\ntype ok" NAME "\n \"\ntype c",
	       false, &e) == RC_INVALID,
	    "a file with mistakes is refused");
	said = rules_problems(r);
	for (i = 0; i < said.len; i++)
		lines += said.p[i] == '\n';
	is(lines, 4, "each of its rows with one is told");
	ok(strncmp(e.text, "x:5: ", 5) == 0 &&
		memcmp(said.p, e.text, strlen(e.text)) == 0,
	    "the first of them first");
	ok(rules_file_nth(r, 0) == NULL, "and nothing is kept of it");
	rules_free(r);
}

static void
heads_are_wanted(void)
{
	static const char *const bad[] = { "", "# nothing\n", "type a" NAME,
		"rules a\n", "rules a\ntitle \"a\" \"b\"\n",
		"rules a\ntitle \"a\" \"b\"\nin-force 2026-03-01\ntype a" NAME,
		" rules a\n", "rules A\n", "rules\n", "rules a b\n",
		"rules a\ntitle a b\nin-force 2026-03-01\n",
		"rules a\ntitle \"a\" \"b\"\nin-force 01/03/2026\n" };
	size_t i, refused = 0;
	struct rules *r;
	struct err e;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = rules_new();
		if (add(r, "x", bad[i], false, &e) == RC_INVALID &&
		    strncmp(e.text, "x:", 2) == 0)
			refused++;
		else
			note("%s", bad[i]);
		rules_free(r);
	}
	is(refused, i, "no file without its whole head is read");
}

static void
limits_hold(void)
{
	struct buf text = { 0 };
	struct rules *r = rules_new();
	struct err e;
	unsigned i;

	buf_add(&text, bytes_str(HEAD));
	while (text.len <= RULES_FILE_MAX)
		buf_add(&text, bytes_str("# 1234567890\n"));
	is(rules_add(r, bytes_str("x"), buf_bytes(&text), false, &e), RC_LIMIT,
	    "a file over its limit is refused");
	buf_free(&text);
	buf_add(&text, bytes_str(HEAD "type a name \""));
	for (i = 0; i <= RULES_TEXT_MAX; i++)
		buf_u8(&text, 'a');
	buf_add(&text, bytes_str("\" \"b\"\n"));
	is(rules_add(r, bytes_str("x"), buf_bytes(&text), false, &e),
	    RC_INVALID, "so is a text");
	buf_free(&text);
	buf_add(&text, bytes_str(HEAD "register a title \"a\" \"b\""));
	for (i = 0; i < 1000; i++)
		buf_add(&text, bytes_str(" a"));
	is(rules_add(r, bytes_str("x"), buf_bytes(&text), false, &e),
	    RC_INVALID, "and a row of too many words");
	buf_free(&text);
	buf_add(&text, bytes_str(HEAD));
	for (i = 0; i < 3000; i++)
		buf_add(&text, bytes_str("weekend sunday\n"));
	ok(rules_add(r, bytes_str("x"), buf_bytes(&text), false, &e) ==
		    RC_INVALID &&
		strstr(e.text, "make two files") != NULL &&
		rules_problems(r).len < 100 * RULES_PROBLEMS_MAX,
	    "and too many rows, with an end to what is told");
	buf_free(&text);
	buf_add(&text, bytes_str(HEAD));
	for (i = 0; i < RULES_ROWS_MAX; i++)
		buf_add(&text, bytes_str("weekend sunday\n"));
	for (i = 0; i < RULES_ALL_MAX / RULES_ROWS_MAX; i++)
		if (rules_add(r, bytes_str("x"), buf_bytes(&text), false, &e) !=
		    RC_OK)
			break;
	ok(i == 2 &&
		add(r, "y", HEAD "weekend sunday\n", false, &e) == RC_INVALID &&
		strstr(e.text, "y:5: more than 4000 rows in all") != NULL,
	    "so are too many in all files");
	ok(rules_check(r, &e) == RC_INVALID && rules_problems(r).len > 0 &&
		rules_problems(r).len < 200 * RULES_PROBLEMS_MAX,
	    "thousands of problems are told of as a few");
	rules_free(r);
	r = rules_new();
	buf_free(&text);
	for (i = 0; i < RULES_FILES_MAX; i++)
		if (add(r, "x", HEAD, false, &e) != RC_OK)
			break;
	is(i, RULES_FILES_MAX, "so many files are read");
	is(add(r, "x", HEAD, false, &e), RC_LIMIT, "and no more");
	rules_free(r);
}

/* ---- what is in force
 * ------------------------------------------------------------------------- */

#define G(from, until, value)                                                  \
	"rules g\ntitle \"a\" \"b\"\nin-force " from "\n" until                \
	"source \"a\" \"b\"\nlimit x name \"a\" \"b\" value " value            \
	" unit days\n"

static struct rules *
generations(const char *one, const char *two, enum rc *rc, struct err *e)
{
	struct rules *r = rules_new();

	if (add(r, "two", two, false, e) != RC_OK ||
	    add(r, "one", one, false, e) != RC_OK)
		bug(e->text);
	*rc = rules_check(r, e);
	return r;
}

static void
generations_follow_each_other(void)
{
	const struct rule_set *before, *after;
	struct rules *r;
	struct err e;
	enum rc rc;

	r = generations(G("2020-01-01", "until 2026-02-28\n", "1"),
	    G("2026-03-01", "", "2"), &rc, &e);
	is(rc, RC_OK, "one generation follows the other");
	before = rules_at(r, at("2026-03-01") - 1);
	after = rules_at(r, at("2026-03-01"));
	is(rule_limit(before, bytes_str("x"), 0), 1,
	    "the last second of the first is the first's");
	is(rule_limit(after, bytes_str("x"), 0), 2,
	    "and the next is the second's");
	ok(before->until == after->from && after->until == TIME_NEVER &&
		rules_nth(r, 0) == before && rules_nth(r, 1) == after &&
		rules_nth(r, 2) == NULL,
	    "they are told by date");
	ok(rules_at(r, at("2019-12-31")) == NULL, "before both is nothing");
	ok(rules_version(r, before->version) == before &&
		rules_version(r, after->version) == after &&
		!bytes_eq(before->version, after->version),
	    "each is found by its version");
	ok(rules_at(r, INT64_MIN) == NULL && rules_at(r, INT64_MAX) == NULL,
	    "times that are none are answered");
	rules_free(r);

	r = generations(G("2020-01-01", "until 2026-03-01\n", "1"),
	    G("2026-03-01", "", "2"), &rc, &e);
	ok(rc == RC_INVALID && strncmp(e.text, "two:1: ", 7) == 0 &&
		strstr(e.text, "write \"until 2026-02-28\" there") != NULL,
	    "an overlap is refused, with what to write");
	ok(rules_at(r, at("2026-03-01")) == NULL,
	    "and then nothing is in force");
	rules_free(r);

	r = generations(G("2020-01-01", "until 2026-02-27\n", "1"),
	    G("2026-03-01", "", "2"), &rc, &e);
	ok(rc == RC_INVALID && strncmp(e.text, "two:1: ", 7) == 0 &&
		strstr(e.text, "write \"until 2026-02-28\" there") != NULL,
	    "and so is a gap");
	rules_free(r);
}

#define LEVELS_OF(l)                                                           \
	l "level thuong" NAME " abstract free\nlevel mat" NAME                 \
	  " abstract free\nlevel toi-mat" NAME                                 \
	  " abstract free\nlevel tuyet-mat" NAME " abstract never\n"

static void
levels_have_no_end(void)
{
	struct rules *r =
	    with(LEVELS_OF("rules l\ntitle \"a\" \"b\"\n"
			   "in-force 2026-01-01\nuntil 2026-02-28\n"
			   "source \"a\" \"b\"\n"),
		NULL);
	struct err e;

	if (add(r, "more", HEAD "weekend sunday\n", false, &e) != RC_OK)
		bug(e.text);
	ok(rules_check(r, &e) == RC_INVALID &&
		strncmp(e.text, "law.rules:6: ", 13) == 0 &&
		strstr(e.text, "from 2026-03-01") != NULL,
	    "a day on which nothing says the levels is refused");
	rules_free(r);
}

/* The version of what is in force on the day, in a static buffer. */
static const char *
version(const char *law, const char *own, const char *day)
{
	static char text[8][RULES_VERSION_MAX + 1];
	static unsigned n;
	struct rules *r = checked(law, own);
	const struct rule_set *s = rules_at(r, at(day));

	n = (n + 1) % 8;
	(void)snprintf(text[n], sizeof(text[n]), "%.*s", (int)s->version.len,
	    (const char *)s->version.p);
	rules_free(r);
	return text[n];
}

#define POSITION "position p" NAME "\n"
#define HOLDER                                                                 \
	OWN "holder p person antin://vn/lan from 2026-05-01 instrument "       \
	    "\"1/QD\"\n"

static void
versions_say_what_the_rows_say(void)
{
	const char *v = version(HEAD POSITION, NULL, "2026-06-01");
	struct rules *r;
	const struct rule_set *s;

	ok(strncmp(v, "2026-03-01.", 11) == 0 && strlen(v) == 43 &&
		strlen(v) <= RULES_VERSION_MAX,
	    "a version is a day and a hash");
	ok(strcmp(
	       v, version("# other\n" HEAD "\n\nposition  p\n # x\n" NAME "\n",
		      NULL, "2026-06-01")) == 0,
	    "how a file is laid out does not change it");
	ok(strcmp(v, version(HEAD "until 2027-01-01\n" POSITION, NULL,
			 "2026-06-01")) == 0,
	    "nor that it gets an end");
	ok(strcmp(v, version(HEAD POSITION, HOLDER, "2026-06-01")) == 0,
	    "nor who holds a position");
	ok(strcmp(v, version(HEAD "position p name \"a\" \"c\"\n", NULL,
			 "2026-06-01")) != 0,
	    "what a row says does");
	ok(strcmp(v, version(HEAD POSITION, OWN "type a" NAME "\n",
			 "2026-06-01")) != 0,
	    "and so does what an office adds");
	r = checked(HEAD POSITION, NULL);
	s = rules_version(
	    r, bytes_str("2026-05-05.00000000000000000000000000000000"));
	ok(s != NULL && s == rules_at(r, at("2026-05-05")),
	    "a version that is gone is what holds from its day");
	ok(rules_version(r, bytes_str("2026-05-05")) == NULL &&
		rules_version(r, bytes_str("")) == NULL &&
		rules_version(
		    r, bytes_str("2020-05-05."
				 "00000000000000000000000000000000")) == NULL,
	    "what is none is not found");
	rules_free(r);
}

/* ---- an office's own
 * ----------------------------------------------------------------------- */

#define LAW                                                                    \
	HEAD "grammar nha-nuoc" NAME " pattern {so}/{loai}-{co-quan}\n"        \
	     "type cong-van" NAME "\n"                                         \
	     "action send roles clerk" CITE "\n"                               \
	     "due send days 2 working\ndue send precedence khan days 1\n"      \
	     "series secret-out" NAME " kind out secret\n"                     \
	     "series all" NAME " kind telegram-out both\n"                     \
	     "retention journal" NAME " months 12\n" POSITION                  \
	     "delegation send level mat position p\n"

static const struct {
	const char *text;
	unsigned line;	  /* 0: it is good */
	const char *says; /* NULL: it is good */
} owns[] = {
	{ "type ban-tin abbr BT" NAME, 0, NULL },
	{ "series hoi-dong" NAME " kind out yearly", 0, NULL },
	{ "holiday 2027-02-08" NAME, 0, NULL },
	{ "agency nha-nuoc symbol UBND" NAME, 0, NULL },
	{ "unit van-xa symbol VX" NAME, 0, NULL },
	{ "due send days 1 working", 0, NULL },
	{ "due send at-once", 0, NULL },
	{ "due handle days 30", 0, NULL },
	{ "retention journal" NAME " months 24", 0, NULL },
	{ "retention journal" NAME " forever", 0, NULL },
	{ "register ours title \"a\" \"b\"" COLUMN, 0, NULL },
	{ "level mat" NAME " abstract free", 5, "only the law says this" },
	{ "action x roles clerk" CITE, 5, "only the law says this" },
	{ "delegation send level mat position p", 5, "docs/rules.md 5.2" },
	{ "position q" NAME, 5, "only the law says this" },
	{ "limit x" NAME " value 1 unit days", 5, "only the law says this" },
	{ "weekend sunday", 5, "only the law says this" },
	{ "type cong-van" NAME, 5, "the law has it (law.rules:6)" },
	{ "series x" NAME " kind out secret", 5, "nothing of what is secret" },
	{ "series x" NAME " kind out both", 5, "nothing of what is secret" },
	{ "register x title \"a\" \"b\" secret" COLUMN, 5, "secret" },
	{ "register x title \"a\" \"b\" series secret-out" COLUMN, 5,
	    "not of the same levels" },
	{ "register x title \"a\" \"b\" series all" COLUMN, 5,
	    "may not be of it" },
	{ "due send days 3 working", 5, "asks less than the law" },
	{ "due send days 3", 5, "asks less than the law" },
	{ "due send precedence khan days 2", 5, "asks less than the law" },
	{ "due send precedence khan days 1 working", 5, "asks less" },
	{ "due send precedence hoa-toc days 9", 5, "asks less than the law" },
	{ "due send at-set-time", 5, "asks less than the law" },
	{ "retention journal" NAME " months 6", 5, "asks less than the law" },
	{ "holder q person antin://vn/a from 2026-01-01 instrument \"x\"", 5,
	    "there is no position \"q\"" },
	{ "holder p person lan from 2026-01-01 instrument \"x\"", 5,
	    "no person's address" },
	{ "holder p person antin://vn/a from 2026-01-02 until 2026-01-01 "
	  "instrument \"x\"",
	    5, "the last day is before the first" },
	{ "holder p person antin://vn/a from 2026-01-02", 5,
	    "has no \"instrument\"" },
	{ "agency quan-doi symbol X" NAME, 5, "there is no grammar" },
};

static void
an_office_adds_and_does_not_loosen(void)
{
	size_t i, n = sizeof(owns) / sizeof(owns[0]), right = 0;
	char text[1024], where[32];
	struct rules *r;
	struct err e;
	enum rc rc;

	for (i = 0; i < n; i++) {
		r = with(LAW, NULL);
		(void)snprintf(text, sizeof(text), OWN "%s\n", owns[i].text);
		(void)snprintf(
		    where, sizeof(where), "own.rules:%u: ", owns[i].line);
		rc = judged(r, text, true, &e);
		if (owns[i].says == NULL
			? rc == RC_OK
			: rc == RC_INVALID &&
			      strncmp(e.text, where, strlen(where)) == 0 &&
			      strstr(e.text, owns[i].says) != NULL)
			right++;
		else
			note("%s: %s", owns[i].text,
			    rc == RC_OK ? "good" : e.text);
		rules_free(r);
	}
	is(right, n, "each of %zu own rows is taken or refused", n);
}

static void
whose_a_file_is_is_held_to(void)
{
	struct rules *r = rules_new();
	struct err e;

	ok(add(r, "x", HEAD, true, &e) == RC_INVALID &&
		strstr(e.text, "docs/rules.md 5.1") != NULL,
	    "the law is not read from an office's folder");
	ok(add(r, "x", OWN, false, &e) == RC_INVALID,
	    "nor an office's own as law");
	ok(rules_is_own(bytes_str("# x\n" OWN)) &&
		!rules_is_own(bytes_str(HEAD)) &&
		!rules_is_own(bytes_str("")) &&
		!rules_is_own(bytes_str("\"own\n")),
	    "a file says whose it is");
	rules_free(r);
	r = with(HEAD, "own law\ntitle \"a\" \"b\"\nin-force 2026-01-01\n");
	ok(rules_check(r, &e) == RC_INVALID &&
		strstr(e.text, "another name") != NULL,
	    "an office's topic is none of the law's");
	rules_free(r);
}

static void
stricter_own_rows_count(void)
{
	struct rules *r = checked(
	    LAW, OWN "due send at-once\nretention journal" NAME " forever\n");
	const struct rule_set *s = rules_at(r, at("2026-06-01"));

	ok(rule_due(s, bytes_str("send"), PRECEDENCE_THUONG)->at_once &&
		rule_due(s, bytes_str("send"), PRECEDENCE_KHAN)->days == 1 &&
		rule_retention(s, bytes_str("journal"))->forever,
	    "what an office asks more stands in the law's place");
	ok(rule_due(s, bytes_str("x"), PRECEDENCE_KHAN) == NULL,
	    "what nobody asks is not due");
	rules_free(r);
}

/* ---- questions
 * -----------------------------------------------------------------------------
 */

#define MAY                                                                    \
	HEAD "action copy roles clerk" CITE "\naction send roles clerk" CITE   \
	     "\nposition boss" NAME "\nposition clerk" NAME "\n"               \
	     "delegation copy level mat position boss may-delegate\n"          \
	     "delegation copy level mat position clerk\n"                      \
	     "delegation copy level tuyet-mat position boss\n"
#define HOLDERS                                                                \
	OWN "holder boss person antin://vn/lan from 2026-05-01 until "         \
	    "2026-05-31 instrument \"1\"\n"                                    \
	    "holder boss person antin://vn/minh from 2026-05-01 deputy "       \
	    "instrument \"2\"\n"                                               \
	    "holder clerk person antin://vn/hoa from 2026-05-01 deputy "       \
	    "instrument \"3\"\n"

static bool
may(const struct rules *r, const char *action, enum level l, const char *who,
    const char *day)
{
	char person[64];

	(void)snprintf(person, sizeof(person), "antin://vn/%s", who);
	return rule_may(rules_at(r, at(day)), bytes_str(action), l,
	    bytes_str(person), at(day));
}

static void
who_may_follows_from_the_table(void)
{
	struct rules *r = checked(MAY, NULL);

	ok(may(r, "copy", LEVEL_TUYET_MAT, "anna", "2026-05-05"),
	    "where an office names nobody the role is enough");
	rules_free(r);
	r = checked(MAY, HOLDERS);
	ok(may(r, "copy", LEVEL_MAT, "lan", "2026-05-01") &&
		may(r, "copy", LEVEL_MAT, "lan", "2026-05-31T23:59:59") &&
		may(r, "copy", LEVEL_TUYET_MAT, "lan", "2026-05-05"),
	    "who holds the position may, to the end of his last day");
	ok(!may(r, "copy", LEVEL_MAT, "lan", "2026-04-30T23:59:59") &&
		!may(r, "copy", LEVEL_MAT, "lan", "2026-06-01"),
	    "neither before nor after");
	ok(may(r, "copy", LEVEL_MAT, "minh", "2026-05-05"),
	    "a deputy may, where the position may delegate");
	ok(!may(r, "copy", LEVEL_TUYET_MAT, "minh", "2026-05-05") &&
		!may(r, "copy", LEVEL_MAT, "hoa", "2026-05-05"),
	    "and not where it may not");
	ok(!may(r, "copy", LEVEL_MAT, "anna", "2026-05-05"), "nobody else may");
	ok(may(r, "send", LEVEL_MAT, "anna", "2026-05-05") &&
		may(r, "copy", LEVEL_TOI_MAT, "anna", "2026-05-05"),
	    "where no position is named the role is enough");
	rules_free(r);
}

#define DAYS                                                                   \
	HEAD "due send days 1 working\ndue receipt days 0\n"                   \
	     "due relevel days 15\ndue run at-once\ndue meet at-set-time\n"    \
	     "weekend saturday\nweekend sunday\nholiday 30-04" NAME            \
	     "\nholiday 01-05" NAME "\nholiday 2026-05-09 worked" NAME "\n"

static bool
is_due(const struct rule_set *s, const char *what, const char *from,
    const char *when)
{
	const struct rule_due *d =
	    rule_due(s, bytes_str(what), PRECEDENCE_THUONG);

	return d != NULL && rule_due_time(s, d, at(from), 42) == at(when);
}

static void
due_times_count_working_days(void)
{
	struct rules *r = checked(DAYS, NULL);
	const struct rule_set *s = rules_at(r, at("2026-04-01"));

	ok(is_due(s, "send", "2026-04-06T10:00", "2026-04-07T23:59:59"),
	    "one working day is the end of the next day");
	ok(is_due(s, "send", "2026-04-10T23:59:59", "2026-04-13T23:59:59"),
	    "from a Friday it is Monday");
	ok(is_due(s, "send", "2026-04-11T00:00", "2026-04-13T23:59:59"),
	    "and from a Saturday");
	/* 30 April is a Thursday */
	ok(is_due(s, "send", "2026-04-29T08:00", "2026-05-04T23:59:59"),
	    "holidays are passed over");
	ok(is_due(s, "send", "2026-05-08T08:00", "2026-05-09T23:59:59"),
	    "but for one that is worked on");
	ok(is_due(s, "receipt", "2026-05-01T00:00", "2026-05-01T23:59:59") &&
		is_due(s, "receipt", "2026-04-30T17:00:00Z",
		    "2026-05-01T23:59:59"),
	    "the same day is the day in Vietnam");
	ok(is_due(s, "relevel", "2026-02-20T08:00", "2026-03-07T23:59:59"),
	    "other days are counted as they come");
	ok(is_due(s, "run", "2026-02-20T08:00", "2026-02-20T08:00") &&
		rule_due_time(s,
		    rule_due(s, bytes_str("meet"), PRECEDENCE_KHAN),
		    at("2026-02-20"), 42) == 42,
	    "at once is at once, a set time is that time");
	ok(rule_due_time(s, rule_due(s, bytes_str("send"), PRECEDENCE_KHAN),
	       TIME_NEVER, 42) == TIME_NEVER,
	    "what never begins is never due");
	rules_free(r);
}

static void
protection_ends(void)
{
	const struct rule_level l = { .years = 10 }, none = { .years = 0 };

	ok(rule_protected_until(&l, at("2026-03-01T10:00")) ==
		at("2036-03-01T10:00"),
	    "ten years are ten years");
	ok(rule_protected_until(&l, at("2028-02-29T10:00")) ==
		at("2038-02-28T10:00"),
	    "29 February ends on the 28th");
	ok(rule_protected_until(&l, at("2026-12-31T17:30:00Z")) ==
		at("2037-01-01T00:30"),
	    "the day is Vietnam's");
	ok(rule_protected_until(&none, 0) == TIME_NEVER &&
		rule_protected_until(&l, INT64_MAX) == TIME_NEVER &&
		rule_protected_until(&l, at("9995-01-01")) == TIME_NEVER,
	    "what has no end has none");
}

int
main(void)
{
	a_file_is_read();
	each_mistake_has_its_line_and_remedy();
	all_problems_of_a_file_are_told();
	heads_are_wanted();
	limits_hold();
	generations_follow_each_other();
	levels_have_no_end();
	versions_say_what_the_rows_say();
	an_office_adds_and_does_not_loosen();
	whose_a_file_is_is_held_to();
	stricter_own_rows_count();
	who_may_follows_from_the_table();
	due_times_count_working_days();
	protection_ends();
	return done();
}

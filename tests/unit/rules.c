/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of rules (docs/rules.md 2): what is read, what is refused and where. */
#include "made_up_rules.h"

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

int
main(void)
{
	a_file_is_read();
	each_mistake_has_its_line_and_remedy();
	all_problems_of_a_file_are_told();
	heads_are_wanted();
	limits_hold();
	return done();
}

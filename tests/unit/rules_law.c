/* SPDX-License-Identifier: EUPL-1.2 */
/* The files in rules/ (docs/rules.md 7.1): what they say, by date. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "file/rules_file.h"

static struct rules *law;

static int64_t
at(const char *text)
{
	int64_t t;

	if (!time_parse(&t, bytes_str(text)))
		bug("no time");
	return t;
}

static const struct rule_set *
on(const char *day)
{
	const struct rule_set *s = rules_at(law, at(day));

	if (s == NULL)
		bug("no rules");
	return s;
}

#define NOW on("2026-11-22")
#define BEFORE on("2026-02-28T23:59:59")
#define AFTER on("2026-03-01T00:00:00")

/* ---- levels
 * -------------------------------------------------------------------------- */

static bool
level_is(const struct rule_set *s, enum level l, unsigned years,
    const char *letter, enum rule_abstract abstract)
{
	const struct rule_level *row = rule_level(s, l);

	return row != NULL && row->level == l && row->years == years &&
	       bytes_is(row->letter, letter) && row->abstract == abstract;
}

static void
levels_have_terms_and_letters(void)
{
	const struct rule_set *sets[] = { BEFORE, AFTER, NOW };
	size_t i, right = 0;

	for (i = 0; i < 3; i++)
		right +=
		    level_is(sets[i], LEVEL_MAT, 10, "C", RULE_ABSTRACT_FREE) &&
		    level_is(
			sets[i], LEVEL_TOI_MAT, 20, "B", RULE_ABSTRACT_FREE) &&
		    level_is(sets[i], LEVEL_TUYET_MAT, 30, "A",
			i == 0 ? RULE_ABSTRACT_AGREED : RULE_ABSTRACT_NEVER) &&
		    level_is(
			sets[i], LEVEL_ORDINARY, 0, "", RULE_ABSTRACT_FREE);
	is(right, 3,
	    "30, 20 and 10 years, A, B and C; the abstract of what is top "
	    "secret by agreement until 28/02/2026, and never from 01/03/2026");
	ok(rule_level(NOW, LEVEL_TUYET_MAT)->two_covers &&
		!rule_level(NOW, LEVEL_TOI_MAT)->two_covers,
	    "only what is top secret has two covers");
	ok(!bytes_eq(BEFORE->version, AFTER->version) &&
		rules_version(law, BEFORE->version) == BEFORE,
	    "a document of before keeps the version it was made under");
	ok(!bytes_eq(
	       on("2026-03-26T23:59:59")->version, on("2026-03-27")->version),
	    "the forms were replaced on 27/03/2026");
}

/* ---- numbers: domain's examples
 * ----------------------------------------------------------------- */

static bool
writes(const char *grammar, uint64_t n, const char *type, const char *agency,
    const char *unit, const char *wanted)
{
	struct buf out = { 0 };
	struct err e = { 0 };
	enum rc rc;
	bool right;

	rc = rule_number_write(&out, rule_grammar(NOW, bytes_str(grammar)), n,
	    rule_type(NOW, bytes_str(type)), bytes_str(agency), bytes_str(unit),
	    &e);
	right = rc == RC_OK && bytes_is(buf_bytes(&out), wanted);
	if (!right)
		note("%.*s, not %s: %s", (int)out.len, (const char *)out.p,
		    wanted, e.text);
	buf_free(&out);
	return right;
}

static void
numbers_are_written_by_their_grammar(void)
{
	ok(writes("nha-nuoc", 15, "quyet-dinh", "BNV", "", "15/QĐ-BNV"),
	    "15/QĐ-BNV");
	ok(writes("nha-nuoc", 12, "cong-van", "UBND", "VX", "12/UBND-VX"),
	    "12/UBND-VX: a letter has no type");
	ok(writes("nha-nuoc", 27, "nghi-quyet", "CP", "", "27/NQ-CP"),
	    "27/NQ-CP");
	ok(writes(
	       "nha-nuoc", 7816, "cong-van", "VPCP", "TTĐT", "7816/VPCP-TTĐT"),
	    "7816/VPCP-TTĐT");
	ok(writes("nha-nuoc", 5, "quyet-dinh", "UBND", "", "05/QĐ-UBND") &&
		writes("nha-nuoc", 10, "to-trinh", "SNV", "", "10/TTr-SNV"),
	    "numbers below 10 have a zero before them");
	ok(writes("dang", 127, "quyet-dinh", "TW", "", "127-QĐ/TW"),
	    "127-QĐ/TW");
	ok(writes("dang", 56, "nghi-quyet", "TW", "", "56-NQ/TW"), "56-NQ/TW");
	ok(writes("dang", 73, "ke-hoach", "TU", "", "73-KH/TU"), "73-KH/TU");
	ok(writes("dang", 430, "quyet-dinh", "TU", "", "430-QĐ/TU"),
	    "430-QĐ/TU");
	ok(writes("dang", 24, "ban-sao", "UBKTTU", "", "24-BS/UBKTTU"),
	    "24-BS/UBKTTU");
	ok(writes("dang", 9, "cong-van-dang", "VPTU", "", "09-CV/VPTU"),
	    "09-CV/VPTU: the Party's letters have a type");
	ok(writes("dang", 36, "huong-dan", "VPTW", "", "36-HD/VPTW"),
	    "36-HD/VPTW");
	ok(bytes_is(rule_grammar(NOW, bytes_str("nha-nuoc"))->prefix, "Số: ") &&
		bytes_is(rule_grammar(NOW, bytes_str("dang"))->prefix, "Số "),
	    "the State prints a colon, the Party none");
	ok(writes("nha-nuoc", UINT64_MAX, "quyet-dinh", "BNV", "",
	       "18446744073709551615/QĐ-BNV"),
	    "there is no number too large");
}

static void
what_is_no_number_is_refused(void)
{
	static const struct {
		const char *grammar, *type, *agency, *unit;
		uint64_t n;
	} bad[] = {
		{ "nha-nuoc", "quyet-dinh", "BNV", "", 0 },
		{ "nha-nuoc", "quyet-dinh", "", "", 1 },
		{ "nha-nuoc", "quyet-dinh", "B/V", "", 1 },
		{ "nha-nuoc", "quyet-dinh", "B V", "", 1 },
		{ "nha-nuoc", "quyet-dinh", "B\nV", "", 1 },
		{ "nha-nuoc", "quyet-dinh", "{so}", "", 1 },
		{ "nha-nuoc", "quyet-dinh", "\xff", "", 1 },
		{ "nha-nuoc", "cong-van", "UBND", "", 1 },
		{ "nha-nuoc", "ban-sao", "UBND", "VX", 1 }, /* the Party's */
		{ "dang", "cong-van", "TW", "", 1 }, /* no form is known */
	};
	struct buf out = { 0 };
	size_t i, refused = 0;
	struct err e;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused += rule_number_write(&out,
			       rule_grammar(NOW, bytes_str(bad[i].grammar)),
			       bad[i].n, rule_type(NOW, bytes_str(bad[i].type)),
			       bytes_str(bad[i].agency), bytes_str(bad[i].unit),
			       &e) == RC_INVALID;
	is(refused, sizeof(bad) / sizeof(bad[0]),
	    "what is no number or symbol is refused");
	is(out.len, 0, "and nothing of it is written");
}

/* ---- types, series, registers, stamps
 * --------------------------------------------------------------------- */

static void
there_are_29_types(void)
{
	const struct rule_rows *all = &NOW->of[RULE_TYPE];
	size_t i, types = 0, plain = 0, copies = 0;
	const struct rule_type *t;

	for (i = 0; i < all->count; i++) {
		t = all->rows[i];
		types += !t->copy && t->only.len == 0;
		plain += !t->copy && t->abbr.len == 0;
		copies += t->copy && t->only.len == 0;
	}
	is(types, 29, "there are 29 types of documents");
	is(plain, 2, "two of them have no abbreviation");
	is(copies, 3, "and three forms of copies");
}

static bool
series_is(const char *kind, bool secret, const char *word)
{
	const struct rule_series *s =
	    rule_series_of(NOW, bytes_str(kind), secret);

	return s != NULL && bytes_is(s->word, word) && s->yearly;
}

static void
secret_documents_have_their_series(void)
{
	ok(series_is("out", false, "out") &&
		series_is("out", true, "secret-out") &&
		series_is("in", false, "in") &&
		series_is("in", true, "secret-in"),
	    "secret documents have series of their own, each way");
	ok(series_is("telegram-out", false, "telegram-out") &&
		series_is("telegram-out", true, "telegram-out") &&
		series_is("telegram-in", true, "telegram-in"),
	    "telegrams have theirs, each way");
	ok(rule_series_of(NOW, bytes_str("x"), false) == NULL,
	    "what is no kind has none");
}

static bool
has_columns(const char *word, size_t columns, size_t cover, bool secret)
{
	const struct rule_register *r = rule_register(NOW, bytes_str(word));

	return r != NULL && r->columns_count == columns &&
	       r->cover_count == cover && r->secret == secret;
}

static void
registers_have_their_columns(void)
{
	const struct rule_register *out, *in;

	ok(has_columns("secret-out", 10, 6, true) &&
		has_columns("secret-in", 10, 6, true),
	    "the secret registers have ten columns each, and a cover");
	ok(has_columns("out", 10, 6, false) && has_columns("in", 10, 6, false),
	    "so have the ordinary ones");
	ok(has_columns("handling", 7, 0, false), "handling has seven");
	ok(has_columns("hand-over", 6, 0, true) &&
		has_columns("copying", 10, 0, true) &&
		has_columns("telegram-out", 14, 6, true) &&
		has_columns("telegram-in", 14, 6, true),
	    "there are those of hand-over, copying and telegrams");
	out = rule_register_of(NOW, bytes_str("secret-out"));
	in = rule_register_of(NOW, bytes_str("secret-in"));
	ok(out != NULL && bytes_is(out->columns[0].field, "serial") &&
		bytes_is(out->columns[1].title.vi, "Số, ký hiệu") &&
		bytes_is(out->columns[9].title.vi, "Ghi chú"),
	    "in the order of the form");
	ok(in != NULL && in->incoming &&
		bytes_is(in->columns[2].field, "number"),
	    "each is found by its series");
}

static bool
stamp_is(const char *word, unsigned width, unsigned height, const char *text)
{
	const struct rule_stamp *s = rule_stamp(NOW, bytes_str(word));

	return s != NULL && s->width_mm == width && s->height_mm == height &&
	       bytes_is(s->text.vi, text);
}

static void
stamps_have_their_sizes(void)
{
	const struct rule_stamp *den = rule_stamp(NOW, bytes_str("den"));
	unsigned i, marks = 0;

	ok(stamp_is("hoa-toc", 30, 8, "HỎA TỐC") &&
		stamp_is("thuong-khan", 40, 8, "THƯỢNG KHẨN") &&
		stamp_is("khan", 20, 8, "KHẨN"),
	    "the marks of urgency are 30, 40 and 20 by 8 mm");
	ok(bytes_is(rule_stamp(NOW, bytes_str("khan"))->colour, "red") &&
		bytes_is(rule_stamp(NOW, bytes_str("khan"))->box, "10b"),
	    "red, in box 10b");
	ok(stamp_is("den", 50, 35, "ĐẾN") && den->fields_count == 5,
	    "the stamp of arrival is 35 by 50 mm and has five fields");
	for (i = LEVEL_MAT; i < LEVELS; i++)
		marks += rule_stamp(
			     NOW, bytes_str(level_word((enum level)i))) != NULL;
	for (i = PRECEDENCE_KHAN; i < PRECEDENCES; i++)
		marks +=
		    rule_stamp(NOW,
			bytes_str(precedence_word((enum precedence)i))) != NULL;
	is(marks, 7, "each level and urgency has its mark");
}

/* ---- who and when
 * ----------------------------------------------------------------------------
 */

static bool
differs(const char *action, const char *from)
{
	const struct rule_action *a = rule_action(NOW, bytes_str(action));
	size_t i;

	for (i = 0; a != NULL && i < a->differs_count; i++)
		if (bytes_is(a->differs[i], from))
			return true;
	return false;
}

static bool
roles_are(const char *action, unsigned roles)
{
	const struct rule_action *a = rule_action(NOW, bytes_str(action));

	return a != NULL && a->roles == roles && a->cite.vi.len > 0 &&
	       a->cite.en.len > 0;
}

static void
actions_have_their_people(void)
{
	const struct rule_rows *all = &NOW->of[RULE_ACTION];
	const struct rule_action *a;
	unsigned runs_station = 0;
	size_t i;

	ok(roles_are("sign", 1u << ROLE_AUTHORITY) &&
		roles_are("decide-level", 1u << ROLE_AUTHORITY) &&
		roles_are("decide-destroy", 1u << ROLE_AUTHORITY) &&
		roles_are("encipher", 1u << ROLE_OPERATOR),
	    "the authority signs and decides, an operator enciphers");
	ok((rule_action(NOW, bytes_str("number"))->roles &
	       (1u << ROLE_DRAFTER | 1u << ROLE_AUTHORITY)) == 0,
	    "who writes or signs does not number");
	ok(differs("decide-level", "propose-level") &&
		differs("verify", "encipher") &&
		differs("verify", "decipher") &&
		differs("copy", "permit-copy") &&
		differs("witness", "decide-destroy") &&
		differs("witness", "witness") &&
		differs("destroy", "decide-destroy") &&
		differs("destroy", "witness"),
	    "two people do what two must do");
	for (i = 0; i < all->count; i++) {
		a = all->rows[i];
		runs_station |= a->roles & 1u << ROLE_ADMINISTRATOR;
	}
	is(runs_station, 0, "an administrator does nothing with documents");
	is(all->count, 45, "each of 45 actions has its row");
}

static bool
at_once(const char *action, enum precedence p)
{
	const struct rule_due *d = rule_due(NOW, bytes_str(action), p);

	return d != NULL && d->at_once;
}

static bool
in_days(const char *action, unsigned days, bool working)
{
	const struct rule_due *d =
	    rule_due(NOW, bytes_str(action), PRECEDENCE_THUONG);

	return d != NULL && d->counted && d->days == days &&
	       d->working == working;
}

static void
due_times_are_as_decreed(void)
{
	unsigned p, urgent = 0;

	ok(in_days("register", 1, true) && in_days("send", 1, true) &&
		in_days("hand-over", 1, true),
	    "what is ordinary goes on the next working day at the latest");
	for (p = PRECEDENCE_KHAN; p < PRECEDENCES; p++)
		urgent += at_once("register", (enum precedence)p) &&
			  at_once("send", (enum precedence)p) &&
			  at_once("hand-over", (enum precedence)p);
	is(urgent, 4, "what is urgent goes at once");
	ok(rule_due(NOW, bytes_str("handle"), PRECEDENCE_HOA_TOC_HEN_GIO)
		->at_set_time,
	    "flash at a set time is handled at that time");
	ok(in_days("receipt", 0, false), "the sender is told the same day");
	ok(in_days("notify-relevel", 15, false),
	    "a changed level is told within 15 days");
	ok(rule_due_time(NOW,
	       rule_due(NOW, bytes_str("send"), PRECEDENCE_THUONG),
	       at("2026-04-29T16:00"), TIME_NEVER) == at("2026-05-04T23:59:59"),
	    "before 30 April it is the Monday behind");
}

static void
limits_are_level_5s(void)
{
	ok(rule_limit(NOW, bytes_str("user-idle"), 0) == 900 &&
		rule_limit(NOW, bytes_str("administrator-idle"), 0) == 300 &&
		rule_limit(NOW, bytes_str("sign-in-tries"), 0) == 5 &&
		rule_limit(NOW, bytes_str("account-idle"), 0) == 45 &&
		rule_limit(NOW, bytes_str("x"), 7) == 7,
	    "limits are those of level-5 systems");
	is(rule_retention(NOW, bytes_str("journal"))->months, 12,
	    "journals are kept for twelve months");
}

/* ---- the files themselves
 * ------------------------------------------------------------------------- */

/* No row rests on nothing; no level or term is told as sure that is not. */
static void
sources_are_said(void)
{
	size_t i, k, n, unverified = 0, empty = 0;
	const struct rule_source *source;
	const struct rule_set *s;

	for (n = 0; (s = rules_nth(law, n)) != NULL; n++)
		for (k = 0; k < RULE_KINDS; k++)
			for (i = 0; i < s->of[k].count; i++) {
				source = rule_source(s->of[k].rows[i]);
				empty += source->text.vi.len == 0 ||
					 source->text.en.len == 0 ||
					 source->own;
				unverified += source->unverified;
			}
	is(empty, 0, "each row has a source in both languages");
	ok(unverified > 0 &&
		rule_action(NOW, bytes_str("decipher"))->source.unverified &&
		rule_level(NOW, LEVEL_MAT)->source.unverified &&
		!rule_register(NOW, bytes_str("secret-out"))
		     ->source.unverified &&
		!rule_grammar(NOW, bytes_str("dang"))->source.unverified,
	    "what was not held to its text says so");
	for (k = 0; k < NOW->of[RULE_DELEGATION].count; k++) {
		source = rule_source(NOW->of[RULE_DELEGATION].rows[k]);
		if (!source->unverified)
			break;
	}
	is(k, NOW->of[RULE_DELEGATION].count,
	    "so does the delegation table, each row of it");
}

/* What has not come is known today, and nothing changes it but a new file. */
static void
nothing_was_before_the_first(void)
{
	const struct rule_set *s = rules_nth(law, 0);

	ok(s != NULL && rules_at(law, s->from - 1) == NULL,
	    "before the first file nothing is in force");
	ok(rule_level(on("2020-06-30"), LEVEL_MAT) == NULL &&
		rule_level(on("2020-07-01"), LEVEL_MAT) != NULL,
	    "levels begin with their law");
	ok(rules_at(law, at("2100-01-01")) == NOW,
	    "what has no end holds for ever");
}

/* The law as it would be read with files in the way that are none. */
static void
other_files_are_passed_over(void)
{
	char dir[] = "/tmp/antin-rules-XXXXXX", path[64];
	struct rules *r;
	struct err e;

	if (mkdtemp(dir) == NULL)
		bug("no folder");
	is(rules_load(&r, dir, NULL, &e), RC_ABSENT,
	    "a folder without rules is told of");
	(void)snprintf(path, sizeof(path), "%s/.x.rules", dir);
	if (file_write(path, bytes_str("x"), 0600, false, &e) != RC_OK)
		bug(e.text);
	is(rules_load(&r, "rules", dir, &e), RC_OK,
	    "an office without rules has the law");
	rules_free(r);
	(void)remove(path);
	(void)snprintf(path, sizeof(path), "%s/x.rules", dir);
	if (file_write(path, bytes_str("x"), 0600, false, &e) != RC_OK)
		bug(e.text);
	ok(rules_load(&r, "rules", dir, &e) == RC_INVALID && r == NULL &&
		strstr(e.text, "x.rules:1: ") != NULL,
	    "an office's mistake is told, and nothing is loaded");
	(void)remove(path);
	(void)remove(dir);
	is(rules_load(&r, "rules", dir, &e), RC_OK,
	    "an office's folder may be absent");
	rules_free(r);
	ok(rules_load(&r, dir, NULL, &e) == RC_ABSENT && r == NULL,
	    "the law's may not");
}

int
main(void)
{
	struct err e;

	if (!went(rules_load(&law, "rules", NULL, &e), &e,
		"the law's files are good"))
		return done();
	levels_have_terms_and_letters();
	numbers_are_written_by_their_grammar();
	what_is_no_number_is_refused();
	there_are_29_types();
	secret_documents_have_their_series();
	registers_have_their_columns();
	stamps_have_their_sizes();
	actions_have_their_people();
	due_times_are_as_decreed();
	limits_are_level_5s();
	sources_are_said();
	nothing_was_before_the_first();
	other_files_are_passed_over();
	rules_free(law);
	return done();
}

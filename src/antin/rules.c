/* SPDX-License-Identifier: EUPL-1.2 */
/* antin rules check, rules list: the law as dated data (docs/rules.md). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "antin/talk.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "file/rules_file.h"

#define VN_OFFSET (7 * 3600)
#define DAY_TEXT 10 /* letters of a day */
#define OPT_RULES                                                              \
	{                                                                      \
		"rules", "DIR",                                                \
		    "the folder of the law's files (default: what "            \
		    "ANTIN_RULES says, or the installed one)",                 \
		    false                                                      \
	}
#define OPT_OWN                                                                \
	{                                                                      \
		"station", "DIR",                                              \
		    "the station's folder, whose folder data/rules has "       \
		    "the office's own (default: what ANTIN_STATION says)",     \
		    false                                                      \
	}

/* The office's own folder in *out, which the caller frees; NULL: none is
 * named. */
static char *
own_folder(const struct args *a)
{
	const char *station = arg(a, "station");

	if (station == NULL)
		station = getenv("ANTIN_STATION");
	if (station == NULL || station[0] == '\0')
		return NULL;
	return station_in(station, RULES_OWN_DIR);
}

/* ---- check
 * ------------------------------------------------------------------------ */

struct checking {
	struct rules *rules;
	struct rules_paths paths; /* owned */
	size_t bad;		  /* files that are not good */
	bool law;		  /* a file of the law was read */
};

static void
print_problems(const struct checking *c)
{
	struct bytes said = rules_problems(c->rules), line;
	const uint8_t *end;

	while (said.len > 0) {
		end = memchr(said.p, '\n', said.len);
		line = bytes_of(said.p, (size_t)(end - said.p));
		utf8_print(stdout, line);
		(void)putchar('\n');
		said.p = end + 1;
		said.len -= line.len + 1;
	}
}

/* The files of what was named: itself, or those of a folder. */
static enum rc
name_paths(struct checking *c, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOENT ? fail(e, RC_ABSENT,
					     "%s: there is no such file", path)
				       : fail_io(e, "%s", path);
	if (S_ISDIR(st.st_mode))
		return rules_paths(&c->paths, path, e);
	rules_paths_add(&c->paths, path);
	return RC_OK;
}

/* Read a file as what it calls itself. */
static enum rc
check_file(struct checking *c, const char *path, struct err *e)
{
	struct buf text;
	bool own;
	enum rc rc;

	rc = file_read(&text, path, RULES_FILE_MAX, e);
	if (rc != RC_OK)
		return rc;
	own = rules_is_own(buf_bytes(&text));
	rc = rules_add(c->rules, bytes_str(path), buf_bytes(&text), own, e);
	buf_free(&text);
	c->law |= !own;
	if (rc != RC_INVALID)
		return rc;
	print_problems(c);
	c->bad++;
	return RC_OK;
}

static enum rc
check_files(struct checking *c, struct err *e)
{
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; rc == RC_OK && i < c->paths.count; i++)
		rc = check_file(c, c->paths.paths[i], e);
	return rc;
}

/* What an office adds is read with the law that it is added to. */
static enum rc
add_law(struct checking *c, const struct args *a, struct err *e)
{
	char law[PATH_MAX];
	enum rc rc;

	rules_folder(law, arg(a, "rules"));
	rules_paths_free(&c->paths);
	rc = rules_paths(&c->paths, law, e);
	return rc == RC_OK ? check_files(c, e) : rc;
}

static enum rc
check_named(struct checking *c, const struct args *a, struct err *e)
{
	char *own = a->rest_count > 0 ? NULL : own_folder(a);
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; rc == RC_OK && i < a->rest_count; i++)
		rc = name_paths(c, a->rest[i], e);
	if (rc == RC_OK && own != NULL) {
		rc = rules_paths(&c->paths, own, e);
		if (rc == RC_ABSENT)
			rc = RC_OK;
	}
	if (rc == RC_OK)
		rc = check_files(c, e);
	if (rc == RC_OK && !c->law)
		rc = add_law(c, a, e);
	free(own);
	return rc;
}

static size_t
count_rows(const struct rule_set *s, bool unverified)
{
	size_t i, k, n = 0;

	for (k = 0; s != NULL && k < RULE_KINDS; k++)
		for (i = 0; i < s->of[k].count; i++)
			n += !unverified ||
			     rule_source(s->of[k].rows[i])->unverified;
	return n;
}

static enum rc
check(const struct args *a, struct err *e)
{
	struct checking c = { .rules = rules_new() };
	const struct rule_set *s;
	size_t files = 0;
	enum rc rc;

	rc = check_named(&c, a, e);
	if (rc == RC_OK && c.bad == 0) {
		rc = rules_check(c.rules, e);
		if (rc == RC_INVALID)
			print_problems(&c);
	}
	if (rc == RC_OK && c.bad > 0)
		rc = fail(e, RC_INVALID,
		    "%zu files are not good: mend the lines that are named "
		    "above",
		    c.bad);
	else if (rc == RC_INVALID)
		rc = fail(e, RC_INVALID,
		    "the files do not go together: mend the lines that are "
		    "named above");
	if (rc == RC_OK) {
		while (rules_file_nth(c.rules, files) != NULL)
			files++;
		s = rules_at(c.rules, time_now());
		say("good: %zu files; in force today: %zu rows, %zu of them "
		    "unverified\n",
		    files, count_rows(s, false), count_rows(s, true));
	}
	rules_paths_free(&c.paths);
	rules_free(c.rules);
	return rc;
}

/* ---- list
 * ------------------------------------------------------------------------- */

/* "01/03/2026" for a person, "2026-03-01" for a program. */
static const char *
day(char out[static TIME_TEXT], int64_t t, bool as_json)
{
	if (as_json)
		time_write(out, t + VN_OFFSET);
	else
		time_write_vn(out, t);
	out[DAY_TEXT] = '\0';
	return out;
}

static bool
file_is(const struct rules_file *f, int64_t t, bool coming)
{
	return coming ? f->from > t : f->from <= t && t < f->until;
}

static void
list_file(json_t *array, const struct rules_file *f)
{
	json_t *row = show_item(array);
	char text[TIME_TEXT];

	show_text(row, "topic", f->topic);
	show_text(row, "title", rule_says(&f->title));
	show_word(row, "from", day(text, f->from, true));
	if (f->until != TIME_NEVER)
		show_word(row, "until", day(text, f->until - TIME_DAY, true));
	show_bool(row, "own", f->own);
	show_bool(row, "dates_unverified", f->unverified);
	show_text(row, "file", f->name);
}

static void
list_files_json(json_t *root, const char *key, const struct rules *r, int64_t t,
    bool coming)
{
	json_t *array = show_array(root, key);
	const struct rules_file *f;
	size_t i;

	for (i = 0; (f = rules_file_nth(r, i)) != NULL; i++)
		if (file_is(f, t, coming))
			list_file(array, f);
}

static void
list_row(json_t *array, enum rule_kind k, const void *data)
{
	const struct rule_source *source = rule_source(data);
	struct buf text = { 0 };
	json_t *row = show_item(array);

	rule_write(&text, k, data);
	/* lines, which are known to be text */
	(void)json_object_set_new(
	    row, "row", json_stringn((const char *)text.p, text.len - 1));
	show_text(row, "source", rule_says(&source->text));
	show_bool(row, "unverified", source->unverified);
	show_bool(row, "own", source->own);
	show_text(row, "file", source->file);
	show_number(row, "line", source->line);
	buf_free(&text);
}

static void
list_json(const struct rules *r, const struct rule_set *s, int64_t t)
{
	json_t *root = json_object(), *rows;
	size_t k, i;

	show_time(root, "at", t);
	if (s != NULL)
		show_text(root, "version", s->version);
	list_files_json(root, "in_force", r, t, false);
	list_files_json(root, "coming", r, t, true);
	rows = show_object(root, "rows");
	for (k = 0; s != NULL && k < RULE_KINDS; k++) {
		json_t *array =
		    show_array(rows, rule_kind_word((enum rule_kind)k));

		for (i = 0; i < s->of[k].count; i++)
			list_row(array, (enum rule_kind)k, s->of[k].rows[i]);
	}
	show(root, true);
}

/* A title, from when to when, whose. */
static void
print_files(const struct rules *r, int64_t t, bool coming)
{
	const struct rules_file *f;
	char text[TIME_TEXT];
	size_t i;

	for (i = 0; (f = rules_file_nth(r, i)) != NULL; i++) {
		if (!file_is(f, t, coming))
			continue;
		(void)fputs("  ", stdout);
		utf8_print(stdout, rule_says(&f->title));
		say(": from %s", day(text, f->from, false));
		if (f->until != TIME_NEVER)
			say(" to %s", day(text, f->until - TIME_DAY, false));
		if (f->own)
			say(", the office's own");
		if (f->unverified)
			say(", day unverified");
		(void)putchar('\n');
	}
}

static bool
any_coming(const struct rules *r, int64_t t)
{
	const struct rules_file *f;
	size_t i;

	for (i = 0; (f = rules_file_nth(r, i)) != NULL; i++)
		if (f->from > t)
			return true;
	return false;
}

/* Every row of a kind, under what it rests on. */
static void
print_rows(const struct rule_set *s, enum rule_kind k)
{
	const struct rule_source *source;
	struct bytes before = { 0 }, left, shown;
	struct buf text = { 0 };
	size_t i;

	for (i = 0; i < s->of[k].count; i++) {
		source = rule_source(s->of[k].rows[i]);
		shown = rule_says(&source->text);
		if (i == 0 || !bytes_eq(before, shown)) {
			(void)fputs("# ", stdout);
			if (source->unverified)
				say("unverified: ");
			utf8_print(stdout, shown);
			(void)putchar('\n');
		}
		before = shown;
		rule_write(&text, k, s->of[k].rows[i]);
		left = buf_bytes(&text);
		utf8_print(stdout, left);
		buf_free(&text);
	}
}

/* By kind: what its rows say, to be translated. */
static const struct {
	enum rule_kind kind;
	const char *says;
} rule_kinds[RULE_KINDS] = {
	{ RULE_LEVEL, "levels and their terms" },
	{ RULE_ACTION, "who may do what" },
	{ RULE_DUE, "when things are due" },
	{ RULE_GRAMMAR, "how numbers and symbols are written" },
	{ RULE_TYPE, "types of documents" },
	{ RULE_CODE, "codes of interchange" },
	{ RULE_SERIES, "series of numbers" },
	{ RULE_REGISTER, "registers and their columns" },
	{ RULE_STAMP, "marks and stamps" },
	{ RULE_POSITION, "positions" },
	{ RULE_DELEGATION, "what only some positions may do" },
	{ RULE_HOLDER, "who holds a position" },
	{ RULE_AGENCY, "the agency's symbol" },
	{ RULE_UNIT, "symbols of departments" },
	{ RULE_RETENTION, "how long things are kept" },
	{ RULE_LIMIT, "bounds for systems" },
	{ RULE_HOLIDAY, "holidays" },
	{ RULE_WEEKEND, "weekends" },
};

/* How many rows there are of each kind, and how many of them are unverified. */
static void
print_counts(const struct rule_set *s)
{
	struct table t = { .columns = 4 };
	char n[24], unsure[24];
	size_t k, i, unverified;

	table_add(&t, tr("KIND"));
	table_add(&t, tr("WHAT IT SAYS"));
	table_add(&t, tr("ROWS"));
	table_add(&t, tr("UNVERIFIED"));
	for (k = 0; k < RULE_KINDS; k++) {
		if (s->of[k].count == 0)
			continue;
		unverified = 0;
		for (i = 0; i < s->of[k].count; i++)
			unverified += rule_source(s->of[k].rows[i])->unverified;
		(void)snprintf(n, sizeof(n), "%zu", s->of[k].count);
		(void)snprintf(unsure, sizeof(unsure), "%zu", unverified);
		table_add(&t, rule_kind_word((enum rule_kind)k));
		table_add(&t, tr(rule_kinds[k].says));
		table_add(&t, n);
		table_add(&t, unverified > 0 ? unsure : "");
	}
	table_print(&t);
}

static enum rc
find_kind(enum rule_kind *k, const char *word, struct err *e)
{
	size_t i;

	for (i = 0; i < RULE_KINDS; i++)
		if (strcmp(rule_kind_word((enum rule_kind)i), word) == 0) {
			*k = (enum rule_kind)i;
			return RC_OK;
		}
	return fail(e, RC_USAGE,
	    "there are no rows \"%s\": \"antin rules list\" names those that "
	    "there are",
	    word);
}

static enum rc
list_person(const struct rules *r, const struct rule_set *s, int64_t t,
    const char *word, struct err *e)
{
	enum rule_kind k = RULE_LEVEL;
	char when[TIME_TEXT];

	if (word != NULL) {
		if (find_kind(&k, word, e) != RC_OK)
			return e->rc;
		if (s != NULL)
			print_rows(s, k);
		return RC_OK;
	}
	(void)day(when, t, false);
	if (s == NULL) {
		say("Nothing is in force on %s.\n", when);
	} else {
		say("In force on %s, version %.*s:\n", when,
		    (int)s->version.len, (const char *)s->version.p);
		print_files(r, t, false);
	}
	if (any_coming(r, t)) {
		say("Coming:\n");
		print_files(r, t, true);
	}
	if (s != NULL)
		print_counts(s);
	return RC_OK;
}

static enum rc
list(const struct args *a, struct err *e)
{
	const char *word = a->rest_count > 0 ? a->rest[0] : NULL;
	char *own = own_folder(a), law[PATH_MAX];
	const struct rule_set *s;
	int64_t t = time_now();
	struct rules *r = NULL;
	enum rc rc;

	rc = arg_time(&t, a, "at", e);
	rules_folder(law, arg(a, "rules"));
	if (rc != RC_OK || (rc = rules_load(&r, law, own, e)) != RC_OK)
		goto out;
	s = rules_at(r, t);
	if (arg_given(a, "json"))
		list_json(r, s, t);
	else
		rc = list_person(r, s, t, word, e);
out:
	rules_free(r);
	free(own);
	return rc;
}

static const struct opt check_opts[] = { OPT_RULES, OPT_OWN, OPT_END };
static const struct opt list_opts[] = { OPT_AT, OPT_RULES, OPT_OWN, OPT_JSON,
	OPT_END };

const struct cmd cmd_rules_check = {
	.name = "rules check",
	.args = "[FILE|DIR...]",
	.does = "look for mistakes in files of rules",
	.opts = check_opts,
	.most = ARGS_MAX,
	.run = check,
};

const struct cmd cmd_rules_list = {
	.name = "rules list",
	.args = "[KIND]",
	.does = "show which rules are in force, and which are coming",
	.opts = list_opts,
	.most = 1,
	.run = list,
};

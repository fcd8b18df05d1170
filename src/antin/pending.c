/* SPDX-License-Identifier: EUPL-1.2 */
/* antin enrol pending: what waits at a station to be decided. */
#include "antin/pending.h"

#include <stdio.h>
#include <string.h>

#include "core/checkwords.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"

#define ID_LEAST 4 /* digits of a shortened id */

/* ---- which one
 * --------------------------------------------------------------------- */

static bool
digits_are(const char *word)
{
	return strlen(word) >= ID_LEAST &&
	       strspn(word, "0123456789abcdefABCDEF-") == strlen(word);
}

/* The id begins with these digits, whatever hyphens stand between. */
static bool
begins(const char *id, const char *word)
{
	for (; *word != '\0'; word++) {
		if (*word == '-')
			continue;
		while (*id == '-')
			id++;
		if ((*word | 0x20) != (*id | 0x20))
			return false;
		id++;
	}
	return true;
}

static enum rc
list(json_t **rows, struct talk *t, bool all, struct err *e)
{
	json_t *request = json_object();

	show_bool(request, "all", all);
	return talk_rows(t, CONTROL_ENROL_LIST, request, rows, e);
}

static enum rc
find(struct id *id, struct talk *t, const char *word, struct err *e)
{
	json_t *rows, *row;
	size_t i, n = 0;
	enum rc rc;

	if (!digits_are(word))
		return fail(e, RC_USAGE,
		    "an id is at least %d of the digits that antin enrol "
		    "pending shows, found \"%s\"",
		    ID_LEAST, word);
	if ((rc = list(&rows, t, false, e)) != RC_OK)
		return rc;
	json_array_foreach(rows, i, row)
	{
		if (!begins(row_text(row, "id"), word))
			continue;
		n += id_parse(id, bytes_str(row_text(row, "id")));
	}
	json_decref(rows);
	if (n == 1)
		return RC_OK;
	return n == 0 ? fail(e, RC_ABSENT, "no request with this id waits here")
		      : fail(e, RC_USAGE,
			    "several requests begin with \"%s\"; give more "
			    "of its digits",
			    word);
}

/* ---- taken and given back
 * ---------------------------------------------------------- */

enum rc
pending_fetch(struct buf *request, struct id *id, const struct args *a,
    const char *word, struct err *e)
{
	struct talk t;
	enum rc rc;

	*request = (struct buf){ 0 };
	rc = talk_open(&t, a, e);
	if (rc == RC_OK && (rc = find(id, &t, word, e)) == RC_OK)
		rc = talk_take(
		    request, &t, CONTROL_ENROL_PULL, id, REQUEST_MAX, e);
	if (rc != RC_OK)
		buf_free(request);
	talk_close(&t);
	return rc;
}

enum rc
pending_answer(const struct id *id, struct bytes answer, const struct args *a,
    struct err *e)
{
	struct talk t;
	enum rc rc;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK)
		rc = talk_give(&t, CONTROL_ENROL_PUSH, id, answer, e);
	talk_close(&t);
	return rc;
}

enum rc
pending_invited(const struct invitation *i, const struct args *a, struct err *e)
{
	json_t *request = json_object();
	struct talk t;
	enum rc rc;

	show_id(request, "id", &i->id);
	show_text(request, "address", i->address);
	(void)json_object_set_new(request, "until", json_integer(i->until));
	rc = talk_open(&t, a, e);
	if (rc == RC_OK)
		rc = talk_ask(&t, CONTROL_INVITED, request, NULL, NULL, e);
	else
		json_decref(request);
	talk_close(&t);
	return rc;
}

/* ---- the list
 * ---------------------------------------------------------------------- */

static const char *
kind_of(const json_t *row)
{
	const char *kind = row_text(row, "kind");

	return strcmp(kind, "authority") == 0 ? tr("authority")
	       : strcmp(kind, "station") == 0 ? tr("station")
	       : strcmp(kind, "desk") == 0    ? tr("desk")
					      : tr("person");
}

static const char *
what_of(const json_t *row)
{
	const char *by = row_text(row, "by");

	return strcmp(by, "renewal") == 0
		   ? tr("new keys; the old ones have signed it")
	       : strcmp(by, "invitation") == 0
		   ? tr("by an invitation that this station knows")
		   : tr("by an invitation that this station does not know");
}

/* What two people compare: the first bytes of its hash. */
static void
words_of(struct buf *out, const json_t *row)
{
	struct id id = { { 0 } };

	(void)id_parse(&id, bytes_str(row_text(row, "id")));
	checkwords_write(out, bytes_of(id.b, ENROL_WORDS));
}

static void
print_request(const json_t *row)
{
	const char *from = row_text(row, "from");
	char id[SHORT_ID], when[TIME_TEXT], until[TIME_TEXT];
	struct buf words;

	row_short(id, row);
	row_time(when, row, "at");
	row_time(until, row, "until");
	words_of(&words, row);
	(void)printf("%s  %s  ", id, kind_of(row));
	utf8_print(stdout, bytes_str(row_text(row, "address")));
	(void)printf("  ");
	utf8_print(stdout, bytes_str(row_text(row, "name")));
	(void)printf("\n    %s\n", what_of(row));
	if (strcmp(row_text(row, "state"), "answered") == 0)
		say("    answered %s; kept until %s\n", when, until);
	else if (from[0] != '\0')
		say("    waits since %s, came from %s; kept until %s\n", when,
		    from, until);
	else
		say("    waits since %s, made here; kept until %s\n", when,
		    until);
	if (strcmp(row_text(row, "by"), "renewal") != 0)
		say("    check words: %s\n", (const char *)words.p);
	buf_free(&words);
}

static void
add_words(json_t *rows)
{
	struct buf words;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		words_of(&words, row);
		show_text(row, "words", buf_bytes(&words));
		buf_free(&words);
	}
}

static enum rc
put_aside(struct talk *t, const char *word, struct err *e)
{
	json_t *request;
	struct id id;
	enum rc rc;

	if ((rc = find(&id, t, word, e)) != RC_OK)
		return rc;
	request = json_object();
	show_id(request, "id", &id);
	rc = talk_ask(t, CONTROL_ENROL_DROP, request, NULL, NULL, e);
	if (rc == RC_OK)
		say("Put aside; who made it is told when he asks.\n");
	return rc;
}

static enum rc
enrol_pending(const struct args *a, struct err *e)
{
	const char *aside = arg(a, "put-aside");
	json_t *rows = NULL, *row;
	struct talk t;
	enum rc rc;
	size_t i;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK && aside != NULL)
		rc = put_aside(&t, aside, e);
	else if (rc == RC_OK)
		rc = list(&rows, &t, arg_given(a, "all"), e);
	if (rows != NULL && arg_given(a, "json")) {
		add_words(rows);
		rows_show(rows);
		rows = NULL;
	} else if (rows != NULL && json_array_size(rows) == 0) {
		say("Nothing waits.\n");
	} else if (rows != NULL) {
		json_array_foreach(rows, i, row) print_request(row);
	}
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt opts[] = {
	{ "all", NULL, "also those that were answered", false },
	{ "put-aside", "ID",
	    "take this one off the list, undecided: who made it is told",
	    false },
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_enrol_pending = {
	.name = "enrol pending",
	.args = "",
	.does = "List the requests that wait at a station for the authority, "
		"with the check words that two people compare.",
	.opts = opts,
	.least = 0,
	.most = 0,
	.run = enrol_pending,
};

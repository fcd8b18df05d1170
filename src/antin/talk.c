/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/talk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "envelope/address.h"
#include "file/file.h"

#define DESKS_SAID 300 /* bytes of a list of desks */

const char *
station_dir(const struct args *a)
{
	const char *dir = arg(a, "station");

	if (dir == NULL)
		dir = getenv("ANTIN_STATION");
	return dir == NULL || dir[0] == '\0' ? STATION_DIR : dir;
}

char *
station_in(const char *dir, const char *name)
{
	char *data, *path;

	if (asprintf(&data, "%s/data", dir) < 0 ||
	    asprintf(&path, "%s/%s", file_exists(data) ? data : dir, name) < 0)
		bug("no memory");
	free(data);
	return path;
}

/* ---- connecting
 * ------------------------------------------------------------ */

enum rc
talk_open_at(
    struct talk *out, const struct args *a, const char *dir, struct err *e)
{
	char *path = station_in(dir, "run/control");
	json_t *hello = json_object();
	enum rc rc;

	*out = (struct talk){ .a = a, .fd = -1 };
	show_number(hello, "version", CONTROL_VERSION);
	rc = control_connect(&out->fd, path, e);
	if (rc == RC_OK)
		rc = talk_ask(out, CONTROL_HELLO, hello, NULL, NULL, e);
	else
		json_decref(hello);
	if (rc == RC_ABSENT)
		rc = fail(e, RC_ABSENT,
		    "no station runs in %s: start it (antin station start), "
		    "or say where it is: --station DIR",
		    dir);
	if (rc != RC_OK)
		talk_close(out);
	free(path);
	return rc;
}

enum rc
talk_open(struct talk *out, const struct args *a, struct err *e)
{
	return talk_open_at(out, a, station_dir(a), e);
}

void
talk_close(struct talk *t)
{
	if (t->fd >= 0)
		(void)close(t->fd);
	json_decref(t->desks);
	free(t->desk);
	*t = (struct talk){ .fd = -1 };
}

enum rc
talk_ask(struct talk *t, enum control_what what, json_t *request,
    const struct control_ears *ears, json_t **answer, struct err *e)
{
	return ask_station(t->fd, what, request, ears, answer, e);
}

enum rc
talk_rows(struct talk *t, enum control_what what, json_t *request,
    json_t **rows, struct err *e)
{
	return ask_for_rows(t->fd, what, request, rows, e);
}

json_t *
talk_request(const struct talk *t)
{
	json_t *r = json_object();

	show_word(r, "desk", t->desk);
	return r;
}

struct desk
talk_desk(const struct talk *t, const char *as)
{
	return (struct desk){ .fd = t->fd, .address = t->desk, .as = as };
}

enum rc
talk_text(json_t *to, const char *key, const char *typed, struct err *e)
{
	struct buf text = { 0 };
	enum rc rc = utf8_clean(&text, bytes_str(typed), CONTROL_FIELD, e);

	if (rc != RC_OK)
		e->rc = rc = RC_USAGE;
	else
		show_text(to, key, buf_bytes(&text));
	buf_free(&text);
	return rc;
}

/* ---- desks
 * ----------------------------------------------------------------- */

static bool
is_called(const json_t *desk, const char *word)
{
	const char *address = row_text(desk, "desk");
	struct address a;

	return strcmp(address, word) == 0 ||
	       (address_parse(&a, bytes_str(address)) &&
		   bytes_is(a.desk, word));
}

/* How many desks are called so (NULL: any), and the last of them. */
static size_t
count_called(
    const json_t *desks, const char *word, bool signed_in, const json_t **last)
{
	json_t *desk;
	size_t i, n = 0;

	json_array_foreach(desks, i, desk)
	{
		if ((word != NULL && !is_called(desk, word)) ||
		    (signed_in && row_int(desk, "until") == 0))
			continue;
		*last = desk;
		n++;
	}
	return n;
}

/* Which there are: as many as a line has room for. */
static enum rc
several(const json_t *desks, size_t n, struct err *e)
{
	char list[DESKS_SAID] = "";
	size_t i, used = 0;
	json_t *desk;
	int len;

	json_array_foreach(desks, i, desk)
	{
		len = snprintf(list + used, sizeof(list) - used, "%s%s",
		    i == 0 ? "" : ", ", row_text(desk, "desk"));
		if (len < 0 || used + (size_t)len >= sizeof(list)) {
			(void)snprintf(list + used, sizeof(list) - used, "%s",
			    used + sizeof(", ...") <= sizeof(list) ? ", ..."
								   : "");
			break;
		}
		used += (size_t)len;
	}
	return fail(e, RC_USAGE,
	    "the station has several desks (%zu); say which: %s", n, list);
}

static enum rc
choose(
    const json_t **desk, const struct talk *t, const char *word, struct err *e)
{
	size_t n = count_called(t->desks, word, false, desk);

	if (n == 1)
		return RC_OK;
	if (word != NULL && n == 0)
		return fail(e, RC_ABSENT,
		    "the station has no desk \"%s\"; antin status shows which "
		    "it has",
		    word);
	if (word != NULL)
		return fail(e, RC_USAGE,
		    "several desks of the station are called \"%s\"; give the "
		    "address",
		    word);
	if (n == 0)
		return fail(e, RC_ABSENT,
		    "the station has no desk yet; see antin station add-desk");
	if (count_called(t->desks, NULL, true, desk) == 1)
		return RC_OK;
	return several(t->desks, n, e);
}

enum rc
talk_choose(struct talk *t, const char *word, struct err *e)
{
	const json_t *desk = NULL;
	enum rc rc;

	json_decref(t->desks);
	free(t->desk);
	t->desk = NULL;
	rc = talk_rows(t, CONTROL_DESKS, NULL, &t->desks, e);
	if (rc == RC_OK)
		rc = choose(&desk, t, word, e);
	if (rc == RC_OK && (t->desk = strdup(row_text(desk, "desk"))) == NULL)
		bug("no memory");
	return rc;
}

static enum rc
sign_in_by(
    struct talk *t, struct bytes passphrase, int64_t *until, struct err *e)
{
	json_t *request = talk_request(t), *answer;
	enum rc rc;

	(void)json_object_set_new(request, "passphrase",
	    json_stringn(passphrase.len == 0 ? "" : (const char *)passphrase.p,
		passphrase.len));
	rc = talk_ask(t, CONTROL_SIGN_IN, request, NULL, &answer, e);
	if (rc == RC_OK && until != NULL)
		*until = row_int(answer, "until");
	json_decref(answer);
	return rc;
}

/* A key without a passphrase opens without a question. */
enum rc
talk_sign_in(struct talk *t, int64_t *until, struct err *e)
{
	struct buf passphrase;
	char prompt[256];
	enum rc rc = RC_INVALID;

	if (!arg_given(t->a, "passphrase-file"))
		rc = sign_in_by(t, (struct bytes){ 0 }, until, e);
	if (rc != RC_INVALID)
		return rc;
	(void)snprintf(prompt, sizeof(prompt), tr("Passphrase of %s"), t->desk);
	rc = passphrase_get(
	    &passphrase, t->a, "passphrase-file", prompt, false, e);
	if (rc == RC_OK)
		rc = sign_in_by(t, buf_bytes(&passphrase), until, e);
	buf_free(&passphrase);
	return rc;
}

enum rc
talk_act(struct talk *t, const char *word, struct err *e)
{
	const json_t *desk;
	enum rc rc = talk_choose(t, word, e);

	if (rc == RC_OK && count_called(t->desks, t->desk, true, &desk) == 0)
		rc = talk_sign_in(t, NULL, e);
	return rc;
}

/* ---- ids
 * ------------------------------------------------------------------- */

enum rc
talk_id(
    struct talk *t, const char *word, bool sent, struct id *out, struct err *e)
{
	const struct desk d = talk_desk(t, NULL);

	return desk_id(out, &d, word, sent, e);
}

/* ---- what rows say
 * --------------------------------------------------------- */

enum rc
talk_number(const char *word, uint64_t *out, struct err *e)
{
	char *end;

	errno = 0;
	*out = strtoull(word, &end, 10);
	if (word[0] >= '1' && word[0] <= '9' && *end == '\0' && errno == 0 &&
	    *out <= INT64_MAX)
		return RC_OK;
	return fail(e, RC_USAGE, "wanted a number, found \"%s\"", word);
}

void
row_time(char out[static 32], const json_t *row, const char *key)
{
	int64_t t = row_int(row, key);

	out[0] = '\0';
	if (t > TIME_MIN && t <= TIME_MAX)
		time_write_vn(out, t);
}

void
row_short(char out[static SHORT_ID], const json_t *row)
{
	(void)snprintf(out, SHORT_ID, "%s", row_text(row, "id"));
}

const char *
row_precedence(const json_t *row)
{
	enum precedence p;

	return precedence_parse(&p, bytes_str(row_text(row, "precedence")))
		   ? precedence_name(p)
		   : "";
}

const char *
state_name(const char *word)
{
	static const struct label {
		const char *word, *text;
	} labels[] = {
		{ "arrived", "arrived" },
		{ "opened", "opened" },
		{ "acted", "acted on" },
		{ "refused", "refused" },
		{ "queued", "waits" },
		{ "passed", "handed on" },
		{ "expired", "expired" },
		{ "held", "held: no way is known" },
		{ "recall", "recalled" },
		{ "supersede", "superseded" },
		{ "outcome", "recall" },
		{ "custody", "taken over" },
		{ "hop", "taken over" },
		{ "report", "goes no further" },
		{ "inquiry", "asked for" },
		{ "answer", "answer to an inquiry" },
		{ "not-for-us", "not for us" },
		{ "damaged", "damaged or incomplete" },
		{ "wrong-form", "of a wrong form" },
		{ "wrong-level", "of a wrong level" },
		{ "not-our-business", "not our business" },
		{ "other", "for another reason" },
		{ "withheld", "withheld unopened" },
		{ "was-opened", "it had been opened" },
		{ "was-acted", "it had been acted on" },
		{ "was-refused", "it had been refused" },
		{ "not-come-yet", "had not come yet; it will be withheld" },
		{ "not-yours", "not its originator's to recall" },
		{ "no-way", "no way is known" },
		{ "refused-on-the-way", "refused by the next station" },
		{ "dropped", "dropped by an operator" },
		{ "late", "late" },
		{ "waits", "waits there" },
		{ "unknown", "not known there" },
		{ "unsigned", "lies at the desk; nobody has signed for it" },
		{ "moved", "goes other ways now" },
	};
	const struct label *label;
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		label = &labels[i];
		if (strcmp(label->word, word) == 0)
			return tr(label->text);
	}
	return "";
}

const char *
row_state(const json_t *row)
{
	if (strcmp(row_text(row, "by"), "operator") == 0 &&
	    strcmp(row_text(row, "state"), "held") == 0)
		return tr("held by an operator");
	return state_name(row_text(row, "state"));
}

void
row_times(json_t *row)
{
	static const char *const keys[] = { "at", "arrived", "due", "expires",
		"known", "known_at", "now", "oldest", "receipt_at", "reported",
		"signed_at", "since", "until" };
	int64_t t;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!json_is_integer(json_object_get(row, keys[i])))
			continue;
		t = row_int(row, keys[i]);
		if (t >= TIME_MIN && t <= TIME_MAX)
			show_time(row, keys[i], t);
	}
}

void
rows_show(json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) row_times(row);
	show(rows, true);
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk/ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base64.h"
#include "core/lang.h"

#define ID_LEAST 4 /* digits of a shortened id */
#define TOLD 2048  /* bytes of what a person is told */

/* ---- asking -------------------------------------------------------------- */

enum rc
ask_station(int fd, enum control_what what, json_t *request,
    const struct control_ears *ears, json_t **answer, struct err *e)
{
	return control_ask(fd, what, request == NULL ? json_object() : request,
	    NULL, 0, ears, answer, e);
}

static void
keep_row(void *ctx, json_t *row)
{
	(void)json_array_append(ctx, row);
}

enum rc
ask_for_rows(int fd, enum control_what what, json_t *request, json_t **rows,
    struct err *e)
{
	struct control_ears ears = { .row = keep_row };
	enum rc rc;

	*rows = json_array();
	ears.ctx = *rows;
	rc = ask_station(fd, what, request, &ears, NULL, e);
	if (rc != RC_OK) {
		json_decref(*rows);
		*rows = NULL;
	}
	return rc;
}

static json_t *
piece_of(const struct id *id, size_t at)
{
	json_t *request = json_object();

	if (id != NULL)
		show_id(request, "id", id);
	show_number(request, "at", at);
	return request;
}

enum rc
ask_pieces(struct buf *out, int fd, enum control_what what, const struct id *id,
    uint64_t max, struct err *e)
{
	json_t *answer = NULL;
	uint64_t total = 1;
	size_t before;
	enum rc rc = RC_OK;

	*out = (struct buf){ 0 };
	while (rc == RC_OK && out->len < total) {
		before = out->len;
		rc = ask_station(
		    fd, what, piece_of(id, before), NULL, &answer, e);
		if (rc == RC_OK) {
			total = (uint64_t)row_int(answer, "total");
			if (total > max ||
			    !base64_parse(
				out, bytes_str(row_text(answer, "data"))) ||
			    out->len == before)
				rc = fail(e, RC_INVALID,
				    "the daemon answers in a way that is not "
				    "understood");
		}
		json_decref(answer);
		answer = NULL;
	}
	if (rc != RC_OK)
		buf_free(out);
	return rc;
}

/* ---- as a desk ----------------------------------------------------------- */

json_t *
desk_request(const struct desk *d)
{
	json_t *r = json_object();

	show_word(r, "desk", d->address);
	return r;
}

json_t *
desk_request_as(const struct desk *d)
{
	json_t *r = desk_request(d);

	if (d->as != NULL)
		show_word(r, "as", d->as);
	return r;
}

enum rc
desk_act(const struct desk *d, struct err *e)
{
	json_t *desks, *row;
	bool in = false;
	size_t i;
	enum rc rc;

	if (d->act != NULL)
		return d->act(d->ctx, e);
	if ((rc = ask_for_rows(d->fd, CONTROL_DESKS, NULL, &desks, e)) != RC_OK)
		return rc;
	json_array_foreach(desks, i, row)
	{
		in |= strcmp(row_text(row, "desk"), d->address) == 0 &&
		      row_int(row, "until") != 0;
	}
	json_decref(desks);
	return in ? RC_OK
		  : fail(e, RC_DENIED,
			"the desk %s is locked: sign in to it first",
			d->address);
}

void
desk_tell(const struct desk *d, const char *fmt, ...)
{
	char text[TOLD];
	va_list ap;

	if (d->tell == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->tell(d->ctx, text);
}

enum rc
desk_document(json_t **rows, const struct desk *d, const char *document,
    enum control_what what, struct err *e)
{
	json_t *request = desk_request_as(d);

	show_word(request, "document", document);
	return ask_for_rows(d->fd, what, request, rows, e);
}

/* ---- ids ----------------------------------------------------------------- */

/* Hex digits without their hyphens; false where it is no beginning of an id. */
static bool
digits_of(char out[static 2 * ID_SIZE + 1], const char *word)
{
	size_t n = 0;

	for (; *word != '\0'; word++) {
		if (*word == '-')
			continue;
		if (n == 2 * ID_SIZE ||
		    strchr("0123456789abcdefABCDEF", *word) == NULL)
			return false;
		out[n++] = *word >= 'A' && *word <= 'F'
			       ? (char)(*word - 'A' + 'a')
			       : *word;
	}
	out[n] = '\0';
	return n >= ID_LEAST;
}

struct search {
	const char *digits;
	struct id found;
	size_t count, rows;
	int64_t last; /* number of the last row */
};

static void
look(void *ctx, json_t *row)
{
	char digits[2 * ID_SIZE + 1];
	struct search *s = ctx;
	struct id id;

	s->rows++;
	s->last = row_int(row, "n");
	if (!digits_of(digits, row_text(row, "id")) ||
	    strncmp(digits, s->digits, strlen(s->digits)) != 0 ||
	    !id_parse(&id, bytes_str(digits)) ||
	    (s->count > 0 && id_eq(&id, &s->found)))
		return;
	s->found = id;
	s->count++;
}

/* All of a box, a page after the other. */
static enum rc
search_box(const struct desk *d, struct search *s, enum control_what box,
    struct err *e)
{
	const struct control_ears ears = { .row = look, .ctx = s };
	json_t *request;
	enum rc rc;

	s->last = 0;
	do {
		request = desk_request(d);
		if (box == CONTROL_INBOX)
			show_bool(request, "all", true);
		if (s->last > 0)
			show_number(request, "before", (uint64_t)s->last);
		s->rows = 0;
		rc = ask_station(d->fd, box, request, &ears, NULL, e);
	} while (rc == RC_OK && s->rows == CONTROL_ROWS && s->last > 0);
	return rc;
}

enum rc
desk_id(struct id *out, const struct desk *d, const char *word, bool sent,
    struct err *e)
{
	char digits[2 * ID_SIZE + 1];
	struct search s = { .digits = digits };
	enum rc rc;

	if (id_parse(out, bytes_str(word)))
		return RC_OK;
	if (!digits_of(digits, word))
		return fail(e, RC_USAGE,
		    "\"%s\" is no dispatch id, nor at least %d digits of its "
		    "beginning",
		    word, ID_LEAST);
	rc = search_box(d, &s, CONTROL_INBOX, e);
	if (rc == RC_OK && sent)
		rc = search_box(d, &s, CONTROL_OUTBOX, e);
	if (rc == RC_OK && s.count == 0)
		rc = fail(e, RC_ABSENT,
		    "%s has no dispatch whose id begins with %s", d->address,
		    word);
	if (rc == RC_OK && s.count > 1)
		rc = fail(e, RC_USAGE,
		    "%zu dispatches have ids that begin with %s; give more of "
		    "it",
		    s.count, word);
	if (rc == RC_OK)
		*out = s.found;
	return rc;
}

/* ---- refusals ------------------------------------------------------------ */

enum rc
reason_code(uint64_t *code, const char *word, struct err *e)
{
	/* docs/receipts.md 3.1; their places are their codes */
	static const char *const words[] = { "", "not-for-us", "damaged",
		"wrong-form", "wrong-level", "not-our-business", "other" };
	size_t i;

	for (i = 1; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0) {
			*code = i;
			return RC_OK;
		}
	return fail(e, RC_USAGE,
	    "--reason wants not-for-us, damaged, wrong-form, wrong-level, "
	    "not-our-business or other; found \"%s\"",
	    word);
}

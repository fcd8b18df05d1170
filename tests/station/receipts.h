/* SPDX-License-Identifier: EUPL-1.2 */
/* Three stations in a row, and what their desks and stations say of a dispatch
 * (docs/receipts.md). */
#ifndef TESTS_STATION_RECEIPTS_H
#define TESTS_STATION_RECEIPTS_H

#include "clerk.h"

struct row_of_three {
	struct country c;
	struct seat *top, *mid, *low;
	int control[3]; /* of each, signed in to its desk */
};

static inline void
three_sign_in(struct row_of_three *x, struct seat *s)
{
	struct err e;

	must(seat_control(&x->control[s->unit], s, &e), &e);
	must(seat_sign_in(x->control[s->unit], s, &e), &e);
}

static inline void
three_begin(struct row_of_three *x, const char *more)
{
	size_t i;

	*x = (struct row_of_three){ .control = { -1, -1, -1 } };
	country_begin(&x->c);
	x->top = country_seat(&x->c, NULL, "vn");
	x->mid = country_seat(&x->c, x->top, "dien-bien");
	x->low = country_seat(&x->c, x->mid, "muong-nhe");
	for (i = 0; i < 3; i++)
		country_write(&x->c.seats[i], more);
}

static inline void
three_end(struct row_of_three *x)
{
	size_t i;

	for (i = 0; i < 3; i++)
		if (x->control[i] >= 0)
			close(x->control[i]);
	country_end(&x->c);
}

/* Send a dispatch to these seats (bits), with one more field; its id. */
static inline struct id
three_send(struct row_of_three *x, struct seat *from, uint32_t to,
    const char *key, json_t *value)
{
	const struct letter letter = { .from = from,
		.country = &x->c,
		.to = to,
		.precedence = (enum precedence)(to % 4),
		.expires = TIME_NEVER };
	uint8_t part[SHA256_SIZE];
	json_t *r = letter_request(&letter), *answer = NULL;
	struct id id = { 0 };
	struct err e;
	int fd = letter_file(part, 900);

	if (key != NULL)
		(void)json_object_set_new(r, key, value);
	must(control_ask(x->control[from->unit], CONTROL_SEND, r, &fd, 1, NULL,
		 &answer, &e),
	    &e);
	if (!id_parse(&id,
		bytes_str(json_string_value(json_object_get(answer, "id")))))
		bug("no id");
	json_decref(answer);
	close(fd);
	return id;
}

/* Ask something about a dispatch as the desk of a seat. */
static inline enum rc
three_ask(struct row_of_three *x, struct seat *at, enum control_what what,
    const struct id *id, struct err *e)
{
	json_t *r = json_object();
	char text[ID_TEXT];

	id_write(text, id);
	(void)json_object_set_new(r, "id", json_string(text));
	(void)json_object_set_new(r, "desk", json_string(at->desk_address));
	if (what == CONTROL_REFUSE)
		(void)json_object_set_new(r, "code", json_integer(4));
	return control_ask(
	    x->control[at->unit], what, r, NULL, 0, NULL, NULL, e);
}

/* Rows of a trace that say this: "word", about this address, by that one. */
struct wanted {
	const char *says, *about, *by, *code;
	size_t found;
};

static inline bool
word_is(const json_t *row, const char *key, const char *want)
{
	const char *is = json_string_value(json_object_get(row, key));

	return want == NULL || (is != NULL && strcmp(is, want) == 0);
}

static inline void
look_row(void *ctx, json_t *row)
{
	struct wanted *w = ctx;

	w->found += word_is(row, "row", "receipt") &&
		    word_is(row, "says", w->says) &&
		    word_is(row, "about", w->about) &&
		    word_is(row, "by", w->by) && word_is(row, "code", w->code);
}

static inline size_t
three_said(struct seat *at, const struct id *id, const char *says,
    const char *about, const char *by, const char *code)
{
	struct wanted w = { says, about, by, code, 0 };
	const struct control_ears ears = { .row = look_row, .ctx = &w };
	json_t *r = json_object();
	char text[ID_TEXT];
	struct err e;
	int fd = -1;

	id_write(text, id);
	(void)json_object_set_new(r, "id", json_string(text));
	if (seat_control(&fd, at, &e) == RC_OK) {
		(void)control_ask(
		    fd, CONTROL_TRACE, r, NULL, 0, &ears, NULL, &e);
		close(fd);
	} else {
		json_decref(r);
	}
	return w.found;
}

/* ... within so many seconds. */
static inline bool
three_hears(struct seat *at, const struct id *id, const char *says,
    const char *about, const char *by, const char *code, unsigned seconds)
{
	unsigned i;

	for (i = 0; i < patience(seconds) * 20; i++) {
		if (three_said(at, id, says, about, by, code) > 0)
			return true;
		(void)usleep(50000);
	}
	return false;
}

#endif

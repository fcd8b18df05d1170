/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk/rota.h"

#include <stdio.h>
#include <string.h>

#include "core/time.h"
#include "dispatch/rota.h"

#define VIETNAM (7 * 3600)

/* A line of its own, which nothing in it ends. */
static bool
is_line(const char *text)
{
	return text[0] != '\0' && strpbrk(text, "\r\n") == NULL;
}

/* A login is one word: rota_read() looks at its letters. */
static bool
is_word(const char *text)
{
	return is_line(text) && strpbrk(text, " \t=") == NULL;
}

static enum rc
add_person(struct buf *to, const json_t *item, struct err *e)
{
	const char *login = row_text(item, "login"),
		   *name = row_text(item, "name");

	if (!is_word(login))
		return fail(e, RC_INVALID, "this is no login");
	if (!is_line(name))
		return fail(e, RC_INVALID,
		    "%.32s needs a name, of at most %u "
		    "bytes",
		    login, ROTA_NAME);
	buf_add(to, bytes_str("person "));
	buf_add(to, bytes_str(login));
	buf_u8(to, ' ');
	buf_add(to, bytes_str(name));
	buf_u8(to, '\n');
	return RC_OK;
}

static bool
add_time(struct buf *to, const json_t *item, const char *key)
{
	const json_t *v = json_object_get(item, key);
	const int64_t t = json_integer_value(v);
	struct civil c;
	char text[40];

	if (!json_is_integer(v) || t < TIME_MIN || t > TIME_MAX - VIETNAM ||
	    t % 60 != 0)
		return false;
	c = time_civil(t + VIETNAM);
	(void)snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d ", c.year,
	    c.month, c.day, c.hour, c.minute);
	buf_add(to, bytes_str(text));
	return true;
}

static enum rc
add_shift(struct buf *to, const json_t *item, struct err *e)
{
	const char *login = row_text(item, "login");

	if (!is_word(login))
		return fail(e, RC_INVALID, "it is not said who is on duty");
	if (!add_time(to, item, "from") || !add_time(to, item, "until"))
		return fail(e, RC_INVALID,
		    "it is not said from when to when: whole minutes");
	buf_add(to, bytes_str(login));
	buf_u8(to, '\n');
	return RC_OK;
}

/* Each item became a line. */
static void
find_fault(struct rota_fault *f, size_t people, unsigned line)
{
	if (line == 0)
		return;
	f->list = line <= people ? "people" : "shifts";
	f->at = line <= people ? line - 1 : line - 1 - people;
}

enum rc
rota_of_lists(struct buf *out, const json_t *people, const json_t *shifts,
    struct rota_fault *fault, struct err *e)
{
	struct buf text = { 0 };
	struct rota r = { 0 };
	enum rc rc = RC_OK;
	unsigned line = 0;
	json_t *item;
	size_t i;

	*out = (struct buf){ 0 };
	*fault = (struct rota_fault){ 0 };
	json_array_foreach(people, i, item)
	{
		line++;
		if ((rc = add_person(&text, item, e)) != RC_OK)
			goto out;
	}
	json_array_foreach(shifts, i, item)
	{
		line++;
		if ((rc = add_shift(&text, item, e)) != RC_OK)
			goto out;
	}
	if ((rc = rota_read(&r, buf_bytes(&text), &line, e)) != RC_OK)
		goto out;
	*out = text; /* the caller owns it now */
	text = (struct buf){ 0 };
out:
	if (rc != RC_OK)
		find_fault(fault, json_array_size(people), line);
	rota_free(&r);
	buf_free(&text);
	return rc;
}

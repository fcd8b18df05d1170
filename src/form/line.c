/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/line.h"

#include <string.h>

#include "core/time.h"
#include "core/utf8.h"

#define HEAD "antin-form 1 "
#define HEAD_LEN (sizeof(HEAD) - 1)
#define DATE_LEN 10u

/* A day that there is, ten characters long. */
static bool
is_date(struct bytes in)
{
	int64_t t;
	size_t i;

	for (i = 0; i < in.len; i++)
		if (i == 4 || i == 7 ? in.p[i] != '-'
				     : in.p[i] < '0' || in.p[i] > '9')
			return false;
	return in.len == DATE_LEN && time_parse(&t, in);
}

static bool
is_number(struct bytes in)
{
	return in.len > 0 && in.len <= FORM_LINE_NUMBER && utf8_is_text(in) &&
	       in.p[0] != ' ' && in.p[in.len - 1] != ' ';
}

enum rc
form_line_write(struct buf *out, const struct form_line *line, struct err *e)
{
	char id[2 * FORM_LINE_ID + 1], digest[2 * FORM_LINE_DIGEST + 1];

	*out = (struct buf){ 0 };
	if (!is_date(bytes_str(line->date)) || !is_number(line->number))
		return fail(e, RC_INVALID,
		    "docs/forms.md 6.5: the line of a form wants a day such as "
		    "2026-11-22 and a number of at most %u bytes",
		    FORM_LINE_NUMBER);
	hex_write(id, bytes_of(line->id, sizeof(line->id)));
	hex_write(digest, bytes_of(line->digest, sizeof(line->digest)));
	buf_add(out, bytes_str(HEAD));
	buf_add(out, bytes_str(id));
	buf_u8(out, ' ');
	buf_add(out, bytes_str(digest));
	buf_u8(out, ' ');
	buf_add(out, bytes_str(line->date));
	buf_u8(out, ' ');
	buf_add(out, line->number);
	return RC_OK;
}

/* The next field, and the space behind it. */
static struct bytes
field(struct rd *r, size_t len)
{
	struct bytes out = rd_bytes(r, len);

	if (rd_u8(r) != ' ')
		r->bad = true;
	return out;
}

/* Hex in lower case only: one line has one form. */
static bool
is_lower(struct bytes hex)
{
	size_t i;

	for (i = 0; i < hex.len; i++)
		if (hex.p[i] >= 'A' && hex.p[i] <= 'F')
			return false;
	return true;
}

enum rc
form_line_parse(struct form_line *out, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);
	struct bytes head, id, digest, date, number;

	*out = (struct form_line){ 0 };
	head = rd_bytes(&r, HEAD_LEN);
	id = field(&r, (size_t)2 * FORM_LINE_ID);
	digest = field(&r, (size_t)2 * FORM_LINE_DIGEST);
	date = field(&r, DATE_LEN);
	number = rd_rest(&r);
	if (!rd_end(&r) || in.len > FORM_LINE_MAX || !bytes_is(head, HEAD) ||
	    !is_lower(id) || !is_lower(digest) ||
	    !hex_parse(out->id, sizeof(out->id), id) ||
	    !hex_parse(out->digest, sizeof(out->digest), digest) ||
	    !is_date(date) || !is_number(number)) {
		*out = (struct form_line){ 0 };
		return fail(e, RC_INVALID,
		    "docs/forms.md 6.5: this is no line of a form");
	}
	memcpy(out->date, date.p, DATE_LEN);
	out->number = number;
	return RC_OK;
}

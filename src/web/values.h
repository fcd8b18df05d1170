/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the files of the table share (route.h): the types and one value of them
 * (value.c), which values.c takes in for all fields of a route; and
 * percent-encoding (route.c).
 */
#ifndef WEB_VALUES_H
#define WEB_VALUES_H

#include "web/route.h"

#define WEB_TYPES (WEB_OBJECTS + 1)
#define WEB_DEPTH 8u   /* objects and lists within one another, of a body */
#define WEB_ITEM 2000u /* bytes of a list's text */

/* How a type is described (OpenAPI 3.1, JSON Schema). */
struct web_type_is {
	const char *type, *format; /* format: NULL: none */
	bool sized;		   /* min and max are of its bytes */
};
extern const struct web_type_is web_types[WEB_TYPES];

/*
 * A value as it stands in a path or a query, percent-decoded; and one of a
 * body.  In its stored form (WEB_TEXT and others are made clean).  A list or an
 * object is in a body alone: a field that says otherwise is a bug.
 *
 * RC_INVALID	it is none of the field's type
 * RC_LIMIT	it is over the field's size, or out of its bounds
 *
 * The caller json_decref()s *out, on failure too.
 */
enum rc web_value_of_text(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e);
enum rc web_value_of_json(
    json_t **out, const struct web_field *f, const json_t *v, struct err *e);

/*
 * Percent-decoding (RFC 3986 2.1); in a query '+' is a space, as forms have it.
 * RC_INVALID: an escape that is none, NUL, what is not UTF-8, or a byte that an
 * address may not have as it stands.  The caller frees *out.
 */
enum rc web_decode(struct buf *out, struct bytes in, bool query, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A request of a browser: a line of method, path and query, and a body.  What
 * is taken has each field that it must have, of its route and no other, in the
 * form in which it is stored.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "web/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bytes
until(struct bytes *rest, uint8_t mark)
{
	struct bytes one = { rest->p, 0 };

	while (one.len < rest->len && rest->p[one.len] != mark)
		one.len++;
	*rest = bytes_of(rest->p + one.len, rest->len - one.len);
	if (rest->len > 0)
		*rest = bytes_of(rest->p + 1, rest->len - 1);
	return one;
}

static void
check(const struct web_route *r, const json_t *values)
{
	const struct web_field *f;
	const json_t *v;
	size_t n = 0;

	for (f = r->fields; f->name != NULL; f++) {
		v = json_object_get(values, f->name);
		n += v != NULL;
		if (v == NULL && f->must)
			bug("a field that must be there");
		if (f->type == WEB_TEXT && v != NULL &&
		    (!utf8_is_text(bytes_str(json_string_value(v))) ||
			json_string_length(v) > f->max))
			bug("text in no form");
		if (f->type == WEB_NUMBER && v != NULL &&
		    (uint64_t)json_integer_value(v) > f->max)
			bug("a number out of its bounds");
	}
	if (n != json_object_size(values))
		bug("a field that the route does not have");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size), path, query, word;
	char method[8], allowed[64], field[WEB_NAME + 1];
	const struct web_route *r;
	json_t *values;
	struct err e;

	word = until(&rest, ' ');
	(void)snprintf(method, sizeof(method), "%.*s",
	    (int)(word.len < 7 ? word.len : 7), (const char *)word.p);
	path = until(&rest, '\n');
	word = path;
	path = until(&word, '?');
	query = word;
	if (web_find(&r, &values, allowed, method, path, &e) != RC_OK) {
		if (values != NULL || r != NULL)
			bug("a route that was not found");
		return 0;
	}
	if (web_values(values, field, r, query, rest, &e) == RC_OK)
		check(r, values);
	json_decref(values);
	return 0;
}

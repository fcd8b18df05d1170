/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk/value.h"

#include <string.h>

#include "core/time.h"
#include "core/utf8.h"

/* ---- put there ----------------------------------------------------------- */

void
show_word(json_t *to, const char *key, const char *word)
{
	(void)json_object_set_new(to, key, json_string(word));
}

void
show_text(json_t *to, const char *key, struct bytes text)
{
	if (utf8_is_text(text))
		(void)json_object_set_new(
		    to, key, json_stringn((const char *)text.p, text.len));
	else
		show_hex(to, key, text);
}

void
show_number(json_t *to, const char *key, uint64_t n)
{
	(void)json_object_set_new(to, key, json_integer((json_int_t)n));
}

void
show_bool(json_t *to, const char *key, bool b)
{
	(void)json_object_set_new(to, key, json_boolean(b));
}

void
show_hex(json_t *to, const char *key, struct bytes b)
{
	struct buf hex = { 0 };

	hex_write((char *)buf_grow(&hex, 2 * b.len + 1), b);
	show_word(to, key, (const char *)hex.p);
	buf_free(&hex);
}

void
show_id(json_t *to, const char *key, const struct id *id)
{
	char text[ID_TEXT];

	id_write(text, id);
	show_word(to, key, text);
}

void
show_time(json_t *to, const char *key, int64_t t)
{
	char text[TIME_TEXT];

	time_write(text, t);
	show_word(to, key, text);
}

json_t *
show_object(json_t *to, const char *key)
{
	json_t *o = json_object();

	(void)json_object_set_new(to, key, o);
	return o;
}

json_t *
show_array(json_t *to, const char *key)
{
	json_t *a = json_array();

	(void)json_object_set_new(to, key, a);
	return a;
}

json_t *
show_item(json_t *array)
{
	json_t *o = json_object();

	(void)json_array_append_new(array, o);
	return o;
}

/* ---- what rows say ------------------------------------------------------- */

const char *
row_text(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text == NULL ? "" : text;
}

int64_t
row_int(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

bool
row_is(const json_t *row, const char *kind)
{
	return strcmp(row_text(row, "row"), kind) == 0;
}

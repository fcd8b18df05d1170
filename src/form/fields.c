/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/fields.h"

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "core/vec.h"

static struct bytes
trim(struct bytes in)
{
	while (in.len > 0 && strchr(" \t\r", in.p[0]) != NULL)
		in = bytes_of(in.p + 1, in.len - 1);
	while (in.len > 0 && strchr(" \t\r", in.p[in.len - 1]) != NULL)
		in.len--;
	return in;
}

/* What stands before the first "end", and *in behind it; false where there is
 * none: then it is all. */
static bool
until(struct bytes *out, struct bytes *in, char end)
{
	const uint8_t *at = in->len == 0 ? NULL : memchr(in->p, end, in->len);

	*out = *in;
	if (at == NULL) {
		*in = (struct bytes){ 0 };
		return false;
	}
	out->len = (size_t)(at - in->p);
	*in = bytes_of(at + 1, in->len - out->len - 1);
	return true;
}

static enum rc
keep(struct bytes *out, struct fields *f, struct bytes value, size_t most,
    struct err *e)
{
	struct buf clean = { 0 };
	enum rc rc = utf8_clean(&clean, value, most, e);

	*out = (struct bytes){ 0 };
	if (rc == RC_OK && clean.len > 0)
		*out = arena_add(&f->kept, buf_bytes(&clean));
	buf_free(&clean);
	return rc;
}

static enum rc
add_text(struct fields *f, const struct field *field, struct bytes value,
    struct err *e)
{
	struct bytes *text =
	    (struct bytes *)(void *)((char *)f->form + field->at);
	struct buf both = { 0 };
	struct bytes line;
	enum rc rc;

	rc = keep(&line, f, value, GRID_CELL, e);
	if (rc != RC_OK || text->len == 0) {
		if (rc == RC_OK)
			*text = line;
		return rc;
	}
	buf_add(&both, *text);
	buf_u8(&both, '\n');
	buf_add(&both, line);
	if (both.len <= FIELDS_TEXT)
		*text = arena_add(&f->kept, buf_bytes(&both));
	else
		rc = fail(e, RC_LIMIT, "\"%s\" has more than %u bytes",
		    field->name, FIELDS_TEXT);
	buf_free(&both);
	return rc;
}

static enum rc
add_row(struct fields *f, const struct field *field, struct bytes value,
    struct err *e)
{
	struct form_list *list =
	    (struct form_list *)(void *)((char *)f->form + field->at);
	struct bytes **rows = &f->rows[field - f->table];
	size_t i, at = list->rows * field->cells;
	struct bytes cell;
	bool more = true;
	enum rc rc;

	if (list->rows >= FIELDS_ROWS)
		return fail(e, RC_LIMIT, "\"%s\" has more than %u rows",
		    field->name, FIELDS_ROWS);
	for (i = 0; i < field->cells; i++)
		*rows = vec_more(*rows, at + i, sizeof(**rows));
	list->cells = *rows;
	for (i = 0; more; i++) {
		more = until(&cell, &value, '|');
		if (i >= field->cells)
			return fail(e, RC_INVALID,
			    "a row of \"%s\" has at most %zu cells",
			    field->name, field->cells);
		rc = keep(&(*rows)[at + i], f, trim(cell), GRID_CELL, e);
		if (rc != RC_OK)
			return rc;
	}
	for (; i < field->cells; i++)
		(*rows)[at + i] = (struct bytes){ 0 };
	list->rows++;
	return RC_OK;
}

static const struct field *
find(const struct field *table, struct bytes name)
{
	for (; table != NULL && table->name != NULL; table++)
		if (bytes_is(name, table->name))
			return table;
	return NULL;
}

enum rc
fields_add(
    struct fields *f, struct bytes name, struct bytes value, struct err *e)
{
	const struct field *field = find(f->head, name);

	if (field == NULL)
		field = find(f->table, name);
	if (field == NULL)
		return fail(e, RC_INVALID,
		    "this form has no field \"%.*s\"; --fields shows them",
		    (int)(name.len < 64 ? name.len : 64),
		    name.len == 0 ? "" : (const char *)name.p);
	return field->cells == 0 ? add_text(f, field, value, e)
				 : add_row(f, field, value, e);
}

enum rc
fields_read(struct fields *f, struct bytes in, struct err *e)
{
	struct bytes line, name;
	size_t number = 0;
	enum rc rc;

	if (in.len > FIELDS_MAX)
		return fail(e, RC_LIMIT, "%zu bytes of fields, at most %u",
		    in.len, FIELDS_MAX);
	/* some editors begin a file with it */
	if (in.len >= 3 && memcmp(in.p, "\xef\xbb\xbf", 3) == 0)
		in = bytes_of(in.p + 3, in.len - 3);
	while (in.len > 0) {
		(void)until(&line, &in, '\n');
		number++;
		line = trim(line);
		if (line.len == 0 || line.p[0] == '#')
			continue;
		if (!until(&name, &line, '='))
			return fail(e, RC_INVALID,
			    "line %zu: \"name = value\" is wanted", number);
		rc = fields_add(f, trim(name), trim(line), e);
		if (rc != RC_OK)
			return fail_at(e, "line %zu", number);
	}
	return RC_OK;
}

void
fields_free(struct fields *f)
{
	size_t i;

	for (i = 0; i < FIELDS_COUNT; i++)
		free(f->rows[i]);
	arena_free(&f->kept);
	*f = (struct fields){ 0 };
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/csv.h"

#include <stdio.h>
#include <string.h>

#include "core/utf8.h"

/* What spreadsheets begin a formula with, and the wide forms that some of them
 * take for the same. */
static const char *const formula[] = { "=", "+", "-", "@", "\t", "\r", "\n",
	"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" };

static bool
begins_formula(struct bytes cell)
{
	size_t i, n;

	while (cell.len > 0 && cell.p[0] == ' ')
		cell = bytes_of(cell.p + 1, cell.len - 1);
	for (i = 0; i < sizeof(formula) / sizeof(formula[0]); i++) {
		n = strlen(formula[i]);
		if (cell.len >= n && memcmp(cell.p, formula[i], n) == 0)
			return true;
	}
	return false;
}

static bool
is_blank(uint8_t c)
{
	return c == '\t' || c == '\r' || c == '\n';
}

/* The next character: blanks of all kinds are kept, for they are quoted. */
static struct bytes
next(struct bytes *text)
{
	struct bytes one = *text;

	if (!is_blank(text->p[0]))
		return utf8_shown(text);
	one.len = 1;
	*text = bytes_of(text->p + 1, text->len - 1);
	return one;
}

static void
put_csv(struct buf *out, struct bytes cell)
{
	struct bytes one;

	buf_u8(out, '"');
	if (begins_formula(cell))
		buf_u8(out, '\'');
	while (cell.len > 0) {
		one = next(&cell);
		if (one.p[0] == '"')
			buf_u8(out, '"');
		buf_add(out, one);
	}
	buf_u8(out, '"');
}

static void
put_json(struct buf *out, struct bytes text)
{
	struct bytes one;
	char escaped[8];

	buf_u8(out, '"');
	while (text.len > 0) {
		one = next(&text);
		if (one.p[0] == '"' || one.p[0] == '\\')
			buf_u8(out, '\\');
		if (one.p[0] >= ' ') {
			buf_add(out, one);
			continue;
		}
		(void)snprintf(escaped, sizeof(escaped), "\\u%04x", one.p[0]);
		buf_add(out, bytes_str(escaped));
	}
	buf_u8(out, '"');
}

static enum rc
flush(struct csv *c, struct err *e)
{
	enum rc rc = c->to.put(c->to.ctx, buf_bytes(&c->row), e);

	c->row.len = 0;
	return rc;
}

enum rc
csv_open(struct csv *out, struct sink to, enum csv_form form,
    const struct grid_column *columns, size_t count, struct err *e)
{
	size_t i;

	*out = (struct csv){
		.to = to, .form = form, .columns = columns, .count = count
	};
	if (form == CSV_BOM)
		buf_add(&out->row, bytes_str("\xef\xbb\xbf"));
	if (form == CSV_JSON)
		buf_u8(&out->row, '[');
	for (i = 0; form != CSV_JSON && i < count; i++) {
		if (i > 0)
			buf_u8(&out->row, ',');
		put_csv(&out->row, columns[i].name);
	}
	if (form != CSV_JSON)
		buf_add(&out->row, bytes_str("\r\n"));
	return flush(out, e);
}

enum rc
csv_row(struct csv *c, const struct bytes *cells, struct err *e)
{
	const bool json = c->form == CSV_JSON;
	size_t i;

	if (json)
		buf_add(&c->row, bytes_str(c->rows > 0 ? ",\n{" : "\n{"));
	for (i = 0; i < c->count; i++) {
		if (i > 0)
			buf_u8(&c->row, ',');
		if (!json) {
			put_csv(&c->row, cells[i]);
			continue;
		}
		put_json(&c->row, c->columns[i].key);
		buf_u8(&c->row, ':');
		put_json(&c->row, cells[i]);
	}
	buf_add(&c->row, bytes_str(json ? "}" : "\r\n"));
	c->rows++;
	return flush(c, e);
}

enum rc
csv_close(struct csv *c, struct err *e)
{
	enum rc rc = RC_OK;

	if (c->form == CSV_JSON) {
		buf_add(&c->row, bytes_str("\n]\n"));
		rc = flush(c, e);
	}
	csv_drop(c);
	return rc;
}

void
csv_drop(struct csv *c)
{
	buf_free(&c->row);
	*c = (struct csv){ 0 };
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* A form's fields as people write them, and the line in its QR code
 * (docs/forms.md 6.5, 10). */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../tests/tap.h"
#include "form/fields.h"
#include "form/line.h"
#include "form/stamps.h"

struct sample {
	struct bytes text, other;
	struct form_list list;
};

static const struct field head[] = {
	{ "text", "", offsetof(struct sample, text), 0 },
	{ NULL, NULL, 0, 0 },
};
static const struct field table[] = {
	{ "other", "", offsetof(struct sample, other), 0 },
	{ "row", "", offsetof(struct sample, list), 3 },
	{ NULL, NULL, 0, 0 },
};

static struct err e;
static struct sample s;
static struct fields f;

static enum rc
fill(struct bytes in)
{
	fields_free(&f);
	s = (struct sample){ 0 };
	f = (struct fields){ .table = table, .head = head, .form = &s };
	return fields_read(&f, in, &e);
}

static void
cell_is(size_t row, size_t cell, const char *wanted)
{
	same(s.list.cells[row * 3 + cell], bytes_str(wanted),
	    "cell %zu of row %zu is \"%s\"", cell + 1, row + 1, wanted);
}

static void
fields_are_read(void)
{
	(void)went(fill(bytes_str("\xef\xbb\xbf# a remark\n"
				  "\n"
				  "  text =  m\xe1\xbb\x99t  \r\n"
				  "text=hai = ba\n"
				  "\ttext = b\xcc\x81\n"
				  "row = một | hai|  ba \n"
				  "row = | x\n"
				  "row =\n"
				  "other = cuối")),
	    &e, "a file of fields is read");
	same(s.text, bytes_str("một\nhai = ba\nb\xcc\x81"),
	    "a name that stands again adds a line");
	same(s.other, bytes_str("cuối"), "the last line needs no end");
	is(s.list.rows, 3, "a row a line");
	cell_is(0, 0, "một");
	cell_is(0, 1, "hai");
	cell_is(0, 2, "ba");
	cell_is(1, 0, "");
	cell_is(1, 1, "x");
	cell_is(1, 2, "");
	cell_is(2, 2, "");
	(void)went(fill(bytes_str("text = Tie\xcc\x82\xcc\x81ng Vie\xcc\xa3\xcc"
				  "\x82t\xc2\xa0Nam\xe2\x80\x8b")),
	    &e, "combining letters are read");
	same(s.text, bytes_str("Tiếng Việt Nam"), "and come out in NFC");
	(void)went(fill(bytes_str("")), &e, "nothing fills nothing");
	is(s.text.len + s.other.len + s.list.rows, 0, "and is blank");
}

static void
refused(const char *in, const char *line, const char *why)
{
	is(fill(bytes_str(in)), RC_INVALID, "refused: %s", why);
	if (!ok(strstr(e.text, line) != NULL, "and the line is named"))
		note("%s", e.text);
}

static void
what_is_no_field_is_refused(void)
{
	refused("text = 1\nnone = 2\n", "line 2", "a field that there is not");
	refused("Text = 1\n", "line 1", "a name in capitals");
	refused("\n\ntext\n", "line 3", "a line without a sign");
	refused("= 1\n", "line 1", "a line without a name");
	refused("row = 1|2|3|4\n", "line 1", "a cell too many");
	refused("text = \xff\n", "line 1", "what is no UTF-8");
	refused("text = a\x01z\n", "line 1", "a control character");
	refused("row = a | b\x1b[2J\n", "line 1", "one in a cell");
}

static void
what_is_too_much_is_refused(void)
{
	struct buf in = { 0 };
	char piece[GRID_CELL + 16];
	size_t i;

	memset(piece, 'x', sizeof(piece));
	memcpy(piece, "text = ", 7);
	piece[7 + GRID_CELL] = '\0';
	(void)went(fill(bytes_str(piece)), &e, "a value of %u bytes is read",
	    GRID_CELL);
	piece[7 + GRID_CELL] = 'x';
	piece[7 + GRID_CELL + 1] = '\0';
	is(fill(bytes_str(piece)), RC_LIMIT, "a byte more is refused");
	piece[7 + GRID_CELL] = '\n';
	for (i = 0; i <= FIELDS_TEXT / GRID_CELL; i++)
		buf_add(&in, bytes_str(piece));
	is(fill(buf_bytes(&in)), RC_LIMIT, "so is a text of too many lines");
	buf_free(&in);
	for (i = 0; i < FIELDS_ROWS; i++)
		buf_add(&in, bytes_str("row=\n"));
	(void)went(fill(buf_bytes(&in)), &e, "%u rows are read", FIELDS_ROWS);
	buf_add(&in, bytes_str("row=\n"));
	is(fill(buf_bytes(&in)), RC_LIMIT, "a row more is refused");
	buf_free(&in);
	(void)buf_grow(&in, FIELDS_MAX + 1);
	is(fill(buf_bytes(&in)), RC_LIMIT, "so is a file that is too long");
	buf_free(&in);
}

/* ---- the line ----------------------------------------------------------- */

#define ID "0123456789abcdef0123456789abcdef"
#define DIGEST                                                                 \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define LINE "antin-form 1 " ID " " DIGEST " 2026-11-22 12/CĐ-VP"

static void
the_line_is_read_as_it_is_written(void)
{
	struct form_line line;
	struct buf again;

	(void)went(
	    form_line_parse(&line, bytes_str(LINE), &e), &e, "a line is read");
	same(line.number, bytes_str("12/CĐ-VP"), "with its number");
	same(bytes_str(line.date), bytes_str("2026-11-22"), "and its day");
	is(line.id[15], 0xef, "and its id");
	is(line.digest[31], 0x55, "and its digest");
	(void)went(form_line_write(&again, &line, &e), &e, "it is written");
	same(buf_bytes(&again), bytes_str(LINE), "and is the same");
	buf_free(&again);
	line.number = bytes_str("a\nb");
	is(form_line_write(&again, &line, &e), RC_INVALID,
	    "a number of two lines is not written");
	line.number = bytes_str("1");
	memcpy(line.date, "2026-02-30", 11);
	is(form_line_write(&again, &line, &e), RC_INVALID,
	    "nor is a day that there is not");
}

static void
what_is_no_line_is_refused(void)
{
	static const char *const bad[] = { "", "antin-form 1 ",
		"antin-form 2 " ID " " DIGEST " 2026-11-22 1",
		"antin-form 1 " ID " " DIGEST " 2026-11-22",
		"antin-form 1 " ID " " DIGEST " 2026-11-22 ",
		"antin-form 1 " ID " " DIGEST " 2026-11-22  1",
		"antin-form 1 " ID " " DIGEST " 2026-11-22 1 ",
		"antin-form 1 " ID " " DIGEST " 2026-13-22 1",
		"antin-form 1 " ID " " DIGEST " 2026-02-29 1",
		"antin-form 1 " ID " " DIGEST " 2026/11/22 1",
		"antin-form 1 " ID "  " DIGEST " 2026-11-22 1",
		"antin-form 1 " DIGEST " " ID " 2026-11-22 1",
		"antin-form 1 0123456789ABCDEF0123456789abcdef " DIGEST
		" 2026-11-22 1",
		"antin-form 1 " ID " " DIGEST " 2026-11-22 e\xcc\x81",
		"antin-form 1 " ID " " DIGEST " 2026-11-22 \xff",
		"ANTIN-FORM 1 " ID " " DIGEST " 2026-11-22 1", LINE "\n" };
	char longest[200];
	struct form_line line;
	size_t i, n, left = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		is(form_line_parse(&line, bytes_str(bad[i]), &e), RC_INVALID,
		    "no line: \"%.60s\"", bad[i]);
		left += line.number.len + (size_t)(line.date[0] != 0);
	}
	is(left, 0, "and nothing is left of them");
	n = (size_t)snprintf(longest, sizeof(longest),
	    "antin-form 1 " ID " " DIGEST " 2026-11-22 ");
	memset(longest + n, '7', FORM_LINE_NUMBER + 1);
	is(form_line_parse(&line, bytes_of(longest, n + FORM_LINE_NUMBER), &e),
	    RC_OK, "a number of %u bytes is read", FORM_LINE_NUMBER);
	is(form_line_parse(
	       &line, bytes_of(longest, n + FORM_LINE_NUMBER + 1), &e),
	    RC_INVALID, "and one of a byte more is not");
}

int
main(void)
{
	fields_are_read();
	what_is_no_field_is_refused();
	what_is_too_much_is_refused();
	fields_free(&f);
	the_line_is_read_as_it_is_written();
	what_is_no_line_is_refused();
	return done();
}

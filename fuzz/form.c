/* SPDX-License-Identifier: EUPL-1.2 */
/* What fills a form, and the line in its QR code: texts come out clean and
 * within their limits, and a line that is read is written as it was. */
#include <stddef.h>

#include "core/utf8.h"
#include "form/fields.h"
#include "form/line.h"

#define CELLS 3u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sample {
	struct bytes text, other;
	struct form_list list;
};

static const struct field head[] = {
	{ "a", "", offsetof(struct sample, text), 0 },
	{ NULL, NULL, 0, 0 },
};
static const struct field table[] = {
	{ "bb", "", offsetof(struct sample, other), 0 },
	{ "c", "", offsetof(struct sample, list), CELLS },
	{ NULL, NULL, 0, 0 },
};

static void
line(struct bytes in)
{
	struct form_line parsed;
	struct buf again;
	struct err e;

	if (form_line_parse(&parsed, in, &e) != RC_OK) {
		if (parsed.number.len != 0)
			bug("something is left of what was not read");
		return;
	}
	if (form_line_write(&again, &parsed, &e) != RC_OK)
		bug(e.text);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("a line that is written otherwise than it was read");
	buf_free(&again);
}

/* Lines of a text are clean, one by one. */
static void
clean(struct bytes text)
{
	struct bytes one = text;
	size_t i, from = 0;

	if (text.len > FIELDS_TEXT)
		bug("a text over its limit");
	for (i = 0; text.len > 0 && i <= text.len; i++) {
		if (i < text.len && text.p[i] != '\n')
			continue;
		one = bytes_of(text.p + from, i - from);
		if (one.len > 0 && !utf8_is_text(one))
			bug("a text that is none");
		from = i + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sample s = { 0 };
	struct fields f = { .table = table, .head = head, .form = &s };
	struct err e;
	size_t i;

	line(bytes_of(data, size));
	if (fields_read(&f, bytes_of(data, size), &e) == RC_OK) {
		clean(s.text);
		clean(s.other);
		for (i = 0; i < s.list.rows * CELLS; i++)
			if (s.list.cells[i].len > 0 &&
			    !utf8_is_text(s.list.cells[i]))
				bug("a cell that is no text");
	}
	fields_free(&f);
	return 0;
}

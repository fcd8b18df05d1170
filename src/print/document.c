/* SPDX-License-Identifier: EUPL-1.2 */
/* A document's stamps, its telegram's form, its minutes, filled from its steps
 * (docs/registry.md 9.7). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/id.h"
#include "form/line.h"
#include "print/print.h"
#include "print/said.h"

#define STAGES 12u
#define STAMPS 3u
#define FIRST_X 30.0 /* mm: docs/forms.md 5.1 */
#define FIRST_Y 55.0

/* What the station said of it; texts of forms borrow from it, and from kept. */
struct filling {
	const json_t *rows; /* borrowed */
	const json_t *doc;
	struct buf kept[4];		 /* owned: texts that are made */
	char times[STAGES][TIME_TEXT];	 /* of stages */
	struct bytes cells[3u * STAGES]; /* of lists */
};

/* The last step of this action; NULL: there is none. */
static const json_t *
step_of(const struct filling *f, const char *action)
{
	const json_t *row, *found = NULL;
	size_t i;

	json_array_foreach(f->rows, i, row)
	{
		if (row_is(row, "step") &&
		    strcmp(row_text(row, "action"), action) == 0)
			found = row;
	}
	return found;
}

static bool
is_telegram(const struct filling *f, bool *in)
{
	const char *kind = row_text(f->doc, "kind");

	*in = strcmp(kind, "telegram-in") == 0;
	return *in || strcmp(kind, "telegram-out") == 0;
}

static struct bytes
mark_of(const char *word)
{
	const struct stamp *s = stamp_find(bytes_str(word));

	return s == NULL ? (struct bytes){ 0 } : bytes_str(s->text);
}

static void
head_of(struct form_head *h, const struct filling *f)
{
	*h = (struct form_head){ .superior = said_bytes(f->doc, "superior"),
		.agency = said_bytes(f->doc, "office"),
		.number = said_bytes(f->doc, "symbol"),
		.secrecy = mark_of(row_text(f->doc, "level")) };
}

/* ---- stamps -------------------------------------------------------------- */

static enum rc
form_marks(struct form_out *out, struct filling *f, struct err *e)
{
	struct bytes values[STAMP_VALUES] = { 0 };
	const char *words[STAMPS] = { row_text(f->doc, "level"),
		row_text(f->doc, "precedence"), "den" };
	const json_t *stamped = step_of(f, "stamp");
	struct form_stamp all[STAMPS];
	double y = FIRST_Y;
	size_t i, count = 0;

	if (stamped != NULL) {
		said_time(f->times[0], stamped, "at");
		f->times[0][10] = '\0';
		values[0] = said_bytes(f->doc, "office");
		(void)snprintf(f->times[1], sizeof(f->times[1]), "%02llu",
		    strtoull(row_text(stamped, "number"), NULL, 10));
		values[1] = bytes_str(f->times[1]);
		values[2] = bytes_str(f->times[0]);
		values[3] = said_bytes(f->doc, "assignee");
	}
	for (i = 0; i < STAMPS; i++) {
		const struct stamp *s = stamp_find(bytes_str(words[i]));

		if (s == NULL || (i == 2 && stamped == NULL))
			continue;
		all[count++] = (struct form_stamp){ s, FIRST_X, y, values };
		y += s->height + 4;
	}
	if (count == 0)
		return fail(e, RC_ABSENT,
		    "this document has no mark and was not stamped as come "
		    "in");
	return form_stamps(out, all, count, e);
}

/* ---- telegrams ----------------------------------------------------------- */

static const struct stage {
	const char *action, *vi;
} going[] = { { "accept", "Nhận bản thảo" }, { "number", "Cấp số" },
	{ "encipher", "Mã hóa xong" }, { "verify", "Kiểm tra bản mã" },
	{ "send", "Chuyển điện" }, { "confirm", "Nhận hồi báo" },
	{ NULL, NULL } },
  coming[] = { { "telegram-arrive", "Nhận điện" }, { "decipher", "Dịch xong" },
	  { "verify", "Kiểm tra bản dịch" }, { "register", "Vào sổ" },
	  { "deliver", "Giao người nhận" }, { "clear", "Thu hồi bản dịch" },
	  { NULL, NULL } };

static size_t
stages_of(struct filling *f, const struct stage *s)
{
	const json_t *step;
	size_t n;

	for (n = 0; n < STAGES && s[n].action != NULL; n++) {
		f->cells[3 * n] = bytes_str(s[n].vi);
		if ((step = step_of(f, s[n].action)) == NULL)
			continue;
		said_time(f->times[n], step, "at");
		f->cells[3 * n + 1] = bytes_str(f->times[n]);
		f->cells[3 * n + 2] = said_bytes(step, "person-name");
	}
	return n;
}

/* In its QR code: only where it has a dispatch and its digest. */
static enum rc
line_of(struct buf *out, const struct filling *f, struct err *e)
{
	struct form_line line = { .number = said_bytes(f->doc, "symbol") };
	const struct bytes date = said_bytes(f->doc, "date");
	struct id id;

	if (!id_parse(&id, said_bytes(f->doc, "dispatch")) ||
	    !hex_parse(line.digest, sizeof(line.digest),
		said_bytes(f->doc, "digest")) ||
	    date.len + 1 != sizeof(line.date))
		return RC_OK;
	memcpy(line.id, id.b, sizeof(line.id));
	memcpy(line.date, date.p, date.len);
	return form_line_write(out, &line, e);
}

static enum rc
form_wire(struct form_out *out, struct filling *f, struct err *e)
{
	const json_t *who, *checker = step_of(f, "verify");
	struct form_telegram t = { .urgency = mark_of(
				       row_text(f->doc, "precedence")) };
	enum rc rc;

	if (!is_telegram(f, &t.in))
		return fail(e, RC_ABSENT, "this document is no telegram");
	who = step_of(f, t.in ? "decipher" : "encipher");
	head_of(&t.head, f);
	t.from = said_bytes(f->doc, t.in ? "from" : "office");
	t.to = said_bytes(f->doc, "recipients");
	t.registered =
	    t.in ? said_bytes(f->doc, "number") : (struct bytes){ 0 };
	t.groups = said_bytes(f->doc, "groups");
	t.pages = said_bytes(f->doc, "pages");
	t.authority = said_bytes(f->doc, "signer");
	t.product = said_bytes(f->doc, "product");
	t.key = said_bytes(f->doc, "key");
	t.stages =
	    (struct form_list){ f->cells, stages_of(f, t.in ? coming : going) };
	t.operator= who == NULL ? (struct bytes){ 0 }
				: said_bytes(who, "person-name");
	t.checker = checker == NULL ? (struct bytes){ 0 }
				    : said_bytes(checker, "person-name");
	if ((rc = line_of(&f->kept[0], f, e)) != RC_OK)
		return rc;
	t.line = buf_bytes(&f->kept[0]);
	return form_telegram(out, &t, e);
}

/* ---- minutes ------------------------------------------------------------- */

/* "Công văn 27/UBND-VX": what it is about is gone, or does not belong there. */
static void
item_of(struct filling *f)
{
	f->cells[0] = said_bytes(f->doc, "type-name");
	f->cells[1] = said_bytes(f->doc, "symbol");
}

static enum rc
form_gone(struct form_out *out, struct filling *f, struct err *e)
{
	const json_t *decided = step_of(f, "decide-destroy"),
		     *done = step_of(f, "destroy"), *row;
	struct form_destruction d = { 0 };
	struct bytes witnesses[2u * STAGES] = { 0 };
	size_t i;

	if (decided == NULL)
		return fail(e, RC_ABSENT,
		    "the destruction of this document is not decided");
	head_of(&d.head, f);
	d.head.number = (struct bytes){ 0 };
	d.decision = said_bytes(decided, "instrument");
	if (done != NULL) {
		said_time(f->times[0], done, "at");
		d.time = d.ended = bytes_str(f->times[0]);
		d.method = said_bytes(done, "method");
		d.head.number = said_bytes(done, "minutes");
	}
	json_array_foreach(f->rows, i, row)
	{
		if (row_is(row, "step") && d.witnesses.rows < STAGES &&
		    (strcmp(row_text(row, "action"), "witness") == 0 ||
			strcmp(row_text(row, "action"), "destroy") == 0))
			witnesses[2 * d.witnesses.rows++] =
			    said_bytes(row, "person-name");
	}
	d.witnesses.cells = witnesses;
	item_of(f);
	f->cells[2] = said_bytes(f->doc, "date");
	f->cells[3] = d.head.secrecy;
	f->cells[4] = said_bytes(f->doc, "copies");
	d.documents = (struct form_list){ f->cells, 1 };
	return form_destruction(out, &d, e);
}

static enum rc
form_given(struct form_out *out, struct filling *f, struct err *e)
{
	const json_t *step = step_of(f, "hand-over");
	struct form_handover h = { 0 };

	if (step == NULL)
		return fail(e, RC_ABSENT, "this document was not handed over");
	head_of(&h.head, f);
	h.head.number = (struct bytes){ 0 };
	said_time(f->times[0], step, "at");
	h.time = bytes_str(f->times[0]);
	h.gives.name = said_bytes(step, "person-name");
	h.gives.unit = said_bytes(f->doc, "office");
	h.takes.unit = said_bytes(step, "to");
	h.takes.name = said_bytes(step, "signed");
	h.notes = said_bytes(step, "remarks");
	item_of(f);
	f->cells[2] = h.head.secrecy;
	f->cells[3] = said_bytes(f->doc, "copies");
	h.items = (struct form_list){ f->cells, 1 };
	return form_handover(out, &h, e);
}

/* ---- all of them --------------------------------------------------------- */

/* With what it is to be filled from, which lives for the call. */
static enum rc
filled(enum rc (*print)(struct form_out *out, struct filling *f, struct err *e),
    struct form_out *out, const json_t *rows, struct err *e)
{
	struct filling f = { .rows = rows };
	size_t i;
	enum rc rc;

	f.doc = json_array_get(rows, 0);
	rc = row_is(f.doc, "document")
		 ? print(out, &f, e)
		 : fail(e, RC_INVALID, "the station's answer cannot be read");
	for (i = 0; i < sizeof(f.kept) / sizeof(f.kept[0]); i++)
		buf_free(&f.kept[i]);
	return rc;
}

enum rc
print_stamps(struct form_out *out, const json_t *rows, struct err *e)
{
	return filled(form_marks, out, rows, e);
}

enum rc
print_telegram(struct form_out *out, const json_t *rows, struct err *e)
{
	return filled(form_wire, out, rows, e);
}

enum rc
print_destruction(struct form_out *out, const json_t *rows, struct err *e)
{
	return filled(form_gone, out, rows, e);
}

enum rc
print_handover(struct form_out *out, const json_t *rows, struct err *e)
{
	return filled(form_given, out, rows, e);
}

enum print_what
print_usual(const json_t *rows)
{
	const struct filling f = { .doc = json_array_get(rows, 0) };
	bool in;

	return is_telegram(&f, &in) ? PRINT_TELEGRAM : PRINT_STAMPS;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "registry/line.h"

#include <stdio.h>
#include <string.h>

#include "core/time.h"
#include "registry/inner.h"

struct bytes
line_get(const struct line *l, struct bytes field)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (bytes_eq(l->cells[i].field, field))
			return l->cells[i].text;
	return (struct bytes){ 0 };
}

/* ---- texts as registers have them: Vietnamese, by law ---------------------
 */

static struct bytes
vn_time(struct trying *t, int64_t at, size_t len)
{
	char text[TIME_TEXT];

	time_write_vn(text, at);
	return arena_add(&t->out->arena, bytes_of(text, len));
}

struct bytes
line_day(struct trying *t, int64_t at)
{
	return vn_time(t, at, 10);
}

struct bytes
line_time(struct trying *t, int64_t at)
{
	return vn_time(t, at, 16);
}

struct bytes
line_choice(struct bytes word)
{
	static const struct {
		const char *word, *vi;
	} said[] = {
		{ "returned", "Trả lại" },
		{ "destroyed", "Đã hủy" },
		{ "filed", "Lưu" },
		{ "extended", "Gia hạn" },
		{ "relevelled", "Điều chỉnh độ mật" },
		{ "declassified", "Giải mật" },
		{ "full", "Sao y" },
		{ "extract", "Trích sao" },
		{ "photo", "Chụp" },
		{ "electronic", "Sao điện tử" },
	};
	size_t i;

	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (bytes_is(word, said[i].word))
			return bytes_str(said[i].vi);
	return word;
}

struct bytes
line_label(struct bytes field)
{
	static const struct {
		const char *field, *vi;
	} labels_vi[] = {
		{ "sent", "Ngày chuyển" },
		{ "passed", "Ngày chuyển" },
		{ "to", "Chuyển" },
		{ "signed", "Ký nhận" },
		{ "delivered", "Giờ giao" },
		{ "disposal", "Xử lý bản rõ" },
		{ "progress", "Tiến độ giải quyết" },
		{ "reply", "Văn bản trả lời" },
		{ "cancelled", "ĐÃ HỦY" },
		{ "refused", "Nơi nhận trả lại" },
		{ "extended", "Gia hạn" },
		{ "relevelled", "Điều chỉnh độ mật" },
		{ "declassified", "Giải mật" },
		{ "recalled", "Thu hồi" },
		{ "destroyed", "Tiêu hủy" },
	};
	size_t i;

	for (i = 0; i < sizeof(labels_vi) / sizeof(labels_vi[0]); i++)
		if (bytes_is(field, labels_vi[i].field))
			return bytes_str(labels_vi[i].vi);
	return (struct bytes){ 0 };
}

void
line_note(struct buf *out, const struct line *l)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		if (i > 0)
			buf_add(out, bytes_str("; "));
		buf_add(out, line_label(l->cells[i].field));
		buf_add(out, bytes_str(": "));
		buf_add(out, l->cells[i].text);
	}
}

/* ---- cells (docs/registry.md 4.5) ---------------------------------------- */

/* Who did it last, with this step counted in; NULL: nobody. */
static bool
when(const struct trying *t, enum action a, int64_t *at)
{
	const struct doc_did *did = did_last(t->d, a);

	*at = t->ask->action == a ? t->ask->at : did == NULL ? 0 : did->at;
	return t->ask->action == a || did != NULL;
}

static struct bytes
day_of(struct trying *t, enum action a)
{
	int64_t at;

	return when(t, a, &at) ? line_day(t, at) : (struct bytes){ 0 };
}

static struct bytes
time_of(struct trying *t, enum action a)
{
	int64_t at;

	return when(t, a, &at) ? line_time(t, at) : (struct bytes){ 0 };
}

static struct bytes
name_of(const struct trying *t, enum action a)
{
	const struct doc_did *did = did_last(t->d, a);

	if (t->ask->action == a)
		return t->ask->who.name;
	return did == NULL ? (struct bytes){ 0 } : did->name;
}

static struct bytes
has(const struct trying *t, enum field_name f)
{
	return trying_has(t, f);
}

static struct bytes
cell_number(struct trying *t)
{
	const struct bytes n = has(t, FIELD_NUMBER);
	char text[24];

	if (n.len == 0)
		return n;
	(void)snprintf(
	    text, sizeof(text), "%02llu", (unsigned long long)field_uint(n));
	return arena_add(&t->out->arena, bytes_str(text));
}

static bool
is_own(const struct trying *t)
{
	return t->ask->action == ACTION_HAND_OVER ||
	       t->ask->action == ACTION_COPY;
}

/* Of a secret document that was made here, when its level was decided. */
static struct bytes
cell_date(struct trying *t)
{
	const struct bytes date = has(t, FIELD_DATE);
	struct bytes decided = { 0 };

	if (is_own(t))
		return line_day(t, t->ask->at);
	if (t->out->level > LEVEL_ORDINARY)
		decided = day_of(t, ACTION_DECIDE_LEVEL);
	if (decided.len > 0 || date.len == 0)
		return decided;
	return line_day(t, field_day(date));
}

static struct bytes
cell_type(struct trying *t)
{
	const struct bytes word = has(t, FIELD_TYPE);
	const struct rule_type *type = rule_type(t->ask->rules, word);

	return type == NULL ? word : type->name.vi;
}

static struct bytes
cell_abstract(struct trying *t)
{
	const struct rule_level *l = rule_level(t->ask->rules, t->out->level);

	if (l == NULL || l->abstract == RULE_ABSTRACT_NEVER)
		return (struct bytes){ 0 };
	return has(t, FIELD_ABSTRACT);
}

static struct bytes
cell_level(struct trying *t)
{
	const struct rule_level *l = rule_level(t->ask->rules, t->out->level);

	return l == NULL ? bytes_str(level_word(t->out->level)) : l->name.vi;
}

static struct bytes
cell_precedence(struct trying *t)
{
	const struct rule_stamp *s = rule_stamp(
	    t->ask->rules, bytes_str(precedence_word(t->out->precedence)));

	return s == NULL ? (struct bytes){ 0 } : s->text.vi;
}

static struct bytes
cell_arrived(struct trying *t)
{
	const struct bytes stamped = day_of(t, ACTION_STAMP);

	if (t->d->kind == DOC_TELEGRAM_IN)
		return time_of(t, ACTION_TELEGRAM_ARRIVE);
	return stamped.len > 0 ? stamped : day_of(t, ACTION_ARRIVE);
}

static struct bytes
cell_to(struct trying *t)
{
	if (t->ask->action == ACTION_COPY)
		return t->d->permitted_to;
	if (t->ask->action == ACTION_HAND_OVER)
		return trying_said(t, FIELD_TO);
	return has(t, t->d->kind == DOC_IN ? FIELD_ASSIGNEE : FIELD_RECIPIENTS);
}

static struct bytes
cell_operator(struct trying *t)
{
	return name_of(t,
	    t->d->kind == DOC_TELEGRAM_OUT ? ACTION_ENCIPHER : ACTION_DECIPHER);
}

static struct bytes
cell_product(struct trying *t)
{
	const struct bytes product = has(t, FIELD_PRODUCT);
	struct buf both = { 0 };
	struct bytes kept;

	buf_add(&both, product);
	if (product.len > 0)
		buf_add(&both, bytes_str(", "));
	buf_add(&both, has(t, FIELD_KEY));
	kept = arena_add(&t->out->arena, buf_bytes(&both));
	buf_free(&both);
	return kept;
}

static struct bytes
cell_made(struct trying *t)
{
	char text[24];

	(void)snprintf(
	    text, sizeof(text), "%02llu", (unsigned long long)t->d->permitted);
	return arena_add(&t->out->arena, bytes_str(text));
}

static struct bytes
cell_due(struct trying *t)
{
	const struct bytes due = has(t, FIELD_DUE);

	return due.len == 0 ? due : line_time(t, field_time(due));
}

/* A column's word, and where its text comes from. */
static const struct cell {
	const char *field;
	struct bytes (*make)(struct trying *t);
	enum field_name as; /* make is NULL: as the field has it */
	enum action done;   /* make is NULL and this is one: when it was done */
	bool name;	    /* or by whom */
} cells[] = {
	{ "symbol", NULL, FIELD_SYMBOL, 0, false },
	{ "number", cell_number, 0, 0, false },
	{ "date", cell_date, 0, 0, false },
	{ "type", cell_type, 0, 0, false },
	{ "abstract", cell_abstract, 0, 0, false },
	{ "level", cell_level, 0, 0, false },
	{ "precedence", cell_precedence, 0, 0, false },
	{ "signer", NULL, FIELD_SIGNER, 0, false },
	{ "recipients", NULL, FIELD_RECIPIENTS, 0, false },
	{ "keeper", NULL, FIELD_KEEPER, 0, false },
	{ "copies", NULL, FIELD_COPIES, 0, false },
	{ "arrived", cell_arrived, 0, 0, false },
	{ "from", NULL, FIELD_FROM, 0, false },
	{ "to", cell_to, 0, 0, false },
	{ "words", NULL, FIELD_WORDS, 0, false },
	{ "groups", NULL, FIELD_GROUPS, 0, false },
	{ "accepted", NULL, 0, ACTION_ACCEPT, false },
	{ "enciphered", NULL, 0, ACTION_ENCIPHER, false },
	{ "deciphered", NULL, 0, ACTION_DECIPHER, false },
	{ "sent", NULL, 0, ACTION_SEND, false },
	{ "operator", cell_operator, 0, 0, false },
	{ "checker", NULL, 0, ACTION_VERIFY, true },
	{ "product", cell_product, 0, 0, false },
	{ "made", cell_made, 0, 0, false },
	{ "permitted-by", NULL, 0, ACTION_PERMIT_COPY, true },
	{ "made-by", NULL, 0, ACTION_COPY, true },
	{ "due", cell_due, 0, 0, false },
};

static void
put_cell(struct trying *t, struct line *l, struct bytes field)
{
	const struct cell *c = cells;
	const struct cell *end = cells + sizeof(cells) / sizeof(cells[0]);
	struct bytes text;

	while (c < end && !bytes_is(field, c->field))
		c++;
	if (c == end) /* for the store, or for what comes later */
		return;
	if (c->make != NULL)
		text = c->make(t);
	else if (c->done == 0)
		text = has(t, c->as);
	else if (c->name)
		text = name_of(t, c->done);
	else
		text = time_of(t, c->done);
	line_put(t, l, c->field, text);
}

/* ---- lines --------------------------------------------------------------- */

void
line_put(struct trying *t, struct line *l, const char *field, struct bytes text)
{
	if (text.len == 0)
		return;
	if (l->count == LINE_CELLS)
		bug("a line of too many cells");
	l->cells[l->count].field = bytes_str(field);
	l->cells[l->count++].text = arena_add(&t->out->arena, text);
}

static struct line *
line_next(struct trying *t, enum line_how how, struct bytes book)
{
	struct line *l;

	if (t->out->line_count == DOC_LINES)
		bug("too many lines of one step");
	l = &t->out->lines[t->out->line_count++];
	l->how = how;
	l->book = arena_add(&t->out->arena, book);
	return l;
}

struct line *
line_remark(struct trying *t, struct bytes book)
{
	return line_next(t, LINE_REMARK, book);
}

/* A word up to its "." and what comes after. */
static struct bytes
stem(struct bytes word)
{
	const uint8_t *dot =
	    word.len == 0 ? NULL : memchr(word.p, '.', word.len);

	return dot == NULL ? word : bytes_of(word.p, (size_t)(dot - word.p));
}

struct bytes
line_book(struct trying *t)
{
	const struct bytes series = has(t, FIELD_SERIES);
	const struct bytes base = stem(series);
	const struct rule_register *r = rule_register_of(t->ask->rules, base);
	struct buf book = { 0 };
	struct bytes kept;

	if (series.len == 0 || r == NULL)
		return (struct bytes){ 0 };
	buf_add(&book, r->word);
	buf_add(&book, bytes_of(series.p + base.len, series.len - base.len));
	kept = arena_add(&t->out->arena, buf_bytes(&book));
	buf_free(&book);
	return kept;
}

enum rc
line_make(struct trying *t, struct bytes book)
{
	const struct rule_register *r =
	    rule_register(t->ask->rules, stem(book));
	struct line *l;
	size_t i;

	if (r == NULL)
		return fail(t->e, RC_ABSENT,
		    "docs/registry.md 4.5: the rules in force have no register "
		    "for this document");
	l = line_next(t, LINE_NEW, book);
	l->year = number_year(t->ask->at);
	for (i = 0; i < r->columns_count; i++) {
		const struct bytes field = r->columns[i].field;

		if (!bytes_is(field, "type-abstract")) {
			put_cell(t, l, field);
			continue;
		}
		put_cell(t, l, bytes_str("type"));
		put_cell(t, l, bytes_str("abstract"));
	}
	if (trying_said(t, FIELD_REMARKS).len > 0)
		line_put(t, l, "note", trying_said(t, FIELD_REMARKS));
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/flow.h"

#include <stdio.h>

#define PAGE_END_Y (297.0 - PAGE_BOTTOM)
#define MM_PER_POINT (25.4 / 72.0)
#define BASELINE 0.92 /* of a Times' size: where dots stand */
#define LINE 1.15     /* ... and how far apart its lines are */
#define FILLED 1.2    /* mm under a field */
#define BLANK 2.4     /* ... and under one that is written by hand */
#define ROOM 19.0     /* mm: to sign in */
#define SIGNER 90.0   /* ... and what a title and a name may take */

const struct page_style flow_plain = { .points = 13 };
const struct page_style flow_body = {
	.points = 13, .align = PAGE_JUSTIFY, .indent = 10, .leading = 1.1
};
const struct page_style flow_bold = { .points = 13, .face = PAGE_BOLD };
const struct page_style flow_italic = { .points = 13, .face = PAGE_ITALIC };
const struct page_style flow_middle = { .points = 13, .align = PAGE_MIDDLE };
const struct page_style flow_middle_bold = {
	.points = 13, .face = PAGE_BOLD, .align = PAGE_MIDDLE
};
const struct page_style flow_middle_italic = {
	.points = 13, .face = PAGE_ITALIC, .align = PAGE_MIDDLE
};
const struct page_style flow_title = {
	.points = 14, .face = PAGE_BOLD, .align = PAGE_MIDDLE
};

enum rc
flow_open(struct flow *f, const struct form_out *out, const char *title,
    struct err *e)
{
	const struct page_about about = { bytes_str(title), out->made };
	enum rc rc;

	*f = (struct flow){ .y = PAGE_TOP };
	rc = page_open(&f->page, out->to, PAGE_PORTRAIT, &about, e);
	if (rc == RC_OK)
		f->block = page_block_new(f->page);
	return rc;
}

enum rc
flow_close(struct flow *f, struct form_out *out, enum rc rc, struct err *e)
{
	page_block_free(f->block);
	buf_free(&f->text);
	if (f->page != NULL)
		out->unknown = page_unknown(f->page);
	if (rc == RC_OK)
		rc = page_close(f->page, e);
	else
		page_drop(f->page);
	*f = (struct flow){ 0 };
	return rc;
}

/* ---- down the page ------------------------------------------------------- */

static void
turn(void *ctx)
{
	const struct page_style mark = { .points = 12,
		.face = PAGE_BOLD,
		.align = PAGE_END,
		.ink = PAGE_RED };
	struct flow *f = ctx;
	char number[16];

	page_next(f->page);
	(void)snprintf(number, sizeof(number), "%u", page_number(f->page));
	(void)page_text(f->page, &flow_middle, FLOW_LEFT, 11, FLOW_WIDTH,
	    bytes_str(number));
	if (f->mark.len > 0)
		(void)page_text(
		    f->page, &mark, FLOW_LEFT, 11.2, FLOW_WIDTH, f->mark);
	f->y = PAGE_TOP;
}

void
flow_need(struct flow *f, double height)
{
	if (f->y + height > PAGE_END_Y)
		turn(f);
}

void
flow_gap(struct flow *f, double height)
{
	f->y += height;
}

void
flow_text(struct flow *f, const struct page_style *s, struct bytes text)
{
	size_t line = 0, all;

	page_block_set(f->block, s, FLOW_WIDTH, text);
	all = page_block_lines(f->block);
	for (;;) {
		f->y = page_block_draw(
		    f->block, &line, FLOW_LEFT, f->y, PAGE_END_Y);
		if (line >= all)
			break;
		turn(f);
	}
}

void
flow_say(struct flow *f, const struct page_style *s, const char *text)
{
	flow_text(f, s, bytes_str(text));
}

/* A label and its value, in a column of the page; returns where they end. */
static double
field(struct flow *f, double x, double width, const char *label,
    struct bytes value)
{
	const double size = flow_plain.points * MM_PER_POINT;
	double at;

	buf_add(&f->text, bytes_str(label));
	buf_add(&f->text, bytes_str(": "));
	buf_add(&f->text, value);
	if (value.len > 0) {
		at = page_text(
		    f->page, &flow_plain, x, f->y, width, buf_bytes(&f->text));
		f->text.len = 0;
		return at;
	}
	at = page_text_width(f->page, &flow_plain, buf_bytes(&f->text)) + 0.5;
	(void)page_text(
	    f->page, &flow_plain, x, f->y, width, buf_bytes(&f->text));
	f->text.len = 0;
	if (at < width)
		page_dots(f->page, x + at, x + width, f->y + BASELINE * size,
		    PAGE_GREY);
	return f->y + LINE * size;
}

void
flow_field(struct flow *f, const char *label, struct bytes value)
{
	const double least = flow_plain.points * MM_PER_POINT * LINE;

	flow_need(f, least);
	if (value.len == 0) {
		f->y = field(f, FLOW_LEFT, FLOW_WIDTH, label, value) + BLANK;
		return;
	}
	/* a long one goes on on the next page */
	buf_add(&f->text, bytes_str(label));
	buf_add(&f->text, bytes_str(": "));
	buf_add(&f->text, value);
	flow_text(f, &flow_plain, buf_bytes(&f->text));
	f->text.len = 0;
	f->y += FILLED;
}

void
flow_fields(struct flow *f, const char *left, struct bytes a, const char *right,
    struct bytes b)
{
	const double half = (FLOW_WIDTH - 5) / 2;
	const size_t fits = 120; /* bytes that surely have room side by side */
	double one, two;

	if (a.len > fits || b.len > fits) {
		flow_field(f, left, a);
		flow_field(f, right, b);
		return;
	}
	flow_need(f, 30);
	one = field(f, FLOW_LEFT, half, left, a);
	two = field(f, FLOW_LEFT + half + 5, half, right, b);
	f->y = (one > two ? one : two) +
	       (a.len == 0 || b.len == 0 ? BLANK : FILLED);
}

struct bytes
flow_or(struct bytes value, const char *other)
{
	return value.len > 0 ? value : bytes_str(other);
}

/* ---- lists and signatures ------------------------------------------------ */

static enum rc
add_row(struct grid *g, const struct bytes *cells, size_t number, struct err *e)
{
	struct bytes row[GRID_COLUMNS] = { 0 };
	char text[24];
	size_t i;

	(void)snprintf(text, sizeof(text), "%zu", number);
	row[0] = bytes_str(text);
	for (i = 1; cells != NULL && i < g->count; i++)
		row[i] = cells[i - 1];
	return grid_row(g, row, false, e);
}

enum rc
flow_list(struct flow *f, const struct grid_column *columns, size_t count,
    const struct form_list *list, size_t blank, struct err *e)
{
	struct grid_column all[GRID_COLUMNS] = {
		{ .name = bytes_str("STT"), .width = 12, .align = PAGE_MIDDLE }
	};
	struct grid g = { .page = f->page,
		.columns = all,
		.count = count + 1,
		.left = FLOW_LEFT,
		.width = FLOW_WIDTH,
		.top = PAGE_TOP,
		.bottom = PAGE_END_Y,
		.row = list->rows > 0 ? 7 : 8.5,
		.points = 12,
		.turn = turn,
		.ctx = f };
	size_t i, n = list->rows > 0 ? list->rows : blank;
	enum rc rc;

	for (i = 0; i < count && i + 1 < GRID_COLUMNS; i++)
		all[i + 1] = columns[i];
	if ((rc = grid_open(&g, e)) != RC_OK)
		return rc;
	flow_gap(f, 1);
	flow_need(f, g.names + 15);
	g.y = f->y;
	grid_head(&g);
	for (i = 0; rc == RC_OK && i < n; i++)
		rc = add_row(&g,
		    list->rows > 0 ? list->cells + i * count : NULL, i + 1, e);
	f->y = g.y + 2;
	grid_free(&g);
	return rc;
}

static double
height_of(
    struct flow *f, const struct page_style *s, double width, struct bytes text)
{
	page_block_set(f->block, s, width, text);
	return text.len == 0 ? 0 : page_block_height(f->block);
}

/* Those side by side: titles above, names below, room to sign between. */
static enum rc
places_row(struct flow *f, const struct flow_place *places, size_t n,
    double wide, struct err *e)
{
	const double how =
	    height_of(f, &flow_middle_italic, wide, bytes_str(places[0].how));
	double title = 0, name = 0, h, x;
	size_t i;

	for (i = 0; i < n; i++) {
		h = height_of(f, &flow_middle_bold, wide, places[i].title);
		title = h > title ? h : title;
		h = height_of(f, &flow_middle_bold, wide, places[i].name);
		name = h > name ? h : name;
	}
	if (title + name > SIGNER)
		return fail(
		    e, RC_LIMIT, "the name of somebody who signs is too long");
	flow_need(f, title + how + ROOM + name);
	for (i = 0; i < n; i++) {
		x = FLOW_LEFT + (double)i * wide;
		(void)page_text(
		    f->page, &flow_middle_bold, x, f->y, wide, places[i].title);
		(void)page_text(f->page, &flow_middle_italic, x, f->y + title,
		    wide, bytes_str(places[i].how));
		if (places[i].name.len > 0)
			(void)page_text(f->page, &flow_middle_bold, x,
			    f->y + title + how + ROOM, wide, places[i].name);
	}
	f->y += title + how + ROOM + name + 3;
	return RC_OK;
}

enum rc
flow_places(
    struct flow *f, const struct flow_place *places, size_t n, struct err *e)
{
	const size_t across = n == 4 ? 2 : n < 3 ? n : 3;
	size_t i, now;
	enum rc rc = RC_OK;

	for (i = 0; rc == RC_OK && i < n; i += now) {
		now = n - i < across ? n - i : across;
		rc = places_row(
		    f, places + i, now, FLOW_WIDTH / (double)across, e);
	}
	return rc;
}

/* ---- the head --------------------------------------------------------------
 */

#define OURS 66.0     /* mm: the left column of the head */
#define MOTTO 98.0    /* mm: the right one */
#define TALLEST 100.0 /* mm: what is written in it may take */
#define WIDEST 70.0   /* mm: a mark's text */
#define MOTTO_AT (FLOW_LEFT + FLOW_WIDTH - MOTTO)

static void
rule(struct flow *f, double x, double width, double y, double part)
{
	page_line(f->page, x + width * (1 - part) / 2, y,
	    x + width * (1 + part) / 2, y, 0.25, PAGE_BLACK);
}

/* Returns where it ends. */
static double
motto(struct flow *f, bool party)
{
	struct page_style s = { .points = party ? 15 : 13,
		.face = PAGE_BOLD,
		.align = PAGE_MIDDLE };
	const struct bytes name =
	    bytes_str(party ? "ĐẢNG CỘNG SẢN VIỆT NAM"
			    : "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
	const struct bytes aim = bytes_str("Độc lập - Tự do - Hạnh phúc");
	double y;

	if (page_text_width(f->page, &s, name) > MOTTO)
		s.points = 12;
	y = page_text(f->page, &s, MOTTO_AT, f->y, MOTTO, name);
	if (party) {
		rule(f, MOTTO_AT, MOTTO, y + 0.3,
		    page_text_width(f->page, &s, name) / MOTTO);
		return y + 1;
	}
	s.points = 13.5;
	y = page_text(f->page, &s, MOTTO_AT, y, MOTTO, aim);
	rule(f, MOTTO_AT, MOTTO, y + 0.6,
	    page_text_width(f->page, &s, aim) / MOTTO);
	return y + 1;
}

/* What stands in the head has to leave room for the form. */
static enum rc
check_head(struct flow *f, const struct form_head *h, struct err *e)
{
	const struct page_style bold = { .points = 14, .face = PAGE_BOLD };

	if (height_of(f, &bold, OURS, h->superior) +
		height_of(f, &bold, OURS, h->agency) +
		height_of(f, &bold, OURS, h->number) +
		height_of(f, &bold, MOTTO, h->place_date) >
	    TALLEST)
		return fail(e, RC_LIMIT, "the head of a form is too long");
	if (page_text_width(f->page, &bold, h->secrecy) > WIDEST)
		return fail(e, RC_LIMIT, "a mark of a form is too long");
	return RC_OK;
}

enum rc
flow_head(struct flow *f, const struct form_head *h, struct err *e)
{
	const double size = h->party ? 14 : 13;
	const struct page_style plain = { .points = size,
		.align = PAGE_MIDDLE };
	const struct page_style bold = {
		.points = size, .face = PAGE_BOLD, .align = PAGE_MIDDLE
	};
	const struct page_style date = { .points = h->party ? 14 : 13.5,
		.face = PAGE_ITALIC,
		.align = PAGE_MIDDLE };
	double y = f->y, right;
	enum rc rc;

	if ((rc = check_head(f, h, e)) != RC_OK)
		return rc;
	right = motto(f, h->party);
	if (h->superior.len > 0)
		y = page_text(f->page, &plain, FLOW_LEFT, y, OURS, h->superior);
	y = page_text(f->page, &bold, FLOW_LEFT, y, OURS,
	    flow_or(h->agency, "…………………………"));
	if (h->party)
		y = page_text(
		    f->page, &plain, FLOW_LEFT, y, OURS, bytes_str("*"));
	else
		rule(f, FLOW_LEFT, OURS, y + 0.6, 0.4);
	y = y > right ? y : right;
	y += h->party ? 0 : 2;
	buf_add(&f->text, bytes_str(h->party ? "Số " : "Số: "));
	buf_add(&f->text, flow_or(h->number, h->party ? "……-……" : "……/……"));
	right = page_text(f->page, &date, MOTTO_AT, y, MOTTO,
	    flow_or(h->place_date, "…………, ngày …… tháng …… năm ………"));
	y = page_text(f->page, &plain, FLOW_LEFT, y, OURS, buf_bytes(&f->text));
	f->text.len = 0;
	f->y = (y > right ? y : right) + 3;
	return RC_OK;
}

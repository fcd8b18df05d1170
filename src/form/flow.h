/* SPDX-License-Identifier: EUPL-1.2 */
/* Text down an upright page and on to the next: what forms.c is made of. */
#ifndef FORM_FLOW_H
#define FORM_FLOW_H

#include "form/forms.h"
#include "form/grid.h"
#include "form/page.h"

#define FLOW_LEFT PAGE_LEFT
#define FLOW_WIDTH (210.0 - PAGE_LEFT - PAGE_RIGHT)

struct flow {
	struct page *page;
	struct page_block *block;
	double y;	   /* mm: where what comes next stands */
	struct bytes mark; /* of secrecy, on further pages; borrowed */
	struct buf text;   /* what is put together; empty between calls */
};

enum rc flow_open(struct flow *f, const struct form_out *out, const char *title,
    struct err *e);
/* The end, or where rc is a failure nothing more; frees; returns the first
 * failure. */
enum rc flow_close(
    struct flow *f, struct form_out *out, enum rc rc, struct err *e);

extern const struct page_style flow_plain, flow_body, flow_bold, flow_italic,
    flow_middle, flow_middle_bold, flow_middle_italic, flow_title;

/* A new page where less than that is left of this one. */
void flow_need(struct flow *f, double height);
void flow_gap(struct flow *f, double height);
void flow_text(struct flow *f, const struct page_style *s, struct bytes text);
void flow_say(struct flow *f, const struct page_style *s, const char *text);
/* "label: value", the label's end at the value's begin; without a value dots
 * to the margin. */
void flow_field(struct flow *f, const char *label, struct bytes value);
/* Two of them side by side, from the same line on. */
void flow_fields(struct flow *f, const char *left, struct bytes a,
    const char *right, struct bytes b);
/* A list under the names of its columns, its rows numbered in a first column
 * of their own; "blank" empty rows where there is none. */
enum rc flow_list(struct flow *f, const struct grid_column *columns,
    size_t count, const struct form_list *list, size_t blank, struct err *e);

/* Places of signatures, at most three side by side. */
struct flow_place {
	struct bytes title, name;
	const char *how; /* "(Ký, ghi rõ họ tên)" */
};
/* RC_LIMIT: a title and a name that take a third of the page. */
enum rc flow_places(
    struct flow *f, const struct flow_place *places, size_t n, struct err *e);
/* The value, or this in its place. */
struct bytes flow_or(struct bytes value, const char *other);

/* The head of an official paper (docs/forms.md 2.1).  RC_LIMIT: it leaves too
 * little of the page. */
enum rc flow_head(struct flow *f, const struct form_head *h, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Stamps and marks, drawn in their size (docs/forms.md 5): of secrecy, of
 * urgency, of circulation, of arrival and of copies.
 */
#ifndef FORM_STAMPS_H
#define FORM_STAMPS_H

#include "form/page.h"

struct stamp {
	const char *word;     /* how forms name it: "thuong-khan" */
	const char *text;     /* what stands in it */
	double width, height; /* mm; width 0: what the text takes */
	enum page_ink ink;
	/* NULL, or what draws it instead of a line of text in a box */
	void (*draw)(struct page *p, double x, double y, const struct stamp *s,
	    const struct bytes *values);
	const char *values; /* NULL, or what "values" are, for who gives them */
};

#define STAMP_VALUES 8 /* at most, of one stamp */

/* NULL: there is none of that name. */
const struct stamp *stamp_find(struct bytes word);
/* The i-th of them, NULL behind the last. */
const struct stamp *stamp_at(size_t i);
/* Of the rectangle that it takes. */
double stamp_width(struct page *p, const struct stamp *s);
/* With its left upper corner there; what is empty of "values" is dots. */
void stamp_draw(struct page *p, const struct stamp *s, double x, double y,
    const struct bytes *values);
/* A line in a red box of that height, 13 or 14 points, as wide as it takes:
 * a mark by its text.  Returns its width. */
double stamp_mark(struct page *p, double x, double y, struct bytes text);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SVG written by hand: text is escaped, numbers are in millimetres, nothing
 * from outside is referred to.  There are attributes only, no style and no
 * script, so that a page that forbids both may hold the picture.
 *
 * Colours are constants of the program such as "#fff", never from outside.
 */
#ifndef FORM_SVG_H
#define FORM_SVG_H

#include "core/bytes.h"

struct svg {
	struct buf out; /* owned; taken by svg_end() */
};

/* A white page of this size; "title" is what screen readers say of it. */
void svg_begin(struct svg *s, double width, double height, struct bytes title);
/* Takes the picture; the caller frees *out. */
void svg_end(struct svg *s, struct buf *out);

/* Text, lines and outlines up to svg_ink_end() are of this colour; at first
 * they are black. */
void svg_ink(struct svg *s, const char *colour);
void svg_ink_end(struct svg *s);

enum svg_weight { SVG_PLAIN, SVG_BOLD, SVG_MONO };
enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };
/* A line of text with its baseline at y; size is the font's, in mm. */
void svg_text(struct svg *s, double x, double y, double size,
    enum svg_weight weight, enum svg_anchor anchor, struct bytes text);
/* How wide that text is in the widest of the fonts it may be set in, or a
 * little less. */
double svg_width(struct bytes text, double size, enum svg_weight weight);
/* The size, or the smaller one at which the text is no wider than "width". */
double svg_fit(
    struct bytes text, double size, enum svg_weight weight, double width);

void svg_line(struct svg *s, double x1, double y1, double x2, double y2);
void svg_rect(struct svg *s, double x, double y, double width, double height,
    const char *fill);
/* A rectangle with an outline. */
void svg_box(struct svg *s, double x, double y, double width, double height,
    const char *fill, bool dashed);
/* A QR code (error correction M) in a square of this side, quiet zone within.
 * false, and nothing drawn, where the text is too long for one, is empty or
 * has a NUL in it. */
bool svg_qr(struct svg *s, double x, double y, double side, struct bytes text);

#endif

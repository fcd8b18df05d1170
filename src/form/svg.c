/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/svg.h"

#include <stdio.h>
#include <string.h>

#include "core/utf8.h"
#include "form/qr.h"

/* Each has every Vietnamese letter; the last is what the reader has. */
#define FONTS "'Noto Sans', 'DejaVu Sans', 'Liberation Sans', sans-serif"
#define MONO_FONTS                                                             \
	"'Noto Sans Mono', 'DejaVu Sans Mono', 'Liberation Mono', monospace"

static void
put(struct svg *s, const char *markup)
{
	buf_add(&s->out, bytes_str(markup));
}

/* ' name="v"' in hundredths; by hand, for printf() minds the locale. */
static void
put_number(struct svg *s, const char *name, double v)
{
	long hundredths = (long)(v * 100 + (v < 0 ? -0.5 : 0.5));
	long size = hundredths < 0 ? -hundredths : hundredths;
	char text[64];

	(void)snprintf(text, sizeof(text), " %s=\"%s%ld.%02ld\"", name,
	    hundredths < 0 ? "-" : "", size / 100, size % 100);
	put(s, text);
}

static void
put_word(struct svg *s, const char *name, const char *value)
{
	put(s, " ");
	put(s, name);
	put(s, "=\"");
	put(s, value);
	put(s, "\"");
}

static void
put_text(struct svg *s, struct bytes text)
{
	static const char special[] = "<>&\"'";
	static const char *const entities[] = { "&lt;", "&gt;", "&amp;",
		"&quot;", "&#39;" };
	const char *at;
	struct bytes one;

	while (text.len > 0) {
		one = utf8_shown(&text);
		at = memchr(special, one.p[0], sizeof(special) - 1);
		if (at != NULL)
			put(s, entities[at - special]);
		else
			buf_add(&s->out, one);
	}
}

void
svg_begin(struct svg *s, double width, double height, struct bytes title)
{
	char head[160];

	*s = (struct svg){ 0 };
	/* whole millimetres, the last one too */
	width = (double)(long)(width + 0.999);
	height = (double)(long)(height + 0.999);
	(void)snprintf(head, sizeof(head),
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
	    "width=\"%ldmm\" height=\"%ldmm\" viewBox=\"0 0 %ld %ld\"",
	    (long)width, (long)height, (long)width, (long)height);
	put(s, head);
	put_word(s, "font-family", FONTS);
	put_word(s, "color", "#000");
	put_word(s, "fill", "currentColor");
	put_word(s, "stroke-width", "0.25");
	put(s, ">\n<title>");
	put_text(s, title);
	put(s, "</title>\n");
	svg_rect(s, 0, 0, width, height, "#fff");
}

void
svg_end(struct svg *s, struct buf *out)
{
	put(s, "</svg>\n");
	*out = s->out;
	*s = (struct svg){ 0 };
}

void
svg_ink(struct svg *s, const char *colour)
{
	put(s, "<g");
	put_word(s, "color", colour);
	put(s, ">\n");
}

void
svg_ink_end(struct svg *s)
{
	put(s, "</g>\n");
}

void
svg_text(struct svg *s, double x, double y, double size, enum svg_weight weight,
    enum svg_anchor anchor, struct bytes text)
{
	put(s, "<text");
	put_number(s, "x", x);
	put_number(s, "y", y);
	put_number(s, "font-size", size);
	if (weight == SVG_BOLD)
		put_word(s, "font-weight", "bold");
	else if (weight == SVG_MONO)
		put_word(s, "font-family", MONO_FONTS);
	if (anchor != SVG_START)
		put_word(
		    s, "text-anchor", anchor == SVG_MIDDLE ? "middle" : "end");
	put(s, ">");
	put_text(s, text);
	put(s, "</text>\n");
}

/* A letter's width in sizes of the font, by those of DejaVu Sans. */
static double
letter_width(struct bytes one)
{
	if (one.len > 1)
		return 0.64 * (double)utf8_columns(one);
	if (strchr("mwMW%@", one.p[0]) != NULL)
		return 0.95;
	if (strchr(" ijl'|.,:;!I", one.p[0]) != NULL)
		return 0.32;
	if (strchr("frt()[]-/", one.p[0]) != NULL)
		return 0.4;
	return one.p[0] >= 'A' && one.p[0] <= 'Z' ? 0.72 : 0.615;
}

double
svg_width(struct bytes text, double size, enum svg_weight weight)
{
	double sizes = 0;
	struct bytes one;

	while (text.len > 0) {
		one = utf8_shown(&text);
		sizes += weight == SVG_MONO ? 0.602 * (double)utf8_columns(one)
					    : letter_width(one);
	}
	return size * sizes * (weight == SVG_BOLD ? 1.11 : 1);
}

double
svg_fit(struct bytes text, double size, enum svg_weight weight, double width)
{
	double is = svg_width(text, size, weight);

	return is > width ? size * width / is : size;
}

void
svg_line(struct svg *s, double x1, double y1, double x2, double y2)
{
	put(s, "<line");
	put_number(s, "x1", x1);
	put_number(s, "y1", y1);
	put_number(s, "x2", x2);
	put_number(s, "y2", y2);
	put_word(s, "stroke", "currentColor");
	put(s, "/>\n");
}

/* Begins an element that the caller ends. */
static void
rect(struct svg *s, double x, double y, double width, double height,
    const char *fill)
{
	put(s, "<rect");
	put_number(s, "x", x);
	put_number(s, "y", y);
	put_number(s, "width", width);
	put_number(s, "height", height);
	put_word(s, "fill", fill);
}

void
svg_rect(struct svg *s, double x, double y, double width, double height,
    const char *fill)
{
	rect(s, x, y, width, height, fill);
	put(s, "/>\n");
}

void
svg_box(struct svg *s, double x, double y, double width, double height,
    const char *fill, bool dashed)
{
	rect(s, x, y, width, height, fill);
	put_word(s, "stroke", "currentColor");
	if (dashed)
		put_word(s, "stroke-dasharray", "1.2 0.8");
	put(s, "/>\n");
}

/* The runs of dark modules, in modules, as one path: no seams between them. */
static void
put_modules(struct svg *s, const struct qr *qr)
{
	int x, y, n;
	char run[64];

	for (y = 0; y < qr->width; y++)
		for (x = 0; (n = qr_run(qr, &x, y)) > 0; x += n) {
			(void)snprintf(run, sizeof(run), "M%d %dh%dv1h-%dz",
			    x + QR_QUIET, y + QR_QUIET, n, n);
			put(s, run);
		}
}

bool
svg_qr(struct svg *s, double x, double y, double side, struct bytes text)
{
	struct qr qr;
	char view[48];

	if (!qr_make(&qr, text))
		return false;
	put(s, "<svg");
	put_number(s, "x", x);
	put_number(s, "y", y);
	put_number(s, "width", side);
	put_number(s, "height", side);
	(void)snprintf(view, sizeof(view), "0 0 %d %d", qr.width + 2 * QR_QUIET,
	    qr.width + 2 * QR_QUIET);
	put_word(s, "viewBox", view);
	put_word(s, "shape-rendering", "crispEdges");
	put(s, "><path");
	put_word(s, "fill", "#000");
	put(s, " d=\"");
	put_modules(s, &qr);
	put(s, "\"/></svg>\n");
	qr_free(&qr);
	return true;
}

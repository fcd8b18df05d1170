/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/sheet.h"

#include <stdio.h>

#include "core/err.h"
#include "core/lang.h"
#include "form/svg.h"

/* A5 */
#define WIDTH 148
#define HEIGHT 210
#define LEFT 12
#define RIGHT (WIDTH - LEFT)

#define GREY "#444"

#define QR_TOP 65
#define QR_SIDE 70
#define QUIET 6.5 /* of that, about: the code itself stands at LEFT */
#define CODE_LEFT 80
#define GROUP 4	 /* letters of the code that stand together */
#define GROUPS 3 /* ... and groups in a line */

#define SENTENCE 320 /* bytes of one of our own, in either language */

/* The line that "text" begins with, and *text stepped over it: as many words
 * as fit, or one that does not. */
static struct bytes
line(struct bytes *text, double size, enum svg_weight weight, double width)
{
	struct bytes out = *text;
	size_t i, end = 0;

	for (i = 1; i <= text->len; i++) {
		if (i < text->len && text->p[i] != ' ')
			continue;
		out.len = i;
		if (end > 0 && svg_width(out, size, weight) > width)
			break;
		end = i;
	}
	out.len = end;
	if (end < text->len)
		end++; /* the space */
	*text = bytes_of(text->p + end, text->len - end);
	return out;
}

static unsigned
count_lines(
    struct bytes text, double size, enum svg_weight weight, double width)
{
	unsigned n;

	for (n = 0; text.len > 0; n++)
		(void)line(&text, size, weight, width);
	return n;
}

/* At most "lines" lines, set smaller where it must be; returns the baseline of
 * the line after them. */
static double
paragraph(struct svg *s, double x, double y, double size,
    enum svg_weight weight, double width, unsigned lines, struct bytes text)
{
	const double pitch = size * 1.35, smallest = size / 3;
	struct bytes one;

	while (
	    size > smallest && count_lines(text, size, weight, width) > lines)
		size *= 0.95;
	for (; text.len > 0 && lines > 0; lines--) {
		one = lines > 1 ? line(&text, size, weight, width) : text;
		if (lines == 1)
			text.len = 0;
		svg_text(s, x, y, svg_fit(one, size, weight, width), weight,
		    SVG_START, one);
		y += pitch;
	}
	return y;
}

static void
label(struct svg *s, double x, double y, const char *text)
{
	svg_ink(s, GREY);
	svg_text(s, x, y, 3.2, SVG_PLAIN, SVG_START, bytes_str(text));
	svg_ink_end(s);
}

static void
rule(struct svg *s, double y)
{
	svg_ink(s, GREY);
	svg_line(s, LEFT, y, RIGHT, y);
	svg_ink_end(s);
}

static void
head(struct svg *s, const struct sheet *sheet)
{
	char text[SENTENCE];

	svg_text(
	    s, LEFT, 19, 7, SVG_BOLD, SVG_START, bytes_str(tr("Key share")));
	(void)snprintf(text, sizeof(text), tr("Share %u of %u"), sheet->share,
	    sheet->shares);
	svg_text(s, RIGHT, 19, svg_fit(bytes_str(text), 7, SVG_BOLD, 74),
	    SVG_BOLD, SVG_END, bytes_str(text));
	svg_rect(s, LEFT, 22.5, RIGHT - LEFT, 0.6, "#000");
	(void)snprintf(text, sizeof(text),
	    tr("Any %u of the %u shares together open the key."), sheet->quorum,
	    sheet->shares);
	(void)paragraph(
	    s, LEFT, 29.5, 4.2, SVG_PLAIN, RIGHT - LEFT, 1, bytes_str(text));
}

/* Returns the baseline of the field below. */
static double
field(struct svg *s, double y, const char *name, enum svg_weight weight,
    unsigned lines, struct bytes value)
{
	const double left = LEFT + 32;

	label(s, LEFT, y, name);
	return 1 + paragraph(s, left, y, 4, weight, RIGHT - left, lines, value);
}

static void
fields(struct svg *s, const struct sheet *sheet)
{
	double y = 38.5;

	y = field(s, y, tr("Ceremony"), SVG_BOLD, 2, sheet->ceremony);
	y = field(s, y, tr("Holder"), SVG_BOLD, 2, sheet->holder);
	y = field(s, y, tr("Date"), SVG_PLAIN, 1, sheet->date);
	(void)field(s, y, tr("Set of shares"), SVG_MONO, 1, sheet->set);
}

/* The code in numbered lines of groups, so that who types it in keeps his
 * place. */
static void
code(struct svg *s, struct bytes in)
{
	const size_t per_line = (size_t)GROUP * GROUPS;
	const size_t lines = (in.len + per_line - 1) / per_line;
	double pitch = 54.0 / (double)(lines == 0 ? 1 : lines), size, y, x;
	size_t at, len;
	char number[24];

	if (pitch > 8)
		pitch = 8;
	size = pitch > 6 ? 4.6 : pitch * 0.76;
	for (at = 0; at < in.len; at += GROUP) {
		y = QR_TOP + 12 + pitch * (double)(at / per_line + 1) -
		    pitch * 0.2;
		if (at % per_line == 0) {
			(void)snprintf(
			    number, sizeof(number), "%zu", at / per_line + 1);
			svg_ink(s, GREY);
			svg_text(s, CODE_LEFT + 4, y, size * 0.7, SVG_PLAIN,
			    SVG_END, bytes_str(number));
			svg_ink_end(s);
		}
		x = CODE_LEFT + 7 + (double)(at % per_line / GROUP) * 16.5;
		len = in.len - at < GROUP ? in.len - at : GROUP;
		svg_text(s, x, y, size, SVG_MONO, SVG_START,
		    bytes_of(in.p + at, len));
	}
}

static void
check_words(struct svg *s, struct bytes words)
{
	const double width = (RIGHT - LEFT) / 4.0;
	struct bytes word;
	unsigned i;

	rule(s, 134);
	label(s, LEFT, 140, tr("Check words, to be read out and compared"));
	for (i = 0; words.len > 0; i++) {
		word = line(&words, 6.2, SVG_BOLD, 0);
		svg_text(s, LEFT + i % 4 * width, 149 + i / 4 * 9,
		    svg_fit(word, 6.2, SVG_BOLD, width - 2), SVG_BOLD,
		    SVG_START, word);
	}
}

static void
signature(struct svg *s, double x, const char *who)
{
	const double middle = x + 28;

	svg_text(s, middle, 169.5, 3.8, SVG_BOLD, SVG_MIDDLE, bytes_str(who));
	svg_ink(s, GREY);
	svg_text(s, middle, 174, 3, SVG_PLAIN, SVG_MIDDLE,
	    bytes_str(tr("(signature, full name)")));
	svg_line(s, x, 191, x + 56, 191);
	svg_ink_end(s);
}

void
sheet_draw(struct buf *out, const struct sheet *sheet)
{
	struct svg s;

	svg_begin(&s, WIDTH, HEIGHT, bytes_str(tr("Key share")));
	head(&s, sheet);
	fields(&s, sheet);
	if (!svg_qr(&s, LEFT - QUIET, QR_TOP, QR_SIDE, sheet->code))
		bug("a share that is too long to be drawn");
	label(&s, CODE_LEFT, QR_TOP + 9.5, tr("The code, for typing in"));
	code(&s, sheet->code);
	check_words(&s, sheet->words);
	rule(&s, 163);
	signature(&s, LEFT, tr("The officer"));
	signature(&s, RIGHT - 56, tr("A witness"));
	(void)paragraph(&s, LEFT, 198.5, 3.3, SVG_PLAIN, RIGHT - LEFT, 2,
	    bytes_str(tr("Keep this sheet in a sealed envelope; never "
			 "photograph or copy it; never keep two shares in one "
			 "place.")));
	svg_end(&s, out);
}

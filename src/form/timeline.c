/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/timeline.h"

#include "core/err.h"
#include "form/svg.h"

/* mm */
#define MARGIN 8.0
#define TITLE 13.0 /* height of the title above */
#define ROW 11.0
#define DAY 8.0		/* height of a line that names a day */
#define HOUR_WIDTH 20.0 /* of the column of hours */
#define DOT 3.0		/* side of a mark */
#define GAP 4.0		/* between a mark and what happened */
#define WIDEST 190.0	/* of what happened; longer text is set smaller */
#define NARROWEST 60.0
#define TITLE_SIZE 5.0
#define DAY_SIZE 3.6
#define WHERE_SIZE 3.4
#define WHAT_SIZE 3.0

/* Told apart by what is inside, too: not all people see all colours. */
static const struct {
	const char *ink, *fill, *sign;
} marks[] = {
	[TIMELINE_DONE] = { "#1b5e20", "#1b5e20", "" },
	[TIMELINE_WAITS] = { "#555", "#fff", "" },
	[TIMELINE_TROUBLE] = { "#9c2a00", "#ffe2a8", "!" },
};

static bool
day_begins(const struct timeline_event *events, size_t i)
{
	return i == 0 || !bytes_eq(events[i].day, events[i - 1].day);
}

static double
widest(const struct timeline_event *events, size_t n)
{
	double most = NARROWEST, where, what;
	size_t i;

	for (i = 0; i < n; i++) {
		where = svg_width(events[i].where, WHERE_SIZE, SVG_BOLD);
		what = svg_width(events[i].what, WHAT_SIZE, SVG_PLAIN);
		most = where > most ? where : most;
		most = what > most ? what : most;
	}
	return most > WIDEST ? WIDEST : most;
}

static double
height(const struct timeline_event *events, size_t n)
{
	double y = MARGIN + TITLE;
	size_t i;

	for (i = 0; i < n; i++)
		y += ROW + (day_begins(events, i) ? DAY : 0);
	return y + MARGIN;
}

static void
text_within(struct svg *s, double x, double y, double size,
    enum svg_weight weight, struct bytes text)
{
	svg_text(s, x, y, svg_fit(text, size, weight, WIDEST), weight,
	    SVG_START, text);
}

/* One event, whose row begins at y; "last": no line goes on from it. */
static void
draw_event(
    struct svg *s, const struct timeline_event *event, double y, bool last)
{
	const double x = MARGIN + HOUR_WIDTH, middle = x + DOT / 2;
	const double text = x + DOT + GAP;

	svg_text(
	    s, x - GAP, y + DOT, WHAT_SIZE, SVG_MONO, SVG_END, event->hour);
	if (!last) {
		svg_ink(s, "#999");
		svg_line(s, middle, y + DOT, middle, y + ROW);
		svg_ink_end(s);
	}
	svg_ink(s, marks[event->mark].ink);
	svg_box(s, x, y, DOT, DOT, marks[event->mark].fill,
	    event->mark == TIMELINE_WAITS);
	svg_text(s, middle, y + DOT - 0.5, WHAT_SIZE, SVG_BOLD, SVG_MIDDLE,
	    bytes_str(marks[event->mark].sign));
	text_within(s, text, y + DOT, WHERE_SIZE, SVG_BOLD, event->where);
	svg_ink_end(s);
	text_within(s, text, y + DOT + 4.2, WHAT_SIZE, SVG_PLAIN, event->what);
}

void
timeline_draw(struct buf *out, const struct timeline_event *events, size_t n,
    struct bytes title)
{
	const double left = MARGIN + HOUR_WIDTH + DOT + GAP;
	double y = MARGIN + TITLE;
	struct svg s;
	size_t i;

	svg_begin(
	    &s, left + widest(events, n) + MARGIN, height(events, n), title);
	text_within(
	    &s, MARGIN, MARGIN + TITLE_SIZE, TITLE_SIZE, SVG_BOLD, title);
	for (i = 0; i < n; i++) {
		if (day_begins(events, i)) {
			svg_text(&s, MARGIN, y + DAY_SIZE, DAY_SIZE, SVG_BOLD,
			    SVG_START, events[i].day);
			y += DAY;
		}
		draw_event(
		    &s, &events[i], y, i + 1 == n || day_begins(events, i + 1));
		y += ROW;
	}
	svg_end(&s, out);
}

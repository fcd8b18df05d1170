/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/tree.h"

#include <stdlib.h>

#include "core/err.h"
#include "form/svg.h"

/* mm */
#define MARGIN 8.0
#define TITLE 12.0 /* height of the title above */
#define BOX 9.0
#define ROW 11.5
#define GAP 12.0  /* between columns; lines turn in its middle */
#define INNER 2.2 /* between an outline and its text */
#define NARROWEST 24.0
#define WIDEST 90.0
#define TITLE_SIZE 5.0
#define LABEL_SIZE 3.2
#define NOTE_SIZE 2.5

#define NONE SIZE_MAX

static const struct {
	const char *ink, *fill;
} marks[] = {
	[TREE_PLAIN] = { "#222", "#fff" },
	[TREE_WARN] = { "#7a4100", "#ffe2a8" },
	[TREE_CLOSED] = { "#666", "#f6f6f6" },
};

struct place {
	size_t child, next; /* the first child, the next sibling; or NONE */
	size_t row, column;
};

struct column {
	double left, width;
};

struct layout {
	const struct tree_node *nodes;
	size_t n, rows, depth;
	struct place *at;
	struct column *columns;
};

static void
link_children(struct layout *l)
{
	size_t i, parent;

	for (i = 0; i < l->n; i++)
		l->at[i] = (struct place){ .child = NONE, .next = NONE };
	for (i = l->n; i-- > 1;) {
		parent = l->nodes[i].parent;
		if (parent >= i)
			bug("a tree with a node before its parent");
		l->at[i].next = l->at[parent].child;
		l->at[parent].child = i;
	}
}

/* A node stands beside its first child, so that a large unit is read from its
 * top.  No recursion: nothing bounds the depth. */
static void
place_all(struct layout *l)
{
	struct place *at = l->at;
	size_t i = 0, next;

	for (;;) {
		at[i].row = l->rows;
		if (at[i].column >= l->depth)
			l->depth = at[i].column + 1;
		next = at[i].child;
		if (next != NONE) {
			at[next].column = at[i].column + 1;
			i = next;
			continue;
		}
		l->rows++;
		while (i != 0 && at[i].next == NONE)
			i = l->nodes[i].parent;
		if (i == 0)
			return;
		next = at[i].next;
		at[next].column = at[i].column;
		i = next;
	}
}

static enum svg_weight
weight(const struct layout *l, size_t i)
{
	return l->at[i].child == NONE ? SVG_PLAIN : SVG_BOLD;
}

static void
widen(struct column *c, double text)
{
	if (text + 2 * INNER > c->width)
		c->width = text + 2 * INNER;
	if (c->width > WIDEST)
		c->width = WIDEST;
}

static void
measure(struct layout *l)
{
	const struct tree_node *node;
	double left = MARGIN;
	size_t i;

	l->columns = alloc(l->depth, sizeof(*l->columns));
	for (i = 0; i < l->depth; i++)
		l->columns[i].width = NARROWEST;
	for (i = 0; i < l->n; i++) {
		node = &l->nodes[i];
		widen(&l->columns[l->at[i].column],
		    svg_width(node->label, LABEL_SIZE, weight(l, i)));
		widen(&l->columns[l->at[i].column],
		    svg_width(node->note, NOTE_SIZE, SVG_PLAIN));
	}
	for (i = 0; i < l->depth; i++) {
		l->columns[i].left = left;
		left += l->columns[i].width + GAP;
	}
}

/* The middle of a row. */
static double
middle(size_t row)
{
	return MARGIN + TITLE + (double)row * ROW + BOX / 2;
}

/* From the parent to node i; what its elder siblings share is drawn once, with
 * the last of them. */
static void
draw_way(struct svg *s, const struct layout *l, size_t i)
{
	const struct place *at = &l->at[i], *up = &l->at[l->nodes[i].parent];
	const struct column *from = &l->columns[up->column];
	const double left = l->columns[at->column].left, turn = left - GAP / 2;

	if (up->child == i)
		svg_line(s, from->left + from->width, middle(at->row), left,
		    middle(at->row));
	else
		svg_line(s, turn, middle(at->row), left, middle(at->row));
	if (up->child != i && at->next == NONE)
		svg_line(s, turn, middle(up->row), turn, middle(at->row));
}

static void
draw_node(struct svg *s, const struct layout *l, size_t i)
{
	const struct tree_node *node = &l->nodes[i];
	const struct column *c = &l->columns[l->at[i].column];
	const double y = middle(l->at[i].row), text = c->width - 2 * INNER;

	svg_ink(s, marks[node->mark].ink);
	svg_box(s, c->left, y - BOX / 2, c->width, BOX, marks[node->mark].fill,
	    node->mark == TREE_CLOSED);
	if (node->mark == TREE_WARN) /* seen in print without colours, too */
		svg_rect(
		    s, c->left, y - BOX / 2, 1.2, BOX, marks[node->mark].ink);
	svg_text(s, c->left + INNER, y + (node->note.len > 0 ? -0.5 : 1.1),
	    svg_fit(node->label, LABEL_SIZE, weight(l, i), text), weight(l, i),
	    SVG_START, node->label);
	if (node->note.len > 0)
		svg_text(s, c->left + INNER, y + 3,
		    svg_fit(node->note, NOTE_SIZE, SVG_PLAIN, text), SVG_PLAIN,
		    SVG_START, node->note);
	svg_ink_end(s);
}

void
tree_draw(struct buf *out, const struct tree_node *nodes, size_t n,
    struct bytes title)
{
	struct layout l = { .nodes = nodes, .n = n };
	double width = svg_width(title, TITLE_SIZE, SVG_BOLD) + 2 * MARGIN;
	const struct column *last;
	struct svg s;
	size_t i;

	l.at = alloc(n, sizeof(*l.at));
	if (n > 0) {
		link_children(&l);
		place_all(&l);
		measure(&l);
		last = &l.columns[l.depth - 1];
		if (last->left + last->width + MARGIN > width)
			width = last->left + last->width + MARGIN;
	}
	svg_begin(&s, width, middle(l.rows) + MARGIN - ROW + BOX / 2, title);
	svg_text(&s, MARGIN, MARGIN + TITLE_SIZE, TITLE_SIZE, SVG_BOLD,
	    SVG_START, title);
	svg_ink(&s, "#888");
	for (i = 1; i < n; i++)
		draw_way(&s, &l, i);
	svg_ink_end(&s);
	for (i = 0; i < n; i++)
		draw_node(&s, &l, i);
	svg_end(&s, out);
	free(l.columns);
	free(l.at);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A picture of a tree: boxes from left to right, children below one another.
 * Large trees grow in height only; it is made to be looked at in a browser.
 */
#ifndef FORM_TREE_H
#define FORM_TREE_H

#include <stddef.h>

#include "core/bytes.h"

enum tree_mark { TREE_PLAIN, TREE_WARN, TREE_CLOSED };

struct tree_node {
	size_t parent;	    /* index of an earlier node; of the first its own */
	struct bytes label; /* first line: a name */
	struct bytes note;  /* second line, smaller: an address, a state */
	enum tree_mark mark;
};

/* As SVG; the caller frees *out.  Nodes stand before their children, a broken
 * promise ends the process; those with one parent are drawn in their order. */
void tree_draw(struct buf *out, const struct tree_node *nodes, size_t n,
    struct bytes title);

#endif

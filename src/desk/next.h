/* SPDX-License-Identifier: EUPL-1.2 */
/* What can be done to a document now, and what must be said for it: so that a
 * page can draw a form for any step (docs/desk.md 7). */
#ifndef DESK_NEXT_H
#define DESK_NEXT_H

#include "desk/ask.h"

/*
 * The actions for which there is a move now, as objects
 *
 *	action	its word
 *	could	whether this person may, by role, clearance, authority, and
 *		where another one is needed
 *	why	why not
 *	files	it takes files
 *	fields	each with name, type, must, min, max, choices; "filled": it is
 *		known where nobody says it
 *
 * without those that no role of his allows.  What a field says may still be
 * refused.  "rows" is of "doc-show"; NULL: what begins a document.  The caller
 * json_decref()s *out, also after a failure.
 */
enum rc next_of(
    json_t **out, const struct desk *d, const json_t *rows, struct err *e);

#endif

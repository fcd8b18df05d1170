/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A picture of a story: what happened, when, and where, from top to bottom.
 */
#ifndef FORM_TIMELINE_H
#define FORM_TIMELINE_H

#include <stddef.h>

#include "core/bytes.h"

enum timeline_mark {
	TIMELINE_DONE,	  /* it has happened */
	TIMELINE_WAITS,	  /* it has not happened yet */
	TIMELINE_TROUBLE, /* it should not be so */
};

struct timeline_event {
	struct bytes day, hour; /* as they are shown; a day is shown once */
	struct bytes where;	/* a station's or a desk's address or name */
	struct bytes what;
	enum timeline_mark mark;
};

/* As SVG, in the order in which they stand; the caller frees *out. */
void timeline_draw(struct buf *out, const struct timeline_event *events,
    size_t n, struct bytes title);

#endif

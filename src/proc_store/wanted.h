/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the rooms of what is wanted tell one another (docs/link.md 17.4 to
 * 17.7): wanted.c asks above, wanted_below.c is asked by children,
 * wanted_kept.c remembers what was got, questions.c has what waits for an
 * answer.
 */
#ifndef PROC_STORE_WANTED_H
#define PROC_STORE_WANTED_H

#include "proc_store/tell.h"

#define WANTS 64u /* of this station, or of a line, in vain */
#define MINUTE_MS INT64_C(60000)
#define WAIT_MS INT64_C(4000) /* that a question waits for an answer */

struct want {
	enum wanted what;
	size_t len;
	uint8_t which[LIMIT_ADDRESS];
	int64_t at;   /* milliseconds: asked last */
	struct id by; /* the child's unit; zeros: this station */
	bool due;     /* of a line: it is still to be asked for */
};

/* ---- wanted.c: asking above */

extern const struct id want_ours; /* wanted by this station */
struct bytes want_which(const struct want *w);
void want_set(struct want *w, enum wanted what, struct bytes which);
/* The unit, and whether what is wanted of it is here. */
bool want_is_here(enum wanted what, struct bytes which, size_t *unit);
struct want *want_find(enum wanted what, struct bytes which); /* or NULL */
bool want_is_asked(const struct want *w, int64_t ms); /* within a minute */
bool want_can_ask(void);
/* w: want_find()'s.  true: it has gone to the parent. */
bool want_ask_above(
    struct want *w, enum wanted what, struct bytes which, const struct id *by);

/* ---- wanted_below.c: being asked */

/* What children asked for is asked above, one of each in turn. */
void wanted_ask_below(void);
/* One of them may be asked for above. */
bool wanted_may_below(int64_t ms);
void wanted_give_below(struct line *l); /* what it wanted and is here now */

/* ---- wanted_kept.c: what was got */

/* A place in a full list for one of "by": children have half of it where both
 * want more. */
void wants_give_way(struct want *list, size_t *count, const struct id *by);
/* It is here now: what is decided about it later is wanted, too. */
void kept_keep(size_t unit, const struct id *by);
const struct want *kept_each(size_t i); /* NULL: no more */

/* ---- questions.c */

/* Put those again that have waited long enough, or all. */
void questions_again(bool all);

#endif

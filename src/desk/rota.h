/* SPDX-License-Identifier: EUPL-1.2 */
/* A rota that a page has made, as a station takes it (docs/duty.md 2). */
#ifndef DESK_ROTA_H
#define DESK_ROTA_H

#include "core/err.h"
#include "desk/value.h"

/* Which item is wrong; list NULL: none alone. */
struct rota_fault {
	const char *list; /* "people" or "shifts" */
	size_t at;	  /* from 0 */
};

/*
 * Write the text of a rota of these lists: people with "login" and "name",
 * shifts with "login", "from" and "until", in seconds since 1970, whole
 * minutes.  It is held to rota_parse().
 *
 * RC_INVALID, RC_LIMIT	an item is not of that form, or as rota_parse() says;
 *			*fault is which
 *
 * The caller frees *out, which is empty on failure.
 */
enum rc rota_of_lists(struct buf *out, const json_t *people,
    const json_t *shifts, struct rota_fault *fault, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* Thin lines (docs/link.md 19): which secret is whose. */
#ifndef PROC_STORE_THIN_H
#define PROC_STORE_THIN_H

#include "proc_store/station.h"

void thin_ask(const struct msg_thin_ask *m);	   /* by link */
void thin_secret(const struct msg_thin_secret *m); /* of a line that is up */
void thin_keyed(uint64_t job, const struct msg_thinned *m); /* by keys */
void thin_keys_gone(void);
/*
 * Whose secret a HELLO came by: its unit, and the key of its station that the
 * secret is bound to.  It is in force; that the unit's place is right is for
 * the caller to say.
 *
 * RC_ABSENT	nobody's
 * RC_DENIED	one that is not good any more, and is forgotten
 */
enum rc thin_whose(
    size_t *unit, struct tag *key, const struct msg_hello *h, struct err *e);
/* Who came by it is let in: it is not taken of an earlier day from now on. */
void thin_admitted(const struct msg_hello *h);

#endif

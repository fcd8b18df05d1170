/* SPDX-License-Identifier: EUPL-1.2 */
/* The requests that wait at a station: who decides them takes them from there,
 * and puts the answer back (docs/station.md 10). */
#ifndef ANTIN_PENDING_H
#define ANTIN_PENDING_H

#include "antin/talk.h"
#include "pki/enrol.h"

/*
 * The request that "word", the first digits of its id (4 or more), names, at
 * the station of --station.  The caller frees *request.
 *
 * RC_ABSENT	none is so called; RC_USAGE several are
 */
enum rc pending_fetch(struct buf *request, struct id *id, const struct args *a,
    const char *word, struct err *e);
/* Its answer: RC_LIMIT where it is too large for a line. */
enum rc pending_answer(const struct id *id, struct bytes answer,
    const struct args *a, struct err *e);
/* The station may know that this invitation is out. */
enum rc pending_invited(
    const struct invitation *i, const struct args *a, struct err *e);

#endif

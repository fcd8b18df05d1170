/* SPDX-License-Identifier: EUPL-1.2 */
/* A whole package that has come, from another station or from seal: what
 * take.c and big.c share. */
#ifndef PROC_STORE_ARRIVAL_H
#define PROC_STORE_ARRIVAL_H

#include "proc_store/station.h"

struct arrival {
	struct line *from;    /* NULL: sealed here */
	struct bytes package; /* all of it, or of a large one its envelope */
	uint64_t envelope, total;
	const uint8_t *sum;
	struct bytes dests;	 /* rows of struct msg_dest */
	struct bytes desk;	 /* that sealed it here */
	struct bytes supersedes; /* an id, or empty */
	int64_t due;
	bool again;	      /* docs/station.md 5.10 */
	bool back;	      /* only for coming back it may come: 5.11 */
	struct id id;	      /* out: its id, once it is known */
	uint64_t n;	      /* out: of the dispatch that clashes with it */
	struct entry_data of; /* out: what the journal says of it */
};

/* Keep it and send it on its ways.  *news: something of it was not known. */
enum rc arrival_take(struct arrival *a, bool *news, struct err *e);
/* docs/station.md 5.4: a child speaks for what lies behind it; who is no
 * neighbour (docs/media.md 8.3) of what comes and goes over him: RC_USAGE is
 * then no refusal, the way may be another tomorrow. */
enum rc arrival_origin(
    const struct arrival *a, const struct header *h, struct err *e);
/* What the peer is told of it, after the commit. */
void arrival_answer(uint64_t number, const struct arrival *a, enum rc rc,
    bool news, const struct err *e);

/* Of a bundle of who is no neighbour: far.c. */
enum rc far_takes(
    const struct arrival *a, const struct header *h, struct err *e);
/* What was passed on to that station by disk comes back over this line. */
bool far_back(const struct line *l, struct bytes hop);

#endif

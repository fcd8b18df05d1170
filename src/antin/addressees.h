/* SPDX-License-Identifier: EUPL-1.2 */
/* Whom a dispatch goes to: cards, addresses and names of the directory, or one
 * of its lists. */
#ifndef ANTIN_ADDRESSEES_H
#define ANTIN_ADDRESSEES_H

#include "antin/cmd.h"
#include "core/arena.h"
#include "envelope/envelope.h"
#include "pki/resolve.h"

struct addressees {
	const struct args *a;
	enum level level; /* of the dispatch */
	/* gathered, one for one */
	struct recipient *recipients; /* owned */
	struct addressee *to;	      /* owned, unless it is taken */
	size_t count, room;
	struct list_ref list;
	/* while they are gathered */
	struct arena kept;	     /* keys and addresses */
	struct directory *directory; /* owned; NULL: none was needed */
	enum purpose purpose;
	bool judged;	/* somebody of the directory is among them */
	size_t stalest; /* the unit of which least is known of late */
	enum knowledge stale;
};

/*
 * Those of --to, --info and --list.  Each has a key in force, may have what is
 * of this level, and is known well enough (known_age()).
 */
enum rc addressees_gather(struct addressees *x, struct err *e);
void addressees_free(struct addressees *x);

#endif

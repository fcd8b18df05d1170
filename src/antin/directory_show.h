/* SPDX-License-Identifier: EUPL-1.2 */
/* Those in a directory as values to be shown (antin/show.h). */
#ifndef ANTIN_DIRECTORY_SHOW_H
#define ANTIN_DIRECTORY_SHOW_H

#include "antin/show.h"
#include "antin/tree.h"

/* What is asked. */
struct view {
	struct directory *d;
	int64_t at;
	bool all;   /* what has ended counts too */
	bool brief; /* of a unit's desks and persons names and addresses only */
};

/* Put all there is to say of a unit, with its desks and persons, or of a desk
 * or person. */
void show_unit(json_t *to, const struct view *v, size_t unit);
void show_holder(json_t *to, const struct view *v, size_t holder);
/* A certificate, when it is in force, and whether it was revoked. */
void show_dcert(json_t *to, const struct directory *d, size_t cert);
/* A list, and who is on it then. */
void show_list(json_t *to, const struct view *v, const struct list *l);
/* The alarms from the n-th on, into an array. */
void show_alarms(json_t *to, const struct directory *d, size_t n);
/* All of it. */
void show_directory(json_t *to, const struct view *v);

/* What hangs under a unit then: its desks, its persons, and units, in the order
 * they were enrolled; of what has ended only where all is asked for.  The
 * caller frees *out with free().  Returns how many. */
size_t below(struct found **out, const struct view *v, size_t unit);

#endif

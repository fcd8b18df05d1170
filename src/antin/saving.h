/* SPDX-License-Identifier: EUPL-1.2 */
/* What open and read have in common: the parts of a dispatch become files in a
 * folder, all of them or none. */
#ifndef ANTIN_SAVING_H
#define ANTIN_SAVING_H

#include "antin/cmd.h"
#include "envelope/dispatch.h"

struct saving {
	const char *folder; /* borrowed */
	bool made; /* the folder is ours: it goes when nothing was saved */
	char *paths[DISPATCH_PARTS]; /* of what was saved; owned */
};

/* Without --into the folder must be new: two dispatches do not mix. */
enum rc saving_check(const struct args *a, const char *folder, struct err *e);
/* Make the folder where it is not there. */
enum rc saving_begin(struct saving *s, struct err *e);
/* A path in the folder that no part has yet; the caller frees.  The name is
 * made of the part's, which is only data. */
char *saving_path(const struct saving *s, struct bytes name);
/* After a failure: what this run made goes. */
void saving_take_back(struct saving *s);
void saving_free(struct saving *s);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* What the commands about bundles share (media.c; media_file.c writes and reads
 * files). */
#ifndef ANTIN_MEDIA_H
#define ANTIN_MEDIA_H

#include "antin/talk.h"
#include "core/progress.h"

struct media {
	struct talk t;
	const struct args *a;
	const char *folder;
	struct progress progress;
	json_t *said; /* owned: of each bundle, for --json */
	json_t *known; /* owned: rows of stations, once asked; NULL */
	json_t *heard; /* owned: addresses of whose bundles were read */
	uint64_t done, foreign;
};

/* A bundle for each for whom something waits or of whom one was read, or whom
 * --for names. */
enum rc media_write_all(struct media *m, struct err *e);
/* The bundles of m->folder; "what" is CONTROL_MEDIA_READ or _LOOK.  What is
 * wrong with one is said, and the next is read. */
enum rc media_read_all(struct media *m, enum control_what what, struct err *e);
enum rc media_read_one(
    struct media *m, enum control_what what, const char *path, struct err *e);
/* A bundle of this station's is on its disk, or lost. */
enum rc media_note(struct media *m, uint64_t number, bool lost, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* What seal and send have in common: a dispatch as the command line says it,
 * from its subject to its parts. */
#ifndef ANTIN_DRAFT_H
#define ANTIN_DRAFT_H

#include "antin/cmd.h"
#include "core/arena.h"
#include "file/sealed.h"

/* Owns what the dispatch borrows. */
struct draft {
	const struct args *a;
	struct dispatch d; /* without addressees and originator */
	struct arena kept; /* names of parts */
	struct sealing_part parts[DISPATCH_PARTS];
	struct buf inside[DISPATCH_PARTS];
	size_t part_count, inside_size;
	uint64_t total; /* bytes to be read of files */
	struct buf subject;
};

/* Take --level, --precedence, --due, --subject, --text, the files and what
 * belongs to them.  Freed by draft_free(), also after a failure. */
enum rc draft_take(struct draft *out, const struct args *a, struct err *e);
void draft_free(struct draft *d);

/* The media type that a file's name ends for. */
const char *draft_type(const char *path);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files that are to be gone: overwritten with random bytes, on disk, then their
 * names.  What the disk keeps beneath (copies that flash memory, a journalling
 * or copying file system make) no program reaches: docs/emergency.md 6.
 *
 * Nothing stops at what fails: it is counted, and the first failure is kept.
 */
#ifndef FILE_ERASE_H
#define FILE_ERASE_H

#include "core/bytes.h"
#include "core/err.h"

struct erased {
	uint64_t files, bytes;
	uint64_t failed;  /* names that are still there, or were not written */
	struct err first; /* of the first of them */
	/* Called now and then; NULL: nobody looks. */
	void (*progress)(const struct erased *e);
};

/* The file of this name in a folder that is open; a link is not followed, and
 * goes.  One that is not there is no failure. */
void erase_file(struct erased *to, int dir, const char *name);
/* The file that a path leads to, through links; then the path's own name. */
void erase_path(struct erased *to, const char *path);
/* Everything in the folder of this path but the entry "keep" (NULL: none), and
 * then, unless something is kept, the folder.  Other file systems below are
 * gone into, links are not. */
void erase_tree(struct erased *to, const char *path, const char *keep);

#endif

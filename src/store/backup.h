/* SPDX-License-Identifier: EUPL-1.2 */
/* A copy of the database beside it, as of one moment, while the station works
 * (docs/backup.md 2). */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdint.h>

#include "core/err.h"

struct store;

#define STORE_COPY                                                             \
	"backup" /* the folder, in the store's, that it is made in             \
		  */

struct store_backup_ops {
	/* Begin one, in the folder STORE_COPY, which is there and empty; one
	 * that was begun before is given up. */
	enum rc (*begin)(struct store *s, struct err *e);
	/*
	 * Copy so many bytes more, between transactions; *over: that was all,
	 * and the copy is what the store was at this moment.
	 *
	 * RC_IO	the disk takes no more: nothing is being copied then
	 */
	enum rc (*step)(struct store *s, uint64_t most, uint64_t *done,
	    uint64_t *total, bool *over, struct err *e);
	/* Give it up; nothing where none was begun. */
	void (*end)(struct store *s);
};

#endif

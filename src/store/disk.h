/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The disk as the store sees it: few operations, behind which is a folder of
 * this machine (disk_folder) or, in tests, one that loses, tears and reorders
 * what was not synced (tests/store/).  Names are relative to the store's
 * folder, with at most one "/" in them.
 *
 * Nothing is on disk before it was synced: bytes by disk_sync(), names (new,
 * renamed, removed) by disk_sync_folder().
 */
#ifndef STORE_DISK_H
#define STORE_DISK_H

#include "core/bytes.h"
#include "core/err.h"

struct disk;

struct disk_ops {
	/* A file; "create" makes it where it is not there.  *file is a number
	 * the other functions take, closed by close(). */
	enum rc (*open)(struct disk *d, const char *name, bool create,
	    int *file, struct err *e);
	void (*close)(struct disk *d, int file);
	/* Exactly those bytes at this offset; RC_INVALID where the file ends
	 * before. */
	enum rc (*read)(struct disk *d, int file, uint64_t at, uint8_t *to,
	    size_t len, struct err *e);
	enum rc (*write)(struct disk *d, int file, uint64_t at,
	    struct bytes more, struct err *e);
	enum rc (*size)(
	    struct disk *d, int file, uint64_t *size, struct err *e);
	/* When it was last written, in seconds of this machine's clock. */
	enum rc (*touched)(
	    struct disk *d, int file, int64_t *at, struct err *e);
	enum rc (*truncate)(
	    struct disk *d, int file, uint64_t size, struct err *e);
	enum rc (*sync)(struct disk *d, int file, struct err *e);
	enum rc (*sync_folder)(
	    struct disk *d, const char *folder, struct err *e);
	enum rc (*rename)(
	    struct disk *d, const char *from, const char *to, struct err *e);
	/* RC_ABSENT where it is not there. */
	enum rc (*remove)(struct disk *d, const char *name, struct err *e);
	bool (*exists)(struct disk *d, const char *name);
	/* Each name in a folder. */
	enum rc (*list)(struct disk *d, const char *folder,
	    void (*each)(void *ctx, const char *name), void *ctx,
	    struct err *e);
	/* Bytes that are free, and that there are in all. */
	enum rc (*room)(
	    struct disk *d, uint64_t *left, uint64_t *all, struct err *e);
	/* What SQLite opens its database by: a path, and the name of the VFS
	 * (NULL: SQLite's own). */
	const char *path, *vfs;
	void (*free)(struct disk *d);
};

struct disk {
	const struct disk_ops *ops;
	/* Names of files that are not to be trusted (files.c); owned. */
	char **untrusted;
	size_t untrusted_count;
};
/* What a disk's free() does with these. */
void disk_forget(struct disk *d);

/* A folder of this machine, which is there; its subfolders "partial" and
 * "files" are made.  Freed by (*d)->ops->free(). */
enum rc disk_folder(struct disk **out, const char *path, struct err *e);

#endif

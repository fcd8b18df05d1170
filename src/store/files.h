/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Packages too large for the database: files named by their SHA-256, and
 * partial ones that are still arriving (docs/station.md 4.4).  A file is synced
 * and has its name before a row speaks of it.
 */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include "crypto/hash.h"
#include "store/disk.h"

#define FILES_NAME 80 /* bytes of a name below, with its NUL */

/* "files/HEX", "partial/HEX". */
void files_name(
    char out[static FILES_NAME], const uint8_t sum[static SHA256_SIZE]);
void files_partial_name(
    char out[static FILES_NAME], const uint8_t sum[static SHA256_SIZE]);

/* One that is arriving; what it has of the start is hashed already. */
struct partial;

/*
 * Begin one of this sum and size, or go on with what is there of it: *have
 * bytes.  Closed by partial_close(), which keeps it, or partial_drop().  That
 * nobody opens one twice at a time is the caller's matter.
 */
enum rc partial_open(struct partial **out, struct disk *disk,
    const uint8_t sum[static SHA256_SIZE], uint64_t total, uint64_t *have,
    struct err *e);
/* The next bytes.  RC_LIMIT where they are beyond its size. */
enum rc partial_add(struct partial *p, struct bytes more, struct err *e);
/*
 * It is whole: synced and under its name when this returns.
 *
 * RC_ABSENT	bytes are missing yet; it stays as it is
 * RC_INVALID	the bytes are not of this sum: nothing is left of it
 * RC_IO	a sync failed: what is there of it cannot be trusted and is
 *		removed; it starts again
 *
 * After all but RC_ABSENT only partial_close() is left to call.
 */
enum rc partial_done(struct partial *p, struct err *e);
void partial_close(struct partial *p);
void partial_drop(struct partial *p);

/* Every partial file and how much of it is there: for resuming. */
enum rc partial_each(struct disk *disk,
    void (*each)(
	void *ctx, const uint8_t sum[static SHA256_SIZE], uint64_t have),
    void *ctx, struct err *e);

/*
 * Give a file that was written under another name ("partial/..." of any kind,
 * "total" bytes) its own: hashes and syncs it.  *sum is filled in.
 */
enum rc files_take(struct disk *disk, const char *name, uint64_t total,
    uint8_t sum[static SHA256_SIZE], struct err *e);
enum rc files_remove(
    struct disk *disk, const uint8_t sum[static SHA256_SIZE], struct err *e);
/* After a start: files that no row needs go, partial ones untouched for longer
 * than the caller likes are his to drop. */
enum rc files_sweep(struct disk *disk,
    bool (*needs)(void *ctx, const uint8_t sum[static SHA256_SIZE]), void *ctx,
    size_t *removed, struct err *e);

#endif

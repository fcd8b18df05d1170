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

/*
 * One that is arriving.  What comes is hashed as it comes; what was there
 * before is not, until partial_hash() has caught up: it may be large, and who
 * reads it at once serves nobody else meanwhile.
 */
struct partial;

/*
 * Begin one of this sum and size, or go on with what is there of it: *have
 * bytes.  Closed by partial_close(), which keeps it, or partial_drop().  That
 * nobody opens one twice at a time is the caller's matter.
 */
enum rc partial_open(struct partial **out, struct disk *disk,
    const uint8_t sum[static SHA256_SIZE], uint64_t total, uint64_t *have,
    struct err *e);
/*
 * One that was written whole under another name ("partial/..." of any kind,
 * "total" bytes); its sum is what it turns out to be.
 *
 * RC_ABSENT	it is not there
 * RC_INVALID	it is of another size
 */
enum rc partial_from(struct partial **out, struct disk *disk, const char *name,
    uint64_t total, struct err *e);
/* The next bytes.  RC_LIMIT where they are beyond its size. */
enum rc partial_add(struct partial *p, struct bytes more, struct err *e);
/* Bytes that are there and not hashed. */
uint64_t partial_behind(const struct partial *p);
/* Hash at most so many of them. */
enum rc partial_hash(struct partial *p, uint64_t max, struct err *e);
/*
 * It is whole: synced and under its name when this returns.  What is behind is
 * hashed first.
 *
 * RC_ABSENT	bytes are missing yet; it stays as it is
 * RC_INVALID	the bytes are not of this sum: nothing is left of it
 * RC_IO	a sync failed: what is there of it cannot be trusted and is
 *		removed; it starts again
 *
 * After all but RC_ABSENT only partial_sum() and partial_close() are left to
 * call.
 */
enum rc partial_done(struct partial *p, struct err *e);
/* Of one that is done. */
void partial_sum(const struct partial *p, uint8_t sum[static SHA256_SIZE]);
void partial_close(struct partial *p);
void partial_drop(struct partial *p);

/* Every partial file and how much of it is there: for resuming. */
enum rc partial_each(struct disk *disk,
    void (*each)(
	void *ctx, const uint8_t sum[static SHA256_SIZE], uint64_t have),
    void *ctx, struct err *e);

enum rc files_remove(
    struct disk *disk, const uint8_t sum[static SHA256_SIZE], struct err *e);
/* What was arriving and has not been touched since "before" (disk.h) goes, open
 * or not. */
enum rc partial_sweep(
    struct disk *disk, int64_t before, size_t *removed, struct err *e);
/* After a start: files that no row needs go, and what was written here under a
 * name of its own and never taken ("partial/new-...").  What was arriving
 * stays, to be gone on with. */
enum rc files_sweep(struct disk *disk,
    bool (*needs)(void *ctx, const uint8_t sum[static SHA256_SIZE]), void *ctx,
    size_t *removed, struct err *e);

#endif

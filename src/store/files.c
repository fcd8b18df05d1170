/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/files.h"

#include <stdlib.h>
#include <string.h>

#include "core/vec.h"

#define PIECE (64u << 10) /* bytes read at once */
#define OWN "new-"	  /* begins what is written here, in partial/ */

struct partial {
	struct disk *disk;
	int file;   /* -1: closed */
	bool named; /* its sum is known beforehand */
	uint8_t sum[SHA256_SIZE];
	char name[FILES_NAME];
	uint64_t total, have, hashed;
	struct sha256 hash; /* of the first "hashed" bytes */
};

static void
name_write(char out[static FILES_NAME], const char *folder,
    const uint8_t sum[static SHA256_SIZE])
{
	size_t len = strlen(folder);

	memcpy(out, folder, len);
	out[len] = '/';
	hex_write(out + len + 1, bytes_of(sum, SHA256_SIZE));
}

void
files_name(char out[static FILES_NAME], const uint8_t sum[static SHA256_SIZE])
{
	name_write(out, "files", sum);
}

void
files_partial_name(
    char out[static FILES_NAME], const uint8_t sum[static SHA256_SIZE])
{
	name_write(out, "partial", sum);
}

/* ---- what cannot be trusted -------------------------------------------- */

/* A failed sync left it, and it could not be removed. */
static void
distrust(struct disk *disk, const char *name)
{
	disk->untrusted =
	    vec_more(disk->untrusted, disk->untrusted_count, sizeof(char *));
	disk->untrusted[disk->untrusted_count] = alloc(1, strlen(name) + 1);
	memcpy(
	    disk->untrusted[disk->untrusted_count++], name, strlen(name) + 1);
}

/* It is removed now, or still cannot be. */
static enum rc
trusted(struct disk *disk, const char *name, struct err *e)
{
	size_t i;

	for (i = 0; i < disk->untrusted_count; i++)
		if (strcmp(disk->untrusted[i], name) == 0)
			break;
	if (i == disk->untrusted_count)
		return RC_OK;
	if (disk->ops->remove(disk, name, e) != RC_OK && e->rc != RC_ABSENT)
		return fail_at(e, "after a failed sync");
	free(disk->untrusted[i]);
	disk->untrusted[i] = disk->untrusted[--disk->untrusted_count];
	return RC_OK;
}

/*
 * Bytes on disk, then the name on disk.  After a sync that failed the system
 * may hold for clean what never got there, and say so the next time: the file
 * cannot be trusted again and goes.
 */
static enum rc
settle(struct disk *disk, int file, const char *name,
    const uint8_t sum[static SHA256_SIZE], struct err *e)
{
	const struct disk_ops *ops = disk->ops;
	char to[FILES_NAME];
	struct err lost;
	enum rc rc;

	files_name(to, sum);
	if ((rc = ops->sync(disk, file, e)) != RC_OK) {
		if (ops->remove(disk, name, &lost) != RC_OK) {
			distrust(disk, name);
			rc = fail_at(e, "%s stays", name);
		}
		return rc;
	}
	/* the new name first: what is lost between the two has both */
	if ((rc = ops->rename(disk, name, to, e)) != RC_OK ||
	    (rc = ops->sync_folder(disk, "files", e)) != RC_OK ||
	    (rc = ops->sync_folder(disk, "partial", e)) != RC_OK)
		return rc;
	return RC_OK;
}

static enum rc
file_begin(struct partial *p, bool create, struct err *e)
{
	const struct disk_ops *ops = p->disk->ops;
	enum rc rc;

	p->hash = sha256_start();
	p->file = -1;
	if ((rc = trusted(p->disk, p->name, e)) != RC_OK)
		return rc;
	rc = ops->open(p->disk, p->name, create, &p->file, e);
	if (rc != RC_OK) {
		p->file = -1;
		return rc;
	}
	return ops->size(p->disk, p->file, &p->have, e);
}

enum rc
partial_open(struct partial **out, struct disk *disk,
    const uint8_t sum[static SHA256_SIZE], uint64_t total, uint64_t *have,
    struct err *e)
{
	struct partial *p = alloc(1, sizeof(*p));
	enum rc rc;

	*out = NULL;
	*have = 0;
	p->disk = disk;
	p->total = total;
	p->named = true;
	memcpy(p->sum, sum, SHA256_SIZE);
	files_partial_name(p->name, sum);
	if ((rc = file_begin(p, true, e)) != RC_OK)
		goto out;
	if (p->have > total) { /* of something else */
		p->have = 0;
		rc = disk->ops->truncate(disk, p->file, 0, e);
		if (rc != RC_OK)
			goto out;
	}
	*have = p->have;
	*out = p; /* the caller owns it now */
	p = NULL;
out:
	partial_close(p);
	return rc;
}

enum rc
partial_from(struct partial **out, struct disk *disk, const char *name,
    uint64_t total, struct err *e)
{
	struct partial *p = alloc(1, sizeof(*p));
	enum rc rc;

	*out = NULL;
	p->disk = disk;
	p->total = total;
	if (strlen(name) >= sizeof(p->name))
		bug("a longer name than there are in the store");
	memcpy(p->name, name, strlen(name) + 1);
	if ((rc = file_begin(p, false, e)) != RC_OK)
		goto out;
	if (p->have != total) {
		rc = fail(e, RC_INVALID, "%s is not as long as was said", name);
		goto out;
	}
	*out = p; /* the caller owns it now */
	p = NULL;
out:
	partial_close(p);
	return rc;
}

enum rc
partial_add(struct partial *p, struct bytes more, struct err *e)
{
	enum rc rc;

	if (p->file < 0)
		return fail(e, RC_IO, "%s was given up", p->name);
	if (more.len > p->total - p->have)
		return fail(e, RC_LIMIT, "%s is longer than was said", p->name);
	rc = p->disk->ops->write(p->disk, p->file, p->have, more, e);
	if (rc != RC_OK)
		return fail_at(e, "%s", p->name);
	if (p->hashed == p->have) {
		sha256_add(&p->hash, more);
		p->hashed += more.len;
	}
	p->have += more.len;
	return RC_OK;
}

uint64_t
partial_behind(const struct partial *p)
{
	return p->have - p->hashed;
}

enum rc
partial_hash(struct partial *p, uint64_t max, struct err *e)
{
	uint8_t *piece = alloc(1, PIECE);
	enum rc rc = RC_OK;
	size_t n;

	if (p->file < 0)
		rc = fail(e, RC_IO, "%s was given up", p->name);
	max = max < partial_behind(p) ? max : partial_behind(p);
	for (; max > 0 && rc == RC_OK; max -= n) {
		n = max < PIECE ? (size_t)max : PIECE;
		rc = p->disk->ops->read(
		    p->disk, p->file, p->hashed, piece, n, e);
		if (rc != RC_OK)
			break;
		sha256_add(&p->hash, bytes_of(piece, n));
		p->hashed += n;
	}
	free(piece);
	return rc;
}

static void
file_end(struct partial *p)
{
	if (p->file >= 0)
		p->disk->ops->close(p->disk, p->file);
	p->file = -1;
}

/* Nothing is left of it. */
static void
file_drop(struct partial *p)
{
	struct err e;

	file_end(p);
	/* one that stays is met again by partial_each() */
	if (p->disk->ops->remove(p->disk, p->name, &e) != RC_OK)
		return;
}

enum rc
partial_done(struct partial *p, struct err *e)
{
	uint8_t sum[SHA256_SIZE];
	enum rc rc;

	if (p->file < 0)
		return fail(e, RC_IO, "%s was given up", p->name);
	if (p->have != p->total)
		return fail(e, RC_ABSENT, "%s is not whole yet", p->name);
	if ((rc = partial_hash(p, UINT64_MAX, e)) != RC_OK)
		return rc;
	sha256_end(&p->hash, sum);
	if (!p->named) {
		memcpy(p->sum, sum, SHA256_SIZE);
	} else if (memcmp(sum, p->sum, SHA256_SIZE) != 0) {
		file_drop(p);
		return fail(
		    e, RC_INVALID, "%s is not of the bytes it names", p->name);
	}
	rc = settle(p->disk, p->file, p->name, p->sum, e);
	file_end(p);
	return rc;
}

void
partial_sum(const struct partial *p, uint8_t sum[static SHA256_SIZE])
{
	memcpy(sum, p->sum, SHA256_SIZE);
}

void
partial_close(struct partial *p)
{
	if (p == NULL)
		return;
	file_end(p);
	sha256_drop(&p->hash);
	free(p);
}

void
partial_drop(struct partial *p)
{
	if (p == NULL)
		return;
	file_drop(p);
	sha256_drop(&p->hash);
	free(p);
}

/* ---- what there is ----------------------------------------------------- */

/* The sums that a folder's names are; other names are not ours. */
struct sums {
	uint8_t (*of)[SHA256_SIZE];
	size_t count;
};

static void
sums_add(void *ctx, const char *name)
{
	struct sums *s = ctx;
	uint8_t sum[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	if (!hex_parse(sum, sizeof(sum), bytes_str(name)))
		return;
	hex_write(hex, bytes_of(sum, sizeof(sum)));
	if (strcmp(hex, name) != 0)
		return;
	s->of = vec_more(s->of, s->count, sizeof(*s->of));
	memcpy(s->of[s->count++], sum, sizeof(sum));
}

static enum rc
size_of(struct disk *disk, const char *name, uint64_t *size, struct err *e)
{
	enum rc rc;
	int file;

	if ((rc = disk->ops->open(disk, name, false, &file, e)) != RC_OK)
		return rc;
	rc = disk->ops->size(disk, file, size, e);
	disk->ops->close(disk, file);
	return rc;
}

enum rc
partial_each(struct disk *disk,
    void (*each)(
	void *ctx, const uint8_t sum[static SHA256_SIZE], uint64_t have),
    void *ctx, struct err *e)
{
	struct sums s = { 0 };
	char name[FILES_NAME];
	uint64_t have = 0;
	size_t i;
	enum rc rc = disk->ops->list(disk, "partial", sums_add, &s, e);

	for (i = 0; i < s.count && rc == RC_OK; i++) {
		files_partial_name(name, s.of[i]);
		if ((rc = size_of(disk, name, &have, e)) == RC_OK)
			each(ctx, s.of[i], have);
	}
	free(s.of);
	return rc;
}

static enum rc
touched(struct disk *disk, const char *name, int64_t *at, struct err *e)
{
	enum rc rc;
	int file;

	if ((rc = disk->ops->open(disk, name, false, &file, e)) != RC_OK)
		return rc;
	rc = disk->ops->touched(disk, file, at, e);
	disk->ops->close(disk, file);
	return rc;
}

enum rc
partial_sweep(struct disk *disk, int64_t before, size_t *removed, struct err *e)
{
	struct sums s = { 0 };
	char name[FILES_NAME];
	int64_t at = 0;
	size_t i;
	enum rc rc = disk->ops->list(disk, "partial", sums_add, &s, e);

	*removed = 0;
	for (i = 0; i < s.count && rc == RC_OK; i++) {
		files_partial_name(name, s.of[i]);
		rc = touched(disk, name, &at, e);
		if (rc != RC_OK || at >= before)
			continue;
		rc = disk->ops->remove(disk, name, e);
		*removed += rc == RC_OK;
	}
	free(s.of);
	return rc;
}

enum rc
files_remove(
    struct disk *disk, const uint8_t sum[static SHA256_SIZE], struct err *e)
{
	char name[FILES_NAME];

	files_name(name, sum);
	return disk->ops->remove(disk, name, e);
}

/* Names of files that were written here and never taken. */
struct names {
	char (*of)[FILES_NAME];
	size_t count;
};

static void
names_add(void *ctx, const char *name)
{
	struct names *n = ctx;
	const size_t len = strlen(name);

	if (strncmp(name, OWN, strlen(OWN)) != 0 ||
	    len + sizeof("partial/") > FILES_NAME)
		return;
	n->of = vec_more(n->of, n->count, sizeof(*n->of));
	memcpy(n->of[n->count], "partial/", 8);
	memcpy(n->of[n->count++] + 8, name, len + 1);
}

static enum rc
sweep_own(struct disk *disk, size_t *removed, struct err *e)
{
	struct names n = { 0 };
	size_t i;
	enum rc rc = disk->ops->list(disk, "partial", names_add, &n, e);

	for (i = 0; i < n.count && rc == RC_OK; i++) {
		rc = disk->ops->remove(disk, n.of[i], e);
		*removed += rc == RC_OK;
	}
	free(n.of);
	return rc;
}

enum rc
files_sweep(struct disk *disk,
    bool (*needs)(void *ctx, const uint8_t sum[static SHA256_SIZE]), void *ctx,
    size_t *removed, struct err *e)
{
	struct sums s = { 0 };
	size_t i;
	enum rc rc = disk->ops->list(disk, "files", sums_add, &s, e);

	*removed = 0;
	for (i = 0; i < s.count && rc == RC_OK; i++) {
		if (needs(ctx, s.of[i]))
			continue;
		rc = files_remove(disk, s.of[i], e);
		if (rc == RC_OK)
			++*removed;
	}
	free(s.of);
	return rc == RC_OK ? sweep_own(disk, removed, e) : rc;
}

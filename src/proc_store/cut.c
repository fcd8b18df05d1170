/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelopes for some of their destinations (docs/station.md 7.5).  A list goes
 * to each child with the child's own slips: who reads all slips for each of
 * them reads as many as there are, squared.  So where they lie is remembered of
 * the lists that went last.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dispatch/package.h"
#include "proc_store/station.h"

#define CUT_LEAST 8u	  /* slips: of fewer nothing is remembered */
#define CUT_LISTS 512u	  /* that are remembered, */
#define CUT_SLIPS 131072u /* and of all of them together: 2 MiB */

static struct cut {
	uint8_t sum[SHA256_SIZE]; /* of the package: by it it is known */
	struct envelope_map map;
	uint64_t used;
} cuts[CUT_LISTS];
static size_t cut_count, cut_slips;
static uint64_t cut_turn;

/* ---- what is remembered -------------------------------------------------- */

static struct cut *
cut_find(const struct stored *d)
{
	size_t i;

	for (i = 0; i < cut_count; i++)
		if (memcmp(cuts[i].sum, d->sum, SHA256_SIZE) == 0 &&
		    cuts[i].map.size == d->envelope)
			return &cuts[i];
	return NULL;
}

static void
cut_drop(struct cut *c)
{
	cut_slips -= c->map.count;
	envelope_map_free(&c->map);
	*c = cuts[--cut_count];
	cuts[cut_count] = (struct cut){ 0 };
}

static struct cut *
oldest(void)
{
	size_t i, best = 0;

	for (i = 1; i < cut_count; i++)
		if (cuts[i].used < cuts[best].used)
			best = i;
	return &cuts[best];
}

/* The map is taken; what was used last longest ago goes for it. */
static void
cut_keep(const struct stored *d, struct envelope_map *map)
{
	struct cut *c;

	while (cut_count > 0 &&
	       (cut_count == CUT_LISTS || cut_slips + map->count > CUT_SLIPS))
		cut_drop(oldest());
	c = &cuts[cut_count++];
	memcpy(c->sum, d->sum, SHA256_SIZE);
	c->map = *map;
	c->used = ++cut_turn;
	cut_slips += map->count;
	*map = (struct envelope_map){ 0 };
}

/* ---- cutting ------------------------------------------------------------- */

static enum rc
read_file(void *ctx, uint8_t *to, size_t len, uint64_t at, struct err *e)
{
	const int *fd = ctx;

	if (pread(*fd, to, len, (off_t)at) != (ssize_t)len)
		return fail_io(e, "a package's file cannot be read");
	return RC_OK;
}

/* One that is not remembered: all of it is read, and checked. */
static enum rc
cut_anew(struct buf *out, const struct stored *d, struct bytes all,
    const struct tag *tags, size_t count, struct err *e)
{
	const struct envelope_source from = package_source(&all);
	struct envelope_map map;
	struct envelope env;
	enum rc rc;

	if ((rc = envelope_parse(&env, all, e)) != RC_OK)
		return rc;
	if (env.slip_count == count) {
		buf_add(out, all);
		return RC_OK;
	}
	envelope_map(&map, &env, all);
	rc = envelope_cut(out, &map, &from, tags, count, e);
	if (rc == RC_OK && map.count >= CUT_LEAST)
		cut_keep(d, &map);
	envelope_map_free(&map);
	return rc;
}

enum rc
cut_for(struct buf *out, const struct stored *d, struct bytes small, int fd,
    const struct tag *tags, size_t count, struct err *e)
{
	struct bytes all = bytes_of(small.p, d->envelope);
	const struct envelope_source from =
	    fd < 0 ? package_source(&all)
		   : (struct envelope_source){ read_file, &fd };
	struct cut *c = cut_find(d);
	struct buf read = { 0 };
	enum rc rc = RC_OK;

	*out = (struct buf){ 0 };
	if (c != NULL) {
		c->used = ++cut_turn;
		rc = envelope_cut(out, &c->map, &from, tags, count, e);
		if (rc == RC_INVALID)
			cut_drop(c);
		return rc;
	}
	if (fd >= 0) {
		rc = large_read(&read, fd, d, e);
		all = buf_bytes(&read);
	}
	if (rc == RC_OK)
		rc = cut_anew(out, d, all, tags, count, e);
	buf_free(&read);
	return rc;
}

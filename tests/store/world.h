/* SPDX-License-Identifier: EUPL-1.2 */
/* A store to be tested, and dispatches to put into it. */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/time.h"
#include "store/files.h"
#include "store/store.h"

#include "../tap.h"

#define SECOND INT64_C(1790000000)
#define SMALL 700u /* bytes of a package */

struct world {
	const struct store_ops *ops;
	struct store *s;
	struct disk *disk;
	char path[64];
	struct err e;
};

/* What a test leaves; one level of folders. */
static inline void
folder_remove(const char *path)
{
	char command[200];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", path);
	if (system(command) != 0)
		bug("a folder cannot be removed");
}

static inline void
must(enum rc rc, const struct err *e)
{
	if (rc != RC_OK)
		bug(e->text);
}

static inline void
world_open(struct world *w)
{
	must(w->ops->open(&w->s, w->disk, &w->e), &w->e);
}

static inline void
world_begin(struct world *w, const struct store_ops *ops)
{
	*w = (struct world){ .ops = ops };
	(void)snprintf(w->path, sizeof(w->path), "/tmp/antin-store.XXXXXX");
	if (mkdtemp(w->path) == NULL)
		bug("no folder for the test");
	must(disk_folder(&w->disk, w->path, &w->e), &w->e);
	world_open(w);
}

static inline void
world_end(struct world *w)
{
	w->ops->close(w->s);
	w->disk->ops->free(w->disk);
	folder_remove(w->path);
}

/* What lies on disk is all there is. */
static inline void
world_again(struct world *w)
{
	if (w->ops == &store_memory)
		return;
	w->ops->close(w->s);
	world_open(w);
}

static inline void
world_do(struct world *w)
{
	must(w->ops->begin(w->s, &w->e), &w->e);
}

static inline void
world_done(struct world *w)
{
	must(w->ops->commit(w->s, &w->e), &w->e);
}

/* ---- dispatches -------------------------------------------------------- */

/* Bytes that are a number's own. */
static inline struct buf
bytes_made(uint64_t seed, size_t len)
{
	struct dice d = { .state = seed * 2654435761u + 1 };
	struct buf out = { 0 };
	uint32_t v = 0;
	size_t i;
	uint8_t *p = len == 0 ? NULL : buf_grow(&out, len);

	for (i = 0; i < len; i++) {
		if (i % 3 == 0)
			v = dice_below(&d, 1u << 24);
		p[i] = (uint8_t)(v >> (8 * (i % 3)));
	}
	return out;
}

/* The dispatch of a serial, relayed, with its package. */
static inline struct stored
stored_made(uint64_t serial, const struct buf *package)
{
	struct stored d = {
		.header = { .origin = bytes_str("antin://dien-bien.vn"),
		    .incarnation = 1,
		    .serial = serial,
		    .precedence = (enum precedence)(serial % PRECEDENCES),
		    .expires = SECOND + (int64_t)serial },
		.from = bytes_str("antin://vn"),
		.at = SECOND,
		.own_clock = serial % 2 == 1,
		.envelope = package->len / 2,
		.total = package->len,
	};
	uint8_t name[16] = "id of a dispatch";
	uint8_t sum[SHA256_SIZE];
	const struct bytes parts[] = { bytes_of(name, sizeof(name)),
		bytes_of(&serial, sizeof(serial)) };

	sha256_parts(sum, parts, 2);
	memcpy(d.header.id.b, sum, ID_SIZE);
	sha256_parts(d.digest, parts + 1, 1);
	sha256(d.sum, buf_bytes(package));
	return d;
}

static inline enum rc
try_put(struct world *w, uint64_t serial, struct stored *d)
{
	struct buf p = bytes_made(serial, SMALL);
	enum rc rc;

	*d = stored_made(serial, &p);
	rc = w->ops->put(w->s, d, buf_bytes(&p), &w->e);
	buf_free(&p);
	return rc;
}

static inline uint64_t
put(struct world *w, uint64_t serial)
{
	struct stored d;

	must(try_put(w, serial, &d), &w->e);
	return d.n;
}

static inline struct dest
dest_made(const char *address)
{
	return (struct dest){ bytes_str(address), { { 1, 2, 3 } } };
}

static inline enum rc
try_send_copy(struct world *w, uint64_t n, uint64_t copy, const char *hop,
    unsigned rank, int64_t due, const char *to, uint64_t *q)
{
	struct leg leg = {
		.n = n,
		.copy = copy,
		.hop = bytes_str(hop),
		.rank = rank,
		.due = due,
		.state = LEG_QUEUED,
		.at = SECOND,
	};
	struct dest d = dest_made(to);

	return w->ops->send(w->s, &leg, &d, 1, q, &w->e);
}

static inline enum rc
try_send(struct world *w, uint64_t n, const char *hop, unsigned rank,
    int64_t due, const char *to, uint64_t *q)
{
	return try_send_copy(w, n, 0, hop, rank, due, to, q);
}

/* One destination of its own a hop. */
static inline uint64_t
send_to(
    struct world *w, uint64_t n, const char *hop, unsigned rank, int64_t due)
{
	char to[100];
	uint64_t q;

	(void)snprintf(to, sizeof(to), "%s/van-thu", hop);
	must(try_send(w, n, hop, rank, due, to, &q), &w->e);
	return q;
}

static inline void
leg_to(struct world *w, uint64_t q, enum leg_state state)
{
	must(w->ops->leg_set(w->s, q, state, NULL, SECOND + 9, &w->e), &w->e);
}

/* What a list gives, as numbers. */
#define LIST_MAX 64
struct list {
	uint64_t v[LIST_MAX];
	size_t n, stop; /* stop: after so many; 0: never */
};

static inline bool
list_add(struct list *l, uint64_t v)
{
	if (l->n < LIST_MAX)
		l->v[l->n] = v;
	l->n++;
	return l->n != l->stop;
}

static inline bool
list_leg(void *ctx, const struct leg *leg)
{
	return list_add(ctx, leg->q);
}

static inline bool
list_stored(void *ctx, const struct stored *of)
{
	return list_add(ctx, of->n);
}

static inline bool
list_delivery(void *ctx, const struct delivery *d, const struct stored *of)
{
	return d->n == of->n ? list_add(ctx, d->n) : list_add(ctx, 0);
}

static inline void
list_is(const struct list *l, const uint64_t *want, size_t n, const char *name)
{
	size_t i, good = l->n == n;

	for (i = 0; i < n && i < l->n && i < LIST_MAX; i++)
		good &= l->v[i] == want[i];
	if (!ok(good, "%s", name))
		for (i = 0; i < l->n && i < LIST_MAX; i++)
			note("%zu: %llu", i, (unsigned long long)l->v[i]);
}
#define LIST_IS(l, name, ...)                                                  \
	list_is(l, (const uint64_t[]){ __VA_ARGS__ },                          \
	    sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t),      \
	    name)

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* Every backend keeps the store's contract (src/store/store.h); one that keeps
 * things on disk is opened anew between the steps. */
#ifndef TESTS_STORE_CONTRACT_H
#define TESTS_STORE_CONTRACT_H

#include "world.h"

static inline void
stored_is(const struct stored *got, const struct stored *want, const char *name)
{
	bool good =
	    got->n == want->n && id_eq(&got->header.id, &want->header.id) &&
	    bytes_eq(got->header.origin, want->header.origin) &&
	    got->header.incarnation == want->header.incarnation &&
	    got->header.serial == want->header.serial &&
	    got->header.precedence == want->header.precedence &&
	    got->header.expires == want->header.expires &&
	    memcmp(got->digest, want->digest, SHA256_SIZE) == 0 &&
	    bytes_eq(got->from, want->from) &&
	    bytes_eq(got->desk, want->desk) && got->at == want->at &&
	    got->own_clock == want->own_clock &&
	    got->envelope == want->envelope && got->total == want->total &&
	    memcmp(got->sum, want->sum, SHA256_SIZE) == 0 &&
	    got->gone == want->gone;

	ok(good, "%s", name);
}

struct dests {
	char text[300];
	size_t n;
};

static inline bool
add_dest(void *ctx, const struct dest *d)
{
	struct dests *all = ctx;
	size_t at = strlen(all->text);

	(void)snprintf(all->text + at, sizeof(all->text) - at, "%.*s:%u ",
	    (int)d->address.len, (const char *)d->address.p, d->tag.b[0]);
	all->n++;
	return true;
}

/* How often the bytes stand in the store's files. */
static inline size_t
on_disk(struct world *w, struct bytes what)
{
	static const char *const names[] = { "store.db", "store.db-wal" };
	char path[100];
	struct buf all;
	const uint8_t *at;
	size_t i, found = 0;

	for (i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", w->path, names[i]);
		if (access(path, R_OK) != 0)
			continue;
		all = slurp(path);
		for (at = all.p; at != NULL && at < all.p + all.len;) {
			at = memmem(at, all.len - (size_t)(at - all.p), what.p,
			    what.len);
			if (at != NULL)
				found++, at++;
		}
		buf_free(&all);
	}
	return found;
}

/* Each test on each backend, in a store of its own; what main() returns. */
static inline int
contract(void (*const *tests)(struct world *w), size_t count)
{
	const struct store_ops *const backends[] = { &store_memory,
		&store_sqlite };
	struct world w;
	size_t b, t;

	for (b = 0; b < sizeof(backends) / sizeof(*backends); b++)
		for (t = 0; t < count; t++) {
			world_begin(&w, backends[b]);
			if (t == 0)
				note("%s", w.ops->scheme);
			tests[t](&w);
			world_end(&w);
		}
	return done();
}

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/keep.h"

#include <stdlib.h>
#include <string.h>

/* The oldest first. */
struct link_keep {
	struct kept items[KEEP_ITEMS];
	size_t count, bytes;
};

struct link_keep *
keep_new(void)
{
	return alloc(1, sizeof(struct link_keep));
}

size_t
keep_bytes(const struct link_keep *k)
{
	return k == NULL ? 0 : k->bytes;
}

static void
drop(struct link_keep *k, size_t i)
{
	k->bytes -= k->items[i].package.len;
	buf_free(&k->items[i].package);
	k->count--;
	memmove(&k->items[i], &k->items[i + 1],
	    (k->count - i) * sizeof(k->items[0]));
	k->items[k->count] = (struct kept){ 0 };
}

void
keep_free(struct link_keep *k)
{
	while (k != NULL && k->count > 0)
		drop(k, 0);
	free(k);
}

void
keep_put(struct link_keep *k, struct kept *one)
{
	struct kept old;

	if (k == NULL || one->package.len == 0 ||
	    one->package.len > KEEP_BYTES) {
		buf_free(&one->package);
		return;
	}
	if (keep_take(k, one->sum, &old))
		buf_free(&old.package);
	while (
	    k->count == KEEP_ITEMS || k->bytes + one->package.len > KEEP_BYTES)
		drop(k, 0);
	k->bytes += one->package.len;
	k->items[k->count++] = *one;
	*one = (struct kept){ 0 };
}

bool
keep_take(struct link_keep *k, const uint8_t sum[static SHA256_SIZE],
    struct kept *out)
{
	size_t i;

	for (i = 0; k != NULL && i < k->count; i++)
		if (memcmp(k->items[i].sum, sum, SHA256_SIZE) == 0) {
			*out = k->items[i];
			k->items[i].package = (struct buf){ 0 };
			k->bytes -= out->package.len;
			drop(k, i);
			return true;
		}
	return false;
}

const struct kept *
keep_each(const struct link_keep *k, size_t i)
{
	return k != NULL && i < k->count ? &k->items[i] : NULL;
}

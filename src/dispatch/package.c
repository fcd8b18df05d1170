/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/package.h"

#include <stdlib.h>
#include <string.h>

void
package_digest(uint8_t out[static SHA256_SIZE], const struct envelope *env)
{
	const struct bytes parts[] = { env->cipher, env->attributes,
		env->sealed, env->mac };

	sha256_parts(out, parts, sizeof(parts) / sizeof(parts[0]));
}

bool
package_has_slip(const struct envelope *env, const struct tag *tag)
{
	struct slip s;
	size_t at = 0;

	while (envelope_slip(env, &at, &s))
		if (bytes_eq(s.rid, tag_bytes(tag)))
			return true;
	return false;
}

struct wanted {
	const struct tag *tags; /* sorted */
	size_t count;
};

static int
tag_order(const void *a, const void *b)
{
	return memcmp(a, b, TAG_SIZE);
}

static bool
is_wanted(void *ctx, const struct slip *s)
{
	const struct wanted *w = ctx;

	return s->rid.len == TAG_SIZE &&
	       bsearch(s->rid.p, w->tags, w->count, sizeof(*w->tags),
		   tag_order) != NULL;
}

enum rc
package_for(struct buf *out, struct bytes envelope, const struct tag *tags,
    size_t count, struct err *e)
{
	struct tag *sorted;
	struct envelope env;
	struct wanted w;
	enum rc rc;

	*out = (struct buf){ 0 };
	if ((rc = envelope_parse(&env, envelope, e)) != RC_OK)
		return rc;
	if (env.slip_count == count) {
		buf_add(out, envelope);
		return RC_OK;
	}
	sorted = alloc(count + 1, sizeof(*sorted));
	memcpy(sorted, tags, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), tag_order);
	w = (struct wanted){ sorted, count };
	rc = envelope_subset(out, &env, is_wanted, &w, e);
	free(sorted);
	return rc;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/package.h"

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

static enum rc
read_bytes(void *ctx, uint8_t *to, size_t len, uint64_t at, struct err *e)
{
	const struct bytes *from = ctx;

	(void)e;
	memcpy(to, from->p + at, len);
	return RC_OK;
}

struct envelope_source
package_source(struct bytes *envelope)
{
	return (struct envelope_source){ read_bytes, envelope };
}

enum rc
package_for(struct buf *out, struct bytes envelope, const struct tag *tags,
    size_t count, struct err *e)
{
	const struct envelope_source from = package_source(&envelope);
	struct envelope_map map;
	struct envelope env;
	enum rc rc;

	*out = (struct buf){ 0 };
	if ((rc = envelope_parse(&env, envelope, e)) != RC_OK)
		return rc;
	envelope_map(&map, &env, envelope);
	rc = envelope_cut(out, &map, &from, tags, count, e);
	envelope_map_free(&map);
	return rc;
}

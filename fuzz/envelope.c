/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An envelope from anywhere: what is read is written again byte for byte, and
 * opens under no key of ours but by its own slip.
 */
#include <stdlib.h>
#include <string.h>

#include "dispatch/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All its slips, each looked up; the first is asked for twice, or it would be
 * copied as it is. */
static enum rc
cut_all(struct buf *out, const struct envelope *env, struct bytes in)
{
	const struct envelope_source from = package_source(&in);
	struct envelope_map map;
	struct tag *tags;
	struct err e;
	size_t i;
	enum rc rc;

	envelope_map(&map, env, in);
	tags = alloc(map.count + 1, sizeof(*tags));
	for (i = 0; i < map.count; i++)
		tags[i] = map.places[i].tag;
	tags[i] = tags[0];
	rc = envelope_cut(out, &map, &from, tags, i + 1, &e);
	free(tags);
	envelope_map_free(&map);
	return rc;
}

static bool
find(void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	(void)ctx;
	(void)tag;
	(void)cert;
	(void)out;
	return false;
}

/* The key that the slips of the corpus are for. */
static const struct kem_key *
key(struct tag *tag)
{
	static const uint8_t priv[96] = { 1, 2, 3 };
	static struct kem_key *k;

	if (k == NULL)
		k = kem_key_of(kem_by_name("MLKEM768-X25519"),
		    bytes_of(priv, sizeof(priv)));
	tag_of(tag, kem_key_alg(k)->oid, kem_key_pub(k));
	return k;
}

static void
open_it(const struct envelope *env)
{
	const struct opener by = { .find = find };
	uint8_t cek[AEAD_KEY] = { 0 }, zero[AEAD_KEY] = { 0 };
	const struct kem_key *k;
	struct opened o;
	struct tag tag;
	struct err e;

	k = key(&tag);
	if (envelope_unlock(cek, env, k, &tag, &e) != RC_OK &&
	    memcmp(cek, zero, sizeof(cek)) != 0)
		bug("something is left of a key that did not come out");
	if (envelope_open(&o, env, cek, &by, &e) == RC_OK ||
	    o.plain.p != NULL || o.content.p != NULL)
		bug("an unknown sender's content");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct der_wr header = { 0 };
	struct envelope env;
	struct buf again;
	struct err e;

	if (envelope_parse(&env, in, &e) != RC_OK) {
		if (env.slips.p != NULL || env.sealed.p != NULL)
			bug("something is left of what was not read");
		return 0;
	}
	header_write(&header, &env.header);
	if (memmem(env.attributes.p, env.attributes.len, header.out.p,
		header.out.len) == NULL)
		bug("a header that is written otherwise than it was read");
	if (cut_all(&again, &env, in) != RC_OK ||
	    !bytes_eq(buf_bytes(&again), in))
		bug("an envelope that is written otherwise than it was read");
	open_it(&env);
	buf_free(&again);
	der_wr_free(&header);
	return 0;
}

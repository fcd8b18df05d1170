/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A link statement: what is read has one spelling, and no key that did not
 * sign it vouches for it.
 */
#include <string.h>

#include "crypto/suite.h"
#include "der/der.h"
#include "envelope/address.h"
#include "pki/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
comes_back(const struct link_statement *s, struct bytes in)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, 1);
	der_put(&w, DER_IA5, s->station);
	der_put_uint(&w, s->epoch);
	der_put_octets(&w, s->key);
	der_put_octets(&w, s->signature);
	der_put_close(&w);
	if (!bytes_eq(buf_bytes(&w.out), in) || s->key.len != LINK_KEY ||
	    s->epoch == 0 || s->epoch > INT64_MAX ||
	    !address_is_station(s->station))
		bug("a link statement of another spelling");
	der_wr_free(&w);
}

/* A station of its very name, with a key that signed nothing. */
static void
does_not_hold(const struct link_statement *s)
{
	static const uint8_t seed[64] = { 1 };
	static struct sig_key *key;
	struct link_seen seen = { 0 };
	struct cert station = { .address = s->station,
		.rights.kind = CERT_STATION };
	struct err e;

	if (key == NULL)
		key = sig_key_of(
		    sig_by_name("MLDSA65-Ed25519"), bytes_of(seed, 64));
	station.sig = sig_key_alg(key);
	station.pub = sig_key_pub(key);
	if (link_accept(&seen, s, &station, &e) != RC_DENIED || seen.epoch != 0)
		bug("a link statement by nobody");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct link_statement s;
	struct err e;

	if (link_read(&s, in, &e) != RC_OK)
		return 0;
	comes_back(&s, in);
	does_not_hold(&s);
	return 0;
}

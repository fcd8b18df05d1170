/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's last word: what is read has one spelling, and no key that did
 * not sign it vouches for it.
 */
#include <string.h>

#include "crypto/suite.h"
#include "der/der.h"
#include "envelope/address.h"
#include "pki/last.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
comes_back(const struct last_word *r, struct bytes in)
{
	struct der_wr w = { 0 };
	size_t i;

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, 1);
	der_put(&w, DER_IA5, r->station);
	der_put_time(&w, r->at);
	der_put_uint(&w, r->incarnation);
	der_put_uint(&w, r->size);
	der_put_octets(&w, bytes_of(r->root.b, SHA256_SIZE));
	der_put_open(&w, DER_SEQUENCE);
	for (i = 0; i < r->by_count; i++)
		der_put(&w, DER_IA5, r->by[i]);
	der_put_close(&w);
	der_put_octets(&w, r->signature);
	der_put_close(&w);
	if (!bytes_eq(buf_bytes(&w.out), in) || !address_is_station(r->station))
		bug("a last word of another spelling");
	der_wr_free(&w);
}

/* A station of its very name, with a key that signed nothing. */
static void
does_not_hold(const struct last_word *r)
{
	static const uint8_t seed[64] = { 1 };
	static struct sig_key *key;
	struct cert station = { .address = r->station,
		.rights.kind = CERT_STATION };

	if (key == NULL)
		key = sig_key_of(
		    sig_by_name("MLDSA65-Ed25519"), bytes_of(seed, 64));
	station.sig = sig_key_alg(key);
	station.pub = sig_key_pub(key);
	if (last_holds(r, &station))
		bug("a last word by nobody");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct last_word r;
	struct err e;

	if (last_read(&r, in, &e) != RC_OK)
		return 0;
	comes_back(&r, in);
	does_not_hold(&r);
	return 0;
}

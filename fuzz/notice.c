/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A notice, its batches and their statements: what is read has one spelling,
 * and no key that did not sign a batch vouches for it.
 */
#include <string.h>

#include "dispatch/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
statement_comes_back(struct bytes in)
{
	struct der_wr w = { 0 };
	struct statement s;
	struct err e;

	if (statement_read(&s, in, &e) != RC_OK)
		return;
	statement_write(&w, &s);
	if (!bytes_eq(buf_bytes(&w.out), in))
		bug("a statement of another spelling");
	der_wr_free(&w);
}

static void
batch_holds_nothing(struct bytes in)
{
	static const uint8_t seed[64] = { 1 };
	struct known_signer who = { .until = INT64_MAX };
	static struct sig_pub *pub;
	struct sig_key *key;
	struct batch b;
	struct err e;
	size_t i;

	if (pub == NULL) {
		key = sig_key_of(
		    sig_by_name("MLDSA65-Ed25519"), bytes_of(seed, 64));
		pub = sig_pub_of(sig_key_alg(key), sig_key_pub(key));
		sig_key_free(key);
	}
	if (batch_read(&b, in, &e) != RC_OK)
		return;
	who.pub = pub;
	memcpy(who.cert, b.signer.cert, SHA256_SIZE);
	if (batch_verify(&b, &who, &e) == RC_OK)
		bug("a batch by nobody");
	for (i = 0; i < b.log.count; i++)
		if (b.log.items[i].entry.p != NULL)
			statement_comes_back(b.log.items[i].entry);
	batch_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size), rest, one;
	struct buf again;
	struct notice n;
	struct err e;

	statement_comes_back(in);
	if (notice_read(&n, in, &e) != RC_OK)
		return 0;
	notice_write(&again, &n.header, n.batches);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("a notice of another spelling");
	buf_free(&again);
	rest = n.batches;
	while (notice_next(&rest, &one))
		batch_holds_nothing(one);
	return 0;
}

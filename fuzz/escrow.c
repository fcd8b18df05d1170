/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An escrow: what is read is of the suites and written as the page says; a key
 * that it is not for gets nothing out of it.
 */
#include "pki/escrow.h"
#include "crypto/aead.h"
#include "crypto/suite.h"
#include "der/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
comes_back(const struct escrow *s, struct bytes in)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, s->head);
	der_put_octets(&w, s->sealed);
	der_put_close(&w);
	if (!bytes_eq(buf_bytes(&w.out), in) || s->nonce.len != AEAD_NONCE ||
	    s->sealed.len <= AEAD_TAG || s->ciphertext.len != s->kem->ct ||
	    !suite_kem_is_composite(s->alg) || !suite_kem_is_composite(s->kem))
		bug("an escrow of another spelling");
	der_wr_free(&w);
}

/* Whoever it says it is for. */
static void
does_not_open(struct escrow *s)
{
	static struct kem_key *keys[2];
	struct kem_key *out;
	struct err e;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (keys[i] == NULL)
			keys[i] = kem_generate(kem_by_name(suite_table[i].kem));
		tag_of(&s->to, kem_key_alg(keys[i])->oid, kem_key_pub(keys[i]));
		if (escrow_open(&out, s, keys[i], &e) != RC_DENIED ||
		    out != NULL)
			bug("an escrow that opens");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct escrow s;
	struct err e;

	if (escrow_read(&s, bytes_of(data, size), &e) != RC_OK)
		return 0;
	comes_back(&s, bytes_of(data, size));
	does_not_open(&s);
	return 0;
}

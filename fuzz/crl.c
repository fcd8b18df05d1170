/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A revocation list: what is read is what would be written, and no key that did
 * not sign it vouches for it.
 */
#include <stdlib.h>

#include "core/vec.h"
#include "pki/crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An authority of its very name and key identifier, with a key that signed
 * nothing: of the list's algorithm. */
static void
comes_back(const struct crl *c)
{
	struct sig_key *key = sig_generate(c->signed_by);
	struct cert issuer = { .name = c->issuer,
		.tag = c->issuer_tag,
		.use = CERT_SIGN,
		.rights.kind = CERT_AUTHORITY,
		.sig = c->signed_by,
		.pub = sig_key_pub(key) };
	struct crl_request r = { .issuer = &issuer,
		.number = c->number,
		.at = c->at,
		.next = c->next };
	struct bytes rest = c->entries;
	struct crl_entry one;
	struct crl again;
	struct buf der;
	struct err e;

	while (crl_next(&rest, &one)) {
		r.entries = vec_more(r.entries, r.count, sizeof(one));
		r.entries[r.count++] = one;
	}
	crl_write(&der, &r, key);
	if (r.count != c->count ||
	    crl_read(&again, buf_bytes(&der), &e) != RC_OK ||
	    !bytes_eq(again.tbs, c->tbs))
		bug("a revocation list of another spelling");
	if (crl_verify(c, &issuer) || !crl_verify(&again, &issuer))
		bug("a revocation list by nobody");
	free(r.entries);
	buf_free(&der);
	sig_key_free(key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crl c;
	struct err e;

	if (crl_read(&c, bytes_of(data, size), &e) == RC_OK)
		comes_back(&c);
	return 0;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SignedData of either kind, as the first byte says; what is inside is read on
 * as it would be if the signature held, which it does not.
 */
#include <string.h>

#include "core/time.h"
#include "envelope/signed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
inside(struct bytes in, struct bytes part)
{
	if (part.len > 0 && (part.p < in.p || part.len > in.len ||
				part.p > in.p + (in.len - part.len)))
		bug("a value that is not of the input");
}

static void
dispatch_inside(const struct signed_data *s)
{
	struct dispatch d;
	struct bytes data;
	struct err e;

	if (s->cert.len != SHA256_SIZE || s->receipt_id.len != ID_SIZE ||
	    s->signed_at == TIME_NEVER || s->level >= LEVELS)
		bug("a dispatch without its attributes");
	if (content_read(&data, s->content, &e) == RC_OK)
		inside(s->content, data);
	if (dispatch_read(&d, s->statement, &e) == RC_OK)
		dispatch_free(&d);
}

static void
does_not_hold(const struct signed_data *s)
{
	uint8_t digest[SHA512_SIZE], cert[SHA256_SIZE] = { 0 };
	static const uint8_t seed[SIG_PRIV_MAX] = { 1 };
	static struct sig_key *key;
	static struct sig_pub *pub;

	if (key == NULL) {
		key = sig_key_of(sig_by_name("Ed25519"), bytes_of(seed, 32));
		pub = sig_pub_of(sig_key_alg(key), sig_key_pub(key));
	}
	sha512(digest, s->content);
	if (signed_verify(s, pub, cert, digest))
		bug("a signature by nobody");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(bytes_of(data, size));
	enum signed_kind kind =
	    rd_u8(&r) & 1 ? SIGNED_DOCUMENT : SIGNED_DISPATCH;
	struct bytes in = rd_rest(&r);
	struct signed_data s;
	struct err e;

	if (signed_read(&s, kind, in, &e) != RC_OK)
		return 0;
	inside(in, s.content);
	inside(in, s.attributes);
	inside(in, s.signature);
	inside(in, s.statement);
	if (s.alg == NULL || s.signer.len == 0 || s.digest.len != SHA512_SIZE ||
	    s.attributes.p[0] != DER_CTXC(0))
		bug("a signature without what it must have");
	if (kind == SIGNED_DISPATCH)
		dispatch_inside(&s);
	does_not_hold(&s);
	return 0;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether signatures hold: the last step of signed.h. */
#include "envelope/signed.h"

/* Over content of this digest, under this key; who has it is asked before. */
static bool
signature_holds(const struct signed_data *s, const struct sig_pub *pub,
    const uint8_t digest[static SHA512_SIZE])
{
	struct buf set = { 0 };
	bool ok;

	if (s->alg != sig_pub_alg(pub) ||
	    !bytes_eq(s->digest, bytes_of(digest, SHA512_SIZE)))
		return false;
	buf_add(&set, s->attributes);
	set.p[0] = DER_SET;
	ok =
	    sig_verify(pub, (struct bytes){ 0 }, buf_bytes(&set), s->signature);
	buf_free(&set);
	return ok;
}

bool
signed_verify(const struct signed_data *s, const struct sig_pub *pub,
    const uint8_t cert[static SHA256_SIZE],
    const uint8_t digest[static SHA512_SIZE])
{
	return (s->cert.len == 0 ||
		   bytes_eq(s->cert, bytes_of(cert, SHA256_SIZE))) &&
	       signature_holds(s, pub, digest);
}

bool
signed_names(const struct signed_data *s, struct bytes cert)
{
	uint8_t hash[SHA512_SIZE];

	if (s->cert.len == SHA512_SIZE)
		sha512(hash, cert);
	else
		sha256(hash, cert);
	return s->cert.len == 0 ||
	       bytes_eq(s->cert, bytes_of(hash, s->cert.len));
}

bool
signed_document_verify(const struct signed_data *s, const struct sig_pub *pub,
    struct bytes cert, const uint8_t digest[static SHA512_SIZE])
{
	return signed_names(s, cert) && signature_holds(s, pub, digest);
}

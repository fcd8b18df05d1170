/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/stated.h"

#include "crypto/suite.h"

static void
put_signed(struct der_wr *w, struct bytes parts)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_raw(w, parts);
	der_put_close(w);
}

void
stated_write(struct buf *out, struct der_wr *body, const char *context,
    const struct sig_key *key)
{
	struct der_wr to_sign = { 0 }, w = { 0 };
	uint8_t signature[SIG_MAX];
	size_t len;

	if (!suite_sig_is_composite(sig_key_alg(key)))
		bug("a station states nothing under a key of this kind");
	put_signed(&to_sign, buf_bytes(&body->out));
	len = sig_sign(
	    key, bytes_str(context), buf_bytes(&to_sign.out), signature);
	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, buf_bytes(&body->out));
	der_put_octets(&w, bytes_of(signature, len));
	der_put_close(&w);
	*out = w.out;
	der_wr_free(body);
	der_wr_free(&to_sign);
}

bool
stated_holds(struct bytes parts, struct bytes signature, const char *context,
    const struct cert *station)
{
	struct der_wr was_signed = { 0 };
	struct sig_pub *pub;
	bool ok;

	if (station->use != CERT_SIGN || station->rights.kind != CERT_STATION ||
	    !suite_sig_is_composite(station->sig))
		return false;
	pub = sig_pub_of(station->sig, station->pub);
	put_signed(&was_signed, parts);
	ok = pub != NULL && sig_verify(pub, bytes_str(context),
				buf_bytes(&was_signed.out), signature);
	der_wr_free(&was_signed);
	sig_pub_free(pub);
	return ok;
}

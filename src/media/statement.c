/* SPDX-License-Identifier: EUPL-1.2 */
#include "media/statement.h"

#include <string.h>

#include "core/limits.h"
#include "core/time.h"
#include "crypto/suite.h"
#include "der/der.h"
#include "envelope/address.h"

#define VERSION 1
#define CONTEXT "antin bundle"

/* docs/media.md 3.1, all before the signature. */
static void
body_write(struct der_wr *w, const struct bundle_statement *s)
{
	der_put_uint(w, VERSION);
	der_put(w, DER_IA5, s->from);
	der_put(w, DER_IA5, s->to);
	der_put_uint(w, s->number);
	der_put_uint(w, s->incarnation);
	der_put_uint(w, (uint64_t)s->at);
	der_put_uint(w, s->open);
	der_put_octets(w, bytes_of(s->head, sizeof(s->head)));
}

/* What is signed: the same in a SEQUENCE of its own. */
static void
signed_write(struct der_wr *w, struct bytes body)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_raw(w, body);
	der_put_close(w);
}

void
bundle_statement_write(struct buf *out, const struct bundle_statement *s,
    const struct sig_key *key)
{
	struct der_wr body = { 0 }, to_sign = { 0 }, w = { 0 };
	uint8_t signature[SIG_MAX];
	size_t len;

	if (!address_is_station(s->from) || !address_is_station(s->to) ||
	    s->number == 0 || s->number > INT64_MAX || s->at < 0 ||
	    !suite_sig_is_composite(sig_key_alg(key)))
		bug("a bundle of no station or number");
	body_write(&body, s);
	signed_write(&to_sign, buf_bytes(&body.out));
	len = sig_sign(
	    key, bytes_str(CONTEXT), buf_bytes(&to_sign.out), signature);
	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, buf_bytes(&body.out));
	der_put_octets(&w, bytes_of(signature, len));
	der_put_close(&w);
	*out = w.out;
	der_wr_free(&body);
	der_wr_free(&to_sign);
}

enum rc
bundle_statement_read(
    struct bundle_statement *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	const uint8_t *start;
	struct bytes head;

	*out = (struct bundle_statement){ 0 };
	if (in.len > BUNDLE_STATEMENT_MAX)
		return fail(e, RC_LIMIT,
		    "a bundle's statement of %zu bytes, at most %u", in.len,
		    BUNDLE_STATEMENT_MAX);
	der_open(&d, DER_SEQUENCE);
	start = d.at;
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	out->from = der_ia5(&d, LIMIT_ADDRESS);
	out->to = der_ia5(&d, LIMIT_ADDRESS);
	out->number = der_uint(&d, INT64_MAX);
	out->incarnation = der_uint(&d, INT64_MAX);
	out->at = (int64_t)der_uint(&d, (uint64_t)TIME_MAX);
	out->open = der_uint(&d, INT64_MAX);
	head = der_octets(&d, SHA256_SIZE, SHA256_SIZE);
	if (d.why == NULL) {
		memcpy(out->head, head.p, SHA256_SIZE);
		out->signed_part = bytes_of(start, (size_t)(d.at - start));
	}
	out->signature = der_octets(&d, 1, SIG_MAX);
	der_close(&d);
	if (d.why == NULL &&
	    (!address_is_station(out->from) || !address_is_station(out->to)))
		der_fault(&d, "not a station's address");
	if (d.why == NULL && out->number == 0)
		der_fault(&d, "bundles count from 1");
	return der_end(&d, "docs/media.md 3.1: a bundle's statement", e);
}

bool
bundle_statement_holds(
    const struct bundle_statement *s, const struct cert *station)
{
	struct der_wr was_signed = { 0 };
	struct sig_pub *pub;
	bool ok;

	if (station->use != CERT_SIGN || station->rights.kind != CERT_STATION ||
	    !suite_sig_is_composite(station->sig))
		return false;
	pub = sig_pub_of(station->sig, station->pub);
	signed_write(&was_signed, s->signed_part);
	ok = pub != NULL && sig_verify(pub, bytes_str(CONTEXT),
				buf_bytes(&was_signed.out), s->signature);
	der_wr_free(&was_signed);
	sig_pub_free(pub);
	return ok;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/last.h"

#include <string.h>

#include "core/limits.h"
#include "crypto/suite.h"
#include "der/der.h"
#include "envelope/address.h"
#include "pki/holds.h"

#define VERSION 1
#define CONTEXT "antin last word"

/* docs/emergency.md 3.1, all before the signature. */
static void
body_write(struct der_wr *w, const struct last_word *r)
{
	size_t i;

	der_put_uint(w, VERSION);
	der_put(w, DER_IA5, r->station);
	der_put_time(w, r->at);
	der_put_uint(w, r->incarnation);
	der_put_uint(w, r->size);
	der_put_octets(w, bytes_of(r->root.b, SHA256_SIZE));
	der_put_open(w, DER_SEQUENCE);
	for (i = 0; i < r->by_count; i++)
		der_put(w, DER_IA5, r->by[i]);
	der_put_close(w);
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
last_write(
    struct buf *out, const struct last_word *r, const struct sig_key *key)
{
	struct der_wr body = { 0 }, to_sign = { 0 }, w = { 0 };
	uint8_t signature[SIG_MAX];
	size_t len;

	if (r->by_count > LAST_BY || !address_is_station(r->station) ||
	    !suite_sig_is_composite(sig_key_alg(key)))
		bug("a last word of no station");
	body_write(&body, r);
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
last_read(struct last_word *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	const uint8_t *start;
	struct bytes root;

	*out = (struct last_word){ 0 };
	if (in.len > LAST_MAX)
		return fail(e, RC_LIMIT, "a last word of %zu bytes, at most %u",
		    in.len, LAST_MAX);
	der_open(&d, DER_SEQUENCE);
	start = d.at;
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	out->station = der_ia5(&d, LIMIT_ADDRESS);
	out->at = der_time(&d);
	out->incarnation = der_uint(&d, INT64_MAX);
	out->size = der_uint(&d, INT64_MAX);
	root = der_octets(&d, SHA256_SIZE, SHA256_SIZE);
	der_open(&d, DER_SEQUENCE);
	while (der_more(&d) && out->by_count < LAST_BY)
		out->by[out->by_count++] = der_ia5(&d, LIMIT_ADDRESS);
	der_close(&d);
	if (d.why == NULL) {
		memcpy(out->root.b, root.p, SHA256_SIZE);
		out->signed_part = bytes_of(start, (size_t)(d.at - start));
	}
	out->signature = der_octets(&d, 1, SIG_MAX);
	der_close(&d);
	if (d.why == NULL && !address_is_station(out->station))
		der_fault(&d, "not a station's address");
	return der_end(&d, "docs/emergency.md 3.1: a last word", e);
}

bool
last_holds(const struct last_word *r, const struct cert *station)
{
	struct sig_pub *pub;
	struct der_wr was_signed = { 0 };
	bool ok;

	if (station->use != CERT_SIGN || station->rights.kind != CERT_STATION ||
	    !suite_sig_is_composite(station->sig) ||
	    !bytes_eq(r->station, station->address))
		return false;
	pub = sig_pub_of(station->sig, station->pub);
	signed_write(&was_signed, r->signed_part);
	ok = pub != NULL && sig_verify(pub, bytes_str(CONTEXT),
				buf_bytes(&was_signed.out), r->signature);
	der_wr_free(&was_signed);
	sig_pub_free(pub);
	return ok;
}

enum rc
last_counts(struct directory *d, const struct last_word *r, size_t unit,
    int64_t t, struct err *e)
{
	const struct state *s = &d->state;
	const struct dcert *c;
	size_t i;

	for (i = s->units[unit].certs; i != NONE; i = c->next) {
		c = &s->certs[i];
		if (c->holder == NONE && c->from <= t && t < c->until &&
		    directory_holds(d, i) && last_holds(r, &c->cert))
			return RC_OK;
	}
	return fail(e, RC_DENIED,
	    "docs/emergency.md 3.3: the last word of %.*s is not signed by "
	    "a key of that station in force",
	    (int)r->station.len, (const char *)r->station.p);
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "media/statement.h"

#include <string.h>

#include "core/limits.h"
#include "core/time.h"
#include "der/der.h"
#include "envelope/address.h"
#include "pki/stated.h"

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

void
bundle_statement_write(struct buf *out, const struct bundle_statement *s,
    const struct sig_key *key)
{
	struct der_wr body = { 0 };

	if (!address_is_station(s->from) || !address_is_station(s->to) ||
	    s->number == 0 || s->number > INT64_MAX || s->at < 0)
		bug("a bundle of no station or number");
	body_write(&body, s);
	stated_write(out, &body, CONTEXT, key);
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
	return stated_holds(s->signed_part, s->signature, CONTEXT, station);
}

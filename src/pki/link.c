/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/link.h"

#include <inttypes.h>
#include <string.h>

#include "core/limits.h"
#include "crypto/suite.h"
#include "der/der.h"
#include "envelope/address.h"
#include "pki/stated.h"

#define VERSION 1
#define CONTEXT "antin link"

/* docs/pki.md 4.1, all before the signature. */
static void
body_write(
    struct der_wr *w, struct bytes station, uint64_t epoch, struct bytes key)
{
	der_put_uint(w, VERSION);
	der_put(w, DER_IA5, station);
	der_put_uint(w, epoch);
	der_put_octets(w, key);
}

void
link_write(struct buf *out, struct bytes station, uint64_t epoch,
    const uint8_t link_key[static LINK_KEY], const struct sig_key *key)
{
	struct der_wr body = { 0 };

	if (epoch == 0 || !address_is_station(station))
		bug("a link statement of no station or epoch");
	body_write(&body, station, epoch, bytes_of(link_key, LINK_KEY));
	stated_write(out, &body, CONTEXT, key);
}

enum rc
link_read(struct link_statement *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	const uint8_t *start;

	*out = (struct link_statement){ 0 };
	if (in.len > LINK_STATEMENT_MAX)
		return fail(e, RC_LIMIT,
		    "a link statement of %zu bytes, at most %u", in.len,
		    LINK_STATEMENT_MAX);
	der_open(&d, DER_SEQUENCE);
	start = d.at;
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	out->station = der_ia5(&d, LIMIT_ADDRESS);
	out->epoch = der_uint(&d, INT64_MAX);
	out->key = der_octets(&d, LINK_KEY, LINK_KEY);
	if (d.why == NULL)
		out->signed_part = bytes_of(start, (size_t)(d.at - start));
	out->signature = der_octets(&d, 1, SIG_MAX);
	der_close(&d);
	if (d.why == NULL && !address_is_station(out->station))
		der_fault(&d, "not a station's address");
	if (d.why == NULL && out->epoch == 0)
		der_fault(&d, "epochs count from 1");
	return der_end(&d, "docs/pki.md 4.1: a link statement", e);
}

enum rc
link_accept(struct link_seen *seen, const struct link_statement *s,
    const struct cert *station, struct err *e)
{
	uint8_t key[SHA256_SIZE];

	if (station->use != CERT_SIGN || station->rights.kind != CERT_STATION ||
	    !suite_sig_is_composite(station->sig) ||
	    !bytes_eq(s->station, station->address))
		return fail(e, RC_DENIED,
		    "docs/pki.md 4.4: the link statement of %.*s is not of "
		    "the station that is known",
		    (int)s->station.len, (const char *)s->station.p);
	if (!stated_holds(s->signed_part, s->signature, CONTEXT, station))
		return fail(e, RC_DENIED,
		    "docs/pki.md 4.2: the signature of the link statement does "
		    "not hold");
	sha256(key, s->key);
	if (!bytes_eq(tag_bytes(&seen->station), tag_bytes(&station->tag)))
		*seen = (struct link_seen){ .station = station->tag };
	if (s->epoch < seen->epoch ||
	    (s->epoch == seen->epoch && memcmp(key, seen->key, sizeof(key))))
		return fail(e, RC_EXPIRED,
		    "docs/pki.md 4.3: epoch %" PRIu64 " of the link, or "
		    "another key of it; epoch %" PRIu64 " was seen",
		    s->epoch, seen->epoch);
	seen->epoch = s->epoch;
	memcpy(seen->key, key, sizeof(key));
	return RC_OK;
}

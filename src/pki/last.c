/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/last.h"

#include <string.h>

#include "core/limits.h"
#include "der/der.h"
#include "envelope/address.h"
#include "pki/holds.h"
#include "pki/stated.h"

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

void
last_write(
    struct buf *out, const struct last_word *r, const struct sig_key *key)
{
	struct der_wr body = { 0 };

	if (r->by_count > LAST_BY || !address_is_station(r->station))
		bug("a last word of no station");
	body_write(&body, r);
	stated_write(out, &body, CONTEXT, key);
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
	return bytes_eq(r->station, station->address) &&
	       stated_holds(r->signed_part, r->signature, CONTEXT, station);
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

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A certificate where the input begins as one does, else a card: what is read
 * keeps the profile, and a card is written again as it was read.
 */
#include "pki/card.h"
#include "core/limits.h"
#include "core/time.h"
#include "der/der.h"
#include "envelope/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
keeps_the_profile(const struct cert *c)
{
	struct address a;

	if ((c->use == CERT_SIGN) != (c->sig != NULL) ||
	    (c->use == CERT_KEM) != (c->kem != NULL) || c->signed_by == NULL ||
	    c->pub.len != (c->sig != NULL ? c->sig->pub : c->kem->pub) ||
	    !address_parse(&a, c->address) || c->name.len == 0 ||
	    c->name.len > LIMIT_NAME || c->from < TIME_MIN ||
	    c->until > TIME_MAX || c->tbs.len >= c->der.len)
		bug("a certificate outside the profile");
}

static void
comes_back(const struct card *c)
{
	struct buf text, again;
	struct card back;
	struct err e;

	card_write(&text, c);
	if (card_parse(&back, buf_bytes(&text), &e) != RC_OK)
		bug("a card that was read and cannot be");
	card_write(&again, &back);
	if (!bytes_eq(buf_bytes(&text), buf_bytes(&again)))
		bug("a card that is written otherwise than it was read");
	card_free(&back);
	buf_free(&again);
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct cert cert;
	struct card c;
	struct err e;

	if (size > 0 && data[0] == DER_SEQUENCE) {
		if (cert_parse(&cert, in, &e) == RC_OK)
			keeps_the_profile(&cert);
		return 0;
	}
	if (card_parse(&c, in, &e) != RC_OK) {
		if (c.sign_der.p != NULL || c.kem_der.p != NULL ||
		    c.pub != NULL)
			bug("something is left of what was not read");
		return 0;
	}
	keeps_the_profile(&c.sign);
	if (c.has_kem)
		keeps_the_profile(&c.kem);
	comes_back(&c);
	card_free(&c);
	return 0;
}

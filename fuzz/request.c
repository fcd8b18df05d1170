/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A request: what is read is for one thing, has a card of its own, and is
 * written again as it was but for its proof.
 */
#include <string.h>

#include "crypto/suite.h"
#include "pki/enrol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
comes_back(const struct request *r, struct bytes in)
{
	static const uint8_t key[ENROL_KEY] = { 7 };
	struct buf again;
	struct err e;
	bool same;

	request_write(&again, r, key, NULL);
	same = bytes_eq(buf_bytes(&again), in);
	if (!same && r->proof.len == ENROL_KEY &&
	    (again.len != in.len ||
		memcmp(again.p, in.p, in.len - ENROL_KEY) != 0))
		bug("a request of another spelling");
	if ((request_verify(r, key, &e) == RC_OK) !=
	    (same && r->earlier.len == 0))
		bug("a request by nobody");
	if (request_verify_renewal(r, r->card.pub, &e) == RC_OK &&
	    r->earlier.len == 0)
		bug("a renewal of nothing");
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request r;
	struct err e;

	if (request_read(&r, bytes_of(data, size), &e) != RC_OK) {
		if (r.card.pub != NULL || r.card_pem.p != NULL)
			bug("something is left of what was not read");
		return 0;
	}
	if (r.card.issued || !suite_sig_is_composite(r.card.sign.sig))
		bug("a request with a card that is not its own");
	comes_back(&r, bytes_of(data, size));
	request_free(&r);
	return 0;
}

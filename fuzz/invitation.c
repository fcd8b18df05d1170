/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An invitation: what is read is written again as it was but for its proof,
 * and no code that was not asked vouches for it.
 */
#include <string.h>

#include "core/limits.h"
#include "envelope/address.h"
#include "pki/enrol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[ENROL_KEY] = { 7 };
	struct invitation i;
	struct buf again;
	struct err e;

	if (invitation_read(&i, bytes_of(data, size), &e) != RC_OK)
		return 0;
	if (i.rights.kind == CERT_CARD || i.name.len > LIMIT_NAME ||
	    address_is_desk(i.address) == address_is_station(i.address))
		bug("an invitation of nobody");
	invitation_write(&again, &i, key);
	if (again.len != size || memcmp(again.p, data, size - ENROL_KEY) != 0)
		bug("an invitation of another spelling");
	if ((invitation_verify(&i, key, &e) == RC_OK) !=
	    (memcmp(again.p, data, size) == 0))
		bug("an invitation by nobody");
	buf_free(&again);
	return 0;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An answer: what is read has a certificate or two, and is written again as it
 * was but for its proof.
 */
#include <string.h>

#include "der/der.h"
#include "pki/enrol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[ENROL_KEY] = { 7 };
	struct bytes one, two;
	struct answer a;
	struct buf again;
	struct err e;

	if (answer_read(&a, bytes_of(data, size), &e) != RC_OK)
		return 0;
	one = der_element(a.certs);
	two = der_element(bytes_of(a.certs.p + one.len, a.certs.len - one.len));
	if (one.len == 0 || one.len + two.len != a.certs.len)
		bug("an answer without certificates, or with too many");
	answer_write(&again, &a, key);
	if (again.len != size || memcmp(again.p, data, size - ENROL_KEY) != 0)
		bug("an answer of another spelling");
	if ((answer_verify(&a, key, &e) == RC_OK) !=
	    (memcmp(again.p, data, size) == 0))
		bug("an answer by nobody");
	buf_free(&again);
	return 0;
}

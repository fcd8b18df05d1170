/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A share: what is read has one spelling in letters, and alone it joins to
 * nothing.
 */
#include <string.h>

#include "pki/keyshare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t key[SHAMIR_SECRET], one[SHA256_SIZE], two[SHA256_SIZE];
	struct keyshare s, back;
	struct id set = { { 0 } };
	struct buf code;
	struct err e;

	if (keyshare_read(&s, bytes_of(data, size), &e) != RC_OK)
		return 0;
	keyshare_write(&code, &s);
	if (code.len != 77 ||
	    keyshare_read(&back, buf_bytes(&code), &e) != RC_OK)
		bug("a share that was read and cannot be");
	keyshare_hash(one, &s);
	keyshare_hash(two, &back);
	memcpy(set.b, s.set, KEYSHARE_SET);
	if (memcmp(one, two, sizeof(one)) != 0 || s.quorum < 2 ||
	    s.quorum > s.count || s.count > SHAMIR_MAX || s.share.x == 0 ||
	    s.share.x > s.count ||
	    keyshare_join(key, &s, 1, &set, &e) != RC_DENIED)
		bug("a share that is none");
	buf_free(&code);
	return 0;
}

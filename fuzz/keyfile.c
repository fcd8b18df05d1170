/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A key file.  One with a passphrase is only looked at: Argon2id is slow by
 * its nature, and its bounds have a test of their own.
 */
#include "crypto/keyfile.h"
#include "pki/card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size), none = { 0 };
	struct buf public, secret;
	struct identity id;
	bool protected;
	struct err e;
	enum rc rc;

	rc = keyfile_public(&public, &protected, in, &e);
	if (rc != RC_OK) {
		if (public.p != NULL || (rc != RC_INVALID && rc != RC_LIMIT))
			bug("something is left of what was not read");
		return 0;
	}
	if (!protected) {
		rc = keyfile_open(&secret, in, none, &e);
		if (rc != RC_OK && (rc != RC_DENIED || secret.p != NULL))
			bug("something is left of what did not open");
		if (identity_open(&id, in, none, &e) == RC_OK && rc != RC_OK)
			bug("an identity of a file that does not open");
		identity_free(&id);
		buf_free(&secret);
	}
	buf_free(&public);
	return 0;
}

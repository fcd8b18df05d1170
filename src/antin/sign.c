/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>

#include "antin/digest.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "file/file.h"

static enum rc
sign(const struct args *a, struct err *e)
{
	const char *path = a->rest[0], *out = arg(a, "out"), *key;
	uint8_t digest[SHA512_SIZE];
	struct identity me = { 0 };
	struct buf signature = { 0 };
	struct signer signer;
	char *named = NULL;
	enum rc rc;

	if (asprintf(&named, "%s.sig", path) < 0)
		bug("no memory");
	if ((rc = arg_must(&key, a, "key", e)) != RC_OK ||
	    (rc = digest_file(digest, path, e)) != RC_OK ||
	    (rc = who_acts(&me, a, key, e)) != RC_OK ||
	    (rc = cert_valid_at(&me.card.sign, time_now(), e)) != RC_OK)
		goto out;
	signer = identity_signer(&me);
	signed_document(&signature, digest, &signer, time_now());
	out = out == NULL ? named : out;
	rc = file_write(
	    out, buf_bytes(&signature), 0644, arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("Signed: %s\n", out);
out:
	identity_free(&me);
	buf_free(&signature);
	free(named);
	return rc;
}

static const struct opt opts[] = {
	{ "key", "FILE.key", "the key file of who signs", false },
	{ "out", "FILE", "the signature file (default: FILE.sig)", false },
	OPT_PASSPHRASE,
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_sign = {
	.name = "sign",
	.args = "FILE",
	.does = "Sign a file of any kind and size; the signature is a file "
		"beside it.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = sign,
};

/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>

#include "antin/digest.h"
#include "antin/evidence.h"
#include "antin/show.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "crypto/suite.h"
#include "file/file.h"

#define SIGNATURE_MAX (256u << 10) /* bytes of a signature file */

static enum rc
check_who(const struct somebody *who, const struct signed_data *s,
    const struct args *a, struct err *e)
{
	char from[TIME_TEXT], until[TIME_TEXT];
	int64_t at;

	if (who->pub == NULL)
		return fail(e, RC_DENIED,
		    "the signature is of somebody unknown: give the card of "
		    "its signer by --from, or the --directory that knows him");
	if (!suite_sig_is_composite(s->alg) && !arg_given(a, "foreign"))
		return fail(e, RC_DENIED,
		    "the signature is by %s, which is for foreign tools; "
		    "give --foreign if that is meant",
		    s->alg->name);
	/* judged by what held at its date, where it says one */
	at = s->signed_at == TIME_NEVER ? time_now() : s->signed_at;
	if (at >= who->from && at <= who->until)
		return RC_OK;
	time_write_vn(from, who->from);
	time_write_vn(until, who->until);
	return fail(e, RC_EXPIRED,
	    "the certificate of \"%.*s\" is outside its time: %s to %s",
	    (int)who->name.len, (const char *)who->name.p, from, until);
}

static void
tell(const struct args *a, const struct somebody *who,
    const struct signed_data *s)
{
	json_t *root = json_object();

	show_text(root, "file", bytes_str(a->rest[0]));
	show_word(root, "signature", "holds");
	show_text(root, "signer", who->name);
	show_text(root, "address", who->address);
	show_word(root, "algorithm", s->alg->name);
	show_hex(root, "fingerprint", bytes_of(who->fingerprint, SHA256_SIZE));
	if (s->signed_at != TIME_NEVER)
		show_time(root, "signed_at", s->signed_at);
	show(root, arg_given(a, "json"));
}

static enum rc
verify(const struct args *a, struct err *e)
{
	const char *path = a->rest[0], *sig_path = arg(a, "signature");
	uint8_t digest[SHA512_SIZE];
	struct known known = { 0 };
	struct somebody who = { 0 };
	struct buf file = { 0 };
	struct signed_data s;
	char *named = NULL;
	enum rc rc;

	if (evidence_looks(path))
		return evidence_verify(a, e);
	if (asprintf(&named, "%s.sig", path) < 0)
		bug("no memory");
	sig_path = sig_path == NULL ? named : sig_path;
	if ((rc = file_read(&file, sig_path, SIGNATURE_MAX, e)) != RC_OK ||
	    (rc = signed_read(&s, SIGNED_DOCUMENT, buf_bytes(&file), e)) !=
		RC_OK ||
	    (rc = who_known(&known, a, e)) != RC_OK)
		goto out;
	(void)known_who(&known, &s, &who);
	if ((rc = check_who(&who, &s, a, e)) != RC_OK ||
	    (rc = digest_file(digest, path, e)) != RC_OK)
		goto out;
	if (signed_document_verify(&s, who.pub, who.cert, digest))
		tell(a, &who, &s);
	else
		rc = fail(e, RC_DENIED,
		    "the signature does not hold: %s was changed, or \"%.*s\" "
		    "did not sign it",
		    path, (int)who.name.len, (const char *)who.name.p);
out:
	known_free(&known);
	buf_free(&file);
	free(named);
	return rc;
}

static const struct opt opts[] = {
	{ "from", "CARD", "the signer's card (or a folder of cards)", true },
	OPT_DIRECTORY,
	{ "signature", "FILE", "the signature file (default: FILE.sig)",
	    false },
	{ "foreign", NULL, "allow keys that are for foreign tools only",
	    false },
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_verify = {
	.name = "verify",
	.args = "FILE",
	.does = "Check the signature of a file: who signed it, when, and that "
		"it was not changed since; or an evidence file: each receipt "
		"and entry in it.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = verify,
};

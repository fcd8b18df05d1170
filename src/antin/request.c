/* SPDX-License-Identifier: EUPL-1.2 */
/* antin enrol request: a newcomer makes keys and asks for certificates. */
#include "antin/request.h"

#include "antin/enrol_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/tree.h"
#include "core/lang.h"
#include "core/time.h"
#include "crypto/suite.h"

#define DAYS_WAIT 60 /* that a self-made card holds, until it is certified */

void
asking_free(struct asking *k)
{
	identity_free(&k->id);
	identity_free(&k->earlier);
	buf_free(&k->invitation_file);
	buf_free(&k->escrow);
	buf_free(&k->escrow_for);
	wipe(k->key, sizeof(k->key));
	*k = (struct asking){ 0 };
}

enum rc
asking_invited(struct asking *k, const struct args *a, struct err *e)
{
	const char *path = arg(a, "invitation");
	struct buf code;
	enum rc rc;

	rc = file_read(&k->invitation_file, path, INVITATION_MAX, e);
	if (rc == RC_OK)
		rc = invitation_read(
		    &k->invitation, buf_bytes(&k->invitation_file), e);
	if (rc != RC_OK)
		return fail_at(e, "%s", path);
	rc = passphrase_get(
	    &code, a, "code-file", tr("One-time code"), false, e);
	if (rc == RC_OK)
		rc = enrol_key(k->key, buf_bytes(&code), &k->invitation.id, e);
	buf_free(&code);
	if (rc == RC_OK)
		rc = invitation_verify(&k->invitation, k->key, e);
	if (rc == RC_OK && k->invitation.until < time_now())
		rc = fail(e, RC_EXPIRED,
		    "the invitation has expired; ask for another one");
	k->name = k->invitation.name;
	k->address = k->invitation.address;
	k->kind = k->invitation.rights.kind;
	buf_add(&k->escrow_for, k->invitation.escrow);
	return rc;
}

/* Whom the authority of a unit would have a KEM key sealed for. */
static enum rc
find_escrow(struct asking *k, const struct args *a, struct err *e)
{
	struct directory *d;
	struct resolved r;
	size_t cert = NONE;
	enum rc rc;

	if (!tree_given(a)) {
		say("Without --directory the new key is not put into escrow: "
		    "if it is lost, nobody opens what was sealed for it.\n");
		return RC_OK;
	}
	if ((rc = tree_read(&d, a, e)) != RC_OK)
		return rc;
	rc = resolve(d, k->address, time_now(), &r, e);
	if (rc == RC_OK)
		cert = cert_for_escrow(d, r.unit, time_now());
	if (cert != NONE)
		buf_add(&k->escrow_for, d->state.certs[cert].cert.der);
	directory_free(d);
	return rc;
}

/* With the key that is to be renewed. */
static enum rc
asking_again(struct asking *k, const struct args *a, struct err *e)
{
	const struct cert *old;
	enum rc rc;

	rc = who_acts(&k->earlier, a, arg(a, "renew"), e);
	if (rc != RC_OK)
		return rc;
	old = &k->earlier.card.sign;
	if (!k->earlier.card.issued)
		return fail(e, RC_USAGE,
		    "%s was never enrolled: ask with --invitation",
		    arg(a, "renew"));
	k->name = old->name;
	k->address = old->address;
	k->kind = old->rights.kind;
	k->renews = true;
	return k->kind == CERT_DESK ? find_escrow(k, a, e) : RC_OK;
}

/* docs/pki.md 2.2: who has a KEM key. */
static bool
has_kem(const struct asking *k)
{
	return k->kind == CERT_AUTHORITY ? k->recovers : k->kind != CERT_PERSON;
}

enum rc
asking_keys(struct asking *k, const struct suite *suite, struct err *e)
{
	const int64_t now = time_now();
	struct cert to;
	enum rc rc;

	rc = identity_new(&k->id, sig_by_name(suite->sig),
	    has_kem(k) ? kem_by_name(suite->kem) : NULL, k->name, k->address,
	    now, now + DAYS_WAIT * TIME_DAY, e);
	if (rc != RC_OK)
		return rc;
	if (k->renews)
		identity_keep(&k->id, &k->earlier);
	if (k->escrow_for.len == 0)
		return RC_OK;
	if ((rc = cert_parse(&to, buf_bytes(&k->escrow_for), e)) != RC_OK)
		return rc;
	return escrow_seal(&k->escrow, k->address, k->id.kem, &to, e);
}

/* The message, and what is waited for; *words are to be compared. */
static enum rc
write_message(
    const struct asking *k, const char *name, bool replace, struct err *e)
{
	char *path = beside(name, ".request"), *wait = beside(name, ".pending");
	struct buf message, card, pending, words;
	struct request r = { .at = time_now(),
		.escrow = buf_bytes(&k->escrow) };
	uint8_t hash[SHA256_SIZE];
	enum rc rc;

	card_write(&card, &k->id.card);
	r.card_pem = buf_bytes(&card);
	if (k->renews)
		r.earlier = bytes_of(k->earlier.card.sign_cert, SHA256_SIZE);
	else
		r.invitation = k->invitation.id;
	request_write(&message, &r, k->renews ? NULL : k->key, &k->earlier);
	sha256(hash, buf_bytes(&message));
	pending_write(&pending, bytes_of(hash, sizeof(hash)),
	    buf_bytes(&k->invitation_file),
	    bytes_of(k->key, k->renews ? 0 : ENROL_KEY));
	rc = file_write(wait, buf_bytes(&pending), 0600, replace, e);
	if (rc == RC_OK)
		rc = file_write(path, buf_bytes(&message), 0644, replace, e);
	if (rc == RC_OK) {
		if (k->line != NULL)
			say("Made %s.key, which stays here and is secret, and "
			    "%s.\n",
			    name, path);
		else
			say("Made %s.key, which stays here and is secret, and "
			    "%s: send that file to your authority.\n",
			    name, path);
		request_words(&words, hash);
		if (!k->renews)
			say("Check words; read them to your authority when it "
			    "calls:\n\n    %s\n\n",
			    (const char *)words.p);
		if (k->line == NULL)
			say("Then take over its answer: antin enrol accept %s "
			    "ANSWER\n",
			    name);
		buf_free(&words);
	}
	buf_free(&message);
	buf_free(&card);
	buf_free(&pending);
	free(path);
	free(wait);
	return rc;
}

enum rc
asking_write(const struct asking *k, const char *name, const struct lock *lock,
    bool replace, struct err *e)
{
	enum rc rc;

	rc = write_identity(name, &k->id, lock, replace, e);
	if (rc == RC_OK)
		rc = write_message(k, name, replace, e);
	return rc;
}

static enum rc
write_all(const struct asking *k, const struct args *a, struct err *e)
{
	struct lock lock = { .kind = LOCK_NONE };
	struct buf passphrase = { 0 };
	enum rc rc = RC_OK;

	if (!arg_given(a, "no-passphrase")) {
		rc = passphrase_get(&passphrase, a,
		    k->renews ? "new-passphrase-file" : "passphrase-file",
		    tr("New passphrase"), true, e);
		lock = (struct lock){ .kind = LOCK_PASSPHRASE,
			.secret = buf_bytes(&passphrase) };
	}
	if (rc == RC_OK)
		rc = asking_write(
		    k, a->rest[0], &lock, arg_given(a, "force"), e);
	buf_free(&passphrase);
	return rc;
}

/* Over the line; what was sent is in the file, to be sent again. */
static enum rc
send_request(const char *name, const char *to, struct err *e)
{
	char *path = beside(name, ".request");
	struct buf request = { 0 };
	enum line_status status;
	enum rc rc;

	rc = file_read(&request, path, REQUEST_MAX, e);
	if (rc == RC_OK &&
	    (rc = line_send(&status, to, buf_bytes(&request), e)) != RC_OK)
		rc = fail_at(e,
		    "%s was not sent; to send it again: antin enrol request "
		    "--line %s %s",
		    path, to, name);
	if (rc == RC_OK)
		say("The request waits at %s for your authority. Then take "
		    "over its answer: antin enrol accept --line %s %s\n",
		    to, to, name);
	buf_free(&request);
	free(path);
	return rc;
}

static enum rc
enrol_request(const struct args *a, struct err *e)
{
	const char *name = arg(a, "suite");
	const struct suite *suite =
	    name == NULL ? &suite_table[0] : suite_by_name(name);
	struct asking k = { .line = arg(a, "line") };
	enum rc rc;

	if (k.line != NULL && !arg_given(a, "invitation") &&
	    !arg_given(a, "renew"))
		return send_request(a->rest[0], k.line, e);
	if (suite == NULL || !suite->composite)
		return fail(e, RC_USAGE,
		    "there is no suite \"%s\"; A and B are for work", name);
	if (arg_given(a, "invitation") == arg_given(a, "renew"))
		return fail(e, RC_USAGE,
		    "--invitation is wanted, or --renew: one of them");
	rc = arg_given(a, "renew") ? asking_again(&k, a, e)
				   : asking_invited(&k, a, e);
	if (rc == RC_OK && (rc = asking_keys(&k, suite, e)) == RC_OK)
		rc = write_all(&k, a, e);
	if (rc == RC_OK && k.line != NULL)
		rc = send_request(a->rest[0], k.line, e);
	asking_free(&k);
	return rc;
}

static const struct opt opts[] = {
	{ "invitation", "FILE", "what the authority sent", false },
	{ "code-file", "FILE",
	    "read the one-time code from the first line of FILE", false },
	{ "renew", "OLD.key", "new keys in the place of these", false },
	{ "suite", "SUITE", "A (default) or B", false },
	OPT_PASSPHRASE,
	{ "new-passphrase-file", "FILE",
	    "read the new passphrase from the first line of FILE", false },
	{ "no-passphrase", NULL,
	    "protect the key by the disk alone: for a station that starts "
	    "unattended",
	    false },
	OPT_LINE,
	OPT_SHARE,
	OPT_DIRECTORY,
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_enrol_request = {
	.name = "enrol request",
	.args = "NAME",
	.does = "Answer an invitation: make keys (NAME.key) and the request "
		"for certificates (NAME.request). Or renew: new keys in the "
		"place of old ones, which still open what was sealed for "
		"them. With --line it is sent; what was made before is sent "
		"again.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = enrol_request,
};

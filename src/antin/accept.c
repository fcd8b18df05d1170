/* SPDX-License-Identifier: EUPL-1.2 */
/* antin enrol accept: a newcomer takes over what answers his request. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "antin/enrol.h"
#include "antin/enrol_line.h"
#include "antin/tree.h"
#include "core/checkwords.h"
#include "core/lang.h"
#include "core/time.h"

#define WAIT_FIRST 1 /* seconds before it is asked again, then doubled */
#define WAIT_STEP 16
#define WAIT_MOST 1209600 /* as long as a code is good */

/* ---- accept
 * ---------------------------------------------------------------------- */

struct accepting {
	const char *name;
	char *directory; /* file; owned */
	struct pending pending;
	struct buf file;
	struct answer answer;
	struct unlocked under;
	struct identity id;
	struct directory_file mine; /* a directory that is there already */
	struct directory *d;
};

static void
accepting_free(struct accepting *x)
{
	if (x->mine.directory == NULL)
		directory_free(x->d);
	directory_close(&x->mine);
	identity_free(&x->id);
	unlocked_free(&x->under);
	pending_free(&x->pending);
	buf_free(&x->file);
	free(x->directory);
}

/* The station has lost it, or never had it: so once more. */
static enum rc
send_again(enum line_status *status, const struct accepting *x, const char *to,
    struct err *e)
{
	char *path = beside(x->name, ".request");
	struct buf request = { 0 };
	uint8_t hash[SHA256_SIZE];
	enum rc rc;

	rc = file_read(&request, path, REQUEST_MAX, e);
	sha256(hash, buf_bytes(&request));
	if (rc == RC_OK &&
	    !bytes_eq(bytes_of(hash, SHA256_SIZE), x->pending.request))
		rc = fail(e, RC_DENIED,
		    "%s is not the request that is waited for", path);
	if (rc == RC_OK)
		rc = line_send(status, to, buf_bytes(&request), e);
	buf_free(&request);
	free(path);
	return rc;
}

static enum rc
fetch_once(enum line_status *status, struct accepting *x, const char *to,
    struct err *e)
{
	enum rc rc;

	rc = line_ask(status, &x->file, to, x->pending.request.p, e);
	if (rc == RC_OK && *status == LINE_UNKNOWN)
		rc = send_again(status, x, to, e);
	if (rc == RC_OK && *status == LINE_ANSWERED && x->file.len == 0)
		rc = line_ask(status, &x->file, to, x->pending.request.p, e);
	return rc;
}

/* Ask the station for it; with --wait again and again, over broken lines too.
 */
static enum rc
fetch(struct accepting *x, const struct args *a, const char *to, struct err *e)
{
	enum line_status status = LINE_UNKNOWN;
	struct timespec pause = { WAIT_FIRST, 0 };
	uint64_t seconds = 0;
	int64_t until;
	enum rc rc;

	rc = arg_number(&seconds, a, "wait", 1, WAIT_MOST, e);
	if (rc != RC_OK)
		return rc;
	until = time_now() + (int64_t)seconds;
	for (;;) {
		rc = fetch_once(&status, x, to, e);
		if ((rc == RC_OK && status == LINE_ANSWERED) ||
		    (rc != RC_OK && rc != RC_IO && rc != RC_LIMIT) ||
		    time_now() >= until)
			break;
		(void)nanosleep(&pause, NULL);
		if (pause.tv_sec < WAIT_STEP)
			pause.tv_sec *= 2;
	}
	if (rc == RC_OK && status != LINE_ANSWERED)
		rc = fail(e, RC_ABSENT,
		    "your authority has not decided yet; the request waits at "
		    "%s: ask again later, or with --wait",
		    to);
	return rc;
}

/* It answers our request, and knows the code. */
static enum rc
read_answer(struct accepting *x, const struct args *a, struct err *e)
{
	const char *to = arg(a, "line"), *path = to;
	enum rc rc;

	if ((to != NULL) != (a->rest_count == 1))
		return fail(e, RC_USAGE,
		    "wanted: NAME ANSWER, a file; or --line and NAME");
	if (to == NULL)
		path = a->rest[1];
	rc = to != NULL ? fetch(x, a, to, e)
			: file_read(&x->file, path, ANSWER_MAX, e);
	if (rc != RC_OK)
		return rc;
	rc = answer_read(&x->answer, buf_bytes(&x->file), e);
	if (rc != RC_OK)
		return fail_at(e, "%s", path);
	if (!bytes_eq(x->answer.request, x->pending.request))
		return fail(e, RC_DENIED,
		    "docs/directory.md 9.4: it answers another request than "
		    "the one of %s",
		    x->name);
	if (x->pending.key.len > 0)
		rc = answer_verify(&x->answer, x->pending.key.p, e);
	return rc;
}

/* The root that was in the invitation, which the code vouches for. */
static enum rc
begin_directory(struct accepting *x, struct err *e)
{
	struct invitation i;
	enum rc rc;

	if (x->pending.invitation.len == 0)
		return fail(e, RC_USAGE,
		    "a renewal is taken over into the directory that is there: "
		    "--directory");
	rc = invitation_read(&i, x->pending.invitation, e);
	return rc == RC_OK ? directory_new(&x->d, i.root, e) : rc;
}

/* What we know, and what the answer tells. */
static enum rc
take_directory(struct accepting *x, struct err *e)
{
	struct buf told = { 0 };
	struct applied did;
	enum rc rc;

	if (file_exists(x->directory)) {
		rc = directory_open(&x->mine, x->directory, e);
		x->d = x->mine.directory;
	} else {
		rc = begin_directory(x, e);
	}
	if (rc != RC_OK)
		return rc;
	buf_add(&told, x->answer.directory);
	return directory_apply(x->d, &told, &did, e);
}

/* The directory shows each certificate, in force, for our keys. */
static enum rc
take_certs(struct accepting *x, struct err *e)
{
	const int64_t now = time_now();
	struct bytes rest = x->answer.certs, certs[2];
	uint8_t fingerprint[SHA256_SIZE];
	const struct dcert *c;
	size_t n = 0, i;

	while (n < 2 && act_next_cert(&rest, &certs[n])) {
		cert_fingerprint(fingerprint, certs[n++]);
		i = cert_by_fingerprint(&x->d->state, fingerprint);
		if (i == NONE || !directory_holds(x->d, i))
			return fail(e, RC_DENIED,
			    "docs/directory.md 9.4: the directory that came "
			    "with the answer does not show its certificates");
		c = &x->d->state.certs[i];
		if (c->until <= now)
			return fail(e, RC_EXPIRED,
			    "the certificates have ended already: is the clock "
			    "of this machine right?");
	}
	return identity_certify(&x->id, certs, n, e);
}

/* Directory first: keys that are certified find it there. */
static enum rc
write_all(struct accepting *x, struct err *e)
{
	const struct directory_for all = { .all = true };
	char *wait = beside(x->name, ".pending");
	struct buf whole;
	enum rc rc;

	if (x->mine.directory != NULL) {
		directory_parts(&whole, x->answer.directory);
		rc = directory_append(&x->mine, buf_bytes(&whole), e);
		buf_free(&whole);
	} else {
		directory_write(&whole, x->d, &all, time_now());
		rc = directory_create(x->directory, buf_bytes(&whole), e);
		buf_free(&whole);
	}
	if (rc == RC_OK)
		rc = write_identity(x->name, &x->id, &x->under.lock, true, e);
	if (rc == RC_OK)
		(void)unlink(wait);
	free(wait);
	return rc;
}

static void
tell(const struct accepting *x)
{
	const struct cert *c = &x->id.card.sign;
	uint8_t root[SHA256_SIZE];
	struct buf words;
	char until[TIME_TEXT];

	time_write_vn(until, c->until);
	say("Enrolled: %.*s, until %s. Key file %s.key, directory %s.\n",
	    (int)c->address.len, (const char *)c->address.p, until, x->name,
	    x->directory);
	cert_fingerprint(root, x->d->root);
	checkwords_write(&words, bytes_of(root, CHECKWORDS));
	say("Check words of the root; compare them with those of your "
	    "authority:\n\n    %s\n\n",
	    (const char *)words.p);
	buf_free(&words);
}

static enum rc
enrol_accept(const struct args *a, struct err *e)
{
	struct accepting x = { .name = a->rest[0], .mine = { .fd = -1 } };
	char *wait = beside(x.name, ".pending"), *key = beside(x.name, ".key");
	const char *given = arg(a, "directory");
	enum rc rc;

	x.directory =
	    given != NULL ? beside(given, "") : beside(x.name, ".directory");
	if ((rc = pending_read(&x.pending, wait, e)) == RC_OK &&
	    (rc = read_answer(&x, a, e)) == RC_OK &&
	    (rc = who_unlocks(&x.id, &x.under, a, key, e)) == RC_OK &&
	    (rc = take_directory(&x, e)) == RC_OK &&
	    (rc = take_certs(&x, e)) == RC_OK &&
	    (rc = write_all(&x, e)) == RC_OK)
		tell(&x);
	accepting_free(&x);
	free(wait);
	free(key);
	return rc;
}

static const struct opt accept_opts[] = {
	{ "directory", "FILE",
	    "the directory file: begun, or added to (default: "
	    "NAME.directory)",
	    false },
	OPT_LINE,
	{ "wait", "SECONDS",
	    "with --line: ask until the authority has decided, at most so "
	    "long",
	    false },
	OPT_SHARE,
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_enrol_accept = {
	.name = "enrol accept",
	.args = "NAME [ANSWER]",
	.does = "Take over the certificates that answer the request of NAME, "
		"and the directory that comes with them.",
	.opts = accept_opts,
	.least = 1,
	.most = 2,
	.run = enrol_accept,
};

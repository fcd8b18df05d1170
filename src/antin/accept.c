/* SPDX-License-Identifier: EUPL-1.2 */
/* antin enrol accept, recover, restore. */
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
#include "core/utf8.h"

#define ESCROWS ".escrow"
#define RECOVERED_MAX (64u * ESCROW_MAX)
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

/* ---- recover
 * ------------------------------------------------------------------------ */

/* One escrow, opened and sealed again for the desk's present key. */
static enum rc
reseal(struct buf *out, const struct office *o, struct bytes escrow,
    const struct cert *to, struct err *e)
{
	struct kem_key *key = NULL;
	struct buf sealed = { 0 };
	struct escrow s;
	enum rc rc;

	if ((rc = escrow_read(&s, escrow, e)) != RC_OK)
		return rc;
	if ((rc = escrow_open(&key, &s, o->me.kem, e)) == RC_OK &&
	    (rc = escrow_seal(&sealed, s.address, key, to, e)) == RC_OK)
		buf_add(out, buf_bytes(&sealed));
	kem_key_free(key);
	buf_free(&sealed);
	return rc;
}

static void
add_recovery(struct office *o, const struct resolved *who,
    const struct dcert *c, struct bytes why)
{
	struct act act = office_act(o, ACT_RECOVER);

	act.unit = o->d->state.units[who->unit].uid;
	act.id = o->d->state.holders[who->holder].id;
	act.cert = arena_add(&o->kept, bytes_of(c->fingerprint, SHA256_SIZE));
	act.name = why;
	act.has = 1u << F_UNIT | 1u << F_ID | 1u << F_CERT | 1u << F_NAME;
	office_add(o, &act);
}

/* One escrow: of an earlier key of this desk, or RC_DENIED. */
static enum rc
take_escrow(struct buf *all, struct office *o, const struct resolved *who,
    struct bytes file, struct bytes why, struct err *e)
{
	const struct state *s = &o->d->state;
	struct escrow escrow;
	size_t i;
	enum rc rc;

	if ((rc = escrow_read(&escrow, file, e)) != RC_OK)
		return rc;
	i = cert_by_tag(s, tag_bytes(&escrow.tag));
	while (i != NONE && s->certs[i].holder != who->holder)
		i = s->certs[i].same_tag;
	if (i == NONE)
		return fail(e, RC_DENIED,
		    "the escrow is of no key that %s ever had", who->address);
	add_recovery(o, who, &s->certs[i], why);
	buf_add(all, file);
	return RC_OK;
}

/* Those that --escrow names; else those kept here of its earlier keys. */
static enum rc
given_escrows(struct buf *all, struct office *o, const struct resolved *who,
    const struct args *a, struct bytes why, struct err *e)
{
	struct buf one;
	const char *path;
	size_t at = 0;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (path = arg_each(a, "escrow", &at)) != NULL) {
		rc = file_read(&one, path, ESCROW_MAX, e);
		if (rc == RC_OK)
			rc = take_escrow(all, o, who, buf_bytes(&one), why, e);
		if (rc != RC_OK)
			rc = fail_at(e, "%s", path);
		buf_free(&one);
	}
	return rc;
}

static enum rc
kept_escrows(struct buf *all, struct office *o, const struct resolved *who,
    size_t present, struct bytes why, struct err *e)
{
	const struct state *s = &o->d->state;
	struct buf one;
	char *path;
	size_t i;
	enum rc rc = RC_OK;

	for (i = s->units[who->unit].certs; i != NONE && rc == RC_OK;
	     i = s->certs[i].next) {
		const struct dcert *c = &s->certs[i];

		if (c->holder != who->holder || c->cert.use != CERT_KEM ||
		    bytes_eq(c->cert.pub, s->certs[present].cert.pub))
			continue;
		path = in_folder(
		    o->file.path, ESCROWS, tag_bytes(&c->cert.tag), ".escrow");
		if (file_exists(path)) {
			rc = file_read(&one, path, ESCROW_MAX, e);
			if (rc == RC_OK)
				rc = take_escrow(
				    all, o, who, buf_bytes(&one), why, e);
			buf_free(&one);
		}
		free(path);
	}
	return rc;
}

static enum rc
find_escrows(struct buf *all, struct office *o, const struct resolved *who,
    size_t present, const struct args *a, struct bytes why, struct err *e)
{
	enum rc rc;

	rc = arg_given(a, "escrow")
		 ? given_escrows(all, o, who, a, why, e)
		 : kept_escrows(all, o, who, present, why, e);
	if (rc == RC_OK && all->len == 0)
		rc = fail(e, RC_ABSENT,
		    "no escrow of an earlier key of %s is kept here; give what "
		    "its authority keeps by --escrow",
		    who->address);
	return rc;
}

static enum rc
enrol_recover(struct office *o, const struct args *a, struct err *e)
{
	struct buf all = { 0 }, out = { 0 }, why = { 0 };
	struct bytes rest, one;
	struct resolved who;
	const char *reason;
	size_t present;
	struct cert to;
	enum rc rc;

	if ((rc = arg_must(&reason, a, "reason", e)) != RC_OK ||
	    (rc = utf8_clean(&why, bytes_str(reason), LIMIT_NAME, e)) !=
		RC_OK ||
	    (rc = office_holder(&who, o, a->rest[0], false, e)) != RC_OK)
		goto out;
	present = cert_in_force(
	    o->d, who.unit, who.holder, CERT_DESK, CERT_KEM, o->now);
	if (o->me.kem == NULL) {
		rc = fail(e, RC_DENIED,
		    "docs/ceremony.md 6.1: this authority has no KEM key: what "
		    "is in escrow is opened above it, by officers together");
		goto out;
	}
	if (why.len == 0) {
		rc = fail(e, RC_USAGE, "--reason is empty");
		goto out;
	}
	if (file_exists(a->rest[1]) && !arg_given(a, "force")) {
		rc = fail(e, RC_EXISTS,
		    "%s is there already; --force writes "
		    "over it",
		    a->rest[1]);
		goto out;
	}
	if (present == NONE) {
		rc = fail(e, RC_ABSENT,
		    "%s has no key in force that it could be sealed for: "
		    "enrol it again first",
		    who.address);
		goto out;
	}
	to = o->d->state.certs[present].cert;
	rc = find_escrows(&all, o, &who, present, a, buf_bytes(&why), e);
	/* decided, and so known to all, before anything is opened */
	if (rc != RC_OK || (rc = office_decide(o, e)) != RC_OK)
		goto out;
	rest = buf_bytes(&all);
	while (rc == RC_OK && (one = der_element(rest)).len > 0) {
		rc = reseal(&out, o, one, &to, e);
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
	}
	if (rc == RC_OK)
		rc = file_write(a->rest[1], buf_bytes(&out), 0600,
		    arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("Recovered for %s, which alone can open %s: antin enrol "
		    "restore. Every station is told.\n",
		    who.address, a->rest[1]);
out:
	buf_free(&all);
	buf_free(&out);
	buf_free(&why);
	return rc;
}

static const struct opt recover_opts[] = {
	{ "reason", "TEXT", "why: it stands in the directory", false },
	{ "escrow", "FILE",
	    "an escrow that the desk's own authority kept (default: those kept "
	    "beside the directory file)",
	    true },
	OPT_FORCE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_enrol_recover = {
	.name = "enrol recover",
	.args = "ADDRESS RECOVERED",
	.does = "Take the earlier KEM keys of a desk out of escrow, for the "
		"keys it has now: an act, and an alarm to the desk.",
	.opts = recover_opts,
	.least = 2,
	.most = 2,
	.run = office_run,
	.act = enrol_recover,
};

/* ---- restore
 * -------------------------------------------------------------------------- */

static enum rc
restore_one(struct identity *id, struct bytes one, struct err *e)
{
	struct identity earlier = { 0 };
	struct escrow s;
	enum rc rc;

	if ((rc = escrow_read(&s, one, e)) != RC_OK ||
	    (rc = escrow_open(&earlier.kem, &s, id->kem, e)) != RC_OK)
		return rc;
	if (identity_kem(id, &s.tag) == NULL)
		identity_keep(id, &earlier);
	identity_free(&earlier);
	return RC_OK;
}

static enum rc
enrol_restore(const struct args *a, struct err *e)
{
	const char *path = a->rest[0];
	struct buf file = { 0 }, key = { 0 };
	struct unlocked under = { 0 };
	struct identity id = { 0 };
	struct bytes rest, one;
	enum rc rc;

	if ((rc = who_unlocks(&id, &under, a, path, e)) != RC_OK ||
	    (rc = file_read(&file, a->rest[1], RECOVERED_MAX, e)) != RC_OK)
		goto out;
	if (id.kem == NULL) {
		rc = fail(e, RC_INVALID, "%s has no KEM key", path);
		goto out;
	}
	rest = buf_bytes(&file);
	if (rest.len == 0)
		rc = fail(
		    e, RC_INVALID, "%s holds no recovered keys", a->rest[1]);
	while (rc == RC_OK && rest.len > 0) {
		one = der_element(rest);
		rc = one.len > 0
			 ? restore_one(&id, one, e)
			 : fail(e, RC_INVALID, "%s holds no recovered keys",
			       a->rest[1]);
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
	}
	if (rc == RC_OK)
		rc = identity_seal_under(&key, &id, &under.lock, e);
	if (rc == RC_OK)
		rc = file_write(path, buf_bytes(&key), 0600, true, e);
	if (rc == RC_OK)
		say("%s opens again what was sealed for the earlier keys "
		    "(%zu).\n",
		    path, id.old_count);
out:
	identity_free(&id);
	unlocked_free(&under);
	buf_free(&file);
	buf_free(&key);
	return rc;
}

static const struct opt restore_opts[] = {
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_enrol_restore = {
	.name = "enrol restore",
	.args = "FILE.key RECOVERED",
	.does = "Take recovered KEM keys into a key file: it opens again what "
		"was sealed for them.",
	.opts = restore_opts,
	.least = 2,
	.most = 2,
	.run = enrol_restore,
};

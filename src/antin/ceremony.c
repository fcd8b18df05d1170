/* SPDX-License-Identifier: EUPL-1.2 */
/* antin ceremony plan, approve, run. */
#include "antin/ceremony.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "antin/digest.h"
#include "antin/enrol.h"
#include "core/checkwords.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "crypto/suite.h"

/* ---- plan
 * ------------------------------------------------------------------------ */

enum rc
plan_file_read(
    struct buf *file, struct plan *plan, const char *path, struct err *e)
{
	enum rc rc;

	rc = file_read(file, path, PLAN_MAX, e);
	if (rc == RC_OK && (rc = plan_read(plan, buf_bytes(file), e)) != RC_OK)
		rc = fail_at(e, "%s", path);
	return rc;
}

/* Text from the command line, as a plan has it. */
static enum rc
take_text(struct bytes *out, struct arena *kept, const struct args *a,
    const char *option, struct err *e)
{
	struct buf clean = { 0 };
	enum rc rc;

	if (arg(a, option) == NULL)
		return RC_OK;
	rc = utf8_clean(&clean, bytes_str(arg(a, option)), LIMIT_NAME, e);
	if (rc == RC_OK)
		*out = arena_add(kept, buf_bytes(&clean));
	buf_free(&clean);
	return rc;
}

struct officers {
	struct plan *plan;
	struct arena *kept;
};

static enum rc
add_officer(void *ctx, struct card *card, struct err *e)
{
	const struct officers *to = ctx;
	struct officer *o = &to->plan->officers[to->plan->officer_count];

	if (to->plan->officer_count == SHAMIR_MAX)
		return fail(e, RC_LIMIT, "over %d officers", SHAMIR_MAX);
	o->name = arena_add(to->kept, card->sign.name);
	memcpy(o->card, card->sign_cert, SHA256_SIZE);
	to->plan->officer_count++;
	return RC_OK;
}

/* Words of the command line into the plan's values; plan_read() judges them. */
static enum rc
take_words(struct plan *p, const struct args *a, struct err *e)
{
	const char *purpose = arg(a, "purpose"), *suite = arg(a, "suite");
	const char *level = arg(a, "level"), *pr = arg(a, "precedence");
	uint64_t quorum = 0, depth = 3;
	enum rc rc;

	p->suite = suite_by_name(suite == NULL ? "B" : suite);
	p->days = 7300;
	p->level = LEVEL_TUYET_MAT;
	p->precedence = PRECEDENCE_HOA_TOC_HEN_GIO;
	p->date = time_now();
	if (purpose == NULL ||
	    !plan_purpose_parse(&p->purpose, bytes_str(purpose)))
		return fail(
		    e, RC_USAGE, "--purpose wants root, authority or acts");
	if (p->suite == NULL)
		return fail(e, RC_USAGE,
		    "there is no suite \"%s\"; A and B are for work", suite);
	if ((level != NULL && !level_parse(&p->level, bytes_str(level))) ||
	    (pr != NULL && !precedence_parse(&p->precedence, bytes_str(pr))))
		return fail(e, RC_USAGE,
		    "--level wants thuong, mat, toi-mat or tuyet-mat; "
		    "--precedence thuong, khan, thuong-khan, hoa-toc or "
		    "hoa-toc-hen-gio");
	if ((rc = arg_number(&quorum, a, "quorum", 2, SHAMIR_MAX, e)) !=
		RC_OK ||
	    (rc = arg_number(&depth, a, "depth", 0, CERT_PATH_LEN, e)) !=
		RC_OK ||
	    (rc = arg_number(&p->days, a, "days", 1, DAYS_MOST, e)) != RC_OK)
		return rc;
	p->quorum = (unsigned)quorum;
	p->depth = (unsigned)depth;
	return arg_time(&p->date, a, "date", e);
}

static enum rc
ceremony_plan(const struct args *a, struct err *e)
{
	struct arena kept = { 0 };
	struct plan plan = { 0 }, check;
	struct officers officers = { &plan, &kept };
	struct buf text = { 0 };
	const char *todo;
	size_t at = 0;
	enum rc rc;

	if ((rc = take_words(&plan, a, e)) != RC_OK ||
	    (rc = take_text(&plan.ceremony, &kept, a, "ceremony", e)) !=
		RC_OK ||
	    (rc = take_text(&plan.unit, &kept, a, "unit", e)) != RC_OK ||
	    (rc = take_text(&plan.name, &kept, a, "name", e)) != RC_OK ||
	    (rc = take_text(&plan.class, &kept, a, "class", e)) != RC_OK ||
	    (rc = who_each(a, "officer", add_officer, &officers, e)) != RC_OK)
		goto out;
	while ((todo = arg_each(a, "do", &at)) != NULL) {
		if (plan.todo_count == PLAN_DO) {
			rc = fail(e, RC_LIMIT, "over %u lines \"do\"", PLAN_DO);
			goto out;
		}
		plan.todo[plan.todo_count++] = bytes_str(todo);
	}
	plan_write(&text, &plan);
	if ((rc = plan_read(&check, buf_bytes(&text), e)) == RC_OK)
		rc = file_write(a->rest[0], buf_bytes(&text), 0644,
		    arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("The plan is %s. Read it, change it where it is wrong, and "
		    "give it to the officers: antin ceremony approve.\n",
		    a->rest[0]);
out:
	buf_free(&text);
	arena_free(&kept);
	return rc;
}

static const struct opt plan_opts[] = {
	{ "purpose", "WORD",
	    "root: make the root; authority: make an authority's key; acts: "
	    "decide with a key that is there",
	    false },
	{ "ceremony", "TEXT", "what the ceremony is called", false },
	{ "date", "TIME", "when it is to be (default: now)", false },
	{ "officer", "CARD", "an officer's card (or a folder of cards)", true },
	{ "quorum", "K", "how many shares open the key", false },
	{ "unit", "ID", "of a root: its id, the last part of all addresses",
	    false },
	{ "name", "TEXT", "of a root: its name", false },
	{ "class", "WORD", "of a root: its class, such as trung-uong", false },
	{ "suite", "SUITE", "B (default) or A", false },
	{ "days", "N", "days a root holds (default: 7300)", false },
	{ "level", "LEVEL", "of a root: up to which (default: tuyet-mat)",
	    false },
	{ "precedence", "P",
	    "of a root: up to which (default: hoa-toc-hen-gio)", false },
	{ "depth", "N", "of a root: authorities below one another (default: 3)",
	    false },
	{ "do", "COMMAND",
	    "what is decided: a command as on a command line, without antin",
	    true },
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_ceremony_plan = {
	.name = "ceremony plan",
	.args = "PLAN",
	.does = "Write the plan of a ceremony: a text that people read and "
		"officers approve.",
	.opts = plan_opts,
	.least = 1,
	.most = 1,
	.run = ceremony_plan,
};

/* ---- approve
 * ---------------------------------------------------------------------- */

/* Which officer of the plan he is, from 1; 0: none. */
static unsigned
officer_of(const struct plan *p, const uint8_t card[static SHA256_SIZE])
{
	unsigned i;

	for (i = 0; i < p->officer_count; i++)
		if (memcmp(p->officers[i].card, card, SHA256_SIZE) == 0)
			return i + 1;
	return 0;
}

static enum rc
ceremony_approve(const struct args *a, struct err *e)
{
	const char *path = a->rest[0], *key, *out = arg(a, "out");
	struct buf file = { 0 }, signature = { 0 };
	uint8_t digest[SHA512_SIZE];
	struct identity me = { 0 };
	struct signer signer;
	char *named = NULL;
	struct plan plan;
	unsigned number;
	enum rc rc;

	if ((rc = arg_must(&key, a, "key", e)) != RC_OK ||
	    (rc = plan_file_read(&file, &plan, path, e)) != RC_OK)
		goto out;
	utf8_print(stdout, buf_bytes(&file));
	(void)fflush(stdout);
	if ((rc = who_acts(&me, a, key, e)) != RC_OK)
		goto out;
	number = officer_of(&plan, me.card.sign_cert);
	if (number == 0) {
		rc = fail(e, RC_DENIED,
		    "the plan does not name the officer of %s", key);
		goto out;
	}
	if (asprintf(&named, "%s.%u.approval", path, number) < 0)
		bug("no memory");
	out = out == NULL ? named : out;
	sha512(digest, buf_bytes(&file));
	signer = identity_signer(&me);
	signed_document(&signature, digest, &signer, time_now());
	rc = file_write(
	    out, buf_bytes(&signature), 0644, arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("\nApproved by %.*s: %s. Give this file to who holds the "
		    "ceremony.\n",
		    (int)me.card.sign.name.len,
		    (const char *)me.card.sign.name.p, out);
out:
	identity_free(&me);
	buf_free(&file);
	buf_free(&signature);
	free(named);
	return rc;
}

static const struct opt approve_opts[] = {
	{ "key", "FILE.key", "the officer's key file", false },
	{ "out", "FILE", "the approval (default: PLAN.N.approval)", false },
	OPT_PASSPHRASE,
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_ceremony_approve = {
	.name = "ceremony approve",
	.args = "PLAN",
	.does = "Show the plan of a ceremony, and approve it as one of its "
		"officers.",
	.opts = approve_opts,
	.least = 1,
	.most = 1,
	.run = ceremony_approve,
};

/* ---- run: what comes first
 * ---------------------------------------------------------- */

enum rc
approval_check(struct bytes approval, const struct card *card,
    struct bytes plan_file, struct err *e)
{
	uint8_t digest[SHA512_SIZE];
	struct signed_data s;
	enum rc rc;

	rc = signed_read(&s, SIGNED_DOCUMENT, approval, e);
	if (rc != RC_OK)
		return rc;
	sha512(digest, plan_file);
	if (suite_sig_is_composite(s.alg) &&
	    signed_document_verify(&s, card->pub, card->sign.der, digest))
		return RC_OK;
	return fail(e, RC_DENIED,
	    "the approval is of another plan, or of somebody else than "
	    "\"%.*s\"",
	    (int)card->sign.name.len, (const char *)card->sign.name.p);
}

static enum rc
take_card(void *ctx, struct card *card, struct err *e)
{
	struct ceremony *c = ctx;
	const unsigned number = officer_of(&c->plan, card->sign_cert);

	(void)e;
	if (number == 0 || c->cards[number - 1].pub != NULL)
		return RC_OK; /* somebody else's, or known by now */
	c->cards[number - 1] = *card;
	*card = (struct card){ 0 };
	return RC_OK;
}

/* Give an approval to the officer whose it is. */
static enum rc
take_approval(struct ceremony *c, const char *path, struct err *e)
{
	struct buf file;
	struct err why;
	size_t i;
	enum rc rc;

	if ((rc = file_read(&file, path, APPROVAL_MAX, e)) != RC_OK)
		return rc;
	for (i = 0; i < c->plan.officer_count; i++)
		if (c->cards[i].pub != NULL &&
		    approval_check(buf_bytes(&file), &c->cards[i],
			buf_bytes(&c->plan_file), &why) == RC_OK) {
			buf_free(&c->approvals[i]);
			c->approvals[i] = file;
			return RC_OK;
		}
	buf_free(&file);
	return fail(e, RC_DENIED,
	    "%s approves another plan, or is of no officer of this one whose "
	    "card is given by --from",
	    path);
}

static enum rc
take_approvals(struct ceremony *c, struct err *e)
{
	const char *path;
	size_t at = 0, i;
	enum rc rc;

	rc = who_each(c->a, "from", take_card, c, e);
	while (rc == RC_OK && (path = arg_each(c->a, "approval", &at)) != NULL)
		rc = take_approval(c, path, e);
	for (i = 0; rc == RC_OK && i < c->plan.officer_count; i++)
		if (c->approvals[i].len == 0)
			rc = fail(e, RC_DENIED,
			    "docs/ceremony.md 4.1: \"%.*s\" has not approved "
			    "the plan, or his card is not given by --from",
			    (int)c->plan.officers[i].name.len,
			    (const char *)c->plan.officers[i].name.p);
	return rc;
}

/* ---- run: the folder
 * -------------------------------------------------------------------- */

enum rc
ceremony_put(struct ceremony *c, const char *name, struct bytes all,
    mode_t mode, struct err *e)
{
	char *path;
	enum rc rc;

	if (asprintf(&path, "%s/%s", c->folder, name) < 0)
		bug("no memory");
	rc = file_write(path, all, mode, false, e);
	free(path);
	if (rc == RC_OK)
		transcript_file(
		    &c->transcript, arena_add(&c->kept, bytes_str(name)), all);
	return rc;
}

enum rc
ceremony_note(struct ceremony *c, const char *name, struct err *e)
{
	struct buf all = { 0 };
	char *path;
	enum rc rc;

	if (asprintf(&path, "%s/%s", c->folder, name) < 0)
		bug("no memory");
	rc = file_read(&all, path, DIRECTORY_MAX, e);
	free(path);
	if (rc == RC_OK)
		transcript_file(&c->transcript,
		    arena_add(&c->kept, bytes_str(name)), buf_bytes(&all));
	buf_free(&all);
	return rc;
}

/* The plan, and who approved it. */
static enum rc
put_plan(struct ceremony *c, struct err *e)
{
	struct approval approval;
	struct buf card;
	char name[64];
	size_t i;
	enum rc rc;

	memcpy(c->transcript.plan.b, c->plan.hash, SHA256_SIZE);
	rc = ceremony_put(c, "plan", buf_bytes(&c->plan_file), 0644, e);
	for (i = 0; i < c->plan.officer_count && rc == RC_OK; i++) {
		(void)snprintf(name, sizeof(name), "officer-%zu.pub", i + 1);
		card_write(&card, &c->cards[i]);
		rc = ceremony_put(c, name, buf_bytes(&card), 0644, e);
		buf_free(&card);
		(void)snprintf(
		    name, sizeof(name), "officer-%zu.approval", i + 1);
		if (rc == RC_OK)
			rc = ceremony_put(
			    c, name, buf_bytes(&c->approvals[i]), 0644, e);
		memcpy(approval.card.b, c->cards[i].sign_cert, SHA256_SIZE);
		sha256(approval.signature.b, buf_bytes(&c->approvals[i]));
		transcript_approval(&c->transcript, &approval);
	}
	return rc;
}

/* Last of all: a folder with a transcript is a ceremony that was held. */
static enum rc
put_transcript(struct ceremony *c, struct err *e)
{
	struct signer signer = identity_signer(&c->authority);
	struct buf text, signature = { 0 }, card = { 0 };
	uint8_t digest[SHA512_SIZE];
	enum rc rc;

	card_write(&card, &c->authority.card);
	rc = ceremony_put(c, "certificate.pub", buf_bytes(&card), 0644, e);
	c->transcript.at = c->now;
	memcpy(c->transcript.authority.b, c->authority.card.sign_cert,
	    SHA256_SIZE);
	transcript_write(&text, &c->transcript);
	sha512(digest, buf_bytes(&text));
	signed_document(&signature, digest, &signer, c->now);
	if (rc == RC_OK)
		rc = ceremony_put(
		    c, "transcript.sig", buf_bytes(&signature), 0644, e);
	if (rc == RC_OK)
		rc = ceremony_put(c, "transcript", buf_bytes(&text), 0644, e);
	buf_free(&text);
	buf_free(&signature);
	buf_free(&card);
	return rc;
}

static void
tell(const struct ceremony *c)
{
	struct buf words;

	checkwords_write(
	    &words, bytes_of(c->authority.card.sign_cert, CHECKWORDS));
	say("The ceremony is held. All that came of it is in %s; verify it "
	    "with: antin ceremony verify %s\n",
	    c->folder, c->folder);
	say("Check words of the certificate:\n\n    %s\n\n",
	    (const char *)words.p);
	if (c->transcript.share_count > 0)
		say("Give each officer his share (share-N.share on a medium of "
		    "his own, share-N.svg printed), then destroy these files "
		    "here.\n");
	buf_free(&words);
}

static void
ceremony_free(struct ceremony *c)
{
	size_t i;

	for (i = 0; i < SHAMIR_MAX; i++) {
		buf_free(&c->approvals[i]);
		card_free(&c->cards[i]);
	}
	buf_free(&c->plan_file);
	office_close(&c->office);
	identity_free(&c->authority);
	transcript_free(&c->transcript);
	arena_free(&c->kept);
	free(c);
}

static enum rc
ceremony_run(const struct args *a, struct err *e)
{
	static enum rc (*const does[PLAN_PURPOSES])(
	    struct ceremony *, struct err *) = {
		[PLAN_ROOT] = ceremony_root,
		[PLAN_AUTHORITY] = ceremony_authority,
		[PLAN_ACTS] = ceremony_acts,
	};
	struct ceremony *c = alloc(1, sizeof(*c));
	struct err late;
	enum rc rc;

	c->a = a;
	c->office.file.fd = -1;
	c->folder = a->rest[1];
	c->now = time_now();
	if ((rc = plan_file_read(&c->plan_file, &c->plan, a->rest[0], e)) !=
		RC_OK ||
	    (rc = take_approvals(c, e)) != RC_OK)
		goto out;
	if (c->plan.purpose == PLAN_ACTS &&
	    (rc = office_open(&c->office, a, e)) != RC_OK)
		goto out;
	if (mkdir(c->folder, 0700) != 0) {
		rc = errno == EEXIST
			 ? fail(e, RC_EXISTS,
			       "%s is there already: a ceremony has a folder "
			       "of its own",
			       c->folder)
			 : fail_io(e, "%s cannot be made", c->folder);
		goto out;
	}
	if ((rc = put_plan(c, e)) == RC_OK)
		rc = does[c->plan.purpose](c, e);
	/* what was decided stays decided, though something failed later */
	if (rc != RC_OK && c->plan.purpose == PLAN_ACTS &&
	    c->transcript.act_count > 0 && put_transcript(c, &late) != RC_OK)
		rc = fail_at(e, "%s", late.text);
	if (rc == RC_OK && (rc = put_transcript(c, e)) == RC_OK)
		tell(c);
out:
	ceremony_free(c);
	return rc;
}

static const struct opt run_opts[] = {
	{ "approval", "FILE", "an officer's approval; all are wanted", true },
	{ "from", "CARD", "the officers' cards (or a folder of cards)", true },
	{ "invitation", "FILE", "for an authority's key: its invitation",
	    false },
	{ "code-file", "FILE",
	    "read the one-time code from the first line of FILE", false },
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_ceremony_run = {
	.name = "ceremony run",
	.args = "PLAN FOLDER",
	.does = "Hold the ceremony that all officers have approved, on a "
		"machine without network. What comes of it is put into a new "
		"FOLDER.",
	.opts = run_opts,
	.least = 2,
	.most = 2,
	.run = ceremony_run,
};

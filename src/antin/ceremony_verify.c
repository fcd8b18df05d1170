/* SPDX-License-Identifier: EUPL-1.2 */
/* antin ceremony verify: what a ceremony's folder proves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/ceremony.h"
#include "antin/show.h"
#include "core/checkwords.h"
#include "core/lang.h"
#include "core/time.h"
#include "crypto/suite.h"

#define GROWS "directory" /* the one file that is added to */

/* A folder as it is read. */
struct held {
	const char *folder;
	struct buf text, signature, plan_file;
	struct transcript transcript;
	struct plan plan;
	struct card authority;
	size_t files, gone; /* that are there as they were; that are not */
};

static void
held_free(struct held *h)
{
	buf_free(&h->text);
	buf_free(&h->signature);
	buf_free(&h->plan_file);
	transcript_free(&h->transcript);
	card_free(&h->authority);
}

/* A path in the folder; the caller frees. */
static char *
path_of(const struct held *h, struct bytes name)
{
	char *path;

	if (asprintf(&path, "%s/%.*s", h->folder, (int)name.len,
		(const char *)name.p) < 0)
		bug("no memory");
	return path;
}

static enum rc
read_file(struct buf *out, const struct held *h, const char *name, size_t max,
    struct err *e)
{
	char *path = path_of(h, bytes_str(name));
	enum rc rc = file_read(out, path, max, e);

	free(path);
	return rc;
}

static enum rc
read_card(
    struct card *out, const struct held *h, const char *name, struct err *e)
{
	struct buf file = { 0 };
	enum rc rc;

	*out = (struct card){ 0 };
	if ((rc = read_file(&file, h, name, CARD_MAX, e)) == RC_OK &&
	    (rc = card_parse(out, buf_bytes(&file), e)) != RC_OK)
		rc = fail_at(e, "%s", name);
	buf_free(&file);
	return rc;
}

/* The transcript, signed by the key of the certificate it names. */
static enum rc
check_transcript(struct held *h, struct err *e)
{
	uint8_t digest[SHA512_SIZE];
	struct signed_data s;
	enum rc rc;

	if ((rc = read_file(&h->text, h, "transcript", TRANSCRIPT_MAX, e)) !=
		RC_OK ||
	    (rc = transcript_read(&h->transcript, buf_bytes(&h->text), e)) !=
		RC_OK ||
	    (rc = read_card(&h->authority, h, "certificate.pub", e)) != RC_OK ||
	    (rc = read_file(&h->signature, h, "transcript.sig", APPROVAL_MAX,
		 e)) != RC_OK ||
	    (rc = signed_read(
		 &s, SIGNED_DOCUMENT, buf_bytes(&h->signature), e)) != RC_OK)
		return rc;
	sha512(digest, buf_bytes(&h->text));
	if (memcmp(h->transcript.authority.b, h->authority.sign_cert,
		SHA256_SIZE) != 0 ||
	    !suite_sig_is_composite(s.alg) ||
	    !signed_document_verify(
		&s, h->authority.pub, h->authority.sign.der, digest))
		return fail(e, RC_DENIED,
		    "docs/ceremony.md 5.2: the transcript is not signed by the "
		    "key it names");
	return RC_OK;
}

/* Every officer of the plan approved it. */
static enum rc
check_approval(struct held *h, size_t i, struct err *e)
{
	const struct approval *line = &h->transcript.approvals[i];
	struct card card = { 0 };
	struct buf file = { 0 };
	struct digest hash;
	char name[64];
	enum rc rc;

	(void)snprintf(name, sizeof(name), "officer-%zu.pub", i + 1);
	if ((rc = read_card(&card, h, name, e)) != RC_OK)
		goto out;
	(void)snprintf(name, sizeof(name), "officer-%zu.approval", i + 1);
	if ((rc = read_file(&file, h, name, APPROVAL_MAX, e)) != RC_OK)
		goto out;
	sha256(hash.b, buf_bytes(&file));
	if (memcmp(card.sign_cert, h->plan.officers[i].card, SHA256_SIZE) ||
	    memcmp(line->card.b, card.sign_cert, SHA256_SIZE) ||
	    memcmp(line->signature.b, hash.b, SHA256_SIZE))
		rc = fail(e, RC_DENIED,
		    "%s is not what the plan and the transcript say", name);
	else
		rc = approval_check(
		    buf_bytes(&file), &card, buf_bytes(&h->plan_file), e);
out:
	card_free(&card);
	buf_free(&file);
	return rc;
}

static enum rc
check_plan(struct held *h, struct err *e)
{
	size_t i;
	enum rc rc;

	rc = read_file(&h->plan_file, h, "plan", PLAN_MAX, e);
	if (rc == RC_OK)
		rc = plan_read(&h->plan, buf_bytes(&h->plan_file), e);
	if (rc != RC_OK)
		return rc;
	if (memcmp(h->plan.hash, h->transcript.plan.b, SHA256_SIZE) != 0)
		return fail(e, RC_DENIED,
		    "the plan is not the one that the transcript names");
	if (h->transcript.approval_count != h->plan.officer_count)
		return fail(e, RC_DENIED,
		    "docs/ceremony.md 4.1: %zu officers are in the plan, %zu "
		    "approvals in the transcript",
		    h->plan.officer_count, h->transcript.approval_count);
	for (i = 0; i < h->plan.officer_count && rc == RC_OK; i++)
		rc = check_approval(h, i, e);
	return rc;
}

/* Files that are there are as they were.  A key file may lie elsewhere by now,
 * and a directory has grown: it begins as it was. */
static enum rc
check_file(struct held *h, const struct file_line *f, struct err *e)
{
	char *path = path_of(h, f->name);
	struct buf all = { 0 };
	struct digest hash;
	enum rc rc = RC_OK;

	if (!file_exists(path)) {
		h->gone++;
	} else if ((rc = file_read(&all, path, DIRECTORY_MAX, e)) == RC_OK) {
		if (bytes_is(f->name, GROWS) && all.len > f->size)
			all.len = f->size;
		sha256(hash.b, buf_bytes(&all));
		if (memcmp(hash.b, f->hash.b, SHA256_SIZE) != 0)
			rc = fail(e, RC_DENIED,
			    "%s was changed since the ceremony", path);
		h->files++;
	}
	buf_free(&all);
	free(path);
	return rc;
}

static void
tell(const struct held *h, const struct args *a)
{
	json_t *root = json_object();
	struct buf words;
	json_t *list;
	size_t i;

	checkwords_write(&words, bytes_of(h->authority.sign_cert, CHECKWORDS));
	show_text(root, "ceremony", h->plan.ceremony);
	show_word(root, "aim", plan_purpose_word(h->plan.purpose));
	show_time(root, "at", h->transcript.at);
	show_text(root, "name", h->authority.sign.name);
	show_text(root, "address", h->authority.sign.address);
	show_hex(
	    root, "fingerprint", bytes_of(h->authority.sign_cert, SHA256_SIZE));
	show_text(root, "checkwords", buf_bytes(&words));
	list = show_array(root, "approved");
	for (i = 0; i < h->plan.officer_count; i++)
		show_text(show_item(list), "name", h->plan.officers[i].name);
	show_number(root, "shares", h->transcript.share_count);
	if (h->plan.quorum > 0)
		show_number(root, "quorum", h->plan.quorum);
	show_number(root, "acts", h->transcript.act_count);
	show_number(root, "files", h->files);
	show_number(root, "elsewhere", h->gone);
	show(root, arg_given(a, "json"));
	buf_free(&words);
}

static enum rc
ceremony_verify(const struct args *a, struct err *e)
{
	struct held h = { .folder = a->rest[0] };
	size_t i;
	enum rc rc;

	if ((rc = check_transcript(&h, e)) != RC_OK ||
	    (rc = check_plan(&h, e)) != RC_OK)
		goto out;
	for (i = 0; i < h.transcript.file_count && rc == RC_OK; i++)
		rc = check_file(&h, &h.transcript.files[i], e);
	if (rc == RC_OK)
		tell(&h, a);
out:
	held_free(&h);
	return rc;
}

static const struct opt opts[] = { OPT_JSON, OPT_END };
const struct cmd cmd_ceremony_verify = {
	.name = "ceremony verify",
	.args = "FOLDER",
	.does = "Check what a ceremony left: that its key signed the "
		"transcript, that all officers approved the plan, and that "
		"no file was changed since. Compare the check words with "
		"those you were told.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = ceremony_verify,
};

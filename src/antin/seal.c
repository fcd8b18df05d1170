/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "antin/addressees.h"
#include "antin/draft.h"
#include "antin/show.h"
#include "antin/tree.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "envelope/address.h"

/* What a dispatch is made from; owns what the dispatch borrows. */
struct job {
	const struct args *a;
	struct draft draft;
	struct identity from;
	struct addressees to;
};

static void
job_free(struct job *j)
{
	addressees_free(&j->to);
	draft_free(&j->draft);
	identity_free(&j->from);
}

/* ---- sealing
 * ----------------------------------------------------------------------------
 */

/* What the sender's own certificate allows it: the addressee will ask. */
static enum rc
check_rights(const struct job *j, struct err *e)
{
	const struct rights *r = &j->from.card.sign.rights;

	if (!j->from.card.issued)
		return RC_OK;
	if (j->draft.d.level > r->level)
		return fail(e, RC_DENIED,
		    "this desk may send what is up to %s; this is %s",
		    level_name(r->level), level_name(j->draft.d.level));
	if (precedence_rank(j->draft.d.header.precedence) >
		precedence_rank(r->precedence) ||
	    precedence_rank(j->draft.d.info) > precedence_rank(r->precedence))
		return fail(e, RC_DENIED,
		    "this desk may send up to the precedence %s; this is %s",
		    precedence_name(r->precedence),
		    precedence_name(j->draft.d.header.precedence));
	return RC_OK;
}

/* The dispatch takes over who they are. */
static enum rc
take_addressees(struct job *j, struct err *e)
{
	enum rc rc;

	j->to.a = j->a;
	j->to.level = j->draft.d.level;
	rc = addressees_gather(&j->to, e);
	j->draft.d.to = j->to.to;
	j->draft.d.to_count = j->to.list.set ? 0 : j->to.count;
	j->draft.d.list = j->to.list;
	j->to.to = NULL;
	return rc;
}

/* The directory, where there is one, does not know that it ended. */
static enum rc
check_force(struct job *j, struct err *e)
{
	const struct card *me = &j->from.card;
	struct directory **d = &j->to.directory;
	const struct dcert *c;
	size_t i;
	enum rc rc;

	if (!me->issued || !tree_given(j->a))
		return RC_OK;
	if (*d == NULL && (rc = tree_read(d, j->a, e)) != RC_OK)
		return rc;
	i = cert_by_fingerprint(&(*d)->state, me->sign_cert);
	c = i == NONE ? NULL : &(*d)->state.certs[i];
	if (c != NULL && c->until <= time_now())
		return fail(e, RC_EXPIRED,
		    "the key of %.*s has ended or was revoked: nobody would "
		    "believe it; renew it, or enrol again",
		    (int)me->sign.address.len,
		    (const char *)me->sign.address.p);
	return RC_OK;
}

static enum rc
take_sender(struct job *j, struct err *e)
{
	const char *key;
	struct address a;
	enum rc rc;

	if ((rc = arg_must(&key, j->a, "key", e)) != RC_OK ||
	    (rc = who_acts(&j->from, j->a, key, e)) != RC_OK ||
	    (rc = cert_valid_at(&j->from.card.sign, time_now(), e)) != RC_OK)
		return rc;
	if (!suite_sig_is_composite(j->from.card.sign.sig) &&
	    !arg_given(j->a, "foreign"))
		return fail(e, RC_DENIED,
		    "%s is a key for foreign tools only; give --foreign if "
		    "that is meant",
		    key);
	j->draft.d.originator = j->from.card.sign.address;
	if (j->from.kem == NULL || !address_parse(&a, j->draft.d.originator) ||
	    a.desk.len == 0)
		return fail(e, RC_INVALID, "%s is not a desk's key: \"%.*s\"",
		    key, (int)j->draft.d.originator.len,
		    (const char *)j->draft.d.originator.p);
	j->draft.d.header.origin = a.station;
	rc = check_rights(j, e);
	return rc == RC_OK ? check_force(j, e) : rc;
}

/* The first file's name with .antin behind it, or the id's; the caller
 * frees. */
static char *
target(const struct job *j)
{
	const char *out = arg(j->a, "out");
	char id[ID_TEXT], *path;

	id_write(id, &j->draft.d.header.id);
	if (out != NULL)
		path = strdup(out);
	else if (asprintf(&path, "%s.antin",
		     j->a->rest_count > 0 ? j->a->rest[0] : id) < 0)
		path = NULL;
	if (path == NULL)
		bug("no memory");
	return path;
}

static void
tell(const struct job *j, const char *path)
{
	char id[ID_TEXT], size[SIZE_TEXT] = "";
	json_t *root;
	struct stat st;

	id_write(id, &j->draft.d.header.id);
	if (stat(path, &st) == 0)
		size_write(size, (uint64_t)st.st_size);
	if (arg_given(j->a, "json")) {
		root = json_object();
		show_text(root, "file", bytes_str(path));
		show_id(root, "id", &j->draft.d.header.id);
		show_number(root, "total", (uint64_t)st.st_size);
		show_number(root, "slips", j->to.count);
		show(root, true);
		return;
	}
	say("Sealed in %s (%s), which only the addressees (%zu) can open.\n",
	    path, size, j->to.count);
	say("Dispatch id: %s\n", id);
}

static enum rc
take_numbers(struct job *j, struct err *e)
{
	struct header *h = &j->draft.d.header;
	enum rc rc;

	rc = arg_number(&h->serial, j->a, "serial", 0, INT64_MAX, e);
	if (rc == RC_OK)
		rc = arg_number(
		    &h->incarnation, j->a, "incarnation", 0, INT64_MAX, e);
	return rc;
}

static enum rc
make(struct job *j, struct err *e)
{
	struct signer signer = identity_signer(&j->from);
	struct progress progress;
	char *path;
	enum rc rc;

	random_bytes(j->draft.d.header.id.b, ID_SIZE);
	path = target(j);
	progress = progress_start(tr("Sealing"), j->draft.total);
	rc = sealed_make(path, arg_given(j->a, "force"), &j->draft.d,
	    j->draft.parts, j->draft.part_count, &signer, j->to.recipients,
	    j->to.count, time_now(), &progress, e);
	progress_end(&progress);
	if (rc == RC_OK)
		tell(j, path);
	free(path);
	return rc;
}

static enum rc
seal(const struct args *a, struct err *e)
{
	struct job *j = alloc(1, sizeof(*j));
	enum rc rc;

	j->a = a;
	rc = arg_threads(a, e);
	if (rc == RC_OK && (rc = draft_take(&j->draft, a, e)) == RC_OK &&
	    (rc = take_numbers(j, e)) == RC_OK &&
	    (rc = take_addressees(j, e)) == RC_OK &&
	    (rc = take_sender(j, e)) == RC_OK)
		rc = make(j, e);
	job_free(j);
	free(j);
	return rc;
}

static const struct opt opts[] = {
	{ "key", "FILE.key", "the sender's key file", false },
	{ "to", "CARD|ADDRESS",
	    "a desk that acts on it: its card, a folder of cards, or its "
	    "address or name in the directory",
	    true },
	{ "info", "CARD|ADDRESS", "a desk that is informed", true },
	{ "list", "NAME", "all who are on this list of the directory", false },
	OPT_DIRECTORY,
	{ "out", "FILE", "the envelope file to make", false },
	{ "text", "FILE", "a text file to be read as it stands", false },
	{ "subject", "TEXT", "subject of an ordinary dispatch", false },
	{ "subject-file", "FILE", "subject, from a file", false },
	{ "level", "LEVEL", "thuong (default), mat, toi-mat, tuyet-mat",
	    false },
	{ "precedence", "P",
	    "thuong (default), khan, thuong-khan, hoa-toc, hoa-toc-hen-gio",
	    false },
	{ "info-precedence", "P", "precedence for those who are informed",
	    false },
	{ "due", "TIME", "the set time of hoa-toc-hen-gio", false },
	{ "expires", "TIME", "nobody opens it after this time", false },
	{ "reference", "ID", "a dispatch that this one refers to", true },
	{ "supersedes", "ID", "the dispatch that this one takes the place of",
	    false },
	{ "signature", "FILE.sig", "a person's signature of one of the files",
	    true },
	{ "serial", "N", "serial of the origin (0: sealed outside a station)",
	    false },
	{ "incarnation", "N", "incarnation of the origin", false },
	{ "foreign", NULL, "allow keys that are for foreign tools only",
	    false },
	OPT_PASSPHRASE,
	OPT_THREADS,
	OPT_FORCE,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_seal = {
	.name = "seal",
	.args = "[FILE...]",
	.does = "Sign files or a text as a desk and seal them for other desks, "
		"in one envelope file that may go any way.",
	.opts = opts,
	.least = 0,
	.most = DISPATCH_PARTS,
	.run = seal,
};

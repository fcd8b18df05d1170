/* SPDX-License-Identifier: EUPL-1.2 */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "antin/addressees.h"
#include "antin/show.h"
#include "antin/tree.h"
#include "antin/who.h"
#include "core/arena.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "envelope/address.h"
#include "file/sealed.h"

#define INSIDE_FILE (64u << 10) /* a file to this size lies inside */
#define INSIDE_ALL (512u << 10) /* and all of them together to this */
#define TEXT_NAME "dien.txt"	/* the text is saved as */

static const struct {
	const char *suffix, *type;
} media_types[] = {
	{ ".pdf", "application/pdf" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".xml", "application/xml" },
	{ ".json", "application/json" },
	{ ".doc", "application/msword" },
	{ ".docx",
	    "application/"
	    "vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ ".xlsx", "application/"
		   "vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ ".odt", "application/vnd.oasis.opendocument.text" },
	{ ".ods", "application/vnd.oasis.opendocument.spreadsheet" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".tif", "image/tiff" },
	{ ".zip", "application/zip" },
};

static const char *
media_type(const char *path)
{
	const char *dot = strrchr(path, '.');
	size_t i;

	for (i = 0;
	     dot != NULL && i < sizeof(media_types) / sizeof(media_types[0]);
	     i++)
		if (strcasecmp(media_types[i].suffix, dot) == 0)
			return media_types[i].type;
	return "application/octet-stream";
}

/* What a dispatch is made from; owns what the dispatch borrows. */
struct job {
	const struct args *a;
	struct dispatch d;
	struct identity from;
	struct addressees to;
	struct arena kept; /* names of parts */
	struct sealing_part parts[DISPATCH_PARTS];
	struct buf inside[DISPATCH_PARTS];
	size_t part_count, inside_size;
	uint64_t total; /* bytes to be read */
	struct buf subject;
};

static void
job_free(struct job *j)
{
	size_t i;

	for (i = 0; i < DISPATCH_PARTS; i++)
		buf_free(&j->inside[i]);
	addressees_free(&j->to);
	arena_free(&j->kept);
	buf_free(&j->subject);
	dispatch_free(&j->d);
	identity_free(&j->from);
}

/* ---- parts
 * ------------------------------------------------------------------------------
 */

static enum rc
new_part(struct job *j, enum part_kind kind, const char *name, const char *type,
    struct err *e)
{
	struct sealing_part *p = &j->parts[j->part_count];
	struct buf clean;
	enum rc rc;

	if (j->part_count == DISPATCH_PARTS)
		return fail(e, RC_LIMIT, "over %d parts", DISPATCH_PARTS);
	rc = utf8_clean(&clean, bytes_str(name), LIMIT_NAME, e);
	if (rc != RC_OK)
		return fail_at(e, "the name of a file");
	p->part.kind = kind;
	p->part.name = arena_add(&j->kept, buf_bytes(&clean));
	p->part.type = bytes_str(type);
	buf_free(&clean);
	return RC_OK;
}

static enum rc
put_inside(struct job *j, const char *path, struct err *e)
{
	struct buf *b = &j->inside[j->part_count];
	enum rc rc;

	rc = file_read(b, path, LIMIT_CONTENT, e);
	if (rc != RC_OK)
		return rc;
	j->inside_size += b->len;
	j->parts[j->part_count++].inside = buf_bytes(b);
	return RC_OK;
}

static enum rc
add_text(struct job *j, struct err *e)
{
	const char *path = arg(j->a, "text");
	enum rc rc;

	if (path == NULL)
		return RC_OK;
	rc = new_part(j, PART_TEXT, TEXT_NAME, "text/plain; charset=utf-8", e);
	if (rc == RC_OK)
		rc = put_inside(j, path, e);
	if (rc == RC_OK && !utf8_valid(buf_bytes(&j->inside[0])))
		rc = fail(e, RC_INVALID,
		    "%s is not UTF-8 text; send it as a file", path);
	return rc;
}

static enum rc
add_file(struct job *j, const char *path, struct err *e)
{
	char *copy = strdup(path);
	struct stat st;
	uint64_t size;
	enum rc rc;

	if (copy == NULL)
		bug("no memory");
	rc = new_part(j, PART_DOCUMENT, basename(copy), media_type(path), e);
	free(copy);
	if (rc != RC_OK)
		return rc;
	/* looked at, not opened: a pipe is opened once */
	if (stat(path, &st) != 0)
		return fail_io(e, "%s cannot be opened", path);
	size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	j->total += size;
	if (S_ISREG(st.st_mode) && size <= INSIDE_FILE &&
	    j->inside_size + size <= INSIDE_ALL)
		return put_inside(j, path, e);
	j->parts[j->part_count++].path = path;
	return RC_OK;
}

/* The one document of this name; RC_USAGE where there is none, or several. */
static enum rc
find_document(size_t *out, const struct job *j, struct bytes name,
    const char *signature, struct err *e)
{
	size_t i, found = 0;

	for (i = 0; i < j->part_count; i++)
		if (j->parts[i].part.kind != PART_SIGNATURE &&
		    bytes_eq(j->parts[i].part.name, name)) {
			*out = i;
			found++;
		}
	if (found == 1)
		return RC_OK;
	if (found == 0)
		return fail(e, RC_USAGE,
		    "%s signs none of the files given: it is named after the "
		    "file it signs, with .sig behind",
		    signature);
	return fail(e, RC_USAGE,
	    "%s may sign any of %zu files of one name; give them names of "
	    "their own",
	    signature, found);
}

/* "doc.pdf.sig" signs the part named "doc.pdf". */
static enum rc
add_signature(struct job *j, const char *path, struct err *e)
{
	char *copy = strdup(path);
	const char *name = basename(copy);
	size_t len = strlen(name), of = 0;
	enum rc rc;

	rc = find_document(
	    &of, j, bytes_of(name, len > 4 ? len - 4 : 0), path, e);
	if (rc == RC_OK)
		rc = new_part(
		    j, PART_SIGNATURE, name, "application/pkcs7-signature", e);
	if (rc == RC_OK) {
		j->parts[j->part_count].part.of = of;
		rc = put_inside(j, path, e);
	}
	free(copy);
	return rc;
}

static enum rc
gather_parts(struct job *j, struct err *e)
{
	const char *path;
	size_t at = 0, i;
	enum rc rc;

	rc = add_text(j, e);
	for (i = 0; i < j->a->rest_count && rc == RC_OK; i++)
		rc = add_file(j, j->a->rest[i], e);
	while (rc == RC_OK && (path = arg_each(j->a, "signature", &at)) != NULL)
		rc = add_signature(j, path, e);
	if (rc == RC_OK && j->part_count == 0)
		rc = fail(e, RC_USAGE,
		    "there is nothing to seal: give files, or --text FILE");
	return rc;
}

/* ---- what it says of itself
 * ---------------------------------------------------------- */

static enum rc
take_subject(struct job *j, struct err *e)
{
	const char *words = arg(j->a, "subject"), *path;
	struct buf text = { 0 };
	enum rc rc = RC_OK;

	path = arg(j->a, "subject-file");
	if (words != NULL && path != NULL)
		return fail(e, RC_USAGE,
		    "--subject and --subject-file exclude each other");
	if (words != NULL && j->d.level != LEVEL_ORDINARY)
		return fail(e, RC_USAGE,
		    "everybody on this machine can read a command line: give "
		    "a secret dispatch's subject by --subject-file");
	if (path != NULL)
		rc = file_read(&text, path, LIMIT_SUBJECT, e);
	else if (words != NULL)
		buf_add(&text, bytes_str(words));
	while (text.len > 0 && text.p[text.len - 1] == '\n')
		text.len--;
	if (rc == RC_OK)
		rc =
		    utf8_clean(&j->subject, buf_bytes(&text), LIMIT_SUBJECT, e);
	buf_free(&text);
	j->d.subject = buf_bytes(&j->subject);
	return rc == RC_OK ? RC_OK : fail_at(e, "the subject");
}

static enum rc
take_labels(struct job *j, struct err *e)
{
	const char *level = arg(j->a, "level");
	const char *action = arg(j->a, "precedence");
	const char *info = arg(j->a, "info-precedence");

	j->d.info = PRECEDENCE_THUONG;
	if (level != NULL && !level_parse(&j->d.level, bytes_str(level)))
		return fail(e, RC_USAGE,
		    "--level wants thuong, mat, toi-mat or tuyet-mat, found "
		    "\"%s\"",
		    level);
	if ((action != NULL && !precedence_parse(&j->d.header.precedence,
				   bytes_str(action))) ||
	    (info != NULL && !precedence_parse(&j->d.info, bytes_str(info))))
		return fail(e, RC_USAGE,
		    "a precedence is thuong, khan, thuong-khan, hoa-toc or "
		    "hoa-toc-hen-gio");
	return RC_OK;
}

static enum rc
take_ids(struct job *j, struct err *e)
{
	const char *word;
	size_t at = 0;

	j->d.references = alloc(DISPATCH_REFERENCES, sizeof(struct id));
	while ((word = arg_each(j->a, "reference", &at)) != NULL) {
		if (j->d.reference_count == DISPATCH_REFERENCES)
			return fail(e, RC_LIMIT, "over %d references",
			    DISPATCH_REFERENCES);
		if (!id_parse(&j->d.references[j->d.reference_count++],
			bytes_str(word)))
			return fail(e, RC_USAGE,
			    "--reference wants a dispatch id, found \"%s\"",
			    word);
	}
	word = arg(j->a, "supersedes");
	j->d.supersedes_set = word != NULL;
	if (word != NULL && !id_parse(&j->d.supersedes, bytes_str(word)))
		return fail(e, RC_USAGE,
		    "--supersedes wants a dispatch id, found \"%s\"", word);
	return RC_OK;
}

static enum rc
take_numbers(struct job *j, struct err *e)
{
	struct header *h = &j->d.header;
	enum rc rc;

	h->expires = TIME_NEVER;
	j->d.due = TIME_NEVER;
	if ((rc = arg_number(&h->serial, j->a, "serial", 0, INT64_MAX, e)) !=
		RC_OK ||
	    (rc = arg_number(&h->incarnation, j->a, "incarnation", 0, INT64_MAX,
		 e)) != RC_OK ||
	    (rc = arg_time(&h->expires, j->a, "expires", e)) != RC_OK)
		return rc;
	if (h->expires < time_now())
		return fail(e, RC_USAGE,
		    "--expires is in the past: nobody could open it");
	rc = arg_time(&j->d.due, j->a, "due", e);
	if (rc == RC_OK && (h->precedence == PRECEDENCE_HOA_TOC_HEN_GIO) !=
			       (j->d.due != TIME_NEVER))
		rc = fail(e, RC_USAGE,
		    "--precedence hoa-toc-hen-gio and --due go together");
	return rc;
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
	if (j->d.level > r->level)
		return fail(e, RC_DENIED,
		    "this desk may send what is up to %s; this is %s",
		    level_name(r->level), level_name(j->d.level));
	if (precedence_rank(j->d.header.precedence) >
		precedence_rank(r->precedence) ||
	    precedence_rank(j->d.info) > precedence_rank(r->precedence))
		return fail(e, RC_DENIED,
		    "this desk may send up to the precedence %s; this is %s",
		    precedence_name(r->precedence),
		    precedence_name(j->d.header.precedence));
	return RC_OK;
}

/* The dispatch takes over who they are. */
static enum rc
take_addressees(struct job *j, struct err *e)
{
	enum rc rc;

	j->to.a = j->a;
	j->to.level = j->d.level;
	rc = addressees_gather(&j->to, e);
	j->d.to = j->to.to;
	j->d.to_count = j->to.list.set ? 0 : j->to.count;
	j->d.list = j->to.list;
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
	j->d.originator = j->from.card.sign.address;
	if (j->from.kem == NULL || !address_parse(&a, j->d.originator) ||
	    a.desk.len == 0)
		return fail(e, RC_INVALID, "%s is not a desk's key: \"%.*s\"",
		    key, (int)j->d.originator.len,
		    (const char *)j->d.originator.p);
	j->d.header.origin = a.station;
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

	id_write(id, &j->d.header.id);
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

	id_write(id, &j->d.header.id);
	if (stat(path, &st) == 0)
		size_write(size, (uint64_t)st.st_size);
	if (arg_given(j->a, "json")) {
		root = json_object();
		show_text(root, "file", bytes_str(path));
		show_id(root, "id", &j->d.header.id);
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
make(struct job *j, struct err *e)
{
	struct signer signer = identity_signer(&j->from);
	struct progress progress;
	char *path;
	enum rc rc;

	random_bytes(j->d.header.id.b, ID_SIZE);
	path = target(j);
	progress = progress_start(tr("Sealing"), j->total);
	rc = sealed_make(path, arg_given(j->a, "force"), &j->d, j->parts,
	    j->part_count, &signer, j->to.recipients, j->to.count, time_now(),
	    &progress, e);
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
	if (rc == RC_OK && (rc = take_labels(j, e)) == RC_OK &&
	    (rc = take_numbers(j, e)) == RC_OK &&
	    (rc = take_ids(j, e)) == RC_OK &&
	    (rc = take_subject(j, e)) == RC_OK &&
	    (rc = gather_parts(j, e)) == RC_OK &&
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

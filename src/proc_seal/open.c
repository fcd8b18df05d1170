/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading dispatches that lie at a desk, and saving their parts. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/time.h"
#include "envelope/envelope.h"
#include "file/attach.h"
#include "pki/cert.h"
#include "proc_seal/seal.h"

/* A package and what it holds. */
struct reading {
	struct job *job;
	const struct msg_of *m;
	struct buf package; /* of a small one */
	struct in_file in;
	uint64_t start; /* of its attachments */
	int64_t now;
	/* what is said of recalling it */
	struct buf recallers;
	struct msg_recaller recalled; /* by its originator; borrows from them */
	bool unopened;
	struct buf der; /* the envelope */
	struct envelope envelope;
	uint8_t cek[AEAD_KEY];
	struct opened opened;
	/* its signer */
	struct buf cert;
	struct sig_pub *pub;
	struct bytes name; /* borrows cert */
	struct arena kept;
	/* a sibling that could not be asked: then it is that, and no forgery */
	enum rc unasked;
	struct err why;
};

static void
reading_free(struct reading *r)
{
	in_close(&r->in);
	opened_free(&r->opened);
	sig_pub_free(r->pub);
	buf_free(&r->cert);
	buf_free(&r->der);
	buf_free(&r->package);
	buf_free(&r->recallers);
	arena_free(&r->kept);
	wipe(r->cek, sizeof(r->cek));
}

/* ---- asked while it is opened
 * ----------------------------------------------------------- */

static bool
asked(struct reading *r, enum msg m, const void *body, enum msg want,
    struct message *answer)
{
	struct err e;
	enum rc rc;

	if (r->unasked != RC_OK)
		return false;
	rc = seal_ask(PROC_STORE, m, body, want, answer, NULL, &e);
	if (rc != RC_OK) {
		r->unasked = rc;
		r->why = e;
	}
	return rc == RC_OK;
}

/* The certificate is the one that was asked for: what the store says is held
 * to the hash that the signature names. */
static bool
find(void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	const struct msg_signer question = { tag, cert };
	uint8_t hash[SHA256_SIZE];
	const struct msg_signer_is *is;
	struct reading *r = ctx;
	struct message answer;
	struct cert c;
	struct err e;

	if (!asked(r, MSG_SIGNER, &question, MSG_SIGNER_IS, &answer))
		return false;
	is = &answer.body.signer_is;
	if (!is->known)
		return false;
	sha256(hash, is->cert_der);
	buf_add(&r->cert, is->cert_der);
	if (!bytes_eq(bytes_of(hash, sizeof(hash)), cert) ||
	    memcmp(hash, is->cert, sizeof(hash)) != 0 ||
	    cert_parse(&c, buf_bytes(&r->cert), &e) != RC_OK ||
	    c.use != CERT_SIGN || !bytes_eq(tag_bytes(&c.tag), tag))
		bug("another signer than was asked for");
	r->pub = sig_pub_of(c.sig, c.pub);
	r->name = c.name;
	*out = (struct known_signer){ .pub = r->pub,
		.address = arena_add(&r->kept, is->address),
		.from = is->from,
		.until = is->until,
		.limited = is->limited,
		.level = (enum level)is->level,
		.precedence = (enum precedence)is->precedence };
	memcpy(out->cert, hash, sizeof(hash));
	return r->pub != NULL;
}

static bool
listed(void *ctx, const struct list_ref *list, struct bytes address, int64_t t)
{
	struct msg_listed question = { .id = list->id,
		.version = list->version,
		.address = address,
		.at = t };
	struct message answer;

	memcpy(question.hash, list->hash.b, sizeof(question.hash));
	return asked(ctx, MSG_LISTED, &question, MSG_YES, &answer) &&
	       answer.body.yes.yes;
}

static bool
answers(void *ctx, struct bytes address, struct bytes other, int64_t t)
{
	const struct msg_answers question = { address, other, t };
	struct message answer;

	return asked(ctx, MSG_ANSWERS, &question, MSG_YES, &answer) &&
	       answer.body.yes.yes;
}

/* ---- the package
 * ------------------------------------------------------------------------ */

static enum rc
not_as_kept(struct err *e)
{
	return fail(e, RC_INVALID,
	    "the package is not as the store took it: its disk may be failing");
}

static enum rc
fetch(struct reading *r, struct err *e)
{
	const struct msg_package *p;
	struct message answer;
	int fd;
	enum rc rc;

	rc =
	    seal_ask(PROC_STORE, MSG_FETCH, r->m, MSG_PACKAGE, &answer, &fd, e);
	if (rc != RC_OK)
		return rc;
	p = &answer.body.package;
	rc = seal_said(p->rc, p->why, e);
	if (rc == RC_OK && fd < 0) {
		buf_add(&r->package, p->package);
		r->in = in_bytes(buf_bytes(&r->package), "the package");
	} else if (rc == RC_OK) {
		rc = in_take(&r->in, fd, "the package", e);
	} else if (fd >= 0) {
		(void)close(fd);
	}
	if (rc != RC_OK)
		return rc;
	if (r->in.size != p->total || p->envelope > p->total ||
	    p->envelope > ENVELOPE_MAX)
		return not_as_kept(e);
	r->start = p->envelope;
	r->now = p->now;
	buf_add(&r->recallers, p->recallers);
	r->unopened = p->unopened != 0;
	return RC_OK;
}

static enum rc
unlock(struct reading *r, struct err *e)
{
	const struct msg_unlock question = { r->m->uid, r->m->desk,
		r->envelope.slips, r->envelope.cipher, r->envelope.attributes };
	struct msg_cek *cek;
	struct message answer;
	enum rc rc;

	rc = seal_ask(
	    PROC_KEYS, MSG_UNLOCK, &question, MSG_CEK, &answer, NULL, e);
	if (rc != RC_OK)
		return rc;
	cek = &answer.body.cek;
	rc = seal_said(cek->rc, cek->why, e);
	if (rc == RC_OK)
		memcpy(r->cek, cek->cek, sizeof(r->cek));
	wipe(&answer, sizeof(answer));
	return rc;
}

static enum rc
open_package(struct reading *r, struct err *e)
{
	const struct opener by = { .address = r->m->desk,
		.now = r->now,
		.find = find,
		.listed = listed,
		.answers = answers,
		.ctx = r };
	enum rc rc;

	rc = envelope_open(&r->opened, &r->envelope, r->cek, &by, e);
	if (rc != RC_OK && r->unasked != RC_OK) {
		*e = r->why;
		return r->unasked;
	}
	return rc;
}

static enum rc
open_all(struct reading *r, struct err *e)
{
	const size_t len = (size_t)r->start;
	enum rc rc;

	if ((rc = in_read_at(&r->in, buf_grow(&r->der, len), len, 0, e)) !=
		RC_OK ||
	    (rc = envelope_parse(&r->envelope, buf_bytes(&r->der), e)) !=
		RC_OK ||
	    (rc = unlock(r, e)) != RC_OK || (rc = open_package(r, e)) != RC_OK)
		return rc;
	return attach_check_end(&r->in, r->start, &r->opened.dispatch, e);
}

/* docs/receipts.md 8.4, 8.5: who has recalled it is who signed it, though he be
 * written differently now, or nobody has. */
static enum rc
check_recall(struct reading *r, struct err *e)
{
	const struct bytes originator = r->opened.dispatch.originator;
	struct bytes rest = buf_bytes(&r->recallers);
	struct msg_recaller by;
	char when[TIME_TEXT];
	bool his = false;

	while (!his && list_next(&rest, LIST_RECALLER, &by))
		his = bytes_eq(by.by, originator) ||
		      answers(
			  r, by.by, originator, r->opened.signature.signed_at);
	if (r->unasked != RC_OK) {
		*e = r->why;
		return r->unasked;
	}
	if (!his)
		return RC_OK;
	r->recalled = by;
	if (!r->unopened)
		return RC_OK;
	time_write_vn(when, by.at);
	return fail(e, RC_DENIED,
	    "%.*s has recalled it (%s) before it was opened: it is withheld",
	    (int)by.by.len, (const char *)by.by.p, when);
}

static enum rc
reading_open(struct reading *r, struct job *j, struct err *e)
{
	enum rc rc;

	*r = (struct reading){
		.job = j, .m = &j->asked->body.of, .in = { .fd = -1 }
	};
	rc = fetch(r, e);
	if (rc == RC_OK)
		rc = open_all(r, e);
	return rc == RC_OK ? check_recall(r, e) : rc;
}

enum rc
seal_read(struct job *j, struct err *e)
{
	struct reading *r = alloc(1, sizeof(*r));
	const struct signed_data *s = &r->opened.signature;
	struct msg_letter letter = { 0 };
	enum rc rc;

	rc = reading_open(r, j, e);
	if (rc == RC_OK) {
		letter.statement = s->statement;
		letter.level = r->opened.dispatch.level;
		letter.signed_at = s->signed_at;
		letter.signer = r->name;
		letter.recalled = r->recalled.by;
		letter.recalled_at = r->recalled.at;
		letter.instead = r->recalled.instead;
		(void)tell(PROC_CONTROL, MSG_LETTER, j->number, &letter, -1);
	}
	reading_free(r);
	free(r);
	return rc;
}

/* ---- saving
 * -----------------------------------------------------------------------------
 */

/* Somebody's file, memory or pipe that is written into. */
struct target {
	int fd;
	bool pipe;
};

static enum rc
target_open(struct target *t, struct job *j, struct err *e)
{
	struct stat st;
	int mode;

	if (j->fd_count != 1)
		return fail(e, RC_INVALID,
		    "one descriptor to write into is wanted, found %zu",
		    j->fd_count);
	t->fd = j->fds[0];
	mode = fcntl(t->fd, F_GETFL);
	if (mode < 0 || fstat(t->fd, &st) != 0)
		return fail_io(e, "what is to be written into");
	t->pipe = S_ISFIFO(st.st_mode);
	if ((!t->pipe && !S_ISREG(st.st_mode)) || mode & O_PATH ||
	    (mode & O_ACCMODE) == O_RDONLY)
		return fail(e, RC_INVALID,
		    "what is to be written into is neither a file nor a pipe "
		    "that is open for it");
	return RC_OK;
}

/* There is room for PIPE_BUF bytes in it, which write() then takes at once. */
static enum rc
await_room(const struct target *t, struct err *e)
{
	struct pollfd wait = { .fd = t->fd, .events = POLLOUT };
	int n;

	do
		n = poll(&wait, 1, SEAL_PATIENCE * 1000);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail_io(e, "what is to be written into");
	if (n == 0)
		return fail(e, RC_EXPIRED,
		    "nobody has read what was written for %d seconds",
		    SEAL_PATIENCE);
	return RC_OK;
}

static enum rc
target_put(void *ctx, struct bytes more, struct err *e)
{
	const struct target *t = ctx;
	size_t len;
	ssize_t n;
	enum rc rc;

	while (more.len > 0) {
		if (t->pipe && (rc = await_room(t, e)) != RC_OK)
			return rc;
		len = t->pipe && more.len > PIPE_BUF ? PIPE_BUF : more.len;
		n = write(t->fd, more.p, len);
		if (n < 0 && (errno == EINTR || (t->pipe && errno == EAGAIN)))
			n = 0;
		if (n < 0)
			return fail_io(e, "what is to be written into");
		more = bytes_of(more.p + n, more.len - (size_t)n);
	}
	return RC_OK;
}

static enum rc
pour(struct reading *r, size_t part, struct target *t, struct err *e)
{
	const struct dispatch *d = &r->opened.dispatch;
	const struct sink to = { target_put, t };
	uint8_t key[AEAD_KEY];
	uint64_t at;
	enum rc rc;

	if (part >= d->part_count)
		return fail(e, RC_ABSENT, "it has %zu parts; there is no %zu",
		    d->part_count, part + 1);
	if (!d->parts[part].attached)
		return target_put(t,
		    dispatch_part(d, part, buf_bytes(&r->opened.content)), e);
	rc = attach_at(&at, &r->in, r->start, d, part, e);
	if (rc != RC_OK)
		return rc;
	r->job->progress.total = d->parts[part].size;
	attachment_key(key, r->cek, &d->header.id, part);
	rc = attach_open(
	    &to, &r->in, at, key, &d->parts[part], &r->job->progress, e);
	wipe(key, sizeof(key));
	return rc;
}

enum rc
seal_save(struct job *j, struct err *e)
{
	struct reading *r = alloc(1, sizeof(*r));
	struct target t;
	enum rc rc;

	r->in.fd = -1;
	rc = target_open(&t, j, e);
	if (rc == RC_OK && (rc = reading_open(r, j, e)) == RC_OK)
		rc = pour(r, (size_t)r->m->part, &t, e);
	reading_free(r);
	free(r);
	return rc;
}

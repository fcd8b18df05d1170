/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Making dispatches: what control asks for becomes a package, which the store
 * takes.
 *
 * A package is an envelope and, right behind it, its attachments
 * (docs/station.md 4.2).  The attachments are sealed first, for the envelope
 * says their hashes; so they are put where the envelope will end.  That is
 * known before: the content is padded to a size class that is reckoned with the
 * largest numbers the attachments may come to (docs/envelope.md 7.3), and a
 * signature whose length varies is made again until it has the longest form.
 * Where DER's lengths pass over the size, or no signature came to it, the
 * attachments are moved up by the few bytes that are missing.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/time.h"
#include "core/vec.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "proc_seal/making.h"

#define SIGN_TRIES 32		/* of a signature for its longest form */
#define MOVE_PIECE (256u << 10) /* bytes moved at a time */

static void
making_free(struct making *mk)
{
	size_t i;

	for (i = 0; i < MSG_FDS; i++) {
		in_close(&mk->in[i]);
		buf_free(&mk->inside[i]);
	}
	out_drop(&mk->out);
	buf_free(&mk->name);
	buf_free(&mk->data);
	buf_free(&mk->package);
	arena_free(&mk->kept);
	dispatch_free(&mk->d);
	free(mk->recipients);
	wipe(mk->cek, sizeof(mk->cek));
}

/* ---- what is asked for
 * ---------------------------------------------------------------- */

static enum rc
take_head(struct making *mk, struct err *e)
{
	const struct msg_seal *m = mk->m;
	struct dispatch *d = &mk->d;
	enum rc rc;

	d->originator = m->desk;
	d->level = (enum level)m->level;
	d->header.precedence = (enum precedence)m->precedence;
	d->header.expires = m->expires;
	d->info = (enum precedence)m->info;
	d->due = m->due;
	rc = making_text(&d->subject, mk, m->subject, LIMIT_SUBJECT, e);
	if (rc != RC_OK)
		return fail_at(e, "the subject");
	d->reference_count = m->references.len / ID_SIZE;
	d->references = alloc(d->reference_count, sizeof(*d->references));
	if (d->reference_count > 0)
		memcpy(d->references, m->references.p,
		    d->reference_count * ID_SIZE);
	d->supersedes_set = m->supersedes.len == ID_SIZE;
	if (d->supersedes_set)
		memcpy(d->supersedes.b, m->supersedes.p, ID_SIZE);
	return RC_OK;
}

/* ---- what the store says
 * --------------------------------------------------------------
 */

static enum rc
take_number(struct making *mk, struct err *e)
{
	const struct msg_desk desk = { mk->m->uid, mk->m->desk };
	const struct msg_numbered *n;
	struct message answer;
	int fd;
	enum rc rc;

	rc = seal_ask(
	    PROC_STORE, MSG_NUMBER, &desk, MSG_NUMBERED, &answer, &fd, e);
	if (rc != RC_OK)
		return rc;
	n = &answer.body.numbered;
	mk->out = out_take(fd, "the package");
	rc = seal_said(n->rc, n->why, e);
	if (rc != RC_OK)
		return rc;
	if (fd < 0)
		bug("a number without its file");
	buf_add(&mk->name, n->name);
	mk->now = n->now;
	if (mk->d.header.expires < mk->now)
		return fail(e, RC_INVALID,
		    "it is to expire in the past: nobody could open it");
	mk->d.header.origin = arena_add(&mk->kept, n->origin);
	mk->d.header.incarnation = n->incarnation;
	mk->d.header.serial = n->serial;
	return RC_OK;
}

/* One whom it goes to, as the store has resolved him. */
static enum rc
add_recipient(struct making *mk, const struct msg_resolved *r, struct err *e)
{
	const struct kem_alg *alg;
	struct recipient *to;
	enum rc rc;

	rc = seal_said(r->rc, r->why, e);
	if (rc != RC_OK)
		return rc;
	if (mk->count == LIMIT_SLIPS)
		return fail(e, RC_LIMIT, "over %u desks", LIMIT_SLIPS);
	alg = kem_by_oid(r->alg);
	if (alg == NULL || !suite_kem_is_composite(alg) ||
	    r->pub.len != alg->pub)
		return fail(e, RC_DENIED,
		    "\"%.*s\" has a key for foreign tools only",
		    (int)r->address.len, (const char *)r->address.p);
	mk->recipients =
	    vec_more(mk->recipients, mk->count, sizeof(*mk->recipients));
	mk->d.to = vec_more(mk->d.to, mk->count, sizeof(*mk->d.to));
	to = &mk->recipients[mk->count];
	to->alg = alg;
	to->pub = arena_add(&mk->kept, r->pub);
	tag_of(&to->tag, alg->oid, r->pub);
	mk->d.to[mk->count++].address = arena_add(&mk->kept, r->address);
	return RC_OK;
}

static enum rc
resolve_all(struct making *mk, struct err *e)
{
	struct bytes rows = mk->m->to;
	struct msg_addressee row;
	struct msg_resolve question = { .level = mk->m->level, .at = mk->now };
	struct message answer;
	enum rc rc = RC_OK;

	while (rc == RC_OK && list_next(&rows, LIST_ADDRESSEE, &row)) {
		question.address = row.address;
		rc = seal_ask(PROC_STORE, MSG_RESOLVE, &question, MSG_RESOLVED,
		    &answer, NULL, e);
		if (rc == RC_OK)
			rc = add_recipient(mk, &answer.body.resolved, e);
		if (rc == RC_OK)
			mk->d.to[mk->count - 1].purpose =
			    (enum purpose)row.purpose;
	}
	mk->d.to_count = mk->count;
	return rc;
}

/* A signed list is named in the dispatch, and expanded now. */
static enum rc
expand(struct making *mk, struct err *e)
{
	const struct msg_expand question = { mk->m->list, mk->m->level,
		mk->now };
	const struct msg_expanded *x;
	struct msg_resolved row;
	struct message answer;
	struct bytes rows;
	enum rc rc;

	rc = seal_ask(
	    PROC_STORE, MSG_EXPAND, &question, MSG_EXPANDED, &answer, NULL, e);
	if (rc != RC_OK)
		return rc;
	x = &answer.body.expanded;
	rc = seal_said(x->rc, x->why, e);
	rows = x->rows;
	while (rc == RC_OK && list_next(&rows, LIST_RESOLVED, &row))
		rc = add_recipient(mk, &row, e);
	if (rc == RC_OK && mk->count == 0)
		rc = fail(e, RC_ABSENT, "nobody is on the list \"%.*s\"",
		    (int)mk->m->list.len, (const char *)mk->m->list.p);
	mk->d.list = (struct list_ref){
		.set = true, .id = x->id, .version = x->version
	};
	memcpy(mk->d.list.hash.b, x->hash, sizeof(x->hash));
	return rc;
}

static enum rc
take_addressees(struct making *mk, struct err *e)
{
	if ((mk->m->to.len == 0) == (mk->m->list.len == 0))
		return fail(
		    e, RC_INVALID, "a dispatch goes to desks, or to one list");
	return mk->m->list.len > 0 ? expand(mk, e) : resolve_all(mk, e);
}

/* ---- the content
 * ------------------------------------------------------------------------ */

/* Pack what lies inside; parts to be attached get the largest numbers they may
 * come to, until they are known. */
static void
pack_inside(struct making *mk)
{
	struct buf all = { 0 };
	struct part *p;
	size_t i;

	for (i = 0; i < mk->d.part_count; i++) {
		p = &mk->d.parts[i];
		if (mk->in[i].fd >= 0) {
			*p = (struct part){ p->kind, p->name, p->type,
				INT64_MAX, p->of, true, CODING_ZSTD,
				INT64_MAX / 2, INT64_MAX, { { 0 } } };
			continue;
		}
		p->size = mk->inside[i].len;
		buf_add(&all, buf_bytes(&mk->inside[i]));
		buf_free(&mk->inside[i]);
	}
	mk->d.size = all.len;
	mk->d.coding = pack(&mk->data, buf_bytes(&all));
	buf_free(&all);
}

/* The largest SignedData this may become, whichever suite the desk is of. */
static size_t
inner_room(const struct making *mk)
{
	size_t i, size, most = 0;

	for (i = 0; i < SUITE_COUNT; i++) {
		if (!suite_table[i].composite)
			continue;
		size = signed_dispatch_size(
		    &mk->d, mk->data.len, sig_by_name(suite_table[i].sig));
		most = size > most ? size : most;
	}
	return most;
}

static enum rc
seal_attachments(struct making *mk, struct err *e)
{
	uint8_t key[AEAD_KEY];
	enum rc rc = RC_OK;
	size_t i;

	mk->inner = inner_room(mk);
	mk->out.at = mk->envelope =
	    envelope_size(&mk->d.header, mk->inner, mk->recipients, mk->count);
	for (i = 0; i < mk->d.part_count && rc == RC_OK; i++) {
		if (!mk->d.parts[i].attached)
			continue;
		attachment_key(key, mk->cek, &mk->d.header.id, i);
		rc = attach_seal(&mk->out, &mk->in[i], key, &mk->d.parts[i],
		    &mk->job->progress, e);
		wipe(key, sizeof(key));
		in_close(&mk->in[i]);
		buf_free(&mk->inside[i]);
	}
	mk->total = mk->out.at;
	return rc;
}

/* ---- signing
 * ----------------------------------------------------------------------------
 */

/* A SignedData of this content; *s borrows it. */
static enum rc
sign_once(struct buf *inner, struct signed_data *s, const struct making *mk,
    struct bytes statement, const struct sig_alg *alg, struct err *e)
{
	struct msg_sign question = { .uid = mk->m->uid,
		.desk = mk->m->desk,
		.statement = statement,
		.level = mk->m->level,
		.at = mk->now };
	const size_t size =
	    mk->attaches ? mk->inner
			 : signed_dispatch_size(&mk->d, mk->data.len, alg);
	const struct msg_signature *answer;
	struct buf content = { 0 };
	struct message m;
	enum rc rc;

	signed_content(
	    &content, &mk->d, buf_bytes(&mk->data), alg, mk->now, size);
	sha512(question.digest, buf_bytes(&content));
	rc = seal_ask(
	    PROC_KEYS, MSG_SIGN, &question, MSG_SIGNATURE, &m, NULL, e);
	if (rc != RC_OK)
		goto out;
	answer = &m.body.signature;
	rc = seal_said(answer->rc, answer->why, e);
	if (rc != RC_OK)
		goto out;
	buf_free(inner);
	signed_join(inner, buf_bytes(&content), answer->signer);
	if (signed_read(s, SIGNED_DISPATCH, buf_bytes(inner), e) != RC_OK ||
	    !bytes_eq(s->statement, statement) ||
	    !bytes_eq(s->digest, bytes_of(question.digest, SHA512_SIZE)))
		bug("keys has signed something else");
out:
	buf_free(&content);
	return rc;
}

/* Which suite the desk is of, its first signature says; mostly the default. */
static enum rc
sign(struct buf *inner, const struct making *mk, struct err *e)
{
	const struct sig_alg *alg = sig_by_name(suite_table[0].sig);
	struct der_wr statement = { 0 };
	struct signed_data s;
	unsigned tries;
	bool good = false;
	enum rc rc = RC_OK;

	dispatch_write(&statement, &mk->d);
	for (tries = 0; !good && rc == RC_OK && tries < SIGN_TRIES; tries++) {
		rc =
		    sign_once(inner, &s, mk, buf_bytes(&statement.out), alg, e);
		if (rc != RC_OK)
			break;
		good = s.alg == alg &&
		       (!mk->attaches || s.signature.len == alg->max);
		alg = s.alg;
	}
	der_wr_free(&statement);
	return rc;
}

/* ---- the package
 * ------------------------------------------------------------------------ */

/* Move what is in the file from "from" on, up to "to". */
static enum rc
move_up(struct out_file *out, uint64_t from, uint64_t to, uint64_t end,
    struct err *e)
{
	const struct in_file in = {
		.fd = out->fd, .regular = true, .size = end, .path = out->path
	};
	struct buf piece = { 0 };
	size_t n;
	enum rc rc = RC_OK;

	for (; from < end && rc == RC_OK; from += n, to += n) {
		n = end - from < MOVE_PIECE ? (size_t)(end - from) : MOVE_PIECE;
		buf_free(&piece);
		rc = in_read_at(&in, buf_grow(&piece, n), n, from, e);
		if (rc == RC_OK)
			rc = out_put_at(out, buf_bytes(&piece), to, e);
	}
	buf_free(&piece);
	return rc;
}

/* The envelope in its place, before the attachments or alone. */
static enum rc
seal_envelope(struct making *mk, struct bytes inner, struct err *e)
{
	const size_t size =
	    envelope_size(&mk->d.header, inner.len, mk->recipients, mk->count);
	const bool small = !mk->attaches && size <= MSG_INLINE;
	struct sink sink = small ? sink_buf(&mk->package) : out_sink(&mk->out);
	enum rc rc;

	mk->out.at = 0;
	rc = envelope_seal(
	    &sink, &mk->d.header, inner, mk->cek, mk->recipients, mk->count, e);
	if (rc != RC_OK)
		return rc;
	if ((small ? mk->package.len : mk->out.at) != size ||
	    (mk->attaches && size > mk->envelope))
		bug("an envelope of another size than was reckoned");
	if (mk->attaches && size < mk->envelope) {
		rc = move_up(&mk->out, mk->envelope, size, mk->total, e);
		mk->total -= mk->envelope - size;
	}
	mk->envelope = size;
	mk->total = mk->attaches ? mk->total : size;
	return rc;
}

/* What came out small, though it has attachments, goes in the message too. */
static enum rc
settle(struct making *mk, struct err *e)
{
	const struct in_file in = { .fd = mk->out.fd,
		.regular = true,
		.size = mk->total,
		.path = mk->out.path };
	const bool in_file = mk->package.len == 0;
	enum rc rc = RC_OK;

	if (in_file && mk->total <= MSG_INLINE)
		rc = in_read_at(
		    &in, buf_grow(&mk->package, mk->total), mk->total, 0, e);
	if (rc == RC_OK && in_file &&
	    ftruncate(mk->out.fd, mk->package.len > 0 ? 0 : (off_t)mk->total) !=
		0)
		rc = fail_io(e, "the package cannot be written");
	return rc;
}

static enum rc
submit(struct making *mk, struct id *id, struct err *e)
{
	struct msg_submit m = { .desk = mk->m->desk,
		.envelope = mk->envelope,
		.total = mk->total,
		.package = buf_bytes(&mk->package),
		.rank = precedence_rank(mk->d.header.precedence),
		.due = mk->d.due };
	struct buf dests = { 0 };
	struct message answer;
	struct msg_dest row;
	enum rc rc;
	size_t i;

	for (i = 0; i < mk->count; i++) {
		row = (struct msg_dest){ mk->d.to[i].address,
			mk->recipients[i].tag };
		list_add(&dests, LIST_DEST, &row);
	}
	m.dests = buf_bytes(&dests);
	if (mk->d.supersedes_set)
		m.supersedes = id_bytes(&mk->d.supersedes);
	if (mk->package.len == 0)
		m.name = buf_bytes(&mk->name);
	rc = seal_ask(PROC_STORE, MSG_SUBMIT, &m, MSG_DONE, &answer, NULL, e);
	buf_free(&dests);
	if (rc != RC_OK)
		return fail_at(e,
		    "whether the dispatch was accepted is not known: look for "
		    "it in the outbox");
	*id = mk->d.header.id;
	return seal_said(answer.body.done.rc, answer.body.done.why, e);
}

static enum rc
make(struct making *mk, struct id *id, struct err *e)
{
	struct buf inner = { 0 };
	enum rc rc;

	if (mk->m->id.len == ID_SIZE)
		memcpy(mk->d.header.id.b, mk->m->id.p, ID_SIZE);
	else
		random_bytes(mk->d.header.id.b, ID_SIZE);
	random_bytes(mk->cek, sizeof(mk->cek));
	pack_inside(mk);
	if (mk->attaches && (rc = seal_attachments(mk, e)) != RC_OK)
		goto out;
	if ((rc = dispatch_check(&mk->d, e)) != RC_OK ||
	    (rc = sign(&inner, mk, e)) != RC_OK ||
	    (rc = seal_envelope(mk, buf_bytes(&inner), e)) != RC_OK ||
	    (rc = settle(mk, e)) != RC_OK)
		goto out;
	rc = submit(mk, id, e);
out:
	buf_free(&inner);
	return rc;
}

enum rc
seal_make(struct job *j, struct id *id, struct err *e)
{
	struct making *mk = alloc(1, sizeof(*mk));
	enum rc rc;
	size_t i;

	mk->job = j;
	mk->m = &j->asked->body.seal;
	mk->out.dir = mk->out.fd = -1;
	for (i = 0; i < MSG_FDS; i++)
		mk->in[i].fd = -1;
	if ((rc = take_head(mk, e)) == RC_OK &&
	    (rc = making_parts(mk, e)) == RC_OK &&
	    (rc = take_number(mk, e)) == RC_OK &&
	    (rc = take_addressees(mk, e)) == RC_OK &&
	    (rc = dispatch_check_head(&mk->d, e)) == RC_OK)
		rc = make(mk, id, e);
	/* its name is the store's to remove; its room is given back now */
	if (rc != RC_OK && mk->out.fd >= 0 && ftruncate(mk->out.fd, 0) != 0)
		(void)0; /* nor can anybody else */
	making_free(mk);
	free(mk);
	return rc;
}

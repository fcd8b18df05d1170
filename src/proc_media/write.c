/* SPDX-License-Identifier: EUPL-1.2 */
/* A bundle is made: what the store hands over, sealed for one station. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/vec.h"
#include "proc_media/media.h"
#include "proc_seal/seal.h"

#define DATA_HEAD 4u
#define DATA_MOST (FRAME_MAX - DATA_HEAD)
#define SPARE (128u << 10) /* of the room: the last chunk, and heads */

struct writing {
	struct carrying *c;
	uint64_t at; /* bytes of the file */
	struct bundle_out out;
	uint32_t items;
};

static enum rc
put(void *ctx, struct bytes more, struct err *e)
{
	struct writing *w = ctx;
	ssize_t n;

	while (more.len > 0) {
		n = pwrite(w->c->fd, more.p, more.len, (off_t)w->at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_io(e, "the bundle cannot be written");
		more = bytes_of(more.p + n, more.len - (size_t)n);
		w->at += (uint64_t)n;
	}
	return RC_OK;
}

/* ---- the outside, and whose it is
 * ------------------------------------------------- */

static enum rc
put_head(struct writing *w, const struct msg_bundle_front *f,
    uint8_t sum[static SHA256_SIZE], uint8_t key[static AEAD_KEY],
    struct err *e)
{
	const struct kem_alg *alg = kem_by_oid(f->alg);
	uint8_t ct[KEM_CT_MAX], secret[KEM_SECRET];
	struct bundle_head h = { .number = f->number };
	struct buf head = { 0 };
	enum rc rc;

	if (alg == NULL)
		bug("media: a KEM that there is not");
	if ((rc = kem_encapsulate(alg, f->pub, ct, secret, e)) != RC_OK)
		return rc;
	tag_of(&h.key, alg->oid, f->pub);
	h.ct = bytes_of(ct, alg->ct);
	bundle_head_write(&head, &h);
	sha256(sum, buf_bytes(&head));
	bundle_key(key, secret, sum);
	rc = put(w, buf_bytes(&head), e);
	buf_free(&head);
	wipe(secret, sizeof(secret));
	return rc;
}

static enum rc
put_statement(struct writing *w, const struct msg_bundle_front *f,
    const uint8_t head[static SHA256_SIZE], struct err *e)
{
	struct msg_bundle_sign s = { .to = f->station,
		.number = f->number,
		.incarnation = f->incarnation,
		.open = f->open,
		.at = f->at };
	struct message m;
	enum rc rc;

	memcpy(s.head, head, sizeof(s.head));
	rc = seal_ask(
	    PROC_KEYS, MSG_BUNDLE_SIGN, &s, MSG_BUNDLE_SIGNED, &m, NULL, e);
	return rc == RC_OK ? bundle_put(&w->out, BUNDLE_STATEMENT,
				 m.body.statement.statement, e)
			   : rc;
}

/* Frames that the store has made. */
static enum rc
put_frames(struct writing *w, struct bytes frames, struct err *e)
{
	struct rd r = rd_init(frames);
	uint8_t type;
	size_t len;
	enum rc rc = RC_OK;

	while (rc == RC_OK && r.in.len > 0) {
		type = rd_u8(&r);
		len = (size_t)rd_u8(&r) << 16;
		len |= (size_t)rd_u8(&r) << 8;
		len |= rd_u8(&r);
		rc = bundle_put(
		    &w->out, (enum bundle_frame)type, rd_bytes(&r, len), e);
	}
	if (r.bad)
		bug("media: frames that are not whole");
	return rc;
}

static enum rc
begin(struct writing *w, struct err *e)
{
	const struct msg_bundle *q = w->c->asked;
	const struct msg_bundle_for wanted = { .station = q->station,
		.number = q->number,
		.size = q->size,
		.rest = q->rest };
	const struct msg_bundle_front *f;
	uint8_t head[SHA256_SIZE], key[AEAD_KEY] = { 0 };
	struct message m;
	enum rc rc;

	rc = seal_ask(
	    PROC_STORE, MSG_BUNDLE_FOR, &wanted, MSG_BUNDLE_FRONT, &m, NULL, e);
	f = &m.body.bundle_front;
	if (rc != RC_OK || (rc = seal_said(f->rc, f->why, e)) != RC_OK)
		return rc;
	w->c->conn = f->conn;
	if ((rc = put_head(w, f, head, key, e)) != RC_OK)
		goto out;
	bundle_out_begin(&w->out, (struct sink){ put, w }, key);
	if ((rc = put_statement(w, f, head, e)) == RC_OK)
		rc = put_frames(w, f->frames, e);
out:
	wipe(key, sizeof(key));
	return rc;
}

/* ---- items
 * ------------------------------------------------------------------- */

static int
dest_order(const void *a, const void *b)
{
	const struct link_dest *x = a, *y = b;

	return bytes_cmp(x->address, y->address);
}

/* ITEM, and MORE for what does not fit into it. */
static enum rc
put_item_head(struct writing *w, struct item *item, struct err *e)
{
	struct buf frame = { 0 }, dests = { 0 };
	size_t i = 0, n, head = ITEM_HEAD;
	enum rc rc = RC_OK;
	bool first = true;

	while (rc == RC_OK && (first || i < item->dest_count)) {
		for (n = 0; i < item->dest_count &&
			    head + dests.len + TAG_SIZE + 1 +
				    item->dests[i].address.len <=
				FRAME_MAX;
		     i++, n++)
			dest_put(&dests, &item->dests[i]);
		if (first)
			item_put(
			    &frame, item, i < item->dest_count, (uint16_t)n);
		else
			more_put(&frame, item->number, i < item->dest_count,
			    (uint16_t)n);
		buf_add(&frame, buf_bytes(&dests));
		rc = bundle_put(&w->out, first ? BUNDLE_ITEM : BUNDLE_MORE,
		    buf_bytes(&frame), e);
		buf_free(&frame);
		buf_free(&dests);
		first = false;
		head = MORE_HEAD;
	}
	return rc;
}

/* Bytes of a package: "front" is its beginning, the rest is in the file. */
static enum rc
package_read(const struct msg_send *m, int fd, uint64_t at, uint8_t *to,
    size_t len, struct err *e)
{
	size_t front = 0;
	ssize_t n;

	if (at < m->package.len) {
		front = m->package.len - (size_t)at;
		front = front < len ? front : len;
		memcpy(to, m->package.p + at, front);
	}
	n = len == front ? 0
			 : pread(fd, to + front, len - front,
			       (off_t)(m->at + at + front - m->package.len));
	return n == (ssize_t)(len - front)
		   ? RC_OK
		   : fail_io(e, "a package's file cannot be read");
}

/* Its bytes from item->from up to "upto". */
static enum rc
put_data(struct writing *w, const struct msg_send *m, int fd,
    const struct item *item, uint64_t upto, struct err *e)
{
	struct buf frame = { 0 };
	uint64_t at;
	size_t len;
	enum rc rc = RC_OK;

	for (at = item->from; at < upto && rc == RC_OK; at += len) {
		len = upto - at < DATA_MOST ? (size_t)(upto - at) : DATA_MOST;
		frame_uint(&frame, item->number, DATA_HEAD);
		rc = package_read(m, fd, at, buf_grow(&frame, len), len, e);
		if (rc == RC_OK)
			rc = bundle_put(
			    &w->out, BUNDLE_DATA, buf_bytes(&frame), e);
		buf_free(&frame);
		media_progress(w->c, w->at, 0);
	}
	return rc;
}

/* What room is left of what was asked for. */
static uint64_t
room_of(const struct writing *w)
{
	const uint64_t most = w->c->asked->size;
	const uint64_t used = w->at + w->out.plain.len + SPARE;

	if (most == 0)
		return INT64_MAX;
	return most > used ? most - used : 0;
}

static enum rc
put_item(struct writing *w, const struct msg_send *m, int fd,
    struct msg_bundle_next *next, struct err *e)
{
	struct item item = { .number = ++w->items,
		.rank = (unsigned)m->rank,
		.again = m->again != 0,
		.envelope = (uint32_t)m->envelope,
		.total = m->total,
		.from = m->from };
	struct link_dest *dests = NULL;
	struct bytes rows = m->dests;
	struct msg_dest d;
	uint64_t room = room_of(w), upto;
	enum rc rc;

	while (list_next(&rows, LIST_DEST, &d)) {
		dests = vec_more(dests, item.dest_count, sizeof(*dests));
		dests[item.dest_count++] =
		    (struct link_dest){ d.address, d.tag };
	}
	if (dests != NULL)
		qsort(dests, item.dest_count, sizeof(*dests), dest_order);
	item.dests = dests;
	memcpy(item.sum, m->sum, sizeof(item.sum));
	next->q = m->q;
	memcpy(next->sum, m->sum, sizeof(next->sum));
	next->upto = BUNDLE_WHOLE;
	upto = m->total;
	/* the store has seen to it that what is small fits */
	if (m->total > MSG_INLINE && bundle_room(m->total - m->from) > room)
		next->upto = upto = m->from + room - room / 256;
	rc = put_item_head(w, &item, e);
	if (rc == RC_OK)
		rc = put_data(w, m, fd, &item, upto, e);
	free(dests);
	return rc;
}

static enum rc
put_items(struct writing *w, struct err *e)
{
	struct msg_bundle_next next = { .conn = w->c->conn };
	struct message m;
	enum rc rc = RC_OK;
	int fd;

	while (rc == RC_OK) {
		next.room = room_of(w);
		fd = -1;
		rc = ask(PROC_STORE, MSG_BUNDLE_NEXT, &next, -1, &m, &fd, e);
		if (rc == RC_OK && m.kind == MSG_BUNDLE_REST)
			return seal_said(
			    m.body.bundle_is.rc, m.body.bundle_is.why, e);
		if (rc == RC_OK && m.kind != MSG_SEND)
			bug("an answer to another question");
		if (rc == RC_OK)
			rc = put_item(w, &m.body.send, fd, &next, e);
		if (fd >= 0)
			(void)close(fd);
	}
	return rc;
}

enum rc
media_write(struct carrying *c, struct err *e)
{
	struct writing w = { .c = c };
	const struct msg_number end = { .number = 1 };
	struct msg_number sync = end;
	struct message m;
	enum rc rc;

	if ((rc = begin(&w, e)) != RC_OK || (rc = put_items(&w, e)) != RC_OK ||
	    (rc = bundle_out_end(&w.out, e)) != RC_OK)
		goto out;
	sync.conn = c->conn;
	rc = seal_ask(
	    PROC_STORE, MSG_BUNDLE_SYNC, &sync, MSG_BUNDLE_SYNCED, &m, NULL, e);
	if (rc == RC_OK)
		rc = seal_said(m.body.bundle_is.rc, m.body.bundle_is.why, e);
	if (rc == RC_OK) {
		c->is = m.body.bundle_is;
		c->is.bytes = w.at;
		c->is.items = w.items;
	}
out:
	bundle_out_free(&w.out);
	return rc;
}

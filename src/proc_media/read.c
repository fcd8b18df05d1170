/* SPDX-License-Identifier: EUPL-1.2 */
/* A bundle is taken apart, and what is in it given to the store. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link/session.h"
#include "media/statement.h"
#include "proc_media/media.h"
#include "proc_seal/seal.h"

#define SYNC_BYTES (4u << 20) /* given to the store before it is waited for */
#define SYNC_ITEMS 200u
#define SYNC_LARGE 25u /* of these, a large one: BIGS_MAX are there at once */
#define ITEMS_MAX BUNDLE_ITEMS

struct reading {
	struct carrying *c;
	uint64_t at, size; /* of the file */
	struct bundle_in in;
	struct bundle_item item;
	uint32_t items;
	struct buf small; /* the item's bytes, where it is small */
	bool large;	  /* the item is, and is begun at the store */
	uint64_t skip;	  /* bytes of it that are there already */
	struct buf parts; /* entries of PARTIAL */
	size_t given;	  /* bytes since the last sync */
	bool lost;	  /* the store has given the job up */
	uint32_t given_items;
};

static enum rc
from_file(void *ctx, uint8_t *to, size_t len, size_t *got, struct err *e)
{
	struct reading *r = ctx;
	ssize_t n;

	for (*got = 0; *got < len; *got += (size_t)n, r->at += (uint64_t)n) {
		n = pread(r->c->fd, to + *got, len - *got, (off_t)r->at);
		if (n < 0 && errno == EINTR) {
			n = 0;
			continue;
		}
		if (n < 0)
			return fail_io(e, "the bundle cannot be read");
		if (n == 0)
			break;
	}
	media_progress(r->c, r->at, r->size);
	return RC_OK;
}

/* ---- the outside, and whose it is
 * ------------------------------------------------- */

static enum rc
read_head(struct reading *r, struct bundle_head *h, uint8_t *bytes,
    uint8_t sum[static SHA256_SIZE], struct err *e)
{
	size_t len, got;
	enum rc rc;

	if ((rc = from_file(r, bytes, BUNDLE_FIXED, &got, e)) != RC_OK ||
	    (rc = bundle_head_length(&len, bytes_of(bytes, got), e)) != RC_OK ||
	    (rc = from_file(r, bytes + BUNDLE_FIXED, len - BUNDLE_FIXED, &got,
		 e)) != RC_OK ||
	    (rc = bundle_head_read(
		 h, bytes_of(bytes, BUNDLE_FIXED + got), e)) != RC_OK)
		return rc;
	sha256(sum, bytes_of(bytes, len));
	return RC_OK;
}

static enum rc
find_key(const struct bundle_head *h, const uint8_t sum[static SHA256_SIZE],
    uint8_t key[static AEAD_KEY], struct err *e)
{
	struct msg_bundle_open o = { .key = h->key, .ct = h->ct };
	struct message m;
	enum rc rc;

	memcpy(o.head, sum, sizeof(o.head));
	rc = seal_ask(
	    PROC_KEYS, MSG_BUNDLE_OPEN, &o, MSG_BUNDLE_KEY, &m, NULL, e);
	if (rc == RC_OK)
		rc = seal_said(m.body.cek.rc, m.body.cek.why, e);
	if (rc == RC_OK)
		memcpy(key, m.body.cek.cek, AEAD_KEY);
	return rc;
}

/* The first frame says whose it is; the store whether he is heard. */
static enum rc
admit(struct reading *r, uint64_t number, const uint8_t sum[static SHA256_SIZE],
    struct err *e)
{
	struct msg_bundle_from f = { .number = number,
		.look = r->c->asked->what == BUNDLE_LOOK };
	const struct msg_bundle_admit *a;
	enum bundle_frame type;
	struct message m;
	enum rc rc;

	rc = bundle_next(&r->in, &type, &f.statement, e);
	if (rc == RC_ABSENT)
		return fail(e, RC_INVALID,
		    "docs/media.md 2.4: the bundle is cut off before anything "
		    "can be read; have it written again");
	if (rc == RC_OK && (type != BUNDLE_STATEMENT ||
			       f.statement.len > BUNDLE_STATEMENT_MAX))
		rc = fail(e, RC_INVALID,
		    "docs/media.md 2.6: the bundle does not say first whose "
		    "it is");
	if (rc != RC_OK)
		return rc;
	memcpy(f.head, sum, sizeof(f.head));
	rc = seal_ask(
	    PROC_STORE, MSG_BUNDLE_FROM, &f, MSG_BUNDLE_ADMIT, &m, NULL, e);
	a = &m.body.bundle_admit;
	if (rc != RC_OK || (rc = seal_said(a->rc, a->why, e)) != RC_OK)
		return rc;
	r->c->conn = a->conn;
	r->c->is.station = a->station;
	r->c->is.number = a->number;
	r->c->is.at = a->at;
	r->c->is.before = a->before;
	r->c->is.bytes = r->size;
	buf_add(&r->parts, a->parts);
	return RC_OK;
}

/* ---- what is in it
 * ------------------------------------------------------------------ */

/* What came so far is on disk; "end": 1 it was all, 2 all that there is. */
static enum rc
sync_with(struct reading *r, uint64_t end, struct err *e)
{
	const struct msg_number n = { r->c->conn, end };
	struct message m;
	enum rc rc;

	r->given = r->given_items = 0;
	rc = seal_ask(
	    PROC_STORE, MSG_BUNDLE_SYNC, &n, MSG_BUNDLE_SYNCED, &m, NULL, e);
	if (rc == RC_OK)
		rc = seal_said(m.body.bundle_is.rc, m.body.bundle_is.why, e);
	r->lost = rc != RC_OK;
	if (rc == RC_OK && end != 0) {
		r->c->is = m.body.bundle_is;
		r->c->is.bytes = r->size;
		r->c->is.cut = end == 2;
	}
	return rc;
}

static uint64_t
have_of(const struct reading *r, const uint8_t sum[static SHA256_SIZE])
{
	struct bytes rest = buf_bytes(&r->parts);
	struct partial p;
	struct err e;

	while (rest.len > 0 && partial_next(&p, &rest, &e) == RC_OK)
		if (memcmp(p.sum, sum, SHA256_SIZE) == 0)
			return p.have;
	return 0;
}

static void
fill_item(struct msg_item *m, struct buf *rows, const struct reading *r)
{
	const struct item *item = &r->item.item;
	size_t i;

	*m = (struct msg_item){ .conn = r->c->conn,
		.number = item->number,
		.envelope = item->envelope,
		.total = item->total,
		.from = item->from,
		.again = item->again };
	memcpy(m->sum, item->sum, SHA256_SIZE);
	for (i = 0; i < item->dest_count; i++)
		list_add(rows, LIST_DEST,
		    &(struct msg_dest){
			item->dests[i].address, item->dests[i].tag });
	m->dests = buf_bytes(rows);
}

/* A large one: the store may have some of it. */
static void
begin_large(struct reading *r)
{
	const uint64_t from = r->item.item.from,
		       have = have_of(r, r->item.item.sum);
	struct buf rows = { 0 };
	struct msg_item m;

	fill_item(&m, &rows, r);
	if (have > from && have < m.total)
		m.from = have;
	r->skip = m.from - from;
	r->large = true;
	(void)tell(PROC_STORE, MSG_BIG, 0, &m, -1);
	buf_free(&rows);
}

static enum rc
give_small(struct reading *r, struct err *e)
{
	uint8_t sum[SHA256_SIZE];
	struct buf rows = { 0 };
	struct msg_item m;

	sha256(sum, buf_bytes(&r->small));
	if (memcmp(sum, r->item.item.sum, sizeof(sum)) != 0)
		return fail(e, RC_INVALID,
		    "docs/media.md 2.7: an item that is not of its sum");
	fill_item(&m, &rows, r);
	m.package = buf_bytes(&r->small);
	(void)tell(PROC_STORE, MSG_ITEM, 0, &m, -1);
	r->given += r->small.len;
	r->given_items++;
	buf_free(&rows);
	buf_free(&r->small);
	return RC_OK;
}

static void
end_large(struct reading *r)
{
	const struct msg_number n = { r->c->conn, r->item.item.number };

	if (!r->large)
		return;
	r->large = false;
	r->given_items += SYNC_LARGE; /* the store may have it yet */
	(void)tell(PROC_STORE, MSG_BIG_END, 0, &n, -1);
}

/* The item before must be over: a small one whole. */
static enum rc
item_over(struct reading *r, struct err *e)
{
	end_large(r);
	if (r->item.begun &&
	    (!r->item.whole || (r->item.item.total <= SESSION_SMALL &&
				   r->item.at < r->item.item.total)))
		return fail(e, RC_INVALID,
		    "docs/media.md 2.7: an item that is not whole");
	bundle_item_free(&r->item);
	buf_free(&r->small);
	return RC_OK;
}

static enum rc
head_whole(struct reading *r, struct err *e)
{
	const struct item *item = &r->item.item;

	if (!r->item.whole)
		return RC_OK;
	if (item->total <= SESSION_SMALL && item->from > 0)
		return fail(
		    e, RC_INVALID, "docs/media.md 2.7: a small item in parts");
	r->c->is.items++;
	if (item->total > SESSION_SMALL)
		begin_large(r);
	return RC_OK;
}

static enum rc
on_item(struct reading *r, struct bytes payload, struct err *e)
{
	enum rc rc;

	if ((rc = item_over(r, e)) != RC_OK)
		return rc;
	if (r->items == ITEMS_MAX)
		return fail(
		    e, RC_LIMIT, "over %u items in a bundle", ITEMS_MAX);
	rc = bundle_item_begin(&r->item, ++r->items, payload, e);
	return rc == RC_OK ? head_whole(r, e) : rc;
}

static enum rc
on_more(struct reading *r, struct bytes payload, struct err *e)
{
	enum rc rc = bundle_item_more(&r->item, payload, e);

	return rc == RC_OK ? head_whole(r, e) : rc;
}

static enum rc
on_data(struct reading *r, struct bytes payload, struct err *e)
{
	struct msg_data d = { .conn = r->c->conn };
	struct bytes more;
	size_t skip;
	enum rc rc;

	if ((rc = bundle_item_data(&r->item, payload, &more, e)) != RC_OK)
		return rc;
	if (!r->large) {
		buf_add(&r->small, more);
		return r->item.at == r->item.item.total ? give_small(r, e)
							: RC_OK;
	}
	skip = r->skip < more.len ? (size_t)r->skip : more.len;
	r->skip -= skip;
	d.number = r->item.item.number;
	d.more = bytes_of(more.p + skip, more.len - skip);
	d.at = r->item.at - d.more.len;
	if (d.more.len > 0)
		(void)tell(PROC_STORE, MSG_BIG_DATA, 0, &d, -1);
	r->given += d.more.len;
	if (r->item.at == r->item.item.total)
		end_large(r);
	return RC_OK;
}

static enum rc
on_frame(struct reading *r, enum bundle_frame type, struct bytes payload,
    struct err *e)
{
	const struct msg_bundle_says says = { r->c->conn, type, payload };
	enum rc rc = RC_OK;

	switch (type) {
	case BUNDLE_ITEM:
		rc = on_item(r, payload, e);
		break;
	case BUNDLE_MORE:
		rc = on_more(r, payload, e);
		break;
	case BUNDLE_DATA:
		rc = on_data(r, payload, e);
		break;
	case BUNDLE_ANSWERS:
	case BUNDLE_PARTS:
	case BUNDLE_TELL:
		(void)tell(PROC_STORE, MSG_BUNDLE_SAYS, 0, &says, -1);
		r->given += payload.len;
		break;
	case BUNDLE_STATEMENT:
		rc = fail(e, RC_INVALID,
		    "docs/media.md 2.6: it says twice whose it is");
		break;
	}
	if (rc == RC_OK &&
	    (r->given >= SYNC_BYTES || r->given_items >= SYNC_ITEMS))
		rc = sync_with(r, 0, e);
	return rc;
}

/* All frames; *bad is why it ends before its end, what came before counts. */
static enum rc
read_all(struct reading *r, struct err *e)
{
	enum bundle_frame type;
	struct bytes payload;
	struct err bad = { 0 };
	enum rc rc;

	while ((rc = bundle_next(&r->in, &type, &payload, &bad)) == RC_OK &&
	       (rc = on_frame(r, type, payload, &bad)) == RC_OK)
		;
	if (r->lost) { /* it hears no more of this bundle */
		*e = bad;
		return rc;
	}
	if (rc == RC_ABSENT && !r->in.cut)
		rc = item_over(r, &bad);
	else
		end_large(r);
	if (rc != RC_OK && !r->in.cut) {
		/* what was asked may be gone: then this says nothing */
		(void)(sync_with(r, 2, e) == RC_OK);
		*e = bad;
		return rc;
	}
	return sync_with(r, r->in.cut ? 2 : 1, e);
}

enum rc
media_read(struct carrying *c, struct err *e)
{
	uint8_t bytes[BUNDLE_HEAD_MAX], sum[SHA256_SIZE], key[AEAD_KEY] = { 0 };
	struct reading r = { .c = c };
	struct bundle_head h;
	struct stat st;
	enum rc rc;

	if (fstat(c->fd, &st) == 0)
		r.size = (uint64_t)st.st_size;
	if ((rc = read_head(&r, &h, bytes, sum, e)) != RC_OK ||
	    (rc = find_key(&h, sum, key, e)) != RC_OK)
		goto out;
	bundle_in_begin(&r.in, (struct bundle_from){ from_file, &r }, key);
	rc = admit(&r, h.number, sum, e);
	if (rc == RC_OK && c->asked->what == BUNDLE_READ)
		rc = read_all(&r, e);
out:
	wipe(key, sizeof(key));
	bundle_in_free(&r.in);
	bundle_item_free(&r.item);
	buf_free(&r.small);
	buf_free(&r.parts);
	return rc;
}

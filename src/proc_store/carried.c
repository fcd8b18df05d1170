/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_store/carried.h"

#include <stdlib.h>
#include <string.h>

#include "core/vec.h"

#define OWED_KEEP (30 * TIME_DAY)  /* docs/media.md 5.3 */
#define CAME_KEEP (366 * TIME_DAY) /* 5.5 */
#define OLD 1000u		   /* papers that are looked for at once */

static enum rc
put(enum paper_kind kind, struct bytes key, struct bytes head,
    struct bytes body, struct err *e)
{
	const struct paper p = {
		.kind = kind, .key = key, .at = station_now(), .head = head
	};
	enum rc rc = store_write(e);

	return rc != RC_OK ? rc
			   : store_failed(st.store->ops->paper_put(
				 st.store, &p, body, e));
}

/* ---- bundles of ours
 * ------------------------------------------------------------ */

static struct buf
number_key(uint64_t number)
{
	struct buf key = { 0 };

	buf_u64(&key, number);
	return key;
}

static bool
bundle_read(struct bundle_kept *out, struct bytes head)
{
	struct rd r = rd_init(head);
	struct bytes unit;
	uint8_t state;

	*out = (struct bundle_kept){ .number = rd_u64(&r) };
	out->items = rd_u64(&r);
	out->at = (int64_t)rd_u64(&r);
	state = rd_u8(&r);
	out->state = (enum bundle_state)state;
	unit = rd_bytes(&r, ID_SIZE);
	if (!rd_end(&r) || state > BUNDLE_LOST)
		return false;
	memcpy(out->unit.b, unit.p, ID_SIZE);
	return true;
}

enum rc
carried_bundle_get(struct bundle_kept *out, uint64_t number, struct err *e)
{
	struct buf key = number_key(number), head = { 0 }, body = { 0 };
	enum rc rc;

	rc = st.store->ops->paper_get(
	    st.store, PAPER_BUNDLE, buf_bytes(&key), &head, &body, e);
	if (rc == RC_OK && !bundle_read(out, buf_bytes(&head)))
		rc = fail(e, RC_INVALID, "the store's bundle is not whole");
	buf_free(&key);
	buf_free(&head);
	buf_free(&body);
	return rc;
}

enum rc
carried_bundle_put(const struct bundle_kept *b, struct err *e)
{
	struct buf key = number_key(b->number), head = { 0 };
	enum rc rc;

	buf_u64(&head, b->number);
	buf_u64(&head, b->items);
	buf_u64(&head, (uint64_t)b->at);
	buf_u8(&head, (uint8_t)b->state);
	buf_add(&head, id_bytes(&b->unit));
	rc = put(PAPER_BUNDLE, buf_bytes(&key), buf_bytes(&head),
	    (struct bytes){ 0 }, e);
	buf_free(&key);
	buf_free(&head);
	return rc;
}

struct last {
	struct bundle_kept *out;
	const struct id *unit;
	bool is;
};

static bool
see_last(void *ctx, const struct paper *p)
{
	struct last *l = ctx;
	struct bundle_kept b;

	if (bundle_read(&b, p->head) && id_eq(&b.unit, l->unit) &&
	    b.state == BUNDLE_ON_DISK && b.number >= l->out->number) {
		*l->out = b;
		l->is = true;
	}
	return true;
}

enum rc
carried_bundle_last(
    struct bundle_kept *out, const struct id *unit, struct err *e)
{
	struct last l = { .out = out, .unit = unit };
	enum rc rc;

	*out = (struct bundle_kept){ 0 };
	rc = st.store->ops->paper_each(st.store, PAPER_BUNDLE, see_last, &l, e);
	if (rc == RC_OK && !l.is)
		rc = fail(e, RC_ABSENT, "no bundle was written for it");
	return rc;
}

/* ---- what is in them
 * ------------------------------------------------------------ */

static struct buf
carried_key(const uint8_t sum[static SHA256_SIZE], const struct id *unit)
{
	struct buf key = { 0 };

	buf_add(&key, bytes_of(sum, SHA256_SIZE));
	buf_add(&key, id_bytes(unit));
	return key;
}

static bool
carried_read(struct carried *out, struct bytes key, struct bytes head)
{
	struct rd k = rd_init(key), r = rd_init(head);
	struct bytes sum = rd_bytes(&k, SHA256_SIZE),
		     unit = rd_bytes(&k, ID_SIZE);

	*out = (struct carried){ .q = rd_u64(&r) };
	out->number = rd_u64(&r);
	out->upto = rd_u64(&r);
	out->at = (int64_t)rd_u64(&r);
	if (!rd_end(&k) || !rd_end(&r))
		return false;
	memcpy(out->sum, sum.p, SHA256_SIZE);
	memcpy(out->unit.b, unit.p, ID_SIZE);
	return true;
}

enum rc
carried_put(const struct carried *c, struct err *e)
{
	struct buf key = carried_key(c->sum, &c->unit), head = { 0 };
	enum rc rc;

	buf_u64(&head, c->q);
	buf_u64(&head, c->number);
	buf_u64(&head, c->upto);
	buf_u64(&head, (uint64_t)c->at);
	rc = put(PAPER_CARRIED, buf_bytes(&key), buf_bytes(&head),
	    buf_bytes(&c->dests), e);
	buf_free(&key);
	buf_free(&head);
	return rc;
}

enum rc
carried_get(struct carried *out, const uint8_t sum[static SHA256_SIZE],
    const struct id *unit, struct err *e)
{
	struct buf key = carried_key(sum, unit), head = { 0 }, body = { 0 };
	enum rc rc;

	rc = st.store->ops->paper_get(
	    st.store, PAPER_CARRIED, buf_bytes(&key), &head, &body, e);
	if (rc == RC_OK &&
	    !carried_read(out, buf_bytes(&key), buf_bytes(&head)))
		rc = fail(e, RC_INVALID, "the store's bundle is not whole");
	if (rc == RC_OK) {
		out->dests = body;
		body = (struct buf){ 0 };
	}
	buf_free(&key);
	buf_free(&head);
	buf_free(&body);
	return rc;
}

enum rc
carried_drop(const struct carried *c, struct err *e)
{
	struct buf key = carried_key(c->sum, &c->unit);
	enum rc rc = store_write(e);

	if (rc == RC_OK)
		rc = store_failed(st.store->ops->paper_drop(
		    st.store, PAPER_CARRIED, buf_bytes(&key), e));
	buf_free(&key);
	return rc;
}

struct loading {
	struct carried *list;
	size_t count;
	const struct id *unit; /* NULL: all */
};

static bool
load_one(void *ctx, const struct paper *p)
{
	struct loading *l = ctx;
	struct carried c;

	if (!carried_read(&c, p->key, p->head) ||
	    (l->unit != NULL && !id_eq(&c.unit, l->unit)))
		return true;
	l->list = vec_more(l->list, l->count, sizeof(*l->list));
	l->list[l->count++] = c;
	return true;
}

static int
by_q(const void *a, const void *b)
{
	const struct carried *x = a, *y = b;

	return x->q < y->q ? -1 : x->q > y->q;
}

struct on_disk {
	uint64_t *numbers; /* owned; of bundles that are */
	size_t count;
};

static bool
see_on_disk(void *ctx, const struct paper *p)
{
	struct on_disk *d = ctx;
	struct bundle_kept b;

	if (!bundle_read(&b, p->head) || b.state != BUNDLE_ON_DISK)
		return true;
	d->numbers = vec_more(d->numbers, d->count, sizeof(*d->numbers));
	d->numbers[d->count++] = b.number;
	return true;
}

enum rc
carried_load(
    struct carried **out, size_t *count, const struct id *unit, struct err *e)
{
	struct loading l = { .unit = unit };
	struct on_disk d = { 0 };
	size_t i, j;
	enum rc rc;

	rc =
	    st.store->ops->paper_each(st.store, PAPER_CARRIED, load_one, &l, e);
	if (rc == RC_OK && l.count > 0)
		rc = st.store->ops->paper_each(
		    st.store, PAPER_BUNDLE, see_on_disk, &d, e);
	if (rc == RC_OK && l.count > 0)
		qsort(l.list, l.count, sizeof(*l.list), by_q);
	for (i = 0; rc == RC_OK && i < l.count; i++)
		for (j = d.count; j-- > 0 && !l.list[i].on_disk;)
			l.list[i].on_disk = d.numbers[j] == l.list[i].number;
	free(d.numbers);
	*out = l.list;
	*count = l.count;
	if (rc != RC_OK) {
		free(l.list);
		*out = NULL;
		*count = 0;
	}
	return rc;
}

const struct carried *
carried_of(const struct carried *list, size_t count, uint64_t q)
{
	const struct carried key = { .q = q };
	const struct carried *c, *best;

	if (count == 0 ||
	    (c = bsearch(&key, list, count, sizeof(*list), by_q)) == NULL)
		return NULL;
	while (c > list && c[-1].q == q)
		c--;
	/* it may be in bundles for several: the newest that is on a disk */
	for (best = c; c < list + count && c->q == q; c++)
		if (c->on_disk && (!best->on_disk || c->number > best->number))
			best = c;
	return best;
}

/* ---- papers that go in time
 * ------------------------------------------------------- */

/* Keys of papers, gathered because each() may not call the store. */
struct keys {
	struct buf *list; /* owned */
	size_t count;
	const struct id *unit; /* whose: the key begins with it; NULL: all */
	int64_t before;	       /* older ones */
	const struct bundle_statement *settled; /* or those that it has had */
};

static bool
is_settled(const struct bundle_statement *s, struct bytes head)
{
	struct rd r = rd_init(head);
	const uint64_t incarnation = rd_u64(&r), number = rd_u64(&r);

	return rd_end(&r) && incarnation == s->incarnation &&
	       number < s->number && (s->open == 0 || number < s->open);
}

static bool
gather_key(void *ctx, const struct paper *p)
{
	struct keys *k = ctx;

	if (k->unit != NULL && (p->key.len < ID_SIZE ||
				   memcmp(p->key.p, k->unit->b, ID_SIZE) != 0))
		return true;
	if (p->at >= k->before &&
	    (k->settled == NULL || !is_settled(k->settled, p->head)))
		return true;
	k->list = vec_more(k->list, k->count, sizeof(*k->list));
	k->list[k->count] = (struct buf){ 0 };
	buf_add(&k->list[k->count++], p->key);
	return k->count < OLD;
}

static void
keys_free(struct keys *k)
{
	size_t i;

	for (i = 0; i < k->count; i++)
		buf_free(&k->list[i]);
	free(k->list);
}

static enum rc
drop_some(enum paper_kind kind, struct keys *k, struct err *e)
{
	enum rc rc;
	size_t i;

	rc = st.store->ops->paper_each(st.store, kind, gather_key, k, e);
	if (rc == RC_OK && k->count > 0)
		rc = store_write(e);
	for (i = 0; rc == RC_OK && i < k->count; i++)
		rc = store_failed(st.store->ops->paper_drop(
		    st.store, kind, buf_bytes(&k->list[i]), e));
	keys_free(k);
	return rc;
}

static struct buf
came_key(const struct id *unit, const struct bundle_statement *s)
{
	struct buf key = { 0 };

	buf_add(&key, id_bytes(unit));
	buf_u64(&key, s->incarnation);
	buf_u64(&key, s->number);
	/* one number may be written twice by who was restored */
	buf_add(&key, bytes_of(s->head, 8));
	return key;
}

/* ---- answers
 * -------------------------------------------------------------------- */

enum rc
carried_owe(const struct id *unit, const struct bundle_statement *of,
    struct bytes answers, struct err *e)
{
	struct buf key = came_key(unit, of), head = { 0 };
	enum rc rc;

	buf_u64(&head, of->incarnation);
	buf_u64(&head, of->number);
	rc = put(PAPER_OWED, buf_bytes(&key), buf_bytes(&head), answers, e);
	buf_free(&key);
	buf_free(&head);
	return rc;
}

enum rc
carried_owed(struct buf *answers, const struct id *unit, struct err *e)
{
	struct keys k = { .unit = unit, .before = INT64_MAX };
	struct buf head, body;
	enum rc rc;
	size_t i;

	*answers = (struct buf){ 0 };
	rc = st.store->ops->paper_each(st.store, PAPER_OWED, gather_key, &k, e);
	for (i = 0; rc == RC_OK && i < k.count; i++) {
		rc = st.store->ops->paper_get(st.store, PAPER_OWED,
		    buf_bytes(&k.list[i]), &head, &body, e);
		if (rc != RC_OK)
			break;
		if (answers->len + body.len <= CARRIED_OWED_MAX)
			buf_add(answers, buf_bytes(&body));
		buf_free(&head);
		buf_free(&body);
	}
	keys_free(&k);
	if (rc != RC_OK)
		buf_free(answers);
	return rc;
}

enum rc
carried_settle(
    const struct id *unit, const struct bundle_statement *s, struct err *e)
{
	struct keys old = { .before = station_now() - OWED_KEEP };
	struct keys had = { .unit = unit, .settled = s };
	enum rc rc = drop_some(PAPER_OWED, &old, e);

	return rc == RC_OK ? drop_some(PAPER_OWED, &had, e) : rc;
}

/* ---- bundles of others
 * ------------------------------------------------------------ */

enum rc
carried_came(
    const struct id *unit, const struct bundle_statement *s, struct err *e)
{
	struct keys old = { .before = station_now() - CAME_KEEP };
	struct buf key = came_key(unit, s);
	enum rc rc = drop_some(PAPER_CAME, &old, e);

	if (rc == RC_OK)
		rc = put(PAPER_CAME, buf_bytes(&key), (struct bytes){ 0 },
		    (struct bytes){ 0 }, e);
	buf_free(&key);
	return rc;
}

struct before {
	struct bytes key;
	int64_t at;
};

static bool
see_before(void *ctx, const struct paper *p)
{
	struct before *b = ctx;

	if (bytes_eq(p->key, b->key))
		b->at = p->at;
	return b->at == TIME_NEVER;
}

enum rc
carried_before(int64_t *at, const struct id *unit,
    const struct bundle_statement *s, struct err *e)
{
	struct buf key = came_key(unit, s);
	struct before b = { buf_bytes(&key), TIME_NEVER };
	enum rc rc;

	rc = st.store->ops->paper_each(st.store, PAPER_CAME, see_before, &b, e);
	*at = b.at;
	buf_free(&key);
	return rc;
}

static struct buf
said_key(const struct id *unit, enum carried_said what)
{
	struct buf key = { 0 };

	buf_add(&key, id_bytes(unit));
	buf_u8(&key, (uint8_t)what);
	return key;
}

enum rc
carried_says(const struct id *unit, enum carried_said what, struct bytes bytes,
    struct err *e)
{
	struct buf key = said_key(unit, what), head = { 0 };
	enum rc rc;

	buf_u64(&head, (uint64_t)station_now());
	rc = put(PAPER_SAID, buf_bytes(&key), buf_bytes(&head), bytes, e);
	buf_free(&key);
	buf_free(&head);
	return rc;
}

enum rc
carried_said(struct buf *out, int64_t *at, const struct id *unit,
    enum carried_said what, struct err *e)
{
	struct buf key = said_key(unit, what), head = { 0 };
	struct rd r;
	enum rc rc;

	*out = (struct buf){ 0 };
	*at = 0;
	rc = st.store->ops->paper_get(
	    st.store, PAPER_SAID, buf_bytes(&key), &head, out, e);
	r = rd_init(buf_bytes(&head));
	if (rc == RC_OK)
		*at = (int64_t)rd_u64(&r);
	buf_free(&key);
	buf_free(&head);
	return rc == RC_ABSENT ? RC_OK : rc;
}

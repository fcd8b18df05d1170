/* SPDX-License-Identifier: EUPL-1.2 */
/* Items that go: docs/link.md 5 to 9 and 13 on the side of the sender. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "envelope/address.h"
#include "envelope/envelope.h"
#include "link/inner.h"

#define DEST_HEAD (TAG_SIZE + 1u) /* before the address */
#define GUARD 15u /* docs/link.md 13.5: so many for higher ranks */

static void
free_one(struct out *o)
{
	buf_free(&o->dests);
	buf_free(&o->package);
	free(o);
}

/* ---- what the owner hands over ---- */

static int
by_address(const void *a, const void *b)
{
	const struct link_dest *x = a, *y = b;

	return bytes_cmp(x->address, y->address);
}

/* docs/link.md 6.6: in order, each once. */
static void
dests_write(struct out *o, const struct item *item)
{
	struct link_dest *sorted = alloc(item->dest_count, sizeof(*sorted));
	size_t i;

	memcpy(sorted, item->dests, item->dest_count * sizeof(*sorted));
	qsort(sorted, item->dest_count, sizeof(*sorted), by_address);
	for (i = 0; i < item->dest_count; i++) {
		if (!dest_ok(&sorted[i]) ||
		    (i > 0 && by_address(&sorted[i - 1], &sorted[i]) == 0))
			bug("an item to nobody, or to one twice");
		dest_put(&o->dests, &sorted[i]);
	}
	free(sorted);
}

/* docs/link.md 13.1: behind what is due earlier, or has begun. */
static void
line_up(struct session *s, struct out *o)
{
	struct out **first = &s->queue[o->item.rank];
	struct out **last = &s->queue_last[o->item.rank], **at = first;

	if (*first != NULL && (*last)->item.due <= o->item.due)
		at = &(*last)->next;
	while (*at != NULL && ((*at)->begun || (*at)->item.due <= o->item.due))
		at = &(*at)->next;
	o->next = *at;
	*at = o;
	if (o->next == NULL)
		*last = o;
	s->waiting++;
}

void
session_send(struct session *s, uint64_t ref, const struct item *item,
    struct bytes package)
{
	bool small = item->total <= SESSION_SMALL;
	struct out *o;

	if (s->phase == PHASE_OVER)
		return;
	if (item->rank >= RANKS || item->envelope == 0 ||
	    item->envelope > ENVELOPE_MAX || item->envelope > item->total ||
	    item->total > LINK_TOTAL_MAX || item->dest_count == 0 ||
	    item->dest_count > LINK_DESTS ||
	    item->dest_count > 1 + item->envelope / DEST_BYTES)
		bug("an item over its limits");
	if (package.len != (small ? item->total : 0))
		bug("an item without its package, or a large one with it");
	o = alloc(1, sizeof(*o));
	o->ref = ref;
	o->item = *item;
	o->item.dests = NULL;
	o->dests_left = item->dest_count;
	dests_write(o, item);
	buf_add(&o->package, package);
	line_up(s, o);
}

/* Take one out of its queue, of which "before" is the one ahead. */
static void
forget(struct session *s, struct out *before, struct out *o)
{
	unsigned rank = o->item.rank;

	if (before == NULL)
		s->queue[rank] = o->next;
	else
		before->next = o->next;
	if (s->queue_last[rank] == o)
		s->queue_last[rank] = before;
	s->waiting--;
	free_one(o);
}

bool
session_cancel(struct session *s, uint64_t ref)
{
	struct out *o, *before;
	unsigned rank;

	for (rank = 0; rank < RANKS; rank++)
		for (before = NULL, o = s->queue[rank]; o != NULL;
		     before = o, o = o->next)
			if (o->ref == ref && !o->begun) {
				forget(s, before, o);
				return true;
			}
	return false;
}

size_t
session_waiting(const struct session *s)
{
	return s->waiting;
}

/* ---- what the peer says of them ---- */

/* The open item of this number; NULL: it has gone. */
static struct out *
open_one(const struct session *s, uint32_t number)
{
	unsigned rank;

	for (rank = 0; rank < RANKS; rank++)
		if (s->queue[rank] != NULL && s->queue[rank]->begun &&
		    s->queue[rank]->item.number == number)
			return s->queue[rank];
	return NULL;
}

enum rc
out_ack(struct session *s, struct bytes payload, struct err *e)
{
	struct told *told;
	struct acked a;
	struct out *o;
	uint64_t ref;

	while (payload.len > 0 && s->phase != PHASE_OVER) {
		if (ack_next(&a, &payload, e) != RC_OK)
			return e->rc;
		told = tally_find(&s->out_tally, a.number);
		if (told == NULL)
			return fail(e, RC_INVALID,
			    "docs/link.md 8.3: an answer to item %" PRIu32
			    ", which was not sent or has one",
			    a.number);
		o = open_one(s, a.number);
		if (o != NULL && (o->dests_left > 0 || a.outcome == ACK_STORED))
			return fail(e, RC_INVALID,
			    "docs/link.md 8.4: item %" PRIu32 " cannot be "
			    "answered so before it is whole",
			    a.number);
		if (o != NULL) {
			o->give_up = true;
			buf_free(&o->package);
		}
		ref = told->ref;
		tally_answer(&s->out_tally, told);
		s->owner->acked(s->ctx, ref, a.outcome, a.why);
	}
	return RC_OK;
}

enum rc
out_credit(struct session *s, struct bytes payload, struct err *e)
{
	struct credit c = credit_read(payload);

	if (c.bytes < s->may.bytes || c.items < s->may.items ||
	    (c.bytes == s->may.bytes && c.items == s->may.items))
		return fail(e, RC_INVALID,
		    "docs/link.md 9.3: a credit of %" PRIu64 " bytes and "
		    "%" PRIu32 " items after %" PRIu64 " and %" PRIu32,
		    c.bytes, c.items, s->may.bytes, s->may.items);
	s->may = c;
	return RC_OK;
}

enum rc
out_partial(struct session *s, struct bytes payload, struct err *e)
{
	struct partial p;
	size_t i;

	if (payload.len == 0)
		s->phase = PHASE_OPEN;
	while (payload.len > 0) {
		if (partial_next(&p, &payload, e) != RC_OK)
			return e->rc;
		for (i = 0; i < s->theirs_count; i++)
			if (memcmp(s->theirs[i].sum, p.sum, SHA256_SIZE) == 0)
				return fail(e, RC_INVALID,
				    "docs/link.md 5.3: a part is said twice");
		if (s->theirs_count == LINK_PARTIALS)
			return fail(e, RC_INVALID,
			    "docs/link.md 5.3: more than %u parts",
			    LINK_PARTIALS);
		s->theirs =
		    vec_more(s->theirs, s->theirs_count, sizeof(*s->theirs));
		s->theirs[s->theirs_count++] = p;
	}
	return RC_OK;
}

/* ---- frames ---- */

/* docs/link.md 5.4: what the peer has of it. */
static uint64_t
from(struct session *s, const struct item *item)
{
	uint64_t have = 0;
	size_t i;

	for (i = 0; i < s->theirs_count; i++)
		if (memcmp(s->theirs[i].sum, item->sum, SHA256_SIZE) == 0) {
			have = s->theirs[i].have;
			s->theirs[i] = s->theirs[--s->theirs_count];
			break;
		}
	if (s->theirs_count == 0) {
		free(s->theirs);
		s->theirs = NULL;
	}
	return have <= item->total ? have : 0;
}

/* Bytes of as many of the next destinations as fit; at least "least". */
static size_t
dests_fit(const struct out *o, size_t room, size_t least, uint16_t *count)
{
	size_t at = o->dests_at, one;

	*count = 0;
	while (*count < o->dests_left) {
		one = DEST_HEAD + o->dests.p[at + TAG_SIZE];
		if (*count >= least && at - o->dests_at + one > room)
			break;
		at += one;
		(*count)++;
	}
	return at - o->dests_at;
}

static void
head_frame(struct session *s, struct out *o, struct buf *out)
{
	size_t opened, len, head = o->begun ? MORE_HEAD : ITEM_HEAD;
	bool first = !o->begun;
	uint16_t count;

	len = dests_fit(o, s->conf->frame - head, first ? 0 : 1, &count);
	opened = frame_open(out, first ? FRAME_ITEM : FRAME_MORE);
	if (first) {
		o->begun = true;
		o->item.number = tally_add(&s->out_tally, o->ref);
		o->item.from = o->at = from(s, &o->item);
		s->counts.items_out++;
		s->counts.saved_out += o->at;
		item_put(out, &o->item, count < o->dests_left, count);
	} else {
		more_put(out, o->item.number, count < o->dests_left, count);
	}
	buf_add(out, bytes_of(o->dests.p + o->dests_at, len));
	frame_close(out, opened);
	o->dests_at += len;
	o->dests_left -= count;
	if (o->dests_left == 0)
		buf_free(&o->dests);
}

static void
stop_frame(const struct out *o, struct buf *out)
{
	size_t opened = frame_open(out, FRAME_STOP);

	frame_uint(out, o->item.number, 4);
	frame_close(out, opened);
}

static void
data_frame(struct session *s, struct out *o, struct buf *out)
{
	uint64_t len = o->item.total - o->at, may = s->may.bytes - s->sent;
	size_t opened, before = out->len, most = s->conf->frame - 4;
	struct err e;

	len = len < may ? len : may;
	len = len < most ? len : most;
	opened = frame_open(out, FRAME_DATA);
	frame_uint(out, o->item.number, 4);
	if (o->item.total <= SESSION_SMALL) {
		buf_add(out, bytes_of(o->package.p + o->at, (size_t)len));
	} else if (s->owner->read(s->ctx, o->ref, o->at,
		       buf_grow(out, (size_t)len), (size_t)len, &e) != RC_OK) {
		out->len = before;
		o->give_up = true;
		stop_frame(o, out);
		return;
	}
	frame_close(out, opened);
	o->at += len;
	s->sent += len;
	s->counts.data_out += len;
}

/* The item of a rank that goes next, if it can go now; NULL. */
static struct out *
can_go(const struct session *s, unsigned rank)
{
	struct out *o = s->queue[rank];
	bool can;

	if (o == NULL || s->phase != PHASE_OPEN)
		return NULL;
	if (!o->begun)
		can = s->out_tally.last < s->may.items;
	else
		can = o->give_up || o->dests_left > 0 || s->sent < s->may.bytes;
	return can ? o : NULL;
}

/* The highest of the ranks from "low" to below "high" that can go. */
static struct out *
highest(const struct session *s, unsigned low, unsigned high)
{
	struct out *o = NULL;

	while (high-- > low && o == NULL)
		o = can_go(s, high);
	return o;
}

/* docs/link.md 13.5: a lower rank whose turn it is; NULL: it is nobody's. */
static struct out *
guarded(const struct session *s, const struct out *top)
{
	struct out *o = NULL;
	unsigned i, rank;

	if (s->passed < GUARD * s->conf->frame ||
	    (top->item.rank == RANKS - 1 && !top->begun))
		return NULL;
	for (i = 0; i < RANKS && o == NULL; i++) {
		rank = (s->guard + i) % RANKS;
		if (rank < top->item.rank)
			o = can_go(s, rank);
	}
	return o;
}

/* docs/link.md 13.1: the item that goes now. */
static struct out *
next_one(const struct session *s)
{
	struct out *top = highest(s, 0, RANKS), *o = NULL;

	if (top != NULL)
		o = guarded(s, top);
	return o != NULL ? o : top;
}

bool
out_ready(const struct session *s)
{
	return next_one(s) != NULL;
}

bool
out_urgent(const struct session *s)
{
	return can_go(s, RANKS - 1) != NULL;
}

/* So many bytes of a rank go: whom they pass. */
static void
count_passed(
    struct session *s, unsigned rank, size_t bytes, bool guard, bool waits)
{
	if (guard) {
		s->guard = (rank + 1) % RANKS;
		s->passed = 0;
	} else {
		s->passed = waits ? s->passed + bytes : 0;
	}
}

void
out_step(struct session *s, struct buf *out)
{
	struct out *o = next_one(s);
	const unsigned rank = o->item.rank;
	const bool guard = highest(s, rank + 1, RANKS) != NULL;
	const bool waits = highest(s, 0, rank) != NULL;
	const size_t before = out->len;

	if (!o->begun || o->dests_left > 0)
		head_frame(s, o, out);
	else if (o->give_up)
		stop_frame(o, out);
	else
		data_frame(s, o, out);
	count_passed(s, rank, out->len - before, guard, waits);
	if (o->dests_left == 0 && (o->at == o->item.total || o->give_up))
		forget(s, NULL, o);
}

void
out_free(struct session *s)
{
	unsigned rank;

	for (rank = 0; rank < RANKS; rank++)
		while (s->queue[rank] != NULL)
			forget(s, NULL, s->queue[rank]);
	free(s->theirs);
	s->theirs = NULL;
	s->theirs_count = 0;
	tally_free(&s->out_tally);
}

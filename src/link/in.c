/* SPDX-License-Identifier: EUPL-1.2 */
/* Items that come: docs/link.md 5 to 9 on the side of the receiver. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "link/inner.h"

/* What a failure of begin() answers. */
static const struct {
	enum ack outcome;
	enum refusal why;
} answers[] = {
	[RC_OK] = { ACK_LATER, REFUSAL_NONE },
	[RC_INVALID] = { ACK_REFUSED, REFUSAL_INVALID },
	[RC_DENIED] = { ACK_REFUSED, REFUSAL_CLASH },
	[RC_LIMIT] = { ACK_REFUSED, REFUSAL_TOO_LARGE },
	[RC_EXPIRED] = { ACK_REFUSED, REFUSAL_EXPIRED },
	[RC_ABSENT] = { ACK_REFUSED, REFUSAL_NO_WAY },
	[RC_EXISTS] = { ACK_KNOWN, REFUSAL_NONE },
	[RC_IO] = { ACK_LATER, REFUSAL_NONE },
	[RC_USAGE] = { ACK_LATER, REFUSAL_NONE },
};

static bool
is_small(const struct in *in)
{
	return in->item.total <= SESSION_SMALL;
}

static struct in *
find(const struct session *s, uint32_t number)
{
	struct in *in = s->in;

	while (in != NULL && in->item.number != number)
		in = in->next;
	return in;
}

static void
free_one(struct in *in)
{
	buf_free(&in->dests);
	buf_free(&in->package);
	free(in);
}

static void
unlink_one(struct session *s, struct in *in)
{
	struct in **at = &s->in;

	while (*at != in)
		at = &(*at)->next;
	*at = in->next;
	s->in_count--;
}

/* ---- answers and credit: docs/link.md 8, 9 ---- */

static void
answer(struct session *s, uint32_t number, enum ack outcome, enum refusal why)
{
	struct told *told = tally_find(&s->in_tally, number);

	if (told == NULL)
		bug("an answer to an item that has none to come");
	tally_answer(&s->in_tally, told);
	s->answered++;
	ack_put(
	    &s->acks, &(struct acked){
			  .number = number, .outcome = outcome, .why = why });
}

void
session_ack(
    struct session *s, uint32_t number, enum ack outcome, enum refusal why)
{
	struct in *in;

	if (s->phase == PHASE_OVER)
		return;
	if ((outcome == ACK_REFUSED) != (why != REFUSAL_NONE))
		bug("a refusal without a reason, or a reason without one");
	in = find(s, number);
	if (in != NULL) {
		if (!in->begun || outcome == ACK_STORED)
			bug("an item is answered before it is there");
		in->answered = true;
	}
	answer(s, number, outcome, why);
}

void
session_taken(struct session *s, uint64_t bytes)
{
	if (bytes > s->held)
		bug("more is taken than was given");
	s->held -= bytes;
}

bool
in_credit(const struct session *s, struct credit *now)
{
	uint64_t bytes = s->window + s->received - s->held;
	uint64_t items = (uint64_t)s->items + s->answered;

	*now = s->granted;
	if (bytes > now->bytes)
		now->bytes = bytes;
	if (items > now->items)
		now->items = items > UINT32_MAX ? UINT32_MAX : (uint32_t)items;
	/* a quarter is worth a frame: nobody waits while less is lacking */
	return now->bytes - s->granted.bytes >= s->window / 4 + 1 ||
	       now->items - s->granted.items >= s->items / 4 + 1u;
}

/* ---- heads: docs/link.md 6 ---- */

/* The destinations of a whole head; freed with free(). */
static struct link_dest *
dests_of(const struct in *in)
{
	struct link_dest *dests = alloc(in->item.dest_count, sizeof(*dests));
	struct bytes rest = buf_bytes(&in->dests), last = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < in->item.dest_count; i++) {
		if (dest_next(&dests[i], &rest, last, &e) != RC_OK)
			bug("a destination that was read is none");
		last = dests[i].address;
	}
	return dests;
}

static void
begin(struct session *s, struct in *in)
{
	struct link_dest *dests = dests_of(in);
	struct item item = in->item;
	struct err why;
	enum rc rc;

	item.dests = dests;
	in->begun = true;
	rc = s->owner->begin(s->ctx, &item, &why);
	free(dests);
	buf_free(&in->dests);
	if (rc == RC_OK || in->answered || s->phase == PHASE_OVER)
		return;
	in->answered = true;
	answer(s, in->item.number, answers[rc].outcome, answers[rc].why);
}

/* docs/link.md 7.4; the item is no longer open. */
static void
give(struct session *s, const struct in *in, struct bytes package)
{
	struct link_dest *dests;
	struct item item = in->item;
	uint8_t sum[SHA256_SIZE];

	sha256(sum, package);
	if (memcmp(sum, item.sum, sizeof(sum)) != 0) {
		/* of what was put together, a part may have been another's */
		answer(s, item.number, in->resumed ? ACK_LATER : ACK_REFUSED,
		    in->resumed ? REFUSAL_NONE : REFUSAL_INVALID);
		return;
	}
	item.dests = dests = dests_of(in);
	s->held += item.total - item.from;
	s->owner->item(s->ctx, &item, package);
	free(dests);
}

/* The last byte is there: "package" is all of a small one. */
static void
whole(struct session *s, struct in *in, struct bytes package)
{
	unlink_one(s, in);
	if (!in->answered) {
		if (is_small(in))
			give(s, in, package);
		else
			s->owner->end(s->ctx, in->item.number);
	}
	free_one(in);
}

static enum rc
head_is_whole(struct session *s, struct in *in, struct err *e)
{
	if (in->item.dest_count == 0)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.6: item %" PRIu32 " without a destination",
		    in->item.number);
	in->whole_head = true;
	s->counts.items_in++;
	s->counts.saved_in += in->item.from;
	if (in->item.total > s->conf->total_max) {
		in->answered = true;
		answer(s, in->item.number, ACK_REFUSED, REFUSAL_TOO_LARGE);
	} else if (!is_small(in)) {
		begin(s, in);
	}
	if (in->at == in->item.total && s->phase != PHASE_OVER)
		whole(s, in, buf_bytes(&in->package));
	return RC_OK;
}

/* docs/link.md 6.6 of those in one frame. */
static enum rc
destinations(struct in *in, const struct item_part *part, struct err *e)
{
	struct bytes rest = part->dests, last = { 0 };
	size_t i, most = 1 + in->item.envelope / DEST_BYTES;
	struct link_dest d;

	if (in->last_len > 0)
		last = bytes_of(in->dests.p + in->last_at, in->last_len);
	in->item.dest_count += part->count;
	if (in->item.dest_count > most || in->item.dest_count > LINK_DESTS)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.6: %zu destinations of an envelope of "
		    "%" PRIu32 " bytes",
		    in->item.dest_count, in->item.envelope);
	for (i = 0; i < part->count; i++) {
		if (dest_next(&d, &rest, last, e) != RC_OK)
			return e->rc;
		last = d.address;
	}
	if (rest.len > 0)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.1: %zu bytes behind the destinations",
		    rest.len);
	if (part->count > 0) {
		in->last_at = in->dests.len + (size_t)(last.p - part->dests.p);
		in->last_len = (uint8_t)last.len;
		buf_add(&in->dests, part->dests);
	}
	return RC_OK;
}

/* docs/link.md 6.5: it goes on where we said; what was kept is in its place,
 * or void. */
static enum rc
resume(struct session *s, struct in *in, struct err *e)
{
	struct kept kept = { 0 };
	uint64_t have = 0, from = in->item.from;
	bool mine, fits;
	size_t i;

	for (i = 0; i < s->ours_count; i++) {
		if (memcmp(s->ours[i].sum, in->item.sum, SHA256_SIZE) != 0)
			continue;
		have = s->ours[i].have;
		s->ours[i] = s->ours[--s->ours_count];
		break;
	}
	if (s->ours_count == 0) {
		free(s->ours);
		s->ours = NULL;
	}
	mine = keep_take(s->keep, in->item.sum, &kept);
	fits = from == 0 ||
	       (from == have && mine == is_small(in) &&
		   (!mine || (kept.package.len == have &&
				 kept.total == in->item.total &&
				 kept.envelope == in->item.envelope)));
	if (fits && mine && from > 0) {
		in->package = kept.package;
		kept.package = (struct buf){ 0 };
	}
	buf_free(&kept.package);
	in->resumed = from > 0;
	in->at = from;
	if (!fits)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.5: item %" PRIu32 " from %" PRIu64
		    ", of which it was not said that we have it",
		    in->item.number, from);
	return RC_OK;
}

static enum rc
may_open(const struct session *s, const struct item *item, struct err *e)
{
	const struct in *in;

	if (s->in_tally.last == UINT32_MAX ||
	    item->number != s->in_tally.last + 1)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.2: item %" PRIu32 " after %" PRIu32,
		    item->number, s->in_tally.last);
	if (item->number > s->granted.items)
		return fail(e, RC_INVALID,
		    "docs/link.md 9.2: item %" PRIu32 " of %" PRIu32
		    " that may be sent",
		    item->number, s->granted.items);
	if (s->in_count == SESSION_OPEN)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.8: more than %u items are open",
		    SESSION_OPEN);
	for (in = s->in; in != NULL; in = in->next)
		if (!in->whole_head && in->item.rank == item->rank)
			return fail(e, RC_INVALID,
			    "docs/link.md 6.7: item %" PRIu32 " while the "
			    "head of %" PRIu32 " is not whole",
			    item->number, in->item.number);
	return RC_OK;
}

enum rc
in_item(struct session *s, struct bytes payload, struct err *e)
{
	struct item_part part;
	struct in *in, **at;
	struct item item;

	if (item_read(&item, &part, payload, e) != RC_OK ||
	    may_open(s, &item, e) != RC_OK)
		return e->rc;
	in = alloc(1, sizeof(*in));
	in->item = item;
	for (at = &s->in; *at != NULL;)
		at = &(*at)->next;
	*at = in;
	s->in_count++;
	(void)tally_add(&s->in_tally, 0);
	if (resume(s, in, e) != RC_OK || destinations(in, &part, e) != RC_OK)
		return e->rc;
	return part.more ? RC_OK : head_is_whole(s, in, e);
}

enum rc
in_more(struct session *s, struct bytes payload, struct err *e)
{
	struct item_part part;
	uint32_t number;
	struct in *in;

	if (more_read(&number, &part, payload, e) != RC_OK)
		return e->rc;
	in = find(s, number);
	if (in == NULL || in->whole_head)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.7: MORE of item %" PRIu32 ", whose head "
		    "is whole or not there",
		    number);
	if (destinations(in, &part, e) != RC_OK)
		return e->rc;
	return part.more ? RC_OK : head_is_whole(s, in, e);
}

/* ---- bytes: docs/link.md 7 ---- */

static void
take(struct session *s, struct in *in, struct bytes more)
{
	uint64_t at = in->at;

	in->at += more.len;
	if (in->answered) {
		/* nobody's; the sender has not heard yet */
	} else if (!is_small(in)) {
		s->held += more.len;
		s->owner->data(s->ctx, in->item.number, at, more);
	} else if (more.len < in->item.total) {
		buf_reserve(
		    &in->package, (size_t)in->item.total - in->package.len);
		buf_add(&in->package, more);
		more = buf_bytes(&in->package);
	}
	/* a small one that came in one frame is given as it lies there */
	if (in->at == in->item.total && s->phase != PHASE_OVER)
		whole(s, in, more);
}

enum rc
in_data(struct session *s, struct bytes payload, struct err *e)
{
	struct rd r = rd_init(payload);
	uint32_t number = 0;
	struct bytes more;
	struct in *in;
	int i;

	for (i = 0; i < 4; i++)
		number = number << 8 | rd_u8(&r);
	more = rd_rest(&r);
	in = find(s, number);
	if (in == NULL || !in->whole_head)
		return fail(e, RC_INVALID,
		    "docs/link.md 7.2: DATA of item %" PRIu32 ", which is not "
		    "open",
		    number);
	if (more.len > s->granted.bytes - s->received)
		return fail(e, RC_INVALID,
		    "docs/link.md 9.2: %zu bytes of DATA where %" PRIu64
		    " may be sent",
		    more.len, s->granted.bytes - s->received);
	if (more.len > in->item.total - in->at)
		return fail(e, RC_INVALID,
		    "docs/link.md 7.3: DATA beyond the end of item %" PRIu32,
		    number);
	s->received += more.len;
	s->counts.data_in += more.len;
	take(s, in, more);
	return RC_OK;
}

enum rc
in_stop(struct session *s, struct bytes payload, struct err *e)
{
	struct rd r = rd_init(payload);
	uint32_t number = 0;
	struct in *in;
	int i;

	for (i = 0; i < 4; i++)
		number = number << 8 | rd_u8(&r);
	in = find(s, number);
	if (in == NULL || !in->whole_head)
		return fail(e, RC_INVALID,
		    "docs/link.md 7.5: STOP of item %" PRIu32 ", which is not "
		    "open",
		    number);
	unlink_one(s, in);
	if (!in->answered) {
		answer(s, number, ACK_LATER, REFUSAL_NONE);
		if (in->begun)
			s->owner->stop(s->ctx, number);
	}
	free_one(in);
	return RC_OK;
}

/* ---- what is there of items: docs/link.md 5 ---- */

static void
announce(struct session *s, const uint8_t *sum, uint64_t have, size_t most)
{
	size_t i;

	for (i = 0; i < s->ours_count; i++)
		if (memcmp(s->ours[i].sum, sum, SHA256_SIZE) == 0)
			return;
	if (s->ours_count >= most)
		return;
	s->ours = vec_more(s->ours, s->ours_count, sizeof(*s->ours));
	memcpy(s->ours[s->ours_count].sum, sum, SHA256_SIZE);
	s->ours[s->ours_count++].have = have;
}

void
session_partial(
    struct session *s, const uint8_t sum[static SHA256_SIZE], uint64_t have)
{
	if (s->phase == PHASE_OVER)
		return;
	if (s->phase != PHASE_JUDGE || have == 0 || have > LINK_TOTAL_MAX)
		bug("a part of an item at the wrong time, or of no bytes");
	announce(s, sum, have, SESSION_PARTIALS);
}

void
in_announce(struct session *s)
{
	const struct kept *kept;
	size_t i, at;

	for (i = 0; (kept = keep_each(s->keep, i)) != NULL; i++)
		announce(s, kept->sum, kept->package.len, LINK_PARTIALS);
	if (s->ours_count > 0) {
		at = frame_open(&s->ctl, FRAME_PARTIAL);
		for (i = 0; i < s->ours_count; i++)
			partial_put(&s->ctl, &s->ours[i]);
		frame_close(&s->ctl, at);
	}
	at = frame_open(&s->ctl, FRAME_PARTIAL);
	frame_close(&s->ctl, at);
}

void
in_free(struct session *s)
{
	struct kept kept;
	struct in *in;

	while ((in = s->in) != NULL) {
		s->in = in->next;
		kept = (struct kept){ .envelope = in->item.envelope,
			.total = in->item.total,
			.package = in->package };
		memcpy(kept.sum, in->item.sum, sizeof(kept.sum));
		in->package = (struct buf){ 0 };
		keep_put(s->keep, &kept);
		free_one(in);
	}
	s->in_count = 0;
	free(s->ours);
	s->ours = NULL;
	s->ours_count = 0;
	tally_free(&s->in_tally);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* What is handed over next, to which line (docs/station.md 7.2, 7.4). */
#include "proc_store/backup.h"
#include "proc_store/carried.h"

#define LEGS 32u	      /* legs that are looked up at once */
#define FEED_AHEAD (4u << 20) /* bytes that wait for link */

struct legs {
	const struct line *l;
	struct leg legs[LEGS];
	size_t count;
	bool dated; /* those that are due alone */
};

static bool
gather(void *ctx, const struct leg *leg)
{
	struct legs *b = ctx;

	if (b->dated && leg->due == TIME_NEVER)
		return false;
	if (flying_of(b->l, leg->q) == NULL && !line_passed(b->l, leg->q))
		b->legs[b->count++] = *leg;
	return b->count < LEGS;
}

static bool
has_room(struct line *l, const struct leg *leg)
{
	struct flight *f = &l->flights[leg->rank];

	f->full =
	    f->count >= FLYING_MAX ||
	    (leg->total > STORE_INLINE
		    ? f->big >= FLYING_BIG
		    : f->bytes > 0 && f->bytes + leg->total > flying_bytes());
	return !f->full;
}

/* What flies is passed over, and may come before the rest.  The order of due
 * times is not that of numbers: no cursor there. */
static enum rc
look_rank(struct legs *b, unsigned rank, bool dated, struct err *e)
{
	const struct line *l = b->l;
	const uint64_t after = dated ? 0 : l->cursor[rank];

	b->dated = dated;
	return st.store->ops->queue(st.store, bytes_str(l->station), rank,
	    after == 0 ? INT64_MIN : TIME_NEVER, after,
	    LEGS + FLYING_MAX + FLYING_BIG + l->passed_count, gather, b, e);
}

/* Legs of one rank, as far as there is room; false where there is none.  One
 * that cannot be read holds up no other. */
static bool
feed_rank(struct line *l, unsigned rank)
{
	const bool due = rank == RANKS - 1;
	struct legs b = { .l = l };
	bool failed = false;
	struct err e;
	enum rc rc;
	size_t i;

	rc = look_rank(&b, rank, due, &e);
	if (rc == RC_OK && due && b.count == 0)
		rc = look_rank(&b, rank, false, &e);
	if (rc != RC_OK) {
		line_not_fed(l, &e);
		b.count = 0;
	}
	for (i = 0; i < b.count; i++) {
		if (!has_room(l, &b.legs[i]))
			return false;
		if (line_hand(l, &b.legs[i], &e) != RC_OK) {
			line_not_fed(l, &e);
			failed = true;
		}
		if (!due || b.legs[i].due == TIME_NEVER)
			l->cursor[rank] = b.legs[i].q;
	}
	if (b.count == 0 || (failed && due))
		l->more[rank] = false;
	return rc == RC_OK;
}

static void
feed(struct line *l, unsigned rank)
{
	while (l->more[rank] && !l->flights[rank].full && feed_rank(l, rank))
		;
}

/* Of items those of the highest rank alone go before what the line lacks of the
 * directory: docs/link.md 17.2. */
static void
feed_first(struct line *l)
{
	l->lacks = !directory_feed(l);
	l->fed = l->guest == 0 && lives_open(l) && !restored_is();
	if (l->fed)
		feed(l, RANKS - 1);
}

/* What is urgent goes to all lines before the rest goes to any: and that in
 * turn, no more at once than link takes soon (docs/station.md 7.4).  When it
 * has taken some there is a round. */
void
lines_feed(void)
{
	static size_t turn;
	unsigned rank;
	struct line *l;
	size_t i;

	for (i = 0; i < st.line_count; i++)
		feed_first(st.lines[i]);
	for (i = 0; i < st.line_count; i++, turn++) {
		if (process_queued(PROC_LINK) > FEED_AHEAD)
			return;
		l = st.lines[turn % st.line_count];
		for (rank = RANKS - 1; l->fed && !l->lacks && rank-- > 0;)
			feed(l, rank);
	}
}

void
line_wake(struct bytes hop, unsigned rank)
{
	struct line *l = line_to(hop);

	if (l != NULL)
		l->more[rank] = true;
}

void
line_wake_leg(struct bytes hop, unsigned rank, uint64_t q)
{
	struct line *l = line_to(hop);

	if (l == NULL)
		return;
	l->more[rank] = true;
	if (q <= l->cursor[rank])
		l->cursor[rank] = q - 1;
}

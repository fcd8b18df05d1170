/* SPDX-License-Identifier: EUPL-1.2 */
/* A bundle is written: what waits for a station, in the order in which it goes,
 * as far as it fits (docs/media.md 4). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/backup.h"
#include "proc_store/bundling.h"
#include "proc_store/lives.h"

#define LEGS_MAX 200000u	      /* of a station, that are looked at */
#define ITEM_ROOM 1024u		      /* of a bundle, beside an item's bytes */
#define FRAMES_MAX (MSG_MAX - 65536u) /* of one message */
#define PART_LEAST (1u << 20)	      /* bytes of a part that is worth it */
#define LOOKS_MAX 500u		      /* legs that are looked at in one slice */
#define COUNTED_MAX 5000u /* legs that are looked at to count what is left */

struct gathering {
	struct waits *list;
	size_t count;
};

static bool
gather(void *ctx, const struct leg *leg)
{
	struct gathering *g = ctx;

	g->list = vec_more(g->list, g->count, sizeof(*g->list));
	g->list[g->count++] = (struct waits){
		.q = leg->q, .total = leg->total, .rank = leg->rank
	};
	return g->count < LEGS_MAX;
}

/* Where a large one goes on: behind what is on disks, or where the other says
 * that it is (docs/media.md 4.5). */
static void
find_from(struct waits *w, const struct carried *c, struct bytes parts,
    int64_t parts_at)
{
	struct partial p;
	struct err e;

	if (c == NULL || w->total <= STORE_INLINE)
		return;
	w->from = c->on_disk && c->upto != BUNDLE_WHOLE ? c->upto : 0;
	if (parts_at > c->at)
		w->from = 0;
	while (parts_at > c->at && parts.len > 0 &&
	       partial_next(&p, &parts, &e) == RC_OK)
		if (memcmp(p.sum, c->sum, SHA256_SIZE) == 0)
			w->from = p.have;
}

/* What waits, in the order in which it goes; with "rest" what is on no disk. */
static enum rc
find_waiting(bool rest, struct err *e)
{
	struct gathering g = { 0 };
	const struct carried *c;
	struct carried *list = NULL;
	struct buf parts = { 0 };
	struct route r;
	const char *hop = bundling.line->station;
	size_t count = 0, i, kept = 0;
	int64_t parts_at = 0;
	unsigned rank;
	enum rc rc;

	if (bundling.line->far) { /* what is for him waits for its line */
		route_find(st.file.directory, st.unit, bytes_str(hop),
		    station_now(), &r);
		hop = r.hop;
	}
	rc = carried_load(&list, &count, &bundling.line->uid, e);
	if (rc == RC_OK)
		rc = carried_said(
		    &parts, &parts_at, &bundling.line->uid, CARRIED_PARTS, e);
	for (rank = RANKS; rc == RC_OK && rank-- > 0;)
		rc = st.store->ops->queue(st.store, bytes_str(hop), rank,
		    INT64_MIN, 0, LEGS_MAX, gather, &g, e);
	for (i = 0; rc == RC_OK && i < g.count; i++) {
		c = carried_of(list, count, g.list[i].q);
		find_from(&g.list[i], c, buf_bytes(&parts), parts_at);
		if (rest && c != NULL && c->on_disk && c->upto == BUNDLE_WHOLE)
			continue;
		g.list[kept++] = g.list[i];
	}
	bundling.waits = g.list;
	bundling.waiting = kept;
	free(list);
	buf_free(&parts);
	return rc;
}

/* The first of its bundles that this station still waits for, after what waits
 * no more is forgotten. */
static enum rc
find_open(uint64_t *open, struct err *e)
{
	struct carried *list = NULL;
	size_t count = 0, i;
	struct leg leg;
	enum rc rc;

	*open = 0;
	rc = carried_load(&list, &count, &bundling.line->uid, e);
	for (i = 0; rc == RC_OK && i < count; i++) {
		rc = st.store->ops->leg(st.store, list[i].q, &leg, e);
		if (rc == RC_OK &&
		    (leg.state == LEG_QUEUED || leg.state == LEG_HELD)) {
			if (*open == 0 || list[i].number < *open)
				*open = list[i].number;
		} else if (rc == RC_OK || rc == RC_ABSENT) {
			rc = carried_drop(&list[i], e);
		}
	}
	free(list);
	return rc;
}

static enum rc
check_number(uint64_t number, struct err *e)
{
	uint64_t last;
	enum rc rc = word_u64("bundle", &last, e);

	if (rc == RC_OK && (number <= last || number > INT64_MAX))
		rc = fail(e, RC_EXISTS,
		    "docs/media.md 4.2: another bundle was written meanwhile; "
		    "try again");
	/* it is used, whatever becomes of it */
	if (rc == RC_OK && (rc = store_write(e)) == RC_OK)
		rc = set_word_u64("bundle", number, e);
	return rc;
}

/* The key to seal for: that of its newest certificate in force. */
static enum rc
find_key(const struct cert **out, size_t unit, struct bytes who, struct err *e)
{
	struct directory *d = st.file.directory;
	bool own;
	const size_t cert = cert_in_force(
	    d, unit, NONE, CERT_STATION, CERT_KEM, station_judges(&own));

	if (cert == NONE) {
		(void)wanted_ask(WANTED_ADDRESS, who);
		return fail(e, RC_ABSENT,
		    "docs/media.md 4.1: %.*s has no key in force here",
		    (int)who.len, (const char *)who.p);
	}
	*out = &d->state.certs[cert].cert;
	return RC_OK;
}

static enum rc
begin(const struct msg_bundle_for *f, struct err *e)
{
	struct media_who who;
	const struct cert *c;
	enum rc rc;

	if ((rc = media_who(&who, f->station, e)) != RC_OK ||
	    (rc = check_number(f->number, e)) != RC_OK ||
	    (rc = find_key(&c, who.unit, f->station, e)) != RC_OK)
		return rc;
	media_begin(&who);
	bundling.closed = restored_is();
	bundling.bundle = (struct bundle_kept){ .number = f->number,
		.unit = bundling.line->uid,
		.at = station_now() };
	if ((rc = find_open(&bundling.open, e)) != RC_OK ||
	    (rc = find_waiting(f->rest != 0, e)) != RC_OK)
		return rc;
	return front_write(&bundling.frames, bundling.line, f->size / 2, e);
}

/* What media begins with; or that there is none. */
static void
say_front(uint64_t job, enum rc rc, struct err *e)
{
	struct msg_bundle_front out = { 0 };
	const struct cert *c;

	if (rc == RC_OK)
		rc = find_key(&c, bundling.line->unit,
		    bytes_str(bundling.line->station), e);
	if (rc == RC_OK && bundling.frames.len > FRAMES_MAX)
		rc = fail(e, RC_LIMIT,
		    "docs/media.md 4.4: %zu bytes go before the dispatches",
		    bundling.frames.len);
	if (rc == RC_OK) {
		out.conn = bundling.line->conn;
		out.station = bytes_str(bundling.line->station);
		out.alg = oid(c->kem->oid);
		out.pub = c->pub;
		out.number = bundling.bundle.number;
		out.incarnation = st.incarnation;
		out.open = bundling.open;
		out.at = bundling.bundle.at;
		out.frames = buf_bytes(&bundling.frames);
	} else {
		out.rc = rc;
		out.why = bytes_str(e->text);
	}
	bundling.front = bundling.witness = 0;
	(void)tell(PROC_MEDIA, MSG_BUNDLE_FRONT, job, &out, -1);
	buf_free(&bundling.frames);
	if (rc != RC_OK)
		media_drop();
}

/* A child is told that its journal was seen, which keys signs first; false:
 * there is nothing to be signed. */
static bool
asks_witness(void)
{
	struct msg_witness m;

	if (bundling.line->parent || bundling.line->far ||
	    !lives_witness(&m, &bundling.line->uid))
		return false;
	bundling.witness = next_job();
	return tell(PROC_KEYS, MSG_WITNESS, bundling.witness, &m, -1);
}

void
media_write_for(uint64_t job, const struct msg_bundle_for *f)
{
	struct err e = { 0 };
	enum rc rc;

	media_drop();
	rc = begin(f, &e);
	bundling.front = job;
	if (rc != RC_OK || !asks_witness())
		say_front(job, rc, &e);
}

bool
media_witnessed(uint64_t job, const struct msg_noted *m)
{
	struct buf message;
	struct err e = { 0 };

	if (bundling.line == NULL || bundling.witness == 0 ||
	    job != bundling.witness)
		return false;
	if (lives_countersigned(&message, &bundling.line->uid, m->note)) {
		front_tell(
		    &bundling.frames, TELL_COUNTERSIGNED, buf_bytes(&message));
		buf_free(&message);
	}
	say_front(bundling.front, RC_OK, &e);
	return true;
}

/* It goes without. */
void
media_keys_gone(void)
{
	struct err e = { 0 };

	if (bundling.line != NULL && bundling.witness != 0)
		say_front(bundling.front, RC_OK, &e);
}

/* The next that fits, or the first large one, of which a part does.  Room only
 * shrinks: what did not fit is not looked at again. */
static struct waits *
choose(uint64_t room, bool part)
{
	size_t *at = &bundling.looked[part];
	struct waits *w;

	if (bundling.closed || bundling.carried_count == BUNDLE_ITEMS)
		return NULL;
	for (; *at < bundling.waiting; ++*at) {
		w = &bundling.waits[*at];
		if (w->gone || w->elsewhere)
			continue;
		if (part ? w->total > STORE_INLINE && room >= PART_LEAST
			 : bundle_room(w->total - w->from) + ITEM_ROOM <= room)
			return w;
	}
	return NULL;
}

/* It is in the bundle now, so far. */
static void
note_handed(const struct msg_bundle_next *n)
{
	struct carried c = { .unit = bundling.line->uid,
		.q = n->q,
		.number = bundling.bundle.number,
		.upto = n->upto,
		.at = bundling.bundle.at };

	memcpy(c.sum, n->sum, sizeof(c.sum));
	c.dests = bundling.dests;
	bundling.dests = (struct buf){ 0 };
	bundling.carried = vec_more(bundling.carried, bundling.carried_count,
	    sizeof(*bundling.carried));
	bundling.carried[bundling.carried_count++] = c;
	if (n->upto != BUNDLE_WHOLE)
		bundling.waits[bundling.handed].gone = false,
		bundling.part = true;
}

static void
say_rest(uint64_t job, enum rc rc, const struct err *e)
{
	struct msg_bundle_is rest = { .rc = rc, .before = TIME_NEVER };

	if (rc != RC_OK)
		rest.why = bytes_str(e->text);
	bundling.next = 0;
	(void)tell(PROC_MEDIA, MSG_BUNDLE_REST, job, &rest, -1);
}

/* It still goes there.  RC_ABSENT: no more. */
static enum rc
leg_there(struct leg *leg, uint64_t q, struct err *e)
{
	const struct line *l = bundling.line;
	enum rc rc = st.store->ops->leg(st.store, q, leg, e);

	if (rc == RC_OK && (leg->state != LEG_QUEUED ||
			       (!l->far && !bytes_is(leg->hop, l->station))))
		rc = fail(e, RC_ABSENT, "it goes another way now");
	if (rc != RC_OK || !l->far)
		return rc;
	buf_free(&bundling.dests);
	rc = far_dests(&bundling.dests, l, leg, e);
	if (rc == RC_OK && bundling.dests.len == 0)
		rc = fail(e, RC_ABSENT, "nothing of it lies there");
	return rc;
}

/* Hand one over, or look at some of those that are left and go on in the next
 * slice. */
static void
hand_next(void)
{
	const uint64_t job = bundling.next, room = bundling.room;
	unsigned looks = LOOKS_MAX;
	struct waits *w;
	struct leg leg;
	struct err e;
	enum rc rc = RC_OK;

	bundling.looks = false;
	while (looks-- > 0) {
		w = bundling.part ? NULL : choose(room, false);
		if (w == NULL && !bundling.part)
			w = choose(room, true);
		if (w == NULL) {
			say_rest(job, RC_OK, NULL);
			return;
		}
		w->gone = true;
		bundling.handed = (size_t)(w - bundling.waits);
		if ((rc = leg_there(&leg, w->q, &e)) != RC_OK) {
			w->elsewhere = true;
			continue;
		}
		bundling.line->job = job;
		bundling.line->from = w->from;
		rc = line_hand(bundling.line, &leg, &e);
		if (rc == RC_OK)
			return; /* at once, or when its sum is known */
		line_event(LOG_WARN, "bundle.feed", bundling.line, &e);
		w->gone = false;
		if (rc == RC_IO) {
			say_rest(job, rc, &e);
			return;
		}
		w->gone = true; /* one that cannot be read holds up no other */
	}
	bundling.looks = true;
	slice_wake();
}

void
media_hand_over(uint64_t job, const struct msg_bundle_next *n)
{
	if (n->q != 0)
		note_handed(n);
	bundling.next = job;
	bundling.room = n->room;
	hand_next();
}

bool
media_slice(void)
{
	if (bundling.line != NULL && bundling.looks)
		hand_next();
	return bundling.looks;
}

bool
media_summed(uint64_t q, enum rc rc, struct err *e)
{
	struct leg leg;

	if (bundling.line == NULL || bundling.next == 0 ||
	    bundling.handed >= bundling.waiting ||
	    bundling.waits[bundling.handed].q != q)
		return false;
	if (rc == RC_OK && (rc = leg_there(&leg, q, e)) == RC_OK)
		rc = line_hand(bundling.line, &leg, e);
	if (rc != RC_OK)
		say_rest(bundling.next, RC_IO, e);
	return true;
}

/* Of who is no neighbour some are looked at, and no more: their number is for
 * people, and the store has others to serve. */
static bool
is_left(const struct waits *w)
{
	struct buf dests = { 0 };
	struct leg leg;
	struct err e;
	bool is;

	if (!bundling.line->far)
		return true;
	if (w->elsewhere || bundling.counted++ >= COUNTED_MAX)
		return false;
	is = st.store->ops->leg(st.store, w->q, &leg, &e) == RC_OK &&
	     leg.state == LEG_QUEUED &&
	     far_dests(&dests, bundling.line, &leg, &e) == RC_OK &&
	     dests.len > 0;
	buf_free(&dests);
	return is;
}

/* What is still queued and is in no bundle whole. */
void
media_count_left(void)
{
	size_t i;

	for (i = 0; i < bundling.waiting; i++) {
		if (bundling.waits[i].gone || !is_left(&bundling.waits[i]))
			continue;
		bundling.is.left[bundling.waits[i].rank]++;
		bundling.is.left_bytes[bundling.waits[i].rank] +=
		    bundling.waits[i].total;
	}
}

enum rc
media_note_written(struct err *e)
{
	enum rc rc;
	size_t i;

	bundling.bundle.items = bundling.carried_count;
	rc = carried_bundle_put(&bundling.bundle, e);
	for (i = 0; rc == RC_OK && i < bundling.carried_count; i++)
		rc = carried_put(&bundling.carried[i], e);
	return rc;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bundles, as the store decides them (docs/media.md 4, 5): a bundle is a line
 * that nobody hears.  What comes in one is taken as over any line, what goes
 * stays queued until it is answered.
 */
#include <stdlib.h>
#include <string.h>

#include "antind/carried.h"
#include "antind/lives.h"
#include "core/vec.h"
#include "dispatch/route.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"

#define LEGS_MAX 200000u      /* of a station, that are looked at */
#define ITEM_ROOM 1024u	      /* of a bundle, beside an item's bytes */
#define PART_LEAST (1u << 20) /* bytes of a part that is worth it */

struct waits {
	uint64_t q, total, from;
	unsigned rank;
	bool gone;
};

struct took {
	uint8_t sum[SHA256_SIZE];
	bool ended, answered;
	enum ack outcome;
	enum refusal why;
};

static struct media {
	struct line *line; /* owned; NULL: there is no job */
	bool reads;
	uint64_t sync, end; /* the job of MSG_BUNDLE_SYNC, and its number */
	bool noted;	    /* in this round: it is answered after it */
	struct err failed;  /* what could not be noted */
	struct msg_bundle_is is;
	/* a bundle that is written */
	struct bundle_kept bundle;
	struct waits *waits; /* owned; in the order in which they go */
	size_t waiting;
	bool part;		 /* the last is in part: nothing follows */
	uint64_t next;		 /* the job of MSG_BUNDLE_NEXT; 0: none */
	size_t handed;		 /* waits[]: handed over last */
	struct carried *carried; /* owned: those that are in it */
	size_t carried_count;
	/* one that is read */
	struct buf statement;
	struct bundle_statement said;
	bool barred;	   /* nothing of it is taken any more */
	struct took *took; /* owned; by number - 1 */
	size_t took_count;
} at;

static uint64_t conns;

static void
drop(void)
{
	struct line *l = at.line;

	if (l != NULL) {
		take_drop(l);
		free(l->flying);
		free(l);
	}
	front_drop();
	free(at.waits);
	free(at.carried);
	free(at.took);
	buf_free(&at.statement);
	at = (struct media){ 0 };
}

void
media_gone(void)
{
	drop();
}

struct line *
media_line(uint64_t conn)
{
	/* 0: whichever it is */
	return at.line != NULL && (conn == 0 || at.line->conn == conn) ? at.line
								       : NULL;
}

/* ---- whose it is, or for whom
 * ----------------------------------------------------- */

/* It is our parent's, or a child's. */
static enum rc
neighbour(size_t *unit, bool *parent, struct bytes who, struct err *e)
{
	struct directory *d = st.file.directory;
	bool own;
	const int64_t now = station_judges(&own);

	if (!st.named)
		return fail(e, RC_ABSENT, "this station has no name yet");
	*unit = address_is_station(who)
		    ? unit_by_host(&d->state, address_host(who), station_now())
		    : NONE;
	if (*unit == NONE || !unit_open(&d->state.units[*unit], station_now()))
		return fail(e, RC_ABSENT, "no station %.*s is known here",
		    (int)who.len, (const char *)who.p);
	*parent = station_above(d, st.unit, now) == *unit;
	if (!*parent && station_above(d, *unit, now) != st.unit)
		return fail(e, RC_DENIED,
		    "docs/media.md 4.1: %.*s is neither the station above "
		    "this one nor one right below it",
		    (int)who.len, (const char *)who.p);
	return RC_OK;
}

static void
line_begin(size_t unit, bool parent)
{
	struct line *l = alloc(1, sizeof(*l));

	l->conn = MEDIA_CONN + ++conns;
	l->unit = unit;
	l->uid = st.file.directory->state.units[unit].uid;
	l->tells = true;
	l->parent = parent;
	if (!address_of(
		st.file.directory, unit, NONE, station_now(), l->station))
		bug("a station that is known has no address");
	l->neighbour = neighbour_of(bytes_str(l->station));
	l->since = station_now();
	at.line = l;
	at.is = (struct msg_bundle_is){ .before = TIME_NEVER };
}

/* ---- writing
 * ------------------------------------------------------------------- */

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
	w->from = c->on_disk ? c->upto : 0;
	if (parts_at > c->at)
		w->from = 0;
	while (parts_at > c->at && parts.len > 0 &&
	       partial_next(&p, &parts, &e) == RC_OK)
		if (memcmp(p.sum, c->sum, SHA256_SIZE) == 0)
			w->from = p.have;
	/* all of it is on disks, and lost perhaps: it goes anew */
	if (w->from >= w->total)
		w->from = 0;
}

/* What waits, in the order in which it goes; with "rest" what is on no disk. */
static enum rc
find_waiting(bool rest, struct err *e)
{
	struct gathering g = { 0 };
	const struct carried *c;
	struct carried *list = NULL;
	struct buf parts = { 0 };
	size_t count = 0, i, kept = 0;
	int64_t parts_at = 0;
	unsigned rank;
	enum rc rc;

	rc = carried_load(&list, &count, &at.line->uid, e);
	if (rc == RC_OK)
		rc = carried_said(
		    &parts, &parts_at, &at.line->uid, CARRIED_PARTS, e);
	for (rank = RANKS; rc == RC_OK && rank-- > 0;)
		rc = st.store->ops->queue(st.store, bytes_str(at.line->station),
		    rank, 0, LEGS_MAX, gather, &g, e);
	for (i = 0; rc == RC_OK && i < g.count; i++) {
		c = carried_of(list, count, g.list[i].q);
		find_from(&g.list[i], c, buf_bytes(&parts), parts_at);
		if (rest && c != NULL && c->on_disk &&
		    (g.list[i].from == 0 || c->upto >= g.list[i].total))
			continue;
		g.list[kept++] = g.list[i];
	}
	at.waits = g.list;
	at.waiting = kept;
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
	rc = carried_load(&list, &count, &at.line->uid, e);
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

static enum rc
begin(struct msg_bundle_front *out, struct buf *frames,
    const struct msg_bundle_for *f, struct err *e)
{
	struct directory *d = st.file.directory;
	const struct cert *c;
	size_t unit, cert;
	bool parent, own;
	enum rc rc;

	if ((rc = neighbour(&unit, &parent, f->station, e)) != RC_OK ||
	    (rc = check_number(f->number, e)) != RC_OK)
		return rc;
	cert = cert_in_force(
	    d, unit, NONE, CERT_STATION, CERT_KEM, station_judges(&own));
	if (cert == NONE)
		return fail(e, RC_ABSENT,
		    "docs/media.md 4.1: %.*s has no key in force here",
		    (int)f->station.len, (const char *)f->station.p);
	c = &d->state.certs[cert].cert;
	line_begin(unit, parent);
	at.bundle = (struct bundle_kept){
		.number = f->number, .unit = at.line->uid, .at = station_now()
	};
	if ((rc = find_open(&out->open, e)) != RC_OK ||
	    (rc = find_waiting(f->rest != 0, e)) != RC_OK ||
	    (rc = front_write(frames, at.line, f->size / 2, e)) != RC_OK)
		return rc;
	out->conn = at.line->conn;
	out->station = bytes_str(at.line->station);
	out->alg = oid(c->kem->oid);
	out->pub = c->pub;
	out->number = f->number;
	out->incarnation = st.incarnation;
	out->at = at.bundle.at;
	out->frames = buf_bytes(frames);
	return RC_OK;
}

static void
write_for(uint64_t job, const struct msg_bundle_for *f)
{
	struct msg_bundle_front out = { 0 };
	struct buf frames = { 0 };
	struct err e = { 0 };
	enum rc rc;

	drop();
	rc = begin(&out, &frames, f, &e);
	if (rc != RC_OK) {
		drop();
		out = (struct msg_bundle_front){ .rc = rc,
			.why = bytes_str(e.text) };
	}
	(void)tell(PROC_MEDIA, MSG_BUNDLE_FRONT, job, &out, -1);
	buf_free(&frames);
}

/* The next that fits, or the first large one, of which a part does. */
static struct waits *
choose(uint64_t room, bool part)
{
	struct waits *w;
	size_t i;

	if (at.carried_count == BUNDLE_ITEMS)
		return NULL;
	for (i = 0; i < at.waiting; i++) {
		w = &at.waits[i];
		if (w->gone)
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
	struct carried c = { .unit = at.line->uid,
		.q = n->q,
		.number = at.bundle.number,
		.upto = n->upto,
		.at = at.bundle.at };

	memcpy(c.sum, n->sum, sizeof(c.sum));
	at.carried =
	    vec_more(at.carried, at.carried_count, sizeof(*at.carried));
	at.carried[at.carried_count++] = c;
	if (n->upto < at.waits[at.handed].total)
		at.waits[at.handed].gone = false, at.part = true;
}

static void
say_rest(uint64_t job, enum rc rc, const struct err *e)
{
	struct msg_bundle_is rest = { .rc = rc, .before = TIME_NEVER };

	if (rc != RC_OK)
		rest.why = bytes_str(e->text);
	at.next = 0;
	(void)tell(PROC_MEDIA, MSG_BUNDLE_REST, job, &rest, -1);
}

/* It still goes there.  RC_ABSENT: no more. */
static enum rc
leg_there(struct leg *leg, uint64_t q, struct err *e)
{
	enum rc rc = st.store->ops->leg(st.store, q, leg, e);

	if (rc == RC_OK &&
	    (leg->state != LEG_QUEUED || !bytes_is(leg->hop, at.line->station)))
		rc = fail(e, RC_ABSENT, "it goes another way now");
	return rc;
}

static void
hand_over(uint64_t job, const struct msg_bundle_next *n)
{
	struct waits *w;
	struct leg leg;
	struct err e;
	enum rc rc = RC_OK;

	if (n->q != 0)
		note_handed(n);
	at.next = job;
	for (;;) {
		w = at.part ? NULL : choose(n->room, false);
		if (w == NULL && !at.part)
			w = choose(n->room, true);
		if (w == NULL) {
			say_rest(job, RC_OK, NULL);
			return;
		}
		w->gone = true;
		at.handed = (size_t)(w - at.waits);
		if ((rc = leg_there(&leg, w->q, &e)) != RC_OK)
			continue;
		at.line->job = job;
		at.line->from = w->from;
		rc = line_hand(at.line, &leg, &e);
		if (rc == RC_OK)
			return; /* at once, or when its sum is known */
		line_event(LOG_WARN, "bundle.feed", at.line, &e);
		w->gone = false;
		if (rc == RC_IO) {
			say_rest(job, rc, &e);
			return;
		}
		w->gone = true; /* one that cannot be read holds up no other */
	}
}

bool
media_summed(uint64_t q, enum rc rc, struct err *e)
{
	struct leg leg;

	if (at.line == NULL || at.next == 0 || at.handed >= at.waiting ||
	    at.waits[at.handed].q != q)
		return false;
	if (rc == RC_OK && (rc = leg_there(&leg, q, e)) == RC_OK)
		rc = line_hand(at.line, &leg, e);
	if (rc != RC_OK)
		say_rest(at.next, RC_IO, e);
	return true;
}

/* What is still queued and is in no bundle whole. */
static void
count_left(void)
{
	size_t i;

	for (i = 0; i < at.waiting; i++) {
		if (at.waits[i].gone)
			continue;
		at.is.left[at.waits[i].rank]++;
		at.is.left_bytes[at.waits[i].rank] += at.waits[i].total;
	}
}

static enum rc
note_written(struct err *e)
{
	enum rc rc;
	size_t i;

	at.bundle.items = at.carried_count;
	rc = carried_bundle_put(&at.bundle, e);
	for (i = 0; rc == RC_OK && i < at.carried_count; i++)
		rc = carried_put(&at.carried[i], e);
	return rc;
}

/* ---- reading
 * ------------------------------------------------------------------- */

/* The statement is of that unit's station, under one of its keys in force. */
static enum rc
check_signature(const struct bundle_statement *s, size_t unit, struct err *e)
{
	struct directory *d = st.file.directory;
	bool own;
	const int64_t now = station_judges(&own);
	const struct dcert *c;
	size_t i;

	for (i = d->state.units[unit].certs; i != NONE; i = c->next) {
		c = &d->state.certs[i];
		if (c->holder == NONE && c->cert.rights.kind == CERT_STATION &&
		    c->cert.use == CERT_SIGN && c->from <= now &&
		    now < c->until && directory_holds(d, i) &&
		    bundle_statement_holds(s, &c->cert))
			return RC_OK;
	}
	return fail(e, RC_DENIED,
	    "docs/media.md 3.3: it says that it is from %.*s, which no "
	    "certificate in force here bears out",
	    (int)s->from.len, (const char *)s->from.p);
}

/* Whom it is for is this station, by whatever name. */
static enum rc
check_to(const struct bundle_statement *s, struct err *e)
{
	const size_t unit = unit_by_host(
	    &st.file.directory->state, address_host(s->to), station_now());

	if (unit != st.unit)
		return fail(e, RC_DENIED, "this bundle is for another station");
	return RC_OK;
}

/* An older life's: what of it counts was written again since. */
static enum rc
check_life(size_t unit, bool parent, uint64_t incarnation, struct err *e)
{
	struct life k;
	enum rc rc =
	    lives_get(&k, NULL, &st.file.directory->state.units[unit].uid, e);

	(void)parent;
	if (rc == RC_OK && incarnation < k.incarnation)
		return fail(e, RC_EXPIRED,
		    "docs/media.md 5.6: it was written before that station was "
		    "restored; have it written again");
	if (rc == RC_OK && life_too_far(incarnation, k.incarnation))
		return fail(e, RC_LIMIT,
		    "docs/journal.md 7.8: a life that is too far ahead");
	return rc;
}

static enum rc
admit(struct msg_bundle_admit *out, const struct msg_bundle_from *f,
    struct err *e)
{
	struct bundle_statement *s = &at.said;
	size_t unit;
	bool parent;
	enum rc rc;

	buf_add(&at.statement, f->statement);
	if ((rc = bundle_statement_read(s, buf_bytes(&at.statement), e)) !=
		RC_OK ||
	    (rc = neighbour(&unit, &parent, s->from, e)) != RC_OK ||
	    (rc = check_signature(s, unit, e)) != RC_OK ||
	    (rc = check_to(s, e)) != RC_OK)
		return rc;
	if (s->number != f->number ||
	    memcmp(s->head, f->head, SHA256_SIZE) != 0)
		return fail(e, RC_DENIED,
		    "docs/media.md 3.3: what it says of itself is of another "
		    "bundle");
	if ((rc = check_life(unit, parent, s->incarnation, e)) != RC_OK)
		return rc;
	line_begin(unit, parent);
	at.reads = true;
	at.is.number = s->number;
	at.is.at = s->at;
	if ((rc = carried_before(&at.is.before, &at.line->uid, s, e)) != RC_OK)
		return rc;
	out->conn = at.line->conn;
	out->station = bytes_str(at.line->station);
	out->number = s->number;
	out->at = s->at;
	out->before = at.is.before;
	if (f->look == 0)
		rc = carried_settle(&at.line->uid, s, e);
	return rc;
}

void
media_judge(void)
{
	struct err e;
	size_t unit;
	bool parent;

	if (at.line == NULL || !at.reads || at.barred)
		return;
	if (neighbour(&unit, &parent, at.said.from, &e) == RC_OK &&
	    check_signature(&at.said, unit, &e) == RC_OK) {
		at.line->unit = unit;
		return;
	}
	at.barred = true;
	line_event(LOG_WARN, "bundle.barred", at.line, &e);
}

static void
add_part(void *ctx, const uint8_t sum[static SHA256_SIZE], uint64_t have)
{
	struct buf *out = ctx;
	struct partial p = { .have = have };

	memcpy(p.sum, sum, SHA256_SIZE);
	if (have > 0 && out->len < LINK_PARTIALS * 40)
		partial_put(out, &p);
}

static void
read_from(uint64_t job, const struct msg_bundle_from *f)
{
	struct msg_bundle_admit out = { .before = TIME_NEVER };
	struct log_line l;
	struct buf parts = { 0 };
	struct err e = { 0 };
	enum rc rc;

	drop();
	rc = admit(&out, f, &e);
	if (rc == RC_OK)
		rc = partial_each(st.disk, add_part, &parts, &e);
	if (rc != RC_OK) {
		out = (struct msg_bundle_admit){
			.rc = rc, .why = bytes_str(e.text), .before = TIME_NEVER
		};
	} else {
		out.parts = buf_bytes(&parts);
		l = log_line(LOG_INFO, "bundle.read");
		log_str(&l, "station", bytes_str(at.line->station));
		log_uint(&l, "number", at.said.number);
		process_log(LOG_INFO, &l);
	}
	(void)tell(PROC_MEDIA, MSG_BUNDLE_ADMIT, job, &out, -1);
	if (rc != RC_OK || f->look != 0)
		drop();
	buf_free(&parts);
}

static struct took *
took_of(uint64_t number)
{
	while (number > at.took_count && number <= BUNDLE_ITEMS) {
		at.took = vec_more(at.took, at.took_count, sizeof(*at.took));
		at.took[at.took_count++] = (struct took){ 0 };
	}
	if (number == 0 || number > at.took_count)
		bug("an item of a bundle that has no number");
	return &at.took[number - 1];
}

static void
item_came(const struct message *m)
{
	struct took *t = took_of(m->body.item.number);

	memcpy(t->sum, m->body.item.sum, SHA256_SIZE);
	if (at.barred) {
		t->ended = t->answered = true;
		t->outcome = ACK_LATER;
	} else if (m->kind == MSG_ITEM) {
		t->ended = true;
		take_item(at.line, &m->body.item);
	} else {
		take_big(at.line, &m->body.item);
	}
}

void
media_taken(const struct msg_taken *t, bool kept)
{
	struct took *k;

	if (media_line(t->conn) == NULL)
		return;
	k = took_of(t->number);
	k->answered = true;
	k->outcome = kept ? (enum ack)t->outcome : ACK_LATER;
	k->why =
	    k->outcome == ACK_REFUSED ? (enum refusal)t->code : REFUSAL_NONE;
}

/* Something that came whole has no answer yet. */
static bool
is_owed(void)
{
	size_t i;

	for (i = 0; i < at.took_count; i++)
		if (at.took[i].ended && !at.took[i].answered)
			return true;
	return false;
}

static void
count_took(void)
{
	const struct took *t;
	uint64_t *counts[ACKS] = {
		[ACK_STORED] = &at.is.stored,
		[ACK_KNOWN] = &at.is.known,
		[ACK_REFUSED] = &at.is.refused,
		[ACK_LATER] = &at.is.later,
	};
	size_t i;

	at.is.items = at.took_count;
	at.is.stored = at.is.known = at.is.refused = at.is.later = 0;
	for (i = 0; i < at.took_count; i++) {
		t = &at.took[i];
		if (t->answered)
			++*counts[t->outcome];
	}
	at.is.part =
	    at.is.later < at.line->parts ? at.is.later : at.line->parts;
	at.is.later -= at.is.part;
}

/* What is owed an answer of this bundle; and that it was read. */
static enum rc
note_taken(struct err *e)
{
	struct bundle_answer a;
	struct buf answers = { 0 };
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < at.took_count; i++) {
		if (!at.took[i].answered || at.took[i].outcome == ACK_LATER)
			continue;
		memcpy(a.sum, at.took[i].sum, SHA256_SIZE);
		a.outcome = at.took[i].outcome;
		a.why = at.took[i].why;
		bundle_answer_put(&answers, &a);
	}
	if (answers.len > 0)
		rc = carried_owe(
		    &at.line->uid, &at.said, buf_bytes(&answers), e);
	count_took();
	if (rc == RC_OK && at.end == 1 && at.is.later == 0 && at.is.part == 0)
		rc = carried_came(&at.line->uid, &at.said, e);
	buf_free(&answers);
	return rc;
}

/* ---- what was done is on disk
 * ------------------------------------------------------- */

void
media_round(void)
{
	struct err e = { 0 };
	enum rc rc;

	if (at.line == NULL || at.sync == 0 || at.noted || is_owed())
		return;
	if (at.reads)
		rc = note_taken(&e);
	else
		rc = note_written(&e);
	at.noted = true;
	at.failed = (struct err){ .rc = RC_OK };
	if (rc != RC_OK)
		at.failed = e;
	/* a round with nothing in it is over, too */
	if (!st.writing && !st.broken)
		media_settled(true, NULL);
}

void
media_settled(bool kept, const struct err *e)
{
	struct msg_bundle_is is;
	struct log_line l;
	const uint64_t job = at.sync;

	if (at.line == NULL || at.sync == 0)
		return;
	if (!at.noted) {
		slice_wake(); /* what this round answered is to be noted */
		return;
	}
	at.noted = false;
	at.sync = 0;
	count_left();
	is = at.is;
	is.station = bytes_str(at.line->station);
	if (!at.reads) {
		is.number = at.bundle.number;
		is.at = at.bundle.at;
	}
	is.rc = !kept ? e->rc : at.failed.rc;
	is.why = bytes_str(!kept ? e->text : at.failed.text);
	(void)tell(PROC_MEDIA, MSG_BUNDLE_SYNCED, job, &is, -1);
	if (at.end == 0 && is.rc == RC_OK)
		return;
	l = log_line(LOG_INFO, at.reads ? "bundle.taken" : "bundle.written");
	log_str(&l, "station", bytes_str(at.line->station));
	log_uint(&l, "number", is.number);
	log_uint(&l, "items", at.reads ? is.items : at.bundle.items);
	process_log(LOG_INFO, &l);
	drop();
}

void
media_said(const struct message *m)
{
	struct err e;

	if (m->kind == MSG_BUNDLE_FOR) {
		write_for(m->job, &m->body.bundle_for);
		return;
	}
	if (m->kind == MSG_BUNDLE_FROM) {
		read_from(m->job, &m->body.bundle_from);
		return;
	}
	if (m->kind == MSG_BUNDLE_GONE) {
		drop();
		return;
	}
	/* all that follows names the job first */
	if (media_line(m->body.conn.conn) == NULL)
		bug("a bundle that is none");
	if (m->kind == MSG_BUNDLE_NEXT) {
		hand_over(m->job, &m->body.bundle_next);
	} else if (m->kind == MSG_BUNDLE_SYNC) {
		at.sync = m->job;
		at.end = m->body.number.number;
		slice_wake();
	} else if (m->kind == MSG_BUNDLE_SAYS) {
		if (front_came(at.line, &m->body.bundle_says, &at.is.acts,
			&at.is.answers, &e) != RC_OK)
			line_event(LOG_WARN, "bundle.passed_over", at.line, &e);
	} else if (m->kind == MSG_BIG_DATA) {
		take_data(at.line, &m->body.data);
	} else if (m->kind == MSG_BIG_END) {
		took_of(m->body.number.number)->ended = true;
		take_end(at.line, &m->body.number);
	} else {
		item_came(m);
	}
}

/* ---- by command
 * ---------------------------------------------------------------- */

void
media_note(uint64_t job, const struct msg_bundle_note *n)
{
	struct bundle_kept b;
	struct err e;

	if (carried_bundle_get(&b, n->number, &e) != RC_OK) {
		if (e.rc == RC_ABSENT)
			(void)fail(&e, RC_ABSENT,
			    "this station has written no bundle %llu",
			    (unsigned long long)n->number);
		say_done(PROC_CONTROL, job, &e, NULL);
		return;
	}
	b.state = n->lost != 0 ? BUNDLE_LOST : BUNDLE_ON_DISK;
	if (carried_bundle_put(&b, &e) == RC_OK)
		after_counted(job, b.items);
	else
		say_done(PROC_CONTROL, job, &e, NULL);
}

struct hops {
	struct hop_count *list; /* owned; hops borrow from "text" */
	size_t count;
	struct arena text;
};

static bool
see_hop(void *ctx, const struct hop_count *h)
{
	struct hops *all = ctx;

	all->list = vec_more(all->list, all->count, sizeof(*all->list));
	all->list[all->count] = *h;
	all->list[all->count++].hop = arena_add(&all->text, h->hop);
	return true;
}

/* The beginning of its key's tag, as it stands in a bundle's name; empty where
 * it has none in force. */
static void
short_tag(char out[static 9], size_t unit)
{
	bool own;
	const int64_t now = station_judges(&own);
	struct directory *d = st.file.directory;
	const size_t cert =
	    cert_in_force(d, unit, NONE, CERT_STATION, CERT_KEM, now);

	out[0] = '\0';
	if (cert != NONE)
		hex_write(out, bytes_of(d->state.certs[cert].cert.tag.b, 4));
}

static enum rc
one_row(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    const struct hops *hops, size_t unit, bool parent, struct err *e)
{
	struct msg_row row = { .what = ROW_MEDIA,
		.state = parent,
		.rank = RANK_NONE,
		.since = TIME_NEVER,
		.at = TIME_NEVER,
		.due = TIME_NEVER };
	char name[LIMIT_ADDRESS + 1], tag[9];
	struct bundle_kept last;
	uint64_t number;
	size_t i;
	enum rc rc;

	if (!address_of(st.file.directory, unit, NONE, station_now(), name))
		return RC_OK;
	short_tag(tag, unit);
	row.address = bytes_str(name);
	row.text = bytes_str(tag);
	for (i = 0; i < hops->count; i++) {
		if (!bytes_is(hops->list[i].hop, name))
			continue;
		row.count = hops->list[i].queued;
		row.bytes = hops->list[i].bytes;
		row.since = hops->list[i].oldest;
		row.rank = hops->list[i].rank;
	}
	rc = carried_bundle_last(
	    &last, &st.file.directory->state.units[unit].uid, e);
	if (rc == RC_OK) {
		row.n = last.number;
		row.at = last.at;
	}
	if ((rc == RC_OK || rc == RC_ABSENT) &&
	    (rc = word_u64("bundle", &number, e)) == RC_OK) {
		row.q = number + 1;
		each(ctx, &row);
	}
	return rc;
}

/* Of all: the parent, and each for whom something waits. */
enum rc
media_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    struct bytes station, struct err *e)
{
	struct hops hops = { 0 };
	size_t unit, above, i;
	bool parent;
	enum rc rc;

	rc = st.store->ops->hops(st.store, see_hop, &hops, e);
	if (rc == RC_OK && station.len > 0) {
		rc = neighbour(&unit, &parent, station, e);
		if (rc == RC_OK)
			rc = one_row(each, ctx, &hops, unit, parent, e);
		goto out;
	}
	above = st.named
		    ? station_above(st.file.directory, st.unit, station_now())
		    : NONE;
	if (rc == RC_OK && above != NONE)
		rc = one_row(each, ctx, &hops, above, true, e);
	for (i = 0; rc == RC_OK && i < hops.count; i++)
		if (neighbour(&unit, &parent, hops.list[i].hop, e) == RC_OK &&
		    !parent)
			rc = one_row(each, ctx, &hops, unit, false, e);
out:
	free(hops.list);
	arena_free(&hops.text);
	return rc;
}

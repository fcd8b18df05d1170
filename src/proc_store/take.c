/* SPDX-License-Identifier: EUPL-1.2 */
/* What arrives, from other stations and from seal, and where it goes on
 * (docs/station.md 5). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "dispatch/package.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "proc_store/arrival.h"
#include "proc_store/lives.h"
#include "proc_store/notices.h"

#define REFUSED_LINES 100u /* of the log, of one line in */
#define REFUSED_MS 60000   /* milliseconds */

/* ---- whither
 * ------------------------------------------------------------------- */

/* The destinations of one dispatch that go the same way. */
struct group {
	char hop[LIMIT_ADDRESS + 1]; /* "": held */
	struct dest *dests;	     /* owned; borrow from "text" */
	size_t count;
};

struct whither {
	struct group *groups; /* owned */
	size_t group_count;
	unsigned again;	   /* of all that go: struct leg */
	struct dest *here; /* owned: desks of this station */
	size_t here_count;
	struct arena text;
};

static void
whither_free(struct whither *w)
{
	size_t i;

	for (i = 0; i < w->group_count; i++)
		free(w->groups[i].dests);
	free(w->groups);
	free(w->here);
	arena_free(&w->text);
}

static void
join_group(struct whither *w, const char *hop, const struct dest *d)
{
	struct group *g;
	size_t i;

	/* what is held may go different ways one day: each for itself */
	for (i = 0; i < w->group_count; i++)
		if (hop[0] != '\0' && strcmp(w->groups[i].hop, hop) == 0)
			break;
	if (i == w->group_count) {
		w->groups =
		    vec_more(w->groups, w->group_count, sizeof(*w->groups));
		w->groups[w->group_count++] = (struct group){ 0 };
		memcpy(w->groups[i].hop, hop, strlen(hop));
	}
	g = &w->groups[i];
	g->dests = vec_more(g->dests, g->count, sizeof(*g->dests));
	g->dests[g->count++] = *d;
}

static void
whither_add(struct whither *w, const struct route *r, const struct tag *tag)
{
	const struct dest d = { arena_add(&w->text, bytes_str(r->address)),
		*tag };

	if (r->way == WAY_HERE) {
		w->here = vec_more(w->here, w->here_count, sizeof(*w->here));
		w->here[w->here_count++] = d;
	} else {
		join_group(w, r->way == WAY_LINK ? r->hop : "", &d);
	}
}

/* A known dispatch has this destination; the desk may have had another name
 * when it came (docs/station.md 5.9). */
static enum rc
has_dest(uint64_t n, const struct route *r, bool *has, struct err *e)
{
	const struct bytes address = bytes_str(r->address);
	char name[LIMIT_ADDRESS + 1];
	struct delivery at;
	uint64_t q;
	enum rc rc = names_dest(n, address, name, &q, e);

	*has = rc == RC_OK;
	if (rc != RC_ABSENT || r->way != WAY_HERE)
		return rc == RC_ABSENT ? RC_OK : rc;
	rc = names_delivery(n, address, &at, e);
	*has = rc == RC_OK;
	return rc == RC_ABSENT ? RC_OK : rc;
}

/*
 * Whether a destination that went on before goes on once more: it is lost
 * behind the next station (docs/station.md 5.10), or that one sends it back
 * (5.11).  Its old leg has it no longer then; look: nothing is changed yet.
 */
static enum rc
goes_anew(struct whither *w, const struct arrival *a, uint64_t n,
    const struct route *r, struct bytes said, bool look, bool *anew,
    struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	char name[LIMIT_ADDRESS + 1];
	struct bytes had = said;
	struct leg leg;
	uint64_t q;
	bool back;
	enum rc rc;

	*anew = false;
	rc = names_dest(n, bytes_str(r->address), name, &q, e);
	if (rc == RC_OK)
		had = bytes_str(name);
	else if (rc == RC_ABSENT)
		rc = ops->operate.dest_leg(st.store, n, said, &q, e);
	if (rc == RC_ABSENT && a->back)
		return fail(e, RC_USAGE, /* it may have another name today */
		    "docs/station.md 5.4: it was not for %.*s", (int)said.len,
		    (const char *)said.p);
	if (rc == RC_ABSENT || (rc == RC_OK && q == 0))
		return RC_OK;
	if (rc != RC_OK || (rc = ops->leg(st.store, q, &leg, e)) != RC_OK)
		return rc;
	back =
	    names_same(leg.hop, bytes_str(a->from->station), station_now()) ||
	    (a->back && far_back(a->from, leg.hop));
	if (leg.state != LEG_PASSED ||
	    (!back && (!a->again || r->way == WAY_NONE)))
		return RC_OK;
	if (leg.again >= LEG_AGAIN_MAX)
		return back ? fail(e, RC_ABSENT,
				  "docs/station.md 5.11: it came back %u times",
				  leg.again)
			    : RC_OK;
	if (look)
		return RC_OK;
	*anew = true;
	if (w->again <= leg.again)
		w->again = leg.again + 1;
	return ops->operate.dest_drop(st.store, q, had, e);
}

/* Sort all; those that a known dispatch has already are left out. */
static enum rc
whither_sort(struct whither *w, const struct stored *d, bool known,
    const struct arrival *a, struct err *e)
{
	struct bytes rows = a->dests;
	struct msg_dest row;
	struct route r;
	bool has = false, anew;
	enum rc rc = RC_OK;

	w->again = a->again;
	while (rc == RC_OK && known && a->from != NULL &&
	       list_next(&rows, LIST_DEST, &row)) {
		station_way(&r, d->from, row.address, false);
		rc = goes_anew(w, a, d->n, &r, row.address, true, &anew, e);
	}
	rows = a->dests;
	while (rc == RC_OK && list_next(&rows, LIST_DEST, &row)) {
		station_way(&r, d->from, row.address, false);
		if (known)
			rc = has_dest(d->n, &r, &has, e);
		if (rc == RC_OK && known && a->from != NULL) {
			rc = goes_anew(
			    w, a, d->n, &r, row.address, false, &anew, e);
			has = (has || a->back) && !anew;
		}
		if (rc == RC_OK && !has)
			whither_add(w, &r, &row.tag);
	}
	return rc;
}

/* The rank at which it is carried, and by when it is due (docs/station.md
 * 12). */
static void
rank_of(struct leg *leg, const struct stored *d, const struct arrival *a)
{
	leg->rank = precedence_rank(d->header.precedence);
	if (a->from != NULL && !a->from->parent)
		leg->rank = quota_rank(a->from->neighbour, leg->rank, d->total);
	leg->due = leg->rank == RANKS - 1 ? a->due : TIME_NEVER;
	if (leg->rank == RANKS - 1 && leg->due == TIME_NEVER)
		leg->due = deadline_at(&st.deadlines, leg->rank, d->at);
}

enum rc
station_delivers(
    const struct stored *d, const struct dest *to, bool *news, struct err *e)
{
	struct entry_data of;
	enum rc rc;

	rc = st.store->ops->deliver(
	    st.store, d->n, d->copy, to, station_now(), e);
	if (rc == RC_EXISTS)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	*news = true;
	journal_of(&of, d);
	of.desk = to->address;
	journal_add(ENTRY_DELIVERED, &of, d->n);
	rc = notice_by_desk(d, STATEMENT_ARRIVED, to->address, 0, e);
	if (rc == RC_OK && d->desk.len > 0)
		rc = chase_begin(d, to->address, e);
	return rc == RC_OK ? recall_ahead(d, &to->address, 1, e) : rc;
}

/* Queue and deliver; *news: something of it was not known. */
static enum rc
whither_go(const struct whither *w, const struct stored *d,
    const struct arrival *a, bool *news, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct leg leg = { .n = d->n,
		.copy = d->copy,
		.at = d->at,
		.total = d->total,
		.expires = d->header.expires,
		.again = w->again };
	uint64_t q;
	enum rc rc = RC_OK;
	size_t i, j;

	if (w->group_count > 0)
		rank_of(&leg, d, a);
	for (i = 0; i < w->group_count && rc == RC_OK; i++) {
		leg.hop = bytes_str(w->groups[i].hop);
		leg.state = leg.hop.len > 0 ? LEG_QUEUED : LEG_HELD;
		rc = ops->send(st.store, &leg, w->groups[i].dests,
		    w->groups[i].count, &q, e);
		for (j = 0; d->desk.len > 0 && rc == RC_OK && q != 0 &&
			    j < w->groups[i].count;
		     j++)
			rc = chase_begin(d, w->groups[i].dests[j].address, e);
		if (rc == RC_OK && q != 0) {
			*news = true;
			leg_goes(q, &leg);
		}
	}
	/* who it is will be asked when it is opened */
	if (w->here_count > 0 && d->from.len > 0)
		wanted_sender(d->header.origin);
	for (i = 0; i < w->here_count && rc == RC_OK; i++)
		rc = station_delivers(d, &w->here[i], news, e);
	return store_failed(rc);
}

/* ---- a whole package
 * ------------------------------------------------------------ */

static int
tag_order(const void *a, const void *b)
{
	return memcmp(a, b, TAG_SIZE);
}

/* Every destination has a slip, and is a desk's address. */
static enum rc
check_dests(const struct envelope *env, struct bytes dests, struct err *e)
{
	struct tag *tags = alloc(env->slip_count + 1, sizeof(*tags));
	struct msg_dest d;
	struct slip s;
	size_t at = 0, n = 0;
	enum rc rc = RC_OK;

	while (envelope_slip(env, &at, &s))
		if (s.rid.len == TAG_SIZE)
			memcpy(tags[n++].b, s.rid.p, TAG_SIZE);
	qsort(tags, n, sizeof(*tags), tag_order);
	while (list_next(&dests, LIST_DEST, &d) && rc == RC_OK)
		if (!address_is_desk(d.address) ||
		    bsearch(&d.tag, tags, n, sizeof(*tags), tag_order) == NULL)
			rc = fail(e, RC_INVALID,
			    "docs/link.md 7.4: a destination without a slip, "
			    "or no desk: \"%.*s\"",
			    (int)d.address.len, (const char *)d.address.p);
	free(tags);
	return rc;
}

/* A child speaks for what lies behind it; nobody else for this station. */
enum rc
arrival_origin(const struct arrival *a, const struct header *h, struct err *e)
{
	if (a->from == NULL)
		return RC_OK;
	if (bytes_is(h->origin, st.address))
		return fail(e, RC_INVALID,
		    "docs/station.md 5.4: it says it comes from this station");
	if (a->from->far)
		return far_takes(a, h, e);
	if (a->from->parent || bytes_is(h->origin, a->from->station))
		return RC_OK;
	if (!names_behind(h->origin, bytes_str(a->from->station)) &&
	    !names_carries(bytes_str(a->from->station)))
		return fail(e, RC_INVALID,
		    "docs/station.md 5.4: %.*s is not behind %s",
		    (int)h->origin.len, (const char *)h->origin.p,
		    a->from->station);
	return RC_OK;
}

/* What this station knows may come back from where it was passed to (5.11),
 * whoever its origin is. */
static bool
is_known(const struct header *h)
{
	struct stored d;
	struct err e;

	return st.store->ops->find(st.store, &h->id, &d, &e) == RC_OK &&
	       bytes_eq(d.header.origin, h->origin) &&
	       d.header.incarnation == h->incarnation &&
	       d.header.serial == h->serial;
}

static enum rc
check(struct arrival *a, struct envelope *env, struct err *e)
{
	bool own;
	const int64_t now = station_judges(&own);
	enum rc rc;

	if (a->envelope == 0 || a->envelope > a->package.len ||
	    a->envelope > a->total)
		return fail(e, RC_INVALID, "lengths that contradict");
	rc = envelope_parse(env, bytes_of(a->package.p, a->envelope), e);
	if (rc != RC_OK)
		return rc;
	a->id = env->header.id;
	if (!address_is_station(env->header.origin))
		return fail(e, RC_INVALID,
		    "docs/envelope.md 5.2: the origin is no station");
	if (env->header.expires < now)
		return fail(
		    e, RC_EXPIRED, "docs/envelope.md 10.5: it has expired");
	rc = arrival_origin(a, &env->header, e);
	if (rc == RC_INVALID && !a->from->far && is_known(&env->header))
		a->back = true;
	else if (rc != RC_OK)
		return rc;
	return check_dests(env, a->dests, e);
}

/*
 * A dispatch, or a further copy of one that is known: with destinations that
 * are new, and the slips for them (docs/station.md 4.7).  Of one that has none
 * nothing is kept.
 */
static enum rc
keep(struct stored *d, struct whither *w, struct arrival *a, bool *news,
    struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct bytes package = { 0 };
	bool known;
	enum rc rc;

	if (a->total <= STORE_INLINE)
		package = a->package;
	if ((rc = journal_next(&d->entry, e)) != RC_OK)
		return rc;
	rc = ops->put(st.store, d, package, e);
	known = rc == RC_EXISTS;
	a->n = d->n;
	if (rc == RC_DENIED)
		alarm_raise(STORE_ALARM_CLASH, d->from, 0, "");
	if (rc != RC_OK && !known)
		return rc;
	if (!known) {
		*news = true, st.accepted++;
		journal_add(
		    a->from == NULL ? ENTRY_SEALED : ENTRY_ACCEPTED, &a->of, 0);
		if ((rc = notice_custody(d, e)) != RC_OK)
			return rc;
	}
	if (a->from == NULL)
		journal_used(d->header.serial);
	rc = whither_sort(w, d, known, a, e);
	if (rc == RC_OK && known && w->group_count + w->here_count > 0)
		rc = ops->copy(st.store, d, package, e);
	if (rc == RC_OK && known && w->group_count + w->here_count > 0)
		journal_add(ENTRY_COPY, &a->of, d->n);
	return rc;
}

/* An id that was sealed here once names that dispatch for ever: who asks twice
 * for one thing sends it once (docs/station.md 8.5). */
static enum rc
new_here(const struct header *h, struct err *e)
{
	struct stored known;
	enum rc rc = st.store->ops->find(st.store, &h->id, &known, e);

	if (rc == RC_OK && known.desk.len > 0 &&
	    (known.header.incarnation != h->incarnation ||
		known.header.serial != h->serial))
		return fail(e, RC_EXISTS,
		    "this dispatch has been sent already; antin trace shows "
		    "how far it is");
	return rc == RC_ABSENT ? RC_OK : rc;
}

enum rc
arrival_take(struct arrival *a, bool *news, struct err *e)
{
	struct stored d = {
		.desk = a->desk, .envelope = a->envelope, .total = a->total
	};
	struct whither w = { 0 };
	struct envelope env;
	struct id old;
	enum rc rc;

	*news = false;
	if (a->from != NULL && notice_is(a->package))
		return notice_arrives(a, news, e);
	if ((rc = check(a, &env, e)) != RC_OK)
		return rc;
	d.header = env.header;
	if (a->from != NULL)
		d.from = bytes_str(a->from->station);
	d.at = station_now();
	d.own_clock = station_own_clock();
	package_digest(d.digest, &env);
	memcpy(d.sum, a->sum, SHA256_SIZE);
	if (a->from == NULL && d.header.incarnation != st.incarnation)
		return fail(e, RC_DENIED,
		    "docs/journal.md 7.4: the station was given a new life "
		    "while this was sealed; send it again");
	if (a->from == NULL && (rc = new_here(&d.header, e)) != RC_OK)
		return rc;
	journal_of(&a->of, &d);
	a->of.desk = a->desk;
	a->of.station = d.from;
	if ((rc = store_write(e)) == RC_OK)
		rc = store_failed(keep(&d, &w, a, news, e));
	if (rc == RC_OK)
		rc = whither_go(&w, &d, a, news, e);
	if (rc == RC_OK && a->supersedes.len == ID_SIZE) {
		memcpy(old.b, a->supersedes.p, ID_SIZE);
		rc = recall_superseded(&old, a->desk, &a->id, e);
	}
	whither_free(&w);
	return rc;
}

/* ---- from other stations
 * -------------------------------------------------------- */

/* What a peer is told of a failure. */
static enum refusal
refusal_of(enum rc rc)
{
	static const struct {
		enum rc rc;
		enum refusal code;
	} rows[] = {
		{ RC_EXPIRED, REFUSAL_EXPIRED },
		{ RC_DENIED, REFUSAL_CLASH },
		{ RC_LIMIT, REFUSAL_TOO_LARGE },
		{ RC_ABSENT, REFUSAL_NO_WAY },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].rc == rc)
			return rows[i].code;
	return REFUSAL_INVALID;
}

/* A child that sends nothing else does not fill the disk with the log. */
static bool
may_log(struct line *l)
{
	const int64_t now = process_ms();
	struct log_line log;

	if (now - l->refused_since >= REFUSED_MS) {
		if (l->refused > REFUSED_LINES) {
			log = log_line(LOG_WARN, "dispatch.refused_more");
			log_str(&log, "peer", bytes_str(l->station));
			log_uint(&log, "count", l->refused - REFUSED_LINES);
			process_log(LOG_WARN, &log);
		}
		l->refused_since = now;
		l->refused = 0;
	}
	return l->refused++ < REFUSED_LINES;
}

static void
log_refused(struct line *l, const struct arrival *a, const struct err *e)
{
	struct entry_data of = { .id = a->id,
		.station = bytes_str(l->station),
		.code = refusal_of(e->rc) };
	const struct id *id = &a->id;
	struct log_line log;
	char text[ID_TEXT];

	if (!may_log(l))
		return;
	if (a->n != 0 && e->rc == RC_DENIED)
		journal_add(ENTRY_CLASH, &a->of, a->n);
	else
		journal_add(ENTRY_REFUSED, &of, 0);
	log = log_line(LOG_WARN, "dispatch.refused");
	id_write(text, id);
	log_str(&log, "id", bytes_str(text));
	log_str(&log, "peer", bytes_str(l->station));
	log_err(&log, e);
	process_log(LOG_WARN, &log);
}

void
arrival_answer(uint64_t number, const struct arrival *a, enum rc rc, bool news,
    const struct err *e)
{
	struct line *l = a->from;

	l->in++;
	if (rc == RC_OK) {
		after_taken(l->conn, number, news ? ACK_STORED : ACK_KNOWN,
		    REFUSAL_NONE);
		return;
	}
	/* the disk: trouble.c says so, once; or its name is not known;
	 * or it is not for this side (docs/media.md 8.3) */
	if (rc == RC_IO || (rc == RC_USAGE && (a->back || l->far))) {
		after_taken(l->conn, number, ACK_LATER, REFUSAL_NONE);
		return;
	}
	log_refused(l, a, e);
	after_taken(l->conn, number, ACK_REFUSED, refusal_of(rc));
}

void
take_item(struct line *l, const struct msg_item *m)
{
	struct arrival a = { .from = l,
		.package = m->package,
		.envelope = m->envelope,
		.total = m->total,
		.sum = m->sum,
		.dests = m->dests,
		.due = TIME_NEVER,
		.again = m->again != 0 };
	struct err e = { 0 };
	bool news = false;
	enum rc rc;

	if (l->guest != 0 || (!l->parent && !lives_open(l))) {
		after_taken(l->conn, m->number, ACK_LATER, REFUSAL_NONE);
		return;
	}
	if (m->package.len != m->total)
		rc = fail(&e, RC_INVALID, "lengths that contradict");
	else
		rc = arrival_take(&a, &news, &e);
	arrival_answer(m->number, &a, rc, news, &e);
}

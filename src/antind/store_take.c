/* SPDX-License-Identifier: EUPL-1.2 */
/* What arrives, from other stations and from seal, and where it goes on
 * (docs/station.md 5). */
#include <stdlib.h>
#include <string.h>

#include "antind/arrival.h"
#include "core/vec.h"
#include "dispatch/package.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"

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

/* Sort one destination; "from": the station it came from is no way on. */
static void
whither_add(struct whither *w, struct bytes from, const struct route *r,
    const struct tag *tag)
{
	const struct dest d = { arena_add(&w->text, bytes_str(r->address)),
		*tag };
	struct resolved to;
	struct err e;

	if (r->way == WAY_LINK && !bytes_is(from, r->hop)) {
		join_group(w, r->hop, &d);
	} else if (r->way == WAY_HERE &&
		   resolve(st.file.directory, d.address, station_now(), &to,
		       &e) == RC_OK &&
		   to.holder != NONE &&
		   !st.file.directory->state.holders[to.holder].person) {
		w->here = vec_more(w->here, w->here_count, sizeof(*w->here));
		w->here[w->here_count++] = d;
	} else {
		join_group(w, "", &d);
	}
}

/* A known dispatch has this destination; a desk here may have had another name
 * when it came (docs/station.md 5.7). */
static enum rc
has_dest(uint64_t n, const struct route *r, bool *has, struct err *e)
{
	const struct bytes address = bytes_str(r->address);
	struct delivery at;
	enum rc rc = st.store->ops->has(st.store, n, address, has, e);

	if (rc != RC_OK || *has || r->way != WAY_HERE)
		return rc;
	rc = names_delivery(n, address, &at, e);
	*has = rc == RC_OK;
	return rc == RC_ABSENT ? RC_OK : rc;
}

/* Sort all; those that a known dispatch has already are left out. */
static enum rc
whither_sort(struct whither *w, const struct stored *d, bool known,
    struct bytes rows, struct err *e)
{
	struct msg_dest row;
	struct route r;
	bool has = false;
	enum rc rc = RC_OK;

	while (rc == RC_OK && list_next(&rows, LIST_DEST, &row)) {
		route_find(
		    st.file.directory, st.unit, row.address, station_now(), &r);
		if (known)
			rc = has_dest(d->n, &r, &has, e);
		if (rc == RC_OK && !has)
			whither_add(w, d->from, &r, &row.tag);
	}
	return rc;
}

/* Queue and deliver; *news: something of it was not known. */
static enum rc
whither_go(const struct whither *w, const struct stored *d, int64_t due,
    bool *news, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct leg leg = { .n = d->n,
		.copy = d->copy,
		.due = due,
		.rank = precedence_rank(d->header.precedence),
		.at = d->at,
		.total = d->total };
	struct log_line log;
	uint64_t q;
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < w->group_count && rc == RC_OK; i++) {
		leg.hop = bytes_str(w->groups[i].hop);
		leg.state = leg.hop.len > 0 ? LEG_QUEUED : LEG_HELD;
		rc = ops->send(st.store, &leg, w->groups[i].dests,
		    w->groups[i].count, &q, e);
		if (rc == RC_OK && q != 0) {
			*news = true;
			line_wake(leg.hop, leg.rank);
		}
		if (rc == RC_OK && q != 0 && leg.state == LEG_HELD) {
			log = log_line(LOG_WARN, "dispatch.held");
			log_uint(&log, "n", d->n);
			log_uint(&log, "leg", q);
			log_str(&log, "to", w->groups[i].dests[0].address);
			process_log(LOG_WARN, &log);
		}
	}
	for (i = 0; i < w->here_count && rc == RC_OK; i++) {
		rc = ops->deliver(
		    st.store, d->n, d->copy, &w->here[i], station_now(), e);
		*news = *news || rc == RC_OK;
		if (rc == RC_EXISTS)
			rc = RC_OK;
	}
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
static enum rc
check_origin(const struct arrival *a, const struct header *h, struct err *e)
{
	if (a->from == NULL)
		return RC_OK;
	if (bytes_is(h->origin, st.address))
		return fail(e, RC_INVALID,
		    "docs/station.md 5.4: it says it comes from this station");
	if (a->from->parent || bytes_is(h->origin, a->from->station))
		return RC_OK;
	if (!names_behind(h->origin, bytes_str(a->from->station)))
		return fail(e, RC_INVALID,
		    "docs/station.md 5.4: %.*s is not behind %s",
		    (int)h->origin.len, (const char *)h->origin.p,
		    a->from->station);
	return RC_OK;
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
	if ((rc = check_origin(a, &env->header, e)) != RC_OK)
		return rc;
	return check_dests(env, a->dests, e);
}

/*
 * A dispatch, or a further copy of one that is known: with destinations that
 * are new, and the slips for them (docs/station.md 4.7).  Of one that has none
 * nothing is kept.
 */
static enum rc
keep(struct stored *d, struct whither *w, const struct arrival *a, bool *news,
    struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct bytes package = { 0 };
	bool known;
	enum rc rc;

	if (a->total <= STORE_INLINE)
		package = a->package;
	rc = ops->put(st.store, d, package, e);
	known = rc == RC_EXISTS;
	if (rc != RC_OK && !known)
		return rc;
	if (!known)
		*news = true, st.accepted++;
	rc = whither_sort(w, d, known, a->dests, e);
	if (rc == RC_OK && known && w->group_count + w->here_count > 0)
		rc = ops->copy(st.store, d, package, e);
	return rc;
}

enum rc
arrival_take(struct arrival *a, bool *news, struct err *e)
{
	struct stored d = {
		.desk = a->desk, .envelope = a->envelope, .total = a->total
	};
	struct whither w = { 0 };
	struct envelope env;
	enum rc rc;

	*news = false;
	if ((rc = check(a, &env, e)) != RC_OK)
		return rc;
	d.header = env.header;
	if (a->from != NULL)
		d.from = bytes_str(a->from->station);
	d.at = station_now();
	d.own_clock = station_own_clock();
	package_digest(d.digest, &env);
	memcpy(d.sum, a->sum, SHA256_SIZE);
	if ((rc = store_write(e)) == RC_OK)
		rc = store_failed(keep(&d, &w, a, news, e));
	if (rc == RC_OK)
		rc = whither_go(&w, &d, a->due, news, e);
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
log_refused(struct line *l, const struct id *id, const struct err *e)
{
	struct log_line log;
	char text[ID_TEXT];

	if (!may_log(l))
		return;
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
	if (rc == RC_IO) { /* the disk: store_trouble.c says so, once */
		after_taken(l->conn, number, ACK_LATER, REFUSAL_NONE);
		return;
	}
	log_refused(l, &a->id, e);
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
		.due = TIME_NEVER };
	struct err e = { 0 };
	bool news = false;
	enum rc rc;

	if (m->package.len != m->total)
		rc = fail(&e, RC_INVALID, "lengths that contradict");
	else
		rc = arrival_take(&a, &news, &e);
	arrival_answer(m->number, &a, rc, news, &e);
}

/* ---- other ways
 * ------------------------------------------------------------------ */

struct reroute {
	uint64_t q[256], n[256];
	unsigned rank[256];
	char hop[256][LIMIT_ADDRESS + 1];
	enum leg_state state[256];
	size_t count;
	uint64_t last;
};

static bool
note_leg(void *ctx, const struct leg *leg)
{
	struct reroute *r = ctx;

	r->q[r->count] = leg->q;
	r->n[r->count] = leg->n;
	r->rank[r->count] = leg->rank;
	r->state[r->count] = leg->state;
	memcpy(r->hop[r->count], leg->hop.p, leg->hop.len);
	r->hop[r->count][leg->hop.len] = '\0';
	r->last = leg->q;
	return ++r->count < 256;
}

/* Where the destinations of a leg go now. */
struct turn {
	size_t hop_unit; /* where it was to go; NONE: not known */
	bool stays;	 /* one of them still goes there */
	char to[LIMIT_ADDRESS + 1];
};

static bool
turn_dest(void *ctx, const struct dest *d)
{
	struct turn *t = ctx;
	struct route way;

	route_find(st.file.directory, st.unit, d->address, station_now(), &way);
	if (way.way != WAY_LINK)
		return true;
	t->stays = t->hop_unit != NONE && way.hop_unit == t->hop_unit;
	if (t->stays || t->to[0] == '\0')
		memcpy(t->to, way.hop, sizeof(t->to));
	return !t->stays;
}

/* A leg goes where it did as long as one of its destinations does; the next
 * station sorts them.  What came from where it would go now is held
 * (docs/station.md 5.3). */
static enum rc
reroute_leg(const struct reroute *r, size_t i, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct turn t = { .hop_unit = unit_by_host(&st.file.directory->state,
			      address_host(bytes_str(r->hop[i])),
			      station_now()) };
	struct stored d;
	struct bytes hop;
	bool back;
	enum rc rc;

	if ((rc = ops->leg_dests(st.store, r->q[i], turn_dest, &t, e)) !=
		RC_OK ||
	    t.to[0] == '\0' || strcmp(t.to, r->hop[i]) == 0 ||
	    (rc = ops->get(st.store, r->n[i], 0, &d, e)) != RC_OK)
		return rc;
	back = names_same(bytes_str(t.to), d.from, d.at);
	if (back && r->state[i] == LEG_HELD)
		return RC_OK;
	hop = back ? (struct bytes){ 0 } : bytes_str(t.to);
	if ((rc = store_write(e)) == RC_OK)
		rc = store_failed(ops->leg_set(st.store, r->q[i],
		    back ? LEG_HELD : LEG_QUEUED, &hop, station_now(), e));
	if (rc == RC_OK && !back)
		line_wake(hop, r->rank[i]);
	return rc;
}

void
take_reroute(void)
{
	struct reroute *r = alloc(1, sizeof(*r));
	struct err e;
	enum rc rc;
	size_t i;

	names_lines();
	do {
		r->count = 0;
		rc = st.store->ops->waiting(
		    st.store, r->last, 256, note_leg, r, &e);
		for (i = 0; i < r->count && rc == RC_OK; i++)
			rc = reroute_leg(r, i, &e);
	} while (rc == RC_OK && r->count > 0);
	free(r);
}

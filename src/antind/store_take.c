/* SPDX-License-Identifier: EUPL-1.2 */
/* What arrives, from other stations and from seal, and where it goes on
 * (docs/station.md 5). */
#include <stdlib.h>
#include <string.h>

#include "antind/station.h"
#include "core/vec.h"
#include "dispatch/package.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"

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

	for (i = 0; i < w->group_count; i++)
		if (strcmp(w->groups[i].hop, hop) == 0)
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
whither_add(struct whither *w, struct bytes from, const struct dest *dest)
{
	struct dest d = *dest;
	struct resolved to;
	struct route r;
	struct err e;

	route_find(st.file.directory, st.unit, d.address, station_now(), &r);
	d.address = arena_add(&w->text, bytes_str(r.address));
	if (r.way == WAY_LINK && !bytes_is(from, r.hop)) {
		join_group(w, r.hop, &d);
	} else if (r.way == WAY_HERE &&
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

/* Queue and deliver; *news: something of it was not known. */
static enum rc
whither_go(const struct whither *w, const struct stored *d, int64_t due,
    bool *news, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct leg leg = { .n = d->n,
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
		rc =
		    ops->deliver(st.store, d->n, &w->here[i], station_now(), e);
		*news = *news || rc == RC_OK;
		if (rc == RC_EXISTS)
			rc = RC_OK;
	}
	return store_failed(rc);
}

/* ---- a whole package
 * ------------------------------------------------------------ */

struct arrival {
	struct line *from;    /* NULL: sealed here */
	struct bytes package; /* all of it, or of a large one its envelope */
	uint64_t envelope, total;
	const uint8_t *sum;
	struct bytes dests; /* rows of struct msg_dest */
	struct bytes desk;  /* that sealed it here */
	int64_t due;
	struct id id; /* out: its id, once it is known */
};

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
	struct route r;

	if (a->from == NULL)
		return RC_OK;
	if (bytes_is(h->origin, st.address))
		return fail(e, RC_INVALID,
		    "docs/station.md 5.4: it says it comes from this station");
	if (a->from->parent || bytes_is(h->origin, a->from->station))
		return RC_OK;
	route_find(st.file.directory, st.unit, h->origin, station_now(), &r);
	if (r.way != WAY_LINK || strcmp(r.hop, a->from->station) != 0)
		return fail(e, RC_INVALID,
		    "docs/station.md 5.4: %.*s is not behind %s",
		    (int)h->origin.len, (const char *)h->origin.p,
		    a->from->station);
	return RC_OK;
}

static enum rc
check(struct arrival *a, struct envelope *env, struct err *e)
{
	const int64_t now = station_now();
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

/* Keep it and send it on its ways.  *news: something of it was not known. */
static enum rc
take(struct arrival *a, bool *news, struct err *e)
{
	struct stored d = {
		.desk = a->desk, .envelope = a->envelope, .total = a->total
	};
	struct whither w = { 0 };
	struct bytes rows = a->dests;
	struct msg_dest row;
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
	while (list_next(&rows, LIST_DEST, &row))
		whither_add(&w, d.from, &(struct dest){ row.address, row.tag });
	if ((rc = store_write(e)) == RC_OK)
		rc = store_failed(st.store->ops->put(st.store, &d,
		    a->total <= STORE_INLINE ? a->package : (struct bytes){ 0 },
		    e));
	if (rc == RC_OK)
		*news = true, st.accepted++;
	if (rc == RC_OK || rc == RC_EXISTS)
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

static void
log_refused(const struct line *l, const struct id *id, const struct err *e)
{
	struct log_line log = log_line(LOG_WARN, "dispatch.refused");
	char text[ID_TEXT];

	id_write(text, id);
	log_str(&log, "id", bytes_str(text));
	log_str(&log, "peer", bytes_str(l->station));
	log_err(&log, e);
	process_log(LOG_WARN, &log);
}

static void
answer(struct line *l, uint64_t number, const struct arrival *a, enum rc rc,
    bool news, const struct err *e)
{
	l->in++;
	if (rc == RC_OK) {
		after_taken(l->conn, number, news ? ACK_STORED : ACK_KNOWN,
		    REFUSAL_NONE);
		return;
	}
	log_refused(l, &a->id, e);
	if (rc == RC_IO)
		after_taken(l->conn, number, ACK_LATER, REFUSAL_NONE);
	else
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
		rc = take(&a, &news, &e);
	answer(l, m->number, &a, rc, news, &e);
}

/* ---- large ones
 * ------------------------------------------------------------------ */

static struct big *
big_of(struct line *l, uint64_t number)
{
	size_t i;

	for (i = 0; i < l->big_count; i++)
		if (l->bigs[i].number == number)
			return &l->bigs[i];
	return NULL;
}

static void
big_free(struct line *l, struct big *b)
{
	buf_free(&b->dests);
	*b = l->bigs[--l->big_count];
}

/* Not now: what is there of it stays. */
static void
big_later(struct line *l, struct big *b, const struct err *e)
{
	struct log_line log = log_line(LOG_WARN, "package.later");

	log_str(&log, "peer", bytes_str(l->station));
	log_err(&log, e);
	process_log(LOG_WARN, &log);
	after_taken(l->conn, b->number, ACK_LATER, REFUSAL_NONE);
	if (b->partial != NULL)
		partial_close(b->partial);
	big_free(l, b);
}

void
take_big(struct line *l, const struct msg_item *m)
{
	struct msg_data have = { .conn = l->conn, .number = m->number };
	struct big *b;
	struct err e;

	if (l->big_count == BIGS_MAX)
		bug("more large packages at once than a line may have");
	b = &l->bigs[l->big_count++];
	*b = (struct big){
		.number = m->number, .envelope = m->envelope, .total = m->total
	};
	memcpy(b->sum, m->sum, SHA256_SIZE);
	buf_add(&b->dests, m->dests);
	if (st.max_size != 0 && m->total > st.max_size) {
		after_taken(l->conn, m->number, ACK_REFUSED, REFUSAL_TOO_LARGE);
		big_free(l, b);
	} else if (partial_open(&b->partial, st.disk, b->sum, b->total,
		       &have.at, &e) != RC_OK) {
		b->partial = NULL;
		big_later(l, b, &e);
	}
}

void
take_data(struct line *l, const struct msg_data *m)
{
	struct msg_data written = {
		.conn = l->conn, .number = m->number, .at = m->more.len
	};
	struct big *b = big_of(l, m->number);
	struct err e;

	if (b != NULL && partial_add(b->partial, m->more, &e) != RC_OK)
		big_later(l, b, &e);
	(void)tell(PROC_LINK, MSG_WRITTEN, 0, &written, -1);
}

/* The envelope of a package that has become a file. */
static enum rc
read_front(struct buf *out, const uint8_t sum[static SHA256_SIZE], uint64_t len,
    struct err *e)
{
	const struct disk_ops *ops = st.disk->ops;
	char name[FILES_NAME];
	int file;
	enum rc rc;

	*out = (struct buf){ 0 };
	if (len == 0 || len > ENVELOPE_MAX)
		return fail(e, RC_LIMIT, "an envelope of %llu bytes",
		    (unsigned long long)len);
	files_name(name, sum);
	if ((rc = ops->open(st.disk, name, false, &file, e)) != RC_OK)
		return rc;
	rc = ops->read(st.disk, file, 0, buf_grow(out, len), len, e);
	ops->close(st.disk, file);
	if (rc != RC_OK)
		buf_free(out);
	return rc;
}

void
take_end(struct line *l, const struct msg_number *m)
{
	struct big *b = big_of(l, m->number);
	struct arrival a = { .from = l, .due = TIME_NEVER };
	struct buf front = { 0 };
	bool news = false;
	struct err e;
	enum rc rc;

	if (b == NULL)
		return;
	rc = partial_done(b->partial, &e);
	b->partial = NULL;
	if (rc != RC_OK) {
		/* what had been kept of it was not of this sum, or the disk
		 * refused: it comes anew, whole */
		big_later(l, b, &e);
		return;
	}
	a.envelope = b->envelope;
	a.total = b->total;
	a.sum = b->sum;
	a.dests = buf_bytes(&b->dests);
	if ((rc = read_front(&front, b->sum, b->envelope, &e)) == RC_OK) {
		a.package = buf_bytes(&front);
		rc = take(&a, &news, &e);
	}
	answer(l, b->number, &a, rc, news, &e);
	buf_free(&front);
	big_free(l, b);
}

void
take_drop(struct line *l)
{
	while (l->big_count > 0) {
		partial_close(l->bigs[0].partial);
		big_free(l, &l->bigs[0]);
	}
}

/* ---- from seal
 * ------------------------------------------------------------------- */

void
take_submit(uint64_t job, const struct msg_submit *m)
{
	uint8_t sum[SHA256_SIZE];
	struct arrival a = { .package = m->package,
		.envelope = m->envelope,
		.total = m->total,
		.sum = sum,
		.dests = m->dests,
		.desk = m->desk,
		.due = m->due };
	struct buf front = { 0 };
	char name[STORE_WORD];
	bool news = false;
	struct err e;
	enum rc rc = RC_OK;

	if (m->total > STORE_INLINE) {
		/* what seal writes into: nothing else may be named */
		if (m->name.len >= sizeof(name) || m->name.len < 12 ||
		    memcmp(m->name.p, "partial/new-", 12) != 0 ||
		    memchr(m->name.p + 12, '/', m->name.len - 12) != NULL)
			bug("seal names a file that is not its own");
		memcpy(name, m->name.p, m->name.len);
		name[m->name.len] = '\0';
		rc = files_take(st.disk, name, m->total, sum, &e);
		if (rc == RC_OK)
			rc = read_front(&front, sum, m->envelope, &e);
		a.package = buf_bytes(&front);
	} else {
		sha256(sum, m->package);
	}
	if (rc == RC_OK)
		rc = take(&a, &news, &e);
	buf_free(&front);
	if (rc == RC_OK)
		after_done(PROC_SEAL, job, &a.id);
	else
		say_done(PROC_SEAL, job, &e, &a.id);
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

static bool
first_dest(void *ctx, const struct dest *d)
{
	struct buf *to = ctx;

	buf_add(to, d->address);
	return false;
}

/* A leg goes where its first destination does: all of it went one way. */
static enum rc
reroute_leg(const struct reroute *r, size_t i, struct err *e)
{
	struct buf address = { 0 };
	struct bytes hop;
	struct route way;
	enum rc rc;

	rc = st.store->ops->leg_dests(
	    st.store, r->q[i], first_dest, &address, e);
	if (rc != RC_OK || address.len == 0)
		goto out;
	route_find(st.file.directory, st.unit, buf_bytes(&address),
	    station_now(), &way);
	hop = bytes_str(way.hop);
	if (way.way == WAY_LINK && !bytes_is(hop, r->hop[i]) &&
	    (rc = store_write(e)) == RC_OK) {
		rc = store_failed(st.store->ops->leg_set(
		    st.store, r->q[i], LEG_QUEUED, &hop, station_now(), e));
		line_wake(hop, r->rank[i]);
	}
out:
	buf_free(&address);
	return rc;
}

void
take_reroute(void)
{
	struct reroute *r = alloc(1, sizeof(*r));
	struct err e;
	enum rc rc;
	size_t i;

	do {
		r->count = 0;
		rc = st.store->ops->waiting(
		    st.store, r->last, 256, note_leg, r, &e);
		for (i = 0; i < r->count && rc == RC_OK; i++)
			rc = reroute_leg(r, i, &e);
	} while (rc == RC_OK && r->count > 0);
	free(r);
}

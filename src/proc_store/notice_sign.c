/* SPDX-License-Identifier: EUPL-1.2 */
/* Statements of this station and its desks: they wait as rows, are signed many
 * at once by keys, and go out as notices (docs/receipts.md 4 to 6). */
#include <stdlib.h>
#include <string.h>

#include "proc_store/weigh.h"
#include "core/vec.h"
#include "crypto/random.h"
#include "envelope/address.h"

#define SOON_MS 200	 /* docs/receipts.md 6.1 */
#define LATER_MS 5000	 /* of what nobody waits for */
#define REFUSED_MS 60000 /* after keys would not */

#define TOGETHER 8u	  /* stations to which a row is gathered */
#define TOGETHER_MOST 64u /* statements of it */

/* Who has something to sign. */
struct voucher {
	char signer[LIMIT_ADDRESS + 1];
	bool desk, open; /* open: keys can sign for it */
	bool told;	 /* keys has said so, under this name */
	/* The name of the desk's certificate, where that is another (3.3). */
	char card[LIMIT_ADDRESS + 1];
	int64_t due;   /* milliseconds; 0: nothing waits */
	uint64_t job;  /* that keys is at; 0: none */
	uint64_t last; /* of what is in it */
};
static struct voucher *vouchers; /* owned */
static size_t voucher_count;
static struct event *waker;

/* Keys knows a desk by its certificate's name alone. */
static void
look_for_card(struct voucher *v)
{
	const struct voucher *o;
	size_t i;

	for (i = 0; i < voucher_count; i++) {
		o = &vouchers[i];
		if (!o->told || !o->open ||
		    !weigh_same(bytes_str(v->signer), bytes_str(o->signer)))
			continue;
		memcpy(v->card, o->signer, sizeof(v->card));
		v->open = true;
		return;
	}
}

/* Under this name keys signs for it. */
static const char *
name_of(const struct voucher *v)
{
	if (!v->desk) /* there is no other: what is older is its own as well */
		return st.address;
	return v->card[0] != '\0' ? v->card : v->signer;
}

static struct voucher *
voucher_of(struct bytes signer)
{
	struct voucher *v;
	size_t i;

	for (i = 0; i < voucher_count; i++)
		if (bytes_is(signer, vouchers[i].signer))
			return &vouchers[i];
	vouchers = vec_more(vouchers, voucher_count, sizeof(*vouchers));
	v = &vouchers[voucher_count++];
	*v = (struct voucher){ .desk = address_is_desk(signer) };
	memcpy(v->signer, signer.p, signer.len);
	v->open = !v->desk;
	if (v->desk)
		look_for_card(v);
	return v;
}

static bool
is_ready(const struct voucher *v)
{
	return v->due != 0 && v->job == 0 && v->open;
}

static void
woken(evutil_socket_t fd, short what, void *ctx)
{
	/* that there is a round is all: notices_feed() */
	(void)fd;
	(void)what;
	(void)ctx;
}

static void
wake(void)
{
	int64_t first = INT64_MAX, ms;
	struct timeval in;
	size_t i;

	for (i = 0; i < voucher_count; i++)
		if (is_ready(&vouchers[i]) && vouchers[i].due < first)
			first = vouchers[i].due;
	if (first == INT64_MAX)
		return;
	if (waker == NULL)
		waker = event_new(process_base(), -1, 0, woken, NULL);
	ms = first - process_ms();
	ms = ms < 0 ? 0 : ms + 1;
	in.tv_sec = ms / 1000;
	in.tv_usec = ms % 1000 * 1000;
	if (waker == NULL || event_add(waker, &in) != 0)
		bug("no timer");
}

static struct bytes
hold(uint8_t to[static LIMIT_ADDRESS], struct bytes from)
{
	if (from.len > LIMIT_ADDRESS)
		bug("an address over its limit");
	if (from.len > 0)
		memcpy(to, from.p, from.len);
	return bytes_of(to, from.len);
}

void
notice_hold(struct stored *d, struct held *to)
{
	d->header.origin = hold(to->origin, d->header.origin);
	d->from = hold(to->from, d->from);
	d->desk = hold(to->desk, d->desk);
}

/* ---- what is to be signed ------------------------------------------------ */

struct statement
notice_about(const struct stored *d, enum statement_kind kind)
{
	struct statement s = { .kind = kind,
		.id = d->header.id,
		.origin = d->header.origin,
		.incarnation = d->header.incarnation,
		.serial = d->header.serial,
		.at = station_now(),
		.own_clock = station_own_clock(),
		.since = TIME_NEVER };

	memcpy(s.digest, d->digest, SHA256_SIZE);
	return s;
}

/* This station's of this round that nobody waits for, to one station each:
 * they are a row together (docs/station.md 4.8). */
static struct together {
	char to[LIMIT_ADDRESS + 1];
	unsigned rank;
	struct buf statements;
	size_t count;
} together[TOGETHER];
static size_t together_count;

static void
together_free(void)
{
	while (together_count > 0)
		buf_free(&together[--together_count].statements);
}

static enum rc
pend(struct bytes statements, struct bytes signer, struct bytes to,
    unsigned rank, struct err *e)
{
	struct pending p = { .signer = signer,
		.to = to,
		.rank = rank,
		.statement = statements };

	return store_failed(st.store->ops->notices->pend(st.store, &p, e));
}

static enum rc
pend_together(struct together *t, struct err *e)
{
	const enum rc rc = pend(buf_bytes(&t->statements),
	    bytes_str(st.address), bytes_str(t->to), t->rank, e);

	t->statements.len = 0;
	t->count = 0;
	t->rank = 0;
	return rc;
}

enum rc
notices_round(struct err *e)
{
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < together_count && rc == RC_OK; i++)
		if (together[i].count > 0)
			rc = pend_together(&together[i], e);
	together_free();
	return rc;
}

static enum rc
add_together(
    struct bytes statement, struct bytes to, unsigned rank, struct err *e)
{
	struct together *t = together, *end = together + together_count;
	enum rc rc = RC_OK;

	while (t < end && !bytes_is(to, t->to))
		t++;
	if (t == together + TOGETHER)
		return pend(statement, bytes_str(st.address), to, rank, e);
	if (t == end) {
		*t = (struct together){ 0 };
		memcpy(t->to, to.p, to.len);
		together_count++;
	}
	if (t->count == TOGETHER_MOST ||
	    t->statements.len + statement.len > STORE_PENDING)
		rc = pend_together(t, e);
	buf_add(&t->statements, statement);
	t->count++;
	if (rank > t->rank)
		t->rank = rank;
	return rc;
}

#define THIN_MS 60000	  /* docs/link.md 20.6: company is waited for */
#define THIN_SOON_MS 10000 /* of thượng khẩn */
#define NO_HURRY 2u

/* It goes over a thin line, as far as can be told. */
static bool
goes_thin(struct bytes to)
{
	size_t i;

	for (i = 0; i < st.line_count && st.thin_count > 0; i++)
		if (st.lines[i]->thin && (st.lines[i]->parent ||
					     bytes_is(to, st.lines[i]->station)))
			return true;
	return false;
}

/* Milliseconds until it is signed, with what has come to it by then. */
static int64_t
patience(bool later, struct bytes to, unsigned rank)
{
	if (rank + 1 < RANKS && goes_thin(to))
		return rank < NO_HURRY ? THIN_MS : THIN_SOON_MS;
	return later ? LATER_MS : SOON_MS;
}

enum rc
notice_pend(const struct statement *s, struct bytes signer, struct bytes to,
    unsigned rank, struct err *e)
{
	const bool later =
	    s->kind == STATEMENT_CUSTODY || s->kind == STATEMENT_HOP;
	const int64_t due = process_ms() + patience(later, to, rank);
	struct der_wr w = { 0 };
	struct voucher *v;
	enum rc rc;

	statement_write(&w, s);
	if ((rc = store_write(e)) != RC_OK)
		;
	else if (later && bytes_is(signer, st.address))
		rc = add_together(buf_bytes(&w.out), to, rank, e);
	else
		rc = pend(buf_bytes(&w.out), signer, to, rank, e);
	der_wr_free(&w);
	if (rc != RC_OK)
		return rc;
	v = voucher_of(signer);
	if (v->due == 0 || due < v->due) {
		v->due = due;
		wake();
	}
	return RC_OK;
}

enum rc
notice_by_desk(const struct stored *d, enum statement_kind kind,
    struct bytes desk, unsigned code, struct err *e)
{
	struct statement s = notice_about(d, kind);

	s.desk = desk;
	s.code = code;
	return notice_pend(&s, desk, d->header.origin,
	    precedence_rank(d->header.precedence), e);
}

/* ---- signing ------------------------------------------------------------- */

/* Rows of one signer, in their order. */
struct gathered {
	struct buf statements;
	struct buf to;	 /* addresses, one after another, of "tos" */
	size_t *to_at;	 /* owned: where in "to" each row's begins */
	unsigned *ranks; /* owned */
	size_t count;
	uint64_t last, most; /* most: no row beyond this number */
	int64_t at;	     /* the latest that is said */
	const char *desk;    /* that says it; NULL: a station does */
};

static void
gathered_free(struct gathered *g)
{
	buf_free(&g->statements);
	buf_free(&g->to);
	free(g->to_at);
	free(g->ranks);
}

/* As it is signed: a desk's under the name that its certificate has. */
static void
add_statement(struct gathered *g, struct bytes bytes)
{
	struct der_wr w = { 0 };
	struct statement s;
	struct err e;

	if (statement_read(&s, bytes, &e) != RC_OK) {
		buf_add(&g->statements, bytes); /* keys will say so */
		return;
	}
	/* a clock of one's own may have run back over a restart */
	if (s.at > g->at)
		g->at = s.at;
	if (g->desk == NULL || s.desk.len == 0 || bytes_is(s.desk, g->desk) ||
	    !weigh_same(s.desk, bytes_str(g->desk))) {
		buf_add(&g->statements, bytes);
		return;
	}
	s.desk = bytes_str(g->desk);
	statement_write(&w, &s);
	buf_add(&g->statements, buf_bytes(&w.out));
	der_wr_free(&w);
}

static void
gather_one(struct gathered *g, struct bytes statement, size_t to, unsigned rank)
{
	add_statement(g, statement);
	g->to_at = vec_more(g->to_at, g->count, sizeof(*g->to_at));
	g->ranks = vec_more(g->ranks, g->count, sizeof(*g->ranks));
	g->to_at[g->count] = to;
	g->ranks[g->count++] = rank;
}

/* The next of those that wait together; empty: there is none. */
static struct bytes
next_of(struct bytes *rest)
{
	const struct bytes one = der_element(*rest);

	*rest = bytes_of(rest->p + one.len, rest->len - one.len);
	return one;
}

/* A row goes whole, so that its number says what was signed. */
static bool
gather(void *ctx, const struct pending *p)
{
	struct gathered *g = ctx;
	struct bytes rest = p->statement, one;
	const size_t to = g->to.len;
	size_t count = 0;

	while (next_of(&rest).len > 0)
		count++;
	if (g->statements.len + p->statement.len + count * LIMIT_ADDRESS >
		BATCH_BYTES ||
	    g->count + count > BATCH_MADE || p->p > g->most)
		return false;
	buf_add(&g->to, p->to);
	buf_u8(&g->to, 0);
	for (rest = p->statement; (one = next_of(&rest)).len > 0;)
		gather_one(g, one, to, p->rank);
	g->last = p->p;
	return true;
}

static const char *
to_of(const struct gathered *g, size_t i)
{
	return (const char *)g->to.p + g->to_at[i];
}

static enum rc
gather_all(
    struct gathered *g, const struct voucher *v, uint64_t most, struct err *e)
{
	*g = (struct gathered){ .most = most,
		.desk = v->desk ? name_of(v) : NULL };
	return st.store->ops->notices->pending(
	    st.store, bytes_str(v->signer), 0, BATCH_MADE, gather, g, e);
}

static void
ask_keys(struct voucher *v)
{
	struct msg_vouch m = { .signer = bytes_str(name_of(v)),
		.at = station_now(),
		.own_clock = station_own_clock() };
	struct gathered g;
	struct err e;
	enum rc rc;

	v->due = 0;
	rc = gather_all(&g, v, UINT64_MAX, &e);
	if (rc == RC_OK && g.count > 0) {
		m.statements = buf_bytes(&g.statements);
		m.at = g.at > m.at ? g.at : m.at;
		v->last = g.last;
		v->job = next_job();
		if (!tell(PROC_KEYS, MSG_VOUCH, v->job, &m, -1)) {
			v->job = 0;
			v->due = process_ms() + LATER_MS;
		}
	} else if (rc != RC_OK) {
		v->due = process_ms() + LATER_MS;
	}
	gathered_free(&g);
}

void
notices_feed(void)
{
	const int64_t now = process_ms();
	size_t i;

	if (!st.named)
		return;
	for (i = 0; i < voucher_count; i++)
		if (is_ready(&vouchers[i]) && vouchers[i].due <= now)
			ask_keys(&vouchers[i]);
	wake();
}

/* ---- what was signed ----------------------------------------------------- */

struct keeping {
	const struct gathered *g;
	const char *to;
};

static bool
is_to(void *ctx, const struct log_item *item)
{
	const struct keeping *k = ctx;

	return strcmp(to_of(k->g, item->at), k->to) == 0;
}

/* The first row for a station: what is for it goes with that. */
static bool
is_first(const struct gathered *g, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (strcmp(to_of(g, j), to_of(g, i)) == 0)
			return false;
	return true;
}

static unsigned
rank_to(const struct gathered *g, const char *to)
{
	unsigned rank = 0;
	size_t i;

	for (i = 0; i < g->count; i++)
		if (g->ranks[i] > rank && strcmp(to_of(g, i), to) == 0)
			rank = g->ranks[i];
	return rank;
}

/* This station, by whatever name (docs/receipts.md 6.2). */
static bool
is_here(struct bytes to)
{
	struct route r;

	if (bytes_is(to, st.address))
		return true;
	route_find(st.file.directory, st.unit, to, station_now(), &r);
	return r.way == WAY_HERE;
}

enum rc
notice_post(struct bytes batches, struct bytes to, unsigned rank, struct err *e)
{
	static const enum precedence of_rank[RANKS] = { PRECEDENCE_THUONG,
		PRECEDENCE_KHAN, PRECEDENCE_THUONG_KHAN, PRECEDENCE_HOA_TOC };
	struct stored d = { .at = station_now(),
		.own_clock = station_own_clock() };
	struct buf notice = { 0 };
	struct bytes one;
	bool news;
	enum rc rc = RC_OK;

	if (is_here(to)) {
		while (rc == RC_OK && notice_next(&batches, &one))
			rc = notice_own(one, e);
		return rc;
	}
	/* it has no number of its own: those are of dispatches */
	d.header = (struct header){ .origin = bytes_str(st.address),
		.incarnation = st.incarnation,
		.precedence = of_rank[rank < RANKS ? rank : RANKS - 1],
		.expires = TIME_NEVER };
	random_bytes(d.header.id.b, ID_SIZE);
	notice_write(&notice, &d.header, batches);
	rc = notice_queue(&d, buf_bytes(&notice), to, NULL, &news, e);
	buf_free(&notice);
	return rc;
}

static enum rc
give(struct bytes batch, const char *to, unsigned rank, struct err *e)
{
	enum rc rc;

	if (is_here(bytes_str(to)))
		return notice_own(batch, e);
	rc = notice_keep(batch, e);
	return rc == RC_OK ? notice_post(batch, bytes_str(to), rank, e) : rc;
}

static enum rc
hand_out(const struct gathered *g, struct bytes head, struct err *e)
{
	struct keeping k = { .g = g };
	struct der_wr w;
	struct log all;
	enum rc rc = RC_OK;
	size_t i;

	batch_log(&all, buf_bytes(&g->statements));
	for (i = 0; i < g->count && rc == RC_OK; i++) {
		if (!is_first(g, i))
			continue;
		k.to = to_of(g, i);
		w = (struct der_wr){ 0 };
		batch_write(&w, head, &all, is_to, &k);
		rc = give(buf_bytes(&w.out), k.to, rank_to(g, k.to), e);
		der_wr_free(&w);
	}
	log_free(&all);
	return rc;
}

static void
would_not(struct voucher *v, const struct msg_vouched *m)
{
	struct log_line l;
	struct err e;

	if (m->bad > 0) {
		v->due =
		    process_ms() + (notice_leave_out(v->signer, m, &e) == RC_OK
					   ? SOON_MS
					   : LATER_MS);
		wake();
		return;
	}
	v->due = process_ms() + REFUSED_MS;
	if (m->rc == RC_DENIED && v->desk) { /* nobody is signed in any more */
		v->open = false;
		return;
	}
	l = log_line(LOG_WARN, "notice.unsigned");
	log_str(&l, "signer", bytes_str(v->signer));
	log_str(&l, "why", m->why);
	process_log(LOG_WARN, &l);
}

void
notice_signed(uint64_t job, const struct msg_vouched *m)
{
	struct voucher *v;
	struct gathered g;
	struct err e;
	enum rc rc;
	size_t i;

	for (i = 0; i < voucher_count && vouchers[i].job != job; i++)
		;
	if (i == voucher_count || job == 0)
		return; /* asked by one that was here before */
	v = &vouchers[i];
	v->job = 0;
	if (m->rc != RC_OK) {
		would_not(v, m);
		return;
	}
	rc = gather_all(&g, v, v->last, &e);
	if (rc == RC_OK && (rc = store_write(&e)) == RC_OK)
		rc = store_failed(hand_out(&g, m->head, &e));
	v = &vouchers[i]; /* there may be more of them now */
	if (rc == RC_OK)
		rc = store_failed(st.store->ops->notices->pending_done(
		    st.store, bytes_str(v->signer), v->last, &e));
	/* there may be more, or it was lost */
	if (v->due == 0)
		v->due = process_ms() + (rc == RC_OK ? SOON_MS : LATER_MS);
	gathered_free(&g);
	wake();
}

/* ---- who can sign -------------------------------------------------------- */

void
notice_desk(const struct msg_desk_state *m)
{
	struct voucher *v = voucher_of(m->desk);
	size_t i;

	v->told = true;
	v->card[0] = '\0';
	v->open = m->open != 0;
	if (v->open)
		v->due = process_ms();
	/* and what it is to say under another name of its */
	for (i = 0; i < voucher_count; i++) {
		v = &vouchers[i];
		if (!v->desk || v->told ||
		    !weigh_same(bytes_str(v->signer), m->desk))
			continue;
		v->open = false;
		look_for_card(v);
		if (v->open)
			v->due = process_ms();
	}
	wake();
}

void
notices_lost(void)
{
	size_t i;

	for (i = 0; i < voucher_count; i++) {
		vouchers[i].job = 0;
		vouchers[i].open = !vouchers[i].desk;
		vouchers[i].told = false;
		vouchers[i].due = process_ms() + SOON_MS;
	}
}

void
notices_settled(bool kept)
{
	size_t i;

	together_free();
	for (i = 0; !kept && i < voucher_count; i++)
		vouchers[i].due = process_ms() + LATER_MS;
}

static bool
add_signer(void *ctx, struct bytes signer, uint64_t count)
{
	(void)ctx;
	(void)count;
	voucher_of(signer)->due = process_ms() + SOON_MS;
	return true;
}

void
notices_begin(void)
{
	struct log_line l;
	struct err e;

	if (st.store->ops->notices->signers(st.store, add_signer, NULL, &e) ==
	    RC_OK)
		return;
	l = log_line(LOG_WARN, "notice.unread");
	log_err(&l, &e);
	process_log(LOG_WARN, &l);
}

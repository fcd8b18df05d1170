/* SPDX-License-Identifier: EUPL-1.2 */
/* What waits is signed many at once by keys, and goes out as notices
 * (docs/receipts.md 4 to 6). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "crypto/random.h"
#include "proc_store/voucher.h"
#include "proc_store/weigh.h"

#define REFUSED_MS 60000 /* after keys would not */

/* ---- signing
 * ------------------------------------------------------------ */

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
		.desk = v->desk ? voucher_name(v) : NULL };
	return st.store->ops->notices->pending(
	    st.store, bytes_str(v->signer), 0, BATCH_MADE, gather, g, e);
}

static void
ask_keys(struct voucher *v)
{
	struct msg_vouch m = { .signer = bytes_str(voucher_name(v)),
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
	struct voucher *v;
	size_t i;

	if (!st.named)
		return;
	for (i = 0; (v = voucher_each(i)) != NULL; i++)
		if (voucher_is_ready(v) && v->due <= now)
			ask_keys(v);
	vouchers_wake();
}

/* ---- what was signed
 * ------------------------------------------------------------ */

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
		vouchers_wake();
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

	for (i = 0; (v = voucher_each(i)) != NULL && v->job != job; i++)
		;
	if (v == NULL || job == 0)
		return; /* asked by one that was here before */
	v->job = 0;
	if (m->rc != RC_OK) {
		would_not(v, m);
		return;
	}
	rc = gather_all(&g, v, v->last, &e);
	if (rc == RC_OK && (rc = store_write(&e)) == RC_OK)
		rc = store_failed(hand_out(&g, m->head, &e));
	v = voucher_each(i); /* there may be more of them now */
	if (rc == RC_OK)
		rc = store_failed(st.store->ops->notices->pending_done(
		    st.store, bytes_str(v->signer), v->last, &e));
	/* there may be more, or it was lost */
	if (v->due == 0)
		v->due = process_ms() + (rc == RC_OK ? SOON_MS : LATER_MS);
	gathered_free(&g);
	vouchers_wake();
}

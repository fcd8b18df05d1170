/* SPDX-License-Identifier: EUPL-1.2 */
/* Statements of this station and its desks: they wait as rows until they are
 * signed (notice_sign.c); docs/receipts.md 4 to 6. */
#include <string.h>

#include "proc_store/voucher.h"

#define TOGETHER 8u	  /* stations to which a row is gathered */
#define TOGETHER_MOST 64u /* statements of it */

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

/* ---- what is to be signed
 * ------------------------------------------------------------ */

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

void
notices_settled(bool kept)
{
	struct voucher *v;
	size_t i;

	together_free();
	for (i = 0; !kept && (v = voucher_each(i)) != NULL; i++)
		v->due = process_ms() + LATER_MS;
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

#define THIN_MS 60000	   /* docs/link.md 20.6: company is waited for */
#define THIN_SOON_MS 10000 /* of thượng khẩn */
#define NO_HURRY 2u

/* It goes over a thin line, as far as can be told. */
static bool
goes_thin(struct bytes to)
{
	size_t i;

	for (i = 0; i < st.line_count && st.thin_count > 0; i++)
		if (st.lines[i]->thin &&
		    (st.lines[i]->parent || bytes_is(to, st.lines[i]->station)))
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
		vouchers_wake();
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

/* SPDX-License-Identifier: EUPL-1.2 */
/* What cannot be signed stops nothing, and what was dated by a clock that was
 * ahead is said as of now (docs/receipts.md 6.4). */
#include <string.h>

#include "proc_store/notices.h"

/* A statement that keys does not sign, the number of its row, and the others
 * that stand in that. */
struct unsigned_one {
	uint64_t left, p;
	unsigned rank;
	char to[LIMIT_ADDRESS + 1];
	struct buf statement, others;
};

static bool
look_unsigned(void *ctx, const struct pending *p)
{
	struct unsigned_one *x = ctx;
	struct bytes rest = p->statement, one;

	buf_free(&x->others);
	for (; (one = der_element(rest)).len > 0;
	     rest = bytes_of(rest.p + one.len, rest.len - one.len)) {
		if (x->p == 0 && --x->left == 0) {
			x->p = p->p;
			buf_add(&x->statement, one);
		} else {
			buf_add(&x->others, one);
		}
	}
	x->rank = p->rank;
	memcpy(x->to, p->to.p, p->to.len);
	x->to[p->to.len] = '\0';
	return x->p == 0;
}

static void
log_unsigned(const char *event, const char *signer, const struct statement *s,
    const struct msg_vouched *m)
{
	struct log_line l = log_line(LOG_WARN, event);
	char id[ID_TEXT];

	id_write(id, &s->id);
	log_str(&l, "id", bytes_str(id));
	if (s->kind != 0)
		log_str(&l, "says", bytes_str(statement_word(s->kind)));
	log_str(&l, "signer", bytes_str(signer));
	log_str(&l, "why", m->why);
	process_log(LOG_WARN, &l);
}

static enum rc
pend_others(const struct unsigned_one *x, const char *signer, struct err *e)
{
	struct pending p = { .signer = bytes_str(signer),
		.to = bytes_str(x->to),
		.rank = x->rank,
		.statement = buf_bytes(&x->others) };

	return store_failed(st.store->ops->notices->pend(st.store, &p, e));
}

enum rc
notice_leave_out(const char *signer, const struct msg_vouched *m, struct err *e)
{
	const struct store_notice_ops *ops = st.store->ops->notices;
	struct unsigned_one x = { .left = m->bad };
	struct statement s = { 0 };
	struct err why;
	bool later;
	enum rc rc;

	rc = ops->pending(
	    st.store, bytes_str(signer), 0, BATCH_MADE, look_unsigned, &x, e);
	if (rc == RC_OK && x.p == 0)
		rc = fail(e, RC_ABSENT, "no statement of that number");
	if (rc != RC_OK || (rc = store_write(e)) != RC_OK)
		goto out;
	if (statement_read(&s, buf_bytes(&x.statement), &why) != RC_OK)
		s = (struct statement){ 0 };
	later = s.kind != 0 && m->rc == RC_EXPIRED && s.at > station_now();
	log_unsigned(
	    later ? "notice.redated" : "notice.dropped", signer, &s, m);
	rc = store_failed(
	    ops->pending_drop(st.store, bytes_str(signer), x.p, e));
	if (rc == RC_OK && x.others.len > 0)
		rc = pend_others(&x, signer, e);
	if (rc != RC_OK || !later)
		goto out;
	s.at = station_now();
	s.own_clock = station_own_clock();
	rc = notice_pend(&s, bytes_str(signer), bytes_str(x.to), x.rank, e);
out:
	buf_free(&x.others);
	buf_free(&x.statement);
	return rc;
}

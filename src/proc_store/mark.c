/* SPDX-License-Identifier: EUPL-1.2 */
/* What people say of a delivery (docs/station.md 9). */
#include <string.h>

#include "proc_store/notices.h"
#include "proc_store/weigh.h"

/* What was recalled before it was opened is withheld (docs/receipts.md 8.4): it
 * comes into no other state, unless it is opened and was another's (8.5).
 * RC_ABSENT where it is just being opened: control shows what was refused for
 * another reason. */
static enum rc
check_withheld(const struct msg_mark *m, uint64_t n, struct err *e)
{
	/* of who opens it his originator alone counts */
	const struct bytes whose =
	    m->state == DELIVERY_OPENED ? m->originator : (struct bytes){ 0 };
	bool did = false;
	enum rc rc = recall_by(&did, n, whose, e);

	if (rc != RC_OK || !did)
		return rc;
	return m->state == DELIVERY_OPENED
		   ? fail(e, RC_ABSENT,
			 "it has just been recalled: it is withheld")
		   : fail(e, RC_DENIED,
			 "it was recalled before it was opened: it is "
			 "withheld, and nothing more is said of it");
}

/* A delivery, under the name that its desk had ("lies"), comes into another
 * state, and its desk says so; the same state again changes nothing, and is no
 * decision. */
static enum rc
set_state(const struct msg_mark *m, const struct stored *d, struct bytes lies,
    struct err *e)
{
	static const struct {
		enum entry_kind entry;
		enum statement_kind says;
	} kinds[DELIVERY_STATES] = {
		[DELIVERY_ARRIVED] = { ENTRY_DELIVERED, STATEMENT_ARRIVED },
		[DELIVERY_OPENED] = { ENTRY_OPENED, STATEMENT_OPENED },
		[DELIVERY_ACTED] = { ENTRY_ACTED, STATEMENT_ACTED },
		[DELIVERY_REFUSED] = { ENTRY_DECLINED, STATEMENT_REFUSED },
	};
	const enum delivery_state next = (enum delivery_state)m->state;
	enum delivery_state was;
	struct entry_data of;
	struct delivery at;
	enum rc rc;

	journal_of(&of, d);
	of.desk = m->desk;
	rc = st.store->ops->delivery(st.store, d->n, lies, &at, e);
	was = at.state;
	if (rc == RC_OK && was == DELIVERY_ARRIVED)
		rc = check_withheld(m, d->n, e);
	if (rc == RC_OK)
		rc = store_failed(st.store->ops->delivery_set(
		    st.store, d->n, lies, next, station_now(), m->reason, e));
	if (rc == RC_OK && next == DELIVERY_OPENED && m->originator.len > 0)
		rc = recall_opened(d, m->desk, m->originator, m->supersedes, e);
	if (rc != RC_OK || was == next)
		return rc;
	journal_add(kinds[next].entry, &of, d->n);
	return notice_by_desk(d, kinds[next].says, m->desk,
	    m->code == 0 || m->code >= REFUSED_WHYS ? REFUSED_OTHER
						    : (unsigned)m->code,
	    e);
}

void
ask_mark(uint64_t job, const struct msg_mark *m)
{
	char desk[LIMIT_ADDRESS];
	struct delivery at = { 0 };
	struct held held;
	struct stored d;
	struct err e;
	enum rc rc;

	rc = names_find(&m->id, m->desk, &d, &e);
	if (rc == RC_OK)
		notice_hold(&d, &held);
	if (rc == RC_OK &&
	    (rc = names_delivery(d.n, m->desk, &at, &e)) == RC_OK) {
		memcpy(desk, at.desk.p, at.desk.len);
		rc = store_write(&e);
	}
	if (rc == RC_OK)
		rc = set_state(m, &d, bytes_of(desk, at.desk.len), &e);
	if (rc == RC_OK)
		after_done(PROC_CONTROL, job, &m->id);
	else
		say_done(PROC_CONTROL, job, &e, &m->id);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines that are up, what goes over them, and what is said of it (docs/
 * station.md 7). */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/vec.h"
#include "dispatch/batch.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/backup.h"
#include "proc_store/carried.h"
#include "proc_store/notices.h"

_Static_assert(CONTACT_MAX == MSG_CONTACT_MAX, "hours of contact");

/* ---- finding ---- */

struct line *
line_of(uint64_t conn)
{
	size_t low = 0, high = st.line_count, mid;

	if (conn >= MEDIA_CONN)
		return media_line(conn);
	while (low < high) {
		mid = low + (high - low) / 2;
		if (st.lines[mid]->conn < conn)
			low = mid + 1;
		else
			high = mid;
	}
	return low < st.line_count && st.lines[low]->conn == conn
		   ? st.lines[low]
		   : NULL;
}

struct line *
line_each(size_t i)
{
	if (i < st.line_count)
		return st.lines[i];
	return i == st.line_count ? media_line(0) : NULL;
}

static void
line_free(struct line *l)
{
	st.thin_count -= l->thin;
	take_drop(l);
	tell_drop(l);
	directory_line_free(l);
	wanted_line_free(l);
	while (l->flying != NULL)
		flying_free(l->flying);
	free(l->passed);
	free(l);
}

void
line_gone(uint64_t conn)
{
	struct line *l = line_of(conn);
	struct log_line log;
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; st.lines[i] != l; i++)
		;
	memmove(&st.lines[i], &st.lines[i + 1],
	    (--st.line_count - i) * sizeof(*st.lines));
	find_no_line(l);
	l->neighbour->down = process_ms();
	log = log_line(LOG_INFO, "link.down");
	log_str(&log, "station", bytes_str(l->station));
	log_uint(&log, "in", l->in);
	log_uint(&log, "out", l->out);
	process_log(LOG_INFO, &log);
	line_free(l);
	changed_line();
}

void
line_leave(struct line *l, enum bye reason)
{
	const struct msg_number m = { l->conn, reason };

	if (l->conn >= MEDIA_CONN)
		return; /* nobody hears it */
	(void)tell(PROC_LINK, MSG_LEAVE, 0, &m, -1);
	line_gone(m.conn);
}

void
lines_drop(bool say)
{
	struct msg_conn gone;

	while (st.line_count > 0) {
		gone.conn = st.lines[st.line_count - 1]->conn;
		if (say)
			(void)tell(PROC_LINK, MSG_GONE, 0, &gone, -1);
		line_gone(gone.conn);
	}
	if (!say) {
		free(st.lines);
		st.lines = NULL;
	}
}

/* In the order of their numbers; they say who they are in another one. */
static void
lines_add(struct line *l)
{
	size_t i = st.line_count;

	st.lines = vec_more(st.lines, st.line_count, sizeof(struct line *));
	for (; i > 0 && st.lines[i - 1]->conn > l->conn; i--)
		st.lines[i] = st.lines[i - 1];
	st.lines[i] = l;
	st.line_count++;
	find_line(l);
}

struct line *
line_new(const struct msg_hello *h, struct bytes station, size_t unit)
{
	struct line *l = alloc(1, sizeof(*l)), *old;
	struct msg_conn gone;
	unsigned rank;

	/* the newest connection of a station counts */
	if ((old = line_to(station)) != NULL) {
		gone.conn = old->conn;
		(void)tell(PROC_LINK, MSG_GONE, 0, &gone, -1);
		line_gone(gone.conn);
	}
	l->conn = h->conn;
	memcpy(l->station, station.p, station.len);
	l->unit = unit;
	l->uid = st.file.directory->state.units[unit].uid;
	l->tells = h->tells != 0;
	l->notices = h->notices != 0;
	l->parent = h->dialled;
	l->neighbour = neighbour_of(station);
	l->neighbour->down = 0;
	if (!l->parent)
		contact_read(&l->neighbour->contact, h->contact);
	l->fresh = true;
	l->since = station_now();
	for (rank = 0; rank < RANKS; rank++)
		l->more[rank] = true;
	lines_add(l);
	changed_line();
	return l;
}

/* ---- what goes out ---- */

struct gathered_dests {
	const struct line *l;
	struct buf rows;
	struct tag *tags; /* owned */
	size_t count;
};

static bool
gather_dest(void *ctx, const struct dest *d)
{
	struct gathered_dests *g = ctx;
	const struct msg_dest row = { d->address, d->tag };

	if (g->l->far && !far_lies(g->l, d->address))
		return true;
	list_add(&g->rows, LIST_DEST, &row);
	g->tags = vec_more(g->tags, g->count, sizeof(*g->tags));
	g->tags[g->count++] = d->tag;
	return true;
}

static void
take_off(struct line *l, uint64_t q, uint64_t total, unsigned rank)
{
	struct flying *one = flying_new(l, q);
	struct flight *f = &l->flights[rank];

	one->total = total;
	one->rank = rank;
	f->count++;
	if (total > STORE_INLINE)
		f->big++;
	else
		f->bytes += total;
	l->out++;
}

/* Where all its slips go it is what came, and its sum is known. */
static void
small_fit(struct msg_send *m, struct buf *envelope, struct bytes package,
    const struct stored *d)
{
	if (envelope->len == d->envelope) {
		memcpy(m->sum, d->sum, SHA256_SIZE);
		m->package = package;
		return;
	}
	buf_add(envelope,
	    bytes_of(package.p + d->envelope, package.len - d->envelope));
	sha256(m->sum, buf_bytes(envelope));
	m->package = buf_bytes(envelope);
}

/* A small one's package; a large one's file. */
static enum rc
read_package(struct buf *package, int *fd, const struct leg *leg,
    const struct stored *d, struct err *e)
{
	return d->total <= STORE_INLINE ? st.store->ops->package(st.store,
					      leg->n, leg->copy, package, e)
					: large_open(fd, d, e);
}

/* Hand a leg's package to link, with the slips of its destinations only. */
enum rc
line_hand(struct line *l, const struct leg *leg, struct err *e)
{
	const enum proc to = l->conn < MEDIA_CONN ? PROC_LINK : PROC_MEDIA;
	struct msg_send m = { .conn = l->conn,
		.from = l->from,
		.q = leg->q,
		.rank = leg->rank,
		.due = leg->due,
		.again = leg->again > 0 && l->notices };
	struct gathered_dests g = { .l = l };
	struct buf package = { 0 }, envelope = { 0 };
	struct stored d;
	bool waits = false; /* for its sum */
	int fd = -1;
	enum rc rc;

	if ((rc = st.store->ops->get(st.store, leg->n, leg->copy, &d, e)) !=
		RC_OK ||
	    (rc = st.store->ops->leg_dests(
		 st.store, leg->q, gather_dest, &g, e)) != RC_OK)
		goto out;
	if ((rc = read_package(&package, &fd, leg, &d, e)) != RC_OK)
		goto out;
	if (!l->notices && notice_is(buf_bytes(&package))) {
		line_pass_over(l, leg->q);
		goto out;
	}
	if (notice_is(buf_bytes(&package))) /* it has no slips */
		buf_add(&envelope, buf_bytes(&package));
	else
		rc = cut_for(
		    &envelope, &d, buf_bytes(&package), fd, g.tags, g.count, e);
	if (rc != RC_OK)
		goto out;
	m.envelope = envelope.len;
	m.total = envelope.len + (d.total - d.envelope);
	m.at = d.envelope;
	m.dests = buf_bytes(&g.rows);
	if (fd < 0) {
		small_fit(&m, &envelope, buf_bytes(&package), &d);
	} else {
		rc = large_fit(&m, &envelope, &fd, &d, &waits, e);
		m.package = buf_bytes(&envelope);
	}
	if (rc == RC_OK && to == PROC_LINK && flying_of(l, leg->q) == NULL)
		take_off(l, leg->q, leg->total, leg->rank);
	if (rc == RC_OK && !waits) {
		(void)tell(to, MSG_SEND, l->job, &m, fd);
		fd = -1;
	}
out:
	if (fd >= 0)
		close(fd);
	free(g.tags);
	buf_free(&g.rows);
	buf_free(&package);
	buf_free(&envelope);
	return rc;
}

void
line_not_fed(struct line *l, const struct err *e)
{
	struct log_line log = log_line(LOG_WARN, "link.feed");

	log_str(&log, "station", bytes_str(l->station));
	log_err(&log, e);
	process_log(LOG_WARN, &log);
	l->again = process_ms() + AGAIN_MS;
}

void
line_takes_back(uint64_t q)
{
	struct msg_number m = { .number = q };
	const struct flying *f = NULL;

	sum_forget(q);
	while ((f = flying_next(f, q)) != NULL) {
		m.conn = f->line->conn;
		(void)tell(PROC_LINK, MSG_CANCEL, 0, &m, -1);
	}
}

int64_t
lines_tick(int64_t ms)
{
	struct line *l;
	unsigned rank;
	size_t i;

	names_tick(ms);
	guests_tick(ms);
	for (i = st.line_count; i-- > 0;) {
		l = st.lines[i];
		if (l->redial != 0 && ms >= l->redial) {
			const struct msg_conn gone = { l->conn };

			(void)tell(PROC_LINK, MSG_GONE, 0, &gone, -1);
			line_gone(gone.conn);
			continue;
		}
		if (l->again == 0 || ms < l->again)
			continue;
		l->again = 0;
		for (rank = 0; rank < RANKS; rank++) {
			l->cursor[rank] = 0;
			l->more[rank] = true;
		}
	}
	return ms;
}

/* ---- what the peer said of it ---- */

/* false: it does not fly there; else *rank is its own. */
static bool
land(struct line *l, uint64_t q, unsigned *rank)
{
	struct flying *one = flying_of(l, q);
	struct flight *f;

	if (one == NULL)
		return false;
	*rank = one->rank;
	f = &l->flights[*rank];
	f->count--;
	if (one->total > STORE_INLINE)
		f->big--;
	else
		f->bytes -= one->total;
	f->full = f->full &&
		  (f->count > FLYING_MAX / 2 || f->bytes > flying_bytes() / 2);
	flying_free(one);
	return true;
}

void
line_summed(uint64_t q, enum rc rc, struct err *e)
{
	const struct flying *f = flying_next(NULL, q);
	struct line *l;
	unsigned rank;
	struct leg leg;

	(void)media_summed(q, rc, e);
	while (f != NULL) {
		l = f->line;
		f = flying_next(f, q);
		if (rc == RC_OK)
			rc = st.store->ops->leg(st.store, q, &leg, e);
		/* it may have found another way meanwhile */
		if (rc == RC_OK && leg.state == LEG_QUEUED &&
		    bytes_is(leg.hop, l->station))
			rc = line_hand(l, &leg, e);
		else
			(void)land(l, q, &rank);
		if (rc != RC_OK) {
			(void)land(l, q, &rank);
			line_not_fed(l, e);
		}
	}
}

/* What the transaction was to keep of a line's first words is lost: who came
 * in it comes again. */
void
lines_settled(bool kept)
{
	struct msg_conn gone;
	size_t i;

	for (i = st.line_count; i-- > 0;)
		if (!kept && st.lines[i]->fresh) {
			gone.conn = st.lines[i]->conn;
			(void)tell(PROC_LINK, MSG_GONE, 0, &gone, -1);
			line_gone(gone.conn);
		} else {
			st.lines[i]->fresh = false;
		}
}

void
lines_again(void)
{
	size_t i;

	for (i = 0; i < st.line_count; i++)
		st.lines[i]->again = 1; /* at the next tick */
}

/* A refusal counts only of where the leg still goes: it may have found another
 * way meanwhile. */
static bool
goes_there(const struct line *l, uint64_t q)
{
	struct leg leg;
	struct err e;

	return st.store->ops->leg(st.store, q, &leg, &e) == RC_OK &&
	       leg.state == LEG_QUEUED && bytes_is(leg.hop, l->station);
}

static void
log_refused(const struct line *l, uint64_t q, const struct msg_taken *t)
{
	struct log_line log = log_line(LOG_WARN, "dispatch.refused");

	log_str(&log, "by", bytes_str(l->station));
	log_uint(&log, "leg", q);
	log_uint(&log, "code", t->code);
	process_log(LOG_WARN, &log);
}

/* How a leg ends that the next station refuses. */
static enum leg_state
bounced(uint64_t q, const struct msg_taken *t)
{
	if (t->code == REFUSAL_EXPIRED) {
		leg_reported(q, REPORT_EXPIRED);
		return LEG_EXPIRED;
	}
	leg_reported(
	    q, t->code == REFUSAL_NO_WAY ? REPORT_NO_WAY : REPORT_REFUSED);
	return LEG_REFUSED;
}

enum rc
line_answered(const struct line *l, uint64_t q, const struct msg_taken *t,
    bool *ended, struct err *e)
{
	enum leg_state state = LEG_PASSED;
	struct bytes hop; /* that has it, wherever it would go by now */
	enum rc rc;

	*ended = false;
	sum_forget(q);
	if (t->outcome == ACK_REFUSED) {
		log_refused(l, q, t);
		if (!goes_there(l, q))
			return RC_OK;
	}
	if ((rc = store_write(e)) != RC_OK)
		return rc;
	if (t->outcome == ACK_REFUSED)
		state = bounced(q, t);
	*ended = true;
	changed(CHANGED_MAIL | CHANGED_LINES);
	hop = bytes_str(l->station);
	return store_failed(
	    st.store->ops->leg_set(st.store, q, state, &hop, station_now(), e));
}

void
line_sent(const struct msg_taken *t)
{
	struct line *l = line_of(t->conn);
	unsigned rank;
	struct err e;
	bool ended;

	if (t->outcome >= ACKS)
		bug("an answer that there is not");
	if (l == NULL || !land(l, t->number, &rank))
		return;
	if (t->outcome == ACK_LATER) {
		const bool goes = goes_there(l, t->number);

		/* what was taken back need not be waited for */
		l->again = process_ms() + (goes ? AGAIN_MS : 1);
		/* the top rank has no cursor: it would come again at once */
		if (goes && rank == RANKS - 1)
			l->more[rank] = false;
		return;
	}
	(void)line_answered(l, t->number, t, &ended, &e);
}

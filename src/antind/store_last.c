/* SPDX-License-Identifier: EUPL-1.2 */
/* Last words: our own goes to the station above, those below give us theirs
 * (docs/emergency.md 3). */
#include <string.h>

#include "antind/lives.h"
#include "antind/lost.h"

#define REPORT 0 /* what stands before a message: docs/link.md 18.7 */
#define HEARD 1
#define AGAIN_AFTER 500 /* ms; each costs a signature's check */
#define ANSWERS_MAX 64u /* in one round; others are told again */

/* Ours, which the station above has not answered for. */
static struct {
	bool waits;
	uint64_t job;
	uint8_t sum[SHA256_SIZE];
} own;

/* Lines that are answered after the round. */
static struct {
	uint64_t conn;
	uint8_t sum[SHA256_SIZE];
} answers[ANSWERS_MAX];
static size_t answer_count;

/* ---- this station's
 * ----------------------------------------------------------------- */

static void
say_last(enum log_level level, const char *event, struct bytes station,
    const struct err *e)
{
	struct log_line l = log_line(level, event);

	log_str(&l, "station", station);
	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

static void
tell_line(struct line *l, uint8_t what, struct bytes rest)
{
	struct buf message = { 0 };

	buf_u8(&message, what);
	buf_add(&message, rest);
	(void)tell_send(l, TELL_LAST, buf_bytes(&message));
	buf_free(&message);
}

static struct line *
to_parent(void)
{
	size_t i;

	for (i = 0; i < st.line_count; i++)
		if (st.lines[i]->parent)
			return st.lines[i];
	return NULL;
}

static enum rc
check_own(const struct last_word *r, struct err *e)
{
	bool own_clock;

	if (!st.named || !bytes_is(r->station, st.address))
		return fail(e, RC_DENIED,
		    "the last word of %.*s is not this station's",
		    (int)r->station.len, (const char *)r->station.p);
	return last_counts(
	    st.file.directory, r, st.unit, station_judges(&own_clock), e);
}

void
last_give(uint64_t job, const struct msg_enrol_piece *m)
{
	const struct msg_statement forget = { m->bytes };
	struct last_word r;
	struct line *l;
	struct err e;
	enum rc rc;

	if ((rc = last_read(&r, m->bytes, &e)) != RC_OK ||
	    (rc = check_own(&r, &e)) != RC_OK) {
		say_done(PROC_CONTROL, job, &e, &m->id);
		return;
	}
	say_last(LOG_WARN, "station.destroyed", r.station, NULL);
	(void)tell(PROC_KEYS, MSG_FORGET, 0, &forget, -1);
	if ((l = to_parent()) == NULL || !l->tells) {
		rc = fail(
		    &e, RC_ABSENT, "there is no line to the station above");
		if (rc != RC_OK)
			say_done(PROC_CONTROL, job, &e, &m->id);
		return;
	}
	own.waits = true;
	own.job = job;
	sha256(own.sum, m->bytes);
	tell_line(l, REPORT, m->bytes);
}

static void
heard(const struct line *l, struct bytes sum)
{
	const struct id none = { 0 };

	if (!l->parent || !own.waits ||
	    !bytes_eq(sum, bytes_of(own.sum, SHA256_SIZE)))
		return;
	own.waits = false;
	after_done(PROC_CONTROL, own.job, &none);
}

/* ---- of others
 * ----------------------------------------------------------------------- */

enum rc
last_get(struct last_word *out, struct buf *bytes, int64_t *came,
    const struct id *unit, struct err *e)
{
	struct buf head;
	struct rd r;
	enum rc rc;

	*bytes = (struct buf){ 0 };
	rc = st.store->ops->paper_get(
	    st.store, PAPER_LAST, bytes_of(unit->b, ID_SIZE), &head, bytes, e);
	if (rc != RC_OK)
		return rc;
	r = rd_init(buf_bytes(&head));
	*came = (int64_t)rd_u64(&r);
	buf_free(&head);
	if ((rc = last_read(out, buf_bytes(bytes), e)) != RC_OK)
		buf_free(bytes);
	return rc;
}

static enum rc
keep(const struct line *l, struct bytes report, struct err *e)
{
	struct paper p = { .kind = PAPER_LAST,
		.key = bytes_of(l->uid.b, ID_SIZE),
		.at = station_now() };
	struct buf head = { 0 };
	enum rc rc;

	buf_u64(&head, (uint64_t)p.at);
	p.head = buf_bytes(&head);
	if ((rc = store_write(e)) == RC_OK)
		rc = store_failed(
		    st.store->ops->paper_put(st.store, &p, report, e));
	buf_free(&head);
	return rc;
}

/* One that is known is answered again, and changes nothing; of an older life
 * than is known of the station, or made before the one that is known, none
 * counts: it is being replayed. */
static enum rc
weigh(const struct line *l, const struct last_word *r, struct bytes report,
    bool *known, struct err *e)
{
	struct last_word was;
	struct buf bytes;
	struct life k;
	int64_t came;
	enum rc rc;

	*known = false;
	if ((rc = lives_get(&k, NULL, &l->uid, e)) != RC_OK)
		return rc;
	if (r->incarnation != 0 && r->incarnation < k.incarnation)
		return fail(e, RC_EXPIRED,
		    "docs/emergency.md 3.4: a last word of an older life "
		    "than is known of %s",
		    l->station);
	rc = last_get(&was, &bytes, &came, &l->uid, e);
	if (rc == RC_ABSENT)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	*known = bytes_eq(buf_bytes(&bytes), report);
	rc = *known || r->at > was.at
		 ? RC_OK
		 : fail(e, RC_EXPIRED,
		       "docs/emergency.md 3.4: a last word of %s from "
		       "before the one that is known",
		       l->station);
	buf_free(&bytes);
	return rc;
}

static void
answer_later(const struct line *l, struct bytes report)
{
	if (answer_count == ANSWERS_MAX)
		return;
	answers[answer_count].conn = l->conn;
	sha256(answers[answer_count++].sum, report);
}

/* A child's: its own alone, over its own line. */
static enum rc
take(struct line *l, struct bytes report, struct err *e)
{
	struct last_word r;
	bool own_clock, known = false;
	enum rc rc;

	if ((rc = last_read(&r, report, e)) != RC_OK)
		return rc;
	if (l->parent || !bytes_is(r.station, l->station))
		return fail(e, RC_DENIED,
		    "docs/emergency.md 3.3: a last word of %.*s, told by %s",
		    (int)r.station.len, (const char *)r.station.p, l->station);
	rc = last_counts(
	    st.file.directory, &r, l->unit, station_judges(&own_clock), e);
	if (rc == RC_OK)
		rc = weigh(l, &r, report, &known, e);
	if (rc == RC_OK && !known && (rc = keep(l, report, e)) == RC_OK) {
		alarm_raise(STORE_ALARM_DESTROYED, r.station, 0, "");
		say_last(LOG_WARN, "station.lost", r.station, NULL);
	}
	if (rc == RC_OK)
		answer_later(l, report);
	return rc;
}

void
last_came(struct line *l, struct bytes message)
{
	struct bytes rest;
	struct err e;

	if (process_ms() - l->last_ms < AGAIN_AFTER && l->last_ms != 0)
		return;
	l->last_ms = process_ms();
	rest = bytes_of(message.p + 1, message.len - 1);
	if (message.p[0] == HEARD)
		heard(l, rest);
	else if (message.p[0] == REPORT && take(l, rest, &e) != RC_OK)
		line_event(LOG_WARN, "last.refused", l, &e);
}

void
last_settled(bool kept)
{
	struct line *l;
	size_t i;

	for (i = 0; i < answer_count; i++)
		if (kept && (l = line_of(answers[i].conn)) != NULL)
			tell_line(
			    l, HEARD, bytes_of(answers[i].sum, SHA256_SIZE));
	answer_count = 0;
}

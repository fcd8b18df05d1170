/* SPDX-License-Identifier: EUPL-1.2 */
/* Last words: our own goes to the station above, those below give us theirs
 * (docs/emergency.md 3). */
#include <string.h>

#include "pki/resolve.h"
#include "proc_store/lives.h"
#include "proc_store/lost.h"

#define REPORT 0 /* what stands before a message: docs/link.md 18.7 */
#define HEARD 1
#define OWN_AGE 600	/* seconds: who makes our own tells it at once */
#define AHEAD 600	/* seconds; by a clock that is further ahead no order */
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

/* A restored station has another life than the word that was said. */
static enum rc
check_own(const struct last_word *r, struct err *e)
{
	bool own_clock;
	enum rc rc;

	rc = last_counts(
	    st.file.directory, r, st.unit, station_judges(&own_clock), e);
	if (rc == RC_OK && r->incarnation != 0 &&
	    r->incarnation != st.incarnation)
		rc = fail(e, RC_EXPIRED,
		    "docs/emergency.md 3.4: a last word of another life of "
		    "this station");
	if (rc == RC_OK && (process_now() - r->at > OWN_AGE ||
			       r->at - process_now() > OWN_AGE))
		rc = fail(e, RC_EXPIRED,
		    "docs/emergency.md 3.4: a last word that was not made just "
		    "now");
	return rc;
}

static enum rc
say_own(uint64_t job, struct bytes word, struct err *e)
{
	const struct msg_statement forget = { word };
	struct line *l = tell_up();

	say_last(LOG_WARN, "station.destroyed", bytes_str(st.address), NULL);
	(void)tell(PROC_KEYS, MSG_FORGET, 0, &forget, -1);
	if (l == NULL)
		return fail(
		    e, RC_ABSENT, "there is no line to the station above");
	own.waits = true;
	own.job = job;
	sha256(own.sum, word);
	tell_line(l, REPORT, word);
	return RC_OK;
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
keep(const struct id *unit, struct bytes report, struct err *e)
{
	struct paper p = { .kind = PAPER_LAST,
		.key = bytes_of(unit->b, ID_SIZE),
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

/* The life that a word says it is of; 0: none that can be. */
static uint64_t
life_of(const struct last_word *r, const struct life *k)
{
	return life_too_far(r->incarnation, k->incarnation) ? 0
							    : r->incarnation;
}

/* docs/emergency.md 3.4: by lives, then by dates; a date that was still to come
 * keeps none out that has come. */
static bool
is_later(const struct last_word *r, const struct last_word *was, int64_t came,
    const struct life *k)
{
	const uint64_t life = life_of(r, k), before = life_of(was, k);
	const bool ahead = r->at > station_now() + AHEAD,
		   was_ahead = was->at > came + AHEAD;

	if (life != 0 && before != 0 && life != before)
		return life > before;
	return ahead == was_ahead ? r->at > was->at : was_ahead;
}

/* One that is known is answered again, and changes nothing; of an older life
 * than is known of the station, or made before the one that is known, none
 * counts: it is being replayed. */
static enum rc
weigh(const struct id *unit, const struct last_word *r, struct bytes report,
    bool *known, struct err *e)
{
	struct last_word was;
	struct buf bytes;
	struct life k;
	int64_t came;
	enum rc rc;

	*known = false;
	if ((rc = lives_get(&k, NULL, unit, e)) != RC_OK)
		return rc;
	if (r->incarnation != 0 && r->incarnation < k.incarnation)
		return fail(e, RC_EXPIRED,
		    "docs/emergency.md 3.4: a last word of an older life "
		    "than is known of %.*s",
		    (int)r->station.len, (const char *)r->station.p);
	rc = last_get(&was, &bytes, &came, unit, e);
	if (rc == RC_ABSENT)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	*known = bytes_eq(buf_bytes(&bytes), report);
	rc = *known || is_later(r, &was, came, &k)
		 ? RC_OK
		 : fail(e, RC_EXPIRED,
		       "docs/emergency.md 3.4: a last word of %.*s from "
		       "before the one that is known",
		       (int)r->station.len, (const char *)r->station.p);
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

/* It is of the station of that unit, by a key of that in force. */
static enum rc
take(size_t unit, struct bytes report, struct err *e)
{
	const struct id uid = st.file.directory->state.units[unit].uid;
	char address[LIMIT_ADDRESS + 1];
	struct last_word r;
	bool own_clock, known = false;
	enum rc rc;

	if ((rc = last_read(&r, report, e)) != RC_OK ||
	    (rc = last_counts(st.file.directory, &r, unit,
		 station_judges(&own_clock), e)) != RC_OK ||
	    (rc = weigh(&uid, &r, report, &known, e)) != RC_OK || known ||
	    (rc = keep(&uid, report, e)) != RC_OK)
		return rc;
	if (!address_of(st.file.directory, unit, NONE, station_now(), address))
		memcpy(address, r.station.p, r.station.len),
		    address[r.station.len] = '\0';
	alarm_raise(STORE_ALARM_DESTROYED, bytes_str(address), 0, "");
	say_last(LOG_WARN, "station.lost", bytes_str(address), NULL);
	return RC_OK;
}

/* One that somebody carried here, of another station. */
static enum rc
take_carried(struct bytes report, struct err *e)
{
	struct last_word r;
	struct resolved who;
	enum rc rc;

	if ((rc = last_read(&r, report, e)) != RC_OK ||
	    (rc = resolve(st.file.directory, r.station, station_now(), &who,
		 e)) != RC_OK)
		return rc;
	return take(who.unit, report, e);
}

void
last_give(uint64_t job, const struct msg_enrol_piece *m)
{
	struct last_word r;
	struct err e;
	enum rc rc;

	rc = last_read(&r, m->bytes, &e);
	if (rc == RC_OK && !st.named)
		rc = fail(&e, RC_ABSENT, "the station is not ready yet");
	if (rc == RC_OK && m->at == 0) {
		if ((rc = check_own(&r, &e)) == RC_OK &&
		    (rc = say_own(job, m->bytes, &e)) == RC_OK)
			return; /* it is answered when the parent has */
	} else if (rc == RC_OK && (rc = take_carried(m->bytes, &e)) == RC_OK) {
		after_done(PROC_CONTROL, job, &m->id);
		return;
	}
	say_done(PROC_CONTROL, job, &e, &m->id);
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
	if (message.p[0] != REPORT || l->parent)
		return;
	if (take(l->unit, rest, &e) == RC_OK)
		answer_later(l, rest);
	else
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

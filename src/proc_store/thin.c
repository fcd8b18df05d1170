/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose the secrets of thin lines are (docs/link.md 19): one a neighbour, by
 * its unit.  What they are, keys knows; here lie its records and the names of
 * their next days, so that a name that comes is found.
 *
 * A paper: key the unit's uid; head u8 version | own tag | its tag | u64 day |
 * u64 since | u8 used | u8 parent; body u16 length | record | names.
 */
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "core/vec.h"
#include "pki/resolve.h"
#include "proc_store/lives.h"
#include "proc_store/thin.h"

#define VERSION 1
#define NAMES (1 + MSG_THIN_AHEAD)
#define NAMES_SIZE (NAMES * MSG_THIN_IDENTITY)
#define JOBS 256u /* that keys is asked at once */
#define AGAIN_AFTER                                                            \
	INT64_C(1000) /* ms: after the round in which it was kept              \
		       */

struct thin {
	struct id unit;
	struct tag own, peer; /* station keys that it is bound to */
	uint64_t day;
	int64_t since; /* when that day began: at the child */
	bool used;     /* a line was up by that day's */
	bool parent;   /* it is the line to our parent */
	uint8_t names[NAMES][MSG_THIN_IDENTITY];
	struct buf record;
};

enum task { TASK_NEW, TASK_DIAL, TASK_ANSWER, TASK_STEP };
struct job {
	uint64_t job, conn, steps;
	enum task task;
	struct thin thin; /* TASK_NEW: what it is to be; else its unit */
};

static struct thin *thins; /* owned */
static size_t thin_count;
static bool loaded;
static struct job jobs[JOBS];
static size_t job_count;

/* ---- on disk
 * ------------------------------------------------------------------------ */

static enum rc
keep(const struct thin *t, struct err *e)
{
	struct paper p = { .kind = PAPER_THIN,
		.key = bytes_of(t->unit.b, ID_SIZE),
		.at = station_now() };
	struct buf head = { 0 }, body = { 0 };
	enum rc rc;

	buf_u8(&head, VERSION);
	buf_add(&head, tag_bytes(&t->own));
	buf_add(&head, tag_bytes(&t->peer));
	buf_u64(&head, t->day);
	buf_u64(&head, (uint64_t)t->since);
	buf_u8(&head, t->used);
	buf_u8(&head, t->parent);
	p.head = buf_bytes(&head);
	buf_add(&body, bytes_of(t->names, NAMES_SIZE));
	buf_add(&body, buf_bytes(&t->record));
	if ((rc = store_write(e)) == RC_OK)
		rc = store_failed(st.store->ops->paper_put(
		    st.store, &p, buf_bytes(&body), e));
	buf_free(&head);
	buf_free(&body);
	return rc;
}

static void
forget(size_t i)
{
	struct err e;

	if (store_write(&e) == RC_OK)
		(void)store_failed(st.store->ops->paper_drop(st.store,
		    PAPER_THIN, bytes_of(thins[i].unit.b, ID_SIZE), &e));
	buf_free(&thins[i].record);
	thins[i] = thins[--thin_count];
}

static bool
read_one(struct thin *t, struct bytes head, struct bytes body)
{
	struct rd r = rd_init(head);
	struct bytes own, peer, names;
	uint8_t version = rd_u8(&r);

	own = rd_bytes(&r, TAG_SIZE);
	peer = rd_bytes(&r, TAG_SIZE);
	t->day = rd_u64(&r);
	t->since = (int64_t)rd_u64(&r);
	t->used = rd_u8(&r) != 0;
	t->parent = rd_u8(&r) != 0;
	if (!rd_end(&r) || version != VERSION)
		return false;
	memcpy(t->own.b, own.p, TAG_SIZE);
	memcpy(t->peer.b, peer.p, TAG_SIZE);
	r = rd_init(body);
	names = rd_bytes(&r, NAMES_SIZE);
	if (r.bad)
		return false;
	memcpy(t->names, names.p, NAMES_SIZE);
	buf_add(&t->record, rd_rest(&r));
	return true;
}

static bool
gather(void *ctx, const struct paper *p)
{
	(void)ctx;
	if (p->key.len != ID_SIZE)
		return true;
	thins = vec_more(thins, thin_count, sizeof(*thins));
	thins[thin_count] = (struct thin){ 0 };
	memcpy(thins[thin_count++].unit.b, p->key.p, ID_SIZE);
	return true;
}

static void
load(void)
{
	struct buf head, body;
	struct err e;
	size_t i;

	if (loaded)
		return;
	loaded = st.store->ops->paper_each(
		     st.store, PAPER_THIN, gather, NULL, &e) == RC_OK;
	for (i = thin_count; i-- > 0;) {
		bool whole = st.store->ops->paper_get(st.store, PAPER_THIN,
				 bytes_of(thins[i].unit.b, ID_SIZE), &head,
				 &body, &e) == RC_OK;

		if (whole) {
			whole = read_one(
			    &thins[i], buf_bytes(&head), buf_bytes(&body));
			buf_free(&head);
			buf_free(&body);
		}
		if (!whole)
			forget(i);
	}
}

/* ---- finding
 * ------------------------------------------------------------------------ */

static struct thin *
of_unit(const struct id *unit)
{
	size_t i;

	load();
	for (i = 0; i < thin_count; i++)
		if (id_eq(&thins[i].unit, unit))
			return &thins[i];
	return NULL;
}

/* By a name that came; *ahead: days after the one that is known. */
static struct thin *
of_name(const uint8_t name[static MSG_THIN_IDENTITY], uint64_t *ahead)
{
	size_t i, k;

	load();
	for (i = 0; i < thin_count; i++)
		for (k = 0; k < NAMES; k++)
			if (memcmp(thins[i].names[k], name,
				MSG_THIN_IDENTITY) == 0) {
				*ahead = k;
				return &thins[i];
			}
	return NULL;
}

static void
bound_of(uint8_t out[static SHA256_SIZE], const struct thin *t)
{
	struct buf all = { 0 };

	buf_add(&all, bytes_of(t->unit.b, ID_SIZE));
	buf_add(&all, tag_bytes(&t->own));
	buf_add(&all, tag_bytes(&t->peer));
	sha256(out, buf_bytes(&all));
	buf_free(&all);
}

/* Its station's certificate with that key is in force. */
static bool
is_in_force(size_t unit, const struct tag *key)
{
	struct directory *d = st.file.directory;
	bool own;
	const int64_t now = station_judges(&own);
	size_t i;

	for (i = station_cert(d, unit, NONE, now); i != NONE;
	     i = station_cert(d, unit, i, now))
		if (memcmp(&d->state.certs[i].cert.tag, key, sizeof(*key)) == 0)
			return true;
	return false;
}

/* docs/link.md 19.6: its unit is there and where it was, and both keys that it
 * is bound to are theirs yet. */
static enum rc
check(const struct thin *t, size_t *unit, struct err *e)
{
	struct directory *d = st.file.directory;
	const struct tag own = renew_present();
	bool judged;
	const int64_t now = station_judges(&judged);

	*unit = unit_by_uid(&d->state, &t->unit);
	if (*unit == NONE || !unit_open(&d->state.units[*unit], now))
		return fail(e, RC_DENIED,
		    "docs/link.md 19.6: the unit of this secret has ended");
	if (memcmp(&own, &t->own, sizeof(own)) != 0)
		return fail(e, RC_DENIED,
		    "docs/link.md 19.6: this station's key was renewed");
	if (!is_in_force(*unit, &t->peer))
		return fail(e, RC_DENIED,
		    "docs/link.md 19.6: the certificate that this secret is "
		    "bound to is not in force any more");
	if (t->parent ? station_above(d, st.unit, now) != *unit
		      : station_above(d, *unit, now) != st.unit)
		return fail(e, RC_DENIED,
		    "docs/link.md 19.6: the station hangs elsewhere now");
	return RC_OK;
}

static void
log_thin(enum log_level level, const char *event, const struct thin *t,
    const struct err *e)
{
	struct log_line l = log_line(level, event);
	char name[LIMIT_ADDRESS + 1] = "";
	const size_t unit = unit_by_uid(&st.file.directory->state, &t->unit);

	if (unit != NONE)
		(void)address_of(
		    st.file.directory, unit, NONE, station_now(), name);
	log_str(&l, "station", bytes_str(name));
	log_uint(&l, "day", t->day);
	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

/* One that is not good any more goes. */
static enum rc
check_or_forget(struct thin *t, size_t *unit, struct err *e)
{
	if (check(t, unit, e) == RC_OK)
		return RC_OK;
	log_thin(LOG_INFO, "thin.ended", t, e);
	forget((size_t)(t - thins));
	return RC_DENIED;
}

/* ---- keys is asked
 * ------------------------------------------------------------------ */

static bool
ask_keys(enum task task, const struct thin *t, uint64_t conn, uint64_t steps,
    const uint8_t *secret)
{
	struct job *j = &jobs[job_count];
	struct msg_thin m = { .record = buf_bytes(&t->record), .steps = steps };
	bool told;

	if (job_count == JOBS)
		return false;
	*j = (struct job){ next_job(), conn, steps, task, *t };
	j->thin.record = (struct buf){ 0 };
	if (secret != NULL)
		memcpy(m.secret, secret, sizeof(m.secret));
	bound_of(m.bound, t);
	told = tell(PROC_KEYS, MSG_THIN, j->job, &m, -1);
	wipe(&m, sizeof(m));
	job_count += told;
	return told;
}

static void
none(uint64_t conn)
{
	const struct msg_thin_is m = { .conn = conn, .rc = RC_ABSENT };

	(void)tell(PROC_LINK, MSG_THIN_IS, 0, &m, -1);
}

/* The parent's; its next day's, where the last was used and is over. */
static bool
ask_dial(void)
{
	struct directory *d = st.file.directory;
	struct thin *t;
	size_t unit;
	struct err e;
	int64_t past;

	if (!st.named ||
	    (unit = station_above(d, st.unit, station_now())) == NONE ||
	    (t = of_unit(&d->state.units[unit].uid)) == NULL || !t->parent ||
	    check_or_forget(t, &unit, &e) != RC_OK)
		return false;
	/* that it began in days to come says that a clock was wrong then */
	past = station_now() - t->since;
	return ask_keys(TASK_DIAL, t, 0,
	    t->used && (past >= TIME_DAY || past <= -TIME_DAY), NULL);
}

static bool
ask_answer(const struct msg_thin_ask *m)
{
	uint64_t ahead = 0;
	struct thin *t;
	struct err e;
	size_t unit;

	t = st.named ? of_name(m->identity, &ahead) : NULL;
	return t != NULL && !t->parent &&
	       check_or_forget(t, &unit, &e) == RC_OK &&
	       ask_keys(TASK_ANSWER, t, m->conn, ahead, NULL);
}

void
thin_ask(const struct msg_thin_ask *m)
{
	if (trouble_is() || !(m->conn == 0 ? ask_dial() : ask_answer(m)))
		none(m->conn);
}

void
thin_secret(const struct msg_thin_secret *m)
{
	const struct line *l = line_of(m->conn);
	struct thin t = { .since = station_now() };

	if (l == NULL || trouble_is())
		return;
	t.unit = l->uid;
	t.own = renew_present();
	t.peer = l->key;
	t.parent = l->parent;
	(void)ask_keys(TASK_NEW, &t, m->conn, 0, m->secret);
}

/* ---- what it answers
 * ---------------------------------------------------------------- */

static void
take(struct thin *t, const struct msg_thinned *m)
{
	if (m->names.len != NAMES_SIZE)
		bug("keys names no thin line's days");
	buf_free(&t->record);
	buf_add(&t->record, m->record);
	memcpy(t->names, m->names.p, NAMES_SIZE);
}

/* In the place of one that was there.  The child dials again by it: after this
 * round, for then it is kept. */
static void
is_new(const struct job *j, const struct msg_thinned *m)
{
	struct line *l = line_of(j->conn);
	struct thin t = j->thin, *old;
	struct err e;

	if (l == NULL || !id_eq(&l->uid, &t.unit))
		return;
	t.record = (struct buf){ 0 };
	take(&t, m);
	if (keep(&t, &e) != RC_OK) {
		buf_free(&t.record);
		return;
	}
	if ((old = of_unit(&t.unit)) != NULL) {
		buf_free(&old->record);
	} else {
		thins = vec_more(thins, thin_count, sizeof(*thins));
		old = &thins[thin_count++];
	}
	*old = t;
	log_thin(LOG_INFO, "thin.secret", old, NULL);
	if (t.parent)
		l->redial = process_ms() + AGAIN_AFTER;
}

/* A day later, on disk. */
static enum rc
stepped(
    struct thin *t, uint64_t steps, const struct msg_thinned *m, struct err *e)
{
	take(t, m);
	t->day += steps;
	t->since = station_now();
	t->used = false;
	return keep(t, e);
}

static void
answer(const struct job *j, const struct msg_thinned *m)
{
	struct msg_thin_is is = { .conn = j->conn, .rc = RC_OK };

	memcpy(is.identity, m->names.p, sizeof(is.identity));
	memcpy(is.key, m->key, sizeof(is.key));
	if (j->task == TASK_DIAL)
		life_claim(&is.life);
	(void)tell(PROC_LINK, MSG_THIN_IS, 0, &is, -1);
	wipe(&is, sizeof(is));
}

void
thin_keyed(uint64_t of, const struct msg_thinned *m)
{
	struct job j = { 0 };
	struct thin *t;
	struct err e;
	enum rc rc = (enum rc)m->rc;
	size_t i;

	for (i = 0; i < job_count && jobs[i].job != of; i++)
		;
	if (i == job_count)
		return;
	j = jobs[i];
	jobs[i] = jobs[--job_count];
	t = of_unit(&j.thin.unit);
	if (j.task == TASK_NEW) {
		if (rc == RC_OK)
			is_new(&j, m);
		return;
	}
	/* another day's by now, or another */
	if (t == NULL || t->day != j.thin.day ||
	    memcmp(t->names, j.thin.names, NAMES_SIZE) != 0)
		rc = RC_ABSENT;
	else if (rc != RC_OK)
		forget((size_t)(t - thins));
	else if (j.steps > 0 && j.task != TASK_ANSWER)
		rc = stepped(t, j.steps, m, &e);
	if (j.task == TASK_STEP)
		return;
	if (rc == RC_OK)
		answer(&j, m);
	else
		none(j.conn);
}

void
thin_keys_gone(void)
{
	while (job_count > 0)
		if (jobs[--job_count].task == TASK_DIAL ||
		    jobs[job_count].task == TASK_ANSWER)
			none(jobs[job_count].conn);
}

/* ---- who came by it
 * ----------------------------------------------------------------- */

enum rc
thin_whose(
    size_t *unit, struct tag *key, const struct msg_hello *h, struct err *e)
{
	uint64_t ahead;
	struct thin *t = of_name(h->identity, &ahead);

	if (t == NULL || t->parent != (h->dialled != 0) ||
	    (t->parent && ahead != 0))
		return fail(e, RC_ABSENT,
		    "docs/link.md 19.5: nobody's secret, or of another day");
	*key = t->peer;
	return check_or_forget(t, unit, e);
}

void
thin_admitted(const struct msg_hello *h)
{
	uint64_t ahead;
	struct thin *t = of_name(h->identity, &ahead);
	struct err e;

	if (t == NULL)
		return;
	if (ahead > 0) {
		(void)ask_keys(TASK_STEP, t, 0, ahead, NULL);
	} else if (!t->used) {
		t->used = true;
		(void)keep(t, &e);
	}
}

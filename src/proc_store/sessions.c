/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is signed in (docs/registry.md 6.3 to 6.6). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "proc_store/people.h"

#define USED_EVERY INT64_C(5000) /* ms: keys is not told each time */

/* What keys is answered after the round, and what is then so. */
struct after {
	uint64_t job, uid;
	enum session_did what;
	char person[LIMIT_ADDRESS + 1];
};

static struct in *ins;	     /* owned */
static struct after *afters; /* owned */
static size_t in_count, after_count;

static struct in *
in_by(struct bytes person)
{
	size_t i;

	for (i = 0; i < in_count; i++)
		if (bytes_is(person, ins[i].person))
			return &ins[i];
	return NULL;
}

const struct in *
session_in(struct bytes person)
{
	return in_by(person);
}

static void
is_in(struct bytes person, uint64_t uid)
{
	struct in *i = in_by(person);

	if (i == NULL) {
		ins = vec_more(ins, in_count, sizeof(*ins));
		i = &ins[in_count++];
	}
	*i = (struct in){ .uid = uid, .since = station_now() };
	text_set(i->person, person);
}

/* docs/journal.md 3, kind 33; where the disk refuses there is none. */
static void
note(enum session_did what, uint64_t uid, struct bytes person)
{
	const struct entry_data d = {
		.code = what, .number = uid, .text = person
	};
	struct err e;

	if (store_write(&e) == RC_OK)
		journal_add(ENTRY_USER, &d, 0);
}

/* What is to be on disk before it is so. */
static enum rc
keep(const struct msg_session *m, struct err *e)
{
	struct session who;
	struct codes codes = { 0 };
	enum rc rc = person_of(&who, m->person, e);

	if (rc == RC_OK)
		rc = codes_get(&codes, who.holder, e);
	if (rc != RC_OK)
		return rc;
	if (m->what == SESSION_IN && m->used <= codes.used) {
		rc = fail(e, RC_DENIED,
		    "docs/registry.md 6.2: this code was used already; wait "
		    "for the next");
		goto out;
	}
	if (m->record.len > 0) {
		buf_free(&codes.record);
		buf_add(&codes.record, m->record);
	}
	codes.used = m->what == SESSION_IN ? m->used : 0;
	if (m->what != SESSION_IN)
		codes.made = station_now();
	rc = codes_put(&codes, e);
out:
	buf_free(&codes.record);
	return rc;
}

static void
later(uint64_t job, const struct msg_session *m)
{
	struct after *a;

	afters = vec_more(afters, after_count, sizeof(*afters));
	a = &afters[after_count++];
	*a = (struct after){
		.job = job, .uid = m->uid, .what = (enum session_did)m->what
	};
	text_set(a->person, m->person);
}

static void
outcome(uint64_t job, enum rc rc, const struct err *e)
{
	const struct msg_outcome m = { .rc = rc,
		.why = rc == RC_OK ? (struct bytes){ 0 } : bytes_str(e->text) };

	(void)tell(PROC_KEYS, MSG_SESSION_IS, job, &m, -1);
}

/* It has happened: nothing is asked. */
static void
happened(const struct msg_session *m)
{
	struct in *i = in_by(m->person);

	if (m->what == SESSION_THERE) {
		is_in(m->person, m->uid);
	} else if (m->what == SESSION_LOCKED) {
		note(SESSION_LOCKED, m->uid, m->person);
	} else if (i != NULL) {
		note((enum session_did)m->what, i->uid, m->person);
		*i = ins[--in_count];
	}
}

void
people_session(uint64_t job, const struct msg_session *m)
{
	struct err e;
	enum rc rc;

	if (m->what != SESSION_IN && m->what != SESSION_CODES &&
	    m->what != SESSION_CODES_BY) {
		happened(m);
		if (job != 0) /* keys waits until it is known here */
			outcome(job, RC_OK, &e);
		return;
	}
	rc = keep(m, &e);
	if (rc != RC_OK) {
		outcome(job, rc, &e);
		return;
	}
	note((enum session_did)m->what, m->uid, m->person);
	if (m->what == SESSION_CODES_BY) /* and by whom */
		note(SESSION_THERE, m->uid, m->by);
	later(job, m);
}

void
people_settled(bool kept, const struct err *e)
{
	const struct after *a;
	size_t i;

	for (i = 0; i < after_count; i++) {
		a = &afters[i];
		if (kept && a->what == SESSION_IN)
			is_in(bytes_str(a->person), a->uid);
		outcome(a->job, kept ? RC_OK : RC_IO, e);
	}
	free(afters);
	afters = NULL;
	after_count = 0;
}

void
people_keys_gone(void)
{
	size_t i;

	for (i = 0; i < in_count; i++) /* with its memory all are out */
		note(SESSION_OUT, ins[i].uid, bytes_str(ins[i].person));
	in_count = 0;
	people_forget();
	free(afters); /* what is kept for them stays; nobody hears of it */
	afters = NULL;
	after_count = 0;
	people_steps_gone();
}

/* ---- for who asks as a person
 * ------------------------------------------------------------ */

static void
use(struct in *i)
{
	const int64_t ms = process_ms();
	const struct msg_desk m = { i->uid, bytes_str(i->person) };

	if (i->told != 0 && ms - i->told < USED_EVERY)
		return;
	i->told = ms;
	(void)tell(PROC_KEYS, MSG_SESSION_USED, 0, &m, -1);
}

static enum rc
session_by(struct session *out, struct in *i, struct err *e)
{
	enum rc rc = person_of(out, bytes_str(i->person), e);

	out->uid = i->uid;
	out->since = i->since;
	return rc;
}

/* He is meant by "as". */
static bool
is_called(const struct in *i, struct bytes as)
{
	struct session s;
	struct err e;

	return as.len == 0 || bytes_is(as, i->person) ||
	       (person_of(&s, bytes_str(i->person), &e) == RC_OK &&
		   bytes_is(as, s.address));
}

enum rc
session_of(struct session *out, uint64_t uid, struct bytes as, struct err *e)
{
	struct in *found = NULL;
	size_t i, n = 0;
	enum rc rc;

	*out = (struct session){ .holder = NONE, .cert = NONE };
	for (i = 0; i < in_count; i++)
		if (ins[i].uid == uid && is_called(&ins[i], as)) {
			found = &ins[i];
			n++;
		}
	if (n == 0 && as.len == 0)
		return fail(
		    e, RC_DENIED, "nobody is signed in: antin user sign-in");
	if (n == 0)
		return fail(e, RC_DENIED,
		    "%.*s is not signed in: antin user sign-in", (int)as.len,
		    (const char *)as.p);
	if (n > 1)
		return fail(e, RC_USAGE,
		    "%zu people are signed in; say who it is: --as ADDRESS", n);
	if ((rc = session_by(out, found, e)) == RC_OK)
		use(found);
	return rc;
}

void
session_each(
    uint64_t uid, void (*each)(void *ctx, const struct session *s), void *ctx)
{
	struct session s;
	struct err e;
	size_t i;

	for (i = 0; i < in_count; i++)
		if (ins[i].uid == uid && session_by(&s, &ins[i], &e) == RC_OK)
			each(ctx, &s);
}

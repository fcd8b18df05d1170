/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/people_asked.h"

#include "daemon/process.h"
#include "proc_keys/people_sign_in.h"
#include "proc_keys/people_step.h"

/* ---- key files
 * ------------------------------------------------------------ */

enum rc
users_given(const struct card **out, struct bytes name, struct bytes file,
    struct err *e)
{
	struct person *p;
	enum rc rc = people_add(&p, &people, name, file, e);

	*out = rc == RC_OK ? &p->card : NULL;
	/* where his file is another now, he is out */
	if (rc == RC_OK && p->until == 0)
		(void)session_changed(
		    0, SESSION_OUT, address_of_person(p), 0, NULL);
	return rc;
}

const struct card *
users_each(size_t i)
{
	return i < people.count ? &people.list[i]->card : NULL;
}

/* ---- asking
 * ------------------------------------------------------------ */

/* What is wrong before anything is reckoned; that costs no try. */
static enum rc
check(const struct msg_user *m, uint64_t *wait, struct err *e)
{
	const struct person *p = people_find(&people, m->person), *by;
	const int64_t now = process_ms();

	*wait = 0;
	if (p == NULL)
		return person_unknown(m->person, e);
	*wait = tries_wait(&p->tries, m->uid, now);
	if (*wait > 0)
		return fail(e, RC_DENIED,
		    "too many wrong tries: wait %llu seconds before the next",
		    (unsigned long long)*wait);
	if (m->passphrase.len == 0)
		return fail(e, RC_INVALID, "the passphrase is wanted");
	if (m->what == USER_SIGN_IN && m->code.len == 0)
		return fail(
		    e, RC_INVALID, "the code is wanted that the phone shows");
	if (m->by.len > 0) {
		by = people_find(&people, m->by);
		if (by == NULL || by == p || person_left(by, m->uid, now) == 0)
			return fail(e, RC_DENIED,
			    "docs/registry.md 6.4: another person has to be "
			    "signed in here as administrator");
	}
	if (waiting_full())
		return fail(e, RC_LIMIT, "too many sign in at once; try again");
	return RC_OK;
}

static void
ask_store(uint64_t to, const struct msg_user *m)
{
	const struct msg_person ask = { .person = m->person, .by = m->by };
	struct waiting *w = waiting_new(to, m);
	struct err e;

	buf_add(&w->passphrase, m->passphrase);
	buf_add(&w->code, m->code);
	if (!tell(PROC_STORE, MSG_PERSON, w->job, &ask, -1) &&
	    started_anew(&e) != RC_OK)
		waiting_give_up(w, 0, &e);
}

/* One, or all of this user of the system. */
static void
sign_out(uint64_t to, const struct msg_user *m)
{
	const int64_t now = process_ms();
	struct waiting *w;
	struct person *p;
	size_t i;

	for (i = 0; i < people.count; i++) {
		p = people.list[i];
		if ((m->person.len == 0 ||
			bytes_eq(address_of_person(p), m->person)) &&
		    person_left(p, m->uid, now) > 0)
			person_out(p, SESSION_OUT);
	}
	if (waiting_full()) {
		user_answer(to, &(struct msg_user_is){ .rc = RC_OK });
		return;
	}
	/* said when the store knows it too: what he asks next is refused */
	w = waiting_new(to, m);
	if (!session_changed(
		w->job, SESSION_OUT, (struct bytes){ 0 }, m->uid, NULL))
		waiting_signed_out(w);
}

static void
user(uint64_t to, const struct msg_user *m)
{
	uint64_t wait;
	struct err e;

	if (m->what == USER_SIGN_OUT)
		sign_out(to, m);
	else if (check(m, &wait, &e) != RC_OK)
		user_refuse(to, wait, &e);
	else
		ask_store(to, m);
}

/* ---- the process
 * ------------------------------------------------------------ */

enum rc
users_begin(const struct identity *station, struct err *e)
{
	return sign_in_begin(station, e);
}

static void
expired(const struct person *p)
{
	user_log(
	    LOG_INFO, "user.signed_out", address_of_person(p), p->uid, NULL);
	(void)session_changed(
	    0, SESSION_EXPIRED, address_of_person(p), p->uid, NULL);
}

void
users_tick(void)
{
	people_expire(&people, process_ms(), expired);
}

void
users_web_ended(uint64_t user)
{
	struct person *p;
	size_t i;

	for (i = 0; i < people.count; i++) {
		p = people.list[i];
		if (p->until != 0 &&
		    (user == 0 ? p->uid >= MSG_USER_WEB : p->uid == user))
			person_out(p, SESSION_OUT);
	}
}

void
users_stop(void)
{
	waiting_stop();
	sign_in_stop();
	people_free(&people);
}

static void
used(const struct msg_desk *m)
{
	struct person *p = people_find(&people, m->desk);

	if (p != NULL)
		(void)person_use(p, m->uid, process_ms());
}

void
users_message(const struct message *m)
{
	struct waiting *w = waiting_for(m->job);

	if (m->kind == MSG_USER)
		user(m->job, &m->body.user);
	else if (m->kind == MSG_SESSION_USED)
		used(&m->body.desk);
	else if (m->kind == MSG_STEP_SIGN)
		step_asked(m->job, &m->body.step_sign);
	else if (m->kind == MSG_PERSON_IS && w != NULL)
		sign_in_heard(w, &m->body.person_is);
	else if (m->kind == MSG_SESSION_IS && w != NULL)
		sign_in_kept(w, &m->body.outcome);
}

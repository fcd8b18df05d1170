/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/people_wait.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/process.h"
#include "proc_keys/people_asked.h"

struct people people;
static struct waiting *waiting[WAITING_MAX]; /* owned */
static size_t waiting_count;

/* ---- what is said
 * ------------------------------------------------------------ */

void
user_log(enum log_level level, const char *event, struct bytes person,
    uint64_t uid, const struct err *e)
{
	struct log_line l = log_line(level, event);

	log_str(&l, "person", person);
	log_uint(&l, "uid", uid);
	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

void
user_answer(uint64_t to, const struct msg_user_is *m)
{
	(void)tell(PROC_CONTROL, MSG_USER_IS, to, m, -1);
}

void
user_refuse(uint64_t to, uint64_t wait, const struct err *e)
{
	user_answer(
	    to, &(struct msg_user_is){
		    .rc = e->rc, .why = bytes_str(e->text), .wait = wait });
}

bool
session_changed(uint64_t job, enum session_did what, struct bytes person,
    uint64_t uid, struct msg_session *more)
{
	struct msg_session m = more != NULL ? *more : (struct msg_session){ 0 };

	m.what = what;
	m.uid = uid;
	m.person = person;
	return tell(PROC_STORE, MSG_SESSION, job, &m, -1);
}

struct bytes
address_of_person(const struct person *p)
{
	return p->card.sign.address;
}

void
person_out(struct person *p, enum session_did why)
{
	user_log(
	    LOG_INFO, "user.signed_out", address_of_person(p), p->uid, NULL);
	(void)session_changed(0, why, address_of_person(p), p->uid, NULL);
	person_leave(p);
}

/* ---- who waits
 * ------------------------------------------------------------ */

struct waiting *
waiting_new(uint64_t to, const struct msg_user *m)
{
	struct waiting *w = alloc(1, sizeof(*w));

	*w = (struct waiting){ .job = next_job(),
		.to = to,
		.uid = m->uid,
		.what = (enum user_do)m->what };
	if (m->person.len > 0)
		memcpy(w->person, m->person.p, m->person.len);
	if (m->by.len > 0)
		memcpy(w->by, m->by.p, m->by.len);
	waiting[waiting_count++] = w;
	return w;
}

void
waiting_drop(struct waiting *w)
{
	size_t i;

	for (i = 0; waiting[i] != w; i++)
		;
	waiting[i] = waiting[--waiting_count];
	buf_free(&w->passphrase);
	buf_free(&w->code);
	buf_free(&w->record);
	identity_free(&w->keys);
	wipe(w, sizeof(*w));
	free(w);
}

bool
waiting_full(void)
{
	return waiting_count == WAITING_MAX;
}

struct waiting *
waiting_for(uint64_t job)
{
	size_t i;

	for (i = 0; i < waiting_count; i++)
		if (waiting[i]->job == job)
			return waiting[i];
	return NULL;
}

struct waiting *
waiting_first(void)
{
	struct waiting *first = NULL;
	size_t i;

	for (i = 0; i < waiting_count; i++)
		if (waiting[i]->heard &&
		    (first == NULL || waiting[i]->job < first->job))
			first = waiting[i];
	return first;
}

/* ---- how it ends
 * ------------------------------------------------------------ */

void
waiting_give_up(struct waiting *w, uint64_t wait, const struct err *e)
{
	user_refuse(w->to, wait, e);
	if (w->what == USER_SIGN_IN)
		user_log(LOG_WARN, "user.sign_in_refused", bytes_str(w->person),
		    w->uid, e);
	else
		user_log(LOG_WARN, "user.codes_refused", bytes_str(w->person),
		    w->uid, e);
	waiting_drop(w);
}

void
waiting_signed_out(struct waiting *w)
{
	user_answer(w->to, &(struct msg_user_is){ .rc = RC_OK });
	waiting_drop(w);
}

enum rc
started_anew(struct err *e)
{
	return fail(
	    e, RC_IO, "a part of the station was started anew; try again");
}

enum rc
person_unknown(struct bytes person, struct err *e)
{
	return fail(e, RC_ABSENT, "this station has no key of \"%.*s\"",
	    (int)person.len, (const char *)person.p);
}

void
users_store(bool up)
{
	const struct person *p;
	struct err e;
	size_t i;

	while (waiting_count > 0)
		if (waiting[0]->what == USER_SIGN_OUT)
			waiting_signed_out(
			    waiting[0]); /* it has no sessions at all */
		else if (started_anew(&e) != RC_OK)
			waiting_give_up(waiting[0], 0, &e);
	for (i = 0; up && i < people.count; i++) {
		p = people.list[i];
		if (p->until != 0)
			(void)session_changed(0, SESSION_THERE,
			    address_of_person(p), p->uid, NULL);
	}
}

void
waiting_stop(void)
{
	while (waiting_count > 0)
		waiting_drop(waiting[0]);
}

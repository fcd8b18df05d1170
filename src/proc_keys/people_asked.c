/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * People sign in, get new codes, and sign (docs/registry.md 6.3 to 6.6).
 *
 * What is asked waits for the store twice: it says who the person is and which
 * code he used last; and what follows from an answer is on disk there before
 * anything is done here.
 */
#include <stdlib.h>
#include <string.h>

#include "proc_keys/kept.h"
#include "proc_keys/people.h"
#include "core/time.h"
#include "crypto/random.h"
#include "crypto/totp.h"
#include "daemon/process.h"
#include "registry/step.h"

_Static_assert(MSG_STEP >= STEP_MAX, "a step in a message");

#define LABEL "antin codes"
#define WAITING_MAX 64u /* that wait for the store at once */
#define MINUTE INT64_C(60000)

/* What somebody has asked, and what became of it so far. */
struct waiting {
	uint64_t job; /* that the store answers */
	uint64_t to;  /* control's */
	uint64_t uid;
	enum user_do what;
	char person[LIMIT_ADDRESS + 1], by[LIMIT_ADDRESS + 1];
	struct buf passphrase, code; /* until they are tried */
	struct identity keys;	     /* USER_SIGN_IN, from then on */
	int64_t lasts;
	uint8_t secret[TOTP_SECRET]; /* USER_CODES, from then on */
};

static struct people people;
static struct waiting *waiting[WAITING_MAX]; /* owned */
static size_t waiting_count;

/* ---- what is said
 * ---------------------------------------------------------------------- */

static void
log_user(enum log_level level, const char *event, struct bytes person,
    uint64_t uid, const struct err *e)
{
	struct log_line l = log_line(level, event);

	log_str(&l, "person", person);
	log_uint(&l, "uid", uid);
	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

static void
answer(uint64_t to, const struct msg_user_is *m)
{
	(void)tell(PROC_CONTROL, MSG_USER_IS, to, m, -1);
}

static void
refuse(uint64_t to, uint64_t wait, const struct err *e)
{
	answer(to, &(struct msg_user_is){
		       .rc = e->rc, .why = bytes_str(e->text), .wait = wait });
}

static bool
tell_session(uint64_t job, enum session_did what, struct bytes person,
    uint64_t uid, struct msg_session *more)
{
	struct msg_session m = more != NULL ? *more : (struct msg_session){ 0 };

	m.what = what;
	m.uid = uid;
	m.person = person;
	return tell(PROC_STORE, MSG_SESSION, job, &m, -1);
}

static struct bytes
address_of_person(const struct person *p)
{
	return p->card.sign.address;
}

static void
leave(struct person *p, enum session_did why)
{
	log_user(
	    LOG_INFO, "user.signed_out", address_of_person(p), p->uid, NULL);
	(void)tell_session(0, why, address_of_person(p), p->uid, NULL);
	person_leave(p);
}

static void
expired(const struct person *p)
{
	log_user(
	    LOG_INFO, "user.signed_out", address_of_person(p), p->uid, NULL);
	(void)tell_session(
	    0, SESSION_EXPIRED, address_of_person(p), p->uid, NULL);
}

/* ---- key files
 * ------------------------------------------------------------------------ */

enum rc
users_given(const struct card **out, struct bytes name, struct bytes file,
    struct err *e)
{
	struct person *p;
	enum rc rc = people_add(&p, &people, name, file, e);

	*out = rc == RC_OK ? &p->card : NULL;
	/* where his file is another now, he is out */
	if (rc == RC_OK && p->until == 0)
		(void)tell_session(
		    0, SESSION_OUT, address_of_person(p), 0, NULL);
	return rc;
}

const struct card *
users_each(size_t i)
{
	return i < people.count ? &people.list[i]->card : NULL;
}

/* ---- what waits for the store
 * ------------------------------------------------------------------ */

static void
waiting_drop(struct waiting *w)
{
	size_t i;

	for (i = 0; waiting[i] != w; i++)
		;
	waiting[i] = waiting[--waiting_count];
	buf_free(&w->passphrase);
	buf_free(&w->code);
	identity_free(&w->keys);
	wipe(w, sizeof(*w));
	free(w);
}

static struct waiting *
waiting_for(uint64_t job)
{
	size_t i;

	for (i = 0; i < waiting_count; i++)
		if (waiting[i]->job == job)
			return waiting[i];
	return NULL;
}

/* How it ends that it does not happen. */
static void
give_up(struct waiting *w, uint64_t wait, const struct err *e)
{
	refuse(w->to, wait, e);
	if (w->what == USER_SIGN_IN)
		log_user(LOG_WARN, "user.sign_in_refused", bytes_str(w->person),
		    w->uid, e);
	else
		log_user(LOG_WARN, "user.codes_refused", bytes_str(w->person),
		    w->uid, e);
	waiting_drop(w);
}

static void
signed_out(struct waiting *w)
{
	answer(w->to, &(struct msg_user_is){ .rc = RC_OK });
	waiting_drop(w);
}

static enum rc
started_anew(struct err *e)
{
	return fail(
	    e, RC_IO, "a part of the station was started anew; try again");
}

void
users_store(bool up)
{
	const struct person *p;
	struct err e;
	size_t i;

	while (waiting_count > 0)
		if (waiting[0]->what == USER_SIGN_OUT)
			signed_out(waiting[0]); /* it has no sessions at all */
		else if (started_anew(&e) != RC_OK)
			give_up(waiting[0], 0, &e);
	for (i = 0; up && i < people.count; i++) {
		p = people.list[i];
		if (p->until != 0)
			(void)tell_session(0, SESSION_THERE,
			    address_of_person(p), p->uid, NULL);
	}
}

/* ---- asking
 * ------------------------------------------------------------------ */

static enum rc
no_such_person(struct bytes person, struct err *e)
{
	return fail(e, RC_ABSENT, "this station has no key of \"%.*s\"",
	    (int)person.len, (const char *)person.p);
}

/* What is wrong before anything is reckoned; that costs no try. */
static enum rc
check(const struct msg_user *m, uint64_t *wait, struct err *e)
{
	const struct person *p = people_find(&people, m->person), *by;
	const int64_t now = process_ms();

	*wait = 0;
	if (p == NULL)
		return no_such_person(m->person, e);
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
	if (waiting_count == WAITING_MAX)
		return fail(e, RC_LIMIT, "too many sign in at once; try again");
	return RC_OK;
}

static struct waiting *
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
		give_up(w, 0, &e);
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
			leave(p, SESSION_OUT);
	}
	if (waiting_count == WAITING_MAX) {
		answer(to, &(struct msg_user_is){ .rc = RC_OK });
		return;
	}
	/* said when the store knows it too: what he asks next is refused */
	w = waiting_new(to, m);
	if (!tell_session(
		w->job, SESSION_OUT, (struct bytes){ 0 }, m->uid, NULL))
		signed_out(w);
}

static void
user(uint64_t to, const struct msg_user *m)
{
	uint64_t wait;
	struct err e;

	if (m->what == USER_SIGN_OUT)
		sign_out(to, m);
	else if (check(m, &wait, &e) != RC_OK)
		refuse(to, wait, &e);
	else
		ask_store(to, m);
}

/* ---- the store has said who it is
 * ------------------------------------------------------------- */

/* New codes are given for the passphrase alone where nobody has used the old
 * ones; else for one of them too, or an administrator's word. */
static bool
wants_code(const struct waiting *w, const struct msg_person_is *m)
{
	return w->what == USER_SIGN_IN ||
	       (m->record.len > 0 && m->used > 0 && w->by[0] == '\0');
}

static enum rc
may(const struct waiting *w, const struct msg_person_is *m, struct err *e)
{
	if (m->rc != RC_OK)
		return fail(e, (enum rc)m->rc, "%.*s", (int)m->why.len,
		    (const char *)m->why.p);
	if (w->what == USER_SIGN_IN && m->record.len == 0)
		return fail(e, RC_ABSENT,
		    "%s has no codes yet: antin user otp makes them",
		    w->person);
	if (w->by[0] != '\0' && !m->by_may)
		return fail(e, RC_DENIED,
		    "docs/registry.md 6.4: %s is no administrator of this "
		    "person's unit or of one above it",
		    w->by);
	if (wants_code(w, m) && w->code.len == 0)
		return fail(
		    e, RC_INVALID, "the code is wanted that the phone shows");
	return RC_OK;
}

/* A station whose clock nobody has set takes no right code. */
static void
say_clock(struct err *e, const struct msg_person_is *m)
{
	char when[TIME_TEXT];
	struct err said;

	if (!m->own_clock)
		return;
	time_write_vn(when, m->now);
	said = *e;
	if (fail(e, RC_DENIED,
		"this station has only its own clock, which says %s; is that "
		"right?",
		when) != RC_OK)
		(void)fail_at(e, "%s", said.text);
}

/* It is he; *sealed: his codes, under the station's present key, where they
 * were under an earlier one. */
static enum rc
judge(struct waiting *w, struct person *p, struct identity *keys,
    uint64_t *used, struct buf *sealed, const struct identity *station,
    const struct msg_person_is *m, uint64_t *wait, struct err *e)
{
	const struct bytes bound = bytes_of(m->bound, sizeof(m->bound));
	struct person_gives gives = { .uid = w->uid,
		.passphrase = buf_bytes(&w->passphrase),
		.code = buf_bytes(&w->code),
		.at = m->now,
		.used = m->used };
	uint8_t secret[TOTP_SECRET];
	bool old = false, early;
	enum rc rc = RC_OK;

	if (wants_code(w, m)) {
		rc = kept_open(secret, sizeof(secret), &old, station, LABEL,
		    bound, m->record, e);
		gives.secret = secret;
	}
	if (rc == RC_OK) {
		rc = person_try(
		    keys, used, p, &gives, process_ms(), &early, wait, e);
		if (rc == RC_DENIED && !early && *wait > 0)
			(void)tell_session(0, SESSION_LOCKED,
			    address_of_person(p), w->uid, NULL);
		if (rc == RC_DENIED && !early && gives.secret != NULL)
			say_clock(e, m);
	}
	if (rc == RC_OK && old && w->what == USER_SIGN_IN)
		rc = kept_seal(sealed, station, LABEL, bound,
		    bytes_of(secret, sizeof(secret)), e);
	wipe(secret, sizeof(secret));
	return rc;
}

static enum rc
new_codes(struct waiting *w, struct buf *sealed, const struct identity *station,
    const struct msg_person_is *m, struct err *e)
{
	random_bytes(w->secret, sizeof(w->secret));
	return kept_seal(sealed, station, LABEL,
	    bytes_of(m->bound, sizeof(m->bound)),
	    bytes_of(w->secret, sizeof(w->secret)), e);
}

static void
keep(struct waiting *w, const struct person *p, uint64_t used,
    struct bytes sealed)
{
	struct msg_session m = {
		.used = used, .record = sealed, .by = bytes_str(w->by)
	};
	enum session_did did = SESSION_IN;
	struct err e;

	if (w->what == USER_CODES)
		did = w->by[0] == '\0' ? SESSION_CODES : SESSION_CODES_BY;
	if (!tell_session(w->job, did, address_of_person(p), w->uid, &m) &&
	    started_anew(&e) != RC_OK)
		give_up(w, 0, &e);
}

static void
person_is(const struct identity *station, struct waiting *w,
    const struct msg_person_is *m)
{
	struct person *p = people_find(&people, bytes_str(w->person));
	struct buf sealed = { 0 };
	uint64_t used = 0, wait = 0;
	struct err e;
	enum rc rc;

	if (p == NULL)
		rc = no_such_person(bytes_str(w->person), &e);
	else if ((rc = may(w, m, &e)) == RC_OK)
		rc = judge(
		    w, p, &w->keys, &used, &sealed, station, m, &wait, &e);
	if (rc == RC_OK && w->what == USER_CODES)
		rc = new_codes(w, &sealed, station, m, &e);
	buf_free(&w->passphrase);
	buf_free(&w->code);
	w->lasts = (m->administrator ? ADMINISTRATOR_MINUTES : PERSON_MINUTES) *
		   MINUTE;
	if (rc == RC_OK)
		keep(w, p, used, buf_bytes(&sealed));
	else
		give_up(w, wait, &e);
	buf_free(&sealed);
}

/* ---- it is on disk
 * ------------------------------------------------------------------ */

static void
signed_in(struct waiting *w, struct person *p)
{
	const int64_t now = process_ms();

	if (p->until != 0 && p->uid != w->uid)
		log_user(LOG_INFO, "user.signed_out", address_of_person(p),
		    p->uid, NULL);
	person_enter(p, w->uid, &w->keys, w->lasts, now);
	log_user(
	    LOG_INFO, "user.signed_in", address_of_person(p), w->uid, NULL);
	answer(w->to, &(struct msg_user_is){ .rc = RC_OK,
			  .until = process_now() + w->lasts / 1000 });
}

/* Whoever has the old ones is out. */
static void
has_codes(struct waiting *w, struct person *p)
{
	if (p->until != 0)
		leave(p, SESSION_OUT);
	log_user(LOG_INFO, "user.codes", address_of_person(p), w->uid, NULL);
	answer(w->to, &(struct msg_user_is){ .rc = RC_OK,
			  .secret = bytes_of(w->secret, sizeof(w->secret)) });
}

static void
session_is(struct waiting *w, const struct msg_outcome *m)
{
	struct person *p = people_find(&people, bytes_str(w->person));
	struct err e;
	enum rc rc;

	if (w->what == USER_SIGN_OUT) {
		signed_out(w);
		return;
	}
	rc = p == NULL ? no_such_person(bytes_str(w->person), &e) : RC_OK;
	if (rc == RC_OK && m->rc != RC_OK)
		rc = fail(&e, (enum rc)m->rc, "%.*s", (int)m->why.len,
		    (const char *)m->why.p);
	if (rc != RC_OK) {
		give_up(w, 0, &e);
		return;
	}
	if (w->what == USER_SIGN_IN)
		signed_in(w, p);
	else
		has_codes(w, p);
	waiting_drop(w);
}

/* ---- steps
 * ------------------------------------------------------------------------------
 */

/* docs/registry.md 6.7: it is read here as anybody will read it. */
static enum rc
check_step(const struct card *c, struct bytes statement, struct err *e)
{
	struct step s;
	enum rc rc = step_read(&s, statement, e);

	if (rc != RC_OK)
		return rc;
	if (!bytes_eq(s.person, c->sign.address) ||
	    memcmp(s.cert, c->sign_cert, SHA256_SIZE) != 0)
		return fail(e, RC_DENIED,
		    "docs/registry.md 6.7: a step of another person or "
		    "another certificate");
	return cert_valid_at(&c->sign, s.at, e);
}

static void
sign(uint64_t job, const struct msg_step_sign *m)
{
	struct person *p = people_find(&people, m->person);
	struct msg_step_signed out = { 0 };
	const struct identity *keys;
	uint8_t signature[SIG_MAX];
	struct err e = { 0 };

	keys = p == NULL ? NULL : person_use(p, m->uid, process_ms());
	if (keys == NULL)
		out.rc = fail(&e, RC_DENIED,
		    "%.*s is not signed in: antin user sign-in",
		    (int)m->person.len, (const char *)m->person.p);
	else
		out.rc = check_step(&keys->card, m->statement, &e);
	if (out.rc == RC_OK)
		out.signature = bytes_of(
		    signature, step_sign(keys->sig, m->statement, signature));
	else
		out.why = bytes_str(e.text);
	(void)tell(PROC_STORE, MSG_STEP_SIGNED, job, &out, -1);
}

/* ---- the process
 * ---------------------------------------------------------------------- */

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
		if (p->until != 0 && (user == 0 ? p->uid >= MSG_USER_WEB
						: p->uid == user))
			leave(p, SESSION_OUT);
	}
}

void
users_stop(void)
{
	while (waiting_count > 0)
		waiting_drop(waiting[0]);
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
users_message(const struct identity *station, const struct message *m)
{
	struct waiting *w = waiting_for(m->job);

	if (m->kind == MSG_USER)
		user(m->job, &m->body.user);
	else if (m->kind == MSG_SESSION_USED)
		used(&m->body.desk);
	else if (m->kind == MSG_STEP_SIGN)
		sign(m->job, &m->body.step_sign);
	else if (m->kind == MSG_PERSON_IS && w != NULL)
		person_is(station, w, &m->body.person_is);
	else if (m->kind == MSG_SESSION_IS && w != NULL)
		session_is(w, &m->body.outcome);
}

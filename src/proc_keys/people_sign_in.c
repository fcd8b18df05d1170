/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/people_sign_in.h"

#include "core/time.h"
#include "crypto/random.h"
#include "daemon/process.h"
#include "proc_keys/kept.h"
#include "proc_keys/people_try.h"

#define LABEL "antin codes"
#define MINUTE INT64_C(60000)

static const struct identity *ours; /* the station's */

/* ---- he is tried
 * ------------------------------------------------------------ */

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
 * were under an earlier one.  The passphrase was tried. */
static enum rc
judge(struct waiting *w, struct person *p, const struct attempt *t,
    uint64_t *used, struct buf *sealed, uint64_t *wait, struct err *e)
{
	const struct msg_person_is *m = &w->is;
	const struct bytes bound = bytes_of(m->bound, sizeof(m->bound));
	struct person_gives gives = { .uid = w->uid,
		.code = buf_bytes(&w->code),
		.at = m->now,
		.used = m->used };
	uint8_t secret[TOTP_SECRET];
	bool old = false;
	enum rc rc = RC_OK;

	if (wants_code(w, m)) {
		rc = kept_open(secret, sizeof(secret), &old, ours, LABEL, bound,
		    m->record, e);
		gives.secret = secret;
	}
	if (rc == RC_OK)
		rc = person_early(p, w->uid, process_ms(), wait, e);
	if (rc == RC_OK) {
		*e = t->e; /* where the file does not open at all */
		rc =
		    person_judge(used, p, &gives, t->rc, process_ms(), wait, e);
		if (rc == RC_DENIED && *wait > 0)
			(void)session_changed(0, SESSION_LOCKED,
			    address_of_person(p), w->uid, NULL);
		if (rc == RC_DENIED && gives.secret != NULL)
			say_clock(e, m);
	}
	if (rc == RC_OK && old && w->what == USER_SIGN_IN)
		rc = kept_seal(sealed, ours, LABEL, bound,
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
	if (!session_changed(w->job, did, address_of_person(p), w->uid, &m) &&
	    started_anew(&e) != RC_OK)
		waiting_give_up(w, 0, &e);
}

static void
person_tried(struct waiting *w, struct attempt *t)
{
	struct person *p = people_find(&people, bytes_str(w->person));
	struct buf sealed = { 0 };
	uint64_t used = 0, wait = 0;
	struct err e;
	enum rc rc;

	if (p == NULL)
		rc = person_unknown(bytes_str(w->person), &e);
	else if (!bytes_eq(buf_bytes(&p->file), buf_bytes(&t->file)))
		rc = fail(&e, RC_IO,
		    "a part of the station was started anew; try again");
	else
		rc = judge(w, p, t, &used, &sealed, &wait, &e);
	if (rc == RC_OK && w->what == USER_SIGN_IN) {
		w->keys = t->keys;
		t->keys = (struct identity){ 0 };
	}
	if (rc == RC_OK && w->what == USER_CODES)
		rc = new_codes(w, &sealed, ours, &w->is, &e);
	buf_free(&w->code);
	w->lasts =
	    (w->is.administrator ? ADMINISTRATOR_MINUTES : PERSON_MINUTES) *
	    MINUTE;
	if (rc == RC_OK)
		keep(w, p, used, buf_bytes(&sealed));
	else
		waiting_give_up(w, wait, &e);
	buf_free(&sealed);
}

/* ---- in his turn
 * ------------------------------------------------------------ */

/* The passphrase of who asked first, where none is tried just now. */
static void
try_next(void)
{
	const struct person *p;
	struct waiting *w;
	uint64_t wait;
	struct err e;
	enum rc rc;

	while (!try_is_busy() && (w = waiting_first()) != NULL) {
		p = people_find(&people, bytes_str(w->person));
		wait = 0;
		rc = p != NULL
			 ? person_early(p, w->uid, process_ms(), &wait, &e)
			 : person_unknown(bytes_str(w->person), &e);
		if (rc != RC_OK) {
			waiting_give_up(w, wait, &e);
			continue;
		}
		w->heard = false; /* it is being tried */
		try_start(
		    w->job, buf_bytes(&p->file), buf_bytes(&w->passphrase));
		buf_free(&w->passphrase);
	}
}

/* Who does not wait any more has been answered. */
static void
was_tried(struct attempt *t)
{
	struct waiting *w = waiting_for(t->job);

	if (w != NULL)
		person_tried(w, t);
	try_next();
}

void
sign_in_heard(struct waiting *w, const struct msg_person_is *m)
{
	struct err e;
	enum rc rc;

	if (people_find(&people, bytes_str(w->person)) == NULL)
		rc = person_unknown(bytes_str(w->person), &e);
	else
		rc = may(w, m, &e);
	if (rc != RC_OK) {
		waiting_give_up(w, 0, &e);
		return;
	}
	buf_free(&w->record);
	buf_add(&w->record, m->record);
	w->is = *m;
	w->is.why = (struct bytes){ 0 };
	w->is.record = buf_bytes(&w->record);
	w->heard = true;
	try_next();
}

/* ---- it is on disk
 * ------------------------------------------------------------ */

static void
signed_in(struct waiting *w, struct person *p)
{
	const int64_t now = process_ms();

	if (p->until != 0 && p->uid != w->uid)
		user_log(LOG_INFO, "user.signed_out", address_of_person(p),
		    p->uid, NULL);
	person_enter(p, w->uid, &w->keys, w->lasts, now);
	user_log(
	    LOG_INFO, "user.signed_in", address_of_person(p), w->uid, NULL);
	user_answer(w->to, &(struct msg_user_is){ .rc = RC_OK,
			       .until = process_now() + w->lasts / 1000 });
}

/* Whoever has the old ones is out. */
static void
has_codes(struct waiting *w, struct person *p)
{
	if (p->until != 0)
		person_out(p, SESSION_OUT);
	user_log(LOG_INFO, "user.codes", address_of_person(p), w->uid, NULL);
	user_answer(
	    w->to, &(struct msg_user_is){ .rc = RC_OK,
		       .secret = bytes_of(w->secret, sizeof(w->secret)) });
}

void
sign_in_kept(struct waiting *w, const struct msg_outcome *m)
{
	struct person *p = people_find(&people, bytes_str(w->person));
	struct err e;
	enum rc rc;

	if (w->what == USER_SIGN_OUT) {
		waiting_signed_out(w);
		return;
	}
	rc = p == NULL ? person_unknown(bytes_str(w->person), &e) : RC_OK;
	if (rc == RC_OK && m->rc != RC_OK)
		rc = fail(&e, (enum rc)m->rc, "%.*s", (int)m->why.len,
		    (const char *)m->why.p);
	if (rc != RC_OK) {
		waiting_give_up(w, 0, &e);
		return;
	}
	if (w->what == USER_SIGN_IN)
		signed_in(w, p);
	else
		has_codes(w, p);
	waiting_drop(w);
}

/* ---- the process
 * ------------------------------------------------------------ */

enum rc
sign_in_begin(const struct identity *station, struct err *e)
{
	ours = station;
	return try_begin(was_tried, e);
}

void
sign_in_stop(void)
{
	try_stop();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * New keys for the station, in the place of those whose certificates end
 * (docs/station.md 10.5).  They are on disk, beside the old ones, before
 * anybody hears of them; they take over when the authority has certified them,
 * and open what was sealed for the old ones.
 */
#include "proc_keys/renew.h"

#include <string.h>

#include "core/log.h"
#include "core/time.h"
#include "daemon/process.h"
#include "pki/act.h"
#include "pki/enrol.h"

#define DAYS_WAIT                                                              \
	60 /* that the self-made card holds, until it is certified             \
	    */

static void
log_next(enum log_level level, const char *event, const struct err *e)
{
	struct log_line l = log_line(level, event);

	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

void
renewing_free(struct renewing *r)
{
	identity_free(&r->next);
	identity_free(&r->earlier);
	*r = (struct renewing){ 0 };
}

/* Of the same kind as the station's, but not its own. */
static bool
may_follow(const struct identity *next, const struct identity *station)
{
	return next->kem != NULL &&
	       bytes_eq(next->card.sign.address, station->card.sign.address) &&
	       !bytes_eq(next->card.sign.pub, station->card.sign.pub);
}

void
renewing_given(struct renewing *r, const struct identity *station,
    struct bytes file, struct bytes passphrase)
{
	struct identity id;
	struct err e;

	if (identity_open(&id, file, passphrase, &e) != RC_OK) {
		log_next(LOG_WARN, "renewal.key_refused", &e);
		return;
	}
	if (may_follow(&id, station)) {
		identity_free(&r->next);
		r->next = id; /* it is ours now */
		r->made = true;
		id = (struct identity){ 0 };
	}
	identity_free(&id);
}

void
renewing_was(struct renewing *r, const struct identity *station,
    struct bytes file, struct bytes passphrase)
{
	struct identity id;
	struct err e;

	if (identity_open(&id, file, passphrase, &e) != RC_OK) {
		log_next(LOG_WARN, "renewal.key_refused", &e);
		return;
	}
	/* what the station's keys came after, they open for */
	if (may_follow(&id, station) && id.card.issued &&
	    identity_kem(station, &id.card.kem.tag) != NULL) {
		identity_free(&r->earlier);
		r->earlier = id; /* it is ours now */
		id = (struct identity){ 0 };
	}
	identity_free(&id);
}

/* Hand it to the parent, to be written. */
static enum rc
keep(const struct identity *id, const struct lock *lock, bool next,
    struct err *e)
{
	struct msg_keep m = { .next = next };
	struct buf file = { 0 };
	enum rc rc;

	if ((rc = identity_seal_under(&file, id, lock, e)) == RC_OK) {
		m.file = buf_bytes(&file);
		(void)tell(PROC_PARENT, MSG_KEEP, 0, &m, -1);
	}
	buf_free(&file);
	return rc;
}

static void
say_request(const struct renewing *r, const struct identity *station)
{
	struct request q = { .at = r->now,
		.earlier = bytes_of(station->card.sign_cert, SHA256_SIZE) };
	struct buf card, message;

	card_write(&card, &r->next.card);
	q.card_pem = buf_bytes(&card);
	request_write(&message, &q, NULL, station);
	(void)tell(PROC_STORE, MSG_RENEWAL, 0,
	    &(struct msg_renewal){ buf_bytes(&message) }, -1);
	buf_free(&card);
	buf_free(&message);
}

/* The store asks again, much later. */
static void
give_up(const struct err *e)
{
	const struct msg_renewal none = { 0 };

	log_next(LOG_WARN, "renewal.failed", e);
	(void)tell(PROC_STORE, MSG_RENEWAL, 0, &none, -1);
}

static enum rc
make(struct renewing *r, const struct identity *station,
    const struct lock *lock, struct err *e)
{
	const struct cert *c = &station->card.sign;
	enum rc rc;

	identity_free(&r->next);
	rc = identity_new(&r->next, c->sig, station->card.kem.kem, c->name,
	    c->address, r->now, r->now + DAYS_WAIT * TIME_DAY, e);
	if (rc != RC_OK)
		return rc;
	identity_keep(&r->next, station);
	rc = keep(&r->next, lock, true, e);
	r->making = rc == RC_OK;
	return rc;
}

void
renewing_begin(struct renewing *r, const struct identity *station,
    const struct lock *lock, int64_t now)
{
	struct err e;

	r->now = now;
	if (r->making)
		return;
	if (r->made) { /* by who was killed then */
		if (!r->next.card.issued)
			say_request(r, station);
		return;
	}
	if (!station->card.issued || !station->card.has_kem)
		(void)fail(&e, RC_INVALID, "the station was never enrolled");
	else if (make(r, station, lock, &e) == RC_OK)
		return;
	give_up(&e);
}

void
renewing_certified(struct renewing *r, const struct identity *station,
    const struct lock *lock, struct bytes certs)
{
	struct bytes one[2];
	struct err e;
	size_t n = 0;
	enum rc rc;

	while (n < 2 && act_next_cert(&certs, &one[n]))
		n++;
	if (!r->made)
		rc = fail(&e, RC_ABSENT, "there are no new keys");
	else if ((rc = identity_certify(&r->next, one, n, &e)) == RC_OK) {
		/* keys that lay here for long may follow others by now */
		if (identity_kem(&r->next, &station->card.kem.tag) == NULL)
			identity_keep(&r->next, station);
		rc = keep(&r->next, lock, false, &e);
	}
	if (rc != RC_OK)
		log_next(LOG_WARN, "renewal.failed", &e);
}

bool
renewing_kept(
    struct renewing *r, struct identity *station, const struct msg_kept *m)
{
	struct err e;

	r->making = false;
	if (m->rc != RC_OK) {
		(void)fail(&e, (enum rc)m->rc, "%.*s", (int)m->why.len,
		    (const char *)m->why.p);
		if (m->next)
			give_up(&e);
		else
			log_next(LOG_WARN, "renewal.failed", &e);
		return false;
	}
	if (m->next) {
		r->made = true;
		say_request(r, station);
		return false;
	}
	if (!r->made || !r->next.card.issued)
		return false;
	identity_free(&r->earlier);
	r->earlier = *station;
	*station = r->next; /* it is in its place now */
	r->next = (struct identity){ 0 };
	r->made = false;
	log_next(LOG_INFO, "renewal.keys", NULL);
	return true;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * This station's own certificates, before they end (docs/station.md 10.5): keys
 * makes new keys and a request, which waits at the parent's station, or here
 * where there is none above; the authority's person decides it there; and the
 * answer is fetched.
 *
 * Each step is on disk before the next begins, and each can be done again: the
 * new keys (keys and the parent), the request (a paper here), what the
 * directory says of them (its file), and last the key file.  The paper goes
 * when keys has the new certificates.
 */
#include <string.h>

#include "core/vec.h"
#include "pki/enrol.h"
#include "pki/resolve.h"
#include "proc_store/enrol.h"

/* Of 22 November 2026: renewed is in the last third of their time, but not
 * before there are this many days left. */
#define RENEW_DAYS 30
#define RENEW_PART 3
/* Links are signed by the old key as long as it has this many left. */
#define EARLIER_DAYS 3

#define ASK_FIRST INT64_C(2000) /* ms before it is asked again; doubled */
#define ASK_MOST INT64_C(900000)
#define ASK_REFUSED INT64_C(21600000)
#define KEYS_MS INT64_C(60000) /* before keys is asked again */
#define WARN_MS INT64_C(86400000)

static const struct bytes own = { (const uint8_t *)"own", 3 };

static struct {
	bool known; /* the key that the station has: */
	uint8_t cert[SHA256_SIZE];
	struct tag tag;
	int64_t from, until;
	/* its renewal */
	bool waits;		   /* a request is made */
	uint8_t hash[SHA256_SIZE]; /* of it */
	bool sends;	  /* it is not there yet, where it is to wait */
	int64_t at, wait; /* milliseconds: of the next step */
} me;

static void
log_renewal(enum log_level level, const char *event, const struct err *e)
{
	struct log_line l = log_line(level, event);

	log_str(&l, "address", bytes_str(st.address));
	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

static void
later(int64_t ms)
{
	me.at = process_ms() + ms;
}

/* ---- the request
 * -------------------------------------------------------------------- */

static enum rc
read_own(struct buf *request, struct err *e)
{
	struct buf head;
	enum rc rc;

	rc = st.store->ops->paper_get(
	    st.store, PAPER_RENEWAL, own, &head, request, e);
	buf_free(&head);
	return rc;
}

static enum rc
drop_own(struct err *e)
{
	enum rc rc;

	if ((rc = store_write(e)) != RC_OK)
		return rc;
	return store_failed(
	    st.store->ops->paper_drop(st.store, PAPER_RENEWAL, own, e));
}

/* Of one that is on disk: it renews what the station has; it has become what
 * the station has; or it is of another time. */
static void
look_at_own(const struct cert *c, struct bytes request)
{
	struct request r;
	struct err e;
	bool done, good;

	if (request_read(&r, request, &e) != RC_OK) {
		(void)drop_own(&e);
		return;
	}
	good = bytes_eq(r.earlier, bytes_of(me.cert, SHA256_SIZE));
	done = bytes_eq(r.card.sign.pub, c->pub);
	if (good) {
		memcpy(me.hash, r.hash, SHA256_SIZE);
		me.waits = true;
		me.sends = false;
		me.wait = ASK_FIRST;
		later(0);
	} else if (drop_own(&e) == RC_OK && done) {
		log_renewal(LOG_INFO, "renewal.done", NULL);
	}
	request_free(&r);
}

void
renew_held(const struct cert *c)
{
	struct buf request = { 0 };
	uint8_t cert[SHA256_SIZE];
	struct err e;

	cert_fingerprint(cert, c->der);
	/* a statement for links under the key that it has now */
	if (me.known && memcmp(me.cert, cert, sizeof(cert)) != 0)
		st.link_job = 0;
	memcpy(me.cert, cert, sizeof(cert));
	me.known = true;
	me.tag = c->tag;
	me.from = c->from;
	me.until = c->until;
	me.waits = false;
	later(0);
	if (read_own(&request, &e) == RC_OK)
		look_at_own(c, buf_bytes(&request));
	buf_free(&request);
}

void
renew_decided(const uint8_t hash[static SHA256_SIZE])
{
	if (me.waits && memcmp(hash, me.hash, SHA256_SIZE) == 0)
		later(1); /* after this round's commit */
}

struct tag
renew_present(void)
{
	return me.tag;
}

struct tag
renew_earlier(void)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	const struct dcert *c;
	size_t i;

	for (i = station_cert(d, st.unit, NONE, now); i != NONE;
	     i = station_cert(d, st.unit, i, now)) {
		c = &d->state.certs[i];
		if (c->until > now + EARLIER_DAYS * TIME_DAY &&
		    memcmp(&c->cert.tag, &me.tag, sizeof(me.tag)) != 0)
			return c->cert.tag;
	}
	return (struct tag){ 0 };
}

static bool
is_due(int64_t from, int64_t until, int64_t now)
{
	const int64_t left = until - now;

	return left < RENEW_DAYS * TIME_DAY &&
	       left < (until - from) / RENEW_PART;
}

void
renew_made(const struct msg_renewal *m)
{
	struct paper p = {
		.kind = PAPER_RENEWAL, .key = own, .at = station_now()
	};
	struct err e;

	if (me.waits)
		return;
	if (m->request.len == 0) {
		later(ASK_REFUSED); /* keys has said why */
		return;
	}
	if (store_write(&e) != RC_OK ||
	    store_failed(st.store->ops->paper_put(
		st.store, &p, m->request, &e)) != RC_OK) {
		log_renewal(LOG_WARN, "renewal.failed", &e);
		return;
	}
	sha256(me.hash, m->request);
	me.waits = me.sends = true;
	me.wait = ASK_FIRST;
	later(1); /* after this round's commit */
	log_renewal(LOG_INFO, "renewal.requested", NULL);
}

static void ask_for_it(void);

/* ---- the answer
 * --------------------------------------------------------------------- */

/* The directory shows the certificates, in force: it alone says so, for the
 * answer to a renewal has no proof of its own. */
static enum rc
check_certs(struct bytes certs, struct err *e)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	uint8_t fingerprint[SHA256_SIZE];
	struct bytes one;
	size_t i, n = 0;

	while (act_next_cert(&certs, &one)) {
		cert_fingerprint(fingerprint, one);
		i = cert_by_fingerprint(&d->state, fingerprint);
		if (i == NONE || d->state.certs[i].unit != st.unit ||
		    now < d->state.certs[i].from ||
		    now >= d->state.certs[i].until || !directory_holds(d, i))
			return fail(e, RC_DENIED,
			    "docs/directory.md 9.4: the directory that came "
			    "with the answer does not show its certificates");
		n++;
	}
	return n == 2 && certs.len == 0
		   ? RC_OK
		   : fail(e, RC_INVALID, "an answer of %zu certificates", n);
}

static void
take_answer(struct bytes answer)
{
	struct msg_certified m;
	struct applied did;
	struct answer a;
	struct err e;
	enum rc rc;

	if (trouble_is()) { /* what it says could not be kept */
		later(KEYS_MS);
		return;
	}
	later(ASK_REFUSED);
	rc = answer_read(&a, answer, &e);
	if (rc == RC_OK && !bytes_eq(a.request, bytes_of(me.hash, SHA256_SIZE)))
		rc = fail(&e, RC_INVALID, "an answer to another request");
	if (rc != RC_OK) {
		log_renewal(LOG_WARN, "renewal.refused", &e);
		return;
	}
	if (station_learns(a.directory, &did, &e) == RC_IO ||
	    check_certs(a.certs, &e) != RC_OK) {
		log_renewal(LOG_WARN, "renewal.refused", &e);
		return;
	}
	m.certs = a.certs;
	(void)tell(PROC_KEYS, MSG_CERTIFIED, 0, &m, -1);
	log_renewal(LOG_INFO, "renewal.certified", NULL);
	later(KEYS_MS);
}

static void
not_yet(void)
{
	later(me.wait);
	me.wait = me.wait * 2 < ASK_MOST ? me.wait * 2 : ASK_MOST;
}

static void
hear(const struct enrolment *m)
{
	struct err e;

	if (memcmp(m->hash, me.hash, SHA256_SIZE) != 0) {
		not_yet();
	} else if (m->kind == ENROLMENT_ANSWERED && m->from == 0) {
		take_answer(m->bytes);
	} else if (m->kind == ENROLMENT_REFUSED &&
		   m->why == ENROLMENT_UNKNOWN) {
		me.sends = !me.sends;
		if (me.sends)
			ask_for_it();
		else
			not_yet();
	} else if (m->kind == ENROLMENT_REFUSED && m->why != ENROLMENT_BUSY) {
		(void)fail(&e, RC_DENIED,
		    "the station above does not take it: %u", m->why);
		log_renewal(LOG_WARN, "renewal.refused", &e);
		later(ASK_REFUSED);
	} else {
		me.sends = false;
		not_yet();
	}
}

void
renew_heard(const struct msg_enrol *m)
{
	struct enrolment back;
	struct err e;

	if (!me.waits)
		return;
	if (m->message.len == 0 ||
	    enrolment_read(&back, m->message, true, &e) != RC_OK)
		not_yet();
	else
		hear(&back);
}

/* ---- keys of desks
 * ------------------------------------------------------------------- */

/* They renew by command, for only who has the passphrase can: the station says
 * when. */
static struct desk_key {
	char address[LIMIT_ADDRESS + 1];
	int64_t from, until;
} * desks; /* owned */
static size_t desk_count;

void
renew_desk(const struct cert *c)
{
	struct desk_key *d;
	size_t i;

	for (i = 0; i < desk_count; i++)
		if (bytes_is(c->address, desks[i].address))
			break;
	if (i == desk_count)
		desks = vec_more(desks, desk_count++, sizeof(*desks));
	d = &desks[i];
	memcpy(d->address, c->address.p, c->address.len);
	d->address[c->address.len] = '\0';
	d->from = c->from;
	d->until = c->until;
}

void
renew_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx)
{
	const int64_t now = station_now();
	struct msg_row row = { .what = ROW_KEY, .state = 1 };
	size_t i;

	row.address = bytes_str(st.address);
	row.due = me.until;
	row.count = me.waits;
	if (me.known && (me.waits || is_due(me.from, me.until, now)))
		each(ctx, &row);
	for (i = 0; i < desk_count; i++) {
		row.address = bytes_str(desks[i].address);
		row.due = desks[i].until;
		row.count = 0;
		if (is_due(desks[i].from, desks[i].until, now))
			each(ctx, &row);
	}
}

static void
warn_of(const char *address, int64_t from, int64_t until, int64_t now)
{
	const int64_t days = (until - now) / TIME_DAY;
	struct log_line l;

	if (!is_due(from, until, now))
		return;
	l = log_line(LOG_WARN, "key.ends");
	log_str(&l, "address", bytes_str(address));
	log_uint(&l, "days", days < 0 ? 0 : (uint64_t)days);
	process_log(LOG_WARN, &l);
}

/* Once a day. */
static void
warn_of_all(int64_t ms)
{
	static int64_t at;
	const int64_t now = station_now();
	size_t i;

	if (ms < at)
		return;
	at = ms + WARN_MS;
	warn_of(st.address, me.from, me.until, now);
	for (i = 0; i < desk_count; i++)
		warn_of(desks[i].address, desks[i].from, desks[i].until, now);
}

/* ---- the next step
 * ------------------------------------------------------------------ */

/* To the parent; where there is none, it waits here. */
static void
renewal_said(struct bytes message)
{
	struct msg_enrol m = { .message = message };
	struct buf reply;

	later(KEYS_MS); /* link always answers; it may have to begin anew */
	if (station_above(st.file.directory, st.unit, station_now()) != NONE) {
		(void)tell(PROC_LINK, MSG_ENROL_UP, 0, &m, -1);
		return;
	}
	enrol_say(&reply, message, (struct bytes){ 0 });
	m.message =
	    bytes_of(reply.p + ENROLMENT_HEAD, reply.len - ENROLMENT_HEAD);
	renew_heard(&m);
	buf_free(&reply);
}

static void
ask_for_it(void)
{
	struct enrolment m = { .kind = ENROLMENT_ASK };
	struct buf request = { 0 }, message;
	struct err e = { 0 };

	memcpy(m.hash, me.hash, SHA256_SIZE);
	if (me.sends && read_own(&request, &e) == RC_OK) {
		m.kind = ENROLMENT_REQUEST;
		m.request = buf_bytes(&request);
	}
	/* the round that was to keep it is lost: it is made anew */
	if (e.rc == RC_ABSENT)
		me.waits = false;
	enrolment_write(&message, &m);
	renewal_said(
	    bytes_of(message.p + ENROLMENT_HEAD, message.len - ENROLMENT_HEAD));
	buf_free(&message);
	buf_free(&request);
}

void
renew_tick(int64_t ms)
{
	const struct msg_renew m = { .now = station_now() };

	if (!st.named || !me.known)
		return;
	warn_of_all(ms);
	if (ms < me.at)
		return;
	if (me.waits) {
		ask_for_it();
	} else if (is_due(me.from, me.until, m.now)) {
		later(KEYS_MS);
		(void)tell(PROC_KEYS, MSG_RENEW, 0, &m, -1);
	}
}

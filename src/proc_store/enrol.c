/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Requests for certificates that come by line, until the authority's person has
 * decided, and the answers until they are fetched (docs/station.md 10).
 *
 * Whoever reaches the port may send one, so what is kept is bounded whatever
 * comes: renewals are signed by the key that they renew, one each; of an
 * invitation that the authority told of, a few; all others share a small ring,
 * in which who sends much pushes out his own.
 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "der/der.h"
#include "envelope/address.h"
#include "pki/enrol.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/enrol.h"

#define RING 32u	    /* requests for invitations not known here */
#define RING_SOURCE 4u	    /* of them, from one network address */
#define INVITED_REQUESTS 4u /* for one of them */
#define REQUESTS 1000u	    /* all that are no renewals and not in the ring */
#define RENEWALS 4000u	    /* one for each certificate */
#define LOG_LINES 20u	    /* of all this, in */
#define LOG_MS INT64_C(10000)

/* ---- the head of a request that waits
 * ---------------------------------------------- */

static void
head_write(struct der_wr *w, const struct waiting *h)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, h->by);
	der_put_uint(w, h->kind);
	der_put_octets(w, h->group);
	der_put_octets(w, h->from);
	der_put_octets(w, h->address);
	der_put_octets(w, h->name);
	der_put_close(w);
}

bool
waiting_read(struct waiting *h, struct bytes in)
{
	struct der d = der_init(in);
	struct err e;

	der_open(&d, DER_SEQUENCE);
	h->by = (enum enrol_by)der_uint(&d, ENROL_BYS - 1);
	h->kind = (enum cert_kind)der_uint(&d, CERT_KINDS - 1);
	h->group = der_octets(&d, 0, SHA256_SIZE);
	h->from = der_octets(&d, 0, 64);
	h->address = der_octets(&d, 0, LIMIT_ADDRESS);
	h->name = der_octets(&d, 0, LIMIT_NAME);
	der_close(&d);
	return der_end(&d, "a request that waits", &e) == RC_OK;
}

int64_t
waiting_until(const struct waiting *h, bool answered, int64_t at)
{
	const int days = answered		    ? ENROL_ANSWER_DAYS
			 : h->by == ENROL_BY_NOBODY ? ENROL_RING_DAYS
						    : ENROL_REQUEST_DAYS;

	return at + days * TIME_DAY;
}

/* ---- room
 * ------------------------------------------------------------------------ */

struct one {
	uint8_t hash[SHA256_SIZE], group[SHA256_SIZE];
	size_t group_len;
	enum enrol_by by;
	char from[65];
	int64_t at;
};
struct all {
	struct one *list; /* owned; the oldest first */
	size_t count;
};

static bool
gather(void *ctx, const struct paper *p)
{
	struct all *all = ctx;
	struct waiting h;
	struct one *o;

	if (!waiting_read(&h, p->head) || p->key.len != SHA256_SIZE)
		return true;
	all->list = vec_more(all->list, all->count, sizeof(*all->list));
	o = &all->list[all->count++];
	*o = (struct one){ .by = h.by, .at = p->at, .group_len = h.group.len };
	memcpy(o->hash, p->key.p, SHA256_SIZE);
	memcpy(o->group, h.group.p, h.group.len);
	memcpy(o->from, h.from.p, h.from.len);
	return true;
}

static bool
same_group(const struct one *o, const struct waiting *h)
{
	return o->by == h->by &&
	       bytes_eq(bytes_of(o->group, o->group_len), h->group);
}

/* The oldest of who has most of the ring. */
static const struct one *
greediest(const struct all *all)
{
	const struct one *found = NULL;
	size_t i, j, n, most = 0;

	for (i = 0; i < all->count; i++) {
		if (all->list[i].by != ENROL_BY_NOBODY)
			continue;
		for (j = n = 0; j < all->count; j++)
			n += all->list[j].by == ENROL_BY_NOBODY &&
			     strcmp(all->list[i].from, all->list[j].from) == 0;
		if (n > most) {
			most = n;
			found = &all->list[i];
		}
	}
	return found;
}

/* Which one goes to make room, or NULL; RC_LIMIT: none may go. */
static enum rc
choose(const struct one **goes, const struct all *all, const struct waiting *h,
    struct err *e)
{
	const struct one *o, *group = NULL, *source = NULL;
	size_t in_group = 0, in_ring = 0, of_source = 0, of_kind = 0, i;

	*goes = NULL;
	for (i = 0; i < all->count; i++) {
		o = &all->list[i];
		of_kind += o->by == h->by;
		in_ring += o->by == ENROL_BY_NOBODY;
		if (same_group(o, h))
			group = in_group++ == 0 ? o : group;
		if (o->by == ENROL_BY_NOBODY && bytes_is(h->from, o->from))
			source = of_source++ == 0 ? o : source;
	}
	if (h->by == ENROL_BY_NOBODY) {
		*goes = of_source >= RING_SOURCE ? source
			: in_ring >= RING	 ? greediest(all)
						 : NULL;
		return RC_OK;
	}
	if (in_group >= (h->by == ENROL_BY_RENEWAL ? 1 : INVITED_REQUESTS)) {
		*goes = group;
		return RC_OK;
	}
	if (of_kind >= (h->by == ENROL_BY_RENEWAL ? RENEWALS : REQUESTS))
		return fail(e, RC_LIMIT, "too many requests wait here");
	return RC_OK;
}

/* Whoever floods us does not fill the log. */
static bool
may_log(void)
{
	static int64_t since;
	static unsigned lines;
	const int64_t now = process_ms();

	if (now - since >= LOG_MS) {
		since = now;
		lines = 0;
	}
	return lines++ < LOG_LINES;
}

static void
log_pushed_out(const char *peer)
{
	struct log_line l;

	if (!may_log())
		return;
	l = log_line(LOG_WARN, "enrol.pushed_out");
	log_str(&l, "peer", bytes_str(peer));
	process_log(LOG_WARN, &l);
}

static enum rc
make_room(const struct waiting *h, struct err *e)
{
	const struct one *goes;
	struct all all = { 0 };
	enum rc rc;

	rc =
	    st.store->ops->paper_each(st.store, PAPER_REQUEST, gather, &all, e);
	if (rc == RC_OK)
		rc = choose(&goes, &all, h, e);
	if (rc == RC_OK && goes != NULL) {
		rc = store_failed(st.store->ops->paper_drop(st.store,
		    PAPER_REQUEST, bytes_of(goes->hash, SHA256_SIZE), e));
		log_pushed_out(goes->from);
	}
	free(all.list);
	return rc;
}

/* ---- who asks
 * --------------------------------------------------------------------- */

/* docs/pki.md 2.2: a self-made card does not say what it will be. */
static enum cert_kind
kind_of(const struct card *c)
{
	if (address_is_station(c->sign.address))
		return c->has_kem ? CERT_STATION : CERT_AUTHORITY;
	return c->has_kem ? CERT_DESK : CERT_PERSON;
}

static bool
is_invited(const struct id *id)
{
	struct buf head, body;
	struct err e;

	if (st.store->ops->paper_get(st.store, PAPER_INVITED, id_bytes(id),
		&head, &body, &e) != RC_OK)
		return false;
	buf_free(&head);
	buf_free(&body);
	return true;
}

/* The certificate that is renewed is in force, and its key says so. */
static enum rc
check_renewal(const struct request *r, struct err *e)
{
	struct directory *d = st.file.directory;
	const size_t i = cert_by_fingerprint(&d->state, r->earlier.p);
	const int64_t now = station_now();
	struct known_signer signer;
	const struct dcert *c;

	if (i == NONE)
		return fail(e, RC_ABSENT,
		    "the certificate that is to be renewed is not known here");
	c = &d->state.certs[i];
	if (now < c->from || now >= c->until ||
	    !resolve_signer(d, tag_bytes(&c->cert.tag), r->earlier, &signer))
		return fail(e, RC_DENIED,
		    "the certificate that is to be renewed is not in force");
	if (!bytes_eq(c->cert.address, r->card.sign.address))
		return fail(e, RC_DENIED,
		    "a renewal for another address than the certificate's");
	return request_verify_renewal(r, signer.pub, e);
}

static enum rc
look_at(struct waiting *h, const struct request *r, struct bytes from,
    struct err *e)
{
	const struct card *c = &r->card;
	enum rc rc = RC_OK;

	if (!st.named)
		return fail(e, RC_LIMIT, "this station has no name yet");
	*h = (struct waiting){ .by = ENROL_BY_NOBODY,
		.kind = kind_of(c),
		.from = from,
		.address = c->sign.address,
		.name = c->sign.name };
	if (!host_within(address_host(c->sign.address),
		unit_host(
		    &st.file.directory->state.units[st.unit], station_now())))
		return fail(e, RC_ABSENT,
		    "docs/station.md 10.2: %.*s is not below this station",
		    (int)c->sign.address.len, (const char *)c->sign.address.p);
	if (r->earlier.len > 0) {
		h->by = ENROL_BY_RENEWAL;
		h->group = r->earlier;
		rc = check_renewal(r, e);
	} else if (is_invited(&r->invitation)) {
		h->by = ENROL_BY_INVITATION;
		h->group = id_bytes(&r->invitation);
	}
	return rc;
}

/* ---- it comes
 * --------------------------------------------------------------------- */

static bool
is_kept(enum paper_kind kind, const uint8_t hash[static SHA256_SIZE])
{
	struct buf head, body;
	struct err e;

	if (st.store->ops->paper_get(st.store, kind,
		bytes_of(hash, SHA256_SIZE), &head, &body, &e) != RC_OK)
		return false;
	buf_free(&head);
	buf_free(&body);
	return true;
}

static enum rc
keep_request(const struct request *r, const struct waiting *h,
    struct bytes request, struct err *e)
{
	struct paper p = { .kind = PAPER_REQUEST,
		.key = bytes_of(r->hash, SHA256_SIZE),
		.at = station_now() };
	struct der_wr w = { 0 };
	enum rc rc;

	head_write(&w, h);
	p.head = buf_bytes(&w.out);
	if ((rc = store_write(e)) == RC_OK && (rc = make_room(h, e)) == RC_OK)
		rc = store_failed(
		    st.store->ops->paper_put(st.store, &p, request, e));
	changed(CHANGED_DIRECTORY);
	der_wr_free(&w);
	return rc;
}

static void
log_request(const struct waiting *h, const struct err *e)
{
	const enum log_level level = e == NULL ? LOG_INFO : LOG_WARN;
	struct log_line l;

	if (!may_log())
		return;
	l = log_line(level, e == NULL ? "enrol.request" : "enrol.refused");

	log_str(&l, "address", h->address);
	log_str(&l, "peer", h->from);
	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

enum rc
enrol_take(struct bytes request, struct bytes from, struct err *e)
{
	struct waiting h = { .from = from };
	struct request r;
	uint8_t hash[SHA256_SIZE];
	enum rc rc;

	/* the same again is no other, and costs no signature */
	sha256(hash, request);
	if (is_kept(PAPER_REQUEST, hash) || is_kept(PAPER_ANSWER, hash))
		return RC_OK;
	rc = request_read(&r, request, e);
	if (rc == RC_OK && (rc = look_at(&h, &r, from, e)) == RC_OK)
		rc = keep_request(&r, &h, request, e);
	log_request(&h, rc == RC_OK ? NULL : e);
	request_free(&r);
	return rc;
}

/* What a failure is called on the line. */
static uint8_t
why_of(enum rc rc)
{
	return rc == RC_LIMIT || rc == RC_IO ? ENROLMENT_BUSY
	       : rc == RC_ABSENT	     ? ENROLMENT_ELSEWHERE
					     : ENROLMENT_BAD;
}

/* What there is to say of a request with this hash. */
static void
status(struct buf *reply, const uint8_t hash[static SHA256_SIZE], uint64_t from)
{
	struct enrolment m = { .kind = ENROLMENT_REFUSED,
		.why = ENROLMENT_UNKNOWN };
	struct buf head = { 0 }, body = { 0 };
	struct err e;

	memcpy(m.hash, hash, SHA256_SIZE);
	if (st.store->ops->paper_get(st.store, PAPER_ANSWER,
		bytes_of(hash, SHA256_SIZE), &head, &body, &e) == RC_OK) {
		m.why = ENROLMENT_TAKEN_BACK;
		if (body.len > 0) {
			m.kind = ENROLMENT_ANSWERED;
			m.total = body.len;
			m.from = from <= body.len ? from : 0;
			m.bytes = bytes_of(
			    body.p + m.from, body.len - (size_t)m.from);
		}
	} else if (is_kept(PAPER_REQUEST, hash)) {
		m.kind = ENROLMENT_WAITS;
	}
	enrolment_write(reply, &m);
	buf_free(&head);
	buf_free(&body);
}

void
enrol_say(struct buf *reply, struct bytes message, struct bytes from)
{
	struct enrolment m, out = { .kind = ENROLMENT_REFUSED };
	struct err e;
	enum rc rc;

	*reply = (struct buf){ 0 };
	rc = enrolment_read(&m, message, false, &e);
	if (rc == RC_OK && m.kind == ENROLMENT_REQUEST) {
		sha256(m.hash, m.request);
		rc = enrol_take(m.request, from, &e);
	}
	if (rc == RC_OK) {
		status(reply, m.hash, m.from);
		return;
	}
	memcpy(out.hash, m.hash, SHA256_SIZE);
	out.why = why_of(rc);
	enrolment_write(reply, &out);
}

void
enrol_came(const struct msg_enrol *m)
{
	struct buf reply;

	enrol_say(&reply, m->message, m->from);
	after_enrolled(m->conn, &reply);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Requests that wait here, for the authority's person: listed, given piece by
 * piece, answered or put aside (docs/station.md 10).  The key is not here: an
 * answer comes whole from where it lies, and whoever fetches it holds it to its
 * proof.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "pki/enrol.h"
#include "proc_store/enrol.h"
#include "proc_store/sessions.h"

#define INVITED 1000u /* invitations that are known here */
#define ANSWERS 500u  /* that wait to be fetched */
#define ANSWERS_BYTES (256u << 20)
#define SWEEP_MS INT64_C(60000)

/* ---- who decides
 * ------------------------------------------------------------------ */

struct listing {
	void (*each)(void *ctx, const struct msg_row *row);
	void *ctx;
	bool answered;
};

static bool
list_one(void *ctx, const struct paper *p)
{
	const struct listing *l = ctx;
	struct waiting h;
	struct msg_row row = { .what = ROW_ENROL,
		.at = p->at,
		.due = TIME_NEVER,
		.state = l->answered,
		.bytes = p->size };

	if (p->key.len != SHA256_SIZE || !waiting_read(&h, p->head))
		return true;
	memcpy(row.id.b, p->key.p, ID_SIZE);
	row.address = h.address;
	row.other = h.from;
	row.text = h.name;
	row.q = h.kind;
	row.n = h.by;
	row.due = waiting_until(&h, l->answered, p->at);
	l->each(l->ctx, &row);
	return true;
}

enum rc
enrol_list(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    bool all, struct err *e)
{
	struct listing l = { each, ctx, false };
	enum rc rc;

	rc =
	    st.store->ops->paper_each(st.store, PAPER_REQUEST, list_one, &l, e);
	l.answered = true;
	if (rc == RC_OK && all)
		rc = st.store->ops->paper_each(
		    st.store, PAPER_ANSWER, list_one, &l, e);
	return rc;
}

struct search {
	const struct id *id;
	uint8_t hash[SHA256_SIZE];
	bool found;
};

static bool
search_one(void *ctx, const struct paper *p)
{
	struct search *s = ctx;

	if (p->key.len != SHA256_SIZE ||
	    memcmp(p->key.p, s->id->b, ID_SIZE) != 0)
		return true;
	memcpy(s->hash, p->key.p, SHA256_SIZE);
	s->found = true;
	return false;
}

/* The request whose hash begins so, waiting or answered; its head and itself
 * are the caller's. */
static enum rc
find(uint8_t hash[static SHA256_SIZE], const struct id *id, struct buf *head,
    struct buf *request, struct err *e)
{
	struct search s = { .id = id };
	enum rc rc;

	*head = *request = (struct buf){ 0 };
	rc = st.store->ops->paper_each(
	    st.store, PAPER_REQUEST, search_one, &s, e);
	if (rc != RC_OK)
		return rc;
	if (!s.found)
		return fail(e, RC_ABSENT, "no request with this id waits here");
	memcpy(hash, s.hash, SHA256_SIZE);
	return st.store->ops->paper_get(st.store, PAPER_REQUEST,
	    bytes_of(hash, SHA256_SIZE), head, request, e);
}

/* The one whose first piece was asked for last: pieces come from it, and it is
 * looked for once. */
static struct {
	struct id id;
	struct buf request;
} pulled;

static enum rc
pull(const struct id *id, uint64_t at, struct err *e)
{
	uint8_t hash[SHA256_SIZE];
	struct buf head;
	enum rc rc;

	if (at > 0 && pulled.request.len > 0 && id_eq(&pulled.id, id))
		return RC_OK;
	buf_free(&pulled.request);
	pulled.id = *id;
	rc = find(hash, id, &head, &pulled.request, e);
	buf_free(&head);
	return rc;
}

void
enrol_pull(uint64_t job, const struct msg_enrol_piece *m)
{
	const struct buf *request = &pulled.request;
	struct msg_enrol_is out = { 0 };
	struct err e = { 0 };
	struct rd r;

	out.rc = pull(&m->id, m->at, &e);
	out.why = bytes_str(e.text);
	if (out.rc == RC_OK && m->at <= request->len) {
		r = rd_init(buf_bytes(request));
		(void)rd_bytes(&r, (size_t)m->at);
		out.total = request->len;
		out.bytes = rd_rest(&r);
		if (out.bytes.len > MSG_ENROL_BYTES)
			out.bytes.len = MSG_ENROL_BYTES;
	}
	(void)tell(PROC_CONTROL, MSG_ENROL_PIECE, job, &out, -1);
	if (m->at + out.bytes.len >= request->len)
		buf_free(&pulled.request);
}

/* An answer on its way from the command: one at a time. */
static struct {
	struct id id;
	struct buf bytes;
} coming;

struct oldest {
	uint8_t hash[SHA256_SIZE];
	size_t count;
	uint64_t bytes; /* of all */
};

static bool
count_answer(void *ctx, const struct paper *p)
{
	struct oldest *o = ctx;

	if (o->count++ == 0 && p->key.len == SHA256_SIZE)
		memcpy(o->hash, p->key.p, SHA256_SIZE);
	o->bytes += p->size;
	return true;
}

/* The answer that was made first goes where there are too many. */
static enum rc
room_for_answer(size_t len, struct err *e)
{
	struct oldest o;
	enum rc rc;

	for (;;) {
		o = (struct oldest){ .count = 0 };
		rc = st.store->ops->paper_each(
		    st.store, PAPER_ANSWER, count_answer, &o, e);
		if (rc != RC_OK ||
		    (o.count < ANSWERS && o.bytes + len <= ANSWERS_BYTES))
			return rc;
		rc = store_failed(st.store->ops->paper_drop(
		    st.store, PAPER_ANSWER, bytes_of(o.hash, SHA256_SIZE), e));
		if (rc != RC_OK)
			return rc;
	}
}

/* It takes the place of its request. */
static enum rc
settle(const struct id *id, struct bytes answer, struct err *e)
{
	struct paper p = { .kind = PAPER_ANSWER, .at = station_now() };
	struct buf head, request;
	uint8_t hash[SHA256_SIZE];
	struct applied did;
	struct err why;
	struct answer a;
	enum rc rc;

	if ((rc = find(hash, id, &head, &request, e)) != RC_OK)
		return rc;
	if (answer.len > 0 && (rc = answer_read(&a, answer, e)) == RC_OK &&
	    !bytes_eq(a.request, bytes_of(hash, SHA256_SIZE)))
		rc = fail(e, RC_INVALID, "the answer is to another request");
	p.key = bytes_of(hash, SHA256_SIZE);
	p.head = buf_bytes(&head);
	if (rc == RC_OK && (rc = store_write(e)) == RC_OK &&
	    (rc = room_for_answer(answer.len, e)) == RC_OK &&
	    (rc = store_failed(
		 st.store->ops->paper_put(st.store, &p, answer, e))) == RC_OK)
		rc = store_failed(st.store->ops->paper_drop(
		    st.store, PAPER_REQUEST, p.key, e));
	/* what the authority decided is true here, too */
	if (rc == RC_OK && answer.len > 0 &&
	    station_learns(a.directory, &did, &why) == RC_IO) {
		*e = why;
		rc = store_failed(RC_IO);
	}
	if (rc == RC_OK)
		renew_decided(hash);
	buf_free(&head);
	buf_free(&request);
	return rc;
}

static void
log_decision(
    const char *event, enum entry_kind kind, const struct msg_enrol_piece *m)
{
	const struct entry_data d = { .id = m->id };
	struct log_line l = log_line(LOG_INFO, event);
	char id[ID_TEXT];

	id_write(id, &m->id);
	log_str(&l, "request", bytes_str(id));
	session_log(&l, m->uid);
	process_log(LOG_INFO, &l);
	journal_add(kind, &d, 0);
}

static enum rc
push(const struct msg_enrol_piece *m, struct err *e)
{
	enum rc rc = RC_OK;

	if (m->total > ENROLMENT_ANSWER)
		return fail(e, RC_LIMIT,
		    "an answer of %" PRIu64 " bytes; by line it may have %u: "
		    "take it there as a file",
		    m->total, ENROLMENT_ANSWER);
	if (m->at == 0) {
		buf_free(&coming.bytes);
		coming.id = m->id;
	}
	if (!id_eq(&coming.id, &m->id) || m->at != coming.bytes.len ||
	    m->bytes.len == 0 || m->bytes.len > m->total - m->at)
		return fail(e, RC_INVALID,
		    "somebody else decides something at this moment; try "
		    "again");
	buf_add(&coming.bytes, m->bytes);
	if (coming.bytes.len < m->total)
		return RC_OK;
	rc = settle(&m->id, buf_bytes(&coming.bytes), e);
	buf_free(&coming.bytes);
	coming.id = (struct id){ 0 };
	if (rc == RC_OK)
		log_decision("enrol.answered", ENTRY_ANSWERED, m);
	return rc;
}

void
enrol_push(uint64_t job, const struct msg_enrol_piece *m)
{
	struct err e;

	if (push(m, &e) == RC_OK)
		after_done(PROC_CONTROL, job, &m->id);
	else
		say_done(PROC_CONTROL, job, &e, &m->id);
}

void
enrol_drop(uint64_t job, const struct msg_enrol_piece *m)
{
	struct err e;

	if (settle(&m->id, (struct bytes){ 0 }, &e) == RC_OK) {
		log_decision("enrol.put_aside", ENTRY_PUT_ASIDE, m);
		after_done(PROC_CONTROL, job, &m->id);
	} else {
		say_done(PROC_CONTROL, job, &e, &m->id);
	}
}

/* ---- invitations that are known
 * --------------------------------------------------- */

static bool
count_one(void *ctx, const struct paper *p)
{
	size_t *n = ctx;

	(void)p;
	++*n;
	return true;
}

void
enrol_invited(uint64_t job, const struct msg_invited *m)
{
	const struct paper p = { .kind = PAPER_INVITED,
		.key = id_bytes(&m->id),
		.at = m->until,
		.head = m->address };
	const struct entry_data d = { .id = m->id, .station = m->address };
	struct err e;
	size_t n = 0;
	enum rc rc;

	rc = st.store->ops->paper_each(
	    st.store, PAPER_INVITED, count_one, &n, &e);
	if (rc == RC_OK && n >= INVITED)
		rc = fail(&e, RC_LIMIT, "too many invitations are out");
	if (rc == RC_OK && (rc = store_write(&e)) == RC_OK)
		rc = store_failed(st.store->ops->paper_put(
		    st.store, &p, (struct bytes){ 0 }, &e));
	if (rc == RC_OK)
		journal_add(ENTRY_INVITED, &d, 0);
	if (rc == RC_OK)
		after_done(PROC_CONTROL, job, &m->id);
	else
		say_done(PROC_CONTROL, job, &e, &m->id);
}

/* ---- what nobody came for
 * --------------------------------------------------------- */

struct ended {
	int64_t now;
	struct gone {
		uint8_t key[SHA256_SIZE];
		size_t len;
	} * list; /* owned */
	size_t count;
};

static bool
is_over(const struct paper *p, int64_t now)
{
	struct waiting h;

	if (p->kind == PAPER_INVITED)
		return p->at < now;
	return !waiting_read(&h, p->head) ||
	       waiting_until(&h, p->kind == PAPER_ANSWER, p->at) < now;
}

static bool
note_ended(void *ctx, const struct paper *p)
{
	struct ended *x = ctx;
	struct gone *g;

	if (p->key.len > SHA256_SIZE || !is_over(p, x->now))
		return true;
	x->list = vec_more(x->list, x->count, sizeof(*x->list));
	g = &x->list[x->count++];
	g->len = p->key.len;
	memcpy(g->key, p->key.p, g->len);
	return true;
}

static enum rc
sweep(enum paper_kind kind, struct err *e)
{
	struct ended x = { .now = station_now() };
	enum rc rc;
	size_t i;

	rc = st.store->ops->paper_each(st.store, kind, note_ended, &x, e);
	if (rc == RC_OK && x.count > 0)
		rc = store_write(e);
	for (i = 0; i < x.count && rc == RC_OK; i++)
		rc = store_failed(st.store->ops->paper_drop(
		    st.store, kind, bytes_of(x.list[i].key, x.list[i].len), e));
	free(x.list);
	return rc;
}

void
enrol_tick(int64_t ms)
{
	static int64_t at;
	struct log_line l;
	struct err e;

	if (ms < at)
		return;
	at = ms + SWEEP_MS;
	if (sweep(PAPER_REQUEST, &e) == RC_OK &&
	    sweep(PAPER_INVITED, &e) == RC_OK &&
	    sweep(PAPER_ANSWER, &e) == RC_OK)
		return;
	l = log_line(LOG_WARN, "enrol.sweep");
	log_err(&l, &e);
	process_log(LOG_WARN, &l);
}

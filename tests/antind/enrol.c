/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests for certificates at the store of a station: this test is its link,
 * over which anybody comes, and its control, over which one decides. */
#include "stage.h"

#include "link/enrolment.h"
#include "pki/enrol.h"

#define CROWD 40u /* network addresses that send */
#define RING 32u  /* requests of theirs that are kept */
#define SOURCE 4u /* of one of them */

static struct stage s;
static uint64_t conns = 100;

/* ---- said over the line
 * ---------------------------------------------------------------- */

/* What is answered to a message (without its length); freed by the caller, from
 * whom *m borrows. */
static struct heard
says(struct enrolment *m, struct bytes message, const char *from)
{
	const struct msg_enrol said = { ++conns, bytes_str(from), message };
	struct heard h;
	struct err e;

	say_to(s.link, MSG_ENROL, 0, &said, -1);
	h = expect(s.link, MSG_ENROLLED);
	if (h.fd == -2 || h.m.body.enrol.conn != conns ||
	    enrolment_read(m, h.m.body.enrol.message, true, &e) != RC_OK)
		bug("no answer over the line");
	return h;
}

/* What is answered to this one: 0, or why it is refused. */
static unsigned
sends(const struct enrolment *m, const char *from, enum enrolment_kind want)
{
	struct enrolment back;
	struct buf message;
	struct heard h;
	unsigned why;

	enrolment_write(&message, m);
	h = says(&back,
	    bytes_of(message.p + ENROLMENT_HEAD, message.len - ENROLMENT_HEAD),
	    from);
	why = back.kind == want		       ? 0
	      : back.kind == ENROLMENT_REFUSED ? back.why
					       : 100u + back.kind;
	heard_free(&h);
	buf_free(&message);
	return why;
}

static unsigned
sends_request(struct bytes request, const char *from)
{
	const struct enrolment m = { .kind = ENROLMENT_REQUEST,
		.request = request };

	return sends(&m, from, ENROLMENT_WAITS);
}

static unsigned
asks(struct bytes request, enum enrolment_kind want)
{
	struct enrolment m = { .kind = ENROLMENT_ASK };

	sha256(m.hash, request);
	return sends(&m, "10.0.0.1", want);
}

/* A request at this address for an invitation, or to renew. */
static void
request(struct buf *out, const char *address, uint8_t invitation,
    const struct identity *earlier, const struct identity *signer)
{
	static const uint8_t key[ENROL_KEY];
	struct request r = { .at = time_now(),
		.invitation = { { invitation } } };
	struct identity id;
	struct buf card;
	struct err e;

	must(identity_new(&id, sig_by_name("MLDSA65-Ed25519"),
		 kem_by_name("MLKEM768-X25519"), bytes_str("Name"),
		 bytes_str(address), r.at, r.at + TIME_DAY, &e),
	    &e);
	card_write(&card, &id.card);
	r.card_pem = buf_bytes(&card);
	if (earlier != NULL)
		r.earlier = bytes_of(earlier->card.sign_cert, SHA256_SIZE);
	request_write(out, &r, earlier == NULL ? key : NULL, signer);
	buf_free(&card);
	identity_free(&id);
}

/* ---- and to control
 * -------------------------------------------------------------------- */

/* How many wait; of the rows that are wanted, the last. */
static size_t
waiting(const char *address, struct msg_row *last)
{
	const struct msg_ask ask = { .what = ASK_ENROL };
	struct msg_row row;
	struct bytes rest;
	struct heard h;
	size_t n = 0;

	say_to(s.control, MSG_ASK, ++jobs, &ask, -1);
	h = expect(s.control, MSG_ROWS);
	rest = h.m.body.rows.rows;
	while (h.fd != -2 && list_next(&rest, LIST_ROW, &row)) {
		if (address != NULL && !bytes_is(row.address, address))
			continue;
		n++;
		if (last != NULL)
			*last = (struct msg_row){
				.id = row.id, .n = row.n, .q = row.q
			};
	}
	heard_free(&h);
	return n;
}

static enum rc
does(enum msg kind, const void *body)
{
	struct heard h;
	enum rc rc;

	say_to(s.control, kind, ++jobs, body, -1);
	h = expect(s.control, MSG_DONE);
	rc = h.fd == -2 ? RC_IO : (enum rc)h.m.body.done.rc;
	heard_free(&h);
	return rc;
}

static struct id
id_of(struct bytes request)
{
	uint8_t hash[SHA256_SIZE];
	struct id id;

	sha256(hash, request);
	memcpy(id.b, hash, ID_SIZE);
	return id;
}

/* An answer to this request, of so many bytes of directory. */
static void
answer(struct buf *out, struct bytes to, size_t len)
{
	static const uint8_t key[ENROL_KEY];
	uint8_t hash[SHA256_SIZE];
	struct buf directory = { 0 };
	struct answer a = { .certs = buf_bytes(&s.own->station.card.sign_der) };

	sha256(hash, to);
	a.request = bytes_of(hash, sizeof(hash));
	(void)buf_grow(&directory, len);
	a.directory = buf_bytes(&directory);
	answer_write(out, &a, key);
	buf_free(&directory);
}

static enum rc
pushes(struct id id, struct bytes all, size_t piece)
{
	struct msg_enrol_piece m = { .id = id, .total = all.len };
	enum rc rc = RC_OK;

	for (; m.at < all.len && rc == RC_OK; m.at += m.bytes.len) {
		m.bytes = bytes_of(all.p + m.at,
		    all.len - m.at < piece ? all.len - (size_t)m.at : piece);
		rc = does(MSG_ENROL_PUSH, &m);
	}
	return rc;
}

/* ---- what comes
 * ------------------------------------------------------------------------ */

static void
a_request_waits(void)
{
	struct buf mine;
	struct msg_row row;
	struct id id;

	request(&mine, "antin://a.vn/x", 1, NULL, NULL);
	is(asks(buf_bytes(&mine), ENROLMENT_WAITS), ENROLMENT_UNKNOWN,
	    "what was not sent is not known");
	is(sends_request(buf_bytes(&mine), "10.0.0.1"), 0,
	    "what is sent waits");
	is(sends_request(buf_bytes(&mine), "10.0.0.2"), 0, "sent again");
	is(waiting("antin://a.vn/x", &row), 1, "it is there once");
	id = id_of(buf_bytes(&mine));
	ok(id_eq(&row.id, &id) && row.n == ENROL_BY_NOBODY &&
		row.q == CERT_DESK,
	    "and listed as what it is");
	is(stage_stop(&s, SIGKILL), 256 + SIGKILL, "the store is killed");
	ok(stage_start(&s), "and started");
	is(asks(buf_bytes(&mine), ENROLMENT_WAITS), 0, "it waits on");
	is(sends(&(struct enrolment){ .kind = ENROLMENT_REQUEST,
		     .request = bytes_of(mine.p, mine.len - 1) },
	       "10.0.0.1", ENROLMENT_WAITS),
	    ENROLMENT_BAD, "a request that is not whole is refused");
	buf_free(&mine);
	request(&mine, "antin://elsewhere/x", 1, NULL, NULL);
	is(sends_request(buf_bytes(&mine), "10.0.0.1"), ENROLMENT_ELSEWHERE,
	    "as is one for somebody who is not below this station");
	buf_free(&mine);
	is(waiting(NULL, NULL), 1, "and nothing of them is kept");
}

/* Messages of link's that are none of the peer's making. */
static void
what_is_no_message_is_refused(void)
{
	static const char *const rows[] = { "", "\x01", "\x02", "\x02short",
		"\x03", "\x09", "\xff\xff" };
	struct enrolment back;
	struct heard h;
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(rows); i++) {
		h = says(&back, bytes_str(rows[i]), "10.0.0.3");
		wrong +=
		    back.kind != ENROLMENT_REFUSED || back.why != ENROLMENT_BAD;
		heard_free(&h);
	}
	is(wrong, 0, "what is no message is refused, and the store lives");
}

static void
only_the_key_in_force_renews(void)
{
	const struct seat *kid = s.kid[0], *foe = s.kid[1];
	struct buf good, again, bad;
	struct msg_row row;

	request(&good, kid->address, 0, &kid->station, &kid->station);
	is(sends_request(buf_bytes(&good), "10.0.0.1"), 0,
	    "a station asks for new keys");
	is(waiting(kid->address, &row), 1, "that waits");
	is(row.n, ENROL_BY_RENEWAL, "as a renewal");
	request(&bad, kid->address, 0, &kid->station, &foe->station);
	is(sends_request(buf_bytes(&bad), "10.0.0.1"), ENROLMENT_BAD,
	    "another's signature does not");
	buf_free(&bad);
	request(&bad, foe->address, 0, &kid->station, &kid->station);
	is(sends_request(buf_bytes(&bad), "10.0.0.1"), ENROLMENT_BAD,
	    "nor does it for another address");
	buf_free(&bad);
	request(&again, kid->address, 0, &kid->station, &kid->station);
	is(sends_request(buf_bytes(&again), "10.0.0.1"), 0, "once more");
	is(waiting(kid->address, NULL), 1, "the newest counts");
	is(asks(buf_bytes(&good), ENROLMENT_WAITS), ENROLMENT_UNKNOWN,
	    "and the one before is gone");
	buf_free(&good);
	buf_free(&again);
}

/* ---- too many
 * -------------------------------------------------------------------------- */

static void
a_crowd_pushes_nobody_out(void)
{
	const struct msg_invited invited = { .id = { { 7 } },
		.address = bytes_str("antin://b.vn/y"),
		.until = time_now() + TIME_DAY };
	struct buf known, other;
	char from[32];
	unsigned i, refused = 0;

	is(does(MSG_INVITED, &invited), RC_OK, "an invitation is told");
	request(&known, "antin://b.vn/y", 7, NULL, NULL);
	is(sends_request(buf_bytes(&known), "10.0.0.9"), 0,
	    "and its request comes");
	for (i = 0; i < 2 * SOURCE; i++) {
		request(&other, "antin://c.vn/greedy", 2, NULL, NULL);
		refused += sends_request(buf_bytes(&other), "10.9.9.9") != 0;
		buf_free(&other);
	}
	is(waiting("antin://c.vn/greedy", NULL), SOURCE,
	    "of one network address few are kept");
	for (i = 0; i < CROWD; i++) {
		(void)snprintf(from, sizeof(from), "10.1.0.%u", i);
		request(&other, "antin://c.vn/crowd", 2, NULL, NULL);
		refused += sends_request(buf_bytes(&other), from) != 0;
		buf_free(&other);
	}
	is(refused, 0, "nobody is refused for it");
	is(waiting("antin://c.vn/crowd", NULL) +
		waiting("antin://c.vn/greedy", NULL) +
		waiting("antin://a.vn/x", NULL),
	    RING, "but no more than the ring holds are kept");
	is(asks(buf_bytes(&known), ENROLMENT_WAITS), 0,
	    "the one for the invitation waits on");
	is(waiting(s.kid[0]->address, NULL), 1, "and so does the renewal");
	for (i = 0; i < 3 * SOURCE; i++) {
		request(&other, "antin://b.vn/y", 7, NULL, NULL);
		(void)sends_request(buf_bytes(&other), "10.0.0.9");
		buf_free(&other);
	}
	is(waiting("antin://b.vn/y", NULL), 4,
	    "of one invitation few are kept, too");
	buf_free(&known);
}

/* ---- decided
 * ---------------------------------------------------------------------------
 */

/* Who decides asks for one's piece and is given it, whoever else does. */
static void
gives_from(const struct buf *whose, uint64_t at, const struct buf *want)
{
	const struct msg_enrol_piece m = { .id = id_of(buf_bytes(whose)),
		.at = at };
	struct bytes got;
	struct heard h;

	say_to(s.control, MSG_ENROL_PULL, ++jobs, &m, -1);
	h = expect(s.control, MSG_ENROL_PIECE);
	got = h.m.body.enrol_is.bytes;
	ok(h.fd != -2 && h.m.body.enrol_is.total == want->len && got.len > 0 &&
		got.len <= want->len - at &&
		bytes_eq(got, bytes_of(want->p + at, got.len)),
	    "a piece from byte %llu on", (unsigned long long)at);
	heard_free(&h);
}

static void
an_answer_is_fetched(void)
{
	struct enrolment back, ask = { .kind = ENROLMENT_ASK, .from = 70000 };
	struct msg_enrol_piece m = { .at = 0 };
	struct buf mine, other, whole, wrong, message;
	struct heard h;

	request(&mine, "antin://a.vn/z", 3, NULL, NULL);
	request(&other, "antin://a.vn/w", 3, NULL, NULL);
	is(sends_request(buf_bytes(&mine), "10.0.0.1") +
		sends_request(buf_bytes(&other), "10.0.0.1"),
	    0, "two requests wait");
	m.id = id_of(buf_bytes(&mine));
	say_to(s.control, MSG_ENROL_PULL, ++jobs, &m, -1);
	h = expect(s.control, MSG_ENROL_PIECE);
	ok(h.fd != -2 && h.m.body.enrol_is.total == mine.len &&
		bytes_eq(h.m.body.enrol_is.bytes,
		    bytes_of(mine.p, h.m.body.enrol_is.bytes.len)),
	    "who decides is given it");
	heard_free(&h);
	m.at = mine.len + 1;
	say_to(s.control, MSG_ENROL_PULL, ++jobs, &m, -1);
	h = expect(s.control, MSG_ENROL_PIECE);
	ok(h.fd != -2 && h.m.body.enrol_is.bytes.len == 0,
	    "and nothing behind its end");
	heard_free(&h);

	gives_from(&mine, 0, &mine);
	gives_from(&mine, 100, &mine);
	gives_from(&other, 0, &other);
	gives_from(&mine, 100, &mine);

	answer(&whole, buf_bytes(&mine), 100000);
	answer(&wrong, buf_bytes(&other), 10);
	is(pushes(m.id, buf_bytes(&wrong), 1000), RC_INVALID,
	    "an answer to another request is none");
	is(pushes(m.id, bytes_of(whole.p, whole.len - 1), 30000), RC_INVALID,
	    "nor one that is not whole");
	is(asks(buf_bytes(&mine), ENROLMENT_WAITS), 0, "it waits on");
	m.at = 5;
	m.total = whole.len;
	m.bytes = bytes_of(whole.p, 10);
	is(does(MSG_ENROL_PUSH, &m), RC_INVALID, "it begins at its beginning");
	m.at = 0;
	m.total = ENROLMENT_ANSWER + 1;
	is(does(MSG_ENROL_PUSH, &m), RC_LIMIT, "and fits a line");
	is(pushes(m.id, buf_bytes(&whole), 30000), RC_OK,
	    "one that comes in pieces is taken");
	is(waiting("antin://a.vn/z", NULL), 0, "it is decided");
	is(pushes(m.id, buf_bytes(&whole), 30000), RC_ABSENT, "once");

	is(stage_stop(&s, SIGKILL), 256 + SIGKILL, "the store is killed");
	ok(stage_start(&s), "and started");
	sha256(ask.hash, buf_bytes(&mine));
	enrolment_write(&message, &ask);
	h = says(&back,
	    bytes_of(message.p + ENROLMENT_HEAD, message.len - ENROLMENT_HEAD),
	    "10.0.0.1");
	ok(back.kind == ENROLMENT_ANSWERED && back.from == ask.from &&
		back.total == whole.len &&
		bytes_eq(back.bytes,
		    bytes_of(whole.p + ask.from, whole.len - (size_t)ask.from)),
	    "its answer is given from where it is asked for");
	heard_free(&h);
	buf_free(&message);
	is(sends(&(struct enrolment){ .kind = ENROLMENT_REQUEST,
		     .request = buf_bytes(&mine) },
	       "10.0.0.1", ENROLMENT_ANSWERED),
	    0, "also to who sends the request again");

	m.id = id_of(buf_bytes(&other));
	is(does(MSG_ENROL_DROP, &m), RC_OK, "the other is put aside");
	is(asks(buf_bytes(&other), ENROLMENT_WAITS), ENROLMENT_TAKEN_BACK,
	    "which it is told");
	is(sends_request(buf_bytes(&other), "10.0.0.1"), ENROLMENT_TAKEN_BACK,
	    "and sending it again does not help");
	is(does(MSG_ENROL_DROP, &m), RC_ABSENT, "once");
	buf_free(&mine);
	buf_free(&other);
	buf_free(&whole);
	buf_free(&wrong);
}

int
main(void)
{
	stage_make(&s);
	if (!stage_start(&s))
		bug("the store does not start");
	a_request_waits();
	what_is_no_message_is_refused();
	only_the_key_in_force_renews();
	a_crowd_pushes_nobody_out();
	an_answer_is_fetched();
	stage_end(&s);
	return done();
}

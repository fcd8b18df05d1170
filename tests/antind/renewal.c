/* SPDX-License-Identifier: EUPL-1.2 */
/* A station whose certificates end, at its store: this test is its keys, and
 * its link, which brings what the parent's station says, and lies. */
#include "stage.h"

#include "file/directory_file.h"
#include "link/enrolment.h"
#include "pki/enrol.h"

static struct stage s;
static struct seat *own;
static struct buf ending; /* its certificate, until five days from now */
static struct identity next;
static struct buf request; /* for the new keys */

/* A certificate of these keys, for so many days from a hundred days ago. */
static void
issue(struct bytes out[static 2], const struct identity *id, unsigned days)
{
	struct cert_request r =
	    tree_request(&s.c.t, own->unit, NULL, CERT_STATION);

	r.from = time_now() - 100 * TIME_DAY;
	r.until = r.from + days * TIME_DAY;
	r.pub = sig_key_pub(id->sig);
	r.sig = sig_key_alg(id->sig);
	out[0] = tree_sign(&s.c.t, ROOT, r);
	r.use = CERT_KEM;
	r.pub = kem_key_pub(id->kem);
	r.kem = kem_key_alg(id->kem);
	out[1] = tree_sign(&s.c.t, ROOT, r);
}

static void
keys_has(struct bytes cert)
{
	struct msg_held held = { .station = 1, .sign = cert };

	held.kem = buf_bytes(&own->station.card.kem_der);
	say_to(s.keys, MSG_HELD, 0, &held, -1);
}

/* Its store; "own" is a child of the root. */
static void
start(void)
{
	char directory[PATH + 32];

	(void)snprintf(
	    directory, sizeof(directory), "%s/directory", own->folder);
	s.a = actor_new(&process_store);
	(void)snprintf(s.data, sizeof(s.data), "%s/data", own->folder);
	actor_set(&s.a, "data", s.data);
	actor_set(&s.a, "directory", directory);
	s.link = actor_sibling(&s.a, PROC_LINK);
	s.keys = actor_sibling(&s.a, PROC_KEYS);
	s.seal = actor_sibling(&s.a, PROC_SEAL);
	s.control = actor_sibling(&s.a, PROC_CONTROL);
	if (!actor_go(&s.a))
		bug("the store does not start");
}

static void
make_request(const struct identity *id)
{
	struct request r = { .at = time_now() };
	uint8_t earlier[SHA256_SIZE];
	struct buf card;

	card_write(&card, &id->card);
	cert_fingerprint(earlier, buf_bytes(&ending));
	r.card_pem = buf_bytes(&card);
	r.earlier = bytes_of(earlier, sizeof(earlier));
	buf_free(&request);
	request_write(&request, &r, NULL, &own->station);
	buf_free(&card);
}

/* ---- what goes up, and comes down
 * --------------------------------------------------- */

/* The next message to the parent is of this kind, and about our request. */
static bool
goes_up(enum enrolment_kind want)
{
	struct heard h = expect(s.link, MSG_ENROL_UP);
	struct bytes m = h.m.body.enrol.message;
	uint8_t hash[SHA256_SIZE];
	struct enrolment got;
	struct err e;
	bool good;

	sha256(hash, buf_bytes(&request));
	good = h.fd != -2 && enrolment_read(&got, m, false, &e) == RC_OK &&
	       got.kind == want &&
	       (want == ENROLMENT_REQUEST
		       ? bytes_eq(got.request, buf_bytes(&request))
		       : memcmp(got.hash, hash, sizeof(hash)) == 0);
	heard_free(&h);
	return good;
}

static void
comes_down(struct enrolment m)
{
	struct msg_enrol down = { .conn = 0 };
	struct buf message;

	if (m.hash[0] == 0)
		sha256(m.hash, buf_bytes(&request));
	enrolment_write(&message, &m);
	down.message =
	    bytes_of(message.p + ENROLMENT_HEAD, message.len - ENROLMENT_HEAD);
	say_to(s.link, MSG_ENROL_DOWN, 0, &down, -1);
	buf_free(&message);
}

/* An answer with these certificates and this directory. */
static void
answers(const struct bytes certs[static 2], struct bytes directory)
{
	struct answer a = { .directory = directory };
	uint8_t hash[SHA256_SIZE];
	struct buf both = { 0 }, whole;

	sha256(hash, buf_bytes(&request));
	a.request = bytes_of(hash, sizeof(hash));
	buf_add(&both, certs[0]);
	buf_add(&both, certs[1]);
	a.certs = buf_bytes(&both);
	answer_write(&whole, &a, NULL);
	comes_down((struct enrolment){ .kind = ENROLMENT_ANSWERED,
	    .total = whole.len,
	    .bytes = buf_bytes(&whole) });
	buf_free(&whole);
	buf_free(&both);
}

/* Of what keys was told until now, so many were this. */
static size_t
told_keys(enum msg kind)
{
	stage_settle(&s);
	return said_of(s.keys, kind);
}

/* The same station again, after it was killed: what it waits for it knows. */
static bool
killed(void)
{
	bool good = stage_stop(&s, SIGKILL) == 256 + SIGKILL;

	start();
	keys_has(buf_bytes(&ending));
	return good;
}

/* ---- how it goes
 * ----------------------------------------------------------------------- */

static void
it_asks_until_it_is_answered(void)
{
	const struct msg_renewal m = { buf_bytes(&request) };
	struct heard h;

	keys_has(buf_bytes(&ending));
	h = expect(s.keys, MSG_RENEW);
	ok(h.fd != -2, "keys is asked for new keys before the old ones end");
	heard_free(&h);
	is(said_of(s.link, MSG_ENROL_UP), 0, "nothing goes up before");
	say_to(s.keys, MSG_RENEWAL, 0, &m, -1);
	ok(goes_up(ENROLMENT_REQUEST), "the request goes up");
	ok(killed(), "the store is killed");
	ok(goes_up(ENROLMENT_ASK), "it asks what became of it");
	comes_down((struct enrolment){
	    .kind = ENROLMENT_REFUSED, .why = ENROLMENT_UNKNOWN });
	ok(goes_up(ENROLMENT_REQUEST), "sends it where it is not known");
	comes_down((struct enrolment){ .kind = ENROLMENT_WAITS });
	ok(goes_up(ENROLMENT_ASK), "and asks again");
	is(told_keys(MSG_CERTIFIED) + told_keys(MSG_RENEW), 0,
	    "keys hears nothing of that");
}

static void
no_lie_is_believed(void)
{
	const struct bytes junk = bytes_str("no directory");
	struct bytes certs[2];

	issue(certs, &next, 1000);
	comes_down((struct enrolment){
	    .kind = ENROLMENT_ANSWERED, .hash = { 1, 2, 3 } });
	answers(certs, junk);
	is(told_keys(MSG_CERTIFIED), 0,
	    "what is about another request is nothing, nor an answer "
	    "without a directory");
	ok(was_logged("event=renewal.refused"), "the log says so");
	ok(killed() && goes_up(ENROLMENT_ASK), "started anew it asks");
	answers(certs, buf_bytes(&s.c.t.file));
	is(told_keys(MSG_CERTIFIED), 0,
	    "certificates that the directory does not show are none, though "
	    "an authority signed them");
	ok(killed() && goes_up(ENROLMENT_ASK), "it goes on asking");
	certs[0] = s.kid[1]->station.card.sign.der;
	certs[1] = s.kid[1]->station.card.kem.der;
	answers(certs, buf_bytes(&s.c.t.file));
	is(told_keys(MSG_CERTIFIED), 0, "nor are another station's");
	ok(killed(), "it goes on");
}

static void
what_the_directory_shows_is_taken(void)
{
	struct buf junk = { 0 }, more = { 0 };
	struct bytes certs[2];
	struct heard h;
	struct act a;
	char directory[PATH + 32];
	struct directory *d;
	uint8_t cert[SHA256_SIZE];
	struct err e;

	(void)buf_grow(&junk, 3 * CERT_MAX);
	issue(certs, &next, 1000);
	a = act_certify(&s.c.t, own->unit, NULL, certs[0], certs[1]);
	tree_do(&s.c.t, ROOT, &a);
	ok(goes_up(ENROLMENT_ASK), "it asks");
	buf_add(&more, certs[1]);
	buf_add(&more, buf_bytes(&junk));
	answers((struct bytes[]){ certs[0], buf_bytes(&more) },
	    buf_bytes(&s.c.t.file));
	is(told_keys(MSG_CERTIFIED), 0,
	    "what stands behind certificates does "
	    "not pass");
	buf_free(&more);
	buf_free(&junk);
	answers(certs, buf_bytes(&s.c.t.file));
	h = expect(s.keys, MSG_CERTIFIED);
	ok(h.fd != -2 &&
		h.m.body.certified.certs.len == certs[0].len + certs[1].len,
	    "what its authority decided goes to keys");
	heard_free(&h);
	ok(killed() && goes_up(ENROLMENT_ASK),
	    "killed before keys has it, it asks again");
	(void)snprintf(
	    directory, sizeof(directory), "%s/directory", own->folder);
	cert_fingerprint(cert, certs[0]);
	ok(directory_read(&d, directory, true, &e) == RC_OK &&
		cert_by_fingerprint(&d->state, cert) != NONE,
	    "its directory has it already");
	directory_free(d);
	answers(certs, buf_bytes(&s.c.t.file));
	h = expect(s.keys, MSG_CERTIFIED);
	ok(h.fd != -2, "it goes to keys once more");
	heard_free(&h);
	keys_has(certs[0]);
	stage_settle(&s);
	ok(was_logged("event=renewal.done"), "which has it then");
	is(told_keys(MSG_RENEW) + said_of(s.link, MSG_ENROL_UP), 0,
	    "and nothing is asked any more");
}

int
main(void)
{
	const struct suite *suite = suite_by_name("A");
	struct bytes certs[2];
	struct err e;

	stage_make(&s);
	own = s.kid[0];
	country_write(own, "");
	write_in(own, "directory", buf_bytes(&s.c.t.file));
	issue(certs, &own->station, 105);
	buf_add(&ending, certs[0]);
	must(
	    identity_new(&next, sig_by_name(suite->sig),
		kem_by_name(suite->kem), bytes_str("a station's"),
		bytes_str(own->address), time_now(), time_now() + TIME_DAY, &e),
	    &e);
	make_request(&next);
	start();
	it_asks_until_it_is_answered();
	no_lie_is_believed();
	what_the_directory_shows_is_taken();
	stage_end(&s);
	identity_free(&next);
	buf_free(&request);
	buf_free(&ending);
	return done();
}

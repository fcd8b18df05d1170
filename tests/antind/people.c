/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * People in the process keys (docs/registry.md 6.3, 6.4): this test is its
 * store and its control.  What signs somebody in, and what does not; that
 * nothing happens before the store has it; that no secret leaves it.
 */
#include "play.h"

#include "proc_keys/people.h"
#include "crypto/totp.h"
#include "registry/step.h"

#define LAN STATION "/lan"
#define MAI STATION "/mai"
#define WORDS "mây trắng bay trên đỉnh Pu Ta Leng"
#define OTHERS "suối chảy quanh bản, lúa lên xanh"
#define HERE 1000u
#define THERE 1001u
#define NOW INT64_C(1795000000)

static struct identity station, lan, mai;
static struct actor keys;
static struct line *store, *control;

/* A person's codes, as the store would have them. */
struct codes {
	struct buf record;
	uint64_t used;
	uint8_t secret[TOTP_SECRET];
};
static struct codes lans, mais;

/* ---- key files
 * ------------------------------------------------------------------------- */

static void
person_new(struct identity *out, const char *suite, const char *address)
{
	const struct suite *s = suite_by_name(suite);
	const int64_t now = time_now();
	struct cert_request r = { .name = bytes_str("Person"),
		.issuer = bytes_str("Authority"),
		.address = bytes_str(address),
		.from = now - TIME_DAY,
		.until = now + TIME_DAY,
		.use = CERT_SIGN,
		.rights = { .kind = CERT_PERSON } };
	struct sig_key *authority = sig_generate(sig_by_name(s->sig));
	struct bytes certs[1];
	struct buf der;
	struct err e;

	if (identity_new(out, sig_by_name(s->sig), NULL, r.name, r.address,
		r.from, r.until, &e) != RC_OK)
		bug(e.text);
	r.sig = sig_key_alg(out->sig);
	r.pub = sig_key_pub(out->sig);
	cert_write(&der, &r, authority);
	certs[0] = buf_bytes(&der);
	if (identity_certify(out, certs, 1, &e) != RC_OK)
		bug(e.text);
	buf_free(&der);
	sig_key_free(authority);
}

static void
begin(void)
{
	const struct rights r = { .kind = CERT_STATION };
	struct heard h;
	size_t i, people = 0;

	holder_new(&station, "A", STATION, &r);
	person_new(&lan, "A", LAN);
	person_new(&mai, "A", MAI);
	keys = actor_new(&process_keys);
	give_key(&keys, &station, "station.key", NULL, true);
	give_key(&keys, &lan, "lan.key", WORDS, false);
	give_key(&keys, &mai, "mai.key", OTHERS, false);
	store = actor_sibling(&keys, PROC_STORE);
	control = actor_sibling(&keys, PROC_CONTROL);
	if (!actor_go(&keys))
		bug("keys does not start");
	for (i = 0; i < 3 && wait_for(&h, store, MSG_HELD); i++) {
		people += !h.m.body.held.station &&
			  (bytes_eq(h.m.body.held.sign,
			       buf_bytes(&lan.card.sign_der)) ||
			      bytes_eq(h.m.body.held.sign,
				  buf_bytes(&mai.card.sign_der)));
		heard_free(&h);
	}
	is(people, 2, "the store hears of people's keys");
}

/* Whether keys takes a person's key file that is under this passphrase. */
static bool
takes(const struct identity *id, const char *passphrase)
{
	struct actor a = actor_new(&process_keys);
	bool ready;

	give_key(&a, &station, "station.key", NULL, true);
	give_key(&a, id, "nam.key", passphrase, false);
	ready = actor_go(&a);
	(void)(ready ? actor_stop(&a) : actor_wait(&a));
	return ready;
}

static void
which_key_files_are_taken(void)
{
	struct identity foreign;

	person_new(&foreign, "interop", LAN);
	ok(takes(&lan, WORDS), "a person's key file under a passphrase is");
	ok(!takes(&lan, NULL), "one without a passphrase is not");
	ok(was_logged("has to be under a passphrase"), "and it is said why");
	ok(!takes(&foreign, WORDS), "nor one for foreign tools only");
	identity_free(&foreign);
}

/* ---- what is said to it
 * ------------------------------------------------------------------------- */

static void
asks(enum user_do what, uint64_t uid, const char *who, const char *words,
    const char *code, const char *by)
{
	const struct msg_user m = { .uid = uid,
		.what = what,
		.person = bytes_str(who),
		.by = bytes_str(by),
		.passphrase = bytes_str(words),
		.code = bytes_str(code) };

	say_to(control, MSG_USER, ++jobs, &m, -1);
}

/* What control is told; the caller frees. */
static struct heard
told(void)
{
	struct heard h;

	if (!wait_for(&h, control, MSG_USER_IS) || h.m.job != jobs)
		bug("no answer, or to another job");
	return h;
}

static enum rc
outcome(uint64_t *wait, int64_t *left)
{
	struct heard h = told();
	const struct msg_user_is *m = &h.m.body.user_is;
	const enum rc rc = (enum rc)m->rc;

	if (wait != NULL)
		*wait = m->wait;
	if (left != NULL)
		*left = m->until - time_now();
	heard_free(&h);
	return rc;
}

/* The store says who that is. */
struct says {
	const struct codes *codes;
	int64_t now;
	bool own_clock, administrator, by_may;
	uint8_t bound;
};

static bool
store_says(const struct says *s)
{
	struct msg_person_is m = { .now = s->now,
		.record = buf_bytes(&s->codes->record),
		.used = s->codes->used,
		.own_clock = s->own_clock,
		.administrator = s->administrator,
		.by_may = s->by_may };
	struct heard h;

	if (!wait_for(&h, store, MSG_PERSON))
		return false;
	memset(m.bound, s->bound, sizeof(m.bound));
	say_to(store, MSG_PERSON_IS, h.m.job, &m, -1);
	heard_free(&h);
	return true;
}

/* What keys wants kept; the store keeps it, and says this. */
static bool
store_keeps(struct codes *c, enum session_did what, enum rc rc)
{
	const struct msg_outcome m = { rc,
		bytes_str(rc == RC_OK ? "" : "the disk is full") };
	struct heard h;
	bool good;

	if (!wait_for(&h, store, MSG_SESSION))
		return false;
	good = h.m.body.session.what == (uint64_t)what;
	if (rc == RC_OK) {
		c->used = h.m.body.session.used;
		if (h.m.body.session.record.len > 0) {
			buf_free(&c->record);
			buf_add(&c->record, h.m.body.session.record);
		}
	}
	say_to(store, MSG_SESSION_IS, h.m.job, &m, -1);
	heard_free(&h);
	return good;
}

static const char *
code_of(const struct codes *c, int64_t at)
{
	static char code[TOTP_DIGITS + 1];

	totp_code(code, c->secret, (uint64_t)(at / TOTP_STEP));
	return code;
}

/* New codes for the passphrase alone. */
static enum rc
has_codes(const char *who, const char *words, struct codes *c, uint8_t bound)
{
	const struct says s = { .codes = c, .now = NOW, .bound = bound };
	struct heard h;
	enum rc rc;

	asks(USER_CODES, HERE, who, words, "", "");
	if (!store_says(&s) || !store_keeps(c, SESSION_CODES, RC_OK))
		bug("keys does not ask");
	h = told();
	rc = (enum rc)h.m.body.user_is.rc;
	if (h.m.body.user_is.secret.len == TOTP_SECRET)
		memcpy(c->secret, h.m.body.user_is.secret.p, TOTP_SECRET);
	else
		rc = RC_INVALID;
	heard_free(&h);
	return rc;
}

/* All goes well, at this time, with the code of another. */
static enum rc
signs_in(const char *who, uint64_t uid, const char *words, struct codes *c,
    uint8_t bound, int64_t now, int64_t of)
{
	const struct says s = { .codes = c, .now = now, .bound = bound };

	asks(USER_SIGN_IN, uid, who, words, code_of(c, of), "");
	if (!store_says(&s) || !store_keeps(c, SESSION_IN, RC_OK))
		return RC_INVALID;
	return outcome(NULL, NULL);
}

/* It does not come so far that anything is kept. */
static enum rc
is_refused(const struct says *s, uint64_t *wait, struct buf *why)
{
	struct heard h;
	enum rc rc;

	if (!store_says(s))
		bug("keys does not ask");
	h = told();
	rc = (enum rc)h.m.body.user_is.rc;
	*wait = h.m.body.user_is.wait;
	buf_free(why);
	buf_add(why, h.m.body.user_is.why);
	heard_free(&h);
	return rc;
}

/* ---- codes
 * ------------------------------------------------------------------------------
 */

static void
codes_are_made(void)
{
	struct says s = { .codes = &lans, .now = NOW, .bound = 1 };
	struct buf why = { 0 };
	struct heard h;
	uint64_t wait;

	asks(USER_SIGN_IN, HERE, LAN, WORDS, "123456", "");
	is(is_refused(&s, &wait, &why), RC_ABSENT,
	    "nobody signs in without codes");
	asks(USER_CODES, HERE, LAN, OTHERS, "", "");
	is(is_refused(&s, &wait, &why), RC_DENIED,
	    "nobody gets codes for a wrong passphrase");
	asks(USER_CODES, HERE, LAN, WORDS, "", "");
	ok(store_says(&s) && store_keeps(&lans, SESSION_CODES, RC_IO),
	    "new codes are kept");
	h = told();
	ok(h.m.body.user_is.rc == RC_IO && h.m.body.user_is.secret.len == 0,
	    "and not shown where they could not be");
	heard_free(&h);
	is(has_codes(LAN, WORDS, &lans, 1), RC_OK,
	    "for the right passphrase he gets some");
	ok(lans.record.len > 0 && memmem(lans.record.p, lans.record.len,
				      lans.secret, TOTP_SECRET) == NULL,
	    "what is kept does not show them");
	is(has_codes(LAN, WORDS, &lans, 1), RC_OK,
	    "and others, while he has not signed in by these");
	is(has_codes(MAI, OTHERS, &mais, 2), RC_OK, "so does another person");
	buf_free(&why);
}

static void
both_are_wanted(void)
{
	struct says s = { .codes = &lans, .now = NOW, .bound = 1 };
	struct buf first = { 0 }, why = { 0 };
	uint64_t wait;

	asks(USER_SIGN_IN, HERE, LAN, "", "123456", "");
	is(outcome(&wait, NULL), RC_INVALID, "a passphrase is wanted");
	asks(USER_SIGN_IN, HERE, LAN, WORDS, "", "");
	is(outcome(&wait, NULL), RC_INVALID, "and a code");
	asks(USER_SIGN_IN, HERE, STATION "/nobody", WORDS, "123456", "");
	is(outcome(&wait, NULL), RC_ABSENT, "of somebody who is here");
	asks(USER_SIGN_IN, HERE, LAN, OTHERS, code_of(&lans, NOW), "");
	is(is_refused(&s, &wait, &first), RC_DENIED,
	    "the code alone is not enough");
	asks(USER_SIGN_IN, HERE, LAN, WORDS, "12345x", "");
	is(is_refused(&s, &wait, &why), RC_DENIED, "nor the passphrase alone");
	same(buf_bytes(&why), buf_bytes(&first),
	    "and nobody learns which was wrong");
	asks(USER_SIGN_IN, HERE, LAN, WORDS, code_of(&mais, NOW), "");
	is(is_refused(&s, &wait, &why), RC_DENIED,
	    "another person's code is none");
	s.own_clock = true;
	asks(USER_SIGN_IN, HERE, LAN, WORDS, code_of(&lans, NOW - 3600), "");
	is(is_refused(&s, &wait, &why), RC_DENIED, "nor one of an hour ago");
	ok(memmem(why.p, why.len, "own clock", 9) != NULL,
	    "a station that has only its own clock asks whether it is right");
	buf_free(&first);
	buf_free(&why);
}

static void
each_code_is_good_once(void)
{
	const struct says s = { .codes = &lans, .now = NOW, .bound = 1 };
	struct buf why = { 0 };
	uint64_t wait;
	int64_t left;

	asks(USER_SIGN_IN, HERE, LAN, WORDS, code_of(&lans, NOW), "");
	ok(store_says(&s) && store_keeps(&lans, SESSION_IN, RC_OK),
	    "which code was used is kept before he is in");
	ok(outcome(NULL, &left) == RC_OK && left > 880 && left <= 900,
	    "he is in for 15 minutes");
	asks(USER_SIGN_IN, HERE, LAN, WORDS, code_of(&lans, NOW), "");
	is(is_refused(&s, &wait, &why), RC_DENIED,
	    "the same code is not good again");
	is(signs_in(LAN, HERE, WORDS, &lans, 1, NOW, NOW + 30), RC_OK,
	    "the next one is");
	buf_free(&why);
}

static void
a_record_is_one_persons(void)
{
	struct says s = { .codes = &lans, .now = NOW + 90, .bound = 3 };
	struct buf why = { 0 };
	uint64_t wait;

	asks(USER_SIGN_IN, HERE, LAN, WORDS, code_of(&lans, NOW + 90), "");
	is(is_refused(&s, &wait, &why), RC_DENIED,
	    "codes that were kept for another are nobody's");
	asks(USER_SIGN_IN, HERE, MAI, OTHERS, code_of(&lans, NOW + 90), "");
	s = (struct says){ .codes = &lans, .now = NOW + 90, .bound = 2 };
	is(is_refused(&s, &wait, &why), RC_DENIED,
	    "so nobody puts his own in another's place");
	buf_free(&why);
}

/* ---- sessions
 * ---------------------------------------------------------------------------
 */

static void
administrators_have_less_time(void)
{
	const struct says s = {
		.codes = &mais, .now = NOW, .bound = 2, .administrator = true
	};
	int64_t left = 0;

	asks(USER_SIGN_IN, HERE, MAI, OTHERS, code_of(&mais, NOW), "");
	ok(store_says(&s) && store_keeps(&mais, SESSION_IN, RC_OK) &&
		outcome(NULL, &left) == RC_OK && left > 280 && left <= 300,
	    "an administrator is in for 5 minutes, beside the first person");
}

/* What the store was told last that keys does not wait for. */
static struct {
	uint64_t what, uid;
	size_t there; /* SESSION_THERE, of all */
	char who[LIMIT_ADDRESS + 1];
} heard;

static void
note_session(struct line *l, const struct message *m, int fd)
{
	const struct msg_session *s = &m->body.session;

	(void)fd;
	if (l != store || m->kind != MSG_SESSION)
		return;
	if (m->job != 0) { /* a sign-out that waits for the store */
		say_to(store, MSG_SESSION_IS, m->job,
		    &(struct msg_outcome){ .rc = RC_OK }, -1);
		return;
	}
	heard.there += s->what == SESSION_THERE;
	heard.what = s->what;
	heard.uid = s->uid;
	memcpy(heard.who, s->person.p, s->person.len);
	heard.who[s->person.len] = '\0';
}

static bool
store_hears(enum session_did what, const char *who, uint64_t uid)
{
	return heard.what == (uint64_t)what && heard.uid == uid &&
	       strcmp(heard.who, who) == 0;
}

static void
he_is_at_one_place(void)
{
	is(signs_in(LAN, THERE, WORDS, &lans, 1, NOW + 90, NOW + 90), RC_OK,
	    "who is in signs in as another user of the system");
	asks(USER_SIGN_OUT, HERE, LAN, "", "", "");
	is(outcome(NULL, NULL), RC_OK, "the first one's sign-out");
	asks(USER_SIGN_OUT, THERE, "", "", "", "");
	is(outcome(NULL, NULL), RC_OK, "finds him out");
	ok(store_hears(SESSION_OUT, LAN, THERE),
	    "and the second one's ends it, all that he has");
}

static void
a_lost_phone(void)
{
	struct says s = { .codes = &lans, .now = NOW + 300, .bound = 1 };
	struct buf why = { 0 }, was = { 0 };
	struct heard h;
	uint64_t wait;

	asks(USER_CODES, HERE, LAN, WORDS, "", "");
	is(is_refused(&s, &wait, &why), RC_INVALID,
	    "who has used his codes needs one for new ones");
	asks(USER_CODES, THERE, LAN, WORDS, "", MAI);
	is(outcome(&wait, NULL), RC_DENIED,
	    "an administrator has to be signed in by the same user");
	asks(USER_CODES, HERE, LAN, WORDS, "", LAN);
	is(outcome(&wait, NULL), RC_DENIED, "and be another person");
	asks(USER_CODES, HERE, LAN, WORDS, "", MAI);
	is(is_refused(&s, &wait, &why), RC_DENIED,
	    "and be an administrator above him");
	s.by_may = true;
	asks(USER_CODES, HERE, LAN, OTHERS, "", MAI);
	is(is_refused(&s, &wait, &why), RC_DENIED,
	    "the passphrase has to be right all the same");
	buf_add(&was, buf_bytes(&lans.record));
	asks(USER_CODES, HERE, LAN, WORDS, "", MAI);
	ok(store_says(&s) && store_keeps(&lans, SESSION_CODES_BY, RC_OK),
	    "by both he gets new ones");
	h = told();
	ok(h.m.body.user_is.secret.len == TOTP_SECRET &&
		memcmp(h.m.body.user_is.secret.p, lans.secret, TOTP_SECRET) !=
		    0 &&
		!bytes_eq(buf_bytes(&was), buf_bytes(&lans.record)),
	    "others than he had");
	asks(USER_SIGN_IN, HERE, LAN, WORDS, code_of(&lans, NOW + 300), "");
	is(is_refused(&s, &wait, &why), RC_DENIED,
	    "the lost phone's codes are good no more");
	memcpy(lans.secret, h.m.body.user_is.secret.p, TOTP_SECRET);
	heard_free(&h);
	is(signs_in(LAN, HERE, WORDS, &lans, 1, NOW + 330, NOW + 330), RC_OK,
	    "the new one's are");
	buf_free(&why);
	buf_free(&was);
}

/* ---- steps
 * ------------------------------------------------------------------------------
 */

static struct step
a_step(void)
{
	struct step s = { .number = 3,
		.previous = { 1 },
		.at = time_now(),
		.action = ACTION_NUMBER,
		.person = bytes_str(LAN),
		.desk = bytes_str(STATION "/van-thu"),
		.role = ROLE_CLERK,
		.rules = bytes_str("2026-11-22") };

	memcpy(s.cert, lan.card.sign_cert, SHA256_SIZE);
	return s;
}

/* What keys says to that, as asked by this user for this person. */
static enum rc
steps(struct bytes statement, const char *who, uint64_t uid)
{
	const struct msg_step_sign m = { uid, bytes_str(who), statement };
	struct heard h;
	struct err e;
	enum rc rc;

	say_to(store, MSG_STEP_SIGN, ++jobs, &m, -1);
	if (!wait_for(&h, store, MSG_STEP_SIGNED) || h.m.job != jobs)
		bug("no answer, or to another job");
	rc = (enum rc)h.m.body.step_signed.rc;
	if ((rc == RC_OK) != (h.m.body.step_signed.signature.len > 0))
		bug("an outcome that contradicts itself");
	if (rc == RC_OK && step_holds(statement, h.m.body.step_signed.signature,
			       &lan.card.sign, &e) != RC_OK)
		rc = RC_INVALID;
	heard_free(&h);
	return rc;
}

static enum rc
signs_step(const struct step *s, const char *who, uint64_t uid)
{
	struct buf statement;
	enum rc rc;

	step_write(&statement, s);
	rc = steps(buf_bytes(&statement), who, uid);
	buf_free(&statement);
	return rc;
}

static void
steps_are_signed(void)
{
	struct step s = a_step();

	is(signs_step(&s, LAN, HERE), RC_OK,
	    "who is signed in signs a step, and it holds");
	is(signs_step(&s, LAN, THERE), RC_DENIED,
	    "not for another user of the system");
	is(signs_step(&s, MAI, HERE), RC_DENIED,
	    "nor does another person, who is signed in too");
	s.person = bytes_str(MAI);
	is(signs_step(&s, LAN, HERE), RC_DENIED,
	    "nor is a step of another signed");
	s = a_step();
	s.cert[0] ^= 1;
	is(signs_step(&s, LAN, HERE), RC_DENIED, "or by another certificate");
	s = a_step();
	s.at += 2 * TIME_DAY;
	is(signs_step(&s, LAN, HERE), RC_EXPIRED, "or when that is over");
	is(steps(bytes_str("any bytes that somebody likes"), LAN, HERE),
	    RC_INVALID, "or what is no step");
}

static void
wrong_tries_make_him_wait(void)
{
	const struct says s = { .codes = &mais, .now = NOW + 600, .bound = 2 };
	struct buf why = { 0 };
	uint64_t wait[5] = { 0 };
	size_t i, denied = 0;

	asks(USER_SIGN_OUT, HERE, MAI, "", "", "");
	ok(outcome(NULL, NULL) == RC_OK && store_hears(SESSION_OUT, MAI, HERE),
	    "she signs out");
	for (i = 0; i < 5; i++) {
		asks(USER_SIGN_IN, THERE, MAI, i % 2 ? OTHERS : WORDS,
		    i % 2 ? "000000" : code_of(&mais, NOW + 600), "");
		denied += is_refused(&s, &wait[i], &why) == RC_DENIED;
	}
	is(denied, 5, "five wrong tries, whatever was wrong in each");
	ok(wait[3] == 0 && wait[4] == 30, "the fifth makes her wait");
	ok(store_hears(SESSION_LOCKED, MAI, THERE),
	    "which the store writes down");
	asks(USER_SIGN_IN, THERE, MAI, OTHERS, code_of(&mais, NOW + 600), "");
	ok(outcome(&wait[0], NULL) == RC_DENIED && wait[0] > 0 && wait[0] <= 30,
	    "what is right is not tried before that");
	asks(USER_CODES, THERE, MAI, OTHERS, "", "");
	is(outcome(&wait[0], NULL), RC_DENIED, "nor for new codes");
	is(signs_in(MAI, HERE, OTHERS, &mais, 2, NOW + 600, NOW + 600), RC_OK,
	    "another user of the system is not made to wait");
	buf_free(&why);
}

static void
the_store_is_started_anew(void)
{
	size_t there = 0;
	struct heard h;

	asks(USER_SIGN_IN, HERE, LAN, WORDS, code_of(&lans, NOW + 900), "");
	if (!wait_for(&h, store, MSG_PERSON))
		bug("keys does not ask");
	heard_free(&h);
	store = actor_sibling(&keys, PROC_STORE);
	is(outcome(NULL, NULL), RC_IO,
	    "who waits for a store that ends is told to try again");
	while (heard.there + there < 2 && wait_for(&h, store, MSG_SESSION)) {
		there += h.m.body.session.what == SESSION_THERE;
		heard_free(&h);
	}
	is(heard.there + there, 2, "a new store hears who is signed in");
}

/* ---- time
 * --------------------------------------------------------------------------------
 */

static size_t ended;

static void
count_ended(const struct person *p)
{
	ended += p->until != 0;
}

/* As keys has them, without keys: "now" is an argument. */
static void
sessions_end_by_time(void)
{
	const int64_t minute = 60000, start = 5 * minute;
	struct person p = { .uid = 0 }, *list[] = { &p };
	struct people people = { list, 1 };
	struct identity none = { 0 };

	person_enter(&p, HERE, &none, PERSON_MINUTES * minute, start);
	ok(person_left(&p, HERE, start) == 15 * minute &&
		person_left(&p, THERE, start) == 0,
	    "who is in is so for 15 minutes, for one user");
	ok(person_use(&p, HERE, start + 14 * minute) != NULL &&
		person_left(&p, HERE, start + 14 * minute) == 15 * minute,
	    "and for 15 more when he does something");
	ok(person_use(&p, THERE, start + 20 * minute) == NULL &&
		person_left(&p, HERE, start + 20 * minute) == 9 * minute,
	    "what another user asks is not his doing");
	people_expire(&people, start + 29 * minute - 1, count_ended);
	is(ended, 0, "a moment before his time is over he is in");
	ok(person_left(&p, HERE, start + 29 * minute) == 0 &&
		person_use(&p, HERE, start + 29 * minute) == NULL,
	    "then he is out, though nobody has looked yet");
	people_expire(&people, start + 29 * minute, count_ended);
	people_expire(&people, start + 40 * minute, count_ended);
	is(ended, 1, "which is told once");
}

static void
waits_double(void)
{
	static const struct tries_rule rule = { PERSON_FREE_TRIES,
		PERSON_WAIT_FIRST, PERSON_WAIT_MAX };
	static const uint64_t want[] = { 0, 0, 0, 0, 30, 60, 120, 240, 480, 900,
		900, 900 };
	struct tries t = { 0 };
	int64_t now = 1000;
	size_t i, right = 0;
	uint64_t wait;

	for (i = 0; i < COUNT(want); i++) {
		wait = tries_wrong(&t, &rule, HERE, now);
		right += wait == want[i] && tries_wait(&t, HERE, now) == wait;
		now += (int64_t)wait * 1000;
		right -= tries_wait(&t, HERE, now) != 0;
	}
	is(right, COUNT(want), "waits double from 30 seconds to 15 minutes");
	is(tries_wrong(&t, &rule, THERE, now), 0, "each user has his own");
	tries_right(&t, HERE);
	is(tries_wrong(&t, &rule, HERE, now), 0,
	    "and begins anew when it was right");
	for (i = 0; i < 2 * TRIES_MAX; i++)
		(void)tries_wrong(&t, &rule, 5000 + i, now);
	is(t.count, TRIES_MAX, "so many are remembered, and no more");
	tries_free(&t);
}

static void
nothing_leaks(void)
{
	char text[TOTP_TEXT];

	totp_text(text, lans.secret);
	ok(!was_logged(WORDS) && !was_logged(OTHERS) && !was_logged(text) &&
		!was_logged(code_of(&lans, NOW + 330)),
	    "no passphrase, code or secret is in the log");
	ok(was_logged("event=user.signed_in person=" LAN) &&
		was_logged("event=user.sign_in_refused person=" MAI),
	    "which says who signed in, and who did not");
}

int
main(void)
{
	begin();
	on_message = note_session;
	codes_are_made();
	both_are_wanted();
	each_code_is_good_once();
	a_record_is_one_persons();
	administrators_have_less_time();
	he_is_at_one_place();
	a_lost_phone();
	steps_are_signed();
	wrong_tries_make_him_wait();
	the_store_is_started_anew();
	nothing_leaks();
	is((uint64_t)actor_stop(&keys), 0, "keys ends when it is told to");
	which_key_files_are_taken();
	sessions_end_by_time();
	waits_double();
	buf_free(&lans.record);
	buf_free(&mais.record);
	identity_free(&station);
	identity_free(&lan);
	identity_free(&mai);
	lines_end();
	return done();
}

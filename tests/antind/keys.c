/* SPDX-License-Identifier: EUPL-1.2 */
/* The process that has the keys, spoken to as its siblings do. */
#include "play.h"

#include "core/id.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "dispatch/batch.h"
#include "envelope/envelope.h"
#include "pki/last.h"

#define DESK STATION "/van-thu"
#define LIMITED STATION "/co-yeu"
#define OPEN STATION "/thu"
#define WORDS "sông Mã gầm lên khúc độc hành"
#define CLERK 1000u
#define OTHER 1001u

static struct identity station, desk, limited, bare;
static struct actor keys;
static struct line *store, *control, *seal;

/* ---- said to it
 * ------------------------------------------------------------------------ */

/* The answer to one message, which the caller frees. */
static struct heard
asked(struct line *l, enum msg m, const void *body, enum msg want)
{
	struct heard h;

	say_to(l, m, ++jobs, body, -1);
	if (!wait_for(&h, l, want) || h.m.job != jobs)
		bug("no answer, or to another job");
	return h;
}

static enum rc
sign_in(const char *at, uint64_t uid, const char *words, uint64_t *wait)
{
	const struct msg_sign_in m = { uid, bytes_str(at), bytes_str(words) };
	struct heard h = asked(control, MSG_SIGN_IN, &m, MSG_SIGNED_IN);
	const enum rc rc = (enum rc)h.m.body.signed_in.rc;

	if (wait != NULL)
		*wait = h.m.body.signed_in.wait;
	heard_free(&h);
	return rc;
}

static enum rc
may(enum msg m, const char *at, uint64_t uid)
{
	struct heard h = asked(control, m,
	    &(struct msg_desk){ uid, bytes_str(at) }, MSG_SIGNED_IN);
	const enum rc rc = (enum rc)h.m.body.signed_in.rc;

	heard_free(&h);
	return rc;
}

/* A dispatch of a text of 5 bytes, which keys may sign for DESK. */
static struct addressee to[1];
static struct part part;

static struct dispatch
draft(const char *from)
{
	to[0] = (struct addressee){ bytes_str("antin://xa.vn/van-thu"),
		PURPOSE_ACTION };
	part = (struct part){ .kind = PART_TEXT,
		.name = bytes_str("text"),
		.type = bytes_str("text/plain"),
		.size = 5 };
	return (struct dispatch){ .header = { .id = { { 7 } },
				      .origin = bytes_str(STATION),
				      .incarnation = 1,
				      .serial = 1,
				      .expires = TIME_NEVER },
		.originator = bytes_str(from),
		.due = TIME_NEVER,
		.to = to,
		.to_count = 1,
		.parts = &part,
		.part_count = 1,
		.size = 5 };
}

static const uint8_t digest[SHA512_SIZE] = { 1, 2, 3 };

static struct heard
ask_signature(uint64_t uid, const char *at, struct bytes statement,
    enum level level, int64_t when)
{
	struct msg_sign m = { .uid = uid,
		.desk = bytes_str(at),
		.statement = statement,
		.level = level,
		.at = when };

	memcpy(m.digest, digest, sizeof(digest));
	return asked(seal, MSG_SIGN, &m, MSG_SIGNATURE);
}

/* Its outcome; where it is signed, there is a SignerInfo, and else none. */
static enum rc
signs(uint64_t uid, const char *at, const struct dispatch *d)
{
	struct der_wr w = { 0 };
	struct heard h;
	enum rc rc;

	dispatch_write(&w, d);
	h = ask_signature(uid, at, buf_bytes(&w.out), d->level, time_now());
	rc = (enum rc)h.m.body.signature.rc;
	if ((rc == RC_OK) != (h.m.body.signature.signer.len > 0) ||
	    (rc == RC_OK) != (h.m.body.signature.why.len == 0))
		bug("an outcome that contradicts itself");
	heard_free(&h);
	der_wr_free(&w);
	return rc;
}

/* ---- the start
 * ------------------------------------------------------------------------- */

/* Whether keys starts with what it is given, and says why where it does not. */
static int
starts(void (*give)(const struct actor *a))
{
	struct actor a = actor_new(&process_keys);
	bool ready;
	int status;

	give(&a);
	ready = actor_go(&a);
	status = ready ? actor_stop(&a) : actor_wait(&a);
	return ready ? status : status == 0 ? -1 : status;
}

static void
give_nothing(const struct actor *a)
{
	(void)a;
}

static void
give_station(const struct actor *a)
{
	give_key(a, &station, "tram.key", NULL, true);
}

static void
give_desk_as_station(const struct actor *a)
{
	give_key(a, &desk, "wrong.key", NULL, true);
}

static void
give_station_as_desk(const struct actor *a)
{
	give_station(a);
	give_key(a, &station, "wrong.key", NULL, false);
}

static void
give_bad_name(const struct actor *a)
{
	give_station(a);
	give_key(a, &desk, "a\nevent=forged.key", NULL, false);
}

static void
give_bad_file(const struct actor *a)
{
	give_station(a);
	say_to(a->parent, MSG_KEY, 0,
	    &(struct msg_key){
		bytes_str("garbage.key"), bytes_str("no key file"), 0 },
	    -1);
}

static void
give_locked(const struct actor *a)
{
	give_key(a, &station, "locked.key", WORDS, true);
}

static void
give_locked_and_words(const struct actor *a)
{
	give_locked(a);
	actor_set(a, "station-passphrase", WORDS);
}

static void
give_bad_setting(const struct actor *a)
{
	give_station(a);
	actor_set(a, "unlock", "0");
}

static void
what_cannot_be_unlocked_is_refused_at_the_start(void)
{
	static const struct {
		void (*give)(const struct actor *a);
		int status;
		const char *says, *name;
	} rows[] = {
		{ give_station, 0, "process.sandbox", "a station's key alone" },
		{ give_locked_and_words, 0, "process.sandbox",
		    "a key under a passphrase that came behind it" },
		{ give_nothing, PROCESS_FAILED, "no key", "no key at all" },
		{ give_desk_as_station, PROCESS_FAILED, "wrong.key",
		    "a desk's key for the station's" },
		{ give_station_as_desk, PROCESS_FAILED, "wrong.key",
		    "a station's key for a desk's" },
		{ give_bad_name, PROCESS_FAILED, "name is not one line",
		    "a file name of two lines" },
		{ give_bad_file, PROCESS_FAILED, "garbage.key",
		    "a file that is no key file" },
		{ give_locked, PROCESS_FAILED, "locked.key",
		    "a station's key under a passphrase nobody gave" },
		{ give_bad_setting, PROCESS_FAILED, "1 to 1440 minutes",
		    "a time to unlock of no minutes" },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		is((uint64_t)starts(rows[i].give), (uint64_t)rows[i].status,
		    "%s: keys %s", rows[i].name,
		    rows[i].status == 0 ? "starts" : "does not start");
		ok(was_logged(rows[i].says), "and the log says %s",
		    rows[i].says);
		ok(!was_logged("\nevent=forged"), "and forges no line");
		lines_end();
	}
}

static void
keys_begins(void)
{
	struct heard h;
	unsigned held = 0, of_station = 0;

	keys = actor_new(&process_keys);
	give_key(&keys, &station, "tram.key", NULL, true);
	give_key(&keys, &desk, "van-thu.key", WORDS, false);
	give_key(&keys, &limited, "co-yeu.key", WORDS, false);
	give_key(&keys, &bare, "thu.key", NULL, false);
	store = actor_sibling(&keys, PROC_STORE);
	control = actor_sibling(&keys, PROC_CONTROL);
	seal = actor_sibling(&keys, PROC_SEAL);
	ok(actor_go(&keys), "keys begins");
	while (held < 4 && wait_for(&h, store, MSG_HELD)) {
		of_station += h.m.body.held.station &&
			      bytes_eq(h.m.body.held.sign,
				  buf_bytes(&station.card.sign_der));
		held++;
		heard_free(&h);
	}
	ok(held == 4 && of_station == 1,
	    "the store is told each certificate, and which is the station's");
}

/* ---- signing in
 * ------------------------------------------------------------------------ */

static void
who_is_not_signed_in_gets_nothing(void)
{
	const struct dispatch d = draft(DESK);

	is(may(MSG_MAY, DESK, CLERK), RC_DENIED,
	    "nobody is signed in at first");
	is(signs(CLERK, DESK, &d), RC_DENIED, "and nothing is signed for him");
	is(may(MSG_MAY, STATION "/nowhere", CLERK), RC_ABSENT,
	    "a desk without a key is not there");
	is(sign_in(STATION "/nowhere", CLERK, WORDS, NULL), RC_ABSENT,
	    "nor can anybody sign in to it");
	is(signs(CLERK, STATION, &d), RC_DENIED,
	    "the station's own key signs no dispatch");
}

static void
a_desk_without_passphrase_takes_none(void)
{
	is(sign_in(OPEN, CLERK, "guess", NULL), RC_DENIED,
	    "a key without passphrase takes no other than the empty one");
	is(sign_in(OPEN, CLERK, "", NULL), RC_OK, "which it takes");
	is(may(MSG_MAY, DESK, CLERK), RC_DENIED,
	    "who is signed in to one desk is not to another");
}

static void
wrong_passphrases_back_off(void)
{
	uint64_t wait[5] = { 0 };
	int64_t before, quick, fourth = 0;
	unsigned i, denied = 0, none = 0;
	bool early;
	enum rc rc;

	for (i = 0; i < 6; i++)
		none += sign_in(DESK, OTHER, "", &wait[0]) == RC_INVALID &&
			wait[0] == 0;
	is(none, 6, "to give none where one is wanted costs nothing");
	ok(!was_logged("sign_in_refused desk=" DESK " uid=1001"),
	    "and is not logged as a wrong one");
	for (i = 0; i < 4; i++) {
		fourth = process_ms();
		denied += sign_in(DESK, OTHER, "sai", &wait[i]) == RC_DENIED;
	}
	is(denied, 4, "a wrong passphrase is refused");
	ok(wait[0] == 0 && wait[1] == 0 && wait[2] == 0, "three are free");
	is(wait[3], 1, "the fourth makes wait a second");
	before = process_ms();
	rc = sign_in(DESK, OTHER, WORDS, &wait[4]);
	quick = process_ms() - before;
	/* it waits from when it was asked on: trying may last as long */
	early = process_ms() - fourth < 1000;
	if (early) {
		is(rc, RC_DENIED, "the right one is too early after four");
		is(wait[4], 1, "and hears how long");
		ok(quick < 50 || quick < (before - fourth) / 2,
		    "too early a try is not computed (%lld ms)",
		    (long long)quick);
	} else {
		skip("the machine tried for as long as he had to wait");
	}
	is(sign_in(DESK, CLERK, WORDS, NULL), RC_OK,
	    "another person does not wait for it");
	if (early)
		is(may(MSG_MAY, DESK, OTHER), RC_DENIED,
		    "who gave wrong ones is not let in by another's right one");
	(void)usleep(1100000);
	is(sign_in(DESK, OTHER, WORDS, NULL), RC_OK,
	    "after the wait the right one is good");
	is(sign_in(DESK, OTHER, "sai", &wait[0]), RC_DENIED,
	    "a wrong one by one who is in is refused");
	is(wait[0], 0, "and he has three free ones again");
	is(may(MSG_SIGN_OUT, DESK, OTHER), RC_OK, "he signs out");
	ok(was_logged("event=desk.sign_in_refused desk=" DESK " uid=1001") &&
		was_logged("event=desk.signed_in desk=" DESK " uid=1001") &&
		was_logged("event=desk.locked desk=" DESK " uid=1001"),
	    "the log has who came, who was refused, who left");
	ok(!was_logged("sai\n") && !was_logged("sông"), "and no passphrase");
}

static void
desks_are_listed(void)
{
	struct heard h = asked(control, MSG_DESKS,
	    &(struct msg_desk){ .uid = CLERK }, MSG_DESK_LIST);
	struct bytes rows = h.m.body.rows.rows;
	unsigned all = 0, in = 0;
	struct msg_desk_row row;

	for (; list_next(&rows, LIST_DESK, &row); all++)
		if (row.until > time_now() + 3000 &&
		    row.until < time_now() + 3700)
			in++;
	ok(all == 3 && in == 2,
	    "a person sees all desks, and until when he is in");
	heard_free(&h);
}

/* ---- signing
 * ----------------------------------------------------------------------------
 */

static void
a_dispatch_is_signed(void)
{
	const struct dispatch d = draft(DESK);
	struct der_wr w = { 0 };
	struct signed_data s;
	struct buf inner;
	struct heard h;
	struct err e;

	dispatch_write(&w, &d);
	h = ask_signature(
	    CLERK, DESK, buf_bytes(&w.out), LEVEL_TOI_MAT, time_now());
	signed_join(&inner, bytes_str("content"), h.m.body.signature.signer);
	went(signed_read(&s, SIGNED_DISPATCH, buf_bytes(&inner), &e), &e,
	    "what keys answers is a SignerInfo of a dispatch");
	ok(signed_verify(&s, desk.card.pub, desk.card.sign_cert, digest),
	    "which holds under the desk's key, for this digest");
	ok(bytes_eq(s.statement, buf_bytes(&w.out)) &&
		s.level == LEVEL_TOI_MAT &&
		bytes_eq(s.receipt_id, id_bytes(&d.header.id)) &&
		bytes_eq(s.receipts_to, d.originator) &&
		bytes_eq(s.content_type, oid(OID_ANTIN_DISPATCH)),
	    "and says what the statement says, and its level");
	buf_free(&inner);
	heard_free(&h);
	der_wr_free(&w);
}

static void
what_is_not_the_desks_is_not_signed(void)
{
	struct dispatch d = draft(DESK);
	struct addressee twice[2] = { to[0], to[0] };

	is(signs(CLERK, DESK, &d), RC_OK, "a dispatch of the desk is signed");
	is(signs(OTHER, DESK, &d), RC_DENIED, "not for one who has signed out");
	is(signs(CLERK, OPEN, &d), RC_DENIED,
	    "not by another desk, to which he is signed in as well");
	d = draft(STATION "/nowhere");
	is(signs(CLERK, DESK, &d), RC_DENIED,
	    "not of another originator at this station");
	d = draft("antin://xa.vn/van-thu");
	is(signs(CLERK, DESK, &d), RC_INVALID,
	    "not of an originator who is not of the origin");
	d.header.origin = bytes_str("antin://xa.vn");
	is(signs(CLERK, DESK, &d), RC_DENIED, "not of another origin");
	d = draft(DESK);
	d.header.origin = bytes_str("antin://xa.vn");
	is(signs(CLERK, DESK, &d), RC_INVALID,
	    "not of this desk with another origin");
	d = draft(DESK);
	d.to = twice;
	d.to_count = 2;
	is(signs(CLERK, DESK, &d), RC_INVALID,
	    "not with an addressee who stands twice");
	d = draft(DESK);
	d.size = 6;
	is(signs(CLERK, DESK, &d), RC_INVALID,
	    "not with parts that are not the content");
}

/* No statement, no signature, whatever the digest is of. */
static void
a_digest_alone_is_not_signed(void)
{
	const struct dispatch d = draft(DESK);
	struct der_wr w = { 0 };
	struct buf more = { 0 };
	struct bytes rows[6];
	unsigned refused = 0, i;
	struct heard h;

	dispatch_write(&w, &d);
	buf_add(&more, buf_bytes(&w.out));
	buf_u8(&more, 0);
	rows[0] = bytes_of("\0", 1);
	rows[1] = bytes_of("\x30\x00", 2);
	rows[2] = bytes_of(digest, sizeof(digest));
	rows[3] = buf_bytes(&more);
	rows[4] = bytes_of(w.out.p, w.out.len - 1);
	/* what the CMS attributes themselves look like: no statement */
	rows[5] = bytes_of("\x31\x03\x04\x01\x00", 5);
	for (i = 0; i < COUNT(rows); i++) {
		h = ask_signature(
		    CLERK, DESK, rows[i], LEVEL_ORDINARY, time_now());
		refused += h.m.body.signature.rc == RC_INVALID &&
			   h.m.body.signature.signer.len == 0;
		heard_free(&h);
	}
	is(refused, COUNT(rows),
	    "without a whole statement and nothing else no digest is signed");
	h = ask_signature(
	    CLERK, DESK, buf_bytes(&w.out), LEVEL_ORDINARY, TIME_NEVER);
	is(h.m.body.signature.rc, RC_INVALID,
	    "nor at a time that cannot be written");
	heard_free(&h);
	h = ask_signature(CLERK, DESK, buf_bytes(&w.out), LEVEL_ORDINARY,
	    time_now() + 2 * TIME_DAY);
	is(h.m.body.signature.rc, RC_EXPIRED,
	    "nor when the certificate does not hold");
	heard_free(&h);
	der_wr_free(&w);
	buf_free(&more);
}

static void
rights_are_kept(void)
{
	struct dispatch d = draft(LIMITED);

	is(sign_in(LIMITED, CLERK, WORDS, NULL), RC_OK,
	    "he signs in to a desk whose certificate goes to mật and khẩn");
	d.level = LEVEL_MAT;
	d.header.precedence = PRECEDENCE_KHAN;
	is(signs(CLERK, LIMITED, &d), RC_OK, "mật and khẩn is signed");
	d.level = LEVEL_TOI_MAT;
	is(signs(CLERK, LIMITED, &d), RC_DENIED, "tối mật is not");
	d.level = LEVEL_MAT;
	d.header.precedence = PRECEDENCE_HOA_TOC;
	is(signs(CLERK, LIMITED, &d), RC_DENIED, "hỏa tốc is not");
	d.header.precedence = PRECEDENCE_THUONG;
	d.info = PRECEDENCE_THUONG_KHAN;
	is(signs(CLERK, LIMITED, &d), RC_DENIED,
	    "nor thượng khẩn for information");
}

/* ---- unlocking
 * -------------------------------------------------------------------------- */

static const uint8_t cek[AEAD_KEY] = { 42 };

static void
sealed_for(struct buf *out, const struct identity *id)
{
	const struct dispatch d = draft("antin://xa.vn/van-thu");
	const struct recipient r = { id->card.kem.tag, id->card.kem.kem,
		id->card.kem.pub };
	struct sink sink = sink_buf(out);
	struct err e;

	*out = (struct buf){ 0 };
	if (envelope_seal(
		&sink, &d.header, bytes_str("inner"), cek, &r, 1, &e) != RC_OK)
		bug(e.text);
}

/* Its outcome; a key comes out exactly where it is good. */
static enum rc
unlocks(uint64_t uid, const char *at, const struct envelope *env)
{
	static const uint8_t none[AEAD_KEY];
	const struct msg_unlock m = { uid, bytes_str(at), env->slips,
		env->cipher, env->attributes };
	struct heard h = asked(seal, MSG_UNLOCK, &m, MSG_CEK);
	const enum rc rc = (enum rc)h.m.body.cek.rc;

	if (memcmp(h.m.body.cek.cek, rc == RC_OK ? cek : none, AEAD_KEY) != 0)
		bug("another key than was sealed");
	heard_free(&h);
	return rc;
}

static void
keys_are_unlocked(void)
{
	struct envelope env, changed;
	struct buf sealed, copy = { 0 };
	size_t i, refused = 0, tried = 0;
	struct err e;

	sealed_for(&sealed, &desk);
	if (envelope_parse(&env, buf_bytes(&sealed), &e) != RC_OK)
		bug(e.text);
	is(unlocks(CLERK, DESK, &env), RC_OK,
	    "the content key comes out for who is signed in");
	is(unlocks(OTHER, DESK, &env), RC_DENIED, "and for nobody else");
	is(unlocks(CLERK, OPEN, &env), RC_ABSENT,
	    "a desk without a slip has none of it");
	/* one byte changed in what the slip is bound to */
	buf_add(&copy, env.attributes);
	changed = env;
	changed.attributes = buf_bytes(&copy);
	for (i = 0; i < copy.len; i += 7, tried++) {
		copy.p[i] ^= 1;
		refused += unlocks(CLERK, DESK, &changed) != RC_OK;
		copy.p[i] ^= 1;
	}
	is(refused, tried, "none with another header");
	changed = env;
	changed.cipher = (struct bytes){ 0 };
	is(unlocks(CLERK, DESK, &changed), RC_INVALID, "nor without a cipher");
	changed = env;
	changed.slips = (struct bytes){ 0 };
	is(unlocks(CLERK, DESK, &changed), RC_LIMIT, "nor without slips");
	is(may(MSG_SIGN_OUT, DESK, CLERK), RC_OK, "he signs out");
	is(unlocks(CLERK, DESK, &env), RC_DENIED, "and unlocks no more");
	is(may(MSG_SIGN_OUT, "", CLERK), RC_OK, "out of all others at once");
	is(may(MSG_MAY, OPEN, CLERK), RC_DENIED, "he is in none");
	buf_free(&sealed);
	buf_free(&copy);
}

/* ---- others
 * -----------------------------------------------------------------------------
 */

/* One statement more: its kind, the desk it names, and when. */
static void
add_said(
    struct der_wr *w, enum statement_kind kind, const char *about, int64_t at)
{
	struct statement s = { .kind = kind,
		.origin = bytes_str("antin://ten-cu.vn"),
		.incarnation = 1,
		.serial = 1,
		.at = at,
		.since = TIME_NEVER };

	if (about != NULL)
		s.desk = bytes_str(about);
	statement_write(w, &s);
}

/* Which of the statements is not signed, and why. */
static enum rc
vouched(const char *as, struct der_wr *w, int64_t at, uint64_t *bad)
{
	const struct msg_vouch m = { .signer = bytes_str(as),
		.at = at,
		.statements = buf_bytes(&w->out) };
	struct heard h = asked(store, MSG_VOUCH, &m, MSG_VOUCHED);
	const enum rc rc = (enum rc)h.m.body.vouched.rc;

	*bad = h.m.body.vouched.bad;
	heard_free(&h);
	der_wr_free(w);
	*w = (struct der_wr){ 0 };
	return rc;
}

/* docs/receipts.md 4.5, 6.4. */
static void
which_is_not_signed_is_said(void)
{
	const int64_t now = time_now(), far = now + 400 * 366 * TIME_DAY;
	struct der_wr w = { 0 };
	uint64_t bad;

	add_said(&w, STATEMENT_INQUIRY, DESK, now);
	is(vouched(STATION, &w, now, &bad), RC_OK,
	    "an inquiry about what was sent under an older name is signed");
	is(bad, 0, "with all that is beside it");
	add_said(&w, STATEMENT_CUSTODY, NULL, now);
	add_said(&w, STATEMENT_ARRIVED, DESK, now);
	add_said(&w, STATEMENT_CUSTODY, NULL, now);
	is(vouched(STATION, &w, now, &bad), RC_INVALID,
	    "a desk's statement is not the station's");
	is(bad, 2, "which is the second");
	add_said(&w, STATEMENT_CUSTODY, NULL, now);
	add_said(&w, STATEMENT_CUSTODY, NULL, far);
	is(vouched(STATION, &w, far, &bad), RC_EXPIRED,
	    "one that is dated when the certificate has ended is not signed");
	is(bad, 2, "which is the second too");
	add_said(&w, STATEMENT_CUSTODY, NULL, now);
	is(vouched(STATION, &w, far, &bad), RC_EXPIRED,
	    "nor anything at such a time");
	is(bad, 0, "for no statement's sake");
}

static void
link_keys_are_signed(void)
{
	struct msg_link_key m = { .epoch = 7, .key = { 1 } };
	struct heard h = asked(store, MSG_LINK_SIGN, &m, MSG_LINK_SIGNED);
	struct link_statement s;
	struct link_seen seen = { 0 };
	struct err e;

	went(link_read(&s, h.m.body.statement.statement, &e), &e,
	    "the station's key signs a link key");
	ok(s.epoch == 7 && bytes_is(s.station, STATION) &&
		link_accept(&seen, &s, &station.card.sign, &e) == RC_OK,
	    "as this station, in this epoch");
	heard_free(&h);
}

static void
new_keys_come_and_the_store_too(void)
{
	struct identity more;
	unsigned held = 0;
	struct heard h;

	holder_new(&more, "A", STATION "/moi", NULL);
	give_key(&keys, &more, "moi.key", NULL, false);
	ok(wait_for(&h, store, MSG_HELD) &&
		bytes_eq(h.m.body.held.kem, buf_bytes(&more.card.kem_der)),
	    "a key that comes later is told to the store");
	heard_free(&h);
	is(sign_in(STATION "/moi", CLERK, "", NULL), RC_OK, "and works");
	give_key(&keys, &more, "moi.key", WORDS, false);
	(void)wait_for(&h, store, MSG_HELD);
	heard_free(&h);
	is(may(MSG_MAY, STATION "/moi", CLERK), RC_DENIED,
	    "another file in its place signs out who was in");
	say_to(keys.parent, MSG_KEY, 0,
	    &(struct msg_key){ bytes_str("bad.key"), bytes_str("x"), 0 }, -1);
	is(sign_in(OPEN, CLERK, "", NULL), RC_OK, "a bad one is survived");
	ok(was_logged("event=key.refused file=bad.key"), "and logged");

	store = actor_sibling(&keys, PROC_STORE);
	while (held < 5 && wait_for(&h, store, MSG_HELD)) {
		held++;
		heard_free(&h);
	}
	is(held, 5, "a store that is started anew is told all of them again");
	identity_free(&more);
}

/* docs/emergency.md 2.3. */
static void
its_own_key_alone_makes_it_forget(void)
{
	struct last_word r = { .station = bytes_str(STATION),
		.at = time_now() };
	struct buf word;

	last_write(&word, &r, desk.sig);
	say_to(store, MSG_FORGET, 0,
	    &(struct msg_statement){ buf_bytes(&word) }, -1);
	is(sign_in(OPEN, CLERK, "", NULL), RC_OK,
	    "a last word that another key signed makes it forget nothing");
	buf_free(&word);
	last_write(&word, &r, station.sig);
	word.p[word.len - 1] ^= 1;
	say_to(store, MSG_FORGET, 0,
	    &(struct msg_statement){ buf_bytes(&word) }, -1);
	is(sign_in(OPEN, CLERK, "", NULL), RC_OK, "nor does a damaged one");
	ok(was_logged("event=keys.not_forgotten"), "which is logged");
	word.p[word.len - 1] ^= 1;
	say_to(store, MSG_FORGET, 0,
	    &(struct msg_statement){ buf_bytes(&word) }, -1);
	is((uint64_t)actor_wait(&keys), 0, "its own ends it, without a word");
	buf_free(&word);
}

int
main(void)
{
	const struct rights rights = { .kind = CERT_DESK,
		.level = LEVEL_MAT,
		.precedence = PRECEDENCE_KHAN };
	const struct rights of_station = { .kind = CERT_STATION,
		.level = LEVEL_MAT,
		.precedence = PRECEDENCE_KHAN };

	holder_new(&station, "A", STATION, &of_station);
	holder_new(&desk, "A", DESK, NULL);
	holder_new(&limited, "B", LIMITED, &rights);
	holder_new(&bare, "A", OPEN, NULL);
	what_cannot_be_unlocked_is_refused_at_the_start();
	keys_begins();
	who_is_not_signed_in_gets_nothing();
	a_desk_without_passphrase_takes_none();
	wrong_passphrases_back_off();
	desks_are_listed();
	a_dispatch_is_signed();
	what_is_not_the_desks_is_not_signed();
	a_digest_alone_is_not_signed();
	rights_are_kept();
	keys_are_unlocked();
	which_is_not_signed_is_said();
	link_keys_are_signed();
	new_keys_come_and_the_store_too();
	its_own_key_alone_makes_it_forget();
	lines_end();
	identity_free(&station);
	identity_free(&desk);
	identity_free(&limited);
	identity_free(&bare);
	return done();
}

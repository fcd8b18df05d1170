/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Certificates in the directory (docs/directory.md 3.6 and 3.7): whose count,
 * and from when until when.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "dump.h"

enum { A = 1, B, A1, B1, A11 };

static struct bytes cert_a, desk_a1, desk_b1;

static struct bytes
authority_limited(struct tree *t, unsigned by, unsigned n, enum level level,
    enum precedence precedence, unsigned path_len)
{
	struct cert_request r = tree_request(t, n, NULL, CERT_AUTHORITY);
	struct bytes cert;
	struct act a;

	r.rights =
	    (struct rights){ CERT_AUTHORITY, level, precedence, path_len };
	cert = tree_sign(t, by, r);
	a = act_certify(t, n, NULL, cert, (struct bytes){ 0 });
	tree_do(t, by, &a);
	return cert;
}

static void
fixture(struct tree *t)
{
	struct act a;

	tree_begin(t);
	t->now += TIME_DAY;
	tree_unit(t, ROOT, A, ROOT, "dien-bien", "tinh");
	tree_unit(t, ROOT, B, ROOT, "lai-chau", "tinh");
	cert_a = tree_authority(t, ROOT, A);
	(void)tree_authority(t, ROOT, B);
	tree_unit(t, A, A1, A, "muong-nhe", "xa");
	tree_unit(t, B, B1, B, "muong-te", "xa");
	authority_limited(t, A, A1, LEVEL_MAT, PRECEDENCE_KHAN, 0);
	(void)tree_authority(t, B, B1);
	tree_unit(t, A1, A11, A1, "ban-1", "ban");
	a = act_holder(t, A1, ACT_DESK, "van-thu");
	tree_do(t, A1, &a);
	a = act_holder(t, A1, ACT_DESK, "co-yeu");
	tree_do(t, A1, &a);
	a = act_holder(t, A1, ACT_PERSON, "hanh");
	tree_do(t, A1, &a);
	desk_a1 = tree_certify(t, A, A1, "van-thu");
	desk_b1 = tree_desk(t, B1, B1, "van-thu");
	t->now += TIME_DAY;
}

/* ---- certificates that do not count ---------------------------------------
 */

/* A certificate for the desk that A1 may well have, to be changed. */
static struct cert_request
desk_request(struct tree *t)
{
	struct cert_request r = tree_request(t, A1, "co-yeu", CERT_DESK);

	r.rights.level = LEVEL_MAT;
	r.rights.precedence = PRECEDENCE_KHAN;
	return r;
}

static struct act
certify_desk(struct tree *t, struct bytes cert)
{
	return act_certify(t, A1, "co-yeu", cert, (struct bytes){ 0 });
}

#define CHANGED(name, ...)                                                     \
	static struct act name(struct tree *t)                                 \
	{                                                                      \
		struct cert_request r = desk_request(t);                       \
                                                                               \
		__VA_ARGS__;                                                   \
		return certify_desk(t, tree_sign(t, A1, r));                   \
	}

CHANGED(other_desk, r.address = tree_address(t, A1, "van-thu"))
CHANGED(other_unit, r.address = tree_address(t, B1, "co-yeu"))
CHANGED(units_own, r.address = tree_address(t, A1, NULL);
	r.rights.kind = CERT_STATION)
CHANGED(as_person, r.rights.kind = CERT_PERSON)
CHANGED(as_authority, r.address = tree_address(t, A1, NULL);
	r.rights.kind = CERT_AUTHORITY)
CHANGED(higher_level, r.rights.level = LEVEL_TOI_MAT)
CHANGED(higher_precedence, r.rights.precedence = PRECEDENCE_THUONG_KHAN)
CHANGED(no_composite, r.sig = sig_by_name("ML-DSA-65");
	r.pub = bytes_of(r.pub.p, r.sig->pub))

static struct act
by_sibling(struct tree *t)
{
	return certify_desk(t, tree_sign(t, B1, desk_request(t)));
}

static struct act
by_root(struct tree *t)
{
	return certify_desk(t, tree_sign(t, ROOT, desk_request(t)));
}

static struct act
by_another_name(struct tree *t)
{
	struct cert_request r = desk_request(t);
	struct buf der;
	struct act a;

	r.issuer = bytes_str("unit 7");
	cert_write(&der, &r, tree_authority_key(t, A1));
	a = certify_desk(t, buf_bytes(&der));
	buf_free(&der);
	return a;
}

static struct act
no_certificate(struct tree *t)
{
	return certify_desk(t, bytes_of("\x30\x03\x02\x01\x05", 5));
}

static struct act
persons_as_desk(struct tree *t)
{
	struct cert_request r = tree_request(t, A1, "hanh", CERT_DESK);

	r.rights.level = LEVEL_MAT;
	r.rights.precedence = PRECEDENCE_KHAN;
	return act_certify(
	    t, A1, "hanh", tree_sign(t, A1, r), (struct bytes){ 0 });
}

static struct act
to_nobody(struct tree *t)
{
	struct cert_request r = tree_request(t, A1, "khong", CERT_DESK);

	return act_certify(
	    t, A1, "khong", tree_sign(t, A1, r), (struct bytes){ 0 });
}

static struct act
sibling_desk(struct tree *t)
{
	return act_certify(t, B1, "van-thu",
	    tree_sign(t, A1, tree_request(t, B1, "van-thu", CERT_DESK)),
	    (struct bytes){ 0 });
}

/* An authority and a key of its next turn. */
static struct act
itself(struct tree *t)
{
	struct cert_request r;

	t->turn[A1] = 5;
	r = tree_request(t, A1, NULL, CERT_AUTHORITY);
	t->turn[A1] = 0;
	r.rights =
	    (struct rights){ CERT_AUTHORITY, LEVEL_MAT, PRECEDENCE_KHAN, 0 };
	return act_certify(
	    t, A1, NULL, tree_sign(t, A1, r), (struct bytes){ 0 });
}

static struct act
below_the_last(struct tree *t)
{
	struct cert_request r = tree_request(t, A11, NULL, CERT_AUTHORITY);

	r.rights =
	    (struct rights){ CERT_AUTHORITY, LEVEL_MAT, PRECEDENCE_KHAN, 0 };
	return act_certify(
	    t, A11, NULL, tree_sign(t, A1, r), (struct bytes){ 0 });
}

static const struct {
	const char *name;
	struct act (*make)(struct tree *t);
} rows[] = {
	{ "for another desk of the unit", other_desk },
	{ "for a desk of another unit", other_unit },
	{ "for the unit itself", units_own },
	{ "for the unit's authority", as_authority },
	{ "for a person, of a desk", as_person },
	{ "for a desk, of a person", persons_as_desk },
	{ "for nobody", to_nobody },
	{ "for a sibling's desk", sibling_desk },
	{ "above its issuer's level", higher_level },
	{ "above its issuer's precedence", higher_precedence },
	{ "with a key of no composite suite", no_composite },
	{ "by a sibling", by_sibling },
	{ "by a superior, in this log", by_root },
	{ "by another name than the issuer's", by_another_name },
	{ "that is none", no_certificate },
	{ "of an authority for itself", itself },
	{ "of an authority below the last that may be", below_the_last },
};

static void
no_such_certificate_counts(struct tree *t)
{
	struct directory *d;
	struct tree other;
	struct buf file;
	struct act a;
	size_t i;
	bool good;

	for (i = 0; i < COUNT(rows); i++) {
		other = tree_with(t, tree_twin(t));
		a = rows[i].make(t);
		ok(tree_try(&other, A1, &a, 1) == RC_DENIED,
		    "not decided: a certificate %s", rows[i].name);
		tree_without(&other);
		d = tree_twin(t);
		file = tree_rogue(t, d, A1, &a, 1);
		good = tree_apply(t, d, buf_bytes(&file), NULL) == RC_OK &&
		       same_things(d, t->d, false) &&
		       alarms_of(d, ALARM_VOID) == 1;
		ok(good, "void: a certificate %s", rows[i].name);
		buf_free(&file);
		directory_free(d);
	}
}

static void
bad_signature(struct tree *t)
{
	struct tree other = tree_with(t, tree_twin(t));
	const struct bytes cert = tree_sign(t, A1, desk_request(t));
	struct buf bad = { 0 };
	struct bytes kept;
	struct act a;

	buf_add(&bad, cert);
	bad.p[bad.len - 20] ^= 1;
	kept = arena_add(t->text, buf_bytes(&bad));
	a = certify_desk(t, kept);
	(void)tree_try(&other, A1, &a, 1);
	ok(!believed(other.d, kept, t->now),
	    "a certificate whose signature does not hold is not believed");
	ok(known_cert(other.d, kept) == NULL ||
		directory_verify(other.d, &t->e) == RC_DENIED,
	    "who verifies all finds it");
	buf_free(&bad);
	tree_without(&other);
}

/* ---- what an ill-behaved authority could do to others' machines -----------
 */

/* It ends as a program does. */
static bool
survives(struct tree *t, void (*what)(struct tree *t))
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0) {
		what(t);
		_exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child &&
	       WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* An authority's certificate of suite B whose key is no point of its curve. */
static struct bytes
broken_key(struct tree *t, unsigned n)
{
	static uint8_t pub[SIG_PUB_MAX];
	struct cert_request r = tree_request(t, n, NULL, CERT_AUTHORITY);

	r.sig = sig_by_name("MLDSA87-P384");
	memset(pub, 0x5a, sizeof(pub));
	r.pub = bytes_of(pub, r.sig->pub);
	return tree_sign(t, B, r);
}

static void
with_broken_authority(struct tree *t, struct act *more)
{
	struct directory *d = tree_twin(t);
	struct act acts[2] = { act_unit(t, 50, B, "hong", "xa") };
	struct buf file = tree_rogue(t, d, B, acts, 1);

	if (tree_apply(t, d, buf_bytes(&file), NULL) != RC_OK)
		bug(t->e.text);
	buf_free(&file);
	*t = tree_with(t, d);
	acts[0] =
	    act_certify(t, 50, NULL, broken_key(t, 50), (struct bytes){ 0 });
	file = tree_rogue(t, d, B, acts, 1);
	(void)tree_apply(t, d, buf_bytes(&file), NULL);
	file = tree_rogue(t, d, 50, more, 1);
	(void)tree_apply(t, d, buf_bytes(&file), NULL);
}

static void
log_of_broken_key(struct tree *t)
{
	struct act a = act_holder(t, 50, ACT_DESK, "van-thu");

	with_broken_authority(t, &a);
}

/* ---- from when until when -------------------------------------------------
 */

static void
dates(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	struct cert_request r = desk_request(&x);
	struct bytes early, late;
	struct act a;

	r.from = x.now - TIME_DAY;
	r.until = x.now + 10 * TIME_DAY;
	early = tree_sign(&x, A1, r);
	a = certify_desk(&x, early);
	tree_do(&x, A1, &a);
	ok(!believed(x.d, early, x.now - 1) && believed(x.d, early, x.now),
	    "a certificate counts from when its act takes effect");
	ok(believed(x.d, early, r.until) && !believed(x.d, early, r.until + 1),
	    "to its own last second");
	r.from = x.now + 2 * TIME_DAY;
	late = tree_sign(&x, A1, r);
	a = certify_desk(&x, late);
	tree_do(&x, A1, &a);
	ok(!believed(x.d, late, r.from - 1) && believed(x.d, late, r.from),
	    "and from its own first second");
	a = act_close(&x, A1, "co-yeu");
	a.from = x.now + 5 * TIME_DAY;
	tree_do(&x, A1, &a);
	ok(believed(x.d, late, a.from - 1) && !believed(x.d, late, a.from),
	    "it ends with its desk");
	ok(believed(x.d, desk_a1, a.from), "and no other does");
	a = act_close(&x, A11, NULL);
	tree_do(&x, A1, &a);
	a = act_close(&x, A1, NULL);
	a.from = x.now + 4 * TIME_DAY;
	tree_do(&x, A, &a);
	ok(believed(x.d, late, a.from - 1) && !believed(x.d, late, a.from) &&
		!believed(x.d, desk_a1, a.from),
	    "or with its unit");
	tree_without(&x);
}

static void
of_an_ended_issuer(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	const unsigned ended[] = { A };
	struct act a = act_merge(&x, ended, 1, B);

	a.from = x.now + TIME_DAY;
	tree_do(&x, ROOT, &a);
	ok(believed(x.d, desk_a1, a.from - 1) &&
		!believed(x.d, desk_a1, a.from),
	    "it ends with its issuer's unit");
	ok(believed(x.d, desk_b1, a.from), "another's does not");
	tree_without(&x);
}

/* A certificate of the same key in its place: what was issued stays. */
static void
renewed_authority(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	struct cert_request r = tree_request(&x, A, NULL, CERT_AUTHORITY);
	struct act a;
	const int64_t before = x.now;

	x.now += 30 * TIME_DAY;
	r.from = x.now;
	r.until = x.now + YEARS(20);
	a = act_certify(
	    &x, A, NULL, tree_sign(&x, ROOT, r), (struct bytes){ 0 });
	a.kind = ACT_RENEW;
	a.has |= HAS(F_CERT);
	a.cert = fingerprint_of(&x, cert_a);
	if (!ok(tree_try(&x, ROOT, &a, 1) == RC_OK,
		"an authority's certificate is renewed, for the same key"))
		note("%s", x.e.text);
	ok(believed(x.d, desk_a1, before),
	    "which does not make what it signed before younger");
	ok(believed(x.d, desk_a1, x.now + 1), "nor end it");
	tree_without(&x);
}

int
main(void)
{
	struct tree t;

	fixture(&t);
	no_such_certificate_counts(&t);
	bad_signature(&t);
	ok(survives(&t, log_of_broken_key),
	    "a log under a key that is none ends no program");
	dates(&t);
	of_an_ended_issuer(&t);
	renewed_authority(&t);
	tree_end(&t);
	return done();
}

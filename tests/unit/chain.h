/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A tree to forge paths in: a root of suite B, a province, a commune, and who
 * stands below them.  What the tests of paths share, so it is static and here.
 */
#ifndef TESTS_UNIT_CHAIN_H
#define TESTS_UNIT_CHAIN_H

#include "forge.h"
#include "pki/path.h"

#define CHAIN_MAX (PATH_MAX_CERTS + 1)
#define FROM (NOW - 100 * TIME_DAY)
#define UNTIL (NOW + 100 * TIME_DAY)

/* ---- keys, made once ------------------------------------------------------
 */

enum key {
	K_ROOT, /* of suite B, and another */
	K_ROOT_2,
	K_PROVINCE,
	K_COMMUNE,
	K_HOLDER,
	K_OTHER,
	K_MLDSA65, /* of suites for foreign tools */
	K_MLDSA87,
	K_ED25519,
	K_DEEP, /* the first of those of a path as long as it may be */
	KEYS = K_DEEP + CHAIN_MAX,
};

enum kem {
	KEM_A,
	KEM_B,
	KEM_768, /* of suites for foreign tools */
	KEM_1024,
	KEM_512, /* of no suite */
	KEM_P256,
	KEMS,
};

static struct sig_key *keys[KEYS];
static struct kem_key *kems[KEMS];

static inline void
keys_make(void)
{
	static const char *const alg[KEYS] = {
		[K_ROOT] = "MLDSA87-P384",
		[K_ROOT_2] = "MLDSA87-P384",
		[K_MLDSA65] = "ML-DSA-65",
		[K_MLDSA87] = "ML-DSA-87",
		[K_ED25519] = "Ed25519",
	};
	static const char *const kem_alg[KEMS] = { "MLKEM768-X25519",
		"MLKEM1024-P384", "ML-KEM-768", "ML-KEM-1024", "ML-KEM-512",
		"MLKEM768-P256" };
	size_t i;

	for (i = 0; i < KEYS; i++)
		keys[i] = sig_generate(
		    sig_by_name(alg[i] != NULL ? alg[i] : "MLDSA65-Ed25519"));
	for (i = 0; i < KEMS; i++)
		kems[i] = kem_generate(kem_by_name(kem_alg[i]));
}

static inline void
keys_free(void)
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		sig_key_free(keys[i]);
	for (i = 0; i < KEMS; i++)
		kem_key_free(kems[i]);
}

/* ---- a chain: what its certificates say, and their bytes ------------------
 */

struct step {
	struct cert_request q;
	const struct sig_key *by;
	struct buf der;
	struct buf address; /* where it was made up */
};

/* s[0] is the holder's, s[n] the root's. */
struct chain {
	size_t n;
	struct step s[CHAIN_MAX + 1];
	struct path_want want;
};

/* Where they stand in the chain that chain_make() makes. */
enum { HOLDER, COMMUNE, PROVINCE, ROOT };

static inline void
step_key(struct step *s, enum key k)
{
	s->q.use = CERT_SIGN;
	s->q.sig = sig_key_alg(keys[k]);
	s->q.kem = NULL;
	s->q.pub = sig_key_pub(keys[k]);
}

static inline void
step_kem(struct step *s, enum kem k)
{
	s->q.use = CERT_KEM;
	s->q.sig = NULL;
	s->q.kem = kem_key_alg(kems[k]);
	s->q.pub = kem_key_pub(kems[k]);
}

static inline void
step_set(struct step *s, const char *name, const char *address,
    struct rights rights, enum key k, enum key by)
{
	*s = (struct step){ .by = keys[by] };
	s->q.name = bytes_str(name);
	s->q.address = bytes_str(address);
	s->q.rights = rights;
	s->q.from = FROM;
	s->q.until = UNTIL;
	step_key(s, k);
}

/* Write certificate i as its request has it now, its issuer the next. */
static inline void
chain_write(struct chain *c, size_t i)
{
	c->s[i].q.issuer = c->s[i < c->n ? i + 1 : i].q.name;
	buf_free(&c->s[i].der);
	cert_write(&c->s[i].der, &c->s[i].q, c->s[i].by);
}

static inline void
chain_write_all(struct chain *c)
{
	size_t i;

	for (i = 0; i <= c->n; i++)
		chain_write(c, i);
}

static inline void
step_free(struct step *s)
{
	buf_free(&s->der);
	buf_free(&s->address);
}

static inline void
chain_free(struct chain *c)
{
	size_t i;

	for (i = 0; i < COUNT(c->s); i++)
		step_free(&c->s[i]);
}

/* The requests of a holder of this kind under commune, province and root. */
static inline void
chain_plan(struct chain *c, enum cert_kind kind)
{
	static const char *const holder[CERT_KINDS] = {
		[CERT_AUTHORITY] = "antin://na-khoa.muong-nhe.dien-bien.vn",
		[CERT_STATION] = "antin://muong-nhe.dien-bien.vn",
		[CERT_DESK] = "antin://muong-nhe.dien-bien.vn/van-thu",
		[CERT_PERSON] = "antin://muong-nhe.dien-bien.vn/hanh",
	};

	*c = (struct chain){ .n = 3, .want = { .at = NOW, .kind = kind } };
	step_set(&c->s[HOLDER], "Mường Nhé", holder[kind],
	    (struct rights){ kind, LEVEL_MAT, PRECEDENCE_KHAN, 0 }, K_HOLDER,
	    K_COMMUNE);
	step_set(&c->s[COMMUNE], "Xã Mường Nhé",
	    "antin://muong-nhe.dien-bien.vn",
	    (struct rights){ CERT_AUTHORITY, LEVEL_MAT,
		PRECEDENCE_HOA_TOC_HEN_GIO, kind == CERT_AUTHORITY },
	    K_COMMUNE, K_PROVINCE);
	step_set(&c->s[PROVINCE], "Tỉnh Điện Biên", "antin://dien-bien.vn",
	    (struct rights){
		CERT_AUTHORITY, LEVEL_TOI_MAT, PRECEDENCE_HOA_TOC, 5 },
	    K_PROVINCE, K_ROOT);
	step_set(&c->s[ROOT], "Gốc", "antin://vn",
	    (struct rights){ CERT_AUTHORITY, LEVEL_TUYET_MAT,
		PRECEDENCE_HOA_TOC_HEN_GIO, 15 },
	    K_ROOT, K_ROOT);
}

static inline void
chain_make(struct chain *c, enum cert_kind kind)
{
	chain_plan(c, kind);
	chain_write_all(c);
}

/* A certificate less: what issued it issues what it issued. */
static inline void
chain_drop(struct chain *c, size_t i)
{
	step_free(&c->s[i]);
	memmove(&c->s[i], &c->s[i + 1], (c->n - i) * sizeof(c->s[0]));
	c->s[c->n] = (struct step){ 0 };
	c->n--;
}

/* A copy of certificate i before j. */
static inline void
chain_repeat(struct chain *c, size_t i, size_t j)
{
	struct step copy = c->s[i];

	copy.der = copy.address = (struct buf){ 0 };
	buf_add(&copy.der, buf_bytes(&c->s[i].der));
	memmove(&c->s[j + 1], &c->s[j], (c->n + 1 - j) * sizeof(c->s[0]));
	c->s[j] = copy;
	c->n++;
}

/* Put this signature on certificate i. */
static inline void
chain_put_signature(struct chain *c, size_t i, struct bytes sig)
{
	struct buf bits = { 0 };

	buf_u8(&bits, 0);
	buf_add(&bits, sig);
	edit(&c->s[i].der, "2", PUT, made(DER_BITS, buf_bytes(&bits)));
	buf_free(&bits);
}

/* Sign certificate i as it stands now, by who should. */
static inline void
chain_sign(struct chain *c, size_t i)
{
	uint8_t sig[SIG_MAX];
	size_t len = sig_sign(c->s[i].by, (struct bytes){ 0 },
	    at(buf_bytes(&c->s[i].der), "0"), sig);

	chain_put_signature(c, i, bytes_of(sig, len));
}

/* The outcome; ends the test where a refused path left something. */
static inline enum rc
chain_try(const struct chain *c, struct err *e)
{
	struct bytes certs[COUNT(c->s)];
	struct cert root;
	struct path out;
	enum rc rc;
	size_t i;

	for (i = 0; i <= c->n; i++)
		certs[i] = buf_bytes(&c->s[i].der);
	memset(&out, 0xaa, sizeof(out));
	*e = (struct err){ 0 };
	if ((rc = path_root(&root, certs[c->n], e)) != RC_OK)
		return rc;
	rc = path_check(&out, certs, c->n, &root, &c->want, e);
	if (rc != RC_OK && (out.holder.der.p != NULL || out.from != 0 ||
			       out.until != 0 || out.holder.pub.p != NULL))
		bug("a refused path left something");
	return rc;
}

/* Said why: a wrong answer is noted. */
static inline bool
chain_is(const struct chain *c, enum rc want, const char *why)
{
	struct err e;
	enum rc rc = chain_try(c, &e);

	if (rc == want && strstr(e.text, why) != NULL)
		return true;
	note("got %s: %s; wanted %s", rc_name(rc), e.text, why);
	return false;
}

/* ---- tables of attacks ----------------------------------------------------
 */

struct attack {
	const char *name; /* true where the attack fails */
	enum cert_kind kind;
	void (*forge)(struct chain *c);
	enum rc want;
	const char *why; /* in what is said */
};

/* Each attack on a fresh chain. */
static inline void
try_attacks(const char *row, const struct attack *a, size_t n)
{
	struct chain c;
	size_t i;

	note("%s", row);
	for (i = 0; i < n; i++) {
		chain_make(&c, a[i].kind);
		a[i].forge(&c);
		ok(chain_is(&c, a[i].want, a[i].why), "%s", a[i].name);
		chain_free(&c);
	}
}

#define TRY(row, a) try_attacks(row, a, COUNT(a))

#endif

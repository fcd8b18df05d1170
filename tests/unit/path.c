/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Paths: what is good, and docs/pki.md 3.3 to 3.6, each held though every
 * certificate is of the form and signed by the tree's very keys.  The other
 * rules are in rights.c; what is not of the form is in hostile.c.
 */
#include <stdio.h>

#include "chain.h"

/* ---- what is good --------------------------------------------------- */

static void
leave_it(struct chain *c)
{
	(void)c;
}

static void
sign_again(struct chain *c)
{
	size_t i;

	for (i = 0; i <= c->n; i++)
		chain_sign(c, i);
}

static void
hold_a_kem_key(struct chain *c)
{
	step_kem(&c->s[HOLDER], KEM_A);
	chain_write(c, HOLDER);
	c->want.use = CERT_KEM;
}

static void
hold_a_kem_key_of_b(struct chain *c)
{
	step_kem(&c->s[HOLDER], KEM_B);
	chain_write(c, HOLDER);
	c->want.use = CERT_KEM;
}

static void
take_all_that_may_be(struct chain *c)
{
	c->s[HOLDER].q.rights.level = LEVEL_MAT;
	c->s[HOLDER].q.rights.precedence = PRECEDENCE_HOA_TOC_HEN_GIO;
	chain_write(c, HOLDER);
	c->want.level = LEVEL_MAT;
	c->want.precedence = PRECEDENCE_HOA_TOC_HEN_GIO;
}

/* Without an attack it holds: or no refusal below would prove anything. */
static const struct attack controls[] = {
	{ "a desk's path holds", CERT_DESK, leave_it, RC_OK, "" },
	{ "a station's", CERT_STATION, leave_it, RC_OK, "" },
	{ "a person's", CERT_PERSON, leave_it, RC_OK, "" },
	{ "an authority's", CERT_AUTHORITY, leave_it, RC_OK, "" },
	{ "also where each certificate is signed again in place", CERT_DESK,
	    sign_again, RC_OK, "" },
	{ "a desk's KEM key", CERT_DESK, hold_a_kem_key, RC_OK, "" },
	{ "a station's KEM key, of another suite than its issuer", CERT_STATION,
	    hold_a_kem_key_of_b, RC_OK, "" },
	{ "an authority's KEM key", CERT_AUTHORITY, hold_a_kem_key, RC_OK, "" },
	{ "who may go as far as his issuer goes as far, and Hỏa tốc hẹn giờ "
	  "is no further than Hỏa tốc",
	    CERT_PERSON, take_all_that_may_be, RC_OK, "" },
};

static void
make_up_address(struct step *s, size_t i, const char *host)
{
	char text[LIMIT_ADDRESS + 1];

	if (i == 0)
		(void)snprintf(text, sizeof(text), "antin://%s/van-thu", host);
	else
		(void)snprintf(text, sizeof(text), "antin://u%zu.%s", i, host);
	buf_add(&s->address, bytes_of(text, strlen(text) + 1));
	s->q.address = bytes_str((char *)s->address.p);
}

/* n certificates: n - 1 authorities each below the next, of whom each may have
 * as many below as it has, and a desk. */
static void
chain_deep(struct chain *c, size_t n)
{
	const char *above = "vn";
	size_t i;

	*c = (struct chain){ .n = n, .want = { .at = NOW, .kind = CERT_DESK } };
	step_set(&c->s[n], "Gốc", "antin://vn",
	    (struct rights){ CERT_AUTHORITY, LEVEL_MAT, PRECEDENCE_HOA_TOC,
		(unsigned)(n - 1) },
	    K_ROOT, K_ROOT);
	for (i = n; i-- > 0;) {
		step_set(&c->s[i], "Đơn vị", "",
		    (struct rights){ i == 0 ? CERT_DESK : CERT_AUTHORITY,
			LEVEL_MAT, PRECEDENCE_HOA_TOC,
			i == 0 ? 0 : (unsigned)(i - 1) },
		    K_DEEP + (enum key)i,
		    i + 1 == n ? K_ROOT : K_DEEP + (enum key)(i + 1));
		make_up_address(&c->s[i], i, above);
		above = (char *)c->s[i].address.p + strlen("antin://");
	}
	chain_write_all(c);
}

static void
each_depth_holds(void)
{
	struct chain c;
	size_t n, good = 0;

	for (n = 1; n <= PATH_MAX_CERTS; n++) {
		chain_deep(&c, n);
		good += chain_is(&c, RC_OK, "");
		chain_free(&c);
	}
	is(good, PATH_MAX_CERTS, "a path of 1 to %u certificates holds",
	    PATH_MAX_CERTS);
}

/* The path says who the holder is, and when all of it is in its dates. */
static void
a_path_tells(void)
{
	struct chain c;
	struct path out;
	struct bytes certs[CHAIN_MAX];
	struct cert root;
	struct err e;
	size_t i;

	chain_plan(&c, CERT_STATION);
	c.s[COMMUNE].q.from = NOW - 3;
	c.s[ROOT].q.until = NOW + 5;
	chain_write_all(&c);
	for (i = 0; i < c.n; i++)
		certs[i] = buf_bytes(&c.s[i].der);
	went(path_root(&root, buf_bytes(&c.s[ROOT].der), &e), &e,
	    "a root is known");
	went(path_check(&out, certs, c.n, &root, &c.want, &e), &e,
	    "a path to it is checked");
	same(out.holder.address, c.s[HOLDER].q.address,
	    "and gives the holder's address");
	same(out.holder.der, certs[0], "and certificate");
	ok(out.from == NOW - 3 && out.until == NOW + 5,
	    "and the time that all its certificates share, the root's too");
	chain_free(&c);
}

/* ---- 3.3: suites ---------------------------------------------------- */

static void
with_key(struct chain *c, size_t i, enum key k)
{
	step_key(&c->s[i], k);
	chain_write(c, i);
	if (i == HOLDER)
		return;
	c->s[i - 1].by = keys[k];
	chain_write(c, i - 1);
}

static void
with_kem(struct chain *c, enum kem k)
{
	step_kem(&c->s[HOLDER], k);
	chain_write(c, HOLDER);
	c->want.use = CERT_KEM;
}

static void
holder_mldsa65(struct chain *c)
{
	with_key(c, HOLDER, K_MLDSA65);
}

static void
holder_mldsa87(struct chain *c)
{
	with_key(c, HOLDER, K_MLDSA87);
}

static void
holder_ed25519(struct chain *c)
{
	with_key(c, HOLDER, K_ED25519);
}

static void
holder_kem_768(struct chain *c)
{
	with_kem(c, KEM_768);
}

static void
holder_kem_1024(struct chain *c)
{
	with_kem(c, KEM_1024);
}

static void
holder_kem_512(struct chain *c)
{
	with_kem(c, KEM_512);
}

static void
holder_kem_p256(struct chain *c)
{
	with_kem(c, KEM_P256);
}

static void
issuer_mldsa65(struct chain *c)
{
	with_key(c, COMMUNE, K_MLDSA65);
}

static void
issuer_ed25519(struct chain *c)
{
	with_key(c, COMMUNE, K_ED25519);
}

static void
province_mldsa87(struct chain *c)
{
	with_key(c, PROVINCE, K_MLDSA87);
}

static void
root_mldsa87(struct chain *c)
{
	with_key(c, ROOT, K_MLDSA87);
	c->s[ROOT].by = keys[K_MLDSA87];
	chain_write(c, ROOT);
}

/* The composite key's ML-DSA half, a key of its own. */
static struct sig_key *
half_of(enum key k)
{
	return sig_key_of(
	    sig_by_name("ML-DSA-65"), bytes_of(sig_key_priv(keys[k]).p, 32));
}

static void
signed_by_a_half_that_says_so(struct chain *c)
{
	struct sig_key *half = half_of(K_COMMUNE);

	c->s[HOLDER].by = half;
	chain_write(c, HOLDER);
	sig_key_free(half);
}

#define NO_SUITE RC_DENIED, "docs/pki.md 3.3"

static const struct attack suites[] = {
	{ "a desk with an ML-DSA-65 key alone is refused", CERT_DESK,
	    holder_mldsa65, NO_SUITE },
	{ "with an ML-DSA-87 key alone", CERT_DESK, holder_mldsa87, NO_SUITE },
	{ "with an Ed25519 key alone", CERT_PERSON, holder_ed25519, NO_SUITE },
	{ "with an ML-KEM-768 key alone", CERT_DESK, holder_kem_768, NO_SUITE },
	{ "with an ML-KEM-1024 key alone", CERT_STATION, holder_kem_1024,
	    NO_SUITE },
	{ "with an ML-KEM-512 key", CERT_DESK, holder_kem_512, RC_INVALID,
	    "docs/pki.md 3.2" },
	{ "with a composite KEM key of no suite", CERT_DESK, holder_kem_p256,
	    RC_INVALID, "docs/pki.md 3.2" },
	{ "an issuer with an ML-DSA-65 key alone", CERT_DESK, issuer_mldsa65,
	    NO_SUITE },
	{ "with an Ed25519 key alone", CERT_DESK, issuer_ed25519, NO_SUITE },
	{ "or its issuer", CERT_DESK, province_mldsa87, NO_SUITE },
	{ "or the root", CERT_DESK, root_mldsa87, NO_SUITE },
	{ "a certificate signed by the ML-DSA half of its issuer's key",
	    CERT_DESK, signed_by_a_half_that_says_so, NO_SUITE },
};

/* ---- 3.4: loops ----------------------------------------------------- */

static void
the_same_twice(struct chain *c)
{
	chain_repeat(c, COMMUNE, COMMUNE);
}

static void
holder_twice(struct chain *c)
{
	chain_repeat(c, HOLDER, HOLDER);
}

static void
a_circle(struct chain *c)
{
	chain_repeat(c, COMMUNE, PROVINCE + 1);
	chain_repeat(c, PROVINCE, PROVINCE + 2);
}

static void
root_within(struct chain *c)
{
	chain_repeat(c, ROOT, ROOT);
}

static void
holder_with_issuers_key(struct chain *c)
{
	with_key(c, HOLDER, K_COMMUNE);
}

static void
commune_with_roots_key(struct chain *c)
{
	with_key(c, COMMUNE, K_ROOT);
}

/* One key under two names: its tag, so its issuer's, is the same. */
static void
one_key_two_names(struct chain *c)
{
	with_key(c, COMMUNE, K_PROVINCE);
}

static void
holder_is_root(struct chain *c)
{
	while (c->n > 1)
		chain_drop(c, HOLDER);
	chain_repeat(c, 1, HOLDER);
	chain_drop(c, 1);
	c->want.kind = CERT_AUTHORITY;
}

#define LOOP RC_DENIED, "docs/pki.md 3.4"

static const struct attack loops[] = {
	{ "a certificate that stands twice is refused", CERT_DESK,
	    the_same_twice, LOOP },
	{ "the holder's too", CERT_DESK, holder_twice, LOOP },
	{ "commune, province, commune, province", CERT_DESK, a_circle, LOOP },
	{ "the root's within the path", CERT_DESK, root_within, LOOP },
	{ "the root's as the path", CERT_DESK, holder_is_root, LOOP },
	{ "a desk with its issuer's key", CERT_DESK, holder_with_issuers_key,
	    LOOP },
	{ "an authority with the root's", CERT_DESK, commune_with_roots_key,
	    LOOP },
	{ "a key under two names, each its own issuer's", CERT_DESK,
	    one_key_two_names, LOOP },
};

/* ---- 3.5: issuers --------------------------------------------------- */

/* A holder of this kind in the commune's place, with its key. */
static void
issued_by(struct chain *c, enum cert_kind kind, const char *address)
{
	c->s[COMMUNE].q.rights.kind = kind;
	c->s[COMMUNE].q.address = bytes_str(address);
	chain_write(c, COMMUNE);
}

static void
a_desk_signs(struct chain *c)
{
	issued_by(c, CERT_DESK, "antin://muong-nhe.dien-bien.vn/co-yeu");
}

static void
a_person_signs(struct chain *c)
{
	issued_by(c, CERT_PERSON, "antin://muong-nhe.dien-bien.vn/co-yeu");
}

static void
a_station_signs(struct chain *c)
{
	issued_by(c, CERT_STATION, "antin://muong-nhe.dien-bien.vn");
}

static void
a_kem_key_signs(struct chain *c)
{
	step_kem(&c->s[COMMUNE], KEM_A);
	chain_write(c, COMMUNE);
}

static void
another_issuers_name(struct chain *c)
{
	c->s[COMMUNE].q.name = bytes_str("Xã Mường Chà");
	chain_write(c, HOLDER);
	c->s[COMMUNE].q.name = bytes_str("Xã Mường Nhé");
}

static void
an_issuers_name_in_capitals(struct chain *c)
{
	edit(&c->s[HOLDER].der, "03001", PUT,
	    made(DER_UTF8, LIT("XÃ MƯỜNG NHÉ")));
	chain_sign(c, HOLDER);
}

static void
another_issuers_key(struct chain *c)
{
	c->s[HOLDER].by = keys[K_OTHER];
	chain_write(c, HOLDER);
}

static void
another_issuers_tag(struct chain *c)
{
	flip(&c->s[HOLDER].der, "0704100", 7);
	chain_sign(c, HOLDER);
}

static void
two_swapped(struct chain *c)
{
	struct buf b = c->s[COMMUNE].der;

	c->s[COMMUNE].der = c->s[PROVINCE].der;
	c->s[PROVINCE].der = b;
}

static void
holder_last(struct chain *c)
{
	struct buf b = c->s[HOLDER].der;

	c->s[HOLDER].der = c->s[PROVINCE].der;
	c->s[PROVINCE].der = b;
	c->want.kind = CERT_AUTHORITY;
}

static void
one_left_out(struct chain *c)
{
	chain_drop(c, COMMUNE);
}

static void
the_last_left_out(struct chain *c)
{
	chain_drop(c, PROVINCE);
}

static void
holder_alone(struct chain *c)
{
	chain_drop(c, COMMUNE);
	chain_drop(c, COMMUNE);
}

/* A root of the same name and address, with another key. */
static void
another_root(struct chain *c)
{
	c->s[ROOT].by = keys[K_ROOT_2];
	step_key(&c->s[ROOT], K_ROOT_2);
	chain_write(c, ROOT);
}

static void
holder_alone_under_another_root(struct chain *c)
{
	holder_alone(c);
	c->s[0].by = keys[K_ROOT];
	chain_write(c, 0);
	step_key(&c->s[1], K_ROOT_2);
	c->s[1].by = keys[K_ROOT_2];
	chain_write(c, 1);
}

static void
signed_by_itself(struct chain *c)
{
	c->s[HOLDER].by = keys[K_HOLDER];
	chain_write(c, HOLDER);
	c->s[HOLDER].q.issuer = c->s[HOLDER].q.name;
	buf_free(&c->s[HOLDER].der);
	cert_write(&c->s[HOLDER].der, &c->s[HOLDER].q, keys[K_HOLDER]);
}

static void
unrelated_behind(struct chain *c)
{
	struct buf der = { 0 };
	struct cert_request q = c->s[COMMUNE].q;

	chain_repeat(c, PROVINCE, ROOT);
	q.name = bytes_str("Xã Mường Chà");
	q.pub = sig_key_pub(keys[K_OTHER]);
	cert_write(&der, &q, keys[K_ROOT]);
	buf_free(&c->s[ROOT].der);
	c->s[ROOT].der = der;
}

#define DENIED_ISSUER RC_DENIED, "docs/pki.md 3.5"
#define OTHER_ISSUER RC_INVALID, "docs/pki.md 3.5"

static const struct attack issuers[] = {
	{ "a desk that signs a desk is refused", CERT_DESK, a_desk_signs,
	    DENIED_ISSUER },
	{ "a person that signs one", CERT_DESK, a_person_signs, DENIED_ISSUER },
	{ "a station that signs its desk", CERT_DESK, a_station_signs,
	    DENIED_ISSUER },
	{ "an authority's KEM key as an issuer", CERT_DESK, a_kem_key_signs,
	    DENIED_ISSUER },
	{ "an issuer of another name with the right key", CERT_DESK,
	    another_issuers_name, OTHER_ISSUER },
	{ "an issuer's name in capitals", CERT_DESK,
	    an_issuers_name_in_capitals, OTHER_ISSUER },
	{ "an issuer of the right name with another key", CERT_DESK,
	    another_issuers_key, OTHER_ISSUER },
	{ "its key's tag in one bit another", CERT_DESK, another_issuers_tag,
	    OTHER_ISSUER },
	{ "two certificates swapped", CERT_DESK, two_swapped, OTHER_ISSUER },
	{ "the path backwards", CERT_DESK, holder_last, OTHER_ISSUER },
	{ "one left out", CERT_DESK, one_left_out, OTHER_ISSUER },
	{ "the last left out", CERT_DESK, the_last_left_out, OTHER_ISSUER },
	{ "the holder's alone", CERT_DESK, holder_alone, OTHER_ISSUER },
	{ "another root of the same name and address", CERT_DESK, another_root,
	    OTHER_ISSUER },
	{ "also where it is the holder's issuer", CERT_DESK,
	    holder_alone_under_another_root, OTHER_ISSUER },
	{ "a holder that signed itself", CERT_DESK, signed_by_itself,
	    OTHER_ISSUER },
	{ "a certificate too many behind a good path", CERT_DESK,
	    unrelated_behind, OTHER_ISSUER },
};

/* ---- 3.6: path lengths ---------------------------------------------- */

static void
province_has_none_below(struct chain *c)
{
	c->s[PROVINCE].q.rights.path_len = 0;
	chain_write(c, PROVINCE);
}

static void
root_has_one_below(struct chain *c)
{
	c->s[ROOT].q.rights.path_len = 1;
	chain_write(c, ROOT);
}

static void
holder_counts(struct chain *c)
{
	c->s[COMMUNE].q.rights.path_len = 0;
	chain_write(c, COMMUNE);
}

static void
holder_counts_above(struct chain *c)
{
	c->s[PROVINCE].q.rights.path_len = 1;
	chain_write(c, PROVINCE);
}

/* RFC 5280 6.1.4 (l) would not count those that have their issuer's name. */
static void
self_issued(struct chain *c)
{
	c->s[HOLDER].q.name = c->s[COMMUNE].q.name = c->s[PROVINCE].q.name;
	c->s[HOLDER].q.address = c->s[COMMUNE].q.address =
	    c->s[PROVINCE].q.address;
	c->s[PROVINCE].q.rights.path_len = 1;
	chain_write_all(c);
}

static void
self_issued_within(struct chain *c)
{
	self_issued(c);
	c->s[PROVINCE].q.rights.path_len = 2;
	chain_write(c, PROVINCE);
}

static void
longer_below(struct chain *c)
{
	c->s[PROVINCE].q.rights.path_len = 0;
	c->s[COMMUNE].q.rights.path_len = 15;
	chain_write_all(c);
}

#define TOO_LONG RC_DENIED, "docs/pki.md 3.6"

static const struct attack lengths[] = {
	{ "a commune below a province that may have none is refused", CERT_DESK,
	    province_has_none_below, TOO_LONG },
	{ "two authorities below a root that may have one", CERT_DESK,
	    root_has_one_below, TOO_LONG },
	{ "an authority as the holder below one that may have none",
	    CERT_AUTHORITY, holder_counts, TOO_LONG },
	{ "it counts for all above", CERT_AUTHORITY, holder_counts_above,
	    TOO_LONG },
	{ "a commune does not give itself more than its issuer has", CERT_DESK,
	    longer_below, TOO_LONG },
	{ "authorities of one name count like others", CERT_AUTHORITY,
	    self_issued, TOO_LONG },
	{ "and hold where they are not too many", CERT_AUTHORITY,
	    self_issued_within, RC_OK, "" },
};

/* In the longest path each authority may have just as many as there are: with
 * one less it does not hold, whichever it is. */
static void
each_length_is_held(void)
{
	struct chain c;
	size_t i, refused = 0;

	chain_deep(&c, PATH_MAX_CERTS);
	for (i = 2; i <= c.n; i++) {
		c.s[i].q.rights.path_len--;
		chain_write(&c, i);
		refused += chain_is(&c, TOO_LONG);
		c.s[i].q.rights.path_len++;
		chain_write(&c, i);
	}
	is(refused, PATH_MAX_CERTS - 1,
	    "one authority too many is refused wherever it is counted");
	c.s[0].q.rights.kind = CERT_AUTHORITY;
	c.s[0].q.address = c.s[1].q.address;
	c.want.kind = CERT_AUTHORITY;
	chain_write(&c, 0);
	ok(chain_is(&c, TOO_LONG),
	    "sixteen authorities are more than any may have below");
	chain_free(&c);
}

int
main(void)
{
	keys_make();
	TRY("good paths", controls);
	each_depth_holds();
	a_path_tells();
	TRY("suites", suites);
	TRY("loops", loops);
	TRY("issuers", issuers);
	TRY("path lengths", lengths);
	each_length_is_held();
	keys_free();
	return done();
}

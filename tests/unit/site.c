/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Certificates that browsers take (docs/desk.md 11), as OpenSSL sees them: what
 * an authority signs holds for its names, and for no other, whoever has its
 * key.
 */
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "pki/site.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LONG                                                                                        \
	"Văn phòng Ủy ban nhân dân xã Mường Nhé, huyện Mường Nhé, tỉnh Điện " \
	"Biên"

static const int64_t now = 1795348800; /* 2026-11-22 */
static struct p256 *authority, *other, *host;

static struct buf
certificate(const struct p256 *of, const struct p256 *by, const char *names,
    bool is_authority, int64_t from, int64_t until)
{
	struct site_cert c = { .subject = bytes_str(is_authority ? LONG : "x"),
		.issuer = bytes_str(LONG),
		.from = from,
		.until = until,
		.authority = is_authority };
	uint8_t pub[P256_PUB];
	struct buf out;
	struct err e;

	p256_pub(of, pub);
	c.pub = bytes_of(pub, sizeof(pub));
	if (site_names_read(&c.names, bytes_str(names), &e) != RC_OK)
		bug(e.text);
	site_cert_write(&out, &c, by);
	return out;
}

static X509 *
as_x509(struct buf *der)
{
	const unsigned char *at = der->p;
	X509 *x = d2i_X509(NULL, &at, (long)der->len);

	if (x == NULL || at != der->p + der->len)
		bug("no certificate");
	buf_free(der);
	return x;
}

/* What OpenSSL says of a leaf of these names under an authority of those, as of
 * a server of this name: X509_V_OK or its error. */
static int
verdict(const char *leaf, const char *by, const char *host_name, int64_t at)
{
	struct buf a = certificate(authority, authority, by, true,
		       now - TIME_DAY, now + 3650 * TIME_DAY),
		   l = certificate(host, authority, leaf, false, now - TIME_DAY,
		       now + 30 * TIME_DAY);
	X509 *ca = as_x509(&a), *x = as_x509(&l);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *p;
	int error;

	if (X509_STORE_add_cert(store, ca) != 1 ||
	    X509_STORE_CTX_init(ctx, store, x, NULL) != 1)
		bug("no store");
	p = X509_STORE_CTX_get0_param(ctx);
	(void)X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_SSL_SERVER);
	(void)X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_X509_STRICT);
	X509_VERIFY_PARAM_set_time(p, (time_t)at);
	if (X509_VERIFY_PARAM_set1_ip_asc(p, host_name) != 1)
		(void)X509_VERIFY_PARAM_set1_host(
		    p, host_name, strlen(host_name));
	error = X509_verify_cert(ctx) == 1 ? X509_V_OK
					   : X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	X509_free(ca);
	X509_free(x);
	return error;
}

static void
a_leaf_holds_for_its_names(void)
{
	static const char both[] = "antin.vn\n192.0.2.5\nfd00::5\n";
	static const struct {
		const char *leaf, *by, *name;
	} good[] = { { "antin.vn\n", "antin.vn\n", "antin.vn" },
		{ "192.0.2.5\n", "192.0.2.5\n", "192.0.2.5" },
		{ "fd00::5\n", "fd00::5\n", "fd00::5" },
		{ both, both, "antin.vn" }, { both, both, "192.0.2.5" },
		{ both, both, "fd00::5" }, { "antin.vn\n", both, "antin.vn" } };
	size_t i;

	for (i = 0; i < COUNT(good); i++)
		is((uint64_t)verdict(
		       good[i].leaf, good[i].by, good[i].name, now),
		    X509_V_OK, "%s holds", good[i].name);
	is((uint64_t)verdict("antin.vn\n", "antin.vn\n", "lai-chau.vn", now),
	    X509_V_ERR_HOSTNAME_MISMATCH, "not for another host");
	is((uint64_t)verdict(
	       "antin.vn\n", "antin.vn\n", "antin.vn", now + 31 * TIME_DAY),
	    X509_V_ERR_CERT_HAS_EXPIRED, "nor after its time");
}

/* Whoever has the authority's key signs a leaf of another name. */
static void
an_authority_is_of_no_use_for_others(void)
{
	static const struct {
		const char *leaf, *by, *name;
		int error;
	} bad[] = {
		{ "bank.vn\n", "antin.vn\n", "bank.vn",
		    X509_V_ERR_PERMITTED_VIOLATION },
		{ "192.0.2.6\n", "192.0.2.5\n", "192.0.2.6",
		    X509_V_ERR_PERMITTED_VIOLATION },
		{ "fd00::6\n", "fd00::5\n", "fd00::6",
		    X509_V_ERR_PERMITTED_VIOLATION },
		{ "fd00::5\n", "192.0.2.5\n", "fd00::5",
		    X509_V_ERR_EXCLUDED_VIOLATION },
		{ "192.0.2.5\n", "antin.vn\n", "192.0.2.5",
		    X509_V_ERR_EXCLUDED_VIOLATION },
		{ "fd00::5\n", "antin.vn\n", "fd00::5",
		    X509_V_ERR_EXCLUDED_VIOLATION },
		{ "antin.vn\n", "192.0.2.5\n", "antin.vn",
		    X509_V_ERR_EXCLUDED_VIOLATION },
	};
	size_t i;
	int got;

	for (i = 0; i < COUNT(bad); i++) {
		got = verdict(bad[i].leaf, bad[i].by, bad[i].name, now);
		ok(got == bad[i].error ||
			(got == X509_V_ERR_PERMITTED_VIOLATION),
		    "under an authority of another name %s does not: %s",
		    bad[i].name, X509_verify_cert_error_string(got));
	}
}

static void
what_a_certificate_is(void)
{
	struct buf a = certificate(authority, authority, "antin.vn\n", true,
		       now, now + 3650 * TIME_DAY),
		   l = certificate(host, authority, "antin.vn\n", false, now,
		       now + TIME_DAY),
		   f = certificate(
		       host, other, "antin.vn\n", false, now, now + TIME_DAY);
	X509 *ca = as_x509(&a), *x = as_x509(&l), *forged = as_x509(&f);
	char name[256] = "";

	ok(X509_check_ca(ca) == 1 && X509_get_pathlen(ca) == 0 &&
		X509_get_key_usage(ca) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN) &&
		X509_get_extended_key_usage(ca) == XKU_SSL_SERVER,
	    "an authority signs certificates of servers, and no authorities");
	ok(X509_check_ca(x) == 0 &&
		X509_get_key_usage(x) == KU_DIGITAL_SIGNATURE &&
		X509_get_extended_key_usage(x) == XKU_SSL_SERVER,
	    "a leaf is a server's and signs nothing");
	ok(X509_verify(x, X509_get0_pubkey(ca)) == 1 &&
		X509_verify(ca, X509_get0_pubkey(ca)) == 1,
	    "their signatures hold");
	ok(X509_verify(forged, X509_get0_pubkey(ca)) != 1,
	    "that by another key does not");
	(void)X509_NAME_get_text_by_NID(
	    X509_get_subject_name(ca), NID_commonName, name, sizeof(name));
	ok(strncmp(name, LONG, strlen(name)) == 0 && strlen(name) > 64 &&
		strlen(name) < strlen(LONG),
	    "of a long name it has 64 characters: %s", name);
	X509_free(ca);
	X509_free(x);
	X509_free(forged);
}

static void
what_a_name_is(void)
{
	static const char *const good[] = { "a", "antin.vn", "a-b.c1.vn",
		"192.0.2.5", "::1", "fd00::5", "xn--in-bin-wra9f.vn" };
	static const char *const bad[] = { "", ".", "a.", ".a", "a..b", "-a.vn",
		"a-.vn", "A.vn", "a_b.vn", "a b", "*.vn", "a.vn\n", "192.0.2",
		"192.0.2.256", "192.0.02.5", "1", "a.1", "FD00::5", "fd00:0::5",
		"[::1]", "::1%lo", "điện.vn", "a.vn:443", "a/b", "a\"" };
	char label[70] = { 0 }, host_name[300] = { 0 };
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(good); i++)
		wrong += !site_name_is(bytes_str(good[i]));
	is(wrong, 0, "names of hosts and addresses are names");
	for (i = 0; i < COUNT(bad); i++)
		if (site_name_is(bytes_str(bad[i]))) {
			note("%s", bad[i]);
			wrong++;
		}
	is(wrong, 0, "what else there is is none");
	memset(label, 'a', 63);
	ok(site_name_is(bytes_str(label)), "a part has 63 bytes");
	label[63] = 'a';
	ok(!site_name_is(bytes_str(label)), "not 64");
	for (i = 0; i < 253; i++)
		host_name[i] = i % 2 == 0 ? 'a' : '.';
	ok(site_name_is(bytes_str(host_name)), "and a name 253");
	(void)strcat(host_name, ".a");
	ok(!site_name_is(bytes_str(host_name)), "not more");
	ok(site_name_is(bytes_of("a\0b", 3)) == false, "nor a zero");
}

static void
lists_of_names(void)
{
	struct site_names n;
	struct buf many = { 0 };
	struct err e;
	int i;

	ok(site_names_read(&n, bytes_str("a\nb\n"), &e) == RC_OK &&
		n.count == 2 && site_names_within(&n, bytes_str("b\nc\na\n")),
	    "a list of names is within a longer one");
	ok(!site_names_within(&n, bytes_str("a\n")) &&
		!site_names_within(&n, bytes_str("a\nbb\n")),
	    "not within another");
	ok(site_names_read(&n, bytes_str(""), &e) == RC_INVALID &&
		site_names_read(&n, bytes_str("a"), &e) == RC_INVALID &&
		site_names_read(&n, bytes_str("a\n\n"), &e) == RC_INVALID,
	    "none, half a one, and an empty one are no list");
	for (i = 0; i < 17; i++)
		buf_add(&many, bytes_str("a\n"));
	ok(site_names_read(&n, buf_bytes(&many), &e) == RC_INVALID,
	    "nor are 17");
	many.len -= 2;
	ok(site_names_read(&n, buf_bytes(&many), &e) == RC_OK, "16 are");
	buf_free(&many);
}

static void
keys_and_signatures(void)
{
	uint8_t priv[P256_PRIV], pub[P256_PUB], again[P256_PUB], sig[P256_SIG];
	static const uint8_t zero[P256_PRIV];
	struct p256 *same_key;
	size_t len;

	p256_priv(authority, priv);
	p256_pub(authority, pub);
	same_key = p256_of(priv);
	p256_pub(same_key, again);
	same(bytes_of(again, P256_PUB), bytes_of(pub, P256_PUB),
	    "a key from its number is the same key");
	len = p256_sign(same_key, bytes_str("hail"), sig);
	ok(p256_verify(
	       bytes_of(pub, P256_PUB), bytes_str("hail"), bytes_of(sig, len)),
	    "its signature holds");
	ok(!p256_verify(
	       bytes_of(pub, P256_PUB), bytes_str("hall"), bytes_of(sig, len)),
	    "not of other bytes");
	ok(p256_of(zero) == NULL, "zero is no key");
	pub[40] ^= 1;
	ok(!p256_is_pub(bytes_of(pub, P256_PUB)) &&
		!p256_is_pub(bytes_of(again, 64)) &&
		p256_is_pub(bytes_of(again, P256_PUB)),
	    "what is beside the curve is none");
	p256_free(same_key);
	wipe(priv, sizeof(priv));
}

int
main(void)
{
	authority = p256_new();
	other = p256_new();
	host = p256_new();
	a_leaf_holds_for_its_names();
	an_authority_is_of_no_use_for_others();
	what_a_certificate_is();
	what_a_name_is();
	lists_of_names();
	keys_and_signatures();
	p256_free(authority);
	p256_free(other);
	p256_free(host);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Revocation lists: what is written is read, what is written otherwise is not
 * (docs/pki.md 5), who stands on one, and that OpenSSL reads them too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forge.h"
#include "pki/crl.h"

#define DAY TIME_DAY

/* ---- an authority ---------------------------------------------------------
 */

struct authority {
	struct sig_key *key;
	struct buf der;
	struct cert cert;
};

static void
authority_make(struct authority *a, const char *alg, const char *name)
{
	const struct sig_alg *sig = sig_by_name(alg);
	struct cert_request r = { .name = bytes_str(name),
		.issuer = bytes_str(name),
		.address = bytes_str("antin://dien-bien.vn"),
		.rights = { CERT_AUTHORITY, LEVEL_MAT, PRECEDENCE_HOA_TOC, 3 },
		.from = NOW - 100 * DAY,
		.until = NOW + 100 * DAY,
		.use = CERT_SIGN,
		.sig = sig };
	struct err e;

	*a = (struct authority){ .key = sig_generate(sig) };
	r.pub = sig_key_pub(a->key);
	cert_write(&a->der, &r, a->key);
	if (cert_parse(&a->cert, buf_bytes(&a->der), &e) != RC_OK)
		bug(e.text);
}

static void
authority_free(struct authority *a)
{
	sig_key_free(a->key);
	buf_free(&a->der);
}

static struct authority suite_a, suite_b;

/* Three certificates, not in their order. */
static const struct crl_entry three[] = {
	{ { (const uint8_t *)"\x80three", 6 }, NOW - DAY,
	    REVOKE_KEY_COMPROMISE },
	{ { (const uint8_t *)"\x01", 1 }, NOW - 30 * DAY, REVOKE_UNSPECIFIED },
	{ { (const uint8_t *)"\x7ftwo", 4 }, NOW - DAY, REVOKE_CESSATION },
};

static struct buf
list_of(const struct authority *a, const struct crl_entry *entries, size_t n)
{
	struct crl_entry copy[COUNT(three) + 1];
	struct crl_request r = { .issuer = &a->cert,
		.entries = copy,
		.count = n,
		.number = 4711,
		.at = NOW,
		.next = NOW + 30 * DAY };
	struct buf out;

	if (n > 0)
		memcpy(copy, entries, n * sizeof(*copy));
	crl_write(&out, &r, a->key);
	return out;
}

static bool
entry_is(const struct crl_entry *got, const struct crl_entry *want)
{
	return bytes_eq(got->serial, want->serial) && got->at == want->at &&
	       got->reason == want->reason;
}

/* ---- what is written is read ----------------------------------------------
 */

static void
a_list_comes_back(const struct authority *a, const char *suite)
{
	struct buf der = list_of(a, three, COUNT(three));
	struct crl_entry one;
	struct bytes rest;
	struct crl c;
	struct err e;

	went(crl_read(&c, buf_bytes(&der), &e), &e,
	    "a list of suite %s is "
	    "read",
	    suite);
	same(c.issuer, a->cert.name, "with its issuer");
	same(tag_bytes(&c.issuer_tag), tag_bytes(&a->cert.tag), "and his key");
	ok(c.at == NOW && c.next == NOW + 30 * DAY && c.number == 4711,
	    "and its times and its number");
	is(c.count, 3, "and three certificates");
	rest = c.entries;
	ok(crl_next(&rest, &one) && entry_is(&one, &three[1]) &&
		crl_next(&rest, &one) && entry_is(&one, &three[2]) &&
		crl_next(&rest, &one) && entry_is(&one, &three[0]) &&
		!crl_next(&rest, &one),
	    "in the order of their dates, then of their serials");
	ok(crl_verify(&c, &a->cert), "its signature holds");
	buf_free(&der);
}

static void
an_empty_list_comes_back(void)
{
	struct buf der = list_of(&suite_a, NULL, 0);
	struct crl_entry one;
	struct crl c;
	struct err e;

	went(crl_read(&c, buf_bytes(&der), &e), &e, "a list of nobody is read");
	ok(c.count == 0 && !crl_next(&c.entries, &one) &&
		crl_verify(&c, &suite_a.cert),
	    "and holds, and has nobody");
	buf_free(&der);
}

/* ---- what is not ----------------------------------------------------------
 */

/* Elements: 0 tbs (0 version, 1 algorithm, 2 issuer, 3 at, 4 next, 5 entries
 * (each 0 serial, 1 date, 2 extensions), 6 [0]); 1 algorithm; 2 signature. */
static const struct cutting cuttings[] = {
	{ "a list of no version", "00", CUT, "" },
	{ "of version 1", "00", PUT, "020100" },
	{ "of version 3", "00", PUT, "020102" },
	{ "with two signature algorithms", "1", PUT, "300506032b6570" },
	{ "of an algorithm that is unknown", "01", PUT, "300506032b6571" },
	{ "of an algorithm with parameters", "01", PUT, "300706032b65700500" },
	{ "of no issuer", "02", PUT, "3000" },
	{ "of an issuer of two names", "020", AFTER,
	    "310a300806035504030c0141" },
	{ "without the time of the next", "04", CUT, "" },
	{ "the next of which is not later", "04", PUT,
	    "170d3236313131383033333332305a" },
	{ "of a time as the other kind of time", "03", PUT,
	    "180f32303236313131383037333332305a" },
	{ "with an empty element for nobody", "05", PUT, "3000" },
	{ "with a certificate without serial", "0500", CUT, "" },
	{ "with the serial zero", "0500", PUT, "020100" },
	{ "with a negative one", "0500", PUT, "0201ff" },
	{ "with one of 21 bytes", "0500", PUT,
	    "0215"
	    "010203040506070809101112131415161718192021" },
	{ "without its date", "0501", CUT, "" },
	{ "revoked after the list was made", "0521", PUT,
	    "170d3236313230313030303030305a" },
	{ "not in the order of dates", "0501", PUT,
	    "170d3236313131373233353935395a" },
	{ "with empty extensions of a certificate", "0501", AFTER, "3000" },
	{ "with the reason 0, which is not written", "0512", PUT,
	    "300c300a0603551d1504030a0100" },
	{ "with the reason 6, a hold", "0512", PUT,
	    "300c300a0603551d1504030a0106" },
	{ "with a reason that is critical", "0512", PUT,
	    "300f300d0603551d150101ff04030a0101" },
	{ "with a reason that is an INTEGER", "0512", PUT,
	    "300c300a0603551d150403020101" },
	{ "with an extension besides the reason", "05120", AFTER,
	    "300a0603551d1504030a0101" },
	{ "with more behind a reason", "0512", PUT,
	    "300e300c0603551d1504050a01010500" },
	{ "without extensions", "06", CUT, "" },
	{ "with none in them", "060", PUT, "3000" },
	{ "without the key identifier", "0600", CUT, "" },
	{ "without a number", "0601", CUT, "" },
	{ "with both the other way round", "0600", PUT,
	    "300a0603551d140403020107" },
	{ "with a negative number", "0601", PUT, "300a0603551d1404030201ff" },
	{ "with a critical number", "0601", PUT,
	    "300d0603551d140101ff0403020107" },
	{ "with a third extension", "0601", AFTER, "300a0603551d1404030201ff" },
	{ "with more behind the extensions", "06", AFTER, "0500" },
	{ "without a signature", "2", CUT, "" },
	{ "with more behind it", "2", AFTER, "0500" },
};

static bool
refused(struct bytes der, const char *why)
{
	struct crl c;
	struct err e = { .text = "" };

	memset(&c, 0xaa, sizeof(c));
	if (crl_read(&c, der, &e) == RC_INVALID && c.tbs.p == NULL &&
	    c.signed_by == NULL && strstr(e.text, why) != NULL)
		return true;
	note("%s: %s", rc_name(e.rc), e.text);
	return false;
}

static void
nothing_else_is_read(void)
{
	struct buf der;
	size_t i;

	for (i = 0; i < COUNT(cuttings); i++) {
		der = list_of(&suite_a, three, COUNT(three));
		edit(&der, cuttings[i].path, cuttings[i].how,
		    hexed(cuttings[i].with));
		ok(refused(buf_bytes(&der), ""), "%s is refused",
		    cuttings[i].name);
		buf_free(&der);
	}
}

static void
nobody_stands_twice(void)
{
	struct crl_entry twice[4];
	struct buf der;

	memcpy(twice, three, sizeof(three));
	twice[3] = three[1];
	twice[3].at += DAY;
	der = list_of(&suite_a, twice, 4);
	ok(refused(buf_bytes(&der), "docs/pki.md 5.2"),
	    "a certificate that stands twice, with two dates, is refused");
	buf_free(&der);
}

static void
no_piece_is_read(void)
{
	struct buf der = list_of(&suite_a, three, COUNT(three));
	size_t n, read = 0;
	struct crl c;
	struct err e;

	for (n = 0; n < der.len; n++)
		read += crl_read(&c, bytes_of(der.p, n), &e) == RC_OK;
	is(read, 0, "no beginning of a list is one");
	buf_free(&der);
}

/* ---- signatures -----------------------------------------------------------
 */

static void
no_flipped_bit_holds(void)
{
	struct buf der = list_of(&suite_a, three, COUNT(three));
	size_t byte, held = 0;
	struct crl c;
	struct err e;

	for (byte = 0; byte < der.len; byte++) {
		der.p[byte] ^= (uint8_t)(1u << byte % 8);
		held += crl_read(&c, buf_bytes(&der), &e) == RC_OK &&
			crl_verify(&c, &suite_a.cert);
		der.p[byte] ^= (uint8_t)(1u << byte % 8);
	}
	is(held, 0, "no list with a flipped bit holds");
	buf_free(&der);
}

static void
nobody_else_vouches(void)
{
	struct buf der = list_of(&suite_a, three, COUNT(three));
	struct authority other;
	struct cert c = suite_a.cert;
	struct crl list;
	struct err e;

	authority_make(&other, "MLDSA65-Ed25519", "Tỉnh Điện Biên");
	went(crl_read(&list, buf_bytes(&der), &e), &e, "a list is read");
	ok(!crl_verify(&list, &other.cert),
	    "of one name, another key: it does not hold");
	ok(!crl_verify(&list, &suite_b.cert), "nor under another suite");
	c.name = bytes_str("Tỉnh Lai Châu");
	ok(!crl_verify(&list, &c), "nor for an authority of another name");
	c = suite_a.cert;
	c.rights.kind = CERT_STATION;
	ok(!crl_verify(&list, &c), "nor for one that is no authority");
	c = suite_a.cert;
	c.tag.b[0] ^= 1;
	ok(!crl_verify(&list, &c), "nor where the key identifier is another's");
	authority_free(&other);
	buf_free(&der);
}

static void
a_list_too_large_is_refused(void)
{
	struct bytes large = { NULL, CRL_MAX + 1 };
	struct crl c;
	struct err e;

	is(crl_read(&c, large, &e), RC_LIMIT, "over %u bytes: not looked at",
	    CRL_MAX);
}

/* ---- other programs -------------------------------------------------------
 */

static char file[] = "/tmp/antin-crl.XXXXXX";

/* What "openssl crl -text" prints; empty where it is not there. */
static struct buf
openssl_says(struct bytes der)
{
	const char *const argv[] = { "openssl", "crl", "-inform", "DER", "-in",
		file, "-noout", "-text", NULL };
	int pipes[2], fd, status = 0;
	struct buf out = { 0 };
	uint8_t piece[4096];
	ssize_t n;
	pid_t pid;

	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, der.p, der.len) != (ssize_t)der.len ||
	    close(fd) != 0 || pipe(pipes) != 0)
		bug("a file that cannot be written");
	pid = fork();
	if (pid == 0) {
		(void)dup2(pipes[1], STDOUT_FILENO);
		(void)close(pipes[0]);
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(pipes[1]);
	while ((n = read(pipes[0], piece, sizeof(piece))) > 0)
		buf_add(&out, bytes_of(piece, (size_t)n));
	(void)close(pipes[0]);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		buf_free(&out);
	return out;
}

static void
openssl_reads_it(const struct authority *a, const char *suite)
{
	struct buf der = list_of(a, three, COUNT(three)), said;

	said = openssl_says(buf_bytes(&der));
	if (said.len == 0) {
		skip("no openssl");
	} else {
		ok(holds(buf_bytes(&said), LIT("Version 2 (0x1)")) &&
			holds(buf_bytes(&said), LIT("Nov 18 ")) &&
			holds(buf_bytes(&said), LIT("Dec 18 ")),
		    "openssl reads a list of suite %s, and its times", suite);
		ok(holds(buf_bytes(&said), LIT("4711")) &&
			holds(buf_bytes(&said), LIT("Key Compromise")) &&
			holds(buf_bytes(&said), LIT("Cessation Of Operation")),
		    "and its number and reasons");
		ok(holds(buf_bytes(&said), LIT("807468726565")) ||
			holds(buf_bytes(&said), LIT("80:74:68:72:65:65")),
		    "and its serials");
	}
	buf_free(&der);
	buf_free(&said);
}

int
main(void)
{
	authority_make(&suite_a, "MLDSA65-Ed25519", "Tỉnh Điện Biên");
	authority_make(&suite_b, "MLDSA87-P384", "Gốc");
	a_list_comes_back(&suite_a, "A");
	a_list_comes_back(&suite_b, "B");
	an_empty_list_comes_back();
	nothing_else_is_read();
	nobody_stands_twice();
	no_piece_is_read();
	no_flipped_bit_holds();
	nobody_else_vouches();
	a_list_too_large_is_refused();
	if (mkstemp(file) < 0)
		bug("no temporary file");
	openssl_reads_it(&suite_a, "A");
	openssl_reads_it(&suite_b, "B");
	(void)unlink(file);
	authority_free(&suite_a);
	authority_free(&suite_b);
	return done();
}

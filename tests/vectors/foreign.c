/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Other implementations read what we write, and we read what they write:
 * OpenSSL 3.6 (tools/foreign-openssl) for the interop suites, Bouncy Castle
 * (tools/foreign-bc with tests/foreign/Peer.java) for all.
 *
 * They are run where they are to be had.  What they once wrote is kept in
 * tests/foreign/fixtures and is read in any case.  With ANTIN_KEEP=1 the folder
 * of this run stays: fixtures are taken from it.
 */
#include <sys/wait.h>

#include <ctype.h>
#include <unistd.h>

#include "../tests/foreign/cms.h"
#include "../tests/vectors/json.h"
#include "core/time.h"
#include "crypto/pem.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "envelope/envelope.h"
#include "pki/card.h"

#define FIXTURES "tests/foreign/fixtures"
#define FROM INT64_C(1577836800)  /* 2020-01-01: what the cards hold from */
#define UNTIL INT64_C(4070908800) /* 2099-01-01 */
#define NOW INT64_C(1795305600)	  /* 2026-11-22 */

#define STATION "antin://dien-bien.vn"

static char live[4096];	 /* the folder of this run */
static const char *dir;	 /* where files are read and written */
static const char *when; /* "live" or "recorded" */
static const char *text = "Về việc kiểm tra công tác phòng, chống bão.\n";

/* ---- files and commands -------------------------------------------------- */

static const char *
path(const char *name, const char *suffix)
{
	static char at[sizeof(live) + 128];

	(void)snprintf(at, sizeof(at), "%s/%s%s", dir, name, suffix);
	return at;
}

static struct buf
load(const char *name, const char *suffix)
{
	return slurp(path(name, suffix));
}

static void
save(struct bytes what, const char *name, const char *suffix)
{
	FILE *f = fopen(path(name, suffix), "wb");

	if (f == NULL || fwrite(what.p, 1, what.len, f) != what.len ||
	    fclose(f) != 0)
		vector_bail(name, "cannot be written");
}

/* A command with $D the folder, $S a suite and $N the name of a file. */
static bool
run(const char *suite, const char *name, const char *command)
{
	char line[2048];

	if (setenv("S", suite, 1) != 0 || setenv("N", name, 1) != 0)
		vector_bail(name, "no environment");
	(void)snprintf(
	    line, sizeof(line), "{ %s; } >>\"$D/log\" 2>&1", command);
	return system(line) == 0;
}

/* Asks a tool for its version; a skip() with its reason where there is none. */
static bool
available(const char *what, const char *tool)
{
	char command[128], said[512] = "";
	FILE *f;
	int status;

	(void)snprintf(command, sizeof(command), "tools/%s --available", tool);
	f = popen(command, "r");
	if (f == NULL || fgets(said, sizeof(said), f) == NULL)
		said[0] = '\0';
	status = f == NULL ? -1 : pclose(f);
	said[strcspn(said, "\n")] = '\0';
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		skip("%s", said);
		return false;
	}
	return ok(status == 0 && said[0] != '\0', "%s %s is here", what, said);
}

/* ---- desks: one a suite, as files the tools read ------------------------- */

/* One that was read. */
struct desk {
	const struct suite *suite;
	struct card card;
	struct kem_key *kem;
};

/* RFC 5958: the ML algorithms' seed is [0] (RFC 9935 6), Ed25519's key an OCTET
 * STRING (RFC 8410 7), a composite's the bare bytes. */
static void
save_private(
    enum oid alg, struct bytes key, const char *suite, const char *suffix)
{
	bool seed = alg == OID_MLKEM768 || alg == OID_MLKEM1024 ||
		    alg == OID_MLDSA65 || alg == OID_MLDSA87;
	struct der_wr w = { 0 };
	struct buf pem = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, 0);
	der_put_open(&w, DER_SEQUENCE);
	der_put_oid(&w, oid(alg));
	der_put_close(&w);
	der_put_open(&w, DER_OCTETS);
	if (seed)
		der_put(&w, DER_CTX(0), key);
	else if (alg == OID_ED25519)
		der_put_octets(&w, key);
	else
		buf_add(&w.out, key);
	der_put_close(&w);
	der_put_close(&w);
	pem_write(&pem, "PRIVATE KEY", buf_bytes(&w.out));
	save(buf_bytes(&pem), suite, suffix);
	der_wr_free(&w);
	buf_free(&pem);
}

static struct identity
desk_new(const struct suite *suite)
{
	struct identity id;
	struct buf pem = { 0 };
	char address[128];
	struct err e;
	size_t i;

	(void)snprintf(address, sizeof(address), STATION "/%s", suite->name);
	for (i = 0; address[i] != '\0'; i++)
		address[i] = (char)tolower((unsigned char)address[i]);
	if (identity_new(&id, sig_by_name(suite->sig), kem_by_name(suite->kem),
		bytes_str("Văn thư"), bytes_str(address), FROM, UNTIL,
		&e) != RC_OK)
		vector_bail(suite->name, e.text);
	save_private(id.card.sign.sig->oid, sig_key_priv(id.sig), suite->name,
	    ".sig.pem");
	save_private(id.card.kem.kem->oid, kem_key_priv(id.kem), suite->name,
	    ".kem.pem");
	pem_write(&pem, "CERTIFICATE", buf_bytes(&id.card.kem_der));
	save(buf_bytes(&pem), suite->name, ".kem.crt");
	buf_free(&pem);
	card_write(&pem, &id.card);
	save(buf_bytes(&pem), suite->name, ".pub");
	buf_free(&pem);
	return id;
}

static struct desk
desk_read(const struct suite *suite)
{
	struct buf pub = load(suite->name, ".pub"), der;
	struct buf pem = load(suite->name, ".kem.pem");
	struct desk d = { .suite = suite };
	struct bytes at = buf_bytes(&pem);
	struct named_key k;
	struct err e;

	if (card_parse(&d.card, buf_bytes(&pub), &e) != RC_OK ||
	    pem_read(&der, &at, "PRIVATE KEY", &e) != RC_OK)
		vector_bail(suite->name, e.text);
	k = pkcs8_key(buf_bytes(&der));
	d.kem = kem_key_of(kem_by_oid(k.oid), k.key);
	if (d.kem == NULL)
		vector_bail(suite->name, "its private key is not read");
	buf_free(&pub);
	buf_free(&pem);
	buf_free(&der);
	return d;
}

static void
desk_free(struct desk *d)
{
	card_free(&d->card);
	kem_key_free(d->kem);
}

/* ---- what we write ------------------------------------------------------- */

static struct identity ours[SUITE_COUNT]; /* of this run */

/* A place in bytes, where a bit is flipped. */
static struct buf
flipped(struct bytes in, const uint8_t *at)
{
	struct buf out = { 0 };

	buf_add(&out, in);
	out.p[at - in.p] ^= 4;
	return out;
}

static void
save_flipped(struct bytes in, struct bytes part, const char *suite,
    const char *what, const char *suffix)
{
	struct buf out = flipped(in, part.p + part.len / 2);
	char name[96];

	(void)snprintf(name, sizeof(name), "%s.%s", suite, what);
	save(buf_bytes(&out), name, suffix);
	buf_free(&out);
}

/* A dispatch from one desk to n, signed. */
static void
sign_dispatch(struct buf *out, struct header *header,
    const struct identity *from, const struct identity *const *to, size_t n)
{
	struct part part = { .kind = PART_TEXT,
		.name = bytes_str("công văn.txt"),
		.type = bytes_str("text/plain"),
		.size = strlen(text) };
	struct addressee addressees[SUITE_COUNT] = { 0 };
	struct signer signer = identity_signer(from);
	struct dispatch d = { .due = TIME_NEVER };
	size_t i;

	for (i = 0; i < n; i++)
		addressees[i].address = to[i]->card.sign.address;
	*header = (struct header){
		.origin = bytes_str(STATION), .serial = 7, .expires = UNTIL
	};
	random_bytes(header->id.b, ID_SIZE);
	d.header = *header;
	d.originator = from->card.sign.address;
	d.level = LEVEL_TOI_MAT;
	d.to = addressees;
	d.to_count = n;
	d.subject = bytes_str("Về việc kiểm tra");
	d.parts = &part;
	d.part_count = 1;
	d.size = part.size;
	signed_dispatch(out, &d, bytes_str(text), &signer, NOW);
}

static void
seal(struct buf *out, const struct header *header, struct bytes inner,
    const struct identity *const *to, size_t n)
{
	struct recipient recipients[SUITE_COUNT];
	struct sink sink = sink_buf(out);
	uint8_t cek[AEAD_KEY];
	struct err e;
	size_t i;

	for (i = 0; i < n; i++)
		recipients[i] = (struct recipient){ to[i]->card.kem.tag,
			to[i]->card.kem.kem, to[i]->card.kem.pub };
	random_bytes(cek, sizeof(cek));
	*out = (struct buf){ 0 };
	if (envelope_seal(&sink, header, inner, cek, recipients, n, &e) !=
	    RC_OK)
		vector_bail("envelope_seal", e.text);
}

/* A bit flipped under the seal: only the signature can tell. */
static void
save_inner_flipped(const struct header *header, struct bytes inner,
    struct bytes part, const struct identity *to, const char *suite,
    const char *what)
{
	struct buf bad = flipped(inner, part.p + part.len / 2), sealed;
	char name[96];

	seal(&sealed, header, buf_bytes(&bad), &to, 1);
	(void)snprintf(name, sizeof(name), "%s.%s", suite, what);
	save(buf_bytes(&sealed), name, ".env");
	buf_free(&sealed);
	buf_free(&bad);
}

/* What a bit is flipped in: of the envelope, and under the seal. */
static const char *const outer_places[] = { "kemct", "wrapped-key", "header",
	"sealed", "mac" };
#define OUTER (sizeof(outer_places) / sizeof(outer_places[0]))
static const char *const inner_places[] = { "content", "attributes",
	"signature" };
#define INNER (sizeof(inner_places) / sizeof(inner_places[0]))

static void
write_envelopes(const struct suite *suite, const struct identity *id)
{
	struct buf inner, sealed;
	struct header header;
	struct signed_data s;
	struct envelope env;
	struct slip slip;
	size_t i, at = 0;
	struct err e;

	sign_dispatch(&inner, &header, id, &id, 1);
	seal(&sealed, &header, buf_bytes(&inner), &id, 1);
	save(buf_bytes(&sealed), suite->name, ".env");
	if (envelope_parse(&env, buf_bytes(&sealed), &e) != RC_OK ||
	    !envelope_slip(&env, &at, &slip) ||
	    signed_read(&s, SIGNED_DISPATCH, buf_bytes(&inner), &e) != RC_OK)
		vector_bail("our own envelope", e.text);

	const struct bytes outer_parts[OUTER] = { slip.ct, slip.wrapped,
		env.header.origin, env.sealed, env.mac };
	const struct bytes inner_parts[INNER] = { s.content, s.receipts_to,
		s.signature };
	for (i = 0; i < OUTER; i++)
		save_flipped(buf_bytes(&sealed), outer_parts[i], suite->name,
		    outer_places[i], ".env");
	for (i = 0; i < INNER; i++)
		save_inner_flipped(&header, buf_bytes(&inner), inner_parts[i],
		    id, suite->name, inner_places[i]);
	buf_free(&inner);
	buf_free(&sealed);
}

static void
write_signature(const struct suite *suite, const struct identity *id)
{
	struct signer signer = identity_signer(id);
	uint8_t digest[SHA512_SIZE];
	struct signed_data s;
	struct buf out;
	struct err e;

	sha512(digest, bytes_str(text));
	signed_document(&out, digest, &signer, NOW);
	save(buf_bytes(&out), suite->name, ".p7s");
	if (signed_read(&s, SIGNED_DOCUMENT, buf_bytes(&out), &e) != RC_OK)
		vector_bail("our own signature", e.text);
	save_flipped(
	    buf_bytes(&out), s.cert, suite->name, "attributes", ".p7s");
	save_flipped(
	    buf_bytes(&out), s.signature, suite->name, "signature", ".p7s");
	buf_free(&out);
}

/* One for a composite desk and for one that OpenSSL opens for. */
static void
write_mixed(void)
{
	const struct identity *to[] = { &ours[0], &ours[2] };
	struct buf inner, sealed;
	struct header header;

	sign_dispatch(&inner, &header, to[1], to, 2);
	seal(&sealed, &header, buf_bytes(&inner), to, 2);
	save(buf_bytes(&sealed), "mixed", ".env");
	buf_free(&inner);
	buf_free(&sealed);
}

static void
write_ours(void)
{
	size_t i;

	save(bytes_str(text), "document", "");
	save(bytes_str("another"), "another", "");
	for (i = 0; i < SUITE_COUNT; i++) {
		ours[i] = desk_new(&suite_table[i]);
		write_envelopes(&suite_table[i], &ours[i]);
		write_signature(&suite_table[i], &ours[i]);
	}
	write_mixed();
}

/* ---- OpenSSL reads and writes -------------------------------------------- */

#define CMS "tools/foreign-openssl cms -binary "
#define UKM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define TRUST                                                                  \
	"-certfile \"$D/$S.pub\" -CAfile \"$D/$S.pub\" "                       \
	"-partial_chain -purpose any -cades -out \"$D/$N.content\""
#define SIGN                                                                   \
	CMS "-sign -in \"$D/document\" -signer \"$D/$S.pub\" "                 \
	    "-inkey \"$D/$S.sig.pem\" -md sha512 -outform DER "

static const char openssl_decrypt[] =
    CMS "-decrypt -inform DER -in \"$D/$N.env\" -inkey \"$D/$S.kem.pem\" "
	"-recip \"$D/$S.kem.crt\" -out \"$D/$N.sd\"";
static const char openssl_verify[] =
    CMS "-verify -inform DER -in \"$D/$N.ci\" " TRUST;
static const char openssl_verify_document[] =
    CMS "-verify -inform DER -in \"$D/$N.p7s\" -content \"$D/document\" " TRUST;
static const char openssl_verify_another[] =
    CMS "-verify -inform DER -in \"$D/$N.p7s\" -content \"$D/another\" " TRUST;
static const char *const openssl_sign[] = {
	SIGN "-nocerts -nosmimecap -keyid -out \"$D/openssl-$S.p7s\"",
	SIGN "-keyid -out \"$D/openssl-$S.more.p7s\"",
	SIGN "-nocerts -keyid -cades -out \"$D/openssl-$S.cades.p7s\"",
	SIGN "-nocerts -out \"$D/openssl-$S.issuer.p7s\"",
};
#define SIGNS (sizeof(openssl_sign) / sizeof(openssl_sign[0]))
static const char openssl_encrypt[] =
    CMS "-encrypt -in \"$D/document\" -keyid -aes-256-gcm -aes256-wrap "
	"-outform DER -recip \"$D/$S.kem.crt\" -recip_kdf HKDF-SHA256 "
	"-recip_ukm " UKM " -out \"$D/openssl-$S.env\"";

/* What it decrypts is a bare SignedData; it verifies a ContentInfo. */
static bool
openssl_verifies(const char *suite, const char *name)
{
	struct buf sd = load(name, ".sd");
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_oid(&w, oid(OID_SIGNED_DATA));
	der_put_open(&w, DER_CTXC(0));
	der_put_raw(&w, buf_bytes(&sd));
	der_put_close(&w);
	der_put_close(&w);
	save(buf_bytes(&w.out), name, ".ci");
	der_wr_free(&w);
	buf_free(&sd);
	return run(suite, name, openssl_verify);
}

static void
openssl_opens(const char *suite, const char *name)
{
	struct buf content;
	struct bytes data = { 0 };
	struct err e;

	if (!ok(run(suite, name, openssl_decrypt),
		"OpenSSL decrypts an envelope of ours, %s", name) ||
	    !ok(openssl_verifies(suite, name),
		"OpenSSL verifies the signature in it, %s", name))
		return;
	content = load(name, ".content");
	went(content_read(&data, buf_bytes(&content), &e), &e,
	    "OpenSSL gives the signed content, %s", name);
	same(data, bytes_str(text), "and the text in it, %s", name);
	buf_free(&content);
}

/* Of another desk, the key or the card. */
static void
openssl_refuses_another(const char *suite, const char *other)
{
	ok(!run(other, suite, openssl_verify),
	    "OpenSSL verifies no envelope of ours as another's, %s", suite);
	ok(!run(other, suite, openssl_verify_document),
	    "OpenSSL verifies no document's signature as another's, %s", suite);
	ok(!run(other, suite, openssl_decrypt),
	    "OpenSSL decrypts no envelope with another key, %s", suite);
}

static void
openssl_refuses_what_was_changed(const char *suite)
{
	char name[96];
	size_t i;

	for (i = 0; i < OUTER; i++) {
		(void)snprintf(
		    name, sizeof(name), "%s.%s", suite, outer_places[i]);
		ok(!run(suite, name, openssl_decrypt),
		    "OpenSSL decrypts no changed envelope, %s", name);
	}
	for (i = 0; i < INNER; i++) {
		(void)snprintf(
		    name, sizeof(name), "%s.%s", suite, inner_places[i]);
		ok(run(suite, name, openssl_decrypt) &&
			!openssl_verifies(suite, name),
		    "OpenSSL verifies no changed content, %s", name);
	}
}

static void
openssl_verifies_documents(const char *suite)
{
	char name[96];
	size_t i;

	ok(run(suite, suite, openssl_verify_document),
	    "OpenSSL verifies a document's signature of ours, %s", suite);
	ok(!run(suite, suite, openssl_verify_another),
	    "OpenSSL does not for another document, %s", suite);
	for (i = 1; i < INNER; i++) {
		(void)snprintf(
		    name, sizeof(name), "%s.%s", suite, inner_places[i]);
		ok(!run(suite, name, openssl_verify_document),
		    "OpenSSL verifies no changed signature, %s", name);
	}
}

static void
openssl_reads_ours(void)
{
	const char *suite, *other = "interop-ed25519";
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++) {
		suite = suite_table[i].name;
		if (suite_table[i].composite)
			continue;
		openssl_opens(suite, suite);
		openssl_verifies_documents(suite);
		openssl_refuses_another(suite, other);
		openssl_refuses_what_was_changed(suite);
		other = suite;
	}
	openssl_opens("interop", "mixed");
}

static void
openssl_writes(void)
{
	size_t i, j, signed_by_it;
	const char *suite;

	for (i = 0; i < SUITE_COUNT; i++) {
		suite = suite_table[i].name;
		if (suite_table[i].composite)
			continue;
		for (j = 0, signed_by_it = 0; j < SIGNS; j++)
			signed_by_it += run(suite, suite, openssl_sign[j]);
		is(signed_by_it, SIGNS, "OpenSSL signs a document, %s", suite);
		ok(run(suite, suite, openssl_encrypt),
		    "OpenSSL encrypts for a KEM key, %s", suite);
	}
}

/* ---- Bouncy Castle reads and writes, in one run -------------------------- */

static struct {
	bool yes; /* the answer that is right */
	char line[160];
} questions[128];
static size_t asked;

static void __attribute__((format(printf, 2, 3)))
ask(bool yes, const char *fmt, ...)
{
	va_list ap;

	if (asked == sizeof(questions) / sizeof(questions[0]))
		vector_bail(fmt, "one question too many");
	questions[asked].yes = yes;
	va_start(ap, fmt);
	(void)vsnprintf(
	    questions[asked++].line, sizeof(questions[0].line), fmt, ap);
	va_end(ap);
}

static void
ask_to_read(const char *s, const char *other)
{
	size_t i;

	ask(true, "cert %s.pub", s);
	ask(true, "open %s.env %s.kem.pem %s.pub %s.pub %s.bc", s, s, s, s, s);
	ask(false, "open %s.env %s.kem.pem %s.pub %s.pub no", s, s, s, other);
	ask(false, "open %s.env %s.kem.pem %s.pub %s.pub no", s, other, other,
	    s);
	for (i = 0; i < OUTER; i++)
		ask(false, "open %s.%s.env %s.kem.pem %s.pub %s.pub no", s,
		    outer_places[i], s, s, s);
	for (i = 0; i < INNER; i++)
		ask(false, "open %s.%s.env %s.kem.pem %s.pub %s.pub no", s,
		    inner_places[i], s, s, s);
	ask(true, "verify %s.p7s document %s.pub", s, s);
	ask(false, "verify %s.p7s another %s.pub", s, s);
	ask(false, "verify %s.p7s document %s.pub", s, other);
	for (i = 1; i < INNER; i++)
		ask(false, "verify %s.%s.p7s document %s.pub", s,
		    inner_places[i], s);
}

static void
ask_to_write(const char *s, const char *other)
{
	ask(true, "seal document %s.sig.pem %s.pub bc-%s.env %s.pub %s.pub", s,
	    s, s, s, other);
	ask(true, "sign document %s.sig.pem %s.pub bc-%s.p7s", s, s, s);
}

static void
bouncy_castle_answers(void)
{
	struct buf list = { 0 };
	char answer[1024];
	FILE *f;
	size_t i;

	for (i = 0; i < asked; i++) {
		buf_add(&list, bytes_str(questions[i].line));
		buf_u8(&list, '\n');
	}
	save(buf_bytes(&list), "list", "");
	buf_free(&list);
	ok(run("", "",
	       "tools/foreign-bc tests/foreign/Peer.java batch "
	       "\"$D/list\" >\"$D/answers\""),
	    "Bouncy Castle runs");
	f = fopen(path("answers", ""), "r");
	for (i = 0; i < asked; i++) {
		if (f == NULL || fgets(answer, sizeof(answer), f) == NULL)
			answer[0] = '\0';
		if (!ok(strncmp(answer, questions[i].yes ? "yes" : "no:", 3) ==
				0 &&
			    strstr(answer, "NoSuchFile") == NULL,
			"Bouncy Castle says %s to %s",
			questions[i].yes ? "yes" : "no", questions[i].line))
			note("%s", answer);
	}
	if (f != NULL)
		(void)fclose(f);
}

static void
bouncy_castle_gives_the_text(const char *name)
{
	struct buf got = load(name, ".bc");

	same(buf_bytes(&got), bytes_str(text),
	    "Bouncy Castle gives the text, %s", name);
	buf_free(&got);
}

static void
bouncy_castle_reads_ours_and_writes(void)
{
	const char *s;
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++) {
		s = suite_table[(i + 1) % SUITE_COUNT].name;
		ask_to_read(suite_table[i].name, s);
		ask_to_write(suite_table[i].name, s);
	}
	ask(true, "open mixed.env A.kem.pem A.pub interop.pub mixed.bc");
	bouncy_castle_answers();
	for (i = 0; i < SUITE_COUNT; i++)
		bouncy_castle_gives_the_text(suite_table[i].name);
	bouncy_castle_gives_the_text("mixed");
}

/* ---- we read what they write, just now or once --------------------------- */

/* A bit in every 61st byte of a part. */
static size_t
bits_flipped(struct buf *of, struct bytes part,
    bool (*holds)(struct bytes in, const struct desk *d), const struct desk *d)
{
	size_t i, at = (size_t)(part.p - of->p), held = 0;

	for (i = 0; i < part.len; i += 61) {
		of->p[at + i] ^= 0x10;
		held += holds(buf_bytes(of), d);
		of->p[at + i] ^= 0x10;
	}
	return held;
}

static const uint8_t *
digest_of_document(void)
{
	static uint8_t digest[SHA512_SIZE];
	struct buf document = load("document", "");

	sha512(digest, buf_bytes(&document));
	buf_free(&document);
	return digest;
}

static bool
signature_holds(struct bytes in, const struct desk *d)
{
	struct signed_data s;
	struct err e;

	return signed_read(&s, SIGNED_DOCUMENT, in, &e) == RC_OK &&
	       signed_document_verify(
		   &s, d->card.pub, d->card.sign.der, digest_of_document());
}

static void
a_signature_is_read(const struct desk *d, const char *name, size_t named)
{
	struct buf in = load(name, ".p7s");
	uint8_t digest[SHA512_SIZE] = { 0 };
	struct signed_data s;
	struct err e;

	if (!went(signed_read(&s, SIGNED_DOCUMENT, buf_bytes(&in), &e), &e,
		"%s: %s.p7s is read", when, name))
		goto out;
	ok(signature_holds(buf_bytes(&in), d), "%s: %s.p7s verifies", when,
	    name);
	ok(!signed_document_verify(&s, d->card.pub, d->card.sign.der, digest),
	    "%s: %s.p7s does not for another document", when, name);
	ok(named == 0 || !signed_document_verify(&s, d->card.pub,
			     d->card.kem.der, digest_of_document()),
	    "%s: %s.p7s does not for another certificate", when, name);
	is(bits_flipped(&in, s.attributes, signature_holds, d) +
		bits_flipped(&in, s.signature, signature_holds, d),
	    0, "%s: %s.p7s does not with a bit flipped", when, name);
	ok(bytes_eq(s.signer, tag_bytes(&d->card.sign.tag)) &&
		s.signed_at > FROM && s.signed_at < UNTIL,
	    "%s: %s.p7s says who signed and when", when, name);
	is(s.cert.len, named, "%s: %s.p7s names its certificate, or does not",
	    when, name);
out:
	buf_free(&in);
}

static void
a_signature_is_refused(const char *name, const char *why)
{
	struct buf in = load(name, ".p7s");
	struct signed_data s;
	struct err e;

	ok(signed_read(&s, SIGNED_DOCUMENT, buf_bytes(&in), &e) == RC_INVALID,
	    "%s: %s.p7s is refused: %s", when, name, why);
	buf_free(&in);
}

/* The content key of a slip that another tool sealed. */
static bool
slip_gives(
    uint8_t cek[static WRAP_KEY], struct bytes slip, const struct desk *d)
{
	struct slip s;
	struct err e;

	return slip_parse(&s, slip, &e) == RC_OK && slip_open(cek, &s, d->kem);
}

static bool
slip_opens(struct bytes in, const struct desk *d)
{
	uint8_t cek[WRAP_KEY];
	struct foreign_cms cms;
	struct err e;

	return foreign_cms_read(&cms, in, &e) == RC_OK &&
	       slip_gives(cek, cms.slip, d);
}

static void
the_content_opens(
    const struct foreign_cms *cms, const struct desk *d, const char *name)
{
	struct buf wanted = load("document", ""), got = { 0 };
	uint8_t cek[WRAP_KEY];
	struct aead *a;
	bool opened;

	(void)buf_grow(&got, cms->sealed.len);
	opened = slip_gives(cek, cms->slip, d);
	a = aead_new(cek);
	ok(opened && aead_open(a, cms->nonce.p, (struct bytes){ 0 },
			 cms->sealed, cms->mac.p, got.p),
	    "%s: the slip of %s.env gives its content key", when, name);
	same(buf_bytes(&got), buf_bytes(&wanted),
	    "%s: which opens the content of %s.env", when, name);
	aead_free(a);
	buf_free(&got);
	buf_free(&wanted);
}

/* docs/envelope.md 1.2: the profile is closed.  The type of the content stands
 * in the encrypted content, id-data's last byte 1 and id-signedData's 2. */
static void
the_envelope_is_refused(struct buf *in, const char *name)
{
	const struct bytes data = oid(OID_CONTENT_DATA);
	struct envelope env;
	struct err e;
	uint8_t *at;

	ok(envelope_parse(&env, buf_bytes(in), &e) == RC_INVALID,
	    "%s: %s.env is none of our envelopes", when, name);
	at = memmem(in->p, in->len, data.p, data.len);
	if (at == NULL)
		vector_bail(name, "no content type");
	at[data.len - 1] = 2;
	ok(envelope_parse(&env, buf_bytes(in), &e) == RC_INVALID &&
		strstr(e.text, "docs/envelope.md 5") != NULL,
	    "%s: nor with a SignedData in it: it has no header", when);
}

static void
a_slip_is_opened(const struct desk *d, const char *name)
{
	struct buf in = load(name, ".env");
	struct foreign_cms cms;
	uint8_t ukm[UKM_SIZE];
	struct slip slip;
	struct err e;

	if (!went(foreign_cms_read(&cms, buf_bytes(&in), &e), &e,
		"%s: %s.env is read", when, name) ||
	    !went(
		slip_parse(&slip, cms.slip, &e), &e, "%s: and its slip", when))
		goto out;
	(void)hex_parse(ukm, sizeof(ukm), bytes_str(UKM));
	same(slip.ukm, bytes_of(ukm, sizeof(ukm)), "%s: with its ukm", when);
	same(slip.rid, tag_bytes(&d->card.kem.tag), "%s: for its key", when);
	ok(slip.kem == d->card.kem.kem && slip_is_ours(&slip),
	    "%s: it is as a slip of ours", when);
	the_content_opens(&cms, d, name);
	is(bits_flipped(&in, slip.ct, slip_opens, d) +
		bits_flipped(&in, slip.ukm, slip_opens, d) +
		bits_flipped(&in, slip.wrapped, slip_opens, d),
	    0, "%s: a slip with a bit flipped opens nothing", when);
	the_envelope_is_refused(&in, name);
out:
	buf_free(&in);
}

static void
what_openssl_wrote_is_read(void)
{
	char name[96];
	struct desk d;
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++) {
		if (suite_table[i].composite)
			continue;
		d = desk_read(&suite_table[i]);
		(void)snprintf(
		    name, sizeof(name), "openssl-%s", suite_table[i].name);
		a_signature_is_read(&d, name, 0);
		a_slip_is_opened(&d, name);
		(void)snprintf(
		    name, sizeof(name), "openssl-%s.more", suite_table[i].name);
		a_signature_is_read(&d, name, 0);
		(void)snprintf(name, sizeof(name), "openssl-%s.cades",
		    suite_table[i].name);
		a_signature_is_read(&d, name, SHA512_SIZE);
		(void)snprintf(name, sizeof(name), "openssl-%s.issuer",
		    suite_table[i].name);
		a_signature_is_refused(
		    name, "it names its signer by issuer and serial");
		desk_free(&d);
	}
}

/* ---- our whole profile, sealed by Bouncy Castle -------------------------- */

/* Who is known to the opener. */
struct known {
	const struct desk *from;
};

static bool
find(void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	const struct card *c = &((const struct known *)ctx)->from->card;

	*out = (struct known_signer){ .pub = c->pub,
		.address = c->sign.address,
		.from = c->sign.from,
		.until = c->sign.until };
	memcpy(out->cert, c->sign_cert, SHA256_SIZE);
	return bytes_eq(tag, tag_bytes(&c->sign.tag)) &&
	       bytes_eq(cert, bytes_of(c->sign_cert, SHA256_SIZE));
}

static enum rc
opens(struct opened *out, struct bytes in, const struct desk *by,
    const struct desk *from, struct err *e)
{
	struct known ctx = { from };
	struct opener opener = { .address = by->card.sign.address,
		.now = NOW,
		.foreign = !from->suite->composite,
		.find = find,
		.ctx = &ctx };
	uint8_t cek[AEAD_KEY];
	struct envelope env;
	enum rc rc;

	*out = (struct opened){ 0 };
	rc = envelope_parse(&env, in, e);
	if (rc == RC_OK)
		rc = envelope_unlock(cek, &env, by->kem, &by->card.kem.tag, e);
	if (rc == RC_OK)
		rc = envelope_open(out, &env, cek, &opener, e);
	return rc;
}

static bool
opens_at_all(struct bytes in, const struct desk *d)
{
	struct opened o;
	struct err e;
	bool opened = opens(&o, in, d, d, &e) == RC_OK;

	opened_free(&o);
	return opened;
}

static void
it_says_what_it_must(const struct opened *o, const struct desk *from,
    const struct desk *to, const char *name)
{
	struct buf document = load("document", "");
	const struct dispatch *d = &o->dispatch;

	same(buf_bytes(&o->content), buf_bytes(&document),
	    "%s: %s.env holds the text", when, name);
	ok(d->level == LEVEL_TOI_MAT &&
		d->header.precedence == PRECEDENCE_KHAN &&
		d->header.serial == 7 &&
		bytes_is(d->subject, "Về việc kiểm tra"),
	    "%s: %s.env has its level, precedence, serial and subject", when,
	    name);
	ok(d->to_count == 2 &&
		bytes_eq(d->originator, from->card.sign.address) &&
		bytes_eq(d->to[0].address, from->card.sign.address) &&
		bytes_eq(d->to[1].address, to->card.sign.address),
	    "%s: %s.env names its originator and addressees", when, name);
	buf_free(&document);
}

static void
an_envelope_is_opened(const struct desk *from, const struct desk *to,
    const struct desk *nobody, const char *name)
{
	struct buf in = load(name, ".env");
	struct envelope env;
	struct opened o;
	struct err e;

	if (!went(envelope_parse(&env, buf_bytes(&in), &e), &e,
		"%s: %s.env is an envelope of our profile", when, name))
		goto out;
	is(env.slip_count, 2, "%s: %s.env has two slips", when, name);
	if (went(opens(&o, buf_bytes(&in), from, from, &e), &e,
		"%s: %s.env opens", when, name))
		it_says_what_it_must(&o, from, to, name);
	opened_free(&o);
	went(opens(&o, buf_bytes(&in), to, from, &e), &e,
	    "%s: %s.env opens for the other addressee", when, name);
	opened_free(&o);
	ok(opens(&o, buf_bytes(&in), nobody, from, &e) == RC_ABSENT,
	    "%s: %s.env opens for nobody else", when, name);
	is(bits_flipped(&in, bytes_of(env.cipher.p, env.cipher.len),
	       opens_at_all, from) +
		bits_flipped(&in, env.sealed, opens_at_all, from) +
		bits_flipped(&in, env.attributes, opens_at_all, from) +
		bits_flipped(&in, env.mac, opens_at_all, from),
	    0, "%s: %s.env does not open with a bit flipped", when, name);
out:
	buf_free(&in);
}

static void
what_bouncy_castle_wrote_is_read(void)
{
	struct desk desks[SUITE_COUNT];
	char name[96];
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++)
		desks[i] = desk_read(&suite_table[i]);
	for (i = 0; i < SUITE_COUNT; i++) {
		(void)snprintf(
		    name, sizeof(name), "bc-%s", suite_table[i].name);
		an_envelope_is_opened(&desks[i], &desks[(i + 1) % SUITE_COUNT],
		    &desks[(i + 2) % SUITE_COUNT], name);
		a_signature_is_read(&desks[i], name, SHA256_SIZE);
	}
	for (i = 0; i < SUITE_COUNT; i++)
		desk_free(&desks[i]);
}

/* ---- all of it ----------------------------------------------------------- */

static void
start(void)
{
	const char *b = getenv("ANTIN_B");

	(void)snprintf(
	    live, sizeof(live), "%s/foreign.XXXXXX", b != NULL ? b : "obj");
	if (mkdtemp(live) == NULL || setenv("D", live, 1) != 0)
		vector_bail(live, "cannot be made");
	dir = live;
	when = "live";
	write_ours();
}

static void
end(void)
{
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++)
		identity_free(&ours[i]);
	if (getenv("ANTIN_KEEP") != NULL)
		note("all is in %s", live);
	else if (system("rm -rf \"$D\"") != 0)
		note("%s is left", live);
	dir = FIXTURES;
	when = "recorded";
}

int
main(void)
{
	start();
	if (available("OpenSSL", "foreign-openssl")) {
		openssl_reads_ours();
		openssl_writes();
		what_openssl_wrote_is_read();
	}
	if (available("Bouncy Castle", "foreign-bc")) {
		bouncy_castle_reads_ours_and_writes();
		what_bouncy_castle_wrote_is_read();
	}
	end();
	what_openssl_wrote_is_read();
	what_bouncy_castle_wrote_is_read();
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* Key files: what opens them, what does not, and PEM around them. */
#include <time.h>

#include "core/utf8.h"
#include "crypto/keyfile.h"
#include "crypto/pem.h"
#include "forge.h"

#define LABEL "ANTIN KEY"
#define NFC "m\xe1\xba\xadt kh\xe1\xba\xa9u"	       /* mật khẩu */
#define NFD "ma\xcc\xa3\xcc\x82t kha\xcc\x82\xcc\x89u" /* the same */

static const struct bytes none = { 0 };

/* A small one without passphrase. */
static void
file_make(struct buf *out, struct bytes public, struct bytes secret)
{
	struct err e;

	if (keyfile_seal(out, public, secret, NULL, &e) != RC_OK)
		bug(e.text);
}

/* Open; ends the test where a refused file leaves something. */
static enum rc
file_open(struct bytes file, struct bytes passphrase)
{
	struct buf secret;
	struct err e;
	enum rc rc;

	rc = keyfile_open(&secret, file, passphrase, &e);
	if (rc != RC_OK && secret.p != NULL)
		bug("a refused key file left something of its secret");
	buf_free(&secret);
	return rc;
}

static void
der_of(struct buf *der, struct bytes file)
{
	struct err e;

	if (pem_read(der, &file, LABEL, &e) != RC_OK)
		bug(e.text);
}

/* ---- passphrases ---------------------------------------------------- */

static void
a_file_opens_with_its_passphrase(void)
{
	struct bytes nfc = bytes_str(NFC), secret = bytes_str("secret");
	struct buf file, back, public, clean;
	bool protected = false;
	struct err e;

	went(keyfile_seal(&file, bytes_str("card"), secret, &nfc, &e), &e,
	    "a secret is sealed with a passphrase");
	went(keyfile_public(&public, &protected, buf_bytes(&file), &e), &e,
	    "its readable part is read without");
	ok(protected && bytes_is(buf_bytes(&public), "card"),
	    "and says that a passphrase is wanted");
	went(utf8_clean(&clean, bytes_str(NFD), KEYFILE_PASSPHRASE, &e), &e,
	    "a passphrase is typed on a keyboard that takes letters apart");
	went(keyfile_open(&back, buf_bytes(&file), buf_bytes(&clean), &e), &e,
	    "it opens the file");
	same(buf_bytes(&back), secret, "and gives what was sealed");
	is(file_open(buf_bytes(&file), bytes_str(NFD)), RC_DENIED,
	    "not so the letters taken apart, as they are");
	is(file_open(buf_bytes(&file), none), RC_DENIED,
	    "nor an empty passphrase");
	is(file_open(buf_bytes(&file), bytes_of(nfc.p, nfc.len - 1)), RC_DENIED,
	    "nor one that is a byte short");
	buf_free(&file);
	buf_free(&back);
	buf_free(&public);
	buf_free(&clean);
}

static void
a_file_without_passphrase_says_so(void)
{
	struct buf file, back, public;
	bool protected = true;
	struct err e;

	file_make(&file, bytes_str("card"), bytes_str("secret"));
	went(keyfile_public(&public, &protected, buf_bytes(&file), &e), &e,
	    "a file without passphrase is read");
	ok(!protected, "and says that none is wanted");
	went(keyfile_open(&back, buf_bytes(&file), none, &e), &e, "it opens");
	ok(bytes_is(buf_bytes(&back), "secret"), "to what was sealed");
	buf_free(&file);
	buf_free(&back);
	buf_free(&public);
	file_make(&file, none, none);
	went(keyfile_open(&back, buf_bytes(&file), none, &e), &e,
	    "even nothing, beside nothing");
	buf_free(&file);
	buf_free(&back);
}

/* ---- damage --------------------------------------------------------- */

static void
no_damaged_file_opens(void)
{
	struct buf file, der, pem = { 0 };
	size_t i, opened = 0, whole = 0;

	file_make(&file, bytes_str("card"), bytes_str("secret"));
	for (i = 0; i < file.len * 8; i++) {
		file.p[i / 8] ^= (uint8_t)(1u << i % 8);
		opened += file_open(buf_bytes(&file), none) == RC_OK;
		file.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	is(opened, 0, "no flipped bit of the text opens");
	der_of(&der, buf_bytes(&file));
	for (i = 0; i < der.len * 8; i++) {
		der.p[i / 8] ^= (uint8_t)(1u << i % 8);
		pem_write(&pem, LABEL, buf_bytes(&der));
		opened += file_open(buf_bytes(&pem), none) == RC_OK;
		buf_free(&pem);
		der.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	is(opened, 0, "nor one of the bytes within");
	for (i = 0; i + 1 < file.len; i++)
		opened += file_open(bytes_of(file.p, i), none) == RC_OK;
	is(opened, 0, "cut off at any byte it does not open");
	for (i = 0; i < der.len; i++) {
		pem_write(&pem, LABEL, bytes_of(der.p, i));
		opened += file_open(buf_bytes(&pem), none) == RC_OK;
		buf_free(&pem);
	}
	is(opened, 0, "nor cut off within");
	whole += file_open(bytes_of(file.p, file.len - 1), none) == RC_OK;
	is(whole, 1, "it may lack the end of its last line");
	buf_free(&der);
	buf_free(&file);
}

static void
a_readable_part_is_not_swapped(void)
{
	struct buf file, der, pem = { 0 };

	file_make(&file, bytes_str("card"), bytes_str("secret"));
	der_of(&der, buf_bytes(&file));
	edit(&der, "2", PUT, made(DER_OCTETS, bytes_str("dear")));
	pem_write(&pem, LABEL, buf_bytes(&der));
	is(file_open(buf_bytes(&pem), none), RC_DENIED,
	    "another readable part beside the secret is refused");
	buf_free(&file);
	buf_free(&der);
	buf_free(&pem);
}

/* ---- fields --------------------------------------------------------- */

static const struct cutting fields[] = {
	{ "another type", "0", PUT, "06032a0304" },
	{ "no type", "0", CUT, "" },
	{ "version 0", "1", PUT, "020100" },
	{ "version 2", "1", PUT, "020102" },
	{ "version -1", "1", PUT, "0201ff" },
	{ "no readable part", "2", CUT, "" },
	{ "a readable part of another type", "2", PUT, "0c0163" },
	{ "another derivation", "30", PUT, "06032a0304" },
	{ "a salt of 15 bytes", "31", PUT,
	    "040f303132333435363738393031323334" },
	{ "a salt of 17 bytes", "31", PUT,
	    "04113031323334353637383930313233343536" },
	{ "no salt", "31", CUT, "" },
	{ "numbers where none are wanted", "31", AFTER, "020101" },
	{ "a nonce of 11 bytes", "4", PUT, "040b3031323334353637383930" },
	{ "a nonce of 13 bytes", "4", PUT, "040d30313233343536373839303132" },
	{ "no nonce", "4", CUT, "" },
	{ "a secret without its tag", "5", PUT,
	    "040f303132333435363738393031323334" },
	{ "no secret", "5", CUT, "" },
	{ "something behind it", "5", AFTER, "0500" },
	{ "something behind all", "", AFTER, "0500" },
	{ "an indefinite length", "", PUT, "3080" },
};

static void
fields_are_held(void)
{
	struct buf file, der, pem = { 0 }, public;
	size_t i, read = 0;
	bool protected;
	struct err e;

	file_make(&file, bytes_str("card"), bytes_str("secret"));
	for (i = 0; i < COUNT(fields); i++) {
		der_of(&der, buf_bytes(&file));
		edit(
		    &der, fields[i].path, fields[i].how, hexed(fields[i].with));
		pem_write(&pem, LABEL, buf_bytes(&der));
		if (file_open(buf_bytes(&pem), none) != RC_INVALID ||
		    keyfile_public(&public, &protected, buf_bytes(&pem), &e) !=
			RC_INVALID) {
			note("read: %s", fields[i].name);
			read++;
		}
		buf_free(&pem);
		buf_free(&der);
	}
	is(read, 0, "no key file outside its form is read (%zu)",
	    COUNT(fields));
	buf_free(&file);
}

/* ---- Argon2id that nobody should compute ---------------------------- */

static enum rc
open_with_cost(uint64_t kib, uint64_t passes, uint64_t lanes)
{
	struct der_wr w = { 0 };
	struct buf pem = { 0 };
	uint8_t salt[ARGON2_SALT] = { 1 };
	enum rc rc;

	der_put_open(&w, DER_SEQUENCE);
	der_put_oid(&w, oid(OID_ANTIN_KEY_FILE));
	der_put_uint(&w, 1);
	der_put_octets(&w, none);
	der_put_open(&w, DER_SEQUENCE);
	der_put_oid(&w, oid(OID_ANTIN_KDF_ARGON2ID));
	der_put_octets(&w, bytes_of(salt, sizeof(salt)));
	der_put_uint(&w, kib);
	der_put_uint(&w, passes);
	der_put_uint(&w, lanes);
	der_put_close(&w);
	der_put_octets(&w, LIT("0123456789ab"));
	der_put_octets(&w, LIT("0123456789abcdef"));
	der_put_close(&w);
	pem_write(&pem, LABEL, buf_bytes(&w.out));
	rc = file_open(buf_bytes(&pem), bytes_str("x"));
	buf_free(&pem);
	der_wr_free(&w);
	return rc;
}

static void
no_absurd_cost_is_computed(void)
{
	static const struct {
		uint64_t kib, passes, lanes;
		enum rc want;
	} rows[] = {
		{ 64, 1, 1, RC_DENIED }, /* computed, and not the one */
		{ 8, 1, 1, RC_DENIED },
		{ 7, 1, 1, RC_LIMIT },
		{ 128, 1, 16, RC_DENIED },
		{ 127, 1, 16, RC_LIMIT },
		{ (1 << 20) + 1, 1, 1, RC_LIMIT },
		{ UINT32_MAX, 1, 1, RC_LIMIT },
		{ UINT64_C(1) << 32, 1, 1, RC_INVALID },
		{ (UINT64_C(1) << 32) + 64, 1, 1, RC_INVALID },
		{ 64, 0, 1, RC_LIMIT },
		{ 64, 17, 1, RC_LIMIT },
		{ 64, UINT32_MAX, 1, RC_LIMIT },
		{ 64, 1, 0, RC_LIMIT },
		{ 1024, 1, 17, RC_LIMIT },
		{ 64, 1, UINT32_MAX, RC_LIMIT },
		{ 64, 1, 0x20000000, RC_LIMIT }, /* times 8 it is 0 */
		{ UINT64_MAX, UINT64_MAX, UINT64_MAX, RC_INVALID },
		{ 0, 0, 0, RC_LIMIT },
	};
	struct timespec from, to;
	size_t i, wrong = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < COUNT(rows); i++)
		if (open_with_cost(rows[i].kib, rows[i].passes,
			rows[i].lanes) != rows[i].want) {
			note("row %zu", i);
			wrong++;
		}
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	is(wrong, 0, "Argon2id over its bounds is refused (%zu)", COUNT(rows));
	ok(to.tv_sec - from.tv_sec < 3, "and before it is computed");
}

/* ---- PEM ------------------------------------------------------------ */

#define BEGIN "-----BEGIN ANTIN KEY-----\n"
#define END "-----END ANTIN KEY-----\n"
#define L64 "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"

static const struct {
	const char *name, *text;
	enum rc want;
} pems[] = {
	{ "a block", BEGIN "QUE=\n" END, RC_OK },
	{ "text before it", "a\nb\n\n" BEGIN "QUE=\n" END, RC_OK },
	{ "text behind it", BEGIN "QUE=\n" END "a\n", RC_OK },
	{ "lines that end as on Windows",
	    "-----BEGIN ANTIN KEY-----\r\nQUE=\r\n-----END ANTIN KEY-----\r\n",
	    RC_OK },
	{ "a full line", BEGIN L64 "\n" END, RC_OK },
	{ "two lines", BEGIN L64 "\nQQ==\n" END, RC_OK },
	{ "nothing", "", RC_ABSENT },
	{ "no block", "QUE=\n", RC_ABSENT },
	{ "a mark within a line", " " BEGIN "QUE=\n" END, RC_ABSENT },
	{ "another label", "-----BEGIN CERTIFICATE-----\nQUE=\n", RC_INVALID },
	{ "a label in small letters", "-----BEGIN antin key-----\nQUE=\n" END,
	    RC_INVALID },
	{ "a longer label", "-----BEGIN ANTIN KEY2-----\nQUE=\n" END,
	    RC_INVALID },
	{ "a space behind the mark", "-----BEGIN ANTIN KEY----- \nQUE=\n" END,
	    RC_INVALID },
	{ "no end", BEGIN "QUE=\n", RC_INVALID },
	{ "another end", BEGIN "QUE=\n-----END CERTIFICATE-----\n",
	    RC_INVALID },
	{ "an empty line", BEGIN "\nQUE=\n" END, RC_INVALID },
	{ "a header", BEGIN "Proc-Type: 4,ENCRYPTED\n\nQUE=\n" END,
	    RC_INVALID },
	{ "a short line before another", BEGIN "QUFB\nQUE=\n" END, RC_INVALID },
	{ "a line of 68", BEGIN L64 "QUFB\n" END, RC_INVALID },
	{ "three characters", BEGIN "QUE\n" END, RC_INVALID },
	{ "five characters", BEGIN "QUE=Q\n" END, RC_INVALID },
	{ "a space before", BEGIN " QUE=\n" END, RC_INVALID },
	{ "a space behind", BEGIN "QUE= \n" END, RC_INVALID },
	{ "a tab within", BEGIN "QU\tE=\n" END, RC_INVALID },
	{ "four spaces", BEGIN "    \n" END, RC_INVALID },
	{ "bits that mean nothing", BEGIN "QUF=\n" END, RC_INVALID },
	{ "more of them", BEGIN "QR==\n" END, RC_INVALID },
	{ "padding alone", BEGIN "====\n" END, RC_INVALID },
	{ "three of padding", BEGIN "Q===\n" END, RC_INVALID },
	{ "padding within", BEGIN "QQ==QUE=\n" END, RC_INVALID },
	{ "padding before another line",
	    BEGIN "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
		  "QUFBQUE=\nQUE=\n" END,
	    RC_INVALID },
	{ "base64url", BEGIN "_-__\n" END, RC_INVALID },
	{ "a letter of eight bits", BEGIN "QU\xc3\xa9\n" END, RC_INVALID },
};

static void
pem_has_one_spelling(void)
{
	size_t i, wrong = 0;
	struct bytes in;
	struct buf out;
	struct err e;
	enum rc rc;

	for (i = 0; i < COUNT(pems); i++) {
		in = bytes_str(pems[i].text);
		rc = pem_read(&out, &in, LABEL, &e);
		if (rc != pems[i].want || (rc != RC_OK && out.p != NULL)) {
			note("%s: %s", pems[i].name, rc_name(rc));
			wrong++;
		}
		buf_free(&out);
	}
	is(wrong, 0, "PEM is strict (%zu)", COUNT(pems));
}

static void
pem_comes_back(void)
{
	uint8_t bytes[300];
	struct buf text = { 0 }, out;
	struct bytes in;
	size_t n, lost = 0;
	struct err e;

	random_bytes(bytes, sizeof(bytes));
	for (n = 0; n < sizeof(bytes); n++) {
		pem_write(&text, LABEL, bytes_of(bytes, n));
		pem_write(&text, LABEL, bytes_of(bytes, 1));
		in = buf_bytes(&text);
		lost += pem_read(&out, &in, LABEL, &e) != RC_OK ||
			!bytes_eq(buf_bytes(&out), bytes_of(bytes, n));
		buf_free(&out);
		lost += pem_read(&out, &in, LABEL, &e) != RC_OK || out.len != 1;
		buf_free(&out);
		lost += pem_read(&out, &in, LABEL, &e) != RC_ABSENT;
		buf_free(&text);
	}
	is(lost, 0, "blocks of any length come back, one after the other");
}

/* docs/keyfile.md 2: it is one block. */
static void
a_key_file_is_one_block(void)
{
	struct buf file, twice = { 0 };

	file_make(&file, bytes_str("card"), bytes_str("secret"));
	buf_add(&twice, buf_bytes(&file));
	buf_add(&twice, buf_bytes(&file));
	is(file_open(buf_bytes(&twice), none), RC_INVALID,
	    "a second block behind the first is refused");
	buf_free(&twice);
	(void)buf_grow(&twice, KEYFILE_MAX + 1);
	is(file_open(buf_bytes(&twice), none), RC_LIMIT,
	    "so is a file over its limit");
	buf_free(&twice);
	buf_free(&file);
}

/* ---- identities in them --------------------------------------------- */

static enum rc
identity_of(struct bytes card, struct bytes secret)
{
	struct identity id;
	struct buf file;
	struct err e;
	enum rc rc;

	file_make(&file, card, secret);
	rc = identity_open(&id, buf_bytes(&file), none, &e);
	if (rc != RC_OK && (id.sig != NULL || id.card.pub != NULL))
		bug("a refused identity left something");
	identity_free(&id);
	buf_free(&file);
	return rc;
}

static void
identities_come_back(void)
{
	struct identity back;
	struct buf file;
	struct err e;
	size_t i, lost = 0;

	for (i = 0; i < DESKS; i++) {
		if (identity_seal(&file, &desks[i], NULL, &e) != RC_OK)
			bug(e.text);
		lost +=
		    identity_open(&back, buf_bytes(&file), none, &e) != RC_OK ||
		    !bytes_eq(
			sig_key_priv(back.sig), sig_key_priv(desks[i].sig)) ||
		    (back.kem == NULL) != (desks[i].kem == NULL) ||
		    (back.kem != NULL && !bytes_eq(kem_key_priv(back.kem),
					     kem_key_priv(desks[i].kem)));
		identity_free(&back);
		buf_free(&file);
	}
	is(lost, 0,
	    "desks of each suite, and a person, come back from their "
	    "key files");
}

static struct bytes
two(struct bytes sig, struct bytes kem)
{
	static struct buf both;

	buf_free(&both);
	buf_add(&both, made(DER_OCTETS, sig));
	if (kem.len > 0)
		buf_add(&both, made(DER_OCTETS, kem));
	return made(DER_SEQUENCE, buf_bytes(&both));
}

static void
private_keys_are_held_to_the_card(void)
{
	struct bytes sig = sig_key_priv(desks[READER].sig), none_such = none;
	struct bytes kem = kem_key_priv(desks[READER].kem);
	struct buf card;
	size_t wrong = 0;

	card_write(&card, &desks[READER].card);
	wrong += identity_of(buf_bytes(&card), two(sig, kem)) != RC_OK;
	wrong += identity_of(buf_bytes(&card),
		     two(sig_key_priv(desks[READER_2].sig), kem)) != RC_INVALID;
	wrong += identity_of(buf_bytes(&card),
		     two(sig, kem_key_priv(desks[READER_2].kem))) != RC_INVALID;
	wrong +=
	    identity_of(buf_bytes(&card), two(sig, none_such)) != RC_INVALID;
	wrong += identity_of(buf_bytes(&card), two(kem, sig)) != RC_INVALID;
	wrong += identity_of(buf_bytes(&card),
		     two(bytes_of(sig.p, sig.len - 1), kem)) != RC_INVALID;
	wrong += identity_of(buf_bytes(&card),
		     two(sig, bytes_of(kem.p, kem.len - 1))) != RC_INVALID;
	wrong += identity_of(buf_bytes(&card), none) != RC_INVALID;
	buf_free(&card);
	card_write(&card, &desks[CLERK].card);
	wrong += identity_of(buf_bytes(&card),
		     two(sig_key_priv(desks[CLERK].sig), kem)) != RC_INVALID;
	is(wrong, 0, "private keys that are not the card's are refused");
	buf_free(&card);
}

/* A number that is no key of P-384: 0, the order, and above it. */
static void
numbers_that_are_no_keys_are_refused(void)
{
	static const char *const numbers[] = {
		"00000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000",
		"ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372d"
		"df581a0db248b0a77aecec196accc52973",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffffff",
	};
	struct buf card, sig = { 0 }, kem = { 0 };
	uint8_t number[48];
	size_t i, wrong = 0;

	card_write(&card, &desks[B_READER].card);
	buf_add(&sig, sig_key_priv(desks[B_READER].sig));
	buf_add(&kem, kem_key_priv(desks[B_READER].kem));
	for (i = 0; i < COUNT(numbers); i++) {
		if (!hex_parse(number, 48, bytes_str(numbers[i])))
			bug("a number");
		memcpy(sig.p + 32 + 7, number, 48);
		wrong +=
		    identity_of(buf_bytes(&card),
			two(buf_bytes(&sig), buf_bytes(&kem))) != RC_INVALID;
		memcpy(sig.p, sig_key_priv(desks[B_READER].sig).p, sig.len);
		memcpy(kem.p + 64 + 7, number, 48);
		wrong +=
		    identity_of(buf_bytes(&card),
			two(buf_bytes(&sig), buf_bytes(&kem))) != RC_INVALID;
		memcpy(kem.p, kem_key_priv(desks[B_READER].kem).p, kem.len);
	}
	is(wrong, 0,
	    "no number outside its curve is taken for a key, nor "
	    "ends the program");
	buf_free(&card);
	buf_free(&sig);
	buf_free(&kem);
}

int
main(void)
{
	desks_make();
	a_file_opens_with_its_passphrase();
	a_file_without_passphrase_says_so();
	no_damaged_file_opens();
	a_readable_part_is_not_swapped();
	fields_are_held();
	no_absurd_cost_is_computed();
	pem_has_one_spelling();
	pem_comes_back();
	a_key_file_is_one_block();
	identities_come_back();
	private_keys_are_held_to_the_card();
	numbers_that_are_no_keys_are_refused();
	desks_free();
	return done();
}

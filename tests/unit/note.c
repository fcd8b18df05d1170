/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints as signed notes: one spelling, and one key that decides. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "core/base64.h"
#include "core/time.h"
#include "crypto/suite.h"
#include "journal/note.h"

#define DASH "\xe2\x80\x94 "
#define ORIGIN "antin/00010203-04050607-08090a0b-0c0d0e0f"
#define ROOT "oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8="
#define TEXT ORIGIN "\n20852163\n" ROOT "\ntime 2026-11-22T03:45:00Z\n"
#define FOREIGN DASH "witness.example/w1 " /* a line of another's begins so */

static const struct sig_alg *alg;
static struct sig_key *key;
static struct sig_pub *pub;
static struct checkpoint checkpoint;

static void
key_of(const char *suite)
{
	alg = sig_by_name(suite_by_name(suite)->sig);
	key = sig_generate(alg);
	pub = sig_pub_of(alg, sig_key_pub(key));
}

static void
key_free(void)
{
	sig_key_free(key);
	sig_pub_free(pub);
}

static bool
is_read(struct bytes in)
{
	struct note n;
	struct err e;

	return note_read(&n, in, &e) == RC_OK;
}

static bool
verifies(struct bytes in)
{
	struct note n;
	struct err e;

	return note_read(&n, in, &e) == RC_OK && note_verify(&n, pub);
}

static void
add(struct buf *out, const char *text)
{
	buf_add(out, bytes_str(text));
}

/* The key id of docs/directory.md 4, from its words. */
static void
id_of(uint8_t out[static 4], const char *name, const struct sig_key *k)
{
	struct buf all = { 0 };
	uint8_t hash[SHA256_SIZE];

	add(&all, name);
	add(&all, "\n\xff");
	add(&all, "antin composite\n");
	buf_add(&all, oid(sig_key_alg(k)->oid));
	buf_add(&all, sig_key_pub(k));
	sha256(hash, buf_bytes(&all));
	memcpy(out, hash, 4);
	buf_free(&all);
}

/* A line with these bytes as the signature, under our name and key id. */
static void
add_line(struct buf *out, const char *name, struct bytes signature)
{
	struct buf both = { 0 };

	id_of(buf_grow(&both, 4), name, key);
	buf_add(&both, signature);
	add(out, DASH);
	add(out, name);
	add(out, " ");
	base64_write(out, buf_bytes(&both));
	add(out, "\n");
	buf_free(&both);
}

/* The note of the text above with one such line. */
static struct buf
note_of(struct bytes signature)
{
	struct buf out = { 0 };

	add(&out, TEXT "\n");
	add_line(&out, ORIGIN, signature);
	return out;
}

/* ---- what must be ------------------------------------------------------- */

static void
a_note_is_written_and_read(const char *suite)
{
	uint8_t signature[SIG_MAX];
	struct buf text, by_hand;
	struct note n;
	struct err e;

	note_sign(&text, &checkpoint, key);
	ok(text.len > sizeof(TEXT) &&
		memcmp(text.p, TEXT "\n", sizeof(TEXT)) == 0,
	    "suite %s: the text is as docs/directory.md 4 says", suite);
	went(note_read(&n, buf_bytes(&text), &e), &e, "suite %s: it is read",
	    suite);
	ok(id_eq(&n.checkpoint.log, &checkpoint.log) &&
		n.checkpoint.size == checkpoint.size &&
		node_eq(&n.checkpoint.root, &checkpoint.root) &&
		n.checkpoint.at == checkpoint.at,
	    "suite %s: it says what was signed", suite);
	same(n.text, bytes_str(TEXT), "suite %s: the text is the four lines",
	    suite);
	ok(note_verify(&n, pub), "suite %s: it verifies", suite);
	buf_free(&text);

	by_hand = note_of(
	    bytes_of(signature, sig_sign(key, bytes_str("antin checkpoint"),
				    bytes_str(TEXT), signature)));
	ok(verifies(buf_bytes(&by_hand)),
	    "suite %s: one put together by hand verifies, too", suite);
	buf_free(&by_hand);
}

static void
all_numbers_and_times_come_back(void)
{
	static const uint64_t sizes[] = { 0, 1, 9, 10, UINT32_MAX, INT64_MAX,
		UINT64_MAX - 1, UINT64_MAX };
	static const int64_t times[] = { TIME_MIN, 1, 951825600, TIME_MAX };
	struct checkpoint c = checkpoint;
	unsigned i, bad = 0;
	struct buf text;
	struct note n;
	struct err e;

	for (i = 0; i < 8; i++) {
		c.size = sizes[i];
		c.at = times[i % 4];
		note_sign(&text, &c, key);
		bad += note_read(&n, buf_bytes(&text), &e) != RC_OK ||
		       n.checkpoint.size != c.size || n.checkpoint.at != c.at ||
		       !note_verify(&n, pub);
		buf_free(&text);
	}
	is(bad, 0, "sizes up to 2^64 - 1 and all times come back");
}

/* ---- what must not ------------------------------------------------------ */

static void
no_flipped_bit_verifies(const char *suite, size_t step)
{
	size_t bit, passed = 0, tried = 0;
	struct buf text;

	note_sign(&text, &checkpoint, key);
	for (bit = 0; bit < text.len * 8;
	     bit += bit < sizeof(TEXT ORIGIN) * 8 ? 1 : step, tried++) {
		text.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		passed += verifies(buf_bytes(&text));
		text.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(passed, 0, "suite %s: with any of %zu bits flipped none verifies",
	    suite, tried);
	ok(verifies(buf_bytes(&text)), "suite %s: and with none it does",
	    suite);
	buf_free(&text);
}

static void
no_part_is_read(void)
{
	struct buf text;
	size_t len, taken = 0;

	note_sign(&text, &checkpoint, key);
	for (len = 0; len < text.len; len++)
		taken += is_read(bytes_of(text.p, len));
	is(taken, 0, "no beginning of a note is read as one");
	buf_u8(&text, '\n');
	ok(!is_read(buf_bytes(&text)), "nor one with an empty line behind it");
	buf_free(&text);
}

#define A_LINE FOREIGN "AAAAAAA=\n" /* a key id and one byte */
static const struct {
	const char *what, *note;
	enum rc rc;
} spellings[] = {
	{ "as it must be", TEXT "\n" A_LINE, RC_OK },
	{ "nothing", "", RC_INVALID },
	{ "one line end", "\n", RC_INVALID },
	{ "text alone", TEXT, RC_INVALID },
	{ "no line of a signature", TEXT "\n", RC_INVALID },
	{ "no empty line", TEXT A_LINE, RC_INVALID },
	{ "two empty lines", TEXT "\n\n" A_LINE, RC_INVALID },
	{ "an empty line before", "\n" TEXT "\n" A_LINE, RC_INVALID },
	{ "a line more", TEXT "more\n\n" A_LINE, RC_INVALID },
	{ "a blank for an empty line", TEXT " \n" A_LINE, RC_INVALID },
	{ "CR LF",
	    ORIGIN "\r\n5\r\n" ROOT "\r\ntime 2026-11-22T03:45:00Z\r\n"
		   "\r\n" A_LINE,
	    RC_INVALID },
#define WITH(origin, size, root, at)                                           \
	origin "\n" size "\n" root "\n" at "\n\n" A_LINE
#define TIME "time 2026-11-22T03:45:00Z"
	{ "size 0", WITH(ORIGIN, "0", ROOT, TIME), RC_OK },
	{ "a size with a zero before", WITH(ORIGIN, "05", ROOT, TIME),
	    RC_INVALID },
	{ "00", WITH(ORIGIN, "00", ROOT, TIME), RC_INVALID },
	{ "no size", WITH(ORIGIN, "", ROOT, TIME), RC_INVALID },
	{ "+5", WITH(ORIGIN, "+5", ROOT, TIME), RC_INVALID },
	{ "-5", WITH(ORIGIN, "-5", ROOT, TIME), RC_INVALID },
	{ "hex", WITH(ORIGIN, "0x5", ROOT, TIME), RC_INVALID },
	{ "a blank before", WITH(ORIGIN, " 5", ROOT, TIME), RC_INVALID },
	{ "a blank behind", WITH(ORIGIN, "5 ", ROOT, TIME), RC_INVALID },
	{ "2^64", WITH(ORIGIN, "18446744073709551616", ROOT, TIME),
	    RC_INVALID },
	{ "2^64 + 5", WITH(ORIGIN, "18446744073709551621", ROOT, TIME),
	    RC_INVALID },
	{ "a word for a size", WITH(ORIGIN, "five", ROOT, TIME), RC_INVALID },
	{ "another origin", WITH("antin.example/log", "5", ROOT, TIME),
	    RC_INVALID },
	{ "no origin", WITH("", "5", ROOT, TIME), RC_INVALID },
	{ "an origin without an id", WITH("antin/", "5", ROOT, TIME),
	    RC_INVALID },
	{ "an id of capitals",
	    WITH("antin/00010203-04050607-08090A0B-0C0D0E0F", "5", ROOT, TIME),
	    RC_INVALID },
	{ "an id without hyphens",
	    WITH("antin/000102030405060708090a0b0c0d0e0f", "5", ROOT, TIME),
	    RC_INVALID },
	{ "a prefix of capitals",
	    WITH("Antin/00010203-04050607-08090a0b-0c0d0e0f", "5", ROOT, TIME),
	    RC_INVALID },
	{ "a blank after the origin", WITH(ORIGIN " ", "5", ROOT, TIME),
	    RC_INVALID },
	{ "a root without its pad",
	    WITH(ORIGIN, "5", "oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8",
		TIME),
	    RC_INVALID },
	{ "a root with stray bits",
	    WITH(ORIGIN, "5",
		"oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr9=", TIME),
	    RC_INVALID },
	{ "a root of 31 bytes",
	    WITH(ORIGIN, "5",
		"oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vg==", TIME),
	    RC_INVALID },
	{ "a root of 33 bytes",
	    WITH(ORIGIN, "5", "oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr/A",
		TIME),
	    RC_INVALID },
	{ "a root in base64url",
	    WITH(ORIGIN, "5",
		"oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9v-8=", TIME),
	    RC_INVALID },
	{ "no root", WITH(ORIGIN, "5", "", TIME), RC_INVALID },
	{ "no time", ORIGIN "\n5\n" ROOT "\n\n" A_LINE, RC_INVALID },
	{ "a time without its word",
	    WITH(ORIGIN, "5", ROOT, "2026-11-22T03:45:00Z"), RC_INVALID },
	{ "two blanks", WITH(ORIGIN, "5", ROOT, "time  2026-11-22T03:45:00Z"),
	    RC_INVALID },
	{ "no seconds", WITH(ORIGIN, "5", ROOT, "time 2026-11-22T03:45Z"),
	    RC_INVALID },
	{ "no zone", WITH(ORIGIN, "5", ROOT, "time 2026-11-22T03:45:00"),
	    RC_INVALID },
	{ "Vietnam's zone",
	    WITH(ORIGIN, "5", ROOT, "time 2026-11-22T10:45:00+07:00"),
	    RC_INVALID },
	{ "UTC as a zone",
	    WITH(ORIGIN, "5", ROOT, "time 2026-11-22T03:45:00+00:00"),
	    RC_INVALID },
	{ "a day alone", WITH(ORIGIN, "5", ROOT, "time 2026-11-22"),
	    RC_INVALID },
	{ "a day that is none",
	    WITH(ORIGIN, "5", ROOT, "time 2026-02-29T03:45:00Z"), RC_INVALID },
	{ "fractions", WITH(ORIGIN, "5", ROOT, "time 2026-11-22T03:45:00.0Z"),
	    RC_INVALID },
#define LINE(line) TEXT "\n" line "\n"
	{ "two lines", LINE(FOREIGN "AAAAAAA=\n" FOREIGN "AAAAAAA="), RC_OK },
	{ "an empty line between",
	    LINE(FOREIGN "AAAAAAA=\n\n" FOREIGN "AAAAAAA="), RC_INVALID },
	{ "a last line without an end",
	    TEXT "\n" A_LINE FOREIGN "AAAAAAA=", RC_INVALID },
	{ "a text behind", TEXT "\n" A_LINE "text\n", RC_INVALID },
	{ "a hyphen for a dash", LINE("- w AAAAAAA="), RC_INVALID },
	{ "an en dash", LINE("\xe2\x80\x93 w AAAAAAA="), RC_INVALID },
	{ "no blank after the dash", LINE("\xe2\x80\x94w AAAAAAA="),
	    RC_INVALID },
	{ "two blanks after the dash", LINE(DASH " w AAAAAAA="), RC_INVALID },
	{ "no name", LINE(DASH "AAAAAAA="), RC_INVALID },
	{ "an empty name", LINE(DASH " AAAAAAA="), RC_INVALID },
	{ "a dash alone", LINE(DASH), RC_INVALID },
	{ "a name alone", LINE(DASH "w"), RC_INVALID },
	{ "no signature", LINE(DASH "w "), RC_INVALID },
	{ "a key id alone", LINE(DASH "w AAAAAA=="), RC_INVALID },
	{ "three bytes", LINE(DASH "w AAAA"), RC_INVALID },
	{ "stray bits", LINE(DASH "w AAAAAAB="), RC_INVALID },
	{ "no pad", LINE(DASH "w AAAAAAA"), RC_INVALID },
	{ "a blank behind a line", LINE(DASH "w AAAAAAA= "), RC_INVALID },
	{ "two blanks in a line", LINE(DASH "w  AAAAAAA="), RC_INVALID },
	{ "a name with +", LINE(DASH "w+1 AAAAAAA="), RC_INVALID },
	{ "a name with a tab", LINE(DASH "w\t1 AAAAAAA="), RC_INVALID },
	{ "a name with CR", LINE(DASH "w\r AAAAAAA="), RC_INVALID },
	{ "a name with NBSP", LINE(DASH "w\xc2\xa0x AAAAAAA="), RC_INVALID },
	{ "a name with a wide blank", LINE(DASH "\xe3\x80\x80 AAAAAAA="),
	    RC_INVALID },
	{ "a name that is not UTF-8", LINE(DASH "w\xff AAAAAAA="), RC_INVALID },
	{ "a name that is cut", LINE(DASH "w\xe2\x80 AAAAAAA="), RC_INVALID },
	{ "a Vietnamese name", LINE(DASH "ch\xe1\xbb\xa9ng AAAAAAA="), RC_OK },
};
#define SPELLINGS (sizeof(spellings) / sizeof(spellings[0]))

static void
only_one_spelling_is_read(void)
{
	size_t i, bad = 0;
	struct note n;
	struct err e;
	enum rc rc;

	for (i = 0; i < SPELLINGS; i++) {
		rc = note_read(&n, bytes_str(spellings[i].note), &e);
		if (rc == spellings[i].rc && (rc == RC_OK || n.text.p == NULL))
			continue;
		bad++;
		note("%s: %s", spellings[i].what, rc_name(rc));
	}
	is(bad, 0, "of %zu spellings those that are none are refused",
	    SPELLINGS);
}

static void
limits_are_held(void)
{
	struct buf text = { 0 };
	unsigned i;
	struct note n;
	struct err e;

	add(&text, TEXT "\n");
	for (i = 0; i < NOTE_SIGNATURES; i++)
		add(&text, A_LINE);
	went(note_read(&n, buf_bytes(&text), &e), &e, "16 signatures are read");
	add(&text, A_LINE);
	is(note_read(&n, buf_bytes(&text), &e), RC_LIMIT, "17 are too many");
	buf_free(&text);

	add(&text, TEXT "\n" DASH);
	while (text.len < NOTE_MAX - 10)
		add(&text, "w");
	add(&text, " AAAAAAA=\n");
	is(text.len, NOTE_MAX, "a note of NOTE_MAX bytes is there");
	went(note_read(&n, buf_bytes(&text), &e), &e, "and is read");
	text.len -= 10;
	add(&text, "w AAAAAAA=\n");
	is(note_read(&n, buf_bytes(&text), &e), RC_LIMIT,
	    "one of a byte more is not");
	buf_free(&text);
}

/* ---- whose line decides ------------------------------------------------- */

/* The note's own line, behind the text and the empty line. */
static struct bytes
line_of(const struct buf *text)
{
	return bytes_of(text->p + sizeof(TEXT), text->len - sizeof(TEXT));
}

static void
foreign_lines_are_passed_over(void)
{
	struct buf text, other, both = { 0 };
	struct sig_key *stranger = sig_generate(alg), *mine = key;

	note_sign(&text, &checkpoint, key);
	note_sign(&other, &checkpoint, stranger);
	add(&both, TEXT "\n" A_LINE);
	buf_add(&both, line_of(&other));
	add_line(&both, "antin/elsewhere", bytes_str("ours by the id only"));
	ok(is_read(buf_bytes(&both)) && !verifies(buf_bytes(&both)),
	    "lines of other keys alone do not verify");
	buf_add(&both, line_of(&text));
	ok(verifies(buf_bytes(&both)), "before ours they are passed over");
	add(&both, A_LINE);
	ok(verifies(buf_bytes(&both)), "and behind it");
	buf_free(&both);

	/* under our name, with their key id */
	key = stranger;
	both = note_of(bytes_str("a signature that is none"));
	key = mine;
	buf_add(&both, line_of(&text));
	ok(verifies(buf_bytes(&both)), "the same name is not the same key");
	buf_free(&both);
	buf_free(&text);
	buf_free(&other);
	sig_key_free(stranger);
}

static void
the_first_line_by_our_key_decides(void)
{
	struct buf good, bad, both = { 0 };

	note_sign(&good, &checkpoint, key);
	bad = note_of(bytes_str("a signature that is none"));
	add(&both, TEXT "\n");
	buf_add(&both, line_of(&bad));
	buf_add(&both, line_of(&good));
	ok(is_read(buf_bytes(&both)) && !verifies(buf_bytes(&both)),
	    "a false line by our key before the true one decides");
	buf_free(&both);
	add(&both, TEXT "\n");
	buf_add(&both, line_of(&good));
	buf_add(&both, line_of(&bad));
	ok(verifies(buf_bytes(&both)), "and so does the true one before it");
	buf_free(&both);
	buf_free(&good);
	buf_free(&bad);
}

static bool
holds(struct bytes signature)
{
	struct buf text = note_of(signature);
	bool good = verifies(buf_bytes(&text));

	buf_free(&text);
	return good;
}

static void
nothing_but_the_whole_verifies(const char *suite)
{
	const struct bytes context = bytes_str("antin checkpoint");
	struct bytes whole, text = bytes_str(TEXT);
	struct sig_key *half;
	uint8_t s[SIG_MAX + 1] = { 0 };
	size_t len, pq;

	whole = bytes_of(s, sig_sign(key, (struct bytes){ 0 }, text, s));
	ok(!holds(whole), "suite %s: without the context it does not verify",
	    suite);
	whole = bytes_of(s, sig_sign(key, bytes_str("antin"), text, s));
	ok(!holds(whole), "suite %s: nor with another", suite);
	whole = bytes_of(s, sig_sign(key, context, bytes_str(TEXT "\n"), s));
	ok(!holds(whole), "suite %s: nor with the empty line signed, too",
	    suite);

	/* the suite's ML-DSA key, which is the seed that comes first */
	half =
	    sig_key_of(sig_by_name(alg->pub > 2592 ? "ML-DSA-87" : "ML-DSA-65"),
		bytes_of(sig_key_priv(key).p, 32));
	pq = sig_key_alg(half)->max;
	whole = bytes_of(s, sig_sign(half, context, text, s));
	ok(!holds(whole), "suite %s: nor a signature of ML-DSA alone", suite);
	sig_key_free(half);

	memset(s, 0, sizeof(s));
	len = sig_sign(key, context, text, s);
	ok(holds(bytes_of(s, len)), "suite %s: the whole one does", suite);
	ok(!holds(bytes_of(s, pq)), "suite %s: not its ML-DSA half", suite);
	ok(!holds(bytes_of(s + pq, len - pq)), "suite %s: nor its other half",
	    suite);
	ok(!holds(bytes_of(s, len + 1)), "suite %s: nor a byte more", suite);
	memset(s + pq, 0, len - pq);
	ok(!holds(bytes_of(s, len)),
	    "suite %s: nor with zeros for its other half", suite);
	len = sig_sign(key, context, text, s);
	memset(s, 0, pq);
	ok(!holds(bytes_of(s, len)),
	    "suite %s: nor with zeros for its ML-DSA half", suite);
}

static void
other_keys_do_not_verify(void)
{
	struct sig_key *other = sig_generate(alg);
	struct sig_pub *others = sig_pub_of(alg, sig_key_pub(other));
	struct buf text;
	struct note n;
	struct err e;

	note_sign(&text, &checkpoint, other);
	ok(!verifies(buf_bytes(&text)),
	    "a note by another key does not verify");
	went(note_read(&n, buf_bytes(&text), &e), &e, "but it is a note");
	ok(note_verify(&n, others), "and verifies with that key");
	sig_pub_free(others);
	sig_key_free(other);
	buf_free(&text);
}

/* With the right key id a plain ML-DSA key still is none of ours. */
static void
plain_keys_are_refused(void)
{
	struct sig_key *mine = key;
	struct sig_pub *plain;
	uint8_t s[SIG_MAX];
	struct buf text;
	struct note n;
	struct err e;
	int status;
	pid_t pid;

	key = sig_generate(sig_by_name("ML-DSA-65"));
	text = note_of(bytes_of(s,
	    sig_sign(key, bytes_str("antin checkpoint"), bytes_str(TEXT), s)));
	plain = sig_pub_of(sig_key_alg(key), sig_key_pub(key));
	went(note_read(&n, buf_bytes(&text), &e), &e,
	    "a note by ML-DSA alone is read");
	ok(!note_verify(&n, plain), "and does not verify with that key");
	buf_free(&text);
	if ((pid = fork()) == 0) {
		(void)close(STDERR_FILENO);
		note_sign(&text, &checkpoint, key);
		_exit(0);
	}
	ok(pid > 0 && waitpid(pid, &status, 0) == pid && status != 0,
	    "signing one with it is a bug");
	sig_pub_free(plain);
	sig_key_free(key);
	key = mine;
}

int
main(void)
{
	size_t i;

	checkpoint.size = 20852163;
	(void)time_parse(&checkpoint.at, bytes_str("2026-11-22T03:45:00Z"));
	for (i = 0; i < ID_SIZE; i++)
		checkpoint.log.b[i] = (uint8_t)i;
	for (i = 0; i < SHA256_SIZE; i++)
		checkpoint.root.b[i] = (uint8_t)(0xa0 + i);

	key_of("B");
	a_note_is_written_and_read("B");
	no_flipped_bit_verifies("B", 13);
	nothing_but_the_whole_verifies("B");
	key_free();

	key_of("A");
	a_note_is_written_and_read("A");
	no_flipped_bit_verifies("A", 1);
	nothing_but_the_whole_verifies("A");
	all_numbers_and_times_come_back();
	no_part_is_read();
	only_one_spelling_is_read();
	limits_are_held();
	foreign_lines_are_passed_over();
	the_first_line_by_our_key_decides();
	other_keys_do_not_verify();
	plain_keys_are_refused();
	key_free();
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* Shares as officers hold them (docs/ceremony.md 3): what a letter more, less
 * or amiss does, and who may join with whom. */
#include <stdio.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/base32.h"
#include "crypto/random.h"
#include "pki/keyshare.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LIT(s)                                                                 \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}
#define LETTERS 77
#define ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

static const struct id set = { "set of shares 1" }, other_set = { "another" };
static uint8_t secret[SHAMIR_SECRET];

/* n shares of a new split of the secret, k of which join. */
static void
shares_make(struct keyshare *out, unsigned n, unsigned k, const struct id *of)
{
	struct share shares[SHAMIR_MAX];
	unsigned i;

	shamir_split(shares, n, k, secret);
	for (i = 0; i < n; i++) {
		out[i] = (struct keyshare){
			.share = shares[i], .quorum = k, .count = n
		};
		memcpy(out[i].set, of->b, KEYSHARE_SET);
	}
}

static bool
is_same(const struct keyshare *a, const struct keyshare *b)
{
	return a->share.x == b->share.x && a->quorum == b->quorum &&
	       a->count == b->count &&
	       memcmp(a->set, b->set, KEYSHARE_SET) == 0 &&
	       memcmp(a->share.y, b->share.y, SHAMIR_SECRET) == 0;
}

/* Read; ends the test where a refused share left something. */
static enum rc
take(struct keyshare *out, struct bytes in)
{
	static const struct keyshare nothing;
	struct err e;
	enum rc rc;

	memset(out, 0xa5, sizeof(*out));
	rc = keyshare_read(out, in, &e);
	if (rc != RC_OK && !is_same(out, &nothing))
		bug("a refused share left something");
	return rc;
}

static enum rc
take_text(const char *text)
{
	struct keyshare s;

	return take(&s, bytes_str(text));
}

/* ---- one share ------------------------------------------------------ */

static void
shares_come_back(void)
{
	struct keyshare all[SHAMIR_MAX], back;
	unsigned n, k, i, lost = 0, length = 0;
	struct buf code;

	for (n = 2; n <= SHAMIR_MAX; n++)
		for (k = 2; k <= n; k++) {
			shares_make(all, n, k, &set);
			for (i = 0; i < n; i++) {
				keyshare_write(&code, &all[i]);
				length += code.len != LETTERS;
				lost +=
				    take(&back, buf_bytes(&code)) != RC_OK ||
				    !is_same(&back, &all[i]);
				buf_free(&code);
			}
		}
	is(lost, 0, "shares of every quorum are read as they were written");
	is(length, 0, "of %d letters each", LETTERS);
}

/* docs/ceremony.md 3.2, byte by byte. */
static void
a_share_is_what_the_page_says(void)
{
	uint8_t bytes[KEYSHARE_BYTES] = { 1, 3, 2, 5 }, hash[SHA256_SIZE];
	struct keyshare s = { .share.x = 3, .quorum = 2, .count = 5 };
	struct buf code, want = { 0 };

	memcpy(s.set, "setofone", KEYSHARE_SET);
	memset(s.share.y, 0x77, SHAMIR_SECRET);
	memcpy(bytes + 4, "setofone", 8);
	memset(bytes + 12, 0x77, 32);
	sha256(hash, bytes_of(bytes, 44));
	memcpy(bytes + 44, hash, 4);
	base32_write(&want, bytes_of(bytes, sizeof(bytes)));
	keyshare_write(&code, &s);
	same(buf_bytes(&code), buf_bytes(&want),
	    "a share is the bytes of docs/ceremony.md 3.2");
	keyshare_hash(hash, &s);
	sha256(bytes, bytes_of(bytes, sizeof(bytes)));
	same(bytes_of(hash, sizeof(hash)), bytes_of(bytes, SHA256_SIZE),
	    "a transcript's hash is over all of them");
	buf_free(&code);
	buf_free(&want);
}

/* A fixed share: what is refused now is refused always. */
static void
fixed_share(struct keyshare *s)
{
	size_t i;

	*s = (struct keyshare){ .share.x = 2, .quorum = 3, .count = 5 };
	memcpy(s->set, set.b, KEYSHARE_SET);
	for (i = 0; i < SHAMIR_SECRET; i++)
		s->share.y[i] = (uint8_t)(i * 37 + 11);
}

static void
any_wrong_letter_is_found(void)
{
	struct keyshare s, back;
	size_t i, j, taken = 0, tried = 0;
	struct buf code;
	uint8_t was;

	fixed_share(&s);
	keyshare_write(&code, &s);
	for (i = 0; i < code.len; i++) {
		was = code.p[i];
		for (j = 0; j < 32; j++) {
			if (ALPHABET[j] == was)
				continue;
			code.p[i] = (uint8_t)ALPHABET[j];
			taken += take(&back, buf_bytes(&code)) == RC_OK;
			tried++;
		}
		code.p[i] = was;
	}
	is(taken, 0, "a share with one wrong letter is refused (%zu)", tried);
	buf_free(&code);
}

/* The letters before i, "between", and those behind i + skip. */
static enum rc
take_without(struct bytes code, size_t i, size_t skip, struct bytes between)
{
	struct keyshare back;
	struct buf text = { 0 };
	enum rc rc;

	buf_add(&text, bytes_of(code.p, i));
	buf_add(&text, between);
	buf_add(&text, bytes_of(code.p + i + skip, code.len - i - skip));
	rc = take(&back, buf_bytes(&text));
	buf_free(&text);
	return rc;
}

static void
letters_in_the_wrong_place_are_found(void)
{
	size_t i, swapped = 0, cut = 0, less = 0, twice = 0;
	struct keyshare s, back;
	struct buf code;
	uint8_t two[2];

	fixed_share(&s);
	keyshare_write(&code, &s);
	for (i = 0; i < code.len; i++) {
		const struct bytes in = buf_bytes(&code);

		cut += take(&back, bytes_of(code.p, i)) == RC_OK;
		less += take_without(in, i, 1, (struct bytes){ 0 }) == RC_OK;
		twice +=
		    take_without(in, i, 0, bytes_of(code.p + i, 1)) == RC_OK;
		two[0] = code.p[(i + 1) % code.len];
		two[1] = code.p[i];
		swapped += i + 1 < code.len && two[0] != two[1] &&
			   take_without(in, i, 2, bytes_of(two, 2)) == RC_OK;
	}
	is(swapped, 0, "so is one with two letters the wrong way round");
	is(cut, 0, "one that is cut off at any letter");
	is(less + twice, 0, "one that lacks a letter, or has it twice");
	buf_free(&code);
}

/* The letters of bytes whose check is right, whatever they say. */
static void
forge_share(struct buf *out, unsigned version, unsigned x, unsigned quorum,
    unsigned count)
{
	uint8_t bytes[KEYSHARE_BYTES] = { (uint8_t)version, (uint8_t)x,
		(uint8_t)quorum, (uint8_t)count },
		hash[SHA256_SIZE];

	memset(bytes + 4, 0x42, 40);
	sha256(hash, bytes_of(bytes, 44));
	memcpy(bytes + 44, hash, 4);
	*out = (struct buf){ 0 };
	base32_write(out, bytes_of(bytes, sizeof(bytes)));
}

static void
numbers_are_held(void)
{
	unsigned x, quorum, count, wrong = 0, tried = 0, version;
	struct keyshare s;
	struct buf code;
	bool good;

	for (count = 0; count <= 18; count++)
		for (quorum = 0; quorum <= 18; quorum++)
			for (x = 0; x <= 18; x++, tried++) {
				forge_share(&code, 1, x, quorum, count);
				good = count <= SHAMIR_MAX && quorum >= 2 &&
				       quorum <= count && x >= 1 && x <= count;
				wrong += (take(&s, buf_bytes(&code)) ==
					     RC_OK) != good;
				buf_free(&code);
			}
	is(wrong, 0,
	    "a share is one of as many, under a quorum of at most that (%u)",
	    tried);
	for (version = wrong = 0; version < 256; version++) {
		forge_share(&code, version, 1, 2, 3);
		wrong +=
		    (take(&s, buf_bytes(&code)) == RC_OK) != (version == 1);
		buf_free(&code);
	}
	forge_share(&code, 1, 255, 255, 255);
	wrong += take(&s, buf_bytes(&code)) == RC_OK;
	buf_free(&code);
	is(wrong, 0, "and of version 1");
}

/* ---- as it is typed, and in a file ---------------------------------- */

/* The code with "between" after every n letters, small or with look-alikes. */
static void
spell(char *out, struct bytes code, size_t n, const char *between, bool alike)
{
	size_t i;
	char c;

	for (i = 0; i < code.len; i++) {
		c = (char)code.p[i];
		if (alike)
			c = c == '0' ? 'o' : c == '1' ? "iIlL"[i % 4] : c;
		if (alike && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		*out++ = c;
		if (n > 0 && i % n == n - 1) {
			memcpy(out, between, strlen(between));
			out += strlen(between);
		}
	}
	*out = '\0';
}

static void
typed_letters_are_read(void)
{
	static const struct {
		size_t n;
		const char *between;
		bool alike;
	} rows[] = {
		{ 0, "", true },
		{ 4, "-", false },
		{ 4, " ", true },
		{ 5, "\n", false },
		{ 7, "\r\n", true },
		{ 11, "\t", true },
		{ 1, " - ", true },
	};
	char text[LETTERS * 4 + 1];
	struct keyshare s, back;
	size_t i, lost = 0;
	struct buf code;

	fixed_share(&s);
	keyshare_write(&code, &s);
	for (i = 0; i < COUNT(rows); i++) {
		spell(text, buf_bytes(&code), rows[i].n, rows[i].between,
		    rows[i].alike);
		if (take(&back, bytes_str(text)) != RC_OK ||
		    !is_same(&back, &s)) {
			note("row %zu: %s", i, text);
			lost++;
		}
	}
	is(lost, 0, "typed in any case, with look-alikes, in any groups (%zu)",
	    COUNT(rows));
	buf_free(&code);
}

static void
a_file_has_its_line(void)
{
	static const struct {
		const char *name;
		struct bytes before;
		const char *after;
		enum rc want;
	} rows[] = {
		{ "alone", LIT("code: "), "\n", RC_OK },
		{ "without blank or line end", LIT("code:"), "", RC_OK },
		{ "among others", LIT("antin share 1\nset: 1\ncode: "),
		    "\nend\n", RC_OK },
		{ "with the line ends of Windows",
		    LIT("antin share 1\r\ncode: "), "\r\nwords: a\r\n", RC_OK },
		{ "behind a word that ends so", LIT("unit: Barcode: 1\ncode: "),
		    "\n", RC_OK },
		{ "on the next line", LIT("code: \n"), "", RC_INVALID },
		{ "behind an empty one", LIT("code:\ncode: "), "\n",
		    RC_INVALID },
		{ "with another word behind it", LIT("code: "), " end\n",
		    RC_INVALID },
		{ "under another word", LIT("text: "), "\n", RC_INVALID },
		{ "in capitals", LIT("CODE: "), "\n", RC_INVALID },
		{ "behind a NUL", LIT("code: \0"), "\n", RC_INVALID },
	};
	struct keyshare s, back;
	struct buf code, file = { 0 };
	size_t i, wrong = 0;

	fixed_share(&s);
	keyshare_write(&code, &s);
	for (i = 0; i < COUNT(rows); i++) {
		buf_add(&file, rows[i].before);
		buf_add(&file, buf_bytes(&code));
		buf_add(&file, bytes_str(rows[i].after));
		if (take(&back, buf_bytes(&file)) != rows[i].want ||
		    (rows[i].want == RC_OK && !is_same(&back, &s))) {
			note("a code %s", rows[i].name);
			wrong++;
		}
		buf_free(&file);
	}
	is(wrong, 0, "a share's file has a line with the code (%zu)",
	    COUNT(rows));
	buf_free(&code);
}

static void
what_is_no_share_is_refused(void)
{
	struct buf big = { 0 };
	struct keyshare s;

	ok(take_text("") == RC_INVALID && take_text("code:") == RC_INVALID &&
		take_text("\n") == RC_INVALID &&
		take(&s, (struct bytes){ 0 }) == RC_INVALID,
	    "nothing is no share");
	memset(buf_grow(&big, KEYSHARE_FILE_MAX), ' ', KEYSHARE_FILE_MAX);
	is(take(&s, buf_bytes(&big)), RC_INVALID, "nor are blanks");
	buf_u8(&big, ' ');
	is(take(&s, buf_bytes(&big)), RC_LIMIT, "nor a file over the limit");
	buf_free(&big);
}

/* ---- joining -------------------------------------------------------- */

/* The outcome, and whether the key came out. */
static enum rc
join(const struct keyshare *shares, size_t n, const struct id *of, bool *key)
{
	uint8_t out[SHAMIR_SECRET] = { 0 };
	struct err e;
	enum rc rc;

	rc = keyshare_join(out, shares, n, of, &e);
	*key = memcmp(out, secret, sizeof(out)) == 0;
	return rc;
}

static void
a_quorum_joins(void)
{
	struct keyshare all[SHAMIR_MAX], some[SHAMIR_MAX];
	unsigned n, k, m, i, wrong = 0, early = 0;
	bool key;

	for (n = 2; n <= SHAMIR_MAX; n++)
		for (k = 2; k <= n; k++) {
			shares_make(all, n, k, &set);
			for (m = 0; m <= n; m++) {
				for (i = 0; i < m; i++)
					some[i] = all[(i * 7 + m) % n];
				if (n % 7 == 0) /* 7 steps would meet */
					memcpy(some, all, sizeof(some));
				if (m >= k)
					wrong += join(some, m, &set, &key) !=
						     RC_OK ||
						 !key;
				else
					early += join(some, m, &set, &key) !=
						     RC_DENIED ||
						 key;
			}
		}
	is(wrong, 0, "a quorum joins, and so do more, in any order");
	is(early, 0, "fewer are refused");
}

static void
shares_of_two_sets_do_not_join(void)
{
	struct keyshare ours[5], theirs[5], mixed[3];
	size_t i, joined = 0;
	bool key;

	shares_make(ours, 5, 3, &set);
	shares_make(theirs, 5, 3, &other_set);
	is(join(theirs, 3, &set, &key), RC_DENIED,
	    "shares of another set are refused");
	ok(!key, "though they are of this very key");
	for (i = 0; i < 3; i++) {
		memcpy(mixed, ours, sizeof(mixed));
		mixed[i] = theirs[i];
		joined += join(mixed, 3, &set, &key) != RC_DENIED || key;
	}
	is(joined, 0, "so is one among others, in any place");
	memcpy(mixed, ours, sizeof(mixed));
	mixed[2].set[KEYSHARE_SET - 1] ^= 1;
	is(join(mixed, 3, &set, &key), RC_DENIED,
	    "a set that differs in its last bit is another");
	shares_make(theirs, 5, 3, &set);
	memcpy(mixed, ours, sizeof(mixed));
	mixed[1] = theirs[1];
	(void)join(mixed, 3, &set, &key);
	ok(!key, "shares of two splits under one name give no key");
}

static void
no_share_counts_twice(void)
{
	struct keyshare all[5], some[5];
	size_t i, j, joined = 0;
	bool key;

	shares_make(all, 5, 3, &set);
	for (i = 0; i < 4; i++)
		for (j = 0; j < 4; j++) {
			memcpy(some, all, sizeof(some));
			some[i] = all[j];
			joined +=
			    i != j &&
			    (join(some, 4, &set, &key) != RC_DENIED || key);
		}
	is(joined, 0, "no share counts twice, not even beside a quorum");
	memcpy(some, all, sizeof(some));
	some[2].share.x = some[0].share.x;
	is(join(some, 3, &set, &key), RC_DENIED,
	    "nor do two of one number that differ");
}

/* One officer who writes another quorum on his share. */
static void
a_false_claim_gives_no_key(void)
{
	static const unsigned claims[][2] = { { 2, 5 }, { 2, 2 }, { 4, 5 },
		{ 3, 16 }, { 16, 16 }, { 0, 0 }, { 1, 1 }, { 0, 5 }, { 1, 5 } };
	struct keyshare all[5], some[5];
	size_t i, j, n, early = 0;
	bool key;

	for (i = 0; i < COUNT(claims); i++)
		for (j = 0; j < 5; j++) {
			shares_make(all, 5, 3, &set);
			memcpy(some, all, sizeof(some));
			some[j].quorum = claims[i][0];
			some[j].count = claims[i][1];
			for (n = 0; n < 3; n++) {
				(void)join(some, n, &set, &key);
				early += key;
			}
		}
	is(early, 0, "a share that claims a smaller quorum makes none");
	for (j = 0; j < 3; j++) {
		shares_make(all, 5, 3, &set);
		all[j].quorum = 2;
		early += join(all, 3, &set, &key) != RC_DENIED || key;
		shares_make(all, 5, 3, &set);
		all[j].count = 6;
		early += join(all, 3, &set, &key) != RC_DENIED || key;
	}
	is(early, 0, "shares that say different quorums do not join");
	shares_make(all, 5, 3, &set);
	for (j = 0; j < 5; j++)
		all[j].quorum = 2;
	ok(join(all, 2, &set, &key) != RC_OK || !key,
	    "nor do all, where fewer than the true quorum are there");
	for (j = 0; j < 5; j++)
		all[j].quorum = 4;
	is(join(all, 3, &set, &key), RC_DENIED,
	    "who claim a greater one, want it");
}

/* A value that is wrong is no share's fault that joining could see: the key
 * file does not open (docs/ceremony.md 1.2). */
static void
a_wrong_value_gives_another_key(void)
{
	struct keyshare all[5];
	size_t i, found = 0;
	bool key;

	for (i = 0; i < 3; i++) {
		shares_make(all, 5, 3, &set);
		all[i].share.y[31] ^= 1;
		(void)join(all, 3, &set, &key);
		found += key;
	}
	is(found, 0, "with one wrong value another key comes out");
}

/* ---- what a transcript says ----------------------------------------- */

static void
hashes_tell_shares_apart(void)
{
	struct keyshare s, other[6];
	uint8_t hash[2][SHA256_SIZE];
	size_t i, alike = 0, shown = 0;

	fixed_share(&s);
	keyshare_hash(hash[0], &s);
	keyshare_hash(hash[1], &s);
	ok(memcmp(hash[0], hash[1], SHA256_SIZE) == 0, "a share has one hash");
	for (i = 0; i < COUNT(other); i++)
		other[i] = s;
	other[0].share.x = 3;
	other[1].quorum = 2;
	other[2].count = 6;
	other[3].set[7] ^= 1;
	other[4].share.y[0] ^= 1;
	other[5].share.y[31] ^= 0x80;
	for (i = 0; i < COUNT(other); i++) {
		keyshare_hash(hash[1], &other[i]);
		alike += memcmp(hash[0], hash[1], SHA256_SIZE) == 0;
	}
	is(alike, 0, "another's differs, whatever of it is another");
	for (i = 0; i + 4 <= SHA256_SIZE; i++)
		shown +=
		    memmem(s.share.y, SHAMIR_SECRET, hash[0] + i, 4) != NULL;
	is(shown, 0, "and nothing of a share stands in it");
}

int
main(void)
{
	random_bytes(secret, sizeof(secret));
	shares_come_back();
	a_share_is_what_the_page_says();
	any_wrong_letter_is_found();
	letters_in_the_wrong_place_are_found();
	numbers_are_held();
	typed_letters_are_read();
	a_file_has_its_line();
	what_is_no_share_is_refused();
	a_quorum_joins();
	shares_of_two_sets_do_not_join();
	no_share_counts_twice();
	a_false_claim_gives_no_key();
	a_wrong_value_gives_another_key();
	hashes_tell_shares_apart();
	return done();
}

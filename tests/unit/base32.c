/* SPDX-License-Identifier: EUPL-1.2 */
/* Base 32, held to a writer that goes bit by bit. */
#include <string.h>

#include "../tests/tap.h"
#include "core/base32.h"

#define LONGEST 64
#define LETTERS(bytes) (((bytes)*8 + 4) / 5)
#define ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

/* Bit i of the bytes; behind them there are zeros. */
static unsigned
bit_of(struct bytes in, size_t i)
{
	return i / 8 < in.len ? in.p[i / 8] >> (7 - i % 8) & 1u : 0;
}

/* The letters, each from its five bits; NUL-terminated. */
static struct bytes
letters_of(char out[static LETTERS(LONGEST) + 1], struct bytes in)
{
	size_t i, b;
	unsigned v;

	for (i = 0; i < LETTERS(in.len); i++) {
		for (v = 0, b = 0; b < 5; b++)
			v = v << 1 | bit_of(in, i * 5 + b);
		out[i] = ALPHABET[v];
	}
	out[i] = '\0';
	return bytes_str(out);
}

static bool
reads(size_t len, const char *text)
{
	uint8_t out[LONGEST];

	return base32_parse(out, len, bytes_str(text));
}

/* Reads as these bytes and no others. */
static bool
reads_as(struct bytes want, struct bytes text)
{
	uint8_t out[LONGEST + 1];

	memset(out, 0xa5, sizeof(out));
	return base32_parse(out, want.len, text) &&
	       bytes_eq(bytes_of(out, want.len), want) && out[want.len] == 0xa5;
}

/* ---- what must be ------------------------------------------------------ */

static void
known_codes_are_written(void)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{ "", "" },
		{ "f", "CR" },
		{ "fo", "CSQG" },
		{ "foo", "CSQPY" },
		{ "foob", "CSQPYRG" },
		{ "fooba", "CSQPYRK1" },
		{ "foobar", "CSQPYRK1E8" }, /* RFC 4648 10, in our letters */
		{ "\xff\xff\xff\xff\xff", "ZZZZZZZZ" },
		{ "\xff", "ZW" },
		{ "\x80\x80\x80\x80\x80", "G2081040" },
	};
	struct buf out = { 0 };
	size_t i, wrong = 0;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		base32_write(&out, bytes_str(rows[i].bytes));
		wrong += !bytes_is(buf_bytes(&out), rows[i].text);
		wrong += !reads_as(
		    bytes_str(rows[i].bytes), bytes_str(rows[i].text));
		buf_free(&out);
	}
	is(wrong, 0, "codes that were reckoned by hand come out, and back");
}

static void
all_lengths_come_back(void)
{
	char text[LETTERS(LONGEST) + 1];
	uint8_t bytes[LONGEST];
	struct buf out = { 0 };
	struct dice d = { 32 };
	size_t len, round, i, wrong = 0, lost = 0, other = 0;
	struct bytes in;

	for (len = 0; len <= LONGEST; len++)
		for (round = 0; round < 50; round++) {
			for (i = 0; i < len; i++)
				bytes[i] = (uint8_t)dice_below(&d, 256);
			in = bytes_of(bytes, len);
			base32_write(&out, in);
			wrong +=
			    !bytes_eq(buf_bytes(&out), letters_of(text, in));
			lost += !reads_as(in, buf_bytes(&out));
			for (i = 0; i <= LONGEST; i++)
				other += i != len && reads(i, text);
			buf_free(&out);
		}
	is(wrong, 0, "bytes of any length are written as bit by bit");
	is(lost, 0, "and are read again");
	is(other, 0, "as no other number of bytes");
}

/* Behind what is there it begins a letter of its own. */
static void
writing_adds_to_what_is_there(void)
{
	struct buf out = { 0 };

	buf_u8(&out, '+');
	base32_write(&out, bytes_str("foo"));
	ok(bytes_is(buf_bytes(&out), "+CSQPY"), "writing adds at the end");
	buf_free(&out);
}

/* ---- what must not be -------------------------------------------------- */

/* Of the last letter's 32 values those are taken whose rest is zeros. */
static void
what_is_left_over_is_zeros(void)
{
	char text[LETTERS(LONGEST) + 1];
	uint8_t bytes[LONGEST];
	size_t len, i, wrong = 0, taken, rest;

	memset(bytes, 0x5a, sizeof(bytes));
	for (len = 1; len <= LONGEST; len++) {
		(void)letters_of(text, bytes_of(bytes, len));
		rest = LETTERS(len) * 5 - len * 8;
		for (i = taken = 0; i < 32; i++) {
			text[LETTERS(len) - 1] = ALPHABET[i];
			taken += reads(len, text);
			wrong +=
			    reads(len, text) != ((i & ((1u << rest) - 1)) == 0);
		}
		wrong += taken != 32u >> rest;
	}
	is(wrong, 0, "a code has one spelling, whatever is left over");
}

static void
a_letter_more_or_less_is_refused(void)
{
	char text[LETTERS(LONGEST) + 8];
	uint8_t bytes[LONGEST] = { 0 };
	size_t len, n, taken = 0;

	/* zeros, so that no bit left over gives it away */
	for (len = 0; len <= LONGEST; len++)
		for (n = 0; n <= LETTERS(len) + 3; n++) {
			memset(text, '0', n);
			text[n] = '\0';
			taken += n != LETTERS(len) &&
				 base32_parse(bytes, len, bytes_str(text));
		}
	is(taken, 0, "a letter more or less is refused at any length");
}

static void
only_letters_are_read(void)
{
	uint8_t text[] = { 'C', 'S', 'Q', 'P', 'Y' }, out[3];
	size_t at, bad = 0;
	unsigned c;
	bool letter, blank;

	for (at = 0; at < sizeof(text); at++)
		for (c = 0; c < 256; c++) {
			const uint8_t was = text[at];

			text[at] = (uint8_t)c;
			letter =
			    c != 0 && c < 128 && c != 'U' && c != 'u' &&
			    ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
				(c >= 'a' && c <= 'z'));
			blank = c != 0 && strchr(" -\t\r\n", (int)c) != NULL;
			if (!letter || blank)
				bad += base32_parse(
				    out, 3, bytes_of(text, sizeof(text)));
			else if (at < 4)
				bad += !base32_parse(
				    out, 3, bytes_of(text, sizeof(text)));
			text[at] = was;
		}
	is(bad, 0, "digits and letters but U are read, no other byte");
}

static void
people_type_as_they_like(void)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{ "0123456789ABCDEF", true },
		{ "0123456789abcdef", true },
		{ "O123456789abcdef", true },
		{ "oi23456789abcdef", true },
		{ "oI23456789abcdef", true },
		{ "ol23456789abcdef", true },
		{ "OL23456789abcdef", true },
		{ "0123-4567-89AB-CDEF", true },
		{ "-0--123 4567\t89AB\r\nCDEF \n", true },
		{ " 0123456789ABCDEF", true },
		{ "0123456789ABCDEF--", true },
		{ "0123456789ABCDE", false },
		{ "0123456789ABCDEF0", false },
		{ "0123456789ABCDEU", false },
		{ "0123_4567_89AB_CDEF", false },
		{ "0123.4567.89AB.CDEF", false },
		{ "0123456789ABCDEF=", false },
		{ "0123456789ABCDEF\v", false },
		{ "0123456789ABCDE\xc3\x89", false },
		{ "\xef\xbb\xbf"
		  "0123456789ABCDEF",
		    false },
		{ "0123\xc2\xa0"
		  "456789ABCDEF",
		    false },
		{ "", false },
		{ "----------------", false },
	};
	uint8_t want[10], got[10];
	size_t i, wrong = 0;
	bool read;

	if (!base32_parse(want, 10, bytes_str("0123456789ABCDEF")))
		bug("a code that is one");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(got, 0, sizeof(got));
		read = base32_parse(got, 10, bytes_str(rows[i].text));
		if (read != rows[i].want ||
		    (read && memcmp(got, want, sizeof(want)) != 0)) {
			note("row %zu: %s", i, rows[i].text);
			wrong++;
		}
	}
	is(wrong, 0, "any case, O, I and L, blanks and hyphens; no more");
}

int
main(void)
{
	known_codes_are_written();
	all_lengths_come_back();
	writing_adds_to_what_is_there();
	what_is_left_over_is_zeros();
	a_letter_more_or_less_is_refused();
	only_letters_are_read();
	people_type_as_they_like();
	return done();
}

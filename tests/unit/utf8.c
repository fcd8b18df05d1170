/* SPDX-License-Identifier: EUPL-1.2 */
/* Text as people search it, and as it may be shown. */
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "../tests/tap.h"
#include "core/utf8.h"

static bool
folds_to(struct bytes in, const char *wanted)
{
	struct buf out;
	bool same;

	utf8_fold(&out, in);
	same = bytes_is(buf_bytes(&out), wanted);
	if (!same)
		note("\"%.*s\" gives \"%.*s\", wanted \"%s\"", (int)in.len,
		    (const char *)in.p, (int)out.len, (const char *)out.p,
		    wanted);
	buf_free(&out);
	return same;
}

/* ---- letters ----------------------------------------------------------- */

static const struct {
	const char *plain, *small, *capital;
} letters[] = {
	{ "a", "a", "A" },
	{ "a", "ă", "Ă" },
	{ "a", "â", "Â" },
	{ "e", "e", "E" },
	{ "e", "ê", "Ê" },
	{ "i", "i", "I" },
	{ "o", "o", "O" },
	{ "o", "ô", "Ô" },
	{ "o", "ơ", "Ơ" },
	{ "u", "u", "U" },
	{ "u", "ư", "Ư" },
	{ "y", "y", "Y" },
};

/* grave, hook above, tilde, acute, dot below; and the two that Unicode has
 * for Vietnamese but no longer wants */
static const char *const tones[] = { "", "\xcc\x80", "\xcc\x89", "\xcc\x83",
	"\xcc\x81", "\xcc\xa3", "\xcd\x80", "\xcd\x81" };

/* A letter and a tone in each of the ways they are written: as typed, NFC,
 * NFD. */
static unsigned
ways_amiss(const char *letter, const char *tone, const char *plain)
{
	char typed[16];
	utf8proc_uint8_t *nfc, *nfd;
	unsigned amiss = 0;

	(void)strcat(strcpy(typed, letter), tone);
	nfc = utf8proc_NFC((const utf8proc_uint8_t *)typed);
	nfd = utf8proc_NFD((const utf8proc_uint8_t *)typed);
	amiss += !folds_to(bytes_str(typed), plain);
	amiss += !folds_to(bytes_str((const char *)nfc), plain);
	amiss += !folds_to(bytes_str((const char *)nfd), plain);
	free(nfc);
	free(nfd);
	return amiss;
}

static void
every_letter_is_found(void)
{
	const size_t n = sizeof(letters) / sizeof(letters[0]);
	const size_t tones_n = sizeof(tones) / sizeof(tones[0]);
	unsigned amiss = 0;
	size_t i, t;

	for (i = 0; i < n; i++)
		for (t = 0; t < tones_n; t++)
			amiss += ways_amiss(letters[i].small, tones[t],
				     letters[i].plain) +
				 ways_amiss(letters[i].capital, tones[t],
				     letters[i].plain);
	is(amiss, 0, "%zu vowels with each tone, large or small, NFC or NFD",
	    n);
	ok(folds_to(bytes_str("đĐ"), "dd"), "đ is d, and so is Đ");
	ok(folds_to(bytes_str("\xc3\x90\xc3\xb0\xc6\x89\xc9\x96"), "dddd"),
	    "so are the letters of other languages that look like it");
	ok(folds_to(
	       bytes_str("\x61\xcc\xa3\xcc\x82\x61\xcc\x82\xcc\xa3"), "aa"),
	    "marks stand in any order");
}

static void
words_are_found(void)
{
	static const struct {
		const char *in, *out;
	} words[] = {
		{ "Hòa", "hoa" },
		{ "hoà", "hoa" },
		{ "HÒA", "hoa" },
		{ "Thủy, thuỷ; khỏe, khoẻ", "thuy, thuy; khoe, khoe" },
		{ "ĐƯỜNG ƯƠNG ƠI", "duong uong oi" },
		{ "Ủy ban nhân dân xã Nghĩa Thuận",
		    "uy ban nhan dan xa nghia thuan" },
		{ "Điện Biên", "dien bien" },
		{ "antin://dien-bien.vn/Van-Thu",
		    "antin://dien-bien.vn/van-thu" },
		{ "12/QĐ-UBND", "12/qd-ubnd" },
		{ "Straße ΣΑΣ", "strasse σασ" },
		{ "漢 Ж", "漢 ж" },
	};
	const size_t n = sizeof(words) / sizeof(words[0]);
	unsigned amiss = 0;
	size_t i;

	for (i = 0; i < n; i++)
		amiss += !folds_to(bytes_str(words[i].in), words[i].out);
	is(amiss, 0, "%zu texts are folded as people search", n);
}

static void
blanks_are_one(void)
{
	struct buf out;

	ok(folds_to(bytes_str(" \t a \r\n\n b\xc2\xa0\xc2\xa0 c\xe2\x80\x83"
			      "\xe3\x80\x80"),
	       "a b c"),
	    "runs of blanks, NBSP and line ends are one space, none at the "
	    "ends");
	ok(folds_to(bytes_str("a \xcc\x81 b"), "a b"),
	    "a mark between blanks does not part them");
	ok(folds_to(bytes_str("a\xc2\xad"
			      "b\xe2\x80\x8b\xef\xbb\xbf"
			      "c"),
	       "abc"),
	    "what is not seen is left out");
	ok(folds_to(bytes_str(""), "") &&
		folds_to(bytes_str(" \xc2\xa0\n"), "") &&
		folds_to(bytes_of(NULL, 0), ""),
	    "of nothing and of blanks, nothing is left");
	utf8_fold(&out, bytes_of("a\0B", 3));
	same(buf_bytes(&out), bytes_of("a\0b", 3), "a NUL does not end a text");
	buf_free(&out);
}

static void
what_is_no_text_is_empty(void)
{
	static const char *const broken[] = { "a\xff", "\xc3", "a\xc3(",
		"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xef\xbf\xbf",
		"\x80", "Hi\xbb\x87n", "\xe1\xbb" };
	const size_t n = sizeof(broken) / sizeof(broken[0]);
	unsigned amiss = 0;
	size_t i;

	for (i = 0; i < n; i++)
		amiss += !folds_to(bytes_str(broken[i]), "");
	is(amiss, 0, "%zu texts that are no UTF-8 give nothing", n);
}

/* ---- at random --------------------------------------------------------- */

/* What is folded is folded: again it is the same, and it is text. */
static void
folded_stays(void)
{
	static const char *const pieces[] = { "Ế", "đ", "Ư", "\xcc\xa3",
		"\xcc\x9b", " ", "\xc2\xa0", "\t", "x", "ß", "ﬁ", "İ",
		"\xe1\xbe\x82", "가", "\xc2\xad", "ǅ", "\xe2\x80\x83", "Å" };
	struct buf in, once, twice;
	struct dice d = { 6909 };
	unsigned round, i, amiss = 0;

	for (round = 0; round < 20000; round++) {
		in = (struct buf){ 0 };
		for (i = dice_below(&d, 12); i > 0; i--)
			buf_add(&in, bytes_str(pieces[dice_below(&d,
					 sizeof(pieces) / sizeof(pieces[0]))]));
		utf8_fold(&once, buf_bytes(&in));
		utf8_fold(&twice, buf_bytes(&once));
		amiss += !bytes_eq(buf_bytes(&once), buf_bytes(&twice)) ||
			 !utf8_valid(buf_bytes(&once));
		buf_free(&in);
		buf_free(&once);
		buf_free(&twice);
	}
	is(amiss, 0, "folding a folded text changes nothing, %u times", round);
}

static void
bytes_at_random_are_shown_harmless(void)
{
	struct dice d = { 8 };
	uint8_t in[24];
	struct bytes rest, one;
	struct buf shown;
	unsigned round, amiss = 0;
	size_t i, len;

	for (round = 0; round < 20000; round++) {
		len = dice_below(&d, sizeof(in) + 1);
		for (i = 0; i < len; i++)
			in[i] = (uint8_t)dice_below(&d, 256);
		shown = (struct buf){ 0 };
		for (rest = bytes_of(in, len); rest.len > 0;) {
			i = rest.len;
			one = utf8_shown(&rest);
			amiss += rest.len >= i || one.len == 0;
			/* these two are shown, and are no line of text */
			if (one.p[0] != '\n' && one.p[0] != '\t')
				amiss += one.len == 1 &&
					 (one.p[0] < 0x20 || one.p[0] > 0x7e);
			buf_add(&shown, one);
		}
		amiss += !utf8_valid(buf_bytes(&shown));
		buf_free(&shown);
	}
	is(amiss, 0, "what is shown is UTF-8 without controls, %u times",
	    round);
}

int
main(void)
{
	every_letter_is_found();
	words_are_found();
	blanks_are_one();
	what_is_no_text_is_empty();
	folded_stays();
	bytes_at_random_are_shown_harmless();
	return done();
}

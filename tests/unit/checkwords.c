/* SPDX-License-Identifier: EUPL-1.2 */
/* Check words: what is read out is what was written, however it is typed. */
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "../tests/tap.h"
#include "core/checkwords.h"
#include "core/utf8.h"
#include "crypto/hash.h"

static uint8_t every_byte[256];

static struct buf
words_of(struct bytes in)
{
	struct buf out;

	checkwords_write(&out, in);
	return out;
}

static struct buf
word_of(unsigned byte)
{
	uint8_t b = (uint8_t)byte;

	return words_of(bytes_of(&b, 1));
}

static bool
reads_as(const char *text, struct bytes wanted)
{
	struct bytes bad;
	struct buf out;
	bool same;

	same = checkwords_parse(&out, bytes_str(text), &bad) &&
	       bytes_eq(buf_bytes(&out), wanted) && bad.len == 0;
	buf_free(&out);
	return same;
}

/* ---- the list ---------------------------------------------------------- */

static void
words_are_words(void)
{
	unsigned i, amiss = 0;
	struct buf word;
	size_t letters;

	for (i = 0; i < 256; i++) {
		word = word_of(i);
		letters = utf8_count(buf_bytes(&word));
		amiss += !utf8_is_text(buf_bytes(&word)) || letters < 2 ||
			 letters > 7 || memchr(word.p, ' ', word.len) != NULL;
		buf_free(&word);
	}
	is(amiss, 0, "256 words are NFC, of one syllable, of 2 to 7 letters");
}

static void
words_differ_without_diacritics(void)
{
	struct buf word, folded[256];
	unsigned i, j, alike = 0, amiss = 0;

	for (i = 0; i < 256; i++) {
		word = word_of(i);
		utf8_fold(&folded[i], buf_bytes(&word));
		buf_free(&word);
		for (j = 0; j < folded[i].len; j++)
			amiss += folded[i].p[j] < 'a' || folded[i].p[j] > 'z';
	}
	for (i = 0; i < 256; i++)
		for (j = 0; j < i; j++)
			alike += bytes_eq(
			    buf_bytes(&folded[i]), buf_bytes(&folded[j]));
	for (i = 0; i < 256; i++)
		buf_free(&folded[i]);
	is(alike, 0, "no two words are one without their diacritics");
	is(amiss, 0, "which are then letters from a to z");
}

/* Programs of different years must say the same. */
static void
the_list_is_what_it_was(void)
{
	static const uint8_t some_bytes[] = { 0, 1, 127, 128, 254, 255 };
	struct buf all = words_of(bytes_of(every_byte, 256)), some;
	uint8_t hash[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	some = words_of(bytes_of(some_bytes, sizeof(some_bytes)));
	same(buf_bytes(&some), bytes_str("ảnh ấm mướp nai xuân yên"),
	    "the words that these bytes have are for ever");
	sha256(hash, buf_bytes(&all));
	hex_write(hex, bytes_of(hash, sizeof(hash)));
	same(bytes_str(hex),
	    bytes_str("7a9ae9bdfcb148b263a88fa59362eeebac49d409908b70812cc54f47"
		      "629ebe12"),
	    "and so are all others");
	buf_free(&all);
	buf_free(&some);
}

/* ---- there and back ---------------------------------------------------- */

static void
every_byte_comes_back(void)
{
	struct buf words = words_of(bytes_of(every_byte, 256));

	ok(reads_as((const char *)words.p, bytes_of(every_byte, 256)),
	    "all bytes come back, and a NUL stands behind their words");
	is(words.len, strlen((const char *)words.p), "which is not counted");
	buf_free(&words);
	words = words_of(bytes_of(NULL, 0));
	ok(words.len == 0 && words.p != NULL && words.p[0] == '\0',
	    "no bytes are no words");
	buf_free(&words);
	ok(reads_as("", bytes_of(NULL, 0)) &&
		reads_as(" ,\n- \xc2\xa0", bytes_of(NULL, 0)),
	    "and no words, or what stands between them, no bytes");
}

static void
spelling_does_not_matter(void)
{
	struct buf words = words_of(bytes_of(every_byte, 256)), plain, upper;
	const struct bytes wanted = bytes_of(every_byte, 256);
	struct bytes rest = buf_bytes(&words);
	utf8proc_uint8_t *nfd = utf8proc_NFD(words.p), one[4];
	utf8proc_int32_t c;

	ok(reads_as((const char *)nfd, wanted), "NFD is read as well");
	free(nfd);

	utf8_fold(&plain, buf_bytes(&words));
	buf_u8(&plain, '\0');
	ok(reads_as((const char *)plain.p, wanted),
	    "words without diacritics are read");
	buf_free(&plain);

	upper = (struct buf){ 0 };
	while (rest.len > 0) {
		size_t n = (size_t)utf8proc_iterate(
		    rest.p, (utf8proc_ssize_t)rest.len, &c);

		rest = bytes_of(rest.p + n, rest.len - n);
		buf_add(&upper, bytes_of(one, (size_t)utf8proc_encode_char(
						  utf8proc_toupper(c), one)));
	}
	buf_u8(&upper, '\0');
	ok(reads_as((const char *)upper.p, wanted), "capitals are read");
	nfd = utf8proc_NFD(upper.p);
	ok(reads_as((const char *)nfd, wanted), "and capitals in NFD");
	free(nfd);
	buf_free(&upper);
	buf_free(&words);
}

static void
what_stands_between_does_not_matter(void)
{
	static const uint8_t bytes[] = { 2, 255, 49 };
	static const char *const texts[] = { "bãi yên đen", "bãi,yên,đen",
		"bãi-yên-đen", " bãi , yên ,, đen", "bãi\xc2\xa0yên\tđen\r\n",
		"\302\240Bai --- YEN\n\nDEN " };
	const size_t n = sizeof(texts) / sizeof(texts[0]);
	unsigned amiss = 0;
	size_t i;

	for (i = 0; i < n; i++)
		amiss += !reads_as(texts[i], bytes_of(bytes, sizeof(bytes)));
	is(amiss, 0, "spaces, commas, hyphens and line ends part words");
}

/* ---- what must not be read --------------------------------------------- */

static void
what_is_no_word_is_named(void)
{
	static const struct {
		const char *text, *bad;
	} wrong[] = {
		{ "bãi Quỷ đen", "Quỷ" },
		{ "bãi, yênn, đen", "yênn" },
		{ "bãiyên", "bãiyên" },
		{ "b", "b" },
		{ "bãi 7", "7" },
		{ "bãi yên bã", "bã" },
		{ "bãi \xff yên", "\xff" },
		{ "bãi\xc2", "bãi\xc2" },
		{ "yên \xcc\x81 bãi", "\xcc\x81" },
		{ "yên \xe2\x80\x8b", "\xe2\x80\x8b" },
		{ "bãi\xe3\x80\x80yên", "bãi\xe3\x80\x80yên" },
		{ "bãi_yên", "bãi_yên" },
	};
	const size_t n = sizeof(wrong) / sizeof(wrong[0]);
	unsigned taken = 0, unnamed = 0, left = 0;
	struct bytes bad;
	struct buf out;
	size_t i;

	for (i = 0; i < n; i++) {
		taken += checkwords_parse(&out, bytes_str(wrong[i].text), &bad);
		unnamed += !bytes_is(bad, wrong[i].bad);
		left += out.p != NULL;
		buf_free(&out);
	}
	is(taken, 0, "%zu texts with a word that is none are refused", n);
	is(unnamed, 0, "and the word is named as it was typed");
	is(left, 0, "and nothing is left of those before it");
	ok(!checkwords_parse(&out, bytes_of("b\xc3\xa3i\0", 5), &bad),
	    "a NUL is no end of a word");
}

int
main(void)
{
	unsigned i;

	for (i = 0; i < 256; i++)
		every_byte[i] = (uint8_t)i;
	words_are_words();
	words_differ_without_diacritics();
	the_list_is_what_it_was();
	every_byte_comes_back();
	spelling_does_not_matter();
	what_stands_between_does_not_matter();
	what_is_no_word_is_named();
	return done();
}

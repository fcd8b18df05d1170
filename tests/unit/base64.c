/* SPDX-License-Identifier: EUPL-1.2 */
/* Base64: the vectors of RFC 4648 10, and no second spelling of anything. */
#include <string.h>

#include "../tests/tap.h"
#include "core/base64.h"

static const struct {
	const char *plain, *text;
} known[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" } };
#define KNOWN (sizeof(known) / sizeof(known[0]))

static void
known_texts_are_written_and_read(void)
{
	struct buf text = { 0 }, back = { 0 };
	size_t i, bad = 0;

	for (i = 0; i < KNOWN; i++) {
		buf_free(&text);
		buf_free(&back);
		base64_write(&text, bytes_str(known[i].plain));
		bad += !bytes_is(buf_bytes(&text), known[i].text);
		bad += !base64_parse(&back, buf_bytes(&text));
		bad += !bytes_is(buf_bytes(&back), known[i].plain);
	}
	is(bad, 0, "the vectors of RFC 4648 are written and read");
	base64_write(&text, bytes_str("foo"));
	ok(bytes_is(buf_bytes(&text), "Zm9vYmFyZm9v"),
	    "what is written comes after what was there");
	buf_free(&text);
	buf_free(&back);
}

/* Every group of four out of some letters and the neighbours of their ranges.
 */
static void
a_group_has_one_spelling(void)
{
	static const char some[] = "AQgw159+/=Zz@[`{.,:-_*\n\r\t \x7f\xc1";
	const size_t n = sizeof(some); /* with the NUL */
	struct buf back, again;
	unsigned good = 0, bad = 0;
	uint8_t group[4];
	size_t i, j;

	for (i = 0; i < n * n * n * n; i++) {
		size_t rest = i;

		for (j = 0; j < 4; j++, rest /= n)
			group[j] = (uint8_t)some[rest % n];
		back = again = (struct buf){ 0 };
		if (base64_parse(&back, bytes_of(group, 4))) {
			good++;
			base64_write(&again, buf_bytes(&back));
			bad += !bytes_eq(buf_bytes(&again), bytes_of(group, 4));
		} else {
			bad += back.len != 0;
		}
		buf_free(&back);
		buf_free(&again);
	}
	/* of 11 characters that are letters, four have no low two bits and
	 * four no low four; the pads follow these */
	is(good, 11 * 11 * 11 * 11 + 11 * 11 * 4 + 11 * 4,
	    "a group of four is read where each letter is one and pads are "
	    "canonical");
	is(bad, 0, "and is written as it was read");
}

static void
other_texts_are_refused(void)
{
	static const char *const texts[] = { "Z", "Zg",
		"Zg=", "Zg===", "Zm9v=", "Zm9vZg", "=",
		"==", "====", "Zg==Zm9v", "Zm8=Zm9v", "Zm9v\n", "\nZm9v",
		"Zm9v Zm9v", "Zm9vZh==", "Zm9vZm9=" };
	struct buf out = { 0 };
	size_t i, taken = 0;

	buf_u8(&out, 'x');
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		taken += base64_parse(&out, bytes_str(texts[i]));
	is(taken, 0, "cut, split, padded or spaced texts are refused");
	ok(bytes_is(buf_bytes(&out), "x"), "and leave what was there alone");
	buf_free(&out);
}

static void
every_byte_comes_back(void)
{
	struct buf text, back;
	size_t len, i, bad = 0;
	uint8_t in[256];

	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 167 + 13);
	for (len = 0; len <= sizeof(in); len++) {
		text = back = (struct buf){ 0 };
		base64_write(&text, bytes_of(in, len));
		bad += text.len != (len + 2) / 3 * 4;
		bad += !base64_parse(&back, buf_bytes(&text));
		bad += !bytes_eq(buf_bytes(&back), bytes_of(in, len));
		buf_free(&text);
		buf_free(&back);
	}
	is(bad, 0, "strings of every length up to 256 come back");
}

int
main(void)
{
	known_texts_are_written_and_read();
	a_group_has_one_spelling();
	other_texts_are_refused();
	every_byte_comes_back();
	return done();
}

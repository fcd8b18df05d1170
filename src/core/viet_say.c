/* SPDX-License-Identifier: EUPL-1.2 */
/* Days and numbers as official papers write them. */
#include <inttypes.h>
#include <stdio.h>

#include "core/time.h"
#include "core/viet.h"

#define UTC_7 (7 * 3600)

void
viet_day(char out[static VIET_DAY], int64_t t)
{
	struct civil c;

	if (t > TIME_MAX - UTC_7)
		t = TIME_MAX - UTC_7;
	c = time_civil((t < TIME_MIN ? TIME_MIN : t) + UTC_7);
	(void)snprintf(out, VIET_DAY,
	    c.month < 3 ? "ngày %02d tháng %02d năm %d"
			: "ngày %02d tháng %d năm %d",
	    c.day, c.month, c.year);
}

void
viet_number(char out[static VIET_NUMBER], uint64_t n)
{
	char digits[VIET_NUMBER];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n), i;

	for (i = 0; i < len; i++) {
		*out++ = digits[i];
		if (i + 1 < len && (len - 1 - i) % 3 == 0)
			*out++ = '.';
	}
	*out = '\0';
}

/* ---- in words
 * ---------------------------------------------------------------------- */

static const char *const digit_words[] = { "không", "một", "hai", "ba", "bốn",
	"năm", "sáu", "bảy", "tám", "chín" };

static void
add_word(struct buf *out, const char *word)
{
	if (out->len > 0)
		buf_u8(out, ' ');
	buf_add(out, bytes_str(word));
}

/* The unit after tens: "mốt" after twenty and more, "lăm" after ten, "tư" by
 * preference after twenty and more. */
static void
add_unit(struct buf *out, unsigned tens, unsigned unit)
{
	if (unit == 0)
		return;
	if (unit == 1 && tens > 1)
		add_word(out, "mốt");
	else if (unit == 4 && tens > 1)
		add_word(out, "tư");
	else if (unit == 5 && tens > 0)
		add_word(out, "lăm");
	else
		add_word(out, digit_words[unit]);
}

/* Three digits; "whole": also the hundreds that are 0 are said. */
static void
add_three(struct buf *out, unsigned n, bool whole)
{
	unsigned hundreds = n / 100, tens = n / 10 % 10, unit = n % 10;

	if (hundreds > 0 || whole) {
		add_word(out, digit_words[hundreds]);
		add_word(out, "trăm");
	}
	if (tens > 1) {
		add_word(out, digit_words[tens]);
		add_word(out, "mươi");
	} else if (tens == 1) {
		add_word(out, "mười");
	} else if (unit > 0 && (hundreds > 0 || whole)) {
		add_word(out, "linh");
	}
	add_unit(out, tens, unit);
}

/* Nine digits; a tỷ is a thousand triệu. */
static void
add_nine(struct buf *out, unsigned n, bool whole)
{
	static const char *const names[] = { "triệu", "nghìn", NULL };
	const unsigned parts[] = { n / 1000000, n / 1000 % 1000, n % 1000 };
	size_t i;

	for (i = 0; i < 3; i++) {
		if (parts[i] == 0)
			continue;
		add_three(out, parts[i], whole || out->len > 0);
		if (names[i] != NULL)
			add_word(out, names[i]);
	}
}

void
viet_number_words(struct buf *out, uint64_t n)
{
	const uint64_t billion = 1000000000;
	const unsigned parts[] = { (unsigned)(n / billion / billion),
		(unsigned)(n / billion % billion), (unsigned)(n % billion) };
	size_t i, k;

	*out = (struct buf){ 0 };
	if (n == 0)
		add_word(out, digit_words[0]);
	for (i = 0; i < 3; i++) {
		if (parts[i] == 0)
			continue;
		add_nine(out, parts[i], out->len > 0);
		for (k = i; k < 2; k++)
			add_word(out, "tỷ");
	}
}

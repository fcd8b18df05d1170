/* SPDX-License-Identifier: EUPL-1.2 */
/* What everything stands on: bytes, text, time, outcomes, log lines, work. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "core/id.h"
#include "core/lang.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/time.h"
#include "core/utf8.h"
#include "core/work.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* A literal that may hold NUL. */
#define LIT(s)                                                                 \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}

static const struct bytes nothing = { 0 };

/* ---- bytes ------------------------------------------------------------ */

static const struct {
	struct bytes a, b;
	int order;
} pairs[] = {
	{ LIT(""), LIT(""), 0 },
	{ LIT("a"), LIT("a"), 0 },
	{ LIT(""), LIT("\0"), -1 },
	{ LIT("a"), LIT("b"), -1 },
	{ LIT("a"), LIT("ab"), -1 },
	{ LIT("ab"), LIT("b"), -1 },
	{ LIT("a\0b"), LIT("a\0c"), -1 },
	{ LIT("a"), LIT("\xff"), -1 },
	{ LIT("\x7f"), LIT("\x80"), -1 },
};

static int
sign(int v)
{
	return (v > 0) - (v < 0);
}

static void
bytes_compare(void)
{
	size_t i, bad = 0;
	char *copy;

	for (i = 0; i < COUNT(pairs); i++) {
		struct bytes a = pairs[i].a, b = pairs[i].b;

		bad += sign(bytes_cmp(a, b)) != pairs[i].order;
		bad += sign(bytes_cmp(b, a)) != -pairs[i].order;
		bad += bytes_eq(a, b) != (pairs[i].order == 0);
		bad += ct_equal(a, b) != (pairs[i].order == 0);
	}
	bad += !bytes_eq(nothing, bytes_str("")) || !ct_equal(nothing, nothing);
	bad += bytes_cmp(nothing, bytes_str("")) != 0;
	bad += !bytes_is(bytes_str("ab"), "ab") || bytes_is(nothing, "a");
	copy = bytes_text(nothing);
	bad += copy[0] != '\0';
	free(copy);
	copy = bytes_text(bytes_of("abc", 2));
	bad += strcmp(copy, "ab") != 0;
	free(copy);
	is(bad, 0, "bytes compare by their values, then their lengths");
}

static void
any_other_byte_is_unequal(void)
{
	uint8_t a[40] = { 0 }, b[40] = { 0 };
	size_t bit, equal = 0;

	for (bit = 0; bit < sizeof(a) * 8; bit++) {
		a[bit / 8] ^= (uint8_t)(1u << bit % 8);
		equal += ct_equal(bytes_of(a, 40), bytes_of(b, 40));
		equal += bytes_eq(bytes_of(a, 40), bytes_of(b, 40));
		a[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(equal, 0, "with any bit flipped they are unequal");
	ok(ct_equal(bytes_of(a, 40), bytes_of(b, 40)), "and without, equal");
}

static void
buffers_grow(void)
{
	struct buf b = { 0 };
	size_t i, bad = 0;
	uint8_t *at;

	buf_add(&b, nothing);
	(void)buf_grow(&b, 0);
	ok(b.len == 0 && buf_bytes(&b).len == 0, "nothing added is nothing");
	for (i = 0; i < 100000; i++)
		buf_u8(&b, (uint8_t)(i * 7));
	at = buf_grow(&b, 1000);
	for (i = 0; i < 1000; i++)
		bad += at[i] != 0;
	memset(at, 0xee, 1000);
	b.len -= 1000;
	at = buf_grow(&b, 1000); /* once more, over what was there */
	for (i = 0; i < 1000; i++)
		bad += at[i] != 0;
	for (i = 0; i < 100000; i++)
		bad += b.p[i] != (uint8_t)(i * 7);
	is(bad, 0, "a buffer keeps its bytes when it grows, by zeros");
	buf_free(&b);
	ok(b.p == NULL && b.len == 0 && b.cap == 0, "freed it is empty");
	buf_free(&b);
	buf_reserve(&b, 10);
	ok(b.cap == 10 && b.len == 0, "the first reservation is exact");
	buf_u64(&b, 0x0102030405060708);
	same(buf_bytes(&b), bytes_str("\1\2\3\4\5\6\7\10"),
	    "numbers are big-endian");
	buf_free(&b);
}

static void
a_short_read_is_remembered(void)
{
	struct rd r = rd_init(bytes_str("\1\2\3\4\5\6\7\10\11"));
	struct bytes b;

	ok(rd_u64(&r) == 0x0102030405060708 && !rd_end(&r) && rd_u8(&r) == 9 &&
		rd_end(&r),
	    "what is there is read, and the end told");
	ok(rd_rest(&r).len == 0 && rd_end(&r), "an empty rest is no fault");
	ok(rd_u8(&r) == 0 && !rd_end(&r), "a byte too many is a fault");
	r = rd_init(bytes_str("abc"));
	ok(rd_u64(&r) == 0 && rd_u8(&r) == 0 && rd_bytes(&r, 0).p == NULL &&
		rd_rest(&r).len == 0 && !rd_end(&r),
	    "after a short read all is empty, and no end");
	r = rd_init(bytes_str("abc"));
	b = rd_bytes(&r, SIZE_MAX);
	ok(b.p == NULL && b.len == 0 && !rd_end(&r),
	    "no length reads past the end");
	r = rd_init(nothing);
	ok(rd_end(&r) && rd_rest(&r).len == 0 && rd_end(&r),
	    "nothing is at its end");
}

static void
hex_goes_round(void)
{
	static const char *const bad_hex[] = { "0", "000", "0g", "g0", " 0",
		"0 ", "0x", "-1", "+1", "\xff\xff", "0\n", "/0", ":0", "@0",
		"G0", "`0" };
	uint8_t all[256], out[256];
	char text[513];
	size_t i, taken = 0;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	hex_write(text, bytes_of(all, sizeof(all)));
	ok(strlen(text) == 512 && strncmp(text, "000102", 6) == 0 &&
		strcmp(text + 506, "fdfeff") == 0,
	    "hex is written in lower case");
	ok(hex_parse(out, 256, bytes_str(text)) && memcmp(all, out, 256) == 0,
	    "and read");
	ok(hex_parse(out, 3, bytes_str("aBCdEF")) &&
		memcmp(out, "\xab\xcd\xef", 3) == 0,
	    "in either case");
	for (i = 0; i < COUNT(bad_hex); i++)
		taken += hex_parse(out, 1, bytes_str(bad_hex[i]));
	taken +=
	    hex_parse(out, 1, nothing) + hex_parse(out, 2, bytes_str("00"));
	is(taken, 0, "what is no hex is refused");
	hex_write(text, nothing);
	ok(text[0] == '\0' && hex_parse(out, 0, nothing),
	    "no bytes are no digits");
}

static void
ids_are_read_as_they_are_written(void)
{
	static const char text[] = "00010203-fcfdfeff-9f3c2a71-0b44d1e8";
	static const char *const bad_ids[] = { "", "0",
		"00010203fcfdfeff9f3c2a710b44d1e",
		"00010203fcfdfeff9f3c2a710b44d1e80",
		"00010203fcfdfeff9f3c2a710b44d1eg",
		"00010203-fcfdfeff-9f3c2a710b44d1e8",
		"0001-0203fcfdfeff-9f3c2a71-0b44d1e8",
		"00010203-fcfdfeff-9f3c2a71_0b44d1e8",
		"00010203-fcfdfeff-9f3c2a71-0b44d1e8 ",
		"-0010203-fcfdfeff-9f3c2a71-0b44d1e8",
		"00010203--cfdfeff-9f3c2a71-0b44d1e8",
		"00010203fcfdfeff9f3c2a710b44d1e8---" };
	struct id id, again;
	char out[ID_TEXT];
	size_t i, taken = 0;

	ok(id_parse(&id, bytes_str(text)), "an id is read");
	id_write(out, &id);
	ok(strcmp(out, text) == 0 &&
		bytes_cmp(id_bytes(&id), bytes_str("\0")) >
		    0 && /* 16 bytes, the first 0 */
		id_bytes(&id).len == ID_SIZE,
	    "and is written in four groups");
	ok(id_parse(&again, bytes_str("00010203FCFDFEFF9f3c2a710B44D1E8")) &&
		id_eq(&id, &again),
	    "it is the same without hyphens, and in capitals");
	for (i = 0; i < ID_SIZE; i++) {
		again = id;
		again.b[i] ^= 1;
		taken += id_eq(&id, &again);
	}
	is(taken, 0, "with any other byte it is another");
	for (i = 0; i < COUNT(bad_ids); i++)
		taken += id_parse(&again, bytes_str(bad_ids[i]));
	is(taken, 0, "what is no id is refused");
}

/* ---- time ------------------------------------------------------------- */

static bool
same_civil(const struct civil *c, const struct tm *tm)
{
	return c->year == tm->tm_year + 1900 && c->month == tm->tm_mon + 1 &&
	       c->day == tm->tm_mday && c->hour == tm->tm_hour &&
	       c->minute == tm->tm_min && c->second == tm->tm_sec;
}

static bool
time_is_as_libc_has_it(int64_t t)
{
	struct civil c = time_civil(t);
	time_t libc = (time_t)t;
	int64_t again = -1;
	struct tm tm;

	return gmtime_r(&libc, &tm) != NULL && same_civil(&c, &tm) &&
	       time_of_civil(&again, &c) && again == t;
}

static void
every_day_is_as_the_c_library_has_it(void)
{
	struct dice dice = { 1 };
	size_t bad = 0, days = 0, i;
	int64_t t;

	for (t = 0; t < 400 * 366 * TIME_DAY; t += TIME_DAY, days++)
		bad += !time_is_as_libc_has_it(t) ||
		       !time_is_as_libc_has_it(t + TIME_DAY - 1);
	for (i = 0; i < 100000; i++) {
		t = (int64_t)dice_below(&dice, 1u << 31) * 118 +
		    dice_below(&dice, 118);
		if (t <= TIME_MAX)
			bad += !time_is_as_libc_has_it(t);
	}
	bad += !time_is_as_libc_has_it(TIME_MIN);
	bad += !time_is_as_libc_has_it(TIME_MAX);
	is(bad, 0, "%zu days, and times to the year 9999, are right", days);
}

static const struct civil no_times[] = {
	{ 1969, 12, 31, 23, 59, 59 },
	{ 10000, 1, 1, 0, 0, 0 },
	{ -1, 1, 1, 0, 0, 0 },
	{ 2026, 0, 1, 0, 0, 0 },
	{ 2026, 13, 1, 0, 0, 0 },
	{ 2026, -1, 1, 0, 0, 0 },
	{ 2026, 1, 0, 0, 0, 0 },
	{ 2026, 1, 32, 0, 0, 0 },
	{ 2026, 4, 31, 0, 0, 0 },
	{ 2026, 2, 29, 0, 0, 0 },
	{ 2024, 2, 30, 0, 0, 0 },
	{ 2100, 2, 29, 0, 0, 0 },
	{ 2000, 2, 30, 0, 0, 0 },
	{ 2026, 1, 1, 24, 0, 0 },
	{ 2026, 1, 1, -1, 0, 0 },
	{ 2026, 1, 1, 0, 60, 0 },
	{ 2026, 1, 1, 0, -1, 0 },
	{ 2026, 1, 1, 0, 0, 60 },
	{ 2026, 1, 1, 0, 0, -1 },
	{ 2147483647, 2147483647, 2147483647, 0, 0, 0 },
};

static void
fields_that_are_no_time_are_refused(void)
{
	size_t i, taken = 0;
	int64_t t;

	for (i = 0; i < COUNT(no_times); i++)
		taken += time_of_civil(&t, &no_times[i]);
	is(taken, 0, "each of %zu dates that are none is refused",
	    COUNT(no_times));
}

static const struct {
	int64_t t;
	const char *utc, *vn;
} written[] = {
	{ 0, "1970-01-01T00:00:00Z", "01/01/1970 07:00:00" },
	{ 951868799, "2000-02-29T23:59:59Z", "01/03/2000 06:59:59" },
	{ 1795319100, "2026-11-22T03:45:00Z", "22/11/2026 10:45:00" },
	{ 2147483647, "2038-01-19T03:14:07Z", "19/01/2038 10:14:07" },
	{ 4107542399, "2100-02-28T23:59:59Z", "01/03/2100 06:59:59" },
	{ 253402275599, "9999-12-31T16:59:59Z", "31/12/9999 23:59:59" },
};

static void
times_are_written(void)
{
	char utc[TIME_TEXT], vn[TIME_TEXT];
	size_t i, bad = 0;
	int64_t t;

	for (i = 0; i < COUNT(written); i++) {
		time_write(utc, written[i].t);
		time_write_vn(vn, written[i].t);
		if (strcmp(utc, written[i].utc) != 0 ||
		    strcmp(vn, written[i].vn) != 0) {
			bad++;
			note("%s, %s", utc, vn);
		}
		bad += !time_parse(&t, bytes_str(utc)) || t != written[i].t;
	}
	is(bad, 0, "times are written in UTC and in Vietnam's time, and read");
	time_write(utc, TIME_MAX);
	ok(strcmp(utc, "9999-12-31T23:59:59Z") == 0 &&
		time_parse(&t, bytes_str(utc)) && t == TIME_MAX,
	    "to the last second");
	ok(time_now() > 1700000000, "the clock is past 2023");
}

#define NO INT64_C(-1)

static const struct {
	const char *text;
	int64_t t;
} parsed[] = {
	{ "2026-11-22", 1795280400 },
	{ "2026-11-22T10:45", 1795319100 },
	{ "2026-11-22T10:45:00", 1795319100 },
	{ "2026-11-22T10:45+07:00", 1795319100 },
	{ "2026-11-22T03:45Z", 1795319100 },
	{ "2026-11-22T03:45:00Z", 1795319100 },
	{ "2026-11-22T03:45:00+00:00", 1795319100 },
	{ "2026-11-21T22:45:00-05:00", 1795319100 },
	{ "2026-11-22T09:15:00+05:30", 1795319100 },
	{ "1970-01-01T07:00", 0 },
	{ "1970-01-01T00:00Z", 0 },
	{ "2000-02-29T23:59:59Z", 951868799 },
	{ "", NO },
	{ "2026", NO },
	{ "2026-11", NO },
	{ "20261122", NO },
	{ "2026-1-22", NO },
	{ "2026-11-2", NO },
	{ "26-11-22", NO },
	{ "22/11/2026", NO },
	{ "-026-11-22", NO },
	{ "2026-+1-22", NO },
	{ " 2026-11-22", NO },
	{ "2026-11-22 ", NO },
	{ "2026-13-22", NO },
	{ "2026-02-29", NO },
	{ "2026-11-22T", NO },
	{ "2026-11-22Z", NO },
	{ "2026-11-22+07:00", NO },
	{ "2026-11-22:30", NO },
	{ "2026-11-22T10", NO },
	{ "2026-11-22T10Z", NO },
	{ "2026-11-22T1045", NO },
	{ "2026-11-22 10:45", NO },
	{ "2026-11-22t10:45", NO },
	{ "2026-11-22T10:45z", NO },
	{ "2026-11-22T24:00", NO },
	{ "2026-11-22T10:60", NO },
	{ "2026-11-22T10:45:60", NO },
	{ "2026-11-22T10:45:0", NO },
	{ "2026-11-22T10:45:00.5Z", NO },
	{ "2026-11-22T10:45:00ZZ", NO },
	{ "2026-11-22T10:45:00Z+07:00", NO },
	{ "2026-11-22T10:45+7:00", NO },
	{ "2026-11-22T10:45+0700", NO },
	{ "2026-11-22T10:45+07", NO },
	{ "2026-11-22T10:45+07:0", NO },
	{ "2026-11-22T10:45+07:000", NO },
	{ "2026-11-22T10:45*07:00", NO },
	{ "2026-11-22T10:45+24:00", NO },
	{ "2026-11-22T10:45+07:60", NO },
	{ "2026-11-22T10:45-99:99", NO },
	{ "1969-12-31T23:59:59Z", NO },
	{ "1970-01-01", NO },
	{ "1970-01-01T06:59:59", NO },
	{ "9999-12-31T23:59:59-00:01", NO },
	{ "10000-01-01", NO },
};

static void
times_are_read_in_their_forms_only(void)
{
	size_t i, bad = 0;
	int64_t t;

	for (i = 0; i < COUNT(parsed); i++) {
		t = NO;
		if (!time_parse(&t, bytes_str(parsed[i].text)))
			t = NO;
		if (t != parsed[i].t) {
			bad++;
			note("\"%s\": %lld", parsed[i].text, (long long)t);
		}
	}
	is(bad, 0, "each of %zu texts is the time it says, or none",
	    COUNT(parsed));
}

/* ---- text ------------------------------------------------------------- */

/* What is UTF-8 at all, and what is a line of text in our form. */
static const struct {
	struct bytes in;
	bool valid, text;
} texts[] = {
	{ LIT(""), true, true },
	{ LIT("abc"), true, true },
	{ LIT("\xe1\xbb\x87"), true, true }, /* U+1EC7 */
	{ LIT("\xf0\x9f\x98\x8a"), true, true },
	{ LIT("\xf4\x8f\xbf\xbd"), true, true },   /* U+10FFFD */
	{ LIT("e\xcc\xa3\xcc\x82"), true, false }, /* NFD */
	{ LIT("\xc3\xaa\xcc\xa3"), true, false },  /* half composed */
	{ LIT("\xe2\x84\xaa"), true, false },	   /* KELVIN SIGN */
	{ LIT("a\nb"), true, false },
	{ LIT("a\tb"), true, false },
	{ LIT("a\0b"), true, false },
	{ LIT("\x7f"), true, false },
	{ LIT("\xc2\x85"), true, false },     /* NEL */
	{ LIT("\xc2\x9b"), true, false },     /* CSI */
	{ LIT("\xe2\x80\xa8"), true, false }, /* LINE SEPARATOR */
	{ LIT("\xe2\x80\xa9"), true, false },
	{ LIT("\xd8\x9c"), true, false },     /* U+061C */
	{ LIT("\xe2\x80\x8e"), true, false }, /* LRM */
	{ LIT("\xe2\x80\x8f"), true, false },
	{ LIT("\xe2\x80\xaa"), true, false }, /* LRE to RLO */
	{ LIT("\xe2\x80\xad"), true, false },
	{ LIT("\xe2\x80\xae"), true, false },
	{ LIT("\xe2\x81\xa6"), true, false }, /* LRI to PDI */
	{ LIT("\xe2\x81\xa9"), true, false },
	{ LIT("\x80"), false, false },
	{ LIT("\xff"), false, false },
	{ LIT("\xfe"), false, false },
	{ LIT("\xc0\x80"), false, false }, /* overlong */
	{ LIT("\xc0\xaf"), false, false },
	{ LIT("\xc1\xbf"), false, false },
	{ LIT("\xe0\x80\xaf"), false, false },
	{ LIT("\xe0\x9f\xbf"), false, false },
	{ LIT("\xf0\x80\x80\xaf"), false, false },
	{ LIT("\xf0\x8f\xbf\xbf"), false, false },
	{ LIT("\xed\xa0\x80"), false, false }, /* surrogates */
	{ LIT("\xed\xbf\xbf"), false, false },
	{ LIT("\xed\xa0\xbd\xed\xb8\x8a"), false, false },
	{ LIT("\xf4\x90\x80\x80"), false, false }, /* over U+10FFFF */
	{ LIT("\xf7\xbf\xbf\xbf"), false, false },
	{ LIT("\xf8\x88\x80\x80\x80"), false, false },
	{ LIT("\xef\xbf\xbe"), false, false }, /* non-characters */
	{ LIT("\xef\xbf\xbf"), false, false },
	{ LIT("\xef\xb7\x90"), false, false },
	{ LIT("\xf0\x9f\xbf\xbe"), false, false },
	{ LIT("\xc3"), false, false }, /* cut */
	{ LIT("\xe1\xbb"), false, false },
	{ LIT("\xf0\x9f\x98"), false, false },
	{ LIT("\xe1\xbb\x41"), false, false },
	{ LIT("ab\xc3"), false, false },
};

static void
text_is_told_from_what_is_none(void)
{
	size_t i, bad = 0;

	for (i = 0; i < COUNT(texts); i++)
		if (utf8_valid(texts[i].in) != texts[i].valid ||
		    utf8_is_text(texts[i].in) != texts[i].text) {
			bad++;
			note("text %zu", i);
		}
	bad += !utf8_valid(nothing) || !utf8_is_text(nothing);
	is(bad, 0, "each of %zu texts is UTF-8 and text of ours, or not",
	    COUNT(texts));
}

#define LETTERS 11 /* of the limit in the table below */

static const struct {
	struct bytes in;
	const char *out; /* NULL where it is refused */
	enum rc rc;
} cleaned[] = {
	{ LIT(""), "", RC_OK },
	{ LIT("   "), "", RC_OK },
	{ LIT("  a  b "), "a  b", RC_OK },
	{ LIT("\xc2\xa0"
	      "a\xc2\xa0"
	      "b\xc2\xa0"),
	    "a b", RC_OK }, /* NBSP */
	{ LIT("a\xc2\xad"
	      "b"),
	    "ab", RC_OK }, /* soft hyphen */
	{ LIT("\xef\xbb\xbf"
	      "a"),
	    "a", RC_OK }, /* byte-order mark */
	{ LIT("a\xe2\x80\x8b"
	      "b"),
	    "ab", RC_OK }, /* zero width */
	{ LIT("\xc2\xad \xe2\x80\x8b"), "", RC_OK },
	/* Vietnamese in NFD, and half composed, in either order */
	{ LIT("U\xcc\x89y ban"), "\xe1\xbb\xa6y ban", RC_OK },
	{ LIT("Vie\xcc\xa3\xcc\x82t"), "Vi\xe1\xbb\x87t", RC_OK },
	{ LIT("Vie\xcc\x82\xcc\xa3t"), "Vi\xe1\xbb\x87t", RC_OK },
	{ LIT("Vi\xc3\xaa\xcc\xa3t"), "Vi\xe1\xbb\x87t", RC_OK },
	{ LIT("Vi\xe1\xba\xb9\xcc\x82t"), "Vi\xe1\xbb\x87t", RC_OK },
	{ LIT("u\xcc\x9bo\xcc\x9b\xcc\x80ng"), "\xc6\xb0\xe1\xbb\x9dng",
	    RC_OK },
	{ LIT("o\xcc\x80\xcc\x9b"), "\xe1\xbb\x9d", RC_OK },
	/* a mark that a soft hyphen parted from its letter */
	{ LIT("e\xc2\xad\xcc\x81"), "\xc3\xa9", RC_OK },
	/* the limit is of what is stored */
	{ LIT("abcdefghijk"), "abcdefghijk", RC_OK },
	{ LIT("     abcdefghijk"), "abcdefghijk", RC_OK },
	{ LIT("e\xcc\xa3\xcc\x82"
	      "e\xcc\xa3\xcc\x82"
	      "e\xcc\xa3\xcc\x82"),
	    "\xe1\xbb\x87\xe1\xbb\x87\xe1\xbb\x87", RC_OK },
	{ LIT("abcdefghijkl"), NULL, RC_LIMIT },
	{ LIT("\xe1\xbb\x87\xe1\xbb\x87\xe1\xbb\x87\xe1\xbb\x87"), NULL,
	    RC_LIMIT },
	{ LIT("                                             "), NULL,
	    RC_LIMIT },
	/* U+0958 grows when composed: canonical, but excluded from it */
	{ LIT("\xe0\xa5\x98\xe0\xa5\x98\xe0\xa5\x98"), NULL, RC_LIMIT },
	{ LIT("a\nb"), NULL, RC_INVALID },
	{ LIT("a\tb"), NULL, RC_INVALID },
	{ LIT("a\0b"), NULL, RC_INVALID },
	{ LIT("\x1b[2J"), NULL, RC_INVALID },
	{ LIT("\x7f"), NULL, RC_INVALID },
	{ LIT("\xc2\x9b"
	      "2J"),
	    NULL, RC_INVALID },
	{ LIT("\xe2\x80\xa8"), NULL, RC_INVALID },
	{ LIT("a\xe2\x80\xae"
	      "b"),
	    NULL, RC_INVALID },
	{ LIT("\xe2\x81\xa6"
	      "b"),
	    NULL, RC_INVALID },
	{ LIT("\xd8\x9c"), NULL, RC_INVALID },
	{ LIT("\xff"), NULL, RC_INVALID },
	{ LIT("\xc0\xaf"), NULL, RC_INVALID },
	{ LIT("\xed\xa0\x80"), NULL, RC_INVALID },
	{ LIT("\xef\xbf\xbf"), NULL, RC_INVALID },
	{ LIT("ab\xe1\xbb"), NULL, RC_INVALID },
};

static void
input_is_cleaned_or_refused(void)
{
	struct buf out;
	struct err e;
	size_t i, bad = 0;
	enum rc rc;

	for (i = 0; i < COUNT(cleaned); i++) {
		rc = utf8_clean(&out, cleaned[i].in, LETTERS, &e);
		if (rc != cleaned[i].rc ||
		    !bytes_is(buf_bytes(&out),
			cleaned[i].out == NULL ? "" : cleaned[i].out)) {
			bad++;
			note("input %zu: %s, %zu bytes", i, rc_name(rc),
			    out.len);
		}
		bad += rc != RC_OK && (out.p != NULL || e.rc != rc);
		buf_free(&out);
	}
	is(bad, 0,
	    "each of %zu inputs is cleaned, or refused with nothing left",
	    COUNT(cleaned));
}

/* Text out of pieces that bear on each other. */
static void
random_text(struct buf *out, struct dice *dice, size_t pieces)
{
	static const char *const of[] = { "a", "e", "o", "u", "E", "U", " ",
		"\xcc\x81", "\xcc\x80", "\xcc\x89", "\xcc\x83", "\xcc\xa3",
		"\xcc\x82", "\xcc\x86", "\xcc\x9b", "\xc3\xaa", "\xc6\xb0",
		"\xe1\xbb\x87", "\xc2\xa0", "\xc2\xad", "\xe2\x80\x8b", "/",
		".", "..", "\\", "\xe2\x84\xaa", "\xe1\x84\x80", "\xe1\x85\xa1",
		"\xe0\xa5\x98", "\xf0\x9d\x85\x9e", "\xe6\xbc\xa2",
		"\xef\xbb\xbf" };

	*out = (struct buf){ 0 };
	while (pieces-- > 0)
		buf_add(out, bytes_str(of[dice_below(dice, COUNT(of))]));
}

static void
what_is_clean_is_text_and_stays(void)
{
	struct dice dice = { 3 };
	struct buf in, out, again;
	size_t i, bad = 0, taken = 0;
	struct err e;

	for (i = 0; i < 20000; i++) {
		random_text(&in, &dice, i % 12);
		if (utf8_clean(&out, buf_bytes(&in), 200, &e) == RC_OK) {
			taken++;
			bad += !utf8_is_text(buf_bytes(&out));
			bad += out.len > 0 &&
			       (out.p[0] == ' ' || out.p[out.len - 1] == ' ');
			bad += utf8_clean(&again, buf_bytes(&out), 200, &e) !=
				   RC_OK ||
			       !bytes_eq(buf_bytes(&again), buf_bytes(&out));
			buf_free(&again);
		}
		buf_free(&out);
		buf_free(&in);
	}
	is(taken, i, "%zu texts at random are taken", i);
	is(bad, 0, "and are then text of ours, and stay as they are");
}

static void
letters_are_counted(void)
{
	is(utf8_count(bytes_str("Vi\xe1\xbb\x87t Nam")), 8,
	    "letters are counted, not bytes");
	is(utf8_columns(bytes_str("Vie\xcc\xa3\xcc\x82t \xe6\xbc\xa2")), 7,
	    "combining letters take no column, wide ones two");
	ok(utf8_count(nothing) == 0 && utf8_columns(nothing) == 0 &&
		utf8_count(bytes_str("ab\xff"
				     "c")) == 2,
	    "up to what is no letter");
}

static const struct {
	struct bytes in;
	const char *out;
} names[] = {
	{ LIT(""), "_" },
	{ LIT("."), "_" },
	{ LIT(".."), "_" },
	{ LIT("..."), "_" },
	{ LIT(" "), "_" },
	{ LIT(" . . "), "_" },
	{ LIT("/"), "_" },
	{ LIT("../../etc/passwd"), "_.._etc_passwd" },
	{ LIT("/etc/passwd"), "_etc_passwd" },
	{ LIT("a/b"), "a_b" },
	{ LIT("..\\..\\a"), "_.._a" },
	{ LIT("C:\\a.txt"), "C__a.txt" },
	{ LIT(".bashrc"), "bashrc" },
	{ LIT("...bashrc"), "bashrc" },
	{ LIT("a."), "a" },
	{ LIT("a. . ."), "a" },
	{ LIT("a.b"), "a.b" },
	{ LIT("a\0b"), "a_b" },
	{ LIT("a\nb\rc"), "a_b_c" },
	{ LIT("\x1b[2J"), "_[2J" },
	{ LIT("a\xe2\x80\xaetxt.exe"), "a_txt.exe" },
	{ LIT("a\xe2\x80\x8b.b"), "a_.b" },
	{ LIT("\xff\xfe"), "__" },
	{ LIT("a\xc0\xaf"
	      "b"),
	    "a__b" },
	{ LIT("a\xe1\xbb"), "a__" },
	{ LIT("c\xc3\xb4ng v\xc4\x83n.pdf"), "c\xc3\xb4ng v\xc4\x83n.pdf" },
};

/* Whatever it was, this is fit for a file of ours. */
static bool
is_file_name(struct bytes n)
{
	size_t i;

	for (i = 0; i < n.len; i++)
		if (n.p[i] < 0x20 || n.p[i] == 0x7f || n.p[i] == '/' ||
		    n.p[i] == '\\' || n.p[i] == ':')
			return false;
	return n.len > 0 && n.len <= 200 && n.p[0] != '.' &&
	       n.p[n.len - 1] != '.' && n.p[n.len - 1] != ' ' && utf8_valid(n);
}

static void
hostile_names_become_names_of_files(void)
{
	struct dice dice = { 5 };
	struct buf in = { 0 }, out, again;
	size_t i, k, bad = 0;

	for (i = 0; i < COUNT(names); i++) {
		utf8_file_name(&out, names[i].in);
		if (!bytes_is(buf_bytes(&out), names[i].out)) {
			bad++;
			note("%s is %.*s", names[i].out, (int)out.len, out.p);
		}
		buf_free(&out);
	}
	is(bad, 0, "each of %zu hostile names is a name", COUNT(names));
	for (i = 0; i < 20000; i++) {
		if (i % 2 == 0)
			random_text(&in, &dice, i % 150);
		else
			for (k = 0; k < i % 300; k++)
				buf_u8(&in, (uint8_t)dice_below(&dice, 256));
		utf8_file_name(&out, buf_bytes(&in));
		utf8_file_name(&again, buf_bytes(&out));
		bad += !is_file_name(buf_bytes(&out));
		bad += !bytes_eq(buf_bytes(&out), buf_bytes(&again));
		buf_free(&again);
		buf_free(&out);
		buf_free(&in);
	}
	is(bad, 0, "and so is each of %zu at random, and stays it", i);
}

/* "n" letters 'a', then "tail": what is left of it. */
static size_t
cut_length(size_t n, const char *tail)
{
	struct buf in = { 0 }, out;
	size_t len;

	memset(buf_grow(&in, n), 'a', n);
	buf_add(&in, bytes_str(tail));
	utf8_file_name(&out, buf_bytes(&in));
	len = is_file_name(buf_bytes(&out)) ? out.len : SIZE_MAX;
	buf_free(&in);
	buf_free(&out);
	return len;
}

static void
long_names_are_cut_between_letters(void)
{
	is(cut_length(200, ""), 200, "a name of 200 bytes is kept");
	is(cut_length(200, "b"), 200, "a longer one is cut");
	is(cut_length(198, "\xc3\xa9"
			   "b"),
	    200, "behind a letter");
	is(cut_length(199, "\xc3\xa9"
			   "b"),
	    199, "or before one, not within");
	is(cut_length(198, "\xe1\xbb\x87"), 198, "of three bytes");
	is(cut_length(197, "\xf0\x9f\x98\x8a"), 197, "or of four");
	is(cut_length(199, ".bcd"), 199, "and ends in no dot");
	is(cut_length(100000, "\xe1\xbb\x87"), 200, "however long it was");
}

/* ---- outcomes --------------------------------------------------------- */

static void
errors_tell_where_and_why(void)
{
	struct err e;

	ok(fail(&e, RC_DENIED, "a %s of %d", "thing", 7) == RC_DENIED &&
		e.rc == RC_DENIED && strcmp(e.text, "a thing of 7") == 0,
	    "a failure has its outcome and its text");
	ok(fail_at(&e, "file %d", 3) == RC_DENIED &&
		strcmp(e.text, "file 3: a thing of 7") == 0,
	    "the place comes before it");
	errno = ENOENT;
	ok(fail_io(&e, "open %s", "x") == RC_IO && e.rc == RC_IO &&
		strcmp(e.text, "open x: No such file or directory") == 0,
	    "a failed call tells what the system said");
}

static void
long_errors_are_cut(void)
{
	struct {
		struct err e;
		char after[8];
	} x;
	char text[2 * ERR_TEXT];
	size_t n, bad = 0;
	enum rc rc;

	for (n = ERR_TEXT - 20; n < sizeof(text); n++) {
		memset(&x, 'x', sizeof(x));
		memset(text, 'a', n);
		text[n] = '\0';
		rc = fail(&x.e, RC_LIMIT, "%s", text);
		bad += rc != RC_LIMIT ||
		       strlen(x.e.text) != (n < ERR_TEXT ? n : ERR_TEXT - 1);
		rc = fail_at(&x.e, "at");
		bad += rc != RC_LIMIT || strncmp(x.e.text, "at: aaa", 7) != 0 ||
		       strlen(x.e.text) !=
			   (n + 4 < ERR_TEXT ? n + 4 : ERR_TEXT - 1);
		rc = fail_at(&x.e, "%s", text);
		bad += rc != RC_LIMIT || strlen(x.e.text) != ERR_TEXT - 1;
		errno = EIO;
		rc = fail_io(&x.e, "%s", text);
		bad += rc != RC_IO || strlen(x.e.text) > ERR_TEXT - 1 ||
		       memcmp(x.after, "xxxxxxxx", 8) != 0;
		if (n + 1 == sizeof(text))
			break;
	}
	is(bad, 0, "texts of errors are cut to their room");
}

static void
a_refusal_says_of_what_it_is(void)
{
	struct err e;
	enum err_of a, b;
	size_t bad = 0;

	ok(fail(&e, RC_DENIED, "no") == RC_DENIED && e.of == ERR_OF_ALL,
	    "a refusal is of what was asked");
	ok(fail_of(&e, ERR_OF_ROLE) == RC_DENIED &&
		fail_at(&e, "at") == RC_DENIED && e.of == ERR_OF_ROLE,
	    "or of a role, and stays so");
	ok(fail(&e, RC_DENIED, "no") == RC_DENIED && e.of == ERR_OF_ALL,
	    "and the next is another");
	ok(fail_of(&e, ERR_OF_PERSON) == RC_DENIED, "of a person");
	ok(fail_io(&e, "no") == RC_IO && e.of == ERR_OF_ALL,
	    "of the system too");
	for (a = ERR_OF_ALL; a < ERR_OFS; a++)
		for (b = ERR_OF_ALL; b < a; b++)
			bad += strcmp(err_of_name(a), err_of_name(b)) == 0;
	is(bad, 0, "each has its own word");
}

static void
outcomes_have_a_word_each(void)
{
	size_t a, b, bad = 0;

	for (a = RC_OK; a <= RC_USAGE; a++) {
		bad += rc_name((enum rc)a) == NULL ||
		       rc_name((enum rc)a)[0] == '\0';
		for (b = RC_OK; b < a; b++)
			bad += strcmp(rc_name((enum rc)a),
				   rc_name((enum rc)b)) == 0;
	}
	is(bad, 0, "each outcome has its own word");
}

/* ---- log lines -------------------------------------------------------- */

static const struct {
	struct bytes in;
	const char *out;
} quoted[] = {
	{ LIT("word"), "word" },
	{ LIT("antin://a.vn/b"), "antin://a.vn/b" },
	{ LIT("a-b_c.d:e/f@g+h9"), "a-b_c.d:e/f@g+h9" },
	{ LIT(""), "\"\"" },
	{ LIT("two words"), "\"two words\"" },
	{ LIT("a=b"), "\"a=b\"" },
	{ LIT("say \"x\""), "\"say \\\"x\\\"\"" },
	{ LIT("a\\b"), "\"a\\\\b\"" },
	{ LIT("\\"), "\"\\\\\"" },
	{ LIT("a\nevent=forged"), "\"a\\x0aevent=forged\"" },
	{ LIT("a\rb"), "\"a\\x0db\"" },
	{ LIT("\x1b[2J"), "\"\\x1b[2J\"" },
	{ LIT("a\0b"), "\"a\\x00b\"" },
	{ LIT("\0"), "\"\\x00\"" },
	{ LIT("\x7f"), "\"\\x7f\"" },
	{ LIT("\xff"), "\"\\xff\"" },
	{ LIT("\xc2\x85"), "\"\\xc2\\x85\"" },
	{ LIT("\xe2\x80\xa8"), "\"\\xe2\\x80\\xa8\"" },
	{ LIT("a\xe2\x80\xae"), "\"a\\xe2\\x80\\xae\"" },
	{ LIT("Vi\xe1\xbb\x87t"), "\"Vi\xe1\xbb\x87t\"" },
};

/* What log_quote() wrote, read back; false where it is nothing of the kind. */
static bool
unquote(struct buf *out, struct bytes in)
{
	size_t i;

	*out = (struct buf){ 0 };
	if (in.len == 0 || in.p[0] != '"') {
		buf_add(out, in);
		return in.len > 0 && memchr(in.p, '"', in.len) == NULL;
	}
	for (i = 1; i + 1 < in.len; i++) {
		uint8_t v = in.p[i];

		if (v == '"')
			return false;
		if (v == '\\' && in.p[++i] == 'x') {
			if (i + 3 >= in.len ||
			    !hex_parse(&v, 1, bytes_of(in.p + i + 1, 2)))
				return false;
			i += 2;
		} else if (v == '\\') {
			v = in.p[i];
		}
		buf_u8(out, v);
	}
	return in.len >= 2 && i + 1 == in.len && in.p[i] == '"';
}

/* Nothing in it ends a line, and it is one value to who reads it. */
static bool
is_one_value(struct bytes v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		if (v.p[i] < 0x20 || v.p[i] == 0x7f ||
		    (v.p[0] != '"' && strchr(" =\"\\", v.p[i]) != NULL))
			return false;
	return v.len > 0 && utf8_is_text(v);
}

static void
log_values_cannot_forge_a_line(void)
{
	struct dice dice = { 9 };
	struct buf in = { 0 }, out = { 0 }, back;
	size_t i, k, bad = 0;

	for (i = 0; i < COUNT(quoted); i++) {
		log_quote(&out, quoted[i].in);
		if (!bytes_is(buf_bytes(&out), quoted[i].out)) {
			bad++;
			note("%.*s, wanted %s", (int)out.len, out.p,
			    quoted[i].out);
		}
		buf_free(&out);
	}
	is(bad, 0, "each of %zu values is quoted as it must be", COUNT(quoted));
	for (i = 0; i < 20000; i++) {
		if (i % 2 == 0)
			random_text(&in, &dice, i % 20);
		else
			for (k = 0; k < i % 20; k++)
				buf_u8(&in, (uint8_t)dice_below(&dice, 256));
		log_quote(&out, buf_bytes(&in));
		bad += !is_one_value(buf_bytes(&out));
		bad += !unquote(&back, buf_bytes(&out)) ||
		       !bytes_eq(buf_bytes(&back), buf_bytes(&in));
		buf_free(&back);
		buf_free(&out);
		buf_free(&in);
	}
	is(bad, 0, "each of %zu at random is one value, and can be read back",
	    i);
}

static void
log_lines_are_made_of_pairs(void)
{
	struct log_line l = log_line(LOG_WARN, "dispatch.refused");
	struct err e;

	log_str(&l, "id", bytes_str("9f3c"));
	log_uint(&l, "n", UINT64_MAX);
	(void)fail(&e, RC_DENIED, "no \"such\" key\n");
	log_err(&l, &e);
	same(buf_bytes(&l.text),
	    bytes_str("warn event=dispatch.refused id=9f3c "
		      "n=18446744073709551615 rc=denied "
		      "why=\"no \\\"such\\\" key\\x0a\""),
	    "a line is its event and its pairs");
	buf_free(&l.text);
	l = log_line(LOG_DEBUG, "quiet");
	log_str(&l, "a", bytes_str("b"));
	ok(l.text.len == 0, "debug is off");
	log_end(&l);
	log_level_set(LOG_DEBUG);
	l = log_line(LOG_DEBUG, "loud");
	same(buf_bytes(&l.text), bytes_str("event=loud"), "unless asked");
	buf_free(&l.text);
	log_level_set(LOG_INFO);
}

/* ---- sizes ------------------------------------------------------------ */

static const struct {
	uint64_t bytes;
	const char *en, *vi;
} sizes[] = {
	{ 0, "0 B", "0 B" },
	{ 1023, "1023 B", "1023 B" },
	{ 1024, "1.0 KiB", "1,0 KiB" },
	{ 1536, "1.5 KiB", "1,5 KiB" },
	{ (1 << 20) - 1, "1023.9 KiB", "1023,9 KiB" },
	{ 1 << 20, "1.0 MiB", "1,0 MiB" },
	{ UINT64_C(2) << 30, "2.0 GiB", "2,0 GiB" },
	{ UINT64_C(1) << 40, "1.0 TiB", "1,0 TiB" },
	{ UINT64_C(1) << 50, "1.0 PiB", "1,0 PiB" },
	{ UINT64_C(1) << 60, "1.0 EiB", "1,0 EiB" },
	{ UINT64_MAX, "15.9 EiB", "15,9 EiB" },
};

static void
sizes_are_written_in_both_languages(void)
{
	char en[SIZE_TEXT], vi[SIZE_TEXT];
	size_t i, bad = 0;

	for (i = 0; i < COUNT(sizes); i++) {
		lang_set(LANG_VI);
		size_write(vi, sizes[i].bytes);
		lang_set(LANG_EN);
		size_write(en, sizes[i].bytes);
		if (strcmp(en, sizes[i].en) != 0 ||
		    strcmp(vi, sizes[i].vi) != 0) {
			bad++;
			note("%s, %s", en, vi);
		}
	}
	is(bad, 0, "each of %zu sizes is written in both languages",
	    COUNT(sizes));
}

/* ---- work ------------------------------------------------------------- */

#define JOBS 1000

struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t turned;
	unsigned done[JOBS];
	size_t bad; /* fails once a later one has begun, which fails later */
	bool alone, begun, failed;
};

/* Under the lock. */
static void
wait_for(struct jobs *j, const bool *until)
{
	while (!*until)
		(void)pthread_cond_wait(&j->turned, &j->lock);
}

static enum rc
job(void *ctx, size_t i, struct err *e)
{
	struct jobs *j = ctx;

	(void)pthread_mutex_lock(&j->lock);
	j->done[i]++;
	j->begun = j->begun || i > j->bad;
	if (i == j->bad && !j->alone)
		wait_for(j, &j->begun);
	j->failed = j->failed || i == j->bad;
	(void)pthread_cond_broadcast(&j->turned);
	if (i > j->bad)
		wait_for(j, &j->failed);
	(void)pthread_mutex_unlock(&j->lock);
	if (i > j->bad)
		(void)usleep(50000);
	if (i >= j->bad)
		return fail(e, RC_EXPIRED, "job %zu", i);
	return RC_OK;
}

static void
each_job_is_done_once(unsigned threads)
{
	struct jobs j = { .lock = PTHREAD_MUTEX_INITIALIZER,
		.turned = PTHREAD_COND_INITIALIZER,
		.bad = JOBS,
		.alone = threads == 1 };
	struct err e;
	size_t i, bad = 0, after = 0;

	work_threads_set(threads);
	went(work_each(JOBS, job, &j, &e), &e, "%u threads: jobs are done",
	    threads);
	for (i = 0; i < JOBS; i++)
		bad += j.done[i] != 1;
	is(bad, 0, "%u threads: each of them once", threads);
	ok(work_each(0, job, &j, &e) == RC_OK, "%u threads: none is no job",
	    threads);
	memset(j.done, 0, sizeof(j.done));
	j.bad = 100;
	ok(work_each(JOBS, job, &j, &e) == RC_EXPIRED && e.rc == RC_EXPIRED &&
		strcmp(e.text, "job 100") == 0,
	    "%u threads: the first failure is the outcome", threads);
	for (i = 100; i < JOBS; i++)
		after += j.done[i];
	ok(after >= 1 && after <= threads, "%u threads: and ends the work",
	    threads);
	work_threads_set(0);
}

static void
threads_are_bounded(void)
{
	work_threads_set(0);
	ok(work_threads() >= 1 && work_threads() <= LIMIT_THREADS,
	    "there are threads, and not more than the limit");
	work_threads_set(3);
	is(work_threads(), 3, "or as many as were asked for");
	work_threads_set(0);
}

/* A stream of numbers.  A piece has a mark from its first use on, so that its
 * end can be looked for. */
#define PIECES 500
#define THREADS 16 /* more than there ever are */

enum step { TAKE, TURN, GIVE, NEVER };

struct stream {
	pthread_mutex_t lock;
	uint64_t next, given;
	uint64_t bad; /* from this number on the step below fails */
	enum step fails;
	unsigned marks, dropped[THREADS];
	unsigned taking, giving; /* at once */
	size_t wrong;
};

struct piece {
	unsigned mark;
	uint64_t number;
	struct buf own;
};

static enum rc
stream_take(void *ctx, void *piece, bool *end, struct err *e)
{
	struct stream *s = ctx;
	struct piece *p = piece;
	uint64_t n;

	(void)pthread_mutex_lock(&s->lock);
	s->wrong += s->taking++ != 0;
	if (p->mark == 0)
		p->mark = ++s->marks;
	n = s->next;
	(void)pthread_mutex_unlock(&s->lock);
	if (n % 64 == 0)
		(void)usleep(50);
	p->number = n;
	(void)pthread_mutex_lock(&s->lock);
	s->taking--;
	s->next++;
	(void)pthread_mutex_unlock(&s->lock);
	*end = n == PIECES;
	if (s->fails == TAKE && n >= s->bad)
		return fail(e, RC_IO, "take %u", (unsigned)n);
	return RC_OK;
}

/* Later pieces are done sooner. */
static enum rc
stream_turn(void *ctx, void *piece, struct err *e)
{
	const struct stream *s = ctx;
	struct piece *p = piece;

	if (p->number % 4 == 0)
		(void)usleep(200);
	buf_free(&p->own);
	buf_u64(&p->own, p->number * 3);
	if (s->fails == TURN && p->number >= s->bad)
		return fail(e, RC_DENIED, "turn %u", (unsigned)p->number);
	return RC_OK;
}

static enum rc
stream_give(void *ctx, void *piece, struct err *e)
{
	struct stream *s = ctx;
	struct piece *p = piece;
	struct rd r = rd_init(buf_bytes(&p->own));

	(void)pthread_mutex_lock(&s->lock);
	s->wrong += s->giving++ != 0;
	s->wrong += p->number != s->given || rd_u64(&r) != p->number * 3;
	(void)pthread_mutex_unlock(&s->lock);
	if (p->number % 64 == 1)
		(void)usleep(50);
	(void)pthread_mutex_lock(&s->lock);
	s->giving--;
	if (s->fails != GIVE || p->number < s->bad)
		s->given++;
	(void)pthread_mutex_unlock(&s->lock);
	if (s->fails == GIVE && p->number >= s->bad)
		return fail(e, RC_LIMIT, "give %u", (unsigned)p->number);
	return RC_OK;
}

static void
stream_drop(void *ctx, void *piece)
{
	struct stream *s = ctx;
	struct piece *p = piece;

	(void)pthread_mutex_lock(&s->lock);
	if (p->mark < THREADS)
		s->dropped[p->mark]++;
	(void)pthread_mutex_unlock(&s->lock);
	buf_free(&p->own);
}

static enum rc
stream_run(struct stream *s, enum step fails, uint64_t bad, unsigned threads,
    struct err *e)
{
	const struct work_stream w = {
		.piece_size = sizeof(struct piece),
		.take = stream_take,
		.turn = stream_turn,
		.give = stream_give,
		.drop = stream_drop,
		.ctx = s,
	};
	enum rc rc;
	unsigned i;

	*s = (struct stream){
		.lock = PTHREAD_MUTEX_INITIALIZER, .fails = fails, .bad = bad
	};
	*e = (struct err){ 0 };
	work_threads_set(threads);
	rc = work_stream(&w, e);
	work_threads_set(0);
	s->wrong += s->marks == 0 || s->marks > threads;
	for (i = 1; i <= s->marks && i < THREADS; i++)
		s->wrong += s->dropped[i] != 1;
	return rc;
}

static void
a_stream_keeps_its_order(unsigned threads)
{
	struct stream s;
	struct err e;

	went(stream_run(&s, NEVER, 0, threads, &e), &e,
	    "%u threads: a stream goes through", threads);
	ok(s.wrong == 0 && s.given == PIECES,
	    "%u threads: all of it in order, one at a time, and dropped once",
	    threads);
	ok(stream_run(&s, TURN, 77, threads, &e) == RC_DENIED &&
		strcmp(e.text, "turn 77") == 0,
	    "%u threads: of failed pieces the first is the outcome", threads);
	ok(s.wrong == 0 && s.given == 77,
	    "%u threads: all before it are given, none after", threads);
	ok(stream_run(&s, GIVE, 77, threads, &e) == RC_LIMIT &&
		strcmp(e.text, "give 77") == 0,
	    "%u threads: what cannot be given is the outcome", threads);
	ok(s.wrong == 0 && s.given == 77, "%u threads: and none is after it",
	    threads);
	ok(stream_run(&s, TAKE, 77, threads, &e) == RC_IO &&
		strcmp(e.text, "take 77") == 0,
	    "%u threads: what cannot be taken is the outcome", threads);
	ok(s.wrong == 0 && s.given <= 77,
	    "%u threads: and none of it or after it is given", threads);
	ok(stream_run(&s, TURN, 0, threads, &e) == RC_DENIED && s.given == 0 &&
		s.wrong == 0,
	    "%u threads: the first piece may be the one that fails", threads);
}

int
main(void)
{
	static const unsigned threads[] = { 1, 2, LIMIT_THREADS };
	size_t i;

	bytes_compare();
	any_other_byte_is_unequal();
	buffers_grow();
	a_short_read_is_remembered();
	hex_goes_round();
	ids_are_read_as_they_are_written();
	every_day_is_as_the_c_library_has_it();
	fields_that_are_no_time_are_refused();
	times_are_written();
	times_are_read_in_their_forms_only();
	text_is_told_from_what_is_none();
	input_is_cleaned_or_refused();
	what_is_clean_is_text_and_stays();
	letters_are_counted();
	hostile_names_become_names_of_files();
	long_names_are_cut_between_letters();
	errors_tell_where_and_why();
	long_errors_are_cut();
	outcomes_have_a_word_each();
	a_refusal_says_of_what_it_is();
	log_values_cannot_forge_a_line();
	log_lines_are_made_of_pairs();
	sizes_are_written_in_both_languages();
	threads_are_bounded();
	for (i = 0; i < COUNT(threads); i++) {
		each_job_is_done_once(threads[i]);
		a_stream_keeps_its_order(threads[i]);
	}
	return done();
}

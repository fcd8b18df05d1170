/* SPDX-License-Identifier: EUPL-1.2 */
/* One-time codes: the vectors of RFC 4226 and RFC 6238, and what is not taken
 * (docs/registry.md 6.2). */
#include <stdio.h>
#include <string.h>

#include "../tests/tap.h"
#include "crypto/totp.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint8_t secret[] = "12345678901234567890";

static struct bytes
code_at(char out[static TOTP_DIGITS + 1], int64_t t)
{
	totp_code(out, secret, (uint64_t)(t / TOTP_STEP));
	return bytes_of(out, TOTP_DIGITS);
}

/* RFC 4226, Appendix D */
static void
codes_of_counters(void)
{
	static const char *const codes[] = { "755224", "287082", "359152",
		"969429", "338314", "254676", "287922", "162583", "399871",
		"520489" };
	char out[TOTP_DIGITS + 1];
	size_t i, right = 0;

	for (i = 0; i < COUNT(codes); i++) {
		totp_code(out, secret, i);
		right += strcmp(out, codes[i]) == 0;
	}
	is(right, COUNT(codes), "the codes of RFC 4226 come out");
}

/* RFC 6238, Appendix B: those of SHA-1, their last six digits of eight. */
static void
codes_of_times(void)
{
	static const struct {
		int64_t t;
		const char *code;
	} rows[] = { { 59, "287082" }, { 1111111109, "081804" },
		{ 1111111111, "050471" }, { 1234567890, "005924" },
		{ 2000000000, "279037" }, { INT64_C(20000000000), "353130" } };
	size_t i, right = 0;
	uint64_t counter;

	for (i = 0; i < COUNT(rows); i++)
		right += totp_match(&counter, secret, bytes_str(rows[i].code),
			     rows[i].t, 0) &&
			 counter == (uint64_t)(rows[i].t / TOTP_STEP);
	is(right, COUNT(rows), "and the times of RFC 6238");
}

static void
the_window_is_a_step_each_way(void)
{
	const int64_t now = 1234567890 / TOTP_STEP * TOTP_STEP;
	int64_t from = 0, until = 0, t;
	char code[TOTP_DIGITS + 1];
	uint64_t counter;

	for (t = now - 200; t < now + 200; t++) {
		if (!totp_match(&counter, secret, code_at(code, now), t, 0))
			continue;
		from = from == 0 ? t : from;
		until = t;
	}
	is((uint64_t)(now - from), 30,
	    "a code is taken from 30 seconds before");
	is((uint64_t)(until - now), 59, "until 30 seconds after its own");
}

static void
each_is_good_once(void)
{
	const int64_t now = 1234567890;
	const uint64_t own = (uint64_t)(now / TOTP_STEP);
	char code[TOTP_DIGITS + 1];
	uint64_t counter;

	ok(totp_match(&counter, secret, code_at(code, now), now, own - 1) &&
		counter == own,
	    "a code after the last one is taken");
	ok(!totp_match(&counter, secret, code_at(code, now), now, own) &&
		counter == 0,
	    "the last one is not");
	ok(!totp_match(&counter, secret, code_at(code, now - 30), now, own),
	    "nor the one before it");
	ok(totp_match(&counter, secret, code_at(code, now + 30), now, own),
	    "the next one is, though it is early");
}

static void
what_is_no_code_is_refused(void)
{
	static const char *const no[] = { "", "28708", "2870822", "28708a",
		"-87082", "287082\n", "２８７０８２", "                 287082",
		"287081", "000000" };
	static const char *const yes[] = { "287 082", " 287082 ",
		"2 8 7 0 8 2" };
	size_t i, taken = 0;
	uint64_t counter;

	for (i = 0; i < COUNT(no); i++)
		taken += totp_match(&counter, secret, bytes_str(no[i]), 59, 0);
	is(taken, 0, "what is no code, or a wrong one, is not taken");
	for (i = 0; i < COUNT(yes); i++)
		taken += totp_match(&counter, secret, bytes_str(yes[i]), 59, 0);
	is(taken, COUNT(yes), "spaces in it do not count");
	ok(!totp_match(&counter, secret, bytes_str("755224"), -1, 0) &&
		!totp_match(&counter, secret, bytes_str("755224"), 0, 0),
	    "nor is one of a clock that says 1970");
}

static void
a_secret_in_letters(void)
{
	uint8_t other[TOTP_SECRET];
	char text[TOTP_TEXT];
	struct buf uri;

	totp_text(text, secret);
	same(bytes_str(text), bytes_str("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
	    "a secret in letters is base 32 of RFC 4648");
	memset(other, 0xff, sizeof(other));
	totp_text(text, other);
	same(bytes_str(text), bytes_str("77777777777777777777777777777777"),
	    "to its last bit");
	totp_uri(&uri, bytes_str("antin://vn/lan"), bytes_str("GEZD"));
	same(buf_bytes(&uri),
	    bytes_str("otpauth://totp/Antin:antin%3A%2F%2Fvn%2Flan"
		      "?secret=GEZD&issuer=Antin"),
	    "and a phone is told whose it is");
	buf_free(&uri);
}

int
main(void)
{
	codes_of_counters();
	codes_of_times();
	the_window_is_a_step_each_way();
	each_is_good_once();
	what_is_no_code_is_refused();
	a_secret_in_letters();
	return done();
}

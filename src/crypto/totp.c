/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/totp.h"

#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/err.h"

#define SHA1_SIZE 20u
#define ISSUER "Antin"

void
totp_code(char out[static TOTP_DIGITS + 1],
    const uint8_t secret[static TOTP_SECRET], uint64_t counter)
{
	uint8_t text[8], mac[EVP_MAX_MD_SIZE];
	unsigned len = 0, i, at;
	uint32_t n;

	for (i = 0; i < 8; i++)
		text[i] = (uint8_t)(counter >> (56 - 8 * i));
	if (HMAC(EVP_sha1(), secret, TOTP_SECRET, text, sizeof(text), mac,
		&len) == NULL ||
	    len != SHA1_SIZE)
		bug("OpenSSL without HMAC-SHA-1");
	at = mac[SHA1_SIZE - 1] & 0x0f; /* RFC 4226 5.3 */
	n = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
	    (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	for (i = TOTP_DIGITS; i-- > 0; n /= 10)
		out[i] = (char)('0' + n % 10);
	out[TOTP_DIGITS] = '\0';
	wipe(mac, sizeof(mac));
}

/* Digits without spaces; false where it is no code. */
static bool
typed(char out[static TOTP_DIGITS], struct bytes code)
{
	size_t n = 0, i;

	if (code.len > TOTP_TYPED)
		return false;
	for (i = 0; i < code.len; i++) {
		if (code.p[i] == ' ')
			continue;
		if (n == TOTP_DIGITS || code.p[i] < '0' || code.p[i] > '9')
			return false;
		out[n++] = (char)code.p[i];
	}
	return n == TOTP_DIGITS;
}

bool
totp_match(uint64_t *counter, const uint8_t secret[static TOTP_SECRET],
    struct bytes code, int64_t t, uint64_t used)
{
	char given[TOTP_DIGITS], right[TOTP_DIGITS + 1];
	const int64_t now = t / TOTP_STEP;
	bool found = false, is;
	int64_t c;

	*counter = 0;
	if (t < 0 || !typed(given, code))
		return false;
	for (c = now - TOTP_WINDOW; c <= now + TOTP_WINDOW; c++) {
		totp_code(right, secret, (uint64_t)c);
		is = c > 0 && (uint64_t)c > used &&
		     ct_equal(bytes_of(given, TOTP_DIGITS),
			 bytes_of(right, TOTP_DIGITS));
		if (is)
			*counter = (uint64_t)c;
		found |= is;
	}
	wipe(given, sizeof(given));
	wipe(right, sizeof(right));
	return found;
}

void
totp_text(char out[static TOTP_TEXT], const uint8_t secret[static TOTP_SECRET])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned i, bit;

	_Static_assert(TOTP_SECRET * 8 % 5 == 0, "no letter is left over");
	for (i = 0; i < TOTP_TEXT - 1; i++) {
		bit = i * 5;
		/* five bits of the byte they begin in and the next */
		out[i] =
		    letters[(secret[bit / 8] << 8 |
				(bit / 8 + 1 < TOTP_SECRET ? secret[bit / 8 + 1]
							   : 0)) >>
				(11 - bit % 8) &
			    31];
	}
	out[TOTP_TEXT - 1] = '\0';
}

void
totp_uri(struct buf *out, struct bytes whose, struct bytes text)
{
	char escaped[4];
	size_t i;

	*out = (struct buf){ 0 };
	buf_add(out, bytes_str("otpauth://totp/" ISSUER ":"));
	for (i = 0; i < whose.len; i++) {
		if (whose.p[i] != ':' && whose.p[i] != '/') {
			buf_u8(out, whose.p[i]);
			continue;
		}
		(void)snprintf(escaped, sizeof(escaped), "%%%02X", whose.p[i]);
		buf_add(out, bytes_str(escaped));
	}
	buf_add(out, bytes_str("?secret="));
	buf_add(out, text);
	buf_add(out, bytes_str("&issuer=" ISSUER));
}

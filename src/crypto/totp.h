/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One-time codes of people's phones: TOTP (RFC 6238) with what every such
 * program knows: HMAC-SHA-1, 30 seconds, 6 digits, from 1970 on.  A code is
 * that of a counter, the number of its 30 seconds.
 */
#ifndef CRYPTO_TOTP_H
#define CRYPTO_TOTP_H

#include "core/bytes.h"

#define TOTP_SECRET 20u /* bytes */
#define TOTP_STEP 30	/* seconds */
#define TOTP_DIGITS 6u
#define TOTP_WINDOW 1  /* steps before and after now that are taken */
#define TOTP_TYPED 16u /* bytes of a code as a person gives it, at the most */
#define TOTP_TEXT 33u  /* a secret in letters, and its end */

/* The code of a counter (RFC 4226 5.3), as digits and the string's end. */
void totp_code(char out[static TOTP_DIGITS + 1],
    const uint8_t secret[static TOTP_SECRET], uint64_t counter);
/*
 * Whose counter a code is that somebody gives at t (seconds since 1970): one
 * within the window, and after "used", the last one that was; spaces do not
 * count.  false: it is none's.  How long it takes does not tell how far a code
 * is right.
 */
bool totp_match(uint64_t *counter, const uint8_t secret[static TOTP_SECRET],
    struct bytes code, int64_t t, uint64_t used);

/* A secret in base 32 (RFC 4648), as phones' programs take it. */
void totp_text(
    char out[static TOTP_TEXT], const uint8_t secret[static TOTP_SECRET]);
/* What a phone reads as a QR code: "otpauth://totp/...", whose secret this is
 * (an address: of its letters none needs to be written otherwise but ':' and
 * '/').  The caller frees *out. */
void totp_uri(struct buf *out, struct bytes whose, struct bytes text);

#endif

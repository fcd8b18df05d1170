/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/shamir.h"

#include "core/err.h"
#include "crypto/random.h"

/* a * b in GF(2^8).  Masks, not branches or tables: both may be secret. */
static uint8_t
mul(uint8_t a, uint8_t b)
{
	unsigned x = a, y = b, product = 0;
	int bit;

	for (bit = 0; bit < 8; bit++) {
		product ^= x & (0u - (y & 1));
		x = (x << 1) ^ (0x11bu & (0u - (x >> 7)));
		y >>= 1;
	}
	return (uint8_t)product;
}

/* 1 / a as a^254: a^255 is 1 for every a but 0. */
static uint8_t
inverse(uint8_t a)
{
	uint8_t power = a, out = 1;
	int bit;

	for (bit = 1; bit < 8; bit++) {
		power = mul(power, power);
		out = mul(out, power);
	}
	return out;
}

void
shamir_split(struct share *out, unsigned n, unsigned k,
    const uint8_t secret[static SHAMIR_SECRET])
{
	/* those of x^1 to x^(k-1); the highest may be 0, or a share less than
	 * k would rule some secrets out */
	uint8_t factors[SHAMIR_MAX - 1][SHAMIR_SECRET];
	unsigned i, power;
	size_t b;
	uint8_t y;

	if (k < 2 || k > n || n > SHAMIR_MAX)
		bug("shares that cannot be made");
	random_bytes(factors, sizeof(factors));
	for (i = 0; i < n; i++) {
		out[i].x = (uint8_t)(i + 1);
		for (b = 0; b < SHAMIR_SECRET; b++) {
			y = 0;
			for (power = k - 1; power > 0; power--)
				y = mul(y ^ factors[power - 1][b], out[i].x);
			out[i].y[b] = y ^ secret[b];
		}
	}
	wipe(factors, sizeof(factors));
}

static bool
are_joinable(const struct share *shares, unsigned k)
{
	unsigned i, j;

	if (k < 2 || k > SHAMIR_MAX)
		return false;
	for (i = 0; i < k; i++) {
		if (shares[i].x == 0 || shares[i].x > SHAMIR_MAX)
			return false;
		for (j = 0; j < i; j++)
			if (shares[j].x == shares[i].x)
				return false;
	}
	return true;
}

/* What Lagrange multiplies share i with where x is 0; minus is plus. */
static uint8_t
weight(const struct share *shares, unsigned k, unsigned i)
{
	uint8_t over = 1, under = 1;
	unsigned j;

	for (j = 0; j < k; j++)
		if (j != i) {
			over = mul(over, shares[j].x);
			under = mul(under, shares[j].x ^ shares[i].x);
		}
	return mul(over, inverse(under));
}

bool
shamir_join(
    uint8_t out[static SHAMIR_SECRET], const struct share *shares, unsigned k)
{
	unsigned i;
	uint8_t w;
	size_t b;

	wipe(out, SHAMIR_SECRET);
	if (!are_joinable(shares, k))
		return false;
	for (i = 0; i < k; i++) {
		w = weight(shares, k, i);
		for (b = 0; b < SHAMIR_SECRET; b++)
			out[b] ^= mul(shares[i].y[b], w);
	}
	return true;
}

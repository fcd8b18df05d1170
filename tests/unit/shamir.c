/* SPDX-License-Identifier: EUPL-1.2 */
/* Shares, held to polynomials that are multiplied by logarithms here. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "crypto/shamir.h"

#define FEW 10 /* shares of which every choice is joined */

static uint8_t secret[SHAMIR_SECRET];

/* ---- the field, by logarithms to the base 3 ---------------------------- */

static uint8_t power_of_3[255], log_3[256];

static void
make_logarithms(void)
{
	unsigned v = 1, i;

	for (i = 0; i < 255; i++) {
		power_of_3[i] = (uint8_t)v;
		log_3[v] = (uint8_t)i;
		v ^= v << 1;
		if (v > 255)
			v ^= 0x11b;
	}
}

static uint8_t
times(uint8_t a, uint8_t b)
{
	if (a == 0 || b == 0)
		return 0;
	return power_of_3[(log_3[a] + log_3[b]) % 255];
}

static uint8_t
over(uint8_t a, uint8_t b)
{
	return a == 0 ? 0 : power_of_3[(255 + log_3[a] - log_3[b]) % 255];
}

/* The value at x of the polynomial through byte b of k shares. */
static uint8_t
value_at(uint8_t x, const struct share *shares, unsigned k, size_t b)
{
	uint8_t sum = 0, term;
	unsigned i, j;

	for (i = 0; i < k; i++) {
		term = shares[i].y[b];
		for (j = 0; j < k; j++)
			if (j != i)
				term = over(times(term, x ^ shares[j].x),
				    shares[i].x ^ shares[j].x);
		sum ^= term;
	}
	return sum;
}

static struct bytes
bytes_of_secret(const uint8_t s[static SHAMIR_SECRET])
{
	return bytes_of(s, SHAMIR_SECRET);
}

/* ---- what must be ------------------------------------------------------ */

/* FIPS 197 4.2.1 multiplies {57} by 1, 2, 4, 8 and 10: the shares of 0, or of
 * 63 where that is added. */
static void
published_products_join(void)
{
	static const uint8_t x[] = { 1, 2, 4, 8, 16 };
	static const uint8_t y[] = { 0x57, 0xae, 0x47, 0x8e, 0x07 };
	struct share s[2];
	uint8_t out[SHAMIR_SECRET], wanted[SHAMIR_SECRET];
	unsigned i, j, bad = 0;

	memset(wanted, 0x63, sizeof(wanted));
	for (i = 0; i < 5; i++)
		for (j = 0; j < 5; j++) {
			s[0].x = x[i];
			s[1].x = x[j];
			memset(s[0].y, y[i] ^ 0x63, sizeof(s[0].y));
			memset(s[1].y, y[j] ^ 0x63, sizeof(s[1].y));
			if (i != j)
				bad += !shamir_join(out, s, 2) ||
				       memcmp(out, wanted, sizeof(out)) != 0;
		}
	is(bad, 0, "the products of FIPS 197 4.2.1 are shares as we join them");
}

/* Secrets and factors of every value, shares made by logarithms. */
static void
shares_of_another_hand_join(void)
{
	struct share s[SHAMIR_MAX];
	uint8_t out[SHAMIR_SECRET], factor[SHAMIR_MAX][SHAMIR_SECRET], power;
	struct dice d = { 4 };
	unsigned n, i, j, round, bad = 0;
	size_t b;

	for (round = 0; round < 600; round++) {
		n = 2 + round % (SHAMIR_MAX - 1);
		memset(s, 0, sizeof(s));
		for (i = 0; i < n; i++) {
			for (b = 0; b < SHAMIR_SECRET; b++)
				factor[i][b] = (uint8_t)dice_below(&d, 256);
		}
		for (i = 0; i < n; i++) {
			s[i].x = (uint8_t)(SHAMIR_MAX - i);
			for (j = 0, power = 1; j < n; j++) {
				for (b = 0; b < SHAMIR_SECRET; b++)
					s[i].y[b] ^= times(factor[j][b], power);
				power = times(power, s[i].x);
			}
		}
		bad += !shamir_join(out, s, n) ||
		       memcmp(out, factor[0], sizeof(out)) != 0;
	}
	is(bad, 0, "%u sets of shares made by logarithms join", round);
}

/* How many choices are joined amiss: k or more must give the secret, fewer
 * must not.  Where there are many choices, those of k and of k - 1. */
static unsigned
choices_amiss(
    const struct share *shares, unsigned n, unsigned k, unsigned *count)
{
	struct share some[SHAMIR_MAX];
	uint8_t out[SHAMIR_SECRET];
	unsigned set, i, m, amiss = 0;
	bool joined;

	for (set = 0; set < 1u << n; set++) {
		m = (unsigned)__builtin_popcount(set);
		if (n > FEW && m != k && m != k - 1)
			continue;
		for (i = m = 0; i < n; i++)
			if (set >> i & 1)
				some[m++] = shares[i];
		joined = shamir_join(out, some, m);
		amiss += joined != (m >= 2);
		amiss += (memcmp(out, secret, sizeof(out)) == 0) != (m >= k);
		++*count;
	}
	return amiss;
}

static void
any_k_join_and_fewer_do_not(void)
{
	struct share shares[SHAMIR_MAX];
	unsigned n, k, i, count = 0, amiss = 0, astray = 0;
	size_t b;

	for (n = 2; n <= SHAMIR_MAX; n++)
		for (k = 2; k <= n; k++) {
			shamir_split(shares, n, k, secret);
			for (i = 0; i < n; i++) {
				astray += shares[i].x != i + 1;
				for (b = 0; b < SHAMIR_SECRET; b++)
					astray += value_at(shares[i].x, shares,
						      k, b) != shares[i].y[b];
			}
			for (b = 0; b < SHAMIR_SECRET; b++)
				astray +=
				    value_at(0, shares, k, b) != secret[b];
			amiss += choices_amiss(shares, n, k, &count);
		}
	is(astray, 0, "shares stand on a polynomial that begins in the secret");
	is(amiss, 0, "of %u choices those of k and more join, no others",
	    count);
}

static void
order_does_not_matter(void)
{
	struct share shares[5], turned[5];
	uint8_t out[SHAMIR_SECRET];
	unsigned i, j, bad = 0;

	shamir_split(shares, 5, 5, secret);
	for (i = 0; i < 5; i++) {
		for (j = 0; j < 5; j++)
			turned[j] = shares[(i + j * 2) % 5];
		bad += !shamir_join(out, turned, 5) ||
		       memcmp(out, secret, sizeof(out)) != 0;
	}
	is(bad, 0, "shares join in any order");
}

/* ---- what must not be -------------------------------------------------- */

/* With k - 1 shares held, each secret is what one value of the last share
 * gives, and one only. */
static void
fewer_shares_say_nothing(void)
{
	struct share shares[SHAMIR_MAX];
	uint8_t out[SHAMIR_SECRET], seen[SHAMIR_SECRET][256];
	unsigned k, v, twice = 0;
	size_t b;

	for (k = 2; k <= SHAMIR_MAX; k++) {
		shamir_split(shares, SHAMIR_MAX, k, secret);
		memset(seen, 0, sizeof(seen));
		for (v = 0; v < 256; v++) {
			memset(shares[k - 1].y, (int)v, SHAMIR_SECRET);
			if (!shamir_join(out, shares, k))
				twice++;
			for (b = 0; b < SHAMIR_SECRET; b++)
				twice += seen[b][out[b]]++ != 0;
		}
	}
	is(twice, 0, "under k - 1 shares each secret is as likely as another");
}

/* All polynomials s + a x + c x^2 through two points, counted by s. */
static void
each_secret_has_one_polynomial(void)
{
	static uint8_t product[3][256]; /* by 2, by 3, by 3 * 3 */
	unsigned found[256] = { 0 }, s, a, c, bad = 0;
	struct share shares[3];

	shamir_split(shares, 3, 3, secret);
	for (a = 0; a < 256; a++) {
		product[0][a] = times((uint8_t)a, 2);
		product[1][a] = times((uint8_t)a, 3);
		product[2][a] = times((uint8_t)a, times(3, 3));
	}
	for (s = 0; s < 256; s++)
		for (a = 0; a < 256; a++)
			for (c = 0; c < 256; c++)
				found[s] +=
				    (s ^ product[0][a] ^
					product[0][product[0][c]]) ==
					shares[1].y[0] &&
				    (s ^ product[1][a] ^ product[2][c]) ==
					shares[2].y[0];
	for (s = 0; s < 256; s++)
		bad += found[s] != 1;
	is(bad, 0, "two shares of three fit each secret in exactly one way");
}

/* 255 degrees of freedom: over 450 once in 10^12 runs. */
static unsigned
chi_square(const unsigned *count, unsigned all)
{
	double expected = all / 256.0, sum = 0, off;
	unsigned i;

	for (i = 0; i < 256; i++) {
		off = count[i] - expected;
		sum += off * off / expected;
	}
	return (unsigned)sum;
}

/* A highest factor that is never 0 would tell k - 1 shares what the secret is
 * not. */
static void
shares_are_even(void)
{
	static const uint8_t nothing[SHAMIR_SECRET];
	unsigned one[256] = { 0 }, highest[256] = { 0 }, round, i;
	struct share s[3];
	uint8_t sum;
	size_t b;

	for (round = 0; round < 4000; round++) {
		shamir_split(s, 2, 2, nothing);
		for (b = 0; b < SHAMIR_SECRET; b++)
			one[s[1].y[b]]++;
		/* by Lagrange, what x^2 is multiplied with */
		shamir_split(s, 3, 3, nothing);
		for (b = 0; b < SHAMIR_SECRET; b++) {
			for (i = 0, sum = 0; i < 3; i++)
				sum ^= over(
				    s[i].y[b], times(s[i].x ^ s[(i + 1) % 3].x,
						   s[i].x ^ s[(i + 2) % 3].x));
			highest[sum]++;
		}
	}
	ok(chi_square(one, round * SHAMIR_SECRET) < 450,
	    "a share has each value as often as another");
	ok(chi_square(highest, round * SHAMIR_SECRET) < 450,
	    "and so has the highest factor, 0 too");
}

static void
two_splits_differ(void)
{
	struct share a[3], b[3];
	unsigned i, alike = 0;

	shamir_split(a, 3, 2, secret);
	shamir_split(b, 3, 2, secret);
	for (i = 0; i < 3; i++)
		alike += memcmp(a[i].y, b[i].y, sizeof(a[i].y)) == 0;
	is(alike, 0, "a secret is never split the same way twice");
}

static void
another_number_gives_another_secret(void)
{
	struct share shares[5], wrong[3];
	uint8_t out[SHAMIR_SECRET];
	unsigned i, x, bad = 0;

	shamir_split(shares, 5, 3, secret);
	for (i = 0; i < 3; i++)
		for (x = 4; x <= SHAMIR_MAX; x++) {
			memcpy(wrong, shares, sizeof(wrong));
			wrong[i].x = (uint8_t)x;
			bad += !shamir_join(out, wrong, 3) ||
			       memcmp(out, secret, sizeof(out)) == 0;
		}
	is(bad, 0, "a share under another's number gives another secret");
}

/* Refused, and nothing is left of what was in "out". */
static bool
refuses(const struct share *shares, unsigned k)
{
	static const uint8_t nothing[SHAMIR_SECRET];
	uint8_t out[SHAMIR_SECRET];

	memset(out, 0xa5, sizeof(out));
	return !shamir_join(out, shares, k) &&
	       ct_equal(bytes_of_secret(out), bytes_of_secret(nothing));
}

static void
what_cannot_join_is_refused(void)
{
	static const uint8_t numbers[] = { 0, SHAMIR_MAX + 1, 128, 255 };
	struct share shares[SHAMIR_MAX + 1], wrong[SHAMIR_MAX];
	unsigned i, j, taken = 0;

	shamir_split(shares, SHAMIR_MAX, 4, secret);
	shares[SHAMIR_MAX] = shares[0];
	for (i = 0; i < SHAMIR_MAX; i++)
		for (j = 0; j < SHAMIR_MAX; j++) {
			memcpy(wrong, shares, sizeof(wrong));
			wrong[i].x = shares[j].x;
			taken += i != j && !refuses(wrong, SHAMIR_MAX);
		}
	is(taken, 0, "two shares of one number are refused, and out is wiped");
	for (i = taken = 0; i < SHAMIR_MAX; i++)
		for (j = 0; j < sizeof(numbers); j++) {
			memcpy(wrong, shares, sizeof(wrong));
			wrong[i].x = numbers[j];
			taken += !refuses(wrong, SHAMIR_MAX);
		}
	is(taken, 0, "a number that no share has is refused, and out is wiped");
	ok(refuses(shares, 0) && refuses(shares, 1) &&
		refuses(shares, SHAMIR_MAX + 1),
	    "no share, one share and too many are refused");
}

static bool
ends(unsigned n, unsigned k)
{
	struct share shares[SHAMIR_MAX + 1];
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		(void)close(STDERR_FILENO);
		shamir_split(shares, n, k, secret);
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status);
}

static void
what_cannot_be_split_ends_the_process(void)
{
	ok(ends(5, 0) && ends(5, 1), "no quorum of 0 or 1 is made");
	ok(ends(5, 6) && ends(1, 2) && ends(0, 0),
	    "nor one of more shares than there are");
	ok(ends(SHAMIR_MAX + 1, 3), "nor more than %d shares", SHAMIR_MAX);
	ok(!ends(2, 2) && !ends(SHAMIR_MAX, SHAMIR_MAX), "others are");
}

int
main(void)
{
	struct dice d = { 1979 };
	size_t b;

	for (b = 0; b < SHAMIR_SECRET; b++)
		secret[b] = (uint8_t)dice_below(&d, 256);
	make_logarithms();
	published_products_join();
	shares_of_another_hand_join();
	any_k_join_and_fewer_do_not();
	order_does_not_matter();
	fewer_shares_say_nothing();
	each_secret_has_one_polynomial();
	shares_are_even();
	two_splits_differ();
	another_number_gives_another_secret();
	what_cannot_join_is_refused();
	what_cannot_be_split_ends_the_process();
	return done();
}

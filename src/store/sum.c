/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/sum.h"

#include <string.h>

#define ROUNDS 64

static const uint32_t begin[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372,
	0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

static const uint32_t round_key[ROUNDS] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf,
	0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
	0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
	0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
	0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
	0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
	0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2 };

static uint32_t
turn(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void
schedule(uint32_t w[static ROUNDS], const uint8_t *p)
{
	size_t i;

	for (i = 0; i < 16; i++, p += 4)
		w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		       (uint32_t)p[2] << 8 | p[3];
	for (; i < ROUNDS; i++)
		w[i] =
		    w[i - 16] + w[i - 7] +
		    (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^
			w[i - 15] >> 3) +
		    (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
}

/* FIPS 180-4 6.2.2. */
static void
compress(uint32_t state[static 8], const uint8_t *p)
{
	uint32_t w[ROUNDS], v[8], one, two;
	size_t i;

	schedule(w, p);
	memcpy(v, state, sizeof(v));
	for (i = 0; i < ROUNDS; i++) {
		one = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) +
		      ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_key[i] + w[i];
		two = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) +
		      ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += one;
		v[0] = one + two;
	}
	for (i = 0; i < 8; i++)
		state[i] += v[i];
}

void
sum_start(struct sum *s)
{
	*s = (struct sum){ 0 };
	memcpy(s->state, begin, sizeof(begin));
}

void
sum_add(struct sum *s, struct bytes more)
{
	size_t at = s->len % sizeof(s->block), n;

	s->len += more.len;
	while (more.len > 0) {
		if (at == 0 && more.len >= sizeof(s->block)) {
			n = sizeof(s->block);
			compress(s->state, more.p);
		} else {
			n = sizeof(s->block) - at;
			n = n < more.len ? n : more.len;
			memcpy(s->block + at, more.p, n);
			at = (at + n) % sizeof(s->block);
			if (at == 0)
				compress(s->state, s->block);
		}
		more = bytes_of(more.p + n, more.len - n);
	}
}

void
sum_end(struct sum *s, uint8_t out[static SHA256_SIZE])
{
	static const uint8_t pad[64] = { 0x80 };
	uint64_t bits = s->len * 8;
	uint8_t len[8];
	size_t i, at = s->len % sizeof(s->block);

	for (i = 0; i < 8; i++)
		len[i] = (uint8_t)(bits >> (56 - 8 * i));
	sum_add(s, bytes_of(pad, at < 56 ? 56 - at : 120 - at));
	sum_add(s, bytes_of(len, sizeof(len)));
	for (i = 0; i < SHA256_SIZE; i++)
		out[i] = (uint8_t)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}

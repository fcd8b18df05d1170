/* SPDX-License-Identifier: EUPL-1.2 */
/* Hashes: the standards' own examples, and the same whatever the pieces. */
#include <string.h>

#include "../tests/tap.h"
#include "crypto/hash.h"

static struct bytes
from_hex(uint8_t *out, size_t size, const char *hex)
{
	if (!hex_parse(out, size, bytes_str(hex)))
		bug("a vector is no hex");
	return bytes_of(out, size);
}

/* FIPS 180-4 and FIPS 202, the examples published with them. */
static void
examples_hold(void)
{
	static const struct {
		const char *in, *sha256, *sha512, *sha3;
	} rows[] = {
		{ "",
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
		    "7852b855",
		    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921"
		    "d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81"
		    "a538327af927da3e",
		    "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b"
		    "80f8434a" },
		{ "abc",
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61"
		    "f20015ad",
		    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee6"
		    "4b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
		    "2a9ac94fa54ca49f",
		    "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe245"
		    "11431532" },
	};
	uint8_t got[SHA512_SIZE], want[SHA512_SIZE];
	struct bytes in;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		in = bytes_str(rows[i].in);
		sha256(got, in);
		same(bytes_of(got, SHA256_SIZE),
		    from_hex(want, SHA256_SIZE, rows[i].sha256),
		    "SHA-256 of \"%s\"", rows[i].in);
		sha512(got, in);
		same(bytes_of(got, SHA512_SIZE),
		    from_hex(want, SHA512_SIZE, rows[i].sha512),
		    "SHA-512 of \"%s\"", rows[i].in);
		sha3_256_parts(got, &in, 1);
		same(bytes_of(got, SHA256_SIZE),
		    from_hex(want, SHA256_SIZE, rows[i].sha3),
		    "SHA3-256 of \"%s\"", rows[i].in);
	}
}

static void
pieces_make_no_difference(void)
{
	uint8_t all[1000], whole[SHA512_SIZE], got[SHA512_SIZE];
	struct dice dice = { .state = 7 };
	size_t i, at, n, wrong = 0;
	struct sha256 h, other;
	struct sha512 l;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)dice_below(&dice, 256);
	for (i = 0; i < 200; i++) {
		h = sha256_start();
		l = sha512_start();
		/* another at the same time, and one of the thread's own */
		other = sha256_start();
		for (at = 0; at < sizeof(all); at += n) {
			n = dice_below(&dice, 130);
			n = n < sizeof(all) - at ? n : sizeof(all) - at;
			sha256_add(&h, bytes_of(all + at, n));
			sha512_add(&l, bytes_of(all + at, n));
			sha256_add(&other, bytes_of(all, 1));
			sha256(got, bytes_of(all, n));
		}
		sha256_end(&h, got);
		sha256(whole, bytes_of(all, sizeof(all)));
		wrong += memcmp(got, whole, SHA256_SIZE) != 0;
		sha512_end(&l, got);
		sha512(whole, bytes_of(all, sizeof(all)));
		wrong += memcmp(got, whole, SHA512_SIZE) != 0;
		sha256_drop(&other);
	}
	is(wrong, 0, "however it is cut, one after another is the whole");
	h = sha256_start();
	sha256_end(&h, got);
	sha256(whole, (struct bytes){ 0 });
	same(bytes_of(got, SHA256_SIZE), bytes_of(whole, SHA256_SIZE),
	    "of nothing too");
	ok(h.ctx == NULL, "what has ended holds nothing");
	sha256_drop(&h);
	sha256_drop(&(struct sha256){ 0 });
	ok(true, "and may be dropped, as may one that never began");
}

int
main(void)
{
	examples_hold();
	pieces_make_no_difference();
	return done();
}

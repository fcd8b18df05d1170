/* SPDX-License-Identifier: EUPL-1.2 */
/* A station's last word (docs/emergency.md 3): its form, and whose it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "der/der.h"
#include "pki/last.h"

#define STATION "antin://muong-nhe.dien-bien.vn"

static struct sig_key *key, *other;
static struct cert station;

static struct last_word
sample(void)
{
	struct last_word r = { .station = bytes_str(STATION),
		.at = INT64_C(1795305600),
		.incarnation = 2,
		.size = 1234,
		.by = { bytes_str(STATION "/van-thu"),
		    bytes_str(STATION "/truc-ban") },
		.by_count = 2 };

	memset(r.root.b, 7, sizeof(r.root.b));
	return r;
}

static void
what_is_written_is_read(void)
{
	const struct last_word was = sample();
	struct last_word r;
	struct buf out;
	struct err e;

	last_write(&out, &was, key);
	is(last_read(&r, buf_bytes(&out), &e), RC_OK,
	    "what is written is read");
	ok(bytes_is(r.station, STATION) && r.at == was.at &&
		r.incarnation == 2 && r.size == 1234 && r.by_count == 2 &&
		bytes_eq(r.by[1], was.by[1]) &&
		memcmp(&r.root, &was.root, sizeof(r.root)) == 0,
	    "and says the same");
	ok(last_holds(&r, &station), "its station's key signed it");
	station.pub = sig_key_pub(other);
	ok(!last_holds(&r, &station), "another key did not");
	station.pub = sig_key_pub(key);
	station.address = bytes_str("antin://na-tau.dien-bien.vn");
	ok(!last_holds(&r, &station), "nor is it of a station of another name");
	station.address = bytes_str(STATION);
	station.rights.kind = CERT_DESK;
	ok(!last_holds(&r, &station), "nor by a desk's certificate");
	station.rights.kind = CERT_STATION;
	if (getenv("DUMP") != NULL) {
		FILE *f = fopen(getenv("DUMP"), "w");

		(void)fwrite(out.p, 1, out.len, f);
		(void)fclose(f);
	}
	buf_free(&out);
}

/* Whatever one bit is flipped. */
static void
no_other_spelling_holds(void)
{
	const struct last_word was = sample();
	size_t bit, held = 0, read = 0;
	struct last_word r;
	struct buf out;
	struct err e;

	last_write(&out, &was, key);
	for (bit = 0; bit < out.len * 8; bit += bit < 1600 ? 1 : 97) {
		out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (last_read(&r, buf_bytes(&out), &e) == RC_OK) {
			read++;
			held += last_holds(&r, &station);
		}
		out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ok(read > 0, "some flipped bits are read");
	is(held, 0, "and none holds");
	for (bit = 0; bit < out.len; bit += 13)
		held += last_read(&r, bytes_of(out.p, bit), &e) == RC_OK;
	is(held, 0, "no beginning of one is one");
	buf_u8(&out, 0);
	is(last_read(&r, buf_bytes(&out), &e), RC_INVALID,
	    "nor is one with something behind it");
	buf_free(&out);
}

/* What is said by three is not of the form. */
static void
three_are_too_many(void)
{
	const uint8_t nothing[SHA256_SIZE] = { 0 };
	struct der_wr w = { 0 };
	struct last_word r;
	struct err e;
	int i;

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, 1);
	der_put(&w, DER_IA5, bytes_str(STATION));
	der_put_time(&w, INT64_C(1795305600));
	der_put_uint(&w, 1);
	der_put_uint(&w, 1);
	der_put_octets(&w, bytes_of(nothing, sizeof(nothing)));
	der_put_open(&w, DER_SEQUENCE);
	for (i = 0; i < 3; i++)
		der_put(&w, DER_IA5, bytes_str(STATION "/van-thu"));
	der_put_close(&w);
	der_put_octets(&w, bytes_of(nothing, sizeof(nothing)));
	der_put_close(&w);
	is(last_read(&r, buf_bytes(&w.out), &e), RC_INVALID,
	    "a word by three is none");
	der_wr_free(&w);
	w = (struct der_wr){ 0 };
	der_put(&w, DER_OCTETS, bytes_of(nothing, 1));
	buf_add(&w.out, bytes_of(nothing, 1));
	memset(buf_grow(&w.out, LAST_MAX), 0, LAST_MAX);
	is(last_read(&r, buf_bytes(&w.out), &e), RC_LIMIT,
	    "a long one is not looked at");
	der_wr_free(&w);
}

int
main(void)
{
	static const uint8_t one[64] = { 3 }, two[64] = { 4 };

	key = sig_key_of(sig_by_name("MLDSA65-Ed25519"), bytes_of(one, 64));
	other = sig_key_of(sig_by_name("MLDSA65-Ed25519"), bytes_of(two, 64));
	station = (struct cert){ .address = bytes_str(STATION),
		.use = CERT_SIGN,
		.rights.kind = CERT_STATION,
		.sig = sig_key_alg(key),
		.pub = sig_key_pub(key) };
	what_is_written_is_read();
	no_other_spelling_holds();
	three_are_too_many();
	sig_key_free(key);
	sig_key_free(other);
	return done();
}

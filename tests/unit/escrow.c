/* SPDX-License-Identifier: EUPL-1.2 */
/* Escrow (docs/ceremony.md 6): who gets the key within, and who does not. */
#include "pki/escrow.h"
#include "crypto/aead.h"
#include "forge.h"

#define ADDRESS "antin://muong-nhe.dien-bien.vn/van-thu"

/* Read and open; ends the test where a refused one left something. */
static enum rc
open_as(struct bytes in, const struct kem_key *key, struct bytes want)
{
	struct kem_key *out = NULL;
	struct escrow s;
	struct err e;
	enum rc rc;

	if ((rc = escrow_read(&s, in, &e)) != RC_OK)
		return rc;
	rc = escrow_open(&out, &s, key, &e);
	if ((rc == RC_OK) != (out != NULL))
		bug("a key of an escrow that does not open, or none");
	if (rc == RC_OK && !bytes_eq(kem_key_priv(out), want))
		bug("another key than was sealed");
	kem_key_free(out);
	return rc;
}

static struct bytes
priv_of(enum who w)
{
	return kem_key_priv(desks[w].kem);
}

static void
seal(struct buf *out, enum who whose, enum who to)
{
	struct err e;

	if (escrow_seal(out, address_of(whose), desks[whose].kem,
		&desks[to].card.kem, &e) != RC_OK)
		bug(e.text);
}

/* ---- what is good --------------------------------------------------- */

static void
keys_come_back(void)
{
	static const enum who all[] = { READER, READER_2, B_READER, B_SENDER };
	struct buf sealed;
	struct escrow s;
	struct err e;
	size_t i, j, wrong = 0;
	struct tag tag;

	for (i = 0; i < COUNT(all); i++)
		for (j = 0; j < COUNT(all); j++) {
			seal(&sealed, all[i], all[j]);
			tag_of(&tag, kem_key_alg(desks[all[i]].kem)->oid,
			    kem_key_pub(desks[all[i]].kem));
			wrong += open_as(buf_bytes(&sealed), desks[all[j]].kem,
				     priv_of(all[i])) != RC_OK;
			wrong +=
			    escrow_read(&s, buf_bytes(&sealed), &e) != RC_OK ||
			    !bytes_eq(s.address, address_of(all[i])) ||
			    s.alg != kem_key_alg(desks[all[i]].kem) ||
			    s.kem != kem_key_alg(desks[all[j]].kem) ||
			    !bytes_eq(tag_bytes(&s.tag), tag_bytes(&tag)) ||
			    !bytes_eq(tag_bytes(&s.to),
				tag_bytes(&desks[all[j]].card.kem.tag));
			wrong += sealed.len > ESCROW_MAX;
			wrong += holds(buf_bytes(&sealed),
			    bytes_of(priv_of(all[i]).p, 32));
			buf_free(&sealed);
		}
	is(wrong, 0, "keys of both suites come back from those they are for");
}

static void
two_escrows_differ(void)
{
	struct buf a, b;

	seal(&a, READER, B_READER);
	seal(&b, READER, B_READER);
	ok(!bytes_eq(at(buf_bytes(&a), "6"), at(buf_bytes(&b), "6")) &&
		!bytes_eq(at(buf_bytes(&a), "8"), at(buf_bytes(&b), "8")),
	    "a key is never sealed the same way twice");
	buf_free(&a);
	buf_free(&b);
}

/* ---- what is not ---------------------------------------------------- */

static void
another_key_does_not_open(void)
{
	struct buf sealed;
	size_t i, opened = 0;

	seal(&sealed, READER, B_READER);
	for (i = 0; i < DESKS; i++)
		if (i != B_READER && desks[i].kem != NULL)
			opened += open_as(buf_bytes(&sealed), desks[i].kem,
				      priv_of(READER)) != RC_DENIED;
	is(opened, 0, "an escrow opens with the key it is for alone");
	buf_free(&sealed);
}

static void
no_flipped_bit_opens(void)
{
	struct buf sealed;
	size_t bit, opened = 0, denied = 0;
	enum rc rc;

	seal(&sealed, READER, READER_2);
	for (bit = 0; bit < sealed.len * 8; bit++) {
		sealed.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		rc = open_as(
		    buf_bytes(&sealed), desks[READER_2].kem, priv_of(READER));
		opened += rc == RC_OK;
		denied += rc == RC_DENIED;
		sealed.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(opened, 0, "no flipped bit of an escrow opens (%zu)",
	    sealed.len * 8);
	ok(denied > 1000 * 8, "most are found by the seal alone");
	buf_free(&sealed);
}

static void
cut_or_longer_is_refused(void)
{
	struct buf sealed;
	struct escrow s;
	struct err e;
	size_t i, read = 0;

	seal(&sealed, B_SENDER, B_READER);
	for (i = 0; i < sealed.len; i++)
		read += escrow_read(&s, bytes_of(sealed.p, i), &e) == RC_OK;
	is(read, 0, "an escrow that is cut off at any byte is none");
	buf_u8(&sealed, 0);
	is(escrow_read(&s, buf_bytes(&sealed), &e), RC_INVALID,
	    "nor with a byte behind it");
	buf_free(&sealed);
	(void)buf_grow(&sealed, ESCROW_MAX + 1);
	is(escrow_read(&s, buf_bytes(&sealed), &e), RC_LIMIT,
	    "nor over its limit");
	buf_free(&sealed);
}

/* docs/ceremony.md 6.2: all before "sealed" is authenticated.  Each part is
 * another escrow's, which is as well made. */
static void
parts_are_not_swapped(void)
{
	static const struct {
		const char *path, *name;
	} rows[] = {
		{ "1", "the address" },
		{ "3", "the key's tag" },
		{ "4", "for whom it is" },
		{ "6", "the ciphertext" },
		{ "7", "the nonce" },
		{ "8", "what is sealed" },
	};
	struct buf one, two, mixed = { 0 };
	size_t i;

	seal(&one, READER, READER_2);
	seal(&two, STRANGER, SENDER);
	for (i = 0; i < COUNT(rows); i++) {
		buf_add(&mixed, buf_bytes(&one));
		edit(&mixed, rows[i].path, PUT,
		    at(buf_bytes(&two), rows[i].path));
		is(open_as(
		       buf_bytes(&mixed), desks[READER_2].kem, priv_of(READER)),
		    RC_DENIED, "%s of another escrow is refused", rows[i].name);
		buf_free(&mixed);
	}
	buf_free(&one);
	buf_free(&two);
}

static const struct cutting fields[] = {
	{ "version 0", "0", PUT, "020100" },
	{ "version 2", "0", PUT, "020102" },
	{ "no version", "0", CUT, "" },
	{ "no address", "1", CUT, "" },
	{ "an empty address", "1", PUT, "1600" },
	{ "an address of the web", "1", PUT, "160b687474703a2f2f612e766e" },
	{ "an address in capitals", "1", PUT,
	    "160e616e74696e3a2f2f412e766e2f62" },
	{ "an address in UTF8String", "1", PUT,
	    "0c0e616e74696e3a2f2f612e766e2f62" },
	{ "no algorithm", "2", CUT, "" },
	{ "an unknown algorithm", "2", PUT, "06032a0304" },
	{ "a tag of 7 bytes", "3", PUT, "040730313233343536" },
	{ "a tag of 9 bytes", "3", PUT, "0409303132333435363738" },
	{ "an empty tag", "3", PUT, "0400" },
	{ "for a tag of 7 bytes", "4", PUT, "040730313233343536" },
	{ "for nobody", "4", CUT, "" },
	{ "for an unknown algorithm", "5", PUT, "06032a0304" },
	{ "an empty ciphertext", "6", PUT, "0400" },
	{ "a short ciphertext", "6", PUT, "040730313233343536" },
	{ "no ciphertext", "6", CUT, "" },
	{ "a nonce of 11 bytes", "7", PUT, "040b3031323334353637383930" },
	{ "a nonce of 13 bytes", "7", PUT, "040d30313233343536373839303132" },
	{ "a tag alone", "8", PUT, "041030313233343536373839303132333435" },
	{ "nothing sealed", "8", PUT, "0400" },
	{ "no seal", "8", CUT, "" },
	{ "something behind it", "8", AFTER, "0500" },
	{ "something behind all", "", AFTER, "0500" },
	{ "an indefinite length", "", PUT, "3080" },
	{ "a SET", "", PUT, "3100" },
};

static void
fields_are_held(void)
{
	struct buf sealed, bad = { 0 };
	struct escrow s;
	struct err e;
	size_t i, read = 0;

	seal(&sealed, READER, READER_2);
	for (i = 0; i < COUNT(fields); i++) {
		buf_add(&bad, buf_bytes(&sealed));
		edit(
		    &bad, fields[i].path, fields[i].how, hexed(fields[i].with));
		if (escrow_read(&s, buf_bytes(&bad), &e) != RC_INVALID) {
			note("read: %s", fields[i].name);
			read++;
		}
		buf_free(&bad);
	}
	is(read, 0, "no escrow outside its form is read (%zu)", COUNT(fields));
	buf_free(&sealed);
}

/* Both halves must be of a suite that is fit for work. */
static void
suites_for_foreign_tools_are_refused(void)
{
	static const enum oid oids[] = { OID_MLKEM512, OID_MLKEM768,
		OID_MLKEM1024, OID_MLKEM768_P256 };
	struct buf sealed, bad = { 0 };
	struct escrow s;
	struct err e;
	size_t i, read = 0;

	seal(&sealed, READER, READER_2);
	for (i = 0; i < COUNT(oids); i++) {
		buf_add(&bad, buf_bytes(&sealed));
		edit(&bad, "2", PUT, made_oid(oids[i]));
		read += escrow_read(&s, buf_bytes(&bad), &e) != RC_INVALID;
		buf_free(&bad);
		buf_add(&bad, buf_bytes(&sealed));
		edit(&bad, "5", PUT, made_oid(oids[i]));
		read += escrow_read(&s, buf_bytes(&bad), &e) != RC_INVALID;
		buf_free(&bad);
	}
	read += escrow_seal(&bad, address_of(TOOL), desks[TOOL].kem,
		    &desks[READER].card.kem, &e) != RC_INVALID;
	read += escrow_seal(&bad, address_of(READER), desks[READER].kem,
		    &desks[TOOL].card.kem, &e) != RC_INVALID;
	is(read, 0,
	    "keys of no composite suite are not in escrow, nor it "
	    "for them");
	buf_free(&sealed);
}

static void
signature_keys_get_no_escrow(void)
{
	struct buf out = { 0 };
	struct err e;

	is(escrow_seal(&out, bytes_str(ADDRESS), desks[READER].kem,
	       &desks[READER_2].card.sign, &e),
	    RC_INVALID, "an escrow is for a KEM key");
	ok(out.p == NULL, "and of a refused one nothing is left");
}

/* ---- what only an ill-meaning desk makes ---------------------------- */

/* Seal these bytes for the reader under a head that says what it likes. */
static void
forge_escrow(struct buf *out, enum who says, struct bytes within)
{
	const struct cert *to = &desks[READER_2].card.kem;
	uint8_t ct[KEM_CT_MAX], secret[KEM_SECRET], key[AEAD_KEY];
	uint8_t nonce[AEAD_NONCE] = { 1 };
	struct der_wr w = { 0 };
	struct buf sealed = { 0 };
	struct aead *aead;
	struct err e;

	if (kem_encapsulate(to->kem, to->pub, ct, secret, &e) != RC_OK)
		bug(e.text);
	hkdf_sha256(key, sizeof(key), (struct bytes){ 0 },
	    bytes_of(secret, sizeof(secret)), bytes_str("antin escrow"));
	der_put_uint(&w, 1);
	der_put(&w, DER_IA5, address_of(says));
	der_put_oid(&w, oid(desks[says].card.kem.kem->oid));
	der_put_octets(&w, tag_bytes(&desks[says].card.kem.tag));
	der_put_octets(&w, tag_bytes(&to->tag));
	der_put_oid(&w, oid(to->kem->oid));
	der_put_octets(&w, bytes_of(ct, to->kem->ct));
	der_put_octets(&w, bytes_of(nonce, sizeof(nonce)));
	aead = aead_new(key);
	(void)buf_grow(&sealed, within.len + AEAD_TAG);
	aead_seal(aead, nonce, buf_bytes(&w.out), within, sealed.p,
	    sealed.p + within.len);
	aead_free(aead);
	der_put_octets(&w, buf_bytes(&sealed));
	*out = (struct buf){ 0 };
	der_put_header(out, DER_SEQUENCE, w.out.len);
	buf_add(out, buf_bytes(&w.out));
	der_wr_free(&w);
	buf_free(&sealed);
}

static enum rc
open_forged(enum who says, struct bytes within)
{
	struct buf file;
	enum rc rc;

	forge_escrow(&file, says, within);
	rc = open_as(buf_bytes(&file), desks[READER_2].kem, priv_of(READER));
	buf_free(&file);
	return rc;
}

/* docs/ceremony.md 6.5 */
static void
another_key_within_is_refused(void)
{
	const struct bytes key = priv_of(READER);
	struct buf odd = { 0 };
	size_t opened = 0;

	is(open_forged(READER, key), RC_OK, "a well-made escrow opens");
	is(open_forged(STRANGER, key), RC_DENIED,
	    "another key than the one its tag names is refused");
	is(open_forged(B_READER, key), RC_DENIED,
	    "so is one of another algorithm");
	opened += open_forged(READER, bytes_of(key.p, key.len - 1)) == RC_OK;
	opened += open_forged(READER, bytes_of(key.p, 1)) == RC_OK;
	opened += open_forged(READER, sig_key_priv(desks[READER].sig)) == RC_OK;
	buf_add(&odd, key);
	odd.p[odd.len - 1] ^= 0x10;
	opened += open_forged(READER, buf_bytes(&odd)) == RC_OK;
	buf_u8(&odd, 0);
	opened += open_forged(READER, buf_bytes(&odd)) == RC_OK;
	is(opened, 0, "so is what is no key");
	buf_free(&odd);
}

int
main(void)
{
	desks_make();
	keys_come_back();
	two_escrows_differ();
	another_key_does_not_open();
	no_flipped_bit_opens();
	cut_or_longer_is_refused();
	parts_are_not_swapped();
	fields_are_held();
	suites_for_foreign_tools_are_refused();
	signature_keys_get_no_escrow();
	another_key_within_is_refused();
	desks_free();
	return done();
}

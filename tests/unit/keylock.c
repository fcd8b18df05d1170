/* SPDX-License-Identifier: EUPL-1.2 */
/* Key files under shares, and KEM keys from before (docs/keyfile.md 3, 4). */
#include "crypto/pem.h"
#include "forge.h"
#include "pki/keyshare.h"

#define LABEL "ANTIN KEY"
#define OFFICERS 5
#define QUORUM 3

static const struct id set = { "set of shares 1" };
static uint8_t secret[SHAMIR_SECRET];

static struct lock
lock_of(struct bytes key)
{
	return (struct lock){ LOCK_SHARES, key, set };
}

static struct bytes
key_bytes(void)
{
	return bytes_of(secret, sizeof(secret));
}

/* Open; ends the test where a refused file leaves something. */
static enum rc
open_with(struct bytes file, struct bytes key, struct bytes want)
{
	struct buf back;
	struct err e;
	enum rc rc;

	rc = keyfile_open(&back, file, key, &e);
	if (rc != RC_OK && back.p != NULL)
		bug("a refused key file left something of its secret");
	if (rc == RC_OK && !bytes_eq(buf_bytes(&back), want))
		bug("another secret than was sealed");
	buf_free(&back);
	return rc;
}

static void
file_make(struct buf *out)
{
	const struct lock lock = lock_of(key_bytes());
	struct err e;

	if (keyfile_seal_under(out, bytes_str("card"), bytes_str("secret"),
		&lock, &e) != RC_OK)
		bug(e.text);
}

/* ---- under shares --------------------------------------------------- */

static void
the_shared_key_opens(void)
{
	const struct bytes want = bytes_str("secret");
	uint8_t wrong[SHAMIR_SECRET + 1] = { 0 };
	size_t bit, opened = 0, n;
	struct buf file;

	file_make(&file);
	is(open_with(buf_bytes(&file), key_bytes(), want), RC_OK,
	    "a key file opens under the key that was shared");
	for (bit = 0; bit < sizeof(secret) * 8; bit++) {
		memcpy(wrong, secret, sizeof(secret));
		wrong[bit / 8] ^= (uint8_t)(1u << bit % 8);
		opened +=
		    open_with(buf_bytes(&file), bytes_of(wrong, sizeof(secret)),
			want) != RC_DENIED;
	}
	is(opened, 0, "not where one bit of it is wrong");
	memcpy(wrong, secret, sizeof(secret));
	for (n = 0; n <= sizeof(wrong); n++)
		opened += n != sizeof(secret) &&
			  open_with(buf_bytes(&file), bytes_of(wrong, n),
			      want) != RC_DENIED;
	is(opened, 0, "nor where it is shorter or longer");
	buf_free(&file);
}

static void
a_lock_is_seen_from_outside(void)
{
	const struct bytes passphrase = bytes_str("p");
	struct buf file, public;
	struct lock lock;
	bool protected;
	struct err e;

	file_make(&file);
	went(keyfile_lock(&lock, buf_bytes(&file), &e), &e,
	    "what a key file is under is read without opening it");
	ok(lock.kind == LOCK_SHARES && id_eq(&lock.set, &set) &&
		lock.secret.len == 0,
	    "shares, and which set of them");
	went(keyfile_public(&public, &protected, buf_bytes(&file), &e), &e,
	    "its readable part too");
	ok(protected && bytes_is(buf_bytes(&public), "card"),
	    "and that it is protected");
	buf_free(&public);
	ok(!holds(buf_bytes(&file), bytes_str("secret")), "no more");
	buf_free(&file);
	if (keyfile_seal(&file, bytes_str("card"), bytes_str("s"), &passphrase,
		&e) != RC_OK)
		bug(e.text);
	ok(keyfile_lock(&lock, buf_bytes(&file), &e) == RC_OK &&
		lock.kind == LOCK_PASSPHRASE,
	    "another is under a passphrase");
	buf_free(&file);
	if (keyfile_seal(&file, bytes_str("card"), bytes_str("s"), NULL, &e) !=
	    RC_OK)
		bug(e.text);
	ok(keyfile_lock(&lock, buf_bytes(&file), &e) == RC_OK &&
		lock.kind == LOCK_NONE,
	    "another under nothing");
	buf_free(&file);
	is(keyfile_lock(&lock, bytes_str("no file"), &e), RC_INVALID,
	    "what is no key file is under nothing that can be said");
}

/* The path leads into the DER within; 3 is the derivation. */
static const struct cutting fields[] = {
	{ "no set", "32", CUT, "" },
	{ "a set of 15 bytes", "32", PUT,
	    "040f303132333435363738393031323334" },
	{ "a set of 17 bytes", "32", PUT,
	    "04113031323334353637383930313233343536" },
	{ "something behind the set", "32", AFTER, "0500" },
	{ "a number for a set", "32", PUT, "020110" },
	{ "no salt", "31", CUT, "" },
};

static enum rc
open_edited(const char *path, enum edit how, struct bytes with)
{
	struct buf file, der, pem = { 0 };
	struct bytes in;
	struct err e;
	enum rc rc;

	file_make(&file);
	in = buf_bytes(&file);
	if (pem_read(&der, &in, LABEL, &e) != RC_OK)
		bug(e.text);
	edit(&der, path, how, with);
	pem_write(&pem, LABEL, buf_bytes(&der));
	rc = open_with(buf_bytes(&pem), key_bytes(), bytes_str("secret"));
	buf_free(&pem);
	buf_free(&der);
	buf_free(&file);
	return rc;
}

static void
a_lock_is_not_changed(void)
{
	static const uint8_t zeros[ID_SIZE];
	struct buf kdf = { 0 };
	size_t i, opened = 0;

	for (i = 0; i < COUNT(fields); i++)
		opened += open_edited(fields[i].path, fields[i].how,
			      hexed(fields[i].with)) != RC_INVALID;
	is(opened, 0, "no lock outside its form is read (%zu)", COUNT(fields));
	is(open_edited("32", PUT, made(DER_OCTETS, bytes_of(zeros, ID_SIZE))),
	    RC_DENIED, "another set's name is not put on it");
	is(open_edited("31", PUT, made(DER_OCTETS, bytes_of(zeros, ID_SIZE))),
	    RC_DENIED, "nor another salt");
	buf_add(&kdf, made_oid(OID_ANTIN_KDF_NONE));
	buf_add(&kdf, made(DER_OCTETS, bytes_of(zeros, ID_SIZE)));
	is(open_edited("3", PUT, made(DER_SEQUENCE, buf_bytes(&kdf))),
	    RC_DENIED, "nor is it said to be under nothing");
	buf_free(&kdf);
}

/* From officers' sheets to the open file. */
static void
officers_open_it(void)
{
	struct share shares[OFFICERS];
	struct keyshare given[OFFICERS];
	uint8_t joined[SHAMIR_SECRET];
	struct buf file, code;
	struct lock lock;
	struct err e;
	size_t i, n;

	file_make(&file);
	shamir_split(shares, OFFICERS, QUORUM, secret);
	for (i = 0; i < OFFICERS; i++) {
		struct keyshare s = { shares[i], QUORUM, OFFICERS, { 0 } };

		memcpy(s.set, set.b, sizeof(s.set));
		keyshare_write(&code, &s);
		if (keyshare_read(&given[i], buf_bytes(&code), &e) != RC_OK)
			bug(e.text);
		buf_free(&code);
	}
	if (keyfile_lock(&lock, buf_bytes(&file), &e) != RC_OK)
		bug(e.text);
	for (n = 0; n < QUORUM; n++)
		if (keyshare_join(joined, given, n, &lock.set, &e) != RC_DENIED)
			bug("too few shares that join");
	went(keyshare_join(joined, given + 2, QUORUM, &lock.set, &e), &e,
	    "a quorum of officers joins");
	is(open_with(buf_bytes(&file), bytes_of(joined, sizeof(joined)),
	       bytes_str("secret")),
	    RC_OK, "and opens the key file");
	given[3].share.y[0] ^= 1;
	if (keyshare_join(joined, given + 2, QUORUM, &lock.set, &e) != RC_OK)
		bug(e.text);
	is(open_with(buf_bytes(&file), bytes_of(joined, sizeof(joined)),
	       bytes_str("secret")),
	    RC_DENIED, "not with one wrong value among them");
	buf_free(&file);
}

/* ---- KEM keys from before ------------------------------------------- */

/* A key file and back. */
static void
renew(struct identity *id)
{
	const struct lock lock = lock_of(key_bytes());
	struct buf file;
	struct err e;

	if (identity_seal_under(&file, id, &lock, &e) != RC_OK)
		bug(e.text);
	identity_free(id);
	if (identity_open(id, buf_bytes(&file), key_bytes(), &e) != RC_OK)
		bug(e.text);
	buf_free(&file);
}

/* New keys at the reader's address, that keep an identity's old ones. */
static void
identity_after(struct identity *out, const struct identity *earlier,
    const struct kem_alg *alg)
{
	const struct cert *c = &desks[READER].card.sign;
	struct err e;

	if (identity_new(out, c->sig, alg, c->name, c->address, NOW,
		NOW + TIME_DAY, &e) != RC_OK)
		bug(e.text);
	identity_keep(out, earlier);
}

/* Unlock a letter with the key that its slip names. */
static bool
unlocks(const struct identity *id, const struct letter *l, struct tag tag)
{
	const struct kem_key *key = identity_kem(id, &tag);
	uint8_t cek[AEAD_KEY];
	struct envelope env;
	struct err e;

	return key != NULL &&
	       envelope_parse(&env, buf_bytes(&l->file), &e) == RC_OK &&
	       envelope_unlock(cek, &env, key, &tag, &e) == RC_OK &&
	       memcmp(cek, l->cek, sizeof(cek)) == 0;
}

static void
old_keys_open_what_was_sealed_before(void)
{
	const struct kem_alg *alg = desks[READER].card.kem.kem;
	const struct tag old = desks[READER].card.kem.tag;
	struct identity second, third;
	struct letter l;

	letter_make(&l, SENDER, READER);
	identity_after(&second, &desks[READER], alg);
	ok(unlocks(&second, &l, old), "an old key opens an old letter");
	identity_after(&third, &second, desks[B_READER].card.kem.kem);
	is(third.old_count, 2, "the keys of two changes are kept");
	renew(&third);
	ok(third.old_count == 2 && unlocks(&third, &l, old),
	    "they come back from a key file, whatever their suites");
	ok(identity_kem(&third, &second.card.kem.tag) == third.old[0] &&
		identity_kem(&third, &old) == third.old[1],
	    "the newest first");
	ok(identity_kem(&third, &third.card.kem.tag) == third.kem,
	    "the present key goes by its tag too");
	ok(identity_kem(&third, &desks[STRANGER].card.kem.tag) == NULL,
	    "and nobody's by another");
	ok(!unlocks(&desks[STRANGER], &l, old), "who has not the key, opens "
						"nothing");
	identity_free(&second);
	identity_free(&third);
	letter_free(&l);
}

static void
a_signer_keeps_none(void)
{
	struct identity id = { 0 };

	identity_keep(&id, &desks[CLERK]);
	ok(id.old_count == 0 && identity_kem(&desks[CLERK],
				    &desks[READER].card.kem.tag) == NULL,
	    "a person has no KEM key to keep");
	identity_free(&id);
}

/* docs/keyfile.md 3: at most 64; the oldest go. */
static void
sixty_four_are_kept(void)
{
	const struct kem_alg *alg = desks[READER].card.kem.kem;
	struct tag tags[IDENTITY_OLD + 3];
	struct identity now, next;
	size_t i, n, wrong = 0;

	identity_after(&now, &desks[CLERK], alg);
	for (n = 0; n < COUNT(tags); n++) {
		tags[n] = now.card.kem.tag;
		identity_after(&next, &now, alg);
		identity_free(&now);
		now = next;
		wrong += now.old_count !=
			 (n + 1 < IDENTITY_OLD ? n + 1 : IDENTITY_OLD);
	}
	is(wrong, 0, "%u old keys are kept", IDENTITY_OLD);
	renew(&now);
	for (i = 0; i < n; i++)
		wrong += identity_kem(&now, &tags[n - 1 - i]) !=
			 (i < IDENTITY_OLD ? now.old[i] : NULL);
	is(wrong, 0, "the newest first, without the oldest");
	identity_free(&now);
}

/* docs/keyfile.md 3, by hand: the sealed part with "old" behind. */
static enum rc
open_with_old(struct bytes old)
{
	const struct identity *id = &desks[READER];
	struct der_wr w = { 0 };
	struct buf card, file;
	struct identity back;
	struct err e;
	enum rc rc;

	der_put_open(&w, DER_SEQUENCE);
	der_put_octets(&w, sig_key_priv(id->sig));
	der_put_octets(&w, kem_key_priv(id->kem));
	der_put_raw(&w, old);
	der_put_close(&w);
	card_write(&card, &id->card);
	if (keyfile_seal(
		&file, buf_bytes(&card), buf_bytes(&w.out), NULL, &e) != RC_OK)
		bug(e.text);
	rc = identity_open(&back, buf_bytes(&file), (struct bytes){ 0 }, &e);
	if (rc != RC_OK && (back.old != NULL || back.sig != NULL))
		bug("a refused identity left something");
	identity_free(&back);
	der_wr_free(&w);
	buf_free(&card);
	buf_free(&file);
	return rc;
}

/* One old key; n of them. */
static struct bytes
old_key(struct bytes alg, struct bytes priv)
{
	struct buf both = { 0 };
	struct bytes out;

	buf_add(&both, made(DER_OID, alg));
	buf_add(&both, made(DER_OCTETS, priv));
	out = made(DER_SEQUENCE, buf_bytes(&both));
	buf_free(&both);
	return out;
}

static struct bytes
old_keys(size_t n, struct bytes one)
{
	struct buf all = { 0 };
	struct bytes out;

	while (n-- > 0)
		buf_add(&all, one);
	out = made(DER_CTXC(0), buf_bytes(&all));
	buf_free(&all);
	return out;
}

static void
old_keys_are_keys(void)
{
	const struct bytes priv = kem_key_priv(desks[READER_2].kem);
	const struct bytes alg = oid(desks[READER_2].card.kem.kem->oid);
	const struct bytes cut = bytes_of(priv.p, priv.len - 1);
	size_t n, wrong = 0, read = 0;

	for (n = 1; n < IDENTITY_OLD + 2; n++)
		wrong += open_with_old(old_keys(n, old_key(alg, priv))) !=
			 (n <= IDENTITY_OLD ? RC_OK : RC_INVALID);
	is(wrong, 0, "a key file may have up to %u old keys", IDENTITY_OLD);
	read += open_with_old(old_keys(1, old_key(alg, cut))) == RC_OK;
	read += open_with_old(old_keys(1, old_key(oid(OID_ED25519), priv))) ==
		RC_OK;
	read += open_with_old(old_keys(
		    1, old_key(oid(OID_MLKEM1024_P384), priv))) == RC_OK;
	read += open_with_old(old_keys(1, made(DER_OCTETS, priv))) == RC_OK;
	read += open_with_old(made(DER_CTXC(1), old_key(alg, priv))) == RC_OK;
	read += open_with_old(made(DER_SEQUENCE, old_key(alg, priv))) == RC_OK;
	is(read, 0, "what is no key is none from before");
}

/* ---- certificates from an authority --------------------------------- */

/* Certificates for the reader's keys but for those that are swapped. */
static enum rc
certify(struct identity *id, enum who sign, enum who kem, size_t n)
{
	struct cert_request q = { .name = bytes_str("Văn thư"),
		.address = address_of(READER),
		.rights = { CERT_DESK, LEVEL_MAT, PRECEDENCE_KHAN, 0 },
		.from = NOW,
		.until = NOW + TIME_DAY,
		.use = CERT_SIGN,
		.sig = desks[sign].card.sign.sig,
		.pub = desks[sign].card.sign.pub,
		.issuer = bytes_str("Xã Mường Nhé") };
	struct buf der[3];
	struct bytes certs[3];
	struct err e;
	size_t i;
	enum rc rc;

	for (i = 0; i < 3; i++) {
		cert_write(&der[i], &q, desks[B_SENDER].sig);
		certs[i] = buf_bytes(&der[i]);
		q.use = CERT_KEM;
		q.sig = NULL;
		q.kem = desks[kem].card.kem.kem;
		q.pub = desks[kem].card.kem.pub;
	}
	rc = identity_certify(id, certs, n, &e);
	for (i = 0; i < 3; i++)
		buf_free(&der[i]);
	return rc;
}

static void
certificates_are_of_ones_own_keys(void)
{
	struct identity id;
	struct buf before, after;

	id = desks[READER];
	card_write(&before, &id.card);
	is(certify(&id, STRANGER, READER, 2), RC_INVALID,
	    "a certificate of another signature key is refused");
	is(certify(&id, READER, STRANGER, 2), RC_INVALID,
	    "so is one of another KEM key");
	is(certify(&id, B_READER, B_READER, 2), RC_INVALID,
	    "or of another suite");
	is(certify(&id, READER, READER, 1), RC_INVALID,
	    "or where that of the KEM key is not there");
	is(certify(&id, READER, READER, 3), RC_INVALID, "or one too many");
	ok(certify(&id, READER, READER, 0) != RC_OK, "or none at all");
	card_write(&after, &id.card);
	same(buf_bytes(&after), buf_bytes(&before), "the card stays as it was");
	buf_free(&before);
	buf_free(&after);
	is(certify(&id, READER, READER, 2), RC_OK,
	    "certificates of one's own keys are taken");
	ok(id.card.issued && bytes_is(id.card.sign.name, "Văn thư"),
	    "and are the card from then on");
	renew(&id);
	ok(id.card.issued, "also in the key file");
	desks[READER] = id;
}

int
main(void)
{
	random_bytes(secret, sizeof(secret));
	desks_make();
	the_shared_key_opens();
	a_lock_is_seen_from_outside();
	a_lock_is_not_changed();
	officers_open_it();
	old_keys_open_what_was_sealed_before();
	a_signer_keeps_none();
	sixty_four_are_kept();
	old_keys_are_keys();
	certificates_are_of_ones_own_keys();
	desks_free();
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/keyfile.h"

#include <string.h>

#include "crypto/aead.h"
#include "crypto/pem.h"
#include "crypto/random.h"
#include "der/der.h"
#include "der/oid.h"

#define LABEL "ANTIN KEY"
#define VERSION 1

/* One that was read; borrows from its DER. */
struct keyfile {
	struct bytes public, salt, nonce, sealed;
	struct bytes head; /* all before "sealed": what is authenticated */
	struct lock lock;
	struct argon2 argon2;
};

/* ---- the file: reader beside writer ------------------------------------- */

static const enum oid lock_oids[] = {
	[LOCK_NONE] = OID_ANTIN_KDF_NONE,
	[LOCK_PASSPHRASE] = OID_ANTIN_KDF_ARGON2ID,
	[LOCK_SHARES] = OID_ANTIN_KDF_SHARES,
};
#define LOCKS (sizeof(lock_oids) / sizeof(lock_oids[0]))

static void
kdf_write(struct der_wr *w, const struct lock *lock, struct bytes salt)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(lock_oids[lock->kind]));
	der_put_octets(w, salt);
	if (lock->kind == LOCK_PASSPHRASE) {
		der_put_uint(w, argon2_default.kib);
		der_put_uint(w, argon2_default.passes);
		der_put_uint(w, argon2_default.lanes);
	} else if (lock->kind == LOCK_SHARES) {
		der_put_octets(w, id_bytes(&lock->set));
	}
	der_put_close(w);
}

static void
kdf_read(struct der *d, struct keyfile *k)
{
	struct bytes id, set;
	unsigned kind = 0;

	der_open(d, DER_SEQUENCE);
	id = der_oid(d);
	while (kind < LOCKS && !bytes_eq(id, oid(lock_oids[kind])))
		kind++;
	if (kind == LOCKS)
		der_fault(d, "a key derivation that this program does not "
			     "know");
	k->lock.kind = (enum lock_kind)(kind % LOCKS);
	k->salt = der_octets(d, ARGON2_SALT, ARGON2_SALT);
	if (kind == LOCK_PASSPHRASE) {
		k->argon2.kib = (uint32_t)der_uint(d, UINT32_MAX);
		k->argon2.passes = (uint32_t)der_uint(d, UINT32_MAX);
		k->argon2.lanes = (uint32_t)der_uint(d, UINT32_MAX);
	} else if (kind == LOCK_SHARES) {
		set = der_octets(d, ID_SIZE, ID_SIZE);
		if (set.len == ID_SIZE)
			memcpy(k->lock.set.b, set.p, ID_SIZE);
	}
	der_close(d);
}

/* The elements before "sealed", without the SEQUENCE around them. */
static void
head_write(struct der_wr *w, struct bytes public, const struct lock *lock,
    struct bytes salt, struct bytes nonce)
{
	der_put_oid(w, oid(OID_ANTIN_KEY_FILE));
	der_put_uint(w, VERSION);
	der_put_octets(w, public);
	kdf_write(w, lock, salt);
	der_put_octets(w, nonce);
}

static enum rc
file_read(struct keyfile *k, struct bytes der, struct err *e)
{
	struct der d = der_init(der);
	const uint8_t *start;

	*k = (struct keyfile){ 0 };
	der_open(&d, DER_SEQUENCE);
	start = d.at;
	der_oid_is(&d, oid(OID_ANTIN_KEY_FILE));
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	k->public = der_octets(&d, 0, KEYFILE_MAX);
	kdf_read(&d, k);
	k->nonce = der_octets(&d, AEAD_NONCE, AEAD_NONCE);
	if (d.why == NULL)
		k->head = bytes_of(start, (size_t)(d.at - start));
	k->sealed = der_octets(&d, AEAD_TAG, KEYFILE_MAX);
	der_close(&d);
	return der_end(&d, "docs/keyfile.md 2: a key file", e);
}

static enum rc
pem_to_file(
    struct buf *der, struct keyfile *k, struct bytes file, struct err *e)
{
	struct buf more = { 0 };
	enum rc rc;

	*der = (struct buf){ 0 };
	if (file.len > KEYFILE_MAX)
		return fail(e, RC_LIMIT, "a key file of %zu bytes, at most %u",
		    file.len, KEYFILE_MAX);
	rc = pem_read(der, &file, LABEL, e);
	if (rc != RC_OK) {
		e->rc = RC_INVALID;
		return fail_at(e, "not a key file");
	}
	rc = file_read(k, buf_bytes(der), e);
	if (rc == RC_OK && pem_read(&more, &file, LABEL, e) != RC_ABSENT)
		rc = fail(e, RC_INVALID, "a key file is one PEM block");
	buf_free(&more);
	if (rc != RC_OK)
		buf_free(der);
	return rc;
}

/* ---- the key over it
 * -------------------------------------------------------------- */

static enum rc
file_key(uint8_t key[static AEAD_KEY], const struct lock *lock,
    struct bytes salt, const struct argon2 *argon2, struct err *e)
{
	switch (lock->kind) {
	case LOCK_PASSPHRASE:
		return argon2id(key, lock->secret, salt.p, argon2, e);
	case LOCK_SHARES:
		hkdf_sha256(key, AEAD_KEY, salt, lock->secret,
		    bytes_str("antin key file under shares"));
		break;
	case LOCK_NONE:
		/* no secret: it only finds damage (docs/keyfile.md 4) */
		hkdf_sha256(key, AEAD_KEY, salt, (struct bytes){ 0 },
		    bytes_str("antin key file without passphrase"));
		break;
	}
	return RC_OK;
}

enum rc
keyfile_seal(struct buf *out, struct bytes public, struct bytes secret,
    const struct bytes *passphrase, struct err *e)
{
	struct lock lock = { .kind = LOCK_NONE };

	if (passphrase != NULL)
		lock = (struct lock){ .kind = LOCK_PASSPHRASE,
			.secret = *passphrase };
	return keyfile_seal_under(out, public, secret, &lock, e);
}

enum rc
keyfile_seal_under(struct buf *out, struct bytes public, struct bytes secret,
    const struct lock *lock, struct err *e)
{
	uint8_t salt[ARGON2_SALT], nonce[AEAD_NONCE], key[AEAD_KEY];
	uint8_t tag[AEAD_TAG];
	struct der_wr head = { 0 }, w = { 0 };
	struct buf sealed = { 0 };
	struct aead *aead = NULL;
	enum rc rc;

	*out = (struct buf){ 0 };
	random_bytes(salt, sizeof(salt));
	random_bytes(nonce, sizeof(nonce));
	rc = file_key(
	    key, lock, bytes_of(salt, sizeof(salt)), &argon2_default, e);
	if (rc != RC_OK)
		goto out;
	head_write(&head, public, lock, bytes_of(salt, sizeof(salt)),
	    bytes_of(nonce, sizeof(nonce)));
	aead = aead_new(key);
	aead_seal(aead, nonce, buf_bytes(&head.out), secret,
	    buf_grow(&sealed, secret.len), tag);
	buf_add(&sealed, bytes_of(tag, sizeof(tag)));

	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, buf_bytes(&head.out));
	der_put_octets(&w, buf_bytes(&sealed));
	der_put_close(&w);
	pem_write(out, LABEL, buf_bytes(&w.out));
out:
	aead_free(aead);
	der_wr_free(&head);
	der_wr_free(&w);
	buf_free(&sealed);
	wipe(key, sizeof(key));
	return rc;
}

enum rc
keyfile_public(
    struct buf *public, bool *protected, struct bytes file, struct err *e)
{
	struct buf der;
	struct keyfile k;
	enum rc rc;

	*public = (struct buf){ 0 };
	rc = pem_to_file(&der, &k, file, e);
	if (rc != RC_OK)
		return rc;
	buf_add(public, k.public);
	*protected = k.lock.kind != LOCK_NONE;
	buf_free(&der);
	return RC_OK;
}

enum rc
keyfile_lock(struct lock *out, struct bytes file, struct err *e)
{
	struct buf der;
	struct keyfile k;
	enum rc rc;

	*out = (struct lock){ 0 };
	rc = pem_to_file(&der, &k, file, e);
	if (rc == RC_OK)
		*out = k.lock;
	buf_free(&der);
	return rc;
}

enum rc
keyfile_open(struct buf *secret, struct bytes file, struct bytes passphrase,
    struct err *e)
{
	uint8_t key[AEAD_KEY];
	struct aead *aead = NULL;
	struct buf der = { 0 };
	struct keyfile k;
	size_t len;
	enum rc rc;

	*secret = (struct buf){ 0 };
	rc = pem_to_file(&der, &k, file, e);
	if (rc != RC_OK)
		return rc;
	k.lock.secret = passphrase;
	rc = file_key(key, &k.lock, k.salt, &k.argon2, e);
	if (rc != RC_OK)
		goto out;
	len = k.sealed.len - AEAD_TAG;
	aead = aead_new(key);
	if (!aead_open(aead, k.nonce.p, k.head, bytes_of(k.sealed.p, len),
		k.sealed.p + len, buf_grow(secret, len))) {
		buf_free(secret);
		rc = k.lock.kind == LOCK_SHARES
			 ? fail(e, RC_DENIED,
			       "the key file does not open: these shares are "
			       "not enough, one of them is wrong, or the file "
			       "was changed")
			 : fail(e, RC_DENIED,
			       "the key file does not open: the passphrase is "
			       "not the one, or the file was changed");
	}
out:
	aead_free(aead);
	wipe(key, sizeof(key));
	buf_free(&der);
	return rc;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Slips: the content key sealed for one desk, as a KEMRecipientInfo (RFC 9629)
 * in an OtherRecipientInfo.  docs/envelope.md 6.
 */
#ifndef ENVELOPE_SLIP_H
#define ENVELOPE_SLIP_H

#include "core/bytes.h"
#include "core/err.h"
#include "crypto/kdf.h"
#include "crypto/kem.h"

#define TAG_SIZE 8 /* a key tag */
#define UKM_SIZE 32

struct tag {
	uint8_t b[TAG_SIZE];
};

/* The tag of a public key: the first bytes of SHA-256 over its SubjectPublic-
 * KeyInfo's algorithm and key.  New key, new tag. */
void tag_of(struct tag *out, enum oid alg, struct bytes pub);
struct bytes tag_bytes(const struct tag *t);

/* A slip that was read; borrows from what it was read from. */
struct slip {
	struct bytes raw; /* the whole element */
	struct bytes rid; /* subjectKeyIdentifier */
	const struct kem_alg *kem;
	struct bytes ct;
	uint64_t kek_size;
	struct bytes ukm;  /* empty where there is none */
	struct bytes wrap; /* key wrap algorithm's OID */
	struct bytes wrapped;
};

/*
 * Read the slip that is the whole of "in".  Foreign ones pass too: a slip of
 * ours has also a rid of TAG_SIZE, a ukm of UKM_SIZE, and AES-256 key wrap,
 * which slip_is_ours() tells.
 */
enum rc slip_parse(struct slip *out, struct bytes in, struct err *e);
bool slip_is_ours(const struct slip *s);

/* Bytes of a slip of ours for this algorithm: always the same. */
size_t slip_size(const struct kem_alg *alg);
/* Order of slips in an envelope, known before they are made. */
int slip_order(const struct kem_alg *alg_a, const struct tag *a,
    const struct kem_alg *alg_b, const struct tag *b);

/* Seal "cek" for the key "pub": writes slip_size() bytes.  RC_INVALID where
 * it is no public key. */
enum rc slip_seal(uint8_t *out, const struct kem_alg *alg,
    const struct tag *tag, struct bytes pub, const uint8_t ukm[static UKM_SIZE],
    const uint8_t cek[static WRAP_KEY], struct err *e);

/* The key-encryption key a slip was made with, of slip->kek_size bytes (at
 * most WRAP_KEY); false where it does not come out. */
bool slip_kek(uint8_t kek[static WRAP_KEY], const struct slip *s,
    const struct kem_key *key);
/* The content key; false where this key does not open this slip. */
bool slip_open(uint8_t cek[static WRAP_KEY], const struct slip *s,
    const struct kem_key *key);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The head of a backup file, and what stands before each file in it
 * (docs/backup.md 3).  The key over all that follows is split among officers;
 * each share is sealed for one officer's KEM key.
 *
 *	Head ::= SEQUENCE {
 *		version INTEGER (1), kind INTEGER, id OCTET STRING (16),
 *		address IA5String, at GeneralizedTime, quorum INTEGER,
 *		officers SEQUENCE OF SEQUENCE {
 *			name IA5String, to OCTET STRING (8), kem OID,
 *			ciphertext OCTET STRING, sealed OCTET STRING (64) } }
 */
#ifndef PKI_BACKUP_H
#define PKI_BACKUP_H

#include "crypto/aead.h"
#include "pki/card.h"
#include "pki/keyshare.h"

#define BACKUP_HEAD_MAX 65536u	  /* bytes of a head */
#define BACKUP_OFFICERS_MAX 8192u /* bytes of a list of officers */
#define BACKUP_NAME 128u	  /* bytes of the name of a file in it */
#define BACKUP_ENTRY 16u	  /* bytes before that name */

enum backup_kind {
	BACKUP_COPY = 1, /* the station went on: what is restored is closed */
	BACKUP_MOVE,	 /* its last act: it goes on where this is restored */
};

struct backup_officer {
	struct bytes name; /* the address */
	struct tag to;	   /* of the KEM key */
	const struct kem_alg *kem;
	struct bytes ciphertext, sealed;
};
struct backup_head { /* borrows */
	enum backup_kind kind;
	struct id id;
	struct bytes address; /* the station's */
	int64_t at;
	unsigned quorum, count;
	struct backup_officer officers[SHAMIR_MAX];
};

/* For whom to seal. */
struct backup_for {
	struct bytes name;
	const struct cert *kem;
};

/*
 * A head of "h" (kind, id, address, at, quorum) for these officers, and the
 * key, which is new.  The caller frees *out and wipes "key".
 *
 * RC_INVALID	fewer than the quorum, or no KEM key of a suite
 */
enum rc backup_head_make(struct buf *out, uint8_t key[static AEAD_KEY],
    const struct backup_head *h, const struct backup_for *officers, size_t n,
    struct err *e);
/* The one spelling of it; the caller frees *out. */
void backup_head_write(struct buf *out, const struct backup_head *h);
/* RC_INVALID, RC_LIMIT. */
enum rc backup_head_read(
    struct backup_head *out, struct bytes in, struct err *e);

/*
 * The share of who has this KEM key.
 *
 * RC_ABSENT	it is sealed for no key of this identity
 * RC_DENIED	it does not open: it was changed
 */
enum rc backup_share(struct keyshare *out, const struct backup_head *h,
    const struct identity *id, struct err *e);
/* RC_DENIED: too few shares, one twice, or of another backup. */
enum rc backup_join(uint8_t key[static AEAD_KEY], const struct backup_head *h,
    const struct keyshare *shares, size_t n, struct err *e);

/* ---- officers, as they are named once
 * ------------------------------------------- */

struct backup_officers { /* borrows */
	unsigned quorum, count;
	struct bytes names[SHAMIR_MAX]; /* addresses, each once */
};
void backup_officers_write(struct buf *out, const struct backup_officers *o);
/* RC_INVALID, RC_LIMIT. */
enum rc backup_officers_read(
    struct backup_officers *out, struct bytes in, struct err *e);

/* ---- what is in it
 * ---------------------------------------------------------------- */

/* u8 1 | u8 length of the name | name | u64 size; u8 0: no more. */
struct backup_entry {
	char name[BACKUP_NAME + 1];
	uint64_t size;
};
/* bug() where the name is none that may be in a backup. */
void backup_entry_write(struct buf *out, const struct backup_entry *e);
/*
 * From the start of "in"; *used: bytes of it, 0 where more are wanted.  A name
 * of no bytes: the end.
 *
 * RC_INVALID	a name that may not be in a backup
 */
enum rc backup_entry_read(
    struct backup_entry *out, size_t *used, struct bytes in, struct err *e);
/* The SHA-256 that such a file must have, where its name says so. */
bool backup_entry_sum(
    const struct backup_entry *e, uint8_t sum[static SHA256_SIZE]);

#endif

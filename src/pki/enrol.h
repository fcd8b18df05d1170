/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Enrolment: three messages, the same on a disk and on a line
 * (docs/directory.md 9).
 *
 *	Invitation ::= SEQUENCE {
 *		version INTEGER (1), id OCTET STRING (16), address IA5String,
 *		kind INTEGER, name UTF8String, level INTEGER,
 *		precedence INTEGER, depth INTEGER, until GeneralizedTime,
 *		root OCTET STRING, escrow [0] OCTET STRING OPTIONAL,
 *		proof OCTET STRING (32) }
 *	Request ::= SEQUENCE {
 *		version INTEGER (1), invitation OCTET STRING (16),
 *		at GeneralizedTime, card OCTET STRING,
 *		escrow [0] OCTET STRING OPTIONAL,
 *		earlier [1] OCTET STRING (32) OPTIONAL,
 *		proof OCTET STRING }
 *	Answer ::= SEQUENCE {
 *		version INTEGER (1), request OCTET STRING (32),
 *		certificates SEQUENCE, directory OCTET STRING,
 *		proof OCTET STRING (32) }
 *
 * The proof is over all before it.  Who renews has no invitation (its id is
 * zeros): "earlier" names his certificate, whose key makes the proof, and the
 * answer's proof is not asked: the directory shows all that it says.
 */
#ifndef PKI_ENROL_H
#define PKI_ENROL_H

#include "core/id.h"
#include "pki/card.h"

#define ENROL_CODE 12 /* letters of a one-time code: 60 bits */
#define ENROL_CODE_TEXT (ENROL_CODE + ENROL_CODE / 4)
#define ENROL_KEY 32
#define ENROL_WORDS 8 /* check words of a request */
#define INVITATION_MAX (80u << 10)
#define REQUEST_MAX (128u << 10)
#define ANSWER_MAX (1u << 30)
#define ENROL_DAYS 14 /* a code is good for */

/* ---- the one-time code ------------------------------------------------------
 */

/* "7KQD-22MX-9RTA", NUL-terminated. */
void enrol_code_new(char out[static ENROL_CODE_TEXT]);
/* What proofs are made with.  RC_USAGE: not a code; any case, any grouping. */
enum rc enrol_key(uint8_t out[static ENROL_KEY], struct bytes code,
    const struct id *invitation, struct err *e);

/* ---- invitation
 * -------------------------------------------------------------- */

struct invitation { /* one that was read borrows */
	struct id id;
	struct bytes address, name;
	struct rights rights;
	int64_t until;
	struct bytes root; /* the root's certificate */
	struct bytes
	    escrow; /* certificate of the key to escrow for, or empty */
	struct bytes whole;
};

void invitation_write(struct buf *out, const struct invitation *i,
    const uint8_t key[static ENROL_KEY]);
enum rc invitation_read(struct invitation *out, struct bytes in, struct err *e);
/* RC_DENIED: not made with this code. */
enum rc invitation_verify(const struct invitation *i,
    const uint8_t key[static ENROL_KEY], struct err *e);

/* ---- request
 * -------------------------------------------------------------------- */

struct request {	      /* one that was read borrows; the card is owned */
	struct id invitation; /* zeros: a renewal */
	int64_t at;
	struct bytes card_pem;
	struct card card;
	struct bytes escrow;  /* or empty */
	struct bytes earlier; /* SHA-256 of a certificate, or empty */
	struct bytes signed_part, proof;
	uint8_t hash[SHA256_SIZE]; /* of the whole */
};

/* With "key" for an invitation, or "earlier" for a renewal: one of them. */
void request_write(struct buf *out, const struct request *r, const uint8_t *key,
    const struct identity *earlier);
/* RC_INVALID; and RC_DENIED where the card within does not hold.  Freed by
 * request_free(). */
enum rc request_read(struct request *out, struct bytes in, struct err *e);
void request_free(struct request *r);
enum rc request_verify(const struct request *r,
    const uint8_t key[static ENROL_KEY], struct err *e);
/* The same for a renewal, by the key of the earlier certificate. */
enum rc request_verify_renewal(
    const struct request *r, const struct sig_pub *earlier, struct err *e);
/* What two people compare; the caller frees *out. */
void request_words(struct buf *out, const uint8_t hash[static SHA256_SIZE]);

/* ---- answer
 * ------------------------------------------------------------------------ */

struct answer {		      /* one that was read borrows */
	struct bytes request; /* SHA-256 */
	struct bytes certs;   /* one or two, one after another */
	struct bytes directory;
	struct bytes signed_part, proof;
};

/* "key" NULL: a renewal's. */
void answer_write(struct buf *out, const struct answer *a, const uint8_t *key);
enum rc answer_read(struct answer *out, struct bytes in, struct err *e);
enum rc answer_verify(
    const struct answer *a, const uint8_t key[static ENROL_KEY], struct err *e);

#endif

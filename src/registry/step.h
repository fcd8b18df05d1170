/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A step (docs/registry.md 2): what a person states of a document under his own
 * key, and what he wrote in it, kept apart so that it can be destroyed.
 *
 *	Step ::= SEQUENCE {
 *	    version    INTEGER (1),
 *	    document   OCTET STRING (16),
 *	    number     INTEGER,             -- from 0
 *	    previous   OCTET STRING (32),   -- SHA-256 of the statement before
 *	    at         GeneralizedTime,
 *	    ownClock   BOOLEAN DEFAULT FALSE,
 *	    action     INTEGER,
 *	    person     IA5String,           -- his address
 *	    cert       OCTET STRING (32),   -- fingerprint of his certificate
 *	    desk       IA5String,
 *	    role       INTEGER,
 *	    level      INTEGER,             -- the document's after this step
 *	    rules      UTF8String,          -- the version that it was held to
 *	    commitment OCTET STRING (32) }
 *	Fields ::= SEQUENCE OF SEQUENCE { name IA5String, value UTF8String }
 *	opening    = salt (16) || Fields, in the order of the action's table
 *	commitment = SHA-256("antin step" || opening)
 */
#ifndef REGISTRY_STEP_H
#define REGISTRY_STEP_H

#include "crypto/sig.h"
#include "pki/act.h"
#include "pki/cert.h"
#include "registry/action.h"

#define STEP_MAX 1024u /* bytes of a statement */
#define STEP_SALT 16u
#define STEP_FIELDS (48u << 10) /* bytes of Fields */
#define STEP_OPENING (STEP_SALT + STEP_FIELDS)
#define STEP_RULES 64u	   /* bytes of a version of the rules */
#define STEP_NUMBERS 4096u /* steps of one document */
#define STEP_ENDING 8u	   /* the last of them only end it (2.9) */

/* Of one that was read, person, desk and rules borrow from it. */
struct step {
	struct id document;
	uint64_t number;
	uint8_t previous[SHA256_SIZE]; /* zeros at 0 */
	int64_t at;
	bool own_clock;
	enum action action;
	struct bytes person;
	uint8_t cert[SHA256_SIZE];
	struct bytes desk;
	enum role role;
	enum level level;
	struct bytes rules;
	uint8_t commitment[SHA256_SIZE];
};

/* bug() where it is not of the form; the caller frees *out. */
void step_write(struct buf *out, const struct step *s);
/* RC_INVALID, RC_LIMIT: not of the form; *out is nothing to use. */
enum rc step_read(struct step *out, struct bytes statement, struct err *e);
/* What the next statement calls "previous". */
void step_hash(uint8_t out[static SHA256_SIZE], struct bytes statement);

/* ---- what was written in it ---------------------------------------------- */

/* Sorted as the action's table has them; the values borrow. */
struct fields {
	struct field of[ACTION_FIELDS];
	size_t count;
};

/* Empty: it is not among them. */
struct bytes fields_get(const struct fields *f, enum field_name name);
/* Put one in its place, or instead of what was there.  bug() where the action
 * has no such field. */
void fields_put(
    struct fields *f, enum action a, enum field_name name, struct bytes value);
/*
 * They are of this action, each of its form, none twice, none needed lacking
 * (docs/registry.md 2.5, 3.4).
 *
 * RC_INVALID, RC_LIMIT
 */
enum rc fields_check(enum action a, const struct fields *f, struct err *e);

/* salt || Fields.  bug() where they were not checked; the caller frees *out. */
void opening_write(struct buf *out, const uint8_t salt[static STEP_SALT],
    enum action a, const struct fields *f);
/* RC_INVALID, RC_LIMIT: not of the form, or not of this action. */
enum rc opening_read(
    struct fields *out, enum action a, struct bytes opening, struct err *e);
void opening_commit(uint8_t out[static SHA256_SIZE], struct bytes opening);

/* ---- signatures (docs/registry.md 2.4) ----------------------------------- */

/* Under a composite key; "signature" takes sig_key_alg(key)->max bytes.
 * Returns its length. */
size_t step_sign(
    const struct sig_key *key, struct bytes statement, uint8_t *signature);
/*
 * The statement is signed by the person it names, under this very certificate,
 * within its dates.  That the directory had it in force then, the caller sees
 * to.
 *
 * RC_INVALID	the statement cannot be read
 * RC_DENIED	it is not, and why
 */
enum rc step_holds(struct bytes statement, struct bytes signature,
    const struct cert *cert, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Acts: what an authority has decided, one entry of its log each
 * (docs/directory.md 2).  They carry no signature of their own: the log's
 * checkpoint signs them all.
 *
 *	Act ::= SEQUENCE {
 *		version INTEGER (1), log OCTET STRING (16), number INTEGER,
 *		at GeneralizedTime, from GeneralizedTime, kind INTEGER,
 *		fields, each [n], in their order }
 *
 * Which fields an act has is a row of a table (act.c); a unit stands in acts by
 * its uid, a desk and a person by unit and id.
 */
#ifndef PKI_ACT_H
#define PKI_ACT_H

#include "core/id.h"
#include "core/time.h"
#include "crypto/hash.h"
#include "der/der.h"
#include "envelope/label.h"

enum act_kind {
	ACT_ENROL = 1, /* a unit, desk or person begins */
	ACT_CERTIFY,   /* certificates of one */
	ACT_REVOKE,    /* a certificate ends before its time */
	ACT_RENEW,     /* certificates that take the place of others */
	ACT_RENAME,    /* another name, other codes */
	ACT_MOVE,      /* a unit under another unit */
	ACT_MERGE,     /* units into one */
	ACT_SPLIT,     /* a unit into several */
	ACT_CLOSE,     /* a unit, desk or person ends */
	ACT_LIST,      /* a list of addressees, in a version */
	ACT_ROLE,      /* a person's role at a desk, from-to */
	ACT_POLICY,    /* how old knowledge may be, by level */
	ACT_RECOVER,   /* a desk's KEM key was taken out of escrow */
};
#define ACT_KINDS 14

enum act_subject { ACT_UNIT, ACT_DESK, ACT_PERSON };

enum role {
	ROLE_DRAFTER,
	ROLE_AUTHORITY, /* has the authority to sign and to set levels */
	ROLE_CLERK,
	ROLE_OPERATOR, /* cipher operator */
	ROLE_CUSTODIAN,
	ROLE_INSPECTOR,
	ROLE_DUTY,
	ROLE_ADMINISTRATOR,
};
#define ROLES 8

enum revoke_reason { /* RFC 5280 5.3.1's numbers */
	REVOKE_UNSPECIFIED = 0,
	REVOKE_KEY_COMPROMISE = 1,
	REVOKE_AUTHORITY_COMPROMISE = 2,
	REVOKE_AFFILIATION = 3,
	REVOKE_SUPERSEDED = 4,
	REVOKE_CESSATION = 5,
};
#define REVOKE_REASONS 6u

enum act_field {
	F_SUBJECT, /* enum act_subject */
	F_UNIT,
	F_ID,	  /* the last part of an address, or a unit's own id */
	F_NAME,	  /* as people write it; of RECOVER why */
	F_CLASS,  /* what kind of unit: "tinh", "xa" */
	F_CODES,  /* UTF8Strings: agency codes */
	F_TO,	  /* a unit: new parent, successor */
	F_TO_ID,  /* the successor's desk */
	F_UNITS,  /* OCTET STRINGs: merged, split into */
	F_DESKS,  /* { unit, id, unit, id }: where desks go */
	F_CERTS,  /* one or two certificates */
	F_CERT,	  /* SHA-256 of one */
	F_REASON, /* enum revoke_reason */
	F_SINCE,  /* not to be trusted since */
	F_UNTIL,
	F_ROLE,	      /* enum role */
	F_DESK,	      /* id of the desk a role is at */
	F_SUBSTITUTE, /* id of the person it is held for */
	F_LEVEL,      /* a person's clearance */
	F_LIST,	      /* a list's id */
	F_VERSION,    /* and version */
	F_MEMBERS,    /* { unit, id } */
	F_RULE,	      /* { unit, class, id }: all of a class below a unit */
	F_AGES,	      /* { level, warn, refuse }: days */
	F_COUNT
};

#define ACT_CODE_MAX 35u      /* bytes of an agency code (20/2020/QĐ-TTg) */
#define ACT_CODES_MAX 16u     /* of one unit */
#define ACT_UNITS_MAX 256u    /* of one act */
#define ACT_MEMBERS_MAX 5000u /* of a list */
#define ACT_DAYS_MAX 36500u
/* docs/directory.md 2.2: how long before it was made an act may take effect */
#define ACT_BACK_MAX (31 * TIME_DAY)

/* One that was read borrows from its bytes; for one being made, the fields
 * that hold sequences are their elements, made with act_put_...(). */
struct act {
	enum act_kind kind;
	struct id log;
	uint64_t number;
	int64_t at, from;
	uint32_t has; /* bits 1 << enum act_field */
	enum act_subject subject;
	struct id unit, to, list, rule_unit;
	struct bytes id, name, class, to_id, desk, substitute;
	struct bytes cert; /* SHA256_SIZE bytes */
	enum revoke_reason reason;
	int64_t since, until;
	enum role role;
	enum level level;
	uint64_t version;
	struct bytes rule_class, rule_id; /* class empty: every class */
	struct bytes codes, units, desks, certs, members, ages;
};

/* The act has this field. */
bool act_has(const struct act *a, enum act_field f);

/* docs/directory.md 1.3: the uid of a unit that this act enrols; the root's is
 * its log's. */
void act_uid(struct id *out, const struct id *log, uint64_t number);

/* Write one; which fields it has is a->has.  The caller frees *out. */
void act_write(struct buf *out, const struct act *a);
/*
 * RC_INVALID	not of docs/directory.md 2, or fields its kind must have not, or
 *		lacks
 */
enum rc act_read(struct act *out, struct bytes in, struct err *e);
/* The same rules for one that is being made. */
enum rc act_check(const struct act *a, struct err *e);

/* Elements of the sequences, and steps through them; false at the end. */
struct act_desk {
	struct id unit, to;
	struct bytes id, to_id;
};
struct act_member {
	struct id unit;
	struct bytes id;
};
struct act_age {
	enum level level;
	uint64_t warn, refuse; /* days; 0: never */
};
void act_put_unit(struct der_wr *w, const struct id *unit);
void act_put_desk(struct der_wr *w, const struct act_desk *d);
void act_put_member(struct der_wr *w, const struct act_member *m);
void act_put_age(struct der_wr *w, const struct act_age *a);
void act_put_code(struct der_wr *w, struct bytes code);
bool act_next_unit(struct bytes *rest, struct id *out);
bool act_next_desk(struct bytes *rest, struct act_desk *out);
bool act_next_member(struct bytes *rest, struct act_member *out);
bool act_next_age(struct bytes *rest, struct act_age *out);
bool act_next_code(struct bytes *rest, struct bytes *out);
bool act_next_cert(struct bytes *rest, struct bytes *out);

/* docs/directory.md 2.5: a code of an agency. */
bool act_code_ok(struct bytes code);
/* The last part of an address, or a unit's own id. */
bool act_id_ok(struct bytes id);

/* As a person writes and reads it; role_name is translated. */
const char *act_kind_word(enum act_kind k);
const char *role_word(enum role r);
const char *role_name(enum role r);
bool role_parse(enum role *out, struct bytes word);
const char *revoke_reason_word(enum revoke_reason r);
bool revoke_reason_parse(enum revoke_reason *out, struct bytes word);

#endif

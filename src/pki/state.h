/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the acts of all logs at hand say together, as data: who there is, since
 * when, and until when (docs/directory.md 3).  Made anew from the acts whenever
 * some are added; nobody else changes it.  Everything here belongs to the
 * directory and is valid until its next change.
 *
 * Things name each other by their index; NONE is no thing.  A time range is
 * from <= t < until.
 */
#ifndef PKI_STATE_H
#define PKI_STATE_H

#include "core/arena.h"
#include "journal/log.h"
#include "journal/note.h"
#include "pki/act.h"
#include "pki/cert.h"

#define NONE SIZE_MAX

/* A name, a class: holds until the next one. */
struct since {
	int64_t from;
	struct bytes text;
};

struct place { /* where a unit hangs, until its next one */
	int64_t from;
	size_t parent; /* unit; NONE: the root */
	struct bytes id;
};

struct host { /* what follows from places, its own and those above */
	int64_t from, until;
	struct bytes text;
};

struct code {
	int64_t from, until;
	struct bytes text;
};

struct desk_to { /* where a desk of an ended unit went */
	struct bytes id;
	size_t unit;
	struct bytes to_id;
};

struct unit {
	struct id uid;
	int64_t enrolled;	/* when that was decided */
	uint64_t number;	/* by which act */
	int64_t opened, closed; /* TIME_NEVER: it is open */
	struct since *names, *classes;
	struct place *places;
	struct host *hosts;
	struct code *codes;
	size_t *children;   /* units that hang under it, or once did */
	size_t *successors; /* of an ended one; the first takes what is not
			       said to go elsewhere */
	struct desk_to *desks_to;
	size_t name_count, class_count, place_count, host_count, code_count;
	size_t child_count, successor_count, desk_to_count;
	size_t log;	       /* NONE: it has none, or none is at hand */
	size_t holders, certs; /* first of each; NONE: none */
	unsigned depth;	       /* when it was enrolled; the root's 0 */
};

struct holder {		   /* a desk or a person */
	size_t unit, next; /* the unit's next */
	bool person;
	struct bytes id;
	struct since *names;
	size_t name_count;
	int64_t opened, closed;
	size_t to_unit; /* of a closed one: where to; NONE: nowhere */
	struct bytes to_id;
	enum level level; /* a person's clearance */
};

struct dcert { /* a certificate of the directory */
	struct cert cert;
	uint8_t fingerprint[SHA256_SIZE];
	size_t unit, holder; /* holder NONE: the authority's, the station's */
	size_t next;	     /* the unit's next, an older one */
	size_t same_tag;     /* the next with its key tag */
	size_t issuer;	     /* NONE: the root */
	size_t log;
	uint64_t number;
	unsigned path_room; /* of an authority: authorities that may follow */
	int64_t act_from;   /* when its act took effect */
	/* when it may be used: dates, revocation, the holder's end, the
	 * issuer's own range */
	int64_t from, until;
	int64_t dated;	 /* until, were nothing revoked and nobody ended */
	int64_t revoked; /* TIME_NEVER: it is not */
	enum revoke_reason reason;
	struct sig_pub *pub; /* made when first asked for; owned */
	bool checked, holds; /* its signature */
};

struct role_held {
	size_t person, desk; /* holders */
	enum role role;
	int64_t from, until;
	size_t substitute; /* the holder it is held for, or NONE */
};

struct list {
	struct id id;
	uint64_t version;
	int64_t from;
	size_t log;
	struct bytes name;
	struct act act;		   /* members and rule */
	uint8_t hash[SHA256_SIZE]; /* of the act's bytes */
};

struct policy {
	size_t unit;
	int64_t from;
	bool says[LEVELS];
	uint64_t warn[LEVELS], refuse[LEVELS]; /* days; 0: never */
};

enum alarm_kind {
	ALARM_VOID,	 /* an act that counts for nothing */
	ALARM_CLASH,	 /* two units would have one address */
	ALARM_REVOKED,	 /* a log whose authority was revoked, and has no new
			    key yet */
	ALARM_FORK,	 /* two acts with one number */
	ALARM_RECOVERED, /* a desk's KEM key was taken out of escrow */
};

struct alarm {
	enum alarm_kind kind;
	size_t log;
	uint64_t number; /* of the act */
	int64_t at;
	size_t unit, holder; /* RECOVERED: whose; else NONE */
	struct bytes text;   /* in the language of the process */
};

/* A log at hand. */
struct dlog {
	struct id id; /* the uid of the unit whose authority keeps it */
	struct log log;
	struct note note; /* its newest checkpoint */
	struct bytes note_bytes;
	int64_t known; /* when it was known how far it went */
	size_t unit;
};

struct state {
	struct unit *units; /* the root first, parents before children */
	struct holder *holders;
	struct dcert *certs;
	struct role_held *roles;
	struct list *lists;
	struct policy *policies;
	struct alarm *alarms;
	size_t unit_count, holder_count, cert_count, role_count, list_count;
	size_t policy_count, alarm_count;
	/* hash tables of 1 << bits heads; by what, see fold.c */
	struct index *by_host, *by_uid, *by_fingerprint, *by_tag;
	struct arena text; /* hosts, texts of alarms */
};

/* ---- small questions, at a time --------------------------------------------
 */

struct bytes unit_name(const struct unit *u, int64_t t);
struct bytes unit_class(const struct unit *u, int64_t t);
struct bytes unit_host(const struct unit *u, int64_t t); /* empty: none */
size_t unit_parent(const struct unit *u, int64_t t);
bool unit_open(const struct unit *u, int64_t t);
struct bytes holder_name(const struct holder *h, int64_t t);
bool holder_open(const struct holder *h, int64_t t);
/* Unit "in" is unit "of" or below it. */
bool unit_within(const struct state *s, size_t in, size_t of, int64_t t);

size_t unit_by_uid(const struct state *s, const struct id *uid);
/* The holder with this id, open or not; NONE. */
size_t holder_by_id(const struct state *s, size_t unit, struct bytes id);
size_t cert_by_fingerprint(
    const struct state *s, const uint8_t fingerprint[static SHA256_SIZE]);
/* The first with this key tag; the others by same_tag. */
size_t cert_by_tag(const struct state *s, struct bytes tag);
/*
 * The unit that has this host at t; else the one that had it last, else NONE.
 */
size_t unit_by_host(const struct state *s, struct bytes host, int64_t t);

/* ---- making it
 * ---------------------------------------------------------------- */

/*
 * Fold the acts of these logs.  dlog[i].unit is set.  "root" stays borrowed.
 *
 * RC_INVALID	an entry is no act, has another's number, or is of a log of
 *		nobody: whoever made this did not keep docs/directory.md
 *
 * An act that may not do what it does is void: an alarm, and no more.
 */
enum rc state_fold(struct state *out, struct dlog *logs, size_t n,
    struct bytes root, struct err *e);
void state_free(struct state *s);

#endif

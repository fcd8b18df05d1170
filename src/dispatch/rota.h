/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A rota: who is on duty from when to when (docs/duty.md 2).  What people
 * write, and what a station keeps: lines of
 *
 *	person LOGIN[=UID] NAME
 *	DATE HH:MM  DATE HH:MM  LOGIN
 *
 * A person is his login, which is one user of the station's machine; a name
 * only tells people who that is, and two may have one name.
 */
#ifndef DISPATCH_ROTA_H
#define DISPATCH_ROTA_H

#include "core/bytes.h"
#include "core/err.h"

#define ROTA_MAX 32768u /* bytes of it */
#define ROTA_PEOPLE 64u
#define ROTA_SHIFTS 800u
#define ROTA_LOGIN 32u		   /* bytes of a login */
#define ROTA_NAME 120u		   /* of a name, in NFC */
#define ROTA_LONGEST 7		   /* days of a shift */
#define ROTA_AHEAD 400		   /* days that it may reach into the future */
#define ROTA_NOBODY ((uint64_t)-1) /* a uid that is not said */

struct rota_person {
	char login[ROTA_LOGIN + 1];
	char name[ROTA_NAME + 1];
	uint64_t uid; /* ROTA_NOBODY: not said */
};

struct rota_shift {
	int64_t from, until; /* until: no more */
	size_t person;
};

struct rota {
	struct rota_person *people; /* owned */
	size_t people_count;
	struct rota_shift *shifts; /* owned; by time, none overlaps */
	size_t count;
};

/*
 * Read one.  Names are brought into NFC, shifts into order.
 *
 * RC_LIMIT	over one of the limits above
 * RC_INVALID	the text says in which line, and why: no such form, a person or
 *		user twice, a shift of nobody who is named, that ends before it
 *		begins, or overlaps another
 *
 * The caller frees *out by rota_free(); it is empty on failure.
 */
enum rc rota_parse(struct rota *out, struct bytes text, struct err *e);
/* The same, for who knows what his lines are: the text says nothing of the
 * line; *at is its number, from 1; 0: it is of none. */
enum rc rota_read(
    struct rota *out, struct bytes text, unsigned *at, struct err *e);
/*
 * It can be put into force now: each person's uid is said, and it has a shift
 * that is not over, and none beyond ROTA_AHEAD.  RC_INVALID.
 */
enum rc rota_check(const struct rota *r, int64_t now, struct err *e);
void rota_free(struct rota *r);

/* One spelling: what rota_parse() reads back as the same. */
void rota_write(struct buf *out, const struct rota *r);

/*
 * Give a uid to each person whose is not said (docs/duty.md 2.5): that which
 * the login has in "was", or else one from ROTA_PAGES on that is the login's
 * own and nobody's in *r, nor "taken".
 */
#define ROTA_PAGES 0x80000000u /* no user of a machine has it */
void rota_number(struct rota *r, const struct rota *was, uint64_t taken);

/* The person of this user; NULL: none. */
const struct rota_person *rota_person(const struct rota *r, uint64_t uid);
/* The shift at that time; NULL: nobody's. */
const struct rota_shift *rota_at(const struct rota *r, int64_t now);
/* The first that begins later and is another user's; NULL: none. */
const struct rota_shift *rota_next(
    const struct rota *r, int64_t now, uint64_t uid);
/* The next gap of at least a minute that begins at "after" or later, before the
 * rota ends. */
bool rota_gap(
    const struct rota *r, int64_t after, int64_t *from, int64_t *until);

#endif

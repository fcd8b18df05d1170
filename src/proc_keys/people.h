/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The people whose keys a station has (docs/registry.md 6.3): their key files,
 * sealed; who is signed in, by which user of the system, and until when.  It
 * touches no file, clock or sibling; "now" is in milliseconds that
 * only go forward.
 *
 * A person's private key is in memory while he is signed in, and not a moment
 * longer than people_expire() is called.
 */
#ifndef PROC_KEYS_PEOPLE_H
#define PROC_KEYS_PEOPLE_H

#include "daemon/msg.h"
#include "pki/card.h"
#include "proc_keys/tries.h"

#define PEOPLE_MAX 1000u	/* of a station */
#define PERSON_FREE_TRIES 4u	/* wrong ones before he waits: the fifth does */
#define PERSON_WAIT_FIRST 30u	/* seconds */
#define PERSON_WAIT_MAX 900u	/* seconds */
#define PERSON_MINUTES 15	/* a session lasts unused */
#define ADMINISTRATOR_MINUTES 5 /* that of an administrator */

struct person {
	struct buf file; /* the key file */
	struct card card;
	struct identity keys; /* while he is signed in */
	uint64_t uid;	      /* by whom */
	int64_t until;	      /* 0: he is not */
	int64_t lasts;	      /* milliseconds, unused */
	struct tries tries;
};
struct people {
	struct person **list; /* owned, also one by one */
	size_t count;
};

void people_free(struct people *x);
/* This key file is an issued person's, and not a desk's or a station's. */
bool people_is(struct bytes file);
/*
 * A person's key file, "name" for what is said of it.  One of a person who is
 * there takes its place, and he is signed out; the same file changes nothing.
 *
 * RC_INVALID	no key file, or of no person
 * RC_DENIED	of a suite for foreign tools, under shares, or under no
 *		passphrase
 * RC_LIMIT	over PEOPLE_MAX
 */
enum rc people_add(struct person **out, struct people *x, struct bytes name,
    struct bytes file, struct err *e);
struct person *people_find(const struct people *x, struct bytes address);

/* What somebody gives who says that he is this person. */
struct person_gives {
	uint64_t uid;
	struct bytes code;
	const uint8_t
	    *secret;   /* of TOTP_SECRET bytes; NULL: no code is asked */
	int64_t at;    /* seconds since 1970, of codes */
	uint64_t used; /* the last counter that was */
};
/* RC_DENIED: after PERSON_FREE_TRIES wrong tries by this user each makes him
 * wait; it is too early by *wait seconds. */
enum rc person_early(const struct person *p, uint64_t uid, int64_t now,
    uint64_t *wait, struct err *e);
/*
 * It is he: the code's counter.  "opened" is what identity_open() said of the
 * passphrase: both were tried before either is judged, and nobody learns which
 * was wrong.
 *
 * RC_DENIED	something is wrong: *wait seconds until the next try
 *
 * and identity_open()'s.
 */
enum rc person_judge(uint64_t *counter, struct person *p,
    const struct person_gives *g, enum rc opened, int64_t now, uint64_t *wait,
    struct err *e);
/* He is signed in, by this user and by no other; the keys are taken. */
void person_enter(struct person *p, uint64_t uid, struct identity *keys,
    int64_t lasts, int64_t now);
void person_leave(struct person *p);
/* Milliseconds until he is signed out; 0: he is not signed in by this user. */
int64_t person_left(const struct person *p, uint64_t uid, int64_t now);
/* His keys, and his time begins anew; NULL where he is not signed in by this
 * user. */
const struct identity *person_use(struct person *p, uint64_t uid, int64_t now);
/* Sign out who has been away too long, after each() was told. */
void people_expire(
    struct people *x, int64_t now, void (*each)(const struct person *p));

#endif

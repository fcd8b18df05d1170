/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The people whose keys a station has (docs/registry.md 6.3): their key files,
 * sealed; who is signed in, by which user of the system, and until when.  The
 * first part touches no file, clock or sibling; "now" is in milliseconds that
 * only go forward.
 *
 * A person's private key is in memory while he is signed in, and not a moment
 * longer than people_expire() is called.
 */
#ifndef ANTIND_PEOPLE_H
#define ANTIND_PEOPLE_H

#include "proc_keys/tries.h"
#include "daemon/msg.h"
#include "pki/card.h"

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
	struct bytes passphrase, code;
	const uint8_t
	    *secret;   /* of TOTP_SECRET bytes; NULL: no code is asked */
	int64_t at;    /* seconds since 1970, of codes */
	uint64_t used; /* the last counter that was */
};
/*
 * It is he: his keys, which the caller frees, and the code's counter.  Both are
 * tried before either is judged: nobody learns which was wrong.  After
 * PERSON_FREE_TRIES wrong tries by this user each makes him wait.
 *
 * RC_DENIED	something is wrong, or it is too early (*early): *wait seconds
 *
 * and identity_open()'s.
 */
enum rc person_try(struct identity *keys, uint64_t *counter, struct person *p,
    const struct person_gives *g, int64_t now, bool *early, uint64_t *wait,
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

/* ---- keys_people.c: what they ask of keys
 * -------------------------------------- */

/* A key file of a person: at the start, or later. */
enum rc users_given(const struct card **out, struct bytes name,
    struct bytes file, struct err *e);
const struct card *users_each(size_t i); /* whose there are; NULL: no more */
/* The store is there, or not: what it was asked is not answered any more, and
 * it is told who is signed in. */
void users_store(bool up);
void users_tick(void);
/* A browser's session is over, 0: all of them are. */
void users_web_ended(uint64_t user);
void users_stop(void);
/* MSG_USER, MSG_PERSON_IS, MSG_SESSION_IS, MSG_SESSION_USED, MSG_STEP_SIGN. */
void users_message(const struct identity *station, const struct message *m);

#endif

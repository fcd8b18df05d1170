/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The desks whose keys a station has: their key files, sealed; who is signed in
 * to which, and until when; and how long somebody waits who gave wrong
 * passphrases (docs/station.md 8).  Nothing here touches a file or a clock:
 * "now" is in milliseconds that only go forward.
 *
 * A desk's private keys are in memory while somebody is signed in to it, and
 * not a moment longer than desks_expire() is called.  What was tried is
 * forgotten with the process.
 */
#ifndef PROC_KEYS_DESKS_H
#define PROC_KEYS_DESKS_H

#include "pki/card.h"
#include "proc_keys/tries.h"

#define DESKS_MAX 1000u	   /* of a station */
#define DESK_PEOPLE 256u   /* that are signed in to a desk at once */
#define DESK_FREE_TRIES 3u /* wrong passphrases before anybody waits */
#define DESK_WAIT_MAX 300u /* seconds */

struct desk_person {
	uint64_t uid;
	int64_t until; /* signed in */
};

struct desk {
	struct buf file; /* the key file */
	bool protected;	 /* by a passphrase */
	struct card card;
	struct identity keys;	       /* while somebody is signed in */
	struct desk_person *signed_in; /* owned */
	size_t signed_in_count;
	struct tries tries;
	bool told_open; /* what the store knows: somebody is signed in */
};

struct desks {
	struct desk **list; /* owned, also one by one */
	size_t count;
	int64_t unlock; /* how long a sign-in lasts unused, milliseconds */
};

void desks_free(struct desks *x);

/*
 * A desk's key file, "name" for what is said of it.  One of a desk that is
 * there takes its place, and nobody is signed in to it any more; the same file
 * changes nothing.
 *
 * RC_INVALID	no key file, or of no desk
 * RC_DENIED	of a suite for foreign tools, or under shares
 * RC_LIMIT	over DESKS_MAX
 */
enum rc desks_add(struct desk **out, struct desks *x, struct bytes name,
    struct bytes file, struct err *e);
struct desk *desks_find(const struct desks *x, struct bytes address);

/*
 * Sign in.  After DESK_FREE_TRIES wrong passphrases of this person for this
 * desk, each makes him wait, 1 second and then twice as long each time, up to
 * DESK_WAIT_MAX; until then nothing is computed.
 *
 * RC_DENIED	a wrong passphrase, or too early: *wait seconds
 * RC_INVALID	none was given, and one is wanted: that costs nothing
 *
 * and identity_open()'s.
 */
enum rc desk_sign_in(struct desk *d, const struct desks *x, uint64_t uid,
    struct bytes passphrase, int64_t now, uint64_t *wait, struct err *e);
/* false where he was not signed in. */
bool desk_sign_out(struct desk *d, uint64_t uid);
/* Milliseconds until he is signed out; 0: he is not signed in. */
int64_t desk_left(const struct desk *d, uint64_t uid, int64_t now);
/* The keys, for one who is signed in, whose time begins anew; else NULL. */
const struct identity *desk_use(
    struct desk *d, const struct desks *x, uint64_t uid, int64_t now);

/* Sign out whoever has not used a desk for too long, after each() was told. */
void desks_expire(struct desks *x, int64_t now,
    void (*each)(const struct desk *d, uint64_t uid));

#endif

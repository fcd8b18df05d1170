/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `control`, `keys` and `store`: who is signed in at a desk, people and their
 * codes, and the keys that `keys` has.
 * What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_PEOPLE_H
#define DAEMON_MSG_PEOPLE_H

#include "core/bytes.h"
#include "crypto/hash.h"

#define MSG_USER_WEB (1ull << 32) /* the first user that is no uid */
#define MSG_KEPT_RECORD 2048u /* bytes of a secret, as keys lets it be kept */

struct msg_held {
	struct bytes sign, kem; /* certificates; kem may be empty */
	uint64_t station;	/* 1: the station's own */
};
struct msg_desk {
	uint64_t uid;
	struct bytes desk;
};
struct msg_sign_in {
	uint64_t uid;
	struct bytes desk, passphrase;
};
struct msg_signed_in {
	uint64_t rc;
	struct bytes why;
	int64_t until;
	uint64_t wait; /* seconds before another try */
};
struct msg_desk_row { /* a row */
	struct bytes address, name;
	int64_t until; /* signed in until then; 0: not */
};
struct msg_desk_state {
	struct bytes desk;
	uint64_t open; /* 1: somebody is signed in */
};
/* A secret that the store keeps and keys opens (proc_keys/kept.h); empty: none.
 */
struct msg_record {
	struct bytes record;
};
/* A person at the station, by his address as his key says it. */
enum user_do { USER_SIGN_IN, USER_SIGN_OUT, USER_CODES };
#define USER_DOES 3
#define MSG_CODE 16u	    /* bytes of a code: TOTP_TYPED */
#define MSG_CODE_SECRET 20u /* TOTP_SECRET */
struct msg_user {
	uint64_t uid, what;  /* enum user_do */
	struct bytes person; /* USER_SIGN_OUT: empty, all of this user */
	struct bytes by;     /* USER_CODES: an administrator; or empty */
	struct bytes passphrase, code;
};
struct msg_user_is {
	uint64_t rc;
	struct bytes why;
	int64_t until;	     /* signed in */
	uint64_t wait;	     /* seconds before another try */
	struct bytes secret; /* of new codes; else empty */
};
struct msg_person {
	struct bytes person, by;
};
struct msg_person_is {
	uint64_t rc; /* RC_OK: his certificate is in force */
	struct bytes why;
	uint8_t bound[SHA256_SIZE]; /* whose a secret is */
	struct bytes record;	    /* of his codes; empty: he has none */
	uint64_t used;		    /* the last counter; 0: none was */
	int64_t now;
	uint64_t own_clock;
	uint64_t administrator; /* 1: he is one */
	uint64_t by_may;	/* 1: "by" is one above him, and another */
};
enum session_did {     /* numbers are the journal's */
	SESSION_THERE, /* he is signed in, as before */
	SESSION_IN,    /* by this counter */
	SESSION_OUT,
	SESSION_EXPIRED,
	SESSION_LOCKED,	  /* too many wrong tries */
	SESSION_CODES,	  /* new codes, by himself */
	SESSION_CODES_BY, /* by an administrator */
};
#define SESSION_DIDS 7
/* Under a job where MSG_SESSION_IS is wanted. */
struct msg_session {
	uint64_t uid, what; /* enum session_did */
	struct bytes person, by;
	uint64_t used;
	struct bytes record; /* to be kept from now on; empty: as it was */
};
struct msg_outcome {
	uint64_t rc;
	struct bytes why;
};

#endif

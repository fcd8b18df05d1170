/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `link`, `store` and `keys`: thin lines and their secrets (docs/link.md 19,
 * 20). What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_THIN_H
#define DAEMON_MSG_THIN_H

#include "core/bytes.h"
#include "crypto/hash.h"

#define MSG_THIN_IDENTITY 16u	 /* bytes: TLS_IDENTITY of link/tls.h */
#define MSG_THIN_SECRET_SIZE 32u /* TLS_SECRET */
#define MSG_THIN_ROOT 16u
#define MSG_THIN_AHEAD 64u /* days whose names are known ahead */

struct msg_life { /* a field of others: docs/link.md 20.4 */
	uint64_t size;
	uint8_t root[MSG_THIN_ROOT]; /* its first bytes */
};
/* conn 0: to dial the parent; identity is not read. */
struct msg_thin_ask {
	uint64_t conn;
	uint8_t identity[MSG_THIN_IDENTITY];
};
struct msg_thin_is {
	uint64_t conn, rc; /* RC_OK, or there is none */
	uint8_t identity[MSG_THIN_IDENTITY], key[MSG_THIN_SECRET_SIZE];
	struct msg_life life; /* of conn 0: what the parent knows of ours */
};
struct msg_thin_secret {
	uint64_t conn;
	uint8_t secret[MSG_THIN_SECRET_SIZE]; /* of both ends of this line */
};
/* Make a record of a secret (record empty), or the key of the day that is so
 * many steps after the record's. */
struct msg_thin {
	struct bytes record;
	uint64_t steps; /* 0..MSG_THIN_AHEAD */
	uint8_t secret[MSG_THIN_SECRET_SIZE];
	uint8_t bound[SHA256_SIZE]; /* whose line it is, as it was made */
};
struct msg_thinned {
	uint64_t rc;	     /* RC_DENIED: the record is not of our keys */
	struct bytes record; /* of that day */
	struct bytes names;  /* identities, from that day on */
	uint8_t key[MSG_THIN_SECRET_SIZE];
};

#endif

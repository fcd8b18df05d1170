/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `control`, `media`, `store` and `keys`: bundles that are carried
 * (docs/media.md).
 * What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_BUNDLE_H
#define DAEMON_MSG_BUNDLE_H

#include "core/bytes.h"
#include "crypto/hash.h"
#include "envelope/slip.h"

/* Bundles.  conn: the store's number of the job, as of a line. */
enum bundle_what { BUNDLE_WRITE, BUNDLE_READ, BUNDLE_LOOK };
#define BUNDLE_WHATS 3
struct msg_bundle {
	uint64_t uid;
	uint64_t what;	      /* enum bundle_what */
	struct bytes station; /* BUNDLE_WRITE: for whom */
	uint64_t number;      /* BUNDLE_WRITE: of its name */
	uint64_t size;	      /* BUNDLE_WRITE: bytes at most; 0: any */
	uint64_t rest;	      /* BUNDLE_WRITE 1: only what is on no disk yet */
};
#define BUNDLE_RANKS 4
#define BUNDLE_WHOLE ((uint64_t)INT64_MAX)
struct msg_bundle_is {
	uint64_t rc;
	struct bytes why;
	struct bytes station; /* the other one */
	uint64_t number;
	int64_t at;
	int64_t before;	       /* it was read to its end then; TIME_NEVER */
	uint64_t items, bytes; /* in it; how they were taken: */
	uint64_t stored, known, refused, later, part;
	uint64_t answers; /* of them that ended something that waited */
	uint64_t acts;	  /* of the directory, that were new */
	uint64_t cut;	  /* 1: it is not whole */
	uint64_t left[BUNDLE_RANKS], left_bytes[BUNDLE_RANKS]; /* did not fit */
	uint64_t closed; /* 1: none goes, for the station is closed */
};
struct msg_bundle_for {
	struct bytes station;
	uint64_t number, size, rest;
};
struct msg_bundle_front {
	uint64_t rc;
	struct bytes why;
	uint64_t conn;
	struct bytes station;  /* as it is written now */
	struct bytes alg, pub; /* its KEM key */
	uint64_t number, incarnation, open;
	int64_t at;
	struct bytes frames; /* what goes before items, as it stands there */
};
struct msg_bundle_next {
	uint64_t conn;
	uint64_t room; /* bytes */
	/* of what was handed over before (q 0: nothing was); so far it is in
	 * the bundle, BUNDLE_WHOLE: all of it */
	uint64_t q, upto;
	uint8_t sum[SHA256_SIZE];
};
struct msg_bundle_from {
	struct bytes statement;
	uint64_t number; /* of the outside */
	uint8_t head[SHA256_SIZE];
	uint64_t look; /* 1: only who it is from is asked */
};
struct msg_bundle_admit {
	uint64_t rc;
	struct bytes why;
	uint64_t conn;
	struct bytes station;
	uint64_t number;
	int64_t at, before;
	struct bytes parts; /* entries of PARTIAL: what is here in part */
};
struct msg_bundle_says {
	uint64_t conn;
	uint64_t what; /* enum bundle_frame */
	struct bytes bytes;
};
struct msg_bundle_sign {
	struct bytes to;
	uint64_t number, incarnation, open;
	int64_t at;
	uint8_t head[SHA256_SIZE];
};
struct msg_bundle_open {
	struct tag key;
	struct bytes ct;
	uint8_t head[SHA256_SIZE];
};
struct msg_bundle_note {
	uint64_t uid;
	uint64_t number;
	uint64_t lost; /* 1: it is lost; 0: it is on its disk */
};

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `link` and `store`: the lines, the items that go over them, and what stations
 * tell one another (docs/link.md).  `media` hands over items as a line does.
 * What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_LINK_H
#define DAEMON_MSG_LINK_H

#include "core/bytes.h"
#include "core/id.h"
#include "crypto/hash.h"
#include "daemon/msg_thin.h"
#include "envelope/slip.h"
#include "pki/link.h"

#define MSG_INLINE (128u << 10) /* bytes of a small package (STORE_INLINE) */
#define MSG_TELL_MAX (4u << 20) /* TELL_MAX of link/frame.h */

struct msg_link_key {
	/* MSG_LINK_SIGN: of the station's earlier key, which is in force yet,
	 * and known further, to be used where keys has it; zeros: none */
	struct tag earlier;
	uint64_t epoch; /* link asks with 0: the store counts */
	uint8_t key[LINK_KEY];
};
struct msg_statement {
	struct bytes statement;
};
/* What link says of this station in its HELLO. */
struct msg_self {
	struct bytes station, statement;
	uint64_t incarnation;
	struct bytes parent; /* its parent station's address; empty: none */
	int64_t clock;	     /* its time */
};
struct msg_conn {
	uint64_t conn; /* link's number of a connection */
};
#define MSG_CONTACT_MAX 64u
struct msg_hello {
	uint64_t conn;
	struct bytes statement;
	uint8_t key[LINK_KEY]; /* the peer's in TLS */
	uint64_t dialled;      /* 1: by us, to our parent */
	uint64_t incarnation;
	int64_t clock;
	uint64_t own_clock; /* the peer's own; not the network's */
	uint64_t tells;	    /* 1: it takes TELL */
	uint64_t thin;	    /* 1: over a thin line: no statement, no key */
	uint8_t identity[MSG_THIN_IDENTITY]; /* by the secret of this name */
	uint64_t claims; /* 1: it said how far its journal is known here: */
	struct msg_life life;
	uint64_t notices;     /* 1: it takes notices, and items as "again" */
	struct bytes contact; /* of a child: when it calls: link.md 20.7 */
};
struct msg_admit {
	uint64_t conn;
	uint64_t rc; /* enum rc: RC_OK, or why not */
	struct bytes station;
	/* the clock to be told it */
	int64_t clock;
	uint64_t own_clock;
	uint64_t epoch; /* of RC_EXPIRED: the one that was seen */
	uint64_t life;	/* entries of our journal */
	uint64_t guest; /* docs/link.md 17.8 */
};
struct msg_number {
	uint64_t conn, number;
};
struct msg_dest { /* a row */
	struct bytes address;
	struct tag tag;
};
struct msg_item {
	uint64_t conn, number;
	uint64_t envelope, total;
	uint64_t from; /* where the bytes of a large one start */
	uint8_t sum[SHA256_SIZE];
	struct bytes dests;   /* rows of struct msg_dest */
	struct bytes package; /* of a small one */
	uint64_t again;	      /* 1: docs/link.md 6.3 */
};
struct msg_data {
	uint64_t conn, number;
	uint64_t at; /* MSG_WRITTEN: bytes on their way to disk */
	struct bytes more;
};
struct msg_taken {
	uint64_t conn, number;
	uint64_t outcome; /* enum ack */
	uint64_t code;	  /* enum refusal */
};
struct msg_partial {
	uint64_t conn;
	uint8_t sum[SHA256_SIZE];
	uint64_t have;
	uint64_t end; /* 1: no more of them; the rest is void */
};
struct msg_send {
	uint64_t conn, q; /* MSG_SENT names q as the number */
	uint64_t rank;
	uint64_t envelope, total;
	uint8_t sum[SHA256_SIZE];
	struct bytes dests;   /* rows of struct msg_dest */
	struct bytes package; /* a small one; of a large one its envelope */
	uint64_t at;	/* where a large one's attachments are in its file */
	int64_t due;	/* within its rank the earlier goes first */
	uint64_t again; /* 1: docs/link.md 6.3 */
	uint64_t from;	/* media: its bytes before are there, or on their way */
};
struct msg_tell {
	uint64_t conn;
	uint64_t kind; /* enum tell */
	uint64_t more; /* 1: another piece of it follows */
	struct bytes bytes;
};

#endif

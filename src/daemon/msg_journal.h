/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `store`, `keys` and `control`: the journal (docs/journal.md), and statements
 * (docs/receipts.md).
 * What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_JOURNAL_H
#define DAEMON_MSG_JOURNAL_H

#include "core/bytes.h"
#include "core/id.h"
#include "crypto/merkle.h"

#define MSG_STATEMENTS (96u << 10)    /* bytes of a batch's (BATCH_BYTES) */
#define MSG_HEAD_SIGNED 8192u	      /* of its head, signed */
#define MSG_JOURNAL_BYTES (32u << 10) /* of the journal, for the command */

struct msg_note {
	struct id unit; /* the uid of the station's */
	uint64_t size;
	struct node root;
	int64_t at;
	uint64_t incarnation;
};
struct msg_noted {
	struct bytes note;
	uint8_t tool[32]; /* the Ed25519 key of docs/journal.md 5.3 */
};
struct msg_witness {
	struct msg_note note; /* of the child's journal */
	struct id by;	      /* the uid of this station's unit */
};
enum journal_ask {
	JOURNAL_PULL,	    /* entries from number "at" on, each: entry, u16
			       length of its opening, opening (none: destroyed);
			       total: how many entries there are */
	JOURNAL_CHECKPOINT, /* a new one; total: its size */
	JOURNAL_KEPT,	    /* the first that is kept of at least size "at" */
	JOURNAL_PROVE,	    /* a proof of entry "at" as a file */
	JOURNAL_OF,	    /* the numbers (u64) of the entries about "id" */
	JOURNAL_GAPS, /* but the first "at", each: u8 1: struct life_gap, 2: a
			 statement | u64 when | u16 length | it */
	JOURNAL_WEIGHED, /* as JOURNAL_KEPT; "counts" says whether it does */
};
#define JOURNAL_ASKS 7
struct msg_journal {
	uint64_t what; /* enum journal_ask */
	struct id id;
	uint64_t at;
};
struct msg_journal_is {
	uint64_t rc;
	struct bytes why;
	uint64_t total;
	struct bytes bytes;
	uint8_t tool[32]; /* of JOURNAL_CHECKPOINT */
	uint64_t counts;  /* the same, and of JOURNAL_WEIGHED: 1: docs/journal.md
			     5.5, as known here */
	uint64_t seen;	  /* and of JOURNAL_KEPT: 1: by the parent */
};
struct msg_vouch {
	struct bytes signer; /* a desk's address, or the station's own */
	int64_t at;
	uint64_t own_clock;
	struct bytes statements; /* one after another, read again */
};
struct msg_vouched {
	uint64_t rc;
	struct bytes why;
	struct bytes head; /* of the batch, and its signature */
	uint64_t bad;	   /* 1 + which statement is not signed; 0: none is */
};

#endif

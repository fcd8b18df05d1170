/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `control` and `store`: what is asked of a station, and the rows that answer
 * it. What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_ASK_H
#define DAEMON_MSG_ASK_H

#include "core/bytes.h"
#include "core/id.h"

enum ask {
	ASK_INBOX,
	ASK_OUTBOX,
	ASK_QUEUE,
	ASK_STATUS,
	ASK_TRACE,
	ASK_ENROL,
	ASK_ALARMS, /* desk: only what the desk on duty has not seen */
	ASK_MEDIA,  /* desk: of this station only */
	ASK_LOST,   /* desk: a station's address; before: the next */
	ASK_DUTY,   /* all: with records */
	ASK_USERS,
	ASK_TREE,  /* before: where it goes on; answered by MSG_DOC_IS */
	ASK_RULES, /* before: a time; likewise */
};
#define ASKS 13
#define RANK_NONE 5u /* of a row that has none */
struct msg_ask {
	uint64_t what; /* enum ask */
	struct bytes desk;
	struct id id; /* ASK_TRACE */
	uint64_t all, before, max;
};
struct msg_rows {
	uint64_t rc;
	struct bytes why;
	struct bytes rows; /* of struct msg_row */
	uint64_t last;	   /* 1: nothing follows */
};
/* One row of any answer; what does not apply is empty. */
struct msg_row {
	uint64_t what; /* enum ask, or ROW_* */
	struct id id;
	uint64_t n, q;
	struct bytes address; /* desk, hop, destination */
	struct bytes other;   /* origin station, peer */
	uint64_t state, rank, level;
	int64_t at, since, due;
	uint64_t count, bytes;
	struct bytes text;
};
enum row {
	ROW_DELIVERY = 1, /* id, address desk, other origin, state, at, since,
			     count 1: it is withheld */
	ROW_SENT,	  /* id, address desk, at, count of destinations, state
			     of the least advanced leg; text: digest, in hex */
	ROW_LEG,	  /* id, q, address hop, state, rank, due, at, bytes,
			     level 1: it is a notice; other number of the
			     bundle that it is in, since when */
	ROW_HOP,	  /* address hop, count, bytes, since oldest, rank */
	ROW_LINK,    /* address station, state 1 up, since, count of items */
	ROW_STATION, /* address, at now, count of dispatches, bytes free,
			since: knowledge, state: 1 own clock */
	ROW_DEST,    /* address desk, other hop, state */
	ROW_ENROL,   /* id, address, other where it came from, text name, q
			enum cert_kind, n enum enrol_by, state 1 answered, at,
			due: when it goes */
	ROW_KEY,     /* address, state 1 its end is near, due: its end, count 1:
			a renewal is asked for */
	ROW_RECEIPT, /* id, address whom it is about, other the signer, state
			enum statement_kind, at, text its code's word */
	ROW_ALARM,   /* q number, n enum store_alarm_kind, address subject,
			rank (or RANK_NONE), since, due: when it was over, state
			1 then, at: when it was seen, count: by which uid, other
			who that is, where it is no user of this machine,
			bytes: how far it has escalated (docs/duty.md 4.1) */
	ROW_ALARMS,  /* n enum store_alarm_kind, count of those that last */
	ROW_LIFE,    /* n incarnation, count of gaps in its past, state 1: it
			is closed since it was restored, due: from when on a
			person may open it; at: its last backup */
	ROW_MEDIA,   /* address station, text tag of its key, state 1 the
			parent, level 1 it has a line, count and bytes that
			wait, since oldest, rank; q number of the next bundle, n
			of the last, at when */
	/* docs/emergency.md 4 */
	ROW_LOST,	   /* address station, state 1 its last word came, due:
			     then, at: when that was made, count entries by it, text
			     who signed it, n incarnation and q entries known of its
			     journal, since: when, bytes: asked for next, 0: all */
	ROW_LOST_KEY,	   /* address, text its tag, due: its end */
	ROW_LOST_DISPATCH, /* id, n 1: it came from there, address desk, other
			origin, state of its leg or LEG_STATES: here, rank, at,
			since: of the receipt, q its enum statement_kind, text
			tag of the desk's key, bytes number of the bundle that
			it is in, or 0 */
	ROW_DUTY, /* state enum duty_row, n a number, q uid, other login, text
		     name or line, since, due, address the desk */
	ROW_USER, /* address, text name, level, state 1 signed in: q by which
		     uid, since; n 1: he has codes; due: his key's end */
	ROW_USER_ROLE, /* address, other the desk, state enum role, due: its end
			*/
	ROW_LOST_DISK, /* n number of a bundle, address whom it is for, at */
	ROW_DISK,      /* bytes free, count of bytes in all */
};

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Alarms, as the store keeps them (docs/station.md 13): what wants a person.
 * One is raised once for a kind, a subject and a rank; it lasts until its cause
 * is over; a person may say that he has seen it.
 */
#ifndef STORE_ALARMS_H
#define STORE_ALARMS_H

#include "core/bytes.h"
#include "core/err.h"

#define STORE_ALARM_SUBJECT 256u /* bytes of it, at most */
#define STORE_ALARM_TEXT 200u	 /* bytes of what is said besides */
#define STORE_ALARM_BY 200u	 /* of who has seen it */
#define STORE_ALARMS_LASTING 1000u
#define STORE_ALARMS_OVER 1000u /* that are kept; the oldest go */

/* Numbers stay as they are; new kinds come at the end. */
enum store_alarm_kind {
	STORE_ALARM_WAITS = 1,	 /* of a rank, over a hop: too long */
	STORE_ALARM_PARENT,	 /* the line to the parent is down */
	STORE_ALARM_CHILD,	 /* that to a child */
	STORE_ALARM_HELD,	 /* a dispatch has no way */
	STORE_ALARM_NOT_ARRIVED, /* nobody has signed for a dispatch in time */
	STORE_ALARM_DISK,	 /* it refuses */
	STORE_ALARM_OLD,	 /* the directory's knowledge is old */
	STORE_ALARM_FORK,	 /* an authority's log has two ends */
	STORE_ALARM_CLASH,	 /* two dispatches claim to be one */
	STORE_ALARM_CLOCK,	 /* the time is this machine's own */
	STORE_ALARM_KEY,	 /* a key ends soon */
	STORE_ALARM_EXPIRED,	 /* a dispatch expired on its way */
	STORE_ALARM_ROLLED,	 /* a station was rolled back */
	STORE_ALARM_CLONE,	 /* one is there twice */
	STORE_ALARM_DESTROYED,	 /* one says that it is being destroyed */
	STORE_ALARM_ROOM,	 /* the disk will soon be full */
	STORE_ALARM_BELOW,	 /* a child's that nobody there has seen */
	STORE_ALARM_DUTY,	 /* nobody is on who should be */
	STORE_ALARM_MALWARE,	 /* it was found in an attachment */
};
#define STORE_ALARM_KINDS 20 /* and 0, which is none */
extern const char *const store_alarm_words[STORE_ALARM_KINDS]; /* "waits" */

struct store_alarm {
	uint64_t n; /* grows */
	enum store_alarm_kind kind;
	struct bytes subject; /* an address, a dispatch's id; may be empty */
	unsigned rank;	      /* 0 where it is no matter */
	int64_t since;
	int64_t over;  /* 0: it lasts */
	int64_t acked; /* 0: nobody has seen it */
	uint64_t uid;  /* who has */
	struct bytes text;
	struct bytes by; /* the same in words; empty: the uid says it */
};

/* What of a hop and rank waits too long. */
struct late {
	struct bytes hop;
	unsigned rank;
	uint64_t count;
	int64_t oldest;
};

struct store;

struct store_alarm_ops {
	/*
	 * Raise it: kind, subject, rank, since and text are read, n is filled
	 * in.  RC_EXISTS: such a one lasts already, n is its number.  RC_LIMIT:
	 * STORE_ALARMS_LASTING do, or something is too long.
	 */
	enum rc (*raise)(struct store *s, struct store_alarm *a, struct err *e);
	/* Its cause is over.  RC_ABSENT: none such lasts. */
	enum rc (*end)(struct store *s, enum store_alarm_kind kind,
	    struct bytes subject, unsigned rank, int64_t at, struct err *e);
	/* Somebody has seen it; who was first stays.  RC_ABSENT; RC_LIMIT:
	 * "by" is too long. */
	enum rc (*ack)(struct store *s, uint64_t n, uint64_t uid,
	    struct bytes by, int64_t at, struct err *e);
	/* Those that last, or all: the highest rank first, then the newest.
	 * each() returns false to stop, and may not call the store. */
	enum rc (*each)(struct store *s, bool all,
	    bool (*each)(void *ctx, const struct store_alarm *a), void *ctx,
	    struct err *e);
	/* Hops and ranks of which a leg has been queued since before
	 * before[rank]; of notices (docs/receipts.md 5), which have the serial
	 * 0, none. */
	enum rc (*late)(struct store *s, const int64_t before[static 4],
	    bool (*each)(void *ctx, const struct late *l), void *ctx,
	    struct err *e);
};

#endif

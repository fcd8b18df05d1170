/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `control` and `store`: what a person does to dispatches, to queues, and at
 * the desk on duty (docs/station.md 14, docs/duty.md). What is true of all
 * messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_OPERATE_H
#define DAEMON_MSG_OPERATE_H

#include "core/bytes.h"
#include "core/id.h"

struct msg_mark {
	uint64_t uid;
	struct bytes desk;
	struct id id;
	uint64_t state; /* enum delivery_state */
	struct bytes reason;
	uint64_t code; /* enum refused_why */
	/* of one that was opened: who signed it, what it supersedes */
	struct bytes originator, supersedes;
};
enum operate {
	OPERATE_HOLD,
	OPERATE_RELEASE,
	OPERATE_REROUTE,
	OPERATE_DROP,
	OPERATE_SEEN,	/* q: an alarm was */
	OPERATE_BACKUP, /* a copy of the store, beside it */
	OPERATE_BACKED, /* it was read; q 1: into a backup that is whole */
	OPERATE_REOPEN, /* a restored station, by a person's word */
};
#define OPERATES 8
enum operate_by { OPERATE_LEG, OPERATE_HOP, OPERATE_DISPATCH };
#define OPERATE_BYS 3
struct msg_operate {
	uint64_t uid;
	uint64_t what, by;    /* enum operate, enum operate_by */
	uint64_t q;	      /* OPERATE_LEG */
	struct id id;	      /* OPERATE_DISPATCH */
	struct bytes hop;     /* OPERATE_HOP: empty, what has no way */
	struct bytes station; /* OPERATE_REROUTE */
	struct bytes reason;  /* OPERATE_DROP */
};
/* What is done at the desk on duty (docs/duty.md 3). */
enum duty_do {
	DUTY_PLAN,  /* text: the rota */
	DUTY_OFFER, /* text: a note; login: for whom, or empty */
	DUTY_TAKE,  /* n: the offer that is accepted, 0: none; text: why then */
	DUTY_NOTE,  /* text */
};
#define DUTY_DOES 4
#define MSG_ROTA 32768u /* bytes: ROTA_MAX of dispatch/rota.h */
struct msg_duty {
	uint64_t uid;
	uint64_t what; /* enum duty_do */
	uint64_t n;
	struct bytes login, text;
};
/* What a row of it says. */
enum duty_row {
	DUTY_ROW_ON,	  /* who is; since */
	DUTY_ROW_PLANNED, /* who should be by the rota; since, due */
	DUTY_ROW_NEXT,	  /* who is next; since, due */
	DUTY_ROW_PERSON,  /* of the rota */
	DUTY_ROW_SHIFT,	  /* that is not over; since, due */
	DUTY_ROW_GAP,	  /* of the rota, when nobody is; since, due */
	DUTY_ROW_OFFER,	  /* n; for whom (other empty: anybody); since */
	DUTY_ROW_LINE,	  /* of the offer: text */
	DUTY_ROW_RECORD,  /* n; a line of it: text */
	DUTY_ROW_DESK,	  /* address; n: 1, there is a rota */
};
#define DUTY_ROWS 10
struct msg_recall {
	uint64_t uid;
	struct bytes desk;
	struct id id;
};

#endif

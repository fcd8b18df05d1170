/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `link`, `store`, `control`, `keys` and the parent: certificates are asked for
 * and given (docs/station.md 10), and pieces of what the command reads or
 * gives. What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_ENROL_H
#define DAEMON_MSG_ENROL_H

#include "core/bytes.h"
#include "core/id.h"

#define MSG_ENROL_MAX (4200u << 10) /* bytes of a message of enrolment */
#define MSG_ENROL_BYTES (32u << 10) /* of a piece of one, for the command */

/* What speaks for a request, so far as its station can know it. */
enum enrol_by { ENROL_BY_NOBODY, ENROL_BY_INVITATION, ENROL_BY_RENEWAL };
#define ENROL_BYS 3
struct msg_enrol {
	uint64_t conn;	      /* link's; 0: the parent's */
	struct bytes from;    /* the peer's network address */
	struct bytes message; /* link/enrolment.h, without its length; of
				 MSG_ENROL_DOWN empty: it cannot be reached */
};
struct msg_enrol_piece {
	uint64_t uid;
	struct id id; /* the first bytes of the request's hash */
	uint64_t at, total;
	struct bytes bytes;
};
struct msg_enrol_is {
	uint64_t rc;
	struct bytes why;
	uint64_t total;
	struct bytes bytes;
};
struct msg_invited {
	uint64_t uid;
	struct id id;
	struct bytes address;
	int64_t until;
};
struct msg_renew {
	int64_t now;
};
struct msg_renewal {
	struct bytes request; /* empty: it cannot be made */
};
struct msg_certified {
	struct bytes certs; /* one after another */
};
struct msg_keep {
	uint64_t next; /* 1: beside the station's key file; 0: in its place */
	struct bytes file;
};
struct msg_kept {
	uint64_t next;
	uint64_t rc;
	struct bytes why;
};

#endif

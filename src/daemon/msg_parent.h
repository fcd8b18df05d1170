/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The parent and each of the others: what a process is given before its work
 * begins, and what it says of itself.
 * What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_PARENT_H
#define DAEMON_MSG_PARENT_H

#include "core/bytes.h"

struct msg_setting {
	struct bytes name, value;
};
struct msg_peer {
	uint64_t proc;
};
struct msg_log {
	struct bytes line; /* "event=..." without level and time */
	uint64_t level;	   /* enum log_level */
};
struct msg_key {
	struct bytes name; /* of the file, for what is said of it */
	struct bytes file; /* KEYFILE_MAX */
	uint64_t station;  /* 1: the station's own, unlocked at once; 2: its
			      next, not yet certified; 3: its earlier one */
};
struct msg_socket {
	struct bytes name; /* "listen", "control", "metrics" */
};

#endif

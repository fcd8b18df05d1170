/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `control` and `print`: papers (docs/desk.md 8).
 * What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_PRINT_H
#define DAEMON_MSG_PRINT_H

#include "core/bytes.h"

#define MSG_PRINT_WORD 16u
struct msg_print {
	struct bytes what; /* a word of print/print.h */
	int64_t made;
};
struct msg_print_is {
	uint64_t rc;
	struct bytes why;
	uint64_t size, unknown; /* bytes; characters without a picture */
};

#endif

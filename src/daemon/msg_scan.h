/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `control`, `scan`, `store` and the parent: malware (docs/desk.md 9).
 * What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_SCAN_H
#define DAEMON_MSG_SCAN_H

#include "core/bytes.h"

/* What came of a scan. */
enum scan_is {
	SCAN_OFF, /* the configuration names no clamd */
	SCAN_CLEAN,
	SCAN_FOUND, /* "name" says what */
	SCAN_AWAY,  /* clamd does not answer; "why" says more */
};
#define SCANS 4
#define MSG_SCAN_NAME 128u
struct msg_scan_is {
	uint64_t is;   /* enum scan_is */
	uint64_t must; /* 1: what was not scanned is not opened */
	struct bytes name, why;
};
struct msg_scan_none {
	struct bytes why;
};
struct msg_found {
	uint64_t uid;	   /* who wanted to open it, or to send it */
	struct bytes name; /* of the malware */
};

#endif

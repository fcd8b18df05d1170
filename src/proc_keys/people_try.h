/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A person's passphrase is tried aside (docs/station.md 2.6): that takes a
 * fifth of a second, by intent, and meanwhile the process signs and answers.
 * One at a time, in a thread that ends with it; what it works on is its own.
 */
#ifndef PROC_KEYS_PEOPLE_TRY_H
#define PROC_KEYS_PEOPLE_TRY_H

#include "pki/card.h"

struct attempt {
	uint64_t job;
	struct buf file, passphrase; /* what was tried on what */
	struct identity keys;	     /* RC_OK: what done() does not take */
	enum rc rc;		     /* identity_open()'s */
	struct err e;
};

enum rc try_open(struct err *e); /* before the sandbox */
/* done() is told of each, in the loop's thread. */
enum rc try_begin(void (*done)(struct attempt *t), struct err *e);
bool try_is_busy(void);
/* One at a time. */
void try_start(uint64_t job, struct bytes file, struct bytes passphrase);
void try_stop(void);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How long somebody waits who gave wrong passphrases or codes, each user of the
 * system for himself: nobody locks another out.  What was tried is forgotten
 * with the process.  "now" is in milliseconds that only go forward.
 */
#ifndef PROC_KEYS_TRIES_H
#define PROC_KEYS_TRIES_H

#include <stddef.h>
#include <stdint.h>

#define TRIES_MAX 256u /* users that are remembered at once */

struct tries_rule {
	unsigned free;	      /* wrong ones before anybody waits */
	uint64_t first, most; /* seconds: it is doubled each time */
};
struct tries {
	struct tried {
		uint64_t uid;
		int64_t until; /* before another try */
		unsigned wrong;
	} * list; /* owned */
	size_t count;
};

void tries_free(struct tries *t);
/* Seconds before his next try; 0: he may. */
uint64_t tries_wait(const struct tries *t, uint64_t uid, int64_t now);
/* Another wrong one: how many seconds he waits now. */
uint64_t tries_wrong(
    struct tries *t, const struct tries_rule *rule, uint64_t uid, int64_t now);
void tries_right(struct tries *t, uint64_t uid); /* all is forgotten */

#endif

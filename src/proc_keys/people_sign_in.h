/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What becomes of one who signs in or wants new codes (docs/registry.md 6.3,
 * 6.4): he is tried, and let in when that is on the store's disk.
 * Passphrases are tried aside, one after another (people_try.h).
 */
#ifndef PROC_KEYS_PEOPLE_SIGN_IN_H
#define PROC_KEYS_PEOPLE_SIGN_IN_H

#include "pki/card.h"
#include "proc_keys/people_wait.h"

/* The station's keys stay until sign_in_stop(). */
enum rc sign_in_begin(const struct identity *station, struct err *e);
void sign_in_stop(void);
/* The store has said who it is: he is tried in his turn. */
void sign_in_heard(struct waiting *w, const struct msg_person_is *m);
/* It is on disk, or is not; w is gone then. */
void sign_in_kept(struct waiting *w, const struct msg_outcome *m);

#endif

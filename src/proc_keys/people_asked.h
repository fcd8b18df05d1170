/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is asked of keys about people (docs/registry.md 6.3 to 6.6): their key
 * files come, they sign in and out, get new codes, and sign steps.
 */
#ifndef PROC_KEYS_PEOPLE_ASKED_H
#define PROC_KEYS_PEOPLE_ASKED_H

#include "daemon/msg.h"
#include "pki/card.h"

/* The station's keys stay until users_stop(). */
enum rc users_begin(const struct identity *station, struct err *e);
/* A key file of a person: at the start, or later. */
enum rc users_given(const struct card **out, struct bytes name,
    struct bytes file, struct err *e);
const struct card *users_each(size_t i); /* whose there are; NULL: no more */
/* The store is there, or not: what it was asked is not answered any more, and
 * it is told who is signed in. */
void users_store(bool up);
void users_tick(void);
/* A browser's session is over, 0: all of them are. */
void users_web_ended(uint64_t user);
void users_stop(void);
/* MSG_USER, MSG_PERSON_IS, MSG_SESSION_IS, MSG_SESSION_USED, MSG_STEP_SIGN. */
void users_message(const struct message *m);

#endif

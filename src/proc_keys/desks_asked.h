/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is asked of keys about its desks (docs/station.md 8): somebody signs in
 * to one and out of it, and what he has there.
 */
#ifndef PROC_KEYS_DESKS_ASKED_H
#define PROC_KEYS_DESKS_ASKED_H

#include "daemon/msg.h"
#include "proc_keys/desks.h"

/* The setting "unlock", minutes: RC_INVALID. */
enum rc desks_setting(struct desks *desks, struct bytes value, struct err *e);
/* What a sign-in lasts where no setting says so. */
void desks_begin(struct desks *desks);
/* Who has been away too long is out. */
void desks_tick(struct desks *desks);
/* Browsers' sessions are over (docs/station.md 20.5): this user's, or, 0, those
 * of all. */
void desks_web_ended(struct desks *desks, uint64_t user);
/* "You are not signed in to it": RC_DENIED. */
enum rc sign_in_first(struct bytes desk, struct err *e);

/* Each answers one message; none fails. */
void desks_sign_in(struct desks *desks, const struct message *m);
void desks_sign_out(struct desks *desks, const struct message *m);
void desks_may(struct desks *desks, const struct message *m);
void desks_rows(struct desks *desks, const struct message *m);

#endif

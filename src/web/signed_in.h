/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is signed in by a session, as the station says. */
#ifndef WEB_SIGNED_IN_H
#define WEB_SIGNED_IN_H

#include "web/server.h"

#define SIGNED_IN_MS 60000 /* what was heard is believed so long */

/* The station's people, with how many of them this session has signed in noted
 * in it.  Takes the rows of CONTROL_USERS and of CONTROL_DESKS; the caller
 * json_decref()s. */
enum rc signed_in_ask(
    struct web_call *c, json_t **users, json_t **desks, struct err *e);
/* Ask only where it is older than SIGNED_IN_MS and the session came by TLS, so
 * that something depends on it. */
enum rc signed_in_fresh(struct web_call *c, struct err *e);
/* Whether a row of CONTROL_USERS is of somebody whom this session has signed
 * in. */
bool signed_in_by(const struct web_call *c, const json_t *row);

#endif

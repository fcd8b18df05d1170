/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who is signed in, in the store process (docs/registry.md 6.3): what keys has
 * said, held to the directory each time it is asked for.
 *
 * Somebody asks at the control socket as a user of the system (uid), and says
 * as which person; what a person may is then a matter of session_role() and
 * session_level(), and what he does is signed by people_sign().
 */
#ifndef PROC_STORE_SESSIONS_H
#define PROC_STORE_SESSIONS_H

#include "proc_store/station.h"

struct session {
	uint64_t uid;
	int64_t since;
	char person[LIMIT_ADDRESS + 1]; /* as his key says it, which is what
					   keys and statements call him */
	/* below: by the directory, and good until it changes */
	char address[LIMIT_ADDRESS + 1]; /* as it is written now */
	size_t holder;
	size_t cert; /* in force, of the key that he is signed in with */
};

/*
 * The person of this address (as his key, or the directory, has it; empty: the
 * only one) whom this user has signed in; his time begins anew.
 *
 * RC_DENIED	nobody is, or not he; his certificate is not in force
 * RC_USAGE	several are, and none was named
 */
enum rc session_of(
    struct session *out, uint64_t uid, struct bytes as, struct err *e);
/* All that this user has signed in, whose certificates are in force. */
void session_each(
    uint64_t uid, void (*each)(void *ctx, const struct session *s), void *ctx);
/* Name a user in a line of the log; a browser's session by whom it has signed
 * in, too. */
void session_log(struct log_line *l, uint64_t uid);
/*
 * "Nguyễn Thị Hà (vn/ha)": whom a browser's session has signed in, one after
 * another, of at most "max" bytes; nothing of a user of this machine, whose uid
 * says who he is.  The caller frees *out.
 *
 * RC_DENIED	it has signed nobody in
 */
enum rc session_names(struct buf *out, uint64_t uid, size_t max, struct err *e);
/* He holds it at this desk (a holder of the directory) now. */
bool session_role(const struct session *s, size_t desk, enum role role);
/* At some desk of this station's unit, or of one above it. */
bool session_role_here(const struct session *s, enum role role);
/* The same of all roles: a bit each. */
unsigned session_roles(const struct session *s, size_t desk);
/* Up to which level he may read. */
enum level session_level(const struct session *s);

/*
 * Have the person sign the statement of a step (docs/registry.md 6.7), which
 * keys reads again and holds to him.  then() hears of it, in a later round,
 * once: rc RC_IO where keys went away.  false: there are too many, or keys is
 * not there; then() hears nothing.
 */
bool people_sign(const struct session *s, struct bytes statement, uint64_t ref,
    void (*then)(uint64_t ref, const struct msg_step_signed *m));

/* ---- what the store process tells these rooms
 * ------------------------------------ */

void people_held(const struct cert *c); /* keys has this person's key */
void people_ask(uint64_t job, const struct msg_person *m);	/* by keys */
void people_session(uint64_t job, const struct msg_session *m); /* the same */
void people_step_signed(uint64_t job, const struct msg_step_signed *m);
void people_keys_gone(void);
void people_settled(bool kept, const struct err *e); /* the round is over */
/* ASK_USERS */
void people_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx);

#endif

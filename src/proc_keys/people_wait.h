/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who waits for the store, of those who want something of keys as people.
 *
 * What is asked waits for it twice: it says who the person is and which code he
 * used last; and what follows from an answer is on disk there before anything
 * is done here.  Here is who waits, and what is said of it; what is asked is in
 * people_asked.c, what becomes of it in people_sign_in.c.
 */
#ifndef PROC_KEYS_PEOPLE_WAIT_H
#define PROC_KEYS_PEOPLE_WAIT_H

#include "core/log.h"
#include "crypto/totp.h"
#include "daemon/msg.h"
#include "proc_keys/people.h"

#define WAITING_MAX 64u /* that wait for the store at once */

/* What somebody has asked, and what became of it so far. */
struct waiting {
	uint64_t job; /* that the store answers */
	uint64_t to;  /* control's */
	uint64_t uid;
	enum user_do what;
	char person[LIMIT_ADDRESS + 1], by[LIMIT_ADDRESS + 1];
	struct buf passphrase, code; /* until they are tried */
	struct identity keys;	     /* USER_SIGN_IN, from then on */
	int64_t lasts;
	uint8_t secret[TOTP_SECRET]; /* USER_CODES, from then on */
	bool heard;		     /* the store has said this of him: */
	struct msg_person_is is;     /* what it borrows is kept below */
	struct buf record;
};

/* Those whose keys this process has. */
extern struct people people;

/* From one who asks to waiting_drop(); there are less than WAITING_MAX. */
struct waiting *waiting_new(uint64_t to, const struct msg_user *m);
void waiting_drop(struct waiting *w);
void waiting_stop(void); /* all of them */
bool waiting_full(void);
struct waiting *waiting_for(uint64_t job); /* NULL: nobody */
/* Who asked first, of those that are to be tried; NULL: none. */
struct waiting *waiting_first(void);
/* How it ends that it does not happen; "wait": seconds before another try. */
void waiting_give_up(struct waiting *w, uint64_t wait, const struct err *e);
/* He is out, and the store knows it. */
void waiting_signed_out(struct waiting *w);
/* The store went while this waited for it: RC_IO. */
enum rc started_anew(struct err *e);
enum rc person_unknown(struct bytes person, struct err *e); /* RC_ABSENT */

/* To the log; e may be NULL. */
void user_log(enum log_level level, const char *event, struct bytes person,
    uint64_t uid, const struct err *e);
/* To control, as the answer to its job. */
void user_answer(uint64_t to, const struct msg_user_is *m);
void user_refuse(uint64_t to, uint64_t wait, const struct err *e);
/* To the store; more: other fields, or NULL.  false: it is not there. */
bool session_changed(uint64_t job, enum session_did what, struct bytes person,
    uint64_t uid, struct msg_session *more);
struct bytes address_of_person(const struct person *p);
/* He is signed out, and the log and the store hear why. */
void person_out(struct person *p, enum session_did why);

#endif

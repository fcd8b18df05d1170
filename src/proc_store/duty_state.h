/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who is on duty, as the store keeps it (docs/duty.md 1 to 3): all of it is
 * words of the store, read again after whatever changed them, so what is in
 * memory is what is on disk, or will be with this round.
 */
#ifndef PROC_STORE_DUTY_STATE_H
#define PROC_STORE_DUTY_STATE_H

#include "dispatch/rota.h"
#include "proc_store/duty.h"

#define WORD_ROTA "duty.rota"
#define WORD_OFFER "duty.offer"
#define OFFER_KEEP 3600 /* seconds that one holds */
#define DUTY_WHO (ROTA_LOGIN + ROTA_NAME + 24u)

/* docs/duty.md 3.6 */
enum did { CODE_ROTA = 1, CODE_FROM_NOBODY, CODE_TAKEN, CODE_ALONE, CODE_NOTE };

struct duty_on {
	uint64_t uid; /* ROTA_NOBODY: nobody */
	int64_t since;
	char login[ROTA_LOGIN + 1], name[ROTA_NAME + 1];
};

struct duty_state {
	bool read, changed; /* changed: in this round */
	struct rota rota;   /* owned; without shifts: there is none */
	uint64_t records, offers;
	struct duty_on on;
	struct {
		uint64_t n, uid; /* 0: none; ROTA_NOBODY: for anybody */
		int64_t at;
	} offer;
};
extern struct duty_state duty;

/* What is in memory is to be looked at, after this alone. */
enum rc duty_ready(struct err *e);
/* In the round's transaction: a word, the state, a record with its entry. */
enum rc duty_keep(const char *name, struct bytes value, struct err *e);
enum rc duty_write(struct err *e);
enum rc duty_record(
    enum did code, struct bytes text, const char *who, struct err *e);
void duty_record_word(char out[static 32], uint64_t n); /* where it is kept */
/* "login uid name" of a user; of who is in no rota, "- uid -", and of a
 * browser's session "- uid" and whom it has signed in. */
void duty_who(char out[static DUTY_WHO], uint64_t uid);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the rooms of people in the store tell one another (docs/registry.md 6):
 * people.c is who they are by the directory and which code each used last,
 * sessions.c who is signed in, people_step.c what they sign, people_rows.c the
 * list of them.
 */
#ifndef PROC_STORE_PEOPLE_H
#define PROC_STORE_PEOPLE_H

#include "proc_store/sessions.h"

/* ---- people.c */

/* A person whose key the station has. */
struct person_held {
	char address[LIMIT_ADDRESS + 1];
	uint8_t cert[SHA256_SIZE]; /* its fingerprint */
	int64_t until;
};

const struct person_held *person_held_each(size_t i); /* NULL: no more */
void people_forget(void); /* keys has none of them any more */
/* The person whose key says this address; RC_ABSENT, RC_DENIED. */
enum rc person_of(struct session *out, struct bytes person, struct err *e);
void text_set(char out[static LIMIT_ADDRESS + 1], struct bytes text);

struct codes {
	uint8_t key[SHA256_SIZE];
	uint64_t used;
	int64_t made;
	struct buf record; /* owned; empty: he has none */
};

/* The caller frees out->record. */
enum rc codes_get(struct codes *out, size_t holder, struct err *e);
enum rc codes_put(const struct codes *c, struct err *e);

/* ---- sessions.c */

/* One who is signed in. */
struct in {
	uint64_t uid;
	char person[LIMIT_ADDRESS + 1];
	int64_t since, told; /* told: milliseconds, that he is used */
};
const struct in *session_in(struct bytes person); /* NULL: he is not */

/* ---- people_step.c */

/* Keys went away: RC_IO for all that it was asked. */
void people_steps_gone(void);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* Asking to be enrolled, step by step: enrol request, and ceremonies that make
 * an authority's key. */
#ifndef ANTIN_REQUEST_H
#define ANTIN_REQUEST_H

#include "antin/enrol.h"
#include "crypto/suite.h"

struct asking {
	struct buf invitation_file;
	struct invitation invitation; /* borrows it */
	uint8_t key[ENROL_KEY];	      /* of its code */
	bool renews;
	struct identity earlier;    /* whom it renews */
	struct bytes name, address; /* of either */
	enum cert_kind kind;
	const char *line;      /* where it is sent; NULL: nowhere */
	bool recovers;	       /* an authority's that will have a KEM key too */
	struct identity id;    /* the new keys */
	struct buf escrow_for; /* a certificate, or nothing */
	struct buf escrow;
};
void asking_free(struct asking *k);

/* --invitation, and its code from --code-file or the terminal. */
enum rc asking_invited(struct asking *k, const struct args *a, struct err *e);
/* Make the keys, and their escrow where it is wanted. */
enum rc asking_keys(struct asking *k, const struct suite *suite, struct err *e);
/* NAME.key, NAME.pub, NAME.request and NAME.pending; says what comes next. */
enum rc asking_write(const struct asking *k, const char *name,
    const struct lock *lock, bool replace, struct err *e);

#endif

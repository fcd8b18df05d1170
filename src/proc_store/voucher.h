/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who has something to sign here: this station, and its desks, which keys can
 * sign for while somebody is signed in (docs/receipts.md 4 to 6).
 */
#ifndef PROC_STORE_VOUCHER_H
#define PROC_STORE_VOUCHER_H

#include "proc_store/notices.h"

#define SOON_MS 200   /* docs/receipts.md 6.1 */
#define LATER_MS 5000 /* of what nobody waits for */

struct voucher {
	char signer[LIMIT_ADDRESS + 1];
	bool desk, open; /* open: keys can sign for it */
	bool told;	 /* keys has said so, under this name */
	/* The name of the desk's certificate, where that is another (3.3). */
	char card[LIMIT_ADDRESS + 1];
	int64_t due;   /* milliseconds; 0: nothing waits */
	uint64_t job;  /* that keys is at; 0: none */
	uint64_t last; /* of what is in it */
};

/* The one of this name, which is made where there is none; it stays until
 * another is made. */
struct voucher *voucher_of(struct bytes signer);
struct voucher *voucher_each(size_t i); /* NULL behind the last */
/* Under this name keys signs for it. */
const char *voucher_name(const struct voucher *v);
/* Something waits, keys is at nothing of it and can sign. */
bool voucher_is_ready(const struct voucher *v);
/* There is a round when the first of them is due. */
void vouchers_wake(void);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* New keys of the station, as the keys process makes them (renew.c); of
 * docs/station.md 10.5. */
#ifndef PROC_KEYS_RENEW_H
#define PROC_KEYS_RENEW_H

#include "daemon/msg.h"
#include "pki/card.h"

struct renewing {
	struct identity next;	 /* the new keys, and the old KEM keys */
	struct identity earlier; /* those that the station's came after */
	bool made;		 /* they are on disk */
	bool making;		 /* they are on their way there */
	int64_t now;		 /* when they were asked for */
};
void renewing_free(struct renewing *r);

/* A key file that lies beside the station's, from before: new keys, unless they
 * are its own already. */
void renewing_given(struct renewing *r, const struct identity *station,
    struct bytes file, struct bytes passphrase);
/* The key file that was the station's before: its signature key is asked for as
 * long as others know no newer one. */
void renewing_was(struct renewing *r, const struct identity *station,
    struct bytes file, struct bytes passphrase);
/* Make them, under the lock of the station's; the store hears MSG_RENEWAL when
 * they are on disk. */
void renewing_begin(struct renewing *r, const struct identity *station,
    const struct lock *lock, int64_t now);
/* Their certificates have come: the parent is to put them in the station's
 * place. */
void renewing_certified(struct renewing *r, const struct identity *station,
    const struct lock *lock, struct bytes certs);
/* What the parent says of a file.  true: *station is the new one now. */
bool renewing_kept(
    struct renewing *r, struct identity *station, const struct msg_kept *m);

#endif

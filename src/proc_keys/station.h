/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The station's own keys, from its key file (docs/station.md 8): the file that
 * is in force, those beside it, and new keys that take their place
 * (docs/station.md 10.5).
 */
#ifndef PROC_KEYS_STATION_H
#define PROC_KEYS_STATION_H

#include "daemon/msg.h"
#include "pki/card.h"
#include "proc_keys/renew.h"

struct station_keys {
	struct identity keys;
	enum lock_kind lock;   /* that its key file is under */
	struct buf passphrase; /* of its key file */
	bool has_passphrase;
	struct buf file, name;	  /* the key file, not yet opened */
	struct buf next, earlier; /* files beside it, not yet opened */
	struct renewing renewing;
};
void station_keys_free(struct station_keys *s);

/* What the parent gives before work begins; nothing is opened yet. */
void station_keys_passphrase(struct station_keys *s, struct bytes passphrase);
void station_keys_given(struct station_keys *s, const struct msg_key *k);
/*
 * Open what was given.
 *
 * RC_ABSENT	it was given no key file
 *
 * and station_keys_open()'s.
 */
enum rc station_keys_begin(struct station_keys *s, struct err *e);
/*
 * This key file is the station's from now on.
 *
 * RC_INVALID	it is no station's
 * RC_DENIED	of a suite for foreign tools, under shares, or under a
 *		passphrase that was not given
 *
 * and identity_open()'s.  On failure nothing has changed.
 */
enum rc station_keys_open(
    struct station_keys *s, struct bytes file, struct err *e);
/* The store is told that keys has these; station: they are the station's. */
void held_tell(const struct card *c, bool station);

/* Each answers one message; none fails. */
void station_keys_link(struct station_keys *s, const struct message *m);
void station_keys_renew(struct station_keys *s, const struct message *m);
void station_keys_certified(struct station_keys *s, const struct message *m);
void station_keys_kept(struct station_keys *s, const struct message *m);

#endif

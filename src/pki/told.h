/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What stations tell one another of the directory by line (docs/link.md 17):
 * how much they know of it, and of whom they lack the certificates.
 *
 *	told   = Status | u64 at of each of its logs | 16 bytes of each fork
 *	wanted = (u8 what | u8 length | bytes) ...
 */
#ifndef PKI_TOLD_H
#define PKI_TOLD_H

#include "pki/status.h"

#define TOLD_FORKS 1000u
#define WANTED_MAX 256u /* entries that are looked at */

struct told {
	struct status status;
	int64_t *ats;	  /* owned: of each of its logs, when it was as it is */
	struct id *forks; /* owned: logs of which a fork is known */
	size_t fork_count;
};

/* The caller frees *out. */
void told_write(struct buf *out, const struct told *t);
/*
 * RC_INVALID	not of the form above
 * RC_LIMIT	too much of it
 *
 * The caller frees *out with told_free(); it is empty on failure.
 */
enum rc told_read(struct told *out, struct bytes in, struct err *e);
void told_free(struct told *t);

enum wanted {
	WANTED_ADDRESS = 1, /* its certificates are lacking */
	WANTED_CERT,	    /* by its SHA-256 */
	WANTED_NEWS,	    /* of an address that was asked for before */
};
void wanted_put(struct buf *out, enum wanted what, struct bytes which);
/* The next that is known here and well-made, stepping *in over it and what is
 * not; false: there is none.  *which borrows. */
bool wanted_next(enum wanted *what, struct bytes *which, struct bytes *in);
/* An address, or a hash. */
bool wanted_is_good(enum wanted what, struct bytes which);

#endif

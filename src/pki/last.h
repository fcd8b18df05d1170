/* SPDX-License-Identifier: EUPL-1.2 */
/* The last word of a station: that it is being destroyed (docs/emergency.md
 * 3).  Signed by its own key, which is gone a moment later. */
#ifndef PKI_LAST_H
#define PKI_LAST_H

#include "pki/directory.h"

#define LAST_BY 2u /* persons; none: the emergency code */
#define LAST_MAX 8192u

struct last_word {
	struct bytes station; /* its address */
	int64_t at;	      /* by its machine's clock */
	/* Its journal, as its newest checkpoint says; 0: not known. */
	uint64_t incarnation, size;
	struct node root;
	struct bytes by[LAST_BY]; /* addresses of those whose keys opened */
	size_t by_count;
	struct bytes signed_part, signature; /* of one that was read */
};

/* Write and sign one; the caller frees *out.  "station" is a station's address,
 * and "key" its signature key, of a composite suite. */
void last_write(
    struct buf *out, const struct last_word *r, const struct sig_key *key);
/* RC_INVALID: not of the form of docs/emergency.md 3.1.  *out borrows. */
enum rc last_read(struct last_word *out, struct bytes in, struct err *e);
/* It is signed under this key. */
bool last_holds(const struct last_word *r, const struct cert *station);
/* The same by a certificate of the unit's station that is in force at t.
 * RC_DENIED. */
enum rc last_counts(struct directory *d, const struct last_word *r, size_t unit,
    int64_t t, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Questions to the directory: where an address leads, whose key this is, who is
 * on a list, how old our knowledge is (docs/directory.md 3 and 8).  All take
 * the time they are asked for.
 */
#ifndef PKI_RESOLVE_H
#define PKI_RESOLVE_H

#include "envelope/envelope.h"
#include "pki/directory.h"

/* ---- addresses --------------------------------------------------------------
 */

struct resolved {
	size_t unit;
	size_t holder;			 /* NONE: the unit's own address */
	bool moved;			 /* it is written differently now */
	char address[LIMIT_ADDRESS + 1]; /* as it is written then */
};

/*
 * Where an address leads at that time, though it be an old one: units that were
 * moved, merged, split or closed, and desks that were, are followed.
 *
 * RC_INVALID	no address
 * RC_ABSENT	nobody known has or had it, or what it led to has ended without
 *		a successor
 */
enum rc resolve(const struct directory *d, struct bytes address, int64_t t,
    struct resolved *out, struct err *e);
/* The address of a holder, or of a unit (holder NONE), at t; false where it has
 * none then. */
bool address_of(const struct directory *d, size_t unit, size_t holder,
    int64_t t, char out[static LIMIT_ADDRESS + 1]);

/* ---- keys
 * ---------------------------------------------------------------------- */

/* The newest certificate of this kind and use that is in force at t, its
 * signatures checked; NONE. */
size_t cert_in_force(struct directory *d, size_t unit, size_t holder,
    enum cert_kind kind, enum cert_use use, int64_t t);

/* The signature certificates in force at t of a unit's station: the first
 * behind "after" (NONE: of all); NONE behind the last. */
size_t station_cert(struct directory *d, size_t unit, size_t after, int64_t t);

/* The KEM certificate for which the desks of a unit seal their keys in escrow:
 * that of the nearest authority that has one (docs/ceremony.md 6.1); NONE. */
size_t cert_for_escrow(struct directory *d, size_t unit, int64_t t);

/*
 * The KEM key to seal for, for whom an address leads to.
 *
 * RC_ABSENT	nobody, or he has no key in force
 * RC_DENIED	he may not have what is of this level
 *
 * and resolve()'s.
 */
enum rc resolve_kem(struct directory *d, struct bytes address, enum level level,
    int64_t t, const struct dcert **out, struct resolved *to, struct err *e);

/* The find() of struct opener; ctx is a struct directory. */
bool resolve_signer(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out);

/* The answers() of struct opener: whom "other" meant at t has become the holder
 * of "address". */
bool resolve_answers(
    void *ctx, struct bytes address, struct bytes other, int64_t t);

/* ---- lists
 * ---------------------------------------------------------------------- */

/* The list of this version, or (0) the newest in force at t; NULL. */
const struct list *list_find(const struct directory *d, const struct id *id,
    uint64_t version, int64_t t);
/* The desks on it at t.  Units that have ended are followed; nobody stands
 * twice. */
struct listed {
	struct resolved *desks; /* owned: free() */
	size_t count;
};
void list_expand(const struct directory *d, const struct list *l, int64_t t,
    struct listed *out);
/* The listed() of struct opener; ctx is a struct directory. */
bool resolve_listed(
    void *ctx, const struct list_ref *list, struct bytes address, int64_t t);

/* ---- roles
 * ----------------------------------------------------------------------- */

/* The person holds this role at the desk then, himself or for another. */
bool role_is_held(const struct directory *d, size_t person, size_t desk,
    enum role role, int64_t t);

/* ---- age
 * ---------------------------------------------------------------------------
 */

/* When the oldest of the checkpoints was made that stand for this unit: its own
 * log's and those above it. */
int64_t knowledge_of(const struct directory *d, size_t unit, int64_t t);

enum knowledge { KNOWLEDGE_FRESH, KNOWLEDGE_OLD, KNOWLEDGE_TOO_OLD };
/* What the policy that binds this unit says of knowledge that old, for this
 * level; *days is how old it is. */
enum knowledge knowledge_judge(const struct directory *d, size_t unit,
    enum level level, int64_t now, uint64_t *days);

/* ---- search
 * ------------------------------------------------------------------------- */

struct found {
	size_t unit, holder;
};
/* Units, desks and persons whose name, id, address or code has these words,
 * without regard to case and diacritics; those that are open at t.  Returns how
 * many were put into out, at most "max". */
size_t directory_search(const struct directory *d, struct bytes words,
    int64_t t, struct found *out, size_t max);
/* The unit that has this agency code at t, or NONE. */
size_t unit_by_code(const struct directory *d, struct bytes code, int64_t t);

#endif

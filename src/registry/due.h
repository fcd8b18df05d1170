/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * By when something is to be done (docs/registry.md 4.6), by the rules: due
 * times by precedence, the end of protection, and when to remind of it.
 */
#ifndef REGISTRY_DUE_H
#define REGISTRY_DUE_H

#include "core/time.h"
#include "envelope/label.h"
#include "registry/action.h"

struct rule_set;
struct doc;

/*
 * When this action is due on what began at "from"; "set" is the time of hỏa tốc
 * hẹn giờ, or TIME_NEVER.  TIME_NEVER: the rules say nothing of it.
 */
int64_t due_at(const struct rule_set *s, enum action a, enum precedence p,
    int64_t from, int64_t set);

/* The end of protection of this level decided at t: the first moment that is
 * free of it; TIME_NEVER: it has none.  "until" is the day's first second of an
 * earlier end, or TIME_NEVER. */
int64_t due_expiry(
    const struct rule_set *s, enum level l, int64_t t, int64_t until);
/* The furthest an extension of what ends at "expires" may go. */
int64_t due_extended(const struct rule_set *s, enum level l, int64_t expires);

enum due_end {
	DUE_END_FAR,	/* nothing is to be done */
	DUE_END_NEAR,	/* it may be extended now */
	DUE_END_PASSED, /* it is free of protection: say so */
};
/* How near the end of a document's protection is. */
enum due_end due_end(const struct rule_set *s, const struct doc *d, int64_t t);
/* The first moment it may be extended; TIME_NEVER: it has no protection. */
int64_t due_extend_from(const struct rule_set *s, const struct doc *d);

#endif

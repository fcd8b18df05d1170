/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The fold's own header: state.c, fold.c and fold_holders.c make one module.
 */
#ifndef PKI_FOLD_H
#define PKI_FOLD_H

#include <stdarg.h>

#include "pki/state.h"

#define FOLD_DEPTH 16u /* units above one another: docs/envelope.md 3.2 */

/* An act in hand, and where it stands. */
struct fold_act {
	struct act act;
	struct bytes bytes; /* its entry */
	size_t log;
	size_t log_unit; /* whose authority decided */
};

struct fold {
	struct state s;
	struct dlog *logs; /* borrowed */
	size_t log_count;
	struct fold_act *acts; /* log by log from the root down, in number */
	size_t act_count;
};

/* The hash that an index wants. */
uint64_t key_of(struct bytes b);

/* This act counts for nothing: an alarm with the reason. */
void fold_void(struct fold *f, const struct fold_act *a, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void fold_alarm(struct fold *f, enum alarm_kind kind, const struct fold_act *a,
    size_t unit, size_t holder, const char *fmt, va_list ap);

/*
 * The unit an act is about, if its authority may speak of it at that time:
 * it is the authority's own or below it (docs/directory.md 3.3).  NONE after
 * an alarm; also where the unit is not known, which with some acts only at hand
 * is no alarm.
 */
size_t fold_unit(
    struct fold *f, const struct fold_act *a, const struct id *uid, bool own);

/* Desks, persons, certificates, roles, lists, policies: all but units. */
void fold_holders(struct fold *f, struct bytes root);

#endif

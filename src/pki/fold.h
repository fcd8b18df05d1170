/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The fold's own header: state.c, fold.c, fold_read.c, fold_hosts.c and
 * fold_holders.c make one module.
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
	bool waits;	 /* an enrolment whose parent is not known yet */
	bool made;	 /* the enrolment that made its unit */
};

struct fold {
	struct state s;
	struct dlog *logs; /* borrowed */
	size_t log_count;
	struct fold_act *acts; /* log by log from the root down, in number */
	size_t act_count;
	/* of each act: its authority's key was revoked by then; NULL: none is
	 */
	const uint8_t *banned;
};

/* The hash that an index wants. */
uint64_t key_of(struct bytes b);

/* This act counts for nothing: an alarm with the reason. */
void fold_void(struct fold *f, const struct fold_act *a, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void fold_alarm(struct fold *f, enum alarm_kind kind, const struct fold_act *a,
    size_t unit, size_t holder, const char *fmt, va_list ap)
    __attribute__((format(printf, 6, 0)));

/*
 * The unit an act is about, if its authority may speak of it at that time:
 * it is the authority's own or below it (docs/directory.md 3.3).  NONE after
 * an alarm; also where the unit is not known, which with some acts only at hand
 * is no alarm.
 */
size_t fold_unit(
    struct fold *f, const struct fold_act *a, const struct id *uid, bool own);

/* Read all logs, from the root down, and enrol the units they speak of. */
enum rc fold_read(struct fold *f, struct err *e);
/* A unit begins; true: it is there by now. */
bool fold_enrol(struct fold *f, struct fold_act *a);
size_t fold_new_unit(struct state *s, const struct act *a, size_t parent);
/* A name from then on, among those there are. */
void fold_since(struct since **v, size_t *n, int64_t from, struct bytes text);

/* Units that were enrolled where their authority has nothing to say are none.
 */
void fold_check_enrolments(struct fold *f);
/* Which host each unit has, and when. */
void fold_hosts(struct fold *f);
/* The certificate of the root that was given, before any act speaks of it. */
void fold_root(struct fold *f, struct bytes root);
/* Certificates, when all holders are there; then revocations, one each; then
 * until when each counts. */
void fold_certificates(struct fold *f);
void fold_revoke(struct fold *f, const struct fold_act *fa);
void fold_ranges(struct state *s);
/* Desks, persons, certificates, roles, lists, policies: all but units. */
void fold_holders(struct fold *f, struct bytes root);

#endif

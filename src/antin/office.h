/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An authority at work: its directory file, open for it alone, and its key.
 * What a command decides is gathered and decided together: one checkpoint, on
 * disk before anybody is told.
 */
#ifndef ANTIN_OFFICE_H
#define ANTIN_OFFICE_H

#include "antin/cmd.h"
#include "core/arena.h"
#include "file/directory_file.h"
#include "pki/card.h"
#include "pki/resolve.h"

struct office {
	struct directory_file file;
	struct directory *d; /* the file's */
	struct identity me;  /* the authority; owned */
	size_t unit;	     /* whose */
	size_t cert;	     /* its certificate in force */
	int64_t now;
	struct act *acts; /* gathered; owned */
	size_t act_count;
	struct arena kept; /* what they borrow */
	size_t decided;	   /* acts, since it was opened */
};

/* --directory and --key.  Freed by office_close(). */
enum rc office_open(struct office *o, const struct args *a, struct err *e);
void office_close(struct office *o);
/* The run of commands that decide: opens, acts, decides, closes. */
enum rc office_run(const struct args *a, struct err *e);

/* An act that begins, with its kind and when it takes effect. */
struct act office_act(const struct office *o, enum act_kind kind);
/* Gather it; what it borrows stays until office_decide(). */
void office_add(struct office *o, const struct act *act);
/* Decide what was gathered: on disk when it returns. */
enum rc office_decide(struct office *o, struct err *e);

/* --effective, into the acts that follow. */
enum rc office_effective(
    int64_t *out, const struct office *o, const struct args *a, struct err *e);

/* Certify by the certificate that the authority will have then. */
enum rc office_at(struct office *o, int64_t t, struct err *e);

/* Who an address on the command line is, today; units, or desks and persons. */
enum rc office_unit(
    size_t *unit, const struct office *o, const char *address, struct err *e);
enum rc office_holder(struct resolved *out, const struct office *o,
    const char *address, bool person, struct err *e);

/*
 * A certificate for one within the authority's subtree, issued by it now.  The
 * request has all but its issuer; its end is cut to the authority's.
 *
 * RC_DENIED	it would claim what it may not (docs/pki.md 3)
 *
 * *der borrows from the office.
 */
enum rc office_issue(
    struct bytes *der, struct office *o, struct cert_request *r, struct err *e);

#endif

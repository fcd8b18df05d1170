/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether a checkpoint of a station's journal counts (docs/journal.md 5.5), by
 * what the directory says of who may sign it. */
#ifndef PKI_JOURNAL_H
#define PKI_JOURNAL_H

#include "journal/note.h"
#include "pki/directory.h"

/*
 * The line of the station whose journal it is holds, under a certificate of its
 * unit's station in force at the checkpoint's time.
 *
 * RC_ABSENT	the directory does not know that unit
 * RC_DENIED	no such line holds
 */
enum rc journal_counts(
    struct directory *d, const struct note *n, struct err *e);
/* The same, under one in force at this time, whatever the checkpoint says: a
 * key that is none any more may have written any time into it. */
enum rc journal_counts_at(
    struct directory *d, const struct note *n, int64_t at, struct err *e);
/* The same of a witness: that line of the unit with this place holds. */
bool journal_witnessed(
    struct directory *d, const struct note *n, size_t witness);
/* The unit above it whose station's line holds; NONE. */
size_t journal_witness(struct directory *d, const struct note *n);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* A document's record: its signed steps, as bytes (docs/registry.md 8.2, 8.4).
 */
#ifndef DESK_RECORD_H
#define DESK_RECORD_H

#include "desk/ask.h"

#define RECORD_MAX (64u << 20) /* bytes of a record */

struct doc; /* registry/doc.h */

/* The bytes of one of this station, of the rows of "doc-record"; the caller
 * frees *out, also after a failure. */
enum rc record_bytes(struct buf *out, const json_t *rows, struct err *e);

/*
 * What a record that came says, and whether it holds: the steps follow one
 * another, each is signed by the person it names, whose certificate was in
 * force then and who held the role at that desk.  "by" is the desk that sent
 * it.
 *
 * RC_INVALID	it is not of the form, or steps are not one document's
 * RC_DENIED	a signature does not hold, or its signer had no right to it
 * RC_ABSENT	the directory here does not know who signed
 * RC_IO	the station does not tell its directory
 *
 * *out is what could be read; the caller frees it with doc_free().  *from is
 * the name of the agency, which the caller frees.
 */
enum rc record_check(struct doc *out, char **from, const struct desk *desk,
    struct bytes record, const char *by, struct err *e);

#endif

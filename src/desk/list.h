/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of a document's files (docs/registry.md 8.1): what goes with them,
 * and what is signed of them. */
#ifndef DESK_LIST_H
#define DESK_LIST_H

#include "desk/files.h"

#define LIST_TEXT "antin content 1\n"
#define LIST_NONCE 32u	      /* hex digits that nobody guesses */
#define LIST_MAX (256u << 10) /* bytes of a list */
#define LIST_HEAD (sizeof(LIST_TEXT) - 1 + LIST_NONCE + 1)

/* The list of these files; "nonce" is LIST_NONCE digits.  Added to *out. */
void list_write(struct buf *out, const struct files *f, struct bytes nonce);
/* The list that is f->content is that of the files, as list_write() has it;
 * "digest" and "attachment" of each are compared. */
bool list_is(const struct files *f);
/* What f->content calls attachments, of as many files as it has. */
void list_kinds(struct files *f);
/*
 * Names, types and sizes are known; "digest" and "attachment" of each are what
 * f->content says.  RC_INVALID: it is no list, or not of these.
 */
enum rc list_read(struct files *f, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The files of a document (docs/registry.md 8.1): hashed, listed, sealed, read
 * and compared.  What was sealed once is in no file again unless a person wants
 * it so: all lies in memory.
 */
#ifndef DESK_FILES_H
#define DESK_FILES_H

#include "core/arena.h"
#include "crypto/hash.h"
#include "desk/record.h"
#include "envelope/dispatch.h"

struct files {
	json_t *letter; /* what its dispatch says, where it was opened; owned */
	struct doc_file {
		struct bytes name, type; /* borrow from "text" */
		bool attachment;
		int fd; /* owned; -1: it is in the list, and was not opened */
		uint64_t size;
		uint8_t digest[SHA256_SIZE];
	} file[DISPATCH_PARTS];
	size_t count;
	struct buf content; /* the list of them; empty: there is none */
	struct buf record;  /* the signed steps; empty: there are none */
	struct arena text;
};

void files_free(struct files *f);

/*
 * One more that a person gives: hashed.  "fd" is of a regular file, and is
 * taken, also on failure; the name is made NFC.
 *
 * RC_LIMIT	there are too many
 * RC_INVALID	its name is no text
 */
enum rc files_add(struct files *f, int fd, struct bytes name, struct bytes type,
    bool attachment, struct err *e);
/* The list of those that were added. */
void files_list(struct files *f);

/* A dispatch that lies at the desk: all its parts. */
enum rc files_open(
    struct files *f, const struct desk *d, const struct id *id, struct err *e);
/* What it has, by its list: that alone is opened, and held to "content" where
 * that is not NULL.  Without a list, names and types are the dispatch's, and
 * digests are zeros. */
enum rc files_look(struct files *f, const struct desk *d, const struct id *id,
    const char *content, struct err *e);
/* One of those that files_look() found, from 0 on, held to what the list says.
 * RC_ABSENT: it has no such. */
enum rc files_open_one(struct files *f, size_t i, const struct desk *d,
    const struct id *id, struct err *e);
/* Those of a document, by its row of "doc-show": of a draft or of what came,
 * held to their list, where there is one. */
enum rc files_of(struct files *f, const struct desk *d, const json_t *document,
    struct err *e);
/* The dispatch in which they lie.  RC_ABSENT: it has none here.  *content
 * (NULL: not wanted) borrows the row's, or is NULL where none is signed here.
 */
enum rc files_where(struct id *out, const char **content,
    const json_t *document, struct err *e);

/* What the field "content" says of it, in hex. */
void files_content(char out[static 2 * SHA256_SIZE + 1], const struct files *f);
/* RC_INVALID: the files are not those of its list, or that is not the one that
 * this hash names. */
enum rc files_check(const struct files *f, const char *content, struct err *e);
size_t files_attachments(const struct files *f);
/* The id of the dispatch in which a document's files lie at its own desk. */
enum rc files_id(struct id *out, const char *content, struct err *e);
/* Send it; "request" has addressees, id and labels, and is taken. */
enum rc files_send(const struct files *f, const struct desk *d, json_t *request,
    struct err *e);

#endif

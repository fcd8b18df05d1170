/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Documents of a station's registry, as the command handles them: what their
 * files are (docs/registry.md 8.1), how they go from one station to another,
 * and how it is checked what came.
 */
#ifndef ANTIN_DOC_H
#define ANTIN_DOC_H

#include "antin/talk.h"
#include "core/arena.h"
#include "crypto/hash.h"
#include "envelope/dispatch.h"

/* ---- asking (doc.c) ------------------------------------------------------ */

#define OPT_AS                                                                 \
	{                                                                      \
		"as", "PERSON", "which of those whom you have signed in",      \
		    false                                                      \
	}
/* Connected, with the desk chosen, and who asks; talk_close() and
 * json_decref(), also after a failure. */
enum rc doc_begin(
    struct talk *t, json_t **request, const struct args *a, struct err *e);
/* A request of the desk that acts, by who is named; "as" may be NULL. */
json_t *doc_request(const struct talk *t, const char *as);
/* The rows of "doc show" or "doc record"; the caller json_decref()s. */
enum rc doc_rows(json_t **rows, struct talk *t, const char *as,
    const char *document, enum control_what what, struct err *e);
/* The bytes of a record, of the rows that it was asked for. */
enum rc doc_record_bytes(struct buf *out, const json_t *rows, struct err *e);

/* ---- a package: the files of a document (doc_parts.c) ---------------------
 */

#define DOC_RECORD_MAX (64u << 20) /* bytes of a record */

struct doc_file {
	struct bytes name, type; /* borrow from the package */
	bool attachment;
	int fd; /* owned */
	uint64_t size;
	uint8_t digest[SHA256_SIZE];
};

struct package {
	json_t *letter; /* what its dispatch says, where it was opened; owned */
	struct doc_file files[DISPATCH_PARTS];
	size_t count;
	struct buf content; /* the list of them; empty: there is none */
	struct buf record;  /* the signed steps; empty: there are none */
	struct arena text;
};

/* Files of the command line, hashed, with the list of them; freed by
 * package_free(), also after a failure. */
enum rc package_take(struct package *p, const struct args *a, struct err *e);
/* A dispatch that lies at the desk: all its parts, in memory alone. */
enum rc package_open(
    struct package *p, struct talk *t, const struct id *id, struct err *e);
void package_free(struct package *p);
/* What the field "content" says of it, in hex. */
void package_content(
    char out[static 2 * SHA256_SIZE + 1], const struct package *p);
/* RC_INVALID: the files are not those of its list, or that is not the one that
 * this hash names. */
enum rc package_check(
    const struct package *p, const char *content, struct err *e);
size_t package_attachments(const struct package *p);
/* The id of the dispatch in which a document's files lie at its own desk. */
enum rc package_id(struct id *out, const char *content, struct err *e);
/* Send it; "request" has addressees, id and labels, and is taken. */
enum rc package_send(
    const struct package *p, struct talk *t, json_t *request, struct err *e);
/* Write the files into a folder. */
enum rc package_save(
    const struct package *p, const char *folder, struct err *e);

/* ---- a record that came (doc_record.c) ------------------------------------
 */

struct doc; /* registry/doc.h */

/*
 * What a record says, and whether it holds: the steps follow one another, each
 * is signed by the person it names, whose certificate was in force then and who
 * held the role at that desk.  "by" is the desk that sent it.
 *
 * RC_INVALID	it is not of the form, or steps are not one document's
 * RC_DENIED	a signature does not hold, or its signer had no right to it
 * RC_ABSENT	the directory here does not know who signed
 * RC_IO	the station does not tell its directory
 *
 * *out is what could be read; the caller frees it with doc_free().  *from is
 * the name of the agency, which the caller frees.
 */
enum rc record_check(struct doc *out, char **from, struct talk *t,
    struct bytes record, const char *by, struct err *e);

/* ---- steps that do something besides (doc_way.c) --------------------------
 */

struct doing {
	struct talk t;
	const struct args *a;
	char *as; /* owned; NULL: the only one */
	const char *action, *document;
	json_t *fields; /* owned */
	json_t *rows;	/* of the document, once asked; owned */
	struct package package;
	bool plain; /* the step is all there is: nothing before it, or after */
	bool done;  /* the step was taken before */
	bool more;  /* there is another one to be taken */
	bool quiet;
};

struct way {
	const char *action;
	/* What the fields lack that a command can know. */
	enum rc (*fill)(struct doing *d, struct err *e);
	/* Once it is known that the step could be taken. */
	enum rc (*act)(struct doing *d, struct err *e);
	/* Once it was. */
	enum rc (*after)(struct doing *d, struct err *e);
};
/* What its fields say now; what they lack, where the action has it. */
const char *way_said(const struct doing *d, const char *name);
void way_lacks(struct doing *d, const char *name, const char *value);
void way_lacks_bytes(struct doing *d, const char *name, struct bytes value);
void way_lacks_number(struct doing *d, const char *name, size_t n);
void way_lacks_id(struct doing *d, const char *name, const struct id *id);
/* The document's rows; what they say of a field. */
enum rc way_load(struct doing *d, struct err *e);
const char *way_is(const struct doing *d, const char *name);
bool way_is_outgoing(const struct doing *d);
/* The dispatch by which it came or went; false: none. */
bool way_dispatch(struct id *id, const struct doing *d);
bool way_is_one(const char *word, const char *const *of);
extern const char *const way_made_here[]; /* kinds of documents */
/* The desk is unlocked; a request about a dispatch of it. */
enum rc way_as_desk(struct doing *d, struct err *e);
json_t *way_about(const struct doing *d, const struct id *id);
/* doc_come.c: of struct way */
enum rc way_fill_arrive(struct doing *d, struct err *e);
enum rc way_fill_check(struct doing *d, struct err *e);
enum rc way_fill_tell(struct doing *d, struct err *e);
enum rc way_after_tell(struct doing *d, struct err *e);
enum rc way_fill_confirm(struct doing *d, struct err *e);
/* What a desk has signed last of a dispatch, "acted" or "refused"; NULL. */
const json_t *way_answer(const json_t *trace, const char *desk);

/* NULL: the step is all there is. */
const struct way *way_of(const char *action);
/* Of a document that was sent: how far it is with each addressee. */
void way_show(struct talk *t, const json_t *rows);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Steps of a document, and what is done besides (docs/registry.md 8): files are
 * sealed for the desk itself, a document is sent, what came is opened and held
 * to what its sender signed, and its sender is told.  Each can be ended
 * anywhere and asked for again: what is done is done once.
 */
#ifndef DESK_WAY_H
#define DESK_WAY_H

#include "desk/files.h"

/* A step that somebody takes. */
struct doing {
	struct desk desk;
	const char *action, *document; /* borrowed; NULL: it begins one */
	const char *code; /* why it is refused, a word; NULL: "other" */
	json_t *fields;	  /* owned: an object of texts */
	/* Given with it: those of a draft (files_add()). */
	struct files files;
	/* The rows that the station answered to a step that was taken; of one
	 * that is done for several addressees, each time. */
	void (*taken)(void *ctx, json_t *rows);

	/* Its own. */
	json_t *rows; /* of the document, once asked; owned */
	bool plain; /* the step is all there is: nothing before it, or after */
	bool done;  /* the step was taken before */
	bool more;  /* there is another one to be taken */
	struct id sends; /* what is sent goes under it */
};

/*
 * Take it, with all that belongs to it.  The outcome is that of the station, of
 * files (files.h) or a record (record.h).
 *
 * RC_USAGE	what is wanted is not given
 * RC_DENIED	it may not be taken by this person, now; or the desk is locked
 */
enum rc way_take(struct doing *d, struct err *e);
void way_free(struct doing *d);
/* Of a document that was sent, by its rows: how far it is with each addressee,
 * as objects {desk, state, code}; the caller json_decref()s, also after a
 * failure. */
enum rc way_addressees(
    json_t **out, const struct desk *desk, const json_t *rows, struct err *e);

/* Files may be given with this action; a field of it is known where nobody says
 * it, by files or by what came. */
bool way_takes_files(const char *action);
bool way_fills(const char *action, const char *field);

/* ---- between way.c, send.c and come.c ------------------------------------
 */

struct way {
	const char *action;
	/* What the fields lack that can be known. */
	enum rc (*fill)(struct doing *d, struct err *e);
	/* Once it is known that the step could be taken. */
	enum rc (*act)(struct doing *d, struct err *e);
	/* Once it was. */
	enum rc (*after)(struct doing *d, struct err *e);
	/* The fields that "fill" may add, with blanks between them. */
	const char *fills;
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
/* Its files, opened, and what they were when it was drafted. */
enum rc way_open_files(struct doing *d, struct err *e);
enum rc way_fill_send(struct doing *d, struct err *e);
enum rc way_act_send(struct doing *d, struct err *e);
enum rc way_after_send(struct doing *d, struct err *e);
/* The dispatch by which it came or went; false: none. */
bool way_dispatch(struct id *id, const struct doing *d);
bool way_is_one(const char *word, const char *const *of);
extern const char *const way_made_here[]; /* kinds of documents */
/* A request about a dispatch of the desk. */
json_t *way_about(const struct doing *d, const struct id *id);
#define WAY_ARRIVE                                                             \
	"level precedence documents pages attachments dispatch digest from "   \
	"due answers type copying until symbol date traffic groups"
/* come.c: of struct way */
enum rc way_fill_arrive(struct doing *d, struct err *e);
enum rc way_fill_check(struct doing *d, struct err *e);
enum rc way_fill_tell(struct doing *d, struct err *e);
enum rc way_after_tell(struct doing *d, struct err *e);
enum rc way_fill_confirm(struct doing *d, struct err *e);
/* What a desk has signed last of a dispatch, "acted" or "refused"; NULL. */
const json_t *way_answer(const json_t *trace, const char *desk);

/* NULL: the step is all there is. */
const struct way *way_of(const char *action);

#endif

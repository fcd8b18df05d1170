/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Asking a station as one of its desks (control/client.h): what `antin doc`
 * and the desk's pages have in common.  Nothing here asks a person for
 * anything, or prints.
 */
#ifndef DESK_ASK_H
#define DESK_ASK_H

#include "control/client.h"
#include "desk/value.h"

/* Who asks, all borrowed. */
struct desk {
	int fd;		     /* a connection to the station */
	const char *address; /* of the desk that acts */
	const char *as; /* which of those who are signed in; NULL: the only one
			 */
	/* See to it that the desk is signed in; NULL: where it is not, that is
	 * a failure (RC_DENIED). */
	enum rc (*act)(void *ctx, struct err *e);
	/* What a person is told besides, translated; NULL: nobody listens. */
	void (*tell)(void *ctx, const char *text);
	/* Bytes of what is sealed for it now; NULL: nobody wants to know. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
	/* Before so many bytes of what lies sealed are opened in memory; NULL:
	 * there is room. */
	enum rc (*room)(void *ctx, uint64_t bytes, struct err *e);
	void *room_ctx;
};

/* control_ask(), without descriptors; "request" is taken and may be NULL. */
enum rc ask_station(int fd, enum control_what what, json_t *request,
    const struct control_ears *ears, json_t **answer, struct err *e);
/* The rows of an answer as a list, which the caller json_decref()s. */
enum rc ask_for_rows(int fd, enum control_what what, json_t *request,
    json_t **rows, struct err *e);
/* A file that the station gives in pieces, of at most "max" bytes; "id" may be
 * NULL.  The caller frees *out, which is empty on failure. */
enum rc ask_pieces(struct buf *out, int fd, enum control_what what,
    const struct id *id, uint64_t max, struct err *e);

/* A request of the desk; and by the person. */
json_t *desk_request(const struct desk *d);
json_t *desk_request_as(const struct desk *d);
enum rc desk_act(const struct desk *d, struct err *e);
/* "fmt" is translated already. */
void desk_tell(const struct desk *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A dispatch id, or the beginning of one (4 digits or more) that lies in the
 * desk's inbox; "sent": or in its outbox. */
enum rc desk_id(struct id *out, const struct desk *d, const char *word,
    bool sent, struct err *e);
/* The rows of a document ("doc-show" or "doc-record"). */
enum rc desk_document(json_t **rows, const struct desk *d, const char *document,
    enum control_what what, struct err *e);

/* Why a dispatch is refused: the code of a word.  RC_USAGE: no such. */
enum rc reason_code(uint64_t *code, const char *word, struct err *e);

#endif

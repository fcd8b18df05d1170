/* SPDX-License-Identifier: EUPL-1.2 */
/* What a call of a page brings besides its fields: uploads, and a text that was
 * typed (docs/desk.md 6.5, 7.5). */
#ifndef WEB_GIVEN_H
#define WEB_GIVEN_H

#include "desk/ask.h"
#include "web/route.h"

#define GIVEN_MAX (CONTROL_FDS - 2) /* files of a document, or a dispatch */
#define GIVEN_TEXT 131072u	    /* bytes of a typed text */
#define GIVEN_NAME "noi-dung.txt"   /* of it, where nobody says otherwise */
#define GIVEN_TYPE "text/plain; charset=utf-8"

struct given {
	struct given_file {
		int fd; /* owned; -1: it was taken */
		char name[LIMIT_NAME + 1], type[101];
		bool attachment, text;
		struct id upload;
		uint64_t size; /* of an upload */
	} files[GIVEN_MAX];
	size_t count;
	struct web_call *c; /* whose it is; once taken */
};

/* The fields by which a route takes them: "uploads", "text", "text_name". */
#define FIELDS_GIVEN                                                           \
	{ "uploads", WEB_IN_BODY, WEB_OBJECTS, false, 0, GIVEN_MAX,            \
		"files that came: each {upload, attachment}" },                \
	    { "text", WEB_IN_BODY, WEB_LINES, false, 0, GIVEN_TEXT,            \
		    "a text that was typed: it becomes a file" },              \
	{                                                                      \
		"text_name", WEB_IN_BODY, WEB_TEXT, false, 0, LIMIT_NAME,      \
		    "what that file is called (noi-dung.txt)"                  \
	}

/*
 * All of it, the text first.  Each upload is the session's, and is open until
 * given_free(); on failure the call's "field" says which field it was.
 *
 * RC_INVALID	"uploads" is not of the form
 * RC_DENIED	malware was found in one; RC_IO: see web_scan()
 * and what upload_open() and upload_name() have.
 */
enum rc given_take(struct given *g, struct web_call *c, struct err *e);
void given_free(struct given *g, struct web_call *c);
/* How far they are sealed: struct control_ears' progress, of a struct given. */
void given_sealed(void *given, uint64_t done, uint64_t total);
/* It was done: they are needed no more. */
void given_drop(const struct given *g, struct web_call *c);

/*
 * Reply with a file of somebody else's: "fd" is taken.  It is a file to be
 * saved, under a name that a file could have, and of no type that a browser
 * would run (docs/desk.md 6.8).
 */
void given_replies(struct web_call *c, int fd, uint64_t size, struct bytes type,
    struct bytes name);

/* The desk that the call names, by the person; borrows.  RC_DENIED: the session
 * has no connection to the station. */
enum rc given_desk(struct desk *d, struct web_call *c, struct err *e);

#endif

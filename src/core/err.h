/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Outcomes.
 *
 * What can fail returns enum rc and takes a struct err last.  The code is for
 * the program and may be shown to a peer; the text is for the person at this
 * machine: what was wanted, what was found, the clause it breaks.  The text
 * never crosses the wire and never holds a secret.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__clang__)
#define ERR_MUST_USE __attribute__((warn_unused_result))
#else
#define ERR_MUST_USE /* gcc 12 knows it on functions only */
#endif

enum ERR_MUST_USE rc {
	RC_OK = 0,
	RC_INVALID, /* not of the form it must have */
	RC_DENIED,  /* does not authenticate, or is not allowed */
	RC_LIMIT,   /* over a named limit */
	RC_EXPIRED, /* past its time, or before it */
	RC_ABSENT,  /* it is not there */
	RC_EXISTS,  /* it is there already */
	RC_IO,	    /* the system refused: disk, file, terminal */
	RC_USAGE,   /* a command that cannot be understood */
};

#define ERR_TEXT 600 /* bytes of an error's text, with its NUL */

/* What an RC_DENIED is of, where who asks has to know: his text may change. */
enum err_of {
	ERR_OF_ALL,    /* what was asked, or not said */
	ERR_OF_ROLE,   /* who asks: he has no role for it */
	ERR_OF_PERSON, /* who asks: though he has the role, he may not */
};
#define ERR_OFS 3

struct err {
	enum rc rc;
	enum err_of of; /* fail() makes it ERR_OF_ALL, fail_at() keeps it */
	char text[ERR_TEXT]; /* NUL-terminated, in the language of lang.h */
};

/*
 * Fill *e with the outcome and its text; return the outcome.  The format is a
 * literal: the catalogue (po/vi.po) holds its Vietnamese form.
 */
enum rc fail(struct err *e, enum rc rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a failed system call: adds what errno says. */
enum rc fail_io(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "fmt: " before the text of a failure; return its outcome. */
enum rc fail_at(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same failure, of that; returns its outcome. */
enum rc fail_of(struct err *e, enum err_of of);
const char *err_of_name(enum err_of of); /* "all", "role", "person" */

/* The outcome's word, for logs and JSON: "ok", "invalid", "denied", ... */
const char *rc_name(enum rc rc);

/* A promise inside this program is broken: say so and end the process. */
void bug(const char *what) __attribute__((noreturn));

#endif

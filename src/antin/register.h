/* SPDX-License-Identifier: EUPL-1.2 */
/* What commands about registers share (docs/registry.md 7.5). */
#ifndef ANTIN_REGISTER_H
#define ANTIN_REGISTER_H

#include "antin/talk.h"

#define OPT_AS                                                                 \
	{                                                                      \
		"as", "PERSON", "which of those whom you have signed in",      \
		    false                                                      \
	}
#define OPT_YEAR                                                               \
	{                                                                      \
		"year", "YEAR", "of which year (default: this one)", false     \
	}

/*
 * Ask by --as and --desk, with the register that the first word names, --year
 * and --volume; more() (NULL: nothing) adds what the request has besides.  Of
 * CONTROL_BOOK and CONTROL_BOOK_PRINT all lines are fetched.  The caller
 * json_decref()s *rows, which is NULL on failure.
 */
enum rc register_ask(json_t **rows, const struct args *a,
    enum control_what what,
    json_t *(*more)(json_t *request, const struct args *a), struct err *e);

/* A connection, and a request as --as and --desk say; the caller talk_close()s
 * and json_decref()s whatever came out. */
enum rc register_begin(
    struct talk *t, json_t **request, const struct args *a, struct err *e);

#endif

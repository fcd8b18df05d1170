/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers (docs/registry.md 7.5): their lines, and what a clerk does with a
 * volume. */
#include "web/fields.h"
#include "web/resources.h"

#define DESK(where) FIELD_ADDRESS("desk", where, true)
#define AS(where) FIELD_ADDRESS("as", where, false)
#define BOOK                                                                   \
	{                                                                      \
		"book", WEB_IN_PATH, WEB_WORD, true, 1, 64, "its word"         \
	}
#define YEAR(where) FIELD_NUMBER("year", where, true, 1900, 9999)
#define LINES                                                                  \
	DESK(WEB_IN_QUERY), AS(WEB_IN_QUERY), BOOK, YEAR(WEB_IN_QUERY),        \
	    FIELD_NUMBER("volume", WEB_IN_QUERY, false, 1, UINT32_MAX),        \
	    FIELD_NUMBER("at", WEB_IN_QUERY, false, 0, INT64_MAX),             \
	    FIELD_NUMBER("max", WEB_IN_QUERY, false, 1, CONTROL_ROWS)
#define LINE                                                                   \
	DESK(WEB_IN_BODY), AS(WEB_IN_BODY), BOOK, YEAR(WEB_IN_BODY),           \
	    FIELD_NUMBER("at", WEB_IN_BODY, true, 0, INT64_MAX),               \
	{                                                                      \
		"text", WEB_IN_BODY, WEB_TEXT, true, 1, CONTROL_TEXT, NULL     \
	}

const struct web_route web_registers_routes[] = {
	{ .method = "GET",
	    .path = "/registers",
	    .needs = WEB_SESSION,
	    .what = "The registers, their volumes, and series of numbers",
	    .fields = { DESK(WEB_IN_QUERY), AS(WEB_IN_QUERY) },
	    .run = web_pass,
	    .ask = CONTROL_BOOKS,
	    .gives = "rows of volumes and series" },
	{ .method = "GET",
	    .path = "/registers/{book}",
	    .needs = WEB_SESSION,
	    .what = "Lines of a register",
	    .fields = { LINES },
	    .run = web_pass,
	    .ask = CONTROL_BOOK,
	    .gives = "rows of lines" },
	{ .method = "GET",
	    .path = "/registers/{book}/print",
	    .needs = WEB_SESSION,
	    .what = "The same as it is printed, column by column",
	    .fields = { LINES },
	    .run = web_pass,
	    .ask = CONTROL_BOOK_PRINT,
	    .gives = "rows of lines" },
	{ .method = "POST",
	    .path = "/registers/{book}/close",
	    .needs = WEB_SESSION,
	    .what = "Close the volume that is open",
	    .fields = { DESK(WEB_IN_BODY), AS(WEB_IN_BODY), BOOK,
		YEAR(WEB_IN_BODY) },
	    .run = web_pass,
	    .ask = CONTROL_BOOK_CLOSE },
	{ .method = "POST",
	    .path = "/registers/{book}/remark",
	    .needs = WEB_SESSION,
	    .what = "Add a remark to a line",
	    .fields = { LINE },
	    .run = web_pass,
	    .ask = CONTROL_BOOK_REMARK },
	{ .method = "POST",
	    .path = "/registers/{book}/resume",
	    .needs = WEB_SESSION,
	    .what = "Go on with a series of numbers from one that paper had",
	    .fields = { LINE },
	    .run = web_pass,
	    .ask = CONTROL_BOOK_RESUME },
	{ .method = NULL },
};

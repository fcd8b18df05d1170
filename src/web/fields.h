/* SPDX-License-Identifier: EUPL-1.2 */
/* Fields that many routes have. */
#ifndef WEB_FIELDS_H
#define WEB_FIELDS_H

#include "core/limits.h"
#include "web/route.h"

#define FIELD_ADDRESS(name, where, must)                                       \
	{                                                                      \
		name, where, WEB_ADDRESS, must, 1, LIMIT_ADDRESS, NULL         \
	}
#define FIELD_ID(name, where, must)                                            \
	{                                                                      \
		name, where, WEB_ID, must, 0, 0, NULL                          \
	}
#define FIELD_FLAG(name, where)                                                \
	{                                                                      \
		name, where, WEB_FLAG, false, 0, 0, NULL                       \
	}
#define FIELD_NUMBER(name, where, must, min, max)                              \
	{                                                                      \
		name, where, WEB_NUMBER, must, min, max, NULL                  \
	}
/* A page of rows: those before a number, and how many. */
#define FIELD_PAGE                                                             \
	{ "before", WEB_IN_QUERY, WEB_NUMBER, false, 0, INT64_MAX,             \
		"rows before this number" },                                   \
	{                                                                      \
		"max", WEB_IN_QUERY, WEB_NUMBER, false, 1, CONTROL_ROWS,       \
		    "rows at the most"                                         \
	}

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* What there was in a time (docs/registry.md 7.5). */
#include "web/fields.h"
#include "web/resources.h"

#define TIMES                                                                  \
	FIELD_ADDRESS("desk", WEB_IN_QUERY, true),                             \
	    FIELD_ADDRESS("as", WEB_IN_QUERY, false),                          \
	    { "from", WEB_IN_QUERY, WEB_TIME, true, 0, 0, NULL },              \
	{                                                                      \
		"until", WEB_IN_QUERY, WEB_TIME, true, 0, 0, NULL              \
	}

const struct web_route web_report_routes[] = {
	{ .method = "GET",
	    .path = "/report",
	    .needs = WEB_SESSION,
	    .what = "Documents of a time, counted by register, way, level and "
		    "precedence",
	    .fields = { TIMES },
	    .run = web_pass,
	    .ask = CONTROL_REPORT,
	    .gives = "rows of counts" },
	{ .method = "GET",
	    .path = "/report/times",
	    .needs = WEB_SESSION,
	    .what = "How long documents of a time took from step to step",
	    .fields = { TIMES,
		FIELD_NUMBER("before", WEB_IN_QUERY, false, 0, INT64_MAX) },
	    .run = web_pass,
	    .ask = CONTROL_REPORT_TIMES,
	    .gives = "rows of documents with their times" },
	{ .method = NULL },
};

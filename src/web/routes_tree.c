/* SPDX-License-Identifier: EUPL-1.2 */
/* What is looked up: who there is, and what the law says (docs/station.md
 * 9.2). */
#include "web/fields.h"
#include "web/resources.h"

const struct web_route web_tree_routes[] = {
	{ "GET", "/tree", WEB_SESSION,
	    "Units, desks, persons, roles and lists by the directory that the "
	    "station has.",
	    { { "at", WEB_IN_QUERY, WEB_NUMBER, false, 0, INT64_MAX,
		"where it goes on: what the row \"tree\" says of the answer "
		"before" } },
	    web_pass, CONTROL_TREE,
	    "Rows: unit, desk, person, role, list and its members, and a last "
	    "one, tree.",
	    false, NULL, false },
	{ "GET", "/rules", WEB_SESSION,
	    "Files of rules, and the rules that are in force at a time.",
	    { { "from", WEB_IN_QUERY, WEB_TIME, false, 0, 0,
		"in force then; now, where it is not given" } },
	    web_pass, CONTROL_RULES, "Rows: file, rule, and a last one, rules.",
	    false, NULL, false },
	{ .method = NULL },
};

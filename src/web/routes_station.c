/* SPDX-License-Identifier: EUPL-1.2 */
/* How the station is: what a technician sees first. */
#include "desk/health.h"
#include "web/fields.h"
#include "web/resources.h"

/* Rows of one kind of question after another. */
static enum rc
gather(struct web_call *c, json_t *to, enum control_what what, struct err *e)
{
	json_t *rows = NULL;
	enum rc rc = web_ask(c, what, json_object(), &rows, NULL, e);

	if (rc == RC_OK)
		(void)json_array_extend(to, rows);
	json_decref(rows);
	return rc;
}

static enum rc
station(struct web_call *c, struct err *e)
{
	static const enum control_what asks[] = { CONTROL_STATUS,
		CONTROL_ALARMS, CONTROL_DESKS, CONTROL_MEDIA };
	json_t *rows = json_array();
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < sizeof(asks) / sizeof(asks[0]) && rc == RC_OK; i++)
		rc = gather(c, rows, asks[i], e);
	if (rc == RC_OK)
		web_replies(c, json_pack("{s:s, s:O}", "version", ANTIN_VERSION,
				   "rows", rows));
	json_decref(rows);
	return rc;
}

/* As `antin doctor` judges, by what the station says (docs/operations.md 1). */
static enum rc
health(struct web_call *c, struct err *e)
{
	json_t *rows = json_array(), *alarms = json_array();
	struct health_report r = { .reader = HEALTH_OF_PAGES,
		.rows = rows,
		.alarms = alarms,
		.checks = json_array() };
	enum rc rc = gather(c, rows, CONTROL_STATUS, e);

	if (rc == RC_OK)
		rc = gather(c, alarms, CONTROL_ALARMS, e);
	if (rc == RC_OK) {
		r.now = row_int(health_row(&r, "station"), "now");
		health_of_all(&r, c->control);
		web_replies(
		    c, json_pack("{s:s, s:O}", "worst",
			   health_word(health_worst(&r)), "checks", r.checks));
	}
	json_decref(rows);
	json_decref(alarms);
	json_decref(r.checks);
	return rc;
}

const struct web_route web_station_routes[] = {
	{ .method = "GET",
	    .path = "/station",
	    .needs = WEB_SESSION,
	    .what = "How the station is: its clock, disk, knowledge, keys, "
		    "links, what waits, its life, alarms, desks, and for whom "
		    "disks are written",
	    .run = station,
	    .gives = "the version, and the rows of status, alarms, desks and "
		     "media" },
	{ .method = "GET",
	    .path = "/station/health",
	    .needs = WEB_SESSION,
	    .what = "Whether the station is well, as antin doctor judges",
	    .run = health,
	    .gives = "worst (fine, look, wrong); checks, each with check, its "
		     "name, state, what it says and what to do, value and "
		     "bound" },
	{ .method = NULL },
};

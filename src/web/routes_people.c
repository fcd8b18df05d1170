/* SPDX-License-Identifier: EUPL-1.2 */
/* People whose keys are at this station (docs/registry.md 6), and what there is
 * to be asked. */
#include "web/fields.h"
#include "web/resources.h"

static enum rc
openapi(struct web_call *c, struct err *e)
{
	(void)e;
	web_replies(c, web_openapi());
	return RC_OK;
}

const struct web_route web_people_routes[] = {
	{ .method = "GET",
	    .path = "/people",
	    .needs = WEB_SESSION,
	    .what = "People whose keys are at this station, and their roles",
	    .run = web_pass,
	    .ask = CONTROL_USERS,
	    .gives = "rows of people and of roles" },
	{ .method = "GET",
	    .path = "/openapi.json",
	    .needs = WEB_BEGUN,
	    .what = "This description",
	    .run = openapi,
	    .gives = "OpenAPI 3.1" },
	{ .method = NULL },
};

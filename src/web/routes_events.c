/* SPDX-License-Identifier: EUPL-1.2 */
/* The stream of changes: the server's loop answers it itself. */
#include "web/resources.h"

enum rc
web_events(struct web_call *c, struct err *e)
{
	(void)c;
	(void)e;
	bug("web: a stream is no call");
}

const struct web_route web_events_routes[] = {
	{ .method = "GET",
	    .path = "/events",
	    .needs = WEB_SESSION,
	    .what = "Hear at once what has changed",
	    .run = web_events,
	    .gives = "text/event-stream: event \"changed\", data "
		     "{\"what\":[...]} of mail, documents, alarms, links, "
		     "directory and people: what may be asked anew; a comment "
		     "each 20 "
		     "seconds" },
	{ 0 },
};

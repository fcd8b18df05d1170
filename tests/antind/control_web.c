/* SPDX-License-Identifier: EUPL-1.2 */
/* What a browser's session may ask of control (docs/station.md 20.6). */
#include "../tests/tap.h"
#include "proc_control/control.h"
#include "web/route.h"

static bool
may(uint64_t uid, enum control_what what)
{
	struct err e;

	return client_may_ask(uid, what, &e) == RC_OK;
}

/* Whatever routes there come to be. */
static void
what_a_route_asks_is_heard(void)
{
	const struct web_route *const *t, *r;
	size_t asked = 0, refused = 0;

	for (t = web_tables; *t != NULL; t++)
		for (r = *t; r->method != NULL; r++)
			if (r->run == web_pass) {
				asked++;
				refused += !may(MSG_USER_WEB, r->ask);
			}
	ok(asked > 10 && refused == 0, "what a route asks is heard");
}

static void
what_none_asks_is_not(void)
{
	static const enum control_what never[] = { CONTROL_BACKUP,
		CONTROL_REOPEN, CONTROL_DESTROYED, CONTROL_DIRECTORY_GIVE,
		CONTROL_ENROL_PUSH, CONTROL_INVITED, CONTROL_MEDIA_WRITE,
		CONTROL_DESK };
	size_t i, web = 0, command = 0;

	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		web += may(MSG_USER_WEB, never[i]) + may(INT64_MAX, never[i]);
		command += may(0, never[i]) && may(MSG_USER_WEB - 1, never[i]);
	}
	is(web, 0, "what is a command's alone is no browser's");
	is(command, i, "but a user's of the system");
}

int
main(void)
{
	what_a_route_asks_is_heard();
	what_none_asks_is_not();
	return done();
}

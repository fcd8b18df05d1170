/* SPDX-License-Identifier: EUPL-1.2 */
/* What an operator's requests may be (src/control/control.h). */
#include <string.h>

#include "../tests/tap.h"
#include "control/control.h"

#define ID "\"id\":\"00112233-44556677-8899aabb-ccddeeff\""
#define STATION "antin://dien-bien.vn"

static const struct {
	const char *packet;
	enum rc want;
} rows[] = {
	{ "{\"ask\":\"hold\",\"leg\":5}", RC_OK },
	{ "{\"ask\":\"hold\"," ID "}", RC_OK },
	{ "{\"ask\":\"hold\",\"hop\":\"" STATION "\"}", RC_OK },
	{ "{\"ask\":\"release\",\"hop\":\"\"}", RC_OK },
	{ "{\"ask\":\"reroute\",\"leg\":5,\"station\":\"" STATION "\"}",
	    RC_OK },
	{ "{\"ask\":\"drop\",\"leg\":5,\"reason\":\"twice\"}", RC_OK },
	{ "{\"ask\":\"alarms\"}", RC_OK },
	{ "{\"ask\":\"alarms\",\"all\":true}", RC_OK },
	{ "{\"ask\":\"alarms\",\"desk\":\"" STATION "/truc-ban\"}", RC_OK },
	{ "{\"ask\":\"seen\",\"alarm\":3}", RC_OK },

	{ "{\"ask\":\"hold\"}", RC_INVALID },
	{ "{\"ask\":\"hold\",\"leg\":0}", RC_LIMIT },
	{ "{\"ask\":\"hold\",\"leg\":-1}", RC_INVALID },
	{ "{\"ask\":\"hold\",\"leg\":5,\"hop\":\"\"}", RC_INVALID },
	{ "{\"ask\":\"hold\",\"leg\":5," ID "}", RC_INVALID },
	{ "{\"ask\":\"hold\",\"hop\":\"" STATION "/van-thu\"}", RC_INVALID },
	{ "{\"ask\":\"hold\",\"hop\":7}", RC_INVALID },
	{ "{\"ask\":\"hold\",\"leg\":5,\"station\":\"" STATION "\"}",
	    RC_INVALID },
	{ "{\"ask\":\"reroute\",\"leg\":5}", RC_INVALID },
	{ "{\"ask\":\"reroute\",\"leg\":5,\"station\":\"\"}", RC_INVALID },
	{ "{\"ask\":\"drop\",\"leg\":5}", RC_INVALID },
	{ "{\"ask\":\"drop\",\"leg\":5,\"reason\":\"\"}", RC_INVALID },
	{ "{\"ask\":\"drop\",\"leg\":5,\"reason\":\"a\\nb\"}", RC_INVALID },
	{ "{\"ask\":\"seen\"}", RC_INVALID },
	{ "{\"ask\":\"seen\",\"alarm\":\"3\"}", RC_INVALID },
	{ "{\"ask\":\"alarms\",\"desk\":\"" STATION "\"}", RC_INVALID },
};

int
main(void)
{
	struct control_request r;
	size_t i, wrong = 0;
	struct err e;
	enum rc rc;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rc = control_read(&r, bytes_str(rows[i].packet), 0, &e);
		if (rc != rows[i].want) {
			note("%s: %d, wanted %d", rows[i].packet, (int)rc,
			    (int)rows[i].want);
			wrong++;
		}
		control_free(&r);
	}
	is(wrong, 0, "each request is what it must be, and nothing else");
	rc = control_read(
	    &r, bytes_str("{\"ask\":\"hold\",\"hop\":\"\"}"), 0, &e);
	ok(rc == RC_OK && r.hop_set && r.hop.len == 0 && !r.id_set &&
		r.leg == 0,
	    "what has no way is a hop of its own");
	control_free(&r);
	return done();
}

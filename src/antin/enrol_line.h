/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Enrolment over a line (docs/link.md 12): the request goes to the station of
 * the authority, the answer is fetched from it.  The line vouches for nothing;
 * who answers is known by the proof of the answer.  A line that breaks is tried
 * again, and goes on where it was.
 */
#ifndef ANTIN_ENROL_LINE_H
#define ANTIN_ENROL_LINE_H

#include "antin/cmd.h"
#include "crypto/hash.h"
#include "link/enrolment.h"

#define OPT_LINE                                                               \
	{                                                                      \
		"line", "ADDR:PORT",                                           \
		    "over a line, by the station of the authority", false      \
	}

enum line_status {
	LINE_UNKNOWN, /* no such request lies there */
	LINE_WAITS,
	LINE_ANSWERED,
};

/*
 * Send a request to the station at "to", an IP address and a port.  The same
 * request may be sent again.
 *
 * RC_USAGE	no address
 * RC_IO	it cannot be reached, or the line broke each time
 * RC_LIMIT	it has no room now
 * RC_INVALID, RC_DENIED	it does not take the request
 */
enum rc line_send(
    enum line_status *out, const char *to, struct bytes request, struct err *e);
/* Ask for the answer to the request with this hash; the caller frees *answer,
 * which is empty but with LINE_ANSWERED.  Outcomes as above. */
enum rc line_ask(enum line_status *out, struct buf *answer, const char *to,
    const uint8_t hash[static SHA256_SIZE], struct err *e);

#endif

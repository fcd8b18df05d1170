/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who gets through to a route (docs/desk.md 3.4 to 3.7): the station's own
 * pages, in a session, and nobody who made a browser ask for him.  No I/O.
 */
#ifndef WEB_GATE_H
#define WEB_GATE_H

#include "web/session.h"

/* What a request says of itself; a header that is not there is empty. */
struct web_asked {
	const char *method;
	struct bytes host, origin; /* Host:, Origin: */
	struct bytes site;	   /* Sec-Fetch-Site: */
	struct bytes csrf;	   /* X-Antin: */
	struct bytes type;	   /* Content-Type: */
	uint64_t size;		   /* Content-Length:, 0: none */
	bool secure;		   /* it came by TLS */
	/* names that this station has by TLS: hosts, IP addresses */
	const struct bytes *names;
	size_t name_count;
};

/*
 * The name of a session's cookie: by TLS the host's alone; else with the port
 * that it was asked under, for a browser gives what it has of 127.0.0.1 to each
 * port there, and a machine may have several stations.
 */
void web_cookie_name(char out[static WEB_COOKIE], const struct web_asked *a);
/*
 * Whether a Host: is one of this station's: by TLS a name of it, else this
 * machine's loopback, each with any port or none.  What is asked under another
 * name was led here by a name service that lies.  For static files too.
 */
bool web_host_ok(const struct web_asked *a);
/* Whether this session has what the route needs (enum web_needs); NULL: there
 * is none.  RC_DENIED. */
enum rc web_may(
    const struct web_route *r, const struct web_session *s, struct err *e);
/*
 * Whether "r" may be run for this.  On failure *status is the reply's.
 *
 * RC_DENIED	401, 403: another host, another site's page, no session, no
 *		or a wrong token, nobody signed in
 * RC_INVALID	415: the body is of another type than the route's
 * RC_LIMIT	413: the body is too long
 */
enum rc web_gate(unsigned *status, const struct web_route *r,
    const struct web_asked *a, const struct web_session *s, struct err *e);

#endif

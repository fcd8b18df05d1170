/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Dialling the parent: its addresses in turn, each time after a longer wait, of
 * which half is left to chance, so that children that lost their parent at one
 * moment do not all come back at one moment (docs/link.md 13).
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/random.h"
#include "proc_link/link.h"

#define WAIT_FIRST INT64_C(500) /* milliseconds */
#define WAIT_MOST INT64_C(60000)

static int64_t
jitter(int64_t wait)
{
	uint32_t r;

	random_bytes(&r, sizeof(r));
	return wait / 2 + (int64_t)(r % (uint64_t)(wait / 2 + 1));
}

static bool
is_dialling(void)
{
	size_t i;

	for (i = 0; i < lk.count; i++)
		if (lk.conns[i]->dialled && !lk.conns[i]->up &&
		    lk.conns[i]->state != CONN_CLOSED)
			return true;
	return false;
}

void
dial_ended(bool was_up)
{
	lk.dial_wait =
	    was_up || lk.dial_wait == 0 ? WAIT_FIRST : lk.dial_wait * 2;
	if (lk.dial_wait > WAIT_MOST)
		lk.dial_wait = WAIT_MOST;
	lk.dial_at = process_ms() + jitter(lk.dial_wait);
}

enum rc
dial_ports(struct sandbox *box, struct err *e)
{
	const char *colon;
	size_t i;

	for (i = 0; i < lk.parent_count && i < SANDBOX_PORTS; i++) {
		colon = strrchr(lk.parents[i], ':');
		if (colon == NULL)
			return fail(
			    e, RC_INVALID, "%s: it has no port", lk.parents[i]);
		box->ports[box->port_count++] =
		    (uint16_t)strtoul(colon + 1, NULL, 10);
	}
	return RC_OK;
}

/* "192.0.2.1:7433", "[2001:db8::1]:7433": no names are asked of anybody. */
static enum rc
dial(struct conn **out, const char *to, struct err *e)
{
	const struct addrinfo hints = { .ai_flags =
					    AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(to, ':');
	struct addrinfo *at = NULL;
	char host[64];
	size_t len;
	int fd;

	if (colon == NULL)
		return fail(e, RC_INVALID, "%s is no address", to);
	len = (size_t)(colon - to);
	if (to[0] == '[' && len >= 2)
		to++, len -= 2;
	(void)snprintf(host, sizeof(host), "%.*s", (int)len, to);
	if (getaddrinfo(host, colon + 1, &hints, &at) != 0)
		return fail(e, RC_INVALID, "%s is no address", host);
	fd = socket(
	    at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || (connect(fd, at->ai_addr, at->ai_addrlen) != 0 &&
			  errno != EINPROGRESS)) {
		(void)fail_io(e, "%s cannot be reached", host);
		if (fd >= 0)
			close(fd);
		freeaddrinfo(at);
		return e->rc;
	}
	freeaddrinfo(at);
	*out = conn_new(fd, true, host);
	(void)event_add((*out)->writable, NULL);
	return RC_OK;
}

enum rc
dial_parent(struct conn **out, struct err *e)
{
	return dial(out, lk.parents[lk.next_parent++ % lk.parent_count], e);
}

void
dial_tick(int64_t now)
{
	struct conn *c;
	struct err e;

	if (lk.parent_count == 0 || lk.parent[0] == '\0' ||
	    lk.context == NULL || !lk.store_up || now < lk.dial_at ||
	    is_dialling() || !hours_contact() || !thin_ready(now))
		return;
	if (dial_parent(&c, &e) == RC_OK) {
		thin_dialled(c);
	} else {
		link_event(LOG_WARN, "dial.failed", NULL, &e);
		dial_ended(false);
	}
}

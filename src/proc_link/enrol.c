/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Enrolment by line (docs/link.md 12, docs/station.md 10): who is not yet in
 * the directory says ENROL in the place of HELLO.  One message comes, one goes
 * back, and the connection ends.  And this station's own renewal, which goes to
 * its parent the same way.
 *
 * Nobody has said who he is here.  So there are few such connections at once,
 * and of one network address few messages in a minute.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "link/enrolment.h"
#include "proc_link/link.h"

#define ENROLLING 16u	/* connections of this kind at once */
#define SOURCES 256u	/* network addresses that are remembered */
#define SOURCE_BURST 20 /* messages of one at once; and then */
#define SOURCE_MS 2000	/* milliseconds for each */

/* ---- how often somebody comes
 * ---------------------------------------------------- */

static struct source {
	char from[64];
	int64_t at; /* when it had been given back all up to then */
	int left;
} sources[SOURCES];

/* Of IPv6 somebody has a whole network, not an address. */
static void
network_of(char out[static 64], const char *from)
{
	struct in6_addr a;
	char text[INET6_ADDRSTRLEN];

	(void)snprintf(out, 64, "%s", from);
	if (strchr(from, ':') == NULL || inet_pton(AF_INET6, from, &a) != 1)
		return;
	memset(a.s6_addr + 8, 0, 8);
	(void)snprintf(out, 64, "%s/64",
	    inet_ntop(AF_INET6, &a, text, sizeof(text)) == NULL ? "?" : text);
}

static struct source *
source_of(const char *from)
{
	struct source *s, *oldest = &sources[0];

	for (s = sources; s < sources + SOURCES; s++) {
		if (strcmp(s->from, from) == 0)
			return s;
		if (s->at < oldest->at)
			oldest = s;
	}
	*oldest = (struct source){ .left = SOURCE_BURST };
	memcpy(oldest->from, from, strlen(from) + 1);
	return oldest;
}

static bool
may_come(const char *from, int64_t now)
{
	struct source *s = source_of(from);
	const int64_t more = s->at == 0 ? 0 : (now - s->at) / SOURCE_MS;

	s->left =
	    more > SOURCE_BURST - s->left ? SOURCE_BURST : s->left + (int)more;
	s->at = s->at == 0 || s->left == SOURCE_BURST
		    ? now
		    : s->at + more * SOURCE_MS;
	if (s->left == 0)
		return false;
	s->left--;
	return true;
}

/* ---- what comes
 * -------------------------------------------------------------------- */

/* One more of this kind: the one that came first goes where they are too many.
 */
static void
make_room(const struct conn *but)
{
	struct conn *first = NULL;
	size_t i, n = 0;

	for (i = 0; i < lk.count; i++) {
		if (!lk.conns[i]->enrolling || lk.conns[i]->dialled ||
		    lk.conns[i]->state == CONN_CLOSED || lk.conns[i] == but)
			continue;
		first = n++ == 0 ? lk.conns[i] : first;
	}
	if (n >= ENROLLING)
		conn_close(first, NULL);
}

/* A message, its length in front, as frames. */
static void
put(struct conn *c, struct bytes message)
{
	struct buf all = { 0 };
	size_t left, n;
	struct rd r;

	frame_uint(&all, message.len, ENROLMENT_HEAD);
	buf_add(&all, message);
	r = rd_init(buf_bytes(&all));
	left = all.len;
	for (; left > 0; left -= n) {
		n = left < FRAME_MAX ? left : FRAME_MAX;
		session_enrol(c->session, rd_bytes(&r, n));
	}
	buf_free(&all);
	c->dirty = true;
}

/* All of a peer's message is there. */
static void
came(struct conn *c)
{
	char network[64];
	struct msg_enrol m = { .conn = c->number,
		.message = bytes_of(c->enrol.p + ENROLMENT_HEAD,
		    c->enrol.len - ENROLMENT_HEAD) };

	network_of(network, c->from);
	m.from = bytes_str(network);
	if (c->up) {
		m.conn = 0;
		c->answered = true;
		(void)tell(PROC_STORE, MSG_ENROL_DOWN, 0, &m, -1);
		conn_leave(c, BYE_CLOSING);
	} else if (!may_come(network, process_ms()) ||
		   !tell(PROC_STORE, MSG_ENROL, 0, &m, -1)) {
		if (room_says())
			link_event(LOG_INFO, "enrol.too_often", c, NULL);
		conn_leave(c, BYE_BUSY);
	}
	buf_free(&c->enrol);
}

void
conn_enrol(void *ctx, struct bytes piece)
{
	struct conn *c = ctx;
	struct err e;
	bool whole;

	if (!c->enrolling)
		make_room(c);
	c->enrolling = true;
	c->since = process_ms();
	if (c->answered || c->asked_enrol)
		return; /* it has said all it may */
	if (enrolment_more(&c->enrol, piece, c->up, &whole, &e) != RC_OK) {
		if (room_says())
			link_event(LOG_WARN, "enrol.refused", c, &e);
		conn_leave(c, BYE_PROTOCOL);
	} else if (whole) {
		c->asked_enrol = true;
		came(c);
	}
}

void
conn_enrolled(struct conn *c, const struct msg_enrol *m)
{
	if (c->state != CONN_TALKING || !c->asked_enrol || c->answered)
		return;
	put(c, m->message);
	c->answered = true;
	c->since = process_ms();
}

/* ---- what goes to the parent
 * ------------------------------------------------------ */

static struct buf up; /* what is to be said to it */

static void
no_answer(void)
{
	const struct msg_enrol m = { .conn = 0 };

	(void)tell(PROC_STORE, MSG_ENROL_DOWN, 0, &m, -1);
}

void
enrol_up(const struct msg_enrol *m)
{
	struct conn *c;
	struct err e;
	size_t i;

	for (i = 0; i < lk.count; i++)
		if (lk.conns[i]->up && lk.conns[i]->state != CONN_CLOSED)
			return; /* it answers to what was said before */
	if (lk.parent_count == 0 || lk.context == NULL) {
		no_answer();
		return;
	}
	buf_free(&up);
	buf_add(&up, m->message);
	if (dial_parent(&c, &e) != RC_OK) {
		link_event(LOG_INFO, "enrol.unreached", NULL, &e);
		no_answer();
		return;
	}
	c->up = c->enrolling = true;
}

void
enrol_up_begins(struct conn *c)
{
	put(c, buf_bytes(&up));
	buf_free(&up);
}

void
enrol_up_ended(const struct conn *c)
{
	if (!c->answered)
		no_answer();
}

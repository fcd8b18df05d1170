/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Streams of changes (docs/desk.md 4.9): what a page may want to ask anew.  A
 * stream rests until there is something to say.
 *
 * Whoever hears asks.  Were all told at once, one step of one person would make
 * everybody's pages ask in one instant, and each wait for the others'; so some
 * are told at once, and those after them in turn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc_web/web.h"

#define PING_MS 20000 /* a word now and then, that shows who is gone */
#define BLOCK 1024u
#define TELL_MS 20    /* one is told each, */
#define TELL_BURST 10 /* or so many at once, after a rest */

struct stream {
	struct stream *prev, *next;
	struct MHD_Connection *conn;
	struct web_session *session; /* held */
	uint64_t what;		     /* that it is told now */
	uint64_t waits;		     /* of which it is told in its turn */
	bool rests, ping, ends, begun;
	int64_t told;
};

static struct stream *streams;
static size_t stream_count;
static struct event *on_turn;
static int64_t until; /* milliseconds: what was told took up */

static const char *const names[CHANGES] = { "mail", "documents", "alarms",
	"links", "directory", "people" };

static size_t
text_of(const struct stream *s, char *to, size_t max)
{
	struct buf b = { 0 };
	const char *comma = "";
	size_t i, len;

	if (!s->begun)
		buf_add(&b, bytes_str("retry: 2000\n\n"));
	if (s->what != 0) {
		buf_add(&b, bytes_str("event: changed\ndata: {\"what\":["));
		for (i = 0; i < CHANGES; i++)
			if ((s->what >> i & 1) != 0) {
				buf_add(&b, bytes_str(comma));
				buf_u8(&b, '"');
				buf_add(&b, bytes_str(names[i]));
				buf_u8(&b, '"');
				comma = ",";
			}
		buf_add(&b, bytes_str("]}\n\n"));
	} else if (s->ping) {
		buf_add(&b, bytes_str(":\n\n"));
	}
	if (b.len > max)
		bug("web: an event longer than its room");
	len = b.len;
	memcpy(to, b.p, len);
	buf_free(&b);
	return len;
}

static ssize_t
stream_read(void *ctx, uint64_t pos, char *to, size_t max)
{
	struct stream *s = ctx;
	size_t len;

	(void)pos;
	if (s->ends)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (s->begun && s->what == 0 && !s->ping) {
		s->rests = true;
		mhd->MHD_suspend_connection(s->conn);
		return 0;
	}
	len = text_of(s, to, max);
	s->what = 0;
	s->ping = false;
	s->begun = true;
	s->told = process_ms();
	return (ssize_t)len;
}

static void
stream_over(void *ctx)
{
	struct stream *s = ctx;

	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		streams = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	stream_count--;
	web_session_done(web_server.sessions, s->session);
	free(s);
}

static size_t
streams_of(const struct web_session *session)
{
	const struct stream *s;
	size_t n = 0;

	for (s = streams; s != NULL; s = s->next)
		n += s->session == session;
	return n;
}

struct MHD_Response *
events_new(struct MHD_Connection *conn, struct web_session *session)
{
	struct MHD_Response *r;
	struct stream *s;

	if (stream_count >= WEB_STREAMS ||
	    streams_of(session) >= WEB_STREAMS_OF)
		return NULL;
	s = alloc(1, sizeof(*s));
	*s = (struct stream){ .next = streams,
		.conn = conn,
		.session = session,
		.told = process_ms() };
	web_session_hold(web_server.sessions, session);
	if (streams != NULL)
		streams->prev = s;
	streams = s;
	stream_count++;
	r = mhd->MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, BLOCK, stream_read, s, stream_over);
	if (r == NULL) {
		stream_over(s);
		return NULL;
	}
	(void)mhd->MHD_add_response_header(
	    r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
	reply_headers(r, true);
	return r;
}

static void
wake(struct stream *s)
{
	if (!s->rests)
		return;
	s->rests = false;
	mhd->MHD_resume_connection(s->conn);
}

/* Who was told longest ago, of those whom there is something to tell. */
static struct stream *
next_told(void)
{
	struct stream *s, *next = NULL;

	for (s = streams; s != NULL; s = s->next)
		if (s->waits != 0 && (next == NULL || s->told < next->told))
			next = s;
	return next;
}

static void
tell_some(void)
{
	const int64_t now = process_ms();
	struct timeval later = { 0 };
	struct stream *s;

	if (until < now)
		until = now;
	while (
	    (s = next_told()) != NULL && until - now < TELL_BURST * TELL_MS) {
		until += TELL_MS;
		s->what |= s->waits;
		s->waits = 0;
		s->told = now;
		wake(s);
	}
	later.tv_usec = TELL_MS * 1000;
	if (s != NULL && event_add(on_turn, &later) != 0)
		bug("web: no timer");
	conns_run();
}

static void
turn(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	tell_some();
}

enum rc
events_begin(struct err *e)
{
	on_turn = event_new(process_base(), -1, 0, turn, NULL);
	return on_turn != NULL ? RC_OK : fail(e, RC_IO, "web: no events");
}

void
events_changed(uint64_t what)
{
	struct stream *s;

	for (s = streams; s != NULL; s = s->next)
		s->waits |= what;
	if (!event_pending(on_turn, EV_TIMEOUT, NULL))
		tell_some();
}

void
events_tick(int64_t ms)
{
	struct stream *s;

	for (s = streams; s != NULL; s = s->next) {
		if (web_session_over(web_server.sessions, s->session))
			s->ends = true;
		else if (ms - s->told >= PING_MS)
			s->ping = true;
		if (s->ends || s->ping)
			wake(s);
	}
	conns_run();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that speaks with browsers (docs/station.md 20).  It has no key,
 * no database, no network and no file but the connections it is handed; what a
 * page does is asked of control, as a command asks it.
 */
#include "proc_web/web.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Static_assert(USER_WEB == MSG_USER_WEB, "docs/station.md 20.4");

#define ATS 20u
#define LINKS_WAIT 16u
#define LINK_WAIT_MS 5000

struct web_server web_server = { .ms = process_ms };
struct uploads *web_uploads;

/* Where browsers find us, as tls has said. */
static struct {
	char text[MSG_PEER_TEXT + 1];
	bool secure;
} ats[ATS];
static size_t at_count;

/* As a browser writes them behind "https://". */
static struct buf name_texts[WEB_NAMES];
static struct bytes names[WEB_NAMES];
static size_t name_count;

const struct bytes *
web_names(size_t *count)
{
	*count = name_count;
	return names;
}

static enum rc
given(const struct message *m, int fd, struct err *e)
{
	const struct msg_setting *s = &m->body.setting;
	struct buf *text = &name_texts[name_count];
	bool v6;

	(void)fd; /* none of these carries one */
	if (m->kind != MSG_SETTING || !bytes_is(s->name, "web.name"))
		return m->kind == MSG_SETTING
			   ? RC_OK
			   : fail(e, RC_INVALID, "web is not given %s",
				 msg_name(m->kind));
	if (name_count == WEB_NAMES)
		return fail(e, RC_LIMIT, "web: over %u names", WEB_NAMES);
	v6 = memchr(s->value.p, ':', s->value.len) != NULL;
	buf_add(text, bytes_str(v6 ? "[" : ""));
	buf_add(text, s->value);
	buf_add(text, bytes_str(v6 ? "]" : ""));
	names[name_count++] = buf_bytes(text);
	return RC_OK;
}

/* ---- links
 * ------------------------------------------------------------------- */

/* Those that wait for tls to say where: it begins, or begins anew. */
static struct {
	uint64_t job, uid;
	int64_t until; /* milliseconds */
} waiting[LINKS_WAIT];
static size_t waiting_count;

/* A port of this machine's; ATS: there is none. */
static size_t
plain(void)
{
	size_t i;

	for (i = 0; i < at_count && ats[i].secure; i++)
		;
	return i == at_count ? ATS : i;
}

/* docs/desk.md 4.2: for a browser of this machine. */
static void
link_for(uint64_t job, uint64_t uid)
{
	struct msg_web_link_is is = { .rc = RC_OK };
	char token[WEB_TOKEN] = "", url[MSG_WEB_URL] = "";
	const size_t i = plain();
	struct err e = { 0 };

	if (i == ATS) {
		is.rc = fail(&e, RC_ABSENT,
		    "this station has no pages for browsers: see web in "
		    "antind.conf(5)");
		is.why = bytes_str(e.text);
	} else {
		web_link_new(web_server.sessions, token, uid, process_ms());
		(void)snprintf(
		    url, sizeof(url), "http://%s/#link=%s", ats[i].text, token);
		is.url = bytes_str(url);
	}
	(void)tell(PROC_CONTROL, MSG_WEB_LINK_IS, job, &is, -1);
	wipe(token, sizeof(token));
	wipe(url, sizeof(url));
}

static void
link_wanted(uint64_t job, uint64_t uid)
{
	if (plain() != ATS || waiting_count == LINKS_WAIT) {
		link_for(job, uid);
		return;
	}
	waiting[waiting_count].job = job;
	waiting[waiting_count].uid = uid;
	waiting[waiting_count++].until = process_ms() + LINK_WAIT_MS;
}

/* They know it now, or have waited long enough. */
static void
links_wait(int64_t now)
{
	size_t i, left = 0;

	for (i = 0; i < waiting_count; i++)
		if (plain() == ATS && now < waiting[i].until)
			waiting[left++] = waiting[i];
		else
			link_for(waiting[i].job, waiting[i].uid);
	waiting_count = left;
}

static void
at(const struct msg_web_at *m)
{
	if (at_count == ATS)
		bug("web: found in too many places");
	memcpy(ats[at_count].text, m->at.p, m->at.len);
	ats[at_count].text[m->at.len] = '\0';
	ats[at_count++].secure = m->secure != 0;
	links_wait(process_ms());
}

/* ---- the process
 * ------------------------------------------------------------- */

static void
on_tick(evutil_socket_t fd, short what, void *ctx)
{
	const int64_t now = process_ms();

	(void)fd;
	(void)what;
	(void)ctx;
	links_wait(now);
	conns_tick(now);
	line_tick(now);
	events_tick(now);
}

static enum rc
prepare(struct sandbox *box, struct err *e)
{
	enum rc rc;

	(void)box;
	control_prepares();
	tzset(); /* its file, which gmtime_r() would look for later */
	if ((rc = conns_open(e)) != RC_OK)
		return rc;
	return work_open(e);
}

static enum rc
begin(struct err *e)
{
	static const struct timeval second = { 1, 0 };
	struct event *tick =
	    event_new(process_base(), -1, EV_PERSIST, on_tick, NULL);
	enum rc rc;

	web_server.sessions = web_sessions_new();
	web_uploads = uploads_new(-1, UPLOADS_BYTES);
	if (tick == NULL || event_add(tick, &second) != 0)
		return fail(e, RC_IO, "web: no events");
	if ((rc = events_begin(e)) != RC_OK || (rc = conns_begin(e)) != RC_OK ||
	    (rc = work_begin(e)) != RC_OK)
		return rc;
	line_begin();
	return RC_OK;
}

static void
message(enum proc from, const struct message *m, int fd)
{
	(void)from;
	if (m->kind == MSG_BROWSER && fd >= 0) {
		conn_adopt(fd, &m->body.browser);
		fd = -1;
	} else if (m->kind == MSG_WEB_AT) {
		at(&m->body.web_at);
	} else if (m->kind == MSG_WEB_LINK) {
		link_wanted(m->job, m->body.web_user.user);
	} else if (m->kind == MSG_CHANGED) {
		events_changed(m->body.changed.what);
	}
	if (fd >= 0)
		(void)close(fd);
}

static void
peer(enum proc p, bool up)
{
	if (p == PROC_TLS)
		at_count = 0;
	else if (p == PROC_CONTROL)
		line_control(up);
}

const struct process process_web = {
	.self = PROC_WEB,
	.given = given,
	.prepare = prepare,
	.begin = begin,
	.message = message,
	.peer = peer,
};

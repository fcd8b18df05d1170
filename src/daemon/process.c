/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/process.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/time.h"

#define ASK_MS 120000  /* an answer takes no longer */
#define BYE_MS 2000    /* to write what is left before the end */
#define REST_SECONDS 1 /* memory is given back after */

/* Whom this process speaks with. */
struct peer {
	struct channel *c; /* NULL: not there */
	struct event *in, *out;
	bool wants_out; /* "out" is added */
};

static struct {
	const struct process *is; /* the table of this process */
	struct event_base *base;
	struct event *rest;
	bool rest_set, active; /* there may be memory to give back */
	struct peer peers[PROCS];
	bool begun, stopping;
	uint64_t job;
	/* settings that are for this frame */
	char user[64];
	bool sandbox;
} self = { .sandbox = true };

struct event_base *
process_base(void)
{
	return self.base;
}

int64_t
process_now(void)
{
	return time_now();
}

int64_t
process_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

uint64_t
next_job(void)
{
	/* not one that was asked under the same name before it was started
	 * anew, and whose answer may still come */
	if (self.job == 0)
		self.job = (uint64_t)process_ms() << 20;
	return ++self.job;
}

/* ---- saying and ending ------------------------------------------------------
 */

bool
tell(enum proc to, enum msg m, uint64_t job, const void *body, int fd)
{
	struct peer *p = &self.peers[to];

	if (p->c == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	channel_send(p->c, m, job, body, fd);
	self.active = true;
	return true;
}

void
tell_now(enum proc to)
{
	struct err e;

	/* that it is gone is noticed in its turn */
	if (self.peers[to].c != NULL &&
	    channel_write(self.peers[to].c, &e) != RC_OK)
		self.active = true;
}

void
process_log(enum log_level level, struct log_line *l)
{
	static const char warn[] = "warn ";
	struct bytes line = buf_bytes(&l->text);

	/* the level is told beside it */
	if (line.len >= sizeof(warn) - 1 &&
	    memcmp(line.p, warn, sizeof(warn) - 1) == 0)
		line = bytes_of(
		    line.p + sizeof(warn) - 1, line.len - (sizeof(warn) - 1));
	if (line.len > MSG_LINE)
		line.len = MSG_LINE;
	if (line.len > 0)
		(void)tell(PROC_PARENT, MSG_LOG, 0,
		    &(struct msg_log){ line, (uint64_t)level }, -1);
	buf_free(&l->text);
}

/* Write what is queued, but not for longer than that. */
static void
write_out(struct channel *c, int64_t until)
{
	struct pollfd p = { .fd = channel_fd(c), .events = POLLOUT };
	int64_t left;
	struct err e;

	while (channel_write(c, &e) == RC_OK && channel_queued(c) > 0) {
		left = until - process_ms();
		if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR))
			return;
	}
}

static void end(int status) __attribute__((noreturn));
static void
end(int status)
{
	int64_t until = process_ms() + BYE_MS;
	size_t i;

	for (i = PROCS; i-- > 0;)
		if (self.peers[i].c != NULL)
			write_out(self.peers[i].c, until);
	/* closed and wiped: what was queued or read may be secret */
	for (i = 0; i < PROCS; i++)
		channel_free(self.peers[i].c);
	_exit(status);
}

static void end_with(int status, const char *event, const struct err *e)
    __attribute__((noreturn));
static void
end_with(int status, const char *event, const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, event);

	log_err(&l, e);
	process_log(LOG_WARN, &l);
	end(status);
}

static void broken(enum proc peer, const struct err *e)
    __attribute__((noreturn));
static void
broken(enum proc peer, const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, "process.broken");

	log_str(&l, "peer", bytes_str(proc_name(peer)));
	log_err(&l, e);
	process_log(LOG_WARN, &l);
	end(PROCESS_BROKEN);
}

/* ---- siblings ---------------------------------------------------------------
 */

static void
drop_peer(struct peer *p)
{
	if (p->in != NULL)
		event_free(p->in);
	if (p->out != NULL)
		event_free(p->out);
	channel_free(p->c);
	*p = (struct peer){ 0 };
}

/* It is gone.  A vanished parent ends the process at once: nobody could log,
 * restart or stop it any more. */
static void
peer_down(enum proc peer)
{
	if (peer == PROC_PARENT)
		_exit(PROCESS_STOPPED);
	drop_peer(&self.peers[peer]);
	if (self.begun && self.is->peer != NULL)
		self.is->peer(peer, false);
}

static void on_read(int fd, short what, void *ctx);
static void on_write(int fd, short what, void *ctx);

static void
watch(enum proc peer)
{
	struct peer *p = &self.peers[peer];
	int fd = channel_fd(p->c);

	p->in = event_new(self.base, fd, EV_READ | EV_PERSIST, on_read, p);
	p->out =
	    event_new(self.base, fd, EV_WRITE | EV_PERSIST, on_write, NULL);
	if (p->in == NULL || p->out == NULL || event_add(p->in, NULL) != 0)
		bug("no event");
}

static void
peer_new(const struct message *m, int fd)
{
	enum proc peer = (enum proc)m->body.peer.proc;
	bool was = self.peers[peer].c != NULL;

	if (peer == self.is->self || fd < 0)
		bug("a sibling that cannot be");
	if (was)
		peer_down(peer);
	self.peers[peer].c = channel_new(fd, self.is->self, peer);
	if (!self.begun)
		return;
	watch(peer);
	if (self.is->peer != NULL)
		self.is->peer(peer, true);
}

/* ---- messages ---------------------------------------------------------------
 */

/* What the parent says to a process that works. */
static void
from_parent(const struct message *m, int fd)
{
	if (m->kind == MSG_PEER)
		peer_new(m, fd);
	else if (m->kind == MSG_STOP)
		self.stopping = true;
	else if (m->kind == MSG_KEY || m->kind == MSG_KEPT ||
		 m->kind == MSG_SCAN_LINE || m->kind == MSG_SCAN_NONE)
		self.is->message(PROC_PARENT, m, fd);
	else
		bug("the parent says what belongs before the start");
}

/* Handle what is whole of what was read from this sibling.  It may go, or be
 * another, meanwhile. */
static void
take_messages(enum proc peer)
{
	struct channel *c = self.peers[peer].c;
	struct message m;
	struct err e;
	enum rc rc;
	int fd;

	while (c != NULL && self.peers[peer].c == c && !self.stopping) {
		rc = channel_next(c, &m, &fd, &e);
		if (rc == RC_ABSENT)
			return;
		if (rc != RC_OK)
			broken(peer, &e);
		if (peer == PROC_PARENT)
			from_parent(&m, fd);
		else
			self.is->message(peer, &m, fd);
	}
}

static void
on_read(int fd, short what, void *ctx)
{
	struct peer *p = ctx;
	enum proc peer = (enum proc)(p - self.peers);
	struct err e;
	enum rc rc;

	(void)fd;
	(void)what;
	self.active = true;
	rc = channel_read(p->c, &e);
	if (rc == RC_ABSENT) {
		take_messages(peer);
		if (!self.stopping && p->c != NULL)
			peer_down(peer);
		return;
	}
	if (rc != RC_OK)
		broken(peer, &e);
	take_messages(peer);
}

/* That it can be written to is all there is to say: the round writes. */
static void
on_write(int fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
}

enum rc
ask(enum proc to, enum msg m, const void *body, int fd, struct message *answer,
    int *answer_fd, struct err *e)
{
	uint64_t job = next_job();
	enum rc rc;

	*answer_fd = -1;
	if (!tell(to, m, job, body, fd))
		return fail(e, RC_ABSENT, "%s is not there", proc_name(to));
	rc = channel_wait(self.peers[to].c, job, ASK_MS, answer, answer_fd, e);
	if (rc == RC_ABSENT)
		return fail(e, RC_ABSENT, "%s went away", proc_name(to));
	if (rc != RC_OK && rc != RC_EXPIRED)
		broken(to, e);
	return rc;
}

size_t
process_queued(enum proc to)
{
	return self.peers[to].c == NULL ? 0 : channel_queued(self.peers[to].c);
}

/* ---- the start --------------------------------------------------------------
 */

static void
text_of(char *to, size_t size, struct bytes v)
{
	size_t n = v.len < size - 1 ? v.len : size - 1;

	memcpy(to, v.p, n);
	to[n] = '\0';
}

/* A setting of this frame; false where it is the process's own. */
static bool
own_setting(const struct msg_setting *s)
{
	if (bytes_is(s->name, "user")) {
		if (s->value.len > 0)
			text_of(self.user, sizeof(self.user), s->value);
	} else if (bytes_is(s->name, "sandbox")) {
		self.sandbox = !bytes_is(s->value, "none");
	} else if (bytes_is(s->name, "log")) {
		log_level_set(bytes_is(s->value, "debug")  ? LOG_DEBUG
			      : bytes_is(s->value, "warn") ? LOG_WARN
							   : LOG_INFO);
	} else {
		return false;
	}
	return true;
}

/* What comes before the work: until MSG_GO. */
/* Settings of the whole daemon come to who needs none of them, too. */
static enum rc
given_nothing(const struct message *m, int fd, struct err *e)
{
	if (fd >= 0)
		(void)close(fd);
	return m->kind == MSG_SETTING
		   ? RC_OK
		   : fail(e, RC_INVALID, "%s is not given %s",
			 proc_name(self.is->self), msg_name(m->kind));
}

static enum rc
before_go(const struct message *m, int fd, bool *go, struct err *e)
{
	switch ((int)m->kind) {
	case MSG_GO:
		*go = true;
		return RC_OK;
	case MSG_STOP:
		end(PROCESS_STOPPED);
	case MSG_PEER:
		peer_new(m, fd);
		return RC_OK;
	default:
		if (m->kind == MSG_SETTING && own_setting(&m->body.setting))
			return RC_OK;
		return self.is->given != NULL ? self.is->given(m, fd, e)
					      : given_nothing(m, fd, e);
	}
}

static enum rc
wait_for_go(struct err *e)
{
	struct channel *c = self.peers[PROC_PARENT].c;
	struct pollfd p = { .fd = channel_fd(c), .events = POLLIN };
	struct message m;
	bool go = false;
	enum rc rc;
	int fd;

	while (!go) {
		rc = channel_next(c, &m, &fd, e);
		if (rc == RC_OK)
			rc = before_go(&m, fd, &go, e);
		else if (rc != RC_ABSENT)
			broken(PROC_PARENT, e);
		else if (poll(&p, 1, -1) < 0 && errno != EINTR)
			return fail_io(e, "poll");
		else if ((rc = channel_read(c, e)) == RC_ABSENT)
			_exit(PROCESS_STOPPED);
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

/* Into the sandbox, or a warning at every start. */
static enum rc
enter(struct sandbox *box, struct err *e)
{
	char got[128] = "none";
	struct log_line l;
	enum rc rc;
	bool full;

	if (self.sandbox &&
	    (rc = sandbox_enter(self.is->self, box, NULL, got, e)) != RC_OK)
		return rc;
	full = self.sandbox && strncmp(got, "landlock=0", 10) != 0;
	l = log_line(full ? LOG_INFO : LOG_WARN, "process.sandbox");
	log_str(&l, "got", bytes_str(got));
	process_log(full ? LOG_INFO : LOG_WARN, &l);
	return RC_OK;
}

static enum rc
start(struct err *e)
{
	struct sandbox box = { 0 };
	enum proc p;
	enum rc rc;

	/* what it makes on disk is its user's from the first */
	if ((rc = wait_for_go(e)) != RC_OK ||
	    (rc = sandbox_user(self.is->self,
		 self.user[0] != '\0' ? self.user : NULL, e)) != RC_OK ||
	    (self.is->prepare != NULL &&
		(rc = self.is->prepare(&box, e)) != RC_OK) ||
	    (rc = enter(&box, e)) != RC_OK)
		return rc;
	for (p = PROC_PARENT; p < PROCS; p++)
		if (self.peers[p].c != NULL)
			watch(p);
	self.begun = true;
	if (self.is->begin != NULL && (rc = self.is->begin(e)) != RC_OK)
		return rc;
	(void)tell(PROC_PARENT, MSG_READY, 0, NULL, -1);
	return RC_OK;
}

/* ---- rounds -----------------------------------------------------------------
 */

static void
on_rest(int fd, short what, void *ctx)
{
	size_t i;

	(void)fd;
	(void)what;
	(void)ctx;
	self.rest_set = false;
	for (i = 0; i < PROCS; i++)
		if (self.peers[i].c != NULL)
			channel_rest(self.peers[i].c);
	/* what is used again in a moment is not worth giving back */
	if (!self.active)
		(void)malloc_trim(0);
}

void
process_used(void)
{
	self.active = true;
}

/* Write to one, and watch for room where it does not take all.  One that is
 * gone is told by its reading: it may have said something before. */
static void
write_to(struct peer *p)
{
	struct err e;
	bool wants;

	wants = channel_write(p->c, &e) == RC_OK && channel_queued(p->c) > 0;
	if (wants == p->wants_out || p->out == NULL)
		return;
	p->wants_out = wants;
	if ((wants ? event_add(p->out, NULL) : event_del(p->out)) != 0)
		bug("no event");
}

static void
round_of(void)
{
	static const struct timeval later = { REST_SECONDS, 0 };
	enum proc p;

	/* ask() may have read more than its answer */
	for (p = PROC_PARENT; p < PROCS; p++)
		take_messages(p);
	if (self.is->round != NULL)
		self.is->round();
	for (p = PROC_PARENT; p < PROCS; p++)
		if (self.peers[p].c != NULL)
			write_to(&self.peers[p]);
	if (self.active && !self.rest_set &&
	    event_add(self.rest, &later) == 0) {
		self.rest_set = true;
		self.active = false; /* until something comes again */
	}
}

static void
harden(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE,
		SIGXFSZ };
	const struct rlimit none = { 0, 0 };
	size_t i;

	/* the parent tells what a terminal or a service manager tells it */
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)umask(077);
	/* threads with memory of their own would look into /proc before they
	 * give some of it back, which no sandbox of ours allows */
	(void)mallopt(M_ARENA_MAX, 1);
}

/* An event base whose descriptors are there before the sandbox is entered. */
static struct event_base *
new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	if (config == NULL ||
	    event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV) != 0 ||
	    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) != 0)
		bug("no events");
	base = event_base_new_with_config(config);
	if (base == NULL)
		bug("no event base");
	event_config_free(config);
	return base;
}

int
process_run(const struct process *p, int fd)
{
	struct err e;

	self.is = p;
	harden();
	self.base = new_base();
	self.rest = event_new(self.base, -1, 0, on_rest, NULL);
	if (self.rest == NULL)
		bug("no event");
	self.peers[PROC_PARENT].c = channel_new(fd, p->self, PROC_PARENT);
	if (start(&e) != RC_OK)
		end_with(PROCESS_FAILED, "process.failed", &e);
	round_of();
	while (!self.stopping) {
		if (event_base_loop(self.base, EVLOOP_ONCE) < 0)
			bug("the event loop failed");
		round_of();
	}
	if (p->stop != NULL)
		p->stop();
	end(PROCESS_STOPPED);
}

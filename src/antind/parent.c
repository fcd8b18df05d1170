/* SPDX-License-Identifier: EUPL-1.2 */
/* Starting the processes, watching them, and ending them in order. */
#include "antind/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define AGAIN_MIN 100	/* ms before the first restart; then doubled */
#define AGAIN_MAX 30000 /* ms */
#define STEADY 60000	/* ms after which one that lives is thought well */
#define DEATHS 10u	/* in STEADY, before all were ready: the end */
#define FAILURES 3u	/* of one that says it cannot start: the same */
#define STOP_SECONDS 10 /* before what does not end is killed */

/* In this order they end: first what takes in new work, the store last. */
#define STAGES 4
static const unsigned stages[STAGES] = {
	1u << PROC_CONTROL | 1u << PROC_LINK | 1u << PROC_WEB | 1u << PROC_TLS |
	    1u << PROC_PRINT | 1u << PROC_SCAN,
	1u << PROC_SEAL | 1u << PROC_MEDIA,
	1u << PROC_KEYS,
	1u << PROC_STORE,
};

struct parent me;

static void stop(int status);

struct event *
parent_event(int fd, short what, void (*call)(int, short, void *), void *ctx)
{
	struct event *e = event_new(me.base, fd, what, call, ctx);

	if (e == NULL)
		bug("no event");
	return e;
}

/* Pages are there where the configuration asks for a desk, who has files looked
 * at where it names clamd, and who draws while there is something to draw. */
static bool
is_wanted(enum proc p)
{
	const struct conf *conf = &me.s->conf;

	if (process_of(p) == NULL)
		return false;
	if (p == PROC_WEB || p == PROC_TLS)
		return conf_get(conf, "web") != NULL ||
		       conf_get(conf, "web.tls") != NULL;
	if (p == PROC_SCAN)
		return conf_get(conf, "clamd") != NULL;
	return p != PROC_PRINT || me.children[p].asked;
}

void
parent_ready(struct child *c)
{
	struct log_line l = child_line(LOG_INFO, "process.ready", c);
	size_t i;

	log_uint(&l, "pid", (uint64_t)c->pid);
	say_log(LOG_INFO, &l);
	c->ready = true;
	for (i = 1; i < PROCS; i++)
		if (is_wanted((enum proc)i) && !me.children[i].ready)
			return;
	if (me.ran)
		return;
	me.ran = true;
	l = log_line(LOG_INFO, "daemon.ready");
	log_str(&l, "version", bytes_str(ANTIN_VERSION));
	say_log(LOG_INFO, &l);
	say_notify("READY=1");
}

static void
warn(const char *event, const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, event);

	log_err(&l, e);
	say_log(LOG_WARN, &l);
}

/* ---- deaths -----------------------------------------------------------------
 */

static void
say_death(const struct child *c, pid_t pid, int status)
{
	bool meant =
	    WIFEXITED(status) && WEXITSTATUS(status) == 0 && c->told_stop;
	enum log_level level = meant ? LOG_INFO : LOG_WARN;
	struct log_line l =
	    child_line(level, meant ? "process.ended" : "process.died", c);

	log_uint(&l, "pid", (uint64_t)pid);
	if (WIFSIGNALED(status))
		log_uint(&l, "signal", (uint64_t)WTERMSIG(status));
	else
		log_uint(&l, "status", (uint64_t)WEXITSTATUS(status));
	say_log(level, &l);
}

/* How long to wait before it is started again; false where that is no use. */
static bool
again_in(struct child *c, int status, int64_t now)
{
	bool failed =
	    WIFEXITED(status) && WEXITSTATUS(status) == PROCESS_FAILED;

	if (now - c->started >= STEADY)
		c->delay = 0;
	if (now - c->first_death >= STEADY || c->deaths == 0) {
		c->deaths = c->failures = 0;
		c->first_death = now;
	}
	c->deaths++;
	c->failures += failed;
	c->delay = c->delay == 0 ? AGAIN_MIN : c->delay * 2;
	if (c->delay > AGAIN_MAX)
		c->delay = AGAIN_MAX;
	return me.ran || (c->deaths < DEATHS && c->failures < FAILURES);
}

/* Start it again, after its wait; or end where that is no use. */
static void
start_later(struct child *c, int status)
{
	struct timeval in;
	struct log_line l;

	if (me.stopping)
		return;
	if (!again_in(c, status, process_ms())) {
		l = child_line(LOG_WARN, "daemon.failed", c);
		log_str(&l, "why",
		    bytes_str("it cannot be started; what it said is above"));
		say_log(LOG_WARN, &l);
		stop(1);
		return;
	}
	in = (struct timeval){ c->delay / 1000, c->delay % 1000 * 1000 };
	if (event_add(c->again, &in) != 0)
		bug("no event");
}

static void
on_again(int fd, short what, void *ctx)
{
	struct child *c = ctx;
	struct err e;

	(void)fd;
	(void)what;
	if (me.stopping)
		return;
	if (child_start(c, &e) == RC_OK) {
		child_go(c);
		return;
	}
	warn("process.start", &e);
	if (c->pid != 0) {
		(void)kill(c->pid, SIGKILL); /* and so on, from its death */
		return;
	}
	c->started = process_ms(); /* the machine has no room for it now */
	start_later(c, 0);
}

static void
on_death(struct child *c, pid_t pid, int status)
{
	say_death(c, pid, status);
	if (c->is == PROC_CONTROL)
		parent_asks(false); /* nobody waits for a paper */
	if (!is_wanted(c->is))
		return;
	if (c->told_stop)
		on_again(-1, 0, c); /* it was to rest, and is wanted again */
	else
		start_later(c, status);
}

void
parent_asks(bool on)
{
	struct child *c = &me.children[PROC_PRINT];

	c->asked = on;
	if (me.stopping)
		return;
	if (on && c->pid == 0) {
		if (!event_pending(c->again, EV_TIMEOUT, NULL))
			on_again(-1, 0, c);
	} else if (!on && c->pid == 0) {
		(void)event_del(c->again);
	} else if (!on && !c->told_stop) {
		c->told_stop = true;
		channel_send(c->c, MSG_STOP, 0, NULL, -1);
		child_flush(c);
	}
}

static void next_stage(void);

static void
on_child(int sig, short what, void *ctx)
{
	int status;
	pid_t pid;
	size_t i;

	(void)sig;
	(void)what;
	(void)ctx;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 1; i < PROCS; i++)
			if (me.children[i].pid == pid) {
				me.children[i].pid = 0; /* may be another's */
				child_forget(&me.children[i]);
				on_death(&me.children[i], pid, status);
			}
	if (me.stopping)
		next_stage();
}

/* ---- the end ----------------------------------------------------------------
 */

static bool
in_stage(const struct child *c)
{
	return c->pid != 0 && (stages[me.stage] >> c->is & 1) != 0;
}

/* Tell those of this stage to stop, or go on to one that has some; after the
 * last the daemon ends. */
static void
next_stage(void)
{
	static const struct timeval patience = { STOP_SECONDS, 0 };
	bool any = false;
	size_t i;

	for (; me.stage < STAGES && !any; me.stage += !any)
		for (i = 1; i < PROCS; i++) {
			struct child *c = &me.children[i];

			if (!in_stage(c))
				continue;
			any = true;
			if (c->told_stop)
				continue;
			c->told_stop = true;
			channel_send(c->c, MSG_STOP, 0, NULL, -1);
			child_flush(c);
			if (event_add(me.deadline, &patience) != 0)
				bug("no event");
		}
	if (!any)
		(void)event_base_loopbreak(me.base);
}

static void
on_deadline(int fd, short what, void *ctx)
{
	struct log_line l;
	size_t i;

	(void)fd;
	(void)what;
	(void)ctx;
	for (i = 1; i < PROCS && me.stage < STAGES; i++)
		if (in_stage(&me.children[i])) {
			l = child_line(
			    LOG_WARN, "process.killed", &me.children[i]);
			say_log(LOG_WARN, &l);
			(void)kill(me.children[i].pid, SIGKILL);
		}
}

static void
stop(int status)
{
	struct log_line l;

	if (me.stopping)
		return;
	me.stopping = true;
	me.status = status;
	l = log_line(LOG_INFO, "daemon.stopping");
	say_log(LOG_INFO, &l);
	say_notify("STOPPING=1");
	next_stage();
}

static void
on_stop(int sig, short what, void *ctx)
{
	(void)sig;
	(void)what;
	(void)ctx;
	stop(0); /* asked again: it is on its way */
}

/* New key files, and the log anew; the rest of the configuration holds until a
 * restart. */
static void
on_reload(int sig, short what, void *ctx)
{
	struct child *c = &me.children[PROC_KEYS];
	struct log_line l;
	struct err e;

	(void)sig;
	(void)what;
	(void)ctx;
	if (!say_file_reopen()) {
		l = log_line(LOG_WARN, "log.stays");
		say_log(LOG_WARN, &l);
	}
	if (me.stopping || c->c == NULL)
		return;
	if (child_keys(c, &e) != RC_OK) {
		warn("daemon.reload", &e);
		return;
	}
	child_flush(c);
	l = log_line(LOG_INFO, "daemon.reload");
	log_str(&l, "note",
	    bytes_str("key files were read again; other settings change at "
		      "a restart"));
	say_log(LOG_INFO, &l);
}

/* ---- all --------------------------------------------------------------------
 */

static void
watch_signals(void)
{
	static const struct {
		int sig;
		void (*call)(int, short, void *);
	} handled[4] = {
		{ SIGCHLD, on_child },
		{ SIGTERM, on_stop },
		{ SIGINT, on_stop },
		{ SIGHUP, on_reload },
	};
	size_t i;

	(void)signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < 4; i++) {
		me.signals[i] = parent_event(handled[i].sig,
		    EV_SIGNAL | EV_PERSIST, handled[i].call, NULL);
		if (event_add(me.signals[i], NULL) != 0)
			bug("no event");
	}
	me.deadline = parent_event(-1, 0, on_deadline, NULL);
}

/* What the parent itself may do from now on, and all others with it. */
static enum rc
lock_in(struct err *e)
{
	struct sandbox box = { .paths = { { me.s->data, true } },
		.path_count = 1 };
	char *logs = say_file_folder();
	const char *on = conf_get(&me.s->conf, "sandbox");
	char got[128] = "none";
	struct log_line l;
	bool none = strcmp(on, "none") == 0;
	enum log_level level = none ? LOG_WARN : LOG_INFO;
	enum rc rc;

	if (logs != NULL)
		box.paths[box.path_count++] =
		    (struct sandbox_path){ logs, true };
	rc = none ? RC_OK : sandbox_enter(PROC_PARENT, &box, NULL, got, e);
	free(logs);
	if (rc != RC_OK)
		return rc;
	l = log_line(level, "process.sandbox");
	log_str(&l, "got", bytes_str(got));
	say_log(level, &l);
	if (geteuid() == 0 && !me.s->user) {
		l = log_line(LOG_WARN, "daemon.root");
		log_str(&l, "note",
		    bytes_str("the processes work as root, though without "
			      "its capabilities; \"user\" makes them "
			      "another's"));
		say_log(LOG_WARN, &l);
	}
	return RC_OK;
}

static enum rc
start_all(struct err *e)
{
	enum rc rc;
	size_t i;

	for (i = 1; i < PROCS; i++) {
		struct child *c = &me.children[i];

		c->is = (enum proc)i;
		c->again = parent_event(-1, 0, on_again, c);
		if (is_wanted(c->is) && (rc = child_start(c, e)) != RC_OK)
			return rc;
	}
	for (i = 1; i < PROCS; i++)
		if (me.children[i].c != NULL)
			child_go(&me.children[i]);
	return RC_OK;
}

static enum rc
open_all(struct err *e)
{
	enum rc rc;

	if ((rc = setup_hold(me.s, e)) != RC_OK ||
	    (rc = sockets_open(me.sockets, &me.socket_count, me.s, e)) != RC_OK)
		return rc;
	me.base = event_base_new();
	if (me.base == NULL)
		bug("no event base");
	watch_signals();
	return RC_OK;
}

/* A connection is a descriptor, and a hub has many. */
static void
most_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

static void
set_log_level(void)
{
	const char *least = conf_get(&me.s->conf, "log");

	log_level_set(strcmp(least, "debug") == 0  ? LOG_DEBUG
		      : strcmp(least, "warn") == 0 ? LOG_WARN
						   : LOG_INFO);
}

int
parent_run(struct setup *s)
{
	struct err e;
	size_t i;

	me.s = s;
	say_start();
	set_log_level();
	say_file_limits(strtoull(conf_get(&s->conf, "log-size"), NULL, 10),
	    (unsigned)strtoul(conf_get(&s->conf, "log-keep"), NULL, 10));
	most_files();
	if (open_all(&e) != RC_OK || lock_in(&e) != RC_OK) {
		warn("daemon.failed", &e);
		return 1;
	}
	if (start_all(&e) != RC_OK) {
		warn("daemon.failed", &e);
		stop(1);
	}
	if (!(me.stopping && me.stage >= STAGES) &&
	    event_base_dispatch(me.base) < 0)
		bug("the event loop failed");
	for (i = 0; i < me.socket_count; i++)
		(void)close(me.sockets[i].fd);
	(void)unlink("run/control");
	(void)unlink("run/metrics");
	setup_release();
	return me.status;
}

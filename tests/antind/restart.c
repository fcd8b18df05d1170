/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's processes die, one by one and again and again: what died comes
 * back after a wait that doubles, the others go on, and the station works
 * again.  When the parent goes, all go.  docs/station.md 2.2.
 */
#include <jansson.h>
#include <sys/resource.h>
#include <time.h>

#include "../tests/station/country.h"
#include "control/client.h"

static const char *const names[] = { "keys", "store", "seal", "link",
	"control", "media" };
#define NAMES COUNT(names)

/* ---- what is seen of a station ----------------------------------------------
 */

/* Whether it answers: the outcome of this question over its socket. */
static enum rc
ask_once(const struct seat *s, enum control_what what, json_t *request)
{
	char path[PATH + 32];
	json_t *answer = NULL;
	struct err e;
	enum rc rc;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/data/run/control", s->folder);
	rc = control_connect(&fd, path, &e);
	if (rc == RC_OK) {
		rc = control_ask(fd, what, request, NULL, 0, NULL, &answer, &e);
		close(fd);
	} else {
		json_decref(request);
	}
	json_decref(answer);
	return rc;
}

static json_t *
hello(void)
{
	json_t *r = json_object();

	(void)json_object_set_new(r, "version", json_integer(CONTROL_VERSION));
	return r;
}

/* Control answers, store answers it, and keys: within five seconds. */
static bool
works(const struct seat *s)
{
	const int64_t until = now_ms() + 5000;
	enum rc a = RC_OK, b = RC_OK, c = RC_OK;

	while (now_ms() < until) {
		a = ask_once(s, CONTROL_HELLO, hello());
		b = ask_once(s, CONTROL_STATUS, json_object());
		c = ask_once(s, CONTROL_DESKS, json_object());
		if (a == RC_OK && b == RC_OK && c == RC_OK)
			return true;
		(void)usleep(20000);
	}
	note("hello %s, status %s, desks %s", rc_name(a), rc_name(b),
	    rc_name(c));
	return false;
}

static size_t
said_of(const struct seat *s, const char *event, const char *name)
{
	char what[80];

	(void)snprintf(what, sizeof(what), "event=%s name=%s ", event, name);
	return seat_said(s, what);
}

/* Wait until this was said of it n times. */
static bool
waits_of(const struct seat *s, const char *event, const char *name, size_t n)
{
	char what[80];

	(void)snprintf(what, sizeof(what), "event=%s name=%s ", event, name);
	return seat_waits(s, what, n, 10);
}

static bool
is_gone(pid_t pid)
{
	char path[64], text[256] = "";
	const char *state;
	FILE *f;

	if (kill(pid, 0) != 0)
		return true;
	/* nobody may have waited for it: in a container without an init */
	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if ((f = fopen(path, "r")) == NULL)
		return true;
	(void)!fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	state = strrchr(text, ')');
	return state != NULL && state[2] == 'Z';
}

static void
pids_of(const struct seat *s, pid_t pids[static NAMES])
{
	size_t i;

	for (i = 0; i < NAMES; i++)
		pids[i] = seat_process(s, names[i]);
}

/* ---- tests ------------------------------------------------------------------
 */

static void
who_is_killed_comes_back_alone(const struct seat *s, size_t who)
{
	const size_t deaths = said_of(s, "process.died", names[who]);
	const size_t readies = said_of(s, "process.ready", names[who]);
	pid_t before[NAMES], after[NAMES];
	size_t i, moved = 0;
	char line[100];
	int64_t took;

	pids_of(s, before);
	(void)snprintf(line, sizeof(line),
	    "warn parent event=process.died name=%s pid=%ld signal=9\n",
	    names[who], (long)before[who]);
	took = now_ms();
	(void)kill(before[who], SIGKILL);
	ok(waits_of(s, "process.died", names[who], deaths + 1) &&
		seat_said(s, line) == 1,
	    "that %s died, and of what, is logged", names[who]);
	ok(waits_of(s, "process.ready", names[who], readies + 1),
	    "%s comes back", names[who]);
	took = now_ms() - took;
	pids_of(s, after);
	for (i = 0; i < NAMES; i++)
		moved += after[i] != before[i] || is_gone(after[i]);
	ok(moved == 1 && after[who] != before[who],
	    "the others go on as they were");
	ok(took >= 100 && took < 5000, "it took over a tenth of a second");
	ok(works(s), "and the station works as before");
	is(said_of(s, "process.died", names[who]), deaths + 1,
	    "%s has died no more than once", names[who]);
}

/* Kill seal; how long it takes to be ready again, at most so long. */
static int64_t
away_for(const struct seat *s, int64_t most)
{
	const size_t n = said_of(s, "process.ready", "seal");
	const int64_t from = now_ms();

	(void)kill(seat_process(s, "seal"), SIGKILL);
	if (!seat_waits(s, "event=process.ready name=seal ", n + 1,
		(unsigned)(most / 1000)))
		return most;
	return now_ms() - from;
}

/* The wait doubles: 0.2 (there was one death already), 0.4, 0.8, 1.6, and in a
 * long test on to 30 seconds, and from the beginning after a minute of life. */
static void
each_time_it_waits_longer(const struct seat *s)
{
	const bool soak = getenv("ANTIN_SOAK") != NULL;
	const size_t times = soak ? 10 : 4;
	int64_t wait = 200, took;
	size_t i, early = 0, late = 0;

	for (i = 0; i < times; i++) {
		took = away_for(s, wait + 10000);
		note("%lld ms, wanted %lld", (long long)took, (long long)wait);
		early += took < wait;
		late += took > wait + 2500;
		wait = wait * 2 < 30000 ? wait * 2 : 30000;
	}
	is(early, 0, "whatever often it is killed, its wait doubles");
	is(late, 0, "and then it comes back");
	if (soak) {
		(void)sleep(61);
		took = away_for(s, 10000);
		ok(took >= 100 && took < 2500,
		    "after a minute of life the wait is short again");
	}
	ok(works(s), "and works");
}

/* One that cannot start any more, for its file is away. */
static void
what_cannot_start_does_not_spin(const struct seat *s)
{
	char file[PATH + 32], away[PATH + 32];
	const size_t deaths = said_of(s, "process.died", "store");
	const size_t keys = said_of(s, "process.died", "keys");
	const size_t readies = said_of(s, "process.ready", "store");
	size_t n;

	(void)snprintf(file, sizeof(file), "%s/data/directory", s->folder);
	(void)snprintf(away, sizeof(away), "%s/data/away", s->folder);
	if (rename(file, away) != 0)
		bug("a directory that is not there");
	(void)kill(seat_process(s, "store"), SIGKILL);
	(void)usleep(1500000);
	n = said_of(s, "process.died", "store") - deaths;
	note("%zu deaths", n);
	ok(n >= 2 && n <= 4, "it is tried again ever more seldom");
	ok(seat_said(s, "warn store event=process.failed rc=") >= 1,
	    "and says each time why");
	is(ask_once(s, CONTROL_HELLO, hello()), RC_OK,
	    "who is asked meanwhile answers what he can");
	ok(ask_once(s, CONTROL_STATUS, json_object()) != RC_OK,
	    "and says so of what he cannot");
	is(said_of(s, "process.died", "keys"), keys, "the others live on");
	if (rename(away, file) != 0)
		bug("a directory that is gone");
	ok(waits_of(s, "process.ready", "store", readies + 1) && works(s),
	    "when it can, it starts, and all is well");
}

/* The machine has no room for it: it is tried again until there is. */
static void
what_has_no_room_waits(const struct seat *s)
{
	const size_t n = said_of(s, "process.ready", "control");
	struct rlimit was, few;

	if (prlimit(s->daemon, RLIMIT_NOFILE, NULL, &was) != 0) {
		skip("the daemon's limits cannot be set here");
		return;
	}
	few = (struct rlimit){ 3, was.rlim_max };
	(void)prlimit(s->daemon, RLIMIT_NOFILE, &few, NULL);
	(void)kill(seat_process(s, "control"), SIGKILL);
	ok(seat_waits(s, "warn parent event=process.start rc=io why=", 3, 5),
	    "one that finds no room is tried again");
	(void)prlimit(s->daemon, RLIMIT_NOFILE, &was, NULL);
	ok(waits_of(s, "process.ready", "control", n + 1) && works(s),
	    "and starts when there is");
}

static void
key_files_are_read_again(const struct seat *s)
{
	const size_t deaths = seat_said(s, "event=process.died");

	(void)kill(s->daemon, SIGHUP);
	ok(seat_waits(s, "info parent event=daemon.reload note=", 1, 5),
	    "told so, it reads its key files again");
	ok(works(s) && seat_said(s, "event=process.died") == deaths,
	    "and nobody dies of it");
}

static void
one_folder_has_one_daemon(const struct seat *s)
{
	struct seat other = *s;
	const size_t before = seat_said(s, "event=daemon.failed rc=exists");
	int status = 0;

	other.daemon = 0;
	(void)fflush(stdout);
	if ((other.daemon = fork()) == 0) {
		char conf[PATH + 16];
		const int log = open(s->log, O_WRONLY | O_APPEND);

		(void)snprintf(conf, sizeof(conf), "%s/antind.conf", s->folder);
		(void)dup2(log, 2);
		(void)execl(antind_path(), "antind", "-c", conf, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(other.daemon, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1 &&
		seat_said(s, "event=daemon.failed rc=exists") == before + 1,
	    "a second daemon in the same folder does not start");
	ok(works(s), "and the first one does not notice");
}

/* Every line: a time, a level, who says it, and an event. */
static void
the_log_is_lines_of_events(const struct seat *s)
{
	size_t bad = 0, n = 0;
	char line[8192];
	FILE *f = fopen(s->log, "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		char level[8], who[16], event[64];

		n++;
		if (sscanf(line,
			"20%*2d-%*2d-%*2dT%*2d:%*2d:%*2dZ %7[a-z] %15[a-z] "
			"event=%63[a-z._]",
			level, who, event) == 3)
			continue;
		note("%s", line);
		bad++;
	}
	if (f != NULL)
		(void)fclose(f);
	ok(n > 50 && bad == 0, "the log is %zu lines of events", n);
}

/* First who takes in work, last the store. */
static void
told_to_it_ends_in_order(struct seat *s)
{
	static const char *const order[] = { "event=daemon.stopping",
		"info parent event=process.ended name=seal ",
		"info parent event=process.ended name=keys ",
		"info parent event=process.ended name=store " };
	const size_t deaths = seat_said(s, "event=process.died");
	char path[PATH + 32];
	struct buf log;
	const char *at;
	struct err e;
	size_t i;

	is((uint64_t)seat_stop(s, SIGTERM), 0, "told to stop, it ends well");
	must(file_read(&log, s->log, 64u << 20, &e), &e);
	buf_u8(&log, 0);
	for (i = 0, at = (const char *)log.p; i < COUNT(order) && at != NULL;
	     i++)
		at = strstr(at, order[i]);
	ok(at != NULL, "in order: who takes in work first, the store last");
	buf_free(&log);
	is(seat_said(s, "event=process.died"), deaths, "nobody is killed");
	(void)snprintf(path, sizeof(path), "%s/data/run/control", s->folder);
	ok(access(path, F_OK) != 0, "its sockets are gone");
	is(ask_once(s, CONTROL_STATUS, json_object()), RC_ABSENT,
	    "and nobody answers");
}

static void
when_the_parent_goes_all_go(struct seat *s)
{
	const int64_t until = now_ms() + 2000;
	pid_t pids[NAMES];
	size_t i, gone = 0;

	pids_of(s, pids);
	is((uint64_t)seat_stop(s, SIGKILL), 256 + SIGKILL,
	    "the parent is killed");
	while (gone < NAMES && now_ms() < until) {
		(void)usleep(10000);
		for (i = 0, gone = 0; i < NAMES; i++)
			gone += is_gone(pids[i]);
	}
	is(gone, NAMES, "all others are gone within two seconds");
	ok(ask_once(s, CONTROL_STATUS, json_object()) != RC_OK,
	    "nobody answers in its name");
	ok(seat_start(s) && works(s), "the folder is free for the next");
}

/* One that can never start does not start for ever. */
static void
what_never_started_ends(struct seat *s)
{
	const int64_t from = now_ms();
	int status = 0;
	char path[PATH + 32];

	(void)snprintf(path, sizeof(path), "%s/data/directory", s->folder);
	if (truncate(path, 10) != 0)
		bug("a directory that is not there");
	(void)unlink(s->log);
	s->daemon = fork();
	if (s->daemon == 0) {
		char conf[PATH + 16];
		const int log = open(s->log, O_WRONLY | O_CREAT, 0600);

		(void)snprintf(conf, sizeof(conf), "%s/antind.conf", s->folder);
		(void)dup2(log, 2);
		(void)execl(antind_path(), "antind", "-c", conf, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(s->daemon, &status, 0);
	s->daemon = 0;
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1 &&
		now_ms() - from < 8000,
	    "what cannot start at all ends, and says so by its status");
	is(said_of(s, "process.died", "store"), 3, "it is tried three times");
	ok(seat_said(s, "warn parent event=daemon.failed name=store why=") ==
		    1 &&
		seat_said(s, "event=daemon.ready") == 0,
	    "and in its log it says which could not");
}

int
main(void)
{
	struct country c;
	struct seat *s;
	size_t i;

	(void)alarm(getenv("ANTIN_SOAK") == NULL ? 60 : 600);
	country_begin(&c);
	s = country_seat(&c, NULL, "vn");
	country_write(s, "");
	if (!ok(seat_start(s), "a station starts"))
		goto out;
	ok(works(s), "and works");
	for (i = 0; i < NAMES; i++)
		who_is_killed_comes_back_alone(s, i);
	each_time_it_waits_longer(s);
	what_cannot_start_does_not_spin(s);
	what_has_no_room_waits(s);
	key_files_are_read_again(s);
	one_folder_has_one_daemon(s);
	when_the_parent_goes_all_go(s);
	the_log_is_lines_of_events(s);
	told_to_it_ends_in_order(s);
	what_never_started_ends(s);
out:
	country_end(&c);
	return done();
}

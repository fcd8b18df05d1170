/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How a real station is started: each process locked in, as another user where
 * root starts it, its key from a service manager, which is told when it is
 * ready; and its log as the journal wants it.
 */
#include <jansson.h>
#include <poll.h>
#include <pwd.h>
#include <sys/un.h>

#include "../tests/station/country.h"
#include "control/client.h"
#include "daemon/sandbox.h"

static const char *const names[] = { "keys", "store", "seal", "link", "control",
	"media" };
#define NAMES COUNT(names)

/* ---- what is seen -----------------------------------------------------------
 */

static bool
works(const struct seat *s)
{
	char path[PATH + 32];
	struct err e;
	enum rc rc;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/data/run/control", s->folder);
	rc = control_connect(&fd, path, &e);
	if (rc != RC_OK)
		return false;
	rc = control_ask(
	    fd, CONTROL_STATUS, json_object(), NULL, 0, NULL, NULL, &e);
	close(fd);
	return rc == RC_OK;
}

/* A line of /proc/PID/status begins so. */
static bool
line_is(pid_t pid, const char *word, const char *wanted)
{
	char path[64], text[8192];
	const char *line;
	size_t n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	if ((f = fopen(path, "r")) != NULL) {
		n = fread(text, 1, sizeof(text) - 1, f);
		(void)fclose(f);
	}
	text[n] = '\0';
	line = strstr(text, word);
	if (line != NULL &&
	    strncmp(line + strlen(word), wanted, strlen(wanted)) == 0)
		return true;
	note("%.40s, wanted %s", line == NULL ? "nothing" : line, wanted);
	return false;
}

/* Open to nobody's eyes: /proc/PID/mem is root's. */
static bool
is_shut(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%ld/mem", (long)pid);
	return stat(path, &st) == 0 && st.st_uid == 0;
}

static uid_t
owner(const struct seat *s, const char *name)
{
	char path[2 * PATH];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	return stat(path, &st) == 0 ? st.st_uid : (uid_t)-2;
}

static void
begin_log_anew(const struct seat *s)
{
	(void)unlink(s->log);
}

/* ---- tests ------------------------------------------------------------------
 */

static void
each_is_locked_in(struct seat *s)
{
	size_t i, bad = 0;
	char line[100];
	pid_t pid;

	country_write(s, "");
	if (sandbox_is_off()) {
		skip("no sandbox is entered under sanitizers");
		return;
	}
	ok(seat_start(s) && works(s), "a station starts");
	for (i = 0; i < NAMES; i++) {
		pid = seat_process(s, names[i]);
		bad += !line_is(pid, "Seccomp:\t", "2\n") ||
		       !line_is(pid, "NoNewPrivs:\t", "1\n") ||
		       !line_is(pid, "CapEff:\t", "0000000000000000\n") ||
		       !line_is(pid, "CapPrm:\t", "0000000000000000\n") ||
		       !is_shut(pid);
		(void)snprintf(line, sizeof(line),
		    " %s event=process.sandbox got=", names[i]);
		bad += seat_said(s, line) != 1;
	}
	is(bad, 0, "each of its processes is locked in, and says so");
	ok(line_is(s->daemon, "Seccomp:\t", "2\n") &&
		line_is(s->daemon, "NoNewPrivs:\t", "1\n") &&
		seat_said(s, " parent event=process.sandbox got=") == 1,
	    "the parent too");
	is((uint64_t)seat_stop(s, SIGTERM), 0, "it ends");
}

static void
without_a_sandbox_it_warns(struct seat *s)
{
	size_t i, bad = 0;
	pid_t pid;

	country_write(s, "sandbox none\n");
	begin_log_anew(s);
	ok(seat_start(s) && works(s), "\"sandbox none\" does without");
	is(seat_said(s, "event=process.sandbox got=none"), NAMES + 1,
	    "each process says that it has none");
	is(seat_said(s, "warn parent event=process.sandbox got=none"), 1,
	    "and that is a warning");
	for (i = 0; i < NAMES; i++) {
		pid = seat_process(s, names[i]);
		bad += !line_is(pid, "Seccomp:\t", "0\n") ||
		       !line_is(pid, "CapEff:\t", "0000000000000000\n") ||
		       !is_shut(pid);
	}
	is(bad, 0, "what needs no sandbox is given up all the same");
	(void)seat_stop(s, SIGTERM);
}

/* Give what the store works on to this user; keys stay root's. */
static void
give_away(const struct seat *s, const struct passwd *pw)
{
	static const char *const given[] = { "data", "data/directory" };
	static const char *const passed[] = { "..", "", "data" };
	char path[2 * PATH];
	size_t i;

	for (i = 0; i < COUNT(given); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", s->folder, given[i]);
		if (chown(path, pw->pw_uid, pw->pw_gid) != 0)
			bug("chown");
	}
	for (i = 0; i < COUNT(passed); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", s->folder, passed[i]);
		if (chmod(path, 0711) != 0)
			bug("chmod");
	}
}

static void
root_works_as_another_user(struct seat *s)
{
	const struct passwd *pw = getpwnam("nobody");
	char ids[80], data[PATH + 16];
	size_t i, bad = 0;
	pid_t pid;

	if (geteuid() != 0 || pw == NULL) {
		skip("only root can be another user");
		return;
	}
	(void)snprintf(data, sizeof(data), "%s/data", s->folder);
	(void)nftw(data, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	country_write(s, "user nobody\n");
	give_away(s, pw);
	begin_log_anew(s);
	if (!ok(seat_start(s) && works(s), "root starts it as another user"))
		return;
	(void)snprintf(ids, sizeof(ids), "%u\t%u\t%u\t%u\n",
	    (unsigned)pw->pw_uid, (unsigned)pw->pw_uid, (unsigned)pw->pw_uid,
	    (unsigned)pw->pw_uid);
	for (i = 0; i < NAMES; i++) {
		pid = seat_process(s, names[i]);
		bad += !line_is(pid, "Uid:\t", ids) ||
		       !line_is(pid, "Groups:\t", " \n") || !is_shut(pid);
	}
	is(bad, 0, "each process is that user, in no group besides");
	ok(line_is(s->daemon, "Uid:\t", "0\t0\t0\t0\n") &&
		(sandbox_is_off() ||
		    line_is(s->daemon, "CapEff:\t", "00000000000000e2\n")),
	    "the parent stays root, with four capabilities");
	ok(owner(s, "data/store/store.db") == pw->pw_uid &&
		owner(s, "data/store/files") == pw->pw_uid &&
		owner(s, "data/run/control") == pw->pw_uid,
	    "what they make and need is that user's");
	ok(owner(s, "data/station.key") == 0 && owner(s, "data/run") == 0 &&
		owner(s, "data/keys/van-thu.key") == 0,
	    "keys are root's still");
	(void)kill(s->daemon, SIGHUP);
	(void)kill(seat_process(s, "store"), SIGKILL);
	ok(seat_waits(s, "event=daemon.reload", 1, 5) &&
		seat_waits(s, "event=process.ready name=store ", 2, 5) &&
		works(s),
	    "keys are read again, and who died comes back");
	is((uint64_t)seat_stop(s, SIGTERM), 0, "it ends");
}

static void
a_key_is_handed_over(struct seat *s)
{
	char from[2 * PATH], to[2 * PATH];

	(void)snprintf(from, sizeof(from), "%s/credentials", s->folder);
	(void)mkdir(from, 0700);
	(void)setenv("CREDENTIALS_DIRECTORY", from, 1);
	country_write(s, "key credential:the.key\n");
	(void)snprintf(from, sizeof(from), "%s/data/station.key", s->folder);
	(void)snprintf(to, sizeof(to), "%s/credentials/the.key", s->folder);
	if (rename(from, to) != 0)
		bug("rename");
	begin_log_anew(s);
	ok(seat_start(s) && works(s),
	    "a station starts by a key that a service manager hands over");
	is((uint64_t)seat_stop(s, SIGTERM), 0, "it ends");
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	country_write(s, "");
}

/* ---- the log ----------------------------------------------------------------
 */

/* Lines that begin so, and all there are. */
static size_t
lines_with(const struct seat *s, const char *const *begin, size_t *all)
{
	char line[8192];
	FILE *f = fopen(s->log, "r");
	size_t n = 0, i;

	*all = 0;
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		++*all;
		for (i = 0; begin[i] != NULL; i++)
			n += strncmp(line, begin[i], strlen(begin[i])) == 0;
	}
	if (f != NULL)
		(void)fclose(f);
	return n;
}

static void
the_journal_gets_priorities(struct seat *s)
{
	static const char *const syslog[] = { "<6>parent event=",
		"<6>keys event=", "<6>store event=", "<6>seal event=",
		"<6>link event=", "<6>control event=", "<6>media event=",
		"<4>parent event=", NULL };
	static const char *const plain[] = { "20", NULL };
	char stream[64];
	struct stat st;
	size_t n, all;
	int fd;

	begin_log_anew(s);
	fd = open(s->log, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || fstat(fd, &st) != 0)
		bug("no log");
	close(fd);
	(void)snprintf(stream, sizeof(stream), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	(void)setenv("JOURNAL_STREAM", stream, 1);
	(void)seat_start(s);
	(void)kill(seat_process(s, "seal"), SIGKILL);
	(void)seat_waits(s, "event=process.died", 1, 5);
	(void)seat_stop(s, SIGTERM);
	n = lines_with(s, syslog, &all);
	ok(n == all && all > 10,
	    "the journal gets each line with its priority, without a time");
	is(seat_said(s, "<4>parent event=process.died name=seal "), 1,
	    "a warning is one");
	begin_log_anew(s);
	(void)setenv("JOURNAL_STREAM", "1:2", 1);
	(void)seat_start(s);
	(void)seat_stop(s, SIGTERM);
	n = lines_with(s, plain, &all);
	ok(n == all && all > 10, "a file gets times, also below the journal");
	(void)unsetenv("JOURNAL_STREAM");
}

static void
what_is_less_than_asked_is_not_logged(struct seat *s)
{
	char path[PATH + 32];
	size_t all;
	unsigned i;

	country_write(s, "log warn\n");
	begin_log_anew(s);
	(void)snprintf(path, sizeof(path), "%s/data/run/control", s->folder);
	s->daemon = fork();
	if (s->daemon == 0) {
		char conf[PATH + 16];
		const int log = open(s->log, O_WRONLY | O_CREAT, 0600);

		(void)snprintf(conf, sizeof(conf), "%s/antind.conf", s->folder);
		(void)dup2(log, 2);
		(void)execl(antind_path(), "antind", "-c", conf, (char *)NULL);
		_exit(127);
	}
	for (i = 0; i < 1500 && !works(s); i++)
		(void)usleep(20000);
	(void)seat_stop(s, SIGTERM);
	(void)lines_with(s, (const char *const[]){ NULL }, &all);
	all -= seat_said(s, "warn parent event=daemon.root note=");
	ok(i < 1500 && all == 0, "with \"log warn\" a good day leaves no line");
	country_write(s, "");
}

/* Start it with its log in a pipe that holds little. */
static void
start_into_pipe(struct seat *s, int out[static 2])
{
	unsigned i;

	if (pipe(out) != 0 || fcntl(out[1], F_SETPIPE_SZ, 8192) < 0)
		bug("no pipe");
	(void)fflush(stdout);
	s->daemon = fork();
	if (s->daemon == 0) {
		char conf[PATH + 16];

		(void)snprintf(conf, sizeof(conf), "%s/antind.conf", s->folder);
		(void)dup2(out[1], 2);
		(void)close(out[0]);
		(void)close(out[1]);
		(void)execl(antind_path(), "antind", "-c", conf, (char *)NULL);
		_exit(127);
	}
	for (i = 0; i < 500 && !works(s); i++)
		(void)usleep(20000);
}

/* Make it log, so often, or until the pipe is full. */
static void
make_it_log(const struct seat *s, int in, unsigned times)
{
	struct pollfd p = { in, POLLOUT, 0 };

	while (times-- > 0 && (in < 0 || poll(&p, 1, 0) == 1)) {
		(void)kill(s->daemon, SIGHUP);
		(void)usleep(10000);
	}
}

static void
who_does_not_read_the_log_stops_nobody(struct seat *s)
{
	char some[65536] = "", *at = NULL;
	struct pollfd p = { .events = POLLIN };
	size_t n = 0;
	unsigned i;
	ssize_t got;
	int log[2];

	start_into_pipe(s, log);
	p.fd = log[0];
	make_it_log(s, log[1], 1000);
	make_it_log(s, -1, 50);
	(void)sleep(1); /* it waits that long for a reader */
	make_it_log(s, -1, 50);
	ok(works(s), "a station works whose log nobody reads");
	(void)close(log[1]);
	n = (size_t)read(log[0], some, 4096);
	ok(n == 4096 && memchr(some, 0, n) == NULL,
	    "the log is there as far as there was room");
	for (i = 0; i < patience(30) && at == NULL; i++) {
		make_it_log(s, -1, 2); /* there is room for it now */
		while (
		    at == NULL && n < sizeof(some) - 1 &&
		    poll(&p, 1, 1000) == 1 &&
		    (got = read(log[0], some + n, sizeof(some) - 1 - n)) > 0) {
			n += (size_t)got;
			some[n] = '\0';
			at = strstr(some, "warn parent event=log.lost lines=");
		}
	}
	ok(at != NULL && strtoul(at + 33, NULL, 10) > 0,
	    "and when it is read, it says how many lines it lost");
	is((uint64_t)seat_stop(s, SIGTERM), 0, "it ends as it should");
	(void)close(log[0]);
}

static void
a_service_manager_is_told(struct seat *s)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd p = { fd, POLLIN, 0 };
	char said[2][64] = { "", "" }, conf[PATH + 16];
	size_t i;
	ssize_t n;

	(void)snprintf(
	    a.sun_path, sizeof(a.sun_path), "%.80s/notify", s->country->folder);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		bug("no socket");
	begin_log_anew(s);
	(void)fflush(stdout);
	s->daemon = fork();
	if (s->daemon == 0) {
		const int log = open(s->log, O_WRONLY | O_CREAT, 0600);

		(void)snprintf(conf, sizeof(conf), "%s/antind.conf", s->folder);
		(void)dup2(log, 2);
		(void)setenv("NOTIFY_SOCKET", a.sun_path, 1);
		(void)execl(antind_path(), "antind", "-c", conf, (char *)NULL);
		_exit(127);
	}
	for (i = 0; i < 2; i++) {
		if (poll(&p, 1, 15000) == 1 &&
		    (n = recv(fd, said[i], sizeof(said[0]) - 1, 0)) > 0)
			said[i][n] = '\0';
		if (i == 0) {
			ok(strcmp(said[0], "READY=1") == 0 && works(s),
			    "a service manager is told when it is ready");
			(void)seat_stop(s, SIGTERM);
		}
	}
	ok(strcmp(said[1], "STOPPING=1") == 0, "and when it stops");
	ok(poll(&p, 1, 0) == 0, "and nothing else");
	close(fd);
}

int
main(void)
{
	struct country c;
	struct seat *s;

	(void)alarm(60); /* nothing of it takes that long */
	(void)unsetenv("JOURNAL_STREAM");
	country_begin(&c);
	s = country_seat(&c, NULL, "vn");
	each_is_locked_in(s);
	without_a_sandbox_it_warns(s);
	a_key_is_handed_over(s);
	the_journal_gets_priorities(s);
	what_is_less_than_asked_is_not_logged(s);
	who_does_not_read_the_log_stops_nobody(s);
	a_service_manager_is_told(s);
	root_works_as_another_user(s);
	country_end(&c);
	return done();
}

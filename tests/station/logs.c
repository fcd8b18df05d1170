/* SPDX-License-Identifier: EUPL-1.2 */
/* A station's log, as it grows and is moved away (docs/upgrade.md 4). */
#include "country.h"

#define MUCH 70000u /* bytes: over the least log-size */
#define KEPT 3

static struct country land;
static struct seat *s;
static size_t reloads; /* SIGHUPs that were answered */

#define KEEP 3 /* as the configuration says below */

static void
name(char out[static PATH], unsigned n)
{
	(void)snprintf(out, PATH, n == 0 ? "%.600s" : "%.600s.%u", s->log, n);
}

static bool
is_there(unsigned n)
{
	char path[PATH];
	struct stat st;

	name(path, n);
	return stat(path, &st) == 0;
}

/* How often this is in the n-th log. */
static size_t
said(unsigned n, const char *what)
{
	struct seat as = *s;

	name(as.log, n);
	return seat_said(&as, what);
}

static size_t
said_in_all(const char *what)
{
	size_t all = 0;
	unsigned n;

	for (n = 0; n <= KEPT + 1; n++)
		all += is_there(n) ? said(n, what) : 0;
	return all;
}

/* The log becomes long, by somebody else. */
static void
grows(void)
{
	const int fd = open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	char line[1000];
	unsigned i;

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (i = 0; i < MUCH; i += sizeof(line))
		if (write(fd, line, sizeof(line)) != (ssize_t)sizeof(line))
			bug("no log");
	close(fd);
}

/* It is told to open it anew, and has. */
static bool
hangs_up(void)
{
	unsigned i;

	(void)kill(s->daemon, SIGHUP);
	reloads++;
	for (i = 0; i < 600; i++) {
		if (said_in_all("event=daemon.reload") >= reloads)
			return true;
		(void)usleep(100000);
	}
	return false;
}

static void
what_is_too_long_is_set_aside(void)
{
	unsigned i, went = 0;

	grows();
	ok(seat_start(s), "a station starts whose log is too long");
	ok(is_there(1) && said(1, "xxxx") > 0, "which is set aside");
	ok(said(0, "event=daemon.ready") == 1 && said(0, "xxxx") == 0,
	    "and a new one is begun");
	for (i = 0; i < KEPT; i++) {
		grows();
		went += hangs_up();
	}
	is(went, KEPT, "so it is again and again");
	ok(is_there(KEPT), "as many as are to be kept are");
	ok(!is_there(KEPT + 1), "and no more");
	is(said_in_all("event=daemon.reload"), reloads, "no line is lost");
	ok(said(0, "xxxx") == 0, "the last is a short one");
}

static void
what_is_moved_is_opened_anew(void)
{
	char moved[2 * PATH];
	struct stat before, after;

	(void)snprintf(moved, sizeof(moved), "%s-moved", s->log);
	ok(rename(s->log, moved) == 0, "somebody moves the log");
	reloads = said_in_all("event=daemon.reload");
	ok(hangs_up(), "SIGHUP opens it anew under its name");
	ok(said(0, "event=daemon.reload") == 1, "where the log goes on");
	(void)stat(moved, &before);
	ok(hangs_up() && stat(moved, &after) == 0 &&
		before.st_size == after.st_size,
	    "nothing more comes into the one that was moved");
}

/* Folders with something in them, which no file and no folder takes the place
 * of. */
static void
folders_stand_there(bool stand)
{
	char path[PATH], in[PATH + 2];
	unsigned n;

	for (n = 1; n <= KEEP; n++) {
		name(path, n);
		(void)snprintf(in, sizeof(in), "%s/x", path);
		if (!stand) {
			(void)rmdir(in);
			(void)rmdir(path);
			continue;
		}
		(void)unlink(path);
		if (mkdir(path, 0700) != 0 || mkdir(in, 0700) != 0)
			bug("no folder in its place");
	}
}

static void
what_cannot_be_moved_stays(void)
{
	struct stat st;

	folders_stand_there(true);
	grows();
	(void)kill(s->daemon, SIGHUP);
	ok(seat_waits(s, "event=log.stays", 1, 60),
	    "a log that cannot be set aside goes on, and says so");
	ok(stat(s->log, &st) == 0 && st.st_size > (off_t)MUCH,
	    "in the file that was open");
	folders_stand_there(false);
	is((uint64_t)seat_stop(s, SIGTERM), 0, "the station ends well");
}

int
main(void)
{
	country_begin(&land);
	s = country_seat(&land, NULL, "vn");
	country_write(s, "log-size 64K\nlog-keep 3\n");
	what_is_too_long_is_set_aside();
	what_is_moved_is_opened_anew();
	what_cannot_be_moved_stays();
	country_end(&land);
	return done();
}

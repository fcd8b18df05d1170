/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sandboxes (docs/station.md 2.4): each process enters its own, really, and
 * tries.  What it may not do ends it by SIGSYS, or fails with EACCES where only
 * Landlock stands before it; and by the very same call another one, that may,
 * does it.
 */
#include "attempts.h"

#include <ftw.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "../tests/tap.h"
#include "daemon/sandbox.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NO_SANDBOX 250 /* status of who could not enter it */

/* ---- trying -----------------------------------------------------------------
 */

static const enum proc tried[] = { PROC_KEYS, PROC_STORE, PROC_SEAL, PROC_LINK,
	PROC_CONTROL, PROC_PARENT, PROC_MEDIA, PROC_TLS, PROC_PRINT, PROC_SCAN,
	PROC_WEB };

/* As each asks for it (prepare() of its file; lock_in() of parent.c). */
static struct sandbox
box_of(enum proc p)
{
	struct sandbox box = { 0 };

	if (p == PROC_STORE || p == PROC_PARENT)
		box.paths[box.path_count++] =
		    (struct sandbox_path){ at.data, true };
	if (p == PROC_LINK)
		box.ports[box.port_count++] = at.in_list;
	return box;
}

/* What comes of it in the sandbox of this process: 0, an errno, or 256 and the
 * signal that ended it. */
static int
outcome(enum proc p, int (*call)(void), long nr)
{
	const struct sandbox box = box_of(p);
	char got[128];
	int status = 0;
	struct err e;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (sandbox_enter(p, &box, NULL, got, &e) != RC_OK)
			_exit(NO_SANDBOX);
		if (call != NULL)
			_exit(call());
		_exit(did(syscall(nr, 0, 0, 0, 0, 0, 0)));
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* Whether it came as it must; -1: this kernel cannot tell. */
static int
as_wanted(char who, int came)
{
	switch (who) {
	case 'y':
		return came == 0;
	case 'S':
		return came == 256 + SIGSYS;
	case 'n':
		return came == ENOSYS;
	case 'A':
		return at.abi < 1 ? -1 : came == EACCES;
	case 'X':
		return at.abi < 1 ? -1 : came == EACCES || came == EXDEV;
	case 'R':
		return at.abi < 3 ? -1 : came == EACCES;
	case 'P':
		return at.abi < 4 ? -1 : came == EACCES;
	case 'G':
		return at.abi < 6 ? -1 : came == EPERM;
	default:
		return 0;
	}
}

static void
each_may_what_it_may_and_nothing_else(void)
{
	const struct attempt *a;
	size_t bad, untold, i;
	int came, is_so;

	for (a = attempts; a < attempts + COUNT(attempts); a++) {
		bad = untold = 0;
		for (i = 0; i < COUNT(tried); i++) {
			if (a->who[i] == '.')
				continue;
			came = outcome(tried[i], a->call, 0);
			is_so = as_wanted(a->who[i], came);
			untold += is_so < 0;
			bad += is_so == 0;
			if (is_so == 0)
				note("%s: %d, wanted %c", proc_name(tried[i]),
				    came, a->who[i]);
		}
		if (untold > 0)
			skip("%s: Landlock %d cannot hold %zu from it", a->what,
			    at.abi, untold);
		ok(bad == 0, "who may %s: %s", a->what, a->who);
	}
}

static void
nobody_may_what_nobody_needs(void)
{
	size_t bad = 0, n = 0, i, j;
	int came;

	for (i = 0; i < COUNT(nobodys); i++)
		for (j = 0; j < COUNT(tried); j++, n++) {
			came = outcome(tried[j], NULL, nobodys[i].nr);
			if (tried[j] == PROC_PARENT ? came == ENOSYS
						    : came == 256 + SIGSYS)
				continue;
			note("%s by %s: %d", nobodys[i].name,
			    proc_name(tried[j]), came);
			bad++;
		}
	is(bad, 0, "%zu calls that nobody needs are nobody's", n);
}

/* ---- what it is in there ----------------------------------------------------
 */

/* A line of /proc/PID/status or limits, from its word on. */
static const char *
line_of(pid_t pid, const char *file, const char *word)
{
	static char text[8192];
	char path[64], *line, *end;
	size_t n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, file);
	if ((f = fopen(path, "r")) != NULL) {
		n = fread(text, 1, sizeof(text) - 1, f);
		(void)fclose(f);
	}
	text[n] = '\0';
	if ((line = strstr(text, word)) == NULL)
		return "";
	line += strlen(word);
	if ((end = strchr(line, '\n')) != NULL)
		*end = '\0';
	return line + strspn(line, " \t");
}

static bool
line_is(pid_t pid, const char *word, const char *wanted)
{
	const char *found = line_of(pid, "status", word);

	if (strncmp(found, wanted, strlen(wanted)) == 0)
		return true;
	note("%s %s, wanted %s", word, found, wanted);
	return false;
}

/* Nobody else may look into it: what /proc shows of it is root's. */
static uid_t
owner_of(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%ld/mem", (long)pid);
	return stat(path, &st) == 0 ? st.st_uid : (uid_t)-2;
}

static bool
dumps_nothing(pid_t pid)
{
	const char *limit = line_of(pid, "limits", "Max core file size");

	return strtoul(limit, NULL, 10) == 0 && limit[0] == '0' &&
	       strstr(limit, "unlimited") == NULL && owner_of(pid) == 0;
}

/* A process that waits in its sandbox, or beside it. */
static pid_t
waits_in(enum proc p, const char *user, bool sandboxed, int *hold)
{
	const struct sandbox box = box_of(p);
	int in[2], out[2];
	char got[128], b;
	struct err e;
	pid_t pid;

	if (pipe(in) != 0 || pipe(out) != 0)
		bug("no pipe");
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)close(in[1]);
		if (!sandboxed && geteuid() == 0 &&
		    (setresuid(65533, 65533, 65533) != 0 ||
			prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0))
			_exit(NO_SANDBOX);
		if (sandboxed && sandbox_enter(p, &box, user, got, &e) != RC_OK)
			_exit(NO_SANDBOX);
		(void)!write(out[1], "a", 1);
		_exit(read(in[0], &b, 1) != 0);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	if (read(out[0], &b, 1) != 1)
		note("it cannot enter its sandbox");
	(void)close(out[0]);
	*hold = in[1];
	return pid;
}

static int
let_go(pid_t pid, int hold)
{
	int status = 0;

	(void)close(hold);
	(void)waitpid(pid, &status, 0);
	return status;
}

static void
nobody_looks_into_it_and_it_becomes_nothing_more(void)
{
	const char *user = geteuid() == 0 ? "65533:65532" : NULL;
	size_t i, bad = 0;
	int hold;
	pid_t pid;

	pid = waits_in(PROC_KEYS, NULL, false, &hold);
	ok(owner_of(pid) == (geteuid() == 0 ? 65533 : geteuid()) &&
		line_is(pid, "NoNewPrivs:", "0") &&
		line_is(pid, "Seccomp:", "0"),
	    "outside one can be looked into");
	(void)let_go(pid, hold);
	for (i = 0; i < COUNT(tried); i++) {
		if (tried[i] == PROC_PARENT)
			continue;
		pid = waits_in(tried[i], user, true, &hold);
		bad += !line_is(pid, "NoNewPrivs:", "1") ||
		       !line_is(pid, "Seccomp:", "2") ||
		       !line_is(pid, "CapEff:", "0000000000000000") ||
		       !line_is(pid, "CapPrm:", "0000000000000000") ||
		       !line_is(pid, "CapInh:", "0000000000000000") ||
		       !line_is(pid, "CapAmb:", "0000000000000000") ||
		       (geteuid() == 0 &&
			   !line_is(pid, "CapBnd:", "0000000000000000")) ||
		       !dumps_nothing(pid);
		bad += let_go(pid, hold) != 0;
	}
	is(bad, 0,
	    "in there it has no capabilities, gets none, and nobody looks in");
	pid = waits_in(PROC_PARENT, NULL, true, &hold);
	ok(line_is(pid, "NoNewPrivs:", "1") && line_is(pid, "Seccomp:", "2") &&
		line_is(pid, "CapEff:",
		    geteuid() == 0 ? "00000000000000e2" : "0000000000000000") &&
		line_of(pid, "limits", "Max core file size")[0] == '0',
	    "nor does the parent get more than it has, or leave a core");
	(void)let_go(pid, hold);
}

static void
root_becomes_another(void)
{
	size_t i, bad = 0;
	int hold;
	pid_t pid;

	if (geteuid() != 0) {
		skip("only root can be another user");
		return;
	}
	for (i = 0; i < COUNT(tried); i++) {
		if (tried[i] == PROC_PARENT)
			continue;
		pid = waits_in(tried[i], "65533:65532", true, &hold);
		bad += !line_is(pid, "Uid:", "65533\t65533\t65533\t65533") ||
		       !line_is(pid, "Gid:", "65532\t65532\t65532\t65532") ||
		       line_of(pid, "status", "Groups:")[0] != '\0';
		bad += let_go(pid, hold) != 0;
	}
	is(bad, 0, "each becomes the other user, and is in no group besides");
}

static void
a_user_that_is_none_is_refused(void)
{
	static const char *const users[] = { "0:0", "0:65532", "antin", "1",
		"1:", "1:2:3", "-1:2x" };
	size_t i, refused = 0;
	int status, hold;

	if (geteuid() != 0) {
		skip("only root can be another user");
		return;
	}
	for (i = 0; i < COUNT(users); i++) {
		status =
		    let_go(waits_in(PROC_SEAL, users[i], true, &hold), hold);
		refused +=
		    WIFEXITED(status) && WEXITSTATUS(status) == NO_SANDBOX;
	}
	is(refused, COUNT(users),
	    "who is to be root, or nobody, does not start");
}

static void
what_cannot_be_entered_stops_the_start(void)
{
	const struct sandbox box = { .paths = { { "/no/such/folder", true } },
		.path_count = 1 };
	char got[128];
	struct err e;
	int status;
	pid_t pid;

	if (at.abi < 1) {
		skip("there is no Landlock here");
		return;
	}
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit((int)sandbox_enter(PROC_STORE, &box, NULL, got, &e));
	(void)waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == RC_IO,
	    "a sandbox that cannot be entered is a failure");
}

/* A grandchild that holds "end" and waits for ever; its parent has ended. */
static pid_t
orphan(bool sandboxed, int end)
{
	const struct sandbox box = { 0 };
	int ready[2], status;
	pid_t parent, pid = 0;
	char got[128];
	struct err e;

	if (pipe(ready) != 0)
		bug("no pipe");
	(void)fflush(stdout);
	parent = fork();
	if (parent == 0) {
		pid = fork();
		if (pid == 0 && sandboxed &&
		    sandbox_enter(PROC_SEAL, &box, NULL, got, &e) != RC_OK)
			_exit(NO_SANDBOX);
		if (pid == 0) {
			(void)!write(ready[1], "a", 1);
			(void)poll(NULL, 0, -1);
			_exit(0);
		}
		(void)!read(ready[0], got, 1);
		(void)!write(end, &pid, sizeof(pid));
		_exit(0);
	}
	(void)close(end);
	(void)waitpid(parent, &status, 0);
	(void)close(ready[0]);
	(void)close(ready[1]);
	return pid;
}

/* When the parent goes, all go: docs/station.md 2.2. */
static void
it_dies_with_its_parent(void)
{
	struct pollfd p = { .events = POLLIN };
	int ends[2], turn;
	pid_t pid = 0;

	for (turn = 0; turn < 2; turn++) {
		if (pipe(ends) != 0)
			bug("no pipe");
		(void)orphan(turn == 1, ends[1]);
		if (read(ends[0], &pid, sizeof(pid)) != sizeof(pid))
			bug("no grandchild");
		p.fd = ends[0];
		if (turn == 1) {
			ok(poll(&p, 1, 5000) == 1,
			    "in the sandbox it ends with its parent");
		} else {
			ok(poll(&p, 1, 100) == 0,
			    "outside one lives on without its parent");
			(void)kill(pid, SIGKILL);
		}
		(void)close(ends[0]);
	}
}

/* ---- the place --------------------------------------------------------------
 */

static int
listener(uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 ||
	    listen(fd, 900) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		bug("no port is to be had");
	*port = ntohs(a.sin_port);
	return fd;
}

static void
put(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0 || write(fd, "hail", 4) != 4)
		bug("no file is to be had");
	(void)close(fd);
}

static void
place_begin(void)
{
	const struct sandbox box = { 0 };
	struct err e;
	int i, status;
	pid_t pid;

	at.test = getpid();
	(void)snprintf(at.data, sizeof(at.data), "/tmp/antin-data.XXXXXX");
	(void)snprintf(at.outside, sizeof(at.outside), "/tmp/antin-out.XXXXXX");
	if (mkdtemp(at.data) == NULL || mkdtemp(at.outside) == NULL)
		bug("no folder is to be had");
	(void)snprintf(
	    at.inside_file, sizeof(at.inside_file), "%s/file", at.data);
	(void)snprintf(at.out_file, sizeof(at.out_file), "%s/file", at.outside);
	(void)snprintf(at.out_link, sizeof(at.out_link), "%s/link", at.data);
	put(at.inside_file);
	put(at.out_file);
	if (symlink(at.out_file, at.out_link) != 0)
		bug("no link");
	at.file = open(at.inside_file, O_RDWR);
	at.out_dir = open(at.outside, O_RDONLY | O_DIRECTORY);
	at.listening = listener(&at.in_list);
	(void)listener(&at.not_in_list);
	for (i = 0; i < 3; i++) /* to be accepted */
		if (connect_to_its_port() != 0)
			bug("no connection");
	at.page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, at.pair) != 0)
		bug("no socket");
	pid = fork();
	if (pid == 0)
		_exit(sandbox_landlock(PROC_KEYS, &box, &at.abi, &e) == RC_OK
			  ? at.abi
			  : NO_SANDBOX);
	(void)waitpid(pid, &status, 0);
	at.abi = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	note("Landlock %d", at.abi);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)st;
	(void)type;
	(void)w;
	return remove(path);
}

int
main(void)
{
	if (sandbox_is_off()) {
		skip("no sandbox is entered under sanitizers");
		return done();
	}
	(void)alarm(60); /* nothing of it takes that long */
	place_begin();
	each_may_what_it_may_and_nothing_else();
	nobody_may_what_nobody_needs();
	nobody_looks_into_it_and_it_becomes_nothing_more();
	root_becomes_another();
	a_user_that_is_none_is_refused();
	what_cannot_be_entered_stops_the_start();
	it_dies_with_its_parent();
	(void)nftw(at.data, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)nftw(at.outside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that the command speaks to; this test is keys, seal and store,
 * and whoever on the machine has found its socket.
 */
#include "play.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "proc_control/control.h"
#include "core/limits.h"

#define DESK STATION "/van-thu"
#define ID "00112233-44556677-8899aabb-ccddeeff"

static struct actor control;
static struct line *keys, *seal, *store;
static char path[64];

/* ---- clients
 * ----------------------------------------------------------------------- */

static int
dial(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const struct timeval patience = { 10, 0 };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%.60s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    setsockopt(
		fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0)
		bug("nobody listens");
	return fd;
}

static void
give(int fd, const char *request, const int *fds, size_t count)
{
	struct err e;

	if (packet_send(fd, bytes_str(request), fds, count, &e) != RC_OK)
		note("not sent: %s", e.text);
}

/* What siblings have still to say goes out until somebody can read. */
static void
await(int fd)
{
	const int64_t until = process_ms() + 10000;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct err e;
	size_t i;

	do
		for (i = 0; i < line_count; i++)
			if (!lines[i]->gone &&
			    channel_write(lines[i]->c, &e) != RC_OK)
				line_ended(lines[i]);
	while (poll(&p, 1, 10) == 0 && process_ms() < until);
}

/* The next packet, as JSON; NULL where it was closed, or nothing comes. */
static json_t *
next(int fd)
{
	struct packet p;
	struct err e;
	json_t *j;

	await(fd);
	if (packet_receive(&p, fd, &e) != RC_OK)
		return NULL;
	j = json_loadb((const char *)p.bytes.p, p.bytes.len, 0, NULL);
	packet_free(&p);
	return j;
}

/* How it ends: "ok", "denied", or "closed". */
static const char *
last(int fd, char said[static 128])
{
	json_t *j;
	const char *rc = NULL;

	while (rc == NULL && (j = next(fd)) != NULL) {
		rc = json_string_value(json_object_get(j, "rc"));
		(void)snprintf(said, 128, "%s", rc == NULL ? "" : rc);
		json_decref(j);
	}
	return rc == NULL ? "closed" : said;
}

static bool
ends(int fd, const char *wanted)
{
	char said[128];
	const char *got = last(fd, said);

	if (strcmp(got, wanted) != 0)
		note("it ends %s", got);
	return strcmp(got, wanted) == 0;
}

static bool
ends_and_closes(int fd, const char *wanted)
{
	bool so = ends(fd, wanted);

	(void)close(fd);
	return so;
}

static size_t
descriptors_of(pid_t pid)
{
	char name[64];
	size_t n = 0;
	DIR *d;

	(void)snprintf(name, sizeof(name), "/proc/%ld/fd", (long)pid);
	d = opendir(name);
	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		(void)closedir(d);
	return n;
}

/* ---- siblings
 * ---------------------------------------------------------------------- */

/* What a sibling is asked next; it must be this. */
static uint64_t
hears(struct line *l, enum msg kind)
{
	struct heard h;
	uint64_t job;

	if (!wait_for(&h, l, 0) || h.m.kind != kind)
		bug("another message than was wanted");
	job = h.m.job;
	heard_free(&h);
	return job;
}

/* Keys lets somebody act as the desk, or does not. */
static uint64_t
lets(enum rc rc)
{
	const struct msg_signed_in yes = { .rc = rc,
		.why = bytes_str(rc == RC_OK ? "" : "sign in first") };
	uint64_t job = hears(keys, MSG_MAY);

	say_to(keys, MSG_SIGNED_IN, job, &yes, -1);
	return job;
}

static void
says_rows(uint64_t job, size_t count, size_t text, bool is_last)
{
	struct buf rows = { 0 }, words = { 0 };
	struct msg_row row = { .what = ROW_DELIVERY,
		.address = bytes_str(DESK),
		.other = bytes_str(STATION),
		.due = TIME_NEVER };
	struct msg_rows out = { .last = is_last };
	size_t i;

	if (text > 0)
		memset(buf_grow(&words, text), 'x', text);
	row.text = bytes_of(words.p, text);
	for (i = 0; i < count; i++)
		list_add(&rows, LIST_ROW, &row);
	out.rows = buf_bytes(&rows);
	say_to(store, MSG_ROWS, job, &out, -1);
	buf_free(&rows);
	buf_free(&words);
}

/* All goes on as it should. */
static bool
works(void)
{
	int fd = dial();
	uint64_t job;

	give(fd, "{\"ask\":\"inbox\",\"desk\":\"" DESK "\"}", NULL, 0);
	(void)lets(RC_OK);
	job = hears(store, MSG_ASK);
	says_rows(job, 2, 0, true);
	return ends_and_closes(fd, "ok");
}

/* ---- the tests
 * --------------------------------------------------------------------- */

static void
it_begins(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(path, sizeof(path), "/tmp/control.XXXXXX");
	if (mkdtemp(path) == NULL)
		bug("no folder");
	(void)strcat(path, "/socket");
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%.60s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, 64) != 0)
		bug("no socket");
	control = actor_new(&process_control);
	say_to(control.parent, MSG_SOCKET, 0,
	    &(struct msg_socket){ bytes_str("control") }, fd);
	keys = actor_sibling(&control, PROC_KEYS);
	seal = actor_sibling(&control, PROC_SEAL);
	store = actor_sibling(&control, PROC_STORE);
	ok(actor_go(&control), "control begins");
}

static void
it_greets(void)
{
	int fd = dial();

	give(fd, "{\"ask\":\"hello\",\"version\":1}", NULL, 0);
	ok(ends(fd, "ok"), "who speaks its version is greeted");
	give(fd, "{\"ask\":\"hello\",\"version\":2}", NULL, 0);
	ok(ends(fd, "invalid"), "who speaks another is told");
	(void)close(fd);
	ok(works(), "what it is asked goes to keys and store, and back");
}

/* Each is answered, none reaches anybody, and the connection goes on. */
static void
what_is_no_request_is_refused(void)
{
	static const char *const bad[] = {
		"",
		"x",
		"[]",
		"null",
		"{}",
		"{\"ask\":1}",
		"{\"ask\":\"x\"}",
		"{\"ask\":\"desks\"",
		"{\"ask\":\"desks\"}{}",
		"{\"ask\":\"desks\",\"ask\":\"desks\"}",
		"{\"ask\":\"desks\",\"more\":1}",
		"{\"ask\":\"inbox\"}",
		"{\"ask\":\"inbox\",\"desk\":1}",
		"{\"ask\":\"inbox\",\"desk\":\"van-thu\"}",
		"{\"ask\":\"inbox\",\"desk\":\"" STATION "\"}",
		"{\"ask\":\"inbox\",\"desk\":\"" DESK "\\u0000\"}",
		"{\"ask\":\"inbox\",\"desk\":\"" DESK "\",\"max\":501}",
		"{\"ask\":\"inbox\",\"desk\":\"" DESK "\",\"max\":0}",
		"{\"ask\":\"inbox\",\"desk\":\"" DESK "\",\"before\":-1}",
		"{\"ask\":\"inbox\",\"desk\":\"" DESK "\",\"all\":1}",
		"{\"ask\":\"trace\",\"id\":\"0011\"}",
		"{\"ask\":\"ack\",\"desk\":\"" DESK "\"}",
		"{\"ask\":\"refuse\",\"desk\":\"" DESK "\",\"id\":\"" ID "\"}",
		"{\"ask\":\"refuse\",\"desk\":\"" DESK "\",\"id\":\"" ID
		"\",\"code\":0}",
		"{\"ask\":\"refuse\",\"desk\":\"" DESK "\",\"id\":\"" ID
		"\",\"code\":7}",
		"{\"ask\":\"refuse\",\"desk\":\"" DESK "\",\"id\":\"" ID
		"\",\"reason\":\"\"}",
		"{\"ask\":\"refuse\",\"desk\":\"" DESK "\",\"id\":\"" ID
		"\",\"reason\":\"a\\nb\"}",
		"{\"ask\":\"save\",\"desk\":\"" DESK "\",\"id\":\"" ID
		"\",\"part\":0}",
		"{\"ask\":\"send\",\"desk\":\"" DESK
		"\",\"level\":\"thuong\",\"precedence\":\"thuong\",\"parts\":"
		"[],\"to\":[\"" DESK "\"]}",
		"{\"ask\":\"send\",\"desk\":\"" DESK
		"\",\"level\":\"thuong\",\"precedence\":\"thuong\",\"parts\":"
		"[{\"kind\":\"text\",\"name\":\"a\",\"type\":\"b\"}],\"to\":"
		"[\"" DESK "\"]}",
		"{\"ask\":\"sign-in\",\"desk\":\"" DESK "\"}",
	};
	char deep[4096] = "{\"ask\":";
	size_t i, refused = 0, before;
	char said[128];
	int fd = dial(), one = open("/dev/null", O_RDONLY | O_CLOEXEC);

	for (i = 0; i < COUNT(bad); i++) {
		/* nothing at all, with nothing beside it, is an end */
		give(fd, bad[i], bad[i][0] == '\0' ? &one : NULL,
		    bad[i][0] == '\0');
		if (strcmp(last(fd, said), "invalid") == 0 ||
		    strcmp(said, "limit") == 0)
			refused++;
		else
			note("%s: %s", bad[i], said);
	}
	is(refused, COUNT(bad), "what is no request is refused (%zu)",
	    COUNT(bad));
	memset(deep + strlen(deep), '[', 4000);
	give(fd, deep, NULL, 0);
	ok(ends(fd, "invalid"), "what is too deep, too");
	before = descriptors_of(control.pid);
	for (i = 0; i < 50; i++) {
		give(fd, "{\"ask\":\"desks\"}", &one, 1);
		refused += strcmp(last(fd, said), "invalid") == 0;
	}
	is(refused, COUNT(bad) + 50,
	    "so is a descriptor that nobody asked for");
	/* they are closed behind the answer */
	for (i = 0; i < 3000 && descriptors_of(control.pid) > before; i++)
		(void)usleep(10000);
	is(descriptors_of(control.pid), before, "and none is kept");
	(void)close(one);
	(void)close(fd);
	ok(works(), "nobody else was told of all that");
}

static void
too_much_is_told(void)
{
	struct msghdr m = { 0 };
	struct iovec v;
	char *large = alloc(1, CONTROL_PACKET + 1);
	const int size = 1 << 20;
	int fd = dial();

	memset(large, ' ', CONTROL_PACKET + 1);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	v = (struct iovec){ large, CONTROL_PACKET + 1 };
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	if (sendmsg(fd, &m, MSG_NOSIGNAL) < 0)
		bug("not sent");
	ok(ends(fd, "limit"), "a packet over its limit is refused");
	give(fd, "{\"ask\":\"hello\",\"version\":1}", NULL, 0);
	ok(ends_and_closes(fd, "ok"), "and what follows is heard");
	free(large);
}

/* A request to send with this descriptor. */
static bool
file_is_refused(int one)
{
	int fd = dial();
	bool so;

	give(fd,
	    "{\"ask\":\"send\",\"desk\":\"" DESK
	    "\",\"level\":\"thuong\",\"precedence\":\"thuong\",\"parts\":"
	    "[{\"kind\":\"text\",\"name\":\"a\",\"type\":\"b\"}],\"to\":"
	    "[\"" DESK "\"]}",
	    &one, 1);
	so = ends_and_closes(fd, "invalid");
	(void)close(one);
	return so;
}

static void
only_files_are_passed_on(void)
{
	int ends_of[2], fd = dial(), one;

	if (pipe2(ends_of, O_CLOEXEC) != 0)
		bug("no pipe");
	ok(file_is_refused(ends_of[0]), "a pipe is not passed on");
	(void)close(ends_of[1]);
	ok(file_is_refused(open("/dev/zero", O_RDONLY | O_CLOEXEC)),
	    "nor a device");
	ok(file_is_refused(open("/tmp", O_RDONLY | O_CLOEXEC)), "nor a folder");
	ok(file_is_refused(open("/proc/self/exe", O_PATH | O_CLOEXEC)),
	    "nor a file that is not open");
	ok(file_is_refused(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)),
	    "nor a socket");
	one = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	give(fd,
	    "{\"ask\":\"save\",\"desk\":\"" DESK "\",\"id\":\"" ID
	    "\",\"part\":0}",
	    &one, 1);
	ok(ends_and_closes(fd, "invalid"),
	    "nor one to be written that is open to be read");
	(void)close(one);
}

static void
who_may_not_is_not_heard(void)
{
	int fd = dial();

	give(fd, "{\"ask\":\"ack\",\"desk\":\"" DESK "\",\"id\":\"" ID "\"}",
	    NULL, 0);
	(void)lets(RC_DENIED);
	ok(ends(fd, "denied"), "whom keys does not let is refused");
	(void)close(fd);
	ok(works(), "and the store was not asked");
}

static void
answers_come_in_packets(void)
{
	size_t rows = 0, i;
	int fd = dial();
	uint64_t job;
	json_t *j;
	bool end = false;

	give(fd, "{\"ask\":\"queue\"}", NULL, 0);
	job = hears(store, MSG_ASK);
	for (i = 0; i < 4; i++)
		says_rows(job, 100, 900, i == 3);
	while (!end && (j = next(fd)) != NULL) {
		rows += json_array_size(json_object_get(j, "rows"));
		end = json_object_get(j, "rc") != NULL;
		json_decref(j);
	}
	ok(end, "an answer ends");
	is(rows, 400, "with all its rows before, in packets within the limit");
	(void)close(fd);
}

static void
impatience_closes(void)
{
	int fd = dial(), other = dial();
	uint64_t job;

	give(fd, "{\"ask\":\"queue\"}", NULL, 0);
	job = hears(store, MSG_ASK);
	give(fd, "{\"ask\":\"queue\"}", NULL, 0);
	ok(ends_and_closes(fd, "closed"),
	    "who asks before the answer is closed");
	says_rows(job, 1, 0, true);
	give(other, "{\"ask\":\"hello\",\"version\":1}", NULL, 0);
	ok(ends_and_closes(other, "ok"), "another is not");
	fd = dial();
	give(fd, "{\"ask\":\"queue\"}", NULL, 0);
	job = hears(store, MSG_ASK);
	(void)close(fd);
	says_rows(job, 1, 0, true);
	ok(works(), "an answer to who has gone is dropped");
}

static void
one_user_does_not_take_all(void)
{
	int fds[CLIENTS_OF_UID], more;
	size_t i, n = 0;

	for (i = 0; i < CLIENTS_OF_UID; i++) {
		fds[i] = dial();
		give(fds[i], "{\"ask\":\"hello\",\"version\":1}", NULL, 0);
		n += ends(fds[i], "ok");
	}
	is(n, CLIENTS_OF_UID, "%u connections of a user are served",
	    CLIENTS_OF_UID);
	more = dial();
	ok(ends_and_closes(more, "limit"), "one more is told that it is");
	(void)close(fds[0]);
	do {
		more = dial();
		give(more, "{\"ask\":\"hello\",\"version\":1}", NULL, 0);
	} while (!ends_and_closes(more, "ok") && ++n < 1000);
	ok(n < 1000, "where one goes there is room");
	for (i = 1; i < CLIENTS_OF_UID; i++)
		(void)close(fds[i]);
}

/* It asks for much and reads none of it. */
static void
who_does_not_read_is_closed(void)
{
	int fd = dial();
	uint64_t job;
	size_t i;

	give(fd, "{\"ask\":\"queue\"}", NULL, 0);
	job = hears(store, MSG_ASK);
	for (i = 0; i < 120; i++) /* 11 MB, of which it may have 8 */
		says_rows(job, 100, 900, false);
	says_rows(job, 0, 0, true);
	ok(works(), "one that does not read keeps nobody else waiting");
	ok(was_logged("event=control.closed"), "and is closed, says the log");
	(void)close(fd);
}

static void
siblings_that_go(void)
{
	int fd = dial(), other = dial();

	give(fd, "{\"ask\":\"queue\"}", NULL, 0);
	(void)hears(store, MSG_ASK);
	channel_free(store->c);
	store->c = channel_new(memfd_create("none", MFD_CLOEXEC), PROC_STORE,
	    PROC_CONTROL); /* a dead end */
	store->gone = true;
	ok(ends(fd, "io"), "without the store who waits for it is told");
	give(fd, "{\"ask\":\"queue\"}", NULL, 0);
	ok(ends_and_closes(fd, "io"), "and who asks");
	give(other, "{\"ask\":\"desks\"}", NULL, 0);
	say_to(keys, MSG_DESK_LIST, hears(keys, MSG_DESKS),
	    &(struct msg_rows){ .last = 1 }, -1);
	ok(ends_and_closes(other, "ok"), "keys still answers");
	store = actor_sibling(&control, PROC_STORE);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	it_begins();
	it_greets();
	what_is_no_request_is_refused();
	too_much_is_told();
	only_files_are_passed_on();
	who_may_not_is_not_heard();
	answers_come_in_packets();
	impatience_closes();
	one_user_does_not_take_all();
	who_does_not_read_is_closed();
	siblings_that_go();
	is((uint64_t)actor_stop(&control), 0, "it ends when it is told to");
	lines_end();
	(void)unlink(path);
	*strrchr(path, '/') = '\0';
	ok(rmdir(path) == 0, "and leaves nothing");
	return done();
}

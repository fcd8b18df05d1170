/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Stations on this machine: a tree in memory (tests/unit/tree.h), whose units
 * have stations and desks with keys of their own, written into folders that
 * the real daemon is started in.  Ports are of the loopback.  What tests and
 * benchmarks of stations share.
 *
 *	struct country c;
 *
 *	country_begin(&c);
 *	s = country_seat(&c, NULL, "vn");
 *	t = country_seat(&c, s, "dien-bien");
 *	country_write(&c, s); country_write(&c, t);
 *	seat_start(s); seat_start(t);
 *	seat_stop(t); ...
 *	country_end(&c);
 */
#ifndef TESTS_STATION_COUNTRY_H
#define TESTS_STATION_COUNTRY_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../tests/unit/tree.h"
#include "core/time.h"
#include "crypto/random.h"
#include "file/file.h"
#include "pki/card.h"

#define SEATS 64
#define PATH 640
#define SEAT_WAS 8

struct seat {
	struct country *country;
	struct seat *above; /* NULL: the root's */
	unsigned unit;
	struct identity station, desk; /* desk "van-thu" */
	char address[LIMIT_ADDRESS + 1], desk_address[LIMIT_ADDRESS + 1];
	char key_address[LIMIT_ADDRESS +
			 1]; /* as the desk's key was certified */
	char was[SEAT_WAS][LIMIT_ADDRESS + 1]; /* the desk's, before moves */
	size_t was_count;
	char folder[PATH], log[PATH];
	uint16_t port;
	pid_t daemon; /* 0: it does not run */
};

struct country {
	struct tree t;
	struct seat seats[SEATS];
	size_t count;
	char folder[PATH / 2];
};

static inline void
must(enum rc rc, const struct err *e)
{
	if (rc != RC_OK)
		bug(e->text);
}

/* A port that was free a moment ago, and that no outgoing connection gets: it
 * is there when a station comes back. */
static inline uint16_t
free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	static uint16_t last;
	unsigned tries;
	bool is_free;
	int fd;

	if (last == 0)
		random_bytes(&last, sizeof(last));
	for (tries = 0; tries < 1000; tries++) {
		last = (uint16_t)(10000 + (last + 1) % 20000);
		a.sin_port = htons(last);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		is_free = bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
		close(fd);
		if (is_free)
			return last;
	}
	bug("no port is to be had");
}

static inline void
country_begin(struct country *c)
{
	const char *tmp = getenv("TMPDIR");

	*c = (struct country){ 0 };
	(void)snprintf(c->folder, sizeof(c->folder), "%s/antin-station.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(c->folder) == NULL)
		bug("no folder is to be had");
	tree_begin(&c->t);
	c->t.now += TIME_DAY;
}

/* Certificates by the root for these keys at an address, and the act that says
 * so. */
static inline void
country_certify(struct country *c, struct identity *id, unsigned unit,
    const char *desk, enum cert_kind kind)
{
	struct cert_request r;
	struct bytes certs[2];
	struct act a;
	struct err e;

	r = tree_request(&c->t, unit, desk, kind);
	r.pub = sig_key_pub(id->sig);
	r.sig = sig_key_alg(id->sig);
	certs[0] = tree_sign(&c->t, ROOT, r);
	r = tree_request_kem(&c->t, unit, desk, kind);
	r.pub = kem_key_pub(id->kem);
	r.kem = kem_key_alg(id->kem);
	certs[1] = tree_sign(&c->t, ROOT, r);
	must(identity_certify(id, certs, 2, &e), &e);
	a = act_certify(&c->t, unit, desk, certs[0], certs[1]);
	tree_do(&c->t, ROOT, &a);
}

/* New keys at an address, certified. */
static inline void
country_enrol(struct country *c, struct identity *id, unsigned unit,
    const char *desk, enum cert_kind kind)
{
	const struct suite *s = suite_by_name("A");
	struct err e;

	must(identity_new(id, sig_by_name(s->sig), kem_by_name(s->kem),
		 bytes_str("a station's"), tree_address(&c->t, unit, desk),
		 c->t.now, c->t.now + YEARS(9), &e),
	    &e);
	country_certify(c, id, unit, desk, kind);
}

/* Its addresses are what the directory says now. */
static inline void
seat_named(struct seat *s)
{
	struct tree *t = &s->country->t;
	struct bytes address = tree_address(t, s->unit, NULL);

	memcpy(s->address, address.p, address.len);
	s->address[address.len] = '\0';
	address = tree_address(t, s->unit, "van-thu");
	memcpy(s->desk_address, address.p, address.len);
	s->desk_address[address.len] = '\0';
}

/* A unit with a station, and a desk "van-thu" at it. */
static inline struct seat *
country_seat(struct country *c, struct seat *above, const char *id)
{
	struct seat *s = &c->seats[c->count];
	char base[PATH / 2];
	struct act a;

	*s = (struct seat){ .country = c,
		.above = above,
		.unit = (unsigned)c->count,
		.port = free_port() };
	c->count++;
	if (above != NULL)
		tree_unit(&c->t, ROOT, s->unit, above->unit, id, "don-vi");
	country_enrol(c, &s->station, s->unit, NULL, CERT_STATION);
	a = act_holder(&c->t, s->unit, ACT_DESK, "van-thu");
	tree_do(&c->t, ROOT, &a);
	country_enrol(c, &s->desk, s->unit, "van-thu", CERT_DESK);
	seat_named(s);
	memcpy(s->key_address, s->desk_address, sizeof(s->key_address));
	(void)snprintf(base, sizeof(base), "%s", c->folder);
	(void)snprintf(s->folder, sizeof(s->folder), "%s/%s", base, id);
	(void)snprintf(s->log, sizeof(s->log), "%s/%s/log", base, id);
	return s;
}

/* It goes by another address from now on; its keys stay, and are certified for
 * that, or not yet. */
static inline void
seat_renamed(struct seat *s, bool certify)
{
	size_t i;

	for (i = 0; i < s->was_count; i++)
		if (strcmp(s->was[i], s->desk_address) == 0)
			break;
	if (i == SEAT_WAS)
		bug("too many moves");
	memcpy(s->was[i], s->desk_address, sizeof(s->desk_address));
	s->was_count += i == s->was_count;
	seat_named(s);
	if (!certify)
		return;
	country_certify(s->country, &s->station, s->unit, NULL, CERT_STATION);
	country_certify(s->country, &s->desk, s->unit, "van-thu", CERT_DESK);
	memcpy(s->key_address, s->desk_address, sizeof(s->key_address));
}

/* A unit and all that is below it come under another from then on, of which the
 * stations know nothing yet; false: where they are, or below themselves. */
static inline bool
country_move(struct country *c, struct seat *s, struct seat *to, int64_t from,
    bool certify)
{
	const struct seat *up;
	struct act a;
	size_t i;

	for (up = to; up != NULL; up = up->above)
		if (up == s)
			return false;
	if (s->above == NULL || s->above == to)
		return false;
	c->t.now = c->t.now < from ? from : c->t.now + 1;
	a = act_move(&c->t, s->unit, to->unit, NULL);
	tree_do(&c->t, ROOT, &a);
	s->above = to;
	for (i = 0; i < c->count; i++) {
		for (up = &c->seats[i]; up != NULL && up != s; up = up->above)
			;
		if (up != NULL)
			seat_renamed(&c->seats[i], certify);
	}
	return true;
}

static inline void
write_in(const struct seat *s, const char *name, struct bytes all)
{
	char path[2 * PATH];
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	must(file_write(path, all, 0600, true, &e), &e);
}

static inline void
write_key(const struct seat *s, const char *name, const struct identity *id)
{
	struct buf file;
	struct err e;

	must(identity_seal(&file, id, NULL, &e), &e);
	write_in(s, name, buf_bytes(&file));
	buf_free(&file);
}

/* Its folder, with the directory as it is now; it calls its parent at this
 * port; "more" lines of configuration. */
static inline void
country_write_to(const struct seat *s, uint16_t port, const char *more)
{
	static const char *const folders[] = { "", "/data", "/data/keys" };
	char text[1024], path[PATH], parent[64] = "";
	size_t i;

	for (i = 0; i < COUNT(folders); i++) {
		(void)snprintf(
		    path, sizeof(path), "%.450s%s", s->folder, folders[i]);
		(void)mkdir(path, 0700);
	}
	write_in(s, "data/directory", buf_bytes(&s->country->t.file));
	write_key(s, "data/station.key", &s->station);
	write_key(s, "data/keys/van-thu.key", &s->desk);
	if (s->above != NULL)
		(void)snprintf(
		    parent, sizeof(parent), "parent 127.0.0.1:%u\n", port);
	(void)snprintf(text, sizeof(text),
	    "data data\nlisten 127.0.0.1:%u\n%s%s", s->port, parent, more);
	write_in(s, "antind.conf", bytes_str(text));
}

static inline void
country_write(const struct seat *s, const char *more)
{
	country_write_to(s, s->above != NULL ? s->above->port : 0, more);
}

/* ---- the daemon
 * ---------------------------------------------------------------- */

static inline const char *
antind_path(void)
{
	static char path[PATH];
	const char *b = getenv("ANTIN_B");

	(void)snprintf(
	    path, sizeof(path), "%s/bin/antind", b != NULL ? b : "obj");
	return path;
}

/* How often the log of this seat has this in it. */
static inline size_t
seat_said(const struct seat *s, const char *what)
{
	struct buf log = { 0 };
	const char *at;
	struct err e;
	size_t n = 0;

	if (file_read(&log, s->log, 64u << 20, &e) != RC_OK)
		return 0;
	buf_u8(&log, 0);
	for (at = (const char *)log.p; (at = strstr(at, what)) != NULL; at++)
		n++;
	buf_free(&log);
	return n;
}

/* The end of its log, as remarks. */
static inline void
seat_tells(const struct seat *s)
{
	struct buf log = { 0 };
	char *at, *end;
	struct err e;

	if (file_read(&log, s->log, 64u << 20, &e) != RC_OK)
		return;
	buf_u8(&log, 0);
	at = (char *)log.p + (log.len > 4000 ? log.len - 4000 : 0);
	for (; (end = strchr(at, '\n')) != NULL; at = end + 1)
		note("%.*s", (int)(end - at), at);
	buf_free(&log);
}

/* Milliseconds that only go forward. */
static inline int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * A machine that does much else is slow, and that is no fault of a station:
 * who waits for what should come waits at least this long.
 */
static inline unsigned
patience(unsigned seconds)
{
	return seconds < 30 ? 30 : seconds;
}

/* Wait for the n-th of these in its log, about so many seconds or more. */
static inline bool
seat_waits(const struct seat *s, const char *what, size_t n, unsigned seconds)
{
	unsigned i;

	for (i = 0; i < patience(seconds) * 50; i++) {
		if (seat_said(s, what) >= n)
			return true;
		(void)usleep(20000);
	}
	return false;
}

/* Start it; nobody waits until it is ready. */
static inline void
seat_launch(struct seat *s)
{
	char conf[PATH + 16];
	int log;

	(void)snprintf(conf, sizeof(conf), "%s/antind.conf", s->folder);
	(void)fflush(stdout);
	s->daemon = fork();
	if (s->daemon == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		log = open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
		(void)dup2(log, 2);
		(void)unsetenv("NOTIFY_SOCKET");
		(void)execl(antind_path(), "antind", "-c", conf, (char *)NULL);
		_exit(127);
	}
}

static inline bool
seat_start(struct seat *s)
{
	const size_t before = seat_said(s, "event=daemon.ready");

	seat_launch(s);
	return seat_waits(s, "event=daemon.ready", before + 1, 20);
}

/* SIGTERM, or another; its exit status, or 256 + the signal. */
static inline int
seat_stop(struct seat *s, int sig)
{
	int status;

	if (s->daemon <= 0)
		return -1;
	(void)kill(s->daemon, sig);
	(void)waitpid(s->daemon, &status, 0);
	s->daemon = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* The process of this name that it said last was ready; 0: none. */
static inline pid_t
seat_process(const struct seat *s, const char *name)
{
	struct buf log = { 0 };
	char what[64];
	const char *at;
	long pid = 0;
	struct err e;

	(void)snprintf(
	    what, sizeof(what), "event=process.ready name=%s pid=", name);
	if (file_read(&log, s->log, 64u << 20, &e) != RC_OK)
		return 0;
	buf_u8(&log, 0);
	for (at = (const char *)log.p; (at = strstr(at, what)) != NULL; at++)
		pid = strtol(at + strlen(what), NULL, 10);
	buf_free(&log);
	return (pid_t)pid;
}

/* This process is there, and the station's. */
static inline bool
seat_owns(const struct seat *s, pid_t pid)
{
	char path[64];
	struct buf stat = { 0 };
	const char *at;
	struct err e;
	bool owns = false;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (pid > 1 && file_read(&stat, path, 4096, &e) == RC_OK) {
		buf_u8(&stat, 0);
		at = strrchr((const char *)stat.p, ')');
		owns = at != NULL && strtol(at + 4, NULL, 10) == s->daemon;
	}
	buf_free(&stat);
	return owns;
}

static inline int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void
country_end(struct country *c)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		(void)seat_stop(&c->seats[i], SIGTERM);
		identity_free(&c->seats[i].station);
		identity_free(&c->seats[i].desk);
	}
	if (getenv("KEEP") == NULL)
		(void)nftw(c->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	else
		printf("# kept: %s\n", c->folder);
	tree_end(&c->t);
}

#endif

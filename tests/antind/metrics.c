/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The figures of two stations in Prometheus' text format, over the local
 * socket: to who asks by HTTP, to who asks for nothing, and to who means harm.
 */
#include <ctype.h>
#include <poll.h>
#include <sys/un.h>

#include "../tests/station/country.h"

#define SERIES 200

static int
dial(const struct seat *s)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const struct timeval patience = { 5, 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(to.sun_path, sizeof(to.sun_path),
	    "%.80s/data/run/metrics", s->folder);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			  sizeof(patience)) != 0)
		bug("no socket");
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static char said[1u << 18];

/* Say this and hear all; NULL where nothing came. */
static const char *
hears(int fd, const char *request)
{
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return NULL;
	if (request[0] != '\0')
		(void)!send(fd, request, strlen(request), MSG_NOSIGNAL);
	while (n < sizeof(said) - 1 &&
	       (got = recv(fd, said + n, sizeof(said) - 1 - n, 0)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(fd);
	return n == 0 ? NULL : said;
}

static const char *
get(const struct seat *s)
{
	return hears(dial(s), "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
}

/* Whether a line is among them, within so many tries. */
static bool
shows(const struct seat *s, const char *line, unsigned tries)
{
	char wanted[300];
	const char *text;

	(void)snprintf(wanted, sizeof(wanted), "\n%s\n", line);
	if (tries > 1 && tries < 600)
		tries = 600; /* a machine that does much else is slow */
	while (tries-- > 0) {
		text = get(s);
		if (text != NULL && strstr(text, wanted) != NULL)
			return true;
		(void)usleep(50000);
	}
	note("%s: not in %s", line, said);
	return false;
}

/* ---- the format -------------------------------------------------------------
 */

static bool
ends_in(const char *name, size_t len, const char *end)
{
	const size_t n = strlen(end);

	return len > n && memcmp(name + len - n, end, n) == 0;
}

/* "antin_" and lower-case words: as much of it as is one. */
static size_t
name_length(const char *line)
{
	size_t n = 0;

	while (islower((unsigned char)line[n]) || line[n] == '_')
		n++;
	return strncmp(line, "antin_", 6) == 0 ? n : 0;
}

/* A sample: its name, a label or none, and a whole number. */
static bool
is_sample(const char *line, const char *name)
{
	size_t n = name_length(line);
	char *end;

	if (n != strlen(name) || memcmp(line, name, n) != 0)
		return false;
	line += n;
	if (line[0] == '{') {
		n = strspn(line + 1, "abcdefghijklmnopqrstuvwxyz_");
		if (n == 0 || strncmp(line + 1 + n, "=\"", 2) != 0)
			return false;
		for (line += n + 3; *line != '"'; line++)
			if (*line == '\0' || (*line == '\\' && *++line == 0))
				return false;
		if (*++line != '}')
			return false;
		line++;
	}
	if (line[0] != ' ' || !isdigit((unsigned char)line[1]))
		return false;
	(void)strtoull(line + 1, &end, 10);
	return *end == '\0';
}

/* All lines of a text: # HELP, # TYPE, and its samples, for each name once. */
static size_t
wrong_lines(char *text, size_t *names, size_t *samples)
{
	char name[100] = "", type[20] = "", seen[SERIES][100];
	bool helped = false;
	size_t bad = 0, i;
	char *line, *rest = text;

	*names = *samples = 0;
	while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
		if (strncmp(line, "# HELP ", 7) == 0) {
			const size_t n = name_length(line + 7);

			(void)snprintf(
			    name, sizeof(name), "%.*s", (int)n, line + 7);
			for (i = 0; i < *names; i++)
				bad += strcmp(seen[i], name) == 0;
			memcpy(seen[(*names)++], name, sizeof(name));
			helped = line[7 + n] == ' ' &&
				 ends_in(line, strlen(line), ".");
			bad += !helped || n == 0;
		} else if (strncmp(line, "# TYPE ", 7) == 0) {
			const size_t n = strlen(name);

			bad += !helped || strncmp(line + 7, name, n) != 0 ||
			       line[7 + n] != ' ';
			(void)snprintf(
			    type, sizeof(type), "%.18s", line + 8 + n);
			bad += strcmp(type, "counter") != 0 &&
			       strcmp(type, "gauge") != 0;
			bad += (strcmp(type, "counter") == 0) !=
			       ends_in(name, n, "_total");
			helped = false;
		} else {
			bad += helped || !is_sample(line, name);
			++*samples;
		}
		if (bad > 0)
			note("%s", line);
	}
	return bad;
}

/* ---- tests ------------------------------------------------------------------
 */

static void
who_asks_by_http_is_answered(const struct seat *s)
{
	static const char head[] =
	    "HTTP/1.0 200 OK\r\n"
	    "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
	    "Connection: close\r\n\r\n";
	const char *text = get(s);
	size_t bad, names, samples;

	if (!ok(text != NULL && strncmp(text, head, strlen(head)) == 0,
		"a GET is answered as HTTP"))
		return;
	ok(strstr(text, "\r\n\r\n# HELP antin_up ") != NULL,
	    "after the empty line come the figures");
	bad = wrong_lines(said + strlen(head), &names, &samples);
	is(bad, 0,
	    "each has its HELP and TYPE, its name by the rules, whole numbers");
	ok(names == 13 && samples >= 18, "%zu names, %zu samples", names,
	    samples);
	ok(hears(dial(s), "GET / HTTP/1.0\n\n") != NULL &&
		strstr(said, "\nantin_up 1\n") != NULL,
	    "whatever path, with bare line feeds too");
}

static void
who_asks_nothing_gets_figures_bare(const struct seat *s)
{
	const char *text = hears(dial(s), "");

	ok(text != NULL && strncmp(text, "# HELP antin_up ", 16) == 0,
	    "who says nothing gets figures without a head");
	text = hears(dial(s), "\n\n");
	ok(text != NULL && strncmp(text, "# HELP antin_up ", 16) == 0,
	    "who says something else, too");
}

static void
figures_tell_how_it_is(struct seat *s, struct seat *below)
{
	static const char up[] =
	    "antin_link_up{station=\"antin://dien-bien.vn\"} 1";
	struct stat st;
	char path[PATH + 32];
	unsigned i;

	ok(shows(s, "antin_up 1", 1), "antin_up is 1: the store answers");
	ok(shows(s, "antin_dispatches_total 0", 1), "nothing was accepted yet");
	ok(shows(s, "antin_clock_own 0", 1),
	    "the root's time is the network's");
	ok(shows(s, up, 200), "a link that is up is 1");
	ok(shows(below, "antin_parent_up{station=\"antin://vn\"} 1", 20) &&
		shows(below, "antin_clock_own 0", 20),
	    "and below, that to the parent");
	(void)get(s);
	ok(strstr(said, "\nantin_parent_up{") == NULL,
	    "the root has no parent that could be up");
	(void)seat_stop(s, SIGTERM);
	ok(shows(below, "antin_parent_up{station=\"antin://vn\"} 0", 100),
	    "a parent that is not there is 0");
	ok(seat_start(s) &&
		shows(below, "antin_parent_up{station=\"antin://vn\"} 1", 200),
	    "and is 1 when it is there again");
	(void)seat_stop(below, SIGTERM);
	for (i = 0; i < 600 && (get(s) == NULL || strstr(said, up) != NULL);
	     i++)
		(void)usleep(50000);
	ok(i < 600, "one that went is not");
	(void)snprintf(path, sizeof(path), "%s/data/run/metrics", s->folder);
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0660,
	    "strangers do not read them");
}

/* ---- harm -------------------------------------------------------------------
 */

static void
who_holds_on_is_let_go(const struct seat *s)
{
	int fds[9];
	size_t i, answered = 0;
	char b[20];

	for (i = 0; i < COUNT(fds); i++)
		fds[i] = dial(s);
	for (i = 0; i < COUNT(fds); i++) {
		answered += recv(fds[i], b, sizeof(b), MSG_WAITALL) ==
			    (ssize_t)sizeof(b);
		close(fds[i]);
	}
	is(answered, 8, "eight are served at a time, a ninth is not");
	ok(shows(s, "antin_up 1", 20), "and then there is room again");
}

static void
who_says_too_much_is_cut_off(const struct seat *s)
{
	static char much[9000];
	const char *text;

	memset(much, 'a', sizeof(much) - 1);
	text = hears(dial(s), much);
	ok(text == NULL, "a request without an end is not answered");
	memset(much, '\r', sizeof(much) - 1);
	ok(hears(dial(s), much) == NULL, "nor is one of nothing");
	(void)hears(dial(s), "GET / HTTP/1.1\r\nX: \x80\xff\x01\r\n\r\n");
	ok(strstr(said, "\nantin_up 1\n") != NULL,
	    "what stands in a request is nobody's concern");
	close(dial(s));
	ok(shows(s, "antin_up 1", 20) &&
		seat_said(s, "event=process.died") == 0,
	    "nobody dies of it");
}

static void
without_a_store_it_says_so(const struct seat *s)
{
	char file[PATH + 32], away[PATH + 32];

	(void)snprintf(file, sizeof(file), "%s/data/directory", s->folder);
	(void)snprintf(away, sizeof(away), "%s/data/away", s->folder);
	if (rename(file, away) != 0)
		bug("a directory that is not there");
	(void)kill(seat_process(s, "store"), SIGKILL);
	ok(shows(s, "antin_up 0", 20), "without a store antin_up is 0");
	ok(strstr(said, "\nantin_dispatches_total") == NULL,
	    "and what is not known is not shown");
	if (rename(away, file) != 0)
		bug("a directory that is gone");
	ok(shows(s, "antin_up 1", 200), "with one, it is 1 again");
}

int
main(void)
{
	struct seat *s, *below;
	struct country c;

	(void)alarm(60); /* nothing of it takes that long */
	country_begin(&c);
	s = country_seat(&c, NULL, "vn");
	below = country_seat(&c, s, "dien-bien");
	country_write(s, "");
	country_write(below, "");
	if (!ok(seat_start(s) && seat_start(below), "two stations start"))
		goto out;
	who_asks_by_http_is_answered(s);
	who_asks_nothing_gets_figures_bare(s);
	figures_tell_how_it_is(s, below);
	who_holds_on_is_let_go(s);
	who_says_too_much_is_cut_off(s);
	without_a_store_it_says_so(s);
out:
	country_end(&c);
	return done();
}

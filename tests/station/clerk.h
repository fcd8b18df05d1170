/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A clerk: a process of its own that signs in at a desk of a real station, by
 * its control socket, and sends dispatches one after another, whatever happens
 * to the station.  He tells the test what the station has acknowledged to him.
 */
#ifndef TESTS_STATION_CLERK_H
#define TESTS_STATION_CLERK_H

#include <poll.h>
#include <sys/mman.h>

#include "control/client.h"
#include "core/base64.h"
#include "ledger.h"

#define CLERK_TO 4

/* What he tells. */
struct told {
	enum { TOLD_SENT, TOLD_UNSURE, TOLD_SILENCE, TOLD_LEFT } what;
	unsigned from;
	uint32_t to;
	struct id id;
	uint8_t part[SHA256_SIZE];
	char why[120];
};

struct clerk {
	const struct seat *seat;
	const struct country *country;
	uint32_t to[CLERK_TO]; /* he sends to these in turn */
	size_t most;	       /* bytes of a file */
	unsigned pause_ms;
	pid_t pid;
	int out;     /* his end of the pipe */
	int control; /* -1: none */
	struct dice dice;
};

/* ---- asking a station -------------------------------------------------------
 */

static inline enum rc
seat_control(int *fd, const struct seat *s, struct err *e)
{
	char path[PATH + 32];
	json_t *hello = json_object();
	enum rc rc;

	(void)snprintf(path, sizeof(path), "%s/data/run/control", s->folder);
	(void)json_object_set_new(
	    hello, "version", json_integer(CONTROL_VERSION));
	rc = control_connect(fd, path, e);
	if (rc != RC_OK) {
		json_decref(hello);
		return rc;
	}
	rc = control_ask(*fd, CONTROL_HELLO, hello, NULL, 0, NULL, NULL, e);
	if (rc != RC_OK) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}

/* A directory file is taken over by a station, as by "antin directory give". */
static inline enum rc
seat_learns(const struct seat *s, struct bytes file, struct err *e)
{
	struct rd r = rd_init(file);
	struct buf text = { 0 };
	size_t at, n;
	json_t *q;
	enum rc rc;
	int fd;

	rc = seat_control(&fd, s, e);
	if (rc != RC_OK)
		return rc;
	for (at = 0; at < file.len && rc == RC_OK; at += n) {
		n = file.len - at < CONTROL_DATA ? file.len - at : CONTROL_DATA;
		base64_write(&text, rd_bytes(&r, n));
		q = json_object();
		(void)json_object_set_new(
		    q, "at", json_integer((json_int_t)at));
		(void)json_object_set_new(
		    q, "total", json_integer((json_int_t)file.len));
		(void)json_object_set_new(
		    q, "data", json_stringn((const char *)text.p, text.len));
		buf_free(&text);
		rc = control_ask(
		    fd, CONTROL_DIRECTORY_GIVE, q, NULL, 0, NULL, NULL, e);
	}
	close(fd);
	return rc;
}

static inline enum rc
seat_sign_in(int fd, const struct seat *s, struct err *e)
{
	json_t *r = json_object();

	(void)json_object_set_new(r, "desk", json_string(s->key_address));
	(void)json_object_set_new(r, "passphrase", json_string(""));
	return control_ask(fd, CONTROL_SIGN_IN, r, NULL, 0, NULL, NULL, e);
}

static inline void
count_row(void *ctx, json_t *row)
{
	(void)row;
	++*(size_t *)ctx;
}

/* Nothing waits at this station to go anywhere. */
static inline bool
seat_is_calm(const struct seat *s)
{
	size_t rows = 0;
	const struct control_ears ears = { .row = count_row, .ctx = &rows };
	struct err e;
	enum rc rc;
	int fd;

	if (seat_control(&fd, s, &e) != RC_OK)
		return false;
	rc = control_ask(
	    fd, CONTROL_QUEUE, json_object(), NULL, 0, &ears, NULL, &e);
	close(fd);
	return rc == RC_OK && rows == 0;
}

/* The first part of a dispatch, as its addressee reads it. */
static inline enum rc
seat_saves(uint8_t out[static SHA256_SIZE], int control, const struct seat *s,
    const struct id *id, struct err *e)
{
	json_t *r = json_object();
	const int fd = memfd_create("part", MFD_CLOEXEC);
	char text[ID_TEXT];
	struct stat st;
	struct buf b = { 0 };
	enum rc rc;

	id_write(text, id);
	(void)json_object_set_new(r, "desk", json_string(s->key_address));
	(void)json_object_set_new(r, "id", json_string(text));
	(void)json_object_set_new(r, "part", json_integer(0));
	rc = control_ask(control, CONTROL_SAVE, r, &fd, 1, NULL, NULL, e);
	if (rc == RC_OK && fstat(fd, &st) == 0 &&
	    pread(fd, buf_grow(&b, (size_t)st.st_size), (size_t)st.st_size,
		0) != st.st_size)
		rc = fail_io(e, "what was saved cannot be read");
	sha256(out, buf_bytes(&b));
	buf_free(&b);
	close(fd);
	return rc;
}

/* A person who is told to try again does, so many seconds; a process that was
 * killed last may not be back yet. */
static inline int
seat_signed_in(const struct seat *s, unsigned seconds)
{
	unsigned tries = seconds * 5;
	struct err e;
	int fd;

	for (;;) {
		if (seat_control(&fd, s, &e) == RC_OK) {
			if (seat_sign_in(fd, s, &e) == RC_OK)
				return fd;
			close(fd);
		}
		if (tries-- == 0)
			bug(e.text);
		(void)usleep(200000);
	}
}

static inline enum rc
seat_saves_at_last(uint8_t part[static SHA256_SIZE], int *fd,
    const struct seat *s, const struct id *id, struct err *e)
{
	enum rc rc = RC_OK;
	unsigned i;

	for (i = 0; i < 5; i++) {
		rc = seat_saves(part, *fd, s, id, e);
		if (rc == RC_OK)
			return rc;
		close(*fd);
		(void)usleep(500000);
		*fd = seat_signed_in(s, 60);
	}
	return rc;
}

/* What a desk writes to others; a part follows as a file. */
struct letter {
	const struct seat *from;
	const struct country *country;
	uint32_t to; /* bit n: the desk of seat n */
	enum precedence precedence;
	int64_t expires; /* TIME_NEVER, or when */
};

static inline json_t *
letter_request(const struct letter *l)
{
	json_t *r = json_object(), *list = json_array(), *part = json_object();
	size_t i;

	for (i = 0; i < l->country->count && i < LEDGER_SEATS; i++)
		if ((l->to >> i & 1) != 0)
			(void)json_array_append_new(list,
			    json_string(l->country->seats[i].desk_address));
	(void)json_object_set_new(r, "to", list);
	(void)json_object_set_new(r, "desk", json_string(l->from->key_address));
	(void)json_object_set_new(r, "level", json_string("thuong"));
	(void)json_object_set_new(
	    r, "precedence", json_string(precedence_word(l->precedence)));
	if (l->expires != TIME_NEVER)
		(void)json_object_set_new(
		    r, "expires", json_integer(l->expires));
	(void)json_object_set_new(part, "kind", json_string("document"));
	(void)json_object_set_new(part, "name", json_string("a"));
	(void)json_object_set_new(
	    part, "type", json_string("application/octet-stream"));
	list = json_array();
	(void)json_array_append_new(list, part);
	(void)json_object_set_new(r, "parts", list);
	return r;
}

/* A file of so many random bytes; their hash. */
static inline int
letter_file(uint8_t part[static SHA256_SIZE], size_t size)
{
	uint8_t *bytes = alloc(1, size);
	const int fd = memfd_create("part", MFD_CLOEXEC);

	random_bytes(bytes, size);
	sha256(part, bytes_of(bytes, size));
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		bug("no file");
	free(bytes);
	return fd;
}

/* ---- the clerk at work ------------------------------------------------------
 */

static volatile sig_atomic_t clerk_leaves;

static inline void
clerk_may_go(int sig)
{
	(void)sig;
	clerk_leaves = 1;
}

static inline void
clerk_tells(const struct clerk *c, struct told *t)
{
	t->from = c->seat->unit;
	if (write(c->out, t, sizeof(*t)) != sizeof(*t))
		_exit(1);
}

static inline int
clerk_file(struct clerk *c, uint8_t part[static SHA256_SIZE])
{
	const size_t size = 1 + dice_below(&c->dice, (uint32_t)c->most);

	return letter_file(
	    part, dice_below(&c->dice, 4) == 0 ? size : size / 50 + 1);
}

static inline void
clerk_lost_it(struct clerk *c)
{
	if (c->control >= 0)
		close(c->control);
	c->control = -1;
	(void)usleep(20000);
}

static inline void
clerk_sends(struct clerk *c, unsigned turn)
{
	struct told t = { .to = c->to[turn % CLERK_TO] };
	const struct letter letter = { .from = c->seat,
		.country = c->country,
		.to = t.to,
		.precedence = (enum precedence)(t.to % 4),
		.expires = TIME_NEVER };
	json_t *answer = NULL;
	struct err e;
	enum rc rc;
	int fd;

	if (c->control < 0) {
		if (seat_control(&c->control, c->seat, &e) != RC_OK ||
		    seat_sign_in(c->control, c->seat, &e) != RC_OK) {
			clerk_lost_it(c);
			return;
		}
	}
	fd = clerk_file(c, t.part);
	rc = control_ask(c->control, CONTROL_SEND, letter_request(&letter), &fd,
	    1, NULL, &answer, &e);
	close(fd);
	t.what = rc == RC_OK	    ? TOLD_SENT
		 : rc == RC_EXPIRED ? TOLD_SILENCE
				    : TOLD_UNSURE;
	if (rc == RC_OK &&
	    !id_parse(&t.id,
		bytes_str(json_string_value(json_object_get(answer, "id")))))
		bug("an id that is none");
	if (rc != RC_OK)
		(void)snprintf(t.why, sizeof(t.why), "%.*s",
		    (int)sizeof(t.why) - 1, e.text);
	json_decref(answer);
	clerk_tells(c, &t);
	if (rc != RC_OK)
		clerk_lost_it(c);
}

static inline void
clerk_start(struct clerk *c, const int ends[static 2])
{
	struct told left = { .what = TOLD_LEFT };
	unsigned turn;

	(void)fflush(stdout);
	c->pid = fork();
	if (c->pid != 0)
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGTERM, clerk_may_go);
	(void)close(ends[0]);
	c->out = ends[1];
	c->control = -1;
	for (turn = 0; clerk_leaves == 0; turn++) {
		clerk_sends(c, turn);
		(void)usleep(c->pause_ms * 1000);
	}
	clerk_tells(c, &left);
	_exit(0);
}

/* Take down what clerks have told; how many have left. */
static inline unsigned
clerks_tell(struct ledger *l, int pipe_in, size_t *unsure, size_t *silent)
{
	struct pollfd f = { .fd = pipe_in, .events = POLLIN };
	unsigned left = 0;
	struct ledger_entry *e;
	struct told t;

	while (poll(&f, 1, 0) == 1 && (f.revents & POLLIN) != 0) {
		if (read(pipe_in, &t, sizeof(t)) != sizeof(t))
			bug("half a word");
		left += t.what == TOLD_LEFT;
		*unsure += t.what == TOLD_UNSURE;
		*silent += t.what == TOLD_SILENCE;
		if (t.what == TOLD_SILENCE || getenv("ANTIN_LOUD") != NULL)
			note("clerk of %u: %d %s", t.from, (int)t.what, t.why);
		if (t.what != TOLD_SENT)
			continue;
		e = ledger_find(l, &t.id);
		if (e == NULL)
			e = ledger_add(l, &t.id, t.to);
		else if (e->state != LEDGER_UNSURE)
			l->strange++; /* one id for two dispatches */
		e->state = LEDGER_ACKED;
		e->to = t.to;
		e->from = t.from;
		memcpy(e->part, t.part, sizeof(t.part));
	}
	return left;
}

#endif

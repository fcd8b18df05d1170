/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Real processes of the daemon, forked, with this test as their parent and as
 * the siblings it likes to be.  Static and here, for each test is a program.
 */
#ifndef TESTS_ANTIND_PLAY_H
#define TESTS_ANTIND_PLAY_H

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "crypto/suite.h"
#include "daemon/process.h"
#include "pki/card.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PATIENCE_MS 20000

/* A line to a process, as one of those it speaks with. */
struct line {
	struct channel *c;
	enum proc as, to;
	bool gone;
};

/* One that runs. */
struct actor {
	pid_t pid;
	const struct process *is;
	struct line *parent;
};

static struct line *lines[16];
static size_t line_count;
static struct buf logged; /* what was told to the parent's log */
static uint64_t jobs __attribute__((unused)) = 1000;

/* What the test does with a message that it did not wait for; may be NULL. */
static void (*on_message)(struct line *l, const struct message *m, int fd);

static inline struct line *
line_new(int fd, enum proc as, enum proc to)
{
	struct line *l = alloc(1, sizeof(*l));

	*l = (struct line){ channel_new(fd, as, to), as, to, false };
	if (line_count == COUNT(lines))
		bug("too many lines");
	return lines[line_count++] = l;
}

static inline void
pair(int ends[static 2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		bug("no socket");
}

/* Nothing can be written to it any more; what it said before is read. */
static inline void
line_ended(struct line *l)
{
	struct err e;
	size_t i;

	l->gone = true;
	for (i = 0; i < 100 && channel_read(l->c, &e) == RC_OK; i++)
		;
}

static inline void
say_to(struct line *l, enum msg m, uint64_t job, const void *body, int fd)
{
	struct err e;

	channel_send(l->c, m, job, body, fd);
	if (!l->gone && channel_write(l->c, &e) != RC_OK)
		line_ended(l);
}

/* One that waits for its settings. */
static inline struct actor
actor_new(const struct process *p)
{
	struct actor a = { .is = p };
	int ends[2];
	size_t i;

	pair(ends);
	(void)fflush(stdout);
	a.pid = fork();
	if (a.pid < 0)
		bug("no process");
	if (a.pid == 0) {
		for (i = 0; i < line_count; i++)
			(void)close(channel_fd(lines[i]->c));
		(void)close(ends[0]);
		_exit(process_run(p, ends[1]));
	}
	(void)close(ends[1]);
	a.parent = line_new(ends[0], PROC_PARENT, p->self);
	say_to(a.parent, MSG_SETTING, 0,
	    &(struct msg_setting){ bytes_str("sandbox"), bytes_str("none") },
	    -1);
	return a;
}

static inline void
actor_set(const struct actor *a, const char *name, const char *value)
{
	say_to(a->parent, MSG_SETTING, 0,
	    &(struct msg_setting){ bytes_str(name), bytes_str(value) }, -1);
}

/* The test is a sibling of it. */
static inline struct line *
actor_sibling(const struct actor *a, enum proc as)
{
	int ends[2];

	pair(ends);
	say_to(a->parent, MSG_PEER, 0, &(struct msg_peer){ as }, ends[1]);
	return line_new(ends[0], as, a->is->self);
}

/* Two of them are siblings. */
static inline void
actors_join(const struct actor *a, const struct actor *b)
{
	int ends[2];

	pair(ends);
	say_to(
	    a->parent, MSG_PEER, 0, &(struct msg_peer){ b->is->self }, ends[0]);
	say_to(
	    b->parent, MSG_PEER, 0, &(struct msg_peer){ a->is->self }, ends[1]);
}

/* A copy of a message that outlives the channel's memory, as bytes. */
struct heard {
	struct buf raw;
	struct message m;
	int fd;
};

static inline void
heard_free(struct heard *h)
{
	buf_free(&h->raw);
	if (h->fd >= 0)
		(void)close(h->fd);
	*h = (struct heard){ .fd = -1 };
}

static inline void
hear(struct heard *out, const struct line *l, const struct message *m, int fd)
{
	struct err e;

	*out = (struct heard){ .fd = fd };
	msg_write(&out->raw, m->kind, m->job, fd >= 0, &m->body);
	if (msg_read(&out->m, buf_bytes(&out->raw), l->to, l->as, &e) != RC_OK)
		bug(e.text);
}

static inline void
take_log(const struct message *m)
{
	buf_add(&logged, m->body.log.line);
	buf_u8(&logged, '\n');
}

/*
 * Let all that is under way go on until this line hears a message of this kind
 * (0: any but the log), or is gone, or time is up: false.
 */
static inline bool
wait_for(struct heard *out, struct line *l, enum msg kind)
{
	int64_t until = process_ms() + PATIENCE_MS;
	struct pollfd p[COUNT(lines)];
	struct message m;
	struct err e;
	bool ended;
	size_t i;
	int fd;

	*out = (struct heard){ .fd = -1 };
	while (process_ms() < until) {
		ended = l->gone;
		for (i = 0; i < line_count; i++) {
			while (
			    channel_next(lines[i]->c, &m, &fd, &e) == RC_OK) {
				if (m.kind == MSG_LOG) {
					take_log(&m);
				} else if (lines[i] == l &&
					   (kind == 0 || m.kind == kind)) {
					hear(out, l, &m, fd);
					return true;
				} else if (on_message != NULL) {
					on_message(lines[i], &m, fd);
				} else if (fd >= 0) {
					(void)close(fd);
				}
			}
			if (!lines[i]->gone &&
			    channel_write(lines[i]->c, &e) != RC_OK)
				line_ended(lines[i]);
			p[i] = (struct pollfd){
				lines[i]->gone ? -1 : channel_fd(lines[i]->c),
				(short)(channel_queued(lines[i]->c) > 0
					    ? POLLIN | POLLOUT
					    : POLLIN),
				0
			};
		}
		if (ended)
			return false;
		if (poll(p, line_count, 100) < 0)
			bug("poll");
		for (i = 0; i < line_count; i++)
			if (p[i].revents & (POLLIN | POLLHUP) &&
			    channel_read(lines[i]->c, &e) != RC_OK)
				lines[i]->gone = true;
	}
	return false;
}

static inline bool
actor_go(const struct actor *a)
{
	struct heard h;
	bool ready;

	say_to(a->parent, MSG_GO, 0, NULL, -1);
	ready = wait_for(&h, a->parent, MSG_READY);
	heard_free(&h);
	return ready;
}

/* How it ended: its status, or 256 and its signal. */
static inline int
actor_wait(struct actor *a)
{
	int status = 0;

	if (a->pid == 0 || waitpid(a->pid, &status, 0) != a->pid)
		return -1;
	a->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static inline int
actor_stop(struct actor *a)
{
	if (a->pid != 0)
		say_to(a->parent, MSG_STOP, 0, NULL, -1);
	return actor_wait(a);
}

static inline bool
was_logged(const char *words)
{
	return logged.len > 0 &&
	       memmem(logged.p, logged.len, words, strlen(words)) != NULL;
}

static inline void
lines_end(void)
{
	while (line_count > 0) {
		channel_free(lines[--line_count]->c);
		free(lines[line_count]);
	}
	buf_free(&logged);
}

/* ---- who there is ----------------------------------------------------------
 */

#define STATION "antin://tram.vn"

/* A holder with a self-made card, or a certificate of these rights. */
static inline void
holder_new(struct identity *out, const char *suite, const char *address,
    const struct rights *rights)
{
	const struct suite *s = suite_by_name(suite);
	struct buf der[2] = { { 0 } };
	const int64_t now = time_now();
	struct cert_request r = { .name = bytes_str("Holder"),
		.issuer = bytes_str("Authority"),
		.address = bytes_str(address),
		.from = now - TIME_DAY,
		.until = now + TIME_DAY };
	struct sig_key *authority;
	struct err e;

	if (identity_new(out, sig_by_name(s->sig), kem_by_name(s->kem), r.name,
		r.address, r.from, r.until, &e) != RC_OK)
		bug(e.text);
	if (rights == NULL)
		return;
	authority = sig_generate(sig_by_name(s->sig));
	r.rights = *rights;
	r.use = CERT_SIGN;
	r.sig = sig_key_alg(out->sig);
	r.pub = sig_key_pub(out->sig);
	cert_write(&der[0], &r, authority);
	r.use = CERT_KEM;
	r.kem = kem_key_alg(out->kem);
	r.pub = kem_key_pub(out->kem);
	cert_write(&der[1], &r, authority);
	if (identity_certify(out,
		(struct bytes[]){ buf_bytes(&der[0]), buf_bytes(&der[1]) }, 2,
		&e) != RC_OK)
		bug(e.text);
	buf_free(&der[0]);
	buf_free(&der[1]);
	sig_key_free(authority);
}

/* Its key file, given to keys; "passphrase" NULL: without one. */
static inline void
give_key(const struct actor *keys, const struct identity *id, const char *name,
    const char *passphrase, bool station)
{
	struct bytes phrase = bytes_str(passphrase == NULL ? "" : passphrase);
	struct buf file;
	struct err e;

	if (identity_seal(&file, id, passphrase == NULL ? NULL : &phrase, &e) !=
	    RC_OK)
		bug(e.text);
	say_to(keys->parent, MSG_KEY, 0,
	    &(struct msg_key){ bytes_str(name), buf_bytes(&file), station },
	    -1);
	buf_free(&file);
}

#endif

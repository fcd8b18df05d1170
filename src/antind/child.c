/* SPDX-License-Identifier: EUPL-1.2 */
/* One process of the daemon, as the parent sees it: its start, what it is
 * given, what it says. */
#include "antind/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SAID 1024u	 /* bytes of a line on standard error */
#define SAID_LINES 1000u /* of one process's life */

struct log_line
child_line(enum log_level level, const char *event, const struct child *c)
{
	struct log_line l = log_line(level, event);

	log_str(&l, "name", bytes_str(proc_name(c->is)));
	return l;
}

/* ---- what is told of a child ------------------------------------------------
 */

/* What it says on standard error is its own word, not a line of ours. */
static void
said_end(struct child *c)
{
	struct log_line l;

	if (c->said_line.len > 0 && c->said_lines++ < SAID_LINES) {
		l = child_line(LOG_WARN, "process.says", c);
		log_str(&l, "text", buf_bytes(&c->said_line));
		say_log(LOG_WARN, &l);
	}
	buf_free(&c->said_line);
}

/* All there is now; false at the end. */
static bool
said_read(struct child *c)
{
	uint8_t piece[SAID];
	ssize_t i, n;

	while ((n = read(c->said_fd, piece, sizeof(piece))) > 0)
		for (i = 0; i < n; i++) {
			if (piece[i] != '\n')
				buf_u8(&c->said_line, piece[i]);
			if (piece[i] == '\n' || c->said_line.len == SAID)
				said_end(c);
		}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void
on_said(int fd, short what, void *ctx)
{
	struct child *c = ctx;

	(void)fd;
	(void)what;
	if (!said_read(c) && event_del(c->said) != 0)
		bug("no event");
}

/* ---- messages ---------------------------------------------------------------
 */

/* New keys of the station; the process that made them hears how it went. */
static void
keep_key(struct child *c, const struct msg_keep *m)
{
	struct msg_kept kept = { .next = m->next };
	struct err e = { 0 };

	kept.rc = key_keep(me.s, m->next != 0, m->file, &e);
	kept.why = bytes_str(e.text);
	channel_send(c->c, MSG_KEPT, 0, &kept, -1);
	child_flush(c);
}

static void
on_message(struct child *c, const struct message *m)
{
	if (m->kind == MSG_LOG)
		say_line(
		    (enum log_level)m->body.log.level, c->is, m->body.log.line);
	else if (m->kind == MSG_READY && !c->ready)
		parent_ready(c);
	else if (m->kind == MSG_KEEP)
		keep_key(c, &m->body.keep);
	else if (m->kind == MSG_SCAN_WANT)
		child_clamd(c);
	else if (m->kind == MSG_PRINT_WANT || m->kind == MSG_PRINT_REST)
		parent_asks(m->kind == MSG_PRINT_WANT);
}

/* A child that breaks the table is broken or taken over. */
static void
broken(const struct child *c, const struct err *e)
{
	struct log_line l = child_line(LOG_WARN, "process.broken", c);

	log_err(&l, e);
	say_log(LOG_WARN, &l);
	if (c->pid != 0) /* else these were its last words */
		(void)kill(c->pid, SIGKILL);
}

/* Handle what it has said; false where nothing more can come. */
static bool
hear(struct child *c)
{
	struct message m;
	struct err e;
	enum rc rc, got;
	int fd;

	rc = channel_read(c->c, &e);
	if (rc != RC_OK && rc != RC_ABSENT) {
		broken(c, &e);
		return false;
	}
	while ((got = channel_next(c->c, &m, &fd, &e)) == RC_OK)
		on_message(c, &m);
	if (got != RC_ABSENT)
		broken(c, &e);
	channel_rest(c->c);
	return rc == RC_OK && got == RC_ABSENT;
}

static void
on_read(int fd, short what, void *ctx)
{
	struct child *c = ctx;

	(void)fd;
	(void)what;
	/* its death is told by SIGCHLD */
	if (!hear(c) && event_del(c->in) != 0)
		bug("no event");
}

static void
on_write(int fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	child_flush(ctx);
}

void
child_flush(struct child *c)
{
	struct err e;
	bool wants;

	if (c->c == NULL)
		return;
	wants = channel_write(c->c, &e) == RC_OK && channel_queued(c->c) > 0;
	if (wants == c->wants_out)
		return;
	c->wants_out = wants;
	if ((wants ? event_add(c->out, NULL) : event_del(c->out)) != 0)
		bug("no event");
}

/* ---- starting ---------------------------------------------------------------
 */

static void
give_settings(struct child *c)
{
	const struct conf *conf = &me.s->conf;
	const struct conf_value *v;
	char *text;
	size_t i;

	for (i = 0; i < conf->count; i++) {
		v = &conf->values[i];
		if ((v->is->procs >> c->is & 1) == 0)
			continue;
		text = setup_value(me.s, v);
		channel_send(c->c, MSG_SETTING, 0,
		    &(struct msg_setting){
			bytes_str(v->is->word), bytes_str(text) },
		    -1);
		free(text);
	}
}

enum rc
child_keys(struct child *c, struct err *e)
{
	struct key_file *keys;
	size_t i, count;
	enum rc rc;

	if ((rc = keys_read(&keys, &count, me.s, e)) != RC_OK)
		return rc;
	for (i = 0; i < count; i++)
		channel_send(c->c, MSG_KEY, 0,
		    &(struct msg_key){ bytes_str(keys[i].name),
			buf_bytes(&keys[i].file), keys[i].station },
		    -1);
	keys_free(keys, count);
	return RC_OK;
}

/* What of the law cannot be read is missing; what that means the store says. */
static void
give_law(struct child *c)
{
	struct law_file *files;
	struct log_line l;
	struct err e;
	size_t i, count;

	if (law_read(&files, &count, me.s, &e) != RC_OK) {
		l = child_line(LOG_WARN, "rules.read", c);
		log_err(&l, &e);
		say_log(LOG_WARN, &l);
	}
	for (i = 0; i < count; i++)
		channel_send(c->c, MSG_RULES, 0,
		    &(struct msg_rules){ bytes_str(files[i].name),
			buf_bytes(&files[i].text), files[i].own },
		    -1);
	law_free(files, count);
}

static void
give_sockets(struct child *c)
{
	const struct sock *s;
	int fd;

	for (s = me.sockets; s < me.sockets + me.socket_count; s++) {
		if (s->to != c->is)
			continue;
		if ((fd = dup(s->fd)) < 0)
			bug("no descriptor left");
		channel_send(c->c, MSG_SOCKET, 0,
		    &(struct msg_socket){ bytes_str(s->name) }, fd);
	}
}

static bool
may_speak(enum proc a, enum proc b)
{
	int m;

	for (m = 1; m <= MSG_LAST; m++)
		if (msg_may((enum msg)m, a, b) || msg_may((enum msg)m, b, a))
			return true;
	return false;
}

/* Channels between this one and every sibling that runs. */
static void
give_siblings(struct child *c)
{
	struct child *other;
	int pair[2];
	size_t i;

	for (i = 1; i < PROCS; i++) {
		other = &me.children[i];
		if (other == c || other->pid == 0 ||
		    !may_speak(c->is, other->is))
			continue;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) !=
		    0)
			bug("no descriptor left");
		channel_send(c->c, MSG_PEER, 0,
		    &(struct msg_peer){ (uint64_t)other->is }, pair[0]);
		channel_send(other->c, MSG_PEER, 0,
		    &(struct msg_peer){ (uint64_t)c->is }, pair[1]);
		child_flush(other);
	}
}

enum rc
child_start(struct child *c, struct err *e)
{
	int fd, said;
	enum rc rc;

	if ((rc = spawn(c->is, &c->pid, &fd, &said, e)) != RC_OK)
		return rc;
	c->started = process_ms();
	c->ready = c->told_stop = false;
	c->c = channel_new(fd, PROC_PARENT, c->is);
	c->said_fd = said;
	c->said_lines = 0;
	c->in = parent_event(fd, EV_READ | EV_PERSIST, on_read, c);
	c->out = parent_event(fd, EV_WRITE | EV_PERSIST, on_write, c);
	c->said = parent_event(said, EV_READ | EV_PERSIST, on_said, c);
	if (event_add(c->in, NULL) != 0 || event_add(c->said, NULL) != 0)
		bug("no event");
	give_settings(c);
	if (c->is == PROC_KEYS && (rc = child_keys(c, e)) != RC_OK)
		return rc;
	if (c->is == PROC_STORE)
		give_law(c);
	give_sockets(c);
	give_siblings(c);
	return RC_OK;
}

void
child_go(struct child *c)
{
	channel_send(c->c, MSG_GO, 0, NULL, -1);
	child_flush(c);
}

/* ---- the end ----------------------------------------------------------------
 */

void
child_forget(struct child *c)
{
	(void)hear(c); /* its last words */
	(void)said_read(c);
	said_end(c);
	event_free(c->in);
	event_free(c->out);
	event_free(c->said);
	(void)close(c->said_fd);
	channel_free(c->c);
	c->c = NULL;
	c->in = c->out = c->said = NULL;
	c->wants_out = c->ready = false;
	c->pid = 0;
}

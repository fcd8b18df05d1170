/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A disk that is full, a real one (a small tmpfs in a namespace of this test):
 * the store goes on, says "not now", loses nothing, and recovers
 * (docs/station.md 4.10).
 */
#include <sched.h>
#include <sys/mount.h>

#include "stage.h"

#define DISK "size=12m"
#define MOST 600u /* small dispatches */

static bool
write_map(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	return f != NULL && fputs(text, f) >= 0 && fclose(f) == 0;
}

static bool
small_disk(const struct stage *s)
{
	char users[40], groups[40];

	(void)snprintf(
	    users, sizeof(users), "0 %lu 1\n", (unsigned long)getuid());
	(void)snprintf(
	    groups, sizeof(groups), "0 %lu 1\n", (unsigned long)getgid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       write_map("/proc/self/setgroups", "deny") &&
	       write_map("/proc/self/uid_map", users) &&
	       write_map("/proc/self/gid_map", groups) &&
	       mount("none", s->data, "tmpfs", 0, DISK) == 0;
}

/* All that is left of the disk is taken; or given back. */
static void
fill(const struct stage *s)
{
	static uint8_t piece[4096];
	char path[2 * PATH];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/filler", s->data);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	while (write(fd, piece, sizeof(piece)) > 0)
		;
	(void)close(fd);
}

static void
empty(const struct stage *s)
{
	char path[2 * PATH];

	(void)snprintf(path, sizeof(path), "%s/filler", s->data);
	(void)unlink(path);
}

static enum rc
mark(struct stage *s, const struct id *id)
{
	const struct msg_mark m = { .desk = bytes_str(s->own->desk_address),
		.id = *id,
		.state = DELIVERY_ACTED };
	struct heard h;
	enum rc rc;

	say_to(s->control, MSG_MARK, jobs++, &m, -1);
	h = expect(s->control, MSG_DONE);
	rc = h.fd == -2 ? RC_EXPIRED : (enum rc)h.m.body.done.rc;
	heard_free(&h);
	return rc;
}

static enum rc
number(struct stage *s)
{
	const struct msg_desk m = { .desk = bytes_str(s->own->desk_address) };
	struct heard h;
	enum rc rc;

	say_to(s->seal, MSG_NUMBER, jobs++, &m, -1);
	h = expect(s->seal, MSG_NUMBERED);
	rc = h.fd == -2 ? RC_EXPIRED : (enum rc)h.m.body.numbered.rc;
	heard_free(&h);
	return rc;
}

/* What was decided since "from" of the country's file, as one file. */
static enum rc
give(struct stage *s, size_t from)
{
	struct msg_enrol_piece m = { .at = 0 };
	struct buf all, parts, file;
	struct heard h;
	enum rc rc;

	directory_head(&all, buf_bytes(&s->c.t.root));
	buf_add(&all, bytes_of(s->c.t.file.p + from, s->c.t.file.len - from));
	directory_parts(&parts, buf_bytes(&all));
	directory_head(&file, buf_bytes(&s->c.t.root));
	buf_add(&file, buf_bytes(&parts));
	m.total = file.len;
	m.bytes = buf_bytes(&file);
	say_to(s->control, MSG_DIRECTORY_GIVE, jobs++, &m, -1);
	h = expect(s->control, MSG_DONE);
	rc = h.fd == -2 ? RC_EXPIRED : (enum rc)h.m.body.done.rc;
	heard_free(&h);
	buf_free(&all);
	buf_free(&parts);
	buf_free(&file);
	return rc;
}

static size_t
times_logged(const char *words)
{
	const uint8_t *at = logged.p,
		      *end = at == NULL ? NULL : at + logged.len;
	size_t n = 0;

	while (at != NULL && at < end &&
	       (at = memmem(at, (size_t)(end - at), words, strlen(words))) !=
		   NULL) {
		n++;
		at++;
	}
	return n;
}

/* Whatever comes over this line is stored there. */
static bool
takes_one(struct stage *s, uint64_t conn)
{
	struct heard h = expect(s->link, MSG_SEND);
	struct msg_taken taken = { .conn = conn, .outcome = ACK_STORED };
	const bool good = h.fd != -2 && h.m.body.send.conn == conn;

	if (good) {
		taken.number = h.m.body.send.q;
		say_to(s->link, MSG_SENT, 0, &taken, -1);
	}
	heard_free(&h);
	return good;
}

/* So many that were stored; the first that was not. */
static size_t
until_full(struct stage *s, struct made *m, const struct seat *const *to)
{
	size_t i;

	for (i = 0; i < MOST; i++) {
		make(&m[i], s->kid[0], 1000 + i, to, 2, 0);
		if (i > 5 && i % 2 == 0)
			fill(s);
		if (offer(s, 1, i + 1, &m[i], 3) != ACK_STORED)
			break;
	}
	return i;
}

static void
nothing_is_lost(struct stage *s)
{
	const struct seat *const to[] = { s->own, s->kid[1] };
	struct made *m = alloc(MOST + 1, sizeof(*m)), huge, large;
	size_t n, i, known = 0, read = 0, sent = 0;
	int64_t until;
	const size_t from = s->c.t.file.len;
	enum ack ack = ACK_LATER;
	struct act a;
	bool good;

	ok(stage_start(s), "the store runs");
	ok(stage_line(s, 1, s->kid[0]), "a child is on the line");
	make(&huge, s->kid[0], 1, to, 2, 20u << 20);
	make(&large, s->kid[0], 2, to, 2, 3u << 20);
	is(offer(s, 1, 10001, &huge, 3), ACK_LATER,
	    "a package larger than the disk has to wait");
	is(offer(s, 1, 10002, &large, 3), ACK_STORED, "a smaller one has not");
	n = until_full(s, m, to);
	ok(n > 5 && n < MOST, "small ones are stored until the disk is full");

	/* while it is full */
	is(offer(s, 1, 10003, &m[n], 3), ACK_LATER, "then it is: not now");
	is(offer(s, 1, 10004, &m[0], 3), ACK_LATER,
	    "even of what is known, for all is as it is told");
	is(offer(s, 1, 10005, &huge, 3), ACK_LATER, "nor large ones");
	ok(is_read(s, s->own, &m[0], 3, &good) == RC_OK && good,
	    "what there is can be read");
	is(mark(s, &m[0].id), RC_IO, "nothing can be marked");
	is(number(s), RC_IO, "no number is given out");
	a = act_holder(&s->c.t, s->own->unit, ACT_DESK, "moi");
	tree_do(&s->c.t, ROOT, &a);
	fill(s);
	is(give(s, from), RC_IO,
	    "of the directory nothing is learnt that cannot be kept");
	ok(!stage_line(s, 2, s->kid[1]), "no line comes up");
	stage_settle(s);
	is(said_of(s->link, MSG_GONE), 0, "and none goes down");
	is(times_logged("event=disk.refuses"), 1, "the log says it once");

	/* there is room again */
	empty(s);
	until = process_ms() + 8000;
	for (i = 0; ack == ACK_LATER && process_ms() < until; i++) {
		(void)usleep(100000);
		ack = offer(s, 1, 10010 + i, &m[n], 3);
	}
	is(ack, ACK_STORED, "with room it takes what it did not");
	is(times_logged("event=disk.takes"), 1, "and says so");
	is(mark(s, &m[0].id), RC_OK, "marks");
	is(number(s), RC_OK, "gives out numbers");
	is(give(s, from), RC_OK, "and learns what it could not");
	ok(stage_line(s, 3, s->kid[1]), "and lets lines in");
	for (i = 0; i < n + 2; i++)
		sent += takes_one(s, 3);
	stage_settle(s);
	is(sent, n + 2, "what was stored for its child goes on");
	is(said_of(s->link, MSG_SEND), 0, "once");
	is(stage_stop(s, SIGKILL), 256 + SIGKILL, "it is killed");

	ok(stage_start(s) && stage_line(s, 1, s->kid[0]), "it starts again");
	for (i = 0; i <= n; i++) {
		known += offer(s, 1, 1 + i, &m[i], 3) == ACK_KNOWN;
		read += is_read(s, s->own, &m[i], 3, &good) == RC_OK && good;
	}
	is(known, n + 1, "all that it stored is known");
	is(read, n + 1, "and lies at the desk");
	is(stage_stop(s, 0), 0, "the store stops");
	for (i = 0; i <= n; i++)
		made_free(&m[i]);
	made_free(&huge);
	made_free(&large);
	free(m);
}

/* What the next station said while nothing could be noted is asked again. */
static void
an_answer_that_was_not_noted(struct stage *s)
{
	const struct seat *const to[] = { s->own, s->kid[2] };
	struct made m[2], more;
	struct msg_taken taken = { .conn = 2, .outcome = ACK_STORED };
	struct heard h;
	const size_t said = times_logged("event=disk.takes");
	int64_t until = process_ms() + 8000;
	uint64_t i;

	make(&m[0], s->kid[0], 5001, to, 2, 0);
	make(&m[1], s->kid[0], 5002, to, 2, 0);
	ok(stage_start(s) && stage_line(s, 1, s->kid[0]) &&
		stage_line(s, 2, s->kid[2]),
	    "the store runs, with two lines");
	is(offer(s, 1, 1, &m[0], 3), ACK_STORED, "one comes");
	h = expect(s->link, MSG_SEND);
	ok(h.fd != -2, "and goes on");
	taken.number = h.m.body.send.q;
	heard_free(&h);
	for (i = 2; i < MOST; i++) {
		make(&more, s->kid[0], 6000 + i, &to[0], 1, 0);
		fill(s);
		if (offer(s, 1, i, &more, 1) != ACK_STORED)
			break;
		made_free(&more);
	}
	ok(i < MOST, "the disk is full");
	made_free(&more);
	say_to(s->link, MSG_SENT, 0, &taken, -1);
	stage_settle(s);
	is(said_of(s->link, MSG_SEND), 0, "the answer cannot be noted");
	empty(s);
	while (
	    times_logged("event=disk.takes") == said && process_ms() < until) {
		(void)usleep(50000);
		stage_settle(s);
	}
	ok(is_sent(s, 2, &m[0], 2, ACK_KNOWN), "it is offered again");
	is(offer(s, 1, MOST + 1, &m[1], 3), ACK_STORED, "another comes");
	ok(is_sent(s, 2, &m[1], 2, ACK_STORED), "and goes on");
	stage_settle(s);
	is(said_of(s->link, MSG_SEND), 0, "and the first one no more");
	is(stage_stop(s, 0), 0, "the store stops");
	made_free(&m[0]);
	made_free(&m[1]);
}

int
main(void)
{
	struct stage s;

	stage_make(&s);
	if (small_disk(&s)) {
		nothing_is_lost(&s);
		an_answer_that_was_not_noted(&s);
		(void)umount(s.data);
	} else {
		skip("no small disk is to be had here");
	}
	stage_end(&s);
	return done();
}

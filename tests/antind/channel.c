/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Channels: messages and descriptors come out in the order in which they went
 * in, however the bytes are cut, and a sibling that breaks the table is told
 * apart from one that is gone.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "daemon/channel.h"

struct two {
	struct channel *store, *seal;
};

static void
pair(int ends[static 2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		bug("no socket");
}

static struct two
two_new(void)
{
	int ends[2];

	pair(ends);
	return (struct two){ channel_new(ends[0], PROC_STORE, PROC_SEAL),
		channel_new(ends[1], PROC_SEAL, PROC_STORE) };
}

static void
two_free(struct two *t)
{
	channel_free(t->store);
	channel_free(t->seal);
}

/* A descriptor of a file that can be told by its size. */
static int
file_of(off_t size)
{
	int fd = memfd_create("a", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, size) != 0)
		bug("no file");
	return fd;
}

static off_t
size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_size : -1;
}

static size_t
open_files(void)
{
	size_t n = 0;
	int fd;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* A package of so many bytes of one letter, with a file or none. */
static void
send_package(struct channel *c, uint64_t job, size_t len, int fd)
{
	struct buf b = { 0 };

	if (len > 0)
		memset(buf_grow(&b, len), (int)('a' + job % 26), len);
	channel_send(c, MSG_PACKAGE, job,
	    &(struct msg_package){ .package = buf_bytes(&b) }, fd);
	buf_free(&b);
}

static bool
is_package(const struct message *m, uint64_t job, size_t len)
{
	const struct bytes b = m->body.package.package;
	size_t i;

	for (i = 0; i < b.len; i++)
		if (b.p[i] != 'a' + job % 26)
			return false;
	return m->kind == MSG_PACKAGE && m->job == job && b.len == len;
}

/* 500 messages of many lengths, every third with a descriptor, while neither
 * side waits for the other. */
static void
all_comes_in_order(void)
{
	struct two t = two_new();
	struct dice d = { 1 };
	uint32_t lens[500];
	size_t sent, got = 0, bad = 0, i, before;
	struct message m;
	struct err e;
	enum rc rc;
	int fd;

	for (i = 0; i < 500; i++)
		lens[i] = dice_below(&d, i % 9 == 0 ? MSG_INLINE : 300);
	before = open_files();
	for (sent = 0; sent < 500 || got < 500;) {
		for (i = dice_below(&d, 9); i > 0 && sent < 500; i--, sent++)
			send_package(t.store, sent, lens[sent],
			    sent % 3 == 0 ? file_of((off_t)sent) : -1);
		if (channel_write(t.store, &e) != RC_OK ||
		    channel_read(t.seal, &e) != RC_OK)
			break;
		while ((rc = channel_next(t.seal, &m, &fd, &e)) == RC_OK) {
			bad += !is_package(&m, got, lens[got]);
			bad += (fd >= 0) != (got % 3 == 0);
			bad += fd >= 0 && size_of(fd) != (off_t)got;
			if (fd >= 0)
				close(fd);
			got++;
		}
		bad += rc != RC_ABSENT;
	}
	ok(got == 500 && bad == 0, "all messages come, in their order, each "
				   "with its own descriptor");
	is(open_files(), before, "and no descriptor stays behind");
	ok(channel_queued(t.store) == 0, "nothing is queued any more");
	two_free(&t);
}

static void
nothing_blocks_who_writes(void)
{
	struct two t = two_new();
	size_t i, full;
	struct err e;
	bool went = true;

	for (i = 0; i < 200; i++) {
		send_package(t.store, i, MSG_INLINE, -1);
		went = went && channel_write(t.store, &e) == RC_OK;
	}
	full = channel_queued(t.store);
	ok(went && full > 190 * MSG_INLINE,
	    "what is not read is queued, and it is told how much");
	two_free(&t);
}

/* A peer that is no channel of ours writes what it likes. */
static enum rc
reads(struct bytes raw, const int *fds, size_t fd_count, struct err *e)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(200 * sizeof(int))];
	} control = { 0 };
	struct iovec io = { (void *)(uintptr_t)raw.p, raw.len };
	struct msghdr h = { .msg_iov = &io, .msg_iovlen = 1 };
	struct cmsghdr *cm;
	struct channel *c;
	struct message m;
	int ends[2], fd;
	enum rc rc;

	pair(ends);
	c = channel_new(ends[0], PROC_SEAL, PROC_STORE);
	if (fd_count > 0) {
		h.msg_control = control.room;
		h.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
		cm = CMSG_FIRSTHDR(&h);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
		memcpy(CMSG_DATA(cm), fds, fd_count * sizeof(int));
	}
	if (sendmsg(ends[1], &h, 0) != (ssize_t)raw.len)
		bug("not sent");
	rc = channel_read(c, e);
	while (rc == RC_OK && (rc = channel_next(c, &m, &fd, e)) == RC_OK)
		if (fd >= 0)
			close(fd);
	channel_free(c);
	close(ends[1]);
	return rc;
}

static void
who_breaks_the_table_is_told_apart(void)
{
	struct buf yes = { 0 }, package = { 0 }, wrong = { 0 };
	size_t i, before;
	struct err e;
	int fds[200];

	msg_write(&yes, MSG_YES, 1, false, &(struct msg_yes){ 1 });
	msg_write(&package, MSG_PACKAGE, 1, true, &(struct msg_package){ 0 });
	msg_write(
	    &wrong, MSG_SIGN_OUT, 1, false, &(struct msg_desk){ .uid = 1 });
	for (i = 0; i < 200; i++)
		fds[i] = file_of(1);
	before = open_files();
	is(reads(buf_bytes(&yes), NULL, 0, &e), RC_ABSENT,
	    "a message is taken, and then there is none");
	is(reads(bytes_of(yes.p, yes.len - 1), NULL, 0, &e), RC_ABSENT,
	    "a part of one is no message yet");
	is(reads(buf_bytes(&package), fds, 1, &e), RC_ABSENT,
	    "a descriptor is taken with the message it belongs to");
	is(reads(buf_bytes(&package), NULL, 0, &e), RC_INVALID,
	    "a message without the descriptor it names is refused");
	is(reads(buf_bytes(&yes), fds, 1, &e), RC_INVALID,
	    "a descriptor beside a message without one is refused");
	is(reads(buf_bytes(&package), fds, 2, &e), RC_INVALID,
	    "one descriptor too many is refused");
	is(reads(buf_bytes(&package), fds, 200, &e), RC_INVALID,
	    "two hundred are refused");
	is(reads(buf_bytes(&wrong), NULL, 0, &e), RC_DENIED,
	    "what it may not say is refused");
	is(reads(bytes_str("\xff\xff\xff\xff hail"), NULL, 0, &e), RC_LIMIT,
	    "a length beyond all limits is refused before it has come");
	is(open_files(), before, "no descriptor of it stays behind");
	for (i = 0; i < 200; i++)
		close(fds[i]);
	buf_free(&yes);
	buf_free(&package);
	buf_free(&wrong);
}

static void
who_is_gone_is_heard_to_the_end(void)
{
	struct two t = two_new();
	struct message m;
	struct err e;
	bool heard;
	int fd;

	send_package(t.store, 3, 10, -1);
	heard = channel_write(t.store, &e) == RC_OK;
	channel_free(t.store);
	t.store = NULL;
	while (channel_read(t.seal, &e) == RC_OK)
		;
	is(e.rc, RC_ABSENT, "that a peer is gone is told");
	ok(heard && channel_next(t.seal, &m, &fd, &e) == RC_OK &&
		is_package(&m, 3, 10),
	    "what it said before is heard");
	channel_send(t.seal, MSG_NUMBER, 1, &(struct msg_desk){ 0 }, -1);
	is(channel_write(t.seal, &e), RC_ABSENT, "it cannot be written to");
	fd = file_of(1);
	two_free(&t);
	close(fd);
}

/* What is queued for one that is gone is not kept for ever. */
static void
nothing_is_queued_for_who_is_gone(void)
{
	struct two t = two_new();
	size_t i, before;
	struct err e;

	channel_free(t.seal);
	t.seal = NULL;
	send_package(t.store, 1, 10, -1);
	(void)!channel_write(t.store, &e);
	before = open_files();
	for (i = 0; i < 100; i++)
		send_package(t.store, i, MSG_INLINE, file_of(1));
	ok(channel_queued(t.store) < MSG_INLINE && open_files() == before,
	    "what is said to nobody is dropped, its descriptors too");
	two_free(&t);
}

/* ---- waiting ----------------------------------------------------------------
 */

static void
an_answer_is_waited_for(void)
{
	struct two t = two_new();
	size_t i, bad = 0;
	struct message m;
	struct err e;
	int fd;

	for (i = 0; i < 5; i++)
		send_package(t.store, i, 100, file_of((off_t)i));
	if (channel_write(t.store, &e) != RC_OK)
		bug("not written");
	ok(channel_wait(t.seal, 3, 1000, &m, &fd, &e) == RC_OK &&
		is_package(&m, 3, 100) && size_of(fd) == 3,
	    "the answer is taken out of the middle, with its descriptor");
	close(fd);
	is(channel_wait(t.seal, 9, 50, &m, &fd, &e), RC_EXPIRED,
	    "one that does not come is not waited for longer");
	for (i = 0; i < 5; i++) {
		if (i == 3)
			continue;
		if (channel_next(t.seal, &m, &fd, &e) != RC_OK ||
		    !is_package(&m, i, 100) || size_of(fd) != (off_t)i)
			bad++;
		else
			close(fd);
	}
	ok(bad == 0 && channel_next(t.seal, &m, &fd, &e) == RC_ABSENT,
	    "the others are there still, in order, each with its own");
	channel_free(t.store);
	t.store = NULL;
	is(channel_wait(t.seal, 9, 5000, &m, &fd, &e), RC_ABSENT,
	    "that the peer goes ends the waiting");
	two_free(&t);
}

static void
what_is_queued_is_sent_before_waiting(void)
{
	struct two t = two_new();
	struct message m;
	struct err e;
	int fd, status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		channel_free(t.seal);
		if (channel_wait(t.store, 8, 5000, &m, &fd, &e) != RC_OK)
			_exit(1);
		send_package(t.store, 8, 1, -1);
		_exit(channel_write(t.store, &e) != RC_OK);
	}
	channel_send(t.seal, MSG_NUMBER, 8, &(struct msg_desk){ 0 }, -1);
	ok(channel_wait(t.seal, 8, 5000, &m, &fd, &e) == RC_OK &&
		is_package(&m, 8, 1),
	    "a question goes out while its answer is waited for");
	(void)waitpid(pid, &status, 0);
	is((uint64_t)status, 0, "and was heard");
	two_free(&t);
}

static void
who_says_what_it_may_not_ends(void)
{
	struct two t = two_new();
	int status = 0;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)close(STDERR_FILENO);
		channel_send(t.store, MSG_SIGN, 1, &(struct msg_sign){ 0 }, -1);
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
	    "a process that says what it may not ends itself");
	two_free(&t);
}

static void
memory_is_given_back(void)
{
	struct two t = two_new();
	struct message m;
	struct err e;
	size_t i;
	int fd;

	for (i = 0; i < 40; i++) {
		send_package(t.store, i, MSG_INLINE, -1);
		while (channel_queued(t.store) > 0)
			if (channel_write(t.store, &e) != RC_OK ||
			    channel_read(t.seal, &e) != RC_OK)
				bug("gone");
		while (channel_next(t.seal, &m, &fd, &e) == RC_OK)
			;
		channel_rest(t.store);
		channel_rest(t.seal);
	}
	send_package(t.store, 40, 5, -1);
	ok(channel_write(t.store, &e) == RC_OK &&
		channel_read(t.seal, &e) == RC_OK &&
		channel_next(t.seal, &m, &fd, &e) == RC_OK &&
		is_package(&m, 40, 5),
	    "a channel that gave back its memory goes on");
	two_free(&t);
}

int
main(void)
{
	(void)alarm(60); /* nothing of it takes that long */
	(void)signal(SIGPIPE, SIG_IGN);
	all_comes_in_order();
	nothing_blocks_who_writes();
	who_breaks_the_table_is_told_apart();
	who_is_gone_is_heard_to_the_end();
	nothing_is_queued_for_who_is_gone();
	an_answer_is_waited_for();
	what_is_queued_is_sent_before_waiting();
	who_says_what_it_may_not_ends();
	memory_is_given_back();
	return done();
}

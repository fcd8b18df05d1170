/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A sibling that is broken or taken over: what it says against the table ends
 * the process that hears it (docs/station.md 2.5), and nobody is heard before
 * the sandbox is entered (2.3).
 */
#include "play.h"

#include <poll.h>

#define BROKEN PROCESS_BROKEN
#define ABORTED (256 + SIGABRT)

static struct identity station;

/* One that has all it needs; "as" is who the test is to it. */
static struct actor
ready_to_go(const struct process *p, enum proc as, struct line **sibling)
{
	struct actor a = actor_new(p);

	if (p->self == PROC_KEYS)
		give_key(&a, &station, "tram.key", NULL, true);
	*sibling = actor_sibling(&a, as);
	return a;
}

static bool
lives(const struct actor *a)
{
	(void)poll(NULL, 0, 50);
	return waitpid(a->pid, NULL, WNOHANG) == 0;
}

static void
put(struct buf *to, uint64_t v, size_t size)
{
	while (size-- > 0)
		buf_u8(to, (uint8_t)(v >> 8 * size));
}

/* Bytes over a channel, and a descriptor beside them. */
static void
write_raw(const struct line *l, struct bytes raw, int fd)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec io = { (void *)(uintptr_t)raw.p, raw.len };
	struct msghdr h = { .msg_iov = &io, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fd >= 0) {
		h.msg_control = control.room;
		h.msg_controllen = sizeof(control.room);
		c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	if (sendmsg(channel_fd(l->c), &h, MSG_NOSIGNAL) != (ssize_t)raw.len)
		note("not all was taken");
}

/* ---- what can be said wrongly -----------------------------------------------
 */

enum wrong {
	RIGHT_PART, /* the beginning of a message: nothing wrong */
	NO_BYTES_OF_OURS,
	NO_KIND,
	NOT_ITS_RIGHT, /* what only the parent may say */
	FLAGS,
	CUT_SHORT, /* it says that it is shorter than its fields */
	BEYOND_LIMITS,
	FD_ALONE,
};
#define WRONGS 8
static const char *const wrongs[WRONGS] = {
	"the beginning of a message",
	"bytes that are no message",
	"what is no kind",
	"what it may not say",
	"flags that there are not",
	"a message without its fields",
	"a length beyond all limits",
	"a descriptor with nothing",
};

static void
say_wrongly(const struct line *l, enum wrong w, enum msg good)
{
	static const uint8_t fields[9] = { 0 };
	struct buf b = { 0 };
	const int fd = w == FD_ALONE ? dup(0) : -1;
	uint64_t length = 12, kind = good, flags = 0;

	if (w == NO_BYTES_OF_OURS) {
		memset(buf_grow(&b, 64), 0xee, 64);
	} else {
		if (w == NO_KIND)
			kind = MSG_LAST + 1;
		if (w == NOT_ITS_RIGHT) {
			kind = MSG_SETTING;
			length += sizeof(fields);
		}
		if (w == FLAGS)
			flags = 0x8000;
		if (w == BEYOND_LIMITS)
			length = MSG_MAX;
		put(&b, length, 4);
		put(&b, kind, 2);
		put(&b, flags, 2);
		put(&b, ++jobs, 8);
		if (w == NOT_ITS_RIGHT)
			buf_add(&b, bytes_of(fields, sizeof(fields)));
	}
	if (w == RIGHT_PART || w == FD_ALONE)
		b.len = 7;
	write_raw(l, buf_bytes(&b), fd);
	if (w == FD_ALONE) /* a second one, where one message has come so far */
		write_raw(l, bytes_of(fields, 1), fd);
	if (fd >= 0)
		(void)close(fd);
	buf_free(&b);
}

/* ---- tests ------------------------------------------------------------------
 */

static const struct {
	const struct process *is;
	enum proc as;  /* who breaks the table */
	enum msg good; /* what that may say, and has fields */
} heard[] = {
	{ &process_keys, PROC_CONTROL, MSG_SIGN_IN },
	{ &process_keys, PROC_SEAL, MSG_SIGN },
	{ &process_seal, PROC_STORE, MSG_RESOLVED },
	{ &process_seal, PROC_CONTROL, MSG_READ },
	{ &process_link, PROC_STORE, MSG_ADMIT },
};

static void
who_hears_it_ends(size_t i)
{
	struct line *sibling;
	struct actor a;
	struct heard h;
	char said[64];
	int w, status;
	bool logs;

	(void)snprintf(said, sizeof(said),
	    "event=process.broken peer=%s rc=", proc_name(heard[i].as));
	for (w = 0; w < WRONGS; w++) {
		a = ready_to_go(heard[i].is, heard[i].as, &sibling);
		if (!actor_go(&a)) {
			ok(false, "%s begins", proc_name(a.is->self));
			return;
		}
		say_wrongly(sibling, (enum wrong)w, heard[i].good);
		if (w == RIGHT_PART) {
			ok(lives(&a), "%s hears of %s %s, and lives",
			    proc_name(a.is->self), proc_name(heard[i].as),
			    wrongs[w]);
			(void)actor_stop(&a);
		} else {
			buf_free(&logged);
			(void)wait_for(&h, a.parent, MSG_READY);
			logs = was_logged(said);
			status = actor_wait(&a);
			ok(status == BROKEN && logs,
			    "%s hears of %s %s, ends, and says so",
			    proc_name(a.is->self), proc_name(heard[i].as),
			    wrongs[w]);
		}
		lines_end();
	}
}

static void
nobody_is_heard_before_the_sandbox(void)
{
	struct line *sibling;
	struct heard h;
	struct actor a;

	a = ready_to_go(&process_seal, PROC_CONTROL, &sibling);
	say_wrongly(sibling, NO_BYTES_OF_OURS, MSG_READ);
	ok(lives(&a), "what a sibling says before the start is not read");
	say_to(a.parent, MSG_GO, 0, NULL, -1);
	(void)wait_for(&h, a.parent, MSG_READY);
	heard_free(&h);
	is((uint64_t)actor_wait(&a), BROKEN, "but then");
	lines_end();
}

static void
a_parent_is_held_to_the_table_too(void)
{
	struct line *sibling;
	struct actor a;

	a = ready_to_go(&process_seal, PROC_CONTROL, &sibling);
	say_wrongly(a.parent, NO_BYTES_OF_OURS, MSG_GO);
	is((uint64_t)actor_wait(&a), BROKEN, "what is no message ends it");
	lines_end();

	a = ready_to_go(&process_seal, PROC_CONTROL, &sibling);
	(void)actor_go(&a);
	actor_set(&a, "log", "warn");
	is((uint64_t)actor_wait(&a), ABORTED,
	    "a setting after the start is a broken promise");
	lines_end();

	a = ready_to_go(&process_seal, PROC_CONTROL, &sibling);
	say_to(a.parent, MSG_STOP, 0, NULL, -1);
	is((uint64_t)actor_wait(&a), PROCESS_STOPPED,
	    "told to stop before the start, it does");
	lines_end();
}

static void
who_is_left_alone(void)
{
	struct line *sibling;
	struct actor a;
	size_t i;

	a = ready_to_go(&process_seal, PROC_CONTROL, &sibling);
	(void)actor_go(&a);
	for (i = 0; i < line_count; i++)
		if (lines[i] == sibling) {
			channel_free(sibling->c);
			free(sibling);
			lines[i] = lines[--line_count];
			break;
		}
	ok(lives(&a), "one whose sibling goes lives on");
	lines_end();
	is((uint64_t)actor_wait(&a), PROCESS_STOPPED,
	    "one whose parent goes ends");

	a = ready_to_go(&process_seal, PROC_CONTROL, &sibling);
	lines_end();
	is((uint64_t)actor_wait(&a), PROCESS_STOPPED,
	    "also before it was told to begin");
}

int
main(void)
{
	size_t i;

	(void)alarm(60); /* nothing of it takes that long */
	(void)signal(SIGPIPE, SIG_IGN);
	crypto_library_ready();
	holder_new(&station, "A", STATION, NULL);
	for (i = 0; i < COUNT(heard); i++)
		who_hears_it_ends(i);
	nobody_is_heard_before_the_sandbox();
	a_parent_is_held_to_the_table_too();
	who_is_left_alone();
	identity_free(&station);
	return done();
}

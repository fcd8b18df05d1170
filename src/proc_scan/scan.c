/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that has files looked at for malware (docs/desk.md 9): one after
 * another, each over a line to clamd of its own, which the parent connects.
 * Of a file it has a descriptor, and nothing else of anything.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/process.h"
#include "file/clam.h"

#define SCAN_JOBS 256u	     /* that wait */
#define SCAN_MS 40000	     /* a scan takes at most */
#define SCAN_EMPTY_MS 5000   /* an empty one: who asks if clamd is there */
#define SCAN_HUNG_MS 30000   /* so long it is not asked then */
#define SCAN_SIZE (1u << 30) /* bytes of a file */

_Static_assert(MSG_SCAN_NAME == CLAM_NAME, "docs/desk.md 9.3");

static struct job {
	uint64_t number;
	int fd;
} jobs[SCAN_JOBS], coming = { .fd = -1 };
static size_t job_count;
static bool clamd, required, wanted;
static int64_t hung; /* until then clamd is not asked */

static void
drop(struct job *j)
{
	if (j->fd >= 0)
		(void)close(j->fd);
	j->fd = -1;
}

/* ---- one file ------------------------------------------------------------ */

/* The other is ready for it, before the time is over. */
static bool
ready(int line, short what, int64_t until)
{
	struct pollfd p = { .fd = line, .events = what };
	int64_t left;
	int n;

	do {
		left = until - process_ms();
		n = left <= 0 ? 0 : poll(&p, 1, (int)left);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static bool
put(int line, struct bytes b, int64_t until)
{
	ssize_t n;

	while (b.len > 0) {
		if (!ready(line, POLLOUT, until))
			return false;
		n = send(line, b.p, b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return false;
		b.p += n;
		b.len -= (size_t)n;
	}
	return true;
}

static bool
put_piece(int line, struct bytes piece, int64_t until)
{
	const uint32_t n = (uint32_t)piece.len;
	const uint8_t head[] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
		(uint8_t)(n >> 8), (uint8_t)n };

	return put(line, bytes_of(head, sizeof(head)), until) &&
	       put(line, piece, until);
}

/* All of a file.  clamd may end it earlier, and say why. */
static bool
put_file(int line, int fd, int64_t until)
{
	static uint8_t piece[CLAM_PIECE];
	uint64_t at = 0;
	bool good = true;
	ssize_t n;

	while (good) {
		n = pread(fd, piece, sizeof(piece), (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || at > SCAN_SIZE)
			good = false;
		else
			good =
			    put_piece(line, bytes_of(piece, (size_t)n), until);
		if (n <= 0)
			break;
		at += (uint64_t)n;
	}
	wipe(piece, sizeof(piece));
	return good;
}

/* Up to its zero byte, or its end. */
static struct bytes
answer(uint8_t out[static CLAM_ANSWER], int line, int64_t until)
{
	size_t len = 0;
	ssize_t n;

	while (len < CLAM_ANSWER && ready(line, POLLIN, until)) {
		n = recv(line, out + len, CLAM_ANSWER - len, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
		if (out[len - 1] == 0)
			break;
	}
	return bytes_of(out, len);
}

static void
answer_with(
    const struct job *j, enum scan_is is, const char *name, const char *why)
{
	const struct msg_scan_is m = { .is = is,
		.must = required,
		.name = bytes_str(name),
		.why = bytes_str(why) };
	struct log_line l;

	(void)tell(PROC_CONTROL, MSG_SCAN_IS, j->number, &m, -1);
	if (is != SCAN_FOUND && is != SCAN_AWAY)
		return;
	l = log_line(LOG_WARN, is == SCAN_FOUND ? "scan.found" : "scan.away");
	log_str(&l, is == SCAN_FOUND ? "name" : "why",
	    bytes_str(is == SCAN_FOUND ? name : why));
	process_log(LOG_WARN, &l);
}

/* It was not looked at, for this reason. */
static void
answer_away(const struct job *j, const struct err *e)
{
	answer_with(j, SCAN_AWAY, "", e->text);
}

static void
answer_late(const struct job *j)
{
	struct err e;

	(void)fail(&e, RC_EXPIRED, "clamd takes longer than 40 seconds");
	answer_away(j, &e);
}

static void
answer_slow(const struct job *j)
{
	struct err e;

	(void)fail(&e, RC_EXPIRED, "clamd does not answer within 5 seconds");
	answer_away(j, &e);
}

/* clamd hangs: who waits behind this one does not wait as long again, for who
 * asked is told after a minute that the station does not answer. */
static void
hangs(const struct job *j)
{
	hung = process_ms() + SCAN_HUNG_MS;
	answer_late(j);
	while (job_count > 0) {
		answer_late(&jobs[--job_count]);
		drop(&jobs[job_count]);
	}
}

static void
scan(const struct job *j, int line)
{
	const struct bytes ask = bytes_of(CLAM_ASKS, sizeof(CLAM_ASKS));
	char name[CLAM_NAME + 1];
	uint8_t said[CLAM_ANSWER];
	struct stat st;
	struct err e;
	enum clam_is is;
	int64_t until;
	bool whole;

	if (fstat(j->fd, &st) != 0 || (uint64_t)st.st_size > SCAN_SIZE) {
		(void)fail(
		    &e, RC_LIMIT, "the file is too large to be looked at");
		answer_away(j, &e);
		return;
	}
	until = process_ms() + (st.st_size > 0 ? SCAN_MS : SCAN_EMPTY_MS);
	whole = put(line, ask, until) && put_file(line, j->fd, until);
	is = clam_read(name, answer(said, line, until));
	/* what it says of half a file is good only where that is bad */
	if (is == CLAM_FOUND)
		answer_with(j, SCAN_FOUND, name, "");
	else if (is == CLAM_CLEAN && whole)
		answer_with(j, SCAN_CLEAN, "", "");
	else if (process_ms() < until)
		answer_with(j, SCAN_AWAY, "", name);
	else if (st.st_size > 0)
		hangs(j);
	else
		answer_slow(j);
}

/* ---- one after another --------------------------------------------------- */

static void
want(void)
{
	if (wanted || job_count == 0)
		return;
	wanted = true;
	(void)tell(PROC_PARENT, MSG_SCAN_WANT, 0, NULL, -1);
}

/* The first, by this line; -1: there is none, and why. */
static void
next(int line, struct bytes why)
{
	char text[MSG_WHY + 1];
	struct job j = jobs[0];

	wanted = false;
	if (job_count == 0)
		return;
	memmove(jobs, jobs + 1, --job_count * sizeof(*jobs));
	if (line >= 0) {
		scan(&j, line);
	} else {
		(void)snprintf(text, sizeof(text), "%.*s", (int)why.len,
		    (const char *)why.p);
		answer_with(&j, SCAN_AWAY, "", text);
	}
	drop(&j);
	want();
}

static void
take(const struct message *m)
{
	struct job j = coming;
	struct err e;

	coming.fd = -1;
	if (j.fd < 0 || j.number != m->job) {
		drop(&j);
		bug("no file came to be scanned");
	}
	if (!clamd) {
		answer_with(&j, SCAN_OFF, "", "");
		drop(&j);
	} else if (process_ms() < hung) {
		answer_late(&j);
		drop(&j);
	} else if (job_count == SCAN_JOBS) {
		(void)fail(&e, RC_LIMIT, "too many files wait to be looked at");
		answer_away(&j, &e);
		drop(&j);
	} else {
		jobs[job_count++] = j;
		want();
	}
}

static void
message(enum proc from, const struct message *m, int fd)
{
	(void)from;
	if (m->kind == MSG_FD) {
		drop(&coming);
		coming = (struct job){ m->job, fd };
	} else if (m->kind == MSG_SCAN) {
		take(m);
	} else if (m->kind == MSG_SCAN_LINE) {
		next(fd, (struct bytes){ 0 });
		(void)close(fd);
	} else {
		next(-1, m->body.scan_none.why);
	}
}

static enum rc
given(const struct message *m, int fd, struct err *e)
{
	if (fd >= 0)
		(void)close(fd);
	if (m->kind != MSG_SETTING)
		return fail(e, RC_INVALID, "scan: what is it given?");
	if (bytes_is(m->body.setting.name, "clamd"))
		clamd = true;
	else if (bytes_is(m->body.setting.name, "clamd.required"))
		required = bytes_is(m->body.setting.value, "yes");
	return RC_OK;
}

static void
stop(void)
{
	drop(&coming);
	while (job_count > 0)
		drop(&jobs[--job_count]);
}

static void
peer(enum proc p, bool up)
{
	(void)up;
	if (p == PROC_CONTROL)
		stop(); /* nobody waits for them any more */
}

const struct process process_scan = {
	.self = PROC_SCAN,
	.given = given,
	.message = message,
	.peer = peer,
	.stop = stop,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files are looked at for malware at a real station (docs/desk.md 9): by
 * clamd, where ANTIN_CLAMD names its socket, and by a speaker of its protocol
 * that says whatever the test wants, hostile things too.
 */
#include <sys/mman.h>
#include <sys/un.h>

#include "queue.h"

#define EICAR                                                                  \
	"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+"  \
	"H*"

static struct country land;
static struct seat *seat;
static char at[PATH + 32];
static pid_t speaker;

/* ---- a speaker of clamd's protocol ----------------------------------------
 */

enum speaks {
	SPEAKS_TRUE,	/* EICAR is found, all else is clean */
	SPEAKS_EARLY,	/* clean, before it has read anything */
	SPEAKS_HALF,	/* clean, without an end */
	SPEAKS_NOTHING, /* it hangs up */
	SPEAKS_MUCH,	/* for ever */
	SPEAKS_SILENT,	/* it never answers */
};

static bool
take_all(int fd, void *to, size_t n)
{
	return recv(fd, to, n, MSG_WAITALL) == (ssize_t)n;
}

/* What it is sent; false where that is not of the protocol. */
static bool
take_stream(struct buf *file, int fd)
{
	char ask[10];
	uint8_t head[4];
	uint32_t n = 1;

	if (!take_all(fd, ask, 10) || memcmp(ask, "zINSTREAM", 10) != 0)
		return false;
	while (n > 0) {
		if (!take_all(fd, head, 4))
			return false;
		n = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 |
		    (uint32_t)head[2] << 8 | head[3];
		if (n > 1u << 20 ||
		    (n > 0 && !take_all(fd, buf_grow(file, n), n)))
			return false;
	}
	return true;
}

static void
speak(int fd, enum speaks how)
{
	static const char found[] = "stream: Eicar-Signature FOUND",
			  clean[] = "stream: OK";
	struct buf file = { 0 };
	const char *say = clean;

	if (how == SPEAKS_EARLY) {
		(void)send(fd, clean, sizeof(clean), MSG_NOSIGNAL);
		return;
	}
	if (how == SPEAKS_NOTHING)
		return;
	if (!take_stream(&file, fd))
		_exit(1);
	if (file.len >= sizeof(EICAR) - 1 &&
	    memcmp(file.p, EICAR, sizeof(EICAR) - 1) == 0)
		say = found;
	buf_free(&file);
	if (how == SPEAKS_SILENT)
		(void)sleep(3600);
	while (how == SPEAKS_MUCH && send(fd, "stream: ", 8, MSG_NOSIGNAL) == 8)
		;
	(void)send(fd, say, strlen(say) + (how != SPEAKS_HALF), MSG_NOSIGNAL);
}

static void
speaker_starts(enum speaks how)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), one;

	memcpy(a.sun_path, at, strlen(at) + 1);
	(void)unlink(at);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 8) != 0)
		bug("no socket for the speaker");
	(void)fflush(stdout);
	if ((speaker = fork()) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		while ((one = accept(fd, NULL, NULL)) >= 0) {
			speak(one, how);
			close(one);
		}
		_exit(0);
	}
	close(fd);
}

static void
speaker_ends(void)
{
	(void)kill(speaker, SIGKILL);
	(void)waitpid(speaker, NULL, 0);
	(void)unlink(at);
}

/* ---- asking ---------------------------------------------------------------
 */

static json_t *
scan_of(struct bytes text)
{
	const int fd = memfd_create("file", MFD_CLOEXEC);
	json_t *answer = NULL;
	struct err e;
	int control;

	if (fd < 0 || write(fd, text.p, text.len) != (ssize_t)text.len)
		bug("no file");
	if (seat_control(&control, seat, &e) != RC_OK)
		bug(e.text);
	if (control_ask(control, CONTROL_SCAN, json_object(), &fd, 1, NULL,
		&answer, &e) != RC_OK)
		note("%s", e.text);
	close(control);
	close(fd);
	return answer;
}

static void
scan_is(const char *text, const char *want, const char *name)
{
	json_t *answer = scan_of(bytes_str(text));

	ok(strcmp(row_word(answer, "scan"), want) == 0, "%s", name);
	if (strcmp(row_word(answer, "scan"), want) != 0 ||
	    strcmp(want, "away") == 0)
		note("%s %s %s", row_word(answer, "scan"),
		    row_word(answer, "name"), row_word(answer, "reason"));
	json_decref(answer);
}

static void
starts(const char *more)
{
	char conf[PATH + 100];

	(void)snprintf(conf, sizeof(conf), "web 127.0.0.1:0\n%s", more);
	country_write(seat, conf);
	if (!seat_start(seat))
		bug("the station does not start");
}

/* ---- what must be so ------------------------------------------------------
 */

static void
nothing_is_scanned_where_nobody_says_so(void)
{
	starts("");
	scan_is(EICAR, "off", "without a clamd nothing is looked at");
	(void)seat_stop(seat, SIGTERM);
}

static size_t
malware_alarms(void)
{
	json_t *rows = seat_rows(seat, CONTROL_ALARMS, NULL), *row;
	size_t i, n = 0;

	json_array_foreach(rows, i, row) n +=
	    strcmp(row_word(row, "kind"), "malware") == 0;
	json_decref(rows);
	return n;
}

static void
what_is_found_is_told(void)
{
	struct buf much = { 0 };
	json_t *answer;
	unsigned i;

	speaker_starts(SPEAKS_TRUE);
	scan_is("Kính gửi", "clean", "a clean file is clean");
	scan_is("", "clean", "so is an empty one");
	answer = scan_of(bytes_str(EICAR));
	ok(strcmp(row_word(answer, "scan"), "found") == 0 &&
		strcmp(row_word(answer, "name"), "Eicar-Signature") == 0,
	    "what is malware is found, by its name");
	json_decref(answer);
	ok(seat_waits(seat, "event=malware.found", 1, 30),
	    "the log has who wanted to open it");
	for (i = 0; malware_alarms() == 0 && i < patience(30) * 10; i++)
		(void)usleep(100000);
	is(malware_alarms(), 1, "and there is an alarm");
	scan_is(EICAR, "found", "found again");
	is(malware_alarms(), 1, "it is the same alarm");
	(void)buf_grow(&much, 30u << 20);
	answer = scan_of(buf_bytes(&much));
	ok(strcmp(row_word(answer, "scan"), "clean") == 0,
	    "a large file is looked at whole");
	json_decref(answer);
	buf_free(&much);
	speaker_ends();
}

static void
only_clean_is_clean(void)
{
	static const struct {
		enum speaks how;
		const char *name;
	} hostile[] = {
		{ SPEAKS_HALF, "half an answer is none" },
		{ SPEAKS_NOTHING, "nor is a line that ends" },
		{ SPEAKS_MUCH, "nor one that never does" },
	};
	struct buf much = { 0 };
	json_t *answer;
	size_t i;

	for (i = 0; i < COUNT(hostile); i++) {
		speaker_starts(hostile[i].how);
		scan_is("Kính gửi", "away", hostile[i].name);
		speaker_ends();
	}
	/* more than the socket holds: it cannot have gone out */
	(void)buf_grow(&much, 8u << 20);
	speaker_starts(SPEAKS_EARLY);
	answer = scan_of(buf_bytes(&much));
	ok(strcmp(row_word(answer, "scan"), "away") == 0,
	    "what was said of half a file counts for nothing");
	json_decref(answer);
	speaker_ends();
	buf_free(&much);
	scan_is("Kính gửi", "away", "without clamd nothing is clean");
	is(seat_said(seat, "event=process.died"), 0,
	    "none of that has ended a process");
}

/* By an empty file it is asked whether clamd is there (docs/operations.md 1.3).
 */
static void
who_only_asks_is_answered_soon(void)
{
	json_t *answer;

	speaker_starts(SPEAKS_SILENT);
	answer = scan_of(bytes_str(""));
	ok(strcmp(row_word(answer, "scan"), "away") == 0 &&
		strstr(row_word(answer, "reason"), "5 seconds") != NULL,
	    "an empty file is not waited for as long as another");
	json_decref(answer);
	speaker_ends();
	speaker_starts(SPEAKS_TRUE);
	scan_is("Kính gửi", "clean", "and keeps no file from being looked at");
	speaker_ends();
}

/* It lasts 40 seconds: where there is time for it. */
static void
silence_ends(void)
{
	int64_t began;
	json_t *answer;
	int status = -1;
	pid_t other;

	if (getenv("ANTIN_SOAK") == NULL) {
		skip("silence lasts 40 seconds: ANTIN_SOAK=1");
		return;
	}
	speaker_starts(SPEAKS_SILENT);
	began = time_now();
	(void)fflush(stdout);
	if ((other = fork()) == 0) {
		(void)usleep(500000);
		answer = scan_of(bytes_str("Kính gửi"));
		_exit(strcmp(row_word(answer, "scan"), "away") != 0);
	}
	scan_is("Kính gửi", "away", "who never answers is not waited for");
	(void)waitpid(other, &status, 0);
	ok(status == 0 && time_now() - began < 58,
	    "nor by who waits behind that");
	scan_is("Kính gửi", "away", "nor by the next");
	speaker_ends();
}

static void
it_may_be_required(void)
{
	char more[PATH + 100];
	json_t *answer;

	(void)seat_stop(seat, SIGTERM);
	(void)snprintf(
	    more, sizeof(more), "clamd %s\nclamd.required yes\n", at);
	starts(more);
	answer = scan_of(bytes_str("Kính gửi"));
	ok(strcmp(row_word(answer, "scan"), "away") == 0 &&
		json_is_true(json_object_get(answer, "required")),
	    "a station may want it");
	json_decref(answer);
}

static void
the_real_one(void)
{
	const char *real = getenv("ANTIN_CLAMD");
	char more[PATH + 100];
	struct buf much = { 0 };
	json_t *answer;

	if (real == NULL) {
		skip("ANTIN_CLAMD names no socket of a clamd");
		return;
	}
	(void)seat_stop(seat, SIGTERM);
	(void)snprintf(more, sizeof(more), "clamd %s\n", real);
	starts(more);
	scan_is("Kính gửi", "clean", "clamd finds nothing in what is clean");
	scan_is(EICAR, "found", "it finds its test file");
	(void)buf_grow(&much, 3u << 20);
	answer = scan_of(buf_bytes(&much));
	note("3 MiB: %s %s", row_word(answer, "scan"),
	    row_word(answer, "reason"));
	json_decref(answer);
	buf_free(&much);
}

int
main(void)
{
	char more[PATH + 100];

	country_begin(&land);
	seat = country_seat(&land, NULL, "vn");
	(void)snprintf(at, sizeof(at), "%.400s/clamd", land.folder);
	nothing_is_scanned_where_nobody_says_so();
	(void)snprintf(more, sizeof(more), "clamd %s\n", at);
	starts(more);
	what_is_found_is_told();
	only_clean_is_clean();
	who_only_asks_is_answered_soon();
	silence_ends();
	it_may_be_required();
	the_real_one();
	if (getenv("TELL") != NULL)
		seat_tells(seat);
	country_end(&land);
	return done();
}

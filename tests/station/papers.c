/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that draws papers, at a real station, in its sandbox
 * (docs/desk.md 8): registers, forms and reports come out as PDF; what is
 * hostile, too much, or takes too long costs who asked for it, and nobody
 * else.
 */
#include <sys/mman.h>

#include "queue.h"

static struct country land;
static struct seat *seat;

static int
file_of(struct bytes text)
{
	const int fd = memfd_create("paper", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text.p, text.len) != (ssize_t)text.len)
		bug("no file");
	return fd;
}

static bool
has(const struct buf *b, const char *text)
{
	const size_t len = strlen(text);
	size_t i;

	for (i = 0; i + len <= b->len; i++)
		if (memcmp(b->p + i, text, len) == 0)
			return true;
	return false;
}

/* The paper, which the caller frees. */
static enum rc
prints(struct buf *paper, const char *form, struct bytes data, struct err *e)
{
	const int fds[2] = { file_of(data), file_of((struct bytes){ 0 }) };
	json_t *r = json_object(), *answer = NULL;
	struct stat st;
	enum rc rc;
	int control;

	*paper = (struct buf){ 0 };
	(void)json_object_set_new(r, "form", json_string(form));
	(void)json_object_set_new(r, "made", json_integer(1790000000));
	if ((rc = seat_control(&control, seat, e)) != RC_OK) {
		json_decref(r);
		goto out;
	}
	rc = control_ask(control, CONTROL_PRINT, r, fds, 2, NULL, &answer, e);
	close(control);
	if (rc == RC_OK && fstat(fds[1], &st) == 0 && st.st_size > 0 &&
	    pread(fds[1], buf_grow(paper, (size_t)st.st_size),
		(size_t)st.st_size, 0) != st.st_size)
		bug("a paper that cannot be read");
	if (rc == RC_OK &&
	    (json_int_t)paper->len !=
		json_integer_value(json_object_get(answer, "size")))
		rc = fail(e, RC_INVALID, "it has another size than was said");
out:
	json_decref(answer);
	close(fds[0]);
	close(fds[1]);
	return rc;
}

static enum rc
refuses(const char *form, struct bytes data)
{
	struct buf paper;
	struct err e = { 0 };
	enum rc rc = prints(&paper, form, data, &e);

	if (rc != RC_OK)
		note("%s", e.text);
	buf_free(&paper);
	return rc;
}

#define BOOK                                                                   \
	"{\"row\":\"book\",\"year\":2026,\"volume\":1,\"office\":\"UBND xã "  \
	"Mường Nhé\",\"superior\":\"UBND tỉnh Điện Biên\"},"         \
	"{\"row\":\"title\",\"title\":\"Sổ đăng ký văn bản đi\"},"    \
	"{\"row\":\"column\",\"field\":\"serial\",\"title\":\"STT\","          \
	"\"width\":1},{\"row\":\"column\",\"field\":\"abstract\",\"title\":"   \
	"\"Trích yếu\",\"width\":6}"
#define REPORT                                                                       \
	"{\"from\":1788000000,\"until\":1790000000,\"office\":\"UBND xã "           \
	"Mường Nhé\",\"counts\":[{\"register\":\"out\",\"title\":\"Sổ đăng " \
	"ký văn bản đi\",\"way\":\"out\",\"level\":\"thuong\","                 \
	"\"precedence\":\"khan\",\"count\":12}],\"times\":[{\"way\":\"in\","         \
	"\"precedence\":\"hoa-toc\",\"done\":3,\"open\":1,\"late\":1,"               \
	"\"median\":5400,\"longest\":9000}]}"
#define DOCUMENT                                                               \
	"{\"row\":\"document\",\"kind\":\"telegram-out\",\"level\":\"mat\","   \
	"\"precedence\":\"hoa-toc\",\"symbol\":\"07/ĐK\",\"date\":"           \
	"\"2026-11-02\",\"office\":\"UBND xã\",\"recipients\":\"UBND tỉnh\"}"

static void
papers_come_out(void)
{
	static const struct {
		const char *form, *data;
	} papers[] = {
		{ "report", REPORT },
		{ "register", "[" BOOK "]" },
		{ "register",
		    "[" BOOK ",{\"row\":\"line\",\"serial\":1,\"abstract\":"
		    "\"Đê điều\",\"line-level\":\"thuong\"}]" },
		{ "telegram", "[" DOCUMENT "]" },
		{ "stamps", "[" DOCUMENT "]" },
		{ "destruction",
		    "[" DOCUMENT ",{\"row\":\"step\",\"action\":"
		    "\"decide-destroy\",\"instrument\":\"12/QĐ\"}]" },
		{ "handover",
		    "[" DOCUMENT ",{\"row\":\"step\",\"action\":\"hand-over\","
		    "\"to\":\"Kho\",\"signed\":\"Vàng A Páo\"}]" },
	};
	struct buf paper;
	struct err e;
	size_t i;
	bool good;

	for (i = 0; i < COUNT(papers); i++) {
		good = prints(&paper, papers[i].form, bytes_str(papers[i].data),
			   &e) == RC_OK &&
		       paper.len > 1000 &&
		       memcmp(paper.p, "%PDF-1.5", 8) == 0 &&
		       has(&paper, "%%EOF") && has(&paper, "/FontFile");
		ok(good, "%s comes out, with its letters", papers[i].form);
		if (!good)
			note("%s", e.text);
		if (i == 0 && getenv("KEEP") != NULL &&
		    file_write(getenv("KEEP"), buf_bytes(&paper), 0600, true,
			&e) != RC_OK)
			note("%s", e.text);
		buf_free(&paper);
	}
}

static void
what_is_none_is_refused(void)
{
	struct buf much = { 0 };

	is(refuses("register", bytes_str("")), RC_INVALID, "nothing");
	is(refuses("register", bytes_str("[")), RC_INVALID, "half of it");
	is(refuses("register", bytes_str("{}")), RC_INVALID, "another thing");
	is(refuses("report", bytes_str("[]")), RC_INVALID, "no report");
	is(refuses("telegram", bytes_str("[1,2]")), RC_INVALID, "no document");
	is(refuses("poem", bytes_str(REPORT)), RC_INVALID, "no such form");
	is(refuses("handover", bytes_str("[" DOCUMENT "]")), RC_ABSENT,
	    "a form of what has not happened");
	is(refuses("register",
	       bytes_str("[{\"row\":\"book\"},{\"row\":\"title\",\"title\":"
			 "\"\"},{\"row\":\"column\",\"width\":-7e99},null,"
			 "{\"row\":\"line\",\"serial\":-1},"
			 "{\"row\":\"remark\",\"serial\":-1,\"x\":\"\"}]")),
	    RC_OK, "a book of nonsense is a book");
	(void)buf_grow(&much, (32u << 20) + 1);
	memset(much.p, ' ', much.len);
	is(refuses("report", buf_bytes(&much)), RC_LIMIT,
	    "what is too much is not read");
	buf_free(&much);
	is(seat_said(seat, "event=process.died"), 0,
	    "no process has ended by any of that");
}

/* A title of many megabytes: it takes longer, or more memory, than it may. */
static void
what_takes_too_long_is_ended(void)
{
	const size_t died = seat_said(seat, "event=process.died name=print");
	struct buf data = { 0 };
	unsigned i;

	buf_add(&data, bytes_str("[{\"row\":\"column\",\"field\":\"x\","
				 "\"title\":\"x\",\"width\":1},{\"row\":"
				 "\"book\"},{\"row\":\"title\",\"title\":\""));
	while (data.len < 31u << 20)
		buf_add(&data, bytes_str("đê điều "));
	buf_add(&data, bytes_str("\"}]"));
	is(refuses("register", buf_bytes(&data)), RC_IO,
	    "a paper that takes too long is not printed, which is said");
	buf_free(&data);
	ok(seat_waits(seat, "event=process.died name=print", died + 1, 30),
	    "its process ended");
	/* it is started anew after a moment */
	for (i = 0;
	     i < patience(60) && refuses("report", bytes_str(REPORT)) != RC_OK;
	     i++)
		(void)sleep(1);
	is(refuses("report", bytes_str(REPORT)), RC_OK,
	    "and the next paper is printed");
}

/* docs/desk.md 8.5 */
static void
it_is_there_while_it_is_wanted(void)
{
	const char *ended = "event=process.ended name=print";
	const size_t before = seat_said(seat, ended);
	pid_t first = seat_process(seat, "print");

	ok(seat_owns(seat, first), "after a paper it is there");
	is(seat_said(seat, ended), before, "and waits for another");
	ok(seat_waits(seat, ended, before + 1, 60), "then it ends");
	is(refuses("report", bytes_str(REPORT)), RC_OK,
	    "the next paper is printed");
	ok(seat_process(seat, "print") != first, "by a new one");
}

/* Who asks while it ends, or while who asked for it is started anew, gets his
 * paper. */
static void
nothing_is_lost_between(void)
{
	const size_t died = seat_said(seat, "event=process.died name=control");
	const size_t came = seat_said(seat, "event=process.ready name=control");

	(void)kill(seat_process(seat, "control"), SIGKILL);
	ok(seat_waits(seat, "event=process.died name=control", died + 1, 30) &&
		seat_waits(
		    seat, "event=process.ready name=control", came + 1, 30),
	    "control is another");
	is(refuses("report", bytes_str(REPORT)), RC_OK,
	    "which has papers printed");
	(void)kill(seat_process(seat, "print"), SIGKILL);
	while (refuses("report", bytes_str(REPORT)) == RC_IO)
		(void)usleep(100000); /* that of the one that was killed */
	is(refuses("report", bytes_str(REPORT)), RC_OK,
	    "and so after it was killed while it rested");
}

static void
pages_are_not_needed(void)
{
	const size_t before = seat_said(seat, "event=process.ready name=print");

	(void)seat_stop(seat, SIGTERM);
	country_write(seat, "");
	ok(seat_start(seat), "it comes back without pages");
	is(seat_said(seat, "event=process.ready name=print"), before,
	    "and without who prints");
	is(refuses("report", bytes_str(REPORT)), RC_OK,
	    "who asks gets his paper");
}

int
main(void)
{
	country_begin(&land);
	seat = country_seat(&land, NULL, "vn");
	country_write(seat, "web 127.0.0.1:0\n");
	if (!seat_start(seat))
		bug("the station does not start");
	papers_come_out();
	what_is_none_is_refused();
	what_takes_too_long_is_ended();
	it_is_there_while_it_is_wanted();
	nothing_is_lost_between();
	pages_are_not_needed();
	if (getenv("TELL") != NULL)
		seat_tells(seat);
	country_end(&land);
	return done();
}

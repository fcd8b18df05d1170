/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that draws papers for the desk's pages (docs/desk.md 8): one at a
 * time, of what it is handed, into the file that it is handed.  It loads what
 * draws before its sandbox, and has no network, no key, no database, and of the
 * disk the folders of fonts, to be read.
 */
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "control/control.h"
#include "core/time.h"
#include "daemon/process.h"
#include "print/print.h"

#define PRINT_SECONDS 25u	   /* of one paper */
#define PRINT_DATA (32u << 20)	   /* bytes of what is printed */
#define PRINT_PDF (64u << 20)	   /* of a paper */
#define PRINT_MEMORY (1024u << 20) /* of the process */

#define FILES 2 /* what is printed, and the paper */

static struct {
	uint64_t job;
	int fds[FILES];
	size_t count;
} coming;
static struct err lacks; /* why nothing can be printed; RC_OK: it can */

static void
coming_drop(void)
{
	while (coming.count > 0)
		(void)close(coming.fds[--coming.count]);
}

/* ---- before the sandbox -------------------------------------------------- */

static enum rc
nowhere(void *ctx, struct bytes more, struct err *e)
{
	(void)ctx;
	(void)more;
	(void)e;
	return RC_OK;
}

/* Libraries, the list of fonts, and each face are there then. */
static void
warm(void)
{
	struct form_out out = { .to = { nowhere, NULL }, .made = time_now() };
	json_t *report = json_pack("{s:s, s:s, s:[{s:s, s:i}], s:[{s:s, s:i}]}",
	    "office", "Điện Biên", "superior", "Điện Biên", "counts", "title",
	    "Điện Biên", "count", 1, "times", "way", "in", "done", 1);

	if (print_paper(&out, PRINT_REPORT, report, &lacks) == RC_OK)
		lacks.rc = RC_OK;
	json_decref(report);
}

/* What fonts are found by; none but these is read from then on. */
static void
leave_fonts(struct sandbox *box)
{
	static const char *const folders[] = { "/usr/share/fonts",
		"/usr/local/share/fonts", "/etc/fonts", "/usr/share/fontconfig",
		"/var/cache/fontconfig" };
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (access(folders[i], R_OK) == 0)
			box->paths[box->path_count++] =
			    (struct sandbox_path){ folders[i], false };
}

static enum rc
prepare(struct sandbox *box, struct err *e)
{
	const struct rlimit most = { PRINT_MEMORY, PRINT_MEMORY };
	struct log_line l;

	control_prepares();
	if (!sandbox_is_off() && setrlimit(RLIMIT_AS, &most) != 0)
		return fail_io(e, "print: no limit of memory");
	warm();
	if (lacks.rc != RC_OK) {
		l = log_line(LOG_WARN, "print.lacks");
		log_err(&l, &lacks);
		process_log(LOG_WARN, &l);
	}
	leave_fonts(box);
	return RC_OK;
}

/* ---- a paper ------------------------------------------------------------- */

/* All of a file; it may be changed meanwhile, so it is read once. */
static enum rc
read_data(struct buf *out, int fd, struct err *e)
{
	struct stat st;
	ssize_t n = 1;

	if (fstat(fd, &st) != 0)
		return fail_io(e, "print: what is printed");
	if (st.st_size < 0 || (uint64_t)st.st_size > PRINT_DATA)
		return fail(e, RC_LIMIT,
		    "there is too much to be printed at once: at most %u MiB; "
		    "print less of it at a time",
		    PRINT_DATA >> 20);
	(void)buf_grow(out, (size_t)st.st_size);
	out->len = 0;
	while (out->len < (size_t)st.st_size && n > 0) {
		n = pread(fd, out->p + out->len, (size_t)st.st_size - out->len,
		    (off_t)out->len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			out->len += (size_t)n;
	}
	return n < 0 ? fail_io(e, "print: what is printed") : RC_OK;
}

struct paper {
	int fd;
	uint64_t size;
};

static enum rc
write_paper(void *ctx, struct bytes more, struct err *e)
{
	struct paper *p = ctx;
	ssize_t n;

	if (more.len > PRINT_PDF - p->size)
		return fail(e, RC_LIMIT,
		    "the paper has over %u MiB; print less of it at a time",
		    PRINT_PDF >> 20);
	while (more.len > 0) {
		n = pwrite(p->fd, more.p, more.len, (off_t)p->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_io(e, "the paper cannot be written");
		p->size += (uint64_t)n;
		more.p += n;
		more.len -= (size_t)n;
	}
	return RC_OK;
}

static enum rc
draw(struct msg_print_is *is, const struct msg_print *m, struct err *e)
{
	struct paper paper = { .fd = coming.fds[1] };
	struct form_out out = { .to = { write_paper, &paper },
		.made = m->made };
	enum print_what what;
	struct buf data = { 0 };
	json_t *root = NULL;
	json_error_t bad;
	enum rc rc;

	if (lacks.rc != RC_OK) {
		*e = lacks;
		return lacks.rc;
	}
	if (!print_by_word(&what, m->what))
		return fail(e, RC_INVALID, "there is no such form");
	if ((rc = read_data(&data, coming.fds[0], e)) != RC_OK)
		goto out;
	root = json_loadb(
	    (const char *)data.p, data.len, JSON_REJECT_DUPLICATES, &bad);
	rc = root != NULL
		 ? print_paper(&out, what, root, e)
		 : fail(e, RC_INVALID, "what is to be printed cannot be read");
	is->size = paper.size;
	is->unknown = out.unknown;
out:
	json_decref(root);
	buf_free(&data);
	return rc;
}

static void
run(const struct message *m)
{
	struct msg_print_is is = { 0 };
	struct log_line l;
	struct err e = { 0 };
	enum rc rc;

	/* it ends the process: the parent starts it anew, and control tells
	 * who asked */
	(void)alarm(PRINT_SECONDS);
	if (coming.count != FILES || coming.job != m->job)
		rc = fail(&e, RC_INVALID, "no files came with it");
	else
		rc = draw(&is, &m->body.print, &e);
	(void)alarm(0);
	if (rc != RC_OK) {
		l = log_line(LOG_WARN, "print.refused");
		log_err(&l, &e);
		process_log(LOG_WARN, &l);
	}
	is.rc = rc;
	is.why = bytes_str(e.text);
	(void)tell(PROC_CONTROL, MSG_PRINT_IS, m->job, &is, -1);
	coming_drop();
}

static void
message(enum proc from, const struct message *m, int fd)
{
	(void)from; /* control alone may speak to it */
	if (m->kind != MSG_FD) {
		run(m);
		return;
	}
	if (fd < 0)
		bug("a descriptor that is none");
	if (coming.job != m->job || coming.count == FILES)
		coming_drop();
	coming.job = m->job;
	coming.fds[coming.count++] = fd;
}

static void
peer(enum proc p, bool up)
{
	(void)up;
	if (p == PROC_CONTROL)
		coming_drop();
}

const struct process process_print = {
	.self = PROC_PRINT,
	.prepare = prepare,
	.message = message,
	.peer = peer,
	.stop = coming_drop,
};

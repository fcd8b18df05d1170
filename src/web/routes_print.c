/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Papers (docs/desk.md 8): what the station says of a register, a document or
 * a time is gathered here; the process `print` draws it.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/time.h"
#include "desk/value.h"
#include "print/print.h"
#include "print/report.h"
#include "web/fields.h"
#include "web/resources.h"

#define LINES_AT_ONCE 500u
#define LINES_MAX 50000u /* of a volume */
#define PDF "application/pdf"

/* ---- drawing ------------------------------------------------------------- */

static int
put_json(const char *data, size_t len, void *ctx)
{
	const int fd = *(int *)ctx;
	ssize_t n;

	while (len > 0) {
		if ((n = write(fd, data, len)) <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Reply with it as PDF; "data" is borrowed. */
static enum rc
draw(struct web_call *c, enum print_what what, const json_t *data,
    const char *name, struct err *e)
{
	int fds[2] = { memfd_create("print", MFD_CLOEXEC),
		memfd_create("paper", MFD_CLOEXEC) };
	json_t *request = json_object(), *answer = NULL;
	char unknown[24];
	struct stat st;
	enum rc rc;

	if (fds[0] < 0 || fds[1] < 0 ||
	    json_dump_callback(data, put_json, &fds[0], JSON_COMPACT) != 0) {
		json_decref(request);
		rc = fail_io(e, "there is no room for the file");
		goto out;
	}
	show_word(request, "form", print_word(what));
	(void)json_object_set_new(request, "made", json_integer(time_now()));
	rc = web_ask_files(c, CONTROL_PRINT, request, fds, 2, NULL, &answer, e);
	if (rc != RC_OK)
		goto out;
	if (fstat(fds[1], &st) != 0) {
		rc = fail_io(e, "the paper cannot be written");
		goto out;
	}
	(void)snprintf(unknown, sizeof(unknown), "%lld",
	    (long long)row_int(answer, "unknown"));
	web_replies_file(c, fds[1], (uint64_t)st.st_size, PDF, name);
	web_header(c, "X-Antin-Unknown", unknown);
	fds[1] = -1;
out:
	if (fds[0] >= 0)
		(void)close(fds[0]);
	if (fds[1] >= 0)
		(void)close(fds[1]);
	json_decref(answer);
	return rc;
}

/* ---- registers ----------------------------------------------------------- */

/* Whether there may be more lines, and from which on. */
static bool
more_lines(uint64_t *at, const json_t *page)
{
	size_t i, lines = 0;
	const json_t *row;

	json_array_foreach(page, i, row)
	{
		if (!row_is(row, "line"))
			continue;
		lines++;
		*at = (uint64_t)row_int(row, "serial") + 1;
	}
	return lines == LINES_AT_ONCE;
}

/* All rows of a volume; the caller json_decref()s. */
static enum rc
volume(json_t **rows, struct web_call *c, struct err *e)
{
	json_t *request = web_request(c, NULL), *page;
	uint64_t at = 1, pages = 0;
	bool more = true;
	enum rc rc = RC_OK;

	*rows = json_array();
	show_number(request, "max", LINES_AT_ONCE);
	while (rc == RC_OK && more) {
		if (pages++ == LINES_MAX / LINES_AT_ONCE) {
			rc = fail(e, RC_LIMIT,
			    "this volume has over %u lines: antin register "
			    "print prints it",
			    LINES_MAX);
			break;
		}
		show_number(request, "at", at);
		rc = web_ask(c, CONTROL_BOOK_PRINT, json_deep_copy(request),
		    &page, NULL, e);
		if (rc != RC_OK)
			break;
		more = more_lines(&at, page);
		/* a volume that is begun meanwhile is another */
		if (pages == 1)
			show_number(request, "volume",
			    (uint64_t)row_int(
				json_array_get(page, 0), "volume"));
		(void)json_array_extend(*rows, page);
		json_decref(page);
	}
	json_decref(request);
	if (rc != RC_OK) {
		json_decref(*rows);
		*rows = NULL;
	}
	return rc;
}

/* "so-secret-out-2026-01.pdf" */
static void
volume_name(char *out, size_t size, const struct web_call *c,
    const json_t *rows, const char *end)
{
	(void)snprintf(out, size, "so-%.64s-%d-%02d.%s", web_text(c, "book"),
	    (int)web_number(c, "year"),
	    (int)row_int(json_array_get(rows, 0), "volume"), end);
}

static enum rc
register_pdf(struct web_call *c, struct err *e)
{
	char name[120];
	json_t *rows;
	enum rc rc = volume(&rows, c, e);

	if (rc != RC_OK)
		return rc;
	volume_name(name, sizeof(name), c, rows, "pdf");
	rc = draw(c, PRINT_REGISTER, rows, name, e);
	json_decref(rows);
	return rc;
}

static enum rc
register_csv(struct web_call *c, struct err *e)
{
	struct buf out = { 0 };
	char name[120];
	json_t *rows;
	enum rc rc = volume(&rows, c, e);

	if (rc != RC_OK)
		return rc;
	rc = print_volume_rows(sink_buf(&out), CSV_BOM, rows, e);
	volume_name(name, sizeof(name), c, rows, "csv");
	if (rc == RC_OK)
		web_replies_bytes(c, &out, "text/csv; charset=utf-8", name);
	buf_free(&out);
	json_decref(rows);
	return rc;
}

/* ---- documents ----------------------------------------------------------- */

static enum rc
form_pdf(struct web_call *c, struct err *e)
{
	json_t *request = web_request(c, NULL), *rows;
	enum print_what what;
	char name[120];
	enum rc rc;

	if (!print_by_word(&what, bytes_str(web_text(c, "form"))) ||
	    what < PRINT_STAMPS || what > PRINT_HANDOVER) {
		json_decref(request);
		return fail(e, RC_ABSENT, "there is no such form");
	}
	(void)json_object_del(request, "form");
	(void)json_object_del(request, "id");
	show_word(request, "document", web_text(c, "id"));
	show_bool(request, "print", true);
	rc = web_ask(c, CONTROL_DOC_SHOW, request, &rows, NULL, e);
	if (rc != RC_OK)
		return rc;
	(void)snprintf(name, sizeof(name), "%s-%.12s.pdf", print_word(what),
	    web_text(c, "id"));
	rc = draw(c, what, rows, name, e);
	json_decref(rows);
	return rc;
}

/* ---- the report ---------------------------------------------------------- */

/* Page after page, the newest first. */
static enum rc
add_times(struct report *r, struct web_call *c, struct err *e)
{
	json_t *request = web_request(c, NULL), *rows;
	const int64_t now = time_now();
	const json_t *row;
	int64_t before = 0;
	enum rc rc = RC_OK;
	size_t i;

	do {
		if (before > 0)
			show_number(request, "before", (uint64_t)before);
		rc = web_ask(c, CONTROL_REPORT_TIMES, json_deep_copy(request),
		    &rows, NULL, e);
		if (rc != RC_OK)
			break;
		before = 0;
		json_array_foreach(rows, i, row)
		{
			report_add(r, row, now);
			before = row_int(row, "n");
		}
		json_decref(rows);
	} while (before > 1);
	json_decref(request);
	return rc;
}

static enum rc
report_pdf(struct web_call *c, struct err *e)
{
	struct report r = { 0 };
	json_t *report = NULL;
	enum rc rc;

	rc = web_ask(
	    c, CONTROL_REPORT, web_request(c, NULL), &r.counts, NULL, e);
	if (rc == RC_OK)
		rc = add_times(&r, c, e);
	if (rc == RC_OK) {
		report_done(&r);
		report = report_json(&r, (int64_t)web_number(c, "from"),
		    (int64_t)web_number(c, "until"));
		rc = draw(c, PRINT_REPORT, report, "bao-cao.pdf", e);
	}
	json_decref(report);
	report_free(&r);
	return rc;
}

/* ---- the routes ---------------------------------------------------------- */

#define AT                                                                     \
	FIELD_ADDRESS("desk", WEB_IN_QUERY, true),                             \
	    FIELD_ADDRESS("as", WEB_IN_QUERY, false)
#define VOLUME                                                                 \
	{ "book", WEB_IN_PATH, WEB_WORD, true, 1, 64, "its word" }, AT,        \
	    FIELD_NUMBER("year", WEB_IN_QUERY, true, 1900, 9999),              \
	    FIELD_NUMBER("volume", WEB_IN_QUERY, false, 1, UINT32_MAX)

const struct web_route web_print_routes[] = {
	{ .method = "GET",
	    .path = "/registers/{book}/volume.pdf",
	    .needs = WEB_SESSION,
	    .what = "A volume of a register, on paper; that is noted as "
		    "printed",
	    .fields = { VOLUME },
	    .run = register_pdf,
	    .slow = true,
	    .gives = "the paper",
	    .raw = true },
	{ .method = "GET",
	    .path = "/registers/{book}/volume.csv",
	    .needs = WEB_SESSION,
	    .what = "The same for a program that calculates",
	    .fields = { VOLUME },
	    .run = register_csv,
	    .slow = true,
	    .gives = "CSV (RFC 4180) in UTF-8",
	    .raw = true },
	{ .method = "GET",
	    .path = "/documents/{id}/forms/{form}",
	    .needs = WEB_SESSION,
	    .what = "A form filled from a document's steps: stamps, telegram, "
		    "destruction or handover",
	    .fields = { { "id", WEB_IN_PATH, WEB_DIGITS, true, 4, 32,
			    NULL },
		{ "form", WEB_IN_PATH, WEB_WORD, true, 1, 16, NULL }, AT },
	    .run = form_pdf,
	    .slow = true,
	    .gives = "the paper",
	    .raw = true },
	{ .method = "GET",
	    .path = "/report.pdf",
	    .needs = WEB_SESSION,
	    .what = "The periodic report of the registers",
	    .fields = { AT,
		{ "from", WEB_IN_QUERY, WEB_TIME, true, 0, 0, NULL },
		{ "until", WEB_IN_QUERY, WEB_TIME, true, 0, 0, NULL } },
	    .run = report_pdf,
	    .slow = true,
	    .gives = "the paper",
	    .raw = true },
	{ .method = NULL },
};

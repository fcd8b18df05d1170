/* SPDX-License-Identifier: EUPL-1.2 */
/* What other programs (poppler's) make of a PDF of ours. */
#ifndef TESTS_UNIT_PDF_H
#define TESTS_UNIT_PDF_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "core/err.h"

#define PDF_MADE INT64_C(1795000000) /* 18/11/2026 18:06:40 in Vietnam */

static char pdf_path[] = "/tmp/antin-pdf.XXXXXX";

static inline void
pdf_begin(void)
{
	int fd = mkstemp(pdf_path);

	if (fd < 0)
		bug("no temporary file");
	(void)close(fd);
}

static inline void
pdf_end(void)
{
	(void)unlink(pdf_path);
}

/* What "program PDF more" prints, NUL-terminated; the caller frees. */
static inline char *
pdf_asked(struct bytes pdf, const char *program, const char *more)
{
	FILE *f = fopen(pdf_path, "w");
	char command[200], piece[4096];
	struct buf out = { 0 };
	char *text;
	size_t n;

	if (f == NULL || fwrite(pdf.p, 1, pdf.len, f) != pdf.len ||
	    fclose(f) != 0)
		bug("the PDF cannot be written");
	(void)snprintf(
	    command, sizeof(command), "%s %s %s", program, pdf_path, more);
	f = popen(command, "r"); /* NOLINT: constants of this test */
	while (f != NULL && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&out, bytes_of(piece, n));
	if (f == NULL || pclose(f) != 0)
		note("%s failed", command);
	text = alloc(out.len + 1, 1);
	if (out.len > 0)
		memcpy(text, out.p, out.len);
	buf_free(&out);
	return text;
}

/* The text on its pages, each ended by a form feed. */
static inline char *
pdf_text(const struct buf *pdf)
{
	return pdf_asked(buf_bytes(pdf), "pdftotext -raw", "-");
}

static inline unsigned
pdf_count(const char *in, const char *what)
{
	unsigned n = 0;

	for (; (in = strstr(in, what)) != NULL; in += strlen(what))
		n++;
	return n;
}

/* A sink that counts, and one that refuses from its n-th byte on. */
struct pdf_sink {
	size_t bytes, most;
};

static inline enum rc
pdf_put(void *ctx, struct bytes more, struct err *e)
{
	struct pdf_sink *s = ctx;

	s->bytes += more.len;
	if (s->bytes > s->most)
		return fail(e, RC_LIMIT, "%s", "full");
	return RC_OK;
}

#endif

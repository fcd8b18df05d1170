/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/pem.h"

#include <stdio.h>
#include <string.h>

#include "core/base64.h"

#define LINE_BYTES 48 /* 64 characters */
#define LABEL_MAX 40

void
pem_write(struct buf *out, const char *label, struct bytes der)
{
	char mark[LABEL_MAX + 24];
	size_t at, n;

	(void)snprintf(mark, sizeof(mark), "-----BEGIN %s-----\n", label);
	buf_add(out, bytes_str(mark));
	for (at = 0; at < der.len; at += n) {
		n = der.len - at < LINE_BYTES ? der.len - at : LINE_BYTES;
		base64_write(out, bytes_of(der.p + at, n));
		buf_u8(out, '\n');
	}
	(void)snprintf(mark, sizeof(mark), "-----END %s-----\n", label);
	buf_add(out, bytes_str(mark));
}

/* The next line, without its end; false where none is left. */
static bool
next_line(struct bytes *in, struct bytes *line)
{
	const uint8_t *end;
	size_t len;

	if (in->len == 0)
		return false;
	end = memchr(in->p, '\n', in->len);
	len = end == NULL ? in->len : (size_t)(end - in->p);
	*line = bytes_of(in->p, len);
	if (line->len > 0 && line->p[line->len - 1] == '\r')
		line->len--;
	len += end != NULL;
	in->p += len;
	in->len -= len;
	return true;
}

static bool
is_mark(struct bytes line, const char *which, const char *label)
{
	char mark[LABEL_MAX + 24];

	(void)snprintf(mark, sizeof(mark), "-----%s %s-----", which, label);
	return bytes_is(line, mark);
}

static enum rc
not_pem(struct buf *out, const char *label, struct err *e)
{
	buf_free(out);
	return fail(
	    e, RC_INVALID, "RFC 7468 3: not a proper PEM block \"%s\"", label);
}

enum rc
pem_read(struct buf *out, struct bytes *in, const char *label, struct err *e)
{
	const char *any = "-----BEGIN ";
	struct bytes line;
	bool full = true;

	*out = (struct buf){ 0 };
	do {
		if (!next_line(in, &line))
			return fail(
			    e, RC_ABSENT, "no PEM block \"%s\" is here", label);
	} while (
	    line.len < strlen(any) || memcmp(line.p, any, strlen(any)) != 0);
	if (!is_mark(line, "BEGIN", label))
		return fail(e, RC_INVALID,
		    "a PEM block \"%s\" is wanted, another one is here", label);
	while (next_line(in, &line)) {
		if (is_mark(line, "END", label))
			return RC_OK;
		if (!full || line.len == 0 || line.len > LINE_BYTES * 4 / 3 ||
		    !base64_parse(out, line))
			break;
		full = line.len == LINE_BYTES * 4 / 3 &&
		       line.p[line.len - 1] != '=';
	}
	return not_pem(out, label, e);
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/pem.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#define LINE_BYTES 48 /* 64 characters */
#define LABEL_MAX 40

void
pem_write(struct buf *out, const char *label, struct bytes der)
{
	unsigned char line[LINE_BYTES * 4 / 3 + 2];
	char mark[LABEL_MAX + 24];
	size_t at, n;
	int len;

	(void)snprintf(mark, sizeof(mark), "-----BEGIN %s-----\n", label);
	buf_add(out, bytes_str(mark));
	for (at = 0; at < der.len; at += n) {
		n = der.len - at < LINE_BYTES ? der.len - at : LINE_BYTES;
		len = EVP_EncodeBlock(line, der.p + at, (int)n);
		buf_add(out, bytes_of(line, (size_t)len));
		buf_u8(out, '\n');
	}
	(void)snprintf(mark, sizeof(mark), "-----END %s-----\n", label);
	buf_add(out, bytes_str(mark));
	wipe(line, sizeof(line));
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

/* Strict: what is decoded must encode to the same line again. */
static bool
decode_line(struct buf *out, struct bytes line)
{
	unsigned char raw[LINE_BYTES + 2], back[LINE_BYTES * 4 / 3 + 2];
	int n;
	size_t pad;
	bool ok;

	if (line.len == 0 || line.len > LINE_BYTES * 4 / 3 || line.len % 4 != 0)
		return false;
	n = EVP_DecodeBlock(raw, line.p, (int)line.len);
	pad = (size_t)(line.p[line.len - 1] == '=') +
	      (size_t)(line.p[line.len - 2] == '=');
	ok = n >= 0 && (size_t)n >= pad;
	if (ok) {
		n = (int)((size_t)n - pad);
		ok = EVP_EncodeBlock(back, raw, n) == (int)line.len &&
		     memcmp(back, line.p, line.len) == 0;
	}
	if (ok)
		buf_add(out, bytes_of(raw, (size_t)n));
	wipe(raw, sizeof(raw));
	wipe(back, sizeof(back));
	return ok;
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
		if (!full || !decode_line(out, line))
			break;
		full = line.len == LINE_BYTES * 4 / 3 &&
		       line.p[line.len - 1] != '=';
	}
	return not_pem(out, label, e);
}

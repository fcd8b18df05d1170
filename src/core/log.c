/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/log.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/utf8.h"

static enum log_level log_least = LOG_INFO;

void
log_level_set(enum log_level least)
{
	log_least = least;
}

static bool
is_bare(struct bytes v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		if (!isalnum(v.p[i]) && strchr("-_.:/@+", v.p[i]) == NULL)
			return false;
	return v.len > 0 && memchr(v.p, 0, v.len) == NULL;
}

void
log_quote(struct buf *out, struct bytes v)
{
	bool text = utf8_is_text(v);
	char esc[8];
	size_t i;

	if (is_bare(v)) {
		buf_add(out, v);
		return;
	}
	buf_u8(out, '"');
	for (i = 0; i < v.len; i++) {
		if (v.p[i] == '"' || v.p[i] == '\\') {
			buf_u8(out, '\\');
			buf_u8(out, v.p[i]);
		} else if (v.p[i] >= 0x20 && v.p[i] != 0x7f &&
			   (text || v.p[i] < 0x80)) {
			buf_u8(out, v.p[i]);
		} else {
			(void)snprintf(esc, sizeof(esc), "\\x%02x", v.p[i]);
			buf_add(out, bytes_str(esc));
		}
	}
	buf_u8(out, '"');
}

struct log_line
log_line(enum log_level level, const char *event)
{
	struct log_line l = { 0 };

	if (level < log_least)
		return l;
	buf_add(&l.text, bytes_str(level == LOG_WARN ? "warn " : ""));
	buf_add(&l.text, bytes_str("event="));
	buf_add(&l.text, bytes_str(event));
	return l;
}

void
log_str(struct log_line *l, const char *key, struct bytes value)
{
	if (l->text.len == 0)
		return;
	buf_u8(&l->text, ' ');
	buf_add(&l->text, bytes_str(key));
	buf_u8(&l->text, '=');
	log_quote(&l->text, value);
}

void
log_uint(struct log_line *l, const char *key, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	log_str(l, key, bytes_str(text));
}

void
log_err(struct log_line *l, const struct err *e)
{
	log_str(l, "rc", bytes_str(rc_name(e->rc)));
	log_str(l, "why", bytes_str(e->text));
}

void
log_end(struct log_line *l)
{
	if (l->text.len > 0) {
		buf_u8(&l->text, '\n');
		if (write(STDERR_FILENO, l->text.p, l->text.len) < 0)
			(void)0; /* nowhere left to say it */
	}
	buf_free(&l->text);
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lang.h"

/* Formats are literals at the call; their translations are held to the same
 * conversions when the catalogue is built. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* A text that was cut off ends with a whole letter all the same. */
static void
whole_letters(char text[static ERR_TEXT])
{
	size_t n = strlen(text);

	if (n + 1 < ERR_TEXT)
		return;
	while (n > 0 && ((unsigned char)text[n - 1] & 0xc0) == 0x80)
		text[--n] = '\0';
	if (n > 0 && (unsigned char)text[n - 1] >= 0xc0)
		text[n - 1] = '\0';
}

enum rc
fail(struct err *e, enum rc rc, const char *fmt, ...)
{
	va_list ap;

	e->rc = rc;
	e->of = ERR_OF_ALL;
	va_start(ap, fmt);
	(void)vsnprintf(e->text, sizeof(e->text), tr(fmt), ap);
	va_end(ap);
	whole_letters(e->text);
	return rc;
}

enum rc
fail_io(struct err *e, const char *fmt, ...)
{
	int error = errno;
	va_list ap;
	size_t n;

	e->rc = RC_IO;
	e->of = ERR_OF_ALL;
	va_start(ap, fmt);
	(void)vsnprintf(e->text, sizeof(e->text), tr(fmt), ap);
	va_end(ap);
	n = strlen(e->text);
	(void)snprintf(
	    e->text + n, sizeof(e->text) - n, ": %s", tr(strerror(error)));
	whole_letters(e->text);
	return RC_IO;
}

enum rc
fail_at(struct err *e, const char *fmt, ...)
{
	char was[ERR_TEXT];
	va_list ap;
	size_t n;

	memcpy(was, e->text, sizeof(was));
	va_start(ap, fmt);
	(void)vsnprintf(e->text, sizeof(e->text), tr(fmt), ap);
	va_end(ap);
	n = strlen(e->text);
	(void)snprintf(e->text + n, sizeof(e->text) - n, ": %s", was);
	whole_letters(e->text);
	return e->rc;
}

enum rc
fail_of(struct err *e, enum err_of of)
{
	e->of = of;
	return e->rc;
}

const char *
err_of_name(enum err_of of)
{
	static const char *const names[ERR_OFS] = {
		[ERR_OF_ALL] = "all",
		[ERR_OF_ROLE] = "role",
		[ERR_OF_PERSON] = "person",
	};

	return names[of];
}

const char *
rc_name(enum rc rc)
{
	static const char *const names[] = {
		[RC_OK] = "ok",
		[RC_INVALID] = "invalid",
		[RC_DENIED] = "denied",
		[RC_LIMIT] = "limit",
		[RC_EXPIRED] = "expired",
		[RC_ABSENT] = "absent",
		[RC_EXISTS] = "exists",
		[RC_IO] = "io",
		[RC_USAGE] = "usage",
	};

	return names[rc];
}

void
bug(const char *what)
{
	(void)fprintf(stderr, "antin: broken promise: %s\n", what);
	abort();
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/lang.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* Made from po/vi.po under obj/ (tools/catalogue). */
extern const struct lang_text lang_vi[];
extern const size_t lang_vi_len;

static enum lang lang_now = LANG_EN;
static _Thread_local bool thread_has; /* a language of its own */
static _Thread_local enum lang thread_lang;

void
lang_set(enum lang lang)
{
	lang_now = lang;
}

void
lang_thread(enum lang lang)
{
	thread_has = true;
	thread_lang = lang;
}

enum lang
lang_get(void)
{
	return thread_has ? thread_lang : lang_now;
}

enum lang
lang_of_environment(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *v;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		v = getenv(names[i]);
		if (v != NULL && v[0] != '\0')
			return strncmp(v, "vi", 2) == 0 ? LANG_VI : LANG_EN;
	}
	return LANG_EN;
}

static int
by_english(const void *key, const void *row)
{
	return strcmp(key, ((const struct lang_text *)row)->en);
}

const char *
tr(const char *en)
{
	const struct lang_text *row;

	if (lang_get() == LANG_EN)
		return en;
	row = bsearch(en, lang_vi, lang_vi_len, sizeof(*row), by_english);
	return row == NULL ? en : row->vi;
}

void
say(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, tr(fmt), ap) < 0)
		bug("no memory");
	va_end(ap);
	utf8_print(stdout, bytes_str(text));
	free(text);
}

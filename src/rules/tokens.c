/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines into rows of words and texts: docs/rules.md 2.1 to 2.3. */
#include <string.h>

#include "core/utf8.h"
#include "rules/inner.h"

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next line without its end. */
static struct bytes
take_line(struct tokens *t)
{
	const uint8_t *end = memchr(t->left.p, '\n', t->left.len);
	struct bytes line = t->left;

	if (end != NULL)
		line.len = (size_t)(end - line.p);
	t->left.p += line.len + (end != NULL);
	t->left.len -= line.len + (end != NULL);
	t->line++;
	return line;
}

static bool
is_empty(struct bytes line)
{
	size_t i = 0;

	while (i < line.len && is_blank(line.p[i]))
		i++;
	return i == line.len || line.p[i] == '#';
}

static void
skip_blanks(struct bytes *line)
{
	while (line->len > 0 && is_blank(line->p[0])) {
		line->p++;
		line->len--;
	}
}

/* The text in its stored form. */
static enum rc
keep(struct tokens *t, struct bytes *text, struct err *e)
{
	struct buf clean;

	if (utf8_is_text(*text)) {
		*text = arena_add(t->keep, *text);
		return RC_OK;
	}
	if (utf8_clean(&clean, *text, RULES_TEXT_MAX, e) != RC_OK)
		return fail(e, RC_INVALID,
		    "this is no text: save the file as UTF-8, without control "
		    "characters");
	*text = arena_add(t->keep, buf_bytes(&clean));
	buf_free(&clean);
	return RC_OK;
}

static enum rc
take_token(struct tokens *t, struct bytes *line, struct err *e)
{
	struct token k = { .line = t->line };
	const uint8_t *end;
	size_t n = 0;

	if (t->count == TOKENS_MAX)
		return fail(e, RC_INVALID,
		    "more than %u words in a row: make two rows of it",
		    TOKENS_MAX);
	k.quoted = line->p[0] == '"';
	if (k.quoted) {
		end = memchr(line->p + 1, '"', line->len - 1);
		if (end == NULL)
			return fail(e, RC_INVALID,
			    "a text has no end: write \" behind it, on the "
			    "same line");
		k.text = bytes_of(line->p + 1, (size_t)(end - line->p) - 1);
		n = k.text.len + 2;
	} else {
		while (
		    n < line->len && !is_blank(line->p[n]) && line->p[n] != '"')
			n++;
		k.text = bytes_of(line->p, n);
	}
	line->p += n;
	line->len -= n;
	if (line->len > 0 && !is_blank(line->p[0]))
		return fail(e, RC_INVALID,
		    "a text begins or ends within a word: write a blank before "
		    "and behind each text");
	if (k.text.len > RULES_TEXT_MAX)
		return fail(e, RC_INVALID,
		    "a text of %zu bytes: write at most %u", k.text.len,
		    RULES_TEXT_MAX);
	if (keep(t, &k.text, e) != RC_OK)
		return e->rc;
	t->row[t->count++] = k;
	return RC_OK;
}

static enum rc
take_tokens(struct tokens *t, struct bytes line, struct err *e)
{
	enum rc rc = RC_OK;

	for (skip_blanks(&line);
	     rc == RC_OK && line.len > 0 && line.p[0] != '#';
	     skip_blanks(&line))
		rc = take_token(t, &line, e);
	return rc;
}

/* Whether the next line goes on with the row. */
static bool
goes_on(const struct tokens *t)
{
	return t->left.len > 0 &&
	       (is_blank(t->left.p[0]) || t->left.p[0] == '\n' ||
		   t->left.p[0] == '#');
}

enum rc
tokens_next(struct tokens *t, struct err *e)
{
	struct bytes line = { 0 };
	enum rc rc = RC_OK;
	unsigned at = 0;

	t->count = 0;
	while (t->left.len > 0 && is_empty(line))
		line = take_line(t);
	if (is_empty(line))
		return RC_OK;
	if (is_blank(line.p[0])) {
		at = t->line;
		rc = fail(e, RC_INVALID,
		    "a row begins with a blank, and there is no row before it "
		    "to go on with: begin it in the first column");
	}
	if (rc == RC_OK && (rc = take_tokens(t, line, e)) != RC_OK)
		at = t->line;
	while (goes_on(t)) {
		line = take_line(t);
		if (rc == RC_OK && (rc = take_tokens(t, line, e)) != RC_OK)
			at = t->line;
	}
	t->at = at; /* where it failed, not where the row ends */
	return rc;
}

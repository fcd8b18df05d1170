/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A finished English text in another language: the row of the catalogue is
 * looked for whose format makes it, and what stands where its conversions are
 * goes into the other format.
 */
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/lang.h"

#define PIECES 8	 /* conversions of a text */
#define STEPS_MAX 20000u /* of one comparison: then it is not the row */

extern const struct lang_text lang_vi[];
extern const size_t lang_vi_len;

struct piece {
	const char *p;
	size_t len;
};

struct match {
	struct piece pieces[PIECES];
	size_t count;
	size_t letters; /* of the format itself */
	unsigned steps;
};

/* The conversion that starts at "fmt": its end, its letter, and which piece it
 * wants ("%2$s": 2; 0: the next). */
static const char *
conversion(const char *fmt, char *letter, size_t *which)
{
	const char *p = fmt + 1;
	char *end;

	*which = strtoul(p, &end, 10);
	if (*end == '$')
		p = end + 1;
	else
		*which = 0;
	p += strspn(p, "-+ #0123456789.*hljzt");
	*letter = *p;
	return *p == '\0' ? p : p + 1;
}

/* How much of "text" a conversion may have made at the most. */
static size_t
span(char letter, const char *text)
{
	if (strchr("diu", letter) != NULL)
		return strspn(text, "-0123456789");
	if (letter == 'x')
		return strspn(text, "0123456789abcdef");
	return strcspn(text, "\n");
}

static bool
fits(struct match *m, const char *fmt, const char *text)
{
	const char *rest;
	size_t which, len, max;
	char letter;

	for (; *fmt != '%' || fmt[1] == '%'; fmt++, text++) {
		if (*fmt != *text || m->steps++ > STEPS_MAX)
			return false;
		if (*fmt == '\0')
			return true;
		fmt += *fmt == '%';
		m->letters += (*fmt | 0x20) >= 'a' && (*fmt | 0x20) <= 'z';
	}
	rest = conversion(fmt, &letter, &which);
	if (m->count == PIECES || which != 0)
		return false;
	max = span(letter, text);
	for (len = letter == 's' ? 0 : 1; len <= max; len++) {
		struct match tried = *m;

		tried.pieces[tried.count++] = (struct piece){ text, len };
		if (fits(&tried, rest, text + len)) {
			*m = tried;
			return true;
		}
		m->steps = tried.steps;
	}
	return false;
}

/* The row that says most of it by itself. */
static const struct lang_text *
find(struct match *best, const char *text)
{
	const struct lang_text *row = NULL;
	struct match m;
	size_t i;

	*best = (struct match){ 0 };
	for (i = 0; i < lang_vi_len; i++) {
		m = (struct match){ 0 };
		if (fits(&m, lang_vi[i].en, text) &&
		    m.letters > best->letters) {
			row = &lang_vi[i];
			*best = m;
		}
	}
	return row;
}

/* A word of the catalogue, such as a level's name, or what it is. */
static void
add_piece(struct buf *out, const struct piece *p)
{
	struct buf word = { 0 };
	const char *said;

	buf_add(&word, bytes_of(p->p, p->len));
	buf_u8(&word, '\0');
	said = tr((const char *)word.p);
	buf_add(out, bytes_str(said));
	buf_free(&word);
}

static void
put(struct buf *out, const char *fmt, const struct match *m)
{
	size_t next = 0, which;
	char letter;

	while (*fmt != '\0') {
		if (*fmt != '%' || fmt[1] == '%') {
			fmt += *fmt == '%';
			buf_u8(out, (uint8_t)*fmt++);
			continue;
		}
		fmt = conversion(fmt, &letter, &which);
		which = which == 0 ? next++ : which - 1;
		if (which < m->count)
			add_piece(out, &m->pieces[which]);
	}
}

/* Where what a row says best begins: all of it, or behind "where: ". */
static const char *
best_of(const char *said, const struct lang_text **row, struct match *best)
{
	const struct lang_text *one;
	const char *at = said, *found = said;
	struct match m;

	*row = NULL;
	*best = (struct match){ 0 };
	for (; at != NULL; at = strstr(at, ": ")) {
		at += at == said ? 0 : 2;
		one = find(&m, at);
		if (m.letters > best->letters) {
			*row = one;
			*best = m;
			found = at;
		}
	}
	return found;
}

void
tr_said(struct buf *out, const char *said)
{
	const struct lang_text *row = NULL;
	struct buf where = { 0 };
	const char *at = said;
	struct match m;

	if (lang_get() != LANG_EN)
		at = best_of(said, &row, &m);
	if (row == NULL) {
		buf_add(out, bytes_str(said));
		return;
	}
	if (at > said) {
		buf_add(&where, bytes_of(said, (size_t)(at - said) - 2));
		buf_u8(&where, '\0');
		tr_said(out, (const char *)where.p);
		buf_add(out, bytes_str(": "));
		buf_free(&where);
	}
	put(out, row->vi, &m);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* Vietnamese order and search. */
#include "core/viet.h"

#include <stdlib.h>

#include <utf8proc.h>

/* ---- letters
 * ---------------------------------------------------------------------- */

enum mark { MARK_NONE, MARK_BREVE, MARK_CIRCUMFLEX, MARK_HORN, MARK_STROKE };
#define TONE_OTHER 6 /* a mark that is none of ours */

/* Marks of letters and of tones, in the order of CLDR's "vi". */
static const struct {
	int32_t point;
	uint8_t mark, tone;
} marks[] = {
	{ 0x306, MARK_BREVE, 0 }, { 0x302, MARK_CIRCUMFLEX, 0 },
	{ 0x31b, MARK_HORN, 0 }, { 0x300, MARK_NONE, 1 }, /* huyền */
	{ 0x340, MARK_NONE, 1 }, { 0x309, MARK_NONE, 2 }, /* hỏi */
	{ 0x303, MARK_NONE, 3 },			  /* ngã */
	{ 0x301, MARK_NONE, 4 },			  /* sắc */
	{ 0x341, MARK_NONE, 4 }, { 0x323, MARK_NONE, 5 }, /* nặng */
};
#define MARKS (sizeof(marks) / sizeof(marks[0]))

/* The alphabet, with the letters of foreign words where CLDR has them. */
static const struct {
	char base;
	uint8_t mark;
} alphabet[] = {
	{ 'a', 0 },
	{ 'a', MARK_BREVE },
	{ 'a', MARK_CIRCUMFLEX },
	{ 'b', 0 },
	{ 'c', 0 },
	{ 'd', 0 },
	{ 'd', MARK_STROKE },
	{ 'e', 0 },
	{ 'e', MARK_CIRCUMFLEX },
	{ 'f', 0 },
	{ 'g', 0 },
	{ 'h', 0 },
	{ 'i', 0 },
	{ 'j', 0 },
	{ 'k', 0 },
	{ 'l', 0 },
	{ 'm', 0 },
	{ 'n', 0 },
	{ 'o', 0 },
	{ 'o', MARK_CIRCUMFLEX },
	{ 'o', MARK_HORN },
	{ 'p', 0 },
	{ 'q', 0 },
	{ 'r', 0 },
	{ 's', 0 },
	{ 't', 0 },
	{ 'u', 0 },
	{ 'u', MARK_HORN },
	{ 'v', 0 },
	{ 'w', 0 },
	{ 'x', 0 },
	{ 'y', 0 },
	{ 'z', 0 },
};
#define ALPHABET (sizeof(alphabet) / sizeof(alphabet[0]))

struct letter {
	int32_t base; /* as it came, but for đ */
	int32_t small;
	uint8_t mark, tone;
};

/* Text taken apart: letters and the marks on them. */
struct apart {
	int32_t *points; /* owned */
	size_t count, at;
};

static bool
apart_open(struct apart *out, struct bytes text)
{
	const utf8proc_option_t options = UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE;
	utf8proc_ssize_t n;

	*out = (struct apart){ 0 };
	if (text.len == 0 || text.len > INT32_MAX / 8)
		return false;
	n = utf8proc_decompose(
	    text.p, (utf8proc_ssize_t)text.len, NULL, 0, options);
	if (n <= 0)
		return false;
	out->points = alloc((size_t)n, sizeof(*out->points));
	out->count = (size_t)utf8proc_decompose(
	    text.p, (utf8proc_ssize_t)text.len, out->points, n, options);
	return true;
}

static void
apart_close(struct apart *a)
{
	if (a->points != NULL)
		wipe(a->points, a->count * sizeof(*a->points));
	free(a->points);
	*a = (struct apart){ 0 };
}

static bool
is_mark(int32_t c)
{
	return utf8proc_category(c) == UTF8PROC_CATEGORY_MN;
}

static void
letter_mark(struct letter *l, int32_t c)
{
	size_t i;

	for (i = 0; i < MARKS && marks[i].point != c; i++)
		;
	if (i == MARKS)
		l->tone = TONE_OTHER;
	else if (marks[i].mark != MARK_NONE)
		l->mark = marks[i].mark;
	else
		l->tone = marks[i].tone;
}

/* đ has no decomposition; three letters look like it. */
static void
letter_stroke(struct letter *l)
{
	bool capital = l->base == 0x110 || l->base == 0xd0 || l->base == 0x189;

	if (!capital && l->base != 0x111 && l->base != 0xf0 && l->base != 0x256)
		return;
	l->base = capital ? 'D' : 'd';
	l->mark = MARK_STROKE;
}

static bool
apart_next(struct apart *a, struct letter *out)
{
	if (a->at == a->count)
		return false;
	*out = (struct letter){ .base = a->points[a->at++] };
	while (a->at < a->count && is_mark(a->points[a->at]))
		letter_mark(out, a->points[a->at++]);
	letter_stroke(out);
	out->small = utf8proc_tolower(out->base);
	return true;
}

/* ---- order
 * ---------------------------------------------------------------------- */

static void
add_point(struct buf *out, uint8_t class, int32_t c)
{
	utf8proc_uint8_t one[4];
	utf8proc_ssize_t n = utf8proc_encode_char(c, one);

	buf_u8(out, class);
	buf_add(out, bytes_of(one, (size_t)n));
}

static void
add_base(struct buf *out, const struct letter *l)
{
	const utf8proc_category_t is = utf8proc_category(l->small);
	size_t i;

	for (i = 0; i < ALPHABET; i++)
		if (alphabet[i].base == l->small && alphabet[i].mark == l->mark)
			break;
	if (i < ALPHABET)
		buf_u8(out, (uint8_t)(0x20 + i));
	else if (l->small >= '0' && l->small <= '9')
		buf_u8(out, (uint8_t)(0x10 + l->small - '0'));
	else if (is == UTF8PROC_CATEGORY_ZS || is == UTF8PROC_CATEGORY_CC)
		buf_u8(out, 2);
	else if (is >= UTF8PROC_CATEGORY_LU && is <= UTF8PROC_CATEGORY_LO)
		add_point(out, 0x7f, l->small);
	else
		add_point(out, 3, l->small);
}

void
viet_key(struct buf *out, struct bytes text)
{
	struct buf tones = { 0 }, sizes = { 0 };
	struct apart a;
	struct letter l;

	*out = (struct buf){ 0 };
	if (!apart_open(&a, text))
		return;
	while (apart_next(&a, &l)) {
		add_base(out, &l);
		buf_u8(&tones, (uint8_t)(1 + l.tone));
		buf_u8(&sizes, l.base == l.small ? 1 : 2);
	}
	apart_close(&a);
	buf_u8(out, 0);
	buf_add(out, buf_bytes(&tones));
	buf_u8(out, 0);
	buf_add(out, buf_bytes(&sizes));
	buf_free(&tones);
	buf_free(&sizes);
}

void
viet_name_key(struct buf *out, struct bytes name)
{
	struct buf turned = { 0 };
	size_t last, first;

	while (name.len > 0 && name.p[name.len - 1] == ' ')
		name.len--;
	for (last = name.len; last > 0 && name.p[last - 1] != ' '; last--)
		;
	buf_add(&turned, bytes_of(name.p + last, name.len - last));
	for (first = 0; first < last && name.p[first] == ' '; first++)
		;
	if (first < last) {
		buf_u8(&turned, ' ');
		buf_add(&turned, bytes_of(name.p + first, last - first));
	}
	viet_key(out, buf_bytes(&turned));
	buf_free(&turned);
}

/* ---- search
 * ---------------------------------------------------------------------- */

static bool
is_letter(const struct letter *l)
{
	const utf8proc_category_t is = utf8proc_category(l->small);

	return (is >= UTF8PROC_CATEGORY_LU && is <= UTF8PROC_CATEGORY_LO) ||
	       is == UTF8PROC_CATEGORY_ND || is == UTF8PROC_CATEGORY_NL;
}

static bool
is_vowel(int32_t c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' ||
	       c == 'y';
}

/* "kỹ" is "kĩ": y is the only vowel, and the end. */
static void
word_even(struct viet_word *w)
{
	size_t i;

	if (w->count < 2 || w->letters[w->count - 1].base != 'y')
		return;
	for (i = 0; i < w->count - 1; i++)
		if (is_vowel(w->letters[i].base))
			return;
	w->letters[w->count - 1].base = 'i';
}

static bool
next_word(struct apart *a, struct viet_word *out)
{
	struct letter l;

	*out = (struct viet_word){ 0 };
	while (out->count < VIET_LETTERS && apart_next(a, &l)) {
		if (!is_letter(&l)) {
			if (out->count > 0)
				break;
			continue;
		}
		out->letters[out->count++] =
		    (struct viet_letter){ l.small, l.mark };
		if (l.tone != 0)
			out->tone = l.tone;
	}
	word_even(out);
	return out->count > 0;
}

void
viet_search(struct viet_search *out, struct bytes wanted)
{
	struct apart a;

	out->count = 0;
	if (!apart_open(&a, wanted))
		return;
	while (
	    out->count < VIET_WORDS && next_word(&a, &out->words[out->count]))
		out->count++;
	apart_close(&a);
}

static bool
begins(const struct viet_word *text, const struct viet_word *wanted)
{
	const struct viet_letter *t = text->letters, *w = wanted->letters;
	size_t i;

	if (wanted->count > text->count ||
	    (wanted->tone != 0 && wanted->tone != text->tone))
		return false;
	for (i = 0; i < wanted->count; i++)
		if (w[i].base != t[i].base ||
		    (w[i].mark != MARK_NONE && w[i].mark != t[i].mark))
			return false;
	return true;
}

bool
viet_found(const struct viet_search *s, struct bytes text)
{
	bool found[VIET_WORDS] = { false };
	size_t i, left = s->count;
	struct viet_word w;
	struct apart a;

	if (left == 0)
		return true;
	if (!apart_open(&a, text))
		return false;
	while (left > 0 && next_word(&a, &w))
		for (i = 0; i < s->count; i++)
			if (!found[i] && begins(&w, &s->words[i])) {
				found[i] = true;
				left--;
			}
	apart_close(&a);
	wipe(&w, sizeof(w));
	return left == 0;
}

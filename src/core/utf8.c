/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#define FILE_NAME_MAX 200
#define FOLD_MAX 16 /* code points that one is folded to */

/* The next code point of *in, which is stepped over it; -1 if there is none
 * that is valid. */
static int32_t
step(struct bytes *in)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	n = utf8proc_iterate(in->p, (utf8proc_ssize_t)in->len, &c);
	if (n <= 0 || c < 0 || (c & 0xfffe) == 0xfffe ||
	    (c >= 0xfdd0 && c <= 0xfdef))
		return -1;
	in->p += n;
	in->len -= (size_t)n;
	return c;
}

static bool
is_control(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	       c == 0x2029;
}

/* Characters that turn or hide the direction of writing. */
static bool
is_direction(int32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool
utf8_valid(struct bytes in)
{
	while (in.len > 0)
		if (step(&in) < 0)
			return false;
	return true;
}

/* "in" in NFC, through a buffer of ours that is wiped; false where it has no
 * such form. */
static bool
nfc_write(struct buf *out, struct bytes in)
{
	const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	/* asked without a buffer it says how many code points there will be */
	utf8proc_ssize_t n = utf8proc_decompose(
	    in.p, (utf8proc_ssize_t)in.len, NULL, 0, options);
	utf8proc_int32_t *points;
	size_t size;

	if (n < 0)
		return false;
	size = ((size_t)n + 1) * sizeof(*points);
	points = alloc(1, size);
	n = utf8proc_decompose(
	    in.p, (utf8proc_ssize_t)in.len, points, n, options);
	if (n >= 0)
		n = utf8proc_reencode(points, n, options);
	if (n > 0)
		buf_add(out, bytes_of(points, (size_t)n));
	wipe(points, size);
	free(points);
	return n >= 0;
}

static bool
is_nfc(struct bytes in)
{
	struct buf nfc = { 0 };
	bool same;

	same = nfc_write(&nfc, in) && bytes_eq(in, buf_bytes(&nfc));
	buf_free(&nfc);
	return same;
}

bool
utf8_is_text(struct bytes in)
{
	struct bytes rest = in;
	bool ascii = true;
	int32_t c;

	while (rest.len > 0) {
		c = step(&rest);
		if (c < 0 || is_control(c) || is_direction(c))
			return false;
		ascii = ascii && c < 0x80;
	}
	return ascii || is_nfc(in);
}

size_t
utf8_count(struct bytes in)
{
	size_t n = 0;

	while (in.len > 0 && step(&in) >= 0)
		n++;
	return n;
}

/* Left out of a person's input: 0xAD is the 'ư' of an old 8-bit code, and so
 * a sign of damage, but a soft hyphen in Unicode text (domain: TCVN3). */
static bool
is_invisible(int32_t c)
{
	return c == 0xad || c == 0x200b || c == 0xfeff;
}

static void
trim(struct buf *b)
{
	size_t lead = 0;

	while (b->len > 0 && b->p[b->len - 1] == ' ')
		b->len--;
	while (lead < b->len && b->p[lead] == ' ')
		lead++;
	if (lead > 0) {
		memmove(b->p, b->p + lead, b->len - lead);
		b->len -= lead;
	}
}

enum rc
utf8_clean(struct buf *out, struct bytes in, size_t max, struct err *e)
{
	struct buf kept = { 0 };
	struct bytes rest = in, one;
	int32_t c;
	enum rc rc = RC_OK;

	*out = (struct buf){ 0 };
	if (in.len > 4 * max)
		return fail(
		    e, RC_LIMIT, "text of %zu bytes, at most %zu", in.len, max);
	while (rest.len > 0) {
		one = rest;
		c = step(&rest);
		if (c < 0)
			rc = fail(e, RC_INVALID,
			    "text that is not UTF-8, at byte %zu",
			    in.len - rest.len);
		else if (is_control(c) || is_direction(c))
			rc = fail(e, RC_INVALID,
			    "text with the control character U+%04X",
			    (unsigned)c);
		if (rc != RC_OK)
			goto out;
		one.len -= rest.len;
		if (c == 0xa0)
			buf_u8(&kept, ' ');
		else if (!is_invisible(c))
			buf_add(&kept, one);
	}
	if (!nfc_write(out, buf_bytes(&kept))) {
		rc = fail(e, RC_INVALID, "text that has no NFC form");
		goto out;
	}
	trim(out);
	if (out->len > max) {
		rc = fail(e, RC_LIMIT, "text of %zu bytes, at most %zu",
		    out->len, max);
		buf_free(out);
	}
out:
	buf_free(&kept);
	return rc;
}

void
utf8_file_name(struct buf *out, struct bytes name)
{
	struct bytes one;
	int32_t c;

	*out = (struct buf){ 0 };
	while (name.len > 0) {
		one = name;
		c = step(&name);
		if (c < 0) {
			name = bytes_of(name.p + 1, name.len - 1);
			c = 0;
		}
		one.len -= name.len;
		if (out->len + one.len > FILE_NAME_MAX)
			break;
		if (out->len == 0 && c == '.')
			continue;
		if (is_control(c) || is_direction(c) || is_invisible(c) ||
		    c == '/' || c == '\\' || c == ':')
			buf_u8(out, '_');
		else
			buf_add(out, one);
	}
	while (out->len > 0 &&
	       (out->p[out->len - 1] == '.' || out->p[out->len - 1] == ' '))
		out->len--;
	if (out->len == 0)
		buf_add(out, bytes_str("_"));
}

/* Three letters look like đ, and old converters wrote any of them; none has a
 * decomposition. */
static bool
is_d(int32_t c)
{
	return c == 0x111 || c == 0xf0 || c == 0x256;
}

static bool
is_blank(int32_t c)
{
	return (c >= '\t' && c <= '\r') || c == 0x2028 || c == 0x2029 ||
	       utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;
}

/* What one code point is folded to; of a tone or another mark, nothing. */
static void
fold_add(struct buf *out, int32_t c)
{
	const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
					  UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
					  UTF8PROC_STRIPMARK;
	utf8proc_int32_t points[FOLD_MAX];
	utf8proc_uint8_t one[4];
	utf8proc_ssize_t n, len, i;
	int bound = 0;

	n = utf8proc_decompose_char(c, points, FOLD_MAX, options, &bound);
	for (i = 0; i < n && i < FOLD_MAX; i++) {
		len = utf8proc_encode_char(
		    is_d(points[i]) ? 'd' : points[i], one);
		buf_add(out, bytes_of(one, (size_t)len));
	}
}

void
utf8_fold(struct buf *out, struct bytes in)
{
	int32_t c;

	*out = (struct buf){ 0 };
	while (in.len > 0) {
		c = step(&in);
		if (c < 0) {
			buf_free(out);
			return;
		}
		if (!is_blank(c))
			fold_add(out, c);
		else if (out->len > 0 && out->p[out->len - 1] != ' ')
			buf_u8(out, ' ');
	}
	trim(out);
}

struct bytes
utf8_shown(struct bytes *text)
{
	struct bytes one = *text;
	int32_t c = step(text);

	if (c < 0)
		*text = bytes_of(text->p + 1, text->len - 1);
	one.len -= text->len;
	if (c == '\n' || c == '\t' ||
	    (c >= 0 && !is_control(c) && !is_direction(c)))
		return one;
	return bytes_str("\xef\xbf\xbd");
}

void
utf8_print(FILE *to, struct bytes text)
{
	struct bytes one;

	while (text.len > 0) {
		one = utf8_shown(&text);
		(void)fwrite(one.p, 1, one.len, to);
	}
}

size_t
utf8_columns(struct bytes in)
{
	size_t n = 0;
	int32_t c;

	while (in.len > 0 && (c = step(&in)) >= 0)
		n += (size_t)utf8proc_charwidth(c);
	return n;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "der/der.h"

static size_t
length_size(size_t len)
{
	size_t n = 0;

	if (len < 0x80)
		return 1;
	for (; len > 0; len >>= 8)
		n++;
	return n + 1;
}

size_t
der_header_size(size_t contents)
{
	return 1 + length_size(contents);
}

static void
length_write(uint8_t *at, size_t len)
{
	size_t n = length_size(len), i;

	if (n == 1) {
		at[0] = (uint8_t)len;
		return;
	}
	at[0] = (uint8_t)(0x80 | (n - 1));
	for (i = n - 1; i > 0; i--, len >>= 8)
		at[i] = (uint8_t)len;
}

void
der_put_header(struct buf *out, uint8_t tag, size_t contents)
{
	buf_u8(out, tag);
	length_write(buf_grow(out, length_size(contents)), contents);
}

void
der_put_open(struct der_wr *w, uint8_t tag)
{
	if (w->depth == DER_DEPTH)
		bug("der: written too deep");
	buf_u8(&w->out, tag);
	buf_u8(&w->out, 0); /* room for a short length; der_put_close() sees */
	w->start[w->depth++] = w->out.len;
}

void
der_put_close(struct der_wr *w)
{
	size_t start, len, n;

	if (w->depth == 0)
		bug("der: closed more than opened");
	start = w->start[--w->depth];
	len = w->out.len - start;
	n = length_size(len);
	(void)buf_grow(&w->out, n - 1);
	memmove(w->out.p + start + n - 1, w->out.p + start, len);
	length_write(w->out.p + start - 1, len);
}

static int
by_bytes(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

void
der_put_close_set(struct der_wr *w)
{
	struct bytes all, rest, one, *elements;
	struct buf sorted = { 0 };
	size_t start, n = 0, i;

	if (w->depth == 0)
		bug("der: closed more than opened");
	start = w->start[w->depth - 1];
	all = bytes_of(w->out.p + start, w->out.len - start);
	for (rest = all; rest.len > 0; n++) {
		one = der_element(rest);
		if (one.len == 0)
			bug("der: a set of something broken");
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
	}
	elements = alloc(n, sizeof(*elements));
	for (rest = all, i = 0; i < n; i++) {
		elements[i] = der_element(rest);
		rest = bytes_of(
		    rest.p + elements[i].len, rest.len - elements[i].len);
	}
	qsort(elements, n, sizeof(*elements), by_bytes);
	buf_reserve(&sorted, all.len);
	for (i = 0; i < n; i++)
		buf_add(&sorted, elements[i]);
	if (all.len > 0)
		memcpy(w->out.p + start, sorted.p, all.len);
	buf_free(&sorted);
	free(elements);
	der_put_close(w);
}

void
der_put(struct der_wr *w, uint8_t tag, struct bytes contents)
{
	der_put_header(&w->out, tag, contents.len);
	buf_add(&w->out, contents);
}

void
der_put_raw(struct der_wr *w, struct bytes element)
{
	buf_add(&w->out, element);
}

void
der_put_big(struct der_wr *w, struct bytes v)
{
	bool pad;

	while (v.len > 0 && v.p[0] == 0)
		v = bytes_of(v.p + 1, v.len - 1);
	pad = v.len == 0 || v.p[0] & 0x80;
	der_put_header(&w->out, DER_INTEGER, v.len + pad);
	if (pad)
		buf_u8(&w->out, 0);
	buf_add(&w->out, v);
}

void
der_put_uint(struct der_wr *w, uint64_t v)
{
	uint8_t be[8];
	size_t i;

	for (i = 8; i > 0; i--, v >>= 8)
		be[i - 1] = (uint8_t)v;
	der_put_big(w, bytes_of(be, sizeof(be)));
}

void
der_put_bool(struct der_wr *w, bool v)
{
	der_put(w, DER_BOOLEAN, bytes_of(v ? "\xff" : "\0", 1));
}

void
der_put_null(struct der_wr *w)
{
	der_put(w, DER_NULL, (struct bytes){ 0 });
}

void
der_put_oid(struct der_wr *w, struct bytes oid)
{
	der_put(w, DER_OID, oid);
}

void
der_put_algorithm(struct der_wr *w, uint8_t tag, struct bytes oid)
{
	der_put_open(w, tag);
	der_put_oid(w, oid);
	der_put_close(w);
}

void
der_put_octets(struct der_wr *w, struct bytes v)
{
	der_put(w, DER_OCTETS, v);
}

void
der_put_bits(struct der_wr *w, struct bytes v)
{
	der_put_header(&w->out, DER_BITS, v.len + 1);
	buf_u8(&w->out, 0);
	buf_add(&w->out, v);
}

void
der_put_time(struct der_wr *w, int64_t t)
{
	struct civil c = time_civil(t);
	char text[TIME_TEXT];

	(void)snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02dZ",
	    c.year % 10000, c.month, c.day, c.hour, c.minute, c.second);
	der_put(w, DER_TIME, bytes_str(text));
}

void
der_put_when(struct der_wr *w, int64_t t)
{
	struct civil c = time_civil(t);
	char text[TIME_TEXT];

	if (c.year >= 2050) {
		der_put_time(w, t);
		return;
	}
	(void)snprintf(text, sizeof(text), "%02d%02d%02d%02d%02d%02dZ",
	    c.year % 100, c.month, c.day, c.hour, c.minute, c.second);
	der_put(w, DER_UTCTIME, bytes_str(text));
}

void
der_wr_free(struct der_wr *w)
{
	buf_free(&w->out);
	w->depth = 0;
}

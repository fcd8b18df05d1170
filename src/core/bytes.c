/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"

struct bytes
bytes_of(const void *p, size_t len)
{
	return (struct bytes){ p, len };
}

struct bytes
bytes_str(const char *s)
{
	return bytes_of(s, strlen(s));
}

bool
bytes_eq(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool
bytes_is(struct bytes a, const char *s)
{
	return bytes_eq(a, bytes_str(s));
}

int
bytes_cmp(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return (a.len > b.len) - (a.len < b.len);
}

bool
ct_equal(struct bytes a, struct bytes b)
{
	volatile uint8_t diff = 0;
	size_t i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		diff |= (uint8_t)(a.p[i] ^ b.p[i]);
	return diff == 0;
}

void
wipe(void *p, size_t len)
{
	if (len > 0)
		explicit_bzero(p, len);
}

void *
alloc(size_t n, size_t size)
{
	void *p = calloc(n == 0 ? 1 : n, size);

	if (p == NULL)
		bug("no memory");
	return p;
}

char *
bytes_text(struct bytes b)
{
	char *text = alloc(b.len + 1, 1);

	if (b.len > 0)
		memcpy(text, b.p, b.len);
	return text;
}

void
buf_reserve(struct buf *b, size_t more)
{
	size_t want, cap;
	uint8_t *p;

	if (more > SIZE_MAX / 2 - b->len)
		bug("a buffer over half the address space");
	want = b->len + more;
	if (want <= b->cap)
		return;
	/* The first reservation is exact; later ones grow by half. */
	cap = b->cap == 0 ? want : b->cap + b->cap / 2;
	if (cap < want)
		cap = want;
	p = alloc(cap, 1);
	if (b->len > 0)
		memcpy(p, b->p, b->len);
	wipe(b->p, b->cap);
	free(b->p);
	b->p = p;
	b->cap = cap;
}

void
buf_add(struct buf *b, struct bytes more)
{
	if (more.len == 0)
		return;
	if (b->p != NULL && more.p >= b->p && more.p < b->p + b->cap)
		bug("a buffer added to itself");
	buf_reserve(b, more.len);
	memcpy(b->p + b->len, more.p, more.len);
	b->len += more.len;
}

void
buf_u8(struct buf *b, uint8_t v)
{
	buf_add(b, bytes_of(&v, 1));
}

void
buf_u64(struct buf *b, uint64_t v)
{
	int shift;

	for (shift = 56; shift >= 0; shift -= 8)
		buf_u8(b, (uint8_t)(v >> shift));
}

uint8_t *
buf_grow(struct buf *b, size_t len)
{
	uint8_t *at;

	if (len == 0)
		return b->p;
	buf_reserve(b, len);
	at = b->p + b->len;
	memset(at, 0, len);
	b->len += len;
	return at;
}

struct bytes
buf_bytes(const struct buf *b)
{
	return bytes_of(b->p, b->len);
}

void
buf_free(struct buf *b)
{
	wipe(b->p, b->cap);
	free(b->p);
	*b = (struct buf){ 0 };
}

struct rd
rd_init(struct bytes in)
{
	return (struct rd){ .in = in };
}

struct bytes
rd_bytes(struct rd *r, size_t len)
{
	struct bytes out = { 0 };

	if (r->bad || len > r->in.len) {
		r->bad = true;
		return out;
	}
	out = bytes_of(r->in.p, len);
	if (len > 0)
		r->in = bytes_of(r->in.p + len, r->in.len - len);
	return out;
}

uint8_t
rd_u8(struct rd *r)
{
	struct bytes b = rd_bytes(r, 1);

	return b.len == 1 ? b.p[0] : 0;
}

uint64_t
rd_u64(struct rd *r)
{
	struct bytes b = rd_bytes(r, 8);
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < b.len; i++)
		v = v << 8 | b.p[i];
	return v;
}

struct bytes
rd_rest(struct rd *r)
{
	return rd_bytes(r, r->bad ? 0 : r->in.len);
}

bool
rd_end(const struct rd *r)
{
	return !r->bad && r->in.len == 0;
}

void
hex_write(char *out, struct bytes in)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < in.len; i++) {
		out[2 * i] = digits[in.p[i] >> 4];
		out[2 * i + 1] = digits[in.p[i] & 15];
	}
	out[2 * in.len] = '\0';
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
hex_parse(uint8_t *out, size_t out_len, struct bytes in)
{
	size_t i;
	int hi, lo;

	if (in.len != 2 * out_len)
		return false;
	for (i = 0; i < out_len; i++) {
		hi = hex_digit(in.p[2 * i]);
		lo = hex_digit(in.p[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

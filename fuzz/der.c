/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The strict DER reader, led by the input itself:
 *
 *	u8 n | u8[n] ops | DER
 *
 * Each op chooses how the next element is read; after the last the element's
 * own tag does.  What was read is written at once: where the reader took all,
 * the writer must have made the same bytes.  After a fault all is empty.
 */
#include <string.h>

#include "core/err.h"
#include "core/time.h"
#include "der/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct walk {
	struct rd ops;
	struct der d;
	struct der_wr w;
	bool set[DER_DEPTH + 1]; /* of each open element */
};

static void
take_bool(struct walk *k)
{
	der_put_bool(&k->w, der_bool(&k->d));
}

static void
take_uint(struct walk *k)
{
	der_put_uint(&k->w, der_uint(&k->d, UINT64_MAX));
}

static void
take_byte(struct walk *k)
{
	uint64_t v = der_uint(&k->d, 255);

	if (v > 255)
		bug("a number over its limit");
	der_put_uint(&k->w, v);
}

static void
take_big(struct walk *k)
{
	der_put_big(&k->w, der_big(&k->d, 1 << 16));
}

static void
take_bits(struct walk *k)
{
	der_put_bits(&k->w, der_bits(&k->d));
}

static void
take_octets(struct walk *k)
{
	der_put_octets(&k->w, der_octets(&k->d, 0, SIZE_MAX));
}

static void
take_few_octets(struct walk *k)
{
	struct bytes v = der_octets(&k->d, 1, 4);

	if (k->d.why == NULL && (v.len < 1 || v.len > 4))
		bug("a string over its limit");
	der_put_octets(&k->w, v);
}

static void
take_null(struct walk *k)
{
	der_null(&k->d);
	der_put_null(&k->w);
}

static void
take_oid(struct walk *k)
{
	struct bytes v = der_oid(&k->d), one = bytes_of("\x2a", 1);
	char text[DER_OID_TEXT];

	der_oid_text(text, v);
	if ((v.len == 0 && strcmp(text, "?") != 0) ||
	    memchr(text, 0, sizeof(text)) == NULL)
		bug("the text of an object identifier");
	der_oid_text(text, k->ops.in); /* of bytes that are none, too */
	if (bytes_eq(v, one))
		der_fault(&k->d, "found by the caller");
	der_put_oid(&k->w, v);
}

static void
take_utf8(struct walk *k)
{
	der_put(&k->w, DER_UTF8, der_utf8(&k->d, 200));
}

static void
take_ia5(struct walk *k)
{
	der_put(&k->w, DER_IA5, der_ia5(&k->d, 200));
}

static void
take_time(struct walk *k)
{
	int64_t t = der_time(&k->d);

	if (t < TIME_MIN || t > TIME_MAX)
		bug("a time out of range");
	der_put_time(&k->w, t);
}

static void
take_when(struct walk *k)
{
	int64_t t = der_when(&k->d);

	if (t < TIME_MIN || t > TIME_MAX)
		bug("a time out of range");
	der_put_when(&k->w, t);
}

static void
take_tagged(struct walk *k)
{
	der_put(&k->w, DER_CTX(0), der_tagged(&k->d, DER_CTX(0), 0, 1 << 16));
}

static void
take_raw(struct walk *k)
{
	uint8_t tag = der_more(&k->d) ? k->d.at[0] : 0;
	struct bytes v = der_raw(&k->d, tag);

	if (!bytes_eq(v, der_element(v)))
		bug("an element that is not whole");
	der_put_raw(&k->w, v);
}

static void
take_any(struct walk *k)
{
	uint8_t tag = der_more(&k->d) ? k->d.at[0] : 0;

	der_put(&k->w, tag, der_take(&k->d, tag));
}

static void
enter(struct walk *k, uint8_t tag, bool set)
{
	unsigned was = k->d.depth;

	if (set)
		der_open_set(&k->d, tag);
	else
		der_open(&k->d, tag);
	if (k->d.why != NULL)
		return;
	if (k->d.depth != was + 1 || k->d.depth > DER_DEPTH)
		bug("a depth out of range");
	k->set[k->d.depth] = set;
	der_put_open(&k->w, tag);
}

static void
open_sequence(struct walk *k)
{
	enter(k, DER_SEQUENCE, false);
}

static void
open_set(struct walk *k)
{
	enter(k, DER_SET, true);
}

static void
open_any(struct walk *k)
{
	enter(k, der_more(&k->d) ? k->d.at[0] : 0, false);
}

static void
open_any_set(struct walk *k)
{
	enter(k, der_more(&k->d) ? k->d.at[0] : 0, true);
}

static void
leave(struct walk *k)
{
	bool set = k->set[k->d.depth];

	if (k->d.depth == 0)
		return;
	der_close(&k->d);
	if (k->d.why != NULL)
		return;
	if (set)
		der_put_close_set(&k->w);
	else
		der_put_close(&k->w);
}

static void (*const ops[])(struct walk *k) = { take_bool, take_uint, take_byte,
	take_big, take_bits, take_octets, take_few_octets, take_null, take_oid,
	take_utf8, take_ia5, take_time, take_when, take_tagged, take_raw,
	take_any, open_sequence, open_set, open_any, open_any_set, leave };

static void
by_tag(struct walk *k)
{
	static void (*const by[256])(struct walk * k) = {
		[DER_BOOLEAN] = take_bool,
		[DER_INTEGER] = take_big,
		[DER_BITS] = take_bits,
		[DER_OCTETS] = take_octets,
		[DER_NULL] = take_null,
		[DER_OID] = take_oid,
		[DER_UTF8] = take_utf8,
		[DER_IA5] = take_ia5,
		[DER_UTCTIME] = take_when,
		[DER_TIME] = take_time,
		[DER_SEQUENCE] = open_sequence,
		[DER_SET] = open_set,
		[DER_CTX(0)] = take_tagged,
		[DER_CTXC(0)] = open_any,
	};
	uint8_t tag;

	if (!der_more(&k->d)) {
		leave(k);
		return;
	}
	tag = k->d.at[0];
	if (by[tag] != NULL)
		by[tag](k);
	else
		take_any(k);
}

/* Every reader after a fault. */
static void
nothing_is_left(struct der *d)
{
	const char *why = d->why;
	struct err e;

	if (der_more(d) || der_bool(d) || der_uint(d, UINT64_MAX) != 0 ||
	    der_big(d, SIZE_MAX).len != 0 || der_bits(d).len != 0 ||
	    der_octets(d, 0, SIZE_MAX).len != 0 || der_oid(d).len != 0 ||
	    der_utf8(d, SIZE_MAX).len != 0 || der_ia5(d, SIZE_MAX).len != 0 ||
	    der_time(d) != 0 || der_when(d) != 0 ||
	    der_take(d, DER_NULL).len != 0 || der_raw(d, DER_NULL).len != 0)
		bug("something is read after a fault");
	if (der_end(d, "input", &e) != RC_INVALID || d->why != why)
		bug("a fault is forgotten");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(bytes_of(data, size));
	struct walk k = { .ops = rd_init(rd_bytes(&r, rd_u8(&r))) };
	struct bytes in = rd_rest(&r);
	struct err e;

	k.d = der_init(in);
	while (k.d.why == NULL && (der_more(&k.d) || k.d.depth > 0)) {
		if (k.ops.in.len > 0)
			ops[rd_u8(&k.ops) % (sizeof(ops) / sizeof(ops[0]))](&k);
		else
			by_tag(&k);
	}
	if (k.d.why != NULL)
		nothing_is_left(&k.d);
	else if (der_end(&k.d, "input", &e) != RC_OK)
		bug("an end that is none");
	else if (!bytes_eq(buf_bytes(&k.w.out), in))
		bug("an input that is written otherwise than it was read");
	der_wr_free(&k.w);
	return 0;
}

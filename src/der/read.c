/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <string.h>

#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "der/der.h"

struct der
der_init(struct bytes in)
{
	struct der d = { .begin = in.p, .at = in.p };

	d.end[0] = in.p == NULL ? NULL : in.p + in.len;
	return d;
}

static size_t
left(const struct der *d)
{
	return d->at == NULL ? 0 : (size_t)(d->end[d->depth] - d->at);
}

void
der_fault(struct der *d, const char *why)
{
	if (d->why != NULL)
		return;
	d->why = why;
	d->why_at = d->at == NULL ? 0 : (size_t)(d->at - d->begin);
}

/* The header of the element at in.p: its tag, and where its contents lie.
 * Returns what is wrong with it, or NULL. */
static const char *
header(struct bytes in, uint8_t *tag, struct bytes *contents)
{
	size_t n, i, len = 0;

	if (in.len < 2)
		return "an element should start here, found the end";
	*tag = in.p[0];
	if ((*tag & 0x1f) == 0x1f)
		return "X.690 8.1.2.4: a tag number over 30";
	if (in.p[1] < 0x80) {
		n = 0;
		len = in.p[1];
	} else {
		n = in.p[1] & 0x7f;
		if (n == 0)
			return "X.690 10.1: an indefinite length";
		if (n > 4)
			return "a length of over 4 bytes";
		if (in.len < 2 + n)
			return "an element should start here, found the end";
		for (i = 0; i < n; i++)
			len = len << 8 | in.p[2 + i];
		if (len < 0x80 || len >> 8 * (n - 1) == 0)
			return "X.690 10.1: a length that is not minimal";
	}
	if (len > in.len - 2 - n)
		return "an element longer than what holds it";
	*contents = bytes_of(in.p + 2 + n, len);
	return NULL;
}

/* Step over the next element of this tag; its contents. */
static struct bytes
next(struct der *d, uint8_t want)
{
	struct bytes contents = { 0 };
	const char *why;
	uint8_t tag;

	if (d->why != NULL)
		return contents;
	why = header(bytes_of(d->at, left(d)), &tag, &contents);
	if (why == NULL && tag != want)
		why = "an element of another type than wanted";
	if (why != NULL) {
		der_fault(d, why);
		return (struct bytes){ 0 };
	}
	d->at = contents.p + contents.len;
	return contents;
}

void
der_open(struct der *d, uint8_t tag)
{
	struct bytes contents;

	if (d->depth == DER_DEPTH)
		der_fault(d, "elements nested too deep");
	contents = next(d, tag);
	if (d->why != NULL)
		return;
	d->depth++;
	d->at = contents.p;
	d->end[d->depth] = contents.p + contents.len;
}

void
der_close(struct der *d)
{
	if (d->why != NULL)
		return;
	if (left(d) != 0)
		der_fault(d, "an element that is not expected here");
	else
		d->depth--;
}

void
der_open_set(struct der *d, uint8_t tag)
{
	struct bytes rest, one, last = { 0 };

	der_open(d, tag);
	if (d->why != NULL)
		return;
	for (rest = bytes_of(d->at, left(d)); rest.len > 0; last = one) {
		one = der_element(rest);
		if (one.len == 0) {
			der_fault(d, "a set with a broken element");
			return;
		}
		if (bytes_cmp(last, one) > 0) {
			der_fault(d, "X.690 11.6: a set out of order");
			return;
		}
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
	}
}

bool
der_more(const struct der *d)
{
	return d->why == NULL && left(d) > 0;
}

bool
der_next_is(const struct der *d, uint8_t tag)
{
	return der_more(d) && d->at[0] == tag;
}

struct bytes
der_take(struct der *d, uint8_t tag)
{
	return next(d, tag);
}

struct bytes
der_raw(struct der *d, uint8_t tag)
{
	const uint8_t *start = d->at;

	(void)next(d, tag);
	if (d->why != NULL)
		return (struct bytes){ 0 };
	return bytes_of(start, (size_t)(d->at - start));
}

struct bytes
der_element(struct bytes in)
{
	struct bytes contents;
	uint8_t tag;

	if (header(in, &tag, &contents) != NULL)
		return (struct bytes){ 0 };
	return bytes_of(in.p, (size_t)(contents.p + contents.len - in.p));
}

struct bytes
der_big(struct der *d, size_t max)
{
	struct bytes v = next(d, DER_INTEGER);

	if (d->why != NULL)
		return v;
	if (v.len == 0)
		der_fault(d, "X.690 8.3.1: an empty integer");
	else if (v.p[0] & 0x80)
		der_fault(d, "a negative integer");
	else if (v.len > 1 && v.p[0] == 0 && !(v.p[1] & 0x80))
		der_fault(d, "X.690 8.3.2: an integer that is not minimal");
	if (d->why != NULL)
		return (struct bytes){ 0 };
	if (v.p[0] == 0)
		v = bytes_of(v.p + 1, v.len - 1);
	if (v.len > max) {
		der_fault(d, "an integer over its limit");
		return (struct bytes){ 0 };
	}
	return v;
}

uint64_t
der_uint(struct der *d, uint64_t max)
{
	struct bytes b = der_big(d, 8);
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < b.len; i++)
		v = v << 8 | b.p[i];
	if (v > max) {
		der_fault(d, "an integer over its limit");
		return 0;
	}
	return v;
}

bool
der_bool(struct der *d)
{
	struct bytes v = next(d, DER_BOOLEAN);

	if (d->why == NULL && (v.len != 1 || (v.p[0] != 0 && v.p[0] != 0xff)))
		der_fault(d, "X.690 11.1: a boolean that is not 00 or FF");
	return d->why == NULL && v.p[0] == 0xff;
}

void
der_null(struct der *d)
{
	if (next(d, DER_NULL).len != 0)
		der_fault(d, "X.690 8.8.2: a null with contents");
}

bool
der_oid_ok(struct bytes oid)
{
	bool first = true;
	size_t i;

	if (oid.len == 0 || oid.len > 64)
		return false;
	for (i = 0; i < oid.len; i++) {
		if (first && oid.p[i] == 0x80)
			return false;
		first = !(oid.p[i] & 0x80);
	}
	return first;
}

struct bytes
der_oid(struct der *d)
{
	struct bytes v = next(d, DER_OID);

	if (d->why == NULL && !der_oid_ok(v))
		der_fault(d, "X.690 8.19: a malformed object identifier");
	return d->why == NULL ? v : (struct bytes){ 0 };
}

void
der_oid_is(struct der *d, struct bytes oid)
{
	if (!bytes_eq(der_oid(d), oid))
		der_fault(d, "another object identifier than wanted");
}

struct bytes
der_algorithm(struct der *d, uint8_t tag)
{
	struct bytes alg;

	der_open(d, tag);
	alg = der_oid(d);
	der_close(d);
	return alg;
}

struct bytes
der_tagged(struct der *d, uint8_t tag, size_t min, size_t max)
{
	struct bytes v = next(d, tag);

	if (d->why == NULL && (v.len < min || v.len > max))
		der_fault(d, "a string of another length than wanted");
	return d->why == NULL ? v : (struct bytes){ 0 };
}

struct bytes
der_octets(struct der *d, size_t min, size_t max)
{
	return der_tagged(d, DER_OCTETS, min, max);
}

struct bytes
der_bits(struct der *d)
{
	struct bytes v = next(d, DER_BITS);

	if (d->why == NULL && (v.len == 0 || v.p[0] != 0))
		der_fault(d, "a bit string that is not whole bytes");
	if (d->why != NULL)
		return (struct bytes){ 0 };
	return bytes_of(v.p + 1, v.len - 1);
}

struct bytes
der_utf8(struct der *d, size_t max)
{
	struct bytes v = der_tagged(d, DER_UTF8, 0, max);

	if (d->why == NULL && !utf8_is_text(v))
		der_fault(d, "text that is not UTF-8 in its NFC form");
	return d->why == NULL ? v : (struct bytes){ 0 };
}

struct bytes
der_ia5(struct der *d, size_t max)
{
	struct bytes v = der_tagged(d, DER_IA5, 0, max);
	size_t i;

	for (i = 0; i < v.len; i++)
		if (v.p[i] < 0x20 || v.p[i] > 0x7e)
			der_fault(d, "text that is not printable ASCII");
	return d->why == NULL ? v : (struct bytes){ 0 };
}

/* "MMDDHHMMSSZ" after a year that was read already. */
static int64_t
month_to_second(struct der *d, struct bytes v, int year)
{
	struct civil c = { .year = year };
	int *const to[] = { &c.month, &c.day, &c.hour, &c.minute, &c.second };
	int64_t t = 0;
	size_t i;

	for (i = 0; i < 10; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			der_fault(d, "X.690 11.7: a time with a wrong digit");
		*to[i / 2] = *to[i / 2] * 10 + (v.p[i] - '0');
	}
	if (v.p[10] != 'Z' || !time_of_civil(&t, &c))
		der_fault(d, "X.690 11.7: not a time in UTC");
	return d->why == NULL ? t : 0;
}

static int
year_of(struct der *d, struct bytes v, size_t n)
{
	int year = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			der_fault(d, "X.690 11.7: a time with a wrong digit");
		year = year * 10 + (v.p[i] - '0');
	}
	return year;
}

int64_t
der_time(struct der *d)
{
	struct bytes v = der_tagged(d, DER_TIME, 15, 15);
	int year;

	if (d->why != NULL)
		return 0;
	year = year_of(d, v, 4);
	return month_to_second(d, bytes_of(v.p + 4, v.len - 4), year);
}

int64_t
der_when(struct der *d)
{
	struct bytes v;
	int64_t t;
	int year;

	if (!der_next_is(d, DER_UTCTIME)) {
		t = der_time(d);
		if (d->why == NULL && time_civil(t).year < 2050)
			der_fault(d, "RFC 5280 4.1.2.5: GeneralizedTime "
				     "before 2050");
		return d->why == NULL ? t : 0;
	}
	v = der_tagged(d, DER_UTCTIME, 13, 13);
	if (d->why != NULL)
		return 0;
	year = year_of(d, v, 2);
	year += year < 50 ? 2000 : 1900;
	return month_to_second(d, bytes_of(v.p + 2, v.len - 2), year);
}

enum rc
der_end(const struct der *d, const char *what, struct err *e)
{
	if (d->why != NULL)
		return fail(e, RC_INVALID, "%s: byte %zu: %s", tr(what),
		    d->why_at, tr(d->why));
	if (d->depth != 0 || left(d) != 0)
		return fail(e, RC_INVALID, "%s: byte %zu: %s", tr(what),
		    (size_t)(d->at - d->begin), tr("more bytes than wanted"));
	return RC_OK;
}

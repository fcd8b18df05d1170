/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and writing messages, by the tables of msg_table.c. */
#include "daemon/msg.h"

#include <string.h>

#include "daemon/msg_table.h"

#define FLAG_FD 1u
#define LENGTH 4u /* bytes of what says how long a message is */
#define PREFIX 4u /* the same of a field of bytes */

static void
put_be(uint8_t *to, uint64_t v, size_t size)
{
	while (size-- > 0) {
		to[size] = (uint8_t)v;
		v >>= 8;
	}
}

static uint64_t
get_be(const uint8_t *from, size_t size)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < size; i++)
		v = v << 8 | from[i];
	return v;
}

/* ---- one field --------------------------------------------------------------
 */

/* The number, bytes or place that a struct has in this field. */
static uint64_t
number_in(const struct field *f, const uint8_t *body)
{
	uint64_t v;

	memcpy(&v, body + f->at, sizeof(v));
	return v;
}

static struct bytes
bytes_in(const struct field *f, const uint8_t *body)
{
	struct bytes b;

	memcpy(&b, body + f->at, sizeof(b));
	return b;
}

static bool
number_ok(const struct field *f, uint64_t v)
{
	if (f->kind == FIELD_I64)
		return (int64_t)v >= (int64_t)f->min &&
		       (int64_t)v <= (int64_t)f->max;
	return v >= f->min && v <= f->max;
}

static bool fields_read(const struct field *f, struct rd *r, uint8_t *body);

/* Rows, one after another, to the end. */
static bool
rows_ok(const struct field *f, struct bytes in)
{
	union any_row row;
	struct rd r = rd_init(in);
	uint64_t count = 0;

	while (r.in.len > 0 && !r.bad)
		if (++count > f->rows ||
		    !fields_read(row_fields[f->list], &r, (uint8_t *)&row))
			return false;
	return !r.bad;
}

static bool
bytes_ok(const struct field *f, struct bytes b)
{
	if (b.len < f->min || b.len > f->max)
		return false;
	if (f->kind == FIELD_IDS)
		return b.len % ID_SIZE == 0;
	return f->kind != FIELD_LIST || rows_ok(f, b);
}

/* ---- the fields of a struct -------------------------------------------------
 */

/* Bytes they take; false where one is out of its bounds: then it is *wrong.
 * Rows were held to theirs by list_add(); of what is written they are looked
 * at no more. */
static bool
fields_size(
    const struct field *f, const uint8_t *body, size_t *size, unsigned *wrong)
{
	struct bytes b;

	for (*wrong = 0; f->kind != FIELD_END; f++, ++*wrong) {
		if (f->kind == FIELD_FIXED) {
			*size += f->size;
			continue;
		}
		if (f->kind == FIELD_U64 || f->kind == FIELD_I64) {
			if (!number_ok(f, number_in(f, body)))
				return false;
			*size += 8;
			continue;
		}
		b = bytes_in(f, body);
		if (b.len < f->min || b.len > f->max)
			return false;
		*size += PREFIX + b.len;
	}
	return true;
}

/* As many bytes as fields_size() has told. */
static void
fields_write(const struct field *f, const uint8_t *body, uint8_t *to)
{
	struct bytes b;

	for (; f->kind != FIELD_END; f++) {
		if (f->kind == FIELD_FIXED) {
			memcpy(to, body + f->at, f->size);
			to += f->size;
		} else if (f->kind == FIELD_U64 || f->kind == FIELD_I64) {
			put_be(to, number_in(f, body), 8);
			to += 8;
		} else {
			b = bytes_in(f, body);
			put_be(to, b.len, PREFIX);
			if (b.len > 0)
				memcpy(to + PREFIX, b.p, b.len);
			to += PREFIX + b.len;
		}
	}
}

static bool
fields_read(const struct field *f, struct rd *r, uint8_t *body)
{
	struct bytes b;
	uint64_t v;

	for (; f->kind != FIELD_END; f++) {
		if (f->kind == FIELD_FIXED) {
			b = rd_bytes(r, f->size);
			if (b.len == f->size)
				memcpy(body + f->at, b.p, b.len);
		} else if (f->kind == FIELD_U64 || f->kind == FIELD_I64) {
			v = rd_u64(r);
			if (!number_ok(f, v))
				r->bad = true;
			memcpy(body + f->at, &v, sizeof(v));
		} else {
			b = rd_bytes(r, PREFIX);
			b = rd_bytes(
			    r, b.len < PREFIX ? 0 : get_be(b.p, PREFIX));
			if (r->bad || !bytes_ok(f, b))
				r->bad = true;
			memcpy(body + f->at, &b, sizeof(b));
		}
		if (r->bad)
			return false;
	}
	return true;
}

/* ---- messages ---------------------------------------------------------------
 */

enum rc
msg_check(enum msg m, const void *body, struct err *e)
{
	size_t size = MSG_HEAD;
	unsigned wrong;

	if (!fields_size(msg_kind(m)->fields, body, &size, &wrong))
		return fail(e, RC_INVALID,
		    "message %s: field %u is out of its bounds", msg_name(m),
		    wrong + 1);
	if (size > MSG_MAX)
		return fail(e, RC_LIMIT, "message %s: %zu bytes, at most %u",
		    msg_name(m), size, MSG_MAX);
	return RC_OK;
}

void
msg_write(
    struct buf *out, enum msg m, uint64_t job, bool has_fd, const void *body)
{
	const struct msg_kind *kind = msg_kind(m);
	size_t size = MSG_HEAD;
	unsigned wrong;
	uint8_t *to;

	if (!fields_size(kind->fields, body, &size, &wrong) || size > MSG_MAX)
		bug(kind->name);
	if (has_fd && !kind->fd)
		bug("a descriptor beside a message that has none");
	to = buf_grow(out, size);
	put_be(to, size - LENGTH, LENGTH);
	put_be(to + 4, (uint64_t)m, 2);
	put_be(to + 6, has_fd ? FLAG_FD : 0, 2);
	put_be(to + 8, job, 8);
	fields_write(kind->fields, body, to + MSG_HEAD);
}

enum rc
msg_length(size_t *out, struct bytes in, struct err *e)
{
	uint64_t length, kind, most = MSG_MAX;

	*out = 0;
	if (in.len < LENGTH)
		return RC_OK;
	length = get_be(in.p, LENGTH) + LENGTH;
	if (length < MSG_HEAD)
		return fail(e, RC_INVALID,
		    "a message of %zu bytes, at least %u", (size_t)length,
		    MSG_HEAD);
	if (in.len >= 6) {
		kind = get_be(in.p + 4, 2);
		most = msg_is_kind(kind) ? msg_most((enum msg)kind) : MSG_HEAD;
	}
	if (length > most)
		return fail(e, RC_LIMIT, "a message of %zu bytes, at most %zu",
		    (size_t)length, (size_t)most);
	*out = (size_t)length;
	return RC_OK;
}

enum rc
msg_read(struct message *out, struct bytes in, enum proc from, enum proc to,
    struct err *e)
{
	uint64_t kind, flags;
	size_t length;
	struct rd r;
	enum rc rc;

	*out = (struct message){ 0 };
	if ((rc = msg_length(&length, in, e)) != RC_OK)
		return rc;
	if (length == 0 || length != in.len)
		return fail(e, RC_INVALID,
		    "a message of %zu bytes that says %zu", in.len, length);
	kind = get_be(in.p + 4, 2);
	flags = get_be(in.p + 6, 2);
	if (!msg_is_kind(kind))
		return fail(
		    e, RC_INVALID, "a message of no kind: %u", (unsigned)kind);
	out->kind = (enum msg)kind;
	out->job = get_be(in.p + 8, 8);
	out->has_fd = flags == FLAG_FD;
	if (!msg_may(out->kind, from, to))
		return fail(e, RC_DENIED, "%s may not say %s to %s",
		    proc_name(from), msg_name(out->kind), proc_name(to));
	if (flags > FLAG_FD || (out->has_fd && !msg_carries_fd(out->kind)))
		return fail(e, RC_INVALID, "message %s: flags %u",
		    msg_name(out->kind), (unsigned)flags);
	r = rd_init(bytes_of(in.p + MSG_HEAD, in.len - MSG_HEAD));
	if (!fields_read(
		msg_kind(out->kind)->fields, &r, (uint8_t *)&out->body) ||
	    !rd_end(&r))
		return fail(e, RC_INVALID,
		    "message %s: %zu bytes are not its fields",
		    msg_name(out->kind), in.len);
	return RC_OK;
}

/* ---- rows -------------------------------------------------------------------
 */

void
list_add(struct buf *rows, enum row_kind kind, const void *row)
{
	const struct field *f = row_fields[kind];
	size_t size = 0;
	unsigned wrong;

	if (!fields_size(f, row, &size, &wrong))
		bug("a row that is out of its bounds");
	fields_write(f, row, buf_grow(rows, size));
}

bool
list_next(struct bytes *rows, enum row_kind kind, void *row)
{
	struct rd r = rd_init(*rows);

	if (rows->len == 0)
		return false;
	if (!fields_read(row_fields[kind], &r, row))
		bug("rows that are not of their form");
	*rows = r.in;
	return true;
}

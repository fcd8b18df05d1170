/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "core/utf8.h"
#include "envelope/address.h"

#define VERSION 1
#define NUMBER_MAX (UINT64_MAX >> 1) /* serials, incarnations, sizes */

void
dispatch_free(struct dispatch *d)
{
	free(d->to);
	free(d->references);
	free(d->parts);
	*d = (struct dispatch){ 0 };
}

/* ---- the header: docs/envelope.md 5.2 ----------------------------------- */

void
header_write(struct der_wr *w, const struct header *h)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, VERSION);
	der_put_octets(w, id_bytes(&h->id));
	der_put(w, DER_IA5, h->origin);
	der_put_uint(w, h->incarnation);
	der_put_uint(w, h->serial);
	der_put_uint(w, h->precedence);
	if (h->expires != TIME_NEVER)
		der_put_time(w, h->expires);
	der_put_close(w);
}

static void
read_id(struct der *d, struct id *out)
{
	struct bytes b = der_octets(d, ID_SIZE, ID_SIZE);

	if (b.len == ID_SIZE)
		memcpy(out->b, b.p, ID_SIZE);
}

static void
read_version(struct der *d)
{
	if (der_uint(d, NUMBER_MAX) != VERSION)
		der_fault(d, "a version that this program does not know");
}

void
header_read(struct der *d, struct header *out)
{
	*out = (struct header){ .expires = TIME_NEVER };
	der_open(d, DER_SEQUENCE);
	read_version(d);
	read_id(d, &out->id);
	out->origin = der_ia5(d, LIMIT_ADDRESS);
	out->incarnation = der_uint(d, NUMBER_MAX);
	out->serial = der_uint(d, NUMBER_MAX);
	out->precedence = (enum precedence)der_uint(d, PRECEDENCES - 1);
	if (der_more(d))
		out->expires = der_time(d);
	der_close(d);
	if (!address_is_station(out->origin))
		der_fault(d, "an origin that is no station's address");
}

/* ---- the statement: docs/envelope.md 8.2 -------------------------------- */

static void
write_addressees(struct der_wr *w, const struct dispatch *d)
{
	size_t i;

	der_put_open(w, DER_SEQUENCE);
	for (i = 0; i < d->to_count; i++) {
		der_put_open(w, DER_SEQUENCE);
		der_put_uint(w, d->to[i].purpose);
		der_put(w, DER_IA5, d->to[i].address);
		der_put_close(w);
	}
	der_put_close(w);
}

static void
write_part(struct der_wr *w, const struct part *p)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, p->kind);
	der_put(w, DER_UTF8, p->name);
	der_put(w, DER_IA5, p->type);
	der_put_uint(w, p->size);
	if (p->kind == PART_SIGNATURE) {
		der_put_open(w, DER_CTXC(0));
		der_put_uint(w, p->of);
		der_put_close(w);
	}
	if (p->attached) {
		der_put_open(w, DER_CTXC(1));
		der_put_uint(w, p->coding);
		der_put_uint(w, p->coded);
		der_put_uint(w, p->stored);
		der_put_octets(w, bytes_of(p->root.b, sizeof(p->root.b)));
		der_put_close(w);
	}
	der_put_close(w);
}

static void
write_options(struct der_wr *w, const struct dispatch *d)
{
	size_t i;

	if (d->due != TIME_NEVER) {
		der_put_open(w, DER_CTXC(0));
		der_put_time(w, d->due);
		der_put_close(w);
	}
	if (d->list.set) {
		der_put_open(w, DER_CTXC(1));
		der_put_octets(w, id_bytes(&d->list.id));
		der_put_uint(w, d->list.version);
		der_put_octets(
		    w, bytes_of(d->list.hash.b, sizeof(d->list.hash.b)));
		der_put_close(w);
	}
	if (d->subject.len > 0) {
		der_put_open(w, DER_CTXC(2));
		der_put(w, DER_UTF8, d->subject);
		der_put_close(w);
	}
	if (d->reference_count > 0) {
		der_put_open(w, DER_CTXC(3));
		for (i = 0; i < d->reference_count; i++)
			der_put_octets(w, id_bytes(&d->references[i]));
		der_put_close(w);
	}
	if (d->supersedes_set) {
		der_put_open(w, DER_CTXC(4));
		der_put_octets(w, id_bytes(&d->supersedes));
		der_put_close(w);
	}
}

void
dispatch_write(struct der_wr *w, const struct dispatch *d)
{
	size_t i;

	der_put_open(w, DER_SEQUENCE);
	header_write(w, &d->header);
	der_put(w, DER_IA5, d->originator);
	der_put_uint(w, d->info);
	write_addressees(w, d);
	write_options(w, d);
	der_put_uint(w, d->coding);
	der_put_uint(w, d->size);
	der_put_open(w, DER_SEQUENCE);
	for (i = 0; i < d->part_count; i++)
		write_part(w, &d->parts[i]);
	der_put_close(w);
	der_put_close(w);
}

/* Elements left in the one that is open, up to "max" and one more. */
static size_t
count(const struct der *d, size_t max)
{
	struct der copy = *d;
	size_t n = 0;

	while (der_more(&copy) && n <= max) {
		(void)der_raw(&copy, copy.at[0]);
		n++;
	}
	return n;
}

static void
read_addressees(struct der *d, struct dispatch *out)
{
	size_t i;

	der_open(d, DER_SEQUENCE);
	out->to_count = count(d, LIMIT_SLIPS);
	if (out->to_count > LIMIT_SLIPS) {
		der_fault(d, "too many addressees");
		out->to_count = 0;
	}
	out->to = alloc(out->to_count, sizeof(*out->to));
	for (i = 0; i < out->to_count; i++) {
		der_open(d, DER_SEQUENCE);
		out->to[i].purpose = (enum purpose)der_uint(d, PURPOSES - 1);
		out->to[i].address = der_ia5(d, LIMIT_ADDRESS);
		der_close(d);
	}
	der_close(d);
}

static void
read_node(struct der *d, struct node *out)
{
	struct bytes b = der_octets(d, SHA256_SIZE, SHA256_SIZE);

	if (b.len == SHA256_SIZE)
		memcpy(out->b, b.p, SHA256_SIZE);
}

static void
read_references(struct der *d, struct dispatch *out)
{
	size_t i;

	der_open(d, DER_CTXC(3));
	out->reference_count = count(d, DISPATCH_REFERENCES);
	if (out->reference_count == 0 ||
	    out->reference_count > DISPATCH_REFERENCES) {
		der_fault(d, "no references, or too many");
		out->reference_count = 0;
	}
	out->references = alloc(out->reference_count, sizeof(*out->references));
	for (i = 0; i < out->reference_count; i++)
		read_id(d, &out->references[i]);
	der_close(d);
}

static void
read_options(struct der *d, struct dispatch *out)
{
	if (der_next_is(d, DER_CTXC(0))) {
		der_open(d, DER_CTXC(0));
		out->due = der_time(d);
		der_close(d);
	}
	if (der_next_is(d, DER_CTXC(1))) {
		der_open(d, DER_CTXC(1));
		out->list.set = true;
		read_id(d, &out->list.id);
		out->list.version = der_uint(d, NUMBER_MAX);
		read_node(d, &out->list.hash);
		der_close(d);
	}
	if (der_next_is(d, DER_CTXC(2))) {
		der_open(d, DER_CTXC(2));
		out->subject = der_utf8(d, LIMIT_SUBJECT);
		if (out->subject.len == 0)
			der_fault(d, "an empty subject");
		der_close(d);
	}
	if (der_next_is(d, DER_CTXC(3)))
		read_references(d, out);
	if (der_next_is(d, DER_CTXC(4))) {
		der_open(d, DER_CTXC(4));
		out->supersedes_set = true;
		read_id(d, &out->supersedes);
		der_close(d);
	}
}

static void
read_part(struct der *d, struct part *p)
{
	der_open(d, DER_SEQUENCE);
	p->kind = (enum part_kind)der_uint(d, PART_KINDS - 1);
	p->name = der_utf8(d, LIMIT_NAME);
	p->type = der_ia5(d, DISPATCH_TYPE);
	p->size = der_uint(d, NUMBER_MAX);
	if (p->kind == PART_SIGNATURE) {
		der_open(d, DER_CTXC(0));
		p->of = der_uint(d, DISPATCH_PARTS - 1);
		der_close(d);
	}
	if (der_next_is(d, DER_CTXC(1))) {
		p->attached = true;
		der_open(d, DER_CTXC(1));
		p->coding = (enum coding)der_uint(d, CODINGS - 1);
		p->coded = der_uint(d, NUMBER_MAX / 2);
		p->stored = der_uint(d, NUMBER_MAX);
		read_node(d, &p->root);
		der_close(d);
	}
	der_close(d);
}

static void
read_parts(struct der *d, struct dispatch *out)
{
	size_t i;

	der_open(d, DER_SEQUENCE);
	out->part_count = count(d, DISPATCH_PARTS);
	if (out->part_count > DISPATCH_PARTS) {
		der_fault(d, "too many parts");
		out->part_count = 0;
	}
	out->parts = alloc(out->part_count, sizeof(*out->parts));
	for (i = 0; i < out->part_count; i++)
		read_part(d, &out->parts[i]);
	der_close(d);
}

enum rc
dispatch_read(struct dispatch *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	enum rc rc;

	*out = (struct dispatch){ .due = TIME_NEVER };
	der_open(&d, DER_SEQUENCE);
	header_read(&d, &out->header);
	out->originator = der_ia5(&d, LIMIT_ADDRESS);
	out->info = (enum precedence)der_uint(&d, PRECEDENCES - 1);
	read_addressees(&d, out);
	read_options(&d, out);
	out->coding = (enum coding)der_uint(&d, CODINGS - 1);
	out->size = der_uint(&d, LIMIT_CONTENT);
	read_parts(&d, out);
	der_close(&d);
	rc = der_end(&d, "docs/envelope.md 8.2: a dispatch's statement", e);
	if (rc == RC_OK)
		rc = dispatch_check(out, e);
	if (rc != RC_OK)
		dispatch_free(out);
	return rc;
}

/* ---- the rules ---------------------------------------------------------- */

static int
by_address(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

/* 8.3: desks only, each once; a list or addressees, one of the two. */
static enum rc
check_addressees(const struct dispatch *d, struct err *e)
{
	struct bytes *sorted;
	struct bytes twice = { 0 };
	size_t i;

	if ((d->to_count == 0) != d->list.set)
		return fail(e, RC_INVALID,
		    "docs/envelope.md 8.3: either addressees or a list");
	for (i = 0; i < d->to_count; i++)
		if (!address_is_desk(d->to[i].address))
			return fail(e, RC_INVALID,
			    "docs/envelope.md 8.3: addressee %zu is no "
			    "desk's address",
			    i + 1);
	sorted = alloc(d->to_count, sizeof(*sorted));
	for (i = 0; i < d->to_count; i++)
		sorted[i] = d->to[i].address;
	qsort(sorted, d->to_count, sizeof(*sorted), by_address);
	for (i = 1; i < d->to_count; i++)
		if (bytes_eq(sorted[i - 1], sorted[i]))
			twice = sorted[i];
	free(sorted);
	if (twice.len > 0)
		return fail(e, RC_INVALID,
		    "docs/envelope.md 8.3: the addressee \"%.*s\" stands "
		    "twice",
		    (int)twice.len, (const char *)twice.p);
	return RC_OK;
}

static bool
is_ascii(struct bytes in, size_t max)
{
	size_t i;

	for (i = 0; i < in.len; i++)
		if (in.p[i] < 0x20 || in.p[i] > 0x7e)
			return false;
	return in.len <= max;
}

static bool
is_time(int64_t t)
{
	return t == TIME_NEVER || (t >= TIME_MIN && t <= TIME_MAX);
}

/* 5.2 and 8.2: numbers and times that can be written. */
static enum rc
check_numbers(const struct dispatch *d, struct err *e)
{
	const struct header *h = &d->header;

	if (h->incarnation > NUMBER_MAX || h->serial > NUMBER_MAX ||
	    d->list.version > NUMBER_MAX || h->precedence >= PRECEDENCES ||
	    d->info >= PRECEDENCES)
		return fail(e, RC_INVALID,
		    "docs/envelope.md 5.2: a number over its limit");
	if (!is_time(h->expires) || !is_time(d->due))
		return fail(e, RC_INVALID,
		    "docs/envelope.md 5.2: a time before 1970 or after 9999");
	return RC_OK;
}

/* 8.5 to 8.7 */
static enum rc
check_part(const struct dispatch *d, size_t i, struct err *e)
{
	const struct part *p = &d->parts[i];

	if (p->name.len == 0 || p->name.len > LIMIT_NAME ||
	    !utf8_is_text(p->name) || !is_ascii(p->type, DISPATCH_TYPE) ||
	    p->size > NUMBER_MAX)
		return fail(e, RC_INVALID,
		    "docs/envelope.md 8.5: part %zu has no proper name, type "
		    "or size",
		    i + 1);
	if (p->kind == PART_SIGNATURE &&
	    (p->of >= d->part_count || d->parts[p->of].kind == PART_SIGNATURE ||
		p->attached))
		return fail(e, RC_INVALID,
		    "docs/envelope.md 8.6: part %zu signs no document here",
		    i + 1);
	if (p->attached &&
	    (p->stored != pad_size(p->coded) ||
		(p->coding == CODING_PLAIN && p->coded != p->size)))
		return fail(e, RC_INVALID,
		    "docs/envelope.md 8.7: part %zu has sizes that do not "
		    "agree",
		    i + 1);
	return RC_OK;
}

static enum rc
check_parts(const struct dispatch *d, struct err *e)
{
	uint64_t inside = 0;
	size_t i;
	enum rc rc;

	if (d->part_count > DISPATCH_PARTS)
		return fail(e, RC_LIMIT,
		    "docs/envelope.md 8.5: %zu parts, at most %d",
		    d->part_count, DISPATCH_PARTS);
	for (i = 0; i < d->part_count; i++) {
		rc = check_part(d, i, e);
		if (rc != RC_OK)
			return rc;
		if (d->parts[i].attached)
			continue;
		if (d->parts[i].size > LIMIT_CONTENT - inside)
			return fail(e, RC_LIMIT,
			    "docs/envelope.md 8.5: over %u bytes inside",
			    LIMIT_CONTENT);
		inside += d->parts[i].size;
	}
	if (inside != d->size)
		return fail(e, RC_INVALID,
		    "docs/envelope.md 8.5: the parts are not the content");
	return RC_OK;
}

enum rc
dispatch_check_head(const struct dispatch *d, struct err *e)
{
	struct address from;
	enum rc rc;

	if (!address_parse(&from, d->originator) || from.desk.len == 0 ||
	    !bytes_eq(from.station, d->header.origin))
		return fail(e, RC_INVALID,
		    "docs/envelope.md 8.4: the originator is no desk of the "
		    "origin");
	/* 8.8: a set time belongs to Hỏa tốc hẹn giờ and to nothing else */
	if ((d->header.precedence == PRECEDENCE_HOA_TOC_HEN_GIO) !=
	    (d->due != TIME_NEVER))
		return fail(e, RC_INVALID,
		    "docs/envelope.md 8.8: a set time goes with \"hỏa tốc "
		    "hẹn giờ\" and with nothing else");
	if (d->subject.len > LIMIT_SUBJECT)
		return fail(e, RC_LIMIT,
		    "docs/envelope.md 8.9: a subject of %zu bytes, at most "
		    "%u",
		    d->subject.len, LIMIT_SUBJECT);
	if (!utf8_is_text(d->subject))
		return fail(e, RC_INVALID,
		    "docs/envelope.md 8.10: a subject that is not one line "
		    "of text in NFC");
	if (d->reference_count > DISPATCH_REFERENCES)
		return fail(e, RC_LIMIT,
		    "docs/envelope.md 8.9: %zu references, at most %d",
		    d->reference_count, DISPATCH_REFERENCES);
	rc = check_numbers(d, e);
	return rc == RC_OK ? check_addressees(d, e) : rc;
}

enum rc
dispatch_check(const struct dispatch *d, struct err *e)
{
	enum rc rc = dispatch_check_head(d, e);

	return rc == RC_OK ? check_parts(d, e) : rc;
}

const struct addressee *
dispatch_addressee(const struct dispatch *d, struct bytes address)
{
	size_t i;

	for (i = 0; i < d->to_count; i++)
		if (bytes_eq(d->to[i].address, address))
			return &d->to[i];
	return NULL;
}

struct bytes
dispatch_part(const struct dispatch *d, size_t part, struct bytes content)
{
	struct rd r = rd_init(content);
	struct bytes at = { 0 };
	size_t i;

	for (i = 0; i <= part; i++)
		if (!d->parts[i].attached)
			at = rd_bytes(&r, d->parts[i].size);
	return d->parts[part].attached ? (struct bytes){ 0 } : at;
}

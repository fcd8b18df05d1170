/* SPDX-License-Identifier: EUPL-1.2 */
/* Entries of a journal: one spelling, and commitments that tell nothing
 * (docs/journal.md 2, 3). */
#include <string.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "journal/entry.h"

static const uint8_t salt[ENTRY_SALT] = "sixteen octets!";

static struct entry_data
data_made(void)
{
	struct entry_data d = { .origin = bytes_str("antin://dien-bien.vn"),
		.incarnation = 3,
		.serial = UINT64_MAX,
		.desk = bytes_str("antin://dien-bien.vn/van-thu"),
		.station = bytes_str("antin://vn"),
		.code = 7,
		.number = 1u << 20,
		.text = bytes_str("0.5") };

	memset(d.id.b, 1, ID_SIZE);
	memset(d.digest, 2, SHA256_SIZE);
	memset(d.hash, 3, SHA256_SIZE);
	return d;
}

static void
an_entry_is_its_bytes(void)
{
	static const uint8_t want[11] = { 1, ENTRY_ACCEPTED, 1, 0, 0, 0, 0,
		0x6a, 0x01, 0x02, 0x03 };
	struct entry x = { .kind = ENTRY_ACCEPTED,
		.own_clock = true,
		.at = 0x6a010203 },
		     got;
	uint8_t out[ENTRY_SIZE];
	struct err e;

	memset(x.commitment, 9, SHA256_SIZE);
	entry_write(out, &x);
	same(bytes_of(out, 11), bytes_of(want, 11),
	    "it is written as 2.1 has "
	    "it");
	ok(entry_read(&got, bytes_of(out, ENTRY_SIZE), &e) == RC_OK &&
		got.kind == x.kind && got.own_clock && got.at == x.at &&
		memcmp(got.commitment, x.commitment, SHA256_SIZE) == 0,
	    "and read as it was written");
	out[1] = 200;
	ok(entry_read(&got, bytes_of(out, ENTRY_SIZE), &e) == RC_OK &&
		entry_word(got.kind) == NULL && entry_says(got.kind) != NULL,
	    "a kind that is not known is no fault (3.2)");
}

static void
what_is_none_is_refused(void)
{
	static const struct {
		size_t at;
		uint8_t v;
		const char *name;
	} rows[] = {
		{ 0, 0, "version 0" },
		{ 0, 2, "another version" },
		{ 1, 0, "no kind" },
		{ 2, 2, "an unknown flag" },
		{ 2, 3, "an unknown flag beside the known one" },
		{ 3, 0x80, "a time before 1970" },
		{ 3, 1, "a time beyond all" },
	};
	struct entry x = { .kind = ENTRY_STOPPED, .at = 5 }, got;
	uint8_t out[ENTRY_SIZE + 1] = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		entry_write(out, &x);
		out[rows[i].at] = rows[i].v;
		is(entry_read(&got, bytes_of(out, ENTRY_SIZE), &e), RC_INVALID,
		    "%s is refused", rows[i].name);
	}
	entry_write(out, &x);
	for (i = 0; i < ENTRY_SIZE; i++)
		if (entry_read(&got, bytes_of(out, i), &e) != RC_INVALID)
			break;
	is(i, ENTRY_SIZE, "no beginning of one is one");
	is(entry_read(&got, bytes_of(out, ENTRY_SIZE + 1), &e), RC_INVALID,
	    "nor one with a byte more");
}

static bool
same_field(
    enum entry_field f, const struct entry_data *a, const struct entry_data *b)
{
	switch (f) {
	case FIELD_ID:
		return id_eq(&a->id, &b->id);
	case FIELD_DIGEST:
		return memcmp(a->digest, b->digest, SHA256_SIZE) == 0;
	case FIELD_ORIGIN:
		return bytes_eq(a->origin, b->origin);
	case FIELD_INCARNATION:
		return a->incarnation == b->incarnation;
	case FIELD_SERIAL:
		return a->serial == b->serial;
	case FIELD_DESK:
		return bytes_eq(a->desk, b->desk);
	case FIELD_STATION:
		return bytes_eq(a->station, b->station);
	case FIELD_CODE:
		return a->code == b->code;
	case FIELD_NUMBER:
		return a->number == b->number;
	case FIELD_HASH:
		return memcmp(a->hash, b->hash, SHA256_SIZE) == 0;
	case FIELD_TEXT:
		return bytes_eq(a->text, b->text);
	case FIELD_NONE:
		break;
	}
	return false;
}

static void
every_kind_says_what_it_was_told(void)
{
	const struct entry_data d = data_made();
	struct entry_data got;
	const enum entry_field *f;
	struct entry x = { 0 };
	struct buf opening = { 0 }, longer = { 0 };
	size_t good = 0, known = 0, flips = 0, i, cut = 0, cuts = 0;
	struct err e;
	bool fits;

	for (x.kind = 1; x.kind < ENTRY_KINDS; x.kind++) {
		if (entry_word(x.kind) == NULL)
			continue;
		known++;
		entry_open(&opening, x.kind, &d, salt);
		entry_commit(&x, buf_bytes(&opening));
		fits = entry_holds(&x, buf_bytes(&opening)) &&
		       entry_data_read(&got, x.kind, buf_bytes(&opening), &e) ==
			   RC_OK;
		for (f = entry_fields(x.kind); *f != FIELD_NONE; f++)
			fits = fits && same_field(*f, &got, &d);
		good += fits;
		for (i = 0; i < opening.len; i++) {
			opening.p[i] ^= 1;
			flips += entry_holds(&x, buf_bytes(&opening));
			opening.p[i] ^= 1;
			cut += entry_data_read(&got, x.kind,
				   bytes_of(opening.p, i), &e) == RC_OK;
			cuts += entry_holds(&x, bytes_of(opening.p, i));
		}
		buf_add(&longer, buf_bytes(&opening));
		buf_u8(&longer, 0);
		cut += entry_data_read(&got, x.kind, buf_bytes(&longer), &e) ==
		       RC_OK;
		cuts += entry_holds(&x, buf_bytes(&longer));
		buf_free(&opening);
		buf_free(&longer);
	}
	is(known, ENTRY_KINDS - 1, "the table has no hole");
	is(good, known, "each kind is read as it was written");
	is(flips, 0, "no opening with another byte is the entry's");
	is(cut, 0, "what is cut short, or has a byte more, is not read");
	is(cuts, 0, "and is not the entry's");
	is(entry_data_read(&got, 0, bytes_of(salt, ENTRY_SALT), &e), RC_INVALID,
	    "kind 0 says nothing");
	is(entry_data_read(&got, 255, bytes_of(salt, ENTRY_SALT), &e),
	    RC_INVALID, "nor does one that is not known");
}

/* The same thing twice, and things of one length, cannot be told apart. */
static void
a_commitment_tells_nothing(void)
{
	const struct entry_data d = data_made();
	struct entry a = { .kind = ENTRY_ADMITTED }, b = a;
	struct buf one = { 0 }, two = { 0 };
	uint8_t other[ENTRY_SALT] = "another salt 16";

	entry_open(&one, a.kind, &d, salt);
	entry_open(&two, b.kind, &d, other);
	entry_commit(&a, buf_bytes(&one));
	entry_commit(&b, buf_bytes(&two));
	ok(memcmp(a.commitment, b.commitment, SHA256_SIZE) != 0,
	    "under another salt the same has another commitment");
	ok(!entry_holds(&a, buf_bytes(&two)), "which is not the first one's");
	memset(two.p, 0, two.len);
	ok(!entry_holds(&b, buf_bytes(&two)), "zeros open nothing");
	buf_free(&one);
	buf_free(&two);
}

int
main(void)
{
	an_entry_is_its_bytes();
	what_is_none_is_refused();
	every_kind_says_what_it_was_told();
	a_commitment_tells_nothing();
	return done();
}

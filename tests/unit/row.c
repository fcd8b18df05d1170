/* SPDX-License-Identifier: EUPL-1.2 */
/* Sealed rows (docs/registry.md 5.3): only their own key opens them, only in
 * their own place, and only as they were written. */
#include "crypto/row.h"

#include "../tap.h"

static const uint8_t key[ROW_KEY_SIZE] = { 1, 2, 3 },
		     other[ROW_KEY_SIZE] = { 1, 2, 4 };

static bool
opens(const uint8_t k[static ROW_KEY_SIZE], const char *about,
    struct bytes sealed, const char *want)
{
	struct buf out;
	struct err e;
	bool good = row_open(&out, k, bytes_str(about), sealed, &e) == RC_OK &&
		    bytes_is(buf_bytes(&out), want);

	buf_free(&out);
	return good;
}

/* How many of these come out, in whole or in part. */
static size_t
leaks(struct bytes sealed)
{
	struct buf out;
	struct err e;
	bool got =
	    row_open(&out, key, bytes_str("doc 1"), sealed, &e) == RC_OK ||
	    out.p != NULL;

	buf_free(&out);
	return got;
}

static void
a_row_opens_in_its_place(void)
{
	struct buf a = { 0 }, b = { 0 }, none = { 0 };

	row_seal(&a, key, bytes_str("doc 1"), bytes_str("about the dam"));
	row_seal(&b, key, bytes_str("doc 1"), bytes_str("about the dam"));
	row_seal(&none, key, bytes_str("doc 2"), bytes_str(""));
	ok(opens(key, "doc 1", buf_bytes(&a), "about the dam"),
	    "what was sealed opens");
	ok(opens(key, "doc 2", buf_bytes(&none), ""), "an empty text too");
	is(a.len, 13 + ROW_EXTRA, "it is so many bytes longer");
	ok(!bytes_eq(buf_bytes(&a), buf_bytes(&b)),
	    "the same text sealed twice is not the same");
	ok(!opens(key, "doc 2", buf_bytes(&a), "about the dam"),
	    "copied to another row it does not open");
	ok(!opens(other, "doc 1", buf_bytes(&a), "about the dam"),
	    "nor under another key");
	buf_free(&a);
	buf_free(&b);
	buf_free(&none);
}

/* Whatever one bit is flipped, and wherever it is cut off, nothing opens. */
static void
nothing_changed_opens(void)
{
	struct buf a = { 0 };
	size_t bit, cut, got = 0;

	row_seal(&a, key, bytes_str("doc 1"), bytes_str("about the dam"));
	for (bit = 0; bit < a.len * 8; bit++) {
		a.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		got += leaks(buf_bytes(&a));
		a.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(got, 0, "no flipped bit opens, and nothing comes out");
	for (cut = 0; cut < a.len; cut++)
		got += leaks(bytes_of(a.p, cut));
	is(got, 0, "nor anything that is cut off");
	buf_u8(&a, 0);
	is(leaks(buf_bytes(&a)), 0, "nor anything with more behind it");
	a.len--;
	is(leaks(buf_bytes(&a)), 1, "as it was it opens");
	wipe(a.p, ROW_SALT);
	is(leaks(buf_bytes(&a)), 0, "whose salt is overwritten is destroyed");
	buf_free(&a);
}

int
main(void)
{
	a_row_opens_in_its_place();
	nothing_changed_opens();
	return done();
}

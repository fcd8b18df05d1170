/* SPDX-License-Identifier: EUPL-1.2 */
/* Pairs are read as they were written, and nothing else is. */
#include <string.h>

#include "core/pairs.h"

#include "../tap.h"

int
main(void)
{
	struct buf b = { 0 }, large = { 0 };
	struct bytes rest, name, value;
	size_t cut, bad = 0;

	pairs_add(&b, bytes_str("level"), bytes_str("mat"));
	pairs_add(&b, bytes_str(""), bytes_str(""));
	pairs_add(&b, bytes_str("level"), bytes_str("second"));
	memset(buf_grow(&large, PAIRS_VALUE), 'x', PAIRS_VALUE);
	pairs_add(&b, bytes_str("long"), buf_bytes(&large));
	rest = buf_bytes(&b);
	ok(pairs_next(&rest, &name, &value) && bytes_is(name, "level") &&
		bytes_is(value, "mat"),
	    "the first comes first");
	ok(pairs_next(&rest, &name, &value) && name.len == 0 && value.len == 0,
	    "an empty one is one");
	ok(bytes_is(pairs_get(buf_bytes(&b), "level"), "mat"),
	    "of two of a name the first is found");
	ok(bytes_eq(pairs_get(buf_bytes(&b), "long"), buf_bytes(&large)),
	    "also behind others, as long as it may be");
	is(pairs_get(buf_bytes(&b), "none").len, 0,
	    "what is not there is empty");
	ok(pairs_are(buf_bytes(&b)), "all of it is pairs");
	for (cut = 1; cut < 28; cut++)
		bad += pairs_are(bytes_of(b.p, cut)) && cut != 11 && cut != 14;
	is(bad, 0, "cut off anywhere else than behind a pair it is none");
	buf_free(&b);
	buf_free(&large);
	return done();
}

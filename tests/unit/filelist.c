/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of a document's files (docs/registry.md 8.1): nothing but what was
 * signed is taken for one. */
#include <string.h>

#include "../tests/tap.h"
#include "desk/list.h"

static struct files f;
static const char nonce[] = "0123456789abcdef0123456789abcdef";

static void
two_files(void)
{
	f = (struct files){ .count = 2 };
	f.file[0] = (struct doc_file){ .name = bytes_str("Tờ trình.pdf"),
		.type = bytes_str("application/pdf"),
		.size = 70000 };
	f.file[1] = (struct doc_file){ .name = bytes_str("kem.txt"),
		.type = bytes_str("text/plain"),
		.attachment = true,
		.size = 0 };
	memset(f.file[0].digest, 7, SHA256_SIZE);
	memset(f.file[1].digest, 8, SHA256_SIZE);
	list_write(&f.content, &f, bytes_str(nonce));
}

static void
forget(void)
{
	size_t i;

	for (i = 0; i < f.count; i++) {
		memset(f.file[i].digest, 0, SHA256_SIZE);
		f.file[i].attachment = !f.file[i].attachment;
	}
}

static void
it_says_what_was_written(void)
{
	struct err e;

	two_files();
	forget();
	went(list_read(&f, &e), &e, "a list is read");
	ok(!f.file[0].attachment && f.file[1].attachment,
	    "it says what is attached");
	ok(f.file[0].digest[31] == 7 && f.file[1].digest[0] == 8,
	    "and which file is which");
	buf_free(&f.content);
}

/* Of the nonce alone any spelling is one, and another list. */
static void
any_flipped_bit_is_seen(void)
{
	const size_t head = sizeof(LIST_TEXT) - 1;
	uint8_t was[2][SHA256_SIZE];
	size_t bit, taken = 0, cut;
	struct buf all;
	struct err e;

	two_files();
	memcpy(was[0], f.file[0].digest, SHA256_SIZE);
	memcpy(was[1], f.file[1].digest, SHA256_SIZE);
	for (bit = 0; bit < f.content.len * 8; bit++) {
		if (bit / 8 >= head && bit / 8 < head + LIST_NONCE)
			continue;
		f.content.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		/* a digest may be another: then it is another file's */
		taken += list_read(&f, &e) == RC_OK &&
			 memcmp(was[0], f.file[0].digest, SHA256_SIZE) == 0 &&
			 memcmp(was[1], f.file[1].digest, SHA256_SIZE) == 0;
		f.content.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(taken, 0, "no flipped bit passes");
	all = f.content;
	for (cut = 0, taken = 0; cut < all.len; cut++) {
		f.content = (struct buf){ 0 };
		buf_add(&f.content, bytes_of(all.p, cut));
		taken += list_read(&f, &e) == RC_OK;
		buf_free(&f.content);
	}
	is(taken, 0, "nor what is cut");
	f.content = all;
	buf_u8(&f.content, '\n');
	is(list_read(&f, &e), RC_INVALID, "nor what is longer");
	buf_free(&f.content);
}

static void
it_is_of_these_files(void)
{
	struct err e;

	two_files();
	f.count = 1;
	is(list_read(&f, &e), RC_INVALID, "one file is not two");
	f.count = 3;
	f.file[2] = f.file[1];
	is(list_read(&f, &e), RC_INVALID, "nor are three");
	f.count = 2;
	f.file[1].size = 1;
	is(list_read(&f, &e), RC_INVALID, "nor another size");
	f.file[1].size = 0;
	f.file[1].name = bytes_str("kem2.txt");
	is(list_read(&f, &e), RC_INVALID, "nor another name");
	buf_free(&f.content);
}

int
main(void)
{
	it_says_what_was_written();
	any_flipped_bit_is_seen();
	it_is_of_these_files();
	return done();
}

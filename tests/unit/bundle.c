/* SPDX-License-Identifier: EUPL-1.2 */
/* Bundles (docs/media.md 2, 3): what is written is read, and nothing else. */
#include <string.h>

#include "../tests/tap.h"
#include "crypto/suite.h"
#include "media/bundle.h"
#include "media/statement.h"

static const uint8_t key[AEAD_KEY] = { 1, 2, 3 };

struct from {
	struct bytes rest;
};

static enum rc
next(void *ctx, uint8_t *to, size_t len, size_t *got, struct err *e)
{
	struct from *f = ctx;

	(void)e;
	*got = len < f->rest.len ? len : f->rest.len;
	if (*got > 0)
		memcpy(to, f->rest.p, *got);
	f->rest = bytes_of(f->rest.p + *got, f->rest.len - *got);
	return RC_OK;
}

/* A file of so many frames of "size" bytes. */
static struct buf
made(size_t frames, size_t size)
{
	struct bundle_out out;
	struct buf file = { 0 }, payload = { 0 };
	struct err e;
	size_t i;

	bundle_out_begin(&out, sink_buf(&file), key);
	if (size > 0)
		memset(buf_grow(&payload, size), 'x', size);
	for (i = 0; i < frames; i++)
		if (bundle_put(&out, BUNDLE_TELL, buf_bytes(&payload), &e) !=
		    RC_OK)
			bug(e.text);
	if (bundle_out_end(&out, &e) != RC_OK)
		bug(e.text);
	is(out.bytes, file.len, "it knows how long it is");
	ok(bundle_room(frames * size) + frames * FRAME_HEAD >= file.len,
	    "which is no more than was reckoned");
	bundle_out_free(&out);
	buf_free(&payload);
	return file;
}

/* How many frames come, and why it ends. */
static size_t
read_all(struct bytes file, const uint8_t with[static AEAD_KEY], enum rc *rc,
    bool *cut)
{
	struct from f = { file };
	struct bundle_in in;
	enum bundle_frame type;
	struct bytes payload;
	struct err e;
	size_t n = 0;

	bundle_in_begin(&in, (struct bundle_from){ next, &f }, with);
	while ((*rc = bundle_next(&in, &type, &payload, &e)) == RC_OK)
		n++;
	*cut = in.cut;
	bundle_in_free(&in);
	return n;
}

static void
what_is_written_is_read(void)
{
	static const size_t sizes[] = { 0, 1, 100, FRAME_MAX };
	struct buf file;
	enum rc rc;
	bool cut;
	size_t i;

	for (i = 0; i < 4; i++) {
		file = made(50, sizes[i]);
		is(read_all(buf_bytes(&file), key, &rc, &cut), 50,
		    "50 frames of %zu bytes come back", sizes[i]);
		ok(rc == RC_ABSENT && !cut, "and then it is over");
		buf_free(&file);
	}
	file = made(0, 0);
	is(read_all(buf_bytes(&file), key, &rc, &cut), 0, "none come of none");
	ok(rc == RC_ABSENT && !cut, "which is whole");
	buf_free(&file);
}

/* docs/media.md 2.4: whatever it is cut to, what came counts, and it is never
 * taken for whole. */
static void
what_is_cut_off_says_so(void)
{
	struct buf file = made(40, 5000);
	size_t len, n, last = 0, whole = 0, fell = 0, other = 0;
	enum rc rc;
	bool cut;

	for (len = 0; len < file.len; len += 97) {
		n = read_all(bytes_of(file.p, len), key, &rc, &cut);
		whole += !cut;
		other += rc != RC_ABSENT;
		fell += n < last;
		last = n;
	}
	is(whole + other, 0, "cut off anywhere it is known to be");
	is(fell, 0, "and more of it is never less");
	ok(last > 20, "what is before the cut comes: %zu of 40", last);
	buf_free(&file);
}

static void
what_is_changed_is_refused(void)
{
	struct buf file = made(8, 15000);
	static const uint8_t other[AEAD_KEY] = { 9 };
	size_t bit, silent = 0, n;
	enum rc rc;
	bool cut;

	for (bit = 0; bit < file.len * 8; bit += 211) {
		file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		(void)read_all(buf_bytes(&file), key, &rc, &cut);
		silent += rc == RC_ABSENT && !cut;
		file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(silent, 0, "no changed bit goes unseen");
	is(read_all(buf_bytes(&file), other, &rc, &cut), 0,
	    "nothing comes under another key");
	is(rc, RC_INVALID, "which is said");
	buf_u8(&file, 0);
	(void)read_all(buf_bytes(&file), key, &rc, &cut);
	is(rc, RC_INVALID, "a byte behind the end is seen");
	file.len--;
	/* the second chunk before the first */
	n = 4 + BUNDLE_CHUNK + AEAD_TAG;
	(void)read_all(bytes_of(file.p + n, file.len - n), key, &rc, &cut);
	is(rc, RC_INVALID, "and a chunk that is missing");
	buf_free(&file);
}

/* ---- the outside, the statement
 * ------------------------------------------------------- */

static void
outsides_have_one_spelling(void)
{
	uint8_t ct[1120] = { 5 };
	const struct bundle_head h = { .key = { { 1, 2, 3 } },
		.number = 77,
		.ct = bytes_of(ct, sizeof(ct)) };
	struct bundle_head got;
	char name[BUNDLE_NAME];
	struct buf out = { 0 };
	struct err e;
	size_t len;

	bundle_head_write(&out, &h);
	is(bundle_head_read(&got, buf_bytes(&out), &e), RC_OK, "it is read");
	ok(got.number == 77 && bytes_eq(got.ct, h.ct) &&
		memcmp(&got.key, &h.key, sizeof(h.key)) == 0,
	    "as it was");
	is(bundle_head_length(&len, bytes_of(out.p, BUNDLE_FIXED), &e), RC_OK,
	    "its length is known by its beginning");
	is(len, out.len, "which it is");
	bundle_name(name, &h.key, h.number);
	ok(strcmp(name, "antin-01020300-77.bundle") == 0, "%s", name);
	out.p[7] = 2;
	is(bundle_head_read(&got, buf_bytes(&out), &e), RC_INVALID,
	    "another version is refused");
	out.p[7] = 1;
	is(bundle_head_read(&got, bytes_of(out.p, out.len - 1), &e), RC_INVALID,
	    "so is one that is short");
	out.p[0] = 'x';
	is(bundle_head_read(&got, buf_bytes(&out), &e), RC_INVALID,
	    "and what is no bundle");
	buf_free(&out);
}

static void
a_statement_is_its_signers(void)
{
	struct sig_key *mine = sig_generate(sig_by_name("MLDSA65-Ed25519"));
	struct sig_key *his = sig_generate(sig_by_name("MLDSA65-Ed25519"));
	const struct bundle_statement s = { .from = bytes_str("antin://a.vn"),
		.to = bytes_str("antin://b.a.vn"),
		.number = 3,
		.incarnation = 2,
		.at = 1000000,
		.open = 1,
		.head = { 9 } };
	struct cert c = { .rights.kind = CERT_STATION, .use = CERT_SIGN };
	struct bundle_statement got;
	struct buf out;
	struct err e;
	size_t i, held = 0;

	bundle_statement_write(&out, &s, mine);
	c.sig = sig_key_alg(mine);
	c.pub = sig_key_pub(mine);
	is(bundle_statement_read(&got, buf_bytes(&out), &e), RC_OK,
	    "a statement is read");
	ok(bytes_eq(got.from, s.from) && bytes_eq(got.to, s.to) &&
		got.number == 3 && got.incarnation == 2 && got.at == 1000000 &&
		got.open == 1 && got.head[0] == 9,
	    "as it was written");
	ok(bundle_statement_holds(&got, &c), "and holds");
	c.rights.kind = CERT_DESK;
	ok(!bundle_statement_holds(&got, &c), "of no desk");
	c.rights.kind = CERT_STATION;
	c.pub = sig_key_pub(his);
	ok(!bundle_statement_holds(&got, &c), "and of no other's key");
	c.pub = sig_key_pub(mine);
	for (i = 0; i < 120; i++) { /* all its fields lie there */
		out.p[i] ^= 1;
		held +=
		    bundle_statement_read(&got, buf_bytes(&out), &e) == RC_OK &&
		    bundle_statement_holds(&got, &c);
		out.p[i] ^= 1;
	}
	is(held, 0, "nothing in it can be changed");
	buf_free(&out);
	sig_key_free(mine);
	sig_key_free(his);
}

/* ---- items
 * ------------------------------------------------------------------- */

static struct buf
item_frame(uint32_t number, uint64_t total, uint64_t from, bool more)
{
	const struct link_dest d = { bytes_str("antin://a.vn/van-thu"),
		{ { 1 } } };
	const struct item item = {
		.number = number, .envelope = 100, .total = total, .from = from
	};
	struct buf out = { 0 };

	item_put(&out, &item, more, 1);
	dest_put(&out, &d);
	return out;
}

static void
items_are_held_to_their_bounds(void)
{
	struct bundle_item item = { 0 };
	struct buf head = item_frame(1, 100, 0, false), data = { 0 };
	struct bytes got;
	struct err e;

	is(bundle_item_begin(&item, 2, buf_bytes(&head), &e), RC_INVALID,
	    "an item out of turn is refused");
	bundle_item_free(&item);
	is(bundle_item_begin(&item, 1, buf_bytes(&head), &e), RC_OK,
	    "in its turn it begins");
	ok(item.whole && item.item.dest_count == 1 &&
		bytes_is(item.dests[0].address, "antin://a.vn/van-thu"),
	    "with its destination");
	frame_uint(&data, 1, 4);
	memset(buf_grow(&data, 100), 'x', 100);
	is(bundle_item_data(&item, buf_bytes(&data), &got, &e), RC_OK,
	    "its bytes come");
	is(got.len, 100, "all of them");
	is(bundle_item_data(&item, buf_bytes(&data), &got, &e), RC_INVALID,
	    "and no more");
	buf_free(&head);
	head = item_frame(2, 100, 0, true);
	is(bundle_item_begin(&item, 2, buf_bytes(&head), &e), RC_OK,
	    "a head may go on");
	is(bundle_item_data(&item, buf_bytes(&data), &got, &e), RC_INVALID,
	    "and has no bytes before it is whole");
	is(bundle_item_begin(&item, 3, buf_bytes(&head), &e), RC_INVALID,
	    "nor does another begin");
	bundle_item_free(&item);
	buf_free(&head);
	buf_free(&data);
}

int
main(void)
{
	what_is_written_is_read();
	what_is_cut_off_says_so();
	what_is_changed_is_refused();
	outsides_have_one_spelling();
	a_statement_is_its_signers();
	items_are_held_to_their_bounds();
	return done();
}

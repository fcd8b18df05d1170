/* SPDX-License-Identifier: EUPL-1.2 */
/* Statements, batches and notices: what counts, and what never does
 * (docs/receipts.md). */
#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "dispatch/batch.h"
#include "file/file.h"

#define AT INT64_C(1700000000)

static struct sig_key *key, *other;
static struct known_signer who;

static struct statement
made(enum statement_kind kind, unsigned n)
{
	struct statement s = { .kind = kind,
		.origin = bytes_str("antin://vn"),
		.incarnation = 1,
		.serial = n,
		.at = AT,
		.since = TIME_NEVER };

	s.id.b[0] = (uint8_t)n;
	s.digest[0] = (uint8_t)n;
	if ((statement_has(kind) & HAS_DESK) != 0)
		s.desk = bytes_str("antin://dien-bien.vn/van-thu");
	if ((statement_has(kind) & HAS_STATION) != 0)
		s.station = bytes_str("antin://dien-bien.vn");
	if ((statement_has(kind) & HAS_CODE) != 0)
		s.code = 1;
	if ((statement_has(kind) & HAS_BY) != 0)
		s.by.b[0] = 9;
	return s;
}

static void
add_statement(struct buf *to, const struct statement *s)
{
	struct der_wr w = { 0 };

	statement_write(&w, s);
	buf_add(to, buf_bytes(&w.out));
	der_wr_free(&w);
}

static bool
one_of_three(void *ctx, const struct log_item *item)
{
	(void)ctx;
	return item->at % 3 == 1;
}

/* A batch of n, or every third of it. */
static void
batch_made(struct buf *out, unsigned n, bool part, const struct sig_key *by)
{
	struct batch_signer signer = { .address = bytes_str(
					   "antin://dien-bien.vn/van-thu") };
	struct buf all = { 0 }, head;
	struct der_wr w = { 0 };
	struct statement s;
	struct log l;
	unsigned i;

	for (i = 0; i < n; i++) {
		s = made(STATEMENT_ARRIVED + i % 12, i + 1);
		add_statement(&all, &s);
	}
	batch_sign(&head, &signer, buf_bytes(&all), AT, false, by);
	batch_log(&l, buf_bytes(&all));
	batch_write(&w, buf_bytes(&head), &l, part ? one_of_three : NULL, NULL);
	*out = w.out;
	log_free(&l);
	buf_free(&head);
	buf_free(&all);
}

static enum rc
holds(struct bytes batch, const struct known_signer *by, struct err *e)
{
	struct batch b;
	enum rc rc = batch_read(&b, batch, e);

	if (rc == RC_OK)
		rc = batch_verify(&b, by, e);
	batch_free(&b);
	return rc;
}

static void
each_kind_comes_back(void)
{
	struct statement s, got;
	struct buf text = { 0 };
	struct err e;
	unsigned k;
	size_t back = 0, cut = 0, n;

	for (k = 1; k < STATEMENT_KINDS; k++) {
		s = made((enum statement_kind)k, k);
		add_statement(&text, &s);
		back += statement_read(&got, buf_bytes(&text), &e) == RC_OK &&
			got.kind == s.kind && got.code == s.code &&
			bytes_eq(got.desk, s.desk) && got.at == s.at &&
			id_eq(&got.by, &s.by) &&
			bytes_eq(got.station, s.station);
		for (n = 0; n < text.len; n++)
			cut += statement_read(&got, bytes_of(text.p, n), &e) ==
			       RC_OK;
		buf_free(&text);
	}
	is(back, STATEMENT_KINDS - 1,
	    "each kind of statement is read as it "
	    "was written");
	is(cut, 0, "none that is cut off is");
}

/* Each optional field that a kind has not, and each that it lacks. */
static void
fields_are_those_of_the_kind(void)
{
	static const uint8_t desk[] = { 0x80, 1, 'x' };
	struct buf text = { 0 }, more = { 0 };
	struct statement s = made(STATEMENT_CUSTODY, 1), got;
	struct err e;

	add_statement(&text, &s);
	buf_add(&more, buf_bytes(&text));
	buf_add(&more, bytes_of(desk, sizeof(desk)));
	more.p[1] = 0; /* of what length it is now */
	is(statement_read(&got, buf_bytes(&more), &e), RC_INVALID,
	    "a field that the kind has not is refused");
	text.p[text.p[1] > 0x80 ? 5 : 4] = STATEMENT_ARRIVED;
	is(statement_read(&got, buf_bytes(&text), &e), RC_INVALID,
	    "a statement without a field of its kind is refused");
	text.p[text.p[1] > 0x80 ? 5 : 4] = STATEMENT_KINDS;
	is(statement_read(&got, buf_bytes(&text), &e), RC_INVALID,
	    "a kind that is none is refused");
	buf_free(&text);
	buf_free(&more);
	s = made(STATEMENT_REFUSED, 1);
	add_statement(&text, &s);
	text.p[text.len - 1] = REFUSED_WHYS;
	is(statement_read(&got, buf_bytes(&text), &e), RC_INVALID,
	    "a code that the kind has not is refused");
	buf_free(&text);
	ok(refused_by_word(bytes_str("wrong-level")) == REFUSED_LEVEL &&
		refused_by_word(bytes_str("")) == 0,
	    "a refusal has a word");
}

static void
a_part_proves_itself(void)
{
	struct buf whole, part;
	struct batch b;
	struct err e;
	size_t i, kept = 0;

	batch_made(&whole, 100, false, key);
	batch_made(&part, 100, true, key);
	went(holds(buf_bytes(&whole), &who, &e), &e, "a batch holds");
	went(holds(buf_bytes(&part), &who, &e), &e, "a part of it holds too");
	if (batch_read(&b, buf_bytes(&part), &e) != RC_OK)
		bug(e.text);
	for (i = 0; i < b.log.count; i++)
		kept += b.log.items[i].entry.p != NULL;
	is(kept, 33, "and has those statements alone");
	batch_free(&b);
	buf_free(&whole);
	buf_free(&part);
}

static void
nothing_else_holds(void)
{
	struct known_signer w = who;
	struct buf batch;
	struct err e;
	size_t bit, held = 0;

	batch_made(&batch, 12, true, other);
	is(holds(buf_bytes(&batch), &who, &e), RC_DENIED,
	    "what another key signed does not hold");
	buf_free(&batch);
	batch_made(&batch, 12, true, key);
	for (bit = 0; bit < batch.len * 8; bit += 3) {
		batch.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		held += holds(buf_bytes(&batch), &who, &e) == RC_OK;
		batch.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(held, 0, "no flipped bit holds");
	w.until = AT - 1;
	is(holds(buf_bytes(&batch), &w, &e), RC_EXPIRED,
	    "nor what is signed when the certificate had ended");
	w = who;
	w.from = AT + 1;
	is(holds(buf_bytes(&batch), &w, &e), RC_EXPIRED,
	    "nor before it was in force");
	w = who;
	w.cert[0] ^= 1;
	is(holds(buf_bytes(&batch), &w, &e), RC_DENIED,
	    "nor under another certificate");
	buf_free(&batch);
}

static void
notices_keep_their_limits(void)
{
	struct header h = { .origin = bytes_str("antin://dien-bien.vn"),
		.incarnation = 1,
		.serial = 2,
		.expires = TIME_NEVER };
	struct buf batch, many = { 0 }, notice;
	struct bytes rest, one;
	struct notice n;
	struct err e;
	size_t i, got = 0;

	batch_made(&batch, 1, false, key);
	for (i = 0; i < 2; i++)
		buf_add(&many, buf_bytes(&batch));
	notice_write(&notice, &h, buf_bytes(&many));
	ok(notice_is(buf_bytes(&notice)) && !notice_is(buf_bytes(&batch)),
	    "a notice is told from an envelope by its first byte");
	went(notice_read(&n, buf_bytes(&notice), &e), &e, "it is read");
	for (rest = n.batches; notice_next(&rest, &one);)
		got += bytes_eq(one, buf_bytes(&batch));
	is(got, 2, "with its batches, byte for byte");
	if (getenv("CORPUS") != NULL &&
	    file_write(getenv("CORPUS"), buf_bytes(&notice), 0600, true, &e) !=
		RC_OK)
		bug(e.text);
	buf_free(&notice);
	buf_free(&many);
	for (i = 0; i <= NOTICE_BATCHES; i++) /* small, for the count alone */
		buf_add(&many, bytes_of("\x30\x00", 2));
	notice_write(&notice, &h, buf_bytes(&many));
	is(notice_read(&n, buf_bytes(&notice), &e), RC_INVALID,
	    "more batches than a notice may have are refused");
	buf_free(&notice);
	notice_write(&notice, &h, (struct bytes){ 0 });
	is(notice_read(&n, buf_bytes(&notice), &e), RC_INVALID,
	    "a notice of nothing is refused");
	buf_free(&notice);
	(void)buf_grow(&many, NOTICE_MAX);
	is(notice_read(&n, buf_bytes(&many), &e), RC_LIMIT,
	    "one over its limit is not read");
	buf_free(&many);
	buf_free(&batch);
}

/* The largest that is made goes into one notice, whatever is left out. */
static void
what_is_made_fits(void)
{
	struct buf batch;
	struct err e;

	batch_made(&batch, BATCH_MADE, true, key);
	went(holds(buf_bytes(&batch), &who, &e), &e, "a large part holds");
	ok(batch.len < NOTICE_MAX - 1024, "and fits a notice (%zu bytes)",
	    batch.len);
	buf_free(&batch);
}

int
main(void)
{
	const struct sig_alg *alg = sig_by_name("MLDSA65-Ed25519");
	struct sig_pub *pub;

	key = sig_generate(alg);
	pub = sig_pub_of(alg, sig_key_pub(key));
	other = sig_generate(alg);
	who = (struct known_signer){
		.pub = pub, .from = AT - 10, .until = AT + 10
	};
	each_kind_comes_back();
	fields_are_those_of_the_kind();
	a_part_proves_itself();
	nothing_else_holds();
	notices_keep_their_limits();
	what_is_made_fits();
	sig_key_free(key);
	sig_key_free(other);
	sig_pub_free(pub);
	return done();
}

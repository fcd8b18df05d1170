/* SPDX-License-Identifier: EUPL-1.2 */
/* Logs with gaps, held to the whole log and to what could be at the best. */
#include <string.h>

#include "../tests/tap.h"
#include "journal/log.h"

#define MOST 300 /* leaves of a log */
#define NONE 1000000u

static struct node leaves[MOST];
static uint8_t text[MOST][48];
static uint8_t large[LOG_ENTRY_MAX + 1];
static struct dice dice = { 1 };

static struct bytes
entry(uint64_t number)
{
	return bytes_of(text[number], 1 + number * 7 % sizeof(text[0]));
}

static void
make_entries(void)
{
	unsigned i, j;

	for (i = 0; i < MOST; i++) {
		for (j = 0; j < sizeof(text[0]); j++)
			text[i][j] = (uint8_t)dice_below(&dice, 256);
		text[i][0] = (uint8_t)i; /* no two are the same */
		if (i > 255)
			text[i][1] = (uint8_t)~text[i - 256][1];
		merkle_leaf(&leaves[i], entry(i));
	}
}

static struct log
whole_log(unsigned n)
{
	struct log l = { 0 };
	unsigned i;

	for (i = 0; i < n; i++)
		log_add(&l, entry(i));
	return l;
}

static bool
keep_marked(void *ctx, const struct log_item *item)
{
	return ((const bool *)ctx)[item->at];
}

/* Marks of entries to keep, "of" in 16 of them. */
static void
mark(bool *keep, unsigned n, unsigned of)
{
	unsigned i;

	for (i = 0; i < n; i++)
		keep[i] = dice_below(&dice, 16) < of;
}

static struct buf
written(const struct log *l, uint64_t from, bool *keep)
{
	struct der_wr w = { 0 };

	log_write(&w, l, from, UINT64_MAX, keep == NULL ? NULL : keep_marked, keep);
	return w.out;
}

/* Append what is in "in", which must outlive the log. */
static enum rc
get(struct log *l, struct bytes in)
{
	struct der d = der_init(in);
	struct err e;

	log_read(&d, l);
	return der_end(&d, "items", &e);
}

static bool
has_root_of(const struct log *l, unsigned n)
{
	struct node root, wanted;

	merkle_root(&l->tree, &root);
	merkle_root_of(&wanted, leaves, n);
	return l->tree.size == n && node_eq(&root, &wanted);
}

/* Its items are of the whole log, one after another. */
static bool
is_sound(const struct log *l)
{
	const struct log_item *item;
	uint64_t at = 0;
	struct node hash;
	size_t i;

	for (i = 0; i < l->count; i++, at += UINT64_C(1) << item->level) {
		item = &l->items[i];
		if (item->at != at || at % (UINT64_C(1) << item->level) != 0)
			return false;
		merkle_root_of(&hash, leaves + at, UINT64_C(1) << item->level);
		if (!node_eq(&hash, &item->hash))
			return false;
		if (item->entry.p != NULL &&
		    (item->level != 0 || !bytes_eq(item->entry, entry(at))))
			return false;
	}
	return at == l->tree.size;
}

static bool
same_logs(const struct log *a, const struct log *b)
{
	struct node root_a, root_b;
	size_t i;

	for (i = 0; i < a->count && i < b->count; i++)
		if (a->items[i].at != b->items[i].at ||
		    a->items[i].level != b->items[i].level ||
		    !bytes_eq(a->items[i].entry, b->items[i].entry) ||
		    !node_eq(&a->items[i].hash, &b->items[i].hash))
			return false;
	merkle_root(&a->tree, &root_a);
	merkle_root(&b->tree, &root_b);
	return a->count == b->count && a->tree.size == b->tree.size &&
	       node_eq(&root_a, &root_b);
}

static unsigned
gaps_of(const struct log *l, uint64_t from)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < l->count; i++)
		n += l->items[i].at >= from && l->items[i].entry.p == NULL;
	return n;
}

/*
 * The fewest gaps for what of "l" from "from" on is not kept, by trying all
 * that may be: of[i] is that of the leaves from i on, kept[i] the entries among
 * them that stay.
 */
static unsigned
fewest(const struct log *l, unsigned from, const bool *keep)
{
	unsigned of[MOST + 1], kept[MOST + 1];
	unsigned n = (unsigned)l->tree.size, i, width;
	const struct log_item *item;
	bool stays;

	of[n] = kept[n] = 0;
	for (i = n; i-- > from;) {
		item = log_at(l, i);
		stays = item->entry.p != NULL && keep[i];
		kept[i] = kept[i + 1] + stays;
		of[i] = stays ? of[i + 1] : NONE;
		if (stays || item->at != i) /* a gap that is cannot be cut */
			continue;
		for (width = 1; i % width == 0 && i + width <= n; width *= 2)
			if (kept[i] == kept[i + width] &&
			    1 + of[i + width] < of[i])
				of[i] = 1 + of[i + width];
	}
	return of[from];
}

/* A log of n leaves with about "of" in 16 of its entries; *bytes is what it
 * borrows from. */
static struct log
gapped_log(struct buf *bytes, unsigned n, unsigned of)
{
	struct log whole = whole_log(n), l = { 0 };
	bool keep[MOST];

	mark(keep, n, of);
	*bytes = written(&whole, 0, keep);
	if (get(&l, buf_bytes(bytes)) != RC_OK)
		bug("a log that cannot be read");
	log_free(&whole);
	return l;
}

/* ---- writing and reading ------------------------------------------------ */

static void
logs_come_back_with_few_gaps(void)
{
	unsigned round, i, n, of, unsound = 0, others = 0, many = 0;
	struct buf first, second;
	struct log l, back;
	bool keep[MOST];

	for (round = 0; round < 1500; round++) {
		n = dice_below(&dice, round < 300 ? 20 : MOST + 1);
		l = gapped_log(&first, n, of = dice_below(&dice, 17));
		unsound += !is_sound(&l) || !has_root_of(&l, n);
		others += of == 0 &&
			  gaps_of(&l, 0) != (unsigned)__builtin_popcount(n);

		/* again, with fewer entries: gaps grow out of gaps */
		mark(keep, n, dice_below(&dice, 17));
		second = written(&l, 0, keep);
		back = (struct log){ 0 };
		unsound += get(&back, buf_bytes(&second)) != RC_OK ||
			   !is_sound(&back) || !has_root_of(&back, n);
		many += gaps_of(&back, 0) != fewest(&l, 0, keep);
		for (i = 0; i < n; i++)
			others += (log_at(&back, i)->entry.p != NULL) !=
				  (keep[i] && log_at(&l, i)->entry.p != NULL);
		log_free(&l);
		log_free(&back);
		buf_free(&first);
		buf_free(&second);
	}
	is(unsound, 0, "%u logs come back with their root and no item amiss",
	    round);
	is(others, 0, "what was to be kept is there, and nothing else");
	is(many, 0, "with as few gaps as there can be");
}

static void
whole_logs_come_back(void)
{
	unsigned n, bad = 0;
	struct buf bytes;
	struct log l, back;

	for (n = 0; n <= MOST; n++) {
		l = whole_log(n);
		bytes = written(&l, 0, NULL);
		back = (struct log){ 0 };
		bad += get(&back, buf_bytes(&bytes)) != RC_OK ||
		       !same_logs(&l, &back) || back.count != n;
		log_free(&l);
		log_free(&back);
		buf_free(&bytes);
	}
	is(bad, 0, "whole logs of every size up to %u come back", MOST);
}

/* A delta from every item's begin, read by one who has what is before it. */
static void
deltas_are_appended(void)
{
	unsigned round, n, m, bad = 0, many = 0, deltas = 0;
	struct buf all, head, delta;
	struct log l, got;
	struct node root;
	bool keep[MOST];

	for (round = 0; round < 60; round++) {
		n = dice_below(&dice, round < 30 ? 40 : MOST + 1);
		l = gapped_log(&all, n, dice_below(&dice, 17));
		mark(keep, n, dice_below(&dice, 17));
		for (m = 0; m <= n; m++) {
			if (m < n && log_at(&l, m)->at != m)
				continue;
			deltas++;
			got = gapped_log(&head, m, dice_below(&dice, 17));
			delta = written(&l, m, keep);
			bad += !log_root_at(&root, &l, m);
			bad += !has_root_of(&got, m);
			bad += get(&got, buf_bytes(&delta)) != RC_OK;
			bad += !is_sound(&got) || !has_root_of(&got, n);
			many += gaps_of(&got, m) != fewest(&l, m, keep);
			log_free(&got);
			buf_free(&head);
			buf_free(&delta);
		}
		log_free(&l);
		buf_free(&all);
	}
	is(bad, 0, "%u deltas are appended and give the root", deltas);
	is(many, 0, "with as few gaps as there can be, none before its begin");
}

/* ---- asking ------------------------------------------------------------- */

static void
items_and_roots_are_found(void)
{
	unsigned round, n, m, lost = 0, wrong = 0, crossed = 0, given = 0;
	const struct log_item *item;
	struct node root, wanted;
	struct buf all;
	struct log l;

	for (round = 0; round < 60; round++) {
		n = dice_below(&dice, MOST + 1);
		l = gapped_log(&all, n, dice_below(&dice, 17));
		for (m = 0; m <= n; m++) {
			item = log_at(&l, m);
			lost +=
			    m < n && (item == NULL || item->at > m ||
					 item->at + (1u << item->level) <= m);
			if (m < n && item->at != m) {
				crossed++;
				given += log_root_at(&root, &l, m);
				continue;
			}
			merkle_root_of(&wanted, leaves, m);
			wrong += !log_root_at(&root, &l, m) ||
				 !node_eq(&root, &wanted);
		}
		lost += log_at(&l, n) != NULL || log_at(&l, UINT64_MAX) != NULL;
		given += log_root_at(&root, &l, n + 1) ||
			 log_root_at(&root, &l, UINT64_MAX);
		log_free(&l);
		buf_free(&all);
	}
	is(lost, 0, "each leaf's item is found, and none beyond the end");
	is(wrong, 0, "each size has its root");
	is(given, 0, "but for the %u within a gap and those beyond the end",
	    crossed);
}

static void
entries_are_proved(void)
{
	struct node proof[MERKLE_PROOF], wanted[MERKLE_PROOF];
	unsigned round, n, level, wrong = 0, given = 0, proofs = 0;
	struct buf all;
	struct log l;
	uint64_t i, at, width;

	for (round = 0; round < 40; round++) {
		n = 1 + dice_below(&dice, MOST);
		l = gapped_log(&all, n, 1 + dice_below(&dice, 16));
		for (i = 0; i < n + 2; i++)
			for (level = 0; level < 66; level++) {
				width = level < 10 ? 1u << level : MOST + 1;
				at = i / width * width;
				if (i >= n || log_at(&l, i)->entry.p == NULL ||
				    at + width > n) {
					given += log_prove(proof, &l, i, level);
					continue;
				}
				proofs++;
				(void)merkle_prove(
				    wanted, leaves + at, width, i - at);
				wrong += !log_prove(proof, &l, i, level) ||
					 memcmp(proof, wanted,
					     level * sizeof(*proof)) != 0;
			}
		log_free(&l);
		buf_free(&all);
	}
	is(wrong, 0, "%u paths of entries are as the whole log's", proofs);
	is(given, 0, "none is given of a gap or in a tree that is not whole");
}

/* ---- filling ------------------------------------------------------------ */

/* Fill in leaf i from the whole log; its outcome. */
static enum rc
fill(struct log *l, const struct log *whole, uint64_t i)
{
	unsigned level = log_at(l, i)->level;
	struct node proof[MERKLE_PROOF];
	struct err e;

	if (!log_prove(proof, whole, i, level))
		return RC_LIMIT;
	return log_fill(l, i, entry(i), proof, level, &e);
}

static void
gaps_are_filled(void)
{
	unsigned round, n, i, j, missing, order[MOST], bad = 0, fills = 0;
	struct log l, whole, before;
	struct buf all;

	for (round = 0; round < 60; round++) {
		n = dice_below(&dice, MOST + 1);
		l = gapped_log(&all, n, dice_below(&dice, 17));
		whole = whole_log(n);
		for (i = 0; i < n; i++) {
			j = dice_below(&dice, i + 1);
			order[i] = order[j];
			order[j] = i;
		}
		log_copy(&before, &l);
		for (i = 0; i < n; i++) {
			missing = log_at(&l, order[i])->entry.p == NULL;
			fills += missing;
			bad += fill(&l, &whole, order[i]) !=
			       (missing ? RC_OK : RC_EXISTS);
			bad += log_at(&l, order[i])->entry.p == NULL;
			bad += round < 20 && !is_sound(&l);
		}
		bad += !is_sound(&l) || !same_logs(&l, &whole);
		bad += !is_sound(&before) ||
		       (gaps_of(&before, 0) > 0 && same_logs(&before, &l));
		log_free(&before);
		log_free(&whole);
		log_free(&l);
		buf_free(&all);
	}
	is(bad, 0, "with %u entries filled in, logs are whole; copies are not",
	    fills);
}

/* Fills of leaf i that must not be, into a log where it is in a gap. */
static unsigned
wrong_fills_that_pass(struct log *l, const struct log *whole, uint64_t i)
{
	unsigned level = log_at(l, i)->level, n = (unsigned)l->tree.size, j;
	struct node proof[MERKLE_PROOF] = { 0 };
	struct bytes longer = entry(i);
	unsigned passed = 0;
	struct err e;

	(void)log_prove(proof, whole, i, level);
	for (j = 0; j < level * 256; j += 29) {
		proof[j / 256].b[j % 256 / 8] ^= (uint8_t)(1u << j % 8);
		passed +=
		    log_fill(l, i, entry(i), proof, level, &e) != RC_DENIED;
		proof[j / 256].b[j % 256 / 8] ^= (uint8_t)(1u << j % 8);
	}
	for (j = 0; j <= MERKLE_PROOF; j++)
		passed += j != level &&
			  log_fill(l, i, entry(i), proof, j, &e) != RC_DENIED;
	for (j = 0; j < n; j++) {
		passed += j != i && log_fill(l, i, entry(j), proof, level,
					&e) != RC_DENIED;
		passed +=
		    j != i && log_at(l, j)->entry.p == NULL &&
		    log_fill(l, j, entry(i), proof, level, &e) != RC_DENIED;
	}
	longer.len--;
	passed += log_fill(l, i, longer, proof, level, &e) != RC_DENIED;
	passed += log_fill(l, i, bytes_str(""), proof, level, &e) != RC_DENIED;
	passed += log_fill(l, i, bytes_of(large, sizeof(large)), proof, level,
		      &e) != RC_DENIED;
	passed += log_fill(l, n, entry(i), proof, level, &e) != RC_ABSENT;
	passed +=
	    log_fill(l, UINT64_MAX, entry(i), proof, level, &e) != RC_ABSENT;
	return passed;
}

static void
wrong_fills_are_refused(void)
{
	unsigned round, n, i, passed = 0, changed = 0, taken = 0;
	struct log l, whole, before;
	struct node proof[1] = { 0 };
	struct buf all;
	struct err e;

	for (round = 0; round < 60; round++) {
		n = dice_below(&dice, 70);
		l = gapped_log(&all, n, dice_below(&dice, 17));
		whole = whole_log(n);
		log_copy(&before, &l);
		for (i = 0; i < n; i++)
			if (log_at(&l, i)->entry.p == NULL)
				passed += wrong_fills_that_pass(&l, &whole, i);
			else
				taken += log_fill(&l, i, entry(i + 1), proof, 0,
					     &e) != RC_DENIED;
		changed += !same_logs(&l, &before);
		log_free(&before);
		log_free(&whole);
		log_free(&l);
		buf_free(&all);
	}
	is(passed, 0, "no other entry, number or proof fills a gap");
	is(taken, 0, "nor does another entry take the place of one");
	is(changed, 0, "and none of them changes a log");
}

/* The hash of a leaf does not tell how long its entry is. */
static void
what_is_no_entry_is_not_filled_in(void)
{
	const struct bytes entries[] = { bytes_of(large, LOG_ENTRY_MAX),
		bytes_of(large, LOG_ENTRY_MAX + 1), bytes_str("") };
	enum rc got[3] = { RC_OK, RC_OK, RC_OK };
	struct log l = { 0 };
	struct node hash;
	struct err e;
	size_t i;

	for (i = 0; i < 3; i++) {
		merkle_leaf(&hash, entries[i]);
		if (log_add_gap(&l, 0, &hash, &e) == RC_OK)
			got[i] = log_fill(&l, i, entries[i], NULL, 0, &e);
	}
	is(got[0], RC_OK, "an entry of LOG_ENTRY_MAX is filled in");
	is(got[1], RC_DENIED, "one of a byte more is not");
	is(got[2], RC_DENIED, "nor is an empty one");
	log_free(&l);
}

int
main(void)
{
	make_entries();
	logs_come_back_with_few_gaps();
	whole_logs_come_back();
	deltas_are_appended();
	items_and_roots_are_found();
	entries_are_proved();
	gaps_are_filled();
	wrong_fills_are_refused();
	what_is_no_entry_is_not_filled_in();
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "journal/log.h"

#include <stdlib.h>
#include <string.h>

#define LEVEL_MAX 62 /* of a gap, as the format has it */
/* Gaps of a run at once: levels rise and fall, and a run within
 * LOG_ENTRIES_MAX has at most two of each. */
#define RUN 64

static uint64_t
width(const struct log_item *item)
{
	return UINT64_C(1) << item->level;
}

static uint64_t
end(const struct log_item *item)
{
	return item->at + width(item);
}

void
log_free(struct log *l)
{
	free(l->items);
	*l = (struct log){ 0 };
}

void
log_copy(struct log *out, const struct log *l)
{
	*out = *l;
	out->room = l->count;
	out->items = alloc(l->count, sizeof(*l->items));
	if (l->count > 0)
		memcpy(out->items, l->items, l->count * sizeof(*l->items));
}

/* Room for so many items more. */
static void
reserve(struct log *l, size_t more)
{
	struct log_item *items;

	if (more <= l->room - l->count)
		return;
	l->room += l->room / 2 + more;
	items = alloc(l->room, sizeof(*items));
	if (l->count > 0)
		memcpy(items, l->items, l->count * sizeof(*items));
	free(l->items);
	l->items = items;
}

static void
append(struct log *l, struct log_item item)
{
	reserve(l, 1);
	item.at = l->tree.size;
	merkle_add_tree(&l->tree, item.level, &item.hash);
	l->items[l->count++] = item;
}

void
log_add(struct log *l, struct bytes entry)
{
	struct log_item item = { .entry = entry };

	if (entry.len == 0 || entry.len > LOG_ENTRY_MAX ||
	    l->tree.size >= LOG_ENTRIES_MAX)
		bug("log: an entry over the limits");
	merkle_leaf(&item.hash, entry);
	append(l, item);
}

enum rc
log_add_gap(
    struct log *l, unsigned level, const struct node *hash, struct err *e)
{
	struct log_item item = { .level = level, .hash = *hash };

	if (level > LEVEL_MAX || l->tree.size % width(&item) != 0)
		return fail(
		    e, RC_INVALID, "a gap begins where none of its size may");
	if (width(&item) > LOG_ENTRIES_MAX - l->tree.size)
		return fail(e, RC_INVALID, "a log of more than %u entries",
		    LOG_ENTRIES_MAX);
	append(l, item);
	return RC_OK;
}

/* The index of the item that covers this leaf, which is in the log. */
static size_t
find(const struct log *l, uint64_t number)
{
	size_t low = 0, high = l->count, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (l->items[middle].at <= number)
			low = middle;
		else
			high = middle;
	}
	return low;
}

const struct log_item *
log_at(const struct log *l, uint64_t number)
{
	return number < l->tree.size ? &l->items[find(l, number)] : NULL;
}

/* Put in place of the gap an entry and the gaps beside its way up. */
static void
split(struct log *l, size_t index, const struct log_item *entry,
    const struct node *proof)
{
	const struct log_item gap = l->items[index];
	size_t after = l->count - index - 1, low = 0, high = gap.level;
	struct log_item *items, beside = { 0 };
	unsigned level;

	reserve(l, gap.level);
	items = l->items + index;
	memmove(items + gap.level + 1, items + 1, after * sizeof(*items));
	l->count += gap.level;
	/* from without: those before the entry rise, those after it fall */
	for (level = gap.level; level-- > 0;) {
		beside.level = level;
		beside.at = (entry->at >> level ^ 1) << level;
		beside.hash = proof[level];
		items[beside.at < entry->at ? low++ : high--] = beside;
	}
	items[low] = *entry;
}

/* The entry is one of the gap. */
static bool
is_of(const struct log_item *gap, const struct log_item *entry,
    const struct node *proof, unsigned proof_len)
{
	return entry->entry.len > 0 && entry->entry.len <= LOG_ENTRY_MAX &&
	       proof_len == gap->level &&
	       merkle_check(&entry->hash, entry->at - gap->at, width(gap),
		   proof, proof_len, &gap->hash);
}

enum rc
log_fill(struct log *l, uint64_t number, struct bytes entry,
    const struct node *proof, unsigned proof_len, struct err *e)
{
	struct log_item item = { .at = number, .entry = entry };
	const struct log_item *have = log_at(l, number);

	if (have == NULL)
		return fail(e, RC_ABSENT, "the log ends before entry %llu",
		    (unsigned long long)number);
	if (have->entry.p != NULL && bytes_eq(have->entry, entry))
		return fail(e, RC_EXISTS, "entry %llu of the log is known",
		    (unsigned long long)number);
	if (have->entry.p != NULL)
		return fail(e, RC_DENIED, "entry %llu of the log is another",
		    (unsigned long long)number);
	merkle_leaf(&item.hash, entry);
	if (!is_of(have, &item, proof, proof_len))
		return fail(e, RC_DENIED,
		    "what should be entry %llu of the log is not proved to be",
		    (unsigned long long)number);
	split(l, (size_t)(have - l->items), &item, proof);
	return RC_OK;
}

/* The root over the leaves from "from", where an item begins, up to "to"; false
 * where a gap lies across that end. */
static bool
root_between(struct node *out, const struct log *l, uint64_t from, uint64_t to)
{
	struct merkle m = { 0 };
	size_t i;

	for (i = find(l, from); i < l->count && l->items[i].at < to; i++) {
		if (end(&l->items[i]) > to)
			return false;
		merkle_add_tree(&m, l->items[i].level, &l->items[i].hash);
	}
	merkle_root(&m, out);
	return true;
}

bool
log_prove(struct node out[static MERKLE_PROOF], const struct log *l,
    uint64_t number, unsigned level)
{
	const struct log_item *item = log_at(l, number);
	uint64_t beside;
	unsigned i;

	if (item == NULL || item->entry.p == NULL || level > LEVEL_MAX ||
	    number >> level >= l->tree.size >> level)
		return false;
	/* a gap that reaches beyond one of these would cover the entry, too */
	for (i = 0; i < level; i++) {
		beside = (number >> i ^ 1) << i;
		if (!root_between(
			&out[i], l, beside, beside + (UINT64_C(1) << i)))
			bug("log: a gap that covers an entry");
	}
	return true;
}

bool
log_root_at(struct node *out, const struct log *l, uint64_t size)
{
	return size <= l->tree.size && root_between(out, l, 0, size);
}

/* ---- Items -------------------------------------------------------------- */

/* Gaps one after another that are not written yet. */
struct run {
	struct log_item gaps[RUN];
	size_t count;
};

static void
run_add(struct run *r, const struct log_item *item, uint64_t few)
{
	struct log_item *left, *right;

	r->gaps[r->count++] = *item;
	for (; r->count > 1; r->count--) {
		right = &r->gaps[r->count - 1];
		left = right - 1;
		if (left->level != right->level || end(right) > few ||
		    left->at % (2 * width(left)) != 0)
			break;
		merkle_parent(&left->hash, &left->hash, &right->hash);
		left->level++;
	}
}

static void
run_end(struct run *r, struct der_wr *w)
{
	size_t i;

	for (i = 0; i < r->count; i++) {
		der_put_open(w, DER_CTXC(1));
		der_put_uint(w, r->gaps[i].level);
		der_put_octets(
		    w, bytes_of(r->gaps[i].hash.b, sizeof(r->gaps[i].hash.b)));
		der_put_close(w);
	}
	r->count = 0;
}

void
log_write(struct der_wr *w, const struct log *l, uint64_t from, uint64_t few,
    bool (*keep)(void *ctx, const struct log_item *item), void *ctx)
{
	size_t i = from < l->tree.size ? find(l, from) : l->count;
	const struct log_item *item;
	struct run run = { 0 };

	if (from > l->tree.size || (i < l->count && l->items[i].at != from))
		bug("log: written from where no item begins");
	der_put_open(w, DER_SEQUENCE);
	for (; i < l->count; i++) {
		item = &l->items[i];
		if (item->entry.p == NULL ||
		    (keep != NULL && !keep(ctx, item))) {
			if (run.count == RUN)
				run_end(&run, w);
			run_add(&run, item, few);
			continue;
		}
		run_end(&run, w);
		der_put(w, DER_CTX(0), item->entry);
	}
	run_end(&run, w);
	der_put_close(w);
}

static void
read_entry(struct der *d, struct log *l)
{
	struct bytes entry = der_tagged(d, DER_CTX(0), 1, LOG_ENTRY_MAX);

	if (l->tree.size == LOG_ENTRIES_MAX)
		der_fault(d, "a log of too many entries");
	if (d->why == NULL)
		log_add(l, entry);
}

static void
read_gap(struct der *d, struct log *l)
{
	struct bytes bytes;
	struct node hash;
	unsigned level;
	struct err e;

	der_open(d, DER_CTXC(1));
	level = (unsigned)der_uint(d, LEVEL_MAX);
	bytes = der_octets(d, sizeof(hash.b), sizeof(hash.b));
	der_close(d);
	if (d->why != NULL)
		return;
	memcpy(hash.b, bytes.p, sizeof(hash.b));
	if (log_add_gap(l, level, &hash, &e) != RC_OK)
		der_fault(d, "a gap where none of its size may be");
}

void
log_read(struct der *d, struct log *l)
{
	struct merkle tree = l->tree;
	size_t count = l->count;

	der_open(d, DER_SEQUENCE);
	while (der_more(d)) {
		if (der_next_is(d, DER_CTX(0)))
			read_entry(d, l);
		else
			read_gap(d, l);
	}
	der_close(d);
	if (d->why != NULL) {
		l->tree = tree;
		l->count = count;
	}
}

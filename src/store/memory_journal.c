/* SPDX-License-Identifier: EUPL-1.2 */
/* The journal in memory: all entries in one array. */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

/* ---- transactions ---------------------------------------------------------
 */

static void
notes_free(struct memory_notes *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		buf_free(&n->list[i].note);
	free(n->list);
	*n = (struct memory_notes){ 0 };
}

static void
notes_add(struct memory_notes *to, size_t at, uint64_t size, struct bytes note,
    bool seen)
{
	size_t i;

	to->list = vec_more(to->list, to->count, sizeof(*to->list));
	for (i = to->count++; i > at; i--)
		to->list[i] = to->list[i - 1];
	to->list[at] = (struct memory_note){ .size = size, .seen = seen };
	buf_add(&to->list[at].note, note);
}

static void
notes_drop(struct memory_notes *from, size_t at)
{
	buf_free(&from->list[at].note);
	for (from->count--; at < from->count; at++)
		from->list[at] = from->list[at + 1];
	from->list[from->count] = (struct memory_note){ 0 };
}

static void
touch(struct memory_journal *j)
{
	const struct memory_note *n;
	size_t i;

	if (j->touched)
		return;
	j->touched = true;
	j->before = j->count;
	for (i = 0; i < j->notes.count; i++) {
		n = &j->notes.list[i];
		notes_add(
		    &j->notes_before, i, n->size, buf_bytes(&n->note), n->seen);
	}
}

static void
cut(struct memory_journal *j, size_t count)
{
	for (; j->count > count; j->count--)
		buf_free(&j->entries[j->count - 1].opening);
}

void
memory_journal_end(struct memory *m, bool kept)
{
	struct memory_journal *j = &m->journal;
	size_t i;

	if (j->touched && !kept) {
		for (i = j->destroyed_count; i-- > 0;) {
			j->entries[j->destroyed[i].at].opening =
			    j->destroyed[i].was;
			j->destroyed[i].was = (struct buf){ 0 };
		}
		cut(j, j->before);
		notes_free(&j->notes);
		j->notes = j->notes_before;
		j->notes_before = (struct memory_notes){ 0 };
	}
	for (i = 0; i < j->destroyed_count; i++)
		buf_free(&j->destroyed[i].was);
	free(j->destroyed);
	j->destroyed = NULL;
	j->destroyed_count = 0;
	notes_free(&j->notes_before);
	j->touched = false;
}

void
memory_journal_free(struct memory *m)
{
	memory_journal_end(m, true);
	cut(&m->journal, 0);
	notes_free(&m->journal.notes);
	free(m->journal.entries);
	free(m->journal.leaves);
}

/* ---- entries --------------------------------------------------------------
 */

static enum rc
size_of(struct store *s, uint64_t *size, struct err *e)
{
	(void)e;
	*size = memory_of(s)->journal.count;
	return RC_OK;
}

static enum rc
append(struct store *s, const struct noted *list, size_t count, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_journal *j = &m->journal;
	struct memory_entry *to;
	enum rc rc;
	size_t i;

	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	for (i = 0; i < count; i++)
		if ((rc = check_noted(&list[i], e)) != RC_OK)
			return rc;
	touch(j);
	for (i = 0; i < count; i++) {
		j->entries =
		    vec_more(j->entries, j->count, sizeof(*j->entries));
		j->leaves = vec_more(j->leaves, j->count, sizeof(*j->leaves));
		merkle_leaf(&j->leaves[j->count], list[i].entry);
		to = &j->entries[j->count++];
		*to = (struct memory_entry){ .n = list[i].n };
		memcpy(to->entry, list[i].entry.p, ENTRY_SIZE);
		buf_add(&to->opening, list[i].opening);
	}
	return RC_OK;
}

static enum rc
absent(struct err *e)
{
	return fail(e, RC_ABSENT, "store: no entry of this number");
}

static enum rc
entry(struct store *s, uint64_t number, uint8_t out[static ENTRY_SIZE],
    struct buf *opening, struct err *e)
{
	const struct memory_journal *j = &memory_of(s)->journal;

	memset(out, 0, ENTRY_SIZE);
	if (opening != NULL)
		*opening = (struct buf){ 0 };
	if (number >= j->count)
		return absent(e);
	memcpy(out, j->entries[number].entry, ENTRY_SIZE);
	if (opening != NULL)
		buf_add(opening, buf_bytes(&j->entries[number].opening));
	return RC_OK;
}

static enum rc
entries_from(struct store *s, uint64_t from,
    bool (*each)(void *ctx, const uint8_t entry[static ENTRY_SIZE],
	struct bytes opening),
    void *ctx, struct err *e)
{
	const struct memory_journal *j = &memory_of(s)->journal;
	const struct memory_entry *one;

	(void)e;
	for (; from < j->count; from++) {
		one = &j->entries[from];
		if (!each(ctx, one->entry, buf_bytes(&one->opening)))
			break;
	}
	return RC_OK;
}

static enum rc
about(struct store *s, uint64_t n, bool (*each)(void *ctx, uint64_t number),
    void *ctx, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_dispatch *d = memory_known(m, n);
	size_t i;

	(void)e;
	if (d != NULL && d->d.entry != 0 && !each(ctx, d->d.entry))
		return RC_OK;
	for (i = 0; i < m->journal.count; i++)
		if (n != 0 && m->journal.entries[i].n == n && !each(ctx, i))
			break;
	return RC_OK;
}

static enum rc
destroy(struct store *s, uint64_t number, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_journal *j = &m->journal;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	if (number >= j->count)
		return absent(e);
	touch(j);
	if (number >= j->before) { /* of this transaction */
		buf_free(&j->entries[number].opening);
		return RC_OK;
	}
	j->destroyed =
	    vec_more(j->destroyed, j->destroyed_count, sizeof(*j->destroyed));
	j->destroyed[j->destroyed_count].at = (size_t)number;
	j->destroyed[j->destroyed_count++].was = j->entries[number].opening;
	j->entries[number].opening = (struct buf){ 0 };
	return RC_OK;
}

static enum rc
scrub(struct store *s, struct err *e)
{
	(void)e;
	if (memory_of(s)->in)
		bug("store: a scrub within a transaction");
	return RC_OK;
}

/* ---- proofs ---------------------------------------------------------------
 */

static enum rc
tile_read(void *ctx, unsigned level, uint64_t i, size_t count, struct node *out,
    struct err *e)
{
	const struct memory_journal *j = ctx;
	const size_t each = (size_t)1 << (TILE_BITS * level);
	const size_t first = (size_t)i * TILE_NODES * each;
	size_t k;

	if (first > j->count || (j->count - first) / each < count)
		return fail(
		    e, RC_INVALID, "store: no such part of the journal");
	for (k = 0; k < count; k++)
		merkle_root_of(&out[k], j->leaves + first + k * each, each);
	return RC_OK;
}

static enum rc
root(struct store *s, uint64_t size, struct node *out, struct err *e)
{
	const struct tiles t = { tile_read, &memory_of(s)->journal };

	return tiles_root(out, &t, size, e);
}

static enum rc
prove(struct store *s, uint64_t number, uint64_t size,
    struct node out[static MERKLE_PROOF], unsigned *len, struct err *e)
{
	const struct tiles t = { tile_read, &memory_of(s)->journal };

	return tiles_prove(out, len, &t, number, size, e);
}

static enum rc
prove_extends(struct store *s, uint64_t m, uint64_t n,
    struct node out[static MERKLE_PROOF], unsigned *len, struct err *e)
{
	const struct tiles t = { tile_read, &memory_of(s)->journal };

	return tiles_prove_extends(out, len, &t, m, n, e);
}

/* ---- checkpoints ----------------------------------------------------------
 */

static enum rc
note_put(
    struct store *s, uint64_t size, struct bytes note, bool seen, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_notes *all = &m->journal.notes;
	enum rc rc;
	size_t at = 0;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_note(note, e)) != RC_OK)
		return rc;
	touch(&m->journal);
	while (at < all->count && all->list[at].size < size)
		at++;
	if (at < all->count && all->list[at].size == size) {
		if (all->list[at].seen && !seen)
			return RC_OK;
		notes_drop(all, at);
	}
	notes_add(all, at, size, note, seen);
	for (at = all->count - 1; at-- > 0;)
		if (!all->list[at].seen)
			notes_drop(all, at);
	return RC_OK;
}

static enum rc
note_drop(struct store *s, uint64_t size, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_notes *all = &m->journal.notes;
	enum rc rc;
	size_t at;

	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	touch(&m->journal);
	for (at = all->count; at-- > 0;)
		if (all->list[at].size == size)
			notes_drop(all, at);
	return RC_OK;
}

static enum rc
note_of(const struct memory_note *n, uint64_t *size, struct buf *note,
    bool *seen, struct err *e)
{
	*note = (struct buf){ 0 };
	*size = 0;
	*seen = false;
	if (n == NULL)
		return fail(e, RC_ABSENT, "store: no checkpoint is kept");
	*size = n->size;
	*seen = n->seen;
	buf_add(note, buf_bytes(&n->note));
	return RC_OK;
}

static enum rc
note_last(struct store *s, uint64_t *size, struct buf *note, bool *seen,
    struct err *e)
{
	const struct memory_notes *all = &memory_of(s)->journal.notes;

	return note_of(all->count == 0 ? NULL : &all->list[all->count - 1],
	    size, note, seen, e);
}

static enum rc
note_from(struct store *s, uint64_t from, uint64_t *size, struct buf *note,
    bool *seen, struct err *e)
{
	const struct memory_notes *all = &memory_of(s)->journal.notes;
	size_t at = 0;

	while (at < all->count && all->list[at].size < from)
		at++;
	return note_of(
	    at == all->count ? NULL : &all->list[at], size, note, seen, e);
}

const struct store_journal_ops memory_journal = {
	.size = size_of,
	.append = append,
	.entry = entry,
	.entries = entries_from,
	.about = about,
	.root = root,
	.prove = prove,
	.prove_extends = prove_extends,
	.destroy = destroy,
	.scrub = scrub,
	.note_put = note_put,
	.note_drop = note_drop,
	.note_last = note_last,
	.note_from = note_from,
};

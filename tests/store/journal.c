/* SPDX-License-Identifier: EUPL-1.2 */
/* The journal: every backend keeps it as src/store/journal.h says, and what was
 * destroyed is nowhere on the disk. */
#include <dirent.h>

#include "contract.h"

#define MARK "MARK-OF-AN-OPENING-"

/* An entry of a number, and its opening. */
static void
made(uint64_t i, uint8_t entry[static ENTRY_SIZE], struct buf *opening)
{
	const struct entry_data d = { .station = bytes_str(MARK "station"),
		.number = i };
	struct entry x = { .kind = (unsigned)(1 + i % (ENTRY_KINDS - 1)),
		.at = SECOND + (int64_t)i };
	uint8_t salt[ENTRY_SALT];

	memset(salt, (int)(i % 251), sizeof(salt));
	*opening = (struct buf){ 0 };
	entry_open(opening, x.kind, &d, salt);
	buf_add(opening, bytes_str(MARK));
	buf_u64(opening, i);
	entry_commit(&x, buf_bytes(opening));
	entry_write(entry, &x);
}

/* Append so many, in one call. */
static enum rc
try_append(struct world *w, size_t count, uint64_t n)
{
	struct noted *list = alloc(count + 1, sizeof(*list));
	uint8_t(*entries)[ENTRY_SIZE] = alloc(count + 1, ENTRY_SIZE);
	struct buf *openings = alloc(count + 1, sizeof(*openings));
	uint64_t size;
	enum rc rc;
	size_t i;

	must(w->ops->journal->size(w->s, &size, &w->e), &w->e);
	for (i = 0; i < count; i++) {
		made(size + i, entries[i], &openings[i]);
		list[i] = (struct noted){ bytes_of(entries[i], ENTRY_SIZE),
			buf_bytes(&openings[i]), n };
	}
	rc = w->ops->journal->append(w->s, list, count, &w->e);
	for (i = 0; i < count; i++)
		buf_free(&openings[i]);
	free(list);
	free(entries);
	free(openings);
	return rc;
}

static void
grow(struct world *w, size_t count)
{
	world_do(w);
	must(try_append(w, count, 0), &w->e);
	world_done(w);
}

static uint64_t
size_of(struct world *w)
{
	uint64_t size;

	must(w->ops->journal->size(w->s, &size, &w->e), &w->e);
	return size;
}

static void
leaf_of(struct node *out, uint64_t i)
{
	uint8_t entry[ENTRY_SIZE];
	struct buf opening;

	made(i, entry, &opening);
	merkle_leaf(out, bytes_of(entry, ENTRY_SIZE));
	buf_free(&opening);
}

struct walked {
	uint64_t next, until;
	bool good;
};

static bool
walk(void *ctx, const uint8_t got[static ENTRY_SIZE], struct bytes had)
{
	struct walked *x = ctx;
	uint8_t entry[ENTRY_SIZE];
	struct buf opening;

	made(x->next, entry, &opening);
	x->good = x->good && memcmp(got, entry, ENTRY_SIZE) == 0 &&
		  bytes_eq(had, buf_bytes(&opening));
	buf_free(&opening);
	return ++x->next < x->until;
}

/* All come in their order, from wherever on, and so far as one wants. */
static bool
walks(struct world *w, uint64_t size)
{
	struct walked x;
	uint64_t from;
	bool good = true;

	for (from = 0; from <= size + 1 && good; from += 1 + from / 7) {
		x = (struct walked){ from, UINT64_MAX, true };
		good = w->ops->journal->entries(w->s, from, walk, &x, &w->e) ==
			   RC_OK &&
		       x.good && x.next == (from < size ? size : from);
		x = (struct walked){ from, from + 2, true };
		good = good &&
		       w->ops->journal->entries(w->s, from, walk, &x, &w->e) ==
			   RC_OK &&
		       x.good && x.next <= from + 2;
	}
	return good;
}

/* Each entry is there, and the root of each size is right. */
static bool
journal_is(struct world *w, uint64_t size)
{
	struct merkle all = { 0 };
	uint8_t entry[ENTRY_SIZE], got[ENTRY_SIZE];
	struct node leaf, want, root;
	struct buf opening, had;
	bool good = size_of(w) == size;
	uint64_t i;

	for (i = 0; i < size && good; i++) {
		made(i, entry, &opening);
		good = w->ops->journal->entry(w->s, i, got, &had, &w->e) ==
			   RC_OK &&
		       memcmp(got, entry, ENTRY_SIZE) == 0 &&
		       bytes_eq(buf_bytes(&had), buf_bytes(&opening));
		merkle_leaf(&leaf, bytes_of(entry, ENTRY_SIZE));
		merkle_add(&all, &leaf);
		buf_free(&opening);
		buf_free(&had);
		if (!good || (i % 97 != 0 && i + 1 != size))
			continue;
		merkle_root(&all, &want);
		good =
		    w->ops->journal->root(w->s, i + 1, &root, &w->e) == RC_OK &&
		    node_eq(&root, &want);
	}
	return good && walks(w, size) &&
	       w->ops->journal->entry(w->s, size, got, NULL, &w->e) ==
		   RC_ABSENT;
}

static void
entries_are_kept(struct world *w)
{
	static const size_t counts[] = { 1, 2, 250, 3, 1, 255, 1, 300, 0, 5 };
	uint64_t size = 0;
	size_t i, good = 0;

	ok(journal_is(w, 0), "a new journal is empty");
	for (i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		grow(w, counts[i]);
		size += counts[i];
		good += journal_is(w, size);
		world_again(w);
		good += journal_is(w, size);
	}
	is(good, 2 * i, "it is whole after each transaction, opened anew too");
	world_do(w);
	must(try_append(w, 3, 0), &w->e);
	is(size_of(w), size + 3, "size() counts those of the transaction");
	must(try_append(w, 600, 0), &w->e);
	w->ops->rollback(w->s);
	ok(journal_is(w, size), "a rollback leaves nothing of them");
	grow(w, 600);
	world_again(w);
	ok(journal_is(w, size + 600), "and the journal goes on");
}

static void
proofs_are_of_any_size(struct world *w)
{
	struct node proof[MERKLE_PROOF], root, old, leaf;
	struct dice d = { 5 };
	size_t i, good = 0, tries = 40;
	uint64_t n, m, at;
	unsigned len;

	for (i = 0; i < 9; i++)
		grow(w, 130);
	world_again(w);
	for (i = 0; i < tries; i++) {
		n = 1 + dice_below(&d, 9 * 130);
		m = 1 + dice_below(&d, (uint32_t)n);
		at = dice_below(&d, (uint32_t)n);
		leaf_of(&leaf, at);
		must(w->ops->journal->root(w->s, n, &root, &w->e), &w->e);
		must(w->ops->journal->root(w->s, m, &old, &w->e), &w->e);
		must(w->ops->journal->prove(w->s, at, n, proof, &len, &w->e),
		    &w->e);
		good += merkle_check(&leaf, at, n, proof, len, &root);
		must(w->ops->journal->prove_extends(
			 w->s, m, n, proof, &len, &w->e),
		    &w->e);
		good += merkle_check_extends(m, &old, n, &root, proof, len);
	}
	is(good, 2 * tries, "each proof holds");
	ok(w->ops->journal->root(w->s, 9 * 130 + 1, &root, &w->e) != RC_OK,
	    "there is no root of a size it has not");
	is(w->ops->journal->prove(w->s, 9, 9, proof, &len, &w->e), RC_ABSENT,
	    "no proof of an entry beyond");
}

static bool
list_number(void *ctx, uint64_t number)
{
	return list_add(ctx, number);
}

static void
about_a_dispatch(struct world *w)
{
	struct buf p = bytes_made(1, SMALL);
	struct stored d = stored_made(1, &p), got;
	struct list l = { 0 };

	grow(w, 3);
	world_do(w);
	d.entry = size_of(w);
	must(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), &w->e);
	must(try_append(w, 1, 0), &w->e);
	must(try_append(w, 1, d.n), &w->e);
	must(try_append(w, 2, 0), &w->e);
	must(try_append(w, 1, d.n), &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->get(w->s, d.n, 0, &got, &w->e), &w->e);
	is(got.entry, 3, "a dispatch knows the entry of its acceptance");
	must(w->ops->journal->about(w->s, d.n, list_number, &l, &w->e), &w->e);
	LIST_IS(&l, "and its further ones are found", 3, 4, 7);
	l = (struct list){ 0 };
	must(w->ops->journal->about(w->s, 99, list_number, &l, &w->e), &w->e);
	is(l.n, 0, "of no dispatch there are none");
	buf_free(&p);
}

static void
limits_hold(struct world *w)
{
	struct buf large = bytes_made(1, JOURNAL_NOTE + 1);
	struct noted n = { bytes_of(large.p, ENTRY_SIZE),
		bytes_of(large.p, ENTRY_OPENING + 1), 0 };

	world_do(w);
	is(w->ops->journal->append(w->s, &n, 1, &w->e), RC_LIMIT,
	    "a longer opening is refused");
	w->ops->rollback(w->s);
	world_do(w);
	n.opening.len = 0;
	is(w->ops->journal->append(w->s, &n, 1, &w->e), RC_LIMIT, "and none");
	w->ops->rollback(w->s);
	world_do(w);
	n.opening.len = ENTRY_OPENING;
	n.entry.len = ENTRY_SIZE + 1;
	is(w->ops->journal->append(w->s, &n, 1, &w->e), RC_LIMIT,
	    "and an entry of another length");
	w->ops->rollback(w->s);
	world_do(w);
	n.entry.len = ENTRY_SIZE;
	went(w->ops->journal->append(w->s, &n, 1, &w->e), &w->e,
	    "the largest is taken");
	is(w->ops->journal->note_put(w->s, 1, buf_bytes(&large), false, &w->e),
	    RC_LIMIT, "a longer checkpoint is refused");
	w->ops->rollback(w->s);
	is(size_of(w), 0, "nothing of them is there");
	buf_free(&large);
}

/* ---- checkpoints ----------------------------------------------------------
 */

static void
note_put(struct world *w, uint64_t size, const char *note, bool seen)
{
	must(
	    w->ops->journal->note_put(w->s, size, bytes_str(note), seen, &w->e),
	    &w->e);
}

/* All that are kept: "size:note ", a "+" where the parent signed. */
static const char *
notes(struct world *w)
{
	static char all[200];
	struct buf note;
	uint64_t at = 0;
	size_t len;
	bool seen;

	all[0] = '\0';
	while (w->ops->journal->note_from(w->s, at, &at, &note, &seen, &w->e) ==
	       RC_OK) {
		len = strlen(all);
		(void)snprintf(all + len, sizeof(all) - len, "%d:%.*s%s ",
		    (int)at, (int)note.len, (const char *)note.p,
		    seen ? "+" : "");
		buf_free(&note);
		at++;
	}
	return all;
}

static void
checkpoints_are_kept(struct world *w)
{
	struct buf note;
	uint64_t size;
	bool seen;

	is(w->ops->journal->note_last(w->s, &size, &note, &seen, &w->e),
	    RC_ABSENT, "at first there is no checkpoint");
	world_do(w);
	note_put(w, 5, "a", false);
	note_put(w, 9, "b", false);
	world_done(w);
	world_again(w);
	ok(strcmp(notes(w), "9:b ") == 0, "the newest is kept");
	world_do(w);
	note_put(w, 9, "B", true);
	note_put(w, 12, "c", false);
	world_done(w);
	ok(strcmp(notes(w), "9:B+ 12:c ") == 0,
	    "and each that the parent has signed");
	world_do(w);
	note_put(w, 9, "x", false);
	note_put(w, 7, "late", true);
	note_put(w, 20, "d", false);
	world_done(w);
	world_again(w);
	ok(strcmp(notes(w), "7:late+ 9:B+ 20:d ") == 0,
	    "which no other of its size replaces");
	world_do(w);
	note_put(w, 30, "e", true);
	w->ops->rollback(w->s);
	ok(strcmp(notes(w), "7:late+ 9:B+ 20:d ") == 0, "a rollback undoes");
	must(w->ops->journal->note_last(w->s, &size, &note, &seen, &w->e),
	    &w->e);
	ok(size == 20 && !seen && bytes_is(buf_bytes(&note), "d"),
	    "the newest is found");
	buf_free(&note);
	world_do(w);
	must(w->ops->journal->note_drop(w->s, 7, &w->e), &w->e);
	must(w->ops->journal->note_drop(w->s, 8, &w->e), &w->e);
	ok(strcmp(notes(w), "9:B+ 20:d ") == 0, "one that is dropped is gone");
	w->ops->rollback(w->s);
	ok(strcmp(notes(w), "7:late+ 9:B+ 20:d ") == 0,
	    "and that is undone, too");
	world_do(w);
	must(w->ops->journal->note_drop(w->s, 9, &w->e), &w->e);
	world_done(w);
	world_again(w);
	ok(strcmp(notes(w), "7:late+ 20:d ") == 0, "it stays gone");
}

/* ---- what is destroyed ----------------------------------------------------
 */

/* All in turn: of rows of one and of many entries, of the first page (which
 * SQLite moves when the table grows) and of pages behind. */
static void
nothing_is_left_of_an_opening(struct world *w)
{
	static const uint64_t which[] = { 0, 1, 7, 30, 90, 91, 299, 300, 450,
		599 };
	const bool disk = w->ops == &store_sqlite;
	uint8_t entry[ENTRY_SIZE];
	struct buf opening, want = { 0 };
	struct node before, after;
	size_t i, left = 0, there = 0, gone = 0;

	for (i = 0; i < 300; i++)
		grow(w, 1);
	grow(w, 150);
	grow(w, 150);
	must(w->ops->journal->root(w->s, 600, &before, &w->e), &w->e);
	for (i = 0; i < sizeof(which) / sizeof(*which); i++) {
		made(which[i], entry, &want);
		want.p += want.len - 27; /* MARK and its number */
		there += !disk || on_disk(w, bytes_of(want.p, 27)) > 0;
		world_do(w);
		must(w->ops->journal->destroy(w->s, which[i], &w->e), &w->e);
		w->ops->rollback(w->s);
		must(w->ops->journal->entry(
			 w->s, which[i], entry, &opening, &w->e),
		    &w->e);
		there += opening.len > 0;
		buf_free(&opening);
		world_do(w);
		must(w->ops->journal->destroy(w->s, which[i], &w->e), &w->e);
		must(w->ops->journal->destroy(w->s, which[i], &w->e), &w->e);
		world_done(w);
		must(w->ops->journal->scrub(w->s, &w->e), &w->e);
		left += disk ? on_disk(w, bytes_of(want.p, 27)) : 0;
		must(w->ops->journal->entry(
			 w->s, which[i], entry, &opening, &w->e),
		    &w->e);
		gone += opening.len == 0;
		want.p -= want.len - 27;
		buf_free(&want);
	}
	is(there, 2 * i, "an opening is there, and a rollback leaves it");
	is(gone, i, "destroyed, it is no more");
	is(left, 0, "and none of its bytes is in the database's files");
	must(w->ops->journal->root(w->s, 600, &after, &w->e), &w->e);
	ok(node_eq(&before, &after), "the tree is what it was");
	must(w->ops->journal->entry(w->s, 31, entry, &opening, &w->e), &w->e);
	made(31, entry, &want);
	same(
	    buf_bytes(&opening), buf_bytes(&want), "and so are its neighbours");
	buf_free(&opening);
	buf_free(&want);
	world_again(w);
	must(w->ops->journal->entry(w->s, 300, entry, &opening, &w->e), &w->e);
	is(opening.len, 0, "it stays destroyed");
	world_do(w);
	is(w->ops->journal->destroy(w->s, 600, &w->e), RC_ABSENT,
	    "what is not there cannot be");
	w->ops->rollback(w->s);
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		entries_are_kept,
		proofs_are_of_any_size,
		about_a_dispatch,
		limits_hold,
		checkpoints_are_kept,
		nothing_is_left_of_an_opening,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}

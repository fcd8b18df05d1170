/* SPDX-License-Identifier: EUPL-1.2 */
/* Items of a log: which are taken from outside, and what is no input but a
 * bug. */
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "journal/log.h"

static const struct node some = { { 1 } };
static uint8_t large[LOG_ENTRY_MAX + 1];

static struct log
log_of(unsigned n)
{
	struct log l = { 0 };
	unsigned i;

	for (i = 0; i < n; i++)
		log_add(&l, bytes_str("an entry"));
	return l;
}

static enum rc
get(struct log *l, struct bytes in)
{
	struct der d = der_init(in);
	struct err e;

	log_read(&d, l);
	return der_end(&d, "items", &e);
}

static void
put_gap(struct der_wr *w, uint64_t level, size_t hash)
{
	der_put_open(w, DER_CTXC(1));
	der_put_uint(w, level);
	der_put_octets(w, bytes_of(large, hash));
	der_put_close(w);
}

/* Items of gaps of these levels, a letter each from 'a' = 0 on; '.' is an entry
 * and anything else something else. */
static const struct {
	const char *what, *items;
	enum rc rc;
} shapes[] = {
	{ "nothing", "", RC_OK },
	{ "entries", "...", RC_OK },
	{ "gaps that rise", ".abcdefghijklmnopqrstuvwxyz", RC_OK },
	{ "gaps that fall", "zyxwvutsrqponmlkjihgfedcba.", RC_OK },
	{ "gaps that could be one", "aabb", RC_OK },
	{ "all in one gap", "{", RC_OK },
	{ "two halves", "zz", RC_OK },
	{ "a gap where it cannot begin", ".b", RC_INVALID },
	{ "a gap at two that reaches to six", "bc", RC_INVALID },
	{ "a gap at four that is of eight", "cd", RC_INVALID },
	{ "a gap at one that is the whole", ".z", RC_INVALID },
	{ "an entry after all there may be", "{.", RC_INVALID },
	{ "a gap after all there may be", "{a", RC_INVALID },
	{ "three halves", "zzz", RC_INVALID },
	{ "a gap over all there may be", "|", RC_INVALID },
	{ "a gap of level 62", "6", RC_INVALID },
	{ "a gap of level 63", "7", RC_INVALID },
	{ "a gap of level 64", "8", RC_INVALID },
	{ "an empty entry", "0", RC_INVALID },
	{ "an entry of LOG_ENTRY_MAX", "1", RC_OK },
	{ "an entry of one more", "2", RC_INVALID },
	{ "a hash of 31 bytes", "3", RC_INVALID },
	{ "a hash of 33 bytes", "4", RC_INVALID },
	{ "an item of another tag", "!", RC_INVALID },
	{ "a gap of more fields", "+", RC_INVALID },
	{ "a gap of one field", "-", RC_INVALID },
	{ "a good beginning", "..b..!", RC_INVALID },
};
#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static void
put_item(struct der_wr *w, char c)
{
	if (c >= 'a' && c <= '|')
		put_gap(w, (uint64_t)(c - 'a'), SHA256_SIZE);
	else if (c == '.')
		der_put(w, DER_CTX(0), bytes_str("an entry"));
	else if (c >= '6')
		put_gap(w, 62 + (uint64_t)(c - '6'), SHA256_SIZE);
	else if (c >= '3')
		put_gap(w, 0, c == '3' ? 31 : 33);
	else if (c >= '0')
		der_put(w, DER_CTX(0),
		    bytes_of(large,
			c == '0' ? 0 : (size_t)LOG_ENTRY_MAX + (c == '2')));
	else if (c == '!')
		der_put_octets(w, bytes_str("an entry"));
	else {
		der_put_open(w, DER_CTXC(1));
		der_put_uint(w, 0);
		if (c == '+') {
			der_put_octets(w, bytes_of(large, SHA256_SIZE));
			der_put_null(w);
		}
		der_put_close(w);
	}
}

/* The items are refused by an empty log and by one of 64 leaves, and leave both
 * as they were. */
static bool
are_refused(struct bytes items)
{
	struct log l = { 0 };
	struct node before, after;
	bool refused;

	refused =
	    get(&l, items) == RC_INVALID && l.count == 0 && l.tree.size == 0;
	log_free(&l);
	l = log_of(64);
	merkle_root(&l.tree, &before);
	refused = refused && get(&l, items) == RC_INVALID && l.count == 64;
	merkle_root(&l.tree, &after);
	refused = refused && node_eq(&before, &after);
	log_free(&l);
	return refused;
}

static void
only_items_that_fit_are_read(void)
{
	struct log l = { 0 };
	unsigned bad = 0;
	struct der_wr w;
	const char *c;
	size_t i;
	bool good;

	for (i = 0; i < SHAPES; i++) {
		w = (struct der_wr){ 0 };
		der_put_open(&w, DER_SEQUENCE);
		for (c = shapes[i].items; *c != '\0'; c++)
			put_item(&w, *c);
		der_put_close(&w);
		if (shapes[i].rc == RC_OK)
			good = get(&l, buf_bytes(&w.out)) == RC_OK;
		else
			good = are_refused(buf_bytes(&w.out));
		if (!good)
			note("%s", shapes[i].what);
		bad += !good;
		log_free(&l);
		der_wr_free(&w);
	}
	is(bad, 0, "of %zu shapes of items those that cannot be are refused",
	    SHAPES);
}

/* A run that rises from one leaf and falls to one: the most gaps of one run. */
static void
the_longest_run_is_written(void)
{
	struct log l = { 0 }, back = { 0 };
	struct der_wr w = { 0 }, again = { 0 };
	unsigned i, bad = 0;
	struct err e;

	log_add(&l, bytes_str("first"));
	for (i = 0; i < 50; i++)
		bad += log_add_gap(&l, i < 25 ? i : 49 - i, &some, &e) != RC_OK;
	log_add(&l, bytes_str("last"));
	is(bad, 0, "50 gaps fit between the first and the last entry");
	is(l.tree.size, LOG_ENTRIES_MAX, "of a log of LOG_ENTRIES_MAX");
	log_write(&w, &l, 0, UINT64_MAX, NULL, NULL);
	is(get(&back, buf_bytes(&w.out)), RC_OK, "they are read");
	log_write(&again, &back, 0, UINT64_MAX, NULL, NULL);
	ok(back.count == 52 &&
		bytes_eq(buf_bytes(&w.out), buf_bytes(&again.out)),
	    "and come back as they are");
	is(log_add_gap(&l, 0, &some, &e), RC_INVALID, "no gap fits behind");
	log_free(&back);
	log_free(&l);
	der_wr_free(&w);
	der_wr_free(&again);
}

/* ---- promises ----------------------------------------------------------- */

static void
tree_out_of_place(struct log *l)
{
	merkle_add_tree(&l->tree, 2, &some);
}

static void
tree_too_high(struct log *l)
{
	merkle_add_tree(&l->tree, 64, &some);
}

static void
add_nothing(struct log *l)
{
	log_add(l, bytes_str(""));
}

static void
add_too_much(struct log *l)
{
	log_add(l, bytes_of(large, sizeof(large)));
}

static void
write_from_within(struct log *l)
{
	struct der_wr w = { 0 };

	log_write(&w, l, 5, UINT64_MAX, NULL, NULL);
}

static void
write_from_beyond(struct log *l)
{
	struct der_wr w = { 0 };

	log_write(&w, l, 7, UINT64_MAX, NULL, NULL);
}

static void
broken_promises_end_the_process(void)
{
	static void (*const promises[])(struct log * l) = { tree_out_of_place,
		tree_too_high, add_nothing, add_too_much, write_from_within,
		write_from_beyond };
	const size_t n = sizeof(promises) / sizeof(promises[0]);
	struct log l = log_of(4);
	int status = 0;
	struct err e;
	size_t i, ended = 0;
	pid_t pid;

	went(log_add_gap(&l, 1, &some, &e), &e, "a gap of two is added");
	for (i = 0; i < n; i++) {
		if ((pid = fork()) == 0) {
			(void)close(STDERR_FILENO);
			promises[i](&l);
			_exit(0);
		}
		ended +=
		    pid > 0 && waitpid(pid, &status, 0) == pid && status != 0;
	}
	is(ended, n, "each of %zu broken promises ends the process", n);
	log_free(&l);
}

int
main(void)
{
	only_items_that_fit_are_read();
	the_longest_run_is_written();
	broken_promises_end_the_process();
	return done();
}

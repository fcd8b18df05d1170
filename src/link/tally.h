/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The items of one direction that were begun and not yet answered, by their
 * numbers, which grow by one (docs/link.md 6.2, 8.3).  { 0 } is empty.
 */
#ifndef LINK_TALLY_H
#define LINK_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct told {
	uint64_t ref;
	bool answered;
};

struct tally {
	struct told *told; /* a ring of "cap", a power of two */
	uint32_t count, cap, first;
	uint32_t last; /* number of the newest; 0: there was none */
};

/* The next number, with the ref. */
uint32_t tally_add(struct tally *t, uint64_t ref);
/* NULL: it was never begun, or was answered. */
struct told *tally_find(const struct tally *t, uint32_t number);
/* It is answered: what was found is no longer valid. */
void tally_answer(struct tally *t, struct told *told);
void tally_free(struct tally *t);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Neighbours, as they are known since the start: how much of what a child sends
 * is carried at the rank that it says (docs/station.md 12.3), and whose line is
 * down.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "proc_store/station.h"

#define HOUR_MS UINT64_C(3600000)
#define OVER_MS INT64_C(3600000) /* calm, after which it is said again */

static struct neighbour **all; /* owned, with what they point to */
static size_t count;

struct neighbour *
neighbour_of(struct bytes station)
{
	struct neighbour *n;
	size_t i, k;

	for (i = 0; i < count; i++)
		if (bytes_is(station, all[i]->station))
			return all[i];
	all = vec_more(all, count, sizeof(struct neighbour *));
	n = all[count++] = alloc(1, sizeof(*n));
	memcpy(n->station, station.p, station.len);
	n->at = process_ms();
	for (k = 0; k < QUOTAS; k++) {
		n->items[k] = st.quotas[k].items * HOUR_MS;
		n->bytes[k] = st.quotas[k].bytes * HOUR_MS;
	}
	return n;
}

struct neighbour *
neighbour_each(size_t i)
{
	return i < count ? all[i] : NULL;
}

/* A level is counted in 3,600,000ths, so that each millisecond gives its part
 * of the hour's. */
static void
refill(uint64_t *level, uint64_t hour, uint64_t ms)
{
	const uint64_t most = hour * HOUR_MS;

	*level = most - *level <= hour * ms ? most : *level + hour * ms;
}

static void
refill_all(struct neighbour *n, int64_t now)
{
	uint64_t ms = now > n->at ? (uint64_t)(now - n->at) : 0;
	size_t k;

	if (ms > HOUR_MS)
		ms = HOUR_MS;
	for (k = 0; k < QUOTAS; k++) {
		refill(&n->items[k], st.quotas[k].items, ms);
		refill(&n->bytes[k], st.quotas[k].bytes, ms);
	}
	n->at = now;
}

static bool
spend(struct neighbour *n, size_t k, uint64_t bytes)
{
	/* more than an hour's takes all of it, and is carried where all of it
	 * is there */
	if (bytes > st.quotas[k].bytes)
		bytes = st.quotas[k].bytes;
	if (n->items[k] < HOUR_MS || n->bytes[k] < bytes * HOUR_MS)
		return false;
	n->items[k] -= HOUR_MS;
	n->bytes[k] -= bytes * HOUR_MS;
	return true;
}

static void
say_over(struct neighbour *n, unsigned rank, int64_t now)
{
	const bool calm = n->over == 0 || now - n->over > OVER_MS;
	struct log_line l;

	n->over = now;
	if (!calm)
		return;
	l = log_line(LOG_WARN, "quota.over");
	log_str(&l, "station", bytes_str(n->station));
	log_uint(&l, "rank", rank);
	process_log(LOG_WARN, &l);
}

unsigned
quota_rank(struct neighbour *n, unsigned rank, uint64_t bytes)
{
	const int64_t now = process_ms();
	const unsigned said = rank;

	if (rank < RANKS - QUOTAS)
		return rank;
	refill_all(n, now);
	while (
	    rank >= RANKS - QUOTAS && !spend(n, rank - (RANKS - QUOTAS), bytes))
		rank--;
	if (rank != said)
		say_over(n, said, now);
	return rank;
}

/* ---- settings
 * --------------------------------------------------------------------- */

void
setting_given(struct bytes name, const char *value)
{
	static const struct {
		const char *word;
		uint64_t *to;
	} numbers[] = {
		{ "quota-thuong-khan", &st.quotas[0].items },
		{ "quota-thuong-khan-size", &st.quotas[0].bytes },
		{ "quota-hoa-toc", &st.quotas[1].items },
		{ "quota-hoa-toc-size", &st.quotas[1].bytes },
	};
	static const char *const unseen_words[RANKS] = { "unseen-thuong",
		"unseen-khan", "unseen-thuong-khan", "unseen-hoa-toc" };
	const uint64_t number = strtoull(value, NULL, 10);
	unsigned rank;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (bytes_is(name, numbers[i].word))
			*numbers[i].to = number;
	for (rank = 0; rank < RANKS; rank++)
		if (bytes_is(name, deadline_word(rank)))
			st.deadlines.seconds[rank] = (int64_t)number;
	if (bytes_is(name, "restore-wait"))
		st.restore_wait = (int64_t)number;
	for (rank = 0; rank < RANKS; rank++)
		if (bytes_is(name, unseen_words[rank]))
			st.unseen.seconds[rank] = (int64_t)number;
	if (bytes_is(name, "duty"))
		(void)snprintf(st.duty, sizeof(st.duty), "%s", value);
}

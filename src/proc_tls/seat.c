/* SPDX-License-Identifier: EUPL-1.2 */
/* Room for browsers' connections (docs/desk.md 11.6): so many in all, so many
 * of one address, and so many handshakes a second. */
#include "crypto/random.h"
#include "link/source.h"
#include "proc_tls/tls.h"

/* One handshake in so many microseconds, and so many at once. */
#define ALL_US INT64_C(5000)
#define ALL_BURST 200
#define ONE_US INT64_C(20000)
#define ONE_BURST 512

/* What is known of some addresses, mostly of one. */
static struct {
	uint32_t open, shaking;
	int64_t until; /* microseconds: what its handshakes used up */
} sources[TLS_SOURCES];

static struct source_salt salt;
static uint32_t open_all, shaking_all;
static int64_t until_all;

void
seat_begin(void)
{
	random_bytes(salt.b, sizeof(salt.b));
}

size_t
seat_source(const struct sockaddr_storage *a)
{
	return source_row(a, &salt, TLS_SOURCES);
}

/* Whether one more fits in; it is not counted yet. */
static bool
fits(int64_t until, int64_t us, int64_t each, int64_t burst)
{
	return until - us < each * burst;
}

static int64_t
used(int64_t until, int64_t us, int64_t each)
{
	return (until > us ? until : us) + each;
}

bool
seat_is_time(int64_t ms)
{
	return fits(until_all, ms * 1000, ALL_US, ALL_BURST);
}

bool
seat_take(size_t source, int64_t ms)
{
	const int64_t us = ms * 1000;

	if (open_all >= TLS_CONNS || sources[source].open >= TLS_OF_ONE ||
	    shaking_all >= TLS_SHAKING ||
	    sources[source].shaking >= TLS_SHAKING_OF_ONE ||
	    !fits(sources[source].until, us, ONE_US, ONE_BURST))
		return false;
	until_all = used(until_all, us, ALL_US);
	sources[source].until = used(sources[source].until, us, ONE_US);
	sources[source].open++;
	sources[source].shaking++;
	open_all++;
	shaking_all++;
	return true;
}

void
seat_shaken(size_t source)
{
	sources[source].shaking--;
	shaking_all--;
}

void
seat_left(size_t source, bool shaken)
{
	if (!shaken)
		seat_shaken(source);
	sources[source].open--;
	open_all--;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Room for connections that have not said yet who they are (docs/link.md 15):
 * whoever has most of them loses one first, and who began too many handshakes
 * in vain waits.  Whoever was let in, and stays, is not touched by any of this.
 */
#include "crypto/random.h"
#include "link/source.h"
#include "proc_link/link.h"

#define LOG_MS INT64_C(10000)
#define LOG_LINES 20u /* in that time */

/* What is known of some addresses, mostly of one. */
static struct {
	uint32_t waiting; /* connections */
	int64_t until;	  /* milliseconds: what its handshakes used up */
} sources[LINK_SOURCES];

static struct source_salt salt;
static struct conn *oldest, *newest;
static int64_t log_since;
static uint64_t log_lines, log_unsaid;

void
room_begin(void)
{
	random_bytes(salt.b, sizeof(salt.b));
}

size_t
room_source(const struct sockaddr_storage *a)
{
	return source_row(a, &salt, LINK_SOURCES);
}

/* The oldest of the source that has most. */
static struct conn *
heaviest(void)
{
	struct conn *c, *most = oldest;

	for (c = oldest; c != NULL; c = c->newer)
		if (sources[c->source].waiting > sources[most->source].waiting)
			most = c;
	return most;
}

bool
room_for(size_t source)
{
	struct conn *most;

	if (lk.pending < LINK_PENDING)
		return true;
	most = heaviest();
	if (sources[most->source].waiting <= sources[source].waiting + 1 &&
	    process_ms() - most->since < LINK_GRACE_MS)
		return false;
	conn_close(most, NULL);
	return true;
}

void
room_enter(struct conn *c)
{
	c->waits = true;
	c->older = newest;
	if (newest != NULL)
		newest->newer = c;
	else
		oldest = c;
	newest = c;
	sources[c->source].waiting++;
	lk.pending++;
}

void
room_leave(struct conn *c)
{
	if (!c->waits)
		return;
	c->waits = false;
	if (c->older != NULL)
		c->older->newer = c->newer;
	else
		oldest = c->newer;
	if (c->newer != NULL)
		c->newer->older = c->older;
	else
		newest = c->older;
	c->older = c->newer = NULL;
	sources[c->source].waiting--;
	lk.pending--;
	/* what its handshake used is given back to who may come in */
	if (c->admitted && c->tried)
		sources[c->source].until -= LINK_TRY_MS;
}

void
room_ended(const struct conn *c)
{
	/* one that was let in and did not stay */
	if (c->admitted && c->tried && process_ms() - c->since < LINK_GRACE_MS)
		sources[c->source].until += LINK_TRY_MS;
}

bool
room_try(struct conn *c)
{
	const int64_t now = process_ms();
	int64_t *until = &sources[c->source].until;

	c->tried = true;
	if (*until < now)
		*until = now;
	if (*until - now >= LINK_TRIES * LINK_TRY_MS)
		return false;
	*until += LINK_TRY_MS;
	return true;
}

bool
room_says(void)
{
	const int64_t now = process_ms();
	struct log_line l;

	if (now - log_since >= LOG_MS) {
		log_since = now;
		log_lines = 0;
		if (log_unsaid > 0) {
			l = log_line(LOG_WARN, "conn.unsaid");
			log_uint(&l, "count", log_unsaid);
			process_log(LOG_WARN, &l);
		}
		log_unsaid = 0;
	}
	if (log_lines == LOG_LINES) {
		log_unsaid++;
		return false;
	}
	log_lines++;
	return true;
}

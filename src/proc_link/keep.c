/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Parts of small items, by the station they came from, between two of its
 * connections (docs/link.md 5.5).  While a station is connected its connection
 * has its keep.
 */
#include <stdlib.h>
#include <string.h>

#include "proc_link/link.h"

static struct kept_of {
	char station[LIMIT_ADDRESS + 1];
	struct link_keep *keep;
} keeps[LINK_KEEPS]; /* the oldest first */
static size_t keep_count;

static struct link_keep *
take_at(size_t i)
{
	struct link_keep *k = keeps[i].keep;

	memmove(
	    &keeps[i], &keeps[i + 1], (--keep_count - i) * sizeof(keeps[0]));
	return k;
}

static struct link_keep *
take_of(const char *station)
{
	size_t i;

	for (i = 0; i < keep_count; i++)
		if (strcmp(keeps[i].station, station) == 0)
			return take_at(i);
	return NULL;
}

void
keeps_find(struct conn *c)
{
	c->keep = take_of(c->station);
	if (c->keep != NULL)
		session_keep(c->session, c->keep);
}

void
keeps_leave(struct conn *c)
{
	struct link_keep *k = c->keep;

	if (!c->admitted || c->session == NULL || c->parted)
		return;
	c->parted = true;
	c->keep = NULL;
	if (k == NULL)
		k = keep_new();
	session_parts(c->session, k);
	if (keep_bytes(k) == 0) {
		keep_free(k);
		return;
	}
	/* two of a station's: the newer counts */
	keep_free(take_of(c->station));
	if (keep_count == LINK_KEEPS)
		keep_free(take_at(0));
	memcpy(keeps[keep_count].station, c->station, sizeof(c->station));
	keeps[keep_count++].keep = k;
}

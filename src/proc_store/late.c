/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What has waited too long for a line (docs/station.md 13), where it should
 * have been there (docs/link.md 20.8).
 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "pki/resolve.h"
#include "proc_store/station.h"

#define CONTACT_MINUTES 10 /* of hours of contact: what waited may go first */
#define URGENT 2u	   /* the rank of thượng khẩn */

struct lates {
	struct late_hop {
		char hop[LIMIT_ADDRESS + 1];
		unsigned rank;
	} * list; /* owned */
	size_t count;
};

static bool
is_parent(const char *hop)
{
	const size_t above =
	    station_above(st.file.directory, st.unit, station_now());
	char name[LIMIT_ADDRESS + 1];

	return above != NONE && st.dials &&
	       address_of(
		   st.file.directory, above, NONE, station_now(), name) &&
	       strcmp(name, hop) == 0;
}

static bool
note_late(void *ctx, const struct late *l)
{
	struct lates *all = ctx;
	struct late_hop *h;

	all->list = vec_more(all->list, all->count, sizeof(*all->list));
	h = &all->list[all->count++];
	*h = (struct late_hop){ .rank = l->rank };
	memcpy(h->hop, l->hop.p, l->hop.len);
	return true;
}

/* When who is to get it calls; NULL: it is not known, or he is here. */
static const struct contact *
contact_with(const char *hop)
{
	const struct neighbour *n;
	size_t i;

	for (i = 0; (n = neighbour_each(i)) != NULL; i++)
		if (strcmp(n->station, hop) == 0 && n->contact.count > 0)
			return &n->contact;
	return is_parent(hop) ? hours_contact_own() : NULL;
}

/* docs/link.md 20.8: out of the hours of contact, and while they have just
 * begun, what is not urgent waits as it should; of what is urgent is said when
 * they begin. */
static void
waits(const char *hop, unsigned rank)
{
	const struct contact *c = contact_with(hop);
	const int64_t lasts = c == NULL ? INT64_MAX : contact_lasts(c);
	char text[16] = "contact ";

	if (lasts < CONTACT_MINUTES && rank < URGENT &&
	    !alarm_lasts(STORE_ALARM_WAITS, bytes_str(hop), rank))
		return;
	if (lasts < 0)
		contact_next(text + strlen(text), c);
	alarm_raise(
	    STORE_ALARM_WAITS, bytes_str(hop), rank, lasts < 0 ? text : "");
}

void
late_look(void)
{
	const int64_t now = station_now();
	struct lates all = { 0 };
	int64_t before[RANKS];
	unsigned rank;
	struct err e;
	size_t i;

	for (rank = 0; rank < RANKS; rank++)
		before[rank] = now - st.deadlines.seconds[rank];
	if (st.store->ops->alarms.late(st.store, before, note_late, &all, &e) ==
	    RC_OK) {
		alarms_look(STORE_ALARM_WAITS);
		for (i = 0; i < all.count; i++)
			waits(all.list[i].hop, all.list[i].rank);
		alarms_looked(STORE_ALARM_WAITS);
	}
	free(all.list);
}

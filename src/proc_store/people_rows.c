/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of the people whose keys a station has (ASK_USERS). */
#include "core/time.h"
#include "pki/resolve.h"
#include "proc_store/people.h"

static void
roles_of(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    const struct session *who, const char *address)
{
	const struct directory *d = st.file.directory;
	const struct state *s = &d->state;
	const int64_t now = station_now();
	char desk[LIMIT_ADDRESS + 1];
	struct msg_row row = { .what = ROW_USER_ROLE,
		.address = bytes_str(address) };
	const struct role_held *r;
	size_t i;

	for (i = 0; i < s->role_count; i++) {
		r = &s->roles[i];
		if (r->person != who->holder || r->from > now ||
		    now >= r->until ||
		    !role_is_held(d, r->person, r->desk, r->role, now) ||
		    !address_of(
			d, s->holders[r->desk].unit, r->desk, now, desk))
			continue;
		row.other = bytes_str(desk);
		row.state = r->role;
		row.due = r->until;
		each(ctx, &row);
	}
}

void
people_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx)
{
	const struct state *s = &st.file.directory->state;
	struct session who;
	struct codes codes;
	struct msg_row row;
	const struct person_held *held;
	const struct in *in;
	struct err e;
	size_t i;

	for (i = 0; (held = person_held_each(i)) != NULL; i++) {
		row = (struct msg_row){ .what = ROW_USER,
			.address = bytes_str(held->address),
			.due = held->until,
			.since = TIME_NEVER };
		in = session_in(row.address);
		if (in != NULL) {
			row.state = 1;
			row.q = in->uid;
			row.since = in->since;
		}
		if (person_of(&who, row.address, &e) == RC_OK) {
			row.text =
			    holder_name(&s->holders[who.holder], station_now());
			row.level = session_level(&who);
			if (codes_get(&codes, who.holder, &e) == RC_OK) {
				row.n = codes.record.len > 0;
				buf_free(&codes.record);
			}
			each(ctx, &row);
			roles_of(each, ctx, &who, held->address);
		} else {
			row.count = 1; /* not in force */
			each(ctx, &row);
		}
	}
}

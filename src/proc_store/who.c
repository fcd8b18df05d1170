/* SPDX-License-Identifier: EUPL-1.2 */
/* Who did something, for the log and for people: a browser's session is a user
 * for a while only (docs/desk.md 4.1), so the people are named whom it had
 * signed in. */
#include <string.h>

#include "pki/state.h"
#include "proc_store/sessions.h"

static void
add_person(void *ctx, const struct session *s)
{
	log_str(ctx, "person", bytes_str(s->person));
}

void
session_log(struct log_line *l, uint64_t uid)
{
	log_uint(l, "uid", uid);
	if (uid > UINT32_MAX)
		session_each(uid, add_person, l);
}

/* ---- for people ---------------------------------------------------------- */

struct naming {
	struct buf *to;
	size_t max;
};

/* Whole, or not at all. */
static void
add_name(void *ctx, const struct session *s)
{
	static const char scheme[] = "antin://";
	const struct naming *n = ctx;
	const struct bytes name = holder_name(
	    &st.file.directory->state.holders[s->holder], station_now());
	const char *address = s->address;
	struct buf one = { 0 };

	if (strncmp(address, scheme, sizeof(scheme) - 1) == 0)
		address += sizeof(scheme) - 1;
	if (n->to->len > 0)
		buf_add(&one, bytes_str("; "));
	buf_add(&one, name);
	buf_add(&one, bytes_str(" ("));
	buf_add(&one, bytes_str(address));
	buf_add(&one, bytes_str(")"));
	if (n->to->len + one.len <= n->max)
		buf_add(n->to, buf_bytes(&one));
	else if (n->to->len == 0) /* his name is long */
		buf_add(n->to, bytes_str(address));
	buf_free(&one);
}

enum rc
session_names(struct buf *out, uint64_t uid, size_t max, struct err *e)
{
	struct naming n = { out, max };

	*out = (struct buf){ 0 };
	if (uid <= UINT32_MAX)
		return RC_OK;
	session_each(uid, add_name, &n);
	return out->len > 0
		   ? RC_OK
		   : fail(e, RC_DENIED, "nobody is signed in by this browser");
}

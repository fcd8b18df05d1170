/* SPDX-License-Identifier: EUPL-1.2 */
/* Who did something, for the log: a browser's session is a user for a while
 * only (docs/desk.md 4.1), so the people are named whom it had signed in. */
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

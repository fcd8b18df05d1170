/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who looked at what is secret (docs/registry.md 7.4): an entry of the journal
 * before it is seen.  A page asks anew whenever something has changed at the
 * station; that is the same look, and no further entry.
 */
#include <string.h>

#include "crypto/hash.h"
#include "proc_store/registry.h"

#define SAME_LOOK (15 * 60)
#define LOOKS 1024u /* that are remembered: the newest */

static struct look {
	uint8_t what[SHA256_SIZE]; /* the desk, the text, the document */
	int64_t at;		   /* 0: none */
} looks[LOOKS];
static size_t next;

/* One of these, of which the journal has an entry. */
static bool
is_known(const uint8_t what[static SHA256_SIZE], int64_t now)
{
	size_t i;

	for (i = 0; i < LOOKS; i++)
		if (looks[i].at != 0 && looks[i].at <= now &&
		    now - looks[i].at < SAME_LOOK &&
		    memcmp(looks[i].what, what, SHA256_SIZE) == 0)
			return true;
	return false;
}

enum rc
viewed(const struct asking *a, const uint8_t id[static ID_SIZE],
    const char *text, bool again, struct err *e)
{
	struct entry_data data = { .desk = bytes_str(a->address),
		.text = bytes_str(text) };
	const struct bytes parts[] = { bytes_of(id, ID_SIZE),
		bytes_of(data.desk.p, data.desk.len + 1), data.text };
	const int64_t now = station_now();
	struct look look = { .at = now };
	enum rc rc;

	sha256_parts(look.what, parts, 3);
	if (!again && is_known(look.what, now))
		return RC_OK;
	if ((rc = store_write(e)) != RC_OK)
		return rc;
	memcpy(data.id.b, id, ID_SIZE);
	journal_add(ENTRY_VIEWED, &data, 0);
	looks[next++ % LOOKS] = look;
	return RC_OK;
}

/* What was not kept was not noted. */
void
viewed_settled(bool kept)
{
	if (!kept)
		memset(looks, 0, sizeof(looks));
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* The key of the registry's rows (docs/registry.md 6.1): made here, and opened;
 * nothing of it stays. */
#include "crypto/random.h"
#include "proc_keys/answers.h"
#include "proc_keys/kept.h"

#define LABEL "antin row key"

static enum rc
make_or_open(struct msg_row_key *out, struct buf *record,
    const struct identity *station, struct bytes was, struct err *e)
{
	const struct bytes bound = bytes_str(LABEL);
	bool again = true;
	enum rc rc = RC_OK;

	if (was.len == 0)
		random_bytes(out->key, sizeof(out->key));
	else
		rc = kept_open(out->key, sizeof(out->key), &again, station,
		    LABEL, bound, was, e);
	if (rc == RC_OK && again)
		rc = kept_seal(record, station, LABEL, bound,
		    bytes_of(out->key, sizeof(out->key)), e);
	return rc;
}

void
rows_make(const struct identity *station, const struct message *m)
{
	struct msg_row_key out = { 0 };
	struct buf next = { 0 };
	struct err e;

	out.rc = make_or_open(&out, &next, station, m->body.record.record, &e);
	if (out.rc == RC_OK) {
		out.record = buf_bytes(&next);
	} else {
		wipe(out.key, sizeof(out.key));
		out.why = bytes_str(e.text);
	}
	(void)tell(PROC_STORE, MSG_ROW_KEY_IS, m->job, &out, -1);
	wipe(&out, sizeof(out));
	buf_free(&next);
}

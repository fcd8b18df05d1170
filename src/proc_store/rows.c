/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The key of the registry's rows in the store (docs/registry.md 6.1): sealed on
 * disk, open in memory.  One that was made counts when it is on disk, and not
 * before: rows under a key that is lost are lost.
 */
#include <string.h>

#include "proc_store/rows.h"

#define WORD "row.key"

static struct {
	uint8_t key[ROWS_KEY];
	bool known;	/* on disk */
	bool new;	/* in this round: not yet */
	bool is_no;	/* what is on disk does not open */
	uint64_t asked; /* keys was, by this job; 0: it was not */
} row;

static void
log_row(enum log_level level, const char *event, const struct err *e)
{
	struct log_line l = log_line(level, event);

	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

/* Each time keys is there: what is sealed for an earlier key of the station's
 * comes back sealed for the present one. */
void
rows_ask(void)
{
	struct buf record = { 0 };
	struct err e;
	enum rc rc;

	if (row.new)
		return; /* what is there is not on disk yet, and may never be */
	rc = st.store->ops->word(st.store, WORD, &record, &e);
	if (rc == RC_OK || rc == RC_ABSENT) {
		row.asked = next_job();
		if (!tell(PROC_KEYS, MSG_ROW_KEY, row.asked,
			&(struct msg_record){ buf_bytes(&record) }, -1))
			row.asked = 0; /* when keys is there */
	} else {
		log_row(LOG_WARN, "registry.key", &e);
	}
	buf_free(&record);
}

bool
rows_key(uint8_t out[static ROWS_KEY])
{
	if (row.known)
		memcpy(out, row.key, sizeof(row.key));
	return row.known;
}

enum rc
rows_key_or(uint8_t out[static ROWS_KEY], struct err *e)
{
	if (rows_key(out))
		return RC_OK;
	if (row.is_no)
		return fail(e, RC_DENIED,
		    "docs/registry.md 6.1: the key of the registry does not "
		    "open; the log says why");
	if (row.asked == 0)
		rows_ask();
	return fail(e, RC_IO,
	    "the station has just started, and its registry is not open yet; "
	    "try again");
}

static enum rc
keep(struct bytes record, struct err *e)
{
	enum rc rc = store_write(e);

	if (rc == RC_OK)
		rc = set_word(WORD, record, e);
	return rc;
}

void
rows_keyed(uint64_t job, const struct msg_row_key *m)
{
	struct log_line l = log_line(LOG_WARN, "registry.key_does_not_open");
	struct err e;

	if (job != row.asked)
		return; /* keys was asked anew since */
	row.asked = 0;
	row.is_no = !row.known && m->rc != RC_OK;
	if (m->rc != RC_OK) {
		log_str(&l, "why", m->why);
		process_log(LOG_WARN, &l);
		return;
	}
	if (m->record.len > 0 && keep(m->record, &e) != RC_OK) {
		log_row(LOG_WARN, "registry.key", &e);
		return; /* it is asked for again when it is wanted */
	}
	memcpy(row.key, m->key, sizeof(row.key));
	row.new = !row.known && m->record.len > 0;
	row.known = !row.new;
}

void
rows_settled(bool kept)
{
	if (!row.new)
		return;
	row.new = false;
	row.known = kept;
	if (kept)
		log_row(LOG_INFO, "registry.key_made", NULL);
	else
		wipe(row.key, sizeof(row.key));
}

void
rows_stop(void)
{
	wipe(&row, sizeof(row));
}

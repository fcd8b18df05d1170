/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk/journal.h"

#include <inttypes.h>

#include "core/base64.h"
#include "desk/ask.h"

/* ---- asking the station -------------------------------------------------- */

/* One answer: its bytes, which the caller frees, and its total. */
enum rc
journal_ask(int fd, enum control_what what, json_t *request, struct buf *bytes,
    uint64_t *total, struct buf *tool, struct err *e)
{
	json_t *answer = NULL;
	enum rc rc;

	*bytes = (struct buf){ 0 };
	rc = ask_station(fd, what, request, NULL, &answer, e);
	if (rc != RC_OK)
		return rc;
	*total = (uint64_t)row_int(answer, "total");
	if (!base64_parse(bytes, bytes_str(row_text(answer, "data"))) ||
	    (tool != NULL &&
		!base64_parse(tool, bytes_str(row_text(answer, "tool")))))
		rc = fail(e, RC_INVALID,
		    "the daemon answers in a way that is not understood");
	json_decref(answer);
	return rc;
}

enum rc
journal_ask_at(int fd, enum control_what what, uint64_t at, struct buf *bytes,
    uint64_t *total, struct err *e)
{
	json_t *request = json_object();

	show_number(request, "at", at);
	return journal_ask(fd, what, request, bytes, total, NULL, e);
}

/* The next entry; its opening is empty where it was destroyed. */
enum rc
journal_walk_next(struct journal_walk *w, struct bytes *bytes,
    struct entry *entry, struct bytes *opening, struct err *e)
{
	size_t len;
	enum rc rc;

	if (w->in.in.len == 0) {
		buf_free(&w->piece);
		rc = journal_ask_at(w->fd, CONTROL_JOURNAL_PULL, w->next,
		    &w->piece, &w->total, e);
		if (rc != RC_OK)
			return rc;
		w->in = rd_init(buf_bytes(&w->piece));
	}
	*bytes = rd_bytes(&w->in, ENTRY_SIZE);
	len = (size_t)rd_u8(&w->in) << 8;
	len |= rd_u8(&w->in);
	*opening = rd_bytes(&w->in, len);
	if (w->in.bad)
		return fail(e, RC_DENIED,
		    "the journal ends before entry %" PRIu64 ": it was cut off",
		    w->next);
	rc = entry_read(entry, *bytes, e);
	if (rc != RC_OK)
		return fail_at(e, "entry %" PRIu64, w->next);
	w->next++;
	return RC_OK;
}

/* ---- an entry as a row ----------------------------------------------------
 */

static void
show_data(json_t *to, const struct entry *entry, struct bytes opening)
{
	const enum entry_field *f;
	struct entry_data d;
	struct err e;

	if (opening.len == 0) {
		show_bool(to, "destroyed", true);
		return;
	}
	if (entry_data_read(&d, entry->kind, opening, &e) != RC_OK)
		return;
	for (f = entry_fields(entry->kind); *f != FIELD_NONE; f++) {
		const struct {
			const char *key;
			const struct bytes *text;
			const uint64_t *n;
		} is[] = {
			[FIELD_ORIGIN] = { "origin", &d.origin, NULL },
			[FIELD_INCARNATION] = { "incarnation", NULL,
			    &d.incarnation },
			[FIELD_SERIAL] = { "serial", NULL, &d.serial },
			[FIELD_DESK] = { "desk", &d.desk, NULL },
			[FIELD_STATION] = { "station", &d.station, NULL },
			[FIELD_CODE] = { "code", NULL, &d.code },
			[FIELD_NUMBER] = { "count", NULL, &d.number },
			[FIELD_TEXT] = { "text", &d.text, NULL },
		};

		if (*f == FIELD_ID)
			show_id(to, "id", &d.id);
		else if (*f == FIELD_DIGEST)
			show_hex(to, "digest", bytes_of(d.digest, SHA256_SIZE));
		else if (*f == FIELD_HASH)
			show_hex(to, "hash", bytes_of(d.hash, SHA256_SIZE));
		else if (is[*f].text != NULL)
			show_text(to, is[*f].key, *is[*f].text);
		else
			show_number(to, is[*f].key, *is[*f].n);
	}
}

json_t *
journal_row(uint64_t number, const struct entry *entry, struct bytes opening)
{
	const char *word = entry_word(entry->kind);
	json_t *row = json_object();

	show_word(row, "row", "entry");
	show_number(row, "number", number);
	show_text(row, "kind", bytes_str(word == NULL ? "unknown" : word));
	(void)json_object_set_new(row, "at", json_integer(entry->at));
	show_bool(row, "own_clock", entry->own_clock);
	show_data(row, entry, opening);
	return row;
}

/* ---- whether it is what was signed ----------------------------------------
 */

enum rc
journal_sum_add(struct journal_sum *s, struct journal_walk *w, struct err *e)
{
	struct bytes bytes, opening;
	struct entry entry;
	struct node leaf;
	enum rc rc;

	w->next = s->tree.size;
	rc = journal_walk_next(w, &bytes, &entry, &opening, e);
	if (rc != RC_OK)
		return rc;
	if (opening.len > 0 && !entry_holds(&entry, opening))
		return fail(e, RC_DENIED,
		    "entry %" PRIu64 ": what it is said to say, it does not",
		    s->tree.size);
	s->destroyed += opening.len == 0;
	s->lives += entry.kind == ENTRY_REBORN;
	merkle_leaf(&leaf, bytes);
	merkle_add(&s->tree, &leaf);
	return RC_OK;
}

enum rc
journal_sum_is(
    const struct journal_sum *s, const struct node *root, struct err *e)
{
	struct node ours;

	merkle_root(&s->tree, &ours);
	return node_eq(&ours, root)
		   ? RC_OK
		   : fail(e, RC_DENIED,
			 "the journal is not the one of its checkpoint of "
			 "%" PRIu64 " entries: it was rewritten",
			 s->tree.size);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* The station's journal (docs/journal.md): what is in it, and whether it is
 * what was signed. */
#include <inttypes.h>
#include <string.h>

#include "core/base64.h"
#include "desk/ask.h"
#include "desk/journal.h"
#include "journal/note.h"
#include "web/fields.h"
#include "web/resources.h"
#include "web/server.h"

#define ENTRIES 100u	 /* shown at once, where nothing is said */
#define CHECKPOINTS 50u	 /* shown beside them, at the most */
#define SLICE_MS 1500	 /* of checking, before the page is told how far */
#define SLICE_LOOK 256u	 /* entries between looks at the clock */
#define STATE_NUMBERS 5u /* of a check that goes on */
#define STATE_MAX 3200u	 /* letters of it: those and 64 nodes */
#define NODE_SIZE sizeof(struct node)

/* ---- showing
 * --------------------------------------------------------------- */

/* A checkpoint, as it is asked for by "request", which is taken; with what the
 * station says of it in *answer, which the caller json_decref()s.  RC_ABSENT:
 * none is kept. */
static enum rc
checkpoint(struct checkpoint *out, json_t **answer, struct web_call *c,
    enum control_what what, json_t *request, struct err *e)
{
	struct buf bytes = { 0 };
	struct note n;
	enum rc rc = web_ask(c, what, request, NULL, answer, e);

	if (rc != RC_OK)
		return rc;
	if (!base64_parse(&bytes, bytes_str(row_text(*answer, "data"))))
		rc = fail(e, RC_INVALID,
		    "the daemon answers in a way that is not understood");
	else
		rc = note_read_journal(&n, buf_bytes(&bytes), e);
	if (rc == RC_OK) {
		*out = n.checkpoint;
	} else {
		json_decref(*answer);
		*answer = NULL;
	}
	buf_free(&bytes);
	return rc;
}

/* The first that is kept of at least "at" entries; "check": whether it counts
 * is in the answer. */
static enum rc
kept(struct checkpoint *out, json_t **answer, struct web_call *c, uint64_t at,
    bool check, struct err *e)
{
	json_t *request = json_object();

	show_number(request, "at", at);
	if (check)
		show_bool(request, "check", true);
	return checkpoint(out, answer, c, CONTROL_JOURNAL_KEPT, request, e);
}

/* Those of from + 1 to "until" entries. */
static enum rc
add_checkpoints(json_t *to, struct web_call *c, uint64_t from, uint64_t until,
    struct err *e)
{
	struct checkpoint n = { .size = from };
	json_t *answer, *one;
	enum rc rc = RC_OK;

	while (json_array_size(to) < CHECKPOINTS) {
		rc = kept(&n, &answer, c, n.size + 1, false, e);
		if (rc != RC_OK)
			break;
		one = json_object();
		show_number(one, "size", n.size);
		show_time(one, "at", n.at);
		show_bool(one, "witnessed",
		    json_is_true(json_object_get(answer, "witnessed")));
		json_decref(answer);
		if (n.size > until) {
			json_decref(one);
			break;
		}
		(void)json_array_append_new(to, one);
	}
	return rc == RC_ABSENT ? RC_OK : rc;
}

static enum rc
add_entry(json_t *rows, struct journal_walk *w, struct err *e)
{
	struct bytes bytes, opening;
	struct entry entry;
	json_t *row;
	enum rc rc = journal_walk_next(w, &bytes, &entry, &opening, e);

	if (rc != RC_OK)
		return rc;
	row = journal_row(w->next - 1, &entry, opening);
	show_word(row, "says", entry_says(entry.kind));
	(void)json_array_append_new(rows, row);
	return RC_OK;
}

static enum rc
add_entries_of(json_t *rows, struct web_call *c, uint64_t max, struct err *e)
{
	struct journal_walk w = { .fd = c->control };
	struct buf numbers = { 0 };
	json_t *request = json_object();
	struct rd r;
	uint64_t total;
	enum rc rc;

	show_word(request, "id", web_text(c, "id"));
	rc = journal_ask(
	    c->control, CONTROL_JOURNAL_OF, request, &numbers, &total, NULL, e);
	r = rd_init(buf_bytes(&numbers));
	while (rc == RC_OK && r.in.len >= 8 && json_array_size(rows) < max) {
		w.next = rd_u64(&r);
		w.in = (struct rd){ 0 };
		rc = add_entry(rows, &w, e);
	}
	buf_free(&w.piece);
	buf_free(&numbers);
	return rc;
}

static enum rc
show(struct web_call *c, struct err *e)
{
	const uint64_t max = web_has(c, "max") ? web_number(c, "max") : ENTRIES;
	struct journal_walk w = { .fd = c->control };
	json_t *rows = json_array(), *notes = json_array();
	struct buf none;
	uint64_t total = 0, from;
	enum rc rc;

	/* how many there are */
	rc = journal_ask_at(
	    c->control, CONTROL_JOURNAL_PULL, INT64_MAX, &none, &total, e);
	buf_free(&none);
	from = web_has(c, "at") ? web_number(c, "at")
	       : total > max	? total - max
				: 0;
	w.next = from;
	if (rc == RC_OK && web_has(c, "id"))
		rc = add_entries_of(rows, c, max, e);
	while (rc == RC_OK && !web_has(c, "id") && w.next < total &&
	       json_array_size(rows) < max)
		rc = add_entry(rows, &w, e);
	if (rc == RC_OK && !web_has(c, "id"))
		rc = add_checkpoints(notes, c, from, w.next, e);
	buf_free(&w.piece);
	if (rc == RC_OK)
		web_replies(
		    c, json_pack("{s:I, s:O, s:O}", "total", (json_int_t)total,
			   "rows", rows, "checkpoints", notes));
	json_decref(rows);
	json_decref(notes);
	return rc;
}

/* ---- checking, slice by slice
 * ---------------------------------------------- */

/* What the page brings back, so that nothing of it is kept here: numbers and
 * nodes of the tree so far.  Whoever changes it deceives himself. */
struct check {
	struct journal_sum sum;
	uint64_t checkpoints, witnessed;
	/* of this slice, not kept */
	uint64_t end; /* no more entries than these */
	int64_t until;
};

static bool
is_over(const struct check *k, struct web_call *c)
{
	return k->sum.tree.size >= k->end || c->server->ms() >= k->until;
}

static unsigned
nodes_of(uint64_t size)
{
	unsigned n = 0;

	for (; size > 0; size &= size - 1)
		n++;
	return n;
}

static void
state_write(struct buf *out, const struct check *k)
{
	struct buf bytes = { 0 };

	buf_u64(&bytes, k->sum.tree.size);
	buf_u64(&bytes, k->sum.destroyed);
	buf_u64(&bytes, k->sum.lives);
	buf_u64(&bytes, k->checkpoints);
	buf_u64(&bytes, k->witnessed);
	buf_add(&bytes,
	    bytes_of(k->sum.tree.path, nodes_of(k->sum.tree.size) * NODE_SIZE));
	base64_write(out, buf_bytes(&bytes));
	buf_free(&bytes);
}

static bool
state_read(struct check *k, const char *text)
{
	struct buf bytes = { 0 };
	struct bytes path;
	struct rd r;
	bool good = base64_parse(&bytes, bytes_str(text));

	r = rd_init(buf_bytes(&bytes));
	k->sum.tree.size = rd_u64(&r);
	k->sum.destroyed = rd_u64(&r);
	k->sum.lives = rd_u64(&r);
	k->checkpoints = rd_u64(&r);
	k->witnessed = rd_u64(&r);
	path = rd_bytes(&r, nodes_of(k->sum.tree.size) * NODE_SIZE);
	good = good && rd_end(&r) && k->sum.tree.size <= INT64_MAX;
	if (good && path.len > 0)
		memcpy(k->sum.tree.path, path.p, path.len);
	buf_free(&bytes);
	return good;
}

/* What the walk goes to next: a checkpoint that is kept, or one that is made
 * now, of all there is: then *last.  Either counts (docs/journal.md 5.5). */
static enum rc
aim(struct checkpoint *out, bool *witnessed, bool *last, struct web_call *c,
    uint64_t from, struct err *e)
{
	json_t *answer = NULL;
	enum rc rc;

	*last = false;
	rc = kept(out, &answer, c, from + 1, true, e);
	if (rc == RC_ABSENT) {
		*last = true;
		rc = checkpoint(out, &answer, c, CONTROL_JOURNAL_CHECKPOINT,
		    json_object(), e);
	}
	if (rc == RC_OK && !json_is_true(json_object_get(answer, "counts")))
		rc = fail(e, RC_DENIED,
		    "the checkpoint of %" PRIu64 " entries is not signed by a "
		    "key that this station had then, as its directory knows",
		    out->size);
	*witnessed = json_is_true(json_object_get(answer, "witnessed"));
	json_decref(answer);
	if (rc == RC_OK && out->size < from)
		rc = fail(e, RC_DENIED,
		    "the journal ends before entry %" PRIu64 ": it was cut off",
		    from);
	return rc;
}

/* Up to there, or so far as the slice goes. */
static enum rc
walk(struct check *k, struct web_call *c, uint64_t size, struct err *e)
{
	struct journal_walk w = { .fd = c->control };
	enum rc rc = RC_OK;

	while (rc == RC_OK && k->sum.tree.size < size &&
	       k->sum.tree.size < k->end) {
		rc = journal_sum_add(&k->sum, &w, e);
		if (k->sum.tree.size % SLICE_LOOK == 0 && is_over(k, c))
			break;
	}
	buf_free(&w.piece);
	return rc;
}

static json_t *
told(const struct check *k, uint64_t total, bool whole)
{
	json_t *out = json_object();
	struct buf state = { 0 };

	show_bool(out, "whole", whole);
	show_number(out, "done", k->sum.tree.size);
	show_number(
	    out, "total", total > k->sum.tree.size ? total : k->sum.tree.size);
	show_number(out, "checkpoints", k->checkpoints);
	show_number(out, "witnessed", k->witnessed);
	show_number(out, "destroyed", k->sum.destroyed);
	show_number(out, "reborn", k->sum.lives);
	if (whole) {
		show_number(out, "entries", k->sum.tree.size);
		return out;
	}
	state_write(&state, k);
	show_text(out, "state", buf_bytes(&state));
	buf_free(&state);
	return out;
}

static enum rc
verify(struct web_call *c, struct err *e)
{
	struct check k = { .until = c->server->ms() + SLICE_MS };
	struct checkpoint aimed = { 0 };
	bool witnessed, last = false, whole = false;
	struct buf none;
	uint64_t total;
	enum rc rc;

	if (web_has(c, "state") && !state_read(&k, web_text(c, "state")))
		return fail(e, RC_INVALID,
		    "this check was not begun here: begin it anew");
	k.end = web_has(c, "max") ? k.sum.tree.size + web_number(c, "max")
				  : UINT64_MAX;
	rc = journal_ask_at(
	    c->control, CONTROL_JOURNAL_PULL, INT64_MAX, &none, &total, e);
	buf_free(&none);
	while (rc == RC_OK && !whole && !is_over(&k, c)) {
		rc = aim(&aimed, &witnessed, &last, c, k.sum.tree.size, e);
		if (rc == RC_OK)
			rc = walk(&k, c, aimed.size, e);
		if (rc != RC_OK || k.sum.tree.size < aimed.size)
			break; /* the next slice aims again */
		rc = journal_sum_is(&k.sum, &aimed.root, e);
		k.checkpoints++;
		k.witnessed += witnessed;
		whole = last;
	}
	if (rc == RC_OK)
		web_replies(c, told(&k, total, whole));
	return rc;
}

const struct web_route web_journal_routes[] = {
	{ .method = "GET",
	    .path = "/journal",
	    .needs = WEB_SESSION,
	    .what = "What the station has written down: entries from a number "
		    "on, the newest, or those about a dispatch",
	    .fields = { FIELD_NUMBER("at", WEB_IN_QUERY, false, 0, INT64_MAX),
		FIELD_NUMBER("max", WEB_IN_QUERY, false, 1, CONTROL_ROWS),
		FIELD_ID("id", WEB_IN_QUERY, false) },
	    .run = show,
	    .gives = "total; rows of entries; checkpoints of so many entries" },
	{ .method = "POST",
	    .path = "/journal/verify",
	    .needs = WEB_SESSION,
	    .what = "Check the journal against its checkpoints, a slice at a "
		    "time",
	    .fields = { { "state", WEB_IN_BODY, WEB_TEXT, false, 1, STATE_MAX,
			    "of the slice before" },
		{ "max", WEB_IN_BODY, WEB_NUMBER, false, 1, INT64_MAX,
		    "entries of this slice, at the most" } },
	    .run = verify,
	    .slow = true,
	    .gives = "whole; done of total; state for the next slice; "
		     "checkpoints, witnessed, destroyed, reborn" },
	{ .method = NULL },
};

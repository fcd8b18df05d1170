/* SPDX-License-Identifier: EUPL-1.2 */
/* What others know of this station's journal, and of which life that is. */
#include <string.h>

#include "proc_store/life.h"

#define SEEN_WORD "witnessed" /* u64 size | u64 serial | u64 at */
#define BEHIND_WORD "behind"  /* a note of ours that is not of this journal */

enum rc
seen_read(struct seen *out, struct err *e)
{
	struct buf b;
	struct rd r;
	enum rc rc;

	*out = (struct seen){ 0 };
	rc = st.store->ops->word(st.store, SEEN_WORD, &b, e);
	if (rc != RC_OK)
		return rc == RC_ABSENT ? RC_OK : rc;
	r = rd_init(buf_bytes(&b));
	out->size = rd_u64(&r);
	out->serial = rd_u64(&r);
	out->at = rd_u64(&r);
	if (!rd_end(&r))
		rc = fail(e, RC_INVALID, "the store's \"%s\" is not whole",
		    SEEN_WORD);
	buf_free(&b);
	return rc;
}

static enum rc
keep_word(const char *name, struct bytes value, struct err *e)
{
	enum rc rc = store_write(e);

	return rc == RC_OK ? set_word(name, value, e) : rc;
}

enum rc
seen_write(const struct seen *s, struct err *e)
{
	struct buf b = { 0 };
	enum rc rc;

	buf_u64(&b, s->size);
	buf_u64(&b, s->serial);
	buf_u64(&b, s->at);
	rc = keep_word(SEEN_WORD, buf_bytes(&b), e);
	buf_free(&b);
	return rc;
}

enum rc
behind_set(struct bytes note, struct err *e)
{
	return keep_word(BEHIND_WORD, note, e);
}

void
life_behind(struct buf *note)
{
	struct err e;

	*note = (struct buf){ 0 };
	if (st.store->ops->word(st.store, BEHIND_WORD, note, &e) != RC_OK)
		buf_free(note);
}

bool
behind_is(struct bytes note)
{
	struct buf behind;
	struct err e;
	bool is;

	if (st.store->ops->word(st.store, BEHIND_WORD, &behind, &e) != RC_OK)
		return false;
	is = bytes_eq(buf_bytes(&behind), note);
	buf_free(&behind);
	return is;
}

const struct id *
life_uid(void)
{
	return &st.file.directory->state.units[st.unit].uid;
}

enum rc
life_is_ours(const struct note *n, bool *ours, struct err *e)
{
	const struct store_journal_ops *ops = st.store->ops->journal;
	struct node root;
	uint64_t size;
	enum rc rc;

	*ours = false;
	if ((rc = ops->size(st.store, &size, e)) != RC_OK ||
	    size < n->checkpoint.size ||
	    (rc = ops->root(st.store, n->checkpoint.size, &root, e)) != RC_OK)
		return rc;
	*ours = node_eq(&root, &n->checkpoint.root);
	return RC_OK;
}

bool
life_note_last(struct note *n, struct buf *bytes)
{
	uint64_t at;
	struct err e;
	bool seen;

	*bytes = (struct buf){ 0 };
	return st.store->ops->journal->note_last(
		   st.store, &at, bytes, &seen, &e) == RC_OK &&
	       note_read_journal(n, buf_bytes(bytes), &e) == RC_OK;
}

uint64_t
life_size(void)
{
	uint64_t size;
	struct err e;

	return st.store->ops->journal->size(st.store, &size, &e) == RC_OK ? size
									  : 0;
}

void
life_claim(struct msg_life *out)
{
	struct node root;
	struct seen seen;
	struct err e;

	*out = (struct msg_life){ 0 };
	if (seen_read(&seen, &e) != RC_OK || seen.size == 0 ||
	    st.store->ops->journal->root(st.store, seen.size, &root, &e) !=
		RC_OK)
		return;
	out->size = seen.size;
	memcpy(out->root, root.b, MSG_THIN_ROOT);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* Words of the store: what the station keeps by name. */
#include "proc_store/station.h"

enum rc
word_u64(const char *name, uint64_t *value, struct err *e)
{
	struct buf b = { 0 };
	struct rd r;
	enum rc rc;

	*value = 0;
	rc = st.store->ops->word(st.store, name, &b, e);
	if (rc == RC_ABSENT)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	r = rd_init(buf_bytes(&b));
	*value = rd_u64(&r);
	if (!rd_end(&r))
		rc = fail(
		    e, RC_INVALID, "the store's \"%s\" is no number", name);
	buf_free(&b);
	return rc;
}

enum rc
set_word(const char *name, struct bytes value, struct err *e)
{
	return store_failed(st.store->ops->set_word(st.store, name, value, e));
}

enum rc
set_word_u64(const char *name, uint64_t value, struct err *e)
{
	struct buf b = { 0 };
	enum rc rc;

	buf_u64(&b, value);
	rc = set_word(name, buf_bytes(&b), e);
	buf_free(&b);
	return rc;
}

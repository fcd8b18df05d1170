/* SPDX-License-Identifier: EUPL-1.2 */
/* Batches of signers whose certificates are not here yet: they are asked for,
 * and what was said is weighed when they are (docs/receipts.md 4.6). */
#include <stdio.h>
#include <string.h>

#include "proc_store/notices.h"
#include "proc_store/tell.h"

#define STRANGERS 64u /* batches that are kept */
#define LOOK_MS INT64_C(60000)

/* The certificate, and the batch's sum; the neighbour that brought it. */
struct stranger {
	uint8_t key[2 * SHA256_SIZE];
	char by[LIMIT_ADDRESS + 1]; /* "": not known */
};
struct strangers {
	struct stranger list[STRANGERS]; /* the oldest first */
	size_t count;
};

static bool
add_stranger(void *ctx, const struct paper *p)
{
	struct strangers *x = ctx;
	struct stranger *s = &x->list[x->count];

	if (p->key.len != sizeof(s->key) || p->head.len > LIMIT_ADDRESS)
		return true;
	memcpy(s->key, p->key.p, p->key.len);
	(void)snprintf(s->by, sizeof(s->by), "%.*s", (int)p->head.len,
	    (const char *)p->head.p);
	return ++x->count < STRANGERS;
}

static enum rc
all_strangers(struct strangers *x, struct err *e)
{
	*x = (struct strangers){ .count = 0 };
	return st.store->ops->paper_each(
	    st.store, PAPER_STRANGER, add_stranger, x, e);
}

static struct bytes
key_of(const struct stranger *s)
{
	return bytes_of(s->key, sizeof(s->key));
}

static size_t
count_by(const struct strangers *x, const char *by)
{
	size_t i, n = 0;

	for (i = 0; i < x->count; i++)
		n += strcmp(x->list[i].by, by) == 0;
	return n;
}

/* The oldest of the neighbour that brought most: who brings what nobody signed
 * pushes out his own. */
static const struct stranger *
greediest(const struct strangers *x)
{
	const struct stranger *found = &x->list[0];
	size_t i, n, most = 0;

	for (i = 0; i < x->count; i++)
		if ((n = count_by(x, x->list[i].by)) > most) {
			most = n;
			found = &x->list[i];
		}
	return found;
}

static bool
is_known(const uint8_t cert[static SHA256_SIZE])
{
	return cert_by_fingerprint(&st.file.directory->state, cert) != NONE;
}

enum rc
stranger_keep(
    const struct batch *b, struct bytes bytes, struct bytes by, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct strangers all;
	struct stranger this;
	struct paper p = {
		.kind = PAPER_STRANGER, .at = station_now(), .head = by
	};
	size_t i;
	enum rc rc;

	if (is_known(b->signer.cert))
		return RC_OK; /* and is no signer's */
	memcpy(this.key, b->signer.cert, SHA256_SIZE);
	sha256(this.key + SHA256_SIZE, bytes);
	p.key = key_of(&this);
	if ((rc = all_strangers(&all, e)) != RC_OK)
		return rc;
	for (i = 0; i < all.count; i++)
		if (bytes_eq(key_of(&all.list[i]), p.key))
			return RC_OK;
	wanted_signer(b->signer.cert);
	if ((rc = store_write(e)) == RC_OK && all.count == STRANGERS)
		rc = ops->paper_drop(
		    st.store, PAPER_STRANGER, key_of(greediest(&all)), e);
	if (rc == RC_OK)
		rc = ops->paper_put(st.store, &p, bytes, e);
	return store_failed(rc);
}

static enum rc
look(const struct stranger *s, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct buf head = { 0 }, batch = { 0 };
	enum rc rc;

	if (!is_known(s->key)) {
		wanted_signer(s->key);
		return RC_OK;
	}
	rc = ops->paper_get(
	    st.store, PAPER_STRANGER, key_of(s), &head, &batch, e);
	if (rc == RC_OK && (rc = store_write(e)) == RC_OK)
		rc = ops->paper_drop(st.store, PAPER_STRANGER, key_of(s), e);
	if (rc == RC_OK)
		rc = notice_own(buf_bytes(&batch), e);
	buf_free(&head);
	buf_free(&batch);
	return store_failed(rc);
}

void
strangers_look(void)
{
	struct strangers all;
	struct err e;
	enum rc rc = all_strangers(&all, &e);
	size_t i;

	for (i = 0; i < all.count && rc == RC_OK; i++)
		rc = look(&all.list[i], &e);
}

void
strangers_tick(int64_t ms)
{
	static int64_t at;

	if (ms < at || !st.named)
		return;
	at = ms + LOOK_MS;
	strangers_look();
}

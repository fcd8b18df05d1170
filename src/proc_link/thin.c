/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Thin lines (docs/link.md 19): by which secret the parent is dialled, and
 * whose it is that a child names.  Which there are is the store's to know; here
 * one is only as long as a handshake needs it.
 */
#include <string.h>

#include "proc_link/link.h"

#define ASK_MS INT64_C(10000) /* before the store is asked again */
#define FAILURES 2u	      /* by a secret; then it is dialled in full */

_Static_assert(
    MSG_THIN_IDENTITY == TLS_IDENTITY && MSG_THIN_SECRET_SIZE == TLS_SECRET,
    "a thin line's secret");

static struct {
	bool asked, have, full; /* full: the next one is */
	int64_t asked_at;
	unsigned failed;
	struct tls_secret secret;
	struct msg_life life;
} to_parent;

bool
thin_ready(int64_t now)
{
	const struct msg_thin_ask ask = { .conn = 0 };

	if (!lk.thin || to_parent.full || to_parent.have)
		return true;
	if (to_parent.asked && now - to_parent.asked_at < ASK_MS)
		return false;
	to_parent.asked = tell(PROC_STORE, MSG_THIN_ASK, 0, &ask, -1);
	to_parent.asked_at = now;
	return false;
}

void
thin_dialled(struct conn *c)
{
	c->thin = to_parent.have;
	c->secret = to_parent.secret;
	c->life = to_parent.life;
	wipe(&to_parent.secret, sizeof(to_parent.secret));
	to_parent.have = to_parent.full = false;
}

static void
log_full(const char *why)
{
	struct log_line l = log_line(LOG_INFO, "thin.full");

	log_str(&l, "why", bytes_str(why));
	process_log(LOG_INFO, &l);
}

/* docs/link.md 19.7: a parent that does not know the secret any more is dialled
 * in full, once. */
void
thin_ended(const struct conn *c, bool refused)
{
	if (!c->dialled || c->up || !c->thin)
		return;
	if (c->admitted)
		to_parent.failed = 0;
	else if (refused && ++to_parent.failed >= FAILURES) {
		to_parent.failed = 0;
		to_parent.full = true;
		to_parent.have = false;
		wipe(&to_parent.secret, sizeof(to_parent.secret));
		log_full("the parent did not take the secret");
	}
}

void
thin_named(struct conn *c)
{
	struct msg_thin_ask ask = { .conn = c->number };

	if (c->asked_thin)
		return;
	tls_named(c->tls, ask.identity);
	c->asked_thin = tell(PROC_STORE, MSG_THIN_ASK, 0, &ask, -1);
	/* what it says meanwhile waits in the socket */
	(void)event_del(c->readable);
	if (!c->asked_thin)
		conn_close(c, NULL);
}

static void
to_dial_is(const struct msg_thin_is *m)
{
	if (!to_parent.asked)
		return;
	to_parent.asked = false;
	lk.dial_at = 0;
	if (m->rc != RC_OK) {
		to_parent.full = true;
		log_full("there is no secret yet");
		return;
	}
	to_parent.have = true;
	to_parent.life = m->life;
	memcpy(to_parent.secret.identity, m->identity, TLS_IDENTITY);
	memcpy(to_parent.secret.key, m->key, TLS_SECRET);
}

/* docs/link.md 20.4: u64 size, and of who dials the first bytes of its root */
void
thin_claims(struct conn *c, uint64_t size, const uint8_t *root)
{
	struct buf b = { 0 };

	buf_u64(&b, size);
	if (root != NULL)
		buf_add(&b, bytes_of(root, MSG_THIN_ROOT));
	memcpy(c->conf.life, b.p, b.len);
	c->conf.life_len = b.len;
	buf_free(&b);
}

void
thin_claimed(struct msg_hello *m, const struct hello *h)
{
	struct bytes value, root;
	struct rd r;

	if (!hello_extension(h, HELLO_LIFE, &value))
		return;
	r = rd_init(value);
	m->life.size = rd_u64(&r);
	root = rd_rest(&r);
	m->claims = !r.bad;
	if (root.len == MSG_THIN_ROOT)
		memcpy(m->life.root, root.p, MSG_THIN_ROOT);
}

void
thin_is(const struct msg_thin_is *m)
{
	struct tls_secret s;
	struct conn *c;

	if (m->conn == 0) {
		to_dial_is(m);
		return;
	}
	c = conn_of(m->conn);
	if (c == NULL || c->state != CONN_SHAKING || !c->asked_thin)
		return;
	memcpy(s.identity, m->identity, sizeof(s.identity));
	memcpy(s.key, m->key, sizeof(s.key));
	tls_answer(c->tls, m->rc == RC_OK ? &s : NULL);
	wipe(&s, sizeof(s));
	c->thin = true;
	(void)event_add(c->readable, NULL);
	conn_shake(c);
}

void
thin_share(struct conn *c)
{
	struct msg_thin_secret m = { .conn = c->number };

	if (c->thin || !c->offered || !c->conf.offer)
		return;
	tls_export(c->tls, m.secret);
	(void)tell(PROC_STORE, MSG_THIN_SECRET, 0, &m, -1);
	wipe(&m, sizeof(m));
}

void
thin_store_gone(void)
{
	to_parent.asked = to_parent.have = false;
	wipe(&to_parent.secret, sizeof(to_parent.secret));
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* What a connection's session says, and where it goes: to the store. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc_link/link.h"

void
sending_drop(struct sending *s)
{
	if (s->fd >= 0)
		close(s->fd);
	buf_free(&s->envelope);
}

static void
on_hello(void *ctx, const struct hello *h)
{
	struct conn *c = ctx;
	struct msg_hello m = { .conn = c->number,
		.statement = h->statement,
		.dialled = c->dialled,
		.incarnation = h->incarnation,
		.clock = h->clock,
		.own_clock = h->own_clock };
	struct bytes value;

	m.tells = hello_extension(h, HELLO_TELL, &value);
	m.notices = hello_extension(h, HELLO_NOTICE, &value);
	m.thin = c->thin;
	if (c->thin)
		thin_claimed(&m, h);
	c->offered = hello_extension(h, HELLO_THIN, &value);
	if (c->thin)
		tls_named(c->tls, m.identity);
	else
		tls_peer_key(c->tls, m.key);
	if (!c->dialled && hello_extension(h, HELLO_CAP, &value) &&
	    value.len == 4)
		conn_capped(c, (uint64_t)value.p[0] << 24 |
				   (uint64_t)value.p[1] << 16 |
				   (uint64_t)value.p[2] << 8 | value.p[3]);
	if (!c->dialled && hello_extension(h, HELLO_CONTACT, &value) &&
	    value.len <= MSG_CONTACT_MAX)
		m.contact = value;
	/* who was dialled says it to who has said it, and can keep one */
	if (!c->dialled)
		c->conf.offer = c->offered && !c->thin;
	c->asked = tell(PROC_STORE, MSG_HELLO, 0, &m, -1);
	if (!c->asked)
		conn_leave(c, BYE_BUSY);
}

static void
fill_item(struct msg_item *m, struct buf *rows, const struct conn *c,
    const struct item *item)
{
	size_t i;

	*m = (struct msg_item){ .conn = c->number,
		.number = item->number,
		.envelope = item->envelope,
		.total = item->total,
		.from = item->from,
		.again = item->again };
	memcpy(m->sum, item->sum, SHA256_SIZE);
	for (i = 0; i < item->dest_count; i++)
		list_add(rows, LIST_DEST,
		    &(struct msg_dest){
			item->dests[i].address, item->dests[i].tag });
	m->dests = buf_bytes(rows);
}

static void
on_item(void *ctx, const struct item *item, struct bytes package)
{
	struct conn *c = ctx;
	struct buf rows = { 0 };
	struct msg_item m;

	fill_item(&m, &rows, c, item);
	m.package = package;
	if (!tell(PROC_STORE, MSG_ITEM, 0, &m, -1))
		session_ack(c->session, item->number, ACK_LATER, REFUSAL_NONE);
	c->owed += item->total - item->from;
	buf_free(&rows);
}

static enum rc
on_begin(void *ctx, const struct item *item, struct err *e)
{
	struct conn *c = ctx;
	struct buf rows = { 0 };
	struct msg_item m;
	bool told;

	fill_item(&m, &rows, c, item);
	told = tell(PROC_STORE, MSG_BIG, 0, &m, -1);
	buf_free(&rows);
	return told ? RC_OK : fail(e, RC_IO, "the store is being started");
}

static void
on_data(void *ctx, uint32_t number, uint64_t at, struct bytes more)
{
	struct conn *c = ctx;
	const struct msg_data m = { c->number, number, at, more };

	(void)tell(PROC_STORE, MSG_BIG_DATA, 0, &m, -1);
}

static void
on_end(void *ctx, uint32_t number)
{
	struct conn *c = ctx;
	const struct msg_number m = { c->number, number };

	(void)tell(PROC_STORE, MSG_BIG_END, 0, &m, -1);
}

/* The store ends its part; what it answers then counts no more. */
static void
on_stop(void *ctx, uint32_t number)
{
	struct conn *c = ctx;

	/* docs/link.md 7.5: a peer that gives up faster than the disk goes */
	if (c->stopped_count == SESSION_OPEN) {
		conn_leave(c, BYE_BUSY);
		return;
	}
	c->stopped[c->stopped_count++] = number;
	on_end(ctx, number);
}

static struct sending *
sending_of(struct conn *c, uint64_t q)
{
	size_t i;

	for (i = 0; i < c->sending_count; i++)
		if (c->sendings[i].q == q)
			return &c->sendings[i];
	return NULL;
}

static void
on_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	struct conn *c = ctx;
	const struct msg_taken m = { c->number, ref, outcome, why };
	struct sending *s = sending_of(c, ref);

	if (s != NULL) {
		sending_drop(s);
		*s = c->sendings[--c->sending_count];
	}
	(void)tell(PROC_STORE, MSG_SENT, 0, &m, -1);
}

void
conn_cancel(struct conn *c, uint64_t q)
{
	if (c->state == CONN_TALKING && session_cancel(c->session, q))
		on_acked(c, q, ACK_LATER, REFUSAL_NONE);
}

static enum rc
on_read(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	struct sending *s = sending_of(ctx, ref);
	size_t front = 0;
	ssize_t n;

	if (s == NULL)
		return fail(e, RC_ABSENT, "an item that is not being sent");
	if (at < s->envelope.len) {
		front = s->envelope.len - (size_t)at;
		front = front < len ? front : len;
		memcpy(to, s->envelope.p + at, front);
	}
	n = len == front ? 0
			 : pread(s->fd, to + front, len - front,
			       (off_t)(s->at + at + front - s->envelope.len));
	if (n != (ssize_t)(len - front))
		return fail_io(e, "a package's file cannot be read");
	return RC_OK;
}

static void
on_tell(void *ctx, enum tell kind, bool more, struct bytes piece)
{
	const struct conn *c = ctx;
	const struct msg_tell m = { c->number, kind, more, piece };

	(void)tell(PROC_STORE, MSG_TELL, 0, &m, -1);
}

static void
on_told(void *ctx, size_t bytes)
{
	const struct conn *c = ctx;
	const struct msg_number m = { c->number, bytes };

	(void)tell(PROC_STORE, MSG_TOLD, 0, &m, -1);
}

/* docs/link.md 11.4: one spelling of a number only. */
static void
stale(const struct conn *c, struct bytes text)
{
	struct msg_number m = { .conn = c->number };
	size_t i;

	if (text.len == 0 || text.len > 18 || text.p[0] == '0')
		return;
	for (i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return;
		m.number = m.number * 10 + (text.p[i] - '0');
	}
	(void)tell(PROC_STORE, MSG_STALE, 0, &m, -1);
}

static void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	struct log_line l = log_line(LOG_INFO, "peer.left");
	const struct conn *c = ctx;

	if (reason == BYE_STALE && (c->admitted || c->dialled))
		stale(c, text);
	if (!c->admitted && !c->dialled && !room_says())
		return; /* docs/link.md 15.7 */
	log_str(&l, "peer", bytes_str(c->from));
	log_uint(&l, "reason", reason);
	log_str(&l, "text", text);
	process_log(LOG_INFO, &l);
}

const struct session_owner conn_owner = {
	.hello = on_hello,
	.item = on_item,
	.begin = on_begin,
	.data = on_data,
	.end = on_end,
	.stop = on_stop,
	.acked = on_acked,
	.read = on_read,
	.tell = on_tell,
	.told = on_told,
	.enrol = conn_enrol,
	.bye = on_bye,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Memory of a station: idle, and while a gigabyte of large dispatches is on its
 * way through it, from a source to a sink that takes it slowly at first.  The
 * proportional set size of all its processes, sampled all the while.
 */
#include "bench.h"

#include <string.h>

#include "../tests/station/cost.h"
#include "../tests/station/peer.h"

#define ITEMS 64
#define BODY (16u << 20)
#define HELD (1u << 30) /* bytes the source has sent before the sink comes */

static struct country country;
static struct seat *centre, *source, *sink;

static struct item_out {
	struct buf envelope;
	struct tag tag;
	uint8_t sum[SHA256_SIZE];
} all[ITEMS];
static uint8_t *body;
static size_t acked, arrived;
static uint64_t taken;

/* ---- the two ends
 * ---------------------------------------------------------------- */

static void
on_hello(void *ctx, const struct hello *h)
{
	(void)h;
	peer_admits(ctx);
}

static void
on_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	(void)ctx;
	(void)why;
	if (outcome != ACK_STORED && outcome != ACK_KNOWN)
		(void)fprintf(
		    stderr, "bench: item %d was not taken\n", (int)ref);
	acked++;
}

static enum rc
on_read(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	const struct buf *head = &all[ref].envelope;
	size_t n;

	(void)ctx;
	(void)e;
	for (; len > 0; at += n, to += n, len -= n) {
		n = at < head->len ? head->len - (size_t)at : len;
		n = n < len ? n : len;
		memcpy(to,
		    at < head->len ? head->p + at
				   : body + (size_t)(at - head->len),
		    n);
	}
	return RC_OK;
}

static enum rc
on_begin(void *ctx, const struct item *item, struct err *e)
{
	(void)ctx;
	(void)item;
	(void)e;
	return RC_OK;
}

static void
on_data(void *ctx, uint32_t number, uint64_t at, struct bytes more)
{
	struct peer *p = ctx;

	(void)number;
	(void)at;
	taken += more.len;
	session_taken(p->session, more.len);
}

static void
on_end(void *ctx, uint32_t number)
{
	struct peer *p = ctx;

	arrived++;
	session_ack(p->session, number, ACK_STORED, REFUSAL_NONE);
}

static void
on_stop(void *ctx, uint32_t number)
{
	(void)ctx;
	(void)number;
}

static struct peer from, to;

static void
begin(struct peer *p, const struct seat *s)
{
	p->owner = (struct session_owner){ .hello = on_hello,
		.acked = on_acked,
		.read = on_read,
		.begin = on_begin,
		.data = on_data,
		.end = on_end,
		.stop = on_stop };
	p->ctx = p;
	if (!peer_dial(p, centre->port, &s->station, bytes_str(s->address)))
		bench_must(RC_IO, &p->e);
	peer_begin(p);
	while (!p->admitted)
		if (!peer_turn(p, 100))
			bench_must(RC_IO, &p->e);
}

static void
seal_all(void)
{
	struct sha256 s;
	size_t i;

	body = alloc(1, BODY);
	random_bytes(body, BODY);
	for (i = 0; i < ITEMS; i++) {
		sealed_text(&all[i].envelope, &all[i].tag, source, sink, i + 1,
		    512, PRECEDENCE_THUONG);
		s = sha256_start();
		sha256_add(&s, buf_bytes(&all[i].envelope));
		sha256_add(&s, bytes_of(body, BODY));
		sha256_end(&s, all[i].sum);
	}
}

static void
send_all(void)
{
	struct link_dest dest = { .address = bytes_str(sink->desk_address) };
	struct item item;
	size_t i;

	for (i = 0; i < ITEMS; i++) {
		dest.tag = all[i].tag;
		item = (struct item){ .envelope = (uint32_t)all[i].envelope.len,
			.total = all[i].envelope.len + BODY,
			.dests = &dest,
			.dest_count = 1 };
		memcpy(item.sum, all[i].sum, SHA256_SIZE);
		session_send(from.session, i, &item, bytes_of(NULL, 0));
	}
}

/* The most of a phase: until "done" items are through one end. */
static double
until(struct peer *p, const size_t *done)
{
	double most = 0, now, last = 0;
	const double start = bench_now();

	while (*done < ITEMS) {
		if (!peer_turn(p, 1))
			bench_must(RC_IO, &p->e);
		if (bench_now() - last > 0.02) {
			now = pss_of_station(centre);
			most = now > most ? now : most;
			last = bench_now();
		}
		if (bench_now() - start > 300)
			bench_must(RC_EXPIRED, &p->e);
	}
	return most;
}

int
main(void)
{
	double idle, in, out;
	size_t i;

	country_begin(&country);
	centre = country_seat(&country, NULL, "vn");
	source = country_seat(&country, centre, "nguon");
	sink = country_seat(&country, centre, "dich");
	country_write(centre, "");
	if (!seat_start(centre))
		bug("the station does not start");
	(void)usleep(500000);
	idle = pss_of_station(centre);
	seal_all();
	begin(&from, source);
	send_all();
	in = until(&from, &acked);
	begin(&to, sink);
	out = until(&to, &arrived);
	printf("memory of a station (PSS, all processes): idle %.1f MiB; "
	       "%.2f GiB on its way: coming in at most %.1f MiB, going out at "
	       "most %.1f MiB\n",
	    idle, (double)taken / (double)HELD, in, out);
	peer_end(&from);
	peer_end(&to);
	for (i = 0; i < ITEMS; i++)
		buf_free(&all[i].envelope);
	free(body);
	country_end(&country);
	return 0;
}

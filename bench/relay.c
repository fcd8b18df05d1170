/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Relay: a source child, the real station, a sink child.  Distinct suite-A
 * envelopes of 4 KiB texts over real lines; the station has each on disk before
 * it acknowledges it; they are counted at the sink.
 *
 *	relay [FILE]	FILE: to write the envelopes into, for the peers
 *
 * ANTIN_RELAY: how many.
 */
#include "bench.h"

#include "../tests/station/peer.h"
#include "core/work.h"

#define PACED 2000 /* a second, for the latency */
#define AHEAD 900  /* that the source has under way */

static struct country country;
static struct seat *centre, *source, *sink;
static struct sealed {
	struct buf package;
	struct tag tag;
	double sent, acked;
} * all;
static size_t count;

static enum rc
seal_one(void *ctx, size_t i, struct err *e)
{
	(void)ctx;
	(void)e;
	sealed_text(&all[i].package, &all[i].tag, source, sink, i + 1, 4096,
	    PRECEDENCE_THUONG);
	return RC_OK;
}

/* ---- the two ends
 * ---------------------------------------------------------------- */

static size_t arrived, acked, refused;
static struct peer from, to;

static void
on_hello(void *ctx, const struct hello *h)
{
	(void)h;
	peer_admits(ctx);
}

static void
on_item(void *ctx, const struct item *item, struct bytes package)
{
	struct peer *p = ctx;

	(void)package;
	arrived += p == &to; /* not notices of what the source gave */
	session_taken(p->session, item->total);
	session_ack(p->session, item->number, ACK_STORED, REFUSAL_NONE);
}

static void
on_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	(void)ctx;
	(void)why;
	all[ref].acked = bench_now();
	acked++;
	refused += outcome != ACK_STORED;
}

static void
begin(struct peer *p, const struct seat *s)
{
	p->owner = (struct session_owner){
		.hello = on_hello, .item = on_item, .acked = on_acked
	};
	p->ctx = p;
	if (!peer_dial(p, centre->port, &s->station, bytes_str(s->address)))
		bench_must(RC_IO, &p->e);
	peer_begin(p);
	while (!p->admitted)
		if (!peer_turn(p, 100))
			bench_must(RC_IO, &p->e);
}

/* Both ends' lines; the one who waits longest waits a millisecond. */
static void
turn(void)
{
	if (!peer_turn(&from, 0))
		bench_must(RC_IO, &from.e);
	if (!peer_turn(&to, 1))
		bench_must(RC_IO, &to.e);
}

/* Send from..until at this pace (0: as fast as it goes); seconds it took. */
static double
run(size_t at, size_t until, double pace)
{
	const size_t before = arrived, first = at;
	const double start = bench_now();

	acked = 0;
	while (arrived - before < until - first || acked < until - first) {
		while (at < until && at - first - acked < AHEAD &&
		       (pace == 0 || (double)(at - first) <
					 (bench_now() - start) * pace)) {
			all[at].sent = bench_now();
			peer_send(&from, at, buf_bytes(&all[at].package), sink,
			    &all[at].tag, 0);
			at++;
		}
		turn();
		if (bench_now() - start > 300)
			bench_must(RC_EXPIRED, &from.e);
	}
	return bench_now() - start;
}

/* ---- the ceiling
 * ----------------------------------------------------------------- */

/* Appends of this size to a file in the same folder, each synced. */
static void
ceiling(size_t size, unsigned n)
{
	char path[2 * PATH];
	uint8_t *bytes = alloc(1, size);
	double start;
	unsigned i;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/ceiling", country.folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	random_bytes(bytes, size);
	start = bench_now();
	for (i = 0; i < n; i++)
		if (write(fd, bytes, size) != (ssize_t)size ||
		    fdatasync(fd) != 0)
			bug("the disk refuses");
	start = bench_now() - start;
	close(fd);
	free(bytes);
	printf("storage ceiling: %zu bytes appended and synced: %.0f/s, %.0f "
	       "MB/s\n",
	    size, n / start, n / start * (double)size / 1e6);
}

/* u32 length | envelope, ... */
static void
write_all(const char *path)
{
	FILE *f = fopen(path, "w");
	uint32_t size;
	size_t i;

	for (i = 0; f != NULL && i < count; i++) {
		size = htonl((uint32_t)all[i].package.len);
		(void)fwrite(&size, sizeof(size), 1, f);
		(void)fwrite(all[i].package.p, all[i].package.len, 1, f);
	}
	if (f == NULL || fclose(f) != 0)
		bug("the envelopes cannot be written");
}

int
main(int argc, char **argv)
{
	const char *n = getenv("ANTIN_RELAY");
	double took, *late;
	struct err e;
	size_t i, paced;

	count = n != NULL ? strtoul(n, NULL, 10) : 20000;
	paced = count / 4;
	country_begin(&country);
	centre = country_seat(&country, NULL, "vn");
	source = country_seat(&country, centre, "nguon");
	sink = country_seat(&country, centre, "dich");
	country_write(centre, "log warn\n");
	if (!seat_start(centre))
		(void)usleep(1500000); /* "ready" is not logged at "warn" */
	all = alloc(count, sizeof(*all));
	bench_must(work_each(count, seal_one, NULL, &e), &e);
	if (argc > 1)
		write_all(argv[1]);
	begin(&from, source);
	begin(&to, sink);
	ceiling(9216, 200);
	ceiling(921600, 50);
	took = run(0, count - paced, 0);
	printf("relay source-station-sink: %.0f/s durable, %zu envelopes of "
	       "%zu bytes\n",
	    (double)(count - paced) / took, count - paced, all[0].package.len);
	(void)run(count - paced, count, PACED);
	late = alloc(paced, sizeof(*late));
	for (i = 0; i < paced; i++)
		late[i] =
		    all[count - paced + i].acked - all[count - paced + i].sent;
	qsort(late, paced, sizeof(*late), bench_by_size);
	printf("acknowledged at %d/s: median %.2f ms, p99 %.2f ms\n", PACED,
	    late[paced / 2] * 1e3, late[paced * 99 / 100] * 1e3);
	if (refused > 0)
		printf("refused: %zu\n", refused);
	peer_end(&from);
	peer_end(&to);
	country_end(&country);
	return refused > 0;
}

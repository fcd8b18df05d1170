/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The peer of bench/relay: the same envelopes through a NATS server's JetStream
 * stream of files.  A publisher keeps as many under way as the source does; a
 * message is acknowledged when the server says that it has it; an explicit
 * consumer counts them and acknowledges each.
 *
 *	nats PORT FILE		FILE: u32 length | envelope, ...
 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/bytes.h"
#include "core/vec.h"
#include "file/file.h"

#define PACED 2000
#define AHEAD 900
#define PATIENCE 300 /* seconds */

struct line {
	int fd;
	struct buf out, in;
	size_t out_at;
};

static struct line publisher, consumer;
static struct sent {
	struct bytes envelope;
	double at, acked;
} * all;
static size_t count, acked, arrived;

static void
lost(const char *what)
{
	(void)fprintf(stderr, "bench: NATS: %s\n", what);
	exit(1);
}

static void
dial(struct line *l, uint16_t port)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int one = 1;

	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0 ||
	    connect(l->fd, (const struct sockaddr *)&a, sizeof(a)) != 0)
		lost("it does not answer");
	(void)setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)fcntl(l->fd, F_SETFL, O_NONBLOCK);
}

static void
say_to(struct line *l, const char *text)
{
	buf_add(&l->out, bytes_str(text));
}

/* ---- what comes
 * ------------------------------------------------------------------ */

/* A message: "MSG subject sid [reply] size", and its payload. */
static void
on_message(struct line *l, char *words, struct bytes payload)
{
	char *word[6], *at = NULL, ack[256];
	size_t n = 0, ref;

	for (char *w = strtok_r(words, " ", &at); w != NULL && n < 6;
	     w = strtok_r(NULL, " ", &at))
		word[n++] = w;
	if (l == &consumer && n == 5) {
		arrived++;
		(void)snprintf(
		    ack, sizeof(ack), "PUB %s 4\r\n+ACK\r\n", word[3]);
		say_to(l, ack);
	} else if (l == &publisher && strncmp(word[1], "_INBOX.p.", 9) == 0) {
		if (memmem(payload.p, payload.len, "\"error\"", 7) != NULL)
			lost("a message was refused");
		ref = strtoul(word[1] + 9, NULL, 10);
		all[ref].acked = bench_now();
		acked++;
	} else if (memmem(payload.p, payload.len, "\"error\"", 7) != NULL) {
		(void)fprintf(stderr, "%.*s\n", (int)payload.len,
		    (const char *)payload.p);
		lost("it refuses the stream or the consumer");
	}
}

/* The first whole thing in "in"; its length, 0: it is not whole yet. */
static size_t
one(struct line *l, struct bytes in)
{
	const uint8_t *end = memmem(in.p, in.len, "\r\n", 2);
	size_t head, size = 0;
	char words[512];

	if (end == NULL)
		return 0;
	head = (size_t)(end - in.p);
	if (head >= sizeof(words))
		goto line;
	memcpy(words, in.p, head);
	words[head] = '\0';
	if (strncmp(words, "MSG ", 4) == 0) {
		size = strtoul(strrchr(words, ' ') + 1, NULL, 10);
		if (in.len < head + 2 + size + 2)
			return 0;
		on_message(l, words, bytes_of(in.p + head + 2, size));
		return head + 2 + size + 2;
	}
	if (strcmp(words, "PING") == 0)
		say_to(l, "PONG\r\n");
	else if (strncmp(words, "-ERR", 4) == 0)
		lost(words);
line:
	return head + 2;
}

static void
turn(struct line *l, int wait)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	size_t at = 0, n;
	ssize_t got;

	if (l->out_at < l->out.len)
		p.events |= POLLOUT;
	(void)poll(&p, 1, wait);
	if (p.revents & POLLOUT) {
		got =
		    write(l->fd, l->out.p + l->out_at, l->out.len - l->out_at);
		l->out_at += got > 0 ? (size_t)got : 0;
		if (l->out_at == l->out.len)
			l->out.len = l->out_at = 0;
	}
	if (p.revents & (POLLIN | POLLHUP)) {
		n = l->in.len;
		got = read(l->fd, buf_grow(&l->in, 1 << 16), 1 << 16);
		if (got == 0 || (got < 0 && errno != EAGAIN))
			lost("it has closed");
		l->in.len = n + (got > 0 ? (size_t)got : 0);
		while ((n = one(l, bytes_of(l->in.p + at, l->in.len - at))) > 0)
			at += n;
		memmove(l->in.p, l->in.p + at, l->in.len - at);
		l->in.len -= at;
	}
}

/* ---- what goes
 * ------------------------------------------------------------------- */

static void
request(struct line *l, const char *subject, const char *json)
{
	char head[256];

	(void)snprintf(head, sizeof(head), "PUB %s _INBOX.r %zu\r\n", subject,
	    strlen(json));
	say_to(l, head);
	say_to(l, json);
	say_to(l, "\r\n");
}

static void
publish(size_t i)
{
	char head[128];

	(void)snprintf(head, sizeof(head), "PUB relay _INBOX.p.%zu %zu\r\n", i,
	    all[i].envelope.len);
	say_to(&publisher, head);
	buf_add(&publisher.out, all[i].envelope);
	say_to(&publisher, "\r\n");
	all[i].at = bench_now();
}

static void
settle(void)
{
	const double until = bench_now() + 0.5;

	while (bench_now() < until) {
		turn(&publisher, 1);
		turn(&consumer, 1);
	}
}

static double
run(size_t at, size_t until, double pace)
{
	const size_t before = arrived, first = at;
	const double start = bench_now();

	acked = 0;
	while (arrived - before < until - first || acked < until - first) {
		while (at < until && at - first - acked < AHEAD &&
		       (pace == 0 ||
			   (double)(at - first) < (bench_now() - start) * pace))
			publish(at++);
		turn(&publisher, 0);
		turn(&consumer, 1);
		if (bench_now() - start > PATIENCE)
			lost("it takes too long");
	}
	return bench_now() - start;
}

static void
read_all(struct bytes in)
{
	uint32_t size;

	while (in.len >= 4) {
		memcpy(&size, in.p, 4);
		size = ntohl(size);
		if (in.len - 4 < size)
			lost("the file of envelopes is cut off");
		all = vec_more(all, count, sizeof(*all));
		all[count++] =
		    (struct sent){ .envelope = bytes_of(in.p + 4, size) };
		in = bytes_of(in.p + 4 + size, in.len - 4 - size);
	}
}

int
main(int argc, char **argv)
{
	const char *hello =
	    "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";
	struct buf file = { 0 };
	size_t i, paced;
	double took, *late;
	struct err e;

	if (argc != 3)
		return 2;
	bench_must(file_read(&file, argv[2], (size_t)1 << 32, &e), &e);
	read_all(buf_bytes(&file));
	paced = count / 4;
	dial(&publisher, (uint16_t)strtoul(argv[1], NULL, 10));
	dial(&consumer, (uint16_t)strtoul(argv[1], NULL, 10));
	say_to(&publisher, hello);
	say_to(&publisher, "SUB _INBOX.> 1\r\n");
	request(&publisher, "$JS.API.STREAM.CREATE.RELAY",
	    "{\"name\":\"RELAY\",\"subjects\":[\"relay\"],"
	    "\"storage\":\"file\",\"retention\":\"workqueue\"}");
	settle();
	say_to(&consumer, hello);
	say_to(&consumer, "SUB sink 1\r\n");
	request(&publisher, "$JS.API.CONSUMER.DURABLE.CREATE.RELAY.SINK",
	    "{\"stream_name\":\"RELAY\",\"config\":{\"durable_name\":\"SINK\","
	    "\"deliver_subject\":\"sink\",\"ack_policy\":\"explicit\","
	    "\"max_ack_pending\":900}}");
	settle();
	took = run(0, count - paced, 0);
	printf("%.0f/s, ", (double)(count - paced) / took);
	(void)run(count - paced, count, PACED);
	late = alloc(paced, sizeof(*late));
	for (i = 0; i < paced; i++)
		late[i] =
		    all[count - paced + i].acked - all[count - paced + i].at;
	qsort(late, paced, sizeof(*late), bench_by_size);
	printf("acknowledged at %d/s: median %.2f ms, p99 %.2f ms\n", PACED,
	    late[paced / 2] * 1e3, late[paced * 99 / 100] * 1e3);
	free(late);
	free(all);
	buf_free(&file);
	return 0;
}

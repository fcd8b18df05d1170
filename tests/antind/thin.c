/* SPDX-License-Identifier: EUPL-1.2 */
/* The link process over a thin line: what is urgent does not wait behind what
 * was made before it (docs/link.md 13.2). */
#include "linked.h"

#include <sys/mman.h>

#define RATE 20000u /* bytes a second, towards the peer */
#define LARGE (8u << 20)
#define STEP_MS 10

/* ---- a line of so many bytes a second: a process of its own ---- */

static int
small_socket(void)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
		  few = 2048;

	/* nothing is to gather in here */
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &few, sizeof(few)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &few, sizeof(few)) != 0)
		bug("no socket");
	return fd;
}

static void
move(int from, int to, size_t most)
{
	uint8_t piece[65536];
	ssize_t n = recv(from, piece,
	    most < sizeof(piece) ? most : sizeof(piece), MSG_DONTWAIT);

	if (n > 0 && send(to, piece, (size_t)n, MSG_NOSIGNAL) != n)
		_exit(0);
}

/* Where it listens; it lives until it is killed. */
static uint16_t
thin_line(pid_t *pid)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	const int listener = small_socket();
	int below, above;

	if (bind(listener, (struct sockaddr *)&a, len) != 0 ||
	    listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&a, &len) != 0)
		bug("no port is to be had");
	(void)fflush(stdout);
	*pid = fork();
	if (*pid != 0) {
		(void)close(listener);
		return ntohs(a.sin_port);
	}
	below = accept(listener, NULL, NULL);
	above = small_socket();
	a.sin_port = htons(port);
	if (below < 0 || connect(above, (struct sockaddr *)&a, len) != 0)
		_exit(1);
	for (;;) {
		move(below, above, 65536);
		move(above, below, RATE * STEP_MS / 1000);
		(void)usleep(STEP_MS * 1000);
	}
}

/* ---- what the store has to send ---- */

static void
store_sends(const struct peer *p, uint64_t q, unsigned rank, uint64_t total)
{
	struct msg_send m = { .conn = p->conn,
		.q = q,
		.rank = rank,
		.envelope = 100,
		.total = total,
		.at = 100 };
	struct buf rows = { 0 };
	uint8_t text[1000] = { (uint8_t)q };
	int fd = -1;

	list_add(&rows, LIST_DEST,
	    &(struct msg_dest){ .address = bytes_str("antin://a.vn/x") });
	m.dests = buf_bytes(&rows);
	m.package = bytes_of(text, total > sizeof(text) ? 100 : total);
	if (total > sizeof(text)) {
		fd = memfd_create("large", MFD_CLOEXEC);
		if (fd < 0 || ftruncate(fd, (off_t)total) != 0)
			bug("no memory");
		m.sum[0] = (uint8_t)q;
	} else {
		sha256(m.sum, m.package);
	}
	say_to(store, MSG_SEND, 0, &m, fd);
	buf_free(&rows);
}

static void
turns_for(struct peer *p, int64_t ms, size_t items)
{
	const int64_t until = process_ms() + ms;

	while (process_ms() < until && !p->over && p->items < items) {
		turn(p);
		(void)usleep(2000);
	}
}

static void
the_urgent_overtakes(void)
{
	int64_t began, took, most = 0;
	uint64_t bytes;
	struct peer p;
	pid_t line;
	uint64_t i;

	starts(LINK_KEY_MS, "100");
	if (!ok(dials_port(&p, thin_line(&line)), "a peer on a thin line"))
		return;
	says_hello(&p);
	is_let_in(&p, "antin://a.vn");
	ok(waits_in(&p), "is let in");
	store_sends(&p, 1, 0, LARGE);
	turns_for(&p, 3000, 1);
	bytes = p.bytes;
	ok(bytes > RATE, "a large item is on its way: %zu bytes",
	    (size_t)bytes);
	for (i = 1; i <= 4; i++) {
		store_sends(&p, 1 + i, 3, 1000);
		began = process_ms();
		turns_for(&p, 20000, i);
		took = process_ms() - began;
		most = took > most ? took : most;
		turns_for(&p, 500, i + 1);
	}
	is(p.items, 4, "small ones of hỏa tốc arrive");
	ok(most < 5000, "within seconds, while it goes on");
	note("at most %lld ms", (long long)most);
	ok(p.bytes > bytes && p.bytes < LARGE,
	    "which has not ended before them");
	leaves(&p);
	(void)kill(line, SIGKILL);
	(void)waitpid(line, NULL, 0);
	stops();
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	holder_new(&station, "A", STATION, NULL);
	holder_new(&child, "A", STATION, NULL);
	the_urgent_overtakes();
	identity_free(&station);
	identity_free(&child);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Floods against a real station: connections that say nothing, bytes that drip,
 * handshakes in vain, a child that sends without end.  Whoever is honest is
 * served meanwhile.  ANTIN_SOAK: ten thousand connections, and longer.
 */
#include "villain.h"

#include <sys/resource.h>

#define CONNS_MAX 10000u
#define PENDING 256u /* docs/link.md 15.1 */
#define TRIES 256u   /* 15.3 */
#define DEAD_MS 3000 /* of keep-alive 1: 3.4, 10.3 */
#define SLACK_MS 6000
#define PROMPT_MS 30000 /* for what is urgent, whatever another sends */

static bool soak;

/* It was closed by the other side, as far as one can see now. */
static bool
is_closed(int fd)
{
	struct pollfd f = { .fd = fd, .events = POLLIN };
	uint8_t b[64];
	ssize_t n;

	while (poll(&f, 1, 0) > 0) {
		n = recv(fd, b, sizeof(b), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return true;
		if (n < 0)
			return false;
	}
	return false;
}

/* ---- connections that say nothing: 15.1 ---- */

static void
idle_ones_keep_nobody_out(void)
{
	const size_t count = soak ? CONNS_MAX : 1000;
	int *fds = alloc(CONNS_MAX, sizeof(int));
	size_t i, open = 0;
	int64_t began;

	for (i = 0; i < count; i++)
		fds[i] = dial_port_from(centre->port, "127.0.0.1");
	began = peer_ms();
	ok(centre_serves("127.0.0.2", 30),
	    "%zu connections of one address do not keep out another's", count);
	note("after %lld ms", (long long)(peer_ms() - began));
	began = peer_ms();
	ok(centre_serves("127.0.0.1", 60), "nor a child behind the same");
	note("after %lld ms", (long long)(peer_ms() - began));
	for (i = 0; i < count; i++)
		open += !is_closed(fds[i]);
	ok(open <= PENDING, "at most %u of them are there: %zu", PENDING, open);
	for (i = 0; i < count; i++)
		close(fds[i]);
	free(fds);
}

/* New ones come all the time, from another address than the child's. */
static void
a_stream_of_them_keeps_nobody_out(void)
{
	int64_t began;
	size_t i = 0;
	pid_t pid;
	int fds[64] = { 0 };

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		for (;; i = (i + 1) % COUNT(fds)) {
			if (fds[i] > 0)
				close(fds[i]);
			fds[i] = dial_port_from(centre->port, "127.0.0.5");
		}
	(void)usleep(300000);
	began = peer_ms();
	ok(centre_serves("127.0.0.2", 30),
	    "nor does one that dials all the time");
	note("after %lld ms", (long long)(peer_ms() - began));
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

/* ---- handshakes in vain: 15.3 ---- */

/* A record that is a handshake's, of nonsense; true: it was looked at. */
static bool
tries(const char *source)
{
	static const uint8_t nonsense[] = { 0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0 };
	const int fd = dial_port_from(centre->port, source);
	struct pollfd f = { .fd = fd, .events = POLLIN };
	uint8_t alert[16];
	ssize_t n;

	(void)!write(fd, nonsense, sizeof(nonsense));
	(void)poll(&f, 1, 30000);
	n = read(fd, alert, sizeof(alert));
	close(fd);
	return n > 0 && alert[0] == 0x15;
}

static void
handshakes_in_vain_are_counted(void)
{
	const int64_t began = peer_ms();
	size_t i, met = 0;
	uint64_t more;

	for (i = 0; i < TRIES + 200; i++)
		met += tries("127.0.0.3");
	more = (uint64_t)(peer_ms() - began) / 62 + 2;
	ok(met >= TRIES && met <= TRIES + more,
	    "an address may begin so many handshakes, and then some a second");
	note("%zu of %zu in %lld ms", met, i, (long long)(peer_ms() - began));
	ok(tries("127.0.0.4"), "another is not concerned");
}

/* HELLO and HELLO again, of who is nobody. */
static void
nobody_is_heard_so_often(void)
{
	const int64_t began = peer_ms();
	struct script s;
	struct buf in;
	struct peer p;
	size_t i, heard = 0;
	uint64_t most;

	for (i = 0; i < TRIES + 100; i++) {
		s = (struct script){ .statement = bytes_str("nobody") };
		in = (struct buf){ 0 };
		if (villain_dial(&p, hostile, "127.0.0.6")) {
			script_word(&s, "H");
			(void)villain_write(&p, buf_bytes(&s.bytes));
			heard += hears_bye(&p, &in, BYE_REFUSED, "");
		}
		buf_free(&s.bytes);
		buf_free(&in);
		peer_end(&p);
	}
	most = TRIES + (uint64_t)(peer_ms() - began) / 62 + 2;
	ok(heard >= TRIES && heard <= most,
	    "who is nobody is told so as often as he may ask: %zu of %zu",
	    heard, i);
	ok(centre_serves("127.0.0.2", 30), "and a child is served");
}

/* ---- PING, and PING again: 10.2 ---- */

static void
pings_are_answered_one_by_one(void)
{
	const size_t count = soak ? 100000 : 2000;
	struct script s = { 0 };
	struct buf in = { 0 };
	struct peer p;
	size_t i, pongs = 0;

	villain_comes(&p, hostile);
	s.statement = buf_bytes(&p.statement);
	script_word(&s, "H");
	script_word(&s, "P");
	for (i = 0; i < count; i++) {
		script_word(&s, "G:1");
		if (!villain_write(&p, buf_bytes(&s.bytes)))
			break;
		buf_free(&s.bytes);
		buf_free(&in);
		while (!came(&in, FRAME_PONG, &(struct bytes){ 0 }) &&
		       !villain_reads_once(&p, &in))
			;
		pongs += came(&in, FRAME_PONG, &(struct bytes){ 0 });
	}
	is(pongs, count, "PINGs without end are answered, one by one");
	buf_free(&s.bytes);
	buf_free(&in);
	peer_end(&p);
}

/* ---- bytes that drip: 3.4, 10.3 ---- */

struct dripping {
	const char *name;
	struct errand er;
	int fd;
	bool tls;	     /* through it, else into TCP */
	const uint8_t *says; /* a byte each time, then zeros; NULL: nothing */
	size_t said;
	int64_t gone;
};

#define DRIPS 5

static void
drip(struct dripping *d)
{
	struct buf in = { 0 };
	uint8_t b = 0;
	size_t sent;

	if (d->gone != 0)
		return;
	if (d->says != NULL && d->said < DRIPS)
		b = d->says[d->said++];
	if (d->says != NULL && d->tls)
		(void)tls_write(
		    d->er.p.tls, bytes_of(&b, 1), &sent, &d->er.p.e);
	else if (d->says != NULL && write(d->fd, &b, 1) < 0 && errno != EAGAIN)
		d->gone = peer_ms();
	if (d->tls ? villain_reads(&d->er.p, &in, 1) : is_closed(d->fd))
		d->gone = peer_ms();
	buf_free(&in);
}

static void
what_drips_is_cut(void)
{
	static const uint8_t shake[DRIPS] = { 0x16, 3, 1, 0x3f, 0 };
	static const uint8_t hello[DRIPS] = { FRAME_HELLO, 0, 0x20, 0, 1 };
	struct dripping all[] = { { .name = "who says nothing" },
		{ .name = "who drips a handshake", .says = shake },
		{ .name = "who says nothing behind TLS", .tls = true },
		{ .name = "who drips HELLO", .tls = true, .says = hello },
		{ .name = "who was let in and falls silent", .tls = true } };
	const int64_t first = peer_ms();
	int64_t began, last;
	size_t i, gone = 0;

	for (i = 0; i < 2; i++)
		all[i].fd = dial_port(centre->port);
	for (i = 2; i < 4; i++)
		villain_comes(&all[i].er.p, hostile);
	if (!errand_begin(&all[4].er, hostile, NULL))
		bug("a line that is not to be had");
	while (!all[4].er.p.admitted && peer_turn(&all[4].er.p, 100))
		;
	began = peer_ms();
	last = began + DEAD_MS + SLACK_MS;
	while (gone < COUNT(all) && peer_ms() < last) {
		(void)usleep(100000);
		for (gone = i = 0; i < COUNT(all); i++) {
			drip(&all[i]);
			gone += all[i].gone != 0;
		}
	}
	for (i = 0; i < COUNT(all); i++) {
		ok(all[i].gone >= first + DEAD_MS - 1000,
		    "%s has its time, and no more", all[i].name);
		note("%lld ms", (long long)(all[i].gone - began));
		if (all[i].tls)
			peer_end(&all[i].er.p);
		else
			close(all[i].fd);
	}
	ok(centre_serves(NULL, 30), "the station serves on");
}

/* ---- a child that sends without end: 15.4, 15.5 ---- */

static void
sends_for_ever(void)
{
	const struct link_dest dest = { .address =
					    bytes_str(centre->desk_address) };
	struct item item = { .rank = 3,
		.envelope = 100,
		.total = 20000,
		.dests = &dest,
		.dest_count = 1 };
	struct buf package = { 0 };
	struct errand er;

	(void)buf_grow(&package, 20000);
	sha256(item.sum, buf_bytes(&package));
	for (;;) {
		if (errand_begin(&er, hostile, NULL))
			do
				while (session_waiting(er.p.session) < 100)
					session_send(er.p.session, 1, &item,
					    buf_bytes(&package));
			while (peer_turn(&er.p, 1));
		peer_end(&er.p);
	}
}

/* Items and no end, and no answer is read. */
static void
reads_nothing(void)
{
	struct script s = { 0 };
	struct peer p;
	uint32_t i, base;
	char word[40];

	for (;;) {
		if (villain_dial(&p, hostile, NULL)) {
			s.statement = buf_bytes(&p.statement);
			script_word(&s, "H");
			script_word(&s, "P");
			for (base = 0; base < 512; base += 64) {
				for (i = base + 1; i <= base + 64; i++) {
					(void)snprintf(
					    word, sizeof(word), "I%u", i);
					script_word(&s, word);
					(void)snprintf(
					    word, sizeof(word), "D%u:10", i);
					script_word(&s, word);
				}
				(void)villain_write(&p, buf_bytes(&s.bytes));
				buf_free(&s.bytes);
			}
			(void)usleep(20000);
		}
		peer_end(&p);
	}
}

static void
the_urgent_arrives(void (*flood)(void), const char *name)
{
	const size_t times = soak ? 100 : 8;
	int64_t began, took, most = 0;
	size_t i, served = 0;
	pid_t pid;

	(void)fflush(stdout);
	epoch += 1000000; /* the two do not use the same */
	pid = fork();
	if (pid == 0)
		flood();
	epoch += 1000000;
	(void)usleep(500000);
	for (i = 0; i < times; i++) {
		began = peer_ms();
		served += centre_serves("127.0.0.2", PROMPT_MS / 1000);
		took = peer_ms() - began;
		most = took > most ? took : most;
		(void)usleep(100000);
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	is(served, times, "what is urgent arrives in %d s beside %s",
	    PROMPT_MS / 1000, name);
	note("at most %lld ms", (long long)most);
}

/* Bytes of memory that the link process has had at most. */
static void
memory_is_bounded(void)
{
	const unsigned long most = 64; /* MiB */
	char path[64], line[128];
	unsigned long kib = 0;
	FILE *f;

	if (getenv("ANTIN_SAN") != NULL && getenv("ANTIN_SAN")[0] == '1') {
		skip("sanitizers have another allocator");
		return;
	}
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)link_pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtoul(line + 6, NULL, 10);
	if (f != NULL)
		(void)fclose(f);
	ok(kib > 0 && kib < most * 1024,
	    "the link process never had %lu MiB: %lu KiB", most, kib);
}

int
main(void)
{
	struct rlimit files;

	soak = getenv("ANTIN_SOAK") != NULL;
	(void)signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	land_begin("keep-alive 1\n");
	idle_ones_keep_nobody_out();
	a_stream_of_them_keeps_nobody_out();
	handshakes_in_vain_are_counted();
	nobody_is_heard_so_often();
	pings_are_answered_one_by_one();
	what_drips_is_cut();
	the_urgent_arrives(sends_for_ever, "a child that sends without end");
	the_urgent_arrives(reads_nothing, "one that reads no answer");
	memory_is_bounded();
	land_end();
	return done();
}

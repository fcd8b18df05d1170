/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Very many children come back at one moment, and lack nothing of the
 * directory: it costs next to nothing. Then something is decided, and all hear
 * of it (docs/link.md 17).  What they tell is kept within one bound (15.4).
 *
 * ANTIN_SOAK: two thousand of them.
 */
#include <sys/resource.h>

#include "clerk.h"
#include "crowd.h"
#include "partly.h"
#include "pki/status.h"

#define WAIT_MS 60000

static struct country country;
static struct seat *root;
static struct crowd crowd;
static struct peer *peers;
static size_t told, told_bytes, busy; /* busy: BYE of this reason */

static void
on_tell(void *ctx, enum tell kind, bool more, struct bytes piece)
{
	(void)ctx;
	if (kind != TELL_DIRECTORY)
		return;
	told += !more;
	told_bytes += piece.len;
}

static void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	(void)ctx;
	(void)text;
	busy += reason == BYE_BUSY;
}

/* Milliseconds that the store process has worked. */
static long
worked(void)
{
	char path[64], text[512] = "";
	unsigned long user = 0, system = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat",
	    (long)seat_process(root, "store"));
	f = fopen(path, "r");
	if (f == NULL || fgets(text, sizeof(text), f) == NULL ||
	    sscanf(strrchr(text, ')'),
		") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		&system) != 2)
		bug("no process");
	(void)fclose(f);
	return (
	    long)((user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK));
}

static void
turn_all(unsigned ms, size_t until_told)
{
	const int64_t until = peer_ms() + ms;
	size_t i;

	while (peer_ms() < until && told < until_told) {
		for (i = 0; i < crowd.count; i++)
			(void)peer_turn(&peers[i], 0);
		(void)usleep(5000);
	}
}

/* What each of them knows: all that there is. */
static void
status(struct buf *out)
{
	const struct dlog *log = &country.t.d->logs[0];
	struct status_log one = { log->id, log->log.tree.size };
	struct status s = { .logs = &one, .count = 1 };

	cert_fingerprint(s.root, country.t.d->root);
	status_put(out, &s);
	buf_u64(out, (uint64_t)log->note.checkpoint.at);
}

static void
who_lacks_nothing_is_told_nothing(void)
{
	struct buf message;
	long before;
	size_t i;

	status(&message);
	(void)crowd_enter(&crowd, peers);
	for (i = 0; i < crowd.count; i++)
		crowd_drop(&peers[i]);
	(void)crowd_enter(&crowd, peers); /* they come back */
	before = worked();
	for (i = 0; i < crowd.count; i++)
		if (!session_tell(
			peers[i].session, TELL_STATUS, buf_bytes(&message)))
			bug("a station that does not take TELL");
	turn_all(3000, SIZE_MAX);
	is(told, 0, "children that lack nothing are told nothing");
	note("children=%zu store_ms=%ld", crowd.count, worked() - before);
	buf_free(&message);
}

static void
all_hear_of_what_is_decided(void)
{
	const size_t from = country.t.file.len;
	const long before = worked();
	struct buf file;
	struct act a;
	struct err e;
	int64_t began;

	a = act_holder(&country.t, root->unit, ACT_DESK, "moi");
	tree_do(&country.t, ROOT, &a);
	country_news_from(&file, &country, from);
	began = peer_ms();
	must(seat_learns(root, buf_bytes(&file), &e), &e);
	turn_all(WAIT_MS, crowd.count);
	is(told, crowd.count, "all hear of what is decided");
	note("children=%zu ms=%lld store_ms=%ld bytes_each=%zu", crowd.count,
	    (long long)(peer_ms() - began), worked() - before,
	    told_bytes / crowd.count);
	buf_free(&file);
}

/* ---- what is kept of all has one bound: 15.4, 15.8 ---- */

#define HOLDERS 15u /* of TELL_MAX each */
#define PIECE 16000u

static void
all_of(struct peer *p, struct bytes in)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN | POLLOUT };
	const int64_t until = peer_ms() + WAIT_MS;
	enum tls_did did = TLS_DONE;
	size_t sent;

	while (in.len > 0 && peer_ms() < until &&
	       (did == TLS_DONE || did == TLS_WANT_WRITE ||
		   did == TLS_WANT_READ)) {
		did = tls_write(p->tls, in, &sent, &p->e);
		in = bytes_of(in.p + sent, in.len - sent);
		if (did != TLS_DONE)
			(void)poll(&f, 1, 100);
	}
	if (in.len > 0)
		note("a line that takes no more");
}

/* So many bytes of a message of this kind. */
static void
tells(struct peer *p, enum tell kind, size_t len, bool ends)
{
	static const uint8_t zeros[PIECE];
	struct buf out = { 0 };
	size_t n;

	for (; len > 0; len -= n) {
		n = len < PIECE ? len : PIECE;
		tell_put(
		    &out, (uint8_t)kind, !ends || len > n, bytes_of(zeros, n));
	}
	all_of(p, buf_bytes(&out));
	buf_free(&out);
}

static void
what_waits_counts_with_what_is_begun(void)
{
	struct peer *waits = &peers[HOLDERS], *more = waits + 1;
	size_t i;

	busy = 0; /* who was turned away on the way in does not count */
	for (i = 0; i < HOLDERS; i++)
		tells(&peers[i], TELL_BEHIND, TELL_MAX, false);
	turn_all(1000, SIZE_MAX);
	is(seat_said(root, "tell.full"), 0, "60 MiB begun are borne");
	/* the second of two waits 10 seconds; slow machines: again */
	for (i = 0; i < 5 && seat_said(root, "tell.full") == 0; i++) {
		tells(waits, TELL_STATUS, 1, true);
		tells(waits, TELL_STATUS, TELL_MAX / 2, true);
		turn_all(1000, SIZE_MAX);
		tells(more, TELL_BEHIND, TELL_MAX / 4 * 3, true);
		(void)seat_waits(root, "tell.full", 1, 5);
	}
	ok(seat_said(root, "tell.full") > 0,
	    "what waits to be answered is counted with it");
	for (i = 0; i < 60 && busy == 0; i++)
		turn_all(500, SIZE_MAX);
	ok(!more->over, "who holds little keeps his line");
	is(busy, 1, "of those who hold most one hears BYE");
}

int
main(void)
{
	const size_t n = getenv("ANTIN_SOAK") != NULL ? 2000 : 200;
	struct rlimit files;
	size_t i;

	(void)signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	country_begin(&country);
	root = country_seat(&country, NULL, "vn");
	crowd_begin(&crowd, &country, root, n);
	peers = alloc(n, sizeof(*peers));
	for (i = 0; i < n; i++)
		peers[i].owner =
		    (struct session_owner){ .tell = on_tell, .bye = on_bye };
	country_write(root, "");
	ok(seat_start(root), "a station runs");
	who_lacks_nothing_is_told_nothing();
	all_hear_of_what_is_decided();
	what_waits_counts_with_what_is_begun();
	is(seat_said(root, "process.died"), 0, "nothing in it has died");
	for (i = 0; i < n; i++)
		peer_end(&peers[i]);
	free(peers);
	crowd_end(&crowd);
	country_end(&country);
	return done();
}

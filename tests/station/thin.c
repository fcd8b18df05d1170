/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A thin line (docs/link.md 19 to 21) between real stations, over a line of
 * 9.6 kbit/s that takes a second there and back, and is cut.  ANTIN_SOAK=1
 * watches it idle for an hour.
 */
#include "partly.h"
#include "slow.h"

#include "file/directory_file.h"
#include "link/tls.h"
#include "pki/directory.h"
#include "store/sqlite.h"

#define LATE 120 /* seconds */

static struct country land;
static struct seat *centre, *commune;
static struct slow line;
static size_t given; /* of the directory's file: what the stations know */

static void
begin(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	slow_begin(&line, &land, centre, 1200, 500);
	country_write(centre, "checkpoint 2s\n");
	country_write_to(commune, line.port, "thin yes\ncheckpoint 2s\n");
	given = land.t.file.len;
}

/* ---- its beginning
 * ------------------------------------------------------------------ */

static void
the_first_line_is_full_the_next_is_thin(void)
{
	struct went full;

	ok(seat_start(centre) && seat_start(commune), "two stations run");
	ok(seat_waits(commune, "event=link.up", 1, LATE),
	    "a commune's first line is a full one");
	full = slow_went(&line);
	is(seat_said(commune, "thin=1"), 0, "it has no secret yet");
	ok(seat_waits(commune, "thin=1", 1, LATE) &&
		seat_waits(centre, "thin=1", 1, LATE),
	    "then it is a thin one");
	note("a full line: %lu bytes up, %lu down", full.up, full.down);
}

/* docs/link.md 20.1 */
static void
an_idle_line_is_silent(void)
{
	const char *soak = getenv("ANTIN_SOAK");
	const unsigned seconds = soak != NULL ? 3600 : 20;
	struct went before, after;

	ok(slow_is_quiet(&line, 10, LATE), "when all is said it is quiet");
	before = slow_went(&line);
	(void)sleep(seconds);
	after = slow_went(&line);
	is(after.up + after.down - before.up - before.down, 0,
	    "nothing goes in %u seconds", seconds);
	is(after.connections, before.connections, "it stays up");
}

/* ---- what goes over it
 * -------------------------------------------------------------- */

static void
telegrams_go_and_come(void)
{
	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 500, 0, 0, NULL }, NULL);
	must_send(commune,
	    &(struct errand_of){ "khan", { centre }, 500, 0, 0, NULL }, NULL);
	ok(inbox_comes_to(commune, 1, LATE), "a telegram comes");
	ok(inbox_comes_to(centre, 1, LATE), "and one goes");
}

/* docs/link.md 13.2: what was made before cannot be overtaken; half a second of
 * the line has been.  The slack is the machine's. */
static void
what_is_urgent_overtakes(void)
{
	const int64_t begun = now_ms();
	int64_t took;
	unsigned i;

	for (i = 0; i < 3; i++)
		must_send(centre,
		    &(struct errand_of){
			"thuong", { commune }, 20000, 0, 0, NULL },
		    NULL);
	(void)sleep(3);
	took = now_ms();
	must_send(centre,
	    &(struct errand_of){ "hoa-toc", { commune }, 500, 0, 0, NULL },
	    NULL);
	ok(inbox_comes_to(commune, 2, LATE), "a hỏa tốc arrives");
	took = now_ms() - took;
	note("after %lld ms, of which 5 s are its own bytes'", (long long)took);
	ok(took < 20000 && now_ms() - begun < 50000,
	    "before what began before it, which takes a minute");
}

/* Whatever of the rest is on its way goes on where it was cut. */
static void
cuts_cost_little(void)
{
	struct went before = slow_went(&line), after;
	const size_t lines = seat_said(commune, "thin=1");
	unsigned i;

	for (i = 0; i < 3; i++) {
		slow_cut(&line, true);
		(void)sleep(1);
		slow_cut(&line, false);
		ok(seat_waits(commune, "thin=1", lines + i + 1, LATE),
		    "cut %u: it comes back, thin", i + 1);
		(void)sleep(4);
	}
	ok(inbox_comes_to(commune, 5, 2 * LATE), "all arrives, each once");
	after = slow_went(&line);
	is(seat_said(commune, "event=thin.full"), 1,
	    "the first line was the only full one");
	note("with three cuts: %lu bytes up, %lu down", after.up - before.up,
	    after.down - before.down);
}

/* docs/link.md 19.7: who was cut before he was answered was not refused. */
static void
a_line_that_breaks_refuses_nobody(void)
{
	const size_t full = seat_said(commune, "event=thin.full");
	struct went before;
	unsigned i, k;

	slow_cut(&line, true);
	for (i = 0; i < 3; i++) {
		before = slow_went(&line);
		slow_cut(&line, false);
		/* TLS has its answer, HELLO has none */
		for (k = 0;
		     k < LATE * 50 && slow_went(&line).down < before.down + 150;
		     k++)
			(void)usleep(20000);
		slow_cut(&line, true);
		(void)sleep(1);
	}
	k = (unsigned)seat_said(commune, "thin=1");
	slow_cut(&line, false);
	ok(seat_waits(commune, "thin=1", k + 1, LATE),
	    "cut thrice behind its handshake, it comes back");
	is(seat_said(commune, "event=thin.full"), full, "by the same secret");
}

/* ---- who is not its other end
 * ------------------------------------------------------- */

/* The name of the secret's day, as the centre has it. */
static struct id of_commune;

static bool
first_key(void *ctx, const struct paper *p)
{
	(void)ctx;
	if (p->key.len == ID_SIZE)
		memcpy(of_commune.b, p->key.p, ID_SIZE);
	return false;
}

static bool
named(uint8_t out[static TLS_IDENTITY], bool drop)
{
	struct buf head = { 0 }, body = { 0 };
	struct seat_store o;
	struct err e;
	bool found;

	seat_opens(&o, centre);
	must(o.store->ops->paper_each(o.store, PAPER_THIN, first_key, NULL, &e),
	    &e);
	found =
	    o.store->ops->paper_get(o.store, PAPER_THIN,
		bytes_of(of_commune.b, ID_SIZE), &head, &body, &e) == RC_OK &&
	    body.len > TLS_IDENTITY;
	if (found)
		memcpy(out, body.p, TLS_IDENTITY);
	if (drop) {
		must(o.store->ops->begin(o.store, &e), &e);
		must(o.store->ops->paper_drop(o.store, PAPER_THIN,
			 bytes_of(of_commune.b, ID_SIZE), &e),
		    &e);
		must(o.store->ops->commit(o.store, &e), &e);
	}
	buf_free(&head);
	buf_free(&body);
	seat_closes(&o);
	return found;
}

/* How a handshake with the centre ends, by this secret. */
static enum tls_did
knocks(const struct tls_secret *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(centre->port) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	enum tls_did did = TLS_FAILED;
	struct tls *t;
	struct err e;
	unsigned i;

	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0) {
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
		t = tls_new_thin(fd, s);
		for (i = 0; i < 2000; i++) {
			did = tls_handshake(t, &e);
			if (did != TLS_WANT_READ && did != TLS_WANT_WRITE)
				break;
			(void)usleep(10000);
		}
		tls_free(t);
	}
	close(fd);
	return did;
}

static void
nobody_else_comes_in(void)
{
	const size_t lines = seat_said(commune, "thin=1");
	struct tls_secret s = { { 1 }, { 2 } };

	(void)seat_stop(centre, SIGTERM);
	ok(named(s.identity, false), "a station knows its thin line by a name");
	ok(seat_start(centre) && seat_waits(commune, "thin=1", lines + 1, LATE),
	    "it is there again after a restart, by the secret that was kept");
	is(knocks(&s), TLS_FAILED,
	    "who knows the name and not the secret is refused");
	s.identity[0] ^= 1;
	is(knocks(&s), TLS_FAILED, "so is one by a name that nobody has");
	is(seat_said(commune, "thin=1"), lines + 1,
	    "the line is not disturbed by it");
}

/* docs/link.md 19.7 */
static void
a_forgotten_secret_is_made_anew(void)
{
	const size_t full = seat_said(commune, "event=thin.full"),
		     lines = seat_said(commune, "thin=1");
	struct tls_secret s = { { 0 }, { 2 } };

	(void)seat_stop(centre, SIGTERM);
	(void)named(s.identity, true);
	ok(seat_start(centre) &&
		seat_waits(commune, "event=thin.full", full + 1, LATE),
	    "a parent that has forgotten it is dialled in full");
	ok(seat_waits(commune, "thin=1", lines + 1, LATE),
	    "and there is a new one");
	is(knocks(&s), TLS_FAILED, "the old name is nobody's");
}

/* docs/link.md 19.6 */
static void
a_revoked_child_has_no_secret(void)
{
	struct buf file;
	struct tls_secret s = { { 0 }, { 2 } };
	struct act a;
	struct err e;

	a = act_revoke(
	    &land.t, commune->station.card.sign.der, REVOKE_KEY_COMPROMISE);
	tree_do(&land.t, ROOT, &a);
	country_news_from(&file, &land, given);
	is(seat_learns(centre, buf_bytes(&file), &e), RC_OK,
	    "its key is revoked");
	buf_free(&file);
	ok(seat_waits(centre, "event=link.ended", 1, LATE), "its line ends");
	ok(seat_waits(centre, "event=thin.ended", 1, LATE),
	    "it dials by its secret, which is forgotten");
	ok(seat_waits(centre, "event=link.refused", 1, LATE),
	    "then in full, and is refused");
	(void)seat_stop(centre, SIGTERM);
	ok(!named(s.identity, false), "nothing of the secret is kept");
}

int
main(void)
{
	size_t i;

	begin();
	the_first_line_is_full_the_next_is_thin();
	an_idle_line_is_silent();
	telegrams_go_and_come();
	what_is_urgent_overtakes();
	cuts_cost_little();
	a_line_that_breaks_refuses_nobody();
	nobody_else_comes_in();
	a_forgotten_secret_is_made_anew();
	a_revoked_child_has_no_secret();
	for (i = 0; i < land.count; i++) {
		(void)seat_stop(&land.seats[i], SIGTERM);
		is(seat_said(&land.seats[i], "event=process.died"), 0,
		    "no process of %s has died", land.seats[i].address);
	}
	slow_end(&line);
	country_end(&land);
	return done();
}

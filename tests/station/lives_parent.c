/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A parent played by hand, that tells its child of the child's journal, and of
 * its own, what it likes: each row is one message, and what comes of it
 * (docs/link.md 18).
 */
#include "../tests/tap.h"
#include "journal/life.h"
#include "peer.h"

static struct country land;
static struct seat *parent, *child, *other;
static int listener;
static struct peer p;
static uint64_t epoch;
static unsigned checkpoints, behinds;
static uint64_t from, size, life;
static struct buf told, last; /* what is being told; the last note */

static void
on_tell(void *ctx, enum tell kind, bool more, struct bytes piece)
{
	struct life_checkpoint *c;
	struct err e;

	(void)ctx;
	if (kind == TELL_BEHIND && !more)
		behinds++;
	if (kind != TELL_CHECKPOINT)
		return;
	buf_add(&told, piece);
	if (more)
		return;
	c = alloc(1, sizeof(*c));
	must(life_checkpoint_read(c, buf_bytes(&told), &e), &e);
	checkpoints++;
	from = c->from;
	size = c->note.checkpoint.size;
	life = c->note.checkpoint.incarnation;
	buf_free(&last);
	buf_add(&last, c->bytes);
	free(c);
	buf_free(&told);
}

static void
on_hello(void *ctx, const struct hello *h)
{
	struct hello own = { .incarnation = 1,
		.clock = time_now(),
		.own_clock = true,
		.window = 4u << 20,
		.items = 2000,
		.statement = buf_bytes(&p.statement) };

	(void)ctx;
	(void)h;
	session_hello(p.session, &own);
	peer_admits(&p);
}

static void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	(void)ctx;
	(void)reason;
	(void)text;
	p.over = true;
}

static void
turns(unsigned ms)
{
	const int64_t until = peer_ms() + ms;

	while (peer_ms() < until && peer_turn(&p, 20))
		;
}

/* The child dials, and has told its checkpoint. */
static void
met(void)
{
	struct pollfd f = { .fd = listener, .events = POLLIN };
	enum tls_did did = TLS_WANT_READ;
	const unsigned before = checkpoints;
	unsigned i;

	peer_end(&p);
	p.key = tls_key_new();
	p.context = tls_context_new(p.key);
	if (poll(&f, 1, 30000) != 1)
		bug("a child that does not dial");
	p.fd = accept(listener, NULL, NULL);
	(void)fcntl(p.fd, F_SETFL, fcntl(p.fd, F_GETFL) | O_NONBLOCK);
	p.tls = tls_new(p.context, p.fd, true);
	for (i = 0; i < 1000 && did != TLS_DONE; i++) {
		did = tls_handshake(p.tls, &p.e);
		(void)usleep(5000);
	}
	link_write(&p.statement, bytes_str(parent->address), ++epoch,
	    tls_key_public(p.key), parent->station.sig);
	p.owner = (struct session_owner){
		.hello = on_hello, .tell = on_tell, .bye = on_bye
	};
	p.conf.frame = FRAME_MAX;
	p.conf.total_max = LINK_TOTAL_MAX;
	p.conf.idle_ms = 30000;
	p.conf.dead_ms = 90000;
	p.session = session_new(&p.conf, &p.owner, NULL, NULL, peer_ms());
	for (i = 0; i < 300 && checkpoints == before; i++)
		turns(100);
}

static void
says(enum tell kind, struct bytes message)
{
	(void)session_tell(p.session, kind, message);
	turns(400);
}

/* A note of a journal of that many entries that nobody has. */
static struct buf
note_of(const struct seat *whose, const struct seat *signer, uint64_t entries,
    uint64_t incarnation)
{
	struct checkpoint c = { .log = tree_uid(whose->unit),
		.size = entries,
		.at = time_now(),
		.journal = true,
		.incarnation = incarnation };
	struct buf note, text = { 0 };

	random_bytes(&c.root, sizeof(c.root));
	note_begin(&note, &c);
	buf_add(&text, bytes_of(note.p, note.len - 1));
	note_line(
	    &note, buf_bytes(&text), NOTE_STATION, &c.log, signer->station.sig);
	buf_free(&text);
	return note;
}

static void
gives(const struct buf *note, uint64_t incarnation)
{
	const struct life_given g = { .incarnation = incarnation,
		.serial = 77,
		.bytes = buf_bytes(note) };
	struct buf message;

	life_given_write(&message, &g);
	says(TELL_INCARNATION, buf_bytes(&message));
	buf_free(&message);
}

static size_t
reborn(void)
{
	return seat_said(child, "event=station.reborn");
}

/* Until the child has said so as often; on a slow machine that takes time. */
static void
hears(const char *what, size_t n, const char *name)
{
	unsigned i;

	for (i = 0; i < 300 && seat_said(child, what) < n; i++) {
		turns(100);
		if (p.over) /* the log may come after the line's end */
			(void)usleep(100000);
	}
	if (seat_said(child, what) != n)
		seat_tells(child);
	is(seat_said(child, what), n, "%s", name);
}

static void
signs(const struct seat *witness, const struct buf *note)
{
	struct life_countersigned c = { .what = LIFE_WITNESSED };
	const struct id above = tree_uid(witness->unit);
	struct buf all = { 0 }, message;
	struct note n;
	struct err e;

	must(note_read_journal(&n, buf_bytes(note), &e), &e);
	buf_add(&all, buf_bytes(note));
	note_line(&all, n.text, NOTE_WITNESS, &above, witness->station.sig);
	c.bytes = buf_bytes(&all);
	life_countersigned_write(&message, &c);
	says(TELL_COUNTERSIGNED, buf_bytes(&message));
	buf_free(&message);
	buf_free(&all);
}

static void
it_takes_the_parents_signature(void)
{
	struct buf held = { 0 }, forged;
	uint64_t known;
	unsigned i;

	met();
	ok(checkpoints > 0 && from == 0 && life == 1,
	    "a child tells its checkpoint when the line is up");
	buf_add(&held, buf_bytes(&last));
	known = size;
	signs(other, &held);
	hears("countersigned.refused", 1,
	    "a signature that is not its parent's is none");
	forged = note_of(child, child, known, 1);
	signs(parent, &forged);
	hears("countersigned.refused", 2,
	    "nor is one under what is not its journal");
	signs(parent, &held);
	is(seat_said(child, "countersigned.refused"), 2,
	    "the parent's is taken");
	signs(parent, &held);
	is(seat_said(child, "countersigned.refused"), 2, "and once more");
	met();
	for (i = 0; i < 300 && from == 0; i++)
		turns(100);
	ok(from == known && size > known,
	    "what it tells then is proved from there on");
	buf_free(&held);
	buf_free(&forged);
}

static void
no_life_is_forced_on_it(void)
{
	struct buf own = { 0 }, note;

	buf_add(&own, buf_bytes(&last));
	gives(&own, 2);
	is(reborn(), 0, "its own journal goes on from there: no new life");
	note = note_of(child, parent, 5000, 1);
	gives(&note, 2);
	is(reborn(), 0, "what it has not signed is nothing to it");
	buf_free(&note);
	note = note_of(other, other, 5000, 1);
	gives(&note, 2);
	is(reborn(), 0, "nor what another has");
	buf_free(&note);
	note = note_of(child, child, 5000, 1);
	gives(&note, 1);
	gives(&note, 0);
	gives(&note, 2 + LIFE_AHEAD);
	gives(&note, UINT64_MAX);
	is(reborn(), 0, "the life is the next, or one not far from it");
	says(TELL_INCARNATION, bytes_str("0123456789abcdef"));
	says(TELL_BEHIND, buf_bytes(&own));
	is(reborn(), 0, "what is of its journal does not put it behind");
	gives(&note, 2);
	hears("event=station.reborn", 1, "a newer checkpoint of its own does");
	met();
	is(life, 2, "it is back in its new life");
	gives(&note, 2);
	gives(&note, 3);
	is(reborn(), 1, "the same again, of the life that is over, is nothing");
	buf_free(&note);
	buf_free(&own);
}

/* The child has said so often that its parent is behind. */
static void
is_told(unsigned n)
{
	unsigned i;

	for (i = 0; i < 300 && behinds < n; i++)
		turns(100);
}

static void
the_parents_own_is_held_against_it(void)
{
	struct life_checkpoint c = { 0 };
	struct buf note = note_of(parent, other, 900, 1), message;
	unsigned before;

	c.bytes = buf_bytes(&note);
	life_checkpoint_write(&message, &c);
	says(TELL_CHECKPOINT, buf_bytes(&message));
	buf_free(&message);
	buf_free(&note);
	before = behinds;
	met();
	turns(500);
	is(behinds, before, "a forged checkpoint of the parent is not kept");
	note = note_of(parent, parent, 900, 1);
	c.bytes = buf_bytes(&note);
	life_checkpoint_write(&message, &c);
	says(TELL_CHECKPOINT, buf_bytes(&message));
	buf_free(&message);
	buf_free(&note);
	met();
	is_told(before + 1);
	is(behinds, before + 1, "a good one is, and told it the next time");
}

/* docs/link.md 18.6 */
static void
what_is_held_is_told_once(void)
{
	struct buf note = note_of(child, child, 5000, life);
	unsigned before, i;

	met();
	turns(500);
	before = behinds;
	for (i = 0; i < 5; i++)
		says(TELL_BEHIND, buf_bytes(&note));
	is_told(before + 1);
	turns(1500);
	is(behinds, before + 1, "that it is behind is told its parent once");
	is(seat_said(child, "event=station.behind"), 1,
	    "and logged once, however often it is said");
	buf_free(&note);
}

int
main(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	(void)signal(SIGPIPE, SIG_IGN);
	country_begin(&land);
	parent = country_seat(&land, NULL, "vn");
	child = country_seat(&land, parent, "dien-bien");
	other = country_seat(&land, parent, "lai-chau");
	epoch = (uint64_t)time_now();
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&a, len) != 0 ||
	    listen(listener, 8) != 0 ||
	    getsockname(listener, (struct sockaddr *)&a, &len) != 0)
		bug("no port is to be had");
	country_write_to(child, ntohs(a.sin_port), "checkpoint 1h\n");
	ok(seat_start(child), "a child starts");
	it_takes_the_parents_signature();
	no_life_is_forced_on_it();
	the_parents_own_is_held_against_it();
	what_is_held_is_told_once();
	is(seat_said(child, "event=process.died"), 0, "nothing of it died");
	is((uint64_t)seat_stop(child, SIGTERM), 0, "it ends well");
	peer_end(&p);
	close(listener);
	buf_free(&told);
	buf_free(&last);
	country_end(&land);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* What is said to be lost behind a station goes there once more, and no oftener
 * than that station bears (docs/station.md 5.10). */
#include "queue.h"
#include "villain.h"

#include "../tests/tap.h"

#define TRIES 40u

/* A child that takes what comes, and counts it. */
struct taker {
	struct errand er;
	unsigned came, flagged;
};

static void
taker_item(void *ctx, const struct item *item, struct bytes package)
{
	struct taker *t = ctx;

	t->came++;
	t->flagged += item->again;
	session_ack(t->er.p.session, item->number, ACK_STORED, REFUSAL_NONE);
	session_taken(t->er.p.session, package.len);
}

/* Receipts come, too. */
static void
sender_item(void *ctx, const struct item *item, struct bytes package)
{
	struct errand *er = ctx;

	session_ack(er->p.session, item->number, ACK_STORED, REFUSAL_NONE);
	session_taken(er->p.session, package.len);
}

/* The station may be ready before it listens. */
static void
line_begin(struct errand *er, const struct seat *as)
{
	const int64_t until = peer_ms() + 30000;

	while (!errand_begin(er, as, NULL)) {
		peer_end(&er->p);
		if (peer_ms() >= until)
			bug("no line");
		(void)usleep(100000);
	}
}

static void
taker_begin(struct taker *t)
{
	*t = (struct taker){ .came = 0 };
	line_begin(&t->er, hostile);
	t->er.p.owner.item =
	    taker_item; /* its ctx is the errand: first in it */
}

/* Both go on until this one has so many answers, and a while longer. */
static bool
goes_on(struct errand *er, struct taker *t, unsigned answers)
{
	const int64_t until = peer_ms() + 20000;
	int64_t more = 0;

	while (peer_ms() < until && (more == 0 || peer_ms() < more)) {
		(void)peer_turn(&er->p, 10);
		(void)peer_turn(&t->er.p, 10);
		if (more == 0 && er->answers[ACK_STORED] +
					 er->answers[ACK_KNOWN] +
					 er->answers[ACK_REFUSED] >=
				     answers)
			more = peer_ms() + 500;
	}
	return more != 0;
}

static void
gives(struct errand *er, uint64_t ref, struct bytes package,
    const struct seat *to, const struct tag *tag, bool again)
{
	const struct link_dest dest = { bytes_str(to->desk_address), *tag };
	struct item item = { .rank = 3,
		.again = again,
		.envelope = (uint32_t)package.len,
		.total = package.len,
		.dests = &dest,
		.dest_count = 1 };

	sha256(item.sum, package);
	session_send(er->p.session, ref, &item, package);
}

static void
a_desk_has_it_once(struct errand *er, struct taker *t)
{
	struct buf package;
	struct tag tag;
	json_t *rows;
	unsigned i;

	sealed_text(
	    &package, &tag, honest, centre, ++serial, 1000, PRECEDENCE_HOA_TOC);
	for (i = 0; i < TRIES; i++)
		gives(er, i, buf_bytes(&package), centre, &tag, true);
	if (!goes_on(er, t, TRIES))
		bug("no answers");
	is(er->answers[ACK_STORED], 1, "what lies at a desk is taken once,");
	is(er->answers[ACK_KNOWN], TRIES - 1, "however often it is said lost");
	rows = seat_inbox(centre);
	is(json_array_size(rows), 1, "and lies there once");
	json_decref(rows);
	buf_free(&package);
	memset(er->answers, 0, sizeof(er->answers));
}

static void
it_goes_on_so_often(struct errand *er, struct taker *t)
{
	struct buf package;
	struct tag tag;
	unsigned i;

	sealed_text(&package, &tag, honest, hostile, ++serial, 1000,
	    PRECEDENCE_HOA_TOC);
	for (i = 0; i < 2; i++) {
		gives(er, i, buf_bytes(&package), hostile, &tag, false);
		if (!goes_on(er, t, i + 1))
			bug("no answers");
	}
	ok(t->came == 1 && t->flagged == 0,
	    "what is known does not go on again by itself");
	for (i = 0; i < TRIES; i++) {
		gives(er, i, buf_bytes(&package), hostile, &tag, true);
		if (!goes_on(er, t, i + 3))
			bug("no answers");
	}
	is(t->came, 1 + LEG_AGAIN_MAX, "said to be lost it does, so often");
	is(t->flagged, LEG_AGAIN_MAX, "and the next station is told");
	is(er->answers[ACK_STORED], 1 + LEG_AGAIN_MAX,
	    "each time it is on disk before it is answered");
	is(er->answers[ACK_REFUSED], 0, "then it is known");
	buf_free(&package);
}

/* Its answer, of this dispatch from that child. */
static enum ack
answer_to(struct errand *er, struct taker *t, struct errand *of,
    struct bytes package, const struct seat *to, const struct tag *tag)
{
	unsigned i;

	memset(of->answers, 0, sizeof(of->answers));
	gives(of, 1, package, to, tag, false);
	for (i = 0; i < 500; i++) {
		(void)peer_turn(&er->p, 10);
		(void)peer_turn(&t->er.p, 10);
		if (of->answers[ACK_STORED] > 0)
			return ACK_STORED;
		if (of->answers[ACK_KNOWN] > 0)
			return ACK_KNOWN;
		if (of->answers[ACK_LATER] > 0)
			return ACK_LATER;
		if (of->answers[ACK_REFUSED] > 0)
			return ACK_REFUSED;
	}
	bug("no answer");
}

static void
what_comes_back_is_taken(struct errand *er, struct taker *t)
{
	struct buf package, other;
	struct tag tag, tag2;

	sealed_text(&package, &tag, honest, hostile, ++serial, 1000,
	    PRECEDENCE_HOA_TOC);
	sealed_text(
	    &other, &tag2, honest, hostile, ++serial, 1000, PRECEDENCE_HOA_TOC);
	is(answer_to(er, t, &t->er, buf_bytes(&package), hostile, &tag),
	    ACK_REFUSED, "of another's origin nothing comes from a child,");
	is(answer_to(er, t, er, buf_bytes(&package), hostile, &tag), ACK_STORED,
	    "but what was passed on");
	if (!goes_on(er, t, 0))
		bug("no answers");
	is(answer_to(er, t, &t->er, buf_bytes(&package), centre, &tag),
	    ACK_LATER, "to that child, and for no other desk,");
	is(answer_to(er, t, &t->er, buf_bytes(&package), hostile, &tag),
	    ACK_STORED, "comes back: it is not answered as known,");
	is(seat_has(centre, CONTROL_QUEUE, "leg", "state", "held"), 1,
	    "and held, for it does not go straight back");
	is(answer_to(er, t, &t->er, buf_bytes(&package), hostile, &tag),
	    ACK_KNOWN, "then it is known");
	is(answer_to(er, t, &t->er, buf_bytes(&other), hostile, &tag2),
	    ACK_REFUSED, "what was not passed there is refused as before");
	buf_free(&package);
	buf_free(&other);
}

/* A child that was moved away is let in for the directory alone: what it has is
 * not taken, and not refused (docs/link.md 17.7). */
static void
a_guest_gives_nothing(void)
{
	const int64_t until = peer_ms() + 20000;
	struct buf package;
	struct taker t;
	struct tag tag;

	(void)seat_stop(centre, SIGTERM);
	if (!country_move(&land, hostile, honest, time_now(), true))
		bug("it does not move");
	country_write(centre, "");
	ok(seat_start(centre), "a child was moved away");
	link_pid = seat_process(centre, "link");
	taker_begin(&t);
	sealed_text(&package, &tag, hostile, centre, ++serial, 1000,
	    PRECEDENCE_HOA_TOC);
	gives(&t.er, 1, buf_bytes(&package), centre, &tag, false);
	while (t.er.answers[ACK_LATER] == 0 && peer_ms() < until &&
	       peer_turn(&t.er.p, 50))
		;
	is(t.er.answers[ACK_LATER], 1, "what it has may come later,");
	is(t.er.answers[ACK_STORED] + t.er.answers[ACK_REFUSED], 0,
	    "and is neither taken nor refused");
	is(seat_said(centre, "for=directory"), 1, "it is let in as a guest");
	buf_free(&package);
	peer_end(&t.er.p);
}

int
main(void)
{
	struct errand er;
	struct taker t;

	(void)signal(SIGPIPE, SIG_IGN);
	land_begin("");
	taker_begin(&t);
	line_begin(&er, honest);
	er.p.owner.item = sender_item;
	a_desk_has_it_once(&er, &t);
	it_goes_on_so_often(&er, &t);
	what_comes_back_is_taken(&er, &t);
	peer_end(&er.p);
	peer_end(&t.er.p);
	a_guest_gives_nothing();
	land_end();
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A child that tells its parent what it likes of the directory: docs/link.md
 * 17.3.  Nothing of it is believed for having come this way, and it costs what
 * it may cost.
 */
#include "core/time.h"
#include "partly.h"
#include "pki/status.h"
#include "villain.h"

struct teller {
	struct peer p;
	size_t told, bytes; /* directories that came; of them */
	bool heard;	    /* BYE */
	unsigned reason;
};

static void
on_hello(void *ctx, const struct hello *h)
{
	struct teller *t = ctx;

	(void)h;
	peer_admits(&t->p);
}

static void
on_tell(void *ctx, enum tell kind, bool more, struct bytes piece)
{
	struct teller *t = ctx;

	if (kind != TELL_DIRECTORY)
		return;
	t->told += !more;
	t->bytes += piece.len;
}

static void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	struct teller *t = ctx;

	(void)text;
	t->heard = true;
	t->reason = reason;
}

static void
begin(struct teller *t, const struct seat *as)
{
	int i;

	*t = (struct teller){ 0 };
	villain_comes(&t->p, as);
	t->p.owner = (struct session_owner){
		.hello = on_hello, .tell = on_tell, .bye = on_bye
	};
	t->p.ctx = t;
	peer_begin(&t->p);
	for (i = 0; i < 1500 && !t->p.admitted; i++)
		(void)peer_turn(&t->p, 20);
	for (i = 0; i < 10; i++)
		(void)peer_turn(&t->p, 20);
}

static void
turns(struct teller *t, unsigned ms)
{
	const int64_t until = peer_ms() + ms;

	while (peer_ms() < until && peer_turn(&t->p, 20))
		;
}

static void
tells(struct teller *t, enum tell kind, struct bytes message)
{
	if (!session_tell(t->p.session, kind, message))
		note("it cannot be told");
	turns(t, 200);
}

static size_t
learnt(void)
{
	return seat_said(centre, "event=directory.learned acts=1") +
	       seat_said(centre, "event=directory.learned acts=2");
}

/* A part of the newest act of the root's, as a file. */
static struct buf
an_act(void)
{
	const size_t from = land.t.file.len;
	struct buf file;
	static unsigned n;
	char desk[16];
	struct act a;

	(void)snprintf(desk, sizeof(desk), "moi-%u", n++);
	a = act_holder(&land.t, grandchild->unit, ACT_DESK, desk);
	tree_do(&land.t, ROOT, &a);
	country_news_from(&file, &land, from);
	return file;
}

static void
lies_are_not_believed(void)
{
	struct buf act = an_act(), bad = { 0 }, other_root = { 0 };
	struct teller t;
	struct tree far;

	begin(&t, hostile);
	ok(t.p.admitted, "a child that is let in");
	buf_add(&bad, buf_bytes(&act));
	bad.p[bad.len - 40] ^= 1;
	tells(&t, TELL_DIRECTORY, buf_bytes(&bad));
	is(learnt(), 0, "a checkpoint that was changed is refused");
	bad.p[bad.len - 40] ^= 1;
	tells(&t, TELL_DIRECTORY, bytes_of(bad.p, bad.len - 1));
	is(learnt(), 0, "and what is not whole");
	tells(&t, TELL_DIRECTORY, bytes_str("?"));
	tells(&t, TELL_STATUS, bytes_str("?"));
	tells(&t, TELL_WANTED, bytes_str("\1\377?"));
	tells(&t, TELL_CHECKPOINT, bytes_str("?"));
	is(learnt(), 0, "and what is no directory");
	tree_begin(&far);
	buf_add(&other_root, buf_bytes(&far.file));
	tree_end(&far);
	tells(&t, TELL_DIRECTORY, buf_bytes(&other_root));
	is(learnt(), 0, "and another root's");
	ok(!t.heard, "its line stands");
	tells(&t, TELL_DIRECTORY, buf_bytes(&act));
	is(learnt(), 1,
	    "what the authority signed is taken, whoever brings it");
	peer_end(&t.p);
	buf_free(&act);
	buf_free(&bad);
	buf_free(&other_root);
}

static void
who_floods_is_not_heard(void)
{
	struct buf act = an_act();
	struct teller t;
	unsigned i;

	begin(&t, hostile);
	for (i = 0; i < 20; i++)
		tells(&t, TELL_DIRECTORY, bytes_str("nonsense"));
	ok(seat_said(centre, "event=directory.not_heard") == 1,
	    "of who tells nonsense a few are looked at");
	tells(&t, TELL_DIRECTORY, buf_bytes(&act));
	is(learnt(), 1, "and then nothing, for a minute");
	peer_end(&t.p);
	begin(&t, hostile);
	tells(&t, TELL_DIRECTORY, buf_bytes(&act));
	is(learnt(), 1, "also over another line");
	peer_end(&t.p);
	begin(&t, honest);
	tells(&t, TELL_DIRECTORY, buf_bytes(&act));
	is(learnt(), 2, "another child is");
	peer_end(&t.p);
	buf_free(&act);
}

static void
statuses_are_answered_seldom(void)
{
	struct status s = { 0 };
	struct buf message;
	struct teller t;
	unsigned i;

	cert_fingerprint(s.root, land.t.d->root);
	status_put(&message, &s);
	begin(&t, hostile);
	for (i = 0; i < 30; i++)
		tells(&t, TELL_STATUS, buf_bytes(&message));
	ok(t.told == 1 && t.bytes > 10000,
	    "who says that he has nothing, thirty times, gets it once");
	peer_end(&t.p);
	buf_free(&message);
}

static void
what_is_begun_has_its_bounds(void)
{
	struct buf most = { 0 };
	struct teller t[3];
	size_t i;

	(void)buf_grow(&most, TELL_MAX);
	for (i = 0; i < COUNT(t); i++) {
		begin(&t[i], i == 0 ? hostile : honest);
		(void)session_tell(
		    t[i].p.session, TELL_BEHIND, buf_bytes(&most));
		turns(&t[i], 1000);
	}
	ok(!t[0].heard && !t[2].heard, "what nobody listens to is passed over");
	for (i = 0; i < COUNT(t); i++)
		peer_end(&t[i].p);
	buf_free(&most);
}

/* 17.4 */
static void
nonsense_is_asked_for_in_vain(void)
{
	struct buf message = { 0 };
	char address[64];
	struct teller t;
	unsigned i, k;

	begin(&t, hostile);
	for (k = 0; k < 20; k++) {
		buf_free(&message);
		for (i = 0; i < 256; i++) {
			(void)snprintf(address, sizeof(address),
			    "antin://a%u.b%u.vn", i, k);
			buf_u8(&message, 1);
			buf_u8(&message, (uint8_t)strlen(address));
			buf_add(&message, bytes_str(address));
		}
		tells(&t, TELL_WANTED, buf_bytes(&message));
	}
	ok(!t.heard && t.told == 0, "who asks for nobody gets nothing");
	ok(centre_serves(NULL, 10), "and others are served");
	peer_end(&t.p);
	buf_free(&message);
}

int
main(void)
{
	land_begin("");
	lies_are_not_believed();
	who_floods_is_not_heard();
	statuses_are_answered_seldom();
	what_is_begun_has_its_bounds();
	nonsense_is_asked_for_in_vain();
	land_end();
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A child played by hand, that tells its parent of its journal what it likes:
 * each row is one message, and what comes of it (docs/link.md 18).
 */
#include <sqlite3.h>

#include "journal/life.h"
#include "store/alarms.h"
#include "villain.h"

#define ENTRIES 64u

static struct node leaves[2][ENTRIES]; /* of a journal, and of another */
static struct peer p;
static unsigned heard, again, witnessed, given, bye;
static unsigned theirs; /* checkpoints of the parent's own */
static bool left;
static uint64_t again_size, given_life, given_serial, given_size, life = 1;
static struct buf told, last_witnessed;

static void
on_tell(void *ctx, enum tell kind, bool more, struct bytes piece)
{
	struct life_countersigned c;
	struct life_given g;
	struct err e;

	(void)ctx;
	theirs += kind == TELL_CHECKPOINT && !more;
	if (kind != TELL_COUNTERSIGNED && kind != TELL_INCARNATION)
		return;
	buf_add(&told, piece);
	if (more)
		return;
	if (kind == TELL_INCARNATION) {
		must(life_given_read(&g, buf_bytes(&told), &e), &e);
		given++;
		given_life = g.incarnation;
		given_serial = g.serial;
		given_size = g.note.checkpoint.size;
	} else {
		must(life_countersigned_read(&c, buf_bytes(&told), &e), &e);
		heard += c.what == LIFE_HEARD;
		again += c.what == LIFE_AGAIN;
		witnessed += c.what == LIFE_WITNESSED;
		if (c.what == LIFE_AGAIN)
			again_size = c.size;
		if (c.what == LIFE_WITNESSED) {
			buf_free(&last_witnessed);
			buf_add(&last_witnessed, c.bytes);
		}
	}
	buf_free(&told);
}

static void
on_hello(void *ctx, const struct hello *h)
{
	(void)ctx;
	(void)h;
	peer_admits(&p);
}

static void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	(void)ctx;
	(void)text;
	left = true;
	bye = reason;
}

static unsigned laters, stored;

static void
on_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	(void)ctx;
	(void)ref;
	(void)why;
	laters += outcome == ACK_LATER;
	stored += outcome == ACK_STORED;
}

static void
turns(unsigned ms)
{
	const int64_t until = peer_ms() + ms;

	while (peer_ms() < until && peer_turn(&p, 20))
		;
}

/* What is to come has come, however slow this machine is. */
#define COMES(so)                                                              \
	do {                                                                   \
		unsigned comes;                                                \
		for (comes = 0; comes < 150 && !(so); comes++)                 \
			turns(100);                                            \
	} while (0)

static bool
is_left(unsigned reason)
{
	COMES(left);
	return left && bye == reason;
}

/* A new line, in this life. */
static void
dial(void)
{
	struct hello own;
	unsigned i;

	peer_end(&p);
	left = false;
	bye = 99;
	/* who has just been started has no link key yet */
	for (i = 0; i < 300 && !villain_dial(&p, hostile, NULL); i++) {
		peer_end(&p);
		(void)usleep(100000);
	}
	if (i == 300)
		bug("no line");
	p.owner = (struct session_owner){ .hello = on_hello,
		.tell = on_tell,
		.acked = on_acked,
		.bye = on_bye };
	own = (struct hello){ .incarnation = life,
		.clock = time_now(),
		.own_clock = true,
		.window = 4u << 20,
		.items = 2000,
		.statement = buf_bytes(&p.statement) };
	p.conf.dialled = true;
	p.conf.frame = FRAME_MAX;
	p.conf.total_max = LINK_TOTAL_MAX;
	p.conf.idle_ms = 30000;
	p.conf.dead_ms = 90000;
	p.session = session_new(&p.conf, &p.owner, p.ctx, NULL, peer_ms());
	session_hello(p.session, &own);
	turns(300);
}

static int64_t note_ago; /* seconds: when notes are said to be of */

static struct buf
note_of(const struct seat *whose, const struct seat *signer, unsigned which,
    uint64_t size, uint64_t incarnation)
{
	struct checkpoint c = { .log = tree_uid(whose->unit),
		.size = size,
		.at = time_now() - note_ago,
		.journal = true,
		.incarnation = incarnation };
	struct buf note, text = { 0 };

	merkle_root_of(&c.root, leaves[which], size);
	note_begin(&note, &c);
	buf_add(&text, bytes_of(note.p, note.len - 1));
	note_line(
	    &note, buf_bytes(&text), NOTE_STATION, &c.log, signer->station.sig);
	buf_free(&text);
	return note;
}

/* Tell a checkpoint of so many entries of a journal, proved from "from" on (0:
 * not) in that journal; and take the line's answer. */
static void
tells(const struct seat *whose, const struct seat *signer, unsigned which,
    uint64_t from, uint64_t size)
{
	struct life_checkpoint *c = alloc(1, sizeof(*c));
	struct buf note = note_of(whose, signer, which, size, life), message;

	c->from = from;
	c->serial = size * 10;
	if (from > 0 && from <= size)
		c->count =
		    merkle_prove_extends(c->proof, leaves[which], from, size);
	c->bytes = buf_bytes(&note);
	life_checkpoint_write(&message, c);
	heard = again = witnessed = given = 0;
	(void)session_tell(p.session, TELL_CHECKPOINT, buf_bytes(&message));
	turns(700);
	buf_free(&message);
	buf_free(&note);
	free(c);
}

static bool
answered(unsigned h, unsigned a, unsigned w, unsigned g)
{
	COMES(heard >= h && again >= a && witnessed >= w && given >= g);
	if (heard == h && again == a && witnessed == w && given == g)
		return true;
	note("heard %u, again %u, witnessed %u, given %u", heard, again,
	    witnessed, given);
	return false;
}

static void
says(enum tell kind, struct bytes message)
{
	heard = again = witnessed = given = 0;
	(void)session_tell(p.session, kind, message);
	turns(500);
}

static void
a_checkpoint_is_countersigned(void)
{
	struct note n;
	struct err e;
	const struct id above = tree_uid(centre->unit);
	struct sig_pub *pub = sig_pub_of(
	    sig_key_alg(centre->station.sig), sig_key_pub(centre->station.sig));

	dial();
	tells(hostile, hostile, 0, 0, 10);
	ok(answered(1, 0, 1, 0), "the first checkpoint is heard, and signed");
	must(note_read_journal(&n, buf_bytes(&last_witnessed), &e), &e);
	ok(n.checkpoint.size == 10 && note_has(&n, NOTE_WITNESS, &above, pub),
	    "by the parent, under the very text");
	sig_pub_free(pub);
	tells(hostile, hostile, 0, 10, 20);
	ok(answered(1, 0, 1, 0), "so is one that is proved to extend it");
	theirs = 0;
	tells(hostile, hostile, 0, 20, 20);
	ok(answered(1, 0, 1, 0), "and the same again");
	COMES(theirs > 0);
	ok(theirs > 0, "the parent's own newer ones are told it");
}

/* docs/journal.md 7.2 */
static void
it_is_signed_when_keys_is_back(void)
{
	const pid_t keys = seat_process(centre, "keys");

	(void)kill(keys, SIGSTOP);
	tells(hostile, hostile, 0, 20, 20);
	ok(answered(1, 0, 0, 0), "it is heard where nobody signs");
	(void)kill(keys, SIGKILL);
	killed++;
	ok(answered(1, 0, 1, 0), "and signed as soon as somebody does");
}

static void
what_is_not_proved_is_asked_for(void)
{
	tells(hostile, hostile, 0, 0, 30);
	ok(answered(0, 1, 0, 0) && again_size == 20,
	    "without a proof it is asked for one from what is known");
	tells(hostile, hostile, 0, 10, 30);
	ok(answered(0, 1, 0, 0), "a proof from elsewhere is none");
	tells(hostile, hostile, 0, 20, 30);
	ok(answered(1, 0, 1, 0), "a proof from there is one");
}

static void
what_is_not_its_own_changes_nothing(void)
{
	struct buf note = note_of(honest, honest, 1, 40, 1);

	tells(hostile, honest, 1, 30, 40);
	ok(answered(0, 0, 0, 0), "signed by another, it does not count");
	tells(honest, honest, 1, 0, 40);
	ok(answered(0, 0, 0, 0), "of another's journal neither");
	says(TELL_BEHIND, buf_bytes(&note));
	ok(answered(0, 0, 0, 0), "nor is another behind because of it");
	buf_free(&note);
	note = note_of(centre, hostile, 1, 63, 1);
	says(TELL_BEHIND, buf_bytes(&note));
	is(seat_said(centre, "event=station.behind"), 0,
	    "the parent is not behind by a forged checkpoint");
	buf_free(&note);
	says(TELL_CHECKPOINT, bytes_str("nothing"));
	says(TELL_COUNTERSIGNED, bytes_str("\2\1\1\1\1\1\1\1\1"));
	says(TELL_COUNTERSIGNED, buf_bytes(&last_witnessed));
	says(TELL_INCARNATION, bytes_str("12345678"));
	says(TELL_BEHIND, bytes_str("antin/"));
	ok(answered(0, 0, 0, 0) && !left, "what is no message is passed over");
	tells(hostile, hostile, 0, 30, 31);
	ok(answered(1, 0, 1, 0), "the parent knows what it knew");
}

static void
nothing_passes_before_it_is_told(void)
{
	struct buf package;
	struct tag tag;

	dial();
	sealed_text(&package, &tag, hostile, centre, 1, 500, PRECEDENCE_THUONG);
	laters = stored = 0;
	peer_send(&p, 1, buf_bytes(&package), centre, &tag, 0);
	COMES(laters > 0 || stored > 0);
	ok(laters == 1 && stored == 0,
	    "an item before the checkpoint is answered later");
	tells(hostile, hostile, 0, 31, 32);
	peer_send(&p, 2, buf_bytes(&package), centre, &tag, 0);
	COMES(stored > 0);
	is(stored, 1, "and after it stored");
	buf_free(&package);
}

static void
another_journal_is_a_new_life(void)
{
	tells(hostile, hostile, 0, 0, 15);
	ok(answered(0, 0, 0, 1) && given_life == 2 && given_size == 32 &&
		given_serial == 320,
	    "a journal that is shorter is given a new life, and told what is "
	    "known");
	dial();
	tells(hostile, hostile, 1, 0, 32);
	ok(answered(0, 0, 0, 1) && given_life == 2,
	    "one of the same length that is another, the same one again");
	dial();
	tells(hostile, hostile, 1, 32, 40);
	ok(answered(0, 0, 0, 1) && given_life == 2,
	    "one that says to extend it, and does not, too");
	life = 2;
	dial();
	tells(hostile, hostile, 1, 0, 41);
	ok(answered(1, 0, 1, 0), "it is heard in its new life");
	is(seat_said(centre, "event=alarm.raised kind=rolled-back"), 1,
	    "there is one alarm");
}

static void
an_older_life_is_refused(void)
{
	life = 1;
	dial();
	ok(is_left(BYE_REFUSED), "an older life is not let in");
	is(seat_said(centre, "event=alarm.raised kind=clone"), 1,
	    "with an alarm");
	life = 2;
	dial();
	life = 1;
	tells(hostile, hostile, 0, 32, 33);
	ok(is_left(BYE_REFUSED) && given == 0,
	    "nor one that says so after it was let in");
	life = 2;
	dial();
	tells(hostile, hostile, 1, 41, 42);
	ok(answered(1, 0, 1, 0), "the newer one is");
}

/* docs/journal.md 7.8: by a key that was stolen once. */
static void
a_life_far_ahead_is_none(void)
{
	struct buf note = note_of(hostile, hostile, 1, 50, UINT64_MAX);
	const uint64_t was = life;

	life = UINT64_MAX;
	dial();
	tells(hostile, hostile, 1, 0, 50);
	ok(answered(0, 0, 0, 0), "a life that is too far ahead is not heard");
	says(TELL_BEHIND, buf_bytes(&note));
	ok(answered(0, 0, 0, 0), "and is not gone on from");
	life = was;
	dial();
	tells(hostile, hostile, 1, 41, 41);
	ok(answered(1, 0, 1, 0), "the true one goes on");
	buf_free(&note);
}

/* The centre has 200 alarms of this kind, of others; or they were seen. */
static void
alarms_are_full(bool full)
{
	char path[2 * PATH], sql[400];
	sqlite3 *db;

	(void)snprintf(sql, sizeof(sql),
	    "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i "
	    "WHERE n < 200) INSERT INTO alarm (kind, subject, rank, since, "
	    "over, acked, uid, text) SELECT %d, CAST('x' || n AS BLOB), 0, 1, "
	    "0, 0, 0, x'' FROM i",
	    STORE_ALARM_CLONE);
	(void)seat_stop(centre, SIGTERM);
	(void)snprintf(
	    path, sizeof(path), "%s/data/store/store.db", centre->folder);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) !=
		SQLITE_OK ||
	    sqlite3_exec(db, full ? sql : "DELETE FROM alarm", NULL, NULL,
		NULL) != SQLITE_OK)
		bug("the alarms cannot be written");
	(void)sqlite3_close(db);
	if (!seat_start(centre))
		bug("it does not start");
	link_pid = seat_process(centre, "link");
}

/* docs/journal.md 7.6 */
static void
no_alarm_is_no_leave(void)
{
	bool refused = false, raised = false;
	unsigned i;

	alarms_are_full(true);
	life = 1;
	for (i = 0; i < 2; i++) {
		dial();
		ok(is_left(BYE_REFUSED),
		    "an older life is refused where no alarm can be raised");
	}
	alarms_are_full(false);
	for (i = 0; i < 20 && !raised; i++) { /* it has just started */
		dial();
		refused = is_left(BYE_REFUSED);
		turns(300);
		raised = seat_said(centre, "event=alarm.raised kind=clone") > 0;
	}
	ok(refused && raised, "and with one, when there is room");
	life = 2;
}

/* docs/link.md 18.6 */
static void
too_many_are_not_looked_at(void)
{
	static const enum tell kinds[] = { TELL_CHECKPOINT, TELL_BEHIND,
		TELL_COUNTERSIGNED, TELL_INCARNATION };
	size_t before, i, k;

	for (k = 0; k < COUNT(kinds); k++) {
		dial();
		before = seat_said(centre, ".refused");
		for (i = 0; i < 60; i++)
			(void)session_tell(
			    p.session, kinds[k], bytes_str("no note"));
		COMES(seat_said(centre, "docs/link.md 18.6") > k);
		is(seat_said(centre, ".refused"), before + 30,
		    "of what is refused the log has 30 in a minute");
		is(seat_said(centre, "docs/link.md 18.6"), k + 1,
		    "and once that there were more");
	}
}

/* docs/link.md 18.5: who has it dates back what it says. */
static void
a_retired_key_gives_nobody_a_life(void)
{
	const struct identity old = hostile->station;
	struct seat before = *hostile; /* with the old key */
	struct buf note;
	struct act a;

	land.t.now = time_now() - 60;
	country_enrol(
	    &land, &hostile->station, hostile->unit, NULL, CERT_STATION);
	a = act_revoke(&land.t, old.card.sign.der, REVOKE_SUPERSEDED);
	tree_do(&land.t, ROOT, &a);
	before.station = old;
	(void)seat_stop(centre, SIGTERM);
	write_in(centre, "data/directory", buf_bytes(&land.t.file));
	if (!seat_start(centre))
		bug("it does not start");
	link_pid = seat_process(centre, "link");
	dial();
	note_ago = TIME_DAY / 2;
	note = note_of(hostile, &before, 1, 60, life);
	says(TELL_BEHIND, buf_bytes(&note));
	ok(answered(0, 0, 0, 0) && !left &&
		seat_said(centre, "event=behind.refused") > 0,
	    "what a retired key says of before gives nobody a new life");
	note_ago = 0;
	buf_free(&note);
	note = note_of(hostile, hostile, 1, 61, life);
	says(TELL_BEHIND, buf_bytes(&note));
	ok(answered(0, 0, 0, 1), "the key in force does");
	buf_free(&note);
	identity_free(&before.station);
}

/* The epoch that was seen is told; docs/link.md 11.4. */
static void
an_old_epoch_is_told(void)
{
	const uint64_t now = epoch;

	epoch -= 100;
	dial();
	ok(is_left(BYE_STALE), "an epoch of before is called stale");
	epoch = now + 10;
	dial();
	turns(500);
	ok(!left, "with a newer one it is let in");
}

int
main(void)
{
	unsigned i;

	for (i = 0; i < 2 * ENTRIES; i++)
		random_bytes(
		    &leaves[i / ENTRIES][i % ENTRIES], sizeof(struct node));
	(void)signal(SIGPIPE, SIG_IGN); /* a line that ends under it */
	land_begin("checkpoint 1s\n");
	a_checkpoint_is_countersigned();
	it_is_signed_when_keys_is_back();
	what_is_not_proved_is_asked_for();
	what_is_not_its_own_changes_nothing();
	nothing_passes_before_it_is_told();
	another_journal_is_a_new_life();
	a_life_far_ahead_is_none();
	no_alarm_is_no_leave();
	an_older_life_is_refused();
	a_retired_key_gives_nobody_a_life();
	too_many_are_not_looked_at();
	an_old_epoch_is_told();
	peer_end(&p);
	buf_free(&last_witnessed);
	land_end();
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Random trees of real stations, to which random things happen: desks send,
 * lines are cut, processes and stations are killed, are away, units move,
 * folders are laid back from old copies.  What must be true at the end is known
 * from what was sent alone, whatever happened: each dispatch lies once at each
 * of its addressees' desks, who reads what was written, or a station says why
 * not: that it has expired, was refused or is held, that it was lost with its
 * origin (a gap in its past), or, at its origin, that its desk had signed for
 * it, where that desk's station has lost a part of its past; and nothing waits.
 *
 * ANTIN_SEED: the seed; ANTIN_TREE: one tree of so many stations; ANTIN_SOAK:
 * many trees, and large ones.
 */
#include "network_fates.h"

#define CALM_S 90
#define KICK_MS 8000 /* then lines are cut once: who waits long dials anew */
#define SAID_S 4     /* then who has not been heard of is asked for, */
#define HURRIES 10   /* so often */
#define RESTORE_S 60 /* until there is one */

static const struct {
	unsigned of; /* how many of all these */
	void (*does)(struct network *n);
} events[] = {
	{ 70, send_one },
	{ 6, network_cut },
	{ 8, network_harm },
	{ 9, network_kill_process },
	{ 3, network_kill_station },
	{ 3, network_pause },
	{ 1, network_move },
	{ 2, network_hold },
	{ 2, recall_one },
	{ 9, network_restore },
	{ 3, network_see },
};

static void
one_event(void)
{
	uint32_t at = 0;
	size_t i;

	for (i = 0; i < COUNT(events); i++)
		at += events[i].of;
	at = dice_below(&network.dice, at);
	for (i = 0; at >= events[i].of; i++)
		at -= events[i].of;
	events[i].does(&network);
}

/* ---- calm -------------------------------------------------------------------
 */

static void
count_waiting(void *ctx, json_t *row)
{
	const char *state = json_string_value(json_object_get(row, "state"));

	if (state != NULL && strcmp(state, "held") != 0)
		++*(size_t *)ctx;
}

/* Nothing waits there to go over a line; what is held waits for a person. */
static bool
is_calm_at(const struct seat *s)
{
	size_t rows = 0;
	const struct control_ears ears = { .row = count_waiting, .ctx = &rows };
	struct err e;
	enum rc rc;
	int fd;

	if (seat_control(&fd, s, &e) != RC_OK)
		return false;
	rc = control_ask(
	    fd, CONTROL_QUEUE, json_object(), NULL, 0, &ears, NULL, &e);
	close(fd);
	return rc == RC_OK && rows == 0;
}

static bool
is_calm(bool loud)
{
	bool calm = true;
	size_t i;

	for (i = 0; i < network.count; i++)
		calm = calm && !network.spots[i].untold;
	for (i = 0; i < network.count && (calm || loud); i++)
		if (!is_calm_at(network.spots[i].seat)) {
			calm = false;
			if (loud)
				note("%s is not calm",
				    network.spots[i].seat->address);
		}
	return calm;
}

/* All lines are good; those that live end, so that nobody waits for one. */
static void
kick(void)
{
	size_t i;

	for (i = 1; i < network.count; i++) {
		network.spots[i].line = LINE_CUT;
		network.spots[i].good_at = peer_ms() + 100;
		network.spots[i].proxy.era++;
	}
}

/* What moves while it is looked for may be overlooked: three times. */
static bool
calms_down(void)
{
	const int64_t until = peer_ms() + CALM_S * 1000;
	int64_t kick_at = peer_ms();
	unsigned calm = 0;
	size_t i;

	while (peer_ms() < until && calm < 3) {
		if (peer_ms() >= kick_at) {
			kick();
			network_release(&network);
			for (i = 0; i < network.count; i++)
				network_sees(&network, &network.spots[i]);
			kick_at = peer_ms() + KICK_MS;
		}
		network_watch(&network);
		calm =
		    is_calm(false) && time_now() > last_expiry ? calm + 1 : 0;
		(void)usleep(100000);
	}
	(void)(calm < 3 && is_calm(true));
	return calm == 3;
}

/* ---- what must be true ------------------------------------------------------
 */

static enum rc
seat_reads(int fd, const struct seat *s, const struct id *id, struct err *e)
{
	json_t *r = json_object();
	char text[ID_TEXT];

	id_write(text, id);
	(void)json_object_set_new(r, "desk", json_string(s->key_address));
	(void)json_object_set_new(r, "id", json_string(text));
	return control_ask(fd, CONTROL_READ, r, NULL, 0, NULL, NULL, e);
}

/* Whoever it is for reads it as it was written; true: something new. */
static bool
read_at(const struct seat *s)
{
	bool more = false;
	int fd = seat_signed_in(s, CALM_S);
	uint8_t part[SHA256_SIZE];
	const struct ledger_entry *e;
	struct err err;
	size_t i;

	for (i = 0; i < ledger.count; i++) {
		e = &ledger.all[i];
		if (((e->to & ~fates[i].read) >> s->unit & 1) == 0)
			continue;
		if (seat_saves(part, fd, s, &e->id, &err) == RC_OK &&
		    seat_reads(fd, s, &e->id, &err) == RC_OK) {
			fates[i].read |= 1u << s->unit;
			ledger.altered +=
			    memcmp(part, e->part, sizeof(part)) != 0;
			more = true;
		}
	}
	close(fd);
	return more;
}

/* At its origin it is shown what became of a dispatch at each addressee: what
 * its desk says, or what a station says of why not. */
static size_t
unheard(bool loud)
{
	struct said x;
	size_t i, n = 0;
	char id[ID_TEXT];
	uint32_t lacks;

	for (i = 0; i < ledger.count; i++) {
		const struct ledger_entry *e = &ledger.all[i];

		x = said_of(
		    &network.country, network.spots[e->from].seat, &e->id);
		fates[i].signed_for = x.signed_for;
		fates[i].unknown = x.unknown;
		fates[i].reported = x.reported;
		if (fates[i].expires <= time_now())
			x.heard |= x.unknown | x.reported; /* it is over */
		lacks = (e->to & ~x.heard) | (fates[i].read & ~x.opened);
		if (!x.known) /* whether it may be is judged */
			lacks = 0;
		if (e->state != LEDGER_ACKED || lacks == 0)
			continue;
		n++;
		id_write(id, &e->id);
		if (loud)
			note("%s from %u for %x: heard %x, opened %x, read %x",
			    id, e->from, e->to, x.heard, x.opened,
			    fates[i].read);
	}
	return n;
}

static bool
read_all(void)
{
	bool more = false;
	size_t i;

	for (i = 0; i < network.count; i++)
		more = read_at(network.spots[i].seat) || more;
	return more;
}

static void
check_receipts(void)
{
	int64_t until = peer_ms() + SAID_S * 1000;
	unsigned hurries = HURRIES;
	bool more;
	size_t left;

	for (;;) {
		more = read_all();
		left = unheard(false);
		if (left == 0 && !more)
			break;
		if (peer_ms() >= until && hurries-- == 0)
			break;
		if (peer_ms() >= until) {
			note("%zu are asked for", left);
			said_hurries(&network);
			ok(calms_down(), "what is asked for is answered");
			until = peer_ms() + SAID_S * 1000;
		}
		network_watch(&network);
		(void)usleep(500000);
	}
	if (left > 0)
		(void)unheard(true);
	is(left, 0, "each origin has heard what became of all it sent");
}

/* Each station's journal is whole, and signed; so is a proof from it. */
static void
check_journals(void)
{
	size_t i, good = 0;

	for (i = 0; i < network.count; i++)
		good += said_journal(&network, network.spots[i].seat);
	is(good, network.count, "the journals hold, and prove what is in them");
}

/* How often a process of this station died, and how often of our signal. */
static void
count_deaths(const struct seat *s, size_t *died, size_t *ours)
{
	struct buf log;
	char *line, *rest;
	struct err e;

	must(file_read(&log, s->log, 64u << 20, &e), &e);
	buf_u8(&log, 0);
	rest = (char *)log.p;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strstr(line, "event=process.died") == NULL)
			continue;
		++*died;
		if (strstr(line, " signal=9") != NULL)
			++*ours;
		else
			note("%s", line);
	}
	buf_free(&log);
}

/* Nothing died but of our signal, no promise was broken. */
static void
check_logs(void)
{
	static const char *const never[] = { "broken promise", "Sanitizer",
		"runtime error" };
	size_t i, k, bad = 0, died = 0, ours = 0;

	for (i = 0; i < network.count; i++) {
		count_deaths(network.spots[i].seat, &died, &ours);
		for (k = 0; k < COUNT(never); k++)
			bad += seat_said(network.spots[i].seat, never[k]);
	}
	is(died, ours, "nothing died but what was killed");
	is(bad, 0, "no promise was broken");
	is(network.alone + network.bad, 0, "and no station ended by itself");
}

/* ---- one tree ---------------------------------------------------------------
 */

static void
report(size_t tree, int64_t began)
{
	const struct outcome o = judge_all();
	const struct account a = ledger_account(&ledger);

	note("tree=%zu stations=%zu ms=%lld sent=%zu unsure=%zu unsent=%zu "
	     "cuts=%zu kills=%zu moves=%zu starts=%zu holds=%zu recalls=%zu "
	     "restores=%zu seen=%zu",
	    tree, network.count, (long long)(peer_ms() - began), a.acked,
	    unsure, unsent, network.cuts, network.kills, network.moves,
	    network.launches, network.holds, recalls, network.restores,
	    network.seen);
	note("delivered=%zu expired=%zu refused=%zu held=%zu waiting=%zu "
	     "gone=%zu lost=%zu doubled=%zu",
	    o.delivered, o.expired, o.refused, o.held, o.waiting, o.gone,
	    o.lost, a.doubled);
	is(o.lost, 0,
	    "what was acknowledged is at each of its addressees, or "
	    "a station says why not");
	is(o.waiting, 0, "nothing waits");
	is(a.doubled, 0, "nothing is anywhere twice");
	is(unread, 0, "all is read at the desks where it lies");
	is(ledger.altered, 0, "as it was written");
	is(ledger.strange, 0, "nothing is where it was not addressed");
	ok(a.unsure <= unsure, "what nobody was told of is of those who were "
			       "told so");
	is(silent, 0, "every question of a desk is answered");
}

/* One at least; whether it can be noticed is not ours to say. */
static void
restores(void)
{
	const int64_t until = peer_ms() + RESTORE_S * 1000;
	unsigned i;

	while (network.restores == 0 && peer_ms() < until) {
		network_restore(&network);
		send_one(&network);
		/* a checkpoint has to be made, and told */
		for (i = 0; i < 30 && network.restores == 0; i++) {
			network_watch(&network);
			(void)usleep(100000);
		}
	}
	ok(network.restores > 0, "a station is restored from an old copy");
}

static void
one_tree(size_t tree, size_t stations, size_t wanted, uint64_t seed)
{
	const int64_t began = peer_ms();
	size_t i;

	unsure = unsent = silent = unread = recalls = 0;
	last_expiry = 0;
	network_begin(&network, stations, seed);
	ledger_begin(&ledger, &network.country);
	network.forgets = note_numbers;
	if (!ok(network_start(&network), "%zu stations run", stations))
		bug("they are wanted");
	for (i = 0; i < wanted; i++) {
		network_watch(&network);
		one_event();
		while (i == wanted / 2 && network.moves == 0)
			network_move(&network); /* once at least */
		if (i == wanted * 3 / 4)
			restores();
		(void)usleep(dice_below(&network.dice, 40000));
	}
	ok(calms_down(), "when nothing happens any more, nothing waits");
	ok(!network_is_rolled(&network), "who was rolled back knows it");
	(void)read_all();
	check_receipts();
	check_journals();
	network_stop(&network);
	collect();
	report(tree, began);
	check_logs();
	for (i = 0; i < network.count; i++)
		free(gaps[i].all);
	free(fates);
	fates = NULL;
	ledger_end(&ledger);
	network_end(&network);
}

int
main(void)
{
	static const size_t few[] = { 3, 5, 3 };
	const char *one = getenv("ANTIN_SEED");
	const bool soak = getenv("ANTIN_SOAK") != NULL;
	const uint64_t seed =
	    one != NULL ? strtoull(one, NULL, 10)
	    : soak	? (uint64_t)time_now()
			: 2; /* so that a check is the same on two days */
	struct dice dice = { seed };
	const char *size = getenv("ANTIN_TREE");
	size_t i;

	note("ANTIN_SEED=%llu", (unsigned long long)seed);
	(void)signal(SIGPIPE, SIG_IGN);
	if (size != NULL) {
		one_tree(0, strtoull(size, NULL, 10), soak ? 600 : 80, seed);
		return done();
	}
	for (i = 0; i < (soak ? 40 : COUNT(few)); i++)
		one_tree(i, soak ? 3 + dice_below(&dice, 18) : few[i],
		    soak ? 600 : 80, seed + i * 1000);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Random trees of real stations, to which random things happen: desks send,
 * lines are cut, processes and stations are killed, are away, units move.  What
 * must be true at the end is known from what was sent alone, whatever happened:
 * each dispatch lies once at each of its addressees' desks, who reads what was
 * written, or has expired, or was refused for a reason that a station tells;
 * and nothing waits.
 *
 * ANTIN_SEED: the seed; ANTIN_SOAK: many trees, and large ones.
 */
#include "network_said.h"

#define CALM_S 90
#define KICK_MS 8000 /* then lines are cut once: who waits long dials anew */
#define SAID_S 12
#define SMALL 20000u
#define LARGE 300000u

/* What stations say of a dispatch, besides that it lies at desks: bit n is the
 * desk of seat n. */
struct fate {
	int64_t expires;
	uint32_t read;	  /* its reader has it, as it was written */
	uint32_t denied;  /* a station says that it did not go on to it */
	uint32_t held;	  /* ... that it knows no way to go on */
	uint32_t waiting; /* it waits somewhere to go to it */
	bool recalled;	  /* or that may be */
};

static struct network network;
static struct ledger ledger;
static struct fate *fates; /* by entry; owned */
static size_t unsure, unsent, silent, unread, recalls;
static int64_t last_expiry;

/* ---- what desks do ----------------------------------------------------------
 */

static uint32_t
some_desks(unsigned from)
{
	uint32_t to = 0;
	unsigned n = dice_below(&network.dice, 3) == 0
			 ? 1 + dice_below(&network.dice, 6)
			 : 1;

	while (n-- > 0)
		to |= 1u << dice_below(&network.dice, (uint32_t)network.count);
	to &= ~(1u << from);
	return to != 0 ? to : 1u << (from == 0);
}

/* One that runs, if that is soon found. */
static const struct seat *
some_seat(void)
{
	const struct seat *s = NULL;
	unsigned i;

	for (i = 0; i < 8; i++) {
		s = network_any(&network)->seat;
		if (s->daemon != 0)
			break;
	}
	return s;
}

static struct letter
some_letter(void)
{
	struct letter l = { .from = some_seat(),
		.country = &network.country,
		.precedence = (enum precedence)dice_below(&network.dice, 4),
		.expires = TIME_NEVER };

	l.to = some_desks(l.from->unit);
	if (dice_below(&network.dice, 12) == 0)
		l.expires = time_now() + 1 + dice_below(&network.dice, 6);
	return l;
}

static void
note_sent(
    const struct letter *l, json_t *answer, const uint8_t part[SHA256_SIZE])
{
	struct ledger_entry *e;
	struct id id;

	if (!id_parse(&id,
		bytes_str(json_string_value(json_object_get(answer, "id")))))
		bug("an id that is none");
	if (ledger_find(&ledger, &id) != NULL)
		bug("one id for two dispatches");
	fates = vec_more(fates, ledger.count, sizeof(*fates));
	fates[ledger.count] = (struct fate){ .expires = l->expires };
	e = ledger_add(&ledger, &id, l->to);
	e->state = LEDGER_ACKED;
	e->from = l->from->unit;
	memcpy(e->part, part, sizeof(e->part));
	if (l->expires != TIME_NEVER && l->expires > last_expiry)
		last_expiry = l->expires;
}

static void
send_one(struct network *n)
{
	const struct letter l = some_letter();
	const size_t size = dice_below(&n->dice, 6) == 0
				? LARGE
				: 1 + dice_below(&n->dice, SMALL);
	uint8_t part[SHA256_SIZE];
	json_t *answer = NULL;
	int control, file;
	struct err e;
	enum rc rc;

	if (l.from->daemon == 0 ||
	    seat_control(&control, l.from, &e) != RC_OK) {
		unsent++;
		return;
	}
	file = letter_file(part, size);
	rc = seat_sign_in(control, l.from, &e);
	if (rc == RC_OK) {
		rc = control_ask(control, CONTROL_SEND, letter_request(&l),
		    &file, 1, NULL, &answer, &e);
		unsure += rc != RC_OK && rc != RC_DENIED;
	} else {
		unsent++;
	}
	silent += rc == RC_EXPIRED && l.expires == TIME_NEVER;
	if (rc == RC_OK)
		note_sent(&l, answer, part);
	else
		note("%s: %s", l.from->address, e.text);
	json_decref(answer);
	close(file);
	close(control);
}

static void
recall_one(struct network *n)
{
	const struct ledger_entry *e;
	const struct seat *s;
	json_t *r = json_object();
	char text[ID_TEXT];
	struct err err;
	size_t i;
	int fd = -1;

	if (ledger.count == 0)
		return;
	i = dice_below(&n->dice, (uint32_t)ledger.count);
	e = &ledger.all[i];
	s = &n->country.seats[e->from];
	id_write(text, &e->id);
	(void)json_object_set_new(r, "id", json_string(text));
	(void)json_object_set_new(r, "desk", json_string(s->key_address));
	if (s->daemon != 0 && seat_control(&fd, s, &err) == RC_OK &&
	    seat_sign_in(fd, s, &err) == RC_OK) {
		fates[i].recalled = true;
		recalls += control_ask(fd, CONTROL_RECALL, r, NULL, 0, NULL,
			       NULL, &err) == RC_OK;
		r = NULL;
	}
	json_decref(r);
	if (fd >= 0)
		close(fd);
}

static const struct {
	unsigned of; /* how many of all these */
	void (*does)(struct network *n);
} events[] = {
	{ 70, send_one }, { 6, network_cut }, { 8, network_harm },
	{ 9, network_kill_process }, { 3, network_kill_station },
	{ 3, network_pause }, { 1, network_move }, { 2, network_hold },
	{ 2, recall_one },
	{ 0, network_restore }, /* not yet: what it loses is not judged */
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

	while (peer_ms() < until && calm < 3) {
		if (peer_ms() >= kick_at) {
			kick();
			network_release(&network);
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

/* Whoever it is for reads it as it was written. */
static void
read_at(const struct seat *s)
{
	int fd = seat_signed_in(s, CALM_S);
	uint8_t part[SHA256_SIZE];
	const struct ledger_entry *e;
	struct err err;
	size_t i;

	for (i = 0; i < ledger.count; i++) {
		e = &ledger.all[i];
		if ((e->to >> s->unit & 1) == 0)
			continue;
		if (seat_saves(part, fd, s, &e->id, &err) == RC_OK &&
		    seat_reads(fd, s, &e->id, &err) == RC_OK) {
			fates[i].read |= 1u << s->unit;
			ledger.altered +=
			    memcmp(part, e->part, sizeof(part)) != 0;
		} else if (fates[i].expires > time_now() &&
			   !fates[i].recalled) {
			note("%s: %s", s->address, err.text);
		}
	}
	close(fd);
}

struct asking {
	const struct seat *seat;
	uint32_t *into;
};

static bool
note_dest(void *ctx, const struct dest *d)
{
	const struct country *c = &network.country;
	const struct asking *a = ctx;
	size_t i, k;

	for (i = 0; i < c->count; i++) {
		if (bytes_is(d->address, c->seats[i].desk_address))
			*a->into |= 1u << i;
		for (k = 0; k < c->seats[i].was_count; k++)
			if (bytes_is(d->address, c->seats[i].was[k]))
				*a->into |= 1u << i;
	}
	return true;
}

static bool
note_leg(void *ctx, const struct leg *leg)
{
	struct numbers *legs = ctx;

	if (leg->state == LEG_PASSED)
		return true;
	legs->n = vec_more(legs->n, legs->count, sizeof(*legs->n));
	legs->n[legs->count++] = leg->q;
	return true;
}

/* Why this station did not pass a dispatch on to whom it is for. */
static void
explain(struct store *s, const struct seat *seat, size_t entry)
{
	struct numbers legs = { 0 };
	struct fate *f = &fates[entry];
	struct asking a = { .seat = seat };
	struct stored d;
	struct leg leg;
	struct err e;
	size_t i;

	if (s->ops->find(s, &ledger.all[entry].id, &d, &e) != RC_OK)
		return;
	must(s->ops->legs(s, d.n, note_leg, &legs, &e), &e);
	for (i = 0; i < legs.count; i++) {
		must(s->ops->leg(s, legs.n[i], &leg, &e), &e);
		a.into = leg.state == LEG_QUEUED ? &f->waiting
			 : leg.state == LEG_HELD ? &f->held
						 : &f->denied;
		must(s->ops->leg_dests(s, legs.n[i], note_dest, &a, &e), &e);
	}
	free(legs.n);
}

static void
collect(void)
{
	const size_t known = ledger.count;
	struct seat_store o;
	size_t i, n;

	for (n = 0; n < network.count; n++) {
		ledger_collect(&ledger, network.spots[n].seat);
		seat_opens(&o, network.spots[n].seat);
		for (i = 0; i < known; i++)
			explain(o.store, network.spots[n].seat, i);
		seat_closes(&o);
	}
}

/* What became of one dispatch at one desk. */
struct outcome {
	size_t delivered, expired, refused, held, waiting, gone, lost;
};

static void
judge(struct outcome *o, size_t entry, unsigned desk)
{
	const struct ledger_entry *e = &ledger.all[entry];
	const struct fate *f = &fates[entry];
	char id[ID_TEXT];

	if (e->came[desk] > 0) {
		o->delivered++;
		unread += (f->read >> desk & 1) == 0 && !f->recalled &&
			  f->expires > time_now();
		return;
	}
	id_write(id, &e->id);
	if ((f->denied >> desk & 1) != 0 && f->expires <= time_now()) {
		o->expired++;
	} else if ((f->denied >> desk & 1) != 0 && network.moves > 0) {
		o->refused++;
		note("%s from %u for %u was refused", id, e->from, desk);
	} else if ((f->held >> desk & 1) != 0 && network.moves > 0) {
		o->held++;
		note("%s from %u for %u is held", id, e->from, desk);
	} else if (((f->waiting | f->held) >> desk & 1) != 0) {
		o->waiting++;
		note("%s from %u for %u waits", id, e->from, desk);
	} else if (network.spots[e->from].restored ||
		   network.spots[desk].restored) {
		o->gone++; /* with its station: docs/station.md 16.1 */
	} else {
		o->lost++;
		note("%s from %u for %u is lost", id, e->from, desk);
	}
}

static struct outcome
judge_all(void)
{
	struct outcome o = { 0 };
	unsigned desk;
	size_t i;

	for (i = 0; i < ledger.count; i++)
		for (desk = 0; desk < network.count; desk++)
			if (ledger.all[i].state == LEDGER_ACKED &&
			    (ledger.all[i].to >> desk & 1) != 0)
				judge(&o, i, desk);
	return o;
}

/* At its origin it is shown what became of a dispatch at each addressee: what
 * its desk says, or what a station says of why not. */
static size_t
unheard(bool loud)
{
	struct said x;
	size_t i, k, n = 0;
	char id[ID_TEXT];
	uint32_t lacks;

	for (i = 0; i < ledger.count; i++) {
		const struct ledger_entry *e = &ledger.all[i];

		x = said_of(
		    &network.country, network.spots[e->from].seat, &e->id);
		lacks = (e->to & ~x.heard) | (fates[i].read & ~x.opened);
		for (k = 0; k < network.count; k++)
			if (network.spots[k].restored)
				lacks &= ~(1u << k);
		if (e->state != LEDGER_ACKED || lacks == 0 ||
		    network.spots[e->from].restored)
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

static void
check_receipts(void)
{
	int64_t until = peer_ms() + SAID_S * 1000;
	unsigned hurries = 2;
	size_t left;

	while ((left = unheard(false)) > 0) {
		if (peer_ms() >= until && hurries-- == 0)
			break;
		if (peer_ms() >= until) {
			note("%zu are asked for", left);
			said_hurries(&network);
			until = peer_ms() + SAID_S * 1000;
		}
		network_watch(&network);
		(void)usleep(200000);
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
	     "restores=%zu",
	    tree, network.count, (long long)(peer_ms() - began), a.acked,
	    unsure, unsent, network.cuts, network.kills, network.moves,
	    network.launches, network.holds, recalls, network.restores);
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

static void
one_tree(size_t tree, size_t stations, size_t wanted, uint64_t seed)
{
	const int64_t began = peer_ms();
	size_t i;

	unsure = unsent = silent = unread = recalls = 0;
	last_expiry = 0;
	network_begin(&network, stations, seed);
	ledger_begin(&ledger, &network.country);
	if (!ok(network_start(&network), "%zu stations run", stations))
		bug("they are wanted");
	for (i = 0; i < wanted; i++) {
		network_watch(&network);
		one_event();
		while (i == wanted / 2 && network.moves == 0)
			network_move(&network); /* once at least */
		(void)usleep(dice_below(&network.dice, 40000));
	}
	ok(calms_down(), "when nothing happens any more, nothing waits");
	for (i = 0; i < network.count; i++)
		read_at(network.spots[i].seat);
	check_receipts();
	check_journals();
	network_stop(&network);
	collect();
	report(tree, began);
	check_logs();
	free(fates);
	fates = NULL;
	ledger_end(&ledger);
	network_end(&network);
}

int
main(void)
{
	static const size_t few[] = { 3, 5 };
	const char *one = getenv("ANTIN_SEED");
	const bool soak = getenv("ANTIN_SOAK") != NULL;
	const uint64_t seed =
	    one != NULL ? strtoull(one, NULL, 10)
	    : soak	? (uint64_t)time_now()
			: 2; /* so that a check is the same on two days */
	struct dice dice = { seed };
	size_t i;

	note("ANTIN_SEED=%llu", (unsigned long long)seed);
	(void)signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < (soak ? 40 : COUNT(few)); i++)
		one_tree(i, soak ? 3 + dice_below(&dice, 18) : few[i],
		    soak ? 600 : 120, seed + i * 1000);
	return done();
}

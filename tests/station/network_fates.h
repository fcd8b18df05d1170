/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What desks of a random tree send, and what became of each dispatch as
 * stations say it: each is delivered, or its fate is a statement of a station.
 */
#ifndef TESTS_STATION_NETWORK_FATES_H
#define TESTS_STATION_NETWORK_FATES_H

#include "network_said.h"

#define SMALL 20000u
#define LARGE 300000u

/* What stations say of a dispatch, besides that it lies at desks: bit n is the
 * desk of seat n. */
struct fate {
	int64_t expires;
	uint32_t read;	       /* its reader has it, as it was written */
	uint32_t denied;       /* a station says that it did not go on to it */
	uint32_t held;	       /* ... that it knows no way to go on */
	uint32_t waiting;      /* it waits somewhere to go to it */
	uint32_t signed_for;   /* at its origin: its desk has signed for it */
	uint32_t unknown;      /* ... or its station does not know it */
	uint32_t reported;     /* ... or a station has said why not */
	bool recalled;	       /* or that may be */
	uint64_t life, number; /* of its origin; 0: it was never restored */
};

static struct network network;
static struct ledger ledger;
static struct fate *fates; /* by entry; owned */
static struct said_gaps gaps[NETWORK_MOST];
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

/* Which numbers they have, of which lives, of what it may not know soon. */
static void
note_numbers(const struct seat *s)
{
	struct seat_store o;
	struct stored d;
	struct err e;
	size_t i;

	seat_opens(&o, s);
	for (i = 0; i < ledger.count; i++)
		if (ledger.all[i].from == s->unit && fates[i].life == 0 &&
		    o.store->ops->find(o.store, &ledger.all[i].id, &d, &e) ==
			RC_OK) {
			fates[i].life = d.header.incarnation;
			fates[i].number = d.header.serial;
		}
	seat_closes(&o);
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

/* ---- what became of them ---------------------------------------------------
 */

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
		said_gaps_of(&gaps[n], o.store);
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

	id_write(id, &e->id);
	if (e->came[desk] > 0) {
		o->delivered++;
		if ((f->read >> desk & 1) == 0 && !f->recalled &&
		    f->expires > time_now()) {
			note("%s from %u for %u is unread", id, e->from, desk);
			unread++;
		}
		return;
	}
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
	} else if (said_is_lost(&gaps[e->from], f->life, f->number)) {
		o->gone++; /* with its origin: docs/journal.md 7.5 */
	} else if ((f->signed_for >> desk & 1) != 0 && gaps[desk].count > 0) {
		o->gone++; /* it lay there; that it does no more, they say */
	} else if (((f->unknown | f->reported) >> desk & 1) != 0 &&
		   f->expires <= time_now()) {
		o->expired++; /* who says so may have lost it since */
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

#endif

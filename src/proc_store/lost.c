/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a station that is lost had (docs/emergency.md 4): of what went over this
 * station to it, or came from it, or to and from any below it.  Dispatches are
 * gone through in the order of their numbers, some at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "envelope/address.h"
#include "pki/resolve.h"
#include "proc_store/carried.h"
#include "proc_store/lives.h"
#include "proc_store/lost.h"

#define AT_ONCE 500u /* dispatches that are looked at for one question */
#define GAP 64u	     /* numbers without a dispatch: there are no more */
#define TAG_TEXT (2 * TAG_SIZE + 1)

struct receipt {
	char desk[LIMIT_ADDRESS + 1];
	unsigned kind;
	int64_t at;
};

struct losing_one {
	const struct losing *to;
	struct names names; /* of the station that is lost */
	/* the dispatch that is looked at */
	struct msg_row row;
	char origin[LIMIT_ADDRESS + 1];
	bool from_it;
	uint64_t *legs;	     /* owned */
	struct buf found;    /* rows; owned */
	struct receipt *got; /* owned */
	size_t leg_count, got_count;
	struct carried *disks; /* owned: what is on disks */
	uint64_t *bundles;     /* owned: numbers that were said */
	size_t disk_count, bundle_count;
};

static bool
ends_in_host(struct bytes host, struct bytes lost)
{
	return bytes_eq(host, lost) ||
	       (host.len > lost.len && host.p[host.len - lost.len - 1] == '.' &&
		   memcmp(host.p + host.len - lost.len, lost.p, lost.len) == 0);
}

/* An address is of the lost station's unit or one below it, as any of its
 * names has it. */
static bool
is_its(const struct losing_one *o, struct bytes address)
{
	struct address a, lost;
	size_t i;

	if (!address_parse(&a, address))
		return false;
	for (i = 0; i < o->names.count; i++)
		if (address_parse(&lost, bytes_str(o->names.name[i])) &&
		    ends_in_host(a.host, lost.host))
			return true;
	return false;
}

/* All names that the directory has written for the unit. */
static void
name_all(struct losing_one *o, size_t unit)
{
	const struct unit *u = &st.file.directory->state.units[unit];
	struct names *to = &o->names;
	size_t i;

	for (i = u->host_count; i-- > 0 && to->count < NAMES_MAX;)
		if (address_of(st.file.directory, unit, NONE, u->hosts[i].from,
			to->name[to->count]))
			to->count++;
	if (to->count < NAMES_MAX && address_of(st.file.directory, unit, NONE,
					 station_now(), to->name[to->count]))
		to->count++;
}

/* ---- what stands first
 * --------------------------------------------------------------- */

static enum rc
say_station(const struct losing_one *o, size_t unit, uint64_t next,
    const char *address, struct err *e)
{
	const struct id *uid = &st.file.directory->state.units[unit].uid;
	struct msg_row row = { .what = ROW_LOST,
		.address = bytes_str(address),
		.bytes = next,
		.at = TIME_NEVER,
		.due = TIME_NEVER,
		.since = TIME_NEVER };
	char by[2 * LIMIT_ADDRESS + 8] = "";
	struct last_word r = { 0 };
	struct buf report = { 0 };
	struct life k;
	size_t i, n = 0;
	enum rc rc;

	if ((rc = lives_get(&k, NULL, uid, e)) != RC_OK)
		return rc;
	row.n = k.incarnation;
	row.q = k.size;
	if (k.size > 0)
		row.since = k.at;
	rc = last_get(&r, &report, &row.due, uid, e);
	if (rc == RC_OK) {
		row.state = 1;
		row.at = r.at;
		row.count = r.size;
		for (i = 0; i < r.by_count; i++) {
			if (i > 0)
				by[n++] = ' ';
			memcpy(by + n, r.by[i].p, r.by[i].len);
			n += r.by[i].len;
		}
		row.text = n == 0 ? bytes_str("code") : bytes_str(by);
	}
	if (rc == RC_OK || rc == RC_ABSENT) {
		rc = RC_OK;
		o->to->each(o->to->ctx, &row);
	}
	buf_free(&report);
	return rc;
}

static void
say_key(const struct losing_one *o, const struct dcert *c)
{
	char address[LIMIT_ADDRESS + 1], tag[TAG_TEXT];
	struct msg_row row = { .what = ROW_LOST_KEY,
		.due = c->until,
		.at = TIME_NEVER,
		.since = TIME_NEVER };

	if (!address_of(
		st.file.directory, c->unit, c->holder, station_now(), address))
		return;
	hex_write(tag, tag_bytes(&c->cert.tag));
	row.address = bytes_str(address);
	row.text = bytes_str(tag);
	o->to->each(o->to->ctx, &row);
}

/* Keys that are in force, of the unit's station and desks; of persons and of
 * the authority none lies there. */
static void
say_keys(const struct losing_one *o, size_t unit)
{
	const struct state *s = &st.file.directory->state;
	const int64_t now = station_now();
	const struct dcert *c;
	size_t i;

	for (i = s->units[unit].certs; i != NONE; i = c->next) {
		c = &s->certs[i];
		if (c->from <= now && now < c->until &&
		    (c->cert.rights.kind == CERT_STATION ||
			c->cert.rights.kind == CERT_DESK))
			say_key(o, c);
	}
}

/* ---- one dispatch
 * -------------------------------------------------------------------- */

static bool
note_leg(void *ctx, const struct leg *l)
{
	struct losing_one *o = ctx;

	o->legs = vec_more(o->legs, o->leg_count, sizeof(*o->legs));
	o->legs[o->leg_count++] = l->q;
	return true;
}

static void
find_one(struct losing_one *o, struct bytes desk, const struct tag *tag)
{
	char text[TAG_TEXT];

	hex_write(text, tag_bytes(tag));
	o->row.address = desk;
	o->row.text = bytes_str(text);
	list_add(&o->found, LIST_ROW, &o->row);
}

struct through {
	struct losing_one *o;
	bool its; /* the hop is */
};

static bool
note_dest(void *ctx, const struct dest *d)
{
	const struct through *t = ctx;

	if (t->its || t->o->from_it || is_its(t->o, d->address))
		find_one(t->o, d->address, &d->tag);
	return true;
}

static bool
note_here(void *ctx, const struct delivery *d)
{
	struct losing_one *o = ctx;

	o->row.at = d->arrived;
	find_one(o, d->desk, &d->tag);
	return true;
}

static bool
note_receipt(void *ctx, const struct saying *s)
{
	struct losing_one *o = ctx;
	struct receipt *r;

	if (s->kind < STATEMENT_ARRIVED || s->kind > STATEMENT_REFUSED ||
	    s->about.len > LIMIT_ADDRESS)
		return true;
	o->got = vec_more(o->got, o->got_count, sizeof(*o->got));
	r = &o->got[o->got_count++];
	*r = (struct receipt){ .kind = s->kind, .at = s->at };
	memcpy(r->desk, s->about.p, s->about.len);
	return true;
}

/* The furthest that a desk has said of it. */
static void
add_receipt(const struct losing_one *o, struct msg_row *row)
{
	size_t i;

	for (i = 0; i < o->got_count; i++)
		if (o->got[i].kind > row->q &&
		    bytes_is(row->address, o->got[i].desk)) {
			row->q = o->got[i].kind;
			row->since = o->got[i].at;
		}
}

/* It waits, and lies on a disk (docs/media.md 1.2). */
static void
find_disk(struct losing_one *o, const struct leg *leg)
{
	const struct carried *c = carried_of(o->disks, o->disk_count, leg->q);
	size_t i;

	o->row.bytes = 0;
	if (c == NULL || !c->on_disk ||
	    (leg->state != LEG_QUEUED && leg->state != LEG_HELD))
		return;
	o->row.bytes = c->number;
	for (i = 0; i < o->bundle_count; i++)
		if (o->bundles[i] == c->number)
			return;
	o->bundles = vec_more(o->bundles, o->bundle_count, sizeof(*o->bundles));
	o->bundles[o->bundle_count++] = c->number;
}

/* The disks themselves. */
static enum rc
say_disks(const struct losing_one *o, struct err *e)
{
	const struct state *s = &st.file.directory->state;
	struct msg_row row = {
		.what = ROW_LOST_DISK, .since = TIME_NEVER, .due = TIME_NEVER
	};
	char address[LIMIT_ADDRESS + 1];
	struct bundle_kept b;
	enum rc rc = RC_OK;
	size_t i, unit;

	for (i = 0; i < o->bundle_count && rc == RC_OK; i++) {
		rc = carried_bundle_get(&b, o->bundles[i], e);
		if (rc != RC_OK)
			break;
		unit = unit_by_uid(s, &b.unit);
		if (unit == NONE || !address_of(st.file.directory, unit, NONE,
					station_now(), address))
			address[0] = '\0';
		row.n = b.number;
		row.at = b.at;
		row.address = bytes_str(address);
		o->to->each(o->to->ctx, &row);
	}
	return rc;
}

static enum rc
find_legs(struct losing_one *o, struct err *e)
{
	struct through t = { .o = o };
	struct leg leg;
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < o->leg_count && rc == RC_OK; i++) {
		rc = st.store->ops->leg(st.store, o->legs[i], &leg, e);
		if (rc != RC_OK)
			break;
		t.its = is_its(o, leg.hop);
		o->row.state = leg.state;
		o->row.at = leg.at;
		o->row.rank = leg.rank;
		find_disk(o, &leg);
		rc = st.store->ops->leg_dests(
		    st.store, o->legs[i], note_dest, &t, e);
	}
	return rc;
}

static enum rc
look_at(struct losing_one *o, const struct stored *d, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	const uint64_t n = d->n;
	struct bytes rest;
	struct msg_row row;
	enum rc rc;

	memcpy(o->origin, d->header.origin.p, d->header.origin.len);
	o->origin[d->header.origin.len] = '\0';
	o->from_it = is_its(o, d->header.origin) || is_its(o, d->from);
	o->row = (struct msg_row){ .what = ROW_LOST_DISPATCH,
		.id = d->header.id,
		.n = o->from_it,
		.other = bytes_str(o->origin),
		.since = TIME_NEVER,
		.due = TIME_NEVER };
	o->leg_count = o->got_count = 0;
	buf_free(&o->found);
	rc = ops->legs(st.store, n, note_leg, o, e);
	if (rc == RC_OK)
		rc = find_legs(o, e);
	if (rc == RC_OK && o->from_it) {
		o->row.state = LEG_STATES;
		o->row.bytes = 0;
		o->row.rank = precedence_rank(d->header.precedence);
		rc = ops->deliveries(st.store, n, note_here, o, e);
	}
	if (rc == RC_OK && o->found.len > 0)
		rc = ops->notices->said(st.store, n, note_receipt, o, e);
	rest = buf_bytes(&o->found);
	while (rc == RC_OK && list_next(&rest, LIST_ROW, &row)) {
		add_receipt(o, &row);
		o->to->each(o->to->ctx, &row);
	}
	return rc;
}

/* *next: where to go on; 0: there are no more. */
static enum rc
look_at_some(
    struct losing_one *o, uint64_t after, uint64_t *next, struct err *e)
{
	const uint64_t end = after + AT_ONCE;
	unsigned missing = 0;
	struct stored d;
	uint64_t n;
	enum rc rc = RC_OK;

	for (n = after + 1; n <= end && missing < GAP; n++) {
		rc = st.store->ops->get(st.store, n, 0, &d, e);
		missing = rc == RC_ABSENT ? missing + 1 : 0;
		/* receipts and their like name the rest, and are not held */
		if (rc == RC_OK && d.header.serial != 0)
			rc = look_at(o, &d, e);
		if (rc != RC_OK && rc != RC_ABSENT)
			return rc;
	}
	*next = missing < GAP ? end : 0;
	return RC_OK;
}

enum rc
lost_rows(const struct losing *to, struct bytes station, uint64_t after,
    struct err *e)
{
	struct losing_one o = { .to = to };
	struct resolved who;
	uint64_t next = 0;
	enum rc rc;

	rc = resolve(st.file.directory, station, station_now(), &who, e);
	if (rc != RC_OK)
		return rc;
	name_all(&o, who.unit);
	if (after == 0)
		say_keys(&o, who.unit);
	rc = carried_load(&o.disks, &o.disk_count, NULL, e);
	if (rc == RC_OK)
		rc = look_at_some(&o, after, &next, e);
	if (rc == RC_OK)
		rc = say_disks(&o, e);
	if (rc == RC_OK)
		rc = say_station(&o, who.unit, next, who.address, e);
	free(o.legs);
	free(o.got);
	free(o.disks);
	free(o.bundles);
	buf_free(&o.found);
	return rc;
}

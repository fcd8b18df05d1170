/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bundles, as the store decides them (docs/media.md 4, 5): a bundle is a line
 * that nobody hears.  What comes in one is taken as over any line, what goes
 * stays queued until it is answered.
 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "dispatch/route.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/bundling.h"

struct media bundling;

static uint64_t conns;

void
media_drop(void)
{
	struct line *l = bundling.line;
	size_t i;

	if (l != NULL) {
		take_drop(l);
		free(l->flying);
		free(l);
	}
	front_drop();
	free(bundling.waits);
	for (i = 0; i < bundling.carried_count; i++)
		buf_free(&bundling.carried[i].dests);
	free(bundling.carried);
	free(bundling.took);
	buf_free(&bundling.statement);
	buf_free(&bundling.frames);
	buf_free(&bundling.dests);
	bundling = (struct media){ 0 };
}

void
media_gone(void)
{
	media_drop();
}

struct line *
media_line(uint64_t conn)
{
	/* 0: whichever it is */
	return bundling.line != NULL &&
		       (conn == 0 || bundling.line->conn == conn)
		   ? bundling.line
		   : NULL;
}

/* ---- whose it is, or for whom
 * ----------------------------------------------------- */

/* The station of that unit is on the way from here to the root's. */
static bool
is_above(struct directory *d, size_t unit, int64_t t)
{
	size_t at = st.unit;
	unsigned steps;

	for (steps = 0; at != NONE && steps <= ADDRESS_DEPTH; steps++)
		if ((at = station_above(d, at, t)) == unit)
			return true;
	return false;
}

enum rc
media_who(struct media_who *out, struct bytes who, struct err *e)
{
	struct directory *d = st.file.directory;
	bool own;
	const int64_t now = station_judges(&own);
	size_t unit = NONE;

	if (!st.named)
		return fail(e, RC_ABSENT, "this station has no name yet");
	if (address_is_station(who))
		unit =
		    unit_by_host(&d->state, address_host(who), station_now());
	if (unit == NONE || !unit_open(&d->state.units[unit], station_now())) {
		(void)wanted_ask(WANTED_ADDRESS, who);
		return fail(e, RC_ABSENT, "no station %.*s is known here",
		    (int)who.len, (const char *)who.p);
	}
	if (unit == st.unit)
		return fail(e, RC_DENIED,
		    "docs/media.md 4.1: %.*s is this station itself",
		    (int)who.len, (const char *)who.p);
	*out = (struct media_who){ .unit = unit,
		.above = station_above(d, st.unit, now) == unit };
	if (out->above || station_above(d, unit, now) == st.unit)
		return RC_OK;
	out->far = true;
	out->above = is_above(d, unit, now);
	return RC_OK;
}

void
media_begin(const struct media_who *who)
{
	const size_t unit = who->unit;
	struct line *l = alloc(1, sizeof(*l));

	l->conn = MEDIA_CONN + ++conns;
	l->unit = unit;
	l->uid = st.file.directory->state.units[unit].uid;
	l->tells = l->notices = true;
	l->parent = who->above;
	l->far = who->far;
	if (!address_of(
		st.file.directory, unit, NONE, station_now(), l->station))
		bug("a station that is known has no address");
	l->neighbour = neighbour_of(bytes_str(l->station));
	l->since = station_now();
	bundling.line = l;
	bundling.is = (struct msg_bundle_is){ .before = TIME_NEVER };
}

/* ---- what was done is on disk
 * ------------------------------------------------------- */

void
media_round(void)
{
	struct err e = { 0 };
	enum rc rc;

	if (bundling.line == NULL || bundling.sync == 0 || bundling.noted ||
	    media_owes())
		return;
	if (bundling.reads)
		rc = media_note_taken(&e);
	else
		rc = media_note_written(&e);
	bundling.noted = true;
	bundling.failed = (struct err){ .rc = RC_OK };
	if (rc != RC_OK)
		bundling.failed = e;
	/* a round with nothing in it is over, too */
	if (!st.writing && !st.broken)
		media_settled(true, NULL);
}

void
media_settled(bool kept, const struct err *e)
{
	struct msg_bundle_is is;
	struct log_line l;
	const uint64_t job = bundling.sync;

	if (bundling.line == NULL || bundling.sync == 0)
		return;
	if (!bundling.noted) {
		slice_wake(); /* what this round answered is to be noted */
		return;
	}
	bundling.noted = false;
	bundling.sync = 0;
	media_count_left();
	is = bundling.is;
	is.station = bytes_str(bundling.line->station);
	if (!bundling.reads) {
		is.closed = bundling.closed;
		is.number = bundling.bundle.number;
		is.at = bundling.bundle.at;
	}
	is.rc = !kept ? e->rc : bundling.failed.rc;
	is.why = bytes_str(!kept ? e->text : bundling.failed.text);
	(void)tell(PROC_MEDIA, MSG_BUNDLE_SYNCED, job, &is, -1);
	if (bundling.end == 0 && is.rc == RC_OK)
		return;
	l = log_line(
	    LOG_INFO, bundling.reads ? "bundle.taken" : "bundle.written");
	log_str(&l, "station", bytes_str(bundling.line->station));
	log_uint(&l, "number", is.number);
	log_uint(
	    &l, "items", bundling.reads ? is.items : bundling.bundle.items);
	process_log(LOG_INFO, &l);
	media_drop();
}

void
media_said(const struct message *m)
{
	struct err e;

	if (m->kind == MSG_BUNDLE_FOR) {
		media_write_for(m->job, &m->body.bundle_for);
		return;
	}
	if (m->kind == MSG_BUNDLE_FROM) {
		media_read_from(m->job, &m->body.bundle_from);
		return;
	}
	if (m->kind == MSG_BUNDLE_GONE) {
		media_drop();
		return;
	}
	/* all that follows names the job first */
	if (media_line(m->body.conn.conn) == NULL)
		bug("a bundle that is none");
	if (m->kind == MSG_BUNDLE_NEXT) {
		media_hand_over(m->job, &m->body.bundle_next);
	} else if (m->kind == MSG_BUNDLE_SYNC) {
		bundling.sync = m->job;
		bundling.end = m->body.number.number;
		slice_wake();
	} else if (m->kind == MSG_BUNDLE_SAYS) {
		if (front_came(bundling.line, &m->body.bundle_says,
			&bundling.is.acts, &bundling.is.answers, &e) != RC_OK)
			line_event(
			    LOG_WARN, "bundle.passed_over", bundling.line, &e);
	} else if (m->kind == MSG_BIG_DATA) {
		take_data(bundling.line, &m->body.data);
	} else if (m->kind == MSG_BIG_END) {
		media_took(m->body.number.number)->ended = true;
		take_end(bundling.line, &m->body.number);
	} else {
		media_item(m);
	}
}

/* ---- by command
 * ---------------------------------------------------------------- */

void
media_note(uint64_t job, const struct msg_bundle_note *n)
{
	struct bundle_kept b;
	struct err e;

	if (carried_bundle_get(&b, n->number, &e) != RC_OK) {
		if (e.rc == RC_ABSENT)
			(void)fail(&e, RC_ABSENT,
			    "this station has written no bundle %llu",
			    (unsigned long long)n->number);
		say_done(PROC_CONTROL, job, &e, NULL);
		return;
	}
	b.state = n->lost != 0 ? BUNDLE_LOST : BUNDLE_ON_DISK;
	if (carried_bundle_put(&b, &e) == RC_OK)
		after_counted(job, b.items);
	else
		say_done(PROC_CONTROL, job, &e, NULL);
}

enum standing { PLACE_BELOW, PLACE_ABOVE, PLACE_FAR }; /* of ROW_MEDIA */

struct hops {
	struct hop_count *list; /* owned; hops borrow from "text" */
	size_t count;
	struct arena text;
};

static bool
see_hop(void *ctx, const struct hop_count *h)
{
	struct hops *all = ctx;

	all->list = vec_more(all->list, all->count, sizeof(*all->list));
	all->list[all->count] = *h;
	all->list[all->count++].hop = arena_add(&all->text, h->hop);
	return true;
}

/* The beginning of its key's tag, as it stands in a bundle's name; empty where
 * it has none in force. */
static void
short_tag(char out[static 9], size_t unit)
{
	bool own;
	const int64_t now = station_judges(&own);
	struct directory *d = st.file.directory;
	const size_t cert =
	    cert_in_force(d, unit, NONE, CERT_STATION, CERT_KEM, now);

	out[0] = '\0';
	if (cert != NONE)
		hex_write(out, bytes_of(d->state.certs[cert].cert.tag.b, 4));
}

static enum rc
one_row(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    const struct hops *hops, size_t unit, unsigned place, struct err *e)
{
	struct msg_row row = { .what = ROW_MEDIA,
		.state = place,
		.rank = RANK_NONE,
		.since = TIME_NEVER,
		.at = TIME_NEVER,
		.due = TIME_NEVER };
	char name[LIMIT_ADDRESS + 1], tag[9];
	struct bundle_kept last;
	uint64_t number;
	size_t i;
	enum rc rc;

	if (!address_of(st.file.directory, unit, NONE, station_now(), name))
		return RC_OK;
	short_tag(tag, unit);
	row.address = bytes_str(name);
	row.level = line_to(row.address) != NULL;
	row.text = bytes_str(tag);
	for (i = 0; i < hops->count; i++) {
		if (!bytes_is(hops->list[i].hop, name))
			continue;
		row.count = hops->list[i].queued;
		row.bytes = hops->list[i].bytes;
		row.since = hops->list[i].oldest;
		row.rank = hops->list[i].rank;
	}
	rc = carried_bundle_last(
	    &last, &st.file.directory->state.units[unit].uid, e);
	if (rc == RC_OK) {
		row.n = last.number;
		row.at = last.at;
	}
	if ((rc == RC_OK || rc == RC_ABSENT) &&
	    (rc = word_u64("bundle", &number, e)) == RC_OK) {
		row.q = number + 1;
		each(ctx, &row);
	}
	return rc;
}

/* Of all: the parent, and each for whom something waits. */
enum rc
media_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    struct bytes station, struct err *e)
{
	struct hops hops = { 0 };
	struct media_who who;
	size_t above, i;
	enum rc rc;

	rc = st.store->ops->hops(st.store, see_hop, &hops, e);
	if (rc == RC_OK && station.len > 0) {
		rc = media_who(&who, station, e);
		if (rc == RC_OK)
			rc = one_row(each, ctx, &hops, who.unit,
			    who.far	? PLACE_FAR
			    : who.above ? PLACE_ABOVE
					: PLACE_BELOW,
			    e);
		goto out;
	}
	above = st.named
		    ? station_above(st.file.directory, st.unit, station_now())
		    : NONE;
	if (rc == RC_OK && above != NONE)
		rc = one_row(each, ctx, &hops, above, PLACE_ABOVE, e);
	for (i = 0; rc == RC_OK && i < hops.count; i++)
		if (media_who(&who, hops.list[i].hop, e) == RC_OK &&
		    !who.above && !who.far)
			rc =
			    one_row(each, ctx, &hops, who.unit, PLACE_BELOW, e);
out:
	free(hops.list);
	arena_free(&hops.text);
	return rc;
}

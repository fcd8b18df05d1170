/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/route.h"

#include <stdio.h>
#include <string.h>

#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"

size_t
station_of(struct directory *d, size_t unit, int64_t t)
{
	while (unit != NONE &&
	       cert_in_force(d, unit, NONE, CERT_STATION, CERT_SIGN, t) == NONE)
		unit = unit_parent(&d->state.units[unit], t);
	return unit;
}

size_t
station_above(struct directory *d, size_t unit, int64_t t)
{
	const size_t parent = unit_parent(&d->state.units[unit], t);

	return parent == NONE ? NONE : station_of(d, parent, t);
}

/* The station of "at" is self's, or below it on the link to *hop. */
static bool
is_below(struct directory *d, size_t self, size_t at, int64_t t, size_t *hop)
{
	size_t above;
	unsigned steps;

	*hop = NONE;
	for (steps = 0; at != NONE && steps <= ADDRESS_DEPTH; steps++) {
		if (at == self)
			return true;
		above = station_above(d, at, t);
		*hop = at;
		at = above;
	}
	return false;
}

static void
go_over(struct directory *d, size_t unit, int64_t t, struct route *out)
{
	if (unit == NONE || !address_of(d, unit, NONE, t, out->hop)) {
		out->way = WAY_NONE;
		return;
	}
	out->way = WAY_LINK;
	out->hop_unit = unit;
}

void
route_find(struct directory *d, size_t self, struct bytes address, int64_t t,
    struct route *out)
{
	struct resolved to;
	size_t hop, above, station;
	struct err e;

	*out = (struct route){ .way = WAY_NONE, .hop_unit = NONE };
	if (address.len > LIMIT_ADDRESS)
		return;
	memcpy(out->address, address.p, address.len);
	above = station_above(d, self, t);
	if (resolve(d, address, t, &to, &e) != RC_OK) {
		go_over(d, above, t, out);
		return;
	}
	(void)snprintf(out->address, sizeof(out->address), "%s", to.address);
	station = station_of(d, to.unit, t);
	out->known = station != NONE && unit_open(&d->state.units[to.unit], t);
	if (!is_below(d, self, station, t, &hop))
		go_over(d, above, t, out);
	else if (hop == NONE)
		out->way = WAY_HERE;
	else
		go_over(d, hop, t, out);
}

size_t
route_station(struct directory *d, struct bytes address, int64_t t)
{
	struct bytes host = address_host(address);
	size_t unit = NONE;
	const uint8_t *dot;
	struct resolved to;
	struct err e;

	if (resolve(d, address, t, &to, &e) == RC_OK)
		return station_of(d, to.unit, t);
	while (
	    host.len > 0 && (unit = unit_by_host(&d->state, host, t)) == NONE) {
		dot = memchr(host.p, '.', host.len);
		if (dot == NULL)
			break;
		host = bytes_of(dot + 1, host.len - (size_t)(dot + 1 - host.p));
	}
	return unit == NONE ? NONE : station_of(d, unit, t);
}

/* Stations from this one up to the root's. */
struct upward {
	size_t units[ADDRESS_DEPTH + 1];
	size_t count;
};

static void
go_up(struct upward *out, struct directory *d, size_t at, int64_t t)
{
	out->count = 0;
	for (; at != NONE && out->count <= ADDRESS_DEPTH;
	     at = station_above(d, at, t))
		out->units[out->count++] = at;
}

/* Where it stands there; count: nowhere. */
static size_t
place_in(const struct upward *u, size_t unit)
{
	size_t i;

	for (i = 0; i < u->count && u->units[i] != unit; i++)
		;
	return i;
}

bool
route_over(struct directory *d, size_t from, size_t over, size_t to, int64_t t)
{
	struct upward a, b;
	size_t i, turn;

	if (over == NONE)
		return false;
	go_up(&a, d, from, t);
	go_up(&b, d, to, t);
	for (i = 0; i < a.count && place_in(&b, a.units[i]) == b.count; i++)
		;
	if (i == a.count)
		return false; /* there is no way */
	turn = place_in(&b, a.units[i]);
	return place_in(&a, over) <= i || place_in(&b, over) <= turn;
}

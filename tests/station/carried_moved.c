/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What went by disk over the head of a province comes back by line, where who
 * it is for has moved away meanwhile (docs/media.md 8.2).
 */
#include "carried.h"

static struct country land;
static struct seat *centre, *province, *commune, *post, *north, *newcomer;

static void
write_all(void)
{
	size_t i;

	for (i = 0; i < land.count; i++)
		country_write(&land.seats[i], "");
}

static void
begin(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	province = country_seat(&land, centre, "dien-bien");
	commune = country_seat(&land, province, "muong-nhe");
	post = country_seat(&land, commune, "don");
	north = country_seat(&land, centre, "lai-chau");
	newcomer = country_seat(&land, north, "moi");
	write_all();
	ok(seat_start(centre) && seat_start(commune),
	    "a centre and a commune run, and nobody between or below");
}

/* Somebody moves to behind the commune, too: so the province takes from it what
 * is others' (docs/station.md 5.4). */
static void
what_went_by_disk_comes_back(void)
{
	must_send(centre,
	    &(struct errand_of){ "khan", { post }, 1000, 0, 0, NULL }, NULL);
	ok(queue_comes_to(centre, "hop", province->address, 1, 30),
	    "a dispatch waits for a post below the commune");
	disk_goes(&land, centre, commune);
	ok(queue_comes_to(commune, "hop", post->address, 1, 30),
	    "it is with the commune by disk");
	disk_goes(&land, commune, centre);
	ok(queue_comes_to(centre, "", "", 0, 30), "which the centre hears");
	(void)seat_stop(centre, SIGTERM);
	(void)seat_stop(commune, SIGTERM);
	ok(country_move(&land, post, north, time_now(), true) &&
		country_move(&land, newcomer, commune, time_now(), true),
	    "the post moves far away, and another one to the commune");
	write_all();
	ok(seat_start(centre) && seat_start(province) && seat_start(commune) &&
		seat_start(north) && seat_start(post),
	    "all know it, and run");
	ok(inbox_comes_to(post, 1, 60), "it goes back, and arrives there");
	is(seat_said(centre, "event=dispatch.again"), 0,
	    "nobody had to ask for it");
	ok(queue_comes_to(commune, "", "", 0, 60) &&
		queue_comes_to(province, "", "", 0, 60) &&
		queue_comes_to(centre, "", "", 0, 60),
	    "nothing waits any more");
}

int
main(void)
{
	begin();
	what_went_by_disk_comes_back();
	country_end(&land);
	return done();
}

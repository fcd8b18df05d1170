/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Dispatches that are carried as files between real stations (docs/media.md):
 * a province and a commune whose line is cut, by the real command.
 */
#include "carried.h"

static struct country land;
static struct seat *centre, *province, *commune, *other;

static void
begin(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	province = country_seat(&land, centre, "dien-bien");
	commune = country_seat(&land, province, "muong-nhe");
	other = country_seat(&land, province, "na-tau");
	country_write(centre, "");
	country_write(province, "");
	write_without_line(commune);
	write_without_line(other);
	ok(seat_start(centre) && seat_start(province) && seat_start(commune) &&
		seat_start(other),
	    "four stations run, two of them without a line");
	ok(seat_waits(province, "event=link.up", 1, 30),
	    "the province has its line to the centre");
}

/* ---- there and back
 * ------------------------------------------------------------------- */

static void
it_goes_there_and_back(void)
{
	char *disk = folder_new(&land, "disk-a");
	char *back = folder_new(&land, "disk-b");
	struct id id;

	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 1000, 0, 0, NULL }, &id);
	must_send(province,
	    &(struct errand_of){ "hoa-toc", { commune }, 500, 0, 0, NULL },
	    NULL);
	must_send(province,
	    &(struct errand_of){ "thuong", { commune }, 300000, 0, 0, NULL },
	    NULL);
	ok(queue_comes_to(province, "hop", commune->address, 3, 30),
	    "three wait at the province for the commune");
	is(antin(province, "media", "write", disk, "--for", commune->address,
	       NULL),
	    0, "the province writes them");
	is(files_in(disk), 1, "into one bundle");
	ok(queue_comes_to(province, "hop", commune->address, 3, 5),
	    "where they wait on");
	is(rows_now(province, "leg", "disk", "1") >= 3, true,
	    "the queue says on which disk they are");
	is(antin(commune, "media", "read", disk, NULL), 0,
	    "the commune reads the bundle");
	ok(inbox_comes_to(commune, 3, 30), "all are in its inbox");
	is(antin(commune, "media", "read", disk, NULL), 0, "read once more");
	ok(inbox_comes_to(commune, 3, 1), "nothing is there twice");

	must_send(commune,
	    &(struct errand_of){
		"khan", { centre, province }, 2000, 0, 0, NULL },
	    NULL);
	is(antin(commune, "media", "write", back, NULL), 0,
	    "the commune writes its answer");
	is(antin(province, "media", "read", back, NULL), 0,
	    "the province reads it");
	ok(inbox_comes_to(province, 1, 30), "the answer is in its inbox");
	ok(inbox_comes_to(centre, 1, 30), "and goes on by line");
	ok(queue_comes_to(province, "hop", commune->address, 0, 30),
	    "what was acknowledged waits no more");
	is(antin(commune, "media", "read", disk, NULL), 0,
	    "the old disk may be read again");
	free(disk);
	free(back);
}

/* The line returns: what went by disk does not come again. */
static void
the_line_returns(void)
{
	char *disk = folder_new(&land, "disk-c");

	must_send(province,
	    &(struct errand_of){ "khan", { commune }, 1000, 0, 0, NULL }, NULL);
	is(antin(province, "media", "write", disk, "--for", commune->address,
	       NULL),
	    0, "one more is written");
	is(antin(commune, "media", "read", disk, NULL), 0, "and read");
	ok(inbox_comes_to(commune, 4, 30), "it is there");
	(void)seat_stop(commune, SIGTERM);
	country_write(commune, "");
	ok(seat_start(commune), "the commune has its line again");
	ok(queue_comes_to(province, "hop", commune->address, 0, 60),
	    "nothing waits for it then");
	ok(queue_comes_to(commune, "", "", 0, 60), "nor there");
	ok(inbox_comes_to(commune, 4, 1), "nothing came twice");
	free(disk);
}

static void
the_wrong_station_learns_nothing(void)
{
	char *disk = folder_new(&land, "disk-d");

	must_send(province,
	    &(struct errand_of){ "khan", { other }, 1000, 0, 0, NULL }, NULL);
	is(antin(
	       province, "media", "write", disk, "--for", other->address, NULL),
	    0, "a bundle is written for another");
	is(antin(commune, "media", "read", disk, NULL), 3,
	    "it is not the commune's");
	ok(said_last("for other stations") || said_last("another station"),
	    "which says so");
	ok(!said_last(other->address) && !said_last(province->address),
	    "and names nobody");
	is(antin(other, "media", "read", disk, NULL), 0,
	    "whose it is reads it");
	ok(inbox_comes_to(other, 1, 30), "and has it");
	free(disk);
}

int
main(void)
{
	begin();
	it_goes_there_and_back();
	the_wrong_station_learns_nothing();
	the_line_returns();
	country_end(&land);
	return done();
}

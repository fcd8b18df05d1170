/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a station without a line has lost is asked for, and comes again, by disk
 * alone (docs/receipts.md 9.3, docs/station.md 5.10).
 */
#include "carried.h"
#include "changed.h"
#include "lives.h"

static struct country land;
static struct seat *centre, *province, *commune;

static void
begin(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	province = country_seat(&land, centre, "dien-bien");
	commune = country_seat(&land, province, "muong-nhe");
	country_write(centre, "");
	country_write(province, "");
	write_without_line(commune);
	ok(seat_start(centre) && seat_start(province) && seat_start(commune),
	    "three stations run, one of them without a line");
}

/* Disks go to and fro until it has so many. */
static bool
carried_until(size_t n)
{
	unsigned i;

	for (i = 0; i < patience(60); i++) {
		disk_goes(&land, province, commune);
		if (inbox_size(commune) == n)
			return true;
		disk_goes(&land, commune, province);
		(void)sleep(1);
	}
	return false;
}

static void
what_was_lost_comes_again(void)
{
	struct id id;

	lives_copy(commune);
	if (!seat_start(commune))
		bug("it does not start");
	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 1000, 0, 0, NULL }, &id);
	ok(queue_comes_to(province, "hop", commune->address, 1, 60),
	    "a dispatch waits for it");
	disk_goes(&land, province, commune);
	ok(inbox_comes_to(commune, 1, 30), "and comes");
	disk_goes(&land, commune, province);
	ok(queue_comes_to(province, "hop", commune->address, 0, 30),
	    "which is acknowledged");
	lives_restore(commune);
	ok(seat_start(commune), "it is restored from an older copy");
	is(inbox_size(commune), 0, "and has it no more");
	seat_changed(centre,
	    "DELETE FROM said; INSERT OR REPLACE INTO chase SELECT n, "
	    "address, 0, 1 FROM dest WHERE q > 0");
	ok(carried_until(1), "it is asked for, and comes again, by disk");
	ok(seat_said(centre, "event=dispatch.again") > 0,
	    "for its origin heard that it was lost");
	disk_goes(&land, commune, province);
	ok(queue_comes_to(province, "hop", commune->address, 0, 30),
	    "and is acknowledged again");
}

int
main(void)
{
	begin();
	what_was_lost_comes_again();
	country_end(&land);
	return done();
}

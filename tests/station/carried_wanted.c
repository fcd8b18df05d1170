/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who is not known at a station without a line is asked for, and comes, by disk
 * (docs/media.md 5.9).
 */
#include "carried.h"
#include "partly.h"

static struct country land;
static struct seat *centre, *province, *commune, *stranger;

static void
write_without_line_partly(struct seat *s)
{
	struct seat *above = s->above;

	s->above = NULL;
	country_write_partly(s, "");
	s->above = above;
}

static void
begin(void)
{
	country_begin(&land);
	land.t.now = time_now() - TIME_DAY;
	centre = country_seat(&land, NULL, "vn");
	province = country_seat(&land, centre, "dien-bien");
	commune = country_seat(&land, province, "muong-nhe");
	stranger = country_seat(&land, centre, "lai-chau");
	country_write(centre, "");
	country_write_partly(province, "");
	write_without_line_partly(commune);
	country_write(stranger, "");
	ok(seat_start(centre) && seat_start(province) && seat_start(commune) &&
		seat_start(stranger),
	    "four stations run, one of them without a line");
	ok(seat_waits(province, "event=link.up", 1, 30) &&
		seat_waits(stranger, "event=link.up", 1, 30),
	    "the provinces have their line");
}

/* The stranger's certificates are in its directory, on its disk. */
static bool
knows_stranger(const struct seat *s)
{
	const struct id uid = tree_uid(stranger->unit);
	char path[2 * PATH];
	struct directory *d;
	struct err e;
	size_t unit;
	bool knows;

	(void)snprintf(path, sizeof(path), "%s/data/directory", s->folder);
	must(directory_read(&d, path, true, &e), &e);
	unit = unit_by_uid(&d->state, &uid);
	knows = unit != NONE && cert_in_force(d, unit, NONE, CERT_STATION,
				    CERT_SIGN, time_now()) != NONE;
	directory_free(d);
	return knows;
}

static bool
comes_to_know(const struct seat *s)
{
	unsigned i;

	for (i = 0; i < patience(30) * 20; i++) {
		if (knows_stranger(s))
			return true;
		(void)usleep(50000);
	}
	return false;
}

/* It is opened by who may read it. */
static bool
can_be_read(const struct seat *s)
{
	uint8_t part[SHA256_SIZE];
	json_t *rows = seat_inbox(s);
	struct id id;
	struct err e = { 0 };
	bool can;
	int fd;

	if (!id_parse(&id, bytes_str(row_word(json_array_get(rows, 0), "id"))))
		bug("an inbox without a dispatch");
	json_decref(rows);
	fd = seat_signed_in(s, 30);
	can = seat_saves(part, fd, s, &id, &e) == RC_OK;
	if (!can)
		note("%s", e.text);
	close(fd);
	return can;
}

static void
a_stranger_is_known_with_the_second_disk(void)
{
	char *disk = folder_new(&land, "stranger");

	must_send(stranger,
	    &(struct errand_of){ "khan", { commune }, 1000, 0, 0, NULL }, NULL);
	ok(queue_comes_to(province, "hop", commune->address, 1, 60),
	    "a dispatch of a stranger's waits for the commune");
	disk_goes(&land, province, commune);
	ok(inbox_comes_to(commune, 1, 30), "and comes by disk");
	ok(!knows_stranger(commune), "who does not know him");
	ok(!can_be_read(commune), "and opens nothing of his");
	is(antin(stranger, "media", "write", disk, "--for", commune->address,
	       NULL),
	    0, "he writes a bundle himself");
	is(antin(commune, "media", "read", disk, NULL), 3,
	    "which is not taken from who is not known");
	ok(said_last("docs/media.md 3.3"), "and it is said why");
	disk_goes(&land, commune, province);
	ok(comes_to_know(province), "the province asks for him by line");
	disk_goes(&land, province, commune);
	ok(said_last("decisions of authorities"), "and gives what it got");
	ok(knows_stranger(commune), "so he is known");
	ok(can_be_read(commune), "and what he sent is opened");
	is(antin(commune, "media", "read", disk, NULL), 0,
	    "and his bundle is taken");
	free(disk);
	disk_goes(&land, commune, province);
	disk_goes(&land, province, commune);
	ok(!said_last("decisions of authorities"),
	    "what was got is not given again");
}

int
main(void)
{
	begin();
	a_stranger_is_known_with_the_second_disk();
	country_end(&land);
	return done();
}

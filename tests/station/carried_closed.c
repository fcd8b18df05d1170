/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station without a line that was restored from a backup: bundles pass on
 * nothing of it while it is closed, and an old one does not open it in a life
 * that it has had (docs/backup.md 5.7).
 */
#include "carried.h"
#include "lives.h"

#define HOURS 5u /* that the backup is old */

static struct country land;
static struct seat *centre, *commune;

static void
begin(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	country_write(centre, "");
	write_without_line(commune);
	ok(seat_start(centre) && seat_start(commune),
	    "two stations run, one of them without a line");
}

/* Its copy is in its place, with the mark of a backup so old. */
static void
is_restored(struct seat *s)
{
	const uint64_t made = (uint64_t)time_now() - HOURS * 3600 - 60;
	char mark[2 * PATH];
	struct buf b = { 0 };
	struct err e;

	lives_restore(s);
	(void)snprintf(mark, sizeof(mark), "%s/data/store/restored", s->folder);
	buf_u64(&b, made);
	must(file_write(mark, buf_bytes(&b), 0600, true, &e), &e);
	buf_free(&b);
	if (!seat_start(s))
		bug("it does not start");
}

static void
sends(void)
{
	must_send(commune,
	    &(struct errand_of){ "khan", { centre }, 1000, 0, 0, NULL }, NULL);
}

static char *
writes(struct seat *from, struct seat *to)
{
	static unsigned count;
	char name[32], *disk;

	(void)snprintf(name, sizeof(name), "disk-%u", count++);
	disk = folder_new(&land, name);
	is(antin(from, "media", "write", disk, "--for", to->address, NULL), 0,
	    "%s writes", from->address);
	return disk;
}

static void
carry(struct seat *from, struct seat *to)
{
	char *disk = writes(from, to);

	is(antin(to, "media", "read", disk, NULL), 0, "%s reads", to->address);
	free(disk);
}

static void
nothing_is_passed_on(void)
{
	sends();
	lives_copy(commune);
	is_restored(commune);
	free(writes(commune, centre));
	ok(said_last("is closed") && !said_last("want of room"),
	    "a closed station says why nothing goes");
	carry(commune, centre);
	is(inbox_size(centre), 0, "a closed station passes nothing on by disk");
	is(rows_now(commune, "leg", "disk", "1"), 0, "what waits is on none");
	ok(queue_comes_to(commune, "hop", centre->address, 1, 5),
	    "and waits on");
}

/* By chance it could be the same once (docs/backup.md 5.5), and hardly three
 * times. */
static bool
takes_another(const char *disk, uint64_t life)
{
	size_t reborn;
	unsigned i;

	for (i = 0; i < 3; i++) {
		reborn = seat_said(commune, "event=station.reborn");
		is_restored(commune);
		is(antin(commune, "media", "read", disk, NULL), 0,
		    "restored, it reads the old disk");
		ok(seat_waits(commune, "event=station.reborn", reborn + 1, 20),
		    "and is open");
		(void)seat_stop(commune, SIGTERM);
		if (lives_word(commune, "incarnation") != life)
			return true;
	}
	return false;
}

/* The life that it is given, it had once, was restored, and is given it by the
 * same disk. */
static void
an_old_disk_gives_no_old_life(void)
{
	const uint64_t one = seat_said(commune, "event=station.reborn");
	char *old;
	uint64_t life;

	lives_restore(commune);
	ok(seat_start(commune), "it goes on as a machine that never broke");
	is(antin(commune, "journal", "checkpoint", NULL), 0,
	    "with what its copy does not know");
	carry(commune, centre);
	ok(inbox_comes_to(centre, 1, 30), "what it sent is there");
	is_restored(commune);
	carry(centre, commune);
	ok(seat_waits(commune, "event=station.behind", 1, 20),
	    "restored, it learns by disk that it lacks something");
	carry(commune, centre);
	ok(seat_waits(centre, "event=life.given", 1, 20),
	    "and is given a life");
	old = writes(centre, commune);
	is(antin(commune, "media", "read", old, NULL), 0, "which it reads of");
	ok(seat_waits(commune, "event=station.reborn", one + 1, 20),
	    "and is open");
	(void)seat_stop(commune, SIGTERM);
	life = lives_word(commune, "incarnation");
	ok(life >= 2 + 16 + HOURS && life < 2 + 16 + HOURS + 1024,
	    "in a life so much later as its backup is old, or by chance some "
	    "more");
	ok(seat_start(commune), "it starts again");
	sends();
	carry(commune, centre);
	ok(inbox_comes_to(centre, 2, 30), "what it sends then arrives");
	is(antin(commune, "inbox", NULL), 0, "its desk looks into its inbox");
	ok(said_last("This station was restored: what arrived from"),
	    "and reads what may be lacking there");
	ok(takes_another(old, life), "restored again within the hour, it takes "
				     "another by the same disk");
	free(old);
}

int
main(void)
{
	begin();
	nothing_is_passed_on();
	an_old_disk_gives_no_old_life();
	country_end(&land);
	return done();
}

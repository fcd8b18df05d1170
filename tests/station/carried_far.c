/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bundles between stations that are no neighbours (docs/media.md 8): a centre,
 * a province that is cut off, and two communes below it.
 */
#include "bundles.h"

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
	country_write(commune, "");
	country_write(other, "");
	ok(seat_start(centre) && seat_start(commune) && seat_start(other),
	    "a centre and two communes run; the province between is off");
}

/* Disks go there until the story of one says this. */
static bool
carried_until(
    struct seat *from, struct seat *to, const char *id, const char *what)
{
	unsigned i;

	for (i = 0; i < patience(60); i++) {
		disk_goes(&land, from, to);
		(void)antin(to, "trace", id, NULL);
		if (said_last(what))
			return true;
		(void)sleep(1);
	}
	return false;
}

static bool
waits_at(const struct seat *s, size_t n)
{
	return queue_comes_to(s, "hop", province->address, n, 30);
}

/* ---- over the head of who is off
 * ------------------------------------------------------------------ */

static void
what_lies_there_goes(void)
{
	char *disk = folder_new(&land, "straight");
	const struct errand_of rows[] = {
		{ "khan", { commune }, 1000, 0, 0, NULL },
		{ "hoa-toc", { commune, province }, 1000, 0, 0, NULL },
		{ "thuong", { other, commune }, 300000, 0, 0, NULL },
		{ "khan", { other }, 1000, 0, 0, NULL },
		{ "khan", { province }, 1000, 0, 0, NULL },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		must_send(centre, &rows[i], NULL);
	ok(waits_at(centre, 5), "five wait at the centre for the province");
	is(antin(
	       centre, "media", "write", disk, "--for", commune->address, NULL),
	    0, "the centre writes for the commune");
	ok(said_last(": 3 dispatches"), "what is for it, and no more");
	ok(waits_at(centre, 5), "all wait on for their line");
	is(antin(other, "media", "read", disk, NULL), 3,
	    "it is not the other commune's");
	is(antin(commune, "media", "read", disk, NULL), 0,
	    "the commune reads it");
	ok(said_last("3 new"), "and takes three");
	ok(inbox_comes_to(commune, 3, 30), "which lie in its inbox");
	is(antin(commune, "media", "read", disk, NULL), 0, "read once more");
	ok(inbox_comes_to(commune, 3, 1), "nothing is there twice");
	is(antin(centre, "station", "lost", commune->address, NULL), 0,
	    "were it lost now");
	ok(said_last("on disk 1") && said_last("Disks written here"),
	    "the list would say on which disk what it had been given lies");
	ok(queue_comes_to(centre, "disk", "1", 3, 5), "as the queue does");
	free(disk);
}

/* Answers and receipts come back the same way. */
static void
what_was_taken_is_acknowledged(void)
{
	struct id id;
	char text[ID_TEXT];

	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 1000, 0, 0, NULL }, &id);
	disk_goes(&land, centre, commune);
	ok(inbox_comes_to(commune, 4, 30), "one more is there");
	must_send(commune,
	    &(struct errand_of){ "khan", { centre }, 1000, 0, 0, NULL }, NULL);
	must_send(commune,
	    &(struct errand_of){
		"khan", { other, province }, 1000, 0, 0, NULL },
	    NULL);
	ok(queue_comes_to(commune, "", "", 2, 30), "two wait at the commune");
	id_write(text, &id);
	ok(carried_until(commune, centre, text, "taken over"),
	    "who has it says so by disk");
	ok(said_last("arrived"), "and its desk, too");
	ok(inbox_comes_to(centre, 1, 30), "with what is for the centre");
	ok(waits_at(centre, 4),
	    "what was for the commune alone waits no more, the rest does");
	disk_goes(&land, centre, commune);
	ok(waits_at(commune, 1), "and what the centre took waits no more");
}

/* ---- two under one
 * -------------------------------------------------------------------------- */

static void
sisters_carry_to_one_another(void)
{
	const size_t had = inbox_size(other);

	disk_goes(&land, commune, other);
	ok(inbox_comes_to(other, had + 1, 30),
	    "a commune carries to another what waits for the province");
	ok(waits_at(commune, 1), "where it waits on, for the province too");
	disk_goes(&land, other, commune);
	ok(waits_at(commune, 1), "answered, it waits for the province alone");
}

/* ---- acts
 * -------------------------------------------------------------------------- */

static void
acts_go_along(void)
{
	struct act a;
	struct err e;

	a = act_revoke(&land.t, other->desk.card.sign.der, REVOKE_SUPERSEDED);
	tree_do(&land.t, ROOT, &a);
	must(seat_learns(centre, buf_bytes(&land.t.file), &e), &e);
	disk_goes(&land, centre, commune);
	ok(said_last("1 decisions of authorities"),
	    "a revocation comes by disk where no line is");
	disk_goes(&land, commune, other);
	ok(said_last("1 decisions of authorities"), "and from there goes on");
}

/* ---- who lies
 * -------------------------------------------------------------------------- */

static void
who_injects_is_refused(void)
{
	const struct {
		const char *what, *says;
		struct forged f;
		size_t comes;
	} rows[] = {
		{ "of its own", "1 new",
		    { other, other, commune, .number = 601 }, 1 },
		{ "in the name of the province", "1 refused",
		    { other, other, commune, .number = 602,
			.origin = province },
		    0 },
		{ "in the name of the centre", "1 refused",
		    { other, other, commune, .number = 603, .origin = centre },
		    0 },
		{ "in the name of who reads it", "1 refused",
		    { other, other, commune, .number = 604, .origin = commune },
		    0 },
		{ "for somebody else", "1 not now",
		    { other, other, commune, .number = 605, .dest = centre },
		    0 },
		{ "that is the centre's, for the other", "1 not now",
		    { centre, centre, commune, .number = 606, .dest = other },
		    0 },
		{ "that the centre has from below the province", "1 refused",
		    { centre, centre, commune, .number = 607, .origin = other },
		    0 },
		{ "that the centre has of the province", "1 refused",
		    { centre, centre, commune, .number = 608,
			.origin = province },
		    0 },
	};
	char *disk = folder_new(&land, "injected"), *path = NULL;
	size_t had = inbox_size(commune), i;

	if (asprintf(&path, "%s/antin-0-1.bundle", disk) < 0)
		bug("no memory");
	for (i = 0; i < COUNT(rows); i++) {
		forge(path, commune, &rows[i].f);
		(void)antin(commune, "media", "read", path, NULL);
		ok(said_last(rows[i].says), "one %s: %s", rows[i].what,
		    rows[i].says);
		had += rows[i].comes;
		ok(inbox_comes_to(commune, had, 10), "and brings %s",
		    rows[i].comes != 0 ? "it" : "nothing");
	}
	is(antin(commune, "queue", NULL), 0, "and nothing of it goes on");
	ok(!said_last("held"), "or is held");
	free(path);
	free(disk);
}

/* Of lives nobody but a neighbour speaks, and answers are believed of who was
 * asked (docs/media.md 8.4, 5.4). */
static void
who_meddles_is_passed_over(void)
{
	static const uint8_t kinds[] = { TELL_CHECKPOINT, TELL_COUNTERSIGNED,
		TELL_INCARNATION, TELL_BEHIND, TELL_LAST, TELL_WANTED };
	struct bundle_answer answer = { .outcome = ACK_STORED };
	struct forged f = { other, other, commune, .number = 700 };
	char *disk = folder_new(&land, "meddling"), *path = NULL;
	const size_t reborn = seat_said(commune, "event=station.reborn");
	struct buf frame = { 0 };
	size_t i;

	if (asprintf(&path, "%s/antin-0-1.bundle", disk) < 0)
		bug("no memory");
	for (i = 0; i < COUNT(kinds); i++) {
		buf_u8(&frame, kinds[i]);
		buf_u8(&frame, 0);
		buf_u64(&frame, 77);
		buf_u64(&frame, 0);
		f.number++;
		f.what = BUNDLE_TELL;
		f.frame = buf_bytes(&frame);
		forge(path, commune, &f);
		(void)antin(commune, "media", "read", path, NULL);
		ok(said_last("1 new"), "kind %u is passed over, the rest taken",
		    kinds[i]);
		buf_free(&frame);
	}
	is(seat_said(commune, "event=station.reborn"), reborn,
	    "nobody is reborn for it");
	is(seat_has(commune, CONTROL_ALARMS, "alarm", "kind", "rolled-back") +
		seat_has(commune, CONTROL_ALARMS, "alarm", "kind", "destroyed"),
	    0, "or taken for lost");
	bundle_answer_put(&frame, &answer);
	f.number++;
	f.what = BUNDLE_ANSWERS;
	f.frame = buf_bytes(&frame);
	forge(path, commune, &f);
	(void)antin(commune, "media", "read", path, NULL);
	ok(!said_last("acknowledges"), "an answer to nothing ends nothing");
	buf_free(&frame);
	free(path);
	free(disk);
}

/* ---- the line comes back
 * -------------------------------------------------------------------------- */

static void
by_line_and_by_disk_it_is_there_once(void)
{
	char *late = folder_new(&land, "late"),
	     *back = folder_new(&land, "back");
	const size_t had = inbox_size(commune), there = inbox_size(other);

	must_send(centre,
	    &(struct errand_of){ "khan", { commune, other }, 1000, 0, 0, NULL },
	    NULL);
	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 200000, 0, 0, NULL },
	    NULL);
	disk_goes(&land, centre, commune);
	ok(inbox_comes_to(commune, had + 2, 30), "two come by disk");
	is(antin(
	       commune, "media", "write", back, "--for", centre->address, NULL),
	    0, "it answers by disk, which is late");
	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 1000, 0, 0, NULL }, NULL);
	is(antin(
	       centre, "media", "write", late, "--for", commune->address, NULL),
	    0, "so is another one of the centre's");
	ok(seat_start(province), "the province is back");
	ok(inbox_comes_to(commune, had + 3, 60), "the third comes by line");
	ok(waits_at(centre, 0), "nothing waits at the centre");
	ok(inbox_comes_to(other, there + 3, 60) &&
		inbox_comes_to(province, 3, 60),
	    "what was for others is there");
	ok(queue_comes_to(commune, "", "", 0, 60) &&
		queue_comes_to(other, "", "", 0, 60) &&
		queue_comes_to(province, "", "", 0, 60),
	    "nothing waits anywhere");
	is(antin(commune, "media", "read", late, NULL), 0, "the late disk");
	ok(said_last(" 0 new"), "brings nothing new");
	is(antin(centre, "media", "read", back, NULL), 0,
	    "and the late answers");
	ok(inbox_comes_to(commune, had + 3, 1), "nothing is there twice");
	is(rows_now(centre, "alarm", "kind", "held"), 0, "nothing is held");
	free(late);
	free(back);
}

int
main(void)
{
	begin();
	what_lies_there_goes();
	what_was_taken_is_acknowledged();
	sisters_carry_to_one_another();
	acts_go_along();
	who_injects_is_refused();
	who_meddles_is_passed_over();
	by_line_and_by_disk_it_is_there_once();
	country_end(&land);
	return done();
}

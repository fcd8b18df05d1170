/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The directory by line, between real stations: a centre, a province, a
 * commune (docs/link.md 17).
 */
#include "clerk.h"
#include "partly.h"
#include "peer.h"

#define SOON 5	/* seconds in which what is at once has happened */
#define LATE 40 /* ... and a line that was cut has come back */

static struct country land;
static struct seat *centre, *province, *commune, *other;
static size_t given; /* of land.t.file: what the centre was told */

static void
build(void)
{
	country_begin(&land);
	land.t.now = time_now() - TIME_DAY;
	centre = country_seat(&land, NULL, "vn");
	province = country_seat(&land, centre, "dien-bien");
	commune = country_seat(&land, province, "muong-nhe");
	other = country_seat(&land, centre, "lai-chau");
	tree_authority(&land.t, ROOT, commune->unit);
	country_write(centre, "");
	country_write_partly(province, "");
	country_write_partly(commune, "");
	country_write_partly(other, "");
	given = land.t.file.len;
}

static bool
up(struct seat *s)
{
	return seat_start(s) && seat_waits(s, "event=link.up", 1, LATE);
}

/* ---- giving and asking
 * ------------------------------------------------------------------ */

static enum rc
give(const struct seat *to, struct bytes file)
{
	struct err e;
	const enum rc rc = seat_learns(to, file, &e);

	if (rc != RC_OK)
		note("%s", e.text);
	return rc;
}

/* What was decided since. */
static enum rc
give_news(const struct seat *to)
{
	struct buf file;
	enum rc rc;

	country_news_from(&file, &land, given);
	given = land.t.file.len;
	rc = give(to, buf_bytes(&file));
	buf_free(&file);
	return rc;
}

/* What is in a station's directory on its disk; freed by the caller. */
static struct directory *
on_disk(const struct seat *s)
{
	char path[2 * PATH];
	struct directory *d;
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/data/directory", s->folder);
	must(directory_read(&d, path, true, &e), &e);
	return d;
}

static bool
knows_desk(const struct seat *s, unsigned unit, const char *desk)
{
	struct directory *d = on_disk(s);
	const struct id uid = tree_uid(unit);
	const size_t u = unit_by_uid(&d->state, &uid);
	const bool knows =
	    u != NONE && holder_by_id(&d->state, u, bytes_str(desk)) != NONE;

	directory_free(d);
	return knows;
}

static bool
comes_to_know(
    const struct seat *s, unsigned unit, const char *desk, unsigned in)
{
	unsigned i;

	for (i = 0; i < in * 20; i++) {
		if (knows_desk(s, unit, desk))
			return true;
		(void)usleep(50000);
	}
	return false;
}

static void
new_desk(unsigned by, unsigned unit, const char *desk)
{
	struct act a;

	land.t.now = time_now() > land.t.now ? time_now() : land.t.now;
	a = act_holder(&land.t, unit, ACT_DESK, desk);
	tree_do(&land.t, by, &a);
}

/* ---- tests
 * ------------------------------------------------------------------------------
 */

static void
acts_go_down(void)
{
	ok(seat_start(centre) && up(province) && up(commune),
	    "three stations stand one below another");
	new_desk(ROOT, commune->unit, "tiep-dan");
	is(give_news(centre), RC_OK, "the centre is given an act by command");
	ok(comes_to_know(commune, commune->unit, "tiep-dan", SOON),
	    "the commune knows it at once, over two lines");
	is(give_news(centre), RC_OK, "an empty one says nothing");
}

static void
acts_go_up(void)
{
	new_desk(commune->unit, commune->unit, "tu-phap");
	is(give_news(commune), RC_OK, "the commune is given an act of its own");
	ok(comes_to_know(centre, commune->unit, "tu-phap", SOON),
	    "the centre knows it at once");
}

static void
lines_that_were_down_catch_up(void)
{
	(void)seat_stop(province, SIGTERM);
	new_desk(ROOT, commune->unit, "dia-chinh");
	is(give_news(centre), RC_OK, "an act while the line is down");
	new_desk(commune->unit, commune->unit, "ke-toan");
	is(give_news(commune), RC_OK, "and one below");
	(void)seat_start(province);
	ok(comes_to_know(commune, commune->unit, "dia-chinh", LATE),
	    "when the lines are back what was decided above comes down");
	ok(comes_to_know(centre, commune->unit, "ke-toan", LATE),
	    "and what was decided below comes up");
}

static void
nothing_new_is_not_told(void)
{
	const size_t before = seat_said(commune, "event=directory.learned");

	(void)seat_stop(commune, SIGTERM);
	ok(up(commune) && seat_waits(commune, "event=link.up", 2, LATE),
	    "the commune comes back");
	(void)sleep(2);
	is(seat_said(commune, "event=directory.learned"), before,
	    "and is told nothing that it knows");
}

/* ---- dispatches
 * ------------------------------------------------------------------------- */

static enum rc
sends(const struct seat *from, const char *to, struct id *id, struct err *e)
{
	json_t *r = json_object(), *list = json_array(), *part = json_object();
	const int file = memfd_create("part", MFD_CLOEXEC);
	json_t *answer = NULL;
	enum rc rc;
	int fd;

	if (file < 0 || write(file, "abc", 3) != 3)
		bug("no file");
	must(seat_control(&fd, from, e), e);
	must(seat_sign_in(fd, from, e), e);
	(void)json_array_append_new(list, json_string(to));
	(void)json_object_set_new(r, "to", list);
	(void)json_object_set_new(r, "desk", json_string(from->desk_address));
	(void)json_object_set_new(r, "level", json_string("thuong"));
	(void)json_object_set_new(r, "precedence", json_string("thuong"));
	(void)json_object_set_new(part, "kind", json_string("document"));
	(void)json_object_set_new(part, "name", json_string("a"));
	(void)json_object_set_new(
	    part, "type", json_string("application/octet-stream"));
	list = json_array();
	(void)json_array_append_new(list, part);
	(void)json_object_set_new(r, "parts", list);
	rc = control_ask(fd, CONTROL_SEND, r, &file, 1, NULL, &answer, e);
	if (rc == RC_OK && !id_parse(id, bytes_str(json_string_value(
					     json_object_get(answer, "id")))))
		bug("an id that is none");
	json_decref(answer);
	close(fd);
	close(file);
	return rc;
}

static bool
opens(const struct seat *s, const struct id *id, unsigned in)
{
	uint8_t sum[SHA256_SIZE], want[SHA256_SIZE];
	struct err e = { 0 };
	enum rc rc = RC_ABSENT;
	unsigned i;
	int fd;

	sha256(want, bytes_str("abc"));
	must(seat_control(&fd, s, &e), &e);
	must(seat_sign_in(fd, s, &e), &e);
	for (i = 0; i < in * 5 && rc != RC_OK; i++) {
		rc = seat_saves(sum, fd, s, id, &e);
		if (rc != RC_OK)
			(void)usleep(200000);
	}
	if (rc != RC_OK)
		printf("# %s\n", e.text);
	close(fd);
	return rc == RC_OK && memcmp(sum, want, sizeof(sum)) == 0;
}

/* 17.4, 17.5 */
static void
who_is_not_known_is_asked_for(void)
{
	struct err e = { 0 };
	struct id id;

	ok(up(other), "a fourth station, of another province");
	ok(!knows_desk(commune, other->unit, "van-thu"),
	    "the commune does not know its desks");
	ok(!knows_desk(other, commune->unit, "van-thu"),
	    "nor does that station know the commune's");
	is(sends(commune, other->desk_address, &id, &e), RC_OK,
	    "but it can send to one: who it is is asked for");
	ok(knows_desk(commune, other->unit, "van-thu") &&
		knows_desk(province, other->unit, "van-thu"),
	    "up to who knows it, and all on the way know it then");
	ok(opens(other, &id, SOON), "but opens what he sent");
	new_desk(ROOT, other->unit, "tiep-dan");
	is(give_news(centre), RC_OK, "something is decided about it later");
	ok(comes_to_know(commune, other->unit, "tiep-dan", SOON),
	    "and comes to who asked once");
	is(sends(commune, "antin://khong-co.vn/van-thu", &id, &e), RC_ABSENT,
	    "who does not exist is asked for in vain");
	ok(strstr(e.text, "asked for at the station above") != NULL,
	    "and the sender is told so");
}

/* 17.2 */
static void
acts_go_before_what_needs_them(void)
{
	char address[LIMIT_ADDRESS + 8];
	struct identity moi;
	struct err e = { 0 };
	struct id id;

	new_desk(ROOT, commune->unit, "moi");
	country_enrol(&land, &moi, commune->unit, "moi", CERT_DESK);
	(void)snprintf(address, sizeof(address), "%s/moi", commune->address);
	(void)seat_stop(province, SIGTERM);
	is(give_news(centre), RC_OK, "a desk is made while a line is down");
	is(sends(centre, address, &id, &e), RC_OK, "and written to at once");
	(void)seat_start(province);
	ok(comes_to_know(commune, commune->unit, "moi", LATE) &&
		seat_waits(commune, "event=link.up", 3, LATE),
	    "both come when the line is there");
	(void)sleep(2);
	ok(seat_is_calm(centre) && seat_is_calm(province) &&
		seat_said(commune, "event=dispatch.held") == 0,
	    "the act first: nothing is held for a desk that is not known");
	identity_free(&moi);
}

/* docs/directory.md 7 */
static void
forks_are_known_everywhere(void)
{
	const struct sig_key *key = tree_authority_key(&land.t, commune->unit);
	struct directory *twin = tree_twin(&land.t);
	struct buf part, file;
	struct act a;
	struct err e;

	a = act_holder(&land.t, commune->unit, ACT_DESK, "mot");
	must(directory_decide(twin, &part, tree_at(&land.t, commune->unit), &a,
		 1, key, land.t.now, &e),
	    &e);
	country_news(&file, &land, buf_bytes(&part));
	is(give(commune, buf_bytes(&file)), RC_OK,
	    "an authority says one thing here");
	buf_free(&file);
	buf_free(&part);
	a = act_holder(&land.t, commune->unit, ACT_DESK, "hai");
	tree_do(&land.t, commune->unit, &a);
	(void)give_news(centre);
	ok(seat_waits(centre, "forks=1", 1, SOON) &&
		seat_waits(province, "forks=1", 1, SOON) &&
		seat_waits(commune, "forks=1", 1, SOON),
	    "and another there: the proof of it comes to all");
	directory_free(twin);
}

/* 17.6 */
static void
who_has_no_place_any_more_is_cut_off(void)
{
	struct act a;

	a = act_move(&land.t, commune->unit, other->unit, NULL);
	tree_do(&land.t, ROOT, &a);
	is(give_news(centre), RC_OK, "a unit is put below another");
	ok(seat_waits(province, "event=link.ended", 1, SOON),
	    "its line to where it was ends at once");
	a = act_revoke(
	    &land.t, other->station.card.sign.der, REVOKE_KEY_COMPROMISE);
	tree_do(&land.t, ROOT, &a);
	is(give_news(centre), RC_OK, "a station's key is revoked");
	ok(seat_waits(centre, "event=link.ended", 1, SOON),
	    "its line ends at once");
	(void)sleep(2);
	is(seat_said(centre, "event=link.ended"), 1,
	    "and it does not come back");
	ok(seat_waits(other, "reason=3", 1, LATE), "it is told why");
}

int
main(void)
{
	build();
	acts_go_down();
	acts_go_up();
	lines_that_were_down_catch_up();
	nothing_new_is_not_told();
	who_is_not_known_is_asked_for();
	acts_go_before_what_needs_them();
	forks_are_known_everywhere();
	who_has_no_place_any_more_is_cut_off();
	country_end(&land);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The directory by line, between real stations: a centre, a province, a
 * commune (docs/link.md 17).
 */
#include "clerk.h"
#include "core/base64.h"
#include "file/directory_file.h"
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
	centre = country_seat(&land, NULL, "vn");
	province = country_seat(&land, centre, "dien-bien");
	commune = country_seat(&land, province, "muong-nhe");
	other = country_seat(&land, centre, "lai-chau");
	tree_authority(&land.t, ROOT, commune->unit);
	country_write(centre, "");
	country_write(province, "");
	country_write(commune, "");
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
	struct rd r = rd_init(file);
	struct buf text = { 0 };
	size_t at, n;
	struct err e;
	json_t *q;
	enum rc rc;
	int fd;

	must(seat_control(&fd, to, &e), &e);
	for (at = 0, rc = RC_OK; at < file.len && rc == RC_OK; at += n) {
		n = file.len - at < CONTROL_DATA ? file.len - at : CONTROL_DATA;
		base64_write(&text, rd_bytes(&r, n));
		q = json_object();
		(void)json_object_set_new(
		    q, "at", json_integer((json_int_t)at));
		(void)json_object_set_new(
		    q, "total", json_integer((json_int_t)file.len));
		(void)json_object_set_new(
		    q, "data", json_stringn((const char *)text.p, text.len));
		buf_free(&text);
		rc = control_ask(
		    fd, CONTROL_DIRECTORY_GIVE, q, NULL, 0, NULL, NULL, &e);
	}
	if (rc != RC_OK)
		printf("# %s\n", e.text);
	close(fd);
	return rc;
}

/* What was decided since: a file of a head and those parts. */
static void
news(struct buf *out, struct bytes from)
{
	struct buf all, parts;

	directory_head(&all, buf_bytes(&land.t.root));
	buf_add(&all, from);
	directory_parts(&parts, buf_bytes(&all));
	buf_free(&all);
	directory_head(out, buf_bytes(&land.t.root));
	buf_add(out, buf_bytes(&parts));
	buf_free(&parts);
}

static enum rc
give_news(const struct seat *to)
{
	struct buf file;
	enum rc rc;

	news(&file, bytes_of(land.t.file.p + given, land.t.file.len - given));
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

int
main(void)
{
	build();
	acts_go_down();
	acts_go_up();
	lines_that_were_down_catch_up();
	nothing_new_is_not_told();
	country_end(&land);
	return done();
}

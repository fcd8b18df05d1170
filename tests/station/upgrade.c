/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Old stations (docs/upgrade.md): folders that an older program has written go
 * on under this one, and nothing is lost or done twice; and stations of both
 * speak to one another.
 *
 * tests/station/old/ holds two stations as the program of schema 3 left them:
 * two dispatches delivered each way, and three that wait at the child.  Made by
 *
 *	ANTIN_OLD=the old build ANTIN_FIXTURE=tests/station/old upgrade.t
 *
 * Beside an old program: where ANTIN_OLD names a build of one, or (ANTIN_SOAK)
 * git has the commit, which is then built.
 */
#include <sqlite3.h>

#include "outpost.h"
#include "queue.h"
#include "store/schema.h"

#define OLD_COMMIT "78bed399c67ed2c8ba1ae2e703c312c56a72c600"
#define OLD_SCHEMA 3
#define WAIT 3	    /* dispatches that wait in the fixture */
#define DELIVERED 2 /* that lie at each desk */

static const char *const units[] = { "vn", "dien-bien" };
static const char *const names[] = { "antin://vn", "antin://dien-bien.vn" };
static char this_build[PATH];

static void
use(const char *build)
{
	(void)setenv("ANTIN_B", build, 1);
}

/* ---- files
 * -------------------------------------------------------------------- */

static void
copy(const char *from, const char *to)
{
	struct buf all = { 0 };
	struct err e;

	must(file_read(&all, from, 64u << 20, &e), &e);
	must(file_write(to, buf_bytes(&all), 0600, true, &e), &e);
	buf_free(&all);
}

/* Which files there are of a station, in the fixture and in its folder. */
static const struct {
	const char *from, *to;
} parts[] = {
	{ "directory", "data/directory" },
	{ "station.key", "data/station.key" },
	{ "van-thu.key", "data/keys/van-thu.key" },
	{ "store.db", "data/store/store.db" },
};

static const char *
fixture(char out[static PATH], unsigned i, const char *name)
{
	const char *to = getenv("ANTIN_FIXTURE");

	(void)snprintf(out, PATH, "%s/%s%s%s",
	    to != NULL ? to : "tests/station/old",
	    strcmp(name, "directory") == 0 ? "" : units[i],
	    strcmp(name, "directory") == 0 ? "" : ".", name);
	return out;
}

static int
pragma(const struct seat *s, const char *what)
{
	char path[2 * PATH], sql[64];
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;
	int n = -1;

	(void)snprintf(path, sizeof(path), "%s/data/store/store.db", s->folder);
	(void)snprintf(sql, sizeof(sql), "PRAGMA %s", what);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) ==
		SQLITE_OK &&
	    sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int(st, 0);
	(void)sqlite3_finalize(st);
	(void)sqlite3_close(db);
	return n;
}

/* The fixture's stations in a folder of their own. */
static void
load(struct country *c)
{
	static const char *const folders[] = { "", "data", "data/keys",
		"data/store", "data/store/files", "data/store/partial" };
	const char *tmp = getenv("TMPDIR");
	char from[PATH], to[3 * PATH], conf[512];
	struct seat *s;
	unsigned i;
	size_t k;

	*c = (struct country){ .count = 2 };
	(void)snprintf(c->folder, sizeof(c->folder), "%s/antin-station.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(c->folder) == NULL)
		bug("no folder is to be had");
	for (i = 0; i < 2; i++) {
		s = &c->seats[i];
		*s = (struct seat){ .country = c,
			.above = i == 0 ? NULL : &c->seats[0],
			.port = free_port() };
		(void)snprintf(s->address, sizeof(s->address), "%s", names[i]);
		(void)snprintf(s->desk_address, sizeof(s->desk_address),
		    "%s/van-thu", names[i]);
		memcpy(
		    s->key_address, s->desk_address, sizeof(s->desk_address));
		(void)snprintf(
		    s->folder, sizeof(s->folder), "%s/%s", c->folder, units[i]);
		(void)snprintf(
		    s->log, sizeof(s->log), "%s/%s/log", c->folder, units[i]);
		for (k = 0; k < COUNT(folders); k++) {
			(void)snprintf(
			    to, sizeof(to), "%s/%s", s->folder, folders[k]);
			(void)mkdir(to, 0700);
		}
		for (k = 0; k < COUNT(parts); k++) {
			(void)snprintf(
			    to, sizeof(to), "%s/%s", s->folder, parts[k].to);
			copy(fixture(from, i, parts[k].from), to);
		}
		(void)snprintf(conf, sizeof(conf),
		    "data data\nlisten 127.0.0.1:%u\n", s->port);
		if (i == 1)
			(void)snprintf(conf + strlen(conf),
			    sizeof(conf) - strlen(conf),
			    "parent 127.0.0.1:%u\n", c->seats[0].port);
		write_in(s, "antind.conf", bytes_str(conf));
	}
}

static void
unload(struct country *c)
{
	unsigned i;

	for (i = 0; i < 2; i++)
		(void)seat_stop(&c->seats[i], SIGTERM);
	(void)nftw(c->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- making it
 * ---------------------------------------------------------------- */

static void
sends(struct seat *from, struct seat *to, unsigned n)
{
	while (n-- > 0)
		must_send(from,
		    &(struct errand_of){ "khan", { to }, 700, 0, 0, NULL },
		    NULL);
}

/* By the old program. */
static void
make(const char *old)
{
	char from[3 * PATH], to[PATH];
	struct country c;
	struct seat *s[2];
	unsigned i;
	size_t k;

	use(old);
	country_begin(&c);
	s[0] = country_seat(&c, NULL, "vn");
	s[1] = country_seat(&c, s[0], "dien-bien");
	for (i = 0; i < 2; i++)
		country_write(s[i], "");
	ok(seat_start(s[0]) && seat_start(s[1]), "old stations run");
	sends(s[0], s[1], DELIVERED);
	sends(s[1], s[0], DELIVERED);
	ok(inbox_comes_to(s[0], DELIVERED, 60) &&
		inbox_comes_to(s[1], DELIVERED, 60),
	    "what is sent arrives");
	(void)seat_stop(s[0], SIGTERM);
	sends(s[1], s[0], WAIT);
	(void)seat_stop(s[1], SIGTERM);
	for (i = 0; i < 2; i++)
		for (k = 0; k < COUNT(parts); k++) {
			(void)snprintf(from, sizeof(from), "%s/%s",
			    s[i]->folder, parts[k].to);
			copy(from, fixture(to, i, parts[k].from));
		}
	country_end(&c);
}

/* ---- the old ones go on
 * -------------------------------------------------------- */

static uint64_t
inbox_has(const struct seat *s)
{
	json_t *rows = seat_inbox(s);
	const uint64_t n = json_array_size(rows);

	json_decref(rows);
	return n;
}

/* The oldest dispatch at a desk is opened. */
static bool
reads(const struct seat *s)
{
	json_t *rows = seat_inbox(s);
	const json_t *last = json_array_get(rows, json_array_size(rows) - 1);
	uint8_t sum[SHA256_SIZE];
	struct err e = { 0 };
	struct id id;
	enum rc rc = RC_ABSENT;
	int fd;

	if (id_parse(&id, bytes_str(row_word(last, "id"))) &&
	    (rc = seat_control(&fd, s, &e)) == RC_OK) {
		if ((rc = seat_sign_in(fd, s, &e)) == RC_OK)
			rc = seat_saves(sum, fd, s, &id, &e);
		close(fd);
	}
	if (rc != RC_OK)
		note("%s", e.text);
	json_decref(rows);
	return rc == RC_OK;
}

static void
an_old_station_goes_on(void)
{
	struct country c;
	struct seat *centre = &c.seats[0], *province = &c.seats[1];
	unsigned i;

	load(&c);
	is((uint64_t)pragma(province, "user_version"), OLD_SCHEMA,
	    "a station's database as an old program left it");
	ok(seat_start(province), "is taken up by this one");
	ok(queue_comes_to(province, "", "", WAIT, 30), "what waited waits");
	is(inbox_has(province), DELIVERED, "what lay at its desk lies there");
	ok(reads(province), "and opens under its old key");
	is((uint64_t)seat_stop(province, SIGKILL), 256 + SIGKILL,
	    "it is killed");
	/* its processes end by themselves: until then it is theirs */
	for (i = 0; i < 300 && pragma(province, "user_version") < 0; i++)
		(void)usleep(100000);
	is((uint64_t)pragma(province, "user_version"), (uint64_t)schema_version,
	    "its database is of today's form");
	ok(seat_start(province), "and it comes back");
	ok(seat_start(centre), "so does the one above, from its old folder");
	ok(inbox_comes_to(centre, DELIVERED + WAIT, 60),
	    "what waited arrives, and what was there is not there twice");
	ok(queue_comes_to(province, "", "", 0, 60), "nothing waits then");
	ok(reads(centre), "what came before opens");
	sends(centre, province, 1);
	ok(inbox_comes_to(province, DELIVERED + 1, 60),
	    "what is sent now arrives, under a number of its own");
	is(seat_said(province, "process.died") +
		seat_said(centre, "process.died"),
	    0, "nothing broke");
	unload(&c);
}

/* At any instruction of the steps. */
static void
killed_while_it_is_taken_up(void)
{
	const unsigned rounds = getenv("ANTIN_SOAK") != NULL ? 100 : 6;
	unsigned i, k, good = 0;
	struct country c;
	uint32_t wait;

	for (i = 0; i < rounds; i++) {
		load(&c);
		for (k = 0; k < 3; k++) {
			seat_launch(&c.seats[1]);
			random_bytes(&wait, sizeof(wait));
			(void)usleep(wait % 250000);
			(void)seat_stop(&c.seats[1], SIGKILL);
		}
		if (!seat_start(&c.seats[1]))
			note("%u: it does not start", i);
		else if (!queue_comes_to(&c.seats[1], "", "", WAIT, 30) ||
			 inbox_has(&c.seats[1]) != DELIVERED)
			note("%u: something is lost", i);
		else
			good++;
		unload(&c);
	}
	is(good, rounds, "killed while it is taken up, it loses nothing");
}

/* ---- who says nothing of notices
 * --------------------------------------- */

static size_t
queue_rows(const struct seat *s, const char *what)
{
	json_t *rows = seat_rows(s, CONTROL_QUEUE, NULL);
	const size_t n = rows_with(rows, "leg", "what", what);

	json_decref(rows);
	return n;
}

/* The station's queue has so many notices and no dispatch, and the outpost is
 * owed and owes nothing. */
static bool
comes_to_notices(struct outpost *o, const struct seat *s, size_t least,
    size_t most, unsigned seconds)
{
	const int64_t until = peer_ms() + seconds * 1000;
	size_t n = 0;

	while (peer_ms() < until) {
		outposts_turn(o, 1, 50);
		n = queue_rows(s, "notice");
		if (n >= least && n <= most && o->owed_count == 0 &&
		    queue_rows(s, "dispatch") == 0)
			return true;
	}
	note("%zu notices", n);
	return false;
}

/* A child that an older program runs: docs/upgrade.md 2.1. */
static void
who_takes_no_notice(void)
{
	struct ledger ledger;
	struct outpost o;
	struct country c;
	struct seat *s;
	int64_t until;
	unsigned i;

	use(this_build);
	country_begin(&c);
	s = country_seat(&c, NULL, "vn");
	(void)country_seat(&c, s, "dien-bien");
	country_write(s, "deadline-khan 1s\n");
	ledger_begin(&ledger, &c);
	outpost_begin(&o, &ledger, &c.seats[1], s->port);
	o.old = true;
	ok(seat_start(s), "a station over one that says nothing of notices");
	for (i = 0; i < 5; i++)
		outpost_send(
		    &o, ledger_make(&ledger, 1, 1, 700, PRECEDENCE_KHAN));
	ok(comes_to_notices(&o, s, 1, 64, 60),
	    "takes its dispatches, and what it says of them waits");
	sends(s, &c.seats[1], 3);
	until = peer_ms() + 60000;
	while (o.came < 3 && peer_ms() < until)
		outposts_turn(&o, 1, 50);
	is(o.came, 3, "dispatches go by what waits");
	/* twice as long as a deadline, and as the look at it */
	for (i = 0; i < 80; i++)
		outposts_turn(&o, 1, 50);
	ok(comes_to_notices(&o, s, 1, 64, 60), "it waits on");
	is(ledger.notices, 0, "no notice has come");
	is(seat_said(s, "kind=waits"), 0, "and nobody is called for that");
	is(seat_said(s, "event=link.up"), 1, "over one line");
	outpost_down(&o);
	o.old = false;
	ok(comes_to_notices(&o, s, 0, 0, 60),
	    "when it is brought up to date all that waited goes");
	ok(ledger.notices > 0, "and it comes");
	is(ledger.doubled + ledger.strange + ledger.altered, 0,
	    "nothing else comes");
	outpost_end(&o);
	(void)seat_stop(s, SIGTERM);
	ledger_end(&ledger);
	country_end(&c);
}

/* ---- both at once
 * -------------------------------------------------------------- */

/* A build of the old program; false: there is none. */
static bool
old_build(char out[static PATH])
{
	const char *named = getenv("ANTIN_OLD"), *tmp = getenv("TMPDIR");
	char command[6 * PATH];

	if (named != NULL) {
		(void)snprintf(out, PATH, "%s", named);
		return true;
	}
	if (getenv("ANTIN_SOAK") == NULL)
		return false;
	(void)snprintf(out, PATH, "%s/antin-old", tmp != NULL ? tmp : "/tmp");
	(void)snprintf(command, sizeof(command),
	    "(mkdir -p %s/src && git archive %s | tar -x -C %s/src && cd "
	    "%s/src && make B=%s %s/bin/antind) >/dev/null 2>&1",
	    out, OLD_COMMIT, out, out, out, out);
	return system(command) == 0;
}

static void
start_as(struct seat *s, const char *build)
{
	use(build);
	if (!seat_start(s))
		bug("a station does not start");
}

/* Nothing waits, notices neither. */
static bool
comes_to_rest(const struct seat *s)
{
	unsigned i;

	for (i = 0; i < 1200; i++) {
		if (seat_is_calm(s))
			return true;
		(void)usleep(100000);
	}
	return false;
}

/* Three in a row; which of them are old. */
static void
old_beside_new(const char *old, unsigned olds)
{
	struct country c;
	struct seat *s[3];
	unsigned i, n;

	use(this_build);
	country_begin(&c);
	s[0] = country_seat(&c, NULL, "vn");
	s[1] = country_seat(&c, s[0], "dien-bien");
	s[2] = country_seat(&c, s[1], "muong-nhe");
	for (i = 0; i < 3; i++)
		country_write(s[i], "");
	for (i = 0; i < 3; i++)
		start_as(s[i], (olds >> i & 1) != 0 ? old : this_build);
	for (n = 0; n < 20; n++)
		for (i = 0; i < 3; i++)
			sends(s[i], s[(i + 1 + n % 2) % 3], 1);
	for (i = 0; i < 3; i++)
		ok(inbox_comes_to(s[i], 20, 120),
		    "old %u: all arrive at the %u., once", olds, i);
	/* each gets the other program under a running network */
	for (i = 0; i < 3; i++) {
		if ((olds >> i & 1) == 0)
			continue;
		is((uint64_t)seat_stop(s[i], SIGTERM), 0, "an old one ends");
		start_as(s[i], this_build);
	}
	for (i = 0; i < 3; i++)
		sends(s[i], s[(i + 1) % 3], 5);
	for (i = 0; i < 3; i++)
		ok(inbox_comes_to(s[i], 25, 120),
		    "and after all were brought up to date, at the %u.", i);
	for (i = 0; i < 3; i++)
		ok(comes_to_rest(s[i]),
		    "what waited for it, too, has left the %u.", i);
	for (i = 0; i < 3; i++)
		(void)seat_stop(s[i], SIGTERM);
	country_end(&c);
}

int
main(void)
{
	const char *b = getenv("ANTIN_B");
	char old[PATH];
	unsigned olds;

	(void)snprintf(
	    this_build, sizeof(this_build), "%s", b != NULL ? b : "obj");
	if (getenv("ANTIN_FIXTURE") != NULL) {
		make(getenv("ANTIN_OLD"));
		return done();
	}
	an_old_station_goes_on();
	killed_while_it_is_taken_up();
	who_takes_no_notice();
	if (!old_build(old))
		skip("no build of an old program (ANTIN_OLD, ANTIN_SOAK)");
	else
		for (olds = 1; olds < 7; olds++)
			old_beside_new(old, olds);
	return done();
}

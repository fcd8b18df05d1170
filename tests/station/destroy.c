/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station is destroyed (docs/emergency.md): by whom it may be, what is left
 * of it, and what its parent hears and can say of it.  The parent and the
 * station run; a sibling of it is played by hand, and lies.
 */
#include "destroy.h"

#include "core/base64.h"
#include "pki/last.h"
#include "store/alarms.h"
#include "villain.h"

static struct identity second; /* a further desk of the honest one */

/* ---- the station
 * ------------------------------------------------------------------------ */

static void
write_desk(const struct identity *id, const struct seat *s, const char *name,
    const char *passphrase)
{
	const struct bytes p = bytes_str(passphrase);
	struct buf file;
	struct err e;

	must(identity_seal(&file, id, &p, &e), &e);
	write_in(s, name, buf_bytes(&file));
	buf_free(&file);
}

/* As the daemon was started its desk had no passphrase, so that the test could
 * work at it; from now on both have. */
static void
protect(struct seat *s)
{
	write_desk(&s->desk, s, "data/keys/van-thu.key", "mot");
	write_desk(&second, s, "data/keys/truc-ban.key", "hai");
}

static void
begin(void)
{
	struct act a;

	land_begin("checkpoint 1s\n");
	a = act_holder(&land.t, honest->unit, ACT_DESK, "truc-ban");
	tree_do(&land.t, ROOT, &a);
	country_enrol(&land, &second, honest->unit, "truc-ban", CERT_DESK);
	(void)seat_stop(centre, SIGTERM);
	country_write(centre, "checkpoint 1s\n");
	country_write(honest, "checkpoint 1s\n");
	(void)seat_start(centre);
	link_pid = seat_process(centre, "link");
	(void)snprintf(work, sizeof(work), "%s/work", land.folder);
	(void)mkdir(work, 0700);
	put_work("one", "mot\n");
	put_work("two", "hai\n");
	put_work("wrong", "ba\n");
	put_work("code", "gio mua dong bac\n");
	put_work("short", "ngan\n");
}

/* ---- who may
 * ----------------------------------------------------------------------------
 */

static void
nobody_may_alone(void)
{
	struct seat *s = honest;

	is(DESTROYS(s, "", "--by", "van-thu"), 3,
	    "a desk without a passphrase proves nobody");
	protect(s);
	is(DESTROYS(s, "", BY("van-thu", "van-thu", "one", "one")), 3,
	    "one person is not two");
	ok(says("one of them twice"), "and is told so");
	is(DESTROYS(s, "", BY("van-thu", s->desk_address, "one", "one")), 3,
	    "nor under the longer name of his desk");
	write_desk(&second, s, "data/keys/truc-ban.key", "mot");
	is(DESTROYS(s, "", BY("van-thu", "truc-ban", "one", "one")), 3,
	    "two desks under one passphrase are one person's");
	protect(s);
	is(DESTROYS(s, "", BY("van-thu", "truc-ban", "one", "wrong")), 3,
	    "a wrong passphrase is none");
	is(DESTROYS(
	       s, "", "--by", "van-thu", "--passphrase-file", in_work("one")),
	    2, "one is too few");
	write_desk(&hostile->desk, centre, "stranger.key", "hai");
	is(DESTROYS(s, "",
	       BY("van-thu", in_work("../vn/stranger.key"), "one", "two")),
	    3, "somebody else's key is nobody's here");
	is(DESTROYS(s, "", "--code-file", in_work("code")), 3,
	    "there is no code that nobody has set");
	is(DESTROYS(s, "antin://dien-bien\n",
	       BY("van-thu", "truc-ban", "one", "two")),
	    3, "who does not type its name in full destroys nothing");
	is(DESTROYS(
	       s, "", "--yes-destroy", BY("van-thu", "truc-ban", "one", "two")),
	    2, "and two persons have to");
	ok(seat_owns(s, seat_process(s, "keys")) &&
		seat_said(s, "event=process.died") == 0,
	    "the station has not noticed any of it");
}

static void
the_code_is_set_by_two(void)
{
	struct seat *s = honest;

	is(DESTROYS(s, "", "--set-code", "--code-file", in_work("code")), 2,
	    "nobody sets a code alone");
	is(DESTROYS(s, "", "--set-code", "--code-file", in_work("short"),
	       BY("van-thu", "truc-ban", "one", "two")),
	    2, "a short one is none");
	is(DESTROYS(s, "", "--set-code", "--code-file", in_work("code"),
	       BY("van-thu", "truc-ban", "one", "two")),
	    0, "two persons set one");
	is(DESTROYS(s, "", "--yes-destroy", "--code-file", in_work("wrong")), 3,
	    "a wrong code is none");
}

static void
a_rehearsal_changes_nothing(void)
{
	struct seat *s = honest;
	const size_t files = files_of(s);

	is(DESTROYS(s, "", "--rehearse", "--code-file", in_work("code")), 0,
	    "it is rehearsed");
	ok(says("would be told") && says("Processes to be ended: 7"),
	    "and says who would be told, and what would end");
	write_desk(&second, centre, "carried.key", "hai");
	is(DESTROYS(s, "", "--rehearse",
	       BY("van-thu", in_work("../vn/carried.key"), "one", "two")),
	    0, "a person may carry his key");
	write_desk(&centre->desk, centre, "carried.key", "hai");
	is(DESTROYS(s, "", "--rehearse",
	       BY("van-thu", in_work("../vn/carried.key"), "one", "two")),
	    0, "one of a unit above may be one of the two");
	ok(files_of(s) == files && seat_owns(s, seat_process(s, "keys")),
	    "everything is there still, and runs");
}

/* ---- destroying
 * ------------------------------------------------------------------------- */

static struct id to_it, from_it, below_it;

static void
it_is_destroyed_while_it_runs(void)
{
	struct seat *s = honest;
	double after = 99;
	const char *at;

	know_secret(s, "data/station.key");
	know_secret(s, "data/keys/van-thu.key");
	know_secret(s, "data/keys/truc-ban.key");
	know_text("SQLite format 3");
	know_text("ANTIN");
	know_text("dien-bien");
	put_aside(s);
	ok(legible(in_work("aside")) > 6, "what is looked for can be found");
	is(DESTROYS(s, "", "--code-file", in_work("code"), "--yes-destroy",
	       "--wait", "20", "--last-word", in_work("report")),
	    0, "who has the code destroys the station, though it runs");
	ok(says("The station above knows it"), "the station above has heard");
	at = strstr((const char *)said.p, "Keys: destroyed after ");
	ok(at != NULL && sscanf(at + 22, "%lf", &after) == 1 && after < 10,
	    "its keys were gone after seconds: %.1f", after);
	is(files_of(s), 0, "no file of it is there");
	is(legible(in_work("aside")), 0,
	    "and nothing legible in what its files were (%zu)", left.links);
	(void)waitpid(s->daemon, NULL, 0);
	s->daemon = 0;
	ok(!is_there(seat_process(s, "keys")) &&
		!is_there(seat_process(s, "store")),
	    "its processes have ended");
	is(DESTROYS(s, "", "--code-file", in_work("code")), 1,
	    "once more there is nothing to destroy");
	ok(says("there is no station"), "which is said");
}

/* ---- the parent
 * ------------------------------------------------------------------------- */

static size_t
alarms(void)
{
	return seat_has(centre, CONTROL_ALARMS, "alarm", "kind", "destroyed");
}

static json_t *
lost_of(const struct seat *s)
{
	json_t *r = json_object();

	(void)json_object_set_new(r, "address", json_string(s->address));
	(void)json_object_set_new(r, "at", json_integer(0));
	return seat_rows(centre, CONTROL_LOST, r);
}

static const json_t *
row_of(const json_t *rows, const struct id *id, const char *way)
{
	char text[ID_TEXT];
	json_t *row;
	size_t i;

	id_write(text, id);
	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_word(row, "id"), text) == 0 &&
		    strcmp(row_word(row, "way"), way) == 0)
			return row;
	}
	return NULL;
}

/* Its parent has heard of the receipt. */
static bool
is_received(unsigned seconds)
{
	const json_t *to;
	json_t *rows;
	bool is = false;
	unsigned i;

	for (i = 0; i < seconds * 20 && !is; i++) {
		rows = lost_of(honest);
		to = row_of(rows, &to_it, "to");
		is = to != NULL && row_word(to, "receipt")[0] != '\0';
		json_decref(rows);
		(void)usleep(50000);
	}
	return is;
}

static void
its_parent_knows_what_it_had(void)
{
	json_t *rows = lost_of(honest), *row;
	const json_t *to, *from;
	size_t i, keys = 0, reported = 0;

	is(alarms(), 1, "its parent has an alarm");
	json_array_foreach(rows, i, row)
	{
		keys += strcmp(row_word(row, "row"), "lost-key") == 0;
		reported +=
		    strcmp(row_word(row, "state"), "reported") == 0 &&
		    strcmp(row_word(row, "by"), "code") == 0 &&
		    json_integer_value(json_object_get(row, "entries")) > 0;
	}
	is(reported, 1, "which says by whom, and how long its journal was");
	is(keys, 6, "its keys, of the station and both desks");
	to = row_of(rows, &to_it, "to");
	from = row_of(rows, &from_it, "from");
	ok(to != NULL && strcmp(row_word(to, "state"), "passed") == 0 &&
		strlen(row_word(to, "tag")) == 16,
	    "what was passed to it is listed, with the key it is sealed for");
	ok(to != NULL && row_word(to, "receipt")[0] != '\0',
	    "and whether it was received");
	ok(from != NULL && strcmp(row_word(from, "state"), "here") == 0,
	    "and what came from it");
	to = row_of(rows, &below_it, "to");
	ok(to != NULL &&
		strcmp(row_word(to, "desk"), grandchild->desk_address) == 0,
	    "and what went to one below it");
	json_decref(rows);
	rows = lost_of(grandchild);
	ok(row_of(rows, &below_it, "to") != NULL &&
		row_of(rows, &to_it, "to") == NULL,
	    "which is what the one below it lost, and no more");
	json_decref(rows);
	rows = lost_of(hostile);
	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_word(row, "row"), "lost-dispatch") == 0)
			break;
	}
	is(i, json_array_size(rows), "of its sibling nothing is listed");
	json_decref(rows);
}

static void
a_person_reads_it(void)
{
	char id[ID_TEXT];

	id_write(id, &to_it);
	id[8] = '\0';
	is(ends(runs(
	       "", (const char *const[]){ "antin", "station", "lost",
		       "--station", centre->folder, honest->address, NULL })),
	    0, "a person at the parent asks what was lost");
	ok(says("by the emergency code, that it was being destroyed") &&
		says("Its journal is known up to entry"),
	    "and reads what it said last");
	ok(says("antin cert revoke --reason key-compromise "
		"antin://dien-bien.vn\n") &&
		says("key-compromise antin://dien-bien.vn/truc-ban\n"),
	    "what to do");
	ok(says(id), "and what it had");
	if (getenv("SHOW") != NULL)
		note("%s", (const char *)said.p);
	is(ends(runs(
	       "", (const char *const[]){ "antin", "station", "lost",
		       "--station", centre->folder, "antin://xa.vn", NULL })),
	    1, "of a station that nobody knows there is nothing to say");
}

/* ---- who lies
 * ---------------------------------------------------------------------------
 */

static unsigned heard;

static void
on_tell(void *ctx, enum tell kind, bool more, struct bytes piece)
{
	(void)ctx;
	(void)piece;
	heard += kind == TELL_LAST && !more;
}

/* One tells its parent this as its last word; how often it is answered
 * within a time that is enough where it is. */
static unsigned
tells(const struct seat *as, struct bytes report, bool answered)
{
	const size_t refused = seat_said(centre, "event=last.refused");
	struct buf message = { 0 };
	struct errand er;
	int64_t until = peer_ms() + 30000;

	heard = 0;
	buf_u8(&message, 0);
	buf_add(&message, report);
	er = (struct errand){ 0 };
	villain_comes(&er.p, as);
	er.p.owner = (struct session_owner){ .hello = errand_hello,
		.acked = errand_acked,
		.bye = errand_bye,
		.tell = on_tell };
	er.p.ctx = &er;
	peer_begin(&er.p);
	while (peer_ms() < until && peer_turn(&er.p, 20) &&
	       !session_tell(er.p.session, TELL_LAST, buf_bytes(&message)))
		;
	while (peer_ms() < until && peer_turn(&er.p, 20))
		if (answered
			? heard > 0
			: seat_said(centre, "event=last.refused") > refused)
			break;
	ok(answered || seat_said(centre, "event=last.refused") > refused,
	    "the log says so");
	peer_end(&er.p);
	buf_free(&message);
	return heard;
}

static void
write_report(struct buf *out, const struct seat *of,
    const struct identity *signer, int64_t at)
{
	const struct last_word r = { .station = bytes_str(of->address),
		.at = at };

	last_write(out, &r, signer->sig);
}

static void
whoever_lies_is_not_believed(void)
{
	struct buf report, own = { 0 };
	struct err e;

	write_report(&report, hostile, &honest->station, time_now());
	is(tells(hostile, buf_bytes(&report), false), 0,
	    "a report that another key signed does not count");
	buf_free(&report);
	write_report(&report, honest, &hostile->station, time_now());
	is(tells(hostile, buf_bytes(&report), false), 0,
	    "a sibling does not report another's end");
	buf_free(&report);
	must(file_read(&own, in_work("report"), LAST_MAX, &e), &e);
	is(tells(hostile, buf_bytes(&own), false), 0,
	    "nor tells its true report on");
	is(tells(hostile, bytes_of(own.p, own.len - 1), false), 0,
	    "half of one is none");
	is(alarms(), 1, "and nobody is alarmed by any of it");
	buf_free(&own);
}

/* A station was restored after its end; who has its word says it there. */
static void
an_old_report_ends_nothing(void)
{
	const pid_t keys = seat_process(centre, "keys");
	struct buf report, data = { 0 };
	json_t *r = json_object();
	struct err e;

	write_report(&report, centre, &centre->station, time_now() - 3600);
	base64_write(&data, buf_bytes(&report));
	(void)json_object_set_new(r, "at", json_integer(0));
	(void)json_object_set_new(
	    r, "data", json_stringn((const char *)data.p, data.len));
	is(seat_asks(centre, CONTROL_DESTROYED, r, NULL, &e), RC_EXPIRED,
	    "a station does not end by a report of an hour ago");
	is((uint64_t)seat_process(centre, "keys"), (uint64_t)keys,
	    "and keeps its keys");
	buf_free(&report);
	buf_free(&data);
}

/* Somebody has copied the station's line key and its report. */
static void
a_report_counts_once(void)
{
	json_t *rows = seat_rows(centre, CONTROL_ALARMS, NULL), *row;
	json_t *r = json_object();
	struct buf report, own = { 0 };
	struct err e;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_word(row, "kind"), "destroyed") == 0)
			(void)json_object_set(
			    r, "alarm", json_object_get(row, "alarm"));
	}
	json_decref(rows);
	is(seat_asks(centre, CONTROL_SEEN, r, NULL, &e), RC_OK,
	    "somebody has seen the alarm");
	is(alarms(), 0, "and it is over");
	must(file_read(&own, in_work("report"), LAST_MAX, &e), &e);
	is(tells(honest, buf_bytes(&own), true), 1,
	    "the same report again is answered");
	is(alarms(), 0, "and raises nothing");
	write_report(&report, honest, &honest->station, time_now() - 3600);
	is(tells(honest, buf_bytes(&report), false), 0,
	    "an earlier one is not taken");
	is(alarms(), 0, "and raises nothing either");
	buf_free(&report);
	buf_free(&own);
}

/* ---- interrupted, hung, down
 * ---------------------------------------------------------------- */

static void
plant(const struct seat *s, const char *name, size_t mib)
{
	struct buf all = { 0 };

	memset(buf_grow(&all, mib << 20), 'x', mib << 20);
	all.len = mib << 20;
	write_in(s, name, buf_bytes(&all));
	buf_free(&all);
}

static size_t
size_of(const struct seat *s, const char *name)
{
	char path[2 * PATH];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

/* It does not run; one kill after another, wherever it is. */
static void
it_is_ended_after_a_kill(void)
{
	struct seat *s = honest;
	unsigned kills = 0, ended, i;
	struct timespec t = { 0, 0 };
	int status;
	pid_t pid;

	country_write(s, "");
	protect(s);
	(void)mkdir(in_work("../dien-bien/data/store"), 0700);
	(void)mkdir(in_work("../dien-bien/data/store/files"), 0700);
	plant(s, "data/store/files/AA", 32);
	plant(s, "data/store/store.db", 32);
	pid = launch(s, "antin://dien-bien.vn\n",
	    (const char *const[]){
		BY("van-thu", "truc-ban", "one", "two"), NULL });
	for (i = 0; i < 1500 && size_of(s, "data/destroyed") == 0; i++)
		(void)usleep(20000);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	ok(size_of(s, "data/destroyed") > 0, "it has begun, and is killed");
	seat_launch(s);
	ok(seat_waits(s, "is being destroyed", 1, 30),
	    "such a station does not start");
	(void)seat_stop(s, SIGTERM);
	for (i = 1; i < 6; i++) {
		t.tv_nsec = (long)i * 20 * 1000000L;
		pid = launch(s, "", (const char *const[]){ NULL });
		(void)nanosleep(&t, NULL);
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
		kills += WIFSIGNALED(status);
	}
	note("%u kills on the way", kills);
	ended = DESTROYS(s, "", "--wait", "0");
	ok(ended == 0 || (ended == 1 && says("there is no station")),
	    "whoever calls again goes on, and needs to be nobody");
	is(files_of(s), 0, "and nothing is left");
}

/* All its processes stand still. */
static void
it_is_destroyed_though_it_hangs(void)
{
	static const char *const all[] = { "keys", "store", "seal", "link",
		"media", "control" };
	struct seat *s = honest;
	pid_t pids[COUNT(all)];
	size_t i, there = 0;

	country_write(s, "");
	ok(seat_start(s), "a station runs");
	protect(s);
	(void)kill(s->daemon, SIGSTOP);
	for (i = 0; i < COUNT(all); i++) {
		pids[i] = seat_process(s, all[i]);
		(void)kill(pids[i], SIGSTOP);
	}
	is(DESTROYS(s, "antin://dien-bien.vn\n", "--last-word",
	       in_work("carried"), BY("van-thu", "truc-ban", "one", "two")),
	    0, "one that hangs is destroyed by two persons");
	ok(says("does not answer") && says("Processes: 7 ended"),
	    "who are told that nobody was told");
	(void)waitpid(s->daemon, NULL, 0);
	s->daemon = 0;
	for (i = 0; i < COUNT(all); i++)
		there += is_there(pids[i]);
	is(there, 0, "none of its processes is there");
	is(files_of(s), 0, "nothing of it is");
}

/* Its parent has not heard it, and somebody brings it. */
static void
its_last_word_is_carried(void)
{
	is(alarms(), 0, "its parent knows nothing of that");
	is(ends(runs("", (const char *const[]){ "antin", "station", "lost",
			     "--station", centre->folder, "--last-word",
			     in_work("report"), honest->address, NULL })),
	    0, "a word that it has already changes nothing");
	is(alarms(), 0, "and raises nothing");
	is(ends(runs("", (const char *const[]){ "antin", "station", "lost",
			     "--station", centre->folder, "--last-word",
			     in_work("carried"), honest->address, NULL })),
	    0, "a word that is carried counts");
	is(alarms(), 1, "and raises an alarm");
	ok(says("van-thu") && says("truc-ban"), "it says by whom");
	is(ends(runs("", (const char *const[]){ "antin", "station", "lost",
			     "--station", centre->folder, "--last-word",
			     in_work("typed"), honest->address, NULL })),
	    1, "what is no last word is refused");
}

/* By its own clock, which may have been wrong once (3.4). */
static void
a_wrong_clock_keeps_no_later_word_out(void)
{
	static const struct {
		int64_t at;
		uint64_t status;
		const char *what;
	} rows[] = {
		{ 3650 * TIME_DAY, 0,
		    "a word that is dated years ahead counts" },
		{ -60, 0, "one of today takes its place" },
		{ 3650 * TIME_DAY, 4, "the other one does not come back" },
		{ 3651 * TIME_DAY, 4, "nor does one like it" },
		{ -120, 4, "nor one from before" },
		{ 30, 0, "but a later one" },
	};
	struct buf report;
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		write_report(&report, hostile, &hostile->station,
		    time_now() + rows[i].at);
		must(file_write(
			 in_work("dated"), buf_bytes(&report), 0600, true, &e),
		    &e);
		is(ends(runs(
		       "", (const char *const[]){ "antin", "station", "lost",
			       "--station", centre->folder, "--last-word",
			       in_work("dated"), hostile->address, NULL })),
		    rows[i].status, "%s", rows[i].what);
		buf_free(&report);
	}
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN); /* a line that ends under it */
	begin();
	ok(seat_start(honest), "a station below it starts");
	ok(seat_waits(honest, "event=link.up", 1, 30), "and has a line");
	must_send(centre,
	    &(struct errand_of){ "khan", { honest }, 1000, 0, 0, NULL },
	    &to_it);
	must_send(honest,
	    &(struct errand_of){ "khan", { centre }, 1000, 0, 0, NULL },
	    &from_it);
	must_send(centre,
	    &(struct errand_of){ "khan", { grandchild }, 1000, 0, 0, NULL },
	    &below_it);
	ok(queue_comes_to(honest, "", "", 1, 60),
	    "a dispatch waits at it for one below");
	ok(inbox_comes_to(honest, 1, 60) && inbox_comes_to(centre, 1, 60),
	    "a dispatch goes either way");
	ok(is_received(60), "and is received");
	nobody_may_alone();
	the_code_is_set_by_two();
	a_rehearsal_changes_nothing();
	it_is_destroyed_while_it_runs();
	its_parent_knows_what_it_had();
	a_person_reads_it();
	whoever_lies_is_not_believed();
	an_old_report_ends_nothing();
	a_report_counts_once();
	it_is_ended_after_a_kill();
	it_is_destroyed_though_it_hangs();
	its_last_word_is_carried();
	a_wrong_clock_keeps_no_later_word_out();
	identity_free(&second);
	buf_free(&said);
	land_end();
	return done();
}

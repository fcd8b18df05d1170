/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station is destroyed (docs/emergency.md): by whom it may be, what is left
 * of it, and what its parent hears and can say of it.  The parent and the
 * station run; a sibling of it is played by hand, and lies.
 */
#include <dirent.h>

#include "pki/last.h"
#include "queue.h"
#include "store/alarms.h"
#include "villain.h"

#define SECRETS 64u

static struct identity second; /* a further desk of the honest one */
static char work[PATH];	       /* passphrases, what was said, links */

/* ---- running antin
 * ---------------------------------------------------------------------- */

static struct buf said;

static const char *
in_work(const char *name)
{
	static char paths[8][2 * PATH];
	static unsigned turn;

	turn = (turn + 1) % 8;
	(void)snprintf(
	    paths[turn], sizeof(paths[turn]), "%.600s/%s", work, name);
	return paths[turn];
}

static void
put_work(const char *name, const char *text)
{
	struct err e;

	must(file_write(in_work(name), bytes_str(text), 0600, true, &e), &e);
}

/* Start antin with these words, and this typed on its input. */
static pid_t
runs(const char *typed, const char *const *words)
{
	const char *b = getenv("ANTIN_B");
	char path[PATH];
	pid_t pid;
	int in, out;

	(void)snprintf(
	    path, sizeof(path), "%.400s/bin/antin", b != NULL ? b : "obj");
	put_work("typed", typed);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		in = open(in_work("typed"), O_RDONLY);
		out = open(in_work("said"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
		(void)setsid(); /* no terminal to ask at */
		(void)dup2(in, 0);
		(void)dup2(out, 1);
		(void)dup2(out, 2);
		(void)setenv("LC_ALL", "C", 1);
		(void)execv(path, (char *const *)(uintptr_t)words);
		_exit(127);
	}
	return pid;
}

/* "antin destroy" of a seat's station, and more words. */
static pid_t
launch(const struct seat *s, const char *typed, const char *const *more)
{
	const char *words[24] = { "antin", "destroy", "--station", s->folder };
	size_t n = 4;

	for (; *more != NULL && n < COUNT(words) - 1; more++)
		words[n++] = *more;
	return runs(typed, words);
}

static unsigned
ends(pid_t pid)
{
	int status = 0;
	struct err e;

	if (waitpid(pid, &status, 0) != pid)
		bug("no child");
	buf_free(&said);
	must(file_read(&said, in_work("said"), 1u << 20, &e), &e);
	buf_u8(&said, 0);
	return WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 256;
}

static bool
says(const char *what)
{
	if (strstr((const char *)said.p, what) != NULL)
		return true;
	note("it said: %s", (const char *)said.p);
	return false;
}

#define DESTROYS(seat, typed, ...)                                             \
	ends(launch(seat, typed, (const char *const[]){ __VA_ARGS__, NULL }))
#define BY(one, two, first, second_)                                           \
	"--by", one, "--passphrase-file", in_work(first), "--by", two,         \
	    "--passphrase-file", in_work(second_)

/* ---- what is left of it
 * ----------------------------------------------------------------- */

static struct {
	char text[SECRETS][80];
	size_t count;
	size_t files, found, links;
} left;

/* The middle of a key file: no two have the same. */
static void
know_secret(const struct seat *s, const char *name)
{
	char path[2 * PATH];
	struct buf file;
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	must(file_read(&file, path, KEYFILE_MAX, &e), &e);
	if (left.count == SECRETS || file.len < 400)
		bug("no key file");
	memcpy(left.text[left.count], file.p + file.len / 2, 40);
	left.text[left.count++][40] = '\0';
	buf_free(&file);
}

static void
know_text(const char *text)
{
	(void)snprintf(left.text[left.count++], 80, "%s", text);
}

static int
look_at(const char *path, const struct stat *st, int type, struct FTW *at)
{
	struct buf file = { 0 };
	struct err e;
	size_t i;

	(void)at;
	if (type != FTW_F || !S_ISREG(st->st_mode))
		return 0;
	left.files++;
	if (file_read(&file, path, 128u << 20, &e) != RC_OK)
		bug(e.text);
	for (i = 0; i < left.count; i++)
		if (memmem(file.p, file.len, left.text[i],
			strlen(left.text[i])) != NULL) {
			note("%s has \"%s\"", path, left.text[i]);
			left.found++;
		}
	buf_free(&file);
	return 0;
}

/* How many secrets and texts are legible below a folder. */
static size_t
legible(const char *folder)
{
	left.files = left.found = 0;
	(void)nftw(folder, look_at, 16, FTW_PHYS);
	return left.found;
}

static int
link_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	char name[2 * PATH];

	(void)at;
	if (type == FTW_F && S_ISREG(st->st_mode) &&
	    strstr(path, "/log") == NULL) {
		(void)snprintf(
		    name, sizeof(name), "%.600s/aside/%zu", work, left.links++);
		if (link(path, name) != 0)
			bug("no link");
	}
	return 0;
}

/* Further names of all its files: what is unlinked only is legible there. */
static void
put_aside(const struct seat *s)
{
	(void)mkdir(in_work("aside"), 0700);
	(void)nftw(s->folder, link_one, 16, FTW_PHYS);
}

static int
count_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	/* the test's own log lies in the folder of each */
	left.files += type == FTW_F && strstr(path, "/log") == NULL;
	return 0;
}

static size_t
files_of(const struct seat *s)
{
	left.files = 0;
	(void)nftw(s->folder, count_one, 16, FTW_PHYS);
	return left.files;
}

/* It is there, and no zombie. */
static bool
is_there(pid_t pid)
{
	char path[64];
	struct buf stat = { 0 };
	const char *at;
	struct err e;
	bool there = false;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (pid > 1 && file_read(&stat, path, 4096, &e) == RC_OK) {
		buf_u8(&stat, 0);
		at = strrchr((const char *)stat.p, ')');
		there = at != NULL && at[2] != 'Z' && at[2] != 'X';
	}
	buf_free(&stat);
	return there;
}

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
	ok(says("would be told") && says("Processes to be ended: 6"),
	    "and says who would be told, and what would end");
	ok(files_of(s) == files && seat_owns(s, seat_process(s, "keys")),
	    "everything is there still, and runs");
}

/* ---- destroying
 * ------------------------------------------------------------------------- */

static struct id to_it, from_it;

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
	if (!villain_dial(&er.p, as, NULL))
		bug("no line");
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
		"control" };
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
	is(DESTROYS(s, "antin://dien-bien.vn\n",
	       BY("van-thu", "truc-ban", "one", "two")),
	    0, "one that hangs is destroyed by two persons");
	ok(says("has not said that it knows"),
	    "who are told that nobody was told");
	(void)waitpid(s->daemon, NULL, 0);
	s->daemon = 0;
	for (i = 0; i < COUNT(all); i++)
		there += is_there(pids[i]);
	is(there, 0, "none of its processes is there");
	is(files_of(s), 0, "nothing of it is");
}

int
main(void)
{
	begin();
	ok(seat_start(honest), "a station below it starts");
	ok(seat_waits(honest, "event=link.up", 1, 30), "and has a line");
	must_send(centre,
	    &(struct errand_of){ "khan", { honest }, 1000, 0, 0, NULL },
	    &to_it);
	must_send(honest,
	    &(struct errand_of){ "khan", { centre }, 1000, 0, 0, NULL },
	    &from_it);
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
	a_report_counts_once();
	it_is_ended_after_a_kill();
	it_is_destroyed_though_it_hangs();
	identity_free(&second);
	buf_free(&said);
	land_end();
	return done();
}

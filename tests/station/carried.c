/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Dispatches that are carried as files between real stations (docs/media.md):
 * a province and a commune whose line is cut, by the real command.
 */
#include "bundles.h"
#include "core/base64.h"

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
	is(antin(commune, "media", "list", disk, NULL), 0,
	    "the commune lists what is in the folder");
	ok(said_last(province->address) && !said_last("new"),
	    "which says of whom it is, and takes nothing");
	is(antin(province, "media", "list", disk, NULL), 0,
	    "so does the province");
	ok(said_last("bundle 1, for") && said_last(commune->address),
	    "which says for whom it is");
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

/* Lines of signatures under the newest checkpoint of a station's journal that
 * its parent may have seen. */
static size_t
signatures(const struct seat *s, uint64_t from)
{
	json_t *r = json_object(), *answer = NULL;
	struct buf note = { 0 };
	struct err e;
	size_t i, n = 0;

	(void)json_object_set_new(r, "at", json_integer((json_int_t)from));
	if (seat_asks(s, CONTROL_JOURNAL_KEPT, r, &answer, &e) == RC_OK &&
	    base64_parse(&note, bytes_str(row_word(answer, "data"))))
		for (i = 0; i + 3 < note.len; i++)
			n += memcmp(note.p + i, "\n\xe2\x80\x94", 4) == 0;
	buf_free(&note);
	json_decref(answer);
	return n;
}

/* What the commune writes down is seen by the province, and signed. */
static void
checkpoints_go_and_come_back(void)
{
	char *up = folder_new(&land, "up"), *down = folder_new(&land, "down");
	size_t own;

	is(antin(commune, "journal", "checkpoint", NULL), 0,
	    "the commune makes a checkpoint");
	own = signatures(commune, 1);
	is(antin(commune, "media", "write", up, NULL), 0, "it goes up");
	is(antin(province, "media", "read", up, NULL), 0, "is read");
	is(antin(province, "media", "write", down, "--for", commune->address,
	       NULL),
	    0, "and signed");
	is(antin(commune, "media", "read", down, NULL), 0, "it comes back");
	ok(own > 0 && signatures(commune, 1) == own + 1,
	    "with one signature more (%zu, %zu)", own, signatures(commune, 1));
	is(antin(province, "media", "read", up, NULL), 0,
	    "the old one is read again");
	is(seat_said(province, "life.given") + seat_said(province, "life.refu"),
	    0, "and nobody is taken for one that was restored");
	free(up);
	free(down);
}

/* The line returns: what went by disk does not come again. */
static void
the_line_returns(void)
{
	char *disk = folder_new(&land, "disk-c");
	const size_t had = inbox_size(commune);

	must_send(province,
	    &(struct errand_of){ "khan", { commune }, 1000, 0, 0, NULL }, NULL);
	is(antin(province, "media", "write", disk, "--for", commune->address,
	       NULL),
	    0, "one more is written");
	is(antin(commune, "media", "read", disk, NULL), 0, "and read");
	ok(inbox_comes_to(commune, had + 1, 30), "it is there");
	(void)seat_stop(commune, SIGTERM);
	country_write(commune, "");
	ok(seat_start(commune), "the commune has its line again");
	ok(queue_comes_to(province, "hop", commune->address, 0, 60),
	    "nothing waits for it then");
	ok(queue_comes_to(commune, "", "", 0, 60), "nor there");
	ok(inbox_comes_to(commune, had + 1, 1), "nothing came twice");
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

/* ---- a disk is lost, is too small, is damaged
 * ------------------------------------------------------- */

static void
what_was_lost_is_written_again(void)
{
	char *lost = folder_new(&land, "lost"),
	     *anew = folder_new(&land, "anew");
	const size_t had = inbox_size(commune);
	struct id id;
	char text[ID_TEXT], on[64];

	must_send(province,
	    &(struct errand_of){ "khan", { commune }, 1000, 0, 0, NULL }, &id);
	must_send(province,
	    &(struct errand_of){ "khan", { commune }, 200000, 0, 0, NULL },
	    NULL);
	id_write(text, &id);
	is(antin(province, "media", "write", lost, "--for", commune->address,
	       NULL),
	    0, "two are written");
	is(antin(province, "queue", NULL), 0, "the queue is asked");
	ok(said_last("on disk"), "it says that they are on a disk");
	is(antin(province, "trace", text, NULL), 0, "so is the story");
	ok(said_last("on disk"), "of one");
	is(antin(province, "media", "write", anew, "--rest", "--for",
	       commune->address, NULL),
	    0, "what is on no disk is asked for");
	is(antin(commune, "media", "read", anew, NULL), 0, "it is read");
	ok(inbox_comes_to(commune, had, 1), "which is neither");
	is(antin(province, "media", "lost", lost_number(lost), NULL), 0,
	    "the disk is lost");
	is(antin(province, "queue", NULL), 0, "the queue is asked");
	(void)snprintf(on, sizeof(on), "on disk %s", lost_number(lost));
	ok(!said_last(on), "they are on no disk then");
	is(antin(province, "media", "write", anew, "--rest", "--for",
	       commune->address, NULL),
	    0, "they are written again");
	is(antin(commune, "media", "read", anew, NULL), 0, "and read");
	ok(inbox_comes_to(commune, had + 2, 30), "both are there");
	is(antin(commune, "media", "read", lost, NULL), 0,
	    "the lost one turns up");
	ok(said_last("0 new"), "and brings nothing new");
	ok(inbox_comes_to(commune, had + 2, 1), "nothing is there twice");
	free(lost);
	free(anew);
}

/* What does not fit goes by precedence; a large one goes in parts. */
static void
small_disks_take_what_is_urgent(void)
{
	char *first = folder_new(&land, "small-1");
	char *second = folder_new(&land, "small-2");
	char *third = folder_new(&land, "small-3");
	const size_t had = inbox_size(commune);

	must_send(province,
	    &(struct errand_of){ "thuong", { commune }, 900000, 0, 0, NULL },
	    NULL);
	must_send(province,
	    &(struct errand_of){ "khan", { commune }, 3000000, 0, 0, NULL },
	    NULL);
	must_send(province,
	    &(struct errand_of){ "hoa-toc", { commune }, 700000, 0, 0, NULL },
	    NULL);
	is(antin(province, "media", "write", first, "--size", "1500000",
	       "--for", commune->address, NULL),
	    0, "a disk is too small for three");
	ok(said_last("hỏa tốc 0") && said_last("khẩn 1, thường 1"),
	    "what is left is said, by rank");
	is(antin(commune, "media", "read", first, NULL), 0, "it is read");
	ok(inbox_comes_to(commune, had + 1, 30), "the most urgent is there");
	is(antin(province, "media", "write", second, "--rest", "--size",
	       "2600000", "--for", commune->address, NULL),
	    0, "the rest goes on another");
	is(antin(commune, "media", "read", second, NULL), 0, "it is read");
	ok(said_last("1 in part"), "of the large one a part came");
	ok(inbox_comes_to(commune, had + 2, 30), "another one is there");
	is(antin(province, "media", "write", third, "--rest", "--size",
	       "2600000", "--for", commune->address, NULL),
	    0, "the rest of that on a third");
	is(antin(commune, "media", "read", third, NULL), 0, "it is read");
	ok(inbox_comes_to(commune, had + 3, 30), "and then all are there");
	free(first);
	free(second);
	free(third);
}

static void
damage_is_found(void)
{
	char *good = folder_new(&land, "good"), *bad = folder_new(&land, "bad");
	const size_t had = inbox_size(commune);
	uint64_t taken = 0, silent = 0;
	struct buf whole = { 0 }, part = { 0 };
	char *path, *to;
	struct err e;
	size_t i, n;

	for (i = 0; i < 4; i++)
		must_send(province,
		    &(struct errand_of){
			"khan", { commune }, 40000, 0, 0, NULL },
		    NULL);
	is(antin(province, "media", "write", good, "--for", commune->address,
	       NULL),
	    0, "four are written");
	path = bundle_in(good);
	must(file_read(&whole, path, 64u << 20, &e), &e);
	if (asprintf(&to, "%s/antin-0-1.bundle", bad) < 0)
		bug("no memory");
	for (i = 0; i < 12; i++) {
		n = i < 6 ? whole.len * i / 6 : whole.len;
		buf_add(&part, bytes_of(whole.p, n));
		if (i >= 6 && i < 11) /* a bit of the head, and of chunks */
			part.p[i == 6	? 12
			       : i == 7 ? 40
					: n - 1 - i * 4000] ^= 1;
		if (i == 11)
			buf_add(&part, bytes_str("x"));
		must(file_write(to, buf_bytes(&part), 0600, true, &e), &e);
		silent += antin(commune, "media", "read", to, NULL) == 0 &&
			  !said_last("cut off");
		taken = inbox_size(commune) - had;
		ok(taken <= 4, "%zu: %u are taken", i, (unsigned)taken);
		buf_free(&part);
	}
	is(silent, 0, "nothing that is damaged is read as if it were whole");
	is(antin(commune, "media", "read", good, NULL), 0, "what is not is");
	ok(inbox_comes_to(commune, had + 4, 30), "all are there, once each");
	buf_free(&whole);
	free(path);
	free(to);
	free(good);
	free(bad);
}

/* ---- a station is restored
 * ------------------------------------------------------------ */

static void
copy_of(const char *from, const char *to)
{
	char command[2 * PATH + 32];

	(void)snprintf(command, sizeof(command),
	    "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
	if (system(command) != 0)
		bug("no copy");
}

/* docs/media.md 5.7: by disk alone it learns that it was, and is given a life
 * of its own. */
static void
who_was_restored_learns_it(void)
{
	char data[PATH + 16], copy[PATH + 16];
	const size_t had = inbox_size(province);
	const size_t before = seat_said(commune, "event=station.reborn");

	(void)snprintf(data, sizeof(data), "%s/data", commune->folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy", commune->folder);
	(void)seat_stop(commune, SIGTERM);
	copy_of(data, copy);
	ok(seat_start(commune), "a station goes on after a copy was made");
	must_send(commune,
	    &(struct errand_of){ "khan", { province }, 1000, 0, 0, NULL },
	    NULL);
	is(antin(commune, "journal", "checkpoint", NULL), 0,
	    "it makes a checkpoint");
	disk_goes(&land, commune, province);
	ok(inbox_comes_to(province, had + 1, 30), "what it sent is there");
	(void)seat_stop(commune, SIGKILL);
	copy_of(copy, data);
	ok(seat_start(commune), "it is restored");
	disk_goes(&land, province, commune);
	ok(seat_waits(commune, "event=station.behind", 1, 20),
	    "and learns that it was");
	is(seat_has(commune, CONTROL_ALARMS, "alarm", "kind", "rolled-back"), 1,
	    "an alarm says so");
	disk_goes(&land, commune, province);
	ok(seat_waits(province, "event=life.given", 1, 20),
	    "the station above gives it a life");
	disk_goes(&land, province, commune);
	ok(seat_waits(commune, "event=station.reborn", before + 1, 20),
	    "which it takes");
	must_send(commune,
	    &(struct errand_of){ "khan", { province }, 1000, 0, 0, NULL },
	    NULL);
	disk_goes(&land, commune, province);
	ok(inbox_comes_to(province, had + 2, 30), "and what it sends arrives");
}

/* ---- who is no neighbour, or lies
 * -------------------------------------------------------- */

static void
who_lies_is_not_heard(void)
{
	const struct {
		const char *what, *why;
		struct forged f;
		uint64_t status;
	} rows[] = {
		{ "signed by another than it says", "3.3",
		    { other, province, commune, .number = 501 }, 3 },
		{ "that was written for another station", "another station",
		    { province, province, other, .number = 504 }, 3 },
		{ "with another's statement", "3.3",
		    { province, province, commune, .number = 505,
			.other_head = true },
		    3 },
		{ "that is what it says", "1 new",
		    { province, province, commune, .number = 506 }, 0 },
	};
	char *disk = folder_new(&land, "forged"), *path = NULL;
	const size_t had = inbox_size(commune);
	size_t i;

	if (asprintf(&path, "%s/antin-0-1.bundle", disk) < 0)
		bug("no memory");
	for (i = 0; i < COUNT(rows); i++) {
		forge(path, commune, &rows[i].f);
		is(antin(commune, "media", "read", path, NULL), rows[i].status,
		    "one %s: %u", rows[i].what, (unsigned)rows[i].status);
		ok(said_last(rows[i].why), "says %s", rows[i].why);
		ok(inbox_comes_to(commune, had + (rows[i].status == 0), 10),
		    "and brings %s", rows[i].status == 0 ? "it" : "nothing");
	}
	free(path);
	free(disk);
}

/* ---- ends at any moment
 * ------------------------------------------------------------------- */

/* Something of a station is killed while a command runs there. */
static void
killed_meanwhile(struct seat *s, const char *process, unsigned ms,
    const char *what, const char *folder)
{
	static char name[] = "antin", media[] = "media";
	char *args[] = { name, media, strdup(what), strdup(folder), NULL };
	pid_t pid, victim;
	int status;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(antin_args(s, args) & 255);
	(void)usleep(ms * 1000);
	victim = process == NULL ? 0 : seat_process(s, process);
	if (victim != 0 && seat_owns(s, victim))
		(void)kill(victim, SIGKILL);
	if (process == NULL) /* the command, which dies with who waits for it */
		(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	free(args[2]);
	free(args[3]);
}

/* A station that was hurt answers again. */
static bool
is_back(const struct seat *s)
{
	const int fd = seat_signed_in(s, 60);

	close(fd);
	return true;
}

static void
nothing_is_lost_by_a_kill(void)
{
	static const char *const processes[] = { "media", "store", "keys",
		"control", NULL };
	char *disk = folder_new(&land, "killed");
	const size_t had = inbox_size(commune);
	const unsigned rounds = getenv("ANTIN_SOAK") != NULL ? 30 : 10;
	size_t strange = 0;
	unsigned i;

	for (i = 0; i < 6; i++)
		must_send(province,
		    &(struct errand_of){ "khan", { commune },
			i < 3 ? 20000 : 2000000, 0, 0, NULL },
		    NULL);
	for (i = 0; i < rounds; i++) {
		killed_meanwhile(
		    province, processes[i % 5], i * 7 % 60, "write", disk);
		(void)is_back(province);
		killed_meanwhile(
		    commune, processes[i % 5], i * 11 % 60, "read", disk);
		(void)is_back(commune);
		strange += inbox_size(commune) > had + 6;
	}
	is(strange, 0, "nothing is there twice, whatever is killed");
	is(antin(province, "media", disk, NULL), 0,
	    "it is written in peace, step by step");
	ok(said_last("Step 1 of 2") && said_last("Step 2 of 2"),
	    "which says what is done");
	is(half_written_in(disk), 0, "nothing half written is left");
	(void)antin(commune, "media", "read", disk, NULL);
	ok(inbox_comes_to(commune, had + 6, 60), "all are there");
	free(disk);
}

int
main(void)
{
	begin();
	it_goes_there_and_back();
	checkpoints_go_and_come_back();
	the_wrong_station_learns_nothing();
	what_was_lost_is_written_again();
	small_disks_take_what_is_urgent();
	damage_is_found();
	who_lies_is_not_heard();
	who_was_restored_learns_it();
	nothing_is_lost_by_a_kill();
	the_line_returns();
	country_end(&land);
	return done();
}

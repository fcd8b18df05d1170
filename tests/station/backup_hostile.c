/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Backups that were cut off, changed, mixed up or forged; shares that are not
 * the ones; and whatever is killed or has no room while one is made or restored
 * (docs/backup.md).
 */
#include <sys/resource.h>

#include "backup.h"
#include "crypto/suite.h"

#include "../tests/tap.h"

struct hostile {
	struct three_lives x;
	struct seat *s; /* whose backup */
	char file[PATH], bad[PATH], into[PATH], directory[2 * PATH];
	char key[3][2 * PATH];
	struct buf good; /* the file */
	char opened[80]; /* how many files of it */
};

static bool
soak(void)
{
	return getenv("ANTIN_SOAK") != NULL;
}

/* Names in the folder of them all that begin so, and are longer. */
static size_t
left_of(struct hostile *h, const char *what)
{
	DIR *all = opendir(h->x.c.folder);
	const struct dirent *d;
	size_t n = 0;

	while ((d = readdir(all)) != NULL)
		n += strncmp(d->d_name, what, strlen(what)) == 0 &&
		     strlen(d->d_name) > strlen(what);
	(void)closedir(all);
	return n;
}

static void
begin(struct hostile *h)
{
	struct errand_of w = { .precedence = "thuong", .size = 300000 };
	struct seat *seats[3];
	struct err e;
	struct id id;
	size_t i;

	lives_begin(&h->x);
	seats[0] = h->x.top, seats[1] = h->x.mid, seats[2] = h->x.low;
	h->s = h->x.low;
	w.to[0] = h->x.top;
	(void)snprintf(h->file, PATH, "%s", beside(&h->x.c, "good.backup"));
	(void)snprintf(h->bad, PATH, "%s", beside(&h->x.c, "bad.backup"));
	(void)snprintf(h->into, PATH, "%s", beside(&h->x.c, "into"));
	(void)snprintf(h->directory, sizeof(h->directory), "%s/data/directory",
	    h->x.top->folder);
	for (i = 0; i < 3; i++)
		seat_key(h->key[i], seats[i]);
	must_send(h->s, &w, &id); /* a file of its own */
	w.size = 100000;
	for (i = 0; i < 10; i++)
		must_send(h->s, &w, &id);
	lives_settle(&h->x);
	if (names_officers(&h->x, h->s) != 0 ||
	    backs_up(&h->x, h->s, h->file) != 0)
		bug(command_said);
	must(file_read(&h->good, h->file, 64u << 20, &e), &e);
}

static unsigned
restores(struct hostile *h, const char *file)
{
	lives_runs("rm", h->into, h->into);
	return COMMAND(
	    "restore", "--key", h->key[0], "--key", h->key[1], file, h->into);
}

static unsigned
verifies(struct hostile *h, const char *file)
{
	return COMMAND("backup", "verify", "--directory", h->directory, file);
}

static unsigned
verifies_all(struct hostile *h, const char *file)
{
	return COMMAND("backup", "verify", "--directory", h->directory, "--key",
	    h->key[0], "--key", h->key[2], file);
}

/* ---- what is right --------------------------------------------------------
 */

static void
the_right_one_is(struct hostile *h)
{
	const char *at;

	is(verifies(h, h->file), 0, "a backup is checked without a share");
	is(verifies_all(h, h->file), 0, "and with them it is opened");
	ok(says("files were opened"), "all of it");
	at = strstr(command_said, "It is whole: ");
	(void)snprintf(h->opened, sizeof(h->opened), "%.*s",
	    at == NULL ? 0 : (int)strcspn(at, ","), at == NULL ? "" : at);
	is(restores(h, h->file), 0, "it is restored");
	is(COMMAND("restore", "--key", h->key[0], "--key", h->key[1], h->file,
	       h->into),
	    1, "but not over what is there");
	is(left_of(h, "into"), 0, "nothing is left beside it");
}

/* No piece of 32 bytes of what is secret or sealed stands in the file. */
static void
it_shows_nothing(struct hostile *h)
{
	static const char *const names[] = { "data/station.key",
		"data/directory", "antind.conf", "data/store/store.db" };
	char path[2 * PATH];
	struct buf b;
	struct err e;
	size_t i, at, shown = 0;

	for (i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", h->into, names[i]);
		must(file_read(&b, path, 64u << 20, &e), &e);
		for (at = 0; at + 32 <= b.len; at += b.len / 50 + 1)
			shown += memmem(b.p + at, 32, "\0\0\0\0\0\0\0\0", 8) ==
				     NULL &&
				 memmem(h->good.p, h->good.len, b.p + at, 32) !=
				     NULL;
		buf_free(&b);
	}
	is(shown, 0, "nothing that is in it stands in the file");
}

/* ---- files ----------------------------------------------------------------
 */

/* It is written, and taken by nobody. */
static bool
refused(struct hostile *h, struct bytes all)
{
	struct err e;
	bool no;

	must(file_write(h->bad, all, 0600, true, &e), &e);
	no = restores(h, h->bad) != 0 && !file_exists(h->into) &&
	     left_of(h, "into") == 0 && verifies(h, h->bad) != 0 &&
	     verifies_all(h, h->bad) != 0;
	if (!no)
		note("taken: %s", command_said);
	return no;
}

static void
one_that_is_cut_off_is_refused(struct hostile *h)
{
	const size_t steps = soak() ? 300 : 12;
	size_t i, bad = 0;

	for (i = 0; i < steps; i++)
		bad +=
		    !refused(h, bytes_of(h->good.p, h->good.len * i / steps));
	bad += !refused(h, bytes_of(h->good.p, h->good.len - 1));
	is(bad, 0, "wherever it is cut off, nobody takes it");
	buf_u8(&h->good, 0);
	ok(refused(h, buf_bytes(&h->good)), "nor with a byte more");
	h->good.len--;
}

static void
one_that_was_changed_is_refused(struct hostile *h)
{
	const size_t steps = soak() ? 600 : 16;
	struct buf b = { 0 };
	size_t i, at, bad = 0;

	buf_add(&b, buf_bytes(&h->good));
	for (i = 0; i < steps; i++) {
		/* the head more closely than what is sealed */
		at = i % 2 == 0 ? 8192 * i / steps : b.len * i / steps;
		b.p[at] ^= (uint8_t)(1u << i % 8);
		bad += !refused(h, buf_bytes(&b));
		b.p[at] ^= (uint8_t)(1u << i % 8);
	}
	is(bad, 0, "whatever bit was changed, nobody takes it");
	buf_free(&b);
}

#define CHUNK (4 + 65536 + 16)

/* Where the first chunk begins: behind the head. */
static size_t
chunks_at(const struct hostile *h)
{
	const uint8_t *p = h->good.p + 15;

	return 19 + ((size_t)p[0] << 24 | (size_t)p[1] << 16 |
			(size_t)p[2] << 8 | p[3]);
}

static void
chunks_stay_where_they_are(struct hostile *h)
{
	const size_t at = chunks_at(h);
	struct buf b = { 0 };

	if (h->good.len < at + 4 * CHUNK)
		bug("too small a backup");
	buf_add(&b, bytes_of(h->good.p, at));
	buf_add(&b, bytes_of(h->good.p + at + CHUNK, CHUNK));
	buf_add(&b, bytes_of(h->good.p + at, CHUNK));
	buf_add(&b,
	    bytes_of(h->good.p + at + 2 * CHUNK, h->good.len - at - 2 * CHUNK));
	ok(refused(h, buf_bytes(&b)), "two chunks that changed places");
	b.len = at;
	buf_add(&b, bytes_of(h->good.p + at + CHUNK, h->good.len - at - CHUNK));
	ok(refused(h, buf_bytes(&b)), "one that is missing");
	b.len = at + CHUNK;
	memcpy(b.p + at, h->good.p + at, CHUNK);
	buf_add(&b, bytes_of(h->good.p + at, h->good.len - at));
	ok(refused(h, buf_bytes(&b)), "one that is there twice");
	buf_free(&b);
}

static void
chunks_of_another_are_no_use(struct hostile *h)
{
	const size_t at = chunks_at(h);
	struct buf other, b = { 0 };
	struct err e;

	if (backs_up(&h->x, h->s, h->bad) != 0)
		bug(command_said);
	must(file_read(&other, h->bad, 64u << 20, &e), &e);
	buf_add(&b, bytes_of(h->good.p, at));
	buf_add(&b, bytes_of(other.p + at, CHUNK));
	buf_add(&b, bytes_of(h->good.p + at + CHUNK, h->good.len - at - CHUNK));
	ok(refused(h, buf_bytes(&b)), "a chunk of a later backup");
	b.len = 0;
	buf_add(&b, bytes_of(other.p, at));
	buf_add(&b, bytes_of(h->good.p + at, h->good.len - at));
	ok(refused(h, buf_bytes(&b)), "the head of a later backup");
	buf_free(&b);
	buf_free(&other);
}

/* Who can seal for officers is not the station. */
static void
one_by_another_is_refused(struct hostile *h)
{
	const struct suite *su = suite_by_name("A");
	char key[PATH];
	struct identity id;
	struct buf file;
	struct err e;

	must(identity_new(&id, sig_by_name(su->sig), kem_by_name(su->kem),
		 bytes_str("tram"), bytes_str(h->s->address), h->x.c.t.now,
		 h->x.c.t.now + YEARS(9), &e),
	    &e);
	must(identity_seal(&file, &id, NULL, &e), &e);
	(void)snprintf(key, sizeof(key), "%s", beside(&h->x.c, "forged.key"));
	must(file_write(key, buf_bytes(&file), 0600, true, &e), &e);
	is(COMMAND("backup", "--force", "--station", h->s->folder,
	       "--station-key", key, h->bad),
	    0, "somebody makes a backup under a key of his own");
	is(restores(h, h->bad), 3, "nobody restores it");
	ok(says("docs/backup.md 3.6") && !file_exists(h->into) &&
		left_of(h, "into") == 0,
	    "for the directory does not know that key");
	is(verifies(h, h->bad), 3, "it is told without shares, too");
	buf_free(&file);
	identity_free(&id);
}

/* ---- shares ---------------------------------------------------------------
 */

static void
shares_are_the_right_ones(struct hostile *h)
{
	char one[PATH], two[PATH], other[PATH];
	struct buf b;
	struct err e;

	(void)snprintf(one, PATH, "%s", beside(&h->x.c, "share-1"));
	(void)snprintf(two, PATH, "%s", beside(&h->x.c, "share-2"));
	(void)snprintf(other, PATH, "%s", beside(&h->x.c, "share-3"));
	lives_runs("rm", h->into, h->into);
	is(COMMAND("backup", "share", h->file, h->key[0], one) +
		COMMAND("backup", "share", h->file, h->key[1], two),
	    0, "two officers take their shares out of it");
	if (backs_up(&h->x, h->s, h->bad) != 0 ||
	    COMMAND("backup", "share", h->bad, h->key[1], other) != 0)
		bug(command_said);
	is(COMMAND("restore", h->file, h->into), 3, "without shares, nothing");
	ok(says("the shares of 2 officers are wanted"), "and how many is said");
	is(COMMAND("restore", "--share", one, h->file, h->into), 3,
	    "one of two is too few");
	is(COMMAND("restore", "--share", one, "--share", one, h->file, h->into),
	    3, "the same one twice, too");
	is(COMMAND(
	       "restore", "--share", one, "--share", other, h->file, h->into),
	    3, "a share of another backup is none");
	ok(says("is of another backup"), "and that is said");
	must(file_read(&b, two, 4096, &e), &e);
	b.p[b.len - 5] = b.p[b.len - 5] == 'A' ? 'B' : 'A';
	must(file_write(other, buf_bytes(&b), 0600, true, &e), &e);
	buf_free(&b);
	is(COMMAND(
	       "restore", "--share", one, "--share", other, h->file, h->into),
	    1, "nor one with a wrong letter");
	(void)snprintf(
	    other, PATH, "%.500s/data/station.key", h->x.top->folder);
	is(COMMAND("backup", "share", h->file, other, two), 1,
	    "who is no officer has none");
	ok(!file_exists(h->into) && left_of(h, "into") == 0,
	    "nothing was written meanwhile");
	is(COMMAND(
	       "restore", "--share", one, "--key", h->key[2], h->file, h->into),
	    0, "a share and an officer who is there open it");
}

/* ---- killed ---------------------------------------------------------------
 */

/* What is under its name is whole; how often there was something. */
static bool
whole_or_not_there(struct hostile *h, size_t *there)
{
	if (!file_exists(h->bad))
		return true;
	++*there;
	return verifies_all(h, h->bad) == 0 && says(h->opened);
}

static void
a_backup_is_killed(struct hostile *h)
{
	const unsigned steps = soak() ? 150 : 12;
	const char *const words[] = { "antin", "backup", "--station",
		h->s->folder, h->bad, NULL };
	size_t there = 0, bad = 0;
	unsigned i;
	pid_t pid;
	int out;

	for (i = 0; i < steps; i++) {
		(void)unlink(h->bad);
		pid = command_starts(words, &out);
		(void)usleep(15000 * i);
		(void)kill(pid, SIGKILL);
		(void)command_ends(pid, out);
		bad += !whole_or_not_there(h, &there);
	}
	is(bad, 0, "a backup that is killed is whole or not there (%zu)",
	    there);
	(void)unlink(h->bad);
	is(backs_up(&h->x, h->s, h->bad), 0, "the next one is made");
	is(verifies_all(h, h->bad), 0, "and is whole");
}

/* Each would take the other's copy away. */
static void
there_is_one_at_a_time(struct hostile *h)
{
	const char *const words[] = { "antin", "backup", "--force", "--station",
		h->s->folder, h->bad, NULL };
	unsigned i, made = 0, told = 0, status[6];
	pid_t pids[6];
	int outs[6];

	for (i = 0; i < 6; i++)
		pids[i] = command_starts(words, &outs[i]);
	for (i = 0; i < 6; i++) {
		status[i] = command_ends(pids[i], outs[i]);
		made += status[i] == 0;
		told += status[i] == 1 &&
			strstr(command_said, "is being made already") != NULL;
	}
	ok(made >= 1 && made + told == 6,
	    "of six at once some are made (%u), the others told", made);
	is(whole_or_not_there(h, &(size_t){ 0 }), true,
	    "what is there is whole");
}

static void
the_store_is_killed(struct hostile *h)
{
	const unsigned steps = soak() ? 60 : 5;
	const char *const words[] = { "antin", "backup", "--station",
		h->s->folder, h->bad, NULL };
	size_t there = 0, bad = 0;
	unsigned i, tries;
	pid_t pid, store;
	int out;

	for (i = 0; i < steps; i++) {
		(void)unlink(h->bad);
		store = seat_process(h->s, "store");
		pid = command_starts(words, &out);
		(void)usleep(5000 + 20000 * i);
		if (seat_owns(h->s, store))
			(void)kill(store, SIGKILL);
		(void)command_ends(pid, out);
		bad += !whole_or_not_there(h, &there);
		for (tries = 0; tries < 300 && !seat_is_calm(h->s); tries++)
			(void)usleep(100000);
	}
	is(bad, 0, "while the store is killed, too (%zu)", there);
	for (tries = 0; tries < 60; tries++) {
		if (backs_up(&h->x, h->s, h->bad) == 0)
			break;
		(void)usleep(500000);
	}
	ok(tries < 60 && verifies_all(h, h->bad) == 0, "then it is made");
}

static void
a_restore_is_killed(struct hostile *h)
{
	const unsigned steps = soak() ? 150 : 10;
	const char *const words[] = { "antin", "restore", "--key", h->key[0],
		"--key", h->key[1], h->file, h->into, NULL };
	char mark[2 * PATH], db[2 * PATH];
	size_t bad = 0, there = 0;
	unsigned i;
	pid_t pid;
	int out;

	(void)snprintf(mark, sizeof(mark), "%s/data/store/restored", h->into);
	(void)snprintf(db, sizeof(db), "%s/data/store/store.db", h->into);
	for (i = 0; i < steps; i++) {
		lives_runs("rm", h->into, h->into);
		pid = command_starts(words, &out);
		(void)usleep(20000 * i);
		(void)kill(pid, SIGKILL);
		(void)command_ends(pid, out);
		there += file_exists(h->into);
		bad += file_exists(h->into) &&
		       (!file_exists(mark) || !file_exists(db));
	}
	is(bad, 0,
	    "a restore that is killed is whole and closed, or not there "
	    "(%zu)",
	    there);
	is(restores(h, h->file), 0, "and can be made again");
	is(left_of(h, "into"), 0, "which leaves nothing of those before");
}

/* ---- at work ------------------------------------------------------------- */

/* A process that sends from there without a pause; it ends when it is told. */
static pid_t
sender(struct hostile *h)
{
	struct errand_of w = { .precedence = "thuong", .to = { h->x.top } };
	const pid_t pid = fork();
	struct err e;
	struct id id;
	unsigned i;

	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0;; i++) {
		w.size = i % 4 == 0 ? 200000 : 3000;
		if (desk_sends(h->s, &w, &id, &e) != RC_OK)
			(void)usleep(100000);
	}
}

/* Packages that rows name and that are not there; or 1,000. */
static uint64_t
is_damaged(struct hostile *h)
{
	struct seat s = *h->s;
	char path[2 * PATH];
	uint64_t rows, files = 0;
	const struct dirent *d;
	DIR *all;

	(void)snprintf(s.folder, sizeof(s.folder), "%s", h->into);
	if (lives_ask(&s, "SELECT count(*) FROM pragma_integrity_check WHERE "
			  "integrity_check <> 'ok'") != 0)
		return 1000;
	rows = lives_ask(&s, "SELECT count(DISTINCT sum) FROM file");
	(void)snprintf(path, sizeof(path), "%s/data/store/files", h->into);
	all = opendir(path);
	while ((d = readdir(all)) != NULL)
		files += strlen(d->d_name) == 64;
	(void)closedir(all);
	note("%llu packages in files", (unsigned long long)rows);
	return files >= rows ? 0 : rows - files;
}

static void
one_at_work_is_of_one_moment(struct hostile *h)
{
	const unsigned times = soak() ? 40 : 3;
	uint64_t damaged = 0;
	unsigned i, bad = 0;
	const pid_t pid = sender(h);

	for (i = 0; i < times; i++) {
		(void)usleep(300000);
		bad += backs_up(&h->x, h->s, h->bad) != 0;
		bad += restores(h, h->bad) != 0;
		damaged += is_damaged(h);
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	is(bad, 0, "one that is at work is backed up and restored");
	is(damaged, 0, "its database is whole, and its files are there");
}

/* ---- no room --------------------------------------------------------------
 */

/* The command may write so many bytes into a file, as on a disk that is full
 * then. */
static unsigned
with_room_for(rlim_t bytes, const char *const *words)
{
	const struct rlimit least = { bytes, RLIM_INFINITY };
	struct rlimit was;
	unsigned status;

	(void)getrlimit(RLIMIT_FSIZE, &was);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)setrlimit(RLIMIT_FSIZE, &least);
	status = command(words);
	(void)setrlimit(RLIMIT_FSIZE, &was);
	return status;
}

static void
a_full_disk_leaves_nothing(struct hostile *h)
{
	const char *const backup[] = { "antin", "backup", "--station",
		h->s->folder, h->bad, NULL };
	const char *const restore[] = { "antin", "restore", "--key", h->key[0],
		"--key", h->key[1], h->file, h->into, NULL };
	char copy[2 * PATH];

	(void)unlink(h->bad);
	lives_runs("rm", h->into, h->into);
	is(with_room_for(100000, backup), 5, "a backup finds no room");
	ok(!file_exists(h->bad) && left_of(h, ".bad.backup") == 0,
	    "nothing is left of it");
	(void)snprintf(
	    copy, sizeof(copy), "%s/data/store/backup/store.db", h->s->folder);
	ok(!file_exists(copy), "nor beside the station");
	is(with_room_for(100000, restore), 5, "a restore finds no room");
	ok(!file_exists(h->into) && left_of(h, "into.") == 0,
	    "nothing is left of that");
	is(backs_up(&h->x, h->s, h->bad), 0, "with room it is made");
}

/* ---- of one that does not run ---------------------------------------------
 */

static void
one_that_was_killed_is_backed_up(struct hostile *h)
{
	(void)seat_stop(h->s, SIGKILL);
	is(backs_up(&h->x, h->s, h->bad), 0,
	    "a station that does not run is backed up, with its log of writes");
	is(verifies_all(h, h->bad), 0, "it is whole");
	is(restores(h, h->bad), 0, "and restored");
}

int
main(void)
{
	static struct hostile h;

	begin(&h);
	the_right_one_is(&h);
	it_shows_nothing(&h);
	one_that_is_cut_off_is_refused(&h);
	one_that_was_changed_is_refused(&h);
	chunks_stay_where_they_are(&h);
	chunks_of_another_are_no_use(&h);
	one_by_another_is_refused(&h);
	shares_are_the_right_ones(&h);
	a_backup_is_killed(&h);
	there_is_one_at_a_time(&h);
	the_store_is_killed(&h);
	a_restore_is_killed(&h);
	a_full_disk_leaves_nothing(&h);
	one_at_work_is_of_one_moment(&h);
	one_that_was_killed_is_backed_up(&h);
	buf_free(&h.good);
	lives_end(&h.x);
	return done();
}

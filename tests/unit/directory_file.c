/* SPDX-License-Identifier: EUPL-1.2 */
/* Directory files on disk (docs/directory.md 5.6): whatever stops the machine,
 * what was acknowledged is there, and what was not does no harm. */
#include "file/directory_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tree.h"

#define KILLS 200
#define KILLS_A_FILE 40 /* then a new one: each opening reads it all */

static char dir[] = "/tmp/antin-directory.XXXXXX";
static char path[sizeof(dir) + 16];
static struct tree tree;
static struct buf whole; /* what a file begins with */
static size_t mark_size;

/* ---- small helpers -------------------------------------------------- */

static void
put_file(struct bytes all)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, all.p, all.len) != (ssize_t)all.len ||
	    close(fd) != 0)
		bug("the test cannot write its file");
}

static bool
file_is(struct bytes want)
{
	struct buf now = slurp(path);
	const bool same = bytes_eq(buf_bytes(&now), want);

	buf_free(&now);
	return same;
}

/* Acts of the root's log. */
static uint64_t
acts_in(const struct directory *d)
{
	return d->logs[0].log.tree.size;
}

/* Decide one more desk of the root, in memory. */
static void
decide(struct directory *d, struct buf *part)
{
	const struct id uid = tree_uid(ROOT);
	struct act a = act_holder(&tree, ROOT, ACT_DESK, "");
	struct err e;

	a.id = tree_say(&tree, "d-%llu", (unsigned long long)acts_in(d));
	if (directory_decide(d, part, unit_by_uid(&d->state, &uid), &a, 1,
		tree_authority_key(&tree, ROOT), tree.now, &e) != RC_OK)
		bug(e.text);
}

static enum rc
append_one(struct directory_file *f, struct err *e)
{
	struct buf part;
	enum rc rc;

	decide(f->directory, &part);
	rc = directory_append(f, buf_bytes(&part), e);
	buf_free(&part);
	return rc;
}

/* Open, append n acts, close. */
static void
append(size_t n)
{
	struct directory_file f;
	struct err e;

	if (directory_open(&f, path, &e) != RC_OK)
		bug(e.text);
	while (n-- > 0)
		if (append_one(&f, &e) != RC_OK)
			bug(e.text);
	directory_close(&f);
}

/* A new file with the tree's acts. */
static void
begin(void)
{
	struct err e;

	(void)unlink(path);
	if (directory_create(path, buf_bytes(&whole), &e) != RC_OK)
		bug(e.text);
}

/* The acts of the file as its owner reads it; 0: refused. */
static uint64_t
acts_on_disk(enum rc *rc)
{
	struct directory *d;
	struct err e;
	uint64_t n = 0;

	if ((*rc = directory_read(&d, path, true, &e)) == RC_OK) {
		n = acts_in(d);
		directory_free(d);
	}
	return n;
}

/* ---- what is good --------------------------------------------------- */

static void
files_grow(void)
{
	struct directory_file f;
	struct buf all, mark;
	struct stat st;
	struct err e;
	enum rc rc;

	(void)unlink(path);
	went(directory_create(path, buf_bytes(&whole), &e), &e,
	    "a directory file begins");
	is(directory_create(path, buf_bytes(&whole), &e), RC_EXISTS, "once");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0644,
	    "for all to read");
	directory_mark(&mark, buf_bytes(&whole), whole.len);
	all = slurp(path);
	ok(all.len == whole.len + mark.len &&
		memcmp(all.p, whole.p, whole.len) == 0 &&
		memcmp(all.p + whole.len, mark.p, mark.len) == 0,
	    "with what it was given, and a mark");
	went(directory_open(&f, path, &e), &e, "it opens");
	is(f.size, all.len, "whole");
	buf_free(&all);
	buf_free(&mark);
	is(acts_in(f.directory), 2, "with its acts");
	went(append_one(&f, &e), &e, "an act is appended");
	went(append_one(&f, &e), &e, "and another");
	ok(stat(path, &st) == 0 && (uint64_t)st.st_size == f.size,
	    "both are on disk");
	directory_close(&f);
	ok(f.fd == -1 && f.directory == NULL, "it closes");
	directory_close(&f);
	is(acts_on_disk(&rc), 4, "and has all acts afterwards");
}

/* What somebody else's file has for marks is not ours. */
static void
a_file_begins_with_anothers(void)
{
	struct err e;
	enum rc rc;

	(void)unlink(path);
	went(directory_create(path, buf_bytes(&tree.file), &e), &e,
	    "a file begins with one that has marks");
	append(1);
	is(acts_on_disk(&rc), 3, "it opens, and grows");
}

static void
what_is_no_directory_does_not_open(void)
{
	struct directory_file f;
	struct directory *d;
	struct err e;

	(void)unlink(path);
	is(directory_open(&f, path, &e), RC_IO, "a file must be there");
	is(directory_read(&d, path, true, &e), RC_IO, "to be read, too");
	ok(f.fd == -1 && f.directory == NULL && d == NULL,
	    "of none nothing is left");
	is(directory_open(&f, dir, &e), RC_IO, "a folder is no file");
	put_file((struct bytes){ 0 });
	is(directory_open(&f, path, &e), RC_INVALID,
	    "an empty file is no directory");
	put_file(bytes_str("antin"));
	is(directory_open(&f, path, &e), RC_INVALID, "nor is text");
	put_file(buf_bytes(&whole));
	is(directory_open(&f, path, &e), RC_INVALID,
	    "nor what was never marked");
	ok(f.fd == -1 && f.directory == NULL && file_is(buf_bytes(&whole)),
	    "and it stays as it was");
}

/* ---- a machine that stops ------------------------------------------- */

/* The file before and after one act. */
struct step {
	struct buf before, after;
	uint64_t acts;
};

static void
step_make(struct step *s)
{
	enum rc rc;

	begin();
	append(2);
	s->before = slurp(path);
	s->acts = acts_on_disk(&rc);
	append(1);
	s->after = slurp(path);
	if (s->after.len <= s->before.len ||
	    memcmp(s->after.p, s->before.p, s->before.len) != 0)
		bug("a file that did not grow");
}

static void
step_free(struct step *s)
{
	buf_free(&s->before);
	buf_free(&s->after);
}

/* Opens as of the last mark, and the next act takes the piece's place. */
static bool
goes_on(const struct step *s, struct bytes torn)
{
	struct directory_file f;
	struct err e;
	struct buf now;
	bool good;
	enum rc rc;

	put_file(torn);
	if (directory_open(&f, path, &e) != RC_OK) {
		note("%s", e.text);
		return false;
	}
	good = acts_in(f.directory) == s->acts && f.size == s->before.len &&
	       file_is(torn) && append_one(&f, &e) == RC_OK;
	now = slurp(path);
	good = good && now.len == f.size &&
	       memcmp(now.p, s->before.p, s->before.len) == 0;
	buf_free(&now);
	directory_close(&f);
	return good && acts_on_disk(&rc) == s->acts + 1;
}

static void
a_cut_file_is_as_of_its_last_mark(void)
{
	struct directory *d;
	struct step s;
	struct err e;
	size_t cut, wrong = 0, stuck = 0, theirs = 0, tried = 0;
	enum rc rc;

	step_make(&s);
	for (cut = s.before.len + 1; cut < s.after.len;
	     cut += cut + 64 < s.after.len ? 23 : 1, tried++) {
		put_file(bytes_of(s.after.p, cut));
		wrong += acts_on_disk(&rc) != s.acts;
		rc = directory_read(&d, path, false, &e);
		/* without its mark it is as good as any of theirs */
		theirs +=
		    rc != (cut == s.after.len - mark_size ? RC_OK : RC_INVALID);
		directory_free(d);
		if (tried % 16 == 0)
			stuck += !goes_on(&s, bytes_of(s.after.p, cut));
	}
	is(wrong, 0, "cut off behind a mark, a file is as of that mark (%zu)",
	    tried);
	is(theirs, 0, "in a file from somebody else it is an error");
	is(stuck, 0, "the next act takes the place of the piece");
	ok(goes_on(&s, buf_bytes(&s.before)), "and so it goes on");
	step_free(&s);
}

/* What the disk may have where it was not written. */
static void
what_was_not_written_is_passed_over(void)
{
	static const size_t sizes[] = { 1, 2, 3, 41, 42, 43, 511, 4096 };
	struct buf torn = { 0 };
	struct step s;
	size_t i, j, n, zeros = 0, ones = 0, holes = 0;

	step_make(&s);
	for (i = 0; i < COUNT(sizes); i++) {
		buf_add(&torn, buf_bytes(&s.before));
		(void)buf_grow(&torn, sizes[i]);
		zeros += !goes_on(&s, buf_bytes(&torn));
		memset(torn.p + s.before.len, 0xff, sizes[i]);
		ones += !goes_on(&s, buf_bytes(&torn));
		buf_free(&torn);
	}
	is(zeros, 0, "zeros behind the last mark are passed over");
	is(ones, 0, "and ones");
	/* its length is there, and only parts of it are */
	n = s.after.len - s.before.len - mark_size;
	for (i = 0; i < n; i += 512)
		for (j = 0; j < 2; j++) {
			buf_add(&torn,
			    bytes_of(s.after.p, s.after.len - mark_size));
			if (j == 0)
				memset(torn.p + s.before.len + i, 0, n - i);
			else
				memset(torn.p + s.before.len, 0,
				    i + 512 < n ? i + 512 : n);
			holes += !goes_on(&s, buf_bytes(&torn));
			buf_free(&torn);
		}
	is(holes, 0, "and a part of which some pages are zeros");
	step_free(&s);
}

/* Whatever stands behind the last mark, nothing is believed of it. */
static void
garbage_is_never_believed(void)
{
	struct buf torn = { 0 };
	struct dice d = { 9 };
	struct step s;
	size_t round, i, n, believed = 0, refused = 0;
	enum rc rc;

	step_make(&s);
	for (round = 0; round < 200; round++) {
		buf_add(&torn, buf_bytes(&s.before));
		n = 1 + dice_below(&d, 600);
		(void)buf_grow(&torn, n);
		for (i = 0; i < n; i++)
			torn.p[s.before.len + i] = (uint8_t)dice_below(&d, 256);
		put_file(buf_bytes(&torn));
		believed += acts_on_disk(&rc) != s.acts && rc == RC_OK;
		refused += rc != RC_OK;
		buf_free(&torn);
	}
	note("garbage: %zu of %zu refused", refused, round);
	is(believed, 0, "of garbage behind the last mark nothing is believed");
	for (i = s.before.len * 8, n = refused = 0;
	     i < (s.after.len - mark_size) * 8; i += 131, n++) {
		buf_add(&torn, bytes_of(s.after.p, s.after.len - mark_size));
		torn.p[i / 8] ^= (uint8_t)(1u << i % 8);
		put_file(buf_bytes(&torn));
		believed += acts_on_disk(&rc) != s.acts && rc == RC_OK;
		refused += rc != RC_OK;
		buf_free(&torn);
	}
	note("flipped: %zu of %zu refused", refused, n);
	is(believed, 0, "nor of a part with a flipped bit, before its mark");
	step_free(&s);
}

/* ---- damage --------------------------------------------------------- */

static bool
in_header(const struct buf *file, size_t byte)
{
	struct bytes rest = buf_bytes(file), one;

	while ((one = der_element(rest)).len > 0) {
		if (byte < (size_t)(one.p - file->p) + 5)
			return byte >= (size_t)(one.p - file->p);
		rest = bytes_of(one.p + one.len, rest.len - one.len);
	}
	return false;
}

/* Every bit of tags and lengths, and some of all others. */
static void
damage_before_a_mark_is_refused(void)
{
	struct directory_file f;
	struct step s;
	struct err e;
	size_t bit, opened = 0, changed = 0, tried = 0;

	step_make(&s);
	for (bit = 0; bit < (s.after.len - mark_size) * 8; bit++) {
		if (bit % 397 != 0 && !in_header(&s.after, bit / 8))
			continue;
		tried++;
		s.after.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		put_file(buf_bytes(&s.after));
		if (directory_open(&f, path, &e) == RC_OK) {
			opened++;
			directory_close(&f);
		}
		changed += !file_is(buf_bytes(&s.after));
		s.after.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(opened, 0, "no flipped bit before a mark opens (%zu)", tried);
	is(changed, 0, "and the file is not touched");
	step_free(&s);
}

/* docs/directory.md 5.6: a mark that does not check itself was not written. */
static void
a_damaged_last_mark_is_none(void)
{
	struct step s;
	size_t bit, wrong = 0, from, stuck = 0;
	uint64_t acts;
	enum rc rc;

	step_make(&s);
	from = (s.after.len - mark_size) * 8;
	for (bit = from; bit < s.after.len * 8; bit++) {
		s.after.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		put_file(buf_bytes(&s.after));
		acts = acts_on_disk(&rc);
		wrong += rc == RC_OK ? acts != s.acts : rc != RC_INVALID;
		if (rc == RC_OK && bit % 16 == 0)
			stuck += !goes_on(&s, buf_bytes(&s.after));
		s.after.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(wrong, 0, "a flipped bit of the last mark: as of the one before");
	is(stuck, 0, "and so it goes on");
	step_free(&s);
}

/* ---- two at once ---------------------------------------------------- */

/* The child's number, or 0 where it says nothing within the time. */
static uint64_t
hear(int fd, int milliseconds)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t n = 0;

	if (poll(&p, 1, milliseconds) != 1 ||
	    read(fd, &n, sizeof(n)) != (ssize_t)sizeof(n))
		return 0;
	return n;
}

static void
say_acts(int fd, uint64_t acts)
{
	if (write(fd, &acts, sizeof(acts)) != (ssize_t)sizeof(acts))
		_exit(1);
}

/* Wait for the child; how it ended. */
static int
end_of(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return status;
}

/* In a child: open, say that it is open and with how many acts, append. */
static void
open_and_say(int fd)
{
	struct directory_file f;
	struct err e;

	(void)alarm(60);
	if (directory_open(&f, path, &e) != RC_OK)
		_exit(1);
	say_acts(fd, acts_in(f.directory));
	if (append_one(&f, &e) != RC_OK)
		_exit(1);
	directory_close(&f);
	_exit(0);
}

static void
the_second_waits(void)
{
	struct directory_file f;
	int pipes[2];
	struct err e;
	pid_t pid;
	enum rc rc;

	begin();
	if (pipe(pipes) != 0 || directory_open(&f, path, &e) != RC_OK)
		bug("a file and a pipe");
	if ((pid = fork()) == 0) {
		directory_close(&f); /* the parent holds it on */
		open_and_say(pipes[1]);
	}
	is(hear(pipes[0], 300), 0, "who opens a file that is open waits");
	if (append_one(&f, &e) != RC_OK)
		bug(e.text);
	is(hear(pipes[0], 100), 0, "also while something is appended");
	is(acts_on_disk(&rc), 3, "who only reads does not wait");
	directory_close(&f);
	is(hear(pipes[0], 30000), 3, "then he has it, with what was appended");
	is((uint64_t)end_of(pid), 0, "and appends");
	is(acts_on_disk(&rc), 4, "nothing is lost between them");
	(void)close(pipes[0]);
	(void)close(pipes[1]);
}

/* ---- kills ---------------------------------------------------------- */

/* In a child: append for ever, and say so each time. */
static void
append_and_say(int fd)
{
	struct directory_file f;
	struct err e;

	(void)alarm(60);
	if (directory_open(&f, path, &e) != RC_OK)
		_exit(1);
	say_acts(fd, acts_in(f.directory));
	while (append_one(&f, &e) == RC_OK)
		say_acts(fd, acts_in(f.directory));
	_exit(1);
}

/* Kill a child that appends after so many microseconds; the acts that it
 * said are there, 0 where it was not killed but ended. */
static uint64_t
kill_one(unsigned microseconds)
{
	uint64_t said = 0, n;
	int pipes[2], status;
	pid_t pid;

	if (pipe(pipes) != 0)
		bug("a pipe");
	if ((pid = fork()) == 0)
		append_and_say(pipes[1]);
	(void)close(pipes[1]);
	said = hear(pipes[0], 30000);
	(void)usleep(microseconds);
	(void)kill(pid, SIGKILL);
	status = end_of(pid);
	while ((n = hear(pipes[0], 1000)) > 0)
		said = n;
	(void)close(pipes[0]);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? said : 0;
}

static void
what_was_said_is_there(void)
{
	struct dice d = { 200 };
	unsigned i, lost = 0, ended = 0, torn = 0;
	uint64_t said, acts, sum = 0;
	struct buf file;
	enum rc rc;

	for (i = 0; i < KILLS; i++) {
		if (i % KILLS_A_FILE == 0)
			begin();
		said = kill_one(dice_below(&d, 8000));
		acts = acts_on_disk(&rc);
		ended += said == 0;
		/* one more may be there, killed before it was said */
		lost += acts < said || acts > said + 1;
		sum += said;
		file = slurp(path);
		torn += directory_whole(buf_bytes(&file)) != file.len;
		buf_free(&file);
	}
	note("%u files with a piece behind their last mark", torn);
	is(ended, 0, "%u writers are killed", i);
	is(lost, 0, "what each said it had appended is there afterwards");
	ok(sum > i * 2, "and they had appended");
}

/* ---- a disk that is full -------------------------------------------- */

/* In a child: append where a file may have no more than so many bytes; then
 * once more by who opens it anew. */
static void
append_within(uint64_t most)
{
	struct rlimit was, limit;
	struct directory_file f;
	struct buf before;
	struct err e;
	bool good;

	(void)signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_FSIZE, &was) != 0 ||
	    directory_open(&f, path, &e) != RC_OK)
		_exit(2);
	before = slurp(path);
	limit = was;
	limit.rlim_cur = most;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		_exit(2);
	good = append_one(&f, &e) == RC_IO &&
	       strstr(e.text, "cannot be written") != NULL &&
	       f.size == before.len && file_is(buf_bytes(&before));
	if (setrlimit(RLIMIT_FSIZE, &was) != 0)
		_exit(2);
	/* memory is ahead of the disk: nothing more is appended to it */
	good =
	    good && append_one(&f, &e) == RC_IO && file_is(buf_bytes(&before));
	directory_close(&f);
	append(1);
	buf_free(&before);
	_exit(good ? 0 : 1);
}

static void
a_full_disk_leaves_the_file(void)
{
	struct step s;
	size_t room, step, most, bad = 0, tried = 0;
	uint64_t acts;
	pid_t pid;
	enum rc rc;

	step_make(&s);
	most = s.after.len - s.before.len - 100; /* signatures vary */
	step = most / 8;
	for (room = 0; room <= most; room += step, tried++) {
		put_file(buf_bytes(&s.before));
		(void)fflush(stdout);
		if ((pid = fork()) == 0)
			append_within(s.before.len + room);
		bad += end_of(pid) != 0;
		acts = acts_on_disk(&rc);
		bad += acts != s.acts + 1;
	}
	is(bad, 0,
	    "on a full disk the file stays as it was, and can be added "
	    "to when there is room (%zu)",
	    tried);
	step_free(&s);
}

int
main(void)
{
	struct buf mark;

	if (mkdtemp(dir) == NULL)
		bug("no folder for the test");
	(void)snprintf(path, sizeof(path), "%s/directory", dir);
	tree_begin(&tree);
	whole = snapshot_of(tree.d);
	directory_mark(&mark, buf_bytes(&whole), whole.len);
	mark_size = mark.len;
	buf_free(&mark);
	files_grow();
	a_file_begins_with_anothers();
	what_is_no_directory_does_not_open();
	a_cut_file_is_as_of_its_last_mark();
	what_was_not_written_is_passed_over();
	garbage_is_never_believed();
	damage_before_a_mark_is_refused();
	a_damaged_last_mark_is_none();
	the_second_waits();
	what_was_said_is_there();
	a_full_disk_leaves_the_file();
	buf_free(&whole);
	tree_end(&tree);
	(void)unlink(path);
	(void)rmdir(dir);
	return done();
}

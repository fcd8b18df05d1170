/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of packages, on a folder of this machine (src/store/files.h, disk.h;
 * docs/station.md 4.4, 4.9). */
#include <fcntl.h>

#include "world.h"

#define SIZE 200000u

struct place {
	struct disk *disk;
	char path[64];
	struct err e;
};

static void
place_begin(struct place *p)
{
	(void)snprintf(p->path, sizeof(p->path), "/tmp/antin-store.XXXXXX");
	if (mkdtemp(p->path) == NULL)
		bug("no folder for the test");
	must(disk_folder(&p->disk, p->path, &p->e), &p->e);
}

static void
place_end(struct place *p)
{
	p->disk->ops->free(p->disk);
	folder_remove(p->path);
}

static void
put_file(struct place *p, const char *name, struct bytes all)
{
	int file;

	must(p->disk->ops->open(p->disk, name, true, &file, &p->e), &p->e);
	must(p->disk->ops->write(p->disk, file, 0, all, &p->e), &p->e);
	p->disk->ops->close(p->disk, file);
}

static void
touch(struct place *p, const char *name, int64_t at)
{
	const struct timespec times[2] = { { .tv_sec = at }, { .tv_sec = at } };
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", p->path, name);
	if (utimensat(AT_FDCWD, path, times, 0) != 0)
		bug("utimensat");
}

static void
one_arrives_in_pieces(struct place *p)
{
	struct buf all = bytes_made(1, SIZE);
	uint8_t sum[SHA256_SIZE], got[SHA256_SIZE];
	char name[FILES_NAME], partial[FILES_NAME];
	struct partial *f;
	uint64_t have;

	sha256(sum, buf_bytes(&all));
	files_name(name, sum);
	files_partial_name(partial, sum);
	must(partial_open(&f, p->disk, sum, SIZE, &have, &p->e), &p->e);
	is(have, 0, "nothing is there at first");
	must(partial_add(f, bytes_of(all.p, 1000), &p->e), &p->e);
	is(partial_behind(f), 0, "what comes is hashed as it comes");
	is(partial_done(f, &p->e), RC_ABSENT, "it is not whole");
	is(partial_add(f, buf_bytes(&all), &p->e), RC_LIMIT,
	    "nor longer than was said");
	partial_close(f);

	must(partial_open(&f, p->disk, sum, SIZE, &have, &p->e), &p->e);
	is(have, 1000, "another time it goes on where it was");
	is(partial_behind(f), 1000, "with what is to be hashed yet");
	must(partial_add(f, bytes_of(all.p + 1000, 5000), &p->e), &p->e);
	is(partial_behind(f), 6000, "and more of it");
	must(partial_hash(f, 4000, &p->e), &p->e);
	is(partial_behind(f), 2000, "which is done by and by");
	must(partial_hash(f, UINT64_MAX, &p->e), &p->e);
	is(partial_behind(f), 0, "or all at once");
	must(partial_add(f, bytes_of(all.p + 6000, SIZE - 6000), &p->e), &p->e);
	is(partial_behind(f), 0, "what comes then is hashed as it comes");
	ok(!p->disk->ops->exists(p->disk, name), "it has no name yet");
	went(partial_done(f, &p->e), &p->e, "it is whole");
	partial_sum(f, got);
	same(bytes_of(got, sizeof(got)), bytes_of(sum, sizeof(sum)),
	    "of this sum");
	partial_close(f);
	ok(p->disk->ops->exists(p->disk, name) &&
		!p->disk->ops->exists(p->disk, partial),
	    "and has its name, and no other");
	must(files_remove(p->disk, sum, &p->e), &p->e);
	buf_free(&all);
}

static void
what_is_not_of_its_sum_is_gone(struct place *p)
{
	struct buf all = bytes_made(1, SIZE);
	uint8_t sum[SHA256_SIZE];
	char name[FILES_NAME], partial[FILES_NAME];
	struct partial *f;
	uint64_t have;

	sha256(sum, buf_bytes(&all));
	files_name(name, sum);
	files_partial_name(partial, sum);
	all.p[77] ^= 1;
	put_file(p, partial, bytes_of(all.p, 100));
	all.p[77] ^= 1;
	must(partial_open(&f, p->disk, sum, SIZE, &have, &p->e), &p->e);
	must(partial_add(f, bytes_of(all.p + have, SIZE - have), &p->e), &p->e);
	is(partial_done(f, &p->e), RC_INVALID,
	    "what was there is not of this sum");
	partial_close(f);
	ok(!p->disk->ops->exists(p->disk, name) &&
		!p->disk->ops->exists(p->disk, partial),
	    "nothing is left of it");
	put_file(p, partial, buf_bytes(&all));
	must(partial_open(&f, p->disk, sum, SIZE - 1, &have, &p->e), &p->e);
	is(have, 0, "what is longer than was said begins anew");
	partial_drop(f);
	ok(!p->disk->ops->exists(p->disk, partial), "one that is dropped goes");
	buf_free(&all);
}

static void
one_written_here_is_named(struct place *p)
{
	struct buf all = bytes_made(2, SIZE);
	uint8_t sum[SHA256_SIZE], got[SHA256_SIZE];
	char name[FILES_NAME];
	struct partial *f;

	sha256(sum, buf_bytes(&all));
	files_name(name, sum);
	is(partial_from(&f, p->disk, "partial/new-1", SIZE, &p->e), RC_ABSENT,
	    "a file that is not there is none");
	put_file(p, "partial/new-1", buf_bytes(&all));
	is(partial_from(&f, p->disk, "partial/new-1", SIZE + 1, &p->e),
	    RC_INVALID, "nor one of another size");
	must(partial_from(&f, p->disk, "partial/new-1", SIZE, &p->e), &p->e);
	is(partial_behind(f), SIZE, "it is to be hashed");
	went(partial_done(f, &p->e), &p->e, "it is whole");
	partial_sum(f, got);
	same(bytes_of(got, sizeof(got)), bytes_of(sum, sizeof(sum)),
	    "and is what it is");
	partial_close(f);
	ok(p->disk->ops->exists(p->disk, name) &&
		!p->disk->ops->exists(p->disk, "partial/new-1"),
	    "by its own name");
	buf_free(&all);
}

static bool
is_needed(void *ctx, const uint8_t sum[static SHA256_SIZE])
{
	return memcmp(ctx, sum, SHA256_SIZE) == 0;
}

static void
count_partial(void *ctx, const uint8_t sum[static SHA256_SIZE], uint64_t have)
{
	(void)sum;
	*(uint64_t *)ctx += have;
}

static void
a_sweep_takes_what_nobody_needs(struct place *p)
{
	uint8_t mine[SHA256_SIZE] = { 1 }, other[SHA256_SIZE] = { 2 };
	const struct bytes some = bytes_str("some");
	char name[FILES_NAME], upper[FILES_NAME + 10];
	uint64_t have = 0;
	size_t removed;

	files_name(name, mine);
	put_file(p, name, some);
	(void)snprintf(upper, sizeof(upper), "files/%062dAB", 0);
	put_file(p, upper, some);
	(void)snprintf(upper, sizeof(upper), "%s.old", name);
	put_file(p, upper, some);
	files_name(name, other);
	put_file(p, name, some);
	put_file(p, "partial/new-3", some);
	put_file(p, "partial/news", some);
	files_partial_name(name, mine);
	put_file(p, name, some);
	files_partial_name(name, other);
	put_file(p, name, some);
	went(files_sweep(p->disk, is_needed, mine, &removed, &p->e), &p->e,
	    "a sweep");
	is(removed, 2,
	    "takes a file that no row needs, and what was not taken");
	files_name(name, mine);
	ok(p->disk->ops->exists(p->disk, name), "what is needed stays");
	ok(p->disk->ops->exists(p->disk, upper) &&
		p->disk->ops->exists(p->disk, "partial/news"),
	    "what has no name of ours stays");
	must(partial_each(p->disk, count_partial, &have, &p->e), &p->e);
	is(have, 2 * some.len, "what arrives stays");
	files_partial_name(name, other);
	touch(p, name, SECOND - 1);
	files_partial_name(name, mine);
	touch(p, name, SECOND);
	went(partial_sweep(p->disk, SECOND, &removed, &p->e), &p->e,
	    "until it is old");
	is(removed, 1, "one was");
	ok(p->disk->ops->exists(p->disk, name), "one was not");
}

static void
nothing_leads_out_of_the_folder(struct place *p)
{
	static const char *const names[] = { "", "..", "../x", "files/..",
		"files/", "files/../x", "other/x", "/etc/passwd", "files/a/b",
		"partial/." };
	char path[200];
	uint64_t left, all;
	size_t i, opened = 0;
	int file;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		opened += p->disk->ops->open(
			      p->disk, names[i], true, &file, &p->e) == RC_OK;
	is(opened, 0, "no name leads out of it");
	(void)snprintf(path, sizeof(path), "%s/files/link", p->path);
	if (symlink("/etc/passwd", path) != 0)
		bug("symlink");
	is(p->disk->ops->open(p->disk, "files/link", false, &file, &p->e),
	    RC_IO, "nor does a link");
	(void)snprintf(path, sizeof(path), "%s/files/pipe", p->path);
	if (mkfifo(path, 0600) != 0)
		bug("mkfifo");
	is(p->disk->ops->open(p->disk, "files/pipe", false, &file, &p->e),
	    RC_IO, "and what is no file is not opened");
	must(p->disk->ops->room(p->disk, &left, &all, &p->e), &p->e);
	ok(all > 0 && left <= all, "it knows what room there is");
}

int
main(void)
{
	struct place p;

	place_begin(&p);
	one_arrives_in_pieces(&p);
	what_is_not_of_its_sum_is_gone(&p);
	one_written_here_is_named(&p);
	place_end(&p);
	place_begin(&p);
	a_sweep_takes_what_nobody_needs(&p);
	nothing_leads_out_of_the_folder(&p);
	place_end(&p);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "file/erase.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/random.h"

#define DEPTH 64	  /* folders in one another */
#define PIECE (64u << 10) /* bytes at a time */
#define SAY (16u << 20)	  /* bytes between two tellings of progress */

static void
failed(struct erased *to, const char *name)
{
	struct err e;

	if (fail_io(&e, "%s cannot be erased", name) != RC_OK &&
	    to->failed++ == 0)
		to->first = e;
}

static bool
put_all(int fd, const uint8_t *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* All of its bytes, up to the end of its last block. */
static bool
overwrite(struct erased *to, int fd, const struct stat *st)
{
	static uint8_t noise[PIECE];
	const uint64_t block =
	    st->st_blksize > 0 ? (uint64_t)st->st_blksize : 4096;
	uint64_t left = ((uint64_t)st->st_size + block - 1) / block * block;
	size_t n;

	while (left > 0) {
		n = left < PIECE ? (size_t)left : PIECE;
		random_bytes(noise, n);
		if (!put_all(fd, noise, n))
			return false;
		left -= n;
		to->bytes += n;
		if (to->progress != NULL &&
		    to->bytes / SAY != (to->bytes - n) / SAY)
			to->progress(to);
	}
	return true;
}

/* Over the file of that name, which stays. */
static bool
blank(struct erased *to, int dir, const char *name, int follow)
{
	struct stat st;
	bool ok;
	int fd;

	fd = openat(dir, name, O_WRONLY | O_CLOEXEC | O_NONBLOCK | follow);
	if (fd < 0 && errno == EACCES && fchmodat(dir, name, 0600, 0) == 0)
		fd = openat(
		    dir, name, O_WRONLY | O_CLOEXEC | O_NONBLOCK | follow);
	if (fd < 0)
		return false;
	ok = fstat(fd, &st) == 0 &&
	     (!S_ISREG(st.st_mode) ||
		 (overwrite(to, fd, &st) && fsync(fd) == 0));
	(void)close(fd);
	return ok;
}

void
erase_file(struct erased *to, int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT)
			failed(to, name);
		return;
	}
	/* the name goes all the same: it is harder to find then */
	if (S_ISREG(st.st_mode) && !blank(to, dir, name, O_NOFOLLOW))
		failed(to, name);
	if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
		failed(to, name);
	to->files++;
}

void
erase_path(struct erased *to, const char *path)
{
	char *real = realpath(path, NULL);
	struct stat st;

	if (real != NULL && stat(real, &st) == 0 && S_ISREG(st.st_mode) &&
	    strcmp(real, path) != 0 && lstat(path, &st) == 0 &&
	    S_ISLNK(st.st_mode))
		erase_file(to, AT_FDCWD, real);
	free(real);
	erase_file(to, AT_FDCWD, path);
}

static void tree(struct erased *to, int at, const char *name, const char *keep,
    unsigned depth);

static void
entry(struct erased *to, int dir, const char *name, unsigned depth)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode)) {
		tree(to, dir, name, NULL, depth + 1);
		return;
	}
	erase_file(to, dir, name);
}

static void
tree(struct erased *to, int at, const char *name, const char *keep,
    unsigned depth)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 || depth > DEPTH ? NULL : fdopendir(fd);
	struct dirent *x;

	if (d == NULL) {
		if (errno != ENOENT || fd >= 0)
			failed(to, name);
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	while ((x = readdir(d)) != NULL)
		if (strcmp(x->d_name, ".") != 0 &&
		    strcmp(x->d_name, "..") != 0 &&
		    (keep == NULL || strcmp(x->d_name, keep) != 0))
			entry(to, fd, x->d_name, depth);
	if (fsync(fd) != 0)
		failed(to, name);
	(void)closedir(d);
	if (keep == NULL && unlinkat(at, name, AT_REMOVEDIR) != 0 &&
	    errno != ENOENT)
		failed(to, name);
}

void
erase_tree(struct erased *to, const char *path, const char *keep)
{
	tree(to, AT_FDCWD, path, keep, 0);
}

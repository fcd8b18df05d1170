/* SPDX-License-Identifier: EUPL-1.2 */
#include "file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/progress.h"
#include "crypto/random.h"

bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

enum rc
in_open(struct in_file *in, const char *path, struct err *e)
{
	struct stat st;

	*in = (struct in_file){ .fd = -1, .path = path };
	in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0)
		return fail_io(e, "%s cannot be opened", path);
	if (fstat(in->fd, &st) != 0) {
		(void)fail_io(e, "%s cannot be read", path);
		in_close(in);
		return RC_IO;
	}
	if (S_ISDIR(st.st_mode)) {
		in_close(in);
		return fail(
		    e, RC_INVALID, "%s is a folder; a file is wanted", path);
	}
	in->regular = S_ISREG(st.st_mode);
	in->size = in->regular ? (uint64_t)st.st_size : 0;
	return RC_OK;
}

enum rc
in_take(struct in_file *in, int fd, const char *name, struct err *e)
{
	const int mode = fcntl(fd, F_GETFL);
	struct stat st;

	*in = (struct in_file){ .fd = fd, .path = name };
	if (mode < 0 || fstat(fd, &st) != 0) {
		(void)fail_io(e, "%s cannot be read", name);
		in_close(in);
		return RC_IO;
	}
	in->regular = S_ISREG(st.st_mode);
	if (!in->regular && !S_ISFIFO(st.st_mode)) {
		in_close(in);
		return fail(e, RC_INVALID,
		    "%s is neither a file nor a pipe; one of them is wanted",
		    name);
	}
	if ((mode & O_ACCMODE) == O_WRONLY || mode & O_PATH) {
		in_close(in);
		return fail(e, RC_INVALID, "%s is not open to be read", name);
	}
	in->size = in->regular ? (uint64_t)st.st_size : 0;
	if (in->regular && lseek(fd, 0, SEEK_SET) != 0) {
		(void)fail_io(e, "%s cannot be read", name);
		in_close(in);
		return RC_IO;
	}
	return RC_OK;
}

struct in_file
in_bytes(struct bytes all, const char *name)
{
	return (struct in_file){ .fd = -1,
		.regular = true,
		.size = all.len,
		.path = name,
		.ahead = all };
}

void
in_close(struct in_file *in)
{
	if (in->fd >= 0)
		(void)close(in->fd);
	in->fd = -1;
}

/* Something can be read now, or the end is there. */
static enum rc
await(const struct in_file *in, struct err *e)
{
	struct pollfd wait = { .fd = in->fd, .events = POLLIN };
	int n;

	if (in->regular || in->patience == 0)
		return RC_OK;
	do
		n = poll(&wait, 1, in->patience * 1000);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail_io(e, "%s cannot be read", in->path);
	if (n == 0)
		return fail(e, RC_EXPIRED,
		    "%s: nothing has come for %d seconds", in->path,
		    in->patience);
	return RC_OK;
}

/* What was read ahead. */
static size_t
read_ahead(struct in_file *in, uint8_t *to, size_t len)
{
	size_t n = in->ahead.len < len ? in->ahead.len : len;

	if (n == 0)
		return 0;
	memcpy(to, in->ahead.p, n);
	in->ahead = bytes_of(in->ahead.p + n, in->ahead.len - n);
	return n;
}

enum rc
in_read(struct in_file *in, uint8_t *to, size_t len, size_t *got, struct err *e)
{
	ssize_t n;
	enum rc rc;

	*got = read_ahead(in, to, len);
	for (; *got < len && in->fd >= 0; *got += (size_t)n) {
		if ((rc = await(in, e)) != RC_OK)
			return rc;
		n = read(in->fd, to + *got, len - *got);
		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return fail_io(e, "%s cannot be read", in->path);
	}
	return RC_OK;
}

/* Up to "len" bytes from an offset, as pread() has them. */
static ssize_t
read_some(const struct in_file *in, uint8_t *to, size_t len, uint64_t at)
{
	size_t n;

	if (in->fd >= 0)
		return pread(in->fd, to, len, (off_t)at);
	n = at < in->ahead.len ? in->ahead.len - (size_t)at : 0;
	n = n < len ? n : len;
	if (n > 0)
		memcpy(to, in->ahead.p + at, n);
	return (ssize_t)n;
}

enum rc
in_read_at(const struct in_file *in, uint8_t *to, size_t len, uint64_t at,
    struct err *e)
{
	size_t got;
	ssize_t n;

	for (got = 0; got < len; got += (size_t)n) {
		n = read_some(in, to + got, len - got, at + got);
		if (n == 0)
			return fail(e, RC_INVALID,
			    "%s is cut off: it ends at byte %llu, before "
			    "what it promises",
			    in->path, (unsigned long long)(at + got));
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return fail_io(e, "%s cannot be read", in->path);
	}
	return RC_OK;
}

enum rc
file_read(struct buf *out, const char *path, size_t max, struct err *e)
{
	struct buf b = { 0 };
	struct in_file in;
	size_t got = 0, step;
	enum rc rc;

	*out = (struct buf){ 0 };
	rc = in_open(&in, path, e);
	if (rc != RC_OK)
		return rc;
	if (in.size > max) {
		rc = fail(e, RC_LIMIT, "%s has %llu bytes, at most %zu", path,
		    (unsigned long long)in.size, max);
		goto out;
	}
	/* a regular file in one piece, a stream in several */
	step = in.regular ? (size_t)in.size + 1 : 65536;
	do {
		rc = in_read(&in, buf_grow(&b, step), step, &got, e);
		b.len -= step - got;
		if (rc == RC_OK && b.len > max)
			rc = fail(e, RC_LIMIT,
			    "%s has over %zu bytes, which is the limit", path,
			    max);
	} while (rc == RC_OK && got == step);
	if (rc == RC_OK) {
		*out = b;
		b = (struct buf){ 0 };
	}
out:
	buf_free(&b);
	in_close(&in);
	return rc;
}

/* The folder of a path, and the name within it (owned by *out). */
static int
open_folder(struct out_file *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int fd;

	if (slash == NULL)
		folder = strdup(".");
	else
		folder = strndup(path, (size_t)(slash - path) + 1);
	out->name = strdup(slash == NULL ? path : slash + 1);
	if (folder == NULL || out->name == NULL)
		bug("no memory");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	return fd;
}

static char *
temp_name(const char *name)
{
	uint8_t random[8];
	char hex[17], *temp = NULL;

	random_bytes(random, sizeof(random));
	hex_write(hex, bytes_of(random, sizeof(random)));
	if (asprintf(&temp, ".%.64s.%s.tmp", name, hex) < 0)
		bug("no memory");
	return temp;
}

/* A target that is there is written over only where that is asked for. */
static enum rc
may_replace(
    const char *path, const struct stat *st, bool replace, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return fail(e, RC_EXISTS,
		    "%s is there already and is no regular file; give another "
		    "name",
		    path);
	if (!replace)
		return fail(e, RC_EXISTS,
		    "%s is there already; give another name or --force", path);
	return RC_OK;
}

/* A file without a name, which is given one through /proc; where there is no
 * /proc, or the file system knows none (FAT), one with a temporary name. */
static void
open_temp(struct out_file *out, mode_t mode)
{
	if (access("/proc/self/fd", X_OK) == 0)
		out->fd = openat(
		    out->dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode & 0777);
	if (out->fd >= 0)
		return;
	out->temp = temp_name(out->name);
	out->fd = openat(out->dir, out->temp,
	    O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, mode & 0777);
	if (out->fd < 0) {
		free(out->temp);
		out->temp = NULL;
	}
}

struct out_file
out_take(int fd, const char *name)
{
	return (struct out_file){ .dir = -1, .fd = fd, .path = name };
}

enum rc
out_open(struct out_file *out, const char *path, mode_t mode, bool replace,
    struct err *e)
{
	struct stat st;
	enum rc rc = RC_OK;

	*out = (struct out_file){
		.dir = -1, .fd = -1, .replace = replace, .path = path
	};
	out->dir = open_folder(out, path);
	if (out->dir < 0)
		rc = fail_io(e, "the folder of %s cannot be opened", path);
	else if (fstatat(out->dir, out->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		rc = may_replace(path, &st, replace, e);
	else if (errno != ENOENT)
		rc = fail_io(e, "%s cannot be written", path);
	if (rc == RC_OK) {
		open_temp(out, mode);
		if (out->fd < 0)
			rc = fail_io(e, "%s cannot be written", path);
	}
	if (rc != RC_OK)
		out_drop(out);
	return rc;
}

enum rc
out_room(const struct out_file *out, uint64_t need, struct err *e)
{
	char wanted[SIZE_TEXT], there[SIZE_TEXT];
	struct statvfs disk;
	uint64_t room;

	if (fstatvfs(out->fd, &disk) != 0)
		return RC_OK; /* it does not say: writing will */
	room = (uint64_t)disk.f_bavail * disk.f_frsize;
	if (need <= room)
		return RC_OK;
	size_write(wanted, need);
	size_write(there, room);
	return fail(e, RC_IO, "%s needs %s, and the disk has room for %s",
	    out->path, wanted, there);
}

enum rc
out_put_at(struct out_file *out, struct bytes more, uint64_t at, struct err *e)
{
	ssize_t n;

	while (more.len > 0) {
		n = pwrite(out->fd, more.p, more.len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_io(e, "%s cannot be written", out->path);
		more = bytes_of(more.p + n, more.len - (size_t)n);
		at += (uint64_t)n;
	}
	return RC_OK;
}

enum rc
out_put(struct out_file *out, struct bytes more, struct err *e)
{
	enum rc rc = out_put_at(out, more, out->at, e);

	out->at += more.len;
	return rc;
}

static enum rc
sink_put(void *ctx, struct bytes more, struct err *e)
{
	return out_put(ctx, more, e);
}

struct sink
out_sink(struct out_file *out)
{
	return (struct sink){ sink_put, out };
}

/* Give the nameless file a name: the target's own where it may not replace,
 * else a temporary one that is then renamed over it. */
static bool
name_it(struct out_file *out)
{
	char self[64];

	if (out->temp == NULL) {
		if (out->replace)
			out->temp = temp_name(out->name);
		(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", out->fd);
		if (linkat(AT_FDCWD, self, out->dir,
			out->replace ? out->temp : out->name,
			AT_SYMLINK_FOLLOW) != 0) {
			free(out->temp);
			out->temp = NULL;
			return false;
		}
		if (!out->replace)
			return true;
	}
	if (renameat2(out->dir, out->temp, out->dir, out->name,
		out->replace ? 0 : RENAME_NOREPLACE) != 0)
		return false;
	free(out->temp);
	out->temp = NULL;
	return true;
}

enum rc
out_commit(struct out_file *out, struct err *e)
{
	enum rc rc = RC_OK;

	if (fsync(out->fd) != 0 || !name_it(out))
		rc = errno == EEXIST
			 ? fail(e, RC_EXISTS,
			       "%s is there already; give another name or "
			       "--force",
			       out->path)
			 : fail_io(e, "%s cannot be written", out->path);
	else if (fsync(out->dir) != 0) {
		rc = fail_io(e, "%s cannot be written", out->path);
		if (!out->replace)
			(void)unlinkat(out->dir, out->name, 0);
	}
	out_drop(out);
	return rc;
}

void
out_drop(struct out_file *out)
{
	if (out->temp != NULL && out->dir >= 0)
		(void)unlinkat(out->dir, out->temp, 0);
	if (out->fd >= 0)
		(void)close(out->fd);
	if (out->dir >= 0)
		(void)close(out->dir);
	free(out->temp);
	free(out->name);
	*out = (struct out_file){ .dir = -1, .fd = -1, .path = out->path };
}

enum rc
file_write(const char *path, struct bytes all, mode_t mode, bool replace,
    struct err *e)
{
	struct out_file out;
	enum rc rc;

	rc = out_open(&out, path, mode, replace, e);
	if (rc == RC_OK)
		rc = out_put(&out, all, e);
	if (rc == RC_OK)
		rc = out_commit(&out, e);
	out_drop(&out);
	return rc;
}

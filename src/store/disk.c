/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* renameat() */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What there is below the store's folder; the first is itself. */
static const char *const folders[] = { "", "partial", "files" };
#define FOLDERS (sizeof(folders) / sizeof(*folders))

struct folder {
	struct disk disk;
	struct disk_ops ops; /* with this one's path */
	char *path;	     /* owned */
	int fds[FOLDERS];    /* -1: not open */
};

static struct folder *
folder_of(struct disk *d)
{
	return (struct folder *)d;
}

/* The descriptor of one of the folders, -1 where the name is of none. */
static int
folder_fd(struct disk *d, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < FOLDERS; i++)
		if (strlen(folders[i]) == len &&
		    strncmp(folders[i], name, len) == 0)
			return folder_of(d)->fds[i];
	return -1;
}

/* A name: the folder it is in, and its last part.  Nothing leads out. */
static enum rc
split(
    struct disk *d, const char *name, int *fd, const char **last, struct err *e)
{
	const char *slash = strchr(name, '/');

	*last = slash == NULL ? name : slash + 1;
	*fd = folder_fd(d, name, slash == NULL ? 0 : (size_t)(slash - name));
	if (*fd < 0 || strchr(*last, '/') != NULL || **last == '\0' ||
	    strcmp(*last, ".") == 0 || strcmp(*last, "..") == 0)
		return fail(
		    e, RC_INVALID, "\"%s\" is no name in the store", name);
	return RC_OK;
}

static enum rc
file_open(
    struct disk *d, const char *name, bool create, int *file, struct err *e)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	struct stat st;
	const char *last;
	enum rc rc;
	int dir;

	*file = -1;
	if ((rc = split(d, name, &dir, &last, e)) != RC_OK)
		return rc;
	*file = openat(dir, last, create ? flags | O_CREAT : flags, 0600);
	if (*file < 0 && errno == ENOENT)
		return fail(e, RC_ABSENT, "%s is not there", name);
	if (*file < 0)
		return fail_io(e, "open %s", name);
	if (fstat(*file, &st) == 0 && S_ISREG(st.st_mode))
		return RC_OK;
	(void)close(*file);
	*file = -1;
	return fail(e, RC_IO, "%s is no regular file", name);
}

static void
file_close(struct disk *d, int file)
{
	(void)d;
	(void)close(file);
}

static enum rc
file_read(struct disk *d, int file, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	ssize_t n;

	(void)d;
	while (len > 0) {
		n = pread(file, to, len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_io(e, "read");
		if (n == 0)
			return fail(e, RC_INVALID, "the file ends too early");
		to += n;
		at += (size_t)n;
		len -= (size_t)n;
	}
	return RC_OK;
}

static enum rc
file_write(
    struct disk *d, int file, uint64_t at, struct bytes more, struct err *e)
{
	ssize_t n;

	(void)d;
	while (more.len > 0) {
		n = pwrite(file, more.p, more.len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_io(e, "write");
		at += (size_t)n;
		more = bytes_of(more.p + n, more.len - (size_t)n);
	}
	return RC_OK;
}

static enum rc
file_size(struct disk *d, int file, uint64_t *size, struct err *e)
{
	struct stat st;

	(void)d;
	*size = 0;
	if (fstat(file, &st) != 0)
		return fail_io(e, "fstat");
	*size = (uint64_t)st.st_size;
	return RC_OK;
}

static enum rc
file_touched(struct disk *d, int file, int64_t *at, struct err *e)
{
	struct stat st;

	(void)d;
	*at = 0;
	if (fstat(file, &st) != 0)
		return fail_io(e, "fstat");
	*at = st.st_mtim.tv_sec;
	return RC_OK;
}

static enum rc
file_truncate(struct disk *d, int file, uint64_t size, struct err *e)
{
	(void)d;
	if (ftruncate(file, (off_t)size) != 0)
		return fail_io(e, "truncate");
	return RC_OK;
}

static enum rc
file_sync(struct disk *d, int file, struct err *e)
{
	(void)d;
	if (fsync(file) != 0)
		return fail_io(e, "sync");
	return RC_OK;
}

static enum rc
folder_sync(struct disk *d, const char *folder, struct err *e)
{
	int fd = folder_fd(d, folder, strlen(folder));

	if (fd < 0)
		return fail(
		    e, RC_INVALID, "\"%s\" is no folder of the store", folder);
	if (fsync(fd) != 0)
		return fail_io(e, "sync folder \"%s\"", folder);
	return RC_OK;
}

static enum rc
file_rename(struct disk *d, const char *from, const char *to, struct err *e)
{
	const char *last, *to_last;
	int dir, to_dir;
	enum rc rc;

	if ((rc = split(d, from, &dir, &last, e)) != RC_OK ||
	    (rc = split(d, to, &to_dir, &to_last, e)) != RC_OK)
		return rc;
	if (renameat(dir, last, to_dir, to_last) == 0)
		return RC_OK;
	if (errno == ENOENT)
		return fail(e, RC_ABSENT, "%s is not there", from);
	return fail_io(e, "rename %s to %s", from, to);
}

static enum rc
file_remove(struct disk *d, const char *name, struct err *e)
{
	const char *last;
	enum rc rc;
	int dir;

	if ((rc = split(d, name, &dir, &last, e)) != RC_OK)
		return rc;
	if (unlinkat(dir, last, 0) == 0)
		return RC_OK;
	if (errno == ENOENT)
		return fail(e, RC_ABSENT, "%s is not there", name);
	return fail_io(e, "remove %s", name);
}

static bool
file_exists(struct disk *d, const char *name)
{
	const char *last;
	struct stat st;
	struct err e;
	int dir;

	return split(d, name, &dir, &last, &e) == RC_OK &&
	       fstatat(dir, last, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode);
}

static enum rc
folder_list(struct disk *d, const char *folder,
    void (*each)(void *ctx, const char *name), void *ctx, struct err *e)
{
	int fd = folder_fd(d, folder, strlen(folder));
	const struct dirent *entry;
	enum rc rc = RC_OK;
	DIR *dir;

	if (fd < 0)
		return fail(
		    e, RC_INVALID, "\"%s\" is no folder of the store", folder);
	fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (dir = fdopendir(fd)) == NULL) {
		rc = fail_io(e, "list folder \"%s\"", folder);
		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	while (errno = 0, (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			each(ctx, entry->d_name);
	if (errno != 0)
		rc = fail_io(e, "list folder \"%s\"", folder);
	(void)closedir(dir);
	return rc;
}

static enum rc
folder_room(struct disk *d, uint64_t *left, uint64_t *all, struct err *e)
{
	struct statvfs v;

	*left = *all = 0;
	if (fstatvfs(folder_of(d)->fds[0], &v) != 0)
		return fail_io(e, "ask for the room on the disk");
	*left = (uint64_t)v.f_bavail * (uint64_t)v.f_frsize;
	*all = (uint64_t)v.f_blocks * (uint64_t)v.f_frsize;
	return RC_OK;
}

void
disk_forget(struct disk *d)
{
	while (d->untrusted_count > 0)
		free(d->untrusted[--d->untrusted_count]);
	free(d->untrusted);
	d->untrusted = NULL;
}

static void
folder_free(struct disk *d)
{
	struct folder *f = folder_of(d);
	size_t i;

	disk_forget(d);
	for (i = 0; i < FOLDERS; i++)
		if (f->fds[i] >= 0)
			(void)close(f->fds[i]);
	free(f->path);
	free(f);
}

static const struct disk_ops folder_ops = {
	.open = file_open,
	.close = file_close,
	.read = file_read,
	.write = file_write,
	.size = file_size,
	.touched = file_touched,
	.truncate = file_truncate,
	.sync = file_sync,
	.sync_folder = folder_sync,
	.rename = file_rename,
	.remove = file_remove,
	.exists = file_exists,
	.list = folder_list,
	.room = folder_room,
	.free = folder_free,
};

/* The folder and those below it, none of the latter a symbolic link. */
static enum rc
folders_open(struct folder *f, struct err *e)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	size_t i;

	f->fds[0] = open(f->path, flags);
	if (f->fds[0] < 0)
		return fail_io(e, "open %s", f->path);
	for (i = 1; i < FOLDERS; i++) {
		if (mkdirat(f->fds[0], folders[i], 0700) != 0 &&
		    errno != EEXIST)
			return fail_io(e, "make %s/%s", f->path, folders[i]);
		f->fds[i] = openat(f->fds[0], folders[i], flags | O_NOFOLLOW);
		if (f->fds[i] < 0)
			return fail_io(e, "open %s/%s", f->path, folders[i]);
	}
	if (fsync(f->fds[0]) != 0)
		return fail_io(e, "sync %s", f->path);
	return RC_OK;
}

enum rc
disk_folder(struct disk **out, const char *path, struct err *e)
{
	struct folder *f = alloc(1, sizeof(*f));
	size_t i;
	enum rc rc;

	*out = NULL;
	for (i = 0; i < FOLDERS; i++)
		f->fds[i] = -1;
	/* SQLite follows no link in it, so there may be none left */
	f->path = realpath(path, NULL);
	if (f->path == NULL) {
		rc = fail_io(e, "open %s", path);
		goto out;
	}
	f->ops = folder_ops;
	f->ops.path = f->path;
	f->disk.ops = &f->ops;
	if ((rc = folders_open(f, e)) != RC_OK)
		goto out;
	*out = &f->disk; /* the caller owns it now */
	f = NULL;
out:
	if (f != NULL)
		folder_free(&f->disk);
	return rc;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "file/directory_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK_ROOM 64u /* bytes, at least those of a mark */

/* The directory that is in "all", which is taken. */
static enum rc
load(struct directory **out, struct buf *all, struct err *e)
{
	struct directory *d = NULL;
	struct applied did;
	struct bytes root;
	enum rc rc;

	*out = NULL;
	if ((rc = directory_root(&root, buf_bytes(all), e)) != RC_OK ||
	    (rc = directory_new(&d, root, e)) != RC_OK) {
		buf_free(all);
		return rc;
	}
	if ((rc = directory_apply(d, all, &did, e)) != RC_OK)
		directory_free(d);
	else
		*out = d;
	return rc;
}

enum rc
directory_read(
    struct directory **out, const char *path, bool own, struct err *e)
{
	struct buf all;
	enum rc rc;

	*out = NULL;
	if ((rc = file_read(&all, path, DIRECTORY_MAX, e)) != RC_OK)
		return rc;
	if (own)
		all.len = directory_whole(buf_bytes(&all));
	if ((rc = load(out, &all, e)) != RC_OK)
		return fail_at(e, "%s", path);
	return RC_OK;
}

/* All of an open file. */
static enum rc
read_fd(struct buf *out, int fd, const char *path, struct err *e)
{
	struct stat st;
	uint8_t *to;
	ssize_t n;
	size_t at = 0;

	*out = (struct buf){ 0 };
	if (fstat(fd, &st) != 0)
		return fail_io(e, "%s cannot be read", path);
	if (st.st_size > DIRECTORY_MAX)
		return fail(e, RC_LIMIT, "a directory of %zu bytes, at most %u",
		    (size_t)st.st_size, DIRECTORY_MAX);
	to = buf_grow(out, (size_t)st.st_size);
	while (at < out->len) {
		n = pread(fd, to + at, out->len - at, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			buf_free(out);
			return fail_io(e, "%s cannot be read", path);
		}
		at += (size_t)n;
	}
	return RC_OK;
}

enum rc
directory_open(struct directory_file *out, const char *path, struct err *e)
{
	struct directory_file f = { .path = path };
	struct buf all;
	int locked;
	enum rc rc;

	*out = (struct directory_file){ .fd = -1 };
	f.fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (f.fd < 0)
		return fail_io(e, "%s cannot be opened", path);
	while ((locked = flock(f.fd, LOCK_EX)) != 0 && errno == EINTR)
		continue;
	if (locked != 0) {
		rc = fail_io(e, "%s cannot be locked", path);
		goto out;
	}
	if ((rc = read_fd(&all, f.fd, path, e)) != RC_OK)
		goto out;
	f.size = all.len = directory_whole(buf_bytes(&all));
	if ((rc = load(&f.directory, &all, e)) != RC_OK)
		rc = fail_at(e, "%s", path);
out:
	if (rc != RC_OK)
		(void)close(f.fd);
	else
		*out = f;
	return rc;
}

static bool
put_all(int fd, struct bytes all, uint64_t at)
{
	size_t done = 0;
	ssize_t n;

	while (done < all.len) {
		n = pwrite(
		    fd, all.p + done, all.len - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* Both on disk, the part before its mark: so a mark is never there without
 * what it marks. */
static bool
put_marked(struct directory_file *f, struct bytes part, struct bytes mark)
{
	const uint64_t end = f->size + part.len + mark.len;

	return (f->reserved || ftruncate(f->fd, (off_t)f->size) == 0) &&
	       put_all(f->fd, part, f->size) && fsync(f->fd) == 0 &&
	       put_all(f->fd, mark, f->size + part.len) &&
	       ftruncate(f->fd, (off_t)end) == 0 && fsync(f->fd) == 0;
}

enum rc
directory_reserve(struct directory_file *f, size_t len, struct err *e)
{
	int failed;

	/* what an earlier attempt left there is no longer there */
	if (ftruncate(f->fd, (off_t)f->size) != 0)
		return fail_io(e, "%s cannot be written", f->path);
	failed = posix_fallocate(
	    f->fd, (off_t)f->size, (off_t)(len + MARK_ROOM));
	if (failed != 0) {
		directory_release(f);
		errno = failed;
		return fail_io(e, "%s cannot be written", f->path);
	}
	f->reserved = true;
	return RC_OK;
}

void
directory_release(struct directory_file *f)
{
	/* where it fails, the next one that reserves does it */
	f->reserved = ftruncate(f->fd, (off_t)f->size) != 0;
	f->reserved = false;
}

enum rc
directory_append(struct directory_file *f, struct bytes part, struct err *e)
{
	struct buf mark;
	bool done;

	directory_mark(&mark, part, f->size + part.len);
	done = put_marked(f, part, buf_bytes(&mark));
	f->reserved = false;
	if (done)
		f->size += part.len + mark.len;
	else
		(void)fail_io(e, "%s cannot be written", f->path);
	buf_free(&mark);
	if (done)
		return RC_OK;
	if (ftruncate(f->fd, (off_t)f->size) != 0)
		(void)fail_at(e, "and what was begun stays at its end");
	/* memory is ahead of the disk: what follows would not follow there */
	(void)close(f->fd);
	f->fd = -1;
	return e->rc;
}

void
directory_close(struct directory_file *f)
{
	directory_free(f->directory);
	if (f->fd >= 0)
		(void)close(f->fd);
	*f = (struct directory_file){ .fd = -1 };
}

enum rc
directory_create(const char *path, struct bytes whole, struct err *e)
{
	const struct bytes head = der_element(whole);
	struct buf all = { 0 }, parts, mark;
	enum rc rc;

	/* marks that another's file has are not ours */
	directory_parts(&parts, whole);
	buf_add(&all, head);
	buf_add(&all, buf_bytes(&parts));
	buf_free(&parts);
	directory_mark(&mark, buf_bytes(&all), all.len);
	buf_add(&all, buf_bytes(&mark));
	rc = file_write(path, buf_bytes(&all), 0644, false, e);
	buf_free(&all);
	buf_free(&mark);
	return rc;
}

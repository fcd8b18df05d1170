/* SPDX-License-Identifier: EUPL-1.2 */
/* An SQLite VFS on the disk of shaky.h; and both made. */
#ifndef TESTS_STORE_SHAKY_VFS_H
#define TESTS_STORE_SHAKY_VFS_H

#include "shaky.h"

struct shaky_handle {
	sqlite3_file base;
	struct shaky *d;
	int file;
	bool new_name; /* its folder is synced with it, as unix VFSs do */
};

static inline int
shaky_code(struct shaky *d, int code)
{
	return d->full ? SQLITE_FULL : code;
}

static inline struct shaky_handle *
shaky_handle(sqlite3_file *f)
{
	return (struct shaky_handle *)(void *)f;
}

static inline int
shaky_x_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static inline int
shaky_x_read(sqlite3_file *f, void *to, int len, sqlite3_int64 at)
{
	struct shaky_handle *h = shaky_handle(f);
	const struct buf *b = &h->d->files[h->file].live;
	size_t n = (size_t)len, from = (size_t)at;
	struct err e;

	if (from + n > b->len)
		n = from > b->len ? 0 : b->len - from;
	memset(to, 0, (size_t)len);
	if (shaky_read(&h->d->disk, h->file, n > 0 ? from : 0, to, n, &e) !=
	    RC_OK)
		return SQLITE_IOERR_READ;
	return n < (size_t)len ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static inline int
shaky_x_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 at)
{
	struct shaky_handle *h = shaky_handle(f);
	struct err e;

	if (shaky_write_at(&h->d->disk, h->file, (uint64_t)at,
		bytes_of(from, (size_t)len), &e) != RC_OK)
		return shaky_code(h->d, SQLITE_IOERR_WRITE);
	return SQLITE_OK;
}

static inline int
shaky_x_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct shaky_handle *h = shaky_handle(f);
	struct err e;

	if (shaky_truncate(&h->d->disk, h->file, (uint64_t)size, &e) != RC_OK)
		return SQLITE_IOERR_TRUNCATE;
	return SQLITE_OK;
}

static inline int
shaky_x_sync(sqlite3_file *f, int flags)
{
	struct shaky_handle *h = shaky_handle(f);
	struct err e;

	(void)flags;
	if (shaky_sync(&h->d->disk, h->file, &e) != RC_OK)
		return SQLITE_IOERR_FSYNC;
	if (h->new_name && shaky_sync_folder(&h->d->disk, "", &e) != RC_OK)
		return SQLITE_IOERR_DIR_FSYNC;
	h->new_name = false;
	return SQLITE_OK;
}

static inline int
shaky_x_size(sqlite3_file *f, sqlite3_int64 *size)
{
	struct shaky_handle *h = shaky_handle(f);
	uint64_t n = 0;
	struct err e;
	enum rc rc = shaky_size(&h->d->disk, h->file, &n, &e);

	*size = (sqlite3_int64)n;
	return rc == RC_OK ? SQLITE_OK : SQLITE_IOERR_FSTAT;
}

/* One process opens it, once. */
static inline int
shaky_x_lock(sqlite3_file *f, int how)
{
	(void)f;
	(void)how;
	return SQLITE_OK;
}

static inline int
shaky_x_reserved(sqlite3_file *f, int *out)
{
	(void)f;
	*out = 0;
	return SQLITE_OK;
}

static inline int
shaky_x_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static inline int
shaky_x_sector(sqlite3_file *f)
{
	(void)f;
	return SHAKY_SECTOR;
}

/* As SQLite's own says of this system's disks: a write touches nothing beside
 * it. */
static inline int
shaky_x_device(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static inline const char *
shaky_x_name(const char *path)
{
	return path + sizeof(SHAKY_PATH); /* and its "/" */
}

static inline int
shaky_x_open(
    sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 1,
		.xClose = shaky_x_close,
		.xRead = shaky_x_read,
		.xWrite = shaky_x_write,
		.xTruncate = shaky_x_truncate,
		.xSync = shaky_x_sync,
		.xFileSize = shaky_x_size,
		.xLock = shaky_x_lock,
		.xUnlock = shaky_x_lock,
		.xCheckReservedLock = shaky_x_reserved,
		.xFileControl = shaky_x_control,
		.xSectorSize = shaky_x_sector,
		.xDeviceCharacteristics = shaky_x_device,
	};
	struct shaky_handle *h = shaky_handle(f);
	bool create = (flags & SQLITE_OPEN_CREATE) != 0, was;
	struct err e;

	*h = (struct shaky_handle){ .d = vfs->pAppData };
	if (path == NULL)
		return SQLITE_CANTOPEN;
	was = shaky_exists(&h->d->disk, shaky_x_name(path));
	if (shaky_open(&h->d->disk, shaky_x_name(path), create, &h->file, &e) !=
	    RC_OK)
		return SQLITE_CANTOPEN;
	h->new_name =
	    !was && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
	h->base.pMethods = &methods;
	if (out != NULL)
		*out = flags;
	return SQLITE_OK;
}

static inline int
shaky_x_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	struct shaky *d = vfs->pAppData;
	struct err e;

	if (shaky_remove(&d->disk, shaky_x_name(path), &e) != RC_OK)
		return e.rc == RC_ABSENT ? SQLITE_IOERR_DELETE_NOENT
					 : SQLITE_IOERR_DELETE;
	if (sync != 0 && shaky_sync_folder(&d->disk, "", &e) != RC_OK)
		return SQLITE_IOERR_DIR_FSYNC;
	return SQLITE_OK;
}

static inline int
shaky_x_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	struct shaky *d = vfs->pAppData;
	struct shaky_name *n = shaky_named(&d->live, shaky_x_name(path));

	if (shaky_next(d) == SHAKY_FAILS)
		return SQLITE_IOERR_ACCESS;
	/* an empty journal is none, to SQLite's own too */
	*out = n != NULL && (flags != SQLITE_ACCESS_EXISTS ||
				d->files[n->file].live.len > 0);
	return SQLITE_OK;
}

static inline int
shaky_x_full(sqlite3_vfs *vfs, const char *path, int len, char *out)
{
	(void)vfs;
	(void)snprintf(out, (size_t)len, "%s", path);
	return SQLITE_OK;
}

static inline int
shaky_x_random(sqlite3_vfs *vfs, int len, char *out)
{
	struct shaky *d = vfs->pAppData;
	int i;

	for (i = 0; i < len; i++)
		out[i] = (char)dice_below(&d->dice, 256);
	return len;
}

static inline int
shaky_x_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static inline int
shaky_x_time(sqlite3_vfs *vfs, double *days)
{
	(void)vfs;
	*days = 2460000.5;
	return SQLITE_OK;
}

static inline int
shaky_x_error(sqlite3_vfs *vfs, int len, char *out)
{
	(void)vfs;
	if (len > 0)
		out[0] = '\0';
	return 0;
}

/* ---- making one -------------------------------------------------------- */

static inline void
shaky_free(struct disk *disk)
{
	struct shaky *d = shaky_of(disk);
	size_t i;

	disk_forget(disk);
	(void)sqlite3_vfs_unregister(&d->vfs);
	for (i = 0; i < d->file_count; i++) {
		shaky_forget(&d->files[i]);
		buf_free(&d->files[i].live);
		buf_free(&d->files[i].kept);
	}
	free(d->files);
	free(d->live.v);
	free(d->kept.v);
	free(d->changes.v);
	free(d);
}

static inline struct shaky *
shaky_new(uint64_t seed)
{
	struct shaky *d = alloc(1, sizeof(*d));

	d->dice.state = seed;
	(void)snprintf(d->vfs_name, sizeof(d->vfs_name), "shaky-%p", (void *)d);
	d->ops = (struct disk_ops){
		.open = shaky_open,
		.close = shaky_close,
		.read = shaky_read,
		.write = shaky_write_at,
		.size = shaky_size,
		.touched = shaky_touched,
		.truncate = shaky_truncate,
		.sync = shaky_sync,
		.sync_folder = shaky_sync_folder,
		.rename = shaky_rename,
		.remove = shaky_remove,
		.exists = shaky_exists,
		.list = shaky_list,
		.room = shaky_room,
		.path = SHAKY_PATH,
		.vfs = d->vfs_name,
		.free = shaky_free,
	};
	d->disk.ops = &d->ops;
	d->vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct shaky_handle),
		.mxPathname = 512,
		.zName = d->vfs_name,
		.pAppData = d,
		.xOpen = shaky_x_open,
		.xDelete = shaky_x_delete,
		.xAccess = shaky_x_access,
		.xFullPathname = shaky_x_full,
		.xRandomness = shaky_x_random,
		.xSleep = shaky_x_sleep,
		.xCurrentTime = shaky_x_time,
		.xGetLastError = shaky_x_error,
	};
	if (sqlite3_vfs_register(&d->vfs, 0) != SQLITE_OK)
		bug("no VFS");
	return d;
}

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A disk in memory that keeps no more than it must (src/store/disk.h).
 * shaky_vfs.h makes one, with an SQLite VFS on it.
 *
 * What was not synced is, at a crash, kept or lost as the dice fall: writes in
 * any order, torn at sectors or at bytes; names by themselves.  A sync that
 * fails keeps some of what it should and forgets the rest, as Linux does: the
 * next one says it is well.  Any operation can be the one at which the machine
 * stops, or one that fails, and there may be no more room.
 */
#ifndef TESTS_STORE_SHAKY_H
#define TESTS_STORE_SHAKY_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "store/disk.h"

#include "../tap.h"

#define SHAKY_NAME 96
#define SHAKY_SECTOR 512u
#define SHAKY_PATH "shaky"

/* A write, or a change of size, that was not synced. */
struct shaky_write {
	uint64_t at; /* of a change of size: the size */
	bool size;
	struct buf bytes;
};

struct shaky_file {
	struct buf live, kept;
	struct shaky_write *writes;
	size_t count;
};

/* A name, and the file it is of; as a change, SIZE_MAX: it is nobody's. */
struct shaky_name {
	char name[SHAKY_NAME];
	size_t file;
	bool with_next; /* both changes or neither */
};

struct shaky_names {
	struct shaky_name *v;
	size_t n;
};

struct shaky {
	struct disk disk;
	struct disk_ops ops;
	char vfs_name[40];
	sqlite3_vfs vfs;
	struct dice dice;
	struct shaky_file *files;
	size_t file_count;
	struct shaky_names live, kept, changes;
	uint64_t done;	   /* operations so far */
	uint64_t crash_at; /* it stops at this one; 0: at none */
	uint64_t fail_at;  /* from this one on... */
	uint64_t fail_for; /* ...so many fail */
	uint64_t room;	   /* bytes of all files; 0: boundless */
	bool dead;	   /* it has stopped */
	bool full;	   /* the last failure was for want of room */
	bool lies; /* says it synced, and does not (to test the tests) */
};

static inline struct shaky *
shaky_of(struct disk *d)
{
	return (struct shaky *)d;
}

/* ---- names ------------------------------------------------------------- */

static inline struct shaky_name *
shaky_named(struct shaky_names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (strcmp(names->v[i].name, name) == 0)
			return &names->v[i];
	return NULL;
}

static inline void
shaky_name_add(struct shaky_names *names, const char *name, size_t file)
{
	struct shaky_name *n;

	names->v = vec_more(names->v, names->n, sizeof(*names->v));
	n = &names->v[names->n++];
	*n = (struct shaky_name){ .file = file };
	(void)snprintf(n->name, sizeof(n->name), "%s", name);
}

/* The name is that file's now; SIZE_MAX: nobody's. */
static inline void
shaky_name_set(struct shaky_names *names, const char *name, size_t file)
{
	struct shaky_name *n = shaky_named(names, name);

	if (n == NULL && file != SIZE_MAX)
		shaky_name_add(names, name, file);
	else if (n != NULL && file != SIZE_MAX)
		n->file = file;
	else if (n != NULL)
		*n = names->v[--names->n];
}

/* Changed, and not synced. */
static inline void
shaky_change(struct shaky *d, const char *name, size_t file)
{
	shaky_name_set(&d->live, name, file);
	shaky_name_add(&d->changes, name, file);
}

static inline bool
shaky_within(const char *name, const char *folder)
{
	const char *slash = strchr(name, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - name);

	return strlen(folder) == len && strncmp(name, folder, len) == 0;
}

/* ---- files ------------------------------------------------------------- */

static inline void
shaky_resize(struct buf *b, uint64_t size)
{
	if (size > b->len)
		(void)buf_grow(b, (size_t)size - b->len);
	b->len = (size_t)size;
}

static inline void
shaky_put(struct buf *b, uint64_t at, struct bytes more)
{
	if (more.len == 0)
		return;
	if (at + more.len > b->len)
		shaky_resize(b, at + more.len);
	memcpy(b->p + at, more.p, more.len);
}

/* Changed, and not synced. */
static inline void
shaky_write(struct shaky_file *f, uint64_t at, struct bytes more, bool size)
{
	struct shaky_write *w;

	if (size)
		shaky_resize(&f->live, at);
	else
		shaky_put(&f->live, at, more);
	f->writes = vec_more(f->writes, f->count, sizeof(*f->writes));
	w = &f->writes[f->count++];
	*w = (struct shaky_write){ .at = at, .size = size };
	buf_add(&w->bytes, more);
}

/* What is kept of one write: all, some sectors, or up to some byte. */
static inline void
shaky_keep(struct shaky *d, struct shaky_file *f, const struct shaky_write *w)
{
	struct bytes b = buf_bytes(&w->bytes);
	uint32_t how = dice_below(&d->dice, 8);
	size_t at, n;

	if (w->size) {
		shaky_resize(&f->kept, w->at);
	} else if (how == 0 && b.len > 0) {
		n = dice_below(&d->dice, (uint32_t)b.len);
		shaky_put(&f->kept, w->at, bytes_of(b.p, n));
	} else if (how < 4) {
		for (at = 0; at < b.len; at += n) {
			n = SHAKY_SECTOR -
			    (size_t)((w->at + at) % SHAKY_SECTOR);
			n = n < b.len - at ? n : b.len - at;
			if (dice_below(&d->dice, 2) == 0)
				shaky_put(&f->kept, w->at + at,
				    bytes_of(b.p + at, n));
		}
	} else {
		shaky_put(&f->kept, w->at, b);
	}
}

static inline void
shaky_forget(struct shaky_file *f)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		buf_free(&f->writes[i].bytes);
	free(f->writes);
	f->writes = NULL;
	f->count = 0;
}

/* Any of what was not synced gets to the disk, in any order. */
static inline void
shaky_spill(struct shaky *d, struct shaky_file *f)
{
	uint32_t how = dice_below(&d->dice, 5);
	struct shaky_write was;
	size_t i, k, until = f->count;

	if (how == 0) /* as far as it got */
		until = dice_below(&d->dice, (uint32_t)f->count + 1);
	for (i = 0; how == 1 && i < f->count; i++) {
		k = dice_below(&d->dice, (uint32_t)f->count);
		was = f->writes[i];
		f->writes[i] = f->writes[k];
		f->writes[k] = was;
	}
	for (i = 0; how != 2 && i < until; i++)
		if (how == 0 || dice_below(&d->dice, 4) > 0)
			shaky_keep(d, f, &f->writes[i]);
	shaky_forget(f);
}

/* ---- what goes wrong --------------------------------------------------- */

enum shaky_luck { SHAKY_WELL, SHAKY_FAILS };

/* One operation more. */
static inline enum shaky_luck
shaky_next(struct shaky *d)
{
	d->done++;
	d->full = false;
	if (d->crash_at != 0 && d->done >= d->crash_at)
		d->dead = true;
	if (d->dead)
		return SHAKY_FAILS;
	if (d->done >= d->fail_at && d->done < d->fail_at + d->fail_for)
		return SHAKY_FAILS;
	return SHAKY_WELL;
}

static inline enum rc
shaky_error(struct shaky *d, struct err *e)
{
	return fail(e, RC_IO, d->dead ? "the machine stopped" : "I/O error");
}

/* The machine stops where it is, and is started again: nothing that was open
 * is. */
static inline void
shaky_crash(struct shaky *d)
{
	struct shaky_names *c = &d->changes;
	bool kept;
	size_t i;

	for (i = 0; i < d->file_count; i++) {
		struct shaky_file *f = &d->files[i];

		shaky_spill(d, f);
		buf_free(&f->live);
		buf_add(&f->live, buf_bytes(&f->kept));
	}
	for (i = 0; i < c->n; i++) {
		kept = dice_below(&d->dice, 3) > 0;
		if (kept)
			shaky_name_set(&d->kept, c->v[i].name, c->v[i].file);
		if (c->v[i].with_next && ++i < c->n && kept)
			shaky_name_set(&d->kept, c->v[i].name, c->v[i].file);
	}
	c->n = 0;
	free(c->v);
	c->v = NULL;
	free(d->live.v);
	d->live = (struct shaky_names){ 0 };
	for (i = 0; i < d->kept.n; i++)
		shaky_name_add(&d->live, d->kept.v[i].name, d->kept.v[i].file);
	d->dead = d->full = false;
	d->crash_at = d->fail_for = d->room = 0;
}

/* ---- the operations of a disk ------------------------------------------ */

static inline enum rc
shaky_open(
    struct disk *disk, const char *name, bool create, int *file, struct err *e)
{
	struct shaky *d = shaky_of(disk);
	struct shaky_name *n = shaky_named(&d->live, name);
	bool fails = shaky_next(d) == SHAKY_FAILS;

	*file = -1;
	if (fails)
		return shaky_error(d, e);
	if (n == NULL && !create)
		return fail(e, RC_ABSENT, "%s is not there", name);
	if (n == NULL) {
		d->files = vec_more(d->files, d->file_count, sizeof(*d->files));
		shaky_change(d, name, d->file_count++);
		n = shaky_named(&d->live, name);
	}
	*file = (int)n->file;
	return RC_OK;
}

static inline void
shaky_close(struct disk *disk, int file)
{
	(void)disk;
	(void)file;
}

static inline enum rc
shaky_read(struct disk *disk, int file, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	struct shaky *d = shaky_of(disk);
	const struct buf *b = &d->files[file].live;

	if (shaky_next(d) == SHAKY_FAILS)
		return shaky_error(d, e);
	if (at > b->len || len > b->len - at)
		return fail(e, RC_INVALID, "the file ends too early");
	if (len > 0)
		memcpy(to, b->p + at, len);
	return RC_OK;
}

static inline uint64_t
shaky_used(const struct shaky *d)
{
	uint64_t used = 0;
	size_t i;

	for (i = 0; i < d->live.n; i++)
		used += d->files[d->live.v[i].file].live.len;
	return used;
}

static inline enum rc
shaky_write_at(
    struct disk *disk, int file, uint64_t at, struct bytes more, struct err *e)
{
	struct shaky *d = shaky_of(disk);
	struct shaky_file *f = &d->files[file];
	bool fails = shaky_next(d) == SHAKY_FAILS;

	if (fails && more.len > 0) /* some of it */
		more.len = dice_below(&d->dice, (uint32_t)more.len + 1);
	if (!fails && d->room > 0 && at + more.len > f->live.len &&
	    shaky_used(d) + at + more.len - f->live.len > d->room) {
		d->full = true;
		return fail(e, RC_IO, "no space left");
	}
	shaky_write(f, at, more, false);
	return fails ? shaky_error(d, e) : RC_OK;
}

static inline enum rc
shaky_size(struct disk *disk, int file, uint64_t *size, struct err *e)
{
	struct shaky *d = shaky_of(disk);

	*size = d->files[file].live.len;
	return shaky_next(d) == SHAKY_FAILS ? shaky_error(d, e) : RC_OK;
}

static inline enum rc
shaky_touched(struct disk *disk, int file, int64_t *at, struct err *e)
{
	struct shaky *d = shaky_of(disk);

	(void)file;
	*at = 0;
	return shaky_next(d) == SHAKY_FAILS ? shaky_error(d, e) : RC_OK;
}

static inline enum rc
shaky_truncate(struct disk *disk, int file, uint64_t size, struct err *e)
{
	struct shaky *d = shaky_of(disk);

	if (shaky_next(d) == SHAKY_FAILS)
		return shaky_error(d, e);
	shaky_write(&d->files[file], size, (struct bytes){ 0 }, true);
	return RC_OK;
}

static inline enum rc
shaky_sync(struct disk *disk, int file, struct err *e)
{
	struct shaky *d = shaky_of(disk);
	struct shaky_file *f = &d->files[file];
	size_t i;

	if (shaky_next(d) == SHAKY_FAILS) {
		if (!d->dead)
			shaky_spill(d, f);
		return shaky_error(d, e);
	}
	for (i = 0; i < f->count && !d->lies; i++)
		if (f->writes[i].size)
			shaky_resize(&f->kept, f->writes[i].at);
		else
			shaky_put(&f->kept, f->writes[i].at,
			    buf_bytes(&f->writes[i].bytes));
	if (!d->lies)
		shaky_forget(f);
	return RC_OK;
}

static inline enum rc
shaky_sync_folder(struct disk *disk, const char *folder, struct err *e)
{
	struct shaky *d = shaky_of(disk);
	struct shaky_names *c = &d->changes;
	size_t i, left = 0;

	if (shaky_next(d) == SHAKY_FAILS)
		return shaky_error(d, e);
	for (i = 0; i < c->n; i++)
		if (!d->lies && shaky_within(c->v[i].name, folder))
			shaky_name_set(&d->kept, c->v[i].name, c->v[i].file);
		else
			c->v[left++] = c->v[i];
	c->n = left;
	return RC_OK;
}

static inline enum rc
shaky_rename(struct disk *disk, const char *from, const char *to, struct err *e)
{
	struct shaky *d = shaky_of(disk);
	struct shaky_name *n = shaky_named(&d->live, from);
	const char *slash = strchr(from, '/');
	char folder[SHAKY_NAME] = "";
	bool fails = shaky_next(d) == SHAKY_FAILS;

	if (n == NULL && !fails)
		return fail(e, RC_ABSENT, "%s is not there", from);
	if (slash != NULL)
		memcpy(folder, from, (size_t)(slash - from));
	if (n != NULL && (!fails || dice_below(&d->dice, 2) == 0)) {
		shaky_change(d, to, n->file);
		/* in one folder it is one step */
		d->changes.v[d->changes.n - 1].with_next =
		    shaky_within(to, folder);
		shaky_change(d, from, SIZE_MAX);
	}
	return fails ? shaky_error(d, e) : RC_OK;
}

static inline enum rc
shaky_remove(struct disk *disk, const char *name, struct err *e)
{
	struct shaky *d = shaky_of(disk);
	bool there = shaky_named(&d->live, name) != NULL;
	bool fails = shaky_next(d) == SHAKY_FAILS;

	if (!there && !fails)
		return fail(e, RC_ABSENT, "%s is not there", name);
	if (there && (!fails || dice_below(&d->dice, 2) == 0))
		shaky_change(d, name, SIZE_MAX);
	return fails ? shaky_error(d, e) : RC_OK;
}

static inline bool
shaky_exists(struct disk *disk, const char *name)
{
	return shaky_named(&shaky_of(disk)->live, name) != NULL;
}

static inline enum rc
shaky_list(struct disk *disk, const char *folder,
    void (*each)(void *ctx, const char *name), void *ctx, struct err *e)
{
	struct shaky *d = shaky_of(disk);
	const char *slash;
	size_t i;

	if (shaky_next(d) == SHAKY_FAILS)
		return shaky_error(d, e);
	for (i = 0; i < d->live.n; i++) {
		slash = strchr(d->live.v[i].name, '/');
		if (shaky_within(d->live.v[i].name, folder))
			each(
			    ctx, slash == NULL ? d->live.v[i].name : slash + 1);
	}
	return RC_OK;
}

static inline enum rc
shaky_room(struct disk *disk, uint64_t *left, uint64_t *all, struct err *e)
{
	struct shaky *d = shaky_of(disk);
	const uint64_t used = shaky_used(d);

	*all = d->room > 0 ? d->room : UINT64_MAX;
	*left = *all > used ? *all - used : 0;
	return shaky_next(d) == SHAKY_FAILS ? shaky_error(d, e) : RC_OK;
}

#endif

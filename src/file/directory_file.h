/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Directory files on disk (docs/directory.md 5).  A station's own is appended
 * to: what is whole in it was synced before anybody was told, and a piece at
 * its end was not.
 */
#ifndef FILE_DIRECTORY_FILE_H
#define FILE_DIRECTORY_FILE_H

#include "file/file.h"
#include "pki/directory.h"

/* One's own, open to be added to; nobody else can meanwhile. */
struct directory_file {
	struct directory *directory; /* owned */
	int fd;			     /* -1: none */
	uint64_t size;		     /* of what is whole */
	bool reserved;		     /* there is room behind it */
	const char *path;	     /* borrowed */
};

/*
 * Read somebody's directory file to look things up.  "own": a piece at its end
 * is passed over.  directory_free() frees *out.
 *
 * RC_IO, and directory_apply()'s outcomes
 */
enum rc directory_read(
    struct directory **out, const char *path, bool own, struct err *e);

/* Open one's own to add to it, alone: waits for who has it open.  Freed by
 * directory_close(). */
enum rc directory_open(
    struct directory_file *out, const char *path, struct err *e);
/* Append what was applied or decided; on disk when it returns.  Where it fails,
 * memory is ahead of the disk: the file is closed, and nothing follows. */
enum rc directory_append(
    struct directory_file *f, struct bytes part, struct err *e);
/*
 * Before so many bytes are applied: the disk has room for them, and
 * directory_append() will not fail for want of it.  RC_IO: it has none, and
 * nothing has changed.  directory_release(): they are not appended after all.
 */
enum rc directory_reserve(
    struct directory_file *f, size_t len, struct err *e);
void directory_release(struct directory_file *f);
void directory_close(struct directory_file *f);

/* Begin one: a head, and perhaps parts; RC_EXISTS where the file is there. */
enum rc directory_create(const char *path, struct bytes whole, struct err *e);

#endif

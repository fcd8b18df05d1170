/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files in and out.  A file that is written appears whole or not at all: it
 * grows beside its target without a name and is given the name, over the old
 * one, after it is on disk.  A kill or a full disk leaves the old file as it
 * was.
 */
#ifndef FILE_FILE_H
#define FILE_FILE_H

#include <sys/types.h>

#include "core/bytes.h"
#include "core/err.h"
#include "core/sink.h"

/* The whole of a file of at most "max" bytes.  The caller frees *out. */
enum rc file_read(struct buf *out, const char *path, size_t max, struct err *e);
bool file_exists(const char *path);

/* A file being read in pieces. */
struct in_file {
	int fd;		  /* -1: none */
	bool regular;	  /* it has a size and offsets; else it is a stream */
	uint64_t size;	  /* of a regular one */
	const char *path; /* borrowed */
	/* read already: comes before what the descriptor has; borrowed */
	struct bytes ahead;
	int patience; /* seconds a stream may be silent; 0: for ever */
};
enum rc in_open(struct in_file *in, const char *path, struct err *e);
/*
 * A descriptor that somebody else opened, from its beginning; it is taken also
 * where it is refused.  "name" is what errors call it.
 *
 * RC_INVALID	neither a regular file nor a pipe, or not open to be read
 */
enum rc in_take(struct in_file *in, int fd, const char *name, struct err *e);
/* Bytes at hand, read as a file of that size; borrows. */
struct in_file in_bytes(struct bytes all, const char *name);
void in_close(struct in_file *in);
/* The next bytes of the stream; fewer than "len" only at its end.  RC_EXPIRED
 * where it was silent for longer than its reader's patience. */
enum rc in_read(
    struct in_file *in, uint8_t *to, size_t len, size_t *got, struct err *e);
/* Exactly "len" bytes from an offset; RC_INVALID where the file ends before. */
enum rc in_read_at(const struct in_file *in, uint8_t *to, size_t len,
    uint64_t at, struct err *e);

/* A file being written. */
struct out_file {
	int dir, fd; /* -1: none */
	char *name;  /* within dir; owned */
	char *temp;  /* its name until then, or NULL while it has none; owned */
	uint64_t at; /* bytes written by out_put() */
	bool replace;
	const char *path; /* borrowed, for what is said of it */
};
/* A descriptor that is handed to whoever has the file's name: for out_put() and
 * out_drop(), which closes it and leaves the rest to him. */
struct out_file out_take(int fd, const char *name);
/* RC_EXISTS where the target is there and may not be replaced. */
enum rc out_open(struct out_file *out, const char *path, mode_t mode,
    bool replace, struct err *e);
/* RC_IO where the disk has less room than that. */
enum rc out_room(const struct out_file *out, uint64_t need, struct err *e);
enum rc out_put(struct out_file *out, struct bytes more, struct err *e);
enum rc out_put_at(
    struct out_file *out, struct bytes more, uint64_t at, struct err *e);
struct sink out_sink(struct out_file *out);
/* On disk and under its name; also closes. */
enum rc out_commit(struct out_file *out, struct err *e);
/* Given up: nothing is left of it.  After out_commit() it does nothing. */
void out_drop(struct out_file *out);

/* All of that for bytes at hand. */
enum rc file_write(const char *path, struct bytes all, mode_t mode,
    bool replace, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Backup files (docs/backup.md 3), written and read in pieces:
 *
 *	"ANTIN BACKUP 1\n" | u32 length | head | chunks | u32 length | seal
 *
 * A chunk is u32 (bit 31: the last; length) and so many sealed bytes; the seal
 * is the station's signature over SHA-512 of all before it.  Nothing of a chunk
 * is used that does not authenticate, and in its place.
 */
#ifndef FILE_BACKUP_FILE_H
#define FILE_BACKUP_FILE_H

#include "core/progress.h"
#include "file/file.h"
#include "pki/backup.h"

#define BACKUP_CHUNK 65536u /* bytes of a chunk, opened; the last has fewer */

/* ---- writing
 * ------------------------------------------------------------------ */

struct backup_out {
	struct out_file file;
	struct aead *aead; /* owned */
	struct sha512 hash;
	struct buf plain;
	uint64_t chunk;
	struct progress *progress; /* borrowed; NULL: none */
};
/* Begin one; "head" by backup_head_make().  backup_out_drop() whatever comes of
 * it. */
enum rc backup_out_open(struct backup_out *b, const char *path, bool replace,
    struct bytes head, const uint8_t key[static AEAD_KEY], struct err *e);
/* A file of the station under its name in the backup.  RC_ABSENT: it is not
 * there.  RC_INVALID: it became shorter meanwhile. */
enum rc backup_out_file(
    struct backup_out *b, const char *name, const char *path, struct err *e);
/* All is in it: the last chunk, and the seal of the station.  On disk and under
 * its name only after out_commit(&b->file). */
enum rc backup_out_end(
    struct backup_out *b, const struct identity *station, struct err *e);
void backup_out_drop(struct backup_out *b);

/* ---- reading
 * ------------------------------------------------------------------ */

struct backup_in {
	struct in_file file;
	struct buf head_bytes; /* owned: head borrows */
	struct backup_head head;
	struct aead *aead; /* owned; NULL: nothing is opened */
	struct sha512 hash;
	struct buf plain; /* owned: what is opened of it, from "at" on */
	size_t at;
	uint64_t chunk, left;	   /* left: bytes of the file that was begun */
	bool last;		   /* the last chunk was read */
	struct progress *progress; /* borrowed; NULL: none */
	uint64_t read;		   /* bytes */
};
/* Its head, which nobody has vouched for yet.  backup_in_close() whatever comes
 * of it.  RC_INVALID: no backup. */
enum rc backup_in_open(struct backup_in *b, const char *path, struct err *e);
void backup_in_unlock(struct backup_in *b, const uint8_t key[static AEAD_KEY]);
/*
 * The next file; its name is empty behind the last.  The one before must have
 * been read to its end.
 *
 * RC_INVALID	cut off, or not of the form
 * RC_DENIED	a chunk does not authenticate
 */
enum rc backup_in_next(
    struct backup_in *b, struct backup_entry *out, struct err *e);
/* Some bytes of it, until the next call; none at its end. */
enum rc backup_in_data(struct backup_in *b, struct bytes *out, struct err *e);
/* Read on to the end without opening anything. */
enum rc backup_in_skip(struct backup_in *b, struct err *e);
/*
 * The seal, when all was read: by the key of this card.
 *
 * RC_DENIED	it is another's, or does not hold
 */
enum rc backup_in_seal(struct backup_in *b, struct buf *seal,
    uint8_t hash[static SHA512_SIZE], struct err *e);
void backup_in_close(struct backup_in *b);

/* Whose seal it is: the tag of a signature key; and whether it holds. */
enum rc backup_seal_tag(struct tag *out, struct bytes seal, struct err *e);
enum rc backup_seal_check(struct bytes seal,
    const uint8_t hash[static SHA512_SIZE], const struct sig_pub *pub,
    struct err *e);

#endif

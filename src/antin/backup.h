/* SPDX-License-Identifier: EUPL-1.2 */
/* What the commands of backups have in common (docs/backup.md). */
#ifndef ANTIN_BACKUP_H
#define ANTIN_BACKUP_H

#include "antin/station.h"
#include "antin/talk.h"
#include "file/backup_file.h"
#include "file/directory_file.h"

/* Of those that open one. */
#define OPT_OPENS                                                              \
	{ "share", "FILE", "an officer's share of the key over the backup",    \
		true },                                                        \
	{                                                                      \
		"key", "OFFICER.key",                                          \
		    "the key file of an officer who is here, in the place of " \
		    "his share",                                               \
		    true                                                       \
	}
/* Of those that make one. */
#define OPT_MAKES                                                              \
	{ "conf", "FILE",                                                      \
		"the station's configuration (default: antind.conf in its "    \
		"folder, or /etc/antin/antind.conf)",                          \
		false },                                                       \
	{                                                                      \
		"station-key", "FILE",                                         \
		    "the station's key file, where it is not in its folder",   \
		    false                                                      \
	}

/*
 * Make one in the file "path" of the station in "dir".  One that runs goes on
 * (BACKUP_COPY alone); "fd" of station_hold(): it does not run.  A move closes
 * it.
 */
enum rc backup_make(const struct args *a, const char *dir, const char *path,
    enum backup_kind kind, struct err *e);

/* Hold the station's lock, as its daemon would: RC_EXISTS where that runs.  The
 * caller closes *fd. */
enum rc station_hold(int *fd, const char *dir, struct err *e);
/* RC_DENIED: it was moved elsewhere, and is closed here. */
enum rc station_here(const char *dir, struct err *e);

/* --share and --key, joined, and the backup is open. */
enum rc backup_unlock(struct backup_in *b, const struct args *a, struct err *e);
/* The seal, when all was read: of a key that the directory shows as the
 * station's. */
enum rc backup_sealed(struct backup_in *b, struct directory *d, struct err *e);
/* Which it is, for people. */
void backup_say(const struct backup_head *h);

#endif

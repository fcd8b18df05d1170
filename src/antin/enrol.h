/* SPDX-License-Identifier: EUPL-1.2 */
/* What the commands of enrolment share: the files beside a directory file and
 * beside a newcomer's key file. */
#ifndef ANTIN_ENROL_H
#define ANTIN_ENROL_H

#include "antin/office.h"
#include "antin/who.h"
#include "pki/enrol.h"
#include "pki/escrow.h"

#define DAYS_DESK 1825 /* five years: what the rules give a subscriber */
#define DAYS_MOST 36500

/* "PATH" + ".suffix", or a file in the folder of that name; the caller frees.
 */
char *beside(const char *path, const char *suffix);
char *in_folder(const char *path, const char *suffix, struct bytes name,
    const char *ending);
/* Makes that folder, for its owner alone, where it is not there. */
enum rc make_folder(const char *path, const char *suffix, struct err *e);

/* An invitation that is out, as its authority keeps it: with the key of its
 * code. */
struct invited {
	struct buf file; /* owned; what follows borrows */
	struct invitation invitation;
	uint8_t key[ENROL_KEY];
	char *path; /* owned */
};
enum rc invited_write(const char *directory, struct bytes invitation,
    const struct id *id, const uint8_t key[static ENROL_KEY], struct err *e);
/* RC_ABSENT: no such invitation is out, or it was used for another request. */
enum rc invited_read(struct invited *out, const char *directory,
    const struct id *id, const uint8_t request[static SHA256_SIZE],
    struct err *e);
/* It was used, for this request: whose answer can be given again. */
enum rc invited_answered(const struct invited *i, const char *directory,
    const struct id *id, const uint8_t request[static SHA256_SIZE],
    struct err *e);
void invited_free(struct invited *i);

/* What a newcomer waits for. */
struct pending {
	struct buf file;	 /* owned; what follows borrows */
	struct bytes request;	 /* SHA-256 */
	struct bytes invitation; /* the message; empty: a renewal */
	struct bytes key;	 /* of its code; or empty */
};
void pending_write(struct buf *out, struct bytes request,
    struct bytes invitation, struct bytes key);
enum rc pending_read(struct pending *out, const char *path, struct err *e);
void pending_free(struct pending *p);

/* A key file and its card: both or neither. */
enum rc write_identity(const char *name, const struct identity *id,
    const struct lock *lock, bool replace, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the store keeps of bundles (docs/media.md 4, 5): what it wrote for whom,
 * what it has read, and what it still owes an answer; and the job that the
 * process media does with it.
 */
#ifndef PROC_STORE_CARRIED_H
#define PROC_STORE_CARRIED_H

#include "media/bundle.h"
#include "media/statement.h"
#include "proc_store/tell.h"

/* Numbers of connections from here on are the store's own: bundles. */
#define MEDIA_CONN (UINT64_C(1) << 63)

/* ---- carried.c: what is kept
 * ----------------------------------------------- */

enum bundle_state {
	BUNDLE_MADE, /* nobody has said that it is on a disk */
	BUNDLE_ON_DISK,
	BUNDLE_LOST,
};
/* A bundle that was written here. */
struct bundle_kept {
	uint64_t number, items;
	enum bundle_state state;
	struct id unit; /* of the station that it is for */
	int64_t at;
};
enum rc carried_bundle_get(
    struct bundle_kept *out, uint64_t number, struct err *e);
enum rc carried_bundle_put(const struct bundle_kept *b, struct err *e);
/* The last that was written for a station, by its unit; RC_ABSENT. */
enum rc carried_bundle_last(
    struct bundle_kept *out, const struct id *unit, struct err *e);

/* A leg that was written into a bundle. */
struct carried {
	uint8_t sum[SHA256_SIZE]; /* of its package, as it went */
	struct id unit;		  /* of the station that it is for */
	uint64_t q, number, upto; /* bytes of it that are in bundles */
	int64_t at;
	bool on_disk; /* its bundle is; of carried_load() */
	/* Owned: of a bundle for who is no neighbour the destinations that went
	 * (rows of struct msg_dest); of carried_put() and carried_get(). */
	struct buf dests;
};
enum rc carried_put(const struct carried *c, struct err *e);
/* The caller frees out->dests. */
enum rc carried_get(struct carried *out, const uint8_t sum[static SHA256_SIZE],
    const struct id *unit, struct err *e);
enum rc carried_drop(const struct carried *c, struct err *e);
/* All, or of one station, in the order of q; the caller free()s them. */
enum rc carried_load(
    struct carried **out, size_t *count, const struct id *unit, struct err *e);
/* Among them; NULL. */
const struct carried *carried_of(
    const struct carried *list, size_t count, uint64_t q);

/* Answers that are owed for a bundle of that station's; they go into each
 * bundle for it until it waits for them no more, so many bytes at once, which
 * all of one bundle have. */
#define CARRIED_OWED_MAX (4u << 20)
enum rc carried_owe(const struct id *unit, const struct bundle_statement *of,
    struct bytes answers, struct err *e);
enum rc carried_owed(struct buf *answers, const struct id *unit, struct err *e);
/* It has written this: what it does not wait for any more is forgotten. */
enum rc carried_settle(
    const struct id *unit, const struct bundle_statement *s, struct err *e);

/* A bundle was read to its end; when (TIME_NEVER: it was not). */
enum rc carried_came(
    const struct id *unit, const struct bundle_statement *s, struct err *e);
enum rc carried_before(int64_t *at, const struct id *unit,
    const struct bundle_statement *s, struct err *e);

/* What the other says of itself in its bundles: the newest. */
enum carried_said { CARRIED_PARTS, CARRIED_STATUS, CARRIED_WANTED };
enum rc carried_says(const struct id *unit, enum carried_said what,
    struct bytes bytes, struct err *e);
/* *at: when it was heard; empty where nothing was. */
enum rc carried_said(struct buf *out, int64_t *at, const struct id *unit,
    enum carried_said what, struct err *e);

/* ---- media.c: the job
 * ------------------------------------------------------------- */

/* Messages of the process media. */
void media_said(const struct message *m);
void media_gone(void); /* the process is */
/* The line of the bundle that is written or read (0: of any); NULL. */
struct line *media_line(uint64_t conn);
/* An answer to what came in it, of this round. */
void media_taken(const struct msg_taken *t, bool kept);
/* Before the round's commit; after it. */
void media_round(void);
void media_settled(bool kept, const struct err *e);
/* The directory has grown: who wrote the bundle may be heard no more. */
void media_judge(void);
/* Look for what goes next; false: nothing is looked for. */
bool media_slice(void);
/* The sum of a leg's package is there: MSG_SEND follows; or cannot be. */
bool media_summed(uint64_t q, enum rc rc, struct err *e);
/* What keys signed; false: not for a bundle. */
bool media_witnessed(uint64_t job, const struct msg_noted *m);
void media_keys_gone(void);
/* By command. */
void media_note(uint64_t job, const struct msg_bundle_note *n);
/* ASK_MEDIA: a row a neighbour, or of one station. */
enum rc media_rows(void (*each)(void *ctx, const struct msg_row *row),
    void *ctx, struct bytes station, struct err *e);

/* ---- far.c: bundles for who is no neighbour, and of him (docs/media.md
 * 8) */

/* The way of what is for this address leads from here over his station. */
bool far_lies(const struct line *l, struct bytes address);
/* What this leg has for him, as rows of struct msg_dest, which the caller
 * frees; none, where he would not take it. */
enum rc far_dests(struct buf *out, const struct line *l, const struct leg *leg,
    struct err *e);
/* How he took what c says that went. */
enum rc far_answered(const struct line *l, const struct carried *c,
    const struct msg_taken *t, bool *ended, struct err *e);

/* ---- front.c: what goes before items, and comes so
 * --------------------------------------- */

/* Frames for this line's station; about "most" bytes (0: any). */
enum rc front_write(
    struct buf *frames, struct line *l, uint64_t most, struct err *e);
/* One more message among them. */
void front_tell(struct buf *frames, enum tell kind, struct bytes message);
/* One came.  *acts: of the directory, that were new; *answers: of what waited.
 */
enum rc front_came(struct line *l, const struct msg_bundle_says *s,
    uint64_t *acts, uint64_t *answers, struct err *e);
void front_drop(void); /* what was begun and not ended */

#endif

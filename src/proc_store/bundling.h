/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The bundle that is written or read at this moment; there is one at the most.
 * Only media.c (the job), media_out.c (writing) and
 * media_in.c (reading) include it.
 */
#ifndef PROC_STORE_BUNDLING_H
#define PROC_STORE_BUNDLING_H

#include "proc_store/carried.h"

struct waits {
	uint64_t q, total, from;
	unsigned rank;
	bool gone, elsewhere; /* elsewhere: nothing of it is for him */
};

struct took {
	uint8_t sum[SHA256_SIZE];
	bool ended, answered;
	enum ack outcome;
	enum refusal why;
};

struct media {
	struct line *line; /* owned; NULL: there is no job */
	bool reads;
	uint64_t sync, end; /* the job of MSG_BUNDLE_SYNC, and its number */
	bool noted;	    /* in this round: it is answered after it */
	struct err failed;  /* what could not be noted */
	struct msg_bundle_is is;
	/* a bundle that is written */
	struct bundle_kept bundle;
	uint64_t front;	     /* the job of MSG_BUNDLE_FOR; */
	uint64_t witness;    /* that waits for this one of keys; 0: for none */
	bool closed;	     /* no item goes: docs/backup.md 5.1 */
	struct buf frames;   /* what goes before items */
	uint64_t open;	     /* of the statement */
	struct waits *waits; /* owned; in the order in which they go */
	size_t waiting;
	size_t looked[2];	 /* waits[] that were: whole; in part */
	bool part;		 /* the last is in part: nothing follows */
	uint64_t next;		 /* the job of MSG_BUNDLE_NEXT; 0: none */
	uint64_t room;		 /* that it says there is */
	bool looks;		 /* a slice looks for the one that goes */
	size_t handed;		 /* waits[]: handed over last; */
	struct buf dests;	 /* what of it went, where he is far */
	size_t counted;		 /* waits[] that were looked at to be counted */
	struct carried *carried; /* owned: those that are in it */
	size_t carried_count;
	/* one that is read */
	struct buf statement;
	struct bundle_statement said;
	bool barred;	   /* nothing of it is taken any more */
	struct took *took; /* owned; by number - 1 */
	size_t took_count;
};

extern struct media bundling;

/* ---- media.c */

void media_drop(void); /* there is none any more */
/* A station that is known here. */
struct media_who {
	size_t unit;
	bool above; /* our parent; or, where it is far, above that */
	bool far;   /* neither our parent nor a child */
};
enum rc media_who(struct media_who *out, struct bytes who, struct err *e);
/* It is for, or of, that station. */
void media_begin(const struct media_who *who);

/* ---- media_out.c */

void media_write_for(uint64_t job, const struct msg_bundle_for *f);
void media_hand_over(uint64_t job, const struct msg_bundle_next *n);
/* What did not fit; and what is in it: noted in this round. */
void media_count_left(void);
enum rc media_note_written(struct err *e);

/* ---- media_in.c */

void media_read_from(uint64_t job, const struct msg_bundle_from *f);
void media_item(const struct message *m);
struct took *media_took(uint64_t number);
/* Something that came whole has no answer yet. */
bool media_owes(void);
enum rc media_note_taken(struct err *e);

#endif

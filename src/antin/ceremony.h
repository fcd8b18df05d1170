/* SPDX-License-Identifier: EUPL-1.2 */
/* Ceremonies: what their commands share (docs/ceremony.md). */
#ifndef ANTIN_CEREMONY_H
#define ANTIN_CEREMONY_H

#include "antin/office.h"
#include "antin/who.h"
#include "pki/keyshare.h"
#include "pki/plan.h"
#include "pki/transcript.h"

#define APPROVAL_MAX (256u << 10)

/* A ceremony that runs, and the folder it leaves. */
struct ceremony {
	const struct args *a;
	const char *folder;
	struct buf plan_file;
	struct plan plan;		  /* borrows it */
	struct buf approvals[SHAMIR_MAX]; /* an officer each, as the plan has
					     them */
	struct card cards[SHAMIR_MAX];
	struct office office;	   /* PLAN_ACTS: open before a folder is made */
	struct identity authority; /* whose key is made or used */
	struct transcript transcript;
	struct arena kept; /* names of files */
	int64_t now;
};

/* Read a plan's file. */
enum rc plan_file_read(
    struct buf *file, struct plan *plan, const char *path, struct err *e);

/* This file is that officer's approval of the plan: his card is known, and its
 * key signed the plan's file.  RC_DENIED says why not. */
enum rc approval_check(struct bytes approval, const struct card *card,
    struct bytes plan_file, struct err *e);

/* A file of the folder; it stands in the transcript from then on. */
enum rc ceremony_put(struct ceremony *c, const char *name, struct bytes all,
    mode_t mode, struct err *e);
/* A file that something else wrote there. */
enum rc ceremony_note(struct ceremony *c, const char *name, struct err *e);

/* The key over a key file that is being made, split among the officers: files
 * and sheets, with the check words of this certificate. */
struct split {
	uint8_t key[SHAMIR_SECRET];
	struct id set;
};
void split_begin(struct split *s);
struct lock split_lock(const struct split *s);
enum rc split_hand_out(struct ceremony *c, const struct split *s,
    const uint8_t cert[static SHA256_SIZE], struct err *e);

/* What each purpose does. */
enum rc ceremony_root(struct ceremony *c, struct err *e);
enum rc ceremony_authority(struct ceremony *c, struct err *e);
enum rc ceremony_acts(struct ceremony *c, struct err *e);

#endif

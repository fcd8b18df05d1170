/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Transcripts: what a ceremony did, as a text that its key signs
 * (docs/ceremony.md 5).
 *
 *	antin transcript 1
 *	plan: <sha256>
 *	at: 2026-12-01T01:30:00Z
 *	authority: <sha256 of its certificate>
 *	approval: <sha256 of a card's certificate> <sha256 of the signature>
 *	share: <number> <sha256>
 *	act: <log> <number> <sha256>
 *	file: <sha256> <bytes> <name>
 */
#ifndef PKI_TRANSCRIPT_H
#define PKI_TRANSCRIPT_H

#include "core/err.h"
#include "core/id.h"
#include "crypto/hash.h"

#define TRANSCRIPT_MAX (1u << 20) /* bytes */

struct digest {
	uint8_t b[SHA256_SIZE];
};

struct transcript {
	struct digest plan, authority;
	int64_t at;
	struct approval {
		struct digest card, signature;
	} * approvals; /* all owned */
	struct share_line {
		uint64_t number;
		struct digest hash;
	} * shares;
	struct act_line {
		struct id log;
		uint64_t number;
		struct digest hash;
	} * acts;
	struct file_line {
		struct digest hash;
		uint64_t size;
		struct bytes name; /* borrowed: a file's, without a folder */
	} * files;
	size_t approval_count, share_count, act_count, file_count;
};

void transcript_free(struct transcript *t);
/* The caller frees *out. */
void transcript_write(struct buf *out, const struct transcript *t);
/*
 * RC_INVALID	not a transcript: one spelling only, and no name that leads out
 *		of its folder
 */
enum rc transcript_read(struct transcript *out, struct bytes in, struct err *e);

/* Add a line each. */
void transcript_approval(struct transcript *t, const struct approval *a);
void transcript_share(struct transcript *t, const struct share_line *s);
void transcript_act(struct transcript *t, const struct act_line *a);
void transcript_file(
    struct transcript *t, struct bytes name, struct bytes contents);

#endif

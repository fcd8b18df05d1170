/* SPDX-License-Identifier: EUPL-1.2 */
/* A dispatch that is being made: for make.c and parts.c alone. */
#ifndef PROC_SEAL_MAKING_H
#define PROC_SEAL_MAKING_H

#include "core/arena.h"
#include "envelope/envelope.h"
#include "file/attach.h"
#include "proc_seal/seal.h"

struct making {
	struct job *job;
	const struct msg_seal *m;
	struct arena kept; /* what the dispatch borrows */
	struct dispatch d;
	struct recipient *recipients; /* owned */
	size_t count;
	int64_t now;

	struct in_file in[MSG_FDS]; /* parts to be attached */
	struct buf inside[MSG_FDS]; /* the others; or what was read ahead */
	size_t inside_size;
	bool attaches;
	struct buf data; /* the parts inside, packed */
	uint8_t cek[AEAD_KEY];

	struct out_file out; /* the store's numbered file */
	struct buf name;     /* of it */
	size_t inner;	     /* bytes of the SignedData, where it attaches */
	uint64_t envelope, total;
	struct buf package; /* a small one */
};

/* A person's line of text in the stored form; lives with mk->kept. */
enum rc making_text(struct bytes *out, struct making *mk, struct bytes text,
    size_t max, struct err *e);
/* The parts control asks for, with their descriptors: what may lie inside is
 * read, the rest is left to be attached. */
enum rc making_parts(struct making *mk, struct err *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a store keeps of statements, batches and inquiries (docs/receipts.md,
 * docs/station.md 11); part of the contract of store/store.h, with its rules of
 * transactions.
 */
#ifndef STORE_NOTICES_H
#define STORE_NOTICES_H

#include "core/bytes.h"
#include "core/err.h"
#include "core/limits.h"

#define STORE_STATEMENT 1536u	  /* bytes of a statement */
#define STORE_BATCH (128u << 10)  /* bytes of a batch */
#define STORE_PENDING (16u << 10) /* bytes of statements that wait together */

/* Statements that wait for their signature: one, or some of one round, one
 * after another.  They are signed together. */
struct pending {
	uint64_t p;		 /* number; grows while any is there */
	struct bytes signer, to; /* addresses: who signs, and which station
				    gets it */
	unsigned rank;		 /* of its dispatch; of several the highest */
	struct bytes statement;	 /* or several */
};

/* A statement that counts, and the batch it stands in. */
struct saying {
	uint64_t n;    /* the dispatch */
	unsigned kind; /* enum statement_kind */
	struct bytes signer;
	struct bytes about; /* a desk or station; empty: neither */
	int64_t at;
	unsigned code;
	struct bytes statement;
	uint64_t b;	    /* the batch's number */
	struct bytes batch; /* its bytes, as kept; said() fills it in */
};

/* An addressee that has not been heard of. */
struct chase {
	uint64_t n;
	struct bytes desk;
	int64_t due;	/* when it is asked for (again) */
	unsigned asked; /* how often it was */
};

struct store;

struct store_notice_ops {
	/* p->p is filled in. */
	enum rc (*pend)(struct store *s, struct pending *p, struct err *e);
	/* A signer's, in the order of p, those after "after", at most max;
	 * each() returns false to stop, and may not call the store. */
	enum rc (*pending)(struct store *s, struct bytes signer, uint64_t after,
	    size_t max, bool (*each)(void *ctx, const struct pending *p),
	    void *ctx, struct err *e);
	/* Whoever has some to sign, and how many. */
	enum rc (*signers)(struct store *s,
	    bool (*each)(void *ctx, struct bytes signer, uint64_t count),
	    void *ctx, struct err *e);
	/* A signer's up to this number were signed: they go. */
	enum rc (*pending_done)(
	    struct store *s, struct bytes signer, uint64_t last, struct err *e);
	/* A signer's one goes unsigned; RC_OK also where it is not there. */
	enum rc (*pending_drop)(
	    struct store *s, struct bytes signer, uint64_t p, struct err *e);

	/* Keep a batch, byte for byte: *b is its number. */
	enum rc (*batch)(
	    struct store *s, struct bytes bytes, uint64_t *b, struct err *e);
	/* RC_EXISTS: there is one of this dispatch, kind, signer and about.
	 * again: it takes that one's place, whose batch goes where nothing
	 * else stands in it. */
	enum rc (*note)(struct store *s, const struct saying *said, bool again,
	    struct err *e);
	/* All that is kept about a dispatch, by kind, signer and about, with
	 * their batches' bytes; each() as above. */
	enum rc (*said)(struct store *s, uint64_t n,
	    bool (*each)(void *ctx, const struct saying *said), void *ctx,
	    struct err *e);

	/* One a dispatch and desk: takes the place of one that is there. */
	enum rc (*chase)(struct store *s, const struct chase *c, struct err *e);
	/* Those that are due at "now", the earliest first. */
	enum rc (*chases)(struct store *s, int64_t now, size_t max,
	    bool (*each)(void *ctx, const struct chase *c), void *ctx,
	    struct err *e);
	/* RC_OK also where there is none. */
	enum rc (*chase_drop)(
	    struct store *s, uint64_t n, struct bytes desk, struct err *e);
	/* RC_ABSENT: none of this dispatch is left. */
	enum rc (*chased)(struct store *s, uint64_t n, struct err *e);
};

extern const struct store_notice_ops sqlite_notices, memory_notices;

#endif

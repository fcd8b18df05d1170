/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Batches: statements that one key has signed together, and notices, which
 * carry them to one station.  docs/receipts.md 4 and 5.
 *
 * The statements are the leaves of a tree of RFC 9162, whose root is signed.
 * Who gets some of them only gets the others as gaps (journal/log.h): each part
 * proves itself.
 */
#ifndef DISPATCH_BATCH_H
#define DISPATCH_BATCH_H

#include "dispatch/statement.h"
#include "envelope/envelope.h"
#include "journal/log.h"

#define BATCH_STATEMENTS 1024u	/* leaves of a batch */
#define BATCH_MADE 512u		/* of one that we make: with its gaps it */
#define BATCH_BYTES (96u << 10) /* fits a notice; bytes of its statements */
#define BATCH_SIGNED 8192u	/* bytes of a head and its signature */
#define NOTICE_MAX (128u << 10) /* bytes of a notice */
#define NOTICE_BATCHES 64u	/* of a notice */
#define NOTICE_TAG 0x61u	/* its first byte; an envelope's is 0x30 */

/* Who signs. */
struct batch_signer {
	struct bytes address; /* a desk's, or a station's */
	struct tag tag;	      /* of the key */
	uint8_t cert[SHA256_SIZE];
};

/* One that was read; borrows. */
struct batch {
	struct batch_signer signer;
	int64_t at;
	bool own_clock;
	uint64_t size; /* leaves, gaps too */
	struct node root;
	struct bytes head, signature; /* head: the whole element */
	struct log log;		      /* owned: batch_free() */
};
void batch_free(struct batch *b);

/*
 * Sign the root over n statements, one after another in "statements": *out is
 * the head and the signature, for batch_write(); the caller frees it.
 */
void batch_sign(struct buf *out, const struct batch_signer *who,
    struct bytes statements, int64_t at, bool own_clock,
    const struct sig_key *key);
/* Of a log of all statements, those for which keep() says yes (NULL: all). */
void batch_write(struct der_wr *w, struct bytes signed_head,
    const struct log *l, bool (*keep)(void *ctx, const struct log_item *item),
    void *ctx);
/* Of a batch that was read, likewise: *out is added to. */
void batch_cut(struct buf *out, const struct batch *b,
    bool (*keep)(void *ctx, const struct log_item *item), void *ctx);
/* The log of statements that stand one after another. */
void batch_log(struct log *out, struct bytes statements);

/* RC_INVALID, RC_LIMIT: not of the form of docs/receipts.md 4.  Nothing is
 * verified yet.  The caller frees *out, which is empty on failure. */
enum rc batch_read(struct batch *out, struct bytes in, struct err *e);
/*
 * It is what this signer signed, while his certificate was in force.
 *
 * RC_DENIED	another's, the signature does not hold, or its tree is another
 * RC_EXPIRED	his certificate was not in force then
 */
enum rc batch_verify(
    const struct batch *b, const struct known_signer *who, struct err *e);

/* ---- notices ------------------------------------------------------------ */

struct notice {
	struct header header;
	struct bytes batches; /* one after another */
	size_t count;
};

bool notice_is(struct bytes package);
/* "batches": whole elements, one after another.  The caller frees *out. */
void notice_write(
    struct buf *out, const struct header *h, struct bytes batches);
/* RC_INVALID, RC_LIMIT.  Its batches are elements, and no more is said of them:
 * notice_next(). */
enum rc notice_read(struct notice *out, struct bytes in, struct err *e);
/* The next batch's bytes, taken off *batches; false at the end. */
bool notice_next(struct bytes *batches, struct bytes *batch);

#endif

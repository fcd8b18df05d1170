/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The store: dispatches, whither each has still to go, and at which desk it
 * lies.  docs/station.md 4.
 *
 * One contract, several backends, one suite (tests/store/) that holds each to
 * it.  It speaks of dispatches; nothing above knows what a backend keeps them
 * in.
 *
 * All that changes happens between store_begin() and store_commit(); many
 * decisions share one commit.  What was not committed has not happened: nobody
 * may be told of it before.  After RC_IO from anything, the transaction is lost
 * and store_rollback() is all that is left to call.
 *
 * A dispatch is known for ever by its key; its package (the envelope and its
 * attachments, as they came) goes when nobody here needs it any longer.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "envelope/dispatch.h"
#include "envelope/slip.h"
#include "store/disk.h"

#define STORE_INLINE                                                           \
	(128u << 10)	   /* bytes of a package kept in the database          \
			    */
#define STORE_WORD 64u	   /* bytes of a setting's name */
#define STORE_VALUE 65536u /* bytes of its value */
#define STORE_REASON 1000u /* bytes of a refusal's reason */
#define STORE_TOTAL (UINT64_C(1) << 40) /* bytes of any package */

/* A dispatch as it is kept. */
struct stored {
	uint64_t n;		     /* the store's own number; grows */
	struct header header;	     /* origin borrows; see store_get() */
	uint8_t digest[SHA256_SIZE]; /* envelope_digest(): content, not slips */
	struct bytes from; /* station it came from; empty: sealed here */
	struct bytes desk; /* desk that sealed it here; else empty */
	int64_t at;	   /* when it was accepted */
	bool own_clock;	   /* by this station's own clock, not the network's */
	/* The package: its envelope's bytes, and all bytes. */
	uint64_t envelope, total;
	uint8_t sum[SHA256_SIZE]; /* SHA-256 of the package */
	bool gone;		  /* it was purged */
};

/* A destination: a desk, and the tag of the slip that is its. */
struct dest {
	struct bytes address;
	struct tag tag;
};

/* A dispatch on its way over one link. */
enum leg_state {
	LEG_QUEUED,
	LEG_PASSED,  /* the next station has it on disk */
	LEG_REFUSED, /* the next station will not have it */
	LEG_EXPIRED,
	LEG_HELD, /* no way is known, or an operator holds it */
};
#define LEG_STATES 5
struct leg {
	uint64_t q;	  /* number; grows */
	uint64_t n;	  /* the dispatch */
	struct bytes hop; /* the next station's address; empty: not known */
	unsigned rank;	  /* precedence_rank() */
	int64_t due;	  /* TIME_NEVER: none */
	enum leg_state state;
	int64_t at;	/* when it came into this state */
	uint64_t total; /* bytes of the package */
};

/* A dispatch at a desk of this station. */
enum delivery_state {
	DELIVERY_ARRIVED,
	DELIVERY_OPENED,
	DELIVERY_ACTED,
	DELIVERY_REFUSED,
};
#define DELIVERY_STATES 4
struct delivery {
	uint64_t n;
	struct bytes desk;
	enum delivery_state state;
	int64_t at, arrived; /* of the state; and when it arrived */
	struct bytes reason; /* of a refusal */
	struct tag tag;
};

struct hop_count {
	struct bytes hop;
	uint64_t queued, bytes;
	int64_t oldest; /* TIME_NEVER: none */
	unsigned rank;	/* the highest that waits */
};

struct store;

struct store_ops {
	const char *scheme; /* "sqlite", "memory" */
	/* Opens or makes it, and brings an older schema up to date. */
	enum rc (*open)(struct store **out, struct disk *disk, struct err *e);
	void (*close)(struct store *s);

	enum rc (*begin)(struct store *s, struct err *e);
	enum rc (*commit)(struct store *s, struct err *e);
	void (*rollback)(struct store *s);

	/* A setting: RC_ABSENT where it was never set.  The caller frees. */
	enum rc (*word)(struct store *s, const char *name, struct buf *value,
	    struct err *e);
	enum rc (*set_word)(struct store *s, const char *name,
	    struct bytes value, struct err *e);

	/*
	 * Keep a dispatch: d->n is filled in.  "package" is d->total bytes
	 *where that is at most STORE_INLINE, else empty: the file of that sum
	 *is in its place already (store/files.h).
	 *
	 * RC_EXISTS	this key is known, with this digest: d->n is the known
	 *one RC_DENIED	this key is known with another digest: d->n as above,
	 *and the clash is counted (store_clashes)
	 */
	enum rc (*put)(struct store *s, struct stored *d, struct bytes package,
	    struct err *e);
	/* What *out borrows stays until the next call.  RC_ABSENT. */
	enum rc (*get)(
	    struct store *s, uint64_t n, struct stored *out, struct err *e);
	/* By its 128-bit id, the newest there is of it. */
	enum rc (*find)(struct store *s, const struct id *id,
	    struct stored *out, struct err *e);
	/* The inline package.  RC_ABSENT: gone, or in a file.  The caller
	 * frees. */
	enum rc (*package)(
	    struct store *s, uint64_t n, struct buf *out, struct err *e);
	uint64_t (*clashes)(struct store *s);

	/*
	 * Send a dispatch on over a hop, for those destinations.  Destinations
	 * it has already, on whatever leg or desk, are passed over; *q is the
	 * leg's number, 0 where none was left.
	 */
	enum rc (*send)(struct store *s, const struct leg *leg,
	    const struct dest *dests, size_t count, uint64_t *q, struct err *e);
	/* Queued legs of a hop and rank with q > after, in the order of due and
	 * then q; at most max.  each() returns false to stop; it may not call
	 * the store. */
	enum rc (*queue)(struct store *s, struct bytes hop, unsigned rank,
	    uint64_t after, size_t max,
	    bool (*each)(void *ctx, const struct leg *leg), void *ctx,
	    struct err *e);
	enum rc (*leg)(
	    struct store *s, uint64_t q, struct leg *out, struct err *e);
	enum rc (*leg_dests)(struct store *s, uint64_t q,
	    bool (*each)(void *ctx, const struct dest *d), void *ctx,
	    struct err *e);
	/* A leg comes into another state; to LEG_QUEUED with another hop too
	 * (NULL: the same). RC_ABSENT. */
	enum rc (*leg_set)(struct store *s, uint64_t q, enum leg_state state,
	    const struct bytes *hop, int64_t at, struct err *e);
	/* All legs of a dispatch, whatever their state. */
	enum rc (*legs)(struct store *s, uint64_t n,
	    bool (*each)(void *ctx, const struct leg *leg), void *ctx,
	    struct err *e);
	/* What waits, a hop each. */
	enum rc (*hops)(struct store *s,
	    bool (*each)(void *ctx, const struct hop_count *h), void *ctx,
	    struct err *e);
	/* The ranks and hops aside: all queued or held legs after q. */
	enum rc (*waiting)(struct store *s, uint64_t after, size_t max,
	    bool (*each)(void *ctx, const struct leg *leg), void *ctx,
	    struct err *e);

	/* It arrives at a desk.  RC_EXISTS: it is there already. */
	enum rc (*deliver)(struct store *s, uint64_t n, const struct dest *d,
	    int64_t at, struct err *e);
	enum rc (*delivery)(struct store *s, uint64_t n, struct bytes desk,
	    struct delivery *out, struct err *e);
	/* RC_ABSENT; RC_DENIED where that state cannot follow (docs/station.md
	 * 4.6). */
	enum rc (*delivery_set)(struct store *s, uint64_t n, struct bytes desk,
	    enum delivery_state state, int64_t at, struct bytes reason,
	    struct err *e);
	/* The desk's deliveries with n < before, the newest first.  all: also
	 * those acted on and refused. */
	enum rc (*inbox)(struct store *s, struct bytes desk, bool all,
	    uint64_t before, size_t max,
	    bool (*each)(
		void *ctx, const struct delivery *d, const struct stored *of),
	    void *ctx, struct err *e);
	/* What the desk sealed here, with n < before, the newest first. */
	enum rc (*outbox)(struct store *s, struct bytes desk, uint64_t before,
	    size_t max, bool (*each)(void *ctx, const struct stored *of),
	    void *ctx, struct err *e);

	/*
	 * Packages that nothing here needs: all their legs are over, and they
	 * lie at no desk.  At most max of them go; *sums are those that were in
	 * files, for the caller to remove after the commit (and to free()).
	 */
	enum rc (*purge)(struct store *s, size_t max,
	    uint8_t (**sums)[SHA256_SIZE], size_t *count, struct err *e);
	/* Whether a file of this sum is anybody's package. */
	bool (*needs)(struct store *s, const uint8_t sum[static SHA256_SIZE]);
};

struct store {
	const struct store_ops *ops;
};

extern const struct store_ops store_sqlite, store_memory;

#endif

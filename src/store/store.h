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
 * and rollback() is all that is left to call; whatever else is called says
 * RC_IO again, and why it was lost.
 *
 * A dispatch is known for ever by its key; its package (the envelope and its
 * attachments, as they came) goes when nobody here needs it any longer.  It may
 * come in several copies, with other slips for other destinations (4.7): each
 * has its own package; all else is the dispatch's.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "envelope/dispatch.h"
#include "envelope/slip.h"
#include "store/alarms.h"
#include "store/backup.h"
#include "store/disk.h"
#include "store/journal.h"
#include "store/notices.h"
#include "store/operate.h"
#include "store/registry.h"

#define STORE_INLINE (128u << 10)	/* bytes of a package in the database */
#define STORE_WORD 64u			/* bytes of a setting's name */
#define STORE_VALUE 65536u		/* bytes of its value */
#define STORE_REASON 1000u		/* bytes of a refusal's reason */
#define STORE_TOTAL (UINT64_C(1) << 40) /* bytes of any package */
#define STORE_PAPER_KEY 64u		/* bytes of a paper's key */
#define STORE_PAPER_HEAD 2048u		/* of its head */
#define STORE_PAPER (4608u << 10)	/* of the rest of it */

/* A dispatch as it is kept. */
struct stored {
	uint64_t n;		     /* the store's own number; grows */
	struct header header;	     /* origin borrows; see store_get() */
	uint8_t digest[SHA256_SIZE]; /* envelope_digest(): content, not slips */
	struct bytes from; /* station it came from; empty: sealed here */
	struct bytes desk; /* desk that sealed it here; else empty */
	int64_t at;	   /* when it was accepted */
	bool own_clock;	   /* by this station's own clock, not the network's */
	/* The journal's entry of its acceptance; 0 (a journal begins with the
	 * station's start): none. */
	uint64_t entry;
	/* The package of one copy: its envelope's bytes, and all bytes. */
	uint64_t copy; /* 0: the first that came */
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
	LEG_HELD,    /* no way is known, or (pinned) an operator holds it */
	LEG_DROPPED, /* an operator gave it up */
	LEG_MOVED,   /* all its destinations go other ways now */
};
#define LEG_STATES 7
struct leg {
	uint64_t q;	  /* number; grows */
	uint64_t n, copy; /* the dispatch; the copy that goes */
	struct bytes hop; /* the next station's address; empty: not known */
	unsigned rank;	  /* precedence_rank() */
	int64_t due;	  /* TIME_NEVER: none */
	enum leg_state state;
	int64_t at;	 /* when it came into this state */
	uint64_t total;	 /* bytes of the package */
	bool pinned;	 /* an operator has decided: it is not rerouted */
	int64_t expires; /* 0 or TIME_NEVER: it does not */
	/* How often its destinations went on before, at most LEG_AGAIN_MAX
	 * (docs/station.md 5.10); > 0: the next station is told. */
	unsigned again;
};
#define LEG_AGAIN_MAX 16u

/* A dispatch at a desk of this station. */
enum delivery_state {
	DELIVERY_ARRIVED,
	DELIVERY_OPENED,
	DELIVERY_ACTED,
	DELIVERY_REFUSED,
};
#define DELIVERY_STATES 4
struct delivery {
	uint64_t n, copy; /* the dispatch; the copy with the desk's slip */
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

/* What is no dispatch and waits here: to be decided, or to be fetched
 * (docs/station.md 10).  Numbers of kinds stay as they are. */
enum paper_kind {
	PAPER_REQUEST = 1, /* for certificates, that came by line */
	PAPER_ANSWER,	   /* to one of them */
	PAPER_INVITED,	   /* an invitation that the authority told of */
	PAPER_RENEWAL,	   /* this station's own request */
	PAPER_RECALL,	   /* a recall whose dispatch has not come */
	PAPER_LIFE,	   /* a neighbour's journal: journal/life.h */
	PAPER_GAP,	   /* what an old life of this station had */
	PAPER_HEARSAY,	   /* a dispatch of it that only others know */
	PAPER_STRANGER,	   /* a batch whose signer is not known yet */
	PAPER_BUNDLE = 20, /* one that was written here: proc_store/carried.h */
	PAPER_CARRIED,	   /* a leg that is in one */
	PAPER_OWED,	   /* answers to one that was read here */
	PAPER_CAME,	   /* one that was read here to its end */
	PAPER_SAID,	   /* what another station says of itself in its */
	PAPER_THIN,	   /* the secret of a thin line: proc_store/thin.c */
	PAPER_LAST,	   /* a child's last word: pki/last.h */
	PAPER_CODES = 40,  /* of a person's phone: proc_store/people.c */
};
struct paper {
	enum paper_kind kind;
	struct bytes key; /* no two of a kind have the same */
	int64_t at;
	struct bytes head; /* what is looked at often */
	uint64_t size;	   /* bytes of the rest */
};

struct store;

struct store_ops {
	const char *scheme; /* "sqlite", "memory" */
	/*
	 * Opens or makes it, and brings an older schema up to date.
	 *
	 * RC_IO	the disk refuses, or another process has it open
	 * RC_INVALID	a newer program's, or somebody else's, or damaged
	 *		(docs/station.md 4.11, 4.12)
	 */
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
	 * Keep a dispatch: d->n is filled in, d->copy is 0.  "package" is
	 * d->total bytes where that is at most STORE_INLINE, else empty: the
	 * file of that sum is in its place already (store/files.h).
	 *
	 * RC_EXISTS	this key is known, with this digest: d->n is the known
	 *		one
	 * RC_DENIED	this key is known with another digest: d->n as above,
	 *		and the clash is counted (clashes())
	 */
	enum rc (*put)(struct store *s, struct stored *d, struct bytes package,
	    struct err *e);
	/*
	 * Keep a further copy of the known dispatch d->n, as put() keeps the
	 * first: d->copy is filled in; numbers grow.  Only the package of *d
	 * counts.  RC_ABSENT: no such dispatch.
	 */
	enum rc (*copy)(struct store *s, struct stored *d, struct bytes package,
	    struct err *e);
	/* Whether the dispatch has this destination, on whatever leg or desk
	 * of whatever copy. */
	enum rc (*has)(struct store *s, uint64_t n, struct bytes address,
	    bool *has, struct err *e);
	/* With the package of that copy.  What *out borrows stays until the
	 * next call.  RC_ABSENT: no such dispatch or copy. */
	enum rc (*get)(struct store *s, uint64_t n, uint64_t copy,
	    struct stored *out, struct err *e);
	/* By its key: all of the header that 5.5 names; with its first copy. */
	enum rc (*known)(struct store *s, const struct header *key,
	    struct stored *out, struct err *e);
	/* By its 128-bit id, which others may have taken for theirs: that which
	 * was sealed here, else the first that came; with its first copy. */
	enum rc (*find)(struct store *s, const struct id *id,
	    struct stored *out, struct err *e);
	/* That of a desk: which was sealed there, else the first that lies
	 * there. */
	enum rc (*find_at)(struct store *s, const struct id *id,
	    struct bytes desk, struct stored *out, struct err *e);
	/* The inline package.  RC_ABSENT: gone, or in a file.  The caller
	 * frees. */
	enum rc (*package)(struct store *s, uint64_t n, uint64_t copy,
	    struct buf *out, struct err *e);
	uint64_t (*clashes)(struct store *s);

	/*
	 * Send that copy of a dispatch on over a hop, for those destinations.
	 * Those it has already, as has() says, are passed over; *q is the
	 * leg's number, 0 where none was left.  RC_ABSENT: its package is gone.
	 */
	enum rc (*send)(struct store *s, const struct leg *leg,
	    const struct dest *dests, size_t count, uint64_t *q, struct err *e);
	/* Queued legs of a hop and rank in the order of due and then q, those
	 * behind (due, after); at most max.  each() returns false to stop; it
	 * may not call the store. */
	enum rc (*queue)(struct store *s, struct bytes hop, unsigned rank,
	    int64_t due, uint64_t after, size_t max,
	    bool (*each)(void *ctx, const struct leg *leg), void *ctx,
	    struct err *e);
	enum rc (*leg)(
	    struct store *s, uint64_t q, struct leg *out, struct err *e);
	enum rc (*leg_dests)(struct store *s, uint64_t q,
	    bool (*each)(void *ctx, const struct dest *d), void *ctx,
	    struct err *e);
	/* A leg comes into another state, and may have another hop then (NULL:
	 * the same). RC_ABSENT. */
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

	/* That copy arrives at a desk.  RC_EXISTS: it has this destination
	 * already.  RC_ABSENT: its package is gone. */
	enum rc (*deliver)(struct store *s, uint64_t n, uint64_t copy,
	    const struct dest *d, int64_t at, struct err *e);
	enum rc (*delivery)(struct store *s, uint64_t n, struct bytes desk,
	    struct delivery *out, struct err *e);
	/* RC_ABSENT; RC_DENIED where that state cannot follow (docs/station.md
	 * 4.6). */
	enum rc (*delivery_set)(struct store *s, uint64_t n, struct bytes desk,
	    enum delivery_state state, int64_t at, struct bytes reason,
	    struct err *e);
	/* All desks here where a dispatch lies, by address. */
	enum rc (*deliveries)(struct store *s, uint64_t n,
	    bool (*each)(void *ctx, const struct delivery *d), void *ctx,
	    struct err *e);
	/* The desk's deliveries with n < before, the newest first; "of" is with
	 * the first copy.  all: also those acted on and refused. */
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
	 * Packages that nothing here needs: all legs of the copy are over, it
	 * lies at no desk, and it is not the first of what was sealed here.  At
	 * most max of them go; *sums are those that were in files, for the
	 * caller to remove after the commit (and to free()).
	 */
	enum rc (*purge)(struct store *s, size_t max,
	    uint8_t (**sums)[SHA256_SIZE], size_t *count, struct err *e);
	/*
	 * All packages of a dispatch go, also of what lies at a desk or was
	 * sealed here, and pages of the database that become free are
	 * overwritten; those that have still to go over a link stay.  *sums
	 * and *count grow as purge() has them.  RC_OK also where none is left.
	 */
	enum rc (*burn)(struct store *s, uint64_t n,
	    uint8_t (**sums)[SHA256_SIZE], size_t *count, struct err *e);
	/* Whether a file of this sum is anybody's package. */
	bool (*needs)(struct store *s, const uint8_t sum[static SHA256_SIZE]);

	/* Keep a paper, in the place of one with its kind and key; p->size is
	 * not read.  RC_LIMIT. */
	enum rc (*paper_put)(struct store *s, const struct paper *p,
	    struct bytes body, struct err *e);
	/* RC_ABSENT.  The caller frees *head and *body. */
	enum rc (*paper_get)(struct store *s, enum paper_kind kind,
	    struct bytes key, struct buf *head, struct buf *body,
	    struct err *e);
	/* All of a kind, in the order of at, then as they were put; each()
	 * returns false to stop, and may not call the store. */
	enum rc (*paper_each)(struct store *s, enum paper_kind kind,
	    bool (*each)(void *ctx, const struct paper *p), void *ctx,
	    struct err *e);
	/* RC_OK also where it is not there. */
	enum rc (*paper_drop)(struct store *s, enum paper_kind kind,
	    struct bytes key, struct err *e);

	const struct store_journal_ops *journal;
	const struct store_notice_ops *notices;
	const struct store_registry_ops *registry;
	struct store_operate_ops operate;
	struct store_alarm_ops alarms;
	const struct store_backup_ops *backup; /* NULL: it cannot */
};

struct store {
	const struct store_ops *ops;
};

extern const struct store_ops store_sqlite, store_memory;

#endif

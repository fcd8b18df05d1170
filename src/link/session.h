/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A session: the link protocol of one connection between two stations, without
 * I/O (docs/link.md).  Its owner brings the bytes that came, the time, and what
 * to send; it gives back the bytes to send, and calls the owner with what came.
 *
 * A connection's life, on either side:
 *
 *	session_new, session_hello;
 *	bytes go both ways through session_input and session_output;
 *	the peer's HELLO comes: hello() is called, and nothing more is read;
 *	the owner judges it (its statement, its key) and says what it has of
 *	parts of items: session_keep, session_partial...;
 *	then session_admit or session_refuse;
 *	items go and come, each is answered once;
 *	session_free, which leaves parts of small items in the keep.
 *
 * The side that was dialled sends its HELLO once it has admitted the peer, so
 * its session_hello may also come as late as just before session_admit.
 *
 * A station that is refused finds BYE behind HELLO.  An owner whose connection
 * ends while it judges goes on judging, and admits: what came is then read.
 *
 * What may be called from a callback: session_ack, session_taken, session_send,
 * session_tell, session_cancel, session_refuse, session_counts; from hello()
 *also session_hello, session_keep, session_partial and session_admit; from
 *enrol() session_enrol; from read() none.  Nothing else: a session is never
 *freed in a callback.
 *
 * Time is in milliseconds of any clock that does not run back.
 */
#ifndef LINK_SESSION_H
#define LINK_SESSION_H

#include "link/frame.h"

#define SESSION_READ 16384u	   /* bytes of one session_input() */
#define SESSION_SMALL (128u << 10) /* bytes of an item that is given whole */
#define SESSION_OPEN 8u		   /* items coming at once */
#define SESSION_ENROLS 16u	   /* ENROL frames of the side that dialled */
#define SESSION_ENROLS_BACK 260u   /* of the other: docs/link.md 12.2 */
#define SESSION_FRAME_MIN 256u	   /* of session_conf.frame */

/* What many sessions may have in common; borrowed as long as they live. "frame"
 * may change between two calls. */
struct session_conf {
	bool dialled;	    /* by us: our HELLO goes first */
	bool enrol;	    /* a peer may enrol in the place of HELLO */
	bool thin;	    /* a thin line: no statements (docs/link.md 19.5) */
	uint32_t cap;	    /* HELLO says: send so many bytes a second; 0: any */
	uint8_t life[HELLO_LIFE_MAX]; /* HELLO says this of our journal, */
	size_t life_len;	      /* so many bytes of it */
	struct bytes contact; /* HELLO says when we call; borrowed */
	bool offer;	    /* HELLO says that a thin one's secret is of use */
	size_t frame;	    /* payload of what we send at most: 256..FRAME_MAX.
			     * Another rank waits for one frame of it. */
	uint64_t total_max; /* a larger item is refused: too large */
	int64_t idle_ms;    /* nothing came: ask whether it is there */
	int64_t dead_ms;    /* nothing came: it is not.  > idle_ms */
};

/*
 * What a session calls, with the ctx of session_new().  Everything it hands
 * over is borrowed until the callback returns.
 */
struct session_owner {
	void (*hello)(void *ctx, const struct hello *h);

	/* A whole item of at most SESSION_SMALL bytes; its bytes have the sum
	 * it said.  Answer: session_ack(). */
	void (*item)(void *ctx, const struct item *item, struct bytes package);

	/*
	 * A larger one: begin(), data() in order from item->from, end().
	 * The owner holds the bytes to the sum; if they are not, having started
	 * at from > 0, it drops its part and answers ACK_LATER.
	 *
	 * A failure of begin() answers it: RC_EXISTS known; RC_INVALID,
	 * RC_EXPIRED, RC_LIMIT (too large), RC_ABSENT (no way), RC_DENIED
	 * (clash) refused; others later.  session_ack() before end() is the
	 * same, later on, and may not be ACK_STORED.  No call names the item
	 * then any more.
	 *
	 * stop(): the peer gave up sending it; it has been answered.
	 */
	enum rc (*begin)(void *ctx, const struct item *item, struct err *e);
	void (*data)(
	    void *ctx, uint32_t number, uint64_t at, struct bytes more);
	void (*end)(void *ctx, uint32_t number);
	void (*stop)(void *ctx, uint32_t number);

	/* The peer's answer to what was sent under "ref". */
	void (*acked)(
	    void *ctx, uint64_t ref, enum ack outcome, enum refusal why);
	/* "len" bytes of a large item's package from "at"; on failure the item
	 * is given up, and acked() says ACK_LATER when the peer knows. */
	enum rc (*read)(void *ctx, uint64_t ref, uint64_t at, uint8_t *to,
	    size_t len, struct err *e);

	/*
	 * A piece of a message that the peer tells (docs/link.md 16): kinds'
	 * pieces come in turn, those of one kind in order, at most TELL_MAX
	 * bytes of messages whose end has not come.  NULL: HELLO does not say
	 * that TELL is taken, and what comes is passed over.
	 */
	void (*tell)(void *ctx, enum tell kind, bool more, struct bytes piece);
	/* So many bytes of what session_tell() was given have gone. */
	void (*told)(void *ctx, size_t bytes);

	/* One ENROL frame; may be NULL where conf->enrol is false and nothing
	 * is enrolled. */
	void (*enrol)(void *ctx, struct bytes message);
	/* The peer leaves; session_input() then fails.  "text" is one line of
	 * text, not to be trusted. */
	void (*bye)(void *ctx, unsigned reason, struct bytes text);
};

/*
 * Parts of small items that connections to one peer left, at most KEEP_BYTES
 * and KEEP_ITEMS, the oldest dropped.  The owner has one for each peer and
 * hands it to that peer's sessions, to one at a time: with session_new() or,
 * where the peer is not known so early, with session_keep().
 */
#define KEEP_BYTES (256u << 10)
#define KEEP_ITEMS 16u
#define SESSION_PARTIALS (LINK_PARTIALS - KEEP_ITEMS) /* of the owner's */
struct link_keep;
struct link_keep *keep_new(void);
void keep_free(struct link_keep *k); /* not while a session has it */
size_t keep_bytes(const struct link_keep *k);

struct session;
/* keep: NULL where none is kept, or none yet. */
struct session *session_new(const struct session_conf *conf,
    const struct session_owner *owner, void *ctx, struct link_keep *keep,
    int64_t now);
void session_free(struct session *s);

/* What we say; once.  Versions are filled in; a window is at least 1. */
void session_hello(struct session *s, const struct hello *own);
/* The peer is known: this is its keep, which the session uses until
 * session_parts() or session_free().  Once, before session_admit(). */
void session_keep(struct session *s, struct link_keep *keep);
/*
 * The session ends, without a word where it is not over: what came of small
 * items goes into "keep" (NULL: away) now, and the session has no keep any
 * more.  Not from a callback.  So a peer's next session finds the parts while
 * this one still says BYE.
 */
void session_parts(struct session *s, struct link_keep *keep);
/* The peer is who it says; once, after hello().  What was held back is read:
 * outcomes and callbacks are those of session_input(). */
enum rc session_admit(struct session *s, int64_t now, struct err *e);
/* Leave, at any time, for this reason: only BYE is still to be sent. */
void session_refuse(struct session *s, enum bye reason);
/* The same because it broke the clause that this error cites. */
void session_broken(struct session *s, const struct err *e);
/* The same because its statement is older than this epoch of it. */
void session_stale(struct session *s, uint64_t epoch);
/* The owner has "have" > 0 bytes of the large item with this sum.  Between
 * hello() and session_admit(); beyond SESSION_PARTIALS they are left out. */
void session_partial(
    struct session *s, const uint8_t sum[static SHA256_SIZE], uint64_t have);

/*
 * Bytes that came, at most SESSION_READ; not while session_wants_input() is
 * false.
 *
 * RC_INVALID	the peer broke a clause, which the error cites
 * RC_ABSENT	the peer said BYE, or the session was over already
 *
 * After a failure, and after session_refuse(), it is over: send what
 * session_output() still gives, and close.
 */
enum rc session_input(
    struct session *s, struct bytes in, int64_t now, struct err *e);
bool session_wants_input(const struct session *s);
bool session_over(const struct session *s);

/* Add frames to *out, about "max" bytes of them (at least one frame); what
 * is urgent first, then items by rank.  Nothing where there is nothing. */
void session_output(struct session *s, struct buf *out, size_t max);
bool session_wants_output(const struct session *s);

/*
 * Send an item: rank, again, due, envelope, total, sum and dests are read; destinations
 * are desks' addresses, none twice, in any order.  "package" is the whole of
 * one of at most SESSION_SMALL bytes, which is copied; of a larger one it is
 * empty, and read() is asked.  Higher ranks go first, within a rank what is due
 * earlier, then the older.
 * What was not answered when the connection ends is offered again, by the
 * owner, on the next one.
 */
void session_send(struct session *s, uint64_t ref, const struct item *item,
    struct bytes package);
/* Forget one that is not begun: true, and no acked() comes. */
bool session_cancel(struct session *s, uint64_t ref);
/* Items given to session_send() of which not all bytes have gone. */
size_t session_waiting(const struct session *s);

/* Answer an item, once; ACK_STORED and ACK_KNOWN when it is on disk. */
void session_ack(
    struct session *s, uint32_t number, enum ack outcome, enum refusal why);
/* So many bytes of DATA that item() (total - from) or data() handed over are on
 * their way to the store: the peer may send as many more. */
void session_taken(struct session *s, uint64_t bytes);

/*
 * The time has come: keep-alive.  *next is when to call again, TIME_NEVER if
 * the session is over.
 *
 * RC_EXPIRED	nothing came for dead_ms: close
 */
enum rc session_tick(
    struct session *s, int64_t now, int64_t *next, struct err *e);

/* One ENROL frame of at most FRAME_MAX bytes; by the side that dials in the
 * place of session_hello(), at most SESSION_ENROLS; by the other in answer, at
 * most SESSION_ENROLS_BACK. */
void session_enrol(struct session *s, struct bytes message);

/*
 * Tell the peer this, of 1 to TELL_MAX bytes, which are copied.  It goes before
 * items; one of more than SESSION_TELL bytes behind those of the highest rank.
 * Those of a kind go in order.  false: the peer does not take TELL; or the
 * session is over.
 */
#define SESSION_TELL (64u << 10)
bool session_tell(struct session *s, enum tell kind, struct bytes message);

struct session_counts {
	uint64_t bytes_in, bytes_out; /* all */
	uint64_t data_in, data_out;   /* of items */
	uint64_t saved_in, saved_out; /* not sent: they were kept */
	uint64_t items_in, items_out; /* begun */
};
const struct session_counts *session_counts(const struct session *s);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* A session's inside: session.c has its life, in.c the items that come, out.c
 * those that go. */
#ifndef LINK_INNER_H
#define LINK_INNER_H

#include "link/keep.h"
#include "link/tally.h"

#define RANKS 4
#define DEST_BYTES                                                             \
	1000u /* of an envelope, for each destination but one: 6.6             \
	       */

enum phase {
	PHASE_HELLO,   /* nothing whole came yet */
	PHASE_JUDGE,   /* HELLO came: the owner judges it */
	PHASE_PARTIAL, /* admitted; PARTIAL comes first */
	PHASE_OPEN,
	PHASE_ENROL,
	PHASE_OVER,
};

/* An item that comes. */
struct in {
	struct in *next;
	struct item item;   /* without dests */
	struct buf dests;   /* as in the frames */
	size_t last_at;	    /* where the last of them has its address */
	uint8_t last_len;   /* 0: there is none */
	struct buf package; /* a small one, as far as it came */
	uint64_t at;	    /* bytes there are */
	bool whole_head, resumed;
	bool begun;    /* begin() was called, and went well */
	bool answered; /* early: what still comes is nobody's */
};

/* An item that goes, or waits to. */
struct out {
	struct out *next; /* of its rank, in the order in which they go */
	uint64_t ref;
	struct item item; /* without dests */
	struct buf dests; /* as in the frames */
	size_t dests_at;  /* bytes of them that have gone */
	size_t dests_left;
	struct buf package; /* a small one */
	uint64_t at;
	bool begun;
	bool give_up; /* STOP is all that follows */
};

/* A message that is told. */
struct tell_out {
	struct tell_out *next;
	uint8_t kind;
	struct buf message;
	size_t at; /* bytes of it that have gone */
};

struct session {
	const struct session_conf *conf;
	const struct session_owner *owner;
	void *ctx;
	struct link_keep *keep;
	struct session_counts counts;

	struct buf part; /* of a frame; in PHASE_JUDGE what came behind HELLO */
	struct buf ctl;	 /* frames that go first */
	struct buf acks; /* entries that wait */

	/* what is known of partly received items: ours, and the peer's */
	struct partial *ours, *theirs;
	uint8_t ours_count, theirs_count;

	struct in *in; /* the open ones */
	struct tally in_tally;
	uint64_t received, held; /* DATA; of it, what the owner has */
	struct credit granted;	 /* as the peer was told */
	uint32_t answered;	 /* items */
	uint32_t window;
	uint16_t items;

	struct tell_out *tells; /* that are told, the oldest first */
	uint32_t tells_in[TELLS]; /* bytes of those that come, by kind */
	bool takes_tell;	  /* the peer says so */

	struct out *queue[RANKS], *queue_last[RANKS];
	struct tally out_tally;
	struct credit may; /* what the peer allows in all */
	uint64_t sent;
	size_t waiting;
	uint64_t passed; /* bytes by which lower ranks that wait were passed */
	unsigned guard;	 /* the rank that is asked first when that is enough */

	int64_t last_in; /* in PHASE_HELLO: when it began */
	uint64_t ping, pong;
	bool said_hello, ping_due, ping_out, pong_due;
	bool busy; /* in a callback, or between two */
	uint16_t enrols_in, enrols_out;
	uint8_t in_count;
	enum phase phase;
};

/* What has come up to now of items; the caller is between two frames. */
enum rc in_item(struct session *s, struct bytes payload, struct err *e);
enum rc in_more(struct session *s, struct bytes payload, struct err *e);
enum rc in_data(struct session *s, struct bytes payload, struct err *e);
enum rc in_stop(struct session *s, struct bytes payload, struct err *e);
/* PARTIAL frames of ours, after what session_partial() was told. */
void in_announce(struct session *s);
/* CREDIT is worth a frame: what it says. */
bool in_credit(const struct session *s, struct credit *now);
/* Into the keep, or away. */
void in_free(struct session *s);

enum rc out_ack(struct session *s, struct bytes payload, struct err *e);
enum rc out_credit(struct session *s, struct bytes payload, struct err *e);
enum rc out_partial(struct session *s, struct bytes payload, struct err *e);
/* Something of an item can go now; out_step() adds one frame of it. */
bool out_ready(const struct session *s);
void out_step(struct session *s, struct buf *out);
/* The same, and it is of the highest rank. */
bool out_urgent(const struct session *s);
void out_free(struct session *s);

/* tell.c: TELL. */
enum rc tell_in(struct session *s, struct bytes payload, struct err *e);
/* One can go now, and goes before items. */
bool tell_ready(const struct session *s);
void tell_step(struct session *s, struct buf *out);
void tell_free(struct session *s);

#endif

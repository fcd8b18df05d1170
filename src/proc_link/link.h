/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the link process knows: its listening sockets, its parent's addresses,
 * and the connections there are.  Only link.c and link_*.c include it.
 */
#ifndef PROC_LINK_LINK_H
#define PROC_LINK_LINK_H

#include <sys/socket.h>

#include "core/limits.h"
#include "daemon/hours.h"
#include "daemon/process.h"
#include "link/compact.h"
#include "link/session.h"
#include "link/tls.h"

#define LINK_SHAKE_MS INT64_C(30000) /* for TLS and HELLO together */
#define LINK_ENROL_MS INT64_C(60000) /* nothing moves while one enrols */
#define LINK_PENDING 256u	     /* connections not yet admitted */
#define LINK_GRACE_MS INT64_C(1000)  /* before one makes room for its like */
#define LINK_SOURCES 1024u	     /* rows for addresses they come from */
#define LINK_TRIES INT64_C(256)	     /* handshakes of an address, at once */
#define LINK_TRY_MS INT64_C(62)	     /* after this it may begin one more */
#define LINK_KEEPS 128u		     /* stations whose parts are kept */
#define LINK_KEY_MS (INT64_C(24) * 3600 * 1000) /* a key's time */
#define LINK_OUT (64u << 10)	   /* bytes made at a time, at most */
#define LINK_OUT_FIRST (4u << 10)  /* before it is known how they go */
#define LINK_OUT_LEAST 1024u	   /* on the slowest line */
#define LINK_OUT_THIN 600u	   /* the first on a thin one */
#define LINK_OUT_MS INT64_C(500)   /* they go in this time: 13.2 */
#define LINK_BURST 16u		   /* reads of one connection in a round */
#define LINK_STORE_FULL (4u << 20) /* bytes that wait for the store */
#define LINK_WINDOW (256u << 10)   /* bytes a peer may send ahead */
#define LINK_ITEMS 512u		   /* items */
#define LINK_PARENTS 8u		   /* addresses of the parent */

enum conn_state {
	CONN_DIALLING, /* TCP */
	CONN_SHAKING,  /* TLS */
	CONN_TALKING,
	CONN_LEAVING, /* what is left is written, and then it is closed */
	CONN_CLOSED,  /* to be freed at the end of the round */
};

/* An item being sent whose package is too large for memory. */
struct sending {
	uint64_t q;
	int fd; /* -1: session has it whole */
	struct buf envelope;
	uint64_t at; /* where the attachments are in the file */
};

struct conn {
	uint64_t number;
	enum conn_state state;
	bool dialled;
	bool asked, admitted; /* of the store; by it */
	int fd;
	char from[64]; /* the peer's socket address, for the log */
	char station[LIMIT_ADDRESS + 1];
	struct event *readable, *writable;
	struct tls *tls;
	struct session *session;
	struct buf out; /* made, and not yet written */
	size_t out_at;
	size_t ahead; /* bytes that are made at a time */
	int64_t made; /* milliseconds: when these were */
	/* of a thin line: what went since when, and that it was full */
	size_t went;
	int64_t went_since;
	bool was_full;
	bool has_room; /* all that was written has left this machine */
	struct session_conf conf;
	struct link_keep *keep;	  /* owned; NULL: there is none yet */
	struct sending *sendings; /* owned */
	size_t sending_count;
	uint32_t stopped[SESSION_OPEN]; /* numbers that the peer gave up */
	size_t stopped_count;
	uint64_t owed;	     /* bytes taken that are not yet said to be */
	int64_t since, next; /* milliseconds: begun; of session_tick() */
	bool dirty;	     /* there may be something to write */
	bool deaf;	     /* it is not read from */
	bool parted;	     /* its parts were taken */
	uint64_t self;	     /* the key it was begun under: lk.self */
	/* one that came and was not yet admitted: room.c */
	struct conn *older, *newer;
	size_t source; /* row of the address it comes from */
	bool waits, tried;
	/* Who enrols in the place of saying HELLO (enrol.c). */
	bool enrolling, up; /* up: this station does, at its parent */
	bool asked_enrol, answered;
	struct buf enrol; /* of the message, as far as it came */
	/* docs/link.md 19: thin.c */
	bool thin;     /* by a secret */
	bool doubted;  /* it was silent before what was written */
	int64_t heard; /* milliseconds: when the peer said something last */
	struct compact *compact;  /* owned; of a thin one that talks */
	bool offered;		  /* the peer has use for one */
	bool asked_thin;	  /* the store is asked whose it is */
	struct tls_secret secret; /* to be dialled by */
	struct msg_life life;	  /* what the parent knows of our journal */
	uint64_t cap;	/* bytes a second that it carries; 0: no bound */
	int64_t cap_at; /* milliseconds: nothing more is made before */
};

struct linking {
	/* settings */
	char parents[LINK_PARENTS][64];
	size_t parent_count;
	int64_t idle_ms, shake_ms;
	uint64_t max_children, max_size;
	/* this station */
	int64_t key_ms;		     /* so long a key is used */
	int64_t key_at;		     /* milliseconds: of the newest */
	struct tls_key *key;	     /* that of the context, or asked for */
	bool key_asked;		     /* its statement is not there yet */
	uint64_t self;		     /* counts the contexts */
	struct tls_context *context; /* NULL until the statement is there */
	struct buf statement;
	char station[LIMIT_ADDRESS + 1], parent[LIMIT_ADDRESS + 1];
	uint64_t incarnation;
	struct session_conf dial, serve;
	/* connections, in the order of their numbers */
	struct conn **conns; /* owned */
	size_t count;
	size_t pending;	 /* that came and were not yet admitted */
	size_t children; /* that came, were admitted, and talk */
	uint64_t last;
	bool store_up;
	bool store_full; /* some are deaf until the store has caught up */
	/* dialling */
	size_t next_parent;
	int64_t dial_at, dial_wait; /* milliseconds */
	bool thin; /* the parent is dialled by a secret, where there is one */
};

extern struct linking lk;

/* ---- link.c ----------------------------------------------------------------
 */

void link_event(enum log_level level, const char *event, const struct conn *c,
    const struct err *e);

/* ---- conn.c: one connection
 * -------------------------------------------- */

struct conn *conn_new(int fd, bool dialled, const char *from);
struct conn *conn_of(uint64_t number);
void conn_connected(struct conn *c); /* TCP is: TLS begins */
void conn_shake(struct conn *c);     /* it goes on */
void conn_leave(struct conn *c, enum bye reason);
void conn_close(struct conn *c, const struct err *why);
/* Its station has a newer one, which goes on with what came here in part. */
void conn_replaced(struct conn *c);
void conn_flush(struct conn *c);
void conn_free(struct conn *c);
/* Words of the store about it. */
void conn_admit(struct conn *c, const struct msg_admit *a);
void conn_send(struct conn *c, const struct msg_send *m, int fd);
void conn_taken(struct conn *c, const struct msg_taken *t);
void conn_tell(struct conn *c, const struct msg_tell *t);

/* ---- pace.c: how much is made at a time
 * ---------------------------------------- */

void pace_begin(struct conn *c);
/* Make what may be made now; false: its cap says later. */
bool pace_make(struct conn *c);
void pace_gone(struct conn *c); /* all that was made has been written */
void conn_capped(struct conn *c, uint64_t rate); /* bytes a second: 20.3 */

/* ---- owner.c: what a session says
 * ---------------------------------------- */

extern const struct session_owner conn_owner;
void sending_drop(struct sending *s);
/* Do not send this leg, where that is not begun; the store hears "later". */
void conn_cancel(struct conn *c, uint64_t q);

/* ---- enrol.c: who enrols by line
 * ----------------------------------------- */

/* A frame of it came; a session's callback. */
void conn_enrol(void *ctx, struct bytes piece);
void conn_enrolled(struct conn *c, const struct msg_enrol *m);
/* Say it to the parent; the store hears MSG_ENROL_DOWN. */
void enrol_up(const struct msg_enrol *m);
void enrol_up_begins(struct conn *c); /* its session is there */
void enrol_up_ended(const struct conn *c);

/* ---- room.c: those that have not said who they are
 * ---------------------- */

void room_begin(void);
size_t room_source(const struct sockaddr_storage *a);
/* There is room for one more from there, or was made; else it is closed. */
bool room_for(size_t source);
void room_enter(struct conn *c);
void room_leave(struct conn *c);       /* admitted, or closed */
void room_ended(const struct conn *c); /* closed */
bool room_try(struct conn *c);	       /* it may begin its handshake */
bool room_says(void); /* the log may have one more line of them */

/* ---- keep.c: parts of small items
 * ---------------------------------------- */

void keeps_find(struct conn *c); /* who it is, is known: its keep is its own */
void keeps_leave(struct conn *c);

/* ---- thin.c: thin lines (docs/link.md 19)
 * ------------------------------------------ */

/* The parent may be dialled now: it is known by which secret, or that it is to
 * be in full. */
bool thin_ready(int64_t now);
void thin_dialled(struct conn *c);		     /* so is this one */
void thin_ended(const struct conn *c, bool refused); /* it is closed */
/* Its peer has named a secret, and waits. */
void thin_named(struct conn *c);
/* HELLO of a thin line is to say this of our journal. */
void thin_claims(struct conn *c, uint64_t size, const uint8_t *root);
/* What the peer's says of its. */
void thin_claimed(struct msg_hello *m, const struct hello *h);
void thin_is(const struct msg_thin_is *m); /* the store's answer */
void thin_share(struct conn *c);	   /* hand over what both share */
void thin_store_gone(void);

/* ---- dial.c: towards the parent
 * ------------------------------------------ */

/* Ask for the ports of its addresses. */
enum rc dial_ports(struct sandbox *box, struct err *e);
void dial_tick(int64_t now);
/* A connection of its own to one of them, the next in turn. */
enum rc dial_parent(struct conn **out, struct err *e);
void dial_ended(bool was_up); /* the connection to the parent is gone */

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Frames of the link protocol: u8 type | u24 length | payload, and what the
 * payloads hold.  docs/link.md 2, 4 to 12, and 16; a reader's error cites its
 * clause.  What is read borrows from what it was read from.
 */
#ifndef LINK_FRAME_H
#define LINK_FRAME_H

#include "core/bytes.h"
#include "core/err.h"
#include "crypto/hash.h"
#include "dispatch/answer.h"
#include "envelope/slip.h"

#define FRAME_HEAD 4u
#define FRAME_MAX 16380u /* bytes of a payload; with its head a TLS record */

enum frame_type {
	FRAME_HELLO = 1,
	FRAME_PARTIAL,
	FRAME_ITEM,
	FRAME_MORE,
	FRAME_DATA,
	FRAME_STOP,
	FRAME_ACK,
	FRAME_CREDIT,
	FRAME_PING,
	FRAME_PONG,
	FRAME_BYE,
	FRAME_ENROL,
	FRAME_TELL,
};
#define FRAME_TYPES 14 /* one behind the last */

#define LINK_VERSION 1
#define LINK_DESTS 10000u		   /* destinations of an item */
#define LINK_TOTAL_MAX (UINT64_C(1) << 48) /* bytes of an item */
#define LINK_PARTIALS 64u		   /* entries of all PARTIAL frames */
#define LINK_BYE_TEXT 200u		   /* bytes */

/* Why a station leaves; others may come (docs/link.md 11.2). */
enum bye {
	BYE_CLOSING,  /* nothing is wrong */
	BYE_PROTOCOL, /* a clause was broken; the text names it */
	BYE_VERSION,
	BYE_REFUSED,  /* the statement is not accepted */
	BYE_BUSY,     /* come back later */
	BYE_REPLACED, /* the same station has a newer connection */
	BYE_INTERNAL,
	BYE_STALE, /* the epoch that was seen is the text */
};
#define BYES 8

struct hello {
	uint8_t lowest, highest; /* versions it speaks */
	uint64_t incarnation;
	int64_t clock;		 /* seconds since 1970 */
	bool own_clock;		 /* its own; else the network's */
	uint32_t window;	 /* bytes of DATA it takes ahead */
	uint16_t items;		 /* items it takes unanswered */
	struct bytes statement;	 /* pki/link.h; empty on a thin line alone */
	struct bytes extensions; /* u16 tag | u16 length | bytes, ... */
};

struct link_dest {
	struct bytes address; /* of a desk */
	struct tag tag;	      /* of its slip */
};

/* ITEM without its destinations. */
struct item {
	uint32_t number;
	unsigned rank;	   /* 0..3, 3 goes first */
	bool again;	   /* it is lost behind the receiver: 6.3 */
	uint32_t envelope; /* bytes of the envelope */
	uint64_t total;	   /* of envelope and attachments: the package */
	uint64_t from;	   /* where DATA starts; total - from bytes come */
	uint8_t sum[SHA256_SIZE];      /* of the package */
	const struct link_dest *dests; /* in the order of bytes_cmp() */
	size_t dest_count;
	int64_t due; /* of what goes: the earlier goes first; not in a frame */
};

/* The type and the length of the payload behind these FRAME_HEAD bytes. */
void frame_head(
    const uint8_t head[static FRAME_HEAD], uint8_t *type, size_t *len);
const char *frame_name(uint8_t type); /* "ITEM"; NULL: no such type */
/* Its length is one that a payload of this (known) type may have: 2.4. */
enum rc frame_fits(uint8_t type, size_t len, struct err *e);

/* A frame being written at the end of *out: frame_close() of what frame_open()
 * gave writes its length. */
size_t frame_open(struct buf *out, enum frame_type type);
void frame_close(struct buf *out, size_t opened);
/* "bytes" big-endian bytes of v. */
void frame_uint(struct buf *out, uint64_t v, unsigned bytes);

/* The rest reads and writes payloads; writers add the whole frame. */

void hello_write(struct buf *out, const struct hello *h);
enum rc hello_read(struct hello *out, struct bytes in, struct err *e);
/* The same of a thin line, where there is no statement: docs/link.md 19.5. */
enum rc hello_read_thin(struct hello *out, struct bytes in, struct err *e);
/* What stands under an extension's tag; false where it does not. */
bool hello_extension(const struct hello *h, uint16_t tag, struct bytes *value);

/* The next entry of a PARTIAL, stepping *in over it. */
struct partial {
	uint8_t sum[SHA256_SIZE];
	uint64_t have;
};
void partial_put(struct buf *out, const struct partial *p);
enum rc partial_next(struct partial *p, struct bytes *in, struct err *e);

/*
 * ITEM and MORE: the head and then destinations, one by one.  "more" says that
 * another MORE follows; "count" destinations stand in "dests".
 */
#define ITEM_HEAD 60u /* bytes of ITEM before its destinations */
#define MORE_HEAD 7u
struct item_part {
	bool more;
	size_t count;
	struct bytes dests;
};
/* The head alone, as if "count" destinations were behind it. */
void item_put(
    struct buf *out, const struct item *item, bool more, uint16_t count);
void more_put(struct buf *out, uint32_t number, bool more, uint16_t count);
enum rc item_read(
    struct item *out, struct item_part *part, struct bytes in, struct err *e);
enum rc more_read(
    uint32_t *number, struct item_part *part, struct bytes in, struct err *e);
/* docs/link.md 6.6: a desk, or a station without a slip. */
bool dest_ok(const struct link_dest *d);
void dest_put(struct buf *out, const struct link_dest *d);
/* The next of them; "last" is the address before it (empty: none). */
enum rc dest_next(
    struct link_dest *out, struct bytes *in, struct bytes last, struct err *e);

/*
 * TELL: what one station tells the other beside the items (docs/link.md 16).
 * Kinds that are not known here are passed over.
 */
#define TELL_MAX (4u << 20) /* bytes of a message; of all that are begun */
#define TELL_HEAD 2u	    /* bytes of TELL before those of its message */
#define HELLO_TELL 1u	    /* the extension: who says it takes TELL */
#define HELLO_THIN 2u	    /* who has use for a thin line's secret: 19.4 */
#define HELLO_CAP 3u	    /* so much the peer may send a second: 20.3 */
#define HELLO_LIFE 4u	    /* how far its journal is known: 20.4 */
#define HELLO_LIFE_MAX 24u  /* bytes of it */
#define HELLO_NOTICE 5u	    /* and notices, and "again" */
#define HELLO_CONTACT 6u    /* when it calls: 20.7 */
enum tell {
	TELL_STATUS = 1,    /* what it knows of the directory */
	TELL_DIRECTORY,	    /* what the other lacks of it */
	TELL_WANTED,	    /* of whom it lacks the certificates */
	TELL_CHECKPOINT,    /* of its journal */
	TELL_COUNTERSIGNED, /* the same, by the parent */
	TELL_INCARNATION,
	TELL_BEHIND,
	TELL_LAST, /* the station is being destroyed */
	TELL_UNSEEN, /* alarms that nobody has seen: docs/duty.md 5 */
};
#define TELLS 10 /* one behind the last */
void tell_put(struct buf *out, uint8_t kind, bool more, struct bytes piece);
enum rc tell_read(uint8_t *kind, bool *more, struct bytes *piece,
    struct bytes in, struct err *e);

#define ACK_ENTRY 6u
struct acked {
	uint32_t number;
	enum ack outcome;
	enum refusal why;
};
void ack_put(struct buf *out, const struct acked *a);
enum rc ack_next(struct acked *a, struct bytes *in, struct err *e);

struct credit {
	uint64_t bytes; /* of DATA since HELLO */
	uint32_t items;
};
void credit_write(struct buf *out, const struct credit *c);
struct credit credit_read(struct bytes in); /* of the right length */

/* "text" is for the peer's log: no error text, no secret. */
void bye_write(struct buf *out, enum bye reason, struct bytes text);
enum rc bye_read(
    uint8_t *reason, struct bytes *text, struct bytes in, struct err *e);

#endif

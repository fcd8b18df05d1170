/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is said in ENROL frames: one message of who dialled, one in answer
 * (docs/link.md 12).  A message is cut into pieces as long as a frame's
 * payload; what a piece says of itself is nothing, so they follow one another.
 *
 *	u32 length | u8 kind | rest
 *
 * "length" counts what follows it.  Of who dialled:
 *
 *	1 REQUEST	the request of docs/directory.md 9.1
 *	2 ASK		hash[32] | u64 from
 *
 * and in answer:
 *
 *	3 WAITS		hash[32]
 *	4 REFUSED	hash[32] | u8 why
 *	5 ANSWER	hash[32] | u64 total | u64 from | bytes
 *
 * The hash is that of the request (SHA-256); "bytes" are those of the answer
 * from "from" to its end.  Nothing here is trusted: who the parties are, the
 * proofs in request and answer say.
 */
#ifndef LINK_ENROLMENT_H
#define LINK_ENROLMENT_H

#include "core/bytes.h"
#include "core/err.h"
#include "crypto/hash.h"

#define ENROLMENT_HEAD 4u	     /* bytes of the length */
#define ENROLMENT_IN (132u << 10)    /* of a message of who dialled, at most */
#define ENROLMENT_ANSWER (4u << 20)  /* bytes of an answer that fits a line */
#define ENROLMENT_BACK (4160u << 10) /* of a message in answer, at most */

enum enrolment_kind {
	ENROLMENT_REQUEST = 1,
	ENROLMENT_ASK,
	ENROLMENT_WAITS,
	ENROLMENT_REFUSED,
	ENROLMENT_ANSWERED,
};

/* Why a request is not taken. */
enum enrolment_why {
	ENROLMENT_UNKNOWN = 1, /* ASK: no such request lies here */
	ENROLMENT_BAD,	       /* it is not well made, or its proof not good */
	ENROLMENT_ELSEWHERE,   /* it is not for this station's authority */
	ENROLMENT_BUSY,	       /* come back later */
	ENROLMENT_TAKEN_BACK,  /* who decides has put it aside */
};

struct enrolment {
	enum enrolment_kind kind;
	struct bytes request;	   /* REQUEST */
	uint8_t hash[SHA256_SIZE]; /* all others */
	uint8_t why;		   /* REFUSED; others may come */
	uint64_t from;		   /* ASK, ANSWERED */
	uint64_t total;		   /* ANSWERED */
	struct bytes bytes;	   /* ANSWERED: total - from of them */
};

/* The whole message, its length in front; the caller frees *out. */
void enrolment_write(struct buf *out, const struct enrolment *m);
/* Read one that is whole, without its length; what it has borrows.  back: in
 * answer.  RC_INVALID; RC_LIMIT: an answer over ENROLMENT_ANSWER. */
enum rc enrolment_read(
    struct enrolment *out, struct bytes in, bool back, struct err *e);

/*
 * Add the payload of a frame to what came before it.  *whole: all is there, and
 * enrolment_read() reads what is behind the first ENROLMENT_HEAD bytes.
 *
 * RC_INVALID	more came than the length says
 * RC_LIMIT	it will be longer than it may be
 */
enum rc enrolment_more(
    struct buf *all, struct bytes piece, bool back, bool *whole, struct err *e);

#endif

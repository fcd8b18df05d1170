/* SPDX-License-Identifier: EUPL-1.2 */
/* How a station answers for a dispatch that another offers it (docs/link.md
 * 8.2). */
#ifndef DISPATCH_ANSWER_H
#define DISPATCH_ANSWER_H

enum ack {
	ACK_STORED,  /* it is on disk */
	ACK_KNOWN,   /* it was known already */
	ACK_REFUSED, /* for good; a refusal says why */
	ACK_LATER,   /* not now: offer it again */
};
#define ACKS 4

enum refusal {
	REFUSAL_NONE, /* it was not refused */
	REFUSAL_INVALID,
	REFUSAL_EXPIRED,
	REFUSAL_NO_WAY, /* to one of its destinations, from here */
	REFUSAL_TOO_LARGE,
	REFUSAL_CLASH, /* its number is another dispatch's */
};
#define REFUSALS 6

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Requests for certificates, as the store process keeps them (docs/station.md
 * 10): enrol.c takes them, decide.c gives them to who decides, and
 * renew.c makes this station's own.
 */
#ifndef PROC_STORE_ENROL_H
#define PROC_STORE_ENROL_H

#include "link/enrolment.h"
#include "pki/cert.h"
#include "proc_store/station.h"

#define ENROL_RING_DAYS 3     /* a request waits that names nothing known */
#define ENROL_REQUEST_DAYS 30 /* another one */
#define ENROL_ANSWER_DAYS 30  /* an answer, until it is fetched */

/* The head of a request that waits, and of its answer; borrows. */
struct waiting {
	enum enrol_by by;
	enum cert_kind kind;
	struct bytes group; /* the invitation's id, the earlier certificate's
			       hash; of others nothing */
	struct bytes from;  /* network address */
	struct bytes address, name;
};
/* Of what this process wrote itself; false where the disk changed it. */
bool waiting_read(struct waiting *h, struct bytes in);
/* When it goes, if nobody has come for it; kept since "at". */
int64_t waiting_until(const struct waiting *h, bool answered, int64_t at);

/*
 * Keep a request that came from this network address; the same again is no
 * other.
 *
 * RC_LIMIT	there is no room, or this station has no name yet
 * RC_ABSENT	it is not for this station's authority
 * RC_INVALID, RC_DENIED	it is not well made, or its proof not good
 */
enum rc enrol_take(struct bytes request, struct bytes from, struct err *e);
/* What is answered to a message (link/enrolment.h, without its length); the
 * caller frees *reply. */
void enrol_say(struct buf *reply, struct bytes message, struct bytes from);

#endif

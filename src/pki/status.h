/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What somebody knows of a directory: of each log how much of it.  He gives it
 * to whoever shall write him what he lacks (docs/directory.md 5.7).
 *
 *	Status ::= SEQUENCE { version INTEGER (1),
 *		root OCTET STRING (32),		-- SHA-256 of its certificate
 *		logs SEQUENCE OF SEQUENCE {
 *			log OCTET STRING (16), size INTEGER } }
 *
 * Logs stand in the order of their ids.  It is not signed: one that says too
 * much gets its bearer a file that he cannot use, and no more.
 */
#ifndef PKI_STATUS_H
#define PKI_STATUS_H

#include "pki/directory.h"

#define STATUS_MAX (1u << 20) /* bytes */

struct status {
	uint8_t root[SHA256_SIZE];
	struct status_log {
		struct id log;
		uint64_t size;
	} * logs; /* owned */
	size_t count;
};

/* Its logs stand in the order of their ids.  The caller frees *out. */
void status_put(struct buf *out, const struct status *s);
/* Of all logs of a directory; the caller frees *out. */
void status_write(struct buf *out, const struct directory *d);
/*
 * RC_INVALID	not of the form above
 * RC_LIMIT	over STATUS_MAX or DIRECTORY_LOGS
 *
 * The caller frees *out with status_free(); it is empty on failure.
 */
enum rc status_read(struct status *out, struct bytes in, struct err *e);
void status_free(struct status *s);

/* How much is known of a log; the has() of struct directory_for, ctx is a
 * struct status. */
uint64_t status_has(void *ctx, const struct id *log);
/* It is of this directory's root. */
bool status_fits(const struct status *s, const struct directory *d);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Plans of ceremonies (docs/ceremony.md 2): a text that people read, agree on
 * and sign, line by line "word: value".
 *
 *	antin ceremony 1
 *	purpose: root
 *	name: Ban Cơ yếu Chính phủ (thử)
 *	...
 */
#ifndef PKI_PLAN_H
#define PKI_PLAN_H

#include "crypto/hash.h"
#include "crypto/shamir.h"
#include "crypto/suite.h"
#include "envelope/label.h"
#include "pki/cert.h"

#define PLAN_MAX (64u << 10) /* bytes of a plan */
#define PLAN_DO 256u	     /* lines of what is to be done */

enum plan_purpose {
	PLAN_ROOT,	/* make the root */
	PLAN_AUTHORITY, /* make an authority's key, and its request */
	PLAN_ACTS,	/* decide acts with a key that is there */
};
#define PLAN_PURPOSES 3

struct officer {
	struct bytes name;
	uint8_t card[SHA256_SIZE]; /* fingerprint of his signature key's
				      certificate */
};

struct plan { /* one that was read borrows from its text */
	enum plan_purpose purpose;
	struct bytes ceremony; /* what it is called */
	int64_t date;
	/* PLAN_ROOT */
	struct bytes unit, name, class; /* id, name and class of the root */
	const struct suite *suite;	/* PLAN_AUTHORITY too */
	uint64_t days;
	enum level level;
	enum precedence precedence;
	unsigned depth; /* authorities below one another */
	/* but PLAN_ACTS */
	unsigned quorum;
	struct officer officers[SHAMIR_MAX];
	size_t officer_count;
	struct bytes todo[PLAN_DO]; /* each an antin command without "antin" */
	size_t todo_count;
	uint8_t hash[SHA256_SIZE];
};

/*
 * RC_INVALID	line, what is wrong, what is wanted
 */
enum rc plan_read(struct plan *out, struct bytes in, struct err *e);
/* As text; the caller frees *out. */
void plan_write(struct buf *out, const struct plan *p);

const char *plan_purpose_word(enum plan_purpose p);
bool plan_purpose_parse(enum plan_purpose *out, struct bytes word);

#endif

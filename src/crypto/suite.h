/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Suites: which algorithms go together.  A suite is a row of one table; a
 * national algorithm is one more row in kem.c or sig.c and one here.
 */
#ifndef CRYPTO_SUITE_H
#define CRYPTO_SUITE_H

#include "crypto/kem.h"
#include "crypto/sig.h"

struct suite {
	const char *name;      /* as a person chooses it: "A" */
	const char *kem, *sig; /* names of rows */
	bool composite; /* fit for work; the others are for foreign tools */
	const char *about;
};

#define SUITE_COUNT 5
extern const struct suite suite_table[SUITE_COUNT]; /* the default first */

/* NULL where there is none of that name (any case), or with that signature. */
const struct suite *suite_by_name(const char *name);
const struct suite *suite_by_sig(const struct sig_alg *alg);
/* The algorithm is half of a suite; of one that is fit for work. */
bool suite_has_kem(const struct kem_alg *alg);
bool suite_kem_is_composite(const struct kem_alg *alg);
bool suite_sig_is_composite(const struct sig_alg *alg);

/* The library that computes, and its version; and whether it is one that has
 * what the suites need (the one that was built with may not be there). */
const char *crypto_library(void);
bool crypto_library_fits(void);
/* Make it ready, without the machine's configuration of it: what a daemon does
 * shall not hang on a file of others, and in its sandbox there is none. */
void crypto_library_ready(void);

#endif

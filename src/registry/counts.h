/* SPDX-License-Identifier: EUPL-1.2 */
/* Who signed a step, by the directory (docs/registry.md 6.8). */
#ifndef REGISTRY_COUNTS_H
#define REGISTRY_COUNTS_H

#include "pki/directory.h"
#include "registry/step.h"

/*
 * The step is signed by the person whom it names, under a certificate that the
 * directory shows in force at the step's own time: *cert, of its state.  What
 * was revoked or ended later counts as it was then.
 *
 * RC_INVALID	the statement cannot be read
 * RC_ABSENT	the directory does not know the certificate: it may be behind
 * RC_DENIED	it was not in force then, or is not that person's, or the
 *		signature does not hold
 */
enum rc step_counts(size_t *cert, struct directory *d, struct bytes statement,
    struct bytes signature, struct err *e);

#endif

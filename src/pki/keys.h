/* SPDX-License-Identifier: EUPL-1.2 */
/* What becomes of the keys of somebody in the directory, at a time. */
#ifndef PKI_KEYS_H
#define PKI_KEYS_H

#include "pki/directory.h"

#define KEYS_SOON 30 /* days before their end that keys are said to end */

enum keys {
	KEYS_NONE, /* there never were any */
	KEYS_GOOD,
	KEYS_ENDING, /* within KEYS_SOON days */
	KEYS_ENDED,
	KEYS_REVOKED,
};

/*
 * Of this kind; *until is the first of their ends.  Their signatures are not
 * asked: directory_verify() does.
 */
enum keys keys_of(const struct directory *d, size_t unit, size_t holder,
    enum cert_kind kind, int64_t t, int64_t *until);
/* "none", "good", "ending", "ended", "revoked" */
const char *keys_state(enum keys k);

#endif

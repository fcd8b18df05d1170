/* SPDX-License-Identifier: EUPL-1.2 */
/* What keys does for bundles (docs/media.md 3): signs whose one is, and finds
 * the key of one that came. */
#ifndef PROC_KEYS_CARRY_H
#define PROC_KEYS_CARRY_H

#include "daemon/process.h"
#include "pki/card.h"

/* MSG_BUNDLE_SIGN; it answers. */
void carry_sign(const struct identity *station, const struct message *m);
/* MSG_BUNDLE_OPEN; it answers.  What it gives opens this bundle, and nothing
 * else that was sealed for the station. */
void carry_open(const struct identity *station, const struct message *m);

#endif

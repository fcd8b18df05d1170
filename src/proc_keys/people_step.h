/* SPDX-License-Identifier: EUPL-1.2 */
/* Steps of documents, signed by a person (docs/registry.md 6.7). */
#ifndef PROC_KEYS_PEOPLE_STEP_H
#define PROC_KEYS_PEOPLE_STEP_H

#include "daemon/msg.h"

/* MSG_STEP_SIGN; it answers. */
void step_asked(uint64_t job, const struct msg_step_sign *m);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* What the store hears, and who answers it: docs/station.md 3. */
#ifndef PROC_STORE_HEARD_H
#define PROC_STORE_HEARD_H

#include "daemon/msg.h"

void store_hears(enum proc from, const struct message *m, int fd);

#endif

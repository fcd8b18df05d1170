/* SPDX-License-Identifier: EUPL-1.2 */
/* Processes as bits, for tables of who may what: for the .c that has such a
 * table, and no header. */
#ifndef DAEMON_PROC_BITS_H
#define DAEMON_PROC_BITS_H

#include "daemon/msg.h"

#define PARENT (1u << PROC_PARENT)
#define KEYS (1u << PROC_KEYS)
#define STORE (1u << PROC_STORE)
#define SEAL (1u << PROC_SEAL)
#define LINK (1u << PROC_LINK)
#define CONTROL (1u << PROC_CONTROL)
#define MEDIA (1u << PROC_MEDIA)
#define WEB (1u << PROC_WEB)
#define TLS (1u << PROC_TLS)
#define PRINT (1u << PROC_PRINT)
#define SCAN (1u << PROC_SCAN)
/* All but the parent, which starts them. */
#define CHILDREN                                                               \
	(KEYS | STORE | SEAL | LINK | CONTROL | MEDIA | WEB | TLS | PRINT |    \
	    SCAN)

#endif

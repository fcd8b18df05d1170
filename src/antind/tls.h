/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the files of the process tls share: browsers' connections
 * (docs/station.md 20).  It knows nothing of HTTP: a connection's descriptor,
 * or the end of a pair whose other end it fills, is what web gets.
 */
#ifndef ANTIND_TLS_H
#define ANTIND_TLS_H

#include "daemon/process.h"

#define TLS_LISTENERS 20u

/* Hand a browser's connection to web; the descriptor is taken.  false: web is
 * not there, or has enough to do. */
bool tls_hand_over(int fd, const char *peer, bool secure);

#endif

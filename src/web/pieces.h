/* SPDX-License-Identifier: EUPL-1.2 */
/* Files that the station gives by pieces (src/control/control.h: "at"). */
#ifndef WEB_PIECES_H
#define WEB_PIECES_H

#include "web/route.h"

#define PIECES_EVIDENCE (32u << 20) /* bytes of what can be proved of one */

/*
 * The whole of what "what" gives; "request" has the fields besides "at", and
 * stays the caller's.  The caller frees *out.
 *
 * RC_LIMIT	over max bytes
 */
enum rc pieces_take(struct buf *out, struct web_call *c, enum control_what what,
    const json_t *request, size_t max, struct err *e);
/* A file's name of parts of this program and letters of an id. */
void pieces_name(char *out, size_t size, const char *first, const char *id,
    const char *last);

#endif

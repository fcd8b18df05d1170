/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments are looked at for malware before a page opens or sends them
 * (docs/desk.md 9). */
#ifndef WEB_SCAN_H
#define WEB_SCAN_H

#include "web/route.h"

#define WEB_SCAN_HEADER "X-Antin-Scan" /* of the reply: "clean", "off", "away" */

/*
 * Look at a file, from its beginning.  It is clean, or could not be looked at,
 * which the reply's header says: once a call is enough.
 *
 * RC_DENIED	malware was found: the text says which, and what to do
 * RC_IO	it could not be looked at, and the station wants that
 */
enum rc web_scan(struct web_call *c, int fd, struct err *e);

#endif

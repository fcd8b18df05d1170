/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The station's authority for browsers (docs/desk.md 11).  keys makes it and
 * signs with it, for the names of the configuration alone; the store keeps it,
 * as the word "web.ca", which it does not look into; tls shows what was signed.
 *
 *	u8 version 1 | u64 from | u64 until | u16 n | its common name |
 *	u16 n | names, one a line | u16 n | its certificate |
 *	its key, sealed (kept.h) and bound to all of that
 */
#ifndef PROC_STORE_WEBCA_H
#define PROC_STORE_WEBCA_H

#include "proc_store/station.h"

void webca_ask(uint64_t job, const struct msg_web_cert *m);	 /* by tls */
void webca_signed(uint64_t job, const struct msg_web_signed *m); /* by keys */
void webca_keys_gone(void);    /* what it was asked is not answered */
void webca_show(uint64_t job); /* MSG_WEB_CA, by control */
void webca_settled(bool kept); /* the round is over */
void webca_stop(void);

#endif

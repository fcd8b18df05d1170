/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What keys answers at once, for things that the store keeps: the key of the
 * registry's rows (proc_store/rows.h), thin lines (proc_store/thin.h), and the
 * station's authority for browsers (proc_store/webca.h).
 */
#ifndef PROC_KEYS_ANSWERS_H
#define PROC_KEYS_ANSWERS_H

#include "daemon/process.h"
#include "pki/card.h"

#define ROWS_KEY MSG_ROW_KEY_SIZE

/* rows.c: MSG_ROW_KEY. */
void rows_make(const struct identity *station, const struct message *m);

/* thin.c: MSG_THIN. */
void thin_keys(const struct identity *station, const struct message *ask);

/* ---- web.c
 * -------------------------------------------------------------------- */

/* A name from the configuration; RC_INVALID, RC_LIMIT. */
enum rc webca_named(struct bytes name, struct err *e);
/* MSG_WEB_SIGN. */
void webca_sign(const struct identity *station, const struct message *m);

#endif

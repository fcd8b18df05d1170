/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The key under which rows of the registry are sealed (docs/registry.md 6.1).
 * keys makes it, once in a station's life; the store keeps it sealed, as the
 * word "row.key", and has it in memory while it runs.
 */
#ifndef PROC_STORE_ROWS_H
#define PROC_STORE_ROWS_H

#include "proc_store/station.h"

#define ROWS_KEY MSG_ROW_KEY_SIZE

/* The key, on disk; false: it is not known (yet).  The caller wipes out. */
bool rows_key(uint8_t out[static ROWS_KEY]);
/* The same, and what a person is told where it is not: RC_IO not yet, RC_DENIED
 * it does not open. */
enum rc rows_key_or(uint8_t out[static ROWS_KEY], struct err *e);

void rows_ask(void); /* keys is there, with the station's key */
void rows_keyed(uint64_t job, const struct msg_row_key *m); /* by keys */
void rows_settled(bool kept); /* the round is over */
void rows_stop(void);	      /* wipes it */

#endif

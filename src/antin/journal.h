/* SPDX-License-Identifier: EUPL-1.2 */
/* A station's journal (desk/journal.h), as the command shows it. */
#ifndef ANTIN_JOURNAL_H
#define ANTIN_JOURNAL_H

#include "antin/talk.h"
#include "desk/journal.h"

/* What a restored station may lack of what arrived, as remarks, of gaps of the
 * last 30 days; nothing where there is none. */
enum rc journal_gaps_say(struct talk *t, struct err *e);

/* A row of journal_row(), printed for a person. */
void journal_print(const json_t *row, unsigned kind);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* What every backend holds its callers to: docs/station.md 4. */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "store/store.h"

/* RC_LIMIT where something is longer than store.h says, RC_INVALID where it
 * contradicts itself. */
enum rc check_address(struct bytes address, struct err *e);
enum rc check_dest(const struct dest *d, struct err *e);
enum rc check_word(const char *name, struct bytes value, struct err *e);
enum rc check_stored(
    const struct stored *d, struct bytes package, struct err *e);
enum rc check_leg(const struct leg *leg, struct err *e);
enum rc check_leg_state(enum leg_state state, struct err *e);
enum rc check_delivery(
    enum delivery_state state, struct bytes reason, struct err *e);

enum rc check_paper(const struct paper *p, struct bytes body, struct err *e);
enum rc check_pending(const struct pending *p, struct err *e);
enum rc check_batch(struct bytes batch, struct err *e);
enum rc check_said(const struct saying *s, struct err *e);

enum rc check_noted(const struct noted *n, struct err *e);
enum rc check_note(struct bytes note, struct err *e);

enum rc check_doc(const struct store_doc *d, struct err *e);
enum rc check_step(const struct store_step *step, struct err *e);
/* A series or register, and its year. */
enum rc check_book(struct bytes name, unsigned year, struct err *e);
enum rc check_cells(struct bytes sealed, struct err *e);
enum rc check_line(const struct store_line *l, struct err *e);
enum rc check_draft(const struct store_draft *d, struct err *e);

/* It has still to be sent: queued or held. */
bool leg_waits(enum leg_state state);
enum rc check_alarm(const struct store_alarm *a, struct err *e);
enum rc check_alarm_by(struct bytes by, struct err *e);
/* docs/station.md 4.6; the same state again is no succession. */
bool delivery_follows(enum delivery_state was, enum delivery_state next);

#endif

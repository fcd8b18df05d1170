/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a step does to registers and to what is destroyed: the rooms beside
 * doc_keep.c, for it alone.  All is in the round's transaction; "n" is the
 * document.
 */
#ifndef PROC_STORE_DOC_KEEP_H
#define PROC_STORE_DOC_KEEP_H

#include "proc_store/registry.h"

/* ---- book_number.c */

/*
 * What the number was to be, it still can be.
 *
 * RC_EXISTS	others were taken meanwhile
 * RC_DENIED	it is another document's, or not its own
 */
enum rc book_number_check(const struct asking *a, uint64_t n,
    const struct acting_plan *plan, struct err *e);
enum rc book_number_keep(const struct asking *a, uint64_t n,
    const struct acting_plan *plan, struct err *e);

/* ---- book_line.c */

enum rc book_line_keep(const struct asking *a, uint64_t n,
    const struct acting_plan *plan, const struct acting_line *from,
    struct err *e);
/* A remark at its last line, where the volume is open yet. */
enum rc book_line_remark(const struct asking *a, uint64_t n,
    const struct acting_plan *plan, const struct acting_line *from,
    struct err *e);

/* ---- doc_destroy.c: docs/registry.md 3.10 */

enum rc doc_destroy(uint64_t n, const struct acting_plan *plan,
    struct bytes desk, struct err *e);
/* Where this destroyed something, docs_scrub() has to see to it. */
void doc_destroyed(const struct acting_plan *plan);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The registry in the store process (docs/registry.md 7): the law's files, what
 * people do to documents, and what they see of them.  What a step is and does
 * is the matter of acting.h; here it meets the store, the directory and
 * the clock.
 */
#ifndef PROC_STORE_REGISTRY_H
#define PROC_STORE_REGISTRY_H

#include "core/pairs.h"
#include "proc_store/acting.h"
#include "proc_store/rows.h"
#include "proc_store/sessions.h"

struct rules;

/* ---- law.c: the files of the law
 * ------------------------------------------------------------ */

void law_given(const struct msg_rules *m); /* at the start */
void law_ends(void);
/* All of them, held to each other.  RC_INVALID: they are not whole, or there
 * are none. */
enum rc law(const struct rules **out, struct err *e);
/* The register's words of a series or register of these, at t; false: none. */
struct law_book {
	struct bytes word, vi; /* borrow */
	bool incoming, secret;
};
bool law_book(struct law_book *out, struct bytes word, int64_t t);

/* ---- sealed.c: rows are sealed
 * -------------------------------------------------------------- */

/* Which row it is: a table, and its key.  The caller frees. */
struct buf row_of_doc(const uint8_t id[static ID_SIZE]);
struct buf row_of_step(const uint8_t id[static ID_SIZE], unsigned number);
/* Whose draft, of which desk. */
struct buf row_of_draft(const struct store_draft *d);
/* Of a table of registers: "number", "resumed", "volume", "line", "remark". */
struct buf row_of_book(
    const char *table, struct bytes book, unsigned year, uint64_t number);
/* Seal into *out, which the caller frees, and open; "row" is freed.  RC_IO,
 * RC_DENIED: the key is not there; RC_DENIED: it does not open. */
enum rc sealed_shut(
    struct buf *out, struct buf row, struct bytes text, struct err *e);
enum rc sealed_read(
    struct buf *out, struct buf row, struct bytes sealed, struct err *e);

/* ---- asking.c: who asks, and is answered
 * ---------------------------------------------------------- */

struct asking {
	struct session who;
	size_t desk;			 /* a holder of the directory */
	char address[LIMIT_ADDRESS + 1]; /* the desk's, as it is written now */
	char unit[2 * ID_SIZE + 1];	 /* its unit's uid */
	unsigned roles;			 /* at the desk */
	enum level level;		 /* up to which he reads */
};
/*
 * Who asks, and at which desk of this station.
 *
 * RC_DENIED	he is not signed in, has no role there and is no inspector of
 *		its unit, or it is no desk of this station
 */
enum rc asking_of(struct asking *out, const struct msg_doc *m, struct err *e);
/* The highest level that any desk of the unit ever had: nothing at it is of a
 * higher one. */
enum level asking_top(const struct asking *a);
/* A document of that desk, by the first digits of its id, that he may see; the
 * caller frees *hold.  RC_ABSENT, also of what is above him; RC_EXISTS. */
enum rc asking_doc(struct store_doc *out, struct buf *hold,
    const struct asking *a, struct bytes digits, struct err *e);
/* It is this desk, under whatever name it had then. */
bool asking_is_desks(const struct asking *a, struct bytes desk);
/* Its steps, opened, into the acting. */
enum rc doc_load(
    struct acting *to, bool about, const struct store_doc *d, struct err *e);
/* Append a row, which is freed. */
void rows_add(struct buf *rows, struct buf *row);
void row_number(struct buf *row, const char *name, int64_t n);
/* All that was asked for, in messages. */
void rows_say(uint64_t job, struct bytes rows);
void rows_refuse(uint64_t job, const struct err *e);
/* After the commit: this row, which is taken; all these rows, likewise. */
void rows_later(uint64_t job, struct buf *row);
void rows_say_later(uint64_t job, struct buf *rows);
void docs_settled(bool kept, const struct err *e); /* the round is over */

/* ---- doc.c: what is done
 * ------------------------------------------------------------------ */

void doc_on(uint64_t job, const struct msg_doc *m); /* by control */

void docs_stop(void);

/* ---- doc_keep.c: what a step does
 * ----------------------------------------------------------- */

/*
 * In this round's transaction, all of it: "n" is the document, 0 a new one of
 * this id.
 *
 * RC_EXISTS	something has changed since it was thought through: again
 * RC_DENIED	the number is another document's
 */
enum rc doc_keep(const struct asking *a, uint64_t n, const struct id *id,
    const struct acting_plan *plan, struct bytes signature, struct err *e);
/* The round is over: of what it destroyed nothing stays in the log of changes
 * either (docs/registry.md 5.5); doc_destroy.c. */
void docs_scrub(bool kept);

/* ---- book_number.c, book_line.c: registers
 * ----------------------------------------------------------- */

/* The name of a register or series of a unit in the store's rows. */
#define BOOK_NAME 128u
struct bytes book_name(
    char out[static BOOK_NAME], const char *unit, struct bytes word);
/* The register's word of such a name, where it is this unit's; else empty. */
struct bytes book_word(const char *unit, struct bytes name);
/*
 * The next number of a series.  RC_DENIED: it is closed since the station was
 * restored, until two people have said at which number it goes on.
 */
enum rc number_next(
    uint64_t *out, struct bytes series, unsigned year, struct err *e);
/* That, whether it is closed or not; *closed: since when, 0: it is not. */
enum rc number_at(uint64_t *out, int64_t *closed, struct bytes series,
    unsigned year, struct err *e);
/* A remark, sealed for its line; RC_DENIED: the volume is closed. */
enum rc remark_keep(struct bytes book, unsigned year, uint64_t serial,
    int64_t at, struct bytes text, struct err *e);
/* The journal's entry: 1 a volume is opened, 2 closed, 3 a series goes on. */
void journal_book(unsigned code, uint64_t number, struct bytes name);

/* ---- clerk.c: what clerks do to registers
 * ---------------------------------------------------- */

/* The open volume is closed; the next line opens another. */
enum rc book_close(
    const struct asking *a, struct bytes word, unsigned year, struct err *e);
enum rc book_remark(const struct asking *a, struct bytes word, unsigned year,
    uint64_t serial, struct bytes text, struct err *e);
enum rc book_resume(const struct asking *a, struct bytes word, unsigned year,
    uint64_t number, struct bytes text, bool *done, struct err *e);

/* ---- viewed.c: who looked at what is secret
 * ------------------------------------------------------------ */

/*
 * That he looks at this document (a register: all zeros) is in the journal, in
 * this round's transaction; "text" says who, and how.  The same within 15
 * minutes is the same look, unless it is noted "again".  RC_IO
 */
enum rc viewed(const struct asking *a, const uint8_t id[static ID_SIZE],
    const char *text, bool again, struct err *e);
void viewed_settled(bool kept); /* the round is over */

/* ---- look.c: the tree, and the rules ------------------------------- */

void look_on(uint64_t job, const struct msg_ask *m); /* by control */

/* ---- doc_show.c: what people see
 * ------------------------------------------------------------ */

enum rc docs_list(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);
enum rc docs_show(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);
enum rc docs_record(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);
/* A search goes on in slices: begin. */
enum rc docs_search(uint64_t job, const struct asking *a,
    const struct msg_doc *m, struct err *e);
bool docs_search_slice(void);
void docs_search_stop(void);
enum rc books_list(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);
enum rc books_lines(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);
/* The names of the desk's unit ("office") and of the one above ("superior"). */
void office_add(struct buf *row, const struct asking *a);
/* What the rules call this type of documents ("type-name"). */
void type_add(struct buf *row, struct bytes word);
enum rc books_print(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);
/* report.c: documents that were begun in a time, newest first. */
enum rc docs_times(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);
enum rc books_report(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);

/* ---- draft.c: what somebody writes and has not sent
 * ------------------------------------------------------------ */

#define DRAFTS_MAX 100u		   /* of a person */
#define DRAFT_KEPT (90 * TIME_DAY) /* after it was changed last */

enum rc drafts_list(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);
enum rc drafts_get(struct buf *rows, const struct asking *a,
    const struct msg_doc *m, struct err *e);
/* Answered when it is on disk. */
enum rc drafts_put(uint64_t job, const struct asking *a,
    const struct msg_doc *m, struct err *e);
enum rc drafts_drop(uint64_t job, const struct asking *a,
    const struct msg_doc *m, struct err *e);
/* Each second: those whose time is over go. */
void drafts_tick(void);

#endif

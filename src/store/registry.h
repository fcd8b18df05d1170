/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a store keeps of the registry (docs/registry.md 5): documents, their
 * steps, numbers, volumes of registers and their lines; part of the contract of
 * store/store.h, with its rules of transactions.
 *
 * What people have written comes and stays sealed (crypto/row.h); in the clear
 * is what rows are found by.  Nothing is deleted but drafts; what is destroyed
 * is overwritten, and gone from the disk after the journal's scrub().
 */
#ifndef STORE_REGISTRY_H
#define STORE_REGISTRY_H

#include "core/bytes.h"
#include "core/err.h"
#include "core/limits.h"
#include "crypto/hash.h"

#define STORE_DOC_ID 16u
#define STORE_DOC_KINDS 32u	   /* numbers of kinds and states are below */
#define STORE_DOC_STATES 64u	   /* these */
#define STORE_DOC_LEVELS 8u	   /* levels and ranks, too */
#define STORE_DOC_STEPS 4096u	   /* steps of one document */
#define STORE_SUMMARY (256u << 10) /* bytes of a sealed summary */
#define STORE_STEP_STATEMENT 2048u /* of a step's statement */
#define STORE_STEP_SIGNATURE 8192u /* of its signature */
#define STORE_STEP_OPENING (256u << 10) /* of its sealed opening */
#define STORE_SERIES 128u	 /* bytes of a series' or register's name */
#define STORE_CELLS (256u << 10) /* of a sealed line, cover, remark, reason */
#define STORE_DRAFT (48u << 10) /* bytes of a sealed draft */
#define STORE_YEAR_MIN 1900u
#define STORE_YEAR_MAX 9999u

/* A document as it stands. */
struct store_doc {
	uint64_t n; /* the store's own number; grows */
	uint8_t id[STORE_DOC_ID];
	unsigned kind, state, level, rank;
	struct bytes desk;
	int64_t due; /* TIME_NEVER: none */
	int64_t opened, changed;
	uint8_t dispatch[STORE_DOC_ID]; /* the id of its own; zeros: none */
	unsigned steps;			/* how many there are */
	uint8_t last[SHA256_SIZE];	/* of the last one's statement */
	struct bytes summary;		/* sealed */
};

struct store_doc_filter {
	struct bytes desk; /* empty: any */
	uint32_t kinds;	   /* bits 1 << kind; 0: any */
	uint64_t states;   /* bits 1 << state; 0: any */
	unsigned level;	   /* at most this */
	/* From the first second on, until before the last; 0 and 0: any. */
	int64_t opened[2], changed[2];
	uint64_t before; /* n below it; 0: any */
};

struct store_step {
	uint64_t n;	 /* the document */
	unsigned number; /* from 0 */
	struct bytes statement, signature;
	struct bytes opening; /* sealed; empty: destroyed */
};

/* A number that was taken, of a series (its name says whose) and a year. */
struct store_number {
	struct bytes series;
	unsigned year;
	uint64_t number;
	uint64_t n; /* the document; 0: none, it was left out */
	int64_t at;
	bool cancelled;
	struct bytes reason; /* of that; sealed */
};

/* How a series went on after a restore. */
struct store_series {
	struct bytes series;
	unsigned year;
	uint64_t from; /* the number at which */
	int64_t at;
	struct bytes reason; /* sealed */
};

/* A volume of a register. */
struct store_volume {
	struct bytes book;	/* the register's word, and whose it is */
	unsigned year, volume;	/* from 1 */
	int64_t opened, closed; /* 0: it is open */
	uint64_t first, last;	/* serials; 0: it is empty */
	struct bytes cover;	/* sealed */
};

/* A line of a register. */
struct store_line {
	struct bytes book;
	unsigned year, volume;
	uint64_t serial; /* from 1, over all volumes of a year */
	uint64_t n;	 /* the document */
	unsigned level, rank;
	bool incoming;
	int64_t at;
	struct bytes cells; /* sealed */
};

/* What was added to a line later. */
struct store_remark {
	struct bytes book;
	unsigned year;
	uint64_t serial;
	unsigned number; /* of the line's remarks, from 1 */
	int64_t at;
	struct bytes text; /* sealed */
};

/* Lines that are alike. */
struct store_line_count {
	struct bytes book;
	bool incoming;
	unsigned level, rank;
	uint64_t count;
};

/* What somebody writes and has not sent (docs/registry.md 10). */
struct store_draft {
	struct bytes person; /* whose it is: with the id, its key */
	uint8_t id[STORE_DOC_ID];
	struct bytes desk; /* at which */
	int64_t changed;
	struct bytes text; /* sealed */
};

struct store;

/*
 * Everywhere: each() borrows its row, returns false to stop, and may not call
 * the store.  What *out borrows lies in *hold, which the caller frees whatever
 * came out.
 */
struct store_registry_ops {
	/*
	 * A new document: d->n is filled in; d->steps is 1.
	 *
	 * RC_EXISTS	there is one of this id
	 * RC_LIMIT	something is longer or higher than above
	 */
	enum rc (*put)(struct store *s, struct store_doc *d, struct err *e);
	/*
	 * All of *d but n, id, kind and opened takes the place of what was,
	 * which is overwritten; "seen" is how many steps the caller knew of.
	 *
	 * RC_ABSENT	no such document
	 * RC_DENIED	it has another count of steps
	 */
	enum rc (*set)(struct store *s, const struct store_doc *d,
	    unsigned seen, struct err *e);
	/* RC_ABSENT. */
	enum rc (*get)(struct store *s, uint64_t n, struct store_doc *out,
	    struct buf *hold, struct err *e);
	/* Those up to a level whose id begins with the first "digits"
	 * hexadecimal digits of this, 1 to 32; the rest of it is not read. */
	enum rc (*find)(struct store *s, const uint8_t id[static STORE_DOC_ID],
	    unsigned digits, unsigned level,
	    bool (*each)(void *ctx, const struct store_doc *d), void *ctx,
	    struct err *e);
	/* The desk's document of a dispatch.  RC_ABSENT. */
	enum rc (*of_dispatch)(struct store *s,
	    const uint8_t dispatch[static STORE_DOC_ID], struct bytes desk,
	    struct store_doc *out, struct buf *hold, struct err *e);
	/* The newest (highest n) first, at most max. */
	enum rc (*each)(struct store *s, const struct store_doc_filter *f,
	    size_t max, bool (*each)(void *ctx, const struct store_doc *d),
	    void *ctx, struct err *e);

	/* RC_EXISTS: there is one of this document and number; RC_ABSENT: no
	 * such document. */
	enum rc (*step)(
	    struct store *s, const struct store_step *step, struct err *e);
	/* A document's, in their order, from a number on. */
	enum rc (*steps)(struct store *s, uint64_t n, unsigned from,
	    bool (*each)(void *ctx, const struct store_step *step), void *ctx,
	    struct err *e);
	/* Its opening, or (STORE_DOC_STEPS) all its openings, are overwritten;
	 * RC_OK also where there is none. */
	enum rc (*steps_destroy)(
	    struct store *s, uint64_t n, unsigned number, struct err *e);

	/* RC_EXISTS: it is taken. */
	enum rc (*take)(
	    struct store *s, const struct store_number *number, struct err *e);
	/* The highest that was taken; 0: none. */
	enum rc (*taken)(struct store *s, struct bytes series, unsigned year,
	    uint64_t *last, struct err *e);
	/* RC_ABSENT: it was not taken; RC_DENIED: it is cancelled already. */
	enum rc (*cancel)(struct store *s, struct bytes series, unsigned year,
	    uint64_t number, struct bytes reason, struct err *e);
	/* A year's, rising from a number on, at most max. */
	enum rc (*numbers)(struct store *s, struct bytes series, unsigned year,
	    uint64_t from, size_t max,
	    bool (*each)(void *ctx, const struct store_number *number),
	    void *ctx, struct err *e);
	/* Takes the place of what was said of this series and year. */
	enum rc (*resume)(
	    struct store *s, const struct store_series *series, struct err *e);
	/* RC_ABSENT: nothing was said of it. */
	enum rc (*resumed)(struct store *s, struct bytes series, unsigned year,
	    struct store_series *out, struct buf *hold, struct err *e);
	/* All series and years of which a number was taken, with the highest
	 * of documents up to a level; by name and year. */
	enum rc (*all_series)(struct store *s, unsigned level,
	    bool (*each)(
		void *ctx, struct bytes series, unsigned year, uint64_t last),
	    void *ctx, struct err *e);

	/* Opens v->volume; opened and cover are read.  RC_EXISTS; RC_DENIED:
	 * another one of this register and year is open. */
	enum rc (*volume_open)(
	    struct store *s, const struct store_volume *v, struct err *e);
	/* With v->closed, v->cover.  RC_ABSENT; RC_DENIED: it is closed. */
	enum rc (*volume_close)(
	    struct store *s, const struct store_volume *v, struct err *e);
	/* The last volume of a register and year.  RC_ABSENT. */
	enum rc (*volume)(struct store *s, struct bytes book, unsigned year,
	    struct store_volume *out, struct buf *hold, struct err *e);
	/* All of a register (empty: of every one), by name, year, volume; the
	 * first and last are those of the lines up to a level, 0: of none. */
	enum rc (*volumes)(struct store *s, struct bytes book, unsigned level,
	    bool (*each)(void *ctx, const struct store_volume *v), void *ctx,
	    struct err *e);

	/* The serial that a register's next line of a year has. */
	enum rc (*serial)(struct store *s, struct bytes book, unsigned year,
	    uint64_t *next, struct err *e);
	/*
	 * RC_EXISTS	there is a line of this serial
	 * RC_INVALID	the serial is not the next one
	 * RC_ABSENT	no such volume
	 * RC_DENIED	it is closed
	 */
	enum rc (*line)(
	    struct store *s, const struct store_line *l, struct err *e);
	/* Other cells take the place of a line's, which are overwritten: for
	 * what the law has destroyed.  RC_ABSENT. */
	enum rc (*cells)(struct store *s, struct bytes book, unsigned year,
	    uint64_t serial, struct bytes cells, struct err *e);
	/* The highest level at most, of the line and of its document as it is
	 * now; of all volumes (0) or one; rising from a serial on, at most max.
	 */
	enum rc (*lines)(struct store *s, struct bytes book, unsigned year,
	    unsigned volume, uint64_t from, unsigned level, size_t max,
	    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
	    struct err *e);
	/* A document's, by register, year and serial. */
	enum rc (*lines_of)(struct store *s, uint64_t n,
	    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
	    struct err *e);
	/* The line's next remark: r->number is filled in.  RC_ABSENT: no such
	 * line; RC_DENIED: its volume is closed. */
	enum rc (*remark)(
	    struct store *s, struct store_remark *r, struct err *e);
	/* A line's, in their order. */
	enum rc (*remarks)(struct store *s, struct bytes book, unsigned year,
	    uint64_t serial,
	    bool (*each)(void *ctx, const struct store_remark *r), void *ctx,
	    struct err *e);
	/* Lines of a time (from, until before), counted; up to a level, as
	 * above. */
	enum rc (*counts)(struct store *s, int64_t from, int64_t until,
	    unsigned level,
	    bool (*each)(void *ctx, const struct store_line_count *c),
	    void *ctx, struct err *e);

	/* Takes the place of the person's of this id, which is overwritten.
	 * RC_LIMIT. */
	enum rc (*draft_put)(
	    struct store *s, const struct store_draft *d, struct err *e);
	/* RC_ABSENT, also where it is another person's. */
	enum rc (*draft_get)(struct store *s, struct bytes person,
	    const uint8_t id[static STORE_DOC_ID], struct store_draft *out,
	    struct buf *hold, struct err *e);
	/* A person's, the newest first. */
	enum rc (*drafts)(struct store *s, struct bytes person,
	    bool (*each)(void *ctx, const struct store_draft *d), void *ctx,
	    struct err *e);
	/* It is overwritten, and gone.  RC_ABSENT, as above. */
	enum rc (*draft_drop)(struct store *s, struct bytes person,
	    const uint8_t id[static STORE_DOC_ID], struct err *e);
	/* Of those that were changed before a time the oldest; RC_ABSENT. */
	enum rc (*draft_old)(struct store *s, int64_t before,
	    struct store_draft *out, struct buf *hold, struct err *e);
};

extern const struct store_registry_ops sqlite_registry, memory_registry;

#endif

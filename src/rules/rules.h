/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The law as dated data (docs/rules.md): files of rows, what of them is in
 * force on a day, and what one may ask of it.  No I/O: bytes come in.
 *
 *	rules_add() each file, rules_check() once, then rules_at(now).
 *
 * Sets and rows are borrowed from the struct rules they came from and do not
 * move until rules_free().  Texts are UTF-8 in NFC, words lower-case ASCII
 * with inner hyphens.  What the law does not say is 0 or empty.
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "core/bytes.h"
#include "core/err.h"
#include "core/time.h"
#include "envelope/label.h"
#include "pki/act.h"

#define RULES_FILE_MAX (256u << 10) /* bytes of a file */
#define RULES_FILES_MAX 64u	    /* files of one struct rules */
#define RULES_ROWS_MAX 2000u	    /* rows of a file */
#define RULES_ALL_MAX 4000u	    /* rows of one struct rules */
#define RULES_WORD_MAX 40u	    /* bytes of a word */
#define RULES_TEXT_MAX 600u	    /* bytes of a text */
#define RULES_LIST_MAX 32u	    /* of one row: columns, words of a list */
#define RULES_PROBLEMS_MAX 50u	    /* that are kept of one struct rules */
#define RULES_VERSION_MAX 64u	    /* bytes of a version */
#define RULES_WIDTH_MM 267u	    /* of a register's columns: A4, lying */

struct rules; /* every file that was read, of all dates */

/* ---- rows ----------------------------------------------------------------
 *
 * Every row begins with its word and its source.
 */

struct rule_text {
	struct bytes vi, en;
};

struct rule_source {
	struct rule_text text; /* what the row rests on */
	bool unverified;       /* nobody has yet held it to the text */
	bool own;	       /* an office's own row */
	struct bytes file;     /* and where it stands */
	unsigned line;
};

enum rule_abstract { /* what a register may hold of what it is about */
	RULE_ABSTRACT_NEVER,
	RULE_ABSTRACT_AGREED, /* where the authority agreed to it */
	RULE_ABSTRACT_FREE,
};

struct rule_level { /* word: level_word() */
	struct bytes word;
	struct rule_source source;
	struct rule_text name;
	enum level level;
	unsigned years; /* of protection, from the day it is decided; 0: none */
	struct bytes letter; /* on a cover: "A"; empty: none */
	enum rule_abstract abstract;
	unsigned extend_days; /* decided so long before the end at the most */
	bool two_covers;      /* an inner and an outer one */
};

struct rule_action { /* word: the action's */
	struct bytes word;
	struct rule_source source;
	unsigned roles; /* bits 1u << enum role: who may */
	/* Actions on the same document whose doers may not do this one; its
	 * own word: another person each time. */
	struct bytes *differs;
	size_t differs_count;
	unsigned people; /* so many do it before what follows may; at least 1 */
	struct rule_text cite; /* the rule as a refusal gives it */
};

struct rule_due { /* word: the action that is due */
	struct bytes word;
	struct rule_source source;
	bool one; /* for this precedence; else for each that has no own row */
	enum precedence precedence;
	bool at_once, at_set_time, counted; /* one of them */
	bool working;			    /* counted in working days */
	unsigned days; /* by the end of the day so many days on */
};

struct rule_grammar { /* word: "nha-nuoc", "dang" */
	struct bytes word;
	struct rule_source source;
	struct rule_text name;
	struct bytes pattern; /* "{so}/{loai}-{co-quan}" */
	struct bytes plain;   /* of types without abbreviation; empty: none */
	struct bytes prefix;  /* as it is printed before: "Số: " */
	unsigned pad;	      /* digits at least: 2 */
};

struct rule_type { /* word: "nghi-quyet" */
	struct bytes word;
	struct rule_source source;
	struct rule_text name;
	struct bytes abbr;    /* "NQ"; empty: none */
	struct bytes only;    /* the one grammar that has it; empty: each */
	struct bytes as;      /* a grammar that calls it otherwise, or empty, */
	struct bytes as_abbr; /* and how */
	bool copy;	      /* of a copy: SY, TrS, SL, BS */
};

struct rule_code { /* word: "a-6": QCVN 102's list and number */
	struct bytes word;
	struct rule_source source;
	struct rule_text name;
	struct bytes type; /* the document type's word, or empty */
};

struct rule_series { /* word: "secret-out" */
	struct bytes word;
	struct rule_source source;
	struct rule_text name;
	struct bytes
	    kind;    /* of documents: out, in, telegram-out, telegram-in */
	bool secret; /* of those above ordinary */
	bool both;   /* of every level */
	bool yearly; /* goes back to 1 on 1 January, UTC+7 */
};

struct rule_column {
	struct bytes field; /* the register's word for it */
	unsigned width_mm;
	struct rule_text title;
};

struct rule_register { /* word: "secret-out" */
	struct bytes word;
	struct rule_source source;
	struct rule_text title;
	bool secret;	     /* of what is above ordinary */
	bool incoming;	     /* of what comes from elsewhere */
	struct bytes series; /* that its documents' numbers are of, or empty */
	struct rule_column *columns;
	size_t columns_count;
	struct rule_column *cover; /* width_mm is 0 */
	size_t cover_count;
};

struct rule_stamp { /* word: "hoa-toc", "tuyet-mat", "den" */
	struct bytes word;
	struct rule_source source;
	struct rule_text text;	      /* what it says; vi is stamped */
	unsigned width_mm, height_mm; /* 0: not said */
	unsigned least_pt, most_pt;   /* letters' size; 0: not said */
	struct bytes colour;	      /* "red", "black", or empty */
	struct bytes box;	      /* where on the page: "10b" */
	struct rule_column *fields;   /* to be filled in; width 0 */
	size_t fields_count;
};

struct rule_position { /* word: "bi-thu-tinh-uy" */
	struct bytes word;
	struct rule_source source;
	struct rule_text name;
};

struct rule_delegation { /* word: the action */
	struct bytes word;
	struct rule_source source;
	enum level level;
	struct bytes position;
	bool may_delegate; /* to a deputy, in writing */
};

struct rule_holder { /* word: the position; an office's own rows only */
	struct bytes word;
	struct rule_source source;
	struct bytes person;	 /* address */
	int64_t from, until;	 /* until: TIME_NEVER where none is set */
	struct bytes instrument; /* by which he holds it */
	bool deputy;
};

struct rule_agency { /* word: a grammar's; an office's own rows only */
	struct bytes word;
	struct rule_source source;
	struct bytes symbol; /* "UBND" */
	struct rule_text name;
};

struct rule_unit { /* word: a desk's id; an office's own rows only */
	struct bytes word;
	struct rule_source source;
	struct bytes symbol; /* "VX" */
	struct rule_text name;
};

struct rule_retention { /* word: what is kept */
	struct bytes word;
	struct rule_source source;
	struct rule_text name;
	unsigned months; /* at least */
	bool forever;
};

struct rule_limit { /* word: "user-idle"; the law's bound, in its unit */
	struct bytes word;
	struct rule_source source;
	struct rule_text name;
	unsigned value;
	struct bytes unit; /* "seconds", "days", "letters", "times" */
};

struct rule_holiday { /* word: "30-04" each year, "2026-02-17" once */
	struct bytes word;
	struct rule_source source;
	struct rule_text name;
	bool work; /* a day of rest that is worked on */
};

struct rule_weekend { /* word: "saturday" */
	struct bytes word;
	struct rule_source source;
};

enum rule_kind {
	RULE_LEVEL,
	RULE_ACTION,
	RULE_DUE,
	RULE_GRAMMAR,
	RULE_TYPE,
	RULE_CODE,
	RULE_SERIES,
	RULE_REGISTER,
	RULE_STAMP,
	RULE_POSITION,
	RULE_DELEGATION,
	RULE_HOLDER,
	RULE_AGENCY,
	RULE_UNIT,
	RULE_RETENTION,
	RULE_LIMIT,
	RULE_HOLIDAY,
	RULE_WEEKEND,
};
#define RULE_KINDS 18

/* "level", "action", ...: the first word of such a row. */
const char *rule_kind_word(enum rule_kind k);

/* ---- reading
 * ---------------------------------------------------------------------- */

struct rules *rules_new(void);
void rules_free(struct rules *r); /* takes NULL */

/* Whether a file calls itself an office's own ("own ..."), not the law's. */
bool rules_is_own(struct bytes text);

/*
 * Read one file; "name" is what its problems are told by.  "own": it is an
 * office's (docs/rules.md 5) and may have only what an office may lay down.
 *
 * RC_INVALID	not of docs/rules.md 2; *e is the first problem, as "NAME:LINE:
 *		what: what to do", rules_problems() has the others.  Nothing
 *		of the file is kept
 * RC_LIMIT	the file, the files or the rows are over a limit
 */
enum rc rules_add(struct rules *r, struct bytes name, struct bytes text,
    bool own, struct err *e);

/*
 * As a whole: what is referred to is there, nothing is said twice for one day,
 * no generation leaves a gap, no own row loosens the law.  From then on
 * rules_at() answers; a file that is added after that takes it back.
 *
 * RC_INVALID	as rules_add()
 */
enum rc rules_check(struct rules *r, struct err *e);

/* All problems found by rules_add() and rules_check(), a line each ending in
 * '\n', translated; until the next call of either. */
struct bytes rules_problems(const struct rules *r);

/* ---- what is in force -----------------------------------------------------
 */

struct rule_set {
	/* "2026-03-01." and 32 digits of the hash of its rows; it stays as
	 * it is while the rows do, wherever they stand. */
	struct bytes version;
	int64_t from, until; /* until: the first moment after; TIME_NEVER */
	struct rule_rows {
		const void *const *rows; /* struct rule_KIND * */
		size_t count;
	} of[RULE_KINDS];
};

/* What is in force at t (on its day in UTC+7).  NULL: nothing. */
const struct rule_set *rules_at(const struct rules *r, int64_t t);
/* That of a version a document was made under.  Where its rows have been put
 * right since, what is in force from the version's day; set->version is then
 * another.  NULL: no version, or nothing was in force. */
const struct rule_set *rules_version(
    const struct rules *r, struct bytes version);
/* Each set by date; NULL behind the last. */
const struct rule_set *rules_nth(const struct rules *r, size_t i);

/* Each file that was read, in the order of its topic and date. */
struct rules_file {
	struct bytes name, topic;
	struct rule_text title;
	int64_t from, until; /* as of a set */
	bool own;
	bool unverified; /* its dates */
};
const struct rules_file *rules_file_nth(const struct rules *r, size_t i);

/* ---- rows of every kind ---------------------------------------------------
 */

/* Where a row's source is; its name or title (NULL: such rows have none). */
const struct rule_source *rule_source(const void *row);
const struct rule_text *rule_name(enum rule_kind k, const void *row);
/* A row as it is written in a file, whole lines of it. */
void rule_write(struct buf *out, enum rule_kind k, const void *row);

/* ---- questions ------------------------------------------------------------
 *
 * NULL where there is no such row.
 */

const void *rule_find(
    const struct rule_set *s, enum rule_kind k, struct bytes word);

const struct rule_level *rule_level(const struct rule_set *s, enum level l);
const struct rule_action *rule_action(
    const struct rule_set *s, struct bytes word);
const struct rule_grammar *rule_grammar(
    const struct rule_set *s, struct bytes word);
const struct rule_type *rule_type(const struct rule_set *s, struct bytes word);
const struct rule_register *rule_register(
    const struct rule_set *s, struct bytes word);
const struct rule_stamp *rule_stamp(
    const struct rule_set *s, struct bytes word);
const struct rule_series *rule_series(
    const struct rule_set *s, struct bytes word);
/* The law's series of a kind of document ("out") and whether it is secret. */
const struct rule_series *rule_series_of(
    const struct rule_set *s, struct bytes kind, bool secret);
const struct rule_register *rule_register_of(
    const struct rule_set *s, struct bytes series);
const struct rule_agency *rule_agency(
    const struct rule_set *s, struct bytes grammar);
const struct rule_unit *rule_unit(const struct rule_set *s, struct bytes desk);
const struct rule_retention *rule_retention(
    const struct rule_set *s, struct bytes word);
/* The value of a limit, "otherwise" where there is none. */
unsigned rule_limit(
    const struct rule_set *s, struct bytes word, unsigned otherwise);

/* The due time of an action for this precedence. */
const struct rule_due *rule_due(
    const struct rule_set *s, struct bytes action, enum precedence p);
/* When that is, for what began at "from": "from" itself for at once, "set"
 * for a set time, else the last second of the day in UTC+7. */
int64_t rule_due_time(const struct rule_set *s, const struct rule_due *d,
    int64_t from, int64_t set);
/* Whether t's day in UTC+7 is worked on. */
bool rule_workday(const struct rule_set *s, int64_t t);
/* The last moment of protection of what was decided at t; TIME_NEVER: no
 * end.  29 February ends on 28 February. */
int64_t rule_protected_until(const struct rule_level *l, int64_t t);

/*
 * Whether this person may do this at this level then, by the delegation table
 * and the office's holders of positions (docs/rules.md 4).  Where the law names
 * no position for it, or the office no holder at all, the role is enough.
 */
bool rule_may(const struct rule_set *s, struct bytes action, enum level level,
    struct bytes person, int64_t t);

/*
 * Add a number and symbol as the grammar has it, "27/NQ-CP", to *out.  "unit"
 * may be empty where the pattern that is used has none.
 *
 * RC_INVALID	number 0, the grammar has no such type, or a symbol that the
 *		pattern needs is empty or has '/' or blanks
 */
enum rc rule_number_write(struct buf *out, const struct rule_grammar *g,
    uint64_t number, const struct rule_type *t, struct bytes agency,
    struct bytes unit, struct err *e);

/* The text in the process's language, the Vietnamese where there is none. */
struct bytes rule_says(const struct rule_text *t);

#endif

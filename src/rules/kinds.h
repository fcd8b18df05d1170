/* SPDX-License-Identifier: EUPL-1.2 */
/* The kinds of rows as tables: what each is made of (docs/rules.md 4). */
#ifndef RULES_KINDS_H
#define RULES_KINDS_H

#include "rules/inner.h"

/* Values: how they are written, and what they are in a row's struct. */
enum value {
	V_FLAG,	      /* nothing: bool */
	V_NUMBER,     /* 30: unsigned */
	V_WORD,	      /* nghi-quyet: struct bytes */
	V_WORDS,      /* send,receipt: const struct bytes *, and its count */
	V_SYMBOL,     /* QĐ: struct bytes */
	V_PATTERN,    /* {so}/{loai}-{co-quan}: struct bytes */
	V_PLAIN,      /* the same without {loai} */
	V_NAME,	      /* "one text": struct bytes */
	V_TEXT,	      /* "vi" "en": struct rule_text */
	V_LEVEL,      /* mat: enum level */
	V_PRECEDENCE, /* hoa-toc: enum precedence */
	V_ABSTRACT,   /* never, agreed or free: enum rule_abstract */
	V_ROLES,      /* clerk,duty: unsigned */
	V_PAIR,	      /* 30x8 or 13-14: two unsigned */
	V_DAY,	      /* 2026-03-01: int64_t */
	V_LAST,	      /* the same: the first moment after it */
	V_PERSON,     /* an address: struct bytes */
	V_COLUMN,  /* field 20 "vi" "en": a struct rule_column, and its count */
	V_FIELD,   /* field "vi" "en": the same */
	V_HOLIDAY, /* 30-04 or 2026-02-17: struct bytes */
	V_WEEKDAY, /* saturday: struct bytes */
};

struct attr {
	const char *word; /* NULL: the last */
	enum value value;
	size_t at;    /* in the row's struct */
	size_t count; /* where the count of a list is */
	unsigned flags;
	unsigned min, max; /* of numbers */
};
#define A_MUST 1u /* has to be there */
#define A_KEY 2u  /* tells rows of one word apart */
#define A_LAW 4u  /* an office's own rows may not have it */

struct kind {
	const char *word;
	size_t size;
	enum value names; /* what the row's word is */
	size_t level_at;  /* where a V_LEVEL word goes besides */
	const struct attr *attrs;
	enum own own;
	/* What else such a row must be; NULL: nothing. */
	enum rc (*ends)(void *data, struct err *e);
};

/* A value while it is read. */
struct reader {
	struct tokens *t;
	size_t i; /* the token that is next */
	const struct attr *a;
	void *at;    /* where the value goes */
	void *count; /* of a list; or whether it was given; or NULL */
};

struct value_row {
	size_t tokens; /* that are known to be there */
	enum rc (*read)(struct reader *r, struct err *e);
};
extern const struct value_row values[]; /* by enum value */

extern const struct kind kinds[RULE_KINDS];

#endif

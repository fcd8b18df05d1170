/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files as rows, for the readers and checks of src/rules/ alone.
 */
#ifndef RULES_INNER_H
#define RULES_INNER_H

#include "core/arena.h"
#include "crypto/hash.h"
#include "rules/rules.h"

#define TOKENS_MAX 512u /* of a row */

struct token {
	struct bytes text; /* borrowed from the file's arena */
	bool quoted;
	unsigned line;
};

/* Steps through a file's rows (docs/rules.md 2.1 to 2.3). */
struct tokens {
	struct bytes left;
	unsigned line; /* of what was read last */
	unsigned at;   /* where a failure is */
	struct arena *keep;
	struct token row[TOKENS_MAX];
	size_t count; /* 0 behind the last row */
};

/* The next row into t->row.  After RC_INVALID the next call goes on behind
 * that row. */
enum rc tokens_next(struct tokens *t, struct err *e);

struct row {
	enum rule_kind kind;
	struct buf key; /* owned; what may be said once a day */
	void *data;	/* owned: a struct rule_KIND */
};

struct file {
	struct rules_file is;
	struct arena keep;
	struct row *rows; /* owned */
	size_t count;
	bool counts;		   /* a row of it is more than a holder */
	uint8_t hash[SHA256_SIZE]; /* docs/rules.md 3.3 */
};

struct set {
	struct rule_set is;
	const void **rows[RULE_KINDS]; /* owned; is.of[] shows them */
	uint8_t hash[SHA256_SIZE];
	char version[RULES_VERSION_MAX + 1];
};

struct rules {
	struct file **files; /* owned */
	size_t files_count;
	struct set **sets; /* owned; by date; none before rules_check() */
	size_t sets_count;
	struct buf problems;
	size_t problems_count;
};

/* A row's word, and where it stands. */
struct bytes row_word(const void *data);
struct rule_source *row_source(void *data);

/* What an office may do with rows of a kind (docs/rules.md 5). */
enum own {
	OWN_NEVER,   /* the law's alone */
	OWN_ADD,     /* words that the law has not */
	OWN_TIGHTEN, /* and other values for the law's, if they are stricter */
	OWN_ALONE,   /* the law has none */
};
enum own kind_own(enum rule_kind k);

/*
 * The row that t->row is into *out, of this source.  t->at is where a failure
 * is.  The caller frees *out by row_free().
 */
enum rc row_read(struct row *out, struct tokens *t,
    const struct rule_source *source, struct err *e);
void row_free(struct row *r);

/* Bytes of a text as an error shows it: whole letters, not too many. */
int shown(struct bytes text);
#define SHOWN(b) shown(b), (const char *)(b).p

/* lower-case letters, digits and inner hyphens */
bool word_ok(struct bytes word);
/* What may stand in a number's symbol. */
bool symbol_ok(struct bytes symbol);
/* The first moment of a day "2026-03-01" in UTC+7. */
bool day_parse(int64_t *out, struct bytes in);
/* Digits only, without a needless zero. */
bool number_parse(unsigned *out, struct bytes in, unsigned max);
/* Whether a grammar's pattern names the parts it must, and no other. */
bool pattern_ok(struct bytes pattern, bool plain);

/* A problem at a file's line, from *e; *e becomes it. */
void problem(struct rules *r, struct bytes name, unsigned line, struct err *e);

void forget_problems(struct rules *r);
void sets_free(struct rules *r);
/* What is told of one problem in many sets is told once. */
void problem_once(struct rules *r, const struct rule_source *at, struct err *e);

/* Whether an own row asks no less than the law's of the same key. */
bool tightens(enum rule_kind k, const void *own, const void *law);
/* The checks of one set, once it is put together. */
void set_check(struct rules *r, const struct rule_set *s);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of doc_step() share; for src/registry alone. */
#ifndef REGISTRY_INNER_H
#define REGISTRY_INNER_H

#include "registry/doc.h"
#include "rules/rules.h"

/* A step that is being thought through. */
struct trying {
	struct doc_outcome *out;
	const struct doc *d;
	const struct doc_ask *ask;
	const struct action_row *row;
	const struct rule_action *rule;
	struct err *e;
};

/* What is said in this step; what stands after it. */
struct bytes trying_said(const struct trying *t, enum field_name f);
struct bytes trying_has(const struct trying *t, enum field_name f);
/* Write a field of the system's; the text is copied. */
void trying_put(struct trying *t, enum field_name f, struct bytes text);
void trying_put_uint(struct trying *t, enum field_name f, uint64_t n);
void trying_put_time(struct trying *t, enum field_name f, int64_t at);
/* The last who did this, or would by this step; NULL: nobody. */
const struct doc_did *did_last(const struct doc *d, enum action a);
/* A refusal in the law's words. */
enum rc trying_refuse(const struct trying *t, const char *why);

enum rc trying_contradicts(const struct trying *t, const char *why);
bool trying_is_secret(const struct trying *t); /* after it */
/* The level as this step says it; else the document's after it. */
enum level trying_level(const struct trying *t);
/* A notice in writing, by the rules' time of this word. */
void trying_owe(struct trying *t, enum doc_notice_what what, const char *due);
/* Say until when protection lasts that began at "from". */
enum rc trying_put_expiry(struct trying *t, int64_t from);
/* docs/registry.md 3.6: nothing is secret that the catalogue does not name. */
enum rc trying_catalogued(const struct trying *t);

enum rule_abstract abstract_of(const struct trying *t, enum level l);
/* The level becomes one that has no abstract: what was written goes. */
void abstract_drop(struct trying *t);
/* An open document's names no telegram. */
enum rc abstract_is_open(const struct trying *t);

enum rc check_extend(struct trying *t);
enum rc check_relevel(struct trying *t);
enum rc check_declassify(struct trying *t);
enum rc check_expire(struct trying *t);
enum rc check_follow(struct trying *t);
enum rc check_permit(struct trying *t);
enum rc check_copy(struct trying *t);
enum rc check_recall(struct trying *t);
enum rc check_destroy(struct trying *t);
enum rc check_cancel(struct trying *t);
enum rc check_describe(struct trying *t);

/* What the action itself holds to (check.c), and brings about (effect.c). */
enum rc check_action(struct trying *t);
enum rc effect_number(struct trying *t);
enum rc effect_lines(struct trying *t);
void effect_due(struct trying *t);
/* The level after a step, by its fields alone. */
enum level level_after(
    const struct doc *d, enum action a, const struct fields *f);
/* The register in which the document stands, or will: with what it adds to a
 * line.  Empty: of no series yet. */
struct bytes line_book(struct trying *t);
/* A new line of this register.  RC_ABSENT: the rules have no such register. */
enum rc line_make(struct trying *t, struct bytes book);
/* A remark to the document's line in a register; cells are added to it. */
struct line *line_remark(struct trying *t, struct bytes book);
/* Add a cell, which is copied; nothing where the text is empty. */
void line_put(
    struct trying *t, struct line *l, const char *field, struct bytes text);
/* "22/11/2026", "22/11/2026 10:45": Vietnam's time. */
struct bytes line_day(struct trying *t, int64_t at);
struct bytes line_time(struct trying *t, int64_t at);
/* A choice as a register says it. */
struct bytes line_choice(struct bytes word);

/* It cites a telegram's number (docs/registry.md 3.8). */
bool quotes_telegram(struct bytes text);
/* The level below which an answer to this may not be. */
enum level answer_floor(const struct doc *about, enum doc_kind answer);

#endif

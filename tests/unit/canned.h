/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Any action at any time, with fields that are good wherever there is a move,
 * by people who never come twice.
 */
#ifndef TESTS_UNIT_CANNED_H
#define TESTS_UNIT_CANNED_H

#include "lives.h"

#define ALL_ROLES ((1u << ROLES) - 1)

struct canned {
	struct doc_ask ask;
	char person[64];
};

static inline const char *
canned_value(
    const struct doc *d, enum action a, enum field_name f, enum level level)
{
	static const char *const values[FIELD_COUNT] = {
		[FIELD_TYPE] = "bao-cao",
		[FIELD_GRAMMAR] = "nha-nuoc",
		[FIELD_PRECEDENCE] = "thuong",
		[FIELD_CATALOGUE] = "Mục 3",
		[FIELD_RECIPIENTS] = "UBND tỉnh",
		[FIELD_COPIES] = "2",
		[FIELD_COPYING] = "yes",
		[FIELD_CONTENT] = HASH_A,
		[FIELD_DOCUMENTS] = "1",
		[FIELD_PAGES] = "3",
		[FIELD_ABSTRACT] = "Tình hình",
		[FIELD_REMARKS] = "Xem lại",
		[FIELD_REASON] = "Có lý do",
		[FIELD_SYMBOL] = "5/QĐ-UBND",
		[FIELD_DATE] = "2026-11-19",
		[FIELD_DISPATCH] = SOME_ID,
		[FIELD_DIGEST] = HASH_B,
		[FIELD_FROM] = "UBND tỉnh",
		[FIELD_INTEGRITY] = "good",
		[FIELD_OUTCOME] = "received",
		[FIELD_ASSIGNEE] = "Phòng Văn hóa",
		[FIELD_RESULT] = "Đã xong",
		[FIELD_INSTRUMENT] = "QĐ 7",
		[FIELD_ACT] = "relevelled",
		[FIELD_FORM] = "full",
		[FIELD_MADE] = "3",
		[FIELD_SPOILED] = "1",
		[FIELD_TO] = "Tỉnh ủy",
		[FIELD_SIGNED] = "Tỉnh ủy",
		[FIELD_METHOD] = "Đốt",
		[FIELD_MINUTES] = "BB 1",
		[FIELD_TRAFFIC] = "live",
		[FIELD_WORDS] = "100",
		[FIELD_GROUPS] = "50",
		[FIELD_PRODUCT] = "SP-1",
		[FIELD_KEY] = "K17",
		[FIELD_UNTIL] = "2040-01-01",
		[FIELD_DISPOSAL] = "filed",
	};

	if (f != FIELD_LEVEL)
		return values[f];
	if (a == ACTION_RELEVEL || a == ACTION_FOLLOW)
		return d->level == LEVEL_MAT ? "toi-mat" : "mat";
	return level_word(level);
}

/* What is needed, and what a document of this level wants besides. */
static inline bool
canned_wants(
    const struct action_row *row, size_t i, enum action a, enum level level)
{
	const enum field_name f = row->fields[i].name;

	if ((row->fields[i].how & NEEDED) != 0)
		return true;
	if ((row->fields[i].how & BY_SYSTEM) != 0)
		return false;
	if (a == ACTION_CHECK)
		return f == FIELD_DOCUMENTS || f == FIELD_PAGES;
	if (f == FIELD_CATALOGUE)
		return level > LEVEL_ORDINARY && a != ACTION_SIGN;
	return (a == ACTION_FOLLOW && f == FIELD_LEVEL) ||
	       (a == ACTION_DRAFT &&
		   (f == FIELD_CONTENT || f == FIELD_RECIPIENTS)) ||
	       (a == ACTION_RECALL && f == FIELD_INSTRUMENT) ||
	       (a == ACTION_DIGITISE && f == FIELD_RECIPIENTS) ||
	       (a == ACTION_ARRIVE && f == FIELD_TYPE);
}

/* Ask for it as somebody who was never here. */
static inline void
canned_ask(struct canned *c, struct record *r, enum action a, enum level level)
{
	static unsigned people;
	const struct action_row *row = action_row(a);
	size_t i;

	c->ask = record_ask(r, MINH, a);
	(void)snprintf(c->person, sizeof(c->person), HOST "p%u", ++people);
	c->ask.who.person = bytes_str(c->person);
	c->ask.who.roles = ALL_ROLES;
	sha256(c->ask.who.cert, c->ask.who.person);
	for (i = 0; i < row->field_count; i++)
		if (canned_wants(row, i, a, level))
			fields_put(&c->ask.fields, a, row->fields[i].name,
			    bytes_str(canned_value(
				&r->doc, a, row->fields[i].name, level)));
}

#endif

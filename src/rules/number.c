/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers and symbols by a grammar: docs/rules.md 4.4. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/inner.h"

enum part { PART_SIGN, PART_NUMBER, PART_TYPE, PART_AGENCY, PART_UNIT };
#define PARTS 5

/* The next part of a pattern: what is in braces, or one sign. */
static bool
next_part(struct bytes *pattern, enum part *part, uint8_t *sign)
{
	static const char *const names[PARTS] = { "", "{so}", "{loai}",
		"{co-quan}", "{don-vi}" };
	size_t i, n;

	*part = PART_SIGN;
	*sign = pattern->p[0];
	for (i = 1; i < PARTS; i++) {
		n = strlen(names[i]);
		if (pattern->len < n || memcmp(pattern->p, names[i], n) != 0)
			continue;
		*part = (enum part)i;
		pattern->p += n;
		pattern->len -= n;
		return true;
	}
	pattern->p++;
	pattern->len--;
	return *sign == '/' || *sign == '-' || *sign == '.';
}

bool
pattern_ok(struct bytes pattern, bool plain)
{
	unsigned had[PARTS] = { 0 };
	enum part part;
	uint8_t sign;

	while (pattern.len > 0) {
		if (!next_part(&pattern, &part, &sign))
			return false;
		had[part]++;
	}
	return had[PART_NUMBER] == 1 && had[PART_TYPE] == !plain &&
	       had[PART_AGENCY] <= 1 && had[PART_UNIT] <= 1;
}

/* How the grammar abbreviates the type. */
static struct bytes
abbreviation(const struct rule_grammar *g, const struct rule_type *t)
{
	return t->as.len > 0 && bytes_eq(t->as, g->word) ? t->as_abbr : t->abbr;
}

static enum rc
write_symbol(
    struct buf *out, struct bytes symbol, enum part part, struct err *e)
{
	if (!symbol_ok(symbol))
		return fail(e, RC_INVALID,
		    part == PART_AGENCY
			? "\"%.*s\" is no agency's symbol: write it in a row "
			  "\"agency\" of the office's own rules"
			: "\"%.*s\" is no symbol of a department: write it "
			  "in a row \"unit\" of the office's own rules",
		    SHOWN(symbol));
	buf_add(out, symbol);
	return RC_OK;
}

enum rc
rule_number_write(struct buf *out, const struct rule_grammar *g,
    uint64_t number, const struct rule_type *t, struct bytes agency,
    struct bytes unit, struct err *e)
{
	struct bytes abbr = abbreviation(g, t), pattern, parts[PARTS];
	struct buf text = { 0 };
	enum rc rc = RC_OK;
	enum part part;
	char digits[24];
	uint8_t sign;

	pattern = abbr.len > 0 ? g->pattern : g->plain;
	if (number == 0)
		return fail(e, RC_INVALID, "numbers begin with 1, not 0");
	if (t->only.len > 0 && !bytes_eq(t->only, g->word))
		return fail(e, RC_INVALID,
		    "the type \"%.*s\" is of the grammar \"%.*s\": choose "
		    "another type, or that grammar",
		    SHOWN(t->word), SHOWN(t->only));
	if (pattern.len == 0)
		return fail(e, RC_INVALID,
		    "the grammar \"%.*s\" has no form for \"%.*s\", a type "
		    "without abbreviation: choose another type",
		    SHOWN(g->word), SHOWN(t->word));
	(void)snprintf(
	    digits, sizeof(digits), "%0*" PRIu64, (int)g->pad, number);
	parts[PART_NUMBER] = bytes_str(digits);
	parts[PART_TYPE] = abbr;
	parts[PART_AGENCY] = agency;
	parts[PART_UNIT] = unit;
	while (rc == RC_OK && pattern.len > 0) {
		(void)next_part(&pattern, &part, &sign);
		if (part == PART_SIGN)
			buf_u8(&text, sign);
		else if (part == PART_AGENCY || part == PART_UNIT)
			rc = write_symbol(&text, parts[part], part, e);
		else
			buf_add(&text, parts[part]);
	}
	if (rc == RC_OK)
		buf_add(out, buf_bytes(&text));
	buf_free(&text);
	return rc;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/plan.h"

#include <stdio.h>
#include <string.h>

#include "core/lang.h"
#include "core/limits.h"
#include "core/time.h"
#include "core/utf8.h"
#include "envelope/address.h"

#define FIRST "antin ceremony 1"
#define DAYS_MAX 36500u

static const char *const purposes[PLAN_PURPOSES] = {
	[PLAN_ROOT] = "root",
	[PLAN_AUTHORITY] = "authority",
	[PLAN_ACTS] = "acts",
};

const char *
plan_purpose_word(enum plan_purpose p)
{
	return purposes[p];
}

bool
plan_purpose_parse(enum plan_purpose *out, struct bytes word)
{
	unsigned i;

	for (i = 0; i < PLAN_PURPOSES; i++)
		if (bytes_is(word, purposes[i])) {
			*out = (enum plan_purpose)i;
			return true;
		}
	return false;
}

/* ---- values: each one's reader beside its writer
 * ------------------------------ */

static bool
read_number(uint64_t *out, struct bytes v, uint64_t min, uint64_t max)
{
	size_t i;

	if (v.len == 0 || v.len > 9)
		return false;
	for (*out = 0, i = 0; i < v.len; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(v.p[i] - '0');
	}
	return *out >= min && *out <= max;
}

static void
put_number(struct buf *out, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	buf_add(out, bytes_str(text));
}

static bool
read_purpose(struct plan *p, struct bytes v)
{
	return plan_purpose_parse(&p->purpose, v);
}

static void
put_purpose(struct buf *out, const struct plan *p)
{
	buf_add(out, bytes_str(purposes[p->purpose]));
}

static bool
is_name(struct bytes v)
{
	return v.len > 0 && v.len <= LIMIT_NAME && utf8_is_text(v);
}

static bool
read_ceremony(struct plan *p, struct bytes v)
{
	p->ceremony = v;
	return is_name(v);
}

static void
put_ceremony(struct buf *out, const struct plan *p)
{
	buf_add(out, p->ceremony);
}

static bool
read_date(struct plan *p, struct bytes v)
{
	return time_parse(&p->date, v);
}

static void
put_date(struct buf *out, const struct plan *p)
{
	char text[TIME_TEXT];

	time_write(text, p->date);
	buf_add(out, bytes_str(text));
}

static bool
read_unit(struct plan *p, struct bytes v)
{
	p->unit = v;
	return address_id_ok(v);
}

static void
put_unit(struct buf *out, const struct plan *p)
{
	buf_add(out, p->unit);
}

static bool
read_name(struct plan *p, struct bytes v)
{
	p->name = v;
	return is_name(v);
}

static void
put_name(struct buf *out, const struct plan *p)
{
	buf_add(out, p->name);
}

static bool
read_class(struct plan *p, struct bytes v)
{
	p->class = v;
	return address_id_ok(v) && v.len <= 32;
}

static void
put_class(struct buf *out, const struct plan *p)
{
	buf_add(out, p->class);
}

static bool
read_suite(struct plan *p, struct bytes v)
{
	char name[16] = "";

	if (v.len < sizeof(name))
		memcpy(name, v.p, v.len);
	p->suite = strlen(name) == v.len ? suite_by_name(name) : NULL;
	return p->suite != NULL && p->suite->composite;
}

static void
put_suite(struct buf *out, const struct plan *p)
{
	buf_add(out, bytes_str(p->suite->name));
}

static bool
read_days(struct plan *p, struct bytes v)
{
	return read_number(&p->days, v, 1, DAYS_MAX);
}

static void
put_days(struct buf *out, const struct plan *p)
{
	put_number(out, p->days);
}

static bool
read_level(struct plan *p, struct bytes v)
{
	return level_parse(&p->level, v);
}

static void
put_level(struct buf *out, const struct plan *p)
{
	buf_add(out, bytes_str(level_word(p->level)));
}

static bool
read_precedence(struct plan *p, struct bytes v)
{
	return precedence_parse(&p->precedence, v);
}

static void
put_precedence(struct buf *out, const struct plan *p)
{
	buf_add(out, bytes_str(precedence_word(p->precedence)));
}

static bool
read_depth(struct plan *p, struct bytes v)
{
	uint64_t n;

	if (!read_number(&n, v, 0, CERT_PATH_LEN))
		return false;
	p->depth = (unsigned)n;
	return true;
}

static void
put_depth(struct buf *out, const struct plan *p)
{
	put_number(out, p->depth);
}

static bool
read_quorum(struct plan *p, struct bytes v)
{
	uint64_t n;

	if (!read_number(&n, v, 2, SHAMIR_MAX))
		return false;
	p->quorum = (unsigned)n;
	return true;
}

static void
put_quorum(struct buf *out, const struct plan *p)
{
	put_number(out, p->quorum);
}

/* "<64 hex digits> <name>" */
static bool
read_officer(struct plan *p, struct bytes v)
{
	struct officer *o = &p->officers[p->officer_count];

	if (p->officer_count == SHAMIR_MAX || v.len < 2 * SHA256_SIZE + 2 ||
	    v.p[2 * SHA256_SIZE] != ' ' ||
	    !hex_parse(o->card, SHA256_SIZE, bytes_of(v.p, 2 * SHA256_SIZE)))
		return false;
	o->name =
	    bytes_of(v.p + 2 * SHA256_SIZE + 1, v.len - 2 * SHA256_SIZE - 1);
	p->officer_count++;
	return is_name(o->name);
}

static bool
read_todo(struct plan *p, struct bytes v)
{
	if (p->todo_count == PLAN_DO || v.len == 0)
		return false;
	p->todo[p->todo_count++] = v;
	return utf8_is_text(v);
}

/* ---- lines
 * ------------------------------------------------------------------------ */

#define R (1u << PLAN_ROOT)
#define A (1u << PLAN_AUTHORITY)
#define D (1u << PLAN_ACTS)

/* In the order they are written.  "must": plans of these purposes have it;
 * "may": so can those. */
static const struct line {
	const char *word;
	bool (*read)(struct plan *p, struct bytes value);
	void (*put)(struct buf *out, const struct plan *p);
	unsigned must, may;
	const char *wanted;
	bool many;
} lines[] = {
	{ "purpose", read_purpose, put_purpose, R | A | D, 0,
	    "root, authority or acts", false },
	{ "ceremony", read_ceremony, put_ceremony, R | A | D, 0,
	    "what the ceremony is called", false },
	{ "date", read_date, put_date, R | A | D, 0,
	    "a time such as 2026-12-01T08:00", false },
	{ "unit", read_unit, put_unit, R, 0,
	    "an id: small letters, digits and hyphens", false },
	{ "name", read_name, put_name, R, 0, "the unit's name", false },
	{ "class", read_class, put_class, R, 0, "a class such as trung-uong",
	    false },
	{ "suite", read_suite, put_suite, R | A, 0, "A or B", false },
	{ "days", read_days, put_days, R, 0, "how many days the key shall hold",
	    false },
	{ "level", read_level, put_level, R, 0,
	    "thuong, mat, toi-mat or tuyet-mat", false },
	{ "precedence", read_precedence, put_precedence, R, 0,
	    "thuong, khan, thuong-khan, hoa-toc or hoa-toc-hen-gio", false },
	{ "depth", read_depth, put_depth, R, 0,
	    "how many authorities may stand below one another: 0 to 15",
	    false },
	{ "quorum", read_quorum, put_quorum, R | A, 0,
	    "how many shares open the key: 2 to 16", false },
	{ "officer", read_officer, NULL, R | A | D, 0,
	    "the fingerprint of an officer's card (64 digits), a space, and "
	    "his "
	    "name",
	    true },
	{ "do", read_todo, NULL, D, R,
	    "a command that decides something, without \"antin\"", true },
};
#define LINES (sizeof(lines) / sizeof(lines[0]))
#undef R
#undef A
#undef D

/* The next line without its end and the blanks around it. */
static bool
next_line(struct bytes *in, struct bytes *line)
{
	const uint8_t *end;

	if (in->len == 0)
		return false;
	end = memchr(in->p, '\n', in->len);
	*line = *in;
	if (end != NULL)
		line->len = (size_t)(end - in->p);
	*in = end == NULL ? (struct bytes){ 0 }
			  : bytes_of(end + 1, in->len - line->len - 1);
	while (line->len > 0 && memchr(" \t\r", line->p[line->len - 1], 3))
		line->len--;
	while (line->len > 0 && memchr(" \t", line->p[0], 2))
		*line = bytes_of(line->p + 1, line->len - 1);
	return true;
}

/* Cut "word: value". */
static struct bytes
cut_word(struct bytes *line)
{
	const uint8_t *colon =
	    line->len == 0 ? NULL : memchr(line->p, ':', line->len);
	struct bytes word = *line;

	if (colon == NULL)
		return (struct bytes){ 0 };
	word.len = (size_t)(colon - line->p);
	*line = bytes_of(colon + 1, line->len - word.len - 1);
	while (line->len > 0 && memchr(" \t", line->p[0], 2))
		*line = bytes_of(line->p + 1, line->len - 1);
	return word;
}

static enum rc
take_line(struct plan *p, struct bytes line, unsigned number, uint32_t *seen,
    struct err *e)
{
	const struct bytes word = cut_word(&line);
	unsigned i;

	for (i = 0; i < LINES && !bytes_is(word, lines[i].word); i++)
		continue;
	if (i == LINES)
		return fail(e, RC_INVALID,
		    "line %u: \"word: value\" is wanted, with one of the words "
		    "of docs/ceremony.md 2.2",
		    number);
	if (!lines[i].many && (*seen & 1u << i))
		return fail(e, RC_INVALID, "line %u: \"%s\" stands twice",
		    number, lines[i].word);
	*seen |= 1u << i;
	if (!lines[i].read(p, line))
		return fail(e, RC_INVALID,
		    "line %u: \"%s\" wants %s, found \"%.*s\"", number,
		    lines[i].word, tr(lines[i].wanted),
		    (int)(line.len > 80 ? 80 : line.len), (const char *)line.p);
	return RC_OK;
}

/* Officers are different people, enough for the quorum. */
static enum rc
check_officers(const struct plan *p, struct err *e)
{
	size_t i, j;

	for (i = 0; i < p->officer_count; i++)
		for (j = 0; j < i; j++)
			if (memcmp(p->officers[i].card, p->officers[j].card,
				SHA256_SIZE) == 0)
				return fail(e, RC_INVALID,
				    "officers %zu and %zu have one card", j + 1,
				    i + 1);
	if (p->officer_count < p->quorum)
		return fail(e, RC_INVALID,
		    "a quorum of %u wants as many officers, found %zu",
		    p->quorum, p->officer_count);
	return RC_OK;
}

static enum rc
check_words(const struct plan *p, uint32_t seen, struct err *e)
{
	const unsigned purpose = 1u << p->purpose;
	unsigned i;

	for (i = 0; i < LINES; i++) {
		const bool has = (seen & 1u << i) != 0;

		if (has && !((lines[i].must | lines[i].may) & purpose))
			return fail(e, RC_INVALID,
			    "a plan for \"%s\" has no line \"%s\"",
			    purposes[p->purpose], lines[i].word);
		if (!has && (lines[i].must & purpose))
			return fail(e, RC_INVALID,
			    "a plan for \"%s\" wants a line \"%s\": %s",
			    purposes[p->purpose], lines[i].word,
			    tr(lines[i].wanted));
	}
	return check_officers(p, e);
}

enum rc
plan_read(struct plan *out, struct bytes in, struct err *e)
{
	struct plan p = { 0 };
	struct bytes rest = in, line;
	unsigned number = 1;
	uint32_t seen = 0;
	enum rc rc;

	*out = p;
	if (in.len > PLAN_MAX)
		return fail(e, RC_LIMIT, "a plan of %zu bytes, at most %u",
		    in.len, PLAN_MAX);
	if (!next_line(&rest, &line) || !bytes_is(line, FIRST))
		return fail(e, RC_INVALID,
		    "not a ceremony's plan: its first line is \"%s\"", FIRST);
	while (next_line(&rest, &line)) {
		number++;
		if (line.len == 0)
			continue;
		/* what is approved is what people see */
		if (line.p[0] == '#' && !utf8_is_text(line))
			return fail(e, RC_INVALID,
			    "line %u: docs/ceremony.md 2.1: a comment that is "
			    "not text",
			    number);
		if (line.p[0] == '#')
			continue;
		if ((rc = take_line(&p, line, number, &seen, e)) != RC_OK)
			return rc;
	}
	if ((rc = check_words(&p, seen, e)) != RC_OK)
		return rc;
	sha256(p.hash, in);
	*out = p;
	return RC_OK;
}

static void
put_officers(struct buf *out, const struct plan *p)
{
	char hex[2 * SHA256_SIZE + 1];
	size_t i;

	for (i = 0; i < p->officer_count; i++) {
		hex_write(hex, bytes_of(p->officers[i].card, SHA256_SIZE));
		buf_add(out, bytes_str("officer: "));
		buf_add(out, bytes_str(hex));
		buf_u8(out, ' ');
		buf_add(out, p->officers[i].name);
		buf_u8(out, '\n');
	}
}

void
plan_write(struct buf *out, const struct plan *p)
{
	unsigned i;

	*out = (struct buf){ 0 };
	buf_add(out, bytes_str(FIRST "\n"));
	for (i = 0; i < LINES; i++) {
		if (lines[i].put == NULL || !(lines[i].must & 1u << p->purpose))
			continue;
		buf_add(out, bytes_str(lines[i].word));
		buf_add(out, bytes_str(": "));
		lines[i].put(out, p);
		buf_u8(out, '\n');
	}
	put_officers(out, p);
	for (i = 0; i < p->todo_count; i++) {
		buf_add(out, bytes_str("do: "));
		buf_add(out, p->todo[i]);
		buf_u8(out, '\n');
	}
}

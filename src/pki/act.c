/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/act.h"

#include <string.h>

#include "core/lang.h"
#include "core/limits.h"
#include "envelope/address.h"
#include "journal/log.h"
#include "pki/cert.h"

#define VERSION 1
#define CLASS_MAX 32u

bool
act_code_ok(struct bytes code)
{
	size_t i;

	if (code.len == 0 || code.len > ACT_CODE_MAX)
		return false;
	for (i = 0; i < code.len; i++)
		if (!(code.p[i] >= 'A' && code.p[i] <= 'Z') &&
		    !(code.p[i] >= '0' && code.p[i] <= '9') && code.p[i] != '.')
			return false;
	return true;
}

bool
act_id_ok(struct bytes id)
{
	return address_id_ok(id);
}

/* ---- elements of sequences: each one's reader beside its writer -------------
 */

static void
put_uid(struct der_wr *w, const struct id *id)
{
	der_put_octets(w, id_bytes(id));
}

static struct id
read_uid(struct der *d)
{
	struct bytes b = der_octets(d, ID_SIZE, ID_SIZE);
	struct id id = { { 0 } };

	if (b.len == ID_SIZE)
		memcpy(id.b, b.p, ID_SIZE);
	return id;
}

static struct bytes
read_id(struct der *d)
{
	struct bytes id = der_ia5(d, LIMIT_ADDRESS);

	if (d->why == NULL && !act_id_ok(id))
		der_fault(d, "docs/envelope.md 3.2: not an id");
	return id;
}

void
act_put_unit(struct der_wr *w, const struct id *unit)
{
	put_uid(w, unit);
}

static void
read_unit(struct der *d)
{
	(void)read_uid(d);
}

void
act_put_code(struct der_wr *w, struct bytes code)
{
	der_put(w, DER_IA5, code);
}

static struct bytes
take_code(struct der *d)
{
	struct bytes code = der_ia5(d, ACT_CODE_MAX);

	if (d->why == NULL && !act_code_ok(code))
		der_fault(d, "docs/directory.md 2.5: not an agency's code");
	return code;
}

static void
read_code(struct der *d)
{
	(void)take_code(d);
}

void
act_put_desk(struct der_wr *w, const struct act_desk *desk)
{
	der_put_open(w, DER_SEQUENCE);
	put_uid(w, &desk->unit);
	der_put(w, DER_IA5, desk->id);
	put_uid(w, &desk->to);
	der_put(w, DER_IA5, desk->to_id);
	der_put_close(w);
}

static struct act_desk
take_desk(struct der *d)
{
	struct act_desk desk;

	der_open(d, DER_SEQUENCE);
	desk.unit = read_uid(d);
	desk.id = read_id(d);
	desk.to = read_uid(d);
	desk.to_id = read_id(d);
	der_close(d);
	return desk;
}

static void
read_desk(struct der *d)
{
	(void)take_desk(d);
}

void
act_put_member(struct der_wr *w, const struct act_member *m)
{
	der_put_open(w, DER_SEQUENCE);
	put_uid(w, &m->unit);
	der_put(w, DER_IA5, m->id);
	der_put_close(w);
}

static struct act_member
take_member(struct der *d)
{
	struct act_member m;

	der_open(d, DER_SEQUENCE);
	m.unit = read_uid(d);
	m.id = read_id(d);
	der_close(d);
	return m;
}

static void
read_member(struct der *d)
{
	(void)take_member(d);
}

void
act_put_age(struct der_wr *w, const struct act_age *a)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, a->level);
	der_put_uint(w, a->warn);
	der_put_uint(w, a->refuse);
	der_put_close(w);
}

static struct act_age
take_age(struct der *d)
{
	struct act_age a;

	der_open(d, DER_SEQUENCE);
	a.level = (enum level)der_uint(d, LEVELS - 1);
	a.warn = der_uint(d, ACT_DAYS_MAX);
	a.refuse = der_uint(d, ACT_DAYS_MAX);
	der_close(d);
	return a;
}

static void
read_age(struct der *d)
{
	(void)take_age(d);
}

static void
read_cert(struct der *d)
{
	if (der_raw(d, DER_SEQUENCE).len > CERT_MAX)
		der_fault(d, "a certificate over its limit");
}

/* Step through elements that act_read() or the act's maker has checked. */
#define NEXT(name, type, take)                                                 \
	bool name(struct bytes *rest, type *out)                               \
	{                                                                      \
		struct der d = der_init(*rest);                                \
                                                                               \
		if (!der_more(&d))                                             \
			return false;                                          \
		*out = take(&d);                                               \
		*rest = bytes_of(d.at, (size_t)(rest->p + rest->len - d.at));  \
		return d.why == NULL;                                          \
	}

static struct bytes
take_cert(struct der *d)
{
	return der_raw(d, DER_SEQUENCE);
}

NEXT(act_next_unit, struct id, read_uid)
NEXT(act_next_desk, struct act_desk, take_desk)
NEXT(act_next_member, struct act_member, take_member)
NEXT(act_next_age, struct act_age, take_age)
NEXT(act_next_code, struct bytes, take_code)
NEXT(act_next_cert, struct bytes, take_cert)

/* ---- fields
 * -------------------------------------------------------------------- */

/* How a field lies in its act, and where in struct act its value is. */
enum form {
	NUMBER, /* INTEGER 0..max into an enum (4 bytes) */
	COUNT,	/* INTEGER 1..INT64_MAX into a uint64_t */
	UID,
	WORD, /* an id */
	NAME, /* UTF8String */
	HASH,
	WHEN,
	LIST,  /* elements, at most max, each read by "element" */
	CLASS, /* IA5 letters, may be empty only in a rule */
	RULE,
};

static const struct field {
	enum form form;
	uint32_t at; /* offset in struct act */
	uint32_t max;
	void (*element)(struct der *d);
} fields[F_COUNT] = {
#define AT(m) (uint32_t) offsetof(struct act, m)
	[F_SUBJECT] = { NUMBER, AT(subject), ACT_PERSON, NULL },
	[F_UNIT] = { UID, AT(unit), 0, NULL },
	[F_ID] = { WORD, AT(id), 0, NULL },
	[F_NAME] = { NAME, AT(name), LIMIT_NAME, NULL },
	[F_CLASS] = { CLASS, AT(class), CLASS_MAX, NULL },
	[F_CODES] = { LIST, AT(codes), ACT_CODES_MAX, read_code },
	[F_TO] = { UID, AT(to), 0, NULL },
	[F_TO_ID] = { WORD, AT(to_id), 0, NULL },
	[F_UNITS] = { LIST, AT(units), ACT_UNITS_MAX, read_unit },
	[F_DESKS] = { LIST, AT(desks), ACT_MEMBERS_MAX, read_desk },
	[F_CERTS] = { LIST, AT(certs), 2, read_cert },
	[F_CERT] = { HASH, AT(cert), SHA256_SIZE, NULL },
	[F_REASON] = { NUMBER, AT(reason), REVOKE_REASONS - 1, NULL },
	[F_SINCE] = { WHEN, AT(since), 0, NULL },
	[F_UNTIL] = { WHEN, AT(until), 0, NULL },
	[F_ROLE] = { NUMBER, AT(role), ROLES - 1, NULL },
	[F_DESK] = { WORD, AT(desk), 0, NULL },
	[F_SUBSTITUTE] = { WORD, AT(substitute), 0, NULL },
	[F_LEVEL] = { NUMBER, AT(level), LEVELS - 1, NULL },
	[F_LIST] = { UID, AT(list), 0, NULL },
	[F_VERSION] = { COUNT, AT(version), 0, NULL },
	[F_MEMBERS] = { LIST, AT(members), ACT_MEMBERS_MAX, read_member },
	[F_RULE] = { RULE, 0, 0, NULL },
	[F_AGES] = { LIST, AT(ages), LEVELS, read_age },
#undef AT
};

#define B(f) (1u << (f))
/* What an act of each kind must have, and what it may have besides. */
static const struct {
	uint32_t must, may;
} kinds[ACT_KINDS] = {
	[ACT_ENROL] = { B(F_SUBJECT) | B(F_UNIT) | B(F_ID) | B(F_NAME),
	    B(F_CLASS) | B(F_CODES) | B(F_TO) | B(F_LEVEL) },
	[ACT_CERTIFY] = { B(F_UNIT) | B(F_CERTS), B(F_ID) },
	[ACT_REVOKE] = { B(F_CERT) | B(F_REASON), B(F_SINCE) },
	[ACT_RENEW] = { B(F_UNIT) | B(F_CERTS) | B(F_CERT), B(F_ID) },
	[ACT_RENAME] = { B(F_SUBJECT) | B(F_UNIT),
	    B(F_ID) | B(F_NAME) | B(F_CODES) | B(F_CLASS) },
	[ACT_MOVE] = { B(F_UNIT) | B(F_TO), B(F_ID) },
	[ACT_MERGE] = { B(F_UNITS) | B(F_TO), B(F_DESKS) },
	[ACT_SPLIT] = { B(F_UNIT) | B(F_UNITS), B(F_DESKS) },
	[ACT_CLOSE] = { B(F_SUBJECT) | B(F_UNIT),
	    B(F_ID) | B(F_TO) | B(F_TO_ID) },
	[ACT_LIST] = { B(F_LIST) | B(F_VERSION) | B(F_NAME),
	    B(F_MEMBERS) | B(F_RULE) },
	[ACT_ROLE] = { B(F_UNIT) | B(F_ID) | B(F_DESK) | B(F_ROLE),
	    B(F_UNTIL) | B(F_SUBSTITUTE) },
	[ACT_POLICY] = { B(F_UNIT) | B(F_AGES), 0 },
	[ACT_RECOVER] = { B(F_UNIT) | B(F_ID) | B(F_CERT) | B(F_NAME), 0 },
};

void
act_uid(struct id *out, const struct id *log, uint64_t number)
{
	uint8_t hash[SHA256_SIZE];
	struct buf text = { 0 };

	buf_add(&text, bytes_str("antin unit"));
	buf_add(&text, id_bytes(log));
	buf_u64(&text, number);
	sha256(hash, buf_bytes(&text));
	memcpy(out->b, hash, ID_SIZE);
	buf_free(&text);
}

bool
act_has(const struct act *a, enum act_field f)
{
	return (a->has & B(f)) != 0;
}

static void
rule_write(struct der_wr *w, const struct act *a)
{
	put_uid(w, &a->rule_unit);
	der_put(w, DER_IA5, a->rule_class);
	der_put(w, DER_IA5, a->rule_id);
}

static void
rule_read(struct der *d, struct act *a)
{
	a->rule_unit = read_uid(d);
	a->rule_class = der_ia5(d, CLASS_MAX);
	a->rule_id = read_id(d);
}

/* The value within its tag. */
static void
value_write(struct der_wr *w, const struct act *a, const struct field *f)
{
	const uint8_t *at = (const uint8_t *)a + f->at;

	switch (f->form) {
	case NUMBER:
		der_put_uint(w, *(const unsigned *)(const void *)at);
		break;
	case COUNT:
		der_put_uint(w, *(const uint64_t *)(const void *)at);
		break;
	case UID:
		put_uid(w, (const struct id *)at);
		break;
	case WORD:
	case CLASS:
		der_put(w, DER_IA5, *(const struct bytes *)(const void *)at);
		break;
	case NAME:
		der_put(w, DER_UTF8, *(const struct bytes *)(const void *)at);
		break;
	case HASH:
		der_put_octets(w, *(const struct bytes *)(const void *)at);
		break;
	case WHEN:
		der_put_time(w, *(const int64_t *)(const void *)at);
		break;
	case LIST:
		der_put_raw(w, *(const struct bytes *)(const void *)at);
		break;
	case RULE:
		rule_write(w, a);
		break;
	}
}

static struct bytes
list_read(struct der *d, const struct field *f)
{
	const uint8_t *start = d->at;
	uint32_t n = 0;

	while (der_more(d) && n++ < f->max)
		f->element(d);
	if (n == 0)
		der_fault(d, "docs/directory.md 2.4: an empty list");
	return d->why == NULL ? bytes_of(start, (size_t)(d->at - start))
			      : (struct bytes){ 0 };
}

static void
value_read(struct der *d, struct act *a, const struct field *f)
{
	void *at = (uint8_t *)a + f->at;

	switch (f->form) {
	case NUMBER:
		*(unsigned *)at = (unsigned)der_uint(d, f->max);
		break;
	case COUNT:
		*(uint64_t *)at = der_uint(d, INT64_MAX);
		if (*(uint64_t *)at == 0)
			der_fault(d, "versions count from 1");
		break;
	case UID:
		*(struct id *)at = read_uid(d);
		break;
	case WORD:
		*(struct bytes *)at = read_id(d);
		break;
	case CLASS:
		*(struct bytes *)at = read_id(d);
		break;
	case NAME:
		*(struct bytes *)at = der_utf8(d, f->max);
		if (((struct bytes *)at)->len == 0)
			der_fault(d, "an empty name");
		break;
	case HASH:
		*(struct bytes *)at = der_octets(d, f->max, f->max);
		break;
	case WHEN:
		*(int64_t *)at = der_time(d);
		break;
	case LIST:
		*(struct bytes *)at = list_read(d, f);
		break;
	case RULE:
		rule_read(d, a);
		break;
	}
}

/* ---- the act
 * ---------------------------------------------------------------------- */

static bool
names_twice(struct bytes units)
{
	struct id seen[ACT_UNITS_MAX + 1];
	size_t n, i;

	for (n = 0; n <= ACT_UNITS_MAX && act_next_unit(&units, &seen[n]); n++)
		for (i = 0; i < n; i++)
			if (id_eq(&seen[i], &seen[n]))
				return true;
	return false;
}

static bool
says_twice(struct bytes ages)
{
	bool said[LEVELS] = { false };
	struct act_age age;

	while (act_next_age(&ages, &age)) {
		if (said[age.level])
			return true;
		said[age.level] = true;
	}
	return false;
}

/* Rules between fields; NULL, or which is broken. */
static const char *
broken_rule(const struct act *a)
{
	const uint32_t has = a->has;

	if ((has & kinds[a->kind].must) != kinds[a->kind].must)
		return "docs/directory.md 2.3: it lacks a field of its kind";
	if (has & ~(kinds[a->kind].must | kinds[a->kind].may))
		return "docs/directory.md 2.3: a field that is not its kind's";
	if (a->from < a->at - ACT_BACK_MAX)
		return "docs/directory.md 2.2: it takes effect long before it "
		       "was made";
	if (a->kind == ACT_ENROL &&
	    (a->subject == ACT_UNIT) != ((has & B(F_CLASS)) != 0))
		return "docs/directory.md 2.3: a unit has a class, and nothing "
		       "else has";
	if (a->kind == ACT_ENROL && a->subject != ACT_UNIT &&
	    (has & (B(F_TO) | B(F_CODES))))
		return "docs/directory.md 2.3: only a unit has a parent and "
		       "codes";
	if (a->kind == ACT_ENROL && a->subject != ACT_PERSON &&
	    (has & B(F_LEVEL)))
		return "docs/directory.md 2.3: only a person has a clearance";
	if ((a->kind == ACT_CLOSE || a->kind == ACT_RENAME) &&
	    (a->subject == ACT_UNIT) == ((has & B(F_ID)) != 0))
		return "docs/directory.md 2.3: a desk or person by its id, a "
		       "unit without";
	if (a->kind == ACT_RENAME &&
	    !(has & (B(F_NAME) | B(F_CODES) | B(F_CLASS))))
		return "docs/directory.md 2.3: nothing is renamed";
	if ((has & B(F_UNITS)) && names_twice(a->units))
		return "docs/directory.md 2.3: one unit twice";
	if ((has & B(F_AGES)) && says_twice(a->ages))
		return "docs/directory.md 2.3: one level twice";
	if ((has & B(F_RULE)) && a->rule_class.len > 0 &&
	    !(act_id_ok(a->rule_class) && a->rule_class.len <= CLASS_MAX))
		return "docs/directory.md 2.6: not a class";
	if ((has & B(F_CLASS)) && a->class.len > CLASS_MAX)
		return "docs/directory.md 2.6: not a class";
	if (a->kind == ACT_RENAME && a->subject != ACT_UNIT &&
	    (has & (B(F_CODES) | B(F_CLASS))))
		return "docs/directory.md 2.3: only a unit has a class and "
		       "codes";
	if (a->kind == ACT_CLOSE &&
	    ((has & B(F_TO_ID)) != 0) !=
		(a->subject != ACT_UNIT && (has & B(F_TO))))
		return "docs/directory.md 2.3: a desk's successor is a desk, a "
		       "unit's a unit";
	if (a->kind == ACT_LIST && (has & (B(F_MEMBERS) | B(F_RULE))) == 0)
		return "docs/directory.md 2.3: a list of nobody";
	if (a->kind == ACT_ROLE && (has & B(F_UNTIL)) && a->until < a->from)
		return "docs/directory.md 2.3: it ends before it begins";
	return NULL;
}

static bool
is_time(int64_t t)
{
	return t >= TIME_MIN && t <= TIME_MAX;
}

enum rc
act_check(const struct act *a, struct err *e)
{
	const char *why = broken_rule(a);

	if (!is_time(a->at) || !is_time(a->from) ||
	    (act_has(a, F_UNTIL) && !is_time(a->until)) ||
	    (act_has(a, F_SINCE) && !is_time(a->since)))
		return fail(e, RC_INVALID, "an act of no time there is");
	if (why != NULL)
		return fail(e, RC_INVALID, "%s", tr(why));
	return RC_OK;
}

void
act_write(struct buf *out, const struct act *a)
{
	struct der_wr w = { 0 };
	unsigned f;

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, VERSION);
	put_uid(&w, &a->log);
	der_put_uint(&w, a->number);
	der_put_time(&w, a->at);
	der_put_time(&w, a->from);
	der_put_uint(&w, a->kind);
	for (f = 0; f < F_COUNT; f++) {
		if (!(a->has & B(f)))
			continue;
		der_put_open(&w, DER_CTXC(f));
		value_write(&w, a, &fields[f]);
		der_put_close(&w);
	}
	der_put_close(&w);
	*out = w.out;
}

enum rc
act_read(struct act *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	const char *why;
	unsigned f;

	*out = (struct act){ .until = TIME_NEVER };
	der_open(&d, DER_SEQUENCE);
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	out->log = read_uid(&d);
	out->number = der_uint(&d, LOG_ENTRIES_MAX);
	out->at = der_time(&d);
	out->from = der_time(&d);
	out->kind = (enum act_kind)der_uint(&d, ACT_KINDS - 1);
	if (out->kind == 0)
		der_fault(&d, "docs/directory.md 2.3: an act of no kind");
	for (f = 0; f < F_COUNT; f++) {
		if (!der_next_is(&d, DER_CTXC(f)))
			continue;
		der_open(&d, DER_CTXC(f));
		value_read(&d, out, &fields[f]);
		der_close(&d);
		out->has |= B(f);
	}
	der_close(&d);
	if (d.why == NULL && (why = broken_rule(out)) != NULL)
		der_fault(&d, why);
	return der_end(&d, "docs/directory.md 2: an act", e);
}

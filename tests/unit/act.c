/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Acts (docs/directory.md 2): each kind is written and read again, has the
 * fields of its kind and no other, and one spelling.
 */
#include "pki/act.h"
#include "forge.h"
#include "pki/state.h"

#define HAS(f) (1u << (f))
#define AT (NOW + 3600)

/* docs/directory.md 2.3, a row for each kind and what it is about. */
static const struct row {
	const char *name;
	enum act_kind kind;
	int subject; /* -1: it has none */
	uint32_t must, may;
	uint32_t some; /* one of these at least; 0: none of them need be */
} rows[] = {
	{ "enrol a unit", ACT_ENROL, ACT_UNIT,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME) |
		HAS(F_CLASS),
	    HAS(F_TO) | HAS(F_CODES), 0 },
	{ "enrol a desk", ACT_ENROL, ACT_DESK,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME), 0, 0 },
	{ "enrol a person", ACT_ENROL, ACT_PERSON,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME),
	    HAS(F_LEVEL), 0 },
	{ "certify", ACT_CERTIFY, -1, HAS(F_UNIT) | HAS(F_CERTS), HAS(F_ID),
	    0 },
	{ "revoke", ACT_REVOKE, -1, HAS(F_CERT) | HAS(F_REASON), HAS(F_SINCE),
	    0 },
	{ "renew", ACT_RENEW, -1, HAS(F_UNIT) | HAS(F_CERTS) | HAS(F_CERT),
	    HAS(F_ID), 0 },
	{ "rename a unit", ACT_RENAME, ACT_UNIT, HAS(F_SUBJECT) | HAS(F_UNIT),
	    HAS(F_NAME) | HAS(F_CLASS) | HAS(F_CODES),
	    HAS(F_NAME) | HAS(F_CLASS) | HAS(F_CODES) },
	{ "rename a desk", ACT_RENAME, ACT_DESK,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME), 0, 0 },
	{ "rename a person", ACT_RENAME, ACT_PERSON,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME), 0, 0 },
	{ "move", ACT_MOVE, -1, HAS(F_UNIT) | HAS(F_TO), HAS(F_ID), 0 },
	{ "merge", ACT_MERGE, -1, HAS(F_UNITS) | HAS(F_TO), HAS(F_DESKS), 0 },
	{ "split", ACT_SPLIT, -1, HAS(F_UNIT) | HAS(F_UNITS), HAS(F_DESKS), 0 },
	{ "close a unit", ACT_CLOSE, ACT_UNIT, HAS(F_SUBJECT) | HAS(F_UNIT),
	    HAS(F_TO), 0 },
	{ "close a desk", ACT_CLOSE, ACT_DESK,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID), 0, 0 },
	{ "close a desk with a successor", ACT_CLOSE, ACT_DESK,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_TO) | HAS(F_TO_ID),
	    0, 0 },
	{ "close a person", ACT_CLOSE, ACT_PERSON,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID), 0, 0 },
	{ "a list", ACT_LIST, -1, HAS(F_LIST) | HAS(F_VERSION) | HAS(F_NAME),
	    HAS(F_MEMBERS) | HAS(F_RULE), HAS(F_MEMBERS) | HAS(F_RULE) },
	{ "a role", ACT_ROLE, -1,
	    HAS(F_UNIT) | HAS(F_ID) | HAS(F_DESK) | HAS(F_ROLE),
	    HAS(F_UNTIL) | HAS(F_SUBSTITUTE), 0 },
	{ "a policy", ACT_POLICY, -1, HAS(F_UNIT) | HAS(F_AGES), 0, 0 },
	{ "recover", ACT_RECOVER, -1,
	    HAS(F_UNIT) | HAS(F_ID) | HAS(F_CERT) | HAS(F_NAME), 0, 0 },
};

/* ---- an act of each, with every field filled in ---------------------------
 */

static struct der_wr lists[6];

static struct id
uid(uint8_t n)
{
	struct id id;

	memset(id.b, n, sizeof(id.b));
	return id;
}

static void
lists_make(void)
{
	const struct id one = uid(1), two = uid(2);
	const struct act_desk desk = { one, two, bytes_str("van-thu"),
		bytes_str("co-yeu") };
	const struct act_member member = { one, bytes_str("van-thu") };
	const struct act_age age = { LEVEL_MAT, 14, 90 };

	act_put_code(&lists[0], bytes_str("H18.01"));
	act_put_code(&lists[0], bytes_str("000.00.01.H18"));
	act_put_unit(&lists[1], &one);
	act_put_unit(&lists[1], &two);
	act_put_desk(&lists[2], &desk);
	act_put_member(&lists[3], &member);
	act_put_age(&lists[4], &age);
	der_put_open(&lists[5], DER_SEQUENCE);
	der_put_uint(&lists[5], 7);
	der_put_close(&lists[5]);
}

static struct act
act_of(const struct row *row, uint32_t has)
{
	static const uint8_t hash[SHA256_SIZE] = { 9 };

	return (struct act){ .kind = row->kind,
		.log = uid(3),
		.number = 41,
		.at = AT,
		.from = AT + TIME_DAY,
		.has = has,
		.subject = row->subject < 0 ? ACT_UNIT
					    : (enum act_subject)row->subject,
		.unit = uid(4),
		.to = uid(5),
		.list = uid(6),
		.rule_unit = uid(7),
		.id = bytes_str("muong-nhe"),
		.name = bytes_str("Mường Nhé"),
		.class = bytes_str("xa"),
		.to_id = bytes_str("co-yeu"),
		.desk = bytes_str("van-thu"),
		.substitute = bytes_str("minh"),
		.cert = bytes_of(hash, sizeof(hash)),
		.reason = REVOKE_CESSATION,
		.since = AT - 100 * TIME_DAY,
		.until = AT + 100 * TIME_DAY,
		.role = ROLE_DUTY,
		.level = LEVEL_TOI_MAT,
		.version = 12,
		.rule_class = bytes_str("xa"),
		.rule_id = bytes_str("van-thu"),
		.codes = buf_bytes(&lists[0].out),
		.units = buf_bytes(&lists[1].out),
		.desks = buf_bytes(&lists[2].out),
		.members = buf_bytes(&lists[3].out),
		.ages = buf_bytes(&lists[4].out),
		.certs = buf_bytes(&lists[5].out) };
}

static uint32_t
least(const struct row *row)
{
	return row->must | (row->some & (0u - row->some));
}

/* ---- written and read -----------------------------------------------------
 */

/* The field of both is the same, or neither has it. */
static bool
same_fields(const struct act *a, const struct act *b)
{
#define SAME(f, is) (!act_has(a, f) || (is))
	return a->kind == b->kind && id_eq(&a->log, &b->log) &&
	       a->number == b->number && a->at == b->at && a->from == b->from &&
	       a->has == b->has && SAME(F_SUBJECT, a->subject == b->subject) &&
	       SAME(F_UNIT, id_eq(&a->unit, &b->unit)) &&
	       SAME(F_ID, bytes_eq(a->id, b->id)) &&
	       SAME(F_NAME, bytes_eq(a->name, b->name)) &&
	       SAME(F_CLASS, bytes_eq(a->class, b->class)) &&
	       SAME(F_CODES, bytes_eq(a->codes, b->codes)) &&
	       SAME(F_TO, id_eq(&a->to, &b->to)) &&
	       SAME(F_TO_ID, bytes_eq(a->to_id, b->to_id)) &&
	       SAME(F_UNITS, bytes_eq(a->units, b->units)) &&
	       SAME(F_DESKS, bytes_eq(a->desks, b->desks)) &&
	       SAME(F_CERTS, bytes_eq(a->certs, b->certs)) &&
	       SAME(F_CERT, bytes_eq(a->cert, b->cert)) &&
	       SAME(F_REASON, a->reason == b->reason) &&
	       SAME(F_SINCE, a->since == b->since) &&
	       SAME(F_UNTIL, a->until == b->until) &&
	       SAME(F_ROLE, a->role == b->role) &&
	       SAME(F_DESK, bytes_eq(a->desk, b->desk)) &&
	       SAME(F_SUBSTITUTE, bytes_eq(a->substitute, b->substitute)) &&
	       SAME(F_LEVEL, a->level == b->level) &&
	       SAME(F_LIST, id_eq(&a->list, &b->list)) &&
	       SAME(F_VERSION, a->version == b->version) &&
	       SAME(F_MEMBERS, bytes_eq(a->members, b->members)) &&
	       SAME(F_RULE, id_eq(&a->rule_unit, &b->rule_unit) &&
				bytes_eq(a->rule_class, b->rule_class) &&
				bytes_eq(a->rule_id, b->rule_id)) &&
	       SAME(F_AGES, bytes_eq(a->ages, b->ages));
#undef SAME
}

static bool
comes_back(const struct act *a)
{
	struct buf bytes, again;
	struct act back;
	struct err e;
	bool good;

	act_write(&bytes, a);
	if (act_check(a, &e) != RC_OK ||
	    act_read(&back, buf_bytes(&bytes), &e) != RC_OK) {
		note("%s", e.text);
		buf_free(&bytes);
		return false;
	}
	act_write(&again, &back);
	good = bytes_eq(buf_bytes(&bytes), buf_bytes(&again)) &&
	       same_fields(a, &back);
	buf_free(&bytes);
	buf_free(&again);
	return good;
}

/* Every choice of what it may have besides. */
static void
each_kind_comes_back(void)
{
	uint32_t sub;
	struct act a;
	size_t i, n, bad;

	for (i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];

		n = bad = 0;
		for (sub = r->may;; sub = (sub - 1) & r->may) {
			a = act_of(r, r->must | sub);
			if (r->some == 0 || (a.has & r->some) != 0) {
				n++;
				bad += !comes_back(&a);
			}
			if (sub == 0)
				break;
		}
		is(bad, 0, "%s: comes back as it was, in %zu forms", r->name,
		    n);
	}
}

static bool
is_refused(const struct act *a)
{
	struct buf bytes;
	struct act back;
	struct err e;
	bool read;

	act_write(&bytes, a);
	read = act_read(&back, buf_bytes(&bytes), &e) == RC_OK;
	buf_free(&bytes);
	return act_check(a, &e) == RC_INVALID && !read;
}

static void
each_kind_has_its_fields(void)
{
	static const char *const names[F_COUNT] = { "subject", "unit", "id",
		"name", "class", "codes", "to", "to-id", "units", "desks",
		"certificates", "certificate", "reason", "since", "until",
		"role", "desk", "substitute", "clearance", "list", "version",
		"members", "rule", "ages" };
	size_t i, amiss;
	struct act a;
	unsigned f;

	for (i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];

		amiss = 0;
		for (f = 0; f < F_COUNT; f++) {
			a = act_of(r, least(r) ^ HAS(f));
			if ((r->may & HAS(f)) != 0 && (least(r) & HAS(f)) == 0)
				continue;
			if (is_refused(&a))
				continue;
			amiss++;
			note("%s: taken %s %s", r->name,
			    act_has(&a, (enum act_field)f) ? "with" : "without",
			    names[f]);
		}
		is(amiss, 0,
		    "%s: refused without what it must have, or with "
		    "another's",
		    r->name);
	}
}

/* ---- spelling -------------------------------------------------------------
 */

/* 0 version, 1 log, 2 number, 3 at, 4 from, 5 kind, and then the fields. */
static const struct spelling {
	size_t row;
	struct cutting cut;
} spellings[] = {
	{ 0, { "another version", "0", PUT, "020102" } },
	{ 0, { "no version", "0", CUT, "" } },
	{ 0, { "a log of 15 bytes", "1", PUT,
		 "040f030303030303030303030303030303" } },
	{ 0, { "a log of 17 bytes", "1", PUT,
		 "04110303030303030303030303030303030303" } },
	{ 0, { "a negative number", "2", PUT, "0201ff" } },
	{ 0, { "a number that is not minimal", "2", PUT, "02020001" } },
	{ 0, { "a number beyond any log", "2", PUT, "02050100000000" } },
	{ 0, { "UTCTime", "3", PUT, "170d3235303130313030303030305a" } },
	{ 0, { "a time with an offset", "3", PUT,
		 "181332303235303130313030303030302b30303030" } },
	{ 0, { "a time with a fraction", "3", PUT,
		 "181132303235303130313030303030302e305a" } },
	{ 0, { "one time only", "4", CUT, "" } },
	{ 0, { "it takes effect 32 days before it was made", "4", PUT,
		 "180f32303236313031373030303030305a" } },
	{ 0, { "kind 0", "5", PUT, "020100" } },
	{ 0, { "kind 14", "5", PUT, "02010e" } },
	{ 0, { "a field twice", "6", AFTER, "a003020100" } },
	{ 0, { "a field after one that should follow it", "9", AFTER,
		 "a003020100" } },
	{ 0, { "field 24", ":", AFTER, "b803020100" } },
	{ 0, { "field 30", ":", AFTER, "be03020100" } },
	{ 0, { "an implicit field", "6", PUT, "800100" } },
	{ 0, { "two values in a field", "6", INTO, "020100" } },
	{ 0, { "no value in a field", "60", CUT, "" } },
	{ 0, { "something behind the fields", ":", AFTER, "0500" } },
	{ 0, { "subject 3", "60", PUT, "020103" } },
	{ 0, { "a uid of 15 bytes", "70", PUT,
		 "040f040404040404040404040404040404" } },
	{ 0, { "a uid in hex", "70", PUT,
		 "1602"
		 "3434" } },
	{ 0, { "an id in capitals", "80", PUT, "16024142" } },
	{ 0, { "an empty id", "80", PUT, "1600" } },
	{ 0, { "an id in UTF8String", "80", PUT, "0c026162" } },
	{ 0, { "an id with a dot", "80", PUT, "1603612e62" } },
	{ 0, { "an id with a hyphen at its end", "80", PUT, "1602612d" } },
	{ 0, { "an empty name", "90", PUT, "0c00" } },
	{ 0, { "a name not in NFC", "90", PUT, "0c0361cc81" } },
	{ 0, { "a name in two lines", "90", PUT, "0c03610a62" } },
	{ 0, { "a name in IA5String", "90", PUT, "160161" } },
	{ 0, { "a class with a space", ":0", PUT,
		 "1603"
		 "612062" } },
	{ 0, { "an empty class", ":0", PUT, "1600" } },
	{ 2, { "a clearance of 4", ":0", PUT, "020104" } },
	{ 3, { "no certificate in the list", "70", CUT, "" } },
	{ 3, { "a certificate that is no SEQUENCE", "70", PUT, "020105" } },
	{ 4, { "a hash of 31 bytes", "60", PUT,
		 "041f00000000000000000000000000000000000000000000000000"
		 "0000000000" } },
	{ 4, { "a reason of 6", "70", PUT, "020106" } },
	{ 16, { "version 0 of a list", "80", PUT, "020100" } },
	{ 16, { "a version of 2^63", "80", PUT, "0209008000000000000000" } },
	{ 16, { "a member without id", "901", CUT, "" } },
	{ 16, { "an empty member", "90", PUT, "3000" } },
	{ 17, { "role 8", "80", PUT, "020108" } },
	{ 18, { "level 4 in a policy", "700", PUT, "020104" } },
	{ 18, { "days beyond a hundred years", "701", PUT, "02028e95" } },
	{ 18, { "a level without days", "702", CUT, "" } },
	{ 18, { "a level twice", "70", AFTER, "300902010102010e02015a" } },
	{ 10, { "a merge of none", "7", PUT, "a800" } },
	{ 10, { "a merge of one twice", "70", AFTER,
		  "041002020202020202020202020202020202" } },
};

static void
one_spelling(void)
{
	struct buf bytes;
	struct act a, back;
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(spellings); i++) {
		const struct spelling *s = &spellings[i];
		const struct row *r = &rows[s->row];

		a = act_of(r, least(r) | (s->row == 2 ? HAS(F_LEVEL) : 0));
		act_write(&bytes, &a);
		edit(&bytes, s->cut.path, s->cut.how, hexed(s->cut.with));
		ok(act_read(&back, buf_bytes(&bytes), &e) == RC_INVALID,
		    "refused: %s", s->cut.name);
		buf_free(&bytes);
	}
}

/* A flipped bit is another act or none; a piece is none. */
static void
flips_and_pieces(void)
{
	size_t i, bit, same = 0, taken = 0, flipped = 0, pieces = 0, len;
	struct buf bytes, again;
	struct act a, back;
	struct err e;

	for (i = 0; i < COUNT(rows); i++) {
		a = act_of(&rows[i], rows[i].must | rows[i].may);
		act_write(&bytes, &a);
		for (bit = 0; bit < bytes.len * 8; bit++, flipped++) {
			bytes.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (act_read(&back, buf_bytes(&bytes), &e) == RC_OK) {
				act_write(&again, &back);
				same += same_fields(&a, &back);
				taken += !bytes_eq(
				    buf_bytes(&again), buf_bytes(&bytes));
				buf_free(&again);
			}
			bytes.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (len = 0; len < bytes.len; len++)
			pieces += act_read(&back, bytes_of(bytes.p, len), &e) ==
				  RC_OK;
		buf_u8(&bytes, 0);
		pieces += act_read(&back, buf_bytes(&bytes), &e) == RC_OK;
		buf_free(&bytes);
	}
	is(same, 0, "no act has a second spelling among %zu flipped bits",
	    flipped);
	is(taken, 0, "what is read is written so");
	is(pieces, 0, "no piece of an act is one, nor one with a byte more");
}

/* ---- limits ---------------------------------------------------------------
 */

static bool
with_many(size_t row, enum act_field f, size_t n)
{
	struct act_member member = { uid(1), bytes_str("van-thu") };
	struct act a = act_of(&rows[row], rows[row].must | HAS(f)), back;
	struct der_wr w = { 0 };
	struct buf bytes;
	struct err e;
	size_t i;
	bool good;

	for (i = 0; i < n; i++) {
		memcpy(member.unit.b, &i, sizeof(i));
		if (f == F_CODES)
			act_put_code(&w, bytes_str("H18"));
		else if (f == F_UNITS)
			act_put_unit(&w, &member.unit);
		else if (f == F_MEMBERS)
			act_put_member(&w, &member);
		else
			der_put_raw(&w, buf_bytes(&lists[5].out));
	}
	*(f == F_CODES	     ? &a.codes
	    : f == F_UNITS   ? &a.units
	    : f == F_MEMBERS ? &a.members
			     : &a.certs) = buf_bytes(&w.out);
	act_write(&bytes, &a);
	good = act_read(&back, buf_bytes(&bytes), &e) == RC_OK;
	der_wr_free(&w);
	buf_free(&bytes);
	return good;
}

static bool
with_text(enum act_field f, size_t n)
{
	static char text[400];
	struct act a = act_of(&rows[0], rows[0].must), back;
	struct buf bytes;
	struct err e;
	bool good;

	memset(text, 'a', n);
	*(f == F_ID	  ? &a.id
	    : f == F_NAME ? &a.name
			  : &a.class) = bytes_of(text, n);
	act_write(&bytes, &a);
	good = act_read(&back, buf_bytes(&bytes), &e) == RC_OK;
	buf_free(&bytes);
	return good;
}

static void
limits(void)
{
	ok(with_many(0, F_CODES, ACT_CODES_MAX) &&
		!with_many(0, F_CODES, ACT_CODES_MAX + 1),
	    "%u codes and no more", ACT_CODES_MAX);
	ok(with_many(11, F_UNITS, ACT_UNITS_MAX) &&
		!with_many(11, F_UNITS, ACT_UNITS_MAX + 1),
	    "%u units and no more", ACT_UNITS_MAX);
	ok(with_many(16, F_MEMBERS, ACT_MEMBERS_MAX) &&
		!with_many(16, F_MEMBERS, ACT_MEMBERS_MAX + 1),
	    "%u members and no more", ACT_MEMBERS_MAX);
	ok(with_many(3, F_CERTS, 2) && !with_many(3, F_CERTS, 3),
	    "two certificates and no more");
	ok(with_text(F_ID, 63) && !with_text(F_ID, 64),
	    "an id of 63 letters and no longer");
	ok(with_text(F_NAME, 255) && !with_text(F_NAME, 256),
	    "a name of 255 bytes and no longer");
	ok(with_text(F_CLASS, 32) && !with_text(F_CLASS, 33),
	    "a class of 32 letters, as a rule has it, and no longer");
}

static void
codes(void)
{
	static const char *const good[] = { "A", "0", "H18", "000.00.01.H18",
		"12345678901234567890123456789012345", "." };
	static const char *const bad[] = { "", "h18", "H 18", "H-18", "Đ1",
		"123456789012345678901234567890123456" };
	size_t i, amiss = 0;

	for (i = 0; i < COUNT(good); i++)
		amiss += !act_code_ok(bytes_str(good[i]));
	for (i = 0; i < COUNT(bad); i++)
		amiss += act_code_ok(bytes_str(bad[i]));
	is(amiss, 0, "codes are 1 to 35 capitals, digits and dots");
}

static void
words(void)
{
	enum revoke_reason reason;
	enum role role;
	unsigned i, amiss = 0;

	for (i = 0; i < ROLES; i++)
		amiss +=
		    !role_parse(&role, bytes_str(role_word((enum role)i))) ||
		    role != (enum role)i || role_name((enum role)i)[0] == '\0';
	for (i = 0; i <= REVOKE_CESSATION; i++)
		amiss +=
		    !revoke_reason_parse(&reason,
			bytes_str(revoke_reason_word((enum revoke_reason)i))) ||
		    reason != (enum revoke_reason)i;
	for (i = 1; i < ACT_KINDS; i++)
		amiss += act_kind_word((enum act_kind)i)[0] == '\0';
	amiss += role_parse(&role, bytes_str("boss")) ||
		 revoke_reason_parse(&reason, (struct bytes){ 0 });
	is(amiss, 0, "each role, reason and kind has a word, which is read");
}

/* ---- where it stands ------------------------------------------------------
 */

/* The outcome of a root's log of two acts, of which the second is changed. */
static enum rc
folded(void (*change)(struct act *a), int64_t checkpoint, struct err *e)
{
	struct act a[2] = { act_of(&rows[0], rows[0].must),
		act_of(&rows[1], rows[1].must) };
	struct dlog l = { .id = uid(4) };
	struct buf bytes[2];
	struct state s;
	size_t i;
	enum rc rc;

	l.note.checkpoint.at = checkpoint;
	for (i = 0; i < 2; i++) {
		a[i].log = l.id;
		a[i].number = i;
		if (i == 1)
			change(&a[i]);
		act_write(&bytes[i], &a[i]);
		log_add(&l.log, buf_bytes(&bytes[i]));
	}
	rc = state_fold(&s, &l, 1, (struct bytes){ 0 }, e);
	if (rc == RC_OK)
		state_free(&s);
	log_free(&l.log);
	for (i = 0; i < 2; i++)
		buf_free(&bytes[i]);
	return rc;
}

static void
another_number(struct act *a)
{
	a->number = 2;
}

static void
the_same_number(struct act *a)
{
	a->number = 0;
}

static void
another_log(struct act *a)
{
	a->log = uid(9);
}

static void
earlier(struct act *a)
{
	a->at--;
}

static void
later(struct act *a)
{
	a->at++;
}

static void
stands_where_it_says(void)
{
	static const struct {
		const char *name;
		void (*change)(struct act *a);
		const char *why;
	} table[] = {
		{ "an act with another number", another_number, "2.1" },
		{ "two acts with one number", the_same_number, "2.1" },
		{ "an act of another log", another_log, "2.1" },
		{ "an act before the one before it", earlier, "2.2" },
		{ "an act after the checkpoint", later, "2.2" },
	};
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(table); i++)
		ok(folded(table[i].change, AT, &e) == RC_INVALID &&
			strstr(e.text, table[i].why) != NULL,
		    "refused: %s", table[i].name);
}

int
main(void)
{
	size_t i;

	lists_make();
	each_kind_comes_back();
	each_kind_has_its_fields();
	one_spelling();
	flips_and_pieces();
	limits();
	codes();
	words();
	stands_where_it_says();
	for (i = 0; i < COUNT(lists); i++)
		der_wr_free(&lists[i]);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Messages between the daemon's processes (docs/station.md 3): who may say what
 * to whom is written here a second time, and their bytes are made a second
 * time; whatever lies beyond a bound of the table is refused.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "daemon/msg_table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FIELDS 32 /* of a message, at the most */

/* Who says what to whom: p(arent), k(eys), s(tore), (s)e(al), l(ink),
 * c(ontrol), m(edia), w(eb), t(ls).  A descriptor may come beside what has a star. */
static const char *const rights[MSG_LAST + 1] = {
	[MSG_SETTING] = "pk ps pe pl pc pm pw pt pf pv",
	[MSG_PEER] = "pk ps pe pl pc pm pw pt pf pv *",
	[MSG_GO] = "pk ps pe pl pc pm pw pt pf pv",
	[MSG_STOP] = "pk ps pe pl pc pm pw pt pf pv",
	[MSG_READY] = "kp sp ep lp cp mp wp tp fp vp",
	[MSG_LOG] = "kp sp ep lp cp mp wp tp fp vp",
	[MSG_KEY] = "pk",
	[MSG_SOCKET] = "pl pc pt *",
	[MSG_LINK_KEY] = "ls",
	[MSG_LINK_SIGN] = "sk",
	[MSG_LINK_SIGNED] = "ks",
	[MSG_LINK_SELF] = "sl",
	[MSG_HELD] = "ks",
	[MSG_HELLO] = "ls",
	[MSG_ADMIT] = "sl",
	[MSG_GONE] = "ls sl",
	[MSG_ITEM] = "ls ms",
	[MSG_BIG] = "ls ms",
	[MSG_BIG_DATA] = "ls ms",
	[MSG_BIG_END] = "ls ms",
	[MSG_TAKEN] = "sl",
	[MSG_WRITTEN] = "sl",
	[MSG_PARTIAL] = "sl",
	[MSG_SEND] = "sl sm *",
	[MSG_SENT] = "ls",
	[MSG_NUMBER] = "es",
	[MSG_NUMBERED] = "se *",
	[MSG_RESOLVE] = "es",
	[MSG_RESOLVED] = "se",
	[MSG_EXPAND] = "es",
	[MSG_EXPANDED] = "se",
	[MSG_SIGNER] = "es",
	[MSG_SIGNER_IS] = "se",
	[MSG_LISTED] = "es",
	[MSG_ANSWERS] = "es",
	[MSG_YES] = "se",
	[MSG_SUBMIT] = "es",
	[MSG_FETCH] = "es",
	[MSG_PACKAGE] = "se *",
	[MSG_SIGN] = "ek",
	[MSG_SIGNATURE] = "ke",
	[MSG_UNLOCK] = "ek",
	[MSG_CEK] = "ke",
	[MSG_SIGN_IN] = "ck",
	[MSG_SIGN_OUT] = "ck",
	[MSG_MAY] = "ck",
	[MSG_SIGNED_IN] = "kc",
	[MSG_DESKS] = "ck",
	[MSG_DESK_LIST] = "kc",
	[MSG_FD] = "ce cm cf cv *",
	[MSG_SEAL] = "ce",
	[MSG_READ] = "ce",
	[MSG_LETTER] = "ec",
	[MSG_SAVE] = "ce",
	[MSG_PROGRESS] = "ec mc sc",
	[MSG_DONE] = "se sc ec",
	[MSG_ASK] = "cs",
	[MSG_ROWS] = "sc",
	[MSG_MARK] = "cs",
	[MSG_ENROL] = "ls",
	[MSG_ENROLLED] = "sl",
	[MSG_ENROL_UP] = "sl",
	[MSG_ENROL_DOWN] = "ls",
	[MSG_ENROL_PULL] = "cs",
	[MSG_ENROL_PIECE] = "sc",
	[MSG_ENROL_PUSH] = "cs",
	[MSG_ENROL_DROP] = "cs",
	[MSG_INVITED] = "cs",
	[MSG_RENEW] = "sk",
	[MSG_RENEWAL] = "ks",
	[MSG_CERTIFIED] = "sk",
	[MSG_KEEP] = "kp",
	[MSG_KEPT] = "pk",
	[MSG_TELL] = "ls sl",
	[MSG_TOLD] = "ls",
	[MSG_LEAVE] = "sl",
	[MSG_DIRECTORY_GIVE] = "cs",
	[MSG_DIRECTORY_TAKE] = "cs",
	[MSG_EVIDENCE] = "cs",
	[MSG_NOTE] = "sk",
	[MSG_NOTED] = "ks",
	[MSG_JOURNAL] = "cs",
	[MSG_JOURNAL_IS] = "sc",
	[MSG_VOUCH] = "sk",
	[MSG_VOUCHED] = "ks",
	[MSG_DESK_STATE] = "ks",
	[MSG_OPERATE] = "cs",
	[MSG_CANCEL] = "sl",
	[MSG_RECALL] = "cs",
	[MSG_WITNESS] = "sk",
	[MSG_WITNESSED] = "ks",
	[MSG_STALE] = "ls",
	[MSG_BUNDLE] = "cm",
	[MSG_BUNDLE_IS] = "mc",
	[MSG_BUNDLE_FOR] = "ms",
	[MSG_BUNDLE_FRONT] = "sm",
	[MSG_BUNDLE_NEXT] = "ms",
	[MSG_BUNDLE_REST] = "sm",
	[MSG_BUNDLE_FROM] = "ms",
	[MSG_BUNDLE_ADMIT] = "sm",
	[MSG_BUNDLE_SAYS] = "ms",
	[MSG_BUNDLE_SYNC] = "ms",
	[MSG_BUNDLE_SYNCED] = "sm",
	[MSG_BUNDLE_SIGN] = "mk",
	[MSG_BUNDLE_SIGNED] = "km",
	[MSG_BUNDLE_OPEN] = "mk",
	[MSG_BUNDLE_KEY] = "km",
	[MSG_BUNDLE_GONE] = "ms",
	[MSG_BUNDLE_NOTE] = "cs",
	[MSG_THIN_ASK] = "ls",
	[MSG_THIN_IS] = "sl",
	[MSG_THIN_SECRET] = "ls",
	[MSG_THIN] = "sk",
	[MSG_THINNED] = "ks",
	[MSG_DESTROYED] = "cs",
	[MSG_FORGET] = "sk",
	[MSG_DUTY] = "cs",
	[MSG_ROW_KEY] = "sk",
	[MSG_ROW_KEY_IS] = "ks",
	[MSG_USER] = "ck",
	[MSG_USER_IS] = "kc",
	[MSG_PERSON] = "ks",
	[MSG_PERSON_IS] = "sk",
	[MSG_SESSION] = "ks",
	[MSG_SESSION_IS] = "sk",
	[MSG_SESSION_USED] = "sk",
	[MSG_STEP_SIGN] = "sk",
	[MSG_STEP_SIGNED] = "ks",
	[MSG_RULES] = "ps",
	[MSG_DOC] = "cs",
	[MSG_DOC_IS] = "sc",
	[MSG_WEB_AT] = "tw",
	[MSG_BROWSER] = "tw *",
	[MSG_WEB_CLIENT] = "wc *",
	[MSG_WEB_END] = "wc",
	[MSG_WEB_ENDED] = "ck",
	[MSG_WEB_LINK] = "cw",
	[MSG_WEB_LINK_IS] = "wc",
	[MSG_CHANGED] = "sw",
	[MSG_WEB_CERT] = "ts",
	[MSG_WEB_CERT_IS] = "st",
	[MSG_WEB_SIGN] = "sk",
	[MSG_WEB_SIGNED] = "ks",
	[MSG_WEB_CA] = "cs",
	[MSG_WEB_CA_IS] = "sc",
	[MSG_PRINT] = "cf",
	[MSG_PRINT_IS] = "fc",
	[MSG_SCAN] = "cv",
	[MSG_SCAN_IS] = "vc",
	[MSG_SCAN_WANT] = "vp",
	[MSG_SCAN_LINE] = "pv *",
	[MSG_SCAN_NONE] = "pv",
	[MSG_FOUND] = "cs",
	[MSG_PRINT_WANT] = "cp",
	[MSG_PRINT_REST] = "cp",
};

static bool
is_right(int m, enum proc from, enum proc to)
{
	static const char letters[PROCS + 1] = "pkselcmwtfv";
	const char pair[3] = { letters[from], letters[to], '\0' };

	return rights[m] != NULL && strstr(rights[m], pair) != NULL;
}

/* Somebody who may say it to somebody. */
static void
speakers(int m, enum proc *from, enum proc *to)
{
	for (*from = PROC_PARENT; *from < PROCS; ++*from)
		for (*to = PROC_PARENT; *to < PROCS; ++*to)
			if (is_right(m, *from, *to))
				return;
	bug("a message that nobody may say");
}

/* ---- bytes, made without the table's reader or writer ----------------------
 */

/* A field as it is to be written, within its bounds or beyond them. */
struct value {
	uint64_t number;
	struct buf bytes;
};

static void
put(struct buf *to, uint64_t v, size_t size)
{
	while (size-- > 0)
		buf_u8(to, (uint8_t)(v >> 8 * size));
}

static void
put_fields(struct buf *to, const struct field *f, const struct value *v)
{
	for (; f->kind != FIELD_END; f++, v++) {
		if (f->kind == FIELD_U64 || f->kind == FIELD_I64)
			put(to, v->number, 8);
		else if (f->kind != FIELD_FIXED)
			put(to, v->bytes.len, 4);
		if (v->bytes.len > 0)
			buf_add(to, buf_bytes(&v->bytes));
	}
}

static struct buf
frame(uint64_t kind, uint64_t flags, uint64_t job, struct bytes fields)
{
	struct buf to = { 0 };

	put(&to, 12 + fields.len, 4);
	put(&to, kind, 2);
	put(&to, flags, 2);
	put(&to, job, 8);
	if (fields.len > 0)
		buf_add(&to, fields);
	return to;
}

static struct buf
made(int m, const struct value *v)
{
	struct buf fields = { 0 }, to;

	put_fields(&fields, msg_kind((enum msg)m)->fields, v);
	to = frame((uint64_t)m, 0, 7, buf_bytes(&fields));
	buf_free(&fields);
	return to;
}

/* The least that is good, in every field. */
static void
least(struct value *v, const struct field *f)
{
	for (; f->kind != FIELD_END; f++, v++) {
		*v = (struct value){ 0 };
		if (f->kind == FIELD_FIXED)
			memset(buf_grow(&v->bytes, f->size), 0x5a, f->size);
		else if (f->kind == FIELD_U64 || f->kind == FIELD_I64)
			v->number = f->min;
		else if (f->min > 0)
			memset(buf_grow(&v->bytes, f->min), 'x', f->min);
	}
}

static void
values_free(struct value *v, const struct field *f)
{
	for (; f->kind != FIELD_END; f++, v++)
		buf_free(&v->bytes);
}

/* Read as what somebody says who may. */
static enum rc
read_it(struct message *out, int m, struct bytes in)
{
	enum proc from, to;
	struct err e;

	speakers(m, &from, &to);
	return msg_read(out, in, from, to, &e);
}

/* ---- tests ------------------------------------------------------------------
 */

static void
each_has_its_row_and_its_name(void)
{
	size_t unnamed = 0, twice = 0;
	int m, n;

	for (m = 1; m <= MSG_LAST; m++) {
		unnamed += !msg_is_kind((uint64_t)m) || rights[m] == NULL;
		for (n = 1; n < m; n++)
			twice += strcmp(msg_name((enum msg)m),
				     msg_name((enum msg)n)) == 0;
	}
	is(unnamed, 0, "every kind has a row, and stands in this test");
	is(twice, 0, "no two have the same name");
	ok(!msg_is_kind(0) && !msg_is_kind(MSG_LAST + 1) &&
		!msg_is_kind(0x10001),
	    "what has no row is no kind");
}

/* 3.1: what has no row is refused, whatever is said and whoever says it. */
static void
only_who_may_can_say_it(void)
{
	size_t said = 0, refused = 0, wrong = 0;
	struct value v[FIELDS];
	struct message got;
	enum proc from, to;
	struct buf in;
	struct err e;
	enum rc rc;
	int m;

	for (m = 1; m <= MSG_LAST; m++) {
		least(v, msg_kind((enum msg)m)->fields);
		in = made(m, v);
		for (from = PROC_PARENT; from < PROCS; from++)
			for (to = PROC_PARENT; to < PROCS; to++) {
				rc = msg_read(
				    &got, buf_bytes(&in), from, to, &e);
				wrong += msg_may((enum msg)m, from, to) !=
					 is_right(m, from, to);
				wrong +=
				    rc !=
				    (is_right(m, from, to) ? RC_OK : RC_DENIED);
				said += rc == RC_OK;
				refused += rc == RC_DENIED;
			}
		buf_free(&in);
		values_free(v, msg_kind((enum msg)m)->fields);
	}
	is(wrong, 0, "each is heard from those who may say it, and no other");
	note("%zu said, %zu refused", said, refused);
}

/* A descriptor comes only with what carries one; no other flag is known. */
static void
flags_are_held_to_the_table(void)
{
	size_t bad = 0, with = 0;
	struct value v[FIELDS];
	struct message got;
	uint64_t flags;
	struct buf in;
	bool carries;
	enum rc rc;
	int m;

	for (m = 1; m <= MSG_LAST; m++) {
		least(v, msg_kind((enum msg)m)->fields);
		carries = strchr(rights[m], '*') != NULL;
		bad += msg_carries_fd((enum msg)m) != carries;
		in = made(m, v);
		for (flags = 0; flags <= 0xffff;
		     flags = flags < 4 ? flags + 1 : flags * 2 - 1) {
			in.p[6] = (uint8_t)(flags >> 8);
			in.p[7] = (uint8_t)flags;
			rc = read_it(&got, m, buf_bytes(&in));
			bad += rc != (flags == 0 || (flags == 1 && carries)
					     ? RC_OK
					     : RC_INVALID);
			bad += rc == RC_OK && got.has_fd != (flags == 1);
			with += rc == RC_OK && flags == 1;
		}
		buf_free(&in);
		values_free(v, msg_kind((enum msg)m)->fields);
	}
	is(bad, 0, "a flag that a message has not is refused");
	is(with, 9, "nine kinds carry a descriptor");
}

/* Write what was read: the same bytes, though made by another. */
static bool
comes_back(int m, struct bytes in)
{
	struct buf again = { 0 };
	struct message got;
	bool good;

	if (read_it(&got, m, in) != RC_OK || got.kind != (enum msg)m ||
	    got.job != 7)
		return false;
	msg_write(&again, got.kind, got.job, got.has_fd, &got.body);
	good = bytes_eq(buf_bytes(&again), in);
	buf_free(&again);
	return good;
}

/* A number to try beyond or at a bound. */
static bool
number_is_held(int m, struct value *v, const struct field *f, uint64_t n)
{
	const uint64_t was = v[f - msg_kind((enum msg)m)->fields].number;
	const bool good =
	    f->kind == FIELD_I64
		? (int64_t)n >= (int64_t)f->min && (int64_t)n <= (int64_t)f->max
		: n >= f->min && n <= f->max;
	struct message got;
	struct buf in;
	bool held;

	v[f - msg_kind((enum msg)m)->fields].number = n;
	in = made(m, v);
	held = good ? comes_back(m, buf_bytes(&in))
		    : read_it(&got, m, buf_bytes(&in)) == RC_INVALID;
	v[f - msg_kind((enum msg)m)->fields].number = was;
	buf_free(&in);
	return held;
}

static void
numbers_are_held_to_their_bounds(void)
{
	size_t tried = 0, bad = 0, i;
	const struct field *f;
	struct value v[FIELDS];
	int m;

	for (m = 1; m <= MSG_LAST; m++) {
		least(v, msg_kind((enum msg)m)->fields);
		for (f = msg_kind((enum msg)m)->fields; f->kind != FIELD_END;
		     f++) {
			const uint64_t tries[] = { f->min, f->min + 1,
				f->min - 1, f->max, f->max - 1, f->max + 1, 0,
				1, INT64_MAX, (uint64_t)INT64_MIN, UINT64_MAX };

			if (f->kind != FIELD_U64 && f->kind != FIELD_I64)
				continue;
			for (i = 0; i < COUNT(tries); i++, tried++)
				if (!number_is_held(m, v, f, tries[i])) {
					note("%s field %zu",
					    msg_name((enum msg)m),
					    (size_t)(f - msg_kind((enum msg)m)
							     ->fields));
					bad++;
				}
		}
		values_free(v, msg_kind((enum msg)m)->fields);
	}
	is(bad, 0, "%zu numbers are read within their bounds only", tried);
}

/* The longest that a field can be beside the least of the others. */
static size_t
longest(int m, const struct value *v, const struct field *f)
{
	struct buf in = made(m, v);
	size_t room =
	    MSG_MAX - in.len + v[f - msg_kind((enum msg)m)->fields].bytes.len;

	buf_free(&in);
	return f->max < room ? (size_t)f->max : room;
}

/* A field of bytes of this length is read back, or not. */
static enum rc
of_length(int m, struct value *v, const struct field *f, size_t len, bool back)
{
	struct value *one = &v[f - msg_kind((enum msg)m)->fields];
	const struct buf was = one->bytes;
	struct message got;
	struct buf in;
	enum rc rc;

	one->bytes = (struct buf){ 0 };
	if (len > 0)
		memset(buf_grow(&one->bytes, len), 'y', len);
	in = made(m, v);
	rc = read_it(&got, m, buf_bytes(&in));
	if (back && rc == RC_OK && !comes_back(m, buf_bytes(&in)))
		rc = RC_IO;
	buf_free(&in);
	buf_free(&one->bytes);
	one->bytes = was;
	return rc;
}

static void
bytes_are_held_to_their_bounds(void)
{
	size_t tried = 0, good = 0, bad = 0;
	const struct field *f;
	struct value v[FIELDS];
	size_t most;
	enum rc rc;
	int m;

	for (m = 1; m <= MSG_LAST; m++) {
		least(v, msg_kind((enum msg)m)->fields);
		for (f = msg_kind((enum msg)m)->fields; f->kind != FIELD_END;
		     f++) {
			if (f->kind != FIELD_BYTES)
				continue;
			most = longest(m, v, f);
			tried++;
			good += of_length(m, v, f, most, true) == RC_OK;
			rc = of_length(m, v, f, most + 1, false);
			bad += rc != RC_INVALID && rc != RC_LIMIT;
			bad += f->min > 0 && of_length(m, v, f, f->min - 1,
						 false) != RC_INVALID;
		}
		values_free(v, msg_kind((enum msg)m)->fields);
	}
	ok(good == tried, "%zu fields of bytes may be as long as they may",
	    tried);
	is(bad, 0, "and no byte longer, nor shorter than they must be");
}

/* ---- rows -------------------------------------------------------------------
 */

/* "n" rows of the least, and the bytes that are put in the place of one. */
static struct buf
rows(const struct field *f, size_t n)
{
	struct value v[FIELDS];
	struct buf to = { 0 };

	least(v, f);
	while (n-- > 0)
		put_fields(&to, f, v);
	values_free(v, f);
	return to;
}

/* A row whose field has this number or length is read, or not. */
static bool
row_is_read(int m, struct value *of, const struct field *list,
    const struct field *f, uint64_t n)
{
	const struct field *row = row_fields[list->list];
	struct value v[FIELDS];
	struct buf one = { 0 }, in;
	struct message got;
	bool is_read;

	least(v, row);
	if (f->kind == FIELD_U64 || f->kind == FIELD_I64) {
		v[f - row].number = n;
	} else {
		buf_free(&v[f - row].bytes);
		if (n > 0)
			memset(buf_grow(&v[f - row].bytes, n), 'z', n);
	}
	put_fields(&one, row, v);
	of[list - msg_kind((enum msg)m)->fields].bytes = one;
	in = made(m, of);
	is_read = read_it(&got, m, buf_bytes(&in)) == RC_OK;
	of[list - msg_kind((enum msg)m)->fields].bytes = (struct buf){ 0 };
	buf_free(&one);
	buf_free(&in);
	values_free(v, row);
	return is_read;
}

/* Bounds of every field of a row, in this message. */
static size_t
row_bounds(int m, struct value *v, const struct field *list)
{
	const struct field *f;
	size_t bad = 0;

	for (f = row_fields[list->list]; f->kind != FIELD_END; f++) {
		if (f->kind == FIELD_FIXED)
			continue;
		bad += !row_is_read(m, v, list, f, f->max);
		bad += f->max + 1 != f->min &&
		       row_is_read(m, v, list, f, f->max + 1);
		bad += f->min - 1 != f->max && f->min > 0 &&
		       row_is_read(m, v, list, f, f->min - 1);
	}
	return bad;
}

/* As many rows as there may be, one more, and one that is cut. */
static size_t
row_counts(int m, struct value *v, const struct field *list)
{
	struct value *one = &v[list - msg_kind((enum msg)m)->fields];
	const struct field *row = row_fields[list->list];
	struct message got;
	struct buf in;
	size_t n, size, bad = 0;

	one->bytes = rows(row, 1);
	size = one->bytes.len;
	buf_free(&one->bytes);
	n = list->rows < MSG_MAX / 2 / size ? (size_t)list->rows
					    : MSG_MAX / 2 / size;
	one->bytes = rows(row, n);
	in = made(m, v);
	bad += !comes_back(m, buf_bytes(&in));
	buf_free(&in);
	if (n == list->rows) {
		buf_free(&one->bytes);
		one->bytes = rows(row, n + 1);
		in = made(m, v);
		bad += read_it(&got, m, buf_bytes(&in)) != RC_INVALID;
		buf_free(&in);
	}
	buf_free(&one->bytes);
	one->bytes = rows(row, 2);
	one->bytes.len--;
	in = made(m, v);
	bad += read_it(&got, m, buf_bytes(&in)) != RC_INVALID;
	buf_free(&in);
	buf_free(&one->bytes);
	return bad;
}

static void
lists_are_held_to_their_rows(void)
{
	size_t bounds = 0, counts = 0, lists = 0;
	const struct field *f;
	struct value v[FIELDS];
	int m;

	for (m = 1; m <= MSG_LAST; m++) {
		least(v, msg_kind((enum msg)m)->fields);
		for (f = msg_kind((enum msg)m)->fields; f->kind != FIELD_END;
		     f++) {
			if (f->kind != FIELD_LIST)
				continue;
			lists++;
			bounds += row_bounds(m, v, f);
			counts += row_counts(m, v, f);
		}
		values_free(v, msg_kind((enum msg)m)->fields);
	}
	is(bounds, 0, "rows of %zu lists are held to the bounds of theirs",
	    lists);
	is(counts, 0, "and there are no more of them than may be, all whole");
}

static void
ids_are_whole(void)
{
	const struct field *f = msg_kind(MSG_SEAL)->fields;
	size_t n, good = 0, bad = 0;
	struct value v[FIELDS];
	enum rc rc;

	least(v, f);
	for (; f->kind != FIELD_END; f++)
		for (n = 0; f->kind == FIELD_IDS && n <= f->max + ID_SIZE;
		     n++) {
			rc = of_length(MSG_SEAL, v, f, n, true);
			good += rc == RC_OK;
			bad +=
			    (rc == RC_OK) != (n % ID_SIZE == 0 && n <= f->max);
		}
	ok(bad == 0 && good > 3, "lists of ids are of whole ids");
	values_free(v, msg_kind(MSG_SEAL)->fields);
}

/* ---- length -----------------------------------------------------------------
 */

/* Cut at each byte, with a length that says so and one that does not; and with
 * one byte more. */
static void
each_is_exactly_as_long_as_it_is(void)
{
	size_t n, cuts = 0, bad = 0;
	struct value v[FIELDS];
	struct buf in, cut;
	struct message got;
	int m;

	for (m = 1; m <= MSG_LAST; m++) {
		least(v, msg_kind((enum msg)m)->fields);
		in = made(m, v);
		buf_u8(&in, 0);
		for (n = 0; n <= in.len; n++) {
			if (n == in.len - 1)
				continue; /* the message itself */
			cut = (struct buf){ 0 };
			buf_add(&cut, bytes_of(in.p, n));
			bad += read_it(&got, m, buf_bytes(&cut)) == RC_OK;
			if (n >= MSG_HEAD) {
				cut.p[2] = (uint8_t)((n - 4) >> 8);
				cut.p[3] = (uint8_t)(n - 4);
				bad +=
				    read_it(&got, m, buf_bytes(&cut)) == RC_OK;
			}
			buf_free(&cut);
			cuts++;
		}
		buf_free(&in);
		values_free(v, msg_kind((enum msg)m)->fields);
	}
	is(bad, 0, "%zu messages that are cut or too long are refused", cuts);
}

static enum rc
length_of(uint32_t said, size_t kind, size_t *out)
{
	struct buf in = { 0 };
	struct err e;
	enum rc rc;

	put(&in, said, 4);
	if (kind != SIZE_MAX)
		put(&in, kind, 2);
	rc = msg_length(out, buf_bytes(&in), &e);
	buf_free(&in);
	return rc;
}

static void
length_is_known_from_the_first_bytes(void)
{
	size_t n, bad = 0;
	struct err e;
	int m;

	for (n = 0; n < 4; n++) {
		size_t out = 1;

		bad += msg_length(&out, bytes_of("\0\0\0", n), &e) != RC_OK ||
		       out != 0;
	}
	is(bad, 0, "of less than four bytes nothing is said");
	is(length_of(11, SIZE_MAX, &n), RC_INVALID,
	    "less than a head is no message");
	ok(length_of(12, SIZE_MAX, &n) == RC_OK && n == MSG_HEAD,
	    "a head alone may be one");
	ok(length_of(MSG_MAX - 4, SIZE_MAX, &n) == RC_OK && n == MSG_MAX,
	    "it may be as long as the longest");
	is(length_of(MSG_MAX - 3, SIZE_MAX, &n), RC_LIMIT,
	    "and no byte longer, before its kind is there");
	is(length_of(UINT32_MAX, SIZE_MAX, &n), RC_LIMIT,
	    "nor as long as four bytes can say");
	for (m = 1, bad = 0; m <= MSG_LAST; m++) {
		const size_t most = msg_most((enum msg)m);

		bad += length_of((uint32_t)most - 4, (size_t)m, &n) != RC_OK ||
		       n != most;
		bad += length_of((uint32_t)most - 3, (size_t)m, &n) != RC_LIMIT;
	}
	is(bad, 0, "each kind has its own longest, known from six bytes");
	is(length_of(13, 0, &n), RC_LIMIT, "what is no kind has no fields");
	ok(msg_most(MSG_SIGN_IN) < 2000 && msg_most(MSG_GO) == MSG_HEAD &&
		msg_most(MSG_ITEM) > MSG_INLINE &&
		msg_most(MSG_BIG_DATA) < MSG_PIECE + 100,
	    "a passphrase, a word, a package, a piece: each in its room");
}

static void
what_is_no_kind_is_refused(void)
{
	static const unsigned none[] = { 0, MSG_LAST + 1, 0xff, 0xffff };
	size_t i, bad = 0;
	struct message got;
	enum proc p, q;
	struct buf in;
	struct err e;

	for (i = 0; i < COUNT(none); i++) {
		in = frame(none[i], 0, 7, (struct bytes){ 0 });
		for (p = PROC_PARENT; p < PROCS; p++)
			for (q = PROC_PARENT; q < PROCS; q++)
				bad += msg_read(&got, buf_bytes(&in), p, q,
					   &e) != RC_INVALID;
		buf_free(&in);
	}
	is(bad, 0, "a message of no kind is refused, whoever says it");
}

/* ---- promises ---------------------------------------------------------------
 */

static void
write_too_much(void)
{
	static uint8_t many[MSG_LINE + 1];
	struct buf out = { 0 };

	msg_write(&out, MSG_LOG, 0, false,
	    &(struct msg_log){ bytes_of(many, sizeof(many)), 1 });
}

static void
write_wrong_number(void)
{
	struct buf out = { 0 };

	msg_write(&out, MSG_YES, 0, false, &(struct msg_yes){ 2 });
}

static void
write_fd_beside_none(void)
{
	struct buf out = { 0 };

	msg_write(&out, MSG_GO, 0, true, NULL);
}

static void
write_no_kind(void)
{
	struct buf out = { 0 };

	msg_write(&out, (enum msg)(MSG_LAST + 1), 0, false, NULL);
}

static void
add_bad_row(void)
{
	struct buf out = { 0 };

	list_add(&out, LIST_PART, &(struct msg_part){ .kind = 99 });
}

static void
take_bad_row(void)
{
	struct bytes in = bytes_str("no row");
	struct msg_dest d;

	(void)list_next(&in, LIST_DEST, &d);
}

static void
write_good(void)
{
	struct buf out = { 0 };

	msg_write(&out, MSG_YES, 0, false, &(struct msg_yes){ 1 });
	buf_free(&out);
}

/* Whether it ends the process, by SIGABRT. */
static bool
ends(void (*call)(void))
{
	int status = 0;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)close(STDERR_FILENO);
		(void)signal(SIGABRT, SIG_DFL);
		call();
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void
who_writes_against_the_table_ends(void)
{
	ok(!ends(write_good), "who keeps to the table goes on");
	ok(ends(write_too_much), "who writes too long a field ends");
	ok(ends(write_wrong_number), "who writes a number out of bounds ends");
	ok(ends(write_fd_beside_none), "who adds a descriptor to none ends");
	ok(ends(write_no_kind), "who writes what is no kind ends");
	ok(ends(add_bad_row), "who adds a row out of its bounds ends");
	ok(ends(take_bad_row), "who takes rows that are none ends");
}

static void
what_may_be_too_much_is_told_before(void)
{
	static uint8_t many[MSG_MAX];
	struct msg_sign s = { .statement = bytes_of(many, 1) };
	struct msg_unlock u = { 0 };
	struct err e;

	is(msg_check(MSG_SIGN, &s, &e), RC_OK, "what fits is told to fit");
	s.statement.len = 0;
	is(msg_check(MSG_SIGN, &s, &e), RC_INVALID, "a short field is told");
	s.statement.len = sizeof(many);
	is(msg_check(MSG_SIGN, &s, &e), RC_INVALID, "a long field is told");
	u.slips = u.attributes = bytes_of(many, sizeof(many) * 3 / 4);
	is(msg_check(MSG_UNLOCK, &u, &e), RC_LIMIT,
	    "fields that are too much together are told");
}

int
main(void)
{
	each_has_its_row_and_its_name();
	only_who_may_can_say_it();
	flags_are_held_to_the_table();
	numbers_are_held_to_their_bounds();
	bytes_are_held_to_their_bounds();
	lists_are_held_to_their_rows();
	ids_are_whole();
	each_is_exactly_as_long_as_it_is();
	length_is_known_from_the_first_bytes();
	what_is_no_kind_is_refused();
	who_writes_against_the_table_ends();
	what_may_be_too_much_is_told_before();
	return done();
}

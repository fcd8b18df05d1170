/* SPDX-License-Identifier: EUPL-1.2 */
/* What is known here, for who shall write what is lacking: docs/directory.md
 * 5.7. */
#include "pki/status.h"
#include "tree.h"

enum { DIEN_BIEN = 1, MUONG_NHE, TUA_CHUA };

static void
plant(struct tree *t)
{
	tree_begin(t);
	tree_unit(t, ROOT, DIEN_BIEN, ROOT, "dien-bien", "tinh");
	tree_authority(t, ROOT, DIEN_BIEN);
	tree_desk(t, DIEN_BIEN, DIEN_BIEN, "van-thu");
	tree_unit(t, DIEN_BIEN, MUONG_NHE, DIEN_BIEN, "muong-nhe", "xa");
	tree_authority(t, DIEN_BIEN, MUONG_NHE);
	tree_desk(t, MUONG_NHE, MUONG_NHE, "van-thu");
}

/* ---- a delta by it --------------------------------------------------------
 */

/* What is written by somebody's status makes him know what the other knows. */
static void
a_delta_brings_what_is_lacking(void)
{
	struct buf file, delta, whole, now;
	struct directory_for who = { .all = true, .has = status_has };
	struct directory *other;
	struct status s;
	struct applied did;
	struct tree t;
	struct act a;

	plant(&t);
	other = tree_twin(&t);
	status_write(&file, other);
	t.now += TIME_DAY;
	tree_unit(&t, DIEN_BIEN, TUA_CHUA, DIEN_BIEN, "tua-chua", "xa");
	a = act_close(&t, MUONG_NHE, "van-thu");
	tree_do(&t, MUONG_NHE, &a);
	went(status_read(&s, buf_bytes(&file), &t.e), &t.e, "a status is read");
	ok(status_fits(&s, t.d), "it is of this root");
	is(s.count, 3, "it has each log");
	is(status_has(&s, &t.d->logs[0].id), t.d->logs[0].log.tree.size,
	    "one that has not grown has its size");
	who.ctx = &s;
	directory_write(&delta, t.d, &who, t.now);
	who.has = NULL;
	directory_write(&whole, t.d, &who, t.now);
	ok(delta.len < whole.len / 2, "a delta is smaller than the whole");
	is(tree_apply(&t, other, buf_bytes(&delta), &did), RC_OK,
	    "its bearer takes the delta over");
	is(did.acts, 2, "and with it the acts that he lacked");
	buf_free(&file);
	status_write(&file, other);
	status_write(&now, t.d);
	same(buf_bytes(&file), buf_bytes(&now), "and then both know the same");
	buf_free(&file);
	buf_free(&now);
	buf_free(&delta);
	buf_free(&whole);
	status_free(&s);
	directory_free(other);
	tree_end(&t);
}

/* docs/directory.md 5.4: what he has of the tree is not written again. */
static void
what_is_asked_for_costs_little(void)
{
	struct directory_for who = { .has = status_has };
	struct buf file, whole, delta;
	struct directory *other;
	struct applied did;
	struct status s;
	struct tree t;
	char names[50][16];
	size_t asked;
	unsigned i;

	plant(&t);
	for (i = 0; i < 50; i++)
		(void)snprintf(names[i], sizeof(names[i]), "tinh-%u", i);
	for (i = 10; i < 60; i++)
		tree_unit(&t, ROOT, i, ROOT, names[i - 10], "tinh");
	tree_desk(&t, ROOT, 20, "van-thu");
	other = tree_other(&t);
	who.has = NULL;
	who.unit = tree_at(&t, DIEN_BIEN);
	directory_write(&file, t.d, &who, t.now);
	is(tree_apply(&t, other, buf_bytes(&file), &did), RC_OK,
	    "a station has what it needs");
	buf_free(&file);
	asked = tree_at(&t, 20);
	ok(holder_by_id(&other->state,
	       unit_by_uid(&other->state, &t.d->state.units[asked].uid),
	       bytes_str("van-thu")) == NONE,
	    "the desks of others it does not have");
	status_write(&file, other);
	went(status_read(&s, buf_bytes(&file), &t.e), &t.e, "its status");
	who.asked = &asked;
	who.asked_count = 1;
	directory_write(&whole, t.d, &who, t.now);
	who.has = status_has;
	who.ctx = &s;
	directory_write(&delta, t.d, &who, t.now);
	is(tree_apply(&t, other, buf_bytes(&delta), &did), RC_OK,
	    "what it asks for it gets");
	ok(did.acts > 0 &&
		holder_by_id(&other->state,
		    unit_by_uid(&other->state, &t.d->state.units[asked].uid),
		    bytes_str("van-thu")) != NONE,
	    "with all that is to be known");
	note("%zu bytes, whole %zu", delta.len, whole.len);
	ok(delta.len + 50 * 100 < whole.len,
	    "and not the units again that it knows");
	status_free(&s);
	buf_free(&file);
	buf_free(&whole);
	buf_free(&delta);
	directory_free(other);
	tree_end(&t);
}

static void
another_root_does_not_fit(void)
{
	struct tree one;
	struct buf file;
	struct status s;
	struct id nobody = { { 0 } };

	plant(&one);
	status_write(&file, one.d);
	went(status_read(&s, buf_bytes(&file), &one.e), &one.e,
	    "a status is read");
	s.root[0] ^= 1;
	ok(!status_fits(&s, one.d), "another root's does not fit");
	is(status_has(&s, &nobody), 0, "of a log it does not name it has none");
	status_free(&s);
	is(status_has(&s, &nobody), 0, "an empty one has none of any");
	buf_free(&file);
	tree_end(&one);
}

/* ---- what is no status ----------------------------------------------------
 */

struct entry {
	uint8_t id; /* first byte, and all others */
	uint64_t size;
};

/* A status as it stands in the table, whatever it says. */
static struct buf
forged(uint64_t version, size_t root, const struct entry *e, size_t n)
{
	uint8_t zeros[SHA256_SIZE + 1] = { 0 }, id[ID_SIZE];
	struct der_wr w = { 0 };
	size_t i;

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, version);
	der_put_octets(&w, bytes_of(zeros, root));
	der_put_open(&w, DER_SEQUENCE);
	for (i = 0; i < n; i++) {
		memset(id, e[i].id, sizeof(id));
		der_put_open(&w, DER_SEQUENCE);
		der_put_octets(&w, bytes_of(id, sizeof(id)));
		der_put_uint(&w, e[i].size);
		der_put_close(&w);
	}
	der_put_close(&w);
	der_put_close(&w);
	return w.out;
}

static enum rc
read_it(const struct buf *b, struct err *e)
{
	struct status s;
	enum rc rc;

	memset(&s, 0xaa, sizeof(s));
	*e = (struct err){ 0 };
	rc = status_read(&s, buf_bytes(b), e);
	if (rc != RC_OK && (s.logs != NULL || s.count != 0))
		bug("a refused status left something");
	if (rc == RC_OK)
		status_free(&s);
	return rc;
}

static void
nothing_else_is_read(void)
{
	static const struct {
		const char *name;
		uint64_t version;
		size_t root;
		struct entry e[2];
		size_t n;
		enum rc want;
		const char *why;
	} rows[] = {
		{ "two logs in their order are", 1, 32, { { 1, 7 }, { 2, 1 } },
		    2, RC_OK, "" },
		{ "no log is", 1, 32, { { 0 } }, 0, RC_OK, "" },
		{ "version 2 is not", 2, 32, { { 1, 7 } }, 1, RC_INVALID,
		    "version" },
		{ "a root of 31 bytes is not", 1, 31, { { 1, 7 } }, 1,
		    RC_INVALID, "" },
		{ "a root of 33 bytes is not", 1, 33, { { 1, 7 } }, 1,
		    RC_INVALID, "" },
		{ "a log of nothing is not", 1, 32, { { 1, 0 } }, 1, RC_INVALID,
		    "5.7" },
		{ "a log twice is not", 1, 32, { { 1, 7 }, { 1, 8 } }, 2,
		    RC_INVALID, "5.7" },
		{ "logs in another order are not", 1, 32,
		    { { 2, 7 }, { 1, 8 } }, 2, RC_INVALID, "5.7" },
		{ "a log larger than one may be is not", 1, 32,
		    { { 1, LOG_ENTRIES_MAX + UINT64_C(1) } }, 1, RC_INVALID,
		    "limit" },
	};
	struct buf b;
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		b = forged(rows[i].version, rows[i].root, rows[i].e, rows[i].n);
		ok(read_it(&b, &e) == rows[i].want &&
			strstr(e.text, rows[i].why) != NULL,
		    "%s read", rows[i].name);
		buf_free(&b);
	}
}

static void
nor_is_a_piece(void)
{
	static const struct entry e[] = { { 1, 7 }, { 2, 300 } };
	struct buf b = forged(1, 32, e, 2), piece;
	struct err why;
	size_t n, read = 0;

	for (n = 0; n < b.len; n++) {
		piece = (struct buf){ 0 };
		buf_add(&piece, bytes_of(b.p, n));
		read += read_it(&piece, &why) == RC_OK;
		buf_free(&piece);
	}
	is(read, 0, "no beginning of a status is read");
	buf_u8(&b, 0);
	is(read_it(&b, &why), RC_INVALID, "nor one with a byte behind it");
	buf_free(&b);
}

int
main(void)
{
	a_delta_brings_what_is_lacking();
	another_root_does_not_fit();
	what_is_asked_for_costs_little();
	nothing_else_is_read();
	nor_is_a_piece();
	return done();
}

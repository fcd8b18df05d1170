/* SPDX-License-Identifier: EUPL-1.2 */
/* The head of a backup, its shares, its officers, and what may be in it
 * (docs/backup.md 1, 3). */
#include <string.h>

#include "crypto/suite.h"
#include "pki/backup.h"

#include "../tests/tap.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define OFFICERS 3

static struct identity officers[OFFICERS], stranger;

static void
make(struct identity *id, const char *suite, const char *address)
{
	const struct suite *s = suite_by_name(suite);
	struct err e;

	if (identity_new(id, sig_by_name(s->sig), kem_by_name(s->kem),
		bytes_str("ban"), bytes_str(address), 1700000000, 1800000000,
		&e) != RC_OK)
		bug(e.text);
}

static void
make_all(void)
{
	make(&officers[0], "A", "antin://vn/mot");
	make(&officers[1], "B", "antin://vn/hai");
	make(&officers[2], "A", "antin://vn/ba");
	make(&stranger, "A", "antin://vn/la");
}

static enum rc
head(struct buf *out, uint8_t key[static AEAD_KEY], unsigned quorum, size_t n,
    struct err *e)
{
	static const char *const names[] = { "antin://vn/mot", "antin://vn/hai",
		"antin://vn/ba" };
	struct backup_head h = { .kind = BACKUP_COPY,
		.id = { { 1, 2, 3 } },
		.address = bytes_str("antin://vn"),
		.at = 1750000000,
		.quorum = quorum };
	struct backup_for whom[OFFICERS];
	size_t i;

	for (i = 0; i < OFFICERS; i++)
		whom[i] = (struct backup_for){ bytes_str(names[i]),
			&officers[i].card.kem };
	return backup_head_make(out, key, &h, whom, n, e);
}

static void
any_two_open_it(void)
{
	uint8_t key[AEAD_KEY], joined[AEAD_KEY];
	struct keyshare s[OFFICERS], two[2];
	struct backup_head h;
	struct buf b;
	struct err e;
	size_t i, k, good = 0;

	went(head(&b, key, 2, OFFICERS, &e), &e, "a head is made");
	went(backup_head_read(&h, buf_bytes(&b), &e), &e, "and read");
	for (i = 0; i < OFFICERS; i++)
		went(backup_share(&s[i], &h, &officers[i], &e), &e,
		    "officer %zu has his share", i);
	for (i = 0; i < OFFICERS; i++)
		for (k = 0; k < OFFICERS; k++) {
			two[0] = s[i], two[1] = s[k];
			good += backup_join(joined, &h, two, 2, &e) == RC_OK &&
				memcmp(joined, key, AEAD_KEY) == 0;
		}
	is(good, 6, "any two of them, who are two, have the key");
	is(backup_join(joined, &h, s, 1, &e), RC_DENIED, "one has not");
	is(backup_share(&two[0], &h, &stranger, &e), RC_ABSENT,
	    "a stranger has no share");
	two[0] = s[0], two[1] = s[1];
	two[1].set[0] ^= 1;
	is(backup_join(joined, &h, two, 2, &e), RC_DENIED,
	    "a share of another backup is none");
	buf_free(&b);
}

/* A share that was moved to another place, or changed, does not open. */
static void
a_share_is_of_its_place(void)
{
	uint8_t key[AEAD_KEY];
	struct backup_officer was;
	struct backup_head h;
	struct keyshare s;
	struct buf b, changed = { 0 };
	struct err e;
	size_t i, opened = 0;

	if (head(&b, key, 2, OFFICERS, &e) != RC_OK ||
	    backup_head_read(&h, buf_bytes(&b), &e) != RC_OK)
		bug(e.text);
	was = h.officers[0];
	h.officers[0] = h.officers[2];
	h.officers[2] = was;
	is(backup_share(&s, &h, &officers[0], &e), RC_DENIED,
	    "a share in another's place does not open");
	h.officers[2] = h.officers[0];
	h.officers[0] = was;
	h.quorum = 3;
	is(backup_share(&s, &h, &officers[0], &e), RC_DENIED,
	    "nor under another quorum");
	h.quorum = 2;
	h.id.b[15] ^= 1;
	is(backup_share(&s, &h, &officers[0], &e), RC_DENIED,
	    "nor in another backup");
	h.id.b[15] ^= 1;
	buf_add(&changed, was.sealed);
	h.officers[0].sealed = buf_bytes(&changed);
	for (i = 0; i < changed.len * 8; i++) {
		changed.p[i / 8] ^= (uint8_t)(1u << i % 8);
		opened += backup_share(&s, &h, &officers[0], &e) == RC_OK ||
			  s.quorum != 0;
		changed.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	is(opened, 0, "no flipped bit opens, and nothing comes out");
	buf_free(&changed);
	buf_free(&b);
}

static void
heads_are_of_the_form(void)
{
	uint8_t key[AEAD_KEY];
	struct backup_head h;
	struct buf b, again;
	struct err e;
	size_t i, other = 0;

	is(head(&b, key, 1, OFFICERS, &e), RC_INVALID, "one alone opens none");
	is(head(&b, key, 3, 2, &e), RC_INVALID, "nor three of two");
	if (head(&b, key, 3, OFFICERS, &e) != RC_OK)
		bug(e.text);
	for (i = 0; i < b.len; i++)
		other +=
		    backup_head_read(&h, bytes_of(b.p, i), &e) != RC_INVALID;
	is(other, 0, "one that is cut off is none");
	for (i = 0, other = 0; i < b.len && i < 200; i++) {
		b.p[i] ^= 1;
		if (backup_head_read(&h, buf_bytes(&b), &e) == RC_OK) {
			backup_head_write(&again, &h);
			other += !bytes_eq(buf_bytes(&again), buf_bytes(&b));
			buf_free(&again);
		}
		b.p[i] ^= 1;
	}
	is(other, 0, "whatever is read has one spelling");
	buf_free(&b);
}

static void
officers_are_named(void)
{
	static const char *const bad[] = { "", "antin backup officers 1\n",
		"antin backup officers 2\nquorum 2\nofficer antin://vn/a\n"
		"officer antin://vn/b\n",
		"antin backup officers 1\nquorum 1\nofficer antin://vn/a\n",
		"antin backup officers 1\nquorum 2\nofficer antin://vn/a\n",
		"antin backup officers 1\nquorum 02\nofficer antin://vn/a\n"
		"officer antin://vn/b\n",
		"antin backup officers 1\nquorum 2\nofficer antin://vn/a\n"
		"officer antin://vn/a\n",
		"antin backup officers 1\nquorum 2\nofficer antin://vn\n"
		"officer antin://vn/a\n",
		"antin backup officers 1\nquorum 2\nofficer antin://vn/a\n"
		"officer antin://vn/b\nmore\n" };
	struct backup_officers o = { .quorum = 2,
		.count = 2,
		.names = {
		    bytes_str("antin://vn/a"), bytes_str("antin://vn/b") } };
	struct buf b;
	struct err e;
	size_t i, taken = 0;

	backup_officers_write(&b, &o);
	o = (struct backup_officers){ 0 };
	ok(backup_officers_read(&o, buf_bytes(&b), &e) == RC_OK &&
		o.quorum == 2 && o.count == 2 &&
		bytes_is(o.names[1], "antin://vn/b"),
	    "officers come back");
	for (i = 0; i < COUNT(bad); i++)
		taken += backup_officers_read(&o, bytes_str(bad[i]), &e) !=
			 RC_INVALID;
	is(taken, 0, "what names none is refused");
	buf_free(&b);
}

static enum rc
entry(struct backup_entry *out, const char *name, struct err *e)
{
	struct buf b = { 0 };
	size_t used;
	enum rc rc;

	buf_u8(&b, 1);
	buf_u8(&b, (uint8_t)strlen(name));
	buf_add(&b, bytes_str(name));
	buf_u64(&b, 77);
	rc = backup_entry_read(out, &used, buf_bytes(&b), e);
	if (rc == RC_OK && used != b.len)
		rc = RC_EXPIRED;
	buf_free(&b);
	return rc;
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

static void
files_are_those_of_a_station(void)
{
	static const char *const good[] = { "antind.conf", "data/directory",
		"data/station.key", "data/station.key.old",
		"data/keys/van-thu.key", "data/keys/van-thu.sin-thau.vn.key",
		"data/store/store.db", "data/store/store.db-wal",
		"data/store/files/" HEX "f", "data/backup-officers",
		"data/rules/xa-01.rules" };
	static const char *const bad[] = { "", "/etc/passwd", "../antind.conf",
		"data/keys/../../x.key", "data/keys/.key", "data/keys/a",
		"data/keys/a/b.key", "data/keys/A.key", "data/run/control",
		"data/moved", "data/store/restored", "data/store/store.db-shm",
		"data/store/files/" HEX, "data/store/files/" HEX "F",
		"data/store/files/" HEX "f/", "data//directory", "data",
		"data/rules/", "data/rules/.rules", "data/rules/a.key",
		"data/rules/../a.rules", "data/rules/A.rules" };
	struct backup_entry f;
	struct err e;
	size_t i, used, ok_ones = 0, taken = 0;

	for (i = 0; i < COUNT(good); i++)
		ok_ones += entry(&f, good[i], &e) == RC_OK && f.size == 77 &&
			   strcmp(f.name, good[i]) == 0;
	is(ok_ones, COUNT(good), "what a station has may be in it");
	for (i = 0; i < COUNT(bad); i++)
		if (entry(&f, bad[i], &e) != RC_INVALID) {
			note("taken: %s", bad[i]);
			taken++;
		}
	is(taken, 0, "nothing else, and nothing that leads elsewhere");
	ok(backup_entry_read(&f, &used, bytes_of("\1\4ant", 5), &e) == RC_OK &&
		used == 0,
	    "a piece wants more");
	ok(backup_entry_read(&f, &used, bytes_of("", 1), &e) == RC_OK &&
		used == 1 && f.name[0] == '\0',
	    "the end is one");
	is(backup_entry_read(&f, &used, bytes_of("\2\4ant", 5), &e), RC_INVALID,
	    "another beginning is none");
}

int
main(void)
{
	size_t i;

	make_all();
	any_two_open_it();
	a_share_is_of_its_place();
	heads_are_of_the_form();
	officers_are_named();
	files_are_those_of_a_station();
	for (i = 0; i < OFFICERS; i++)
		identity_free(&officers[i]);
	identity_free(&stranger);
	return done();
}

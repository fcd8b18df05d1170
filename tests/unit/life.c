/* SPDX-License-Identifier: EUPL-1.2 */
/* What stations tell one another of their journals, and keep of it:
 * docs/link.md 18. */
#include <string.h>

#include "../tests/tap.h"
#include "crypto/random.h"
#include "journal/life.h"

static struct buf made;

static void
make_note(void)
{
	const struct checkpoint c = {
		.size = 5, .at = 1795319100, .journal = true, .incarnation = 2
	};
	struct sig_key *key = sig_generate(sig_by_name("MLDSA65-Ed25519"));
	struct buf text = { 0 };

	if (key == NULL)
		bug("no such algorithm");
	note_begin(&made, &c);
	buf_add(&text, bytes_of(made.p, made.len - 1));
	note_line(&made, buf_bytes(&text), NOTE_STATION, &c.log, key);
	buf_free(&text);
	sig_key_free(key);
}

static void
a_checkpoint_comes_as_it_was(void)
{
	struct life_checkpoint c = { .from = 3,
		.serial = 9,
		.count = MERKLE_PROOF,
		.bytes = buf_bytes(&made) },
			       got;
	struct buf m;
	struct err e;
	size_t len, bad = 0;

	random_bytes(c.proof, sizeof(c.proof));
	life_checkpoint_write(&m, &c);
	ok(life_checkpoint_read(&got, buf_bytes(&m), &e) == RC_OK &&
		got.from == 3 && got.serial == 9 && got.count == MERKLE_PROOF &&
		memcmp(got.proof, c.proof, sizeof(c.proof)) == 0 &&
		got.note.checkpoint.size == 5 &&
		got.note.checkpoint.incarnation == 2,
	    "a checkpoint comes as it was");
	for (len = 0; len < m.len; len++)
		bad +=
		    life_checkpoint_read(&got, bytes_of(m.p, len), &e) == RC_OK;
	is(bad, 0, "whatever is cut off, it is none");
	m.p[16] = MERKLE_PROOF + 1;
	is(life_checkpoint_read(&got, buf_bytes(&m), &e), RC_INVALID,
	    "with a longer proof neither");
	buf_free(&m);
}

static void
answers_come_as_they_were(void)
{
	struct life_countersigned c = { .what = LIFE_AGAIN, .size = 7 }, got;
	struct life_given g = {
		.incarnation = 3, .serial = 8, .bytes = buf_bytes(&made)
	};
	struct life_given life;
	struct buf m;
	struct err e;
	size_t len, bad = 0;

	life_countersigned_write(&m, &c);
	ok(life_countersigned_read(&got, buf_bytes(&m), &e) == RC_OK &&
		got.what == LIFE_AGAIN && got.size == 7,
	    "an answer comes as it was");
	buf_u8(&m, 0);
	is(life_countersigned_read(&got, buf_bytes(&m), &e), RC_INVALID,
	    "not with more behind it");
	m.p[0] = LIFE_SAYS;
	is(life_countersigned_read(&got, buf_bytes(&m), &e), RC_INVALID,
	    "nor one that is none");
	buf_free(&m);
	c = (struct life_countersigned){ .what = LIFE_WITNESSED,
		.bytes = buf_bytes(&made) };
	life_countersigned_write(&m, &c);
	ok(life_countersigned_read(&got, buf_bytes(&m), &e) == RC_OK &&
		got.note.checkpoint.size == 5,
	    "a note that was signed too");
	buf_free(&m);
	life_given_write(&m, &g);
	ok(life_given_read(&life, buf_bytes(&m), &e) == RC_OK &&
		life.incarnation == 3 && life.serial == 8 &&
		life.note.checkpoint.incarnation == 2,
	    "a life that is given, too");
	for (len = 0; len < m.len; len++)
		bad += life_given_read(&life, bytes_of(m.p, len), &e) == RC_OK;
	is(bad, 0, "whatever is cut off, none is");
	buf_free(&m);
}

static void
what_is_kept_is_read_again(void)
{
	struct life l = { 1, 2, 3, 4, { { 9 } }, 5, true }, got;
	struct life_gap g = { 1, 2, 3, 4, 5, 6, 7, 8, 9, { { 7 } } }, gap;
	struct buf b;
	struct err e;

	life_write(&b, &l);
	ok(life_read(&got, buf_bytes(&b), &e) == RC_OK &&
		got.incarnation == 1 && got.given == 2 && got.size == 3 &&
		got.serial == 4 && node_eq(&got.root, &l.root) && got.at == 5 &&
		got.barred,
	    "what is kept of a station");
	is(life_read(&got, bytes_of(b.p, b.len - 1), &e), RC_INVALID,
	    "all of it");
	buf_free(&b);
	life_gap_write(&b, &g);
	ok(life_gap_read(&gap, buf_bytes(&b), &e) == RC_OK &&
		gap.incarnation == 1 && gap.born == 2 && gap.from == 3 &&
		gap.until == 4 && gap.serials == 5 && gap.to == 6 &&
		gap.again == 7 && gap.since == 8 && gap.at == 9 &&
		node_eq(&gap.root, &g.root),
	    "and of a gap");
	is(life_gap_read(&gap, bytes_of(b.p, b.len - 1), &e), RC_INVALID,
	    "all of it");
	buf_free(&b);
}

/* docs/journal.md 7.8 */
static void
no_life_is_far_ahead(void)
{
	ok(!life_too_far(1, 0) && !life_too_far(1, 7) &&
		!life_too_far(7 + LIFE_AHEAD, 7),
	    "a life may be known, older, or 65,536 ahead");
	ok(life_too_far(8 + LIFE_AHEAD, 7) && life_too_far(UINT64_MAX, 7),
	    "not more");
	ok(!life_too_far(INT64_MAX - 1, INT64_MAX - 1) &&
		life_too_far(INT64_MAX, INT64_MAX - 1),
	    "and there is always one after it");
}

/* docs/journal.md 4.5 */
static void
older_checkpoints_give_way(void)
{
	const int64_t day = 20000 * TIME_DAY;
	const struct {
		int64_t older, newer, now;
		uint64_t life;
		bool goes;
		const char *says;
	} rows[] = {
		{ day + 1, day + 599, day + 700, 1, true,
		    "of ten minutes the last is kept" },
		{ day + 599, day + 600, day + 700, 1, false,
		    "and of the next ten, too" },
		{ day + 1, day + 80000, day + 7 * TIME_DAY, 1, false,
		    "that is so for seven days" },
		{ day + 1, day + 80000, day + 7 * TIME_DAY + 1, 1, true,
		    "and then the last of a day is" },
		{ day + 1, day + TIME_DAY, day + 99 * TIME_DAY, 1, false,
		    "of each day" },
		{ day + 1, day + 2, day + 99 * TIME_DAY, 2, false,
		    "the last of a life stays" },
		{ day + 600, day + 1, day + 700, 1, false,
		    "a clock that ran back drops none" },
	};
	struct checkpoint a = { .incarnation = 1 }, b = { .size = 1 };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a.at = rows[i].older;
		b.at = rows[i].newer;
		b.incarnation = rows[i].life;
		ok(life_thins(&a, &b, rows[i].now) == rows[i].goes, "%s",
		    rows[i].says);
	}
}

int
main(void)
{
	older_checkpoints_give_way();
	make_note();
	no_life_is_far_ahead();
	a_checkpoint_comes_as_it_was();
	answers_come_as_they_were();
	what_is_kept_is_read_again();
	buf_free(&made);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Stations after a reorganisation: what is made for them says what the centre
 * knows, in whatever order it came, and who was switched off catches up
 * (docs/directory.md 5, 8).  With ANTIN_SOAK at full scale, and with times.
 */
#include "reorg_day.h"
#include "reorg_station.h"

static struct country c;
static struct dice dice = { 34 };

/* ---- stations -------------------------------------------------------------
 */

static void
stations_agree(void)
{
	static const unsigned provinces_too[] = { TUYEN_QUANG, PHU_THO, HA_NOI,
		DIEN_BIEN, OTHERS };
	size_t i, differ = 0, alarms = 0, least = SIZE_MAX, most = 0;
	struct directory *d;
	struct buf file;
	unsigned n;

	for (i = 0; i < 40 + COUNT(provinces_too); i++) {
		do
			n = i < 40
				? 1 + PROVINCES +
				      dice_below(&dice, (uint32_t)c.seat_count -
							    PROVINCES - 1)
				: provinces_too[i - 40];
		while (!seat_open(&c.seats[n], AFTER));
		if (i == 40) {
			note("files for communes: %zu to %zu bytes", least,
			    most);
			least = SIZE_MAX;
			most = 0;
		}
		file = carried(&c, n, NULL, AFTER);
		least = file.len < least ? file.len : least;
		most = file.len > most ? file.len : most;
		d = station_of(&c, &file);
		differ += answers_differ(&c, n, d, AFTER);
		alarms += d->state.alarm_count;
		directory_free(d);
		buf_free(&file);
	}
	note("files for provinces: %zu to %zu bytes", least, most);
	ok(differ == 0, "stations answer as the centre for what is theirs");
	is(alarms, 0, "and have no alarms that it has not");
}

/* The same acts, the logs the other way round. */
static void
any_order_is_the_same(void)
{
	struct directory *d = tree_other(&c.t);
	struct der_wr w = { 0 };
	struct buf file;
	size_t i;

	directory_head(&file, c.t.d->root);
	part_write(&w, &c.t.d->logs[0], 0, UINT64_MAX, NULL, NULL);
	for (i = c.t.d->log_count; i-- > 1;)
		part_write(&w, &c.t.d->logs[i], 0, UINT64_MAX, NULL, NULL);
	buf_add(&file, buf_bytes(&w.out));
	der_wr_free(&w);
	went(tree_apply(&c.t, d, buf_bytes(&file), NULL), &c.t.e,
	    "logs may come in another order");
	ok(same_state(c.t.d, d), "and the state is the same");
	is(answers_differ(&c, ROOT, d, AFTER), 0, "and so are all answers");
	buf_free(&file);
	directory_free(d);
}

/* ---- the station that was switched off ------------------------------------
 */

static struct directory *off;

static void
too_old_to_use(void)
{
	static const struct {
		int64_t days;
		enum level level;
		enum knowledge want;
	} rows[] = {
		{ 29, LEVEL_ORDINARY, KNOWLEDGE_FRESH },
		{ 33, LEVEL_ORDINARY, KNOWLEDGE_OLD },
		{ 33, LEVEL_MAT, KNOWLEDGE_OLD },
		{ 33, LEVEL_TOI_MAT, KNOWLEDGE_OLD },
		{ 33, LEVEL_TUYET_MAT, KNOWLEDGE_TOO_OLD },
		{ 46, LEVEL_TOI_MAT, KNOWLEDGE_TOO_OLD },
		{ 91, LEVEL_MAT, KNOWLEDGE_TOO_OLD },
		{ 900, LEVEL_ORDINARY, KNOWLEDGE_OLD },
	};
	const size_t me =
	    unit_by_uid(&off->state, &c.seats[c.switched_off].uid);
	size_t i, wrong = 0;
	uint64_t days;

	for (i = 0; i < COUNT(rows); i++)
		wrong += knowledge_judge(off, me, rows[i].level,
			     SWITCHED_OFF + rows[i].days * TIME_DAY,
			     &days) != rows[i].want ||
			 days != (uint64_t)rows[i].days;
	is(wrong, 0, "what a station knew a month ago is old, by level");
	ok(answers_differ(&c, c.switched_off, off, AFTER) > 0,
	    "it does not know what happened");
}

/* By a file of what "has" lacks, or (NULL) of all. */
static void
catches_up(const char *name, struct directory *has)
{
	const unsigned home = c.seats[c.switched_off].parent_then;
	struct buf was = snapshot_of(off), file;
	struct directory *d = station_of(&c, &was);
	uint64_t days;
	bool taken;

	file = carried(&c, c.switched_off, has, AFTER);
	taken = tree_apply(&c.t, d, buf_bytes(&file), NULL) == RC_OK;
	note("%zu bytes%s%s", file.len, taken ? "" : ": ",
	    taken ? "" : c.t.e.text);
	(void)ok(taken, "%s", name);
	if (taken) {
		is(answers_differ(&c, c.switched_off, d, AFTER), 0,
		    "and answers as the centre");
		is(knowledge_judge(d,
		       unit_by_uid(&d->state, &c.seats[home].uid),
		       LEVEL_TUYET_MAT, AFTER, &days),
		    KNOWLEDGE_FRESH, "and what it knows of others is fresh");
	}
	directory_free(d);
	buf_free(&file);
	buf_free(&was);
}

/* Before it has heard, its authority signs its log once more. */
static void
signs_unawares(void)
{
	struct buf part;

	went(
	    directory_decide(off, &part,
		unit_by_uid(&off->state, &c.seats[c.switched_off].uid), NULL, 0,
		authority_of(&c, c.switched_off), DAY + TIME_DAY / 2, &c.t.e),
	    &c.t.e, "it wakes on the day, and signs its log");
	buf_free(&part);
}

static void
switched_off(void)
{
	too_old_to_use();
	catches_up("a carried delta brings it up to date", off);
	catches_up("a carried snapshot does", NULL);
	signs_unawares();
	catches_up("and though it has signed since", NULL);
	directory_free(off);
}

/* ---- what was decided for later -------------------------------------------
 */

/* A province decides for next year; then it is to end before that. */
static void
nobody_outlives(void)
{
	enum { OLD = 1, NEW, XA };
	const unsigned old = OLD;
	struct tree t;
	struct act a;

	tree_begin(&t);
	t.now += TIME_DAY;
	tree_unit(&t, ROOT, OLD, ROOT, "ha-giang", "tinh");
	tree_unit(&t, ROOT, NEW, ROOT, "tuyen-quang", "tinh");
	(void)tree_authority(&t, ROOT, OLD);
	tree_unit(&t, OLD, XA, OLD, "tan-thanh", "xa");
	a = act_of(&t, ACT_RENAME, HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_NAME));
	a.unit = tree_uid(XA);
	a.name = bytes_str("Xã Mới");
	a.from = t.now + YEARS(1);
	tree_do(&t, OLD, &a);
	a = act_merge(&t, &old, 1, NEW);
	a.from = t.now + TIME_DAY;
	went(tree_try(&t, ROOT, &a, 1), &t.e,
	    "who has decided for next year can be merged before that");
	tree_end(&t);
}

/* ---- how long it takes ----------------------------------------------------
 */

/* At full scale only: figures, not tests. */
static void
times(void)
{
	struct directory *d = tree_other(&c.t);
	struct buf file = snapshot_of(c.t.d), part;
	const size_t size = file.len;
	struct applied did;
	struct state s;
	double from = seconds();

	if (state_fold(&s, c.t.d->logs, c.t.d->log_count, c.t.d->root,
		&c.t.e) != RC_OK)
		bug(c.t.e.text);
	note("%zu units, %zu holders, %zu certificates in %zu logs",
	    s.unit_count, s.holder_count, s.cert_count, c.t.d->log_count);
	state_free(&s);
	note("state_fold: %.2f s", seconds() - from);
	from = seconds();
	if (directory_apply(d, &file, &did, &c.t.e) != RC_OK)
		bug(c.t.e.text);
	note("directory_apply of all, %zu bytes: %.2f s", size,
	    seconds() - from);
	from = seconds();
	if (directory_decide(d, &part, 0, NULL, 0, authority_of(&c, ROOT),
		AFTER, &c.t.e) != RC_OK)
		bug(c.t.e.text);
	buf_free(&part);
	note("directory_decide of one checkpoint: %.2f s", seconds() - from);
	from = seconds();
	if (directory_verify(d, &c.t.e) != RC_OK)
		bug(c.t.e.text);
	note("directory_verify: %.2f s", seconds() - from);
	from = seconds();
	file = carried(&c, c.switched_off, NULL, AFTER);
	note("directory_write for a commune, %zu bytes: %.2f s", file.len,
	    seconds() - from);
	buf_free(&file);
	directory_free(d);
}

int
main(void)
{
	struct buf file;

	country_before(&c);
	file = carried(&c, c.switched_off, NULL, c.t.now);
	off = station_of(&c, &file);
	note("a commune's station has %zu bytes, then it is switched off",
	    file.len);
	buf_free(&file);
	country_day(&c);
	switched_off();
	country_after(&c);
	any_order_is_the_same();
	stations_agree();
	nobody_outlives();
	if (c.full)
		times();
	country_end(&c);
	return done();
}

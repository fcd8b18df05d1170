/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A tree that is reorganised at random, beside a model of it that knows nothing
 * of acts: who hangs where, day by day.  Both must say the same of each address
 * at each time (docs/directory.md 2.7).  ANTIN_SEED is another seed.
 */
#include "dump.h"

#define ALL 90 /* units, the root among them */
#define DAYS 300
#define DESKS 3
#define NOBODY (-1)
#define HOST 100 /* bytes of a host: at most 9 ids of 5 */

/* One day of the tree. */
struct day {
	int parent[ALL];
	int id[ALL]; /* number of its id */
	bool open[ALL];
	int heir[ALL]; /* first successor of one that has ended */
	int desk_unit[ALL][DESKS], desk_id[ALL][DESKS]; /* where one went */
	bool desk_open[ALL][DESKS];
	int count;
};

static struct day days[DAYS + 1];
static char hosts[DAYS + 1][ALL][HOST]; /* that follow from it */
static struct dice dice;

static int
below(int n)
{
	return (int)dice_below(&dice, (uint32_t)n);
}

/* ---- the model ------------------------------------------------------------
 */

static bool
is_below(const struct day *d, int unit, int of)
{
	for (; unit != NOBODY; unit = d->parent[unit])
		if (unit == of)
			return true;
	return false;
}

static int
depth_of(const struct day *d, int unit)
{
	int depth = 0;

	while ((unit = d->parent[unit]) != NOBODY)
		depth++;
	return depth;
}

static void
reckon_hosts(int day)
{
	const struct day *d = &days[day];
	int i, unit, at;
	char *out;

	for (i = 0; i < ALL; i++) {
		out = hosts[day][i];
		out[0] = '\0';
		if (i >= d->count || !d->open[i])
			continue;
		for (at = 0, unit = i; unit != 0; unit = d->parent[unit])
			at += snprintf(
			    out + at, HOST - (size_t)at, "u%d.", d->id[unit]);
		(void)snprintf(out + at, HOST - (size_t)at, "vn");
	}
}

/* Two open units with one address. */
static bool
has_clash(const struct day *d)
{
	int i, j;

	for (i = 1; i < d->count; i++)
		for (j = 1; j < i; j++)
			if (d->open[i] && d->open[j] && d->id[i] == d->id[j] &&
			    d->parent[i] == d->parent[j])
				return true;
	return false;
}

static bool
is_deep(const struct day *d)
{
	int i;

	for (i = 1; i < d->count; i++)
		if (d->open[i] && depth_of(d, i) > 8)
			return true;
	return false;
}

/* Who has the host on this day, or had it last. */
static int
host_is(int day, const char *host)
{
	int i;

	for (; day >= 0; day--)
		for (i = 0; i < days[day].count; i++)
			if (strcmp(hosts[day][i], host) == 0)
				return i;
	return NOBODY;
}

static void
leads_in_model(
    int day, const char *host, int desk, char out[static LIMIT_ADDRESS + 1])
{
	const struct day *d = &days[day];
	int unit = host_is(day, host), next;
	int steps;

	out[0] = '\0';
	for (steps = 0; unit != NOBODY && steps < 64; steps++) {
		/* one that ended before its unit went its own way */
		if (desk != NOBODY && !d->desk_open[unit][desk]) {
			next = d->desk_unit[unit][desk];
			desk = d->desk_id[unit][desk];
			unit = next;
			continue;
		}
		if (!d->open[unit]) {
			next =
			    desk == NOBODY ? NOBODY : d->desk_unit[unit][desk];
			if (next != NOBODY)
				desk = d->desk_id[unit][desk];
			else
				next = d->heir[unit];
			unit = next;
			continue;
		}
		(void)snprintf(out, LIMIT_ADDRESS + 1,
		    desk == NOBODY ? "antin://%s" : "antin://%s/d%d",
		    hosts[day][unit], desk);
		return;
	}
}

/* ---- a change, in the model and as an act ---------------------------------
 */

struct change {
	struct act acts[1 + DESKS];
	size_t count;
	int about[4]; /* the units that it is about */
	size_t about_count;
};

static int
an_open(const struct day *d)
{
	int unit;

	do
		unit = below(d->count);
	while (!d->open[unit]);
	return unit;
}

static void
about(struct change *c, int unit)
{
	c->about[c->about_count++] = unit;
}

static const char *
id_text(const char *letter, int n)
{
	static char text[4][16];
	static unsigned turn;
	char *out = text[turn++ % 4];

	(void)snprintf(out, 16, "%s%d", letter, n);
	return out;
}

static bool
enrol(struct tree *t, struct day *d, struct change *c)
{
	const int unit = d->count, parent = an_open(d), id = below(25);
	int i;

	if (unit == ALL)
		return false;
	d->count++;
	d->parent[unit] = parent;
	d->id[unit] = id;
	d->open[unit] = true;
	d->heir[unit] = NOBODY;
	c->acts[c->count++] = act_unit(
	    t, (unsigned)unit, (unsigned)parent, id_text("u", id), "xa");
	for (i = 0; i < DESKS; i++) {
		d->desk_open[unit][i] = i < 2;
		d->desk_unit[unit][i] = NOBODY;
		if (i < 2)
			c->acts[c->count++] = act_holder(
			    t, (unsigned)unit, ACT_DESK, id_text("d", i));
	}
	about(c, parent);
	return true;
}

static bool
move(struct tree *t, struct day *d, struct change *c)
{
	const int unit = an_open(d), to = an_open(d), id = below(25);
	const bool other = below(2) > 0;

	if (unit == 0 || is_below(d, to, unit))
		return false;
	d->parent[unit] = to;
	if (other)
		d->id[unit] = id;
	c->acts[c->count++] = act_move(
	    t, (unsigned)unit, (unsigned)to, other ? id_text("u", id) : NULL);
	about(c, unit);
	about(c, to);
	return true;
}

/* It ends, "heir" has what hung under it; false where that cannot be. */
static bool
end_in_model(struct day *d, int unit, int heir)
{
	const int above = d->parent[unit];
	int i;

	d->open[unit] = false;
	d->heir[unit] = heir;
	for (i = 1; i < d->count; i++) {
		if (d->parent[i] != unit || !d->open[i])
			continue;
		if (heir == NOBODY)
			return false;
		if (i != heir && is_below(d, heir, i))
			return false;
		d->parent[i] = i == heir ? above : heir;
	}
	return true;
}

/* Some desks of a unit that ends go elsewhere. */
static void
send_desks(struct tree *t, struct day *d, struct change *c, int from, int to)
{
	int i;

	for (i = 0; i < DESKS; i++) {
		if (!d->desk_open[from][i] || below(2) > 0)
			continue;
		d->desk_unit[from][i] = to;
		d->desk_id[from][i] = below(2);
		act_add_desk(t, &c->acts[0], (unsigned)from, id_text("d", i),
		    (unsigned)to, id_text("d", d->desk_id[from][i]));
	}
}

static bool
merge(struct tree *t, struct day *d, struct change *c)
{
	const int one = an_open(d), two = an_open(d), to = an_open(d);
	const unsigned ended[] = { (unsigned)one, (unsigned)two };
	const size_t n = one != two && below(2) > 0 ? 2 : 1;
	size_t i;

	if (one == 0 || two == 0 || to == one || to == two)
		return false;
	/* what is taken over step by step, and what is asked at once, differ */
	if (n == 2 && (is_below(d, to, one) || is_below(d, to, two)))
		return false;
	c->acts[c->count++] = act_merge(t, ended, n, (unsigned)to);
	about(c, to);
	for (i = 0; i < n; i++) {
		about(c, (int)ended[i]);
		send_desks(t, d, c, (int)ended[i], to);
	}
	for (i = 0; i < n; i++)
		if (!end_in_model(d, (int)ended[i], to))
			return false;
	return true;
}

static bool
split(struct tree *t, struct day *d, struct change *c)
{
	const int unit = an_open(d), one = an_open(d), two = an_open(d);
	const unsigned into[] = { (unsigned)one, (unsigned)two };

	if (unit == 0 || one == unit || two == unit || one == two)
		return false;
	c->acts[c->count++] = act_split(t, (unsigned)unit, into, 2);
	about(c, unit);
	about(c, one);
	about(c, two);
	send_desks(t, d, c, unit, two);
	return end_in_model(d, unit, one);
}

static bool
close_unit(struct tree *t, struct day *d, struct change *c)
{
	const int unit = an_open(d), to = below(3) > 0 ? an_open(d) : NOBODY;
	struct act *a = &c->acts[c->count++];

	if (unit == 0 || to == unit)
		return false;
	*a = act_close(t, (unsigned)unit, NULL);
	about(c, unit);
	if (to != NOBODY) {
		a->has |= HAS(F_TO);
		a->to = tree_uid((unsigned)to);
		about(c, to);
	}
	return end_in_model(d, unit, to);
}

static bool
close_desk(struct tree *t, struct day *d, struct change *c)
{
	const int unit = an_open(d), desk = below(DESKS);
	const int to = below(3) > 0 ? an_open(d) : NOBODY;
	struct act *a = &c->acts[c->count++];

	if (unit == 0 || !d->desk_open[unit][desk] || to == 0)
		return false;
	*a = act_close(t, (unsigned)unit, id_text("d", desk));
	about(c, unit);
	d->desk_open[unit][desk] = false;
	d->desk_unit[unit][desk] = to;
	if (to != NOBODY) {
		d->desk_id[unit][desk] = below(2);
		a->has |= HAS(F_TO) | HAS(F_TO_ID);
		a->to = tree_uid((unsigned)to);
		a->to_id = tree_say(t, "d%d", d->desk_id[unit][desk]);
		about(c, to);
	}
	return true;
}

static bool (*const changes[])(
    struct tree *, struct day *, struct change *) = { enrol, enrol, enrol, move,
	move, move, move, merge, split, close_unit, close_desk };

/* ---- day by day -----------------------------------------------------------
 */

static int64_t
start_of(int day)
{
	return BEGIN + (day + 1) * TIME_DAY;
}

/* The root, or the province whose subtree it all is in; the root alone enrols,
 * for it cannot do so below what another log enrols. */
static unsigned
who_decides(const struct day *d, const struct change *c, int provinces)
{
	const int p = 1 + below(provinces);
	size_t i;

	if (!d->open[p] || below(2) > 0 || c->acts[0].kind == ACT_ENROL)
		return ROOT;
	for (i = 0; i < c->about_count; i++)
		if (!is_below(d, c->about[i], p) || c->about[i] == p)
			return ROOT;
	return (unsigned)p;
}

/* One day with a change that can be; counts those that cannot and were done
 * all the same, or can be and were not. */
static unsigned
live_a_day(struct tree *t, int day, int provinces)
{
	struct change c;
	struct day d;
	unsigned by;
	size_t i;
	bool can;

	do {
		d = days[day - 1];
		c = (struct change){ 0 };
		can = changes[below((int)COUNT(changes))](t, &d, &c);
	} while (c.about_count == 0 || is_deep(&d));
	can = can && !has_clash(&d);
	by = who_decides(&days[day - 1], &c, provinces);
	for (i = 0; i < c.count; i++)
		c.acts[i].from = start_of(day);
	t->now = start_of(day) - (below(3) > 0 ? 0 : 3600);
	days[day] = can ? d : days[day - 1];
	reckon_hosts(day);
	if ((tree_try(t, by, c.acts, c.count) == RC_OK) == can)
		return 0;
	note("day %d: %s by %u: the model says it %s: %s", day,
	    act_kind_word(c.acts[0].kind), by, can ? "can be" : "cannot be",
	    can ? t->e.text : "it was decided");
	return 1;
}

static void
ask(struct tree *t, int until, unsigned *wrong)
{
	const int now = below(until + 1), then = below(until + 1);
	const int unit = below(days[then].count);
	const int desk = below(DESKS) - 1;
	const char *host = hosts[then][unit];
	char address[HOST + 20], want[LIMIT_ADDRESS + 1];

	if (host[0] == '\0' || (unit == 0 && desk != NOBODY))
		return;
	(void)snprintf(address, sizeof(address),
	    desk == NOBODY ? "antin://%s" : "antin://%s/d%d", host, desk);
	leads_in_model(now, host, desk, want);
	if (then > now)
		return; /* who will have it then may have had another */
	if (!leads_to(t->d, address, start_of(now) + below(86000), want) &&
	    (*wrong)++ == 0)
		note("asked on day %d for an address of day %d", now, then);
}

static void
begin(struct tree *t, int provinces)
{
	int i, k;

	tree_begin(t);
	days[0] = (struct day){ .count = 1 };
	days[0].parent[0] = NOBODY;
	days[0].open[0] = true;
	t->now = start_of(0);
	for (i = 1; i <= provinces; i++) {
		tree_unit(
		    t, ROOT, (unsigned)i, ROOT, id_text("u", 100 + i), "tinh");
		(void)tree_authority(t, ROOT, (unsigned)i);
		for (k = 0; k < 2; k++) {
			struct act a = act_holder(
			    t, (unsigned)i, ACT_DESK, id_text("d", k));

			tree_do(t, ROOT, &a);
		}
		days[0].count++;
		days[0].id[i] = 100 + i;
		days[0].open[i] = true;
		days[0].heir[i] = NOBODY;
		for (k = 0; k < DESKS; k++) {
			days[0].desk_open[i][k] = k < 2;
			days[0].desk_unit[i][k] = NOBODY;
		}
	}
	reckon_hosts(0);
}

static void
live(uint64_t seed)
{
	const int provinces = 4;
	struct directory *twin;
	struct tree t;
	unsigned amiss = 0, wrong = 0;
	int day, i;

	dice = (struct dice){ seed };
	note("seed %llu", (unsigned long long)seed);
	begin(&t, provinces);
	for (day = 1; day <= DAYS && amiss == 0 && days[day - 1].count < ALL;
	     day++)
		amiss += live_a_day(&t, day, provinces);
	is(amiss, 0, "what can be is decided, what cannot is not, %d days",
	    day - 1);
	for (i = 0; i < 5000 && wrong < 5; i++)
		ask(&t, day - 1, &wrong);
	is(wrong, 0, "each address leads where it should, at each time");
	twin = tree_twin(&t);
	ok(same_state(twin, t.d), "who comes later knows the same");
	directory_free(twin);
	tree_end(&t);
}

int
main(void)
{
	const char *seed = getenv("ANTIN_SEED");
	const uint64_t first = seed != NULL ? strtoull(seed, NULL, 10) : 6909;
	uint64_t i;

	for (i = 0; i < 3; i++)
		live(first + i);
	return done();
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Alarms that nobody has seen: whom they call by and by, and what the unit
 * above is told (docs/duty.md 4, 5).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "dispatch/unseen.h"
#include "proc_store/duty.h"

#define LOOK_MS INT64_C(1000)
#define TELL_MS INT64_C(10000) /* between two that the parent is told */
#define TAKE_MS INT64_C(30000) /* between two changes that a child makes */
#define WORD_TOLD "duty.told"  /* 1: something may have been */
#define ROOM_LOW (UINT64_C(512) << 20)
#define ROOM_WELL (UINT64_C(640) << 20)

_Static_assert(UNSEEN_RANKS == RANKS && UNSEEN_COUNT == STORE_ALARMS_LASTING,
    "docs/link.md 22.1");

/* docs/duty.md 4.2: of what rank is an alarm that has none? */
static const unsigned ranks[STORE_ALARM_KINDS] = {
	[STORE_ALARM_DISK] = 3,
	[STORE_ALARM_FORK] = 3,
	[STORE_ALARM_ROLLED] = 3,
	[STORE_ALARM_CLONE] = 3,
	[STORE_ALARM_PARENT] = 2,
	[STORE_ALARM_CLASH] = 2,
	[STORE_ALARM_ROOM] = 2,
	[STORE_ALARM_DUTY] = 2,
	[STORE_ALARM_MALWARE] = 2,
	[STORE_ALARM_CHILD] = 1,
	[STORE_ALARM_CLOCK] = 1,
};
static const bool ranked[STORE_ALARM_KINDS] = {
	[STORE_ALARM_WAITS] = true,
	[STORE_ALARM_HELD] = true,
	[STORE_ALARM_NOT_ARRIVED] = true,
	[STORE_ALARM_EXPIRED] = true,
	[STORE_ALARM_BELOW] = true,
};
static const bool low[STORE_ALARM_KINDS] = {
	[STORE_ALARM_OLD] = true,
	[STORE_ALARM_KEY] = true,
};
static const char *const rank_words[RANKS] = { "thuong", "khan", "thuong-khan",
	"hoa-toc" };

/* Since when this process knows of one, and how far it has been said to be. */
struct watched {
	uint64_t n;
	int64_t ms;
	unsigned step;
	bool still;
};

/* What escalated, by kind and rank. */
struct sum {
	uint64_t count;
	int64_t since;
};
struct sums {
	struct sum of[STORE_ALARM_KINDS][RANKS];
};

static struct {
	struct watched *list; /* owned */
	size_t count;
	int64_t look_ms, told_ms; /* milliseconds; of the next, of the last */
	struct sums told;
	bool tell;   /* the line has come up */
	bool nobody; /* is on duty, as of the last look */
} is;

static unsigned
rank_of(const struct store_alarm *a)
{
	if (ranked[a->kind])
		return a->rank < RANKS ? a->rank : RANKS - 1;
	return ranks[a->kind] == 0 && !low[a->kind] ? 1 : ranks[a->kind];
}

static struct watched *
watched_of(uint64_t n)
{
	size_t i;

	for (i = 0; i < is.count; i++)
		if (is.list[i].n == n)
			return &is.list[i];
	return NULL;
}

unsigned
unseen_step(const struct store_alarm *a)
{
	const int64_t limit = st.unseen.seconds[rank_of(a)];
	const struct watched *w = watched_of(a->n);
	int64_t age = station_now() - a->since, ran = 0;

	if (w != NULL)
		ran = (process_ms() - w->ms) / 1000;
	if (ran > age)
		age = ran;
	if (age >= 2 * limit)
		return 2;
	return age >= limit || is.nobody;
}

/* ---- looking
 * ------------------------------------------------------------------- */

static void
say_step(const struct store_alarm *a, unsigned step)
{
	struct log_line l = log_line(LOG_WARN, "alarm.escalated");

	log_uint(&l, "alarm", a->n);
	log_str(&l, "kind", bytes_str(store_alarm_words[a->kind]));
	log_str(&l, "subject", a->subject);
	log_uint(&l, "step", step);
	process_log(LOG_WARN, &l);
}

static bool
look_at(void *ctx, const struct store_alarm *a)
{
	struct sums *all = ctx;
	struct watched *w;
	struct sum *s;
	unsigned step;

	if (a->acked != 0)
		return true;
	if ((w = watched_of(a->n)) == NULL) {
		is.list = vec_more(is.list, is.count, sizeof(*is.list));
		w = &is.list[is.count++];
		*w = (struct watched){ .n = a->n, .ms = process_ms() };
	}
	w->still = true;
	step = unseen_step(a);
	if (step > w->step)
		say_step(a, step);
	w->step = step;
	if (step < 2)
		return true;
	s = &all->of[a->kind][rank_of(a)];
	if (s->count == 0 || a->since < s->since)
		s->since = a->since;
	s->count++;
	return true;
}

/* ---- telling the unit above
 * ------------------------------------------------------ */

/* The entries; how many there are. */
static size_t
write_sums(struct buf *out, const struct sums *all)
{
	struct unseen list[UNSEEN_MAX];
	const struct sum *s;
	unsigned kind, rank;
	size_t n = 0;

	for (rank = RANKS; rank-- > 0;)
		for (kind = 1; kind < STORE_ALARM_KINDS; kind++) {
			s = &all->of[kind][rank];
			if (s->count > 0 && n < UNSEEN_MAX)
				list[n++] = (struct unseen){ (uint8_t)kind,
					(uint8_t)rank, s->count, s->since };
		}
	unseen_write(out, list, n);
	return n;
}

static void
tell_sums(const struct sums *all, int64_t ms)
{
	struct line *l = tell_up();
	struct buf message = { 0 };
	uint64_t told = 0;
	struct err e;
	size_t n;

	if (l == NULL || (memcmp(all, &is.told, sizeof(*all)) == 0 && !is.tell))
		return;
	if (!is.tell && is.told_ms != 0 && ms - is.told_ms < TELL_MS)
		return;
	n = write_sums(&message, all);
	if (word_u64(WORD_TOLD, &told, &e) != RC_OK)
		goto out;
	/* that something may have been told is on disk before it is: an empty
	 * list follows it for ever, whoever restarts */
	if (told == 0 && n > 0) {
		if (store_write(&e) != RC_OK ||
		    set_word_u64(WORD_TOLD, 1, &e) != RC_OK)
			is.tell = true;
		goto out;
	}
	if (told == 0) {
		is.tell = false;
		is.told = *all;
		goto out;
	}
	if (!tell_send(l, TELL_UNSEEN, buf_bytes(&message)))
		goto out;
	is.tell = false;
	is.told = *all;
	is.told_ms = ms;
out:
	buf_free(&message);
}

void
unseen_line(struct line *l)
{
	if (l->parent)
		is.tell = true;
}

/* ---- a child's
 * ----------------------------------------------------------------- */

/* What a child said last, until it may be heard again. */
struct heard {
	char station[LIMIT_ADDRESS + 1];
	char text[STORE_ALARM_TEXT + 1]; /* "": nothing is unseen */
	unsigned rank;
	bool waits; /* to be taken */
	int64_t ms; /* milliseconds: when the last was taken */
};
static struct {
	struct heard *list; /* owned */
	size_t count;
} below;

/* What of words is there is added, as long as there is room. */
static void
add_kind(struct heard *h, unsigned kind, unsigned rank, uint64_t count)
{
	const char *word =
	    kind < STORE_ALARM_KINDS ? store_alarm_words[kind] : "other";
	const bool has_rank = kind < STORE_ALARM_KINDS && ranked[kind];
	char one[64];
	const int n = snprintf(one, sizeof(one), "%s%s %llu%s%s",
	    h->text[0] == '\0' ? "" : ", ", word, (unsigned long long)count,
	    has_rank ? " " : "", has_rank ? rank_words[rank] : "");
	const size_t len = strlen(h->text);

	if (len + (size_t)n <= STORE_ALARM_TEXT)
		memcpy(h->text + len, one, (size_t)n + 1);
	if (rank > h->rank)
		h->rank = rank;
}

static enum rc
read_sums(struct heard *h, struct bytes message, struct err *e)
{
	struct unseen list[UNSEEN_MAX];
	size_t i, count;
	enum rc rc = unseen_read(list, &count, message, e);

	for (i = 0; i < count; i++)
		add_kind(h, list[i].kind, list[i].rank, list[i].count);
	return rc;
}

struct known {
	struct bytes station;
	bool lasts;
	unsigned rank;
	char text[STORE_ALARM_TEXT + 1];
};

static bool
find_known(void *ctx, const struct store_alarm *a)
{
	struct known *k = ctx;

	if (a->kind != STORE_ALARM_BELOW || !bytes_eq(a->subject, k->station))
		return true;
	k->lasts = true;
	k->rank = a->rank;
	memcpy(k->text, a->text.p, a->text.len);
	k->text[a->text.len] = '\0';
	return false;
}

static void
take(struct heard *h, int64_t ms)
{
	struct known k = { .station = bytes_str(h->station) };
	struct err e;

	h->waits = false;
	h->ms = ms;
	if (st.store->ops->alarms.each(st.store, false, find_known, &k, &e) !=
	    RC_OK)
		return;
	if (k.lasts && k.rank == h->rank && strcmp(k.text, h->text) == 0)
		return;
	if (k.lasts)
		alarm_over(STORE_ALARM_BELOW, k.station, k.rank);
	if (h->text[0] != '\0')
		alarm_raise(STORE_ALARM_BELOW, k.station, h->rank, h->text);
}

static void
say_bad(const struct line *l, const char *why)
{
	struct log_line log = log_line(LOG_WARN, "unseen.refused");

	log_str(&log, "station", bytes_str(l->station));
	log_str(&log, "why", bytes_str(why));
	process_log(LOG_WARN, &log);
}

static struct heard *
heard_of(const char *station)
{
	struct heard *h;
	size_t i;

	for (i = 0; i < below.count; i++)
		if (strcmp(below.list[i].station, station) == 0)
			return &below.list[i];
	below.list = vec_more(below.list, below.count, sizeof(*below.list));
	h = &below.list[below.count++];
	*h = (struct heard){ .ms = INT64_MIN / 2 };
	(void)snprintf(h->station, sizeof(h->station), "%s", station);
	return h;
}

void
unseen_came(struct line *l, struct bytes message)
{
	const int64_t ms = process_ms();
	struct heard *h, new = { 0 };
	struct err e;

	if (l->parent) {
		say_bad(l, "it is the parent");
		return;
	}
	/* of what a child says wrong, the log has a line a minute */
	h = heard_of(l->station);
	if (read_sums(&new, message, &e) != RC_OK) {
		if (ms - h->ms >= TAKE_MS)
			say_bad(l, e.text), h->ms = ms;
		return;
	}
	h->rank = new.rank;
	memcpy(h->text, new.text, sizeof(h->text));
	h->waits = true;
	if (ms - h->ms >= TAKE_MS)
		take(h, ms);
}

/* ---- by and by
 * ----------------------------------------------------------------- */

static void
tick_below(int64_t ms)
{
	size_t i;

	for (i = below.count; i-- > 0;) {
		if (ms - below.list[i].ms < TAKE_MS)
			continue;
		if (below.list[i].waits)
			take(&below.list[i], ms);
		else
			below.list[i] = below.list[--below.count];
	}
}

void
unseen_tick(int64_t ms)
{
	struct sums all = { 0 };
	struct err e;
	size_t i;

	if (ms < is.look_ms || !st.named || trouble_is())
		return;
	is.look_ms = ms + LOOK_MS;
	is.nobody = duty_nobody();
	for (i = 0; i < is.count; i++)
		is.list[i].still = false;
	if (st.store->ops->alarms.each(st.store, false, look_at, &all, &e) !=
	    RC_OK)
		return;
	for (i = is.count; i-- > 0;)
		if (!is.list[i].still)
			is.list[i] = is.list[--is.count];
	tell_sums(&all, ms);
	tick_below(ms);
}

struct gone {
	bool (*is_child)(const char *station);
	char station[LIMIT_ADDRESS + 1];
	unsigned rank;
	bool found;
};

static bool
find_gone(void *ctx, const struct store_alarm *a)
{
	struct gone *g = ctx;

	if (a->kind != STORE_ALARM_BELOW || a->subject.len > LIMIT_ADDRESS)
		return true;
	memcpy(g->station, a->subject.p, a->subject.len);
	g->station[a->subject.len] = '\0';
	g->rank = a->rank;
	g->found = !g->is_child(g->station);
	return !g->found;
}

static void
look_at_room(void)
{
	uint64_t left, all;
	struct err e;

	if (st.disk->ops->room(st.disk, &left, &all, &e) != RC_OK)
		return;
	if (left < ROOM_LOW && left < all / 20)
		alarm_raise(STORE_ALARM_ROOM, bytes_str(""), 0, "");
	else if (left > ROOM_WELL || left > all / 10)
		alarm_over(STORE_ALARM_ROOM, bytes_str(""), 0);
}

void
unseen_look(bool (*is_child)(const char *station))
{
	struct gone g = { .is_child = is_child };
	struct err e;

	look_at_room();
	if (st.store->ops->alarms.each(st.store, false, find_gone, &g, &e) ==
		RC_OK &&
	    g.found) /* the next one in the next look */
		alarm_over(STORE_ALARM_BELOW, bytes_str(g.station), g.rank);
}

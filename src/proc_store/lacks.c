/* SPDX-License-Identifier: EUPL-1.2 */
/* What the other side of a line lacks of the directory and shall have:
 * docs/link.md 17.2. */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "pki/views.h"
#include "proc_store/knows.h"

#define STATUS_WAIT_MS INT64_C(5000) /* that items wait for its status */
#define GIVEN 256u		     /* units of which a child asked for news */
#define SLICE_MS INT64_C(50)	     /* of a round, for all lines */

/* ---- what is known of a peer
 * ----------------------------------------------------------- */

/* Where it stands, or would. */
static size_t
place_of(const struct knows *k, const struct id *log)
{
	size_t low = 0, high = k->count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (memcmp(k->logs[mid].log.b, log->b, ID_SIZE) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct known_log *
knows_of(const struct knows *k, const struct id *log)
{
	const size_t i = place_of(k, log);

	return i < k->count && id_eq(&k->logs[i].log, log) ? &k->logs[i] : NULL;
}

/* It has that much now. */
void
knows_note(struct knows *k, const struct known_log *is)
{
	const size_t i = place_of(k, &is->log);

	if (i == k->count || !id_eq(&k->logs[i].log, &is->log)) {
		k->logs = vec_more(k->logs, k->count, sizeof(*k->logs));
		memmove(&k->logs[i + 1], &k->logs[i],
		    (k->count++ - i) * sizeof(*k->logs));
		k->logs[i] = *is;
	} else if (is->size > k->logs[i].size ||
		   (is->size == k->logs[i].size && is->at > k->logs[i].at)) {
		k->logs[i] = *is;
	}
}

/* What a directory file has shows what its reader, or writer, has. */
void
knows_file(struct knows *k, struct bytes file)
{
	struct bytes one = der_element(file);
	struct known_log is;
	struct log_part p;
	struct note note;
	struct der d;
	struct err e;

	/* the head is none */
	file = bytes_of(one.p + one.len, file.len - one.len);
	for (; (one = der_element(file)).len > 0;
	     file = bytes_of(one.p + one.len, file.len - one.len)) {
		d = der_init(one);
		if (!der_next_is(&d, DER_SEQUENCE))
			continue;
		p = part_read(&d);
		if (d.why != NULL || note_read(&note, p.note, &e) != RC_OK)
			continue;
		is = (struct known_log){ p.log, note.checkpoint.size,
			note.checkpoint.at };
		knows_note(k, &is);
	}
}

void
knows_fork(struct knows *k, const struct id *log)
{
	size_t i;

	for (i = 0; i < k->fork_count; i++)
		if (id_eq(&k->forks[i], log))
			return;
	k->forks = vec_more(k->forks, k->fork_count, sizeof(*k->forks));
	k->forks[k->fork_count++] = *log;
}

/* ---- what it lacks
 * --------------------------------------------------------------------- */

struct lacking {
	const struct line *l;
	bool all; /* also what has not grown */
	int64_t now;
};

static bool
lacks(const struct knows *k, const struct dlog *log)
{
	const struct known_log *has = knows_of(k, &log->id);

	return has == NULL || has->size < log->log.tree.size ||
	       (has->size == log->log.tree.size &&
		   has->at < log->note.checkpoint.at);
}

/* The has() of struct directory_for: more than there is, of what it does not
 * lack, or is not told by us. */
static uint64_t
has_of(void *ctx, const struct id *id)
{
	const struct lacking *x = ctx;
	const struct state *s = &st.file.directory->state;
	const size_t unit = unit_by_uid(s, id);
	const struct known_log *has;
	const struct dlog *log;

	if (unit == NONE || s->units[unit].log == NONE)
		return UINT64_MAX;
	log = &st.file.directory->logs[s->units[unit].log];
	if ((x->l->parent && !unit_within(s, unit, st.unit, x->now)) ||
	    (!x->all && !lacks(x->l->knows, log)))
		return UINT64_MAX;
	has = knows_of(x->l->knows, id);
	return has == NULL ? 0 : has->size;
}

static bool
log_lacks(const struct line *l, size_t unit)
{
	const struct directory *d = st.file.directory;
	const size_t log = d->state.units[unit].log;

	return log != NONE && lacks(l->knows, &d->logs[log]);
}

static bool
below_lacks(const struct line *l, size_t unit, int64_t now)
{
	const struct state *s = &st.file.directory->state;
	const struct unit *u = &s->units[unit];
	size_t i;

	if (log_lacks(l, unit))
		return true;
	for (i = 0; i < u->child_count; i++)
		if (unit_parent(&s->units[u->children[i]], now) == unit &&
		    below_lacks(l, u->children[i], now))
			return true;
	return false;
}

/* Units that were looked at: of two each may have stood above the other. */
struct looked {
	size_t *units; /* owned */
	size_t count;
};

static bool
looks_at(struct looked *x, size_t unit)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		if (x->units[i] == unit)
			return false;
	x->units = vec_more(x->units, x->count, sizeof(*x->units));
	x->units[x->count++] = unit;
	return true;
}

static bool
above_lacks(const struct line *l, struct looked *x, size_t unit)
{
	const struct unit *u = &st.file.directory->state.units[unit];
	size_t i;

	if (!looks_at(x, unit))
		return false;
	if (log_lacks(l, unit))
		return true;
	for (i = 0; i < u->place_count; i++)
		if (u->places[i].parent != NONE &&
		    above_lacks(l, x, u->places[i].parent))
			return true;
	return false;
}

/* Of the logs above a child, or above those it asked for. */
static bool
child_lacks(const struct line *l)
{
	const struct state *s = &st.file.directory->state;
	struct looked x = { 0 };
	bool lacking = above_lacks(l, &x, l->unit);
	size_t i, unit;

	for (i = 0; i < l->knows->given_count && !lacking; i++) {
		unit = unit_by_uid(s, &l->knows->given[i]);
		lacking = unit != NONE && above_lacks(l, &x, unit);
	}
	free(x.units);
	return lacking;
}

static bool
fork_lacks(const struct knows *k)
{
	const struct directory *d = st.file.directory;
	size_t i, j;

	for (i = 0; i < d->fork_count; i++) {
		for (j = 0; j < k->fork_count; j++)
			if (id_eq(&k->forks[j], &d->forks[i].log))
				break;
		if (j == k->fork_count)
			return true;
	}
	return false;
}

/* Whether it is worth writing anything: ten thousand that come back at one
 * moment lack nothing, and this must cost next to nothing. */
static bool
lacks_something(const struct line *l, int64_t now)
{
	if (l->knows->gives_now || fork_lacks(l->knows))
		return true;
	if (l->parent)
		return below_lacks(l, st.unit, now);
	return below_lacks(l, l->unit, now) || child_lacks(l);
}

/* Units that it lacks the moves of: acts that were left out for it before may
 * be for it now. */
static bool
moves_lack(const struct line *l)
{
	const struct directory *d = st.file.directory;
	const struct known_log *has;
	const struct log_item *item;
	struct act a;
	struct err e;
	size_t i, k;

	for (i = 0; i < d->log_count; i++) {
		if (!lacks(l->knows, &d->logs[i]) ||
		    (has = knows_of(l->knows, &d->logs[i].id)) == NULL)
			continue;
		for (k = d->logs[i].log.count; k-- > 0;) {
			item = &d->logs[i].log.items[k];
			if (item->at < has->size)
				break;
			if (item->entry.p != NULL &&
			    act_read(&a, item->entry, &e) == RC_OK &&
			    (a.kind == ACT_MOVE || a.kind == ACT_MERGE ||
				a.kind == ACT_SPLIT))
				return true;
		}
	}
	return false;
}

static size_t
units_of(size_t *out, const struct id *ids, size_t n)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		out[k] = unit_by_uid(&st.file.directory->state, &ids[i]);
		k += out[k] != NONE;
	}
	return k;
}

static void
write_lacking(struct buf *out, const struct line *l, int64_t now)
{
	const struct knows *k = l->knows;
	size_t *given = alloc(k->given_count + 1, sizeof(*given));
	size_t *giving = alloc(k->giving_count + 1, sizeof(*giving));
	struct lacking x = { l, k->gives_now || moves_lack(l), now };
	const size_t asked = k->gives_now ? k->giving_count : 0;
	const struct directory_for who = { .all = l->parent,
		.unit = l->unit,
		.asked = giving,
		.asked_count = units_of(giving, k->giving, asked),
		.given = given,
		.given_count = units_of(given, k->given, k->given_count),
		.has = has_of,
		.ctx = &x };

	directory_write(out, st.file.directory, &who, now);
	free(given);
	free(giving);
}

/* It has been told, or cannot be. */
static void
note_told(struct line *l, struct bytes file)
{
	struct knows *k = l->knows;
	size_t i;

	knows_file(k, file);
	for (i = 0; i < st.file.directory->fork_count; i++)
		knows_fork(k, &st.file.directory->forks[i].log);
	if (k->gives_now) {
		k->giving_count = 0;
		k->gives = process_ms() + GIVE_MS;
	}
	k->news = k->giving_count > 0;
}

void
directory_lacking(struct buf *file, const struct line *l)
{
	const int64_t now = station_now();
	struct buf parts;

	*file = (struct buf){ 0 };
	l->knows->gives_now = l->knows->giving_count > 0;
	if (!lacks_something(l, now))
		return;
	write_lacking(file, l, now);
	directory_parts(&parts, buf_bytes(file));
	if (parts.len == 0)
		buf_free(file);
	buf_free(&parts);
}

static bool
tell_lacking(struct line *l, int64_t now)
{
	struct buf file, parts;
	bool told = true;
	struct err e;

	write_lacking(&file, l, now);
	directory_parts(&parts, buf_bytes(&file));
	if (file.len > TELL_MAX) {
		(void)fail(&e, RC_LIMIT,
		    "docs/link.md 17.2: what it lacks has %zu bytes; take it "
		    "there as a file: antin directory write",
		    file.len);
		line_event(LOG_WARN, "directory.too_large", l, &e);
	} else if (parts.len > 0) {
		told = tell_room(l, file.len);
		if (told)
			(void)tell_send(l, TELL_DIRECTORY, buf_bytes(&file));
	}
	if (told)
		note_told(l, buf_bytes(&file));
	if (told && l->guest != 0)
		line_stays(l);
	buf_free(&file);
	buf_free(&parts);
	return told;
}

/* Milliseconds that this round has for it; the others wait for the next. */
static bool
in_slice(void)
{
	static int64_t begun, spent;
	const int64_t ms = process_ms();

	if (ms - begun > SLICE_MS) {
		if (ms - spent < SLICE_MS / 2)
			return false;
		begun = ms;
	}
	spent = ms;
	return true;
}

bool
directory_feed(struct line *l)
{
	struct knows *k = l->knows;
	int64_t now;

	if (k == NULL || !st.named)
		return true;
	if (!k->said)
		return process_ms() - k->since >= STATUS_WAIT_MS;
	if (!k->news)
		return true;
	k->gives_now = k->giving_count > 0 && process_ms() >= k->gives;
	if (!in_slice()) {
		slice_wake();
		return false;
	}
	now = station_now();
	if (!lacks_something(l, now)) {
		k->news = k->giving_count > 0;
		return true;
	}
	return tell_lacking(l, now);
}

void
directory_asked(struct line *l, size_t unit, bool anew)
{
	const struct id uid = st.file.directory->state.units[unit].uid;
	struct knows *k = l->knows;
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < k->given_count; i++)
		if (id_eq(&k->given[i], &uid))
			break;
	if (i == k->given_count && i == GIVEN) {
		memmove(k->given, k->given + 1,
		    (--k->given_count) * sizeof(*k->given));
		i--;
	}
	if (i == k->given_count) {
		k->given =
		    vec_more(k->given, k->given_count, sizeof(*k->given));
		k->given[k->given_count++] = uid;
	}
	if (!anew || k->giving_count == GIVEN)
		return;
	k->giving = vec_more(k->giving, k->giving_count, sizeof(*k->giving));
	k->giving[k->giving_count++] = uid;
	k->news = k->said;
}

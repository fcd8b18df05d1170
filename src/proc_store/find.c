/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines by their stations, and what is on its way over them by its leg: both
 * are asked for at each dispatch, however many lines there are. */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "proc_store/station.h"

/* ---- lines by station
 * ------------------------------------------------------------------- */

static struct line **named; /* owned; st.line_count of them, in order */
static size_t named_count;

/* By name, then by conn. */
static int
order(const struct line *l, struct bytes station, uint64_t conn)
{
	const size_t len = strlen(l->station);
	int cmp;

	if (len != station.len)
		return len < station.len ? -1 : 1;
	cmp = memcmp(l->station, station.p, len);
	return cmp != 0 ? cmp : (l->conn > conn) - (l->conn < conn);
}

/* How many are before it. */
static size_t
before(struct bytes station, uint64_t conn)
{
	size_t low = 0, high = named_count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (order(named[mid], station, conn) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* There is one at the most but while names change: then it is the newest. */
struct line *
line_to(struct bytes station)
{
	const size_t i = before(station, UINT64_MAX);

	return i > 0 && bytes_is(station, named[i - 1]->station) ? named[i - 1]
								 : NULL;
}

void
find_line(struct line *l)
{
	const size_t i = before(bytes_str(l->station), l->conn);

	named = vec_more(named, named_count, sizeof(struct line *));
	memmove(&named[i + 1], &named[i], (named_count++ - i) * sizeof(*named));
	named[i] = l;
}

void
find_no_line(const struct line *l)
{
	const size_t i = before(bytes_str(l->station), l->conn);

	if (i == named_count || named[i] != l)
		bug("a line that is not among the lines");
	memmove(&named[i], &named[i + 1], (--named_count - i) * sizeof(*named));
}

/* ---- what flies, by leg
 * ----------------------------------------------------------------- */

#define FEW 64u

static struct flying **heads; /* owned; "room", a power of two */
static size_t room, flies;

/* Numbers of legs grow by one, and nobody outside chooses them. */
static struct flying **
head_of(uint64_t q)
{
	return &heads[q & (room - 1)];
}

static void
grow(void)
{
	struct flying **old = heads, *f, *next;
	const size_t was = room;
	size_t i;

	room = was == 0 ? FEW : 2 * was;
	heads = alloc(room, sizeof(struct flying *));
	for (i = 0; i < was; i++)
		for (f = old[i]; f != NULL; f = next) {
			next = f->same;
			f->same = *head_of(f->q);
			*head_of(f->q) = f;
		}
	free(old);
}

struct flying *
flying_next(const struct flying *after, uint64_t q)
{
	struct flying *f;

	if (room == 0)
		return NULL;
	for (f = after == NULL ? *head_of(q) : after->same;
	     f != NULL && f->q != q; f = f->same)
		;
	return f;
}

struct flying *
flying_of(const struct line *l, uint64_t q)
{
	struct flying *f = flying_next(NULL, q);

	while (f != NULL && f->line != l)
		f = flying_next(f, q);
	return f;
}

struct flying *
flying_new(struct line *l, uint64_t q)
{
	struct flying *f = alloc(1, sizeof(*f));

	if (flies++ >= room)
		grow();
	f->q = q;
	f->line = l;
	f->same = *head_of(q);
	*head_of(q) = f;
	f->next = l->flying;
	if (l->flying != NULL)
		l->flying->prev = f;
	l->flying = f;
	return f;
}

void
flying_free(struct flying *f)
{
	struct flying **at = head_of(f->q);

	while (*at != f)
		at = &(*at)->same;
	*at = f->same;
	if (f->prev != NULL)
		f->prev->next = f->next;
	else
		f->line->flying = f->next;
	if (f->next != NULL)
		f->next->prev = f->prev;
	free(f);
	flies--;
}

/* docs/station.md 7.4: where very many lines come at one moment, each with a
 * long queue, they share what the memory of the machine has for them. */
size_t
flying_bytes(void)
{
	const size_t share = FLYING_ALL / (st.line_count + 1);

	return share > FLYING_BYTES   ? FLYING_BYTES
	       : share < FLYING_LEAST ? FLYING_LEAST
				      : share;
}

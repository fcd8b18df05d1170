/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose certificates are lacking here is asked for at the parent, who asks its
 * own where it lacks them too (docs/link.md 17.4, 17.5).  What was got is
 * remembered: what is decided about it later shall come, too.
 * What children ask for is asked in turn, and has half the room (17.7).
 */
#include <stdlib.h>
#include <string.h>

#include "proc_store/tell.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"

#define WANTS 64u		    /* of this station, or of a line, in vain */
#define KEPT 256u		    /* that were got */
#define AGAIN_WANTED INT64_C(60000) /* before the same is asked again */
#define MINUTE_MS INT64_C(60000)
#define A_MINUTE 64u	      /* that are asked in a minute, for us */
#define BELOW_A_MINUTE 64u    /* ... for all children */
#define SIGNERS_A_MINUTE 16u  /* ... of batches that came */
#define HEARD_A_MINUTE 600u   /* entries of a line that are looked at */
#define WAIT_MS INT64_C(4000) /* that a question waits for an answer */
#define QUESTIONS 32u	      /* that wait */
#define KEPT_WORD "wanted"
#define BELOW_WORD "wanted-below" /* of these, whose they are */

struct want {
	enum wanted what;
	size_t len;
	uint8_t which[LIMIT_ADDRESS];
	int64_t at;   /* milliseconds: asked last */
	struct id by; /* the child's unit; zeros: this station */
	bool due;     /* of a line: it is still to be asked for */
};

struct wants {		   /* of a line */
	struct want *list; /* owned */
	size_t count;
	unsigned heard; /* entries, since */
	int64_t since;
};

static struct want wants[WANTS]; /* the oldest first */
static size_t want_count;
static struct want *kept; /* owned; the oldest first; of what they are NEWS */
static size_t kept_count;
static bool kept_read;

static struct bytes
which_of(const struct want *w)
{
	return bytes_of(w->which, w->len);
}

/* The unit, and whether what is wanted of it is here. */
static bool
is_here(enum wanted what, struct bytes which, size_t *unit)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	struct resolved to;
	struct err e;
	size_t i;

	*unit = NONE;
	if (what == WANTED_CERT) {
		if ((i = cert_by_fingerprint(&d->state, which.p)) != NONE)
			*unit = d->state.certs[i].unit;
		return i != NONE;
	}
	if (what == WANTED_NEWS) {
		*unit = unit_by_host(&d->state, address_host(which), now);
		return *unit != NONE;
	}
	if (resolve(d, which, now, &to, &e) != RC_OK)
		return false;
	*unit = to.unit;
	return cert_in_force(d, to.unit, to.holder,
		   to.holder == NONE ? CERT_STATION : CERT_DESK, CERT_SIGN,
		   now) != NONE;
}

/* ---- who gives way ---- */

static const struct id ours;

static size_t
count_by(const struct want *list, size_t count, const struct id *by)
{
	size_t i, n = 0;

	for (i = 0; i < count; i++)
		n += id_eq(&list[i].by, by);
	return n;
}

/* The oldest of the child that has most. */
static size_t
greediest(const struct want *list, size_t count)
{
	size_t i, n, most = 0, found = 0;

	for (i = 0; i < count; i++) {
		if (id_eq(&list[i].by, &ours))
			continue;
		n = count_by(list, count, &list[i].by);
		if (n > most) {
			most = n;
			found = i;
		}
	}
	return found;
}

/* A place in a full list for one of "by": children have half of it where both
 * want more. */
static void
give_way(struct want *list, size_t *count, const struct id *by)
{
	const size_t own = count_by(list, *count, &ours),
		     more = id_eq(by, &ours) ? 0 : 1;
	size_t i = 0;

	if (own == 0 || *count - own + more > *count / 2)
		i = greediest(list, *count);
	else
		while (!id_eq(&list[i].by, &ours))
			i++;
	--*count;
	memmove(&list[i], &list[i + 1], (*count - i) * sizeof(*list));
}

static void
want_set(struct want *w, enum wanted what, struct bytes which)
{
	*w = (struct want){ .what = what, .len = which.len };
	memcpy(w->which, which.p, which.len);
}

/* ---- what was got ---- */

static struct want *
kept_new(struct bytes address)
{
	kept = vec_more(kept, kept_count, sizeof(*kept));
	want_set(&kept[kept_count], WANTED_NEWS, address);
	return &kept[kept_count++];
}

static void
read_kept(void)
{
	struct buf b = { 0 }, below = { 0 };
	struct bytes one;
	struct rd r, by;
	struct err e;

	kept_read = true;
	if (st.store->ops->word(st.store, KEPT_WORD, &b, &e) != RC_OK)
		return;
	(void)st.store->ops->word(st.store, BELOW_WORD, &below, &e);
	r = rd_init(buf_bytes(&b));
	by = rd_init(buf_bytes(&below));
	while (r.in.len > 0 && kept_count < KEPT) {
		one = rd_bytes(&r, rd_u8(&r));
		if (r.bad || one.len > LIMIT_ADDRESS)
			break;
		(void)kept_new(one);
		one = rd_bytes(&by, ID_SIZE); /* an older one has none */
		if (one.len == ID_SIZE)
			memcpy(kept[kept_count - 1].by.b, one.p, ID_SIZE);
	}
	buf_free(&b);
	buf_free(&below);
}

static void
write_kept(void)
{
	struct buf b = { 0 }, below = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < kept_count; i++) {
		buf_u8(&b, (uint8_t)kept[i].len);
		buf_add(&b, which_of(&kept[i]));
		buf_add(&below, id_bytes(&kept[i].by));
	}
	/* where the disk refuses it is asked for again one day */
	if (store_write(&e) == RC_OK &&
	    store_failed(st.store->ops->set_word(
		st.store, KEPT_WORD, buf_bytes(&b), &e)) == RC_OK)
		(void)store_failed(st.store->ops->set_word(
		    st.store, BELOW_WORD, buf_bytes(&below), &e));
	buf_free(&b);
	buf_free(&below);
}

static void
keep(size_t unit, const struct id *by)
{
	char address[LIMIT_ADDRESS + 1];
	size_t i;

	if (!kept_read)
		read_kept();
	if (!address_of(st.file.directory, unit, NONE, station_now(), address))
		return;
	for (i = 0; i < kept_count; i++)
		if (bytes_is(which_of(&kept[i]), address))
			break;
	if (i < kept_count && (id_eq(&kept[i].by, &ours) || !id_eq(by, &ours)))
		return;
	if (i < kept_count) { /* ours now, too */
		kept[i].by = ours;
	} else {
		if (kept_count == KEPT)
			give_way(kept, &kept_count, by);
		kept_new(bytes_str(address))->by = *by;
	}
	write_kept();
}

/* ---- asking ---- */

static struct line *
parent_line(void)
{
	struct line *l = line_up();

	return l != NULL && l->tells ? l : NULL;
}

void
wanted_says(struct buf *out)
{
	size_t i;

	*out = (struct buf){ 0 };
	if (!kept_read)
		read_kept();
	for (i = 0; i < want_count; i++)
		wanted_put(out, wants[i].what, which_of(&wants[i]));
	for (i = want_count; i < kept_count; i++)
		wanted_put(out, WANTED_NEWS, which_of(&kept[i]));
}

void
wanted_line(struct line *l)
{
	struct buf message;

	if (l != line_up())
		return;
	wanted_says(&message);
	if (message.len > 0)
		(void)tell_send(l, TELL_WANTED, buf_bytes(&message));
	buf_free(&message);
}

/* So many new ones in a minute, whoever asks for nonsense. */
static struct minute {
	unsigned most, asked;
	int64_t since; /* milliseconds */
} people = { .most = A_MINUTE }, signers = { .most = SIGNERS_A_MINUTE };

static bool
may_ask(struct minute *m, int64_t ms)
{
	if (ms - m->since >= MINUTE_MS || m->since == 0) {
		m->since = ms;
		m->asked = 0;
	}
	return m->asked++ < m->most;
}

/* The children's, one after another. */
static bool
may_ask_below(int64_t ms)
{
	static unsigned left = BELOW_A_MINUTE;
	static int64_t at;

	for (; left < BELOW_A_MINUTE && ms - at >= MINUTE_MS / BELOW_A_MINUTE;
	     left++)
		at += MINUTE_MS / BELOW_A_MINUTE;
	if (left == 0)
		return false;
	if (left-- == BELOW_A_MINUTE)
		at = ms;
	return true;
}

static struct want *
want_of(enum wanted what, struct bytes which)
{
	size_t i;

	for (i = 0; i < want_count; i++)
		if (wants[i].what == what &&
		    bytes_eq(which_of(&wants[i]), which))
			return &wants[i];
	return NULL;
}

static bool
is_asked(const struct want *w, int64_t ms)
{
	return w != NULL && ms - w->at < AGAIN_WANTED;
}

static bool
can_ask(void)
{
	return st.named &&
	       station_above(st.file.directory, st.unit, station_now()) != NONE;
}

/* true: it has gone to the parent. */
static bool
ask_above(
    struct want *w, enum wanted what, struct bytes which, const struct id *by)
{
	struct line *l = parent_line();
	struct buf message = { 0 };

	if (w == NULL) {
		if (want_count == WANTS)
			give_way(wants, &want_count, by);
		w = &wants[want_count++];
		want_set(w, what, which);
		w->by = *by;
	}
	w->at = process_ms();
	if (id_eq(by, &ours))
		w->by = ours;
	if (l == NULL)
		return false; /* when it is there */
	wanted_put(&message, what, which);
	(void)tell_send(l, TELL_WANTED, buf_bytes(&message));
	buf_free(&message);
	return true;
}

static bool
ask_own(struct minute *m, enum wanted what, struct bytes which)
{
	const int64_t ms = process_ms();
	struct want *w = want_of(what, which);

	if (!wanted_is_good(what, which) || !can_ask())
		return false;
	if (is_asked(w, ms)) {
		w->by = ours;
		return parent_line() != NULL && ms - w->at < WAIT_MS;
	}
	return may_ask(m, ms) && ask_above(w, what, which, &ours);
}

bool
wanted_ask(enum wanted what, struct bytes which)
{
	return ask_own(&people, what, which);
}

void
wanted_signer(const uint8_t cert[static SHA256_SIZE])
{
	(void)ask_own(&signers, WANTED_CERT, bytes_of(cert, SHA256_SIZE));
}

bool
wanted_is(enum wanted what, struct bytes which)
{
	return want_of(what, which) != NULL;
}

void
wanted_sender(struct bytes station)
{
	size_t unit;

	if (!is_here(WANTED_ADDRESS, station, &unit))
		(void)wanted_ask(WANTED_ADDRESS, station);
}

/* ---- being asked ---- */

void
wanted_line_free(struct line *l)
{
	if (l->wants != NULL)
		free(l->wants->list);
	free(l->wants);
	l->wants = NULL;
}

/* What it asked for and is not here. */
static void
note_in_vain(struct line *l, enum wanted what, struct bytes which)
{
	struct wants *ws = l->wants;
	size_t i;

	for (i = 0; i < ws->count; i++)
		if (ws->list[i].what == what &&
		    bytes_eq(which_of(&ws->list[i]), which))
			break;
	if (i == ws->count && i == WANTS) {
		memmove(
		    ws->list, ws->list + 1, --ws->count * sizeof(*ws->list));
		i--;
	}
	if (i == ws->count) {
		ws->list = vec_more(ws->list, ws->count, sizeof(*ws->list));
		want_set(&ws->list[ws->count++], what, which);
	}
	ws->list[i].due = true;
}

static struct want *
due_of(const struct line *l)
{
	size_t i;

	for (i = 0; l->wants != NULL && i < l->wants->count; i++)
		if (l->wants->list[i].due)
			return &l->wants->list[i];
	return NULL;
}

/* The child that was asked for longest ago, whatever lines it had since. */
static struct line *
next_below(void)
{
	struct line *found = NULL;
	size_t i;

	for (i = 0; i < st.line_count; i++)
		if (due_of(st.lines[i]) != NULL &&
		    (found == NULL || st.lines[i]->neighbour->asked <
					  found->neighbour->asked))
			found = st.lines[i];
	return found;
}

/* What children asked for is asked above, one of each in turn. */
static void
ask_below(void)
{
	static uint64_t turn;
	const int64_t ms = process_ms();
	struct want *w, *known;
	struct line *l;

	if (!can_ask())
		return;
	while ((l = next_below()) != NULL) {
		w = due_of(l);
		known = want_of(w->what, which_of(w));
		if (!is_asked(known, ms)) {
			if (!may_ask_below(ms))
				return;
			(void)ask_above(known, w->what, which_of(w), &l->uid);
			l->neighbour->asked = ++turn;
		}
		w->due = false;
	}
}

static void
hear(struct line *l, enum wanted what, struct bytes which)
{
	size_t unit;

	if (is_here(what, which, &unit))
		directory_asked(l, unit, what != WANTED_NEWS);
	else if (what != WANTED_NEWS)
		note_in_vain(l, what, which);
}

void
wanted_came(struct line *l, struct bytes message)
{
	const int64_t ms = process_ms();
	struct bytes which;
	enum wanted what;
	unsigned i;

	if (l->parent)
		return;
	if (l->wants == NULL)
		l->wants = alloc(1, sizeof(*l->wants));
	if (ms - l->wants->since >= MINUTE_MS) {
		l->wants->since = ms;
		l->wants->heard = 0;
	}
	for (i = 0; i < WANTED_MAX && wanted_next(&what, &which, &message) &&
		    l->wants->heard++ < HEARD_A_MINUTE;
	     i++)
		hear(l, what, which);
	ask_below();
}

void
wanted_carried(struct line *l, struct bytes message)
{
	const int64_t ms = process_ms();
	struct bytes which;
	struct want *known;
	enum wanted what;
	size_t unit;
	unsigned i;

	for (i = 0; i < WANTED_MAX && wanted_next(&what, &which, &message);
	     i++) {
		if (is_here(what, which, &unit)) {
			directory_asked(l, unit, what != WANTED_NEWS);
			continue;
		}
		known = want_of(what, which);
		if (what != WANTED_NEWS && can_ask() && !is_asked(known, ms) &&
		    may_ask_below(ms))
			(void)ask_above(known, what, which, &l->uid);
	}
}

static void
give_wanted(struct line *l)
{
	struct wants *ws = l->wants;
	size_t i, left = 0, unit;

	for (i = 0; i < ws->count; i++)
		if (is_here(ws->list[i].what, which_of(&ws->list[i]), &unit))
			directory_asked(l, unit, true);
		else
			ws->list[left++] = ws->list[i];
	ws->count = left;
}

/* ---- questions that wait ---- */

struct question {
	uint64_t job;
	enum msg kind;
	struct buf message; /* owned: as it came */
	int64_t until;	    /* milliseconds */
};
static struct question questions[QUESTIONS];
static size_t question_count;
static int64_t until;  /* of the one that is put again; 0: none is */
static bool last_time; /* it waits no more */

bool
wanted_waits(uint64_t job, const struct message *m)
{
	struct question *q;

	if (last_time || question_count == QUESTIONS)
		return false;
	q = &questions[question_count++];
	*q = (struct question){ .job = job,
		.kind = m->kind,
		.until = until != 0 ? until : process_ms() + WAIT_MS };
	msg_write(&q->message, m->kind, job, false, &m->body);
	return true;
}

/* Put those again that have waited long enough, or all. */
static void
put_again(bool all)
{
	struct question again[QUESTIONS];
	const int64_t ms = process_ms();
	const size_t count = question_count;
	struct message m;
	struct err e;
	size_t i;

	memcpy(again, questions, count * sizeof(*again));
	question_count = 0;
	for (i = 0; i < count; i++) {
		last_time = ms >= again[i].until;
		until = again[i].until;
		if (!all && !last_time) {
			questions[question_count++] = again[i];
			continue;
		}
		if (msg_read(&m, buf_bytes(&again[i].message), PROC_SEAL,
			PROC_STORE, &e) != RC_OK)
			bug(e.text);
		serve(again[i].job, &m);
		buf_free(&again[i].message);
	}
	last_time = false;
	until = 0;
}

void
wanted_tick(int64_t ms)
{
	(void)ms;
	ask_below();
	if (question_count > 0)
		put_again(false);
}

void
wanted_grew(void)
{
	size_t i, left = 0, unit;

	for (i = 0; i < want_count; i++)
		if (is_here(wants[i].what, which_of(&wants[i]), &unit))
			keep(unit, &wants[i].by);
		else
			wants[left++] = wants[i];
	want_count = left;
	for (i = 0; i < st.line_count; i++)
		if (st.lines[i]->wants != NULL)
			give_wanted(st.lines[i]);
	if (question_count > 0)
		put_again(true);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose certificates are lacking here is asked for at the parent, who asks its
 * own where it lacks them too (docs/link.md 17.4, 17.5).  What was got is
 * remembered: what is decided about it later shall come, too.
 */
#include <stdlib.h>
#include <string.h>

#include "antind/tell.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"

#define WANTS 64u		    /* of this station, or of a line, in vain */
#define KEPT 256u		    /* that were got */
#define AGAIN_WANTED INT64_C(60000) /* before the same is asked again */
#define MINUTE_MS INT64_C(60000)
#define A_MINUTE 64u	      /* that are asked in a minute */
#define HEARD_A_MINUTE 600u   /* entries of a line that are looked at */
#define WAIT_MS INT64_C(4000) /* that a question waits for an answer */
#define QUESTIONS 32u	      /* that wait */
#define KEPT_WORD "wanted"

struct want {
	enum wanted what;
	size_t len;
	uint8_t which[LIMIT_ADDRESS];
	int64_t at; /* milliseconds: asked last */
};

struct wants {		   /* of a line */
	struct want *list; /* owned */
	size_t count;
	unsigned heard; /* entries, since */
	int64_t since;
};

static struct want wants[WANTS]; /* the oldest first */
static size_t want_count;
static char (*kept)[LIMIT_ADDRESS + 1]; /* owned; the oldest first */
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

/* ---- what was got
 * ---------------------------------------------------------------------------
 */

static void
read_kept(void)
{
	struct buf b = { 0 };
	struct bytes one;
	struct rd r;
	struct err e;

	kept_read = true;
	if (st.store->ops->word(st.store, KEPT_WORD, &b, &e) != RC_OK)
		return;
	r = rd_init(buf_bytes(&b));
	while (r.in.len > 0 && kept_count < KEPT) {
		one = rd_bytes(&r, rd_u8(&r));
		if (r.bad || one.len > LIMIT_ADDRESS)
			break;
		kept = vec_more(kept, kept_count, sizeof(*kept));
		memcpy(kept[kept_count], one.p, one.len);
		kept[kept_count++][one.len] = '\0';
	}
	buf_free(&b);
}

static void
write_kept(void)
{
	struct buf b = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < kept_count; i++) {
		buf_u8(&b, (uint8_t)strlen(kept[i]));
		buf_add(&b, bytes_str(kept[i]));
	}
	/* where the disk refuses it is asked for again one day */
	if (store_write(&e) == RC_OK)
		(void)store_failed(st.store->ops->set_word(
		    st.store, KEPT_WORD, buf_bytes(&b), &e));
	buf_free(&b);
}

static void
keep(size_t unit)
{
	char address[LIMIT_ADDRESS + 1];
	size_t i;

	if (!kept_read)
		read_kept();
	if (!address_of(st.file.directory, unit, NONE, station_now(), address))
		return;
	for (i = 0; i < kept_count; i++)
		if (strcmp(kept[i], address) == 0)
			return;
	if (kept_count == KEPT)
		memmove(kept, kept + 1, --kept_count * sizeof(*kept));
	else
		kept = vec_more(kept, kept_count, sizeof(*kept));
	memcpy(kept[kept_count++], address, sizeof(address));
	write_kept();
}

/* ---- asking
 * -------------------------------------------------------------------------------
 */

static struct line *
parent_line(void)
{
	struct line *l = line_up();

	return l != NULL && l->tells ? l : NULL;
}

void
wanted_line(struct line *l)
{
	struct buf message = { 0 };
	size_t i;

	if (l != line_up())
		return;
	if (!kept_read)
		read_kept();
	for (i = 0; i < want_count; i++)
		wanted_put(&message, wants[i].what, which_of(&wants[i]));
	for (i = want_count; i < kept_count; i++)
		wanted_put(&message, WANTED_NEWS, bytes_str(kept[i]));
	if (message.len > 0)
		(void)tell_send(l, TELL_WANTED, buf_bytes(&message));
	buf_free(&message);
}

/* So many new ones in a minute, whoever asks for nonsense. */
static bool
may_ask(int64_t ms)
{
	static int64_t since;
	static unsigned asked;

	if (ms - since >= MINUTE_MS || since == 0) {
		since = ms;
		asked = 0;
	}
	return asked++ < A_MINUTE;
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

static void
want_new(enum wanted what, struct bytes which, int64_t ms)
{
	struct want *w;

	if (want_count == WANTS)
		memmove(wants, wants + 1, --want_count * sizeof(*wants));
	w = &wants[want_count++];
	*w = (struct want){ .what = what, .len = which.len, .at = ms };
	memcpy(w->which, which.p, which.len);
}

bool
wanted_ask(enum wanted what, struct bytes which)
{
	const int64_t ms = process_ms();
	struct line *l = parent_line();
	struct buf message = { 0 };
	struct want *w;

	if (!st.named || !wanted_is_good(what, which) ||
	    station_above(st.file.directory, st.unit, station_now()) == NONE)
		return false;
	w = want_of(what, which);
	if (w != NULL && ms - w->at < AGAIN_WANTED)
		return l != NULL && ms - w->at < WAIT_MS;
	if (!may_ask(ms))
		return false;
	if (w != NULL)
		w->at = ms;
	else
		want_new(what, which, ms);
	if (l == NULL)
		return false; /* when it is there */
	wanted_put(&message, what, which);
	(void)tell_send(l, TELL_WANTED, buf_bytes(&message));
	buf_free(&message);
	return true;
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

/* ---- being asked
 * -------------------------------------------------------------------------- */

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
	struct want *w;
	size_t i;

	for (i = 0; i < ws->count; i++)
		if (ws->list[i].what == what &&
		    bytes_eq(which_of(&ws->list[i]), which))
			return;
	if (ws->count == WANTS)
		memmove(
		    ws->list, ws->list + 1, --ws->count * sizeof(*ws->list));
	else
		ws->list = vec_more(ws->list, ws->count, sizeof(*ws->list));
	w = &ws->list[ws->count++];
	*w = (struct want){ .what = what, .len = which.len };
	memcpy(w->which, which.p, which.len);
}

static void
hear(struct line *l, enum wanted what, struct bytes which)
{
	size_t unit;

	if (is_here(what, which, &unit)) {
		directory_asked(l, unit, what != WANTED_NEWS);
	} else if (what != WANTED_NEWS) {
		note_in_vain(l, what, which);
		(void)wanted_ask(what, which);
	}
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

/* ---- questions that wait
 * ------------------------------------------------------------------ */

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
	if (question_count > 0)
		put_again(false);
}

void
wanted_grew(void)
{
	size_t i, left = 0, unit;

	for (i = 0; i < want_count; i++)
		if (is_here(wants[i].what, which_of(&wants[i]), &unit))
			keep(unit);
		else
			wants[left++] = wants[i];
	want_count = left;
	for (i = 0; i < st.line_count; i++)
		if (st.lines[i]->wants != NULL)
			give_wanted(st.lines[i]);
	if (question_count > 0)
		put_again(true);
}

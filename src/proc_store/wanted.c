/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose certificates are lacking here is asked for at the parent, who asks its
 * own where it lacks them too (docs/link.md 17.4, 17.5).
 */
#include "proc_store/wanted.h"

#include <string.h>

#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"

#define AGAIN_WANTED INT64_C(60000) /* before the same is asked again */
#define A_MINUTE 64u		    /* that are asked in a minute, for us */
#define SIGNERS_A_MINUTE 16u	    /* ... of batches that came */

const struct id want_ours;
static struct want wants[WANTS]; /* the oldest first */
static size_t want_count;

/* ---- what is wanted
 * ------------------------------------------------------------ */

struct bytes
want_which(const struct want *w)
{
	return bytes_of(w->which, w->len);
}

bool
want_is_here(enum wanted what, struct bytes which, size_t *unit)
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

void
want_set(struct want *w, enum wanted what, struct bytes which)
{
	*w = (struct want){ .what = what, .len = which.len };
	memcpy(w->which, which.p, which.len);
}

struct want *
want_find(enum wanted what, struct bytes which)
{
	size_t i;

	for (i = 0; i < want_count; i++)
		if (wants[i].what == what &&
		    bytes_eq(want_which(&wants[i]), which))
			return &wants[i];
	return NULL;
}

bool
want_is_asked(const struct want *w, int64_t ms)
{
	return w != NULL && ms - w->at < AGAIN_WANTED;
}

bool
want_can_ask(void)
{
	return st.named &&
	       station_above(st.file.directory, st.unit, station_now()) != NONE;
}

/* ---- asking
 * ------------------------------------------------------------ */

void
wanted_says(struct buf *out)
{
	const struct want *got;
	size_t i;

	*out = (struct buf){ 0 };
	for (i = 0; i < want_count; i++)
		wanted_put(out, wants[i].what, want_which(&wants[i]));
	for (i = want_count; (got = kept_each(i)) != NULL; i++)
		wanted_put(out, WANTED_NEWS, want_which(got));
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

bool
want_ask_above(
    struct want *w, enum wanted what, struct bytes which, const struct id *by)
{
	struct line *l = tell_up();
	struct buf message = { 0 };

	if (w == NULL) {
		if (want_count == WANTS)
			wants_give_way(wants, &want_count, by);
		w = &wants[want_count++];
		want_set(w, what, which);
		w->by = *by;
	}
	w->at = process_ms();
	if (id_eq(by, &want_ours))
		w->by = want_ours;
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
	struct want *w = want_find(what, which);

	if (!wanted_is_good(what, which) || !want_can_ask())
		return false;
	if (want_is_asked(w, ms)) {
		w->by = want_ours;
		return tell_up() != NULL && ms - w->at < WAIT_MS;
	}
	return may_ask(m, ms) && want_ask_above(w, what, which, &want_ours);
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
	return want_find(what, which) != NULL;
}

void
wanted_sender(struct bytes station)
{
	size_t unit;

	if (!want_is_here(WANTED_ADDRESS, station, &unit))
		(void)wanted_ask(WANTED_ADDRESS, station);
}

/* ---- what changes
 * ------------------------------------------------------------ */

void
wanted_tick(int64_t ms)
{
	(void)ms;
	wanted_ask_below();
	questions_again(false);
}

void
wanted_grew(void)
{
	size_t i, left = 0, unit;

	for (i = 0; i < want_count; i++)
		if (want_is_here(wants[i].what, want_which(&wants[i]), &unit))
			kept_keep(unit, &wants[i].by);
		else
			wants[left++] = wants[i];
	want_count = left;
	for (i = 0; i < st.line_count; i++)
		if (st.lines[i]->wants != NULL)
			wanted_give_below(st.lines[i]);
	questions_again(true);
}

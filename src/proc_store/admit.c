/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is let in: HELLOs are judged, and this station's own statement is made
 * (docs/station.md 7.1, docs/link.md 3). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/lives.h"
#include "proc_store/thin.h"

#define REDIAL_MOST INT64_C(3600000) /* milliseconds */
#define SEEN_WORD "link."
#define GUEST_MS INT64_C(30000) /* docs/link.md 17.8 */

/* ---- this station's link key
 * --------------------------------------------------- */

void
line_key(const struct msg_link_key *k)
{
	memcpy(st.link_key, k->key, LINK_KEY);
	st.has_link_key = true;
	st.link_job = 0;
	line_self();
}

/* Ask for the statement of a new epoch, once link has a key and keys a name. */
void
line_self(void)
{
	struct msg_link_key ask;
	struct err e;

	if (!st.named || !st.has_link_key || st.link_job != 0)
		return;
	if (store_write(&e) != RC_OK ||
	    set_word_u64("epoch", st.epoch + 1, &e) != RC_OK)
		return;
	ask.earlier = renew_earlier();
	ask.epoch = ++st.epoch;
	memcpy(ask.key, st.link_key, LINK_KEY);
	st.link_job = next_job();
	if (!tell(PROC_KEYS, MSG_LINK_SIGN, st.link_job, &ask, -1))
		st.link_job = 0;
}

/* The last one, for the time of this process. */
static struct buf statement;

static void
tell_self(void)
{
	struct msg_self self = { .station = bytes_str(st.address),
		.statement = buf_bytes(&statement),
		.incarnation = st.incarnation,
		.clock = station_now() };
	char parent[LIMIT_ADDRESS + 1] = "";
	size_t above;

	above = station_above(st.file.directory, st.unit, station_now());
	if (above != NONE &&
	    address_of(st.file.directory, above, NONE, station_now(), parent))
		self.parent = bytes_str(parent);
	(void)tell(PROC_LINK, MSG_LINK_SELF, 0, &self, -1);
}

void
line_reborn(void)
{
	if (statement.len > 0 && st.named)
		tell_self();
}

void
line_epoch(uint64_t epoch)
{
	struct err e;

	if (store_write(&e) != RC_OK ||
	    set_word_u64("epoch", epoch, &e) != RC_OK)
		return;
	st.epoch = epoch;
	st.link_job = 0; /* what it says is too old */
	line_self();
}

void
line_signed(uint64_t job, const struct msg_statement *s)
{
	if (job != st.link_job || s->statement.len == 0)
		return;
	/* its epoch is not on disk: after a restart it would be given again, to
	 * another key */
	if (trouble_is()) {
		st.link_job = 0;
		return;
	}
	buf_free(&statement);
	buf_add(&statement, s->statement);
	tell_self();
}

/* ---- who is let in
 * -------------------------------------------------------------- */

static void
seen_name(char out[static STORE_WORD], struct bytes station)
{
	uint8_t sum[SHA256_SIZE];
	char hex[2 * 16 + 1];

	sha256(sum, station);
	hex_write(hex, bytes_of(sum, 16));
	(void)snprintf(out, STORE_WORD, SEEN_WORD "%s", hex);
}

/* What is on disk of a station's epochs: tag | epoch | key. */
static enum rc
seen_read(struct link_seen *out, struct bytes station, struct err *e)
{
	char name[STORE_WORD];
	struct buf b = { 0 };
	struct bytes tag, key;
	struct rd r;
	enum rc rc;

	*out = (struct link_seen){ 0 };
	seen_name(name, station);
	rc = st.store->ops->word(st.store, name, &b, e);
	if (rc == RC_ABSENT)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	r = rd_init(buf_bytes(&b));
	tag = rd_bytes(&r, TAG_SIZE);
	out->epoch = rd_u64(&r);
	key = rd_bytes(&r, SHA256_SIZE);
	if (rd_end(&r)) {
		memcpy(out->station.b, tag.p, TAG_SIZE);
		memcpy(out->key, key.p, SHA256_SIZE);
	} else {
		rc = fail(
		    e, RC_INVALID, "the store's \"%s\" is not whole", name);
	}
	buf_free(&b);
	return rc;
}

static enum rc
seen_write(const struct link_seen *seen, struct bytes station, struct err *e)
{
	char name[STORE_WORD];
	struct buf b = { 0 };
	enum rc rc;

	seen_name(name, station);
	buf_add(&b, tag_bytes(&seen->station));
	buf_u64(&b, seen->epoch);
	buf_add(&b, bytes_of(seen->key, SHA256_SIZE));
	if ((rc = store_write(e)) == RC_OK)
		rc = set_word(name, buf_bytes(&b), e);
	buf_free(&b);
	return rc;
}

/* The statement is of that unit's station, under one of its keys in force. */
static enum rc
accept_statement(struct link_seen *seen, const struct link_statement *s,
    size_t unit, struct err *e)
{
	struct directory *d = st.file.directory;
	bool own;
	const int64_t now = station_judges(&own);
	enum rc rc;
	size_t i;

	rc = fail(e, RC_DENIED,
	    "docs/link.md 3.3: %.*s has no certificate in force here",
	    (int)s->station.len, (const char *)s->station.p);
	for (i = station_cert(d, unit, NONE, now);
	     i != NONE && rc != RC_OK && rc != RC_EXPIRED;
	     i = station_cert(d, unit, i, now))
		rc = link_accept(seen, s, &d->state.certs[i].cert, e);
	return rc;
}

/* It was a child of this station, under an older address. */
static bool
was_child(size_t unit, int64_t now)
{
	const struct unit *u = &st.file.directory->state.units[unit];
	size_t i;

	for (i = u->host_count; i-- > 0;)
		if (u->hosts[i].until <= now &&
		    station_above(st.file.directory, unit,
			u->hosts[i].until - 1) == st.unit)
			return true;
	return false;
}

/* It is our parent where we dialled, a child where we were dialled.  *guest: it
 * is not, but one of the two may not know of a move (docs/link.md 17.8). */
static enum rc
accept_place(
    size_t unit, bool dialled, struct bytes who, bool *guest, struct err *e)
{
	struct directory *d = st.file.directory;
	bool own;
	const int64_t now = station_judges(&own);

	*guest = dialled ? station_above(d, st.unit, now) != unit
			 : station_above(d, unit, now) != st.unit;
	if (*guest && !dialled && !was_child(unit, now))
		return fail(e, RC_DENIED,
		    "docs/link.md 3.4: %.*s is no child of this station",
		    (int)who.len, (const char *)who.p);
	return RC_OK;
}

/* The key that a line was let in by is its station's yet. */
static enum rc
check_key(const struct line *l, struct err *e)
{
	struct directory *d = st.file.directory;
	bool own;
	const int64_t now = station_judges(&own);
	const struct dcert *c;
	size_t i;

	for (i = d->state.units[l->unit].certs; i != NONE; i = c->next) {
		c = &d->state.certs[i];
		if (c->holder == NONE && c->cert.use == CERT_SIGN &&
		    memcmp(&c->cert.tag, &l->key, sizeof(l->key)) == 0 &&
		    c->from <= now && now < c->until)
			return RC_OK;
	}
	return fail(e, RC_DENIED,
	    "docs/link.md 17.6: its certificate is not in force any more");
}

struct line *
line_up(void)
{
	size_t i;

	for (i = st.line_count; i-- > 0;)
		if (st.lines[i]->parent && st.lines[i]->guest == 0)
			return st.lines[i];
	return NULL;
}

void
line_stays(struct line *l)
{
	l->guest = process_ms() + GUEST_MS;
}

void
guests_tick(int64_t ms)
{
	size_t i;

	for (i = st.line_count; i-- > 0;)
		if (st.lines[i]->guest != 0 && ms >= st.lines[i]->guest)
			line_leave(st.lines[i], BYE_REFUSED);
}

static enum rc
judge_again(struct line *l, struct err *e)
{
	const struct state *s = &st.file.directory->state;
	bool guest;

	l->unit = unit_by_uid(s, &l->uid);
	if (l->unit == NONE || !unit_open(&s->units[l->unit], station_now()))
		return fail(
		    e, RC_DENIED, "docs/link.md 17.6: its unit has ended");
	if (check_key(l, e) != RC_OK)
		return e->rc;
	if (accept_place(
		l->unit, l->parent, bytes_str(l->station), &guest, e) != RC_OK)
		return e->rc;
	if (guest != (l->guest != 0))
		return fail(e, RC_DENIED,
		    "docs/link.md 17.6: a unit hangs elsewhere now");
	return RC_OK;
}

void
lines_judge(void)
{
	struct log_line log;
	struct line *l;
	struct err e;
	size_t i;

	if (!st.named)
		return;
	for (i = st.line_count; i-- > 0;) {
		l = st.lines[i];
		if (judge_again(l, &e) == RC_OK)
			continue;
		log = log_line(LOG_WARN, "link.ended");
		log_str(&log, "station", bytes_str(l->station));
		log_err(&log, &e);
		process_log(LOG_WARN, &log);
		line_leave(l, BYE_REFUSED);
	}
}

static enum rc
judge(const struct msg_hello *h, struct link_statement *s, size_t *unit,
    struct tag *key, uint64_t *epoch, bool *guest, struct err *e)
{
	struct link_seen seen = { 0 };
	enum rc rc;

	if (!st.named)
		return fail(e, RC_ABSENT, "this station has no name yet");
	if ((rc = link_read(s, h->statement, e)) != RC_OK)
		return rc;
	if (memcmp(s->key.p, h->key, LINK_KEY) != 0)
		return fail(e, RC_DENIED,
		    "docs/link.md 3.2: the statement is of another key than "
		    "the connection's");
	*unit = unit_by_host(
	    &st.file.directory->state, address_host(s->station), station_now());
	if (*unit == NONE ||
	    !unit_open(&st.file.directory->state.units[*unit], station_now()))
		return fail(e, RC_ABSENT,
		    "docs/link.md 3.3: no station %.*s is known here",
		    (int)s->station.len, (const char *)s->station.p);
	rc = seen_read(&seen, s->station, e);
	if (rc == RC_OK)
		rc = accept_statement(&seen, s, *unit, e);
	*epoch = seen.epoch; /* of RC_EXPIRED: its signature holds */
	if (rc != RC_OK ||
	    (rc = accept_place(*unit, h->dialled, s->station, guest, e)) !=
		RC_OK ||
	    (!h->dialled && !*guest &&
		(rc = lives_judge(*unit, h->incarnation, e)) != RC_OK))
		return rc;
	*key = seen.station;
	return seen_write(&seen, s->station, e);
}

/* docs/link.md 19.5: whose secret it came by says who it is.  "name" takes its
 * address. */
static enum rc
judge_thin(const struct msg_hello *h, struct link_statement *s,
    char name[static LIMIT_ADDRESS + 1], size_t *unit, struct tag *key,
    struct err *e)
{
	bool guest;
	enum rc rc;

	if (!st.named)
		return fail(e, RC_ABSENT, "this station has no name yet");
	rc = thin_whose(unit, key, h, e);
	if (rc != RC_OK)
		return rc;
	if (!address_of(st.file.directory, *unit, NONE, station_now(), name))
		return fail(e, RC_ABSENT, "a station without an address");
	s->station = bytes_str(name);
	rc = accept_place(*unit, h->dialled, s->station, &guest, e);
	if (rc == RC_OK && guest)
		rc = fail(e, RC_DENIED,
		    "docs/link.md 19.6: the station hangs elsewhere now");
	if (rc == RC_OK && !h->dialled)
		rc = lives_judge(*unit, h->incarnation, e);
	return rc;
}

static void
tell_partial(void *ctx, const uint8_t sum[static SHA256_SIZE], uint64_t have)
{
	struct msg_partial p = { .conn = *(uint64_t *)ctx, .have = have };

	if (have == 0)
		return; /* begun, and no byte came */
	memcpy(p.sum, sum, SHA256_SIZE);
	(void)tell(PROC_LINK, MSG_PARTIAL, 0, &p, -1);
}

/* HELLO alone says what time it is, so a child dials again before it trusts
 * that no more, or soon, where the parent did not know it either. */
static void
hear_time(struct line *l, const struct msg_hello *h)
{
	const int64_t ms = process_ms();

	if (!h->dialled)
		return;
	if (h->own_clock == 0)
		clock_heard(&st.clock, h->clock, ms);
	/* a thin line is idle, whatever the time is: docs/link.md 20.1 */
	if (h->own_clock == 0 || l->thin) {
		l->redial = ms + CLOCK_TRUST * INT64_C(500);
		st.redial_wait = 0;
		return;
	}
	if (st.redial_wait == 0)
		st.redial_wait = AGAIN_MS;
	l->redial = ms + st.redial_wait;
	if (st.redial_wait < REDIAL_MOST)
		st.redial_wait *= 2;
}

void
line_hello(const struct msg_hello *h)
{
	struct msg_admit admit = { .conn = h->conn };
	char name[LIMIT_ADDRESS + 1], whose[LIMIT_ADDRESS + 1];
	struct link_statement s = { 0 };
	struct line *l = NULL;
	struct entry_data who = { 0 };
	size_t unit = NONE;
	struct log_line log;
	struct tag key;
	struct err e;
	uint64_t conn = h->conn;
	bool own, guest = false;
	enum rc rc;

	rc = h->thin ? judge_thin(h, &s, whose, &unit, &key, &e)
		     : judge(h, &s, &unit, &key, &admit.epoch, &guest, &e);
	admit.rc = rc;
	admit.station = s.station;
	if (rc == RC_OK) {
		/* as the directory writes it now, for that is where its
		 * legs go (docs/station.md 5.9) */
		if (!address_of(
			st.file.directory, unit, NONE, station_now(), name))
			bug("a station that was let in has no address");
		l = line_new(h, bytes_str(name), unit);
		l->key = key;
		l->thin = h->thin != 0;
		st.thin_count += l->thin;
		if (guest)
			line_stays(l);
		else
			hear_time(l, h);
		if (l->thin)
			thin_admitted(h);
		who.station = bytes_str(name);
		journal_add(ENTRY_ADMITTED, &who, 0);
		(void)partial_each(st.disk, tell_partial, &conn, &e);
	}
	admit.clock = station_judges(&own);
	admit.own_clock = own;
	admit.life = h->thin ? life_size() : 0;
	admit.guest = guest;
	(void)tell(PROC_LINK, MSG_ADMIT, 0, &admit, -1);
	if (l != NULL) {
		directory_line(l);
		lives_line(l, h);
	}
	log = log_line(rc == RC_OK ? LOG_INFO : LOG_WARN,
	    rc == RC_OK ? "link.up" : "link.refused");
	log_str(&log, "station", s.station);
	if (rc == RC_OK && guest)
		log_str(&log, "for", bytes_str("directory"));
	if (h->thin)
		log_uint(&log, "thin", 1);
	if (own) /* by which this was judged */
		log_uint(&log, "own_clock", (uint64_t)admit.clock);
	if (rc != RC_OK)
		log_err(&log, &e);
	process_log(rc == RC_OK ? LOG_INFO : LOG_WARN, &log);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The store: the database, the directory, and every decision of the station
 * (docs/station.md 4).  What comes in one round of events is decided in one
 * transaction; answers wait for its commit.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "antind/station.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "link/enrolment.h"
#include "pki/path.h"
#include "pki/resolve.h"

#define CLOCK_KEEP 60 /* seconds by which the clock on disk may lag */
#define PURGE_AT_ONCE 200u
#define TICK_MS 1000
#define PARTIAL_KEEP (30 * TIME_DAY) /* seconds untouched */

struct station st = { .file = { .fd = -1 }, .unit = NONE };

static struct event *ticker;

/* ---- answers that wait for the commit
 * -------------------------------------------- */

struct after {
	enum proc to;
	uint64_t job; /* of MSG_DONE */
	struct msg_taken taken;
	struct id id;
	struct buf enrolled; /* owned; to taken.conn */
};
static struct after *afters; /* owned */
static size_t after_count;

void
after_taken(uint64_t conn, uint64_t number, enum ack outcome, enum refusal code)
{
	afters = vec_more(afters, after_count, sizeof(*afters));
	afters[after_count++] = (struct after){ .to = PROC_LINK,
		.taken = { conn, number, outcome, code } };
}

void
after_done(enum proc to, uint64_t job, const struct id *id)
{
	afters = vec_more(afters, after_count, sizeof(*afters));
	afters[after_count++] =
	    (struct after){ .to = to, .job = job, .id = *id };
}

void
after_enrolled(uint64_t conn, struct buf *message)
{
	afters = vec_more(afters, after_count, sizeof(*afters));
	afters[after_count++] = (struct after){ .to = PROC_LINK,
		.taken = { .conn = conn },
		.enrolled = *message };
	*message = (struct buf){ 0 };
}

void
say_done(enum proc to, uint64_t job, const struct err *e, const struct id *id)
{
	struct msg_done done = { .rc = e->rc, .why = bytes_str(e->text) };

	if (id != NULL)
		done.id = *id;
	(void)tell(to, MSG_DONE, job, &done, -1);
}

static void
answer_one(const struct after *a, bool kept, const struct err *e)
{
	struct msg_taken taken = a->taken;
	struct msg_done done = { .id = a->id };
	struct msg_enrol enrolled = { .conn = taken.conn };

	if (a->enrolled.len > 0) {
		enrolled.message = bytes_of(a->enrolled.p + ENROLMENT_HEAD,
		    a->enrolled.len - ENROLMENT_HEAD);
		if (kept) /* else it asks again */
			(void)tell(PROC_LINK, MSG_ENROLLED, 0, &enrolled, -1);
	} else if (a->to == PROC_LINK) {
		if (!kept)
			taken.outcome = ACK_LATER;
		(void)tell(PROC_LINK, MSG_TAKEN, 0, &taken, -1);
	} else if (kept) {
		(void)tell(a->to, MSG_DONE, a->job, &done, -1);
	} else {
		say_done(a->to, a->job, e, &a->id);
	}
}

/* ---- transactions
 * ------------------------------------------------------------ */

static void
log_failure(const char *event, const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, event);

	log_err(&l, e);
	process_log(LOG_WARN, &l);
}

/* Why the round's transaction did not even begin. */
static struct err refused;

enum rc
store_write(struct err *e)
{
	enum rc rc;

	if (st.broken || trouble_is())
		return fail(e, RC_IO, "the disk takes nothing at present");
	if (st.writing)
		return RC_OK;
	if ((rc = st.store->ops->begin(st.store, e)) != RC_OK) {
		st.broken = true;
		refused = *e;
		return rc;
	}
	st.writing = true;
	return RC_OK;
}

enum rc
store_failed(enum rc rc)
{
	if (rc == RC_IO)
		st.broken = true;
	return rc;
}

/* The clock must not run back over a restart either: the network's.  One that
 * was set years ahead by mistake would else be ahead for years. */
static enum rc
keep_clock(struct err *e)
{
	const int64_t now = station_now();

	if (now < st.clock_kept + CLOCK_KEEP || station_own_clock())
		return RC_OK;
	st.clock_kept = now;
	return set_word_u64("clock", (uint64_t)now, e);
}

/* The end of the round's transaction, if there is one. */
static bool
round_kept(struct err *e)
{
	bool kept;

	if (!st.writing) {
		*e = refused;
		return !st.broken;
	}
	if (!st.broken)
		(void)keep_clock(e);
	/* of one that was lost the commit says why */
	kept = st.store->ops->commit(st.store, e) == RC_OK;
	if (kept && st.broken)
		bug("a step failed, and its transaction did not");
	if (!kept)
		st.store->ops->rollback(st.store);
	return kept;
}

/* What was decided in this round happens now, or did not happen. */
static void
settle(void)
{
	struct err e;
	const bool kept = round_kept(&e);
	size_t i;

	st.writing = st.broken = false;
	for (i = 0; i < after_count; i++) {
		answer_one(&afters[i], kept, &e);
		buf_free(&afters[i].enrolled);
	}
	free(afters);
	afters = NULL;
	after_count = 0;
	take_settled();
	lines_settled(kept);
	trouble_settled(kept, &e);
}

enum rc
word_u64(const char *name, uint64_t *value, struct err *e)
{
	struct buf b = { 0 };
	struct rd r;
	enum rc rc;

	*value = 0;
	rc = st.store->ops->word(st.store, name, &b, e);
	if (rc == RC_ABSENT)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	r = rd_init(buf_bytes(&b));
	*value = rd_u64(&r);
	if (!rd_end(&r))
		rc = fail(
		    e, RC_INVALID, "the store's \"%s\" is no number", name);
	buf_free(&b);
	return rc;
}

enum rc
set_word_u64(const char *name, uint64_t value, struct err *e)
{
	struct buf b = { 0 };
	enum rc rc;

	buf_u64(&b, value);
	rc = store_failed(
	    st.store->ops->set_word(st.store, name, buf_bytes(&b), e));
	buf_free(&b);
	return rc;
}

/* ---- time
 * -------------------------------------------------------------------- */

int64_t
station_now(void)
{
	return clock_now(&st.clock, process_now(), process_ms());
}

bool
station_own_clock(void)
{
	return clock_is_own(&st.clock, process_now(), process_ms());
}

int64_t
station_judges(bool *own)
{
	return clock_judges(&st.clock, process_now(), process_ms(), own);
}

/* ---- who we are
 * -------------------------------------------------------------- */

/* Who is not the root is no judge of the time, also where by the time that he
 * has nobody is above him. */
static void
find_above(void)
{
	struct directory *d = st.file.directory;
	struct log_line l;

	st.clock.has_parent = !st.named || d->state.units[st.unit].depth > 0;
	if (!st.named || !st.clock.has_parent ||
	    station_above(d, st.unit, station_now()) != NONE)
		return;
	l = log_line(LOG_WARN, "station.alone");
	log_str(&l, "why",
	    bytes_str("by this station's clock no station above it has a "
		      "certificate in force"));
	log_uint(&l, "clock", (uint64_t)station_now());
	process_log(LOG_WARN, &l);
}

static void
name_station(const struct msg_held *h)
{
	struct cert c;
	struct address a;
	struct log_line l;
	struct err e;

	if (cert_parse(&c, h->sign, &e) != RC_OK ||
	    !address_parse(&a, c.address))
		return;
	if (!h->station) {
		renew_desk(&c);
		return;
	}
	memcpy(st.address, c.address.p, c.address.len);
	st.address[c.address.len] = '\0';
	/* it is not earlier than this, whatever a machine says whose battery
	 * is empty */
	if (c.from > st.clock.floor)
		st.clock.floor = c.from;
	st.unit =
	    unit_by_host(&st.file.directory->state, a.host, station_now());
	st.named = st.unit != NONE;
	find_above();
	l = log_line(st.named ? LOG_INFO : LOG_WARN,
	    st.named ? "station.is" : "station.unknown");
	log_str(&l, "address", bytes_str(st.address));
	log_uint(&l, "incarnation", st.incarnation);
	process_log(st.named ? LOG_INFO : LOG_WARN, &l);
	if (st.named)
		take_reroute();
	renew_held(&c);
	line_self();
}

/* Places in the directory are of what was known before: look again. */
static void
look_again(void)
{
	st.unit = unit_by_host(&st.file.directory->state,
	    address_host(bytes_str(st.address)), station_now());
	st.named = st.unit != NONE;
	find_above();
	if (st.named)
		take_reroute();
}

void
station_learns(struct bytes directory)
{
	struct buf file = { 0 }, parts;
	struct applied did = { 0 };
	struct log_line l;
	struct err e;
	enum rc rc;

	buf_add(&file, directory);
	rc = directory_apply(st.file.directory, &file, &did, &e);
	if (rc == RC_OK && did.acts + did.forks > 0) {
		directory_parts(&parts, directory);
		if (directory_append(&st.file, buf_bytes(&parts), &e) != RC_OK)
			bug(e.text); /* memory would be ahead of the disk */
		buf_free(&parts);
	}
	if (rc == RC_OK && did.acts > 0 && st.address[0] != '\0')
		look_again();
	l = log_line(rc == RC_OK ? LOG_INFO : LOG_WARN, "directory.learned");
	log_uint(&l, "acts", did.acts);
	log_uint(&l, "forks", did.forks);
	if (rc != RC_OK)
		log_err(&l, &e);
	process_log(rc == RC_OK ? LOG_INFO : LOG_WARN, &l);
}

/* ---- the process
 * ------------------------------------------------------------- */

static enum rc
given(const struct message *m, int fd, struct err *e)
{
	const struct msg_setting *s = &m->body.setting;
	char *value;

	(void)fd;
	if (m->kind != MSG_SETTING)
		return fail(e, RC_INVALID, "the store takes settings only");
	value = strndup((const char *)s->value.p, s->value.len);
	if (value == NULL)
		bug("no memory");
	if (bytes_is(s->name, "data")) {
		free(st.data);
		if (asprintf(&st.data, "%s/store", value) < 0)
			bug("no memory");
		free(value);
	} else if (bytes_is(s->name, "directory")) {
		free(st.directory_path);
		st.directory_path = value;
	} else if (bytes_is(s->name, "max-size")) {
		st.max_size = strtoull(value, NULL, 10);
		free(value);
	} else {
		free(value);
	}
	return RC_OK;
}

static enum rc
open_all(struct err *e)
{
	uint64_t clock;
	enum rc rc;

	if (st.data == NULL || st.directory_path == NULL)
		return fail(e, RC_INVALID,
		    "the settings data and directory are wanted");
	/* its own, so that its sandbox shows it no key file */
	if (mkdir(st.data, 0700) != 0 && errno != EEXIST)
		return fail_io(e, "%s cannot be made", st.data);
	if ((rc = disk_folder(&st.disk, st.data, e)) != RC_OK ||
	    (rc = store_sqlite.open(&st.store, st.disk, e)) != RC_OK ||
	    (rc = directory_open(&st.file, st.directory_path, e)) != RC_OK ||
	    (rc = word_u64("incarnation", &st.incarnation, e)) != RC_OK ||
	    (rc = word_u64("serial", &st.serial, e)) != RC_OK ||
	    (rc = word_u64("epoch", &st.epoch, e)) != RC_OK ||
	    (rc = word_u64("clock", &clock, e)) != RC_OK)
		return rc;
	st.clock.floor = st.clock_kept = (int64_t)clock;
	if (st.incarnation != 0)
		return RC_OK;
	st.incarnation = 1;
	if ((rc = store_write(e)) == RC_OK &&
	    (rc = set_word_u64("incarnation", 1, e)) == RC_OK)
		settle();
	return rc;
}

static bool
is_needed(void *ctx, const uint8_t sum[static SHA256_SIZE])
{
	(void)ctx;
	return st.store->ops->needs(st.store, sum);
}

static enum rc
prepare(struct sandbox *box, struct err *e)
{
	size_t removed = 0, old = 0;
	struct log_line l;
	enum rc rc;

	if ((rc = open_all(e)) != RC_OK ||
	    (rc = files_sweep(st.disk, is_needed, NULL, &removed, e)) !=
		RC_OK ||
	    (rc = partial_sweep(
		 st.disk, process_now() - PARTIAL_KEEP, &old, e)) != RC_OK)
		return rc;
	box->paths[box->path_count++] = (struct sandbox_path){ st.data, true };
	l = log_line(LOG_INFO, "store.open");
	log_uint(&l, "units", st.file.directory->state.unit_count);
	log_uint(&l, "orphans", removed + old);
	process_log(LOG_INFO, &l);
	return RC_OK;
}

static void
purge_some(void)
{
	uint8_t(*sums)[SHA256_SIZE] = NULL;
	size_t count = 0, i;
	struct err e;

	if (store_write(&e) != RC_OK)
		return;
	if (store_failed(st.store->ops->purge(
		st.store, PURGE_AT_ONCE, &sums, &count, &e)) != RC_OK)
		log_failure("store.purge", &e);
	settle();
	/* a kill here leaves a file that nobody needs: the sweep's at the next
	 * start */
	for (i = 0; i < count; i++)
		if (!st.store->ops->needs(st.store, sums[i]) &&
		    files_remove(st.disk, sums[i], &e) != RC_OK)
			log_failure("store.remove", &e);
	free(sums);
}

static void
tick(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	(void)trouble_tries(process_ms());
	if (!trouble_is())
		purge_some();
	enrol_tick(process_ms());
	renew_tick(process_ms());
	(void)lines_tick(process_ms());
}

static enum rc
begin(struct err *e)
{
	const struct timeval every = { TICK_MS / 1000, TICK_MS % 1000 * 1000 };

	ticker = event_new(process_base(), -1, EV_PERSIST, tick, NULL);
	if (ticker == NULL || event_add(ticker, &every) != 0)
		return fail(e, RC_IO, "no timer is to be had");
	return RC_OK;
}

/* What link says of one line; of one that is gone nothing counts. */
static void
from_line(const struct message *m)
{
	struct line *l = line_of(m->body.conn.conn);

	if (l == NULL)
		return;
	if (m->kind == MSG_ITEM)
		take_item(l, &m->body.item);
	else if (m->kind == MSG_BIG)
		take_big(l, &m->body.item);
	else if (m->kind == MSG_BIG_DATA)
		take_data(l, &m->body.data);
	else if (m->kind == MSG_BIG_END)
		take_end(l, &m->body.number);
}

static void
from_link(const struct message *m)
{
	if (m->kind == MSG_LINK_KEY)
		line_key(&m->body.link_key);
	else if (m->kind == MSG_HELLO)
		line_hello(&m->body.hello);
	else if (m->kind == MSG_GONE)
		line_gone(m->body.conn.conn);
	else if (m->kind == MSG_SENT)
		line_sent(&m->body.taken);
	else if (m->kind == MSG_ENROL)
		enrol_came(&m->body.enrol);
	else if (m->kind == MSG_ENROL_DOWN)
		renew_heard(&m->body.enrol);
	else
		from_line(m);
}

static void
from_control(const struct message *m)
{
	if (m->kind == MSG_ASK)
		ask_rows(m->job, &m->body.ask);
	else if (m->kind == MSG_MARK)
		ask_mark(m->job, &m->body.mark);
	else if (m->kind == MSG_ENROL_PULL)
		enrol_pull(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_ENROL_PUSH)
		enrol_push(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_ENROL_DROP)
		enrol_drop(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_INVITED)
		enrol_invited(m->job, &m->body.invited);
}

static void
message(enum proc from, const struct message *m, int fd)
{
	if (fd >= 0)
		bug("a descriptor that nobody asked for");
	if (from == PROC_LINK)
		from_link(m);
	else if (from == PROC_CONTROL)
		from_control(m);
	else if (m->kind == MSG_HELD)
		name_station(&m->body.held);
	else if (m->kind == MSG_LINK_SIGNED)
		line_signed(m->job, &m->body.statement);
	else if (m->kind == MSG_RENEWAL)
		renew_made(&m->body.renewal);
	else if (m->kind == MSG_SUBMIT)
		take_submit(m->job, &m->body.submit);
	else if (from == PROC_SEAL)
		serve(m->job, m);
}

static void
peer(enum proc who, bool up)
{
	if (who == PROC_LINK && !up) {
		lines_drop(false);
		st.has_link_key = false;
	}
	if (who == PROC_KEYS && up)
		st.link_job = 0, line_self();
}

static void
round_ends(void)
{
	if (st.writing || st.broken || after_count > 0)
		settle();
	if (!trouble_is())
		lines_feed();
}

static void
stop(void)
{
	settle();
	lines_drop(false);
	st.store->ops->close(st.store);
	directory_close(&st.file);
	st.disk->ops->free(st.disk);
}

const struct process process_store = {
	.self = PROC_STORE,
	.given = given,
	.prepare = prepare,
	.begin = begin,
	.message = message,
	.peer = peer,
	.round = round_ends,
	.stop = stop,
};

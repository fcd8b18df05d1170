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

#include "proc_store/backup.h"
#include "proc_store/carried.h"
#include "proc_store/duty.h"
#include "daemon/hours.h"
#include "proc_store/lost.h"
#include "proc_store/notices.h"
#include "proc_store/registry.h"
#include "proc_store/rows.h"
#include "proc_store/sessions.h"
#include "proc_store/thin.h"
#include "proc_store/webca.h"
#include "core/vec.h"
#include "core/work.h"
#include "link/enrolment.h"

#define CLOCK_KEEP 60 /* seconds by which the clock on disk may lag */
#define PURGE_AT_ONCE 200u
#define TICK_MS 1000
#define PARTIAL_KEEP (30 * TIME_DAY) /* seconds untouched */

struct station st = { .file = { .fd = -1 },
	.unit = NONE,
	.quotas = {
	    { 5000, UINT64_C(1) << 30 }, { 1000, UINT64_C(1) << 28 } } };

static struct event *ticker;

/* ---- answers that wait for the commit
 * -------------------------------------------- */

struct after {
	enum proc to;
	uint64_t job; /* of MSG_DONE */
	struct msg_taken taken;
	struct id id;
	struct buf enrolled; /* owned; to taken.conn */
	uint64_t count;	     /* of MSG_DONE */
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
after_counted(uint64_t job, uint64_t count)
{
	afters = vec_more(afters, after_count, sizeof(*afters));
	afters[after_count++] =
	    (struct after){ .to = PROC_CONTROL, .job = job, .count = count };
	changed(CHANGED_MAIL | CHANGED_LINES | CHANGED_ALARMS);
}

void
after_enrolled(uint64_t conn, struct buf *message)
{
	afters = vec_more(afters, after_count, sizeof(*afters));
	afters[after_count++] = (struct after){
		.to = PROC_LINK, .taken = { .conn = conn }, .enrolled = *message
	};
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
	struct msg_done done = { .id = a->id, .count = a->count };
	struct msg_enrol enrolled = { .conn = taken.conn };

	if (a->enrolled.len > 0) {
		enrolled.message = bytes_of(a->enrolled.p + ENROLMENT_HEAD,
		    a->enrolled.len - ENROLMENT_HEAD);
		if (kept) /* else it asks again */
			(void)tell(PROC_LINK, MSG_ENROLLED, 0, &enrolled, -1);
	} else if (a->to == PROC_LINK && taken.conn >= MEDIA_CONN) {
		media_taken(&taken, kept);
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
	if (!st.broken && notices_round(e) == RC_OK &&
	    journal_round(e) == RC_OK)
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
	journal_settled(kept);
	take_settled();
	lines_settled(kept);
	notices_settled(kept);
	way_settled(kept);
	alarms_settled(kept);
	duty_settled(kept);
	life_settled(kept);
	lives_settled(kept);
	last_settled(kept);
	trouble_settled(kept, &e);
	media_settled(kept, &e);
	rows_settled(kept);
	docs_settled(kept, &e);
	people_settled(kept, &e);
	webca_settled(kept);
	changed_settled(kept);
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

/* ---- the process
 * ------------------------------------------------------------- */

static enum rc
given(const struct message *m, int fd, struct err *e)
{
	const struct msg_setting *s = &m->body.setting;
	char *value;

	(void)fd;
	if (m->kind == MSG_RULES) {
		law_given(&m->body.rules);
		return RC_OK;
	}
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
	} else if (bytes_is(s->name, "parent")) {
		st.dials = true; /* else it is reached by bundles alone */
		free(value);
	} else if (bytes_is(s->name, "contact")) {
		hours_contact_is(value);
		free(value);
	} else if (bytes_is(s->name, "checkpoint")) {
		st.checkpoint = strtoull(value, NULL, 10);
		free(value);
	} else if (bytes_is(s->name, "max-size")) {
		st.max_size = strtoull(value, NULL, 10);
		free(value);
	} else {
		setting_given(s->name, value);
		free(value);
	}
	return RC_OK;
}

/* The journal's first entry of this start; where the disk refuses it comes
 * before the next. */
static void
begins(void)
{
	struct err e;
	uint64_t number;

	if (store_write(&e) == RC_OK && journal_next(&number, &e) == RC_OK)
		journal_lost();
	settle();
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
	/* who does not know yet who he is is no judge of the time */
	st.clock.has_parent = true;
	if ((rc = journal_check(e)) != RC_OK ||
	    (rc = journal_serials(e)) != RC_OK)
		return rc;
	if ((rc = restored_open(e)) != RC_OK)
		return rc;
	if (st.incarnation == 0 && (rc = store_write(e)) == RC_OK) {
		st.incarnation = 1;
		rc = set_word_u64("incarnation", 1, e);
	}
	if (rc == RC_OK)
		begins();
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

	if ((rc = open_all(e)) == RC_OK)
		backup_sweep();
	if (rc != RC_OK ||
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

	if (backup_links() || store_write(&e) != RC_OK)
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
	if (!trouble_is()) {
		purge_some();
		operate_tick();
		reroute_tick();
		chases_tick();
		checkpoint_thin();
		drafts_tick();
		strangers_tick(process_ms());
	}
	alarms_tick(process_ms());
	unseen_tick(process_ms());
	enrol_tick(process_ms());
	renew_tick(process_ms());
	directory_tick(process_ms());
	wanted_tick(process_ms());
	life_tick(process_ms());
	restored_tick();
	backup_tick(process_ms());
	(void)lines_tick(process_ms());
}

static enum rc
begin(struct err *e)
{
	const struct timeval every = { TICK_MS / 1000, TICK_MS % 1000 * 1000 };

	work_threads_set(1); /* its sandbox has no more */
	ticker = event_new(process_base(), -1, EV_PERSIST, tick, NULL);
	if (ticker == NULL || event_add(ticker, &every) != 0)
		return fail(e, RC_IO, "no timer is to be had");
	notices_begin();
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
	else if (m->kind == MSG_TELL)
		tell_came(l, &m->body.tell);
	else if (m->kind == MSG_TOLD)
		tell_gone(l, m->body.number.number);
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
	else if (m->kind == MSG_THIN_ASK)
		thin_ask(&m->body.thin_ask);
	else if (m->kind == MSG_THIN_SECRET)
		thin_secret(&m->body.thin_secret);
	else if (m->kind == MSG_STALE)
		life_stale(m->body.number.number);
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
	if (m->kind == MSG_ASK && m->body.ask.what >= ASK_TREE)
		look_on(m->job, &m->body.ask);
	else if (m->kind == MSG_ASK)
		ask_rows(m->job, &m->body.ask);
	else if (m->kind == MSG_MARK)
		ask_mark(m->job, &m->body.mark);
	else if (m->kind == MSG_RECALL)
		recall_ask(m->job, &m->body.recall);
	else if (m->kind == MSG_ENROL_PULL)
		enrol_pull(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_ENROL_PUSH)
		enrol_push(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_ENROL_DROP)
		enrol_drop(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_INVITED)
		enrol_invited(m->job, &m->body.invited);
	else if (m->kind == MSG_DIRECTORY_GIVE)
		directory_give(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_DIRECTORY_TAKE)
		directory_take(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_EVIDENCE)
		evidence_take(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_JOURNAL)
		checkpoint_ask(m->job, &m->body.journal);
	else if (m->kind == MSG_OPERATE)
		operate_on(m->job, &m->body.operate);
	else if (m->kind == MSG_BUNDLE_NOTE)
		media_note(m->job, &m->body.bundle_note);
	else if (m->kind == MSG_DESTROYED)
		last_give(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_DUTY)
		duty_on(m->job, &m->body.duty);
	else if (m->kind == MSG_DOC)
		doc_on(m->job, &m->body.doc);
	else if (m->kind == MSG_WEB_CA)
		webca_show(m->job);
	else if (m->kind == MSG_FOUND)
		malware_found(&m->body.found);
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
	else if (from == PROC_MEDIA)
		media_said(m);
	else if (m->kind == MSG_HELD)
		station_named(&m->body.held);
	else if (m->kind == MSG_LINK_SIGNED)
		line_signed(m->job, &m->body.statement);
	else if (m->kind == MSG_VOUCHED)
		notice_signed(m->job, &m->body.vouched);
	else if (m->kind == MSG_DESK_STATE)
		notice_desk(&m->body.desk_state);
	else if (m->kind == MSG_RENEWAL)
		renew_made(&m->body.renewal);
	else if (m->kind == MSG_NOTED)
		checkpoint_noted(m->job, &m->body.noted);
	else if (m->kind == MSG_ROW_KEY_IS)
		rows_keyed(m->job, &m->body.row_key);
	else if (m->kind == MSG_PERSON)
		people_ask(m->job, &m->body.person);
	else if (m->kind == MSG_SESSION)
		people_session(m->job, &m->body.session);
	else if (m->kind == MSG_STEP_SIGNED)
		people_step_signed(m->job, &m->body.step_signed);
	else if (m->kind == MSG_WEB_CERT)
		webca_ask(m->job, &m->body.web_cert);
	else if (m->kind == MSG_WEB_SIGNED)
		webca_signed(m->job, &m->body.web_signed);
	else if (m->kind == MSG_THINNED)
		thin_keyed(m->job, &m->body.thinned);
	else if (m->kind == MSG_WITNESSED &&
		 !media_witnessed(m->job, &m->body.noted))
		lives_witnessed(m->job, &m->body.noted);
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
	if (who == PROC_MEDIA)
		media_gone();
	if (who == PROC_KEYS && up)
		st.link_job = 0, line_self(), notices_lost(), lives_keys_up();
	if (who == PROC_KEYS && !up)
		checkpoint_keys_gone(), lives_keys_gone(), media_keys_gone(),
		    thin_keys_gone(), people_keys_gone(), webca_keys_gone();
}

static void
round_ends(void)
{
	media_round();
	if (st.writing || st.broken || after_count > 0)
		settle();
	if (!trouble_is()) {
		lines_feed();
		life_feed();
		notices_feed();
	}
	if (!st.writing)
		checkpoint_round();
	changed_round();
}

static void
stop(void)
{
	const struct entry_data none = { 0 };

	journal_add(ENTRY_STOPPED, &none, 0);
	settle();
	lines_drop(false);
	media_gone();
	docs_stop();
	rows_stop();
	webca_stop();
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

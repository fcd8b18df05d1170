/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The store: the database, the directory, and every decision of the station
 * (docs/station.md 4).  Here is how it begins, ticks and ends; round.c decides
 * in one transaction what came in one round, heard.c has who answers what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/work.h"
#include "daemon/hours.h"
#include "proc_store/backup.h"
#include "proc_store/carried.h"
#include "proc_store/duty.h"
#include "proc_store/heard.h"
#include "proc_store/notices.h"
#include "proc_store/registry.h"
#include "proc_store/rows.h"
#include "proc_store/thin.h"
#include "proc_store/webca.h"

#define PURGE_AT_ONCE 200u
#define TICK_MS 1000
#define PARTIAL_KEEP (30 * TIME_DAY) /* seconds untouched */

struct station st = { .file = { .fd = -1 },
	.unit = NONE,
	.quotas = {
	    { 5000, UINT64_C(1) << 30 }, { 1000, UINT64_C(1) << 28 } } };

static struct event *ticker;

static void
log_failure(const char *event, const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, event);

	log_err(&l, e);
	process_log(LOG_WARN, &l);
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
	value = bytes_text(s->value);
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
	round_settle();
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
	round_settle();
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
	if (round_open())
		round_settle();
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
	round_settle();
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
	.message = store_hears,
	.peer = peer,
	.round = round_ends,
	.stop = stop,
};

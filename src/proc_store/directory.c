/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The directory by line: each side tells how much it knows, and hears what it
 * lacks (docs/link.md 17).
 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "pki/resolve.h"
#include "proc_store/knows.h"
#include "proc_store/notices.h"

#define OTHERS 1000u /* logs of a child that are neither below nor above it */
#define STATUS_MS INT64_C(10000)  /* between two that are answered */
#define RETRY_MS INT64_C(30000)	  /* what could not be taken is asked again */
#define USELESS 8u		  /* messages of one: docs/link.md 17.3 */
#define USELESS_MS INT64_C(60000) /* and one more in */
#define USELESS_SEEN 64u	  /* of whom that is remembered */

void
line_event(enum log_level level, const char *event, const struct line *l,
    const struct err *e)
{
	struct log_line log = log_line(level, event);

	log_str(&log, "station", bytes_str(l->station));
	if (e != NULL)
		log_err(&log, e);
	process_log(level, &log);
}

/* ---- our status
 * ------------------------------------------------------------------------ */

/* A child is told of its own logs only: of the others it has nothing to give.
 */
static bool
is_told(const struct line *l, const struct dlog *log, int64_t now)
{
	const struct state *s = &st.file.directory->state;

	return l->parent ||
	       (log->unit != NONE &&
		   (unit_within(s, log->unit, l->unit, now) ||
		       (l->far && unit_within(s, l->unit, log->unit, now))));
}

static int
by_id(const void *a, const void *b)
{
	const struct known_log *x = a, *y = b;

	return memcmp(x->log.b, y->log.b, ID_SIZE);
}

/* Those it is told of, in the order of their ids; the caller frees them. */
static struct known_log *
own_logs(const struct line *l, size_t *count)
{
	const struct directory *d = st.file.directory;
	struct known_log *logs = alloc(d->log_count + 1, sizeof(*logs));
	const int64_t now = station_now();
	const struct dlog *log;
	size_t i;

	*count = 0;
	for (i = 0; i < d->log_count; i++) {
		log = &d->logs[i];
		if (is_told(l, log, now))
			logs[(*count)++] = (struct known_log){ log->id,
				log->log.tree.size, log->note.checkpoint.at };
	}
	qsort(logs, *count, sizeof(*logs), by_id);
	return logs;
}

void
directory_says(struct buf *out, const struct line *l)
{
	const struct directory *d = st.file.directory;
	struct known_log *logs;
	struct told t = { .fork_count = 0 };
	size_t i;

	logs = own_logs(l, &t.status.count);
	t.status.logs = alloc(t.status.count + 1, sizeof(*t.status.logs));
	t.ats = alloc(t.status.count + 1, sizeof(*t.ats));
	t.forks = alloc(TOLD_FORKS, sizeof(*t.forks));
	for (i = 0; i < t.status.count; i++) {
		t.status.logs[i] =
		    (struct status_log){ logs[i].log, logs[i].size };
		t.ats[i] = logs[i].at;
	}
	cert_fingerprint(t.status.root, d->root);
	for (i = 0; i < d->fork_count && i < TOLD_FORKS; i++)
		t.forks[t.fork_count++] = d->forks[i].log;
	told_write(out, &t);
	free(logs);
	told_free(&t);
}

static void
say_status(struct line *l)
{
	struct buf message;

	directory_says(&message, l);
	(void)tell_send(l, TELL_STATUS, buf_bytes(&message));
	buf_free(&message);
}

void
directory_line(struct line *l)
{
	if (!l->tells)
		return;
	l->knows = alloc(1, sizeof(*l->knows));
	l->knows->since = process_ms();
	say_status(l);
	wanted_line(l);
}

void
directory_line_free(struct line *l)
{
	struct knows *k = l->knows;

	if (k == NULL)
		return;
	free(k->logs);
	free(k->forks);
	free(k->given);
	free(k->giving);
	buf_free(&k->status);
	free(k);
	l->knows = NULL;
}

/* ---- its status
 * ------------------------------------------------------------------------ */

/* What of it is worth keeping: of a child, whatever it says, its own logs,
 * those above, and some that it asked for. */
static bool
is_kept(const struct line *l, const struct id *log, size_t *others)
{
	const struct state *s = &st.file.directory->state;
	const size_t unit = unit_by_uid(s, log);
	const int64_t now = station_now();

	if (unit == NONE || s->units[unit].log == NONE)
		return false;
	return l->parent || unit_within(s, unit, l->unit, now) ||
	       unit_within(s, l->unit, unit, now) || (*others)++ < OTHERS;
}

/* docs/link.md 17.1. */
static enum rc
read_status(struct line *l, struct bytes message, struct err *e)
{
	struct knows *k = l->knows;
	struct known_log is;
	size_t i, others = 0;
	struct told t;
	enum rc rc;

	if ((rc = told_read(&t, message, e)) != RC_OK)
		return rc;
	if (!status_fits(&t.status, st.file.directory)) {
		told_free(&t);
		return fail(e, RC_DENIED,
		    "docs/link.md 17.1: its directory has another root");
	}
	k->count = k->fork_count = 0;
	for (i = 0; i < t.status.count; i++) {
		is = (struct known_log){ t.status.logs[i].log,
			t.status.logs[i].size, t.ats[i] };
		if (is_kept(l, &is.log, &others))
			knows_note(k, &is);
	}
	for (i = 0; i < t.fork_count; i++)
		knows_fork(k, &t.forks[i]);
	told_free(&t);
	return RC_OK;
}

void
directory_bundle(struct line *l, struct bytes status)
{
	struct err e;

	l->knows = alloc(1, sizeof(*l->knows));
	if (status.len > 0 && read_status(l, status, &e) != RC_OK)
		line_event(LOG_WARN, "status.refused", l, &e);
}

static void
take_status(struct line *l, struct bytes status)
{
	struct knows *k = l->knows;
	struct err e;

	k->answers = process_ms() + STATUS_MS;
	k->said = read_status(l, status, &e) == RC_OK;
	k->news = k->said;
	if (!k->said)
		line_event(LOG_WARN, "status.refused", l, &e);
}

/* The one that waits is no longer kept. */
static void
drop_status(struct line *l)
{
	tell_let(l, l->knows->status.len);
	buf_free(&l->knows->status);
}

void
directory_status(struct line *l, struct bytes message)
{
	struct knows *k = l->knows;

	if (k == NULL)
		return;
	drop_status(l); /* the newest counts */
	if (process_ms() >= k->answers)
		take_status(l, message);
	else if (tell_hold(l, message.len))
		buf_add(&k->status, message);
}

/* ---- what comes
 * ------------------------------------------------------------------------ */

static void
log_learned(const struct applied *did, const struct err *e)
{
	const enum log_level level =
	    e != NULL || did->forks > 0 ? LOG_WARN : LOG_INFO;
	struct log_line l = log_line(level, "directory.learned");

	log_uint(&l, "acts", did->acts);
	log_uint(&l, "forks", did->forks);
	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

/* Of whose authority it is. */
static void
raise_fork(const struct fork *f)
{
	struct directory *d = st.file.directory;
	const size_t unit = unit_by_uid(&d->state, &f->log);
	char name[LIMIT_ADDRESS + 1] = "";

	if (unit == NONE || !address_of(d, unit, NONE, station_now(), name))
		name[0] = '\0';
	alarm_raise(STORE_ALARM_FORK, bytes_str(name), 0, "");
}

static void
note_learned(const struct applied *did, struct bytes directory)
{
	struct entry_data d = { .number = did->acts, .code = did->forks };
	const size_t known = st.file.directory->fork_count;
	size_t i;

	sha256(d.hash, directory);
	journal_add(ENTRY_LEARNED, &d, 0);
	for (i = known - (did->forks < known ? did->forks : known); i < known;
	     i++)
		raise_fork(&st.file.directory->forks[i]);
}

enum rc
station_learns(struct bytes directory, struct applied *did, struct err *e)
{
	struct buf file = { 0 }, parts;
	enum rc rc;

	*did = (struct applied){ 0 };
	/* what the journal cannot say is not learnt */
	if ((rc = store_write(e)) != RC_OK ||
	    (rc = directory_reserve(&st.file, directory.len, e)) != RC_OK)
		goto out;
	buf_add(&file, directory);
	rc = directory_apply(st.file.directory, &file, did, e);
	if (rc != RC_OK || !did->news) {
		directory_release(&st.file);
		goto out;
	}
	directory_parts(&parts, directory);
	if (directory_append(&st.file, buf_bytes(&parts), e) != RC_OK)
		bug(e->text); /* memory would be ahead of the disk */
	buf_free(&parts);
	note_learned(did, directory);
	if (st.address[0] != '\0')
		station_looks();
	directory_grew();
out:
	log_learned(did, rc == RC_OK ? NULL : e);
	return rc;
}

/* Who sent what was of no use: each has so much before he is not heard. */
static struct useless {
	struct id unit;
	unsigned left;
	int64_t at; /* milliseconds */
} useless[USELESS_SEEN];

static struct useless *
useless_of(const struct id *unit)
{
	struct useless *u, *oldest = useless;
	const int64_t ms = process_ms();

	for (u = useless; u < useless + USELESS_SEEN; u++) {
		if (id_eq(&u->unit, unit) && u->at != 0) {
			for (; u->left < USELESS && ms - u->at >= USELESS_MS;
			     u->left++)
				u->at += USELESS_MS;
			return u;
		}
		if (u->at < oldest->at)
			oldest = u;
	}
	*oldest = (struct useless){ *unit, USELESS, ms };
	return oldest;
}

static bool
is_heard(const struct line *l)
{
	const struct useless *u;

	for (u = useless; u < useless + USELESS_SEEN; u++)
		if (u->at != 0 && id_eq(&u->unit, &l->uid))
			return useless_of(&l->uid)->left > 0;
	return true;
}

static void
was_useless(const struct line *l)
{
	struct useless *u = useless_of(&l->uid);

	if (u->left == USELESS)
		u->at = process_ms();
	u->left--;
	if (u->left == 0)
		line_event(LOG_WARN, "directory.not_heard", l, NULL);
}

void
directory_came(struct line *l, struct bytes message)
{
	const uint64_t conn = l->conn;
	struct applied did;
	struct err e;
	enum rc rc;

	if (l->knows == NULL || !is_heard(l))
		return;
	rc = station_learns(message, &did, &e);
	/* what was learnt may have ended this line */
	if ((l = line_of(conn)) == NULL)
		return;
	if (rc == RC_OK)
		knows_file(l->knows, message);
	else if (l->knows->retry == 0)
		l->knows->retry = process_ms() + RETRY_MS;
	if (rc != RC_IO && (rc != RC_OK || !did.news))
		was_useless(l);
}

void
directory_grew(void)
{
	size_t i;

	lines_judge();
	wanted_grew();
	strangers_look();
	for (i = 0; i < st.line_count; i++)
		if (st.lines[i]->knows != NULL)
			st.lines[i]->knows->news = st.lines[i]->knows->said;
	if (st.line_count > 0)
		slice_wake();
}

void
directory_tick(int64_t ms)
{
	struct knows *k;
	size_t i;

	give_tick(ms);
	for (i = 0; i < st.line_count; i++) {
		k = st.lines[i]->knows;
		if (k == NULL)
			continue;
		if (k->status.len > 0 && ms >= k->answers) {
			take_status(st.lines[i], buf_bytes(&k->status));
			drop_status(st.lines[i]);
		}
		if (k->retry != 0 && ms >= k->retry) {
			k->retry = 0;
			say_status(st.lines[i]);
		}
		if (k->giving_count > 0 && ms >= k->gives)
			slice_wake();
	}
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A copy of all that the store has, as of one moment (docs/backup.md 2): of
 * the database in slices, then of the files a second name each.  The command
 * reads and seals it; then it goes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc_store/backup.h"

#define SLICE (UINT64_C(1) << 20) /* bytes of the database at a time */
#define LINKS 256u		  /* files at a time */
#define TOLD_MS 200
#define SPARE (UINT64_C(64) << 20) /* bytes that stay free */
#define KEEP_MS INT64_C(86400000)  /* what nobody came back for */
#define WORD "backup"
#define PATH_SIZE 4096

static struct {
	bool is, ready; /* it is being made; it is there to be read */
	uint64_t job;
	int64_t told, since; /* process_ms() */
	DIR *files;	     /* they are being linked; NULL: not yet */
	uint64_t count;
} copy;

static void
path_of(char out[static PATH_SIZE], const char *folder, const char *name)
{
	(void)snprintf(out, PATH_SIZE, "%s/%s%s%s", st.data, folder,
	    name[0] == '\0' ? "" : "/", name);
}

/* ---- its folder
 * ------------------------------------------------------------------ */

static void
empty(const char *folder)
{
	char path[PATH_SIZE];
	const struct dirent *d;
	DIR *all;

	path_of(path, folder, "");
	if ((all = opendir(path)) == NULL)
		return;
	while ((d = readdir(all)) != NULL)
		if (d->d_name[0] != '.')
			(void)unlinkat(dirfd(all), d->d_name, 0);
	(void)closedir(all);
}

/* The folders stay, empty.  What is left of one is in nobody's way but the
 * disk's: best effort. */
void
backup_sweep(void)
{
	empty(STORE_COPY "/files");
	empty(STORE_COPY);
}

static void
drop(void)
{
	st.store->ops->backup->end(st.store);
	if (copy.files != NULL)
		(void)closedir(copy.files);
	copy.files = NULL;
	copy.is = copy.ready = false;
	backup_sweep();
}

static enum rc
make_folders(struct err *e)
{
	char path[PATH_SIZE];

	path_of(path, STORE_COPY, "");
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return fail_io(e, "%s cannot be made", path);
	path_of(path, STORE_COPY, "files");
	return mkdir(path, 0700) == 0 || errno == EEXIST
		   ? RC_OK
		   : fail_io(e, "%s cannot be made", path);
}

/* ---- making it
 * ------------------------------------------------------------------- */

/* The database will be there twice for a while. */
static enum rc
check_room(struct err *e)
{
	uint64_t left, all;
	char path[PATH_SIZE];
	struct stat s;
	enum rc rc;

	path_of(path, "store.db", "");
	if (stat(path, &s) != 0)
		return fail_io(e, "%s", path);
	if ((rc = st.disk->ops->room(st.disk, &left, &all, e)) != RC_OK)
		return rc;
	if (left < (uint64_t)s.st_size + SPARE)
		return fail(e, RC_IO,
		    "docs/backup.md 2.2: the copy needs %llu bytes of this "
		    "disk, and %llu are free",
		    (unsigned long long)s.st_size + SPARE,
		    (unsigned long long)left);
	return RC_OK;
}

static enum rc
begin(uint64_t job, struct err *e)
{
	enum rc rc;

	if (copy.is && !copy.ready)
		return fail(e, RC_EXISTS,
		    "a backup of this station is being made already");
	if (st.store->ops->backup == NULL)
		return fail(e, RC_ABSENT, "this store cannot be copied");
	drop(); /* one that nobody came back for */
	if ((rc = check_room(e)) != RC_OK || (rc = make_folders(e)) != RC_OK ||
	    (rc = st.store->ops->backup->begin(st.store, e)) != RC_OK) {
		drop();
		return rc;
	}
	copy.is = true;
	copy.job = job;
	copy.since = copy.told = process_ms();
	copy.count = 0;
	slice_wake();
	return RC_OK;
}

static void
tell_progress(uint64_t done, uint64_t total)
{
	const struct msg_progress p = { done, total };

	if (process_ms() - copy.told < TOLD_MS)
		return;
	copy.told = process_ms();
	(void)tell(PROC_CONTROL, MSG_PROGRESS, copy.job, &p, -1);
}

/* Nothing that is named by a row of the copy goes before it has its second
 * name. */
static enum rc
begin_links(struct err *e)
{
	char path[PATH_SIZE];

	path_of(path, "files", "");
	copy.files = opendir(path);
	return copy.files != NULL ? RC_OK : fail_io(e, "%s", path);
}

static enum rc
link_one(const char *name, struct err *e)
{
	char from[PATH_SIZE], to[PATH_SIZE];

	path_of(from, "files", name);
	path_of(to, STORE_COPY "/files", name);
	if (link(from, to) == 0 || errno == ENOENT || errno == EEXIST)
		return RC_OK; /* who goes now is nobody's */
	return fail_io(e,
	    "docs/backup.md 2.2: this disk gives no file a second name; stop "
	    "the station and back it up so");
}

static enum rc
link_some(bool *over, struct err *e)
{
	const struct dirent *d = NULL;
	enum rc rc = RC_OK;
	unsigned i;

	for (i = 0; i < LINKS && rc == RC_OK; i++) {
		if ((d = readdir(copy.files)) == NULL)
			break;
		if (d->d_name[0] != '.')
			rc = link_one(d->d_name, e), copy.count++;
	}
	*over = rc == RC_OK && d == NULL;
	return rc;
}

static enum rc
some(bool *over, struct err *e)
{
	uint64_t done, total;
	bool all;
	enum rc rc;

	*over = false;
	if (copy.files != NULL)
		return link_some(over, e);
	rc = st.store->ops->backup->step(
	    st.store, SLICE, &done, &total, &all, e);
	if (rc == RC_OK)
		tell_progress(done, total);
	return rc == RC_OK && all ? begin_links(e) : rc;
}

static void
log_made(const char *event, enum log_level level, const struct err *e)
{
	struct log_line l = log_line(level, event);

	log_uint(&l, "files", copy.count);
	log_uint(&l, "ms", (uint64_t)(process_ms() - copy.since));
	if (e != NULL)
		log_err(&l, e);
	process_log(level, &l);
}

bool
backup_slice(void)
{
	struct msg_done done = { .rc = RC_OK };
	struct err e = { 0 };
	bool over;

	if (!copy.is || copy.ready || st.writing)
		return copy.is && !copy.ready;
	if (some(&over, &e) != RC_OK) {
		log_made("backup.failed", LOG_WARN, &e);
		drop();
		say_done(PROC_CONTROL, copy.job, &e, NULL);
		return false;
	}
	if (!over)
		return true;
	(void)closedir(copy.files);
	copy.files = NULL;
	copy.ready = true;
	log_made("backup.copied", LOG_INFO, NULL);
	done.count = copy.count;
	(void)tell(PROC_CONTROL, MSG_DONE, copy.job, &done, -1);
	return false;
}

bool
backup_links(void)
{
	return copy.files != NULL;
}

void
backup_tick(int64_t ms)
{
	if (copy.ready && ms - copy.since > KEEP_MS)
		drop();
}

/* ---- when it is over
 * --------------------------------------------------------------- */

int64_t
backup_last(void)
{
	uint64_t at;
	struct err e;

	return word_u64(WORD, &at, &e) == RC_OK && at <= INT64_MAX ? (int64_t)at
								   : 0;
}

static enum rc
ended(bool whole, struct err *e)
{
	enum rc rc;

	if (copy.is && !copy.ready)
		return fail(e, RC_EXISTS,
		    "a backup of this station is being made already");
	drop();
	if (!whole)
		return RC_OK;
	if ((rc = store_write(e)) == RC_OK)
		rc = set_word_u64(WORD, (uint64_t)station_now(), e);
	if (rc == RC_OK)
		log_made("backup.made", LOG_INFO, NULL);
	return rc;
}

void
backup_on(uint64_t job, const struct msg_operate *m)
{
	struct err e = { 0 };
	enum rc rc;

	if (m->what == OPERATE_BACKUP)
		rc = begin(job, &e);
	else if (m->what == OPERATE_BACKED)
		rc = ended(m->q == 1, &e);
	else
		rc = restored_reopen(&e);
	if (rc != RC_OK)
		say_done(PROC_CONTROL, job, &e, NULL);
	else if (m->what != OPERATE_BACKUP) /* that is answered at its end */
		after_counted(job, 1);
}

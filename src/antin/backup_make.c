/* SPDX-License-Identifier: EUPL-1.2 */
/* Making a backup of a station, and the lock of one that does not run. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "antin/backup.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "crypto/random.h"
#include "pki/resolve.h"

#define CONF "/etc/antin/antind.conf"
#define MOVED "moved"
#define MOVED_MAX 1024u

/* ---- the lock, and the mark
 * -------------------------------------------------------- */

enum rc
station_hold(int *fd, const char *dir, struct err *e)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char *run = station_in(dir, "run"),
	     *path = station_in(dir, "run/antind.pid");
	enum rc rc = RC_OK;

	(void)mkdir(run, 0711);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (*fd < 0)
		rc = fail_io(e, "%s cannot be opened", path);
	else if (fcntl(*fd, F_SETLK, &lock) != 0)
		rc = fail(e, RC_EXISTS,
		    "the station runs; stop it first: antin station stop %s",
		    dir);
	free(run);
	free(path);
	return rc;
}

/* One backup of a station at a time: each has its copy. */
static enum rc
be_alone(int *fd, const char *dir, struct err *e)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char *run = station_in(dir, "run"),
	     *path = station_in(dir, "run/backup.lock");
	enum rc rc = RC_OK;

	(void)mkdir(run, 0711);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		rc = fail_io(e, "%s cannot be opened", path);
	else if (fcntl(*fd, F_SETLK, &lock) != 0)
		rc = fail(e, RC_EXISTS,
		    "a backup of this station is being made already");
	free(run);
	free(path);
	return rc;
}

enum rc
station_here(const char *dir, struct err *e)
{
	char *path = station_in(dir, MOVED);
	const bool moved = file_exists(path);

	free(path);
	return !moved ? RC_OK
		      : fail(e, RC_DENIED,
			    "docs/backup.md 6.3: the station in %s was moved "
			    "to another machine, and is closed here",
			    dir);
}

/* It does not start here again.  On disk when it returns. */
static enum rc
close_here(const char *dir, const struct backup_head *h, const char *path,
    struct err *e)
{
	char *mark = station_in(dir, MOVED), when[TIME_TEXT], id[ID_TEXT];
	struct buf text = { 0 };
	enum rc rc;

	time_write_vn(when, h->at);
	id_write(id, &h->id);
	buf_add(&text, bytes_str("moved: "));
	buf_add(&text, bytes_str(when));
	buf_add(&text, bytes_str("\nbackup: "));
	buf_add(&text, bytes_str(id));
	buf_add(&text, bytes_str("\nfile: "));
	buf_add(&text, bytes_str(path));
	buf_u8(&text, '\n');
	rc = file_write(mark, buf_bytes(&text), 0600, true, e);
	buf_free(&text);
	free(mark);
	return rc;
}

/* ---- for whom
 * --------------------------------------------------------------------- */

struct making {
	const struct args *a;
	const char *dir;
	struct backup_head h;
	struct directory *directory; /* owned */
	struct identity station;     /* owned */
	struct buf officers;	     /* owned: names borrow it */
	struct backup_for whom[SHAMIR_MAX];
	size_t count;
	const char *from; /* where the database and the files are */
	uint64_t files;	  /* of them, put into it */
	struct backup_out out;
	struct progress progress;
};

/* His KEM key of today. */
static void
find_officer(struct making *m, struct bytes name)
{
	struct directory *d = m->directory;
	struct resolved who;
	struct err e;
	size_t c = NONE;

	if (resolve(d, name, m->h.at, &who, &e) == RC_OK && who.holder != NONE)
		c = cert_in_force(
		    d, who.unit, who.holder, CERT_DESK, CERT_KEM, m->h.at);
	if (c != NONE)
		m->whom[m->count++] =
		    (struct backup_for){ name, &d->state.certs[c].cert };
	else
		say("%.*s has no key in force: the backup is not sealed for "
		    "it. antin backup officers names others.\n",
		    (int)name.len, (const char *)name.p);
}

static enum rc
find_officers(struct making *m, struct err *e)
{
	char *path = station_in(m->dir, "backup-officers");
	struct backup_officers o;
	enum rc rc;
	unsigned i;

	if (!file_exists(path))
		rc = fail(e, RC_ABSENT,
		    "docs/backup.md 1.2: nobody is named who may open a "
		    "backup of this station; antin backup officers does");
	else
		rc = file_read(&m->officers, path, BACKUP_OFFICERS_MAX, e);
	if (rc == RC_OK && (rc = backup_officers_read(
				&o, buf_bytes(&m->officers), e)) != RC_OK)
		rc = fail_at(e, "%s", path);
	for (i = 0; rc == RC_OK && i < o.count; i++)
		find_officer(m, o.names[i]);
	if (rc == RC_OK && m->count < o.quorum)
		rc = fail(e, RC_ABSENT,
		    "docs/backup.md 1.3: %zu officers have a key in force, %u "
		    "are wanted to open a backup; antin backup officers names "
		    "others",
		    m->count, o.quorum);
	if (rc == RC_OK)
		m->h.quorum = o.quorum;
	free(path);
	return rc;
}

static enum rc
find_all(struct making *m, struct err *e)
{
	char *directory = station_in(m->dir, "directory"),
	     *inside = station_in(m->dir, "station.key");
	const char *given = arg(m->a, "station-key");
	enum rc rc;

	rc = who_acts(&m->station, m->a, given != NULL ? given : inside, e);
	if (rc == RC_OK)
		rc = directory_read(&m->directory, directory, true, e);
	if (rc == RC_OK)
		m->h.address = m->station.card.sign.address;
	if (rc == RC_OK)
		rc = find_officers(m, e);
	free(directory);
	free(inside);
	return rc;
}

/* ---- what
 * ------------------------------------------------------------------------- */

/* A file of the data folder; "must": it has to be there. */
static enum rc
put_one(struct making *m, const char *name, const char *path, bool must,
    struct err *e)
{
	char full[BACKUP_NAME + 1];

	if (!must && !file_exists(path))
		return RC_OK;
	(void)snprintf(full, sizeof(full), "%s", name);
	return backup_out_file(&m->out, full, path, e);
}

static enum rc
put_here(struct making *m, const char *name, bool must, struct err *e)
{
	char *path = station_in(m->dir, name), full[BACKUP_NAME + 1];
	enum rc rc;

	(void)snprintf(full, sizeof(full), "data/%s", name);
	rc = put_one(m, full, path, must, e);
	free(path);
	return rc;
}

/* Those files of a folder whose name is of this length, or ends so. */
static enum rc
put_folder(struct making *m, const char *folder, const char *as,
    const char *end, size_t length, struct err *e)
{
	char name[BACKUP_NAME + 1], *path;
	const struct dirent *entry;
	DIR *all = opendir(folder);
	enum rc rc = RC_OK;
	size_t n;

	if (all == NULL)
		return errno == ENOENT
			   ? RC_OK
			   : fail_io(e, "%s cannot be opened", folder);
	while (rc == RC_OK && (entry = readdir(all)) != NULL) {
		n = strlen(entry->d_name);
		if (entry->d_name[0] == '.' || n > 100 ||
		    (length != 0 && n != length) || n < strlen(end) ||
		    strcmp(entry->d_name + n - strlen(end), end) != 0)
			continue;
		(void)snprintf(
		    name, sizeof(name), "%s%.100s", as, entry->d_name);
		path = station_path(folder, entry->d_name);
		rc = put_one(m, name, path, true, e);
		free(path);
		m->files += length != 0;
	}
	(void)closedir(all);
	return rc;
}

static enum rc
put_conf(struct making *m, struct err *e)
{
	const char *given = arg(m->a, "conf");
	char *inside = station_path(m->dir, "antind.conf");
	enum rc rc;

	if (given != NULL)
		rc = put_one(m, "antind.conf", given, true, e);
	else if (file_exists(inside))
		rc = put_one(m, "antind.conf", inside, true, e);
	else
		rc = put_one(m, "antind.conf", CONF, false, e);
	free(inside);
	return rc;
}

static enum rc
put_keys(struct making *m, struct err *e)
{
	const char *given = arg(m->a, "station-key");
	char *keys = station_in(m->dir, "keys"),
	     *rules = station_in(m->dir, "rules");
	enum rc rc;

	rc = given != NULL ? put_one(m, "data/station.key", given, true, e)
			   : put_here(m, "station.key", true, e);
	if (rc == RC_OK)
		rc = put_here(m, "station.key.next", false, e);
	if (rc == RC_OK)
		rc = put_here(m, "station.key.old", false, e);
	if (rc == RC_OK)
		rc = put_folder(m, keys, "data/keys/", ".key", 0, e);
	if (rc == RC_OK)
		rc = put_folder(m, rules, "data/rules/", ".rules", 0, e);
	free(rules);
	free(keys);
	return rc;
}

static enum rc
put_store(struct making *m, struct err *e)
{
	char *folder = station_in(m->dir, m->from),
	     *db = station_path(folder, "store.db"),
	     *wal = station_path(folder, "store.db-wal"),
	     *files = station_path(folder, "files");
	enum rc rc;

	rc = put_one(m, "data/store/store.db", db, true, e);
	if (rc == RC_OK)
		rc = put_one(m, "data/store/store.db-wal", wal, false, e);
	if (rc == RC_OK)
		rc = put_folder(m, files, "data/store/files/", "", 64, e);
	free(files);
	free(wal);
	free(db);
	free(folder);
	return rc;
}

static uint64_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* About: what the small files have is not counted. */
static uint64_t
size_of_all(const struct making *m)
{
	char *folder = station_in(m->dir, m->from),
	     *db = station_path(folder, "store.db"),
	     *files = station_path(folder, "files"), *path;
	uint64_t sum = size_of(db);
	const struct dirent *entry;
	DIR *all = opendir(files);

	while (all != NULL && (entry = readdir(all)) != NULL) {
		path = station_path(files, entry->d_name);
		sum += entry->d_name[0] == '.' ? 0 : size_of(path);
		free(path);
	}
	if (all != NULL)
		(void)closedir(all);
	free(files);
	free(db);
	free(folder);
	return sum;
}

static enum rc
write_all(struct making *m, const char *path, struct err *e)
{
	const uint64_t size = size_of_all(m);
	uint8_t key[AEAD_KEY];
	struct buf head = { 0 };
	enum rc rc;

	rc = backup_head_make(&head, key, &m->h, m->whom, m->count, e);
	if (rc != RC_OK)
		return rc;
	rc = backup_out_open(
	    &m->out, path, arg_given(m->a, "force"), buf_bytes(&head), key, e);
	wipe(key, sizeof(key));
	buf_free(&head);
	if (rc == RC_OK)
		rc = out_room(&m->out.file, size, e);
	m->progress = progress_start(tr("Backing up"), size);
	m->out.progress = &m->progress;
	if (rc == RC_OK && (rc = put_conf(m, e)) == RC_OK &&
	    (rc = put_keys(m, e)) == RC_OK &&
	    (rc = put_here(m, "backup-officers", true, e)) == RC_OK &&
	    (rc = put_store(m, e)) == RC_OK &&
	    /* behind the database: one that knows more is no harm */
	    (rc = put_here(m, "directory", true, e)) == RC_OK)
		rc = backup_out_end(&m->out, &m->station, e);
	progress_end(&m->progress);
	return rc;
}

/* ---- of one that runs, and of one that does not
 * ------------------------------------- */

static void
copying(void *ctx, uint64_t done, uint64_t total)
{
	struct progress *p = ctx;

	p->total = total;
	progress_to(p, done);
}

static enum rc
of_running(struct making *m, struct talk *t, const char *path, struct err *e)
{
	struct progress p = progress_start(tr("Copying the database"), 0);
	const struct control_ears ears = { .progress = copying, .ctx = &p };
	json_t *over = json_object(), *copied = NULL;
	struct err why;
	enum rc rc;

	m->from = "store/backup";
	rc = talk_ask(t, CONTROL_BACKUP, NULL, &ears, &copied, e);
	progress_end(&p);
	if (rc == RC_OK) {
		rc = write_all(m, path, e);
		/* the station was started anew, or a day has passed */
		if (rc == RC_OK &&
		    m->files != (uint64_t)row_int(copied, "files"))
			rc = fail(e, RC_IO,
			    "docs/backup.md 2.1: the copy went while it was "
			    "read; try again");
		if (rc == RC_OK)
			rc = out_commit(&m->out.file, e);
		show_bool(over, "all", rc == RC_OK);
		/* of a station that has ended meanwhile the copy goes when it
		 * starts */
		if (talk_ask(t, CONTROL_BACKED, over, NULL, NULL, &why) !=
			RC_OK &&
		    rc == RC_OK)
			say("The backup is whole; the station could not be "
			    "told: %s\n",
			    why.text);
		over = NULL;
	}
	json_decref(over);
	json_decref(copied);
	return rc;
}

/* What a move goes on with is no copy: its store has to know that it is. */
static enum rc
check_moves(const struct making *m, struct err *e)
{
	char *mark = station_in(m->dir, "store/restored");
	const bool fresh = file_exists(mark);

	free(mark);
	return m->h.kind != BACKUP_MOVE || !fresh
		   ? RC_OK
		   : fail(e, RC_DENIED,
			 "docs/backup.md 6.1: the station in %s was restored "
			 "and has not been started; restore its backup at the "
			 "new machine",
			 m->dir);
}

static enum rc
of_stopped(struct making *m, const char *path, struct err *e)
{
	int fd;
	enum rc rc;

	m->from = "store";
	if ((rc = station_hold(&fd, m->dir, e)) == RC_OK &&
	    (rc = check_moves(m, e)) == RC_OK &&
	    (rc = write_all(m, path, e)) == RC_OK) {
		if (m->h.kind == BACKUP_MOVE)
			rc = close_here(m->dir, &m->h, path, e);
		if (rc == RC_OK)
			rc = out_commit(&m->out.file, e);
	}
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

enum rc
backup_make(const struct args *a, const char *dir, const char *path,
    enum backup_kind kind, struct err *e)
{
	struct making m = { .a = a,
		.dir = dir,
		.h = { .kind = kind, .at = time_now() },
		.out = { .file = { .dir = -1, .fd = -1 } } };
	struct talk t = { .fd = -1 };
	int alone = -1;
	enum rc rc;

	random_bytes(m.h.id.b, ID_SIZE);
	if ((rc = be_alone(&alone, dir, e)) != RC_OK ||
	    (rc = find_all(&m, e)) != RC_OK)
		goto out;
	rc = talk_open_at(&t, a, dir, e);
	if (rc == RC_OK && kind == BACKUP_MOVE)
		rc = fail(e, RC_EXISTS,
		    "the station runs; stop it first: antin station stop %s",
		    dir);
	else if (rc == RC_OK)
		rc = of_running(&m, &t, path, e);
	else if (rc == RC_ABSENT)
		rc = of_stopped(&m, path, e);
	if (rc == RC_OK)
		backup_say(&m.h);
out:
	if (alone >= 0)
		(void)close(alone);
	talk_close(&t);
	backup_out_drop(&m.out);
	identity_free(&m.station);
	directory_free(m.directory);
	buf_free(&m.officers);
	return rc;
}

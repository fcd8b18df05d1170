/* SPDX-License-Identifier: EUPL-1.2 */
/* antin restore, antin station move and reopen (docs/backup.md 4 to 6). */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "antin/backup.h"
#include "antin/tree.h"
#include "core/lang.h"
#include "core/time.h"

#define CONF_BYTES 65536u
#define MARK "data/store/restored"
#define BEGUN "restoring" /* in a folder that is being filled */

/* Folders of a station, as antin station new has them, and of its store. */
static const struct {
	const char *name;
	mode_t mode;
} folders[] = {
	{ "data", 0711 },
	{ "data/keys", 0700 },
	{ "data/rules", 0755 },
	{ "data/store", 0700 },
	{ "data/store/files", 0700 },
	{ "data/store/partial", 0700 },
	{ "log", 0700 },
};
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

struct restoring {
	const struct args *a;
	struct backup_in in;
	char *temp;		     /* owned: the folder; NULL: none */
	int begun;		     /* its BEGUN, locked; -1: none */
	struct directory *directory; /* owned */
	size_t files;
	struct progress progress;
};

/* All but the folder itself and its BEGUN: they go last, so that what a kill
 * leaves is known yet. */
static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *f)
{
	(void)st;
	(void)what;
	if (f->level == 0 ||
	    (f->level == 1 && strcmp(path + f->base, BEGUN) == 0))
		return 0;
	return remove(path);
}

static bool
remove_temp(const char *temp)
{
	char *begun = station_path(temp, BEGUN);
	const bool gone = nftw(temp, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0;

	if (gone)
		(void)unlink(begun);
	free(begun);
	return gone && rmdir(temp) == 0;
}

static enum rc
sync_folder(const char *path, struct err *e)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum rc rc = RC_OK;

	if (fd < 0 || fsync(fd) != 0)
		rc = fail_io(e, "%s cannot be synced", path);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* ---- its folder
 * ---------------------------------------------------------------------- */

/* What one that was killed has left goes, as it holds keys; it is known by the
 * file BEGUN, which nobody else holds. */
static enum rc
clear_temp(const char *temp, struct err *e)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char *begun = station_path(temp, BEGUN);
	const int fd = open(begun, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	enum rc rc = RC_OK;

	if (fd < 0 || fcntl(fd, F_SETLK, &lock) != 0)
		rc = fail(e, RC_EXISTS,
		    "%s is there already; nothing was changed", temp);
	else if (!remove_temp(temp))
		rc = fail_io(e, "%s cannot be removed", temp);
	if (fd >= 0)
		(void)close(fd);
	free(begun);
	return rc;
}

/* Make the folder, and hold it. */
static enum rc
take_temp(struct restoring *r, struct err *e)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char *temp, *begun;
	enum rc rc = RC_OK;

	if (asprintf(&temp, "%s.restoring", r->a->rest[1]) < 0)
		bug("no memory");
	if (rmdir(temp) != 0 && file_exists(temp) &&
	    (rc = clear_temp(temp, e)) != RC_OK) {
		free(temp);
		return rc;
	}
	begun = station_path(temp, BEGUN);
	if (mkdir(temp, 0700) != 0)
		rc = fail_io(e, "%s cannot be made", temp);
	if (rc == RC_OK) {
		r->temp = temp; /* what is in it is ours now */
		temp = NULL;
		r->begun = open(begun,
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (r->begun < 0 || fcntl(r->begun, F_SETLK, &lock) != 0)
			rc = fail_io(e, "%s cannot be made", begun);
	}
	free(temp);
	free(begun);
	return rc;
}

static enum rc
make_folders(struct restoring *r, struct err *e)
{
	char *path;
	enum rc rc;
	size_t i;

	if ((rc = take_temp(r, e)) != RC_OK)
		return rc;
	if (chmod(r->temp, 0711) != 0)
		rc = fail_io(e, "%s cannot be made", r->temp);
	for (i = 0; i < FOLDERS && rc == RC_OK; i++) {
		path = station_path(r->temp, folders[i].name);
		if (mkdir(path, folders[i].mode) != 0 ||
		    chmod(path, folders[i].mode) != 0)
			rc = fail_io(e, "%s cannot be made", path);
		free(path);
	}
	return rc;
}

/* The station is closed until it is known how far it had come. */
static enum rc
put_mark(const struct restoring *r, struct err *e)
{
	char *path = station_path(r->temp, MARK);
	struct buf b = { 0 };
	enum rc rc = RC_OK;

	buf_u64(&b, (uint64_t)r->in.head.at);
	if (r->in.head.kind == BACKUP_COPY)
		rc = file_write(path, buf_bytes(&b), 0600, false, e);
	buf_free(&b);
	free(path);
	return rc;
}

/* ---- its files
 * ----------------------------------------------------------------------- */

static enum rc
put_file(struct restoring *r, const struct backup_entry *entry, struct err *e)
{
	uint8_t want[SHA256_SIZE], sum[SHA256_SIZE];
	char *path = station_path(r->temp, entry->name);
	struct sha256 hash = sha256_start();
	struct out_file out;
	struct bytes more;
	enum rc rc;

	if ((rc = out_open(&out, path, 0600, false, e)) != RC_OK ||
	    (rc = out_room(&out, entry->size, e)) != RC_OK)
		goto out;
	while ((rc = backup_in_data(&r->in, &more, e)) == RC_OK &&
	       more.len > 0 && (rc = out_put(&out, more, e)) == RC_OK)
		sha256_add(&hash, more);
	sha256_end(&hash, sum);
	hash = (struct sha256){ 0 };
	if (rc == RC_OK && backup_entry_sum(entry, want) &&
	    memcmp(want, sum, sizeof(sum)) != 0)
		rc = fail(e, RC_INVALID,
		    "docs/backup.md 3.5: %s is not what its name says",
		    entry->name);
	if (rc == RC_OK)
		rc = out_commit(&out, e);
out:
	sha256_drop(&hash);
	out_drop(&out);
	free(path);
	return rc;
}

static enum rc
put_files(struct restoring *r, struct err *e)
{
	struct backup_entry entry;
	enum rc rc;

	while ((rc = backup_in_next(&r->in, &entry, e)) == RC_OK &&
	       entry.name[0] != '\0' && (rc = put_file(r, &entry, e)) == RC_OK)
		r->files++;
	return rc;
}

/* ---- its configuration
 * --------------------------------------------------------------- */

static bool
line_is(struct bytes line, const char *word)
{
	const size_t n = strlen(word);

	while (line.len > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
		line = bytes_of(line.p + 1, line.len - 1);
	return line.len > n && memcmp(line.p, word, n) == 0 &&
	       (line.p[n] == ' ' || line.p[n] == '\t');
}

/* The same but for where its folder is: here. */
static void
conf_here(struct buf *out, struct bytes in)
{
	const uint8_t *end;
	struct bytes line;

	buf_add(out, bytes_str("data data\n"));
	while (in.len > 0) {
		end = memchr(in.p, '\n', in.len);
		line =
		    end == NULL ? in : bytes_of(in.p, (size_t)(end - in.p) + 1);
		if (!line_is(line, "data") && !line_is(line, "key") &&
		    !line_is(line, "directory"))
			buf_add(out, line);
		in = bytes_of(in.p + line.len, in.len - line.len);
	}
}

static enum rc
put_conf(const struct restoring *r, struct err *e)
{
	char *path = station_path(r->temp, "antind.conf");
	struct buf was = { 0 }, conf = { 0 };
	enum rc rc = RC_OK;

	if (file_exists(path))
		rc = file_read(&was, path, CONF_BYTES, e);
	if (rc == RC_OK) {
		conf_here(&conf, buf_bytes(&was));
		rc = file_write(path, buf_bytes(&conf), 0600, true, e);
	}
	buf_free(&was);
	buf_free(&conf);
	free(path);
	return rc;
}

/* ---- all of it
 * ----------------------------------------------------------------------- */

/* Whose it is, by the directory that is trusted here, or else by its own. */
static enum rc
check_seal(struct restoring *r, struct err *e)
{
	char *own = station_path(r->temp, "data/directory");
	enum rc rc;

	rc = tree_given(r->a) ? tree_read(&r->directory, r->a, e)
			      : directory_read(&r->directory, own, true, e);
	if (rc == RC_OK)
		rc = backup_sealed(&r->in, r->directory, e);
	free(own);
	return rc;
}

static enum rc
check_whole(const struct restoring *r, struct err *e)
{
	static const char *const must[] = { "data/directory",
		"data/station.key", "data/store/store.db" };
	enum rc rc = RC_OK;
	char *path;
	size_t i;

	for (i = 0; i < sizeof(must) / sizeof(must[0]) && rc == RC_OK; i++) {
		path = station_path(r->temp, must[i]);
		if (!file_exists(path))
			rc = fail(e, RC_INVALID,
			    "docs/backup.md 3.5: %s is not in this backup",
			    must[i]);
		free(path);
	}
	return rc;
}

static enum rc
sync_all(const struct restoring *r, struct err *e)
{
	enum rc rc = sync_folder(r->temp, e);
	char *path;
	size_t i;

	for (i = 0; i < FOLDERS && rc == RC_OK; i++) {
		path = station_path(r->temp, folders[i].name);
		rc = sync_folder(path, e);
		free(path);
	}
	return rc;
}

/* An empty folder may be there: rename() takes the place of no other. */
static enum rc
put_in_place(struct restoring *r, struct err *e)
{
	const char *dir = r->a->rest[1], *slash = strrchr(dir, '/');
	char *above = slash == NULL ? strdup(".")
				    : strndup(dir, (size_t)(slash - dir) + 1);
	char *begun = station_path(dir, BEGUN);
	enum rc rc = RC_OK;

	if (above == NULL)
		bug("no memory");
	if (rename(r->temp, dir) == 0) {
		(void)unlink(begun); /* where it stays it is no harm */
		free(r->temp);
		r->temp = NULL;
		rc = sync_folder(above, e);
	} else if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) {
		rc = fail(e, RC_EXISTS,
		    "%s is there already; nothing was changed", dir);
	} else {
		rc = fail_io(e, "%s cannot be made", dir);
	}
	free(above);
	free(begun);
	return rc;
}

static void
tell_restored(const struct restoring *r)
{
	const char *dir = r->a->rest[1];

	say("Restored to %s: %zu files.\n", dir, r->files);
	if (r->in.head.kind == BACKUP_MOVE) {
		say("The station goes on here as it was, and is closed where "
		    "it was. Start it here alone: antin station start %s\n",
		    dir);
		return;
	}
	say("Start it: antin station start %s\n", dir);
	say("It stays closed, giving no number and sending nothing, until the "
	    "station above has said how far it had come; antin status shows "
	    "when it is open, antin journal gaps what is missing.\n");
}

/* Nothing is put where another thing stands. */
static enum rc
check_place(const char *dir, struct err *e)
{
	struct stat st;

	if (lstat(dir, &st) != 0)
		return RC_OK;
	if (S_ISDIR(st.st_mode) && rmdir(dir) == 0) /* it was empty */
		return RC_OK;
	return fail(
	    e, RC_EXISTS, "%s is there already; nothing was changed", dir);
}

static enum rc
restore(const struct args *a, struct err *e)
{
	struct restoring r = { .a = a, .begun = -1 };
	enum rc rc;

	if ((rc = backup_in_open(&r.in, a->rest[0], e)) != RC_OK)
		goto out;
	backup_say(&r.in.head);
	if ((rc = check_place(a->rest[1], e)) != RC_OK ||
	    (rc = backup_unlock(&r.in, a, e)) != RC_OK)
		goto out;
	r.progress = progress_start(tr("Restoring"), r.in.file.size);
	r.in.progress = &r.progress;
	if ((rc = make_folders(&r, e)) == RC_OK &&
	    (rc = put_mark(&r, e)) == RC_OK &&
	    (rc = put_files(&r, e)) == RC_OK &&
	    (rc = check_whole(&r, e)) == RC_OK &&
	    (rc = check_seal(&r, e)) == RC_OK &&
	    (rc = put_conf(&r, e)) == RC_OK && (rc = sync_all(&r, e)) == RC_OK)
		rc = put_in_place(&r, e);
	progress_end(&r.progress);
	if (rc == RC_OK)
		tell_restored(&r);
out:
	if (r.temp != NULL) /* best effort: what is said is why */
		(void)remove_temp(r.temp);
	free(r.temp);
	if (r.begun >= 0)
		(void)close(r.begun);
	directory_free(r.directory);
	backup_in_close(&r.in);
	return rc;
}

static const struct opt restore_opts[] = {
	OPT_OPENS,
	OPT_DIRECTORY,
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_restore = {
	.name = "restore",
	.args = "FILE DIR",
	.does = "Restore a station from a backup, with the shares of its "
		"officers.",
	.opts = restore_opts,
	.least = 2,
	.most = 2,
	.run = restore,
};

/* ---- move
 * -----------------------------------------------------------------------------
 */

static enum rc
move(const struct args *a, struct err *e)
{
	enum rc rc = backup_make(a, a->rest[0], a->rest[1], BACKUP_MOVE, e);

	if (rc == RC_OK)
		say("The station is closed here. At the new machine: antin "
		    "restore %s DIR, with its officers' shares. When it works "
		    "there, destroy %s.\n",
		    a->rest[1], a->rest[0]);
	return rc;
}

static const struct opt move_opts[] = { OPT_MAKES, OPT_FORCE, OPT_END };
const struct cmd cmd_station_move = {
	.name = "station move",
	.args = "DIR FILE",
	.does = "Close a stopped station here, and write all of it to a file, "
		"to go on at another machine.",
	.opts = move_opts,
	.least = 2,
	.most = 2,
	.run = move,
};

/* ---- reopen
 * ---------------------------------------------------------------------------
 */

static enum rc
reopen(const struct args *a, struct err *e)
{
	struct talk t;
	enum rc rc = talk_open(&t, a, e);

	if (rc == RC_OK)
		rc = talk_ask(&t, CONTROL_REOPEN, NULL, NULL, NULL, e);
	if (rc == RC_OK)
		say("The station is open, in a new life; antin journal gaps "
		    "shows what is missing.\n");
	talk_close(&t);
	return rc;
}

static const struct opt reopen_opts[] = { OPT_STATION, OPT_END };
const struct cmd cmd_station_reopen = {
	.name = "station reopen",
	.args = "",
	.does = "Open a restored station by your word, where the others cannot "
		"be reached.",
	.opts = reopen_opts,
	.least = 0,
	.most = 0,
	.run = reopen,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/* The configuration on this machine: what it names is looked for. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "antind/parent.h"
#include "file/file.h"

/* "path", after "base" and a slash where it does not begin at the root. */
static char *
join(const char *base, size_t base_len, const char *path)
{
	size_t n = strlen(path);
	char *out;

	if (path[0] == '/')
		base_len = 0;
	out = alloc(base_len + n + 2, 1);
	if (base_len > 0) {
		memcpy(out, base, base_len);
		out[base_len++] = '/';
	}
	memcpy(out + base_len, path, n + 1);
	return out;
}

/* What a service manager hands over has a folder of its own. */
static const char *
credentials(void)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	return folder != NULL && folder[0] == '/' ? folder : NULL;
}

char *
setup_path(const struct setup *s, const struct conf_value *v)
{
	const char *slash = strrchr(s->file, '/'), *folder = credentials();
	const char *name = conf_credential(v->text);

	if (v->is->base == CONF_DATA && name != NULL && folder != NULL)
		return join(folder, strlen(folder), name);
	if (v->is->base == CONF_BESIDE)
		return join(s->file, (size_t)(slash - s->file), v->text);
	return join(s->data, strlen(s->data), v->text);
}

char *
setup_value(const struct setup *s, const struct conf_value *v)
{
	char id[32];

	if (v->is->base != CONF_NO_PATH)
		return setup_path(s, v);
	/* who has no list of users any more needs none */
	if (s->user && strcmp(v->is->word, "user") == 0) {
		(void)snprintf(id, sizeof(id), "%u:%u", (unsigned)s->uid,
		    (unsigned)s->gid);
		return join("", 0, id);
	}
	return join("", 0, v->text);
}

static const struct conf_value *
value_of(const struct setup *s, const char *word)
{
	size_t at = 0;

	return conf_each(&s->conf, word, &at);
}

/* What is wrong with this machine for a line's value, where it stands. */
struct looking {
	const struct setup *s;
	struct buf *problems;
	size_t wrong;
};

static void
problem(struct looking *l, const struct conf_value *v, struct err *e)
{
	if (v->line == 0)
		(void)fail_at(e, "%s: %s", l->s->file, v->is->word);
	else
		(void)fail_at(e, "%s:%u: %s", l->s->file, v->line, v->is->word);
	buf_add(l->problems, bytes_str(e->text));
	buf_u8(l->problems, '\n');
	l->wrong++;
}

static void
find_user(struct looking *l, struct setup *s)
{
	const struct conf_value *v = value_of(s, "user");
	const struct passwd *pw;
	struct err e;

	if (v == NULL)
		return;
	if ((pw = getpwnam(v->text)) == NULL) {
		(void)fail(&e, RC_ABSENT,
		    "there is no user \"%s\"; adduser --system makes one",
		    v->text);
		problem(l, v, &e);
		return;
	}
	if (pw->pw_uid == 0) {
		(void)fail(&e, RC_INVALID,
		    "wanted a user that is not root, found \"%s\"; adduser "
		    "--system makes one",
		    v->text);
		problem(l, v, &e);
		return;
	}
	s->user = true;
	s->uid = pw->pw_uid;
	s->gid = pw->pw_gid;
	if (geteuid() != 0 && geteuid() != s->uid) {
		(void)fail(&e, RC_DENIED,
		    "only root can make the processes another user's; take "
		    "the line out, or start antind as root");
		problem(l, v, &e);
	}
}

static void
find_group(struct looking *l, struct setup *s)
{
	const struct conf_value *v = value_of(s, "control-group");
	const struct group *gr;
	struct err e;

	if (v == NULL)
		return;
	if ((gr = getgrnam(v->text)) == NULL) {
		(void)fail(&e, RC_ABSENT,
		    "there is no group \"%s\"; addgroup --system makes one",
		    v->text);
		problem(l, v, &e);
		return;
	}
	s->group = true;
	s->control = gr->gr_gid;
}

/* docs/emergency.md 2.2: it was begun, and is to be ended. */
static enum rc
look_for_mark(const char *path, const char *real, struct err *e)
{
	char *mark = join(real, strlen(real), "destroyed");
	const bool is = file_exists(mark);

	free(mark);
	return is ? fail(e, RC_DENIED,
			"the station in %s is being destroyed; \"antin "
			"destroy\" goes on",
			path)
		  : RC_OK;
}

/* The folder is there, and its owner's who is to write into it. */
static enum rc
look_at_data(
    const struct setup *s, const char *path, const char *real, struct err *e)
{
	const uid_t uid = s->user ? s->uid : geteuid();
	struct stat st;

	if (real == NULL || stat(real, &st) != 0)
		return fail_io(e,
		    "%s cannot be used; \"antin station new\" makes a station",
		    path);
	if (!S_ISDIR(st.st_mode))
		return fail(e, RC_INVALID,
		    "wanted a folder, found %s; name the station's folder",
		    path);
	if (st.st_uid != uid)
		return fail(e, RC_DENIED,
		    "%s belongs to user %u, and antind works as user %u; "
		    "chown gives it to that one",
		    path, (unsigned)st.st_uid, (unsigned)uid);
	return look_for_mark(path, real, e);
}

static void
find_data(struct looking *l, struct setup *s)
{
	const struct conf_value *v = value_of(s, "data");
	char *path = setup_path(s, v);
	struct err e;

	s->data = realpath(path, NULL);
	if (look_at_data(s, path, s->data, &e) != RC_OK)
		problem(l, v, &e);
	free(path);
}

/* The key opens without a passphrase: it is its owner's alone. */
static enum rc
look_at_file(const struct conf_value *v, const char *path, struct err *e)
{
	const bool key = strcmp(v->is->word, "key") == 0;
	struct stat st;

	if (conf_credential(v->text) != NULL && credentials() == NULL)
		return fail(e, RC_ABSENT,
		    "nobody hands over credentials; name a file, or start "
		    "antind by systemd with LoadCredential=");
	if (access(path, R_OK) != 0 || stat(path, &st) != 0)
		return fail_io(e,
		    "%s cannot be read; \"antin station new\" makes a station",
		    path);
	if (key && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return fail(e, RC_DENIED,
		    "%s is open to others than its owner; chmod 600 shuts it",
		    path);
	return RC_OK;
}

static void
find_files(struct looking *l, const struct setup *s)
{
	static const char *const words[] = { "key", "directory" };
	const struct conf_value *v;
	struct err e;
	char *path;
	size_t i;

	for (i = 0; i < 2; i++) {
		v = value_of(s, words[i]);
		path = setup_path(s, v);
		if (look_at_file(v, path, &e) != RC_OK)
			problem(l, v, &e);
		free(path);
	}
}

/* A certificate is for names: docs/desk.md 11.2. */
static void
find_names(struct looking *l, const struct setup *s)
{
	const struct conf_value *v = value_of(s, "web.tls");
	struct err e;

	if (v == NULL || value_of(s, "web.name") != NULL)
		return;
	(void)fail(&e, RC_ABSENT,
	    "no line \"web.name\" says what browsers call this station; "
	    "write one for each name or address that they use");
	problem(l, v, &e);
}

/* Everything that is named is looked for, and all that is wrong is told. */
static enum rc
find_all(struct setup *s, struct buf *problems, struct err *e)
{
	struct looking l = { s, problems, 0 };

	find_user(&l, s);
	find_group(&l, s);
	find_data(&l, s);
	find_names(&l, s);
	if (s->data != NULL)
		find_files(&l, s);
	if (l.wrong == 0)
		return RC_OK;
	return fail(e, RC_INVALID,
	    "%s: %zu settings cannot be used here; nothing was started",
	    s->file, l.wrong);
}

enum rc
setup_read(
    struct setup *out, const char *path, struct buf *problems, struct err *e)
{
	struct buf text = { 0 };
	enum rc rc;

	*out = (struct setup){ 0 };
	*problems = (struct buf){ 0 };
	if ((out->file = realpath(path, NULL)) == NULL) {
		rc = fail_io(e,
		    "%s cannot be read; \"antin station new\" makes a station",
		    path);
		goto out;
	}
	if ((rc = file_read(&text, out->file, CONF_MAX, e)) != RC_OK ||
	    (rc = conf_parse(
		 &out->conf, buf_bytes(&text), path, problems, e)) != RC_OK ||
	    (rc = find_all(out, problems, e)) != RC_OK)
		goto out;
out:
	buf_free(&text);
	if (rc != RC_OK)
		setup_free(out);
	return rc;
}

void
setup_free(struct setup *s)
{
	conf_free(&s->conf);
	free(s->file);
	free(s->data);
	*s = (struct setup){ 0 };
}

/* ---- the folder -------------------------------------------------------------
 */

static int lock_fd = -1; /* open as long as this process is */

void
setup_release(void)
{
	/* the file stays: who waits to lock it must lock this very one */
	if (lock_fd >= 0 && ftruncate(lock_fd, 0) != 0)
		(void)0; /* it is no longer locked, which is what counts */
}

static enum rc
hold_file(const struct setup *s, struct err *e)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char text[24];
	int n, fd;

	fd = open(
	    "run/antind.pid", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return fail_io(e, "%s/run/antind.pid", s->data);
	if (fcntl(fd, F_SETLK, &lock) != 0) {
		if (fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
			lock.l_pid = 0;
		(void)close(fd);
		return fail(e, RC_EXISTS,
		    "another antind (process %ld) runs the station in %s",
		    (long)lock.l_pid, s->data);
	}
	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || write(fd, text, (size_t)n) != n)
		return fail_io(e, "%s/run/antind.pid", s->data);
	lock_fd = fd;
	return RC_OK;
}

enum rc
setup_hold(const struct setup *s, struct err *e)
{
	if (chdir(s->data) != 0)
		return fail_io(e, "%s", s->data);
	/* docs/backup.md 6.3 */
	if (access("moved", F_OK) == 0)
		return fail(e, RC_DENIED,
		    "docs/backup.md 6.3: the station in %s was moved to "
		    "another machine, and is closed here: %s/moved says when "
		    "and how",
		    s->data, s->data);
	/* passable: the control group goes through it to the socket */
	if (mkdir("run", 0711) != 0 && errno != EEXIST)
		return fail_io(e, "%s/run", s->data);
	if (chmod("run", 0711) != 0)
		return fail_io(e, "%s/run", s->data);
	return hold_file(s, e);
}

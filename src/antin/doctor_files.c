/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doctor: what lies on the disk. */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "antin/doctor.h"
#include "antin/station.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"
#include "file/file.h"
#include "file/rules_file.h"
#include "pki/resolve.h"

#define SAID_MAX 8192 /* bytes of what antind says */
#define PIECE 512
#define TREE_FILES 64 /* descriptors while a folder is gone through */

/* ---- the configuration
 * ----------------------------------------------------------------- */

/* What "antind -n -c FILE" says; its exit status, -1: it cannot be run. */
static int
ask_antind(struct buf *said, char *conf)
{
	const char *words[] = { "antind", "-n", "-c", conf, NULL };
	int ends[2], status = 0;
	size_t was;
	ssize_t n;
	pid_t pid;

	if (pipe(ends) != 0)
		return -1;
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		if (dup2(ends[1], STDOUT_FILENO) < 0 ||
		    dup2(ends[1], STDERR_FILENO) < 0)
			_exit(127);
		station_exec(words);
	}
	(void)close(ends[1]);
	while (pid > 0 && said->len < SAID_MAX) {
		was = said->len;
		n = read(ends[0], buf_grow(said, PIECE), PIECE);
		said->len = was + (n < 0 ? 0 : (size_t)n);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
	}
	(void)close(ends[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status) == 127 ? -1 : WEXITSTATUS(status);
}

void
check_configuration(struct doctor *d)
{
	struct buf said = { 0 };
	int status;

	if (d->site.conf == NULL || access(d->site.conf, R_OK) != 0) {
		health_found(&d->report, "configuration", tr("configuration"),
		    HEALTH_LOOK,
		    tr("name it by --conf, or look as a user who may read it"),
		    tr("it is not where it was looked for, or not for this "
		       "user"));
		return;
	}
	status = ask_antind(&said, d->site.conf);
	buf_u8(&said, '\0');
	if (status == 0) {
		health_found(&d->report, "configuration", tr("configuration"),
		    HEALTH_FINE, NULL, tr("%s can be used"), d->site.conf);
	} else {
		said.p[strcspn((const char *)said.p, "\n")] = '\0';
		health_found(&d->report, "configuration", tr("configuration"),
		    HEALTH_WRONG,
		    tr("mend that line; antind -n -c FILE shows all that is "
		       "wrong"),
		    "%s",
		    status < 0 ? tr("antind cannot be run")
			       : (const char *)said.p);
	}
	buf_free(&said);
}

/* ---- the disk
 * ---------------------------------------------------------------------------
 */

static uint64_t used;

static int
add_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)path;
	(void)at;
	if (type == FTW_F)
		used += (uint64_t)st->st_blocks * 512;
	return 0;
}

void
check_disk(struct doctor *d)
{
	struct health_disk disk;
	struct statvfs v;

	if (statvfs(d->site.data, &v) != 0) {
		health_found(&d->report, "disk", tr("disk"), HEALTH_WRONG,
		    tr("look at the system's messages (dmesg): the disk may be "
		       "failing"),
		    tr("it does not answer"));
		return;
	}
	used = 0;
	(void)nftw(d->site.data, add_one, TREE_FILES, FTW_PHYS);
	disk = (struct health_disk){
		.left = (uint64_t)v.f_bavail * (uint64_t)v.f_frsize,
		.all = (uint64_t)v.f_blocks * (uint64_t)v.f_frsize,
		.has = used,
		.full = v.f_files > 0 && v.f_favail == 0,
	};
	health_of_disk(&d->report, &disk);
}

/* ---- keys
 * ------------------------------------------------------------------------------
 */

/* The worst of all key files. */
struct keys_seen {
	struct doctor *d;
	size_t count;
	enum health how;
	char worst[300];  /* the file */
	const char *says; /* of it */
	const char *to_do;
	int64_t until; /* the first end */
};

static void
worse(struct keys_seen *k, enum health how, const char *path, const char *says,
    const char *to_do)
{
	if (how <= k->how)
		return;
	k->how = how;
	k->says = says;
	k->to_do = to_do;
	(void)snprintf(k->worst, sizeof(k->worst), "%s", path);
}

static void
judge_card(struct keys_seen *k, const char *path, const struct card *c)
{
	const struct directory *dir = k->d->directory;
	const struct dcert *cert;
	size_t i;

	if (dir == NULL)
		return;
	i = cert_by_fingerprint(&dir->state, c->sign_cert);
	if (i == NONE) {
		worse(k, HEALTH_WRONG, path,
		    tr("the directory does not know it"),
		    tr("give the station a newer directory: antin directory "
		       "give; or enrol the key"));
		return;
	}
	cert = &dir->state.certs[i];
	if (cert->until < k->until)
		k->until = cert->until;
	if (k->d->report.now >= cert->until)
		worse(k, HEALTH_WRONG, path, tr("its certificate has ended"),
		    tr("ask for new ones: antin enrol request --renew"));
	else if (cert->until - k->d->report.now <= KEYS_SOON * TIME_DAY)
		worse(k, HEALTH_LOOK, path,
		    tr("its certificate ends within 30 days"),
		    tr("ask for new ones: antin enrol request --renew; the "
		       "station's own are renewed by themselves"));
}

static void
look_at_key(struct keys_seen *k, const char *path)
{
	struct card c;
	struct stat st;
	struct err none;

	if (stat(path, &st) != 0) {
		worse(k, errno == EACCES ? HEALTH_LOOK : HEALTH_WRONG, path,
		    errno == EACCES ? tr("this user may not read it")
				    : tr("it is not there"),
		    errno == EACCES ? tr("look by sudo")
				    : tr("bring it back from the backup"));
		return;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		worse(k, HEALTH_WRONG, path, tr("it is open to others"),
		    tr("shut it: chmod 600; and if others use this machine, "
		       "have the key renewed"));
	if (access(path, R_OK) != 0) {
		worse(k, HEALTH_LOOK, path, tr("this user may not read it"),
		    tr("look by sudo"));
		return;
	}
	k->count++;
	if (who_card(&c, path, &none) != RC_OK) {
		worse(k, HEALTH_WRONG, path,
		    tr("it is no key file, or damaged"),
		    tr("bring it back from the backup"));
		return;
	}
	judge_card(k, path, &c);
	card_free(&c);
}

void
check_keys(struct doctor *d)
{
	struct keys_seen k = { .d = d, .until = TIME_MAX };
	DIR *dir = opendir(d->site.keys);
	char until[TIME_TEXT] = "?";
	struct dirent *x;
	char *path;

	look_at_key(&k, d->site.key);
	while (dir != NULL && (x = readdir(dir)) != NULL) {
		if (x->d_name[0] == '.')
			continue;
		path = station_path(d->site.keys, x->d_name);
		look_at_key(&k, path);
		free(path);
	}
	if (dir == NULL)
		worse(&k, HEALTH_LOOK, d->site.keys,
		    tr("this user may not read it"), tr("look by sudo"));
	else
		(void)closedir(dir);
	if (k.until < TIME_MAX)
		date_write(until, k.until - 1);
	if (k.how != HEALTH_FINE)
		health_found(&d->report, "keys", tr("keys"), k.how, k.to_do,
		    "%s: %s", k.worst, k.says);
	else
		health_found(&d->report, "keys", tr("keys"), HEALTH_FINE, NULL,
		    tr("%zu key files; the first certificate ends on %s"),
		    k.count, until);
}

/* ---- the directory
 * ------------------------------------------------------------------------- */

void
check_knowledge(struct doctor *d)
{
	struct health_knowledge k = { .none = d->directory == NULL ||
					      d->unit == NONE };
	uint64_t days = 0;

	if (k.none) {
		k.denied =
		    access(d->site.directory, R_OK) != 0 && errno == EACCES;
	} else {
		k.known = knowledge_of(d->directory, d->unit, d->report.now);
		k.fork = d->directory->fork_count > 0;
		k.too_old =
		    knowledge_judge(d->directory, d->unit, LEVEL_ORDINARY,
			d->report.now, &days) == KNOWLEDGE_TOO_OLD;
	}
	health_of_knowledge(&d->report, &k);
}

/* ---- the law
 * ------------------------------------------------------------------- */

void
check_rules(struct doctor *d)
{
	char *own = station_path(d->site.data, RULES_OWN_DIR), law[PATH_MAX];
	const struct rule_set *s;
	struct rules *r;
	struct err e;
	size_t files = 0;
	enum rc rc;

	rules_folder(law, NULL);
	rc = rules_load(&r, law, own, &e);
	s = rc == RC_OK ? rules_at(r, d->report.now) : NULL;
	while (s != NULL && rules_file_nth(r, files) != NULL)
		files++;
	if (rc == RC_ABSENT)
		health_found(&d->report, "rules", tr("rules"), HEALTH_LOOK,
		    tr("install the program with its folder of rules"), "%s",
		    e.text);
	else if (rc != RC_OK)
		health_found(&d->report, "rules", tr("rules"), HEALTH_WRONG,
		    tr("see each mistake by antin rules check --station"), "%s",
		    e.text);
	else if (s == NULL)
		health_found(&d->report, "rules", tr("rules"), HEALTH_WRONG,
		    tr("install the program with its folder of rules"),
		    tr("none of them is in force today"));
	else
		health_found(&d->report, "rules", tr("rules"), HEALTH_FINE,
		    NULL, tr("%zu files"), files);
	rules_free(r);
	free(own);
}

/* ---- an emergency
 * ------------------------------------------------------------------------- */

static size_t
count_keys(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *x;
	size_t n = 0;

	while (dir != NULL && (x = readdir(dir)) != NULL)
		n += x->d_name[0] != '.';
	if (dir != NULL)
		(void)closedir(dir);
	return n;
}

void
check_emergency(struct doctor *d)
{
	if (file_exists(d->site.mark))
		health_found(&d->report, "emergency", tr("emergency"),
		    HEALTH_WRONG, tr("end it: antin destroy"),
		    tr("it was begun to destroy this station"));
	else if (file_exists(d->site.code))
		health_found(&d->report, "emergency", tr("emergency"),
		    HEALTH_FINE, NULL, tr("the emergency code is set"));
	else if (count_keys(d->site.keys) >= LAST_BY)
		health_found(&d->report, "emergency", tr("emergency"),
		    HEALTH_FINE, NULL,
		    tr("two desks can destroy this station; no code is set"));
	else
		health_found(&d->report, "emergency", tr("emergency"),
		    HEALTH_LOOK, tr("set a code: antin destroy --set-code"),
		    tr("no emergency code is set, and fewer than two desks "
		       "are here (or not for this user)"));
}

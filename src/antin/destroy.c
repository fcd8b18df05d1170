/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * antin destroy: a station that is about to be lost (docs/emergency.md).  Keys
 * first, then word of it, then everything else.  A mark in its folder says that
 * it has begun: whoever calls again goes on.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "antin/destroy.h"
#include "antin/journal.h"
#include "antin/station.h"
#include "antin/who.h"
#include "core/base64.h"
#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"
#include "file/file.h"
#include "journal/note.h"

#define CONF_MOST (64u << 10) /* bytes of a configuration */
#define ASK_S 2		      /* for what is asked before */
#define WAIT_S 2	      /* for the report to be heard of */
#define WAIT_MAX 60
#define ETC_CONF "/etc/antin/antind.conf"

static int64_t
ms_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- where things are
 * --------------------------------------------------------------------- */

/* The value of a word of the configuration; NULL: it is not there.  The caller
 * frees. */
static char *
conf_value(const char *conf, const char *word)
{
	struct buf text = { 0 };
	const size_t n = strlen(word);
	char *line, *rest = NULL, *found = NULL;
	struct err none;

	if (conf == NULL || file_read(&text, conf, CONF_MOST, &none) != RC_OK) {
		buf_free(&text);
		return NULL;
	}
	buf_u8(&text, '\0');
	for (line = strtok_r((char *)text.p, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		line += strspn(line, " \t");
		if (strncmp(line, word, n) != 0 ||
		    (line[n] != ' ' && line[n] != '\t'))
			continue;
		line += n + strspn(line + n, " \t");
		line[strcspn(line, " \t\r#")] = '\0';
		free(found);
		found = strdup(line);
	}
	buf_free(&text);
	return found;
}

/* What a word names, in the data folder where it is no whole path. */
static char *
named_by(struct site *p, const char *word, const char *otherwise)
{
	char *value = conf_value(p->conf, word), *path;

	if (value != NULL && value[0] == '/')
		return value;
	if (value != NULL && strncmp(value, "credential:", 11) == 0) {
		p->credential = value;
		value = NULL;
	}
	path = station_path(p->data, value == NULL ? otherwise : value);
	free(value);
	return path;
}

static char *
conf_of(const struct args *a, const char *dir)
{
	const char *given = arg(a, "conf");
	char *path =
	    given != NULL ? strdup(given) : station_path(dir, "antind.conf");

	if (given == NULL && !file_exists(path) &&
	    strcmp(dir, STATION_DIR) == 0 && file_exists(ETC_CONF)) {
		free(path);
		path = strdup(ETC_CONF);
	}
	if (file_exists(path))
		return path;
	free(path);
	return NULL;
}

enum rc
site_find(struct site *out, const struct args *a, struct err *e)
{
	const char *dir = station_dir(a);
	struct site p = { .dir = dir };
	char *data = station_in(dir, ""), *store;
	struct stat log;
	bool is_one;

	data[strlen(data) - 1] = '\0'; /* the slash behind it */
	p.data = data;
	p.conf = conf_of(a, dir);
	p.mark = station_path(data, DESTROY_MARK);
	p.code = station_path(data, EMERGENCY_CODE);
	p.keys = station_path(data, "keys");
	p.key = named_by(&p, "key", "station.key");
	p.directory = named_by(&p, "directory", "directory");
	store = station_path(data, "store/store.db");
	if (strcmp(data, dir) != 0) { /* a folder that "station new" made */
		p.log = station_path(dir, "log");
		if (stat(p.log, &log) != 0 || !S_ISDIR(log.st_mode)) {
			free(p.log);
			p.log = NULL;
		}
	}
	is_one =
	    file_exists(p.mark) || file_exists(p.key) || file_exists(store);
	free(store);
	*out = p;
	if (is_one)
		return RC_OK;
	site_free(out);
	return fail(e, RC_ABSENT, "there is no station in %s", dir);
}

void
site_free(struct site *p)
{
	free(p->data);
	free(p->mark);
	free(p->code);
	free(p->key);
	free(p->keys);
	free(p->directory);
	free(p->conf);
	free(p->log);
	free(p->credential);
	*p = (struct site){ 0 };
}

/* ---- its last words
 * ------------------------------------------------------------------------- */

/* A daemon that hangs is not waited for. */
static enum rc
connect_for(
    struct talk *t, const struct args *a, const struct site *p, struct err *e)
{
	const struct timeval patience = { ASK_S, 0 };
	json_t *hello = json_object();
	char *path = station_path(p->data, "run/control");
	enum rc rc;

	*t = (struct talk){ .a = a, .fd = -1 };
	show_number(hello, "version", CONTROL_VERSION);
	rc = control_connect(&t->fd, path, e);
	if (rc == RC_OK) {
		(void)setsockopt(t->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		    sizeof(patience));
		(void)setsockopt(t->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		    sizeof(patience));
		rc = talk_ask(t, CONTROL_HELLO, hello, NULL, NULL, e);
	} else {
		json_decref(hello);
	}
	free(path);
	return rc;
}

/* How far its journal has come, where it can be asked; false: the daemon does
 * not answer at all. */
static bool
add_journal(struct last_word *r, const struct args *a, const struct site *p)
{
	struct buf bytes = { 0 };
	struct talk t;
	struct note n;
	uint64_t size;
	struct err e;
	bool answers;

	answers = connect_for(&t, a, p, &e) == RC_OK;
	if (answers &&
	    journal_ask(t.fd, CONTROL_JOURNAL_CHECKPOINT, json_object(), &bytes,
		&size, NULL, &e) == RC_OK &&
	    note_read_journal(&n, buf_bytes(&bytes), &e) == RC_OK) {
		r->incarnation = n.checkpoint.incarnation;
		r->size = n.checkpoint.size;
		r->root = n.checkpoint.root;
	}
	buf_free(&bytes);
	talk_close(&t);
	return answers;
}

/* RC_OK: the station above has it on disk. */
static enum rc
tell(const struct args *a, const struct site *p, struct bytes report,
    uint64_t wait, struct err *e)
{
	const struct timeval patience = { (time_t)wait, wait == 0 ? 1000 : 0 };
	json_t *request = json_object();
	struct buf data = { 0 };
	struct talk t;
	enum rc rc;

	base64_write(&data, report);
	show_number(request, "at", 0);
	show_text(request, "data", buf_bytes(&data));
	buf_free(&data);
	if ((rc = connect_for(&t, a, p, e)) == RC_OK) {
		(void)setsockopt(
		    t.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		rc = talk_ask(&t, CONTROL_DESTROYED, request, NULL, NULL, e);
	} else {
		json_decref(request);
	}
	talk_close(&t);
	return rc;
}

/* false: there is nobody who would tell it. */
static bool
write_word(struct buf *out, const struct identity *own,
    const struct allowed *who, const struct args *a, const struct site *p)
{
	struct last_word r = { .station = own->card.sign.address,
		.at = time_now(),
		.by_count = who->count };
	bool answers;
	size_t i;

	for (i = 0; i < who->count; i++)
		r.by[i] = bytes_str(who->by[i]);
	answers = add_journal(&r, a, p);
	last_write(out, &r, own->sig);
	return answers;
}

/* Its key is in memory alone now.  Best effort, all of it. */
static void
last_word(const struct args *a, const struct site *p,
    const struct identity *own, const struct allowed *who, uint64_t wait)
{
	const char *path = arg(a, "last-word");
	struct buf bytes = { 0 };
	struct err e;

	if (!write_word(&bytes, own, who, a, p))
		say("The station does not answer: tell the station above by "
		    "other means.\n");
	else if (tell(a, p, buf_bytes(&bytes), wait, &e) == RC_OK)
		say("The station above knows it.\n");
	else
		say("The station above has not said that it knows (%s): tell "
		    "it by other means.\n",
		    e.text);
	if (path != NULL &&
	    file_write(path, buf_bytes(&bytes), 0644, true, &e) != RC_OK)
		say("The last word could not be written: %s\n", e.text);
	buf_free(&bytes);
}

/* ---- asking once more
 * ---------------------------------------------------------------------- */

static void
own_address(char out[static LIMIT_ADDRESS + 1], const struct site *p)
{
	struct card card;
	struct err none;

	(void)snprintf(out, LIMIT_ADDRESS + 1, "%s", p->dir);
	if (who_card(&card, p->key, &none) != RC_OK)
		return;
	(void)snprintf(out, LIMIT_ADDRESS + 1, "%.*s",
	    (int)card.sign.address.len, (const char *)card.sign.address.p);
	card_free(&card);
}

static enum rc
confirm(const struct args *a, const struct site *p, struct err *e)
{
	const bool code = arg_given(a, "code") || arg_given(a, "code-file");
	char address[LIMIT_ADDRESS + 1], line[LIMIT_ADDRESS + 3] = "";

	own_address(address, p);
	if (arg_given(a, "yes-destroy"))
		return code ? RC_OK
			    : fail(e, RC_USAGE,
				  "--yes-destroy goes with the emergency code "
				  "alone");
	say("Everything of the station %s will be destroyed, and nobody can "
	    "bring it back.\n",
	    address);
	say("Type its name in full, %s, to destroy it:\n", address);
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return strcmp(line, address) == 0
		   ? RC_OK
		   : fail(e, RC_DENIED,
			 "that is not its name; nothing was destroyed");
}

/* ---- destroying
 * ---------------------------------------------------------------------------
 */

static void
progress(const struct erased *to)
{
	char size[SIZE_TEXT];

	if (!isatty(STDOUT_FILENO))
		return;
	size_write(size, to->bytes);
	(void)printf("  %s\r", size);
	(void)fflush(stdout);
}

/* Who hangs up, or presses a key, does not stop it any more. */
static void
unstoppable(void)
{
	static const int all[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGTSTP,
		SIGQUIT };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		(void)signal(all[i], SIG_IGN);
}

static enum rc
set_mark(const struct site *p, struct err *e)
{
	return file_write(p->mark,
	    bytes_str("This station is being destroyed: antin destroy goes "
		      "on.\n"),
	    0600, true, e);
}

static enum rc
outcome(const struct erased *to, int64_t since, struct err *e)
{
	char size[SIZE_TEXT];

	size_write(size, to->bytes);
	say("Overwritten and gone: %llu files, %s, after %.1f s.\n",
	    (unsigned long long)to->files, size,
	    (double)(ms_now() - since) / 1000);
	if (to->failed == 0)
		return RC_OK;
	return fail(e, RC_IO,
	    "%llu of them could not be (%s); call antin destroy again, and "
	    "destroy the disk itself",
	    (unsigned long long)to->failed, to->first.text);
}

/* The mark is there. */
static enum rc
finish(const struct site *p, int64_t since, struct erased *to, struct err *e)
{
	struct err hangs;
	size_t count;

	if (daemon_end(&count, p, false, &hangs) != RC_OK)
		say("A process of the station does not end: %s\n", hangs.text);
	else
		say("Processes: %zu ended after %.1f s.\n", count,
		    (double)(ms_now() - since) / 1000);
	(void)fflush(stdout);
	rest_erase(to, p);
	return outcome(to, since, e);
}

static enum rc
begin(const struct args *a, const struct site *p, const struct allowed *who,
    uint64_t wait, struct err *e)
{
	struct erased to = { .progress = progress };
	struct buf file = { 0 };
	struct identity own = { 0 };
	const int64_t since = ms_now();
	struct err why;
	bool speaks;
	enum rc rc;

	unstoppable();
	if (p->credential != NULL)
		say("Its key is \"%s\", which the service manager hands over: "
		    "destroy what it takes it from yourself.\n",
		    p->credential);
	if ((rc = set_mark(p, e)) != RC_OK)
		say("The mark could not be set (%s); going on.\n", e->text);
	speaks = file_read(&file, p->key, KEYFILE_MAX, &why) == RC_OK &&
		 identity_open(&own, buf_bytes(&file), (struct bytes){ 0 },
		     &why) == RC_OK;
	buf_free(&file);
	keys_erase(&to, p);
	say("Keys: destroyed after %.1f s.\n",
	    (double)(ms_now() - since) / 1000);
	(void)fflush(stdout);
	if (speaks)
		last_word(a, p, &own, who, wait);
	identity_free(&own);
	(void)fflush(stdout);
	return finish(p, since, &to, e);
}

/* ---- rehearsing
 * ---------------------------------------------------------------------------
 */

static void
say_lines(const struct args *a, const struct site *p)
{
	json_t *rows = NULL, *row;
	const char *parent = "";
	struct talk t;
	struct err e;
	size_t i;
	bool up = false;

	if (connect_for(&t, a, p, &e) == RC_OK &&
	    talk_rows(&t, CONTROL_STATUS, NULL, &rows, &e) == RC_OK) {
		json_array_foreach(rows, i, row)
		{
			if (row_is(row, "station"))
				parent = row_text(row, "parent");
			up = up ||
			     (row_is(row, "link") &&
				 strcmp(row_text(row, "station"), parent) == 0);
		}
		if (up)
			say("The station above (%s) would be told.\n", parent);
		else
			say("There is no line to the station above: nobody "
			    "would be told.\n");
	} else {
		say("The station does not answer: nobody would be told.\n");
	}
	json_decref(rows);
	talk_close(&t);
}

static enum rc
rehearse(
    const struct args *a, const struct site *p, int64_t asked, struct err *e)
{
	size_t count = 0;
	enum rc rc = daemon_end(&count, p, true, e);

	say("A rehearsal: nothing was changed.\n");
	say("Who may was asked in %.1f s.\n", (double)asked / 1000);
	say("Keys to go first: %s, %s\n", p->key, p->keys);
	say_lines(a, p);
	say("Processes to be ended: %zu\n", count);
	say("Then to go: %s%s%s%s%s\n", p->data, p->log == NULL ? "" : ", ",
	    p->log == NULL ? "" : p->log, p->conf == NULL ? "" : ", ",
	    p->conf == NULL ? "" : p->conf);
	return rc;
}

static enum rc
destroy_in(const struct args *a, const struct site *p, struct err *e)
{
	struct erased to = { .progress = progress };
	const int64_t since = ms_now();
	uint64_t wait = WAIT_S;
	struct allowed who;
	enum rc rc;

	if ((rc = arg_number(&wait, a, "wait", 0, WAIT_MAX, e)) != RC_OK ||
	    (rc = site_may(p, e)) != RC_OK)
		return rc;
	if (file_exists(p->mark) && !arg_given(a, "rehearse") &&
	    !arg_given(a, "set-code")) {
		say("It was begun before: going on.\n");
		unstoppable();
		keys_erase(&to, p);
		return finish(p, since, &to, e);
	}
	if (arg_given(a, "set-code"))
		return code_set(a, p, e);
	if ((rc = allowed_ask(&who, a, p, e)) != RC_OK)
		return rc;
	if (arg_given(a, "rehearse"))
		return rehearse(a, p, ms_now() - since, e);
	if ((rc = confirm(a, p, e)) != RC_OK)
		return rc;
	return begin(a, p, &who, wait, e);
}

static enum rc
destroy(const struct args *a, struct err *e)
{
	struct site p;
	enum rc rc = site_find(&p, a, e);

	if (rc != RC_OK)
		return rc;
	rc = destroy_in(a, &p, e);
	site_free(&p);
	return rc;
}

static const struct opt destroy_opts[] = {
	{ "by", "WHO",
	    "one of the two persons: a desk of the station, or a key file",
	    true },
	{ "passphrase-file", "FILE",
	    "read their passphrases from the first lines of these files, in "
	    "order",
	    true },
	{ "code", NULL, "by the emergency code instead, which is asked for",
	    false },
	{ "code-file", "FILE", "read the code from the first line of FILE",
	    false },
	{ "yes-destroy", NULL, "with the code: do not ask once more", false },
	{ "rehearse", NULL, "do everything but destroy", false },
	{ "set-code", NULL, "set the emergency code: two persons do", false },
	{ "wait", "SECONDS",
	    "how long its last word may take to the station above (default: 2)",
	    false },
	{ "last-word", "FILE", "write the last word into FILE, too", false },
	{ "conf", "FILE",
	    "the station's configuration (default: antind.conf in its folder)",
	    false },
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_destroy = {
	.name = "destroy",
	.args = "",
	.does = "Destroy a station that is about to be lost: its keys first.",
	.opts = destroy_opts,
	.least = 0,
	.most = 0,
	.run = destroy,
};

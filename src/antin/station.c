/* SPDX-License-Identifier: EUPL-1.2 */
/* antin station new, add-desk: the folder of a station. */
#include "antin/station.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "antin/talk.h"
#include "antin/tree.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "envelope/address.h"
#include "file/directory_file.h"
#include "file/file.h"

#define SCHEME "antin://"
#define ADD_TRIES 300u	     /* looks whether a key has come, */
#define ADD_EVERY_US 100000u /* and between them */

/* Folders of a station; the first two are passed through by who may use its
 * socket. */
static const struct {
	const char *name;
	mode_t mode;
} folders[] = {
	{ "data", 0711 },
	{ "data/keys", 0700 },
	{ "data/rules", 0755 },
	{ "log", 0700 },
};

/* ---- key files
 * ------------------------------------------------------------- */

/* A key file as it is, and whose it is. */
struct key {
	struct buf file;
	struct card card;
	bool protected;
};

static void
key_free(struct key *k)
{
	buf_free(&k->file);
	card_free(&k->card);
}

static enum rc
key_read(struct key *out, const char *path, struct err *e)
{
	struct buf card = { 0 };
	enum rc rc;

	*out = (struct key){ 0 };
	rc = file_read(&out->file, path, KEYFILE_MAX, e);
	if (rc != RC_OK)
		return rc;
	rc = keyfile_public(&card, &out->protected, buf_bytes(&out->file), e);
	if (rc == RC_OK)
		rc = card_parse(&out->card, buf_bytes(&card), e);
	buf_free(&card);
	return rc == RC_OK ? rc : fail_at(e, "%s", path);
}

/* The station's own: it must open without anybody, and be in the directory. */
static enum rc
check_station(const struct key *k, const char *path, const struct directory *d,
    struct err *e)
{
	if (!address_is_station(k->card.sign.address))
		return fail(e, RC_INVALID,
		    "%s is not a station's key: \"%.*s\"", path,
		    (int)k->card.sign.address.len,
		    (const char *)k->card.sign.address.p);
	if (k->protected)
		return fail(e, RC_INVALID,
		    "%s is under a passphrase, which nobody is there to give "
		    "when the station starts; the disk has to protect it: "
		    "antin key passwd --no-passphrase",
		    path);
	if (cert_by_fingerprint(&d->state, k->card.sign_cert) == NONE)
		return fail(e, RC_DENIED,
		    "the directory does not know the key in %s; was it "
		    "enrolled?",
		    path);
	return RC_OK;
}

/* "antin://muong-nhe.dien-bien.vn" is below "antin://dien-bien.vn". */
static bool
is_below(struct bytes one, struct bytes station)
{
	const struct bytes host =
	    bytes_of(station.p + strlen(SCHEME), station.len - strlen(SCHEME));

	return one.len > station.len && one.p[one.len - host.len - 1] == '.' &&
	       memcmp(one.p + one.len - host.len, host.p, host.len) == 0;
}

static bool
is_person(const struct key *k)
{
	return k->card.issued && k->card.sign.rights.kind == CERT_PERSON;
}

/* A desk's, of this station's unit or one below it (docs/station.md 1.1). */
static enum rc
check_desk(const struct key *k, const char *path, struct bytes station,
    struct address *a, struct err *e)
{
	if (!address_parse(a, k->card.sign.address) || a->desk.len == 0)
		return fail(e, RC_INVALID, "%s is not a desk's key: \"%.*s\"",
		    path, (int)k->card.sign.address.len,
		    (const char *)k->card.sign.address.p);
	if (is_person(k))
		return fail(e, RC_INVALID,
		    "%s is a person's key: antin user add gives it to a "
		    "station",
		    path);
	if (!bytes_eq(a->station, station) && !is_below(a->station, station))
		return fail(e, RC_INVALID,
		    "%s is a desk's key of another station: \"%.*s\"", path,
		    (int)a->station.len, (const char *)a->station.p);
	return RC_OK;
}

/* As "van-thu.key", and one of a unit below as "van-thu.sin-thau.vn.key". */
static enum rc
put_desk(const char *data, const struct key *k, const struct address *a,
    struct bytes station, bool replace, struct err *e)
{
	const bool own = bytes_eq(a->station, station);
	char *path;
	enum rc rc;

	if (asprintf(&path, "%s/keys/%.*s%s%.*s.key", data, (int)a->desk.len,
		(const char *)a->desk.p, own ? "" : ".",
		own ? 0 : (int)(a->station.len - strlen(SCHEME)),
		(const char *)a->station.p + strlen(SCHEME)) < 0)
		bug("no memory");
	rc = file_write(path, buf_bytes(&k->file), 0600, replace, e);
	free(path);
	return rc;
}

/* A person's, who has a certificate and a passphrase (docs/registry.md 6.3). */
static enum rc
check_person(
    const struct key *k, const char *path, struct address *a, struct err *e)
{
	if (!is_person(k) || !address_parse(a, k->card.sign.address) ||
	    a->desk.len == 0)
		return fail(e, RC_INVALID,
		    "%s is not an enrolled person's key: \"%.*s\"", path,
		    (int)k->card.sign.address.len,
		    (const char *)k->card.sign.address.p);
	if (!k->protected)
		return fail(e, RC_DENIED,
		    "%s is under no passphrase, and a person's has to be: "
		    "antin key passwd",
		    path);
	return RC_OK;
}

static enum rc
add_person_to(const char *data, const char *path, struct bytes station,
    bool replace, struct err *e)
{
	struct address a;
	struct key k;
	enum rc rc;

	rc = key_read(&k, path, e);
	if (rc == RC_OK && (rc = check_person(&k, path, &a, e)) == RC_OK)
		rc = put_desk(data, &k, &a, station, replace, e);
	key_free(&k);
	return rc;
}

static enum rc
add_desk_to(const char *data, const char *path, struct bytes station,
    bool replace, struct err *e)
{
	struct address a;
	struct key k;
	enum rc rc;

	rc = key_read(&k, path, e);
	if (rc == RC_OK && (rc = check_desk(&k, path, station, &a, e)) == RC_OK)
		rc = put_desk(data, &k, &a, station, replace, e);
	key_free(&k);
	return rc;
}

/* ---- new
 * ------------------------------------------------------------------- */

/* A station being made, in a folder beside the one it will be. */
struct making {
	const struct args *a;
	char *temp;
	struct key key;
	struct directory *directory;
};

static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *f)
{
	(void)st;
	(void)what;
	(void)f;
	return remove(path);
}

static enum rc
make_folders(struct making *m, struct err *e)
{
	char *path;
	enum rc rc = RC_OK;
	size_t i;

	if (asprintf(&m->temp, "%s.XXXXXX", m->a->rest[0]) < 0)
		bug("no memory");
	if (mkdtemp(m->temp) == NULL) {
		rc = fail_io(e, "%s cannot be made", m->temp);
		free(m->temp);
		m->temp = NULL;
		return rc;
	}
	if (chmod(m->temp, 0711) != 0)
		rc = fail_io(e, "%s cannot be made", m->temp);
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]) && rc == RC_OK;
	     i++) {
		path = station_path(m->temp, folders[i].name);
		if (mkdir(path, folders[i].mode) != 0 ||
		    chmod(path, folders[i].mode) != 0)
			rc = fail_io(e, "%s cannot be made", path);
		free(path);
	}
	return rc;
}

/* "word value" for each value of an option. */
static enum rc
add_words(
    struct buf *conf, const struct args *a, const char *word, struct err *e)
{
	const char *value;
	size_t at = 0;

	while ((value = arg_each(a, word, &at)) != NULL) {
		if (value[0] == '\0' || strpbrk(value, " \t\r\n#") != NULL)
			return fail(e, RC_USAGE,
			    "--%s wants an IP address and a port, such as "
			    "192.0.2.1:7433, found \"%s\"",
			    word, value);
		buf_add(conf, bytes_str(word));
		buf_u8(conf, ' ');
		buf_add(conf, bytes_str(value));
		buf_u8(conf, '\n');
	}
	return RC_OK;
}

static enum rc
put_conf(const struct making *m, struct err *e)
{
	char *path = station_path(m->temp, "antind.conf");
	struct buf conf = { 0 };
	enum rc rc;

	buf_add(&conf,
	    bytes_str("# What antind runs by; antind.conf(5) explains it.\n"
		      "data data\n"
		      "key station.key\n"
		      "directory directory\n"
		      "web 127.0.0.1:0\n"));
	rc = add_words(&conf, m->a, "listen", e);
	if (rc == RC_OK)
		rc = add_words(&conf, m->a, "parent", e);
	if (rc == RC_OK)
		rc = file_write(path, buf_bytes(&conf), 0600, false, e);
	buf_free(&conf);
	free(path);
	return rc;
}

static enum rc
put_files(const struct making *m, struct err *e)
{
	char *data = station_path(m->temp, "data");
	char *key = station_path(data, "station.key");
	char *directory = station_path(data, "directory");
	const struct directory_for all = { .all = true, .unit = NONE };
	struct buf file = { 0 };
	const char *path;
	size_t at = 0;
	enum rc rc;

	/* what was given may be one to carry, which nothing can follow */
	directory_write(&file, m->directory, &all, time_now());
	rc = file_write(key, buf_bytes(&m->key.file), 0600, false, e);
	if (rc == RC_OK)
		rc = directory_create(directory, buf_bytes(&file), e);
	while (rc == RC_OK && (path = arg_each(m->a, "desk", &at)) != NULL)
		rc =
		    add_desk_to(data, path, m->key.card.sign.address, false, e);
	buf_free(&file);
	free(directory);
	free(key);
	free(data);
	return rc;
}

/* An empty folder may be there: rename() takes the place of no other. */
static enum rc
put_in_place(struct making *m, struct err *e)
{
	const char *dir = m->a->rest[0];

	if (rename(m->temp, dir) == 0) {
		free(m->temp);
		m->temp = NULL;
		return RC_OK;
	}
	if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
		return fail(e, RC_EXISTS,
		    "%s is there already; nothing was changed", dir);
	return fail_io(e, "%s cannot be made", dir);
}

static void
tell_new(const struct making *m)
{
	const struct bytes *address = &m->key.card.sign.address;
	const char *dir = m->a->rest[0];

	say("Made %s for the station %.*s.\n", dir, (int)address->len,
	    (const char *)address->p);
	if (!arg_given(m->a, "desk"))
		say("It has no desk yet: antin station add-desk %s FILE.key\n",
		    dir);
	say("Start it: antin station start %s\n", dir);
	say("The key file is in it now; keep no other copy of %s lying "
	    "about.\n",
	    arg(m->a, "key"));
}

static enum rc
station_new(const struct args *a, struct err *e)
{
	struct making m = { .a = a };
	const char *key;
	enum rc rc;

	if ((rc = arg_must(&key, a, "key", e)) == RC_OK &&
	    (rc = tree_read(&m.directory, a, e)) == RC_OK &&
	    (rc = key_read(&m.key, key, e)) == RC_OK &&
	    (rc = check_station(&m.key, key, m.directory, e)) == RC_OK &&
	    (rc = make_folders(&m, e)) == RC_OK &&
	    (rc = put_conf(&m, e)) == RC_OK && (rc = put_files(&m, e)) == RC_OK)
		rc = put_in_place(&m, e);
	if (rc == RC_OK)
		tell_new(&m);
	if (m.temp != NULL) /* best effort: what is said is why */
		(void)nftw(m.temp, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(m.temp);
	key_free(&m.key);
	directory_free(m.directory);
	return rc;
}

static const struct opt new_opts[] = {
	{ "key", "STATION.key", "the key file of the station", false },
	OPT_DIRECTORY,
	{ "listen", "ADDR:PORT", "where stations below it call", true },
	{ "parent", "ADDR:PORT", "where the station above it is called", true },
	{ "desk", "FILE.key", "the key file of a desk of this station", true },
	OPT_END,
};
const struct cmd cmd_station_new = {
	.name = "station new",
	.args = "DIR",
	.does = "Make the folder of a station, ready to start.",
	.opts = new_opts,
	.least = 1,
	.most = 1,
	.run = station_new,
};

/* ---- add-desk
 * -------------------------------------------------------------- */

/* Whose station it is: the address in its key file. */
static enum rc
station_address(struct key *out, const char *dir, struct err *e)
{
	char *path = station_in(dir, "station.key");
	enum rc rc = key_read(out, path, e);

	free(path);
	return rc;
}

/* Into the station's folder by this, and it is told. */
static enum rc
add_to(const char *dir, const char *path, bool replace,
    enum rc (*add)(const char *data, const char *path, struct bytes station,
	bool replace, struct err *e),
    struct err *e)
{
	char *data = station_in(dir, ".");
	struct key station;
	pid_t pid = 0;
	enum rc rc;

	rc = station_address(&station, dir, e);
	if (rc == RC_OK)
		rc = add(data, path, station.card.sign.address, replace, e);
	if (rc == RC_OK)
		rc = station_pid(&pid, dir, e);
	if (rc == RC_OK && pid != 0 && kill(pid, SIGHUP) != 0)
		rc = fail_io(e, "process %ld cannot be told", (long)pid);
	if (rc == RC_OK && pid != 0)
		say("Added; the station has been told.\n");
	else if (rc == RC_OK)
		say("Added; the station has it when it is started.\n");
	key_free(&station);
	free(data);
	return rc;
}

static enum rc
add_desk(const struct args *a, struct err *e)
{
	return add_to(
	    a->rest[0], a->rest[1], arg_given(a, "force"), add_desk_to, e);
}

/* The station that runs there has this person's key. */
static bool
has_person(struct talk *t, struct bytes address)
{
	json_t *rows, *row;
	bool has = false;
	struct err e;
	size_t i;

	if (talk_rows(t, CONTROL_USERS, NULL, &rows, &e) != RC_OK)
		return false;
	json_array_foreach(rows, i, row)
	{
		has |= row_is(row, "user") &&
		       bytes_is(address, row_text(row, "person"));
	}
	json_decref(rows);
	return has;
}

/* Where one runs, it takes what it was given, or says in its log why not. */
static enum rc
await_person(
    const struct args *a, const char *dir, const char *path, struct err *e)
{
	struct talk t = { .fd = -1 };
	struct key k;
	unsigned i;
	enum rc rc;

	rc = key_read(&k, path, e);
	if (rc == RC_OK)
		rc = talk_open_at(&t, a, dir, e);
	if (rc == RC_OK) {
		for (i = 0;
		     i < ADD_TRIES && !has_person(&t, k.card.sign.address); i++)
			(void)usleep(ADD_EVERY_US);
		if (i == ADD_TRIES)
			rc = fail(e, RC_IO,
			    "the station has not taken it; its log says why");
	}
	rc = rc == RC_ABSENT ? RC_OK : rc; /* it has it at its start */
	talk_close(&t);
	key_free(&k);
	return rc;
}

static enum rc
user_add(const struct args *a, struct err *e)
{
	const char *key, *dir = station_dir(a);
	enum rc rc;

	if ((rc = arg_must(&key, a, "key", e)) == RC_OK &&
	    (rc = add_to(dir, key, arg_given(a, "force"), add_person_to, e)) ==
		RC_OK)
		rc = await_person(a, dir, key, e);
	return rc;
}

static const struct opt add_opts[] = { OPT_FORCE, OPT_END };
const struct cmd cmd_station_add_desk = {
	.name = "station add-desk",
	.args = "DIR FILE.key",
	.does = "Give a station the key file of one of its desks.",
	.opts = add_opts,
	.least = 2,
	.most = 2,
	.run = add_desk,
};

static const struct opt user_opts[] = {
	{ "key", "FILE.key", "the person's key file", false },
	OPT_STATION,
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_user_add = {
	.name = "user add",
	.args = "",
	.does = "Give a station the key file of a person who works at it.",
	.opts = user_opts,
	.run = user_add,
};

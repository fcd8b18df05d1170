/* SPDX-License-Identifier: EUPL-1.2 */
/* Bundles as files: written, and read (docs/media.md 4.6). */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "antin/media.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "file/file.h"
#include "media/bundle.h"

#define FILES_MAX 100000u /* bundles of one folder */
#define SIZE_LEAST (1u << 20)
#define ROOM_KEPT (1u << 20) /* bytes of a disk that are left */

/* ---- talking about bundles
 * ------------------------------------------------------- */

static void
on(void *ctx, uint64_t done, uint64_t total)
{
	struct progress *p = ctx;

	p->total = total;
	progress_to(p, done);
}

static enum rc
ask_file(struct media *m, enum control_what what, json_t *request, int fd,
    const char *doing, json_t **answer, struct err *e)
{
	const struct control_ears ears = { .progress = on,
		.ctx = &m->progress };
	enum rc rc;

	m->progress = progress_start(doing, 0);
	rc = control_ask(m->t.fd, what, request, &fd, 1, &ears, answer, e);
	progress_end(&m->progress);
	return rc;
}

static char *
path_in(const char *folder, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		bug("no memory");
	return path;
}

static void
keep_answer(struct media *m, const char *file, json_t *answer)
{
	show_word(answer, "file", file);
	row_times(answer);
	(void)json_array_append(m->said, answer);
}

/* ---- writing
 * ----------------------------------------------------------------------- */

/* What does not fit, by rank: the highest first. */
static void
say_left(const json_t *answer)
{
	static const char *const keys[] = { "left_hoa_toc", "left_thuong_khan",
		"left_khan", "left_thuong" };
	char size[SIZE_TEXT];
	uint64_t all = 0;
	size_t i;

	for (i = 0; i < 4; i++)
		all += (uint64_t)row_int(answer, keys[i]);
	if (all == 0)
		return;
	if (json_is_true(json_object_get(answer, "closed"))) {
		say("Nothing of what waits here was written, %llu dispatches "
		    "and receipts: this station was restored from a backup and "
		    "is closed. It goes when the station is open again: antin "
		    "status\n",
		    (unsigned long long)all);
		return;
	}
	size_write(size, (uint64_t)row_int(answer, "left_bytes"));
	say("Not on this disk for want of room: hỏa tốc %llu, thượng khẩn "
	    "%llu, khẩn %llu, thường %llu (%s in all). Take a second disk: "
	    "antin media write --rest DIR\n",
	    (unsigned long long)row_int(answer, keys[0]),
	    (unsigned long long)row_int(answer, keys[1]),
	    (unsigned long long)row_int(answer, keys[2]),
	    (unsigned long long)row_int(answer, keys[3]), size);
}

/* What an earlier writing that was cut off has left. */
static void
sweep(const char *folder)
{
	struct dirent *d;
	DIR *dir = opendir(folder);
	const char *tail;
	char *path;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		tail = strstr(d->d_name, ".bundle.");
		if (strncmp(d->d_name, ".antin-", 7) != 0 || tail == NULL ||
		    strlen(tail) < 12 ||
		    strcmp(tail + strlen(tail) - 4, ".tmp") != 0)
			continue;
		path = path_in(folder, d->d_name);
		(void)unlink(path);
		free(path);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

/* How large it may be: as was asked for, and as the disk has room. */
static enum rc
size_of(uint64_t *size, const struct media *m, struct err *e)
{
	struct statvfs disk;
	uint64_t room;
	enum rc rc;

	*size = 0;
	rc = arg_number(size, m->a, "size", SIZE_LEAST, INT64_MAX, e);
	if (rc != RC_OK || statvfs(m->folder, &disk) != 0)
		return rc;
	room = (uint64_t)disk.f_bavail * disk.f_frsize;
	if (room < ROOM_KEPT + SIZE_LEAST)
		return fail(e, RC_IO,
		    "%s is full: make room, or take another disk", m->folder);
	room -= ROOM_KEPT;
	if (*size == 0 || room < *size)
		*size = room;
	return RC_OK;
}

/* A name that is free: others may carry bundles of that number there. */
static enum rc
open_new(struct out_file *out, char **path, const struct media *m,
    const char *tag, uint64_t number, struct err *e)
{
	char name[BUNDLE_NAME + 8];
	unsigned i;
	enum rc rc = RC_EXISTS;

	for (i = 1; rc == RC_EXISTS && i < 100; i++) {
		if (i == 1)
			(void)snprintf(name, sizeof(name),
			    "antin-%.8s-%llu.bundle", tag,
			    (unsigned long long)number);
		else
			(void)snprintf(name, sizeof(name),
			    "antin-%.8s-%llu-%u.bundle", tag,
			    (unsigned long long)number, i);
		free(*path);
		*path = path_in(m->folder, name);
		rc = out_open(out, *path, 0644, false, e);
	}
	return rc;
}

enum rc
media_note(struct media *m, uint64_t number, bool lost, struct err *e)
{
	json_t *request = json_object();

	show_number(request, "number", number);
	show_bool(request, "all", lost);
	return talk_ask(&m->t, CONTROL_MEDIA_NOTE, request, NULL, NULL, e);
}

static void
say_written(struct media *m, const char *path, json_t *answer)
{
	char size[SIZE_TEXT];

	if (arg_given(m->a, "json")) {
		keep_answer(m, path, answer);
		return;
	}
	size_write(size, (uint64_t)row_int(answer, "bytes"));
	say("Written: %s, for %s: %llu dispatches and receipts, %s.\n", path,
	    row_text(answer, "station"),
	    (unsigned long long)row_int(answer, "items"), size);
	say_left(answer);
}

static enum rc
write_one(struct media *m, const json_t *row, struct err *e)
{
	const uint64_t number = (uint64_t)row_int(row, "next");
	const char *station = row_text(row, "station");
	struct out_file out = { .dir = -1, .fd = -1 };
	json_t *request, *answer = NULL;
	char *path = NULL;
	uint64_t size;
	enum rc rc;

	if (row_text(row, "tag")[0] == '\0')
		return fail(e, RC_ABSENT,
		    "%s has no certificate in force here: it cannot be sealed "
		    "for",
		    station);
	if ((rc = size_of(&size, m, e)) != RC_OK ||
	    (rc = open_new(&out, &path, m, row_text(row, "tag"), number, e)) !=
		RC_OK)
		goto out;
	request = json_object();
	show_word(request, "station", station);
	show_number(request, "number", number);
	show_number(request, "size", size);
	show_bool(request, "all", !arg_given(m->a, "rest"));
	rc = ask_file(
	    m, CONTROL_MEDIA_WRITE, request, out.fd, tr("Writing"), &answer, e);
	if (rc == RC_OK && (rc = out_commit(&out, e)) == RC_OK &&
	    (rc = media_note(m, number, false, e)) == RC_OK) {
		say_written(m, path, answer);
		m->done++;
	}
out:
	out_drop(&out);
	json_decref(answer);
	free(path);
	return rc;
}

/* Whom one can be written for; or whom --for names. */
static enum rc
stations(json_t **rows, struct media *m, struct err *e)
{
	const char *station = arg_given(m->a, "for") ? arg(m->a, "for") : NULL;
	json_t *request = json_object();

	if (station != NULL)
		show_word(request, "station", station);
	return talk_rows(&m->t, CONTROL_MEDIA, request, rows, e);
}

/* The row of one. */
static enum rc
ask_one(json_t **rows, struct media *m, const char *station, struct err *e)
{
	json_t *request = json_object();

	show_word(request, "station", station);
	return talk_rows(&m->t, CONTROL_MEDIA, request, rows, e);
}

/* Whose bundle was read is acknowledged, by line or so. */
static enum rc
write_back(struct media *m, struct err *e)
{
	json_t *rows, *row, *heard;
	const char *station;
	enum rc rc = RC_OK;

	json_object_foreach(m->heard, station, heard)
	{
		rows = NULL;
		if (rc == RC_OK)
			rc = ask_one(&rows, m, station, e);
		row = json_array_get(rows, 0);
		if (rc == RC_OK && row != NULL &&
		    strcmp(row_text(row, "line"), "up") != 0)
			rc = write_one(m, row, e);
		json_decref(rows);
	}
	return rc;
}

enum rc
media_write_all(struct media *m, struct err *e)
{
	json_t *rows = NULL, *fresh = NULL, *row;
	enum rc rc;
	size_t i;

	sweep(m->folder);
	rc = stations(&rows, m, e);
	json_array_foreach(rows, i, row)
	{
		/* a line carries it */
		if (!arg_given(m->a, "for") &&
		    strcmp(row_text(row, "line"), "up") == 0)
			continue;
		/* each takes a number: the next has the one behind it */
		(void)json_object_del(m->heard, row_text(row, "station"));
		if (rc == RC_OK && i > 0) {
			rc = ask_one(&fresh, m, row_text(row, "station"), e);
			if (rc == RC_OK && json_array_size(fresh) == 1)
				row = json_array_get(fresh, 0);
		}
		if (rc == RC_OK)
			rc = write_one(m, row, e);
		json_decref(fresh);
		fresh = NULL;
	}
	if (rc == RC_OK)
		rc = write_back(m, e);
	if (rc == RC_OK && m->done == 0)
		rc = fail(e, RC_ABSENT,
		    "nothing waits to be carried to a station without a line; "
		    "name one: --for");
	json_decref(rows);
	return rc;
}

/* ---- reading
 * ----------------------------------------------------------------------- */

static void
say_read(
    struct media *m, enum control_what what, const char *path, json_t *answer)
{
	char when[TIME_TEXT], before[TIME_TEXT];
	uint64_t n;

	if (arg_given(m->a, "json")) {
		keep_answer(m, path, answer);
		return;
	}
	row_time(when, answer, "at");
	row_time(before, answer, "before");
	if (before[0] != '\0') {
		say("%s: bundle %llu of %s, written %s, was read here on %s; "
		    "nothing is taken twice.\n",
		    path, (unsigned long long)row_int(answer, "number"),
		    row_text(answer, "station"), when, before);
		return;
	}
	if (what == CONTROL_MEDIA_LOOK) {
		say("%s: bundle %llu of %s, written %s.\n", path,
		    (unsigned long long)row_int(answer, "number"),
		    row_text(answer, "station"), when);
		return;
	}
	say("%s: bundle %llu of %s, written %s: %llu new, %llu here before, "
	    "%llu refused, %llu in part, %llu not now.\n",
	    path, (unsigned long long)row_int(answer, "number"),
	    row_text(answer, "station"), when,
	    (unsigned long long)row_int(answer, "stored"),
	    (unsigned long long)row_int(answer, "known"),
	    (unsigned long long)row_int(answer, "refused"),
	    (unsigned long long)row_int(answer, "part"),
	    (unsigned long long)row_int(answer, "later"));
	n = (uint64_t)row_int(answer, "answers");
	if (n > 0)
		say("It acknowledges %llu of what this station sent by "
		    "disk.\n",
		    (unsigned long long)n);
	n = (uint64_t)row_int(answer, "acts");
	if (n > 0)
		say("It brings %llu decisions of authorities.\n",
		    (unsigned long long)n);
	if (json_is_true(json_object_get(answer, "cut")))
		say("It is cut off: what is missing comes with the next one; "
		    "have it written again.\n");
}

/* One file; what is wrong with it is said, and the next is read. */
enum rc
media_read_one(
    struct media *m, enum control_what what, const char *path, struct err *e)
{
	json_t *answer = NULL;
	struct in_file in = { .fd = -1 };
	enum rc rc;

	rc = in_open(&in, path, e);
	if (rc == RC_OK)
		rc = ask_file(
		    m, what, json_object(), in.fd, tr("Reading"), &answer, e);
	if (rc == RC_OK) {
		m->done++;
		if (what == CONTROL_MEDIA_READ)
			show_bool(m->heard, row_text(answer, "station"), true);
		say_read(m, what, path, answer);
		if (what == CONTROL_MEDIA_READ && arg_given(m->a, "remove") &&
		    row_int(answer, "part") + row_int(answer, "later") ==
			0 &&
		    !json_is_true(json_object_get(answer, "cut")))
			(void)unlink(path);
	}
	in_close(&in);
	json_decref(answer);
	return rc;
}

static bool
is_foreign(const struct err *e)
{
	return e->rc == RC_DENIED &&
	       strstr(e->text, tr("this bundle is for another station")) !=
		   NULL;
}

/* One for another station: for whom, where it is one that this one may write
 * for.  The tag of its key is in its outside. */
static void
say_foreign(struct media *m, const char *path)
{
	uint8_t bytes[BUNDLE_HEAD_MAX];
	struct in_file in = { .fd = -1 };
	struct bundle_head h;
	size_t len, got, i;
	char tag[2 * 4 + 1];
	json_t *row;
	struct err e;

	if (arg_given(m->a, "json"))
		return;
	if (in_open(&in, path, &e) == RC_OK &&
	    in_read(&in, bytes, sizeof(bytes), &got, &e) == RC_OK &&
	    bundle_head_length(&len, bytes_of(bytes, got), &e) == RC_OK &&
	    got >= len &&
	    bundle_head_read(&h, bytes_of(bytes, len), &e) == RC_OK &&
	    (m->known != NULL || talk_rows(&m->t, CONTROL_MEDIA, NULL,
				     &m->known, &e) == RC_OK)) {
		hex_write(tag, bytes_of(h.key.b, 4));
		json_array_foreach(m->known, i, row)
		{
			if (strcmp(row_text(row, "tag"), tag) != 0)
				continue;
			say("%s: bundle %llu, for %s.\n", path,
			    (unsigned long long)h.number,
			    row_text(row, "station"));
			in_close(&in);
			return;
		}
	}
	in_close(&in);
	say("%s: for another station.\n", path);
}

struct names {
	char **list; /* owned */
	size_t count;
};

/* Bundles of one station are read in the order of their numbers. */
static int
by_number(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	const char *p = strchr(x + 6, '-'), *q = strchr(y + 6, '-');
	const unsigned long long n = p != NULL ? strtoull(p + 1, NULL, 10) : 0,
				 k = q != NULL ? strtoull(q + 1, NULL, 10) : 0;

	return n != k ? (n < k ? -1 : 1) : strcmp(x, y);
}

static enum rc
names_of(struct names *out, const char *folder, struct err *e)
{
	const size_t tail = strlen(".bundle");
	struct dirent *d;
	DIR *dir = opendir(folder);
	size_t len;

	*out = (struct names){ 0 };
	if (dir == NULL)
		return fail_io(e, "%s cannot be read", folder);
	while ((d = readdir(dir)) != NULL && out->count < FILES_MAX) {
		len = strlen(d->d_name);
		if (strncmp(d->d_name, "antin-", 6) != 0 || len < 6 + tail ||
		    strcmp(d->d_name + len - tail, ".bundle") != 0)
			continue;
		out->list = vec_more(out->list, out->count, sizeof(*out->list));
		out->list[out->count++] = strdup(d->d_name);
	}
	(void)closedir(dir);
	if (out->count > 0)
		qsort(out->list, out->count, sizeof(*out->list), by_number);
	return RC_OK;
}

static void
names_free(struct names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->list[i]);
	free(n->list);
}

enum rc
media_read_all(struct media *m, enum control_what what, struct err *e)
{
	struct names names;
	struct err bad = { 0 };
	struct err *worst = e;
	char *path;
	enum rc rc, one;
	size_t i;

	if ((rc = names_of(&names, m->folder, e)) != RC_OK)
		return rc;
	for (i = 0; i < names.count; i++) {
		path = path_in(m->folder, names.list[i]);
		one = media_read_one(m, what, path, &bad);
		if (one != RC_OK && is_foreign(&bad)) {
			m->foreign++;
			if (what == CONTROL_MEDIA_LOOK)
				say_foreign(m, path);
		} else if (one != RC_OK) {
			rc = one;
			*worst = bad;
			(void)fprintf(stderr, "%s: ", path);
			utf8_print(stderr, bytes_str(bad.text));
			(void)fputc('\n', stderr);
		}
		free(path);
	}
	names_free(&names);
	if (rc != RC_OK)
		return fail_at(e, "not all could be read; the last");
	if (m->foreign > 0 && what == CONTROL_MEDIA_LOOK)
		return RC_OK;
	if (m->done == 0 && m->foreign > 0)
		return fail(e, RC_DENIED,
		    "%s: %llu bundles, all for other stations", m->folder,
		    (unsigned long long)m->foreign);
	if (m->done == 0)
		return fail(
		    e, RC_ABSENT, "%s: there is no bundle in it", m->folder);
	if (m->foreign > 0 && !arg_given(m->a, "json"))
		say("%llu bundles are for other stations; leave them there.\n",
		    (unsigned long long)m->foreign);
	return RC_OK;
}

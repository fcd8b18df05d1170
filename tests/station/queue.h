/* SPDX-License-Identifier: EUPL-1.2 */
/* A desk of a real station, asked by hand: sends, queues, operators, alarms. */
#ifndef TESTS_STATION_QUEUE_H
#define TESTS_STATION_QUEUE_H

#include <dirent.h>

#include "clerk.h"

/* Ask and have the answer; "request" is taken. */
static inline enum rc
seat_asks(const struct seat *s, enum control_what what, json_t *request,
    json_t **answer, struct err *e)
{
	enum rc rc;
	int fd;

	if ((rc = seat_control(&fd, s, e)) != RC_OK) {
		json_decref(request);
		return rc;
	}
	rc = control_ask(fd, what, request, NULL, 0, NULL, answer, e);
	close(fd);
	return rc;
}

static inline void
keep_row(void *ctx, json_t *row)
{
	(void)json_array_append(ctx, row);
}

/* The rows of an answer, as a list; the caller json_decref()s it. */
static inline json_t *
seat_rows(const struct seat *s, enum control_what what, json_t *request)
{
	json_t *rows = json_array();
	const struct control_ears ears = { .row = keep_row, .ctx = rows };
	struct err e;
	int fd;

	if (request == NULL)
		request = json_object();
	if (seat_control(&fd, s, &e) != RC_OK) {
		json_decref(request);
		return rows;
	}
	if (control_ask(fd, what, request, NULL, 0, &ears, NULL, &e) != RC_OK)
		note("%s", e.text);
	close(fd);
	return rows;
}

static inline const char *
row_word(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text != NULL ? text : "";
}

/* How many rows of this kind have this under a key ("": whatever). */
static inline size_t
rows_with(
    const json_t *rows, const char *kind, const char *key, const char *value)
{
	size_t i, n = 0;
	json_t *row;

	json_array_foreach(rows, i, row) n +=
	    strcmp(row_word(row, "row"), kind) == 0 &&
	    (key[0] == '\0' || strcmp(row_word(row, key), value) == 0);
	return n;
}

/* The same, of what a request says now. */
static inline size_t
seat_has(const struct seat *s, enum control_what what, const char *kind,
    const char *key, const char *value)
{
	json_t *rows = seat_rows(s, what, NULL);
	const size_t n = rows_with(rows, kind, key, value);

	json_decref(rows);
	return n;
}

/* What it has, as remarks. */
static inline void
seat_note(const struct seat *s, enum control_what what, const char *kind)
{
	json_t *rows = seat_rows(s, what, NULL), *row;
	char *text;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		text = json_dumps(row, JSON_COMPACT);
		note("%s: %s", kind, text);
		free(text);
	}
	json_decref(rows);
}

/* Until it has so many; about so many seconds or more. */
static inline bool
seat_comes_to(const struct seat *s, enum control_what what, const char *kind,
    const char *key, const char *value, size_t n, unsigned seconds)
{
	unsigned i;

	for (i = 0; i < patience(seconds) * 20; i++) {
		if (seat_has(s, what, kind, key, value) == n)
			return true;
		(void)usleep(50000);
	}
	seat_note(s, what, kind);
	note("%s %s %s: %zu, wanted %zu", kind, key, value,
	    seat_has(s, what, kind, key, value), n);
	return false;
}

/* Dispatches, not notices of them, that wait at a station, until there are so
 * many of which this is so. */
static inline bool
queue_comes_to(const struct seat *s, const char *key, const char *value,
    size_t n, unsigned seconds)
{
	json_t *rows, *row;
	size_t k, had = 0;
	unsigned i;

	for (i = 0; i < patience(seconds) * 20; i++) {
		rows = seat_rows(s, CONTROL_QUEUE, NULL);
		had = 0;
		json_array_foreach(rows, k, row) had +=
		    strcmp(row_word(row, "what"), "dispatch") == 0 &&
		    (key[0] == '\0' || strcmp(row_word(row, key), value) == 0);
		json_decref(rows);
		if (had == n)
			return true;
		(void)usleep(50000);
	}
	note("waits %s %s: %zu, wanted %zu", key, value, had, n);
	return false;
}

/* What a desk sends: to whom, how urgent, how large, until when (0: for
 * ever). */
struct errand_of {
	const char *precedence;
	const struct seat *to[4];
	size_t size;
	int64_t due, expires;
	const char *level;
};

static inline enum rc
desk_sends(const struct seat *s, const struct errand_of *w, struct id *id,
    struct err *e)
{
	json_t *r = json_object(), *to = json_array(), *parts = json_array();
	json_t *part = json_object(), *answer = NULL;
	const int file = memfd_create("part", MFD_CLOEXEC);
	uint8_t *bytes = alloc(1, w->size + 1);
	int fd = -1;
	size_t i;
	enum rc rc;

	random_bytes(bytes, w->size + 1);
	if (write(file, bytes, w->size + 1) != (ssize_t)w->size + 1)
		bug("no file");
	free(bytes);
	for (i = 0; i < COUNT(w->to) && w->to[i] != NULL; i++)
		(void)json_array_append_new(
		    to, json_string(w->to[i]->desk_address));
	(void)json_object_set_new(r, "to", to);
	(void)json_object_set_new(r, "desk", json_string(s->desk_address));
	(void)json_object_set_new(
	    r, "level", json_string(w->level != NULL ? w->level : "thuong"));
	(void)json_object_set_new(r, "precedence", json_string(w->precedence));
	if (w->due != 0)
		(void)json_object_set_new(r, "due", json_integer(w->due));
	if (w->expires != 0)
		(void)json_object_set_new(
		    r, "expires", json_integer(w->expires));
	(void)json_object_set_new(part, "kind", json_string("document"));
	(void)json_object_set_new(part, "name", json_string("a"));
	(void)json_object_set_new(
	    part, "type", json_string("application/octet-stream"));
	(void)json_array_append_new(parts, part);
	(void)json_object_set_new(r, "parts", parts);
	if ((rc = seat_control(&fd, s, e)) == RC_OK &&
	    (rc = seat_sign_in(fd, s, e)) == RC_OK) {
		rc = control_ask(
		    fd, CONTROL_SEND, r, &file, 1, NULL, &answer, e);
		r = NULL;
	}
	if (rc == RC_OK && id != NULL &&
	    !id_parse(id, bytes_str(row_word(answer, "id"))))
		bug("an id that is none");
	json_decref(r);
	json_decref(answer);
	close(file);
	if (fd >= 0)
		close(fd);
	return rc;
}

static inline void
must_send(const struct seat *s, const struct errand_of *w, struct id *id)
{
	struct err e;

	must(desk_sends(s, w, id, &e), &e);
}

/* What lies in the desk's inbox. */
static inline json_t *
seat_inbox(const struct seat *s)
{
	json_t *rows = json_array(), *r = json_object();
	const struct control_ears ears = { .row = keep_row, .ctx = rows };
	struct err e;
	int fd = -1;

	(void)json_object_set_new(r, "desk", json_string(s->desk_address));
	if (seat_control(&fd, s, &e) == RC_OK &&
	    seat_sign_in(fd, s, &e) == RC_OK)
		(void)!control_ask(
		    fd, CONTROL_INBOX, r, NULL, 0, &ears, NULL, &e);
	else
		json_decref(r);
	if (fd >= 0)
		close(fd);
	return rows;
}

static inline bool
inbox_comes_to(const struct seat *s, size_t n, unsigned seconds)
{
	size_t i, has = 0;
	json_t *rows;

	for (i = 0; i < patience(seconds) * 20; i++) {
		rows = seat_inbox(s);
		has = json_array_size(rows);
		json_decref(rows);
		if (has == n)
			return true;
		(void)usleep(50000);
	}
	note("inbox: %zu, wanted %zu", has, n);
	return false;
}

/* An operator's request about a hop or a dispatch. */
static inline enum rc
operates(const struct seat *s, enum control_what what, const char *key,
    const char *of, const char *more, const char *value, uint64_t *legs,
    struct err *e)
{
	json_t *r = json_object(), *answer = NULL;
	enum rc rc;

	(void)json_object_set_new(r, key, json_string(of));
	if (more != NULL)
		(void)json_object_set_new(r, more, json_string(value));
	rc = seat_asks(s, what, r, &answer, e);
	if (legs != NULL)
		*legs = (uint64_t)json_integer_value(
		    json_object_get(answer, "legs"));
	json_decref(answer);
	return rc;
}

/* Large packages that lie on a station's disk. */
static inline size_t
seat_files(const struct seat *s)
{
	char path[PATH + 32];
	const struct dirent *d;
	size_t n = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%s/data/store/files", s->folder);
	if ((dir = opendir(path)) == NULL)
		return 0;
	while ((d = readdir(dir)) != NULL)
		n += d->d_name[0] != '.';
	closedir(dir);
	return n;
}

#endif

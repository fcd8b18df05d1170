/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The metrics' socket: whoever connects gets the figures in Prometheus' text
 * format and is closed.  An HTTP request before them is read and answered as
 * such ("curl --unix-socket"); who says nothing for a second gets them bare.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/time.h"
#include "proc_control/control.h"
#include "store/alarms.h"

#define READERS 8u
#define REQUEST_MAX 4096u
#define QUIET_S 1
#define STUCK_S 10

struct reader {
	struct reader *next;
	int fd;
	struct event *in, *out, *late;
	uint8_t head[4]; /* of what it said */
	size_t got;	 /* bytes of it */
	uint8_t tail;	 /* how much of "\n\r\n" or "\n\n" was seen */
	uint64_t job;	 /* 0: nothing is asked */
	struct buf rows; /* that were answered */
	struct buf text;
	size_t at;
};
static struct reader *readers;
static size_t reader_count;

static void
reader_close(struct reader *r)
{
	struct reader **at = &readers;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	reader_count--;
	event_free(r->in);
	event_free(r->out);
	event_free(r->late);
	(void)close(r->fd);
	buf_free(&r->text);
	buf_free(&r->rows);
	free(r);
}

void
metrics_close(void)
{
	while (readers != NULL)
		reader_close(readers);
}

/* ---- the text
 * -------------------------------------------------------------- */

static void
line(struct buf *to, const char *name, const char *label, struct bytes value,
    uint64_t n)
{
	char number[32];
	size_t i;

	buf_add(to, bytes_str(name));
	if (label != NULL) {
		buf_add(to, bytes_str("{"));
		buf_add(to, bytes_str(label));
		buf_add(to, bytes_str("=\""));
		for (i = 0; i < value.len; i++) {
			if (value.p[i] == '"' || value.p[i] == '\\')
				buf_u8(to, '\\');
			buf_u8(to, value.p[i] < ' ' ? '?' : value.p[i]);
		}
		buf_add(to, bytes_str("\"}"));
	}
	(void)snprintf(number, sizeof(number), " %" PRIu64 "\n", n);
	buf_add(to, bytes_str(number));
}

static uint64_t
age(int64_t since)
{
	int64_t now = process_now();

	return since == TIME_NEVER || since > now ? 0 : (uint64_t)(now - since);
}

static uint64_t
count_is(const struct msg_row *r)
{
	return r->count;
}

static uint64_t
bytes_are(const struct msg_row *r)
{
	return r->bytes;
}

static uint64_t
state_is(const struct msg_row *r)
{
	return r->state;
}

static uint64_t
age_is(const struct msg_row *r)
{
	return age(r->since);
}

/* Each figure: which rows have it, and under which label. */
static const struct {
	const char *name, *help, *type, *label;
	enum row row;
	uint64_t (*value)(const struct msg_row *r);
} figures[] = {
	{ "antin_queue_messages", "Dispatches that wait for a hop.", "gauge",
	    "hop", ROW_HOP, count_is },
	{ "antin_queue_bytes", "Bytes that wait for a hop.", "gauge", "hop",
	    ROW_HOP, bytes_are },
	{ "antin_queue_oldest_seconds", "How long the oldest has waited.",
	    "gauge", "hop", ROW_HOP, age_is },
	{ "antin_link_up", "1 where the link is up.", "gauge", "station",
	    ROW_LINK, state_is },
	{ "antin_link_items_total", "Dispatches that went over the link.",
	    "counter", "station", ROW_LINK, count_is },
	{ "antin_dispatches_total", "Dispatches that were accepted.", "counter",
	    NULL, ROW_STATION, count_is },
	{ "antin_disk_free_bytes", "Room on the disk.", "gauge", NULL,
	    ROW_STATION, bytes_are },
	{ "antin_knowledge_age_seconds", "Age of what the directory knows.",
	    "gauge", NULL, ROW_STATION, age_is },
	{ "antin_clock_own", "1 where the clock is not the network's.", "gauge",
	    NULL, ROW_STATION, state_is },
};

static void
head(struct buf *to, const char *name, const char *help, const char *type)
{
	buf_add(to, bytes_str("# HELP "));
	buf_add(to, bytes_str(name));
	buf_u8(to, ' ');
	buf_add(to, bytes_str(help));
	buf_add(to, bytes_str("\n# TYPE "));
	buf_add(to, bytes_str(name));
	buf_u8(to, ' ');
	buf_add(to, bytes_str(type));
	buf_u8(to, '\n');
}

/* A station's parent is known also where its link is down. */
static void
parent_up(struct buf *to, struct bytes rows)
{
	struct bytes rest = rows, parent = { 0 };
	struct msg_row row;
	bool up = false;

	head(to, "antin_parent_up",
	    "1 where the link to the station above is up.", "gauge");
	while (list_next(&rest, LIST_ROW, &row))
		if (row.what == ROW_STATION)
			parent = row.other;
	rest = rows;
	while (list_next(&rest, LIST_ROW, &row))
		if (row.what == ROW_LINK && bytes_eq(row.address, parent))
			up = row.state != 0;
	if (parent.len > 0)
		line(to, "antin_parent_up", "station", parent, up);
}

/* How many last, of each kind. */
static void
alarms(struct buf *to, struct bytes rows)
{
	uint64_t counts[STORE_ALARM_KINDS] = { 0 };
	struct msg_row row;
	size_t i;

	head(to, "antin_alarms", "Alarms that last.", "gauge");
	while (list_next(&rows, LIST_ROW, &row))
		if (row.what == ROW_ALARMS && row.n < STORE_ALARM_KINDS)
			counts[row.n] = row.count;
	for (i = 1; i < STORE_ALARM_KINDS; i++)
		line(to, "antin_alarms", "kind",
		    bytes_str(store_alarm_words[i]), counts[i]);
}

static void
metrics_write(struct buf *to, bool up, struct bytes rows)
{
	struct msg_row row;
	struct bytes rest;
	size_t i;

	head(to, "antin_up", "1 where the store answers.", "gauge");
	line(to, "antin_up", NULL, (struct bytes){ 0 }, up);
	head(to, "antin_build_info", "Which program it is.", "gauge");
	line(to, "antin_build_info", "version", bytes_str(ANTIN_VERSION), 1);
	parent_up(to, rows);
	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		head(to, figures[i].name, figures[i].help, figures[i].type);
		rest = rows;
		while (list_next(&rest, LIST_ROW, &row))
			if (row.what == figures[i].row)
				line(to, figures[i].name, figures[i].label,
				    row.address, figures[i].value(&row));
	}
	alarms(to, rows);
}

/* ---- out
 * ------------------------------------------------------------------- */

static void
writable(evutil_socket_t fd, short what, void *ctx)
{
	const struct timeval stuck = { STUCK_S, 0 };
	struct reader *r = ctx;
	ssize_t n;

	if ((what & EV_TIMEOUT) != 0) {
		reader_close(r);
		return;
	}
	n = send(fd, r->text.p + r->at, r->text.len - r->at,
	    MSG_NOSIGNAL | MSG_DONTWAIT);
	r->at += n > 0 ? (size_t)n : 0;
	if (n < 0 || r->at == r->text.len)
		reader_close(r);
	else
		(void)event_add(r->out, &stuck);
}

static void
answer(struct reader *r, bool up, struct bytes rows)
{
	static const char http[] =
	    "HTTP/1.0 200 OK\r\n"
	    "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
	    "Connection: close\r\n\r\n";
	const struct timeval stuck = { STUCK_S, 0 };

	if (r->got >= 4 && memcmp(r->head, "GET ", 4) == 0)
		buf_add(&r->text, bytes_str(http));
	metrics_write(&r->text, up, rows);
	(void)event_add(r->out, &stuck);
}

bool
metrics_message(const struct message *m)
{
	struct reader *r = readers;

	while (r != NULL && (r->job == 0 || r->job != m->job))
		r = r->next;
	if (r == NULL)
		return false;
	if (m->kind != MSG_ROWS)
		bug("control: an answer to what was not asked");
	buf_add(&r->rows, m->body.rows.rows);
	if (m->body.rows.last) {
		r->job = 0;
		answer(r, m->body.rows.rc == RC_OK, buf_bytes(&r->rows));
	}
	return true;
}

void
metrics_peer(enum proc peer)
{
	struct reader *r;

	for (r = readers; peer == PROC_STORE && r != NULL; r = r->next)
		if (r->job != 0) {
			r->job = 0;
			answer(r, false, (struct bytes){ 0 });
		}
}

/* ---- in
 * -------------------------------------------------------------------- */

static void
ask_store(struct reader *r)
{
	const struct msg_ask m = { .what = ASK_STATUS };

	(void)event_del(r->in);
	(void)event_del(r->late);
	r->job = next_job();
	if (!tell(PROC_STORE, MSG_ASK, r->job, &m, -1)) {
		r->job = 0;
		answer(r, false, (struct bytes){ 0 });
	}
}

static void
quiet(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	ask_store(ctx);
}

/* Up to the empty line. */
static bool
hear(struct reader *r, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++, r->got++) {
		if (r->got < sizeof(r->head))
			r->head[r->got] = p[i];
		if (p[i] == '\n' && r->tail == 1)
			return true;
		if (p[i] == '\n')
			r->tail = 1;
		else if (p[i] != '\r')
			r->tail = 0;
	}
	return false;
}

static void
readable(evutil_socket_t fd, short what, void *ctx)
{
	struct reader *r = ctx;
	uint8_t some[512];
	ssize_t n = recv(fd, some, sizeof(some), MSG_DONTWAIT);

	(void)what;
	if (n < 0 || r->got > REQUEST_MAX)
		reader_close(r);
	else if (n == 0 || hear(r, some, (size_t)n))
		ask_store(r);
}

void
metrics_new(int fd)
{
	const struct timeval late = { QUIET_S, 0 };
	struct reader *r;

	if (reader_count == READERS) {
		(void)close(fd);
		return;
	}
	r = alloc(1, sizeof(*r));
	r->fd = fd;
	r->in =
	    event_new(process_base(), fd, EV_READ | EV_PERSIST, readable, r);
	r->out = event_new(process_base(), fd, EV_WRITE, writable, r);
	r->late = event_new(process_base(), -1, 0, quiet, r);
	if (r->in == NULL || r->out == NULL || r->late == NULL)
		bug("no memory");
	r->next = readers;
	readers = r;
	reader_count++;
	(void)event_add(r->in, NULL);
	(void)event_add(r->late, &late);
}

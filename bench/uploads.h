/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files that go up to a station's pages (docs/desk.md 6) by TLS, from several
 * people at once, in pieces as the pages send them; and to a peer that takes
 * them by PUT.  All the while the memory of who takes them is looked at.
 */
#ifndef BENCH_UPLOADS_H
#define BENCH_UPLOADS_H

#include "browser.h"

#define UPLOAD_PIECE (4u << 20)
#define UPLOADERS 20u

struct uploader {
	pthread_t thread;
	struct conn *conn;
	const struct session *of; /* NULL: to the peer */
	unsigned number;
	uint64_t size;
	char id[2 * ID_SIZE + 1];
	bool good;
};

static char *upload_bytes; /* UPLOAD_PIECE random ones */
static struct uploader uploaders[UPLOADERS];
static volatile unsigned uploads_left;

static inline bool
upload_piece(struct uploader *u, uint64_t at, size_t n)
{
	char head[1400], path[120];
	size_t len;

	(void)snprintf(path, sizeof(path), "/api/1/uploads/%s?at=%llu", u->id,
	    (unsigned long long)at);
	len = head_of(head, sizeof(head), u->of, "PUT", path,
	    "application/octet-stream", n);
	return put_all(u->conn, head, len) &&
	       put_all(u->conn, upload_bytes, n) && answered(u->conn) == 200;
}

static inline bool
upload_ours(struct uploader *u)
{
	char body[200];
	uint64_t at, n;

	(void)snprintf(body, sizeof(body),
	    "{\"name\":\"tep-%u.bin\",\"size\":%llu}", u->number,
	    (unsigned long long)u->size);
	if (asks(u->conn, u->of, "POST", "/api/1/uploads", body) != 200 ||
	    !behind(u->id, sizeof(u->id), u->conn->in, "\"upload\":\"", "\""))
		return false;
	for (at = 0; at < u->size; at += n) {
		n = u->size - at < UPLOAD_PIECE ? u->size - at : UPLOAD_PIECE;
		if (!upload_piece(u, at, (size_t)n))
			return false;
	}
	return true;
}

static inline bool
upload_peers(struct uploader *u)
{
	char head[300];
	uint64_t at;
	int n, status;

	n = snprintf(head, sizeof(head),
	    "PUT /up/%u HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Length: %llu\r\n\r\n",
	    u->number, (unsigned long long)u->size);
	if (!put_all(u->conn, head, (size_t)n))
		return false;
	for (at = 0; at < u->size; at += UPLOAD_PIECE)
		if (!put_all(u->conn, upload_bytes,
			u->size - at < UPLOAD_PIECE ? (size_t)(u->size - at)
						    : UPLOAD_PIECE))
			return false;
	status = answered(u->conn);
	return status == 201 || status == 204;
}

static void *
upload_one(void *ctx)
{
	struct uploader *u = ctx;

	u->good = u->of != NULL ? upload_ours(u) : upload_peers(u);
	if (!u->good)
		(void)fprintf(
		    stderr, "upload %u: %.300s\n", u->number, u->conn->in);
	(void)__atomic_sub_fetch(&uploads_left, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* All of them at once; "memory" (MiB) is looked at all the while.  Seconds; the
 * most of it, and what it was before. */
static inline double
uploads_go(unsigned count, double (*memory)(void), double *most, double *before)
{
	const double began = bench_now();
	double end = 0, now;
	unsigned i;

	*before = *most = memory();
	uploads_left = count;
	for (i = 0; i < count; i++)
		if (pthread_create(&uploaders[i].thread, NULL, upload_one,
			&uploaders[i]) != 0)
			bug("no thread");
	while (uploads_left > 0) {
		now = memory();
		*most = now > *most ? now : *most;
		(void)usleep(20000);
		end = bench_now();
	}
	now = memory();
	*most = now > *most ? now : *most;
	for (i = 0; i < count; i++)
		(void)pthread_join(uploaders[i].thread, NULL);
	return end - began;
}

/* What web, tls and seal have, MiB. */
static inline double
uploads_ours(void)
{
	return pss_of(seat_process(s, "web")) + pss_of(seat_process(s, "tls")) +
	       pss_of(seat_process(s, "seal"));
}

static pid_t uploads_peer_pid;

/* A server and its workers. */
static inline double
uploads_peers(void)
{
	char path[64];
	double sum = pss_of(uploads_peer_pid);
	FILE *f;
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
	    (int)uploads_peer_pid, (int)uploads_peer_pid);
	f = fopen(path, "r");
	while (f != NULL && fscanf(f, "%d", &pid) == 1)
		sum += pss_of(pid);
	if (f != NULL)
		(void)fclose(f);
	return sum;
}

static inline void
uploads_say(const char *what, unsigned count, uint64_t size, double seconds,
    double most, double before)
{
	const double mib = (double)count * (double)size / (1 << 20);
	unsigned i, good = 0;

	for (i = 0; i < count; i++)
		good += uploaders[i].good;
	printf("%s: %u at once of %.0f MiB each: %.1f s, %.0f MiB/s; memory "
	       "(PSS) %.1f MiB before, at most %.1f MiB; %u failed\n",
	    what, count, (double)size / (1 << 20), seconds, mib / seconds,
	    before, most, count - good);
	(void)fflush(stdout);
}

#endif

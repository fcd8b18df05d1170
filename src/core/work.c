/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/lang.h"
#include "core/limits.h"

static unsigned threads_wanted;

void
work_threads_set(unsigned threads)
{
	threads_wanted = threads;
}

unsigned
work_threads(void)
{
	cpu_set_t cpus;
	int n;

	if (threads_wanted > 0)
		return threads_wanted;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) != 0)
		return 1;
	n = CPU_COUNT(&cpus);
	return n < 1 ? 1 : n > (int)LIMIT_THREADS ? LIMIT_THREADS : (unsigned)n;
}

/* What the threads of one job share. */
struct team {
	pthread_mutex_t lock;
	pthread_cond_t turned; /* a piece was given, or the work failed */
	enum rc rc;
	struct err err;
	/* work_each */
	size_t next, n;
	enum rc (*job)(void *ctx, size_t i, struct err *e);
	void *ctx;
	/* work_stream */
	const struct work_stream *stream;
	uint64_t taken, given;
	bool end;
};

static void
team_fail(struct team *t, enum rc rc, const struct err *e)
{
	if (t->rc == RC_OK) {
		t->rc = rc;
		t->err = *e;
	}
}

/* Run "body" on this thread and on as many more as are wanted and to be had. */
static enum rc
team_run(struct team *t, void *(*body)(void *), size_t most, struct err *e)
{
	pthread_t more[LIMIT_THREADS];
	size_t n = 0, wanted = work_threads();

	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_cond_init(&t->turned, NULL);
	wanted = wanted > LIMIT_THREADS ? LIMIT_THREADS : wanted;
	wanted = wanted > most ? most : wanted;
	while (n + 1 < wanted && pthread_create(&more[n], NULL, body, t) == 0)
		n++;
	(void)body(t);
	while (n > 0)
		(void)pthread_join(more[--n], NULL);
	(void)pthread_cond_destroy(&t->turned);
	(void)pthread_mutex_destroy(&t->lock);
	if (t->rc != RC_OK)
		*e = t->err;
	return t->rc;
}

static void *
each_body(void *arg)
{
	struct team *t = arg;
	struct err e = { 0 };
	enum rc rc;
	size_t i;

	(void)pthread_mutex_lock(&t->lock);
	while (t->rc == RC_OK && t->next < t->n) {
		i = t->next++;
		(void)pthread_mutex_unlock(&t->lock);
		rc = t->job(t->ctx, i, &e);
		(void)pthread_mutex_lock(&t->lock);
		if (rc != RC_OK)
			team_fail(t, rc, &e);
	}
	(void)pthread_mutex_unlock(&t->lock);
	return NULL;
}

enum rc
work_each(size_t n, enum rc (*job)(void *ctx, size_t i, struct err *e),
    void *ctx, struct err *e)
{
	struct team t = { .n = n, .job = job, .ctx = ctx };

	return team_run(&t, each_body, n, e);
}

/* One piece's way; under the lock on entry and on return.  false: no more. */
static bool
stream_piece(struct team *t, void *piece)
{
	const struct work_stream *s = t->stream;
	struct err e = { 0 };
	uint64_t number;
	enum rc rc;

	/* take() runs under the lock: that is what keeps its order */
	if (t->rc != RC_OK || t->end)
		return false;
	rc = s->take(s->ctx, piece, &t->end, &e);
	if (rc != RC_OK)
		team_fail(t, rc, &e);
	if (rc != RC_OK || t->end)
		return false;
	number = t->taken++;

	(void)pthread_mutex_unlock(&t->lock);
	rc = s->turn(s->ctx, piece, &e);
	(void)pthread_mutex_lock(&t->lock);

	while (t->given != number && t->rc == RC_OK)
		(void)pthread_cond_wait(&t->turned, &t->lock);
	if (t->rc != RC_OK)
		return false;
	if (rc == RC_OK) {
		/* only this piece's number may be given now: others wait, and
		 * may take meanwhile */
		(void)pthread_mutex_unlock(&t->lock);
		rc = s->give(s->ctx, piece, &e);
		(void)pthread_mutex_lock(&t->lock);
	}
	if (rc != RC_OK)
		team_fail(t, rc, &e);
	t->given++;
	(void)pthread_cond_broadcast(&t->turned);
	return t->rc == RC_OK;
}

static void *
stream_body(void *arg)
{
	struct team *t = arg;
	const struct work_stream *s = t->stream;
	void *piece = alloc(1, s->piece_size);

	(void)pthread_mutex_lock(&t->lock);
	while (stream_piece(t, piece))
		;
	(void)pthread_cond_broadcast(&t->turned);
	(void)pthread_mutex_unlock(&t->lock);
	if (s->drop != NULL)
		s->drop(s->ctx, piece);
	wipe(piece, s->piece_size);
	free(piece);
	return NULL;
}

enum rc
work_stream(const struct work_stream *s, struct err *e)
{
	struct team t = { .stream = s };

	return team_run(&t, stream_body, LIMIT_THREADS, e);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Threads that run handlers, which wait for the station's answers.  A call is
 * one thread's at a time; between it and the loop stand two queues.
 */
#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "proc_web/web.h"

struct queue {
	struct work *first, **last;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct queue todo, slow, done;
	size_t waiting, slow_running;
	uint64_t number; /* the next that comes */
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.more = PTHREAD_COND_INITIALIZER,
	.todo = { NULL, &pool.todo.first },
	.slow = { NULL, &pool.slow.first },
	.done = { NULL, &pool.done.first } };
static pthread_t threads[WEB_WORKERS];
static size_t thread_count;
static int bell = -1; /* rings when something is done */
static struct event *on_bell;

static void
put(struct queue *q, struct work *w)
{
	w->next = NULL;
	*q->last = w;
	q->last = &w->next;
}

static struct work *
get(struct queue *q)
{
	struct work *w = q->first;

	if (w == NULL)
		return NULL;
	q->first = w->next;
	if (q->first == NULL)
		q->last = &q->first;
	return w;
}

static void
lock(void)
{
	if (pthread_mutex_lock(&pool.lock) != 0)
		bug("no lock");
}

static void
unlock(void)
{
	if (pthread_mutex_unlock(&pool.lock) != 0)
		bug("no lock");
}

/* ---- threads
 * ----------------------------------------------------------------- */

static void
ring(void)
{
	const uint64_t one = 1;

	if (write(bell, &one, sizeof(one)) < 0)
		bug("a bell that does not ring");
}

static bool
is_slow(const struct work *w)
{
	return w->call->route->slow;
}

/* What came first; of what is slow no more than some at once, so that who only
 * looks at something does not wait for all who sign in, print or seal. */
static struct work *
next(void)
{
	const struct work *a = pool.todo.first, *b = pool.slow.first;

	if (b != NULL && pool.slow_running < WEB_SLOW &&
	    (a == NULL || b->number < a->number)) {
		pool.slow_running++;
		return get(&pool.slow);
	}
	return get(&pool.todo);
}

/* Until the process ends. */
static void *
worker(void *ctx)
{
	struct work *w;

	(void)ctx;
	for (;;) {
		lock();
		while ((w = next()) == NULL)
			if (pthread_cond_wait(&pool.more, &pool.lock) != 0)
				bug("no condition");
		pool.waiting--;
		unlock();
		lang_thread(w->call->lang);
		web_run(w->call);
		lock();
		if (is_slow(w)) {
			pool.slow_running--; /* one of those may go on */
			(void)pthread_cond_signal(&pool.more);
		}
		put(&pool.done, w);
		unlock();
		ring();
	}
}

/* ---- the loop's side
 * --------------------------------------------------------- */

static void
rung(evutil_socket_t fd, short what, void *ctx)
{
	struct work *w;
	uint64_t count;

	(void)what;
	(void)ctx;
	if (read(fd, &count, sizeof(count)) < 0)
		return;
	for (;;) {
		lock();
		w = get(&pool.done);
		unlock();
		if (w == NULL)
			break;
		w->done(w);
	}
	conns_run();
}

enum rc
work_open(struct err *e)
{
	bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return bell >= 0 ? RC_OK : fail_io(e, "web: an eventfd");
}

enum rc
work_begin(struct err *e)
{
	on_bell =
	    event_new(process_base(), bell, EV_READ | EV_PERSIST, rung, NULL);
	if (on_bell == NULL || event_add(on_bell, NULL) != 0)
		return fail(e, RC_IO, "web: no events");
	for (; thread_count < WEB_WORKERS; thread_count++)
		if (pthread_create(
			&threads[thread_count], NULL, worker, NULL) != 0)
			return fail(e, RC_IO, "web: no threads");
	return RC_OK;
}

bool
work_add(struct work *w)
{
	bool room;

	lock();
	room = pool.waiting < WEB_WAITING;
	if (room) {
		w->number = pool.number++;
		put(is_slow(w) ? &pool.slow : &pool.todo, w);
		pool.waiting++;
		(void)pthread_cond_signal(&pool.more);
	}
	unlock();
	return room;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/people_try.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/process.h"

static struct {
	int bell; /* rings when it is done; -1: not open */
	struct event *on_bell;
	void (*done)(struct attempt *t);
	pthread_t thread;
	bool busy;
	struct attempt now;
} self = { .bell = -1 };

static void
tried_free(struct attempt *t)
{
	buf_free(&t->file);
	buf_free(&t->passphrase);
	identity_free(&t->keys);
}

static void *
tries(void *ctx)
{
	const uint64_t one = 1;

	(void)ctx;
	self.now.rc = identity_open(&self.now.keys, buf_bytes(&self.now.file),
	    buf_bytes(&self.now.passphrase), &self.now.e);
	if (write(self.bell, &one, sizeof(one)) < 0)
		bug("a bell that does not ring");
	return NULL;
}

static void
rung(evutil_socket_t fd, short what, void *ctx)
{
	struct attempt t;
	uint64_t count;

	(void)what;
	(void)ctx;
	if (read(fd, &count, sizeof(count)) < 0 || !self.busy)
		return;
	if (pthread_join(self.thread, NULL) != 0)
		bug("a thread that does not end");
	t = self.now;
	self.now = (struct attempt){ 0 };
	self.busy = false;
	self.done(&t);
	tried_free(&t);
}

enum rc
try_open(struct err *e)
{
	self.bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return self.bell >= 0 ? RC_OK : fail_io(e, "an eventfd");
}

enum rc
try_begin(void (*done)(struct attempt *t), struct err *e)
{
	self.done = done;
	self.on_bell = event_new(
	    process_base(), self.bell, EV_READ | EV_PERSIST, rung, NULL);
	return self.on_bell != NULL && event_add(self.on_bell, NULL) == 0
		   ? RC_OK
		   : fail(e, RC_IO, "no events");
}

bool
try_is_busy(void)
{
	return self.busy;
}

void
try_start(uint64_t job, struct bytes file, struct bytes passphrase)
{
	if (self.busy)
		bug("two passphrases at a time");
	self.now = (struct attempt){ .job = job };
	buf_add(&self.now.file, file);
	buf_add(&self.now.passphrase, passphrase);
	self.busy = true;
	if (pthread_create(&self.thread, NULL, tries, NULL) != 0)
		bug("no thread");
}

void
try_stop(void)
{
	if (self.busy && pthread_join(self.thread, NULL) != 0)
		bug("a thread that does not end");
	self.busy = false;
	tried_free(&self.now);
	self.now = (struct attempt){ 0 };
	if (self.on_bell != NULL)
		event_free(self.on_bell);
	self.on_bell = NULL;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The daemon is this program, with a clock that can be set: the Makefile wraps
 * time_now().  A main() that is called as "antind" is antind_main().
 */
#ifndef TESTS_STATION_SET_CLOCK_H
#define TESTS_STATION_SET_CLOCK_H

#include <sys/mman.h>

#include "country.h"

int64_t __real_time_now(void);
int64_t __wrap_time_now(void);
int antind_main(int argc, char **argv);
#define main antind_main
#include "../../src/antind/main.c"
#undef main

/* Of a process of a station: the file "clock" in its data folder, in which it
 * is started; of the test and the parent there is none. */
static const volatile int64_t *clock_offset;

__attribute__((constructor)) static void
find_clock(void)
{
	const int fd = open("clock", O_RDONLY | O_CLOEXEC);
	void *at;

	if (fd < 0)
		return;
	at = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
	if (at != MAP_FAILED)
		clock_offset = at;
	close(fd);
}

int64_t
__wrap_time_now(void)
{
	return __real_time_now() + (clock_offset != NULL ? *clock_offset : 0);
}

static inline void
set_clock(const struct seat *s, int64_t offset)
{
	char path[2 * PATH];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/data/clock", s->folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 ||
	    pwrite(fd, &offset, sizeof(offset), 0) != (ssize_t)sizeof(offset))
		bug("no clock");
	close(fd);
}

/* From now on stations are started as this program. */
static inline void
daemon_is_this(const struct country *c)
{
	char path[2 * PATH], self[PATH];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n < 0 ? 0 : n] = '\0';
	(void)snprintf(path, sizeof(path), "%s/bin", c->folder);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/bin/antind", c->folder);
	if (symlink(self, path) != 0)
		bug("no link");
	(void)setenv("ANTIN_B", c->folder, 1);
}

#endif

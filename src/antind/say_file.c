/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The log where standard error is a file: it is opened anew when somebody says
 * so, and set aside when it has grown too long (docs/upgrade.md 4).
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "antind/parent.h"

#define NAME_ROOM 16 /* bytes of ".1000" behind the file's name */

static struct {
	char path[PATH_MAX]; /* "": it is no file, or its name is not known */
	uint64_t size, most;
	unsigned keep;
} file;

/* As it was opened for us; a name that is another file's by now counts not. */
void
say_file_find(void)
{
	const ssize_t n =
	    readlink("/proc/self/fd/2", file.path, sizeof(file.path) - 1);
	struct stat it, named;

	file.path[n < 0 ? 0 : n] = '\0';
	if (n <= 0 || (size_t)n > sizeof(file.path) - NAME_ROOM ||
	    fstat(STDERR_FILENO, &it) != 0 || !S_ISREG(it.st_mode) ||
	    stat(file.path, &named) != 0 || named.st_dev != it.st_dev ||
	    named.st_ino != it.st_ino)
		file.path[0] = '\0';
	else
		file.size = (uint64_t)it.st_size;
}

void
say_file_limits(uint64_t most, unsigned keep)
{
	file.most = most;
	file.keep = keep;
}

char *
say_file_folder(void)
{
	char *folder, *slash;

	if (file.path[0] == '\0')
		return NULL;
	if ((folder = strdup(file.path)) == NULL)
		bug("no memory");
	slash = strrchr(folder, '/');
	slash[slash == folder ? 1 : 0] = '\0';
	return folder;
}

/* false: what was open stays so. */
static bool
open_anew(void)
{
	struct stat it;
	const int fd = open(file.path,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good;

	if (fd < 0)
		return false;
	good = fstat(fd, &it) == 0 && S_ISREG(it.st_mode) &&
	       dup2(fd, STDERR_FILENO) == STDERR_FILENO;
	if (good)
		file.size = (uint64_t)it.st_size;
	(void)close(fd);
	return good;
}

bool
say_file_reopen(void)
{
	return file.path[0] == '\0' || open_anew();
}

/* ".1" becomes ".2" and so on; the oldest goes. */
static bool
set_aside(void)
{
	char from[PATH_MAX], to[PATH_MAX];
	const size_t len = strlen(file.path);
	unsigned n;

	memcpy(from, file.path, len + 1);
	memcpy(to, file.path, len + 1);
	for (n = file.keep; n > 1; n--) {
		(void)snprintf(from + len, NAME_ROOM, ".%u", n - 1);
		(void)snprintf(to + len, NAME_ROOM, ".%u", n);
		(void)rename(from, to); /* it may not be there */
	}
	(void)snprintf(to + len, NAME_ROOM, ".1");
	return rename(file.path, to) == 0;
}

bool
say_file_grew(size_t len)
{
	file.size += len;
	if (file.path[0] == '\0' || file.most == 0 || file.size < file.most)
		return true;
	file.size = 0; /* where it cannot be, it is tried again after as much */
	return set_aside() && open_anew();
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/saving.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/utf8.h"
#include "file/file.h"

#define NAME_TRIES 1000 /* files of one name in a dispatch */

enum rc
saving_check(const struct args *a, const char *folder, struct err *e)
{
	/* what a kill left may be empty: rmdir() takes no other */
	if (arg(a, "into") != NULL || !file_exists(folder) ||
	    rmdir(folder) == 0)
		return RC_OK;
	return fail(e, RC_EXISTS,
	    "%s is there already; say where to save: --into FOLDER", folder);
}

enum rc
saving_begin(struct saving *s, struct err *e)
{
	if (mkdir(s->folder, 0700) == 0)
		s->made = true;
	else if (errno != EEXIST)
		return fail_io(e, "%s cannot be made", s->folder);
	return RC_OK;
}

char *
saving_path(const struct saving *s, struct bytes name)
{
	struct buf clean;
	char *path = NULL, number[8] = "";
	unsigned try;

	utf8_file_name(&clean, name);
	buf_u8(&clean, '\0');
	for (try = 1; try < NAME_TRIES; try++) {
		free(path);
		if (try > 1)
			(void)snprintf(number, sizeof(number), "%u-", try);
		if (asprintf(&path, "%s/%s%s", s->folder, number,
			(const char *)clean.p) < 0)
			bug("no memory");
		if (!file_exists(path))
			break;
	}
	buf_free(&clean);
	return path;
}

void
saving_take_back(struct saving *s)
{
	size_t i;

	for (i = 0; i < DISPATCH_PARTS; i++)
		if (s->paths[i] != NULL)
			(void)unlink(s->paths[i]);
	if (s->made)
		(void)rmdir(s->folder);
}

void
saving_free(struct saving *s)
{
	size_t i;

	for (i = 0; i < DISPATCH_PARTS; i++)
		free(s->paths[i]);
	*s = (struct saving){ 0 };
}
